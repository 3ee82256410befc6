/* http_sink - the embedded provider of dry runs, drills and tests: a real HTTP server on loopback that answers as the
 * provider of a gateway file would, keeps nothing unless asked, and misbehaves by rules.
 *
 * What a good answer, a refusal, a look-up and a delivery report look like follows from the gateway's own description,
 * so every provider that can be described can be rehearsed.
 *
 * Threads: http_sink_start() makes its own; the other functions may be called from any thread. */
#ifndef BREACH_DRILL_HTTP_SINK_H
#define BREACH_DRILL_HTTP_SINK_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "base/clock.h"
#include "drill/sink_rule.h"
#include "model/gateway.h"

/* Which requests a rule is for. */
typedef enum HttpSinkAt { HTTP_SINK_AT_REQUEST, HTTP_SINK_AT_LOOKUP, HTTP_SINK_AT_TOKEN } HttpSinkAt;

typedef enum HttpSinkAction {
    HTTP_SINK_ANSWER,         /* the answer that the gateway file gives this meaning: nothing is taken */
    HTTP_SINK_REPLY,          /* this status and body, whatever they mean; nothing is taken */
    HTTP_SINK_DELAY,          /* wait, then go on as usual */
    HTTP_SINK_HANG_UP,        /* close without an answer; nothing is taken */
    HTTP_SINK_ACCEPT_AND_DIE, /* take it, then close without an answer */
    HTTP_SINK_CLOSE,          /* take it and answer, then close a connection that was to stay open */
    HTTP_SINK_GARBAGE,        /* take it, and answer 200 with a body that is cut off */
    HTTP_SINK_HUGE,           /* take it, and answer 200 with a body without end (8 MiB) */
    HTTP_SINK_REPORT,         /* take it and answer; the delivery report that follows has this meaning */
} HttpSinkAction;

typedef struct HttpSinkRule {
    HttpSinkAt at;
    HttpSinkAction action;
    SinkConditions conditions; /* the address is the endpoint of the message */
    GatewayMeaning meaning;    /* ANSWER, REPORT */
    int status;                /* REPLY: 200 to 599 */
    int64_t retry_after;       /* ANSWER and REPLY: seconds for a Retry-After header; 0: none */
    char *body;                /* owned; REPLY */
    int64_t delay_ms;          /* DELAY: at most a day */
} HttpSinkRule;

typedef struct HttpSinkOptions {
    int port;                /* 0: any free one */
    const Gateway *gateway;  /* of kind http; borrowed until stop */
    const char *keep_folder; /* what was asked of the provider is written here as 000001.txt and so on, 0600, the next
                                free number; made if need be; NULL: none */
    int64_t keep_most;       /* at most so many; 0: all */
    const char *log_path;    /* one line for each message that is taken is appended, by one write(2), BEFORE it is
                                answered: "accepted ID ENDPOINT SIZE", ID being the message id, or where the provider is
                                not told it the UUID, the endpoint or "-". NULL: no log */
    bool remember;           /* look-ups find what was taken and nothing else; without, they find everything */
    const char
        *reports_to; /* "http://127.0.0.1:4711/receipts/NAME": a delivery report follows each message; NULL: none */
    const char *report_secret; /* with which reports are signed; or NULL */
    const Clock *clock;        /* of reports; borrowed until stop; may be NULL where there are none */
    GPtrArray *rules;          /* of HttpSinkRule *, first match strikes; borrowed until stop; NULL: none */
} HttpSinkOptions;

typedef struct HttpSink HttpSink;

/* http_sink_start: listens on 127.0.0.1; serves at most 256 connections at a time. Of the options only the gateway and
 * the rules are borrowed. Error: BREACH_ERROR_CREATE; BREACH_ERROR_INPUT for a rule without sense. */
HttpSink *http_sink_start(const HttpSinkOptions *options, GError **error);

int http_sink_port(const HttpSink *sink);

/* http_sink_accepted: messages that were taken, repeats included. http_sink_repeated: of these, the repeats (only with
 * `remember`). http_sink_reported: delivery reports that were answered with 200. http_sink_strange: requests that the
 * gateway file does not describe; they are answered with 404. */
int64_t http_sink_accepted(const HttpSink *sink);
int64_t http_sink_repeated(const HttpSink *sink);
int64_t http_sink_reported(const HttpSink *sink);
int64_t http_sink_strange(const HttpSink *sink);

/* http_sink_close: sends the reports that are still due (each tried for at most 10 s), ends all connections and waits
 * for the threads; the counts are final then. Not from two threads at a time. http_sink_stop: closes, unless that was
 * done, and frees. NULL is allowed. */
void http_sink_close(HttpSink *sink);
void http_sink_stop(HttpSink *sink);

/* http_sink_parse_rule: one rule from a line of text, for scripts and tests:
 *   AT [to=GLOB] ACTION [skip=N] [times=N] [each=N] [share=0.05]
 *   where AT is      request | lookup | token
 *   and ACTION is    answer MEANING | reply "STATUS [retry-after=N] [BODY]" | delay 500ms (s, min, h) | hang-up |
 *                    accept-and-die | close | garbage | huge | report MEANING
 * MEANING is that of a gateway file: accepted, temporary, throttled, permanent, policy, account; of a look-up accepted,
 * delivered, bounced, failed, unknown, not-found; of a report accepted, delivered, bounced, failed. "answer throttled
 * retry-after=2" adds that header. Within quotes \n parts lines, \" and \\ are a quote and a backslash.
 * Example: request to=+8613* answer throttled retry-after=1 each=1
 * Error: BREACH_ERROR_INPUT. Newly allocated; http_sink_rule_free(). */
HttpSinkRule *http_sink_parse_rule(const char *line, GError **error);
void http_sink_rule_free(HttpSinkRule *rule);

#endif
