#!/usr/bin/env bash
# People files with something wrong in them: what happens to the file, to the row, to the person, and what breach says.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=incident.sh
. "$source/tests/cli/incident.sh"

header=id,name,locale,email,phone
incident a exercise

# plain: stderr without the folder of the test and without codes
plain() {
    sed -e "s|$work/a/||g" -e 's/ \[BR-[A-Z]*-[0-9]*\]$//' "$err"
}

# file LINE...: the people file, with \n and the like, and the header before it
file() {
    { echo "$header"; printf '%b\n' "$@"; } >a/people.csv
}

# identity: the last notify --json, without what is 0
identity() {
    sqlite3 :memory: "SELECT group_concat(key || ' ' || value, ', ') FROM (SELECT key, value FROM
        json_each(json_extract(CAST(readfile('$out') AS TEXT), '\$.people')) WHERE value > 0 ORDER BY key = 'total' DESC, key)"
}

# planned NAME EXIT IDENTITY MESSAGE...: the file is used: check warns with exactly these lines, a rehearsal ends with EXIT
# and everybody in IDENTITY
planned() {
    local name=$1 code=$2 identity=$3
    shift 3
    run "$breach" check a/playbook.yaml
    exits 0 "$name: stops nothing"
    unread_stderr=
    is "$name: check says what and where" "$(plain | grep "^people")" \
        "$([ $# = 0 ] || printf 'people.csv:%s\n' "$@")"
    run "$breach" notify a/playbook.yaml --json
    exits "$code" "$name: notify ends with $code"
    unread_stderr=
    is "$name: and says the same" "$(grep -c "people.csv.*: warning: " "$err")" "$#"
    is "$name: everybody is counted" "$(identity)" "$identity"
    ok "$name: --json is what its schema promises" "$build/tests/tools/schema-check" "$source/docs/schema/notify.json" "$out"
}

# refused NAME MESSAGE: the whole file is refused, by every command, and nothing is made of it
refused() {
    local name=$1 command
    rm -rf a/*.breach
    for command in check plan notify; do
        run "$breach" "$command" a/playbook.yaml
        exits 65 "$name: $command refuses the file"
        unread_stderr=
        is "$name: $command says what and where" "$(plain | grep -v '^breach: ')" \
            "people.csv$2"
    done
    ok "$name: nobody was told" grep -qxF "breach: nothing was sent" "$err"
    is "$name: nothing was planned" "$(find a -name ledger.db)" ""
}

# What quarantines a row -----------------------------------------------------------------------------------------------
file 'p1,Ann,en,p1@example.org,' 'p2,B\xffb,en,p2@example.org,' 'p3,Cy,en,p3@example.org,'
planned "broken UTF-8" 75 "total 3, accepted 2, quarantined 1" \
    "3:1: warning: this row is quarantined: the bytes at line 3, column 5 are not UTF-8: write the character again"
run "$breach" status a/playbook.yaml
exits 0 "status of a file with a broken row"
stdout_has "the verdict says what to do, the reason stands above it" \
    "EXERCISE: NEEDS YOU: 3 people: 2 told, 1 quarantined; mend the quarantined rows (breach check lists them) and rehearse again" \
    "quarantined: 1: bytes that are not UTF-8" "next: breach check a/playbook.yaml"

file 'p1,Ann,english please,p1@example.org,'
run "$breach" check a/playbook.yaml
exits 0 "a language that is none"
stderr_has "the value is shown" "people.csv:2:1: warning: locale of \"p1\": \"english please\" is no language tag such as en, zh-CN or \
zh-TW: the default language is used [BR-PEOPLE-017]"

file 'p1,Ann,en,p1@example.org,' 'p2,Bob,en,p2@example.org,' 'p1,Cy,en,p3@example.org,' 'P1,Dee,en,p4@example.org,'
run "$breach" check a/playbook.yaml
exits 0 "a duplicate id: stops nothing"
unread_stderr=
same='warning: this row is quarantined: the id "p1" stands in more than one row; give each person one row'
is "a duplicate id: both rows are shown by check" "$(plain)" \
    "people.csv:2:1: $same"$'\n'"people.csv:4:1: $same"
stdout_has "a duplicate id: both rows are counted, others are not" "4 people: 2 to be told, 2 quarantined; 2 warnings"
run "$breach" notify a/playbook.yaml --json
exits 75 "a duplicate id: notify ends with 75"
stderr_has "a duplicate id: both rows are shown where they are" "people.csv:2:1: $same" "people.csv:4:1: $same"
is "a duplicate id: none of the two is told" "$(identity)" "total 4, accepted 2, quarantined 2"
ok "a duplicate id: no message for either" test "$(grep -hc 'To: p[13]@' a/*.breach/samples/*.eml | sort -u)" = 0

file 'p1,Ann,en,p1@example.org,' 'p2,"B\rob",en,p2@example.org,' 'p3,C\ry,en,p3@example.org,' 'p4,"D\nee",en,p4@example.org,'
planned "CR or LF in a name" 75 "total 4, accepted 1, quarantined 3" \
    "3:1: warning: this row is quarantined: a line break in name: remove it" \
    "4:1: warning: this row is quarantined: a line break in name: remove it" \
    "5:1: warning: this row is quarantined: a line break in name: remove it"

file 'p1,Ann,en,p1@example.org,' 'p2,B\x07b,en,p2@example.org,'
planned "a control character" 75 "total 2, accepted 1, quarantined 1" \
    "3:1: warning: this row is quarantined: a control character (0x07) in name: remove it"

file 'p1,Ann,en,p1@example.org,' 'p2,Bob,en' 'p3,Cy,en,p3@example.org,,more' ',Dee,en,p4@example.org,'
planned "too few fields, too many, no id" 75 "total 4, accepted 1, quarantined 3" \
    "3:1: warning: this row is quarantined: row has 3 fields, the header has 5: add the missing commas, or close a quote" \
    "4:1: warning: this row is quarantined: row has 6 fields, the header has 5: quote the field that holds a comma" \
    "5:1: warning: this row is quarantined: row has no id: give it one that no other row has"

# What loses an address, not the person --------------------------------------------------------------------------------
long=$(printf 'x%.0s' {1..288})
file 'p1,Ann,en,p1@example.org,' "p2,Bob,en,$long@example.org," "p3,Cy,en,$long@example.org;p3@example.org,"
planned "an address of 300 characters" 1 "total 3, accepted 2, unreachable 1" \
    "3:1: warning: email of \"p2\": email \"${long:0:60}…\" has more than 64 bytes before the @ (RFC 5321 4.5.3.1.1)" \
    "4:1: warning: email of \"p3\": email \"${long:0:60}…\" has more than 64 bytes before the @ (RFC 5321 4.5.3.1.1)"

file 'p1,Ann,en,p1@example.org,1.38E+10' 'p2,Bob,en,,1.38E+10' 'p3,Cy,en,p3@example.org,+86 10 0000 0145'
rounded='phone "1.38E+10" was rounded by a spreadsheet and its digits are lost: export the column as text from the source'
planned "1.38E+10 as a phone" 1 "total 3, accepted 2, unreachable 1" \
    "2:1: warning: phone of \"p1\": $rounded" "3:1: warning: phone of \"p2\": $rounded"
run "$breach" status a/playbook.yaml
exits 0 "status of people who cannot be reached"
stdout_has "the reason, and what it means" "unreachable: 1: no usable email address" \
    "EXERCISE: 3 people: 2 told, 1 unreachable; finished, but not everybody could be told"

file 'p1,Ann,en,p1@example.org;ann@example.net,' 'p2,Bob,en,p2@example.org; nonsense,' 'p3,Cy,en,nonsense,' 'p4,Dee,en,,'
planned "several addresses in a cell" 1 "total 4, accepted 2, unreachable 2" \
    '3:1: warning: email of "p2": email "nonsense" has no @ (expected name@example.com)' \
    '4:1: warning: email of "p3": email "nonsense" has no @ (expected name@example.com)'
is "several addresses in a cell: each gets a message" \
    "$(grep -h '^To: ' a/*.breach/samples/*.eml | tr -d '\r' | sort | tr '\n' ' ')" \
    "To: ann@example.net To: p1@example.org To: p2@example.org "
is "several addresses in a cell: messages are counted apart from people" "$(json "$out" '$.messages.accepted')" 3

{ echo "$header"; for i in {1..60}; do echo "p$i,Ann,en,nonsense,"; done; printf 'q1,A,en,q@example.org,\nq1,B,en,q@example.org,\n'; } \
    >a/people.csv
run "$breach" check a/playbook.yaml
exits 0 "sixty bad addresses"
is "the first fifty are shown, then how many more" "$(grep -c nonsense "$err") $(plain | grep -o 'and 10 more rows.*')" \
    "50 and 10 more rows like these"
is "what is wrong in another way is shown all the same" "$(grep -c 'stands in more than one row' "$err")" 2
unread_stderr=

# What is fine ---------------------------------------------------------------------------------------------------------
file "p1,=cmd|' /C calc'!A0,en,p1@example.org," 'p2,@SUM(1),en,p2@example.org,' 'p3,-2+3,en,p3@example.org,' \
    'p4,+1,en,p4@example.org,' 'p5,<b>&{{id}},en,p5@example.org,'
planned "names like formulas" 0 "total 5, accepted 5"
while read -r id name; do
    ok "the name $name goes out as it is" grep -qF "Dear $name," \
        <(text_of "$(message_to "$(echo a/*.breach/samples)" "$id@example.org")" text/plain)
done <<'END_OF_NAMES'
p1 =cmd|' /C calc'!A0
p2 @SUM(1)
p3 -2+3
p5 <b>&{{id}}
END_OF_NAMES
ok "in HTML it is text, no mark-up" grep -qF '&lt;b&gt;&amp;{{id}}' \
    <(text_of "$(message_to "$(echo a/*.breach/samples)" p5@example.org)" text/html)

printf '%s\n' id,name,locale,email,organization p1,Ann,en,team@example.org,Acme p2,Bob,en,team@EXAMPLE.ORG,Acme \
    p3,Cy,zh-CN,team@example.org,Acme p4,Dee,en,d@example.org, >a/people.csv
planned "a mailbox that colleagues share" 0 "total 4, accepted 4"
is "people of one language get one message" "$(json "$out" '$.messages.accepted')" 3
ok "which names all of them" grep -qF "Dear Ann, Bob," <(for message in a/*.breach/samples/*.eml; do
    text_of "$message" text/plain; done)

{ printf '\357\273\277%s\r\n' "$header"; printf '%s\r\n' 'p1,"O""Neill, Ann",en,p1@example.org,' ''; } >a/people.csv
planned "a byte order mark, CRLF, quotes and commas in quotes" 0 "total 1, accepted 1"
ok "the name is read right" grep -qF 'Dear O"Neill, Ann,' <(text_of "$(echo a/*.breach/samples/*.eml)" text/plain)

# What refuses the whole file ------------------------------------------------------------------------------------------
file 'p1,Ann,en,p1@example.org,' 'p2,"Bob,en,p2@example.org,' 'p3,Cy,en,p3@example.org,'
refused "an unclosed quote" ":3:4: error: this quote is never closed: close it or remove it"
file 'p1,Ann,en,p1@example.org,' 'p2,"Bob"x,en,p2@example.org,'
refused "text after a closing quote" \
    ":3:9: error: text after a closing quote: write a quote inside a field twice, and close every field (this one opens at line 3, column 4)"
file 'p1,Ann,en,p1@example.org,' 'p2,B\0b,en,p2@example.org,'
refused "a NUL" ":3:5: error: a NUL character: is this file UTF-16 or damaged? save it as CSV in UTF-8"
file "p1,$(printf 'x%.0s' {1..66000}),en,p1@example.org,"
refused "a field that is too long" ":2:4: error: this field is too large: does a quote here lack its closing quote?"
: >a/people.csv
refused "an empty file" ": error: the file is empty: its first line must name the columns, as in id,name,locale,email"
echo "$header" >a/people.csv
refused "a header and nobody" ": error: there is nobody in this file: it has a header and no rows"
printf '%s\n' name,email Ann,p1@example.org >a/people.csv
refused "no column id" ':1:1: error: there is no column "id": add one with a different value in every row'
printf '%s\n' name,user_id Ann,p1 >a/people.csv
refused "no column id, but one that looks like it" ':1:6: error: there is no column "id": if it is "user_id", write in the playbook: people: {file: …, columns: {"user_id": id}}'
printf 'PK\x03\x04\x14\0\x06\0' >a/people.csv
refused "a spreadsheet" ': error: this file is a spreadsheet (.xlsx, .xls or .ods) and no text: open it and save the sheet as "CSV UTF-8"'
printf '%s\n' id,name,name p1,Ann,Ann >a/people.csv
refused "a column twice" ':1:9: error: column "name" is there twice (also column number 2): rename or delete one'
rm a/people.csv
refused "no file" ": error: cannot be read: No such file or directory"

# repaired NAME: the command that breach prints mends the file
repaired() {
    local command
    command=$(grep -o "iconv -f [^ ]* -t UTF-8 '[^']*' > [^ ]*" "$err" | head -n 1)
    rm -f people.utf8.csv a/people.utf8.csv
    ok "$1: the printed command can be typed" bash -c "$command"
    mv "$(find . -name people.utf8.csv)" a/people.csv
    planned "$1: the mended file" 0 "total 3, accepted 3"
}

printf '%s\n' "$header" p1,谢子涵,zh-CN,p1@example.org, p2,雷芳,zh-CN,p2@example.org, p3,王五,zh-CN,p3@example.org, >good.csv
iconv -f UTF-8 -t GB18030 good.csv >a/people.csv
refused "GB18030" ":2:5: error: this file is not UTF-8 but reads as GB18030: type iconv -f GB18030 -t UTF-8 'people.csv' > 'people.utf8.csv' and name the new file in the playbook"
repaired "GB18030"
iconv -f UTF-8 -t UTF-16 good.csv >a/people.csv
refused "UTF-16" ": error: this file is UTF-16: save it as CSV in UTF-8, or type iconv -f UTF-16 -t UTF-8 'people.csv' > 'people.utf8.csv' and name the new file in the playbook"
repaired "UTF-16"

# What programs write for nothing, and lists that were merged ---------------------------------------------------------
{ printf 'id,name,locale,email,holder,address\r\n'
    printf 'p1,NULL,en,p1@example.org,NULL,"Road 1\r\n12345 Town"\r\np2,Bob,zho,p1@example.org,NULL,\r\n'
    printf 'p3,Cy,cn,p3@example.org,,\r\np4,Cy,zh_CN.UTF-8,P3@EXAMPLE.org;p3@example.org,,\r\n,,,,,\r\n,,,,,\r\n'; } >a/people.csv
run "$breach" check a/playbook.yaml
exits 0 "an export of a merged list"
unread_stderr=
is "check says what programs wrote, and who would be told twice" "$(plain)" "\
people.csv:2:1: warning: name: \"NULL\" or the like counts as an empty cell; rows with it: 1, the first of them here. Export an empty cell, or write what is true
people.csv:2:1: warning: holder: \"NULL\" or the like counts as an empty cell; rows with it: 2, the first of them here. Export an empty cell, or write what is true
people.csv:5:1: warning: locale of \"p3\": \"cn\" is no language tag such as en, zh-CN or zh-TW: the default language is used
people.csv:6:1: warning: rows with the name and an address of an earlier row, under another id: 1, the first of them here. Whoever they are is told once for each row: keep one, or write the same word under holder in all rows of one person"
run "$breach" notify a/playbook.yaml --json
exits 0 "rows of nothing are nobody"
unread_stderr=
is "and are not counted" "$(identity)" "total 4, accepted 4"
is "strangers with the holder NULL get a message each; an address in two cases is one" \
    "$(grep -h '^To: ' a/*.breach/samples/*.eml | tr -d '\r' | sort | tr '\n' ' ')" \
    "To: P3@example.org To: p1@example.org To: p1@example.org To: p3@example.org "
ok "nobody is NULL" test -z "$(for mail in a/*.breach/samples/*.eml; do text_of "$mail" text/plain; done | grep NULL)"
is "each in their language" "$(grep -h '^Content-Language: ' a/*.breach/samples/*.eml | tr -d '\r' | sort | uniq -c | tr -s ' \n' ' ')" \
    " 2 Content-Language: en 2 Content-Language: zh-CN "

printf 'id,name,language,email\np1,Ann,zh-CN,p1@example.org\n' >a/people.csv
run "$breach" check a/playbook.yaml
exits 0 "a column language"
stderr_has "is said not to be used" 'people.csv:1:9: warning: column "language" is an attribute without a meaning and will not be used as locale, did you mean "locale"?'

# Regions in words, and what PostgreSQL writes for a truth -----------------------------------------------------------------
printf 'id,name,locale,email,region,deceased\np1,Ann,en,p1@example.org,China,f\np2,Bob,en,p2@example.org,cn,t\n' >a/people.csv
gateway "region: cn" >a/gateways/relay.yaml
run "$breach" check a/playbook.yaml
exits 65 "a region in words"
unread_stderr=
is "is said to be none" "$(plain | grep -o 'gateway relay is in cn.*')" \
    'gateway relay is in cn, and the region of 1 is "china", which is no code: write cn, de, us or the like under region in the people file'
sed -i 's/China/CN/' a/people.csv
run "$breach" notify a/playbook.yaml --json
exits 1 "t and f under deceased"
unread_stderr=
is "are yes and no" "$(identity)" "total 2, accepted 1, withheld 1"
gateway >a/gateways/relay.yaml

# An age that is none must not make an adult of a child -----------------------------------------------------------------
cp a/playbook.yaml playbook.kept
sed -i "s/^  - {id: people, /  - {id: children, template: guardian, capacity: guardian, match: 'age < 18', ladder: [email]}\n&/" a/playbook.yaml
printf 'id,name,locale,email,age,guardian_email\n' >a/people.csv
printf '%s\n' p1,Ann,en,p1@example.org,2012, p2,Bob,en,p2@example.org,41000, p3,Cy,en,p3@example.org,-1,g@example.org \
    p4,Dee,en,p4@example.org,130, p5,Eve,en,p5@example.org,0,g@example.org >>a/people.csv
run "$breach" check a/playbook.yaml
exits 0 "years of birth under age"
is "are said to be none" "$(plain | grep ' is no age')" "\
people.csv:2:1: warning: age of \"p1\": \"2012\" is no age in years, and counts as not known
people.csv:3:1: warning: age of \"p2\": \"41000\" is no age in years, and counts as not known
people.csv:4:1: warning: age of \"p3\": \"-1\" is no age in years, and counts as not known"
unread_stderr=
run "$breach" notify a/playbook.yaml --json
unread_stderr=
is "and nobody is told as an adult for one" "$(identity)" "total 5, accepted 2, quarantined 3"
mv playbook.kept a/playbook.yaml

# More people at one address than one message may name ------------------------------------------------------------------
crowd() {
    local i
    echo "id,name,locale,email,holder"
    echo "alone,Ann,en,ann@example.org,"
    for ((i = 1; i <= $1; i++)); do echo "p$i,Person $i,en,office@example.org,office"; done
}
crowd 21 >a/people.csv
run "$breach" check a/playbook.yaml
exits 0 "a crowd at one address stops nothing"
unread_stderr=
is "and is said, with its number" "$(plain | grep "^people")" \
    "people.csv:3:1: warning: 21 share an address with more than 20 people of one organisation or holder, for whom no message can be made: give them addresses of their own, or they stay untold; the first of them stands here"
run "$breach" notify a/playbook.yaml --json
exits 75 "their message cannot be made"
unread_stderr=
is "and they are quarantined" "$(identity)" "total 22, accepted 1, quarantined 21"
crowd 20 >a/people.csv
run "$breach" check a/playbook.yaml
exits 0 "twenty are no crowd"
unread_stderr=
is "and nothing is said" "$(plain | grep "^people")" ""

done_testing
