#!/usr/bin/env bash
# breach clock: the arithmetic of the law without a playbook, as a person and as a program ask for it.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

# clock ARGUMENT...: as JSON, and as its schema promises
clock() {
    run "$breach" clock "$@" --json
    [ ! -s "$out" ] || ok "--json is what its schema promises: $*" \
        "$build/tests/tools/schema-check" "$source/docs/schema/clock.json" "$out"
}

# step ID MEMBER: of the document that was printed last
step() {
    sqlite3 :memory: "SELECT json_extract(value, '\$.$2') FROM json_each(readfile('$out'), '\$.steps')
        WHERE json_extract(value, '\$.id') = '$1'"
}

# A time that is to come is mostly a wrong date
run "$breach" clock eu-gdpr authority_72h --anchor awareness=2026-11-22T22:10+08:00 --set risk=high --now 2026-11-21T22:10+08:00
exits 0 "a time that is to come"
stdout_has "a time that is to come: it is remarked" "awareness lies in the future: look at its date"

# What only one step asks is open until somebody says; an assessment ends with its result
clock us-hipaa urgent --anchor discovery=2026-05-05
is "imminent misuse: nobody has said" "$(step urgent state)" scope-unknown
clock us-hipaa urgent --anchor discovery=2026-05-05 --set imminent_misuse=true
is "imminent misuse: it is" "$(step urgent state)" due
clock us-sec-8k determine --anchor discovery=2026-05-05 --anchor materiality_determination=2026-05-08
is "determined: nothing runs on" "$(step determine state)" filed

# The vectors of the collected facts
clock eu-gdpr authority_72h --anchor awareness=2020-12-22T12:17:00+01:00 --set risk=high
exits 1 "72 hours of 2020 are over"
is "GDPR: the strict time" "$(step authority_72h due)" "2020-12-25T12:17:00+01:00"
ok "the rounded hour is a remark" grep -q '2020-12-25T13:00:00+01:00' "$out"
clock eu-dora initial --set entity_class=other --anchor awareness=2026-08-03T09:00:00Z \
    --anchor classification_major=2026-08-04T12:00:00Z --now 2026-08-04T12:10:00Z
exits 0 "classified late: nothing is overdue"
is "DORA: the group first" "$(json "$out" '$.steps[0].id')" initial
is "DORA: only the 4 h limb" "$(step initial due)" "2026-08-04T16:00:00Z"
is "DORA: the other limb does not apply" "$(step initial_24h state)" not-applicable
clock eu-dora intermediate_72h --set entity_class=credit_institution --filed initial=2026-08-05T11:00:00Z
is "DORA: from the submission" "$(step intermediate_72h due)" "2026-08-08T11:00:00Z"
clock us-sec-8k file_4bd --anchor materiality_determination=2026-07-06
is "8-K from a Monday" "$(step file_4bd due_day)" 2026-07-10
is "8-K until half past five Eastern" "$(step file_4bd due)" "2026-07-10T17:30:00-04:00"
clock us-sec-8k file_4bd --anchor materiality_determination=2026-07-11
is "8-K from a Saturday" "$(step file_4bd due_day)" 2026-07-16
clock cn-nfra-data-2024 final_5bd --anchor handling_end=2026-09-30
is "a make-up workday counts" "$(step final_5bd due_day)" 2026-10-13
ok "it is shown" grep -q '2026-10-10 (make-up workday)' "$out"
clock us-hipaa hhs_annual --anchor discovery=2026-05-05 --set affected=499
is "HIPAA: 60 days after the year" "$(step hhs_annual due_day)" 2027-03-01
clock us-hipaa hhs_annual --anchor year_end=2026-12-31
is "HIPAA: the year's end may be given" "$(step hhs_annual due_day)" 2027-03-01
clock us-hipaa hhs_annual --anchor discovery=2026-05-05 --set affected=500
is "HIPAA: 500 is no small breach" "$(step hhs_annual state)" not-applicable
clock us-ca individuals_30d --anchor discovery=2026-01-15
is "California: the earlier day is kept" "$(step individuals_30d due_day)" 2026-02-14
clock jp-appi final_30d --anchor awareness=2026-11-02 --set malicious=false
is "Japan: the day of knowing is day 1" "$(step final_30d due_day)" 2026-12-01

# What a person sees
run "$breach" clock eu-gdpr --anchor awareness=2026-11-21T22:10+08:00 --set risk=high --now 2026-11-24T20:58+08:00
exits 0 "nothing is overdue"
stdout_has "what is left, when, and in which zone" "authority_72h" "2026-11-24 22:10 +08:00" "in 1 h 12 min" "Europe/Brussels"
stdout_has "why" "rule: PT72H from awareness" "+ 72 h of elapsed time = 2026-11-24T22:10:00+08:00"
stdout_has "what is unverified" "[unverified]"
stdout_has "what to enter, and what decides" "enter --anchor info_available=TIME" "decide --set encrypted=VALUE"
stdout_has "a verdict and the next command" "tightest clock: authority_72h in 1 h 12 min" \
    "next: breach clock eu-gdpr --anchor awareness=2026-11-21T22:10+08:00 --set risk=high --now 2026-11-24T20:58+08:00 --filed authority_72h=TIME"
run "$breach" clock eu-gdpr --anchor awareness=2026-11-21T22:10+08:00 --set risk=high --now 2026-11-24T22:10:00.001+08:00
exits 1 "a millisecond later it is overdue"
stdout_has "and needs somebody" "NEEDS YOU: overdue: authority_72h"
run "$breach" clock cn-pipl --anchor occurrence=2026-11-21T22:10+08:00 --now 2026-11-22T01:10+08:00
exits 0 "a law without a number"
stdout_has "no number is made up" "no number in the law" "running for 3 h" "no clock with a number is running"

run "$breach" clock in-dpdp --anchor awareness=2026-11-21T22:10+05:30 --now 2026-11-22T00:00Z
exits 0 "a law before its first day"
stdout_has "does not apply, and why" "does not apply" "in-dpdp is in force from 2027-05-13 on, and this began on 2026-11-21"
run "$breach" clock tw-pdpa-2025 --anchor awareness=2026-11-21T22:10+08:00 --now 2026-11-22T00:00Z
stdout_has "a draft is computed, and marked" "2026-11-24 22:10 +08:00" "[binds nobody yet]"

# Two readings: both are shown, the strict one governs
clock cn-cac-incident-2025 other_4h --anchor awareness=2026-11-21T22:10+08:00 \
    --anchor classification_major=2026-11-21T23:00+08:00 --set cii=false --set central_org=false --set level=2 \
    --now 2026-11-21T23:10+08:00
is "from awareness" "$(step other_4h due)" "2026-11-22T02:10:00+08:00"
is "that reading governs" "$(json "$out" '$.steps[0].readings[0].governs')" 1
ok "the other one is there" grep -q '2026-11-22T03:00:00+08:00' "$out"

# The level that the numbers propose; a range that crosses a threshold; below it a person is asked
clock cn-cac-incident-2025 other_4h --anchor awareness=2026-11-21T22:10+08:00 --set cii=false --set central_org=false \
    --set affected=900000/950000/2000000 --now 2026-11-21T23:10+08:00
is "the upper estimate counts" "$(step other_4h state)" due
is "it may be reached" "$(step other_4h may_reach)" 1
is "the level is proposed" "$(json "$out" '$.level.proposed')" 2
clock cn-cac-incident-2025 other_4h --anchor awareness=2026-11-21T22:10+08:00 --set cii=false --set central_org=false \
    --set affected=20000 --now 2026-11-21T23:10+08:00
is "below every number nothing is decided by numbers" "$(step other_4h state)" scope-unknown
is "it is said until when it would be due" "$(step other_4h due)" "2026-11-22T02:10:00+08:00"
is "the level decides" "$(step other_4h unknown)" level

# Filings
clock eu-gdpr authority_72h --anchor awareness=2026-11-21T22:10+08:00 --set risk=high \
    --filed authority_72h=2026-11-25T00:10+08:00 --now 2026-12-01T00:00+08:00
exits 0 "filed, if late"
is "filed" "$(step authority_72h state)" filed
is "late by two hours" "$(step authority_72h late_ms)" 7200000

# Zones and calendars
clock eu-dora intermediate_72h --set entity_class=other --filed initial=2026-08-05T11:00Z --calendar de --now 2026-08-06T00:00Z
is "noon of the next working day" "$(step intermediate_72h due)" "2026-08-10T12:00:00+02:00"
clock us-ca individuals_30d --anchor discovery=2026-01-15 --zone Asia/Shanghai
is "another zone" "$(step individuals_30d due)" "2026-02-14T23:59:59+08:00"
clock eu-gdpr authority_72h --anchor awareness=2026-10-23T10:00+02:00 --set risk=high --zone Europe/Berlin --now 2026-10-24T00:00Z
is "72 hours over the end of summer time, by the clocks there" "$(step authority_72h due)" "2026-10-26T09:00:00+01:00"
clock eu-gdpr authority_72h --anchor awareness=2026-10-23T16:00+08:00 --set risk=high --zone Europe/Berlin --now 2026-10-24T00:00Z
is "the same instant, by the clocks of who entered it" "$(step authority_72h due)" "2026-10-26T16:00:00+08:00"
clock cn-nfra-data-2024 final_5bd --anchor handling_end=2126-12-30
exits 65 "a calendar without the year"
is "no day is guessed" "$(step final_5bd due)" ""
stderr_has "calendar and year are named" "calendar cn has no data for 2126" "[BR-CLOCK-005]"
run "$breach" clock cn-nfra-data-2024 final_5bd --anchor handling_end=2126-12-30
unread_stderr=
stdout_has "the verdict says what to add, and proposes no report" \
    "NEEDS YOU: the end of final_5bd cannot be counted: add the year 2126 to calendars/cn.yaml"
stdout_lacks "no report is proposed" "--filed"

# refused CODE NAME WORDS ARGUMENT...
refused() {
    local code=$1 name=$2 words=$3
    shift 3
    run "$breach" clock "$@"
    exits "$code" "$name"
    stderr_has "$name: it is said" "$words"
    is "$name: nothing is computed" "$(wc -c <"$out" | tr -d ' ')" 0
}
refused 64 "no regime" "breach clock --list"
refused 64 "--list and a regime" "leave eu-gdpr out" --list eu-gdpr
refused 64 "an option that is not there" "did you mean --anchor" eu-gdpr --ancor x
refused 65 "a misspelt regime" "did you mean eu-gdpr?" eu-gpdr
refused 65 "a part of the name" "did you mean eu-gdpr, uk-gdpr?" gdpr
refused 65 "the first words of it" "did you mean cn-cac-incident-2025?" cn-cac
refused 65 "a misspelt step" "did you mean authority_72h" eu-gdpr autority_72h
refused 65 "a time with a space" "without a space" eu-gdpr --anchor awareness=2026-11-21 22:10
refused 65 "a time apart from its name" "without a space" eu-gdpr --anchor awareness 2026-11-21T22:10+08:00
refused 65 "a misspelt anchor" "did you mean awareness?" eu-gdpr --anchor awarness=2026-11-21T22:10Z
refused 65 "a misspelt variable" "did you mean risk?" eu-gdpr --set rsk=high
refused 65 "a value that cannot be" "none, risk, high" eu-gdpr --set risk=huge
refused 65 "a number that is none" "lower..upper" us-hipaa --set affected=many
refused 65 "a range upside down" "lower..upper" us-hipaa --set affected=500..20
refused 65 "a truth that is none" "true or false" cn-cac-incident-2025 --set cii=yes
refused 65 "a time without an offset" "+08:00" eu-gdpr --anchor awareness=2026-11-21T22:10
refused 65 "a day where hours count" "add the time of day" eu-gdpr authority_72h --anchor awareness=2026-11-21
refused 65 "a day where nothing counts days" "add the time of day" eu-gdpr --anchor awareness=2026-11-21
refused 65 "a day that does not exist" "there is no such date" eu-gdpr --anchor awareness=2026-02-30T10:00Z
refused 65 "a leap second" "leap seconds" eu-gdpr --anchor awareness=2026-06-30T23:59:60Z
refused 65 "the year 1" "between 1970 and 2199" eu-gdpr --anchor awareness=0001-01-01T00:00Z
refused 65 "the year 9999" "between 1970 and 2199" eu-gdpr --anchor awareness=9999-12-31
refused 65 "an anchor twice" "given twice" eu-gdpr --anchor awareness=2026-11-21T22:10Z --anchor awareness=2026-11-21T22:11Z
refused 65 "an anchor without a time" "NAME=VALUE" eu-gdpr --anchor awareness
refused 65 "a filing of no step" "did you mean authority_72h" eu-gdpr --filed authority_27h=2026-11-21T22:10Z
refused 65 "a zone that is not known" "Europe/Berlin" eu-gdpr --zone Europe/Berlni
refused 65 "a calendar that is not there" "there is no nowhere in calendars" eu-gdpr --calendar nowhere
run "$breach" clock hk-cap653 --anchor awareness=2026-11-21 --now 2026-11-22T00:00Z
exits 0 "a day where hours and days count"
stdout_has "days are counted, and for hours the time is asked for" "2026-12-05 23:59 +08:00" "with the time of day, for hours are counted"
run "$breach" clock eu-gdpr authority_72h --anchor awareness=2026-11-21T22:10Z --anchor payment=2026-11-21 --set risk=high \
    --set small_agent=true --now 2026-11-21T22:10Z
exits 0 "what is known but changes nothing"
stderr_has "is said" "does not ask for payment" "does not ask for small_agent"

# A clause of a contract, by its path; a calendar beside it
mkdir -p case/regimes case/calendars
cat >case/regimes/customer.yaml <<'REGIME'
version: 1
id: customer
name: Clause 7
jurisdiction: contract
status: in_force
enabled: true
citation: contract, clause 7
clock_starts: awareness
zone: Europe/Berlin
calendar: ours
confidence: confirmed
steps:
  - {id: call, name: call them, to: controller, due: PT24H, from: awareness, count: hours, confidence: confirmed}
  - {id: report, name: write to them, to: controller, due: P2BD, from: "submission:call", count: business, confidence: confirmed}
REGIME
cat >case/calendars/ours.yaml <<'CALENDAR'
version: 1
id: ours
name: our works calendar
confidence: confirmed
basis: years
years:
  "2026": {rest_days: ["2026-11-24"], work_days: ["2026-11-28"]}
CALENDAR
clock case/regimes/customer.yaml --anchor awareness=2026-11-21T22:10Z --filed call=2026-11-23T10:00Z --now 2026-11-23T11:00Z
exits 0 "a clause of a contract"
is "late by half a day" "$(step call late_ms)" 42600000
is "a works calendar counts" "$(step report due_day)" 2026-11-26
cp -R case/regimes case/calendars .
clock customer call --anchor awareness=2026-11-21T22:10Z --now 2026-11-22T00:00Z
is "by its name, from the current folder" "$(step call due)" "2026-11-22T22:10:00Z"
sed -i 's/count: hours/count: horus/' regimes/customer.yaml
run "$breach" clock customer
exits 65 "a clause with a mistake"
stderr_has "the mistake has its place" 'regimes/customer.yaml:13:85: error: count: did you mean "hours"?'

# The list
rm -r regimes
run "$breach" clock --list
exits 0 "the list"
stdout_has "regimes with status and what is unverified" "eu-gdpr" "cn-pipl" "tw-pdpa-2025" "[off]" "steps unverified]" \
    "none of this is legal advice"
run "$breach" clock --list --json
ok "it is what its schema promises" "$build/tests/tools/schema-check" "$source/docs/schema/clock.json" "$out"
is "all of them are there" "$(sqlite3 :memory: "SELECT json_array_length(readfile('$out'), '\$.regimes')")" \
    "$(find "$source/playbooks/regimes" -name '*.yaml' | wc -l | tr -d ' ')"

# compare FILE: the program's arithmetic with the cases of FILE
# shellcheck disable=SC2317  # run calls it
compare() {
    BREACH_SOURCE_DIR=$source "$build/tests/tools/clock-check" <"$1"
}

# What regimes may count from and ask for is in the manual
sed -nE 's/^    [{]"([a-z_]+)", (N_|REGIME_VARIABLE).*/\1/p' "$source/src/model/regime_names.c" >names
grep -ow -f names "$source/docs/man/breach-regime.5" | sort -u >named
is "the manual names every anchor and variable" "$(sort -u names | comm -23 - named)" ""

# A second opinion: the same arithmetic in another language, on cases that nobody chose
if python3 -c 'import zoneinfo; zoneinfo.ZoneInfo("Europe/Berlin")' 2>/dev/null; then
    seed=${BREACH_TEST_SEED:-$RANDOM}
    echo "# BREACH_TEST_SEED=$seed"
    python3 "$source/tests/cli/clock_cases.py" "$seed" 4000 >cases
    run compare cases
    exits 0 "4000 random cases agree with another program"
    stdout_has "all of them were compared" "4000 cases, 0 differ"
    sed 's/^\(hours.*\)\t[0-9]*\t/\1\t1\t/' cases | head -n 50 >wrong
    run compare wrong
    exits 1 "and would be seen to differ"
    unread_stderr=
else
    skip "random cases agree with another program" "there is no python3 with zoneinfo"
fi

done_testing
