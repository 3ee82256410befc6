#!/usr/bin/env bash
# The worst night: many are being told, a mistake is found when 40 % have been, somebody brakes from a second terminal, the
# scope grows tenfold, the text is corrected, edition 2 corrects what was wrong, and the process is killed again and again.
# In the end the log of the relay is counted for each person: who had been told before has one first notice with the old text
# and one correction, everybody else one first notice with the new text, nobody both; more copies only where the ledger has
# a doubt about that very person. BREACH_LONG=1: 20,000 and 200,000 people instead of 2,000 and 20,000.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=incident.sh
. "$source/tests/cli/incident.sh"
# shellcheck source=edition.sh
. "$source/tests/cli/edition.sh"

few=2000
many=20000
rate=400
if [ -n "${BREACH_LONG-}" ]; then few=20000 many=200000 rate=4000; fi
grown=$((many - few))
db=inc/leak.breach/ledger.db
log=$work/relay.log

# Everybody's data is equally long, so the size of a message says which text it is.
folk() {
    echo "id,name,locale,email"
    seq "$1" "$2" | awk '{ printf "p%07d,Person %07d,en,p%07d@example.org\n", $1, $1, $1 }'
}

taken() {
    if [ -f "$log" ]; then grep -c '^accepted ' "$log"; else echo 0; fi
}

# starts: breach notify in the background, confirmed for the plan that is there; its process is $running
starts() {
    "$breach" status inc/playbook.yaml --json >.now
    "$breach" notify inc/playbook.yaml --yes --expect-digest "$(json .now '$.digest')" \
        --expect-people "$(json .now '$.people.total')" "$@" >.running.out 2>.running.err </dev/null &
    running=$!
}

# until_taken COUNT: waits until the relay has taken that many messages in all, or the sender has ended
until_taken() {
    while [ "$(taken)" -lt "$1" ] && kill -0 "$running" 2>/dev/null; do sleep 0.02; done
}

# killed_at COUNT: a breach notify that is killed with -9 when the relay has taken that many
killed_at() {
    starts
    until_taken "$1"
    kill -KILL "$running" 2>/dev/null
    wait "$running" 2>/dev/null
    is "killed with -9 when the relay had taken $1 or a few more" "$?" 137
}

relay relay
edition_incident inc
gateway "rate: $rate/s" "connections: 4" >inc/gateways/relay.yaml
folk 1 "$few" >inc/people.csv
run "$breach" plan inc/playbook.yaml
exits 0 "$few people are planned"

# Told, killed, told on, and held --------------------------------------------------------------------------------------
killed_at $((few / 5))
starts --patience PT1S
until_taken $((few * 2 / 5))
run "$breach" hold inc/playbook.yaml --reason "the text says something wrong"
exits 0 "a mistake is found: held from a second terminal"
wait "$running"
is "the running notify stops by itself" "$?" 75
before=$(taken)
ok "after about 40 %: $before of $few" test "$before" -ge $((few * 2 / 5)) -a "$before" -lt "$few"
run "$breach" status inc/playbook.yaml
exits 0 "status"
is "its first line says what is held" "$(head -n 1 "$out" | grep -c 'the text says something wrong')" 1

# The scope grows, the text is corrected, edition 2 --------------------------------------------------------------------
folk 1 "$many" >inc/people.csv
edition inc 2 "kind: correction" "wrong: that no telephone numbers were among the data" \
    "right: that telephone numbers were among the data" "need_to_act: true"
echo "Telephone numbers were among the data, as we know since the first people were told." \
    >>inc/templates/individual/en/email.txt
run "$breach" notify inc/playbook.yaml --yes --expect-digest "$(json .now '$.digest')"
exits 65 "nothing is sent before it is planned"
stderr_has "what is different is shown" "since the plan:" "the playbook says edition 2; edition 1 is planned" \
    "people.csv: ${grown%???},${grown: -3} added, 0 gone" "was changed" \
    "type breach plan" "nothing was sent"
run "$breach" plan inc/playbook.yaml
exits 0 "edition 2 is planned for $many people"
unread_stderr=
sqlite3 "$db" "SELECT DISTINCT m.endpoint FROM message m JOIN text t ON t.no = m.text WHERE m.state = 2 AND t.edition = 1" |
    sort >told_before
is "an update is planned for each who was told before" "$(sqlite3 "$db" \
    "SELECT count(*) FROM message m JOIN text t ON t.no = m.text WHERE m.state = 0 AND t.is_update")" "$(grep -c '' told_before)"
starts --patience PT0S
wait "$running"
is "the hold outlives planning again" "$?" 75
is "nothing was sent" "$(taken)" "$before"
run "$breach" lift inc/playbook.yaml --reason "the text is right now"
exits 0 "lifted"

# Sent, with kills -----------------------------------------------------------------------------------------------------
gateway "connections: 4" >inc/gateways/relay.yaml
for part in 1 2 3; do killed_at $((before + (many * part / 5))); done
starts
wait "$running"
is "the last run finishes the job" "$?" 0
run "$breach" status inc/playbook.yaml --json
exits 0 "status"
is "everybody is told" "$(told "$out" total) $(told "$out" accepted)" "$many $many"
is "of edition 1 those who had been" "$(json "$out" '$.editions."1".accepted')" "$(grep -c '' told_before)"
is "of edition 2 everybody" "$(json "$out" '$.editions."2".accepted')" "$many"

# Who got what ---------------------------------------------------------------------------------------------------------
sqlite3 "$db" "SELECT m.endpoint, count(*) FROM event e JOIN message m ON m.no = e.message
    WHERE json_extract(e.body, '\$.event') = 'doubted' GROUP BY 1" | tr '|' ' ' >doubts
is "there are three texts" "$(awk '{ print $4 }' "$log" | sort -u | grep -c '')" 3
old=$(awk 'NR == 1 { print $4 }' "$log")
update=$(awk -v old="$old" 'NR == FNR { told[$1]; next } $3 in told && $4 != old { print $4; exit }' told_before "$log")
awk -v old="$old" -v update="$update" -v many="$many" '
    function wrong(who, why) { if (++problems <= 10) print who ": " why; }
    FILENAME == "told_before" { told[$1] = 1; next }
    FILENAME == "doubts" { doubts[$1] = $2; all += $2; next }
    { copies[$3]++; if ($4 == old) first_old[$3]++; else if ($4 == update) later[$3]++; else first_new[$3]++ }
    END {
        for (i = 1; i <= many; i++) {
            who = sprintf("p%07d@example.org", i); d = doubts[who] + 0
            a = first_old[who] + 0; b = first_new[who] + 0; c = later[who] + 0
            least = who in told ? 2 : 1
            if (copies[who] + 0 < least || copies[who] > least + d) wrong(who, copies[who] + 0 " copies, and " d " doubts")
            if (who in told && (a < 1 || c < 1 || b > 0)) wrong(who, "told before: " a " old, " b " new, " c " corrections")
            if (!(who in told) && (b < 1 || c > 0 || a > d)) wrong(who, "not told before: " a " old, " b " new, " c " corrections")
            delete copies[who]
        }
        for (who in copies) wrong(who, "is not in the file")
        print problems + 0, "wrong,", all + 0, "doubts"
    }' told_before doubts "$log" >counted
is "each of $many people got exactly what they should ($(tail -n 1 counted))" "$(tail -n 1 counted | cut -d , -f 1)" "0 wrong"
[ "$(grep -c '' counted)" = 1 ] || note "$(cat counted)"
ok "no more doubts than what can have been on the wire at five kills" \
    test "$(sed -n '$s/.*, \([0-9]*\) doubts/\1/p' counted)" -le 20
is "the counters are those of the rows" "$(sqlite3 "$db" "SELECT count(*) FROM message WHERE state = 2")" \
    "$(($(grep -c '' told_before) + many))"

done_testing
