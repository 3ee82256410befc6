#!/usr/bin/env bash
# Ctrl-C, SIGTERM and SIGHUP in the middle: what is on the wire is awaited and recorded, and nothing is in doubt. A second one
# stops at once, and the next run sorts it out.
# shellcheck disable=SC2119  # the functions of crash.sh have optional arguments
. "$(dirname "${BASH_SOURCE[0]}")/crash.sh"

stops=0

is_running() {
    kill -0 "$breach_pid" 2>/dev/null
}

# wait_taken N: until the relay has taken N messages
wait_taken() {
    local tries
    for ((tries = 0; tries < 6000; tries++)); do
        if [ "$(taken)" -ge "$1" ] || ! is_running; then break; fi
        sleep 0.01
    done
    [ "$(taken)" -ge "$1" ] || problem "the relay took only $(taken) of $1 messages"
    is_running || problem "notify ended before it could be stopped"
}

# handing_over: notify runs until it waits for the answer about a message that the relay, after the first 30, never gives
handing_over() {
    local tries
    rm -f points
    BREACH_FAULT_LOG=$work/points launch notify
    wait_taken 30
    for ((tries = 0; tries < 6000; tries++)); do
        [ "$(begun)" -le 30 ] || return 0
        sleep 0.01
    done
    problem "only $(begun) messages were begun"
}

begun() {
    grep -cx sender_handing_over_after points
}

# first_signal SIGNAL: sent, and seen by breach
first_signal() {
    local tries
    kill -s "$1" "$breach_pid"
    for ((tries = 0; tries < 6000; tries++)); do
        grep -qE '^(SigPnd|ShdPnd):.*[1-9a-f]' "/proc/$breach_pid/status" || break
        sleep 0.01
    done
    sleep 0.5 # in which it could end
    is_running || problem "it did not wait for what was on the wire"
}

# stopped_with TEXT: the run that was stopped
stopped_with() {
    launched_ends
    stops=$((stops + 1))
    want "exit of a stopped run" "$status" 75
    want "stderr of a stopped run" "$(said)" "breach: $1"
}

asked="stopped as asked: everything that was on the wire is recorded"
at_once="stopped at once: what was on the wire is sorted out by the next breach notify"

# once SIGNAL
once() {
    local before
    case_begin
    begin 'dot delay 20ms'
    launch notify
    wait_taken 20
    kill -s "$1" "$breach_pid"
    stopped_with "$asked"
    want "how it ended" "$(json "$out" '$.end')" stopped
    want "messages on their way" "$(json "$out" '$.messages.attempting')" 0
    want "messages in doubt" "$(json "$out" '$.messages.in_doubt')" 0
    want "messages accepted in the ledger" "$(json "$out" '$.messages.accepted')" "$(taken)"
    want "slot files left behind" "$(cd "$state" && ls -d slots-* 2>/dev/null)" ""
    [ "$(taken)" -lt 200 ] || problem "everybody was told before it was stopped"
    before=$(taken)
    goes_on
    [ "$(taken)" -gt "$before" ] || problem "the next run sent nothing"
    want "doubts found by the next run" "$recovered" 0
    sends_nothing
    sink_stop
    judge 0
    want "messages sent twice" "$duplicates" 0
    case_end "SIG$1 after $before of 200"
}

# twice SIGNAL SIGNAL: the relay does not answer any more after the first 30
twice() {
    case_begin
    begin 'dot delay 10min skip=30'
    handing_over
    first_signal "$1"
    kill -s "$2" "$breach_pid"
    stopped_with "$at_once"
    want "how it ended" "$(json "$out" '$.end')" abandoned
    want "messages taken" "$(taken)" 30
    sink_instead
    goes_on
    within "doubts" "$recovered" 1 "$connections"
    sends_nothing
    sink_stop
    judge
    want "doubts in the ledger" "$doubts" "$recovered"
    case_end "SIG$1 and SIG$2 while the relay is silent: $doubts doubts"
}

incident 200
for signal in INT TERM HUP; do once "$signal"; done
twice INT INT
twice HUP TERM

# Killed while it waits for what is on the wire
case_begin
begin 'dot delay 10min skip=30'
handing_over
first_signal INT
kill -KILL "$breach_pid"
launched_ends
want "exit of a killed run" "$status" 137
all_kills=$((all_kills + 1))
sink_instead
goes_on
within "doubts" "$recovered" 1 "$connections"
sends_nothing
sink_stop
judge
case_end "SIGINT and then SIGKILL while the relay is silent: $doubts doubts"

# Stopped while it only waits for what is due later
case_begin
gateway_more="retry_after: PT5M"
begin 'rcpt to=p001*@people.test reply "451 4.7.1 not now"'
launch notify
wait_taken 100
kill -s INT "$breach_pid"
stopped_with "$asked"
want "messages put off" "$(json "$out" '$.messages.deferred')" 100
want "messages on their way" "$(json "$out" '$.messages.attempting')" 0
before=$(taken)
notify --patience PT0S
want "exit of a run without patience" "$status" 75
want "messages of a run without patience" "$(taken)" "$before"
sink_stop
judge_open 0
want "messages sent twice" "$duplicates" 0
case_end "SIGINT while it waits for what is due later"

totals "$stops stops"
done_testing
