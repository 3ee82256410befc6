#!/usr/bin/env bash
# check_codes.sh ROOT BUILD: the codes of errors and warnings: every id in the source has a row in the table, every row
# is used, no code or id is given twice, numbers of an area are in order, the area is the id's first word, and
# docs/codes.md is what the program prints.
set -euo pipefail
cd "$1"
breach=$2/breach
found=0
finding() { echo "$*"; found=1; }

rows=$(cat src/base/diagnostic_*.c | sed -nE 's/^ *\{"(BR-[A-Z]+-[0-9]+)", "([a-z0-9-]+)",.*/\1 \2/p')
[ -n "$rows" ] || finding "src/base/diagnostic_*.c has no row"

while read -r word; do
    [ -z "$word" ] || finding "$word stands in the table twice"
done < <(tr ' ' '\n' <<<"$rows" | sort | uniq -d)

while read -r line; do
    [ -z "$line" ] || finding "$line"
done < <(awk '
    { split($1, part, "-"); split($2, word, "-"); number = part[3] + 0 }
    toupper(word[1]) != part[2] { print $1 ": the id " $2 " is of another area" }
    length(part[3]) != 3 { print $1 ": three digits" }
    number != last[part[2]] + 1 { print $1 ": the number before it is " last[part[2]] + 0 }
    { last[part[2]] = number }
    part[2] != area && (part[2] in seen) { print $1 ": its area stands in two places" }
    { area = part[2]; seen[area] = 1 }' <<<"$rows")

# What the source says: string literals that look like ids and begin with the word of an area, or stand where an id does.
areas=$(awk '{ split($2, word, "-"); print word[1] }' <<<"$rows" | sort -u | paste -sd'|')
sources=$(find src -name '*.c' ! -name 'diagnostic_*.c' | sort)
used=$(
    # shellcheck disable=SC2086
    {
        cat $sources | tr '\n' ' ' | { grep -oE '(error_set|error_set_va|error_make)\([^;]*' || true; } |
            sed -nE 's/^[a-z_]*\([^"]*"([a-z0-9]+(-[a-z0-9]+)+)",.*/\1/p'
        cat $sources | tr '\n' ' ' | { grep -oE 'findings_(error|warning)\([^;]*' || true; } |
            sed -nE 's/^[a-z_]*\([^"]*"([a-z0-9]+(-[a-z0-9]+)+)",.*/\1/p'
    } | sort -u
)
while read -r id; do
    [ -n "$id" ] || continue
    grep -qE " $id\$" <<<"$rows" || finding "$id: no row in src/base/diagnostic_*.c"
done <<<"$used"

# shellcheck disable=SC2086
literals=$(cat $sources | { grep -oE "\"($areas)-[a-z0-9-]+\"" || true; } | tr -d '"' | sort -u)
while read -r _ id; do
    grep -qx -- "$id" <<<"$literals" || finding "$id: a row that nothing uses"
done <<<"$rows"

if [ ! -x "$breach" ]; then
    finding "$breach is not built: docs/codes.md cannot be compared with it"
elif ! LC_ALL=C.UTF-8 "$breach" --lang en explain --all | cmp -s - docs/codes.md; then
    finding "docs/codes.md is out of step: type build/dev/breach --lang en explain --all > docs/codes.md"
fi
exit "$found"
