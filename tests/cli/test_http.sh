#!/usr/bin/env bash
# Sending over HTTP, as a person sees it: told once, doubts that are asked about, a quota, a key that is refused, and a
# provider that is told no more than its gateway file names.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=incident.sh
. "$source/tests/cli/incident.sh"

export PROVIDER_TOKEN=secret

# provider_file PORT LINE...: the gateway, with further lines
provider_file() {
    local at=$1
    shift
    printf '%s\n' 'version: 1' 'name: relay' 'kind: http' 'sends: webhook' 'request:' '  method: POST' \
        "  url: \"http://127.0.0.1:$at/v1/notices\"" \
        '  json: {id: "{{id}}", to: "{{endpoint}}", title: "{{title}}", text: "{{text}}"}' \
        'auth: {type: bearer, secret: "env:PROVIDER_TOKEN"}' \
        'answer:' '  rules:' '    - {status: 200, at: /ok, is: 1, means: accepted}' \
        '    - {status: 401, means: account}' '    - {status: 429, means: throttled}' \
        '  words: [/message]' 'suppression: bypassed' 'connections: 2' 'retry_after: PT1S' "$@"
}

asking=(in_doubt:\ query lookup_after:\ PT1S lookup: '  request: {method: GET, url: "http://127.0.0.1:PORT/v1/notices/{{id}}"}'
    '  answer:' '    rules:' '      - {status: 200, at: /state, is: done, means: delivered}'
    '      - {status: 200, at: /state, is: open, means: accepted}'
    '      - {status: 404, means: not-found}')

# provider NAME FOLDER LINE... -- RULE...: starts the embedded provider for FOLDER's gateway of these further lines
provider() {
    local name=$1 folder=$2 lines=() rules=()
    shift 2
    while [ $# -gt 0 ] && [ "$1" != -- ]; do lines+=("$1"); shift; done
    [ $# = 0 ] || shift
    for rule; do rules+=(--rule "$rule"); done
    mkdir -p "$work/$name"
    provider_file 9 "${lines[@]//PORT/9}" >"$work/$name/relay.yaml"
    sink http-sink-breach "$name" --gateway "$work/$name/relay.yaml" --keep "$work/$name/kept" "${rules[@]}"
    port=$sink_port
    provider_file "$port" "${lines[@]//PORT/$port}" >"$folder/gateways/relay.yaml"
}

# notices FOLDER COUNT: an actual incident whose notices are shown in the product
notices() {
    local i
    incident "$1" actual
    sed -i -e 's/ladder: \[email[^]]*\]/ladder: [webhook]/' -e 's/^gateways: .*/gateways: {webhook: relay}/' "$1/playbook.yaml"
    {
        echo "id,name,locale,email,secret_column"
        for ((i = 1; i <= $2; i++)); do echo "person-$i,Person $i,en,p$i@example.org,canary-$i"; done
    } >"$1/people.csv"
}

# Everybody, once ------------------------------------------------------------------------------------------------------
notices a 30
provider first a 'in_doubt: hold'
sends a
exits 0 "everybody is told"
stdout_has "and it says so" "30 people: 30 told"
relay_stop first
is "each once" "$(cut -d' ' -f2 first.log | sort -u | wc -l) of $(wc -l <first.log)" "30 of 30"
is "no request that the gateway does not describe" "$(grep strange first.count)" "strange 0"
is "nothing of a person but what is named" "$(grep -rlE 'canary|p[0-9]+@example' first/kept | wc -l)" 0
is "and the key stands in no log" "$(grep -c 'Bearer\|secret' a/leak.breach/run.log)" 0

# A lost answer is asked about -----------------------------------------------------------------------------------------
notices b 10
provider second b "${asking[@]}" -- 'request accept-and-die skip=2 times=1' 'request hang-up skip=5 times=1'
sends b --patience PT60S
exits 0 "both doubts are settled by asking"
unread_stderr= # progress, on a slow machine
relay_stop second
is "nobody is sent it twice" "$(cut -d' ' -f2 second.log | sort | uniq -d | wc -l)" 0
is "and nobody is left out" "$(cut -d' ' -f2 second.log | sort -u | wc -l)" 10
run "$breach" status b/playbook.yaml --json
exits 0 "the status"
is "none counts as a possible second copy" "$(json "$out" '$.resent_in_doubt')" 0

# The same without a way to ask ----------------------------------------------------------------------------------------
notices c 10
provider third c 'in_doubt: hold' -- 'request accept-and-die skip=2 times=1'
sends c --patience PT5S
exits 75 "a doubt waits for a person"
unread_stderr= # progress, on a slow machine
stdout_has "and it says what to do" "NEEDS YOU" "breach resolve"
relay_stop third
is "it was not sent again" "$(wc -l <third.log)" 10

# A quota --------------------------------------------------------------------------------------------------------------
away_from_midnight UTC
notices d 10
provider fourth d 'in_doubt: hold' 'quota: 4'
run "$breach" check d/playbook.yaml
stderr_has "check says how long that takes" "gateway relay takes 4 messages a day (quota), and 10 are to go through it: that takes 3 days [BR-GATEWAY-018]"
run "$breach" plan d/playbook.yaml
exits 0 "it can be planned"
stderr_has "plan says it, too" "that takes 3 days"
run "$breach" notify d/playbook.yaml --yes --expect-digest "$(digest)" --patience PT1S
exits 75 "the rest has to wait"
unread_stderr= # progress, on a slow machine
run "$breach" status d/playbook.yaml
exits 0 "the status"
stdout_has "it says why and until when" "RESTS: gateway relay until" "quota" "accepted                4"
stdout_has "and when it goes on" "6 pending, next try at" "$(date -d "$(date -u -d tomorrow +%F) 00:00 UTC" '+%H:%M %:z')"
stdout_lacks "which is not now" "due now"
relay_stop fourth
is "four were sent today" "$(wc -l <fourth.log)" 4

# Quiet hours of the provider itself ------------------------------------------------------------------------------------
notices quiet 3
provider night quiet 'in_doubt: hold' \
    "quiet_hours: {from: \"$(date -u -d '-2 hours' +%H:%M)\", to: \"$(date -u -d '+2 hours' +%H:%M)\", zone: UTC}"
sends quiet --patience PT1S
exits 75 "nothing is sent in its quiet hours"
unread_stderr= # progress, on a slow machine
run "$breach" status quiet/playbook.yaml
exits 0 "the status"
stdout_has "says why, and until when" "RESTS: gateway relay until" "it takes nothing in its quiet hours"
stdout_has "and when it goes on" "3 pending, next try at"
stdout_lacks "which is not now, either" "due now"
is "nothing was sent, indeed" "$(if [ -f night.log ]; then wc -l <night.log; else echo 0; fi)" 0
sed -i '/^quiet_hours:/d' quiet/gateways/relay.yaml
sends quiet
exits 0 "without them all is sent"
unread_stderr= # progress, on a slow machine
run "$breach" status quiet/playbook.yaml
exits 0 "the status"
stdout_lacks "and nothing rests any more" "RESTS"
relay_stop night

# A key that is refused ------------------------------------------------------------------------------------------------
notices e 5
provider fifth e 'in_doubt: hold' -- 'request answer account times=1'
sends e --patience PT60S
exits 0 "nobody is lost by a refused key that is mended"
unread_stderr= # progress, on a slow machine
relay_stop fifth
is "each once" "$(cut -d' ' -f2 fifth.log | sort -u | wc -l)" 5

notices f 5
provider sixth f 'in_doubt: hold' -- 'request answer account'
sends f --patience PT1S
exits 75 "a key that stays refused"
unread_stderr= # progress, on a slow machine
run "$breach" status f/playbook.yaml --json
is "has failed nobody" "$(told "$out" pending) of $(told "$out" total), $(told "$out" unreachable) unreachable" "5 of 5, 0 unreachable"
relay_stop sixth

done_testing
