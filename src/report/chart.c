#include "report/chart.h"

#include "base/text.h"
#include "report/chart_axis.h"
#include "report/page_html.h"

#define AREAS_LEFT   720 /* tenths; what follows as well */
#define AREAS_RIGHT  7120
#define AREAS_TOP    120
#define AREAS_BOTTOM 2200
#define AREAS_HEIGHT 2560

#define BAR_HEIGHT 340
#define BAR_LEAST  30

static int64_t most_of(const ChartSeries *series, size_t series_count, size_t count)
{
    int64_t most = 1;

    for (size_t i = 0; i < count; i++) {
        int64_t sum = 0;

        for (size_t s = 0; s < series_count; s++)
            sum += series[s].values[i];
        most = MAX(most, sum);
    }
    return most;
}

static int height_of(int64_t value, int64_t most)
{
    return AREAS_BOTTOM - (int)((double)value / (double)most * (AREAS_BOTTOM - AREAS_TOP) + 0.5);
}

/* One edge of a layer as steps, drawn to the right (`forward`) or back to the left. */
static void edge(GString *svg, const ChartScale *scale, const int64_t *times, const int *heights, size_t count,
                 bool forward)
{
    int right = chart_scale_x(scale, times[count - 1]);

    if (!forward) {
        chart_point(svg, 'L', count > 1 ? right : scale->right, heights[count - 1]);
        for (size_t i = count; i-- > 1;)
            if (heights[i] != heights[i - 1]) {
                chart_point(svg, 'L', chart_scale_x(scale, times[i]), heights[i]);
                chart_point(svg, 'L', chart_scale_x(scale, times[i]), heights[i - 1]);
            }
        chart_point(svg, 'L', scale->left, heights[0]);
        return;
    }
    chart_point(svg, 'M', scale->left, heights[0]);
    for (size_t i = 1; i < count; i++)
        if (heights[i] != heights[i - 1]) {
            chart_point(svg, 'L', chart_scale_x(scale, times[i]), heights[i - 1]);
            chart_point(svg, 'L', chart_scale_x(scale, times[i]), heights[i]);
        }
    chart_point(svg, 'L', count > 1 ? right : scale->right, heights[count - 1]);
}

static bool is_empty(const ChartSeries *series, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (series->values[i] > 0)
            return false;
    return true;
}

static void named(GString *svg, const char *name, int64_t value)
{
    g_autofree char *number = text_grouped(value);

    g_string_append(svg, "<title>");
    page_html_text(svg, name);
    g_string_append_printf(svg, ": %s</title>", number);
}

/* One layer on top of what is below it; `sums` are the values up to it, and then with it. */
static void layer(GString *svg, const ChartScale *scale, const int64_t *times, size_t count, const ChartSeries *series,
                  int64_t most, int64_t *sums)
{
    int *below = g_new(int, count), *above = g_new(int, count);

    for (size_t i = 0; i < count; i++) {
        below[i] = height_of(sums[i], most);
        sums[i] += series->values[i];
        above[i] = height_of(sums[i], most);
    }
    g_string_append_printf(svg, "<path class=\"%s\" d=\"", series->css);
    edge(svg, scale, times, above, count, true);
    edge(svg, scale, times, below, count, false);
    g_string_append(svg, "Z\">");
    named(svg, series->name, series->values[count - 1]);
    g_string_append(svg, "</path>\n");
    g_free(below);
    g_free(above);
}

char *chart_areas(const ChartFrame *frame, const int64_t *times, size_t count, const ChartSeries *series,
                  size_t series_count)
{
    GString *svg = g_string_new(NULL);
    ChartScale scale = chart_scale(times[0], times[count - 1], AREAS_LEFT, AREAS_RIGHT);
    int64_t most = most_of(series, series_count, count);
    int64_t *sums = g_new0(int64_t, count);

    chart_open(svg, frame, AREAS_HEIGHT);
    chart_axis_numbers(svg, most, AREAS_LEFT, AREAS_RIGHT, AREAS_TOP, AREAS_BOTTOM);
    for (size_t s = 0; s < series_count; s++)
        if (!is_empty(&series[s], count))
            layer(svg, &scale, times, count, &series[s], most, sums);
    chart_axis_times(svg, &scale, frame->zone, AREAS_TOP, AREAS_BOTTOM);
    chart_close(svg);
    g_free(sums);
    return g_string_free(svg, FALSE);
}

char *chart_bar(const ChartFrame *frame, const ChartPart *parts, size_t count)
{
    GString *svg = g_string_new(NULL);
    int64_t whole = 0;
    int shown = 0, left = 0, room;

    for (size_t i = 0; i < count; i++) {
        whole += parts[i].value;
        shown += parts[i].value > 0 ? 1 : 0;
    }
    room = CHART_WIDTH - shown * BAR_LEAST;
    chart_open(svg, frame, BAR_HEIGHT);
    if (whole == 0)
        g_string_append(svg, "<rect class=\"chart-empty\" x=\"0\" y=\"0\" width=\"720\" height=\"34\"/>\n");
    for (size_t i = 0; i < count; i++) {
        int width = BAR_LEAST + (int)((double)parts[i].value / (double)MAX(whole, 1) * room);

        if (parts[i].value <= 0)
            continue;
        g_string_append_printf(svg, "<rect class=\"%s\" y=\"0\" height=\"34\"", parts[i].css);
        chart_attribute(svg, "x", left);
        chart_attribute(svg, "width", width);
        g_string_append_c(svg, '>');
        named(svg, parts[i].name, parts[i].value);
        g_string_append(svg, "</rect>\n");
        left += width;
    }
    chart_close(svg);
    return g_string_free(svg, FALSE);
}
