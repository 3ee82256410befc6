#include "load/load_escalation.h"

#include <stddef.h>
#include <string.h>

#include "base/language.h"
#include "base/text.h"
#include "model/escalation.h"
#include "model/plan_endpoint.h"
#include "model/playbook.h"
#include "model/send_order.h"

#define WAIT_MOST (INT64_C(90) * 24 * 3600 * 1000)

static const char *const ends[] = {"announcement", "none", NULL}; /* as EscalationEnd */
static const char *const firsts[] = {"highest", "lowest", NULL};  /* as SendFirst */
static const char *const orders[] = {"risk", "deadline", "recent-activity", NULL};

/* One entry of `after`: CHANNEL: DURATION. */
static void add_after(const SchemaCheck *check, FindingStage stage, const YamlEntry *entry, void *target)
{
    static const SchemaField duration = {"after",          SCHEMA_DURATION,      FINDING_SEND,
                                         .minimum = 60000, .maximum = WAIT_MOST, .hint = "PT4H"};
    GArray *after = *(GArray **)target;
    int64_t wait = 0;
    EscalationAfter item;

    if (!g_strv_contains(plan_channels(), entry->key)) {
        const char *nearest = text_nearest(entry->key, plan_channels());
        g_autofree char *shown = schema_shown(entry->key);

        if (nearest)
            schema_report(check, stage, SCHEMA_WRONG_VALUE, entry->at, "\"%s\" is no channel: did you mean %s?", shown,
                          nearest);
        else
            schema_report(check, stage, SCHEMA_WRONG_VALUE, entry->at,
                          "\"%s\" is no channel: write one such as email, sms or letter", shown);
        return;
    }
    schema_value(check, &duration, entry->value, &wait);
    if (wait == 0)
        return;
    item = (EscalationAfter){.channel = g_strdup(entry->key), .wait = wait};
    g_array_append_val(after, item);
}

static const SchemaField no_fields[] = {{.key = NULL}};
static const SchemaTable after_table = {"escalation.after", FINDING_SEND, no_fields, add_after};

static void set_after(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    GArray **after = target;

    (void)field;
    if (!*after)
        *after = g_array_new(FALSE, FALSE, sizeof(EscalationAfter));
    schema_check(check, &after_table, value, after);
}

static const SchemaField fields[] = {
    {"after", SCHEMA_CUSTOM, FINDING_SEND, .offset = offsetof(Escalation, after), .set = set_after,
     .hint = "after: {email: PT4H}"},
    {"unreachable", SCHEMA_CHOICE, FINDING_SEND, .offset = offsetof(Escalation, end), .words = ends},
    {"confirm_over", SCHEMA_CUSTOM, FINDING_SEND, .offset = offsetof(Escalation, confirm_over),
     .set = schema_set_percent, .hint = "confirm_over: 5%"},
    {.key = NULL},
};
static const SchemaTable table = {"escalation", FINDING_SEND, fields, NULL};

void load_escalation_set(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    Playbook *playbook = target;

    (void)field;
    schema_check(check, &table, value, &playbook->escalation);
}

/* Order --------------------------------------------------------------------------------------------------------- */

static void add_listed(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    const char *text = schema_scalar(check, field->stage, value, N_("a value of the column"));

    if (text)
        g_ptr_array_add(*(GPtrArray **)target, g_strdup(text));
}

static void set_first(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    static const SchemaField word = {"first", SCHEMA_CHOICE, FINDING_SEND, .offset = 0, .words = firsts};
    static const SchemaField list = {"first", SCHEMA_LIST, FINDING_SEND, .offset = 0, .set = add_listed};
    SendOrder *order = target;
    int first = SEND_HIGHEST;

    (void)field;
    if (value->kind == YAML_NODE_LIST) {
        order->first = SEND_LISTED;
        schema_value(check, &list, value, &order->listed);
        return;
    }
    schema_value(check, &word, value, &first);
    order->first = (SendFirst)first;
}

static const SchemaField order_fields[] = {
    {"by", SCHEMA_TEXT, FINDING_SEND, .is_required = true, .offset = offsetof(SendOrder, column),
     .hint = N_("by: a column of the people file")},
    {"first", SCHEMA_CUSTOM, FINDING_SEND, .is_required = true, .set = set_first,
     .hint = N_("first: highest, first: lowest, or the values in their order: first: [gold, silver]")},
    {.key = NULL},
};
static const SchemaTable order_table = {"order", FINDING_SEND, order_fields, NULL};

void load_escalation_order(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    Audience *audience = target;
    SendOrder *order = NULL;

    (void)field;
    if (value->kind == YAML_NODE_SCALAR) {
        static const SchemaField name = {"order", SCHEMA_WORD, FINDING_SEND, .words = orders};
        g_autofree char *word = NULL;

        schema_value(check, &name, value, &word);
        order = word ? send_order_named(word) : NULL;
    } else {
        order = send_order_new();
        schema_check(check, &order_table, value, order);
        if (!order->column)
            g_clear_pointer(&order, send_order_free);
    }
    if (!order)
        return; /* reported */
    order->at = value->at;
    send_order_free(audience->order);
    audience->order = order;
}
