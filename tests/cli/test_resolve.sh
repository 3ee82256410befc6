#!/usr/bin/env bash
# breach resolve: doubts and quarantine are listed with their commands, and settled by a person, with a reason.
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

# id_of FOLDER ADDRESS: the message to it
id_of() {
    sqlite3 "$1/leak.breach/ledger.db" "SELECT id FROM message WHERE endpoint = '$2'"
}

# state_of FOLDER ADDRESS: the number of its state and whether it was ever in doubt
state_of() {
    sqlite3 "$1/leak.breach/ledger.db" "SELECT state || ' ' || (flags & 2 > 0) FROM message WHERE endpoint = '$2'"
}

# Doubts ---------------------------------------------------------------------------------------------------------------
relay first --rule 'dot to=p1@* accept-and-die' --rule 'dot to=p2@* hang-up' --rule 'dot to=p3@* hang-up' \
    --rule 'dot to=p4@* accept-and-die'
prepare a 5 "connections: 1" "in_doubt: hold"
run "$breach" plan a/playbook.yaml
digest=$(digest)
run "$breach" resolve a/playbook.yaml
exits 0 "nothing to decide yet"
stdout_has "it says so" "nothing needs a decision" "next: breach status a/playbook.yaml"
run "$breach" resolve a/playbook.yaml --all-doubts --sent --reason "x"
exits 0 "no doubts: no question"
stdout_has "it says so" "no message in doubt waits for a person"
for patience in 1 2 3 4; do
    run "$breach" notify a/playbook.yaml --yes --expect-digest "$digest" --patience "PT${patience}S"
    unread_stderr=
    [ "$(sqlite3 a/leak.breach/ledger.db "SELECT count(*) FROM message WHERE state = 7")" = 4 ] && break
done
run "$breach" resolve a/playbook.yaml
exits 0 "four are in doubt"
stdout_has "each with whom, where, since when, how often and the command" "in doubt: 4; the gateway may have taken them" \
    "message $(id_of a p1@example.org) to p***@example.org for p1 (row 1)" "by relay, in doubt since" \
    "attempts: 1, times in doubt: 1" \
    "breach resolve a/playbook.yaml --message $(id_of a p1@example.org) DECISION --reason TEXT" \
    "all at once: breach resolve a/playbook.yaml --all-doubts" "NEEDS YOU: in doubt: 4, quarantined messages: 0" \
    "next: breach resolve a/playbook.yaml --message $(id_of a p1@example.org) DECISION --reason TEXT"
stdout_lacks "no address in full" "p1@example.org"
run "$breach" resolve a/playbook.yaml --json
exits 0 "the list as a document"
schema_fits undecided
is "it counts" "$(json "$out" '$.doubts.total') $(json "$out" '$.doubts.shown[3].person')" "4 p4"

# Misuse
while IFS='|' read -r arguments words; do
    # shellcheck disable=SC2086  # several arguments
    run "$breach" resolve a/playbook.yaml $arguments
    exits 64 "misuse: $arguments"
    stderr_has "it says what is missing: $arguments" "$words"
done <<'END'
--sent|about what?
--person p1|decide one thing
--person p1 --sent|the log needs to know why
--person p1 --sent --resend --reason x|decide one thing
--person p1 --row 1 --sent --reason x|about what?
--all-doubts --withhold --reason x|--all-doubts goes with
END
run "$breach" resolve a/playbook.yaml --person p1 --sent --reason $'a reason\e[2J'
exits 64 "a reason that would steer a terminal"
stderr_has "it is refused" "why, in one line"
run "$breach" resolve a/playbook.yaml --person p9 --sent --reason x
exits 65 "nobody of that id"
stderr_has "with a suggestion" "nobody with the id p9 was planned: did you mean p"
run "$breach" resolve a/playbook.yaml --person p5 --sent --reason x
exits 65 "somebody who was told"
stderr_has "nothing is in doubt" "p5: nothing of it is in doubt"
run "$breach" resolve a/playbook.yaml --message "$(id_of a p5@example.org)" --resend --reason x
exits 65 "a message that was accepted is never sent again on purpose"
stderr_has "it says so" "is accepted: this cannot be decided about it; nothing was changed"
run "$breach" resolve a/playbook.yaml --message abc --sent --reason x
exits 65 "no such message"
stderr_has "where they are listed" "no message has the id abc: breach resolve a/playbook.yaml lists"
run "$breach" resolve a/playbook.yaml --row 77 --sent --reason x
exits 65 "no such row"
stderr_has "how rows count" "the plan has no row 77"

# Each of the three decisions
run "$breach" resolve a/playbook.yaml --message "$(id_of a p1@example.org)" --sent --reason "in the relay's log at 03:12"
exits 0 "it was sent"
stdout_has "the verdict" "messages that count as sent: 1" "next: breach status a/playbook.yaml"
is "it counts as accepted, and as having been in doubt" "$(state_of a p1@example.org)" "2 1"
is "who, why and what are in the log" "$(sqlite3 a/leak.breach/ledger.db "SELECT count(*) FROM event WHERE
    json_extract(body, '$.event') = 'accepted' AND json_extract(body, '$.by') LIKE '%@%' AND
    json_extract(body, '$.reply') = 'in the relay''s log at 03:12'")" 1
run "$breach" resolve a/playbook.yaml --person p2 --not-sent --reason "not in the relay's log" --json
exits 0 "it was surely not"
schema_fits resolve
is "the document says so" "$(json "$out" '$.messages') $(json "$out" '$.applied') $(json "$out" '$.next')" \
    "1 1 breach notify a/playbook.yaml"
run "$breach" resolve a/playbook.yaml --row 3 --resend --reason "better twice than never"
exits 0 "send it again"
stdout_has "the verdict" "messages that will be sent again, maybe as a second copy: 1" "next: breach notify a/playbook.yaml"
is "both are planned" "$(state_of a p2@example.org), $(state_of a p3@example.org)" "0 1, 0 1"
relay_stop first
relay second --port "$port"
run "$breach" notify a/playbook.yaml --yes --expect-digest "$digest"
exits 75 "those two are told"
is "they, and nobody else" "$(cut -d' ' -f3 second.log | sort | tr '\n' ' ')" "p2@example.org p3@example.org "
run "$breach" status a/playbook.yaml --json
is "one doubt is left" "$(json "$out" '$.people.accepted') $(json "$out" '$.people.in_doubt') $(json "$out" '$.held')" "4 1 1"

# All at once: the number first
run "$breach" resolve a/playbook.yaml --all-doubts --sent --reason "all in the log"
exits 77 "without a terminal it needs the number"
stderr_has "it says which" "messages in doubt that wait for a person: 1" "--yes --expect-count 1; nothing was changed"
run "$breach" resolve a/playbook.yaml --all-doubts --sent --reason "all in the log" --yes --expect-count 1
exits 0 "with it, done"
stderr_has "the number" "messages in doubt that wait for a person: 1"
run "$breach" notify a/playbook.yaml --yes --expect-digest "$digest"
exits 0 "everybody is told"

# However often the relay has left it in doubt, a person can send it again ----------------------------------------------
relay dies --rule "dot accept-and-die times=3"
prepare b 1 "connections: 1"
sends b
exits 75 "two resends, then it waits"
run "$breach" resolve b/playbook.yaml
stdout_has "how often it was" "attempts: 3, times in doubt: 3"
run "$breach" resolve b/playbook.yaml --person p1 --resend --reason "nothing in the log"
exits 0 "sent again"
run "$breach" plan b/playbook.yaml
run "$breach" notify b/playbook.yaml --yes --expect-digest "$(digest)"
exits 0 "and now it is taken"

# While notify runs ----------------------------------------------------------------------------------------------------
relay slow --rule 'dot to=p1@* accept-and-die times=1' --rule "dot delay 300ms"
prepare c 12 "connections: 1" "in_doubt: hold"
run "$breach" plan c/playbook.yaml
"$breach" notify c/playbook.yaml --yes --expect-digest "$(digest)" >notify.out 2>notify.err </dev/null &
sending=$!
# shellcheck disable=SC2317  # called by wait_for
in_doubt() { [ "$(sqlite3 c/leak.breach/ledger.db "SELECT count(*) FROM message WHERE state = 7")" = 1 ]; }
wait_for in_doubt
relay_holds slow # so that it still runs
run "$breach" resolve c/playbook.yaml --person p1 --sent --reason "the relay says so"
exits 0 "settled while notify runs"
stderr_has "the running one takes it up" "a breach notify is running: it takes this up within seconds"
relay_goes_on slow
wait "$sending"
is "that run ends with everybody told" "$?" 0

# Quarantine -----------------------------------------------------------------------------------------------------------
relay fine
prepare d 1
sed -i 's/^\( *- {id: people,\)/\1 match: "age > 17",/' d/playbook.yaml
cat >d/people.csv <<'END'
id,name,locale,email,age
p1,Ann,en,p1@example.org,30
p2,Bob,en,p2@example.org,
p3,Cy,en,p3@example.org,40
p3,Cyd,en,p3b@example.org,41
p4,Dan,en,p4@example.org,
END
run "$breach" plan d/playbook.yaml
exits 0 "some rows cannot be planned"
unread_stderr=
run "$breach" resolve d/playbook.yaml
exits 0 "they are listed"
stdout_has "with row, id and reason" "quarantined by the plan: 4" "row 2, p2: age missing" "row 3, which has no id of its own:" \
    "breach resolve d/playbook.yaml --person p2 --withhold --reason" "next: breach plan d/playbook.yaml"
run "$breach" resolve d/playbook.yaml --person p2 --mended --reason "it is"
exits 65 "what the plan quarantined is mended in the file"
stderr_has "it says how" "p2 was quarantined by the plan (age missing" "correct row 2 of the people file and type breach plan"
run "$breach" resolve d/playbook.yaml --row 3 --withhold --reason "a court"
exits 65 "a row without an id of its own"
stderr_has "what to do" "row 3 has no id of its own" "give it an id that no other row has, or delete the row"
run "$breach" resolve d/playbook.yaml --row 2 --withhold --reason "a court asked for it"
exits 0 "withheld"
stdout_has "the verdict" "withheld; messages that will not be sent: 0" "next: breach status d/playbook.yaml"
run "$breach" status d/playbook.yaml
stdout_has "counted under the reason" "withheld: 1: a court asked for it"
sed -i 's/,$/,50/; s/^p3,Cyd/p5,Cyd/' d/people.csv
run "$breach" plan d/playbook.yaml
exits 0 "all rows are whole now"
digest=$(digest)
run "$breach" status d/playbook.yaml --json
is "the decision stands" "$(json "$out" '$.people.withheld') $(json "$out" '$.people.pending')" "1 4"
run "$breach" resolve d/playbook.yaml --person p4 --withhold --reason "asked not to be told"
exits 0 "somebody who was to be told"
stdout_has "one message less" "messages that will not be sent: 1"
run "$breach" resolve d/playbook.yaml --person p2 --mended --reason "the court agrees now"
exits 0 "taken back"
run "$breach" plan d/playbook.yaml
run "$breach" notify d/playbook.yaml --yes --expect-digest "$(digest)"
exits 1 "everybody but one is told"
is "who was" "$(cut -d' ' -f3 fine.log | sort | tr '\n' ' ')" "p1@example.org p2@example.org p3@example.org p3b@example.org "
run "$breach" status d/playbook.yaml
stdout_has "the other under the reason" "withheld: 1: asked not to be told"

# In doubt, and not to be told any more --------------------------------------------------------------------------------
relay torn --rule 'dot hang-up times=2'
prepare e 2 "connections: 1" "in_doubt: hold"
unread_stderr=
sends e
exits 75 "two are in doubt"
run "$breach" resolve e/playbook.yaml --person p2 --withhold --reason "asked not to be told"
exits 0 "one asks not to be told"
stderr_has "a doubt is not withheld away" "messages to p2 that are on their way or in doubt: 1" \
    "breach hold e/playbook.yaml --person p2" "[BR-RESOLVE-011]"
run "$breach" resolve e/playbook.yaml --message "$(id_of e p2@example.org)" --not-sent --reason "not in the log either"
exits 0 "and was not told"
stderr_has "it says why" "withheld, because their people are not to be told any more: 1"
is "the first decision stands" "$(state_of e p2@example.org)" "8 1"
people 2 | sed '/^p1,/d' >e/people.csv
run "$breach" plan e/playbook.yaml
exits 0 "the other is gone from the file"
run "$breach" resolve e/playbook.yaml --message "$(id_of e p1@example.org)" --not-sent --reason "not in the log"
exits 0 "and was not told"
stdout_has "nothing is to be sent" "messages that will be sent: 0" "next: breach status e/playbook.yaml"
stderr_has "it says why" "withheld, because their people are not to be told any more: 1"
is "it is withheld" "$(state_of e p1@example.org)" "8 1"
people 2 >e/people.csv
run "$breach" plan e/playbook.yaml
exits 0 "back in the file"
is "it is planned again" "$(state_of e p1@example.org)" "0 1"

done_testing
