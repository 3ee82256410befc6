#include "load/load_quiet_hours.h"

#include <stddef.h>
#include <string.h>

#include "base/language.h"
#include "load/load_playbook.h"
#include "model/playbook.h"
#include "model/quiet_hours.h"

static void set_time(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    const char *text = schema_scalar(check, field->stage, value, N_("a time of day such as \"22:00\""));
    g_autofree char *shown = text ? schema_shown(text) : NULL;
    int *minutes = target;

    if (text && !quiet_hours_time(text, minutes))
        schema_report(check, field->stage, SCHEMA_WRONG_VALUE, value->at,
                      "\"%s\" is no time of day: write it as \"22:00\", from \"00:00\" to \"23:59\"", shown);
}

static void set_zone(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    const char *text = schema_scalar(check, field->stage, value, N_("a zone such as \"+08:00\" or Asia/Shanghai"));
    g_autofree char *shown = text ? schema_shown(text) : NULL;
    QuietHours *hours = target;

    if (!text)
        return;
    hours->zone = quiet_hours_zone(text);
    hours->zone_name = g_strdup(text);
    if (!hours->zone)
        schema_report(check, field->stage, SCHEMA_WRONG_VALUE, value->at,
                      "the zone \"%s\" is not known here: write an offset such as \"+08:00\", or a name such as "
                      "Asia/Shanghai, for which the package tzdata must be installed",
                      shown);
}

static void add_channel(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    const char *const *known = load_playbook_channels();
    const char *text = schema_scalar(check, field->stage, value, N_("a channel such as email"));
    g_autofree char *shown = text ? schema_shown(text) : NULL;
    g_autofree char *all = g_strjoinv(", ", (char **)known);
    QuietHours *hours = target;

    if (!text)
        return;
    if (!hours->channels)
        hours->channels = g_ptr_array_new_with_free_func(g_free);
    if (g_strv_contains(known, text))
        g_ptr_array_add(hours->channels, g_strdup(text));
    else
        schema_report(check, field->stage, SCHEMA_WRONG_VALUE, value->at,
                      "\"%s\" is no channel: expected one of %s", shown, all);
}

static const SchemaField fields[] = {
    {"from", SCHEMA_CUSTOM, FINDING_SEND, .is_required = true, .offset = offsetof(QuietHours, from), .set = set_time,
     .hint = "from: \"22:00\""},
    {"to", SCHEMA_CUSTOM, FINDING_SEND, .is_required = true, .offset = offsetof(QuietHours, to), .set = set_time,
     .hint = "to: \"07:00\""},
    {"zone", SCHEMA_CUSTOM, FINDING_SEND, .is_required = true, .set = set_zone,
     .hint = N_("zone: \"+08:00\", or a name such as Asia/Shanghai")},
    {"channels", SCHEMA_LIST, FINDING_SEND, .set = add_channel},
    {.key = NULL},
};
static const SchemaTable table = {"quiet_hours", FINDING_SEND, fields, NULL};

QuietHours *load_quiet_hours(const SchemaCheck *check, FindingStage stage, const YamlNode *value)
{
    g_autoptr(QuietHours) hours = g_new0(QuietHours, 1);

    hours->from = hours->to = -1;
    schema_check(check, &table, value, hours);
    if (hours->from < 0 || hours->to < 0 || !hours->zone)
        return NULL; /* reported */
    if (hours->from == hours->to) {
        schema_report(
            check, stage, SCHEMA_WRONG_VALUE, value->at,
            "quiet_hours begin and end at the same time: nothing could ever be sent; leave the key out instead");
        return NULL;
    }
    return g_steal_pointer(&hours);
}

void load_quiet_hours_set(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    QuietHours *hours = load_quiet_hours(check, field->stage, value);
    Playbook *playbook = target;

    if (!hours)
        return;
    g_clear_pointer(&playbook->quiet_hours, quiet_hours_free);
    playbook->quiet_hours = hours;
}
