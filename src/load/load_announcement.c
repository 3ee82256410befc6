#include "load/load_announcement.h"

#include <stddef.h>
#include <string.h>

#include "base/language.h"
#include "load/load_audience.h"
#include "model/announcement.h"
#include "model/playbook.h"

/* The words of `when`, as AnnouncementWhen. */
static const char *const whens[] = {"always", "unreachable", "never", NULL};

static void add_place(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    static const SchemaField name = {"gateway", SCHEMA_NAME, .stage = FINDING_SEND};
    Announcement *announcement = target;
    g_autofree char *gateway = NULL;

    schema_value(check, &name, value, &gateway);
    if (gateway && !announcement_add_place(announcement, gateway, value->at))
        schema_report(check, field->stage, SCHEMA_WRONG_VALUE, value->at,
                      "gateway %s is named twice: the announcement would be published there twice; remove one",
                      gateway);
}

static void set_own(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    load_audience_own(check, field, value, &((Announcement *)target)->own);
}

static const SchemaField fields[] = {
    {"when", SCHEMA_CHOICE, FINDING_SEND, .is_required = true, .offset = offsetof(Announcement, when), .words = whens,
     .hint = N_("when: always, when: unreachable or when: never")},
    {"gateway", SCHEMA_CUSTOM, FINDING_SEND, .set = add_place},
    {"gateways", SCHEMA_LIST, FINDING_SEND, .set = add_place},
    {"template", SCHEMA_NAME, FINDING_SEND, .offset = offsetof(Announcement, template_name)},
    {"reason", SCHEMA_LOCALE_TEXT, FINDING_SEND, .offset = offsetof(Announcement, reason)},
    {"url", SCHEMA_LOCALE_TEXT, FINDING_SEND, .offset = offsetof(Announcement, url), .is_one_line = true},
    {"facts", SCHEMA_CUSTOM, FINDING_SEND, .set = set_own},
    {"impact", SCHEMA_CUSTOM, FINDING_SEND, .set = set_own},
    {"measures", SCHEMA_CUSTOM, FINDING_SEND, .set = set_own},
    {"advice", SCHEMA_CUSTOM, FINDING_SEND, .set = set_own},
    {"remedies", SCHEMA_CUSTOM, FINDING_SEND, .set = set_own},
    {.key = NULL},
};
static const SchemaTable table = {"announcement", FINDING_SEND, fields, NULL};

static void check_url(const SchemaCheck *check, const LocaleText *url)
{
    g_autofree const char **locales = url ? locale_text_locales(url) : NULL;
    g_autofree const char **all = NULL;
    size_t count = 0;

    if (!url)
        return;
    while (locales[count])
        count++;
    all = g_new0(const char *, count + 2);
    if (locale_text_is_plain(url))
        all[0] = locale_text_get(url, "en");
    for (size_t i = 0; i < count; i++)
        all[i] = locale_text_get(url, locales[i]);
    for (const char **each = all; *each; each++)
        if (!g_str_has_prefix(*each, "https://") || !(*each)[strlen("https://")]) {
            g_autofree char *shown = schema_shown(*each);

            schema_report(check, FINDING_SEND, SCHEMA_WRONG_VALUE, locale_text_at(url),
                          "\"%s\" is no address of a page: write one that begins with https://", shown);
        }
}

/* What `when` is nothing without. */
static void check_whole(const SchemaCheck *check, const YamlNode *value, const Announcement *announcement)
{
    const YamlNode *when = yaml_get(value, "when");
    bool is_named = yaml_get(value, "gateway") || yaml_get(value, "gateways");

    if (yaml_get(value, "gateway") && yaml_get(value, "gateways"))
        schema_report(check, FINDING_SEND, SCHEMA_WRONG_VALUE, value->at,
                      "announcement has gateway and gateways: name all of them under gateways");
    if (when && !is_named && announcement->when != ANNOUNCEMENT_NEVER)
        schema_report(check, FINDING_SEND, SCHEMA_MISSING_KEY, value->at,
                      "announcement needs a gateway: gateway: NAME, or gateways: [NAME, …]");
    check_url(check, announcement->url);
}

void load_announcement_set(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    Playbook *playbook = target;
    Announcement *announcement = announcement_new();

    (void)field;
    announcement->at = value->at;
    schema_check(check, &table, value, announcement);
    if (value->kind == YAML_NODE_MAP)
        check_whole(check, value, announcement);
    announcement_free(playbook->announcement);
    playbook->announcement = announcement;
}

void load_announcement_refuse(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    (void)target;
    schema_report(check, field->stage, SCHEMA_WRONG_VALUE, value->at,
                  "the endpoints of the announcement stand in announcement: {gateway: NAME, when: always}");
}
