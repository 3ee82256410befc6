/* smtp-sink-breach - the embedded relay as a program of its own, for tests that kill breach while it is sending.
 *
 * Runs until SIGTERM or SIGINT, then prints how many messages it has accepted. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "drill/smtp_sink.h"

typedef struct Settings {
    gint port;
    gint64 keep_most;
    gboolean starttls, no_chunking, no_pipelining;
    gchar *user, *password, *keep_folder, *log_path, *certificate_path, *port_path;
    gchar **rules;
} Settings;

static void free_settings(Settings *settings)
{
    g_free(settings->user);
    g_free(settings->password);
    g_free(settings->keep_folder);
    g_free(settings->log_path);
    g_free(settings->certificate_path);
    g_free(settings->port_path);
    g_strfreev(settings->rules);
}

static bool read_settings(int *count, char ***arguments, Settings *settings, GError **error)
{
    const GOptionEntry entries[] = {
        {"port", 0, 0, G_OPTION_ARG_INT, &settings->port, "Listen on 127.0.0.1:N (default: any free port)", "N"},
        {"port-file", 0, 0, G_OPTION_ARG_FILENAME, &settings->port_path, "Write the port here once it listens", "PATH"},
        {"starttls", 0, 0, G_OPTION_ARG_NONE, &settings->starttls, "Offer STARTTLS", NULL},
        {"certificate-file", 0, 0, G_OPTION_ARG_FILENAME, &settings->certificate_path,
         "Write the certificate here (PEM)", "PATH"},
        {"no-chunking", 0, 0, G_OPTION_ARG_NONE, &settings->no_chunking, "Do not offer CHUNKING", NULL},
        {"no-pipelining", 0, 0, G_OPTION_ARG_NONE, &settings->no_pipelining, "Do not offer PIPELINING", NULL},
        {"user", 0, 0, G_OPTION_ARG_STRING, &settings->user, "Require AUTH as U", "U"},
        {"password", 0, 0, G_OPTION_ARG_STRING, &settings->password, "with password P", "P"},
        {"keep", 0, 0, G_OPTION_ARG_FILENAME, &settings->keep_folder, "Write messages into DIR", "DIR"},
        {"keep-most", 0, 0, G_OPTION_ARG_INT64, &settings->keep_most, "but not more than N", "N"},
        {"log", 0, 0, G_OPTION_ARG_FILENAME, &settings->log_path,
         "Append \"accepted ENVID RCPT SIZE\" before each message is answered", "FILE"},
        {"rule", 0, 0, G_OPTION_ARG_STRING_ARRAY, &settings->rules,
         "Misbehave: AT [to=GLOB] ACTION [skip=N] [times=N] [each=N] [share=0.05]", "RULE"},
        {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL}};
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);

    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, count, arguments, error))
        return false;
    if (*count == 1 && settings->port >= 0 && settings->port <= 65535 && !settings->user == !settings->password &&
        (!settings->certificate_path || settings->starttls))
        return true;
    g_set_error_literal(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                        "expected options only, a port up to 65535, --user with --password, and --certificate-file "
                        "only with --starttls (see --help)");
    return false;
}

static bool read_rules(char **lines, GPtrArray *rules, GError **error)
{
    for (; lines && *lines; lines++) {
        SmtpSinkRule *rule = smtp_sink_parse_rule(*lines, error);

        if (!rule)
            return false;
        g_ptr_array_add(rules, rule);
    }
    return true;
}

static bool announce(const SmtpSink *sink, const Settings *settings, GError **error)
{
    g_autofree char *port = g_strdup_printf("%d\n", smtp_sink_port(sink));
    const char *certificate = smtp_sink_certificate(sink);

    if (settings->certificate_path &&
        !file_write(settings->certificate_path, certificate, strlen(certificate), 0644, error))
        return false;
    return !settings->port_path || file_write(settings->port_path, port, strlen(port), 0644, error);
}

static bool serve(const Settings *settings, const sigset_t *ends, GError **error)
{
    g_autoptr(GPtrArray) rules = g_ptr_array_new_with_free_func((GDestroyNotify)smtp_sink_rule_free);
    SmtpSinkOptions options = {
        .port = settings->port,
        .starttls = settings->starttls,
        .no_chunking = settings->no_chunking,
        .no_pipelining = settings->no_pipelining,
        .user = settings->user,
        .password = settings->password,
        .keep_folder = settings->keep_folder,
        .keep_most = settings->keep_most,
        .log_path = settings->log_path,
        .rules = rules,
    };
    SmtpSink *sink = NULL;
    bool announced;
    int received;

    if (!read_rules(settings->rules, rules, error))
        return false;
    sink = smtp_sink_start(&options, error);
    if (!sink)
        return false;
    announced = announce(sink, settings, error);
    if (announced) {
        sigwait(ends, &received);
        smtp_sink_close(sink);
        printf("accepted %" G_GINT64_FORMAT "\n", smtp_sink_accepted(sink));
    }
    smtp_sink_stop(sink);
    return announced;
}

int main(int count, char **arguments)
{
    Settings settings = {0};
    GError *error = NULL;
    sigset_t ends;
    bool served;

    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    sigprocmask(SIG_BLOCK, &ends, NULL);
    served = read_settings(&count, &arguments, &settings, &error) && serve(&settings, &ends, &error);
    if (!served)
        fprintf(stderr, "smtp-sink-breach: %s\n", error->message);
    g_clear_error(&error);
    free_settings(&settings);
    return served ? EXIT_SUCCESS : EXIT_FAILURE;
}
