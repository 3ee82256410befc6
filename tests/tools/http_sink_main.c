/* http-sink-breach - the embedded provider as a program of its own, for tests that kill breach while it is sending.
 *
 * Runs until SIGTERM or SIGINT, then prints how many messages it has accepted, and of these how many were repeats. */
#include <stdio.h>

#include "base/clock.h"
#include "base/finding.h"
#include "channel/http.h"
#include "drill/http_sink.h"
#include "load/load_gateway.h"
#include "sink_program.h"

typedef struct Settings {
    SinkProgram common;
    gboolean forget;
    gchar *gateway_path, *data, *reports_to, *secret;
} Settings;

static void free_settings(Settings *settings)
{
    sink_program_clear(&settings->common);
    g_free(settings->gateway_path);
    g_free(settings->data);
    g_free(settings->reports_to);
    g_free(settings->secret);
}

static bool read_settings(int *count, char ***arguments, Settings *settings, GError **error)
{
    const GOptionEntry entries[] = {
        {"gateway", 0, 0, G_OPTION_ARG_FILENAME, &settings->gateway_path, "Answer as this gateway file says", "FILE"},
        {"data", 0, 0, G_OPTION_ARG_FILENAME, &settings->data, "where the shipped presets are", "DIR"},
        {"forget", 0, 0, G_OPTION_ARG_NONE, &settings->forget, "Remember no message: every look-up finds it", NULL},
        {"reports-to", 0, 0, G_OPTION_ARG_STRING, &settings->reports_to, "Send delivery reports to URL", "URL"},
        {"secret", 0, 0, G_OPTION_ARG_STRING, &settings->secret, "and prove them with S", "S"},
        {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL}};

    return sink_program_parse(&settings->common, entries, count, arguments, error) &&
           (settings->gateway_path || sink_program_refuse("--gateway", error));
}

static gpointer parse_rule(const char *line, GError **error)
{
    return http_sink_parse_rule(line, error);
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

static bool serve(const Settings *settings, const Gateway *gateway, GError **error)
{
    const SinkProgram *common = &settings->common;
    g_autoptr(GPtrArray) rules = sink_program_rules(common, parse_rule, (GDestroyNotify)http_sink_rule_free, error);
    HttpSinkOptions options = {
        .port = common->port,
        .gateway = gateway,
        .keep_folder = common->keep_folder,
        .keep_most = common->keep_most,
        .log_path = common->log_path,
        .remember = !settings->forget,
        .reports_to = settings->reports_to,
        .report_secret = settings->secret,
        .clock = clock_system(),
        .rules = rules,
    };
    HttpSink *sink = rules ? http_sink_start(&options, error) : NULL;
    bool served = sink && sink_program_wait(common, http_sink_port(sink), error);

    if (served) {
        http_sink_close(sink);
        printf("accepted %" G_GINT64_FORMAT "\nrepeated %" G_GINT64_FORMAT "\nreported %" G_GINT64_FORMAT
               "\nstrange %" G_GINT64_FORMAT "\n",
               http_sink_accepted(sink), http_sink_repeated(sink), http_sink_reported(sink), http_sink_strange(sink));
    }
    http_sink_stop(sink);
    return served;
}

int main(int count, char **arguments)
{
    Settings settings = {.forget = FALSE};
    Gateway *gateway = NULL;
    GError *error = NULL;
    bool served;

    sink_program_hold_signals();
    http_initialize();
    served = read_settings(&count, &arguments, &settings, &error);
    if (served)
        gateway = load(&settings);
    served = served && gateway && serve(&settings, gateway, &error);
    gateway_free(gateway);
    free_settings(&settings);
    return sink_program_end("http-sink-breach", served, error);
}
