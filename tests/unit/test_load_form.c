/* Forms of reports: the shipped ones load, agree with their regimes and with their schemas; a wrong one is told line by
 * line; and the vocabulary of sources. */
#include "load_expect.h"

#include <jansson.h>

#include "load/load_form.h"
#include "load/load_regime.h"
#include "model/report_form.h"
#include "model/report_source.h"
#include "model/report_words.h"

static const char data[] = BREACH_SOURCE_DIR;

static const struct {
    const char *form, *regime, *schema;
} shipped[] = {
    {"cn-cac-incident-2025", "cn-cac-incident-2025", "report-cac"},
    {"eu-gdpr-edpb", "eu-gdpr", "report-edpb"},
    {"uk-gdpr-ico", "uk-gdpr", "report-ico"},
    {"us-hipaa-ocr", "us-hipaa", "report-hhs"},
};

/* Sources ---------------------------------------------------------------------------------------------------------- */

static void test_sources(void **state)
{
    size_t count = 0;
    const ReportSource *sources = report_sources(&count);

    (void)state;
    assert_true(count > 40);
    for (size_t i = 0; i < count; i++) {
        assert_true(sources[i].name && sources[i].what && *sources[i].what);
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(sources[i].name, sources[j].name);
    }
    assert_non_null(report_source("organization.name"));
    assert_string_equal(report_source("facts.cause")->name, "facts.");
    assert_string_equal(report_source("facts.data_kinds")->name, "facts.data_kinds");
    assert_null(report_source("facts."));
    assert_null(report_source("facts.Cause"));
    assert_null(report_source("facts.a.b"));
    assert_null(report_source("people.name"));
    assert_null(report_source(""));
    assert_true(report_source_is_confidential("confidential.ransom.amount"));
    assert_false(report_source_is_confidential("facts.cause"));
    assert_string_equal(report_source_nearest("organization.nmae"), "organization.name");
}

static void test_uses(void **state)
{
    g_autofree char *unknown = NULL;
    g_autoptr(GPtrArray) uses = report_source_parse("measures.taken, measures.planned?", NULL);
    g_autoptr(GPtrArray) none = report_source_parse(NULL, NULL);
    const ReportSourceUse *use;

    (void)state;
    assert_int_equal(uses->len, 2);
    use = g_ptr_array_index(uses, 0);
    assert_string_equal(use->name, "measures.taken");
    assert_false(use->is_optional);
    use = g_ptr_array_index(uses, 1);
    assert_string_equal(use->name, "measures.planned");
    assert_true(use->is_optional);
    assert_int_equal(none->len, 0);
    assert_null(report_source_parse("impact, person.email", &unknown));
    assert_string_equal(unknown, "person.email");
    assert_null(report_source_parse("impact,", NULL));
}

/* The shipped forms ------------------------------------------------------------------------------------------------ */

static ReportForm *load(const char *id)
{
    g_autoptr(Findings) findings = findings_new();
    ReportForm *form = load_form(id, NULL, data, findings);

    expect_print(findings);
    assert_int_equal(findings_count(findings), 0);
    assert_non_null(form);
    return form;
}

static Regime *regime_of(const char *id)
{
    g_autoptr(Findings) findings = findings_new();
    Regime *regime = load_regime(id, position_make(NULL, 0, 0), NULL, data, findings);

    assert_int_equal(findings_count(findings), 0);
    return regime;
}

static void expect_field(const ReportForm *form, const ReportFormField *field)
{
    g_autoptr(GPtrArray) uses = report_source_parse(field->field->source, NULL);
    bool is_confidential = false;

    assert_non_null(uses);
    for (guint i = 0; i < uses->len; i++)
        is_confidential =
            is_confidential || report_source_is_confidential(((ReportSourceUse *)g_ptr_array_index(uses, i))->name);
    if (is_confidential != field->field->is_confidential)
        print_error("%s: %s: confidential does not follow from its source\n", form->id, field->field->id);
    assert_int_equal(is_confidential, field->field->is_confidential);
    assert_non_null(locale_text_get(field->field->text, "en"));
    assert_non_null(locale_text_get(field->field->text, form->language));
}

/* Each form is for steps that its regime has, and no two fields stand in a section that is not there. */
static void test_shipped(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(shipped); i++) {
        g_autoptr(ReportForm) form = load(shipped[i].form);
        g_autoptr(Regime) regime = regime_of(shipped[i].regime);
        g_auto(GStrv) names = load_form_names(shipped[i].regime, NULL, data);

        assert_string_equal(form->regime, regime->id);
        assert_true(g_strv_contains((const char *const *)names, form->id));
        for (char **step = form->steps; step && *step; step++)
            assert_non_null(regime_step(regime, *step));
        for (guint j = 0; j < form->fields->len; j++)
            expect_field(form, g_ptr_array_index(form->fields, j));
        assert_true(form->sources->len > 0);
    }
}

/* The one for regimes without fields serves every language that reports are made in. */
static void test_general(void **state)
{
    static const char *const locales[] = {"en", "zh-CN", "zh-TW"};
    g_autoptr(ReportForm) form = load(LOAD_FORM_GENERAL);

    (void)state;
    assert_null(form->language);
    for (guint i = 0; i < form->fields->len; i++)
        for (size_t j = 0; j < G_N_ELEMENTS(locales); j++) {
            const RegimeField *field = ((const ReportFormField *)g_ptr_array_index(form->fields, i))->field;

            assert_non_null(locale_text_get(field->text, locales[j]));
            assert_false(field->is_confidential);
        }
}

static json_t *type_of(ReportFieldKind kind)
{
    static const char *const types[] = {"string", "string", "integer", "string", "array"}; /* as ReportFieldKind */

    return json_pack("[s, s]", types[kind], "null");
}

/* The choices that a schema allows for a field, without null. */
static void expect_choices(const ReportFormField *field, const json_t *property)
{
    const json_t *allowed =
        json_object_get(field->kind == REPORT_CHOICE ? property : json_object_get(property, "items"), "enum");
    size_t extra = field->kind == REPORT_CHOICE ? 1 : 0;

    assert_int_equal(json_array_size(allowed), field->choices->len + extra);
    for (guint i = 0; i < field->choices->len; i++)
        assert_string_equal(json_string_value(json_array_get(allowed, i)),
                            ((const ReportChoice *)g_ptr_array_index(field->choices, i))->id);
}

/* The schema of each form's values has these very fields, of these very kinds. */
static void test_schemas(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(shipped); i++) {
        g_autoptr(ReportForm) form = load(shipped[i].form);
        g_autofree char *path = g_strdup_printf("%s/docs/schema/%s.json", data, shipped[i].schema);
        json_t *schema = json_load_file(path, 0, NULL);
        const json_t *members = json_object_get(schema, "properties");
        const json_t *fields = json_object_get(json_object_get(members, "values"), "properties");
        const json_t *version = json_object_get(
            json_object_get(json_object_get(json_object_get(members, "form"), "properties"), "version"), "const");
        size_t more = json_object_get(fields, "delay_reasons") ? 1 : 0;

        assert_non_null(schema);
        assert_string_equal(json_string_value(version), form->version);
        for (guint j = 0; j < form->fields->len; j++) {
            const ReportFormField *field = g_ptr_array_index(form->fields, j);
            const json_t *property = json_object_get(fields, field->field->id);
            json_t *type = type_of(field->kind);

            if (!property || !json_equal(json_object_get(property, "type"), type))
                print_error("%s: %s\n", shipped[i].schema, field->field->id);
            assert_true(property && json_equal(json_object_get(property, "type"), type));
            if (field->choices->len > 0)
                expect_choices(field, property);
            if (strcmp(field->field->id, "delay_reasons") == 0)
                more = 0;
            json_decref(type);
        }
        assert_int_equal(json_object_size(fields), form->fields->len + more);
        json_decref(schema);
    }
}

/* Mistakes --------------------------------------------------------------------------------------------------------- */

static const char good[] = "version: 1\n"
                           "id: eu-gdpr-own\n"
                           "regime: eu-gdpr\n"
                           "name: Our own\n"
                           "form_version: \"1\"\n"
                           "sections: [{id: one, title: One}]\n"
                           "fields:\n"
                           "  - {id: what, section: one, text: what, need: must, source: facts.what_happened}\n";

static void expect_wrong(const char *line, Expected expected)
{
    g_autoptr(Findings) findings = findings_new();
    g_autofree char *folder = g_build_filename(expect_home, "wrong", NULL);
    g_autofree char *text = g_strconcat(good, line, "\n", NULL);

    g_free(expect_text(folder, "forms/eu-gdpr-own.yaml", text));
    report_form_free(load_form("eu-gdpr-own", folder, data, findings));
    expect_findings(findings, &expected, expected.line > 0 ? 1 : 0);
}

static void test_mistakes(void **state)
{
    (void)state;
    expect_wrong("", (Expected){.line = 0});
    expect_wrong("  - {id: two, text: two, need: must, section: tow}",
                 (Expected){9, 5, "law-value", "stands in section tow, which is not among the sections"});
    expect_wrong("  - {id: two, text: two, need: must, source: facts}",
                 (Expected){9, 5, "law-unknown-name", "two: there is no source \"facts\""});
    expect_wrong("  - {id: two, text: two, need: must, kind: choice}",
                 (Expected){9, 5, "law-missing-key", "a field of kind choice needs choices"});
    expect_wrong("  - {id: two, text: two, need: must, choices: [{id: a, text: A}]}",
                 (Expected){9, 5, "law-value", "choices belong to a field of kind choice or choices"});
    expect_wrong("  - {id: two, text: two, need: must, kind: choice, choices: [{id: a, text: A}, {id: a, text: B}]}",
                 (Expected){9, 80, "law-value", "the choice a is there twice"});
    expect_wrong("  - {id: two, text: two, need: must, kind: number}",
                 (Expected){9, 44, "law-value", "kind cannot be \"number\""});
    expect_wrong("  - {id: two, text: two, need: must, colour: red}", (Expected){9, 38, "law-unknown-key", "colour"});
    expect_wrong("  - {id: what, text: two, need: must}",
                 (Expected){9, 5, "law-twice", "the field what is there twice"});
    expect_wrong("  - {id: two, text: two}", (Expected){9, 5, "law-missing-key", "need"});
    expect_wrong("  - two", (Expected){9, 5, "law-type", "a field of the form is a map"});
    expect_wrong("steps: []", (Expected){9, 8, "law-value", "steps is empty"});
    expect_wrong("script: {opening: Hello}", (Expected){9, 9, "law-missing-key", "closing"});
}

static void test_not_there(void **state)
{
    g_autoptr(Findings) findings = findings_new();

    (void)state;
    assert_null(load_form("eu-gdpr-edbp", NULL, data, findings));
    EXPECT(findings, {0, 0, "law-file-not-found", "did you mean eu-gdpr-edpb"});
}

/* Stages ----------------------------------------------------------------------------------------------------------- */

static const struct {
    const char *regime, *step;
    bool was_filed;
    ReportStage stage;
} stages[] = {
    {"cn-cac-incident-2025", "other_4h", false, REPORT_INITIAL},
    {"cn-cac-incident-2025", "other_4h", true, REPORT_FOLLOWUP},
    {"cn-cac-incident-2025", "supplement", false, REPORT_FOLLOWUP},
    {"cn-cac-incident-2025", "followup", false, REPORT_FOLLOWUP},
    {"cn-cac-incident-2025", "final_30d", false, REPORT_FINAL},
    {"eu-gdpr", "authority_72h", false, REPORT_INITIAL},
    {"eu-gdpr", "phases", false, REPORT_FOLLOWUP},
    {"eu-nis2", "early_24h", false, REPORT_INITIAL},
    {"eu-nis2", "final_1m", false, REPORT_FINAL},
    {"eu-dora", "intermediate_72h", false, REPORT_FOLLOWUP},
    {"us-sec-8k", "file_4bd", false, REPORT_INITIAL},
    {"us-sec-8k", "amend_4bd", false, REPORT_FOLLOWUP},
};

static void test_stages(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(stages); i++) {
        g_autoptr(Regime) regime = regime_of(stages[i].regime);
        const RegimeStep *step = regime_step(regime, stages[i].step);

        assert_non_null(step);
        assert_int_equal(report_stage_of(step, stages[i].was_filed), stages[i].stage);
    }
}

/* The ids of the fields that a step asks for, in order. */
static char *asked(const char *name, const char *step, ReportStage stage)
{
    g_autoptr(Regime) regime = regime_of(name);
    g_autoptr(ReportForm) form = report_form_of_regime(regime);
    GString *ids = g_string_new(NULL);

    for (guint i = 0; i < form->fields->len; i++) {
        const ReportFormField *field = g_ptr_array_index(form->fields, i);

        if (report_form_asks(form, field, regime, regime_step(regime, step), stage))
            g_string_append_printf(ids, "%s ", field->field->id);
    }
    return g_string_free(ids, FALSE);
}

static void test_asks(void **state)
{
    g_autofree char *early = asked("eu-nis2", "early_24h", REPORT_INITIAL);
    g_autofree char *notification = asked("eu-nis2", "notify_72h", REPORT_INITIAL);
    g_autofree char *final = asked("eu-nis2", "final_1m", REPORT_FINAL);
    g_autofree char *payment = asked("us-ny-dfs", "payment_30d", REPORT_INITIAL);
    g_autofree char *notice = asked("us-ny-dfs", "notice_72h", REPORT_INITIAL);
    g_autofree char *intermediate = asked("eu-dora", "intermediate_72h", REPORT_FOLLOWUP);

    (void)state;
    assert_string_equal(early, "malicious cross_border ");
    assert_string_equal(notification, "update initial_assessment iocs ");
    assert_string_equal(final, "detailed_description root_cause mitigation cross_border_impact ");
    assert_string_equal(payment, "pay_why pay_alternatives pay_diligence pay_sanctions ");
    assert_string_equal(notice, "portal ");
    assert_non_null(strstr(intermediate, "authority_reference "));
    assert_null(strstr(intermediate, "root_cause "));
}

static void test_choices(void **state)
{
    g_autoptr(ReportForm) form = load("cn-cac-incident-2025");
    const ReportFormField *level = NULL;

    (void)state;
    for (guint i = 0; i < form->fields->len; i++)
        if (strcmp(((const ReportFormField *)g_ptr_array_index(form->fields, i))->field->id, "item2_level") == 0)
            level = g_ptr_array_index(form->fields, i);
    assert_non_null(level);
    assert_string_equal(report_form_choice(level, "2")->id, "relatively-major");
    assert_string_equal(report_form_choice(level, "较大")->id, "relatively-major");
    assert_string_equal(report_form_choice(level, "major")->id, "major");
    assert_null(report_form_choice(level, "5"));
    assert_null(report_form_choice(level, ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sources), cmocka_unit_test(test_uses),     cmocka_unit_test(test_shipped),
        cmocka_unit_test(test_schemas), cmocka_unit_test(test_mistakes), cmocka_unit_test(test_not_there),
        cmocka_unit_test(test_stages),  cmocka_unit_test(test_asks),     cmocka_unit_test(test_choices),
        cmocka_unit_test(test_general),
    };

    return cmocka_run_group_tests(tests, expect_make_home, expect_remove_home);
}
