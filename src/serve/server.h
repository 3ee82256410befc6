/* server - what breach serve answers: routes, and the limits of a listener that strangers reach. Knows nothing of what
 * is served.
 *
 * All requests are handled one after the other on one thread of its own, so a handler may use a ledger that nobody else
 * uses. Threads: as listener.h. */
#ifndef BREACH_SERVE_SERVER_H
#define BREACH_SERVE_SERVER_H

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#include "base/clock.h"
#include "listen/listener.h"

#define SERVER_BODY_MOST        ((size_t)256 * 1024) /* octets; more is answered with 413 */
#define SERVER_CONNECTIONS_MOST 512                  /* providers keep connections open between reports */
#define SERVER_IDLE_MOST        15                   /* s without an octet, after which a connection is closed */
#define SERVER_REQUEST_MOST     60                   /* s for one request, however its octets trickle in */

/* server_reply: sets one; the texts are copied. `type`: NULL is plain text. `body`: NULL is empty. */
void server_reply(ListenerReply *reply, int status, const char *type, const char *body);

/* ServerRoute: requests whose path is `path`, or begins with it where it ends with "/". `methods`: "GET POST"; others
 * are answered with 405. */
typedef struct ServerRoute {
    const char *path;
    const char *methods;
    ListenerHandle *handle;
    void *user;
} ServerRoute;

typedef struct ServerRoutes {
    const ServerRoute *all; /* of which the longest fitting path counts */
    size_t count;
} ServerRoutes;

/* server_start: `routes` and `clock` are borrowed until listener_stop(). Error: BREACH_ERROR_CREATE. */
Listener *server_start(const char *host, int port, const ServerRoutes *routes, const Clock *clock, GError **error);

#endif
