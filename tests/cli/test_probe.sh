#!/usr/bin/env bash
# breach check --probe and --ready: what a gateway would do with our mail, and what a standing playbook lacks.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=incident.sh
. "$source/tests/cli/incident.sh"

export BREACH_TEST_PASSWORD=open-sesame-4711
silent=127.0.0.1:9 # nobody answers DNS there

# probe NAME LINE...: an incident whose gateway has these lines, probed
probe() {
    local name=$1
    shift
    incident "$name" actual
    gateway "$@" >"$name/gateways/relay.yaml"
    run "$breach" check "$name/playbook.yaml" --probe --resolver "$silent"
}

# step NAME STATE: that step of the last probe went so
# shellcheck disable=SC2317  # ok calls it
step() {
    grep -qE "^  $1 +$2( |\$)" "$out"
}

# A relay as it should be ----------------------------------------------------------------------------------------------
relay good --starttls --certificate-file "$work/good.pem" --user u --password "$BREACH_TEST_PASSWORD"
secure=("tls: starttls" "ca_file: $work/good.pem" 'auth: {user: u, password: "env:BREACH_TEST_PASSWORD"}')
probe good "${secure[@]}"
exits 0 "a relay that takes our mail"
for name in resolve connect greeting ehlo starttls auth mail rcpt-from rcpt-bounce rset quit; do
    ok "$name is ok" step "$name" ok
done
ok "SPF is not checked where no resolver answers" step spf unknown
stdout_has "it says so, and the verdict" "dmarc        unknown  example.com: not checked: no resolver answered" \
    "3 people: 3 to be told; nothing is wrong" "next: breach plan good/playbook.yaml"
is "nothing was sent" "$(sent good)" 0
run "$breach" check good/playbook.yaml --probe --ready --json --resolver "$silent"
ok "--json is what its schema promises" "$build/tests/tools/schema-check" "$source/docs/schema/check.json" "$out"
is "the steps stand in it" "$(json "$out" '$.probe[0].steps[5].step') $(json "$out" '$.probe[0].steps[5].state')" "auth ok"
is "and when the certificate ends" "$(json "$out" '$.probe[0].certificate_end' | cut -c 5)" "-"

# What goes wrong ------------------------------------------------------------------------------------------------------
# refused NAME STEP CODE TEXT: the last probe failed at STEP, with that on stderr
refused() {
    exits 69 "$1"
    ok "$1: the step failed" step "$2" failed
    stderr_has "$1: it says what to do" "breach: error: gateway relay: $2: $4"
    ok "$1: with its code" grep -qF "[$3]" "$err"
    stdout_has "$1: the verdict" "NEEDS YOU: 1 gateway cannot be used; nothing can be sent through it" \
        "next: breach check ${1// /-}/playbook.yaml --probe"
}
relay other --starttls --certificate-file "$work/other.pem"
good_port=$(cat good.port)
port=$good_port
probe wrong-ca "tls: starttls" "ca_file: $work/other.pem"
refused "wrong ca" starttls BR-TLS-004 "the certificate of 127.0.0.1 is signed by nobody whom we trust"
probe wrong-name "host: 127.1" "${secure[@]}"
refused "wrong name" starttls BR-TLS-001 "the certificate of 127.1 is for localhost, 127.0.0.1: mend host"
BREACH_TEST_PASSWORD=something-else probe bad-password "${secure[@]}"
refused "bad password" auth BR-PROBE-012 "user or password is refused (535 "
relay lax --starttls --certificate-file "$work/lax.pem" --user u --password "$BREACH_TEST_PASSWORD" \
    --rule 'auth reply "250 2.0.0 ok"'
probe lax-answer "tls: starttls" "ca_file: $work/lax.pem" 'auth: {user: u, password: "env:BREACH_TEST_PASSWORD"}'
refused "lax answer" auth BR-PROBE-026 "no proper answer to AUTH, which is 235 (250 2.0.0 ok): ask the relay's owner"
# It may repeat what it was sent: base64 of NUL u NUL open-sesame-4711
relay echo --starttls --certificate-file "$work/echo.pem" --user u --password other \
    --rule 'auth reply "535 5.7.8 cannot read AHUAb3Blbi1zZXNhbWUtNDcxMQ=="'
probe echoed-password "tls: starttls" "ca_file: $work/echo.pem" 'auth: {user: u, password: "env:BREACH_TEST_PASSWORD"}' \
    "name: relay"
refused "echoed password" auth BR-PROBE-012 "user or password is refused (535 in words that repeat the password"
run "$breach" check echoed-password/playbook.yaml --probe --resolver "$silent" --json --trace "$work/echo.trace"
unread_stderr=
is "it stands nowhere" "$(grep -l AHUAb3 "$out" "$err" "$work/echo.trace" | wc -l)" 0
relay plain
probe stripped "tls: starttls"
refused "stripped" starttls BR-PROBE-008 "no STARTTLS is offered, and nothing is sent in plain text"
relay norcpt --rule 'rcpt to=notice@* reply "550 5.1.1 no such user"'
probe no-sender-mailbox
refused "no sender mailbox" rcpt-from BR-PROBE-014 "mail to our own address notice@example.com is refused: 550 "
ok "the other address is tried all the same" step rcpt-bounce ok
relay nobounce --rule 'rcpt to=bounce+* reply "550 5.1.1 no such user"'
probe no-bounces
refused "no bounces" rcpt-bounce BR-PROBE-015 "mail to bounce+"
relay nomail --rule 'mail reply "553 5.7.1 sender not allowed"'
probe no-sender
refused "no sender" mail BR-PROBE-013 "our return path bounce+"
ok "RSET and QUIT follow" step quit ok
relay closed --rule 'connect reply "554 5.7.1 go away"'
probe closed
refused "closed" greeting BR-PROBE-006 "the relay turns us away: 554 "
relay hangs --rule 'ehlo hang-up'
probe hangs
refused "hangs" ehlo BR-PROBE-004 "127.0.0.1:$port ends the connection"
relay noise --rule 'connect garbage'
probe noise
refused "noise" greeting BR-PROBE-005 "127.0.0.1:$port answers "
relay_stop plain
port=$(cat plain.port)
probe nobody
refused "nobody" connect BR-PROBE-002 "cannot connect to 127.0.0.1:$port (Connection refused)"
is "nothing was sent to any of them" "$(cat ./*.log 2>/dev/null | wc -l)" 0

# Secrets and addresses in the trace -----------------------------------------------------------------------------------
port=$good_port
incident traced actual
gateway "${secure[@]}" >traced/gateways/relay.yaml
run "$breach" check traced/playbook.yaml --probe --resolver "$silent" --trace trace
exits 0 "--trace"
ok "the dialogue is in it" grep -q '< 220 ' trace
ok "behind TLS, too" grep -q '> RCPT TO:<\*\*\*@example.com>' trace
is "without the password, without addresses" \
    "$(grep -cE "$BREACH_TEST_PASSWORD|$(printf '\0u\0%s' "$BREACH_TEST_PASSWORD" | base64)|notice@|bounce" trace)" 0
run "$breach" check traced/playbook.yaml --probe --trace nowhere/trace
exits 73 "a trace that cannot be written"
stderr_has "it says so" "breach: error: cannot write the trace to nowhere/trace: No such file or directory [BR-TRACE-001]"
run "$breach" check traced/playbook.yaml --probe --resolver localhost
exits 64 "a resolver that is no address"
stderr_has "it says how to write one" "--resolver localhost is no IPv4 address: write 192.0.2.1 or 192.0.2.1:5353"

# SPF and DMARC --------------------------------------------------------------------------------------------------------
# resolver LINE...: a resolver that knows these records, at $resolver
resolver() {
    printf '%s\n' "$@" >records
    rm -f dns.port
    "$build/tests/tools/dns-breach" records dns.port 2>dns.err </dev/null &
    relays[dns$port$RANDOM]=$!
    wait_for test -s dns.port
    resolver=127.0.0.1:$(cat dns.port)
}

# policy RECORD...: the good relay is probed with a resolver that knows these records
policy() {
    resolver "$@"
    run "$breach" check traced/playbook.yaml --probe --resolver "$resolver"
    exits 0 "SPF and DMARC stop nothing: $1"
}
long=$(printf 'ip4:192.0.2.%d ' {1..40})
policy "example.com other=1" "example.com v=spf1 $long-all" "_dmarc.example.com v=DMARC1; p=reject"
ok "SPF in several pieces" step spf ok
stdout_has "it is put together" "example.com: v=spf1 ip4:192.0.2.1 " " ip4:192.0.2.40 -all" "example.com: v=DMARC1; p=reject"
policy "nothing.example x"
stderr_has "no records at all" "relay.yaml: warning: example.com has no SPF record" \
    "relay.yaml: warning: example.com has no DMARC record"
policy "example.com v=spf1 -all" "example.com v=spf1 mx -all" "_dmarc.example.com v=DMARC1; p=none" \
    "_dmarc.example.com v=DMARC1; p=reject"
stderr_has "two of each" "example.com has 2 SPF records" "example.com has 2 DMARC records"
policy "example.com v=spf1 a +all" "_dmarc.example.com v=DMARC1; p=none"
stderr_has "everybody may send" "the SPF record of example.com allows everybody (v=spf1 a +all)"
gateway "${secure[@]}" "bounce: bounce@mailer.test" "from: notice@news.example.com" >traced/gateways/relay.yaml
policy "mailer.test v=spf1 -all" "news.example.com v=spf1 -all" "_dmarc.example.com v=DMARC1; p=quarantine"
stdout_has "DMARC of the domain above" "dmarc        ok       example.com: v=DMARC1; p=quarantine"
stderr_has "SPF of another domain does not count" \
    "DMARC of news.example.com asks for p=quarantine, and bounce is at mailer.test, so that SPF does not count"
policy "mailer.test !" "news.example.com v=spf1 -all" "_dmarc.example.com v=DMARC1; p=none"
ok "a resolver that fails is no finding" step spf unknown

# The monthly look -----------------------------------------------------------------------------------------------------
# row NAME STATE: that line of the last table
# shellcheck disable=SC2317  # ok calls it
row() {
    grep -qE "^$1 +$2 " "$out"
}
incident standing actual
gateway "${secure[@]}" >standing/gateways/relay.yaml
run env BREACH_MACHINE=full "$breach" check standing/playbook.yaml --ready
exits 65 "a full disk"
ok "that is missing" row disk missing
run "$breach" check standing/playbook.yaml --ready
exits 65 "a standing playbook that was never rehearsed"
ok "that is missing" row rehearsal missing
ok "a relay that was not talked to is worth a look" row relay look
stdout_has "the verdict" "NEEDS YOU: not ready: 1 thing is missing" "next: breach notify standing/playbook.yaml --dry-run"
run "$breach" notify standing/playbook.yaml --dry-run
run "$breach" check standing/playbook.yaml --ready --probe --resolver "$silent"
exits 0 "rehearsed"
for name in playbook people languages gateway secret sender relay certificate rehearsal clock; do
    ok "$name is ok" row "$name" ok
done
stdout_has "the verdict" "3 people: 3 to be told; ready" "next: breach plan standing/playbook.yaml"
touch -d '40 days ago' standing/people.csv
printf 'p9,Neuf,fr,p9@example.org\np10,Dix,fr-CA,p10@example.org\n' >>standing/people.csv
touch -d '40 days ago' standing/people.csv
gateway "${secure[@]}" "from: notice@elsewhere.test" >standing/gateways/relay.yaml
unset BREACH_TEST_PASSWORD
run "$breach" check standing/playbook.yaml --ready
exits 65 "old people, other languages, a foreign sender, no password"
stderr_has "the password is a warning, too" BREACH_TEST_PASSWORD
stdout_has "what is worth a look" "the people file is 40 d 0 h old: export it again" "no text in fr (1), fr-CA (1): they get en" \
    "notice@elsewhere.test is at elsewhere.test, which organization.domains does not name"
ok "the password is missing" row secret missing
incident practice exercise
run "$breach" notify practice/playbook.yaml --state elsewhere
unread_stderr=
run "$breach" check practice/playbook.yaml --ready --state elsewhere
ok "a rehearsal is found where --state keeps it" row rehearsal ok
run "$breach" check practice/playbook.yaml --ready --state nowhere
ok "and is missing where there is none" row rehearsal missing
stdout_has "it says how to rehearse there" "type breach notify practice/playbook.yaml --state nowhere --dry-run"
rm practice/people.csv
run "$breach" check practice/playbook.yaml --ready
exits 65 "without a people file"
stderr_has "it says why" "people.csv: error: cannot be read"
ok "nothing is said about their languages" test "$(grep -c '^languages' "$out")" = 0
for option in "--resolver 192.0.2.1" "--trace trace.unused"; do
    # shellcheck disable=SC2086  # two words
    run "$breach" check standing/playbook.yaml $option
    exits 64 "$option without --probe"
    stderr_has "is not ignored" "--resolver and --trace are for --probe" "BR-PROBE-025"
done
run "$breach" check "$source/playbooks/credential-leak-email.yaml" --ready
exits 65 "the shipped sample"
ok "its gateway serves exercises only" row gateway missing

# Providers over HTTP and folders ---------------------------------------------------------------------------------------
# The relay stands for the provider's machine: it takes the connection, and would log whatever came over it.
relay provider
incident kinds exercise
sed -i -e 's/^gateways: .*/gateways: {webhook: hook, letter: room}/' -e 's/ladder: \[email\]/ladder: [webhook]/' kinds/playbook.yaml
rm kinds/gateways/relay.yaml
cat >kinds/gateways/hook.yaml <<END
version: 1
name: hook
kind: http
preset: webhook
params: {url: "http://127.0.0.1:$port/hooks"}
END
cat >kinds/gateways/room.yaml <<'END'
version: 1
name: room
kind: letter
folder: out
sender: [Example Cloud, 1 Example Road]
END
run "$breach" check kinds/playbook.yaml --probe
exits 69 "a provider whose secret is not there"
stderr_has "what to type" "WEBHOOK_SECRET is not set"
stdout_has "nothing more was tried with it" "  secret       failed" "  connect      skipped" "  folder       ok"
export WEBHOOK_SECRET=abc
run "$breach" check kinds/playbook.yaml --probe --json
exits 0 "a provider that can be reached"
is "its steps" "$(json "$out" '$.probe[0].steps[0].state') $(json "$out" '$.probe[0].steps[2].step')" "ok connect"
is "its kind and host" "$(json "$out" '$.probe[0].kind') $(json "$out" '$.probe[0].host')" "http 127.0.0.1"
is "the folder" "$(json "$out" '$.probe[1].folder') $(json "$out" '$.probe[1].ok')" "$work/kinds/gateways/out 1"
is "nothing was sent" "$(sent provider)" 0
relay_stop provider
run "$breach" check kinds/playbook.yaml --probe
exits 69 "and one that cannot"
unread_stderr=
stdout_has "the step that failed" "  secret       ok" "  connect      failed"
run "$breach" check kinds/playbook.yaml --ready --probe
stdout_has "the monthly look at each kind" "webhook: hook (127.0.0.1:$port)" "letter: room ($work/kinds/gateways/out)" \
    "room can be used" "hook has its password"
unread_stderr=
unset WEBHOOK_SECRET

done_testing
