#!/usr/bin/env bash
# check_timing.sh ROOT: no test asserts how long something took; on a busy machine that is no fact about the program.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$1"
measured='\b(elapsed[a-z_]*|took|clock_system|CLOCK_(MONOTONIC|REALTIME)|g_get_monotonic_time|g_timer_elapsed)\b'
{
    find tests -name '*.c' -exec awk -f "$here/strip.awk" {} + | grep -E "assert_[a-z_]+ ?[(].*$measured" || true
    find tests -name '*.sh' -not -path 'tests/lint/*' -exec grep -nHE \
        '^[[:space:]]*(ok|is|verdict)\b.*(SECONDS|EPOCHREALTIME|\belapsed\b|date [+]%s)' {} + || true
} | awk '{ print $0 "  -- a timed assertion" } END { exit NR > 0 }'
