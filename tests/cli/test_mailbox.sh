#!/usr/bin/env bash
# A mailbox that is asked by IMAP: thousands of mails at once, and servers that lie. No mail is lost, none is taken twice.
. "$(dirname "$0")/lib.sh"
. "$source/tests/cli/incident.sh"
export IMAP_PASSWORD=secret

if ! command -v python3 >/dev/null; then
    skip "a mailbox" "there is no python3: run script/bootstrap"
    done_testing
fi

bounce() {
    printf 'From: MAILER-DAEMON@mx.example.net\nTo: bounce+%s@example.com\nSubject: failure notice\n\n<%s>:\n%s\n' \
        "$(sqlite3 "$state/ledger.db" "SELECT id FROM message WHERE endpoint = '$1'")" "$1" "$2"
}

# mailbox PORT [FOLDER]: the gateway of the incident with this mailbox
mailbox() {
    port=$relay_port
    gateway "mailbox: {host: 127.0.0.1, port: $1, tls: none, user: bounces, password: \"env:IMAP_PASSWORD\", folder: ${2-INBOX}}" \
        >leak/gateways/relay.yaml
}

# imap MODE MAILS [FILE]: another server; it is the mailbox of the gateway from now on
imap() {
    [ -z "${relays[imap]-}" ] || { kill "${relays[imap]}"; wait "${relays[imap]}" 2>/dev/null; }
    rm -f imap.port
    python3 "$source/tests/cli/imap_server.py" imap.port "$@" >imap.out 2>&1 </dev/null &
    relays[imap]=$!
    wait_for test -s imap.port || note "the server did not start: $(cat imap.out)"
    mailbox "$(cat imap.port)"
}

track() {
    run "$breach" track leak/playbook.yaml --json
}

counted() {
    echo "$(json "$out" '$.mail.mails') $(json "$out" '$.mail.bounced') $(json "$out" '$.mail.repeated')"
}

relay first
relay_port=$port
incident leak actual
mailbox 1
people 9 >leak/people.csv
echo 'escalation: {confirm_over: 100%}' >>leak/playbook.yaml
sends leak --json
exits 0 "nine are told"
state=leak/leak.breach
for i in 1 2 3 4 5; do bounce "p$i@example.org" "550 5.1.1 User unknown" >"$i.eml"; done

imap good 6000 1.eml
track
exits 0 "thousands of mails at once"
is "none is passed over" "$(counted)" "6000 1 0"
track
is "none is fetched again" "$(counted)" "0 0 0"
mailbox "$(cat imap.port)" Bounces
track
is "the UIDs of another folder are other mails" "$(counted)" "6000 0 1"

imap lines 3 2.eml
track
exits 0 "what was found in several lines"
is "all of it is fetched" "$(counted)" "3 1 0"

for mode in refuses empty; do
    imap "$mode" 3 "$([ "$mode" = empty ] && echo 3 || echo 4).eml"
    track
    exits 0 "$mode: a mail that the server does not give us"
    is "$mode: the one behind it is taken" "$(counted)" "2 1 0"
    stderr_has "$mode: it is said" "mailbox of relay: the server does not give us the mail with UID 2" "[BR-TRACK-004]"
    track
    is "$mode: it is asked for once more" "$(counted)" "1 0 1"
    stderr_has "$mode: as long as it is there" "UID 2"
done

# A bounce that no id matches is looked up behind the last mail; until then it is not taken, whatever happens
made=$(sqlite3 "$state/ledger.db" "SELECT json_extract(e.body, '$.made') FROM event e JOIN message m ON m.no = e.message
    WHERE m.endpoint = 'p6@example.org' AND json_extract(e.body, '$.event') = 'accepted'")
cat >6.eml <<END
From: MAILER-DAEMON@mx.example.net
To: bounce@example.com
Subject: failure notice

<p6@example.org>:
550 5.1.1 User unknown

--- Below this line is a copy of the message.

From: notice@example.com
To: p6@example.org
Date: $(LC_ALL=C date -uR -d "$made")
END
imap good 3 6.eml
mv "$state/mail" mail
: >"$state/mail"
track
exits 73 "no place for a bounce without an id"
stderr_has "it says so" "cannot create folder" "leak.breach/mail: "
rm "$state/mail"
mv mail "$state/mail"
track
exits 0 "there is place for it"
is "it is not lost" "$(counted) $(json "$out" '$.mail.by_address')" "3 1 0 1"

imap refuses-all 200
track
exits 0 "a server that gives us nothing"
stderr_has "it is left alone" "what was taken before is kept [BR-TRACK-002]"
imap endless 3
track
exits 0 "a server that promises more mails than there can be"
stderr_has "it is not believed" "UIDNEXT" "[BR-TRACK-002]"

# The mails cannot be kept: what was not kept is not marked as taken
imap same 600 5.eml
mv "$state/mail" mail
: >"$state/mail"
track
exits 73 "no place for the mails"
stderr_has "it says so" "cannot create folder" "leak.breach/mail: "
rm "$state/mail"
mv mail "$state/mail"
track
exits 0 "there is place again"
is "all are taken" "$(counted)" "600 600 0"
relay_stop first

done_testing
