#include "cli/track_explain.h"

#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include "base/error.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "track/bounce.h"
#include "track/mail_file.h"

static json_t *text_or_null(const char *text)
{
    return text && *text ? json_string(text) : json_null();
}

static json_t *number_or_null(int number)
{
    return number ? json_integer(number) : json_null();
}

static json_t *enhanced_json(ReplyStatus status)
{
    return status.status_class ? json_sprintf("%d.%d.%d", status.status_class, status.subject, status.detail)
                               : json_null();
}

static json_t *path_json(const char *path)
{
    g_autofree char *shown = g_filename_display_name(path);

    return json_string(shown);
}

static json_t *recipient_json(const BounceRecipient *recipient, const char *file, int number)
{
    bool is_failure = recipient->kind == BOUNCE_KIND_BOUNCE || recipient->kind == BOUNCE_KIND_DELAY;
    json_t *line = json_object();

    json_object_set_new(line, "file", path_json(file));
    json_object_set_new(line, "mail", json_integer(number));
    json_object_set_new(line, "kind", json_string(bounce_kind_name(recipient->kind)));
    json_object_set_new(line, "recipient", text_or_null(recipient->recipient));
    json_object_set_new(line, "status", enhanced_json(recipient->status));
    json_object_set_new(line, "reply_code", number_or_null(recipient->status.code));
    json_object_set_new(line, "class", number_or_null(recipient->status.status_class));
    json_object_set_new(line, "hard", json_boolean(recipient->hard));
    json_object_set_new(line, "reason", is_failure ? json_string(bounce_reason_name(recipient->reason)) : json_null());
    json_object_set_new(line, "about_us", json_boolean(is_failure && bounce_reason_is_ours(recipient->reason)));
    json_object_set_new(line, "rule", json_string(recipient->rule));
    json_object_set_new(line, "said", text_or_null(recipient->said));
    return line;
}

static bool explain(const char *file, int number, const char *bytes, size_t size, void *data)
{
    g_autoptr(Bounce) bounce = bounce_read(bytes, size);

    (void)data;
    for (guint i = 0; i < bounce->recipients->len; i++) {
        json_t *line = recipient_json(g_ptr_array_index(bounce->recipients, i), file, number);
        char *text = json_dumps(line, JSON_COMPACT | JSON_PRESERVE_ORDER);

        json_decref(line);
        puts(text);
        free(text);
    }
    return !ferror(stdout);
}

int track_explain(const Options *options)
{
    int code = EXIT_CODE_TOLD;

    if (options->mail || options->dry_run || options->state) {
        output_refusal(
            error_make(BREACH_ERROR_INPUT, "usage-too-much",
                       "--explain says what mails mean and changes nothing: leave --mail, --state and --dry-run "
                       "out"));
        return EXIT_CODE_USAGE;
    }
    for (int i = 0; i < options->argument_count; i++) {
        g_autoptr(GError) error = NULL;

        if (!mail_file_read(options->arguments[i], explain, NULL, &error)) {
            output_message("error: %s", error->message);
            code = exit_code_of(error);
        }
    }
    return code;
}
