/* load_participants - who plays which role in a drill: `{version: 1, participants: [{name, role}]}`.
 *
 * Every mistake is reported at FINDING_FACTS. Threads: as schema.h. */
#ifndef BREACH_LOAD_LOAD_PARTICIPANTS_H
#define BREACH_LOAD_LOAD_PARTICIPANTS_H

#include <glib.h>

#include "base/finding.h"

typedef struct Participant {
    char *name, *role; /* owned */
} Participant;

/* load_participants: of Participant *, owned by the new array; NULL when the file cannot be used. */
GPtrArray *load_participants(const char *path, Findings *findings);

/* load_participants_name: who plays `role`, or NULL; `participants` may be NULL. Borrowed. */
const char *load_participants_name(const GPtrArray *participants, const char *role);

#endif
