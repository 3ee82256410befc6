#!/usr/bin/env bash
# Every audience, channel and rung of the shipped sample: who is told how, in which words, and who has a reason for not
# being told. And the invented people, which are the same everywhere.
. "$(dirname "$0")/lib.sh"

playbook=sample/playbooks/credential-leak.yaml
mkdir -p sample/contacts
cp -R "$source/playbooks" sample/
cp "$source/contacts/people-audiences.csv" sample/contacts/

# Invented people -----------------------------------------------------------------------------------------------------
run "$source/script/sample-people"
exits 0 "people are invented"
ok "the same as those that are shipped" cmp -s "$out" "$source/contacts/people-audiences.csv"
"$source/script/sample-people" 300 --seed 7 >seven.csv
"$source/script/sample-people" 300 --seed 8 >eight.csv
"$source/script/sample-people" 300 --seed 7 | cmp -s - seven.csv
is "one seed gives one file" "$?" 0
ok "another seed another one" test "$(cksum <seven.csv)" != "$(cksum <eight.csv)"
is "as many as were asked for" "$(wc -l <seven.csv)" 301
is "each once" "$(cut -d, -f1 seven.csv | sort | uniq -d)" ""
run "$source/script/sample-people" 10001
exits 64 "more than there are numbers"
stderr_has "says so" "at most 10000"
run "$source/script/sample-people" many
exits 64 "no number"
stderr_has "says so" "are numbers"

# One incident, two playbooks: what happened and what it means is the same by email alone --------------------------------
# told PLAYBOOK: everything between the person's language and the audiences, without comments and whose people they are
told() {
    sed -n '/^default_locale:/,/^audiences:/p' "$source/playbooks/$1" | grep -vE '^ *#|^people: '
}
ok "there is something to compare" test "$(told credential-leak.yaml | wc -l)" -gt 50
is "the texts do not differ" "$(diff <(told credential-leak.yaml) <(told credential-leak-email.yaml))" ""

# Checked -------------------------------------------------------------------------------------------------------------
run "$breach" check "$playbook"
exits 0 "the sample is good"
stdout_has "every row is a person" "1,000 people: "
stdout_has "its notices hold what its laws ask" "what notices must say: all of it is there"
stderr_has "what cannot be told, with numbers, and no word is wrong" "not confirmed in a primary text" "warning: audience " \
    "have no guardian who can be reached" "cannot be reached, for no address"
run "$breach" check "$playbook" --json
ok "in one document" "$build/tests/tools/schema-check" "$source/docs/schema/check.json" "$out"
unread_stderr=

# A word that blames is found where it stands, with what to write
sed -i 's/      zh-CN: "猜出贵方用户密码的人，可以登录该用户的账号。"/      zh-CN: "您的密码过于简单。"/' "$playbook"
run "$breach" check "$playbook"
exits 0 "words are yours: a warning stops nothing"
stderr_has "the words, the place and what to write" "not confirmed in a primary text" "warning: audience " \
    'warning: zh-CN: "密码过于简单": say what to do now, not what the reader did wrong [BR-WORDS-013]'
cp "$source/playbooks/credential-leak.yaml" "$playbook"

# A template of one's own is read line by line, and as a whole
mkdir -p sample/playbooks/templates
cp -R "$source/templates/individual" sample/playbooks/templates/
printf '\n%s\n' "Click here now." >>sample/playbooks/templates/individual/en/email.txt
echo "https://example.com/login" >>sample/playbooks/templates/individual/en/sms.txt
at=$(wc -l <sample/playbooks/templates/individual/en/email.txt)
run "$breach" check "$playbook"
exits 0 "nothing of it stops anything"
stderr_has "file, line, words and rule" "not confirmed in a primary text" "warning: audience " \
    "sample/playbooks/templates/individual/en/email.txt:$at: warning: en: \"click\": tell readers to open the app" \
    'individual/en/sms.txt: warning: en: "://": no link in a short message' \
    'individual/en/sms.txt: warning: en: "167": at most 160 characters'
rm -r sample/playbooks/templates

# Texts that a provider approved, as they are sent ---------------------------------------------------------------------
sed 's/  sms: sms-sample/  sms: sms-approved-sample/' "$playbook" >approved.yaml
cp approved.yaml sample/playbooks/approved.yaml
awk -F, 'NR == 1 || /,zh-CN,/' sample/contacts/people-audiences.csv >mainland.csv
sed -i 's|^people: .*|people: ../../mainland.csv|' sample/playbooks/approved.yaml
run "$breach" check sample/playbooks/approved.yaml
exits 0 "the approved texts of the sample are those of the templates"
unread_stderr=
mkdir sample/playbooks/gateways
sed '/^    text:/s/重要通知/重要的通知/' "$source/contacts/gateways/sms-approved-sample.yaml" \
    >sample/playbooks/gateways/sms-approved-sample.yaml
run "$breach" check sample/playbooks/approved.yaml
exits 65 "one character more is another text"
unread_stderr=
rm -r sample/playbooks/gateways

# Rehearsed ------------------------------------------------------------------------------------------------------------
run "$breach" notify "$playbook" --dry-run
exits 1 "everybody is told, but those who cannot be"
stdout_has "the verdict" "EXERCISE: " "1,000 people: " "finished, but not everybody could be told"
unread_stderr=
run "$breach" status "$playbook" --dry-run --json
is "the identity holds" "$(json "$out" '$.people.total')" 1000
is "of everybody" "$(($(json "$out" '$.people.accepted') + $(json "$out" '$.people.delivered') + \
    $(json "$out" '$.people.withheld') + $(json "$out" '$.people.unreachable')))" 1000
unread_stderr=
run "$breach" status "$playbook" --dry-run
for channel in email sms push im webhook letter; do
    stdout_has "some by $channel" "channel $channel: accepted "
done
for audience in guardians children closed eu people admins; do
    stdout_has "audience $audience" "audience $audience: accepted "
done
stdout_has "in every language for everybody to read" "announcement en at" "announcement zh-CN at" "announcement zh-TW at"
samples=sample/playbooks/credential-leak.dry-run.breach/samples
ok "no short message has a link" test -z "$(grep -lE '^(text|title): .*://' "$samples"/sms-sample/*.txt "$samples"/push-sample/*.txt)"
is "each has its notice number" "$(cat "$samples"/sms-sample/*.txt | grep '^text: ' | grep -cvE '[0-9]{4} [0-9]{4} [0-9]{4} [0-9]{4}')" 0

# For ten times as many, and as the beginning of one's own ---------------------------------------------------------------
mkdir ten
"$source/script/sample-people" 10000 >ten/people.csv
sed 's|^people: .*|people: people.csv|' "$playbook" >ten/playbook.yaml
run "$breach" check ten/playbook.yaml --json
exits 0 "10,000 people"
is "each is told or has a reason" "$(($(json "$out" '$.people.pending') + $(json "$out" '$.people.withheld') + \
    $(json "$out" '$.people.unreachable')))" 10000
is "and each row counts" "$(json "$out" '$.people.total')" 10000
unread_stderr=
run "$breach" init own --from "$source/playbooks/credential-leak.yaml"
exits 0 "init begins with it"
stdout_lacks "the people stay behind" "A000001"
is "but their columns" "$(cat own/people-audiences.csv)" "$(head -n 1 "$source/contacts/people-audiences.csv")"
sed -i -e '/_at: *FILL IN/d' -e '/affected:/d' -e '/ascertained: *FILL IN/d' -e '/^anchors:/d' -e 's/^  sector: *FILL IN/  sector: other/' \
    -e 's/^  \([a-z_]*\): *FILL IN/  \1: false/' -e 's/^  risk: false/  risk: high/' own/playbook.yaml
"$source/script/sample-people" 50 >own/people-audiences.csv
run "$breach" check own/playbook.yaml
exits 0 "with what is asked for nothing is wrong"
unread_stderr=

done_testing
