#include "load/load_facts.h"

#include <stddef.h>
#include <string.h>

#include "base/language.h"
#include "base/text.h"
#include "load/schema.h"
#include "model/playbook.h"

/* facts.NAME: {unknown: {as_of: TIME, next_update: TIME}}. Both times are needed: readers are told as of when, and by
 * when they hear more. */
static const SchemaField unknown_fields[] = {
    {"as_of", SCHEMA_MOMENT, FINDING_FACTS, .is_required = true, .offset = offsetof(Fact, as_of),
     .hint = N_("as_of: the time as of which this is not known")},
    {"next_update", SCHEMA_MOMENT, FINDING_FACTS, .is_required = true, .offset = offsetof(Fact, next_update),
     .hint = N_("next_update: the time by which you write again")},
    {.key = NULL},
};
static const SchemaTable unknown_table = {"unknown", FINDING_FACTS, unknown_fields, NULL};

static void set_unknown(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    Fact *fact = target;

    schema_check(check, &unknown_table, value, target);
    if (fact->as_of.known && fact->next_update.known && fact->next_update.at <= fact->as_of.at)
        schema_report(check, field->stage, SCHEMA_WRONG_VALUE, value->at,
                      "unknown: next_update must be later than as_of");
}

static const SchemaField unknown_fact_fields[] = {
    {"unknown", SCHEMA_CUSTOM, FINDING_FACTS, .is_required = true, .set = set_unknown},
    {.key = NULL},
};
static const SchemaTable unknown_fact_table = {N_("a fact that is unknown"), FINDING_FACTS, unknown_fact_fields, NULL};

static void add_fact(const SchemaCheck *check, FindingStage stage, const char *name, const YamlNode *value,
                     GPtrArray *facts)
{
    Fact unknown = {.text = NULL};
    bool is_unknown = value->kind == YAML_NODE_MAP && yaml_get(value, "unknown") != NULL;
    size_t before = findings_errors(check->findings, stage);
    LocaleText *text = is_unknown ? NULL : schema_locale_text(check, stage, value, false);
    Fact *fact;

    if (is_unknown)
        schema_check(check, &unknown_fact_table, value, &unknown);
    if (findings_errors(check->findings, stage) > before && !text)
        return;
    fact = g_new0(Fact, 1);
    *fact = unknown;
    fact->name = g_strdup(name);
    fact->text = text;
    fact->at = value->at;
    g_ptr_array_add(facts, fact);
}

static void set_what_happened(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    Playbook *playbook = target;
    const Fact *fact;

    add_fact(check, field->stage, field->key, value, playbook->facts);
    fact = playbook_fact(playbook, field->key);
    if (fact && !fact->text)
        findings_warning(check->findings, field->stage, "playbook-unknown-what", value->at,
                         "what_happened is still unknown: a notice that does not say what happened frightens and does "
                         "not help; say at least what you have seen");
}

/* Templates say facts.NAME, so a name must be one that a template can hold. */
static bool is_fact_name(const char *name)
{
    size_t length = strlen(name);

    return length <= 64 && g_ascii_islower(name[0]) && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == length;
}

static void set_fact(const SchemaCheck *check, FindingStage stage, const YamlEntry *entry, void *target)
{
    static const char *const special[] = {"what_happened", "which_data", "cause", "affected", "data_kinds", NULL};
    const char *meant = text_nearest(entry->key, special);
    g_autofree char *shown = schema_shown(entry->key);

    if (!is_fact_name(entry->key))
        schema_report(check, stage, SCHEMA_WRONG_VALUE, entry->at,
                      "\"%s\" cannot name a fact: use a-z, 0-9 and _, a letter first", shown);
    else if (meant && strcmp(meant, entry->key) != 0)
        findings_warning(check->findings, stage, "playbook-fact-name", entry->at, "fact \"%s\": did you mean \"%s\"?",
                         shown, meant);
    if (!is_fact_name(entry->key) || entry->value->is_refused)
        return;
    if (schema_is_nothing(entry->value))
        schema_report(check, stage, SCHEMA_MISSING_KEY, entry->at, "fact %s has no text: write it, or remove the key",
                      shown);
    else
        add_fact(check, stage, entry->key, entry->value, ((Playbook *)target)->facts);
}

static const SchemaField affected_fields[] = {
    {"lower", SCHEMA_COUNT, FINDING_FACTS, .offset = offsetof(Affected, lower), .maximum = INT64_C(10000000000)},
    {"likely", SCHEMA_COUNT, FINDING_FACTS, .offset = offsetof(Affected, likely), .maximum = INT64_C(10000000000)},
    {"upper", SCHEMA_COUNT, FINDING_FACTS, .offset = offsetof(Affected, upper), .maximum = INT64_C(10000000000)},
    {"as_of", SCHEMA_MOMENT, FINDING_FACTS, .offset = offsetof(Affected, as_of)},
    {.key = NULL},
};
static const SchemaTable affected_table = {"facts.affected", FINDING_FACTS, affected_fields, NULL};

static void set_affected(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    Affected *affected = &((Playbook *)target)->affected;
    int64_t likely;

    schema_check(check, &affected_table, value, affected);
    if (affected->lower < 0 && affected->likely < 0 && affected->upper < 0)
        return;
    affected->given = true;
    likely = affected->likely >= 0 ? affected->likely : affected->lower;
    if (affected->lower > likely || (affected->upper >= 0 && likely > affected->upper))
        schema_report(check, field->stage, SCHEMA_WRONG_VALUE, value->at,
                      "affected: lower, likely and upper must not decrease");
}

static void add_data_kind(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    const char *text = schema_scalar(check, field->stage, value, N_("a kind of data such as email or password_hash"));
    Playbook *playbook = target;
    DataKind *kind;

    if (!text)
        return;
    if (playbook_data_kind(playbook, text)) {
        schema_report(check, field->stage, SCHEMA_WRONG_VALUE, value->at, "data_kinds has %s twice: remove one", text);
        return;
    }
    kind = g_new0(DataKind, 1);
    kind->name = g_strdup(text);
    kind->at = value->at;
    g_ptr_array_add(playbook->data_kinds, kind);
}

static const SchemaField facts_fields[] = {
    {"what_happened", SCHEMA_CUSTOM, FINDING_FACTS, .is_required = true, .set = set_what_happened},
    {"affected", SCHEMA_CUSTOM, FINDING_FACTS, .set = set_affected},
    {"data_kinds", SCHEMA_LIST, FINDING_FACTS, .is_required = false, .set = add_data_kind,
     .hint = "data_kinds: [name, email]"},
    {.key = NULL},
};
const SchemaTable load_facts_table = {"facts", FINDING_FACTS, facts_fields, set_fact};

static void refuse_own(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    (void)target;
    schema_report(check, field->stage, SCHEMA_WRONG_VALUE, value->at,
                  "an audience has no %s of its own: they stand under facts of the playbook", field->key);
}

static const SchemaField own_facts_fields[] = {
    {"what_happened", SCHEMA_CUSTOM, FINDING_SEND, .set = set_what_happened},
    {"affected", SCHEMA_CUSTOM, FINDING_SEND, .set = refuse_own},
    {"data_kinds", SCHEMA_CUSTOM, FINDING_SEND, .set = refuse_own},
    {.key = NULL},
};
const SchemaTable load_facts_own_table = {"facts", FINDING_SEND, own_facts_fields, set_fact};

void load_facts_overdue(const Playbook *playbook, int64_t now, Findings *findings)
{
    for (guint i = 0; i < playbook->facts->len; i++) {
        const Fact *fact = g_ptr_array_index(playbook->facts, i);
        g_autofree char *promised = fact->text ? NULL : moment_format_rfc3339(fact->next_update);

        if (!fact->text && fact->next_update.at < now)
            findings_warning(
                findings, FINDING_FACTS, "playbook-unknown-overdue", fact->at,
                "%s is unknown, and readers are promised more by %s, which is over: write what you know now, "
                "or a later time",
                fact->name, promised);
    }
    for (guint i = 0; i < playbook->audiences->len; i++) {
        const Audience *audience = g_ptr_array_index(playbook->audiences, i);

        if (audience->own)
            load_facts_overdue(audience->own, now, findings);
    }
    if (playbook->announcement && playbook->announcement->own)
        load_facts_overdue(playbook->announcement->own, now, findings);
}
