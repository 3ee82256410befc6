#!/usr/bin/env bash
# breach status --watch on real terminals of known sizes, as lines and as documents; breach status --handover.
# shellcheck disable=SC2317,SC2016  # functions and expressions that ok and wait_for run
. "$(dirname "$0")/../cli/lib.sh"
. "$source/tests/cli/incident.sh"

# Terminals ------------------------------------------------------------------------------------------------------------

# terminal ARGUMENT...: tmux, with a server of its own that ends with the test
terminal() {
    tmux -S "$work/tmux" -f /dev/null "$@"
}

end_terminals() {
    local code=$?
    terminal kill-server 2>/dev/null
    return "$code"
}
trap 'end_terminals; end_relays; end_of_test' EXIT

# opens COLUMNS ROWS COMMAND...: in the window w; what it shows goes to `shown`; its exit code to the file exit
opens() {
    local columns=$1 rows=$2
    shift 2
    rm -f "$work/exit"
    terminal new-session -d -s w -x "$columns" -y "$rows" "$(printf '%q ' "$@"); echo \$? >$work/exit; stty -a >$work/stty; sleep 600"
}

shown() {
    terminal capture-pane -p "$@" -t w
}

# shows TEXT: whether it stands on the screen
shows() {
    shown | grep -qF -e "$1"
}

# flag NAME: cursor_flag, alternate_on
flag() {
    terminal display-message -p -t w "#{$1}"
}

closes() {
    terminal kill-session -t w
}

# count NAME: the number of people that the screen gives for a state
count() {
    shown | sed -n "s/^  $1  *\([0-9,]*\) .*/\1/p" | tr -d ,
}

# agrees NAME: what the screen says of people is what status --json says
agrees() {
    local state wanted=() got=()
    run "$breach" status leak/playbook.yaml --json
    for state in delivered accepted in_doubt pending quarantined withheld unreachable; do
        wanted+=("$(told "$out" "$state")")
        got+=("$(count "$state")")
    done
    is "$1" "${got[*]}" "${wanted[*]}"
}

# fits ROWS: nothing is wider or longer than the screen: no line goes on in the next one, and nothing has scrolled
fits() {
    [ "$(shown | wc -l)" = "$1" ] && [ "$(shown -J | wc -l)" = "$1" ] &&
        [ "$(terminal display-message -p -t w '#{history_size}')" = 0 ]
}

if ! command -v tmux >/dev/null; then
    skip "a terminal" "tmux is not installed"
    done_testing
fi
terminal new-session -d -s keeper "sleep 3600" # a server ends with its last session, and a new one may meet the old one's end

relay main --rule 'rcpt to=p1@* reply "550 5.1.1 no such user p1"' --rule 'rcpt to=p2@* reply "451 4.7.1 p2 comes too often"'
incident leak actual
people 40 >leak/people.csv
gateway "retry_after: PT1H" "give_up: P1D" >leak/gateways/relay.yaml

# Before there is a plan, and what does not go together ------------------------------------------------------------------

run "$breach" status leak/playbook.yaml --watch
exits 65 "nothing can be watched before there is a plan"
stderr_has "what to type" "nothing is planned" "breach plan leak/playbook.yaml"
run "$breach" status leak/playbook.yaml --handover
exits 0 "a shift can change before there is a plan"
stdout_has "and the page says so" "nothing is planned yet" "\`breach plan leak/playbook.yaml\`"
run "$breach" status leak/playbook.yaml --watch --list pending
exits 64 "two things at a time"
stderr_has "why not" "go one at a time"
run "$breach" status leak/playbook.yaml --interval 5
exits 64 "an interval of nothing"
stderr_has "what it belongs to" "--interval goes with --watch"
for interval in 0 0.1 x 5s 9999 nan; do
    run "$breach" status leak/playbook.yaml --watch --interval "$interval"
    exits 64 "--interval $interval"
    stderr_has "what to write in place of $interval" "--interval $interval is no number of seconds"
done
run "$breach" status leak/playbook.yaml --handover --since yesterday
exits 64 "--since yesterday"
stderr_has "what to write in its place" "--since yesterday is neither a time nor for how long"

# At rest ----------------------------------------------------------------------------------------------------------------

sends leak --patience PT0S
exits 75 "one is to be tried again"

opens 80 24 "$breach" status leak/playbook.yaml --watch
ok "the screen is drawn" wait_for shows "40 people: 38 told, 95 %"
ok "at 80x24 it fits" fits 24
agrees "at 80x24 it says what status says"
ok "it says that this is no exercise" shows "ACTUAL leak, edition 1"
ok "it says that nobody is sending" shows "nobody is sending"
ok "the channel and its gateway" shows "email relay 39 of 40"
ok "errors in plain words" shows "error: 1 x no such mailbox (550 5.1.1), email relay, last at"
ok "another error" shows "(451 4.7.1), email relay"
ok "nobody's address is shown" test -z "$(shown | grep -e 'p1@' -e 'p2 comes')"
is "the cursor is hidden, on a screen apart" "$(flag cursor_flag) $(flag alternate_on)" "0 1"

terminal resize-window -t w -x 200 -y 50
ok "it follows the size" wait_for shows "[#######"
ok "at 200x50 it fits" fits 50
agrees "at 200x50 it says what status says"
ok "at 200x50 nothing is left out" test -z "$(shown | grep -e 'not fit')"
terminal resize-window -t w -x 20 -y 5
ok "at 20x5 the rest is counted" wait_for shows "q quits;"
ok "at 20x5 it fits" fits 5
terminal resize-window -t w -x 80 -y 24
ok "it grows again" wait_for shows "audience people: 38 of 40 told"

run "$breach" hold leak/playbook.yaml --domain example.org --reason "ask ann@example.org, 13800138000"
exits 0 "a hold"
ok "a hold is seen" wait_for shows "HELD: domain example.org, by "
ok "with its reason, without the address" wait_for shows "***@example.org"
run "$breach" lift leak/playbook.yaml --domain example.org --reason "settled"
ok "its end, too" wait_for eval '! shows HELD'

mv leak/leak.breach/ledger.db leak/leak.breach/away
ok "what cannot be read is said" wait_for shows "NOT READ since then: nothing is planned"
ok "what was read stays" shows "40 people: 38 told"
mv leak/leak.breach/away leak/leak.breach/ledger.db
ok "and it is read again" wait_for eval '! shows "NOT READ"'

terminal send-keys -t w q
ok "q ends it" wait_for test -s exit
is "with 0" "$(cat exit)" 0
ok "the verdict stands below" wait_for shows "next: breach "
is "the terminal is as it was" "$(flag cursor_flag) $(flag alternate_on)" "1 0"
ok "keys are shown again" grep -qE ' icanon.* echo | icanon|[^-]echo ' stty
ok "and taken line by line" test -z "$(grep -e '-icanon' -e '-echo ' stty)"
closes

opens 80 24 "$breach" status leak/playbook.yaml --watch
ok "the screen is drawn again" wait_for shows "40 people"
terminal send-keys -t w C-c
ok "Ctrl-C ends it" wait_for test -s exit
is "with 0 as well" "$(cat exit)" 0
is "and leaves nothing behind" "$(flag cursor_flag) $(flag alternate_on) $(grep -ce '-icanon' stty)" "1 0 0"
closes

opens 80 24 env NO_COLOR=1 "$breach" status leak/playbook.yaml --watch
ok "without colours" wait_for shows "40 people"
is "NO_COLOR is obeyed" "$(shown -e | grep -c $'\033')" 0
closes
opens 80 24 "$breach" status leak/playbook.yaml --watch --lang zh-CN
ok "in Chinese" wait_for shows "40"
ok "wide characters fit" fits 24
closes
opens 80 24 env TERM=dumb "$breach" status leak/playbook.yaml --watch
ok "lines where nothing can be drawn" wait_for shows "40 people: 38 told"
is "on no screen of its own" "$(flag alternate_on)" 0
closes

# Without a terminal -------------------------------------------------------------------------------------------------------

# watches NAME ARGUMENT...: in the background, its output in the file NAME
watches() {
    local name=$1
    shift
    "$breach" status leak/playbook.yaml --watch --interval 0.2 "$@" >"$name" 2>"$name.err" </dev/null &
    watching=$!
}

# unwatch SIGNAL: ends it; leaves its exit code in $status
unwatch() {
    kill "-$1" "$watching"
    status=0
    wait "$watching" || status=$?
}

last_run="--watch in the background"
watches lines
ok "a line" wait_for test -s lines
run "$breach" hold leak/playbook.yaml --reason "wait"
ok "a line for a change" wait_for grep -q "everything is held" lines
run "$breach" lift leak/playbook.yaml --reason "go on"
unwatch INT
exits 0 "a signal ends it"
ok "each line begins with its time" test -z "$(head -n -2 lines | grep -vE '^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8} [+-][0-9:]{5} ')"
ok "a line is not said twice" test -z "$(cut -d ' ' -f 4- lines | head -n -2 | uniq -d)"
is "nothing was wrong" "$(cat lines.err)" ""

watches documents --json
ok "documents" wait_for eval '[ "$(wc -l <documents)" -ge 3 ]'
unwatch TERM
exits 0 "SIGTERM ends them"
split -l 1 documents document.
ok "each is what its schema promises" "$build/tests/tools/schema-check" "$source/docs/schema/live.json" document.*
is "and is about this" "$(json document.aa '$.schema') $(json document.aa '$.incident') $(told document.aa accepted)" "breach.live/1 leak 38"
is "none names anybody" "$(grep -cE 'p[0-9]+@|"p[0-9]+"|no such user|too often' documents)" 0

# A pipe that is full and that nobody reads
mkfifo full
exec 7<>full
dd if=/dev/zero of=full bs=1k count=64 iflag=fullblock oflag=nonblock status=none
watches full --json
sleep 1 # until it writes; a signal before that ends it in any case
kill -TERM "$watching"
ok "a signal ends it while nobody reads" wait_for eval '! kill -0 $watching'
kill -KILL "$watching" 2>/dev/null
wait "$watching" 2>/dev/null
exec 7<&-

watches first --json
other=$watching
watches second --json
ok "two of them" wait_for test -s second
for ((i = 0; i < 20; i++)); do "$breach" status leak/playbook.yaml --json >".busy.$i"; done
is "who looks on is not taken for one who sends" "$(cat .busy.* first second | grep -c '"running": *true')" 0
unwatch TERM
watching=$other
unwatch TERM

# While notify sends ---------------------------------------------------------------------------------------------------------

incident fast actual
people 300 >fast/people.csv
gateway "rate: 20/s" >fast/gateways/relay.yaml
run "$breach" plan fast/playbook.yaml
exits 0 "300 people are planned"
opens 80 24 "$breach" status fast/playbook.yaml --watch --interval 0.2
ok "nobody is told yet" wait_for shows "300 people: 0 told, 0 %"
"$breach" notify fast/playbook.yaml --yes --expect-digest "$(digest)" --expect-people 300 --patience PT1S >fast.out 2>fast.err &
sending=$!
ok "it is seen that somebody sends" wait_for shows ", running"
ok "the rate is known" wait_for eval 'shown | grep -qE "email relay .* [0-9.]+/s, [0-9]+ s left, done about "'
early=$(count accepted)
ok "the numbers move" wait_for eval '[ "$(count accepted)" -gt "$early" ]'
wait "$sending"
is "notify is not disturbed" "$?" 75
ok "the end is seen" wait_for shows "300 people: 298 told, 99 %"
ok "nobody is sending any more" wait_for shows "nobody is sending"

# A plan that is made again is seen; a rehearsal that begins afresh as well
people 301 >fast/people.csv
run "$breach" plan fast/playbook.yaml
exits 0 "planned again"
ok "another plan is seen" wait_for shows "301 people: 298 told"
closes
ok "a rehearsal is made" "$breach" notify fast/playbook.yaml --dry-run
opens 80 24 "$breach" status fast/playbook.yaml --dry-run --watch --interval 0.2
ok "a rehearsal" wait_for shows "EXERCISE leak"
people 120 >fast/people.csv
ok "another one" "$breach" notify fast/playbook.yaml --dry-run
ok "one that begins afresh" wait_for shows "120 people: 120 told, 100 %"
closes

# Handing over -----------------------------------------------------------------------------------------------------------------

run "$breach" hold leak/playbook.yaml --person p7 --reason "asked by p7@example.org"
exits 0 "one person is held"
run "$breach" status leak/playbook.yaml --handover
exits 0 "the handover"
stdout_has "its parts" "# Handover: ACTUAL, leak, " "## Due within 24 hours" "## Waits for a person" "## Goes on by itself" \
    "## Decided since " "## Next" "| accepted | 38 |"
stdout_has "what was decided, and by whom" "edition 1 was planned" "$(id -un)@" "held domain example.org: ask \\*\\*\\*@example.org" \
    "lifted the hold on domain example.org: settled" "held person ID: not shown here"
stdout_has "what is open, and whose it is" "person ID is held: not shown here; owner: $(id -un)@" \
    "people who could not be reached: see to them another way: 1; \`breach status leak/playbook.yaml --list unreachable\`" \
    "messages that are still to be sent or settled, and nobody is sending: 1"
stdout_lacks "nobody is named" "p7" "p1@" "no such user"
run "$breach" status leak/playbook.yaml --handover --since PT0S
stdout_has "since now nothing was decided" "Nothing."
stdout_lacks "nothing old" "edition 1 was planned"
run "$breach" status leak/playbook.yaml --handover --since 2020-01-01T00:00Z --json
exits 0 "as a document"
ok "it is what its schema promises" "$build/tests/tools/schema-check" "$source/docs/schema/handover.json" "$out"
is "what it says" "$(json "$out" '$.people.accepted') $(json "$out" '$.status') $(json "$out" '$.decided[0].kind') \
$(json "$out" '$.open[#-1].kind')" "38 actual planned hold"
is "what is in it names nobody" "$(grep -cE 'p[0-9]+@|"p[0-9]+"' "$out")" 0

# From a copy of the state folder nobody may send unasked
cp -r leak copied
run "$breach" status copied/playbook.yaml --handover
stdout_has "a copy waits for somebody" "this state folder is a copy" "\`breach notify copied/playbook.yaml --adopt\`"

# What somebody types stays in its line, and moves no cursor
for reason in $'two\nlines' $'\xc2\x9b2J' $'\xe2\x80\xaeknil'; do
    run "$breach" hold leak/playbook.yaml --domain other.example --reason "$reason"
    exits 64 "a reason with $(printf %q "$reason")"
    stderr_has "and nothing is held" "add --reason \"…\", one line" "nothing was held"
done

# With the law and response steps: their owners
ok "a rehearsal under three laws" "$breach" notify "$source/playbooks/three-jurisdictions.yaml" --dry-run --state "$work/law"
run "$breach" status "$source/playbooks/three-jurisdictions.yaml" --dry-run --state "$work/law" --handover --json
exits 0 "an incident with clocks"
ok "it is what its schema promises, too" "$build/tests/tools/schema-check" "$source/docs/schema/handover.json" "$out"
is "what is due in more than a day is counted" "$(json "$out" '$.due[#-1].kind')" later
undated=$(jq -r '[.due[] | select(.kind == "undated").text | split(": ")[-1]] | join(",")' "$out")
"$breach" obligations "$source/playbooks/three-jurisdictions.yaml" --dry-run --state "$work/law" --json >law.json 2>/dev/null
is "what runs without a date is counted, too" "$undated" "$(jq '[.obligations[] | select(.state == "due" and .due == null)] | length' law.json)"
ok "the clocks are among what is due or open" test "$(json "$out" '$.open[0].kind')" = obligation
run "$breach" status "$source/playbooks/three-jurisdictions.yaml" --dry-run --state "$work/law" --handover
exits 0 "and as a page"
stdout_has "that a step waits for a time is said in words" ": lacks a time; owner:"
stdout_lacks "and not in those of JSON" "anchor-missing" "scope-unknown"

done_testing
