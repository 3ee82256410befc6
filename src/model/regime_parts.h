/* regime_parts - what a regime is made of, apart from its steps: where clocks start, fields, delays, names.
 *
 * Each owns what it points to. Pure; threads: reading is safe. */
#ifndef BREACH_MODEL_REGIME_PARTS_H
#define BREACH_MODEL_REGIME_PARTS_H

#include <stdbool.h>

#include <glib.h>

#include "base/position.h"
#include "model/condition.h"
#include "model/locale.h"

typedef enum RegimeConfidence { REGIME_CONFIRMED, REGIME_SECONDARY, REGIME_MEMORY } RegimeConfidence;

/* Where a clock starts. */
typedef enum RegimeFromKind {
    REGIME_FROM_ANCHOR,     /* from: awareness */
    REGIME_FROM_SUBMISSION, /* from: submission:initial, the real filing of a step or group */
    REGIME_FROM_DEADLINE,   /* from: deadline:individuals_3bd */
    REGIME_FROM_ANY,        /* from: deadline:any */
} RegimeFromKind;

typedef struct RegimeFrom {
    RegimeFromKind kind;
    char *name; /* owned: the anchor, step or group; NULL for ANY */
} RegimeFrom;

/* The text can be read in two ways: the same step from another start. */
typedef struct RegimeReading {
    char *id; /* owned, as the rest */
    RegimeFrom from;
    LocaleText *text;
} RegimeReading;

typedef enum RegimeNeed {
    REGIME_NEED_MUST,
    REGIME_NEED_IF_KNOWN,
    REGIME_NEED_IF,
    REGIME_NEED_OPTIONAL,
    REGIME_NEED_GUIDANCE,
} RegimeNeed;

/* One field of a report (regulator_fields) or of a notice (notice_fields). */
typedef struct RegimeField {
    char *id;
    LocaleText *text;
    int item; /* the number that the law gives it; 0: none */
    RegimeNeed need;
    LocaleText *if_text; /* need: if; or NULL */
    char *cond_text;     /* the same as a condition; or NULL */
    Condition *cond;
    char **stage;         /* report: "initial", "final", …; NULL: every stage */
    bool may_defer;       /* report: may follow later (待续报) */
    char *source;         /* report: where the value comes from, or NULL */
    bool is_confidential; /* report: no notice may hold it */
    char *exact;          /* notice: the words that the law fixes, or NULL */
    char **content;       /* notice: canonical content ids, or NULL */
    Position at;
} RegimeField;

typedef struct RegimeDelay {
    char *id;
    LocaleText *ground;
    char *longest; /* "P30D", or NULL: no limit given */
    RegimeConfidence confidence;
} RegimeDelay;

/* What one authority owes the next; binds no operator, shown so that nobody takes it for one's own deadline. */
typedef struct RegimeForwarding {
    LocaleText *by, *to;
    char *due, *form, *cond_text;
    RegimeConfidence confidence;
} RegimeForwarding;

/* A name that only this regime uses in its conditions or as an anchor. */
typedef struct RegimeName {
    char *id;
    LocaleText *text;
} RegimeName;

/* regime_own_name: the entry of that id in a list of RegimeName *; NULL: none. Borrowed. */
const RegimeName *regime_own_name(const GPtrArray *names, const char *id);

void regime_field_free(RegimeField *field);
void regime_reading_free(RegimeReading *reading);
void regime_delay_free(RegimeDelay *delay);
void regime_forwarding_free(RegimeForwarding *forwarding);
void regime_name_free(RegimeName *name);

#endif
