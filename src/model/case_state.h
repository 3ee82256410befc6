/* case_state - what happened in a case, as events, and what holds now because of them.
 *
 * An event is a line of the case record (ledger/case). A value (an anchor, the counts, the level, the regimes, a
 * variable) changes by an event with old, new, who and why. Two sources write them: the playbook, when what it says has
 * changed since it was last recorded, and a person with `breach record`. The later event holds.
 *
 * Bodies, by kind (JSON objects; times RFC 3339 with their offset, or a day alone):
 *   anchor    {name: "awareness" or "REGIME/awareness", old, new: {at, by?, reason?} or null, why, source}
 *   affected  {name: "affected", old, new: {lower, likely, upper: number or null, as_of?} or null, why, source}
 *   level     {name: "level", old, new: number or null, why, source}
 *   regimes   {name: "regimes", old, new: [ids], why, source}
 *   variable  {name, old, new: {lower, likely, upper: string or null} or null, why, source}
 *             (`source` is "playbook" or "record"; data_kinds and role are variables, too)
 *   filing    {regime, step, at, by, channel, reference?, reason?, digest?, …}
 *   decision  {id, decision: "not-notify" or "delay" or "revoked", regime, scope, until?, …}
 *   inquiry   {id, outcome, at, question kind, …}
 *   response  {step, outcome: "started" or "done", at, …}
 *   warning   {obligation: "REGIME/STEP", due, before: "half", "quarter", "hour" or "over"}
 *   closed    {state: "closed" or "reopened", by, reason}
 *   lookup    {what: "email", "phone" or "number", asked: keyed hash, found: number}
 * Pure; a CaseState owns copies of the events' bodies (references). Threads: one. */
#ifndef BREACH_MODEL_CASE_STATE_H
#define BREACH_MODEL_CASE_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>
#include <jansson.h>

#include "model/law.h"
#include "model/moment.h"
#include "model/regime_clock.h"

struct Playbook;

typedef enum CaseKind {
    CASE_ANCHOR,
    CASE_AFFECTED,
    CASE_LEVEL,
    CASE_REGIMES,
    CASE_VARIABLE,
    CASE_FILING,
    CASE_DECISION,
    CASE_INQUIRY,
    CASE_RESPONSE,
    CASE_WARNING,
    CASE_CLOSED,
    CASE_LOOKUP,
    CASE_KINDS
} CaseKind;

typedef struct CaseEvent {
    int64_t no; /* from 1; 0: not recorded (a change that the next command will append) */
    int64_t at; /* ms, when it was recorded */
    char *by;   /* owned; login@host */
    CaseKind kind;
    json_t *body; /* owned reference; an object */
} CaseEvent;

/* case_event_new: takes the body over. case_event_free. */
CaseEvent *case_event_new(int64_t no, int64_t at, const char *by, CaseKind kind, json_t *body);
void case_event_free(CaseEvent *event);

/* case_events_new: an empty array that owns its events. */
GPtrArray *case_events_new(void);

/* case_event_text: a string member of the body, or NULL. Borrowed. */
const char *case_event_text(const CaseEvent *event, const char *member);

/* case_event_author: who answers for it, as given with --by; NULL: nobody was named. Borrowed. */
const char *case_event_author(const CaseEvent *event);

/* case_kind_name: "anchor". case_kind_parse: false when it is none. */
const char *case_kind_name(CaseKind kind);
bool case_kind_parse(const char *name, CaseKind *kind);

/* One value and how it became what it is. */
typedef struct CaseValue {
    CaseKind kind;          /* ANCHOR, AFFECTED, LEVEL, REGIMES or VARIABLE */
    char *name;             /* owned */
    const json_t *now;      /* borrowed; json null: there is none any more */
    const json_t *playbook; /* what the playbook said when it was last recorded; NULL: never */
    GPtrArray *history;     /* owned; of const CaseEvent *, oldest first, at least one */
} CaseValue;

/* One report that was made to an authority (or under a contract). */
typedef struct CaseFiling {
    const CaseEvent *event;    /* borrowed from the state */
    const char *regime, *step; /* step: or a group's id */
    RegimeTime time;           /* of the report itself, not of the record */
} CaseFiling;

/* A subject with its events: a decision, an inquiry, a response step. */
typedef struct CaseSubject {
    const char *id;    /* decision and inquiry: id; response: step */
    GPtrArray *events; /* owned; of const CaseEvent *, oldest first, at least one */
} CaseSubject;

typedef struct CaseState {
    GPtrArray *events;    /* owned; of CaseEvent *, in order */
    GPtrArray *values;    /* owned; of CaseValue *, by kind and name */
    GPtrArray *filings;   /* owned; of CaseFiling *, by time */
    GPtrArray *decisions; /* owned; of CaseSubject *, as they were first recorded; also the next two */
    GPtrArray *inquiries;
    GPtrArray *responses;
    const CaseEvent *closed; /* the last one of kind closed, or NULL */
} CaseState;

/* case_state_fold: takes the array of CaseEvent * over (owned elements). An event whose body is not what its kind asks
 * for stays in `events` and has no effect. */
CaseState *case_state_fold(GPtrArray *events);
void case_state_free(CaseState *state);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CaseState, case_state_free)

/* case_state_value: NULL when it was never recorded. case_state_event: the last event that changed it. */
const CaseValue *case_state_value(const CaseState *state, CaseKind kind, const char *name);
const CaseEvent *case_value_last(const CaseValue *value);

/* case_state_anchor: an anchor as it holds: the regime's own (`regime` may be NULL), else the general one. *event (may
 * be NULL) is what set it. false: none is recorded, or the last event took it away. */
bool case_state_anchor(const CaseState *state, const char *regime, const char *name, RegimeTime *time,
                       const CaseEvent **event);

/* case_state_level: the level as it was confirmed; 0: nobody has. */
int case_state_level(const CaseState *state);

/* case_state_affected: the counts as they hold; -1 where unknown; false: none. */
bool case_state_affected(const CaseState *state, int64_t *lower, int64_t *likely, int64_t *upper);

/* case_state_variable: as it holds (strings borrowed from the state); false: none. `regime`: as for anchors. */
bool case_state_variable(const CaseState *state, const char *regime, const char *name, RegimeValue *value);

/* case_state_filing: the `index`-th filing, by time, of a step or group of a regime; NULL: no more. */
const CaseFiling *case_state_filing(const CaseState *state, const char *regime, const char *id, size_t index);

/* case_state_filing_at: the filing of a regime that was made at `at` (ms), under any name; NULL: none. Borrowed. */
const CaseFiling *case_state_filing_at(const CaseState *state, const char *regime, int64_t at);

/* case_state_news: what became known after the latest filing of `regime`: the first event since that confirmed a level, or
 * gave another count or variable in place of one that was recorded before; NULL: nothing has changed, or nothing was filed. Borrowed. */
const CaseEvent *case_state_news(const CaseState *state, const char *regime);

/* case_state_subject: by its id, or NULL. */
const CaseSubject *case_state_subject(const GPtrArray *subjects, const char *id);

/* case_state_changes: what the playbook says that differs from what it said when it was last recorded: new events (no
 * 0, `at` now, `by`, `why` — NULL: "playbook edited"), oldest value first as `old`. A value that nobody has recorded
 * and that the playbook does not say is none. Newly allocated array of CaseEvent *, owned. Deterministic order. */
GPtrArray *case_state_changes(const CaseState *state, const struct Playbook *playbook, int64_t now, const char *by,
                              const char *why);

/* case_state_change: one event of a value (body as above) by `record`: `value` is taken over. */
CaseEvent *case_state_change(const CaseState *state, CaseKind kind, const char *name, json_t *value, int64_t now,
                             const char *by, const char *why);

#endif
