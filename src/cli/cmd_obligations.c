/* breach obligations: what the law asks because of this incident, tightest clock first. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/language.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/obligations.h"
#include "cli/output.h"
#include "cli/posting.h"
#include "model/regime_names.h"
#include "report/casework.h"
#include "report/clocks.h"
#include "report/clocks_ics.h"

/* A key that the playbook needs and does not have, or has without a value. */
#define MISSING_KEY   "playbook-missing-key"
#define MISSING_VALUE "yaml-fill-in"

/* The list --------------------------------------------------------------------------------------------------------- */

static const char *mark_of(const Obligation *obligation)
{
    if (obligation->clock->is_unverified)
        return obligation->clock->is_soft ? _(" [unverified, no law but a guideline]") : _(" [unverified]");
    return obligation->clock->is_soft ? _(" [no law but a guideline]") : "";
}

/* A draft that somebody named, or a guideline of an authority, is not taken for a duty. */
static const char *status_of(const Obligation *obligation)
{
    const Regime *regime = obligation->regime ? obligation->regime->regime : NULL;

    if (regime && regime->status == REGIME_VOLUNTARY)
        return _(" [voluntary]");
    return regime && regime->status == REGIME_NOT_IN_FORCE && regime->effective_from == CIVIL_DAY_NONE
               ? _(" [binds nobody yet]")
               : "";
}

static const char *last_why(const Obligation *obligation)
{
    const GPtrArray *why = obligation->clock->why;

    return why->len > 0 ? g_ptr_array_index(why, why->len - 1) : "";
}

/* "without_undue_delay", as the data has it, as words; NULL: the law sets none, or it is no step. */
static char *standard_of(const Obligation *obligation)
{
    const char *standard = obligation->step ? obligation->step->standard : NULL;

    return standard ? regime_words(standard) : NULL;
}

static void print_running(const Obligation *obligation)
{
    const RegimeClockResult *clock = obligation->clock;
    g_autofree char *when = clocks_when(obligation);
    g_autofree char *time = clock->has_due             ? clocks_time(clock->due)
                            : clocks_lacks_days(clock) ? g_strdup(_("calendar missing"))
                                                       : g_strdup(_("no number in the law"));
    g_autofree char *standard = standard_of(obligation);
    g_autofree char *span = text_padded(when, 22);
    g_autofree char *at = text_padded(time, 24);
    g_autofree char *to = obligations_addressee(obligation);

    printf("  %s  %s  %s\n      %s%s%s%s%s%s%s%s\n", span, at, obligation->id, obligations_title(obligation),
           to ? _(", to ") : "", to ? to : "", standard ? _(": ") : "", standard ? standard : "", mark_of(obligation),
           status_of(obligation), clock->may_reach ? _(" [by the upper estimate]") : "");
}

static void print_open(const Obligation *obligation)
{
    const RegimeClockResult *clock = obligation->clock;
    g_autofree char *time = clock->has_due ? clocks_time(clock->due) : NULL;

    printf("  %s: %s%s%s\n", obligation->id, obligations_title(obligation), mark_of(obligation), status_of(obligation));
    if (time)
        printf(_("      if it applies, by %s\n"), time);
    if (obligation->decides)
        printf(_("      what decides: %s\n"), obligation->decides);
}

static void print_filed(const Obligation *obligation)
{
    const RegimeClockResult *clock = obligation->clock;
    g_autofree char *filed = clocks_time(clock->filed);
    g_autofree char *how = clocks_timeliness(clock, clock->filed, clock->late);

    printf(_("  %s: %s: filed %s, %s\n"), obligation->id, obligations_title(obligation), filed, how);
}

static void print_not(const Obligation *obligation)
{
    printf("  %s: %s: %s%s\n", obligation->id, obligations_title(obligation), last_why(obligation),
           mark_of(obligation));
}

static const struct {
    RegimeState state;
    void (*print)(const Obligation *obligation);
} parts[] = {
    {REGIME_OVERDUE, print_running},     {REGIME_DUE, print_running},      {REGIME_SCOPE_UNKNOWN, print_open},
    {REGIME_ANCHOR_MISSING, print_open}, {REGIME_NOT_STARTED, print_open}, {REGIME_FILED, print_filed},
    {REGIME_NOT_APPLICABLE, print_not},
};

static void print_parts(const GPtrArray *obligations)
{
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        bool any = false;

        for (guint j = 0; j < obligations->len; j++) {
            const Obligation *obligation = g_ptr_array_index(obligations, j);

            if (parts[i].state != obligation->clock->state)
                continue;
            if (!any)
                printf(_("%s:\n"), _(regime_state_words(parts[i].state)));
            any = true;
            parts[i].print(obligation);
        }
    }
}

/* The verdict ------------------------------------------------------------------------------------------------------ */

/* The numbers; what could not be read or counted stands beside every verdict (lawbook_verdict()). */
static char *verdict_of(const Lawbook *lawbook)
{
    const GPtrArray *all = lawbook->obligations;

    if (lawbook->statutes->regimes->len == 0)
        return g_strdup(_("the playbook names no regime, so nothing is known of what the law asks"));
    return g_strdup_printf(_("%u overdue, %u running, %u may apply, %u without a time, %u filed"),
                           clocks_count(all, REGIME_OVERDUE), clocks_count(all, REGIME_DUE),
                           clocks_count(all, REGIME_SCOPE_UNKNOWN), clocks_count(all, REGIME_ANCHOR_MISSING),
                           clocks_count(all, REGIME_FILED));
}

/* Who has to say something before it is known whether the step applies. */
static char *next_to_decide(const Workspace *workspace, const char *unknown)
{
    g_autofree char *deciding = casework_deciding(unknown);

    return g_strdup_printf("breach record %s%s %s", workspace->typed, workspace->mode, deciding);
}

/* A step of one's own has no report: it ends with an anchor, or somebody records that it was done. */
static char *next_inside(const Workspace *workspace, const Obligation *first)
{
    if (first->step->done_by)
        return g_strdup_printf("breach record %s%s anchor %s --at TIME --by NAME --reason TEXT", workspace->typed,
                               workspace->mode, first->step->done_by[0]);
    return g_strdup_printf("breach obligations %s%s file %s --at TIME --by NAME", workspace->typed, workspace->mode,
                           first->id);
}

/* What to do about the clock that stands first. */
static char *next_of(const Workspace *workspace, const Lawbook *lawbook)
{
    const Obligation *first = clocks_tightest(lawbook->obligations);

    if (!first || !first->step) /* without a plan there is no status */
        return g_strdup_printf("breach %s %s%s",
                               ledger_exists(workspace_backend(), workspace->folder) ? "status" : "check",
                               workspace->typed, workspace->mode);
    if (first->clock->state == REGIME_SCOPE_UNKNOWN && first->clock->unknown)
        return next_to_decide(workspace, first->clock->unknown);
    if (clocks_lacks_days(first->clock))
        return g_strdup_printf("breach check %s%s", workspace->typed, workspace->mode);
    if (g_strcmp0(first->step->to, "individuals") == 0)
        return g_strdup_printf("breach %s %s%s",
                               findings_errors(workspace->findings, FINDING_SEND) ? "check" : "notify",
                               workspace->typed, workspace->mode);
    if (g_strcmp0(first->step->to, "internal") == 0)
        return next_inside(workspace, first);
    return g_strdup_printf("breach obligations %s%s prepare %s", workspace->typed, workspace->mode, first->id);
}

static json_t *list_json(const Workspace *workspace, const Lawbook *lawbook, const Obligation *only)
{
    g_autofree char *verdict = verdict_of(lawbook);
    g_autofree char *whole = lawbook_verdict(lawbook, verdict);
    g_autofree char *next = next_of(workspace, lawbook);
    g_autofree char *now = clock_format_utc(lawbook->now);
    json_t *list = json_array();

    for (guint i = 0; i < lawbook->obligations->len; i++) {
        const Obligation *obligation = g_ptr_array_index(lawbook->obligations, i);

        if (!only || only == obligation)
            json_array_append_new(list, clocks_obligation_json(obligation));
    }
    return json_pack("{s:s, s:s?, s:s, s:s, s:I, s:o, s:o, s:o, s:s, s:s}", "schema", "breach.obligations/1",
                     "incident", lawbook->playbook->incident.id, "status",
                     playbook_status_name(material_status(workspace->material)), "now", now, "changed",
                     (json_int_t)lawbook->changed, "levels", obligations_levels_json(lawbook), "clocks",
                     clocks_json(lawbook->obligations), "obligations", list, "verdict", whole, "next", next);
}

static bool write_ics(const Workspace *workspace, const Lawbook *lawbook, GError **error)
{
    const char *path = workspace->options->ics;
    g_autofree char *text = clocks_ics(lawbook->obligations, lawbook->playbook->incident.id, lawbook->now);

    if (strcmp(path, "-") != 0)
        return file_write(path, text, strlen(text), 0600, error);
    fputs(text, stdout);
    return true;
}

static int exit_code(const Lawbook *lawbook)
{
    g_autofree char *unread = lawbook_unread(lawbook);

    if (unread)
        return EXIT_CODE_INPUT;
    return clocks_overdue(lawbook->obligations) > 0 ? EXIT_CODE_NOT_ALL : EXIT_CODE_TOLD;
}

static int show(Workspace *workspace, const Lawbook *lawbook, const Obligation *only)
{
    g_autofree char *verdict = verdict_of(lawbook);
    g_autofree char *next = next_of(workspace, lawbook);

    if (workspace->options->json) {
        output_json(list_json(workspace, lawbook, only));
        return exit_code(lawbook);
    }
    if (only) {
        obligations_why(lawbook, only);
    } else {
        obligations_print_levels(lawbook);
        print_parts(lawbook->obligations);
    }
    output_verdict(verdict, next);
    return exit_code(lawbook);
}

const Obligation *obligations_find(const Lawbook *lawbook, const char *id, GError **error)
{
    bool several = false;
    const Obligation *found = obligation_find(lawbook->obligations, id, &several);
    g_autoptr(GPtrArray) ids = g_ptr_array_new();
    const char *nearest;

    if (found)
        return found;
    for (guint i = 0; i < lawbook->obligations->len; i++)
        g_ptr_array_add(ids, ((const Obligation *)g_ptr_array_index(lawbook->obligations, i))->id);
    g_ptr_array_add(ids, NULL);
    nearest = text_nearest(id, (const char *const *)ids->pdata);
    if (several)
        error_set(error, BREACH_ERROR_INPUT, "obligation-several",
                  "several regimes have a step %s: write it with its regime, as in eu-gdpr/%s", id, id);
    else if (nearest)
        error_set(error, BREACH_ERROR_INPUT, "obligation-unknown", "there is no step %s: did you mean %s?", id,
                  nearest);
    else
        error_set(error, BREACH_ERROR_INPUT, "obligation-unknown",
                  "there is no step %s in the regimes of the playbook: breach obligations lists them", id);
    return NULL;
}

static int fail(const GError *error, int code)
{
    output_message("error: %s", error->message);
    return code;
}

static void tell_changes(guint changed)
{
    g_autofree char *text =
        g_strdup_printf(language_plural("recorded: %u value of the playbook is new or changed",
                                        "recorded: %u values of the playbook are new or changed", changed),
                        changed);

    output_message("%s", text);
}

/* A calendar has no verdict that could say it. */
static void tell_unread(const Lawbook *lawbook)
{
    g_autofree char *unread = lawbook_unread(lawbook);
    g_autofree char *uncounted = clocks_uncounted(_("NOT ALL"), lawbook->obligations);

    if (uncounted)
        output_message("error: %s", uncounted);

    if (unread)
        output_message("error: the calendar lacks the regimes that could not be read: %s", unread);
}

static int list(Workspace *workspace)
{
    const Options *options = workspace->options;
    g_autoptr(GError) error = NULL;
    g_autoptr(Lawbook) lawbook = obligations_open(workspace, true, options->reason, &error);
    const Obligation *only = NULL;

    if (!lawbook)
        return fail(error, exit_code_of(error));
    if (lawbook->changed > 0 && !options->json)
        tell_changes(lawbook->changed);
    if (options->why && !(only = obligations_find(lawbook, options->why, &error)))
        return fail(error, EXIT_CODE_USAGE);
    if (!options->ics)
        return show(workspace, lawbook, only);
    if (!write_ics(workspace, lawbook, &error))
        return fail(error, exit_code_of(error));
    if (strcmp(options->ics, "-") != 0)
        output_message("written: %s", options->ics);
    tell_unread(lawbook);
    return exit_code(lawbook);
}

/* The command ------------------------------------------------------------------------------------------------------ */

static const struct {
    const char *word;
    bool needs_id;
    int (*run)(Workspace *workspace, const char *id);
} words[] = {
    {"list", false, NULL},
    {"prepare", true, obligations_prepare},
    {"file", true, obligations_file},
};

static int find_word(const char *word)
{
    for (size_t i = 0; word && i < G_N_ELEMENTS(words); i++)
        if (strcmp(words[i].word, word) == 0)
            return (int)i;
    return -1;
}

/* `breach obligations prepare PLAYBOOK ID` means the same as `breach obligations PLAYBOOK prepare ID`. */
static void put_playbook_first(Options *options)
{
    const char *word = options->argument;

    if (!options->words[0] || find_word(word) < 0 || find_word(options->words[0]) >= 0)
        return;
    options->argument = options->words[0];
    options->words[0] = word;
}

static int misuse(const char *word)
{
    g_autoptr(GError) error = NULL;

    if (word)
        error_set(&error, BREACH_ERROR_INPUT, "obligation-usage",
                  "breach obligations PLAYBOOK %s needs the id of one step, such as eu-gdpr/authority_72h", word);
    else
        error_set(&error, BREACH_ERROR_INPUT, "obligation-usage",
                  "after the playbook comes list, prepare ID or file ID: see breach obligations --help");
    output_message("error: %s", error->message);
    return EXIT_CODE_USAGE;
}

/* Whether it is of no concern here: a report needs no people file, and says itself what it lacks. */
static bool is_of_notices(const Finding *finding)
{
    return finding->stage == FINDING_SEND ||
           (finding->stage == FINDING_REPORT &&
            (strcmp(finding->id, MISSING_KEY) == 0 || strcmp(finding->id, MISSING_VALUE) == 0));
}

/* What only notices lack is one line (`is_wanted`), and what only sending lacks is none. */
static void show_findings(const Workspace *workspace, bool is_wanted)
{
    guint lacking = 0, missing = 0;

    for (size_t i = 0; i < findings_count(workspace->findings); i++) {
        const Finding *finding = findings_get(workspace->findings, i);
        g_autofree char *line = is_of_notices(finding) ? NULL : finding_format(finding);

        if (line)
            fprintf(stderr, "%s\n", line);
        else if (finding->severity == FINDING_ERROR && !finding->accepted) {
            missing++;
            lacking += finding->stage == FINDING_REPORT ? 1 : 0;
        }
    }
    if (lacking > 0 && is_wanted) {
        g_autofree char *text = g_strdup_printf(
            language_plural("%u thing is missing before anybody can be told: breach check %s%s",
                            "%u things are missing before anybody can be told: breach check %s%s", missing),
            missing, workspace->typed, workspace->mode);

        output_message("%s", text);
    }
}

static int run(const Options *given)
{
    Options options = *given;
    g_autoptr(Workspace) workspace = NULL;
    int word;

    put_playbook_first(&options);
    word = options.words[0] ? find_word(options.words[0]) : 0;
    if (word < 0 || (words[word].needs_id ? !options.words[1] : options.words[1] != NULL))
        return misuse(word < 0 ? NULL : words[word].needs_id ? words[word].word : NULL);
    workspace = workspace_open(&options);
    if (!workspace->folder)
        return workspace_fail(workspace, NULL);
    show_findings(workspace, !options.json && !options.why && !options.ics && words[word].run != obligations_file);
    if (findings_errors(workspace->findings, FINDING_FACTS) > 0)
        return EXIT_CODE_INPUT;
    return words[word].run ? words[word].run(workspace, options.words[1]) : list(workspace);
}

static const char *const names[] = {"why",      "ics",     "reason", "at",   "by",        "channel",  "form",
                                    "template", "stage",   "locale", "out",  "reference", "evidence", "withdraw",
                                    "adopt",    "dry-run", "state",  "json", "help",      NULL};

const Command cmd_obligations = {
    .name = "obligations",
    .run = run,
    .words = "[list | prepare ID | file ID]",
    .summary = N_("what the law asks, tightest clock first; prepare and file reports to authorities"),
    .description = N_(
        "Prints every step of every regime that the playbook names: what is overdue, what runs and until when, what\n"
        "may apply and what would decide it, what does not apply and why. It needs no people file, no plan and no\n"
        "gateway, and stops nobody from sending. Every change of a time, a count, a level or the list of regimes is\n"
        "recorded with who changed it. With prepare ID it writes the report that a step asks for, in the authority's "
        "order\n"
        "and language, and hands nothing in; file ID records that it was made. This is not legal advice."),
    .options = names,
    .exits = N_("0 nothing is overdue, 1 something is overdue, or a report lacks something, 64 usage, 65 bad input,\n"
                "73 cannot write, 75 try again"),
};
