/* The walk over audiences, channels and languages: who is asked what, what a short text may point to, what the
 * announcement and an update must hold, and what is one row of the result. */
#include "incident_files.h"

#include "dispatch/coverage_check.h"

#define NO_DATA "/nonexistent"

static const char *const house = "version: 1\n"
                                 "id: house\n"
                                 "name: House rules\n"
                                 "jurisdiction: XX\n"
                                 "status: in_force\n"
                                 "enabled: true\n"
                                 "effective_from: \"2020-01-01\"\n"
                                 "citation: \"our contract\"\n"
                                 "authority: \"the customer\"\n"
                                 "channel: \"any\"\n"
                                 "trigger: \"a leak\"\n"
                                 "clock_starts: awareness\n"
                                 "zone: Europe/Berlin\n"
                                 "confidence: {level: confirmed}\n"
                                 "sources: [contract]\n"
                                 "steps:\n"
                                 "  - {id: tell, name: tell people, to: individuals, due: PT72H, from: awareness, "
                                 "count: hours, reference: clause 7, confidence: confirmed}\n"
                                 "notice_fields:\n"
                                 "  - {id: what, text: what happened, need: must, content: [what_happened]}\n"
                                 "  - {id: how, text: how it came about, need: must, content: [cause]}\n";

typedef struct Bench {
    char *folder;
    char *playbook;
    Findings *findings;
    Material *material;
    CoveragePeople *people;
    CoverageResult *result;
    CoverageSet decided;
} Bench;

static int setup(void **state)
{
    Bench *bench = g_new0(Bench, 1);

    bench->folder = incident_folder();
    bench->playbook = g_build_filename(bench->folder, "playbook.yaml", NULL);
    bench->findings = findings_new();
    incident_put(bench->folder, "regimes/house.yaml", house);
    incident_put(bench->folder, "templates/plain/en/email.html",
                 "<p>{{#covers.what_happened}}{{facts.what_happened}}{{/covers.what_happened}}</p>"
                 "<p>{{#covers.cause}}{{facts.cause}}{{/covers.cause}}</p>");
    incident_put(bench->folder, "templates/plain/en/email.txt",
                 "{{#covers.what_happened}}{{facts.what_happened}}{{/covers.what_happened}}\n"
                 "{{#covers.cause}}{{facts.cause}}{{/covers.cause}}\n");
    incident_put(bench->folder, "templates/plain/zh-CN/email.html", "<p>{{facts.what_happened}}</p>");
    *state = bench;
    return 0;
}

static int teardown(void **state)
{
    Bench *bench = *state;

    coverage_result_free(bench->result);
    coverage_people_free(bench->people);
    material_free(bench->material);
    findings_free(bench->findings);
    g_free(bench->playbook);
    expect_remove(bench->folder);
    g_free(bench);
    return 0;
}

static bool is_decided(const CoverageRequirement *requirement, CoverageSet unknown, void *user)
{
    (void)requirement;
    return (unknown & ~((const Bench *)user)->decided) == 0;
}

/* Loads the playbook with `more` at its end and compares the texts in English and Chinese. */
static void compare(Bench *bench, const char *playbook, const char *more)
{
    g_autofree char *text = g_strconcat(playbook, "regimes: [house]\n", more, NULL);
    const Playbook *loaded;

    incident_put(bench->folder, "playbook.yaml", text);
    bench->material = material_load(bench->playbook, NO_DATA, false, bench->findings);
    assert_non_null(bench->material);
    if (findings_errors(bench->findings, FINDING_SEND) > 0) {
        expect_print(bench->findings);
        fail();
    }
    loaded = material_playbook(bench->material);
    for (guint i = 0; i < loaded->audiences->len; i++) {
        const Audience *audience = g_ptr_array_index(loaded->audiences, i);

        for (guint j = 0; j < audience->ladder->len; j++)
            material_text(bench->material, i, g_ptr_array_index(audience->ladder, j), "en", false, bench->findings);
    }
    bench->result = coverage_check(&(CoverageRequest){.material = bench->material,
                                                      .statutes = material_statutes(bench->material),
                                                      .people = bench->people,
                                                      .is_decided = is_decided,
                                                      .user = bench});
}

static const CoverageRow *row_at(const Bench *bench, guint index, const char *field, CoverageVerdict verdict)
{
    const CoverageRow *row;

    assert_true(index < bench->result->rows->len);
    row = g_ptr_array_index(bench->result->rows, index);
    assert_string_equal(row->requirement->field, field);
    assert_string_equal(coverage_verdict_name(row->verdict), coverage_verdict_name(verdict));
    return row;
}

static const CoveragePlace *place_at(const CoverageRow *row, guint index)
{
    assert_true(index < row->places->len);
    return g_ptr_array_index(row->places, index);
}

static const char with_cause[] = "facts: {what_happened: It did, cause: A stolen password}\n";

/* The sample's facts replaced by `facts`, its announcement switched off. */
static char *edited(const char *facts, const char *audiences)
{
    g_autoptr(GString) text = g_string_new(incident_playbook);

    g_string_replace(text, "facts: {what_happened: {en: Somebody copied data, zh-CN: 有人复制了数据}}\n", facts, 1);
    if (audiences)
        g_string_replace(text, "audiences: [{id: people, template: plain, ladder: [email]}]\n", audiences, 1);
    g_string_append(text, "escalation: {unreachable: none}\n");
    return g_strdup(text->str);
}

static void test_met(void **state)
{
    Bench *bench = *state;
    g_autofree char *playbook = edited(with_cause, NULL);

    compare(bench, playbook, "");
    assert_int_equal(bench->result->rows->len, 0);
    assert_int_equal(bench->result->texts, 1);
    assert_int_equal(bench->result->requirements, 2);
}

/* The playbook gives no cause: one row, and the part that lacks it. */
static void test_empty(void **state)
{
    Bench *bench = *state;
    g_autofree char *playbook = edited("facts: {what_happened: It did}\n", NULL);
    const CoverageRow *row;

    compare(bench, playbook, "");
    assert_int_equal(bench->result->rows->len, 1);
    row = row_at(bench, 0, "how", COVERAGE_EMPTY);
    assert_int_equal(row->lacking, coverage_bit("cause"));
    assert_string_equal(row->requirement->reference, "clause 7");
    assert_false(row->requirement->is_unverified);
    assert_string_equal(place_at(row, 0)->audience, "people");
    assert_string_equal(place_at(row, 0)->channel, "email");
    assert_true(g_str_has_suffix(place_at(row, 0)->path, "plain/en/email.txt"));
}

/* Each part of an email is read by somebody. */
static void test_one_part(void **state)
{
    Bench *bench = *state;
    g_autofree char *playbook = edited(with_cause, NULL);
    const CoverageRow *row;

    incident_put(bench->folder, "templates/plain/en/email.html",
                 "<p>{{#covers.what_happened}}{{facts.what_happened}}{{/covers.what_happened}} {{facts.cause}}</p>");
    compare(bench, playbook, "");
    row = row_at(bench, 0, "how", COVERAGE_MISSING);
    assert_string_equal(place_at(row, 0)->part, "html");
    assert_true(g_str_has_suffix(place_at(row, 0)->path, "email.html"));
}

static void test_unknown(void **state)
{
    static const char facts[] =
        "facts: {what_happened: It did, cause: {unknown: {as_of: 2026-11-20T12:00+08:00, next_update: "
        "2026-11-25T12:00+08:00}}}\n";
    Bench *bench = *state;
    g_autofree char *playbook = edited(facts, NULL);

    incident_put(bench->folder, "unknown-facts.yaml",
                 "version: 1\nwordings: {default: \"Not known as of {{as_of}}.\"}\n");
    compare(bench, playbook, "");
    row_at(bench, 0, "how", COVERAGE_UNKNOWN);
    coverage_result_free(g_steal_pointer(&bench->result));
    material_free(g_steal_pointer(&bench->material));
    bench->decided = coverage_bit("cause");
    compare(bench, playbook, "");
    assert_int_equal(bench->result->rows->len, 0);
}

/* Who is asked ----------------------------------------------------------------------------------------------------- */

static void test_audiences(void **state)
{
    Bench *bench = *state;
    g_autofree char *playbook = edited(
        "facts: {what_happened: It did}\n",
        "audiences:\n"
        "  - {id: firms, match: \"id == 'p1'\", template: plain, capacity: organization, ladder: [email], also: true}\n"
        "  - {id: named, match: \"id == 'p1'\", template: plain, capacity: organization, ladder: [email], regimes: "
        "[house], also: true}\n"
        "  - {id: none, match: \"id == 'p2'\", template: plain, ladder: [email], regimes: []}\n"
        "  - {id: people, template: plain, ladder: [email]}\n");
    const CoverageRow *row;

    compare(bench, playbook, "");
    assert_int_equal(bench->result->texts, 2);
    row = row_at(bench, 0, "how", COVERAGE_EMPTY);
    assert_int_equal(row->places->len, 2);
    assert_string_equal(place_at(row, 0)->audience, "named");
    assert_string_equal(place_at(row, 1)->audience, "people");
}

/* What points to something ------------------------------------------------------------------------------------------
 */

static const char *const two_channels = "audiences: [{id: people, template: plain, ladder: [email, sms]}]\n";

static void short_text(const Bench *bench, const char *text)
{
    incident_put(bench->folder, "templates/plain/en/sms.txt", text);
    incident_put(
        bench->folder, "gateways/short.yaml",
        "version: 1\nname: short\nkind: http\nsends: sms\n"
        "request: {method: POST, url: \"http://127.0.0.1:9/\", form: {to: \"{{endpoint}}\", text: \"{{text}}\"}}\n"
        "answer: {rules: [{status: 200, means: accepted}]}\n");
}

static char *with_sms(const char *facts)
{
    g_autofree char *playbook = edited(facts, two_channels);
    g_autoptr(GString) text = g_string_new(playbook);

    g_string_replace(text, "gateways: {email: relay}", "gateways: {email: relay, sms: short}", 1);
    return g_strdup(text->str);
}

static void test_pointer(void **state)
{
    Bench *bench = *state;
    g_autofree char *playbook = with_sms(with_cause);

    short_text(bench, "{{#covers.full_text}}Open our app.{{/covers.full_text}}");
    compare(bench, playbook, "");
    assert_int_equal(bench->result->rows->len, 0);
    assert_int_equal(bench->result->texts, 2);
}

/* What the full text lacks is said of the full text alone. */
static void test_pointer_to_less(void **state)
{
    Bench *bench = *state;
    g_autofree char *playbook = with_sms("facts: {what_happened: It did}\n");
    const CoverageRow *row;

    short_text(bench, "{{#covers.full_text}}Open our app.{{/covers.full_text}}");
    compare(bench, playbook, "");
    assert_int_equal(bench->result->rows->len, 1);
    row = row_at(bench, 0, "how", COVERAGE_EMPTY);
    assert_int_equal(row->places->len, 1);
    assert_string_equal(place_at(row, 0)->channel, "email");
}

/* Nothing is said of a full text of which nothing is asked: what it lacks is said of the text that points to it. */
static void test_pointer_to_unasked(void **state)
{
    Bench *bench = *state;
    g_autofree char *playbook = edited(
        "facts: {what_happened: It did}\n",
        "audiences:\n"
        "  - {id: care, match: \"age < 14\", template: plain, capacity: guardian, ladder: [email], regimes: []}\n"
        "  - {id: kids, match: \"age < 14\", template: plain, ladder: [sms], also: true}\n");
    g_autoptr(GString) text = g_string_new(playbook);
    const CoveragePlace *place;

    g_string_replace(text, "gateways: {email: relay}", "gateways: {email: relay, sms: short}", 1);
    short_text(bench, "{{#covers.full_text}}Show this to your parents.{{/covers.full_text}}");
    compare(bench, text->str, "");
    assert_int_equal(bench->result->rows->len, 1);
    place = place_at(row_at(bench, 0, "how", COVERAGE_EMPTY), 0);
    assert_string_equal(place->channel, "sms");
    assert_true(place->points && !place->points_nowhere);
}

/* A regime that no audience has does not vanish. */
static void test_left_out(void **state)
{
    Bench *bench = *state;
    g_autofree char *playbook =
        edited(with_cause, "audiences: [{id: people, template: plain, ladder: [email], regimes: []}]\n");
    const CoverageForm *form;

    compare(bench, playbook, "");
    assert_int_equal(bench->result->texts, 0);
    assert_int_equal(bench->result->forms->len, 1);
    form = g_ptr_array_index(bench->result->forms, 0);
    assert_int_equal(form->kind, COVERAGE_FORM_LEFT_OUT);
    assert_null(form->audience);
}

static void test_short_without_pointer(void **state)
{
    Bench *bench = *state;
    g_autofree char *playbook = with_sms(with_cause);

    short_text(bench, "{{facts.what_happened}}{{#covers.full_text}} {{/covers.full_text}}");
    compare(bench, playbook, "");
    assert_int_equal(bench->result->rows->len, 2);
    assert_string_equal(place_at(row_at(bench, 0, "what", COVERAGE_MISSING), 0)->channel, "sms");
    row_at(bench, 1, "how", COVERAGE_MISSING);
}

/* Channels ----------------------------------------------------------------------------------------------------------
 */

static void test_channels(void **state)
{
    Bench *bench = *state;
    g_autofree char *playbook = with_sms(with_cause);
    g_autofree char *strict = g_strconcat(house, "notice_channels: [email, letter]\n", NULL);
    const CoverageForm *form;

    incident_put(bench->folder, "regimes/house.yaml", strict);
    short_text(bench, "{{#covers.full_text}}Open our app.{{/covers.full_text}}");
    compare(bench, playbook, "");
    assert_int_equal(bench->result->forms->len, 1);
    form = g_ptr_array_index(bench->result->forms, 0);
    assert_int_equal(form->kind, COVERAGE_FORM_CHANNEL);
    assert_string_equal(form->audience, "people");
    assert_string_equal(g_ptr_array_index(form->what, 0), "sms");
    assert_int_equal(form->what->len, 1);
    assert_true(form->has_other);
}

static void test_languages(void **state)
{
    Bench *bench = *state;
    g_autofree char *playbook = edited(with_cause, NULL);
    g_autofree char *strict = g_strconcat(house, "notice_languages: [zh, ja]\nsubstitute_channels: []\n", NULL);
    const CoverageForm *form;

    incident_put(bench->folder, "regimes/house.yaml", strict);
    compare(bench, playbook, "");
    assert_int_equal(bench->result->forms->len, 1); /* nobody counts on an announcement */
    form = g_ptr_array_index(bench->result->forms, 0);
    assert_int_equal(form->kind, COVERAGE_FORM_LANGUAGE);
    assert_string_equal(g_ptr_array_index(form->what, 0), "en");
    assert_false(form->has_other);
    coverage_result_free(g_steal_pointer(&bench->result));
    assert_non_null(material_text(bench->material, 0, "email", "zh-CN", false, bench->findings)->body);
    bench->result =
        coverage_check(&(CoverageRequest){.material = bench->material, .statutes = material_statutes(bench->material)});
    form = g_ptr_array_index(bench->result->forms, 0);
    assert_int_equal(form->what->len, 1);
    assert_true(form->has_other);
}

/* Updates ------------------------------------------------------------------------------------------------------------
 */

/* An update says what is new and how it can be trusted; the law's fields are those of the first notice. */
static void test_update(void **state)
{
    Bench *bench = *state;
    g_autofree char *playbook = edited("facts: {what_happened: It did}\n", NULL);
    g_autoptr(GString) text = g_string_new(playbook);
    const CoverageRow *row;

    g_string_replace(text, "status: exercise", "status: exercise, edition: 2", 1);
    g_string_append(text, "update: {kind: update, what_changed: Cards too, need_to_act: false, template: news}\n");
    incident_put(bench->folder, "templates/news/en/email.subject", "{{organization.name}}: news");
    incident_put(
        bench->folder, "templates/news/en/email.txt",
        "{{#covers.change}}{{update.what_changed}}{{/covers.change}} {{#covers.verify}}{{number}}{{/covers.verify}}");
    incident_put(
        bench->folder, "templates/news/en/email.html",
        "{{#covers.change}}{{update.what_changed}}{{/covers.change}} {{#covers.verify}}{{number}}{{/covers.verify}}");
    compare(bench, text->str, "");
    coverage_result_free(g_steal_pointer(&bench->result));
    assert_non_null(material_text(bench->material, 0, "email", "en", true, bench->findings)->body);
    bench->result =
        coverage_check(&(CoverageRequest){.material = bench->material, .statutes = material_statutes(bench->material)});
    assert_int_equal(bench->result->rows->len, 2);
    assert_false(place_at(row_at(bench, 0, "how", COVERAGE_EMPTY), 0)->is_update);
    row = row_at(bench, 1, "contact", COVERAGE_MISSING);
    assert_string_equal(row->requirement->source, "update");
    assert_true(place_at(row, 0)->is_update);
}

/* Further requirements ------------------------------------------------------------------------------------------------
 */

static void ask_remedies(size_t audience, GPtrArray *lists, void *user)
{
    assert_int_equal(audience, 0);
    g_ptr_array_add(lists, user);
}

static void test_further(void **state)
{
    Bench *bench = *state;
    g_autofree char *playbook = edited(with_cause, NULL);
    g_autoptr(GPtrArray) list = coverage_list_new();
    const CoverageRow *row;

    coverage_require(list, "cloud-account", "remedies", "how it is made good", NULL,
                     (const char *const[]){"remedies", NULL});
    compare(bench, playbook, "");
    coverage_result_free(g_steal_pointer(&bench->result));
    bench->result = coverage_check(&(CoverageRequest){.material = bench->material,
                                                      .statutes = material_statutes(bench->material),
                                                      .further = ask_remedies,
                                                      .user = list});
    assert_int_equal(bench->result->requirements, 3);
    row = row_at(bench, 0, "remedies", COVERAGE_MISSING);
    assert_string_equal(row->requirement->source, "cloud-account");
    coverage_result_free(g_steal_pointer(&bench->result)); /* its rows borrow from the list */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_met, setup, teardown),
        cmocka_unit_test_setup_teardown(test_empty, setup, teardown),
        cmocka_unit_test_setup_teardown(test_one_part, setup, teardown),
        cmocka_unit_test_setup_teardown(test_unknown, setup, teardown),
        cmocka_unit_test_setup_teardown(test_audiences, setup, teardown),
        cmocka_unit_test_setup_teardown(test_pointer, setup, teardown),
        cmocka_unit_test_setup_teardown(test_pointer_to_less, setup, teardown),
        cmocka_unit_test_setup_teardown(test_pointer_to_unasked, setup, teardown),
        cmocka_unit_test_setup_teardown(test_left_out, setup, teardown),
        cmocka_unit_test_setup_teardown(test_short_without_pointer, setup, teardown),
        cmocka_unit_test_setup_teardown(test_channels, setup, teardown),
        cmocka_unit_test_setup_teardown(test_languages, setup, teardown),
        cmocka_unit_test_setup_teardown(test_update, setup, teardown),
        cmocka_unit_test_setup_teardown(test_further, setup, teardown),
    };

    return cmocka_run_group_tests_name("coverage_check", tests, NULL, NULL);
}
