/* promise - whether the playbook keeps what was promised: each promise of each policy against the playbook, its
 * gateways, its texts and its rehearsals.
 *
 * A PromiseReport owns its rows and their texts, and borrows the rest from the Material. Threads: one. */
#ifndef BREACH_DISPATCH_PROMISE_H
#define BREACH_DISPATCH_PROMISE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "dispatch/coverage_check.h"
#include "dispatch/material.h"
#include "model/policy.h"

typedef enum PromiseVerdict {
    PROMISE_KEPT,      /* "kept": as it was promised, by a way that the policy names */
    PROMISE_OTHERWISE, /* "kept-otherwise": by a way that an open list allows */
    PROMISE_IDLE,      /* "nothing-to-do": there is nothing here that it is about */
    PROMISE_BROKEN,    /* "broken" */
    PROMISE_VERDICTS
} PromiseVerdict;

typedef struct PromiseRow {
    const Policy *policy;
    const PolicyEntry *entry;
    const PolicyPromise *promise;
    PromiseVerdict verdict;
    char *text;    /* owned; by what it is kept, or what to change; in the reader's language */
    char *english; /* owned; the same for --json */
    bool is_said;  /* broken, and the comparison of the texts has said so */
} PromiseRow;

typedef struct PromiseReport {
    GPtrArray *rows; /* of PromiseRow *, in the order of the playbook and of the policies */
} PromiseReport;

typedef struct PromiseRequest {
    Material *material;
    const CoverageResult
        *coverage;        /* with promise_asked() among what it looked for; NULL: no text could be looked at */
    int64_t rehearsed_at; /* ms; when it was rehearsed last; negative: never */
    int64_t now;          /* ms */
} PromiseRequest;

/* promise_report: never NULL. */
PromiseReport *promise_report(const PromiseRequest *request);
void promise_report_free(PromiseReport *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PromiseReport, promise_report_free)

/* promise_count: how many rows have that verdict. promise_verdict_name: "kept-otherwise". */
size_t promise_count(const PromiseReport *report, PromiseVerdict verdict);
const char *promise_verdict_name(PromiseVerdict verdict);

/* promise_applies: whether the policy holds for that audience of the playbook. */
bool promise_applies(const Policy *policy, const PolicyEntry *entry, const Audience *audience);

/* promise_asked: what the policies ask of a notice, as lists of CoverageRequirement * (coverage.h): of GPtrArray *,
 * owned by the new array, whose order is that of promise_ask(), which appends to `lists` those that are asked of an
 * audience. */
GPtrArray *promise_asked(const Material *material);
void promise_ask(const Material *material, const GPtrArray *asked, size_t audience, GPtrArray *lists);

#endif
