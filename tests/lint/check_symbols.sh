#!/usr/bin/env bash
# check_symbols.sh ROOT BUILD: every exported name begins with the words of its file: ledger_claim() is in ledger.c or
# ledger_*.c, smtp_esmtp_tls_start() in smtp_esmtp_tls.c, people_open() in load_people.c, findings_new() in finding.c.
set -euo pipefail
build=$2

# file | a further first word, and why
exceptions='
model/playbook.c audience    an audience is a part of a playbook and lives and dies with it
cli/main.c       main        the C standard
'

objects=$(cd "$build" && find src -name '*.c.o' 2>/dev/null | sort) || objects=
[ -n "$objects" ] || { echo "no objects in $build/src: build first"; exit 1; }

# shellcheck disable=SC2086  # one object a word; CMake writes no spaces
(cd "$build" && nm -A -g --defined-only $objects) | awk -v exceptions="$exceptions" '
BEGIN {
    count = split(exceptions, rows, "\n")
    for (i = 1; i <= count; i++) if (split(rows[i], row, " ") > 2) extra[row[1]] = extra[row[1]] " " row[2]
}
function begins(symbol, word) { return symbol == word || index(symbol, word "_") == 1 }
{
    symbol = $NF
    file = $1
    sub(/:[^:]*$/, "", file)
    sub(/^src\//, "", file)
    sub(/CMakeFiles\/[^\/]*\//, "", file)
    sub(/[.]o$/, "", file)
    stem = file
    sub(/^.*\//, "", stem)
    sub(/[.]c$/, "", stem)
    words = split(stem, part, "_")
    first = last = ""
    fits = 0
    for (i = 1; i <= words; i++) {
        first = first (i > 1 ? "_" : "") part[i]
        last = part[words - i + 1] (i > 1 ? "_" : "") last
        if (begins(symbol, first) || begins(symbol, last)) fits = 1
    }
    if (begins(symbol, stem "s")) fits = 1
    count = split(extra[file], more, " ")
    for (i = 1; i <= count; i++) if (begins(symbol, more[i])) fits = 1
    if (symbol ~ /^(g|json|curl|sqlite3|idn2|EVP|SSL)_/) fits = 0
    if (!fits) { print "src/" file ": exported name " symbol " does not begin with the words of its file"; found = 1 }
}
END { exit found }'
