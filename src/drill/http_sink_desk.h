/* http_sink_desk - decides what an embedded provider does with a request: what kind it is, which messages are in it,
 * which rule strikes, and what the answer is. Knows nothing of sockets.
 *
 * Threads: safe. */
#ifndef BREACH_DRILL_HTTP_SINK_DESK_H
#define BREACH_DRILL_HTTP_SINK_DESK_H

#include <stdbool.h>
#include <stdint.h>

#include "drill/http_sink.h"
#include "drill/http_sink_answer.h"
#include "drill/http_sink_read.h"

typedef struct HttpSinkDesk HttpSinkDesk;

/* HttpSinkVerdict: what the connection is to do. */
typedef struct HttpSinkVerdict {
    HttpSinkAnswer answer; /* owned */
    int64_t retry_after;   /* seconds; 0: no such header */
    bool hang_up;          /* close without the answer */
    bool close_after;      /* close behind the answer, without having said so */
} HttpSinkVerdict;

void http_sink_verdict_clear(HttpSinkVerdict *verdict);

/* http_sink_desk_new: `wait` is called for a rule that delays (ms; false: the sink ends). Of the options gateway and
 * rules are borrowed. Errors: as http_sink_start(). */
typedef bool HttpSinkWait(void *user, int64_t duration);
HttpSinkDesk *http_sink_desk_new(const HttpSinkOptions *options, HttpSinkWait *wait, void *user, GError **error);

/* http_sink_desk_serve: one request. */
void http_sink_desk_serve(HttpSinkDesk *desk, const ListenerRequest *raw, HttpSinkVerdict *verdict);

/* http_sink_desk_end: sends the reports that are left. The rest: see http_sink.h. */
void http_sink_desk_end(HttpSinkDesk *desk);
int64_t http_sink_desk_accepted(const HttpSinkDesk *desk);
int64_t http_sink_desk_repeated(const HttpSinkDesk *desk);
int64_t http_sink_desk_reported(const HttpSinkDesk *desk);
int64_t http_sink_desk_strange(const HttpSinkDesk *desk);
void http_sink_desk_free(HttpSinkDesk *desk); /* NULL is allowed */

#endif
