#!/usr/bin/env bash
# What was promised to users: for each of the five policies that come with breach a playbook that keeps it, and five that break
# one promise each; what somebody has accepted; and roles.
. "$(dirname "$0")/lib.sh"
. "$source/tests/cli/incident.sh"

# keeping FOLDER POLICY: a playbook that keeps what any of the policies promises. Only email is used, so that no program has
# to encrypt anything here.
keeping() {
    mkdir -p "$1/gateways"
    {
        cat <<'END'
version: 1
incident: {id: leak, status: exercise, detected_at: 2026-11-20T09:40+08:00, occurred_at: 2026-11-18T02:15+08:00}
organization:
  name: {en: Example Cloud, zh-CN: 示例云, zh-TW: 示例雲}
  role: controller
  contact: {email: privacy@example.com, phone: "+86 10 0000 0000"}
  data_region: cn
  domains: [example.com]
default_locale: zh-CN
people: people.csv
facts:
  what_happened: {en: A key was lost., zh-CN: 有一把密钥丢失。, zh-TW: 有一把金鑰遺失。}
  cause: {en: It was in a public place., zh-CN: 密钥曾公开。, zh-TW: 金鑰曾公開。}
  data_kinds: [name, email]
impact: [{en: Strangers may write to you., zh-CN: 陌生人可能联系您。, zh-TW: 陌生人可能聯絡您。}]
measures: {taken: [{en: We took the key away., zh-CN: 已停用密钥。, zh-TW: 已停用金鑰。}]}
advice: [{en: Change your password., zh-CN: 更换密码。, zh-TW: 變更密碼。}]
remedies: [{en: We help., zh-CN: 我们帮忙。, zh-TW: 我們幫忙。}]
audiences:
  - {id: guardians, match: "age < 14", template: guardian, capacity: guardian, ladder: [email]}
  - {id: former, match: "account == 'closed'", template: closed-account, ladder: [email]}
  - {id: people, match: "account == 'open'", template: individual, ladder: [email]}
  - {id: admins, match: "role == 'admin'", template: controller, capacity: organization, controller: customer, ladder: [email], also: true}
announcement: {gateway: announcement-sample, when: unreachable}
gateways: {email: relay}
regimes: [cn-cac-incident-2025]
response:
  - {id: start, kind: start, owner: on call}
  - {id: contain, kind: contain, owner: on call, gate: true}
  - {id: report, kind: report, owner: legal}
  - {id: tell, kind: tell, owner: support}
  - {id: handling, kind: report-handling, owner: legal}
  - {id: exchange, kind: exchange-disclosure, owner: investor relations}
inquiries: {deadline: P10D, from: received}
END
        echo "policies: [$2]"
    } >"$1/playbook.yaml"
    printf '%s\n' 'id,name,locale,email,age,account,role,guardian_name,guardian_email' \
        'a,Anna,zh-CN,a@example.org,30,open,admin,,' 'b,Berta,en,b@example.org,40,closed,member,,' \
        'c,Carla,zh-TW,c@example.org,10,open,member,Clara,clara@example.org' >"$1/people.csv"
    gateway "region: cn" >"$1/gateways/relay.yaml"
}

# change FOLDER SED: changes its playbook, and fails the test when that changes nothing
change() {
    cp "$1/playbook.yaml" "$1/before"
    sed -i "$2" "$1/playbook.yaml"
    ! cmp -s "$1/playbook.yaml" "$1/before" || verdict 1 "the change of $1 changes something"
    rm "$1/before"
}

# texts FOLDER SED: a copy of the shipped templates beside the playbook, changed
texts() {
    mkdir -p "$1/templates"
    cp -r "$source"/templates/{shared,individual,guardian,closed-account,controller,announcement} "$1/templates/"
    chmod -R u+w "$1/templates"
    find "$1/templates" -type f -exec sed -i "$2" {} +
}

# unmark FOLDER CONTENT: takes the marks of CONTENT out of every text
unmark() {
    texts "$1" "s|{{#covers[.]$2}}||g; s|{{/covers[.]$2}}||g"
}

# broken_of: the promises that are broken by the last check --json, as POLICY/PROMISE
broken_of() {
    python3 - "$out" <<'END'
import json, sys
for policy in json.load(open(sys.argv[1]))["promises"]:
    for row in policy["promises"]:
        if row["verdict"] == "broken":
            print(policy["policy"] + "/" + row["id"])
END
}

# check_broken FOLDER POLICY PROMISE CODE: check refuses the playbook and names the promise, and that alone
check_broken() {
    run "$breach" check "$1/playbook.yaml" --json
    exits 65 "$2 without $3"
    is "$2 without $3: that promise is broken and no other" "$(broken_of)" "$2/$3"
    unread_stderr=
    run "$breach" check "$1/playbook.yaml"
    exits 65 "$2 without $3, for people"
    last_run="stderr of $1: $(cat "$err")"
    if grep -Eq "error: $2(/| \()$3.*$4" "$err"; then verdict 0 "$2/$3 is named with its code"; else verdict 1 "$2/$3 is named with its code"; fi
    unread_stderr=
}

# rehearse FOLDER: to its end; notices wait until somebody has started to contain the incident
rehearse() {
    run "$breach" record "$1/playbook.yaml" response contain --outcome started --by "on call" --at 2026-11-20T10:00+08:00
    unread_stderr=
    run "$breach" notify "$1/playbook.yaml" --dry-run
    exits 0 "$1 is rehearsed"
    unread_stderr=
}

# variant POLICY PROMISE: a fresh folder whose playbook keeps the policy; leaves its name in $folder
variant() {
    folder=$1-$2
    keeping "$folder" "$1"
}

# Each is kept --------------------------------------------------------------------------------------------------------------
for policy in cloud-services-cn cloud-account saas-enterprise-cn erp-cloud-cn minimal-cn; do
    keeping "kept-$policy" "$policy"
    if [ "$policy" = minimal-cn ]; then
        rehearse "kept-$policy"
    fi
    run "$breach" check "kept-$policy/playbook.yaml" --json
    exits 0 "$policy is kept"
    is "nothing of $policy is broken" "$(broken_of)" ""
    is "the document of $policy is as its schema says" \
        "$("$build/tests/tools/schema-check" "$source/docs/schema/check.json" "$out" 2>&1)" ""
    unread_stderr=
done
run "$breach" check kept-cloud-account/playbook.yaml
exits 0 "a kept policy"
stdout_has "one line says that it is kept" "promises: 12 kept"
stdout_lacks "and no table" "policy cloud-account"
unread_stderr=
run "$breach" check kept-cloud-account/playbook.yaml --promises
stdout_has "with --promises each promise is shown, by what it is kept, and what is not promised" \
    "policy cloud-account (privacy policy of a cloud account service, mainland China):" \
    "applies to: Administrators and login users" "announcement       kept" \
    "announced as soon as somebody cannot be reached" "not promised: reports to authorities" "also says: what is deleted stays in backups"
unread_stderr=

# What nobody promised is never called kept.
run "$breach" check kept-erp-cloud-cn/playbook.yaml --json
is "what a notice says is not promised by erp-cloud-cn" \
    "$(json "$out" '$.promises[0].not_promised[0]')" content
unread_stderr=

# cloud-services-cn -----------------------------------------------------------------------------------------------------------
variant cloud-services-cn advice
unmark "$folder" advice
check_broken "$folder" cloud-services-cn advice BR-COVERAGE-001
variant cloud-services-cn plan
change "$folder" '/kind: start/d'
check_broken "$folder" cloud-services-cn plan BR-POLICY-001
variant cloud-services-cn contain
change "$folder" 's/, gate: true//'
check_broken "$folder" cloud-services-cn contain BR-POLICY-001
variant cloud-services-cn authorities
change "$folder" '/^regimes:/d'
check_broken "$folder" cloud-services-cn authorities BR-POLICY-001
variant cloud-services-cn region
gateway "region: sg" >"$folder/gateways/relay.yaml"
check_broken "$folder" cloud-services-cn region BR-POLICY-001
variant cloud-services-cn inquiries
change "$folder" 's/P10D, from: received/P40D, from: verified/'
check_broken "$folder" cloud-services-cn inquiries BR-POLICY-001

# cloud-account ---------------------------------------------------------------------------------------------------------------
variant cloud-account remedies
unmark "$folder" remedies
check_broken "$folder" cloud-account remedies BR-COVERAGE-001
variant cloud-account announcement
change "$folder" '/^announcement:/d'
check_broken "$folder" cloud-account announcement BR-POLICY-001
variant cloud-account complaint
texts "$folder" 's/、市场监管//'
check_broken "$folder" cloud-account complaint BR-POLICY-001
variant cloud-account encryption
change "$folder" 's/^gateways: .*/gateways: {email: relay, letter: letter-sample}/; s/template: individual, ladder: .email./template: individual, ladder: [email, letter]/'
check_broken "$folder" cloud-account encryption BR-POLICY-001
variant cloud-account recipients
change "$folder" 's/, also: true//'
check_broken "$folder" cloud-account recipients BR-POLICY-001
run "$breach" plan "$folder/playbook.yaml"
exits 65 "what stops check stops the plan, too"
is "and is named there" "$(grep -c 'error: cloud-account/recipients would be broken' "$err")" 1
unread_stderr=
run "$breach" notify "$folder/playbook.yaml" --dry-run
exits 65 "and the rehearsal"
unread_stderr=
variant cloud-account inquiries
change "$folder" 's/P10D/P16D/'
check_broken "$folder" cloud-account inquiries BR-POLICY-001

# saas-enterprise-cn ------------------------------------------------------------------------------------------------------------
variant saas-enterprise-cn impact
unmark "$folder" harm
check_broken "$folder" saas-enterprise-cn impact BR-COVERAGE-001
variant saas-enterprise-cn handling
change "$folder" '/kind: report-handling/d'
check_broken "$folder" saas-enterprise-cn handling BR-POLICY-001
variant saas-enterprise-cn cross-border
echo 'cross_border: {pair: [cn, sg], basis: contract, purpose: notices, recipient: a relay, safeguards: TLS, risks: none known}' >>"$folder/playbook.yaml"
check_broken "$folder" saas-enterprise-cn cross-border BR-POLICY-001
variant saas-enterprise-cn guardians
change "$folder" '/id: guardians/d'
check_broken "$folder" saas-enterprise-cn guardians BR-POLICY-001
variant saas-enterprise-cn closed-accounts
change "$folder" '/id: former/d'
check_broken "$folder" saas-enterprise-cn closed-accounts BR-POLICY-001
variant saas-enterprise-cn inquiries
change "$folder" 's/deadline: P10D, from: received/deadline: P15D, from: verified, count: business, calendar: cn/'
check_broken "$folder" saas-enterprise-cn inquiries BR-POLICY-001

# erp-cloud-cn --------------------------------------------------------------------------------------------------------------
variant erp-cloud-cn languages
texts "$folder" ''
rm -r "$folder/templates/individual/zh-TW"
check_broken "$folder" erp-cloud-cn languages BR-POLICY-001
variant erp-cloud-cn customers
change "$folder" '/id: admins/d'
check_broken "$folder" erp-cloud-cn customers BR-POLICY-001
variant erp-cloud-cn guardians
change "$folder" '/id: guardians/d'
check_broken "$folder" erp-cloud-cn guardians BR-POLICY-001
variant erp-cloud-cn disclosure
change "$folder" '/exchange-disclosure/d'
check_broken "$folder" erp-cloud-cn disclosure BR-POLICY-001
variant erp-cloud-cn inquiries
change "$folder" 's/P10D/P10D, extension: P60D/'
check_broken "$folder" erp-cloud-cn inquiries BR-POLICY-001

# minimal-cn: four, and a rehearsal, which follows from the policy and is never more than a warning -------------------------------
# variant of a folder that was rehearsed, so that nothing else is missing
rehearsed() {
    folder=minimal-cn-$1
    cp -r kept-minimal-cn "$folder"
}
rehearsed authorities
change "$folder" '/^regimes:/d'
check_broken "$folder" minimal-cn authorities BR-POLICY-001
rehearsed encryption
change "$folder" 's/^gateways: .*/gateways: {email: relay, letter: letter-sample}/; s/template: individual, ladder: .email./template: individual, ladder: [email, letter]/'
check_broken "$folder" minimal-cn encryption BR-POLICY-001
rehearsed customers
change "$folder" '/id: admins/d'
check_broken "$folder" minimal-cn customers BR-POLICY-001
rehearsed closed-accounts
change "$folder" '/id: former/d'
check_broken "$folder" minimal-cn closed-accounts BR-POLICY-001
variant minimal-cn rehearsal
run "$breach" check "$folder/playbook.yaml" --json
exits 0 "what only follows from a policy stops nothing"
is "the rehearsal that is missing is broken all the same" "$(broken_of)" minimal-cn/rehearsal
unread_stderr=
run "$breach" check "$folder/playbook.yaml"
is "and a warning names it" "$(grep -c 'warning: minimal-cn/rehearsal follows from the policy: it was never rehearsed.*BR-POLICY-002' "$err")" 1
unread_stderr=

# An open list: another way keeps the promise, and says so; a closed one does not ------------------------------------------------
keeping open saas-enterprise-cn
mkdir open/policies
sed -e 's/^id: .*/id: ours/' -e 's/named: .*/named: [letter, phone]/' "$source/playbooks/policies/saas-enterprise-cn.yaml" >open/policies/ours.yaml
change open 's/^policies: .*/policies: [{id: ours, audiences: [people, former, guardians, admins]}]/'
run "$breach" check open/playbook.yaml --promises
exits 0 "a way that the policy does not name but allows"
stdout_has "is said to be another" "ways               kept-otherwise audience guardians is told by email, which is not one of letter, phone" \
    "1 of them in a way that the policy does not name but allows"
unread_stderr=
sed -i 's/open: true/open: false/' open/policies/ours.yaml
check_broken open ours ways BR-POLICY-001
change open 's/audiences: .people, former, guardians, admins./audiences: [people, strangers]/'
run "$breach" check open/playbook.yaml
exits 65 "an audience that there is not"
is "is found" "$(grep -c 'policy ours is to hold for the audience strangers, which the playbook does not have' "$err")" 1
unread_stderr=

# Nobody is told to whom it was promised: nothing of texts is called kept --------------------------------------------------------
keeping nobody cloud-account
mkdir nobody/policies
for policy in cloud-account erp-cloud-cn; do
    sed -e "s/^id: .*/id: own-$policy/" -e 's/capacities: .*/capacities: [organization]/' \
        "$source/playbooks/policies/$policy.yaml" >"nobody/policies/own-$policy.yaml"
done
change nobody 's/^policies: .*/policies: [own-cloud-account, {id: own-erp-cloud-cn, audiences: [people]}]/'
run "$breach" check nobody/playbook.yaml --promises
stdout_has "where to complain, and languages, are nothing to do" \
    "complaint          nothing-to-do  no audience is one to whom it was promised" \
    "languages          nothing-to-do  no audience is one to whom it was promised"
unread_stderr=

# Mistakes in a policy of one's own ------------------------------------------------------------------------------------------------
keeping own-policy ours
mkdir own-policy/policies
cat >own-policy/policies/ours.yaml <<'END'
version: 1
id: ours
name: ours
applies_to: {capacities: [self, everyone], customer_data: true}
promises:
  - {id: one, kind: content, text: a, content: [what_happend]}
  - {id: two, kind: ways, text: b, region: cn}
  - {id: two, kind: announcement, text: c, when: hard}
  - {id: two, kind: announcement, text: c, when: hard}
  - {id: three, kind: respond, text: d}
  - {id: four, kind: response, text: e}
END
run "$breach" check own-policy/playbook.yaml
exits 65 "mistakes in a policy"
for mistake in 'content cannot be "what_happend": did you mean what_happened' 'a promise of the kind ways has no region' \
    'a promise of the kind ways needs named' 'there are two promises of the id two' 'kind: ' \
    'needs steps, or gate, or both' 'ours.yaml:4:'; do
    if grep -q -- "$mistake" "$err"; then verdict 0 "found: $mistake"; else verdict 1 "found: $mistake"; fi
done
unread_stderr=

# What somebody takes the responsibility for --------------------------------------------------------------------------------------
variant cloud-account accepted
change "$folder" 's/, also: true//'
cat >>"$folder/playbook.yaml" <<'END'
accepted:
  - {id: BR-POLICY-001, about: cloud-account/recipients, reason: one contact for each customer, by: M. Li}
  - {id: policy-broken, about: no-such-promise, reason: left over, by: M. Li}
END
run "$breach" check "$folder/playbook.yaml"
exits 0 "a finding that was accepted stops nothing"
is "it is shown with who and why" "$(grep -c 'accepted: cloud-account/recipients would be broken.*BR-POLICY-001., by M. Li: one contact for each customer' "$err")" 1
is "an entry that lets nothing pass is a warning" "$(grep -c 'warning: policy-broken about "no-such-promise" is accepted, and nothing like it is found.*BR-ACCEPT-002' "$err")" 1
unread_stderr=
run "$breach" check "$folder/playbook.yaml" --json
is "JSON has who, and counts it" \
    "$(python3 -c 'import json,sys; d=json.load(open(sys.argv[1])); print(d["accepted"], [f["accepted"]["by"] for f in d["findings"] if "accepted" in f])' "$out")" "1 ['M. Li']"
is "as the schema says" "$("$build/tests/tools/schema-check" "$source/docs/schema/check.json" "$out" 2>&1)" ""
unread_stderr=
change "$folder" 's|about: cloud-account/recipients|about: cloud-account/recipients would be broken|; /no-such-promise/d'
run "$breach" check "$folder/playbook.yaml"
stdout_has "the verdict does not hide it" "warnings to look at; accepted: 1"
unread_stderr=
for language in en zh-CN; do
    run "$breach" check "$folder/playbook.yaml" --lang "$language"
    exits 0 "what is accepted in English stands in $language, too"
    unread_stderr=
done
rehearse "$folder"

variant cloud-account refused
change "$folder" 's/ladder: .email.}/ladder: [email, sms]}/'
echo 'accepted: [{id: playbook-no-gateway, reason: who needs it, by: M. Li}]' >>"$folder/playbook.yaml"
run "$breach" check "$folder/playbook.yaml"
exits 65 "what is broken cannot be accepted"
is "the error stays" "$(grep -c 'error: channel sms has no gateway' "$err")" 3
is "and the entry is refused, once" "$(grep -c 'error: playbook-no-gateway cannot be accepted.*BR-ACCEPT-001' "$err")" 1
unread_stderr=
change "$folder" 's/^accepted: .*/accepted: [{id: no-such-thing, reason: x, by: y}]/; s/, sms//'
run "$breach" check "$folder/playbook.yaml"
exits 65 "nothing can be accepted that there is not"
is "the entry is named" "$(grep -c 'there is no finding "no-such-thing": write the code that stands behind it' "$err")" 1
unread_stderr=

change "$folder" 's/^accepted: .*/accepted: [{id: BR-COVERAGE-001, reason: x, by: y}]/'
run "$breach" check "$folder/playbook.yaml"
exits 65 "what notices lack is not accepted as a whole"
is "it asks for the one thing that is meant" "$(grep -c 'would let everything pass that a notice can lack: add about:' "$err")" 1
unread_stderr=

# Roles ----------------------------------------------------------------------------------------------------------------------------
keeping processor cloud-services-cn
change processor '/^policies:/d; s/role: controller/role: processor/; s/^regimes: .*/regimes: [eu-gdpr]/'
echo 'variables: {risk: high, encrypted: false}' >>processor/playbook.yaml
run "$breach" check processor/playbook.yaml
exits 65 "a processor that writes to people"
is "is told of each audience" "$(grep -c 'error: audience .* is written to by a processor.*BR-ROLE-001' "$err")" 3
is "and asked for whom it works" "$(grep -c 'on_behalf_of.*BR-ROLE-003' "$err")" 1
unread_stderr=
change processor '/id: guardians/d; /id: former/d; /id: people/d; s/  role: processor/  role: processor\n  on_behalf_of: Big Shop GmbH/'
run "$breach" check processor/playbook.yaml
exits 0 "a processor that tells its customers"
unread_stderr=
run "$breach" obligations processor/playbook.yaml --json
is "its steps are those towards the controller" "$(python3 -c '
import json,sys
d = json.load(open(sys.argv[1]))
rows = {r["id"]: r["state"] for r in d["obligations"]}
print(rows["eu-gdpr/processor"], rows["eu-gdpr/authority_72h"], rows["eu-gdpr/individuals"])' "$out")" "due not-applicable not-applicable"
unread_stderr=
run "$breach" obligations processor/playbook.yaml --why eu-gdpr/authority_72h
stdout_has "and it is said who owes the others" "why: role is processor: the controller Big Shop GmbH owes this step; what you owe is to tell them"
unread_stderr=

keeping joint cloud-services-cn
change joint '/^policies:/d; s/role: controller/role: joint/; s/^regimes: .*/regimes: [eu-gdpr]/'
echo 'variables: {risk: high, encrypted: false}' >>joint/playbook.yaml
run "$breach" check joint/playbook.yaml
exits 65 "joint controllers who do not say who tells people"
is "are asked" "$(grep -c 'nobody says which of the two tells people.*BR-ROLE-004' "$err")" 1
unread_stderr=
change joint 's/  role: joint/  role: joint\n  joint: {notifies: them}/'
run "$breach" obligations joint/playbook.yaml --json
is "nobody who is not named takes a duty from us" \
    "$(python3 -c 'import json,sys; print([r["state"] for r in json.load(open(sys.argv[1]))["obligations"] if r["id"] == "eu-gdpr/individuals"])' "$out")" "['due']"
unread_stderr=
change joint '/joint: {notifies/d'
change joint 's/  role: joint/  role: joint\n  joint: {with: Partner AG, notifies: them, evidence: contract 7}/'
run "$breach" check joint/playbook.yaml
exits 65 "the other one tells people"
is "so that each audience of people would hear twice" "$(grep -c 'would hear twice, for Partner AG tells people.*BR-ROLE-005' "$err")" 3
unread_stderr=
run "$breach" obligations joint/playbook.yaml --json
is "telling people is not ours then, reporting is" "$(python3 -c '
import json,sys
d = json.load(open(sys.argv[1]))
rows = {r["id"]: r["state"] for r in d["obligations"]}
print(rows["eu-gdpr/individuals"], rows["eu-gdpr/authority_72h"] in ("due", "overdue"))' "$out")" "not-applicable True"
unread_stderr=
change joint 's/notifies: them/notifies: us/'
run "$breach" check joint/playbook.yaml
exits 0 "we tell people"
unread_stderr=

done_testing
