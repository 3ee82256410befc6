/* http - requests over HTTP(S) that are sent once: several under way at a time, on connections that are used again.
 *
 * What libcurl leaves open is closed here, each with a test against a scripted server: a request is never sent a second
 * time by the library (a connection that dies is asked about before the first byte, and a second asking is refused); no
 * redirect is followed; proxies of the environment are ignored; plain HTTP goes to loopback only; an answer has a
 * largest size; every wait has an end.
 *
 * Ownership: a request is borrowed until it is answered. Threads: an HttpClient belongs to one thread; different
 * clients are independent. SIGPIPE must be ignored by the process (http_initialize() does it). */
#ifndef BREACH_CHANNEL_HTTP_H
#define BREACH_CHANNEL_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "channel/sign.h"

/* ms; a provider that asks for more is asked again sooner: the most that limits.retry_after of a gateway may allow */
#define HTTP_RETRY_AFTER_MAX (INT64_C(24) * 60 * 60 * 1000)
#define HTTP_ANSWER_MAX      ((size_t)256 * 1024) /* octets, unless the options say otherwise */

typedef enum HttpEnd {
    HTTP_ANSWERED, /* a whole answer within its bounds */
    HTTP_UNSENT,   /* not a byte of the request has left: no connection, name or certificate, or `before` said no */
    HTTP_LOST,     /* the request may have arrived, and there is no answer that can be believed */
} HttpEnd;

typedef struct HttpAnswer {
    HttpEnd end;
    int code;   /* status; 0 unless ANSWERED */
    char *body; /* owned by whoever clears the answer; ends in a NUL that is not counted; NULL unless ANSWERED */
    size_t size;
    char *header;        /* owned; the value of HttpOptions.header; NULL: it was not there */
    int64_t retry_after; /* ms, capped at HTTP_RETRY_AFTER_MAX; 0: the answer says nothing */
    bool is_refused;     /* UNSENT: `before` returned false */
    GError *error;       /* owned; unless ANSWERED: why, in plain words: BREACH_ERROR_CONFIG where somebody has to mend
                            something, BREACH_ERROR_TEMPORARY otherwise */
} HttpAnswer;

void http_answer_clear(HttpAnswer *answer);

typedef struct HttpOptions {
    const char *ca_file;     /* PEM of the CAs to trust instead of the system's, or NULL; copied */
    bool http2;              /* over TLS; many requests share a connection */
    int connections;         /* at most */
    int64_t connect_timeout; /* ms: name, connection and TLS; 0: 30 s */
    int64_t timeout;         /* ms: the whole request; 0: 60 s */
    size_t answer_max;       /* octets; 0: HTTP_ANSWER_MAX */
    const char *header;      /* the header of answers whose value is wanted, or NULL; copied */
} HttpOptions;

typedef struct HttpClient HttpClient;

/* http_initialize: once, before the first thread. */
void http_initialize(void);

/* http_client_new: no connection is made yet. Error: BREACH_ERROR_CONFIG: the CA file cannot be read. */
HttpClient *http_client_new(const HttpOptions *options, GError **error);

/* http_client_free: closes the connections; nothing may be under way. NULL is allowed. */
void http_client_free(HttpClient *client);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HttpClient, http_client_free)

/* HttpBefore: called once, when a connection is there and before the first byte of the request is given to it; false:
 * nothing of it is sent. HttpDone: called once for every request that was begun, from http_client_step(); the answer is
 * borrowed during the call. */
typedef bool HttpBefore(void *user);
typedef void HttpDone(const HttpAnswer *answer, void *user);

/* http_client_begin: begins a request. `before` may be NULL. false: it cannot be sent at all (its URL is none, or plain
 * HTTP to another machine): BREACH_ERROR_CONFIG; `done` is not called then. */
bool http_client_begin(HttpClient *client, const SignRequest *request, HttpBefore *before, HttpDone *done, void *user,
                       GError **error);

/* http_client_under_way: requests that have no answer yet. */
int http_client_under_way(const HttpClient *client);

/* http_client_step: lets everything go on, for up to `wait` ms; returns earlier when a request is over, or when
 * `wake_fd` (0: none) becomes readable, which it reads empty. */
void http_client_step(HttpClient *client, int64_t wait, int wake_fd);

/* http_exchange: one request from beginning to end; others that are under way go on meanwhile. `answer` is to be
 * cleared. Returns whether there is an answer (of any status); the error is otherwise that of `answer`, given away. */
bool http_exchange(HttpClient *client, const SignRequest *request, HttpBefore *before, void *user, HttpAnswer *answer,
                   GError **error);

#endif
