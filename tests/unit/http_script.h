/* http_script - an HTTP server for tests that answers by a script and counts what it was sent.
 *
 * Every request, of whatever connection, takes the next answer; the last one serves all further requests. A connection
 * stays open as long as its answers allow. An answer is the text as it goes out, or begins with a word of its own:
 *   !close      read the request and close without a word       !reset   the same with a TCP reset
 *   !silent     read the request and say nothing until the client gives up
 *   !then-close TEXT    answer with TEXT, which promises to go on, and close all the same
 *   !endless TEXT       answer with TEXT, and then with octets until the client gives up
 * Threads: a test starts and stops a server on one thread; the counts may be read while it runs. */
#ifndef BREACH_TESTS_HTTP_SCRIPT_H
#define BREACH_TESTS_HTTP_SCRIPT_H

#include <stdbool.h>

#include <glib.h>
#include <openssl/types.h>

typedef struct HttpScript HttpScript;

/* http_script_new: `answers` ends with NULL and is borrowed; `tls`: the server's context, or NULL; borrowed. */
HttpScript *http_script_new(const char *const *answers, SSL_CTX *tls);
int http_script_port(const HttpScript *script);

/* http_script_stop: no more connections; waits for those there are. */
void http_script_stop(HttpScript *script);

int http_script_connections(HttpScript *script);
int http_script_requests(HttpScript *script);

/* http_script_request: request `i`, head and body, as it came; borrowed; NULL: there was none. */
const char *http_script_request(HttpScript *script, int i);

/* http_script_times: in how many requests `words` stand. */
int http_script_times(HttpScript *script, const char *words);

void http_script_free(HttpScript *script);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HttpScript, http_script_free)

#endif
