#!/usr/bin/env bash
# check_shell.sh ROOT: shellcheck over every script. Switched off: what it says of functions and variables that a sourced
# file shares with the files that source it, of which it sees one at a time (SC2034, SC2119, SC2120, SC2154).
set -euo pipefail
cd "$1"
find . \( -name .git -o -path ./build \) -prune -o \
    -type f \( -name '*.sh' -o -path './script/*' -o -path './.ci/*' \) -print0 | sort -z |
    xargs -0 shellcheck -x -e SC2034,SC2119,SC2120,SC2154 -f gcc -P SCRIPTDIR | sed 's/^[.]\///'
