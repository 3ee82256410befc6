# shellcheck shell=bash disable=SC2034,SC2119,SC2120  # variables are read by the tests, arguments are optional
# What the crash tests share; sourced as their first command. The truth is the log of smtp-sink-breach, which has a line for
# every message before the 250 is sent; breach is compared with it after it was killed and has gone on.
#
#   incident N                 an actual incident with N people in the test's folder, sent by $connections connections
#   people FIRST LAST          lines of a people file
#   sink_start RULE|--OPTION... the relay on a free port; sink_stop [now]: lets it come to rest and ends it, the log is final
#   sink_instead RULE...       another relay takes its place at once; the log goes on
#   plan, notify, read_status  breach, with its exit in $status, its output in $out and $err; not checked by themselves
#   said                       what the last one wrote to stderr, without its progress
#   begin RULE|--OPTION...     a new relay and a new plan in an empty state folder
#   dies POINT COMMAND...       COMMAND dies at that fault point; false when it did not get there
#   launch COMMAND             notify or plan in the background ($breach_pid); launched_ends waits for it
#   case_begin; want; case_end a case of several checks: `want WHAT GOT WANTED` remembers what differs
#   within WHAT GOT LEAST MOST
#   judge [MOST]               compares ledger, status and relay when everybody is to be told; at most MOST doubts a run.
#                              $held doubts may wait for a person. Sets $doubts, $duplicates (both added to the totals)
#   judge_open [MOST]          the same before the end: nobody need be told yet
#   read_recovery [json]       what stderr, and the document, say was recovered: sets $recovered; nothing else may be there
#   goes_on                    notify finishes what was left: exit 0, and stderr says no more than what was recovered
#   sends_nothing              one more notify leaves the relay alone
#   totals TEXT                the summary of the test
. "$(dirname "${BASH_SOURCE[0]}")/../cli/lib.sh"

sink_program=$build/tests/tools/smtp-sink-breach
playbook=playbook.yaml
state=$work/credential-leak-email.breach
log=$work/sink.log
connections=3
gateway_more="retry_after: PT1S" # a line of the gateway's file
endpoint_column=email # of the people file: what the relay is told
sink=
port=
taken_before=0
breach_pid=
digest=
doubts=0
duplicates=0
recovered=0
held=0
all_doubts=0
all_duplicates=0
all_settled=0
all_returned=0
all_kills=0
problems=()

crash_end() {
    local code=$?
    [ -z "$breach_pid" ] || kill -KILL "$breach_pid" 2>/dev/null || true
    [ -z "$sink" ] || kill -KILL "$sink" 2>/dev/null || true
    (exit "$code")
    end_of_test
}
trap crash_end EXIT

# Cases --------------------------------------------------------------------------------------------------------------

case_begin() {
    problems=()
}

problem() {
    problems+=("$1")
}

want() {
    [ "$2" = "$3" ] || problem "$1: got ${2:0:1000}, wanted ${3:0:1000}"
}

# within WHAT GOT LEAST MOST
within() {
    if [ "$2" -lt "$3" ] || [ "$2" -gt "$4" ]; then problem "$1: got $2, wanted $3 to $4"; fi
}

# want_line WHAT FILE TEXT: a line of FILE has TEXT
want_line() {
    grep -qF -e "$3" "$2" || problem "$1: no \"$3\" in: $(head -c 2000 "$2")"
}

case_end() {
    local problem
    if [ ${#problems[@]} = 0 ]; then
        verdict 0 "$1"
        return 0
    fi
    verdict 1 "$1" || true
    for problem in "${problems[@]}"; do note "$problem"; done
    return 1
}

# The incident -------------------------------------------------------------------------------------------------------

people() {
    seq "$1" "$2" | awk '{ printf "p%05d,Person %d,en,p%05d@people.test\n", $1, $1, $1 }'
}

people_file() {
    echo "id,name,locale,email"
    people "$1" "$2"
}

# Templates lie beside the playbook, so that nobody who edits the shipped ones changes a plan of this test
incident() {
    mkdir -p gateways
    cp -R "$source/templates" .
    sed -E -e 's/^( *status:) exercise/\1 actual/; s/^people:.*/people: people.csv/; s/^gateways:.*/gateways: {email: relay}/' \
        -e 's/affected: \{lower: 980, likely: 1000, upper: 1150,/affected: {lower: 1, likely: 1000, upper: 10000000,/' "$source/playbooks/credential-leak-email.yaml" >"$playbook"
    people_file 1 "$1" >people.csv
}

write_gateway() {
    cat >gateways/relay.yaml <<END
version: 1
name: relay
kind: smtp
host: 127.0.0.1
port: $port
tls: none
helo: mail.example.com
from: notice@example.com
bounce: bounce@example.com
connections: $connections
session: 7
$gateway_more
END
}

# The relay ----------------------------------------------------------------------------------------------------------

sink_launch() {
    local rules=() rule tries
    for rule in "$@"; do
        case $rule in
        --*) rules+=("$rule") ;;
        *) rules+=(--rule "$rule") ;;
        esac
    done
    rm -f sink.port
    taken_before=$(taken)
    "$sink_program" --port-file sink.port --log "$log" "${rules[@]}" >sink.out &
    sink=$!
    for ((tries = 0; tries < 1000; tries++)); do
        [ ! -s sink.port ] || break
        sleep 0.01
    done
    read -r port <sink.port || exit 1
    write_gateway
}

sink_start() {
    : >"$log"
    sink_launch "$@"
}

sink_instead() {
    sink_stop now
    sink_launch "$@"
}

# Connections that the relay still works on: established, or closed by the other side alone
sink_is_busy() {
    local address
    printf -v address ':%04X' "$port"
    ! awk -v address="$address" '$2 ~ address "$" && ($4 == "01" || $4 == "08") { found = 1 } END { exit found }' \
        /proc/net/tcp
}

# sink_rests: what it was sent before the other side died is in the log then, however slow this machine is
sink_rests() {
    local tries
    for ((tries = 0; tries < 6000; tries++)); do
        sink_is_busy || return 0
        sleep 0.01
    done
}

# sink_stop [now]: without now it may first work off what it has been sent
sink_stop() {
    [ -n "${1-}" ] || sink_rests
    kill -TERM "$sink"
    wait "$sink" || problem "the relay ended with $?"
    sink=
    want "messages in the relay's log" "$(cat sink.out)" "accepted $(($(taken) - taken_before))"
}

# taken: how many messages the relay has taken
taken() {
    grep -c '' "$log" || true
}

# breach -------------------------------------------------------------------------------------------------------------

# invoke COMMAND...: bash says on stderr when a command was killed; that is what is meant to happen here
invoke() {
    last_run="$*"
    status=0
    { "$@" >"$out" 2>"$err" </dev/null; } 2>/dev/null || status=$?
}

# said: stderr without the lines that only tell how far it has got
said() {
    grep -vE '^breach: \[[#.]+\] ' "$err"
}

plan() {
    invoke "$breach" plan "$playbook" --json "$@"
}

notify() {
    invoke "$breach" notify "$playbook" --yes --expect-digest "$digest" --json "$@"
}

read_status() {
    invoke "$breach" status "$playbook" --json "$@"
}

launch() {
    local command=$1
    shift
    last_run="$breach $command in the background"
    [ "$command" != notify ] || set -- --yes --expect-digest "$digest" "$@"
    "$breach" "$command" "$playbook" --json "$@" >"$out" 2>"$err" </dev/null &
    breach_pid=$!
}

launched_ends() {
    status=0
    { wait "$breach_pid"; } 2>/dev/null || status=$?
    breach_pid=
}

# dies POINT COMMAND...: at the POINT-th fault point, whose name is added to the file died; false when it ended before
dies() {
    local point=$1
    shift
    rm -f points
    BREACH_FAULT_LOG=$work/points BREACH_FAULT_DIE=$point "$@"
    if [ "$status" = 137 ]; then
        all_kills=$((all_kills + 1))
        tail -n 1 points >>died
        return 0
    fi
    want "exit of a run that got past its fault point" "$status" 0
    return 1
}

# digest_of_plan: what the last `plan` printed
digest_of_plan() {
    json "$out" '$.digest'
}

begin() {
    rm -rf "$state"
    sink_start "$@"
    plan
    [ "$status" = 0 ] || problem "planning: exit $status, $(cat "$err")"
    digest=$(digest_of_plan)
}

# query SQL [FOLDER]: of the ledger, when no breach is at work
query() {
    sqlite3 -batch "${2:-$state}/ledger.db" "$1"
}

# peek SQL: of a copy of the ledger, so that the one that a kill left behind stays as it is
peek() {
    rm -rf peek
    mkdir peek
    cp "$state"/ledger.db* peek/
    query "$1" peek
}

# The judge ----------------------------------------------------------------------------------------------------------

# violations FOLDER MOST: one line for each thing that must not be, then "totals DOUBTS DUPLICATES"
violations() {
    sqlite3 -batch :memory: <<END
.mode list
.separator ' '
CREATE TABLE log(word, envid, rcpt, size);
.import '$log' log
.import --csv people.csv people
ATTACH '$1/ledger.db' AS l;
CREATE TEMP TABLE taken AS SELECT envid AS id, count(*) AS times FROM log GROUP BY envid;
CREATE TEMP TABLE doubt AS SELECT json_extract(body, '\$.message') AS id, json_extract(body, '\$.run') AS run,
    json_extract(body, '\$.note') AS note FROM l.event WHERE json_extract(body, '\$.event') = 'doubted'
    AND json_extract(body, '\$.note') IS NOT 'still in doubt'; -- nothing left with that attempt: the doubt is the old one
CREATE TEMP TABLE status AS SELECT CAST(readfile('status.json') AS TEXT) AS document;
SELECT 'the relay took a message that is not in the ledger: ' || envid || ' to ' || rcpt FROM log
    WHERE envid NOT IN (SELECT id FROM l.message);
SELECT 'the relay took ' || m.id || ' for ' || rcpt || ', it is for ' || m.endpoint FROM log
    JOIN l.message m ON m.id = log.envid WHERE m.endpoint <> rcpt;
SELECT 'accepted in the ledger, unknown to the relay: ' || id || ' to ' || endpoint FROM l.message
    WHERE state IN (2, 3) AND id NOT IN (SELECT id FROM taken);
SELECT 'sent ' || times || ' times and never in doubt: ' || m.id || ' to ' || m.endpoint FROM taken t
    JOIN l.message m USING (id) WHERE times > 1 AND NOT m.flags & 2;
SELECT 'sent ' || times || ' times with ' || (SELECT count(*) FROM doubt d WHERE d.id = t.id) || ' doubts: ' || t.id
    FROM taken t WHERE times > 1 + (SELECT count(*) FROM doubt d WHERE d.id = t.id);
SELECT 'the doubt about ' || d.id || ' is not marked' FROM doubt d JOIN l.message m USING (id) WHERE NOT m.flags & 2;
SELECT 'a doubt that no kill explains: ' || id FROM doubt WHERE note IS NOT 'recovered';
SELECT count(*) || ' doubts of run ' || run FROM doubt GROUP BY run HAVING count(*) > $2;
SELECT 'counted ' || kind || ' ' || state || ' differs: ' || n FROM
    (SELECT * FROM (SELECT 'messages' AS kind, state, count(*) AS n FROM l.message GROUP BY state EXCEPT
        SELECT 'messages', state, sum(n) FROM l.counter WHERE kind = 3 GROUP BY state)
    UNION ALL SELECT * FROM (SELECT 'messages', state, sum(n) AS n FROM l.counter WHERE kind = 3 GROUP BY state
        HAVING sum(n) <> 0 EXCEPT SELECT 'messages', state, count(*) FROM l.message GROUP BY state)
    UNION ALL SELECT * FROM (SELECT 'people', '', sum(n) FROM l.counter WHERE kind = 1 EXCEPT
        SELECT 'people', '', count(*) FROM l.person));
SELECT 'the identity does not hold: ' || group_concat(e.key || ' ' || e.value) FROM status, json_each(document, '\$.people') e
    HAVING sum(CASE e.key WHEN 'total' THEN e.value ELSE -e.value END) <> 0;
SELECT 'status counts ' || json_extract(document, '\$.people.total') || ' people, there are ' || n FROM status,
    (SELECT count(*) AS n FROM l.person) WHERE json_extract(document, '\$.people.total') IS NOT n;
SELECT 'status counts ' || key || ' ' || value || ' messages, there are ' || n FROM status,
    json_each(document, '\$.messages') e, (SELECT count(*) AS n FROM l.message WHERE state = 2) WHERE key = 'accepted'
    AND value <> n;
SELECT 'totals ' || (SELECT count(*) FROM doubt) || ' ' || (SELECT coalesce(sum(times - 1), 0) FROM taken);
END
}

# unfinished FOLDER HELD: what is not as it must be once everybody was told; HELD doubts may wait for a person
unfinished() {
    sqlite3 -batch :memory: <<END
.mode list
.separator ' '
CREATE TABLE log(word, envid, rcpt, size);
.import '$log' log
.import --csv people.csv people
ATTACH '$1/ledger.db' AS l;
SELECT 'never told: ' || $endpoint_column FROM people WHERE $endpoint_column NOT IN (SELECT rcpt FROM log);
SELECT 'message ' || m.id || ' to ' || endpoint || ' is in state ' || state FROM l.message m
    JOIN people ON $endpoint_column = endpoint WHERE state NOT IN (2, 3);
SELECT 'run ' || id || ' was never ended' FROM l.run WHERE ended_at IS NULL;
SELECT 'not complete: ' || json_extract(document, '\$.verdict') FROM
    (SELECT CAST(readfile('status.json') AS TEXT) AS document) WHERE json_extract(document, '\$.complete') IS NOT ($2 = 0)
    OR json_extract(document, '\$.held') IS NOT $2;
END
}

judge_open() {
    local line folder=${judged_state:-$state}
    read_status --state "$folder"
    want "exit of status" "$status" 0
    want "stderr of status" "$(said)" ""
    cp "$out" status.json
    doubts=0
    duplicates=0
    while IFS= read -r line; do
        case $line in
        totals\ *) read -r _ doubts duplicates <<<"$line" ;;
        *) problem "$line" ;;
        esac
    done < <(violations "$folder" "${1:-$connections}" 2>&1 || echo "the ledger cannot be read")
    all_doubts=$((all_doubts + doubts))
    all_duplicates=$((all_duplicates + duplicates))
}

judge() {
    local line folder=${judged_state:-$state}
    judge_open "$@"
    while IFS= read -r line; do problem "$line"; done < <(unfinished "$folder" "$held" 2>&1 || echo "the ledger cannot be read")
    want "files left behind" "$(cd "$folder" && ls -d -- slots-* *.new* ./*-journal 2>/dev/null)" ""
}

# The only line that a run after a crash may write beside its document
recovery_line='^breach: an earlier run ended early: [0-9]+ answers recovered, [0-9]+ messages had not left, [0-9]+ may or may not have been taken$'

# What the last command says that it recovered: $recovered doubts, and the rest for the totals
read_recovery() {
    local settled=0 returned=0
    recovered=0
    if [[ $(<"$err") =~ ended\ early:\ ([0-9]+)\ [a-z\ ]+,\ ([0-9]+)\ [a-z\ ]+,\ ([0-9]+)\  ]]; then
        settled=${BASH_REMATCH[1]}
        returned=${BASH_REMATCH[2]}
        recovered=${BASH_REMATCH[3]}
    fi
    all_settled=$((all_settled + settled))
    all_returned=$((all_returned + returned))
    want "stderr" "$(said | grep -vE "$recovery_line")" ""
    [ "${1-}" != json ] || want "what the document says was recovered" "$(sqlite3 :memory: "SELECT
        json_extract(d, '\$.settled', '\$.returned', '\$.doubted') FROM
        (SELECT json_extract(readfile('$out'), '\$.recovered') AS d)")" "[$settled,$returned,$recovered]"
}

# goes_on [OPTION...]
goes_on() {
    notify "$@"
    want "exit of the next notify" "$status" 0
    read_recovery json
}

sends_nothing() {
    local before
    before=$(taken)
    notify "$@"
    want "exit of one more notify" "$status" 0
    want "stderr of one more notify" "$(said)" ""
    want "messages after one more notify" "$(taken)" "$before"
}

totals() {
    echo "# $1; $all_doubts doubts, $all_duplicates duplicates, $all_settled answers recovered," \
        "$all_returned returned; $SECONDS s"
}

if [ ! -x "$sink_program" ]; then
    echo "Bail out! $sink_program is not built"
    finished=yes
    exit 1
fi
