#!/usr/bin/env bash
# breach announce, killed at every fault point: the next one goes on, nothing stands there twice, and nothing counts as
# published that is not.
# shellcheck source=../cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"
# shellcheck source=../cli/incident.sh
. "$source/tests/cli/incident.sh"

if ! grep -q BREACH_FAULTS "$build/build.ninja" 2>/dev/null; then
    skip "announce is killed at every point" "this build has no fault points"
    done_testing
fi

incident base actual
sed -i 's/domains: .*/domains: [example.com]/' base/playbook.yaml
echo "announcement: {gateway: site, when: always}" >>base/playbook.yaml
printf 'version: 1\nname: site\nkind: folder\nfolder: ../public\n' >base/gateways/site.yaml

# afresh: an incident that is planned and of which nothing is published
afresh() {
    rm -rf case
    cp -R base case
    "$breach" plan case/playbook.yaml >/dev/null
    text=$("$breach" announce case/playbook.yaml --draft | sed -n 's/^digest: //p')
}

publish() {
    { "$breach" announce case/playbook.yaml --yes --expect-digest "$text"; } >announce.out 2>announce.err # the shell says Killed there
}

in_ledger() {
    sqlite3 case/leak.breach/ledger.db "$1"
}

# What a person sees must be so: every row that counts as published stands there with its digest.
tells_the_truth() {
    local claimed shown
    claimed=$(in_ledger "SELECT digest FROM publication WHERE state = 'published' ORDER BY digest")
    [ -n "$claimed" ] || return 0
    shown=$(sqlite3 :memory: "SELECT json_extract(value, '\$.sha256') FROM json_each(readfile('case/public/announcements.json'),
        '\$.items') ORDER BY 1")
    [ -z "$(comm -23 <(echo "$claimed") <(echo "$shown"))" ]
}

afresh
BREACH_FAULT_LOG=$work/points publish
is "a clean run publishes" "$(in_ledger "SELECT count(*) FROM publication WHERE state = 'published'")" 3
points=$(wc -l <"$work/points")
ok "it passes many points" test "$points" -ge 15

lost=0
lies=0
twice=0
alive=0
for ((i = 1; i <= points; i++)); do
    afresh
    code=0
    BREACH_FAULT_DIE=$i publish || code=$?
    [ "$code" = 137 ] || alive=$((alive + 1))
    tells_the_truth || lies=$((lies + 1))
    publish || lost=$((lost + 1))
    [ "$(in_ledger "SELECT count(*) FROM publication WHERE state = 'published'")" = 3 ] || lost=$((lost + 1))
    [ "$(json case/public/announcements.json '$.items[2].slug')" != "" ] || lost=$((lost + 1))
    [ "$(json case/public/announcements.json '$.items[3].slug')" = "" ] || twice=$((twice + 1))
    tells_the_truth || lies=$((lies + 1))
done
is "it died at every point" "$alive" 0
is "the next run publishes what is missing, $points times" "$lost" 0
is "nothing stands there twice" "$twice" 0
is "nothing counts as published that does not stand there" "$lies" 0
done_testing
