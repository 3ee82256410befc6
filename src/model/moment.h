/* moment - an instant together with the offset in which it was written, and how notices print it.
 *
 * Pure; a Moment is a value; threads: safe. */
#ifndef BREACH_MODEL_MOMENT_H
#define BREACH_MODEL_MOMENT_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

typedef struct Moment {
    int64_t at;     /* milliseconds since 1970-01-01 UTC */
    int offset;     /* minutes east of UTC in which it was written: -1080 to 1080 */
    bool known;     /* false: no time was given */
} Moment;

/* moment_parse: RFC 3339 with a mandatory offset ("2026-11-21T22:10+08:00", "2026-11-21T14:10:00Z"; seconds may be
 * left out, a space may stand for T). Error: BREACH_ERROR_INPUT, saying what is missing; without an offset it suggests
 * the same text with +08:00. Impossible dates (2026-02-30) and leap seconds are refused. */
bool moment_parse(const char *text, Moment *moment, GError **error);

/* moment_format: for readers of `locale`, newly allocated: "2026年11月21日22:10（北京时间）" for zh in +08:00,
 * "2026年11月21日22:10（台北時間）" for zh-Hant/zh-TW, "21 November 2026, 22:10 (UTC+8)" for everything else; other
 * offsets as UTC±H[:MM]. */
char *moment_format(Moment moment, const char *locale);

/* moment_format_rfc3339: "2026-11-21T22:10:00+08:00"; newly allocated. */
char *moment_format_rfc3339(Moment moment);

#endif
