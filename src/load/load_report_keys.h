/* load_report_keys - the playbook's keys `confidential` and `reports`: what only reports to authorities may hold.
 *
 * Threads: as schema.h. */
#ifndef BREACH_LOAD_LOAD_REPORT_KEYS_H
#define BREACH_LOAD_LOAD_REPORT_KEYS_H

#include "load/schema.h"

/* Both are a SchemaSet whose target is a Playbook and fill its report_words. A name under `confidential` that no source
 * has is an error with a did-you-mean; the fields under `reports` are compared with the regimes by
 * filing_check_answers(). */
void load_report_confidential(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target);
void load_report_answers(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target);

#endif
