#!/usr/bin/env bash
# check_origin.sh ROOT: nothing that makes sense only where it was written: paths of one machine, documents that are not
# in the tree, words about how a text came to be.
set -euo pipefail
cd "$1"

files() {
    find . \( -name .git -o -path ./build -o -name '*.breach' -o -name LICENSE \) -prune -o -type f -print0 | sort -z
}

# Each expression has a bracket, so that it does not find itself
paths='(^|[^A-Za-z0-9_.$}/*-])/(wor[k]|far[m]|roo[t]|home/[a-z][a-z]*|User[s])/'
words='\bA[I]\b|[Ll]anguage[ ]model|\b[Aa]ssistan[t]\b|[Cc]hat[b]ot|[Aa]s [r]equested|[Cc]o-authored[-]by|[Gg]enerated[ ]with'
{
    files | xargs -0 grep -nIE "$paths" | sed 's/$/  -- a path of one machine/' || true
    files | xargs -0 grep -nIE "$words" | sed 's/$/  -- says how it came to be; say what it is/' || true
    files | xargs -0 grep -nIoE '[A-Za-z0-9_.-]*[A-Za-z0-9_-]+[.]md\b' | while IFS=: read -r file line name; do
        [ -n "$(find . \( -name .git -o -path ./build \) -prune -o -name "$name" -print -quit)" ] ||
            echo "$file:$line: $name is not in the tree"
    done || true
} | sed 's/^[.]\///' | awk '{ print } END { exit NR > 0 }'
