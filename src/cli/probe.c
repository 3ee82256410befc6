#include "cli/probe.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

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
    http_probe_free(entry->http);
    g_clear_error(&entry->folder);
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

/* A folder is made when something is put into it: what must be there is the folder around it. */
static GError *look_at_folder(const Gateway *gateway)
{
    g_autofree char *parent = g_path_get_dirname(gateway->print->folder);
    bool is_there = g_file_test(gateway->print->folder, G_FILE_TEST_IS_DIR);
    const char *path = is_there ? gateway->print->folder : parent;

    if (access(path, W_OK | X_OK) == 0)
        return NULL;
    return error_make(BREACH_ERROR_CREATE, "probe-folder",
                      "nothing can be put into %s: %s; make the folder and give yourself the right to write there",
                      path, g_strerror(errno));
}

static void talk(const Workspace *workspace, const char *resolver, ProbeGateway *entry)
{
    const Gateway *gateway = entry->gateway;

    if (gateway->print) {
        entry->folder = look_at_folder(gateway);
    } else if (gateway->http) {
        entry->http = http_probe_run(gateway, clock_system());
    } else {
        entry->smtp = smtp_probe_run(gateway, clock_system(), PATIENCE);
        entry->policies = mail_policy_look(gateway, resolver, workspace->findings);
        warn_of_certificate(entry, workspace->findings);
    }
}

bool probe_has_failed(const ProbeGateway *entry)
{
    if (entry->smtp)
        return entry->smtp->has_failed;
    return (entry->http && entry->http->error) || entry->folder;
}

static void probe_one(const Workspace *workspace, const Gateway *gateway, const char *resolver, GPtrArray *entries)
{
    ProbeGateway *entry;

    if (!gateway || is_known(entries, gateway))
        return;
    entry = g_new0(ProbeGateway, 1);
    entry->gateway = gateway;
    g_ptr_array_add(entries, entry);
    if (!gateway->is_sample)
        talk(workspace, resolver, entry);
}

GPtrArray *probe_run(const Workspace *workspace, const char *resolver)
{
    const GPtrArray *channels = material_playbook(workspace->material)->gateways;
    const PublishPlan *announcement = material_publish(workspace->material);
    GPtrArray *entries = g_ptr_array_new_with_free_func(probe_gateway_free);

    for (guint i = 0; i < channels->len; i++) {
        const ChannelGateway *channel = g_ptr_array_index(channels, i);

        probe_one(workspace, material_gateway(workspace->material, channel->channel), resolver, entries);
    }
    for (guint i = 0; announcement && i < announcement->gateways->len; i++)
        probe_one(workspace, g_ptr_array_index(announcement->gateways, i), resolver, entries);
    return entries;
}

size_t probe_failures(const GPtrArray *gateways)
{
    size_t failures = 0;

    for (guint i = 0; i < gateways->len; i++)
        failures += probe_has_failed(g_ptr_array_index(gateways, i));
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

/* How one step of a provider went: the first that is not done has failed. */
static const char *http_state(const HttpProbe *probe, int stage)
{
    if (probe->done[stage])
        return "ok";
    return stage == 0 || probe->done[stage - 1] ? "failed" : "skipped";
}

/* The message with the gateway's name before it, which some have already. */
static char *named(const Gateway *gateway, const char *message)
{
    g_autofree char *start = g_strconcat(gateway->name, ": ", NULL);

    return g_strconcat(g_str_has_prefix(message, start) ? "" : start, message, NULL);
}

static void print_provider(const ProbeGateway *entry)
{
    for (int stage = 0; stage < HTTP_PROBE_STAGES; stage++)
        print_line(http_probe_stage_name((HttpProbeStage)stage), http_state(entry->http, stage), NULL);
    fflush(stdout);
    if (entry->http->error) {
        g_autofree char *text = named(entry->gateway, entry->http->error->message);

        output_message("error: gateway %s", text);
    }
}

static void print_folder(const ProbeGateway *entry)
{
    print_line("folder", entry->folder ? "failed" : "ok", entry->gateway->print->folder);
    fflush(stdout);
    if (entry->folder)
        output_message("error: gateway %s: %s", entry->gateway->name, entry->folder->message);
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

        g_autofree char *where = gateway_where(entry->gateway);

        printf(_("gateway %s (%s)\n"), entry->gateway->name, where);
        if (entry->gateway->is_sample) {
            puts(_("  not talked to: a sample, which serves exercises only"));
        } else if (entry->gateway->print) {
            print_folder(entry);
        } else if (entry->http) {
            print_provider(entry);
        } else {
            print_steps(entry);
            print_policies(entry);
        }
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

static json_t *one_step(const char *name, const char *state, const GError *error)
{
    return json_pack("{s:s, s:s, s:s?}", "step", name, "state", state, "text",
                     error && strcmp(state, "failed") == 0 ? error_english(error) : NULL);
}

static json_t *other_steps(const ProbeGateway *entry)
{
    json_t *steps = json_array();

    if (entry->gateway->print)
        json_array_append_new(steps, one_step("folder", entry->folder ? "failed" : "ok", entry->folder));
    for (int stage = 0; entry->http && stage < HTTP_PROBE_STAGES; stage++)
        json_array_append_new(steps, one_step(http_probe_stage_name((HttpProbeStage)stage),
                                              http_state(entry->http, stage), entry->http->error));
    return steps;
}

static json_t *probe_object(const ProbeGateway *entry)
{
    const Gateway *gateway = entry->gateway;
    json_t *object =
        json_pack("{s:s, s:s, s:b}", "gateway", gateway->name, "kind", gateway->kind, "sample", gateway->is_sample);
    g_autofree char *end = NULL;

    if (gateway->print) {
        json_object_set_new(object, "folder", json_string(gateway->print->folder));
    } else {
        json_object_set_new(object, "host", json_string(gateway->host));
        json_object_set_new(object, "port", json_integer(gateway->port));
    }
    if (gateway->is_sample)
        return object;
    if (entry->smtp && entry->smtp->certificate_end)
        end = clock_format_utc(entry->smtp->certificate_end);
    json_object_set_new(object, "ok", json_boolean(!probe_has_failed(entry)));
    json_object_set_new(object, "certificate_end", end ? json_string(end) : json_null());
    json_object_set_new(object, "steps", entry->smtp ? steps_json(entry->smtp) : other_steps(entry));
    json_object_set_new(object, "policies", entry->policies ? policies_json(entry->policies) : json_array());
    return object;
}

json_t *probe_json(const GPtrArray *gateways)
{
    json_t *list = json_array();

    for (guint i = 0; i < gateways->len; i++)
        json_array_append_new(list, probe_object(g_ptr_array_index(gateways, i)));
    return list;
}
