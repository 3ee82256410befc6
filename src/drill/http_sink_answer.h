/* http_sink_answer - what a provider would say, made from what its gateway file says about its answers.
 *
 * Pure; threads: safe. */
#ifndef BREACH_DRILL_HTTP_SINK_ANSWER_H
#define BREACH_DRILL_HTTP_SINK_ANSWER_H

#include <stdbool.h>

#include <glib.h>
#include <jansson.h>

#include "model/gateway_http.h"

typedef struct HttpSinkAnswer {
    int status;
    char *body;         /* owned */
    size_t size;        /* of body */
    const char *type;   /* content type */
    char *header_name;  /* owned, or NULL: a header of its own, with the provider's id */
    char *header_value; /* owned */
} HttpSinkAnswer;

void http_sink_answer_clear(HttpSinkAnswer *answer);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HttpSinkAnswer, http_sink_answer_clear)

/* HttpSinkItem: what is said of one message. */
typedef struct HttpSinkItem {
    GatewayMeaning meaning;
    GHashTable *values; /* borrowed; as http_sink_read() gives it */
    const char *id;     /* borrowed; the provider's id, or NULL */
} HttpSinkItem;

/* http_sink_answer_make: an answer that says this of these `count` messages. With a meaning that the description does
 * not know the status alone says it (503 temporary, 429 throttled, 400 permanent and policy, 403 account, 404
 * not-found). `extra`: members for the whole document at JSON pointers (text -> text), or NULL. */
void http_sink_answer_make(const GatewayAnswer *description, const HttpSinkItem *items, size_t count, GHashTable *extra,
                           HttpSinkAnswer *answer);

/* http_sink_report_make: a delivery report as the provider would send it, as JSON: about `item`; NULL when the
 * description cannot say this meaning. Newly allocated; json_decref(). */
json_t *http_sink_report_make(const GatewayReceipt *description, const HttpSinkItem *item);

#endif
