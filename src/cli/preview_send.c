/* The test: through the real gateway, to one address, outside the identity, and on record. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/language.h"
#include "base/redact.h"
#include "base/text.h"
#include "cli/engines.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/posting.h"
#include "cli/preview.h"
#include "cli/rehearsal.h"
#include "cli/test_send.h"
#include "model/address.h"
#include "dispatch/prepare.h"
#include "model/plan_endpoint.h"

#define LOG_NAME  "preview.log"
#define KEPT_NAME "preview.eml"

/* Sending --------------------------------------------------------------------------------------------------------- */

static json_t *test_details(const Preview *preview, const Gateway *gateway, const char *to, const TestSend *sent)
{
    g_autofree char *by = posting_who();
    g_autofree char *masked = address_mask(to);
    g_autofree char *reply = redact_text(sent->reply, to); /* relays repeat the address */

    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:s}", "audience", preview->audience, "by", by,
                     "channel", preview->channel, "gateway", gateway->name, "locale", preview->locale, "result",
                     channel_result_name(sent->result), "to", masked, "code", sent->code, "reply", reply);
}

static bool log_in_ledger(Workspace *workspace, const json_t *details, int64_t now, GError **error)
{
    g_autoptr(Ledger) ledger = workspace_ledger(workspace, error);

    if (!ledger || !ledger_begin(ledger, error))
        return false;
    if (ledger_note(ledger, "test_sent", now, details, error) && ledger_commit(ledger, error))
        return true;
    ledger_rollback(ledger);
    return false;
}

static bool log_in_file(const Workspace *workspace, json_t *details, int64_t now, GError **error)
{
    g_autofree char *path = g_build_filename(workspace->folder, LOG_NAME, NULL);
    g_autofree char *at = clock_format_utc(now);
    g_autofree char *body = NULL;
    g_autofree char *line = NULL;
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool written;

    json_object_set_new(details, "at", json_string(at));
    json_object_set_new(details, "event", json_string("test_sent"));
    body = text_canonical_json(details);
    line = g_strconcat(body, "\n", NULL);
    written = fd >= 0 && file_write_all(fd, line, strlen(line)) && fsync(fd) == 0;
    if (!written)
        error_set(error, BREACH_ERROR_CREATE, "preview-log", "cannot write %s: %s", path, g_strerror(errno));
    if (fd >= 0)
        close(fd);
    return written;
}

/* What left the house is in the record, whatever became of it. */
static bool log_test(const Preview *preview, const Gateway *gateway, const char *to, const TestSend *sent,
                     GError **error)
{
    Workspace *workspace = preview->workspace;
    json_auto_t *details = test_details(preview, gateway, to, sent);

    if (ledger_exists(workspace_backend(), workspace->folder))
        return log_in_ledger(workspace, details, preview->date, error);
    return log_in_file(workspace, details, preview->date, error);
}

static int tell_test(const Preview *preview, const Gateway *gateway, const char *to, const TestSend *sent)
{
    bool is_accepted = sent->result == CHANNEL_ACCEPTED;
    const char *english = is_accepted ? "the test was taken by the gateway; nobody else was sent anything"
                                      : "the test was not taken by the gateway; nobody was sent anything";
    const char *shown = is_accepted ? _("the test was taken by the gateway; nobody else was sent anything")
                                    : _("the test was not taken by the gateway; nobody was sent anything");
    g_autofree char *next = preview_next(preview, is_accepted);

    if (preview->workspace->options->json)
        output_json(json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:s, s:s, s:s}", "schema",
                              "breach.preview_test/1", "audience", preview->audience, "channel", preview->channel,
                              "locale", preview->locale, "gateway", gateway->name, "to", to, "result",
                              channel_result_name(sent->result), "code", sent->code, "reply", sent->reply, "verdict",
                              english, "next", next));
    else
        output_verdict(shown, next);
    if (is_accepted)
        return EXIT_CODE_TOLD;
    output_refusal(error_make(BREACH_ERROR_TEMPORARY, "preview-refused", "%s: %s: %d %s", gateway->name,
                              channel_result_name(sent->result), sent->code, sent->reply));
    return sent->result == CHANNEL_PERMANENT ? EXIT_CODE_INPUT : EXIT_CODE_OPEN;
}

static int fail(const GError *error)
{
    output_message("error: %s", error->message);
    output_message(N_("nothing was sent"));
    return exit_code_of(error);
}

/* The message as dispatch makes it for the gateway's kind, and its session. false: it could not be made. */
static bool send_prepared(const Preview *preview, const Gateway *gateway, const char *to, TestSend *sent, GError **error)
{
    const ChannelEngine *engine = engines_of(gateway);
    g_auto(GStrv) names = prepare_names(gateway, engine);
    const char *const people[] = {preview->data, NULL};
    g_autoptr(RenderText) text = render_text_new(preview->body, error);
    g_autoptr(RenderScratch) scratch = render_scratch_new();
    Prepared prepared = {0};
    bool made = text && prepare_message(&(PrepareRequest){.gateway = gateway,
                                                          .names = (const char *const *)names,
                                                          .text = text,
                                                          .scratch = scratch,
                                                          .id = preview->id,
                                                          .audience = preview->audience,
                                                          .endpoint = to,
                                                          .people = people,
                                                          .now = preview->date,
                                                          .attempt = 1,
                                                          .is_test = true},
                                        &prepared, error);

    if (made)
        test_send(gateway, engine, &prepared.message, sent, error);
    prepare_clear(&prepared);
    return made;
}

static int send_test(const Preview *preview, const Gateway *gateway, const char *to)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GError) log_error = NULL;
    g_autofree char *where = gateway_where(gateway);
    TestSend sent = {0};
    int code;

    if (gateway->from)
        output_message(N_("sends one message, marked as a test, from %s to %s by %s (%s)"), gateway->from, to,
                       gateway->name, where);
    else
        output_message(N_("sends one message, marked as a test, to %s by %s (%s)"), to, gateway->name, where);
    if (!send_prepared(preview, gateway, to, &sent, &error)) {
        test_send_clear(&sent);
        return fail(error);
    }
    if (!log_test(preview, gateway, to, &sent, &log_error))
        output_message(N_("the test is not in the record: %s"), log_error->message);
    if (error) {
        test_send_clear(&sent);
        return fail(error);
    }
    code = tell_test(preview, gateway, to, &sent);
    test_send_clear(&sent);
    return code;
}

/* What the embedded relay took is kept apart from the rehearsal's samples, and can be looked at. */
static void keep_sample(const Workspace *workspace)
{
    g_autofree char *folder = g_build_filename(workspace->folder, "samples", NULL);
    g_autofree char *kept = g_build_filename(workspace->folder, KEPT_NAME, NULL);
    g_autofree char *latest = NULL;
    g_autofree char *path = NULL;
    g_autoptr(GDir) entries = g_dir_open(folder, 0, NULL);
    const char *name;

    while (entries && (name = g_dir_read_name(entries)) != NULL)
        if (g_str_has_suffix(name, ".eml") && (!latest || strcmp(name, latest) > 0)) {
            g_free(latest);
            latest = g_strdup(name);
        }
    if (!latest)
        return;
    path = g_build_filename(folder, latest, NULL);
    if (rename(path, kept) == 0)
        output_message(N_("an exercise: the embedded relay took it; it lies in %s"), kept);
}

/* The embedded relay in place of the gateway: a rehearsal sends nothing out. */
static int rehearse_test(const Preview *preview, const char *to)
{
    const Workspace *workspace = preview->workspace;
    const GPtrArray *entries = material_playbook(workspace->material)->gateways;
    g_autoptr(GError) error = NULL;
    g_autoptr(Rehearsal) rehearsal = rehearsal_start(workspace, &error);
    int code = EXIT_CODE_INTERNAL;

    if (!rehearsal)
        return fail(error);
    for (guint i = 0; i < entries->len; i++) {
        const ChannelGateway *entry = g_ptr_array_index(entries, i);

        if (strcmp(entry->channel, preview->channel) == 0) {
            code = send_test(preview, g_ptr_array_index(rehearsal->gateways, i), to);
            if (code == EXIT_CODE_TOLD)
                keep_sample(workspace);
            break;
        }
    }
    return code;
}

int preview_send(Preview *preview, const Gateway *gateway)
{
    Workspace *workspace = preview->workspace;
    bool is_exercise = material_status(workspace->material) == INCIDENT_EXERCISE;
    g_autoptr(GError) error = NULL;
    const PlanChannel *channel = plan_channel(preview->channel);
    g_autofree char *to = channel ? channel->parse(workspace->options->send_to, &error) : NULL;

    if (!to) {
        output_refusal(error_make(BREACH_ERROR_INPUT, "preview-address", "--send-to %s: %s",
                                  workspace->options->send_to, error ? error->message : preview->channel));
        return EXIT_CODE_USAGE;
    }
    if (findings_errors(workspace->findings, FINDING_SEND) > 0)
        return workspace_fail(workspace, NULL);
    /* The lock: for the folder's sake where there is none yet, and because the embedded relay's certificate lies there.
     */
    if ((is_exercise || !ledger_exists(workspace_backend(), workspace->folder)) &&
        !workspace_prepare(workspace, &error))
        return fail(error);
    engines_initialize();
    return is_exercise ? rehearse_test(preview, to) : send_test(preview, gateway, to);
}
