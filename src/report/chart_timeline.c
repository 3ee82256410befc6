#include <stdlib.h>

#include "base/text.h"
#include "report/chart.h"
#include "report/chart_axis.h"
#include "report/page_html.h"

#define LEFT  1300 /* tenths; what follows as well */
#define RIGHT 7100
#define TOP   80
#define LANE  300
#define AXIS  400
#define LEAST 40 /* of a span that takes time */
#define POINT 60 /* half the width of an instant */

typedef struct Lanes {
    size_t *row; /* lane -> row from the top; G_MAXSIZE: it is empty */
    size_t count;
} Lanes;

static Lanes used_lanes(size_t lane_count, const ChartSpan *spans, size_t span_count)
{
    Lanes lanes = {.row = g_new(size_t, lane_count + 1)};

    for (size_t lane = 0; lane < lane_count; lane++) {
        bool is_used = false;

        for (size_t i = 0; i < span_count && !is_used; i++)
            is_used = spans[i].lane == lane;
        lanes.row[lane] = is_used ? lanes.count++ : G_MAXSIZE;
    }
    return lanes;
}

static int compare_spans(const void *a, const void *b)
{
    int64_t one = ((const ChartSpan *)a)->from, other = ((const ChartSpan *)b)->from;

    return (one > other) - (one < other);
}

/* From the first to the last, without the longest time in which nothing happened. */
static ChartScale scale_of(const ChartSpan *spans, size_t count)
{
    g_autofree ChartSpan *sorted = g_memdup2(spans, count * sizeof *spans);
    int64_t last = 0, from = 0, to = 0;
    ChartScale scale;

    if (count == 0)
        return chart_scale(0, 0, LEFT, RIGHT);
    qsort(sorted, count, sizeof *sorted, compare_spans);
    last = sorted[0].from;
    for (size_t i = 0; i < count; i++) {
        if (sorted[i].from - last > to - from) {
            from = last;
            to = sorted[i].from;
        }
        last = MAX(last, sorted[i].to);
    }
    scale = chart_scale(sorted[0].from, last, LEFT, RIGHT);
    chart_scale_cut(&scale, from, to);
    return scale;
}

static void lane_label(GString *svg, int y, const char *name)
{
    g_string_append(svg, "<text class=\"chart-label\" font-size=\"12\" text-anchor=\"end\"");
    chart_attribute(svg, "x", LEFT - 140);
    chart_attribute(svg, "y", y + 40);
    g_string_append_c(svg, '>');
    page_html_text(svg, name);
    g_string_append(svg, "</text>\n<line class=\"chart-grid\"");
    chart_attribute(svg, "x1", LEFT - 80);
    chart_attribute(svg, "x2", RIGHT);
    chart_attribute(svg, "y1", y);
    chart_attribute(svg, "y2", y);
    g_string_append(svg, "/>\n");
}

static void draw(GString *svg, const ChartScale *scale, const ChartSpan *span, int y)
{
    int left = chart_scale_x(scale, span->from);
    int right = MAX(span->is_open ? RIGHT : chart_scale_x(scale, span->to), left + LEAST);

    g_string_append_printf(svg, "<path class=\"%s\" d=\"", span->css);
    if (span->from == span->to && !span->is_open) { /* a diamond */
        chart_point(svg, 'M', left - POINT, y);
        chart_point(svg, 'L', left, y - POINT);
        chart_point(svg, 'L', left + POINT, y);
        chart_point(svg, 'L', left, y + POINT);
    } else {
        chart_point(svg, 'M', left, y - POINT);
        chart_point(svg, 'L', right, y - POINT);
        if (span->is_open) /* the tip of an arrow: it goes on */
            chart_point(svg, 'L', right + POINT, y);
        chart_point(svg, 'L', right, y + POINT);
        chart_point(svg, 'L', left, y + POINT);
    }
    g_string_append(svg, "Z\"><title>");
    page_html_text(svg, span->name);
    g_string_append(svg, "</title></path>\n");
}

char *chart_timeline(const ChartFrame *frame, const char *const *lanes, size_t lane_count, const ChartSpan *spans,
                     size_t span_count)
{
    GString *svg = g_string_new(NULL);
    Lanes used = used_lanes(lane_count, spans, span_count);
    int bottom = TOP + (int)used.count * LANE;
    ChartScale scale = scale_of(spans, span_count);

    chart_open(svg, frame, bottom + AXIS);
    chart_axis_times(svg, &scale, frame->zone, TOP, bottom);
    for (size_t lane = 0; lane < lane_count; lane++)
        if (used.row[lane] != G_MAXSIZE)
            lane_label(svg, TOP + (int)used.row[lane] * LANE + LANE / 2, lanes[lane]);
    for (size_t i = 0; i < span_count; i++)
        draw(svg, &scale, &spans[i], TOP + (int)used.row[spans[i].lane] * LANE + LANE / 2);
    chart_close(svg);
    g_free(used.row);
    return g_string_free(svg, FALSE);
}
