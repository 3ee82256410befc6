/* clocks_ics - the clocks as a calendar (RFC 5545): an event for each that runs, with alarms when half of the time, a
 * quarter, and one hour are left.
 *
 * A step keeps its UID whatever its time becomes, so that a calendar that reads the file again moves the entry and does
 * not get a second one. Pure; threads: safe. */
#ifndef BREACH_REPORT_CLOCKS_ICS_H
#define BREACH_REPORT_CLOCKS_ICS_H

#include <stdint.h>

#include <glib.h>

/* clocks_ics: the whole file, lines ended by CRLF and folded at 75 octets; newly allocated. `incident` is its id, `now`
 * ms: DTSTAMP. Obligations that are not due at a time are left out; what may apply is TENTATIVE; what is filed is
 * CANCELLED, which is what takes it off a calendar that has it. */
char *clocks_ics(const GPtrArray *obligations, const char *incident, int64_t now);

#endif
