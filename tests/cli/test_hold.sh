#!/usr/bin/env bash
# Steering: hold and lift, also of a breach notify that runs elsewhere; quiet hours, domain rates, pauses, the first wave.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=incident.sh
. "$source/tests/cli/incident.sh"

# prepare NAME PEOPLE LINE...: an actual incident, planned, for the relay at $port; leaves its digest in $plan
prepare() {
    local name=$1 count=$2
    shift 2
    incident "$name" actual
    people "$count" >"$name/people.csv"
    gateway "$@" >"$name/gateways/relay.yaml"
    replan "$name"
}

replan() {
    run "$breach" plan "$1/playbook.yaml"
    exits 0 "$1 is planned"
    plan=$(digest)
}

notify() {
    local name=$1
    shift
    run "$breach" notify "$name/playbook.yaml" --yes --expect-digest "$plan" --patience PT1S "$@"
    unread_stderr=
}

hold() {
    local name=$1
    shift
    run "$breach" hold "$name/playbook.yaml" "$@"
}

lift() {
    local name=$1
    shift
    run "$breach" lift "$name/playbook.yaml" "$@"
}

status() {
    run "$breach" status "$1/playbook.yaml"
    exits 0 "status of $1"
}

first_line() {
    head -n 1 "$out"
}

keeps_schema() {
    ok "--json of $1 is what its schema promises" "$build/tests/tools/schema-check" "$source/docs/schema/$1.json" "$out"
}

# at_least NAME COUNT: the relay has accepted so many
# shellcheck disable=SC2317 # wait_for calls it
at_least() {
    [ "$(sent "$1")" -ge "$2" ]
}

events() {
    sqlite3 "$1/leak.breach/ledger.db" "SELECT count(*) FROM event WHERE json_extract(body, '\$.event') = '$2'"
}

# A notify that runs, and a hold from a second process ----------------------------------------------------------------
relay run --rule "dot delay 20ms"
prepare run 2000
"$breach" notify run/playbook.yaml --yes --expect-digest "$plan" --patience PT60S >run.out 2>run.err &
notifier=$!
ok "it sends" wait_for at_least run 20
hold run --reason "a mistake in the text"
exits 0 "hold while notify runs"
stdout_has "it says what is held" "held: everything" "next: breach status run/playbook.yaml"
before=$(sent run)
# shellcheck disable=SC2317 # wait_for calls it
rests() { "$breach" status run/playbook.yaml --json >.poll && [ "$(json .poll '$.messages.attempting')" = 0 ]; }
ok "what was on the wire is finished" wait_for rests
after=$(sent run)
sleep 2 # in which a hundred could go
ok "nothing is begun any more" test "$(sent run)" = "$after" -a "$after" -lt 2000
ok "only what was on the wire came after it" test $((after - before)) -le 4
status run
ok "the first line of status says what is held, by whom and why" grep -q '^HELD: everything, by .*: a mistake in the text$' \
    <(first_line)
stdout_has "and the verdict and the command" "NEEDS YOU: 2,000 people" "everything is held by" \
    "next: breach lift run/playbook.yaml --reason TEXT"
lift run --reason "mended"
exits 0 "lift while notify runs"
ok "it goes on by itself" wait_for at_least run $((after + 100))
kill "$notifier"
wait "$notifier"
is "it was stopped" $? 75
ok "nobody was told twice" test -z "$(cut -d' ' -f2 run.log | sort | uniq -d)"
is "both are in the log" "$(events run held) $(events run lifted)" "1 1"

# One message is no plural -----------------------------------------------------------------------------------------------
prepare one 1
hold one --reason x
stdout_has "one message waits" "held: everything; 1 message of the incident waits or is on its way"
lift one --reason y
stdout_has "and may go" "lifted: everything; nothing is held, 1 message of the incident waits or is on its way"
unread_stderr=

# Names and mistakes ---------------------------------------------------------------------------------------------------
relay parts
prepare parts 20
hold parts
exits 64 "a hold without a reason"
stderr_has "it asks for one" "add --reason" "nothing was held"
hold parts --reason x --audience people --domain example.org
exits 64 "two parts at once"
stderr_has "one at a time" "one of --gateway, --channel, --audience, --domain and --person at a time" "nothing was held"
for wrong in "--audience peple|no audience peple: did you mean people?" "--gateway rely|no gateway rely: did you mean relay?" \
    "--person p200|nobody with the id p200 was planned: did you mean p20?" "--channel fax|no channel fax" \
    "--domain a@b|is no domain"; do
    # shellcheck disable=SC2086 # an option and its value
    hold parts --reason x ${wrong%%|*}
    exits 65 "unknown: ${wrong%%|*}"
    stderr_has "it says so" "${wrong#*|}" "nothing was held"
done
lift parts --reason x
exits 65 "lift with nothing held"
stderr_has "it says so" "everything is not held, and nothing else is" "nothing was lifted"
is "nothing is held by mistakes" "$(events parts held)" 0

# Parts ----------------------------------------------------------------------------------------------------------------
hold parts --person p7 --reason "a lawyer wrote" --json
exits 0 "hold a person"
keeps_schema hold
is "what was held" "$(json "$out" '$.scope') $(json "$out" '$.name') $(json "$out" '$.changed') $(json "$out" '$.applied')" \
    "person p7 1 1"
notify parts
exits 75 "notify with a person held"
is "everybody else was told" "$(sent parts) $(grep -c 'p7@' parts.log)" "19 0"
stdout_has "the verdict names the hold, and the command lifts it" "19 told, 1 pending" "person p7 is held by" "a lawyer wrote" \
    "next: breach lift parts/playbook.yaml --person p7 --reason TEXT"
hold parts --person p7 --reason "again"
exits 0 "the same hold again"
stderr_has "it says so" "person p7 is held already, by" "a lawyer wrote; nothing was changed"
lift parts --domain example.org --reason x
exits 65 "lift what is not held"
stderr_has "it lists what is" "type breach lift parts/playbook.yaml --person p7 --reason TEXT" "nothing was lifted"
hold parts --domain exmaple.org --reason "a typing mistake"
exits 0 "hold a domain to which nothing goes"
stderr_has "it says so, with the one that was meant" "breach: warning: no message that is still to be sent goes to exmaple.org, \
so this hold keeps nothing back: did you mean example.org? [BR-HOLD-005]"
lift parts --domain exmaple.org --reason "a typing mistake"
exits 0 "it is lifted without a warning"
hold parts --domain EXAMPLE.org --reason "they asked"
exits 0 "hold a domain"
lift parts --person p7 --reason "settled" --json
exits 0 "lift the person"
keeps_schema lift
is "the domain goes on" "$(json "$out" '$.holds[0].scope') $(json "$out" '$.holds[0].name')" "domain example.org"
notify parts
exits 75 "the domain is held"
people 21 >parts/people.csv
replan parts
notify parts
is "a hold survives planning again" "$status $(sent parts)" "75 19"
run "$breach" status parts/playbook.yaml --json
keeps_schema status
is "status --json names it" "$(json "$out" '$.holds[0].name') $(json "$out" '$.holds[0].reason')" "example.org they asked"
lift parts --domain example.org --reason "settled"
exits 0 "lift the domain"
for part in "--audience people" "--gateway relay" "--channel email"; do
    # shellcheck disable=SC2086
    hold parts $part --reason "for now"
    exits 0 "hold $part"
    notify parts
    is "$part is obeyed" "$status $(sent parts)" "75 19"
    # shellcheck disable=SC2086
    lift parts $part --reason "over"
    exits 0 "lift $part"
done
notify parts
is "everybody is told, once" "$status $(sent parts) $(cut -d' ' -f2 parts.log | sort | uniq -d)" "0 21 "

# A rate of a domain ---------------------------------------------------------------------------------------------------
relay rate
prepare rate 12 'domain_rate: {Example.ORG: 5/s}'
sed -i '2,3s/example\.org/example.net/' rate/people.csv
replan rate
notify rate --json
exits 0 "a rate for one domain"
ok "ten messages at five a second take their time" test "$(json "$out" '$.elapsed_ms')" -ge 1500
is "everybody is told" "$(sent rate)" 12

# A domain that refuses us ---------------------------------------------------------------------------------------------
relay policy --rule 'rcpt to=p1@example.org reply "550 5.7.1 your address is on a list" times=1'
prepare policy 4 "connections: 1" "policy_pause: PT10S"
notify policy
exits 75 "a domain that refuses us by policy"
status policy
ok "status says until when, and why" grep -q '^PAUSED: domain example.org until .* (in .*), it refuses us by policy: .*your address' \
    <(first_line)
is "no address is thought to be dead" "$(grep -c 'unreachable  *0 ' "$out")" 1
run "$breach" status policy/playbook.yaml --json
keeps_schema status
is "status --json too" "$(json "$out" '$.pauses[0].scope') $(json "$out" '$.pauses[0].name')" "domain example.org"
notify policy --patience PT30S
exits 0 "after the pause"
is "everybody is told, once" "$(sent policy) $(cut -d' ' -f2 policy.log | sort | uniq -d)" "4 "
status policy
stdout_lacks "the pause is over" "PAUSED"

relay lifted --rule 'rcpt to=p1@example.org reply "550 5.7.1 your address is on a list" times=1'
prepare lifted 4 "connections: 1"
notify lifted
exits 75 "a domain that refuses us for a quarter of an hour"
lift lifted --domain example.org --reason "they have let us in again"
exits 0 "lift ends the pause of a domain, too"
status lifted
stdout_lacks "the pause is over" "PAUSED"

# The first wave -------------------------------------------------------------------------------------------------------
relay wave --rule 'rcpt to=p1@* reply "550 5.1.1 no such user"' --rule 'rcpt to=p2@* reply "550 5.1.1 no such user"'
prepare wave 50
run "$breach" notify wave/playbook.yaml --limit none
exits 64 "no number"
stderr_has "it says so" "--limit none is no number of messages"
run "$breach" notify wave/playbook.yaml --stop-over 5
exits 64 "a share without a wave"
stderr_has "it says so" "say how large with --limit"
run "$breach" notify wave/playbook.yaml --yes --expect-digest "$plan" --limit 10 --json
exits 75 "a first wave of which two of ten are refused"
stderr_has "it is held" "first wave: 2 of 10 were refused (20.0 %, more than 5 %): everything is held; look why with breach status"
keeps_schema notify
is "how it ended" "$(json "$out" '$.end') $(json "$out" '$.wave.refused') $(json "$out" '$.holds[0].by')" "wave 2 breach"
is "no more were tried than ten" "$(sent wave)" 8
notify wave
is "it stays held" "$status $(sent wave)" "75 8"
run timeout 120 "$breach" notify wave/playbook.yaml --yes --expect-digest "$plan"
exits 75 "nobody waits 15 minutes for a lift that needs a look first"
stderr_has "it says which command lifts it" "everything is held by breach: first wave" \
    "nothing of it is sent before somebody types breach lift wave/playbook.yaml --reason TEXT"
lift wave --reason "two old addresses"
exits 0 "lift it"
run "$breach" notify wave/playbook.yaml --yes --expect-digest "$plan" --limit 20 --stop-over 10
exits 75 "a second wave"
stderr_has "how it went and what to type" "first wave of 20 done: told: 20, refused: 0, put off or in doubt: 0; go on with breach notify wave/playbook.yaml"
is "twenty more" "$(sent wave)" 28
notify wave
is "then all the rest" "$status $(sent wave)" "1 48"

# Quiet hours ----------------------------------------------------------------------------------------------------------
from=$(date -u -d '10 minutes ago' +%H:%M)
to=$(date -u -d '50 minutes' +%H:%M)
relay quiet
incident quiet actual
gateway >quiet/gateways/relay.yaml
echo "quiet_hours: {from: \"$from\", to: \"$to\", zone: \"+00:00\", channels: [email]}" >>quiet/playbook.yaml
replan quiet
notify quiet
exits 75 "in quiet hours"
stdout_has "until when" "quiet hours until $to +00:00"
is "nothing is sent" "$(sent quiet)" 0
status quiet
ok "status says so first" grep -q "^QUIET: quiet hours until $to +00:00 (in " <(first_line)
run "$breach" status quiet/playbook.yaml --json
keeps_schema status
ok "status --json too" test -n "$(json "$out" '$.quiet_until')"
run "$breach" notify quiet/playbook.yaml --dry-run
exits 0 "a rehearsal does not wait"
stderr_has "but says that an actual run would" "quiet hours until $to +00:00: a rehearsal does not wait for them, an actual run would"
notify quiet --in-quiet-hours
is "sending all the same" "$status $(sent quiet)" "0 3"
is "is in the log" "$(events quiet quiet_hours_overridden)" 1
sed -i 's/+00:00/Nowhere\/Town/' quiet/playbook.yaml
run "$breach" check quiet/playbook.yaml
exits 65 "a zone that is not known"
unread_stderr=
ok "it says what may be missing" grep -q 'the zone "Nowhere/Town" is not known here.*tzdata' "$out" "$err"

# Two people at once: what one asked for and nobody has looked at yet is known to the other --------------------------------
prepare both 3
hold both --reason "one"
exec 9>>both/leak.breach/lock
flock 9
lift both --reason "two"
stdout_has "a lift that waits" "recorded: everything is lifted as soon as the breach that is at work looks"
hold both --reason "three"
exits 0 "a hold behind it"
stdout_has "it is no hold that is there already" "recorded: everything is held as soon as the breach that is at work looks"
exec 9>&-
run "$breach" resolve both/playbook.yaml # whatever looks
exits 0 "somebody looks"
status both
ok "the last word counts" grep -q '^HELD: everything, by .*: three$' <(first_line)
lift both --reason "four"
exits 0 "it is lifted"
exec 9>>both/leak.breach/lock
flock 9
hold both --reason "five"
exec 9>&-
lift both --reason "six"
exits 0 "a hold that waited is lifted, too"
stdout_has "and nothing is held" "lifted: everything; nothing is held"

done_testing
