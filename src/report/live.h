/* live - the numbers of this moment, for whoever watches: `breach status --watch` draws them, `breach serve` sends
 * them.
 *
 * One document, schema breach.live/1 (docs/schema/live.json): what breach.status/1 has, without `reasons`, and
 *   at               when it was read
 *   pace             {rate_10s, rate_60s, done, total, left, eta, eta_ms}: of all messages together
 *   ways             [{channel, gateway, rate_10s, rate_60s, done, total, left, eta, eta_ms, brake}]; brake is null or
 *                    {kind: "held" | "quiet" | "rests" | "slowed", by, since, until, why}
 *   clocks           the three tightest, as `breach status` has them; clocks_running, clocks_overdue: how many in all;
 *                    regimes_unread: the regimes that could not be read, so that their clocks are in none of these
 *   errors           [{event, words, code, enhanced, gateway, channel, count, last}], latest first, at most
 *                    LIVE_ERRORS; errors_since: from when on they were counted
 * Rates are messages that came to an end in a second, null until there are two readings; left is what is still to be
 * sent or settled, done what was; total is both; eta is null where nothing moves or nobody is sending. Counts are of
 * messages.
 *
 * Nothing in it names a person, so that it can be shown to a whole room: no id, no address, no reply of a gateway (they
 * repeat addresses). Holds on one person say "person ID". The logins of those who hold and decide are in it. Texts are
 * English but for `verdict`, which is in the chosen language.
 *
 * Rates come from successive readings of the ledger, so that any process can watch what another one works on. A
 * reading only reads, in some milliseconds whatever the size of the ledger, and keeps nobody from writing. Open the ledger
 * anew for each: a Ledger has read its header when it was opened, and a plan that is made again changes it.
 * Threads: a LiveHistory, with its ledger, belongs to one thread. */
#ifndef BREACH_REPORT_LIVE_H
#define BREACH_REPORT_LIVE_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>
#include <jansson.h>

#include "report/lawbook.h"
#include "report/status.h"

#define LIVE_ERRORS 5

/* LiveHistory: what earlier readings of one ledger said. */
typedef struct LiveHistory LiveHistory;

LiveHistory *live_history_new(void);
void live_history_free(LiveHistory *history);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LiveHistory, live_history_free)

/* live_collect: one reading at request->now: the document; NULL with an error of status_collect() or of the ledger.
 * `lawbook`: NULL where the law asks nothing. A new reference.
 * Readings at the same time or before the last one say the same rates as that one; a clock that was set back by more
 * than a minute begins the history anew. */
json_t *live_collect(const StatusRequest *request, LiveHistory *history, const Lawbook *lawbook, GError **error);

#endif
