#include "load/load_participants.h"

#include <stddef.h>
#include <string.h>

#include "base/language.h"
#include "load/load_scenario.h"
#include "load/schema.h"
#include "load/yaml.h"

#define STAGE FINDING_FACTS

static void free_participant(gpointer data)
{
    Participant *participant = data;

    g_free(participant->name);
    g_free(participant->role);
    g_free(participant);
}

static const SchemaField participant_fields[] = {
    {"name", SCHEMA_TEXT, STAGE, .is_required = true, .offset = offsetof(Participant, name)},
    {"role", SCHEMA_NAME, STAGE, .is_required = true, .offset = offsetof(Participant, role), .hint = "role: on-call"},
    {.key = NULL},
};
static const SchemaTable participant_table = {N_("a participant"), STAGE, participant_fields, NULL};

static void add_participant(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    GPtrArray *participants = target;
    Participant *participant = g_new0(Participant, 1);

    (void)field;
    schema_check(check, &participant_table, value, participant);
    if (participant->name && participant->role && !load_participants_name(participants, participant->role)) {
        g_ptr_array_add(participants, participant);
        return;
    }
    if (participant->name && participant->role)
        schema_report(check, STAGE, SCHEMA_WRONG_VALUE, value->at, "the role %s is played by two: one decides",
                      participant->role);
    free_participant(participant);
}

static const SchemaField fields[] = {
    {"version", SCHEMA_CUSTOM, STAGE, .is_required = true, .set = schema_set_version, .hint = "version: 1"},
    {"participants", SCHEMA_LIST, STAGE, .is_required = true, .set = add_participant,
     .hint = "participants: [{name: Li Wei, role: on-call}]"},
    {.key = NULL},
};
static const SchemaTable table = {N_("participants"), STAGE, fields, NULL};

GPtrArray *load_participants(const char *path, Findings *findings)
{
    g_autoptr(YamlNode) root = yaml_load(path, STAGE, findings);
    g_autofree char *folder = g_path_get_dirname(path);
    const SchemaCheck check = {findings, load_scenario_ids, folder};
    GPtrArray *participants;

    if (!root)
        return NULL;
    participants = g_ptr_array_new_with_free_func(free_participant);
    schema_check(&check, &table, root, participants);
    return participants;
}

const char *load_participants_name(const GPtrArray *participants, const char *role)
{
    for (guint i = 0; participants && role && i < participants->len; i++) {
        const Participant *participant = g_ptr_array_index(participants, i);

        if (strcmp(participant->role, role) == 0)
            return participant->name;
    }
    return NULL;
}
