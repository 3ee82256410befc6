/* case_decision - who decided not to tell somebody, or to wait because an authority asks for it, and whether that still
 * holds.
 *
 * A decision is about one regime and one scope. What is decided about the same two again is the same decision, and its
 * last event governs. It has to be taken again when, after it, the counts of people, the risk or the kinds of data
 * changed: whoever decided did not know. A delay ends by itself. Pure; what is returned borrows from the CaseState.
 * Threads: reading is safe. */
#ifndef BREACH_MODEL_CASE_DECISION_H
#define BREACH_MODEL_CASE_DECISION_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "model/case_state.h"

typedef enum CaseScopeKind {
    CASE_SCOPE_EVERYBODY, /* "everybody": all notices to people */
    CASE_SCOPE_AUDIENCE,  /* "audience:ID" */
    CASE_SCOPE_REGION,    /* "region:CODE", normalised */
    CASE_SCOPE_STEP,      /* "step:ID": one step of the regime, a report to an authority; no notice is held */
    CASE_SCOPE_FIELD,     /* "field:ID": one notice field of the regime, which is not known yet; no notice is held */
} CaseScopeKind;

typedef struct CaseScope {
    CaseScopeKind kind;
    const char *name; /* borrowed from the text; "" for everybody */
} CaseScope;

/* case_scope_parse: false when it is none of these, or its name is empty. */
bool case_scope_parse(const char *text, CaseScope *scope);

typedef enum CaseDecisionKind {
    CASE_DECISION_NOT_NOTIFY, /* "not-notify" */
    CASE_DECISION_DELAY,      /* "delay" */
    CASE_DECISION_REVOKED,    /* "revoked" */
} CaseDecisionKind;

typedef enum CaseDecisionState {
    CASE_DECISION_HOLDS,     /* "in-force" */
    CASE_DECISION_AGAIN,     /* "to-be-decided-again"; a delay goes on meanwhile: the authority's request stands */
    CASE_DECISION_ENDED,     /* "ended": the time of a delay is over */
    CASE_DECISION_TAKEN_BACK /* "revoked" */
} CaseDecisionState;

typedef struct CaseDecision {
    const char *id;
    const CaseSubject *subject;
    const CaseEvent *event; /* the one that governs */
    CaseDecisionKind kind;
    CaseDecisionState state;
    const char *regime, *scope_text;
    CaseScope scope;
    int64_t until;            /* ms; of a delay */
    const CaseEvent *changed; /* AGAIN: the first change after it; else NULL */
} CaseDecision;

/* case_decisions: all, as they were first taken; of CaseDecision *, owned by the new array. Events that are not
 * complete count for nothing. */
GPtrArray *case_decisions(const CaseState *state, int64_t now);

/* case_decision_find: the one of that id, or of that regime and scope; NULL: there is none. Borrowed from the array. */
const CaseDecision *case_decision_find(const GPtrArray *decisions, const char *id);
const CaseDecision *case_decision_about(const GPtrArray *decisions, const char *regime, const char *scope);

/* case_decision_stands: whether it keeps something from being done: in force, or a delay that is to be looked at again.
 */
bool case_decision_stands(const CaseDecision *decision);

const char *case_decision_kind_name(CaseDecisionKind kind);
const char *case_decision_state_name(CaseDecisionState state);

#endif
