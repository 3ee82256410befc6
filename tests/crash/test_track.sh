#!/usr/bin/env bash
# breach track --mail dies at every point that it passes; the next one takes each mail that was left, none is lost, and none
# counts twice.
# shellcheck disable=SC2119  # the functions of crash.sh have optional arguments
. "$(dirname "${BASH_SOURCE[0]}")/crash.sh"

people=12

# bounces: a Maildir with a bounce of each message, and an absence note
bounces() {
    rm -rf in
    mkdir -p in/cur in/new
    sqlite3 "$state/ledger.db" "SELECT id, endpoint FROM message ORDER BY no" | while IFS='|' read -r id endpoint; do
        printf 'From: MAILER-DAEMON@mx.example.net\nTo: bounce+%s@example.com\nSubject: failure notice\n\n<%s>:\n550 5.1.1 User unknown\n' \
            "$id" "$endpoint" >"in/new/$id"
    done
    id=$(sqlite3 "$state/ledger.db" "SELECT min(id) FROM message")
    printf 'From: a@example.org\nTo: bounce+%s@example.com\nSubject: Automatic reply: x\n\nAway.\n' "$id" >in/new/away
}

track() {
    invoke "$breach" track "$playbook" --mail in --json
    unread_stderr=
}

# What there is in the end: messages that came back, the mails that say so (a kill between an entry and the name of its mail
# repeats the event, which changes nothing), other mails
result() {
    sqlite3 "$state/ledger.db" "SELECT (SELECT count(*) FROM message WHERE state = 5), (SELECT count(DISTINCT json_extract(body, '\$.evidence')) FROM event
        WHERE json_extract(body, '\$.event') = 'bounced'), (SELECT count(DISTINCT json_extract(body, '\$.evidence'))
        FROM event WHERE json_extract(body, '\$.event') = 'mail'), (SELECT count(*) FROM inbox)"
}

# fresh: everybody has been told, and mails have come back
fresh() {
    begin
    notify
    sink_stop
    bounces
}

incident "$people"
fresh
is "everybody is told" "$status" 0
BREACH_FAULT_LOG=$work/points track
is "without a kill all come back" "$(result)" "$people|$people|1|0"
for name in returned_put returned_kept returned_appended returned_named; do
    ok "there is the point $name" grep -qx "$name" points
done

count=$(grep -c '' points)
ok "there are more than 30 points at which it can die" test "$count" -gt 30
for ((point = 1; point <= count; point++)); do
    name=$(sed -n "${point}p" points)
    fresh
    case_begin
    BREACH_FAULT_DIE=$point track
    want "it died" "$((status > 128))" 1
    track
    want "exit" "$status" 0
    want "the result" "$(result)" "$people|$people|1|0"
    want "mails that are kept" "$(find "$state/mail" -name '*.eml' | grep -c .)" $((people + 1))
    want "mails without an entry" "$(find "$state/mail" -name '*.new' | grep -c .)" 0
    track
    want "the result of one more" "$(result)" "$people|$people|1|0"
    case_end "killed at $point, $name"
done

done_testing
