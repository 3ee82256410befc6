/* regime - one body of law, or one contract's clause, as dated data: its steps with their clocks, the fields of its
 * reports and notices, and how sure the data is.
 *
 * Loaded by load/load_regime; docs/man/breach-regime.5 describes the file. A Regime owns all that it points to and is
 * immutable once loaded. A LocaleText here has a text for every locale through regime_text(). Pure; threads: reading is
 * safe. */
#ifndef BREACH_MODEL_REGIME_H
#define BREACH_MODEL_REGIME_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "base/position.h"
#include "model/civil_day.h"
#include "model/condition.h"
#include "model/locale.h"
#include "model/regime_parts.h"

typedef enum RegimeStatus {
    REGIME_IN_FORCE,
    REGIME_IN_FORCE_BY_NATIONAL_LAW,
    REGIME_VOLUNTARY,
    REGIME_NOT_IN_FORCE,
} RegimeStatus;

typedef enum RegimeCount {
    REGIME_COUNT_NONE,     /* no number in the law */
    REGIME_COUNT_HOURS,    /* PT72H, PT30M: elapsed time */
    REGIME_COUNT_CALENDAR, /* P30D */
    REGIME_COUNT_BUSINESS, /* P4BD */
    REGIME_COUNT_MONTHS,   /* P1M */
} RegimeCount;

typedef enum RegimeRoll {
    REGIME_ROLL_NONE,
    REGIME_ROLL_NEXT_WORKING_DAY,
    REGIME_ROLL_NOON_NEXT_WORKING_DAY,
    REGIME_ROLL_UNKNOWN, /* nobody has settled it: the earlier day is kept, and said */
} RegimeRoll;

/* How the limbs of a group are combined. */
typedef enum RegimeGroupRule {
    REGIME_GROUP_EARLIEST,            /* earliest: the default */
    REGIME_GROUP_LATE_CLASSIFICATION, /* late_classification: this limb falls away when another limb of its group starts
                                       * after this one has ended ((EU) 2025/301 art 5(2)) */
} RegimeGroupRule;

/* Named rules of counting, in law.md section 4. */
typedef enum RegimeComputation {
    REGIME_PLAIN,
    REGIME_EU_1182_71,    /* eu-1182-71: the rounded-up hour is a remark, never the deadline */
    REGIME_CN_CIVIL_CODE, /* cn-civil-code */
    REGIME_SEC_8K,        /* us-sec-form-8k: the last moment of a day is 17:30 Eastern */
    REGIME_DORA,          /* dora-rts-2025-301 */
} RegimeComputation;

typedef struct RegimeStep {
    char *id; /* [a-z0-9][a-z0-9_-]*, unique among steps and groups */
    LocaleText *name;
    char *to;       /* "regulator", "individuals", "internal", "controller", "police", "media", … or a text */
    LocaleText *authority; /* who that is, where it is not the regime's authority as a whole; or NULL */
    char *due_text; /* "PT72H"; NULL: no number */
    int64_t due;    /* milliseconds for HOURS, else days or months; 0: no number */
    RegimeCount count;
    char *standard; /* "without_undue_delay"; NULL: none */
    RegimeFrom from;
    bool is_inclusive; /* day_one: inclusive: the anchor's day is day 1 */
    RegimeRoll roll;
    char **roll_denied; /* entity classes without the relief; NULL: none */
    char *calendar;     /* NULL: that of the regime */
    LocaleText *when;   /* when the step applies, for readers; or NULL */
    char *cond_text;    /* NULL: always */
    Condition *cond;
    char *double_if_text; /* twice the time where this holds; or NULL */
    Condition *double_if;
    char *group; /* or NULL */
    RegimeGroupRule group_rule;
    bool repeats;        /* repeat: each further one runs from the last submission of this step */
    bool is_latest;      /* latest: submission: means the last one */
    bool is_soft;        /* a guideline, not law */
    bool is_instead;     /* instead: a processor owes the other steps itself until it has made this one (Japan) */
    char **done_by;      /* anchors that end the step: an assessment is done once one is recorded; NULL: none */
    LocaleText *late;    /* what the law says of a late filing; or NULL */
    LocaleText *note;    /* or NULL */
    GPtrArray *readings; /* of RegimeReading *; may be empty */
    char *reference;     /* "art 33(1)"; or NULL */
    RegimeConfidence confidence;
    LocaleText *confidence_note; /* or NULL */
    Position at;
} RegimeStep;

#define REGIME_MINORS_MOST 25 /* years; nowhere is majority later */

typedef struct Regime {
    char *id;
    LocaleText *name;
    char *jurisdiction;
    RegimeStatus status;
    bool is_enabled;
    CivilDay effective_from, effective_to; /* CIVIL_DAY_NONE: open */
    LocaleText *citation, *authority, *channel, *trigger, *sector, *pending;
    GPtrArray *thresholds; /* of LocaleText * */
    char *clock_starts;    /* an anchor */
    char *zone_name;       /* "Europe/Brussels" */
    GTimeZone *zone;       /* made by load from tzdata */
    char *calendar;        /* or NULL */
    RegimeComputation computation;
    char *severity_scale; /* or NULL */
    RegimeConfidence confidence;
    LocaleText *confidence_note;                                                  /* or NULL */
    GPtrArray *sources;                                                           /* of char * */
    char *individuals_due, *individuals_standard, *individuals_from;              /* as written, or NULL */
    LocaleText *substitute_notice, *waiver, *language, *records, *notes, *delays; /* or NULL */
    char **notice_channels;                                                       /* NULL: any */
    char **substitute_channels;     /* what may stand for a notice to each person; NULL: not said; empty: nothing */
    char **notice_languages;        /* in which a notice must be, as locales; NULL: any */
    int minors_under;               /* who is younger is told through a guardian; 0: no such rule */
    GPtrArray *lawful_delay;        /* of RegimeDelay * */
    GPtrArray *forwarding;          /* of RegimeForwarding * */
    GPtrArray *steps;               /* of RegimeStep * */
    GPtrArray *regulator_fields;    /* of RegimeField *, in the authority's order */
    GPtrArray *notice_fields;       /* of RegimeField * */
    GPtrArray *anchors, *variables; /* of RegimeName *: those that only this regime knows */
    Position at;
} Regime;

/* regime_text: the text in `locale`, else in English, else in any language; "" for NULL. Borrowed. */
const char *regime_text(const LocaleText *text, const char *locale);

/* regime_step: the step of that id, or NULL. regime_has_group: whether some step is of that group. */
const RegimeStep *regime_step(const Regime *regime, const char *id);
bool regime_has_group(const Regime *regime, const char *group);

/* regime_step_is_unverified: whether the step (NULL: the regime as a whole) rests on something that was not confirmed
 * in a primary text: shown as "unverified" wherever it appears. */
bool regime_step_is_unverified(const Regime *regime, const RegimeStep *step);

/* regime_step_is_report: whether the step is a report to an authority, whatever its name: not to people, to the
 * controller or the media, and no work of one's own. */
bool regime_step_is_report(const RegimeStep *step);

/* regime_force: whether the law bound an incident that began on `began` and was known on `known` (CIVIL_DAY_NONE: not
 * said; a day before `began` counts as `began`). What began before a law and is found under it is owed under it. */
typedef enum RegimeForce { REGIME_BINDS, REGIME_BINDS_LATER, REGIME_BOUND_EARLIER } RegimeForce;
RegimeForce regime_force(const Regime *regime, CivilDay began, CivilDay known);

/* regime_starts_unseen: whether its clocks start from something that may be found out only much later (occurrence). */
bool regime_starts_unseen(const Regime *regime);

/* regime_status_name: "in_force"; regime_confidence_name: "confirmed"; regime_need_name: "if_known". */
const char *regime_status_name(RegimeStatus status);
const char *regime_confidence_name(RegimeConfidence confidence);
const char *regime_need_name(RegimeNeed need);

/* regime_from_text: "awareness", "submission:initial", as the file writes it; newly allocated. */
char *regime_from_text(const RegimeFrom *from);

/* regime_step_ids: the ids of all steps and groups, each once, in the order of the file; regime_anchor_ids: the anchors
 * that its steps use; regime_variable_ids: the names in its conditions. NULL-terminated; borrowed strings in a new
 * array (g_free). */
const char **regime_step_ids(const Regime *regime);
const char **regime_anchor_ids(const Regime *regime);
const char **regime_variable_ids(const Regime *regime);

Regime *regime_new(void);
void regime_free(Regime *regime);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Regime, regime_free)

void regime_step_free(RegimeStep *step);

#endif
