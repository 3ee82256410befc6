#!/usr/bin/env bash
# breach notify is killed at every step on the way of letters into the folder: each lies there once in the end, and nothing half
# made does.
# shellcheck source=../cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"
# shellcheck source=../cli/incident.sh
. "$source/tests/cli/incident.sh"

incident a actual
sed -i -e "s/ladder: \[.*\]/ladder: [letter]/" -e "s/^gateways: .*/gateways: {letter: print-room}/" a/playbook.yaml
cat >a/gateways/print-room.yaml <<'END'
version: 1
name: print-room
kind: letter
folder: ../out
batch: 2
sender: [Example Cloud, Wolkenweg 1, 10115 Berlin]
END
{
    echo 'id,name,locale,address'
    for i in 1 2 3 4; do echo "p$i,Person $i,en,$i High Street|London"; done
} >a/people.csv

# notify ARGUMENT...: what it says is not looked at
notify() {
    run "$breach" notify a/playbook.yaml --yes --expect-digest "$digest" --expect-people 4 "$@"
    unread_stderr=
}

begin() {
    rm -rf a/leak.breach a/out
    run "$breach" plan a/playbook.yaml
    digest=$(digest)
}

# killed STEP: dies at it. How many commits a run has depends on the machine, so one may have a step less than the run before
killed() {
    BREACH_FAULT_DIE=$1 notify
    [ "$status" = 137 ] || missed=$((missed + 1))
}

# what lies there: messages accepted, letters, half-made batches
found() {
    echo "$(sqlite3 a/leak.breach/ledger.db 'SELECT count(*) FROM message WHERE state = 2')" \
        "$(find a/out -path '*/single/*.pdf' | wc -l) $(find a/out -name '.partial*' | wc -l)"
}

begin
BREACH_FAULT_LOG=$work/points notify
exits 0 "a run without a kill"
is "four letters" "$(found)" "4 4 0"
mapfile -t steps < <(grep -n 'hand_over\|sender_\|session' "$work/points" | cut -d: -f1)
ok "it passes many points" test "${#steps[@]}" -gt 15
ok "among them the one behind the commit of a batch" grep -q hand_over_commit_after "$work/points"
wrong=
missed=0
for step in "${steps[@]}"; do
    begin
    killed "$step"
    for _ in 1 2 3; do
        notify --patience PT5S
        [ "$status" != 0 ] || break
    done
    [ "$(found)" = "4 4 0" ] || wrong="$wrong step $step ($(sed -n "${step}p" "$work/points")): $(found);"
done
is "after a kill at each of them four letters, each once" "$wrong" ""
ok "all runs got to their step, but for one or two that had fewer commits" test "$missed" -le 2

# Killed behind the commit of a batch, and once more at every step of the run that was to find it -------------------------------
first=$(grep -n hand_over_commit_after "$work/points" | head -n 1 | cut -d: -f1)
begin
BREACH_FAULT_DIE=$first notify
rm "$work/points"
BREACH_FAULT_LOG=$work/points notify
is "the batch is found, and the rest is written" "$(found)" "4 4 0"
mapfile -t steps < <(grep -n 'run_recovered\|hand_over\|sender_\|session' "$work/points" | cut -d: -f1)
ok "it passes many points, too" test "${#steps[@]}" -gt 10
wrong=
missed=0
for step in "${steps[@]}"; do
    begin
    BREACH_FAULT_DIE=$first notify
    killed "$step"
    for _ in 1 2 3; do
        notify --patience PT5S
        [ "$status" != 0 ] || break
    done
    [ "$(found)" = "4 4 0" ] || wrong="$wrong step $step ($(sed -n "${step}p" "$work/points")): $(found);"
done
is "after a second kill at each of its steps each letter lies there once" "$wrong" ""
ok "all runs got to their step, but for one or two, too" test "$missed" -le 2
done_testing
