#include "load_expect.h"

#include <jansson.h>

#include "dispatch/context.h"

static const char *const names[] = {"id", "email", "shoe_size"};
static const PersonColumns columns = {.names = (char **)names, .count = G_N_ELEMENTS(names)};

/* A playbook with one of everything, and a template for one locale. */
typedef struct Bench {
    Playbook *playbook;
    TemplateText text;
    Findings *findings;
    const PersonColumns *columns;
    IncidentStatus status;
    const char **needs; /* owned array */
    json_t *body;       /* owned */
} Bench;

static Position at(int line)
{
    return position_make("playbook.yaml", line, 3);
}

static LocaleText *both(const char *english, const char *chinese, int line)
{
    LocaleText *text = locale_text_map(at(line));

    locale_text_add(text, "en", english, at(line));
    if (chinese)
        locale_text_add(text, "zh-CN", chinese, at(line));
    return text;
}

static void free_file(gpointer data)
{
    TemplateFile *file = data;

    g_free(file->path);
    g_free(file->source);
    g_free(file);
}

static void set_file(TemplateFile *file, const char *path, const char *source)
{
    g_free(file->path);
    g_free(file->source);
    file->path = g_strdup(path);
    file->source = g_strdup(source);
}

static void add_fact(Playbook *playbook, const char *name, LocaleText *text)
{
    Fact *fact = g_new0(Fact, 1);

    fact->name = g_strdup(name);
    fact->text = text;
    g_ptr_array_add(playbook->facts, fact);
}

static Playbook *make_playbook(void)
{
    Playbook *playbook = playbook_new();

    playbook->incident.id = g_strdup("leak");
    playbook->incident.edition = 2;
    moment_parse("2026-11-20T09:40+08:00", &playbook->incident.detected_at, NULL);
    playbook->organization.name = both("Example", "示例", 4);
    playbook->organization.contact_email = g_strdup("help@example.com");
    g_ptr_array_add(playbook->organization.domains, g_strdup("example.com"));
    add_fact(playbook, "what_happened", both("Somebody copied data.", "有人复制了数据。", 9));
    add_fact(playbook, "cause", both("A stolen password.", NULL, 10));
    playbook->affected = (Affected){.lower = 10, .likely = 20, .upper = 30, .given = true};
    g_ptr_array_add(playbook->impact, both("Fake messages.", "诈骗消息。", 12));
    g_ptr_array_add(playbook->impact, locale_text_plain("☎", at(13)));
    g_ptr_array_add(playbook->advice, both("Change your password.", NULL, 14));
    return playbook;
}

static int setup(void **state)
{
    Bench *bench = g_new0(Bench, 1);

    bench->playbook = make_playbook();
    bench->findings = findings_new();
    bench->columns = &columns;
    bench->text.locale = g_strdup("en");
    bench->text.partials = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_file);
    set_file(&bench->text.subject, "email.subject", "{{organization.name}}: notice");
    set_file(&bench->text.text, "email.txt", "{{facts.what_happened}}");
    *state = bench;
    return 0;
}

static int teardown(void **state)
{
    Bench *bench = *state;

    playbook_free(bench->playbook);
    findings_free(bench->findings);
    g_free(bench->text.locale);
    g_hash_table_unref(bench->text.partials);
    set_file(&bench->text.subject, NULL, NULL);
    set_file(&bench->text.text, NULL, NULL);
    set_file(&bench->text.html, NULL, NULL);
    g_free(bench->needs);
    json_decref(bench->body);
    g_free(bench);
    return 0;
}

static bool freeze(Bench *bench, const char *locale, const char *source)
{
    g_autofree char *body = NULL;

    g_free(bench->text.locale);
    bench->text.locale = g_strdup(locale);
    set_file(&bench->text.text, "email.txt", source);
    g_clear_pointer(&bench->needs, g_free);
    json_decref(bench->body);
    body = context_freeze(&(ContextRequest){.playbook = bench->playbook,
                                            .status = bench->status,
                                            .template_name = "individual",
                                            .channel = "email",
                                            .text = &bench->text,
                                            .is_update = bench->playbook->update != NULL,
                                            .first_notice = bench->playbook->incident.detected_at,
                                            .columns = bench->columns},
                          &bench->needs, bench->findings);
    assert_non_null(bench->needs);
    bench->body = body ? json_loads(body, 0, NULL) : NULL;
    assert_true(!body || bench->body);
    return body != NULL;
}

static void must_freeze(Bench *bench, const char *locale, const char *source)
{
    if (!freeze(bench, locale, source)) {
        expect_print(bench->findings);
        fail();
    }
}

static const char *text_at(const Bench *bench, const char *path)
{
    g_auto(GStrv) keys = g_strsplit(path, ".", -1);
    const json_t *value = json_object_get(bench->body, "context");

    for (char **key = keys; *key; key++)
        value = json_object_get(value, *key);
    return json_string_value(value);
}

static void test_body(void **state)
{
    Bench *bench = *state;
    const json_t *context;

    must_freeze(bench, "zh-CN", "{{facts.what_happened}}{{#impact}}{{.}}{{/impact}}");
    assert_string_equal(json_string_value(json_object_get(bench->body, "channel")), "email");
    assert_string_equal(json_string_value(json_object_get(bench->body, "locale")), "zh-CN");
    assert_string_equal(json_string_value(json_object_get(bench->body, "template")), "individual");
    assert_true(json_is_true(json_object_get(bench->body, "exercise")));
    assert_string_equal(text_at(bench, "organization.name"), "示例");
    assert_string_equal(text_at(bench, "facts.what_happened"), "有人复制了数据。");
    assert_string_equal(text_at(bench, "incident.id"), "leak");
    assert_string_equal(text_at(bench, "incident.status"), "exercise");
    assert_string_equal(text_at(bench, "incident.detected_at"), "2026年11月20日09:40（北京时间）");
    assert_string_equal(text_at(bench, "incident.occurred_at"), "");
    assert_string_equal(text_at(bench, "contact.email"), "help@example.com");
    assert_string_equal(text_at(bench, "contact.phone"), "");
    context = json_object_get(bench->body, "context");
    assert_int_equal(json_integer_value(json_object_get(context, "edition")), 2);
    assert_int_equal(json_array_size(json_object_get(context, "impact")), 2);
    assert_string_equal(json_string_value(json_array_get(json_object_get(context, "impact"), 1)), "☎");
    assert_int_equal(
        json_integer_value(json_object_get(json_object_get(json_object_get(context, "facts"), "affected"), "likely")),
        20);
}

static void test_update(void **state)
{
    Bench *bench = *state;
    PlaybookUpdate *update = playbook_update_new();

    update->kind = UPDATE_CORRECTION;
    update->wrong = both("no phones", "没有电话", 20);
    update->right = both("phones", NULL, 21);
    update->need_to_act = true;
    bench->playbook->update = update;
    must_freeze(
        bench, "en",
        "{{update.first_notice}}{{#update.is_correction}}{{update.wrong}}{{update.right}}{{/update.is_correction}}"
        "{{#update.is_update}}{{update.what_changed}}{{/update.is_update}}{{#update.is_withdrawal}}{{/"
        "update.is_withdrawal}}"
        "{{#update.need_to_act}}Act.{{/update.need_to_act}}");
    assert_string_equal(text_at(bench, "update.first_notice"), "20 November 2026");
    assert_string_equal(text_at(bench, "update.wrong"), "no phones");
    assert_string_equal(text_at(bench, "update.what_changed"), "");
    must_freeze(bench, "zh-CN", "{{update.first_notice}}{{update.wrong}}");
    assert_string_equal(text_at(bench, "update.first_notice"), "2026年11月20日");
    assert_false(freeze(bench, "zh-CN", "{{update.right}}")); /* which has no text in Chinese */
}

static void test_no_update(void **state)
{
    assert_false(freeze(*state, "en", "{{update.first_notice}}"));
}

static void test_actual(void **state)
{
    Bench *bench = *state;

    bench->status = INCIDENT_ACTUAL;
    must_freeze(bench, "en", "x");
    assert_true(json_is_false(json_object_get(bench->body, "exercise")));
    assert_string_equal(text_at(bench, "incident.status"), "actual");
}

/* Every name that a notice may use, at once. */
static void test_all_names(void **state)
{
    Bench *bench = *state;

    must_freeze(bench, "en",
                "{{person.name}}{{person.shoe_size}}{{person.masked_email}}{{#person}}{{id}}{{/person}}{{incident.id}}"
                "{{incident.severity}}{{organization.role}}{{#organization.domains}}{{.}}{{/organization.domains}}"
                "{{facts.cause}}{{facts.affected.upper}}{{#measures.taken}}{{.}}{{/measures.taken}}"
                "{{#measures.planned}}{{.}}{{/measures.planned}}{{#advice}}{{.}}{{/advice}}"
                "{{#remedies}}{{.}}{{/remedies}}"
                "{{contact.email}}{{contact.phone}}{{contact.hours}}{{edition}}{{number}}{{#exercise}}E{{/exercise}}");
}

static void test_unknown_names(void **state)
{
    Bench *bench = *state;

    assert_false(freeze(bench, "en",
                        "{{person.nmae}}\n{{facts.what_hapened}}\n{{facts.xyzzy}}\n{{confidential}}\n"
                        "{{person.email.x}}\n"
                        "{{#advise}}{{/advise}}\n{{organization.name}}"));
    EXPECT(bench->findings, {1, 1, "template-name", "did you mean person.name?"},
           {2, 1, "template-name", "did you mean facts.what_happened?"},
           {3, 1, "template-name", "the template needs facts.xyzzy: add it to the playbook"},
           {4, 1, "template-name", "unknown name confidential"}, {5, 1, "template-name", "unknown name person.email.x"},
           {6, 1, "template-name", "did you mean advice?"});
}

/* Known columns that the people file does not have are empty; other names must be in its header. */
static void test_columns(void **state)
{
    Bench *bench = *state;

    must_freeze(bench, "en", "{{person.phone}}{{person.shoe_size}}");
    bench->columns = NULL;
    must_freeze(bench, "en", "{{person.phone}}");
    assert_false(freeze(bench, "en", "{{person.shoe_size}}"));
    EXPECT(bench->findings, {1, 1, "template-name", "unknown name person.shoe_size"});
}

/* Half a notice in a language that its reader does not know is an error; what the template does not use is not asked
 * for. */
static void test_missing_language(void **state)
{
    Bench *bench = *state;

    must_freeze(bench, "zh-CN", "{{facts.what_happened}}");
    assert_false(freeze(bench, "zh-CN", "{{facts.cause}}{{facts.cause}}{{#advice}}{{.}}{{/advice}}"));
    EXPECT(bench->findings, {10, 3, "playbook-locale", "facts.cause has no text for zh-CN"},
           {14, 3, "playbook-locale", "advice has no text for zh-CN"});
}

static void test_missing_language_in_subject(void **state)
{
    Bench *bench = *state;

    set_file(&bench->text.subject, "email.subject", "{{facts.cause}}");
    assert_false(freeze(bench, "zh-CN", "x"));
    EXPECT(bench->findings, {10, 3, "playbook-locale", "facts.cause"});
}

static void test_language_of_a_name(void **state)
{
    Bench *bench = *state;

    assert_false(freeze(bench, "fr", "{{organization.name}}"));
    EXPECT(bench->findings, {4, 3, "playbook-locale", "organization.name has no text for fr"});
}

/* A section over a whole object shows what is in it. */
static void test_missing_language_in_a_section(void **state)
{
    Bench *bench = *state;

    assert_false(freeze(bench, "zh-CN", "{{#facts}}{{cause}}{{/facts}}"));
    EXPECT(bench->findings, {0, 0, "template-render", "cause"});
    must_freeze(bench, "zh-CN", "{{#facts}}{{what_happened}}{{/facts}}");
}

/* A list of which one entry lacks the language is not shown without it. */
static void test_missing_language_in_a_list(void **state)
{
    Bench *bench = *state;

    g_ptr_array_add(bench->playbook->measures_taken, both("One.", "一。", 20));
    g_ptr_array_add(bench->playbook->measures_taken, both("Two.", NULL, 21));
    assert_false(freeze(bench, "zh-CN", "{{#measures}}{{#taken}}{{.}}{{/taken}}{{/measures}}"));
    EXPECT(bench->findings, {0, 0, "template-render", "taken"});
    must_freeze(bench, "en", "{{#measures}}{{#taken}}{{.}}{{/taken}}{{/measures}}");
}

/* The sender's name is in every notice. */
static void test_missing_sender(void **state)
{
    Bench *bench = *state;

    set_file(&bench->text.subject, "email.subject", "s");
    assert_false(freeze(bench, "fr", "x"));
    EXPECT(bench->findings, {4, 3, "playbook-locale", "organization.name has no text for fr"});
}

static void test_all_faults_of_all_parts(void **state)
{
    Bench *bench = *state;

    set_file(&bench->text.subject, "a.subject", "{{nobody}}");
    set_file(&bench->text.html, "c.html", "<p>{{#open}}</p>");
    assert_false(freeze(bench, "en", "{{/never}}"));
    assert_int_equal(findings_errors(bench->findings, FINDING_SEND), 3);
    assert_int_equal(findings_errors(bench->findings, FINDING_REPORT), 0);
}

static void test_partials(void **state)
{
    Bench *bench = *state;
    TemplateFile *file = g_new0(TemplateFile, 1);

    set_file(file, "footer.mustache", "{{person.plan}}");
    g_hash_table_insert(bench->text.partials, g_strdup("footer"), file);
    assert_false(freeze(bench, "en", "a{{>footer}}"));
    EXPECT(bench->findings, {1, 1, "template-name", "person.plan"});
    assert_string_equal(findings_get(bench->findings, 0)->at.file, "footer.mustache");
    set_file(file, "footer.mustache", "{{person.id}}");
    must_freeze(bench, "en", "a{{>footer}}");
    assert_string_equal(bench->needs[0], "id");
    assert_null(bench->needs[1]);
}

static void test_missing_partial(void **state)
{
    Bench *bench = *state;

    assert_false(freeze(bench, "en", "a{{>footer}}"));
    EXPECT(bench->findings, {1, 2, "template-syntax", "footer"});
}

/* What a check of names cannot see shows in a rendering. */
static void test_trial(void **state)
{
    Bench *bench = *state;

    assert_false(freeze(bench, "en", "{{#impact}}{{shoe}}{{/impact}}"));
    EXPECT(bench->findings, {0, 0, "template-render", "shoe"});
}

static void test_needs(void **state)
{
    Bench *bench = *state;

    set_file(&bench->text.subject, "email.subject", "{{person.name}}");
    set_file(&bench->text.html, "email.html", "{{#person.phone}}{{person.phone}}{{/person.phone}}");
    must_freeze(bench, "en", "{{person.masked_email}} {{person.id}} {{#person.role}}x{{/person.role}}{{person.id}}");
    assert_string_equal(bench->needs[0], "email");
    assert_string_equal(bench->needs[1], "id");
    assert_string_equal(bench->needs[2], "name");
    assert_null(bench->needs[3]);
}

static void test_deterministic(void **state)
{
    Bench *bench = *state;
    g_autofree char *first = NULL;

    must_freeze(bench, "en", "{{facts.cause}}");
    first = json_dumps(bench->body, JSON_SORT_KEYS);
    for (int i = 0; i < 3; i++) {
        g_autofree char *again = NULL;

        must_freeze(bench, "en", "{{facts.cause}}");
        again = json_dumps(bench->body, JSON_SORT_KEYS);
        assert_string_equal(first, again);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

/* Kinds of data and unknown facts ------------------------------------------------------------------------------- */

static void add_kind(Bench *bench, const char *name, LocaleText *label, bool sensitive)
{
    DataKind *kind = g_new0(DataKind, 1);

    kind->name = g_strdup(name);
    kind->label = label;
    kind->consequence = both("It may be used.", "可能被利用。", 30);
    kind->sensitive = sensitive;
    g_ptr_array_add(bench->playbook->data_kinds, kind);
}

static void add_unknown(Bench *bench, const char *name)
{
    Fact *fact = g_new0(Fact, 1);

    fact->name = g_strdup(name);
    moment_parse("2026-11-21T22:10+08:00", &fact->as_of, NULL);
    moment_parse("2026-11-28T18:00+08:00", &fact->next_update, NULL);
    g_ptr_array_add(bench->playbook->facts, fact);
}

static void add_wording(Bench *bench, const char *fact, LocaleText *text)
{
    Wording *wording = g_new0(Wording, 1);

    wording->fact = g_strdup(fact);
    wording->text = text;
    g_ptr_array_add(bench->playbook->wordings, wording);
}

static void test_kinds(void **state)
{
    static const char source[] = "{{#facts.data_kinds}}{{label}}{{#sensitive}}!{{/sensitive}}: {{consequence}}"
                                 "{{/facts.data_kinds}}{{#facts.which_data}}{{facts.which_data}}{{/facts.which_data}}";
    Bench *bench = *state;
    json_t *kinds;

    assert_false(freeze(bench, "zh-CN", source)); /* without kinds the playbook must say which data in its own words */
    findings_free(bench->findings);
    bench->findings = findings_new();
    add_kind(bench, "name", both("Name", "姓名", 20), false);
    add_kind(bench, "health", both("Health", "健康信息", 21), true);
    must_freeze(bench, "zh-CN", source);
    kinds = json_object_get(json_object_get(json_object_get(bench->body, "context"), "facts"), "data_kinds");
    assert_int_equal(json_array_size(kinds), 2);
    assert_string_equal(json_string_value(json_object_get(json_array_get(kinds, 1), "label")), "健康信息");
    assert_string_equal(json_string_value(json_object_get(json_array_get(kinds, 1), "consequence")), "可能被利用。");
    assert_true(json_is_true(json_object_get(json_array_get(kinds, 1), "sensitive")));
    assert_false(json_is_true(json_object_get(json_array_get(kinds, 0), "sensitive")));
    add_kind(bench, "mine", both("Mine", NULL, 22), false);
    must_freeze(bench, "en", source);
    assert_false(freeze(bench, "zh-CN", source));
    assert_false(freeze(bench, "zh-CN", source)); /* for another text: the line is named once */
    EXPECT(bench->findings, {22, 3, "playbook-locale", "facts.data_kinds has no text for zh-CN"});
}

/* Every kind's fields are tried, so that a wrong one is found before the first send. */
static void test_wrong_field_of_a_kind(void **state)
{
    Bench *bench = *state;

    add_kind(bench, "name", both("Name", "姓名", 20), false);
    assert_false(freeze(bench, "en", "{{#facts.data_kinds}}{{lable}}{{/facts.data_kinds}}"));
    assert_int_equal(findings_count(bench->findings), 1);
    assert_non_null(strstr(findings_get(bench->findings, 0)->text, "lable"));
}

static void test_unknown_fact(void **state)
{
    Bench *bench = *state;

    add_unknown(bench, "who");
    add_unknown(bench, "where");
    add_wording(bench, "who",
                both("As of {{as_of}} nobody knows; more by {{next_update}}.", "截至{{as_of}}不明。", 40));
    add_wording(bench, "default", both("Unknown.", NULL, 41));
    must_freeze(bench, "en", "{{facts.who}} {{facts.where}}");
    assert_string_equal(text_at(bench, "facts.who"), "As of 21 November 2026, 22:10 (UTC+8) nobody knows; more by "
                                                     "28 November 2026, 18:00 (UTC+8).");
    assert_string_equal(text_at(bench, "facts.where"), "Unknown.");
    must_freeze(bench, "zh-CN", "{{facts.who}}");
    assert_string_equal(text_at(bench, "facts.who"), "截至2026年11月21日22:10（北京时间）不明。");
    assert_false(freeze(bench, "zh-CN", "{{facts.where}}"));
    EXPECT(bench->findings, {41, 3, "playbook-locale", "facts.where has no text for zh-CN"});
}

static void test_wrong_wording(void **state)
{
    Bench *bench = *state;

    add_unknown(bench, "who");
    add_wording(bench, "who", both("As of {{as_off}}.", NULL, 40));
    assert_false(freeze(bench, "en", "{{facts.who}}"));
    assert_string_equal(findings_get(bench->findings, 0)->id, "playbook-unknown-wording");
    assert_non_null(strstr(findings_get(bench->findings, 0)->text, "as_off"));
}

/* Facts that templates may always ask for. */
static void test_standard_facts(void **state)
{
    Bench *bench = *state;

    g_ptr_array_remove_index(bench->playbook->facts, 1);
    must_freeze(bench, "en",
                "{{#facts.cause}}{{facts.cause}}{{/facts.cause}}{{#facts.data_kinds}}{{label}}{{/facts.data_kinds}}");
    assert_string_equal(text_at(bench, "facts.cause"), "");
}

/* Names that shipped texts count on, whatever the playbook gives. */
static void test_names_for_shipped_texts(void **state)
{
    Bench *bench = *state;
    const json_t *steps;

    g_ptr_array_add(bench->playbook->advice, locale_text_plain("Call us.", at(15)));
    bench->playbook->affected.given = false;
    must_freeze(bench, "en",
                "{{#steps}}{{step}}. {{text}} {{/steps}}{{organization.domain}}"
                "{{#facts.affected}}{{likely}}{{/facts.affected}}");
    steps = json_object_get(json_object_get(bench->body, "context"), "steps");
    assert_int_equal(json_array_size(steps), 2);
    assert_int_equal(json_integer_value(json_object_get(json_array_get(steps, 1), "step")), 2);
    assert_string_equal(json_string_value(json_object_get(json_array_get(steps, 1), "text")), "Call us.");
    assert_string_equal(text_at(bench, "organization.domain"), "example.com");
    g_ptr_array_set_size(bench->playbook->organization.domains, 0);
    must_freeze(bench, "en", "{{organization.domain}}");
    assert_string_equal(text_at(bench, "organization.domain"), "");
    assert_false(freeze(bench, "zh-CN", "{{#steps}}{{text}}{{/steps}}"));
    EXPECT(bench->findings, {14, 3, "playbook-locale", "advice has no text for zh-CN"});
}

/* Capacities and words of an audience's own -------------------------------------------------------------------- */

static char *freeze_as(Bench *bench, Capacity capacity, const Playbook *own, const char *source)
{
    g_clear_pointer(&bench->needs, g_free);
    set_file(&bench->text.text, "email.txt", source);
    return context_freeze(&(ContextRequest){.playbook = bench->playbook,
                                            .status = INCIDENT_ACTUAL,
                                            .template_name = "t",
                                            .channel = "email",
                                            .text = &bench->text,
                                            .columns = &columns,
                                            .capacity = capacity,
                                            .own = own},
                          &bench->needs, bench->findings);
}

static void test_guardian(void **state)
{
    Bench *bench = *state;
    g_autofree char *body =
        freeze_as(bench, CAPACITY_GUARDIAN, NULL, "{{guardian.name}}: {{person.name}} {{person.masked_email}}");

    assert_non_null(body);
    assert_non_null(strstr(body, "\"capacity\":\"guardian\""));
    assert_true(g_strv_contains((const char *const *)bench->needs, "guardian_name"));
    assert_true(g_strv_contains((const char *const *)bench->needs, "name"));
}

static void test_guardian_sees_nothing_private(void **state)
{
    static const char *const names_of_child[] = {"email", "phone", "push", "im", "webhook", "address", "compromised"};
    Bench *bench = *state;

    for (size_t i = 0; i < G_N_ELEMENTS(names_of_child); i++) {
        g_autofree char *source = g_strdup_printf("{{#person.%s}}{{person.%s}}{{/person.%s}}", names_of_child[i],
                                                  names_of_child[i], names_of_child[i]);
        g_autofree char *body = NULL;

        findings_free(bench->findings);
        bench->findings = findings_new();
        body = freeze_as(bench, CAPACITY_GUARDIAN, NULL, source);
        assert_null(body);
        assert_string_equal(findings_get(bench->findings, 0)->id, "audience-private");
    }
}

static void test_names_of_capacities(void **state)
{
    static const struct {
        Capacity capacity;
        const char *source;
        bool is_known;
    } rows[] = {{CAPACITY_SELF, "{{guardian.name}}", false},
                {CAPACITY_ORGANIZATION, "{{guardian.name}}", false},
                {CAPACITY_SELF, "{{organization_people.count}}", false},
                {CAPACITY_GUARDIAN, "{{organization_people.count}}", false},
                {CAPACITY_GUARDIAN, "{{guardian.email}}", false},
                {CAPACITY_ORGANIZATION, "{{organization_people.count}}", true},
                {CAPACITY_SELF, "{{person.email}}", true}};
    Bench *bench = *state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *body = NULL;

        findings_free(bench->findings);
        bench->findings = findings_new();
        body = freeze_as(bench, rows[i].capacity, NULL, rows[i].source);
        if ((body != NULL) != rows[i].is_known ||
            (!rows[i].is_known && strcmp(findings_get(bench->findings, 0)->id, "audience-capacity") != 0))
            fail_msg("row %zu", i);
    }
}

static void test_own_words(void **state)
{
    Bench *bench = *state;
    g_autoptr(Playbook) own = playbook_new();
    g_autofree char *body = NULL;
    json_auto_t *read = NULL;
    const json_t *context;

    add_fact(own, "what_happened", both("Your file was read.", "您的文件被读取。", 9));
    add_fact(own, "lost", both("One file.", "一份文件。", 9));
    g_ptr_array_add(own->advice, both("Call us.", "请致电。", 14));
    body = freeze_as(bench, CAPACITY_SELF, own, "{{facts.what_happened}} {{facts.cause}} {{facts.lost}}");
    assert_non_null(body);
    read = json_loads(body, 0, NULL);
    context = json_object_get(read, "context");
    assert_string_equal(json_string_value(json_object_get(json_object_get(context, "facts"), "what_happened")),
                        "Your file was read.");
    assert_string_equal(json_string_value(json_object_get(json_object_get(context, "facts"), "cause")),
                        "A stolen password."); /* what they do not say is as in the playbook */
    assert_int_equal(json_array_size(json_object_get(context, "advice")), 1);
    assert_string_equal(json_string_value(json_array_get(json_object_get(context, "advice"), 0)), "Call us.");
    assert_int_equal(json_array_size(json_object_get(context, "impact")), 2);
}

/* An audience's fact in one language only must not fall back to the playbook's, which it replaces. */
static void test_own_fact_without_the_language(void **state)
{
    Bench *bench = *state;
    g_autoptr(Playbook) own = playbook_new();
    g_autofree char *body = NULL;

    add_fact(own, "what_happened", both("Your file was read.", NULL, 21));
    g_free(bench->text.locale);
    bench->text.locale = g_strdup("zh-CN");
    body = freeze_as(bench, CAPACITY_SELF, own, "{{facts.what_happened}}");
    assert_null(body);
    assert_string_equal(findings_get(bench->findings, 0)->id, "playbook-locale");
    assert_int_equal(findings_get(bench->findings, 0)->at.line, 21);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_body),
        TEST(test_update),
        TEST(test_no_update),
        TEST(test_actual),
        TEST(test_all_names),
        TEST(test_unknown_names),
        TEST(test_columns),
        TEST(test_missing_language),
        TEST(test_missing_language_in_subject),
        TEST(test_language_of_a_name),
        TEST(test_missing_language_in_a_section),
        TEST(test_missing_language_in_a_list),
        TEST(test_missing_sender),
        TEST(test_all_faults_of_all_parts),
        TEST(test_partials),
        TEST(test_missing_partial),
        TEST(test_trial),
        TEST(test_needs),
        TEST(test_deterministic),
        TEST(test_kinds),
        TEST(test_wrong_field_of_a_kind),
        TEST(test_unknown_fact),
        TEST(test_wrong_wording),
        TEST(test_standard_facts),
        TEST(test_names_for_shipped_texts),
        TEST(test_guardian),
        TEST(test_guardian_sees_nothing_private),
        TEST(test_names_of_capacities),
        TEST(test_own_words),
        TEST(test_own_fact_without_the_language),
    };

    return cmocka_run_group_tests_name("context", tests, NULL, NULL);
}
