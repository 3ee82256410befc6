#!/usr/bin/env bash
# Delivery reports: a provider reports what became of its messages to breach serve, while notify sends and when nothing
# runs; and what is forged, repeated, unknown or broken is answered rightly and counted.
. "$(dirname "$0")/lib.sh"
. "$source/tests/cli/incident.sh"
. "$source/tests/cli/texts.sh"
export REPORT_TOKEN=proof

reporting_gateway() {
    texts_gateway "$1"
    cat <<END
in_doubt: hold
receipt:
  token: {header: X-Token, secret: "env:REPORT_TOKEN"}
  id: /reference
  rules:
    - {at: /state, is: delivered, means: delivered}
    - {at: /state, is: undeliverable, means: bounced}
    - {at: /state, is: refused, means: failed}
    - {at: /state, is: sent, means: ignored}
  words: [/reason]
  reply: "OK"
END
}

# provider FOLDER RULE...: answers for texts, and reports to breach serve
provider() {
    local folder=$1 rules=() rule
    shift
    for rule in "$@"; do rules+=(--rule "$rule"); done
    sink http-sink-breach provider --gateway "$work/texts.yaml" \
        --reports-to "http://127.0.0.1:$serve_port/receipts/texts" --secret proof "${rules[@]}"
    reporting_gateway "$sink_port" >"$folder/gateways/texts.yaml"
}

# serves FOLDER: breach serve on a free port
serves() {
    : >"$work/serve.err"
    "$breach" serve "$1/playbook.yaml" --listen 127.0.0.1:0 --json >"$work/serve.json" 2>"$work/serve.err" </dev/null &
    relays[serve]=$!
    wait_for grep -q 'listening at' "$work/serve.err" || note "breach serve did not start: $(cat "$work/serve.err")"
    serve_port=$(sed -n 's|.*listening at http://127.0.0.1:\([0-9]*\)/receipts/texts$|\1|p' "$work/serve.err")
}

# ask REQUEST-LINE [HEADER...]: the body comes from stdin; prints the whole answer
ask() {
    local line=$1 body header
    shift
    body=$(cat)
    exec 9<>"/dev/tcp/127.0.0.1/$serve_port" || return 1
    {
        printf '%s HTTP/1.1\r\nHost: here\r\nConnection: close\r\nContent-Length: %s\r\n' "$line" "${#body}"
        for header in "$@"; do printf '%s\r\n' "$header"; done
        printf '\r\n%s' "$body"
    } >&9
    tr -d '\r' <&9
    exec 9>&-
}

# answer REQUEST-LINE [HEADER...]: its status
answer() {
    ask "$@" | sed -n '1s|HTTP/1.1 \([0-9]*\).*|\1|p'
}

count_of() {
    json "$work/serve.json" "\$.receipts.$1"
}

people_with_phones() {
    local i
    echo "id,name,locale,phone"
    for ((i = 1; i <= $1; i++)); do printf 'p%d,Person %d,en,+8613800000%03d\n' "$i" "$i" "$i"; done
}

# shellcheck disable=SC2317  # called by wait_for
came_back_again() {
    run "$breach" status a/playbook.yaml --json
    [ "$(told "$out" accepted) $(told "$out" unreachable)" = "0 3" ]
}

# shellcheck disable=SC2317  # called by wait_for
delivered_is() {
    run "$breach" status a/playbook.yaml --json
    [ "$(told "$out" delivered)" = "$1" ]
}

# While notify sends ----------------------------------------------------------------------------------------------

reporting_gateway 1 >texts.yaml
incident a actual
by_text a
people_with_phones 20 >a/people.csv
cp texts.yaml a/gateways/texts.yaml
run "$breach" plan a/playbook.yaml
exits 0 "it is planned"
serves a
ok "it says where it listens" test -n "$serve_port"
provider a 'request to=*001 report bounced' 'request to=*002 report bounced'
run "$breach" plan a/playbook.yaml
run "$breach" notify a/playbook.yaml --yes --expect-digest "$(digest)" --expect-people 20 --json
ok "everybody was sent to" test "$status" -le 1
relay_stop provider
is "the provider took every message once" "$(sed -n 's/^accepted \([0-9]\)/\1/p' provider.count) $(sed -n 's/^repeated //p' provider.count)" "20 0"
is "and all its reports were answered" "$(sed -n 's/^reported //p' provider.count)" 20
ok "the deliveries are in the ledger" wait_for delivered_is 18
is "the others are not told" "$(told "$out" unreachable)" 2

# Asked by anybody ------------------------------------------------------------------------------------------------

id=$(awk '/ \+8613800000003 / { print $2 }' provider.log)
is "a forged report is refused" "$(echo '{}' | answer 'POST /receipts/texts')" 403
is "also with a wrong token" "$(echo '{}' | answer 'POST /receipts/texts' 'X-Token: proo')" 403
is "no other gateway" "$(echo '{}' | answer 'POST /receipts/other' 'X-Token: proof')" 404
is "no other path" "$(answer 'GET /nowhere' </dev/null)" 404
is "no other method" "$(answer 'PUT /receipts/texts' 'X-Token: proof' </dev/null)" 405
is "it says which there are" "$(ask 'PUT /receipts/texts' 'X-Token: proof' </dev/null | sed -n 's/^Allow: //p')" "GET, POST"
is "JSON that is none" "$(echo '{"state":' | answer 'POST /receipts/texts' 'X-Token: proof')" 400
is "an unknown message needs no second report" "$(echo '{"reference":"aaaaaaaaaaaaaaaaaaaaaaaaaa","state":"delivered"}' |
    answer 'POST /receipts/texts' 'X-Token: proof')" 200
is "nor does one whose id is none of ours" "$(echo '{"reference":"abc","state":"delivered"}' |
    answer 'POST /receipts/texts' 'X-Token: proof')" 200
is "nor does one without an id" "$(echo '{"state":"delivered"}' | answer 'POST /receipts/texts' 'X-Token: proof')" 200
is "nor a report without news" "$(echo "{\"reference\":\"$id\",\"state\":\"sent\"}" | answer 'POST /receipts/texts' 'X-Token: proof')" 200
is "a repeated one is taken and changes nothing" "$(echo "{\"reference\":\"$id\",\"state\":\"delivered\"}" |
    ask 'POST /receipts/texts' 'X-Token: proof' | sed -n '1s/.*1.1 //p;$p' | paste -sd ' ')" "200 OK OK"
is "a form says the same" "$(echo -n "reference=$id&state=delivered" | answer 'POST /receipts/texts' 'X-Token: proof' \
    'Content-Type: application/x-www-form-urlencoded')" 200
is "and so does a query" "$(answer "GET /receipts/texts?reference=$id&state=delivered" 'X-Token: proof' </dev/null)" 200
is "too much is too much" "$(head -c 300000 /dev/zero | tr '\0' ' ' | answer 'POST /receipts/texts' 'X-Token: proof')" 413
is "it is alive" "$(ask 'GET /healthz' </dev/null | tail -n 1)" '{"status":"ok"}'

# A late bounce, with nobody else at work: serve applies it itself ------------------------------------------------

deaf=()
for _ in {1..64}; do # 64 deaf watchers of the page
    exec {fd}<>"/dev/tcp/127.0.0.1/$serve_port"
    printf 'GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n' >&"$fd"
    deaf+=("$fd")
done
is "a late bounce is recorded, whoever watches" "$(echo "{\"reference\":\"$id\",\"state\":\"undeliverable\",\"reason\":\"absent\"}" |
    answer 'POST /receipts/texts' 'X-Token: proof')" 200
ok "and counts without a notify" wait_for delivered_is 17
for fd in "${deaf[@]}"; do exec {fd}>&-; done

relay_stop serve
is "it was ended as asked" "$?" 0
ok "its document fits the schema" "$build/tests/tools/schema-check" "$source/docs/schema/serve.json" "$work/serve.json"
is "recorded" "$(count_of recorded)" 21
is "repeated" "$(count_of repeated)" 3
is "without news" "$(count_of ignored)" 1
is "unknown" "$(count_of unknown)" 3
is "not proven" "$(count_of forged)" 2
is "unreadable" "$(count_of broken)" 1
ok "stderr says no more than where it listens and the page is" test "$(wc -l <serve.err)" = 2

# Tried again, and back again: not the report that was there before ------------------------------------------------

id=$(awk '/ \+8613800000003 / { print $2 }' provider.log)
serves a
provider a 'request report bounced'
is "it came back before" "$(echo "{\"reference\":\"$id\",\"state\":\"undeliverable\"}" |
    answer 'POST /receipts/texts' 'X-Token: proof')" 200
run "$breach" retry a/playbook.yaml --person p3 --yes --expect-count 1
exits 0 "it is tried again"
run "$breach" plan a/playbook.yaml
run "$breach" notify a/playbook.yaml --yes --expect-digest "$(digest)" --expect-people 20 --patience PT10S
unread_stderr= # says who is unreachable
relay_stop provider
ok "and that it came back again counts" wait_for came_back_again
relay_stop serve

# What a dead one left ------------------------------------------------------------------------------------------------

id=$(awk '/ \+8613800000004 / { print $2 }' provider.log)
serves a
exec 8<>"$(echo a/*.breach)/lock"
flock 8 # as a notify would
is "a report is taken while somebody else is at work" "$(echo "{\"reference\":\"$id\",\"state\":\"undeliverable\"}" |
    answer 'POST /receipts/texts' 'X-Token: proof')" 200
{ kill -KILL "${relays[serve]}"; wait "${relays[serve]}"; } 2>/dev/null
unset "relays[serve]"
exec 8>&-
serves a
ok "the next breach serve applies what the dead one left" wait_for delivered_is 16
id=$(awk '/ \+8613800000006 / { print $2 }' provider.log)
is "what was taken may be refused for good later" "$(echo "{\"reference\":\"$id\",\"state\":\"refused\"}" |
    answer 'POST /receipts/texts' 'X-Token: proof')" 200
ok "then it has told nobody" wait_for delivered_is 15
is "and whom it was for is unreachable" "$(told "$out" unreachable)" 5
relay_stop serve

# Another gateway's -----------------------------------------------------------------------------------------------

export OTHER_TOKEN=other
sed -e 's/^name: texts/name: notes/' -e 's/^sends: sms/sends: im/' -e '/^price:/d' -e 's/REPORT_TOKEN/OTHER_TOKEN/' \
    a/gateways/texts.yaml >a/gateways/notes.yaml
sed -i 's/{sms: texts}/{sms: texts, im: notes}/' a/playbook.yaml
id=$(awk '/ \+8613800000005 / { print $2 }' provider.log)
serves a
is "what another gateway says about a message" "$(echo "{\"reference\":\"$id\",\"state\":\"undeliverable\"}" |
    answer 'POST /receipts/notes' 'X-Token: other')" 200
is "and the same with the wrong gateway's token" "$(echo "{\"reference\":\"$id\",\"state\":\"undeliverable\"}" |
    answer 'POST /receipts/texts' 'X-Token: other')" 403
relay_stop serve
is "is about none that it got" "$(count_of unknown) $(count_of recorded) $(count_of forged)" "1 0 1"
run "$breach" status a/playbook.yaml --json
is "and nobody is moved" "$(told "$out" delivered)" 15

# What is wrong -----------------------------------------------------------------------------------------------------

run "$breach" serve a/playbook.yaml --listen nowhere
exits 64 "an address that is none"
stderr_has "is explained" "--listen nowhere is no address and port"
incident b actual
run "$breach" plan b/playbook.yaml
"$breach" serve b/playbook.yaml --listen 127.0.0.1:0 >serve.json 2>serve.err </dev/null &
relays[serve]=$!
ok "without a gateway that takes reports there is still the page" wait_for grep -q 'only the page is served' serve.err
ok "and it says why" grep -q 'no gateway of this playbook takes delivery reports.*BR-SERVE-003' serve.err
relay_stop serve
unset REPORT_TOKEN
run "$breach" serve a/playbook.yaml --listen 127.0.0.1:0
exits 78 "without the secret no report can be proven"
stderr_has "and it says which is missing" "REPORT_TOKEN"
run "$breach" notify a/playbook.yaml --dry-run
unread_stderr= # says what it does with these gateways
: >serve.err # of the one before
"$breach" serve a/playbook.yaml --dry-run --listen 127.0.0.1:0 >serve.json 2>serve.err </dev/null &
relays[serve]=$!
ok "in an exercise the page is there without the secret" wait_for grep -q 'the page is at' serve.err
ok "and it says whose reports are not taken" grep -q 'warning: gateway .*REPORT_TOKEN is not set.*without its delivery reports' serve.err
ok "and not that no gateway has any" bash -c '! grep -q BR-SERVE-003 serve.err'
relay_stop serve
done_testing
