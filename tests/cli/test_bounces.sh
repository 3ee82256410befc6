#!/usr/bin/env bash
# What comes back by mail: breach track --explain says what it means; breach track --mail matches it with messages, once, and
# a forged or foreign bounce changes nothing.
. "$(dirname "$0")/lib.sh"
. "$source/tests/cli/incident.sh"

# bounce TO TOKEN ACTION STATUS DIAGNOSTIC: a delivery status notification
bounce() {
    cat <<END
Return-Path: <>
From: Mail Delivery <MAILER-DAEMON@mx.example.net>
To: bounce+$2@example.com
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

Your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; $1
Action: $3
Status: $4
Diagnostic-Code: smtp; $5

--b--
END
}

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
stderr_has "it says so" "PLAYBOOK is missing"

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
    '{"bounced":1,"delivered":1,"mails":6,"noted":2,"repeated":0,"unmatched":2}'
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
stdout_has "its line says what it was" "mails: 1; came back: 1; arrived: 0"
is "it counts" "$(state_of unreachable)" 2
run "$breach" track leak/playbook.yaml --mail missing
exits 65 "a path that is not there"
stderr_has "it is named" "cannot read missing"
relay_stop first

done_testing
