#!/usr/bin/env bash
# check_layers.sh ROOT: no folder of src/ includes one above it or beside it, and the model touches no system.
set -euo pipefail
cd "$1"

{ find src -name '*.[ch]' -exec grep -HnE '^[[:space:]]*#[[:space:]]*include' {} + || true; } | awk -F: '
BEGIN {
    split("base model load,ledger,channel,listen dispatch,track report drill,serve cli", storeys, " ")
    for (storey in storeys) {
        count = split(storeys[storey], folders, ",")
        for (i = 1; i <= count; i++) rank[folders[i]] = storey + 0
    }
}
function bad(words) { print $1 ":" $2 ": " words; found = 1 }
{
    if (!match($0, /[<"][^>"]*[>"]/)) { bad("an include that this check cannot read"); next }
    header = substr($0, RSTART + 1, RLENGTH - 2)
    system_header = substr($0, RSTART, 1) == "<"
    split($1, path, "/")
    from = path[2]
    if (!(from in rank)) { bad("folder src/" from " has no place in the layers"); next }
    if (system_header) {
        if (from == "model" && header ~ /^(stdio|unistd|fcntl|dirent|time|pthread|signal|sys\/.*|glib\/gstdio)\.h$/)
            bad("the model is pure: it may not include <" header ">")
        next
    }
    if (header !~ /^[a-z]+\/[a-z0-9_]+\.h$/) { bad("write \"" header "\" as \"folder/file.h\""); next }
    split(header, path, "/")
    to = path[1]
    if (!(to in rank)) bad("\"" header "\": folder src/" to " has no place in the layers")
    else if (from != to && rank[to] == rank[from]) bad(from " may not include its sibling \"" header "\"")
    else if (rank[to] > rank[from]) bad(from " may not include \"" header "\", which is above it")
    else if (from == "model" && header ~ /^base\/(file|fault)\.h$/)
        bad("the model is pure: it may not include \"" header "\"")
}
END { exit found }'
