#!/usr/bin/env bash
# A real Postfix that takes every notice and returns some of them later: unknown users, full mailboxes, hosts that do not
# answer (a warning first, then the end). breach track settles all of it, and the right people are unreachable.
# shellcheck source=../cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"
# shellcheck source=../cli/incident.sh
. "$source/tests/cli/incident.sh"
# shellcheck source=postfix.sh
. "$source/tests/real/postfix.sh"

obstacle=$(postfix_missing)
if [ -n "$obstacle" ]; then
    skip "a real Postfix" "$obstacle"
    done_testing
fi

people=1000
unknown=100 # p901 to p1000
full=20     # p1 to p20
silent=10   # p21 to p30

postfix_new relay $((people - unknown))
echo 'bounce@example.com returned/' >>relay/mailboxes
{
    seq -f 'p%.0f@example.org error:5.2.2 mailbox is full' 1 "$full"
    seq -f 'p%.0f@example.org retry:4.4.1 connect to mx.example.org: Connection timed out' $((full + 1)) $((full + silent))
} >relay/transport
postfix_set relay 'virtual_mailbox_domains = example.org, example.com' 'recipient_delimiter = +' \
    'smtpd_reject_unlisted_recipient = no' "transport_maps = texthash:$work/relay/transport" \
    'delay_warning_time = 1s' 'confirm_delay_cleared = no' 'queue_run_delay = 1s' 'minimal_backoff_time = 1s' \
    'maximal_backoff_time = 1s' 'maximal_queue_lifetime = 5s' 'bounce_queue_lifetime = 1h'
postfix_start relay
notice story "$people" "tls: starttls" "ca_file: $work/ca.pem"
notify story
exits 0 "Postfix takes everything"
ok "and comes to rest" postfix_idle relay
returned=$(find relay/mail/returned -type f | grep -c .)
ok "more has come back than there are dead addresses: warnings, too" test "$returned" -gt $((unknown + full + silent))

track() {
    run "$breach" track story/playbook.yaml --mail relay/mail/returned --json
    exits 0 "$1"
    unread_stderr=
}

by_status() {
    sqlite3 story/leak.breach/ledger.db "SELECT json_extract(body, '\$.enhanced'), count(*) FROM event
        WHERE json_extract(body, '\$.event') = 'bounced' GROUP BY 1 ORDER BY 1" | tr '\n' ' '
}

unreachable() {
    sqlite3 story/leak.breach/ledger.db "SELECT endpoint FROM message WHERE state = 5" | sort
}

track "what came back is taken"
is "every mail is ours" "$(json "$out" '$.mail.mails') $(json "$out" '$.mail.unmatched')" "$returned 0"
is "bounces and warnings are told apart" "$(json "$out" '$.mail.bounced') $(json "$out" '$.mail.noted')" \
    "$((unknown + full + silent)) $((returned - unknown - full - silent))"
is "those are unreachable, and nobody else" "$(told "$out" unreachable) $(told "$out" accepted)" \
    "$((unknown + full + silent)) $((people - unknown - full - silent))"
is "each for its own reason" "$(by_status)" "4.4.1|$silent 5.1.1|$unknown 5.2.2|$full "
is "they are the right ones" "$(unreachable)" \
    "$({ seq -f 'p%.0f@example.org' 1 $((full + silent)); seq -f 'p%.0f@example.org' $((people - unknown + 1)) "$people"; } | sort)"
run "$breach" track --explain relay/mail/returned
exits 0 "the mails are explained"
is "who is unknown is dead, the others are not" "$(grep -c '"hard":true' "$out") $(grep -c '"reason":"mailbox-full"' "$out")" "$unknown $full"
is "warnings are delays" "$(grep -c '"kind":"delay"' "$out")" "$((returned - unknown - full - silent))"
track "once more"
is "it is the same" "$(json "$out" '$.mail.repeated') $(told "$out" unreachable)" "$returned $((unknown + full + silent))"
postfix_stop relay

done_testing
