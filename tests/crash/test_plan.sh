#!/usr/bin/env bash
# breach plan dies at every fault point and at random instants: the first plan, and planning again for other people when part
# of the first ones has been told and the run was killed. Either the old plan is there or the new one.
# shellcheck disable=SC2119  # the functions of crash.sh have optional arguments
. "$(dirname "${BASH_SOURCE[0]}")/crash.sh"

random_kills=12
[ -z "${BREACH_LONG-}" ] || random_kills=150
seed=${BREACH_SEED:-$((SRANDOM % 1000000))}
echo "# seed $seed"
RANDOM=$seed
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

# peek_shape: of what a kill left behind, which stays as it is
peek_shape() {
    peek "SELECT 1" >peeked
    shape peek
}

# same_shape WHAT FILE FILE
same_shape() {
    cmp -s "$2" "$3" || problem "$1 differ: $(diff "$2" "$3" | cut -c 1-200 | head -n 10)"
}

not_damaged() {
    want "damage" "$(query "PRAGMA integrity_check")" ok
}

# shellcheck disable=SC2317  # called by its name
# dies_soon: plan, killed at a random instant, unless it was faster
dies_soon() {
    launch plan
    sleep "0.$(printf "%03d" $((RANDOM % 90)))"
    kill -KILL "$breach_pid" 2>/dev/null || true
    launched_ends
    [ "$status" = 0 ] || want "exit of a killed plan" "$status" 137
    all_kills=$((all_kills + 1))
}

# A first plan ---------------------------------------------------------------------------------------------------------

# first_left: what the kill left, which is a whole plan or none
first_left() {
    if [ -f "$state/ledger.db" ]; then
        new_left=$((new_left + 1))
        want "messages of the plan that is there" "$(query "SELECT count(*) FROM message")" "$people"
        not_damaged
        return
    fi
    old_left=$((old_left + 1))
    read_status
    want "exit of status without a plan" "$status" 65
    want_line "status without a plan" "$err" "type breach plan $playbook"
    digest=none
    notify
    want "exit of notify without a plan" "$status" 65
    want_line "notify without a plan" "$err" "type breach plan $playbook"
}

# first_plan NAME KILL...: KILL is the command that plans and dies
first_plan() {
    local name=$1
    shift
    case_begin
    rm -rf "$state"
    sink_start
    "$@" || problem "not killed"
    first_left
    plan
    want "exit of planning again" "$status" 0
    want "stderr of planning again" "$(said)" ""
    digest=$(digest_of_plan)
    goes_on
    sends_nothing
    sink_stop
    judge
    want "doubts" "$doubts" 0
    tried=$((tried + 1))
    case_end "first plan, killed $name"
}

# Planning again -------------------------------------------------------------------------------------------------------

# partly_told: a run that was killed when it had told some; then every tenth is gone from the file, among them some who have
# been told and some who have not, and others have come
partly_told() {
    people_file 1 "$people" >people.csv
    begin
    dies 500 notify || problem "not killed while sending"
    { people_file 1 "$people" | awk 'NR == 1 || NR % 10 != 3'; people $((people + 1)) $((people + 25)); } >people.csv
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
    within "messages that are held" "$held" 0 "$connections"
    notify
    want "exit of notify" "$status" "$after"
    read_recovery json
    want "messages left to be recovered after planning" "$recovered" 0
    want "messages to people who are gone" "$(sent_to_gone)" "$before"
    before=$(taken)
    notify
    want "exit of one more notify" "$status" "$after"
    want "messages after one more notify" "$(taken)" "$before"
    sink_stop
    judge
}

# second_left OLD: the kill left the old plan, with digest OLD, or a new one; neither is sent unasked
second_left() {
    local before
    before=$(taken)
    not_damaged
    notify
    if cmp -s before now; then
        old_left=$((old_left + 1))
        want "exit of notify with the old plan" "$status" 65
        want_line "notify with the old plan" "$err" "changed since the plan: $work/people.csv"
    else
        new_left=$((new_left + 1))
        want "exit of notify with the new plan and the old digest" "$status" 77
        want_line "notify with the new plan and the old digest" "$err" "not $1: somebody planned again"
    fi
    want "messages sent" "$(taken)" "$before"
}

# second_plan NAME KILL...
second_plan() {
    local name=$1 old
    shift
    case_begin
    partly_told
    old=$digest
    peek_shape >before
    "$@" || problem "not killed"
    shape >now
    second_left "$old"
    plan
    want "exit of planning again" "$status" 0
    read_recovery
    digest=$(digest_of_plan)
    shape >again
    cmp -s before now || same_shape "the plan that the kill left and the same once more" now again
    [ "$digest" != "$old" ] || problem "other people, and the digest is the same"
    told_anew
    tried=$((tried + 1))
    case_end "planned again, killed $name"
}

# names EXPRESSION: the fault points of the source whose names match
names() {
    grep -rhoE 'fault_point\("[^"]+"\)' "$source/src" | sed 's/.*("//; s/").*//' | grep -E "$1" | sort -u
}

people=230
incident "$people"
case_begin
sink_start
BREACH_FAULT_LOG=$work/points_first plan
want "exit of a plan without a kill" "$status" 0
sink_stop
case_end "a plan without a kill"
first_count=$(grep -c '' points_first || true)
for ((point = 1; point <= first_count; point++)); do
    first_plan "at $point, $(sed -n "${point}p" points_first)" dies "$point" plan
done
is "only the last point came after the plan" "$old_left $new_left" "$((first_count - 1)) 1"

case_begin
partly_told
BREACH_FAULT_LOG=$work/points_again plan
want "exit of planning again without a kill" "$status" 0
digest=$(digest_of_plan)
told_anew
case_end "planning again without a kill"
again_count=$(grep -c '' points_again || true)
old_left=0
new_left=0
for ((point = 1; point <= again_count; point++)); do
    second_plan "at $point, $(sed -n "${point}p" points_again)" dies "$point" plan
done
is "only the last point came after the new plan" "$old_left $new_left" "$((again_count - 1)) 1"

names '^plan_' >wanted
is "every point of planning was passed" "$(sort -u points_first points_again | grep '^plan_')" "$(cat wanted)"
is "every point of planning was died at" "$(grep '^plan_' died | sort -u)" "$(cat wanted)"

people=1000
old_left=0
new_left=0
for ((kill = 1; kill <= random_kills; kill++)); do second_plan "at a random instant, $kill" dies_soon; done
totals "seed $seed, $first_count points of a first plan, $again_count of planning again, $random_kills random kills ($new_left with the new plan, $old_left with the old one), $tried tried; $all_kills kills"
done_testing
