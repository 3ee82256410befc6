/* listener_stream - replies whose octets come over time: asleep while there is nothing to say, woken from any thread.
 *
 * A private part of listener.h. One set of streams for each listener; a stream belongs to its response, and frees
 * itself with it. Threads: listener_stream_response() on the listener's, the rest from any. */
#ifndef BREACH_LISTEN_LISTENER_STREAM_H
#define BREACH_LISTEN_LISTENER_STREAM_H

#include <pthread.h>
#include <stdbool.h>

#include <glib.h>
#include <microhttpd.h>

#include "listen/listener.h"

typedef struct ListenerStreams {
    pthread_mutex_t lock; /* before any lock of libmicrohttpd, and never taken in a callback that may hold one */
    GHashTable *asleep;   /* owned; a set of streams, each with a suspended connection */
    void (*alive)(void *user, struct MHD_Connection *connection); /* it took all that there was, or slept */
    void *user;                                                   /* of alive */
    bool is_ending;
} ListenerStreams;

void listener_streams_begin(ListenerStreams *streams);
void listener_streams_end(ListenerStreams *streams);

/* listener_stream_response: the answer that `told` gives on this connection; takes what it holds over, whatever it
 * returns; owned; NULL: libmicrohttpd has no memory. */
struct MHD_Response *listener_stream_response(ListenerStreams *streams, struct MHD_Connection *connection,
                                              const ListenerStream *told);

/* listener_streams_wake: all that sleep are asked again. listener_streams_tend: those whose reader went away are ended.
 * listener_streams_stop: all end, and no further one sleeps: libmicrohttpd cannot be stopped with one that does. */
void listener_streams_wake(ListenerStreams *streams);
void listener_streams_tend(ListenerStreams *streams);
void listener_streams_stop(ListenerStreams *streams);

#endif
