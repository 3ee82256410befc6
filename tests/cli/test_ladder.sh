#!/usr/bin/env bash
# The ladder as a person sees it: dead mailboxes go on to text messages, dead numbers to letters, the rest is unreachable;
# with a question when there are many, and a kill loses nobody.
. "$(dirname "$0")/lib.sh"
. "$source/tests/cli/incident.sh"
. "$source/tests/cli/texts.sh"

# texts NAME RULE...: the provider of text messages
texts() {
    local name=$1 rules=()
    shift
    for rule in "$@"; do rules+=(--rule "$rule"); done
    sink http-sink-breach "$name" --gateway "$work/texts.yaml" "${rules[@]}"
    texts_port=$sink_port
}

keyed_gateway() {
    texts_gateway "$1"
    echo 'idempotency: {header: Idempotency-Key, valid: PT24H}'
}

# ladder_incident FOLDER STATUS: p1 to p10 with mailboxes; p1 to p8 with numbers; p1 to p4 with addresses
ladder_incident() {
    incident "$1" "$2"
    sed -i -e 's/ladder: \[email\]/ladder: [email, sms, letter]/' \
        -e 's/{email: relay}/{email: relay, sms: texts, letter: print-room}/' "$1/playbook.yaml"
    keyed_gateway "$texts_port" >"$1/gateways/texts.yaml"
    printf '%s\n' 'version: 1' 'name: print-room' 'kind: letter' "folder: $work/$1.letters" 'sender: [Example Cloud, Road 1]' \
        >"$1/gateways/print-room.yaml"
    mkdir -p "$work/$1.letters"
    {
        echo "id,name,locale,email,phone,address"
        for i in 1 2 3 4 5 6 7 8 9 10; do
            phone=; address=
            [ "$i" -le 8 ] && phone=+8613800000$(printf %03d "$i")
            [ "$i" -le 4 ] && address="Road $i|1000 Town"
            echo "p$i,Person $i,en,p$i@example.org,$phone,$address"
        done
    } >"$1/people.csv"
}

keyed_gateway 1 >"$work/texts.yaml"
climbed() { json "$1" '$.climbs.climbed'; }

# Half of the mailboxes are dead: of these five, four have numbers
dead=(--rule 'rcpt to=p1@* reply "550 5.1.1 no such user"' --rule 'rcpt to=p2@* reply "550 5.1.1 no such user"'
    --rule 'rcpt to=p7@* reply "550 5.1.1 no such user"' --rule 'rcpt to=p8@* reply "550 5.1.1 no such user"'
    --rule 'rcpt to=p9@* reply "550 5.1.1 no such user"')
relay half "${dead[@]}"
texts numbers 'request to=*002 reply "400 {\"error\":\"unknown_number\"}"' 'request to=*008 reply "400 {\"error\":\"unknown_number\"}"'
ladder_incident half actual
sends half --json
exits 75 "with half of the mailboxes dead it stops and asks"
stderr_has "it says what waits" "4 notices have to go on to another channel" "4, from 0.20 EUR"
is "those with living mailboxes are told" "$(told "$out" accepted)" 5
is "who has no other way is unreachable at once" "$(told "$out" unreachable)" 1
is "the others are pending" "$(told "$out" pending)" 4
is "nobody has gone on without a yes" "$(climbed "$out")" 0
is "the command says how to say yes" "$(json "$out" '$.next')" "breach notify half/playbook.yaml --climb 4"
is "no text message was sent" "$(sent numbers)" 0

# The wrong number is refused, the right one is the yes
digest=$(json "$out" '$.digest')
again() { run "$breach" notify half/playbook.yaml --yes --expect-digest "$digest" --patience PT5S --json "$@"; }
ok "the document is what its schema promises" "$build/tests/tools/schema-check" "$source/docs/schema/notify.json" "$out"
again --climb 3
exits 65 "--climb with a lower number is refused"
stderr_has "it says the number" "4 notices have to go on to another channel, not 3" "nothing was sent"
again --climb many
exits 65 "--climb takes a number"
stderr_has "it says so" "--climb many is no number of notices" "nothing was sent"
again --climb 4
exits 1 "with a yes it finishes"
is "four text messages and letters later eight are told" "$(told "$out" accepted)" 8
is "two are at the end: no number, and a dead number without an address" "$(told "$out" unreachable)" 2
is "two numbers took a text message" "$(sent numbers)" 2
is "four notices have climbed" "$(climbed "$out")" 4
ok "the letter of the dead number is there" sh -c 'ls half.letters | grep -q .'
run "$breach" status half/playbook.yaml
exits 0 "status"
stdout_has "each rung has its reason" "unreachable: 1: email refused; sms refused" "unreachable: 1: no such mailbox"
run "$breach" notify half/playbook.yaml --yes --expect-digest "$digest" --patience PT5S
exits 1 "once more changes nothing"
is "no second text message" "$(sent numbers)" 2
relay_stop half
relay_stop numbers

# In an exercise nobody is asked; every rung is rehearsed
ladder_incident drill exercise
run "$breach" notify drill/playbook.yaml --json
exits 0 "a rehearsal reaches everybody"
is "all are told" "$(told "$out" accepted)" 10

# A bounce that comes later goes on by track, and notify sends
relay fine
texts late
ladder_incident late actual
sends late --json
exits 0 "everybody is told by email"
id=$(sqlite3 late/leak.breach/ledger.db "SELECT id FROM message WHERE endpoint = 'p5@example.org'")
sqlite3 late/leak.breach/ledger.db "INSERT INTO inbox(at, body) VALUES (1, '{\"at\":1,\"attempt\":0,\"code\":0,\"event\":\"bounced\",\"message\":\"$id\",\"reply\":\"550 5.1.1 unknown\"}')"
sed -i 's/^escalation:.*//' late/playbook.yaml
run "$breach" track late/playbook.yaml --json
exits 75 "track applies the bounce"
ok "its document is what its schema promises" "$build/tests/tools/schema-check" "$source/docs/schema/track.json" "$out"
is "one receipt" "$(json "$out" '$.receipts')" 1
is "one of ten is more than 5 %" "$(json "$out" '$.climbs.needs_yes')" 1
is "nobody has gone on" "$(json "$out" '$.climbed')" 0
digest=$(json "$out" '$.digest')
run "$breach" notify late/playbook.yaml --yes --expect-digest "$digest" --patience PT5S --climb 1 --json
exits 0 "with a yes it is sent"
is "one text message" "$(sent late)" 1
is "all are told" "$(told "$out" accepted)" 10
run "$breach" track late/playbook.yaml
exits 0 "there is nothing left to track"
stdout_has "it says so" "applied: 0; gone on to another channel: 0" "complete, nothing needs you"
relay_stop fine
relay_stop late

# A list names the rung that decides: the one that is under way, and at the end all of them
relay names --rule 'rcpt to=p1@* reply "550 5.1.1 no such user"' --rule 'rcpt to=p9@* reply "550 5.1.1 no such user"' \
    --rule 'rcpt to=p7@* reply "550 5.1.1 no such user"'
texts busy 'request to=*001 reply "503 {}"' 'request to=*007 reply "400 {\"error\":\"unknown_number\"}"'
ladder_incident names actual
echo "retry_after: PT1H" >>names/gateways/texts.yaml
run "$breach" plan names/playbook.yaml
digest=$(digest)
go_on() { run "$breach" notify names/playbook.yaml --yes --expect-digest "$digest" --patience PT1S "$@"; unread_stderr=; }
go_on
exits 75 "two wait for a yes"
asked=$(sed -n 's/^next: //p' "$out")
run "$breach" status names/playbook.yaml
is "notify and status say the same next command" "$asked" "$(sed -n 's/^next: //p' "$out")"
is "it is the yes" "$asked" "breach notify names/playbook.yaml --climb 2"
go_on --climb 2
exits 75 "one text message is put off"
run "$breach" status names/playbook.yaml --list pending
exits 0 "who is pending"
stdout_has "the text message, not the mail before it" "  row 1, p1, sms " "(503)"
stdout_lacks "nothing of the mail" "(550"
run "$breach" status names/playbook.yaml --list unreachable
exits 0 "who is unreachable"
stdout_has "each rung" "p7, sms " ": email refused; sms refused" "p9, email " "550 5.1.1"
relay_stop names
relay_stop busy

# every: on all channels at once; order: who is told first
relay every
texts all
ladder_incident every actual
sed -i 's/ladder: \[email, sms, letter\]/ladder: [email, sms], every: true, order: {by: phone, first: lowest}/' every/playbook.yaml
sends every --json
exits 0 "every channel at once"
is "a text message beside each email" "$(sent every),$(sent all)" "10,8"
sed -i 's/by: phone/by: age/' every/playbook.yaml
run "$breach" check every/playbook.yaml
exits 65 "an order needs its column"
stderr_has "it says so" "the people file has no column age to order by" "only say that there is something to read"

# What is done when a way turns out not to work: another gateway, or the channel is given up
relay refuses --rule 'rcpt reply "550 5.1.1 no such user"'
incident moved actual
sends moved
exits 1 "a relay refuses everybody"
relay other
gateway "name: other" >moved/gateways/other.yaml
sed -i 's/{email: relay}/{email: other}/' moved/playbook.yaml
run "$breach" plan moved/playbook.yaml
digest=$(digest)
run "$breach" retry moved/playbook.yaml --outcome all --reason "another relay" --yes --expect-count 3
exits 0 "what it refused is let go again"
stderr_has "with a warning about such addresses" "another try will hardly arrive"
run "$breach" notify moved/playbook.yaml --yes --expect-digest "$digest" --patience PT5S --json
exits 0 "and goes by the gateway of the latest plan"
is "everybody is told" "$(told "$out" accepted) $(sent other)" "3 3"

texts broken 'request reply "503 {}"'
relay instead
incident given-up actual
keyed_gateway "$texts_port" >given-up/gateways/texts.yaml
sed -i -e 's/ladder: \[email\]/ladder: [sms, email]/' -e 's/{email: relay}/{email: relay, sms: texts}/' given-up/playbook.yaml
printf '%s\n' id,name,locale,email,phone p1,One,en,p1@example.org,+8613800000001 p2,Two,en,,+8613800000002 >given-up/people.csv
sends given-up --patience PT0S
exits 75 "text messages are put off"
cp given-up/playbook.yaml both.yaml
sed -i -e 's/ladder: \[sms, email\]/ladder: [email]/' -e 's/, sms: texts}/}/' given-up/playbook.yaml
run "$breach" plan given-up/playbook.yaml
exits 0 "text messages are given up"
stdout_has "what waited for them goes another way" "first notices that were not tried yet, in the newest text: 1" "messages cancelled: 2"
run "$breach" notify given-up/playbook.yaml --yes --expect-digest "$(digest)" --patience PT5S --json
exits 1 "nobody waits for ever"
is "who has a mailbox is told, who has none is unreachable" "$(told "$out" accepted) $(told "$out" unreachable) $(sent instead)" "1 1 1"
cp both.yaml given-up/playbook.yaml
texts mended
keyed_gateway "$texts_port" >given-up/gateways/texts.yaml
run "$breach" plan given-up/playbook.yaml
run "$breach" notify given-up/playbook.yaml --yes --expect-digest "$(digest)" --patience PT5S --json
exits 0 "text messages work again"
is "who was told by mail gets none, who was not does" "$(told "$out" accepted) $(cut -d' ' -f3 mended.log)" "2 +8613800000002"

done_testing
