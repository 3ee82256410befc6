#!/usr/bin/env bash
# People as JSON Lines, under their own column names, with phone numbers as they are written at home, and what a row may
# say about one person: deceased, compromised, data_kinds.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=incident.sh
. "$source/tests/cli/incident.sh"

# folder [KEY]: the incident a, whose people are in a/people.jsonl; KEY is added to the map under people
folder() {
    rm -rf a
    incident a exercise
    rm a/people.csv
    sed -i "s|^people: .*|people: {file: people.jsonl${1:+, $1}}|" a/playbook.yaml
}

# lines LINE...: the people file, with \n and the like in it
lines() {
    printf '%b\n' "$@" >a/people.jsonl
}

# plain: stderr without the folder of the test and without codes
plain() {
    sed -e "s|$work/a/||g" -e 's|^a/||' -e 's/ \[BR-[A-Z]*-[0-9]*\]$//' "$err"
}

# planned NAME EXIT COUNTS MESSAGE...: check warns with exactly these lines; a rehearsal ends with EXIT and says COUNTS
planned() {
    local name=$1 code=$2 counts=$3
    shift 3
    run "$breach" check a/playbook.yaml
    exits 0 "$name: stops nothing"
    unread_stderr=
    is "$name: check says what and where" "$(plain | grep "^people")" "$([ $# = 0 ] || printf 'people.jsonl:%s\n' "$@")"
    run "$breach" notify a/playbook.yaml
    exits "$code" "$name: the rehearsal ends with $code"
    unread_stderr=
    stdout_has "$name: everybody is counted" "EXERCISE: $counts"
}

# refused NAME MESSAGE: check, plan and notify refuse the file, and nothing is made of it
refused() {
    local name=$1 command
    rm -rf a/*.breach
    for command in check plan notify; do
        run "$breach" "$command" a/playbook.yaml
        exits 65 "$name: $command refuses the file"
        unread_stderr=
        is "$name: $command says what and where" "$(plain | grep -v '^breach: ')" "$2"
    done
    is "$name: nothing was planned" "$(find a -name ledger.db)" ""
}

# text ADDRESS: the plain text of the message to ADDRESS
text() {
    text_of "$(message_to "$(echo a/*.breach/samples)" "$1")" text/plain
}

# Rows that are fine ---------------------------------------------------------------------------------------------------
folder
lines '\xef\xbb\xbf{"id": 1, "name": "张伟", "email": "p1@example.org"}\r' '' \
    '{"email": ["p2@example.org", "q2@example.org"], "locale": "zh-CN", "vip": true, "id": "2"}' \
    '{"id": "3", "name": null, "email": "p3@example.org", "age": 1.5}'
planned "keys in any order, numbers, null, lists, CRLF, a byte order mark" 0 "3 people: 3 told, complete, nothing needs you"
ok "a list is several addresses" test -n "$(message_to "$(echo a/*.breach/samples)" q2@example.org)"
ok "a name" grep -qF "Dear 张伟," <(text p1@example.org)
ok "null is empty" grep -qF "Hello," <(text p3@example.org)
mv a/people.jsonl a/people.csv
sed -i 's/people.jsonl/people.csv/' a/playbook.yaml
run "$breach" check a/playbook.yaml
exits 0 "JSON Lines under another name are known by their first character"
stdout_has "all of them" "3 people: 3 to be told; nothing is wrong"

# Rows with something wrong --------------------------------------------------------------------------------------------
folder
lines '{"id": "1", "name": "Ann", "email": "p1@example.org"}' '{"id": "2", "name": "B\xffb", "email": "p2@example.org"}' \
    '{"id": "3", "id": "4", "email": "p3@example.org"}' '{"id": "4", "email": {"home": "p4@example.org"}}' \
    '{"id": "5", "name": "a\\nb", "email": "p5@example.org"}' '{"email": "p6@example.org"}' \
    '{"id": "7", "email": "p7@example.org"} {"id": "8"}' '{"id": "9", "email": "p9@exam'
planned "what is wrong in a line is wrong in that row alone" 75 \
    "NEEDS YOU: 8 people: 1 told, 7 quarantined; mend the quarantined rows (breach check lists them) and rehearse again" \
    "2:1: warning: this row is quarantined: the bytes at line 2, column 23 are not UTF-8: write the character again" \
    "3:1: warning: this row is quarantined: line 3, column 16: a key stands twice in this object: remove one" \
    "4:1: warning: this row is quarantined: email: an object within the object: only texts, numbers, true, false, null and lists of texts are possible" \
    "5:1: warning: this row is quarantined: a line break in name: remove it" \
    "6:1: warning: this row is quarantined: row has no id: give it one that no other row has" \
    "7:1: warning: this row is quarantined: line 7, column 40: something stands behind the object: write one object a line" \
    "8:1: warning: this row is quarantined: line 8, column 29: the line ends within the object: was the file copied whole?"
run "$breach" status a/playbook.yaml
exits 0 "status of a file with broken lines"
stdout_has "reasons are counted without their place" "quarantined: 1: a key stands twice in this object: remove one" \
    "quarantined: 1: bytes that are not UTF-8: write the character again"

folder
{ echo '{"id": "1", "email": "p1@example.org"}'; printf '{"id": "2", "name": "%s"}\n' "$(head -c 1100000 /dev/zero | tr '\0' x)"
    echo '{"id": "3", "email": "p3@example.org"}'; printf '{"id": "4", "name": "a\0b"}\n'; } >a/people.jsonl
planned "an endless line, a NUL" 75 \
    "NEEDS YOU: 4 people: 2 told, 2 quarantined; mend the quarantined rows (breach check lists them) and rehearse again" \
    "2:1: warning: this row is quarantined: line 2, column 1: a line of more than 1,048,576 bytes: are line ends missing?" \
    "4:1: warning: this row is quarantined: line 4, column 23: a NUL character: remove it"

# Files that are refused -----------------------------------------------------------------------------------------------
folder
: >a/people.jsonl
refused "an empty file" 'people.jsonl: error: the file is empty: each line must hold one object, as in {"id": "1", "email": "a@example.org"}'
lines '[{"id": 1},' '{"id": 2}]'
refused "one JSON list" "people.jsonl:1:1: error: this file is one JSON list, expected one object a line: type jq -c '.[]' 'people.jsonl' > people.jsonl and name the new file in the playbook"
lines '{' '  "id": 1' '}'
refused "objects over several lines" "people.jsonl:1:1: error: an object stands over several lines, expected one object a line: type jq -c . 'people.jsonl' > people.jsonl and name the new file in the playbook"
lines '{"name": "Ann"}' '{"name": "Bob", "2fa": true}'
refused "no id, a key that is no name" 'people.jsonl:1:1: error: there is no column "id": add one with a different value in every row
people.jsonl:2:1: error: column name "2fa" is not made of letters a-z, digits and _ (not first): rename it, or name it in the playbook: people: {file: …, columns: {"2fa": NAME}}'
printf '%s\n' '{"id": "1", "name": "谢子涵"}' '{"id": "2", "name": "雷芳"}' '{"id": "3", "name": "王五"}' >good.jsonl
iconv -f UTF-8 -t GB18030 good.jsonl >a/people.jsonl
refused "GB18030" "people.jsonl:1:23: error: this file is not UTF-8 but reads as GB18030: type iconv -f GB18030 -t UTF-8 'people.jsonl' > 'people.utf8.jsonl' and name the new file in the playbook"
iconv -f UTF-8 -t UTF-16 good.jsonl >a/people.jsonl
refused "UTF-16" "people.jsonl: error: this file is UTF-16: save it in UTF-8, or type iconv -f UTF-16 -t UTF-8 'people.jsonl' > 'people.utf8.jsonl' and name the new file in the playbook"

# Their names for columns, and numbers as they are written at home -----------------------------------------------------
folder 'default_country: CN, columns: {编号: id, 邮箱: email, 手机: phone}'
mkdir -p a/templates/own/en
cp "$source"/templates/individual/en/* a/templates/own/en/
echo 'We have your number as {{#person.phone}}<{{person.phone}}>{{/person.phone}}.' >>a/templates/own/en/email.txt
sed -i 's/template: individual/template: own/' a/playbook.yaml
lines '{"编号": 1, "邮箱": "p1@example.org", "手机": "13800138000"}' '{"编号": 2, "邮箱": "p2@example.org", "手机": "0755-28880046;13800"}' \
    '{"编号": 3, "邮箱": "p3@example.org", "手机": 13800138000}' '{"编号": 4, "邮箱": "p4@example.org", "手机": "+1 (202) 555-0161"}'
planned "renamed columns and a default country" 0 "4 people: 4 told, complete, nothing needs you" \
    '2:1: warning: phone of "2": phone "13800" is no complete number of CN and not E.164 (expected +<country><number>)'
ok "a mobile" grep -qF "<+8613800138000>" <(text p1@example.org)
ok "a landline, without the number that cannot be read" grep -qF "<+8675528880046>" <(text p2@example.org)
ok "a number that is no text" grep -qF "<+8613800138000>" <(text p3@example.org)
ok "a number of another country" grep -qF "<+12025550161>" <(text p4@example.org)
sed -i 's/default_country: CN, //' a/playbook.yaml
lines '{"编号": 1, "邮箱": "p1@example.org", "手机": "13800138000"}'
run "$breach" check a/playbook.yaml
exits 0 "without a default country"
stderr_has "what would help" 'phone "13800138000" is not E.164 (expected +<country><number>, or default_country under people in the playbook)'
sed -i 's/手机: phone/手机号: phone/' a/playbook.yaml
at=$(grep -n '^people: ' a/playbook.yaml | cut -d: -f1)
refused "a renamed column that is not there" "people.jsonl:1:1: error: column name \"手机\" is not made of letters a-z, digits and _ (not first): rename it, or name it in the playbook: people: {file: …, columns: {\"手机\": phone}}
playbook.yaml:$at:59: error: the people file has no column \"手机号\": did you mean \"手机\"?"

# What a row says about one person -------------------------------------------------------------------------------------
folder
lines '{"id": 1, "email": "p1@example.org", "compromised": ["email", "phone"]}' \
    '{"id": 2, "email": "p2@example.org", "compromised": "phone"}' \
    '{"id": 3, "email": "p3@example.org", "deceased": true}' '{"id": 4, "email": "p4@example.org", "deceased": "是"}' \
    '{"id": 5, "email": "p5@example.org", "deceased": "否"}' '{"id": 6, "email": "p6@example.org", "deceased": "perhaps"}' \
    '{"id": 7, "email": "p7@example.org", "compromised": "emial"}'
planned "compromised and deceased" 75 \
    "NEEDS YOU: 7 people: 2 told, 2 quarantined, 2 withheld, 1 unreachable; mend the quarantined rows (breach check lists them) and rehearse again" \
    '6:1: warning: deceased of "6": "perhaps": expected yes or no; the person is quarantined' \
    '7:1: warning: compromised of "7": "emial": did you mean "email"? the person is quarantined'
run "$breach" status a/playbook.yaml
exits 0 "status of these"
stdout_has "each with its reason" "unreachable: 1: the incident made this email address unsafe" \
    "withheld: 2: deceased: next of kin are told by post, by a person" \
    "quarantined: 1: deceased is neither yes nor no: write one of the two" \
    "quarantined: 1: compromised names no column of endpoints: write email, phone or both"

folder
lines '{"id": 1, "email": "p1@example.org"}' '{"id": 2, "email": "p2@example.org", "data_kinds": ["email"]}' \
    '{"id": 3, "email": "p3@example.org", "locale": "zh-CN", "data_kinds": "name; password_hash"}' \
    '{"id": 4, "email": "p4@example.org", "data_kinds": ["health"]}' \
    '{"id": 5, "email": "team@example.org", "holder": "team", "data_kinds": ["name"]}' \
    '{"id": 6, "email": "team@example.org", "holder": "team", "data_kinds": ["email"]}' \
    '{"id": 7, "email": "p7@example.org", "data_kinds": " ; "}'
planned "kinds of data for each person" 75 \
    "NEEDS YOU: 7 people: 6 told, 1 quarantined; mend the quarantined rows (breach check lists them) and rehearse again" \
    '4:1: warning: data_kinds of "4": "health": expected one of facts.data_kinds in the playbook; the person is quarantined'
kinds() {
    text "$1" | grep -cE '^• (Name|Email address|Password as a salted hash|姓名|邮箱地址|密码（加盐散列值）)(:|：)'
}
is "everybody else reads of all kinds" "$(kinds p1@example.org)" 3
is "and whose cell holds blanks and separators" "$(kinds p7@example.org)" 3
is "one" "$(kinds p2@example.org)" 1
is "two, in their language" "$(kinds p3@example.org)" 2
ok "with the consequence" grep -qF "• 姓名：诈骗消息可能直呼您的姓名。" <(text p3@example.org)
is "who shares a mailbox reads of the kinds of both" "$(kinds team@example.org)" 2

# The vocabulary -------------------------------------------------------------------------------------------------------
folder
lines '{"id": 1, "email": "p1@example.org"}'
sed -i 's/data_kinds: .*/data_kinds: [emial, badge]/' a/playbook.yaml
at=$(grep -n 'data_kinds: ' a/playbook.yaml | cut -d: -f1)
run "$breach" check a/playbook.yaml
exits 65 "kinds that nobody knows"
unread_stderr=
is "what was meant, or where to describe it" "$(plain | sed 's/, or use one of: .*//')" \
    "playbook.yaml:$at:16: error: data_kinds: \"emial\" is no kind of data that is known, did you mean \"email\"?
playbook.yaml:$at:23: error: data_kinds: \"badge\" is not known: describe it in data-kinds.yaml beside the playbook"
sed -i 's/data_kinds: .*/data_kinds: [email, badge]/' a/playbook.yaml
cat >a/data-kinds.yaml <<'END_OF_KINDS'
version: 1
kinds:
  badge:
    label: {en: Door badge, zh-CN: 门禁卡, zh-TW: 門禁卡}
    consequence: {en: It may open doors., zh-CN: 可能被用来开门。, zh-TW: 可能被用來開門。}
    sensitive: true
END_OF_KINDS
planned "a kind of one's own" 0 "1 person: 1 told, complete, nothing needs you"
ok "is worded as it is written, and marked as sensitive" grep -qF "• Door badge (sensitive): It may open doors." <(text p1@example.org)
run "$breach" plan a/playbook.yaml
exits 0 "planned with it"
sed -i 's/It may open doors./It opens doors./' a/data-kinds.yaml
lines '{"id": 1, "email": "p1@example.org"}' '{"id": 2, "email": "p2@example.org"}'
run "$breach" plan a/playbook.yaml
exits 0 "planned again with other words"
unread_stderr=

# Facts that are still unknown -----------------------------------------------------------------------------------------
folder
lines '{"id": 1, "email": "p1@example.org"}' '{"id": 2, "email": "p2@example.org", "locale": "zh-CN"}' \
    '{"id": 3, "email": "p3@example.org", "locale": "zh-TW"}'
sed -i -e '/^  cause:/,/^    zh-TW/d' -e 's/^facts:/facts:\n  cause: {unknown: {as_of: 2026-11-21T22:10+08:00, next_update: 2099-11-28T18:00+08:00}}/' a/playbook.yaml
planned "an unknown fact" 0 "3 people: 3 told, complete, nothing needs you"
ok "is worded" grep -qF "As of 21 November 2026, 22:10 (UTC+8), we do not know yet how this could happen. We will write again by 28 November 2099, 18:00 (UTC+8)." \
    <(text p1@example.org)
ok "in Simplified Chinese" grep -qF "截至2026年11月21日22:10（北京时间），此事的原因仍在调查。我们将在2099年11月28日18:00（北京时间）之前再次告诉您。" \
    <(text p2@example.org)
ok "in Traditional Chinese" grep -qF "截至2026年11月21日22:10（台北時間），此事的原因仍在調查。我們將在2099年11月28日18:00（台北時間）之前再次通知您。" \
    <(text p3@example.org)
ok "in HTML" grep -qF "<p>As of 21 November 2026, 22:10 (UTC+8), we do not know yet" \
    <(text_of "$(message_to "$(echo a/*.breach/samples)" p1@example.org)" text/html)
sed -i 's/as_of: 2026/as_of: 2000/; s/next_update: 2099/next_update: 2001/' a/playbook.yaml
run "$breach" check a/playbook.yaml
exits 0 "a promise that is over"
stderr_has "is pointed out" \
    "warning: cause is unknown, and readers are promised more by 2001-11-28T18:00:00+08:00, which is over: write what you know now, or a later time"
for command in plan notify; do
    run "$breach" "$command" a/playbook.yaml --dry-run
    unread_stderr= # breach plan says as well that some were told with another text
    ok "breach $command points it out, too" grep -qF "readers are promised more by 2001-11-28" "$err"
done

# The second sample ----------------------------------------------------------------------------------------------------
mkdir -p sample
cp -R "$source/playbooks" "$source/contacts" sample/
run "$breach" check sample/playbooks/misdirected-export.yaml
exits 0 "the second sample is good"
unread_stderr=
stdout_has "its people" "200 people: 196 to be told, 2 withheld, 2 unreachable; "
is "no error" "$(grep -c 'error:' "$err")" 0
run "$breach" notify sample/playbooks/misdirected-export.yaml --dry-run
exits 1 "it is rehearsed to the end; four of its people cannot be told by email"
unread_stderr=
stdout_has "with the verdict" "EXERCISE: 200 people: 196 told, 2 withheld, 2 unreachable; finished, but not everybody could be told"

done_testing
