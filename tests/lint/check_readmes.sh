#!/usr/bin/env bash
# check_readmes.sh ROOT: README.md and its translations have the same command blocks, tables of the same length, and
# sections of the same number, so that a change of one is not forgotten in the other.
set -euo pipefail
root=$(cd "$1" && pwd)
found=0

# blocks FILE: the blocks of code, each with its language
blocks() {
    awk '/^```/ { print; inside = !inside; next } inside' "$1"
}

# shape FILE: what stands in which order: headings, rows of tables, numbered steps
shape() {
    awk '/^```/ { inside = !inside } inside { next } /^#+ / { print $1 } /^\|/ { print "row" } /^\*\*[0-9]+\./ { print $1 }' "$1" |
        tr -d '*'
}

for translation in "$root"/README.*.md; do
    [ -f "$translation" ] || continue
    name=${translation##*/}
    if ! difference=$(diff <(blocks "$root/README.md") <(blocks "$translation")); then
        echo "$name: other commands than README.md (<):"
        printf '%s\n' "$difference"
        found=1
    fi
    if ! difference=$(diff <(shape "$root/README.md") <(shape "$translation")); then
        echo "$name: other sections, rows of tables or steps than README.md (<):"
        printf '%s\n' "$difference"
        found=1
    fi
done
exit "$found"
