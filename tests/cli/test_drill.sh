#!/usr/bin/env bash
# Drills: scenarios with faults, the score, the record, who decides; and that nothing else is touched.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=incident.sh
. "$source/tests/cli/incident.sh"

incident leak exercise
book=leak/playbook.yaml

size=300
# scenario NAME TARGETS STEP...: a scenario beside the playbook, three hundred people ($size), one day
scenario() {
    local name=$1 targets=$2 step
    shift 2
    mkdir -p leak/scenarios
    {
        printf 'version: 1\nname: %s\ntitle: a story\nlasts: PT24H\npeople: %d\ntargets: {%s}\nsteps:\n' "$name" "$size" "$targets"
        for step in "$@"; do printf '  - {%s}\n' "$step"; done
    } >"leak/scenarios/$name.yaml"
}

drill() {
    run "$breach" drill "$book" --scenario "$@"
}

# scored NAME ARGUMENT...: plays it, leaves its points in tenths in $points
scored() {
    run "$breach" drill "$book" --json --scenario "$@"
    points=$(json "$out" '$.score')
    points=$(awk -v points="$points" 'BEGIN { printf "%d", points * 10 + 0.5 }')
}

keeps_schema() {
    ok "--json is what $1 promises" "$build/tests/tools/schema-check" "$source/docs/schema/$1" "$out"
}

# The scenarios that come with breach ------------------------------------------------------------------------------------------
run "$breach" drill --list
exits 0 "the scenarios are listed"
stdout_has "all three" relay-down-at-night dead-addresses-and-throttle growing-scope-with-a-mistake "3 d 0 h"
run "$breach" drill --list --json
exits 0 "also as JSON"
keeps_schema drill_list.json
is "which is the same in every language" "$("$breach" --lang zh_CN drill --list --json)" "$(cat "$out")"
run "$breach" --lang zh_CN drill --list
stdout_has "people read their own" "夜里邮件中继故障，负责人正在睡觉" "五分之一的地址已失效，服务商又限流"

# They are played with fewer people, beside the playbook; and one as it is
mkdir -p leak/scenarios
for name in dead-addresses-and-throttle growing-scope-with-a-mistake; do
    sed -E 's/^people: [0-9]+/people: 600/; s/^( *)people: 1000$/\1people: 300/; s/2800/800/; s/3000/900/; s/3300/990/' \
        "$source/playbooks/scenarios/$name.yaml" >"leak/scenarios/$name.yaml"
done
for name in relay-down-at-night dead-addresses-and-throttle growing-scope-with-a-mistake; do
    drill "$name"
    ok "$name is played to its end" test "$status" -le 1
    stdout_has "$name has a score" "EXERCISE: " " of 100 points" "the record: " "next: breach drill $book --history"
done
stdout_has "a command is shown as it can be typed" "breach hold --reason 'the number of the hotline is wrong' (exit 0)" \
    "lead: file the reports that are due within two days" "half as many people again have to be told." "on-call: hold everything, correct the number, go on"
english=$(sed -n 's/^the record: //p' "$out")
run "$breach" --lang zh_CN drill "$book" --scenario growing-scope-with-a-mistake
exits 0 "a team that reads Chinese"
stdout_has "is told the story in Chinese" "演练：通知里的电话号码写错了，受影响的人也比预想的多" "要通知的人再增加一半。" "邮件服务商每秒只收一封" \
    "值班员：暂停全部发送，改正号码，再继续" "值班员：号码已改正" "负责人：开始发送通知" "取证小组又发现一张数据表：受影响者增加一千人"
stdout_lacks "and in no other language" "the notices are started" "on-call:" "lead:" "file the reports"
chinese=$(sed -n 's/^记录：//p' "$out")
for member in scenario events decisions targets counts told; do
    json "$english/drill.json" "\$.$member" >english.json
    json "$chinese/drill.json" "\$.$member" >chinese.json
    ok "the record is the same in both: $member" cmp english.json chinese.json
done
ok "its page is in Chinese" grep -q '通知开始发送两分钟后，热线来电' "$chinese/README.md"
ok "with those who did something" grep -q '| 值班员 | 号码已改正 |' "$chinese/README.md"

# One story, and what is kept of it --------------------------------------------------------------------------------------------
all='first_notice: PT2H, told: {share: 95%, within: PT12H}, clocks: met, identity: held, unreachable: 2%'
scenario plain "$all" 'at: PT20M, do: run, by: on-call, command: plan' 'at: PT30M, do: notify, by: lead'
before=$(sha256sum "$book" leak/people.csv)
drill plain
exits 0 "a story without a fault is passed"
stdout_has "no law asks anything, and nobody is praised for it" "none ended in the story"
stdout_has "its steps, its targets, its verdict" "20 min          on-call: breach plan (exit 0)" \
    "30 min          lead: breach notify is started" "after 30 min" \
    "EXERCISE: 98.8 of 100 points: passed, all 5 targets are met"
is "the playbook and its people are as they were" "$(sha256sum "$book" leak/people.csv)" "$before"
is "nothing else has a state" "$(cd leak && echo ./*.breach)" "./leak.drill.breach"
is "its folder is for nobody else" "$(stat -c %a leak/leak.drill.breach)" 700
ok "and never gets into version control" grep -qx '\*' leak/leak.drill.breach/.gitignore
record=$(sed -n 's/^the record: //p' "$out")
is "three files are kept" "$(cd "$record" && echo *)" "README.md drill.json scenario.yaml"
ok "the scenario as it was played" cmp "$record/scenario.yaml" leak/scenarios/plain.yaml
ok "nobody changes them by accident" test "$(stat -c %a "$record/drill.json")" = 400
ok "the record keeps its promise" "$build/tests/tools/schema-check" "$source/docs/schema/drill.json" "$record/drill.json"
ok "it names nobody" sh -c "! grep -qE 'p[0-9]+@|drill[0-9]{7}|Person [0-9]' '$record'/*"
is "297 were invented" "$(json "$record/drill.json" '$.invented')" 297
is "the account is that of the drill" "$(json "$record/drill.json" '$.account.identity.people')" 300
is "and in the ledger all were told" "$(sqlite3 leak/leak.drill.breach/state/ledger.db \
    "SELECT count(*) FROM message WHERE state = (SELECT state FROM message LIMIT 1)")" 300
ok "every notice is marked as an exercise" sh -c "! grep -L 'X-Breach-Exercise\|EXERCISE\|Exercise' leak/leak.drill.breach/state/samples/*.eml | grep -q ."
ok "the transcript has what every command said" grep -qF '$ breach notify' leak/leak.drill.breach/transcript.txt
sum=$(sha256sum "$record"/*)
drill plain
exits 0 "again"
is "the first record stays" "$(sha256sum "$record"/*)" "$sum"
ok "what is typed is no markup in it" "$breach" drill "$book" --scenario plain --seed $'<b>\n# x' --out marked
ok "not even the seed" grep -q 'seed \\<b\\> \\# x, ' marked/*/README.md
is "and a second one lies beside it" "$(find leak/drills -name '*-plain*' | wc -l)" 2

# The same seed plays the same drill; another one others -------------------------------------------------------------------------
scenario dead "$all" 'do: dead, share: 10%' 'do: dead, share: 10%, comes_back: PT10M' 'at: PT20M, do: notify' \
    'at: PT15M, do: throttle, rate: 1/s, for: PT1H' 'at: PT16M, do: relay-down, for: PT10M'
parts='$.targets $.events $.told $.counts $.clocks $.decisions'
scored dead
keeps_schema drill.json
for part in $parts; do json "$out" "$part"; done >first
scored dead
for part in $parts; do json "$out" "$part"; done >second
ok "the same seed: the same drill" cmp first second
unreachable=$(json "$out" '$.counts.unreachable')
ok "a tenth is refused, a tenth comes back" test "$unreachable" -gt 30 -a "$unreachable" -lt 85
ok "who came back was taken for told before" sqlite3 leak/leak.drill.breach/state/ledger.db \
    "SELECT 1 / count(*) FROM event WHERE body LIKE '%bounced%'"
scored dead --seed other
for part in $parts; do json "$out" "$part"; done >third
ok "another seed: another drill" sh -c '! cmp -s first third'

# Every channel at once, a relay and a provider that fail: nothing hangs on which of them answers first
played() {
    run "$breach" drill "$source/playbooks/credential-leak.yaml" --scenario leak/scenarios/together.yaml --state "$1" \
        --out "$1-record" --json
    # only when it was played, how long that took, and where it is kept may differ
    jq -S 'del(.played_at, .elapsed_ms, .record, .transcript)' "$out" >"$1.json"
}
scenario together "$all" 'at: PT20M, do: notify' 'at: PT15M, do: relay-down, for: PT10M' \
    'at: PT20M, do: relay-down, channel: sms, for: PT10M' 'at: PT15M, do: dead, share: 10%, comes_back: PT10M'
played one
played two
ok "the same seed: the same record, to the last point of its history" cmp one.json two.json
ok "which has many points" test "$(jq '.account.history | length' two.json)" -gt 100

# The score changes when the faults do -------------------------------------------------------------------------------------------
last=$points
for step in 'at: PT23H, do: stop' 'at: PT15M, do: relay-down, for: PT1H' 'at: PT15M, do: relay-down, for: PT6H' \
    'at: PT15M, do: relay-down'; do
    scenario worse "$all" 'at: PT20M, do: notify' "$step"
    [ "$step" = 'at: PT23H, do: stop' ] && last=1001
    scored worse
    ok "$step is worse than what was before it: $points" test "$points" -lt "$last"
    last=$points
done
exits 1 "a missed target is exit 1"
is "nobody was told" "$(json "$out" '$.targets[0].got')" ""
last=1001
for share in 1% 5% 20% 60%; do
    scenario worse "$all" "do: dead, share: $share" 'at: PT20M, do: notify'
    scored worse
    ok "$share dead: $points" test "$points" -lt "$last"
    last=$points
done

size=50 # where the number of people changes nothing
# Somebody who is away --------------------------------------------------------------------------------------------------------------
scenario away "$all" 'do: absent, role: lead, for: PT6H, deputy: PT1H' 'at: PT30M, do: notify, by: lead'
drill away
exits 0 "a deputy takes over"
stdout_has "an hour later" "lead: away: it is done 1 h 0 min later: notify" "after 1 h 30 min"
scenario away "$all" 'do: absent, role: lead, for: PT6H' 'at: PT30M, do: notify, by: lead'
drill away
exits 1 "without one it waits"
stdout_has "until they are back" "after 6 h 0 min"
scenario away "$all" 'do: absent, role: lead, for: PT24H' 'at: PT30M, do: notify, by: lead' 'at: PT40M, do: notify, by: on-call'
drill away
exits 0 "who is there does what is theirs"
stdout_has "and the other nothing" "away, and nobody does it instead: notify" "after 40 min"

size=300
# A mistake, and a scope that grows -------------------------------------------------------------------------------------------------
scenario mistake "$all, mistaken: 50%" 'do: throttle, rate: 1/s' 'at: PT20M, do: notify' \
    'at: PT21M, do: run, command: hold --reason "wrong number"' \
    'at: PT30M, do: edit, key: organization.contact.phone, value: "+86 10 5550 0100", corrects: true' \
    'at: PT31M, do: run, command: plan' 'at: PT32M, do: run, command: lift --reason right' \
    'at: PT5H, do: grow, people: 100' 'at: PT5H, do: run, command: record affected --lower 400 --likely 400 --upper 400 --by Li --reason counted --at NOW' \
    'at: PT6H, do: run, command: plan'
run "$breach" drill "$book" --scenario mistake --json
exits 0 "a hold, a corrected text, and a hundred people more"
is "everybody was told, those who came later too" "$(json "$out" '$.counts.accepted')" 400
mistaken=$(json "$out" '$.targets[5].got')
ok "some had read the wrong number: $mistaken" awk -v share="$mistaken" 'BEGIN { exit !(share > 0.05 && share < 0.4) }'
ok "every command ended well" test "$(json "$out" '$.events' | grep -c '"exit":6[45]')" -le 2
scenario mistake "$all, mistaken: 50%" 'do: throttle, rate: 1/s' 'at: PT20M, do: notify'
run "$breach" drill "$book" --scenario mistake --json
exits 1 "a mistake that nobody corrects"
is "is read by everybody who is told" "$(json "$out" '$.targets[5].got') $(json "$out" '$.targets[5].met')" "1.0 0"
size=50
scenario mistake "$all" 'do: edit, find: no such text, replace: other' 'at: PT1M, do: notify'
drill mistake
exits 65 "a change that does not fit the playbook ends it"
stderr_has "with its place" 'leak/scenarios/mistake.yaml:8:5: the playbook does not hold "no such text"' "BR-DRILL-002"

scenario mistake "$all" 'at: PT20M, do: notify' 'at: PT1H, do: edit, find: "version: 1", replace: "version: ["'
drill mistake
exits 65 "so does one that leaves no playbook"
stderr_has "with both places" 'leak/scenarios/mistake.yaml:9:5: the playbook cannot be read: ' "drill.yaml:14:5: error: " "BR-YAML-002"

# Decisions ---------------------------------------------------------------------------------------------------------------------------
scenario decide "$all" 'at: PT20M, do: notify, says: start' \
    'at: PT10M, do: ask, role: lead, says: The relay is down. What now?, default: wait, choices: [{id: wait, says: wait}, {id: stop, says: stop it, then: [{at: PT15M, do: stop}, {at: PT14H, do: notify}]}]' \
    'at: PT15M, do: relay-down, for: PT1H'
cat >team.yaml <<'END'
version: 1
participants:
  - {name: Li Wei, role: lead}
END
run "$breach" drill "$book" --scenario decide --json
exits 0 "the scenario decides when nobody is asked"
is "by its default" "$(json "$out" '$.decisions[0].choice')" wait
is "which nobody chose" "$(json "$out" '$.decisions[0].asked')" 0
run "$breach" drill "$book" --scenario decide --participants team.yaml --json
exits 0 "so it does without a terminal"
stderr_has "and says so" "there is no terminal to ask on"
sed 's/role: lead/role: leed/' team.yaml >slip.yaml
run "$breach" drill "$book" --scenario decide --participants slip.yaml --json
exits 0 "a role that nobody has decides nothing"
stderr_has "and is pointed at" "there is no terminal" "warning: nobody has the role leed in this story: did you mean lead?"
on_terminal 'what?\n2\n' "$breach" drill "$book" --scenario decide --participants team.yaml
exits 1 "a person decided worse"
stdout_has "they were asked by name, again when nobody understood" "Li Wei (lead)" "The relay is down. What now?" "  2  stop it" \
    "Li Wei: stop it" "after 14 h 10 min"
latest=$(sed -n 's/^the record: //p' "$out")
is "their answer is kept" "$(json "$latest/drill.json" '$.decisions[0].name') $(json "$latest/drill.json" '$.decisions[0].choice')" "Li Wei stop"

size=300 # so that some still wait when the question comes
scenario asked-late "$all" 'do: throttle, rate: 1/s' 'at: PT20M, do: notify' \
    'at: PT21M, do: ask, role: lead, says: What now?, default: wait, choices: [{id: wait, says: wait}, {id: go, says: go}]'
mkfifo keys
TERM=xterm script -qec "$(printf '%q ' "$breach" drill "$book" --scenario asked-late --participants team.yaml --out stopped)" \
    /dev/null <keys >asked 2>&1 &
asked=$!
exec 8>keys
ok "a question while messages wait" wait_for grep -q "a number from 1 to 2" asked
printf '\003' >&8
# shellcheck disable=SC2317  # called by wait_for
is_gone() { ! kill -0 "$asked" 2>/dev/null; }
ok "Ctrl-C ends it" wait_for is_gone
exec 8>&-
kill "$asked" 2>/dev/null
status=0
wait "$asked" || status=$?
exits 75 "as one that was stopped"
ok "which is said" grep -q "the drill was stopped, and nothing is kept of it" asked
is "and nothing is kept" "$(find stopped -name drill.json)" ""

# The history ---------------------------------------------------------------------------------------------------------------------------
mkdir leak/drills/not-a-drill
run "$breach" drill "$book" --history
exits 0 "earlier scores"
stderr_has "what is none is passed over" "warning: 1 entries of "
stdout_has "with what changed" "plain " "  98.8  passed  +0.0" "another version of the scenario" "drills: "
run "$breach" drill "$book" --history --json
stderr_has "as JSON, too" "warning: 1 entries of "
keeps_schema drill_history.json

# An actual incident, and its rehearsal, stay as they are -------------------------------------------------------------------------------
sed 's/status: exercise/status: actual  /' "$book" >leak/real.yaml
run "$breach" plan leak/real.yaml
exits 0 "an actual incident is planned"
run "$breach" notify leak/real.yaml --dry-run
exits 0 "and rehearsed"
state=$(find leak/leak.breach leak/leak.dry-run.breach -type f -exec sha256sum {} + | sort)
run "$breach" drill leak/real.yaml --scenario dead --out records
ok "it is drilled" test "$status" -le 1
stdout_has "as an exercise" "EXERCISE: "
is "neither has changed" "$(find leak/leak.breach leak/leak.dry-run.breach -type f -exec sha256sum {} + | sort)" "$state"
ok "the ledger of the drill is of an exercise" test "$(sqlite3 leak/leak.drill.breach/state/ledger.db \
    "SELECT value FROM header WHERE key = 'status'")" = exercise
is "the record lies where it was asked for" "$(find records -name drill.json | wc -l)" 1
mkdir -p drawn && echo text >drawn/file
run "$breach" drill "$book" --scenario plain --out drawn/file
exits 73 "where no record can be kept"
stderr_has "nothing is played" "cannot create folder"
is "not a step" "$(wc -c <"$out")" 0
mkdir mine && echo mine >mine/file && echo "how we drill" >mine/drill
run "$breach" drill "$book" --scenario plain --state mine
exits 73 "a folder of somebody else's is left alone"
stderr_has "and says why" "holds files that are not ours" "BR-STATE-001"
is "with what is in it" "$(cat mine/file)" mine
run "$breach" drill "$book" --scenario plain --state other
exits 0 "--state: another folder"
exec 9<other/drill
flock 9
run "$breach" drill "$book" --scenario plain --state other
exits 75 "one drill at a time plays in a folder"
stderr_has "and the other says so" "another drill plays in"
exec 9<&-
ok "has the drill" test -s other/transcript.txt

# The clocks of the law run on the clock of the drill -------------------------------------------------------------------------------------
{
    cat "$book"
    printf 'regimes: [{id: eu-gdpr, zone: Europe/Berlin, calendar: de}]\nvariables: {risk: high}\n'
} >leak/law.yaml
# law STEP...: three and a half days, from half past two at night
size=20
law() {
    scenario law 'clocks: met' 'at: PT20M, do: notify' "$@"
    sed -i 's/^lasts: .*/lasts: PT84H\nstarts: "02:30"/' leak/scenarios/law.yaml
    scored_of law.yaml law
}
scored_of() {
    run "$breach" drill "leak/$1" --json --scenario "$2"
    states=$(json "$out" '$.clocks' | tr '}' '\n' | sed -n 's/.*"eu-gdpr\/authority_72h","late_ms":\([0-9]*\),"missed":\([a-z]*\),"state":"\([a-z]*\)".*/\3 \2 \1/p')
}
law 'at: PT80H, do: run, command: check'
exits 1 "nobody told the authority"
is "which is seen by the clock of the drill" "$states" "overdue true $(( (84 - 72) * 3600 * 1000 ))"
is "the story begins at night" "$(json "$out" '$.simulated.from')" "2026-11-20T18:30:00.000Z"
law 'at: PT2H, do: file, within: PT72H'
exits 0 "a report within the hour"
is "is in time" "$states" "filed false 0"
law 'at: PT80H, do: file'
exits 1 "one after eighty hours"
is "is late" "$states" "filed true $(( (80 - 72) * 3600 * 1000 ))"

# People of every form ---------------------------------------------------------------------------------------------------------------------
printf '%s\n' '{"id": "a", "name": "A, \"B\"", "email": "a@example.org", "locale": "en"}' >leak/people.jsonl
sed 's/people.csv/people.jsonl/' "$book" >leak/lines.yaml
run "$breach" drill leak/lines.yaml --scenario plain --json
exits 0 "JSON Lines"
is "invented from one person" "$(json "$out" '$.counts.accepted')" 300
printf 'id,name,locale,email\n' >leak/nobody.csv
sed 's/people.csv/nobody.csv/' "$book" >leak/nobody.yaml
run "$breach" drill leak/nobody.yaml --scenario plain
exits 65 "nobody can be invented from nobody"
stderr_has "what stops notify stops a drill" "there is nobody in this file" "BR-PEOPLE-008"
sed -e 's/^name: .*/name: bad-type/' -e 's/command: plan/command: record affected --likely 400/' leak/scenarios/plain.yaml >leak/scenarios/bad-type.yaml
run "$breach" drill "$book" --scenario bad-type
exits 0 "a command that is refused ends nothing"
stderr_has "and is pointed at" "breach record affected --likely 400 ended with exit 64: what it said stands in" "transcript.txt"

# Mistakes --------------------------------------------------------------------------------------------------------------------------------
run "$breach" drill "$book"
exits 64 "a scenario is needed"
stderr_has "with the way to the list" "--scenario is missing" "breach drill --list"
run "$breach" drill
exits 64 "and a playbook"
stderr_has "of course" "PLAYBOOK is missing"
drill plian
exits 65 "a scenario that is not there"
stderr_has "the one that was meant" "did you mean plain?" "BR-SCENARIO-007"
scenario wrong "$all, speed: 9" 'do: sleep' 'do: run, command: holt' 'do: run, command: hold --chanel email' 'do: run, command: notify' \
    'do: run, command: check --probe'
drill wrong
exits 65 "every mistake at once"
stderr_has "each with its place" "wrong.yaml:6:" "wrong.yaml:8:10: error: do cannot be" "wrong.yaml:9:5: error: a story cannot type breach holt: did you mean hold?" \
    "wrong.yaml:10:5: error: breach hold has no option --chanel" "wrong.yaml:11:5: error: a story cannot type breach notify" \
    "wrong.yaml:12:5: error: a story cannot type breach check --probe: it asks gateways and name servers outside" "wrong.yaml:1:1: error: nothing is ever sent"
printf 'version: 1\nparticipants: [{name: Li}]\n' >bad.yaml
drill plain --participants bad.yaml
exits 65 "a participant without a role"
stderr_has "needs one" "bad.yaml:2:16: error: "

done_testing
