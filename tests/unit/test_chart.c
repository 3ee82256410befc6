/* Charts: what is drawn is what was given, in proportion; names are safe; nothing depends on a style of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "report/chart.h"

#define START INT64_C(1763760000000) /* 2025-11-21T21:20:00Z */

static ChartFrame frame_of(GTimeZone *zone)
{
    return (ChartFrame){.id = "c", .title = "a <b> & \"c\"", .description = "d", .zone = zone};
}

static void assert_has(const char *svg, const char *part)
{
    if (!strstr(svg, part))
        fail_msg("%s is not in %s", part, svg);
}

/* How often `part` is in it. */
static int count(const char *svg, const char *part)
{
    int found = 0;

    for (const char *at = svg; (at = strstr(at, part)) != NULL; at += strlen(part))
        found++;
    return found;
}

static void assert_alone(const char *svg)
{
    assert_null(strstr(svg, "style="));
    assert_null(strstr(svg, "<script"));
    assert_null(strstr(svg, "href"));
    assert_null(strstr(svg, "<style"));
    assert_null(strstr(svg, "nan"));
    assert_has(svg, "role=\"img\"");
    assert_has(svg, "aria-labelledby=\"c-title c-desc\"");
    assert_has(svg, "<title id=\"c-title\">a &lt;b&gt; &amp; &quot;c&quot;</title>");
    assert_has(svg, "<desc id=\"c-desc\">d</desc>");
}

static void test_areas(void **state)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_utc();
    const ChartFrame frame = frame_of(zone);
    const int64_t times[] = {START, START + CLOCK_HOUR, START + 2 * CLOCK_HOUR};
    const int64_t told[] = {0, 50, 100}, pending[] = {100, 50, 0}, none[] = {0, 0, 0};
    const ChartSeries series[] = {
        {"told", "told-accepted", told}, {"pending", "told-pending", pending}, {"nobody", "told-withheld", none}};
    g_autofree char *svg = chart_areas(&frame, times, 3, series, 3);

    (void)state;
    assert_alone(svg);
    assert_has(svg, "<title>told: 100</title>");
    assert_has(svg, "<title>pending: 0</title>");
    assert_null(strstr(svg, "nobody")); /* nothing is drawn of nothing */
    /* told: nothing until the middle, half from there, all at the end; from the bottom (220) to the top (12) */
    assert_has(svg,
               "<path class=\"told-accepted\" d=\"M72.0 220.0L392.0 220.0L392.0 116.0L712.0 116.0L712.0 12.0L712.0 12.0"
               "L712.0 220.0L72.0 220.0Z\">");
    assert_has(svg, ">22:00</text>"); /* a round time of the zone */
    assert_has(svg, ">2025-11-21</text>");
    assert_has(svg, ">100</text>");
}

/* One instant alone, numbers in the millions, and a zone whose hours do not begin with those of UTC. */
static void test_areas_at_the_edge(void **state)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_offset(5 * 3600 + 45 * 60);
    const ChartFrame frame = frame_of(zone);
    const int64_t times[] = {START}, values[] = {2000000};
    const int64_t many[] = {START, START + CLOCK_DAY};
    const int64_t two[] = {1, 2};
    const ChartSeries series = {"x", "told-pending", values}, pair = {"x", "told-pending", two};
    g_autofree char *one = chart_areas(&frame, times, 1, &series, 1);
    g_autofree char *day = chart_areas(&frame, many, 2, &pair, 1);

    (void)state;
    assert_alone(one);
    assert_has(one, ">2,000,000</text>");
    assert_has(one, "M72.0 12.0L712.0 12.0");
    assert_alone(day);
    assert_has(day, ">06:00</text>");
    assert_has(day, ">2025-11-22</text>");
}

/* A round time right at the end has its line; what would be written below it does not fit any more. */
static void test_labels_fit(void **state)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_utc();
    const ChartFrame frame = frame_of(zone);
    const int64_t times[] = {START, START + CLOCK_SECOND};
    const int64_t values[] = {1, 2};
    const ChartSeries series = {"x", "told-pending", values};
    g_autofree char *svg = chart_areas(&frame, times, 2, &series, 1);

    (void)state;
    assert_has(svg, ">21:20:00.800</text>");
    assert_null(strstr(svg, ">21:20:01.000</text>"));
    assert_has(svg, "x1=\"712.0\" y1=\"12.0\" x2=\"712.0\" y2=\"220.0\"");
}

static void test_timeline(void **state)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_utc();
    const ChartFrame frame = frame_of(zone);
    const char *const lanes[] = {"incident", "empty", "sends", "holds"};
    const ChartSpan spans[] = {
        {"it <began>", "span-incident", 0, START, START, false},
        {"run 1", "span-send", 2, START + CLOCK_HOUR, START + 2 * CLOCK_HOUR, false},
        {"held", "span-hold", 3, START + CLOCK_HOUR, START + CLOCK_HOUR, true},
        {"end", "span-incident", 0, START + 4 * CLOCK_HOUR, START + 4 * CLOCK_HOUR, false},
    };
    g_autofree char *svg = chart_timeline(&frame, lanes, G_N_ELEMENTS(lanes), spans, G_N_ELEMENTS(spans));

    (void)state;
    assert_alone(svg);
    assert_has(svg, "<title>it &lt;began&gt;</title>");
    assert_null(strstr(svg, ">empty<"));
    /* the second lane, from a quarter to the half of 130 to 710 */
    assert_has(svg, "<path class=\"span-send\" d=\"M275.0 47.0L420.0 47.0L420.0 59.0L275.0 59.0Z\">");
    /* what goes on has a tip at the right edge */
    assert_has(svg, "<path class=\"span-hold\" d=\"M275.0 77.0L710.0 77.0L716.0 83.0L710.0 89.0L275.0 89.0Z\">");
    assert_int_equal(count(svg, "class=\"span-incident\""), 2);
}

/* Months between the incident and its discovery are left out, visibly; a span that covers them keeps them. */
static void test_timeline_cut(void **state)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_utc();
    const ChartFrame frame = frame_of(zone);
    const char *const lanes[] = {"incident", "hold"};
    ChartSpan spans[] = {
        {"began", "a", 0, START, START, false},
        {"found", "b", 0, START + 100 * CLOCK_DAY, START + 100 * CLOCK_DAY, false},
        {"told", "c", 0, START + 101 * CLOCK_DAY, START + 101 * CLOCK_DAY, false},
        {"held", "d", 1, START, START, false},
    };
    g_autofree char *cut = chart_timeline(&frame, lanes, 2, spans, 4);
    g_autofree char *whole = NULL;

    (void)state;
    spans[3].to = START + 101 * CLOCK_DAY;
    whole = chart_timeline(&frame, lanes, 2, spans, 4);
    assert_alone(cut);
    /* the axis of what is cut is drawn in two parts with two strokes between them */
    assert_int_equal(count(cut, "class=\"chart-axis\""), 4);
    assert_int_equal(count(whole, "class=\"chart-axis\""), 1);
    assert_has(cut, "class=\"c\" d=\"M704.0 23.0");
    assert_has(whole, "class=\"c\" d=\"M704.0 23.0");
    /* found stands far from told once the cut makes room, and close to it otherwise */
    assert_null(strstr(cut, "class=\"b\" d=\"M698"));
    assert_has(whole, "class=\"b\" d=\"M698.3 23.0");
}

static void test_timeline_of_nothing(void **state)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_utc();
    const ChartFrame frame = frame_of(zone);
    const char *const lanes[] = {"incident"};
    g_autofree char *svg = chart_timeline(&frame, lanes, 1, NULL, 0);

    (void)state;
    assert_alone(svg);
}

static void test_bar(void **state)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_utc();
    const ChartFrame frame = frame_of(zone);
    const ChartPart parts[] = {{"told", "a", 1000000}, {"none", "b", 0}, {"one", "c", 1}};
    const ChartPart nothing[] = {{"told", "a", 0}};
    g_autofree char *svg = chart_bar(&frame, parts, 3);
    g_autofree char *empty = chart_bar(&frame, nothing, 1);
    const char *one = strstr(svg, "class=\"c\"");

    (void)state;
    assert_alone(svg);
    assert_null(strstr(svg, "class=\"b\""));
    assert_non_null(one); /* one of a million can still be seen */
    one = strstr(one, "width=\"");
    assert_non_null(one);
    assert_true(strtod(one + strlen("width=\""), NULL) >= 3);
    assert_has(svg, "<title>told: 1,000,000</title>");
    assert_has(empty, "chart-empty");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_areas),
        cmocka_unit_test(test_areas_at_the_edge),
        cmocka_unit_test(test_labels_fit),
        cmocka_unit_test(test_timeline),
        cmocka_unit_test(test_timeline_cut),
        cmocka_unit_test(test_timeline_of_nothing),
        cmocka_unit_test(test_bar),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
