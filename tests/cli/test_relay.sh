#!/usr/bin/env bash
# Relays that misbehave: the right states, the right exit, a verdict that says so, and nobody told twice unless in doubt.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=incident.sh
. "$source/tests/cli/incident.sh"

# prepare NAME PEOPLE LINE...: an actual incident for the relay at $port, whose gateway has these lines
prepare() {
    local name=$1 count=$2
    shift 2
    incident "$name" actual
    people "$count" >"$name/people.csv"
    gateway "$@" >"$name/gateways/relay.yaml"
}

# copies NAME: how often the relay accepted the message that it accepted most often
copies() {
    cut -d' ' -f2 "$work/$1.log" 2>/dev/null | sort | uniq -c | sort -rn | awk 'NR == 1 { most = $1 } END { print most + 0 }'
}

# now FOLDER: the document of status, in $out
now() {
    run "$breach" status "$1/playbook.yaml" --json
    exits 0 "status of $1"
    ok "--json of $1 is what its schema promises" "$build/tests/tools/schema-check" "$source/docs/schema/status.json" "$out"
}

# counts MEMBER...: these members of people, or messages.X, or of the document itself, of the last status
counts() {
    local member path values=()
    for member; do
        path="\$.people.$member"
        case $member in
        messages.*) path="\$.$member" ;;
        held | resent_in_doubt | twice | complete) path="\$.$member" ;;
        esac
        values+=("$member $(json "$out" "$path")")
    done
    echo "${values[*]}"
}

doubt="held in doubt: the gateway may have taken it and never said so; look into the gateway's log before anybody is told again"

# The connection ends after the final dot ------------------------------------------------------------------------------
relay dies --rule "dot accept-and-die"
prepare dies 1
sends dies
exits 75 "the relay takes the message and dies, always"
stdout_has "the verdict says so" "NEEDS YOU: 1 person: 0 told, 1 in doubt; 1 message is $doubt" "next: breach resolve dies/playbook.yaml"
is "two resends, then hold" "$(sent dies)" 3
now dies
is "it is in doubt and held" "$(counts in_doubt held resent_in_doubt complete)" "in_doubt 1 held 1 resent_in_doubt 2 complete 0"
run "$breach" notify dies/playbook.yaml
exits 75 "it is not sent again by itself"
stdout_has "the verdict says so again" "$doubt"
is "nothing more reached the relay" "$(sent dies)" 3

relay hangs --rule "dot hang-up"
prepare hangs 6 "connections: 3"
sends hangs --patience PT3S
exits 75 "every connection is dropped after the final dot"
stdout_has "the verdict says so" "NEEDS YOU: 6 people: 0 told, " " in doubt" "next: breach "
unread_stderr=
now hangs
ok "some are in doubt, nobody is told" test "$(told "$out" in_doubt)" -gt 0 -a "$(told "$out" accepted)" = 0

relay black --rule "dot accept-and-die"
prepare black 6 "connections: 3"
sends black --patience PT3S
exits 75 "every message is taken and every connection dropped"
unread_stderr=
ok "a relay like that is not given everybody's message three times at once" test "$(copies black)" -le 3
is "every message that the relay may have is recorded as having been in doubt" "$(sqlite3 black/leak.breach/ledger.db \
    "SELECT DISTINCT json_extract(body, '$.message') FROM event WHERE json_extract(body, '$.event') = 'doubted'" | sort)" \
    "$(cut -d' ' -f2 black.log | sort -u)"

relay one --rule "dot to=p2@* accept-and-die"
prepare one 20
sends one
exits 75 "one message is taken without an answer, always"
stdout_has "the others are told" "NEEDS YOU: 20 people: 19 told, 1 in doubt; 1 message is $doubt"
is "three copies of that one, one of each other" "$(sent one) $(grep -c p2@example.org one.log)" "22 3"

relay hold --rule "dot accept-and-die times=1"
prepare hold 3 "in_doubt: hold" "connections: 1"
sends hold
exits 75 "in_doubt: hold"
stdout_has "one is held, the others are told" "NEEDS YOU: 3 people: 2 told, 1 in doubt; 1 message is $doubt"
is "nothing was sent twice" "$(sent hold) $(copies hold)" "3 1"

relay once --rule "dot accept-and-die times=1"
prepare once 8 "connections: 1"
sends once
exits 0 "one message is taken without an answer, once"
now once
is "it was sent again, and that is recorded" "$(counts accepted resent_in_doubt held complete)" \
    "accepted 8 resent_in_doubt 1 held 0 complete 1"
is "one copy more than people" "$(sent once) $(copies once)" "9 2"

relay late --rule "dot delay 12s times=1"
prepare late 2 "connections: 1" "timeouts: {final_dot: PT5S}" # which is time for any other answer
sends late
exits 0 "an answer to the final dot that comes too late"
now late
is "it was in doubt, and sent again" "$(counts accepted resent_in_doubt)" "accepted 2 resent_in_doubt 1"

# Refused for now ------------------------------------------------------------------------------------------------------
relay grey --rule 'rcpt reply "451 4.7.1 greylisted, try again later" each=1'
prepare grey 40
sends grey
exits 0 "everybody is greylisted once"
stdout_has "everybody is told" "40 people: 40 told, complete"
is "once" "$(sent grey) $(copies grey)" "40 1"

relay full --rule 'rcpt to=p1@* reply "452 4.2.2 mailbox full"'
prepare full 3 "retry_after: PT10M"
sends full --patience PT1S
exits 75 "a mailbox that is full"
stdout_has "the others are told, and when it is tried again" "NEEDS YOU: 3 people: 2 told, 1 pending, next try at " " min)"

relay ends --rule 'mail reply "421 4.3.2 closing" skip=2 times=2' --rule 'rcpt reply "421 4.3.2 closing" skip=5 times=1' \
    --rule 'dot reply "421 4.3.2 closing" skip=7 times=1'
prepare ends 30
sends ends
exits 0 "421 in the middle of sessions"
is "everybody is told once" "$(sent ends) $(copies ends)" "30 1"

relay blocked --rule 'rcpt reply "550 5.7.1 your address is on a list"'
prepare blocked 3 "retry_after: PT10M"
sends blocked --patience PT1S
exits 75 "a rejection because of us"
now blocked
is "no address is thought to be dead" "$(counts pending unreachable)" "pending 3 unreachable 0"

# Refused for good -----------------------------------------------------------------------------------------------------
relay hard --rule 'rcpt reply "550 5.1.1 no such user" share=0.05'
prepare hard 400 "connections: 8"
sends hard
exits 1 "five addresses of a hundred do not exist"
now hard
refused=$(told "$out" unreachable)
ok "about twenty of four hundred" test "$refused" -ge 8 -a "$refused" -le 36
is "the others are told, once" "$(told "$out" accepted) $(sent hard) $(copies hard)" "$((400 - refused)) $((400 - refused)) 1"
is "the reason is one" "$(json "$out" '$.reasons[0].reason') $(json "$out" '$.reasons[0].notices')" \
    "no such mailbox (550 5.1.1) $refused"
is "it is complete" "$(counts complete)" "complete 1"
run "$breach" status hard/playbook.yaml
exits 0 "status in words"
stdout_has "the reason with its number, and the verdict" "unreachable: $refused: no such mailbox (550 5.1.1)" \
    "400 people: $((400 - refused)) told, $refused unreachable; finished, but not everybody could be told"
run "$breach" notify hard/playbook.yaml
exits 1 "again: it stays so, and nobody is asked"
is "nothing is sent" "$(sent hard)" "$((400 - refused))"

# Slow, and out of order -----------------------------------------------------------------------------------------------
delays=()
for at in connect ehlo mail rcpt data dot quit; do delays+=(--rule "$at delay 120ms"); done
relay slow "${delays[@]}"
prepare slow 4
sends slow
exits 0 "a delay at every command"
is "everybody is told once" "$(sent slow) $(copies slow)" "4 1"

# A line that is no reply makes the session end. It is in doubt only where the message had been handed over.
for at in ehlo mail rcpt data dot; do
    relay "garbage-$at" --rule "$at garbage times=1"
    prepare "garbage-$at" 3 "connections: 1"
    sends "garbage-$at"
    exits 0 "nonsense in answer to $at"
    is "everybody is told ($at)" "$(sent "garbage-$at") $(copies "garbage-$at")" "3 1"
    now "garbage-$at"
    is "in doubt only after the message ($at)" "$(counts accepted resent_in_doubt)" \
        "accepted 3 resent_in_doubt $([ "$at" = dot ] && echo 1 || echo 0)"
done

# Stopped --------------------------------------------------------------------------------------------------------------
relay stopped --rule "dot delay 500ms"
prepare stopped 4 "connections: 1"
run "$breach" plan stopped/playbook.yaml
confirmed=(--yes --expect-digest "$(digest)")
"$breach" notify stopped/playbook.yaml "${confirmed[@]}" >stop.out 2>stop.err </dev/null &
sending=$!
wait_for test -s stopped.log
kill -TERM "$sending"
kill -HUP "$sending"
wait "$sending"
is "stopped twice: it ends at once with 75" "$? $(without_progress stop.err)" \
    "75 breach: stopped at once: what was on the wire is sorted out by the next breach notify"
ok "what is left" grep -qE '^NEEDS YOU: 4 people: [0-3] told, .* left by a run that ended early, and nobody is sending' stop.out
is "and what to type" "$(tail -n 1 stop.out)" "next: breach notify stopped/playbook.yaml"
run "$breach" notify stopped/playbook.yaml "${confirmed[@]}"
exits 0 "the next run finishes the job"
stderr_has "and says what it found" "breach: an earlier run ended early: "
now stopped
is "everybody is told" "$(counts accepted)" "accepted 4"
ok "a second copy is recorded as such" test "$(sent stopped)" -le $((4 + $(json "$out" '$.resent_in_doubt')))

# TLS and AUTH ---------------------------------------------------------------------------------------------------------
relay secure --starttls --certificate-file "$work/relay.pem" --user breach@example.com --password 'correct horse'
tls=("tls: starttls" "host: localhost" "ca_file: $work/relay.pem")
login='auth: {user: breach@example.com, password: "env:BREACH_TEST_PASSWORD"}'
prepare secure 5 "${tls[@]}" "$login"
export BREACH_TEST_PASSWORD='correct horse'
sends secure
exits 0 "TLS with a certificate that is trusted, and the right password"
is "everybody is told once" "$(sent secure) $(copies secure)" "5 1"

prepare login 3 "${tls[@]}" "$login"
export BREACH_TEST_PASSWORD='wrong battery'
sends login --patience PT1S
exits 75 "the wrong password"
stdout_has "nobody is told, and what to mend" "NEEDS YOU: 3 people: 0 told, 3 pending" \
    "the user name or the password was refused: mend auth in the gateway file" "next: breach notify login/playbook.yaml"
stdout_lacks "the password is not shown" "wrong battery"
export BREACH_TEST_PASSWORD='correct horse'
sends login
exits 0 "with the right one it goes on"
is "no password is written anywhere" "$(grep -rlE 'correct horse|wrong battery' login secure "$out" "$err")" ""
is "nor in base64" "$(grep -rlF "$(printf '\0breach@example.com\0correct horse' | base64)" login secure)" ""
unset BREACH_TEST_PASSWORD

prepare stranger 3 "tls: starttls" "host: localhost"
sends stranger --patience PT1S
exits 75 "a certificate that nobody vouches for"
stdout_has "nobody is told, and what to do" "0 told, 3 pending" "signed by nobody whom we trust" "name its CA as ca_file"
relay plain
prepare downgrade 3 "tls: starttls" "host: localhost"
sends downgrade --patience PT1S
exits 75 "a relay that does not offer STARTTLS"
stdout_has "nobody is told in the clear" "0 told, 3 pending" "STARTTLS"
is "nothing reached it" "$(sent plain)" 0

# Nobody there ---------------------------------------------------------------------------------------------------------
free_port # nobody is there, and then somebody is
port=$free
prepare gone 3
sends gone --patience PT2S
exits 75 "there is no relay"
stdout_has "the verdict says so, and what to type" "NEEDS YOU: 3 people: 0 told, 3 pending" \
    "127.0.0.1:$port: cannot connect (Connection refused): is the relay running?" "next: breach notify gone/playbook.yaml"
relay gone --port "$port"
sends gone
exits 0 "once it is there, it goes on"

done_testing
