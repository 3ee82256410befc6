/* page - the read-only page of the crisis room, what it is made of, and the numbers behind it, as routes of server.h.
 *
 *   /             the page, in the language of ?lang= or Accept-Language
 *   /assets/…     its style sheet and scripts, compiled into the program
 *   /events       the numbers as they change (stream.h)
 *   /state.json   the same once, for programs and for browsers behind a proxy that does not let events through
 *   /metrics      for Prometheus (metrics.h)
 *
 * It only reads, sets no cookie, and refers to nothing outside itself (Content-Security-Policy). What holds numbers is
 * behind door.h. Threads: page_handle() on the listener's. */
#ifndef BREACH_SERVE_PAGE_H
#define BREACH_SERVE_PAGE_H

#include <glib.h>

#include "serve/metrics.h"
#include "serve/server.h"
#include "serve/stream.h"

#define PAGE_PATH "/"

typedef struct Page {
    Stream *stream;                               /* borrowed */
    const char *token;                            /* borrowed; NULL: none is needed */
    const char *version;                          /* of breach; borrowed */
    ReceiptsCounts (*receipts)(const void *user); /* what came in so far; from the listener's thread */
    const void *user;                             /* of receipts */
} Page;

/* page_handle: a handler of server.h for PAGE_PATH; `user` is a const Page *. */
void page_handle(void *user, const ListenerRequest *request, ListenerReply *reply);

/* page_language: "en", "zh-CN" or "zh-TW": what ?lang= says, else what Accept-Language (RFC 9110 12.5.4; NULL: there is
 * none) wants most, else English. Pure; static. */
const char *page_language(const char *query, const char *accept);

#endif
