#!/usr/bin/env bash
# breach obligations: the list, its reasons, the record of what changed, and the clocks beside every verdict.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
. "$source/tests/cli/incident.sh"
cd "$work" || exit 1

if ! grep -q BREACH_FAULTS:BOOL=ON "$build/CMakeCache.txt" 2>/dev/null; then
    skip "the clocks at a time of our own" "this build asks the machine for the time"
    done_testing
fi

at() { export BREACH_CLOCK=$1; }

# schema NAME: the last stdout is as docs/schema says
schema() { ok "$1" "$build/tests/tools/schema-check" "$source/docs/schema/obligations.json" "$out"; }

# state ID: the state of an obligation in the last stdout
state() { sqlite3 :memory: "SELECT json_extract(value, '\$.state') FROM json_each(CAST(readfile('$out') AS TEXT), '\$.obligations') WHERE json_extract(value, '\$.id') = '$1'"; }

# facts: a playbook with facts alone, and what an on-call knows in the first minutes
facts() {
    cat <<'END'
version: 1
incident: {id: night, status: actual, detected_at: 2026-11-21T22:10+08:00}
organization:
  name: {en: Example Cloud, zh-CN: 示例云}
  role: controller
  contact: {email: privacy@example.com, phone: "+86 10 0000 0000"}
facts:
  what_happened: {en: Somebody copied account records., zh-CN: 有人复制了账号记录。}
  data_kinds: [name, email]
  affected: {lower: 20000, likely: 20000, upper: 20000}
impact: [{en: Strangers may write to you., zh-CN: 陌生人可能联系您。}]
measures: {taken: [{en: We closed the gap., zh-CN: 我们堵住了漏洞。}]}
advice: [{en: Be careful with messages., zh-CN: 请留意消息。}]
remedies: [{en: We help., zh-CN: 我们提供帮助。}]
regimes:
  - cn-cac-incident-2025
  - {id: eu-gdpr, zone: Europe/Berlin, calendar: de}
variables: {cii: false, central_org: false}
END
}
mkdir a
facts >a/playbook.yaml
at 2026-11-21T22:20:00+08:00

# Facts alone: no people, no audiences, no gateways.
run "$breach" obligations a/playbook.yaml
exits 0 "facts alone"
stderr_has "facts alone: what was recorded" "recorded: 8 values of the playbook are new or changed"
stdout_has "facts alone: what runs, what may apply, what does not, and the tightest clock" \
    "if it applies, by 2026-11-22 02:10 +08:00" \
    "what decides: level" \
    "cn-cac-incident-2025/cii_1h: initial report, critical information infrastructure: condition is not met: cii == 'true'" \
    "tightest clock: cn-cac-incident-2025 other_4h in 3 h 50 min (2026-11-22 02:10 +08:00), if it applies" \
    "next: breach record a/playbook.yaml level LEVEL --by NAME --reason WHY"
is "the case record is made, and no ledger" "$(cd a/night.breach && ls)" "case.db
case.lock"
is "the state folder is for nobody else" "$(stat -c %a a/night.breach)" 700

run "$breach" obligations a/playbook.yaml --json
exits 0 "as a document"
schema "as a document: the schema"
is "changed: nothing is recorded twice" "$(json "$out" '$.changed')" 0
is "state: unknown scope" "$(state eu-gdpr/authority_72h)" scope-unknown
is "state: a time is missing" "$(state cn-cac-incident-2025/final_30d)" scope-unknown
is "state: does not apply" "$(state eu-gdpr/processor)" not-applicable

# What decides is written into the playbook: recorded with its reason, and the clock runs.
sed -i 's/central_org: false}/central_org: false, risk: high}/' a/playbook.yaml
run "$breach" obligations a/playbook.yaml --reason "the DPO judged it" --json
exits 0 "the risk is decided"
schema "the risk is decided: the schema"
is "the risk is decided: recorded" "$(json "$out" '$.changed')" 1
is "the risk is decided: the clock runs" "$(state eu-gdpr/authority_72h)" due
run "$breach" obligations a/playbook.yaml --why eu-gdpr/authority_72h
exits 0 "why"
stdout_has "why: rule, law, arithmetic, who set it, confidence" \
    "rule: PT72H from awareness" "law: " "art 33(1)" "2026-11-24T22:10:00+08:00" \
    "entered: awareness = 2026-11-21T22:10:00+08:00, by " "confidence: confirmed" "state: running, in " "(2026-11-24 22:10 +08:00)"
is "the reason stands in the record" \
    "$(sqlite3 a/night.breach/case.db "SELECT body ->> '\$.why' FROM event WHERE body ->> '\$.name' = 'risk'")" "the DPO judged it"

# The anchor moves: old and new are kept, and the reason is that the playbook was edited.
sed -i 's/T22:10+08:00/T21:10+08:00/' a/playbook.yaml
run "$breach" obligations a/playbook.yaml --why authority_72h
exits 0 "an earlier time"
stderr_has "an earlier time: recorded" "recorded: 2 values of the playbook are new or changed"
stdout_has "an earlier time: its history" \
    "entered: awareness = 2026-11-21T22:10:00+08:00, by " \
    "changed: awareness = 2026-11-21T21:10:00+08:00, before that 2026-11-21T22:10:00+08:00, by " \
    "playbook edited"

# Overdue: exit 1, and every verdict says so.
at 2026-11-24T22:30:00+08:00
run "$breach" obligations a/playbook.yaml
exits 1 "overdue"
stdout_has "overdue: first, and in the verdict" "OVERDUE:" "1 h 20 min late" \
    "NEEDS YOU: overdue: eu-gdpr authority_72h, 1 h 20 min late; " \
    "next: breach obligations a/playbook.yaml prepare eu-gdpr/authority_72h"
run "$breach" status a/playbook.yaml
exits 65 "status without a plan"
stderr_has "status without a plan: says so" "nothing is planned"
stdout_has "status without a plan: the clocks all the same" "OVERDUE: eu-gdpr authority_72h 1 h 20 min late" "clocks: "
run "$breach" check a/playbook.yaml --json
exits 65 "check: the people are missing"
stderr_has "check: the people are missing: says so" "lacks the key people" "lacks the key audiences" "lacks the key gateways" \
    "not confirmed in a primary text" "nobody has confirmed the level"
is "check: the clocks are in its document" "$(json "$out" '$.clocks[0].id')" eu-gdpr/authority_72h

# Mistakes.
run "$breach" obligations a/playbook.yaml --why eu-gdpr/authority_27h
exits 64 "a step that is not there"
stderr_has "a step that is not there: what was meant" "did you mean eu-gdpr/authority_72h?"
run "$breach" obligations a/playbook.yaml tell
exits 64 "a word that is not there"
stderr_has "a word that is not there" "list, prepare ID or file ID"
run "$breach" obligations a/playbook.yaml prepare
exits 64 "prepare what"
stderr_has "prepare what" "needs the id of one step"

# The calendar: CRLF, folded, the same entry when it is written again.
run "$breach" obligations a/playbook.yaml --ics clocks.ics
exits 1 "a calendar"
stderr_has "a calendar: said" "written: clocks.ics"
is "a calendar: lines end as they should" "$(grep -c -v $'\r$' clocks.ics)" 0
is "a calendar: no line is too long" "$(tr -d '\r' <clocks.ics | LC_ALL=C awk 'length($0) > 75' | wc -l)" 0
is "a calendar: one entry of the step" "$(grep -c 'UID:night/eu-gdpr/authority_72h@breach' clocks.ics)" 1
run "$breach" obligations a/playbook.yaml --ics -
exits 1 "a calendar on stdout"
stdout_has "a calendar on stdout" "BEGIN:VCALENDAR" "TRIGGER:-PT129600S" "TRIGGER:-PT64800S" "TRIGGER:-PT3600S"

# A record of another incident, one that is none, and a copy.
mkdir b
facts | sed 's/id: night/id: other/' >b/playbook.yaml
run "$breach" obligations b/playbook.yaml --state a/night.breach
exits 65 "another incident"
stderr_has "another incident" "is the case record of night (actual), not of other (actual)"
cp -R a c
run "$breach" obligations c/playbook.yaml
exits 1 "a copy that has nothing to record is shown"
sed -i 's/T21:10+08:00/T20:10+08:00/' c/playbook.yaml
run "$breach" obligations c/playbook.yaml
exits 65 "a copy: nothing is entered"
stderr_has "a copy: nothing is entered" "was copied here" "--adopt"
run "$breach" obligations c/playbook.yaml --adopt
exits 1 "a copy: adopted"
stderr_has "a copy: adopted" "recorded: 2 values"
echo "no database, whatever it is called" >b/case.db
mkdir -p b/s && mv b/case.db b/s/
run "$breach" obligations b/playbook.yaml --state b/s
exits 65 "no record at all"
stderr_has "no record at all" "case.db"

# A playbook that is broken further on, and one that names no regime.
facts >a/more.yaml
cat >>a/more.yaml <<'END'
people: nowhere.csv
audiences: [{id: all, template: nothing-of-this-name, ladder: [email]}]
gateways: {email: none-of-this-name}
END
run "$breach" obligations a/more.yaml --state d
exits 0 "what is wrong with sending is in nobody's way"
stderr_has "what is wrong with sending is not even said" "recorded: 8 values"
facts | sed '/^regimes:/,$d' >a/plain.yaml
run "$breach" obligations a/plain.yaml --state e
exits 0 "no regime"
stdout_has "no regime: says so" "the playbook names no regime"
ok "no regime: nothing is made" test ! -e e
facts | sed 's/eu-gdpr, zone/eu-gdrp, zone/' >a/typo.yaml
run "$breach" obligations a/typo.yaml --state f
stderr_has "a misspelt regime" "eu-gdrp" "recorded:"
exits 65 "a misspelt regime: a law is missing"
stdout_has "a misspelt regime: the others are shown, and the verdict names it" "cn-cac-incident-2025/other_4h" \
    "NOT ALL: these regimes could not be read, and their clocks are not here: eu-gdrp"

# A last day that cannot be counted, for want of a calendar or of a year of it, is nowhere taken for none.
facts | sed -e '/^  - {id: eu-gdpr/d' -e 's/^  - cn-cac.*/  - {id: br-lgpd, calendar: mine}/' -e '/^variables/d' >a/days.yaml
mkdir a/calendars
cat >a/calendars/mine.yaml <<'END'
version: 1
id: mine
name: mine
jurisdiction: BR
confidence: memory
citation: mine
basis: years
years:
  "2025": {notice: mine, confidence: memory, rest_days: []}
END
uncounted="br-lgpd/anpd_3bd cannot be counted: add the year 2026 to calendars/mine.yaml"
run "$breach" obligations a/days.yaml --state days
unread_stderr=
stdout_has "uncounted: the list, and its verdict" "calendar missing          br-lgpd/anpd_3bd" "the end of $uncounted"
stdout_lacks "uncounted: the law has a number" "no number in the law"
run "$breach" obligations a/days.yaml --state days --json
schema "uncounted: as the schema says"
is "uncounted: the clock in short" "$(json "$out" '$.clocks[0].calendar_missing')" 1
run "$breach" obligations a/days.yaml --state days --ics -
stdout_lacks "uncounted: no entry of a calendar" "br-lgpd/anpd_3bd"
stderr_has "uncounted: which is said" "NOT ALL; the end of $uncounted"
run "$breach" status a/days.yaml --state days --handover
unread_stderr=
stdout_has "uncounted: the handover" "the end of $uncounted"
run "$breach" report a/days.yaml --state days --format markdown --out -
unread_stderr=
stdout_has "uncounted: the report" "| running | calendar missing |"
rm a/calendars/mine.yaml
run "$breach" obligations a/days.yaml --state days
unread_stderr=
stdout_has "uncounted: no calendar at all" "the end of br-lgpd/anpd_3bd cannot be counted: calendar mine is missing or has mistakes"

# A step inside the house has no report: it ends with a time, or with the entry that it was done.
facts | sed -e '/^  - {id: eu-gdpr/d' -e 's/^  - cn-cac.*/  - us-sec-8k/' -e '/^variables/d' >a/sec.yaml
run "$breach" obligations a/sec.yaml --state sec
unread_stderr=
stdout_has "an assessment: the next command is to record its result, and the counts fit any number" "2 without a time" \
    "next: breach record a/sec.yaml --state sec anchor materiality_determination --at TIME --by NAME --reason TEXT"
facts | sed -e '/^  - {id: eu-gdpr/d' -e 's/^  - cn-cac.*/  - cn-pipl/' -e '/^variables/d' >a/pipl.yaml
run "$breach" --lang zh-CN obligations a/pipl.yaml prepare cn-pipl/authority --state pipl
unread_stderr=
stdout_has "a Chinese report names the law in its marks" "事件报告（依据《个人信息保护法》）：首次报告"
sed 's/cn-pipl/sg-pdpa/' a/pipl.yaml >a/marks.yaml
run "$breach" obligations a/marks.yaml prepare sg-pdpa/pdpc_3d --locale zh-CN --state marks
unread_stderr=
stdout_has "and not twice, where its name has them" "事件报告（依据新加坡《个人资料保护法令》（PDPA）第 6A 部分）：首次报告"

# An update that readers were promised is a clock, too.
facts | sed 's/^  data_kinds:/  cause: {unknown: {as_of: 2026-11-21T22:00+08:00, next_update: 2026-11-22T12:00+08:00}}\n  data_kinds:/' >a/promise.yaml
at 2026-11-22T13:00:00+08:00
run "$breach" obligations a/promise.yaml --state g --json
exits 1 "a promise is over"
is "a promise is over" "$(state facts/cause)" overdue

# While breach notify sends, half of the time of a contract's clause goes by: said once, recorded once, and nobody waits for it.
relay slow --rule "mail delay 9s"
incident n actual
mkdir n/regimes
cat >n/regimes/contract.yaml <<'END'
version: 1
id: contract
name: Contract with a customer
jurisdiction: XX
status: in_force
enabled: true
effective_from: "2020-01-01"
citation: Contract of 2025, clause 7
authority: the customer
channel: email
trigger: any loss of data
clock_starts: awareness
zone: Asia/Shanghai
confidence: {level: confirmed}
steps:
  - {id: tell_24h, name: tell the customer, to: customer, due: PT24H, from: awareness, count: hours, confidence: confirmed}
END
sed -i -e 's/^incident:/regimes: [contract]\nincident:/' -e 's/detected_at: .*/detected_at:  2026-11-23T00:00:00Z/' \
    -e 's/affected: {lower: [0-9]*, likely: [0-9]*/affected: {lower: 1, likely: 3/' \
    -e 's/confirmed_at: .*/confirmed_at: 2026-11-23T00:10:00Z/' -e 's/contained_at: .*/contained_at: 2026-11-23T00:20:00Z/' n/playbook.yaml
at 2026-11-23T11:59:53Z # so long may a busy machine take to begin
run "$breach" plan n/playbook.yaml
exits 0 "plan"
stdout_has "plan: the clock stands beside the verdict" "; tightest clock: contract tell_24h in 12 h 0 min (2026-11-24 00:00 +00:00)"
run "$breach" notify n/playbook.yaml --yes --expect-digest "$(digest)" --expect-people 3
exits 0 "notify"
stderr_has "notify: half of the time" "warning: half of the time is left: contract tell_24h in 12 h 0 min (2026-11-24 00:00 +00:00)"
stdout_has "notify: the clock stands beside the verdict" "complete" "; tightest clock: contract tell_24h in 1"
is "notify: everybody was told" "$(sent slow)" 3
is "notify: the warning is in the record, once" \
    "$(sqlite3 n/leak.breach/case.db "SELECT group_concat(body) FROM event WHERE kind = 'warning'")" \
    '{"before":"half","due":"2026-11-24T00:00:00+00:00","obligation":"contract/tell_24h"}'
run "$breach" status n/playbook.yaml
exits 0 "status"
is "status: the clock is its head" "$(head -n 1 "$out" | cut -c 1-42)" "clock: contract tell_24h in 12 h 0 min (20"
run "$breach" status n/playbook.yaml --json
is "status: the clocks of the document" "$(json "$out" '$.clocks[0].id')" contract/tell_24h
ok "status: as docs/schema says" "$build/tests/tools/schema-check" "$source/docs/schema/status.json" "$out"

# Whoever looks on hears of a law that cannot be read any more.
cp -R n o
sed -i 's/due: PT24H/due: 24h/' o/regimes/contract.yaml
"$breach" status o/playbook.yaml --watch --json >watched.json 2>watched.txt &
# shellcheck disable=SC2317 # wait_for calls it
has_reading() { [ "$(wc -l <watched.json)" -gt 0 ]; }
wait_for has_reading
kill $!
wait $! 2>/dev/null
head -n 1 watched.json >reading.json
ok "a law with a mistake: as docs/schema says" "$build/tests/tools/schema-check" "$source/docs/schema/live.json" reading.json
is "a law with a mistake: it is named" "$(json reading.json '$.regimes_unread')" '["contract"]'
ok "a law with a mistake: and stands in the verdict" grep -q "their clocks are not here: contract" reading.json

# While breach notify sends, the delay that an authority had asked for ends: what it had kept off is late at once.
relay lapse --rule "mail delay 9s"
incident w actual
mkdir w/regimes
sed -e 's/^steps:/lawful_delay: [{id: police, ground: the police ask for it, confidence: confirmed}]\nsteps:/' \
    n/regimes/contract.yaml >w/regimes/contract.yaml
sed -i -e 's/^incident:/regimes: [contract]\nincident:/' -e 's/detected_at: .*/detected_at:  2026-11-22T00:00:00Z/' \
    -e 's/affected: {lower: [0-9]*, likely: [0-9]*/affected: {lower: 1, likely: 3/' \
    -e 's/confirmed_at: .*/confirmed_at: 2026-11-22T00:10:00Z/' -e 's/contained_at: .*/contained_at: 2026-11-22T00:20:00Z/' w/playbook.yaml
echo "please wait" >lapse.txt
at 2026-11-22T20:00:00Z
run "$breach" record w/playbook.yaml decision delay --regime contract --scope step:tell_24h --ground police \
    --facts "an arrest is near" --by "Han Meimei" --role CISO --authority "the police" --document lapse.txt \
    --until 2026-11-23T12:00:00Z
exits 0 "notify: a step waits"
unread_stderr=
at 2026-11-23T11:59:53Z # so long may a busy machine take to begin
run "$breach" plan w/playbook.yaml
exits 0 "notify: planned"
unread_stderr=
run "$breach" notify w/playbook.yaml --yes --expect-digest "$(digest)" --expect-people 3
exits 0 "notify: sent meanwhile"
stderr_has "notify: that it is late now" "warning: OVERDUE: contract tell_24h 12 h 0 min late (2026-11-23 00:00 +00:00)"
is "notify: which is in the record, once" \
    "$(sqlite3 w/leak.breach/case.db "SELECT group_concat(body) FROM event WHERE kind = 'warning'")" \
    '{"before":"over","due":"2026-11-23T00:00:00+00:00","obligation":"contract/tell_24h"}'

# A record that cannot be read is said, and what the ledger knows is shown all the same.
cp -R n m
rm -f m/leak.breach/case.db-*
echo "no record at all, and more than a few bytes" >m/leak.breach/case.db
run "$breach" status m/playbook.yaml
exits 0 "a broken record: status"
stderr_has "a broken record: said" "warning: the clocks of the law cannot be shown: " "case.db"
stdout_has "a broken record: the verdict stands" "3 people: 3 told"

# One incident, three jurisdictions: the sample.
at 2026-11-20T12:00:00+08:00
run "$breach" obligations "$source/playbooks/three-jurisdictions.yaml" --state three --json
exits 0 "three jurisdictions"
schema "three jurisdictions: the schema"
is "three jurisdictions: the tightest" "$(json "$out" '$.clocks[0].id') $(json "$out" '$.clocks[0].due')" \
    "cn-cac-incident-2025/other_4h 2026-11-20T13:40:00+08:00"
is "three jurisdictions: the European authority" "$(state eu-gdpr/authority_72h)" due
is "three jurisdictions: the residents of California" "$(state us-ca/individuals_30d)" due

# What a person decided: not to tell under one law, and to wait under another until an authority's request ends.
cp "$source/playbooks/three-jurisdictions.yaml" a/decided.yaml
sed -i "s|^people: .*|people: $source/contacts/people-three-jurisdictions.csv|" a/decided.yaml
echo "please wait" >order.txt
run "$breach" record a/decided.yaml decision not-notify --regime eu-gdpr --scope everybody --ground "unintelligible, art 34(3)(a)" \
    --facts "the key is safe" --by "Han Meimei" --role DPO
exits 0 "decided: not to tell"
unread_stderr=
run "$breach" record a/decided.yaml decision delay --regime us-ca --scope everybody --ground law-enforcement \
    --facts "an arrest is near" --by "Han Meimei" --role CISO --authority "the police" --document order.txt \
    --until 2026-12-28T12:00-08:00
exits 0 "decided: to wait"
unread_stderr=
run "$breach" obligations a/decided.yaml --json
is "decided: not to tell" "$(state eu-gdpr/individuals)" not-applicable
at 2026-12-22T12:00:00-08:00
run "$breach" obligations a/decided.yaml
exits 1 "decided: others are late by now"
stdout_has "decided: who, and why; until when" "decided by Han Meimei: not to notify, unintelligible" "2026-12-28 12:00 -08:00" "us-ca/individuals_30d"
run "$breach" obligations a/decided.yaml --json
is "decided: what waits is not late" "$(state us-ca/individuals_30d)" due
at 2026-12-28T12:00:01-08:00
run "$breach" obligations a/decided.yaml --json
is "decided: the delay ends by itself" "$(state us-ca/individuals_30d)" overdue
run "$breach" obligations a/decided.yaml --why us-ca/individuals_30d
stdout_has "decided: why it waited stays" "it waited until 2026-12-28T12:00:00-08:00, because the police asked for it: law-enforcement (decision 2); that is over"
stdout_lacks "decided: it was decided in time" "it had been due before"
run "$breach" record a/decided.yaml decision delay --regime us-ca --scope step:individuals_30d --ground law-enforcement \
    --facts "an arrest is near" --by "Han Meimei" --role CISO --authority "the police" --document order.txt \
    --until 2026-12-30T12:00-08:00
exits 0 "decided: to wait, when it was late"
unread_stderr=
run "$breach" obligations a/decided.yaml --why us-ca/individuals_30d
stdout_has "decided: that it was late is said" "it had been due before the delay was recorded"

# What is handed in while it waits is in time: then, when it is recorded only later, and for ever.
told() { run "$breach" obligations a/decided.yaml file us-ca/individuals_30d --by Wang --channel letter "$@"; }
late() { sqlite3 :memory: "SELECT json_extract(value, '\$.state') || ' ' || json_extract(value, '\$.late_ms') FROM json_each(CAST(readfile('$out') AS TEXT), '\$.obligations') WHERE json_extract(value, '\$.id') = 'us-ca/individuals_30d'"; }
at 2026-12-29T12:00:00-08:00
told --at 2026-12-29T11:00-08:00
exits 0 "delayed: handed in while it waits"
unread_stderr=
stdout_has "delayed: in time" "filed 2026-12-29 11:00 -08:00, in time"
at 2027-01-05T12:00:00-08:00
run "$breach" obligations a/decided.yaml --json
is "delayed: in time when the delay has ended, too" "$(late)" "filed 0"
run "$breach" obligations a/decided.yaml --why us-ca/individuals_30d
stdout_has "delayed: who asked for it" "because the police asked for it" "filed 2026-12-29T11:00:00-08:00, in time" "had been due before"
stdout_lacks "delayed: nothing says the contrary" "late by"
told --withdraw --reason "a slip"
unread_stderr=
told --at 2026-12-30T12:01-08:00
exits 65 "delayed: after the end it is late"
stderr_has "delayed: which asks why" "BR-FILING-015"
unread_stderr=
told --at 2026-12-30T11:59-08:00
exits 0 "delayed: handed in before the end, recorded after it"
unread_stderr=
run "$breach" obligations a/decided.yaml --json
is "delayed: in time as well" "$(late)" "filed 0"

at 2026-11-22T12:00:00+08:00
cp -R "$source/playbooks" "$source/contacts" "$source/templates" .
run "$breach" obligations playbooks/three-jurisdictions.yaml --dry-run --state words --why us-ca/ag_15d
stdout_has "a clock whose beginning is not known, in plain words" "state: lacks a time"
unread_stderr=
run "$breach" obligations playbooks/three-jurisdictions.yaml --dry-run --state words file us-ca/individuals_30d \
    --at 2026-11-22T11:00-08:00 --by Wang --channel email
unread_stderr=
run "$breach" obligations playbooks/three-jurisdictions.yaml --dry-run --state words file us-ca/individuals_30d \
    --at 2026-11-21T11:00-08:00 --by Wang --channel email
stdout_has "what a filing moves, in the same words" "because of this: us-ca/ag_15d: running, in " "-08:00)"
unread_stderr=
run "$breach" obligations playbooks/three-jurisdictions.yaml --dry-run --state words --why us-ca/individuals_30d
stdout_has "a step that is done, with when" "state: filed (2026-11-21 11:00 -08:00)"
unread_stderr=
run "$breach" notify playbooks/three-jurisdictions.yaml --dry-run
exits 0 "three jurisdictions: everybody is told"
is "three jurisdictions: what is owed to people is met" \
    "$(sqlite3 playbooks/three-jurisdictions.dry-run.breach/case.db "SELECT group_concat((body ->> '\$.regime') || ' ' || (body ->> '\$.channel'), '; ') FROM event WHERE kind = 'filing'")" \
    "us-ca notices; cn-pipl notices; cn-ndsr notices; cn-csl notices; cn-dsl notices; eu-gdpr notices"
run "$breach" obligations playbooks/three-jurisdictions.yaml --dry-run --json
is "three jurisdictions: and what runs from it has begun" "$(state us-ca/ag_15d) $(state eu-gdpr/individuals)" "due filed"

# Somebody cannot be reached: the notice is not done, and the clock that runs from the notices has begun all the same.
printf 'x1,Nobody,en,,,US-CA\n' | cat contacts/people-three-jurisdictions.csv - >contacts/unreachable.csv
sed -e 's/people-three-jurisdictions.csv/unreachable.csv/' -e 's/id: three-jurisdictions/id: unreachable/' \
    playbooks/three-jurisdictions.yaml >playbooks/unreachable.yaml
run "$breach" notify playbooks/unreachable.yaml --dry-run
exits 1 "somebody cannot be reached"
unread_stderr=
run "$breach" obligations playbooks/unreachable.yaml --dry-run --json
is "somebody cannot be reached: the notice runs on, what runs from it has begun" \
    "$(state us-ca/individuals_30d) $(state us-ca/ag_15d)" "due due"
is "somebody cannot be reached: under that regime alone, and it is said why" \
    "$(sqlite3 playbooks/unreachable.dry-run.breach/case.db "SELECT group_concat((body ->> '\$.name') || ': ' || (body ->> '\$.why'), '; ') FROM event WHERE kind = 'anchor' AND body ->> '\$.source' = 'record'")" \
    "us-ca/individuals_notified: breach notify: whoever can be reached was told"
run "$breach" notify playbooks/unreachable.yaml --dry-run
exits 1 "and again"
unread_stderr=
is "it is recorded once" \
    "$(sqlite3 playbooks/unreachable.dry-run.breach/case.db "SELECT count(*) FROM event WHERE body ->> '\$.name' = 'us-ca/individuals_notified'")" 1

# A row that is to be mended keeps the others from nothing.
printf 'x1,Nobody,en,,,US-CA,more\n' | cat contacts/people-three-jurisdictions.csv - >contacts/mend.csv
sed -e 's/people-three-jurisdictions.csv/mend.csv/' -e 's/id: three-jurisdictions/id: mend/' \
    playbooks/three-jurisdictions.yaml >playbooks/mend.yaml
run "$breach" notify playbooks/mend.yaml --dry-run
exits 75 "a row is to be mended"
unread_stderr=
run "$breach" obligations playbooks/mend.yaml --dry-run --json
is "a row is to be mended: what runs from the notices has begun" "$(state us-ca/individuals_30d) $(state us-ca/ag_15d)" "due due"

# Everybody is told, but too late: why is for a person to say, and what runs from the notices does not wait for that.
sed -e 's/id: three-jurisdictions/id: late/' playbooks/three-jurisdictions.yaml >playbooks/late.yaml
at 2026-12-21T12:00:00Z
run "$breach" notify playbooks/late.yaml --dry-run
exits 0 "everybody is told too late"
ok "notify names what waits for the reason, and the command" \
    grep -q "too late for us-ca/individuals_30d: say for each why: breach obligations playbooks/late.yaml --dry-run file us-ca/individuals_30d" "$err"
unread_stderr=
run "$breach" obligations playbooks/late.yaml --dry-run --json
is "told too late: the notice is for a person to file, what runs from it has begun" \
    "$(state us-ca/individuals_30d) $(state us-ca/ag_15d)" "overdue due"

unset BREACH_CLOCK
done_testing
