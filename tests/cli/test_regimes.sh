#!/usr/bin/env bash
# The law data that comes with breach, and what check says about the law of a playbook: what is not confirmed, does not
# bind, is misspelled, cannot be, or lacks a working year. A regime of one's own is held to the same rules.
. "$(dirname "$0")/lib.sh"
. "$source/tests/cli/incident.sh"

# law FOLDER LINE...: an incident with these lines in its playbook; the notices are not what is tested here
law() {
    local folder=$1
    shift
    incident "$folder" exercise
    sed -i -e '/^regimes:/,/^[a-z_]*:/{/^ /d}' -e '/^regimes:/d' "$folder/playbook.yaml"
    printf '%s\n' "$@" >>"$folder/playbook.yaml"
}

# says CODE TEXT: a finding of the last check with that code and text
# shellcheck disable=SC2317 # ok calls it
says() {
    grep -F "[$1]" "$err" | grep -qF -- "$2"
}

# quiet CODE: no finding of the last check with that code
# shellcheck disable=SC2317 # ok calls it
quiet() {
    ! grep -qF "[$1]" "$err"
}

# check FOLDER: stderr is looked at by says and quiet
check() {
    run "$breach" check "$1/playbook.yaml"
    unread_stderr=
}

# What is shipped -------------------------------------------------------------------------------------------------

ok "docs/law.md is made from the files" bash -c "'$build/tests/tools/law-page' '$source' | cmp - '$source/docs/law.md'"
run "$breach" clock --list --json
exits 0 "the list of regimes"
is "37 regimes" "$(grep -c '"enabled":' "$out")" 37
is "34 of them are on" "$(grep -c '"enabled": true' "$out")" 34
for regime in "$source"/playbooks/regimes/*.yaml; do
    name=$(basename "$regime" .yaml)
    run "$breach" clock "$name" --json
    ok "$name: every step is computed, without any time" \
        test "$(grep -c '"due_day":' "$out")" -ge "$(grep -c '^  - id: .*' <(sed -n '/^steps:/,/^[a-z_]*fields:/p' "$regime"))"
done

# check -------------------------------------------------------------------------------------------------------------

law fine 'regimes: [cn-pipl, cn-dsl]' 'anchors: {awareness: 2026-11-21T22:10+08:00}'
check fine
ok "confirmed regimes: nothing to say about them" quiet BR-REGIME-001
ok "no level is asked for" quiet BR-REGIME-010

law doubtful 'regimes: [cn-nfra-data-2024, eu-gdpr, hk-pdpo]'
check doubtful
ok "unverified: once, with the list" says BR-REGIME-001 \
    'cn-nfra-data-2024 (4 of 4 steps), eu-gdpr (1 of 5 steps), hk-pdpo (its lists of fields)'
is "only once" "$(grep -c 'BR-REGIME-001' "$err")" 1
ok "a voluntary regime" says BR-REGIME-002 'hk-pdpo is switched off (voluntary)'

law later 'regimes: [eu-cra]' 'anchors: {awareness: 2026-09-10T12:00+02:00}'
check later
ok "a law that came after the incident" says BR-REGIME-003 'eu-cra binds from 2026-09-11'

law unknown 'regimes: [eu-gpdr]'
check unknown
exits 65 "an unknown regime"
ok "it is said which one was meant" says BR-LAW-007 'did you mean eu-gdpr?'

law times 'regimes: [eu-gdpr]' \
    'anchors: {occurrence: 2026-03-02T10:00+01:00, awareness: 2026-03-01T10:00+01:00, awarenes: 2026-03-01T10:00+01:00,' \
    '  info_available: 2099-01-01}'
check times
ok "a misspelled anchor" says BR-REGIME-006 'did you mean awareness?'
ok "times out of order" says BR-REGIME-005 'awareness (2026-03-01T10:00:00+01:00) lies before occurrence (2026-03-02T10:00:00+01:00)'
ok "a time that is still to come" says BR-REGIME-004 'info_available is still to come (2099-01-01)'

law values 'regimes: [cn-cac-incident-2025, eu-gdpr]' \
    'variables: {cii: yes, rissk: high, cii_main_outage: 6h, affected: {lower: 1, likely: 2, upper: 3}, small_agent: true}'
check values
exits 65 "values that cannot be stop check"
ok "yes is not true" says BR-REGIME-008 'cii cannot be "yes": expected true or false'
ok "6h is not PT6H" says BR-REGIME-008 'cii_main_outage cannot be "6h"'
ok "a misspelled variable" says BR-REGIME-007 '"rissk": did you mean risk?'
ok "one that no regime asks for" says BR-REGIME-007 '"small_agent"'
is "no other is complained of" "$(grep -c 'BR-REGIME-00[78]' "$err")" 4

law year 'regimes: [cn-nfra-data-2024]' 'anchors: {awareness: 2026-12-29T10:00+08:00, handling_end: 2026-12-29}'
check year
ok "working days of a year that are not known" says BR-REGIME-011 'final_5bd needs the working days of 2027'
mkdir -p year/calendars
{
    cat "$source/playbooks/calendars/cn.yaml"
    printf '  "2027":\n    notice: a notice of one of our own\n    rest_days: ["2027-01-01"]\n    work_days: ["2027-01-02"]\n'
} >year/calendars/cn.yaml
check year
ok "a calendar beside the playbook gives them" quiet BR-REGIME-011

# Levels: thresholds take the upper estimate, a person confirms
affected() { # FOLDER LOWER LIKELY UPPER LINE...
    local folder=$1 counts="affected: {lower: $2, likely: $3, upper: $4, as_of: 2026-11-21T22:10+08:00}"
    law "$folder" 'regimes: [cn-cac-incident-2025]' "${@:5}"
    sed -i -e '/^  affected:/d' -e "s/^facts:.*/&\n  $counts/" "$folder/playbook.yaml"
}
affected crosses 11000 20000 2000000
check crosses
ok "a range that crosses the number" says BR-REGIME-010 'may reach 较大 (level 2): report now?'
affected below 1 900000 999999
check below
ok "below every number a person is asked" says BR-REGIME-010 '较大量'
affected settled 1 900000 999999 'variables: {clause_level: 1}'
check settled
ok "somebody has judged the clause" says BR-REGIME-010 '一般 (level 1) is proposed'
affected confirmed 1000000 1000000 1000000
sed -i 's/^\(incident:.*\)id: leak /\1level: 1, id: leak /; s/^  id: leak/  level: 1\n&/' confirmed/playbook.yaml
check confirmed
ok "the numbers are above what was confirmed" says BR-REGIME-009 '较大 (level 2), and 一般 (level 1) was confirmed'

# A regime of one's own -----------------------------------------------------------------------------------------------

law contract 'regimes: [contract-24h]' 'anchors: {awareness: 2026-11-21T22:10+08:00}'
mkdir -p contract/regimes
cat >contract/regimes/contract-24h.yaml <<'END'
version: 1
id: contract-24h
name: Notice to Example Bank within 24 hours
jurisdiction: contract
status: in_force
enabled: true
citation: Master agreement of 1 March 2025, clause 14.3
clock_starts: awareness
zone: Asia/Shanghai
confidence: confirmed
steps:
  - id: customer_24h
    name: write to the customer's security contact
    to: customer
    due: PT24H
    from: awareness
    count: hours
    when: an incident concerns the customer's data
    confidence: confirmed
END
check contract
ok "a contract's clause is a regime" quiet BR-LAW-005
ok "and it is confirmed" quiet BR-REGIME-001
run "$breach" clock "$PWD/contract/regimes/contract-24h.yaml" --anchor awareness=2026-11-21T22:10+08:00 \
    --now 2026-11-22T00:00+08:00 --json
is "its clock" "$(json "$out" '$.steps[0].due')" "2026-11-22T22:10:00+08:00"

cat >contract/regimes/contract-24h.yaml <<'END'
version: 1
id: contract-24h
name: Notice to Example Bank
jurisdiction: contract
status: in_forse
enabled: yes
citation: clause 14.3
clock_starts: awarenes
zone: Asia/Shangai
confidence: sure
steps:
  - id: customer_24h
    name: write
    to: customer
    due: 24h
    from: awareness
    count: hours
    cond: levell >= 2
    confidence: confirmed
  - id: customer_24h
    name: again
    to: customer
    due: P5BD
    from: submission:customer
    count: hours
    confidence: confirmed
regulator_fields:
  - {id: cause, text: cause, need: must, source: facts.caus., colour: red}
notice_fields:
  - {id: cause, text: cause, need: must, content: [causes]}
END
check contract
exits 65 "a wrong regime"
# shellcheck disable=SC2317 # ok calls it
at() { # LINE:COLUMN CODE TEXT: a finding at that place
    grep -F "contract-24h.yaml:$1: error:" "$err" | grep -F "[$2]" | grep -qF -- "$3"
}
ok "1: status" at 5:9 BR-LAW-005 'did you mean "in_force"?'
ok "2: enabled" at 6:10 BR-LAW-005 'expected true or false'
ok "3: an anchor" at 8:15 BR-LAW-009 'did you mean awareness?'
ok "4: the zone" at 9:7 BR-LAW-005 Asia/Shangai
ok "5: how sure" at 10:13 BR-LAW-005 sure
ok "6: a time limit" at 15:10 BR-LAW-005 24h
ok "7: a variable" at 12:5 BR-LAW-009 'did you mean level?'
ok "8: a step that is there twice" at 20:5 BR-LAW-010 customer_24h
ok "9: count and due disagree" at 25:12 BR-LAW-005 'P5BD is counted as business'
ok "10: a start that there is not" at 20:5 BR-LAW-009 'customer'
ok "11: a source" at 28:5 BR-LAW-009 facts.caus.
ok "12: an unknown key" at 28:63 BR-LAW-001 colour
ok "13: a content" at 30:5 BR-LAW-009 'did you mean cause?'
done_testing
