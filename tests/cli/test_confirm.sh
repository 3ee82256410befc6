#!/usr/bin/env bash
# What breach notify shows and asks before an actual send, what it looks at on this machine, and what it leaves in run.log.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=incident.sh
. "$source/tests/cli/incident.sh"

notify() {
    run "$breach" notify "$@"
}

# What is shown --------------------------------------------------------------------------------------------------------
relay main
incident a actual
gateway "rate: 2/s" >a/gateways/relay.yaml
mkdir -p a/templates
cp -R "$source/templates/individual" a/templates/
# shellcheck disable=SC2016
{
    echo 'See https://help.example.com/leak or http://user@phish.test:8080/x and <a href="https://Other.Test/">this</a>.'
} >>a/templates/individual/en/email.txt
run "$breach" plan a/playbook.yaml
on_terminal '\n' "$breach" notify a/playbook.yaml
exits 77 "Enter alone sends nothing"
stdout_has "the question shows everything" "ACTUAL: this tells real people about leak, edition 1." \
    "3 messages are to be sent; 3 people in all" "people: 3 to be told" \
    "no send of this ledger was confirmed before" "from notice@example.com by relay (127.0.0.1:$port)" \
    "STILL THE SAMPLE'S: example.com, +86 10 0000 0000" \
    "links lead to: help.example.com, other.test (NOT OURS), phish.test (NOT OURS)" "will be done: about 20" "if the relays keep up" \
    "quiet hours: none" "plan digest $(sed -n 's/^digest: //p' "$out")" "Type the incident id (leak) to send:"
incident one actual
people 1 >one/people.csv
run "$breach" plan one/playbook.yaml
plan=$(digest)
on_terminal '\n' "$breach" notify one/playbook.yaml
stdout_has "one of anything is said as one" "1 message is to be sent; 1 person in all"
notify one/playbook.yaml --yes --expect-digest "$plan" --expect-people 2
stderr_has "also where it is wrong" "there is 1 person, not 2; nothing was sent"
gateway >a/gateways/relay.yaml
on_terminal '\n' "$breach" notify a/playbook.yaml
stdout_has "where no speed is known it says so" "done: not known"
is "nothing was sent" "$(sent main)" 0
on_terminal 'leak\n' "$breach" notify a/playbook.yaml
exits 0 "the incident id"
is "everybody is told" "$(sent main)" 3

# Many more people -----------------------------------------------------------------------------------------------------
people 3 >a/people.csv
echo 'p4,Person 4,en,p4@example.org' >>a/people.csv
run "$breach" plan a/playbook.yaml
plan=$(digest)
notify a/playbook.yaml --yes --expect-digest "$plan"
exits 77 "a third more people than were confirmed"
stderr_has "it says what to type" "breach: error: there are 4 people, and 3 when a send was last confirmed: if that is right, \
add --expect-people 4; nothing was sent [BR-CONFIRM-003]"
notify a/playbook.yaml --yes --expect-digest "$plan" --expect-people 5
exits 77 "another number than there are"
stderr_has "it says how many there are" "breach: error: there are 4 people, not 5; nothing was sent"
for answers in '\nleak\n' '5\nleak\n' 'leak\nleak\n'; do
    on_terminal "$answers" "$breach" notify a/playbook.yaml
    exits 77 "the answers $answers"
done
stdout_has "the number is asked for" "1 person more than the 3 that $(id -un)@" "IS THAT RIGHT?" "Type it (4) to go on:"
stdout_has "a text is counted by what is still to be sent of it" "  1 email to people, en: "
notify a/playbook.yaml --yes --expect-digest "${plan:0:12}" --expect-people 4
exits 77 "the beginning of the digest, as status shows it"
stderr_has "it says that all of it is needed" "breach: error: --expect-digest has only the first 12 characters of the plan's \
digest: all of them are needed, $plan; nothing was sent [BR-CONFIRM-"
notify a/playbook.yaml --yes --expect-digest wrong --lang zh-CN
exits 77 "a refusal in Chinese"
stderr_has "is in Chinese" "breach: 错误：计划摘要是 $plan，不是 wrong：有人重新做了计划；没有发送任何消息 [BR-CONFIRM-"
sqlite3 a/leak.breach/ledger.db "CREATE TRIGGER stuck BEFORE INSERT ON header BEGIN SELECT raise(ABORT, 'stuck'); END"
notify a/playbook.yaml --yes --expect-digest "$plan" --expect-people 4
exits 73 "a confirmation that cannot be recorded is no missing confirmation"
stderr_has "nothing is sent without it" "stuck" "breach: nothing was sent"
sqlite3 a/leak.breach/ledger.db "DROP TRIGGER stuck"
is "nothing more was sent" "$(sent main)" 3
on_terminal '4\nleak\n' "$breach" notify a/playbook.yaml
exits 0 "the number and the incident id"
is "one message more" "$(sent main)" 4
confirmations() {
    sqlite3 -readonly "$1" "SELECT json_extract(body, '\$.people') FROM event
        WHERE json_extract(body, '\$.event') = 'confirmed' ORDER BY rowid" | tr '\n' ' '
}
is "each confirmation is an event" "$(confirmations a/leak.breach/ledger.db)" "3 4 "
people 5 | tail -n 1 >>a/people.csv
sed -i '2d' a/people.csv
run "$breach" plan a/playbook.yaml
notify a/playbook.yaml --yes --expect-digest "$(digest)" --expect-people 5
exits 0 "a person more and one fewer, who still counts: with the number it needs no question"

# This machine ---------------------------------------------------------------------------------------------------------
relay other
incident m actual
run "$breach" plan m/playbook.yaml
confirmed=(--yes --expect-digest "$(digest)")
run bash -c 'ulimit -n 50; exec "$@"' - "$breach" notify m/playbook.yaml "${confirmed[@]}"
exits 78 "too few open files are allowed"
stderr_has "it says how many it takes" "breach: error: 2 connections need 68 open files and 50 are allowed: type ulimit -Hn 68" \
    "breach: nothing was sent"
run bash -c 'ulimit -Sn 40; exec "$@"' - "$breach" notify m/playbook.yaml --yes --expect-digest wrong
exits 77 "a low soft limit is raised by itself"
unread_stderr=
run env BREACH_MACHINE=full "$breach" notify m/playbook.yaml "${confirmed[@]}"
exits 73 "a full disk"
stderr_has "it says how much it takes" "breach: error: 0 bytes are free on the disk of $work/m/leak.breach, and sending 3 \
messages needs about " "breach: nothing was sent"
sqlite3 m/leak.breach/ledger.db "UPDATE header SET value = value + 86400000 WHERE key = 'planned_at'"
notify m/playbook.yaml "${confirmed[@]}"
exits 78 "a clock that is behind the plan"
stderr_has "it says so" "breach: error: this machine's clock says " "breach: nothing was sent"
sqlite3 m/leak.breach/ledger.db "UPDATE header SET value = value - 86400000 WHERE key = 'planned_at'"
is "nothing was sent" "$(sent other)" 0
if mkdir -p /dev/shm/breach-test.$$ 2>/dev/null && [ "$(stat -f -c %T /dev/shm)" = tmpfs ]; then
    run "$breach" plan m/playbook.yaml --state /dev/shm/breach-test.$$/s
    run env BREACH_MACHINE= "$breach" notify m/playbook.yaml --state /dev/shm/breach-test.$$/s --yes --expect-digest "$(digest)"
    exits 0 "a state folder in memory stops nothing"
    ok "it is a warning" grep -qF "breach: warning: /dev/shm/breach-test.$$/s lies in memory" "$err"
    unread_stderr=
    run "$breach" notify m/playbook.yaml --dry-run --state /dev/shm/breach-test.$$/dry
    exits 0 "an exercise says nothing about it"
else
    skip "a state folder in memory" "there is no tmpfs"
fi
rm -rf "/dev/shm/breach-test.$$"

# run.log --------------------------------------------------------------------------------------------------------------
relay mixed --user u --password geheim-1234 --rule 'rcpt to=p2@* reply "550 5.1.1 user p2 unknown, p2@example.org"' \
    --rule 'dot to=p3@* hang-up times=1'
incident l actual
export BREACH_TEST_PASSWORD=geheim-1234
gateway 'auth: {user: u, password: "env:BREACH_TEST_PASSWORD"}' >l/gateways/relay.yaml
sends l --trace trace
exits 1 "a mailbox that is not there, a connection that breaks"
log=l/leak.breach/run.log
is "the log is for us alone" "$(stat -c %a "$log") $(stat -c %a trace)" "600 600"
ok "begin and end of every command" grep -qE ' info notify\[[0-9]+\] end exit 1$' "$log"
ok "and of plan" grep -qE ' info plan\[[0-9]+\] begin breach ' "$log"
ok "the confirmation" grep -qE ' info notify\[[0-9]+\] confirmed people=3 open=3 digest=' "$log"
ok "the relay's words, masked" grep -qE 'permanent gateway=relay message=[a-z2-7]{26} .*user \*\*\* unknown, \*\*\*@example.org' "$log"
ok "doubts" grep -q ' warning notify.* in_doubt gateway=relay' "$log"
ok "the run with its numbers" grep -q ' run end=done answered=' "$log"
ok "the trace has the dialogue and the scheduling" \
    grep -qE 'relay/[0-9]+: > MAIL FROM:<\*\*\*@example.com>' trace
ok "the trace has the scheduling" grep -q 'scheduler: gateway relay, queue 0: 3 claimed' trace
secret="geheim-1234|$(printf '\0u\0geheim-1234' | base64)|$(printf 'geheim-1234' | base64)"
is "neither has a password, an endpoint or a name" "$(cat "$log" trace | grep -cE "$secret|p[123]@|Person|bounce\\+")" 0

# What others may see of the process ------------------------------------------------------------------------------------
relay slow --rule 'mail delay 300ms'
incident p actual
people 400 >p/people.csv
as=()
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
    as=(setpriv --reuid=nobody --clear-groups)
    chmod 755 .
    chown -R nobody p
fi
run "${as[@]}" "$breach" plan p/playbook.yaml
"${as[@]}" "$breach" notify p/playbook.yaml --yes --expect-digest "$(digest)" >p.out 2>p.err </dev/null &
notifier=$!
wait_for test -s slow.log # a signal before it sends would be lost: whoever starts in the background ignores this one
is "no core file is written" "$(awk '/^Max core file size/ { print $5, $6 }' "/proc/$notifier/limits")" "0 0"
if grep -q __asan_init "$breach"; then
    # the leak checker attaches to its own process
    skip "its memory belongs to root, not to its user" "not in a build with the address sanitizer"
elif [ ${#as[@]} -gt 0 ]; then
    is "its memory belongs to root, not to its user" "$(stat -c %U "/proc/$notifier/environ")" root
else
    skip "its memory belongs to root, not to its user" "needs root to become another user"
fi
kill -INT "$notifier"
wait "$notifier"
is "another user can send without a /proc of its own, and stop" "$?" 75
ok "it is said how it ended" grep -q ' end exit 75' p/leak.breach/run.log

done_testing
