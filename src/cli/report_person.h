/* report_person - breach report --person ID: what one person can be shown about how they were told, as a folder.
 * report_sample - breach report --sample N --seed S: people for an auditor, drawn so that anybody can draw them again.
 *
 * Both are ways of `breach report` and return its exit code. Threads: one. */
#ifndef BREACH_CLI_REPORT_PERSON_H
#define BREACH_CLI_REPORT_PERSON_H

#include "cli/option.h"

int report_person(const Options *options);
int report_sample(const Options *options);

#endif
