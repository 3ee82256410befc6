#!/usr/bin/env bash
# check_commands.sh ROOT BUILD: runs the commands of README.md and docs/: every ```sh block whose first line is
# "# runs in script/test". The blocks of one document run in order, in a copy of the sample folders and of script, with
# build/release/breach standing for the breach of BUILD. Each must exit 0 and report no error, and no warning but those whose
# code the document names.
set -euo pipefail
root=$(cd "$1" && pwd)
build=$2
found=0
blocks=0
work=$(mktemp -d "${TMPDIR:-/tmp}/breach-commands.XXXXXX")
trap 'rm -rf "$work"' EXIT

# extract FILE FOLDER: one numbered script a marked block
extract() {
    awk -v folder="$2" '
        /^```/ { if (out) close(out); out = ""; fresh = /^```sh *$/; next }
        fresh { fresh = 0; if (/^# runs in script\/test$/) out = sprintf("%s/block-%03d-line-%d", folder, ++count, FNR) }
        out { print > out }' "$1"
}

# unexpected DOCUMENT: whether stderr has more than messages of breach, and warnings that the document speaks of
unexpected() {
    local codes
    codes=$(grep -oE 'BR-[A-Z]+-[0-9]{3}' "$root/$1" | sort -u | paste -sd '|')
    grep -vE "warning: .*\[($codes)\]\$" "$work/err" >"$work/rest"
    grep -qE '(error|warning):' "$work/rest" || grep -qv '^breach: ' "$work/rest"
}

while IFS= read -r document; do
    folder=$work/$(tr '/' '_' <<<"$document")
    mkdir -p "$folder/.blocks" "$folder/build/release"
    extract "$root/$document" "$folder/.blocks"
    ln -s "$build/breach" "$folder/build/release/breach"
    for sample in playbooks contacts templates script; do
        [ ! -d "$root/$sample" ] || cp -R "$root/$sample" "$folder/"
    done
    for block in "$folder"/.blocks/block-*; do
        [ -f "$block" ] || continue
        blocks=$((blocks + 1))
        code=0
        (cd "$folder" && HOME=$folder PATH=$build:$PATH timeout 120 bash -eu "$block") \
            >"$work/out" 2>"$work/err" </dev/null || code=$?
        if [ "$code" != 0 ] || unexpected "$document"; then
            echo "$document:${block##*-line-}: exit $code"
            tail -n 20 "$work/out" "$work/err"
            found=1
        fi
    done
done < <(cd "$root" && find ./*.md docs -name '*.md' 2>/dev/null | sed 's/^[.]\///' | sort)

[ "$blocks" -gt 0 ] || { echo "no document has a block that begins with '# runs in script/test'"; found=1; }
exit "$found"
