#!/usr/bin/env bash
# Evidence for one person: breach report --person makes a folder that sha256sum alone verifies; what was changed in the ledger
# since is noticed, and nobody else's data is in it. And a sample that anybody can draw again.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=incident.sh
. "$source/tests/cli/incident.sh"
. "$source/tests/cli/bounces.sh"

# holds FOLDER TEXT: some file of it has the text
# shellcheck disable=SC2317  # lacks calls it
holds() {
    grep -rqF -- "$2" "$1"
}
# lacks NAME FOLDER TEXT...: no file of it has any of the texts, not even in base64 of a message
lacks() {
    local name=$1 folder=$2 text found=
    shift 2
    for text; do
        if holds "$folder" "$text"; then found="$found $text"; fi
    done
    is "$name" "$found" ""
}
# decoded FOLDER: the texts of its mails
decoded() {
    python3 - "$1" <<'END'
import email, glob, sys
for path in sorted(glob.glob(sys.argv[1] + "/messages/*.eml") + glob.glob(sys.argv[1] + "/mail/*.eml")):
    for part in email.message_from_binary_file(open(path, "rb")).walk():
        if not part.is_multipart():
            print(part.get_payload(decode=True).decode("utf-8", "replace"))
END
}
# is_taken FILE: the relay took this very mail
# shellcheck disable=SC2317  # ok calls it
is_taken() {
    local taken
    for taken in kept/*.eml; do cmp -s "$1" "$taken" && return 0; done
    return 1
}
events() { sqlite3 "$state/ledger.db" "SELECT $1 FROM event WHERE $2"; }
id_of() { sqlite3 "$state/ledger.db" "SELECT m.id FROM message m JOIN notice n ON n.no = m.notice JOIN person p ON p.no = n.person WHERE p.id = '$1'"; }

# Mail ------------------------------------------------------------------------------------------------------------------
relay first --keep "$work/kept" --rule 'dot to=doubt@* accept-and-die times=1' --rule 'rcpt to=late@* reply "451 4.7.1 later, late@example.org" times=1'
incident leak actual
# typed THE COMMAND: by somebody who says more than is asked for
# shellcheck disable=SC2317
typed() { "$breach" "$1" leak/playbook.yaml "${@:2}" --reason "wait for Zoe Zabel, zoe@example.org" >/dev/null 2>&1 || note "breach $* failed"; }
cat >leak/people.csv <<'END'
id,name,locale,email,organization
p1,Ann Abel,en,desk@example.org,Acme
p2,Boris Babel,en,desk@example.org,Acme
p3,Carol Cable,en,carol@example.org,
p4,Doris Doubt,en,doubt@example.org,
p5,Late Larry,en,late@example.org,
p6,Bounce Bill,zh-CN,bill@example.org,
p7,,en,,
END
run "$breach" plan leak/playbook.yaml
typed hold
typed lift
typed hold --person p3
typed lift --person p3
sends leak
exits 1 "all but one are told"
state=leak/leak.breach
run "$breach" report leak/playbook.yaml --person p3 --out p3
exits 0 "evidence for one person"
stdout_has "it says what it found and what to type" "p3: accepted" "check: the same, octet for octet" "1 of 1 messages that were handed over were made again" \
    "next: cd p3 && sha256sum -c SHA256SUMS"
ok "sha256sum alone verifies it" env -C p3 sha256sum -c --strict SHA256SUMS
is "all of it is in the list" "$(cd p3 && find . -type f ! -name SHA256SUMS | wc -l)" "$(wc -l <p3/SHA256SUMS)"
is "it is for nobody else to read" "$(stat -c %a p3) $(find p3 -type f -exec stat -c %a {} + | sort -u)" "700 600"
message=$(id_of p3)
mail=p3/messages/$message.1.eml
ok "the message is there" test -f "$mail"
recorded=$(events "json_extract(body, '\$.sha256')" "json_extract(body, '\$.message') = '$message'")
is "its SHA-256 is that of the event" "$(sha256sum <"$mail" | cut -d ' ' -f 1)" "$recorded"
ok "it is what the relay took, octet for octet" cmp "$mail" "$(grep -l "$message" kept/*.eml)"
grep "\"message\":\"$message\"" p3/events.jsonl >event.json
is "the event of the pack names the line of the ledger" "$(json event.json '$.sha256')" \
    "$(events body "no = $(json event.json '$.no')" | tr -d '\n' | sha256sum | cut -d ' ' -f 1)"
is "nor what was typed about all; what was typed about this person is theirs" \
    "$(grep -c 'not shown here' p3/events.jsonl) $(grep -c Zabel p3/events.jsonl)" "2 2"
lacks "nobody else is in it" p3 Abel Babel Doris Larry "desk@" "doubt@" "late@" "bill@"
lacks "nor who works here, nor where" p3 "$(id -un)@" "$work"
cp -r p3 elsewhere
ok "a copy in another folder verifies" env -C elsewhere sha256sum -c --strict SHA256SUMS
echo " " >>elsewhere/index.html
is "a changed file does not" "$(env -C elsewhere sha256sum -c --status SHA256SUMS && echo "it does")" ""
run "$breach" report leak/playbook.yaml --person p3 --out p3
exits 73 "a folder that is there is left alone"
stderr_has "it says so" "p3 is there already, and not empty: choose another folder" "[BR-EVIDENCE-002]"
run "$breach" report leak/playbook.yaml --person p3 --json
exits 0 "the same as a document, without a folder"
ok "as its schema says" "$build/tests/tools/schema-check" "$source/docs/schema/evidence.json" "$out"
is "nothing was written" "$(json "$out" '$.folder')$(json "$out" '$.files')" 0

# Several people in one message --------------------------------------------------------------------------------------------
is "two people share a message" "$(sqlite3 $state/ledger.db 'SELECT count(*) FROM serves')" 1
run "$breach" report leak/playbook.yaml --person p2 --out p2
exits 0 "evidence for one of two who share an address"
stdout_has "what was sent to both is checked" "check: the same, octet for octet"
decoded p2 >p2.txt
ok "the message as this person alone would have got it" grep -q "Dear Boris Babel" p2.txt
is "says nothing about the other" "$(grep -c Abel p2.txt)" 0
lacks "nor does anything else" p2 Abel Zabel zoe@
is "its name says that it is not the one that was sent" "$(cd p2 && echo messages/*)" "messages/$(id_of p1).1.yours.eml"
is "and the document does" "$(json p2/evidence.json '$.messages[0].attempts[0].names_others') $(json p2/evidence.json '$.messages[0].others')" "1 1"

# Doubts, later attempts, bounces --------------------------------------------------------------------------------------------
run "$breach" report leak/playbook.yaml --person p4 --out p4
exits 0 "evidence for somebody whose message was in doubt"
is "both copies are there, each with its own time" "$(json p4/evidence.json '$.messages[0].attempts[0].check') $(json p4/evidence.json '$.messages[0].attempts[1].check') $(find p4/messages -type f | wc -l)" \
    "same same 2"
is "the doubt is in it" "$(json p4/evidence.json '$.messages[0].was_in_doubt') $(grep -c '"event":"doubted"' p4/events.jsonl)" "1 1"
for mail in p4/messages/*; do
    ok "attempt $(basename "$mail" .eml | sed 's/.*[.]//') is one that the relay took" is_taken "$mail"
done
run "$breach" report leak/playbook.yaml --person p5 --out p5
exits 0 "evidence for somebody who was told at the second try"
ok "the relay's words are in it" grep -q '451.*later' p5/index.html
is "what was refused before it was handed over is not said to have been" \
    "$(json p5/evidence.json '$.messages[0].attempts[0].handed_over') $(json p5/evidence.json '$.checks.unrecorded') $(find p5/messages -type f | wc -l) $(find p5/messages -name '*.1.*')" \
    "0 0 1 "
stdout_has "and one message was" "1 of 1 messages that were handed over were made again, octet for octet"
bounce bill@example.org "$(id_of p6)" failed 5.1.1 "550 5.1.1 User unknown" >bounce.eml
sed "s/$(id_of p6)/$(id_of p1)/; s/bill@/desk@/" bounce.eml >shared.eml
run "$breach" track leak/playbook.yaml --mail bounce.eml
run "$breach" track leak/playbook.yaml --mail shared.eml
digest=$(sha256sum <bounce.eml | cut -d ' ' -f 1)
run "$breach" report leak/playbook.yaml --person p6 --out p6 --lang zh-CN
exits 0 "evidence for somebody whose mail came back"
ok "the mail that came back is in it, as it came" cmp bounce.eml "p6/mail/$digest.eml"
ok "the page is in the chosen language" grep -q '<html lang="zh-CN"' p6/index.html
ok "sha256sum verifies it" env -C p6 sha256sum -c --strict --quiet SHA256SUMS
"$breach" retry leak/playbook.yaml --person p1 --outcome bounced --yes --expect-count 1 --reason "Boris Babel asked for it" >/dev/null 2>retry.err || note "$(cat retry.err)"
run "$breach" report leak/playbook.yaml --person p1 --out p1
exits 0 "evidence where the mail that came back was for two"
ok "somebody typed something about the message of both" test -n "$(events 1 "body LIKE '%Boris Babel asked%'")"
lacks "that stays out" p1 Babel
is "that mail stays out" "$(json p1/evidence.json '$.papers[0].state') $(find p1 -path '*/mail/*' | wc -l)" "withheld 0"
# A list: its members are not whom the notice was for.
{
    printf 'Return-Path: <>\nFrom: Mail Delivery <MAILER-DAEMON@mx.example.net>\nTo: bounce+%s@example.com\nSubject: Undelivered\nMIME-Version: 1.0\n' "$(id_of p5)"
    printf 'Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: text/plain\n\nNo.\n\n--b\nContent-Type: message/delivery-status\n\n'
    printf 'Reporting-MTA: dns; mx.example.net\n'
    for member in dora.dunlin emil.eider; do
        printf '\nFinal-Recipient: rfc822; %s@lists.example.net\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 <%s@lists.example.net>: no such user behind late@example.org\n' "$member" "$member"
    done
    printf '\n--b--\n'
} >list.eml
run "$breach" track leak/playbook.yaml --mail list.eml
run "$breach" report leak/playbook.yaml --person p5 --out list
exits 0 "evidence where a list gave the mail back"
ok "the ledger has the members of the list" test -n "$(events 1 "body LIKE '%dora.dunlin%'")"
lacks "the pack has not" list dunlin eider
ok "what was said is in it, with the person's own address" grep -q '[*][*][*]@lists.example.net>: no such user behind late@example.org' list/events.jsonl
is "the mail stays out" "$(json list/evidence.json '$.papers[0].state')" withheld

shared=$state/mail/$(sha256sum <shared.eml | cut -d ' ' -f 1).eml
echo x >>"$shared"
run "$breach" report leak/playbook.yaml --person p1 --json
exits 1 "what stays out is checked as well"
is "it was changed" "$(json "$out" '$.papers[0].state')" changed
cp shared.eml "$shared"
echo x >>"$state/mail/$digest.eml"
run "$breach" report leak/playbook.yaml --person p6 --out p6b
exits 1 "a mail that was changed where it is kept"
stdout_has "is noticed" "NEEDS YOU: 0 messages are not what was recorded when they were handed over, and 1 papers are missing or changed"
is "and not handed over" "$(find p6b -path '*/mail/*' | wc -l)" 0
run "$breach" report leak/playbook.yaml --person p7 --out p7
exits 0 "evidence for somebody who could not be told"
stdout_has "it says so" "p7: unreachable" "nothing was handed over for this person"

# What does not fit ----------------------------------------------------------------------------------------------------------
run "$breach" report leak/playbook.yaml --person p33 --out p33
exits 65 "nobody has this id"
stderr_has "it asks what was meant" "nobody in this incident has the id p33: did you mean p3? breach find looks people up by address [BR-EVIDENCE-001]"
ok "nothing was written" test ! -e p33
run "$breach" report leak/playbook.yaml --person p3 --out -
exits 64 "a folder cannot go to standard output"
stderr_has "it says so" "evidence for one person is a folder: write --out DIR, which must not be there [BR-EVIDENCE-005]"
run "$breach" report leak/playbook.yaml --person p3 --sample 3 --seed x
exits 64 "one person or a sample"
stderr_has "it says so" "--person and --sample are two things: give one of them [BR-EVIDENCE-005]"
run "$breach" report leak/playbook.yaml --person p3 --encrypt-to age1nobody
exits 64 "nothing to encrypt"
stderr_has "it says so" "[BR-EVIDENCE-005]"
run "$breach" report leak/playbook.yaml --person p3 --out missing/p3
exits 73 "a place that is not there"
stderr_has "it says so" "cannot create missing/p3: No such file or directory; nothing was written [BR-EVIDENCE-003]"
is "and leaves nothing behind" "$(find . -name '*.new-*' | wc -l)" 0
cp -r leak changed
sqlite3 changed/leak.breach/ledger.db "UPDATE text SET body = replace(body, 'stolen password', 'lost password')"
run "$breach" report changed/playbook.yaml --person p3 --out changed-p3
exits 1 "a text that was changed in the ledger"
stdout_has "is noticed" "check: NOT THE SAME" "NEEDS YOU: 1 messages are not what was recorded when they were handed over, and 0 papers are missing or changed"
ok "and the page says so" grep -q "NOT THE SAME" changed-p3/index.html
is "the file says that it is another one" "$(cd changed-p3 && echo messages/*)" "messages/$message.1.other.eml"
cp -r leak again
sqlite3 again/leak.breach/ledger.db "UPDATE person SET data = replace(data, 'Carol', 'Karol') WHERE id = 'p3'"
run "$breach" report again/playbook.yaml --person p3 --json
exits 1 "a name that was changed in the ledger"
is "is noticed" "$(json "$out" '$.checks.other')" 1

# A ledger that somebody has been at -----------------------------------------------------------------------------------------
# spoiled NAME SQL: a copy of the incident whose ledger was changed behind the back of breach
spoiled() {
    cp -r leak "$1"
    sqlite3 "$1/leak.breach/ledger.db" "DROP TRIGGER event_stays; DROP TRIGGER event_remains; $2"
    run "$breach" report "$1/playbook.yaml" --person p3 --out "$1-p3" --json
    exits 1 "$1: it is noticed"
    ok "$1: as its schema says" "$build/tests/tools/schema-check" "$source/docs/schema/evidence.json" "$out"
}
spoiled gone "UPDATE person SET data = NULL WHERE id = 'p3'"
is "what cannot be made is not said to be the same" "$(json "$out" '$.messages[0].attempts[0].check') $(json "$out" '$.checks.same')" "unmade 0"
is "and why" "$(json "$out" '$.messages[0].attempts[0].why')" "the person's data is missing"
spoiled cut "UPDATE event SET body = substr(body, 1, 40) WHERE json_extract(body, '\$.message') = '$message'"
is "events that cannot be read" "$(json "$out" '$.checks.records_lost') $(json "$out" '$.verdict')" \
    "2 NEEDS YOU: the ledger was damaged or changed: 2 records about this person cannot be read or are missing"
spoiled deleted "DELETE FROM event WHERE json_extract(body, '\$.message') = '$message'"
is "a message that was taken without an event" "$(json "$out" '$.checks.records_lost')" 1
ok "the page says so" grep -q "the ledger was damaged or changed" deleted-p3/index.html
cp -r leak mended
sed -i 's/Carol Cable/Carola Cable/' mended/people.csv
run "$breach" plan mended/playbook.yaml
exits 0 "a name is mended in the people file, and planned"
run "$breach" report mended/playbook.yaml --person p3 --out mended-p3
exits 0 "what was sent before is made of what stood there then"
ok "it is what the relay took, octet for octet" cmp "mended-p3/messages/$message.1.eml" "$(grep -l "$message" kept/*.eml)"

cp -r leak refused
sqlite3 refused/leak.breach/ledger.db "INSERT INTO event(at, body) VALUES (1795269000000, json_object('at', '2026-11-21T13:50:00.000Z', 'entry',
    json_object('by', 'nora@desk', 'event', 'released', 'message', '$(id_of p3)', 'reply', 'try again') || '', 'event', 'inbox_refused', 'why', 'accepted')),
    (1795269000000, json_object('at', '2026-11-21T13:50:00.000Z', 'entry', json_object('event', 'released', 'message', '$(id_of p4)',
    'reply', 'not theirs') || '', 'event', 'inbox_refused', 'why', 'accepted'))"
run "$breach" report refused/playbook.yaml --person p3 --out refused-p3
exits 0 "what was said of a message and refused"
ok "is in it" grep -q "try again" refused-p3/events.jsonl
lacks "without a name of the staff, and without what is about others" refused-p3 nora@desk "not theirs"

# Another sender since --------------------------------------------------------------------------------------------------------
sed -i 's/^from: .*/from: other@example.com/' leak/gateways/relay.yaml
run "$breach" plan leak/playbook.yaml
exits 0 "a new plan with another sender"
run "$breach" report leak/playbook.yaml --person p3 --json
exits 0 "what was sent before"
is "is made again with the sender of then" "$(json "$out" '$.checks.same') $(json "$out" '$.checks.other')" "1 0"
relay_stop first

# Killed while it is written ---------------------------------------------------------------------------------------------------
if grep -q BREACH_FAULTS:BOOL=ON "$build/CMakeCache.txt" 2>/dev/null; then
    mkdir killed
    BREACH_FAULT_LOG=$work/points "$breach" report leak/playbook.yaml --person p3 --out killed/all >/dev/null
    count=$(wc -l <points)
    ok "there are points at which it can be killed" test "$count" -ge 8
    seen=
    for ((point = 1; point <= count; point++)); do
        { (BREACH_FAULT_DIE=$point "$breach" report leak/playbook.yaml --person p3 --out killed/p3 >/dev/null 2>&1); } 2>/dev/null
        [ ! -e killed/p3 ] || seen="$seen $point"
    done
    is "killed at any of them there is no folder of that name" "$seen" ""
    run "$breach" report leak/playbook.yaml --person p3 --out killed/p3
    exits 0 "afterwards"
    ok "it is whole" env -C killed/p3 sha256sum -c --strict --quiet SHA256SUMS
else
    skip "killed at any point there is no folder of that name" "this build has no fault points"
fi

# Killed while a message is on the wire ---------------------------------------------------------------------------------------
# sends_one FOLDER POINT: notify, killed at the first POINT ("": not at all); leaves the points that it passed in points.FOLDER
sends_one() {
    local at=
    incident "$1" actual
    people 1 >"$1/people.csv"
    gateway "connections: 1" >"$1/gateways/relay.yaml"
    run "$breach" plan "$1/playbook.yaml"
    [ -z "$2" ] || at=$(grep -nxF "$2" points.whole | head -n 1 | cut -d : -f 1)
    { (BREACH_FAULT_DIE=$at BREACH_FAULT_LOG=$work/points.$1 "$breach" notify "$1/playbook.yaml" --yes --expect-digest "$(digest)" >/dev/null 2>&1); } 2>/dev/null
}
if grep -q BREACH_FAULTS:BOOL=ON "$build/CMakeCache.txt" 2>/dev/null; then
    relay wire --keep "$work/wire"
    sends_one whole ""
    sends_one over sender_handing_over_after
    sends_one back sender_replied_after
    for folder in over back; do
        run "$breach" notify $folder/playbook.yaml --yes --expect-digest "$(sqlite3 $folder/leak.breach/ledger.db "SELECT value FROM header WHERE key = 'digest'")"
        exits 0 "$folder: the next run finishes the job"
        stderr_has "$folder: it says what was left" "an earlier run ended early"
        run "$breach" report $folder/playbook.yaml --person p1 --out "$folder-p1" --json
        exits 0 "$folder: evidence after a kill"
    done
    is "what was in doubt after the kill has its digest, too, and so has the second copy" \
        "$(json over-p1/evidence.json '$.messages[0].attempts[0].outcome') $(json over-p1/evidence.json '$.checks.same') $(json over-p1/evidence.json '$.checks.unrecorded')" \
        "doubted 2 0"
    is "what was answered before the kill has its own" \
        "$(json back-p1/evidence.json '$.messages[0].attempts[0].outcome') $(json back-p1/evidence.json '$.checks.same') $(json back-p1/evidence.json '$.checks.unrecorded')" \
        "accepted 1 0"
    is "it is what the relay took" "$(for mail in back-p1/messages/*; do for taken in wire/*.eml; do cmp -s "$mail" "$taken" && echo same; done; done)" "same"
    relay_stop wire
fi

# Encrypted -------------------------------------------------------------------------------------------------------------------
if ! command -v age >/dev/null; then
    skip "evidence for the owner of an age key" "age is not installed"
else
    age-keygen -o key.txt 2>/dev/null
    run "$breach" report leak/playbook.yaml --person p3 --out sealed --encrypt-to "$(grep -o 'age1.*' key.txt)"
    exits 0 "evidence for one recipient"
    is "no plain file is there" "$(find sealed -type f ! -name '*.age' | wc -l)" 0
    find sealed -name '*.age' | while read -r file; do age -d -i key.txt "$file" >"${file%.age}"; done
    ok "decrypted, sha256sum verifies it" env -C sealed sha256sum -c --strict --quiet SHA256SUMS
    run "$breach" report leak/playbook.yaml --person p3 --out broken --encrypt-to age1nobody
    exits 78 "a recipient that is none"
    stderr_has "age's own words say why" "age cannot encrypt to the recipient: age: "
    ok "nothing was written" test ! -e broken
fi

if ! command -v gpg >/dev/null; then
    skip "evidence for the owner of an OpenPGP key" "gpg is not installed"
else
    mkdir -m 700 gnupg
    gpg --homedir gnupg --batch --quiet --passphrase '' --quick-gen-key desk@example.com default default never 2>/dev/null
    gpg --homedir gnupg --armor --export desk@example.com >key.asc 2>/dev/null
    run "$breach" report leak/playbook.yaml --person p3 --out pgp --encrypt-to key.asc
    exits 0 "evidence for the owner of an OpenPGP key"
    is "no plain file is there" "$(find pgp -type f ! -name '*.gpg' | wc -l)" 0
    find pgp -name '*.gpg' | while read -r file; do gpg --homedir gnupg --batch --quiet --output "${file%.gpg}" --decrypt "$file" 2>/dev/null; done
    ok "decrypted, sha256sum verifies it" env -C pgp sha256sum -c --strict --quiet SHA256SUMS
    ok "its README says what to decrypt" grep -q "ends in .gpg" pgp/README.txt
    gpgconf --homedir gnupg --kill all 2>/dev/null
    run "$breach" report leak/playbook.yaml --person p3 --out broken --encrypt-to leak/people.csv
    exits 78 "a file that is no key"
    stderr_has "gpg's own words say why" "gpg cannot encrypt to the recipient: gpg: "
    ok "nothing was written" test ! -e broken
fi

# A guardian with two children ------------------------------------------------------------------------------------------------
relay family
incident family actual
sed -i 's/^  - {id: people, template: individual, ladder: .email.}/  - {id: minors, match: "age < 14", template: guardian, capacity: guardian, ladder: [email]}\n&/' family/playbook.yaml
cat >family/people.csv <<'END'
id,name,locale,email,age,guardian_name,guardian_email,holder
k1,Kim Kestrel,en,,9,Gil Kestrel,gil@example.org,gil-1
k2,Lea Linnet,en,,11,Gil Kestrel,gil@example.org,gil-1
k3,Max Magpie,en,,12,Gil Kestrel,gil@example.org,
END
sends family --json
exits 0 "a guardian is told of three children"
state=family/leak.breach
is "in two messages: of one child it is not proven that it is the same guardian" "$(json "$out" '$.messages.accepted')" 2
run "$breach" report family/playbook.yaml --person k1 --out kim
exits 0 "evidence for one of them"
decoded kim >kim.txt
ok "it names this child and the guardian" grep -q "Kim Kestrel" kim.txt
ok "as the guardian was told" grep -q "Gil Kestrel" kim.txt
is "and none of the others" "$(cat kim.txt kim/*.* | grep -cE 'Lea|Linnet|Max|Magpie')" 0
stdout_has "what went out was checked all the same" "check: the same, octet for octet"
run "$breach" report family/playbook.yaml --person k3 --out max
exits 0 "evidence for the one with a message of its own"
is "has it as it was sent" "$(cd max && find messages -name '*.yours.*' | wc -l) $(sha256sum <"max/messages/$(id_of k3).1.eml" | cut -d ' ' -f 1)" \
    "0 $(json max/evidence.json '$.messages[0].attempts[0].sha256')"
relay_stop family

# A message that is no mail ---------------------------------------------------------------------------------------------------
incident post actual
sed -i -e "s/ladder: \[.*\]/ladder: [letter]/" -e "s/^gateways: .*/gateways: {letter: print-room}/" -e '/^announcement:/d' post/playbook.yaml
printf 'version: 1\nname: print-room\nkind: letter\nfolder: ../out\nsender: [Example Cloud, Wolkenweg 1, 10115 Berlin]\n' >post/gateways/print-room.yaml
printf 'id,name,locale,address,organization\np1,Ann,en,Road 1|10623 Berlin|GERMANY,\n' >post/people.csv
printf 'p2,Berta Berg,en,Road 2|10623 Berlin|GERMANY,Acme\np3,Cleo Clark,en,Road 2|10623 Berlin|GERMANY,Acme\n' >>post/people.csv
sends post
exits 0 "a letter"
run "$breach" report post/playbook.yaml --person p1 --out letter
exits 0 "evidence of a letter"
state=post/leak.breach
is "its content has the digest of the event" "$(sha256sum <"letter/messages/$(id_of p1).1.json" | cut -d ' ' -f 1)" \
    "$(events "json_extract(body, '\$.content')" "json_extract(body, '\$.event') = 'accepted' AND json_extract(body, '\$.message') = '$(id_of p1)'")"
ok "and reads as it was sent" grep -q "Road 1" "letter/messages/$(id_of p1).1.json"
pdf=letter/messages/$(id_of p1).1.pdf
ok "the letter itself is in it, the very file that the print room got" cmp "$pdf" "post/out/batch-0001/single/$(id_of p1).pdf"
is "as the document says" "$(json letter/evidence.json '$.messages[0].attempts[0].letter.check') $(json letter/evidence.json '$.messages[0].attempts[0].letter.sha256')" \
    "same $(sha256sum <"$pdf" | cut -d ' ' -f 1)"
ok "as its schema says" "$build/tests/tools/schema-check" "$source/docs/schema/evidence.json" letter/evidence.json
run "$breach" report post/playbook.yaml --person p3 --out crowd
exits 0 "evidence of a letter to two people of one organisation"
shared=$(cd crowd/messages && echo *.pdf)
is "the letter to both was checked, and the one in it is for this person alone" \
    "$(json crowd/evidence.json '$.messages[0].attempts[0].letter.check') $(grep -c yours <<<"$shared") $(pdftotext "crowd/messages/$shared" - | grep -c 'Clark') $(pdftotext "crowd/messages/$shared" - | grep -c 'Berg')" \
    "same 1 2 0"
lacks "nothing else names the other" crowd Berta
sed -i 's/Wolkenweg 1/Wolkenweg 2/' post/gateways/print-room.yaml
run "$breach" report post/playbook.yaml --person p1 --out moved
exits 0 "the sender has moved since"
is "the letter that is made now is not passed off as the one that was printed" \
    "$(json moved/evidence.json '$.messages[0].attempts[0].letter.check') $(cd moved/messages && echo *.pdf) $(grep -c "not the very file that was printed" moved/index.html)" \
    "other $(id_of p1).1.other.pdf 1"
stdout_has "and its words are proven all the same" "check: the same content"

run "$breach" record post/playbook.yaml letter p1 --outcome returned --reason "moved away" --at "$(date -u +%FT%TZ)" --by "Nora Name"
exits 0 "the letter came back"
run "$breach" report post/playbook.yaml --person p1 --out returned
exits 0 "evidence of a letter that came back"
ok "the reason is in it" grep -q "moved away" returned/events.jsonl
lacks "who opened the post is not" returned Nora "$(id -un)@"
ok "but that it was somebody of the staff" grep -q '"by":"staff ' returned/events.jsonl

# Over HTTP -------------------------------------------------------------------------------------------------------------------
export PROVIDER_TOKEN=secret
incident web actual
sed -i -e "s/ladder: \[.*\]/ladder: [webhook]/" -e "s/^gateways: .*/gateways: {webhook: relay}/" -e '/^announcement:/d' web/playbook.yaml
provider_file() {
    printf '%s\n' 'version: 1' 'name: relay' 'kind: http' 'sends: webhook' 'request:' '  method: POST' \
        "  url: \"http://127.0.0.1:$1/v1/notices\"" '  json: {id: "{{id}}", to: "{{endpoint}}", at: "{{now}}", title: "{{title}}", text: "{{text}}"}' \
        'auth: {type: bearer, secret: "env:PROVIDER_TOKEN"}' 'answer:' '  rules:' '    - {status: 200, at: /ok, is: 1, means: accepted}' \
        '  words: [/message]' 'suppression: bypassed'
}
provider_file 9 >web/gateways/relay.yaml
sink http-sink-breach web --gateway web/gateways/relay.yaml --keep web.kept
provider_file "$sink_port" >web/gateways/relay.yaml
printf 'id,name,locale,webhook,email\np1,Ann,en,user-1,a@example.org\n' >web/people.csv
sends web
exits 0 "a message over HTTP"
run "$breach" report web/playbook.yaml --person p1 --out provider
exits 0 "evidence of it"
state=web/leak.breach
is "its content has the digest of the event" "$(sha256sum <"provider/messages/$(id_of p1).1.json" | cut -d ' ' -f 1)" \
    "$(events "json_extract(body, '\$.content')" "json_extract(body, '\$.event') = 'accepted'")"
body=$(events "json_extract(body, '\$.sha256')" "json_extract(body, '\$.event') = 'accepted'")
stdout_has "it does not say that the request was made again" "check: the same content; what the gateway added to it is not made again" \
    "1 of 1 messages that were handed over were made again: 0 octet for octet, 1 (no mails) in their content"
is "the page tells the digests apart" "$(grep -c "<dt>the body of the request, which is not in this folder</dt>" provider/index.html) $(grep -c "its other octets" provider/index.html)" "1 1"
is "the request has a digest of its own" "${#body} $(json provider/evidence.json '$.messages[0].attempts[0].sha256')" "64 $body"

# A provider that refuses several messages at once names all of their numbers
incident text actual
sed -i -e "s/ladder: \[.*\]/ladder: [sms]/" -e "s/^gateways: .*/gateways: {sms: relay}/" -e '/^announcement:/d' text/playbook.yaml
text_file() {
    provider_file "$1" | sed -e 's/^sends: webhook/sends: sms/' -e '/means: accepted/a \    - {at: /code, is: 7, means: permanent}'
}
text_file 9 >text/gateways/relay.yaml
sink http-sink-breach text --gateway text/gateways/relay.yaml \
    --rule 'request reply "400 {\"code\": 7, \"message\": \"+8613800138001, 008613800138002, 13800138002 and +86 138-0013-8003 are wrong, request 123456\"}"'
text_file "$sink_port" >text/gateways/relay.yaml
printf 'id,name,locale,phone\np1,Ann,en,+8613800138001\np2,Bo,en,+8613800138002\n' >text/people.csv
sends text
exits 1 "two numbers are refused"
for person in p1 p2; do
    run "$breach" report text/playbook.yaml --person $person --out text-$person
    exits 0 "evidence of a refused batch: $person"
done
lacks "nobody else's number is in it" text-p1 13800138002 138-0013-8003
lacks "nor in theirs" text-p2 13800138001 138-0013-8003
is "their own and what is no number stay" "$(jq -r '.messages[0].attempts[0].reply' text-p1/evidence.json text-p2/evidence.json)" \
    "+8613800138001, ***, *** and *** are wrong, request 123456
***, 008613800138002, 13800138002 and *** are wrong, request 123456"

# An exercise -----------------------------------------------------------------------------------------------------------------
incident drill exercise
run "$breach" plan drill/playbook.yaml
run "$breach" notify drill/playbook.yaml
exits 0 "a rehearsal"
run "$breach" report drill/playbook.yaml --person p1 --out rehearsed
exits 0 "evidence of it"
stdout_has "says that it was one" "EXERCISE"
ok "on every page" grep -q EXERCISE rehearsed/index.html
ok "and in the text" grep -q EXERCISE rehearsed/README.txt

# Samples ---------------------------------------------------------------------------------------------------------------------
run "$breach" report leak/playbook.yaml --sample 3 --seed audit-2026
exits 0 "a sample"
cp "$out" sample.csv
stderr_has "what was drawn" "3 of 7 people were drawn with the seed audit-2026"
stdout_has "the seed, the method and the strata are in it" '"# seed: audit-2026"' '"# method: rank = HMAC-SHA-256' '"# people: 3 of 7"' '"# stratum unreachable:'
lacks "no address is in it" sample.csv "carol@" "desk@" "doubt@" "late@" "bill@"
run "$breach" report leak/playbook.yaml --sample 3 --seed audit-2026 --out again.csv
exits 0 "the same again"
ok "is the same, octet for octet" cmp sample.csv again.csv
run "$breach" report leak/playbook.yaml --sample 3 --seed audit-2026 --out again.csv
exits 73 "a list that is there is left alone"
stderr_has "it says so" "again.csv is there already, and is left as it is"
python3 - leak/leak.breach/ledger.db audit-2026 3 >wanted <<'END'
import hashlib, hmac, sqlite3, sys
people = sqlite3.connect("file:%s?mode=ro" % sys.argv[1], uri=True).execute("SELECT no, id FROM person").fetchall()
people.sort(key=lambda one: hmac.new(sys.argv[2].encode(), str(one[0]).encode(), hashlib.sha256).digest())
print(" ".join(one[1] for one in people[: int(sys.argv[3])]))
END
is "whoever computes it by the method draws the same" "$(grep -v '^"#' sample.csv | tail -n +2 | awk -F, '{ gsub(/"/, "", $3); print $3 }' | uniq | tr '\n' ' ')" "$(cat wanted) "
mkdir other
cp -r leak/playbook.yaml leak/people.csv leak/gateways other/
run "$breach" plan other/playbook.yaml
run "$breach" report other/playbook.yaml --sample 3 --seed audit-2026 --out other.csv
is "another ledger of the same people draws the same" "$(grep -v '^"#' other.csv | cut -d, -f 1-3 | uniq)" "$(grep -v '^"#' sample.csv | cut -d, -f 1-3 | uniq)"
run "$breach" report leak/playbook.yaml --sample 3 --seed audit-2027
stderr_has "another seed" "3 of 7 people were drawn with the seed audit-2027"
is "another seed draws others" "$(cmp -s "$out" sample.csv && echo "the same")" ""
run "$breach" report leak/playbook.yaml --sample 100 --seed x --json
exits 0 "more than there are"
ok "its document is as its schema says" "$build/tests/tools/schema-check" "$source/docs/schema/sample.json" "$out"
is "draws everybody, and the strata add up" "$(json "$out" '$.people[6].number' | grep -c .) $(json "$out" '$.population') $(json "$out" '$.strata.unreachable.people') $(json "$out" '$.strata.unreachable.sample')" \
    "1 7 $(sqlite3 leak/leak.breach/ledger.db 'SELECT n FROM counter WHERE kind = 1 AND state = 6') $(sqlite3 leak/leak.breach/ledger.db 'SELECT n FROM counter WHERE kind = 1 AND state = 6')"
run "$breach" report leak/playbook.yaml --sample 3
exits 64 "a sample without a seed"
stderr_has "it says what is missing" "--sample needs --seed TEXT" "[BR-SAMPLE-002]"
run "$breach" report leak/playbook.yaml --sample 3 --seed x --encrypt-to age1nobody
exits 64 "a sample is not encrypted"
stderr_has "it says so" "--encrypt-to is for --person" "[BR-EVIDENCE-005]"
run "$breach" report leak/playbook.yaml --sample many --seed x
exits 64 "a size that is none"
stderr_has "it says so" "--sample takes a number of people from 1 to 10000, not many [BR-SAMPLE-001]"

# What has no meaning beside the rest is not passed over: somebody would believe that it was done --------------------------
for wrong in "--encrypt-to age1nobody" "--people --encrypt-to age1nobody --out plain.html" "--seed x" "--person p3 --people" \
    "--person p3 --format json" "--sample 3 --seed x --people" "--sample 3 --seed x --format json"; do
    # shellcheck disable=SC2086 # the words are meant
    run "$breach" report leak/playbook.yaml $wrong
    exits 64 "report $wrong"
    stderr_has "it says what goes together" "--encrypt-to goes with --person and --seed with --sample" "[BR-REPORT-003]"
done
ok "nothing was written in plain text" test ! -e plain.html
done_testing
