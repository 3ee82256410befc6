/* breach preview: the message that one person would get by the files as they are; or the same, marked as a test, to
 * oneself. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/language.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/preview.h"
#include "model/sms_text.h"
#include "cli/workspace.h"

/* Showing --------------------------------------------------------------------------------------------------------- */

static void print_headers(const PreviewRendered *rendered)
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

/* Where it goes, and the subject that the channel has; an address of several lines with each of them. */
static void print_head(const Preview *preview, const PreviewRendered *rendered)
{
    g_auto(GStrv) lines = g_strsplit(preview->endpoint, "\n", -1);

    if (strcmp(preview->channel, "email") == 0) {
        print_headers(rendered);
        return;
    }
    for (char **line = lines; *line; line++)
        printf("%s%s\n", line == lines ? "To: " : "    ", *line);
    if (rendered->parts.subject)
        printf("Subject: %s\n", rendered->parts.subject);
}

static void print_foot(const Preview *preview, const PreviewRendered *rendered, const Gateway *gateway)
{
    g_autofree char *size = text_grouped((int64_t)rendered->size);
    SmsMeasure measure;

    if (strcmp(preview->channel, "email") == 0 && rendered->parts.html) {
        printf(_("with an HTML part (--html shows it); %s octets on the wire\n"), size);
    } else if (strcmp(preview->channel, "email") == 0) {
        printf(_("without an HTML part; %s octets on the wire\n"), size);
    } else if (strcmp(preview->channel, "sms") == 0) {
        measure = sms_text_measure(rendered->parts.text, sms_text_counting(gateway->region));
        printf(_("%s, %d characters, %d segments; the provider may add its signature\n"),
               sms_text_encoding_name(measure.encoding), (int)g_utf8_strlen(rendered->parts.text, -1),
               measure.segments);
    }
}

static json_t *preview_json(const Preview *preview, const PreviewRendered *rendered, const Gateway *gateway)
{
    g_autofree char *next = preview_next(preview, true);

    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s?, s:s, s:s?, s:s, s:s?, s:I, s:s, s:s}", "schema",
                     "breach.preview/1", "person", preview->workspace->options->person, "kind",
                     preview->is_update ? "update" : "first", "audience", preview->audience, "channel",
                     preview->channel, "locale", preview->locale, "gateway", gateway->name, "from", gateway->from, "to",
                     preview->endpoint, "subject", rendered->parts.subject, "text", rendered->parts.text, "html",
                     rendered->parts.html, "size", (json_int_t)rendered->size, "verdict",
                     "this is what would be sent; nothing was sent", "next", next);
}

static void print_all(const Preview *preview, const PreviewRendered *rendered, const Gateway *gateway)
{
    g_autofree char *next = preview_next(preview, true);

    printf(_("audience %s, channel %s, language %s, by %s\n"), preview->audience, preview->channel, preview->locale,
           gateway->name);
    if (preview->others)
        printf(_("the same to: %s\n"), preview->others);
    if (preview->reason)
        printf(_("besides: %s\n"), preview->reason);
    puts("");
    print_head(preview, rendered);
    printf("\n%s", rendered->parts.text);
    if (!g_str_has_suffix(rendered->parts.text, "\n"))
        puts("");
    printf("\n");
    print_foot(preview, rendered, gateway);
    output_verdict(_("this is what would be sent; nothing was sent"), next);
}

static int show(const Preview *preview, const Gateway *gateway)
{
    const Options *options = preview->workspace->options;
    g_autoptr(GError) error = NULL;
    PreviewRendered rendered = {0};
    int code = EXIT_CODE_TOLD;

    if (!preview_render(preview, gateway, NULL, &rendered, &error)) {
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
    preview_rendered_clear(&rendered);
    return code;
}

static int preview_message(Preview *preview)
{
    Workspace *workspace = preview->workspace;
    const Gateway *gateway;
    g_autoptr(GError) error = NULL;

    if (!preview_choose(preview, &error))
        return workspace_fail(workspace, error);
    gateway = material_gateway(workspace->material, preview->channel);
    if (!gateway)
        return workspace_fail(workspace, NULL);
    return workspace->options->send_to ? preview_send(preview, gateway) : show(preview, gateway);
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
    preview_clear(&preview);
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
    .exits = N_("0 shown or taken by the gateway, 64 usage, 65 nobody with that id, no such message, or refused, 73 "
                "cannot write,\n"
                "75 the relay did not take it for now, or another breach is at work, 78 bad set-up"),
};
