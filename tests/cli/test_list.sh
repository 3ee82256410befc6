#!/usr/bin/env bash
# breach status --list: who is in one state, by name; and what the verdicts say about those who need something else.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=incident.sh
. "$source/tests/cli/incident.sh"
# shellcheck source=edition.sh
. "$source/tests/cli/edition.sh"
PATH=$build:$PATH

# next_command: the last line of the last stdout, without "next: "
next_command() {
    sed -n 's/^next: //p' "$out"
}

# list FOLDER STATE [ARGUMENT...]
list() {
    run "$breach" status "$1/playbook.yaml" --list "$2" "${@:3}"
    exits 0 "$1: who is $2"
}

# everybody FOLDER: the lists and the numbers of status are about the same people
everybody() {
    local state
    for state in unreachable withheld quarantined in_doubt pending; do
        list "$1" "$state" --json
        ok "$1: the list of $state is what its schema promises" \
            "$build/tests/tools/schema-check" "$source/docs/schema/list.json" "$out"
        is "$1: as many $state as status counts" "$(json "$out" '$.total')" \
            "$("$breach" status "$1/playbook.yaml" --json >"$work/.status"; told "$work/.status" "$state")"
        is "$1: each $state once" "$(sqlite3 :memory: "SELECT count(*) FROM (SELECT DISTINCT json_extract(value,
            '\$.row'), json_extract(value, '\$.person') FROM json_each(json_extract(CAST(readfile('$out') AS TEXT),
            '\$.people')))")" "$(json "$out" '$.total')"
    done
}

# Unreachable, withheld, quarantined, pending, in doubt -----------------------------------------------------------------
relay main --rule 'rcpt to=p2@* reply "550 5.1.1 no such user"' --rule 'rcpt to=p3@* reply "451 4.7.1 try later"' \
    --rule 'dot to=p4@* accept-and-die'
incident a actual
{
    people 5
    printf '%s\n' n1,Nobody,en, n2,Nobody,en,nonsense d,Ann,en,d1@example.org d,Bob,en,d2@example.org
} >a/people.csv
gateway "connections: 1" "retry_after: P1D" "give_up: P2D" "in_doubt: hold" >a/gateways/relay.yaml
run "$breach" plan a/playbook.yaml
exits 0 "nine people are planned"
unread_stderr=
list a pending
stdout_has "who is to be told" "  row 1, p1, email p***@example.org: not tried yet" "pending: 5 people"
for patience in 1 2 3 4; do
    confirmed a --patience "PT${patience}S"
    unread_stderr=
    [ "$(sent main)" = 3 ] && break
done
exits 75 "some are told, all others not"
list a unreachable
stdout_has "each on a line, masked, with the reason" "  row 2, p2, email p***@example.org: no such mailbox (550 5.1.1)" \
    "  row 6, n1: no usable email address" "  row 7, n2: no usable email address" "unreachable: 3 people; correct their addresses"
is "nobody else" "$(grep -c '^  row' "$out")" 3
is "no whole address" "$(grep -c 'p2@' "$out")" 0
is "what to type where another try is of no use" "$(next_command)" "breach plan a/playbook.yaml"
list a quarantined
stdout_has "rows whose id stands twice" "  row 8, without an id of its own: the same id stands in more than one row" \
    "  row 9, without an id" "quarantined: 2 people; mend their rows"
list a pending
stdout_has "who was put off, with the answer" "  row 3, p3, email p***@example.org: " "(451 4.7.1)"
list a in_doubt
stdout_has "who is in doubt" "  row 4, p4, email p***@example.org: it may have arrived, and waits for a person's decision"
is "what to type about a doubt, while others are still to be sent to" "$(next_command)" "breach resolve a/playbook.yaml"
list a withheld
stdout_has "nobody is withheld" "withheld: 0 people"
everybody a
list a unreachable --lang zh-CN
is "in Chinese nothing is left in English" "$(grep -c 'row \|people' "$out")" 0
run "$breach" status a/playbook.yaml --list told
exits 64 "a state that is none"
stderr_has "it says which there are" "--list told is no state whose people are listed: unreachable, withheld"
run "$breach" status a/playbook.yaml --list=unreachable
exits 0 "with an equals sign"

# A decision, and somebody who is gone ----------------------------------------------------------------------------------
run "$breach" resolve a/playbook.yaml --person p3 --withhold --reason "wants a letter"
exits 0 "one is withheld by a person"
unread_stderr=
list a withheld
stdout_has "with that person's reason" "  row 3, p3" ": wants a letter"
sed -i -e '/^d,/d' -e '/^n2/d' a/people.csv
run "$breach" plan a/playbook.yaml
exits 0 "somebody is gone from the people file"
unread_stderr=
everybody a

# The choice about a doubt is one, and pasting it makes none -------------------------------------------------------------
run "$breach" resolve a/playbook.yaml
exits 0 "what needs a decision"
stdout_has "in words" "DECISION is --sent if it is there, --not-sent if it surely is not" " DECISION --reason TEXT"
is "no command that decides" "$(grep -c 'breach resolve .* --\(sent\|not-sent\|resend\)' "$out")" 0
run bash -c "$(next_command)"
exits 64 "the next command decides nothing as it is"
unread_stderr=
list a in_doubt
stdout_has "it is still in doubt" "in_doubt: 1 person"

# What a person has settled is no second copy ----------------------------------------------------------------------------
run "$breach" resolve a/playbook.yaml --all-doubts --not-sent --reason "not in its log" --yes --expect-count 1
exits 0 "it had not been taken"
unread_stderr=
relay_stop main
relay again
sed -i "s/^port: .*/port: $port/" a/gateways/relay.yaml
confirmed a --as-planned
unread_stderr=
run "$breach" status a/playbook.yaml --json
is "it is told, and counts as no second copy" "$(told "$out" in_doubt) $(json "$out" '$.resent_in_doubt')" "0 0"
relay_stop again

# All refused as unknown --------------------------------------------------------------------------------------------------
relay none --rule 'rcpt reply "550 5.1.1 no such user"'
incident b actual
gateway >b/gateways/relay.yaml
people 8 >b/people.csv
run "$breach" plan b/playbook.yaml
run "$breach" notify b/playbook.yaml --yes --expect-digest "$(digest)" --limit 4
exits 75 "a first wave that is refused"
unread_stderr=
is "first somebody looks" "$(next_command)" "breach status b/playbook.yaml"
run "$breach" status b/playbook.yaml
is "then it can be lifted" "$(next_command)" "breach lift b/playbook.yaml --reason TEXT"
run "$breach" lift b/playbook.yaml --reason "they are old"
unread_stderr=
confirmed b
exits 1 "nobody could be told"
unread_stderr=
is "nothing that would be refused again" "$(next_command)" "breach status b/playbook.yaml --list unreachable"
run bash -c "$(next_command)"
exits 0 "it can be typed"
is "and lists them" "$(grep -c '^  row' "$out")" 8
relay_stop none

# Where another try may help it is offered --------------------------------------------------------------------------------
relay disabled --rule 'rcpt to=p1@* reply "550 5.1.1 no such user"' --rule 'rcpt reply "550 5.2.1 mailbox disabled"'
incident c actual
sends c
exits 1 "three are refused, two of them in a way that may pass"
list c unreachable
is "that can be tried again" "$(next_command)" "breach retry c/playbook.yaml"
run bash -c "$(next_command)"
unread_stderr=
stdout_has "it can be typed" "2 failed: "
relay_stop disabled

# A first wave that is put off ---------------------------------------------------------------------------------------------
relay later --rule 'rcpt reply "451 4.7.1 try later"'
incident d actual
gateway "retry_after: P1D" "give_up: P2D" >d/gateways/relay.yaml
people 8 >d/people.csv
run "$breach" plan d/playbook.yaml
run "$breach" notify d/playbook.yaml --yes --expect-digest "$(digest)" --limit 5
exits 75 "a first wave that is put off"
stderr_has "nobody was told" "first wave of 5 done: told: 0, refused: 0, put off or in doubt: 5; go on with"
unread_stderr=
relay_stop later

# A text that changes, and an edition ----------------------------------------------------------------------------------------
relay mail
edition_incident e
sends e
exits 0 "three are told"
edition_text e/templates individual 'First {{edition}}, mended' '{{facts.what_happened}}'
people 4 >e/people.csv
run "$breach" plan e/playbook.yaml
exits 0 "a changed text, in the same edition"
stderr_has "those who were told keep the old one" "warning: people who were told with a text that was another one then: 3;" \
    "write edition: 2 and an update with kind: correction" "BR-PLAN-009"
edition e 2 "kind: correction" "wrong: {en: One}" "right: {en: Two}" "need_to_act: false"
run "$breach" plan e/playbook.yaml
exits 0 "edition 2"
is "no such warning any more" "$(grep -c BR-PLAN-009 "$err")" 0
unread_stderr=
stdout_has "who was told before" "4 people: 0 told, 4 pending" "; 3 told in edition 1"
everybody e

# Several people behind one address, one of them withheld by a person -----------------------------------------------------------
incident g actual
gateway >g/gateways/relay.yaml
printf '%s\n' id,name,locale,email,holder s1,Ann,en,shared@example.org,h s2,Bob,en,shared@example.org,h s3,Cid,en,c@example.org, >g/people.csv
run "$breach" plan g/playbook.yaml
exits 0 "two of three share an address"
list g pending
stdout_has "each has a line" "  row 1, s1, email sh***@example.org: not tried yet" "  row 2, s2, email sh***@example.org: not tried yet" \
    "  row 3, s3, email " "pending: 3 people"
run "$breach" resolve g/playbook.yaml --person s2 --withhold --reason "asked for it"
unread_stderr=
everybody g

# A copy says that it is one --------------------------------------------------------------------------------------------------
cp -R e f
run "$breach" status f/playbook.yaml
exits 0 "status of a copy"
stdout_has "it says so" "COPY: the ledger was made on " "$work/e/leak.breach" "NEEDS YOU: " "; this state folder is a copy"
run "$breach" status f/playbook.yaml --json
is "also to programs" "$(json "$out" '$.copy')" 1
run "$breach" status e/playbook.yaml --json
is "and not of the first" "$(json "$out" '$.copy')" 0

# shellcheck disable=SC2094  # what is shown is read while it is written
# Ctrl-C at the question ------------------------------------------------------------------------------------------------------
{
    wait_for grep -qF "Type it (4) to go on: " shown
    printf '\003'
} | TERM=xterm script -qec "exec $(printf '%q ' "$breach" notify e/playbook.yaml)" /dev/null >shown 2>&1
is "it is not confirmed" "${PIPESTATUS[1]}" 77
tr -d '\r' <shown >"$out"
stdout_has "it says that nothing was sent" "will be done: " "not confirmed: nothing was sent"
is "nothing was" "$(sent mail)" 3

done_testing
