/* breach track: applies what came back, and goes on with the ladder. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/language.h"
#include "base/log.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/engines.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/track_explain.h"
#include "cli/track_mail.h"
#include "cli/workspace.h"
#include "dispatch/ladder.h"
#include "dispatch/poll.h"
#include "ledger/inbox.h"
#include "report/status.h"

typedef struct Tracking {
    Workspace *workspace;
    Ledger *ledger;
    int64_t receipts;  /* entries of the inbox that were applied */
    ReturnedCounts returned; /* mails */
    bool has_mail;           /* --mail, or a gateway with a mailbox */
    PollResult polled; /* receipts that were fetched, and went there */
    int64_t climbed, ended;
    bool is_running; /* a breach notify is at work, which does all of this by itself */
} Tracking;

static bool is_piped(const Options *options)
{
    return g_strcmp0(options->mail, "-") == 0;
}

static int fail(const GError *error)
{
    output_message("error: %s", error->message);
    return exit_code_of(error);
}

static int64_t now(void)
{
    return clock_now(clock_system());
}

static bool apply_some(Tracking *tracking, int *applied, GError **error)
{
    if (!ledger_begin(tracking->ledger, error))
        return false;
    if (inbox_apply(tracking->ledger, INBOX_TOGETHER, now(), applied, error) && ledger_commit(tracking->ledger, error))
        return true;
    ledger_rollback(tracking->ledger);
    return false;
}

static bool apply_all(Tracking *tracking, GError **error)
{
    int applied = INBOX_TOGETHER;

    while (applied == INBOX_TOGETHER) {
        if (!apply_some(tracking, &applied, error))
            return false;
        tracking->receipts += applied;
    }
    return true;
}

static bool climb_all(Tracking *tracking, GError **error)
{
    bool unasked = ledger_header(tracking->ledger)->status == INCIDENT_EXERCISE;
    g_autoptr(Ladder) ladder = ladder_new(tracking->ledger, error);
    LadderResult result = {.is_more = true};

    if (!ladder)
        return false;
    while (result.is_more) {
        if (!ladder_turn(ladder, unasked, now(), &result, error))
            return false;
        tracking->climbed += result.climbed;
        tracking->ended += result.ended;
    }
    return true;
}

/* Receipts that a provider does not send by itself. One that cannot be asked now is asked the next time. */
static bool poll_all(Tracking *tracking, GError **error)
{
    const GPtrArray *entries = material_playbook(tracking->workspace->material)->gateways;

    if (material_status(tracking->workspace->material) != INCIDENT_ACTUAL)
        return true; /* nobody was asked to send anything */
    engines_initialize();
    for (guint i = 0; i < entries->len; i++) {
        const ChannelGateway *entry = g_ptr_array_index(entries, i);
        const Gateway *gateway = material_gateway(tracking->workspace->material, entry->channel);
        g_autoptr(GError) problem = NULL;

        if (!gateway ||
            poll_gateway(tracking->ledger, gateway, engines_of(gateway), clock_system(), &tracking->polled, &problem))
            continue;
        if (!g_error_matches(problem, BREACH_ERROR, BREACH_ERROR_TEMPORARY) &&
            !g_error_matches(problem, BREACH_ERROR, BREACH_ERROR_CONFIG)) {
            g_propagate_error(error, g_steal_pointer(&problem));
            return false;
        }
        output_message("%s: %s", gateway->name, problem->message);
    }
    return true;
}

/* What came back by mail: from where the command line says, and from the mailboxes, where there is anything to come back.
 * A pipe brings one mail and does not wait for a server. */
static bool take_mail(Tracking *tracking, GError **error)
{
    Workspace *workspace = tracking->workspace;
    const char *mail = workspace->options->mail;
    bool are_there = false;

    if (mail && !track_mail(workspace, tracking->ledger, mail, &tracking->returned, error))
        return false;
    tracking->has_mail = mail != NULL;
    if (is_piped(workspace->options) || material_status(workspace->material) != INCIDENT_ACTUAL)
        return true;
    engines_initialize();
    if (!track_mailboxes(workspace, tracking->ledger, &tracking->returned, &are_there, error))
        return false;
    tracking->has_mail = tracking->has_mail || are_there;
    return true;
}

/* Only whoever holds the lock may change anything; a copy of a state folder changes nothing at all. */
static bool track(Tracking *tracking, GError **error)
{
    Workspace *workspace = tracking->workspace;
    g_autoptr(GError) problem = NULL;

    if (ledger_is_copy(tracking->ledger)) {
        error_set(error, BREACH_ERROR_INPUT, "ladder-copy",
                  "%s is a copy of the state folder: who is tracked here and there is told twice; nothing was changed",
                  workspace->folder);
        return false;
    }
    if (!take_mail(tracking, error))
        return false;
    if (!workspace_prepare(workspace, &problem)) {
        tracking->is_running = g_error_matches(problem, BREACH_ERROR, BREACH_ERROR_TEMPORARY);
        if (!tracking->is_running)
            g_propagate_error(error, g_steal_pointer(&problem));
        return tracking->is_running;
    }
    return poll_all(tracking, error) && apply_all(tracking, error) && climb_all(tracking, error);
}

static json_t *track_json(const Tracking *tracking, const Status *status)
{
    json_t *document = status_json(status);

    json_object_set_new(document, "schema", json_string("breach.track/1"));
    json_object_set_new(document, "receipts", json_integer(tracking->receipts));
    json_object_set_new(document, "climbed", json_integer(tracking->climbed));
    json_object_set_new(document, "ended", json_integer(tracking->ended));
    if (tracking->has_mail)
        json_object_set_new(document, "mail", track_mail_json(&tracking->returned));
    return document;
}

static void print(const Tracking *tracking, const Status *status)
{
    g_autofree char *receipts = text_grouped(tracking->receipts);
    g_autofree char *climbed = text_grouped(tracking->climbed);
    g_autofree char *ended = text_grouped(tracking->ended);

    if (tracking->has_mail)
        track_mail_print(&tracking->returned);
    if (tracking->is_running)
        output_message("breach notify is at work: it takes receipts and goes on with the ladder by itself");
    else
        printf(_("applied: %s; gone on to another channel: %s; at the end of their ladder: %s\n"), receipts, climbed,
               ended);
    output_verdict(status->verdict, status->next);
}

static int show(const Tracking *tracking)
{
    const Workspace *workspace = tracking->workspace;
    bool is_actual = material_status(workspace->material) == INCIDENT_ACTUAL;
    g_autoptr(GError) error = NULL;
    g_autoptr(Status) status = status_collect(
        &(StatusRequest){.ledger = tracking->ledger,
                         .playbook = workspace->typed,
                         .options = workspace->mode,
                         .is_running = tracking->is_running,
                         .now = now(),
                         .announcement = material_need(workspace->material),
                         .quiet_hours = is_actual ? material_playbook(workspace->material)->quiet_hours : NULL},
        &error);

    if (!status)
        return fail(error);
    if (workspace->options->json)
        output_json(track_json(tracking, status));
    else
        print(tracking, status);
    if (is_piped(workspace->options))
        return EXIT_CODE_TOLD;
    return status->complete ? EXIT_CODE_TOLD : EXIT_CODE_OPEN;
}

static int run_playbook(const Options *options)
{
    g_autoptr(Workspace) workspace = workspace_open(options);
    g_autoptr(GError) error = NULL;
    g_autoptr(Ledger) ledger = NULL;
    Tracking tracking = {.workspace = workspace};

    if (!workspace->folder)
        return workspace_fail(workspace, NULL);
    ledger = workspace_ledger(workspace, &error);
    if (!ledger)
        return fail(error);
    tracking.ledger = ledger;
    if (!track(&tracking, &error))
        return fail(error);
    log_event(LOG_AT_INFO, "tracked",
              "applied=%" G_GINT64_FORMAT " climbed=%" G_GINT64_FORMAT " ended=%" G_GINT64_FORMAT, tracking.receipts,
              tracking.climbed, tracking.ended);
    return show(&tracking);
}

/* A mail system that pipes a mail into us keeps it, and brings it again, for 75 alone: any other code but 0 is the end of
 * a bounce, whatever is wrong here at the moment (a disk that is full, a playbook that is being edited). */
static int run(const Options *options)
{
    int code = options->explain ? track_explain(options) : run_playbook(options);

    return is_piped(options) && code != EXIT_CODE_TOLD ? EXIT_CODE_OPEN : code;
}

static const char *const names[] = {"mail", "explain", "dry-run", "state", "json", "help", NULL};

const Command cmd_track = {
    .name = "track",
    .run = run,
    .summary = N_("take receipts, and go on to the next channel of the ladder"),
    .description = N_(
        "Applies the bounces, receipts and decisions that have come in since, and takes everybody whose message "
        "failed\n"
        "or came back to the next channel of their ladder. It sends nothing itself: breach notify does. While breach\n"
        "notify runs it does all of this by itself. When more people would go on than escalation.confirm_over allows,\n"
        "they wait until somebody says yes: breach notify PLAYBOOK --climb N."),
    .many = "explain",
    .options = names,
    .exits = N_("0 nothing is open, 65 nothing is planned, 73 cannot write, 75 somebody is still to be told"),
};
