#!/usr/bin/env bash
# What people do and decide: times, counts, decisions and delays, response steps, inquiries, look-ups, closing.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=incident.sh
. "$source/tests/cli/incident.sh"
# shellcheck source=announced.sh
. "$source/tests/cli/announced.sh"

# prepare NAME STATUS LINE...: an incident for the relay at $port, under a contract of its own, with LINEs in its playbook
prepare() {
    local name=$1 status=$2
    shift 2
    incident "$name" "$status"
    mkdir -p "$name/regimes"
    contract >"$name/regimes/contract.yaml"
    printf '%s\n' "regimes: [contract]" "$@" >>"$name/playbook.yaml"
}

contract() {
    cat <<'END'
version: 1
id: contract
name: a contract
jurisdiction: DE
status: in_force
enabled: true
effective_from: "2020-01-01"
citation: master agreement, clause 9
authority: the customer
clock_starts: awareness
zone: Europe/Berlin
confidence: {level: confirmed}
waiver: data that nobody can read
lawful_delay:
  - {id: police, ground: the police asks for it, longest: P30D, confidence: confirmed}
sources: [the agreement]
steps:
  - {id: first, name: tell the customer, to: regulator, due: PT24H, from: awareness, count: hours, roll: none, reference: clause 9(1), confidence: confirmed}
  - {id: people, name: tell the people, to: individuals, standard: without_undue_delay, from: awareness, count: none, reference: clause 9(2), confidence: confirmed}
END
}

record() {
    local name=$1
    shift
    run "$breach" record "$name/playbook.yaml" "$@"
}

decide() {
    local name=$1 what=$2
    shift 2
    record "$name" decision "$what" --regime contract --by "Li Na" --role "data protection officer" --facts "the key is safe" "$@"
}

# recorded NAME SQL: one value from the events of the case
recorded() {
    sqlite3 "$1/leak.breach/case.db" "SELECT $2"
}

# in_seconds N: that many from now, as --until takes it
in_seconds() {
    date -u -d "+$1 seconds" +%Y-%m-%dT%H:%M:%SZ
}

at=2026-11-21T22:10+08:00

# Values ---------------------------------------------------------------------------------------------------------------
prepare values actual
rm values/people.csv # none of this needs it
record values anchor awareness --at $at --by "Wang Wei" --reason "the call of the night shift"
exits 0 "a time from which clocks run"
stderr_has "that it gains time is said" "warning: awareness moves later by 36 h 30 min (clocks that end later with it: 1): authorities ask why"
stdout_has "old and new" "awareness is 2026-11-21T22:10:00+08:00, was 2026-11-20T09:40:00+08:00" "next: breach obligations values/playbook.yaml"
record values anchor awareness --at $at --by "Wang Wei" --reason "the call of the night shift"
stdout_has "the same again is none" "already: nothing was changed"
for wrong in "anchor awareness|65|when? add --at" "anchor awareness --at 2026-11-21T22:10|65|the offset from UTC is missing" \
    "anchor awareness --at 2099-01-01T00:00Z|65|lies in the future" "anchor awarness --at $at|65|did you mean awareness" \
    "anchor nobody/awareness --at $at|65|no regime nobody" "level 0|65|is no level" "level high|65|is no level" \
    "variable risk|65|is what?" "variable rsk high|65|did you mean risk" "variable risk hihg|65|is one of" \
    "variable affected_state few|65|takes a number" "variable affected_state 2000..500|65|the numbers of affected_state do not rise" \
    "variable affected_state 1/3/2|65|do not rise"; do
    # shellcheck disable=SC2086 # words and options
    record values ${wrong%%|*} --by Wang --reason why
    rest=${wrong#*|}
    exits "${rest%%|*}" "refused: ${wrong%%|*}"
    stderr_has "it says why" "${rest#*|}"
done
for wrong in "affected|--reason" "anchor|which anchor" "anchor awareness --at $at --by W|why?" "anchor awareness --at $at --reason w|who?" \
    "affected --likely 3 --ground x --reason y|has no option --ground" "level 2 3 --by W --reason x|is too much" "letters|record what?"; do
    # shellcheck disable=SC2086
    record values ${wrong%%|*}
    exits 64 "misused: ${wrong%%|*}"
    stderr_has "it says how" "${wrong#*|}"
done
for wrong in "--reason x|how many?" "--likely 1,000 --reason x|is no number" "--lower 5 --upper 4 --reason x|do not rise"; do
    # shellcheck disable=SC2086
    record values affected ${wrong%%|*}
    exits 65 "counts: ${wrong%%|*}"
    stderr_has "it says why" "${wrong#*|}"
done
record values affected --lower 100 --likely 20000 --upper 2000000 --reason "the second count" --json
exits 0 "counts"
keeps_schema record_case
is "what holds now" "$(json "$out" '$.now.upper') $(json "$out" '$.changed')" "2000000 1"
is "no scale, no proposal" "$(json "$out" '$.levels')" "[]"
record values variable affected_state 500..2000 --reason "by their addresses"
stdout_has "a range" "affected_state is 500..2000, was ?"
record values level 2 --by "Wang Wei" --reason "confirmed"
exits 0 "a level"
prepare graded actual
sed -i 's/^regimes: .*/regimes: [contract, cn-cac-incident-2025]/' graded/playbook.yaml
record graded affected --lower 100 --likely 20000 --upper 2000000 --reason "the second count" --json
exits 0 "counts under a scale of severity"
keeps_schema record_case
is "what the numbers propose" "$(json "$out" '$.levels[0].scale') $(json "$out" '$.levels[0].proposed') $(json "$out" '$.levels[0].may_reach')" \
    "cn-incident-2025 2 1"
record graded level 1 --by "Wang Wei" --reason "until the night is over"
stdout_has "whoever confirms less is told" "WARNING: the numbers say more than was confirmed"
record graded level 2 --by "Wang Wei" --reason "confirmed" --json
keeps_schema record_case
is "what was confirmed" "$(json "$out" '$.levels[0].confirmed')" 2
run "$breach" obligations graded/playbook.yaml prepare cn-cac-incident-2025/other_4h --locale en
unread_stderr=
stdout_has "the report says how many" "about 20,000 people"
stdout_lacks "and not that it was counted when the playbook says" "as of 2026"
sed -i 's/^regimes: .*/regimes: [contract, cn-pipl]/' graded/playbook.yaml
echo "please wait" >order.txt
decide graded delay --ground police --scope everybody --authority BKA --document order.txt --until "$(in_seconds 60)"
stderr_has "a delay under one law that holds people of another" "have to be told under cn-pipl, of which it says nothing"
is "each is one event with old, new, who and why" \
    "$(recorded values "json_extract(body, '\$.old.upper') || ' ' || json_extract(body, '\$.new.upper') || ' ' || json_extract(body, '\$.why') FROM event WHERE kind = 'affected' ORDER BY no DESC LIMIT 1")" \
    "10000000 2000000 the second count"
ok "nobody has made a plan for it" test ! -e values/leak.breach/ledger.db
cp -r values/leak.breach damaged
sqlite3 damaged/case.db "DELETE FROM header WHERE key = 'incident'"
record values level 3 --by "Wang Wei" --reason "x" --state damaged
exits 65 "a record that has lost its header"
stderr_has "it says what to do" "does not say to which incident it belongs: restore the file from a backup"

# Decisions ------------------------------------------------------------------------------------------------------------
prepare decide actual
echo "please wait" >order.txt
for wrong in "perhaps|64|decided what" "delay --ground police --scope everybody|64|needs --authority NAME, --document FILE and --until" \
    "not-notify --ground x --scope everybody --until $at|64|--until belongs to a delay" "not-notify --scope everybody|64|--ground is missing" \
    "not-notify --ground x --scope all|65|write everybody, audience:ID" "not-notify --ground x --scope audience:nobody|65|no audience nobody" \
    "not-notify --ground x --scope step:second|65|has no step second" "not-notify --ground x --scope region:1|65|is no region" \
    "delay --ground mood --scope everybody --authority BKA --document order.txt --until $(in_seconds 60)|65|knows no ground mood; it knows: police" \
    "delay --ground police --scope everybody --authority BKA --document order.txt --until 2026-11-01T00:00Z|65|is over already" \
    "delay --ground police --scope step:contract/first --authority BKA --document order.txt --until $(in_seconds 60)|65|write --regime contract --scope step:first" \
    "delay --ground police --scope everybody --authority BKA --document order.txt --until $(in_seconds 2678400)|65|P30D at the longest" \
    "delay --ground police --scope everybody --authority BKA --document nothing.txt --until $(in_seconds 60)|65|nothing.txt"; do
    # shellcheck disable=SC2086
    decide decide ${wrong%%|*}
    rest=${wrong#*|}
    exits "${rest%%|*}" "refused: ${wrong%%|*}"
    stderr_has "it says why" "${rest#*|}"
done
record decide decision not-notify --regime gdpr --scope everybody --ground x --facts y --by L --role R
exits 65 "a regime that the playbook does not name"
stderr_has "it lists those that it does" "names no regime gdpr" "it names: contract"
decide decide not-notify --ground "nobody can read it" --scope everybody --json
exits 0 "not to tell"
keeps_schema record_case
is "it has an id" "$(json "$out" '$.subject') $(json "$out" '$.now.decision')" "1 not-notify"
run "$breach" obligations decide/playbook.yaml --json
unread_stderr=
is "the step for people is no longer owed, by this decision" "$(grep -c 'decided by Li Na: not to notify' "$out")" 1
record decide affected --likely 5000 --reason "more were found"
run "$breach" status decide/playbook.yaml
unread_stderr=
stdout_has "it is to be decided again" "DECIDE AGAIN: decision 1, contract, everybody: affected has changed since"
run "$breach" obligations decide/playbook.yaml
unread_stderr=
stdout_has "the verdict needs a person" "NEEDS YOU: overdue: contract first"
record decide inquiry --outcome received --at $at --by "Li Na" # something of which the verdict says nothing
run "$breach" obligations decide/playbook.yaml file contract/first --at $at --by "Li Na" --channel email --reason "asleep"
exits 0 "what was late is filed"
unread_stderr=
stdout_has "the decision alone needs a person, too" "NEEDS YOU: decide again: what it rested on has changed (decision/1); "
decide decide not-notify --ground "still nobody can read it" --scope everybody
stdout_has "decided again, it is the same decision" "decision 1, not-notify, contract, everybody: in-force"
record decide decision revoke 2 --by "Li Na" --reason "x"
exits 65 "revoke one that is not there"
stderr_has "it says so" "there is no decision 2"
record decide variable contract/affected 40..50 --by "Li Na" --reason "those of this customer"
printf '%s\n' "reports: {facts: {what_happened: A disk with a list of customers was lost.}}" >>decide/playbook.yaml
record decide decision revoke 1 --by "Li Na" --reason "the key was found"
exits 0 "revoke"
stdout_has "it is revoked" "decision 1, revoked, contract, everybody: revoked"
run "$breach" record decide/playbook.yaml register --json
exits 0 "the register"
keeps_schema register
is "has all of it" "$(json "$out" '$.decisions[0].state') $(json "$out" '$.decisions[0].history[2].reason')" "revoked the key was found"
is "has the times from which periods run, with who and why" \
    "$(json "$out" '$.facts.anchors.awareness[0].recorded_by')" "$(id -un)@$(uname -n)"
is "has the counts as they became known" "$(json "$out" '$.facts.counts[#-1].value.likely')" 5000
is "has what was counted of those whom one law protects" \
    "$(json "$out" '$.facts.own_counts."contract/affected"[0].value.upper')" 50
is "speaks as to an authority, and not as to those concerned" "$(json "$out" '$.facts.what.what_happened')" \
    "A disk with a list of customers was lost."
run "$breach" record decide/playbook.yaml register
unread_stderr=
run "$breach" record decide/playbook.yaml register --dry-run --json
is "that of a rehearsal says that it is one" "$status $(json "$out" '$.status')" "0 exercise"
run "$breach" record decide/playbook.yaml register
stdout_has "as text, too" "# Register of breaches (GDPR art. 33(5)): leak" "## Decisions not to tell, or to wait" "## Effects" \
    "## Remedial action"
ok "nobody of the people file is in it" test "$(grep -c 'p1@example.org\|Person 1' "$out")" = 0

# A text of several lines opens no part of the register
prepare lines actual
sed -i '/^  what_happened:/,/en: >-/s/en: >-/en: |\n      The first line.\n\n      ## Closed\n\n      None./' lines/playbook.yaml
run "$breach" record lines/playbook.yaml register
exits 0 "a register with a text of several lines"
unread_stderr=
stdout_has "the text is there" "    > ## Closed"
is "it is no heading" "$(grep -c '^## Closed' "$out")" 1

# Two people record the same report: the second reads what the first has written meanwhile
mkfifo paper
"$breach" obligations lines/playbook.yaml file contract/first --at $at --by "Wang Wei" --channel email --reason late \
    --evidence paper >second.out 2>second.err &
second=$!
exec 9>paper # it has opened the paper, and so has read the record
run "$breach" obligations lines/playbook.yaml file contract/first --at $at --by "Li Na" --channel email --reason late
exits 0 "the first"
unread_stderr=
echo "thank you" >&9
exec 9>&-
wait "$second"
is "the second" $? 0
is "it is recorded once" "$(recorded lines "count(*) FROM event WHERE kind = 'filing'") $(grep -c 'known already' second.out)" "1 1"
echo "thank you" >$'paper\xff'
run "$breach" obligations lines/playbook.yaml file contract/first --at 2026-11-21T23:10+08:00 --by "Li Na" --channel email \
    --reason late --evidence $'paper\xff'
exits 65 "a paper whose name cannot stand in the record"
stderr_has "it says so" "cannot stand in the case record"
is "nothing is recorded without its paper" "$(recorded lines "count(*) FROM event WHERE kind = 'filing'")" 1

# What was filed cannot wait, and a report is not prepared after it was handed in
run "$breach" obligations decide/playbook.yaml prepare contract/first
unread_stderr=
run "$breach" obligations decide/playbook.yaml file contract/first --at 2026-11-21T23:10+08:00 --by "Li Na" --channel web --reason "found late"
exits 0 "a further report is recorded"
stderr_has "the paper and the time contradict each other" "the report that is kept with contract/first was prepared at"
decide decide delay --ground police --scope step:first --authority BKA --document order.txt --until "$(in_seconds 60)"
exits 65 "a delay of what was filed"
stderr_has "it says why" "contract/first was filed" "it cannot wait any more"

# A delay holds its scope, in the process that sends -------------------------------------------------------------------
relay delay --rule "dot delay 5ms"
prepare delay actual
{
    echo id,name,locale,email,region
    for ((i = 1; i <= 1000; i++)); do echo "p$i,Person $i,en,p$i@example.org,$([ $((i % 2)) = 0 ] && echo de || echo us)"; done
} >delay/people.csv
run "$breach" plan delay/playbook.yaml
exits 0 "planned"
unread_stderr=
plan=$(digest)
"$breach" notify delay/playbook.yaml --yes --expect-digest "$plan" --patience PT60S >delay.out 2>delay.err &
notifier=$!
# shellcheck disable=SC2317 # wait_for calls it
at_least() { [ "$(sent delay)" -ge "$1" ]; }
# shellcheck disable=SC2317
odd() { [ "$(cut -d' ' -f3 delay.log | grep -c 'p[0-9]*[13579]@')" -ge 500 ]; }
even() { cut -d' ' -f3 delay.log | grep -c 'p[0-9]*[02468]@'; }
ok "it sends" wait_for at_least 20
decide delay delay --ground police --scope region:DE --authority "the police of Berlin" --document order.txt --until "$(in_seconds 600)"
exits 0 "a delay for one region, while notify runs"
unread_stderr=
# shellcheck disable=SC2317 # wait_for calls it
holds_region() {
    [ "$(sqlite3 delay/leak.breach/ledger.db "SELECT (SELECT count(*) FROM hold),
        (SELECT count(*) FROM message WHERE state = 1 AND CAST(substr(endpoint, 2) AS INTEGER) % 2 = 0)")" = "1|0" ]
}
ok "the running notify takes it up" wait_for holds_region
before=$(even)
ok "the others are told" wait_for odd
is "nobody of that region any more" "$(even)" "$before"
ok "some of them are left" test "$before" -lt 500
run "$breach" status delay/playbook.yaml --json
unread_stderr=
keeps_schema status
is "status says what is held, by which decision, and that it ends" \
    "$(json "$out" '$.holds[0].scope') $(json "$out" '$.holds[0].name') $(json "$out" '$.holds[0].cause') $(json "$out" '$.holds[0].until IS NOT NULL')" \
    "region de decision 1 "
run "$breach" status delay/playbook.yaml
unread_stderr=
stdout_has "so do its lines" "HELD: region de until" "the police of Berlin asked to wait" "decision 1: region:de waits until"
is "the paper is kept with its digest" "$(sha256sum <order.txt | cut -d' ' -f1)" \
    "$(sha256sum delay/leak.breach/evidence/* | cut -d' ' -f1)"
decide delay delay --ground police --scope region:de --authority "the police of Berlin" --document order.txt --until "$(in_seconds 10)"
exits 0 "the authority needs less time"
unread_stderr=
# shellcheck disable=SC2317
all() { [ "$(sent delay)" = 1000 ]; }
ok "after that time everybody is told, by itself" wait_for all
wait "$notifier"
is "notify has finished" $? 0
ok "nobody was told twice" test -z "$(cut -d' ' -f2 delay.log | sort | uniq -d)"
is "the hold got another end, and was not lifted for that" \
    "$(sqlite3 delay/leak.breach/ledger.db "SELECT group_concat(body ->> '\$.event', ' ') FROM event WHERE body ->> '\$.event' IN ('held', 'lifted')")" "held held"
run "$breach" status delay/playbook.yaml
unread_stderr=
stdout_lacks "nothing is held any more" "HELD"

# Where two delays hold somebody, the end of one lets nobody go whom the other holds ------------------------------------
relay both
prepare both actual
printf '%s\n' id,name,locale,email,region p1,One,en,p1@example.org,de p2,Two,en,p2@example.org,us >both/people.csv
run "$breach" plan both/playbook.yaml
unread_stderr=
plan=$(digest)
decide both delay --ground police --scope region:de --authority BKA --document order.txt --until "$(in_seconds 600)"
decide both delay --ground police --scope audience:people --authority BKA --document order.txt --until "$(in_seconds 8)"
run "$breach" notify both/playbook.yaml --yes --expect-digest "$plan" --patience PT15S
exits 75 "one delay has ended, and one has not"
unread_stderr=
is "only those are told whom nothing holds" "$(cut -d' ' -f3 both.log)" p2@example.org

# Whoever records a delay is killed before its hold is there: a running notify brings it --------------------------------
if grep -q BREACH_FAULTS:BOOL=ON "$build/CMakeCache.txt" 2>/dev/null; then
    relay killed --rule "dot delay 20ms"
    prepare killed actual
    {
        echo id,name,locale,email,region
        for ((i = 1; i <= 2000; i++)); do echo "p$i,Person $i,en,p$i@example.org,de"; done
    } >killed/people.csv
    kill_at() {
        env "$@" "$breach" record killed/playbook.yaml decision delay --regime contract --by "Li Na" --role DPO --facts "asked by phone" \
            --ground police --scope region:de --authority BKA --document order.txt --until "$(in_seconds 600)" >/dev/null 2>&1
    }
    BREACH_FAULT_LOG=$work/points kill_at --
    point=$(grep -n '^decision_recorded$' points | cut -d: -f1)
    rm -rf killed/leak.breach
    run "$breach" plan killed/playbook.yaml
    unread_stderr=
    plan=$(digest)
    "$breach" notify killed/playbook.yaml --yes --expect-digest "$plan" --patience PT60S >killed.out 2>killed.err &
    notifier=$!
    # shellcheck disable=SC2317 # wait_for calls it
    some() { [ "$(sent killed)" -ge 20 ]; }
    ok "it sends" wait_for some
    { kill_at BREACH_FAULT_DIE="$point"; } 2>/dev/null
    is "the decision is recorded" "$(recorded killed "count(*) FROM event WHERE kind = 'decision'")" 1
    # shellcheck disable=SC2317
    held() { [ "$(sqlite3 killed/leak.breach/ledger.db "SELECT count(*) FROM hold WHERE cause = 'decision 1'")" = 1 ]; }
    ok "the hold follows" wait_for held
    ok "not everybody had been told" test "$(sent killed)" -lt 2000
    kill "$notifier"
    wait "$notifier" 2>/dev/null
else
    skip "a delay whose hold is missing" "built without fault points"
fi

# A delay that was decided before there was a plan, and revoked --------------------------------------------------------
relay early
prepare early actual
decide early delay --ground police --scope audience:people --authority BKA --document order.txt --until "$(in_seconds 600)"
exits 0 "a delay before the plan"
run "$breach" plan early/playbook.yaml
unread_stderr=
plan=$(digest)
run "$breach" notify early/playbook.yaml --yes --expect-digest "$plan" --patience PT1S
exits 75 "notify waits"
unread_stderr=
is "nobody was told" "$(sent early)" 0
stdout_has "it says who decided, and the command" "BKA asked to wait" "next: breach record early/playbook.yaml decision revoke 1"
run "$breach" hold early/playbook.yaml --audience people --reason "mine as well"
exits 0 "a person holds the same"
unread_stderr=
decide early delay --ground police --scope region:germany --authority BKA --document order.txt --until "$(in_seconds 600)"
exits 0 "a delay for a region in which nobody is"
stderr_has "it says that nobody is held" "nobody of the plan is in region germany, so nobody is held"
record early decision revoke 1 --by "Li Na" --reason "the police has finished"
exits 0 "revoke the delay"
run "$breach" notify early/playbook.yaml --yes --expect-digest "$plan" --patience PT1S
exits 75 "the person's own hold goes on"
unread_stderr=
run "$breach" lift early/playbook.yaml --audience people --reason "over"
unread_stderr=
run "$breach" notify early/playbook.yaml --yes --expect-digest "$plan"
is "then everybody is told" "$status $(sent early)" "0 3"
unread_stderr=

# A decision not to tell keeps the notices back, names itself, and lets them go when it is revoked ---------------------
relay silent
prepare silent actual
sed -i '/^  affected:/d' silent/playbook.yaml
sed -i "s/^facts:/facts:\n  affected: {lower: 1120000, likely: 1200000, upper: 2000000, as_of: $at}/" silent/playbook.yaml
run "$breach" check silent/playbook.yaml
unread_stderr=
ok "a people file that is too short is found" grep -q "at least 1,120,000 people are affected, and the people file has 3.*BR-COVERAGE-012" "$err"
run "$breach" plan silent/playbook.yaml
stderr_has "also by plan" "at least 1,120,000 people are affected, and the people file has 3"
plan=$(digest)
run "$breach" status silent/playbook.yaml
unread_stderr=
stdout_has "and by status" "WARNING: at least 1,120,000 people are affected, and the people file has 3"
cp silent/playbook.yaml whole.yaml
sed -i 's/lower: 1120000, likely: 1200000, upper: 2000000/lower: 1, likely: 2/' silent/playbook.yaml
run "$breach" check silent/playbook.yaml
unread_stderr=
ok "so is a number that is too low for it" grep -q "at most 2 people are affected, and the people file has 3.*BR-COVERAGE-014" "$err"
run "$breach" status silent/playbook.yaml
unread_stderr=
stdout_has "also by status" "WARNING: at most 2 people are affected, and the people file has 3"
sed -i 's/lower: 1, likely: 2/lower: 1, likely: 2, upper: 3/' silent/playbook.yaml
run "$breach" check silent/playbook.yaml
ok "as many as there may be are not" test "$(grep -c "BR-COVERAGE-01[24]" "$err")" = 0
unread_stderr=
mv whole.yaml silent/playbook.yaml
decide silent not-notify --ground "nobody can read it" --scope everybody
exits 0 "not to tell anybody"
unread_stderr=
run "$breach" notify silent/playbook.yaml --yes --expect-digest "$plan" --patience PT1S
exits 75 "notify sends nothing"
unread_stderr=
is "nobody was told against the decision" "$(sent silent)" 0
stdout_has "it says whose decision, and the command" "Li Na decided not to notify (contract, nobody can read it)" \
    "next: breach record silent/playbook.yaml decision revoke 1"
run "$breach" notify silent/playbook.yaml --dry-run
stderr_has "a rehearsal says so, too" "decision 1 (not-notify, contract) keeps notices to everybody back"
run "$breach" obligations silent/playbook.yaml file contract/first --at $at --by "Li Na" --channel email --reason "asleep"
unread_stderr=
run "$breach" close silent/playbook.yaml --by "Li Na" --reason "nobody is to be told"
exits 0 "nobody is waited for who is not to be told"
run "$breach" close silent/playbook.yaml --reopen --by "Li Na" --reason "the key was found"
record silent affected --likely 1300000 --reason "more were found"
run "$breach" notify silent/playbook.yaml --yes --expect-digest "$plan" --patience PT1S
is "one that is to be taken again still keeps them" "$status $(sent silent)" "75 0"
unread_stderr=
record silent decision revoke 1 --by "Li Na" --reason "the key was found"
exits 0 "revoke it"
unread_stderr=
run "$breach" notify silent/playbook.yaml --yes --expect-digest "$plan"
is "then everybody is told who should be" "$status $(sent silent)" "0 3"
unread_stderr=
record silent anchor awareness --at 2026-11-21T22:40:00+08:00 --by "Li Na" --reason "the first message was noise"
stderr_has "time that is gained by a later anchor is said" "warning: awareness moves later by" "authorities ask why"

# Response steps -------------------------------------------------------------------------------------------------------
relay gate
prepare gate actual "response:" "  - {id: contain, kind: contain, owner: on-call, gate: true}" \
    "  - {id: report-it, kind: report, owner: counsel, title: {en: tell the customer}}"
run "$breach" plan gate/playbook.yaml
unread_stderr=
plan=$(digest)
run "$breach" notify gate/playbook.yaml --yes --expect-digest "$plan"
exits 75 "notices wait for a step"
stderr_has "it says for which, and what to type" "wait until the response step contain is started (on-call sees to it)" \
    "breach record gate/playbook.yaml response contain --outcome started" "nothing was sent"
is "nobody was told" "$(sent gate)" 0
run "$breach" notify gate/playbook.yaml --dry-run
exits 75 "so does a rehearsal"
stderr_has "with its own words" "breach record gate/playbook.yaml --dry-run response contain" "nothing was sent"
for wrong in "response|64|which response" "response contain --at $at --by W|64|--outcome started or --outcome done" \
    "response contain --outcome started --at $at|64|who?" "response mend --outcome done --at $at --by W|65|it has contain, report-it" \
    "response contain --outcome started --by W|65|when?"; do
    # shellcheck disable=SC2086
    record gate ${wrong%%|*}
    rest=${wrong#*|}
    exits "${rest%%|*}" "refused: ${wrong%%|*}"
    stderr_has "it says why" "${rest#*|}"
done
record gate response contain --outcome started --at $at --by "Wang Wei" --json
exits 0 "it is started"
keeps_schema record_case
record gate response contain --outcome=done --at 2026-11-21T22:09+08:00 --by "Wang Wei"
exits 65 "done before it was started"
stderr_has "it says so" "cannot be done before it was started"
run "$breach" notify gate/playbook.yaml --yes --expect-digest "$plan"
is "that it is started is enough" "$status $(sent gate)" "0 3"
unread_stderr=
run "$breach" status gate/playbook.yaml --json
unread_stderr=
keeps_schema status
run "$breach" status gate/playbook.yaml
unread_stderr=
stdout_has "with their titles and times as they were written" "contain: " "; started since 2026-11-21 22:10 +08:00, Wang Wei" "report-it: tell the customer"
run "$breach" status gate/playbook.yaml --json
unread_stderr=
is "status shows the steps" "$(json "$out" '$.case.response[0].state') $(json "$out" '$.case.response[1].state')" "started open"

# A policy may ask for the same, and say by when whoever asks is answered ----------------------------------------------
relay policy
prepare policy actual "policies: [promised]" "response:" "  - {id: stop-it, kind: contain, owner: on-call, gate: true}"
mkdir -p policy/policies
cat >policy/policies/promised.yaml <<'END'
version: 1
id: promised
name: what we promise
applies_to: {capacities: [self], customer_data: false}
promises:
  - {id: response, kind: response, text: we stop the leak before we write, steps: [contain], gate: contain}
  - {id: answer, kind: inquiries, text: we answer within 15 days, inquiries: {deadline: P15D}}
END
run "$breach" plan policy/playbook.yaml
exits 0 "planned under a policy"
unread_stderr=
plan=$(digest)
run "$breach" notify policy/playbook.yaml --yes --expect-digest "$plan"
exits 75 "notices wait for the step that the policy asks for"
stderr_has "it says for which" "wait until the response step stop-it is started" "nothing was sent"
record policy response stop-it --outcome started --at $at --by "Wang Wei"
run "$breach" notify policy/playbook.yaml --yes --expect-digest "$plan"
is "then they go" "$status $(sent policy)" "0 3"
unread_stderr=
record policy inquiry --outcome received --at $at --by "Zhao Min" --json
is "the policy's time to answer" "$(json "$out" '$.due')" "2026-12-06T23:59:59+08:00"

# Inquiries ------------------------------------------------------------------------------------------------------------
record gate inquiry --outcome received --at $at --by "Zhao Min" --json
exits 0 "somebody asked"
keeps_schema record_case
is "without a rule nothing is due" "$(json "$out" '$.subject') $(json "$out" '$.state') $(json "$out" '$.due')" "inquiry-1 open "
prepare asked actual "inquiries: {deadline: P15D, from: verified, extension: P30D}"
record asked inquiry ticket-77 --outcome received --kind report --at 2026-11-19T10:00+08:00 --by "Zhao Min"
exits 0 "somebody told us of a leak"
stderr_has "it asks whether this is when we became aware" "is this when you became aware?" \
    "anchor awareness --at 2026-11-19T10:00:00+08:00"
stdout_has "its clock has not started" "its clock starts when it is known who asks"
record asked inquiry ticket-77 --outcome verified --at 2026-11-20T10:00+08:00 --by "Zhao Min" --json
is "15 days after that" "$(json "$out" '$.due')" "2026-12-05T23:59:59+08:00"
record asked inquiry ticket-77 --outcome extended --at 2026-11-21T10:00+08:00 --by "Zhao Min" --reason "many files" --json
is "30 more" "$(json "$out" '$.due')" "2027-01-04T23:59:59+08:00"
for wrong in "inquiry ticket-77 --outcome received --at $at --by W|65|one of this id already" "inquiry ticket-9 --outcome answered --at $at --by W|65|no inquiry ticket-9" \
    "inquiry --outcome answered --at $at --by W|64|which inquiry" "inquiry ticket-77 --outcome verified --at $at --by W|65|it was before" \
    "inquiry ann@example.org --outcome received --at $at --by W|64|nobody's name or address" "inquiry --outcome asked --at $at --by W|64|add --outcome received" \
    "inquiry ticket-77 --outcome extended --at $at --by W|64|why?" "inquiry ticket-77 --outcome answered --at 2026-11-18T10:00+08:00 --by W|65|before it was received"; do
    # shellcheck disable=SC2086
    record asked ${wrong%%|*}
    rest=${wrong#*|}
    exits "${rest%%|*}" "refused: ${wrong%%|*}"
    stderr_has "it says why" "${rest#*|}"
done
run env BREACH_CLOCK=2027-02-01T00:00:00Z "$breach" status asked/playbook.yaml
unread_stderr=
stdout_has "an overdue one stands in status" "INQUIRY ticket-77 is overdue since"
record asked inquiry ticket-77 --outcome answered --at $at --by "Zhao Min"
stdout_has "answered" "ticket-77: answered"

# Several desks at once: nobody's inquiry takes the number of another's
prepare desks actual
for i in 1 2 3 4 5 6 7 8; do
    "$breach" record desks/playbook.yaml inquiry --outcome received --at $at --by "desk $i" >"desk.$i" 2>&1 &
    desks[i]=$!
done
failed=0
for i in 1 2 3 4 5 6 7 8; do wait "${desks[i]}" || failed=$((failed + 1)); done
is "eight at once are eight" "$failed $(recorded desks "count(DISTINCT json_extract(body, '\$.id')) FROM event WHERE kind = 'inquiry'")" "0 8"

prepare working actual "inquiries: {deadline: P15D, count: business, calendar: cn}"
record working inquiry --outcome received --at $at --by "Zhao Min" --json
is "working days of China" "$(json "$out" '$.due')" "2026-12-11T23:59:59+08:00"
prepare short actual "inquiries: {deadline: P15D, count: business, calendar: own}"
mkdir -p short/calendars
sed -e 's/^id: cn$/id: own/' -e '/^  "2026":/,$d' "$source/playbooks/calendars/cn.yaml" >short/calendars/own.yaml
record short inquiry --outcome received --at $at --by "Zhao Min"
exits 0 "a calendar without the year"
stdout_has "is no guess" "the calendar has no working days of 2026"
run "$breach" obligations short/playbook.yaml
stdout_has "and is no reason to show none" "lacks a time" "inquiry/inquiry-1: answer whoever asked (inquiry-1)" \
    "what decides: the working days of 2026, which the calendar of inquiries does not have"
unread_stderr=

# Am I affected? -------------------------------------------------------------------------------------------------------
relay find --keep "$work/find.d"
prepare find actual
{
    echo id,name,locale,email,phone,data_kinds
    echo 'p1,Zhang Wei,zh-CN,Zhang.Wei@example.org,,email'
    echo 'p2,Ann Lee,en,ann@example.org;lee@example.org,+86 138 0013 8000,'
    echo 'p3,Bob Lee,zh-CN,bob@example.org,+33 6 12 34 56 78,'
} >find/people.csv
run "$breach" plan find/playbook.yaml
unread_stderr=
plan=$(digest)
run "$breach" notify find/playbook.yaml --yes --expect-digest "$plan"
unread_stderr=
find_it() { run "$breach" find find/playbook.yaml "$@"; }
find_it --email zhang.wei@EXAMPLE.org
exits 0 "found by an address, however it is written"
stdout_has "which kinds, what was sent, and what to say in their language" "affected; data: email" "email: accepted since" \
    "您报出的邮箱或号码发出通知" "next: breach record find/playbook.yaml inquiry"
ok "neither name nor address" test "$(grep -ci 'zhang\|example\.org' "$out")" = 0
find_it --phone "+8613800138000"
exits 0 "found by a telephone number"
stdout_has "what was sent to another address is nothing for a caller who knows this one" "email: accepted since" \
    "I find no notice that reached the address"
find_it --phone "+33612345678"
exits 0 "found by one that the people file parts in twos"
stdout_lacks "the caller learns nothing of it" "We sent a notice"
stdout_has "nor of the language of whoever has it" "I find no notice that reached the address"
find_it --email ann@example.org
stdout_has "whoever knows the address that was written to hears of the notice" "We sent a notice about a data breach"
find_it --email lee@example.org --json
exits 0 "found by the second address"
keeps_schema find
is "one person" "$(json "$out" '$.people[0].person') $(json "$out" '$.people[0].told') $(json "$out" '$.people[1]')" "p2 1 "
number=$(text_of "$(message_to find.d ann@example.org)" text/plain | grep -oE '[0-9]{4} [0-9]{4} [0-9]{4} [0-9]{4}' | head -n 1)
find_it --number "${number// /-}" --json
exits 0 "found by the number of the notice"
is "the same person" "$(json "$out" '$.people[0].person')" p2
find_it --email nobody@example.org
exits 1 "not found"
stdout_has "what to say then" "not found: nobody in this incident has it" "I find no notice that reached the address"
for wrong in "|64|who? one of" "--email a@example.org --phone +8613800138000|64|who? one of" "--email example.org|65|--email" \
    "--phone 12|65|--phone" "--number 1234|65|is no notice number"; do
    # shellcheck disable=SC2086
    find_it ${wrong%%|*}
    rest=${wrong#*|}
    exits "${rest%%|*}" "refused: find ${wrong%%|*}"
    stderr_has "it says why" "${rest#*|}"
done
is "each look-up is recorded" "$(recorded find "count(*) FROM event WHERE kind = 'lookup'")" 7
is "what was looked for only as a hash" "$(recorded find "count(*) FROM event WHERE body LIKE '%example.org%' OR body LIKE '%1380013%' OR body LIKE '%6123456%'")" 0

# Closing --------------------------------------------------------------------------------------------------------------
close() { run "$breach" close "$1/playbook.yaml" "${@:2}"; }
close gate
exits 64 "close without a name"
stderr_has "it asks for it" "who?"
close gate --by "Li Na" --reason "over" --json
exits 1 "close while something is open"
keeps_schema close
is "it lists what" "$(json "$out" '$.closed') $(json "$out" '$.open[0].id')" "0 contract/first"
close gate --by "Li Na" --reason "over"
stdout_has "each with its command" "contract/first" "breach obligations gate/playbook.yaml file contract/first" "inquiry inquiry-1 is open" \
    "response step report-it (tell the customer) is open" "next: breach"
run "$breach" obligations gate/playbook.yaml file contract/first --at $at --by "Li Na" --channel email --reason "asleep"
unread_stderr=
exits 0 "the report is filed"
decide gate not-notify --ground "told by us" --scope step:people
exits 0 "the step for people is decided"
unread_stderr=
record gate inquiry inquiry-1 --outcome answered --at 2026-11-21T23:00+08:00 --by "Zhao Min"
for step in contain report-it; do record gate response $step --outcome=done --at 2026-11-21T23:00+08:00 --by "Wang Wei"; done
close gate --by "Li Na" --reason "all is done" --json
exits 0 "close when nothing is open"
keeps_schema close
is "it is closed" "$(json "$out" '$.closed')" 1
close gate --by "Li Na" --reason "again"
stdout_has "again is none" "it is closed already"
for command in "plan gate/playbook.yaml" "notify gate/playbook.yaml --yes --expect-digest $plan"; do
    # shellcheck disable=SC2086
    run "$breach" $command
    exits 65 "${command%% *} of a closed case"
    stderr_has "it says how to open it" "the case was closed by Li Na: all is done" "breach close gate/playbook.yaml --reopen" \
        "nothing was"
done
for words in "affected --likely 3 --reason recounted" "anchor awareness --at 2026-11-20T09:45+08:00 --by Li --reason later" \
    "variable risk high --reason judged" "inquiry --outcome received --at 2026-11-20T10:00+08:00 --by Li"; do
    # shellcheck disable=SC2086
    record gate $words
    exits 65 "${words%% *} of a closed case"
    stderr_has "it says how to open it" "--reopen"
done
is "nothing of it was recorded" "$(recorded gate "kind FROM event ORDER BY no DESC LIMIT 1")" closed
run "$breach" status gate/playbook.yaml
unread_stderr=
stdout_has "status says it" "CLOSED: the case was closed at"
close gate --reopen --by "Li Na" --reason "a letter came"
exits 0 "open it again"
run "$breach" plan gate/playbook.yaml
exits 0 "then it goes on"
unread_stderr=
is "all of it is in the record" "$(recorded gate "group_concat(json_extract(body, '\$.state'), ' ') FROM event WHERE kind = 'closed'")" \
    "closed reopened"

# What is published reaches those whom an authority wants to be told later, and nothing is published of a closed case ---
prepare public actual "announcement: {gateway: site, when: always, $public}"
site_gateway >public/gateways/site.yaml
echo "  - {id: police, name: report to the police, to: police, standard: promptly, from: awareness, count: none, cond: crime_suspected == 'true', reference: clause 10, confidence: confirmed}" \
    >>public/regimes/contract.yaml
decide public delay --ground police --scope everybody --authority BKA --document order.txt --until "$(in_seconds 600)"
exits 0 "nobody is to be told yet"
plan public
unread_stderr=
confirmed public
exits 75 "so nothing is published"
stderr_has "it says until when, and what ends it" "an authority asked that nobody be told before" \
    "breach record public/playbook.yaml decision revoke 1" "nothing was published"
record public decision revoke 1 --by "Li Na" --reason "the police has finished"
decide public delay --ground police --scope region:de --authority BKA --document order.txt --until "$(in_seconds 600)"
unread_stderr=
confirmed public
exits 0 "some are to be told later"
stderr_has "that the public is everybody is said" "an authority asked that region:de be told later (decision 2)"
decide public not-notify --ground "nobody can read it" --scope everybody
unread_stderr=
confirmed public
stderr_has "nobody is to be told, and the public is everybody" "by decision 1 (contract) nobody is to be told" \
    "an authority asked that region:de be told later (decision 2)"
unread_stderr=

# Whoever could not be reached does not keep a case open
relay alone
prepare alone actual
printf 'id,name,locale,email\np1,Ann,en,p1@example.org\np2,Ben,en,\n' >alone/people.csv
sends alone --patience PT1S
exits 1 "one of two cannot be reached"
unread_stderr=
run "$breach" obligations alone/playbook.yaml file contract/first --at $at --by "Li Na" --channel email --reason "asleep"
unread_stderr=
run "$breach" obligations alone/playbook.yaml file contract/people --at $at --by "Li Na" --channel email
unread_stderr=
close alone --by "Li Na" --reason "over"
exits 0 "closed"
unread_stderr=
stdout_has "it says how many were not reached, and how to list them" \
    "closed: nothing is open, but people who could not be reached: 1" "breach status alone/playbook.yaml --list unreachable"

prepare shut actual "announcement: {gateway: site, when: always, $public}"
site_gateway >shut/gateways/site.yaml
cp public/regimes/contract.yaml shut/regimes/
run "$breach" obligations shut/playbook.yaml file contract/first --at $at --by "Li Na" --channel email --reason "asleep"
unread_stderr=
decide shut not-notify --ground "told by us" --scope step:people
unread_stderr=
close shut --by "Li Na" --reason "over"
exits 1 "what perhaps applies is open"
stdout_has "it says what decides" "contract/police" "breach record shut/playbook.yaml variable crime_suspected VALUE"
record shut variable crime_suspected false --by "Li Na" --reason "a lost disk"
close shut --by "Li Na" --reason "over"
exits 0 "decided and closed"
confirmed shut
exits 65 "announce of a closed case"
stderr_has "it says how to open it" "the case was closed by Li Na: over" "nothing was published"

done_testing
