#!/usr/bin/env bash
# The slot file is damaged, cut off or lost, or the machine was started again, between a kill and the next run: what was on
# its way is in doubt then, at most one message a slot, and nothing worse.
# shellcheck disable=SC2119  # the functions of crash.sh have optional arguments
. "$(dirname "${BASH_SOURCE[0]}")/crash.sh"

slots=200 # messages on their way at a time, LANE_SLOTS
upon_confirming="ledger_commit_before ledger_commit_after" # the fault points before recovery

slot_file() {
    ls "$state"/slots-*
}

# answered_slots: slots, from 1, whose message has its answer there and not yet in the ledger; phase and id lie as in slots.c
answered_slots() {
    sqlite3 -batch peek/ledger.db "WITH RECURSIVE slot(k) AS (VALUES (1) UNION ALL SELECT k + 1 FROM slot WHERE k < $slots),
        file AS (SELECT readfile('$(slot_file)') AS bytes)
        SELECT k, m.id FROM slot, file JOIN message m ON m.id = CAST(substr(bytes, k * 512 + 41, 26) AS TEXT)
        WHERE m.state = 1 AND hex(substr(bytes, k * 512 + 1, 1)) = '02'"
}

# killed_in_mid: a run dies when many messages are on their way, and the answer to some stands in a slot alone. Sets
# $attempting, and $answered and $answered_ids
killed_in_mid() {
    local tries slot id
    for tries in {0..19}; do
        [ -z "$sink" ] || sink_stop
        begin
        dies $((700 + tries * 13)) notify || problem "not killed"
        attempting=$(peek "SELECT count(*) FROM message WHERE state = 1")
        answered=()
        answered_ids=()
        while IFS='|' read -r slot id; do
            answered+=("$slot")
            answered_ids+=("$id")
        done < <(answered_slots)
        [ ${#answered[@]} -lt 6 ] || return 0
    done
    problem "no run was killed with 6 answers in slots alone"
}

# garbage SLOT OFFSET: 40 bytes in that slot (0: the header) that were not there before
garbage() {
    printf '%.0sx' {1..40} | dd of="$(slot_file)" bs=1 seek=$(($1 * 512 + $2)) conv=notrunc status=none
}

# go_on DOUBTS: the next run, which finds so many in doubt: a number, "few" (those on the wire), or "some"
go_on() {
    goes_on
    case $1 in
    few) within "doubts" "$recovered" 0 "$connections" ;;
    some) within "doubts" "$recovered" 1 "$attempting" ;;
    *) want "doubts" "$recovered" "$1" ;;
    esac
    sends_nothing
    sink_stop
    judge "$slots"
}

# was_doubted N: so was the message of the N-th answered slot
was_doubted() {
    want "was_in_doubt of the message in slot ${answered[$1]}" \
        "$(query "SELECT flags & 2 FROM message WHERE id = '${answered_ids[$1]}'")" 2
}

ends() {
    case_end "$1: $attempting on their way, $doubts doubts, $duplicates sent twice"
}

# case_of NAME DOUBTS COMMAND...: COMMAND happens to the slot file
case_of() {
    local name=$1 wanted=$2
    shift 2
    case_begin
    killed_in_mid
    "$@"
    [ "$wanted" != all ] || wanted=$attempting
    go_on "$wanted"
    ends "$name"
}

# shellcheck disable=SC2317  # called by its name
cut_off() {
    truncate -s "$1" "$(slot_file)"
}

lost() {
    rm "$(slot_file)"
}

incident 600

case_of "an undamaged file" few true
for nth in 0 2 5; do
    case_begin
    killed_in_mid
    garbage "${answered[nth]}" 100
    go_on some
    was_doubted "$nth"
    ends "the answer in slot ${answered[nth]} is damaged"
done

case_begin
killed_in_mid
garbage "${answered[0]}" 100
garbage "${answered[3]}" 400
garbage "${answered[5]}" -20 # from one slot into the next
go_on some
was_doubted 0
was_doubted 3
was_doubted 5
ends "the answers in three slots are damaged"

case_of "an unused slot is damaged" some garbage "$slots" 30
case_of "the header is damaged" all garbage 0 20
for size in 0 100 512 1024 51200 $((slots * 512)) $((slots * 512 + 511)); do
    case_of "cut off at $size bytes" all cut_off "$size"
done
case_of "a slot too long" all cut_off +512
case_of "lost" all lost

case_begin
killed_in_mid
lost
dies 5 notify || problem "the recovery was not killed"
want "the points" "$(tr '\n' ' ' <points)" "$upon_confirming recover_start recover_batch ledger_commit_before "
go_on "$attempting"
ends "lost, and recovery is killed before its doubts are committed"

case_begin
killed_in_mid
lost
dies 6 notify || problem "the recovery was not killed"
want "the points" "$(tr '\n' ' ' <points)" \
    "$upon_confirming recover_start recover_batch ledger_commit_before ledger_commit_after "
go_on 0
want "doubts in the ledger" "$doubts" "$attempting"
ends "lost, and recovery is killed when its doubts are committed"

case_begin
killed_in_mid
BREACH_BOOT_ID=11111111-2222-3333-4444-555555555555 go_on "$attempting"
ends "the machine was started again"

case_begin
killed_in_mid
BREACH_BOOT_ID='' go_on "$attempting"
ends "nobody knows whether the machine was started again"

case_begin
BREACH_BOOT_ID='' killed_in_mid
go_on "$attempting"
ends "nobody knew in which boot the run began"

case_begin
gateway_more="in_doubt: hold"
killed_in_mid
lost
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
want "stderr of one more notify" "$(said)" ""
want "messages after one more notify" "$(taken)" "$before"
sink_stop
judge_open "$slots"
want "doubts in the ledger" "$doubts" "$attempting"
want "messages sent twice" "$duplicates" 0
ends "lost, and the gateway holds doubts"

ok "the relay took some of the doubtful ones twice" [ "$all_duplicates" -gt 0 ]
totals "$all_kills kills"
done_testing
