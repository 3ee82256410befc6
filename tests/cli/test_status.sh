#!/usr/bin/env bash
# breach status: the identity before, while and after, the verdict, and the next command.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=incident.sh
. "$source/tests/cli/incident.sh"
PATH=$build:$PATH

status() {
    run "$breach" status "$@"
}

# members PATH: the members of an object in the last document
members() {
    sqlite3 :memory: "SELECT group_concat(key, ' ') FROM (SELECT key FROM
        json_each(json_extract(CAST(readfile('$out') AS TEXT), '$1')) ORDER BY key)"
}

# adds_up NAME: in the last document everybody is counted once
adds_up() {
    is "$1: people = the sum of the seven" "$(sqlite3 :memory: "SELECT sum(CASE key WHEN 'total' THEN -value ELSE value END)
        FROM json_each(json_extract(CAST(readfile('$out') AS TEXT), '\$.people'))")" 0
    ok "$1: --json is what its schema promises" "$build/tests/tools/schema-check" "$source/docs/schema/status.json" "$out"
}

# next_command: the last line of the last stdout, without "next: "
next_command() {
    sed -n 's/^next: //p' "$out"
}

# Nothing yet ----------------------------------------------------------------------------------------------------------
incident "our incident" actual
status "our incident/playbook.yaml"
exits 65 "nothing is planned"
stderr_has "what to type" "breach: error: nothing is planned in $work/our incident/leak.breach: type breach plan \
'our incident/playbook.yaml'"
is "nothing is made by looking" "$(find . -name '*.breach')" ""
run bash -c "$(sed -nE 's/.*: type (.*) \[BR-[A-Z]+-[0-9]+\]$/\1/p' "$err")"
exits 0 "that can be typed"

# Planned --------------------------------------------------------------------------------------------------------------
relay main --rule 'rcpt to=p2@* reply "550 5.1.1 no such user"' --rule 'rcpt to=p3@* reply "451 4.7.1 try later" each=1' \
    --rule "mail delay 100ms"
{
    people 12
    printf '%s\n' n1,Nobody,en, n2,Nobody,en,nonsense d,Ann,en,d1@example.org d,Bob,en,d2@example.org
} >"our incident/people.csv"
gateway "connections: 1" "retry_after: PT1S" >"our incident/gateways/relay.yaml"
run "$breach" plan "our incident/playbook.yaml"
exits 0 "sixteen people are planned"
unread_stderr=
plan=$(digest)
status "our incident/playbook.yaml" --json
exits 0 "status of a plan"
adds_up "planned"
is "the members of the document" "$(members '$')" "announcement audiences calls came_back case channels climbs complete copy digest edition editions held holds incident messages \
next next_due pauses people quiet_until reasons resent_in_doubt running schema status twice verdict"
is "of people" "$(members '$.people')" "accepted delivered in_doubt pending quarantined total unreachable withheld"
is "of messages" "$(members '$.messages')" "accepted attempting bounced cancelled deferred delivered failed in_doubt planned \
quarantined withheld"
is "what it is about" "$(json "$out" '$.schema') $(json "$out" '$.incident') $(json "$out" '$.edition') \
$(json "$out" '$.status') $(json "$out" '$.digest')" "breach.status/1 leak 1 actual $plan"
is "who is where" "$(told "$out" total) $(told "$out" pending) $(told "$out" unreachable) $(told "$out" quarantined)" "16 12 2 2"
is "not complete, not running" "$(json "$out" '$.complete') $(json "$out" '$.running')" "0 0"
before=$(find "our incident/leak.breach" -type f -exec sha256sum {} + | sort)
status "our incident/playbook.yaml"
exits 0 "status in words"
is "looking changes nothing" "$(find "our incident/leak.breach" -type f -exec sha256sum {} + | sort)" "$before"
stdout_has "the identity, audiences, channels and reasons" "leak, ACTUAL, edition 1, plan ${plan:0:12}" \
    "  people                 16" "  delivered               0" "  accepted                0" "  in_doubt                0" \
    "  pending                12" "  quarantined             2" "  withheld                0" "  unreachable             2" \
    "audience people: " "channel email: planned 12" "unreachable: 2: no usable email address" "quarantined: 2: "
stdout_has "the verdict says that somebody has to start it" \
    "NEEDS YOU: 16 people: 0 told, 12 pending, 2 quarantined, 2 unreachable, due now, and nobody is sending"
is "the next command" "$(next_command)" "breach notify 'our incident/playbook.yaml'"
run bash -c "$(next_command)"
exits 77 "it can be typed, and still asks"
unread_stderr=

# While it sends -------------------------------------------------------------------------------------------------------
"$breach" notify "our incident/playbook.yaml" --yes --expect-digest "$plan" >notify.out 2>notify.err </dev/null &
sending=$!
wait_for test -s main.log
# shellcheck disable=SC2317 # wait_for calls it
some_told() { "$breach" status "our incident/playbook.yaml" --json >.poll && [ "$(told .poll accepted)" -gt 0 ]; }
wait_for some_told
relay_holds main # so that it still sends
status "our incident/playbook.yaml" --json
exits 0 "status while it sends"
adds_up "while it sends"
is "it says that it is running" "$(json "$out" '$.running') $(json "$out" '$.complete')" "1 0"
ok "some are told" test "$(told "$out" accepted)" -gt 0
status "our incident/playbook.yaml"
exits 0 "status in words while it sends"
stdout_has "the verdict says that it is running" " pending" ", running"
is "the next command" "$(next_command)" "breach status 'our incident/playbook.yaml'"
run bash -c "$(next_command)"
exits 0 "it can be typed"
relay_goes_on main
wait "$sending"
is "notify is not disturbed by it" "$?" 75

# Afterwards -----------------------------------------------------------------------------------------------------------
status "our incident/playbook.yaml" --json
exits 0 "status afterwards"
adds_up "afterwards"
is "who is where" "$(told "$out" accepted) $(told "$out" unreachable) $(told "$out" quarantined) $(told "$out" pending)" "11 3 2 0"
is "not complete while rows are quarantined" "$(json "$out" '$.complete') $(json "$out" '$.next')" \
    "0 breach check 'our incident/playbook.yaml'"
ok "why somebody was refused stands among the reasons" grep -q '(550 5.1.1)' "$out"
run bash -c "$(json "$out" '$.next')"
exits 0 "the next command can be typed, and lists the rows"
stderr_has "the rows" "the id \"d\" stands in more than one row" 'email of "n2": ' "audience people: 2 cannot be reached"
sed -i '/^d,/d; /^n/d' "our incident/people.csv"
run "$breach" plan "our incident/playbook.yaml"
exits 0 "mended and planned again"
status "our incident/playbook.yaml" --json
exits 0 "status of the mended plan"
adds_up "mended"
is "nobody is lost" "$(told "$out" accepted) $(told "$out" unreachable) $(told "$out" quarantined)" "11 1 0"
stdout_has "the verdict" "finished, but not everybody could be told"

# A rehearsal beside it ------------------------------------------------------------------------------------------------
status "our incident/playbook.yaml" --dry-run
exits 65 "the rehearsal has a state of its own"
stderr_has "what to type" "type breach plan 'our incident/playbook.yaml' --dry-run"
run "$breach" notify "our incident/playbook.yaml" --dry-run
exits 0 "a rehearsal"
status "our incident/playbook.yaml" --dry-run
exits 0 "its status"
stdout_has "words tell it from the actual incident" "leak, EXERCISE, edition 1" "EXERCISE: 12 people: 12 told, complete"
is "the next command keeps the option" "$(next_command)" "breach status 'our incident/playbook.yaml' --dry-run"

# Times ----------------------------------------------------------------------------------------------------------------
relay later --rule 'rcpt reply "451 4.7.1 try later"'
incident later actual
gateway "retry_after: P1D" "give_up: P2D" >later/gateways/relay.yaml
sends later --patience PT1S
exits 75 "everybody has to wait"
run env TZ=UTC-8 "$breach" status later/playbook.yaml
exits 0 "a time to come"
ok "it has a zone, and how long that is" grep -qE 'next try at ([0-9-]+ )?[0-9]{2}:[0-9]{2} \+08:00 \(in [0-9]+ (h|d)' "$out"
stdout_has "the state of the messages" "channel email: deferred 3"

# A ledger that is not right -------------------------------------------------------------------------------------------
cp -R later broken
sqlite3 broken/leak.breach/ledger.db 'UPDATE counter SET n = n + 1'
status broken/playbook.yaml
exits 70 "numbers that do not add up are our bug"
stderr_has "it says so" "breach: error: "
cp later/leak.breach/ledger.db broken/leak.breach/ledger.db
sqlite3 broken/leak.breach/ledger.db 'PRAGMA user_version = 99' >/dev/null
status broken/playbook.yaml
exits 65 "the ledger of another version"
stderr_has "what to do" "has schema version 99, this breach knows version " "use the breach that made it"
head -c 4096 /dev/urandom >broken/leak.breach/ledger.db
status broken/playbook.yaml
exits 65 "no ledger at all"
stderr_has "it says so" "breach: error: "

# Reasons count notices that came to nothing: not messages, of which one may serve two people, and not of whoever was told
relay refusing --rule 'rcpt to=dead* reply "550 5.1.1 no such user"'
incident several actual
printf '%s\n' id,name,locale,email 'a,A,en,dead1@example.org;good1@example.org' 'b,B,en,dead2@example.org' 'c,C,en,dead2@example.org' \
    'd,D,en,dead3@example.org;dead4@example.org' 'e,E,en,good2@example.org' 'f,F,en,dead5@example.org' >several/people.csv
sends several
unread_stderr=
status several/playbook.yaml
stdout_has "each of the unreachable has one reason" "unreachable: 4: no such mailbox (550 5.1.1)" "accepted                2  "
status several/playbook.yaml --json
is "the reasons add up to them" "$(json "$out" '$.people.unreachable') $(json "$out" '$.reasons[0].notices')" "4 4"

# A state folder of somebody else, into which we may not look, is not one in which nothing is planned --------------------
denied=()
[ "$(id -u)" != 0 ] || denied=(setpriv "--bounding-set=-dac_override,-dac_read_search" --inh-caps=-all)
if "${denied[@]}" true 2>/dev/null; then
    incident theirs actual
    people 2 >theirs/people.csv
    run "$breach" plan theirs/playbook.yaml
    chmod 000 theirs/leak.breach
    for looks in status "status --handover" "status --watch" track "report --person p1" "report --sample 1 --seed x" "report --out r"; do
        # shellcheck disable=SC2046,SC2086 # the words are meant
        run "${denied[@]}" "$breach" ${looks%% *} theirs/playbook.yaml $(cut -s -d' ' -f2- <<<"$looks")
        exits 65 "another user's state folder: $looks"
        stderr_has "$looks: it is not called unplanned" "cannot read $work/theirs/leak.breach/" "Permission denied [BR-FILE-001]"
    done
    chmod 700 theirs/leak.breach

    # Evidence that nobody may change can be read all the same
    state=several/leak.breach
    status several/playbook.yaml --json
    json "$out" '$.people' >as_it_was
    chmod 500 $state
    run "${denied[@]}" "$breach" status several/playbook.yaml --json
    exits 0 "a folder that is only to be read: status"
    is "says what it said before" "$(json "$out" '$.people')" "$(cat as_it_was)"
    run "${denied[@]}" "$breach" status several/playbook.yaml --state "/$PWD/$state" --json
    exits 0 "also where its path begins with two slashes"
    for looks in "status --handover" "obligations" "report --out read-only.html" "report --format json --out -"; do
        # shellcheck disable=SC2046,SC2086 # the words are meant
        run "${denied[@]}" "$breach" ${looks%% *} several/playbook.yaml $(cut -s -d' ' -f2- <<<"$looks")
        exits 0 "a folder that is only to be read: $looks"
    done
    run "${denied[@]}" "$breach" hold several/playbook.yaml --reason "wait"
    exits 73 "nothing can be held there"
    stderr_has "which is said" "$state/ledger.db: its folder cannot be written to; use it where it was made" BR-LEDGER-018 "nothing was held"

    # What a killed process has left beside it: with both files all is there, with the log alone it is not
    chmod 700 $state
    ok "what a killed process leaves" python3 -c 'if True:
        import os, shutil, sqlite3, sys
        db = sqlite3.connect(sys.argv[1] + "/ledger.db")
        db.executescript("CREATE TABLE scratch(a); DROP TABLE scratch;")
        shutil.copytree(sys.argv[1], sys.argv[2])
        os._exit(0 if os.path.getsize(sys.argv[2] + "/ledger.db-wal") > 0 else 1)' $state killed.breach
    chmod 500 killed.breach
    run "${denied[@]}" "$breach" status several/playbook.yaml --state killed.breach --json
    exits 0 "both are read"
    is "and nothing is missing" "$(json "$out" '$.people')" "$(cat as_it_was)"
    chmod 700 killed.breach
    rm killed.breach/ledger.db-shm
    chmod 500 killed.breach
    run "${denied[@]}" "$breach" status several/playbook.yaml --state killed.breach
    exits 73 "a log that cannot be read is not passed over"
    stderr_has "which is said, too" "killed.breach/ledger.db: its folder cannot be written to" "or a copy of the whole folder" BR-LEDGER-018
    chmod 700 killed.breach
else
    skip "another user's state folder" "no user without rights can be played here"
fi

done_testing
