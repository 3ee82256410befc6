/* load_calendar - a calendar from its YAML file, found beside the playbook (`calendars/ID.yaml`) and then in
 * `<data>/playbooks/calendars/`. Reported and returned as by load_regime.h. Threads: as schema.h. */
#ifndef BREACH_LOAD_LOAD_CALENDAR_H
#define BREACH_LOAD_LOAD_CALENDAR_H

#include <glib.h>

#include "base/finding.h"
#include "model/calendar.h"

/* load_calendar: NULL when there is none (reported, saying how to add one) or no usable file. */
Calendar *load_calendar(const char *id, Position at, const char *folder, const char *data, Findings *findings);
Calendar *load_calendar_file(const char *path, Findings *findings);

/* load_calendar_names: as load_regime_names(). */
char **load_calendar_names(const char *folder, const char *data);

#endif
