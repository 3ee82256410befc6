/* load_form - the form of a report to an authority from its YAML file: `forms/ID.yaml` beside the playbook, then in
 * `<data>/playbooks/forms/`.
 *
 * A form of regime R is called R or R-NAME. Every mistake is reported, at FINDING_REPORT; what was read is returned
 * even then. Threads: as schema.h. */
#ifndef BREACH_LOAD_LOAD_FORM_H
#define BREACH_LOAD_LOAD_FORM_H

#include <glib.h>

#include "base/finding.h"
#include "model/report_form.h"

#define LOAD_FORM_GENERAL "general" /* for regimes that name no fields */

/* load_form: NULL when there is no such form (reported, with a did-you-mean) or no usable file. */
ReportForm *load_form(const char *id, const char *folder, const char *data, Findings *findings);

/* load_form_names: the ids of all forms of a regime, sorted; NULL-terminated; g_strfreev(). */
char **load_form_names(const char *regime, const char *folder, const char *data);

#endif
