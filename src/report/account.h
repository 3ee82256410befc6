/* account - what happened, in numbers: everything that a report about an incident says, as one document.
 *
 * The document (schema breach.report/1, docs/schema/report.json) is the data of `breach report`: HTML and Markdown are
 * made from it and from nothing else (report_outline.h). It holds counts, times, codes, names of gateways, audiences
 * and regimes, and what the playbook and the case record say; no address and no id of a person unless `people` asks
 * for them. What cannot be known is null and said to be unknown, never 0. Texts in it are English, as in all JSON;
 * times are RFC 3339: those of the ledger in UTC, those of the playbook in their own offset.
 *
 * Numbers about messages and people are read in one snapshot of the ledger, by the queries that its member `recompute`
 * lists: whoever has the ledger gets each of its tables again with sqlite3 alone. Memory does not grow with the number
 * of people who have one message; those with several take about 60 bytes each while the history is computed.
 *
 * Threads: one. Errors: as ledger.h. */
#ifndef BREACH_REPORT_ACCOUNT_H
#define BREACH_REPORT_ACCOUNT_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>
#include <jansson.h>

#include "base/finding.h"
#include "ledger/ledger.h"
#include "report/lawbook.h"

typedef struct AccountRequest {
    Ledger *ledger;           /* borrowed; NULL: nothing is planned, what is about messages is null */
    const Lawbook *lawbook;   /* borrowed; as it is now: material, case record, obligations, the time */
    const Findings *findings; /* borrowed; holds what the playbook lets pass (`accepted`); or NULL */
    bool is_running;          /* another process is sending */
    bool people;              /* add everybody by id, with state, reason and masked addresses */
} AccountRequest;

/* account_collect: a new reference; NULL on failure. */
json_t *account_collect(const AccountRequest *request, GError **error);

#endif
