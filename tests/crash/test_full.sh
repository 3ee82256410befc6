#!/usr/bin/env bash
# A full disk under the ledger or the slots, at any moment, simulated and real: breach says so and sends nothing that it could
# not remember; with room again the same command finishes. Where the slots can be written there is not even a doubt.
# shellcheck disable=SC2119  # the functions of crash.sh have optional arguments

# A mount of its own disappears with the process, whatever happens to that
for flags in -m -rm; do
    if [ -z "${BREACH_OWN_MOUNTS-}" ] && unshare "$flags" true 2>/dev/null; then
        BREACH_OWN_MOUNTS=yes exec unshare "$flags" bash "$0"
    fi
done
. "$(dirname "${BASH_SOURCE[0]}")/crash.sh"

failed=0

# out_of_room WHERE: the last command ended because there was no room, and said so
out_of_room() {
    failed=$((failed + 1))
    case $status in
    73) want_line "$1" "$err" "nothing was" ;;
    75) ;;
    *) problem "$1: exit $status, wanted 73 or 75" ;;
    esac
    grep -qE '^breach: error: .*(full|No space left on device)' "$err" || problem "$1: no word about the disk: $(cat "$err")"
}

# then_finishes: with room again
then_finishes() {
    goes_on "${where[@]}"
    want "doubts" "$recovered" 0
    sends_nothing "${where[@]}"
}

# faulty FAULT [maybe]: a run with that fault, which hits it (or maybe not), then one without
faulty() {
    local name
    case_begin
    begin
    BREACH_FAULT_FAIL=$1 notify
    name="$1: exit $status, $(taken) sent"
    if [ "$status" = 0 ] && [ -n "${2-}" ]; then
        want "stderr of a run that needed no room" "$(said)" ""
    else
        out_of_room "$1"
    fi
    [ "$status" != 73 ] || want "messages sent before exit 73" "$(taken)" 0
    then_finishes
    sink_stop
    judge
    case_end "$name"
}

# twice FAULT: the run that should finish has no room either
twice() {
    case_begin
    begin
    BREACH_FAULT_FAIL=$1 notify
    out_of_room "$1"
    BREACH_FAULT_FAIL=$2 notify
    out_of_room "$1, then $2"
    then_finishes
    sink_stop
    judge
    case_end "$1, then $2: exit $status"
}

where=()
incident 300
for k in 1 2 3 4; do faulty "ledger_full:$k"; done
for k in 5 6 8 10 15 20; do faulty "ledger_full:$k" maybe; done
for k in 1 2 3 10 100 299 300; do faulty "slots_write:$k"; done
faulty slots_create
twice ledger_full:4 ledger_full:1
twice slots_write:50 ledger_full:2
twice slots_write:50 slots_write:50
is "a full disk was met" "$((failed > 15))" 1

# Planning: what was there stays
case_begin
rm -rf "$state"
sink_start
people_file 1 3000 >people.csv
BREACH_FAULT_FAIL=plan_full plan
want "exit of plan" "$status" 73
out_of_room "plan"
want_line "plan" "$err" "nothing was planned; what was there before is as it was"
want "files of a plan that failed" "$(cd "$state" && ls)" $'lock\nrun.log'
people_file 1 300 >people.csv
sink_stop
case_end "a first plan without room"

case_begin
begin
old=$digest
people_file 11 3000 >people.csv
BREACH_FAULT_FAIL=plan_full plan
want "exit of plan" "$status" 73
out_of_room "planning again"
read_status
want "plan that is there" "$(json "$out" '$.digest')" "$old"
want "people of the plan that is there" "$(json "$out" '$.people.total')" 300
want "files left behind" "$(cd "$state" && ls -d -- *.new* 2>/dev/null)" ""
people_file 1 300 >people.csv
plan
digest=$(digest_of_plan)
then_finishes
sink_stop
judge
case_end "planning again without room"

# A real one ----------------------------------------------------------------------------------------------------------

# filled FREE: the disk has FREE KiB left
filled() {
    local free
    rm -f disk/filler
    free=$(df --output=avail -k disk | tail -n 1)
    [ "$free" -le "$1" ] || head -c $(((free - $1) * 1024)) /dev/zero >disk/filler
}

# really_full FREE: planned with room, sent with FREE KiB left, and again with room
really_full() {
    local name
    case_begin
    sink_start
    rm -rf "$state" disk/filler
    plan "${where[@]}"
    want "exit of plan" "$status" 0
    digest=$(digest_of_plan)
    filled "$1"
    notify "${where[@]}"
    name="a disk with $1 KiB left: exit $status, $(taken) sent"
    [ "$status" = 0 ] || out_of_room "$1 KiB"
    [ "$status" != 73 ] || want "messages sent before exit 73" "$(taken)" 0
    rm -f disk/filler
    then_finishes
    sink_stop
    judge
    case_end "$name"
}

mkdir disk
if [ -n "${BREACH_OWN_MOUNTS-}" ] && mount -t tmpfs -o size=6m tmpfs disk 2>/dev/null; then
    state=$work/disk/credential-leak-email.breach
    where=(--state "$state")
    failed=0
    for free in 0 4 16 64 100 104 108 120 140 160 200 260 320 400 600; do really_full "$free"; done
    is "a full disk was met for real" "$((failed > 5))" 1

    case_begin
    sink_start
    rm -rf "$state" disk/filler
    filled 40
    plan "${where[@]}"
    want "exit of plan" "$status" 73
    out_of_room "plan"
    rm -f disk/filler
    plan "${where[@]}"
    want "exit of plan with room" "$status" 0
    digest=$(digest_of_plan)
    then_finishes
    sink_stop
    judge
    case_end "planning on a full disk, and then with room"
    umount disk
else
    skip "a real full disk" "mounting a tmpfs is not permitted here"
fi
totals "$failed real and many simulated full disks"
done_testing
