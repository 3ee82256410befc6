#!/usr/bin/env bash
# What the law asks of a notice against what it says: check and plan stop at what is missing, and name it.
. "$(dirname "$0")/lib.sh"
. "$source/tests/cli/incident.sh"

# case LINE...: the playbook of an exercise whose ladder is $ladder, with these lines at its end
ladder="[email]"
case_with() {
    cat <<END
version: 1
incident: {id: cover, status: exercise, occurred_at: 2026-11-18T02:15+08:00, detected_at: 2026-11-20T09:40+08:00, confirmed_at: 2026-11-20T10:00+08:00}
organization: {name: Example Cloud, contact: {email: help@example.com, phone: "+86 10 0000 0000"}, domains: [example.com]}
facts:
  what_happened: Somebody copied account records. Yours are among them. Please change your password.
  data_kinds: [name, email, national_id]
  ${cause-cause: A stolen password.}
impact: [Somebody may write to you.]
measures: {taken: [We replaced the keys.]}
advice: [Change your password.]
remedies: [We help you.]
people: people.csv
audiences:
  - {id: people, template: ${template-individual}, ladder: $ladder$audience}
gateways: {email: relay, push: push-sample, letter: letter-sample}
END
    printf '%s\n' "$@"
}
audience=

mkdir -p case/gateways
gateway >case/gateways/relay.yaml
cat >case/people.csv <<END
id,name,locale,email,push,address,region,data_kinds
p1,Ann,en,ann@example.org,,,CN,
p2,Bob,en,bob@example.org,token-of-bob-0123456789,,DE,name;email
p3,Zhang Wei,zh-CN,zhang@example.org,,,CN,email
END
rule=$(printf '%s\n' "escalation: {unreachable: none}")

# errors CODE: how many findings of that code the last check --json had
errors() { json "$out" "\$.findings" | grep -o "\"code\":\"$1\"" | wc -l; }

# Nothing is asked, nothing is compared --------------------------------------------------------------------------------
case_with "$rule" >case/playbook.yaml
run "$breach" check case/playbook.yaml --json
exits 0 "a playbook without regimes"
unread_stderr=
is "is compared with nothing" "$(json "$out" '$.coverage')" ""

# All is there ------------------------------------------------------------------------------------------------------------
law="regimes: [cn-pipl, cn-ndsr]"
case_with "$rule" "$law" >case/playbook.yaml
run "$breach" check case/playbook.yaml --json
unread_stderr=
exits 0 "the shipped template holds what the Chinese laws ask"
is "in both languages" "$(json "$out" '$.coverage.texts')" 2
is "nine things" "$(json "$out" '$.coverage.asked')" 9
is "and nothing is missing" "$(json "$out" '$.coverage.not_met')" 0

# A section less: each mark that the laws ask for, in a copy of the template -------------------------------------------------
copy() {
    rm -rf case/templates
    mkdir -p case/templates
    cp -R "$source/templates/${template-individual}" "$source/templates/shared" case/templates/
}
for pair in what_happened:happened cause:happened data_kinds:kinds harm:meaning measures_taken:measures measures:measures \
    advice:steps contact:contact; do
    mark=${pair%:*} file=${pair#*:}
    for kind in "" -html; do
        copy
        partial=case/templates/shared/en/$file$kind.mustache
        sed -i "/{{#covers\.$mark}}/,/{{\/covers\.$mark}}/d" "$partial"
        run "$breach" check case/playbook.yaml
        exits 65 "without $mark in $file$kind check fails"
        unread_stderr=
        ok "and names it" grep -q "BR-COVERAGE-00[12].*\|covers\.$mark}}" "$err"
        ok "with the mark to write" grep -q "{{#covers\.$mark}}" "$err"
    done
done
run "$breach" plan case/playbook.yaml
exits 65 "what stops check stops plan"
stderr_has "with the same words" "BR-COVERAGE-001" "nothing was planned"
ok "there is no plan" test ! -e case/cover.breach/ledger.db
copy
sed -i 's/covers\.cause/covers.causes/' case/templates/shared/en/happened.mustache
run "$breach" check case/playbook.yaml
exits 65 "a slip in a mark is an error"
unread_stderr=
ok "with what was meant" grep -q "covers.causes: did you mean covers.cause" "$err"
rm -rf case/templates

# Nothing to say, and nothing known ------------------------------------------------------------------------------------------
cause="" case_with "$rule" "$law" >case/playbook.yaml
run "$breach" check case/playbook.yaml --json
unread_stderr=
exits 65 "a place without words is an error"
is "of the playbook" "$(json "$out" '$.coverage.rows[0].verdict')" empty
ok "--json is what its schema promises" "$build/tests/tools/schema-check" "$source/docs/schema/check.json" "$out"
is "said once for both languages" "$(errors BR-COVERAGE-002)" 1
is "with all its places" "$(json "$out" '$.coverage.rows[0].places[1].locale')" zh-CN
is "and every combination of kinds" "$(json "$out" '$.coverage.rows[0].places[0].combinations')" 5
cause="cause: {unknown: {as_of: 2026-11-20T12:00+08:00, next_update: 2126-11-25T12:00+08:00}}"
case_with "$rule" "$law" >case/playbook.yaml
run "$breach" check case/playbook.yaml
exits 65 "what is not known yet does not count where the law has no phases"
unread_stderr=
ok "and what to type is said" grep -q "breach record case/playbook.yaml decision not-notify --regime cn-pipl --scope field:cause" "$err"
decide() {
    run "$breach" record case/playbook.yaml decision not-notify --regime cn-pipl --scope "$1" --ground "still being looked into" \
        --facts "people can protect themselves today" --by "Li Na" --role CISO
}
decide field:causes
exits 65 "no decision about a field that there is not"
stderr_has "it is said so" "asks for no field causes"
decide field:cause
exits 0 "a decision that people are told without the cause"
run "$breach" check case/playbook.yaml --json
unread_stderr=
exits 0 "lets the notice go"
is "with nothing missing" "$(json "$out" '$.coverage.not_met')" 0
rm -rf case/cover.breach
unset cause

# The name of a fact that is not there is no slip in a mark
case_with "$rule" "$law" | sed '/^  what_happened:/d' >case/playbook.yaml
run "$breach" check case/playbook.yaml
exits 65 "without the first fact"
unread_stderr=
is "no mark is taken for it" "$(grep -c 'did you mean covers' "$err")" 0

# Whom the law protects -------------------------------------------------------------------------------------------------------
case_with "$rule" "regimes: [{id: us-hipaa, people: \"region == 'US'\"}]" >case/playbook.yaml
run "$breach" check case/playbook.yaml --json
unread_stderr=
is "a law that protects nobody asks nothing" "$(json "$out" '$.coverage.texts')" 0
case_with "$rule" "regimes: [{id: eu-gdpr, people: \"region == 'DE'\"}]" >case/playbook.yaml
run "$breach" check case/playbook.yaml --json
unread_stderr=
is "one that protects somebody asks of both languages" "$(json "$out" '$.coverage.texts')" 2
audience=", regimes: []" case_with "$rule" "$law" >case/playbook.yaml
run "$breach" check case/playbook.yaml --json
unread_stderr=
is "an audience may say that its notices are of no law" "$(json "$out" '$.coverage.texts')" 0
is "but a law that no audience has is said" "$(errors BR-COVERAGE-010) $(json "$out" '$.coverage.forms[1].kind')" "2 left_out"
ok "--json keeps to its schema" "$build/tests/tools/schema-check" "$source/docs/schema/check.json" "$out"
run "$breach" check case/playbook.yaml
unread_stderr=
ok "and nothing is said to be there" grep -q "what notices must say: no notice was compared (9 asked)" "$out"
audience=", match: \"region != 'XX'\", regimes: [cn-pipl]}
  - {id: others, template: individual, ladder: [email], regimes: [us-hipaa]" \
    case_with "$rule" "regimes: [cn-pipl, {id: us-hipaa, people: \"region == 'DE'\"}]" >case/playbook.yaml
run "$breach" check case/playbook.yaml
unread_stderr=
ok "so is an audience with people of a law that it leaves out" \
    grep -q "us-hipaa protects people of audience people, whose regimes leave it out.*BR-COVERAGE-010" "$err"
is "and only that" "$(grep -c BR-COVERAGE-010 "$err")" 1
audience=", regimes: [eu-gdpr]" case_with "$rule" "$law" >case/playbook.yaml
run "$breach" check case/playbook.yaml
exits 65 "a regime that the playbook does not have"
unread_stderr=
ok "is named" grep -q "BR-AUDIENCE-012" "$err"

# People under age ------------------------------------------------------------------------------------------------------------
case_with "$rule" "regimes: [cn-minors]" >case/playbook.yaml
cp case/people.csv everybody.csv
printf 'id,name,locale,email,age\ny1,Wei,zh-CN,y1@example.org,15\ny2,Na,zh-CN,y2@example.org,30\n' >case/people.csv
run "$breach" check case/playbook.yaml
unread_stderr=
ok "a law about people under age counts those whose guardians are not told" \
    grep -q "cn-minors is about people under 18, and 1 of them are in no audience of capacity guardian.*BR-COVERAGE-013" "$err"
mv everybody.csv case/people.csv

# Short messages ----------------------------------------------------------------------------------------------------------------
ladder="[push, email]"
case_with "$rule" "$law" >case/playbook.yaml
run "$breach" check case/playbook.yaml --json
unread_stderr=
exits 0 "a short message may point to the full text"
is "and is looked at" "$(json "$out" '$.coverage.texts')" 3
copy
sed -i 's/{{#covers.full_text}}//; s/{{.covers.full_text}}//' case/templates/shared/en/push-body.mustache
run "$breach" check case/playbook.yaml --json
unread_stderr=
exits 65 "one that does not must hold all itself"
is "everything of it is missing" "$(json "$out" '$.coverage.not_met')" 9
is "in the push message" "$(json "$out" '$.coverage.rows[0].places[0].channel')" push
rm -rf case/templates
ladder="[push]"
template=pointer case_with "$rule" "$law" >case/playbook.yaml
run "$breach" check case/playbook.yaml --json
unread_stderr=
exits 65 "one that points to nothing is an error"
is "for all that is asked" "$(json "$out" '$.coverage.not_met')" 9
run "$breach" check case/playbook.yaml
unread_stderr=
is "said once for each text" "$(grep -c 'BR-COVERAGE-0' "$err") $(grep -c 'BR-COVERAGE-011' "$err")" "1 1"
ok "with what to add" grep -q "push en of people only points to a full text, and there is none, so that 9 things" "$err"

# California ---------------------------------------------------------------------------------------------------------------------
ladder="[email, push]"
california="regimes: [us-ca]"
case_with "$rule" "$california" >case/playbook.yaml
run "$breach" check case/playbook.yaml --json
unread_stderr=
exits 65 "another template lacks what California fixes"
is "first of all the title" "$(json "$out" '$.coverage.rows[0].exact')" "Notice of Data Breach"
ok "a push message is no notice there" grep -q "BR-COVERAGE-005" "$out"
ok "--json keeps to its schema" "$build/tests/tools/schema-check" "$source/docs/schema/check.json" "$out"
is "and is listed" "$(json "$out" '$.coverage.forms[0].kind') $(json "$out" '$.coverage.forms[0].refused[0]')" "channel push"
ladder="[email]"
sed -i '3s/.*/p3,Li,en,li@example.org,,,CN,email/;4d' case/people.csv
echo "p4,Mary,en,mary@example.org,,,US-CA,name;national_id" >>case/people.csv
template=us-ca case_with "$rule" "$california" >case/playbook.yaml
run "$breach" check case/playbook.yaml --json
unread_stderr=
exits 65 "with identity numbers the agencies and the offer must be there"
is "and so it is said" "$(json "$out" '$.coverage.rows[0].field') $(json "$out" '$.coverage.rows[1].field')" "cra_contacts id_theft_offer"
is "for those whom it concerns" "$(json "$out" '$.coverage.rows[0].places[0].combinations')" 3
sed -i 's/^  data_kinds: .*/  data_kinds: [name, email]/' case/playbook.yaml
sed -i 's/;national_id//' case/people.csv
run "$breach" check case/playbook.yaml
exits 0 "with other data they need not"
unread_stderr=
template=us-ca copy
sed -i 's/>What Happened</>What happened</' case/templates/us-ca/en/email.html
run "$breach" check case/playbook.yaml
exits 65 "a heading in other letters is an error"
unread_stderr=
ok "with the words of the law" grep -q "BR-COVERAGE-004.*\|\"What Happened\" alone on a line" "$err"
template=us-ca copy
sed -i 's/^What Happened$/X/; s/^What You Can Do$/What Happened/; s/^X$/What You Can Do/' case/templates/us-ca/en/email.txt
run "$breach" check case/playbook.yaml
exits 65 "so are headings in another order"
unread_stderr=
ok "said to be so" grep -q "comes first by law" "$err"
rm -rf case/templates

# Before there are people ------------------------------------------------------------------------------------------------------------------
ladder="[email]"
cause="" case_with "$rule" "$law" >case/playbook.yaml
sed -i 's/^people: .*/people: later.csv/' case/playbook.yaml
run "$breach" check case/playbook.yaml --json
unread_stderr=
exits 65 "without a people file"
is "the texts of the default language are compared" "$(json "$out" '$.coverage.rows[0].places[0].locale')" en
is "with what they lack" "$(json "$out" '$.coverage.rows[0].field')" cause

# The whole sample: seven channels, guardians and children, an announcement ------------------------------------------------------------
mkdir -p whole
sed "s#^people: \.\./#people: $source/#" "$source/playbooks/credential-leak.yaml" >whole/playbook.yaml
run "$breach" check whole/playbook.yaml --json
unread_stderr=
exits 0 "the sample holds what its four laws ask, in every language and on every channel"
ok "of many texts" test "$(json "$out" '$.coverage.texts')" -gt 40
is "and nothing is missing" "$(json "$out" '$.coverage.not_met')" 0
mkdir -p whole/templates
cp -R "$source/templates/announcement" whole/templates/
# without_kinds FILE: what the shared notice says, written out, but for the kinds of data
without_kinds() {
    sed -i -e "/{{> public-notice}}/{r $source/templates/shared/zh-TW/public-notice.mustache" -e 'd}' "$1"
    sed -i '/{{> kinds}}/d' "$1"
}
without_kinds whole/templates/announcement/zh-TW/announcement.txt
run "$breach" check whole/playbook.yaml --json
unread_stderr=
exits 65 "an announcement that leaves something out is an error where people are left with it"
is "and it alone" "$(json "$out" '$.coverage.not_met')" 1
is "of everybody" "$(json "$out" '$.coverage.rows[0].places[0].audience')" ""
is "in its language" "$(json "$out" '$.coverage.rows[0].places[0].channel') $(json "$out" '$.coverage.rows[0].places[0].locale')" \
    "announcement zh-TW"

# A correction of it: whoever hears of the incident only now, or cannot be reached, has the page alone
rm -r whole/templates/announcement
sed -i 's/^  edition: 1 /  edition: 2 /' whole/playbook.yaml
cat >>whole/playbook.yaml <<YAML
update: {kind: correction, need_to_act: false, wrong: {en: It was Monday., zh-CN: 周一。, zh-TW: 週一。},
    right: {en: It was Sunday., zh-CN: 周日。, zh-TW: 週日。}, first_notice_at: 2026-11-21T09:00+08:00}
YAML
run "$breach" check whole/playbook.yaml --json
unread_stderr=
exits 0 "a correction of the sample holds all of it, too"
is "and nothing is missing from it" "$(json "$out" '$.coverage.not_met')" 0
cp -R "$source/templates/update" whole/templates/
without_kinds whole/templates/update/zh-TW/announcement.txt
run "$breach" check whole/playbook.yaml --json
unread_stderr=
exits 65 "a page that holds the correction alone is an error"
is "in that language" "$(json "$out" '$.coverage.rows[0].places[0].channel') $(json "$out" '$.coverage.rows[0].places[0].locale')" \
    "announcement zh-TW"
sed -i 's/kind: correction/kind: withdrawal/; s/wrong: {[^}]*},/what_changed: {en: It was not us., zh-CN: 不是我们。, zh-TW: 不是我們。},/; s/right: {[^}]*}, //' \
    whole/playbook.yaml
run "$breach" check whole/playbook.yaml --json
unread_stderr=
exits 0 "of what is withdrawn nothing has to be said again"

# The exact message that goes out ---------------------------------------------------------------------------------------------------
template=us-ca case_with "$rule" "$california" >case/playbook.yaml
sed -i 's/^  data_kinds: .*/  data_kinds: [name, email]/' case/playbook.yaml
run "$breach" preview case/playbook.yaml --person p4
exits 0 "the notice for California"
stdout_has "has title, day and headings" "Notice of Data Breach" "What Information Was Involved" "For More Information"
ok "and says when it is sent" grep -qE "Example Cloud, [0-9]{1,2} [A-Z][a-z]+ 20[0-9]{2}" "$out"
stdout_lacks "and no mark" "covers" "{{"
done_testing
