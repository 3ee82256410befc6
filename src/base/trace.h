/* trace - what a run does, step by step, for whoever looks for a fault: --trace FILE.
 *
 * One event a line: UTC time, who, what. Redacted as run.log is: no endpoint's local part, no phone number; callers leave
 * out secrets and messages. Always English. Threads: safe, but for trace_open() and trace_close(). */
#ifndef BREACH_BASE_TRACE_H
#define BREACH_BASE_TRACE_H

#include <stdbool.h>

#include <glib.h>

#include "base/clock.h"

/* trace_open: appends to `path` (made with 0600), or to standard error when it is "-". `clock` is borrowed until
 * trace_close(). Error: BREACH_ERROR_CREATE. */
bool trace_open(const char *path, const Clock *clock, GError **error);
void trace_close(void);

/* trace_is_on: cheap; whoever has to do work for a line asks first. */
bool trace_is_on(void);

/* trace_event: one line. `address` is the endpoint that it is about, or NULL (see redact_text). A line that cannot be
 * written is lost. */
void trace_event(const char *who, const char *address, const char *format, ...) G_GNUC_PRINTF(3, 4);

#endif
