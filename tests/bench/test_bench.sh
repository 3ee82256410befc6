#!/usr/bin/env bash
# script/bench keeps working: its smallest measurements, of which only the form is looked at, for figures are no facts here.
# shellcheck source=../cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"

run "$source/script/bench" --only nothing
exits 64 "a measurement that is not there"
stderr_has "those that are there are named" "script/bench: nothing is called nothing; it measures mail shipped plan http growth resume"
run "$source/script/bench" --rounds many
exits 64 "rounds that are no number"
stderr_has "it says what is expected" "script/bench: --rounds takes a number from 1 to 99"
run "$source/script/bench" --breach "$work/nowhere"
exits 64 "a program that is not there"
stderr_has "it is named" "script/bench: there is no program $work/nowhere"

if ! command -v smtp-sink >/dev/null && [ ! -x /usr/sbin/smtp-sink ]; then
    skip "script/bench measures" "Postfix is not installed"
    done_testing
fi
run "$source/script/bench" --quick --only plan --only resume --breach "$breach"
unread_stderr=
ok "it comes to an end, whether bars are met or missed" test "$status" -le 1
ok "a row for 20,000 people planned" grep -qE '^\| 20,000 \| [0-9,]+ \| [0-9.]+ µs \| [0-9]+ MB \|$' "$out"
ok "everybody was told after the kill" grep -qE 'to its first new message: [0-9.]+ s\. Everybody was told' "$out"
ok "each bar says whether it is met, and by how much" \
    test "$(grep -cE '^\| .* \| (met|\*\*missed\*\*), [0-9]+ % (above|below) \|$' "$out")" = 2
is "and a verdict" "$(grep -cE '^(every bar is met|bars missed: [0-9]+)$' "$out")" 1

done_testing
