/* breach preview: the message that one person would get by the files as they are; or the same, marked as a test, to
 * oneself. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/language.h"
#include "base/text.h"
#include "channel/smtp_esmtp.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/posting.h"
#include "cli/rehearsal.h"
#include "cli/test_send.h"
#include "cli/undecided.h"
#include "cli/workspace.h"
#include "dispatch/freeze.h"
#include "dispatch/render.h"
#include "ledger/ledger_select.h"
#include "model/address.h"

#define LOG_NAME  "preview.log"
#define KEPT_NAME "preview.eml"

/* The message that was asked for. */
typedef struct Preview {
    Workspace *workspace;
    char *audience, *channel, *locale; /* owned; NULL: there is no such message */
    char *endpoint;                    /* owned; the first, where the message goes to several */
    char *others;                      /* owned; the other addresses that get the same, or NULL */
    bool is_update;                    /* as to somebody who was told before */
    char *body;                        /* owned; of the text version; NULL when it has mistakes */
    char *data;                        /* owned; the person's columns */
    char *reason;                      /* owned; why there is no message, or NULL */
    char id[ID_MESSAGE_LENGTH + 1];    /* random: no message of the plan has it */
    int64_t date;                      /* ms */
} Preview;

/* Choosing -------------------------------------------------------------------------------------------------------- */

static bool is_asked(const Preview *preview, const char *audience, const PlanNotice *notice)
{
    const Options *options = preview->workspace->options;

    return (!options->audience || strcmp(options->audience, audience) == 0) &&
           (!options->channel || strcmp(options->channel, notice->channel ? notice->channel : "") == 0);
}

static void keep_reason(Preview *preview, const char *audience, const PlanNotice *notice)
{
    GString *text = g_string_new(preview->reason ? preview->reason : "");

    if (text->len > 0)
        g_string_append(text, "; ");
    if (notice->count == 0)
        g_string_append_printf(text, "%s%s%s", audience, *audience ? ": " : "", notice->reason);
    else
        g_string_append_printf(text, "%s: %s", audience, notice->channel);
    g_free(preview->reason);
    preview->reason = g_string_free(text, FALSE);
}

static void keep_notice(Preview *preview, const char *audience, const PlanNotice *notice, const FreezeView *view)
{
    Material *material = preview->workspace->material;
    const MaterialText *text = material_text(material, notice->audience, notice->channel, notice->locale,
                                             view->is_update, preview->workspace->findings);
    g_auto(GStrv) rest = g_new0(char *, notice->count);

    for (size_t i = 1; i < notice->count; i++)
        rest[i - 1] = g_strdup(notice->endpoints[i]);
    preview->audience = g_strdup(audience);
    preview->channel = g_strdup(notice->channel);
    preview->locale = g_strdup(notice->locale);
    preview->endpoint = g_strdup(notice->endpoints[0]);
    preview->others = notice->count > 1 ? g_strjoinv(", ", rest) : NULL;
    preview->body = g_strdup(text->body);
    preview->data = g_strdup(view->data);
}

/* The first message that fits what was asked for. */
static void look(const FreezeView *view, void *user)
{
    Preview *preview = user;
    const GPtrArray *audiences = material_playbook(preview->workspace->material)->audiences;

    for (size_t i = 0; i < view->decision->count; i++) {
        const PlanNotice *notice = &view->decision->notices[i];
        const char *audience = notice->audience < audiences->len
                                   ? ((const Audience *)g_ptr_array_index(audiences, notice->audience))->id
                                   : "";

        if (!preview->audience && notice->count > 0 && is_asked(preview, audience, notice))
            keep_notice(preview, audience, notice, view);
        else
            keep_reason(preview, audience, notice);
    }
}

static void refuse_missing(const char *person, const GPtrArray *near, GError **error)
{
    g_ptr_array_add((GPtrArray *)near, NULL);
    const char *nearest = text_nearest(person, (const char *const *)near->pdata);

    if (nearest)
        error_set(error, BREACH_ERROR_INPUT, "preview-person",
                  "the people file has nobody with the id %s: did you mean %s?", person, nearest);
    else
        error_set(error, BREACH_ERROR_INPUT, "preview-person", "the people file has nobody with the id %s", person);
}

/* Whether the ledger, if there is one, knows that this person has been told. */
static bool was_told(const Workspace *workspace, bool *told, GError **error)
{
    const LedgerFilter filter = {.states = SELECT_STATE(MESSAGE_ACCEPTED) | SELECT_STATE(MESSAGE_DELIVERED),
                                 .person = workspace->options->person};
    g_autoptr(Ledger) ledger = NULL;
    g_autoptr(GPtrArray) matches = NULL;

    *told = false;
    if (!ledger_exists(workspace_backend(), workspace->folder))
        return true;
    ledger = workspace_ledger(workspace, error);
    matches = ledger ? ledger_select(ledger, &filter, 0, 1, error) : NULL;
    *told = matches && matches->len > 0;
    return matches != NULL;
}

/* In a later edition whoever was told gets the update, and everybody else a first notice in the newest words. */
static bool set_kind(Preview *preview, GError **error)
{
    const Workspace *workspace = preview->workspace;
    const char *kind = workspace->options->edition_kind;
    bool has_update = material_playbook(workspace->material)->update != NULL;

    preview->is_update = kind && strcmp(kind, "update") == 0;
    if (kind && !preview->is_update && strcmp(kind, "first") != 0)
        error_set(error, BREACH_ERROR_INPUT, "preview-kind", "--edition-kind is first or update, not %s", kind);
    else if (preview->is_update && !has_update)
        error_set(error, BREACH_ERROR_INPUT, "preview-kind", "the playbook has no update: its edition is the first");
    else
        return kind || !has_update || was_told(workspace, &preview->is_update, error);
    return false;
}

static bool choose(Preview *preview, GError **error)
{
    Workspace *workspace = preview->workspace;
    const char *person = workspace->options->person;
    g_autoptr(GPtrArray) near = g_ptr_array_new_with_free_func(g_free);
    int rows;

    if (!set_kind(preview, error))
        return false;
    rows = freeze_one(workspace->material, person, preview->is_update, look, preview, near, workspace->findings);
    if (rows == 0 && findings_errors(workspace->findings, FINDING_SEND) > 0)
        return false;
    if (rows == 0)
        refuse_missing(person, near, error);
    else if (rows > 1)
        error_set(
            error, BREACH_ERROR_INPUT, "preview-twice",
            "the id %s stands in %d rows of the people file: the plan quarantines them all; give each person one row",
            person, rows);
    else if (rows == 1 && !preview->audience)
        error_set(error, BREACH_ERROR_INPUT, "preview-none", "%s would get no such message (%s)", person,
                  preview->reason ? preview->reason : "");
    return rows == 1 && preview->audience && preview->body;
}

/* Rendering ------------------------------------------------------------------------------------------------------- */

typedef struct Rendered {
    RenderText *text;       /* owned */
    RenderScratch *scratch; /* owned; holds the rest */
    RenderParts parts;
    const char *data;
    size_t size;
} Rendered;

static void rendered_clear(Rendered *rendered)
{
    render_text_free(rendered->text);
    render_scratch_free(rendered->scratch);
}

/* The same text version, person and gateway as a plan would freeze them, by the renderer that sends. */
static bool render(const Preview *preview, const Gateway *gateway, const char *test, Rendered *rendered, GError **error)
{
    const char *const people[] = {preview->data, NULL};
    const RenderRequest request = {.id = preview->id,
                                   .recipient = test ? test : preview->endpoint,
                                   .from = gateway->from,
                                   .from_name = gateway->from_name,
                                   .reply_to = gateway->reply_to,
                                   .people = people,
                                   .date = preview->date,
                                   .is_test = test != NULL};

    rendered->scratch = render_scratch_new();
    rendered->text = render_text_new(preview->body, error);
    return rendered->text &&
           render_message(rendered->text, rendered->scratch, &request, &rendered->data, &rendered->size, error) &&
           render_parts(rendered->text, rendered->scratch, &request, &rendered->parts, error);
}

/* Showing --------------------------------------------------------------------------------------------------------- */

static void print_headers(const Rendered *rendered)
{
    const char *end = g_strstr_len(rendered->data, (gssize)rendered->size, "\r\n\r\n");
    g_autofree char *headers = g_strndup(rendered->data, end ? (gsize)(end - rendered->data) : rendered->size);
    g_auto(GStrv) lines = g_strsplit(headers, "\r\n", -1);

    /* The subject is shown as it reads, not as it is encoded on the wire. */
    bool skips = false;

    for (char **line = lines; *line; line++) {
        if (**line != ' ' && **line != '\t')
            skips = g_ascii_strncasecmp(*line, "Subject:", 8) == 0;
        if (!skips)
            puts(*line);
    }
    printf("Subject: %s\n", rendered->parts.subject);
}

/* What brings this message to people; when the gateway did not take the test, what finds out why. */
static char *next_command(const Preview *preview, bool is_well)
{
    const Workspace *workspace = preview->workspace;
    const char *command = "check";

    if (is_well && material_status(workspace->material) == INCIDENT_EXERCISE)
        command = "notify";
    else if (is_well)
        command = ledger_exists(workspace_backend(), workspace->folder) ? "status" : "plan";
    return g_strdup_printf("breach %s %s%s", command, workspace->typed, workspace->mode);
}

static json_t *preview_json(const Preview *preview, const Rendered *rendered, const Gateway *gateway)
{
    g_autofree char *next = next_command(preview, true);

    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s?, s:I, s:s, s:s}", "schema",
                     "breach.preview/1", "person", preview->workspace->options->person, "kind",
                     preview->is_update ? "update" : "first", "audience", preview->audience, "channel",
                     preview->channel, "locale", preview->locale, "gateway", gateway->name, "from", gateway->from, "to",
                     preview->endpoint, "subject", rendered->parts.subject, "text", rendered->parts.text, "html",
                     rendered->parts.html, "size", (json_int_t)rendered->size, "verdict",
                     "this is what would be sent; nothing was sent", "next", next);
}

static void print_all(const Preview *preview, const Rendered *rendered, const Gateway *gateway)
{
    g_autofree char *next = next_command(preview, true);
    g_autofree char *size = text_grouped((int64_t)rendered->size);

    printf(_("audience %s, channel %s, language %s, by %s\n"), preview->audience, preview->channel, preview->locale,
           gateway->name);
    if (preview->others)
        printf(_("the same to: %s\n"), preview->others);
    if (preview->reason)
        printf(_("besides: %s\n"), preview->reason);
    puts("");
    print_headers(rendered);
    printf("\n%s", rendered->parts.text);
    if (!g_str_has_suffix(rendered->parts.text, "\n"))
        puts("");
    printf("\n");
    if (rendered->parts.html)
        printf(_("with an HTML part (--html shows it); %s octets on the wire\n"), size);
    else
        printf(_("without an HTML part; %s octets on the wire\n"), size);
    output_verdict(_("this is what would be sent; nothing was sent"), next);
}

static int show(const Preview *preview, const Gateway *gateway)
{
    const Options *options = preview->workspace->options;
    g_autoptr(GError) error = NULL;
    Rendered rendered = {0};
    int code = EXIT_CODE_TOLD;

    if (!render(preview, gateway, NULL, &rendered, &error)) {
        output_message("error: %s", error->message);
        code = exit_code_of(error);
    } else if (options->html && !rendered.parts.html) {
        output_refusal(error_make(BREACH_ERROR_INPUT, "preview-html", "this message has no HTML part"));
        code = EXIT_CODE_INPUT;
    } else if (options->json) {
        output_json(preview_json(preview, &rendered, gateway));
    } else if (options->raw) {
        fwrite(rendered.data, 1, rendered.size, stdout);
    } else if (options->html || options->text) {
        fputs(options->html ? rendered.parts.html : rendered.parts.text, stdout);
    } else {
        print_all(preview, &rendered, gateway);
    }
    rendered_clear(&rendered);
    return code;
}

/* Sending --------------------------------------------------------------------------------------------------------- */

static json_t *test_details(const Preview *preview, const Gateway *gateway, const char *to, const TestSend *sent)
{
    g_autofree char *by = posting_who();
    g_autofree char *masked = undecided_mask(to);

    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:s}", "audience", preview->audience, "by", by,
                     "channel", preview->channel, "gateway", gateway->name, "locale", preview->locale, "result",
                     channel_result_name(sent->result), "to", masked, "code", sent->code, "reply", sent->reply);
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
    const char *english = is_accepted ? "the test was taken by the relay; nobody else was sent anything"
                                      : "the test was not taken by the relay; nobody was sent anything";
    const char *shown = is_accepted ? _("the test was taken by the relay; nobody else was sent anything")
                                    : _("the test was not taken by the relay; nobody was sent anything");
    g_autofree char *next = next_command(preview, is_accepted);

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

static int send_test(const Preview *preview, const Gateway *gateway, const char *to)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GError) log_error = NULL;
    Rendered rendered = {0};
    TestSend sent = {0};
    int code;

    if (!render(preview, gateway, to, &rendered, &error)) {
        rendered_clear(&rendered);
        return fail(error);
    }
    output_message(N_("sends one message, marked as a test, from %s to %s by %s (%s:%d)"), gateway->from, to,
                   gateway->name, gateway->host, gateway->port);
    /* render_parts() used the scratch again, but not what render_message() wrote. */
    test_send(gateway, smtp_esmtp_engine(), preview->id, to, rendered.data, rendered.size, &sent, &error);
    rendered_clear(&rendered);
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

static int send(Preview *preview, const Gateway *gateway)
{
    Workspace *workspace = preview->workspace;
    bool is_exercise = material_status(workspace->material) == INCIDENT_EXERCISE;
    g_autoptr(GError) error = NULL;
    g_autofree char *to = address_parse_email(workspace->options->send_to, &error);

    if (!to) {
        output_refusal(error_make(BREACH_ERROR_INPUT, "preview-address", "--send-to %s: %s",
                                  workspace->options->send_to, error->message));
        return EXIT_CODE_USAGE;
    }
    if (findings_errors(workspace->findings, FINDING_SEND) > 0)
        return workspace_fail(workspace, NULL);
    /* The lock: for the folder's sake where there is none yet, and because the embedded relay's certificate lies there.
     */
    if ((is_exercise || !ledger_exists(workspace_backend(), workspace->folder)) &&
        !workspace_prepare(workspace, &error))
        return fail(error);
    smtp_esmtp_initialize();
    return is_exercise ? rehearse_test(preview, to) : send_test(preview, gateway, to);
}

static int preview_message(Preview *preview)
{
    Workspace *workspace = preview->workspace;
    const Gateway *gateway;
    g_autoptr(GError) error = NULL;

    if (!choose(preview, &error))
        return workspace_fail(workspace, error);
    gateway = material_gateway(workspace->material, preview->channel);
    if (!gateway)
        return workspace_fail(workspace, NULL);
    return workspace->options->send_to ? send(preview, gateway) : show(preview, gateway);
}

static int check_use(const Options *options)
{
    int ways = options->text + options->html + options->raw + options->json;

    if (!options->person)
        output_refusal(error_make(BREACH_ERROR_INPUT, "preview-whose", "whose message? --person ID"));
    else if (ways > 1 || (options->send_to && ways > options->json))
        output_refusal(error_make(BREACH_ERROR_INPUT, "preview-ways",
                                  "--text, --html, --raw, --json and --send-to exclude each other"));
    else
        return EXIT_CODE_TOLD;
    return EXIT_CODE_USAGE;
}

static int run(const Options *options)
{
    g_autoptr(Workspace) workspace = NULL;
    Preview preview = {.date = clock_now(clock_system())};
    int code = check_use(options);

    if (code != EXIT_CODE_TOLD)
        return code;
    workspace = workspace_open(options);
    if (!workspace->material || !workspace->folder)
        return workspace_fail(workspace, NULL);
    preview.workspace = workspace;
    id_random(preview.id, ID_MESSAGE_LENGTH);
    code = preview_message(&preview);
    g_free(preview.audience);
    g_free(preview.channel);
    g_free(preview.locale);
    g_free(preview.endpoint);
    g_free(preview.others);
    g_free(preview.body);
    g_free(preview.data);
    g_free(preview.reason);
    return code;
}

static const char *const names[] = {"person", "channel", "audience", "edition-kind", "send-to", "text", "html",
                                    "raw",    "dry-run", "state",    "json",         "help",    NULL};

const Command cmd_preview = {
    .name = "preview",
    .run = run,
    .summary = N_("the message that one person would get; or the same, as a test, to yourself"),
    .description = N_(
        "Shows the message as a plan made now would send it to this person: from the files as they are, by the same "
        "code.\n"
        "It needs no plan and changes nothing. --send-to sends it to your own address through the playbook's gateway,\n"
        "marked as a test and recorded as one; it counts for nobody. In an exercise it goes to the embedded relay."),
    .options = names,
    .exits = N_("0 shown or taken by the relay, 64 usage, 65 nobody with that id, no such message, or refused, 73 "
                "cannot write,\n"
                "75 the relay did not take it for now, or another breach is at work, 78 bad set-up"),
};
