/* publish - brings the announcement to its endpoints: publishes, replaces, settles what a crash left open, reads back.
 *
 * "publishing" is durable before a request leaves, so that a kill at any instant leaves no item that nobody knows of:
 * the next run puts it again where that is the same as putting it once (our own name for it, or the endpoint's id), and
 * looks for it first where it is not. What cannot be settled in either way stays in doubt until a person says what
 * stands there.
 *
 * Only one process publishes at a time (publish_lock()); another may be sending. Threads: one. */
#ifndef BREACH_DISPATCH_PUBLISH_H
#define BREACH_DISPATCH_PUBLISH_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "base/clock.h"
#include "dispatch/publish_text.h"
#include "ledger/ledger.h"
#include "ledger/publication.h"

/* Where in the state folder every text that is to be published is kept: PUBLISH_KEPT/DIGEST.txt, publish_text_octets(). A later
 * playbook may say something else, and what was said is to be shown. */
#define PUBLISH_KEPT "announced"

typedef struct PublishRequest {
    Ledger *ledger;
    const char *folder;        /* the state folder */
    const PublishPlan *plan;   /* rendered */
    const GPtrArray *gateways; /* of Gateway *: those of the plan, or what stands in for them in an exercise */
    const Clock *clock;
    const char *by;      /* login@host */
    const char *gateway; /* only at this one; NULL: at all */
    const char *locale;  /* only in this language; NULL: in all */
    bool is_not_there;   /* a person has looked: what is in doubt is not there */
} PublishRequest;

/* publish_lock: the right to publish from a state folder; a descriptor that holds it until it is closed, or -1. Error:
 * BREACH_ERROR_TEMPORARY: another process has it. */
int publish_lock(const char *folder, GError **error);

/* publish_run: does it, one endpoint and language after the other; one that fails does not stop the others. Appends a
 * copy of each row as it is afterwards to `rows` (of Publication *, owned by it). false: the ledger cannot be written,
 * and nothing further was tried. */
bool publish_run(const PublishRequest *request, GPtrArray *rows, GError **error);

/* publish_outstanding: of how many endpoints and languages it is not recorded that this edition can be read there;
 * *all: of how many in all. */
bool publish_outstanding(Ledger *ledger, const AnnouncementNeed *need, int edition, size_t *outstanding, size_t *all,
                         GError **error);

#endif
