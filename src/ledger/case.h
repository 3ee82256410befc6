/* case - the second durable file of a state folder, case.db: what happened in the case, as an append-only list of
 * events.
 *
 * It holds what the law needs and what is not about messages: anchors, counts, the level, filings, decisions,
 * inquiries, response steps, warnings (model/case_state.h says what each holds). It needs no people file, no plan and
 * no ledger.db, and is made by the first append. It is bound to the incident and its status: a foreign or a copied-over
 * file is refused. An event that case_append() has returned for is on the disk (SQLite, WAL, synchronous FULL); after a
 * kill at any instant an event is there whole, or not at all. Any process may append at any time; no dispatch lock is
 * needed. No personal data of people who are told goes in here. A Case belongs to one thread. */
#ifndef BREACH_LEDGER_CASE_H
#define BREACH_LEDGER_CASE_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>
#include <jansson.h>

#include "model/case_state.h"
#include "model/playbook.h"

#define CASE_LOCK "case.lock" /* in the state folder: held while the record is made */

typedef struct Case Case;

/* case_open: of the state folder `folder`. Where there is none yet, it is empty, and the first append makes it if
 * `create` (the folder, mode 0700, as well). Error: BREACH_ERROR_INPUT (of another incident or status, no case record,
 * made by a newer breach), BREACH_ERROR_CREATE, BREACH_ERROR_TEMPORARY. */
Case *case_open(const char *folder, const char *incident, IncidentStatus status, bool create, GError **error);
void case_close(Case *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Case, case_close)

/* case_exists: whether `folder` holds one. case_is_copy: whether its folder is a copy of the one that it was made in (a
 * clone, a restored backup): it can be read, and nothing is appended until case_adopt() makes this folder its place,
 * for two records of one case would each lack what is in the other. */
bool case_exists(const char *folder);
bool case_is_copy(Case *record);
bool case_adopt(Case *record, GError **error);

/* case_append: one event, durable on return; its body is serialised canonically and stays the caller's.
 * case_append_all: several (of CaseEvent *) in one transaction, all or none. */
bool case_append(Case *record, CaseKind kind, int64_t at, const char *by, const json_t *body, GError **error);
bool case_append_all(Case *record, const GPtrArray *events, GError **error);

/* case_append_if: appends `events` unless something was appended since `last`, the number of the last event that the
 * caller has seen (0: none): then *stale is true, and nothing is appended. For events that follow from what was read.
 */
bool case_append_if(Case *record, int64_t last, const GPtrArray *events, bool *stale, GError **error);

/* case_events: all of them but look-ups, of CaseEvent *, in order; newly allocated, elements owned. Look-ups change
 * nothing that holds, and there may be a hundred thousand; nor does one make case_append_if() stale. */
GPtrArray *case_events(Case *record, GError **error);

/* case_state: the events, folded. */
CaseState *case_state(Case *record, GError **error);

#endif
