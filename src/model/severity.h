/* severity - how bad an incident is on a scale of a law: a level that the numbers propose, with its reasons.
 *
 * A scale is data (load/load_severity, playbooks/severity/ID.yaml). What is proposed is never in force: the level in
 * force is the one that a person confirmed. Thresholds take the upper estimate and include the number itself
 * (以上含本数); reports give the likely one. Where no number decides, a person is asked; "not reportable" is never the
 * answer of a machine. A SeverityScale owns what it points to and is immutable once loaded; a proposal borrows from the
 * scale and owns its texts, which are English. Pure; threads: reading is safe. */
#ifndef BREACH_MODEL_SEVERITY_H
#define BREACH_MODEL_SEVERITY_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "base/position.h"
#include "model/locale.h"
#include "model/regime.h"
#include "model/regime_clock.h"

#define SEVERITY_LEVEL_MOST 9

typedef enum SeverityUnit {
    SEVERITY_PEOPLE,
    SEVERITY_CNY,
    SEVERITY_DURATION, /* written as PT6H; milliseconds here */
    SEVERITY_PERCENT,
    SEVERITY_COUNT,
} SeverityUnit;

typedef struct SeverityThreshold {
    int level;
    int64_t least; /* this and more */
    RegimeConfidence confidence;
} SeverityThreshold;

/* One thing that is measured. */
typedef struct SeverityCriterion {
    char *id;
    LocaleText *text; /* what is measured */
    char *variable;   /* of the playbook: "affected", "loss_cny" */
    SeverityUnit unit;
    GArray *thresholds; /* of SeverityThreshold, highest level first */
    Position at;
} SeverityCriterion;

typedef struct SeverityLevel {
    int level;           /* 1 is the lowest */
    LocaleText *name;    /* "较大": as the law names it */
    LocaleText *meaning; /* "relatively major" */
    LocaleText *clause;  /* what makes this level without a number; or NULL */
    RegimeConfidence confidence;
    Position at;
} SeverityLevel;

typedef struct SeverityScale {
    char *id; /* owned, as all below */
    LocaleText *name, *citation;
    LocaleText *rule; /* how the level follows, in words */
    CivilDay effective_from, effective_to;
    int report_from;       /* the lowest level that has to be reported; 0: the scale does not say */
    char *clause_variable; /* holds the level at which a person judged the clauses; or NULL */
    GPtrArray *levels;     /* of SeverityLevel *, highest first */
    GPtrArray *criteria;   /* of SeverityCriterion * */
    RegimeConfidence confidence;
    LocaleText *confidence_note; /* or NULL */
    GPtrArray *sources;          /* of char * */
    Position at;
} SeverityScale;

/* Why a level is proposed. */
typedef struct SeverityReason {
    const SeverityCriterion *criterion; /* borrowed; NULL: what a person judged of the clauses */
    int lower, likely, level;           /* by the lower, likely and upper value; 1 below every number */
    bool is_below;                      /* even the upper value is below every number */
    bool is_unverified;                 /* the threshold that was reached was not confirmed in a primary text */
    char *text; /* owned: "citizens' personal information leaked: up to 2,000,000 people; from …" */
} SeverityReason;

typedef struct SeverityProposal {
    const SeverityScale *scale; /* borrowed */
    int level;                  /* by the upper values: what is proposed; 0: nothing that is measured is known */
    int likely, lower;          /* by the likely and by the lower values; 0 likewise */
    bool may_reach;             /* the range crosses a threshold: `level` is not certain */
    bool needs_judgement;       /* no number reaches a level that is reported, and nobody has judged the clauses */
    bool is_unverified;
    GPtrArray *reasons; /* of SeverityReason *, the highest first */
    char *question;     /* owned: what a person has to decide; NULL: nothing */
} SeverityProposal;

/* severity_propose: `variable` gives the values (as regime_clock.h says); never NULL. */
SeverityProposal *severity_propose(const SeverityScale *scale, RegimeVariableLookup *variable, void *user);

void severity_proposal_free(SeverityProposal *proposal);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SeverityProposal, severity_proposal_free)

/* severity_level: the level of that number, or NULL. severity_level_text: "较大 (level 2)", newly allocated; "level 7"
 * for one that the scale does not have. */
const SeverityLevel *severity_level(const SeverityScale *scale, int level);
char *severity_level_text(const SeverityScale *scale, int level);

/* severity_number_text: a value as people read it: "1,000,000", "CNY 5,000,000", "6 h", "50%"; newly allocated. */
char *severity_number_text(SeverityUnit unit, int64_t number);

/* severity_value_fits: whether `text` can be a value (one estimate) of the variable on this scale; true for one that it does not
 * read. NULL and "" fit: nothing is known. */
bool severity_value_fits(const SeverityScale *scale, const char *variable, const char *text);

/* severity_variable_ids: the variables that the scale reads, each once, NULL-terminated; borrowed strings in a new
 * array (g_free). */
const char **severity_variable_ids(const SeverityScale *scale);

SeverityScale *severity_scale_new(void);
void severity_scale_free(SeverityScale *scale);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SeverityScale, severity_scale_free)

void severity_criterion_free(SeverityCriterion *criterion);
void severity_level_free(SeverityLevel *level);

#endif
