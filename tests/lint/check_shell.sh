#!/usr/bin/env bash
# check_shell.sh ROOT: shellcheck over every script.
set -euo pipefail
cd "$1"
find . \( -name .git -o -path ./build \) -prune -o \
    -type f \( -name '*.sh' -o -path './script/*' -o -path './.ci/*' \) -print0 | sort -z |
    xargs -0 shellcheck -x -f gcc -P SCRIPTDIR | sed 's/^[.]\///'
