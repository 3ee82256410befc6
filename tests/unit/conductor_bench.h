/* conductor_bench - for the tests of the conductor: the whole of dispatch against a real ledger and two relays that
 * answer by script (fake_relay.h). */
#ifndef BREACH_TESTS_CONDUCTOR_BENCH_H
#define BREACH_TESTS_CONDUCTOR_BENCH_H

#include "ledger_fixture.h"

#include <signal.h>

#include "dispatch/conductor.h"
#include "fake_relay.h"

#define BENCH_FAST 1000 /* times as fast as the wall clock */

typedef struct Bench Bench;
typedef void Watch(Bench *bench, const ConductorProgress *progress);

/* Two gateways, "relay" for email and "sms" for text messages, and a conductor that runs on them. */
struct Bench {
    Fixture *fixture;
    Gateway *relay, *sms;
    const ChannelEngine *sms_engine; /* NULL: a fake relay as well */
    FakeClock fake;
    Clock clock;
    int64_t speed;
    int64_t patience;
    int limit;         /* of the first wave; 0: none */
    const QuietHours *quiet_hours;
    volatile sig_atomic_t stop;
    bool (*idle)(int64_t wait, Bench *bench); /* in place of waiting; NULL: it waits */
    Watch *watch;
    int looks;         /* how often the watch was called */
    char *trouble;     /* owned; the first that was shown */
    int most_claimed;  /* attempting at a time, of one gateway */
    GError *error;
    ConductorResult result;
    bool started;
};

int bench_setup(void **state);
int bench_teardown(void **state);
#define BENCH_TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)

/* bench_plan: plans people: words of the form "SCRIPT:COUNT", see fake_relay.h; their endpoints are
 * SCRIPT-1@x.example and so on. A script that starts with "+" is a text message; behind "SCRIPT@" everybody
 * has a domain of their own, x1.example and so on. */
void bench_plan(Bench *bench, const char *spec);

/* bench_run: one run, as one breach notify makes it. bench_run_to: one that must end so, with everything recorded and
 * nothing left lying about. */
ConductorEnd bench_run(Bench *bench);
void bench_run_to(Bench *bench, ConductorEnd expected);

/* bench_has_slots: whether a slot file is there. */
bool bench_has_slots(const Bench *bench);

/* bench_number: the one number that a query gives. */
int64_t bench_number(Bench *bench, const char *sql);

/* bench_history: of the message to an endpoint. bench_assert_state: its state, and how many attempts it has had.
 * bench_assert_messages: how many messages are in a state. */
LedgerHistory bench_history(Bench *bench, const char *endpoint);
void bench_assert_state(Bench *bench, const char *endpoint, MessageState state, int attempt);
void bench_assert_messages(Bench *bench, MessageState state, int64_t count);

#endif
