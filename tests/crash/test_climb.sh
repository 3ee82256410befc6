#!/usr/bin/env bash
# Killed while people go on from dead mailboxes to text messages: whoever is left goes on with the next breach notify, nobody
# goes on twice, and no number gets a second text message that was not in doubt.
. "$(dirname "$0")/../cli/lib.sh"
. "$source/tests/cli/incident.sh"
. "$source/tests/cli/texts.sh"

people=12
dead=8 # of them have mailboxes that do not exist
kills=40
tried=0
failed=0
doubts=0

provider() {
    texts_gateway "$1"
    printf '%s\n' 'idempotency: {header: Idempotency-Key, valid: PT24H}' 'retry_after: PT1S'
}

mkdir gateways
provider 1 >gateways/texts.yaml
rules=()
for ((i = 1; i <= dead; i++)); do rules+=(--rule "rcpt to=p$i@* reply \"550 5.1.1 no such user\""); done
relay mail "${rules[@]}"
sink http-sink-breach texts --gateway gateways/texts.yaml
incident . actual
provider "$sink_port" >gateways/texts.yaml
sed -i -e 's/ladder: \[email\]/ladder: [email, sms]/' -e 's/{email: relay}/{email: relay, sms: texts}/' playbook.yaml
echo 'escalation: {confirm_over: 100%}' >>playbook.yaml
{
    echo "id,name,locale,email,phone"
    for ((i = 1; i <= people; i++)); do printf 'p%d,Person %d,en,p%d@example.org,+8613800000%03d\n' "$i" "$i" "$i" "$i"; done
} >people.csv

begin() {
    rm -rf leak.breach
    : >texts.log
    run "$breach" plan playbook.yaml
    digest=$(digest)
}

notify() {
    status=0
    # in a shell of its own, which says into a file that it was killed
    ("$breach" notify playbook.yaml --yes --expect-digest "$digest" --patience PT10S --json >"$out" 2>"$work/said" ||
        exit $?) 2>/dev/null || status=$?
}

query() {
    sqlite3 leak.breach/ledger.db "$1"
}

# What must be true whenever everybody is told; prints what is not
wrong() {
    [ "$status" = 0 ] || echo "exit $status: $(tail -n 3 "$work/said")"
    [ "$(told "$out" accepted)" = "$people" ] || echo "$(told "$out" accepted) are told"
    [ "$(query "SELECT count(*) FROM notice WHERE rung = 1")" = "$dead" ] || echo "not everybody has gone on"
    [ "$(query "SELECT count(*) FROM climb")" = 0 ] || echo "somebody still waits"
    [ "$(query "SELECT count(*) FROM message WHERE endpoint LIKE '+%'")" = "$dead" ] || echo "another number of text messages"
    [ "$(query "SELECT count(*) FROM event WHERE json_extract(body, '$.event') = 'climbed'")" = "$dead" ] ||
        echo "somebody has gone on twice"
    # more than one for a number only of messages that were in doubt
    awk '$1 == "accepted" { n[$2]++ } END { for (id in n) if (n[id] > 1) print id }' texts.log | while read -r id; do
        [ "$(query "SELECT flags & 2 FROM message WHERE id = '$id'")" = 2 ] || echo "$id was sent twice without a doubt"
    done
    [ "$(awk '$1 == "accepted" { n[$2] = 1 } END { print length(n) }' texts.log)" = "$dead" ] || echo "a number got nothing"
}

begin
BREACH_FAULT_LOG=$work/clean notify
is "without a kill everybody is told" "$(wrong)" ""
count=$(grep -c '' clean || true)
ok "more than 30 points are passed" [ "$count" -gt 30 ]
is "the points of the ladder are among them" "$(grep -c '^ladder_climbed$' clean)" "$dead"

points() {
    grep -nE '^ladder_(climbed|turn)$' clean | cut -d: -f1
    awk -v step="$((count / kills + 1))" 'NR % step == 1 { print NR }' clean
}

while IFS= read -r point; do
    begin
    BREACH_FAULT_DIE=$point notify
    [ "$status" = 137 ] || continue # the threads of another run pass their points in another order
    tried=$((tried + 1))
    [ $((point % 3)) != 0 ] || { BREACH_FAULT_DIE=$((point / 2 + 1)) notify; }
    notify
    found=$(wrong)
    doubts=$((doubts + $(query "SELECT count(*) FROM message WHERE flags & 2")))
    [ -z "$found" ] || { is "killed at $point, $(sed -n "${point}p" clean)" "$found" ""; failed=$((failed + 1)); }
done < <(points | sort -nu)
ok "more than 30 kills" [ "$tried" -gt 30 ]
is "nobody was left out, nobody went on twice" "$failed" 0
note "$tried kills, $doubts messages were in doubt"

done_testing
