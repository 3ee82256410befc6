/* serve_watch - what the page of `breach serve` shows, read from the ledger and the case record again and again, and
 * published when it has changed.
 *
 * Threads: one. */
#ifndef BREACH_CLI_SERVE_WATCH_H
#define BREACH_CLI_SERVE_WATCH_H

#include <stdbool.h>

#include <glib.h>

#include "cli/workspace.h"
#include "serve/stream.h"

typedef struct ServeWatch ServeWatch;

/* serve_watch_new: everything is borrowed until serve_watch_free(), which allows NULL. The ledger is opened for each
 * reading: a plan that is made again changes its header. */
ServeWatch *serve_watch_new(const Workspace *workspace, Stream *stream);
void serve_watch_free(ServeWatch *watch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ServeWatch, serve_watch_free)

/* serve_watch_look: to be called about every second; reads, less often while nobody watches. Whether the listener has
 * to be woken. What cannot be read is in run.log, and the page says since when. */
bool serve_watch_look(ServeWatch *watch);

/* serve_watch_forget: there is another ledger from now on, of a rehearsal that began afresh. */
void serve_watch_forget(ServeWatch *watch);

#endif
