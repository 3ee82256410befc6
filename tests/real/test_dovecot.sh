#!/usr/bin/env bash
# A real Dovecot: bounces are fetched by IMAP over TLS, each once, and nothing is deleted or moved.
# shellcheck source=../cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"
# shellcheck source=../cli/incident.sh
. "$source/tests/cli/incident.sh"

# shellcheck source=dovecot.sh
. "$source/tests/real/dovecot.sh"

obstacle=$(dovecot_missing)
if [ -n "$obstacle" ]; then
    skip "a real Dovecot" "$obstacle"
    done_testing
fi

# arrives NAME: a mail on standard input is in the mailbox
arrives() {
    cat >"imap/home/Maildir/tmp/$1"
    chown "$mail_user" "imap/home/Maildir/tmp/$1"
    mv "imap/home/Maildir/tmp/$1" "imap/home/Maildir/new/$1"
}

bounce() {
    printf 'From: MAILER-DAEMON@mx.example.net\nTo: bounce+%s@example.com\nSubject: failure notice\n\n<%s>:\n%s\n' \
        "$(sqlite3 "$state/ledger.db" "SELECT id FROM message WHERE endpoint = '$1'")" "$1" "$2"
}

mails() { find imap/home/Maildir -type f -path '*/[cn]*/*' | grep -c .; }

# mailbox LINE...: the gateway of the incident with this mailbox
mailbox() {
    port=$relay_port
    { gateway; printf 'mailbox:\n'; printf '  %s\n' "$@"; } >leak/gateways/relay.yaml
}

track() {
    run "$breach" track leak/playbook.yaml --json
}

counted() {
    json "$out" '$.mail.mails'
    json "$out" '$.mail.bounced'
    json "$out" '$.mail.repeated'
    json "$out" '$.people.unreachable'
}

dovecot_new "$work/imap/home/Maildir"
dovecot_start || { skip "a real Dovecot" "it does not start here: $(tail -n 3 imap/log imap/out | tr '\n' ' ')"; done_testing; }
relay first
relay_port=$port
incident leak actual
people 6 >leak/people.csv
echo 'escalation: {confirm_over: 100%}' >>leak/playbook.yaml
mailbox 'host: 127.0.0.1' "port: $tls_port" 'user: bounces' 'password: "env:IMAP_PASSWORD"' "ca_file: $work/imap/ca.pem"
sends leak --json
exits 0 "six are told"
state=leak/leak.breach

track
exits 0 "an empty mailbox"
is "nothing came back" "$(counted | tr '\n' ' ')" "0 0 0 0 "

bounce p1@example.org "550 5.1.1 User unknown" | arrives 1
bounce p2@example.org "552 5.2.2 over quota" | arrives 2
printf 'From: x@example.org\nSubject: hello\n\nNot for us.\n' | arrives 3
{ bounce p3@example.org "550 5.1.1 User unknown"; head -c 3000000 /dev/zero | tr '\0' 'x' | fold -w 70; } | arrives 4
track
exits 0 "mails are fetched over TLS"
is "four, of which three are ours, also one that is larger than is looked at" "$(counted | tr '\n' ' ')" "4 3 0 3 "
is "it is as its schema says" "$("$build/tests/tools/schema-check" "$source/docs/schema/track.json" "$out")" ""
is "none is gone from the mailbox" "$(mails)" 4
ok "those that were taken have the keyword" grep -q BreachTaken imap/home/Maildir/dovecot-keywords
track
exits 0 "once more"
is "none is fetched again" "$(counted | tr '\n' ' ')" "0 0 0 3 "
bounce p4@example.org "550 5.1.1 User unknown" | arrives 5
track
is "a new one is" "$(counted | tr '\n' ' ')" "1 1 0 4 "

# The folder is made anew: its UIDs mean other mails
dovecot_stop
rm -f imap/home/Maildir/dovecot*
dovecot_start
track
exits 0 "after a change of UIDVALIDITY"
is "all are read again, and change nothing" "$(counted | tr '\n' ' ')" "5 0 4 4 "

# Without a proof, with STARTTLS, with a wrong password, and with nobody there
mailbox 'host: 127.0.0.1' "port: $imap_port" 'tls: starttls' 'user: bounces' 'password: "env:IMAP_PASSWORD"' "ca_file: $work/imap/ca.pem"
bounce p5@example.org "550 5.1.1 User unknown" | arrives 6
track
exits 0 "STARTTLS"
is "it is fetched" "$(counted | tr '\n' ' ')" "1 1 0 5 "
mailbox 'host: 127.0.0.1' "port: $imap_port" 'tls: starttls' 'user: bounces' 'password: "env:IMAP_PASSWORD"'
track
exits 0 "a certificate that nobody vouches for"
stderr_has "nothing is sent to it" "mailbox of relay: " "[BR-TRACK-002]"
IMAP_PASSWORD=wrong track
exits 0 "a wrong password"
stderr_has "the certificate comes first" "[BR-TRACK-002]"
mailbox 'host: 127.0.0.1' "port: $tls_port" 'user: bounces' 'password: "env:IMAP_PASSWORD"' "ca_file: $work/imap/ca.pem"
IMAP_PASSWORD=wrong track
exits 0 "a wrong password over a good connection"
stderr_has "it says what to do" "mailbox of relay: the server refuses user or password" "[BR-TRACK-003]"
dovecot_stop
track
exits 0 "nobody there"
stderr_has "it says so" "mailbox of relay: " "what was taken before is kept [BR-TRACK-002]"
mailbox 'host: imap.example.com' 'tls: none' 'user: bounces' 'password: "env:IMAP_PASSWORD"'
run "$breach" check leak/playbook.yaml
exits 65 "a mailbox without TLS elsewhere"
stderr_has "it is refused" "tls: none is allowed only for this machine"
relay_stop first

done_testing
