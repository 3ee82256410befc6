#include "model/playbook.h"

#include <string.h>

static void fact_free(gpointer data)
{
    Fact *fact = data;

    g_free(fact->name);
    locale_text_free(fact->text);
    g_free(fact);
}

static void text_free(gpointer data)
{
    locale_text_free(data);
}

static void audience_free_entry(gpointer data)
{
    audience_free(data);
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
    g_free(audience);
}

Playbook *playbook_new(void)
{
    Playbook *playbook = g_new0(Playbook, 1);

    playbook->incident.edition = 1;
    playbook->default_locale = g_strdup("en");
    playbook->organization.domains = g_ptr_array_new_with_free_func(g_free);
    playbook->facts = g_ptr_array_new_with_free_func(fact_free);
    playbook->affected = (Affected){.lower = -1, .likely = -1, .upper = -1};
    playbook->impact = g_ptr_array_new_with_free_func(text_free);
    playbook->measures_taken = g_ptr_array_new_with_free_func(text_free);
    playbook->measures_planned = g_ptr_array_new_with_free_func(text_free);
    playbook->advice = g_ptr_array_new_with_free_func(text_free);
    playbook->remedies = g_ptr_array_new_with_free_func(text_free);
    playbook->audiences = g_ptr_array_new_with_free_func(audience_free_entry);
    playbook->gateways = g_ptr_array_new_with_free_func(channel_gateway_free);
    return playbook;
}

void playbook_free(Playbook *playbook)
{
    if (!playbook)
        return;
    g_free(playbook->path);
    g_free(playbook->folder);
    g_free(playbook->incident.id);
    g_free(playbook->incident.severity);
    locale_text_free(playbook->organization.name);
    g_free(playbook->organization.role);
    g_free(playbook->organization.contact_email);
    g_free(playbook->organization.contact_phone);
    locale_text_free(playbook->organization.contact_hours);
    g_ptr_array_unref(playbook->organization.domains);
    g_free(playbook->default_locale);
    g_free(playbook->people_path);
    g_ptr_array_unref(playbook->facts);
    g_ptr_array_unref(playbook->impact);
    g_ptr_array_unref(playbook->measures_taken);
    g_ptr_array_unref(playbook->measures_planned);
    g_ptr_array_unref(playbook->advice);
    g_ptr_array_unref(playbook->remedies);
    g_ptr_array_unref(playbook->audiences);
    g_ptr_array_unref(playbook->gateways);
    g_free(playbook);
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
