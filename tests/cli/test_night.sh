#!/usr/bin/env bash
# One night, by an injected clock: facts alone at 22:20, the authority is called at 22:50 without a people file, and at 03:00
# twenty thousand people turn out to be two million.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
cd "$work" || exit 1

if ! grep -q BREACH_FAULTS:BOOL=ON "$build/CMakeCache.txt" 2>/dev/null; then
    skip "the night" "this build asks the machine for the time"
    done_testing
fi

at() { export BREACH_CLOCK=2026-11-$1:00+08:00; }

# state ID: the state of an obligation in the last stdout
state() { sqlite3 :memory: "SELECT json_extract(value, '\$.state') FROM json_each(CAST(readfile('$out') AS TEXT), '\$.obligations') WHERE json_extract(value, '\$.id') = '$1'"; }
events() { sqlite3 night.breach/case.db "SELECT count(*) FROM event WHERE kind = '$1'"; }

cac=cn-cac-incident-2025/other_4h
cii=cn-cac-incident-2025/cii_1h

cat >playbook.yaml <<'END'
version: 1
incident: {id: night, status: actual, detected_at: 2026-11-21T22:10+08:00}
organization:
  name: {en: Example Cloud, zh-CN: 示例云}
  role: controller
  contact: {email: privacy@example.com, phone: "+86 10 0000 0000"}
facts:
  what_happened: {en: Somebody copied account records., zh-CN: 有人复制了账号记录。}
  data_kinds: [name, email]
  affected: {lower: 20000, likely: 20000, upper: 20000, as_of: 2026-11-21T22:15+08:00}
regimes: [cn-cac-incident-2025, cn-pipl]
variables: {cii: false, central_org: false}
END

# 22:20: facts alone. What may have to be done is known, and what would decide it.
at 21T22:20
run "$breach" obligations playbook.yaml
exits 0 "22:20: facts alone"
stderr_has "22:20: what is still missing for a notice is said, and stops nothing" "7 things are missing before anybody can be told: breach check playbook.yaml" "recorded:"
stdout_has "22:20: the level is proposed, and a person is asked" \
    "nobody has confirmed one; cn-incident-2025 proposes 一般 (level 1)" "a person must judge" \
    "$cac: initial report" "if it applies, by 2026-11-22 02:10 +08:00" \
    "tightest clock: cn-cac-incident-2025 other_4h in 3 h 50 min (2026-11-22 02:10 +08:00), if it applies"
ok "22:20: no ledger, no plan" test ! -e night.breach/ledger.db

# 22:50: the authority is called. No people file, no plan, no approval.
at 21T22:50
run "$breach" obligations playbook.yaml prepare $cac --form phone
exits 1 "22:50: the script for the call, with what it lacks"
stderr_has "22:50: the fields that are missing, and what nobody has decided" "BR-FILING-007" "nobody has said yet whether $cac applies" "BR-FILING-012" "before anybody can be told"
stdout_has "22:50: what is known, and the number of people" "12387" "示例云" "20,000" "待续报"
run "$breach" obligations playbook.yaml file $cac --at 2026-11-21T22:48+08:00 --by "Li Lei" --channel phone --reference 12387-0042
exits 0 "22:50: filed"
stdout_has "22:50: in time" "was filed 2026-11-21 22:48 +08:00, in time"
is "22:50: it stands in the record" "$(events filing)" 1

# 03:00: 2,000,000. What was filed in time stays so, and the level that is proposed rises.
at 22T03:00
sed -i 's/affected: {lower: 20000, likely: 20000, upper: 20000, as_of: 2026-11-21T22:15/affected: {lower: 1800000, likely: 2000000, upper: 2200000, as_of: 2026-11-22T02:50/' playbook.yaml
run "$breach" obligations playbook.yaml --reason "second table found" --json
exits 0 "03:00: nobody has confirmed a level"
is "03:00: the count is an event" \
    "$(sqlite3 night.breach/case.db "SELECT body ->> '\$.old.upper' || ' ' || (body ->> '\$.new.upper') || ' ' || (body ->> '\$.why') FROM event WHERE kind = 'affected' ORDER BY no DESC LIMIT 1")" \
    "20000 2200000 second table found"
is "03:00: the level that is proposed" "$(json "$out" '$.levels[0].proposed')" 2
is "03:00: the first report was made in time" "$(state $cac)" filed
run "$breach" obligations playbook.yaml
stderr_has "03:00: the list: only what the playbook lacks" "before anybody can be told"
stdout_has "03:00: the verdict" "nobody has confirmed one; cn-incident-2025 proposes 较大 (level 2)" \
    "1,800,000 to 2,200,000, likely 2,000,000"

# 03:05: a person confirms the level. It is in force, who said so is kept, and the verdict is another.
at 22T03:05
run "$breach" record playbook.yaml level 2 --by "Han Meimei" --reason "2,000,000 people"
exits 0 "03:05: confirmed"
is "03:05: who, and why" \
    "$(sqlite3 night.breach/case.db "SELECT body ->> '\$.new' || ' ' || (body ->> '\$.why') FROM event WHERE kind = 'level'")" \
    "2 2,000,000 people"
run "$breach" obligations playbook.yaml --json
exits 0 "03:05: nothing is late"
is "03:05: the level in force" "$(json "$out" '$.levels[0].confirmed')" 2
is "03:05: the final report waits for the end of the handling" "$(state cn-cac-incident-2025/final_30d)" anchor-missing
is "03:05: the other first report does not apply" "$(state $cii)" not-applicable

# 03:10: one of the systems turns out to be critical infrastructure: an hour was allowed, and five are over.
at 22T03:10
run "$breach" record playbook.yaml variable cii true --by "Han Meimei" --reason "the copied database is that of the grid"
exits 0 "03:10: critical infrastructure"
stdout_has "03:10: the verdict of the same command" \
    "NEEDS YOU: overdue: cn-cac-incident-2025 cii_1h, 4 h 0 min late; "
run "$breach" obligations playbook.yaml
exits 1 "03:10: overdue"
stderr_has "03:10: overdue: what the playbook lacks" "before anybody can be told"
stdout_has "03:10: overdue, and what to type" "level: 较大 (level 2), as confirmed" "OVERDUE:" \
    "$cii" "next: breach obligations playbook.yaml prepare $cii"
run "$breach" status playbook.yaml
exits 65 "03:10: status"
stderr_has "03:10: status: no plan yet" "nothing is planned"
stdout_has "03:10: status: the clocks" "OVERDUE: cn-cac-incident-2025 cii_1h 4 h 0 min late"

# The late report: its reasons are drawn up, and it is not filed without one.
run "$breach" obligations playbook.yaml prepare $cii
stderr_has "the late report: what it lacks" "BR-FILING" "before anybody can be told"
stdout_has "the late report: the number of people" "2,000,000"
stdout_has "the late report: a draft of why it is late" 迟延报告的原因 本报告迟延
run "$breach" obligations playbook.yaml file $cii --at 2026-11-22T03:09+08:00 --by "Li Lei" --channel phone
exits 65 "late without a reason"
stderr_has "late without a reason" "--reason"
run "$breach" obligations playbook.yaml file $cii --at 2026-11-22T03:09+08:00 --by "Li Lei" --channel phone \
    --reason "known at 03:08 to be critical infrastructure"
exits 0 "late, with its reason"
run "$breach" obligations playbook.yaml --json
is "filed late" "$(state $cii)" filed
is "filed late: by how much" "$(sqlite3 :memory: "SELECT json_extract(value, '\$.late_ms') FROM json_each(CAST(readfile('$out') AS TEXT), '\$.obligations') WHERE json_extract(value, '\$.id') = '$cii'")" $(((3 * 60 + 59) * 60000))

# A level that was confirmed while twenty thousand were known makes no duty disappear when two million are; nor does it when
# another scale says more. What is owed at once runs although nobody knows when it happened.
sed -e 's/{id: night,/{id: calm, level: 1,/' -e 's/lower: 1800000, likely: 2000000, upper: 2200000/lower: 20000, likely: 20000, upper: 20000/' \
    -e 's/^regimes: .*/regimes: [cn-cac-incident-2025, cn-pipl, cn-miit-data-2024]/' \
    -e 's/^variables: .*/variables: {cii: false, central_org: false, affected_sensitive: 150000}/' playbook.yaml >calm.yaml
at 21T22:20
run "$breach" obligations calm.yaml --json
exits 0 "22:20: level 1, confirmed"
is "22:20: below every number of its scale, no report" "$(state $cac)" not-applicable
is "22:20: by the scale of another law it is reported" "$(state cn-miit-data-2024/local)" due
is "22:20: at once, although nobody knows since when" "$(state cn-pipl/authority)" due
at 22T03:00
sed -i 's/lower: 20000, likely: 20000, upper: 20000/lower: 1800000, likely: 2000000, upper: 2200000/' calm.yaml
run "$breach" obligations calm.yaml
exits 1 "03:00: the numbers say more than was confirmed"
stderr_has "03:00: level 1: what the playbook lacks" "before anybody can be told" "recorded:"
stdout_has "03:00: the report is late" "WARNING: the numbers say more than was confirmed: 较大" "[by the upper estimate]" \
    "NEEDS YOU: overdue: cn-cac-incident-2025 other_4h, 50 min late"
sed -i 's/^regimes: .*/regimes: [{id: cn-cac-incident-2025, variables: {level: 1}}]/' calm.yaml
run "$breach" obligations calm.yaml --json
exits 0 "03:00: who has reasons to keep it writes it under the regime"
stderr_has "03:00: which is said" "warning: $cac is not asked any more: " "cn-cac-incident-2025/final_30d is not asked any more"
is "03:00: kept" "$(state $cac)" not-applicable
run "$breach" obligations calm.yaml --why $cac
stdout_has "what one authority owes the next is no deadline of ours" \
    "not yours, between authorities: provincial CAC to national CAC (and same-level departments at once), PT1H after receipt"
unread_stderr=

# A processor's other steps are its controller's; in Japan only once it has told the controller.
sed -e 's/id: calm,/id: entrusted,/' -e 's/^regimes: .*/regimes: [eu-gdpr, jp-appi]/' -e 's/role: controller/role: processor\n  on_behalf_of: Example Shop/' \
    -e 's/^variables: .*/variables: {risk: high, malicious: true}/' calm.yaml >entrusted.yaml
run "$breach" obligations entrusted.yaml --json
unread_stderr=
is "a processor: its customer owes the report" "$(state eu-gdpr/authority_72h)" not-applicable
is "an entrustee in Japan owes it itself" "$(state jp-appi/prelim) $(state jp-appi/individuals) $(state jp-appi/entrustee)" "due due due"
run "$breach" obligations entrusted.yaml file jp-appi/entrustee --at 2026-11-22T02:50+08:00 --by "Li Lei" --channel email
unread_stderr=
run "$breach" obligations entrusted.yaml --json
is "and no more once it has told the entruster" "$(state jp-appi/prelim) $(state jp-appi/individuals) $(state jp-appi/entrustee)" \
    "not-applicable not-applicable filed"

# Whoever enters only the day takes the clocks that count hours away: that is said, and so is which time to enter.
sed -e 's/id: calm,/id: day,/' -e 's/^regimes: .*/regimes: [eu-gdpr]/' -e 's/^variables: .*/variables: {risk: high}/' calm.yaml >day.yaml
run "$breach" record day.yaml anchor awareness --at 2026-11-21 --by "Li Lei" --reason "the day of the alert"
exits 0 "only a day"
stderr_has "only a day: how many clocks stand still, and what to enter" \
    "awareness is only a day: clocks that count hours from it and now have no end: 1; record it with its time and offset"
run "$breach" record day.yaml anchor eu-gdpr/awareness --at 2026-11-21 --by "Li Lei" --reason "the day of the alert"
stderr_has "under a regime of its own, too" "eu-gdpr/awareness is only a day: clocks that count hours from it and now have no end: 1"
run "$breach" record day.yaml anchor eu-gdpr/awareness --at 2026-11-21T10:00+08:00 --by "Li Lei" --reason "the time of the alert"
stdout_has "with its time it runs" "tightest clock: eu-gdpr authority_72h in"
unread_stderr=

unset BREACH_CLOCK
done_testing
