#include "report/chart_axis.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "report/page_html.h"

#define CUT_WIDTH 300 /* tenths */
#define CUT_SIDE  900 /* tenths: what is left of either side of a cut at least */
#define TICKS_MAX 7
#define LETTER    68 /* tenths: how wide one of a label is at most */

static void append_length(GString *svg, int tenths)
{
    g_string_append_printf(svg, "%s%d.%d", tenths < 0 ? "-" : "", ABS(tenths) / 10, ABS(tenths) % 10);
}

void chart_attribute(GString *svg, const char *name, int tenths)
{
    g_string_append_printf(svg, " %s=\"", name);
    append_length(svg, tenths);
    g_string_append_c(svg, '"');
}

void chart_point(GString *svg, char letter, int x, int y)
{
    g_string_append_c(svg, letter);
    append_length(svg, x);
    g_string_append_c(svg, ' ');
    append_length(svg, y);
}

void chart_open(GString *svg, const ChartFrame *frame, int height)
{
    g_string_append(svg, "<svg class=\"chart\" xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 ");
    append_length(svg, CHART_WIDTH);
    g_string_append_c(svg, ' ');
    append_length(svg, height);
    g_string_append_printf(svg, "\" aria-labelledby=\"%s-title %s-desc\">\n<title id=\"%s-title\">", frame->id,
                           frame->id, frame->id);
    page_html_text(svg, frame->title);
    g_string_append_printf(svg, "</title>\n<desc id=\"%s-desc\">", frame->id);
    page_html_text(svg, frame->description);
    g_string_append(svg, "</desc>\n");
}

void chart_close(GString *svg)
{
    g_string_append(svg, "</svg>\n");
}

/* Time ------------------------------------------------------------------------------------------------------------ */

ChartScale chart_scale(int64_t from, int64_t to, int left, int right)
{
    return (ChartScale){.from = from, .to = to, .left = left, .right = right};
}

static int between(int64_t at, int64_t from, int64_t to, int left, int right)
{
    double share = to > from ? (double)(at - from) / (double)(to - from) : 0;

    return left + (int)(CLAMP(share, 0.0, 1.0) * (right - left) + 0.5);
}

int chart_scale_x(const ChartScale *scale, int64_t at)
{
    if (scale->cut_from == scale->cut_to)
        return between(at, scale->from, scale->to, scale->left, scale->right);
    if (at <= scale->cut_from)
        return between(at, scale->from, scale->cut_from, scale->left, scale->cut_left);
    if (at < scale->cut_to)
        return between(at, scale->cut_from, scale->cut_to, scale->cut_left, scale->cut_right);
    return between(at, scale->cut_to, scale->to, scale->cut_right, scale->right);
}

void chart_scale_cut(ChartScale *scale, int64_t from, int64_t to)
{
    int64_t whole = scale->to - scale->from, rest;
    int width = scale->right - scale->left - CUT_WIDTH - 2 * CUT_SIDE;

    if (to - from <= whole / 2 || width <= 0)
        return;
    rest = MAX(whole - (to - from), 1);
    scale->cut_from = from;
    scale->cut_to = to;
    scale->cut_left = scale->left + CUT_SIDE + (int)((double)(from - scale->from) / (double)rest * (double)width);
    scale->cut_right = scale->cut_left + CUT_WIDTH;
}

/* The smallest round step that gives no more lines than can be read. */
static int64_t time_step(int64_t span)
{
    static const int64_t steps[] = {1,
                                    10,
                                    50,
                                    100,
                                    200,
                                    500,
                                    CLOCK_SECOND,
                                    2 * CLOCK_SECOND,
                                    5 * CLOCK_SECOND,
                                    10 * CLOCK_SECOND,
                                    15 * CLOCK_SECOND,
                                    30 * CLOCK_SECOND,
                                    CLOCK_MINUTE,
                                    2 * CLOCK_MINUTE,
                                    5 * CLOCK_MINUTE,
                                    10 * CLOCK_MINUTE,
                                    15 * CLOCK_MINUTE,
                                    30 * CLOCK_MINUTE,
                                    CLOCK_HOUR,
                                    2 * CLOCK_HOUR,
                                    3 * CLOCK_HOUR,
                                    6 * CLOCK_HOUR,
                                    12 * CLOCK_HOUR,
                                    CLOCK_DAY,
                                    2 * CLOCK_DAY,
                                    7 * CLOCK_DAY,
                                    14 * CLOCK_DAY,
                                    30 * CLOCK_DAY,
                                    90 * CLOCK_DAY};
    size_t i = 0;

    while (i + 1 < G_N_ELEMENTS(steps) && span / steps[i] >= TICKS_MAX)
        i++;
    return MAX(steps[i], span / TICKS_MAX);
}

static int64_t offset_at(GTimeZone *zone, int64_t at)
{
    gint interval = g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, at / 1000);

    return interval < 0 ? 0 : (int64_t)g_time_zone_get_offset(zone, interval) * 1000;
}

/* The first round time from `from` on; round in the reader's zone, not in UTC. */
static int64_t first_tick(GTimeZone *zone, int64_t from, int64_t step)
{
    int64_t offset = offset_at(zone, from);
    int64_t local = from + offset;

    return (local + step - 1) / step * step - offset;
}

static char *format(GTimeZone *zone, int64_t at, const char *pattern)
{
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(at / 1000);
    g_autoptr(GDateTime) local = utc ? g_date_time_to_timezone(utc, zone) : NULL;

    return local ? g_date_time_format(local, pattern) : g_strdup("");
}

static char *time_label(GTimeZone *zone, int64_t at, int64_t step)
{
    g_autofree char *seconds = NULL;

    if (step >= CLOCK_DAY)
        return g_strdup("");
    if (step >= CLOCK_MINUTE)
        return format(zone, at, "%H:%M");
    seconds = format(zone, at, "%H:%M:%S");
    return step >= CLOCK_SECOND ? g_steal_pointer(&seconds) : g_strdup_printf("%s.%03d", seconds, (int)(at % 1000));
}

static void label(GString *svg, int x, int y, const char *anchor, const char *text)
{
    if (!*text)
        return;
    g_string_append(svg, "<text class=\"chart-label\" font-size=\"12\"");
    chart_attribute(svg, "x", x);
    chart_attribute(svg, "y", y);
    g_string_append_printf(svg, " text-anchor=\"%s\">", anchor);
    page_html_text(svg, text);
    g_string_append(svg, "</text>\n");
}

static void line(GString *svg, const char *css, int x1, int y1, int x2, int y2)
{
    g_string_append_printf(svg, "<line class=\"%s\"", css);
    chart_attribute(svg, "x1", x1);
    chart_attribute(svg, "y1", y1);
    chart_attribute(svg, "x2", x2);
    chart_attribute(svg, "y2", y2);
    g_string_append(svg, "/>\n");
}

/* Half of what stands below a line: a time, its day, or both. */
static int half_width(const char *time, const char *day)
{
    return (int)MAX(strlen(time), strlen(day)) * LETTER / 2;
}

/* The lines of one side of a cut, or of all. `day` is the last one that was written; the new one is returned. */
static char *ticks(GString *svg, const ChartScale *scale, GTimeZone *zone, int64_t from, int64_t to, char *day,
                   const int rows[2])
{
    int64_t step = time_step(to - from);
    int last = -10000;

    if (scale->cut_from != scale->cut_to) /* a side has less room than all: as many as fit */
        step = time_step((to - from) * (scale->right - scale->left) /
                         MAX(chart_scale_x(scale, to) - chart_scale_x(scale, from), 1));
    for (int64_t at = first_tick(zone, from, step); at <= to; at += step) {
        int x = chart_scale_x(scale, at);
        g_autofree char *time = time_label(zone, at, step);
        char *today = format(zone, at, "%Y-%m-%d");

        line(svg, "chart-grid", x, rows[0], x, rows[1]);
        if (x - last >= 700 && x + half_width(time, today) <= CHART_WIDTH) {
            label(svg, x, rows[1] + 160, "middle", time);
            if (g_strcmp0(today, day) != 0)
                label(svg, x, rows[1] + (*time ? 310 : 160), "middle", today);
            last = x;
            g_free(day);
            day = g_steal_pointer(&today);
        }
        g_free(today);
    }
    if (last == -10000) { /* no round time is in it */
        g_autofree char *exact = format(zone, from, "%H:%M:%S");
        char *today = format(zone, from, "%Y-%m-%d");
        int x = chart_scale_x(scale, from);

        label(svg, x, rows[1] + 160, "start", exact);
        label(svg, x, rows[1] + 310, "start", today);
        g_free(day);
        day = today;
    }
    return day;
}

static void cut_mark(GString *svg, const ChartScale *scale, int bottom)
{
    int middle = (scale->cut_left + scale->cut_right) / 2;

    line(svg, "chart-axis", middle - 70, bottom + 60, middle - 10, bottom - 60);
    line(svg, "chart-axis", middle + 10, bottom + 60, middle + 70, bottom - 60);
}

void chart_axis_times(GString *svg, const ChartScale *scale, GTimeZone *zone, int top, int bottom)
{
    const int rows[2] = {top, bottom};
    char *day = NULL;

    if (scale->cut_from == scale->cut_to) {
        day = ticks(svg, scale, zone, scale->from, scale->to, day, rows);
        line(svg, "chart-axis", scale->left, bottom, scale->right, bottom);
    } else {
        day = ticks(svg, scale, zone, scale->from, scale->cut_from, day, rows);
        day = ticks(svg, scale, zone, scale->cut_to, scale->to, day, rows);
        line(svg, "chart-axis", scale->left, bottom, (scale->cut_left + scale->cut_right) / 2 - 40, bottom);
        line(svg, "chart-axis", (scale->cut_left + scale->cut_right) / 2 + 40, bottom, scale->right, bottom);
        cut_mark(svg, scale, bottom);
    }
    g_free(day);
}

/* Numbers --------------------------------------------------------------------------------------------------------- */

static int64_t number_step(int64_t most)
{
    static const int64_t digits[] = {1, 2, 5};

    for (int64_t power = 1; power <= INT64_MAX / 50; power *= 10)
        for (size_t i = 0; i < G_N_ELEMENTS(digits); i++)
            if (most / (digits[i] * power) <= 5)
                return digits[i] * power;
    return most;
}

void chart_axis_numbers(GString *svg, int64_t most, int left, int right, int top, int bottom)
{
    int64_t step = number_step(most);

    for (int64_t n = 0; n <= most; n += step) {
        int y = bottom - (int)((double)n / (double)MAX(most, 1) * (bottom - top));
        g_autofree char *number = text_grouped(n);

        if (n > 0)
            line(svg, "chart-grid", left, y, right, y);
        label(svg, left - 60, y + 40, "end", number);
    }
}
