# shellcheck shell=bash disable=SC2034  # the variables below are read by the tests
# TAP for the shell tests; sourced as their first command:   . "$(dirname "$0")/../cli/lib.sh"
#
#   run COMMAND...             runs it; leaves the exit code in $status, its output in the files $out and $err
#   exits CODE NAME            the last run ended with CODE
#   stdout_has NAME TEXT...    every TEXT is part of a line of stdout; stdout_lacks is the opposite
#   stderr_has NAME TEXT...    every line of stderr holds one of the TEXTs, and every TEXT is found in one
#   is NAME GOT WANTED         two strings are equal
#   ok NAME COMMAND...         the command succeeds (its own output is thrown away)
#   skip NAME WHY
#   away_from_midnight [ZONE]   for a test that has to know which day it is
#   json FILE PATH             prints the value at an SQLite JSON path: json "$out" '$.people.total'
#   done_testing               last line of every test
#
# A line on stderr that no stderr_has has looked at before the next run, or the end, is a failed case of its own.
# $breach is the program under test, $source the source tree, $build the build folder; the test starts in an empty
# folder, $work, which is removed at the end unless BREACH_KEEP is set.
set -uo pipefail

export LC_ALL=C.UTF-8 # whoever runs it; a test of languages says --lang or sets it itself
unset LANGUAGE LC_MESSAGES LANG

export BREACH_MACHINE=calm # whatever this machine's clock and disk are like
source=${BREACH_SOURCE_DIR:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}
build=${BREACH_BUILD_DIR:-$source/build/dev}
breach=$build/breach
work=$(mktemp -d "${TMPDIR:-/tmp}/breach-test.XXXXXX")
out=$work/.stdout
err=$work/.stderr
status=0
cases=0
failures=0
last_run=
unread_stderr=
finished=

end_of_test() {
    local code=$?
    if [ -z "$finished" ]; then
        echo "Bail out! the test ended before done_testing, exit $code"
        code=1
    fi
    if [ -n "${BREACH_KEEP-}" ]; then echo "# kept $work"; else rm -rf "$work"; fi
    exit "$code"
}
trap end_of_test EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
: >"$out"
: >"$err"
cd "$work" || exit 1

# note TEXT: a line that explains a failure
note() {
    printf '#   %s\n' "${1//$'\n'/$'\n'#   }"
}

# verdict SUCCESS NAME: prints one case; SUCCESS is an exit code
verdict() {
    cases=$((cases + 1))
    if [ "$1" = 0 ]; then
        echo "ok $cases - $2"
        return 0
    fi
    failures=$((failures + 1))
    echo "not ok $cases - $2"
    [ -z "$last_run" ] || note "last run (exit $status): $last_run"
    return 1
}

check_unread_stderr() {
    if [ -n "$unread_stderr" ]; then
        unread_stderr=
        verdict 1 "nothing unexpected on stderr" || note "$(cat "$err")"
    fi
}

# Progress is shown by a command that takes a while: on a machine that is busy, any.
without_progress() {
    sed '/^breach: \[[#.]*\] /d' "$1"
}

run() {
    check_unread_stderr
    last_run="$*"
    status=0
    "$@" >"$out" 2>"$err.all" </dev/null || status=$?
    without_progress "$err.all" >"$err"
    [ ! -s "$err" ] || unread_stderr=yes
}

exits() {
    local code=0
    [ "$status" = "$1" ] || code=1
    verdict "$code" "$2" || { note "wanted exit $1"; note "$(tail -n 20 "$out" "$err")"; }
}

stdout_has() {
    local name=$1 text code=0 missing=()
    shift
    for text in "$@"; do
        grep -qF -e "$text" "$out" || { code=1; missing+=("$text"); }
    done
    verdict "$code" "$name" || { note "not in stdout: ${missing[*]}"; note "$(cat "$out")"; }
}

stdout_lacks() {
    local name=$1 text code=0
    shift
    for text in "$@"; do
        ! grep -qF -e "$text" "$out" || code=1
    done
    verdict "$code" "$name" || note "$(cat "$out")"
}

stderr_has() {
    local name=$1 text code=0 patterns
    shift
    unread_stderr=
    patterns=$(printf '%s\n' "$@")
    ! grep -qvF -e "$patterns" "$err" || code=1
    for text in "$@"; do
        grep -qF -e "$text" "$err" || code=1
    done
    verdict "$code" "$name" || { note "wanted:"; note "$patterns"; note "stderr:"; note "$(cat "$err")"; }
}

is() {
    local code=0
    [ "$2" = "$3" ] || code=1
    verdict "$code" "$1" || { note "got:    $2"; note "wanted: $3"; }
}

ok() {
    local name=$1 code=0
    shift
    "$@" >/dev/null 2>&1 || code=$?
    verdict "$code" "$name" || note "failed: $*"
}

skip() {
    cases=$((cases + 1))
    echo "ok $cases - $1 # SKIP $2"
}

json() {
    sqlite3 :memory: "SELECT json_extract(readfile('$1'), '$2')"
}

# away_from_midnight [ZONE]: for a test that has to know which day it is: it does not begin in the last minute of one
away_from_midnight() {
    while [ "$(env ${1:+TZ=$1} date +%H%M)" = 2359 ]; do sleep 1; done
}

done_testing() {
    check_unread_stderr
    finished=yes
    echo "1..$cases"
    [ "$cases" -gt 0 ] && [ "$failures" = 0 ]
    exit $?
}
