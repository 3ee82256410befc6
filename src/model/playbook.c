#include "model/playbook.h"

#include <string.h>

#include "model/organization_lists.h"
#include "model/policy.h"
#include "model/response.h"
#include "model/region.h"

static void fact_free(gpointer data)
{
    Fact *fact = data;

    g_free(fact->name);
    locale_text_free(fact->text);
    g_free(fact);
}

static void data_kind_free(gpointer data)
{
    DataKind *kind = data;

    g_free(kind->name);
    locale_text_free(kind->label);
    locale_text_free(kind->consequence);
    g_free(kind);
}

static void wording_free(gpointer data)
{
    Wording *wording = data;

    g_free(wording->fact);
    locale_text_free(wording->text);
    g_free(wording);
}

static void people_rename_free(gpointer data)
{
    PeopleRename *entry = data;

    g_free(entry->theirs);
    g_free(entry->ours);
    g_free(entry);
}

static void text_free(gpointer data)
{
    locale_text_free(data);
}

static void audience_free_entry(gpointer data)
{
    audience_free(data);
}

static void cross_border_free(gpointer data)
{
    CrossBorder *border = data;

    g_free(border->from);
    g_free(border->to);
    g_free(border->basis);
    g_free(border->purpose);
    g_free(border->recipient);
    g_free(border->safeguards);
    g_free(border->risks);
    g_free(border->consent);
    g_free(border);
}

static void channel_gateway_free(gpointer data)
{
    ChannelGateway *entry = data;

    g_free(entry->channel);
    g_free(entry->gateway);
    g_free(entry);
}

Audience *audience_new(void)
{
    Audience *audience = g_new0(Audience, 1);

    audience->ladder = g_ptr_array_new_with_free_func(g_free);
    return audience;
}

void audience_free(Audience *audience)
{
    if (!audience)
        return;
    g_free(audience->id);
    condition_free(audience->match);
    g_free(audience->match_text);
    g_free(audience->template_name);
    g_ptr_array_unref(audience->ladder);
    g_free(audience->instruction.by);
    g_free(audience->instruction.date);
    g_free(audience->instruction.evidence);
    playbook_free(audience->own);
    send_order_free(audience->order);
    g_clear_pointer(&audience->regimes, g_ptr_array_unref);
    g_free(audience);
}

PlaybookUpdate *playbook_update_new(void)
{
    PlaybookUpdate *update = g_new0(PlaybookUpdate, 1);

    update->template_name = g_strdup("update");
    return update;
}

void playbook_update_free(PlaybookUpdate *update)
{
    if (!update)
        return;
    g_free(update->template_name);
    locale_text_free(update->what_changed);
    locale_text_free(update->wrong);
    locale_text_free(update->right);
    condition_free(update->match);
    g_free(update->match_text);
    g_free(update);
}

const char *playbook_update_name(UpdateKind kind)
{
    static const char *const names[] = {
        [UPDATE_NEWS] = "update", [UPDATE_CORRECTION] = "correction", [UPDATE_WITHDRAWAL] = "withdrawal"};

    return names[kind];
}

static void policy_entry_free_entry(gpointer entry)
{
    policy_entry_free(entry);
}

Playbook *playbook_new(void)
{
    Playbook *playbook = g_new0(Playbook, 1);

    playbook->incident.edition = 1;
    playbook->escalation.confirm_over = ESCALATION_CONFIRM;
    playbook->default_locale = g_strdup("en");
    playbook->organization.domains = g_ptr_array_new_with_free_func(g_free);
    playbook->law = law_new();
    playbook->policies = g_ptr_array_new_with_free_func(policy_entry_free_entry);
    playbook->people_columns = g_ptr_array_new_with_free_func(people_rename_free);
    playbook->facts = g_ptr_array_new_with_free_func(fact_free);
    playbook->data_kinds = g_ptr_array_new_with_free_func(data_kind_free);
    playbook->wordings = g_ptr_array_new_with_free_func(wording_free);
    playbook->affected = (Affected){.lower = -1, .likely = -1, .upper = -1};
    playbook->impact = g_ptr_array_new_with_free_func(text_free);
    playbook->measures_taken = g_ptr_array_new_with_free_func(text_free);
    playbook->measures_planned = g_ptr_array_new_with_free_func(text_free);
    playbook->advice = g_ptr_array_new_with_free_func(text_free);
    playbook->remedies = g_ptr_array_new_with_free_func(text_free);
    playbook->audiences = g_ptr_array_new_with_free_func(audience_free_entry);
    playbook->gateways = g_ptr_array_new_with_free_func(channel_gateway_free);
    playbook->cross_border = g_ptr_array_new_with_free_func(cross_border_free);
    return playbook;
}

void playbook_free(Playbook *playbook)
{
    if (!playbook)
        return;
    quiet_hours_free(playbook->quiet_hours);
    report_words_free(playbook->report_words);
    playbook_update_free(playbook->update);
    announcement_free(playbook->announcement);
    escalation_clear(&playbook->escalation);
    g_free(playbook->path);
    g_free(playbook->folder);
    g_free(playbook->incident.id);
    g_free(playbook->incident.severity);
    g_free(playbook->incident.kind);
    locale_text_free(playbook->organization.name);
    g_free(playbook->organization.role);
    g_free(playbook->organization.contact_email);
    g_free(playbook->organization.contact_phone);
    locale_text_free(playbook->organization.contact_hours);
    g_ptr_array_unref(playbook->organization.domains);
    g_free(playbook->organization.on_behalf_of);
    g_free(playbook->organization.joint.with);
    g_free(playbook->organization.joint.evidence);
    g_free(playbook->organization.registration);
    locale_text_free(playbook->organization.address);
    g_free(playbook->organization.data_region);
    g_free(playbook->organization.dpo_name);
    g_free(playbook->organization.dpo_email);
    g_free(playbook->organization.dpo_phone);
    law_free(playbook->law);
    g_ptr_array_unref(playbook->policies);
    g_free(playbook->default_locale);
    g_free(playbook->people_path);
    g_free(playbook->people_country);
    g_ptr_array_unref(playbook->people_columns);
    g_ptr_array_unref(playbook->facts);
    g_ptr_array_unref(playbook->data_kinds);
    g_ptr_array_unref(playbook->wordings);
    g_ptr_array_unref(playbook->impact);
    g_ptr_array_unref(playbook->measures_taken);
    g_ptr_array_unref(playbook->measures_planned);
    g_ptr_array_unref(playbook->advice);
    g_ptr_array_unref(playbook->remedies);
    g_ptr_array_unref(playbook->audiences);
    g_ptr_array_unref(playbook->gateways);
    g_ptr_array_unref(playbook->cross_border);
    organization_lists_free(playbook->organization_lists);
    response_free(playbook->response);
    g_free(playbook);
}

const CrossBorder *playbook_border(const Playbook *playbook, const char *from, const char *to)
{
    for (guint i = 0; i < playbook->cross_border->len; i++) {
        const CrossBorder *border = g_ptr_array_index(playbook->cross_border, i);

        if (region_of_pair(border->from, from) && region_of_pair(border->to, to))
            return border;
    }
    return NULL;
}

const char *audience_capacity_name(Capacity capacity)
{
    static const char *const names[] = {
        [CAPACITY_SELF] = "self", [CAPACITY_GUARDIAN] = "guardian", [CAPACITY_ORGANIZATION] = "organization"};

    return names[capacity];
}

const Fact *playbook_fact(const Playbook *playbook, const char *name)
{
    for (guint i = 0; i < playbook->facts->len; i++) {
        const Fact *fact = g_ptr_array_index(playbook->facts, i);

        if (strcmp(fact->name, name) == 0)
            return fact;
    }
    return NULL;
}

const DataKind *playbook_data_kind(const Playbook *playbook, const char *name)
{
    for (guint i = 0; i < playbook->data_kinds->len; i++) {
        const DataKind *kind = g_ptr_array_index(playbook->data_kinds, i);

        if (strcmp(kind->name, name) == 0)
            return kind;
    }
    return NULL;
}

const LocaleText *playbook_wording(const Playbook *playbook, const char *fact)
{
    const LocaleText *fallback = NULL;

    for (guint i = 0; i < playbook->wordings->len; i++) {
        const Wording *wording = g_ptr_array_index(playbook->wordings, i);

        if (strcmp(wording->fact, fact) == 0)
            return wording->text;
        if (strcmp(wording->fact, "default") == 0)
            fallback = wording->text;
    }
    return fallback;
}

const char *playbook_gateway(const Playbook *playbook, const char *channel)
{
    for (guint i = 0; i < playbook->gateways->len; i++) {
        const ChannelGateway *entry = g_ptr_array_index(playbook->gateways, i);

        if (strcmp(entry->channel, channel) == 0)
            return entry->gateway;
    }
    return NULL;
}

const char *playbook_status_name(IncidentStatus status)
{
    return status == INCIDENT_ACTUAL ? "actual" : "exercise";
}
