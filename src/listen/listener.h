/* listener - HTTP from outside: the socket, the limits on size, time and connections, and each request as a whole.
 * Knows nothing of what is asked. A request whose end or host may be read in two ways (request smuggling) is answered
 * with 400, and its connection closed. libmicrohttpd's only home.
 *
 * TLS is a front proxy's job. Threads: start, tend and stop from one thread. */
#ifndef BREACH_LISTEN_LISTENER_H
#define BREACH_LISTEN_LISTENER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "base/clock.h"

/* ListenerRequest: everything is borrowed during the call of the handler. */
typedef struct ListenerRequest {
    const char *method;
    const char *path;    /* percent-encoded, without the query */
    const char *query;   /* percent-encoded, without "?"; "" when there is none */
    GHashTable *headers; /* lower-case name -> value */
    const char *body;    /* NUL-terminated beyond its size */
    size_t size;
    bool is_huge; /* over a limit of the options: the rest is not there, and 413 is the answer */
} ListenerRequest;

/* ListenerStream: a body that comes over time, and has no end of its own. `read` puts up to `most` octets into `buffer`
 * and returns how many, or LISTENER_STREAM_OVER; 0: nothing for now, and it is asked again after listener_wake(). `end`
 * frees `self`; it is called once. Both are called on the listener's thread; `read` may not call the listener. A reader
 * that takes nothing is dropped like one that sends nothing, after idle_most, and one that trickles after request_most,
 * so listener_wake() has to come more often than that. */
#define LISTENER_STREAM_OVER SIZE_MAX
typedef struct ListenerStream {
    size_t (*read)(void *self, char *buffer, size_t most);
    void (*end)(void *self);
    void *self; /* NULL: there is no stream, but a body */
} ListenerStream;

typedef struct ListenerReply {
    int status;
    char *body; /* owned; NULL is empty */
    size_t size;
    ListenerStream stream; /* in place of the body; owned; only with has_streams */
    GPtrArray *headers;    /* owned; see listener_reply_header(); NULL: none */
    bool hang_up;          /* close without an answer */
    bool close_after;      /* close behind the answer, without having said so */
} ListenerReply;

/* listener_reply_header: adds one; the texts are copied. */
void listener_reply_header(ListenerReply *reply, const char *name, const char *value);

/* ListenerHandle: fills the reply, which comes zeroed. */
typedef void ListenerHandle(void *user, const ListenerRequest *request, ListenerReply *reply);

typedef struct ListenerOptions {
    const char *host;          /* a numeric address, IPv4 or IPv6 */
    int port;                  /* 0: any free one */
    bool thread_each;          /* a thread for each connection, so that one may wait while others are served; else all
                                  requests are handled one after the other on one thread */
    bool has_streams;          /* a reply may be a stream; not with thread_each */
    unsigned connections_most; /* more have to wait */
    unsigned idle_most;        /* s without an octet, after which a connection is closed */
    size_t body_most;          /* octets */
    size_t target_most;        /* octets of path and query; 0: what libmicrohttpd takes */
    int64_t request_most;      /* s for one request, however its octets trickle in: see listener_tend() */
    const Clock *clock;        /* for request_most; borrowed until stop; NULL: no such limit, and no tending */
    ListenerHandle *handle;
    void *user; /* of handle; borrowed until stop */
} ListenerOptions;

typedef struct Listener Listener;

/* listener_start: NULL with errno when it cannot listen there. listener_port: the real one. listener_tend: to be called
 * about every second: ends the connections that took longer than request_most for a request, so that a few that trickle
 * cannot keep everybody else out, and the streams whose reader is gone. listener_wake: the streams have something to
 * say; from any thread. listener_stop: finishes the requests that are being handled, and ends the streams; NULL is
 * allowed. */
Listener *listener_start(const ListenerOptions *options);
int listener_port(const Listener *listener);
void listener_tend(Listener *listener);
void listener_wake(Listener *listener);
void listener_stop(Listener *listener);

/* listener_parse_address: "127.0.0.1:8077", "[::1]:8077", ":8077" (loopback), port 0 for any free one. *host is newly
 * allocated. False: it is none. listener_is_loopback: whether only this machine can reach it. */
bool listener_parse_address(const char *text, char **host, int *port);
bool listener_is_loopback(const char *host);

#endif
