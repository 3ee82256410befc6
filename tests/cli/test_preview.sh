#!/usr/bin/env bash
# breach preview: the message that one person would get, as it would be sent; and the same as a test, outside the identity.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=incident.sh
. "$source/tests/cli/incident.sh"
# shellcheck source=edition.sh
. "$source/tests/cli/edition.sh"

schema_fits() {
    ok "--json is what the schema promises ($1)" "$build/tests/tools/schema-check" "$source/docs/schema/$1.json" "$out"
}

# plain FILE: a message without what differs each time it is made, or is marked
plain() {
    tr -d '\r' <"$1" | sed -e '/^Date: /d' -e 's/[a-z2-7]\{26\}/ID/g'
}

# parts_of FILE PREFIX: its text and its HTML without the notice number, which follows from the id
parts_of() {
    text_of "$1" text/plain | tr -d '\r' | sed 's/[0-9]\{4\} [0-9]\{4\} [0-9]\{4\} [0-9]\{3,4\}/NUMBER/' >"$2.txt"
    text_of "$1" text/html | tr -d '\r' | sed 's/[0-9]\{4\} [0-9]\{4\} [0-9]\{4\} [0-9]\{3,4\}/NUMBER/' >"$2.html"
}

# Showing --------------------------------------------------------------------------------------------------------------
relay kept --keep "$work/mails"
incident a actual
cat >a/people.csv <<'END'
id,name,locale,email
p1,Ann,en,p1@example.org
p2,王伟,zh-CN,p2@example.org
p3,陳怡,zh-TW,p3@example.org
p4,Nobody,en,
p5,Twice,en,p5@example.org
p5,Again,en,p6@example.org
END
run "$breach" preview a/playbook.yaml --person p1
exits 0 "no plan is needed"
stdout_has "who, how, in which language, the headers, the subject as it reads, the text" \
    "audience people, channel email, language en, by relay" "From: " "notice@example.com" "To: p1@example.org" "Subject: Example Cloud" \
    "Dear Ann," "with an HTML part" "this is what would be sent; nothing was sent" "next: breach plan a/playbook.yaml"
ok "it changes nothing" test ! -e a/leak.breach
run "$breach" preview a/playbook.yaml --person p2
exits 0 "in Chinese"
stdout_has "with Chinese words" "王伟" "language zh-CN" "Subject: 示例云"
run "$breach" preview a/playbook.yaml --person p1 --json
exits 0 "as a document"
schema_fits preview
is "with the recipient" "$(json "$out" '$.to') $(json "$out" '$.kind')" "p1@example.org first"
run "$breach" preview a/playbook.yaml --person p2 --text
exits 0 "the text alone"
cp "$out" text.txt
run "$breach" preview a/playbook.yaml --person p2 --html
exits 0 "the HTML alone"
ok "it is HTML" grep -q '^<!DOCTYPE html>\|^<html' "$out"
run "$breach" preview a/playbook.yaml --person p2 --raw
exits 0 "the message as it goes on the wire"
cp "$out" raw.eml
parts_of raw.eml raw
is "the text is that of --text" "$(sed 's/[0-9]\{4\} [0-9]\{4\} [0-9]\{4\} [0-9]\{3,4\}/NUMBER/' text.txt)" "$(cat raw.txt)"

# Mistakes
for misuse in "" "--person p1 --text --html" "--person p1 --raw --send-to a@example.org"; do
    # shellcheck disable=SC2086  # several arguments
    run "$breach" preview a/playbook.yaml $misuse
    exits 64 "misuse: $misuse"
    stderr_has "it says so: $misuse" "breach: error: "
done
run "$breach" preview a/playbook.yaml --person p11
exits 65 "nobody with that id"
stderr_has "with a suggestion" "the people file has nobody with the id p11: did you mean p1?"
run "$breach" preview a/playbook.yaml --person p4
exits 65 "somebody without a message"
stderr_has "why" "p4 would get no such message (people: no usable email address)"
run "$breach" preview a/playbook.yaml --person p5
exits 65 "an id of two rows"
stderr_has "what to do" "the id p5 stands in 2 rows of the people file: the plan quarantines them all"
run "$breach" preview a/playbook.yaml --person p1 --channel sms
exits 65 "another channel than the person's"
stderr_has "which it would be" "p1 would get no such message (people: email)"
run "$breach" preview a/playbook.yaml --person p1 --edition-kind update
exits 65 "there is no update in the first edition"
stderr_has "it says so" "the playbook has no update"
run "$breach" preview a/playbook.yaml --person p1 --send-to nobody
exits 64 "no address"
stderr_has "it says so" "--send-to nobody: "

# The same as is sent --------------------------------------------------------------------------------------------------
sed -i '/^p5/d' a/people.csv
sends a
exits 1 "everybody with an address is told"
unread_stderr=
sent_mail=$(message_to mails p2@example.org)
is "headers and form are those of the message that was sent" "$(plain raw.eml | sed '/^$/q')" "$(plain "$sent_mail" | sed '/^$/q')"
parts_of "$sent_mail" sent
ok "the text is" cmp raw.txt sent.txt
ok "the HTML is" cmp raw.html sent.html

# As a test ------------------------------------------------------------------------------------------------------------
rm -f mails/*
before=$(sqlite3 a/leak.breach/ledger.db "SELECT group_concat(state) || count(*) FROM message")
run "$breach" preview a/playbook.yaml --person p2 --send-to me@example.net --json
exits 0 "sent as a test, through the gateway, for an actual incident, without a question"
stderr_has "it says what it does" "sends one message, marked as a test, from notice@example.com to me@example.net by relay"
schema_fits preview_test
is "taken" "$(json "$out" '$.result') $(json "$out" '$.code')" "accepted 250"
test_mail=$(message_to mails me@example.net)
is "one message, to that address and to nobody else" "$(find mails -type f | wc -l) $(grep -c 'p2@example.org' "$test_mail") $(tail -n 1 kept.log | cut -d' ' -f3)" \
    "1 0 me@example.net"
is "its text begins with the mark, in its language" "$(text_of "$test_mail" text/plain | tr -d '\r' | head -n 1)" \
    "【测试】这是测试邮件，没有发给当事人。您不需要做任何事。"
ok "so does the HTML" grep -qF '【测试】' <(text_of "$test_mail" text/html)
ok "and the subject" grep -qF "$(printf '【测试】' | base64 | cut -c1-12)" "$test_mail"
envid=$(tail -n 1 kept.log | cut -d' ' -f2)
is "no message of the ledger has its id" "$(sqlite3 a/leak.breach/ledger.db "SELECT count(*) FROM message WHERE id = '$envid'")" 0
is "nothing in the ledger moved" "$(sqlite3 a/leak.breach/ledger.db "SELECT group_concat(state) || count(*) FROM message")" "$before"
is "but the test is an event, with a masked address" "$(sqlite3 a/leak.breach/ledger.db "SELECT json_extract(body, '$.to') || ' ' ||
    json_extract(body, '$.result') FROM event WHERE json_extract(body, '$.event') = 'test_sent'")" "m***@example.net accepted"
run "$breach" status a/playbook.yaml --json
is "the identity is as it was" "$(json "$out" '$.people.accepted') $(json "$out" '$.people.total')" "3 4"

# Before there is a ledger
incident b actual
run "$breach" preview b/playbook.yaml --person p1 --send-to me@example.net
exits 0 "without a plan"
unread_stderr=
is "it is in a log of its own" "$(json b/leak.breach/preview.log '$.event') $(json b/leak.breach/preview.log '$.to')" "test_sent m***@example.net"
run "$breach" plan b/playbook.yaml
exits 0 "and does not disturb the plan that follows"

# Refused
relay strict --rule 'rcpt reply "550 5.1.1 no such user <me@example.net>" times=1' --rule 'rcpt reply "451 4.7.1 later"'
gateway >b/gateways/relay.yaml
run "$breach" preview b/playbook.yaml --person p1 --send-to me@example.net
exits 65 "refused for good"
stderr_has "with the relay's words" "sends one message" "error: relay: permanent: 550 no such user"
is "which are on record without the address" \
    "$(sqlite3 -readonly b/leak.breach/ledger.db "SELECT json_extract(body, '\$.reply') FROM event WHERE json_extract(body, '\$.event') = 'test_sent'")" \
    "no such user <***@example.net>"
stdout_has "the verdict" "the test was not taken by the gateway; nobody was sent anything" "next: breach check b/playbook.yaml"
run "$breach" preview b/playbook.yaml --person p1 --send-to me@example.net
exits 75 "refused for now"
unread_stderr=
relay_stop strict
run "$breach" preview b/playbook.yaml --person p1 --send-to me@example.net
exits 75 "no relay"
stderr_has "it says so" "sends one message" "cannot connect" "nothing was sent"

# In a later edition whoever was told gets the update ---------------------------------------------------------------------
relay later --rule 'rcpt to=p2@* reply "451 4.2.0 later"'
edition_incident d
people 2 >d/people.csv
sends d --patience PT0S
exits 75 "p1 is told in edition 1, p2 is not"
unread_stderr=
edition d 2 "kind: correction" "wrong: no phone numbers" "right: phone numbers too" "need_to_act: true"
run "$breach" preview d/playbook.yaml --person p1 --json
exits 0 "somebody who was told"
is "gets the update" "$(json "$out" '$.kind')" update
run "$breach" preview d/playbook.yaml --person p1 --text
stdout_has "with what was wrong and what is right, and when they were told" "phone numbers too" "First on "
stdout_lacks "the date is not empty" "First on ."
run "$breach" preview d/playbook.yaml --person p2 --json
exits 0 "somebody who was not"
is "gets a first notice" "$(json "$out" '$.kind')" first
run "$breach" preview d/playbook.yaml --person p2 --edition-kind update --text
exits 0 "as if they had been"
stdout_has "the update" "phone numbers too"
run "$breach" preview d/playbook.yaml --person p1 --edition-kind second
exits 65 "no such kind"
stderr_has "which there are" "--edition-kind is first or update, not second"

# An exercise: nothing leaves this machine -----------------------------------------------------------------------------
reached=$(sent kept)
incident c exercise
gateway "host: relay.example.com" "tls: starttls" >c/gateways/relay.yaml
run "$breach" preview c/playbook.yaml --person p1 --send-to me@example.net
exits 0 "an exercise"
stderr_has "it goes to the embedded relay" "by relay (127.0.0.1:" "the embedded relay took it; it lies in"
ok "marked as a test and as an exercise" grep -qF '[TEST]' <(text_of c/leak.dry-run.breach/preview.eml text/plain)
ok "as an exercise, too" grep -qF '[EXERCISE]' <(text_of c/leak.dry-run.breach/preview.eml text/plain)
run "$breach" preview a/playbook.yaml --dry-run --person p1 --send-to me@example.net
exits 0 "a rehearsal of an actual incident"
unread_stderr=
is "nothing reached the real relay" "$(sent kept)" "$reached"
run "$breach" notify c/playbook.yaml
exits 0 "the rehearsal that follows is not disturbed"
unread_stderr=
ok "its sample is no test" test -z "$(grep -l 'me@example.net' c/leak.dry-run.breach/samples/*.eml)"

run "$breach" preview --help
stdout_has "its help lists the channels" "the channel: email, sms, voice, phone, push, im, letter or webhook"

done_testing
