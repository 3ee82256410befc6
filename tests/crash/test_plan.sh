#!/usr/bin/env bash
# breach plan dies at every fault point: the first plan, and planning again for other people when part of the first ones has
# been told and the run was killed. Either the old plan is there or the new one.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "${BASH_SOURCE[0]}")/crash.sh"

tried=0
old_left=0
new_left=0

# shape [FOLDER]: what a plan consists of, without numbers that only order, times that only tell when, and what became of the
# messages
shape() {
    query "SELECT key, value FROM header WHERE key NOT IN ('planned_at', 'generation') ORDER BY key;
        SELECT id, place, data, removed FROM person ORDER BY 1, 2;
        SELECT p.id, a.name, n.aside, r.name FROM notice n JOIN person p ON p.no = n.person JOIN label a ON a.no = n.audience
            LEFT JOIN label r ON r.no = n.reason ORDER BY 1, 2;
        SELECT m.id, p.id, m.endpoint, t.locale, t.body FROM message m JOIN notice n ON n.no = m.notice
            JOIN person p ON p.no = n.person JOIN text t ON t.no = m.text ORDER BY 1" "$@"
}

# All is as one plan says, which everybody is then told by
plan_again_and_tell() {
    plan
    want "exit of planning again" "$status" 0
    want "stderr of planning again" "$(cat "$err")" ""
    digest=$(digest_of_plan)
    goes_on
    sends_nothing
    sink_stop
    judge
}

# first_plan POINT
first_plan() {
    case_begin
    rm -rf "$state"
    sink_start
    dies "$1" plan || problem "not killed at $1"
    if [ -f "$state/ledger.db" ]; then
        new_left=$((new_left + 1))
        want "messages of the plan that is there" "$(query "SELECT count(*) FROM message")" "$people"
        want "damage" "$(query "PRAGMA integrity_check")" ok
        digest=$(query "SELECT value FROM header WHERE key = 'digest'")
    else
        old_left=$((old_left + 1))
        read_status
        want "exit of status without a plan" "$status" 65
        want_line "status without a plan" "$err" "type breach plan $playbook"
        digest=none
        notify
        want "exit of notify without a plan" "$status" 65
        want_line "notify without a plan" "$err" "type breach plan $playbook"
    fi
    plan_again_and_tell
    want "doubts" "$doubts" 0
    tried=$((tried + 1))
    case_end "first plan, killed at $1, $(tail -n 1 died)"
}

# other_people: every tenth of the first ones is gone, some of whom have been told and some not, and others came
other_people() {
    { people_file 1 "$people" | awk 'NR == 1 || NR % 10 != 3'; people $((people + 1)) $((people + 25)); } >people.csv
}

# partly_told: a run that was killed when it had told some
partly_told() {
    people_file 1 "$people" >people.csv
    begin
    dies 500 notify || problem "not killed while sending"
    other_people
}

# sent_to_gone: how many messages went to people who are not in the file any more
sent_to_gone() {
    cut -d ' ' -f 3 "$log" | grep -cvxFf <(cut -d , -f 4 people.csv) || true
}

# told_anew: notify with the plan that is there. Those who are gone get nothing more and are not forgotten: they are withheld,
# and a doubt about one of them waits for a person
told_anew() {
    local before after=1
    before=$(sent_to_gone)
    held=$(query "SELECT count(*) FROM message WHERE state = 7 AND due IS NULL")
    [ "$held" = 0 ] || after=75
    [ "$held" -le "$connections" ] || problem "$held messages are held"
    notify
    want "exit of notify" "$status" "$after"
    read_recovery json
    want "messages left to be recovered after planning" "$recovered" 0
    want "messages to people who are gone" "$(sent_to_gone)" "$before"
    before=$(taken)
    notify
    want "exit of one more notify" "$status" "$after"
    want "messages after one more notify" "$(taken)" "$before"
}

# second_plan POINT
second_plan() {
    local before now old
    case_begin
    partly_told
    old=$digest
    before=$(peek_shape)
    dies "$1" plan || problem "not killed at $1"
    now=$(shape)
    want "damage" "$(query "PRAGMA integrity_check")" ok
    notify
    if [ "$now" = "$before" ]; then
        old_left=$((old_left + 1))
        want "exit of notify with the old plan" "$status" 65
        want_line "notify with the old plan" "$err" "changed since the plan: $work/people.csv"
    else
        new_left=$((new_left + 1))
        want "exit of notify with the new plan and the old digest" "$status" 77
        want_line "notify with the new plan and the old digest" "$err" "not $old: somebody planned again"
    fi
    plan
    want "exit of planning again" "$status" 0
    read_recovery
    digest=$(digest_of_plan)
    [ "$now" = "$before" ] || want "the plan that the kill left, and the same once more" "$now" "$(shape)"
    [ "$digest" != "$old" ] || problem "other people, and the digest is the same"
    told_anew
    sink_stop
    judge
    tried=$((tried + 1))
    case_end "planned again, killed at $1, $(tail -n 1 died)"
}

# peek_shape: of what a kill left behind, which stays as it is
peek_shape() {
    peek "SELECT 1" >peeked
    shape peek
}

# names EXPRESSION: the fault points of the source whose names match
names() {
    grep -rhoE 'fault_point\("[^"]+"\)' "$source/src" | sed 's/.*("//; s/").*//' | grep -E "$1" | sort -u
}

people=230
incident "$people"
case_begin
sink_start
BREACH_FAULT_LOG=$work/first plan
want "exit of a plan without a kill" "$status" 0
sink_stop
case_end "a plan without a kill"
first_count=$(grep -c '' first || true)
for ((point = 1; point <= first_count; point++)); do first_plan "$point"; done
is "the first plan was there after a kill, or was not" "$old_left $((new_left > 0))" "$((first_count - new_left)) 1"

case_begin
partly_told
BREACH_FAULT_LOG=$work/again plan
want "exit of planning again without a kill" "$status" 0
digest=$(digest_of_plan)
told_anew
sink_stop
judge
case_end "planning again without a kill"
again_count=$(grep -c '' again || true)
old_left=0
new_left=0
for ((point = 1; point <= again_count; point++)); do second_plan "$point"; done
is "only the last points came after the new plan" "$old_left $new_left" "$((again_count - 1)) 1"

names '^plan_' >wanted
is "every point of planning was passed" "$(sort -u first again | grep '^plan_')" "$(cat wanted)"
is "every point of planning was died at" "$(grep '^plan_' died | sort -u)" "$(cat wanted)"
totals "$first_count points of a first plan, $again_count of planning again, $tried tried; $all_kills kills"
done_testing
