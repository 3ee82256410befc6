/* probe - check --probe: every gateway of the playbook is talked to, without sending; what was seen, as text and JSON.
 *
 * Threads: the main one. */
#ifndef BREACH_CLI_PROBE_H
#define BREACH_CLI_PROBE_H

#include <stdbool.h>

#include <glib.h>
#include <jansson.h>

#include "channel/http_probe.h"
#include "channel/smtp_probe.h"
#include "cli/workspace.h"

typedef struct ProbeGateway {
    const Gateway *gateway; /* borrowed */
    SmtpProbe *smtp;        /* owned; NULL: a sample, which is not talked to, or another kind */
    GPtrArray *policies;    /* owned; of MailPolicy *; NULL likewise */
    HttpProbe *http;        /* owned; kind http; NULL likewise */
    GError *folder;         /* owned; kinds letter, phone and folder: why nothing can be put there; or NULL */
} ProbeGateway;

/* probe_run: of ProbeGateway *, in the order of the playbook, each gateway once; owns its entries. What is worth a look
 * but stops nothing goes into the workspace's findings. `resolver`: see dns_text_query(). */
GPtrArray *probe_run(const Workspace *workspace, const char *resolver);

/* probe_has_failed: whether it could not be used, as far as was looked. */
bool probe_has_failed(const ProbeGateway *entry);

/* probe_failures: how many gateways could not be used. */
size_t probe_failures(const GPtrArray *gateways);

/* probe_print: the steps on stdout, and on stderr what is wrong. probe_json: the member "probe" of check.json; a new
 * reference. */
void probe_print(const GPtrArray *gateways);
json_t *probe_json(const GPtrArray *gateways);

#endif
