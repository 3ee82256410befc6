#!/usr/bin/env bash
# What breach says of itself, and how it answers a command line that it does not understand.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

commands='check plan notify status'

for asked in --help -h help; do
    run "$breach" "$asked"
    exits 0 "breach $asked"
    stdout_has "breach $asked shows how it is called, and the way on" "Usage: breach COMMAND PLAYBOOK" \
        "breach help COMMAND" "breach explain CODE" "--lang zh-CN" "breach notify PLAYBOOK --dry-run"
    for command in $commands; do stdout_has "breach $asked lists $command" "  $command "; done
done

run "$breach"
exits 64 "without a command"
stdout_has "without a command the help is shown" "Usage: breach COMMAND PLAYBOOK"

run "$breach" --version
exits 0 "breach --version"
is "the version is that of the build" "$(cat "$out")" \
    "breach $(sed -n 's/^project(breach VERSION \([0-9.]*\) .*/\1/p' "$source/CMakeLists.txt")"

for command in $commands; do
    run "$breach" "$command" --help
    exits 0 "breach $command --help"
    stdout_has "breach $command --help: how it is called, its options, its exit codes" \
        "breach $command - " "Usage: breach $command PLAYBOOK [OPTION…]" "Options:" "--json" "--state DIR" "--help" \
        "Exit codes: 0 "
    cp "$out" long
    run "$breach" "$command" -h
    exits 0 "breach $command -h"
    ok "breach $command -h is the same" cmp long "$out"
    run "$breach" "$command" some/playbook.yaml --help
    ok "breach $command PLAYBOOK --help is the same" cmp long "$out"
    run "$breach" help "$command"
    exits 0 "breach help $command"
    ok "breach help $command is the same" cmp long "$out"

    run "$breach" "$command"
    exits 64 "breach $command without a playbook"
    stderr_has "it says what to type" "breach: error: PLAYBOOK is missing: type breach $command PLAYBOOK"
    run "$breach" "$command" a.yaml b.yaml
    exits 64 "breach $command with two playbooks"
    stderr_has "it names the one that is too much" "breach: error: one PLAYBOOK at a time: b.yaml is too much"
    run "$breach" "$command" a.yaml --jsn
    exits 64 "breach $command with an option that is not there"
    stderr_has "it says which was meant" "breach: error: breach $command has no option --jsn: did you mean --json?"
    run "$breach" "$command" a.yaml -q
    exits 64 "breach $command with a short option that is not there"
    stderr_has "it names it" "breach: error: breach $command has no option -q"
    run "$breach" "$command" a.yaml --state
    exits 64 "breach $command --state without a value"
    stderr_has "it says what is missing" "breach: error: --state needs a value: --state DIR"
    run "$breach" "$command" a.yaml --json=yes
    exits 64 "breach $command --json with a value"
    stderr_has "it says that there is none" "breach: error: --json takes no value"
done

while read -r wrong meant; do
    run "$breach" "$wrong" playbook.yaml
    exits 64 "breach $wrong"
    stderr_has "it asks whether $meant was meant" "breach: error: there is no command $wrong: did you mean $meant?"
done <<'END_OF_LIST'
chek check
paln plan
notfy notify
statsu status
END_OF_LIST
run "$breach" help frobnicate
exits 64 "help for a command that is not there"
stderr_has "it says where they are listed" "breach: error: there is no command frobnicate: type breach --help [BR-USAGE-001]"
run "$breach" frobnicate playbook.yaml
exits 64 "a command unlike any other"
stderr_has "it says where they are listed" "breach: error: there is no command frobnicate: type breach --help"

# An option of another command is no option here
run "$breach" check playbook.yaml --expect-digest x
exits 64 "breach check --expect-digest"
stderr_has "it is refused" "breach: error: breach check has no option --expect-digest"
run "$breach" notify playbook.yaml --dryrun
exits 64 "breach notify --dryrun"
stderr_has "it asks for --dry-run" "breach: error: breach notify has no option --dryrun: did you mean --dry-run?"
for patience in 15m PT -PT5M 900 P1Y ''; do
    run "$breach" notify playbook.yaml --patience "$patience"
    exits 64 "breach notify --patience '$patience'"
    stderr_has "it shows durations" "breach: error: --patience $patience is no duration: write PT15M, PT4H or P1D"
done

# A playbook whose name looks like an option
cp "$source/playbooks/credential-leak-email.yaml" ./--help
mkdir contacts
sed -i 's|^people: .*|people: people.csv|' ./--help
head -n 4 "$source/contacts/people-sample.csv" >people.csv
run "$breach" check -- --help
exits 0 "after -- everything is a playbook"
stdout_has "the next command can be typed" "next: breach notify ./--help"

# Output that gets lost is no success
run bash -c '"$0" status --help >/dev/full' "$breach"
exits 73 "standard output cannot be written"
stderr_has "it says so" "breach: error: cannot write to standard output: No space left on device"

done_testing
