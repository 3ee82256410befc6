#!/usr/bin/env bash
# The page of breach serve in a real Chromium, while a slowed-down rehearsal is sending: numbers move, nothing goes wrong,
# nobody is shut out, at every size, in every language, light and dark; the connection lost and found; the token.
# BREACH_SCREENSHOTS=DIR keeps pictures.
# shellcheck source=../cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"
# shellcheck source=../cli/incident.sh
. "$source/tests/cli/incident.sh"

export BREACH_BROWSER_TOOLS=${BREACH_BROWSER_TOOLS:-$source/build/browser}
chromium=$(command -v chromium || true)
if [ -z "$chromium" ] || ! command -v node >/dev/null || [ ! -d "$BREACH_BROWSER_TOOLS/node_modules/playwright-core" ]; then
    skip "the page in a browser" "chromium, node or playwright-core is not there: run script/bootstrap"
    done_testing
fi
export CHROMIUM=$chromium HOME=$work XDG_CONFIG_HOME=$work/.config XDG_CACHE_HOME=$work/.cache

# browse SCENE ARGUMENT...: what it says goes to SCENE.cases
browse() {
    node "$source/tests/browser/page.cjs" "$@" >"$1.cases" 2>&1
}

# counted SCENE: its cases become ours
counted() {
    local line
    while IFS= read -r line; do
        case $line in
        'ok '*) verdict 0 "$1: ${line#ok }" ;;
        'not ok '*) verdict 1 "$1: ${line#not ok }" ;;
        '+ '*) ;;
        *) note "$line" ;;
        esac
    done <"$1.cases"
}

# has_step STEP: the scene lost has come so far
# shellcheck disable=SC2317 # wait_for calls it
has_step() {
    grep -qx "+ $1" lost.cases
}

# serves FOLDER ARGUMENT...: breach serve; its port is in $serve_port
serves() {
    local folder=$1
    shift
    : >serve.err
    "$breach" serve "$folder/playbook.yaml" --dry-run "$@" >serve.out 2>serve.err </dev/null &
    relays[serve]=$!
    wait_for grep -q 'the page is at' serve.err || note "breach serve did not start: $(cat serve.err)"
    serve_port=$(sed -n 's|.*the page is at http://127.0.0.1:\([0-9]*\)/$|\1|p' serve.err)
}

# rehearses: breach notify --dry-run, from the beginning or from where it was stopped
rehearses() {
    "$breach" notify a/playbook.yaml --dry-run >notify.out 2>notify.err </dev/null &
    relays[notify]=$!
}

browse words </dev/null
counted words
browse link </dev/null
counted link
incident a exercise
people 4000 >a/people.csv
gateway 'rate: 5/s' >a/gateways/relay.yaml # it sends for longer than anybody looks on
rehearses
# shellcheck disable=SC2317 # wait_for calls it
planned() { "$breach" status a/playbook.yaml --dry-run >/dev/null 2>&1; }
ok "a rehearsal is sending" wait_for planned
run "$breach" hold a/playbook.yaml --dry-run --domain elsewhere.example --reason '<img src=x onerror=alert(1)>'
exits 0 "something is held, with a reason that looks like HTML"
stderr_has "that keeps nothing back" "no message that is still to be sent goes to elsewhere.example"
free_port # the server comes back to it
serves a --listen "127.0.0.1:$free"

browse live "http://127.0.0.1:$serve_port/" </dev/null
counted live
browse looks "http://127.0.0.1:$serve_port/" </dev/null
counted looks

# The server goes away and comes back, while a page is open
mkfifo orders
exec 7<>orders
browse lost "http://127.0.0.1:$serve_port/" <orders &
browser=$!
wait_for has_step watching
{ kill -KILL "${relays[serve]}" && wait "${relays[serve]}"; } 2>/dev/null
unset "relays[serve]"
echo gone >&7
wait_for has_step lost
serves a --listen "127.0.0.1:$serve_port"
echo back >&7
wait "$browser"
exec 7>&-
counted lost
relay_stop serve

(umask 077 && echo 0123456789abcdef0123456789abcdef >token)
serves a --listen 127.0.0.1:0 --token-file token
browse token "http://127.0.0.1:$serve_port/" token </dev/null
counted token
relay_stop serve

kill -INT "${relays[notify]}"
wait "${relays[notify]}"
gateway >a/gateways/relay.yaml
rehearses
serves a --listen 127.0.0.1:0
browse end "http://127.0.0.1:$serve_port/" </dev/null
counted end
relay_stop serve
wait "${relays[notify]}"
is "and the rehearsal ended well" "$?" 0
unset "relays[notify]"
done_testing
