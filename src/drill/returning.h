/* returning - the mails that come back in a drill: bounces by RFC 3464 for what the embedded relay has taken for
 * addresses that are dead, in an mbox that `breach track --mail` reads as it would read a real one.
 *
 * Threads: one. Errors: BREACH_ERROR_INPUT, BREACH_ERROR_CREATE. */
#ifndef BREACH_DRILL_RETURNING_H
#define BREACH_DRILL_RETURNING_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "drill/stage.h"

typedef struct Returning Returning;

/* returning_new: `stage` (whose log is read) is borrowed; `path`: the mbox; the mailbox is looked into every `every` ms
 * from `start` on. */
Returning *returning_new(const Stage *stage, const char *path, int64_t start, int64_t every);
void returning_free(Returning *returning);

/* returning_look: what was taken since the last look, all of it at `now`. */
bool returning_look(Returning *returning, int64_t now, GError **error);

/* returning_next: when the mailbox is next looked into and holds something; INT64_MAX: nothing comes back. */
int64_t returning_next(const Returning *returning);

/* returning_write: writes the mbox with all that has come back by `now`, and forgets it; *mails says how many; none:
 * nothing is written. */
bool returning_write(Returning *returning, int64_t now, int64_t *mails, GError **error);

#endif
