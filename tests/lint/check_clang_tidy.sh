#!/usr/bin/env bash
# check_clang_tidy.sh ROOT BUILD: clang-tidy by .clang-tidy over every source that BUILD compiles. A source that was clean
# is not looked at again until it, a header of ours that it includes, its command line or .clang-tidy changes.
set -euo pipefail

if [ "$1" = --one ]; then
    # Inner call, once a file: FILE, with ROOT, BUILD and CACHE in the environment
    file=$2
    IFS=$'\t' read -r directory command < <(grep -F "$file"$'\t' "$CACHE/commands" | head -n 1 | cut -f2-)
    preprocess=$(sed -E 's/ -o [^ ]+//; s/ -c / -MM -MT x /' <<<"$command")
    mapfile -t read_files < <(cd "$directory" && eval "$preprocess" 2>/dev/null | tr -s '\134 \n' '\n' | sed 1d)
    key=$({
        clang-tidy --version
        echo "$command"
        find "$ROOT" -maxdepth 2 -name .clang-tidy -exec cat {} +
        cat "$file" "${read_files[@]}"
    } 2>/dev/null | sha256sum | cut -d' ' -f1)
    [ ! -e "$CACHE/$key" ] || exit 0
    code=0
    findings=$(clang-tidy --quiet -p "$BUILD" --extra-arg=-Wno-unknown-warning-option "$file" 2>/dev/null) || code=$?
    # The analyzer does not know g_autofree, so its leaks are none; the leak sanitizer finds the real ones. The steps that
    # lead to a finding are left out: clang-tidy -p build/dev FILE shows them.
    errors=$(grep -E ': (error|warning): ' <<<"$findings") || true
    real=$(grep -v ': Potential leak of memory ' <<<"$errors") || true
    if [ -n "$real" ] || { [ "$code" != 0 ] && [ -z "$errors" ]; }; then
        printf '%s\n' "${real:-$file: clang-tidy failed}"
        exit 1
    fi
    : >"$CACHE/$key"
    exit 0
fi

ROOT=$(cd "$1" && pwd -P)
BUILD=$(cd "$2" && pwd -P)
CACHE=$ROOT/build/lint/clang-tidy
export ROOT BUILD CACHE
[ -f "$BUILD/compile_commands.json" ] || { echo "$BUILD/compile_commands.json is missing: configure first"; exit 1; }
mkdir -p "$CACHE"
find "$CACHE" -type f -mtime +30 -delete
sqlite3 -separator $'\t' :memory: "
    SELECT json_extract(value, '\$.file'), json_extract(value, '\$.directory'), json_extract(value, '\$.command')
    FROM json_each(CAST(readfile('$BUILD/compile_commands.json') AS TEXT))" |
    awk -F'\t' -v root="$ROOT/" 'index($1, root) == 1 && !seen[$1]++' >"$CACHE/commands"
[ -s "$CACHE/commands" ] || { echo "$BUILD compiles nothing of $ROOT"; exit 1; }
code=0
cut -f1 "$CACHE/commands" | tr '\n' '\0' | xargs -0 -P 2 -n 1 "$0" --one | sed "s|$ROOT/||g" |
    sort -u || code=1
exit "$code"
