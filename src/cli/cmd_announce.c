/* breach announce: publish, update or withdraw the public announcement. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/language.h"
#include "base/text.h"
#include "channel/http.h"
#include "cli/announcing.h"
#include "cli/command.h"
#include "cli/confirm.h"
#include "cli/exit_code.h"
#include "cli/gate.h"
#include "cli/kit.h"
#include "cli/output.h"
#include "cli/planning.h"
#include "cli/posting.h"
#include "cli/workspace.h"
#include "dispatch/publish.h"
#include "ledger/hold.h"
#include "report/announced.h"
#include "report/brakes.h"

typedef struct Announce {
    Workspace *workspace;
    PublishPlan *plan;   /* borrowed */
    Ledger *ledger;      /* borrowed, or NULL: nothing is planned yet */
    GPtrArray *gateways; /* owned; of Gateway * */
    GPtrArray *rows;     /* owned; of Publication *: what became of what was asked for */
    GPtrArray *files;    /* owned; of char *: what was written */
} Announce;

static void announce_clear(Announce *announce)
{
    g_clear_pointer(&announce->gateways, g_ptr_array_unref);
    g_clear_pointer(&announce->rows, g_ptr_array_unref);
    g_clear_pointer(&announce->files, g_ptr_array_unref);
}

static int fail(const Announce *announce, const GError *error)
{
    output_findings(announce->workspace->findings);
    if (error)
        output_message("error: %s", error->message);
    output_message("nothing was published");
    return error ? exit_code_of(error) : EXIT_CODE_INPUT;
}

/* Before ---------------------------------------------------------------------------------------------------------- */

/* What the edition is follows from the playbook; whoever says it as well must not be mistaken about it. */
static bool check_kind(const Announce *announce, GError **error)
{
    const Options *options = announce->workspace->options;
    const struct {
        bool is_asked;
        const char *kind, *option;
    } kinds[] = {{options->update, "update", "update"},
                 {options->correct, "correction", "correct"},
                 {options->withdraw, "withdrawal", "withdraw"}};

    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (!kinds[i].is_asked || strcmp(kinds[i].kind, announce->plan->kind) == 0)
            continue;
        if (!announce->plan->playbook->update)
            error_set(
                error, BREACH_ERROR_INPUT, "announce-kind",
                "--%s: the playbook is edition 1, the first announcement: raise incident.edition and write update: "
                "{kind: %s, …}",
                kinds[i].option, kinds[i].kind);
        else
            error_set(
                error, BREACH_ERROR_INPUT, "announce-kind",
                "--%s: edition %d of the playbook is of kind %s: write kind: %s under update, or leave the option out",
                kinds[i].option, announce->plan->playbook->incident.edition, announce->plan->kind, kinds[i].kind);
        return false;
    }
    return true;
}

static bool has_gateway(const Announce *announce, const char *name)
{
    for (guint i = 0; i < announce->plan->gateways->len; i++)
        if (strcmp(((const Gateway *)g_ptr_array_index(announce->plan->gateways, i))->name, name) == 0)
            return true;
    return false;
}

static bool check_choice(const Announce *announce, GError **error)
{
    const Options *options = announce->workspace->options;

    if (options->locale && !g_strv_contains(announce->plan->need.locales, options->locale)) {
        g_autofree char *known = g_strjoinv(", ", (char **)announce->plan->locales->pdata);

        error_set(error, BREACH_ERROR_INPUT, "announce-locale", "the announcement is not written in %s: it is in %s",
                  options->locale, known);
        return false;
    }
    if (options->gateway && !has_gateway(announce, options->gateway)) {
        error_set(error, BREACH_ERROR_INPUT, "announce-gateway",
                  "the announcement does not go to %s: see the playbook's "
                  "announcement key",
                  options->gateway);
        return false;
    }
    return true;
}

/* The plan says who may be told in which edition; what is published must be of the same. */
static bool check_ledger(const Announce *announce, GError **error)
{
    const Workspace *workspace = announce->workspace;
    int planned = announce->ledger ? ledger_header(announce->ledger)->edition : 0;
    int edition = announce->plan->playbook->incident.edition;

    if (!announce->ledger) {
        workspace_unplanned(workspace, error);
        return false;
    }
    if (planned != edition) {
        error_set(error, BREACH_ERROR_INPUT, "announce-edition",
                  "the playbook says edition %d, and edition %d is planned: type breach plan %s%s first", edition,
                  planned, workspace->typed, workspace->mode);
        return false;
    }
    if (ledger_is_copy(announce->ledger)) {
        error_set(
            error, BREACH_ERROR_INPUT, "announce-copy",
            "%s is a copy of a ledger: what was published from the other folder is not known here; type breach notify "
            "%s%s --adopt first if nobody works there any more",
            workspace->folder, workspace->typed, workspace->mode);
        return false;
    }
    return true;
}

/* A person's brake on everything is one on what is published, too; what puts right what is public goes on. */
static bool check_held(const Announce *announce, GError **error)
{
    const Workspace *workspace = announce->workspace;
    const char *kind = announce->plan->kind;
    g_autoptr(GPtrArray) holds = NULL;
    g_autofree char *held = NULL;
    g_autofree char *command = NULL;
    const Hold *hold;

    if (strcmp(kind, "withdrawal") == 0 || strcmp(kind, "correction") == 0)
        return true;
    holds = hold_list(announce->ledger, error);
    hold = holds ? hold_find_own(holds, HOLD_EVERYTHING, "", NULL) : NULL;
    if (!hold)
        return holds != NULL;
    held = brakes_held(hold);
    command = brakes_lift(hold, workspace->typed, workspace->mode);
    error_set(error, BREACH_ERROR_TEMPORARY, "announce-held",
              "%s; only a correction or a withdrawal is published meanwhile; to publish this one, type %s first", held,
              command);
    return false;
}

static bool render(const Announce *announce, GError **error)
{
    const Workspace *workspace = announce->workspace;
    const PublishPlan *plan = announce->plan;

    if (!planning_first_notice(workspace, announce->ledger, error))
        return false;
    announcing_check(workspace);
    if (plan->set)
        kit_lint(workspace, &(PublishRendering){.playbook = plan->playbook,
                                                .set = plan->set,
                                                .own = plan->need.announcement->own,
                                                .is_update = plan->playbook->update != NULL});
    return findings_errors(workspace->findings, FINDING_SEND) == 0 && plan->texts->len > 0;
}

/* The kit and the draft ------------------------------------------------------------------------------------------- */

static json_t *files_json(const GPtrArray *files)
{
    json_t *list = json_array();

    for (guint i = 0; i < files->len; i++)
        json_array_append_new(list, json_string(g_ptr_array_index(files, i)));
    return list;
}

static int show_files(const Announce *announce, const char *verdict, const char *next)
{
    const Workspace *workspace = announce->workspace;
    const Playbook *playbook = material_playbook(workspace->material);

    output_findings(workspace->findings);
    if (workspace->options->json) {
        output_json(json_pack("{s:s, s:s?, s:s, s:i, s:s?, s:s?, s:o, s:[], s:s, s:s}", "schema", "breach.announce/1",
                              "incident", playbook->incident.id, "status",
                              playbook_status_name(material_status(workspace->material)), "edition",
                              playbook->incident.edition, "kind", announce->plan ? announce->plan->kind : NULL,
                              "digest", announce->plan ? announce->plan->digest : NULL, "files",
                              files_json(announce->files), "publications", "verdict", verdict, "next", next));
        return EXIT_CODE_TOLD;
    }
    for (guint i = 0; i < announce->files->len; i++)
        printf("%s\n", (const char *)g_ptr_array_index(announce->files, i));
    output_verdict(verdict, next);
    return EXIT_CODE_TOLD;
}

static int write_kit(Announce *announce)
{
    const Workspace *workspace = announce->workspace;
    g_autoptr(GError) error = NULL;
    g_autofree char *verdict = NULL;
    g_autofree char *next = announce->plan
                                ? g_strdup_printf("breach announce %s%s --draft", workspace->typed, workspace->mode)
                                : g_strdup_printf("breach check %s", workspace->typed);

    if (!kit_write(workspace, workspace->options->kit, announce->files, &error))
        return fail(announce, error);
    verdict =
        g_strdup_printf(language_plural("written: %u sheet; nothing was published, have it read by somebody else",
                                        "written: %u sheets; nothing was published, have them read by somebody else",
                                        announce->files->len),
                        announce->files->len);
    return show_files(announce, verdict, next);
}

static char *publish_command(const Announce *announce)
{
    const Workspace *workspace = announce->workspace;

    return g_strdup_printf("breach %s %s%s", announce->ledger ? "announce" : "plan", workspace->typed, workspace->mode);
}

static int write_draft(Announce *announce)
{
    const Workspace *workspace = announce->workspace;
    const Playbook *playbook = material_playbook(workspace->material);
    g_autofree char *name = g_strconcat(playbook->incident.id, ".draft", NULL);
    g_autofree char *folder = g_build_filename(playbook->folder, name, NULL);
    g_autoptr(GError) error = NULL;
    g_autofree char *verdict = NULL;
    g_autofree char *next = publish_command(announce);

    if (!kit_draft(announce->plan, folder, announce->files, &error))
        return fail(announce, error);
    if (!workspace->options->json)
        printf(_("digest: %s\n"), announce->plan->digest);
    verdict = g_strdup_printf(_("draft of edition %d written, nothing was published"), playbook->incident.edition);
    return show_files(announce, verdict, next);
}

/* Publishing ------------------------------------------------------------------------------------------------------ */

static void summarize(const Announce *announce)
{
    const PublishPlan *plan = announce->plan;

    fprintf(stderr, _("%s, edition %d (%s), is about to be published:\n"), plan->playbook->incident.id,
            plan->playbook->incident.edition, plan->kind);
    for (guint i = 0; i < announce->gateways->len; i++) {
        const Gateway *gateway = g_ptr_array_index(announce->gateways, i);
        g_autofree char *where = gateway_where(gateway);

        fprintf(stderr, _("  at %s: %s\n"), gateway->name, where);
    }
    for (guint i = 0; i < plan->texts->len; i++) {
        const PublishText *text = g_ptr_array_index(plan->texts, i);

        fprintf(stderr, "  %s: %s\n", text->locale, text->title);
    }
    fprintf(stderr, _("  digest: %s\n"), plan->digest);
}

static bool publish(Announce *announce, GError **error)
{
    const Workspace *workspace = announce->workspace;
    const Options *options = workspace->options;
    g_autofree char *by = posting_who();
    g_autofree char *samples = g_build_filename(workspace->folder, "samples", NULL);
    int lock = publish_lock(workspace->folder, error);
    bool done;

    if (lock < 0)
        return false;
    done = (material_status(workspace->material) == INCIDENT_ACTUAL || file_make_folder(samples, 0700, error)) &&
           publish_run(&(PublishRequest){.ledger = announce->ledger,
                                         .folder = announce->workspace->folder,
                                         .plan = announce->plan,
                                         .gateways = announce->gateways,
                                         .clock = clock_system(),
                                         .by = by,
                                         .gateway = options->gateway,
                                         .locale = options->locale,
                                         .is_not_there = options->not_sent},
                       announce->rows, error);
    close(lock);
    return done;
}

static char *make_verdict(const Announce *announce, const Announced *announced)
{
    const char *mark = material_status(announce->workspace->material) == INCIDENT_EXERCISE ? _("EXERCISE: ") : "";
    const Options *options = announce->workspace->options;
    bool is_part = options->locale || options->gateway;

    if (announced->outstanding == 0)
        return g_strdup_printf(
            _("%sthe announcement is published and was read back: %zu of %zu, edition %d; nothing needs "
              "you"),
            mark, announced->all, announced->all, announce->plan->playbook->incident.edition);
    return g_strdup_printf(
        is_part ? _("%sNEEDS YOU: the announcement is published in %zu of %zu places; --locale or --gateway left out "
                    "others")
                : _("%sNEEDS YOU: the announcement is published in %zu of %zu places; the lines above say why not "
                    "in the others"),
        mark, announced->all - announced->outstanding, announced->all);
}

static char *make_next(const Announce *announce, const Announced *announced)
{
    const Workspace *workspace = announce->workspace;
    const char *command = "status";
    LedgerCounts counts;

    if (announced->outstanding > 0)
        command = "announce";
    else if (ledger_counts(announce->ledger, &counts, NULL) && counts.open > 0 && !workspace_is_busy(workspace))
        command = "notify";
    return g_strdup_printf("breach %s %s%s", command, workspace->typed, workspace->mode);
}

static json_t *rows_json(const GPtrArray *rows)
{
    json_t *list = json_array();

    for (guint i = 0; i < rows->len; i++)
        json_array_append_new(list, announced_row_json(g_ptr_array_index(rows, i)));
    return list;
}

static int show(const Announce *announce, GError **error)
{
    const Workspace *workspace = announce->workspace;
    const PublishPlan *plan = announce->plan;
    g_autoptr(Announced) announced = announced_collect(announce->ledger, &plan->need, 0, error);
    g_autofree char *text = NULL;
    g_autofree char *verdict = NULL;
    g_autofree char *next = NULL;

    if (!announced)
        return EXIT_CODE_INTERNAL;
    text = announced_text(announced, clock_now(clock_system()));
    verdict = make_verdict(announce, announced);
    next = make_next(announce, announced);
    output_findings(workspace->findings);
    if (workspace->options->json) {
        output_json(json_pack("{s:s, s:s, s:s, s:i, s:s, s:s, s:[], s:o, s:s, s:s}", "schema", "breach.announce/1",
                              "incident", plan->playbook->incident.id, "status", playbook_status_name(plan->status),
                              "edition", plan->playbook->incident.edition, "kind", plan->kind, "digest", plan->digest,
                              "files", "publications", rows_json(announce->rows), "verdict", verdict, "next", next));
    } else {
        fputs(text, stdout);
        output_verdict(verdict, next);
    }
    return announced->outstanding == 0 ? EXIT_CODE_TOLD : EXIT_CODE_OPEN;
}

static int publish_all(Announce *announce)
{
    const Workspace *workspace = announce->workspace;
    bool is_withdrawal = strcmp(announce->plan->kind, "withdrawal") == 0;
    g_autoptr(GError) error = NULL;
    int code;

    if (!gate_announce((Workspace *)workspace, is_withdrawal, &error) || !check_ledger(announce, &error) ||
        !check_held(announce, &error))
        return fail(announce, error);
    announce->gateways = announcing_gateways(workspace);
    if (material_status(workspace->material) == INCIDENT_ACTUAL) {
        if (!workspace->options->yes)
            summarize(announce);
        if (!confirm_announcement(workspace, announce->plan->digest))
            return EXIT_CODE_REFUSED;
    }
    http_initialize();
    if (!publish(announce, &error)) {
        output_message("error: %s", error->message);
        return exit_code_of(error);
    }
    code = show(announce, &error);
    if (error)
        output_message("error: %s", error->message);
    return code;
}

/* The command ----------------------------------------------------------------------------------------------------- */

static int announce_run(Announce *announce)
{
    const Workspace *workspace = announce->workspace;
    g_autoptr(GError) error = NULL;
    g_autoptr(Ledger) ledger = NULL;

    if (!workspace->material || !workspace->folder || findings_errors(workspace->findings, FINDING_SEND) > 0)
        return fail(announce, NULL);
    announce->plan = material_publish(workspace->material);
    if (workspace->options->kit)
        return write_kit(announce);
    if (!announce->plan) {
        error_set(&error, BREACH_ERROR_INPUT, "announce-nothing",
                  "the playbook announces nothing: add announcement: {gateway: NAME, when: always}");
        return fail(announce, error);
    }
    if (!check_kind(announce, &error) || !check_choice(announce, &error))
        return fail(announce, error);
    if (ledger_exists(workspace_backend(), workspace->folder)) {
        ledger = workspace_ledger(workspace, &error);
        if (!ledger)
            return fail(announce, error);
    }
    announce->ledger = ledger;
    if (!render(announce, &error))
        return fail(announce, error);
    return workspace->options->draft ? write_draft(announce) : publish_all(announce);
}

static int run(const Options *options)
{
    g_autoptr(Workspace) workspace = workspace_open(options);
    Announce announce = {.workspace = workspace,
                         .rows = g_ptr_array_new_with_free_func((GDestroyNotify)publication_free),
                         .files = g_ptr_array_new_with_free_func(g_free)};
    int code = announce_run(&announce);

    announce_clear(&announce);
    return code;
}

static const char *const names[] = {"draft",   "kit",     "update",   "correct", "withdraw",
                                    "locale",  "gateway", "not-sent", "yes",     "expect-digest",
                                    "dry-run", "state",   "json",     "help",    NULL};

const Command cmd_announce = {
    .name = "announce",
    .run = run,
    .summary = N_("publish, update or withdraw the public announcement"),
    .description =
        N_("Publishes the announcement in each language at each endpoint of the playbook, reads it back, and lets\n"
           "go what waits for it: SMS, push and instant messages. A later edition replaces the same item. With\n"
           "--draft it writes the pages and publishes nothing; with --kit it writes a holding statement, questions\n"
           "and answers for those who take calls, and a note to the staff. Works while breach notify is running;\n"
           "typed again it goes on where it stopped."),
    .options = names,
    .exits = N_("0 published and read back, or written, 64 usage, 65 bad input, 73 cannot create, 75 something is not\n"
                "published or in doubt, 77 not confirmed, 78 bad configuration"),
};
