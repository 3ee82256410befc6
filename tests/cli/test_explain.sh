#!/usr/bin/env bash
# Codes: they stand behind every error, and breach explain says what they mean.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

# A real error, its code, and the page of that code
printf 'version: 1\nincident: {id: x, status: exercise}\nincidnet: {}\n' >playbook.yaml
run "$breach" check playbook.yaml
exits 65 "a playbook with a misspelt key"
code=$(sed -nE 's/.*unknown key "incidnet".*\[(BR-[A-Z]+-[0-9]{3})\]$/\1/p' "$err")
unread_stderr=
ok "its error ends with a code" test -n "$code"
run "$breach" explain "$code"
exits 0 "the code is explained"
stdout_has "the page names code and id, says what it means and what to do" "$code  playbook-unknown-key" \
    "the playbook has a key that does not exist" "What it means" "What to do" "Correct the spelling"
cp "$out" page
for typed in "${code,,}" "${code#BR-}" playbook-unknown-key PLAYBOOK-1 br-playbook-1; do
    run "$breach" explain "$typed"
    exits 0 "breach explain $typed"
    ok "breach explain $typed is the same page" cmp page "$out"
done
awk 'length > 80 { exit 1 }' page
is "no line of a page is wider than a terminal" $? 0

run "$breach" check playbook.yaml --json
unread_stderr=
is "--json has the code, too" \
    "$(sqlite3 :memory: "SELECT json_extract(value, '\$.code') FROM json_each(readfile('$out'), '\$.findings')
        WHERE json_extract(value, '\$.id') = 'playbook-unknown-key'")" "$code"

# Errors that are no findings, and those of the command line
run "$breach" status missing.yaml
exits 65 "a playbook that is not there"
stderr_has "it has a code" "missing.yaml: error: cannot read missing.yaml: No such file or directory [BR-YAML-001]"
run "$breach" status playbook.yaml --jsno
exits 64 "an option that is not there"
stderr_has "it has a code" "breach: error: breach status has no option --jsno: did you mean --json? [BR-USAGE-002]"

# All of them
run "$breach" explain
exits 0 "breach explain without a code"
count=$(grep -c '^BR-[A-Z]*-[0-9]\{3\}  ' "$out")
ok "it lists every code" test "$count" -gt 100
is "none is listed twice" "$(sort "$out" | uniq -d | grep -c '^BR')" 0
run "$breach" explain --all
exits 0 "breach explain --all"
is "it has a section for each" "$(grep -c '^### BR-' "$out")" "$count"
ok "it is docs/codes.md" cmp "$source/docs/codes.md" "$out"
run "$breach" explain --json
exits 0 "breach explain --json"
is "it has each" "$(sqlite3 :memory: "SELECT json_array_length(readfile('$out'), '\$.codes')")" "$count"
ok "it is as its schema says" "$build/tests/tools/schema-check" "$source/docs/schema/explain.json" "$out"
run "$breach" explain "$code" --json
exits 0 "one code as JSON"
is "it is that one" "$(json "$out" '$.codes[0].code')" "$code"
is "and no other" "$(json "$out" '$.codes[1]')" ""

# What does not exist
run "$breach" explain BR-PLAYBOOK-999
exits 64 "a number that is not there"
stderr_has "those of the area are named" "breach: error: there is no code BR-PLAYBOOK-999; there are BR-PLAYBOOK-001, "
run "$breach" explain people-duplicat-id
exits 64 "an id that is misspelt"
stderr_has "the codes of its area are named" "there is no code people-duplicat-id; there are BR-PEOPLE-001"
run "$breach" explain pepole-encoding
exits 64 "an area that is misspelt"
stderr_has "the nearest is named" "there is no code pepole-encoding: did you mean people-encoding? [BR-USAGE-009]"
run "$breach" explain xyzzy
exits 64 "nothing like a code"
stderr_has "it says where they are" "there is no code xyzzy: type breach explain to see all of them [BR-USAGE-009]"
run "$breach" explain one two
exits 64 "two codes"
stderr_has "one at a time" "breach: error: one CODE at a time: two is too much [BR-USAGE-005]"

done_testing
