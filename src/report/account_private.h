/* account_private - what the files of the account share.
 *
 * Each returns a new reference, or NULL with an error of the ledger. */
#ifndef BREACH_REPORT_ACCOUNT_PRIVATE_H
#define BREACH_REPORT_ACCOUNT_PRIVATE_H

#include "report/account.h"
#include "report/casework.h"

/* account_incident: what the playbook and the case record say happened. account_law: obligations. (account_case.c) */
json_t *account_incident(const Lawbook *lawbook);
json_t *account_law(const Lawbook *lawbook);
json_t *account_filings(const CaseState *state);

/* account_add_people: "regions", "unreachable" and, where they are asked for, "people", from one pass over everybody.
 * (account_people.c) */
bool account_add_people(json_t *document, Ledger *ledger, bool people, GError **error);

/* account_history: the identity over time, or null where there is no event. account_timeline: everything that has a
 * time, in order; from notes that are whole, so that a hold finds its end. (account_time.c) */
json_t *account_history(Ledger *ledger, GError **error);
json_t *account_timeline(const json_t *document, const Casework *casework, bool people);

#endif
