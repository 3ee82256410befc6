#!/usr/bin/env bash
# Editions: what the ledger plans, and what each person really gets. The relay keeps every message, and they are counted.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=incident.sh
. "$source/tests/cli/incident.sh"
# shellcheck source=edition.sh
. "$source/tests/cli/edition.sh"

plan() {
    run "$breach" plan "$1/playbook.yaml"
}

# keeps NAME ARGUMENT...: a relay that keeps what it takes
keeps() {
    relay "$1" --keep "$work/$1.kept" "${@:2}"
}

correction=("kind: correction" "wrong: no phone numbers" "right: phone numbers too" "need_to_act: true")
news=("kind: update" "what_changed: more is known" "need_to_act: false")
withdrawal=("kind: withdrawal" "what_changed: it was a drill" "need_to_act: false")

# The playbook ---------------------------------------------------------------------------------------------------------
edition_incident wrong
edition wrong 2
run "$breach" check wrong/playbook.yaml
exits 65 "edition 2 without an update"
stderr_has "says what is missing" "edition 2 needs to say what those who were told before are told now"
edition wrong 1 "${news[@]}"
run "$breach" check wrong/playbook.yaml
exits 65 "an update in edition 1"
stderr_has "says which of the two is wrong" "edition 1 is the first notice and has no update"
edition wrong 2 "kind: correction" "need_to_act: true"
run "$breach" check wrong/playbook.yaml
exits 65 "a correction without what was wrong"
stderr_has "both are asked for" "an update of kind correction needs wrong:" "an update of kind correction needs right:"
edition wrong 2 "kind: rectification" "need_to_act: true"
run "$breach" check wrong/playbook.yaml
exits 65 "an unknown kind"
stderr_has "the kinds are named" "correction"
edition wrong 2 "${news[@]}" "match: \"regoin == 'CN'\""
run "$breach" check wrong/playbook.yaml
exits 65 "a rule with an unknown column"
stderr_has "the column is named" "the people file has no column regoin"
edition wrong 2 "${news[@]}"
sed -i 's/update.first_notice/update.frist_notice/' wrong/templates/update/en/email.txt
run "$breach" check wrong/playbook.yaml
exits 65 "check reads the template of the update as well"
stderr_has "with what was meant" "unknown name update.frist_notice: did you mean update.first_notice?"
echo '{{update.right}}' >>wrong/templates/individual/en/email.txt
sed -i 's/update.frist_notice/update.first_notice/' wrong/templates/update/en/email.txt
run "$breach" check wrong/playbook.yaml
exits 65 "a first notice knows of no update"
stderr_has "and says so" "unknown name update.right"

# Nobody told yet ------------------------------------------------------------------------------------------------------
keeps none
edition_incident none
edition none 2 "${news[@]}"
plan none
exits 65 "edition 2 of an incident of which nobody was told"
stderr_has "says what to write" "nobody has been told from" "write edition: 1" "nothing was planned"
run "$breach" check none/playbook.yaml
exits 0 "check goes on"
stderr_has "and foresees that plan refuses" "warning: the playbook says edition 2, and nobody has been told from"
edition none 1
plan none
exits 0 "edition 1 can be planned"
edition none 2 "${news[@]}"
plan none
exits 65 "edition 2 before anybody was told"
stderr_has "is refused as well" "nobody has been told from" "nothing was planned"

# A correction ---------------------------------------------------------------------------------------------------------
keeps one --rule 'rcpt to=p2@* reply "451 4.7.1 later" times=1' --rule 'rcpt to=p3@* reply "550 5.1.1 no such user" times=1'
edition_incident one
people 4 >one/people.csv
away_from_midnight UTC-8
sends one --patience PT0S
exits 75 "edition 1: p1 and p4 are told, p2 is refused for now, p3 for good"
edition one 2 "${correction[@]}"
people 6 | sed '/^p4,/d' >one/people.csv # p4 is gone, p5 and p6 are new
edition one 5 "${correction[@]}"
run "$breach" check one/playbook.yaml
exits 0 "editions that were left out"
stderr_has "are pointed out" "warning: the playbook says edition 5, and edition 1 is planned: write edition: 2"
edition one 2 "${correction[@]}"
run "$breach" notify one/playbook.yaml --yes --expect-digest x
exits 65 "notify never plans by itself"
stderr_has "it shows the difference" "since the plan:" "the playbook says edition 2; edition 1 is planned" \
    "$work/one/people.csv: 2 added, 1 gone" "$work/one/playbook.yaml was changed" "type breach plan one/playbook.yaml" \
    "nothing was sent"
plan one
exits 0 "edition 2 is planned"
stdout_has "the changes are shown" "edition 2, after edition 1; against the plan before:" "  people added: 2" \
    "  people gone from the file: 1" "  updates to be sent to people who were told before: 1" \
    "  first notices that were not tried yet, in the newest text: 3" "  messages cancelled: 1" "  texts that are new: 2" \
    "for those who were told before, new"
run "$breach" plan one/playbook.yaml --json
exits 0 "plan --json"
ok "is what its schema promises" "$build/tests/tools/schema-check" "$source/docs/schema/plan.json" "$out"
is "with the changes" "$(json "$out" '$.changes.edition_before') $(json "$out" '$.changes.updates')" "2 1"
confirmed one
exits 1 "edition 2 is sent; p3 stays refused"
is "p1: first notice and correction" "$(got one p1@example.org)" "First 1|Later 2 correction"
is "p2: a first notice in the newest text, nothing else" "$(got one p2@example.org)" "First 2"
is "p3: refused for good, and not tried again by itself" "$(got one p3@example.org)" ""
is "p4: gone, and not written to again" "$(got one p4@example.org)" "First 1"
is "p5: new, a first notice" "$(got one p5@example.org)" "First 2"
is "p6: new, a first notice" "$(got one p6@example.org)" "First 2"
ok "the date of the first notice" grep -qF "First on $(TZ=UTC-8 date '+%-d %B %Y')." <(text_of "$(grep -l "Later 2" one.kept/*.eml)" text/plain)
run "$breach" status one/playbook.yaml
exits 0 "status"
stdout_has "shows each edition" "edition 1: accepted 2" "edition 2: accepted 4 unreachable 1"
run "$breach" status one/playbook.yaml --json
is "and --json as well" "$(json "$out" '$.editions."1".accepted') $(json "$out" '$.editions."2".accepted') $(json "$out" '$.editions."2".unreachable')" \
    "2 4 1"
ok "is what its schema promises" "$build/tests/tools/schema-check" "$source/docs/schema/status.json" "$out"
edition one 1
plan one
exits 65 "an edition is not lowered"
stderr_has "and says what is planned" "edition 2 is planned" "nothing was planned"
run "$breach" check one/playbook.yaml
exits 0 "check says so as well"
stderr_has "before anybody plans" "one/playbook.yaml: warning: the playbook says edition 1, but edition 2 is planned in \
$work/one/leak.breach: breach plan will refuse it"

# A third edition over a second that waits, to a subset ----------------------------------------------------------------
keeps three
edition_incident three
people 5 | sed -e '1s/$/,place/' -e '2,3s/$/,CN/' -e '4,6s/$/,DE/' >three/people.csv
sends three
exits 0 "edition 1 is sent"
edition three 2 "${news[@]}" "match: \"place == 'CN'\""
plan three
exits 0 "edition 2, to a subset"
stdout_has "of those who were told" "  updates to be sent to people who were told before: 2"
confirmed three --limit 1 --stop-over 100
exits 75 "one of them gets it"
stderr_has "and notify stops there" "first wave of 1 done"
edition three 3 "${correction[@]}"
plan three
exits 0 "edition 3, to everybody"
stdout_has "who was told" "edition 3, after edition 2" "  updates to be sent to people who were told before: 5"
confirmed three
exits 0 "edition 3 is sent"
is "edition 2 went to one person" "$(grep -l '^Subject: Later 2 news' three.kept/*.eml | grep -c '')" 1
is "edition 3 to all" "$(grep -l '^Subject: Later 3 correction' three.kept/*.eml | grep -c '')" 5
is "nobody got a second first notice" "$(grep -l '^Subject: First' three.kept/*.eml | grep -c '')" 5

# A withdrawal ---------------------------------------------------------------------------------------------------------
keeps back --rule 'rcpt to=p2@* reply "451 4.7.1 later"'
edition_incident back
sends back --patience PT0S
exits 75 "p2 is not told yet"
edition back 2 "${withdrawal[@]}"
people 4 >back/people.csv
plan back
exits 0 "it is withdrawn"
stdout_has "whoever was not told gets nothing" "withdrawn before they were told"
confirmed back
exits 1 "the withdrawal is sent"
is "p1 and p3 get it" "$(got back p1@example.org) $(got back p3@example.org)" \
    "First 1|Later 2 withdrawal First 1|Later 2 withdrawal"
is "p2 and p4 get nothing" "$(got back p2@example.org)$(got back p4@example.org)" ""
first_of_1=$(sqlite3 back/leak.breach/ledger.db "SELECT id FROM message WHERE endpoint = 'p1@example.org' ORDER BY no LIMIT 1")
printf 'From: MAILER-DAEMON@mx.example.net\nTo: bounce+%s@example.com\nSubject: failure notice\n\n<p1@example.org>:\n554 5.7.1 blocked using a block list\n' \
    "$first_of_1" >refused.eml
run "$breach" track back/playbook.yaml --mail refused.eml --json
is "a refusal of us of what was withdrawn is no reason to send it again" \
    "$(json "$out" '$.mail.about_us') $(sqlite3 back/leak.breach/ledger.db "SELECT state FROM message WHERE id = '$first_of_1'")" "1 5"
unread_stderr=

# A doubt --------------------------------------------------------------------------------------------------------------
keeps doubt --rule 'dot to=p2@* accept-and-die times=1'
edition_incident doubt
gateway "in_doubt: hold" >doubt/gateways/relay.yaml
sends doubt --patience PT0S
exits 75 "whether p2 was told, nobody knows"
unread_stderr=
edition doubt 2 "${news[@]}"
plan doubt
exits 0 "edition 2 is planned"
stdout_has "the doubt is shown" "  cancelled messages that may have arrived, so that their people may get both: 1"
confirmed doubt
exits 0 "edition 2 is sent"
is "p2 got the first notice of both editions" "$(got doubt p2@example.org)" "First 1|First 2"
run "$breach" status doubt/playbook.yaml --json
is "and the ledger says so" "$(json "$out" '$.resent_in_doubt')" 1
is "for ever" "$(sqlite3 doubt/leak.breach/ledger.db 'SELECT count(*) FROM message WHERE flags & 2 AND state = 9')" 1

# A shared mailbox -----------------------------------------------------------------------------------------------------
keeps share
edition_incident share
printf 'id,name,email,holder\na,Ann,home@example.org,h\nb,Bob,bob@example.org,\n' >share/people.csv
sends share
exits 0 "Ann and Bob are told"
printf 'id,name,email,holder\na,Ann,home@example.org,h\nb,Bob,bob@example.org,\nc,Cid,home@example.org,h\nd,Dan,home@example.org,\n' >share/people.csv
edition share 2 "${news[@]}"
plan share
exits 0 "Cid holds Ann's mailbox with her; Dan is a stranger there"
stdout_has "and is for a person to decide" "a message to this address, which somebody else has too, was tried before: decide by hand"
confirmed share
exits 75 "the others are told"
is "the mailbox got Ann's update, and Dan a first notice of his own" "$(got share home@example.org)" "First 1|First 2|Later 2 news"

# A rehearsal ----------------------------------------------------------------------------------------------------------
edition_incident drill
run "$breach" notify drill/playbook.yaml --dry-run
exits 0 "edition 1 is rehearsed"
edition drill 2 "${correction[@]}"
run "$breach" notify drill/playbook.yaml --dry-run
exits 0 "edition 2 goes on from there"
ok "the samples are corrections" grep -rqF "Later 2 correction" drill/leak.dry-run.breach/samples
run "$breach" notify drill/playbook.yaml --dry-run
exits 0 "a finished rehearsal starts afresh"
stderr_has "and says that nobody was told before in it" "edition 2 is rehearsed and nobody was told before"

done_testing
