/* What people do and decide, from the events of the case: decisions, inquiries, response steps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "base/clock.h"
#include "model/case_decision.h"
#include "model/case_inquiry.h"
#include "model/case_response.h"
#include "model/obligation_decision.h"

/* 2026-11-21T00:00:00Z, a Saturday */
#define DAY_0 INT64_C(1795219200000)

typedef struct Trial {
    GPtrArray *events;
} Trial;

static void add(Trial *trial, CaseKind kind, const char *body)
{
    json_t *object = json_loads(body, 0, NULL);

    if (!trial->events)
        trial->events = g_ptr_array_new();
    assert_non_null(object);
    g_ptr_array_add(trial->events,
                    case_event_new(trial->events->len + 1, DAY_0 + trial->events->len, "me@here", kind, object));
}

/* Takes the events over. */
static CaseState *fold(Trial *trial)
{
    CaseState *state = case_state_fold(trial->events);

    trial->events = NULL;
    return state;
}

/* Decisions ------------------------------------------------------------------------------------------------------- */

#define NOT_NOTIFY                                                                                                     \
    "{\"id\":\"1\",\"decision\":\"not-notify\",\"regime\":\"eu-gdpr\",\"scope\":\"everybody\",\"by\":\"Li\","          \
    "\"ground\":\"encrypted\"}"
#define DELAY                                                                                                          \
    "{\"id\":\"2\",\"decision\":\"delay\",\"regime\":\"eu-gdpr\",\"scope\":\"region:de\",\"until\":"                   \
    "\"2026-11-23T00:00:00Z\",\"ground\":\"police\"}"

static CaseDecisionState state_of(Trial *trial, const char *id, int64_t now)
{
    g_autoptr(CaseState) state = fold(trial);
    g_autoptr(GPtrArray) decisions = case_decisions(state, now);
    const CaseDecision *decision = case_decision_find(decisions, id);

    assert_non_null(decision);
    return decision->state;
}

static void test_scopes(void **unused)
{
    static const char *const wrong[] = {"", "all", "audience:", "region:", "step:", "everybody ", "Audience:x"};
    CaseScope scope;

    (void)unused;
    assert_true(case_scope_parse("everybody", &scope) && scope.kind == CASE_SCOPE_EVERYBODY);
    assert_true(case_scope_parse("audience:people", &scope) && scope.kind == CASE_SCOPE_AUDIENCE);
    assert_string_equal(scope.name, "people");
    assert_true(case_scope_parse("region:de", &scope) && scope.kind == CASE_SCOPE_REGION);
    assert_true(case_scope_parse("step:authority_72h", &scope) && scope.kind == CASE_SCOPE_STEP);
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++)
        assert_false(case_scope_parse(wrong[i], &scope));
}

/* It is taken again when what it rested on changes afterwards, and only then. */
static void test_taken_again(void **unused)
{
    static const struct {
        CaseKind kind;
        const char *body;
        bool again;
    } changes[] = {
        {CASE_AFFECTED, "{\"name\":\"affected\",\"old\":null,\"new\":{\"upper\":9}}", true},
        {CASE_AFFECTED,
         "{\"name\":\"affected\",\"old\":{\"upper\":9},\"new\":{\"upper\":9,\"as_of\":\"2026-11-22T03:00:00Z\"}}", false},
        {CASE_AFFECTED, "{\"name\":\"affected\",\"old\":{\"upper\":9},\"new\":{\"upper\":8}}", true},
        {CASE_VARIABLE, "{\"name\":\"encrypted\",\"old\":null,\"new\":{}}", true},
        {CASE_VARIABLE, "{\"name\":\"risk\",\"old\":null,\"new\":{}}", true},
        {CASE_VARIABLE, "{\"name\":\"data_kinds\",\"old\":null,\"new\":{}}", true},
        {CASE_VARIABLE, "{\"name\":\"affected_state\",\"old\":null,\"new\":{}}", true},
        {CASE_VARIABLE, "{\"name\":\"eu-gdpr/risk\",\"old\":null,\"new\":{}}", true},
        {CASE_VARIABLE, "{\"name\":\"us-ca/risk\",\"old\":null,\"new\":{}}", false},
        {CASE_VARIABLE, "{\"name\":\"cii\",\"old\":null,\"new\":{}}", false},
        {CASE_ANCHOR, "{\"name\":\"awareness\",\"old\":null,\"new\":{}}", false},
        {CASE_LEVEL, "{\"name\":\"level\",\"old\":null,\"new\":2}", false},
    };

    (void)unused;
    for (size_t i = 0; i < G_N_ELEMENTS(changes); i++) {
        Trial before = {NULL}, after = {NULL}, anew = {NULL};

        add(&before, changes[i].kind, changes[i].body);
        add(&before, CASE_DECISION, NOT_NOTIFY);
        assert_int_equal(state_of(&before, "1", DAY_0), CASE_DECISION_HOLDS);
        add(&after, CASE_DECISION, NOT_NOTIFY);
        add(&after, changes[i].kind, changes[i].body);
        assert_int_equal(state_of(&after, "1", DAY_0), changes[i].again ? CASE_DECISION_AGAIN : CASE_DECISION_HOLDS);
        add(&anew, CASE_DECISION, NOT_NOTIFY);
        add(&anew, changes[i].kind, changes[i].body);
        add(&anew, CASE_DECISION, NOT_NOTIFY);
        assert_int_equal(state_of(&anew, "1", DAY_0), CASE_DECISION_HOLDS);
    }
}

static void test_delay_ends(void **unused)
{
    const int64_t end = DAY_0 + 2 * CLOCK_DAY;
    Trial trial = {NULL};

    (void)unused;
    add(&trial, CASE_DECISION, DELAY);
    assert_int_equal(state_of(&trial, "2", end - 1), CASE_DECISION_HOLDS);
    add(&trial, CASE_DECISION, DELAY);
    assert_int_equal(state_of(&trial, "2", end), CASE_DECISION_ENDED);
    add(&trial, CASE_DECISION, DELAY);
    add(&trial, CASE_DECISION, "{\"id\":\"2\",\"decision\":\"revoked\",\"by\":\"Li\"}");
    assert_int_equal(state_of(&trial, "2", DAY_0), CASE_DECISION_TAKEN_BACK);
}

/* A delay that is to be looked at again goes on meanwhile: it is the authority that asks. */
static void test_what_stands(void **unused)
{
    Trial trial = {NULL};
    g_autoptr(CaseState) state = NULL;
    g_autoptr(GPtrArray) decisions = NULL;

    (void)unused;
    add(&trial, CASE_DECISION, NOT_NOTIFY);
    add(&trial, CASE_DECISION, DELAY);
    add(&trial, CASE_AFFECTED, "{\"name\":\"affected\",\"old\":null,\"new\":{}}");
    state = fold(&trial);
    decisions = case_decisions(state, DAY_0);
    assert_int_equal(decisions->len, 2);
    assert_false(case_decision_stands(case_decision_find(decisions, "1")));
    assert_true(case_decision_stands(case_decision_find(decisions, "2")));
    assert_ptr_equal(case_decision_about(decisions, "eu-gdpr", "region:de"), case_decision_find(decisions, "2"));
    assert_null(case_decision_about(decisions, "us-ca", "region:de"));
}

/* What is not complete decides nothing. */
static void test_incomplete(void **unused)
{
    static const char *const bodies[] = {
        "{\"id\":\"1\"}",
        "{\"id\":\"1\",\"decision\":\"revoked\"}",
        "{\"id\":\"1\",\"decision\":\"not-notify\",\"regime\":\"eu-gdpr\"}",
        "{\"id\":\"1\",\"decision\":\"not-notify\",\"regime\":\"eu-gdpr\",\"scope\":\"somebody\"}",
        "{\"id\":\"1\",\"decision\":\"delay\",\"regime\":\"eu-gdpr\",\"scope\":\"everybody\"}",
        "{\"id\":\"1\",\"decision\":\"delay\",\"regime\":\"eu-gdpr\",\"scope\":\"everybody\",\"until\":\"soon\"}",
        "{\"id\":\"1\",\"decision\":\"perhaps\",\"regime\":\"eu-gdpr\",\"scope\":\"everybody\"}"};

    (void)unused;
    for (size_t i = 0; i < G_N_ELEMENTS(bodies); i++) {
        Trial trial = {NULL};
        g_autoptr(CaseState) state = NULL;
        g_autoptr(GPtrArray) decisions = NULL;

        add(&trial, CASE_DECISION, bodies[i]);
        state = fold(&trial);
        decisions = case_decisions(state, DAY_0);
        assert_int_equal(decisions->len, 0);
    }
}

/* Obligations ----------------------------------------------------------------------------------------------------- */

typedef struct Owed {
    RegimeStep step;
    LawRegime entry;
    ObligationRegime regime;
    Obligation obligation;
    RegimeClockResult clock;
} Owed;

static void owe(Owed *owed, const char *id, const char *to, const char *group)
{
    memset(owed, 0, sizeof *owed);
    owed->step = (RegimeStep){.id = (char *)id, .to = (char *)to, .group = (char *)group};
    owed->entry.id = (char *)"eu-gdpr";
    owed->regime.entry = &owed->entry;
    owed->clock = (RegimeClockResult){.state = REGIME_DUE,
                                      .has_due = true,
                                      .last = DAY_0 + CLOCK_HOUR,
                                      .why = g_ptr_array_new_with_free_func(g_free)};
    owed->obligation = (Obligation){
        .kind = OBLIGATION_STEP, .id = (char *)id, .regime = &owed->regime, .step = &owed->step, .clock = &owed->clock};
}

static RegimeState decided(Owed *owed, const char *body)
{
    g_autoptr(GPtrArray) obligations = g_ptr_array_new();
    g_autoptr(CaseState) state = NULL;
    g_autoptr(GPtrArray) decisions = NULL;
    Trial trial = {NULL};

    add(&trial, CASE_DECISION, body);
    state = fold(&trial);
    decisions = case_decisions(state, DAY_0);
    g_ptr_array_add(obligations, &owed->obligation);
    obligation_decision_apply(obligations, decisions, state, DAY_0);
    return owed->clock.state;
}

static void test_obligations(void **unused)
{
    Owed owed;

    (void)unused;
    owe(&owed, "individuals", "individuals", NULL);
    assert_int_equal(decided(&owed, NOT_NOTIFY), REGIME_NOT_APPLICABLE);
    assert_int_equal(owed.clock.why->len, 1);
    g_ptr_array_unref(owed.clock.why);

    owe(&owed, "authority_72h", "regulator", NULL); /* not telling people leaves the report due */
    assert_int_equal(decided(&owed, NOT_NOTIFY), REGIME_DUE);
    g_ptr_array_unref(owed.clock.why);

    owe(&owed, "authority_72h", "regulator", "initial");
    assert_int_equal(decided(&owed, "{\"id\":\"1\",\"decision\":\"not-notify\",\"regime\":\"eu-gdpr\",\"scope\":"
                                    "\"step:initial\"}"),
                     REGIME_NOT_APPLICABLE);
    g_ptr_array_unref(owed.clock.why);

    owe(&owed, "individuals", "individuals", NULL); /* some of the people: the others are still to be told */
    assert_int_equal(decided(&owed, DELAY), REGIME_DUE);
    assert_int_equal(owed.clock.last, DAY_0 + CLOCK_HOUR);
    g_ptr_array_unref(owed.clock.why);

    owe(&owed, "individuals", "individuals", NULL);
    owed.clock.state = REGIME_OVERDUE;
    assert_int_equal(decided(&owed,
                             "{\"id\":\"1\",\"decision\":\"delay\",\"regime\":\"eu-gdpr\",\"scope\":\"everybody\","
                             "\"until\":\"2026-11-23T00:00:00Z\"}"),
                     REGIME_DUE);
    assert_int_equal(owed.clock.last, DAY_0 + 2 * CLOCK_DAY);
    g_ptr_array_unref(owed.clock.why);

    owe(&owed, "individuals", "individuals", NULL); /* nobody has said whether it applies: it waits all the same */
    owed.clock.state = REGIME_SCOPE_UNKNOWN;
    assert_int_equal(decided(&owed,
                             "{\"id\":\"1\",\"decision\":\"delay\",\"regime\":\"eu-gdpr\",\"scope\":\"everybody\","
                             "\"until\":\"2026-11-23T00:00:00Z\"}"),
                     REGIME_SCOPE_UNKNOWN);
    assert_int_equal(owed.clock.last, DAY_0 + 2 * CLOCK_DAY);
    g_ptr_array_unref(owed.clock.why);

    owe(&owed, "individuals", "individuals", NULL);
    owed.entry.id = (char *)"us-ca";
    assert_int_equal(decided(&owed, NOT_NOTIFY), REGIME_DUE);
    g_ptr_array_unref(owed.clock.why);
}

/* Inquiries ------------------------------------------------------------------------------------------------------- */

#define RECEIVED "{\"id\":\"q\",\"outcome\":\"received\",\"kind\":\"question\",\"at\":\"2026-11-21T23:30:00+08:00\"}"
#define VERIFIED "{\"id\":\"q\",\"outcome\":\"verified\",\"at\":\"2026-11-23T09:00:00+08:00\"}"
#define EXTENDED "{\"id\":\"q\",\"outcome\":\"extended\",\"at\":\"2026-11-24T09:00:00+08:00\"}"
#define ANSWERED "{\"id\":\"q\",\"outcome\":\"answered\",\"at\":\"2026-12-20T09:00:00+08:00\"}"

/* The inquiry after these events, by the rule; *due_day as text, to be freed. */
static CaseInquiry ask(const char *const *bodies, const InquiryRule *rule, const Calendar *calendar, int64_t now)
{
    Trial trial = {NULL};
    g_autoptr(CaseState) state = NULL;
    g_autoptr(GPtrArray) inquiries = NULL;

    for (; *bodies; bodies++)
        add(&trial, CASE_INQUIRY, *bodies);
    state = fold(&trial);
    inquiries = case_inquiries(state, rule, calendar, now);
    assert_int_equal(inquiries->len, 1);
    return *(const CaseInquiry *)g_ptr_array_index(inquiries, 0);
}

static void is_day(CivilDay day, const char *wanted)
{
    g_autofree char *text = civil_day_format(day);

    assert_string_equal(text, wanted);
}

static void test_calendar_days(void **unused)
{
    const InquiryRule rule = {.days = 15, .from = INQUIRY_FROM_RECEIVED};
    CaseInquiry one = ask((const char *const[]){RECEIVED, NULL}, &rule, NULL, DAY_0);

    (void)unused;
    is_day(one.due_day, "2026-12-06"); /* the day on which it came is not counted; its own zone says which day */
    assert_int_equal(one.state, CASE_INQUIRY_OPEN);
    assert_int_equal(one.last, INT64_C(1796572799999)); /* 2026-12-06T23:59:59.999+08:00 */
    one = ask((const char *const[]){RECEIVED, NULL}, &rule, NULL, one.last);
    assert_int_equal(one.state, CASE_INQUIRY_OPEN);
    one = ask((const char *const[]){RECEIVED, NULL}, &rule, NULL, one.last + 1);
    assert_int_equal(one.state, CASE_INQUIRY_OVERDUE);
    one = ask((const char *const[]){RECEIVED, ANSWERED, NULL}, &rule, NULL, one.last + 1);
    assert_int_equal(one.state, CASE_INQUIRY_ANSWERED);
    assert_true(one.is_late);
}

static void test_verified(void **unused)
{
    const InquiryRule rule = {.days = 30, .extension = 30, .from = INQUIRY_FROM_VERIFIED};
    CaseInquiry one = ask((const char *const[]){RECEIVED, NULL}, &rule, NULL, DAY_0 + 400 * CLOCK_DAY);

    (void)unused;
    assert_int_equal(one.state, CASE_INQUIRY_WAITS); /* nobody knows yet who asks: the clock does not run */
    assert_false(one.has_due);
    one = ask((const char *const[]){RECEIVED, VERIFIED, NULL}, &rule, NULL, DAY_0);
    is_day(one.due_day, "2026-12-23");
    one = ask((const char *const[]){RECEIVED, VERIFIED, EXTENDED, NULL}, &rule, NULL, DAY_0);
    is_day(one.due_day, "2027-01-22");
    one = ask((const char *const[]){RECEIVED, VERIFIED, ANSWERED, NULL}, &rule, NULL, DAY_0);
    assert_int_equal(one.state, CASE_INQUIRY_ANSWERED);
    assert_false(one.is_late);
}

static void test_working_days(void **unused)
{
    const InquiryRule rule = {.days = 15, .count = INQUIRY_BUSINESS_DAYS, .calendar = (char *)"own"};
    Calendar *calendar = calendar_new();
    CaseInquiry one;

    (void)unused;
    calendar->basis = CALENDAR_RULES;
    calendar->from = 1;
    calendar->to = 9999;
    calendar->weekend[6] = calendar->weekend[7] = true;
    one = ask((const char *const[]){RECEIVED, NULL}, &rule, calendar, DAY_0);
    is_day(one.due_day, "2026-12-11");
    one = ask((const char *const[]){RECEIVED, NULL}, &rule, NULL, DAY_0);
    assert_true(one.no_calendar);
    assert_false(one.has_due);
    calendar->basis = CALENDAR_YEARS; /* a year without data is no guess */
    one = ask((const char *const[]){RECEIVED, NULL}, &rule, calendar, DAY_0);
    assert_int_equal(one.missing_year, 2026);
    assert_false(one.has_due);
    calendar_free(calendar);
}

static void test_no_rule(void **unused)
{
    CaseInquiry one = ask((const char *const[]){RECEIVED, NULL}, NULL, NULL, DAY_0 + 4000 * CLOCK_DAY);

    (void)unused;
    assert_int_equal(one.state, CASE_INQUIRY_OPEN);
    assert_false(one.has_due);
}

/* Response steps -------------------------------------------------------------------------------------------------- */

static Response *two_steps(void)
{
    Response *response = response_new();
    const struct {
        const char *id;
        bool gate;
    } steps[] = {{"contain", true}, {"tell", false}};

    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++) {
        ResponseStep *step = response_step_new();

        step->id = g_strdup(steps[i].id);
        step->gate = steps[i].gate;
        step->kind = i == 0 ? RESPONSE_CONTAIN : RESPONSE_TELL;
        g_ptr_array_add(response->steps, step);
    }
    return response;
}

static void test_gate(void **unused)
{
    Response *response = two_steps();
    static const struct {
        const char *body; /* NULL: nothing was recorded */
        CaseResponseState state;
        bool waits;
    } cases[] = {
        {NULL, CASE_RESPONSE_OPEN, true},
        {"{\"step\":\"tell\",\"outcome\":\"done\",\"at\":\"2026-11-21T10:00:00Z\"}", CASE_RESPONSE_OPEN, true},
        {"{\"step\":\"contain\",\"outcome\":\"started\"}", CASE_RESPONSE_OPEN, true}, /* without its time */
        {"{\"step\":\"contain\",\"outcome\":\"started\",\"at\":\"2026-11-21T10:00:00Z\"}", CASE_RESPONSE_STARTED,
         false},
        {"{\"step\":\"contain\",\"outcome\":\"done\",\"at\":\"2026-11-21T10:00:00Z\"}", CASE_RESPONSE_DONE, false},
    };

    (void)unused;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        Trial trial = {.events = g_ptr_array_new()};
        g_autoptr(CaseState) state = NULL;
        g_autoptr(GPtrArray) responses = NULL;
        const CaseResponse *contain;

        if (cases[i].body)
            add(&trial, CASE_RESPONSE, cases[i].body);
        state = fold(&trial);
        responses = case_responses(state, response);
        contain = g_ptr_array_index(responses, 0);
        assert_int_equal(contain->state, cases[i].state);
        assert_int_equal(case_response_gate(responses) != NULL, cases[i].waits);
        assert_int_equal(contain->started_at.known, !cases[i].waits);
    }
    response_free(response);
}

static void test_names(void **unused)
{
    const char *const *names = response_kind_names();

    (void)unused;
    for (int i = 0; i < RESPONSE_KINDS; i++) {
        assert_string_equal(names[i], response_kind_name((ResponseKind)i));
        assert_true(strlen(response_kind_words((ResponseKind)i)) > 0);
    }
    assert_null(names[RESPONSE_KINDS]);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scopes),        cmocka_unit_test(test_taken_again), cmocka_unit_test(test_delay_ends),
        cmocka_unit_test(test_what_stands),   cmocka_unit_test(test_incomplete),  cmocka_unit_test(test_obligations),
        cmocka_unit_test(test_calendar_days), cmocka_unit_test(test_verified),    cmocka_unit_test(test_working_days),
        cmocka_unit_test(test_no_rule),       cmocka_unit_test(test_gate),        cmocka_unit_test(test_names),
    };

    return cmocka_run_group_tests_name("casework", tests, NULL, NULL);
}
