#!/usr/bin/env bash
# kill -9 at random instants while breach notify is sending, again and again until everybody is told.
# BREACH_SEED repeats the choice of instants (what breach was doing then is never quite the same again).
# shellcheck disable=SC2119  # the functions of crash.sh have optional arguments
. "$(dirname "${BASH_SOURCE[0]}")/crash.sh"

kills_wanted=60
[ -z "${BREACH_LONG-}" ] || kills_wanted=300
seed=${BREACH_SEED:-$((SRANDOM % 1000000))}
echo "# seed $seed"
RANDOM=$seed
early=0
rounds=0
kills_a_round=15
connections=4

# Three of four kills come up to 60 ms after the first message of that run was taken, the rest up to 60 ms after its start:
# into start-up, recovery and the first claims
wait_for_instant() {
    local before=$1 anytime=$2
    while [ "$anytime" = 0 ] && [ "$(taken)" = "$before" ] && kill -0 "$breach_pid" 2>/dev/null; do
        sleep 0.002
    done
    sleep "0.0$(printf '%02d' $((RANDOM % 60)))"
}

# kill_once: false when it had finished by itself
kill_once() {
    local before anytime=0
    before=$(taken)
    [ $((RANDOM % 4)) != 0 ] || anytime=1
    launch notify
    wait_for_instant "$before" "$anytime"
    kill -KILL "$breach_pid" 2>/dev/null || true
    launched_ends
    if [ "$status" = 137 ]; then
        all_kills=$((all_kills + 1))
        [ "$(taken)" != "$before" ] || early=$((early + 1))
        want "stderr of a killed run" "$(said | grep -vE "$recovery_line")" ""
        return 0
    fi
    want "exit of a run that was not killed in time" "$status" 0
    return 1
}

# round SINK...: one plan, sent to its end
round() {
    local before=$all_kills most=$((kills_wanted - all_kills))
    [ "$most" -le "$kills_a_round" ] || most=$kills_a_round
    rounds=$((rounds + 1))
    case_begin
    begin "$@"
    while [ $((all_kills - before)) -lt "$most" ] && kill_once; do :; done
    goes_on
    sends_nothing
    sink_stop
    judge
    case_end "round $rounds ($*): $((all_kills - before)) kills, $doubts doubts, $duplicates sent twice, nobody missing"
}

incident 3000
while [ "$all_kills" -lt "$kills_wanted" ] && [ "$rounds" -lt "$kills_wanted" ]; do
    case $((rounds % 4)) in
    0) round 'dot delay 3ms' || break ;;
    1) round 'data delay 2ms' || break ;;
    2) round --no-chunking 'dot delay 3ms' || break ;;
    3) round --no-chunking --no-pipelining 'rcpt delay 1ms' || break ;;
    esac
done
is "kills" "$all_kills" "$kills_wanted"
ok "most kills came while messages were on their way" [ $((early * 2)) -lt "$all_kills" ]
ok "there were doubts" [ "$all_doubts" -gt 0 ]
ok "the relay took some of the doubtful ones twice" [ "$all_duplicates" -gt 0 ]
totals "seed $seed, $all_kills kills of runs with $connections connections ($early before the first message), $rounds rounds of 3000 people"
done_testing
