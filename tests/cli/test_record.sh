#!/usr/bin/env bash
# breach record: what came of letters and calls, one by one and by file; each line once, all of a file or nothing.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=incident.sh
. "$source/tests/cli/incident.sh"

# printed FOLDER LADDER: an incident whose channels are call lists and letters
printed() {
    incident "$1" actual
    sed -i -e "s/ladder: \[.*\]/ladder: [$2]/" -e "s/^gateways: .*/gateways: {phone: calls, letter: print-room}/" \
        "$1/playbook.yaml"
    printf 'version: 1\nname: calls\nkind: phone\nfolder: ../calls\n' >"$1/gateways/calls.yaml"
    printf 'version: 1\nname: print-room\nkind: letter\nfolder: ../letters\nsender: [Example Cloud, Berlin]\n' \
        >"$1/gateways/print-room.yaml"
    {
        echo 'id,name,locale,phone,address'
        for i in 1 2 3 4 5 6; do echo "p$i,Person $i,en,+49301234567$i,$i High Street|London"; done
    } >"$1/people.csv"
}

# of FOLDER PERSON CHANNEL: the states of their messages on it
of() {
    sqlite3 "$1/leak.breach/ledger.db" "SELECT m.state FROM message m JOIN notice n ON n.no = m.notice JOIN person p ON
        p.no = n.person JOIN text t ON t.no = m.text JOIN label c ON c.no = t.channel WHERE p.id = '$2' AND c.name = '$3'"
}

# id_of FOLDER PERSON: the message to them
id_of() {
    sqlite3 "$1/leak.breach/ledger.db" "SELECT m.id FROM message m JOIN notice n ON n.no = m.notice JOIN person p ON
        p.no = n.person WHERE p.id = '$2'"
}

last_event() {
    sqlite3 "$1/leak.breach/ledger.db" "SELECT json_extract(body, '$.reply') FROM event WHERE message IS NOT NULL
        ORDER BY no DESC LIMIT 1"
}

printed a "phone, letter"
sends a
exits 75 "six are on the call list, and nobody was called"
at=2026-11-21T22:10+08:00

# One by one ---------------------------------------------------------------------------------------------------------------
run "$breach" record a/playbook.yaml phone p1 --outcome reached --by "Li Na" --at $at
exits 0 "p1 was reached"
stdout_has "it says what was recorded, and what next" "recorded: told 1, came back or not reached 0, to be called again 0; known already 0" \
    "next: breach status a/playbook.yaml"
is "the message is delivered" "$(of a p1 phone)" 3
is "who and when stand in the log" "$(last_event a)" "reached, 2026-11-21T14:10:00.000Z by Li Na"
run "$breach" record a/playbook.yaml phone p1 --outcome reached --by "Li Na" --at $at --json
exits 0 "the same once more"
ok "--json is what the schema promises" "$build/tests/tools/schema-check" "$source/docs/schema/record.json" "$out"
is "it counts once" "$(json "$out" '$.told') $(json "$out" '$.known')" "0 1"

number=$(awk -F'","' '$2 == "'"$(id_of a p2)"'" { print $3 }' a/calls/batch-0001/calls.csv)
run "$breach" record a/playbook.yaml phone "$number" --outcome wrong-number --by "Li Na" --at $at
exits 0 "by the notice number"
stdout_has "the ladder goes on" "came back or not reached 1" "next: breach track a/playbook.yaml"
is "the call came to nothing" "$(of a p2 phone)" 5
run "$breach" record a/playbook.yaml phone "$(id_of a p3)" --outcome refused --by "Li Na" --at $at --reason "hung up"
exits 0 "by the message id"
is "whoever refuses to listen has not been told" "$(of a p3 phone)" 5
is "with what they said" "$(last_event a)" "refused to listen, 2026-11-21T14:10:00.000Z by Li Na: hung up"

for hour in 10 11 12; do
    run "$breach" record a/playbook.yaml phone p4 --outcome no-answer --by "Li Na" --at "2026-11-21T$hour:00Z"
    exits 0 "nobody answers at $hour"
    [ "$hour" != 11 ] || is "after two tries the call is still to be made" "$(of a p4 phone)" 2
    [ "$hour" != 11 ] || is "and the verdict says so" "$("$breach" status a/playbook.yaml --json >status.json
        json status.json '$.calls') $(json status.json '$.complete')" "3 0"
done
is "after three it is over" "$(of a p4 phone)" 5
stdout_has "they go on" "came back or not reached 1"

run "$breach" notify a/playbook.yaml --yes --expect-digest "$(sqlite3 a/leak.breach/ledger.db \
    "SELECT value FROM header WHERE key = 'digest'")" --expect-people 6 --climb 3
unread_stderr=
is "those three get letters" "$(of a p2 letter) $(of a p3 letter) $(of a p4 letter)" "2 2 2"
is "the others do not" "$(of a p1 letter)$(of a p5 letter)" ""
run "$breach" record a/playbook.yaml letter p2 --outcome delivered --at 2026-11-22T00:00Z
exits 0 "a letter arrived"
run "$breach" record a/playbook.yaml letter p3 --outcome returned --at 2026-11-22T00:00Z --reason "moved away"
exits 0 "a letter came back"
is "both are known" "$(of a p2 letter) $(of a p3 letter)" "3 5"

# By file ------------------------------------------------------------------------------------------------------------------
cat >bad.csv <<END
message,outcome,at,by,reason
$(id_of a p5),reached,2026-11-21T14:10Z,Li Na,
$(id_of a p6),reached,2026-11-21T14:10,Li Na,
nobody,reached,2026-11-21T14:10Z,Li Na,
$(id_of a p6),told,2026-11-21T14:10Z,Li Na,
$(id_of a p6),reached,2026-11-21T14:10Z,,
$(id_of a p6),reached,2126-11-21T14:10Z,Li Na,
$(id_of a p6),reached,2025-11-21T14:10Z,Li Na,
END
run "$breach" record a/playbook.yaml phone --from bad.csv
exits 65 "a file with mistakes"
stderr_has "all of them with their lines" "bad.csv:3:1: error: at: " "bad.csv:4:1: error: no phone has" \
    "bad.csv:5:1: error: outcome: \"told\" is none of reached, no-answer, wrong-number, refused" \
    "bad.csv:6:1: error: by is missing: who telephoned?" "bad.csv:7:1: error: at: 2126-11-21T14:10Z has not come yet" \
    "bad.csv:8:1: error: at: 2025-11-21T14:10Z is before the incident was known" "nothing was recorded"
is "nothing of it was recorded" "$(of a p5 phone)" 2

# What spreadsheets make of it: whole lines sorted are no harm, columns sorted each by itself are
awk -F'","' -v OFS='","' -v other="$(id_of a p6)" 'NR > 1 && $4 == "Person 5" {
    $2 = other; $7 = "reached"; $8 = "Li Na"; $9 = "2026-11-21T14:10Z" } { print }' \
    a/calls/batch-0001/calls.csv >sorted.csv
run "$breach" record a/playbook.yaml phone --from sorted.csv
exits 65 "a list whose columns were sorted apart"
stderr_has "it is said which line" "sorted.csv:6:1: error: message $(id_of a p6) has the notice number" \
    "belong to different people [BR-RECORD-021]" "nothing was recorded"
is "nobody was told by it" "$(of a p5 phone) $(of a p6 phone)" "2 2"
tr , ';' <a/calls/batch-0001/calls.csv >semicolons.csv
run "$breach" record a/playbook.yaml phone --from semicolons.csv
exits 65 "a list with semicolons"
stderr_has "that is what is said" "semicolons.csv:1:1: error: columns are separated by commas" "nothing was recorded"
printf 'message,outcome,at,by\n%s,reached,2026-11-21T14:10Z,\315\365\267\274\n' "$(id_of a p5)" >gbk.csv
run "$breach" record a/playbook.yaml phone --from gbk.csv
exits 65 "a list in another encoding"
stderr_has "that is what is said, too" "gbk.csv:2:1: error: from this line on the file is not UTF-8: save it as CSV UTF-8" "nothing was recorded"

# The list as it was written, filled in
awk -F'","' -v OFS='","' 'NR > 1 && ($4 == "Person 5" || $4 == "Person 6") {
    $7 = $4 == "Person 5" ? "reached" : "no-answer"; $8 = "Li Na"; $9 = "2026-11-21T14:10Z" } { print }' \
    a/calls/batch-0001/calls.csv >filled.csv
run "$breach" record a/playbook.yaml phone --from filled.csv
exits 0 "a call list that was filled in"
stdout_has "two lines say something" "recorded: told 1, came back or not reached 0, to be called again 1; known already 0"
stderr_has "the others are passed over" "4 lines without an outcome were passed over"
run "$breach" record a/playbook.yaml phone --from filled.csv
exits 0 "the same file again"
stdout_has "every line counts once" "recorded: told 0, came back or not reached 0, to be called again 0; known already 2"
unread_stderr=
is "both are known" "$(of a p5 phone) $(of a p6 phone)" "3 2"

# Misuse -------------------------------------------------------------------------------------------------------------------
while IFS='|' read -r code arguments words; do
    # shellcheck disable=SC2086  # several arguments
    run "$breach" record a/playbook.yaml $arguments
    exits "$code" "misuse: $arguments"
    stderr_has "it says what is wrong: $arguments" "$words" "nothing was recorded"
done <<'END'
65|phone p6 --outcome told --by x --at 2026-11-21T14:10Z|--outcome: "told" is none of
65|phone p6 --outcome reached --by x|--at is missing
65|phone p6 --outcome reached --at 2026-11-21T14:10Z|--by is missing
65|phone p9 --outcome reached --by x --at 2026-11-21T14:10Z|no phone has the message id
65|phone p2 --outcome reached --by x --at 2026-11-21T14:10Z|is bounced
END
while IFS='|' read -r arguments words; do
    # shellcheck disable=SC2086  # several arguments
    run "$breach" record a/playbook.yaml $arguments
    exits 64 "misuse: $arguments"
    stderr_has "it says what is missing: $arguments" "$words"
done <<'END'
fax p1|record what?
phone|which phone?
phone p1 --from x.csv|either one phone
phone p1 p2 --outcome reached|is too much
END

# While notify is at work, and after a crash, it is in the inbox -------------------------------------------------------------
exec 9>>a/leak.breach/lock
flock 9
run "$breach" record a/playbook.yaml phone p6 --outcome reached --by "Li Na" --at 2026-11-21T15:10Z
exits 0 "recorded while another process holds the lock"
stderr_has "it says so" "it takes this up within seconds"
exec 9>&-
run "$breach" track a/playbook.yaml
unread_stderr=
is "it was not lost" "$(of a p6 phone)" 3
"$breach" status a/playbook.yaml --json >status.json
is "and no call is left to make" "$(json status.json '$.calls')" 0

# Three calls, two of which are still in the inbox of a process that ended: the third is the third
printed b "phone, letter"
sends b
unread_stderr=
exec 9>>b/leak.breach/lock
flock 9
run "$breach" record b/playbook.yaml phone p1 --outcome no-answer --by "Li Na" --at 2026-11-21T10:00Z
unread_stderr=
exec 9>&-
for hour in 11 12; do
    run "$breach" record b/playbook.yaml phone p1 --outcome no-answer --by "Li Na" --at "2026-11-21T$hour:00Z"
    exits 0 "nobody answers at $hour, either"
done
stdout_has "the one in the inbox counts" "came back or not reached 1, to be called again 0"

# Two numbers of one person: what was said before is known when it is said again
printed c "phone"
printf 'id,name,locale,phone\np1,Person 1,en,+493012345671;+493012345672\n' >c/people.csv
sends c
unread_stderr=
cat >both.csv <<END
message,person,outcome,at,by
$(id_of c p1 | head -n 1),,wrong-number,2026-11-21T14:10Z,Li Na
,p1,reached,2026-11-21T14:20Z,Li Na
END
run "$breach" record c/playbook.yaml phone --from both.csv
exits 0 "one number is wrong, the other reaches them"
run "$breach" record c/playbook.yaml phone --from both.csv
exits 0 "the same file again for a person of two numbers"
stdout_has "both lines are known" "recorded: told 0, came back or not reached 0, to be called again 0; known already 2"

# What waits in the inbox keeps the case open
printed d "phone, letter"
sed -i '3,$d' d/people.csv
sends d
unread_stderr=
run "$breach" record d/playbook.yaml phone p1 --outcome reached --by "Li Na" --at 2026-11-21T14:10Z
exec 9>>d/leak.breach/lock
flock 9
run "$breach" record d/playbook.yaml phone p1 --outcome wrong-number --by "Li Na" --at 2026-11-21T14:20Z
stderr_has "it was somebody else" "it takes this up within seconds"
exec 9>&-
run "$breach" close d/playbook.yaml --by "Li Na" --reason "all are told"
exits 1 "it is not closed while somebody who was called wrongly is to be told"
stdout_has "it says who is open" "people who go on to another channel: 1"

# Whoever calls before they are called is not told that a notice went to their number
printed e "phone"
sends e
unread_stderr=
run "$breach" find e/playbook.yaml --phone +493012345671
exits 0 "found, and on the list of calls"
stdout_has "nothing has reached this number" "I find no notice that reached the address or number"
stdout_lacks "and nothing is said to have" "We sent a notice"
run "$breach" record e/playbook.yaml phone p1 --outcome reached --by "Li Na" --at 2026-11-21T14:10Z
run "$breach" find e/playbook.yaml --phone +493012345671
stdout_has "after the call one has" "We sent a notice"
done_testing
