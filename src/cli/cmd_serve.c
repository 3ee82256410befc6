/* breach serve: delivery reports from providers. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/language.h"
#include "base/log.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/posting.h"
#include "cli/process.h"
#include "cli/workspace.h"
#include "serve/receipts.h"

#define LISTEN_USUAL "127.0.0.1:8077"

/* Serving: two connections to the ledger, one for each thread. */
typedef struct Serving {
    const Options *options;
    Workspace *workspace;
    Ledger *receiving;   /* owned; the server's thread writes the inbox with it */
    Ledger *applying;    /* owned; this thread applies the inbox when nobody else does */
    Receipts *receipts;  /* owned */
    GPtrArray *gateways; /* owned; of const Gateway *, borrowed from the material */
    char *host;          /* owned */
    int port;
    Listener *server; /* owned */
    int64_t
        applied;  /* receipts of which this thread has seen that they were applied; -1: what an earlier process left */
    bool is_left; /* the latest try to apply them failed, and the log says so */
} Serving;

static void end_serving(Serving *serving)
{
    listener_stop(serving->server);
    receipts_free(serving->receipts);
    g_clear_pointer(&serving->gateways, g_ptr_array_unref);
    ledger_close(serving->receiving);
    ledger_close(serving->applying);
    g_free(serving->host);
}

static void answer_health(void *user, const ListenerRequest *request, ListenerReply *reply)
{
    (void)user;
    (void)request;
    server_reply(reply, 200, "application/json", "{\"status\":\"ok\"}\n");
}

/* What is served; the live page of a later version is one more row. */
static ServerRoute routes[] = {
    {RECEIPTS_PATH, "GET POST", receipts_handle, NULL},
    {"/healthz", "GET HEAD", answer_health, NULL},
};
static const ServerRoutes served = {routes, G_N_ELEMENTS(routes)};

static bool is_listed(const GPtrArray *gateways, const Gateway *gateway)
{
    return g_ptr_array_find((GPtrArray *)(uintptr_t)gateways, gateway, NULL);
}

static bool collect_gateways(Serving *serving, GError **error)
{
    const GPtrArray *entries = material_playbook(serving->workspace->material)->gateways;

    serving->gateways = g_ptr_array_new();
    for (guint i = 0; i < entries->len; i++) {
        const ChannelGateway *entry = g_ptr_array_index(entries, i);
        const Gateway *gateway = material_gateway(serving->workspace->material, entry->channel);

        if (!gateway || !gateway->http || !gateway->http->receipt.is_there || is_listed(serving->gateways, gateway))
            continue;
        if (!receipts_add(serving->receipts, gateway, error)) {
            error_prefix(error, "gateway %s: ", gateway->name);
            return false;
        }
        g_ptr_array_add(serving->gateways, (gpointer)(uintptr_t)gateway);
    }
    if (serving->gateways->len > 0)
        return true;
    error_set(error, BREACH_ERROR_CONFIG, "serve-nothing",
              "no gateway of this playbook takes delivery reports: none of their files has a receipt");
    return false;
}

static bool signs_its_url(const GatewayReceipt *receipt)
{
    for (int i = 0; receipt->proof == GATEWAY_RECEIPT_HMAC && i < receipt->hmac.over_count; i++)
        if (receipt->hmac.over[i] == GATEWAY_PART_URL)
            return true;
    return false;
}

static bool begin_listening(Serving *serving, GError **error)
{
    const char *host = serving->host;
    g_autofree char *shown = strchr(host, ':') ? g_strdup_printf("[%s]", host) : g_strdup(host);

    for (size_t i = 0; i < G_N_ELEMENTS(routes); i++)
        routes[i].user = serving->receipts;
    serving->server = server_start(host, serving->port, &served, clock_system(), error);
    if (!serving->server)
        return false;
    if (!listener_is_loopback(host))
        output_message(
            N_("warning: %s can be reached from other machines, without encryption: put a TLS proxy in front of it"),
            host);
    for (guint i = 0; i < serving->gateways->len; i++) {
        const Gateway *gateway = g_ptr_array_index(serving->gateways, i);

        output_message(N_("listening at http://%s:%d%s%s"), shown, listener_port(serving->server), RECEIPTS_PATH,
                       gateway->name);
        if (signs_its_url(&gateway->http->receipt) && !gateway->http->receipt.url)
            output_message(N_("warning: gateway %s: its reports are signed over the address that the provider calls, "
                              "and the file does not say it: add url to receipt, or every report is refused"),
                           gateway->name);
    }
    return true;
}

static bool prepare(Serving *serving, GError **error)
{
    serving->receiving = workspace_ledger(serving->workspace, error);
    serving->applying = serving->receiving ? workspace_ledger(serving->workspace, error) : NULL;
    if (!serving->applying)
        return false;
    process_begin(serving->workspace->folder);
    serving->receipts = receipts_new(serving->receiving, clock_system());
    return collect_gateways(serving, error) && begin_listening(serving, error);
}

/* Whoever dispatches applies the inbox between two batches; where nobody does, it is done here. What cannot be applied
 * now is safe where it is, so this is no error. */
static void apply(Serving *serving)
{
    int64_t recorded = receipts_counts(serving->receipts).recorded;
    g_autoptr(GError) problem = NULL;
    bool applied;

    if (recorded == serving->applied || workspace_is_busy(serving->workspace))
        return;
    if (posting_apply(serving->workspace, serving->applying, &applied, &problem))
        serving->applied = applied ? recorded : serving->applied;
    else if (!serving->is_left)
        log_event(LOG_AT_WARNING, "inbox-left", "%s", error_english(problem));
    serving->is_left = problem != NULL;
}

/* Until SIGTERM or SIGINT, with a look at the inbox and at the connections every second. */
static void wait_for_end(Serving *serving, const sigset_t *ends)
{
    const struct timespec second = {.tv_sec = 1};

    while (sigtimedwait(ends, NULL, &second) < 0) {
        apply(serving);
        listener_tend(serving->server);
    }
}

static char *make_verdict(const ReceiptsCounts *counts)
{
    g_autofree char *recorded = text_grouped(counts->recorded);
    g_autofree char *repeated = text_grouped(counts->repeated);
    g_autofree char *ignored = text_grouped(counts->ignored);
    g_autofree char *unknown = text_grouped(counts->unknown);
    g_autofree char *forged = text_grouped(counts->forged);
    g_autofree char *broken = text_grouped(counts->broken);

    return g_strdup_printf(_("%s delivery reports recorded; %s repeated, %s without news, %s about unknown messages, "
                             "%s not proven, %s unreadable"),
                           recorded, repeated, ignored, unknown, forged, broken);
}

static void show(const Serving *serving)
{
    ReceiptsCounts counts = receipts_counts(serving->receipts);
    g_autofree char *verdict = make_verdict(&counts);
    g_autofree char *next = g_strdup_printf("breach status %s%s", serving->workspace->typed, serving->workspace->mode);

    if (!serving->options->json) {
        output_verdict(verdict, next);
        return;
    }
    output_json(json_pack(
        "{s:s, s:s, s:{s:I, s:I, s:I, s:I, s:I, s:I}, s:s, s:s}", "schema", "breach.serve/1", "incident",
        ledger_header(serving->applying)->incident, "receipts", "recorded", (json_int_t)counts.recorded, "repeated",
        (json_int_t)counts.repeated, "ignored", (json_int_t)counts.ignored, "unknown", (json_int_t)counts.unknown,
        "forged", (json_int_t)counts.forged, "broken", (json_int_t)counts.broken, "verdict", verdict, "next", next));
}

static int serve(Serving *serving)
{
    g_autoptr(GError) error = NULL;
    sigset_t ends;

    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    sigprocmask(SIG_BLOCK, &ends, NULL); /* before there are threads */
    if (!prepare(serving, &error)) {
        output_message("error: %s", error->message);
        return exit_code_of(error);
    }
    wait_for_end(serving, &ends);
    listener_stop(serving->server);
    serving->server = NULL;
    apply(serving);
    show(serving);
    return EXIT_CODE_TOLD;
}

static int run(const Options *options)
{
    const char *address = options->listen ? options->listen : LISTEN_USUAL;
    g_autoptr(Workspace) workspace = NULL;
    Serving serving = {.options = options, .applied = -1};
    int code;

    if (!listener_parse_address(address, &serving.host, &serving.port)) {
        output_refusal(error_make(BREACH_ERROR_INPUT, "serve-address",
                                  "--listen %s is no address and port (expected for example 127.0.0.1:8077)", address));
        return EXIT_CODE_USAGE;
    }
    workspace = workspace_open(options);
    serving.workspace = workspace;
    code = workspace->folder && workspace->material ? serve(&serving) : workspace_fail(workspace, NULL);
    end_serving(&serving);
    return process_end(code);
}

static const char *const names[] = {"listen", "dry-run", "state", "json", "help", NULL};

const Command cmd_serve = {
    .name = "serve",
    .run = run,
    .summary = N_("take delivery reports from providers, beside breach notify"),
    .description = N_(
        "Listens for the delivery reports of every gateway whose file has a receipt, at /receipts/NAME, until it is\n"
        "ended with Ctrl-C. A report must prove that it comes from the provider, and is answered with 200 only once "
        "it\n"
        "is on disk. A breach notify that is running elsewhere acts on it within two seconds. /healthz says that it "
        "is\n"
        "alive. Without encryption: other machines reach it through a proxy with TLS."),
    .options = names,
    .exits =
        N_("0 ended as asked, 64 usage, 65 nothing is planned, 73 cannot listen there, 78 no gateway takes reports"),
};
