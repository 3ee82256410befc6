/* Reports to authorities: what a field says, what it lacks, what follows, what changed, and why it is late. */
#include "load_expect.h"

#include <jansson.h>

#include "load/load_form.h"
#include "report/filing.h"
#include "report/filing_answers.h"
#include "report/filing_field.h"
#include "report/filing_word.h"
#include "report/lawbook.h"

#define NOW INT64_C(1795273800000) /* 2026-11-21T15:10:00Z */

static const char data[] = BREACH_SOURCE_DIR;

static const char playbook_text[] =
    "version: 1\n"
    "default_locale: en\n"
    "incident: {id: leak, status: actual, kind: ransomware, level: 2, occurred_at: 2026-11-21T21:00+08:00, "
    "detected_at: "
    "2026-11-21T22:10+08:00}\n"
    "organization: {name: {en: Example, zh-CN: 示例}, role: controller, contact: {email: help@example.com}, address: "
    "{en: 1 "
    "Street, zh-CN: 一号}}\n"
    "facts:\n"
    "  what_happened: {en: Somebody copied data}\n"
    "  cause: {unknown: {as_of: 2026-11-21T22:20+08:00, next_update: 2026-11-22T12:00+08:00}}\n"
    "  data_kinds: [name, phone]\n"
    "  affected: {lower: 10, likely: 1200, upper: 1500}\n"
    "impact: [{en: Fake calls, zh-CN: 诈骗电话}]\n"
    "measures: {taken: [{en: Keys replaced, zh-CN: 已更换密钥}]}\n"
    "advice: [{en: Be careful, zh-CN: 小心}]\n"
    "remedies: [{en: We help, zh-CN: 我们帮助}]\n"
    "regimes: [cn-cac-incident-2025, eu-gdpr, us-hipaa]\n"
    "variables: {cii: false, central_org: false, risk: high}\n"
    "confidential: {system: {en: A database, zh-CN: 数据库}, place: Here}\n";

typedef struct Bench {
    Findings *findings;
    Material *material;
    Lawbook *lawbook;
    ReportForm *form;
    FilingNumbers *numbers;
    Filing *filing;
} Bench;

static void bench_open(Bench *bench, const char *text, int64_t now)
{
    g_autofree char *path = expect_text(expect_home, "incident/playbook.yaml", text);
    g_autoptr(GError) error = NULL;

    *bench = (Bench){.findings = findings_new()};
    bench->material = material_load(path, data, false, bench->findings);
    assert_non_null(bench->material);
    if (findings_errors(bench->findings, FINDING_REPORT) > 0)
        expect_print(bench->findings);
    assert_int_equal(findings_errors(bench->findings, FINDING_REPORT), 0);
    bench->lawbook = lawbook_open(&(LawbookRequest){.material = bench->material, .now = now, .by = "me@here"}, &error);
    assert_non_null(bench->lawbook);
}

static void bench_close(Bench *bench)
{
    filing_free(bench->filing);
    report_form_free(bench->form);
    filing_numbers_free(bench->numbers);
    lawbook_close(bench->lawbook);
    material_free(bench->material);
    findings_free(bench->findings);
}

/* Prepares the report on a step, by the form of that id (NULL: the regime's own order). */
static const Filing *make(Bench *bench, const char *id, const char *form, FilingRequest request)
{
    bool several = false;

    filing_free(bench->filing);
    report_form_free(bench->form);
    request.obligation = obligation_find(bench->lawbook->obligations, id, &several);
    assert_non_null(request.obligation);
    bench->form =
        form ? load_form(form, NULL, data, bench->findings) : report_form_of_regime(request.obligation->regime->regime);
    request.playbook = bench->lawbook->playbook;
    request.status = INCIDENT_ACTUAL;
    request.law = &bench->lawbook->request;
    request.obligations = bench->lawbook->obligations;
    request.form = bench->form;
    request.locale = request.locale ? request.locale : "en";
    request.numbers = bench->numbers;
    request.now = bench->lawbook->now;
    bench->filing = filing_make(&request);
    return bench->filing;
}

static const FilingField *field(const Filing *filing, const char *id)
{
    for (guint i = 0; i < filing->fields->len; i++)
        if (strcmp(((const FilingField *)g_ptr_array_index(filing->fields, i))->id, id) == 0)
            return g_ptr_array_index(filing->fields, i);
    return NULL;
}

static void expect_field(const Filing *filing, const char *id, FilingState state, const char *first_line)
{
    const FilingField *found = field(filing, id);
    const char *line = found && found->lines->len > 0 ? g_ptr_array_index(found->lines, 0) : "";

    if (!found) {
        fail_msg("%s is not there", id);
        return;
    }
    if (found->state != state || strcmp(line, first_line ? first_line : "") != 0)
        fail_msg("%s: %s, \"%s\"", id, filing_state_name(found->state), line);
}

static void expect_write(const Filing *filing, const char *id, const char *write)
{
    const FilingField *found = field(filing, id);

    assert_non_null(found);
    assert_string_equal(found->write ? found->write : "", write);
}

/* Fields ----------------------------------------------------------------------------------------------------------- */

static void test_first_report(void **state)
{
    Bench bench;
    const Filing *filing;

    (void)state;
    bench_open(&bench, playbook_text, NOW);
    filing = make(&bench, "cn-cac-incident-2025/other_4h", "cn-cac-incident-2025", (FilingRequest){.locale = "zh-CN"});
    expect_field(filing, "item1_entity", FILING_GIVEN, "示例");
    expect_field(filing, "item1_system", FILING_GIVEN, "数据库");
    expect_field(filing, "item2_discovered", FILING_GIVEN, "2026年11月21日22:10（北京时间）");
    expect_field(filing, "item2_type", FILING_GIVEN, "恶意程序事件");
    expect_field(filing, "item2_level", FILING_GIVEN, "较大");
    expect_field(filing, "item2_people", FILING_GIVEN, "约1,200人，10至1,500人之间");
    expect_field(filing, "item2_kinds", FILING_GIVEN, "姓名、手机号码");
    expect_field(filing, "item2_ransom_amount", FILING_NOT_ASKED, NULL);
    assert_string_equal(field(filing, "item2_ransom_amount")->only_if, "属勒索软件攻击");
    expect_field(filing, "item3_trend", FILING_TO_FOLLOW, NULL);
    assert_string_equal(field(filing, "item3_trend")->note, "待续报");
    expect_field(filing, "item4_cause", FILING_TO_FOLLOW, "截至2026年11月21日22:20（北京时间）尚未查明");
    assert_string_equal(field(filing, "item4_cause")->note, "待续报（2026年11月22日12:00（北京时间）前）");
    expect_field(filing, "item8_other", FILING_EMPTY, NULL);
    assert_null(field(filing, "final_cause"));
    assert_int_equal(filing->missing, 0);
    assert_int_equal(filing->late, 0);
    assert_int_equal(filing->untranslated, 1); /* what happened is only there in English */
    assert_true(field(filing, "item2_what")->is_untranslated);
    expect_field(filing, "item2_what", FILING_GIVEN, "Somebody copied data");
    bench_close(&bench);
}

static void test_missing(void **state)
{
    Bench bench;
    const Filing *filing;

    (void)state;
    bench_open(&bench, playbook_text, NOW);
    filing = make(&bench, "us-hipaa/hhs_500", "us-hipaa-ocr", (FilingRequest){.locale = "en"});
    expect_field(filing, "ended_at", FILING_MISSING, NULL);
    expect_write(filing, "ended_at", "incident: {contained_at: …}");
    expect_field(filing, "entity_type", FILING_MISSING, NULL);
    expect_write(filing, "entity_type", "reports: {us-hipaa: {entity_type: …}}");
    expect_field(filing, "on_behalf_of", FILING_NOT_ASKED, NULL);
    expect_field(filing, "media_notice", FILING_NOT_ASKED, NULL);
    expect_field(filing, "substitute_notice", FILING_NOT_KNOWN, NULL);
    assert_true(filing->missing > 0);
    /* a family is written with the name that was asked for */
    filing = make(&bench, "cn-cac-incident-2025/final_30d", "cn-cac-incident-2025",
                  (FilingRequest){.stage = REPORT_FINAL, .locale = "zh-CN"});
    expect_write(filing, "final_cause", "facts: {cause: …}");
    expect_field(filing, "final_lessons", FILING_MISSING, NULL);
    bench_close(&bench);
}

/* What a person answers by hand comes before any source, and must be of the field's kind. */
static void test_answers(void **state)
{
    g_autofree char *text =
        g_strconcat(playbook_text,
                    "reports:\n"
                    "  us-hipaa: {entity_type: Healthcare Provider, location: \"server, email\", people: \"77\","
                    " ended_at: 2026-11-21T23:00:00+08:00, safeguards: strong}\n",
                    NULL);
    Bench bench;
    const Filing *filing;

    (void)state;
    bench_open(&bench, text, NOW);
    filing = make(&bench, "us-hipaa/hhs_500", "us-hipaa-ocr", (FilingRequest){.locale = "en"});
    expect_field(filing, "entity_type", FILING_GIVEN, "Healthcare Provider");
    assert_string_equal(json_string_value(field(filing, "entity_type")->value), "provider");
    expect_field(filing, "location", FILING_GIVEN, "Network Server");
    assert_int_equal(json_array_size(field(filing, "location")->value), 2);
    assert_int_equal(json_integer_value(field(filing, "people")->value), 77);
    assert_string_equal(json_string_value(field(filing, "ended_at")->value), "2026-11-21T23:00:00+08:00");
    expect_field(filing, "safeguards", FILING_MISSING, "strong"); /* no choice of the form */
    expect_write(filing, "safeguards",
                 "reports: {us-hipaa: {safeguards: …}}: none, privacy, administrative, physical, technical");
    bench_close(&bench);
}

/* Facts speak to the people concerned; authorities may have words of their own for them. */
static void test_facts_for_authorities(void **state)
{
    g_autofree char *text =
        g_strconcat(playbook_text,
                    "reports:\n"
                    "  facts: {what_happened: {en: Records were copied., zh-CN: 有人复制了记录。}}\n",
                    NULL);
    char **halves = g_strsplit(playbook_text, "Somebody copied data", 2);
    g_autofree char *spoken = g_strjoinv("Somebody copied data about you", halves);
    Bench bench;

    (void)state;
    g_strfreev(halves);
    bench_open(&bench, text, NOW);
    expect_field(make(&bench, "eu-gdpr/authority_72h", NULL, (FilingRequest){.locale = "en"}), "nature", FILING_GIVEN,
                 "Records were copied.");
    assert_false(filing_field_speaks_to_people(field(bench.filing, "nature"), "en"));
    bench_close(&bench);
    bench_open(&bench, spoken, NOW);
    assert_true(filing_field_speaks_to_people(
        field(make(&bench, "eu-gdpr/authority_72h", NULL, (FilingRequest){.locale = "en"}), "nature"), "en"));
    bench_close(&bench);
}

static void test_answers_checked(void **state)
{
    g_autofree char *text = g_strconcat(playbook_text,
                                        "reports:\n"
                                        "  us-hipaa: {entity_tipe: provider, delay_reasons: none}\n"
                                        "  eu-gdpr: {notification_type: x, nature: y}\n"
                                        "  jp-appi: {r1: x}\n"
                                        "  facts: {what_hapened: x}\n",
                                        NULL);
    g_autoptr(Findings) findings = findings_new();
    Bench bench;

    (void)state;
    bench_open(&bench, text, NOW);
    filing_check_answers(bench.lawbook->playbook, bench.lawbook->statutes, data, findings);
    EXPECT(findings, {18, 14, "filing-field-unknown", "did you mean \"entity_type\""},
           {20, 13, "filing-field-unknown", "reports names the regime \"jp-appi\""},
           {21, 11, "filing-field-unknown", "reports words the fact \"what_hapened\" for authorities"});
    bench_close(&bench);
}

static void test_notices(void **state)
{
    Bench bench;
    const Filing *filing;
    FilingChannel *channel = g_new0(FilingChannel, 1);

    (void)state;
    bench_open(&bench, playbook_text, NOW);
    filing = make(&bench, "eu-gdpr/authority_72h", "eu-gdpr-edpb", (FilingRequest){.locale = "en"});
    expect_field(filing, "subject_communication", FILING_GIVEN, "The people affected have not been told yet.");
    bench.numbers = g_new0(FilingNumbers, 1);
    bench.numbers->people = 1200;
    bench.numbers->told = 1100;
    bench.numbers->first = (Moment){.at = NOW, .offset = 60, .known = true};
    bench.numbers->channels = g_ptr_array_new_with_free_func(NULL);
    bench.numbers->urls = g_ptr_array_new_with_free_func(g_free);
    channel->channel = g_strdup("email");
    channel->messages = 1098;
    g_ptr_array_add(bench.numbers->channels, channel);
    filing = make(&bench, "eu-gdpr/authority_72h", "eu-gdpr-edpb", (FilingRequest){.locale = "en"});
    expect_field(filing, "subject_communication", FILING_GIVEN, "1,100 of 1,200 people have been told");
    assert_int_equal(field(filing, "subject_communication")->lines->len, 3);
    bench_close(&bench);
    g_free(channel->channel);
    g_free(channel);
}

/* What changed ----------------------------------------------------------------------------------------------------- */

static void test_changes(void **state)
{
    Bench before, after;
    json_t *previous;
    g_autofree char *text = NULL;
    g_autofree char *report = NULL;
    const Filing *filing;
    char **halves = g_strsplit(playbook_text, "likely: 1200, upper: 1500", 2);

    (void)state;
    text = g_strjoinv("likely: 2000000, upper: 2500000", halves);
    g_strfreev(halves);
    bench_open(&before, playbook_text, NOW);
    previous = filing_json(
        make(&before, "cn-cac-incident-2025/other_4h", "cn-cac-incident-2025", (FilingRequest){.locale = "zh-CN"}));
    bench_open(&after, text, NOW + 60000);
    filing = make(&after, "cn-cac-incident-2025/supplement", "cn-cac-incident-2025",
                  (FilingRequest){.locale = "zh-CN",
                                  .stage = REPORT_FOLLOWUP,
                                  .previous = previous,
                                  .previous_at = "2026-11-21T22:50:00+08:00"});
    assert_int_equal(filing->changed, 1);
    assert_true(field(filing, "item2_people")->is_changed);
    assert_string_equal(field(filing, "item2_people")->was, "约1,200人，10至1,500人之间");
    assert_null(field(filing, "item1_entity")); /* neither asked for here nor changed */
    assert_false(field(filing, "item4_cause")->is_changed);
    report = filing_text(filing, FILING_WEB);
    assert_non_null(strstr(report, "与2026年11月21日22:50（北京时间）报告相比的变化"));
    json_decref(previous);
    bench_close(&before);
    bench_close(&after);
}

/* Being late ------------------------------------------------------------------------------------------------------- */

static char *replaced(const char *old, const char *with)
{
    GString *text = g_string_new(playbook_text);

    assert_int_equal(g_string_replace(text, old, with, 1), 1);
    return g_string_free(text, FALSE);
}

/* Form 8-K: what is put off is said (instruction 2 to Item 1.05), and no word of it when nothing is. */
static void test_put_off(void **state)
{
    Bench bench;
    const Filing *filing;
    g_autofree char *lacking = replaced("regimes: [cn-cac-incident-2025, eu-gdpr, us-hipaa]", "regimes: [us-sec-8k]");
    g_autofree char *whole = g_strconcat(lacking, "reports: {us-sec-8k: {impact: {en: No effect on results}}}\n", NULL);

    (void)state;
    bench_open(&bench, lacking, NOW);
    filing = make(&bench, "us-sec-8k/file_4bd", NULL, (FilingRequest){.locale = "en"});
    expect_field(filing, "impact", FILING_TO_FOLLOW, NULL);
    expect_field(filing, "missing", FILING_GIVEN,
                 "not determined or not available when this was reported: material or reasonably likely material "
                 "impact, incl. financial condition and results");
    bench_close(&bench);
    bench_open(&bench, whole, NOW);
    filing = make(&bench, "us-sec-8k/file_4bd", NULL, (FilingRequest){.locale = "en"});
    expect_field(filing, "impact", FILING_GIVEN, "No effect on results");
    expect_field(filing, "missing", FILING_NOT_ASKED, NULL);
    bench_close(&bench);
}

/* The period runs from awareness, which need not be when it was found: the report says both, and who says so. */
static void test_awareness(void **state)
{
    Bench bench;
    g_autofree char *text = replaced(
        "variables: {cii", "anchors: {awareness: {at: 2026-11-21T22:40+08:00, by: Li Na, reason: the copy was opened}}\n"
                           "variables: {cii");
    const FilingField *timeline;
    const Filing *filing;

    (void)state;
    bench_open(&bench, text, NOW);
    filing = make(&bench, "eu-gdpr/authority_72h", NULL, (FilingRequest){.locale = "en"});
    timeline = field(filing, "timeline");
    assert_non_null(timeline);
    assert_true(timeline->lines->len == 4);
    assert_non_null(strstr(g_ptr_array_index(timeline->lines, 2), "became aware: 21 November 2026, 22:40"));
    assert_string_equal(g_ptr_array_index(timeline->lines, 3), "recorded by Li Na: the copy was opened");
    filing = make(&bench, "cn-cac-incident-2025/other_4h", "cn-cac-incident-2025", (FilingRequest){.locale = "zh-CN"});
    assert_non_null(strstr(g_ptr_array_index(field(filing, "item2_aware")->lines, 0), "22:40"));
    bench_close(&bench);
}

/* A business associate tells the covered entity, and fills in nobody's web form. */
static void test_business_associate(void **state)
{
    Bench bench;
    const Filing *filing;
    g_autofree char *text =
        replaced("role: controller", "role: processor, on_behalf_of: Example Clinic");

    (void)state;
    bench_open(&bench, text, NOW);
    filing = make(&bench, "us-hipaa/ba_60d", "us-hipaa-ba", (FilingRequest){.locale = "en"});
    assert_string_equal(filing_addressee(&filing->request), "Example Clinic");
    expect_field(filing, "covered_entity", FILING_GIVEN, "Example Clinic");
    expect_field(filing, "individuals", FILING_TO_FOLLOW, NULL);
    expect_field(filing, "phi_types", FILING_GIVEN, "Name, Phone number");
    assert_null(field(filing, "portal"));
    bench_close(&bench);
}

static void test_late(void **state)
{
    Bench bench;
    const Filing *filing;
    const int64_t due = NOW + INT64_C(3) * 3600 * 1000; /* 4 h after 22:10 +08:00 */

    (void)state;
    bench_open(&bench, playbook_text, due - 1);
    filing = make(&bench, "cn-cac-incident-2025/other_4h", "cn-cac-incident-2025", (FilingRequest){.locale = "en"});
    assert_null(field(filing, FILING_DELAY_FIELD));
    bench_close(&bench);
    bench_open(&bench, playbook_text, due + 600000);
    filing = make(&bench, "cn-cac-incident-2025/other_4h", "cn-cac-incident-2025", (FilingRequest){.locale = "en"});
    assert_int_equal(field(filing, FILING_DELAY_FIELD)->state, FILING_MISSING);
    expect_write(filing, FILING_DELAY_FIELD, "--reason TEXT, or reports: {cn-cac-incident-2025: {delay_reasons: …}}");
    filing = make(&bench, "cn-cac-incident-2025/other_4h", "cn-cac-incident-2025",
                  (FilingRequest){.locale = "en", .reason = "the number was found late"});
    assert_int_equal(field(filing, FILING_DELAY_FIELD)->state, FILING_GIVEN);
    assert_non_null(
        strstr(json_string_value(field(filing, FILING_DELAY_FIELD)->value), "Reasons: the number was found late"));
    /* a form with a field of its own asks nothing a second time, and nothing while it is in time */
    filing = make(&bench, "eu-gdpr/authority_72h", "eu-gdpr-edpb", (FilingRequest){.locale = "en"});
    expect_field(filing, "delay_reasons", FILING_NOT_ASKED, NULL);
    bench_close(&bench);
}

/* Layouts and words ------------------------------------------------------------------------------------------------ */

static void test_layouts(void **state)
{
    static const struct {
        const char *name, *has, *lacks;
    } layouts[] = {
        {"web", "3. Nature of the breach", "Signature"},
        {"email", "Subject: Example: Personal data breach notification", "Signature"},
        {"phone", "Write down:", "Signature"},
        {"letter", "Signature: ____", "Subject:"},
    };
    Bench bench;
    FilingLayout layout = FILING_WEB;

    (void)state;
    bench_open(&bench, playbook_text, NOW);
    for (size_t i = 0; i < G_N_ELEMENTS(layouts); i++) {
        const Filing *filing = make(&bench, "eu-gdpr/authority_72h", "eu-gdpr-edpb", (FilingRequest){.locale = "en"});
        g_autofree char *text = NULL;

        assert_true(filing_layout_parse(layouts[i].name, &layout));
        text = filing_text(filing, layout);
        assert_non_null(strstr(text, layouts[i].has));
        assert_null(strstr(text, layouts[i].lacks));
        assert_non_null(strstr(text, "Somebody copied data"));
        assert_null(strstr(text, "EXERCISE"));
    }
    assert_false(filing_layout_parse("fax", &layout));
    bench_close(&bench);
}

static size_t holes(const char *word)
{
    size_t count = 0;

    for (const char *at = strstr(word, "%s"); at; at = strstr(at + 2, "%s"))
        count++;
    return count;
}

/* Every word is there in every language, with as many holes. */
static void test_words(void **state)
{
    g_autofree char *filled = filing_fill(FILING_BETWEEN, "en", "1", "2");
    g_autofree char *english = filing_span(INT64_C(11520000), "en");
    g_autofree char *chinese = filing_span(INT64_C(11520000), "zh-CN");

    (void)state;
    for (FilingWord word = 0; word < FILING_WORDS; word++) {
        const char *in_english = filing_word(word, "en");

        assert_true(in_english && *in_english);
        assert_true(*filing_word(word, "zh-CN") && *filing_word(word, "zh-TW"));
        assert_int_equal(holes(filing_word(word, "zh-CN")), holes(in_english));
        assert_int_equal(holes(filing_word(word, "zh-TW")), holes(in_english));
        assert_string_equal(filing_word(word, "de"), in_english);
        assert_string_equal(filing_word(word, "zh-HK"), filing_word(word, "zh-TW"));
    }
    assert_string_equal(filled, "between 1 and 2");
    assert_string_equal(english, "3 h 12 min");
    assert_string_equal(chinese, "3小时12分钟");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_report), cmocka_unit_test(test_missing),
        cmocka_unit_test(test_answers),      cmocka_unit_test(test_answers_checked),
        cmocka_unit_test(test_notices),      cmocka_unit_test(test_changes),
        cmocka_unit_test(test_put_off), cmocka_unit_test(test_awareness),
        cmocka_unit_test(test_business_associate), cmocka_unit_test(test_late),         cmocka_unit_test(test_layouts),
        cmocka_unit_test(test_words),        cmocka_unit_test(test_facts_for_authorities),
    };

    return cmocka_run_group_tests(tests, expect_make_home, expect_remove_home);
}
