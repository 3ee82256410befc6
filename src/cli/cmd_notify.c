/* breach notify: send, or go on where it stopped. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/language.h"
#include "base/log.h"
#include "base/secret.h"
#include "cli/announcing.h"
#include "cli/changes.h"
#include "cli/climbing.h"
#include "cli/clock_watch.h"
#include "cli/command.h"
#include "cli/confirm.h"
#include "cli/engines.h"
#include "cli/exit_code.h"
#include "cli/first_wave.h"
#include "cli/gate.h"
#include "cli/obligations.h"
#include "cli/output.h"
#include "cli/planning.h"
#include "cli/preflight.h"
#include "cli/process.h"
#include "cli/rehearsal.h"
#include "cli/workspace.h"
#include "dispatch/conductor.h"
#include "ledger/confirmation.h"
#include "load/load_facts.h"
#include "load/load_playbook.h"
#include "report/status.h"

#define PATIENCE_DEFAULT "PT15M"

static volatile sig_atomic_t stop_asked;

static void ask_to_stop(int number)
{
    (void)number;
    if (stop_asked < 2)
        stop_asked = stop_asked + 1;
}

static void catch_signals(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = ask_to_stop, .sa_flags = SA_RESTART};

    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
        sigaction(numbers[i], &action, NULL);
}

/* Before sending ------------------------------------------------------------------------------------------------ */

static bool is_exercise(const Workspace *workspace)
{
    return material_status(workspace->material) == INCIDENT_EXERCISE;
}

/* A finished rehearsal starts afresh, an unfinished one goes on. */
static bool is_finished(Workspace *workspace)
{
    g_autoptr(Ledger) ledger = workspace_ledger(workspace, NULL);
    LedgerCounts counts;

    return ledger && ledger_counts(ledger, &counts, NULL) && counts.open == 0 && counts.climbing == 0 &&
           counts.messages[MESSAGE_ATTEMPTING] == 0;
}

static bool plan_exercise(Workspace *workspace, GError **error)
{
    FreezeSummary summary;

    /* a drill goes on after all were told: bounces come back, and the scope may grow */
    if (workspace->options->drill && ledger_exists(workspace_backend(), workspace->folder))
        return true;
    if (is_finished(workspace) && !planning_is_raise(workspace)) {
        g_autoptr(Findings) trial = findings_new();

        freeze_check(workspace->material, clock_now(clock_system()), NULL, &summary, trial); /* what was rehearsed is not given up for a mistake */
        if (findings_errors(trial, FINDING_SEND) > 0) {
            output_findings(trial);
            return false;
        }
        rehearsal_forget(workspace);
    }
    /* The next edition of a finished rehearsal tells those who were told in it. */
    if (ledger_exists(workspace_backend(), workspace->folder) &&
        !(is_finished(workspace) && planning_is_raise(workspace)))
        return true;
    return planning_run(workspace, &summary, error);
}

static bool refuse_copy(const Workspace *workspace, const Ledger *ledger, GError **error)
{
    const LedgerHeader *header = ledger_header(ledger);

    error_set(
        error, BREACH_ERROR_INPUT, "ledger-copy",
        "%s is a copy: the ledger was made on %s in %s; sending from both would tell people twice; if nobody sends "
        "from there any more, type breach notify %s%s --adopt",
        workspace->folder, header->host, header->path, workspace->typed, workspace->mode);
    return false;
}

/* The plan must be of this place, and of the files as they are. */
static bool check_plan(const Workspace *workspace, Ledger *ledger, GError **error)
{
    const LedgerHeader *header = ledger_header(ledger);
    g_autofree char *gateways = material_gateways(workspace->material);
    g_auto(GStrv) changed = NULL;

    if (ledger_is_copy(ledger) && !workspace->options->adopt)
        return refuse_copy(workspace, ledger, error);
    if (strcmp(gateways, header->gateways) != 0) {
        error_set(error, BREACH_ERROR_INPUT, "plan-gateway",
                  "a gateway has another sender, bounce address, region or in_doubt than was planned: type breach plan "
                  "%s%s",
                  workspace->typed, workspace->mode);
        return false;
    }
    if (workspace->options->as_planned)
        return true;
    changed = material_changed(header->inputs);
    return !*changed || changes_refuse(workspace, ledger, changed, error);
}

/* Passwords are read before the first claim, so that a missing one stops everything while nothing is on its way. */
static bool check_secrets(const Workspace *workspace, GError **error)
{
    const GPtrArray *entries = material_playbook(workspace->material)->gateways;

    for (guint i = 0; i < entries->len; i++) {
        const ChannelGateway *entry = g_ptr_array_index(entries, i);
        const Gateway *gateway = material_gateway(workspace->material, entry->channel);
        g_autoptr(Secret) secret = NULL;

        if (!gateway->password)
            continue;
        secret = secret_load(gateway->password, gateway->folder, error);
        if (!secret)
            return false;
    }
    return true;
}

static bool parse_patience(const Options *options, int64_t *patience, GError **error)
{
    if (clock_parse_duration(options->patience ? options->patience : PATIENCE_DEFAULT, patience))
        return true;
    error_set(error, BREACH_ERROR_CONFIG, "usage-duration", "--patience %s is no duration: write PT15M, PT4H or P1D",
              options->patience);
    return false;
}

/* Sending ------------------------------------------------------------------------------------------------------- */

static void tell_end(const ConductorResult *result)
{
    if (result->end == CONDUCTOR_STOPPED)
        output_message("stopped as asked: everything that was on the wire is recorded");
    if (result->end == CONDUCTOR_ABANDONED)
        output_message("stopped at once: what was on the wire is sorted out by the next breach notify");
}

static const char *end_name(ConductorEnd end)
{
    static const char *const ends[] = {"done", "waiting", "stopped", "abandoned", "wave", "broken"};

    return ends[end];
}

static json_t *notify_json(const Status *status, const ConductorResult *result)
{
    json_t *document = status_json(status);

    json_object_set_new(document, "schema", json_string("breach.notify/1"));
    json_object_set_new(document, "end", json_string(end_name(result->end)));
    json_object_set_new(document, "answered", json_integer(result->answered));
    json_object_set_new(document, "climbed", json_integer(result->climbed));
    json_object_set_new(document, "wave", first_wave_json(&result->wave));
    json_object_set_new(document, "elapsed_ms", json_integer(result->elapsed));
    json_object_set_new(document, "recovered",
                        json_pack("{s:I, s:I, s:I}", "settled", (json_int_t)result->recovery.settled, "returned",
                                  (json_int_t)result->recovery.returned, "doubted",
                                  (json_int_t)result->recovery.doubted));
    return document;
}

/* A rehearsal keeps no quiet hours. */
static const QuietHours *quiet_hours_of(const Workspace *workspace)
{
    return is_exercise(workspace) ? NULL : material_playbook(workspace->material)->quiet_hours;
}

/* Somebody was told, and nothing more goes by itself: a row that is quarantined keeps no clock from running. Whom an
 * answer that does not come may still take to the next rung, was told. */
static bool was_told(const Status *status)
{
    const LedgerCounts *counts = &status->counts;
    bool is_over = counts->open == 0 && counts->climbing == 0 && counts->messages[MESSAGE_ATTEMPTING] == 0;

    return counts->told[TOLD_DELIVERED] + counts->told[TOLD_ACCEPTED] > 0 && (status->complete || is_over);
}

static int show(const Workspace *workspace, Ledger *ledger, const ConductorResult *result)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Status) status = status_collect(&(StatusRequest){.ledger = ledger,
                                                               .playbook = workspace->typed,
                                                               .options = workspace->mode,
                                                               .now = clock_now(clock_system()),
                                                               .trouble = result->trouble,
                                                               .quiet_hours = quiet_hours_of(workspace),
                                                               .announcement = material_need(workspace->material),
                                                               .is_held = result->is_held},
                                              &error);
    g_autoptr(GPtrArray) samples = is_exercise(workspace) ? rehearsal_samples(workspace) : NULL;

    if (!status) {
        output_message("error: %s", error->message);
        return EXIT_CODE_INTERNAL;
    }
    /* before the hold is lifted, somebody has to look */
    if (status->counts.open > 0 && result->wave.limit > 0 && wave_exceeds(&result->wave)) {
        g_free(status->next);
        status->next = g_strdup_printf("breach status %s%s", workspace->typed, workspace->mode);
    }
    if (was_told(status))
        obligations_told(workspace, exit_code_of_status(status) == EXIT_CODE_TOLD);
    if (workspace->options->json) {
        output_json(notify_json(status, result));
    } else {
        for (guint i = 0; samples && i < samples->len; i++)
            printf(_("a rendered sample: %s\n"), (const char *)g_ptr_array_index(samples, i));
        output_verdict(status->verdict, status->next);
    }
    return result->end == CONDUCTOR_BROKEN ? EXIT_CODE_OPEN : exit_code_of_status(status);
}

/* Whatever ends the command before its first claim. */
static int refuse(const GError *error)
{
    output_message("error: %s", error->message);
    output_message("nothing was sent");
    return exit_code_of(error);
}

/* Both lists of gateways are in the order of the playbook's. */
static const char *channel_at(const Workspace *workspace, guint i)
{
    return ((const ChannelGateway *)g_ptr_array_index(material_playbook(workspace->material)->gateways, i))->channel;
}

/* Enough for a speed that the next forecast can go by. */
#define ANSWERS_TO_MEASURE 100
#define TIME_TO_MEASURE    (2 * CLOCK_SECOND)

/* What the next question and run.log want to know of a run. */
static void note_run(const Workspace *workspace, Ledger *ledger, const ConductorResult *result)
{
    double rate = result->elapsed > 0 ? (double)result->answered * CLOCK_SECOND / (double)result->elapsed : 0;

    log_event(LOG_AT_INFO, "run", "end=%s answered=%" G_GINT64_FORMAT " elapsed=%" G_GINT64_FORMAT " settled=%" G_GINT64_FORMAT
              " returned=%" G_GINT64_FORMAT " doubted=%" G_GINT64_FORMAT "%s%s",
              end_name(result->end), result->answered, result->elapsed, result->recovery.settled,
              result->recovery.returned, result->recovery.doubted, result->trouble ? " trouble=" : "",
              result->trouble ? result->trouble : "");
    if (!is_exercise(workspace) && result->end != CONDUCTOR_BROKEN && result->answered >= ANSWERS_TO_MEASURE &&
        result->elapsed >= TIME_TO_MEASURE)
        (void)confirmation_put_rate(ledger, rate, NULL); /* without it the next forecast says less */
}

/* Between two batches: clocks that come near, then how far it is. */
static void turn(const ConductorProgress *progress, void *user)
{
    clock_watch_turn(((const Workspace *)user)->watch);
    output_progress(progress, user);
}

static bool let_time_pass(int64_t wait, void *user)
{
    const Stage *stage = ((const Workspace *)user)->options->drill;

    return stage->idle(wait, stage->user);
}

static void turn_of_drill(const ConductorProgress *progress, void *user)
{
    const Stage *stage = ((const Workspace *)user)->options->drill;

    stage->progress(progress, stage->user);
}

static void put_on_stage(const Workspace *workspace, ConductorOptions *options)
{
    if (!workspace->options->drill)
        return;
    options->idle = let_time_pass;
    options->progress = turn_of_drill;
}

static int send_all(const Workspace *workspace, Ledger *ledger, const GPtrArray *gateways, int64_t patience)
{
    g_autofree ConductorGateway *lanes = g_new0(ConductorGateway, gateways->len);
    g_autofree char *boot = file_boot_id();
    g_autoptr(GError) error = NULL;
    ConductorOptions options = {.ledger = ledger,
                                .folder = workspace->folder,
                                .boot = boot,
                                .clock = clock_system(),
                                .gateways = lanes,
                                .gateway_count = gateways->len,
                                .patience = patience,
                                .announcement = material_need(workspace->material),
                                .stop = &stop_asked,
                                .progress = turn,
                                .user = (void *)workspace};
    ConductorResult result;
    bool started;
    int code;

    if (!first_wave_parse(workspace->options, &options.limit, &options.stop_over, &error) ||
        !first_wave_quiet(workspace, ledger, &options.quiet_hours, &error))
        return refuse(error);
    for (guint i = 0; i < gateways->len; i++)
        lanes[i] = (ConductorGateway){.gateway = g_ptr_array_index(gateways, i),
                                      .engine = engines_of(g_ptr_array_index(gateways, i)),
                                      .channel = channel_at(workspace, i)};
    catch_signals();
    put_on_stage(workspace, &options);
    clock_watch_ledger(workspace->watch, ledger);
    started = conductor_run(&options, &result, &error);
    output_progress_end();
    output_recovery(&result.recovery);
    if (!started) {
        conductor_result_clear(&result);
        return refuse(error);
    }
    if (workspace->options->drill)
        workspace->options->drill->is_stopped = stop_asked > 0;
    if (error)
        output_message("error: %s", error->message);
    note_run(workspace, ledger, &result);
    tell_end(&result);
    if (!error)
        first_wave_conclude(workspace, ledger, &result, &error);
    if (result.must_ask)
        climbing_tell(workspace, ledger);
    code = show(workspace, ledger, &result);
    if (g_error_matches(error, BREACH_ERROR, BREACH_ERROR_INTERNAL))
        code = EXIT_CODE_INTERNAL;
    if (result.has_threads) {
        if (workspace->options->drill)
            code = EXIT_CODE_OPEN; /* of the whole drill, which has not come to its end */
        process_end(code);
        fflush(NULL);
        _exit(code); /* nothing that the threads use may be freed */
    }
    conductor_result_clear(&result);
    return code;
}

static GPtrArray *actual_gateways(const Workspace *workspace)
{
    const GPtrArray *entries = material_playbook(workspace->material)->gateways;
    GPtrArray *gateways = g_ptr_array_new();

    for (guint i = 0; i < entries->len; i++) {
        const ChannelGateway *entry = g_ptr_array_index(entries, i);

        g_ptr_array_add(gateways, (gpointer)material_gateway(workspace->material, entry->channel));
    }
    return gateways;
}

static int refuse_inputs(Workspace *workspace, const GError *error)
{
    int code = workspace_fail(workspace, error);

    output_message("nothing was sent");
    return code;
}

static int rehearse(const Workspace *workspace, Ledger *ledger, int64_t patience)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *announcement = NULL;
    g_autoptr(Rehearsal) rehearsal = rehearsal_start(workspace, &error);

    if (!rehearsal || !announcing_rehearse(workspace, ledger, &announcement, &error))
        return refuse(error);
    if (announcement && !workspace->options->json)
        printf(_("the announcement lies in: %s\n"), announcement);
    return send_all(workspace, ledger, rehearsal->gateways, patience);
}

/* Only once everything else is settled: it puts what was on its way in doubt and cannot be taken back. */
static bool adopt(Ledger *ledger, GError **error)
{
    return !ledger_is_copy(ledger) || ledger_adopt(ledger, clock_now(clock_system()), error);
}

static int notify(Workspace *workspace, int64_t patience)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Ledger) ledger = workspace_ledger(workspace, &error);
    g_autoptr(GPtrArray) gateways = NULL;

    workspace->watch = clock_watch_new(workspace);

    if (!ledger || !check_plan(workspace, ledger, &error) || !gate_notify(workspace, ledger, &error) ||
        !preflight_run(workspace, ledger, &error))
        return refuse(error);
    if (is_exercise(workspace))
        return adopt(ledger, &error) ? rehearse(workspace, ledger, patience) : refuse(error);
    if (!check_secrets(workspace, &error))
        return refuse(error);
    if (!confirm_send(workspace, ledger, &error))
        return error ? refuse(error) : EXIT_CODE_REFUSED;
    if (!adopt(ledger, &error) || !climbing_settle(workspace, ledger, &error))
        return refuse(error);
    gateways = actual_gateways(workspace);
    return send_all(workspace, ledger, gateways, patience);
}

static int run(const Options *options)
{
    g_autoptr(Workspace) workspace = NULL;
    g_autoptr(GError) error = NULL;
    int64_t patience;
    double stop_over;
    int limit;

    if (!parse_patience(options, &patience, &error) || !first_wave_parse(options, &limit, &stop_over, &error)) {
        output_message("error: %s", error->message);
        return EXIT_CODE_USAGE;
    }
    workspace = workspace_open(options);
    if (!workspace->material || findings_errors(workspace->findings, FINDING_SEND) > 0)
        return refuse_inputs(workspace, NULL);
    engines_initialize();
    if (!is_exercise(workspace) && !ledger_exists(workspace_backend(), workspace->folder)) {
        workspace_unplanned(workspace, &error);
        return refuse_inputs(workspace, error);
    }
    if (!workspace_prepare(workspace, &error) ||
        (is_exercise(workspace) && !plan_exercise(workspace, &error)))
        return refuse_inputs(workspace, error);
    load_facts_overdue(material_playbook(workspace->material), clock_now(clock_system()), workspace->findings);
    load_playbook_future(material_playbook(workspace->material), clock_now(clock_system()), workspace->findings);
    output_findings(workspace->findings);
    return notify(workspace, patience);
}

static const char *const names[] = {"dry-run", "limit", "stop-over", "in-quiet-hours", "climb", "yes",   "expect-digest", "patience", "as-planned", "expect-people", "trace",
                                    "adopt",   "state", "json",          "help",     NULL};

const Command cmd_notify = {
    .name = "notify",
    .run = run,
    .summary = N_("send what was planned, or go on where it stopped"),
    .description =
        N_("Sends every message of the plan that is due, once. Stop it with Ctrl-C, kill it, pull the plug: type the\n"
        "same command again and it finishes the job. An actual incident needs breach plan first and asks for the\n"
        "incident id; without a terminal it needs --yes --expect-digest DIGEST. Exercises plan by themselves and send\n"
        "to an embedded relay."),
    .options = names,
    .exits = N_("0 everyone told, 1 finished but somebody unreachable or withheld, 64 usage, 65 bad input, 70 our bug,\n"
             "73 cannot write, 75 pending, in doubt or quarantined: run it again, 77 not confirmed, 78 bad set-up"),
};
