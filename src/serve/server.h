/* server - a small HTTP server: routes, and limits on size, time and connections. Knows nothing of what is served.
 *
 * All requests are handled one after the other on one thread of its own, so a handler may use a ledger that nobody else
 * uses. TLS is a front proxy's job. Threads: start, tend and stop from one thread. */
#ifndef BREACH_SERVE_SERVER_H
#define BREACH_SERVE_SERVER_H

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#include "base/clock.h"

#define SERVER_BODY_MOST        ((size_t)256 * 1024) /* octets; more is answered with 413 */
#define SERVER_CONNECTIONS_MOST 512                  /* providers keep connections open between reports */
#define SERVER_IDLE_MOST        15                   /* s without an octet, after which a connection is closed */
#define SERVER_REQUEST_MOST     60                   /* s for one request, however its octets trickle in */

/* ServerRequest: everything is borrowed during the call of the handler. */
typedef struct ServerRequest {
    const char *method;
    const char *path;    /* percent-encoded, without the query */
    const char *query;   /* percent-encoded, without "?"; "" when there is none */
    GHashTable *headers; /* lower-case name -> value */
    const char *body;    /* NUL-terminated beyond its size */
    size_t size;
} ServerRequest;

typedef struct ServerReply {
    int status;
    char *type; /* owned, or NULL */
    char *body; /* owned; text; NULL is empty */
} ServerReply;

/* server_reply: sets one; the texts are copied. */
void server_reply(ServerReply *reply, int status, const char *type, const char *body);

/* ServerRoute: requests whose path is `path`, or begins with it where it ends with "/". `methods`: "GET POST"; others
 * are answered with 405. */
typedef struct ServerRoute {
    const char *path;
    const char *methods;
    void (*handle)(void *user, const ServerRequest *request, ServerReply *reply);
    void *user;
} ServerRoute;

typedef struct Server Server;

/* server_parse_address: "127.0.0.1:8077", "[::1]:8077", ":8077" (loopback), port 0 for any free one. False: it is none.
 */
bool server_parse_address(const char *text, char **host, int *port);

/* server_start: `routes` (of which the longest fitting path counts) and `clock` are borrowed until server_stop(). Error:
 * BREACH_ERROR_CREATE. server_port: the real one. server_tend: to be called about every second: ends the connections
 * that took longer than SERVER_REQUEST_MOST for a request, so that a few that trickle cannot keep everybody else out.
 * server_stop: finishes the request that is being handled; NULL is allowed. */
Server *server_start(const char *host, int port, const ServerRoute *routes, size_t count, const Clock *clock,
                     GError **error);
int server_port(const Server *server);
void server_tend(Server *server);
void server_stop(Server *server);

/* server_is_loopback: whether only this machine can reach it. */
bool server_is_loopback(const char *host);

#endif
