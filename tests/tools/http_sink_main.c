/* http-sink-breach - the embedded provider as a program of its own, for tests that kill breach while it is sending.
 *
 * Runs until SIGTERM or SIGINT, then prints how many messages it has accepted, and of these how many were repeats. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/finding.h"
#include "channel/http.h"
#include "drill/http_sink.h"
#include "load/load_gateway.h"

typedef struct Settings {
    gint port;
    gint64 keep_most;
    gboolean forget;
    gchar *gateway_path, *data, *keep_folder, *log_path, *port_path, *reports_to, *secret;
    gchar **rules;
} Settings;

static void free_settings(Settings *settings)
{
    g_free(settings->gateway_path);
    g_free(settings->data);
    g_free(settings->keep_folder);
    g_free(settings->log_path);
    g_free(settings->port_path);
    g_free(settings->reports_to);
    g_free(settings->secret);
    g_strfreev(settings->rules);
}

static bool read_settings(int *count, char ***arguments, Settings *settings, GError **error)
{
    const GOptionEntry entries[] = {
        {"gateway", 0, 0, G_OPTION_ARG_FILENAME, &settings->gateway_path, "Answer as this gateway file says", "FILE"},
        {"data", 0, 0, G_OPTION_ARG_FILENAME, &settings->data, "where the shipped presets are", "DIR"},
        {"port", 0, 0, G_OPTION_ARG_INT, &settings->port, "Listen on 127.0.0.1:N (default: any free port)", "N"},
        {"port-file", 0, 0, G_OPTION_ARG_FILENAME, &settings->port_path, "Write the port here once it listens", "PATH"},
        {"keep", 0, 0, G_OPTION_ARG_FILENAME, &settings->keep_folder, "Write requests into DIR", "DIR"},
        {"keep-most", 0, 0, G_OPTION_ARG_INT64, &settings->keep_most, "but not more than N", "N"},
        {"log", 0, 0, G_OPTION_ARG_FILENAME, &settings->log_path,
         "Append \"accepted ID ENDPOINT SIZE\" before each message is answered", "FILE"},
        {"forget", 0, 0, G_OPTION_ARG_NONE, &settings->forget, "Remember no message: every look-up finds it", NULL},
        {"reports-to", 0, 0, G_OPTION_ARG_STRING, &settings->reports_to, "Send delivery reports to URL", "URL"},
        {"secret", 0, 0, G_OPTION_ARG_STRING, &settings->secret, "and prove them with S", "S"},
        {"rule", 0, 0, G_OPTION_ARG_STRING_ARRAY, &settings->rules,
         "Misbehave: AT [to=GLOB] ACTION [skip=N] [times=N] [each=N] [share=0.05]", "RULE"},
        {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL}};
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);

    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, count, arguments, error))
        return false;
    if (*count == 1 && settings->gateway_path && settings->port >= 0 && settings->port <= 65535)
        return true;
    g_set_error_literal(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                        "expected options only, --gateway among them, and a port up to 65535 (see --help)");
    return false;
}

static bool read_rules(char **lines, GPtrArray *rules, GError **error)
{
    for (; lines && *lines; lines++) {
        HttpSinkRule *rule = http_sink_parse_rule(*lines, error);

        if (!rule)
            return false;
        g_ptr_array_add(rules, rule);
    }
    return true;
}

/* NULL: the findings are on stderr. */
static Gateway *load(const Settings *settings)
{
    g_autoptr(Findings) findings = findings_new();
    Gateway *gateway = load_gateway_file(settings->gateway_path, settings->data, findings);

    for (size_t i = 0; i < findings_count(findings); i++) {
        g_autofree char *line = finding_format(findings_get(findings, i));

        fprintf(stderr, "http-sink-breach: %s\n", line);
    }
    if (gateway && (findings_errors(findings, FINDING_SEND) > 0 || !gateway->http))
        g_clear_pointer(&gateway, gateway_free);
    return gateway;
}

static bool announce(const HttpSink *sink, const Settings *settings, GError **error)
{
    g_autofree char *port = g_strdup_printf("%d\n", http_sink_port(sink));

    return !settings->port_path || file_write(settings->port_path, port, strlen(port), 0644, error);
}

static bool serve(const Settings *settings, const Gateway *gateway, const sigset_t *ends, GError **error)
{
    g_autoptr(GPtrArray) rules = g_ptr_array_new_with_free_func((GDestroyNotify)http_sink_rule_free);
    HttpSinkOptions options = {
        .port = settings->port,
        .gateway = gateway,
        .keep_folder = settings->keep_folder,
        .keep_most = settings->keep_most,
        .log_path = settings->log_path,
        .remember = !settings->forget,
        .reports_to = settings->reports_to,
        .report_secret = settings->secret,
        .clock = clock_system(),
        .rules = rules,
    };
    HttpSink *sink = NULL;
    bool announced;
    int received;

    if (!read_rules(settings->rules, rules, error))
        return false;
    sink = http_sink_start(&options, error);
    if (!sink)
        return false;
    announced = announce(sink, settings, error);
    if (announced) {
        sigwait(ends, &received);
        http_sink_close(sink);
        printf("accepted %" G_GINT64_FORMAT "\nrepeated %" G_GINT64_FORMAT "\nreported %" G_GINT64_FORMAT
               "\nstrange %" G_GINT64_FORMAT "\n",
               http_sink_accepted(sink), http_sink_repeated(sink), http_sink_reported(sink), http_sink_strange(sink));
    }
    http_sink_stop(sink);
    return announced;
}

int main(int count, char **arguments)
{
    Settings settings = {0};
    Gateway *gateway = NULL;
    GError *error = NULL;
    sigset_t ends;
    bool served;

    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    sigprocmask(SIG_BLOCK, &ends, NULL);
    http_initialize();
    served = read_settings(&count, &arguments, &settings, &error);
    if (served)
        gateway = load(&settings);
    served = served && gateway && serve(&settings, gateway, &ends, &error);
    if (error)
        fprintf(stderr, "http-sink-breach: %s\n", error->message);
    g_clear_error(&error);
    gateway_free(gateway);
    free_settings(&settings);
    return served ? EXIT_SUCCESS : EXIT_FAILURE;
}
