/* statutes - the regimes and policies that a playbook names, with their calendars and zones, loaded once for everybody who needs
 * them.
 *
 * Only what is named is loaded. What is wrong is a finding of stage report: missing people do not stop a report, but a
 * wrong regime does. Owned by the Material (material_statutes()). Threads: one while loading; reading is safe. */
#ifndef BREACH_DISPATCH_STATUTES_H
#define BREACH_DISPATCH_STATUTES_H

#include <glib.h>

#include "base/finding.h"
#include "model/calendar.h"
#include "model/obligation.h"
#include "model/playbook.h"
#include "model/policy.h"

typedef struct Statutes {
    GArray *regimes;       /* of ObligationRegime, as Law.regimes; `regime` is NULL where it could not be loaded */
    GHashTable *calendars; /* id -> Calendar * (owned), of those that the regimes and the playbook name */
    GHashTable *scales;    /* id -> SeverityScale * (owned), of those that the regimes name */
    GPtrArray *owned;      /* of Regime *, owned */
    GPtrArray *policies;   /* of Policy *, owned, as Playbook.policies; NULL where it could not be loaded */
} Statutes;

/* statutes_load: `data` is the folder of shipped files. Never NULL. */
Statutes *statutes_load(const Playbook *playbook, const char *data, Findings *findings);
void statutes_free(Statutes *statutes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Statutes, statutes_free)

/* statutes_regime: the loaded regime of that id, or NULL. Borrowed. */
const Regime *statutes_regime(const Statutes *statutes, const char *id);

/* statutes_inquiries: by when whoever asks is answered: the playbook's rule, else that of its policies which answers
 * soonest; NULL: none is given. Borrowed from the playbook or the statutes. */
const InquiryRule *statutes_inquiries(const Statutes *statutes, const Playbook *playbook);

/* statutes_calendar: a RegimeCalendarLookup; `user` is the Statutes. */
const Calendar *statutes_calendar(const char *id, void *user);

#endif
