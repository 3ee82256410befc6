#!/usr/bin/env bash
# What comes back by mail: breach track --explain says what it means; breach track --mail matches it with messages, once, and
# a forged or foreign bounce changes nothing.
. "$(dirname "$0")/lib.sh"
. "$source/tests/cli/incident.sh"
. "$source/tests/cli/bounces.sh"

# line N MEMBER: of the N-th line of the last output
line() { sed -n "$1p" "$out" >.line; json .line "\$.$2"; }

# explain ---------------------------------------------------------------------------------------------------------------
mkdir -p box/cur box/new
bounce p1@example.org x failed 5.1.1 "550 5.1.1 User unknown" >dead.eml
bounce p2@example.org x delayed 4.4.1 "connection timed out" >late.eml
printf 'From: li@example.org\nSubject: Out of office\n\nAway.\n' >away.eml
printf 'From: li@example.org\nTo: us@example.com\nSubject: a question\n\nWhat does this mean?\n' >human.eml
{ echo 'From MAILER-DAEMON Thu Nov 19 12:00:01 2026'; cat dead.eml; echo
    echo 'From MAILER-DAEMON Thu Nov 19 12:00:02 2026'; cat late.eml; } >mbox
cp away.eml box/cur/2
cp dead.eml box/new/1
run "$breach" track --explain dead.eml late.eml away.eml human.eml mbox box
exits 0 "mails, an mbox and a Maildir are explained"
is "a line for each recipient" "$(grep -c . "$out")" 8
split -l 1 "$out" line.
for line in line.*; do
    ok "$line is as its schema says" "$build/tests/tools/schema-check" "$source/docs/schema/track-explain.json" "$line"
done
is "a dead address" "$(line 1 kind) $(line 1 recipient) $(line 1 status) $(line 1 reply_code) $(line 1 class) $(line 1 hard) $(line 1 rule)" \
    "bounce p1@example.org 5.1.1 550 5 1 rfc3464/no-user"
is "a delay is not hard" "$(line 2 kind) $(line 2 class) $(line 2 hard)" "delay 4 0"
is "an absence note is no bounce" "$(line 3 kind)" "auto-reply"
is "a person's question is nothing of all this" "$(line 4 kind) $(line 4 status)" "other "
is "mails of an mbox are numbered" "$(line 5 file) $(line 5 mail) $(line 6 mail) $(line 6 kind)" "mbox 1 2 delay"
is "those of a Maildir have names, read ones first" "$(line 7 file) $(line 8 file)" "box/cur/2 box/new/1"
is "no mail has changed" "$(find box -type f | sort | tr '\n' ' ')" "box/cur/2 box/new/1 "
"$breach" track --explain - <dead.eml >piped
is "standard input is -" "$(json piped '$.file') $(json piped '$.kind')" "- bounce"
run "$breach" track --explain missing.eml dead.eml
exits 65 "a file that is not there"
stderr_has "it is named" "cannot read missing.eml: No such file or directory [BR-FILE-001]"
is "the others are explained" "$(line 1 file)" dead.eml
mkdir empty
run "$breach" track --explain empty
exits 65 "a folder that is no Maildir"
stderr_has "it says so" "empty is a folder and no Maildir" "[BR-TRACK-001]"
run "$breach" track one two
exits 64 "two playbooks"
stderr_has "one at a time" "one PLAYBOOK at a time: two is too much [BR-USAGE-005]"
run "$breach" track --explain
exits 64 "nothing to explain"
stderr_has "it says what to type" "FILE… is missing: type breach track --explain FILE… [BR-USAGE-006]"
run "$breach" track --explain dead.eml --mail late.eml
exits 64 "explaining takes no mail in"
stderr_has "and nobody believes that it did" "--explain says what mails mean and changes nothing: leave --mail, --state and --dry-run out"
run "$breach" track --help
stdout_has "both ways to call it" "Usage: breach track PLAYBOOK [OPTION…]" "       breach track --explain FILE… [OPTION…]"

# track --mail ----------------------------------------------------------------------------------------------------------
relay first
incident leak actual
people 6 >leak/people.csv
echo 'escalation: {confirm_over: 100%}' >>leak/playbook.yaml
sends leak --json
exits 0 "six are told"
state=leak/leak.breach
id_of() { sqlite3 "$state/ledger.db" "SELECT id FROM message WHERE endpoint = '$1@example.org'"; }
state_of() { "$breach" status leak/playbook.yaml --json >.status; json .status "\$.people.$1"; }
mkdir -p in/cur in/new
bounce p1@example.org "$(id_of p1)" failed 5.1.1 "550 5.1.1 User unknown" >in/new/1
bounce p2@example.org "$(id_of p2)" delivered 2.0.0 "250 2.0.0 Ok" >in/new/2
bounce p3@example.org "$(id_of p3)" delayed 4.4.1 "connection timed out" >in/new/3
printf 'From: p4@example.org\nTo: bounce+%s@example.com\nSubject: Automatic reply: x\n\nAway.\n' "$(id_of p4)" >in/new/4
bounce p5@example.org abcdefghijklmnopqrstuvwxyz failed 5.1.1 "550 5.1.1 forged" >in/new/5
bounce p6@example.org nobody failed 5.1.1 "550 5.1.1 foreign" >in/new/6
run "$breach" track leak/playbook.yaml --mail in --json
exits 0 "what came back is taken"
ok "its document is what its schema promises" "$build/tests/tools/schema-check" "$source/docs/schema/track.json" "$out"
is "each mail is counted" "$(json "$out" '$.mail')" \
    '{"about_us":0,"address_only":2,"auto_replies":1,"bounced":1,"by_address":0,"complaints":0,"delays":1,"delivered":1,"mails":6,"noted":2,"others":0,"repeated":0,"unmatched":2}'
is "one came back" "$(told "$out" unreachable)" 1
is "one has arrived" "$(told "$out" delivered)" 1
is "the others are as before: a delay, an absence, a forged and a foreign bounce change nothing" "$(told "$out" accepted)" 4
is "mails that are ours are kept, under their digest" "$(cd $state/mail && sha256sum -- * | awk '{ sub(/[.]eml$/, "", $2); print ($1 == $2) }' | sort | uniq -c | tr -s ' ')" " 4 1"
is "for nobody else to read" "$(stat -c %a $state/mail) $(stat -c %a $state/mail/*.eml | sort -u)" "700 600"
digest_of_1=$(sha256sum in/new/1 | cut -d ' ' -f 1)
is "the event names the mail" "$(sqlite3 $state/ledger.db "SELECT json_extract(body, '\$.enhanced') || ' ' || json_extract(body, '\$.reply') FROM event
    WHERE json_extract(body, '\$.event') = 'bounced' AND json_extract(body, '\$.evidence') = '$digest_of_1'")" \
    "5.1.1 550 5.1.1 User unknown"
is "what changes nothing is an event, too" "$(sqlite3 $state/ledger.db "SELECT group_concat(json_extract(body, '\$.kind')) FROM event
    WHERE json_extract(body, '\$.event') = 'mail'")" "delay,auto-reply"
is "no mail has been moved" "$(find in -type f | grep -c new)" 6
run "$breach" track leak/playbook.yaml --mail in --json
exits 0 "once more"
is "it is the same" "$(json "$out" '$.mail.repeated') $(json "$out" '$.mail.unmatched') $(told "$out" unreachable) $(told "$out" accepted)" "4 2 1 4"

# As a pipe of a mail system: 0 once it is on disk, whatever is still open
bounce p5@example.org "$(id_of p5)" failed 5.2.2 "552 5.2.2 over quota" >pipe.eml
"$breach" track leak/playbook.yaml --mail - <pipe.eml >"$out" 2>"$err"
is "a mail from a pipe is answered with 0" $? 0
stdout_has "its line says what it was" "mails: 1; came back: 1"
is "it counts" "$(state_of unreachable)" 2
bounce p6@example.org "$(id_of p6)" failed 5.1.1 "550 5.1.1 User unknown" >again.eml
cp leak/playbook.yaml right.yaml
echo 'facts: {' >>leak/playbook.yaml
"$breach" track leak/playbook.yaml --mail - <again.eml >"$out" 2>"$err"
is "while the playbook has an error the mail system keeps the mail" $? 75
cp right.yaml leak/playbook.yaml
mv $state/mail $state/kept
touch $state/mail
"$breach" track leak/playbook.yaml --mail - <again.eml >"$out" 2>"$err"
is "nor is it lost where it cannot be written" $? 75
rm $state/mail
mv $state/kept $state/mail
"$breach" track leak/playbook.yaml --mail - <again.eml >"$out" 2>"$err"
is "when it brings it again, it is taken" "$? $(state_of unreachable)" "0 3"

# The gateway by which they went out is replaced by another: what comes back of them is still about them
sed 's/^name: relay/name: other/' leak/gateways/relay.yaml >leak/gateways/other.yaml
sed -i 's/{email: relay}/{email: other}/' leak/playbook.yaml
run "$breach" plan leak/playbook.yaml
exits 0 "it is planned again"
bounce p4@example.org "$(id_of p4)" failed 5.1.1 "550 5.1.1 User unknown" >replaced.eml
run "$breach" track leak/playbook.yaml --mail replaced.eml --json
is "a bounce of a message that went out by an earlier gateway counts" "$(json "$out" '$.mail.bounced') $(json "$out" '$.mail.unmatched')" "1 0"
unread_stderr=
run "$breach" track leak/playbook.yaml --mail missing
exits 65 "a path that is not there"
stderr_has "it is named" "cannot read missing"
relay_stop first

# What refuses us, what recipients complain of, and what proves nothing ----------------------------------------------------
relay second
incident next actual
{ echo id,name,locale,email,address; for i in 1 2 3 4 5 6 7 8 9; do echo "p$i,Person $i,en,p$i@example.org,\"Road $i, Town\""; done; } >next/people.csv
sed -i 's/ladder: \[email\]/ladder: [email, letter]/; s/{email: relay}/{email: relay, letter: print-room}/' next/playbook.yaml
echo 'escalation: {confirm_over: 100%}' >>next/playbook.yaml
printf '%s\n' 'version: 1' 'name: print-room' 'kind: letter' "folder: $work/letters" 'sender: [Example Cloud, Road 1]' >next/gateways/print-room.yaml
mkdir letters
sends next --json
state=next/leak.breach
is "nine are told" "$(told "$out" accepted)" 9
# returns ADDRESS FROM DATE [LINE]: a bounce without an id that returns headers
returns() {
    printf 'From: MAILER-DAEMON@mx.example.net\nTo: bounce@example.com\nSubject: Undelivered mail\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n'
    printf -- '--b\n\nIt failed.\n\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.net\n\nFinal-Recipient: rfc822; %s\nAction: failed\nStatus: 5.1.1\n\n' "$1"
    printf -- '--b\nContent-Type: text/rfc822-headers\n\nFrom: %s\nTo: %s\nDate: %s\n%s\n--b--\n' "$2" "$1" "$3" "${4-}"
}
# made_at ADDRESS: the Date of what was handed over to it
made_at() {
    LC_ALL=C date -uR -d "$(sqlite3 $state/ledger.db "SELECT json_extract(e.body, '\$.made') FROM event e JOIN message m ON m.no = e.message
        WHERE m.endpoint = '$1@example.org' AND json_extract(e.body, '\$.event') = 'accepted'")"
}
sent_at=$(made_at p6)
mkdir -p back/cur back/new
bounce p1@example.org "$(id_of p1)" failed 5.7.1 "554 5.7.1 Service unavailable; client host blocked using a block list" >back/new/1
bounce p2@example.org "$(id_of p2)" failed 5.1.1 "550 5.1.1 User unknown" >back/new/2
{
    printf 'From: fbl@example.net\nSubject: complaint\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\n\n'
    printf -- '--b\n\nAn abuse report.\n\n--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nUser-Agent: x/1\nVersion: 1\n\n'
    printf -- '--b\nContent-Type: text/rfc822-headers\n\nFrom: notice@example.com\nTo: p3@example.org\nMessage-ID: <%s@example.com>\n\n--b--\n' "$(id_of p3)"
} >back/new/3
sed "s/$(id_of p3)/abcdefghijklmnopqrstuvwxyz/" back/new/3 >back/new/foreign-complaint
returns p4@example.org notice@example.com "$(made_at p4)" >back/new/4
cp back/new/4 back/cur/4-again
returns p9@example.org notice@example.com "$(LC_ALL=C date -uR -d "$(made_at p9) + 2 seconds")" >back/new/guessed-time
returns p5@example.org notice@example.com "Mon, 2 Jan 2023 10:00:00 +0000" >back/new/old
returns p6@example.org news@example.com "$sent_at" >back/new/newsletter
returns p7@example.org notice@example.com "$sent_at" "Message-ID: <another@example.com>" >back/new/another
returns nobody@example.org notice@example.com "$sent_at" >back/new/nobody
printf 'From: MAILER-DAEMON@mx.example.net\nTo: bounce@example.com\nSubject: failure notice\n\n<p8@example.org>:\n550 5.1.1 User unknown\n' >back/new/forged
run "$breach" track next/playbook.yaml --mail back
exits 75 "somebody is still to be told"
stdout_has "what refuses us is told apart" "1 of those that came back refused us"
stdout_has "the dead ones go on to a letter, and nobody else" "gone on to another channel: 2; at the end of their ladder: 0"
stdout_has "so is what was matched by its address, and what proves nothing" "1 named no message, and were matched" "5 name an address of this incident and prove nothing"
run "$breach" status next/playbook.yaml --json
ok "its document is as its schema says" "$build/tests/tools/schema-check" "$source/docs/schema/status.json" "$out"
is "why they came back is counted" "$(json "$out" '$.came_back.reasons')" \
    '[{"about_us":false,"hard":true,"messages":2,"reason":"no-such-user"},{"about_us":true,"hard":false,"messages":1,"reason":"blocked"}]'
is "a complaint is counted, and stops nothing; a foreign one is not" "$(json "$out" '$.came_back.complaints') $(told "$out" accepted)" "1 6"
is "who was refused because of us waits, and nobody goes on for it" \
    "$(sqlite3 $state/ledger.db "SELECT endpoint FROM message WHERE state = 0 AND attempt = 1")" p1@example.org
is "its event says so" "$(sqlite3 $state/ledger.db "SELECT json_extract(body, '\$.about_us'), json_extract(body, '\$.reason') FROM event WHERE json_extract(body, '\$.event') = 'bounced' AND json_extract(body, '\$.about_us')")" "1|blocked"
is "the dead ones have letters" "$(sqlite3 $state/ledger.db "SELECT group_concat(n.no) FROM (SELECT s.no FROM message s JOIN text t ON t.no = s.text JOIN label l ON l.no = t.channel WHERE l.name = 'letter' ORDER BY s.no) n" | tr ',' '\n' | grep -c .)" 2
is "what was matched by its address says so" "$(sqlite3 $state/ledger.db "SELECT m.endpoint FROM event e JOIN message m ON m.no = e.message WHERE json_extract(e.body, '\$.note') = 'matched by address'")" p4@example.org
run "$breach" status next/playbook.yaml
stdout_has "status says all of it in words" "came back by mail: 2 (no such mailbox 2)" "refused us: 1 (our host is on a block list 1): no dead address" "complaints of recipients: 1"
run "$breach" track next/playbook.yaml --mail back --json
is "once more, it is the same" "$(json "$out" '$.mail.repeated') $(json "$out" '$.mail.bounced') $(json "$out" '$.climbed')" "5 0 0"

# Two mails about one attempt, and the next attempt between them
returns p1@example.org notice@example.com "$(made_at p1)" "Message-ID: <$(id_of p1)@example.com>" | sed 's/^Status: 5.1.1/Status: 5.7.1/' >second.eml
sqlite3 $state/ledger.db "UPDATE message SET due = 1 WHERE state = 0"
sleep 1.1 # the time of a mail has no thousandths
run "$breach" notify next/playbook.yaml --yes --expect-people 9 --expect-digest "$(sqlite3 $state/ledger.db "SELECT value FROM header WHERE key = 'digest'")"
unread_stderr=
is "who was refused because of us is tried again" "$(sqlite3 $state/ledger.db "SELECT state, attempt FROM message WHERE endpoint = 'p1@example.org'")" "2|2"
run "$breach" track next/playbook.yaml --mail second.eml --json
is "another mail about the first attempt says nothing of the second" \
    "$(json "$out" '$.mail.bounced') $(json "$out" '$.mail.about_us') $(json "$out" '$.mail.others') $(sqlite3 $state/ledger.db "SELECT state, attempt FROM message WHERE endpoint = 'p1@example.org'")" "0 0 1 2|2"
made_of_2=$(LC_ALL=C date -uR -d "$(sqlite3 $state/ledger.db "SELECT max(json_extract(e.body, '\$.made')) FROM event e JOIN message m ON m.no = e.message WHERE m.endpoint = 'p1@example.org'")")
returns p1@example.org notice@example.com "$made_of_2" "Message-ID: <$(id_of p1)@example.com>" | sed 's/^Status: 5.1.1/Status: 5.7.1/' >third.eml
run "$breach" track next/playbook.yaml --mail third.eml --json
is "one about the second does" \
    "$(json "$out" '$.mail.bounced') $(sqlite3 $state/ledger.db "SELECT state, attempt FROM message WHERE endpoint = 'p1@example.org'")" "1 0|2"
relay_stop second

# One domain after another message: held for an hour ------------------------------------------------------------------
relay third
incident many actual
people 12 >many/people.csv
sends many --json
state=many/leak.breach
mkdir -p refused/cur refused/new
for i in 1 2 3 4 5 6 7 8 9 10 11; do
    bounce "p$i@example.org" "$(id_of "p$i")" failed 5.7.1 "550 5.7.1 client host blocked" >"refused/new/$i"
done
run "$breach" track many/playbook.yaml --mail refused --json
exits 75 "those who were refused are still to be told"
is "all are about us" "$(json "$out" '$.mail.about_us') $(told "$out" pending) $(told "$out" accepted)" "11 11 1"
is "the domain is held for an hour" "$(json "$out" '$.holds[0].scope') $(json "$out" '$.holds[0].name') $(json "$out" '$.holds[0].by')" \
    "domain example.org breach track"
run "$breach" lift many/playbook.yaml --domain example.org --reason "they took us off the list"
exits 0 "a person lifts it"
unread_stderr=
mkdir -p tried/cur tried/new
for seconds in -2 -1 0 1 2; do
    returns p12@example.org notice@example.com "$(LC_ALL=C date -uR -d "$(made_at p12) + $seconds seconds")" >"tried/new/$seconds"
done
run "$breach" track many/playbook.yaml --mail tried --json
exits 75 "one time after the other is tried"
is "none counts, also not the right one" "$(json "$out" '$.mail.by_address') $(json "$out" '$.mail.address_only')" "0 5"
for i in 1 2 3 4 5 6 7 8 9 10 11; do echo "again" >>"refused/new/$i"; done
run "$breach" track many/playbook.yaml --mail refused --json
is "what waits to be tried again counts, as a running notify leaves it" "$(json "$out" '$.holds[0].name')" example.org

# A few of many, by rules of single recipients, are no block of us
incident few actual
people 230 >few/people.csv
sends few --json
state=few/leak.breach
mkdir -p some/cur some/new
for i in 1 2 3 4 5 6 7 8 9 10 11; do
    bounce "p$i@example.org" "$(id_of "p$i")" failed 5.7.1 "550 5.7.1 rejected by policy" >"some/new/$i"
done
run "$breach" track few/playbook.yaml --mail some --json
exits 75 "those who were refused are still to be told"
is "a few refusals of many messages hold nothing" "$(json "$out" '$.mail.about_us') $(json "$out" '$.holds')" "11 []"

# Who got a message knows its id, and can write any number of bounces, about any domain -----------------------------------
incident forge actual
people 12 >forge/people.csv
sends forge --json
state=forge/leak.breach
mkdir -p forged/cur forged/new
for i in 1 2 3 4 5 6 7 8 9 10 11; do
    bounce p12@example.org "$(id_of p12)" failed 5.7.1 "550 5.7.1 blocked, $i" >"forged/new/same$i"
    bounce "p$i@other.example" "$(id_of "p$i")" failed 5.7.1 "550 5.7.1 blocked" >"forged/new/other$i"
done
run "$breach" track forge/playbook.yaml --mail forged --json
exits 75 "forged bounces are taken"
is "many about one message hold no domain, nor do any about one to which nothing went" \
    "$(json "$out" '$.mail.about_us') $(json "$out" '$.holds')" "22 []"

# Several at the same mails ------------------------------------------------------------------------------------------------
incident race actual
people 60 >race/people.csv
echo 'escalation: {confirm_over: 100%}' >>race/playbook.yaml
sends race --json
state=race/leak.breach
mkdir -p dead/cur dead/new
for ((i = 1; i <= 60; i++)); do bounce "p$i@example.org" "$(id_of "p$i")" failed 5.1.1 "550 5.1.1 User unknown" >"dead/new/$i"; done
codes=
for ((i = 1; i <= 4; i++)); do "$breach" track race/playbook.yaml --mail dead >"race$i.out" 2>&1 & tracking[i]=$!; done
for ((i = 1; i <= 4; i++)); do wait "${tracking[i]}"; codes+="$? "; done
is "none fails" "${codes//75/0}" "0 0 0 0 "
run "$breach" track race/playbook.yaml
is "each mail is in the ledger once, and kept" "$(sqlite3 "$state/ledger.db" "SELECT count(*) FROM event WHERE json_extract(body, '\$.event') = 'bounced'") $(find "$state/mail" -name '*.eml' | grep -c .) $(find "$state/mail" -type f | grep -c .)" \
    "60 60 60"
relay_stop third

done_testing
