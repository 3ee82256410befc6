#!/usr/bin/env bash
# When the last notice goes, against the deadlines by which people must have been told: in check, before a send is confirmed, and
# in status.
. "$(dirname "$0")/lib.sh"
. "$source/tests/cli/incident.sh"

export TZ=UTC
export BREACH_CLOCK=2027-03-01T12:00:00+00:00

# slow GATEWAY-LINE...: an actual incident of 120 people whose relay takes one message a minute, and a contract that wants them
# told within 30 hours of discovery
slow() {
    incident case actual
    people 120 >case/people.csv
    gateway "rate: 1/min" "$@" >case/gateways/relay.yaml
    mkdir -p case/regimes
    cat >case/regimes/contract.yaml <<'END'
version: 1
id: contract
name: a contract
jurisdiction: contract
status: in_force
enabled: true
effective_from: "2020-01-01"
citation: section 9
authority: the customer
channel: email
trigger: an incident
clock_starts: awareness
zone: Etc/UTC
confidence: confirmed
sources: [https://example.com/contract]
steps:
  - {id: people, name: tell the people, to: individuals, due: PT30H, from: awareness, count: hours, confidence: confirmed}
END
    cat >>case/playbook.yaml <<'END'
regimes: [contract]
anchors: {awareness: 2027-03-01T09:30+00:00}
END
}

# said EXPRESSION: what Python makes of the last document, d
said() { python3 -c 'import json,sys; d=json.load(open(sys.argv[1])); print('"$1"')' "$out"; }

# In time: 120 minutes, and the contract's deadline is on the next day ---------------------------------------------------------
slow
run "$breach" check case/playbook.yaml
exits 0 "sent in two hours"
stdout_has "check says by how much it is in time" \
    "in time for contract/people, due by 2027-03-02 15:30 +00:00: the last notice goes 25 h 30 min before that"
stdout_has "and that the contract asks for nothing in the text" "what notices must say: no regime or policy of the playbook asks for anything"
unread_stderr=
run "$breach" check case/playbook.yaml --json
is "and when the last notice goes" "$(said 'd["forecast"]["done_at"][:16], d["forecast"]["known"], d["forecast"]["messages"]')" \
    "2027-03-01T14:00 True 120"
is "as the schema says" "$("$build/tests/tools/schema-check" "$source/docs/schema/check.json" "$out" 2>&1)" ""
unread_stderr=

# Where a mistake keeps messages from being counted
sed 's/template: individual/template: nosuch/' case/playbook.yaml >case/wrong.yaml
run "$breach" check case/wrong.yaml
exits 65 "a template that is not there"
stdout_lacks "it does not say that nothing is left to be sent" "nothing is left"
unread_stderr=
rm case/wrong.yaml

# A quota: 40 a day, so that the last ones go on the day after the next ---------------------------------------------------------
slow "quota: 40"
run "$breach" check case/playbook.yaml
exits 65 "a quota that makes it late"
stdout_has "the verdict does not say that sending is stopped" "NEEDS YOU: 1 deadline would be missed: mend it, accept it, or send now, since that is not stopped"
is "names the deadline, the time and the gateway" \
    "$(grep -c 'error: contract/people: the last notice would go about 2027-03-03 00:40 .00:00, and it is due by 2027-03-02 15:30 .00:00: relay is the slowest way.*BR-FORECAST-001' "$err")" 1
unread_stderr=
run "$breach" check case/playbook.yaml --json
is "JSON says so, too" "$(said '[(x["id"], x["late"], x["slowest"]) for x in d["forecast"]["deadlines"]]')" "[('contract/people', True, 'relay')]"
unread_stderr=
cp case/playbook.yaml case/before
echo 'accepted: [{id: forecast-late, reason: "the provider gives no more", by: Head of IT}]' >>case/playbook.yaml
run "$breach" check case/playbook.yaml
exits 0 "a deadline that is missed with open eyes"
is "with who and why" "$(grep -c 'accepted: contract/people: the last notice would go.*by Head of IT: the provider gives no more' "$err")" 1
unread_stderr=
mv case/before case/playbook.yaml

# Lateness does not stop a plan, and is shown before the send is confirmed, and in status ------------------------------------------
run "$breach" plan case/playbook.yaml
exits 0 "being late is no reason not to plan"
unread_stderr=
on_terminal 'no\n' "$breach" notify case/playbook.yaml
stdout_has "whoever confirms reads it first" "will be done: about 2027-03-03 00:40 +00:00, in 36 h 40 min, if the relays keep up" \
    "TOO LATE for contract/people, due by 2027-03-02 15:30 +00:00: the last notice goes 9 h 10 min after that, by relay"
sqlite3 case/leak.breach/ledger.db "ALTER TABLE decision RENAME TO away"
on_terminal 'leak\n' "$breach" notify case/playbook.yaml
stdout_has "what cannot be counted is an error" "no such table: decision" "nothing was sent"
stdout_lacks "and no forecast of nothing" "will be done"
sqlite3 case/leak.breach/ledger.db "ALTER TABLE away RENAME TO decision"
run "$breach" status case/playbook.yaml
stdout_has "and so does status" "TOO LATE for contract/people, due by 2027-03-02 15:30 +00:00: the last notice goes 9 h 10 min after that, by relay"
unread_stderr=
run "$breach" status case/playbook.yaml --json
is "status --json has the forecast" "$(said 'd["forecast"]["deadlines"][0]["late"]')" True
is "as its schema says" "$("$build/tests/tools/schema-check" "$source/docs/schema/status.json" "$out" 2>&1)" ""
unread_stderr=
run "$breach" hold case/playbook.yaml --reason "a mistake in the text"
exits 0 "everything is held"
unread_stderr=
run "$breach" status case/playbook.yaml
stdout_has "which status says" "HELD: everything"
stdout_lacks "and then nobody knows when it is done" "will be done" "TOO LATE for" "in time for"
unread_stderr=

# Quiet hours of the gateway: nothing goes between 13:00 and 08:00 ------------------------------------------------------------------
rm -r case
slow 'quiet_hours: {from: "13:00", to: "08:00", zone: "Z"}'
run "$breach" check case/playbook.yaml --json
exits 0 "60 today, 60 tomorrow morning"
is "the quiet hours are in it" "$(said 'd["forecast"]["done_at"][:16]')" 2027-03-02T09:00
unread_stderr=

# The deadline of an audience --------------------------------------------------------------------------------------------------------
sed -i 's/- {id: people, /- {id: people, deadline: 2027-03-02T08:30+00:00, /; /^regimes:/d; /^anchors:/d' case/playbook.yaml
run "$breach" check case/playbook.yaml
exits 65 "an audience that would be told too late"
is "is named" "$(grep -c 'error: audience people: the last notice would go about 2027-03-02 09:00 .00:00, and it is due by 2027-03-02 08:30 .00:00' "$err")" 1
unread_stderr=

# A step that may not apply is a warning, and a deadline that is over decides nothing -------------------------------------------------
rm -r case
slow "quota: 40"
sed -i 's/count: hours, confidence/count: hours, cond: "risk == '"'high'"'", confidence/' case/regimes/contract.yaml
run "$breach" check case/playbook.yaml
exits 0 "a step that may not apply"
is "is a warning" "$(grep -c 'warning: contract/people: if it applies, it is due by' "$err")" 1
unread_stderr=
BREACH_CLOCK=2027-03-05T12:00:00+00:00 run "$breach" check case/playbook.yaml
exits 0 "after the deadline"
is "it is no matter of the forecast" "$(grep -c 'BR-FORECAST' "$err")" 0
unread_stderr=

done_testing
