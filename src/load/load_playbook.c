#include "load/load_playbook.h"

#include <stddef.h>
#include <string.h>

#include "base/language.h"
#include "base/text.h"
#include "load/load_announcement.h"
#include "load/load_audience.h"
#include "load/load_escalation.h"
#include "load/load_facts.h"
#include "load/load_law_keys.h"
#include "load/load_people_key.h"
#include "load/load_policy_keys.h"
#include "load/load_quiet_hours.h"
#include "load/load_report_keys.h"
#include "load/load_response.h"
#include "load/load_roles.h"
#include "load/load_update.h"
#include "load/schema.h"
#include "load/yaml.h"
#include "model/address.h"
#include "model/plan_endpoint.h"

static const char *const statuses[] = {"exercise", "actual", NULL}; /* as IncidentStatus */
static const char *const severities[] = {"low", "medium", "major", "critical", NULL};
static const char *const roles[] = {"controller", "joint", "processor", NULL};

static const char *const ids[SCHEMA_MISTAKES] = {
    [SCHEMA_UNKNOWN_KEY] = "playbook-unknown-key", [SCHEMA_UNSUPPORTED] = "playbook-unsupported",
    [SCHEMA_MISSING_KEY] = "playbook-missing-key", [SCHEMA_WRONG_TYPE] = "playbook-type",
    [SCHEMA_WRONG_VALUE] = "playbook-value",       [SCHEMA_NO_OFFSET] = "playbook-time-offset",
};

const char *const *load_playbook_ids(void)
{
    return ids;
}

const char *const *load_playbook_channels(void)
{
    return plan_channels();
}

static void set_domain(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    const char *text = schema_scalar(check, field->stage, value, N_("a domain such as example.com"));
    g_autofree char *probe = text ? g_strconcat("postmaster@", text, NULL) : NULL;
    g_autofree char *address = probe && !strchr(text, '@') ? address_parse_email(probe, NULL) : NULL;
    g_autofree char *shown = text ? schema_shown(text) : NULL;

    if (address)
        g_ptr_array_add(*(GPtrArray **)target, g_strdup(address_domain(address)));
    else if (text)
        schema_report(check, field->stage, SCHEMA_WRONG_VALUE, value->at,
                      "\"%s\" is no domain: expected one such as example.com", shown);
}

/* Whether `map` has something under `key`: not nothing and no empty list or map. */
static bool has(const YamlNode *map, const char *key)
{
    const YamlNode *value = yaml_get(map, key);

    if (!value || schema_is_nothing(value))
        return false;
    return value->kind == YAML_NODE_SCALAR || (value->kind == YAML_NODE_LIST ? value->items : value->entries)->len > 0;
}

static const SchemaField contact_fields[] = {
    {"email", SCHEMA_EMAIL, FINDING_FACTS, .offset = offsetof(Organization, contact_email)},
    {"phone", SCHEMA_TEXT, FINDING_FACTS, .offset = offsetof(Organization, contact_phone)},
    {"hours", SCHEMA_LOCALE_TEXT, FINDING_FACTS, .offset = offsetof(Organization, contact_hours), .is_one_line = true},
    {.key = NULL},
};
static const SchemaTable contact_table = {"organization.contact", FINDING_FACTS, contact_fields, NULL};

/* It is printed as it stands; who reads it abroad has to add the country, and mostly does not know how. */
static void check_phone(const SchemaCheck *check, const YamlNode *contact, const char *phone)
{
    g_autofree char *shown = phone ? schema_shown(phone) : NULL;

    if (phone && !strchr(phone, '+'))
        findings_warning(check->findings, FINDING_FACTS, "playbook-phone", yaml_get(contact, "phone")->at,
                         "\"%s\" has no country code: write it as in +86 10 5550 0100, so that readers abroad can call",
                         shown);
}

static void set_contact(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    schema_check(check, &contact_table, value, target);
    check_phone(check, value, ((Organization *)target)->contact_phone);
    if (value->kind == YAML_NODE_MAP && !has(value, "email") && !has(value, "phone"))
        schema_report(check, field->stage, SCHEMA_MISSING_KEY, value->at,
                      "organization.contact needs an email or a phone that is answered");
}

static const SchemaField measures_fields[] = {
    {"taken", SCHEMA_LOCALE_TEXTS, FINDING_REPORT, .offset = offsetof(Playbook, measures_taken)},
    {"planned", SCHEMA_LOCALE_TEXTS, FINDING_REPORT, .offset = offsetof(Playbook, measures_planned)},
    {.key = NULL},
};
static const SchemaTable measures_table = {"measures", FINDING_REPORT, measures_fields, NULL};

static void set_measures(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    schema_check(check, &measures_table, value, target);
    if (value->kind == YAML_NODE_MAP && !has(value, "taken") && !has(value, "planned"))
        schema_report(check, field->stage, SCHEMA_MISSING_KEY, value->at,
                      "measures needs at least one that was taken or is planned");
}

static void set_gateway(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    static const SchemaField gateway = {"gateway", SCHEMA_NAME, .stage = FINDING_SEND};
    char *name = NULL;
    ChannelGateway *entry;

    schema_value(check, &gateway, value, &name);
    if (!name)
        return;
    entry = g_new0(ChannelGateway, 1);
    entry->channel = g_strdup(field->key);
    entry->gateway = name;
    entry->at = value->at;
    g_ptr_array_add(((Playbook *)target)->gateways, entry);
}

static const SchemaField incident_fields[] = {
    {"id", SCHEMA_NAME, FINDING_FACTS, .is_required = true, .offset = offsetof(Incident, id),
     .hint = N_("id: a name such as 2026-11-token-leak")},
    {"status", SCHEMA_CHOICE, FINDING_FACTS, .is_required = true, .offset = offsetof(Incident, status),
     .words = statuses, .hint = N_("status: exercise, or status: actual")},
    {"edition", SCHEMA_CUSTOM, FINDING_FACTS, .offset = offsetof(Incident, edition),
     .set = load_update_edition},
    {"severity", SCHEMA_WORD, FINDING_FACTS, .offset = offsetof(Incident, severity), .words = severities},
    {"level", SCHEMA_INTEGER, FINDING_REPORT, .offset = offsetof(Incident, level), .minimum = 1, .maximum = 9},
    {"kind", SCHEMA_TEXT, FINDING_REPORT, .offset = offsetof(Incident, kind)},
    {"occurred_at", SCHEMA_MOMENT, FINDING_FACTS, .offset = offsetof(Incident, occurred_at)},
    {"detected_at", SCHEMA_MOMENT, FINDING_FACTS, .offset = offsetof(Incident, detected_at)},
    {"confirmed_at", SCHEMA_MOMENT, FINDING_FACTS, .offset = offsetof(Incident, confirmed_at)},
    {"contained_at", SCHEMA_MOMENT, FINDING_FACTS, .offset = offsetof(Incident, contained_at)},
    {.key = NULL},
};
static const SchemaTable incident_table = {"incident", FINDING_FACTS, incident_fields, NULL};

static const SchemaField organization_fields[] = {
    {"name", SCHEMA_LOCALE_TEXT, FINDING_FACTS, .is_required = true, .is_one_line = true,
     .offset = offsetof(Organization, name)},
    {"role", SCHEMA_WORD, FINDING_FACTS, .offset = offsetof(Organization, role), .words = roles},
    {"contact", SCHEMA_CUSTOM, FINDING_FACTS, .is_required = true, .set = set_contact,
     .hint = "contact: {email: …, phone: …}"},
    {"domains", SCHEMA_LIST, FINDING_FACTS, .offset = offsetof(Organization, domains), .set = set_domain},
    {"on_behalf_of", SCHEMA_TEXT, FINDING_REPORT, .offset = offsetof(Organization, on_behalf_of)},
    {"joint", SCHEMA_CUSTOM, FINDING_REPORT, .set = load_policy_keys_joint,
     .hint = "joint: {with: NAME, notifies: us}"},
    {"registration", SCHEMA_TEXT, FINDING_REPORT, .offset = offsetof(Organization, registration)},
    {"address", SCHEMA_LOCALE_TEXT, FINDING_REPORT, .offset = offsetof(Organization, address)},
    {"data_region", SCHEMA_CUSTOM, FINDING_REPORT, .offset = offsetof(Organization, data_region),
     .set = load_law_data_region, .hint = "data_region: cn"},
    {"dpo", SCHEMA_MAP, FINDING_REPORT, .table = &load_law_dpo, .hint = "dpo: {name: …, email: …}"},
    {.key = NULL},
};
static const SchemaTable organization_table = {"organization", FINDING_FACTS, organization_fields, NULL};

static const SchemaField gateways_fields[] = {
    {"email", SCHEMA_CUSTOM, FINDING_SEND, .set = set_gateway},
    {"sms", SCHEMA_CUSTOM, FINDING_SEND, .set = set_gateway},
    {"push", SCHEMA_CUSTOM, FINDING_SEND, .set = set_gateway},
    {"letter", SCHEMA_CUSTOM, FINDING_SEND, .set = set_gateway},
    {"phone", SCHEMA_CUSTOM, FINDING_SEND, .set = set_gateway},
    {"webhook", SCHEMA_CUSTOM, FINDING_SEND, .set = set_gateway},
    {"im", SCHEMA_CUSTOM, FINDING_SEND, .set = set_gateway},
    {"voice", SCHEMA_CUSTOM, FINDING_SEND, .set = set_gateway},
    {"announcement", SCHEMA_CUSTOM, FINDING_SEND, .set = load_announcement_refuse},
    {.key = NULL},
};
static const SchemaTable gateways_table = {"gateways", FINDING_SEND, gateways_fields, NULL};

static const char *const hand_overs[] = {"plain", "encrypted", NULL}; /* as HandOverRule */

static const SchemaField playbook_fields[] = {
    {"version", SCHEMA_CUSTOM, FINDING_FACTS, .is_required = true, .set = schema_set_version, .hint = "version: 1"},
    {"default_locale", SCHEMA_LOCALE, FINDING_FACTS, .offset = offsetof(Playbook, default_locale)},
    {"incident", SCHEMA_MAP, FINDING_FACTS, .is_required = true, .offset = offsetof(Playbook, incident),
     .table = &incident_table},
    {"organization", SCHEMA_MAP, FINDING_FACTS, .is_required = true, .offset = offsetof(Playbook, organization),
     .table = &organization_table},
    {"facts", SCHEMA_MAP, FINDING_FACTS, .is_required = true, .table = &load_facts_table,
     .hint = "facts: {what_happened: …}"},
    /* What stands at FINDING_REPORT may still be missing when the first report is made: it names what it lacks. */
    {"impact", SCHEMA_LOCALE_TEXTS, FINDING_REPORT, .is_required = true, .offset = offsetof(Playbook, impact),
     .hint = N_("a list of what it may mean for people")},
    {"measures", SCHEMA_CUSTOM, FINDING_REPORT, .is_required = true, .set = set_measures,
     .hint = "measures: {taken: [ … ]}"},
    {"advice", SCHEMA_LOCALE_TEXTS, FINDING_REPORT, .is_required = true, .offset = offsetof(Playbook, advice),
     .hint = N_("a list of what people can do")},
    {"remedies", SCHEMA_LOCALE_TEXTS, FINDING_REPORT, .is_required = true, .offset = offsetof(Playbook, remedies),
     .hint = N_("a list of what you do for people who are harmed")},
    {"people", SCHEMA_CUSTOM, FINDING_SEND, .is_required = true, .set = load_people_key, .hint = "people: people.csv"},
    {"audiences", SCHEMA_LIST, FINDING_SEND, .is_required = true, .offset = offsetof(Playbook, audiences),
     .set = load_audience_add, .hint = "audiences: [{id: people, template: individual, ladder: [email]}]"},
    {"gateways", SCHEMA_MAP, FINDING_SEND, .is_required = true, .table = &gateways_table,
     .hint = "gateways: {email: NAME}"},
    {"cross_border", SCHEMA_CUSTOM, FINDING_SEND, .set = load_audience_border},
    {"organization_lists", SCHEMA_CUSTOM, FINDING_SEND, .set = load_audience_lists,
     .hint = "organization_lists: {folder: hand-over, encrypt: {tool: age, recipient: age1…, name: …}}"},
    {"hand_over", SCHEMA_CHOICE, FINDING_SEND, .offset = offsetof(Playbook, hand_over), .words = hand_overs},
    {"update", SCHEMA_CUSTOM, FINDING_FACTS, .set = load_update_set,
     .hint = "update: {kind: update, what_changed: …, need_to_act: false}"},
    {"quiet_hours", SCHEMA_CUSTOM, FINDING_SEND, .set = load_quiet_hours_set,
     .hint = "quiet_hours: {from: \"22:00\", to: \"07:00\", zone: \"+08:00\"}"},
    {"escalation", SCHEMA_CUSTOM, FINDING_SEND, .set = load_escalation_set,
     .hint = "escalation: {after: {email: PT4H}, confirm_over: 5%}"},
    {"announcement", SCHEMA_CUSTOM, FINDING_SEND, .set = load_announcement_set,
     .hint = N_("announcement: {gateway: NAME, when: always}")},
    {"policies", SCHEMA_LIST, FINDING_REPORT, .set = load_policy_keys_entry, .hint = "policies: [cloud-account]"},
    {"regimes", SCHEMA_LIST, FINDING_REPORT, .set = load_law_add_regime, .hint = "regimes: [cn-pipl, eu-gdpr]"},
    {"anchors", SCHEMA_CUSTOM, FINDING_REPORT, .set = load_law_anchors,
     .hint = "anchors: {awareness: 2026-11-21T22:10+08:00}"},
    {"variables", SCHEMA_CUSTOM, FINDING_REPORT, .set = load_law_variables, .hint = "variables: {cii: false, risk: high}"},
    {"response", SCHEMA_CUSTOM, FINDING_REPORT, .set = load_response_set,
     .hint = "response: [{id: contain, kind: contain, owner: NAME, gate: true}]"},
    {"inquiries", SCHEMA_CUSTOM, FINDING_REPORT, .set = load_response_inquiries,
     .hint = "inquiries: {deadline: P15D, from: received}"},
    {"confidential", SCHEMA_CUSTOM, FINDING_REPORT, .set = load_report_confidential},
    {"reports", SCHEMA_CUSTOM, FINDING_REPORT, .set = load_report_answers},
    {"retention", SCHEMA_LATER, .stage = FINDING_REPORT},
    {"approval", SCHEMA_LATER, .stage = FINDING_SEND},
    {"accepted", SCHEMA_LIST, FINDING_SEND, .set = load_policy_keys_accepted,
     .hint = "accepted: [{id: BR-COVERAGE-001, reason: …, by: NAME}]"},
    {.key = NULL},
};
static const SchemaTable playbook_table = {N_("the playbook"), FINDING_FACTS, playbook_fields, NULL};

/* What cannot have happened in this order makes every legal clock wrong. */
static void check_time_order(const SchemaCheck *check, const YamlNode *root, const Incident *incident)
{
    const YamlNode *map = yaml_get(root, "incident");
    const struct {
        const char *key;
        Moment moment;
        const char *earlier_key;
        Moment earlier;
    } pairs[] = {
        {"detected_at", incident->detected_at, "occurred_at", incident->occurred_at},
        {"confirmed_at", incident->confirmed_at, "detected_at", incident->detected_at},
        {"contained_at", incident->contained_at, "occurred_at", incident->occurred_at},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++)
        if (pairs[i].moment.known && pairs[i].earlier.known && pairs[i].moment.at < pairs[i].earlier.at)
            findings_error(check->findings, FINDING_FACTS, "playbook-time-order", yaml_get(map, pairs[i].key)->at,
                           "%s is earlier than %s: correct one of them", pairs[i].key, pairs[i].earlier_key);
}

/* Where the times of the incident stand, for what is found out once the clock is known. */
static void keep_places(const YamlNode *root, Incident *incident)
{
    const YamlNode *map = yaml_get(root, "incident");
    const char *const keys[INCIDENT_TIMES] = {"occurred_at", "detected_at", "confirmed_at", "contained_at"};

    for (size_t i = 0; map && i < INCIDENT_TIMES; i++) {
        const YamlNode *value = yaml_get(map, keys[i]);

        incident->places[i] = value ? value->at : map->at;
    }
}

void load_playbook_future(const Playbook *playbook, int64_t now, Findings *findings)
{
    const Incident *incident = &playbook->incident;
    const struct {
        const char *key;
        Moment moment;
    } times[INCIDENT_TIMES] = {{"occurred_at", incident->occurred_at},
                               {"detected_at", incident->detected_at},
                               {"confirmed_at", incident->confirmed_at},
                               {"contained_at", incident->contained_at}};

    load_audience_deadlines(playbook, now, findings);
    for (size_t i = 0; i < INCIDENT_TIMES; i++)
        if (times[i].moment.known && times[i].moment.at > now)
            findings_warning(findings, FINDING_FACTS, "playbook-time-future", incident->places[i],
                             "%s lies in the future: mend it, mostly the date or the offset from UTC", times[i].key);
}

static void check_rung_gateway(const SchemaCheck *check, const YamlNode *rung, const YamlNode *gateways)
{
    if (rung->kind == YAML_NODE_SCALAR && plan_channel(rung->text) && !has(gateways, rung->text))
        findings_error(check->findings, FINDING_SEND, "playbook-no-gateway", rung->at,
                       "channel %s has no gateway: add %s: NAME to gateways", rung->text, rung->text);
}

static void check_gateways(const SchemaCheck *check, const YamlNode *root)
{
    const YamlNode *gateways = yaml_get(root, "gateways");
    const YamlNode *audiences = yaml_get(root, "audiences");

    if (!gateways || gateways->kind != YAML_NODE_MAP || !audiences || audiences->kind != YAML_NODE_LIST)
        return; /* reported already */
    for (guint i = 0; i < audiences->items->len; i++) {
        const YamlNode *ladder = yaml_get(g_ptr_array_index(audiences->items, i), "ladder");

        for (guint j = 0; ladder && ladder->kind == YAML_NODE_LIST && j < ladder->items->len; j++)
            check_rung_gateway(check, g_ptr_array_index(ladder->items, j), gateways);
    }
}

/* Whoever names the incident's folder mostly means the playbook in it; it is not guessed. */
static YamlNode *load_root(const char *path, Findings *findings)
{
    g_autofree char *inside = g_build_filename(path, "playbook.yaml", NULL);

    if (!g_file_test(path, G_FILE_TEST_IS_DIR))
        return yaml_load(path, FINDING_FACTS, findings);
    if (g_file_test(inside, G_FILE_TEST_IS_REGULAR))
        findings_error(findings, FINDING_FACTS, "yaml-unreadable", position_make(path, 0, 0),
                       "this is a folder: name the playbook in it, %s", inside);
    else
        findings_error(findings, FINDING_FACTS, "yaml-unreadable", position_make(path, 0, 0),
                       "this is a folder, without a playbook.yaml: name the playbook itself");
    return NULL;
}

Playbook *load_playbook(const char *path, Findings *findings)
{
    g_autoptr(YamlNode) root = load_root(path, findings);
    g_autoptr(Playbook) playbook = NULL;
    g_autofree char *parent = g_path_get_dirname(path);
    SchemaCheck check = {.findings = findings, .ids = ids};

    if (!root)
        return NULL;
    playbook = playbook_new();
    playbook->path = g_strdup(path);
    playbook->folder = g_canonicalize_filename(parent, NULL);
    check.folder = playbook->folder;
    schema_check(&check, &playbook_table, root, playbook);
    if (root->kind != YAML_NODE_MAP)
        return NULL;
    check_time_order(&check, root, &playbook->incident);
    keep_places(root, &playbook->incident);
    check_gateways(&check, root);
    load_audience_reach(&check, playbook);
    load_audience_regimes(&check, playbook);
    load_policy_keys_check(&check, playbook);
    load_roles_check(&check, playbook);
    load_update_check(&check, root, playbook);
    return g_steal_pointer(&playbook);
}
