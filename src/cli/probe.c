#include "cli/probe.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/language.h"
#include "base/text.h"
#include "channel/mail_policy.h"
#include "cli/output.h"

#define PATIENCE        (30 * CLOCK_SECOND) /* for one step; whoever looks on does not wait for minutes */
#define CERTIFICATE_LOW (30 * CLOCK_DAY)

static void probe_gateway_free(void *data)
{
    ProbeGateway *entry = data;

    smtp_probe_free(entry->smtp);
    if (entry->policies)
        g_ptr_array_unref(entry->policies);
    g_free(entry);
}

static bool is_known(const GPtrArray *entries, const Gateway *gateway)
{
    for (guint i = 0; i < entries->len; i++) {
        const ProbeGateway *entry = g_ptr_array_index(entries, i);

        if (strcmp(entry->gateway->name, gateway->name) == 0)
            return true;
    }
    return false;
}

static void warn_of_certificate(const ProbeGateway *entry, Findings *findings)
{
    int64_t end = entry->smtp->certificate_end;
    int64_t left = end - clock_now(clock_system());
    g_autofree char *date = clock_format_utc(end);

    if (end > 0 && left < CERTIFICATE_LOW)
        findings_warning(findings, FINDING_SEND, "probe-certificate-ends", entry->gateway->at,
                         "the certificate of %s ends on %.10s: whoever runs it must renew it before that",
                         entry->gateway->host, date);
}

GPtrArray *probe_run(const Workspace *workspace, const char *resolver)
{
    const GPtrArray *channels = material_playbook(workspace->material)->gateways;
    GPtrArray *entries = g_ptr_array_new_with_free_func(probe_gateway_free);

    for (guint i = 0; i < channels->len; i++) {
        const ChannelGateway *channel = g_ptr_array_index(channels, i);
        const Gateway *gateway = material_gateway(workspace->material, channel->channel);
        ProbeGateway *entry;

        if (!gateway || is_known(entries, gateway))
            continue;
        entry = g_new0(ProbeGateway, 1);
        entry->gateway = gateway;
        g_ptr_array_add(entries, entry);
        if (gateway->is_sample)
            continue;
        entry->smtp = smtp_probe_run(gateway, clock_system(), PATIENCE);
        entry->policies = mail_policy_look(gateway, resolver, workspace->findings);
        warn_of_certificate(entry, workspace->findings);
    }
    return entries;
}

size_t probe_failures(const GPtrArray *gateways)
{
    size_t failures = 0;

    for (guint i = 0; i < gateways->len; i++) {
        const ProbeGateway *entry = g_ptr_array_index(gateways, i);

        failures += entry->smtp && entry->smtp->has_failed;
    }
    return failures;
}

static void print_line(const char *name, const char *state, const char *text)
{
    g_autofree char *first = text_padded(_(name), 12);
    g_autofree char *second = text_padded(_(state), 8);

    printf("  %s %s %s\n", first, second, text ? text : "");
}

static void print_steps(const ProbeGateway *entry)
{
    for (int stage = 0; stage < SMTP_PROBE_STAGES; stage++) {
        const SmtpProbeStep *step = &entry->smtp->steps[stage];
        const char *name = smtp_probe_stage_name((SmtpProbeStage)stage);

        print_line(name, smtp_probe_state_name(step->state), step->text);
        if (step->error) {
            fflush(stdout);
            output_message("error: gateway %s: %s: %s", entry->gateway->name, _(name), step->error->message);
        }
    }
}

static const char *policy_state(const MailPolicy *policy)
{
    if (!policy->is_known)
        return N_("unknown");
    return policy->is_fine ? N_("ok") : N_("look");
}

static void print_policies(const ProbeGateway *entry)
{
    for (guint i = 0; i < entry->policies->len; i++) {
        const MailPolicy *policy = g_ptr_array_index(entry->policies, i);
        g_autofree char *text = NULL;

        if (!policy->is_known)
            text = g_strdup_printf(_("%s: not checked: no resolver answered"), policy->domain);
        else
            text = g_strdup_printf("%s: %s", policy->domain, policy->record ? policy->record : _("none"));
        print_line(policy->kind, policy_state(policy), text);
    }
}

void probe_print(const GPtrArray *gateways)
{
    for (guint i = 0; i < gateways->len; i++) {
        const ProbeGateway *entry = g_ptr_array_index(gateways, i);

        printf(_("gateway %s (%s:%d)\n"), entry->gateway->name, entry->gateway->host, entry->gateway->port);
        if (!entry->smtp) {
            puts(_("  not talked to: a sample, which serves exercises only"));
            continue;
        }
        print_steps(entry);
        print_policies(entry);
    }
    fflush(stdout);
}

static json_t *steps_json(const SmtpProbe *probe)
{
    json_t *steps = json_array();

    for (int stage = 0; stage < SMTP_PROBE_STAGES; stage++) {
        const SmtpProbeStep *step = &probe->steps[stage];
        const char *text = step->error ? error_english(step->error) : step->text;

        json_array_append_new(steps, json_pack("{s:s, s:s, s:s?}", "step", smtp_probe_stage_name((SmtpProbeStage)stage),
                                               "state", smtp_probe_state_name(step->state), "text", text));
    }
    return steps;
}

static json_t *policies_json(const GPtrArray *policies)
{
    json_t *list = json_array();

    for (guint i = 0; i < policies->len; i++) {
        const MailPolicy *policy = g_ptr_array_index(policies, i);

        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s?}", "kind", policy->kind, "domain", policy->domain,
                                              "state", policy_state(policy), "record", policy->record));
    }
    return list;
}

json_t *probe_json(const GPtrArray *gateways)
{
    json_t *list = json_array();

    for (guint i = 0; i < gateways->len; i++) {
        const ProbeGateway *entry = g_ptr_array_index(gateways, i);
        json_t *object =
            json_pack("{s:s, s:s, s:i, s:b}", "gateway", entry->gateway->name, "host", entry->gateway->host, "port",
                      entry->gateway->port, "sample", entry->gateway->is_sample);

        if (entry->smtp) {
            g_autofree char *end = entry->smtp->certificate_end ? clock_format_utc(entry->smtp->certificate_end) : NULL;

            json_object_set_new(object, "ok", json_boolean(!entry->smtp->has_failed));
            json_object_set_new(object, "certificate_end", end ? json_string(end) : json_null());
            json_object_set_new(object, "steps", steps_json(entry->smtp));
            json_object_set_new(object, "policies", policies_json(entry->policies));
        }
        json_array_append_new(list, object);
    }
    return list;
}
