#!/usr/bin/env bash
# breach notify over HTTP dies at its fault points and at random instants; with an idempotency key (resend), with a look-up
# (query) and with neither (hold) nobody is lost, and nobody is told twice without a doubt on record.
# shellcheck disable=SC2119  # the functions of crash.sh have optional arguments
. "$(dirname "${BASH_SOURCE[0]}")/crash.sh"

sink_program=$build/tests/tools/http-sink-breach
endpoint_column=people.id
connections=3
mode=
export PROVIDER_TOKEN=secret
kills_wanted=8
points_most=30
[ -z "${BREACH_LONG-}" ] || { kills_wanted=40; points_most=400; }
seed=${BREACH_SEED:-$((SRANDOM % 1000000))}
echo "# seed $seed"
RANDOM=$seed

# The provider -------------------------------------------------------------------------------------------------------

# What each mode's gateway has beside the common part
settling() {
    case $mode in
    resend) echo 'idempotency: {field: id, valid: PT24H}' ;;
    query)
        cat <<END
in_doubt: query
lookup_after: PT1S
lookup:
  request: {method: GET, url: "http://127.0.0.1:$port/v1/notices/{{id}}"}
  answer:
    rules:
      - {status: 200, at: /state, is: done, means: delivered}
      - {status: 200, at: /state, is: open, means: accepted}
      - {status: 404, means: not-found}
      - {status: 100-599, means: unknown}
END
        ;;
    hold) echo 'in_doubt: hold' ;;
    esac
}

write_gateway() {
    cat >gateways/relay.yaml <<END
version: 1
name: relay
kind: http
sends: webhook
request:
  method: POST
  url: "http://127.0.0.1:$port/v1/notices"
  json: {id: "{{id}}", to: "{{endpoint}}", title: "{{title}}", text: "{{text}}"}
auth: {type: bearer, secret: "env:PROVIDER_TOKEN"}
answer:
  rules:
    - {status: 200, at: /ok, is: 1, means: accepted}
    - {status: 500-599, means: temporary}
  provider_id: /sid
suppression: bypassed
connections: $connections
retry_after: PT1S
$(settling)
END
}

sink_launch() {
    local rules=() rule tries
    for rule in "$@"; do rules+=(--rule "$rule"); done
    rm -f sink.port
    taken_before=$(taken)
    port=9
    write_gateway
    mkdir -p provider
    cp gateways/relay.yaml provider/
    "$sink_program" --gateway provider/relay.yaml --data "$source" --port-file sink.port --log "$log" "${rules[@]}" >sink.out &
    sink=$!
    for ((tries = 0; tries < 1000; tries++)); do
        [ ! -s sink.port ] || break
        sleep 0.01
    done
    read -r port <sink.port || exit 1
    write_gateway
}

sink_stop() {
    kill -TERM "$sink"
    wait "$sink" || problem "the provider ended with $?"
    sink=
    want "messages in the provider's log" "$(head -n 1 sink.out)" "accepted $(($(taken) - taken_before))"
    want "requests that are none of the gateway's" "$(grep strange sink.out)" "strange 0"
}

people() {
    seq "$1" "$2" | awk '{ printf "p%05d,Person %d,en\n", $1, $1 }'
}

people_file() {
    echo "id,name,locale"
    people "$1" "$2"
}

# The provider may still be working on what the dead one sent, and is asked about it by a look-up, or by whoever looks into
# its log, which is what happens with hold
settle() {
    local id
    sink_rests
    [ "$mode" = hold ] || return 0
    notify --patience PT1S
    sink_rests
    read_recovery json
    query "SELECT id FROM message WHERE state = 7" >doubtful
    while IFS= read -r id; do
        if grep -qF " $id " "$log"; then
            invoke "$breach" resolve "$playbook" --message "$id" --sent --reason "in the provider's log"
        else
            invoke "$breach" resolve "$playbook" --message "$id" --not-sent --reason "not in the provider's log"
        fi
        want "exit of resolve" "$status" 0
    done <doubtful
}

# Points -------------------------------------------------------------------------------------------------------------

# chosen FILE: the first and the last point of each name, and of those an even spread of at most $points_most
chosen() {
    awk '!($0 in first) { first[$0] = NR } { last[$0] = NR }
        END { for (name in first) { print first[name]; print last[name] } }' "$1" | sort -nu >every
    awk -v most="$points_most" -v n="$(grep -c '' every)" 'n <= most || int(NR * most / n) > int((NR - 1) * most / n)' every
}

# finish: what follows a kill
finish() {
    settle
    goes_on
    sends_nothing
    sink_stop
    judge
    names
}

# Whoever is asked by the provider's name for a message, as its receipts do, knows it: of all that it answered for
names() {
    [ "$mode" = resend ] || return 0
    want "messages whose name at the provider is lost" \
        "$(query "SELECT count(*) FROM message WHERE state = 2 AND no NOT IN (SELECT message FROM provider)")" 0
}

killed_at() {
    case_begin
    begin
    dies "$1" notify || missed=$((missed + 1))
    finish
    tried=$((tried + 1))
    case_end "$mode: killed at $1, $(tail -n 1 points)"
}

points() {
    case_begin
    begin
    rm -f clean
    BREACH_FAULT_LOG=$work/clean notify
    want "exit of a run without a kill" "$status" 0
    sink_stop
    judge
    want "doubts without a kill" "$doubts" 0
    case_end "$mode: without a kill everybody is told once"
    ok "$mode: more than 30 points are passed" [ "$(grep -c '' clean)" -gt 30 ]
    while IFS= read -r point; do killed_at "$point"; done < <(chosen clean)
}

# Instants -----------------------------------------------------------------------------------------------------------

# kill_once: while messages are on their way, mostly; false when it had finished by itself
kill_once() {
    local before
    before=$(taken)
    launch notify
    while [ $((RANDOM % 4)) != 0 ] && [ "$(taken)" = "$before" ] && kill -0 "$breach_pid" 2>/dev/null; do sleep 0.002; done
    sleep "0.0$(printf '%02d' $((RANDOM % 60)))"
    kill -KILL "$breach_pid" 2>/dev/null || true
    launched_ends
    [ "$status" = 137 ] || return 1
    all_kills=$((all_kills + 1))
}

instants() {
    local kills=0
    case_begin
    begin "$@"
    while [ "$kills" -lt "$kills_wanted" ] && kill_once; do
        kills=$((kills + 1))
        settle
    done
    finish
    case_end "$mode: $kills kills at random instants ($*), $doubts doubts, $duplicates sent twice, nobody missing"
}

# --------------------------------------------------------------------------------------------------------------------

tried=0
missed=0
mkdir -p gateways
for mode in resend query hold; do
    before=$all_duplicates
    incident 24
    sed -i -e 's/{email: relay}/{webhook: relay}/' -e 's/ladder: \[email\]/ladder: [webhook]/' "$playbook"
    points
    people_file 1 900 >people.csv
    instants 'request delay 3ms'
    instants 'request answer temporary each=1 share=0.1' 'request delay 2ms'
    [ "$mode" = resend ] || is "$mode: nothing was sent twice, in doubt or not" "$((all_duplicates - before))" 0
done
ok "the kills left doubts" [ "$all_doubts" -gt 0 ]
ok "with an idempotency key the provider saw some of them twice" [ "$all_duplicates" -gt 0 ]
# How many commits there are depends on the machine, and the last point of each name is among the chosen ones
ok "most runs got to their point" [ $((missed * 2)) -le "$tried" ]
totals "seed $seed, $tried points ($missed not reached), $all_kills kills"
done_testing
