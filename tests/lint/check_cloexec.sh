#!/usr/bin/env bash
# check_cloexec.sh ROOT: every descriptor is opened close-on-exec, so that no program that is started inherits the ledger, a
# lock or a connection.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$1"

# calls # what must stand among the arguments, - : not to be used at all # what to do
rules='
open|openat|open64|pipe2|mkostemp|dup3 # O_CLOEXEC     # add O_CLOEXEC
socket|socketpair|accept4              # SOCK_CLOEXEC  # add SOCK_CLOEXEC
eventfd                                # EFD_CLOEXEC   # add EFD_CLOEXEC
epoll_create1                          # EPOLL_CLOEXEC # add EPOLL_CLOEXEC
timerfd_create                         # TFD_CLOEXEC   # add TFD_CLOEXEC
signalfd                               # SFD_CLOEXEC   # add SFD_CLOEXEC
inotify_init1                          # IN_CLOEXEC    # add IN_CLOEXEC
memfd_create                           # MFD_CLOEXEC   # add MFD_CLOEXEC
accept|pipe|dup|dup2|creat|epoll_create|mkstemp|inotify_init # - # use the form that takes a CLOEXEC flag
tmpfile|g_open|g_mkstemp|g_file_open_tmp # - # use open() with O_CLOEXEC
fopen|fopen64|freopen|g_fopen|g_freopen # e" # add e to the mode
'

find src -name '*.[ch]' -exec awk -f "$here/strip.awk" {} + | awk -v rules="$rules" '
BEGIN {
    count = split(rules, rows, "\n")
    for (i = 1; i <= count; i++)
        if (split(rows[i], row, "#") == 3) {
            gsub(/ /, "", row[1])
            gsub(/ /, "", row[2])
            calls[++n] = row[1]; needed[n] = row[2]; advice[n] = row[3]
        }
}
# The line as it stands in the file, strings and all
function original(place,    parts, line, i) {
    split(place, parts, ":")
    for (i = 0; i < parts[2]; i++) if ((getline line < parts[1]) <= 0) break
    close(parts[1])
    return line
}
{
    match($0, /^[^:]*:[0-9]+:/)
    place[NR] = substr($0, 1, RLENGTH - 1)
    text[NR] = substr($0, RLENGTH + 1)
}
END {
    for (at = 1; at <= NR; at++) for (i = 1; i <= n; i++) {
        # -> and . make it a member, a letter before it a longer name; a call may go on over the next two lines
        if (!match(text[at], "(^|[^A-Za-z0-9_.>])(" calls[i] ")[(]")) continue
        whole = substr(text[at], RSTART + 1) " " text[at + 1] " " text[at + 2]
        sub(/;.*/, "", whole)
        if (needed[i] == "e\"") whole = original(place[at])
        if (needed[i] != "-" && index(whole, needed[i])) continue
        print place[at] ": " substr(text[at], 1, 100) "  --" advice[i]
        found = 1
    }
    exit found
}'
