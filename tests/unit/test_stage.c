/* What a drill puts around a rehearsal: its clock, its faults, and the mails that come back. */
#include "load_expect.h"

#include "base/clock.h"
#include "base/id.h"
#include "drill/http_sink.h"
#include "drill/returning.h"
#include "drill/sim_clock.h"
#include "drill/smtp_sink_rule.h"
#include "drill/stage.h"
#include "track/bounce.h"

#define START INT64_C(1000000000000)

static const char *const address[] = {"somebody@example.org"};

static bool strikes(SmtpSinkRuleBook *book, SmtpSinkAt at)
{
    return smtp_sink_rule_book_strike(book, at, address, at == SMTP_SINK_AT_CONNECT ? 0 : 1) != NULL;
}

static void test_clock(void **state)
{
    SimClock *sim = sim_clock_new(START);
    const Clock *clock = sim_clock_clock(sim);
    const Clock *seen;

    (void)state;
    assert_int_equal(clock_now(clock), START);
    sim_clock_to(sim, START + CLOCK_DAY);
    assert_int_equal(clock_now(clock), START + CLOCK_DAY);
    assert_int_equal(clock_steady(clock), START + CLOCK_DAY);
    sim_clock_to(sim, START); /* never back */
    assert_int_equal(clock_now(clock), START + CLOCK_DAY);
    clock_simulate(clock);
    seen = clock_system();
    clock_simulate(NULL);
    assert_ptr_equal(seen, clock);
    seen = clock_system();
    assert_ptr_equal(seen, clock_machine());
    sim_clock_free(sim);
}

/* A relay that is down from the first hour for ten minutes, or until it is up again. */
static void test_relay_down(void **state)
{
    SimClock *sim = sim_clock_new(START);
    Stage *stage = stage_new(sim_clock_clock(sim), 1, "log");
    const ScenarioStep down = {.what = SCENARIO_RELAY_DOWN, .lasts = 10 * CLOCK_MINUTE};
    const ScenarioStep longer = {.what = SCENARIO_RELAY_DOWN};
    const ScenarioStep up = {.what = SCENARIO_RELAY_UP};
    g_autoptr(GPtrArray) rules = NULL;
    SmtpSinkRuleBook *book;

    (void)state;
    stage_add(stage, &down, START + CLOCK_HOUR);
    stage_add(stage, &longer, START + 2 * CLOCK_HOUR);
    stage_add(stage, &up, START + 3 * CLOCK_HOUR);
    rules = stage_mail_rules(stage);
    book = smtp_sink_rule_book_new(rules, NULL);
    assert_non_null(book);
    assert_false(strikes(book, SMTP_SINK_AT_CONNECT));
    sim_clock_to(sim, START + CLOCK_HOUR);
    assert_true(strikes(book, SMTP_SINK_AT_CONNECT));
    assert_true(strikes(book, SMTP_SINK_AT_MAIL));
    sim_clock_to(sim, START + CLOCK_HOUR + 10 * CLOCK_MINUTE);
    assert_false(strikes(book, SMTP_SINK_AT_CONNECT));
    sim_clock_to(sim, START + 3 * CLOCK_HOUR - 1);
    assert_true(strikes(book, SMTP_SINK_AT_MAIL));
    sim_clock_to(sim, START + 3 * CLOCK_HOUR);
    assert_false(strikes(book, SMTP_SINK_AT_MAIL));
    smtp_sink_rule_book_free(book);
    stage_free(stage);
    sim_clock_free(sim);
}

static void test_throttle(void **state)
{
    SimClock *sim = sim_clock_new(START);
    Stage *stage = stage_new(sim_clock_clock(sim), 1, "log");
    const ScenarioStep slow = {.what = SCENARIO_THROTTLE, .rate = 0.1, .lasts = CLOCK_HOUR};
    g_autoptr(GPtrArray) rules = NULL;
    SmtpSinkRuleBook *book;
    int refused = 0;

    (void)state;
    stage_add(stage, &slow, START);
    rules = stage_mail_rules(stage);
    book = smtp_sink_rule_book_new(rules, NULL);
    for (int i = 0; i < 20; i++)
        refused += strikes(book, SMTP_SINK_AT_MAIL) ? 1 : 0;
    assert_int_equal(refused, 14); /* six a minute */
    sim_clock_to(sim, START + CLOCK_MINUTE);
    assert_false(strikes(book, SMTP_SINK_AT_MAIL));
    smtp_sink_rule_book_free(book);
    stage_free(stage);
    sim_clock_free(sim);
}

static void count_dead(const Stage *stage, int *refused, int *both, int *back)
{
    g_autoptr(GPtrArray) rules = stage_mail_rules(stage);
    SmtpSinkRuleBook *book = smtp_sink_rule_book_new(rules, NULL);

    *refused = *both = *back = 0;
    for (int i = 0; i < 2000; i++) {
        g_autofree char *somebody = g_strdup_printf("p%d@example.org", i);
        const char *const one[] = {somebody};
        bool is_refused = smtp_sink_rule_book_strike(book, SMTP_SINK_AT_RCPT, one, 1) != NULL;
        bool comes_back = stage_comes_back(stage, somebody, START) == CLOCK_HOUR;

        *refused += is_refused ? 1 : 0;
        *back += comes_back ? 1 : 0;
        *both += is_refused && comes_back ? 1 : 0;
    }
    smtp_sink_rule_book_free(book);
}

/* Two faults are independent of each other, and another seed strikes others. */
static void test_dead(void **state)
{
    SimClock *sim = sim_clock_new(START);
    Stage *stage = stage_new(sim_clock_clock(sim), 1, "log");
    Stage *other = stage_new(sim_clock_clock(sim), 2, "log");
    const ScenarioStep refuse = {.what = SCENARIO_DEAD, .share = 0.2};
    const ScenarioStep bounce = {.what = SCENARIO_DEAD, .share = 0.2, .bounces = true, .comes_back = CLOCK_HOUR};
    int refused, both, back, differs = 0;

    (void)state;
    stage_add(stage, &refuse, START);
    stage_add(stage, &bounce, START);
    stage_add(other, &bounce, START);
    count_dead(stage, &refused, &both, &back);
    assert_in_range(refused, 320, 480);
    assert_in_range(back, 320, 480);
    assert_in_range(both, 40, 130);
    for (int i = 0; i < 500; i++) {
        g_autofree char *somebody = g_strdup_printf("p%d@example.org", i);

        differs += stage_comes_back(stage, somebody, START) != stage_comes_back(other, somebody, START) ? 1 : 0;
    }
    assert_in_range(differs, 50, 300);
    assert_int_equal(stage_comes_back(stage, "p1@example.org", START - 1), -1); /* before it begins */
    stage_free(stage);
    stage_free(other);
    sim_clock_free(sim);
}

/* The provider of text messages has its own faults. */
static void test_requests(void **state)
{
    SimClock *sim = sim_clock_new(START);
    Stage *stage = stage_new(sim_clock_clock(sim), 1, "log");
    const ScenarioStep down = {.what = SCENARIO_RELAY_DOWN, .channel = (char *)"sms"};
    const ScenarioStep dead = {.what = SCENARIO_DEAD, .channel = (char *)"sms", .share = 0.5};
    g_autoptr(GPtrArray) mail = NULL, sms = NULL, push = NULL;

    (void)state;
    stage_add(stage, &down, START);
    stage_add(stage, &dead, START);
    mail = stage_mail_rules(stage);
    sms = stage_request_rules(stage, "sms");
    push = stage_request_rules(stage, "push");
    assert_int_equal(mail->len, 0);
    assert_int_equal(push->len, 0);
    assert_int_equal(sms->len, 2);
    assert_int_equal(((const HttpSinkRule *)g_ptr_array_index(sms, 0))->meaning, GATEWAY_MEANS_TEMPORARY);
    assert_int_equal(((const HttpSinkRule *)g_ptr_array_index(sms, 1))->meaning, GATEWAY_MEANS_PERMANENT);
    stage_free(stage);
    sim_clock_free(sim);
}

/* A mail that was taken comes back at a look into the mailbox, once, and breach track knows what it means. */
static void test_returning(void **state)
{
    g_autofree char *log = expect_text(expect_home, "relay.log", "");
    g_autofree char *box = g_build_filename(expect_home, "box", NULL);
    SimClock *sim = sim_clock_new(START);
    Stage *stage = stage_new(sim_clock_clock(sim), 1, log);
    const ScenarioStep bounce = {.what = SCENARIO_DEAD, .share = 1, .bounces = true, .comes_back = CLOCK_MINUTE};
    Returning *returning = returning_new(stage, box, START, 5 * CLOCK_MINUTE);
    g_autofree char *text = NULL;
    g_autoptr(Bounce) read = NULL;
    const BounceRecipient *recipient;
    int64_t mails = -1;

    (void)state;
    stage_add(stage, &bounce, START);
    assert_true(returning_look(returning, START, NULL));
    assert_true(returning_next(returning) == INT64_MAX);
    g_free(
        expect_text(expect_home, "relay.log", "accepted aaaaaaaaaaaaaaaaaaaaaaaaaa p1@example.org 900\naccepted half"));
    assert_true(returning_look(returning, START + CLOCK_MINUTE, NULL));
    assert_int_equal(returning_next(returning), START + 5 * CLOCK_MINUTE);
    assert_true(returning_look(returning, START + 2 * CLOCK_MINUTE, NULL)); /* nothing is read twice */
    assert_true(returning_write(returning, START + 4 * CLOCK_MINUTE, &mails, NULL));
    assert_int_equal(mails, 0);
    assert_false(g_file_test(box, G_FILE_TEST_EXISTS));
    assert_true(returning_write(returning, START + 5 * CLOCK_MINUTE, &mails, NULL));
    assert_int_equal(mails, 1);
    assert_true(returning_next(returning) == INT64_MAX);
    assert_true(g_file_get_contents(box, &text, NULL, NULL));
    assert_true(g_str_has_prefix(text, "From "));
    read = bounce_read(strchr(text, '\n') + 1, strlen(strchr(text, '\n') + 1));
    assert_int_equal(read->recipients->len, 1);
    recipient = g_ptr_array_index(read->recipients, 0);
    assert_int_equal(recipient->kind, BOUNCE_KIND_BOUNCE);
    assert_int_equal(recipient->status.status_class, 5);
    assert_string_equal(g_ptr_array_index(read->tokens, 0), "aaaaaaaaaaaaaaaaaaaaaaaaaa");
    returning_free(returning);
    stage_free(stage);
    sim_clock_free(sim);
}

/* The same seed gives the same ids; without one they are random again. */
static void test_seed(void **state)
{
    char first[ID_RUN_LENGTH + 1], second[ID_RUN_LENGTH + 1], third[ID_RUN_LENGTH + 1];

    (void)state;
    id_seed("seven");
    id_random(first, ID_RUN_LENGTH);
    id_random(second, ID_RUN_LENGTH);
    id_seed("seven");
    id_random(third, ID_RUN_LENGTH);
    assert_string_equal(first, third);
    assert_string_not_equal(first, second);
    id_seed("eight");
    id_random(third, ID_RUN_LENGTH);
    assert_string_not_equal(first, third);
    id_seed(NULL);
    id_random(first, ID_RUN_LENGTH);
    id_random(second, ID_RUN_LENGTH);
    assert_string_not_equal(first, second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clock), cmocka_unit_test(test_relay_down), cmocka_unit_test(test_throttle),
        cmocka_unit_test(test_dead),  cmocka_unit_test(test_requests),   cmocka_unit_test(test_returning),
        cmocka_unit_test(test_seed),
    };

    return cmocka_run_group_tests(tests, expect_make_home, expect_remove_home);
}
