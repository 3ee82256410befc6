/* quiet_hours - the hours of the day in which nobody is to be woken: a playbook may forbid sending then.
 *
 * Pure: the time is an argument (ms since 1970, UTC). The zone's own summer time counts. Where the clock is put forward
 * over the end, the quiet hours end when it is put; where an hour comes twice, they end at its first. Threads: safe. */
#ifndef BREACH_MODEL_QUIET_HOURS_H
#define BREACH_MODEL_QUIET_HOURS_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

typedef struct QuietHours {
    int from, to;        /* minutes of the day, 0-1439; over midnight when `from` is the later one; never equal */
    char *zone_name;     /* owned; as written: "+08:00" or "Asia/Shanghai" */
    GTimeZone *zone;     /* owned */
    GPtrArray *channels; /* owned; of char *; NULL: all channels */
} QuietHours;

/* quiet_hours_time: reads "22:00" into minutes of the day; false: it is none. */
bool quiet_hours_time(const char *text, int *minutes);

/* quiet_hours_zone: "+08:00", "Z" or a name of the time zone database. NULL when it is not known here. */
GTimeZone *quiet_hours_zone(const char *name);

/* quiet_hours_until: when the quiet hours that `now` lies in end, ms; 0: `now` lies in none. `channel` NULL: any. */
int64_t quiet_hours_until(const QuietHours *hours, const char *channel, int64_t now);

/* quiet_hours_words: "07:00 +08:00", the end of the quiet hours as their zone's clock shows it; newly allocated. */
char *quiet_hours_words(const QuietHours *hours, int64_t until);

/* quiet_hours_copy: a deep copy; NULL of NULL. */
QuietHours *quiet_hours_copy(const QuietHours *hours);
void quiet_hours_free(QuietHours *hours);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(QuietHours, quiet_hours_free)

#endif
