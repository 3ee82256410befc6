/* breach serve: the page of the crisis room, and delivery reports from providers. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/language.h"
#include "base/id.h"
#include "base/log.h"
#include "base/secret.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/posting.h"
#include "cli/process.h"
#include "cli/serve_watch.h"
#include "cli/workspace.h"
#include "serve/door.h"
#include "serve/page.h"
#include "serve/receipts.h"

#define LISTEN_USUAL "127.0.0.1:8077"

/* Serving: two connections to the ledger, one for each thread. */
typedef struct Serving {
    const Options *options;
    Workspace *workspace;
    Ledger *receiving;  /* owned; the server's thread writes the inbox with it */
    Ledger *applying;   /* owned; this thread applies the inbox when nobody else does */
    Receipts *receipts; /* owned */
    Secret *token;      /* owned; NULL: the page needs none */
    Stream *stream;     /* owned; what the page shows */
    ServeWatch *watch;  /* owned */
    Page page;
    GPtrArray *gateways; /* owned; of const Gateway *, borrowed from the material */
    bool is_deaf;        /* an exercise: of some gateway no reports are taken, and that was said */
    char *host;          /* owned */
    int port;
    Listener *server; /* owned; NULL while another ledger takes the place of ours */
    ino_t file;       /* of the ledger that is open */
    int64_t
        applied;  /* receipts of which this thread has seen that they were applied; -1: what an earlier process left */
    bool is_left; /* the latest try to apply them failed, and the log says so */
} Serving;

static void end_serving(Serving *serving)
{
    listener_stop(serving->server);
    serve_watch_free(serving->watch);
    stream_free(serving->stream);
    secret_free(serving->token);
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

/* What is served. */
enum { ROUTE_RECEIPTS, ROUTE_HEALTH, ROUTE_PAGE };
static ServerRoute routes[] = {
    [ROUTE_RECEIPTS] = {RECEIPTS_PATH, "GET POST", receipts_handle, NULL},
    [ROUTE_HEALTH] = {"/healthz", "GET HEAD", answer_health, NULL},
    [ROUTE_PAGE] = {PAGE_PATH, "GET HEAD", page_handle, NULL},
};
static const ServerRoutes served = {routes, G_N_ELEMENTS(routes)};

static bool is_listed(const GPtrArray *gateways, const Gateway *gateway)
{
    return g_ptr_array_find((GPtrArray *)(uintptr_t)gateways, gateway, NULL);
}

/* In an exercise no provider has anything to report: a secret that is missing there keeps nobody from seeing the page.
 */
static bool collect_gateways(Serving *serving, GError **error)
{
    const GPtrArray *entries = material_playbook(serving->workspace->material)->gateways;

    serving->gateways = g_ptr_array_new();
    for (guint i = 0; i < entries->len; i++) {
        const ChannelGateway *entry = g_ptr_array_index(entries, i);
        const Gateway *gateway = material_gateway(serving->workspace->material, entry->channel);
        g_autoptr(GError) problem = NULL;

        if (!gateway || !gateway->http || !gateway->http->receipt.is_there || is_listed(serving->gateways, gateway))
            continue;
        if (receipts_add(serving->receipts, gateway, &problem)) {
            g_ptr_array_add(serving->gateways, (gpointer)(uintptr_t)gateway);
            continue;
        }
        error_prefix(&problem, "gateway %s: ", gateway->name);
        if (material_status(serving->workspace->material) == INCIDENT_ACTUAL) {
            g_propagate_error(error, g_steal_pointer(&problem));
            return false;
        }
        output_message(N_("warning: %s; in an exercise the page is served without its delivery reports"),
                       problem->message);
        serving->is_deaf = true;
    }
    return true;
}

/* The page -------------------------------------------------------------------------------------------------------- */

static ReceiptsCounts count_receipts(const void *user)
{
    return receipts_counts(user);
}

/* Whether every character may stand in a header as a token (RFC 6750 2.1, b64token). */
static bool is_token(const char *text)
{
    return strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=") == strlen(text);
}

static bool load_token(Serving *serving, GError **error)
{
    const char *file = serving->options->token_file;
    g_autofree char *reference = file ? g_strconcat("file:", file, NULL) : NULL;
    g_autofree char *here = g_get_current_dir();

    if (!file && listener_is_loopback(serving->host))
        return true;
    if (!file) {
        error_set(error, BREACH_ERROR_INPUT, "serve-token-missing",
                  "%s can be reached from other machines: the page needs --token-file FILE there", serving->host);
        return false;
    }
    serving->token = secret_load(reference, here, error);
    if (!serving->token)
        return false;
    if (strlen(secret_text(serving->token)) >= DOOR_TOKEN_LEAST && is_token(secret_text(serving->token)))
        return true;
    error_set(error, BREACH_ERROR_CONFIG, "serve-token-short",
              "%s: the token needs at least %d characters, letters and digits (openssl rand -hex 24)", file,
              DOOR_TOKEN_LEAST);
    return false;
}

static void prepare_page(Serving *serving)
{
    char epoch[ID_RUN_LENGTH + 1];

    id_random(epoch, ID_RUN_LENGTH);
    serving->stream = stream_new(epoch);
    serving->watch = serve_watch_new(serving->workspace, serving->stream);
    serving->page = (Page){.stream = serving->stream,
                           .token = serving->token ? secret_text(serving->token) : NULL,
                           .version = BREACH_VERSION,
                           .receipts = count_receipts,
                           .user = serving->receipts};
    serve_watch_look(serving->watch);
}

static bool signs_its_url(const GatewayReceipt *receipt)
{
    for (int i = 0; receipt->proof == GATEWAY_RECEIPT_HMAC && i < receipt->hmac.over_count; i++)
        if (receipt->hmac.over[i] == GATEWAY_PART_URL)
            return true;
    return false;
}

static void say_nothing_comes(void)
{
    g_autoptr(GError) note =
        error_make(BREACH_ERROR_CONFIG, "serve-nothing",
                   "no gateway of this playbook takes delivery reports: none of their files has a receipt");

    output_message(N_("note: %s; only the page is served"), note->message);
}

/* Where what is served is to be found, and what may be wrong with it. */
static void say_where(const Serving *serving)
{
    const char *host = serving->host;
    g_autofree char *shown = strchr(host, ':') ? g_strdup_printf("[%s]", host) : g_strdup(host);

    output_message(N_("the page is at http://%s:%d/"), shown, listener_port(serving->server));
    if (serving->gateways->len == 0 && !serving->is_deaf)
        say_nothing_comes();
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
}

static bool begin_listening(Serving *serving, GError **error)
{
    routes[ROUTE_RECEIPTS].user = serving->receipts;
    routes[ROUTE_PAGE].user = &serving->page;
    serving->server = server_start(serving->host, serving->port, &served, clock_system(), error);
    if (!serving->server)
        return false;
    serving->port = listener_port(serving->server); /* the same, if it begins once more */
    return true;
}

/* Which file the ledger of the state folder is; 0: there is none. */
static ino_t ledger_file(const Serving *serving)
{
    g_autofree char *path = g_build_filename(serving->workspace->folder, "ledger.db", NULL);
    struct stat about;

    return stat(path, &about) == 0 ? about.st_ino : 0;
}

static bool open_ledgers(Serving *serving, GError **error)
{
    serving->file = ledger_file(serving);
    serving->receiving = workspace_ledger(serving->workspace, error);
    serving->applying = serving->receiving ? workspace_ledger(serving->workspace, error) : NULL;
    return serving->applying;
}

static void close_ledgers(Serving *serving)
{
    listener_stop(serving->server); /* its thread uses one of them */
    serving->server = NULL;
    g_clear_pointer(&serving->receiving, ledger_close);
    g_clear_pointer(&serving->applying, ledger_close);
}

static bool prepare(Serving *serving, GError **error)
{
    if (!load_token(serving, error) || !open_ledgers(serving, error))
        return false;
    process_begin(serving->workspace->folder);
    serving->receipts = receipts_new(serving->receiving, clock_system());
    if (!collect_gateways(serving, error))
        return false;
    prepare_page(serving);
    if (!begin_listening(serving, error))
        return false;
    say_where(serving);
    return true;
}

/* A rehearsal that begins afresh has another ledger: we go on with that one, as soon as it is planned. */
static void follow(Serving *serving)
{
    g_autoptr(GError) problem = NULL;

    if (serving->server && serving->file == ledger_file(serving))
        return;
    if (serving->server) {
        close_ledgers(serving);
        log_event(LOG_AT_INFO, "ledger-replaced", "looking for the new one");
    }
    if (!open_ledgers(serving, &problem)) {
        close_ledgers(serving);
        return;
    }
    receipts_use(serving->receipts, serving->receiving);
    serve_watch_forget(serving->watch);
    serving->applied = -1;
    if (!begin_listening(serving, &problem)) {
        close_ledgers(serving);
        log_event(LOG_AT_WARNING, "serve-again", "%s", error_english(problem));
    }
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

/* Until SIGTERM or SIGINT, with a look at the inbox, the ledger and the connections every second. */
static void wait_for_end(Serving *serving, const sigset_t *ends)
{
    const struct timespec second = {.tv_sec = 1};

    while (sigtimedwait(ends, NULL, &second) < 0) {
        follow(serving);
        if (!serving->server)
            continue;
        apply(serving);
        if (serve_watch_look(serving->watch))
            listener_wake(serving->server);
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

    return g_strdup_printf(
        language_plural("%s delivery report recorded; %s repeated, %s without news, %s about unknown "
                        "messages, %s not proven, %s unreadable",
                        "%s delivery reports recorded; %s repeated, %s without news, %s about unknown "
                        "messages, %s not proven, %s unreadable",
                        counts->recorded),
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
    output_json(json_pack("{s:s, s:s, s:{s:I, s:I, s:I, s:I, s:I, s:I}, s:s, s:s}", "schema", "breach.serve/1",
                          "incident", material_playbook(serving->workspace->material)->incident.id, "receipts",
                          "recorded", (json_int_t)counts.recorded, "repeated", (json_int_t)counts.repeated, "ignored",
                          (json_int_t)counts.ignored, "unknown", (json_int_t)counts.unknown, "forged",
                          (json_int_t)counts.forged, "broken", (json_int_t)counts.broken, "verdict", verdict, "next",
                          next));
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
    if (serving->applying)
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

static const char *const names[] = {"listen", "token-file", "dry-run", "state", "json", "help", NULL};

const Command cmd_serve = {
    .name = "serve",
    .run = run,
    .summary = N_("show the live page of the crisis room, and take delivery reports from providers"),
    .description = N_(
        "Shows one read-only page for everybody in the room, live, at http://127.0.0.1:8077/, until it is ended with\n"
        "Ctrl-C: who is told, how fast, what is held, the clocks of the law. It names no person. Other machines see "
        "it\n"
        "only with --listen and --token-file. /metrics is for Prometheus, /healthz says that it is alive. Takes the\n"
        "delivery reports of every gateway whose file has a receipt, at /receipts/NAME: each must prove that it comes\n"
        "from the provider, and is answered with 200 only once it is on disk. A breach notify that is running "
        "elsewhere\n"
        "acts on it within two seconds. Without encryption: other machines reach it through a proxy with TLS."),
    .options = names,
    .exits = N_("0 ended as asked, 64 usage, 65 nothing is planned, 73 cannot listen there, 78 a secret is missing"),
};
