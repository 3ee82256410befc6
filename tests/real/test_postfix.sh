#!/usr/bin/env bash
# A real Postfix: everybody's notice lies in a mailbox, once; whatever is wrong with TLS, AUTH or the relay itself is
# said, nobody is lost by it, and the same command finishes when it has been mended.
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

(umask 077 && echo "correct horse" >password && echo "wrong horse" >wrong_password)
tls="tls: starttls"
ca="ca_file: $work/ca.pem"
auth="auth: {user: sender, password: \"file:$work/password\"}"
bad_auth="auth: {user: sender, password: \"file:$work/wrong_password\"}"

since() {
    awk -v from="$1" -v to="$EPOCHREALTIME" 'BEGIN { printf "%.1f s", to - from }'
}

# Five thousand notices ------------------------------------------------------------------------------------------------
postfix_new big 5000 sender 'correct horse'
postfix_start big
notice story 5000 "$tls" "$ca" "$auth" "connections: 8"
begin=$EPOCHREALTIME
notify story
note "5,000 notices to Postfix over TLS took $(since "$begin")"
exits 0 "five thousand live notices"
stdout_has "the verdict says so" "5,000 people: 5,000 told, complete, nothing needs you"
ok "Postfix delivers all it took" postfix_idle big
note "delivered after $(since "$begin")"
is "each lies in its mailbox once, readable" "$(mailboxes big story)" "messages 5000 mailboxes 5000 again 0"
is "status agrees" "$(counts story total accepted pending unreachable complete twice resent_in_doubt)" \
    "total 5000 accepted 5000 pending 0 unreachable 0 complete 1 twice 0 resent_in_doubt 0"
ok "--json is what its schema promises" "$build/tests/tools/schema-check" "$source/docs/schema/status.json" "$out"
notify story
exits 0 "the same command once more"
ok "the queue is empty" postfix_idle big
is "it has sent nothing" "$(mailboxes big story)" "messages 5000 mailboxes 5000 again 0"
ok "Postfix had nothing to complain about" test -z "$(postfix_complaints big)"

# What makes a connection unsafe, or a relay refuse us -----------------------------------------------------------------
# refused NAME TEXT...: notify tells nobody, says TEXT, and nothing has reached the relay
refused() {
    local name=$1
    shift
    notify "$name"
    exits 75 "$name: nothing is sent"
    stdout_has "$name: the verdict says why and what to do" "NEEDS YOU: 20 people: 0 told, 20 pending" "$@" \
        "next: breach notify $name/playbook.yaml"
    is "$name: nobody is lost" "$(counts "$name" total accepted pending in_doubt unreachable)" \
        "total 20 accepted 0 pending 20 in_doubt 0 unreachable 0"
    ok "$name: no mailbox has anything" test -z "$(ls "$work/guarded/mail")"
}

# mended NAME: the same command finishes; the mailboxes are emptied for the next
mended() {
    notify "$1"
    exits 0 "$1: the same command finishes when it is mended"
    ok "$1: Postfix delivers" postfix_idle guarded
    is "$1: everybody has it, once" "$(mailboxes guarded "$1")" "messages 20 mailboxes 20 again 0"
    rm -rf "$work/guarded/mail"/*
}

# with LINE...: another gateway file for the incident $1
with() {
    local name=$1
    shift
    gateway "$@" >"$name/gateways/relay.yaml"
}

certificate stranger others DNS:relay.example.net
certificate elsewhere ca DNS:relay.example.net
postfix_new guarded 20 sender 'correct horse'
postfix_start guarded

notice wrong_ca 20 "$tls" "ca_file: $work/others.pem" "$auth"
refused wrong_ca "the certificate of 127.0.0.1 is signed by nobody whom we trust" \
    "name its CA as ca_file in the gateway file"
with wrong_ca "$tls" "$ca" "$auth"
mended wrong_ca

notice bad_password 20 "$tls" "$ca" "$bad_auth"
refused bad_password "535 at AUTH" "the user name or the password was refused" "mend auth in the gateway file"
with bad_password "$tls" "$ca" "$auth"
mended bad_password

notice without_tls 20 "tls: none"
refused without_tls "530 at MAIL" "STARTTLS" "in the gateway file"
with without_tls "$tls" "$ca" "$auth"
mended without_tls

postfix_stop guarded
notice not_running 20 "$tls" "$ca" "$auth"
refused not_running "cannot connect (Connection refused)" "is the relay running?"

postfix_certificate guarded elsewhere
postfix_start guarded
notice wrong_name 20 "$tls" "$ca" "$auth"
refused wrong_name "the certificate of 127.0.0.1 is for relay.example.net" "mend host or ca_file in the gateway file"
postfix_stop guarded

postfix_certificate guarded guarded
postfix_set guarded 'smtpd_tls_security_level = none'
postfix_start guarded
notice stripped 20 "$tls" "$ca" "$auth"
refused stripped "no STARTTLS is offered" "nothing was sent"
postfix_stop guarded

postfix_set guarded 'smtpd_tls_security_level = encrypt' 'smtpd_sasl_auth_enable = no'
postfix_start guarded
notice no_auth_offered 20 "$tls" "$ca" "$auth"
refused no_auth_offered "the relay offers no AUTH that we can use" "mend tls or auth in the gateway file"
postfix_stop guarded

postfix_set guarded 'smtpd_sasl_auth_enable = yes'
postfix_start guarded
for name in not_running wrong_name stripped no_auth_offered; do
    run "$breach" plan "$name/playbook.yaml"
    plan=$(digest)
    mended "$name"
done
postfix_stop guarded

# A relay that says no to some -----------------------------------------------------------------------------------------
# p41 to p45 have no mailbox, every tenth has left, every seventh is greylisted
postfix_new picky 40
for i in 7 14 21 28 35; do echo "p$i@example.org 451 4.7.1 greylisted, try again later"; done >picky/greylist
for i in 10 20 30 40; do echo "p$i@example.org 550 5.1.1 has left"; done >picky/left
postfix_set picky "smtpd_recipient_restrictions = check_recipient_access texthash:$work/picky/left, \
    check_recipient_access texthash:$work/picky/greylist, permit_auth_destination, reject"
postfix_start picky
notice choice 45 "$tls" "$ca" "retry_after: PT5S" "give_up: P1D"
notify choice
exits 75 "some are greylisted, some have no mailbox"
is "each state is right" "$(counts choice total accepted pending unreachable in_doubt complete)" \
    "total 45 accepted 31 pending 5 unreachable 9 in_doubt 0 complete 0"
postfix_idle picky
is "the others have it" "$(mailboxes picky choice)" "messages 31 mailboxes 31 again 0"
postfix_stop picky
: >picky/greylist
postfix_start picky
patience=PT30S notify choice
exits 1 "the greylisting ends"
is "nobody is left" "$(counts choice total accepted pending unreachable complete)" \
    "total 45 accepted 36 pending 0 unreachable 9 complete 1"
postfix_idle picky
is "once" "$(mailboxes picky choice)" "messages 36 mailboxes 36 again 0"
postfix_stop picky

done_testing
