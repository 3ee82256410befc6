#!/usr/bin/env bash
# breach plan dies at every fault point of the merge while it plans edition 2 over a run that was killed when part of the
# people had been told; then the run that sends edition 2 dies as well. In the end nobody has both an update and a first
# notice of edition 2, everybody has one of the two, and more copies than that only with a doubt.
# shellcheck disable=SC2119  # the functions of crash.sh have optional arguments
. "$(dirname "${BASH_SOURCE[0]}")/crash.sh"

people=230
old_left=0
new_left=0
tried=0

# edition_two: the playbook with a correction, for those who are in the file now: every tenth is gone, and others have come
edition_two() {
    sed -i -e 's/edition: 1 /edition: 2 /' "$playbook"
    cat >>"$playbook" <<END
update:
  kind: correction
  wrong: {en: no phone numbers, zh-CN: "没有电话号码", zh-TW: "沒有電話號碼"}
  right: {en: phone numbers too, zh-CN: "也有电话号码", zh-TW: "也有電話號碼"}
  need_to_act: true
END
    { people_file 1 "$people" | awk 'NR == 1 || NR % 10 != 3'; people $((people + 1)) $((people + 25)); } >people.csv
}

# partly_told: edition 1, killed when it had told some
partly_told() {
    cp edition_one.yaml "$playbook"
    people_file 1 "$people" >people.csv
    begin
    dies 500 notify || problem "not killed while sending"
    edition_two
}

# wrong_texts: one line for each person in the file who did not get what they should, by the relay's log
wrong_texts() {
    sqlite3 -batch :memory: <<END
.mode list
.separator ' '
CREATE TABLE log(word, envid, rcpt, size);
.import '$log' log
.import --csv people.csv people
ATTACH '$state/ledger.db' AS l;
CREATE TEMP TABLE got AS SELECT g.rcpt AS rcpt, sum(t.edition = 1) AS first_one, sum(t.edition = 2 AND NOT t.is_update) AS
    first_two, sum(t.is_update) AS later FROM log g JOIN l.message m ON m.id = g.envid JOIN l.text t ON t.no = m.text
    GROUP BY g.rcpt;
CREATE TEMP TABLE doubt AS SELECT endpoint AS rcpt, count(*) AS times FROM l.message WHERE flags & 2 GROUP BY endpoint;
SELECT email || ': ' || coalesce(first_one, 0) || ' first notices of edition 1, ' || coalesce(first_two, 0) || ' of 2, ' ||
    coalesce(later, 0) || ' updates, ' || coalesce(times, 0) || ' messages in doubt' FROM people
    LEFT JOIN got ON got.rcpt = email LEFT JOIN doubt ON doubt.rcpt = email
    WHERE NOT (coalesce(first_two, 0) = 0 AND first_one >= 1 AND later >= 1 OR coalesce(later, 0) = 0 AND first_two >= 1)
    OR times IS NULL AND NOT (coalesce(first_one, 0) = coalesce(later, 0) AND coalesce(first_two, 0) + coalesce(later, 0) = 1);
SELECT rcpt || ' is gone and got ' || first_two || ' first notices of edition 2 and ' || later || ' updates' FROM got
    WHERE rcpt NOT IN (SELECT email FROM people) AND first_two + later > 0;
SELECT 'open: ' || endpoint || ' in state ' || state FROM l.message JOIN people ON email = endpoint
    WHERE state NOT IN (2, 9);
SELECT 'an open message with an old text: ' || endpoint FROM l.message m JOIN l.text t ON t.no = m.text
    WHERE t.edition = 1 AND m.state IN (0, 1, 4) AND endpoint IN (SELECT email FROM people);
SELECT 'an update for somebody who was not told: ' || m.endpoint FROM l.message m JOIN l.text t ON t.no = m.text
    WHERE t.is_update AND NOT EXISTS (SELECT 1 FROM l.message o JOIN l.text x ON x.no = o.text WHERE
    o.endpoint = m.endpoint AND x.edition = 1 AND o.state = 2);
END
}

# sent: edition 2 is sent, by a run that dies once
sent() {
    dies 300 notify || problem "not killed while sending edition 2"
    held=$(query "SELECT count(*) FROM message WHERE state = 7 AND due IS NULL")
    notify
    if [ "$held" = 0 ]; then want "exit of notify" "$status" 1; else want "exit of notify" "$status" 75; fi
    read_recovery json
    sink_stop
    judge_open
    while IFS= read -r line; do problem "$line"; done < <(wrong_texts 2>&1)
}

# edition NAME KILL...: KILL is the command that plans edition 2 and dies
edition() {
    local name=$1 old
    shift
    case_begin
    partly_told
    old=$digest
    "$@" || problem "not killed"
    want "damage" "$(query "PRAGMA integrity_check")" ok
    if [ "$(query "SELECT value FROM header WHERE key = 'edition'")" = 1 ]; then
        old_left=$((old_left + 1))
    else
        new_left=$((new_left + 1))
    fi
    notify
    if [ "$status" != 65 ] && [ "$status" != 77 ]; then problem "something was sent unasked: exit $status"; fi
    plan
    want "exit of planning again" "$status" 0
    read_recovery
    digest=$(digest_of_plan)
    [ "$digest" != "$old" ] || problem "another edition, and the digest is the same"
    sent
    tried=$((tried + 1))
    case_end "edition 2, $name"
}

incident "$people"
cp "$playbook" edition_one.yaml
case_begin
partly_told
BREACH_FAULT_LOG=$work/points_edition plan
want "exit of planning edition 2 without a kill" "$status" 0
digest=$(digest_of_plan)
sent
case_end "edition 2 without a kill"
count=$(grep -c '' points_edition || true)
for ((point = 1; point <= count; point++)); do
    name=$(sed -n "${point}p" points_edition)
    case $name in
    plan_merge* | plan_seal | plan_built) edition "killed at $point, $name" dies "$point" plan ;;
    esac
done
is "only the last point came after the new plan" "$old_left $new_left" "$((tried - 1)) 1"
ok "enough points were tried: $tried" test "$tried" -gt 15
totals "$count points of planning edition 2, $tried tried; $all_kills kills"
done_testing
