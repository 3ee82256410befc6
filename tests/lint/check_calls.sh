#!/usr/bin/env bash
# check_calls.sh ROOT: functions that may not be called, or only in one place.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$1"

# looked for in # files that may # calls (names, or an expression with its own parenthesis) # why not
rules='
src tests # ^$                   # sprintf|vsprintf|strcpy|strcat|strtok|sscanf|atoi|atol|atof|gets|rand|srand|tmpnam|mktemp # unsafe or unchecked; use the GLib, _r or bounded form
src tests # ^$                   # localtime|gmtime|ctime|asctime # not thread-safe; use the _r form
src tests # ^$                   # system|popen|wordexp|g_spawn_command_line_a?sync|execlp|execvp # never a shell, never PATH
src       # ^src/(cli/|base/fault[.]c) # printf|vprintf|puts|putchar|perror|g_print|g_printerr|g_warning|g_message|g_critical|g_error|exit|_exit|_Exit|quick_exit # only cli prints or exits
src       # ^src/(cli/|base/fault[.]c) # f[a-z]+[[:space:]]*[(](.*[, ])?(stdout|stderr)[[:space:]]*[,)] # only cli prints or exits
src       # ^$                   # g_thread_[a-z_]+|g_(rec_)?mutex_[a-z_]+|g_rw_lock_[a-z_]+|g_cond_[a-z_]+|g_async_queue_[a-z_]+|g_main_loop_[a-z_]+ # threads, locks and queues are pthread (TSan cannot see through GLib)
src       # ^src/base/clock[.]c  # time|gettimeofday|g_get_real_time|g_get_monotonic_time|g_date_time_new_now[a-z_]* # time comes from the Clock that is handed over
src       # ^src/(cli/|base/clock[.][ch]) # clock_system # only cli knows the clock of the machine
'

found=0
while IFS='#' read -r folders allowed pattern why; do
    [ -n "$pattern" ] || continue
    read -r allowed <<<"$allowed"
    read -r pattern <<<"$pattern"
    [[ $pattern == *'[(]'* ]] || pattern="($pattern)[[:space:]]*[(]"
    for folder in $folders; do
        [ -d "$folder" ] || continue
        # A word before the name makes it a declaration's type or a longer name; -> and . make it a member
        hits=$(find "$folder" -name '*.[ch]' -exec awk -f "$here/strip.awk" {} + |
            grep -E "^[^:]*:[0-9]+:(.*[^A-Za-z0-9_.>])?$pattern" |
            grep -vE "^($allowed)" | cut -c1-160) || continue
        while IFS= read -r hit; do
            echo "$hit  --$why"
        done <<<"$hits"
        found=1
    done
done <<<"$rules"
exit "$found"
