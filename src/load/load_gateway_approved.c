#include <string.h>

#include "base/language.h"
#include "base/text.h"
#include "load/load_gateway_private.h"

#define STAGE LOAD_GATEWAY_STAGE

static const char *const states[] = {"approved", "pending", "rejected", NULL}; /* as GatewayApproval */

static void free_param(gpointer data)
{
    GatewayParam *param = data;

    g_free(param->name);
    template_free(param->template);
    g_free(param);
}

/* Compared character by character later, so that it is kept as it stands, without the line end of a block text. */
static void set_text(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    const char *text = schema_scalar(check, field->stage, value, N_("the text that the provider has approved"));
    char **slot = target;
    size_t length = text ? strlen(text) : 0;

    if (!text)
        return;
    while (length > 0 && text[length - 1] == '\n')
        length--;
    if (length == 0)
        schema_report(check, field->stage, SCHEMA_WRONG_VALUE, value->at, "the approved text is empty: copy it here");
    g_free(*slot);
    *slot = g_strndup(text, length);
}

static void add_param(const SchemaCheck *check, const YamlNode *node, const char *name, GPtrArray *params)
{
    const char *text = schema_scalar(check, STAGE, node, N_("a text such as \"{{number}}\""));
    Template *template = text ? load_gateway_template(check, node, text, TEMPLATE_ESCAPE_NONE, NULL) : NULL;
    GatewayParam *param;

    if (!template)
        return;
    param = g_new0(GatewayParam, 1);
    param->name = g_strdup(name);
    param->template = template;
    g_ptr_array_add(params, param);
}

/* {number: "{{number}}"}, or ["{{number}}"] where the provider counts them from 1. */
static void set_params(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    GPtrArray *params = *(GPtrArray **)target;

    if (value->kind == YAML_NODE_SCALAR) {
        schema_report(check, field->stage, SCHEMA_WRONG_TYPE, value->at,
                      "params must be a map from the provider's names to texts, or a list where it counts them");
    } else if (value->kind == YAML_NODE_LIST) {
        for (guint i = 0; i < value->items->len; i++) {
            g_autofree char *name = g_strdup_printf("%u", i + 1);

            add_param(check, g_ptr_array_index(value->items, i), name, params);
        }
    } else {
        for (guint i = 0; i < value->entries->len; i++) {
            const YamlEntry *entry = g_ptr_array_index(value->entries, i);

            add_param(check, entry->value, entry->key, params);
        }
    }
}

static const SchemaField approved_fields[] = {
    {"template", SCHEMA_NAME, STAGE, .is_required = true, .offset = offsetof(GatewayApproved, template_name)},
    {"audience", SCHEMA_NAME, STAGE, .offset = offsetof(GatewayApproved, audience)},
    {"locale", SCHEMA_LOCALE, STAGE, .is_required = true, .offset = offsetof(GatewayApproved, locale)},
    {"id", SCHEMA_TEXT, STAGE, .is_required = true, .offset = offsetof(GatewayApproved, id),
     .hint = N_("id: the provider's id of the text, such as SMS_123456")},
    {"sign", SCHEMA_TEXT, STAGE, .offset = offsetof(GatewayApproved, sign)},
    {"text", SCHEMA_CUSTOM, STAGE, .is_required = true, .offset = offsetof(GatewayApproved, text), .set = set_text,
     .hint = N_("text: exactly as the provider's console shows it")},
    {"params", SCHEMA_CUSTOM, STAGE, .offset = offsetof(GatewayApproved, params), .set = set_params},
    {"state", SCHEMA_CHOICE, STAGE, .is_required = true, .offset = offsetof(GatewayApproved, state), .words = states,
     .hint = N_("state: approved, pending or rejected")},
    {"checked_at", SCHEMA_MOMENT, STAGE, .is_required = true, .offset = offsetof(GatewayApproved, checked_at),
     .hint = N_("checked_at: when the provider's console said so, such as 2026-11-21T10:00+08:00")},
    {.key = NULL},
};
static const SchemaTable approved_table = {"approved", STAGE, approved_fields, NULL};

static bool is_twin(const GatewayApproved *left, const GatewayApproved *right)
{
    return strcmp(left->template_name, right->template_name) == 0 && strcmp(left->locale, right->locale) == 0 &&
           g_strcmp0(left->audience, right->audience) == 0;
}

void load_gateway_approved(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    GPtrArray *list = *(GPtrArray **)target;
    GatewayApproved *approved = g_new0(GatewayApproved, 1);

    (void)field;
    approved->params = g_ptr_array_new_with_free_func(free_param);
    approved->at = value->at;
    schema_check(check, &approved_table, value, approved);
    if (!approved->template_name || !approved->locale || !approved->id || !approved->text) {
        gateway_approved_free(approved);
        return;
    }
    for (guint i = 0; i < list->len; i++) {
        const GatewayApproved *other = g_ptr_array_index(list, i);

        if (is_twin(other, approved))
            schema_report(check, STAGE, SCHEMA_WRONG_VALUE, value->at,
                          "the text for %s in %s is there twice (also at line %d): remove one", approved->template_name,
                          approved->locale, other->at.line);
    }
    g_ptr_array_add(list, approved);
}
