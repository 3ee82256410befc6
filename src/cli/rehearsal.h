/* rehearsal - exercises: the embedded relay in place of every gateway, and starting afresh. */
#ifndef BREACH_CLI_REHEARSAL_H
#define BREACH_CLI_REHEARSAL_H

#include <stdbool.h>

#include <glib.h>

#include "cli/workspace.h"
#include "drill/smtp_sink.h"
#include "model/gateway.h"

#define REHEARSAL_SAMPLES 20 /* rendered messages that are kept */

typedef struct Rehearsal {
    SmtpSink *sink;      /* owned */
    char *samples;       /* owned; folder */
    GPtrArray *gateways; /* owned; of Gateway *: the playbook's, led to the embedded relay */
} Rehearsal;

/* rehearsal_forget: removes the ledger and the samples of a finished rehearsal, so that the next one starts afresh.
 * Only ever called for exercises. */
void rehearsal_forget(const Workspace *workspace);

/* rehearsal_start: starts the relay. NULL with BREACH_ERROR_CREATE. */
Rehearsal *rehearsal_start(const Workspace *workspace, GError **error);

/* rehearsal_sample: the path of a rendered sample, newly allocated; NULL when there is none. */
char *rehearsal_sample(const Workspace *workspace);

void rehearsal_stop(Rehearsal *rehearsal);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Rehearsal, rehearsal_stop)

#endif
