#!/usr/bin/env bash
# The slot file is damaged, cut off or lost, or the machine was started again, between a kill and the next run: what was on
# its way is in doubt then, at most one message a slot, and nothing worse.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "${BASH_SOURCE[0]}")/crash.sh"

slots=200 # messages on their way at a time, CONDUCTOR_SLOTS

slot_file() {
    ls "$state"/slots-*
}

# garbage OFFSET: 40 bytes that were not there before
garbage() {
    printf '%.0sx' {1..40} | dd of="$(slot_file)" bs=1 seek="$1" conv=notrunc status=none
}

# killed_in_mid: a run dies when some messages have their answer and many are on their way; sets $attempting and $written
killed_in_mid() {
    begin
    dies "${1:-700}" notify || problem "not killed"
    attempting=$(peek "SELECT count(*) FROM message WHERE state = 1")
    # of the slots that were used: which, from 1, by their first byte, which is the phase
    mapfile -t written < <(od -An -v -tu1 -w512 "$(slot_file)" | awk 'NR > 1 && $1 > 0 { print NR - 1 }')
    [ "$attempting" -gt "$((2 * connections))" ] || problem "only $attempting messages are on their way"
    [ ${#written[@]} -gt 20 ] || problem "only ${#written[@]} slots are written"
}

# after NAME DOUBTS: goes on, and so many are in doubt: a number, "few" (those on the wire), or "some"
after() {
    goes_on
    case $2 in
    few) [ "$recovered" -le "$connections" ] || problem "$recovered doubts by $connections connections" ;;
    some) [ "$recovered" -gt 0 ] && [ "$recovered" -le "$attempting" ] || problem "$recovered doubts of $attempting" ;;
    *) want "doubts" "$recovered" "$2" ;;
    esac
    sends_nothing
    sink_stop
    judge "$slots"
    want "doubts in the ledger" "$doubts" "$recovered"
    case_end "$1: $attempting on their way, $doubts doubts, $duplicates sent twice"
}

incident 600

case_begin
killed_in_mid
after "an undamaged file" few

for nth in 0 3 9 19; do
    case_begin
    killed_in_mid
    garbage $((${written[nth]} * 512 + 100))
    after "slot ${written[nth]} is damaged" some
done

case_begin
killed_in_mid
garbage $((${written[0]} * 512 + 100))
garbage $((${written[5]} * 512 + 400))
garbage $((${written[9]} * 512 - 20)) # from one slot into the next
after "several slots are damaged" some

case_begin
killed_in_mid
garbage $((slots * 512 + 30)) # the last, which had been empty
after "an unused slot is damaged" some

case_begin
killed_in_mid
garbage 20
after "the header is damaged" "$attempting"

for size in 0 100 512 1024 51200 $((slots * 512)) $((slots * 512 + 511)); do
    case_begin
    killed_in_mid
    truncate -s "$size" "$(slot_file)"
    after "cut off at $size bytes" "$attempting"
done

case_begin
killed_in_mid
truncate -s +512 "$(slot_file)"
after "a slot too long" "$attempting"

case_begin
killed_in_mid
rm "$(slot_file)"
after "lost" "$attempting"

case_begin
killed_in_mid
rm "$(slot_file)"
dies 3 notify || problem "the recovery was not killed"
after "lost, and recovery is killed after its doubts are written, before they are committed" "$attempting"

case_begin
killed_in_mid
rm "$(slot_file)"
dies 4 notify || problem "the recovery was not killed"
goes_on
want "doubts left to the second recovery" "$recovered" 0
sends_nothing
sink_stop
judge "$slots"
want "doubts in the ledger" "$doubts" "$attempting"
case_end "lost, and recovery is killed when the doubts are committed: $doubts doubts, $duplicates sent twice"

case_begin
killed_in_mid
BREACH_BOOT_ID=11111111-2222-3333-4444-555555555555 after "the machine was started again" "$attempting"

case_begin
killed_in_mid
BREACH_BOOT_ID='' after "nobody knows whether the machine was started again" "$attempting"

case_begin
BREACH_BOOT_ID='' killed_in_mid
after "nobody knew so when the run began" "$attempting"

case_begin
gateway_more="in_doubt: hold"
killed_in_mid
rm "$(slot_file)"
notify
want "exit when doubts are held" "$status" 75
read_recovery json
want "doubts" "$recovered" "$attempting"
want "doubts that wait for a person" "$(json "$out" '$.held')" "$attempting"
want "people in doubt" "$(json "$out" '$.people.in_doubt')" "$attempting"
want_line "the verdict" "$out" "held in doubt"
before=$(taken)
notify
want "exit of one more notify" "$status" 75
want "stderr of one more notify" "$(cat "$err")" ""
want "messages after one more notify" "$(taken)" "$before"
sink_stop
judge_open "$slots"
want "doubts in the ledger" "$doubts" "$attempting"
want "messages sent twice" "$duplicates" 0
case_end "lost, and doubts are held by the gateway: $attempting wait for a person, nobody was told twice"

ok "the relay took some of the doubtful ones twice" [ "$all_duplicates" -gt 0 ]
totals "$all_kills kills"
done_testing
