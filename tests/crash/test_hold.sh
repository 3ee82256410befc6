#!/usr/bin/env bash
# breach hold, lift and a notify that moves messages aside die at every point of their own; what was asked for is kept or can
# be asked for again, nothing that is held is sent, and in the end everybody is told once.
# shellcheck disable=SC2119  # the functions of crash.sh have optional arguments
. "$(dirname "${BASH_SOURCE[0]}")/crash.sh"

people=30

# steer COMMAND...: breach hold or lift, with its exit in $status
steer() {
    invoke "$breach" "$1" "$playbook" "${@:2}" --reason "a crash"
}

# held: how many holds the ledger has, and the entries that wait
held() {
    sqlite3 "$state/ledger.db" "SELECT (SELECT count(*) FROM hold) || ' ' || (SELECT count(*) FROM inbox)"
}

# point_of NAME FILE: the number of the first point of that name
point_of() {
    grep -nxF "$1" "$2" | head -n 1 | sed 's/:.*//'
}

incident "$people"

# What each command passes
begin
BREACH_FAULT_LOG=$work/hold.points steer hold --domain people.test
is "hold without a kill" "$status $(held)" "0 1 0"
BREACH_FAULT_LOG=$work/lift.points steer lift --domain people.test
is "lift without a kill" "$status $(held)" "0 0 0"
sink_stop

# Killed at each of them: either nothing was asked for, or it counts by the next command at the latest
for point in $(seq 1 "$(grep -c '' hold.points)"); do
    name=$(sed -n "${point}p" hold.points)
    begin
    case_begin
    BREACH_FAULT_DIE=$point steer hold
    want "it died" "$((status > 128))" 1
    before=$(held)
    notify --patience PT1S
    unread_stderr=
    if [ "$before" = "0 0" ]; then
        want "nothing was held" "$status $(taken)" "0 $people"
    else
        want "exit of notify" "$status" 75
        want "nothing was sent" "$(taken)" 0
        want "the hold" "$(held)" "1 0"
        steer lift
        want "exit of lift" "$status" 0
        notify
        want "then everybody is told" "$status $(taken)" "0 $people"
    fi
    sink_stop
    judge
    case_end "hold killed at $point, $name"
done

# A notify that sets messages aside dies on the way; the next goes on, and the lift lets all of them go
begin
steer hold --domain people.test
BREACH_FAULT_LOG=$work/moving notify --patience PT1S
unread_stderr=
ok "messages are set aside" grep -qx queue_moved moving
sink_stop
first=$(point_of queue_moved moving)
for point in "$first" $((first + 7)) $((first + people - 1)) $((first + people + 1)); do
    begin
    steer hold --domain people.test
    case_begin
    BREACH_FAULT_DIE=$point notify --patience PT1S
    want "it died" "$((status > 128))" 1
    notify --patience PT1S
    want "exit while held" "$status" 75
    want "nothing was sent" "$(taken)" 0
    steer lift --domain people.test
    notify
    want "exit when lifted" "$status" 0
    unread_stderr=
    sink_stop
    judge
    case_end "notify killed at $point, setting aside"
done
done_testing
