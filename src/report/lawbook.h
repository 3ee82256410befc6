/* lawbook - what the law asks of this incident now: the statutes, the case record and the obligations that follow.
 *
 * A Lawbook owns all of it. Threads: one. */
#ifndef BREACH_REPORT_LAWBOOK_H
#define BREACH_REPORT_LAWBOOK_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>
#include <jansson.h>

#include "dispatch/material.h"
#include "dispatch/statutes.h"
#include "ledger/case.h"
#include "model/obligation.h"

typedef struct LawbookRequest {
    const Material *material;
    const char *folder; /* state folder; NULL: there is none, nothing is recorded */
    int64_t now;        /* ms */
    bool record;        /* append what the playbook changed; else it is only taken into account */
    const char *by;     /* login@host */
    const char *why;    /* --reason, or NULL: "playbook edited" */
    bool adopt;         /* go on from a copied record (case_adopt()) */
} LawbookRequest;

typedef struct Lawbook {
    LawbookRequest asked;     /* what it borrows, but for `by`, must outlive the lawbook */
    char *by;                 /* owned */
    const Playbook *playbook; /* borrowed from the material, as `statutes` */
    const Statutes *statutes;
    Case *record;              /* owned; NULL without a folder */
    CaseState *state;          /* owned; with what the playbook changed */
    guint changed;             /* how many values the playbook changed since they were last recorded */
    GPtrArray *obligations;    /* owned; of Obligation *, tightest first */
    ObligationRequest request; /* what they were computed from: for obligation_variable() */
    int64_t now;
} Lawbook;

/* lawbook_open: NULL with an error of the case record. */
Lawbook *lawbook_open(const LawbookRequest *request, GError **error);
void lawbook_close(Lawbook *lawbook);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Lawbook, lawbook_close)

/* lawbook_unread: the regimes of the playbook that could not be read, so that nobody knows what they ask: "a, b"; newly
 * allocated; NULL: there is none. lawbook_unread_json: their ids as an array; a new reference. */
char *lawbook_unread(const Lawbook *lawbook);
json_t *lawbook_unread_json(const Lawbook *lawbook);

/* lawbook_verdict: the verdict with the tightest clock beside it (clocks_verdict()), and with what could not be read.
 * Newly allocated, in the chosen language. */
char *lawbook_verdict(const Lawbook *lawbook, const char *verdict);

/* lawbook_last: the number of the last event that it has read; 0: none. For case_append_if(). */
int64_t lawbook_last(const Lawbook *lawbook);

/* lawbook_refresh: reads the record again and computes the obligations at `now`. After an error there are none. */
bool lawbook_refresh(Lawbook *lawbook, int64_t now, GError **error);

#endif
