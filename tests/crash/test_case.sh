#!/usr/bin/env bash
# The case record, killed at every fault point while it is made and while it grows: every event is there whole or not at all,
# in the order of the transactions, and the next command records what was lost. And two processes that record at once.
# shellcheck source=../cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"
cd "$work" || exit 1

if ! grep -q BREACH_FAULTS "$build/build.ninja" 2>/dev/null; then
    skip "the case record is killed at every point" "this build has no fault points"
    done_testing
fi

# playbook TIME UPPER: as it is edited
playbook() {
    cat >playbook.yaml <<END
version: 1
incident: {id: leak, status: actual, detected_at: $1}
organization: {name: {en: Example}, role: controller, contact: {email: help@example.com}}
facts: {what_happened: {en: Somebody copied data.}, affected: {upper: $2}}
impact: [{en: Strangers may write to you.}]
measures: {taken: [{en: We closed the gap.}]}
advice: [{en: Be careful.}]
remedies: [{en: We help.}]
regimes: [eu-gdpr]
variables: {risk: high}
END
}

# told: what the record says, whole events only; "" when there is none
told() {
    [ -s leak.breach/case.db ] || return 0
    sqlite3 leak.breach/case.db "SELECT count(*) || ' ' || coalesce(sum(json_valid(body)), 0) FROM event" 2>/dev/null || true
}

obligations() { run "$breach" obligations playbook.yaml --json; }

playbook 2026-11-21T22:10+08:00 20000
BREACH_FAULT_LOG=$work/points obligations
whole=$(told)
points=$(grep -c '' points)
is "without a kill: everything is recorded" "$whole" "6 6"
ok "the record has points to be killed at" test "$points" -ge 8

# First use: nothing, or all of it, since it is one transaction; and the next command goes on.
lost=0
kept=0
for point in $(seq 1 "$points"); do
    rm -rf leak.breach
    BREACH_FAULT_DIE=$point obligations 2>/dev/null
    died=$status
    after=$(told)
    obligations
    case "$died $after" in
    "137 6 6") kept=$((kept + 1)) ;;
    "137 " | "137 0 0") lost=$((lost + 1)) ;;
    *) is "killed at $point, $(sed -n "${point}p" points): whole or nothing" "$died $after" "137 6 6, or nothing" ;;
    esac
    is "killed at $point, $(sed -n "${point}p" points): the next one records the rest" "$(told)" "$whole"
done
ok "both happened" test "$lost" -gt 0 -a "$kept" -gt 0

# It grows: three values change at once.
playbook 2026-11-21T21:10+08:00 2000000
BREACH_FAULT_LOG=$work/more obligations
is "three values more" "$(told)" "9 9"
for point in $(seq 1 "$(grep -c '' more)"); do
    rm -rf leak.breach
    playbook 2026-11-21T22:10+08:00 20000
    obligations
    playbook 2026-11-21T21:10+08:00 2000000
    BREACH_FAULT_DIE=$point obligations 2>/dev/null
    case "$status $(told)" in
    "137 6 6" | "137 9 9") ;;
    *) is "it grows, killed at $point" "$status $(told)" "137 6 6, or 9 9" ;;
    esac
    obligations
    is "it grows, killed at $point: the next one records the rest" "$(told)" "9 9"
    is "it grows, killed at $point: what was before is kept" \
        "$(sqlite3 leak.breach/case.db "SELECT body ->> '\$.old.at' FROM event WHERE body ->> '\$.name' = 'awareness' ORDER BY no DESC LIMIT 1")" \
        2026-11-21T22:10:00+08:00
done

# Two at once: what the playbook says is recorded once, whoever is faster.
rm -rf leak.breach
for i in 1 2 3 4; do "$breach" obligations playbook.yaml --json >"at-once.$i" 2>&1 & done
wait
is "four at once: each value once" "$(told)" "6 6"

done_testing
