#include "load/load_people_key.h"

#include <stddef.h>
#include <string.h>

#include "base/language.h"
#include "base/text.h"
#include "load/people_columns.h"
#include "model/phone.h"
#include "model/playbook.h"

static void set_country(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    const char *text = schema_scalar(check, field->stage, value, N_("a country such as CN"));
    g_autofree char *upper = text ? g_ascii_strup(text, -1) : NULL;
    g_autofree char *shown = text ? schema_shown(text) : NULL;
    char **country = target;

    if (!text)
        return;
    if (phone_is_country(text)) {
        g_free(*country);
        *country = g_strdup(text);
        return;
    }
    if (phone_is_country(upper))
        schema_report(check, field->stage, SCHEMA_WRONG_VALUE, value->at,
                      "default_country cannot be \"%s\": did you mean %s?", shown, upper);
    else
        schema_report(check, field->stage, SCHEMA_WRONG_VALUE, value->at,
                      "default_country cannot be \"%s\": expected the two letters of a country (ISO 3166), such as CN",
                      shown);
}

static const PeopleRename *renamed_to(const GPtrArray *renames, const char *ours)
{
    for (guint i = 0; i < renames->len; i++) {
        const PeopleRename *rename = g_ptr_array_index(renames, i);

        if (strcmp(rename->ours, ours) == 0)
            return rename;
    }
    return NULL;
}

static void add_rename(const SchemaCheck *check, FindingStage stage, const YamlEntry *entry, void *target)
{
    GPtrArray *renames = ((Playbook *)target)->people_columns;
    const char *ours = entry->value->is_refused ? NULL : schema_scalar(check, stage, entry->value, N_("a column's name"));
    g_autofree char *shown = schema_shown(entry->key);
    g_autofree char *shown_ours = ours ? schema_shown(ours) : NULL;
    const PeopleRename *other = ours ? renamed_to(renames, ours) : NULL;
    PeopleRename *rename;

    if (!ours)
        return;
    if (schema_is_nothing(entry->value)) {
        schema_report(check, stage, SCHEMA_MISSING_KEY, entry->at,
                      "column \"%s\" has no name here: write one such as email, or remove the line", shown);
        return;
    }
    if (!people_is_column_name(ours)) {
        schema_report(check, stage, SCHEMA_WRONG_VALUE, entry->value->at,
                      "\"%s\" cannot name a column: use letters a-z, digits and _, a letter first; the file's own name "
                      "stands on the left",
                      shown_ours);
        return;
    }
    if (other) {
        schema_report(check, stage, SCHEMA_WRONG_VALUE, entry->value->at,
                      "two columns cannot both be %s (also at line %d): remove one", ours, other->at.line);
        return;
    }
    rename = g_new0(PeopleRename, 1);
    rename->theirs = g_strdup(entry->key);
    rename->ours = g_strdup(ours);
    rename->at = entry->at;
    g_ptr_array_add(renames, rename);
}

static const SchemaField no_fields[] = {{.key = NULL}};
static const SchemaTable columns_table = {"people.columns", FINDING_SEND, no_fields, add_rename};

static void set_columns(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    (void)field;
    schema_check(check, &columns_table, value, target);
}

static const SchemaField people_fields[] = {
    {"file", SCHEMA_PATH, FINDING_SEND, .is_required = true, .offset = offsetof(Playbook, people_path)},
    {"default_country", SCHEMA_CUSTOM, FINDING_SEND, .offset = offsetof(Playbook, people_country), .set = set_country},
    {"columns", SCHEMA_CUSTOM, FINDING_SEND, .set = set_columns},
    {.key = NULL},
};
static const SchemaTable people_table = {"people", FINDING_SEND, people_fields, NULL};

/* A path, or a map with the path under `file`. */
void load_people_key(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    static const SchemaField path = {"people", SCHEMA_PATH, FINDING_SEND, .offset = offsetof(Playbook, people_path)};
    Playbook *playbook = target;

    (void)field;
    playbook->people_at = value->at;
    if (value->kind == YAML_NODE_MAP)
        schema_check(check, &people_table, value, playbook);
    else
        schema_value(check, &path, value, playbook);
}
