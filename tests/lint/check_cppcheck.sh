#!/usr/bin/env bash
# check_cppcheck.sh ROOT: cppcheck over src/ and tests/. What was clean and did not change is remembered in build/lint.
# Switched off: memleak does not see what a container takes over (the leak sanitizer does), and readdir_r, which
# readdirCalled asks for, is deprecated. jansson.cfg spells jansson's loops out, whose header it does not see.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
options=$(cat "$0" "$here/jansson.cfg" | sha256sum | cut -c1-12)
cd "$1"
folders=()
for folder in src tests; do
    [ -z "$(find "$folder" -name '*.c' -print -quit 2>/dev/null)" ] || folders+=("$folder")
done
# cppcheck does not notice that its options changed
cache=build/lint/cppcheck-$options
mkdir -p "$cache"
cppcheck --quiet -j 2 --std=c11 --enable=warning,performance,portability --error-exitcode=1 --inline-suppr \
    --library=posix --library=gtk --library="$here/jansson.cfg" -D_GNU_SOURCE -DBREACH_FAULTS=1 -I src \
    --suppress=memleak --suppress=readdirCalled --suppress=missingIncludeSystem --suppress=missingInclude --suppress=unmatchedSuppression \
    --cppcheck-build-dir="$cache" --template='{file}:{line}: {severity}: {id}: {message}' \
    "${folders[@]}" 2>&1
