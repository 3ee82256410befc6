#!/usr/bin/env bash
# A copied state folder: sending from it as well would tell everybody again, so it is refused until a person says that the
# original will never send. A moved folder is the same one.
# shellcheck disable=SC2119  # the functions of crash.sh have optional arguments
. "$(dirname "${BASH_SOURCE[0]}")/crash.sh"

copy=$work/copy.breach

# killed_in_mid: sets $attempting
killed_in_mid() {
    rm -rf "$copy"
    begin
    dies 300 notify || problem "not killed"
    attempting=$(peek "SELECT count(*) FROM message WHERE state = 1")
    [ "$attempting" -gt "$connections" ] || problem "only $attempting messages are on their way"
}

# refused [OPTION...]: notify is, and the relay gets nothing
refused() {
    local before
    before=$(taken)
    notify "$@"
    want "exit of a copy" "$status" 65
    want_line "a copy" "$err" "is a copy: the ledger was made on $(uname -n) in $state"
    want_line "a copy" "$err" "--adopt"
    want_line "a copy" "$err" "nothing was sent"
    want "messages sent by a copy" "$(taken)" "$before"
}

incident 150

case_begin
killed_in_mid
cp -a "$state" "$copy"
refused --state "$copy"
refused --state "$copy"
read_status --state "$copy"
want "exit of status of a copy" "$status" 0
plan --state "$copy"
want "exit of plan over a copy" "$status" 0
refused --state "$copy"
goes_on
sends_nothing
sink_stop
judge
case_end "a copy is refused, and the original goes on"

case_begin
killed_in_mid
cp -a "$state" "$copy"
before=$(taken)
notify --state "$copy" --adopt
want "exit when a copy is adopted" "$status" 75
want "stderr when a copy is adopted" "$(said)" ""
want "doubts that wait for a person" "$(json "$out" '$.held')" "$attempting"
want "people in doubt" "$(json "$out" '$.people.in_doubt')" "$attempting"
want "people told" "$(json "$out" '$.people.accepted')" "$((150 - attempting))"
want_line "the verdict" "$out" "NEEDS YOU: 150 people: $((150 - attempting)) told, $attempting in doubt"
before=$(taken)
notify --state "$copy"
want "exit of the adopted folder" "$status" 75
want "stderr of the adopted folder" "$(said)" ""
want "messages sent by it once more" "$(taken)" "$before"
sink_stop
judged_state=$copy judge_open "$attempting"
want "doubts in the ledger" "$doubts" "$attempting"
want "messages sent twice" "$duplicates" 0
want "events that tell of it" "$(query "SELECT count(*) FROM event WHERE json_extract(body, '\$.event') = 'adopted'" "$copy")" 1
case_end "an adopted copy tells the rest, $attempting wait for a person, and nobody is told twice"

case_begin
killed_in_mid
cp -a "$state" "$copy"
dies 2 notify --state "$copy" --adopt || problem "adopting was not killed"
refused --state "$copy"
notify --state "$copy" --adopt
want "exit when a copy is adopted" "$status" 75
want "doubts that wait for a person" "$(json "$out" '$.held')" "$attempting"
sink_stop
judged_state=$copy judge_open "$attempting"
want "messages sent twice" "$duplicates" 0
case_end "adopting is killed and done again"

case_begin
killed_in_mid
mv "$state" "$copy"
goes_on --state "$copy"
sends_nothing --state "$copy"
sink_stop
judged_state=$copy judge
case_end "a moved folder goes on"

# A backup put back in the old place knows nothing of what was sent since. The new folder often gets the inode number of the
# removed one, so this needs a file system that knows when a folder was made
put_back() {
    case_begin
    rm -rf "$copy"
    begin
    cp -a "$state" "$copy"
    goes_on
    rm -rf "$state"
    cp -a "$copy" "$state"
    refused
    rm -rf "$state"
    mv "$copy" "$state"
    refused
    sink_stop
    case_end "a backup in the place of the original is refused"
}

if [ "$(stat -c %W .)" -gt 0 ]; then
    put_back
else
    skip "a backup in the place of the original" "this file system does not know when a folder was made"
fi

case_begin
rm -rf "$copy"
begin
goes_on
cp -a "$state" "$copy"
refused --state "$copy"
sends_nothing --state "$copy" --adopt
sends_nothing
sink_stop
judge
case_end "a copy of a finished folder"

totals "$all_kills kills"
done_testing
