/* rehearsal - exercises: an embedded gateway in place of every gateway, and starting afresh.
 *
 * Mail goes to the embedded relay, requests over HTTP to an embedded provider for each gateway, and what would lie in a
 * folder (letters, call lists) into samples/NAME of the state folder, unencrypted. */
#ifndef BREACH_CLI_REHEARSAL_H
#define BREACH_CLI_REHEARSAL_H

#include <stdbool.h>

#include <glib.h>

#include "cli/workspace.h"
#include "drill/http_sink.h"
#include "drill/smtp_sink.h"
#include "drill/stage.h"
#include "model/gateway.h"

#define REHEARSAL_SAMPLES 20 /* rendered messages that are kept of each gateway that transmits */

typedef struct Rehearsal {
    SmtpSink *sink;       /* owned */
    GPtrArray *providers; /* owned; of HttpSink * */
    char *samples;        /* owned; folder */
    GPtrArray *gateways;  /* owned; of Gateway *: the playbook's, in its order, led inside */
    GPtrArray *rules;     /* owned; of GPtrArray *: what the embedded gateways of a drill do wrong */
    const Stage *stage;   /* borrowed; of a drill, or NULL */
} Rehearsal;

/* rehearsal_forget: removes the ledger and the samples of a finished rehearsal, so that the next one starts afresh.
 * Only ever called for exercises. */
void rehearsal_forget(const Workspace *workspace);

/* rehearsal_start: starts the embedded gateways. NULL with BREACH_ERROR_CREATE. */
Rehearsal *rehearsal_start(const Workspace *workspace, GError **error);

/* rehearsal_samples: the path of a rendered sample of each gateway that has any; of char *, owned by the array. */
GPtrArray *rehearsal_samples(const Workspace *workspace);

void rehearsal_stop(Rehearsal *rehearsal);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Rehearsal, rehearsal_stop)

#endif
