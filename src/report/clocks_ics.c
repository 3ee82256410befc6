#include "report/clocks_ics.h"

#include <string.h>

#include "base/clock.h"
#include "base/language.h"
#include "model/obligation.h"
#include "report/clocks.h"

#define LINE_MOST 75 /* octets without the line break (RFC 5545 3.1) */

/* One content line, folded where a character of UTF-8 ends. */
static void append_line(GString *file, const char *name, const char *value)
{
    g_autofree char *line = g_strconcat(name, ":", value, NULL);
    const char *at = line;
    size_t room = LINE_MOST;

    while (strlen(at) > room) {
        const char *end = at + room;

        while (((unsigned char)*end & 0xC0) == 0x80)
            end--;
        g_string_append_len(file, at, end - at);
        g_string_append(file, "\r\n ");
        at = end;
        room = LINE_MOST - 1; /* the space counts */
    }
    g_string_append(file, at);
    g_string_append(file, "\r\n");
}

/* A TEXT value (RFC 5545 3.3.11). */
static char *escaped(const char *text)
{
    GString *result = g_string_new(NULL);

    for (; *text; text++) {
        if (strchr("\\;,", *text))
            g_string_append_c(result, '\\');
        if (*text == '\n')
            g_string_append(result, "\\n");
        else if ((unsigned char)*text >= 0x20 && *text != 0x7F)
            g_string_append_c(result, *text);
    }
    return g_string_free(result, FALSE);
}

static void append_text(GString *file, const char *name, const char *text)
{
    g_autofree char *value = escaped(text);

    append_line(file, name, value);
}

static void append_time(GString *file, const char *name, int64_t at)
{
    g_autofree char *iso = clock_format_utc(at); /* 2026-11-21T14:10:00.123Z */
    g_autofree char *value =
        g_strdup_printf("%.4s%.2s%.2sT%.2s%.2s%.2sZ", iso, iso + 5, iso + 8, iso + 11, iso + 14, iso + 17);

    append_line(file, name, value);
}

static void append_alarm(GString *file, const char *title, const char *left, int64_t before)
{
    g_autofree char *trigger = g_strdup_printf("-PT%" G_GINT64_FORMAT "S", before / CLOCK_SECOND);
    g_autofree char *words = g_strdup_printf(_("%s: %s"), title, left);

    append_line(file, "BEGIN", "VALARM");
    append_line(file, "ACTION", "DISPLAY");
    append_line(file, "TRIGGER", trigger);
    append_text(file, "DESCRIPTION", words);
    append_line(file, "END", "VALARM");
}

static void append_alarms(GString *file, const Obligation *obligation)
{
    for (int before = CLOCKS_HALF; before < CLOCKS_OVER; before++) {
        int64_t left = clocks_before_left(obligation->clock, (ClocksBefore)before);

        if (left > 0)
            append_alarm(file, obligation->title, _(clocks_before_words((ClocksBefore)before)), left);
    }
}

static char *description(const Obligation *obligation)
{
    GString *text = g_string_new(NULL);
    const GPtrArray *lists[] = {obligation->clock->why, obligation->clock->remarks};

    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
        for (guint j = 0; lists[i] && j < lists[i]->len; j++)
            g_string_append_printf(text, "%s\n", (const char *)g_ptr_array_index(lists[i], j));
    return g_string_free(text, FALSE);
}

static void append_event(GString *file, const Obligation *obligation, const char *incident, int64_t now)
{
    const RegimeClockResult *clock = obligation->clock;
    g_autofree char *uid = g_strdup_printf("%s/%s@breach", incident, obligation->id);
    g_autofree char *summary =
        obligation->step ? g_strdup_printf("%s: %s (%s)", obligation->regime->entry->id, obligation->title, incident)
                         : g_strdup_printf("%s (%s)", obligation->title, incident);
    g_autofree char *words = description(obligation);

    append_line(file, "BEGIN", "VEVENT");
    append_text(file, "UID", uid);
    append_time(file, "DTSTAMP", now);
    append_time(file, "DTSTART", clock->due.at);
    append_text(file, "SUMMARY", summary);
    append_text(file, "DESCRIPTION", words);
    append_line(file, "TRANSP", "TRANSPARENT");
    append_line(file, "STATUS",
                clock->state == REGIME_FILED           ? "CANCELLED"
                : clock->state == REGIME_SCOPE_UNKNOWN ? "TENTATIVE"
                                                       : "CONFIRMED");
    if (clock->state != REGIME_FILED)
        append_alarms(file, obligation);
    append_line(file, "END", "VEVENT");
}

char *clocks_ics(const GPtrArray *obligations, const char *incident, int64_t now)
{
    GString *file = g_string_new(NULL);

    append_line(file, "BEGIN", "VCALENDAR");
    append_line(file, "VERSION", "2.0");
    append_line(file, "PRODID", "-//breach//obligations//EN");
    append_line(file, "CALSCALE", "GREGORIAN");
    for (guint i = 0; i < obligations->len; i++) {
        const Obligation *obligation = g_ptr_array_index(obligations, i);
        RegimeState state = obligation->clock->state;

        if (obligation->clock->has_due && state != REGIME_NOT_APPLICABLE)
            append_event(file, obligation, incident, now);
    }
    append_line(file, "END", "VCALENDAR");
    return g_string_free(file, FALSE);
}
