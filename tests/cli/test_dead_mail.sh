#!/usr/bin/env bash
# Three of ten mailboxes are dead: these people end on text messages, those with a dead number on letters, and those without an
# address on the announcement; killed on the way, and counted after each step. BREACH_LONG=1: 10,000 people instead of 400.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=incident.sh
. "$source/tests/cli/incident.sh"
# shellcheck source=announced.sh
. "$source/tests/cli/announced.sh"

count=400
[ -z "${BREACH_LONG-}" ] || count=10000
dead=$((count * 30 / 100)) letters=$((count * 7 / 100)) lost=$((count * 3 / 100))
texted=$((dead - letters - lost))

# of each hundred: 30 dead mailboxes; 10 of these have dead numbers; 3 of these have no address
everybody() {
    awk -v count="$1" 'BEGIN {
        print "id,name,locale,email,phone,address"
        for (i = 0; i < count; i++) {
            of = i % 100
            printf "p%d,Person %d,en,%s%d@example.org,+861%s%08d,%s\n", i, i, of < 30 ? "dead" : "p", i,
                of < 10 ? "37" : "38", i, of < 3 ? "" : "Road " i "|1000 Town"
        }
    }'
}

relay mail --rule 'rcpt to=dead* reply "550 5.1.1 no such user"'
texts_rules=(--rule 'request to=+86137* reply "400 {\"error\":\"unknown_number\"}"')
mkdir -p sink
text_gateway() {
    sms_gateway "$1" | sed 's|{rules: \[|&{at: /error, is: unknown_number, means: permanent}, |'
}
text_gateway 1 >sink/texts.yaml
sink http-sink-breach sms --gateway sink/texts.yaml "${texts_rules[@]}"
provider=$sink_port

announced a "{gateway: site, when: unreachable, reason: Nothing else reaches them.}"
text_gateway "$provider" >a/gateways/texts.yaml
sed -i -e 's/ladder: \[email, sms\]/ladder: [email, sms, letter]/' -e 's/sms: texts}/sms: texts, letter: print-room}/' a/playbook.yaml
printf '%s\n' 'version: 1' 'name: print-room' 'kind: letter' "folder: $work/letters" 'sender: [Example Cloud, Road 1]' \
    >a/gateways/print-room.yaml
mkdir letters
everybody "$count" >a/people.csv

# identity STEP: the sum of what is counted, from the ledger on its own
identity() {
    run "$breach" status a/playbook.yaml --json
    unread_stderr=
    is "$1: nobody is lost and nobody counts twice" \
        "$(jq '.people | .delivered + .accepted + .in_doubt + .pending + .quarantined + .withheld + .unreachable' "$out")" "$count"
}

# killed_at FILE LINES: breach notify, killed when FILE has so many lines
killed_at() {
    local file=$1 lines=$2 pid
    "$breach" notify a/playbook.yaml --yes --expect-digest "$plan" --patience PT10S "${@:3}" >/dev/null 2>>"$work/killed.err" </dev/null &
    pid=$!
    wait_for sh -c "[ \$(grep -c '^accepted ' '$file') -ge $lines ]"
    kill -9 "$pid" 2>/dev/null
    wait "$pid" 2>/dev/null
}

plan a
unread_stderr=
killed_at "$work/mail.log" $((count / 5))
identity "killed among the emails"
ok "not everybody had been told" test "$(told "$out" pending)" -gt 0
run "$breach" notify a/playbook.yaml --yes --expect-digest "$plan" --patience PT10S --json
exits 75 "three of ten are more than 5 %: it asks"
is "it says what to type" "$(json "$out" '$.next')" "breach notify a/playbook.yaml --climb $(json "$out" '$.climbs.due')"
unread_stderr=
identity "asked"
waiting=$(json "$out" '$.climbs.due')
ok "some go on without a yes, the rest waits" test "$((waiting + $(json "$out" '$.climbs.climbed')))" = "$dead"
killed_at "$work/sms.log" $((texted / 2)) --climb "$waiting"
identity "killed among the text messages"
run "$breach" track a/playbook.yaml --json
exits 75 "track"
identity "tracked"
# a letter after a text message needs no second yes: whoever has gone on counts once
run "$breach" notify a/playbook.yaml --yes --expect-digest "$plan" --patience PT10S --json
exits 75 "all that is left is the announcement"
unread_stderr=
identity "at the end of the ladders"
is "nothing is pending or in doubt" "$(told "$out" pending),$(told "$out" in_doubt)" "0,0"
is "those without any way are unreachable" "$(told "$out" unreachable)" "$lost"
is "everybody else is told" "$(told "$out" accepted)" $((count - lost))
channel() { sqlite3 a/leak.breach/ledger.db "SELECT count(*) FROM message m JOIN text t ON t.no = m.text JOIN label l ON l.no = t.channel WHERE l.name = '$1' AND m.state = 2"; }
is "by email, text message and letter" "$(channel email),$(channel sms),$(channel letter)" "$((count - dead)),$texted,$letters"
ok "whoever was written to twice had been in doubt" test "$(sent mail)" -le \
    $((count - dead + $(sqlite3 a/leak.breach/ledger.db "SELECT count(*) FROM message WHERE flags & 2")))
draft a
unread_stderr=
announce a --yes --expect-digest "$text"
unread_stderr=
exits 0 "the announcement is published"
unread_stderr=
notify a --json
exits 1 "nothing is open any more"
identity "at the end"
done_testing
