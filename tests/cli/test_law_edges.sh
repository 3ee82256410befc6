#!/usr/bin/env bash
# What a night does to the law half: places nobody has filled in yet, a law's own count, steps without a number, wrong
# entries, a regime of one's own with a mistake, who answers for a value.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
cd "$work" || exit 1

if ! grep -q BREACH_FAULTS:BOOL=ON "$build/CMakeCache.txt" 2>/dev/null; then
    skip "the edges of the law" "this build asks the machine for the time"
    done_testing
fi

schema=$build/tests/tools/schema-check
at() { export BREACH_CLOCK=$1:00+08:00; }
obligations() { run "$breach" obligations playbook.yaml "$@"; }
events() { sqlite3 night.breach/case.db "SELECT count(*) FROM event WHERE kind = 'filing'"; }

cac=cn-cac-incident-2025/other_4h
police=cn-cac-incident-2025/police

# Places that are still to be filled in ----------------------------------------------------------------------------------
at 2026-11-21T22:20
run "$breach" init fresh
exits 0 "a fresh folder"
printf 'regimes: [cn-cac-incident-2025]\nanchors: {awareness: 2026-11-21T22:10+08:00}\n' >>fresh/playbook.yaml
run "$breach" obligations fresh/playbook.yaml
exits 0 "a place that nobody has filled in yet does not hide a clock of 4 hours"
stdout_has "which is shown" "cn-cac-incident-2025/other_4h" "if it applies, by 2026-11-22 02:10 +08:00" "tightest clock"
stderr_has "what is missing is counted" "are missing before anybody can be told: breach check fresh/playbook.yaml" recorded:
run "$breach" obligations fresh/playbook.yaml prepare $cac --form phone
exits 1 "the call can be prepared"
stdout_has "with marks where something is missing" 【未填写】
stdout_lacks "and without ours" "FILL IN"
unread_stderr=
run "$breach" check fresh/playbook.yaml
exits 65 "check refuses as ever"
grep -q 'detected_at: "FILL IN".*BR-YAML-013' "$err"
verdict $? "place by place"
unread_stderr=
run "$breach" notify fresh/playbook.yaml
exits 65 "notify as well"
unread_stderr=
sed -i 's/^  status: .*/  status: FILL IN/' fresh/playbook.yaml
run "$breach" obligations fresh/playbook.yaml
exits 65 "whether it is an exercise has to be said"
stderr_has "which is said" "status has no value" "are missing before"
unread_stderr=

# What decides whether a duty exists: a mark, or a word that nothing knows, is no answer
run "$breach" init sample --from "$source/playbooks/three-jurisdictions.yaml"
exits 0 "a folder from the sample of three jurisdictions"
sed -i 's/^  detected_at: .*/  detected_at: 2026-11-21T22:10+08:00/' sample/playbook.yaml
run "$breach" obligations sample/playbook.yaml --json
exits 0 "what it asks before anything is filled in"
unread_stderr=
state_of() { sqlite3 :memory: "SELECT json_extract(value, '\$.state') FROM json_each(CAST(readfile('$out') AS TEXT), '\$.obligations') WHERE json_extract(value, '\$.id') = '$1'"; }
is "the report within an hour may apply" "$(state_of cn-cac-incident-2025/cii_1h)" scope-unknown
is "and so may the notice to people at high risk" "$(state_of eu-gdpr/individuals)" scope-unknown
is "and the report to the police" "$(state_of "$police")" scope-unknown
is "no mark is recorded" "$(sqlite3 sample/*.breach/case.db "SELECT count(*) FROM event WHERE body LIKE '%FILL IN%'")" 0
run "$breach" check sample/playbook.yaml
exits 65 "check names the place"
grep -q 'cii: "FILL IN" still stands here.*BR-YAML-013' "$err"
verdict $? "as one to fill in"
unread_stderr=
sed -i -e 's/^  risk: FILL IN/  risk: hgih/' -e 's/^  cii: FILL IN/  cii: yess/' sample/playbook.yaml
run "$breach" obligations sample/playbook.yaml --json
grep -q 'risk cannot be "hgih".*BR-REGIME-008' "$err"
verdict $? "a misspelled value is said"
unread_stderr=
is "and does not end a duty" "$(state_of eu-gdpr/individuals)" scope-unknown
is "nor one of an hour" "$(state_of cn-cac-incident-2025/cii_1h)" scope-unknown

# Facts only --------------------------------------------------------------------------------------------------------------
cat >playbook.yaml <<'END'
version: 1
incident: {id: night, status: actual, level: 2, kind: intrusion, detected_at: 2026-11-21T22:10+08:00}
organization:
  name: {en: Example Cloud, zh-CN: 示例云}
  role: controller
  data_region: cn
  contact: {email: privacy@example.com, phone: "+86 10 0000 0000"}
facts:
  what_happened: {en: Somebody copied account records., zh-CN: 有人复制了账号记录。}
  data_kinds: [name, email]
  affected: {lower: 18000, likely: 20000, upper: 22000, as_of: 2026-11-21T22:15+08:00}
regimes:
  - cn-cac-incident-2025
  - {id: eu-gdpr, variables: {affected: {lower: 100, likely: 120, upper: 150}}}
variables: {cii: false, central_org: false, crime_suspected: true}
END

# A law's own count --------------------------------------------------------------------------------------------------------
obligations prepare eu-gdpr/authority_72h --locale en
unread_stderr=
stdout_has "a report says how many of the people are those whom its law protects" "120" "between 100 and 150" \
    "counted: the people whom this law protects"
stdout_lacks "and not how many there are in all" "20,000"
obligations prepare $cac
unread_stderr=
stdout_has "another law's report has the number of all" "20,000"

# Foreign authorities ------------------------------------------------------------------------------------------------------
obligations prepare eu-gdpr/authority_72h
stderr_has "what is kept in mainland China: both laws are named" "PIPL art. 41 (personal data)" "Data Security Law art. 36" \
    "missing before anybody" BR-FILING-010
unread_stderr=

# Whom a report goes to ----------------------------------------------------------------------------------------------------
obligations prepare $cac
unread_stderr=
stdout_has "the step's own authority" "报送对象：属地省级网信部门" "报送渠道：" "for you, not in the report: due 2026-11-22 02:10 +08:00, in 3 h 50 min"
stdout_lacks "and no other one; no deadline in what goes out" "关键信息基础设施" "报送时限" "报送单位"
obligations prepare $police
unread_stderr=
stdout_has "the police" "报送对象：公安机关"
stdout_lacks "are not reached through 12387" 12387
obligations prepare cn-cac-incident-2025/supplement
unread_stderr=
stdout_has "what goes the same way has the same reader" "报送对象：属地省级网信部门"
obligations prepare $police --reason "夜间值班电话占线。"
unread_stderr=
stdout_has "a reason that is given is told where the law has no number" "迟延报告的原因" "迟延原因：夜间值班电话占线。"
stdout_lacks "without a deadline that there is not" "届满"

# A level that no scale has -------------------------------------------------------------------------------------------------
run "$breach" record playbook.yaml level 9 --by "Han Meimei" --reason "very bad"
exits 65 "a level beyond the scale is refused"
stderr_has "with the levels that there are" "cn-incident-2025: 1 (一般), 2 (较大), 3 (重大), 4 (特别重大)"

# A step without a number ---------------------------------------------------------------------------------------------------
at 2026-11-24T12:20
obligations file $police --at 2026-11-24T12:10+08:00 --by "Li Lei" --channel counter --reference P-1
exits 0 "a report to the police, 62 hours after"
stdout_has "is not said to be in time" "was filed 2026-11-24 12:10 +08:00, the law gives no number: 2 d 14 h after the clock began"
unread_stderr=
obligations
unread_stderr=
stdout_has "nor in the list" "filed 2026-11-24 12:10 +08:00, the law gives no number: 2 d 14 h after the clock began"
obligations --why $police
unread_stderr=
stdout_has "nor in its reasons" "the law gives no number, and it was 2 d 14 h after the clock began"
run "$breach" record playbook.yaml register
unread_stderr=
stdout_has "nor in the register" "deadline: the law gives no number" "after_minutes: 3720"

# The same entry twice, and a wrong one --------------------------------------------------------------------------------------
obligations file $police --at 2026-11-24T12:10+08:00 --by "Li Lei" --channel counter --reference P-1
exits 0 "the same report again"
stdout_has "is known already" "known already: $police was filed 2026-11-24 12:10 +08:00; nothing was recorded"
is "and is no second one" "$(events)" 1
obligations file $police --at 2026-11-24T12:10+08:00 --by "Li Lei" --channel counter --reference P-2
exits 0 "with another number it is another report"
unread_stderr=
stdout_has "a further one" "a further report of $police"
obligations file $police --withdraw --by "Li Lei"
exits 64 "a wrong entry is not taken back without a reason"
stderr_has "which is said" "--reason is needed"
obligations file $police --withdraw --by "Li Lei" --reason "typed twice" --json
exits 0 "with one it is"
ok "its JSON is as the schema says" "$schema" "$source/docs/schema/filed.json" "$out"
is "the one that was entered last" "$(json "$out" '$.reference')" P-2
obligations file $police --withdraw --at 2026-11-24T12:10+08:00 --by "Li Lei" --reason "it was another case"
exits 0 "and the other one"
stdout_has "is taken back" "withdrawn: that $police was filed 2026-11-24 12:10 +08:00; the step runs as if it never was"
is "nothing leaves the record" "$(events)" 4
obligations --json
unread_stderr=
is "the step runs again" "$(sqlite3 :memory: "SELECT json_extract(value, '\$.state') FROM json_each(CAST(readfile('$out') AS TEXT), '\$.obligations') WHERE json_extract(value, '\$.id') = '$police'")" due
obligations file $police --withdraw --by "Li Lei" --reason "once more"
exits 65 "there is nothing more to be taken back"
stderr_has "which is said" BR-FILING-019

# What close tells to type can be typed ----------------------------------------------------------------------------------------
run "$breach" close playbook.yaml --by "Li Lei" --reason "done"
exits 1 "the case is not closed"
unread_stderr=
line=$(grep -o "obligations playbook.yaml file $cac .*" "$out" | head -n 1)
is "a late step with all that it needs" "$line" "obligations playbook.yaml file $cac --at TIME --by NAME --channel HOW --reason WHY"
line=$(grep -o 'obligations playbook.yaml file eu-gdpr/register .*' "$out" | head -n 1)
is "what is done inside the house goes by no channel" "$line" "obligations playbook.yaml file eu-gdpr/register --at TIME --by NAME"
obligations file eu-gdpr/register --at 2026-11-24T12:15+08:00 --by "Li Lei"
exits 0 "and is recorded without one"
unread_stderr=

# Who answers for a value -------------------------------------------------------------------------------------------------------
run "$breach" record playbook.yaml anchor awareness --at 2026-11-21T22:40+08:00 --by "Han Meimei" --reason "the log says so"
exits 0 "a time is corrected"
unread_stderr=
obligations --why $cac
unread_stderr=
stdout_has "--why names who said it, and the local time" "by Han Meimei (recorded by " "2026-11-24 12:20 +08:00: the log says so"
run "$breach" record playbook.yaml level 3 --by "Han Meimei" --reason "more people"
exits 0 "a level"
unread_stderr=
is "who confirmed a level is kept" \
    "$(sqlite3 night.breach/case.db "SELECT body ->> '\$.by' FROM event WHERE kind = 'level' ORDER BY no DESC LIMIT 1")" "Han Meimei"

# A regime of one's own with a mistake ------------------------------------------------------------------------------------------
mkdir regimes
cat >regimes/contract.yaml <<'END'
version: 1
id: contract
name: Contract with Example Shop
jurisdiction: CN
status: in_force
enabled: true
citation: clause 9
authority: Example Shop
clock_starts: awareness
zone: Asia/Shanghai
confidence: {level: confirmed}
steps:
  - {id: customer_24h, name: tell the customer, to: controller, due: 24h, from: awareness, count: hours, roll: none, confidence: confirmed}
END
sed -i 's/^regimes:$/regimes:\n  - contract/' playbook.yaml
obligations
exits 65 "a regime whose file has a mistake"
grep -q 'regimes/contract.yaml:13:.*BR-LAW-005' "$err"
verdict $? "the mistake"
unread_stderr=
stdout_has "the others are listed, and the verdict says which is missing" "$cac" \
    "NOT ALL: these regimes could not be read, and their clocks are not here: contract"
obligations --ics -
exits 65 "a calendar as well"
unread_stderr=
run "$breach" record playbook.yaml register
unread_stderr=
stdout_has "the verdict of another command says it, too" \
    "NOT ALL: these regimes could not be read, and their clocks are not here: contract"
run "$breach" status playbook.yaml --handover
unread_stderr=
stdout_has "so does the handover" "clocks are not here: contract" "regime contract could not be read" "breach check playbook.yaml"
run "$breach" report playbook.yaml --format markdown --out -
unread_stderr=
stdout_has "and the report" "this report does not say what they asked for: contract."
run "$breach" close playbook.yaml --by Wang --reason over
exits 1 "a case of which nobody knows all is not closed"
unread_stderr=
stdout_has "because of the regime, too" "regime contract could not be read"
sed -e 's/id: night/id: alone/' -e '/^regimes:/,$d' playbook.yaml >alone.yaml
echo 'regimes: [contract]' >>alone.yaml
run "$breach" close alone.yaml --by Wang --reason over
exits 1 "nor when nothing else is open"
unread_stderr=
run "$breach" report alone.yaml --format markdown --out -
unread_stderr=
stdout_has "and no report says that the playbook names no law" "this report does not say what they asked for: contract."
stdout_lacks "which it does" "names no law" "names no regime"
sed -i 's/due: 24h/due: PT24H/' regimes/contract.yaml
obligations
[ "$status" -le 1 ]
verdict $? "mended, it counts"
unread_stderr=
stdout_lacks "and nothing is missing" "NOT ALL"

done_testing
