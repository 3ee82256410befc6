#!/usr/bin/env bash
# breach retry: what failed or came back is tried again: the number first, and nobody who was told.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=incident.sh
. "$source/tests/cli/incident.sh"

prepare() {
    local name=$1 count=$2
    shift 2
    incident "$name" actual
    people "$count" >"$name/people.csv"
    gateway "$@" >"$name/gateways/relay.yaml"
}

schema_fits() {
    ok "--json is what the schema promises ($1)" "$build/tests/tools/schema-check" "$source/docs/schema/$1.json" "$out"
}

# Nothing to do --------------------------------------------------------------------------------------------------------
relay first --rule 'rcpt to=p1@* reply "550 5.1.1 no such user"' --rule 'rcpt to=p2@* reply "550 5.2.1 mailbox disabled"' \
    --rule 'rcpt to=p3@* reply "550 5.2.1 mailbox disabled"' --rule 'rcpt to=p4@* reply "452 4.2.2 mailbox full"'
prepare a 6 "connections: 1" "retry_after: PT10M"
run "$breach" retry a/playbook.yaml
exits 65 "nothing is planned"
stderr_has "it says what to type" "nothing is planned in" "breach plan a/playbook.yaml"
run "$breach" plan a/playbook.yaml
exits 0 "planned"
digest=$(digest)
run "$breach" retry a/playbook.yaml
exits 0 "nothing has failed yet"
stdout_has "it says so" "nothing to try again: no message ended like that" "next: breach status a/playbook.yaml"
run "$breach" notify a/playbook.yaml --yes --expect-digest "$digest" --patience PT0S
exits 75 "three addresses are refused, one is full"
unread_stderr=

# What there is --------------------------------------------------------------------------------------------------------
run "$breach" retry a/playbook.yaml
exits 77 "without a terminal it needs the number"
stdout_has "most frequent first, with words, the answer and an example" "to be tried again: 3 messages" \
    "  2 failed: mailbox" "(550 5.2.1); one of them: " "  1 failed: no such mailbox (550 5.1.1); one of them: "
is "in that order" "$(grep -o '550 5[.0-9]*' "$out" | tr '\n' ' ')" "550 5.2.1 550 5.1.1 "
stderr_has "dead addresses are warned about" "warning: 1 of them went to addresses that do not exist" \
    "without a terminal this needs --yes --expect-count 3; nothing was changed"
run "$breach" retry a/playbook.yaml --yes
exits 77 "--yes alone is not enough there"
unread_stderr=
run "$breach" retry a/playbook.yaml --yes --expect-count 2
exits 77 "another number than was expected"
stderr_has "it says both" "it concerns 3 messages, not 2: nothing was changed" "warning: 1 of them"
run "$breach" status a/playbook.yaml --json
is "nothing was changed" "$(json "$out" '$.people.unreachable')" 3

run "$breach" retry a/playbook.yaml --code 5.2 --json --yes --expect-count 3
exits 77 "fewer by the code"
unread_stderr=
for choice in "--code 5.2.1 2" "--code 5.1 1" "--code 550 3" "--code 5.2.10 0" "--person p1 1" "--person p5 0" "--domain example.org 3" \
    "--domain EXAMPLE.ORG 3" "--domain example.net 0" "--outcome failed 3" "--outcome bounced 0" "--outcome deferred 1" \
    "--audience people 3" "--channel email 3" "--gateway relay 3"; do
    read -r option value count <<<"$choice"
    run "$breach" retry a/playbook.yaml "$option" "$value"
    unread_stderr=
    is "$option $value" "$(grep -oE 'to be tried again: [0-9]+' "$out" | grep -oE '[0-9]+' || echo 0)" "$count"
done

# Mistakes -------------------------------------------------------------------------------------------------------------
run "$breach" retry a/playbook.yaml --person p11
exits 65 "nobody of that id"
stderr_has "with a suggestion" "nobody with the id p11 was planned: did you mean p1?"
run "$breach" retry a/playbook.yaml --audience poeple
exits 65 "no such audience"
stderr_has "with a suggestion" "the playbook has no audience poeple: did you mean people?"
run "$breach" retry a/playbook.yaml --channel fax
exits 65 "no such channel"
stderr_has "with those there are" "the playbook has no channel fax: it has email"
run "$breach" retry a/playbook.yaml --code 250
exits 64 "no answer of a refusal"
stderr_has "what to write" "--code 250 is no answer of a relay: write 550, 5.1.1 or 5.1"
run "$breach" retry a/playbook.yaml --outcome sent
exits 64 "no such outcome"
stderr_has "what there is" "--outcome is failed, bounced, deferred or all, not sent"
run "$breach" retry a/playbook.yaml --domain 'no domain'
exits 65 "no domain"
stderr_has "what to write" "is no domain: write example.com"

# Done -----------------------------------------------------------------------------------------------------------------
relay_stop first
relay second --port "$port"
run "$breach" retry a/playbook.yaml --code 5.2.1 --yes --expect-count 2 --reason "the provider says it is mended"
exits 0 "two are let go"
stdout_has "the verdict and what to type" "messages that will be tried again: 2" "next: breach notify a/playbook.yaml"
run "$breach" status a/playbook.yaml --json
is "they are pending" "$(json "$out" '$.people.pending') $(json "$out" '$.people.unreachable')" "3 1"
is "who, why and what are in the log" "$(sqlite3 a/leak.breach/ledger.db "SELECT count(*) FROM event WHERE
    json_extract(body, '$.event') = 'released' AND json_extract(body, '$.reply') = 'the provider says it is mended' AND
    json_extract(body, '$.by') LIKE '%@%'")" 2
run "$breach" notify a/playbook.yaml --yes --expect-digest "$digest" --patience PT0S
unread_stderr=
is "they are told, and nobody else again" "$(sent second) $(cut -d' ' -f3 second.log | sort | tr '\n' ' ')" \
    "2 p2@example.org p3@example.org "
is "attempts go on being counted" "$(sqlite3 a/leak.breach/ledger.db "SELECT group_concat(attempt) FROM message
    WHERE endpoint IN ('p2@example.org', 'p3@example.org')")" "2,2"
run "$breach" retry a/playbook.yaml --outcome deferred --yes --expect-count 1 --json
exits 0 "one that waits is let go now"
schema_fits retry
is "the document counts" "$(json "$out" '$.selected') $(json "$out" '$.released') $(json "$out" '$.applied')" "1 1 1"
run "$breach" notify a/playbook.yaml --yes --expect-digest "$digest"
exits 1 "it is told; one stays unreachable"
is "it was sent once" "$(sent second)" 3

# On a terminal the number is typed
on_terminal '7\n' "$breach" retry a/playbook.yaml
is "another number: not confirmed" "$status" 77
stdout_has "it says so" "Type the number of messages (1) to go on" "not confirmed: nothing was changed"
on_terminal '1\n' "$breach" retry a/playbook.yaml
is "the number: done" "$status" 0
run "$breach" notify a/playbook.yaml --yes --expect-digest "$digest"
exits 0 "everybody is told"

# While notify runs ----------------------------------------------------------------------------------------------------
relay slow --rule 'rcpt to=p1@* reply "550 5.1.1 no such user" times=1' --rule "dot delay 300ms"
prepare b 12 "connections: 1"
run "$breach" plan b/playbook.yaml
"$breach" notify b/playbook.yaml --yes --expect-digest "$(digest)" >notify.out 2>notify.err </dev/null &
sending=$!
# shellcheck disable=SC2317  # called by wait_for
failed() { [ "$(sqlite3 b/leak.breach/ledger.db "SELECT count(*) FROM message WHERE state = 6")" = 1 ]; }
wait_for failed
relay_holds slow # so that it still runs
run "$breach" retry b/playbook.yaml --yes --expect-count 1
exits 0 "a message is let go while notify runs"
stdout_has "the running one does it" "messages that the running breach notify tries again: 1" \
    "next: breach status b/playbook.yaml"
stderr_has "with the warning" "warning: 1 of them"
relay_goes_on slow
wait "$sending"
is "it was told by that run" "$? $(sent slow) $(grep -c p1@example.org slow.log)" "0 12 1"

# Killed anywhere ------------------------------------------------------------------------------------------------------
relay never --rule 'rcpt reply "550 5.2.1 mailbox disabled"'
prepare d 3 "connections: 1"
run "$breach" plan d/playbook.yaml
digest=$(digest)
points=0
wrong=
while :; do
    "$breach" notify d/playbook.yaml --yes --expect-digest "$digest" >/dev/null 2>&1 </dev/null
    # killed at each point in turn, then typed again for what is left
    died=0
    { BREACH_FAULT_DIE=$((points + 1)) "$breach" retry d/playbook.yaml --yes --expect-count 3 >/dev/null </dev/null || died=$?; } 2>killed.err
    if [ "$died" = 137 ]; then points=$((points + 1)); fi
    left=$("$breach" retry d/playbook.yaml 2>/dev/null </dev/null | sed -n 's/^to be tried again: \([0-9]*\).*/\1/p')
    "$breach" retry d/playbook.yaml --yes --expect-count "${left:-0}" >/dev/null 2>&1 </dev/null || wrong+=" $points: exit $?;"
    pending=$("$breach" status d/playbook.yaml --json >status.json; json status.json '$.people.pending')
    [ "$pending" = 3 ] || wrong+=" $points: $pending pending;"
    [ "$died" = 137 ] || break
done
ok "it was killed in several places ($points)" test "$points" -ge 5
is "each time the next one did what was left" "$wrong" ""
is "nothing was asked for twice" "$(sqlite3 d/leak.breach/ledger.db "SELECT count(*) FROM event WHERE
    json_extract(body, '$.event') = 'inbox_refused'")" 0

# Gone from the people file --------------------------------------------------------------------------------------------
relay gone --rule 'rcpt reply "550 5.1.1 no such user"'
prepare c 2 "connections: 1"
sends c
exits 1 "both are refused"
people 1 >c/people.csv
run "$breach" plan c/playbook.yaml
exits 0 "one is gone from the file"
run "$breach" retry c/playbook.yaml
exits 77 "only the other is chosen"
stdout_has "one" "to be tried again: 1 message"
stderr_has "why" "1 more stay as they are: their people were told by another message or still may be, are no longer in the people file, or are withheld" "warning: 1" \
    "without a terminal"

# Withheld by a later plan, and an address that was mended -------------------------------------------------------------
relay strict --rule 'rcpt reply "550 5.1.1 no such user"'
prepare e 3 "connections: 1"
sed -i 's/^id,name,locale,email$/&,deceased/; s/^p[0-9].*/&,/' e/people.csv
sends e
exits 1 "all are refused"
sed -i 's/^\(p1,.*\),$/\1,yes/; s/^p2,.*/p2,Person 2,en,mended@example.org,/' e/people.csv
run "$breach" plan e/playbook.yaml
exits 0 "one has died, and one has another address"
run "$breach" retry e/playbook.yaml --reason $'two\nlines'
exits 64 "a reason of two lines"
stderr_has "it is refused" "why, in one line"
run "$breach" retry e/playbook.yaml
exits 77 "only the third is chosen"
stdout_has "one" "to be tried again: 1 message"
unread_stderr=

done_testing
