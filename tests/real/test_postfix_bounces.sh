#!/usr/bin/env bash
# A real Postfix that takes every notice and returns some of them later: unknown users, full mailboxes, a host that does
# not answer (warnings first, then the end). They come to a mailbox of a real Dovecot, from which breach track fetches
# them: it settles all of it, the right people go on to a letter, and twice gives the same.
# shellcheck source=../cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"
# shellcheck source=../cli/incident.sh
. "$source/tests/cli/incident.sh"
# shellcheck source=postfix.sh
. "$source/tests/real/postfix.sh"
# shellcheck source=dovecot.sh
. "$source/tests/real/dovecot.sh"

obstacle=$(postfix_missing; dovecot_missing)
if [ -n "$obstacle" ]; then
    skip "a real Postfix with a real Dovecot" "$obstacle"
    done_testing
fi

people=1000
unknown=100 # p901 to p1000
full=20     # p1 to p20
silent=10   # p21 to p30
lost=$((unknown + full + silent))

# silent_host: takes connections and says nothing; leaves its port in $silent_port
silent_host() {
    python3 -c 'import socket, sys, time
listener = socket.create_server(("127.0.0.1", 0), backlog=64)
open(sys.argv[1], "w").write(str(listener.getsockname()[1]))
time.sleep(3600)' "$work/silent.port" </dev/null &
    relays[silent]=$!
    wait_for test -s silent.port
    silent_port=$(cat silent.port)
}

# lost_addresses: those that do not get their mail
lost_addresses() {
    seq -f 'p%.0f@example.org' 1 $((full + silent))
    seq -f 'p%.0f@example.org' $((people - unknown + 1)) "$people"
}

postfix_new relay $((people - unknown))
dovecot_new "$work/relay/mail/returned"
dovecot_start || { skip "a real Dovecot" "it does not start here: $(tail -n 3 imap/log imap/out | tr '\n' ' ')"; done_testing; }
silent_host
echo 'bounce@example.com returned/' >>relay/mailboxes
{
    seq -f 'p%.0f@example.org error:5.2.2 mailbox is full' 1 "$full"
    seq -f "p%.0f@example.org smtp:[127.0.0.1]:$silent_port" $((full + 1)) $((full + silent))
} >relay/transport
echo 'smtp unix - - n - - smtp' >>relay/config/master.cf
postfix_set relay 'virtual_mailbox_domains = example.org, example.com' 'recipient_delimiter = +' \
    'smtpd_reject_unlisted_recipient = no' "transport_maps = texthash:$work/relay/transport" 'smtp_helo_timeout = 1s' \
    'smtp_connect_timeout = 1s' 'smtp_host_lookup = native' 'delay_warning_time = 1s' 'confirm_delay_cleared = no' 'queue_run_delay = 1s' \
    'minimal_backoff_time = 1s' 'maximal_backoff_time = 1s' 'maximal_queue_lifetime = 1h' 'bounce_queue_lifetime = 1h'
postfix_start relay

incident story actual
{
    echo id,name,locale,email,address
    seq 1 "$people" | sed 's/.*/p&,Person &,en,p&@example.org,"Road &, Town"/'
} >story/people.csv
sed -i 's/ladder: \[email\]/ladder: [email, letter]/; s/{email: relay}/{email: relay, letter: print-room}/' story/playbook.yaml
printf '%s\n' 'version: 1' 'name: print-room' 'kind: letter' "folder: $work/letters" 'sender: [Example Cloud, Road 1]' \
    >story/gateways/print-room.yaml
mkdir letters
{
    gateway "tls: starttls" "ca_file: $work/ca.pem"
    mailbox_lines "port: $tls_port" "ca_file: $work/imap/ca.pem"
} >story/gateways/relay.yaml
run "$breach" plan story/playbook.yaml
exits 0 "a thousand people are planned, with a letter for those whom no mail reaches"
plan=$(digest)
notify story
exits 0 "Postfix takes everything"
# A copy or a bounce of each message, and for those that wait a warning
ok "and delivers or returns it, or warns that it waits" wait_for delivers relay "$people"
postfix_stop relay
postfix_set relay 'maximal_queue_lifetime = 1s'
postfix_start relay
ok "in the end it gives up, and comes to rest" postfix_idle relay
returned=$(find relay/mail/returned/new -type f | grep -c .)
ok "more has come back than there are dead addresses: warnings, too" test "$returned" -ge $((lost + silent))

track() {
    run "$breach" track story/playbook.yaml --json
    unread_stderr=
}

sql() { sqlite3 -batch story/leak.breach/ledger.db "$1"; }

by_status() {
    sql "SELECT json_extract(body, '\$.reason'), json_extract(body, '\$.enhanced'), count(*) FROM event
        WHERE json_extract(body, '\$.event') = 'bounced' GROUP BY 1, 2 ORDER BY 1" | paste -sd ' '
}

# on CHANNEL: the addresses of the people who have a message on it
on() {
    sql "SELECT json_extract(p.data, '\$.email') FROM message m JOIN text t ON t.no = m.text JOIN label l ON l.no = t.channel
        JOIN notice n ON n.no = m.notice JOIN person p ON p.no = n.person WHERE l.name = '$1' $2" | sort
}

track
exits 75 "what came back is fetched by IMAP, and so many wait for somebody's yes"
is "every mail is ours" "$(json "$out" '$.mail.mails') $(json "$out" '$.mail.unmatched') $(json "$out" '$.mail.by_address')" "$returned 0 0"
is "bounces and warnings are told apart" "$(json "$out" '$.mail.bounced') $(json "$out" '$.mail.delays')" \
    "$lost $((returned - lost))"
is "those came back, and nobody else" "$(told "$out" pending) $(told "$out" accepted)" "$lost $((people - lost))"
is "each for its own reason" "$(by_status)" "mailbox-full|5.2.2|$full network|4.4.2|$silent no-such-user|5.1.1|$unknown"
is "which status counts as well" "$(json "$out" '$.came_back.reasons')" \
    "[{\"about_us\":false,\"hard\":true,\"messages\":$unknown,\"reason\":\"no-such-user\"},{\"about_us\":false,\"hard\":false,\"messages\":$full,\"reason\":\"mailbox-full\"},{\"about_us\":false,\"hard\":false,\"messages\":$silent,\"reason\":\"network\"}]"
is "they are the right ones" "$(on email 'AND m.state = 5' | cksum)" "$(lost_addresses | sort | cksum)"
is "what is in the mailbox is what is kept as evidence" "$(find story/leak.breach/mail -name '*.eml' | grep -c .)" "$returned"
is "none is gone from the mailbox" "$(find relay/mail/returned -type f -path '*/[cn]*/*' | grep -c .)" "$returned"
sum() { find relay/mail/returned -type f -path '*/[cn]*/*' -exec sha256sum {} + | cut -d' ' -f1 | sort | cksum; }
is "octet for octet" "$(cd story/leak.breach/mail && for mail in *.eml; do sed 's/\r$//' "$mail" | sha256sum | cut -d' ' -f1; done | sort | cksum)" "$(sum)"

track
is "once more, nothing is fetched again, and it is the same" "$(json "$out" '$.mail.mails') $(told "$out" pending) $(told "$out" accepted)" \
    "0 $lost $((people - lost))"
rm -r story/leak.breach/mailbox
track
is "read from the start, all of it was taken before" \
    "$(json "$out" '$.mail.repeated') $(json "$out" '$.mail.bounced') $(told "$out" pending) $(told "$out" accepted)" "$returned 0 $lost $((people - lost))"
is "and nobody came back twice" "$(by_status)" "mailbox-full|5.2.2|$full network|4.4.2|$silent no-such-user|5.1.1|$unknown"

notify story --climb "$lost"
exits 0 "with that yes everybody is told"
run "$breach" status story/playbook.yaml --json
is "by mail, or by letter" "$(told "$out" accepted) $(told "$out" unreachable) $(told "$out" pending)" "$people 0 0"
is "those go on to a letter, and nobody else" "$(on letter '' | cksum)" "$(lost_addresses | sort | cksum)"
is "a letter for each of them" "$(find letters -path '*/single/*.pdf' | grep -c .)" "$lost"
run "$breach" track --explain relay/mail/returned
exits 0 "the mails are explained"
is "who is unknown is dead, the others are not" "$(grep -c '"hard":true' "$out") $(grep -c '"reason":"mailbox-full"' "$out")" "$unknown $full"
is "warnings are delays" "$(grep -c '"kind":"delay"' "$out")" "$((returned - lost))"
postfix_stop relay
dovecot_stop

done_testing
