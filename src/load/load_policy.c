#include "load/load_policy.h"

#include <stddef.h>
#include <string.h>

#include "base/clock.h"
#include "base/language.h"
#include "base/text.h"
#include "load/law_file.h"
#include "load/load_response.h"
#include "load/yaml.h"
#include "model/coverage.h"
#include "model/playbook.h"
#include "model/region.h"

#define STAGE LAW_FILE_STAGE
#define KIND  "policies" /* the folder */

#define PERIOD_MOST (3650 * CLOCK_DAY)

static const char *const whens[] = {"always", "hard", NULL};                        /* as PolicyWhen */
static const char *const capacities[] = {"self", "guardian", "organization", NULL}; /* as Capacity */

/* Values of promises --------------------------------------------------------------------------------------------- */

typedef bool KnowsWord(const char *word, const char **nearest);

static bool is_content(const char *word, const char **nearest)
{
    *nearest = coverage_nearest(word);
    return coverage_content(word) != NULL;
}

static bool is_among(const char *word, const char *const *known, const char **nearest)
{
    *nearest = text_nearest(word, known);
    return g_strv_contains(known, word);
}

static bool is_way(const char *word, const char **nearest)
{
    return is_among(word, policy_ways(), nearest);
}

static bool is_need(const char *word, const char **nearest)
{
    return is_among(word, policy_needs(), nearest);
}

static bool is_step(const char *word, const char **nearest)
{
    return is_among(word, response_kind_names(), nearest);
}

static bool is_regime(const char *word, const char **nearest)
{
    *nearest = NULL;
    return text_is_name(word);
}

static bool is_language(const char *word, const char **nearest)
{
    g_autofree char *locale = locale_normalize(word);

    *nearest = NULL;
    return locale && strcmp(locale, word) == 0;
}

/* The list of a promise, and what may stand in it: its key says which. */
static const struct {
    const char *key;
    PolicyKind kind;
    KnowsWord *knows;
} lists[] = {
    {"content", POLICY_CONTENT, is_content},    {"named", POLICY_WAYS, is_way},
    {"regimes", POLICY_AUTHORITIES, is_regime}, {"steps", POLICY_RESPONSE, is_step},
    {"needs", POLICY_CROSS_BORDER, is_need},    {"languages", POLICY_LANGUAGES, is_language},
};

static KnowsWord *knows_of(const char *key)
{
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
        if (strcmp(lists[i].key, key) == 0)
            return lists[i].knows;
    return NULL;
}

static void set_list(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    KnowsWord *knows = knows_of(field->key);
    PolicyPromise *promise = target;

    if (promise->list)
        return; /* of another kind: said by check_keys() */
    law_file_words(check, field, value, &promise->list);
    for (char **word = promise->list; word && *word; word++) {
        g_autofree char *shown = schema_shown(*word);
        const char *nearest = NULL;

        if (knows(*word, &nearest))
            continue;
        if (nearest)
            schema_report(check, field->stage, SCHEMA_WRONG_VALUE, value->at, "%s cannot be \"%s\": did you mean %s?",
                          field->key, shown, nearest);
        else
            schema_report(check, field->stage, SCHEMA_WRONG_VALUE, value->at,
                          "%s cannot be \"%s\": breach-policy(5) lists what can stand there", field->key, shown);
    }
}

static void set_gate(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    const SchemaField choice = {field->key, SCHEMA_CHOICE, field->stage, .words = response_kind_names()};
    PolicyPromise *promise = target;
    int kind = -1;

    schema_value(check, &choice, value, &kind);
    promise->has_gate = kind >= 0;
    promise->gate = kind >= 0 ? (ResponseKind)kind : RESPONSE_START;
}

static void set_region(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    const char *text = schema_scalar(check, field->stage, value, N_("a region such as cn"));
    g_autofree char *shown = text ? schema_shown(text) : NULL;
    char **region = target;

    if (!text)
        return;
    *region = region_normalize(text);
    if (!*region)
        schema_report(check, field->stage, SCHEMA_WRONG_VALUE, value->at,
                      "\"%s\" is no region: write a short code such as cn, eu or us-ca", shown);
}

static void set_rule(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    load_response_rule(check, field->stage, value, target);
}

static void add_authority(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    LocaleText *name = schema_locale_text(check, field->stage, value, true);

    if (name)
        g_ptr_array_add(target, name);
}

static void free_text(gpointer text)
{
    locale_text_free(text);
}

static void set_authorities(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    const SchemaField list = {field->key, SCHEMA_LIST, field->stage, .set = add_authority};
    PolicyPromise *promise = target;

    promise->authorities = g_ptr_array_new_with_free_func(free_text);
    schema_value(check, &list, value, promise->authorities);
}

static void set_kind(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    const SchemaField choice = {field->key, SCHEMA_CHOICE, field->stage, .words = policy_kind_names()};
    int kind = POLICY_KINDS;

    schema_value(check, &choice, value, &kind);
    *(PolicyKind *)target = (PolicyKind)kind;
}

static const SchemaField promise_fields[] = {
    {"id", SCHEMA_NAME, STAGE, .is_required = true, .offset = offsetof(PolicyPromise, id), .hint = "id: ways"},
    {"kind", SCHEMA_CUSTOM, STAGE, .is_required = true, .offset = offsetof(PolicyPromise, kind), .set = set_kind,
     .hint = N_("kind: content, or another that breach-policy(5) lists")},
    {"text", SCHEMA_LOCALE_TEXT, STAGE, .is_required = true, .offset = offsetof(PolicyPromise, text),
     .hint = N_("text: the promise, in words")},
    {"content", SCHEMA_CUSTOM, STAGE, .set = set_list, .hint = "content: [what_happened, advice]"},
    {"named", SCHEMA_CUSTOM, STAGE, .set = set_list, .hint = "named: [email, letter]"},
    {"open", SCHEMA_BOOL, STAGE, .offset = offsetof(PolicyPromise, is_open)},
    {"when", SCHEMA_CHOICE, STAGE, .offset = offsetof(PolicyPromise, when), .words = whens},
    {"regimes", SCHEMA_CUSTOM, STAGE, .set = set_list},
    {"steps", SCHEMA_CUSTOM, STAGE, .set = set_list, .hint = "steps: [start, contain]"},
    {"gate", SCHEMA_CUSTOM, STAGE, .set = set_gate},
    {"region", SCHEMA_CUSTOM, STAGE, .offset = offsetof(PolicyPromise, region), .set = set_region,
     .hint = "region: cn"},
    {"needs", SCHEMA_CUSTOM, STAGE, .set = set_list, .hint = "needs: [consent, purpose]"},
    {"languages", SCHEMA_CUSTOM, STAGE, .set = set_list, .hint = "languages: [zh-CN, en]"},
    {"inquiries", SCHEMA_CUSTOM, STAGE, .offset = offsetof(PolicyPromise, rule), .set = set_rule,
     .hint = "inquiries: {deadline: P15D, from: received}"},
    {"authorities", SCHEMA_CUSTOM, STAGE, .set = set_authorities, .hint = "authorities: [{zh-CN: …}]"},
    {"period", SCHEMA_DURATION, STAGE, .offset = offsetof(PolicyPromise, period), .minimum = CLOCK_DAY,
     .maximum = PERIOD_MOST},
    {"inferred", SCHEMA_BOOL, STAGE, .offset = offsetof(PolicyPromise, is_inferred)},
    {.key = NULL},
};
static const SchemaTable promise_table = {N_("a promise"), STAGE, promise_fields, NULL};

/* Which key belongs to which kind; a kind cannot be judged without those that are needed. Keys that are in no row
 * belong to every kind. */
static const struct {
    const char *key;
    PolicyKind kind;
    bool is_needed;
} keys[] = {
    {"content", POLICY_CONTENT, true},
    {"named", POLICY_WAYS, true},
    {"open", POLICY_WAYS, false},
    {"when", POLICY_ANNOUNCEMENT, true},
    {"regimes", POLICY_AUTHORITIES, false},
    {"steps", POLICY_RESPONSE, false},
    {"gate", POLICY_RESPONSE, false},
    {"region", POLICY_REGION, true},
    {"needs", POLICY_CROSS_BORDER, true},
    {"languages", POLICY_LANGUAGES, true},
    {"inquiries", POLICY_INQUIRIES, true},
    {"authorities", POLICY_COMPLAINT, true},
    {"period", POLICY_CLOSED_ACCOUNTS, false},
    {"period", POLICY_REHEARSAL, false},
};

/* `key` belongs to the kind, or to every kind. */
static bool belongs(const char *key, PolicyKind kind)
{
    bool is_special = false;

    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        if (strcmp(keys[i].key, key) != 0)
            continue;
        if (keys[i].kind == kind)
            return true;
        is_special = true;
    }
    return !is_special;
}

static bool check_keys(const SchemaCheck *check, const YamlNode *value, PolicyKind kind)
{
    bool is_right = true;

    for (guint i = 0; i < value->entries->len; i++) {
        const YamlEntry *entry = g_ptr_array_index(value->entries, i);

        if (belongs(entry->key, kind))
            continue;
        schema_report(check, STAGE, SCHEMA_UNKNOWN_KEY, entry->at, "a promise of the kind %s has no %s: remove it",
                      policy_kind_name(kind), entry->key);
        is_right = false;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        if (keys[i].kind != kind || !keys[i].is_needed || yaml_get(value, keys[i].key))
            continue;
        schema_report(check, STAGE, SCHEMA_MISSING_KEY, value->at, "a promise of the kind %s needs %s",
                      policy_kind_name(kind), keys[i].key);
        is_right = false;
    }
    if (kind == POLICY_RESPONSE && !yaml_get(value, "steps") && !yaml_get(value, "gate")) {
        schema_report(check, STAGE, SCHEMA_MISSING_KEY, value->at,
                      "a promise of the kind response needs steps, or gate, or both");
        is_right = false;
    }
    return is_right;
}

/* What could be judged only by half is left out: it would count as kept. */
static void add_promise(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    size_t before = findings_errors(check->findings, FINDING_SEND);
    PolicyPromise *promise = g_new0(PolicyPromise, 1);
    Policy *policy = target;

    promise->at = value->at;
    promise->kind = POLICY_KINDS;
    schema_check(check, &promise_table, value, promise);
    if (value->kind == YAML_NODE_MAP && promise->kind < POLICY_KINDS)
        check_keys(check, value, promise->kind);
    if (promise->id && policy_promise(policy, promise->id))
        schema_report(check, field->stage, SCHEMA_WRONG_VALUE, value->at,
                      "there are two promises of the id %s: give each its own", promise->id);
    if (findings_errors(check->findings, FINDING_SEND) == before)
        g_ptr_array_add(policy->promises, promise);
    else
        policy_promise_free(promise);
}

/* Notes ---------------------------------------------------------------------------------------------------------- */

static const SchemaField note_fields[] = {
    {"id", SCHEMA_NAME, STAGE, .is_required = true, .offset = offsetof(PolicyNote, id)},
    {"text", SCHEMA_LOCALE_TEXT, STAGE, .is_required = true, .offset = offsetof(PolicyNote, text)},
    {"period", SCHEMA_DURATION, STAGE, .offset = offsetof(PolicyNote, period), .minimum = CLOCK_DAY,
     .maximum = PERIOD_MOST},
    {.key = NULL},
};
static const SchemaTable note_table = {N_("a note"), STAGE, note_fields, NULL};

static void add_note(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    PolicyNote *note = g_new0(PolicyNote, 1);

    (void)field;
    schema_check(check, &note_table, value, note);
    if (note->id && note->text)
        g_ptr_array_add(((Policy *)target)->notes, note);
    else
        policy_note_free(note); /* reported */
}

/* To whom it applies --------------------------------------------------------------------------------------------- */

static void add_capacity(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    const SchemaField choice = {field->key, SCHEMA_CHOICE, field->stage, .words = capacities};
    int capacity = -1;

    schema_value(check, &choice, value, &capacity);
    if (capacity >= 0)
        ((bool *)target)[capacity] = true;
}

static const SchemaField applies_fields[] = {
    {"capacities", SCHEMA_LIST, STAGE, .is_required = true, .offset = offsetof(Policy, capacities), .set = add_capacity,
     .hint = "capacities: [self, guardian, organization]"},
    {"customer_data", SCHEMA_BOOL, STAGE, .is_required = true, .offset = offsetof(Policy, customer_data),
     .hint = N_("customer_data: true or false")},
    {"text", SCHEMA_LOCALE_TEXT, STAGE, .offset = offsetof(Policy, applies_text)},
    {.key = NULL},
};
static const SchemaTable applies_table = {"applies_to", STAGE, applies_fields, NULL};

static void set_applies(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    (void)field;
    schema_check(check, &applies_table, value, target);
}

/* The file ------------------------------------------------------------------------------------------------------- */

static const SchemaField fields[] = {
    LAW_FILE_FIELDS(Policy),
    {"name", SCHEMA_LOCALE_TEXT, STAGE, .is_required = true, .is_one_line = true, .offset = offsetof(Policy, name)},
    {"published", SCHEMA_TEXT, STAGE, .offset = offsetof(Policy, published)},
    {"applies_to", SCHEMA_CUSTOM, STAGE, .is_required = true, .set = set_applies,
     .hint = "applies_to: {capacities: [self], customer_data: false}"},
    {"promises", SCHEMA_LIST, STAGE, .is_required = true, .set = add_promise,
     .hint = "promises: [{id: ways, kind: ways, …}]"},
    {"notes", SCHEMA_LIST, STAGE, .set = add_note},
    {.key = NULL},
};
static const SchemaTable table = {N_("the policy"), STAGE, fields, NULL};

Policy *load_policy_file(const char *path, Findings *findings)
{
    g_autoptr(YamlNode) root = yaml_load(path, STAGE, findings);
    g_autofree char *parent = g_path_get_dirname(path);
    g_autofree char *folder = g_canonicalize_filename(parent, NULL);
    const SchemaCheck check = {.findings = findings, .ids = law_file_ids, .folder = folder};
    g_autoptr(Policy) policy = NULL;

    if (!root)
        return NULL;
    policy = policy_new();
    policy->at = position_make(path, 0, 0);
    schema_check(&check, &table, root, policy);
    if (root->kind != YAML_NODE_MAP || !policy->id)
        return NULL; /* reported */
    law_file_check_id(&check, root, policy->id, path);
    return g_steal_pointer(&policy);
}

Policy *load_policy(const char *id, Position at, const char *folder, const char *data, Findings *findings)
{
    g_autofree char *path = law_file_path(KIND, id, at, folder, data, findings);

    return path ? load_policy_file(path, findings) : NULL;
}

char **load_policy_names(const char *folder, const char *data)
{
    return law_file_names(KIND, folder, data);
}
