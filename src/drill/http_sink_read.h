/* http_sink_read - what a request says, read back by the description from which it was made: the values of {{id}},
 * {{endpoint}}, {{text}} … of each message in it.
 *
 * A HttpSinkReader is immutable: any number of threads may read with it. */
#ifndef BREACH_DRILL_HTTP_SINK_READ_H
#define BREACH_DRILL_HTTP_SINK_READ_H

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#include "listen/listener.h"
#include "model/gateway_http.h"

typedef struct HttpSinkReader HttpSinkReader;

/* http_sink_reader_new: `request` is borrowed until http_sink_reader_free(); `action`: the header x-acs-action or
 * x-tc-action has this value, or NULL. */
HttpSinkReader *http_sink_reader_new(const GatewayRequest *request, const char *action);
void http_sink_reader_free(HttpSinkReader *reader); /* NULL is allowed */

/* http_sink_read: the messages of the request, as hash tables from name to value (g_ptr_array_unref); names whose value
 * cannot be told are not there. NULL: the request is not one that this description makes. */
GPtrArray *http_sink_read(const HttpSinkReader *reader, const ListenerRequest *raw);

#endif
