#!/usr/bin/env bash
# check_sizes.sh ROOT: functions and files stay short. A warning is printed; only an error fails.
set -euo pipefail
cd "$1"

# folder | function lines: warning error | McCabe: warning error | lines of a .c, of a .h: error
limits='
src    60 100  15 25   800 200
tests 120 200  25 40  1500 300
'

while read -r folder lines_warning lines_error complexity_warning complexity_error source_error header_error; do
    [ -d "$folder" ] || continue
    find "$folder" -name '*.[ch]' -exec wc -l {} + | awk -v c="$source_error" -v h="$header_error" '
        $2 == "total" { next }
        $2 ~ /[.]c$/ && $1 > c { print "error: " $2 ": " $1 " lines, the limit is " c }
        $2 ~ /[.]h$/ && $1 > h { print "error: " $2 ": " $1 " lines, the limit is " h }'
    # columns: modified McCabe, McCabe, statements, first line, lines, file(line): function
    find "$folder" -name '*.c' -exec pmccabe {} + | awk -F'\t' -v lw="$lines_warning" -v le="$lines_error" \
        -v cw="$complexity_warning" -v ce="$complexity_error" '
        function bad(words, worth, limit, words2) {
            print words ": " $6 ": " worth words2 ", the limit is " limit
        }
        $5 > le { bad("error", $5, le, " lines") }
        $5 > lw && $5 <= le { bad("warning", $5, lw, " lines") }
        $2 > ce { bad("error", $2, ce, " McCabe") }
        $2 > cw && $2 <= ce { bad("warning", $2, cw, " McCabe") }'
done <<<"${limits#$'\n'}" | awk '{ print } /^error/ { found = 1 } END { exit found }'
