/* smtp-sink-breach - the embedded relay as a program of its own, for tests that kill breach while it is sending.
 *
 * Runs until SIGTERM or SIGINT, then prints how many messages it has accepted. */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "drill/smtp_sink.h"
#include "sink_program.h"

typedef struct Settings {
    SinkProgram common;
    gboolean starttls, no_chunking, no_pipelining;
    gchar *user, *password, *certificate_path;
} Settings;

static void free_settings(Settings *settings)
{
    sink_program_clear(&settings->common);
    g_free(settings->user);
    g_free(settings->password);
    g_free(settings->certificate_path);
}

static bool read_settings(int *count, char ***arguments, Settings *settings, GError **error)
{
    const GOptionEntry entries[] = {
        {"starttls", 0, 0, G_OPTION_ARG_NONE, &settings->starttls, "Offer STARTTLS", NULL},
        {"certificate-file", 0, 0, G_OPTION_ARG_FILENAME, &settings->certificate_path,
         "Write the certificate here (PEM)", "PATH"},
        {"no-chunking", 0, 0, G_OPTION_ARG_NONE, &settings->no_chunking, "Do not offer CHUNKING", NULL},
        {"no-pipelining", 0, 0, G_OPTION_ARG_NONE, &settings->no_pipelining, "Do not offer PIPELINING", NULL},
        {"user", 0, 0, G_OPTION_ARG_STRING, &settings->user, "Require AUTH as U", "U"},
        {"password", 0, 0, G_OPTION_ARG_STRING, &settings->password, "with password P", "P"},
        {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL}};

    if (!sink_program_parse(&settings->common, entries, count, arguments, error))
        return false;
    return (!settings->user == !settings->password && (!settings->certificate_path || settings->starttls)) ||
           sink_program_refuse("--user with --password, and --certificate-file only with --starttls", error);
}

static gpointer parse_rule(const char *line, GError **error)
{
    return smtp_sink_parse_rule(line, error);
}

static bool write_certificate(const SmtpSink *sink, const char *path, GError **error)
{
    const char *certificate = smtp_sink_certificate(sink);

    return !path || file_write(path, certificate, strlen(certificate), 0644, error);
}

static bool serve(const Settings *settings, GError **error)
{
    const SinkProgram *common = &settings->common;
    g_autoptr(GPtrArray) rules = sink_program_rules(common, parse_rule, (GDestroyNotify)smtp_sink_rule_free, error);
    SmtpSinkOptions options = {
        .port = common->port,
        .starttls = settings->starttls,
        .no_chunking = settings->no_chunking,
        .no_pipelining = settings->no_pipelining,
        .user = settings->user,
        .password = settings->password,
        .keep_folder = common->keep_folder,
        .keep_most = common->keep_most,
        .log_path = common->log_path,
        .rules = rules,
    };
    SmtpSink *sink = rules ? smtp_sink_start(&options, error) : NULL;
    bool served = sink && write_certificate(sink, settings->certificate_path, error) &&
                  sink_program_wait(common, smtp_sink_port(sink), error);

    if (served) {
        smtp_sink_close(sink);
        printf("accepted %" G_GINT64_FORMAT "\n", smtp_sink_accepted(sink));
    }
    smtp_sink_stop(sink);
    return served;
}

int main(int count, char **arguments)
{
    Settings settings = {.starttls = FALSE};
    GError *error = NULL;
    bool served;

    sink_program_hold_signals();
    served = read_settings(&count, &arguments, &settings, &error) && serve(&settings, &error);
    free_settings(&settings);
    return sink_program_end("smtp-sink-breach", served, error);
}
