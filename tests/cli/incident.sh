# shellcheck shell=bash
# Incidents and relays for the tests of the commands; sourced after lib.sh:   . "$source/tests/cli/incident.sh"
#
#   incident FOLDER STATUS      a folder with playbook.yaml (id leak), people.csv and gateways/relay.yaml, for the relay at
#                               $port; STATUS is exercise or actual
#   people COUNT                prints a people file: p1, p2 … at p1@example.org, p2@example.org …
#   relay NAME ARGUMENT...      starts smtp-sink-breach; leaves its port in $port, and its log is NAME.log
#   sink PROGRAM NAME ARG...    starts an embedded sink (smtp-sink-breach, http-sink-breach); leaves its port in $sink_port;
#                               its log is NAME.log, what it says at its end NAME.count
#   relay_stop NAME             ends either
#   relay_holds NAME, relay_goes_on NAME   it stops in the middle of whatever it does, as does who waits for it; and goes on
#   free_port                   leaves in $free a port for somebody who cannot ask the kernel for one, or who comes back to
#                               it: nobody answers there, and it is below those that the kernel hands out by itself
#   wait_for COMMAND...         waits until it succeeds; false when it never does
#   sent NAME                   how many messages the relay accepted
#   told FILE MEMBER            people.MEMBER of a document of status, plan or notify
#   digest                      the plan digest in the last stdout of breach plan
#   planned_people              how many people there are in it
#   sends FOLDER ARGUMENT...    breach plan in FOLDER, and breach notify confirmed by the digest
#   text_of MESSAGE TYPE        the decoded part of that type (text/plain) of a message file
#   message_to FOLDER ADDRESS   the message to ADDRESS among those of FOLDER
#   on_terminal INPUT COMMAND...   runs it on a terminal on which INPUT (for printf %b) is typed; leaves $status, and in
#                               $out what the terminal showed
#
# Every relay is ended with the test.
declare -A relays=()
port=25

# Adds to what lib.sh does at the end of a test
end_relays() {
    local code=$? name
    for name in "${!relays[@]}"; do kill -CONT "${relays[$name]}" && kill "${relays[$name]}"; done 2>/dev/null
    return "$code"
}
trap 'end_relays; end_of_test' EXIT

people() {
    local i
    echo "id,name,locale,email"
    for ((i = 1; i <= $1; i++)); do echo "p$i,Person $i,en,p$i@example.org"; done
}

# gateway LINE...: a gateway on this machine; a LINE replaces the one with the same key
gateway() {
    local line key text
    text="version: 1
name: relay
kind: smtp
host: 127.0.0.1
port: $port
tls: none
helo: sender.example.com
from: notice@example.com
bounce: bounce@example.com
connections: 2
retry_after: PT1S
give_up: PT1H"
    for line in "$@"; do
        key=${line%%:*}
        text=$(grep -v "^$key:" <<<"$text")$'\n'$line
    done
    echo "$text"
}

incident() {
    mkdir -p "$1/gateways"
    sed -e 's|^people: .*|people: people.csv|' -e 's/{email: smtp-sample}/{email: relay}/' \
        -e 's/id: credential-leak-email /id: leak /' -e "s/status: exercise /status: $2 /" \
        -e 's/affected: {lower: 980, likely: 1000, upper: 1150,/affected: {lower: 1, likely: 1000, upper: 10000000,/' \
        "$source/playbooks/credential-leak-email.yaml" >"$1/playbook.yaml"
    people 3 >"$1/people.csv"
    gateway >"$1/gateways/relay.yaml"
}

# wait_for COMMAND...: until it succeeds, five minutes at most: how fast this machine is says nothing about breach
wait_for() {
    local until=$((SECONDS + 300))
    until "$@" 2>/dev/null; do
        [ "$SECONDS" -lt "$until" ] || return 1
        sleep 0.02
    done
}

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

sink() {
    local program=$1 name=$2
    shift 2
    rm -f "$work/$name.port"
    "$build/tests/tools/$program" --port-file "$work/$name.port" --log "$work/$name.log" "$@" \
        >"$work/$name.count" 2>"$work/$name.err" </dev/null &
    relays[$name]=$!
    wait_for test -s "$work/$name.port" || note "$program $name did not start: $(cat "$work/$name.err")"
    sink_port=$(cat "$work/$name.port")
}

relay() {
    sink smtp-sink-breach "$@"
    port=$sink_port
}

relay_holds() {
    kill -STOP "${relays[$1]}"
}

relay_goes_on() {
    kill -CONT "${relays[$1]}"
}

# relay_stop NAME: with its exit code
relay_stop() {
    local code=0
    kill "${relays[$1]}"
    wait "${relays[$1]}" || code=$?
    unset "relays[$1]"
    return "$code"
}

sent() {
    if [ -f "$work/$1.log" ]; then grep -c '^accepted ' "$work/$1.log"; else echo 0; fi
}

told() {
    json "$1" "\$.people.$2"
}

digest() {
    sed -n 's/^digest: //p' "$out"
}

planned_people() {
    sed -n 's/^  people  *\([0-9,]*\) .*/\1/p' "$out" | tr -d ,
}

sends() {
    local folder=$1
    shift
    run "$breach" plan "$folder/playbook.yaml"
    exits 0 "$folder is planned"
    run "$breach" notify "$folder/playbook.yaml" --yes --expect-digest "$(digest)" --expect-people "$(planned_people)" "$@"
}

text_of() {
    tr -d '\r' <"$1" | awk -v type="Content-Type: $2" '
        /^--/ { inside = 0; body = 0 }
        index($0, type) == 1 { inside = 1 }
        inside && body { print }
        inside && /^$/ { body = 1 }' | base64 -d
}

message_to() {
    grep -liF "To: $2" "$1"/*.eml | head -n 1
}

on_terminal() {
    local input=$1
    shift
    check_unread_stderr
    last_run="on a terminal: $*"
    status=0
    printf '%b' "$input" | TERM=xterm script -qec "$(printf '%q ' "$@")" /dev/null >"$work/.terminal" 2>&1 || status=$?
    tr -d '\r' <"$work/.terminal" >"$out"
    : >"$err"
}
