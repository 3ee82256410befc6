#!/usr/bin/env bash
# check_manuals.sh ROOT BUILD: every command has a manual page, and the page and `breach COMMAND --help` name the same
# options.
set -euo pipefail
cd "$1"
breach=$2/breach
found=0
finding() { echo "$*"; found=1; }

# options_of_help: the options that begin a line of a help text
options_of_help() {
    grep -E '^[[:space:]]+-' | sed -E 's/^[[:space:]]+(-[A-Za-z?], ?)?//' | grep -oE '^--[a-z][a-z-]*' | sort -u || true
}

# options_of_page FILE: the options that head a paragraph in a section whose name ends in OPTIONS
options_of_page() {
    sed 's/\\-/-/g; s/\\f[A-Z]//g; s/\\f([A-Z][A-Z]//g' "$1" | awk '
        /^[.]S[HSh] / { inside = /OPTIONS"?$/; next }
        !inside { next }
        /^[.]It / { gsub(/Fl Fl /, "--"); gsub(/Fl -/, "--"); print; next }
        /^[.]T[PQ]/ { tag = 1; next }
        tag { print; tag = 0 }' | grep -oE -e '--[a-z][a-z-]*' | sort -u || true
}

[ -f docs/man/breach.1 ] || finding "docs/man/breach.1 is missing"
[ -x "$breach" ] || finding "$breach is not built: its --help cannot be compared with the pages"
commands=$(find src/cli -name 'cmd_*.c' 2>/dev/null | sed 's/.*cmd_//; s/[.]c$//' | sort)
[ -n "$commands" ] || finding "src/cli has no cmd_*.c: no command to check"

for command in $commands; do
    page=docs/man/breach-$command.1
    if [ ! -f "$page" ]; then
        finding "src/cli/cmd_$command.c: $page is missing"
        continue
    fi
    [ ! -f docs/man/breach.1 ] || sed 's/\\-/-/g; s/\\f[A-Z]//g' docs/man/breach.1 | grep -E "breach-$command\b" >/dev/null ||
        finding "docs/man/breach.1 does not name breach-$command"
    [ -x "$breach" ] || continue
    "$breach" --help | grep -E "^[[:space:]]+(breach )?$command\b" >/dev/null ||
        finding "breach --help does not list $command"
    while IFS= read -r difference; do
        case $difference in
        '') ;;
        $'\t'*) finding "$page: ${difference#$'\t'} is not in breach $command --help" ;;
        *) finding "$page: $difference of breach $command --help is missing" ;;
        esac
    done < <(comm -3 <("$breach" "$command" --help | options_of_help) <(options_of_page "$page"))
done

for page in docs/man/breach-*.1; do
    [ -f "$page" ] || continue
    command=${page#docs/man/breach-}
    [ -f "src/cli/cmd_${command%.1}.c" ] || finding "$page: there is no command ${command%.1}"
done
exit "$found"
