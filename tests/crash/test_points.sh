#!/usr/bin/env bash
# breach notify dies at every fault point that it passes, goes on, and is asked once more; then it dies during recovery too.
# shellcheck disable=SC2119  # the functions of crash.sh have optional arguments
. "$(dirname "${BASH_SOURCE[0]}")/crash.sh"

points_most=400 # without BREACH_LONG: more than these are thinned out
people=40
[ -z "${BREACH_LONG-}" ] || people=150
tried=0
missed=0

# names DIRECTORY...: the fault points that stand in the source
names() {
    grep -rhoE 'fault_point\("[^"]+"\)' "$@" | sed 's/.*("//; s/").*//' | sort -u
}

# looked: status right after a kill; the sum must hold there, too
looked() {
    read_status
    want "exit of status after the kill" "$status" 0
    want "people of status after the kill" "$(sqlite3 :memory: "SELECT sum(CASE key WHEN 'total' THEN -value ELSE value END)
        FROM json_each(readfile('$out'), '\$.people')")" 0
}

# thinned N NAMED: every point of 1..N, or if there are too many the first, the second and the last of each name (the lines
# of the file NAMED) and an even spread
thinned() {
    if [ "$1" -le "$points_most" ] || [ -n "${BREACH_LONG-}" ]; then
        seq 1 "$1"
        return
    fi
    { awk '{ n[$0]++; if (n[$0] <= 2) print NR; last[$0] = NR } END { for (name in last) print last[name] }' "$2"
        seq 1 $(($1 / 200 + 1)) "$1"; } | sort -nu
}

# killed_once POINT
killed_once() {
    case_begin
    begin
    dies "$1" notify || missed=$((missed + 1))
    [ $(($1 % 4)) != 1 ] || looked
    goes_on
    within "doubts" "$recovered" 0 "$connections"
    sends_nothing
    sink_stop
    judge
    want "doubts in the ledger" "$doubts" "$recovered"
    tried=$((tried + 1))
    case_end "killed at $1, $(tail -n 1 points)"
}

# killed_twice FIRST SECOND: the run that goes on dies as well, and with every third SECOND so does the one after it
killed_twice() {
    local reached=0
    case_begin
    begin
    dies "$1" notify || problem "not killed at $1"
    dies "$2" notify || reached=1
    if [ $(($2 % 3)) = 0 ]; then dies "$2" notify || reached=1; fi
    goes_on
    sends_nothing
    sink_stop
    judge
    tried=$((tried + 1))
    missed=$((missed + reached))
    case_end "killed at $1 and then at $2, $(tail -n 1 died)"
}

# first NAME K: the number of the K-th point of that name in the clean run
nth() {
    grep -nxF "$1" clean | sed -n "$2"'s/:.*//p'
}

incident "$people"
case_begin
begin
BREACH_FAULT_LOG=$work/clean notify
want "exit of a run without a kill" "$status" 0
sink_stop
judge
want "doubts without a kill" "$doubts" 0
case_end "without a kill everybody is told once"
count=$(grep -c '' clean || true)
ok "more than 30 points are passed" [ "$count" -gt 30 ]

while IFS= read -r point; do
    killed_once "$point"
done < <(thinned "$count" clean)
single=$tried

# A run that dies with messages in every phase leaves something to recover; that run's points up to the first message are
# where the next ones die
at=$(nth sender_replied_after 12)
begin
dies "$at" notify
BREACH_FAULT_LOG=$work/recovering goes_on
sink_stop
last=$(grep -nxF slots_created recovering | sed 's/:.*//')
for first in "$(nth ledger_commit_after 2)" "$(nth sender_handing_over_after 9)" "$(nth smtp_handing_over_after 20)" \
    "$(nth sender_replied_before 15)" "$at"; do
    for second in $(seq 1 $((last + 3))); do
        killed_twice "$first" "$second"
    done
done

# Points of other commands are those of planning (test_plan.sh), of the ladder (test_climb.sh), of holds (test_hold.sh),
# of announcements (test_announce.sh), of letters (test_letter.sh), of the case (test_case.sh and tests/cli), of mail that came
# back (test_track.sh), of packs (tests/cli/test_evidence.sh) and of the inbox
names "$source"/src | grep -vE '^(plan_.*|inbox_.*|hold_.*|queue_.*|wave_.*|ladder_.*|announce_.*|publication_.*|hand_over_.*|case_.*|filing_.*|decision_.*|record_.*|returned_.*|pack_.*)$' >wanted
is "every point of notify was passed" "$(sort -u clean recovering)" "$(cat wanted)"
is "every point of notify was died at" "$(sort -u died)" "$(cat wanted)"
is "no command passes the point of the inbox" "$(grep -rl 'inbox_append(' "$source/src" --include='*.c' | xargs -n1 basename)" inbox.c
ok "the kills left doubts, answers in slots, and messages that had not left" \
    [ $((all_doubts > 0 && all_settled > 0 && all_returned > 0)) = 1 ]
ok "the relay took some of the doubtful ones twice" [ "$all_duplicates" -gt 0 ]
ok "at least 60 points were tried" [ "$single" -ge 60 ]
# How many commits there are depends on the machine, so a clean run may have had some points more
ok "most runs got to their point" [ $((missed * 4)) -le "$tried" ]
totals "$count points in a clean run, $tried tried ($missed not reached), $((tried - single)) of them twice or more; $all_kills kills"
done_testing
