/* chart - values as SVG: what became of people over time, what happened when, and parts of a whole.
 *
 * An SVG has no style, script, font or link of its own: its parts have classes, which the style sheet of the page
 * colours (report/page_html for a report, assets of serve for the live page): chart-axis, chart-label, chart-grid,
 * chart-empty, and what a series, a span or a part gives as its class ("told-accepted"). Each is an image with a role,
 * a <title> and a <desc> for those who do not see it; parts have a <title> of their own. The caller puts a table beside
 * it that holds the same numbers.
 *
 * Pure: times are ms, shown in `zone`; texts come from the caller in the reader's language. Returned strings are newly
 * allocated. Threads: safe. */
#ifndef BREACH_REPORT_CHART_H
#define BREACH_REPORT_CHART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

/* What every chart has. */
typedef struct ChartFrame {
    const char *id;          /* [a-z0-9-]+, unique on the page */
    const char *title;       /* what it shows */
    const char *description; /* the same in words: what somebody would see in it */
    GTimeZone *zone;         /* borrowed; in which times are shown */
} ChartFrame;

/* One layer of a stack. */
typedef struct ChartSeries {
    const char *name;      /* shown */
    const char *css;       /* class: [a-z0-9-]+ */
    const int64_t *values; /* one for each time, not negative */
} ChartSeries;

/* chart_areas: series stacked over time, the first at the bottom. Between two times each stays as it was at the first
 * of them (a step). `times`: ms, rising; `count` of them, at least 1. */
char *chart_areas(const ChartFrame *frame, const int64_t *times, size_t count, const ChartSeries *series,
                  size_t series_count);

/* One thing that happened, in a lane. */
typedef struct ChartSpan {
    const char *name; /* shown on pointing at it, and read aloud */
    const char *css;  /* class of its kind: "span-send" */
    size_t lane;      /* index into the lanes */
    int64_t from, to; /* ms; equal: an instant */
    bool is_open;     /* it goes on beyond `to` */
} ChartSpan;

/* chart_timeline: lanes below each other, time from left to right; `lanes` are their names, at least 1. Lanes without a
 * span are left out. Where all of it happened within a small part of the time (the incident was months before it was
 * found), the axis is cut once, visibly. */
char *chart_timeline(const ChartFrame *frame, const char *const *lanes, size_t lane_count, const ChartSpan *spans,
                     size_t span_count);

/* One part of a whole. */
typedef struct ChartPart {
    const char *name; /* shown */
    const char *css;
    int64_t value; /* not negative */
} ChartPart;

/* chart_bar: the parts side by side, as wide as they are large; what is not 0 is at least wide enough to be seen. */
char *chart_bar(const ChartFrame *frame, const ChartPart *parts, size_t count);

#endif
