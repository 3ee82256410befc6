/* obligation - everything that is owed by law because of an incident: each step of each regime of the playbook, with
 * its clock, its reasons, and what would decide what is open. And what readers were promised: the next update of a fact
 * that is still unknown.
 *
 * Pure: the playbook, the regimes, the calendars, the case record and the time are arguments. An Obligation owns its
 * texts and its clock, and borrows the rest from the request, which must outlive it. Threads: reading is safe. */
#ifndef BREACH_MODEL_OBLIGATION_H
#define BREACH_MODEL_OBLIGATION_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "model/case_state.h"
#include "model/playbook.h"
#include "model/regime.h"
#include "model/regime_clock.h"
#include "model/severity.h"

/* One regime of the playbook, loaded. */
typedef struct ObligationRegime {
    const Regime *regime;   /* borrowed; NULL: its file has mistakes, it gives no obligation */
    const LawRegime *entry; /* borrowed; of the playbook */
    GTimeZone *zone; /* borrowed; in which days are counted: the playbook's for it, else its own; NULL without it */
    const SeverityScale *scale; /* borrowed; that the regime names, or NULL */
} ObligationRegime;

typedef struct ObligationRequest {
    const Playbook *playbook;
    const GArray *regimes;  /* of ObligationRegime */
    const CaseState *state; /* with the changes of the playbook folded in */
    RegimeCalendarLookup *find_calendar;
    void *user;  /* of find_calendar */
    int64_t now; /* ms */
} ObligationRequest;

typedef enum ObligationKind {
    OBLIGATION_STEP,    /* a step of a regime */
    OBLIGATION_PROMISE, /* a next update that readers were promised */
    OBLIGATION_OTHER,   /* of another module: an inquiry, a decision to be made again */
} ObligationKind;

typedef struct Obligation {
    ObligationKind kind;
    char *id;                       /* owned; "eu-gdpr/authority_72h", "facts/cause" */
    char *title;                    /* owned; one line, English */
    const ObligationRegime *regime; /* STEP: borrowed; else NULL */
    const RegimeStep *step;         /* STEP: borrowed; else NULL */
    RegimeClockResult *clock;       /* owned; never NULL: state, due, why, remarks, readings */
    char *decides; /* owned; scope unknown or anchor missing: what to find out, and where to enter it; or NULL */
    const CaseEvent *set_by; /* what set its anchor; borrowed from the state; NULL: nothing did */
} Obligation;

/* obligations_of: all, sorted by obligation_compare(); of Obligation *, owned by the new array. */
GPtrArray *obligations_of(const ObligationRequest *request);

/* obligation_new: for other modules: kind OTHER with a clock that is due at `due`. Texts are copied. */
Obligation *obligation_new(const char *id, const char *title, Moment due, int64_t now);

/* obligation_compare: tightest clock first (regime_clock_compare(), then by id). */
void obligations_sort(GPtrArray *obligations);
int obligation_compare(const Obligation *a, const Obligation *b);
void obligation_free(Obligation *obligation);

/* obligation_find: by "REGIME/STEP", or by a step's or a group's id that only one regime has (a group: its limb that
 * binds). NULL: none, or several; *several says which. Borrowed. */
Obligation *obligation_find(const GPtrArray *obligations, const char *id, bool *several);

/* obligation_variable: the value of a variable under a regime: its own, the playbook's, what follows from the facts
 * (affected, sensitive), from the level (confirmed, else as proposed) and from the role. false: not known. Strings are
 * interned or borrowed from the request. */
bool obligation_variable(const ObligationRequest *request, const ObligationRegime *regime, const char *name,
                         RegimeValue *value);

/* obligation_has_own: whether somebody wrote or recorded the variable for this regime alone. */
bool obligation_has_own(const ObligationRequest *request, const ObligationRegime *regime, const char *name);

/* obligation_propose: the level that the regime's scale proposes from what is known; NULL without a scale. */
SeverityProposal *obligation_propose(const ObligationRequest *request, const ObligationRegime *regime);

/* obligation_is_open: whether it is running, late or waits for something: not filed and not inapplicable. */
bool obligation_is_open(const Obligation *obligation);

#endif
