#!/usr/bin/env bash
# Reports to authorities: prepared from facts alone, complete or with what is missing named, in the authority's order and
# language; filed with their proof; and nothing in them or about them where it does not belong.
. "$(dirname "$0")/lib.sh"
. "$source/tests/cli/incident.sh"

if ! grep -q BREACH_FAULTS:BOOL=ON "$build/CMakeCache.txt" 2>/dev/null; then
    skip "reports to authorities" "this build asks the machine for the time"
    done_testing
fi

schema=$build/tests/tools/schema-check

# at TIME: what the next commands take for now
at() { export BREACH_CLOCK=$1; }

# obligations WORD...: on the playbook night.yaml
obligations() { run "$breach" obligations night.yaml "$@"; }

# prepares WANTED STEP OPTION...: exit code and no look at the warnings
prepares() {
    local wanted=$1
    shift
    obligations prepare "$@"
    exits "$wanted" "prepare $*"
    unread_stderr=
}

# A night in Beijing: facts alone; there is no people file, no audience, no gateway, no template
night() {
    cat >night.yaml <<END
version: 1
default_locale: zh-CN
incident: {id: night, status: actual, kind: intrusion, level: 2, occurred_at: 2026-11-21T21:00+08:00, detected_at: 2026-11-21T22:10+08:00}
organization:
  name: {en: Example Cloud, zh-CN: 示例云}
  contact: {email: security@example.com, phone: "+86 10 5550 0100"}
facts:
  what_happened: {zh-CN: 有人未经许可读取了账号数据库的一份副本。, en: An unknown person read a copy of the account database.}
  cause: {unknown: {as_of: 2026-11-21T22:20+08:00, next_update: 2026-11-22T12:00+08:00}}
  data_kinds: [name, phone]
  affected: {lower: 15000, likely: 20000, upper: 20000, as_of: 2026-11-21T22:20+08:00}
impact: [{zh-CN: 可能接到冒充我们的诈骗电话。, en: Fake calls in our name.}]
measures: {taken: [{zh-CN: 已关闭泄露的访问密钥。, en: The leaked access key was revoked.}]}
regimes: [cn-cac-incident-2025]
variables: {cii: false, central_org: false}
confidential:
  system: {zh-CN: 账号服务数据库, en: account database}
  place: {zh-CN: 北京, en: Beijing}
END
}

# Facts alone ------------------------------------------------------------------------------------------------------------
night
at 2026-11-21T22:20:00+08:00
prepares 0 other_4h --form phone
stdout_has "the script for 12387 has the call, the first items, and what follows later" \
    "电话报告稿：网络安全事件报告" "拨打：12387" "您好，我单位根据《国家网络安全事件报告管理办法》报告" \
    "事发单位名称：示例云" "发现时间：2026年11月21日22:10（北京时间）" "事件级别：较大" "事件类型：网络攻击事件" \
    "约20,000人，15,000至20,000人之间" "涉及的数据种类：姓名、手机号码" "待续报" "受理编号：____" \
    "breach obligations night.yaml file cn-cac-incident-2025/other_4h"
stdout_lacks "an actual report is not marked as an exercise" 演练
stdout_has "the verdict says that nothing was sent" "ready to be filed, fields that follow later:" "nothing was sent"
[ "$(wc -l <"$out")" -le 60 ]
verdict $? "the script fits one page"
ok "no ledger was made" test ! -e night.breach/ledger.db
is "what was prepared is for its owner's eyes" "$(stat -c %a night.breach/filings night.breach/filings/*.json | xargs)" "700 600"

# What an authority needs now is named where it is missing
sed -e '/^  system:/d' -e 's/kind: intrusion, //' night.yaml >gap.yaml
run "$breach" obligations gap.yaml prepare other_4h
exits 1 "a report with gaps is not ready"
stdout_has "it is made all the same, with a mark" "涉事设施、系统、平台基本情况：【未填写】" "NOT READY: fields that are missing: 2"
stderr_has "each gap is named with what to write" "missing: item1_system" "write confidential: {system: …}" "BR-FILING-007" \
    "missing: item2_type" "write incident: {kind: …}" "BR-FILING-012" "before anybody can be told"

# Filing -----------------------------------------------------------------------------------------------------------------
at 2026-11-21T22:55:00+08:00
for wrong in "64 BR-FILING-013 --by Li --channel phone" "64 BR-FILING-013 --at 2026-11-21T22:50+08:00 --channel phone" \
    "64 BR-FILING-013 --at 2026-11-21T22:50+08:00 --by Li" \
    "65 BR-FILING-014 --at 2026-11-21T22:56+08:00 --by Li --channel phone" \
    "65 BR-FILING-014 --at 2026-11-21T22:09+08:00 --by Li --channel phone" \
    "65 BR-FILE-001 --at 2026-11-21T22:50+08:00 --by Li --channel phone --evidence nothing.png"; do
    read -r code id words <<<"$wrong"
    # shellcheck disable=SC2086  # options, split on purpose
    obligations file other_4h $words
    exits "$code" "refused: file $words"
    stderr_has "with $id" "$id"
done
obligations
unread_stderr=
stdout_has "nothing of that was recorded" "0 filed"

printf 'the receipt of the call' >receipt.txt
obligations file other_4h --at 2026-11-21T22:50+08:00 --by Li --channel phone --reference 12387-7 --evidence receipt.txt
exits 0 "a report that was made is recorded"
unread_stderr=
stdout_has "in time, with what is kept" "was filed 2026-11-21 22:50 +08:00, in time" "the evidence is kept: evidence/" \
    "the report as it was prepared is kept:"
sum=$(sha256sum <receipt.txt | cut -d' ' -f1)
is "the evidence lies under its SHA-256, for its owner alone" "$(stat -c '%a' "night.breach/evidence/$sum") $(cat "night.breach/evidence/$sum")" \
    "600 the receipt of the call"
kept=$(sed -n 's/^the report as it was prepared is kept: //p' "$out")
is "and so does the report" "$(sha256sum <"night.breach/filings/$kept.json" | cut -d' ' -f1)" "$kept"
ok "what was prepared waits for no second filing" test ! -e night.breach/filings/cn-cac-incident-2025.other_4h.json
obligations file other_4h --at 2026-11-21T22:52+08:00 --by Li --channel phone --json
exits 0 "a second report of the same step"
unread_stderr=
is "is one that follows" "$(json "$out" '$.again') $(json "$out" '$.stage')" "1 followup"
ok "and is what the schema promises" "$schema" "$source/docs/schema/filed.json" "$out"

# The night goes on ------------------------------------------------------------------------------------------------------
sed -i -e 's/likely: 20000, upper: 20000/likely: 2000000, upper: 2500000/' \
    -e 's/^  place: .*/&\n  scene: {zh-CN: 已封存日志服务器, en: the log server is sealed}/' night.yaml
at 2026-11-22T03:00:00+08:00
prepares 0 supplement
stdout_has "a later report begins with what changed" "与2026年11月21日22:50（北京时间）报告相比的变化" \
    "涉及个人信息主体数量：约2,000,000人" "此前：约20,000人" "现场保护情况：已封存日志服务器" "受理编号：12387-7"
prepares 0 supplement --form phone
stdout_has "so does the script for the call" "电话报告稿" "与2026年11月21日22:50（北京时间）报告相比的变化" "此前：约20,000人" "受理编号：12387-7"
prepares 1 final_30d
stdout_has "the last one asks for its own fields" 处置总结 "发生原因：" "教训：【未填写】" "责任追究情况：【未填写】"
stdout_lacks "and for no others" 溯源

# A level is one of a scale: the authority of a law without one is not told the number of another law's
night
rm -rf night.breach
sed -i 's/^regimes: .*/regimes: [cn-cac-incident-2025, eu-nis2, hk-cap653, eu-cra]/' night.yaml
at 2026-11-21T22:20:00+08:00
for step in eu-nis2/notify_72h hk-cap653/serious_12h eu-cra/notify_72h; do
    obligations prepare $step --json
    unread_stderr=
    is "$step: a level of the Chinese scale is not in it" \
        "$(sqlite3 :memory: "SELECT count(*) FROM json_each(CAST(readfile('$out') AS TEXT), '\$.fields')
            WHERE char(10) || json_extract(value, '\$.text') || char(10) LIKE '%' || char(10) || '2' || char(10) || '%'")" 0
done

# Late: the number that made it owed was found after the time was over
night
rm -rf night.breach
sed -i 's/level: 2, //' night.yaml
at 2026-11-21T22:20:00+08:00
obligations
unread_stderr=
sed -i 's/likely: 20000, upper: 20000/likely: 2000000, upper: 2500000/; s/kind: intrusion/level: 2, kind: intrusion/' night.yaml
at 2026-11-22T03:00:00+08:00
prepares 1 other_4h
stdout_has "a late report has a draft of its reasons" "迟延报告的原因" "报告时限已于2026年11月22日02:10（北京时间）届满，本报告迟延50分钟" \
    "2026年11月22日03:00（北京时间），涉及人数由20,000更正为2,000,000" 【未填写】 "NOT READY: fields that are missing: 1"
prepares 0 other_4h --reason "人数在凌晨才查明。"
stdout_has "and the reason, once somebody gives it" "迟延原因：人数在凌晨才查明。"
obligations file other_4h --at 2026-11-22T02:59+08:00 --by Li --channel web
exits 65 "a late report is not recorded without a reason"
stderr_has "and says so" BR-FILING-015 "handed in 49 min late"
obligations file other_4h --at 2026-11-22T02:59+08:00 --by Li --channel web --reason "人数在凌晨才查明。"
exits 0 "with one it is"
unread_stderr=
stdout_has "as what it is" "was filed 2026-11-22 02:59 +08:00, 49 min late"

# A kill at any point leaves the record of the report or nothing, and a report that is named is there -----------------------
BREACH_FAULT_LOG=$work/points "$breach" obligations night.yaml file supplement --at 2026-11-22T02:59+08:00 --by Li \
    --channel web >/dev/null 2>&1
if [ ! -s points ]; then
    skip "reports are filed whole or not at all" "built without fault points"
else
    points=$(wc -l <points)
    prepares 0 followup
    cp -a night.breach before
    broken=
    for ((n = 1; n <= points; n++)); do
        rm -rf night.breach && cp -a before night.breach
        { (BREACH_FAULT_DIE=$n "$breach" obligations night.yaml file followup --adopt --at 2026-11-22T02:59+08:00 --by Li \
            --channel web); } >/dev/null 2>&1
        for digest in $(sqlite3 night.breach/case.db "SELECT json_extract(body, '$.report') FROM event WHERE kind = 'filing'"); do
            [ "$(sha256sum <"night.breach/filings/$digest.json" | cut -d' ' -f1)" = "$digest" ] || broken="$broken $n"
        done
        obligations file followup --adopt --at 2026-11-22T02:59+08:00 --by Li --channel web
        unread_stderr=
        [ "$status" = 0 ] || broken="$broken $n(exit $status)"
        count=$(sqlite3 night.breach/case.db "SELECT count(*) FROM event WHERE kind = 'filing' AND json_extract(body, '$.step') = 'followup'")
        [ "$count" = 1 ] || [ "$count" = 2 ] || broken="$broken $n($count)"
    done
    is "at each of $points points" "$broken" ""
    rm -rf before
fi

# The steps that are no reports
obligations prepare nothing_7h
exits 64 "a step that there is not"
stderr_has "is refused" "before anybody can be told" "there is no step nothing_7h"
for wrong in "--form fax BR-FILING-003" "--stage last BR-FILING-004" "--locale 7 BR-FILING-005" "--template pony BR-FILING-002"; do
    read -r option value code <<<"$wrong"
    obligations prepare other_4h "$option" "$value"
    [ "$status" -ge 64 ]
    verdict $? "$option $value is refused"
    stderr_has "with $code" "$code" "before anybody can be told"
done

# Two limbs of one report: the earlier one binds, under whichever name it is recorded --------------------------------------
cat >limbs.yaml <<'END'
version: 1
incident: {id: limbs, status: actual, detected_at: 2026-11-21T22:10+08:00}
organization: {name: {en: Example Bank}, role: controller, contact: {email: privacy@example.com}}
facts: {what_happened: {en: Somebody copied account records.}}
regimes: [eu-dora]
anchors: {classification_major: 2026-11-21T22:30+08:00}
END
at 2026-11-22T09:00:00+08:00
limbs() { run "$breach" obligations limbs.yaml "$@"; }
limbs file eu-dora/initial_24h --at 2026-11-22T08:00+08:00 --by "Li Lei" --channel web
exits 65 "late by the earlier limb"
stderr_has "why is asked" "eu-dora/initial_4h was due 2026-11-22 02:30 +08:00, and was handed in 5 h 30 min late" "BR-FILING-015"
unread_stderr=
limbs file eu-dora/initial_24h --at 2026-11-22T08:00+08:00 --by "Li Lei" --channel web --reason "the portal was down"
exits 0 "with the reason it is recorded"
unread_stderr=
stdout_has "as late" "5 h 30 min late"
run "$breach" report limbs.yaml --format markdown --out -
unread_stderr=
stdout_has "the report says why, where it is late" "5 h 30 min late; the portal was down"

# A report that is due again and again is late when its own turn is over -------------------------------------------------
night
sed -e 's/id: night/id: rolling/' -e 's/^regimes: .*/regimes: [cn-nfra-data-2024]/' -e 's/level: 2/level: 4/' night.yaml >rolling.yaml
rolling() {
    at "2026-11-22T$1:00+08:00"
    run "$breach" obligations rolling.yaml file "$2" --at "2026-11-22T$1+08:00" --by Li --channel web "${@:3}"
}
rolling 00:01 first_2h
exits 0 "the first"
unread_stderr=
rolling 02:00 rolling_2h
exits 0 "the one that follows, in time"
unread_stderr=
rolling 05:00 rolling_2h
exits 65 "the next one, too late"
stderr_has "has to say why" BR-FILING-015 "handed in 1 h 0 min late"
rolling 05:00 rolling_2h --reason "asleep"
exits 0 "with the reason it is recorded"
unread_stderr=
stdout_has "as late" "was filed 2026-11-22 05:00 +08:00, 1 h 0 min late"

# Four authorities -------------------------------------------------------------------------------------------------------
export BREACH_CLOCK=2026-11-22T10:00:00+08:00
relay sink
incident full exercise
cat >>full/playbook.yaml <<'END'
regimes: [cn-cac-incident-2025, eu-gdpr, uk-gdpr, us-hipaa]
variables: {cii: false, central_org: false, risk: high, affected_state: 600}
reports:
  us-hipaa: {entity_type: provider, location: "server, email", safeguards: "privacy, technical"}
  eu-gdpr: {record_count: "24068"}
confidential:
  system: {en: CONF-SYSTEM-1, zh-CN: 机密系统一}
  place: CONF-PLACE-2
  discovery: CONF-DISCOVERY-3
  trend: CONF-TREND-4
  cause: CONF-CAUSE-5
  traces: CONF-TRACES-6
  indicators: CONF-INDICATORS-7
  protection: CONF-PROTECTION-8
  scene: CONF-SCENE-9
  support: CONF-SUPPORT-10
  ransom: {amount: CONF-RANSOM-11, method: CONF-METHOD-12, date: CONF-DATE-13}
  loss: CONF-LOSS-14
  accountability: CONF-ACCOUNT-15
  improvement: CONF-IMPROVE-16
  lessons: CONF-LESSONS-17
  other: CONF-OTHER-18
END
cat >full/people.csv <<'END'
id,name,locale,email,phone,address
CANARY-ID-1,CANARY-NAME-1,en,canary.mail.1@example.org,+8613800000001,CANARY STREET 1
CANARY-ID-2,CANARY-NAME-2,zh-CN,canary.mail.2@example.org,+8613800000002,CANARY STREET 2
END

# report STEP FORM SCHEMA: prepared in its form, as text and as JSON, and what its schema promises
report() {
    run "$breach" obligations full/playbook.yaml prepare "$1" --template "$2" --out "reports/$3" --json
    [ "$status" -le 1 ]
    verdict $? "the report to $3 is made"
    unread_stderr=
    cp "$out" "$3.json"
    ok "to $3: --json is what its schema promises" "$schema" "$source/docs/schema/report-$3.json" "$3.json"
    ok "to $3: and what every report is" "$schema" "$source/docs/schema/filing.json" "$3.json"
    ok "to $3: so is what --out wrote" "$schema" "$source/docs/schema/report-$3.json" "reports/$3"/*.json
    is "to $3: fields of --out are for their owner alone" "$(stat -c %a "reports/$3"/* | sort -u)" 600
}
mkdir reports
report cn-cac-incident-2025/other_4h cn-cac-incident-2025 cac
report eu-gdpr/authority_72h edpb edpb
report uk-gdpr/authority_72h ico ico
report us-hipaa/hhs_500 ocr hhs
is "the numbers are numbers" "$(json edpb.json '$.values.subject_count')" "$(json hhs.json '$.values.people')"
is "the choices are those of the form" "$(json hhs.json '$.values.location') $(json hhs.json '$.values.safeguards')" \
    '["server","email"] ["privacy","technical"]'
is "how likely it is, only a person answers: the risk does not say it" "$(json ico.json '$.values.likelihood')" ""
is "the draft is called one" "$(json edpb.json '$.form.draft') $(json cac.json '$.form.draft')" "1 0"
is "the eight items are in their order" \
    "$(sqlite3 :memory: "SELECT group_concat(DISTINCT json_extract(value, '\$.item')) FROM json_each(json_extract(readfile('cac.json'), '\$.fields')) WHERE json_extract(value, '\$.item') IS NOT NULL")" \
    1,2,3,4,5,6,7,8
is "each is in the language of its authority" "$(json cac.json '$.language') $(json ico.json '$.language')" "zh-CN en"
for layout in web email phone letter; do
    run "$breach" obligations full/playbook.yaml prepare eu-gdpr/authority_72h --form "$layout"
    unread_stderr=
    stdout_has "an exercise is marked: $layout" "EXERCISE: this is no real report"
    cp "$out" "reports/edpb/$layout.out"
done

# Canaries ---------------------------------------------------------------------------------------------------------------
# Everything that breach says and keeps while people are told
run "$breach" check full/playbook.yaml --json
unread_stderr=
cp "$out" said.check
run "$breach" plan full/playbook.yaml --json
exits 0 "the people are planned"
unread_stderr=
cp "$out" said.plan
run "$breach" notify full/playbook.yaml --json --patience PT5S
exits 0 "and told"
unread_stderr=
cp "$out" said.notify
for command in status obligations announce track; do
    run "$breach" "$command" full/playbook.yaml --json
    unread_stderr=
    cp "$out" "said.$command"
    run "$breach" "$command" full/playbook.yaml
    unread_stderr=
    cat "$out" "$err" >"said.$command.text"
done
run "$breach" obligations full/playbook.yaml prepare eu-gdpr/authority_72h
unread_stderr=
stdout_has "numbers of the ledger are in the report" "2 of 2 people have been told" "email: 2 messages"
cp "$out" reports/edpb/told.out

is "no person is in a report" \
    "$(grep -rlE 'CANARY|canary\.mail|8613800000' reports ./*.json full/*.breach/filings 2>/dev/null)" ""
grep -rqa CANARY-NAME full/people.csv
verdict $? "(the canaries are where they are looked for)"
is "what is confidential is in no other place" \
    "$(grep -rlaE 'CONF-[A-Z]+-[0-9]+|机密系统' said.* full/*.breach "$work"/sink.log 2>/dev/null | grep -v '/filings/')" ""
[ "$(grep -rlaE 'CONF-' full/*.breach/filings | wc -l)" -gt 0 ]
verdict $? "(and is in the reports)"
# which gets what: only what its fields ask for
asked() { grep -ohE 'CONF-[A-Z]+-[0-9]+|机密系统' "$@" | sort -u | xargs; }
is "CAC gets what its items ask for" "$(asked reports/cac/*)" \
    "CONF-CAUSE-5 CONF-DATE-13 CONF-INDICATORS-7 CONF-METHOD-12 CONF-OTHER-18 CONF-PLACE-2 CONF-RANSOM-11 CONF-SCENE-9 CONF-SUPPORT-10 CONF-TRACES-6 CONF-TREND-4 机密系统"
is "HHS gets none of it" "$(asked reports/hhs/*)" ""
is "a supervisory authority gets how it was found and what protected it" "$(asked reports/edpb/*.json)" "CONF-DISCOVERY-3 CONF-PROTECTION-8"

# Where it is looked for: the playbook -----------------------------------------------------------------------------------
run "$breach" check full/playbook.yaml
unread_stderr=
cp full/playbook.yaml plain.yaml
wrong() {
    run "$breach" check full/playbook.yaml
    [ "$status" = 65 ]
    verdict $? "$1"
    grep -qF "$2" "$err"
    verdict $? "it says: $2"
    unread_stderr=
    cp plain.yaml full/playbook.yaml
}
sed -i 's/^  system: {en.*/  sistem: X/' full/playbook.yaml
wrong "a key under confidential that there is not" 'confidential has no key "sistem": did you mean "system"?'
sed -i 's/  eu-gdpr: {record_count:/  eu-gdpr: {record_cuont:/' full/playbook.yaml
wrong "an answer that nobody asks for" 'no report under eu-gdpr has a field "record_cuont": did you mean "record_count"?'
sed -i 's/^  eu-gdpr: {record_count/  eu-gdpt: {record_count/' full/playbook.yaml
wrong "a regime under reports that the playbook does not name" 'reports names the regime "eu-gdpt"'
mkdir -p full/templates
cp -r "$source/templates/individual" "$source/templates/shared" full/templates/
echo '{{confidential.system}}' >>full/templates/individual/en/email.txt
wrong "no template reaches it" "unknown name confidential.system"

# A form of one's own, and a regime that has none
mkdir -p full/forms
sed -e 's/^id: .*/id: uk-gdpr-ico/' -e 's/source: organization.name/source: organization.nmae/' \
    "$source/playbooks/forms/uk-gdpr-ico.yaml" >full/forms/uk-gdpr-ico.yaml
run "$breach" obligations full/playbook.yaml prepare uk-gdpr/authority_72h
exits 65 "a form with mistakes is not filled in"
grep -qE 'forms/uk-gdpr-ico.yaml:[0-9]+:[0-9]+: error: organisation: there is no source "organization.nmae": did you mean organization.name' "$err"
verdict $? "they are told with their line"
unread_stderr=
run "$breach" obligations full/playbook.yaml prepare uk-gdpr/authority_72h --template generic
[ "$status" -le 1 ]
verdict $? "the order of the law still works"
stdout_has "with its own fields" "categories of records"
unread_stderr=

sed -i 's/^regimes: \[/regimes: [cn-csl, uk-pecr, /' full/playbook.yaml
for step in cn-csl/report uk-pecr/authority_72h; do
    run "$breach" obligations full/playbook.yaml prepare "$step"
    [ "$status" -le 1 ]
    verdict $? "$step: a law that names no fields gets a report in a common order"
    grep -q BR-FILING-006 "$err"
    verdict $? "$step: which is said"
    unread_stderr=
done

# PIPL art. 41 -----------------------------------------------------------------------------------------------------------
sed -i 's/^organization:$/organization:\n  data_region: cn/; s/^organization: {/organization: {data_region: cn, /' full/playbook.yaml
run "$breach" obligations full/playbook.yaml prepare eu-gdpr/authority_72h
grep -q BR-FILING-009 "$err"
verdict $? "a foreign authority is told about data kept in mainland China: a warning"
unread_stderr=
run "$breach" obligations full/playbook.yaml prepare cn-cac-incident-2025/other_4h
! grep -q BR-FILING-009 "$err"
verdict $? "the Chinese one is not foreign"
unread_stderr=
# What was decided is reported as long as it holds ------------------------------------------------------------------------
decided() { run "$breach" record full/playbook.yaml --state decided "$@"; }
reported() {
    run "$breach" obligations full/playbook.yaml prepare eu-gdpr/authority_72h --template edpb --state decided
    unread_stderr=
}
decided decision not-notify --regime eu-gdpr --scope everybody --ground "nobody can read the data" --facts "the key is safe" \
    --by "Li Na" --role DPO
exits 0 "decided not to tell"
unread_stderr=
reported
stdout_has "the authority hears why" "not told: everybody; ground: nobody can read the data"
decided variable encrypted false --by "Li Na" --reason "the key was copied, too"
exits 0 "what it rested on changes"
reported
stdout_lacks "so that is not claimed any more" "nobody can read the data"

# A processor's report to its customer is none to an authority -----------------------------------------------------------
sed -e 's/^organization:$/organization:\n  role: processor\n  on_behalf_of: Example Shop/' \
    -e 's/^organization: {/organization: {role: processor, on_behalf_of: Example Shop, /' -e '/^  role: controller/d' full/playbook.yaml >full/customer.yaml
run "$breach" obligations full/customer.yaml prepare eu-gdpr/processor --template generic --state customer
unread_stderr=
[ "$status" -le 1 ]
verdict $? "the customer's report is made"
stdout_has "it goes to the customer" "To: Example Shop"
stdout_lacks "and holds nothing that is for authorities alone" CONF-
run "$breach" obligations full/customer.yaml prepare eu-gdpr/processor --template edpb --state customer
unread_stderr=
stdout_lacks "in no form" CONF-
run "$breach" obligations full/customer.yaml prepare eu-gdpr/authority_72h --template generic --state customer
unread_stderr=
stdout_has "an authority gets it" CONF-PROTECTION-8
run "$breach" obligations full/customer.yaml file eu-gdpr/authority_72h --state customer --at 2026-11-22T09:59+08:00 --by Li \
    --channel web --reference DPA-1
exits 0 "it is filed"
unread_stderr=
run "$breach" obligations full/customer.yaml prepare eu-gdpr/processor --template generic --state customer --stage followup
unread_stderr=
stdout_lacks "what the authority was told is not quoted to the customer" CONF- DPA-1

done_testing
