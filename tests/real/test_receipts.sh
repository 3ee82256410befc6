#!/usr/bin/env bash
# Delivery reports as Kannel sends them, 500 a second, to a breach serve that is killed with -9 five times: none that was
# answered with 200 is lost, each is recorded once, and late, repeated, unknown and forged ones change nothing. Then the
# same with a real Kannel, which calls again until it is answered.
# shellcheck source=../cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"
# shellcheck source=../cli/incident.sh
. "$source/tests/cli/incident.sh"
# shellcheck source=kannel.sh
. "$source/tests/real/kannel.sh"

people=5000
kills=5
rate=500

# texts FOLDER COUNT: an incident that tells COUNT people by text message
texts() {
    incident "$1" actual
    sed -i -e 's/ladder: \[email\]/ladder: [sms]/' -e 's/{email: relay}/{sms: texts}/' "$1/playbook.yaml"
    {
        echo "id,name,locale,phone"
        seq -f '%08.0f' 1 "$2" | sed 's/.*/p&,Person &,en,+86138&/'
    } >"$1/people.csv"
}

# serves FOLDER: breach serve at $serve_port
serves() {
    : >"$1.serve.err"
    "$breach" serve "$1/playbook.yaml" --listen "127.0.0.1:$serve_port" --json >"$1.serve.json" 2>"$1.serve.err" </dev/null &
    relays[serve]=$!
    wait_for grep -q 'listening at' "$1.serve.err" || note "breach serve: $(cat "$1.serve.err")"
}

# kill_serve: as if the machine had lost it
kill_serve() {
    { kill -KILL "${relays[serve]}" && wait "${relays[serve]}"; } 2>/dev/null
    unset "relays[serve]"
}

# killed_while FOLDER COUNT COMMAND...: breach serve is killed and started again at every COUNT that COMMAND prints
killed_while() {
    local folder=$1 count=$2 i
    shift 2
    for ((i = 1; i <= kills; i++)); do
        # shellcheck disable=SC2317  # called by wait_for
        is_far() { [ "$("$@")" -ge $((count * i)) ]; }
        wait_for is_far "$@" || note "only $("$@")"
        kill_serve
        serves "$folder"
    done
}

sql() { sqlite3 -batch -cmd '.timeout 60000' "$1/leak.breach/ledger.db" "$2"; }

# shellcheck disable=SC2317  # called by wait_for
is_settled() { [ "$(sql "$1" "SELECT count(*) FROM inbox") $(sql "$1" "SELECT count(*) FROM message WHERE state = $2")" = "0 $3" ]; }

# As Kannel calls, at a steady rate --------------------------------------------------------------------------------

free_port; serve_port=$free
sendsms=1
texts a "$people"
texts_gateway >texts.yaml
"$build/tests/tools/http-sink-breach" --gateway texts.yaml --data "$source" --port-file provider.port --log provider.log \
    >provider.count 2>provider.err </dev/null &
relays[provider]=$!
wait_for test -s provider.port || note "the provider: $(cat provider.err)"
sendsms=$(cat provider.port)
texts_gateway >a/gateways/texts.yaml
sends a --json
exits 0 "$people people are told by text message"
relay_stop provider
serves a

# Every tenth message has not arrived; every 25th has a report of its way that comes after the last one, and every 20th
# the last one twice; 100 are about nobody here, and 100 are not proven.
sql a "SELECT no, id FROM message ORDER BY no" | awk -F'|' '
    { status = NR % 10 == 0 ? 2 : 1; line = "token=proof&id=" $2 "&status=" status; print line
      if (NR % 25 == 0) print "token=proof&id=" $2 "&status=8"
      if (NR % 20 == 0) print line
      if (NR % 50 == 0) { print "token=guess&id=" $2 "&status=2"; print "token=proof&id=" substr($2, 2) "a&status=2" } }' >targets
python3 "$source/tests/real/receipt_callbacks.py" "$serve_port" /receipts/texts "$rate" answered <targets >called &
relays[caller]=$!
: >>answered
# shellcheck disable=SC2317  # called by killed_while
answers() { grep -c '' answered; }
killed_while a $((people / (kills + 1))) answers
wait "${relays[caller]}"
unset "relays[caller]"
note "$(cat called)"
ok "reports were under way when it was killed" test "$(sed 's/.*again \([0-9]*\).*/\1/' called)" -gt 0
is "every report was answered in the end" "$(answers)" "$(grep -c '' targets)"
is "what is not proven with 403, all else with 200" "$(cut -d' ' -f1 answered | sort | uniq -c | awk '{ print $1, $2 }' | paste -sd ' ')" \
    "$(($(grep -c '' targets) - people / 50)) 200 $((people / 50)) 403"
ok "all of it is applied" wait_for is_settled a 3 $((people - people / 10))
sed -n 's/^200 token=proof&id=\([a-z2-7]*\)&status=1$/\1/p' answered | sort -u >said_delivered
sed -n 's/^200 token=proof&id=\([a-z2-7]*\)&status=2$/\1/p' answered | sort -u >said_bounced
sql a "SELECT id FROM message ORDER BY id" | sort >ids
sql a "SELECT id FROM message WHERE state = 3" | sort >delivered
sql a "SELECT id FROM message WHERE state = 5" | sort >bounced
is "none that was answered is lost" "$(comm -23 said_delivered delivered | grep -c '') $(comm -23 said_bounced <(sort bounced) | grep -vxF -f <(comm -13 ids said_bounced) | grep -c '')" "0 0"
is "and nobody is delivered to of whom nobody said so" "$(comm -13 said_delivered delivered | grep -c '') $(comm -13 said_bounced bounced | grep -c '')" "0 0"
is "each is recorded once" "$(sql a "SELECT event, n, count(*) FROM (SELECT json_extract(body, '\$.event') AS event, message, count(*) AS n
    FROM event WHERE json_extract(body, '\$.event') IN ('delivered', 'bounced') GROUP BY 1, 2) GROUP BY 1, 2 ORDER BY 1" | paste -sd ' ')" \
    "bounced|1|$((people / 10)) delivered|1|$((people - people / 10))"

# Counted, by one that lives to say so
relay_stop serve
serves a
sed -n '1,100p' delivered | sed 's/.*/token=proof\&id=&\&status=1/' >again
{
    cat again again
    sed -n '1,30p' delivered | sed 's/.*/token=proof\&id=&\&status=4/'
    sed -n '1,20p' delivered | sed 's/^.\(.*\)/token=proof\&id=\1a\&status=1/'
    sed -n '1,10p' delivered | sed 's/.*/token=guess\&id=&\&status=2/'
} | python3 "$source/tests/real/receipt_callbacks.py" "$serve_port" /receipts/texts "$rate" counted >called
relay_stop serve
is "repeated, without news, unknown and forged ones are counted" \
    "$(json a.serve.json '$.receipts.repeated') $(json a.serve.json '$.receipts.ignored') $(json a.serve.json '$.receipts.unknown') $(json a.serve.json '$.receipts.forged') $(json a.serve.json '$.receipts.broken')" \
    "100 30 20 10 0"
is "and change nothing" "$(sql a "SELECT count(*) FROM message WHERE state = 3") $(sql a "SELECT count(*) FROM event WHERE json_extract(body, '\$.event') = 'delivered'")" \
    "$((people - people / 10)) $((people - people / 10))"

# A real Kannel ----------------------------------------------------------------------------------------------------

obstacle=$(kannel_missing)
if [ -n "$obstacle" ]; then
    skip "a real Kannel" "$obstacle"
    done_testing
fi
kannel_start
free_port; serve_port=$free
texts b "$people"
texts_gateway "rate: $rate/s" >b/gateways/texts.yaml
run "$breach" plan b/playbook.yaml
exits 0 "as many for a real Kannel"
serves b
"$breach" notify b/playbook.yaml --yes --expect-digest "$(digest)" --expect-people "$people" --json >b.notify 2>&1 </dev/null &
relays[notify]=$!
# shellcheck disable=SC2317  # called by killed_while
arrived() { sql b "SELECT (SELECT count(*) FROM message WHERE state = 3) + (SELECT count(*) FROM inbox)"; }
killed_while b $((people / (kills + 1))) arrived
wait "${relays[notify]}"
unset "relays[notify]"
ok "every report that Kannel had arrives in the end, whenever serve was killed" wait_for is_settled b 3 "$people"
is "each once" "$(sql b "SELECT count(*), count(DISTINCT message) FROM event WHERE json_extract(body, '\$.event') = 'delivered'")" "$people|$people"
relay_stop serve
done_testing
