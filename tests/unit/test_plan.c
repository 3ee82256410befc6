#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib.h>
#include <string.h>

#include "model/plan.h"

static const char *const names[] = {"id", "name", "email", "locale", "phone", "age", "role"};
static const PersonColumns columns = {
    .names = (char **)names, .count = G_N_ELEMENTS(names), .id = 0, .locale = 3, .email = 2, .phone = 4};

static const char *const locales[] = {"en", "zh-CN", "zh-TW", NULL};
static const char *const english[] = {"en", NULL};
static const char *const name_needed[] = {"name", NULL};
static const char *const column_needed[] = {"plan", NULL};

/* A playbook of audiences, and what is asked about them. */
typedef struct Bench {
    Playbook *playbook;
    PlanRules rules;
    const char *const *needs;
    char *asked;      /* owned; "audience channel locale" of the last question */
    GString *remarks; /* "column: text\n" */
    PlanDecision decision;
} Bench;

static const char *const *needs(size_t audience, const char *channel, const char *locale, void *user)
{
    Bench *bench = user;

    g_free(bench->asked);
    bench->asked = g_strdup_printf("%zu %s %s", audience, channel, locale);
    return bench->needs;
}

static int setup(void **state)
{
    Bench *bench = g_new0(Bench, 1);

    bench->playbook = playbook_new();
    bench->rules = (PlanRules){.playbook = bench->playbook, .needs = needs, .user = bench};
    bench->remarks = g_string_new(NULL);
    *state = bench;
    return 0;
}

static int teardown(void **state)
{
    Bench *bench = *state;

    plan_decision_clear(&bench->decision);
    playbook_free(bench->playbook);
    g_string_free(bench->remarks, TRUE);
    g_free(bench->asked);
    g_free(bench);
    return 0;
}

static void add_audience(Bench *bench, const char *id, const char *match, bool also)
{
    Audience *audience = audience_new();

    audience->id = g_strdup(id);
    audience->also = also;
    g_ptr_array_add(audience->ladder, g_strdup("email"));
    if (match)
        audience->match = condition_parse(match, &(size_t){0}, NULL);
    assert_true(!match || audience->match);
    bench->rules.locales[bench->playbook->audiences->len] = locales;
    g_ptr_array_add(bench->playbook->audiences, audience);
}

static void note(const Person *person, const char *column, const char *text, void *user)
{
    assert_int_equal(person->row, 7);
    g_string_append_printf(((Bench *)user)->remarks, "%s: %s\n", column, text);
}

/* Decides for a person of these values, in the order of `names`. */
static const PlanNotice *decide(Bench *bench, const char *values)
{
    g_auto(GStrv) parts = g_strsplit(values, "|", -1);
    const Person person = {.row = 7, .columns = &columns, .values = (const char **)parts};

    assert_int_equal(g_strv_length(parts), G_N_ELEMENTS(names));
    plan_decision_clear(&bench->decision);
    g_string_truncate(bench->remarks, 0);
    plan_decide(&bench->rules, &person, &bench->decision, note, bench);
    assert_true(bench->decision.count >= 1);
    return bench->decision.notices;
}

static void assert_aside(const PlanNotice *notice, Told told, const char *reason)
{
    assert_int_equal(notice->count, 0);
    assert_int_equal(notice->aside, told);
    assert_string_equal(notice->reason, reason);
    assert_null(notice->channel);
    assert_null(notice->locale);
}

static void test_one(void **state)
{
    Bench *bench = *state;
    const PlanNotice *notice;

    add_audience(bench, "people", NULL, false);
    notice = decide(bench, "p1|Ann|ann@X.example|zh_hk|||");
    assert_int_equal(bench->decision.count, 1);
    assert_int_equal(notice->audience, 0);
    assert_string_equal(notice->channel, "email");
    assert_string_equal(notice->locale, "zh-TW");
    assert_int_equal(notice->count, 1);
    assert_string_equal(notice->endpoints[0], "ann@x.example");
    assert_string_equal(bench->asked, "0 email zh-TW");
    assert_string_equal(bench->remarks->str, "");
}

static void test_first_audience_that_fits(void **state)
{
    Bench *bench = *state;

    add_audience(bench, "minors", "age < 14", false);
    add_audience(bench, "admins", "role == 'admin'", false);
    add_audience(bench, "people", "age >= 14", false);
    assert_int_equal(decide(bench, "p1||a@x.example|||9|admin")[0].audience, 0);
    assert_int_equal(bench->decision.count, 1);
    assert_int_equal(decide(bench, "p1||a@x.example|||40|admin")[0].audience, 1);
    assert_int_equal(bench->decision.count, 1);
    assert_int_equal(decide(bench, "p1||a@x.example|||40|user")[0].audience, 2);
}

static void test_also(void **state)
{
    Bench *bench = *state;

    add_audience(bench, "people", NULL, false);
    add_audience(bench, "never", NULL, false);
    add_audience(bench, "admins", "role == 'admin'", true);
    decide(bench, "p1||a@x.example||||admin");
    assert_int_equal(bench->decision.count, 2);
    assert_int_equal(bench->decision.notices[0].audience, 0);
    assert_int_equal(bench->decision.notices[1].audience, 2);
    decide(bench, "p1||a@x.example||||user");
    assert_int_equal(bench->decision.count, 1);
}

/* An audience that says "also" is a first one too. */
static void test_also_alone(void **state)
{
    Bench *bench = *state;

    add_audience(bench, "admins", "role == 'admin'", true);
    add_audience(bench, "people", NULL, false);
    decide(bench, "p1||a@x.example||||admin");
    assert_int_equal(bench->decision.count, 1);
    assert_int_equal(bench->decision.notices[0].audience, 0);
}

static void test_no_audience(void **state)
{
    Bench *bench = *state;
    const PlanNotice *notice;

    add_audience(bench, "admins", "role == 'admin'", false);
    notice = decide(bench, "p1||a@x.example||||user");
    assert_int_equal(notice->audience, PLAN_AUDIENCES_MAX);
    assert_aside(notice, TOLD_WITHHELD, "no audience of the playbook fits");
}

/* Never guessed: without the age nobody knows who must be told. */
static void test_unknown_audience(void **state)
{
    Bench *bench = *state;
    const PlanNotice *notice;

    add_audience(bench, "minors", "age < 14", false);
    add_audience(bench, "people", NULL, false);
    notice = decide(bench, "p1||a@x.example||||user");
    assert_int_equal(bench->decision.count, 1);
    assert_int_equal(notice->audience, 0);
    assert_aside(notice, TOLD_QUARANTINED, "age missing: it decides who gets what");
}

static void test_several_endpoints(void **state)
{
    Bench *bench = *state;
    const PlanNotice *notice;

    add_audience(bench, "people", NULL, false);
    notice = decide(bench, "p1|| a@x.example ; b@x.example;; a@X.example;b@x.example; ||||");
    assert_int_equal(notice->count, 2);
    assert_string_equal(notice->endpoints[0], "a@x.example");
    assert_string_equal(notice->endpoints[1], "b@x.example");
    assert_string_equal(bench->remarks->str, "");
}

/* A bad endpoint loses that endpoint, not the person. */
static void test_bad_endpoint(void **state)
{
    Bench *bench = *state;
    const PlanNotice *notice;

    add_audience(bench, "people", NULL, false);
    notice = decide(bench, "p1||nobody;b@x.example||||");
    assert_int_equal(notice->count, 1);
    assert_string_equal(notice->endpoints[0], "b@x.example");
    assert_true(g_str_has_prefix(bench->remarks->str, "email: "));
    notice = decide(bench, "p1||nobody||||");
    assert_aside(notice, TOLD_UNREACHABLE, "no usable email address");
    assert_true(g_str_has_prefix(bench->remarks->str, "email: "));
    notice = decide(bench, "p1||||||");
    assert_aside(notice, TOLD_UNREACHABLE, "no usable email address");
    assert_string_equal(bench->remarks->str, "");
    notice = decide(bench, "p1||;;||||");
    assert_aside(notice, TOLD_UNREACHABLE, "no usable email address");
}

static void test_too_many_endpoints(void **state)
{
    Bench *bench = *state;
    const PlanNotice *notice;

    add_audience(bench, "people", NULL, false);
    notice = decide(bench, "p1||1@x.example;2@x.example;3@x.example;4@x.example;5@x.example;6@x.example;7@x.example;"
                           "8@x.example;9@x.example||||");
    assert_int_equal(notice->count, PLAN_ENDPOINTS_MAX);
    assert_non_null(strstr(bench->remarks->str, "more than 8"));
}

static void test_locales(void **state)
{
    Bench *bench = *state;
    static const struct {
        const char *wanted, *got;
    } rows[] = {
        {"en-GB", "en"}, {"zh", "zh-CN"}, {"ZH-sg", "zh-CN"}, {"zh-Hant", "zh-TW"},
        {"fr", "en"},    {"", "en"},      {"en", "en"},
    };

    add_audience(bench, "people", NULL, false);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *values = g_strdup_printf("p1||a@x.example|%s|||", rows[i].wanted);

        assert_string_equal(decide(bench, values)->locale, rows[i].got);
        assert_string_equal(bench->remarks->str, "");
    }
    assert_string_equal(decide(bench, "p1||a@x.example|English please|||")->locale, "en");
    assert_true(g_str_has_prefix(bench->remarks->str, "locale: "));
}

/* Each audience has the languages of its own template. */
static void test_locales_of_each_audience(void **state)
{
    Bench *bench = *state;

    add_audience(bench, "people", NULL, false);
    add_audience(bench, "admins", NULL, true);
    bench->rules.locales[1] = english;
    decide(bench, "p1||a@x.example|zh-CN|||");
    assert_int_equal(bench->decision.count, 2);
    assert_string_equal(bench->decision.notices[0].locale, "zh-CN");
    assert_string_equal(bench->decision.notices[1].locale, "en");
}

/* "Dear ," never goes out. */
static void test_needs(void **state)
{
    Bench *bench = *state;

    add_audience(bench, "people", NULL, false);
    bench->needs = name_needed;
    assert_int_equal(decide(bench, "p1|Ann|a@x.example;b@x.example||||")->count, 2);
    assert_aside(decide(bench, "p1||a@x.example;b@x.example||||"), TOLD_QUARANTINED,
                 "name missing: the notice needs it");
    bench->needs = column_needed;
    assert_aside(decide(bench, "p1|Ann|a@x.example||||"), TOLD_QUARANTINED, "plan missing: the notice needs it");
    assert_aside(decide(bench, "p1|Ann|||||"), TOLD_UNREACHABLE, "no usable email address");
}

static void test_unreadable_row(void **state)
{
    Bench *bench = *state;
    const Person person = {.row = 7, .columns = &columns, .problem = "it has 3 fields instead of 7"};

    add_audience(bench, "people", NULL, false);
    plan_decide(&bench->rules, &person, &bench->decision, NULL, NULL);
    assert_int_equal(bench->decision.count, 1);
    assert_int_equal(bench->decision.notices[0].audience, PLAN_AUDIENCES_MAX);
    assert_aside(bench->decision.notices, TOLD_QUARANTINED, "it has 3 fields instead of 7");
}

/* A reason that is too long is cut, whole characters or not: it must stay valid UTF-8. */
static void test_long_reason(void **state)
{
    Bench *bench = *state;
    Person person = {.row = 7, .columns = &columns};

    add_audience(bench, "people", NULL, false);
    for (int length = 60; length < 100; length++) {
        g_autoptr(GString) problem = g_string_new(NULL);

        while ((int)problem->len < length)
            g_string_append_c(problem, 'x');
        while ((int)problem->len < length + 60)
            g_string_append(problem, "演");
        person.problem = problem->str;
        plan_decide(&bench->rules, &person, &bench->decision, NULL, NULL);
        assert_true(g_utf8_validate(bench->decision.notices[0].reason, -1, NULL));
    }
}

static void test_channels(void **state)
{
    (void)state;
    assert_string_equal(plan_channel("email")->column, "email");
    assert_string_equal(plan_channel("sms")->column, "phone");
    assert_string_equal(plan_channel_column(plan_channel("letter"), CAPACITY_GUARDIAN), "guardian_address");
    assert_null(plan_channel_column(plan_channel("push"), CAPACITY_GUARDIAN));
    assert_null(plan_channel("telegraph"));
    assert_null(plan_channel("Email"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

/* Circumstances: columns of their own, for the other tests shall not need them. */

static const char *const more_names[] = {"id",          "email",    "phone",     "guardian_phone",
                                         "compromised", "deceased", "data_kinds"};
static const PersonColumns more_columns = {.names = (char **)more_names, .count = G_N_ELEMENTS(more_names)};

static const PlanNotice *decide_more(Bench *bench, const char *values)
{
    g_auto(GStrv) parts = g_strsplit(values, "|", -1);
    const Person person = {.row = 7, .columns = &more_columns, .values = (const char **)parts};

    assert_int_equal(g_strv_length(parts), G_N_ELEMENTS(more_names));
    plan_decision_clear(&bench->decision);
    g_string_truncate(bench->remarks, 0);
    plan_decide(&bench->rules, &person, &bench->decision, note, bench);
    return bench->decision.notices;
}

static void add_kind(Bench *bench, const char *name)
{
    DataKind *kind = g_new0(DataKind, 1);

    kind->name = g_strdup(name);
    g_ptr_array_add(bench->playbook->data_kinds, kind);
}

static void test_compromised(void **state)
{
    Bench *bench = *state;

    add_audience(bench, "people", NULL, false);
    assert_int_equal(decide_more(bench, "p|a@x.example|||||")->count, 1);
    assert_int_equal(decide_more(bench, "p|a@x.example|||phone||")->count, 1);
    assert_aside(decide_more(bench, "p|a@x.example;b@x.example|||email||"), TOLD_UNREACHABLE,
                 "the incident made this email address unsafe");
    assert_aside(decide_more(bench, "p|a@x.example||| phone ; email ||"), TOLD_UNREACHABLE,
                 "the incident made this email address unsafe");
    assert_aside(decide_more(bench, "p||||email||"), TOLD_UNREACHABLE, "no usable email address");
    assert_string_equal(bench->remarks->str, "");
    assert_aside(decide_more(bench, "p|a@x.example|||emial||"), TOLD_QUARANTINED,
                 "compromised names no column of endpoints: write email, phone or both");
    assert_non_null(strstr(bench->remarks->str, "compromised: \"emial\": did you mean \"email\"?"));
    decide_more(bench, "p|a@x.example|||yes||");
    assert_non_null(strstr(bench->remarks->str, "\"yes\": expected email, phone or both, as in email;phone"));
}

static void test_deceased(void **state)
{
    static const char *const no[] = {"", "no", "N", "FALSE", "0", "否", " no "};
    static const char *const yes[] = {"yes", "Y", "True", "1", "是", " yes"};
    static const char *const neither[] = {"maybe", "2020-01-01", "on", "oui", "2", "已故", "x"};
    Bench *bench = *state;

    add_audience(bench, "people", NULL, false);
    add_audience(bench, "more", NULL, true);
    for (size_t i = 0; i < G_N_ELEMENTS(no); i++) {
        g_autofree char *row = g_strdup_printf("p|a@x.example||||%s|", no[i]);

        assert_int_equal(decide_more(bench, row)->count, 1);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(yes); i++) {
        g_autofree char *row = g_strdup_printf("p|a@x.example||||%s|", yes[i]);

        assert_aside(decide_more(bench, row), TOLD_WITHHELD, "deceased: next of kin are told by post, by a person");
        assert_aside(&bench->decision.notices[1], TOLD_WITHHELD, "deceased: next of kin are told by post, by a person");
    }
    for (size_t i = 0; i < G_N_ELEMENTS(neither); i++) {
        g_autofree char *row = g_strdup_printf("p|a@x.example||||%s|", neither[i]);

        assert_aside(decide_more(bench, row), TOLD_QUARANTINED, "deceased is neither yes nor no: write one of the two");
        assert_int_equal(bench->decision.count, 1);
        assert_non_null(strstr(bench->remarks->str, "expected yes or no"));
    }
}

static void test_kinds(void **state)
{
    Bench *bench = *state;

    add_audience(bench, "people", NULL, false);
    add_kind(bench, "name");
    add_kind(bench, "email");
    assert_int_equal(decide_more(bench, "p|a@x.example|||||")->count, 1);
    assert_int_equal(decide_more(bench, "p|a@x.example|||||email; name")->count, 1);
    assert_aside(decide_more(bench, "p|a@x.example|||||name;phone"), TOLD_QUARANTINED,
                 "data_kinds has one that facts.data_kinds of the playbook lacks");
    assert_string_equal(bench->remarks->str, "data_kinds: \"phone\": expected one of facts.data_kinds in the playbook; "
                                             "the person is quarantined\n");
}

static void settle(Bench *bench, PlanSettled *settled, const char *values, const char *phone, const char *guardian)
{
    g_auto(GStrv) parts = g_strsplit(values, "|", -1);
    g_autofree const char **cells = g_memdup2(parts, sizeof *parts * G_N_ELEMENTS(more_names));
    Person person = {.row = 7, .columns = &more_columns, .values = cells};

    g_string_truncate(bench->remarks, 0);
    plan_settle(&bench->rules, &person, settled, note, bench);
    assert_string_equal(person_value(&person, "phone"), phone);
    assert_string_equal(person_value(&person, "guardian_phone"), guardian);
    assert_string_equal(person_value(&person, "id"), parts[0]);
}

/* Nobody is greeted by a blank name, and a blank cell says as little as an empty one. */
static void test_blank_cells(void **state)
{
    static const char *const blanks[] = {" ", "\t ", "\u3000", "\u200b", "\u00a0\u2003"};
    Bench *bench = *state;
    PlanSettled settled = {.phones = {NULL}};

    for (size_t i = 0; i < G_N_ELEMENTS(blanks); i++) {
        const char *cells[G_N_ELEMENTS(more_names)];
        Person person = {.row = 1, .columns = &more_columns, .values = cells};

        for (size_t column = 0; column < G_N_ELEMENTS(more_names); column++)
            cells[column] = blanks[i];
        cells[1] = " a";
        plan_settle(&bench->rules, &person, &settled, note, bench);
        assert_string_equal(cells[0], blanks[i]); /* the id: the loader judges it */
        assert_string_equal(cells[1], " a");
        for (size_t column = 2; column < more_columns.count; column++)
            assert_string_equal(cells[column], "");
    }
    plan_settled_clear(&settled);
}

static void test_phones(void **state)
{
    Bench *bench = *state;
    PlanSettled settled = {.phones = {NULL}};

    settle(bench, &settled, "p||+86 138 0013 8000||||", "+8613800138000", "");
    settle(bench, &settled, "p||||||", "", "");
    settle(bench, &settled, "p||13800138000|+1 202 555 0161|||", "", "+12025550161");
    assert_non_null(strstr(bench->remarks->str, "phone: phone \"13800138000\" is not E.164"));
    assert_non_null(strstr(bench->remarks->str, "default_country"));
    bench->playbook->people_country = g_strdup("CN");
    settle(bench, &settled, "p||13800138000; nonsense ;;+852 2345 6789|0755-28880046|||", "+8613800138000;+85223456789",
           "+8675528880046");
    assert_non_null(strstr(bench->remarks->str, "\"nonsense\""));
    settle(bench, &settled, "p||1.38E+10||||", "", "");
    assert_non_null(strstr(bench->remarks->str, "was rounded by a spreadsheet"));
    plan_settled_clear(&settled);
    assert_null(settled.phones[0]);
}

/* What is left of the ladder behind the first channel that can be used; what lacks what its text needs is left out. */
static void test_rungs(void **state)
{
    Bench *bench = *state;
    const PlanNotice *notice;
    Audience *audience;

    add_audience(bench, "people", NULL, false);
    audience = g_ptr_array_index(bench->playbook->audiences, 0);
    g_ptr_array_add(audience->ladder, g_strdup("sms"));
    g_ptr_array_add(audience->ladder, g_strdup("letter"));
    g_ptr_array_add(audience->ladder, g_strdup("phone"));
    notice = decide(bench, "p1|Ann|ann@x.example|en|+8613800000001||");
    assert_string_equal(notice->channel, "email");
    assert_int_equal(notice->rung_count, 2);
    assert_string_equal(notice->rungs[0], "sms");
    assert_string_equal(notice->rungs[1], "phone");
    assert_int_equal(notice->more, 0);
    notice = decide(bench, "p1|Ann||en|+8613800000001||");
    assert_string_equal(notice->channel, "sms");
    assert_int_equal(notice->rung_count, 1);
    notice = decide(bench, "p1|Ann|ann@x.example|en|||");
    assert_int_equal(notice->rung_count, 0);
    audience->every = true;
    notice = decide(bench, "p1|Ann|ann@x.example|en|+8613800000001;+8613800000002||");
    assert_int_equal(notice->count, 1);
    assert_int_equal(notice->more, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_one),
        TEST(test_rungs),
        TEST(test_first_audience_that_fits),
        TEST(test_also),
        TEST(test_also_alone),
        TEST(test_no_audience),
        TEST(test_unknown_audience),
        TEST(test_several_endpoints),
        TEST(test_bad_endpoint),
        TEST(test_too_many_endpoints),
        TEST(test_locales),
        TEST(test_locales_of_each_audience),
        TEST(test_needs),
        TEST(test_unreadable_row),
        TEST(test_long_reason),
        cmocka_unit_test(test_channels),
        TEST(test_compromised),
        TEST(test_deceased),
        TEST(test_kinds),
        TEST(test_blank_cells),
        TEST(test_phones),
    };

    return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
