#!/usr/bin/env bash
# A real Kannel (bearerbox, smsbox and its fake SMSC) takes a thousand text messages through the shipped preset; its
# delivery reports come to breach serve and settle them, also those that a kill -9 of notify left in doubt.
# shellcheck source=../cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"
# shellcheck source=../cli/incident.sh
. "$source/tests/cli/incident.sh"

# shellcheck source=kannel.sh
. "$source/tests/real/kannel.sh"

people=1000
obstacle=$(kannel_missing)
if [ -n "$obstacle" ]; then
    skip "a real Kannel" "$obstacle"
    done_testing
fi

write_people() {
    local i
    echo "id,name,locale,phone"
    for ((i = 1; i <= people; i++)); do printf 'p%d,Person %d,%s,+86138%08d\n' "$i" "$i" "$([ $((i % 2)) = 0 ] && echo en || echo zh-CN)" "$i"; done
}

# carried: "NUMBERS AGAIN": how many numbers the SMSC got, and how many of them more than one part: the texts are short
# enough for one, each in its own alphabet
carried() {
    grep -oE 'Got message [0-9]+: <123 \+86138[0-9]{8} ' fakesmsc.out | grep -oE '\+86[0-9]+' | sort | uniq -c |
        awk '{ if ($1 > 1) again++ } END { print NR, again + 0 }'
}

status_of() {
    run "$breach" status sms/playbook.yaml --json
    json "$out" "\$.people.$1"
}

# doubtful: "ID NUMBER" of each message that is in doubt
doubtful() {
    sqlite3 -batch -cmd '.timeout 60000' -separator ' ' sms/*.breach/ledger.db "SELECT id, endpoint FROM message WHERE state = 7"
}

# at_rest: what the SMSC got is delivered, and all the rest is in doubt
# shellcheck disable=SC2317  # called by wait_for
at_rest() {
    local told doubts
    told=$(status_of delivered)
    doubts=$(status_of in_doubt)
    [ $((told + doubts)) = "$people" ] && [ "$told $doubts" = "$(carried | cut -d' ' -f1) $(doubtful | grep -c '')" ]
}

goes_on() {
    run "$breach" notify sms/playbook.yaml --yes --expect-digest "$plan" --expect-people "$people" --patience PT10S
    unread_stderr= # says what was recovered
}

kannel_start
incident sms actual
sed -i -e 's/ladder: \[email\]/ladder: [sms]/' -e 's/{email: relay}/{sms: texts}/' sms/playbook.yaml
write_people >sms/people.csv
free_port; serve_port=$free
texts_gateway "rate: 50/s" >sms/gateways/texts.yaml # so that it takes 20 seconds, of which the kill meets one
run "$breach" plan sms/playbook.yaml
exits 0 "a thousand text messages are planned"
plan=$(digest)
"$breach" serve sms/playbook.yaml --listen "127.0.0.1:$serve_port" --json >serve.json 2>serve.err </dev/null &
relays[serve]=$!
wait_for grep -q 'listening at' serve.err || note "breach serve: $(cat serve.err)"

# Killed in the middle
( # the subshell is told of the kill, and says nothing about it
    exec 2>/dev/null
    "$breach" notify sms/playbook.yaml --yes --expect-digest "$plan" --expect-people "$people" >killed.out </dev/null &
    echo $! >notify.pid
    wait
) &
relays[notify]=$!
# shellcheck disable=SC2317  # called by wait_for
got_some() { [ "$(grep -c 'Got message' fakesmsc.out)" -ge 200 ]; }
wait_for got_some || note "notify: $(cat killed.out)"
kill -KILL "$(cat notify.pid)"
wait "${relays[notify]}"
unset "relays[notify]"
before=$(carried | cut -d' ' -f1)
ok "notify was killed in the middle" test "$before" -gt 0 -a "$before" -lt "$people"

texts_gateway >sms/gateways/texts.yaml
goes_on
ok "the same command goes on" test "$status" = 0 -o "$status" = 75
ok "what Kannel got is delivered, and what it did not get is in doubt" wait_for at_rest
# A request that was about to leave when notify was killed has no report: somebody looks into the SMSC's log, and says so
doubtful >in-doubt.list
note "$(grep -c '' in-doubt.list) messages never left"
if [ -s in-doubt.list ]; then
    while read -r id _; do
        run "$breach" resolve sms/playbook.yaml --message "$id" --not-sent --reason "the SMSC never got it"
        exits 0 "what never left may go"
    done <in-doubt.list
    goes_on
    ok "all of it is delivered in the end" wait_for at_rest
fi
is "every report settled its message" "$(status_of delivered)" "$people"
is "nobody is in doubt" "$(status_of in_doubt)" 0
is "nobody is left out" "$(status_of pending)" 0
is "Kannel got every number once, in the one segment that check had counted" "$(carried)" "$people 0"
note "$(json "$out" '$.verdict')"

relay_stop serve
is "every report was recorded once" "$(json serve.json '$.receipts.recorded')" "$people"
is "and none was refused" "$(json serve.json '$.receipts.forged') $(json serve.json '$.receipts.broken') $(json serve.json '$.receipts.unknown')" "0 0 0"
done_testing
