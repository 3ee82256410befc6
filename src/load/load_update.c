#include "load/load_update.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/language.h"

#define EDITION_MAX 999

static const char *const kinds[] = {"update", "correction", "withdrawal", NULL}; /* as UpdateKind */

void load_update_edition(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    static const SchemaField number = {
        "edition", SCHEMA_INTEGER, FINDING_FACTS, .minimum = 1, .maximum = EDITION_MAX,
        .hint = N_("edition: 1 for the first notice, 2 for what you write to the same people later")};

    (void)field;
    schema_value(check, &number, value, target);
}

static void set_match(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    const char *text = schema_scalar(check, field->stage, value, N_("a condition such as \"region == 'CN'\""));
    PlaybookUpdate *update = target;
    g_autoptr(GError) error = NULL;
    size_t offset = 0;

    if (!text)
        return;
    update->match_at = value->at;
    update->match_text = g_strdup(text);
    update->match = condition_parse(text, &offset, &error);
    if (!update->match)
        schema_report(check, field->stage, SCHEMA_WRONG_VALUE, yaml_character_at(value, offset), "match: %s",
                      error->message);
}

static const SchemaField fields[] = {
    {"kind", SCHEMA_CHOICE, FINDING_FACTS, .is_required = true, .offset = offsetof(PlaybookUpdate, kind), .words = kinds,
     .hint = N_("kind: update, kind: correction or kind: withdrawal")},
    {"template", SCHEMA_NAME, FINDING_SEND, .offset = offsetof(PlaybookUpdate, template_name)},
    {"what_changed", SCHEMA_LOCALE_TEXT, FINDING_FACTS, .offset = offsetof(PlaybookUpdate, what_changed)},
    {"wrong", SCHEMA_LOCALE_TEXT, FINDING_FACTS, .offset = offsetof(PlaybookUpdate, wrong)},
    {"right", SCHEMA_LOCALE_TEXT, FINDING_FACTS, .offset = offsetof(PlaybookUpdate, right)},
    {"need_to_act", SCHEMA_BOOL, FINDING_FACTS, .is_required = true, .offset = offsetof(PlaybookUpdate, need_to_act),
     .hint = N_("need_to_act: true when readers have to do something more, otherwise false")},
    {"first_notice_at", SCHEMA_MOMENT, FINDING_FACTS, .offset = offsetof(PlaybookUpdate, first_notice_at)},
    {"match", SCHEMA_CUSTOM, FINDING_SEND, .set = set_match},
    {.key = NULL},
};
static const SchemaTable table = {"update", FINDING_FACTS, fields, NULL};

/* What each kind is nothing without. */
static void check_kind(const SchemaCheck *check, const YamlNode *map, const PlaybookUpdate *update)
{
    static const struct {
        UpdateKind kind;
        const char *key, *why;
    } needs[] = {
        {UPDATE_NEWS, "what_changed", "say what is new since the first notice"},
        {UPDATE_CORRECTION, "wrong", "repeat what the earlier notice said that is wrong"},
        {UPDATE_CORRECTION, "right", "say what is true instead"},
        {UPDATE_WITHDRAWAL, "what_changed", "say why the notice is withdrawn"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(needs); i++)
        if (needs[i].kind == update->kind && !yaml_get(map, needs[i].key))
            schema_report(check, FINDING_FACTS, SCHEMA_MISSING_KEY, map->at, "an update of kind %s needs %s: %s",
                          playbook_update_name(update->kind), needs[i].key, needs[i].why);
}

void load_update_set(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    Playbook *playbook = target;
    const YamlNode *given = yaml_get(value, "kind");

    (void)field;
    playbook_update_free(playbook->update);
    playbook->update = playbook_update_new();
    playbook->update->at = value->at;
    schema_check(check, &table, value, playbook->update);
    if (given && given->kind == YAML_NODE_SCALAR && g_strv_contains(kinds, given->text))
        check_kind(check, value, playbook->update);
}

void load_update_check(const SchemaCheck *check, const YamlNode *root, const Playbook *playbook)
{
    const YamlNode *incident = yaml_get(root, "incident");
    const YamlNode *edition = incident ? yaml_get(incident, "edition") : NULL;

    if (playbook->update && playbook->incident.edition == 1)
        schema_report(check, FINDING_FACTS, SCHEMA_WRONG_VALUE, playbook->update->at,
                      "edition 1 is the first notice and has no update: write edition: 2 under incident, or remove update");
    if (!yaml_get(root, "update") && edition && playbook->incident.edition > 1)
        schema_report(check, FINDING_FACTS, SCHEMA_MISSING_KEY, edition->at,
                      "edition %d needs to say what those who were told before are told now: add update: {kind: update, "
                      "what_changed: …, need_to_act: …} at the top level, beside incident and not in it",
                      playbook->incident.edition);
}
