#!/usr/bin/env bash
# A real Kannel (bearerbox, smsbox and its fake SMSC) takes a thousand text messages through the shipped preset; its
# delivery reports come to breach serve and settle them, also those that a kill -9 of notify left in doubt.
# shellcheck source=../cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"
# shellcheck source=../cli/incident.sh
. "$source/tests/cli/incident.sh"

people=1000
fakesmsc=/usr/lib/kannel/test/fakesmsc
export KANNEL_PASSWORD=kannel KANNEL_RECEIPT_TOKEN=proof
for tool in /usr/sbin/bearerbox /usr/sbin/smsbox "$fakesmsc"; do
    if [ ! -x "$tool" ]; then
        skip "a real Kannel" "$tool is not installed: run script/bootstrap"
        done_testing
    fi
done

# A port below those that the kernel hands out by itself, at which nobody answers
taken_ports=
free_port() {
    local tries candidate
    for ((tries = 0; tries < 200; tries++)); do
        candidate=$((10000 + RANDOM % 22000))
        case " $taken_ports " in *" $candidate "*) continue ;; esac
        (: <"/dev/tcp/127.0.0.1/$candidate") 2>/dev/null || break
    done
    taken_ports+=" $candidate"
    free=$candidate
}

kannel_conf() {
    cat <<END
group = core
admin-port = $1
admin-password = admin
admin-allow-ip = "127.0.0.1"
smsbox-port = $2
box-allow-ip = "127.0.0.1"
dlr-storage = internal
log-file = "$work/bearerbox.log"
log-level = 1

group = smsc
smsc = fake
smsc-id = fake
port = $3
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = $4
log-file = "$work/smsbox.log"
log-level = 1

group = sendsms-user
username = breach
password = $KANNEL_PASSWORD
max-messages = 10
concatenation = true

group = sms-service
keyword = default
text = ""
omit-empty = true
max-messages = 0
END
}

# is_open PORT
# shellcheck disable=SC2317  # called by wait_long
is_open() {
    (: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# wait_long COMMAND...: until it succeeds, five minutes at most: how fast this machine is says nothing about breach
wait_long() {
    local until=$((SECONDS + 300))
    until "$@" 2>/dev/null; do
        [ "$SECONDS" -lt "$until" ] || return 1
        sleep 0.1
    done
}

# background NAME COMMAND...: ended with the test
background() {
    local name=$1
    shift
    "$@" >"$work/$name.out" 2>&1 </dev/null &
    relays[$name]=$!
}

kannel_start() {
    local admin box smsc
    free_port; admin=$free
    free_port; box=$free
    free_port; smsc=$free
    free_port; sendsms=$free
    kannel_conf "$admin" "$box" "$smsc" "$sendsms" >kannel.conf
    background bearerbox /usr/sbin/bearerbox -v 4 "$work/kannel.conf"
    wait_long is_open "$smsc" || note "bearerbox: $(cat bearerbox.out bearerbox.log)"
    background fakesmsc "$fakesmsc" -H 127.0.0.1 -r "$smsc" -i 100000 -m 1 "100 200 text hello"
    wait_long is_open "$box" || note "bearerbox: $(cat bearerbox.out bearerbox.log)"
    background smsbox /usr/sbin/smsbox -v 4 "$work/kannel.conf"
    wait_long is_open "$sendsms" || note "smsbox: $(cat smsbox.out smsbox.log)"
    wait_long grep -q 'sent message 1' fakesmsc.out || note "fakesmsc: $(cat fakesmsc.out)"
}

write_people() {
    local i
    echo "id,name,locale,phone"
    for ((i = 1; i <= people; i++)); do printf 'p%d,Person %d,%s,+86138%08d\n' "$i" "$i" "$([ $((i % 2)) = 0 ] && echo en || echo zh-CN)" "$i"; done
}

# carried: "NUMBERS UNEVEN": how many numbers the SMSC got, and how many of them got more parts than the others that read
# the same language (odd numbers one, even numbers the other)
carried() {
    grep -oE 'Got message [0-9]+: <123 \+86138[0-9]{8} ' fakesmsc.out | grep -oE '\+86[0-9]+' | sort | uniq -c | awk '
        { n++; group = substr($2, length($2)) % 2; times[n] = $1; of[n] = group; if (!least[group] || $1 < least[group]) least[group] = $1 }
        END { for (i = 1; i <= n; i++) if (times[i] > least[of[i]]) uneven++; print n + 0, uneven + 0 }'
}

status_of() {
    run "$breach" status sms/playbook.yaml --json
    json "$out" "\$.people.$1"
}

# doubtful: "ID NUMBER" of each message that is in doubt
doubtful() {
    sqlite3 -batch -separator ' ' sms/*.breach/ledger.db "SELECT id, endpoint FROM message WHERE state = 7"
}

# at_rest: what the SMSC got is delivered, and all the rest is in doubt
# shellcheck disable=SC2317  # called by wait_long
at_rest() {
    local told doubts
    told=$(status_of delivered)
    doubts=$(status_of in_doubt)
    [ $((told + doubts)) = "$people" ] && [ "$told $doubts" = "$(carried | cut -d' ' -f1) $(doubtful | grep -c '')" ]
}

# texts_gateway [LINE]: the file, with one more line
texts_gateway() {
    cat <<END
version: 1
name: texts
preset: kannel
params: {origin: "http://127.0.0.1:$sendsms", username: breach, from: "123", receipt: "http://127.0.0.1:$serve_port/receipts/texts"}
auth: {secret: "env:KANNEL_PASSWORD"}
receipt: {token: {query: token, secret: "env:KANNEL_RECEIPT_TOKEN"}}
suppression: bypassed
price: {each: 0.05, currency: EUR}
connections: 4
${1-}
END
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
wait_long grep -q 'listening at' serve.err || note "breach serve: $(cat serve.err)"

# Killed in the middle
( # the subshell is told of the kill, and says nothing about it
    exec 2>/dev/null
    "$breach" notify sms/playbook.yaml --yes --expect-digest "$plan" --expect-people "$people" >killed.out </dev/null &
    echo $! >notify.pid
    wait
) &
relays[notify]=$!
# shellcheck disable=SC2317  # called by wait_long
got_some() { [ "$(grep -c 'Got message' fakesmsc.out)" -ge 200 ]; }
wait_long got_some || note "notify: $(cat killed.out)"
kill -KILL "$(cat notify.pid)"
wait "${relays[notify]}"
unset "relays[notify]"
before=$(carried | cut -d' ' -f1)
ok "notify was killed in the middle" test "$before" -gt 0 -a "$before" -lt "$people"

texts_gateway >sms/gateways/texts.yaml
goes_on
ok "the same command goes on" test "$status" = 0 -o "$status" = 75
ok "what Kannel got is delivered, and what it did not get is in doubt" wait_long at_rest
# A request that was about to leave when notify was killed has no report: somebody looks into the SMSC's log, and says so
doubtful >in-doubt.list
note "$(grep -c '' in-doubt.list) messages never left"
if [ -s in-doubt.list ]; then
    while read -r id _; do
        run "$breach" resolve sms/playbook.yaml --message "$id" --not-sent --reason "the SMSC never got it"
        exits 0 "what never left may go"
    done <in-doubt.list
    goes_on
    ok "all of it is delivered in the end" wait_long at_rest
fi
is "every report settled its message" "$(status_of delivered)" "$people"
is "nobody is in doubt" "$(status_of in_doubt)" 0
is "nobody is left out" "$(status_of pending)" 0
is "Kannel got every number, none twice" "$(carried)" "$people 0"
note "$(json "$out" '$.verdict')"

relay_stop serve
is "every report was recorded once" "$(json serve.json '$.receipts.recorded')" "$people"
is "and none was refused" "$(json serve.json '$.receipts.forged') $(json serve.json '$.receipts.broken') $(json serve.json '$.receipts.unknown')" "0 0 0"
done_testing
