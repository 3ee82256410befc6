#!/usr/bin/env bash
# breach report: 10,000 people with dead mailboxes, doubts, bounces, receipts, a ladder, holds, filings and decisions; every
# number of the report is computed again by sqlite3 alone; the file stands alone and holds nobody's address.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=incident.sh
. "$source/tests/cli/incident.sh"
. "$source/tests/cli/bounces.sh"

export TZ=Asia/Shanghai
count=${BREACH_REPORT_PEOPLE:-10000}
book=a/playbook.yaml

# of each hundred: 4 with dead mailboxes, of whom 2 have no postal address either; 3 regions and nobody's; 2 languages
everybody() {
    awk -v count="$1" 'BEGIN {
        split("CN DE US-CA ", regions, " ")
        print "id,name,locale,email,address,region,deceased"
        for (i = 1; i <= count; i++) {
            of = i % 100
            who = of < 4 ? "dead" : of == 4 ? "doubt" : "p"
            if (of == 4 && i > 700) who = "p"
            printf "p%d,Person %d,%s,%s%d@%s,%s,%s,\n", i, i, i % 3 ? "en" : "zh-CN", who, i,
                i % 10 ? "example.org" : "example.net", of < 2 ? "" : "Road " i "|1000 Town", regions[i % 4]
        }
        print "twice,Twice,en,twice@example.org,,CN,"
        print "twice,Twice,en,twice2@example.org,,CN,"
        print "gone,Gone,en,gone@example.org,,CN,yes"
        print "unclear1,Unclear,en,u1@example.org,,CN,perhaps"
        print "unclear2,Unclear,en,u2@example.org,,CN,perhaps"
    }'
}

# report MEMBER: of the last JSON report, compact
report() { jq -cS "$1" "$work/report.json"; }
# shellcheck disable=SC2317  # called by ok
write_json() {
    "$breach" report "$book" --json >"$work/report.json" 2>"$work/report.err" || return 1
    [ ! -s "$work/report.err" ]
}

# what a person typed is shown without addresses, and not at all where it is about one person
hidden='if .scope == "person" then .name = null | .reason = "not shown here" else . end'
masked='walk(if type == "object" and (.reason | type) == "string" then .reason |= gsub("[^ ]+@"; "***@") else . end)'

# shellcheck disable=SC2016  # $typed is a variable of jq
kept='if .reason and (.reason | IN($typed[])) then .reason = "kept in the ledger; --people shows it" else . end'

# again NAME: each table of the report equals what its own query gives
again() {
    local name=$1 member typed wrong=
    typed=$(sqlite3 "$state/ledger.db" "SELECT json_group_array(DISTINCT json_extract(body, '\$.reason')) FROM event WHERE json_extract(body, '\$.event') = 'decided'")
    while IFS= read -r member; do
        jq -r --arg member "$member" '.recompute[] | select(.member == $member).sql' "$work/report.json" >"$work/query.sql"
        sqlite3 -json -readonly "$state/ledger.db" <"$work/query.sql" >"$work/rows.json" || wrong="$wrong $member(sqlite3)"
        [ -s "$work/rows.json" ] || echo '[]' >"$work/rows.json"
        jq -cS --argjson typed "$typed" "map(if .body then .body |= (fromjson | del(.person, .to) | $hidden) else $kept end) | $masked" "$work/rows.json" >"$work/rows.sorted"
        jq -cS --arg member "$member" '.[$member] | if type == "object" then [.] else . end' "$work/report.json" >"$work/mine.sorted"
        cmp -s "$work/rows.sorted" "$work/mine.sorted" || wrong="$wrong $member"
    done < <(jq -r '.recompute[].member' "$work/report.json")
    is "$name: sqlite3 alone gives every table again" "$wrong" ""
}

# Before a plan: the case alone -----------------------------------------------------------------------------------------
relay mail --rule 'rcpt to=dead* reply "550 5.1.1 no such user"' --rule 'dot to=doubt* accept-and-die'
incident a actual
state=a/leak.breach
sed -i -e 's/ladder: \[email\]/ladder: [email, letter]/' -e 's/{email: relay}/{email: relay, letter: print-room}/' "$book"
cat >>"$book" <<END
escalation: {confirm_over: 100%}
regimes: [eu-gdpr]
variables: {risk: high}
response: [{id: contain, kind: contain, owner: Li Na}]
END
gateway "in_doubt: hold" "connections: 8" >a/gateways/relay.yaml
printf '%s\n' 'version: 1' 'name: print-room' 'kind: letter' "folder: $work/letters" 'sender: [Example Cloud, Road 1]' >a/gateways/print-room.yaml
mkdir letters
everybody "$count" >a/people.csv
ok "a report of facts alone is written" write_json
is "what nobody can know is null, not 0" "$(report '[.identity, .history, .ledger, .complete]')" '[null,null,null,null]'
is "the deadlines are there" "$(report '[.obligations[] | select(.regime == "eu-gdpr")] | length > 3')" true
run "$breach" report "$book"
exits 0 "and into a file"
stdout_has "the next command is one that works" "nothing is planned yet" "next: breach plan $book"
run "$breach" report "$book" --format markdown --out -
exits 0 "and as Markdown"
stdout_has "it says what is unknown" "Nothing is planned yet: how many people have to be told is unknown." "**ACTUAL**"
"$breach" record "$book" response contain --outcome started --at 2026-11-20T12:00+08:00 --by "Li Na" >/dev/null 2>&1 || note "no response step was recorded"

# Sending, with everything that can happen ------------------------------------------------------------------------------
run "$breach" plan "$book"
unread_stderr=
plan=$(digest)
"$breach" hold "$book" --domain example.net --reason "ask li.lei@example.net first" >/dev/null 2>&1
run "$breach" notify "$book" --yes --expect-digest "$plan" --expect-people "$(planned_people)" --patience PT1S
unread_stderr=
ok "a report in the middle" write_json
is "it says that the work is not finished" "$(report .complete)" false
again "in the middle"
is "the reason of a hold has no address in it" "$(report '[.timeline[] | select(.kind == "hold").detail]')" '["ask ***@example.net first"]'
"$breach" lift "$book" --domain example.net --reason "asked" >/dev/null 2>&1
run "$breach" notify "$book" --yes --expect-digest "$plan" --patience PT5S
unread_stderr=

# Doubts: one had arrived, one had not and is sent again, one person is not to be told any more; the rest stays open
doubts=$(sqlite3 "$state/ledger.db" "SELECT id FROM message WHERE state = 7 ORDER BY no LIMIT 2")
# shellcheck disable=SC2086  # two ids
set -- $doubts
"$breach" resolve "$book" --message "$1" --sent --reason "the log says so" >/dev/null 2>&1
"$breach" resolve "$book" --message "$2" --not-sent --reason "the log says so" >/dev/null 2>&1
relay_stop mail
relay mail2
gateway "in_doubt: hold" >a/gateways/relay.yaml
run "$breach" notify "$book" --yes --expect-digest "$plan" --patience PT5S
unread_stderr=

# bounces by mail: mailboxes that are dead or full, one of us, a receipt, a delay, a forged one
mkdir -p in/cur in/new
n=0
while IFS='|' read -r id address; do
    n=$((n + 1))
    case $((n % 5)) in
        0) bounce "$address" "$id" failed 5.2.2 "552 5.2.2 over quota" ;;
        1 | 2) bounce "$address" "$id" failed 5.1.1 "550 5.1.1 <$address> User unknown" ;;
        3) bounce "$address" "$id" delivered 2.0.0 "250 2.0.0 Ok" ;;
        4) bounce "$address" "$id" delayed 4.4.1 "connection timed out" ;;
    esac >"in/new/$n"
done < <(sqlite3 "$state/ledger.db" "SELECT id, endpoint FROM message WHERE state = 2 AND endpoint LIKE 'p%' ORDER BY no LIMIT 100")
bounce p9@example.org abcdefghijklmnopqrstuvwxyz failed 5.1.1 "550 forged" >in/new/forged
"$breach" track "$book" --mail in >/dev/null 2>&1
run "$breach" notify "$book" --yes --expect-digest "$plan" --patience PT5S
unread_stderr=
for id in $(sqlite3 "$state/ledger.db" "SELECT p.id FROM message m JOIN notice n ON n.no = m.notice JOIN person p ON p.no = n.person WHERE m.flags & 1024 ORDER BY m.no LIMIT 2"); do
    "$breach" record "$book" letter "$id" --outcome returned --at "$(date +%Y-%m-%dT%H:%M%:z)" --reason "moved away" >/dev/null 2>&1
done
sqlite3 "$state/ledger.db" "INSERT INTO inbox(at, body) VALUES (0, '{\"event\":\"delivered\",\"message\":\"abcdefghijklmnopqrstuvwxyz\"}')"
run "$breach" notify "$book" --yes --expect-digest "$plan" --patience PT1S
unread_stderr=

# What people decided and filed
"$breach" obligations "$book" file authority_72h --at "$(date +%Y-%m-%dT%H:%M%:z)" --by "Li Na" --channel web --reference R-1 \
    --reason "The number of people was only known today." >/dev/null 2>filing.err || note "$(cat filing.err)"
"$breach" record "$book" decision not-notify --regime eu-gdpr --scope region:DE --ground "GDPR art. 34(3)(a)" --by "Li Na" \
    --role "data protection officer" --facts "the key is safe" >/dev/null 2>decision.err || note "$(cat decision.err)"
"$breach" resolve "$book" --person unclear1 --withhold --reason "ask li.lei@example.org" >/dev/null 2>decided.err || note "$(cat decided.err)"
run "$breach" notify "$book" --yes --expect-digest "$plan" --patience PT1S
unread_stderr=

# The numbers ------------------------------------------------------------------------------------------------------------
ok "the report as JSON" write_json
ok "it is what its schema promises" "$build/tests/tools/schema-check" "$source/docs/schema/report.json" "$work/report.json"
again "at the end"
is "everybody is counted once" "$(report '.identity | .people == .delivered + .accepted + .in_doubt + .pending + .quarantined + .withheld + .unreachable')" true
is "there is something of everything" "$(report '[.refused, .returned, .climbs, .ladders_ended, .doubts, .mails, .refused_entries, .regions, .left_out, .decided, .filings, .decisions, .response] | map(length > 0) | all')" true
is "the identity is that of breach status" "$(report '.identity')" "$("$breach" status "$book" --json | jq -cS '.people | {accepted, delivered, in_doubt, pending, people: .total, quarantined, unreachable, withheld}')"
is "the history ends with it" "$(report '.history[-1] | del(.at, .event)')" "$(report '.identity | del(.people)')"
# shellcheck disable=SC2016  # $all is a variable of jq
is "at each moment everybody is somewhere" "$(report '.identity.people as $all | [.history[] | .delivered + .accepted + .in_doubt + .pending + .quarantined + .withheld + .unreachable == $all] | all')" true
is "the moments are in order" "$(report '[.history[].event] | . == (. | sort)')" true
is "who cannot be reached adds up" "$(report '[.unreachable[].people] | add')" "$(report .identity.unreachable)"
is "and regions do" "$(report '[.regions[].people] | add')" "$(report .identity.people)"

# at_event N: the identity after event N, from the events alone; everybody here has one notice, with one or two messages
at_event() {
    sqlite3 "$state/ledger.db" "
        WITH last AS (SELECT message, json_extract(body, '\$.to') AS state FROM event WHERE no IN
            (SELECT max(no) FROM event WHERE message IS NOT NULL AND no <= $1 GROUP BY message)),
        climb AS (SELECT json_extract(body, '\$.person') AS id, json_extract(body, '\$.message') AS message, no FROM event
            WHERE message IS NULL AND json_extract(body, '\$.event') IN ('climbed', 'ladder_ended') AND no <= $1),
        sent AS (SELECT m.notice, coalesce(last.state, 'planned') AS state FROM message m LEFT JOIN last ON last.message = m.no
            WHERE m.flags & 1024 = 0 OR m.id IN (SELECT message FROM climb)),
        sums AS (SELECT n.no, coalesce(n.aside, 6) AS aside, n.ladder IS NOT NULL AND NOT EXISTS (SELECT 1 FROM climb WHERE climb.id = p.id) AS rungs,
            count(s.state) AS messages, total(s.state = 'delivered') AS d, total(s.state = 'accepted') AS a, total(s.state = 'in_doubt') AS i,
            total(s.state IN ('planned', 'attempting', 'deferred')) AS o, total(s.state IN ('bounced', 'failed')) AS f,
            total(s.state = 'withheld') AS w FROM notice n JOIN person p ON p.no = n.person LEFT JOIN sent s ON s.notice = n.no GROUP BY n.no)
        SELECT json_group_object(told, n) FROM (SELECT CASE WHEN messages = 0 THEN (CASE aside WHEN 4 THEN 'quarantined' WHEN 5 THEN 'withheld' ELSE 'unreachable' END)
            WHEN d THEN 'delivered' WHEN a THEN 'accepted' WHEN i THEN 'in_doubt' WHEN o OR (rungs AND f) THEN 'pending'
            WHEN w AND NOT f THEN 'withheld' ELSE 'unreachable' END AS told, count(*) AS n FROM sums GROUP BY 1)"
}
moments=$(report '.history | length')
wrong=
for index in 0 1 $((moments / 4)) $((moments / 2)) $((moments * 3 / 4)) $((moments - 3)) $((moments - 2)) $((moments - 1)); do
    mine=$(report ".history[$index] | del(.at, .event) | with_entries(select(.value > 0))")
    theirs=$(at_event "$(report ".history[$index].event")" | jq -cS .)
    [ "$mine" = "$theirs" ] || wrong="$wrong $index: $mine, events say $theirs;"
done
is "moments of the history, from the events alone" "$wrong" ""
is "who was refused is who has a dead mailbox" "$(report '[.refused[].messages] | add')" "$(grep -c ',dead' a/people.csv)"
is "accepted are those whom the relay and the print room got" "$(report '[.messages[] | select(.state == "accepted" or .state == "delivered" or .state == "bounced").messages] | add')" \
    $(($(grep -hc '^accepted ' "$work/mail.log" "$work/mail2.log" | paste -sd+) + $(sqlite3 "$state/ledger.db" "SELECT count(*) FROM event WHERE message IN (SELECT no FROM message WHERE flags & 1024) AND json_extract(body, '$.to') = 'accepted'") - 6))
is "dead mailboxes came back twice as often as full ones" "$(report '[.returned[] | select(.channel == "email") | {reason, messages}]')" '[{"messages":40,"reason":"no-such-user"},{"messages":20,"reason":"mailbox-full"}]'
is "the deceased and whom a person decided about are withheld, faulty rows quarantined" "$(report '.identity | [.withheld, .quarantined]')" '[2,3]'
is "receipts prove twenty" "$(report .identity.delivered)" 20
is "how doubts were settled" "$(report '[.doubts[].how]')" '["a person found that it was not sent","a person found that it was sent","open"]'
is "a late filing says why" "$(report '[.filings[] | select(.step == "authority_72h").reason]')" '["The number of people was only known today."]'
is "the confirmation names who sent" "$(report '[.notes[].body | select(.event == "confirmed").by] | unique | length')" 1
is "times of the ledger are UTC" "$(report '.history[-1].at | test("Z$")')" true

# The file -----------------------------------------------------------------------------------------------------------------
run "$breach" report "$book"
exits 0 "the report as HTML"
html=$(head -n 1 "$out")
ok "its path is printed" test -s "$html"
is "for nobody else to read" "$(stat -c %a "$html")" 600
stdout_has "the verdict counts" "people told, every counter recounted from the rows" "next: breach status $book"
# XML is stricter: every element is closed, in order, every attribute is quoted, every & is one of a character
sed -e 1d -e 's|<meta \([^>]*\)>|<meta \1/>|' -e 's|<wbr>|<wbr/>|g' "$html" >strict.xml
ok "every element is closed in its place" xmllint --noout strict.xml
# tidy does not know that an element of SVG may have an id
is "it is valid HTML" "$(tidy -q -e "$html" 2>&1 | grep -v '<title> proprietary attribute "id"')" ""
is "no script, no style of an element, no handler" "$(grep -ciE '<script|<link|<iframe|<object| style=| on[a-z]+=|javascript:' "$html")" 0
is "it references nothing outside itself" "$(grep -oE '(src|href|action|srcset|poster|data|xlink:href)="[^"]*"|url\([^)]*\)|@import' "$html" | grep -vcE '^href="#[a-z]+"$')" 0
is "each place of the contents is there" "$(grep -oE 'href="#[a-z]+"' "$html" | sed 's/href="#//; s/"//' | while read -r id; do grep -c "id=\"$id\"" "$html"; done | sort -u)" 1
hash=$(sed -n "s/.*style-src 'sha256-\([^']*\)'.*/\1/p" "$html")
is "its policy allows its own style sheet and nothing else" "$(awk '/<style>/ { sub(/.*<style>/, ""); inside = 1 } inside { if (sub(/<\/style>.*/, "")) { printf "%s", $0; exit } print }' "$html" | openssl dgst -sha256 -binary | base64)" "$hash"
is "no address and no id of a person is in it" "$(grep -cE '[a-z0-9]@example\.(org|net)|>p[0-9]+<|Person [0-9]' "$html")" 0
ok "it says ACTUAL" grep -q '<strong>ACTUAL</strong>' "$html"
shown=$(report .identity.accepted | sed ':a; s/\B[0-9]\{3\}\>/,&/; ta')
ok "its numbers are those of the JSON" grep -q "<td class=\"n\">$shown</td>" "$html"
run "$breach" report "$book" --out "$html"
exits 73 "a file that is there is not replaced"
stderr_has "it says so" "is there already, and is left as it is" "[BR-REPORT-002]"
run "$breach" report "$book" --format pdf
exits 64 "no such format"
stderr_has "it names those that there are" "write html, markdown or json [BR-REPORT-001]"
run "$breach" report "$book" --format markdown --out report.markdown --lang zh-CN
exits 0 "Markdown in Chinese"
is "without addresses" "$(grep -cE '[a-z0-9]@example\.(org|net)' report.markdown)" 0
run "$breach" report "$book" --people --json
exits 0 "with everybody"
is "each person stands in it once" "$(jq '.people | length' "$out")" "$(report .identity.people)"
is "with masked addresses" "$(jq -r '.people[].endpoint // empty' "$out" | grep -vcE '^(..?\*\*\*@|.{1,4}\*\*\*$)')" 0
is "their states are those of the identity" "$(jq -cS '[.people[].told] | group_by(.) | map({key: .[0], value: length}) | from_entries' "$out")" "$(report '.identity | del(.people) | with_entries(select(.value > 0))')"

# A correction --------------------------------------------------------------------------------------------------------------
incident c actual
people 40 >c/people.csv
sends c
unread_stderr=
book=c/playbook.yaml state=c/leak.breach
ok "a report of the first edition" write_json
first=$(report '.identity | del(.people)')
{ people 50; echo "late,Late,en,,"; } >c/people.csv
sed -i 's/edition: 1/edition: 2/' "$book"
printf '%s\n' 'update:' '  kind: correction' '  wrong: {en: "We wrote that nothing was read.", zh-CN: "x", zh-TW: "x"}' \
    '  right: {en: "In truth it was.", zh-CN: "y", zh-TW: "y"}' '  need_to_act: false' >>"$book"
run "$breach" plan "$book"
unread_stderr=
plan=$(digest)
run "$breach" notify "$book" --yes --expect-digest "$plan" --expect-people "$(planned_people)" --limit 20
unread_stderr=
ok "a report in the middle of the second" write_json
again "with two editions"
second=$(sqlite3 "$state/ledger.db" "SELECT max(no) FROM event WHERE message IS NULL AND json_extract(body, '\$.event') = 'planned'")
is "before the second plan everybody stood as they did then" \
    "$(report "[.history[] | select(.event < $second)][-1] | del(.at, .event)")" "$first"
is "after it all are in it" "$(report "[.history[] | select(.event == $second)][0] | del(.at, .event) | add")" 51
is "both plans are told" "$(report '[.notes[].body | select(.event == "planned") | [.edition, .people]]')" '[[1,40],[2,51]]'
is "both editions have their people" "$(report '[.editions[].edition] | unique')" '[1,2]'
ok "it is what its schema promises, too" "$build/tests/tools/schema-check" "$source/docs/schema/report.json" "$work/report.json"

# A run that was killed is not said to have gone on until the next one found it ---------------------------------------------
incident k actual
people 40 >k/people.csv
book=k/playbook.yaml state=k/leak.breach
run "$breach" plan "$book"
unread_stderr=
plan=$(digest) planned=$(planned_people)
relay_holds mail2
"$breach" notify "$book" --yes --expect-digest "$plan" --expect-people "$planned" >/dev/null 2>&1 &
killed=$!
# shellcheck disable=SC2317  # called by wait_for
is_sending() { [ "$(sqlite3 "$state/ledger.db" "SELECT count(*) FROM message WHERE state = 1")" -gt 0 ]; }
wait_for is_sending
{ kill -KILL "$killed" && wait "$killed"; } 2>/dev/null
relay_goes_on mail2
gone=$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)
ok "a report after a kill" write_json
ends='(.runs[0] | [.ended_at, .last_seen_at <= "'$gone'"]), (.timeline | map(select(.kind == "send"))[0] | [.detail, .until <= "'$gone'"])'
is "nobody knows when it ended, but when it was last heard of" "$(report "$ends" | paste -sd ' ')" '[null,true] ["killed",true]'
run "$breach" notify "$book" --yes --expect-digest "$plan" --patience PT1S
unread_stderr=
ok "a report after the next run" write_json
is "which found it, and changes nothing of that" "$(report "$ends" | paste -sd ' ')" '[null,true] ["killed",true]'
is "the next one ended by itself" "$(report '.runs[1] | [.ended_at != null, .last_seen_at]')" '[true,null]'
again "after a kill"
ok "and the schema knows it" "$build/tests/tools/schema-check" "$source/docs/schema/report.json" "$work/report.json"
run "$breach" report "$book" --format markdown --out -
stdout_has "the reader is told" "run 1: ended early"

# 95 % were told from the moment at which they were, and not while so many had come back --------------------------------------
incident m actual
people 1000 >m/people.csv
book=m/playbook.yaml state=m/leak.breach
sends m
unread_stderr=
plan=$(sqlite3 "$state/ledger.db" "SELECT json_extract(body, '$.digest') FROM event WHERE json_extract(body, '$.event') = 'planned'")
# nth_accepted N: number and time of that event
nth_accepted() {
    sqlite3 "$state/ledger.db" "SELECT no, json_extract(body, '$.at') FROM event WHERE json_extract(body, '$.event') = 'accepted' ORDER BY no LIMIT 1 OFFSET $1 - 1"
}
ok "a report of a thousand people" write_json
is "the event that made it 95 % is in the history" "$(report '[.history[] | select(.accepted + .delivered >= 950)][0].event')" "$(nth_accepted 950 | cut -d'|' -f1)"
mkdir -p many/cur many/new
while IFS='|' read -r id address; do
    bounce "$address" "$id" failed 5.1.1 "550 5.1.1 unknown" >"many/new/$id"
done < <(sqlite3 "$state/ledger.db" "SELECT id, endpoint FROM message ORDER BY no LIMIT 60")
"$breach" track "$book" --mail many >/dev/null 2>&1
run "$breach" report "$book" --format markdown --out -
stdout_has "sixty came back, so it is not 95 % any more" "Told: 940 of the 1,000 people" "were told by a time that has not come yet"
run "$breach" retry "$book" --outcome bounced --yes --expect-count 60
unread_stderr=
run "$breach" notify "$book" --yes --expect-digest "$plan" --patience PT1S
unread_stderr=
ok "a report after they were told again" write_json
mapfile -t told_again < <(jq -r '.history | map(.accepted + .delivered >= 950) as $told | .[($told | rindex(false)) + 1] | .event, .at' "$work/report.json")
is "it is since the tenth of them" "${told_again[0]}" "$(nth_accepted 1010 | cut -d'|' -f1)"
run "$breach" report "$book" --format markdown --out -
stdout_has "and that is when" "were told by $(date -d "${told_again[1]}" '+%Y-%m-%d %H:%M %:z')"
sed -i 's/edition: 1/edition: 2/' "$book"
printf '%s\n' 'update:' '  kind: update' '  what_changed: {en: "More is known.", zh-CN: "x", zh-TW: "x"}' '  need_to_act: false' >>"$book"
run "$breach" plan "$book"
unread_stderr=
run "$breach" report "$book" --format markdown --out -
stdout_has "whoever waits for an update was told by then, too" "Told: 0 of the 1,000 people" \
    "were told by $(date -d "${told_again[1]}" '+%Y-%m-%d %H:%M %:z')"

# What was typed, and what came back more than once --------------------------------------------------------------------------
incident h actual
{ people 3 | sed -e 's/$/,/' -e '1s/$/deceased/' && echo 'p4,Person 4,en,p4@example.org,perhaps'; } >h/people.csv
cat >>h/playbook.yaml <<END
regimes: [eu-gdpr]
variables: {risk: high}
END
book=h/playbook.yaml state=h/leak.breach
run "$breach" plan "$book"
unread_stderr=
run "$breach" notify "$book" --yes --expect-digest "$(digest)" --expect-people "$(planned_people)"
unread_stderr=
hold() { "$breach" "$1" "$book" --person "$2" --reason "$3" >/dev/null 2>&1 || note "no $1 of $2"; }
hold hold p1 "Person 1 is in hospital"
hold hold p2 "Person 2 asked"
hold lift p2 "Person 2 is back"
hold lift p1 "Person 1 is well"
"$breach" resolve "$book" --person p4 --withhold --reason "Person 4 asked us, through li.lei@example.org, not to" >/dev/null 2>&1 ||
    note "nobody decided"
"$breach" obligations "$book" file authority_72h --at "$(date +%Y-%m-%dT%H:%M%:z)" --by "Li Na" --channel web --reference R-1 \
    --reason "Waited for li.lei@example.org, 13812345678." >/dev/null 2>&1 || note "nothing was filed"
"$breach" record "$book" decision not-notify --regime eu-gdpr --scope region:DE --ground "GDPR art. 34(3)(a)" --by "Li Na" \
    --role "data protection officer" --facts "li.lei@example.org has the key" >/dev/null 2>&1 || note "nothing was decided"
plan=$(sqlite3 "$state/ledger.db" "SELECT json_extract(body, '$.digest') FROM event WHERE json_extract(body, '$.event') = 'planned'")
mkdir -p back/cur back/new
for came in "5.2.2 552 over quota" "5.2.2 552 over quota again" "5.1.1 550 no such user"; do
    read -r code number words <<<"$came"
    bounce p3@example.org "$(sqlite3 "$state/ledger.db" "SELECT id FROM message WHERE endpoint = 'p3@example.org'")" failed "$code" "$number $code $words" >"back/new/$number $words"
    "$breach" track "$book" --mail "back/new/$number $words" >/dev/null 2>&1
    run "$breach" retry "$book" --outcome bounced --yes --expect-count 1
    unread_stderr=
    run "$breach" notify "$book" --yes --expect-digest "$plan" --patience PT1S
    unread_stderr=
done
ok "a report about what was typed" write_json
is "a mailbox that was full twice, and then gone, is one message that came back" \
    "$(report '[.returned[] | [.messages, .enhanced]]') $(sqlite3 "$state/ledger.db" "SELECT count(*) FROM event WHERE json_extract(body, '$.event') = 'bounced'")" '[[1,"5.1.1"]] 3'
again "of what was typed"
held="SELECT strftime('%Y-%m-%dT%H:%M:%fZ', json_extract(body, '$.at')) FROM event WHERE json_extract(body, '$.event')"
is "each hold ends when it was lifted" "$(report '[.timeline[] | select(.kind == "hold").until] | .[0:2]')" \
    "$(jq -cn --arg one "$(sqlite3 "$state/ledger.db" "$held = 'lifted' AND json_extract(body, '$.name') = 'p1'")" \
        --arg two "$(sqlite3 "$state/ledger.db" "$held = 'lifted' AND json_extract(body, '$.name') = 'p2'")" '[$one, $two]')"
is "of a hold on a person nothing is said" "$(grep -cE 'Person [12]|hospital' "$work/report.json")" 0
is "nor why one person is not told" "$(grep -cE 'Person 4|asked us' "$work/report.json")" 0
is "but that somebody decided, and that the ledger says why" "$(report '[.decided[] | del(.by, .last_at)]')" \
    '[{"people":1,"reason":"kept in the ledger; --people shows it"}]'
is "wherever it would stand" "$(report '[.left_out[].reason]')" '["kept in the ledger; --people shows it"]'
is "no reason has an address or a telephone number" "$(grep -cE 'li[.]lei|13812345678' "$work/report.json")" 0
run "$breach" report "$book" --people --json
is "with --people why one person is not told, too" "$(jq -c '[.decided[].reason]' "$out")" '["Person 4 asked us, through ***@example.org, not to"]'
is "and wherever it stands" "$(grep -o 'Person 4 asked us, through [*]*@example.org, not to' "$out" | wc -l)" 3
is "with --people it is" "$(jq '[.timeline[] | select(.kind == "hold").detail] | .[0:2]' -c "$out")" '["Person 1 is in hospital","Person 2 asked"]'
run "$breach" report "$book" --format markdown --out -
is "nor does a reader read it" "$(grep -cE 'Person 4|asked us' "$out")" 0
stdout_has "the reader is told where it stands" "kept in the ledger; --people shows it"
stdout_has "the ten lines say whose share it is, and what may be" "of the 4 people in the people file" "In doubt, so perhaps told: 0"

# What cannot be reported about
printf 'version: 1\nincident: {status: exercise}\n' >nameless.yaml
run "$breach" report nameless.yaml --state "$work/nameless"
exits 65 "a playbook that does not say which incident it is about"
stderr_has "it says what to write" "the playbook has no incident id" "error: "
printf 'version: 1\nincident: {id: bare, status: exercise}\n' >bare.yaml
run "$breach" report bare.yaml
exits 0 "the barest playbook"
bare=$(head -n 1 "$out")
ok "what nobody wrote is unknown in it" grep -q "How many people are affected is unknown" "$bare"
ok "it says EXERCISE" grep -q '<strong>EXERCISE</strong>' "$bare"
is "the folder that it made is no strange one to a plan" "$("$breach" plan bare.yaml 2>&1 | grep -c 'holds files that are not ours')" 0

# A copy of the ledger whose counters are wrong is not reported about
mkdir b
cp -r a/. b/
sqlite3 "b/leak.breach/ledger.db" "UPDATE counter SET n = n + 1 WHERE kind = 3 AND n > 0"
run "$breach" report b/playbook.yaml
exits 70 "numbers that do not add up are not reported"
stderr_has "it says which" "a counter differs from the rows"
done_testing
