/* law - what a playbook says about the law: which regimes it names, with what is special about them, the times from
 * which clocks run, and the values of the variables that conditions ask for.
 *
 * It is what a person wrote, and no more: what the case record adds (a later anchor, a recorded level) is in
 * case_state, and what follows from both in obligation. A Law owns what it points to and is immutable after loading.
 * Pure; threads: reading is safe. */
#ifndef BREACH_MODEL_LAW_H
#define BREACH_MODEL_LAW_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "base/position.h"
#include "model/condition.h"
#include "model/moment.h"
#include "model/regime_clock.h"

struct Playbook;

typedef struct LawAnchor { /* anchors: {NAME: TIME} or {NAME: {at: TIME, by: WHO, reason: WHY}} */
    char *name;            /* "awareness" */
    RegimeTime time;
    char *by, *reason; /* or NULL */
    Position at;
} LawAnchor;

typedef struct LawVariable {      /* variables: {NAME: VALUE} or {NAME: {lower: …, likely: …, upper: …}} */
    char *name;                   /* "affected_state" */
    char *lower, *likely, *upper; /* as text; one value alone is in all three; NULL: not known */
    bool is_wrong;                /* a value that it cannot have, which was reported: counts as not known */
    Position at;
} LawVariable;

typedef struct LawRegime { /* one of regimes */
    char *id;
    Condition *people; /* whom of the people it protects; NULL: everybody */
    char *people_text; /* as written, or NULL */
    char *zone_name;   /* in place of the regime's, or NULL; with `zone` */
    GTimeZone *zone;
    char *calendar;       /* likewise */
    char *role;           /* of the organisation under this regime: "controller", "joint", "processor"; or NULL */
    GPtrArray *anchors;   /* of LawAnchor *: for this regime alone */
    GPtrArray *variables; /* of LawVariable *: likewise */
    Position at;
} LawRegime;

typedef struct Law {
    GPtrArray *regimes;   /* of LawRegime *, in the order of the file */
    GPtrArray *anchors;   /* of LawAnchor * */
    GPtrArray *variables; /* of LawVariable * */
} Law;

Law *law_new(void);
void law_free(Law *law);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Law, law_free)

LawRegime *law_regime_new(void);
void law_regime_free(LawRegime *regime);

/* law_regime: the entry of that id, or NULL. Borrowed. */
const LawRegime *law_regime(const Law *law, const char *id);

/* law_anchor: the time of an anchor as the playbook has it: of the regime's own (`regime` may be NULL), of the
 * playbook's, and where neither says it: occurrence is incident.occurred_at, discovery and awareness are
 * incident.detected_at. *entry (may be NULL) is where it was said, or NULL for those of `incident`. false: the playbook
 * does not say it. */
bool law_anchor(const struct Playbook *playbook, const LawRegime *regime, const char *name, RegimeTime *time,
                const LawAnchor **entry);

/* law_time_text: RFC 3339, or the day alone; newly allocated. law_time_parse: the inverse. Error: BREACH_ERROR_INPUT.
 */
char *law_time_text(const RegimeTime *time);
bool law_time_parse(const char *text, RegimeTime *time, GError **error);

/* law_time_at: the instant of a time, for comparing: midnight in UTC of a day alone. */
int64_t law_time_at(const RegimeTime *time);

#endif
