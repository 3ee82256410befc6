/* http_sink_report - sends delivery reports to a receipt endpoint, proven as the gateway file says.
 *
 * Threads: one of its own; http_sink_report_add() may be called from any. */
#ifndef BREACH_DRILL_HTTP_SINK_REPORT_H
#define BREACH_DRILL_HTTP_SINK_REPORT_H

#include <stdint.h>

#include <glib.h>
#include <jansson.h>

#include "drill/http_sink.h"

typedef struct HttpSinkReport HttpSinkReport;

/* http_sink_report_new: to options->reports_to; of the options the gateway and the clock are borrowed until
 * http_sink_report_free(). Error: BREACH_ERROR_CREATE, _CONFIG. */
HttpSinkReport *http_sink_report_new(const HttpSinkOptions *options, GError **error);

/* http_sink_report_add: one more to be sent, in order; takes `report`. */
void http_sink_report_add(HttpSinkReport *reports, json_t *report);

/* http_sink_report_end: sends what is left and ends the thread. http_sink_report_sent: answered with 200. */
void http_sink_report_end(HttpSinkReport *reports);
int64_t http_sink_report_sent(const HttpSinkReport *reports);

void http_sink_report_free(HttpSinkReport *reports); /* NULL is allowed; ended before */

#endif
