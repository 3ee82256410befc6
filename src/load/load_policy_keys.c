#include "load/load_policy_keys.h"

#include <stddef.h>
#include <string.h>

#include "base/diagnostic.h"
#include "base/language.h"
#include "model/policy.h"

#define STAGE FINDING_REPORT

/* policies ------------------------------------------------------------------------------------------------------- */

static void add_audience(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    const SchemaField name = {"audiences", SCHEMA_NAME, .stage = field->stage};
    PolicyEntry *entry = target;
    char *id = NULL;

    schema_value(check, &name, value, &id);
    if (!entry->audiences)
        entry->audiences = g_ptr_array_new_with_free_func(g_free);
    if (id)
        g_ptr_array_add(entry->audiences, id);
}

static const SchemaField entry_fields[] = {
    {"id", SCHEMA_NAME, STAGE, .is_required = true, .offset = offsetof(PolicyEntry, id), .hint = "id: cloud-account"},
    {"audiences", SCHEMA_LIST, STAGE, .set = add_audience, .hint = "audiences: [people]"},
    {.key = NULL},
};
static const SchemaTable entry_table = {"policies", STAGE, entry_fields, NULL};

static bool is_there(const Playbook *playbook, const char *id)
{
    for (guint i = 0; i < playbook->policies->len; i++)
        if (strcmp(((const PolicyEntry *)g_ptr_array_index(playbook->policies, i))->id, id) == 0)
            return true;
    return false;
}

void load_policy_keys_entry(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    static const SchemaField name = {"policies", SCHEMA_NAME, .stage = STAGE, .hint = "policies: [cloud-account]"};
    Playbook *playbook = target;
    PolicyEntry *entry = policy_entry_new();

    entry->at = value->at;
    if (value->kind == YAML_NODE_MAP)
        schema_check(check, &entry_table, value, entry);
    else
        schema_value(check, &name, value, &entry->id);
    if (entry->id && is_there(playbook, entry->id))
        schema_report(check, field->stage, SCHEMA_WRONG_VALUE, value->at, "policies has %s twice: remove one",
                      entry->id);
    else if (entry->id) {
        g_ptr_array_add(playbook->policies, entry);
        return;
    }
    policy_entry_free(entry);
}

static bool has_audience(const Playbook *playbook, const char *id)
{
    for (guint i = 0; i < playbook->audiences->len; i++)
        if (strcmp(((const Audience *)g_ptr_array_index(playbook->audiences, i))->id, id) == 0)
            return true;
    return false;
}

void load_policy_keys_check(const SchemaCheck *check, const Playbook *playbook)
{
    for (guint i = 0; i < playbook->policies->len; i++) {
        const PolicyEntry *entry = g_ptr_array_index(playbook->policies, i);

        for (guint k = 0; entry->audiences && k < entry->audiences->len; k++)
            if (!has_audience(playbook, g_ptr_array_index(entry->audiences, k)))
                schema_report(
                    check, STAGE, SCHEMA_WRONG_VALUE, entry->at,
                    "policy %s is to hold for the audience %s, which the playbook does not have: correct the name",
                    entry->id, (const char *)g_ptr_array_index(entry->audiences, k));
    }
}

/* accepted ------------------------------------------------------------------------------------------------------- */

typedef struct AcceptedDraft {
    char *id, *reason, *by, *about; /* owned */
} AcceptedDraft;

static const SchemaField accepted_fields[] = {
    {"id", SCHEMA_TEXT, FINDING_SEND, .is_required = true, .offset = offsetof(AcceptedDraft, id),
     .hint = N_("id: the code behind a finding, such as BR-COVERAGE-001")},
    {"reason", SCHEMA_TEXT, FINDING_SEND, .is_required = true, .offset = offsetof(AcceptedDraft, reason),
     .hint = N_("reason: why it may stay as it is")},
    {"by", SCHEMA_TEXT, FINDING_SEND, .is_required = true, .offset = offsetof(AcceptedDraft, by),
     .hint = N_("by: who takes the responsibility")},
    {"about", SCHEMA_TEXT, FINDING_SEND, .offset = offsetof(AcceptedDraft, about)},
    {.key = NULL},
};
static const SchemaTable accepted_table = {"accepted", FINDING_SEND, accepted_fields, NULL};

/* What a notice must say is judged one thing at a time. */
static bool is_of_notices(const char *id)
{
    const Diagnostic *diagnostic = diagnostic_find(id);

    return diagnostic && g_str_has_prefix(diagnostic->id, "coverage-");
}

void load_policy_keys_accepted(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    AcceptedDraft draft = {.id = NULL};
    g_autofree char *shown = NULL;

    (void)target;
    schema_check(check, &accepted_table, value, &draft);
    shown = draft.id ? schema_shown(draft.id) : NULL;
    if (draft.id && !draft.about && is_of_notices(draft.id))
        schema_report(
            check, field->stage, SCHEMA_WRONG_VALUE, value->at,
            "accepted %s would let everything pass that a notice can lack: add about: and the words of the one "
            "finding that you mean, such as cn-pipl art 57 (cause)",
            shown);
    else if (draft.id && draft.reason && draft.by &&
             !findings_accept(check->findings, draft.id, draft.reason, draft.by, draft.about, value->at))
        schema_report(check, field->stage, SCHEMA_WRONG_VALUE, value->at,
                      "there is no finding \"%s\": write the code that stands behind it, such as BR-COVERAGE-001",
                      shown);
    g_free(draft.id);
    g_free(draft.reason);
    g_free(draft.by);
    g_free(draft.about);
}

/* organization.joint --------------------------------------------------------------------------------------------- */

static void set_notifies(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    static const char *const words[] = {"us", "them", NULL};
    static const JointNotifies meanings[] = {JOINT_US, JOINT_THEM};
    const SchemaField choice = {.key = field->key, .type = SCHEMA_CHOICE, .stage = field->stage, .words = words};
    int index = -1;

    schema_value(check, &choice, value, &index);
    if (index >= 0)
        *(JointNotifies *)target = meanings[index];
}

static const SchemaField joint_fields[] = {
    {"with", SCHEMA_TEXT, STAGE, .is_required = true, .offset = offsetof(JointControl, with),
     .hint = N_("with: the other organisation")},
    {"notifies", SCHEMA_CUSTOM, STAGE, .is_required = true, .offset = offsetof(JointControl, notifies),
     .set = set_notifies, .hint = N_("notifies: us, or notifies: them")},
    {"evidence", SCHEMA_TEXT, STAGE, .offset = offsetof(JointControl, evidence)},
    {.key = NULL},
};
static const SchemaTable joint_table = {"organization.joint", STAGE, joint_fields, NULL};

void load_policy_keys_joint(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    JointControl *joint = &((Organization *)target)->joint;

    (void)field;
    joint->at = value->at;
    schema_check(check, &joint_table, value, joint);
}
