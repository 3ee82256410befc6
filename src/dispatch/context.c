#include "dispatch/context.h"

#include <stddef.h>
#include <string.h>

#include <jansson.h>

#include "base/language.h"
#include "base/text.h"
#include "dispatch/render.h"
#include "model/announcement.h"
#include "model/coverage.h"
#include "model/template.h"

typedef struct Freezing {
    const ContextRequest *request;
    Findings *findings;
    GHashTable *missing; /* dotted name -> LocaleText * without the locale */
    GHashTable *told;    /* set of those that were reported */
    json_t *context;
    GHashTable *needs; /* set of interned column names */
    bool is_wrong;
} Freezing;

/* One line of the playbook serves many texts, and is said to be wrong once. */
static bool is_said(Findings *findings, const char *id, Position at, const char *text)
{
    for (size_t i = 0; i < findings_count(findings); i++) {
        const Finding *finding = findings_get(findings, i);

        if (strcmp(finding->id, id) == 0 && position_compare(finding->at, at) == 0 && strcmp(finding->text, text) == 0)
            return true;
    }
    return false;
}

static void wrong(Freezing *freezing, const char *id, Position at, const char *text)
{
    if (at.line == 0 || !is_said(freezing->findings, id, at, text))
        findings_error(freezing->findings, FINDING_SEND, id, at, "%s", text);
    freezing->is_wrong = true;
}

/* Values -------------------------------------------------------------------------------------------------------- */

/* NULL when it lacks the locale: the name is left out then, so that no template can use it unseen. */
static json_t *text_value(Freezing *freezing, const char *name, const LocaleText *text)
{
    const char *value = text ? locale_text_get(text, freezing->request->text->locale) : "";

    if (!value)
        g_hash_table_insert(freezing->missing, g_strdup(name), (gpointer)text);
    return value ? json_string(value) : NULL;
}

static json_t *list_value(Freezing *freezing, const char *name, const GPtrArray *texts)
{
    json_t *list = json_array();

    for (guint i = 0; list && i < texts->len; i++) {
        json_t *value = text_value(freezing, name, g_ptr_array_index(texts, i));

        if (value)
            json_array_append_new(list, value);
        else
            g_clear_pointer(&list, json_decref);
    }
    return list;
}

/* The audience's own list where it has one, else the playbook's. `offset` is that of the list in a Playbook. */
static json_t *words_value(Freezing *freezing, const char *name, size_t offset)
{
    const ContextRequest *request = freezing->request;
    GPtrArray *const *all = (GPtrArray *const *)(const void *)((const char *)request->playbook + offset);
    GPtrArray *const *own =
        request->own ? (GPtrArray *const *)(const void *)((const char *)request->own + offset) : NULL;

    return list_value(freezing, name, own && (*own)->len > 0 ? *own : *all);
}

static json_t *time_value(const Freezing *freezing, Moment moment)
{
    g_autofree char *text = moment.known ? moment_format(moment, freezing->request->text->locale) : g_strdup("");

    return json_string(text);
}

static json_t *string_value(const char *text)
{
    return json_string(text ? text : "");
}

static json_t *incident_value(const Freezing *freezing)
{
    const Incident *incident = &freezing->request->playbook->incident;

    return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o}", "id", incident->id ? incident->id : "", "status",
                     playbook_status_name(freezing->request->status), "severity", string_value(incident->severity),
                     "occurred_at", time_value(freezing, incident->occurred_at), "detected_at",
                     time_value(freezing, incident->detected_at), "confirmed_at",
                     time_value(freezing, incident->confirmed_at), "contained_at",
                     time_value(freezing, incident->contained_at));
}

static json_t *organization_value(Freezing *freezing)
{
    const Organization *organization = &freezing->request->playbook->organization;
    json_t *domains = json_array();

    for (guint i = 0; i < organization->domains->len; i++)
        json_array_append_new(domains, json_string(g_ptr_array_index(organization->domains, i)));
    return json_pack("{s:o*, s:o, s:o, s:o, s:{s:o, s:o, s:o}}", "name",
                     text_value(freezing, "organization.name", organization->name), "role",
                     string_value(organization->role), "domains", domains, "domain",
                     string_value(organization->domains->len > 0 ? g_ptr_array_index(organization->domains, 0) : NULL),
                     "dpo", "name", string_value(organization->dpo_name), "email",
                     string_value(organization->dpo_email), "phone", string_value(organization->dpo_phone));
}

static void keep_first(Position at, const char *text, void *user)
{
    char **first = user;

    (void)at;
    if (!*first)
        *first = g_strdup(text);
}

/* What stands for a fact that is not known yet: the wording, with its two times for the reader. */
static json_t *unknown_value(Freezing *freezing, const char *name, const Fact *fact)
{
    const LocaleText *wording = playbook_wording(freezing->request->playbook, fact->name);
    const char *source = wording ? locale_text_get(wording, freezing->request->text->locale) : "";
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(Template) template = NULL;
    g_autofree char *fault = NULL;
    json_auto_t *times = json_pack("{s:o, s:o}", "as_of", time_value(freezing, fact->as_of), "next_update",
                                   time_value(freezing, fact->next_update));

    if (!source)
        return text_value(freezing, name, wording);
    template = template_compile("unknown-facts.yaml", source, (TemplateOptions){TEMPLATE_ESCAPE_NONE, .strict = true},
                                NULL, NULL, keep_first, &fault);
    if (template && template_render(template, (const json_t *const[]){times}, 1, text, &error))
        return json_string(text->str);
    wrong(freezing, "playbook-unknown-wording", locale_text_at(wording), fault ? fault : error ? error->message : "it has no text");
    return json_string(""); /* the name is known all the same: no second error */
}

/* facts.data_kinds: [{"name", "label", "consequence", "sensitive"}]. A kind that the vocabulary lacks was reported. */
static json_t *kinds_value(Freezing *freezing)
{
    const GPtrArray *kinds = freezing->request->playbook->data_kinds;
    json_t *list = json_array();

    for (guint i = 0; i < kinds->len; i++) {
        const DataKind *kind = g_ptr_array_index(kinds, i);
        json_t *value =
            json_pack("{s:s, s:o*, s:o*, s:b}", "name", kind->name, "label",
                      text_value(freezing, "facts.data_kinds", kind->label), "consequence",
                      text_value(freezing, "facts.data_kinds", kind->consequence), "sensitive", kind->sensitive);

        json_array_append_new(list, value);
    }
    if (!g_hash_table_contains(freezing->missing, "facts.data_kinds"))
        return list;
    json_decref(list);
    return NULL;
}

/* One that is not given and has no text in another language either. */
static void add_empty_fact(const Freezing *freezing, json_t *facts, const char *fact)
{
    g_autofree char *name = g_strconcat("facts.", fact, NULL);

    if (!json_object_get(facts, fact) && !g_hash_table_contains(freezing->missing, name))
        json_object_set_new(facts, fact, json_string(""));
}

const char *const *context_law_facts(void)
{
    static const char *const facts[] = {"protection",      "identity_protection", "credit_agencies",
                                        "agencies",        "rights",              "law_enforcement",
                                        "delay_reason",    "follow_up",           NULL};

    return facts;
}

/* Facts that every template may ask for, whether the playbook gives them or not. */
static void add_standard_facts(Freezing *freezing, json_t *facts)
{
    const Playbook *playbook = freezing->request->playbook;
    json_t *kinds = kinds_value(freezing);

    if (kinds)
        json_object_set_new(facts, "data_kinds", kinds);
    add_empty_fact(freezing, facts, "cause");
    for (const char *const *fact = context_law_facts(); *fact; fact++)
        add_empty_fact(freezing, facts, *fact);
    if (playbook->data_kinds->len > 0 && !json_object_get(facts, "which_data") &&
        !g_hash_table_contains(freezing->missing, "facts.which_data"))
        json_object_set_new(facts, "which_data", json_string(""));
    if (!playbook->affected.given)
        json_object_set_new(facts, "affected", json_false());
}

static void add_facts(Freezing *freezing, json_t *facts, const Playbook *playbook)
{
    for (guint i = 0; i < playbook->facts->len; i++) {
        const Fact *fact = g_ptr_array_index(playbook->facts, i);
        g_autofree char *name = g_strconcat("facts.", fact->name, NULL);
        json_t *value;

        g_hash_table_remove(freezing->missing, name);
        value = fact->text ? text_value(freezing, name, fact->text) : unknown_value(freezing, name, fact);
        if (value)
            json_object_set_new(facts, fact->name, value);
        else
            json_object_del(facts, fact->name);
    }
}

static json_t *facts_value(Freezing *freezing)
{
    const Playbook *playbook = freezing->request->playbook;
    json_t *facts = json_object();

    add_facts(freezing, facts, playbook);
    if (freezing->request->own) /* those of the same name are replaced */
        add_facts(freezing, facts, freezing->request->own);
    add_standard_facts(freezing, facts);
    if (playbook->affected.given)
        json_object_set_new(facts, "affected",
                            json_pack("{s:I, s:I, s:I, s:o}", "lower", (json_int_t)playbook->affected.lower, "likely",
                                      (json_int_t)playbook->affected.likely, "upper",
                                      (json_int_t)playbook->affected.upper, "as_of",
                                      time_value(freezing, playbook->affected.as_of)));
    return facts;
}

static json_t *contact_value(Freezing *freezing)
{
    const Organization *organization = &freezing->request->playbook->organization;

    return json_pack("{s:o, s:o, s:o*}", "email", string_value(organization->contact_email), "phone",
                     string_value(organization->contact_phone), "hours",
                     text_value(freezing, "contact.hours", organization->contact_hours));
}

/* What an update says; texts that its kind does not have are empty, so that one template can serve all kinds. */
static json_t *update_value(Freezing *freezing)
{
    const ContextRequest *request = freezing->request;
    const PlaybookUpdate *update = request->playbook->update;
    g_autofree char *first = moment_format_date(request->first_notice, request->text->locale);

    return json_pack("{s:b, s:b, s:b, s:o*, s:o*, s:o*, s:b, s:s}", "is_update", update->kind == UPDATE_NEWS,
                     "is_correction", update->kind == UPDATE_CORRECTION, "is_withdrawal",
                     update->kind == UPDATE_WITHDRAWAL, "what_changed",
                     text_value(freezing, "update.what_changed", update->what_changed), "wrong",
                     text_value(freezing, "update.wrong", update->wrong), "right",
                     text_value(freezing, "update.right", update->right), "need_to_act", update->need_to_act,
                     "first_notice", first);
}

static json_t *build_context(Freezing *freezing)
{
    const Playbook *playbook = freezing->request->playbook;

    return json_pack("{s:o, s:o, s:o, s:o*, s:{s:o*, s:o*}, s:o*, s:o*, s:o, s:i, s:b}", "incident",
                     incident_value(freezing), "organization", organization_value(freezing), "facts",
                     facts_value(freezing), "impact", words_value(freezing, "impact", offsetof(Playbook, impact)), "measures",
                     "taken", words_value(freezing, "measures.taken", offsetof(Playbook, measures_taken)), "planned",
                     words_value(freezing, "measures.planned", offsetof(Playbook, measures_planned)), "advice",
                     words_value(freezing, "advice", offsetof(Playbook, advice)), "remedies",
                     words_value(freezing, "remedies", offsetof(Playbook, remedies)), "contact", contact_value(freezing),
                     "edition", playbook->incident.edition, "exercise", freezing->request->status == INCIDENT_EXERCISE);
}

/* announcement.url, announcement.reason: empty where the playbook announces nothing. */
static void add_announcement(Freezing *freezing)
{
    const Announcement *announcement = freezing->request->playbook->announcement;

    json_object_set_new(freezing->context, "announcement",
                        json_pack("{s:o*, s:o*}", "url",
                                  text_value(freezing, "announcement.url", announcement ? announcement->url : NULL),
                                  "reason",
                                  text_value(freezing, "announcement.reason", announcement ? announcement->reason : NULL)));
}

/* steps: the advice with its numbers, for texts that cannot number by themselves. */
static void add_steps(Freezing *freezing)
{
    const json_t *advice = json_object_get(freezing->context, "advice");
    gpointer lacking = g_hash_table_lookup(freezing->missing, "advice");
    json_t *steps;
    size_t index;
    json_t *text;

    if (lacking)
        g_hash_table_insert(freezing->missing, g_strdup("steps"), lacking);
    if (!advice)
        return;
    steps = json_array();
    json_array_foreach(advice, index, text)
        json_array_append_new(steps, json_pack("{s:I, s:O}", "step", (json_int_t)index + 1, "text", text));
    json_object_set_new(freezing->context, "steps", steps);
}

/* covers.*: all true, for marks are plain sections to anybody who reads a frozen text with another Mustache. */
static json_t *covers_value(void)
{
    json_t *covers = json_object();
    size_t count = 0;
    const CoverageContent *contents = coverage_contents(&count);

    for (size_t i = 0; i < count; i++)
        json_object_set_new(covers, contents[i].id, json_true());
    return covers;
}

/* Every name that person.* may have: known columns that this file lacks are empty rather than unknown. */
static json_t *person_columns_value(const PersonColumns *columns)
{
    GPtrArray *names = g_ptr_array_new();
    json_t *list = json_array();

    for (const char *const *known = person_known_columns(); *known; known++)
        g_ptr_array_add(names, (gpointer)*known);
    for (size_t i = 0; columns && i < columns->count; i++)
        if (!person_is_known_column(columns->names[i]))
            g_ptr_array_add(names, columns->names[i]);
    g_ptr_array_sort(names, text_order);
    for (guint i = 0; i < names->len; i++)
        json_array_append_new(list, json_string(g_ptr_array_index(names, i)));
    g_ptr_array_unref(names);
    return list;
}

/* Checking ------------------------------------------------------------------------------------------------------ */

static void compile_fault(Position at, const char *text, void *user)
{
    wrong(user, "template-syntax", at, text);
}

static const char *partial_source(const char *name, void *user)
{
    const TemplateFile *file = g_hash_table_lookup(((const TemplateText *)user)->partials, name);

    return file ? file->source : NULL;
}

static bool is_person_name(const Freezing *freezing, const char *column)
{
    const PersonColumns *columns = freezing->request->columns;

    return person_is_known_column(column) || strcmp(column, "masked_email") == 0 ||
           (columns && person_column(columns, column) >= 0);
}

/* What a child kept to itself is not for its guardian: where else the child can be reached. The masked address may be
 * shown, so that the guardian knows which account it is about. */
bool context_is_private(Capacity capacity, const char *column)
{
    static const char *const columns[] = {"email", "phone", "push", "im", "webhook", "address", "compromised", NULL};

    return capacity == CAPACITY_GUARDIAN && g_strv_contains(columns, column);
}

/* Names that a rendering adds for one capacity. */
static bool is_name_of_capacity(const Freezing *freezing, const char *name)
{
    static const struct {
        Capacity capacity;
        const char *name;
    } names[] = {{CAPACITY_GUARDIAN, "guardian"},
                 {CAPACITY_GUARDIAN, "guardian.name"},
                 {CAPACITY_ORGANIZATION, "organization_people"},
                 {CAPACITY_ORGANIZATION, "organization_people.count"}};

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (names[i].capacity == freezing->request->capacity && strcmp(names[i].name, name) == 0)
            return true;
    return false;
}

static bool is_known_name(const Freezing *freezing, const char *name)
{
    g_auto(GStrv) parts = g_strsplit(name, ".", -1);
    const json_t *value = freezing->context;

    if (strcmp(parts[0], "person") == 0)
        return !parts[1] || (is_person_name(freezing, parts[1]) && !parts[2]);
    if (strcmp(name, "number") == 0 || strcmp(name, "notice_date") == 0 || strcmp(name, ".") == 0 ||
        is_name_of_capacity(freezing, name))
        return true;
    for (char **part = parts; *part; part++) {
        value = json_object_get(value, *part);
        if (!value)
            return false;
    }
    return true;
}

/* The dotted names of the context and of a person, for "did you mean". A mark is meant by who writes "cover" alone: its
 * last part is often that of a fact, too. */
static void collect_names(const json_t *value, const char *prefix, bool has_marks, GPtrArray *names)
{
    const char *key;
    json_t *member;

    json_object_foreach((json_t *)value, key, member)
    {
        char *name = *prefix ? g_strdup_printf("%s.%s", prefix, key) : g_strdup(key);

        if (g_str_has_prefix(name, COVERAGE_MARK) && !has_marks) {
            g_free(name);
            continue;
        }
        g_ptr_array_add(names, name);
        collect_names(member, name, has_marks, names);
    }
}

static void unknown_name(Freezing *freezing, const TemplateName *use)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *text = NULL;
    const char *nearest;

    collect_names(freezing->context, "", g_str_has_prefix(use->name, "cover"), names);
    for (const char *const *known = person_known_columns(); *known; known++)
        g_ptr_array_add(names, g_strconcat("person.", *known, NULL));
    g_ptr_array_add(names, g_strdup("person.masked_email"));
    g_ptr_array_add(names, g_strdup("number"));
    g_ptr_array_add(names, g_strdup("notice_date"));
    g_ptr_array_add(names, NULL);
    nearest = text_nearest(use->name, (const char *const *)names->pdata);
    if (nearest)
        text = g_strdup_printf(_("unknown name %s: did you mean %s?"), use->name, nearest);
    else if (g_str_has_prefix(use->name, "facts."))
        text = g_strdup_printf(_("the template needs %s: add it to the playbook"), use->name);
    else
        text = g_strdup_printf(_("unknown name %s: neither the playbook nor the people file has it"), use->name);
    wrong(freezing, "template-name", use->at, text);
}

/* Whether nobody in particular gets the text: the announcement and the sheets of the kit come in every language in which
 * the playbook says anything at all (publish_text.h), whatever people read. */
static bool is_public(const char *channel)
{
    static const char *const everybody[] = {ANNOUNCEMENT_CHANNEL, "holding", "questions", "staff", NULL};

    return g_strv_contains(everybody, channel);
}

static void missing_language(Freezing *freezing, const char *name, const LocaleText *text)
{
    const char *locale = freezing->request->text->locale;
    g_autofree char *message = NULL;

    if (strcmp(name, "steps") == 0)
        name = "advice"; /* as it is called in the playbook */
    if (!g_hash_table_add(freezing->told, g_strdup(name)))
        return;
    message = is_public(freezing->request->channel)
                  ? g_strdup_printf(_("%s has no text for %s: what the public reads is written in every language in "
                                      "which the playbook says something"),
                                    name, locale)
                  : g_strdup_printf(_("%s has no text for %s: people get their notice in that language"), name, locale);
    wrong(freezing, "playbook-locale", locale_text_at(text), message);
}

/* A name that belongs to another capacity, or that this one may not see; false: it is neither. */
static bool wrong_capacity(Freezing *freezing, const TemplateName *use)
{
    static const char *const prefixes[] = {"guardian.", "organization_people."};
    g_autofree char *text = NULL;

    if (g_str_has_prefix(use->name, "person.") && context_is_private(freezing->request->capacity, use->name + strlen("person."))) {
        text = g_strdup_printf(_("%s is the child's own and not for its guardian: remove it"), use->name);
        wrong(freezing, "audience-private", use->at, text);
        return true;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(prefixes); i++)
        if (g_str_has_prefix(use->name, prefixes[i]) && !is_name_of_capacity(freezing, use->name)) {
            text = g_strdup_printf(_("%s is not known here: the audience has capacity %s"), use->name,
                                   audience_capacity_name(freezing->request->capacity));
            wrong(freezing, "audience-capacity", use->at, text);
            return true;
        }
    return false;
}

static void check_names(Freezing *freezing, const Template *template)
{
    size_t count = 0;
    const TemplateName *names = template_names(template, &count);

    for (size_t i = 0; i < count; i++) {
        const LocaleText *text = g_hash_table_lookup(freezing->missing, names[i].name);

        if (text)
            missing_language(freezing, names[i].name, text);
        else if (!wrong_capacity(freezing, &names[i]) && !names[i].is_relative &&
                 !is_known_name(freezing, names[i].name))
            unknown_name(freezing, &names[i]);
    }
}

/* A slip in a mark would hide what the text holds. */
static void check_marks(Freezing *freezing, const Template *template)
{
    size_t count = 0;
    const TemplateMark *marks = template_marks(template, &count);

    for (size_t i = 0; i < count; i++) {
        const char *id = marks[i].name + strlen(COVERAGE_MARK);
        const char *nearest = coverage_nearest(id);
        g_autofree char *text = NULL;

        if (coverage_content(id))
            continue;
        text = nearest ? g_strdup_printf(_("there is no mark %s: did you mean %s%s?"), marks[i].name, COVERAGE_MARK,
                                         nearest)
                       : g_strdup_printf(_("there is no mark %s: see breach-playbook(5)"), marks[i].name);
        wrong(freezing, "template-mark", marks[i].at, text);
    }
}

static void collect_needs(Freezing *freezing, const Template *template)
{
    g_autofree const char **needs = template_needs(template, "person.");
    g_autofree const char **of_guardian = template_needs(template, "guardian.");

    if (*of_guardian) /* its only name */
        g_hash_table_add(freezing->needs, (gpointer)g_intern_static_string("guardian_name"));

    for (const char **need = needs; *need; need++) {
        const char *column = *need + strlen("person.");

        if (strcmp(column, "masked_email") == 0)
            column = "email";
        g_hash_table_add(freezing->needs, (gpointer)g_intern_string(column));
    }
}

static json_t *freeze_file(const TemplateFile *file)
{
    return json_pack("{s:s, s:s}", "path", file->path, "source", file->source);
}

static void freeze_part(Freezing *freezing, json_t *parts, const char *name, const TemplateFile *file,
                        TemplateEscape escape)
{
    g_autoptr(Template) template = NULL;

    if (!file->source)
        return;
    template = template_compile(file->path, file->source,
                                (TemplateOptions){.escape = escape, .strict = true, .mark = COVERAGE_MARK},
                                partial_source, (void *)freezing->request->text, compile_fault, freezing);
    json_object_set_new(parts, name, freeze_file(file));
    if (!template)
        return;
    check_names(freezing, template);
    check_marks(freezing, template);
    collect_needs(freezing, template);
}

/* The notice comes from the organisation by its name, whatever the template says. */
static void check_sender(Freezing *freezing)
{
    const LocaleText *name = g_hash_table_lookup(freezing->missing, "organization.name");

    if (name)
        missing_language(freezing, "organization.name", name);
}

static json_t *freeze_parts(Freezing *freezing)
{
    const TemplateText *text = freezing->request->text;
    json_t *parts = json_object();

    freeze_part(freezing, parts, "subject", &text->subject, TEMPLATE_ESCAPE_HEADER);
    freeze_part(freezing, parts, "text", &text->text, TEMPLATE_ESCAPE_NONE);
    freeze_part(freezing, parts, "html", &text->html, TEMPLATE_ESCAPE_HTML);
    check_sender(freezing);
    return parts;
}

static json_t *freeze_partials(const TemplateText *text)
{
    json_t *partials = json_object();
    GHashTableIter iterator;
    gpointer name, file;

    g_hash_table_iter_init(&iterator, text->partials);
    while (g_hash_table_iter_next(&iterator, &name, &file))
        json_object_set_new(partials, name, freeze_file(file));
    return partials;
}

/* What the check of names cannot see, such as a name inside a section, shows in a rendering with every column filled.
 */
static void try_rendering(Freezing *freezing, const char *body)
{
    g_autoptr(GError) error = NULL;

    if (!render_try(body, &error))
        wrong(freezing, "template-render", position_make(freezing->request->text->text.path, 0, 0), error->message);
}

static const char **needs_array(GHashTable *needs)
{
    guint count = 0;
    g_autofree gpointer *keys = g_hash_table_get_keys_as_array(needs, &count);
    const char **array = g_new0(const char *, count + 1);

    memcpy(array, keys, count * sizeof *array);
    qsort(array, count, sizeof *array, text_order);
    return array;
}

char *context_freeze(const ContextRequest *request, const char ***needs, Findings *findings)
{
    Freezing freezing = {.request = request,
                         .findings = findings,
                         .missing = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
                         .told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
                         .needs = g_hash_table_new(g_str_hash, g_str_equal)};
    json_auto_t *body = NULL;
    char *text;

    freezing.context = build_context(&freezing);
    add_steps(&freezing);
    add_announcement(&freezing);
    json_object_set_new(freezing.context, "covers", covers_value());
    if (request->is_update)
        json_object_set_new(freezing.context, "update", update_value(&freezing));
    body = json_pack("{s:s, s:s, s:o, s:O, s:b, s:s, s:i, s:o, s:o, s:s}", "capacity",
                     audience_capacity_name(request->capacity), "channel", request->channel, "columns",
                     person_columns_value(request->columns), "context", freezing.context, "exercise",
                     request->status == INCIDENT_EXERCISE, "locale", request->text->locale, "offset",
                     request->playbook->incident.detected_at.offset, "parts",
                     freeze_parts(&freezing), "partials", freeze_partials(request->text), "template",
                     request->template_name);
    text = text_canonical_json(body);
    if (!freezing.is_wrong)
        try_rendering(&freezing, text);
    *needs = needs_array(freezing.needs);
    json_decref(freezing.context);
    g_hash_table_unref(freezing.missing);
    g_hash_table_unref(freezing.told);
    g_hash_table_unref(freezing.needs);
    if (freezing.is_wrong)
        g_clear_pointer(&text, g_free);
    return text;
}
