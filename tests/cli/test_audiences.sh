#!/usr/bin/env bash
# shellcheck disable=SC2016 # marks of providers such as ${number} stand in texts as they are
# Audiences, capacities, borders and the texts of providers: what `check` says, with numbers, and what people get.
. "$(dirname "$0")/lib.sh"
. "$source/tests/cli/incident.sh"

# texts NAME LANGUAGE LINE...: a template of one text for emails and text messages
texts() {
    local folder=case/templates/$1/$2
    mkdir -p "$folder"
    shift 2
    echo "Notice" >"$folder/email.subject"
    printf '%s\n' "$@" >"$folder/email.txt"
    { echo "<p>"; printf '%s\n' "$@"; echo "</p>"; } >"$folder/email.html"
}

# playbook AUDIENCE...: an exercise with these audiences; $extra stands at its end
extra=
playbook() {
    cat <<END
version: 1
incident: {id: reach, status: exercise, confirmed_at: 2026-11-20T10:00+08:00}
organization: {name: {en: Example Cloud, zh-CN: 示例云}, contact: {email: help@example.com}}
facts: {what_happened: {en: Somebody copied data, zh-CN: 有人复制了数据}, data_kinds: [name, email, phone]}
impact: [{en: Somebody may write to you, zh-CN: 可能有人给您发消息}]
measures: {taken: [{en: Keys replaced, zh-CN: 已更换密钥}]}
advice: [{en: Change your password, zh-CN: 请修改密码}]
remedies: [{en: We help you, zh-CN: 我们提供帮助}]
people: people.csv
audiences:
END
    printf '  - %s\n' "$@"
    echo "gateways: {email: relay${sms:+, sms: short}}"
    echo "$extra"
}

# relay_at REGION, short_at REGION LINE...: the gateways
relay_at() {
    printf '%s\n' "version: 1" "name: relay" "kind: smtp" "host: 127.0.0.1" "port: 25" "tls: none" \
        "from: notice@example.com" "bounce: bounce@example.com" ${1:+"region: $1"} >case/gateways/relay.yaml
}
short_at() {
    printf '%s\n' "version: 1" "name: short" "kind: http" "sends: sms" "region: $1" \
        "request: {method: POST, url: \"http://127.0.0.1:9/send\", form: {to: \"{{endpoint}}\", text: \"{{text}}\"}}" \
        "answer: {rules: [{status: 200, means: accepted}]}" "${@:2}" >case/gateways/short.yaml
}

mkdir -p case/gateways
sms=
relay_at ""
texts plain en "Hello{{#person.name}} {{person.name}}{{/person.name}}. {{facts.what_happened}}. {{#impact}}{{.}}{{/impact}} {{organization.name}}"
texts plain zh-CN "您好。{{facts.what_happened}} {{organization.name}}"

# A person without an endpoint, a compromised mailbox, a minor without a guardian ---------------------------------------
texts guardian en "Dear {{guardian.name}}, this is about {{person.name}}. {{facts.what_happened}} {{organization.name}}"
playbook '{id: minors, match: "age < 14", template: guardian, capacity: guardian, ladder: [email]}' \
    '{id: people, template: plain, ladder: [email]}' >case/playbook.yaml
cat >case/people.csv <<END
id,name,locale,email,age,guardian_name,guardian_email,compromised
p1,Ann,en,ann@example.org,30,,,
p2,Bob,en,,30,,,
p3,Cid,en,cid@example.org,30,,,email
p4,Dan,en,dan@example.org,9,,,
p5,Eve,en,eve@example.org,9,Mrs Fox,fox@example.org,
END
run "$breach" check case/playbook.yaml
exits 0 "people whom nothing reaches are no error"
stderr_has "each kind is counted" \
    "audience minors: 1 have no guardian who can be reached (email): fill in guardian_email, guardian_phone or guardian_address" \
    "audience people: 1 cannot be reached, for no address of theirs can be used (email)" \
    "audience people: of 1 the incident made the email address unsafe, so it is not used: 0 of them are told another way, 1 cannot be reached"
run "$breach" preview case/playbook.yaml --person p5
exits 0 "a minor's notice can be looked at"
stdout_has "it goes to the guardian and names both" "fox@example.org" "Dear Mrs Fox, this is about Eve."
stdout_lacks "the child's own address is not in it" "eve@example.org"
echo 'We wrote to {{person.email}}, {{guardian.name}}.' >case/templates/guardian/en/email.txt
run "$breach" check case/playbook.yaml
exits 65 "a guardian's text must not show where the child can be reached"
stderr_has "the name is refused" "person.email is the child's own and not for its guardian: remove it" "audience minors" "audience people"
echo 'Dear {{guardian.name}}' >case/templates/plain/en/email.txt
echo 'Dear {{guardian.name}}' >case/templates/guardian/en/email.txt
run "$breach" check case/playbook.yaml
exits 65 "a name of another capacity is refused"
stderr_has "the capacity is named" "guardian.name is not known here: the audience has capacity self" "audience minors" "audience people"
texts plain en "Hello{{#person.name}} {{person.name}}{{/person.name}}. {{facts.what_happened}}. {{#impact}}{{.}}{{/impact}} {{organization.name}}"

# Rows that lack what decides about them, and a mailbox that child and guardian share --------------------------------------
texts guardian en "Dear {{guardian.name}}, this is about {{person.name}}. {{facts.what_happened}} {{organization.name}}"
cat >case/people.csv <<END
id,name,locale,email,age,guardian_name,guardian_email,compromised
p1,Ann,en,ann@example.org,30,,,
p2,Bob,en,bob@example.org,,,,
p3,Cid,en,kid@example.org,9,Mrs Fox,kid@EXAMPLE.org,email
p4,Dan,en,dan@example.org,9,,mum@example.org,
p5,Eve,en,eve@example.org,nine,Mrs Fox,fox@example.org,
END
run "$breach" check case/playbook.yaml
exits 0 "rows with gaps are no error"
stderr_has "each gap is said with its number and its first row" \
    "people.csv:3:1: warning: audience minors: of 2 nobody can say whether they belong to it, for age is empty or cannot be compared" \
    "people.csv:5:1: warning: audience minors: 1 lack guardian_name, which their notice needs" \
    "audience minors: of 1 the incident made the email address unsafe, so it is not used: 0 of them are told another way, 1 cannot be reached"
stdout_has "nobody is told that all is well" "5 people: 1 to be told, 3 quarantined, 1 unreachable; 3 warnings to look at"

# A language that the user's own template lacks -------------------------------------------------------------------------
cat >case/people.csv <<END
id,name,locale,email,age,guardian_name,guardian_email,compromised
p1,Ann,en,ann@example.org,30,,,
p2,Bob,zh-TW,bob@example.org,30,,,
p3,Cid,zh-Hant,cid@example.org,31,,,
p4,Dan,zh_TW,dan@example.org,32,,,
END
run "$breach" check case/playbook.yaml
exits 0 "nobody is left out for their language"
stderr_has "check says how many get another one" "warning: 2 who asked for zh-TW get en: template plain has no zh-TW" \
    "warning: 1 who asked for zh-Hant get en: template plain has no zh-Hant"
stdout_has "and counts it" "2 warnings to look at"

# Words of an audience's own, a customer's people, contacts of an organisation -------------------------------------------
cat >case/people.csv <<END
id,name,locale,email,role,organization
p1,Ann,en,ann@example.org,user,none
a1,Root,en,root@acme.example,admin,Acme
u1,Uma,en,uma@acme.example,user,Acme
u2,Ugo,en,ugo@acme.example,user,Acme
b1,Bea,en,bea@bolt.example,admin,Bolt
END
texts contact en "{{#organization_people.count}}Of yours: {{organization_people.count}}.{{/organization_people.count}}{{^organization_people.count}}Nobody else of yours.{{/organization_people.count}} {{facts.what_happened}} {{organization.name}}"
playbook '{id: contacts, match: "role == '"'admin'"'", template: contact, capacity: organization, controller: customer, ladder: [email]}' \
    '{id: theirs, match: "organization == '"'Acme'"'", template: plain, controller: customer, ladder: [email]}' \
    '{id: people, template: plain, ladder: [email], facts: {what_happened: {en: Your file was read, zh-CN: 您的文件被读取}}, impact: [{en: Nothing more, zh-CN: 无}]}' \
    >case/playbook.yaml
run "$breach" check case/playbook.yaml
exits 65 "a customer's people are not written to on our own"
stderr_has "what is needed is said" "audience theirs is a customer's people: writing to them needs instruction: {by, date, evidence}"
sed -i 's/controller: customer, ladder: \[email\]}$/controller: customer, instruction: {by: A. Cme, date: 2026-11-20, evidence: ticket 7}, ladder: [email]}/' case/playbook.yaml
run "$breach" check case/playbook.yaml
exits 0 "with an instruction they are"
stdout_has "everybody has an audience" "5 people: 5 to be told"
run "$breach" preview case/playbook.yaml --person a1
exits 0 "the contact's notice can be looked at"
stdout_has "it has the number of their own people, without the contact" "Of yours: 2. Somebody copied data"
run "$breach" preview case/playbook.yaml --person b1
exits 0 "so can that of a contact without people"
stdout_has "a guard sees that there is nobody" "Nobody else of yours."
run "$breach" preview case/playbook.yaml --person p1
exits 0 "an audience with words of its own"
stdout_has "its facts and its impact are read instead" "Hello Ann. Your file was read. Nothing more"
cp case/playbook.yaml told.yaml
cp case/templates/plain/en/email.txt told.txt
echo 'Who did it: {{facts.culprit}}' >>case/templates/plain/en/email.txt
sed -i 's/facts: {what_happened: {en: Your file/facts: {culprit: {unknown: {as_of: 2026-11-20T10:00Z, next_update: 2126-11-25T10:00Z}}, what_happened: {en: Your file/;
    s/^facts: {/facts: {culprit: Nobody of ours, /' case/playbook.yaml
run "$breach" preview case/playbook.yaml --person p1
exits 0 "an audience for which alone something is unknown"
stdout_has "it is told so, and when it hears more" "Who did it: " "25 November 2126"
cp told.yaml case/playbook.yaml
cp told.txt case/templates/plain/en/email.txt
run "$breach" preview case/playbook.yaml --person u1
exits 0 "an audience without"
stdout_has "reads those of the playbook" "Hello Uma. Somebody copied data. Somebody may write to you"

# Lists of an organisation's own people, encrypted -----------------------------------------------------------------------
if command -v age >/dev/null && command -v age-keygen >/dev/null; then
    age-keygen -o key.txt 2>/dev/null
    cp case/playbook.yaml plain.yaml
    echo "organization_lists: {folder: lists, encrypt: {tool: age, recipient: $(age-keygen -y key.txt), name: A. Example}}" >>case/playbook.yaml
    run "$breach" plan case/playbook.yaml --json
    exits 0 "a plan with lists of organisations' people"
    is "each organisation with a contact has one" "$(json "$out" '$.organization_lists.organizations'),$(json "$out" '$.organization_lists.people')" 2,2
    ok "it is what its schema promises" "$build/tests/tools/schema-check" "$source/docs/schema/plan.json" "$out"
    lists=$(json "$out" '$.organization_lists.folder')
    is "the files" "$(cd "$lists" && echo *)" "001-Acme.csv.age 002-Bolt.csv.age index.csv.age"
    is "nothing in them can be read" "$(grep -rlE 'uma@acme|id,name,email|organization,people' "$lists" | wc -l)" 0 # nothing so short that chance brings it
    is "but with the key" "$(age -d -i key.txt "$lists/001-Acme.csv.age" | tr -d '\r"')" "id,name,email,phone,data_kinds
u1,Uma,uma@acme.example,,
u2,Ugo,ugo@acme.example,,"
    is "an organisation without people has an empty list" "$(age -d -i key.txt "$lists/002-Bolt.csv.age" | wc -l)" 1
    is "the index names them" "$(age -d -i key.txt "$lists/index.csv.age" | cut -d, -f1-3 | tr -d '\r"')" "file,organization,people
001-Acme.csv.age,Acme,2
002-Bolt.csv.age,Bolt,0"
    run "$breach" plan case/playbook.yaml
    exits 0 "the same plan again"
    stdout_has "its lists are there already" "lists of organisations' own people: there already, in "
    sed -i 's/recipient: age1[a-z0-9]*/recipient: age1nobody/' case/playbook.yaml
    sed -i 's/^u1,Uma/u1,Ute/' case/people.csv
    run "$breach" plan case/playbook.yaml
    exits 78 "a recipient that is none"
    stderr_has "is said" "error: "
    is "and no half-written folder is left" "$(echo case/lists/*.unfinished)" "case/lists/*.unfinished"
    sed -i 's/tool: age/tool: none/' case/playbook.yaml
    run "$breach" check case/playbook.yaml
    exits 65 "lists of people are not written in the open"
    stderr_has "is said" "lists of people are written encrypted only"
    cp plain.yaml case/playbook.yaml
    sed -i 's/^u1,Ute/u1,Uma/' case/people.csv
    rm -rf case/*.breach
else
    skip "lists of organisations' people" "age is not installed"
fi
sed -i 's/evidence: ticket 7, *//; s/date: 2026-11-20/date: 2026-11-31/' case/playbook.yaml
run "$breach" check case/playbook.yaml
exits 65 "a day that is none"
stderr_has "is said" "\"2026-11-31\" is no date: expected one such as 2026-11-21"

# Who is a contact is decided as in the plan: by the first audience that fits ---------------------------------------------
cat >case/people.csv <<END
id,name,locale,email,role,organization
a1,Root,en,root@acme.example,admin,Acme
a2,Rita,en,rita@acme.example,admin,Acme
u1,Uma,en,uma@acme.example,user,Acme
u2,Ugo,en,ugo@acme.example,user,Acme
END
playbook '{id: users, match: "role == '"'user'"'", template: plain, ladder: [email]}' \
    '{id: contacts, template: contact, capacity: organization, ladder: [email]}' >case/playbook.yaml
run "$breach" preview case/playbook.yaml --person a1
exits 0 "the notice of one contact of two"
stdout_has "contacts are not counted among their people" "Of yours: 2. Somebody copied data"
if [ -f key.txt ]; then
    echo "organization_lists: {folder: lists, encrypt: {tool: age, recipient: $(age-keygen -y key.txt), name: A. Example}}" >>case/playbook.yaml
    run "$breach" plan case/playbook.yaml --json
    exits 0 "a plan whose last audience is the contacts"
    is "their list has everybody else" "$(json "$out" '$.organization_lists.organizations'),$(json "$out" '$.organization_lists.people')" 1,2
    rm -rf case/*.breach
fi

# Strangers at one address ------------------------------------------------------------------------------------------
playbook '{id: people, template: plain, ladder: [email]}' >case/playbook.yaml
cat >case/people.csv <<END
id,name,locale,email,organization,holder
p1,Ann,en,one@example.org,,
p2,Bob,en,one@example.org,,
c1,Cora,en,team@acme.example,Acme,
c2,Carl,en,team@acme.example,Acme,
h1,Hal,en,home@example.org,,proven-1
h2,Hans,en,home@example.org,,proven-1
END
run "$breach" notify case/playbook.yaml --dry-run --json
exits 0 "people who share addresses are told"
is "strangers get a message each, colleagues and a proven holder one together" "$(json "$out" '$.messages.accepted')" 4
is "no message names two strangers" "$(grep -lE '^To: one@' case/*.breach/samples/*.eml | while read -r file; do
    tr -d '\r' <"$file" | sed '1,/^$/d' | grep -v '^--\|^Content' | base64 -di 2>/dev/null | grep -aoE 'Ann|Bob' | sort -u | wc -l
done | sort -u)" 1

cat >case/gateways/calls.yaml <<END
version: 1
name: calls
kind: phone
folder: calls
END
mkdir -p case/templates/plain/en
echo 'We call about {{person.name}}. {{facts.what_happened}}. {{organization.name}}' >case/templates/plain/en/phone.txt
playbook '{id: people, template: plain, ladder: [phone]}' | sed 's/email: relay/phone: calls/' >case/playbook.yaml
cat >case/people.csv <<END
id,name,locale,phone,organization
c1,Cora,en,+49301234567,Acme
c2,Carl,en,+49301234567,Acme
d1,Dora,en,+49301234568,Bolt
d2,Dirk,en,+49301234568,Bolt
d3,Dana,en,+49301234568,Bolt
d4,Dean,en,+49301234568,Bolt
END
rm -rf case/*.breach
run "$breach" notify case/playbook.yaml --dry-run
exits 0 "colleagues at one telephone"
calls=$(find case/*.breach/samples -name calls.csv)
ok "one call asks for all whom it names" grep -q 'Cora, Carl' "$calls"
ok "or for their organisation when they are many" grep -q '"Bolt"' "$calls"
rm -rf case/*.breach
playbook '{id: people, template: plain, ladder: [email]}' >case/playbook.yaml

# Borders -------------------------------------------------------------------------------------------------------------
relay_at cn
cat >case/people.csv <<END
id,name,locale,email,region,agreed
p1,Ann,en,ann@example.org,CN,
p2,Bob,en,bob@example.org,de,yes
p3,Cid,en,cid@example.org,EU,no
p4,Dan,en,dan@example.org,,
END
run "$breach" check case/playbook.yaml
exits 65 "data that would leave its region"
stderr_has "each border is said with its number" \
    "gateway relay is in cn and would get the data of people in de (1 of them)" "pair: [eu, cn], basis: …" \
    "1 have no region that can be read, and gateway relay is in cn" \
    "in eu (1 of them)"
extra='cross_border: {pair: [eu, cn], basis: contract 12, purpose: the notice, recipient: Example Relay, safeguards: standard clauses, risks: access by authorities, consent: agreed}'
playbook '{id: people, template: plain, ladder: [email]}' >case/playbook.yaml
run "$breach" check case/playbook.yaml
exits 0 "what allows it is written down"
stderr_has "who has not consented is left out, with the number" \
    "gateway relay is in cn: 1 in eu have not consented to that (column agreed) and are not told by email" \
    "1 have no region that can be read"
run "$breach" notify case/playbook.yaml --dry-run --json
exits 1 "the others are told"
stderr_has "the warning is there again" "have not consented"
is "one cannot be reached" "$(json "$out" '$.people.accepted'),$(json "$out" '$.people.unreachable')" 3,1
run "$breach" status case/playbook.yaml --dry-run
exits 0 "status has the reason"
stdout_has "which is the border" "the email gateway is in another region, and the person has not consented"
is "the crossing is on record with the plan" "$(sqlite3 -readonly case/reach.dry-run.breach/ledger.db "SELECT json_extract(body, '\$.crossed[0].people')
    || json_extract(body, '\$.crossed[0].from') || json_extract(body, '\$.crossed[0].basis')
    FROM event WHERE json_extract(body, '\$.event') = 'planned'")" "1decontract 12"
sed -i 's/consent: agreed/consent: no_such/' case/playbook.yaml
run "$breach" check case/playbook.yaml
exits 65 "a column of consent that is not there"
stderr_has "is an error" "cross_border asks for consent in column no_such" "have not consented" "have no region"
extra='cross_border: {pair: [eu, cn], basis: contract 12}'
playbook '{id: people, template: plain, ladder: [email]}' >case/playbook.yaml
run "$breach" check case/playbook.yaml
exits 65 "half a permission"
stderr_has "every part of it is asked for" "cross_border lacks the key purpose" "cross_border lacks the key recipient" \
    "cross_border lacks the key safeguards" "cross_border lacks the key risks" "have no region"
extra=

# Text messages: length, price, signature, and the provider's own text -----------------------------------------------------
sms=1
unpublished="nothing is published: write announcement"
unplaced="have no region that can be read, and gateway short is in " # the file has no such column
relay_at ""
cat >case/people.csv <<END
id,name,locale,email,phone
p1,Ann,en,ann@example.org,+49 30 1234567
p2,Bob,en,,+49 30 1234568
p3,Cid,zh-CN,,+86 138 0013 8000
END
mkdir -p case/templates/plain/zh-CN
echo 'Read our notice. Number: {{number}}' >case/templates/plain/en/sms.txt
echo '请阅读我们的通知。编号：{{number}}' >case/templates/plain/zh-CN/sms.txt
playbook '{id: people, template: plain, ladder: [email, sms]}' >case/playbook.yaml
short_at eu
run "$breach" check case/playbook.yaml --json
exits 0 "short texts"
stderr_has "only the announcement is missing" "$unpublished" "$unplaced"
is "each language is measured, with the mark of the exercise" "$(json "$out" '$.texts[0].encoding'),$(json "$out" '$.texts[0].messages'),$(json "$out" '$.texts[0].segments'),$(json "$out" '$.texts[1].encoding')" GSM-7,1,1,UCS-2
ok "the document is what its schema promises" "$build/tests/tools/schema-check" "$source/docs/schema/check.json" "$out"
is "who comes to it later is counted apart" "$(json "$out" '$.texts[0].later_messages')" 1
short_at eu 'price: {each: "0.05", currency: EUR}'
run "$breach" check case/playbook.yaml
exits 0 "a price"
stderr_has "only the announcement is missing" "$unpublished" "$unplaced"
stdout_has "segments and price are shown" \
    "sms en (plain): GSM-7, up to 52 characters, up to 1 segments; messages 1, segments 1, 0.05 EUR; when other ways fail, at most: messages 1, segments 1, 0.05 EUR" \
    "sms in all: messages 2, segments 2, 0.10 EUR; when other ways fail, at most: messages 1, segments 1, 0.05 EUR"
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do echo "Word by word number $i of a text that is far too long for this."; done >>case/templates/plain/en/sms.txt
run "$breach" check case/playbook.yaml
exits 0 "a long text"
stderr_has "is remarked on, with the people" "template plain (sms, en) makes text messages of up to 6 segments" "People it concerns: 2" "at most 160 characters in a text message" "$unpublished" "$unplaced"
short_at eu 'limits: {text: 500}'
run "$breach" check case/playbook.yaml
exits 65 "longer than the gateway takes"
stderr_has "is an error" "characters, and gateway short takes 500: shorten it. People it concerns: 2" "$unpublished" "$unplaced"
echo 'Read our notice. Number: {{number}}' >case/templates/plain/en/sms.txt
short_at cn
run "$breach" check case/playbook.yaml
exits 65 "no signature for carriers that need one"
stderr_has "is an error in each language" "template plain (en) have no signature" "template plain (zh-CN) have no signature" "$unpublished" "$unplaced"

approved() {
    printf '%s\n' "approved_only: true" "approved:" \
        "  - {template: plain, locale: zh-CN, id: SMS_1, sign: 示例云, text: \"$1\", params: {number: \"{{number}}\"}, state: $2, checked_at: $3}" \
        "  - {template: plain, locale: en, id: SMS_2, sign: Example, text: \"Read our notice. Number: \${number}\", params: {number: \"{{number}}\"}, state: approved, checked_at: $(date -u +%FT%TZ)}"
}
short_at cn "$(approved '请阅读我们的通知。编号：${number}' approved "$(date -u +%FT%TZ)")"
run "$breach" check case/playbook.yaml
exits 0 "the provider's text is ours"
stderr_has "only the announcement is missing" "$unpublished" "$unplaced"
short_at cn "$(approved '请阅读我们的通知。编号:${number}' approved "$(date -u +%FT%TZ)")"
run "$breach" check case/playbook.yaml
exits 65 "one character differs"
stderr_has "the place and both texts are shown" "the approved text SMS_1 differs from template plain (sms, zh-CN) at character 12: theirs has \"知。编号:0000 0000 0\", ours \"知。编号：0000 0000 0\"" "make both the same. Who depends on it: 1 first, 0 later" "$unpublished" "$unplaced"
short_at cn "$(approved '请阅读我们的通知。编号：${number}' pending "$(date -u +%FT%TZ)")"
run "$breach" check case/playbook.yaml
exits 0 "a text that is not approved"
stderr_has "who depends on it is counted" "the text SMS_1 for template plain (zh-CN) is pending: gateway short will refuse it. Who depends on it: 1 first, 0 later; other ways: -; no other way: 1" "$unpublished" "$unplaced"
short_at cn "$(approved '请阅读我们的通知。编号：${number}' approved 2020-01-01T00:00:00Z)"
run "$breach" check case/playbook.yaml
exits 0 "an approval of long ago"
stderr_has "is to be looked at again" "nobody has looked for 30 days whether the text SMS_1 is still approved" "$unpublished" "$unplaced"
short_at cn "$(approved '请阅读我们的通知。编号：${number}' approved "$(date -u +%FT%TZ)" | sed '/SMS_2/d')"
run "$breach" check case/playbook.yaml
exits 65 "a language that the provider has no text for"
stderr_has "is an error with the people" "gateway short takes approved texts only and has none for template plain (en): add it under approved. Who depends on it: 1 first, 1 later; other ways: email 1; no other way: 1" "have no signature" "$unpublished" "$unplaced"

# What a person lost is theirs on every channel ------------------------------------------------------------------------------
short_at eu
cat >case/people.csv <<END
id,name,locale,email,phone,data_kinds
p1,Ann,en,ann@example.org,+49 30 1234567,phone
END
echo 'Kinds: {{#facts.data_kinds}}{{label}};{{/facts.data_kinds}}' >case/templates/plain/en/sms.txt
playbook '{id: people, template: plain, ladder: [email, sms]}' >case/playbook.yaml
run "$breach" preview case/playbook.yaml --person p1 --channel sms
exits 0 "another way of the ladder can be looked at"
stdout_has "it names the kinds of this person alone" "channel sms" "Kinds: Phone number;"
stdout_lacks "and no others" "Name;"
run "$breach" preview case/playbook.yaml --person p1 --channel letter
exits 65 "a way that is not in the ladder"
stderr_has "is said" "p1 would get no such message (people: email)"
echo 'Read our notice. Number: {{number}}' >case/templates/plain/en/sms.txt

# What is sent at once is no "when other ways fail", and every address of a way counts ---------------------------------------
cat >case/people.csv <<END
id,name,locale,email,phone
p1,Ann,en,ann@example.org,+49 30 1234567;+49 30 1234568
END
run "$breach" check case/playbook.yaml --json
exits 0 "two numbers behind an email"
stderr_has "only the announcement is missing" "$unpublished" "$unplaced"
is "both are counted as later ones" "$(json "$out" '$.texts[0].messages'),$(json "$out" '$.texts[0].later_messages')" 0,2
playbook '{id: people, template: plain, ladder: [email, sms], every: true}' >case/playbook.yaml
run "$breach" check case/playbook.yaml --json
exits 0 "every channel at once"
stderr_has "only the announcement is missing" "$unpublished" "$unplaced"
is "both are sent and paid for" "$(json "$out" '$.texts[0].messages'),$(json "$out" '$.texts[0].later_messages')" 2,0

# What is a child's own reaches no provider on its guardian's account; a column that is none is no empty value -----------------
cp -r case/templates/guardian/en/email.txt case/templates/guardian/en/sms.txt
cat >case/people.csv <<END
id,name,locale,email,phone,age,guardian_name,guardian_phone
p1,Ann,en,ann@example.org,+49 30 1234567,9,Mrs Fox,+49 30 1234569
END
short_at eu
sed -i 's/text: "{{text}}"/text: "{{text}}", mail: "{{person.email}}", tag: "{{person.emial}}"/' case/gateways/short.yaml
playbook '{id: minors, match: "age < 14", template: guardian, capacity: guardian, ladder: [sms]}' >case/playbook.yaml
run "$breach" check case/playbook.yaml
exits 65 "a request that names them"
stderr_has "both are errors" "gateway short asks for {{person.emial}}, and the people file has no column emial" \
    "gateway short asks for {{person.email}}, which is the child's own: it cannot serve audience minors" "$unpublished" "$unplaced"

# A provider gets what its request names, and nothing else ------------------------------------------------------------------
short_at eu
rm -rf case/*.breach
cat >case/people.csv <<END
id,name,locale,phone,secret
CANARY-1,CANARY-2,en,+49 30 1234567,CANARY-3
END
playbook '{id: people, template: plain, ladder: [sms]}' >case/playbook.yaml
run "$breach" notify case/playbook.yaml --dry-run
exits 0 "a text message is rehearsed"
unread_stderr=
ok "the number goes out" grep -rq '4930' case/reach.dry-run.breach/samples
is "nothing else of the row" "$(grep -rc CANARY case/reach.dry-run.breach/samples | cut -d: -f2 | sort -u)" 0
run "$breach" preview case/playbook.yaml --person CANARY-1
exits 0 "a text message can be looked at"
stdout_has "with its number, its mark and its length" "To: +49301234567" "[DRILL] Read our notice. Number: " "GSM-7, 52 characters, 1 segments"
run "$breach" preview case/playbook.yaml --person CANARY-1 --json
exits 0 "also as a document"
ok "which is what its schema promises" "$build/tests/tools/schema-check" "$source/docs/schema/preview.json" "$out"
run "$breach" preview case/playbook.yaml --person CANARY-1 --send-to me@example.com
exits 64 "a test of a text message to no number"
stderr_has "is said" "--send-to me@example.com: "
run "$breach" preview case/playbook.yaml --person CANARY-1 --send-to "+49 30 7654321"
exits 0 "a test goes by the channel of the message"
stderr_has "it says by which gateway" "sends one message, marked as a test, to +49307654321 by short"
stdout_has "and that it was taken" "the test was taken by the gateway; nobody else was sent anything"
ok "the embedded provider got it, marked" grep -rqx 'text: \[TEST\] \[DRILL\] Read our notice\. Number: [0-9 ]*' case/reach.dry-run.breach/samples/short

# As many audiences as a playbook has, and one more -------------------------------------------------------------------------
each_of() {
    local i
    for ((i = 1; i < $1; i++)); do echo "{id: a$i, match: \"grp == '$i'\", template: plain, ladder: [email]}"; done
    echo "{id: others, template: plain, ladder: [email]}"
}
sms=
rm -rf case/*.breach
{
    echo "id,name,locale,email,grp"
    for i in $(seq 70); do echo "p$i,Ann,en,p$i@example.org,$i"; done
} >case/people.csv
mapfile -t rows < <(each_of 64)
playbook "${rows[@]}" >case/playbook.yaml
run "$breach" notify case/playbook.yaml --dry-run
exits 0 "64 audiences are told"
unread_stderr=
stdout_has "everybody of them" "70 people: 70 told"
is "each in an audience of its own" "$("$breach" status case/playbook.yaml --dry-run --json | jq -c '[.audiences | length, ([.[].accepted] | min, max)]')" '[64,1,7]'
mapfile -t rows < <(each_of 65)
playbook "${rows[@]}" >case/playbook.yaml
run "$breach" check case/playbook.yaml
exits 65 "one more is an error, not a playbook for nobody"
stderr_has "which says so" "there are 65 audiences, and a playbook has 64 at most"
unread_stderr=
run "$breach" notify case/playbook.yaml --dry-run
exits 65 "and nothing is sent"
unread_stderr=

done_testing
