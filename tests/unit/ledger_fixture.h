/* ledger_fixture - a ledger in a folder of its own for the conformance tests, and short ways to plan, claim and record.
 *
 * Every function fails the running test when something does not work. What a test expects of a ledger it says through
 * ledger.h, ledger_plan.h and inbox.h; only fixture_raw() and fixture_column() know that the backend is SQLite. */
#ifndef BREACH_TESTS_LEDGER_FIXTURE_H
#define BREACH_TESTS_LEDGER_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib.h>

#include "ledger/inbox.h"
#include "ledger/ledger.h"
#include "ledger/ledger_plan.h"
#include "ledger/queue.h"
#include "ledger/slots.h"

#define BOOT "11111111-2222-3333-4444-555555555555"
#define RUN "aaaaaaaaaaaaaaaa"

typedef struct Fixture {
    const LedgerBackend *backend;
    char *folder;       /* owned */
    Ledger *ledger;     /* owned; NULL while closed */
    int64_t now;        /* ms; moved on by the test */
    int edition;        /* of the next plan */
    const char *body;   /* of the texts of the next plan */
    const char *gateway;/* of email in the next plan */
    const char *channel;/* of what is no text message in the next plan; email if nothing is said */
    const char *escalation; /* of the next plan; NULL: {} */
    const char *sha256; /* of the people file of the next plan */
    GHashTable *claims; /* owned; endpoint -> the latest LedgerClaim */
    int runs;
} Fixture;

/* fixture_new: a new folder without a ledger. fixture_free: closes and removes all. */
Fixture *fixture_new(const LedgerBackend *backend);
void fixture_free(Fixture *fixture);

/* fixture_plan: plans `people`, NULL-terminated, and opens the ledger again. A person is one line: an id ("-": none),
 * then notices: "AUDIENCE=ENDPOINT,ENDPOINT" (an endpoint that starts with "+" is a text message), with ">" behind it when text messages
 * are a further rung and "&" when each must get through, or
 * "AUDIENCE!TOLD:reason"; without a notice they are told nothing new. In editions from 2 on, who was told before under an
 * audience gets an update. fixture_build: the same up to the seal. */
LedgerPlanResult fixture_plan(Fixture *fixture, const char *const *people);
LedgerPlan *fixture_build(Fixture *fixture, const char *const *people);
bool fixture_seal(Fixture *fixture, LedgerPlan *plan, LedgerPlanResult *result, GError **error);

void fixture_open(Fixture *fixture);
void fixture_close(Fixture *fixture);

/* fixture_start: recovers with `boot` as the boot of now, and starts a run with an id of its own, as the run before it
 * did; returns what was recovered. fixture_run: the id of the latest run, borrowed. */
LedgerRecovery fixture_start(Fixture *fixture, const char *boot);
const char *fixture_run(Fixture *fixture);

/* fixture_claim_main: queue_claim() from the main queue, with nothing to sort. */
bool fixture_claim_main(Ledger *ledger, int64_t gateway, int64_t now, int limit, GPtrArray *claims, GError **error);

/* fixture_claim: claims up to `limit` messages of gateway `name` in a batch; a new array. fixture_claim_all: all of both
 * gateways; returns how many. Either keeps the claims for the functions below. */
GPtrArray *fixture_claim(Fixture *fixture, const char *name, int limit);
guint fixture_claim_all(Fixture *fixture);
const LedgerClaim *fixture_claimed(Fixture *fixture, const char *endpoint);

/* fixture_end: the outcome of the latest attempt at an endpoint, due in an hour where that means something;
 * fixture_end_attempt: of an earlier one. */
void fixture_end(Fixture *fixture, const char *endpoint, MessageEvent event);
void fixture_end_attempt(Fixture *fixture, const char *endpoint, int attempt, MessageEvent event);

LedgerHistory fixture_history(Fixture *fixture, const char *endpoint);
MessageState fixture_state(Fixture *fixture, const char *endpoint);

/* fixture_counts: the counters, after ledger_audit() has agreed with them. */
LedgerCounts fixture_counts(Fixture *fixture);

/* fixture_told: asserts how many people are told what, in the order of Told. */
void fixture_told(Fixture *fixture, const int64_t told[TOLD_STATES]);
#define assert_told(fixture, ...) fixture_told((fixture), (const int64_t[TOLD_STATES]){__VA_ARGS__})

/* fixture_climb: everybody who is to climb by now does, by a text message to "+" and what `endpoint_of` says
 * of their id (NULL: the id itself); returns how many went on. A number that was tried before ends the ladder. */
typedef const char *FixtureEndpoint(const char *person);
int fixture_climb(Fixture *fixture, FixtureEndpoint *endpoint_of);

/* fixture_apply: applies what waits in the inbox; how much that was. */
int fixture_apply(Fixture *fixture);

/* fixture_inbox: appends an entry about the message of an endpoint from a handle of its own and applies it. */
void fixture_inbox(Fixture *fixture, const char *endpoint, int attempt, MessageEvent event);
/* fixture_inbox_entry: the same with more said of it; its message is that of the endpoint. */
void fixture_inbox_entry(Fixture *fixture, const char *endpoint, InboxEntry entry);

/* fixture_raw: runs SQL beside the ledger; 0 or SQLite's error code. fixture_column: the first column of a query, as
 * strings; a new array. */
int fixture_raw(Fixture *fixture, const char *sql);
GPtrArray *fixture_column(Fixture *fixture, const char *sql);

/* fixture_backends: what the suite runs against, NULL-terminated. */
typedef const LedgerBackend *FixtureBackend(void);
extern FixtureBackend *const fixture_backends[];

/* fixture_main: runs `tests` (each with a Fixture as its state) against every backend. */
int fixture_main(const char *name, const struct CMUnitTest *tests, size_t count);
#define FIXTURE_MAIN(name, tests) fixture_main((name), (tests), sizeof(tests) / sizeof(tests)[0])

/* fixture_setup, fixture_teardown: for cmocka. */
int fixture_setup(void **state);
int fixture_teardown(void **state);

#endif
