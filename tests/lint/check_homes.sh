#!/usr/bin/env bash
# check_homes.sh ROOT: each third-party header is included only by the module that hides it.
set -euo pipefail
cd "$1"

# header (a regular expression) | the files of src/ that may include it. A private family (smtp_esmtp_tls.c) shares the
# home of its first member, and may share it by a private header. GLib, jansson and the C library are free.
homes='
yaml[.]h       ^load/yaml(_[a-z0-9_]+)?[.]c$
sqlite3[.]h    ^ledger/sqlite([.]c|_[a-z0-9_]+[.][ch])$
libpq-fe[.]h   ^ledger/postgres([.]c|_[a-z0-9_]+[.][ch])$
(libesmtp|auth-client)[.]h   ^channel/smtp_esmtp([.]c|_[a-z0-9_]+[.][ch])$
curl/.*        ^(channel/(http|smtp_curl)|track/mailbox)([.]c|_[a-z0-9_]+[.][ch])$
gmime/.*       ^track/bounce_mail[.]c$
sodium[.]h     ^base/(secret|seal)[.]c$
openssl/.*     ^(base/digest|channel/(smtp_esmtp|smtp_probe|sign)|drill/smtp_sink|report/timestamp)([.]c|_[a-z0-9_]+[.][ch])$
resolv[.]h     ^channel/dns_text[.]c$
idn2[.]h       ^model/address[.]c$
libintl[.]h    ^base/language[.]c$
microhttpd[.]h ^listen/listener([.]c|_[a-z0-9_]+[.][ch])$
(pango|cairo|hb).* ^channel/letter
glib[.]h       .
glib/gstdio[.]h .
glib-unix[.]h  .
jansson[.]h    .
'

{ find src -name '*.[ch]' -exec grep -HnE '^[[:space:]]*#[[:space:]]*include[[:space:]]*<' {} + || true; } |
    awk -F: -v homes="$homes" '
BEGIN {
    count = split(homes, rows, "\n")
    for (i = 1; i <= count; i++) if (split(rows[i], row, " ") == 2) { pattern[++n] = "^" row[1] "$"; home[n] = row[2] }
    libc = "^((assert|complex|ctype|dirent|endian|errno|fcntl|fenv|float|fnmatch|getopt|inttypes|langinfo|limits|locale" \
        "|math|netdb|poll|pthread|pwd|sched|setjmp|signal|spawn|stdalign|stdarg|stdatomic|stdbool|stddef|stdint|stdio" \
        "|stdlib|stdnoreturn|string|strings|syslog|termios|threads|time|unistd)[.]h|(sys|netinet|arpa|net|linux)/.*)$"
}
{
    match($0, /<[^>]*>/)
    header = substr($0, RSTART + 1, RLENGTH - 2)
    if (header ~ libc) next
    file = $1
    sub(/^src\//, "", file)
    known = allowed = 0
    for (i = 1; i <= n; i++)
        if (header ~ pattern[i]) { known = 1; if (file ~ home[i]) allowed = 1 }
    if (!known) { print $1 ":" $2 ": <" header "> has no home; give it one in tests/lint/check_homes.sh"; found = 1 }
    else if (!allowed) { print $1 ":" $2 ": <" header "> may not be included here; its home is elsewhere"; found = 1 }
}
END { exit found }'
