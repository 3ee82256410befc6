#include "serve/server.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"

#define TARGET_MOST ((size_t)16 * 1024)

void server_reply(ListenerReply *reply, int status, const char *type, const char *body)
{
    reply->status = status;
    g_free(reply->body);
    reply->body = g_strdup(body);
    reply->size = body ? strlen(body) : 0;
    g_clear_pointer(&reply->headers, g_ptr_array_unref);
    listener_reply_header(reply, "Content-Type", type ? type : "text/plain; charset=utf-8");
    listener_reply_header(reply, "Cache-Control", "no-store");
    listener_reply_header(reply, "X-Content-Type-Options", "nosniff");
}

static bool fits(const ServerRoute *route, const char *path)
{
    return g_str_has_suffix(route->path, "/") ? g_str_has_prefix(path, route->path) : strcmp(path, route->path) == 0;
}

static const ServerRoute *route_of(const ServerRoutes *routes, const char *path)
{
    const ServerRoute *best = NULL;

    for (size_t i = 0; i < routes->count; i++)
        if (fits(&routes->all[i], path) && (!best || strlen(routes->all[i].path) > strlen(best->path)))
            best = &routes->all[i];
    return best;
}

static bool takes(const ServerRoute *route, const char *method)
{
    g_auto(GStrv) methods = g_strsplit(route->methods, " ", -1);

    return g_strv_contains((const char *const *)methods, method);
}

/* RFC 9110 15.5.6 wants to hear what would be allowed. */
static void refuse_method(const ServerRoute *route, ListenerReply *reply)
{
    g_auto(GStrv) methods = g_strsplit(route->methods, " ", -1);
    g_autofree char *allowed = g_strjoinv(", ", methods);

    server_reply(reply, 405, NULL, "method not allowed\n");
    listener_reply_header(reply, "Allow", allowed);
}

static void serve(void *user, const ListenerRequest *request, ListenerReply *reply)
{
    const ServerRoute *route = route_of(user, request->path);

    if (request->is_huge)
        server_reply(reply, 413, NULL, "too large\n");
    else if (!route)
        server_reply(reply, 404, NULL, "not found\n");
    else if (!takes(route, request->method))
        refuse_method(route, reply);
    else
        route->handle(route->user, request, reply);
}

Listener *server_start(const char *host, int port, const ServerRoutes *routes, const Clock *clock, GError **error)
{
    Listener *listener = listener_start(&(ListenerOptions){.host = host,
                                                           .port = port,
                                                           .has_streams = true,
                                                           .connections_most = SERVER_CONNECTIONS_MOST,
                                                           .idle_most = SERVER_IDLE_MOST,
                                                           .body_most = SERVER_BODY_MOST,
                                                           .target_most = TARGET_MOST,
                                                           .request_most = SERVER_REQUEST_MOST,
                                                           .clock = clock,
                                                           .handle = serve,
                                                           .user = (void *)(uintptr_t)routes});

    if (!listener)
        error_set(error, BREACH_ERROR_CREATE, "serve-listen", "cannot listen on %s port %d: %s", host, port,
                  g_strerror(errno));
    return listener;
}
