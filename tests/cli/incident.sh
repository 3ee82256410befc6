# shellcheck shell=bash
# Incidents and relays for the tests of the commands; sourced after lib.sh:   . "$source/tests/cli/incident.sh"
#
#   incident FOLDER STATUS      a folder with playbook.yaml (id leak), people.csv and gateways/relay.yaml, for the relay at
#                               $port; STATUS is exercise or actual
#   people COUNT                prints a people file: p1, p2 … at p1@example.org, p2@example.org …
#   relay NAME ARGUMENT...      starts smtp-sink-breach; leaves its port in $port, and its log is NAME.log
#   relay_stop NAME             ends it
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
    for name in "${!relays[@]}"; do kill "${relays[$name]}" 2>/dev/null; done
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
        -e 's/affected: {lower: 980,/affected: {lower: 1,/' \
        "$source/playbooks/credential-leak-email.yaml" >"$1/playbook.yaml"
    people 3 >"$1/people.csv"
    gateway >"$1/gateways/relay.yaml"
}

# wait_for COMMAND...: until it succeeds, 10 s at most
wait_for() {
    local tries=0
    until "$@" 2>/dev/null; do
        tries=$((tries + 1))
        [ "$tries" -lt 500 ] || return 1
        sleep 0.02
    done
}

relay() {
    local name=$1
    shift
    "$build/tests/tools/smtp-sink-breach" --port-file "$work/$name.port" --log "$work/$name.log" "$@" \
        >"$work/$name.count" 2>"$work/$name.err" </dev/null &
    relays[$name]=$!
    wait_for test -s "$work/$name.port" || note "relay $name did not start: $(cat "$work/$name.err")"
    port=$(cat "$work/$name.port")
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
