/* http_sink_item - the announcements that an embedded provider holds: created, replaced, and read back.
 *
 * Threads: safe. */
#ifndef BREACH_DRILL_HTTP_SINK_ITEM_H
#define BREACH_DRILL_HTTP_SINK_ITEM_H

#include <stdbool.h>

#include "drill/http_sink_answer.h"
#include "drill/http_sink_read.h"

typedef struct HttpSinkItems HttpSinkItems;

/* http_sink_items_new: `http` is borrowed until http_sink_items_free(). */
HttpSinkItems *http_sink_items_new(const GatewayHttp *http);
void http_sink_items_free(HttpSinkItems *items); /* NULL is allowed */

/* http_sink_items_put: keeps what a request to publish says. What the answer holds beside the usual: JSON pointer ->
 * text. */
GHashTable *http_sink_items_put(HttpSinkItems *items, GHashTable *values, const ListenerRequest *raw);

/* http_sink_items_serve: answers a request that changes, looks for or reads an item. false: it is none of these, or one
 * that is the same as publishing anew. */
bool http_sink_items_serve(HttpSinkItems *items, const ListenerRequest *raw, HttpSinkAnswer *answer);

#endif
