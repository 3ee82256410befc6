#!/usr/bin/env bash
# breach plan: what it freezes, the digest, and planning again.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=incident.sh
. "$source/tests/cli/incident.sh"

plan() {
    run "$breach" plan "$@"
}

# The first plan -------------------------------------------------------------------------------------------------------
incident a actual
mkdir a/templates
cp -R "$source/templates/individual" a/templates/
plan a/playbook.yaml
exits 0 "an actual incident is planned"
stdout_has "where the ledger is, that nobody was told, what was frozen, the texts, the identity, the next command" \
    "new ledger on $(uname -n) in $work/a/leak.breach: nobody has been told from here" \
    "  $work/a/people.csv" "  $work/a/playbook.yaml" "  $work/a/templates/individual/en/email.txt" \
    "  people, email, en: 3 messages" "leak, ACTUAL, edition 1, plan " "  people                  3" \
    "  pending                 3" "3 people: 0 told, 3 pending" "next: breach notify a/playbook.yaml"
first=$(digest)
ok "the digest is a SHA-256" grep -qxE '[0-9a-f]{64}' <<<"$first"
is "every file of the templates is frozen" "$(grep -c "^  $work/a/" "$out")" 11
is "the state folder is the owner's alone" "$(stat -c %a a/leak.breach)" 700
is "and everything in it" "$(find a/leak.breach -mindepth 1 -perm /077)" ""
is "git ignores it" "$(cat a/leak.breach/.gitignore)" "*"
(umask 0 && "$breach" plan a/playbook.yaml >/dev/null)
is "whatever the umask is" "$(find a/leak.breach -perm /077)" ""

# Planning again -------------------------------------------------------------------------------------------------------
plan a/playbook.yaml
exits 0 "planned again"
is "nothing has changed: the same digest" "$(digest)" "$first"
stdout_lacks "the ledger is not new any more" "new ledger"
touch -d '2001-01-01' a/people.csv
plan a/playbook.yaml
is "a file with another date and the same content: the same digest" "$(digest)" "$first"
run "$breach" status a/playbook.yaml --json
exits 0 "status knows the digest"
is "status knows the digest" "$(json "$out" '$.digest')" "$first"

plan a/playbook.yaml --json
exits 0 "plan --json"
ok "is what its schema promises" "$build/tests/tools/schema-check" "$source/docs/schema/plan.json" "$out"
is "it holds the digest" "$(json "$out" '$.digest')" "$first"
is "it counts the plans" "$(json "$out" '$.generation')" 5
is "it names the state folder" "$(json "$out" '$.path')" "$work/a/leak.breach"
frozen="SELECT value ->> 'size', value ->> 'sha256' FROM json_each(readfile('$out'), '\$.inputs')"
is "size and SHA-256 of what was frozen are right" \
    "$(sqlite3 -separator ' ' :memory: "$frozen WHERE value ->> 'path' = '$work/a/people.csv'")" \
    "$(stat -c %s a/people.csv) $(sha256sum a/people.csv | cut -d' ' -f1)"

people 4 >a/people.csv
plan a/playbook.yaml
exits 0 "somebody more"
ok "another digest" test "$(digest)" != "$first"
stdout_has "everybody is counted" "4 people: 0 told, 4 pending"
people 3 >a/people.csv
plan a/playbook.yaml
exits 0 "one fewer"
stdout_has "who is gone from the file is counted, as withheld, with the reason" "4 people: 0 told, 3 pending, 1 withheld" \
    "messages tried before: 0; people no longer in the people file: 1" "  people gone from the file: 1" "withheld: 1: "
people 4 >a/people.csv
plan a/playbook.yaml
exits 0 "back again"
stdout_has "nobody is counted twice" "4 people: 0 told, 4 pending"
sed -i 's/default_locale: en /default_locale: zh-TW /; s/^p4,Person 4,en/p4,Person 4,fr/' a/playbook.yaml a/people.csv
plan a/playbook.yaml
exits 0 "another language for one person"
stdout_has "the texts say so" "  people, email, en: 3 messages" "  people, email, zh-TW: 1 message"

# A plan that is refused -----------------------------------------------------------------------------------------------
before=$(digest)
sed '$d' a/people.csv >a/good.csv
printf 'p4,"Person 4,en,p4@example.org\n' | cat a/good.csv - >a/people.csv
plan a/playbook.yaml
exits 65 "a people file that cannot be read"
stderr_has "why, and that nothing has changed" "people.csv:5:4: error: this quote is never closed" \
    "breach: nothing was planned; what was there before is as it was"
run "$breach" status a/playbook.yaml --json
exits 0 "the old plan is still there"
is "the old plan is still there" "$(json "$out" '$.digest') $(told "$out" pending)" "$before 4"
cp a/playbook.yaml good.yaml
echo 'surprise: yes' >>a/playbook.yaml
plan a/playbook.yaml --json
exits 65 "a playbook that is wrong"
stderr_has "both mistakes are shown at once" "playbook.yaml:" "unknown key \"surprise\"" "this quote is never closed" \
    "breach: nothing was planned"
is "no document is written" "$(cat "$out")" ""
cp good.yaml a/playbook.yaml

# Elsewhere ------------------------------------------------------------------------------------------------------------
incident b exercise
plan b/playbook.yaml --state "$work/else where"
exits 0 "the state somewhere else"
stdout_has "the next command says so, and can be typed" "next: breach notify b/playbook.yaml --state '$work/else where'"
is "it is there" "$(stat -c %a "$work/else where") $(ls "$work/else where/ledger.db")" "700 $work/else where/ledger.db"
is "and nothing beside the playbook" "$(find b -name '*.breach')" ""
stdout_lacks "a rehearsal is no birth of a ledger" "nobody has been told from here"
plan b/playbook.yaml --state "$work/nowhere/state"
exits 73 "a state folder that cannot be made"
stderr_has "why" "breach: error: " "breach: nothing was planned"
run "$breach" status b/playbook.yaml --state "$work/else where"
exits 0 "status finds it"
plan a/playbook.yaml --state "$work/else where"
exits 65 "the ledger of another incident"
stderr_has "whose it is" "breach: error: " "exercise" "breach: nothing was planned"

incident c actual
plan c/playbook.yaml --dry-run
exits 0 "an actual incident, to be rehearsed"
stdout_has "it is an exercise" "leak, EXERCISE, edition 1" "next: breach notify c/playbook.yaml --dry-run"
is "with a folder of its own" "$(cd c && ls -d ./*.breach)" ./leak.dry-run.breach

done_testing
