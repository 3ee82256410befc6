/* Every shipped template, in every language and on every channel, holds what its regimes ask; and every part of it that
 * is marked is needed: with any one of them taken out, the comparison fails and names what is missing. */
#include "load_expect.h"

#include <jansson.h>

#include "dispatch/context.h"
#include "dispatch/coverage_check.h"
#include "dispatch/coverage_text.h"
#include "load/load_playbook.h"
#include "load/load_regime.h"
#include "load/load_template.h"
#include "load/load_vocabulary.h"

#define LISTS_MAX 24

typedef struct Shipped {
    const char *name;
    Capacity capacity;
    const char *channels[10];
    const char *regimes[LISTS_MAX]; /* whose notice it is; NULL-terminated */
} Shipped;

#define MAINLAND "cn-pipl", "cn-ndsr", "cn-minors"
#define EUROPE   "eu-gdpr", "uk-gdpr", "ch-fadp", "eu-nis2", "eu-dora", "eu-cra"
#define OTHERS                                                                                                         \
    "au-ndb", "br-lgpd", "ca-pipeda", "in-dpdp", "jp-appi", "kr-pipa", "sg-pdpa", "tw-pdpa", "hk-pdpo", "us-hipaa",    \
        "us-ny-gbl"

static const Shipped shipped[] = {
    {"individual",
     CAPACITY_SELF,
     {"email", "sms", "push", "im", "webhook", "letter", "phone", "voice"},
     {MAINLAND, EUROPE, OTHERS}},
    {"guardian", CAPACITY_GUARDIAN, {"email", "sms", "push", "letter", "phone"}, {MAINLAND, EUROPE, OTHERS}},
    {"child", CAPACITY_SELF, {"email", "sms", "push"}, {MAINLAND, EUROPE}},
    {"controller", CAPACITY_ORGANIZATION, {"email", "sms", "letter", "phone"}, {MAINLAND, EUROPE, OTHERS}},
    {"eu-resident", CAPACITY_SELF, {"email", "sms", "push", "letter"}, {EUROPE}},
    {"us-ca", CAPACITY_SELF, {"email", "letter"}, {"us-ca", "us-ny-gbl", "us-hipaa"}},
    {"closed-account", CAPACITY_SELF, {"email", "sms", "letter"}, {MAINLAND, EUROPE, OTHERS}},
    {"pointer", CAPACITY_SELF, {"sms", "push", "im"}, {MAINLAND, EUROPE, OTHERS}},
    {"announcement", CAPACITY_SELF, {"announcement"}, {MAINLAND, EUROPE, OTHERS}},
    {"update",
     CAPACITY_SELF,
     {"email", "sms", "push", "im", "webhook", "letter", "phone", "voice", "announcement"},
     {NULL}},
};

#define LOCALES 3 /* en, zh-CN, zh-TW */

/* Inputs ----------------------------------------------------------------------------------------------------------- */

static void no_reading(const char *path, void *user)
{
    (void)path;
    (void)user;
}

static LocaleText *plain(const char *text)
{
    return locale_text_plain(text, position_make(NULL, 0, 0));
}

/* Facts that only some laws ask for. */
static void add_law_facts(Playbook *playbook)
{
    for (const char *const *name = context_law_facts(); *name; name++) {
        Fact *fact = g_new0(Fact, 1);

        fact->name = g_strdup(*name);
        fact->text = plain("Words for it.");
        g_ptr_array_add(playbook->facts, fact);
    }
}

/* What differs between the incidents that the templates are tried with. */
typedef struct Trial {
    bool has_officer;
    UpdateKind update;
    const char *only; /* this template; NULL: all */
} Trial;

static const Trial trials[] = {
    {false, UPDATE_NEWS, NULL}, {true, UPDATE_NEWS, NULL}, {true, UPDATE_WITHDRAWAL, "update"}};

static Playbook *sample(const Trial *trial)
{
    g_autoptr(Findings) findings = findings_new();
    g_autofree char *path = g_build_filename(BREACH_SOURCE_DIR, "playbooks", "credential-leak.yaml", NULL);
    Playbook *playbook = load_playbook(path, findings);

    load_vocabulary(playbook, BREACH_SOURCE_DIR, no_reading, NULL, findings);
    expect_findings(findings, NULL, 0);
    add_law_facts(playbook);
    g_clear_pointer(&playbook->organization.dpo_name, g_free);
    g_clear_pointer(&playbook->organization.dpo_email, g_free);
    if (trial->has_officer) {
        playbook->organization.dpo_name = g_strdup("Erika Muster");
        playbook->organization.dpo_email = g_strdup("dpo@example.com");
    }
    playbook->update = playbook_update_new();
    playbook->update->what_changed = plain("Cards too.");
    playbook->update->kind = trial->update;
    playbook->update->need_to_act = true;
    return playbook;
}

/* The law of a template, and what the house asks beyond it: everything else that a notice can say. */
static GPtrArray *make_asked(const Shipped *one)
{
    GPtrArray *list = strcmp(one->name, "update") == 0 ? coverage_of_update() : coverage_list_new();
    size_t count = 0;
    const CoverageContent *contents = coverage_contents(&count);

    for (const char *const *id = one->regimes; *id; id++) {
        g_autoptr(Findings) findings = findings_new();
        g_autoptr(Regime) regime = load_regime(*id, position_make(NULL, 0, 0), NULL, BREACH_SOURCE_DIR, findings);
        g_autoptr(GPtrArray) law = NULL;

        expect_findings(findings, NULL, 0);
        law = coverage_of_regime(regime);
        assert_true(law->len > 0);
        for (guint i = 0; i < law->len; i++) { /* conditions go with the regime: here all of them hold */
            ((CoverageRequirement *)g_ptr_array_index(law, i))->cond = NULL;
            ((CoverageRequirement *)g_ptr_array_index(law, i))->is_soft = false;
            g_ptr_array_add(list, g_ptr_array_index(law, i));
        }
        g_ptr_array_set_free_func(law, NULL);
    }
    for (size_t i = 0; i < count; i++)
        coverage_require(list, "house", contents[i].id, contents[i].label, NULL,
                         (const char *const[]){contents[i].id, NULL});
    return list;
}

static GPtrArray *asked_of(const Shipped *one)
{
    static GPtrArray *lists[G_N_ELEMENTS(shipped)];
    GPtrArray **list = &lists[one - shipped];

    if (!*list)
        *list = make_asked(one);
    return *list;
}

static bool is_of_house(const CoverageRequirement *requirement)
{
    return strcmp(requirement->source, "house") == 0;
}

/* Texts ------------------------------------------------------------------------------------------------------------ */

typedef struct Text {
    const Shipped *of;
    const char *channel, *locale;
    json_t *body;            /* owned */
    CoverageReading reading; /* owned */
} Text;

static void free_text(gpointer data)
{
    Text *text = data;

    json_decref(text->body);
    coverage_reading_clear(&text->reading);
    g_free(text);
}

static bool read_body(const json_t *body, CoverageReading *reading)
{
    g_autofree char *source = json_dumps(body, JSON_COMPACT);
    g_autoptr(RenderText) text = render_text_new(source, NULL);
    g_autoptr(RenderScratch) scratch = render_scratch_new();

    memset(reading, 0, sizeof *reading);
    return text && coverage_read(text, scratch, "", NULL, reading, NULL);
}

static void add_text(GPtrArray *texts, const Playbook *playbook, const Shipped *one, const char *channel,
                     const TemplateText *source)
{
    bool is_update = strcmp(one->name, "update") == 0;
    g_autoptr(Findings) findings = findings_new();
    g_autofree const char **needs = NULL;
    g_autofree char *body = NULL;
    ContextRequest request = {.playbook = playbook,
                              .status = INCIDENT_ACTUAL,
                              .template_name = one->name,
                              .channel = channel,
                              .text = source,
                              .capacity = one->capacity,
                              .is_update = is_update};
    Text *text = g_new0(Text, 1);

    if (is_update)
        moment_parse("2026-11-21T22:10+08:00", &request.first_notice, NULL);
    body = context_freeze(&request, &needs, findings);
    expect_findings(findings, NULL, 0);
    text->of = one;
    text->channel = channel;
    text->body = json_loads(body, 0, NULL);
    text->locale = json_string_value(json_object_get(text->body, "locale"));
    assert_true(read_body(text->body, &text->reading));
    g_ptr_array_add(texts, text);
}

static void add_channel(GPtrArray *texts, const Playbook *playbook, const Shipped *one, const char *channel)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(TemplateSet) set =
        load_template(one->name, channel, playbook->folder, BREACH_SOURCE_DIR, position_make(NULL, 0, 0), findings);

    expect_findings(findings, NULL, 0);
    assert_int_equal(set->texts->len, LOCALES);
    for (guint i = 0; i < set->texts->len; i++)
        add_text(texts, playbook, one, channel, g_ptr_array_index(set->texts, i));
}

static GPtrArray *all_texts(const Playbook *playbook, const Trial *trial)
{
    GPtrArray *texts = g_ptr_array_new_with_free_func(free_text);

    for (size_t i = 0; i < G_N_ELEMENTS(shipped); i++)
        for (const char *const *channel = shipped[i].channels;
             *channel && (!trial->only || strcmp(trial->only, shipped[i].name) == 0); channel++)
            add_channel(texts, playbook, &shipped[i], *channel);
    return texts;
}

static char *name_of(const Text *text)
{
    return g_strdup_printf("%s/%s/%s", text->of->name, text->locale, text->channel);
}

/* Everything is there ------------------------------------------------------------------------------------------------
 */

/* What a pointer points to: the announcement of that language, or the same notice by email. */
static bool is_target(const Text *text, const Text *target)
{
    bool is_update = strcmp(text->of->name, "update") == 0;

    if (strcmp(target->locale, text->locale) != 0 || target->reading.is_pointer)
        return false;
    return target->of == text->of || (strcmp(target->channel, "announcement") == 0 &&
                                      strcmp(target->of->name, is_update ? "update" : "announcement") == 0);
}

static bool is_met_elsewhere(const GPtrArray *texts, const Text *text, const CoverageRequirement *requirement)
{
    for (guint i = 0; i < texts->len; i++) {
        const Text *target = g_ptr_array_index(texts, i);

        if (is_target(text, target) &&
            coverage_reading_judge(&target->reading, requirement, NULL, NULL) == COVERAGE_MET)
            return true;
    }
    return false;
}

static void check_text(const GPtrArray *texts, const Text *text, bool has_officer)
{
    const GPtrArray *asked = asked_of(text->of);

    for (guint i = 0; i < asked->len; i++) {
        const CoverageRequirement *requirement = g_ptr_array_index(asked, i);
        g_autofree char *name = name_of(text);
        CoverageSet lacking = 0;
        const char *part = "", *late = NULL;

        if (is_of_house(requirement) || (!has_officer && requirement->content & coverage_bit("officer")))
            continue;
        if (coverage_reading_judge(&text->reading, requirement, &lacking, &part) != COVERAGE_MET &&
            !(text->reading.is_pointer && is_met_elsewhere(texts, text, requirement))) {
            g_autofree char *labels = coverage_labels(lacking);

            fail_msg("%s (%s) lacks %s of %s: %s", name, part, requirement->field, requirement->source, labels);
        }
        for (size_t j = 0; j < text->reading.count; j++)
            if (!coverage_headings_in_order(asked, requirement->source,
                                            (const char *const *)text->reading.parts[j].lines, &late))
                fail_msg("%s: \"%s\" is not in its place", name, late);
    }
}

static void test_all_is_there(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(trials); i++) {
        g_autoptr(Playbook) playbook = sample(&trials[i]);
        g_autoptr(GPtrArray) texts = all_texts(playbook, &trials[i]);

        assert_true(trials[i].only || texts->len > 120);
        for (guint j = 0; j < texts->len; j++)
            check_text(texts, g_ptr_array_index(texts, j), trials[i].has_officer);
    }
}

/* Everything is needed -----------------------------------------------------------------------------------------------
 */

typedef struct Deleting {
    const Text *text;
    const GPtrArray *asked;
    GHashTable *marks; /* "TEXT SOURCE ID at OFFSET" -> whether taking it out was noticed; owned keys */
    size_t count;      /* of deletions */
} Deleting;

/* The source without what stands from the `open`-th byte to the end of the mark that opens there; NULL: no mark does.
 * *id is newly allocated. */
static char *without_mark(const char *source, size_t open, char **id)
{
    static const char opening[] = "{{#" COVERAGE_MARK;
    const char *start = source + open;
    const char *end = strstr(start, "}}");
    g_autofree char *closing = NULL;
    const char *behind;

    *id = g_strndup(start + strlen(opening), (size_t)(end - start) - strlen(opening));
    closing = g_strconcat("{{/" COVERAGE_MARK, *id, "}}", NULL);
    behind = strstr(end, closing);
    if (!behind)
        return NULL;
    behind += strlen(closing);
    return g_strdup_printf("%.*s%s", (int)open, source, behind);
}

/* Whether something that is asked, and was there, is no longer, and is said to be this. */
static bool is_noticed(const Deleting *deleting, const CoverageReading *reading, const char *id)
{
    const CoverageReading *before = &deleting->text->reading;

    if (before->is_pointer && strcmp(id, "full_text") == 0)
        return !reading->is_pointer;
    for (guint i = 0; i < deleting->asked->len; i++) {
        const CoverageRequirement *requirement = g_ptr_array_index(deleting->asked, i);
        CoverageSet lacking = 0;

        if (coverage_reading_judge(before, requirement, NULL, NULL) == COVERAGE_MET &&
            coverage_reading_judge(reading, requirement, &lacking, NULL) != COVERAGE_MET && lacking & coverage_bit(id))
            return true;
    }
    return false;
}

static void delete_mark(Deleting *deleting, json_t *file, const char *source, size_t open, const char *where)
{
    g_autofree char *id = NULL;
    g_autofree char *shortened = without_mark(source, open, &id);
    g_autofree char *name = name_of(deleting->text);
    char *key = g_strdup_printf("%s, %s: %s at %zu", name, where, id, open);
    CoverageReading reading;
    bool noticed;

    if (!shortened)
        fail_msg("%s is not closed", key);
    json_object_set_new(file, "source", json_string(shortened));
    if (!read_body(deleting->text->body, &reading)) /* that would say nothing about the comparison */
        fail_msg("%s: without it the text cannot be rendered", key);
    noticed = is_noticed(deleting, &reading, id);
    coverage_reading_clear(&reading);
    json_object_set_new(file, "source", json_string(source));
    deleting->count++;
    noticed = noticed || GPOINTER_TO_INT(g_hash_table_lookup(deleting->marks, key));
    g_hash_table_replace(deleting->marks, key, GINT_TO_POINTER(noticed));
}

static void delete_each(Deleting *deleting, json_t *file, const char *where)
{
    g_autofree char *source = g_strdup(json_string_value(json_object_get(file, "source")));

    for (const char *at = strstr(source, "{{#" COVERAGE_MARK); at; at = strstr(at + 1, "{{#" COVERAGE_MARK))
        delete_mark(deleting, file, source, (size_t)(at - source), where);
}

static void delete_all(Deleting *deleting)
{
    const char *name;
    json_t *file;

    json_object_foreach(json_object_get(deleting->text->body, "parts"), name, file) delete_each(deleting, file, name);
    json_object_foreach(json_object_get(deleting->text->body, "partials"), name, file)
        delete_each(deleting, file, name);
}

static void test_all_is_needed(void **state)
{
    g_autoptr(GHashTable) marks = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GString) unnoticed = g_string_new(NULL);
    GHashTableIter iterator;
    gpointer key, noticed;
    size_t count = 0;

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(trials); i++) {
        g_autoptr(Playbook) playbook = sample(&trials[i]);
        g_autoptr(GPtrArray) texts = all_texts(playbook, &trials[i]);

        for (guint j = 0; j < texts->len; j++) {
            const Text *text = g_ptr_array_index(texts, j);
            Deleting deleting = {.text = text, .asked = asked_of(text->of), .marks = marks};

            delete_all(&deleting);
            count += deleting.count;
        }
    }
    g_hash_table_iter_init(&iterator, marks);
    while (g_hash_table_iter_next(&iterator, &key, &noticed))
        if (!noticed)
            g_string_append_printf(unnoticed, "%s\n", (const char *)key);
    print_message("# %zu deletions of %u marked parts\n", count, g_hash_table_size(marks));
    assert_true(g_hash_table_size(marks) > 500);
    if (unnoticed->len > 0) {
        g_printerr("%s", unnoticed->str);
        fail_msg("parts whose loss nobody notices");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_is_there),
        cmocka_unit_test(test_all_is_needed),
    };

    return cmocka_run_group_tests_name("coverage_shipped", tests, NULL, NULL);
}
