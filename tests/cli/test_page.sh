#!/usr/bin/env bash
# The page of breach serve as programs see it: its addresses, who may read, events, metrics, limits; no word about anybody;
# and delivery reports that go on coming in beside it.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=incident.sh
. "$source/tests/cli/incident.sh"
export SMS_TOKEN=secret REPORT_TOKEN=proof

# serves ARGUMENT...: breach serve; its port is in $serve_port
serves() {
    : >serve.err
    "$breach" serve a/playbook.yaml --dry-run --json "$@" >serve.json 2>serve.err </dev/null &
    relays[serve]=$!
    wait_for grep -q 'the page is at' serve.err || note "breach serve did not start: $(cat serve.err)"
    serve_port=$(sed -n 's|.*the page is at http://.*:\([0-9]*\)/$|\1|p' serve.err)
}

# ask PATH [HEADER...]: the whole answer, with its head; METHOD is GET unless set
ask() {
    local path=$1 header
    shift
    exec 9<>"/dev/tcp/127.0.0.1/$serve_port" || return 1
    {
        printf '%s %s HTTP/1.0\r\n' "${METHOD:-GET}" "$path"
        for header in "$@"; do printf '%s\r\n' "$header"; done
        printf '\r\n'
    } >&9
    tr -d '\r' <&9
    exec 9>&-
}

answer() {
    ask "$@" | sed -n '1s|HTTP/1.[01] \([0-9]*\).*|\1|p'
}

body() {
    ask "$@" | sed '1,/^$/d'
}

# shellcheck disable=SC2034 # read by ask
host='Host: localhost'

# An incident with everything that may not be seen: names, addresses, ids, owners of steps, typed reasons ----------------------

incident a exercise
{
    echo "id,name,locale,email,phone,address,region"
    for i in {1..40}; do
        echo "secretid$i,Petra Privatname$i,en,private$i@hidden.example,+8613800000$((100 + i)),Hiddenstreet $i,CN"
    done
    echo "secretid41,Petra Privatname41,en,,,,CN"
    echo "secretid42,Petra Privatname42,en,broken at hidden.example,,,CN"
} >a/people.csv
gateway >a/gateways/relay.yaml
cat >>a/playbook.yaml <<'END'
response:
  - {id: contain, kind: contain, title: {en: Keep it from growing, zh-CN: 阻止扩大}, owner: Olga Ownername}
regimes:
  - {id: eu-gdpr, people: "region == 'CN'", zone: Europe/Berlin}
END
run "$breach" serve a/playbook.yaml --dry-run --listen 127.0.0.1:0
exits 65 "before anything is planned there is nothing to show"
stderr_has "and it says what to type" "nothing is planned"
run "$breach" notify a/playbook.yaml --dry-run
unread_stderr= # says who cannot be reached
run "$breach" hold a/playbook.yaml --dry-run --person secretid7 --reason "Petra Privatname7 asked, private7@hidden.example"
unread_stderr= # says that it keeps nothing back
serves --listen 127.0.0.1:0

# Addresses -----------------------------------------------------------------------------------------------------------------

is "the page" "$(answer / "$host")" 200
is "its style sheet and scripts" "$(for name in page.css page.js draw.js chart.js link.js words.js icon.svg; do
    answer "/assets/$name" "$host"
done | sort | uniq -c | tr -s ' ')" " 7 200"
is "the numbers" "$(answer /state.json "$host")" 200
is "the metrics" "$(answer /metrics "$host")" 200
is "it is alive, whoever asks" "$(answer /healthz)" 200
is "nothing else" "$(answer /other "$host") $(answer /assets/other.js "$host") $(answer /assets/../page.js "$host")" "404 404 404"
is "nothing can be changed" "$(METHOD=POST answer / "$host") $(METHOD=DELETE answer /state.json "$host")" "405 405"
is "another name for this machine is refused" "$(answer / 'Host: rebound.example') $(answer /state.json 'Host: rebound.example')" "421 421"
is "and so is another site" "$(answer /state.json "$host" 'Sec-Fetch-Site: cross-site')" 403
is "too long an address" "$(answer "/$(head -c 20000 /dev/zero | tr '\0' x)" "$host")" 413
ok "the page refers to nothing outside" bash -c "! grep -REn 'https?://|//[a-z]+[.]' '$source'/src/serve/assets | grep -v w3.org/2000/svg"
body / "$host" >page.html
ok "and has no style or script of its own in it" bash -c "! grep -Ein ' style=| on[a-z]+=|<script>|<style' page.html"

# What is in it ----------------------------------------------------------------------------------------------------------------

body /state.json "$host" >state.json
run "$breach" status a/playbook.yaml --dry-run --json
cp "$out" status.json
for member in people.total people.accepted people.unreachable messages.accepted digest incident status complete; do
    is "$member is what breach status says" "$(json state.json "\$.state.$member")" "$(json status.json "\$.$member")"
done
sqlite3 :memory: "SELECT json_extract(CAST(readfile('state.json') AS TEXT), '\$.state')" >live.json
sqlite3 :memory: "SELECT json_extract(CAST(readfile('state.json') AS TEXT), '\$.room')" >room.json
ok "all of it fits its schema" "$build/tests/tools/schema-check" "$source/docs/schema/page.json" state.json
ok "the numbers fit theirs" "$build/tests/tools/schema-check" "$source/docs/schema/live.json" live.json
ok "and so does what stands beside them" "$build/tests/tools/schema-check" "$source/docs/schema/room.json" room.json
is "that there is law in this playbook" "$(json room.json '$.law')" 1
is "the response steps" "$(json room.json '$.response[0].titles."zh-CN"')" 阻止扩大
is "why people are not told" "$(json room.json '$.reasons[0].state')" unreachable
is "the curve ends where we are" \
    "$(sqlite3 :memory: "SELECT sum(value) FROM json_each(json_extract(CAST(readfile('state.json') AS TEXT), '\$.history.points[#-1]')) WHERE key > 0")" 42

body /metrics "$host" >metrics.txt
is "people by state, for Prometheus" "$(sed -n 's/^breach_people{state="accepted"} //p' metrics.txt)" "$(json status.json '$.people.accepted')"
if python3 -c 'import prometheus_client' 2>/dev/null; then
    ok "its own reader takes them" python3 -c '
import sys
from prometheus_client.parser import text_string_to_metric_families
families = list(text_string_to_metric_families(open("metrics.txt").read()))
names = {family.name for family in families}
assert len(families) >= 20 and {"breach_people", "breach_messages", "breach_receipts"} <= names, names
assert all(family.documentation and family.type in ("gauge", "counter") for family in families)
assert sum(s.value for f in families if f.name == "breach_people" for s in f.samples) == 42'
else
    skip "its own reader takes them" "python3-prometheus-client is not installed: run script/bootstrap"
fi

# What stays as it is, is read again all the same: whoever watches over us asks for that time
# shellcheck disable=SC2317 # wait_for calls it
is_read_again() {
    body /metrics "$host" | sed -n 's/^breach_read_timestamp_seconds //p' >>read_at.txt
    [ "$(sort -u read_at.txt | wc -l)" -ge 4 ]
}
ok "the time of the latest reading goes on while nothing changes" wait_for is_read_again

# Events ------------------------------------------------------------------------------------------------------------------------

# watches NAME [HEADER...]: somebody who watches, with a descriptor of its own; what they hear goes to NAME.events
declare -A watchers=()
watches() {
    local name=$1 header fd
    shift
    exec {fd}<>"/dev/tcp/127.0.0.1/$serve_port" || return 1
    {
        printf 'GET /events HTTP/1.1\r\n%s\r\n' "$host"
        for header in "$@"; do printf '%s\r\n' "$header"; done
        printf '\r\n'
    } >&"$fd"
    cat <&"$fd" >"$name.events" &
    watchers[$name]=$!
    exec {fd}>&-
}

leaves() {
    { kill "${watchers[$1]}" && wait "${watchers[$1]}"; } 2>/dev/null
    unset "watchers[$1]"
}

watches first
ok "the numbers come by themselves" wait_for grep -q '^event: state' first.events
ok "with what stands beside them" wait_for grep -q '^event: room' first.events
ok "every event has an id" grep -qE '^id: [a-z2-7]+-[0-9]+$' first.events
ok "as events" grep -qi '^content-type: text/event-stream' first.events
wait_for grep -q '^event: history' first.events
is "no number comes twice" "$(grep '^id: ' first.events | sort | uniq -d)" ""
sed -n 's/^data: \(.*breach.live.*\)$/\1/p' first.events | head -n 1 >event.json
ok "and what it says is the same document" "$build/tests/tools/schema-check" "$source/docs/schema/live.json" event.json
ok "who hears nothing new hears that we are there" wait_for grep -q '^: here$' first.events
run "$breach" hold a/playbook.yaml --dry-run --channel email --reason "a mistake in the text"
unread_stderr= # says that it keeps nothing back
ok "what changes is told" wait_for grep -q 'a mistake in the text' first.events
last=$(sed -n 's/^id: //p' first.events | tail -n 1)
leaves first
watches again "Last-Event-ID: $last"
ok "who comes back" wait_for grep -q '^: here$' again.events
is "hears nothing twice" "$(grep -h '^id: ' first.events again.events | sort | uniq -d)" ""
leaves again
watches stranger "Last-Event-ID: someotherprocess-99"
ok "who watched another process hears all" wait_for grep -q '^event: state' stranger.events
leaves stranger

# Limits: as many as may watch, some of them deaf ---------------------------------------------------------------------------------

deaf=()
for _ in {1..64}; do
    exec {fd}<>"/dev/tcp/127.0.0.1/$serve_port"
    printf 'GET /events HTTP/1.1\r\n%s\r\n\r\n' "$host" >&"$fd"
    deaf+=("$fd")
done
# shellcheck disable=SC2317 # wait_for calls it
full() { [ "$(body /metrics "$host" | sed -n 's/^breach_watchers //p')" = 64 ]; }
ok "sixty-four can watch" wait_for full
is "one more is told to come again" "$(ask /events "$host" | grep -ciE '^HTTP/1.. 503|^retry-after: [0-9]')" 2
is "and everything else goes on" "$(answer /state.json "$host") $(answer /healthz)" "200 200"
for fd in "${deaf[@]}"; do exec {fd}>&-; done
# shellcheck disable=SC2317 # wait_for calls it
empty() { [ "$(body /metrics "$host" | sed -n 's/^breach_watchers //p')" = 0 ]; }
ok "who closed the window is forgotten" wait_for empty

# Nobody is named ------------------------------------------------------------------------------------------------------------------

watches all
wait_for grep -q '^event: history' all.events
leaves all
for path in / /state.json /metrics /healthz /assets/page.js /assets/words.js /nowhere; do ask "$path" "$host"; done >answers
cat all.events first.events >>answers
ok "there is something to look through" test "$(wc -c <answers)" -gt 20000
for word in Privatname Petra secretid hidden.example private 13800000 Hiddenstreet Ownername Olga; do
    is "no answer has $word" "$(grep -c "$word" answers)" 0
done
relay_stop serve
is "it ends as asked" "$?" 0
ok "its document fits the schema" "$build/tests/tools/schema-check" "$source/docs/schema/serve.json" serve.json

# With watchers when it ends, and when it is killed -----------------------------------------------------------------------------------

serves --listen 127.0.0.1:0
watches last
wait_for grep -q '^event: state' last.events
relay_stop serve
is "it ends although somebody watches" "$?" 0
wait "${watchers[last]}"
free_port # the next one comes back to it
serves --listen "127.0.0.1:$free"
watches killed
wait_for grep -q '^event: state' killed.events
{ kill -KILL "${relays[serve]}" && wait "${relays[serve]}"; } 2>/dev/null
unset "relays[serve]"
serves --listen "127.0.0.1:$serve_port"
is "after kill -9 the next one is there at once" "$(answer /state.json "$host")" 200
relay_stop serve

# A rehearsal that begins again has another ledger --------------------------------------------------------------------------------------

serves --listen 127.0.0.1:0
# shellcheck disable=SC2317 # wait_for calls it
people_are() { body /state.json "$host" >state.json && [ "$(json state.json '$.state.people.total')" = "$1" ]; }
ok "the page shows the rehearsal" wait_for people_are 42
echo "secretid43,Petra Privatname43,en,private43@hidden.example,,,CN" >>a/people.csv
run "$breach" notify a/playbook.yaml --dry-run
unread_stderr= # says who cannot be reached
ok "and the next one, at the same address" wait_for people_are 43
relay_stop serve

# The token ---------------------------------------------------------------------------------------------------------------------------

run "$breach" serve a/playbook.yaml --dry-run --listen 0.0.0.0:0
exits 65 "other machines see nothing without a token"
stderr_has "and it says what to do" "0.0.0.0 can be reached from other machines: the page needs --token-file FILE there"
(umask 077 && echo short >token)
run "$breach" serve a/playbook.yaml --dry-run --listen 0.0.0.0:0 --token-file token
exits 78 "a short token can be guessed"
stderr_has "so it is refused" "token: the token needs at least 20 characters"
(umask 022 && echo 0123456789abcdef0123456789abcdef >open)
run "$breach" serve a/playbook.yaml --dry-run --listen 127.0.0.1:0 --token-file open
exits 78 "a token that others can read is none"
stderr_has "and it says so" "open"
echo 0123456789abcdef0123456789abcdef >token
serves --listen 0.0.0.0:0 --token-file token
ok "that other machines reach it is said" grep -q 'warning: 0.0.0.0 can be reached' serve.err
is "without the token there is the page" "$(answer / 'Host: wall.example')" 200
is "but no number" "$(answer /state.json) $(answer /events) $(answer /metrics) $(answer /state.json 'Authorization: Bearer 0123')" "401 401 401 401"
is "with it there are" "$(answer /state.json 'Host: wall.example' 'Authorization: Bearer 0123456789abcdef0123456789abcdef')" 200
is "also for Prometheus" "$(answer /metrics 'Authorization: Bearer 0123456789abcdef0123456789abcdef')" 200
is "not in the address" "$(answer '/state.json?token=0123456789abcdef0123456789abcdef')" 401
ok "the token is in no log" bash -c "! grep -rq 0123456789abcdef a/*.breach serve.err"
relay_stop serve
done_testing
