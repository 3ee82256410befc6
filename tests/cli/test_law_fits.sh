#!/usr/bin/env bash
# What does not fit together, so that a duty, a clock or a recipient would be gone without a word: people whose law nobody
# names, a condition that holds for nobody, counts, levels and roles that are written twice, times out of order.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
cd "$work" || exit 1

if ! grep -q BREACH_FAULTS:BOOL=ON "$build/CMakeCache.txt" 2>/dev/null; then
    skip "what does not fit together" "this build asks the machine for the time"
    done_testing
fi
export BREACH_CLOCK=2026-11-21T22:20:00+08:00

# sample NAME SED...: a folder NAME with the sample of three jurisdictions, changed by these expressions
sample() {
    local folder=$1 one
    shift
    mkdir -p "$folder/playbooks" "$folder/contacts/gateways"
    cp "$source"/contacts/people-three-jurisdictions.csv "$folder/contacts/"
    cp "$source"/contacts/gateways/*.yaml "$folder/contacts/gateways/"
    cp "$source/playbooks/three-jurisdictions.yaml" "$folder/playbooks/p.yaml"
    people=$folder/contacts/people-three-jurisdictions.csv
    playbook=$folder/playbooks/p.yaml
    sed -i 's/^  status: exercise/  status: actual/' "$playbook"
    for one in "$@"; do sed -i "$one" "$playbook"; done
}
check() {
    run "$breach" check "$playbook"
    unread_stderr=
}
# says CODE TEXT, quiet CODE: the findings of the last check
# shellcheck disable=SC2317 # ok calls them
says() { grep -F "[$1]" "$err" | grep -qF -- "$2"; }
# shellcheck disable=SC2317
quiet() { ! grep -qF "[$1]" "$err"; }
overdue=cn-cac-incident-2025/other_4h

# Whose law ------------------------------------------------------------------------------------------------------------
sample as-it-is
check
for code in BR-COVERAGE-015 BR-COVERAGE-016 BR-COVERAGE-017 BR-COVERAGE-018 BR-REGIME-005 BR-REGIME-007 BR-REGIME-012 \
    BR-REGIME-013 BR-REGIME-014 BR-REGIME-015 BR-REGIME-016 BR-REGIME-017; do
    ok "the sample has no $code" quiet $code
done

sample regions
for row in J1:JP G1:UK T1:US-TX A1:AT; do echo "${row%:*},Ann,en,${row%:*}@mail.test,,${row#*:}" >>"$people"; done
check
ok "those whose law ships with breach, and who is named by none of the regimes" says BR-COVERAGE-015 \
    "the law of 3 people, by their region: AT 1: eu-gdpr; JP 1: jp-appi; UK 1: uk-gdpr;"
ok "those whose law does not" says BR-COVERAGE-015 "no law of 1 people, by their region, and none that comes with breach binds there: US-TX 1"

sample none '/^regimes:/,/^# What the conditions/{/^ /d;/^regimes:/d}' 's/, regimes: \[[^]]*\]//' '/^  eu-gdpr:/,+2d'
check
ok "no regime at all" says BR-COVERAGE-015 "the law of 12 people, by their region: CN 6: cn-ndsr, cn-pipl; DE 2: eu-gdpr; FR 1: eu-gdpr; US-CA 3: us-ca;"

sample report-only 's/^  - cn-pipl$//; s/^  - cn-ndsr$//; s/^  - cn-csl$//; s/^  - cn-dsl$//' 's/regimes: \[cn-pipl.*\]}/regimes: []}/'
check
ok "a law that only asks for reports is not the one that tells people" says BR-COVERAGE-015 "CN 6: cn-ndsr, cn-pipl"

sample slip "s/|| region == 'FR'\", zone/|| region == 'FRA'\", zone/" "s/people: \"region == 'US-CA'\"/people: \"region == 'CA'\"/" 's/, regimes: \[[^]]*\]//'
check
ok "a condition that holds for nobody" says BR-COVERAGE-016 "us-ca protects nobody of the people file: its condition region == 'CA'"
ok "and their law is asked by nobody" says BR-COVERAGE-015 "US-CA 3: us-ca"
ok "one that misses some" says BR-COVERAGE-015 "FR 1: eu-gdpr"

sample column "s/people: \"region == 'US-CA'\"/people: \"regoin == 'US-CA'\"/"
check
ok "a column that is none" says BR-COVERAGE-018 "the people file has no column regoin, so us-ca is taken to protect everybody"

sample minors
sed -i '1s/$/,age/; 2,3s/$/,16/; 4,$s/$/,40/' "$people"
echo "D3,Ben,en,d3@mail.test,,DE,15" >>"$people"
check
ok "minors, and not their law" says BR-COVERAGE-017 "cn-minors is about people under 18 in CN, there are 2 of them"
sed -i "s/^  - cn-pipl$/&\n  - {id: cn-minors, people: \"region == 'CN'\"}/" "$playbook"
check
ok "with it, not this" quiet BR-COVERAGE-017
ok "but how many of those whom it protects have no guardian told" says BR-COVERAGE-013 "2 of them are in no audience"

sample few 's/affected_state: {lower: 380, likely: 431, upper: 520}/affected_state: 2/'
check
ok "more people of a law than its own number" says BR-COVERAGE-014 "affected_state of us-ca is at most 2, and it protects 3 of the people file"

# Written twice --------------------------------------------------------------------------------------------------------
sample role 's/^  cii: false.*/&\n  role: processor/'
run "$breach" obligations "$playbook"
exits 1 "a role that is written twice does not stop the clocks"
stdout_has "variables come first, as is documented" "eu-gdpr/authority_72h: notify authority: role is processor"
unread_stderr=
run "$breach" obligations "$playbook"
exits 1 "and again"
is "it is recorded once" "$(sqlite3 role/playbooks/*.breach/case.db "SELECT count(*) FROM event WHERE json_extract(body, '\$.name') = 'role'")" 1
check
ok "and it is said" says BR-REGIME-013 "variables say role is processor, and organization.role says controller"

sample level 's/^  cii: false.*/&\n  level: 1/'
check
ok "two levels" says BR-REGIME-013 "variables say level is 1, and incident.level says 2"
run "$breach" obligations "$playbook"
stdout_has "what the numbers ask for does not disappear" "$overdue" "goes by 一般 (level 1), as variables say"
unread_stderr=

sample nine 's/^  level: 2 .*/  level: 9/'
check
exits 65 "a level that is none is an error"
ok "it is said" says BR-REGIME-012 "incident.level is 9, and cn-incident-2025 has no such level"

sample counts 's/^  cii: false.*/&\n  affected: 100/' 's/calendar: de}/calendar: de, variables: {affected: 3000000}}/'
check
ok "two counts of all" says BR-REGIME-013 "variables say affected is 100, and facts.affected says 1350000"
ok "a part that is more than all" says BR-REGIME-013 "affected is 3,000,000 at least, which is more than all people affected (at most 1,350,000)"

sample recorded
run "$breach" obligations "$playbook"
unread_stderr=
run "$breach" record "$playbook" affected --likely 1900000 --upper 2000000 --by Li --reason "second count"
unread_stderr=
check
ok "another count in the case record" says BR-REGIME-013 "at most 2,000,000 people are affected, and facts.affected says 1,350,000"

sample sensitive 's/^  cii: false.*/&\n  sensitive: false/' 's/password_hash\]/password_hash, health]/'
check
ok "not sensitive, and health data" says BR-REGIME-013 "variables say sensitive is false, and facts.data_kinds says health"

sample states "s/^    variables: {affected_state.*//" 's/^  cii: false.*/&\n  affected_state: 431/' 's/^  - cn-pipl$/&\n  - us-ny-gbl/'
check
ok "one number for two states" says BR-REGIME-014 "us-ny-gbl and us-ca both go by this number"

sample elsewhere '/^  risk: high/d' 's/^  - cn-pipl$/  - {id: cn-pipl, variables: {risk: none}}/'
check
ok "a variable under a regime that does not ask for it" says BR-REGIME-007 'cn-pipl does not ask for "risk"'

# Times ----------------------------------------------------------------------------------------------------------------
sample confirmed 's/^variables:/anchors: {awareness: 2026-11-21T10:20+08:00}\n&/'
check
ok "aware after it was confirmed" says BR-REGIME-005 "awareness (2026-11-21T10:20:00+08:00) lies after incident.confirmed_at (2026-11-20T10:20:00+08:00)"

sample undetected '/^  detected_at/d'
check
ok "confirmed, and not detected" says BR-REGIME-017 "clocks that count from it stand still: 7; write it"

sample future 's/^  detected_at: .*/  detected_at: 2027-11-20T09:40+08:00/' '/^  confirmed_at/d' '/^  contained_at/d'
run "$breach" obligations "$playbook"
exits 0 "a clock from the future"
stdout_has "needs somebody" "NEEDS YOU: 0 overdue" "begins in the future (2027-11-20 09:40 +08:00), which cannot be: correct awareness"
unread_stderr=

sample filed
run "$breach" obligations "$playbook" file eu-gdpr/authority_72h --at 2026-11-20T12:00+08:00 --by Li --channel web
unread_stderr=
run "$breach" record "$playbook" anchor awareness --at 2026-11-20T20:00+08:00 --by Li --reason "another reading"
unread_stderr=
check
ok "a report from before awareness" says BR-REGIME-015 "eu-gdpr/authority_72h was filed 2026-11-20 12:00 +08:00, before awareness (2026-11-20 20:00 +08:00)"
run "$breach" obligations "$playbook" file cn-cac-incident-2025/final_30d --at 2026-11-21T09:41+08:00 --by Li --channel web
stdout_has "a final report whose clock nobody started" "whether in time is not known: nobody has said when its clock began"
unread_stderr=

# What goes out of sight -------------------------------------------------------------------------------------------------
sample record
run "$breach" obligations "$playbook"
unread_stderr=
run "$breach" record "$playbook" variable us-ca/affected_state 12 --by Li --reason "second count"
stderr_has "a duty that ends by a number" "warning: us-ca/ag_15d is not asked any more" "affected_state = 12"
run "$breach" record "$playbook" variable cii true --by Li --reason "it is"
stderr_has "or by an answer" "warning: $overdue is not asked any more"
run "$breach" record "$playbook" variable product_risk false --by Li --reason "it is none"
is "what was open before is no loss" "$(cat "$err")" ""
sed -i 's/risk: high /risk: none /' "$playbook"
run "$breach" obligations "$playbook"
stderr_has "or by an edited playbook" "eu-gdpr/authority_72h is not asked any more" "eu-gdpr/individuals is not asked any more" recorded:
unread_stderr=
run "$breach" obligations "$playbook"
is "which is said once" "$(cat "$err")" ""
sed -i -e '/^  - {id: eu-gdpr/d' -e '/^  eu-gdpr:/,+2d' -e 's/regimes: \[eu-gdpr\]/regimes: []/' "$playbook"
check
ok "a regime that was taken out" says BR-REGIME-016 "eu-gdpr was among regimes and is not any more"

# Who waits for one authority misses another's deadline ------------------------------------------------------------------
sample delay 's/^  status: actual/  status: exercise/'
echo "a note of the call" >note.txt
run "$breach" record "$playbook" decision delay --regime eu-gdpr --scope everybody --ground law-enforcement \
    --facts "the police asked" --by Li --role DPO --authority Police --document note.txt --until 2027-06-01T00:00+08:00
unread_stderr=
check
exits 65 "everybody waits longer than another law allows"
ok "which is said with the decision" says BR-FORECAST-001 "us-ca/individuals_30d: it is due by 2026-12-19 23:59 -08:00, and decision 1 keeps everybody back"
stdout_has "and not called in time" "TOO LATE for us-ca/individuals_30d" "in time for eu-gdpr/individuals"
run "$breach" record "$playbook" decision delay --regime eu-gdpr --scope everybody --ground law-enforcement \
    --facts "the police asked" --by Li --role DPO --authority Police --document note.txt --until 2026-12-01T00:00+08:00
unread_stderr=
check
exits 0 "one that ends before"
ok "is no loss" quiet BR-FORECAST-001
run "$breach" record "$playbook" decision delay --regime eu-gdpr --scope step:authority_72h --ground law-enforcement \
    --facts "the police asked" --by Li --role DPO --authority Police --document note.txt --until 2026-12-01T00:00+08:00
stderr_has "a delay of a report" "warning: eu-gdpr/authority_72h is a report to an authority, and its clock ends later now"
done_testing
