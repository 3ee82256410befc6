/* load_regime_private - the parts of a regime file; only load_regime*.c and load_form.c include this. Threads: as
 * schema.h. */
#ifndef BREACH_LOAD_LOAD_REGIME_PRIVATE_H
#define BREACH_LOAD_LOAD_REGIME_PRIVATE_H

#include "load/law_file.h"
#include "load/schema.h"
#include "model/regime.h"

/* How sure something is: a word, or {level, note}. The note is NULL or owned by whoever takes it. */
typedef struct LoadRegimeSure {
    int level; /* RegimeConfidence */
    LocaleText *note;
} LoadRegimeSure;

/* SchemaSets: load_regime_sure: the target is a LoadRegimeSure. The others are for SCHEMA_LIST and take one item into
 * the GPtrArray * that is the target. load_regime_from: the target is a RegimeFrom. load_regime_id: a char *. */
SchemaSet load_regime_sure;
SchemaSet load_regime_from;
SchemaSet load_regime_id;
SchemaSet load_regime_step;
SchemaSet load_regime_regulator_field;
SchemaSet load_regime_notice_field;

/* load_regime_confidence: takes how sure a whole file is; what *note was is freed. */
void load_regime_confidence(const SchemaCheck *check, const SchemaField *field, const YamlNode *value,
                            RegimeConfidence *confidence, LocaleText **note);

/* load_regime_condition: takes a condition with its text; what is there already is kept when it is wrong. */
void load_regime_condition(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, char **text,
                           Condition **condition);

/* load_regime_due: "PT72H", "P30D", "P4BD", "P1M"; false when it is none of these. */
bool load_regime_due(const char *text, RegimeCount *count, int64_t *due);

/* load_regime_check: what only shows when the parts are seen together. */
void load_regime_check(const SchemaCheck *check, const Regime *regime, const YamlNode *root);

#endif
