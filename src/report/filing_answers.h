/* filing_answers - whether what a playbook answers under `reports` is asked by somebody.
 *
 * Threads: one. */
#ifndef BREACH_REPORT_FILING_ANSWERS_H
#define BREACH_REPORT_FILING_ANSWERS_H

#include "base/finding.h"
#include "dispatch/statutes.h"

/* filing_check_answers: an error of stage report for each regime under `reports` that the playbook does not name, and
 * for each field that neither the regime nor one of its forms has. `data` is the folder of shipped files. */
void filing_check_answers(const Playbook *playbook, const Statutes *statutes, const char *data, Findings *findings);

#endif
