/* http_sink_store - what an embedded provider keeps of the messages that it takes: counts, a log, samples, and for
 * look-ups and repeats what there was.
 *
 * Threads: safe. */
#ifndef BREACH_DRILL_HTTP_SINK_STORE_H
#define BREACH_DRILL_HTTP_SINK_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "drill/http_sink.h"
#include "drill/http_sink_read.h"

typedef struct HttpSinkStore HttpSinkStore;

/* http_sink_store_new: opens the log and makes the folder that the options name. Error: BREACH_ERROR_CREATE. */
HttpSinkStore *http_sink_store_new(const HttpSinkOptions *options, GError **error);
void http_sink_store_free(HttpSinkStore *store);

/* http_sink_store_key: the message id, or where the provider is not told it the UUID, the endpoint or "-"; borrowed.
 * http_sink_store_id: the id that the provider gives it; newly allocated. */
const char *http_sink_store_key(GHashTable *values);
char *http_sink_store_id(GHashTable *values);

/* http_sink_store_take: keeps, logs and counts the `count` first messages of a request (of GHashTable *, see
 * http_sink_read()). False when a file cannot be written: then they must not be accepted. */
bool http_sink_store_take(HttpSinkStore *store, const GPtrArray *messages, const ListenerRequest *raw);

/* http_sink_store_report: what a later look-up is to find of a message. http_sink_store_find: what is known of the one
 * that is asked about: NOT_FOUND when it was never taken (only where everything is remembered). */
void http_sink_store_report(HttpSinkStore *store, GHashTable *values, GatewayMeaning meaning);
GatewayMeaning http_sink_store_find(HttpSinkStore *store, GHashTable *values);

int64_t http_sink_store_accepted(const HttpSinkStore *store);
int64_t http_sink_store_repeated(const HttpSinkStore *store);

#endif
