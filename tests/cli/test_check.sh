#!/usr/bin/env bash
# breach check: everything that is wrong, at once, where it stands, and what to do.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=incident.sh
. "$source/tests/cli/incident.sh"

# plain: stderr without the folder of the test and without codes
plain() {
    sed -e "s|$work/||g" -e 's/ \[BR-[A-Z]*-[0-9]*\]$//' "$err"
}

# found TEXT: the findings on stderr that hold TEXT
found() {
    plain | grep -F -e "$1"
}

# findings NAME LINE...: stderr is exactly these lines
findings() {
    local name=$1
    shift
    unread_stderr=
    is "$name" "$(plain)" "$(printf '%s\n' "$@")"
}

# The shipped sample ---------------------------------------------------------------------------------------------------
mkdir -p sample
cp -R "$source/playbooks" "$source/contacts" sample/
run "$breach" check sample/playbooks/credential-leak-email.yaml
exits 0 "the shipped sample is good"
is "the verdict and the next command" "$(cat "$out")" "1,000 people: 1,000 to be told; nothing is wrong
next: breach notify sample/playbooks/credential-leak-email.yaml"
is "check writes nothing" "$(ls -A sample/playbooks)" "$(ls -A "$source/playbooks")"

# Ten mistakes ---------------------------------------------------------------------------------------------------------
incident ten exercise
cat >ten/playbook.yaml <<'END_OF_PLAYBOOK'
version: 1
incident:
  id: leak
  status: exercize
  severty: major
  detected_at: 2026-11-20T09:40
organization:
  name: {en: Example Cloud, zh-CN: 示例云, zh-TW: 示例雲}
  role: controller
  role: processor
  contact: {email: privacy.example.com, phone: "+86 10 0000 0000"}
people: people.csv
facts:
  what_happened: {en: A key was lost., zh-CN: 密钥丢失。, zh-TW: 金鑰遺失。}
  which_data: {en: Your name., zh-CN: 您的姓名。, zh-TW: 您的姓名。}
impact: none
measures: {taken: [{en: We took the key away., zh-CN: 已停用密钥。, zh-TW: 已停用金鑰。}]}
advice: [{en: Change your password., zh-CN: 更换密码。, zh-TW: 變更密碼。}]
remedies: [{en: We help., zh-CN: 我们帮忙。, zh-TW: 我們幫忙。}]
audiences:
  - {id: 成年人, match: "age >= 18 &&", template: individual, ladder: [email, sms]}
gateways: {email: rely}
END_OF_PLAYBOOK
known=$( (echo relay && cd "$source/contacts/gateways" && printf '%s\n' *.yaml | sed 's/[.]yaml$//') | sort | paste -sd, | sed 's/,/, /g')
run "$breach" check ten/playbook.yaml
exits 65 "ten mistakes"
findings "each is shown with its line, its column in characters, and what to do" \
    'ten/playbook.yaml:4:11: error: status: did you mean "exercise"? (one of: exercise, actual)' \
    'ten/playbook.yaml:5:3: error: unknown key "severty" in incident, did you mean "severity"? (known: id, status, edition, severity, level, kind, occurred_at, detected_at, confirmed_at, contained_at)' \
    'ten/playbook.yaml:6:16: error: detected_at: time "2026-11-20T09:40": the offset from UTC is missing: write "2026-11-20T09:40+08:00" if this is China'"'"'s time' \
    'ten/playbook.yaml:10:3: error: key "role" stands here and at line 9, column 3: remove one of the two' \
    'ten/playbook.yaml:11:20: error: email: email "privacy.example.com" has no @ (expected name@example.com)' \
    'ten/playbook.yaml:16:9: error: impact must be a list, not a text: write - before each item' \
    'ten/playbook.yaml:21:10: error: id cannot be "成年人": expected a name of a-z, 0-9 and hyphens, at most 64 characters' \
    'ten/playbook.yaml:21:35: error: match: a condition is missing here, such as age < 14' \
    'ten/playbook.yaml:21:76: error: channel sms has no gateway: add sms: NAME to gateways' \
    'ten/playbook.yaml:22:19: error: there is no gateway rely: did you mean relay? (there are: '"$known"'); otherwise write ten/gateways/rely.yaml or /etc/breach/gateways/rely.yaml'
is "the verdict counts them" "$(head -n 1 "$out")" "NEEDS YOU: 10 errors to mend; nothing can be sent before that"
is "the next command can be typed" "$(tail -n 1 "$out")" "next: breach check ten/playbook.yaml"
cp "$err" check.err
for command in plan notify; do
    run "$breach" "$command" ten/playbook.yaml
    exits 65 "the same mistakes stop breach $command"
    ok "breach $command shows the same" test "$(grep '^ten/' "$err")" = "$(cat check.err)"
    unread_stderr=
done
is "nothing was written" "$(find ten -name '*.breach')" ""

# Keys of later versions -----------------------------------------------------------------------------------------------
incident later exercise
later() {
    run "$breach" check later/playbook.yaml
    exits 65 "$1 stops it"
    is "$1 is named, and nothing else is wrong" "$(found error: | sed 's/^.*: error: //')" "$2"
    unread_stderr=
}
cp later/playbook.yaml plain.yaml
for key in retention approval; do
    { cat plain.yaml; echo "$key: {}"; } >later/playbook.yaml
    later "$key" "$key is not supported by this version: remove it"
done
sed "s/edition: 1 /edition: 2 /" plain.yaml >later/playbook.yaml
later "edition 2 without an update" \
    "edition 2 needs to say what those who were told before are told now: add update: {kind: update, what_changed: …, need_to_act: …} at the top level, beside incident and not in it"
cp plain.yaml later/playbook.yaml
gateway 'in_doubt: query' >later/gateways/relay.yaml
later "in_doubt: query of a relay" 'in_doubt cannot be "query": expected resend, hold'
gateway 'receipts: both' >later/gateways/relay.yaml
later "receipts: both" "receipts: both is not supported by this version (it knows: none, failures)"

# Templates ------------------------------------------------------------------------------------------------------------
incident named exercise
mkdir -p named/templates/individual/en
cp "$source"/templates/individual/en/* named/templates/individual/en/
lines=$(($(wc -l <named/templates/individual/en/email.txt) + 1))
cat >>named/templates/individual/en/email.txt <<'END_OF_TEMPLATE'
Dear {{person.nmae}}: {{facts.whathappened}}, {{facts.whose_key}}, {{colour}}
END_OF_TEMPLATE
run "$breach" check named/playbook.yaml
exits 65 "names that nobody knows"
file=named/templates/individual/en/email.txt
findings "each with its place and what to do" \
    "$file:$lines:6: error: unknown name person.nmae: did you mean person.name?" \
    "$file:$lines:23: error: unknown name facts.whathappened: did you mean facts.what_happened?" \
    "$file:$lines:47: error: the template needs facts.whose_key: add it to the playbook" \
    "$file:$lines:68: error: unknown name colour: neither the playbook nor the people file has it"
echo '{{#advice}}' >"$file"
run "$breach" check named/playbook.yaml
exits 65 "a section that stays open"
findings "its place" "$file:1:1: error: the section \"advice\" is never closed: {{/advice}} is missing"

incident missing exercise
sed -i 's/template: individual/template: individul/' missing/playbook.yaml
at=$(grep -n 'template: individul' missing/playbook.yaml | cut -d: -f1)
printf '%s\n' id,name p1,Ann p1,Bob >missing/people.csv
run "$breach" check missing/playbook.yaml
exits 65 "a template that is not there"
findings "the folders that were looked at, and what is wrong with the people" \
    "missing/people.csv:2:1: warning: this row is quarantined: the id \"p1\" stands in more than one row; give each person one row" \
    "missing/people.csv:3:1: warning: this row is quarantined: the id \"p1\" stands in more than one row; give each person one row" \
    "missing/playbook.yaml:$at:5: error: there is no template individul: neither missing/templates/individul nor $source/templates/individul"

# Languages ------------------------------------------------------------------------------------------------------------
incident language exercise
printf '%s\n' id,name,locale,email p1,Ann,en,p1@example.org p2,Lin,zh-HK,p2@example.org >language/people.csv
at=$(grep -n 'zh-TW: "我們停用了' language/playbook.yaml | cut -d: -f1)
sed -i "${at}d" language/playbook.yaml
run "$breach" check language/playbook.yaml
exits 65 "a text without a language that somebody needs"
findings "the place of the text" \
    "language/playbook.yaml:$((at - 2)):7: error: measures.taken has no text for zh-TW: people get their notice in that language"
sed -i 's/zh-HK/en/' language/people.csv
run "$breach" check language/playbook.yaml
exits 0 "a text without a language that nobody needs"
sed -i 's/^default_locale: en /default_locale: fr /' language/playbook.yaml
run "$breach" check language/playbook.yaml
exits 65 "a default language that the template has not"
stderr_has "nobody is to write into the shipped templates" "no text in the default language fr: set default_locale, or copy " \
    " to $work/language/templates/individual and write fr/ there"
mkdir language/templates
cp -R "$source/templates/individual" language/templates/
run "$breach" check language/playbook.yaml
exits 65 "an own template without the default language"
unread_stderr=
ok "what to write" grep -qF "write $work/language/templates/individual/fr/ or set default_locale" "$err"

# Conditions -----------------------------------------------------------------------------------------------------------
incident condition exercise
sed -i "s/{id: people, /{id: people, match: \"emial == 'x' \&\& age < 14\", /" condition/playbook.yaml
at=$(grep -n 'id: people, ' condition/playbook.yaml | cut -d: -f1)
run "$breach" check condition/playbook.yaml
exits 65 "a condition about columns that are not there"
findings "each is named" \
    "condition/playbook.yaml:$at:25: error: the people file has no column age" \
    "condition/playbook.yaml:$at:25: error: the people file has no column emial: did you mean email?"
incident unknown exercise
sed -i "s/{id: people, /{id: people, match: \"age >= 18\", /" unknown/playbook.yaml
printf '%s\n' id,name,age,email p1,Ann,20,p1@example.org p2,Bob,,p2@example.org p3,Cy,12,p3@example.org >unknown/people.csv
run "$breach" check unknown/playbook.yaml
exits 0 "people about whom a condition cannot be decided stop nothing"
stdout_has "they are quarantined, not guessed; who falls into no audience is withheld" \
    "3 people: 1 to be told, 1 quarantined, 1 withheld; 2 warnings to look at"
stderr_has "and how many there are of each is said, with the first" \
    "unknown/people.csv:3:1: warning: audience people: of 1 nobody can say whether they belong to it, for age is empty" \
    "unknown/people.csv:4:1: warning: no audience fits 1 person, who is told nothing"

# Gateways -------------------------------------------------------------------------------------------------------------
incident gateways actual
sed -i 's/{email: relay}/{}/' gateways/playbook.yaml
at=$(grep -n 'ladder: ' gateways/playbook.yaml | tail -n 1 | cut -d: -f1)
run "$breach" check gateways/playbook.yaml
exits 65 "a channel without a gateway"
stderr_has "what to add" "gateways/playbook.yaml:$at:49: error: channel email has no gateway: add email: NAME to gateways"
sed -i 's/^gateways: {}/gateways: {email: smtp-sample}/' gateways/playbook.yaml
run "$breach" check gateways/playbook.yaml
exits 65 "an actual incident with the shipped sample of a gateway"
stderr_has "it serves exercises only" "gateway smtp-sample is a shipped sample and serves exercises only: copy "
sed -i 's/smtp-sample/relay/' gateways/playbook.yaml
gateway "host: relay.example.com" "port: 70000" "bounce: nobody" 'auth: {user: u, password: hush-hush}' "retry_after: 5m" \
    >gateways/gateways/relay.yaml
run "$breach" check gateways/playbook.yaml
exits 65 "a gateway with five mistakes"
ok "the password is not repeated" test "$(grep -c hush-hush "$err" "$out" | tr '\n' ' ')" = "$err:0 $out:0 "
stderr_has "what to do about each" "4:6: error: tls: none is allowed only for this machine (127.0.0.1, localhost)" \
    '10:7: error: port cannot be "70000": expected a whole number from 1 to 65535' \
    '11:9: error: bounce: email "nobody" has no @ (expected name@example.com)' \
    '12:27: error: password must not stand in this file: write env:NAME or file:PATH' \
    '13:14: error: retry_after cannot be "5m": expected a duration such as PT30S'
gateway 'auth: {user: u, password: "env:BREACH_TEST_PASSWORD"}' >gateways/gateways/relay.yaml
run "$breach" check gateways/playbook.yaml
exits 0 "a password that is not at hand is a warning: it is needed where notify runs"
stderr_has "what to type" "warning: environment variable BREACH_TEST_PASSWORD is not set: type read -rs BREACH_TEST_PASSWORD; export \
BREACH_TEST_PASSWORD in this shell"
stdout_has "the verdict counts warnings; an actual incident is planned next" \
    "3 people: 3 to be told; 1 warning to look at" "next: breach plan gateways/playbook.yaml"
run env BREACH_TEST_PASSWORD=x "$breach" check gateways/playbook.yaml
exits 0 "with the password nothing is wrong"
gateway 'auth: {user: u, password: "file:password"}' >gateways/gateways/relay.yaml
echo hush-hush >gateways/gateways/password
chmod 644 gateways/gateways/password
run "$breach" check gateways/playbook.yaml
exits 0 "a password file that others can read"
stderr_has "what to type" "gateways/gateways/password can be read by others: type chmod 600 "

# Files that are no playbook -------------------------------------------------------------------------------------------
run "$breach" check nowhere.yaml
exits 65 "a playbook that is not there"
stderr_has "it is named" "nowhere.yaml: error: cannot read nowhere.yaml: No such file or directory"
run "$breach" check ten
exits 65 "a folder"
stderr_has "it is named" "ten: error: this is a folder: name the playbook in it, ten/playbook.yaml"
: >empty.yaml
run "$breach" check empty.yaml
exits 65 "an empty file"
stderr_has "it is named" "empty.yaml"

# JSON -----------------------------------------------------------------------------------------------------------------
schema=$build/tests/tools/schema-check
run "$schema" --lint "$source"/docs/schema/*.json
exits 0 "every member of every schema is described"
run "$breach" check sample/playbooks/credential-leak-email.yaml --json
exits 0 "--json of the sample"
cp "$out" good.json
while IFS='~' read -r change differences; do
    sed "$change" good.json >bad.json
    run "$schema" "$source/docs/schema/check.json" bad.json
    exits 1 "a document that differs: $differences"
    is "the difference is found: $differences" "$(sort "$out" | paste -sd';')" "$differences"
done <<'END_OF_CHANGES'
/"warnings"/s/0/"none"/~/warnings: is of type string
/"warnings"/s/0/-1/~/warnings: is less than 0
s/"ok":/"fine":/~/: ok is missing;/fine: is not in the schema
s/"total": 1000,/"total": 1000, "other": 1,/~/people/other: is not in the schema
s|breach.check/1|breach.check/2|~/schema: is not the constant of the schema
s/"verdict": "[^"]*"/"verdict": ""/~/verdict: has fewer than 1 characters
END_OF_CHANGES
run "$breach" check sample/playbooks/credential-leak-email.yaml --json
ok "is what its schema promises" "$schema" "$source/docs/schema/check.json" "$out"
is "ok" "$(json "$out" '$.ok')" 1
is "people" "$(json "$out" '$.people.total')" 1000
run "$breach" check ten/playbook.yaml --json
exits 65 "--json with mistakes"
unread_stderr=
ok "is what its schema promises" "$schema" "$source/docs/schema/check.json" "$out"
is "not ok, ten errors" "$(json "$out" '$.ok') $(json "$out" '$.errors')" "0 10"
is "a finding has its place" "$(json "$out" '$.findings[3].file'):$(json "$out" '$.findings[3].line'):$(json "$out" '$.findings[3].column')" \
    ten/playbook.yaml:10:3
for playbook in nowhere.yaml empty.yaml; do
    run "$breach" check "$playbook" --json
    exits 65 "--json of $playbook"
    unread_stderr=
    ok "is what its schema promises" "$schema" "$source/docs/schema/check.json" "$out"
done

done_testing
