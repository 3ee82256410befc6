#!/usr/bin/env bash
# A real Postfix with limits of its own, full, old, or stopped in the middle: everybody ends with one copy, nobody's
# address is thought to be dead because of what the relay says about itself, and status says what is the matter.
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

lines=("tls: starttls" "ca_file: $work/ca.pem" "retry_after: PT1S")
# So slow that a first run ends when everybody has been tried once
slow=("tls: starttls" "ca_file: $work/ca.pem" "retry_after: PT5S")

# relay_with NAME COUNT SETTING...: starts a Postfix with COUNT mailboxes and these settings
relay_with() {
    local name=$1 count=$2
    shift 2
    postfix_new "$name" "$count"
    [ $# = 0 ] || postfix_set "$name" "$@"
    postfix_start "$name"
}

# other_settings NAME SETTING...: the relay is stopped, and started with these settings
other_settings() {
    postfix_stop "$1"
    postfix_set "$@"
    postfix_start "$1"
}

# everybody_has NAME COUNT: the relay NAME delivered to that many mailboxes what the incident NAME sent
everybody_has() {
    ok "$1: Postfix delivers" postfix_idle "$1"
    is "$1: each has it once" "$(mailboxes "$1" "$1")" "messages $2 mailboxes $2 again 0"
}

# Stopped in the middle ------------------------------------------------------------------------------------------------
relay_with stopped 1500
notice stopped 1500 "${lines[@]}" "connections: 4"
"$breach" notify stopped/playbook.yaml --yes --expect-digest "$plan" --patience PT60S \
    >stopped.out 2>stopped.err </dev/null &
sender=$!
wait_for delivers stopped 200
postfix_stop stopped
note "stopped with $(find stopped/mail -type f | wc -l) of 1500 delivered"
ok "it is not through yet" kill -0 "$sender"
postfix_start stopped
code=0
wait "$sender" || code=$?
is "a relay that is stopped and started again: everybody is told" "$code $(head -n 1 stopped.out)" \
    "0 1,500 people: 1,500 told, complete, nothing needs you"
ok "Postfix delivers" postfix_idle stopped
delivered=$(mailboxes stopped stopped --stopped)
read -r _ _ _ _ _ again <<<"$delivered"
is "once, but for those whose copy was in doubt" "$delivered" "messages $((1500 + again)) mailboxes 1500 again $again"
ok "not more of them than there are connections" test "$again" -le 4

# Full -----------------------------------------------------------------------------------------------------------------
# Postfix wants room for one and a half messages of the largest size, here more than any disk has
relay_with full 5 'message_size_limit = 1000000000000000' 'virtual_mailbox_limit = 0'
notice full 5 "${slow[@]}"
notify full
exits 75 "a full queue"
is "nobody is lost" "$(counts full accepted pending unreachable)" "accepted 0 pending 5 unreachable 0"
run "$breach" status full/playbook.yaml
stdout_has "status says why" "Insufficient system storage"
other_settings full 'message_size_limit = 10240000'
patience=PT60S notify full
exits 0 "room has been made"
everybody_has full 5

# Messages too large ---------------------------------------------------------------------------------------------------
relay_with small 5 'message_size_limit = 3000'
notice small 5 "${slow[@]}" "connections: 1"
notify small
exits 75 "a relay that takes 3,000 bytes"
stdout_has "the verdict says so" "0 told, 5 pending" "552 at MAIL: Message size exceeds fixed limit" \
    "shorten the notice"
other_settings small 'smtpd_discard_ehlo_keywords = size' 'smtpd_error_sleep_time = 0'
notify small
exits 75 "it does not announce its limit, and refuses in the middle of the message"
is "nobody's address is to blame" "$(counts small accepted unreachable)" "accepted 0 unreachable 0"
other_settings small 'message_size_limit = 10240000'
patience=PT60S notify small
exits 0 "the limit is raised"
ok "small: Postfix delivers" postfix_idle small
delivered=$(mailboxes small small)
read -r _ _ _ _ _ again <<<"$delivered"
is "small: everybody has it" "$delivered" "messages $((5 + again)) mailboxes 5 again $again"

# An old relay ---------------------------------------------------------------------------------------------------------
relay_with old 100 \
    'smtpd_discard_ehlo_keywords = pipelining, chunking, 8bitmime, dsn, size, enhancedstatuscodes, smtputf8'
notice old 100 "${lines[@]}"
notify old
exits 0 "a relay without extensions but STARTTLS"
everybody_has old 100
other_settings old 'smtpd_discard_ehlo_keywords = pipelining'
rm -rf old/mail/* old/leak.breach
notice old 100 "${lines[@]}"
notify old
exits 0 "CHUNKING without PIPELINING"
everybody_has old 100

# Patience with errors and connections ---------------------------------------------------------------------------------
relay_with strict 20 'smtpd_hard_error_limit = 3' 'smtpd_error_sleep_time = 0' 'smtpd_junk_command_limit = 1' \
    'smtpd_recipient_limit = 1'
notice strict 40 "${lines[@]}" "connections: 2"
patience=PT60S notify strict
exits 1 "a relay that hangs up after three addresses that it does not know"
is "the states are right" "$(counts strict accepted unreachable pending in_doubt complete)" \
    "accepted 20 unreachable 20 pending 0 in_doubt 0 complete 1"
everybody_has strict 20

relay_with few 40 'smtpd_client_connection_count_limit = 2' 'smtpd_client_connection_rate_limit = 4' \
    'anvil_rate_time_unit = 2s'
notice few 40 "${lines[@]}" "connections: 6" "session: 10"
patience=PT60S notify few
exits 0 "a relay that allows two connections, and four in two seconds"
everybody_has few 40

# Addresses in other scripts -------------------------------------------------------------------------------------------
relay_with scripts 1 'virtual_mailbox_domains = example.org, xn--exmple-cua.org'
echo "kundin@xn--exmple-cua.org kundin/" >>scripts/mailboxes
postfix_stop scripts
postfix_start scripts
notice scripts 1 "${lines[@]}"
printf '%s\n' 'p2,Kundin,en,kundin@exämple.org' 'p3,Jürgen,en,jürgen@example.org' >>scripts/people.csv
run "$breach" plan scripts/playbook.yaml
stderr_has "an address that needs SMTPUTF8 is named with its place" "scripts/people.csv:4" \
    'jürgen@example.org' "SMTPUTF8"
plan=$(digest)
notify scripts
exits 1 "a domain and a name in other scripts"
is "the domain is reached, the name is not" "$(counts scripts accepted unreachable)" "accepted 2 unreachable 1"
everybody_has scripts 2

done_testing
