#!/usr/bin/env bash
# check_schemas.sh ROOT: every schema of docs/schema is JSON, and there is at least one.
set -euo pipefail
cd "$1"
found=0
schemas=0
for schema in docs/schema/*.json; do
    [ -f "$schema" ] || continue
    schemas=$((schemas + 1))
    if [ "$(sqlite3 :memory: "SELECT json_valid(CAST(readfile('$schema') AS TEXT))")" != 1 ]; then
        echo "$schema: not valid JSON"
        found=1
    fi
done
[ "$schemas" -gt 0 ] || { echo "docs/schema holds no schema"; found=1; }
exit "$found"
