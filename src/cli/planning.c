#include "cli/announcing.h"
#include "cli/covering.h"
#include "cli/handing.h"
#include "cli/planning.h"
#include "cli/promises.h"
#include "cli/unasked.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/language.h"
#include "base/text.h"
#include "cli/output.h"
#include "dispatch/recovery.h"
#include "ledger/inbox.h"
#include "ledger/publication.h"

static bool recover(const Workspace *workspace, Ledger *ledger, const char *boot, int64_t now, LedgerRecovery *recovery,
                    GError **error)
{
    const GPtrArray *entries = material_playbook(workspace->material)->gateways;
    g_autofree const Gateway **gateways = g_new0(const Gateway *, entries->len);

    for (guint i = 0; i < entries->len; i++) {
        const ChannelGateway *entry = g_ptr_array_index(entries, i);

        gateways[i] = material_gateway(workspace->material, entry->channel);
    }
    return recovery_run(ledger, gateways, entries->len, boot, now, recovery, error);
}

/* What others reported counts: whom a receipt proves to have been told is not told again. */
static bool apply_reports(Ledger *ledger, int64_t now, GError **error)
{
    int applied = 1;

    while (applied > 0) {
        if (!ledger_begin(ledger, error))
            return false;
        if (!inbox_apply(ledger, INBOX_TOGETHER, now, &applied, error) || !ledger_commit(ledger, error)) {
            ledger_rollback(ledger);
            return false;
        }
    }
    return true;
}

/* A plan leaves alone what was tried; what a killed run had only claimed was not. Without this somebody who is gone from
 * the people file could still be sent to. In a copy nothing can be told from the slots: adopting it settles that. */
static bool settle_earlier_runs(const Workspace *workspace, Ledger *ledger, int64_t now, GError **error)
{
    g_autofree char *boot = file_boot_id();
    LedgerRecovery recovery;

    if (ledger_is_copy(ledger))
        return true;
    if (!recover(workspace, ledger, boot, now, &recovery, error))
        return false;
    output_recovery(&recovery);
    return apply_reports(ledger, now, error);
}

bool planning_is_raise(const Workspace *workspace)
{
    const Playbook *playbook = material_playbook(workspace->material);
    g_autoptr(Ledger) ledger = NULL;

    if (playbook->incident.edition == 1 || !ledger_exists(workspace_backend(), workspace->folder))
        return false;
    ledger = workspace_ledger(workspace, NULL);
    return ledger && ledger_header(ledger)->edition < playbook->incident.edition;
}

/* An edition that follows nothing: nobody could be told what has changed since. */
static bool refuse_first_notice(const Workspace *workspace, GError **error)
{
    const Playbook *playbook = material_playbook(workspace->material);

    if (material_status(workspace->material) == INCIDENT_EXERCISE) {
        findings_warning(workspace->findings, FINDING_SEND, "plan-edition-rehearsed",
                         position_make(playbook->path, 0, 0),
                         "edition %d is rehearsed and nobody was told before in this rehearsal: everybody gets a first "
                         "notice; rehearse edition 1 to its end first to see the update",
                         playbook->incident.edition);
        return true;
    }
    error_set(error, BREACH_ERROR_INPUT, "plan-edition-nobody-told",
              "the playbook says edition %d, and nobody has been told from %s: write edition: 1, and take update out; the "
              "newest text is then everybody's first notice",
              playbook->incident.edition, workspace->folder);
    return false;
}

/* In a copy, what is on its way cannot be cancelled, since nobody knows what became of it. */
static bool refuse_copy(const Workspace *workspace, const Ledger *ledger, GError **error)
{
    int edition = material_playbook(workspace->material)->incident.edition;

    if (!ledger_is_copy(ledger) || edition == ledger_header(ledger)->edition)
        return false;
    error_set(error, BREACH_ERROR_INPUT, "plan-edition-copy",
              "%s is a copy, in which no new edition can be planned: make it the ledger first, with breach notify %s%s "
              "--adopt and edition: %d",
              workspace->folder, workspace->typed, workspace->mode, ledger_header(ledger)->edition);
    return true;
}

/* The offset in which the playbook writes its times is the one in which its readers are told the date. */
static Moment local_moment(const Playbook *playbook, int64_t at)
{
    const Incident *incident = &playbook->incident;
    const Moment *const known[] = {&incident->confirmed_at, &incident->detected_at, &incident->contained_at,
                                   &incident->occurred_at};
    g_autoptr(GTimeZone) zone = g_time_zone_new_local();
    int interval = g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, at / CLOCK_SECOND);

    for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
        if (known[i]->known)
            return (Moment){.at = at, .offset = known[i]->offset, .known = true};
    return (Moment){.at = at, .offset = g_time_zone_get_offset(zone, interval) / 60, .known = true};
}

bool planning_first_notice(const Workspace *workspace, Ledger *ledger, GError **error)
{
    const Playbook *playbook = material_playbook(workspace->material);
    int64_t at = -1;

    if (!playbook->update)
        return true;
    if (ledger && !ledger_first_told(ledger, &at, error))
        return false;
    if (playbook->update->first_notice_at.known)
        material_first_notice(workspace->material, playbook->update->first_notice_at);
    else if (at >= 0)
        material_first_notice(workspace->material, local_moment(playbook, at));
    return true;
}

/* Whether everybody may have read the announcement: it is corrected or withdrawn also where nobody has a message yet. */
static bool is_public(Ledger *ledger)
{
    g_autoptr(GPtrArray) publications = ledger ? publication_list(ledger, NULL) : NULL;

    for (guint i = 0; publications && i < publications->len; i++)
        if (((const Publication *)g_ptr_array_index(publications, i))->state != PUBLICATION_REFUSED)
            return true;
    return false;
}

/* Whether the playbook's edition is a later one than the ledger's, and the ledger knows of nobody who was told. */
static bool follows_nothing(const Playbook *playbook, Ledger *ledger, const LedgerCounts *counts)
{
    return counts->messages[MESSAGE_ACCEPTED] + counts->messages[MESSAGE_DELIVERED] == 0 &&
           (!ledger || ledger_header(ledger)->edition < playbook->incident.edition) && !is_public(ledger);
}

static void warn_of_jump(const Workspace *workspace, Ledger *ledger)
{
    const Playbook *playbook = material_playbook(workspace->material);
    int before = ledger ? ledger_header(ledger)->edition : 0;

    if (before > 0 && playbook->incident.edition > before + 1)
        findings_warning(workspace->findings, FINDING_SEND, "plan-edition-jump", position_make(playbook->path, 0, 0),
                         "the playbook says edition %d, and edition %d is planned: write edition: %d, unless the ones "
                         "between were sent from somewhere else",
                         playbook->incident.edition, before, before + 1);
}

static void warn_of_lower(const Workspace *workspace, Ledger *ledger)
{
    const Playbook *playbook = material_playbook(workspace->material);
    int planned = ledger ? ledger_header(ledger)->edition : 0;

    if (playbook->incident.edition < planned)
        findings_warning(workspace->findings, FINDING_SEND, "plan-edition-lower", position_make(playbook->path, 0, 0),
                         "the playbook says edition %d, but edition %d is planned in %s: breach plan will refuse it; "
                         "write edition: %d again, or a higher one for a new text",
                         playbook->incident.edition, planned, workspace->folder, planned);
}

static bool prepare_edition(const Workspace *workspace, Ledger *ledger, GError **error)
{
    const Playbook *playbook = material_playbook(workspace->material);
    LedgerCounts counts = {0};

    if (!playbook->update)
        return true;
    if (ledger && (refuse_copy(workspace, ledger, error) || !ledger_counts(ledger, &counts, error)))
        return false;
    if (follows_nothing(playbook, ledger, &counts) && !refuse_first_notice(workspace, error))
        return false;
    warn_of_jump(workspace, ledger);
    return planning_first_notice(workspace, ledger, error);
}

/* What cannot be opened is not judged: breach plan says what is wrong with it. */
void planning_foresee(const Workspace *workspace)
{
    const Playbook *playbook = material_playbook(workspace->material);
    g_autoptr(Ledger) ledger = NULL;
    g_autoptr(GError) error = NULL;
    LedgerCounts counts = {0};

    if (!workspace->folder || findings_errors(workspace->findings, FINDING_SEND) > 0)
        return; /* the playbook will be another one when it can be planned */
    if (ledger_exists(workspace_backend(), workspace->folder)) {
        ledger = workspace_ledger(workspace, NULL);
        if (!ledger || !ledger_counts(ledger, &counts, NULL))
            return;
    }
    warn_of_lower(workspace, ledger);
    if (!playbook->update)
        return;
    if (follows_nothing(playbook, ledger, &counts) && !refuse_first_notice(workspace, &error))
        findings_warning(workspace->findings, FINDING_SEND, "plan-edition-nobody-told",
                         position_make(playbook->path, 0, 0), "%s", error->message);
    warn_of_jump(workspace, ledger);
}

static bool prepare(const Workspace *workspace, int64_t now, GError **error)
{
    g_autoptr(Ledger) ledger = NULL;

    if (!ledger_exists(workspace_backend(), workspace->folder))
        return prepare_edition(workspace, NULL, error);
    ledger = workspace_ledger(workspace, error);
    return ledger && settle_earlier_runs(workspace, ledger, now, error) && prepare_edition(workspace, ledger, error);
}

typedef struct Judging {
    const Workspace *workspace;
    const CoveragePeople *people;
} Judging;

/* What stops check stops the plan, too. */
static void judge_notices(void *user)
{
    const Judging *judging = user;

    g_autoptr(CoverageResult) coverage = covering_check(judging->workspace, judging->people);

    unasked_check(judging->workspace, judging->people);
    promise_report_free(promises_check(judging->workspace, coverage));
}

bool planning_run(Workspace *workspace, FreezeSummary *summary, GError **error)
{
    g_autoptr(CoveragePeople) people = coverage_people_new(material_playbook(workspace->material));
    Judging judging = {.workspace = workspace, .people = people};
    const FreezeWatch watch = {
        .progress = output_reading, .coverage = people, .judge = judge_notices, .judge_user = &judging};
    int64_t now = clock_now(clock_system());
    bool planned;

    if (!prepare(workspace, now, error))
        return false;
    announcing_check(workspace);
    handing_check(workspace);
    planned = freeze_plan(workspace->material, workspace_backend(), workspace->folder, now, &watch, summary,
                          workspace->findings, error);
    output_progress_end();
    return planned;
}

char *planning_numbers(const FreezeSummary *summary)
{
    static const struct {
        Told told;
        const char *what;
    } parts[] = {
        {TOLD_PENDING, N_("to be told")},
        {TOLD_QUARANTINED, N_("quarantined")},
        {TOLD_WITHHELD, N_("withheld")},
        {TOLD_UNREACHABLE, N_("unreachable")},
    };
    g_autofree char *people = text_grouped(summary->people);
    GString *text = g_string_new(NULL);

    g_string_printf(text, language_plural("%s person:", "%s people:", summary->people), people);
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_autofree char *number = text_grouped(summary->told[parts[i].told]);

        if (summary->told[parts[i].told] > 0 || i == 0)
            g_string_append_printf(text, i == 0 ? _(" %s %s") : _(", %s %s"), number, _(parts[i].what));
    }
    return g_string_free(text, FALSE);
}

json_t *planning_people_json(const FreezeSummary *summary)
{
    json_t *people = json_pack("{s:I}", "total", (json_int_t)summary->people);

    for (int i = 0; i < TOLD_STATES; i++)
        json_object_set_new(people, identity_told_name((Told)i), json_integer(summary->told[i]));
    return people;
}
