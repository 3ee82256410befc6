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
 * left out, a space may stand for T; finer than milliseconds is cut off). Error: BREACH_ERROR_INPUT, saying what is
 * missing; without an offset it suggests the same text with +08:00. Impossible dates (2026-02-30) and leap seconds are
 * refused. */
bool moment_parse(const char *text, Moment *moment, GError **error);

/* moment_format: for readers of `locale`, newly allocated: "2026年11月21日22:10（北京时间）" for zh in +08:00,
 * "2026年11月21日22:10（台北時間）" for zh-Hant/zh-TW (香港時間 for zh-HK, 澳門時間 for zh-MO), "21 November 2026, 22:10
 * (UTC+8)" for everything else; other offsets as UTC±H[:MM], no offset as UTC. "" when the moment is not known or out
 * of the years 1 to 9999. */
char *moment_format(Moment moment, const char *locale);

/* moment_format_date: the day alone, as moment_format() writes it: "2026年11月21日", "21 November 2026". */
char *moment_format_date(Moment moment, const char *locale);

/* moment_format_rfc3339: "2026-11-21T22:10:00+08:00", with ".123" when there are milliseconds; newly allocated. "" as
 * above. */
char *moment_format_rfc3339(Moment moment);

#endif
