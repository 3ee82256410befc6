#!/usr/bin/env bash
# check_sources.sh ROOT: every source and every shell test is named in the CMakeLists.txt that builds or runs it, and every
# name in one exists (a layer leaves out what is not there).
set -euo pipefail # so no "| grep -q": what it does not read ends the writer with SIGPIPE
cd "$1"
found=0

# words FILE: what a CMakeLists.txt says, one word a line, without comments
words() {
    sed 's/#.*//' "$1" | tr -s ' \t()";' '\n'
}

while IFS= read -r source; do
    list=$(dirname "$source")/CMakeLists.txt
    name=$(basename "$source")
    # A unit test is named without its .c
    if [ ! -f "$list" ] || ! words "$list" | grep -xFe "$name" -e "${name%.c}" >/dev/null; then
        echo "$source: not named in $list"
        found=1
    fi
done < <(find src tests -name '*.c' -not -path 'tests/fuzz/seeds/*' | sort)

for asset in src/serve/assets/*; do
    if [ -f "$asset" ] && ! words src/serve/CMakeLists.txt | grep -xF "${asset##*/}" >/dev/null; then
        echo "$asset: not named in src/serve/CMakeLists.txt"
        found=1
    fi
done

while IFS= read -r test; do
    if ! words tests/CMakeLists.txt | grep -xF "${test#tests/}" >/dev/null; then
        echo "$test: not named in tests/CMakeLists.txt"
        found=1
    fi
done < <(find tests -name 'test_*.sh' | sort)

while IFS= read -r list; do
    folder=$(dirname "$list")
    for name in $(words "$list" | grep -E '^[A-Za-z0-9_./-]+[.](c|sh)$' || true); do
        if [ ! -f "$folder/$name" ]; then
            echo "$list: names $name, which does not exist"
            found=1
        fi
    done
    for name in $(words "$list" | grep -xE 'test_[a-z0-9_]+' || true); do
        if [ "$folder" = tests/unit ] && [ ! -f "$folder/$name.c" ]; then
            echo "$list: names $name, but there is no $name.c"
            found=1
        fi
    done
done < <(find src tests -name CMakeLists.txt | sort)
exit "$found"
