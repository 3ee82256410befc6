/* chart_axis - where a time or a number stands on a chart, and which of them are written beside it; private to
 * report/chart.
 *
 * Lengths are tenths of a unit of the drawing, so that no number of it depends on the locale. Pure; threads: safe. */
#ifndef BREACH_REPORT_CHART_AXIS_H
#define BREACH_REPORT_CHART_AXIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "report/chart.h"

#define CHART_WIDTH 7200 /* tenths */

/* Time from left to right, with at most one part left out. */
typedef struct ChartScale {
    int64_t from, to;         /* ms */
    int64_t cut_from, cut_to; /* ms; what is left out; equal: nothing */
    int left, right;          /* tenths: where `from` and `to` stand */
    int cut_left, cut_right;  /* tenths: where the cut begins and ends */
} ChartScale;

/* chart_scale: from `from` to `to` between `left` and `right`. chart_scale_cut: leaves out a time in which nothing
 * happened, where that is most of the whole. chart_scale_x: where a time stands. */
ChartScale chart_scale(int64_t from, int64_t to, int left, int right);
void chart_scale_cut(ChartScale *scale, int64_t from, int64_t to);
int chart_scale_x(const ChartScale *scale, int64_t at);

/* chart_axis_times: lines from `top` to `bottom` at round times of the zone, written below, with the day where it
 * changes. chart_axis_numbers: lines at round numbers from 0 to `most` between `bottom` and `top`. */
void chart_axis_times(GString *svg, const ChartScale *scale, GTimeZone *zone, int top, int bottom);
void chart_axis_numbers(GString *svg, int64_t most, int left, int right, int top, int bottom);

/* chart_open: the element with its names, `height` tenths high; chart_close. chart_attribute: name="length".
 * chart_point: a step of a path: "L12.5 3.0". */
void chart_open(GString *svg, const ChartFrame *frame, int height);
void chart_close(GString *svg);
void chart_attribute(GString *svg, const char *name, int tenths);
void chart_point(GString *svg, char letter, int x, int y);

#endif
