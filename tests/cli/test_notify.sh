#!/usr/bin/env bash
# breach notify: rehearsals, what it asks before an actual send, and what it refuses.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=incident.sh
. "$source/tests/cli/incident.sh"

notify() {
    run "$breach" notify "$@"
}

# subject_of MESSAGE: the first line of its subject, decoded if need be (RFC 2047)
subject_of() {
    local line
    line=$(tr -d '\r' <"$1" | sed -n 's/^Subject: //p')
    case $line in
    '=?'*) cut -d'?' -f4 <<<"$line" | base64 -d ;;
    *) echo "$line" ;;
    esac
}

# Rehearsals -----------------------------------------------------------------------------------------------------------
mkdir sample
cp -R "$source/playbooks" "$source/contacts" sample/
notify sample/playbooks/credential-leak-email.yaml --dry-run
exits 0 "the shipped sample is rehearsed"
stdout_has "everybody is told, and the way on" "EXERCISE: 1,000 people: 1,000 told, complete, nothing needs you" \
    "next: breach status sample/playbooks/credential-leak-email.yaml --dry-run"
message=$(sed -n 's/^a rendered sample: //p' "$out")
ok "the sample that it names is there" test -s "$message"
ok "with the headers of a notice" test "$(grep -cE '^(Date|Message-ID|From|To|Subject|MIME-Version|Auto-Submitted): ' "$message")" = 7
ok "with a text" test "$(text_of "$message" text/plain | wc -c)" -gt 1000
ok "and a page" grep -q '</html>' <(text_of "$message" text/html)

incident a actual
printf '%s\n' id,name,locale,email p1,Ann,en,p1@example.org p2,林,zh-CN,p2@example.org p3,陳,zh-TW,p3@example.org >a/people.csv
notify a/playbook.yaml --dry-run --json
exits 0 "an actual incident is rehearsed"
ok "--json is what its schema promises" "$build/tests/tools/schema-check" "$source/docs/schema/notify.json" "$out"
is "it is an exercise" "$(json "$out" '$.status') $(json "$out" '$.end')" "exercise done"
samples=a/leak.dry-run.breach/samples
while read -r address mark; do
    message=$(message_to "$samples" "$address")
    ok "the text for $address is marked" grep -qF "$mark" <(text_of "$message" text/plain | head -n 1)
    ok "the page for $address is marked" grep -qF "$mark" <(text_of "$message" text/html)
    ok "the subject for $address is marked" grep -qF "$mark" <(subject_of "$message")
done <<'END_OF_MARKS'
p1@example.org [EXERCISE]
p2@example.org 【演练】
p3@example.org 【演練】
END_OF_MARKS
is "the actual ledger is not touched by it" "$(cd a && ls -d ./*.breach)" ./leak.dry-run.breach

first=$(message_to "$samples" p1@example.org | xargs sed -n 's/^Message-ID: //p')
people 2 >a/people.csv
notify a/playbook.yaml --dry-run
exits 0 "a finished rehearsal starts afresh"
stdout_has "with the people of now" "EXERCISE: 2 people: 2 told, complete"
is "and without the samples of before" "$(find "$samples" -name '*.eml' | wc -l)" 2
second=$(message_to "$samples" p1@example.org | xargs sed -n 's/^Message-ID: //p')
ok "it is another rehearsal: no message has the id of before" test "$first" != "$second"

people 60 >a/people.csv
gateway "connections: 1" "rate: 2/s" >a/gateways/relay.yaml
# shellcheck disable=SC2317  # wait_for calls it
some_told() {
    "$breach" status a/playbook.yaml --dry-run --json >poll && [ "$(told poll accepted)" -gt 0 ]
}
rm -r a/*.breach
"$breach" notify a/playbook.yaml --dry-run >first.out 2>first.err </dev/null &
first=$!
wait_for some_told
kill -INT "$first"
wait "$first"
is "a rehearsal is interrupted by Ctrl-C: it ends with 75" "$?" 75
is "it says that it ends cleanly" "$(without_progress first.err)" "breach: stopped as asked: everything that was on the wire is recorded"
ok "what is left, and what to type" grep -qE 'NEEDS YOU: 60 people: [0-9]+ told, [0-9]+ pending' first.out
is "what is left, and what to type" "$(tail -n 1 first.out)" "next: breach notify a/playbook.yaml --dry-run"
run "$breach" status a/playbook.yaml --dry-run --json
reached=$(told "$out" accepted)
ok "some were told, some were not" test "$reached" -gt 0 -a "$reached" -lt 60
kept=$(json "$out" '$.digest')
gateway "connections: 1" >a/gateways/relay.yaml
notify a/playbook.yaml --dry-run --json
exits 0 "an unfinished rehearsal goes on"
is "with the same plan, and only with those who were left" \
    "$(json "$out" '$.digest') $(told "$out" accepted) $(json "$out" '$.answered') $(json "$out" '$.resent_in_doubt')" \
    "$kept 60 $((60 - reached)) 0"

# What an actual send needs --------------------------------------------------------------------------------------------
relay main --keep kept
incident b actual
notify b/playbook.yaml --yes --expect-digest x
exits 65 "nothing is planned"
stderr_has "it says what to type" "breach: error: nothing is planned in $work/b/leak.breach: type breach plan b/playbook.yaml" \
    "breach: nothing was sent"
is "and makes no state folder" "$(find b -name '*.breach')" ""
run "$breach" plan b/playbook.yaml
plan=$(digest)
needs="breach: error: an actual send without a question needs --yes --expect-digest $plan; nothing was sent"
notify b/playbook.yaml
exits 77 "without a terminal"
stderr_has "it says what it needs" "$needs"
notify b/playbook.yaml --yes
exits 77 "--yes alone"
stderr_has "it says what it needs" "$needs"
notify b/playbook.yaml --expect-digest "$plan"
exits 77 "--expect-digest alone"
stderr_has "it says what it needs" "$needs"
wrong=$(tr 0-9a-f 1-9a-f0 <<<"$plan")
notify b/playbook.yaml --yes --expect-digest "$wrong"
exits 77 "the digest of another plan"
stderr_has "it says which is the right one" \
    "breach: error: the plan's digest is $plan, not $wrong: somebody planned again; nothing was sent"
for answer in 'wrong\n' 'LEAK\n' 'yes\n' '\n' ''; do
    on_terminal "$answer" "$breach" notify b/playbook.yaml
    exits 77 "on a terminal, the answer '$answer'"
    stdout_has "it shows what is about to happen, and then that nothing was sent" \
        "ACTUAL: this tells real people about leak, edition 1." "3 messages are to be sent; 3 people in all" \
        "from notice@example.com by relay (127.0.0.1:$port)" \
        "3 email to people, en: Example Cloud: data breach affecting you" "plan digest $plan" \
        "Type the incident id (leak) to send: " "breach: not confirmed: nothing was sent"
done
is "nobody was told so far" "$(sent main)" 0
on_terminal 'leak\n' "$breach" notify b/playbook.yaml
exits 0 "on a terminal, the incident id"
stdout_has "everybody is told" "3 people: 3 told, complete, nothing needs you" "next: breach status b/playbook.yaml"
is "the relay has them" "$(sent main)" 3
stdout_lacks "it is no exercise" EXERCISE
ok "no message is marked as one" test "$(for message in kept/*.eml; do cat "$message"; text_of "$message" text/plain; done |
    grep -c EXERCISE)" = 0
notify b/playbook.yaml
exits 0 "again, when everybody is told: there is nothing to ask"
is "and nothing is sent" "$(sent main)" 3

# What has changed since the plan --------------------------------------------------------------------------------------
incident c actual
mkdir c/templates
cp -R "$source/templates/individual" c/templates/
run "$breach" plan c/playbook.yaml
plan=$(digest)
confirmed=(--yes --expect-digest "$plan")
touch -d 2001-01-01 c/people.csv
for file in people.csv playbook.yaml templates/individual/en/email.txt; do
    cp "c/$file" before
    echo "" >>"c/$file"
    notify c/playbook.yaml "${confirmed[@]}"
    exits 65 "$file has changed"
    what=("breach:   $work/c/$file was changed")
    [ "$file" != people.csv ] || what=("has the same people, and something else about them")
    [ "$file" != "${file%.txt}" ] && what+=("the text of people, email, en: another one now")
    stderr_has "it names the file, what is different, and both ways on" "breach: since the plan:" "${what[@]}" "breach: \
error: changed since the plan: $work/c/$file; type breach plan c/playbook.yaml, or send what was planned with --as-planned" \
        "breach: nothing was sent"
    cp before "c/$file"
done
while read -r line; do
    gateway "$line" >c/gateways/relay.yaml
    notify c/playbook.yaml "${confirmed[@]}" --as-planned
    exits 65 "the gateway's ${line%%:*} has changed"
    stderr_has "it says what to type" "breach: error: a gateway has another sender, bounce address, region or in_doubt than \
was planned: type breach plan c/playbook.yaml" "breach: nothing was sent"
done <<'END_OF_LINES'
from: other@example.com
from_name: Somebody
bounce: other@example.com
reply_to: other@example.com
region: eu
in_doubt: hold
END_OF_LINES
is "nobody was told by any of this" "$(sent main)" 3
gateway "host: localhost" "connections: 3" "rate: 100/s" "helo: other.example.com" >c/gateways/relay.yaml
echo 'p4,Person 4,en,p4@example.org' >>c/people.csv
notify c/playbook.yaml "${confirmed[@]}" --as-planned
exits 0 "another host, rate and name for HELO are no other plan; --as-planned sends to the people of the plan"
stdout_has "as planned" "3 people: 3 told"
run "$breach" plan c/playbook.yaml
notify c/playbook.yaml --yes --expect-digest "$(digest)" --expect-people 4
exits 0 "planned again: who was told is not told again"
is "one message more" "$(sent main) $(grep -c p4@example.org main.log)" "7 1"

# State that is not ours -----------------------------------------------------------------------------------------------
incident d exercise
notify d/playbook.yaml --state b/leak.breach
exits 65 "a rehearsal with the state of the actual incident"
stderr_has "it says whose it is" \
    "breach: error: $work/b/leak.breach belongs to leak (actual), not to leak (exercise): use another --state" \
    "breach: nothing was sent"
incident e actual
sed -i 's/id: leak /id: other /' e/playbook.yaml
notify e/playbook.yaml --state b/leak.breach --yes --expect-digest x
exits 65 "the state of another incident"
stderr_has "it says whose it is" \
    "breach: error: $work/b/leak.breach belongs to leak (actual), not to other (actual): use another --state" \
    "breach: nothing was sent"
notify b/playbook.yaml --state a/leak.dry-run.breach --yes --expect-digest x
exits 65 "an actual send with the state of a rehearsal"
stderr_has "it says whose it is" "belongs to leak (exercise), not to leak (actual)" "breach: nothing was sent"
incident rehearsed exercise
notify rehearsed/playbook.yaml
exits 0 "a rehearsal"
printf 'id,name,email\n1,"open,a@example.com\n' >rehearsed/people.csv
notify rehearsed/playbook.yaml
exits 65 "rehearsed again with a people file that cannot be read"
stderr_has "it says where" "rehearsed/people.csv:2:3: error: this quote is never closed" "breach: nothing was sent"
run "$breach" status rehearsed/playbook.yaml
exits 0 "the rehearsal before it is still there"
stdout_has "complete as it was" "told, complete, nothing needs you"
grep -v ' id: leak' rehearsed/playbook.yaml | sed 's/{id: leak,/{/' >rehearsed/nameless.yaml
run "$breach" status rehearsed/nameless.yaml --state rehearsed/leak.dry-run.breach
exits 65 "the status of a playbook without an incident id"
stderr_has "it says so" "breach: error: the playbook has no incident id"
mkdir foreign
echo mine >foreign/slots-machine.txt
notify d/playbook.yaml --state foreign
exits 73 "a folder with other files in it"
stderr_has "it asks for one of its own" "breach: error: $work/foreign holds files that are not ours: give --state \
a folder of its own" "breach: nothing was sent"
is "nothing was put there" "$(ls -A foreign)" slots-machine.txt
incident f actual
run "$breach" plan f/playbook.yaml
cp -R f copy
plan=$(digest)
notify copy/playbook.yaml --yes --expect-digest "$plan" --as-planned
exits 65 "a copied state folder"
stderr_has "where it is from, and what to type if it is meant" "breach: error: $work/copy/leak.breach is a copy: the ledger \
was made on $(uname -n) in $work/f/leak.breach; sending from both would tell people twice; if nobody sends from there any \
more, type breach notify copy/playbook.yaml --adopt" "breach: nothing was sent"
notify copy/playbook.yaml --yes --expect-digest wrong --as-planned --adopt
exits 77 "a copy that is meant, with a wrong digest"
stderr_has "nothing was sent" "nothing was sent"
notify copy/playbook.yaml --yes --expect-digest "$plan" --as-planned
exits 65 "what was not confirmed adopted nothing"
stderr_has "it still says so" "is a copy" "breach: nothing was sent"
notify copy/playbook.yaml --yes --expect-digest "$plan" --as-planned --adopt
exits 0 "a copy that is meant"
is "sends" "$(sent main)" 10
notify copy/playbook.yaml
exits 0 "once adopted it is no copy any more"

# A password that is not there -----------------------------------------------------------------------------------------
incident g actual
gateway 'auth: {user: u, password: "env:BREACH_TEST_PASSWORD"}' >g/gateways/relay.yaml
run "$breach" plan g/playbook.yaml
notify g/playbook.yaml --yes --expect-digest "$(digest)"
exits 78 "the password is not in the environment"
stderr_has "it says what to type" "breach: error: environment variable BREACH_TEST_PASSWORD is not set: type read -rs \
BREACH_TEST_PASSWORD; export BREACH_TEST_PASSWORD in this shell" "breach: nothing was sent"
is "nobody was told" "$(sent main)" 10
gateway 'auth: {user: u, password: "file:nowhere"}' >g/gateways/relay.yaml
run "$breach" plan g/playbook.yaml
notify g/playbook.yaml --yes --expect-digest "$(digest)"
exits 78 "the password file is not there"
stderr_has "it names the file" "$work/g/gateways/nowhere" "breach: nothing was sent"

# Two at a time --------------------------------------------------------------------------------------------------------
relay slow --rule "mail delay 300ms"
incident h actual
people 14 >h/people.csv
gateway "connections: 1" >h/gateways/relay.yaml
run "$breach" plan h/playbook.yaml
confirmed=(--yes --expect-digest "$(digest)")
"$breach" notify h/playbook.yaml "${confirmed[@]}" >first.out 2>first.err </dev/null &
first=$!
wait_for test -s slow.log
relay_holds slow # the first one waits for it until the others have said what they have to say
for command in notify plan; do
    run "$breach" "$command" h/playbook.yaml
    exits 75 "breach $command while breach notify is at work"
    more=()
    [ "$command" = notify ] || more=("planning while another process sends is not possible: stop it there with Ctrl-C")
    stderr_has "it says so, and how to watch" "breach: error: another breach is at work in $work/h/leak.breach: watch it \
with breach status h/playbook.yaml" "breach: nothing was" "${more[@]}"
done
run "$breach" status h/playbook.yaml
exits 0 "breach status while breach notify is at work"
stdout_has "it says so" "running" "next: breach status h/playbook.yaml"
relay_goes_on slow
wait "$first"
is "the first is not disturbed" "$? $(without_progress first.err)" "0 "
is "everybody is told once" "$(sort slow.log | uniq -c | grep -c '^ *1 ')" 14

# Patience -------------------------------------------------------------------------------------------------------------
relay later --rule 'rcpt reply "451 4.7.1 come back later"'
incident i actual
gateway "retry_after: PT1H" "give_up: P2D" >i/gateways/relay.yaml
sends i --patience PT1M
exits 75 "what is due in an hour is not waited for with a patience of a minute"
stdout_has "when it goes on, and that somebody has to start it" "NEEDS YOU: 3 people: 0 told, 3 pending, next try at " \
    " min)" "next: breach notify i/playbook.yaml"
run "$breach" status i/playbook.yaml --json
ok "the time stands in --json" test -n "$(json "$out" '$.next_due')"

done_testing
