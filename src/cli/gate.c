#include "cli/gate.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/language.h"
#include "cli/delays.h"
#include "cli/obligations.h"
#include "cli/output.h"
#include "cli/posting.h"
#include "ledger/case.h"
#include "model/case_decision.h"
#include "report/casework.h"

/* Without response steps and without a record nothing can be in the way. */
static bool is_needed(const Workspace *workspace)
{
    const Playbook *playbook = material_playbook(workspace->material);

    return playbook->incident.id && (playbook->response || case_exists(workspace->folder));
}

bool gate_state_is_open(const Workspace *workspace, const CaseState *state, GError **error)
{
    const CaseEvent *closed = casework_closed(state);

    if (!closed)
        return true;
    error_set(error, BREACH_ERROR_INPUT, "work-closed",
              "the case was closed by %s: %s; to go on, type breach close %s%s --reopen --by NAME --reason TEXT",
              case_event_text(closed, "by"), case_event_text(closed, "reason"), workspace->typed, workspace->mode);
    return false;
}

bool gate_is_open(Workspace *workspace, GError **error)
{
    g_autoptr(Lawbook) lawbook = NULL;

    if (!is_needed(workspace))
        return true;
    lawbook = obligations_lawbook(workspace, false, error);
    return lawbook && gate_state_is_open(workspace, lawbook->state, error);
}

/* A rehearsal sends to nobody, and tells what the case of the incident itself will keep back. */
static void foretell(const Workspace *workspace)
{
    const Playbook *playbook = material_playbook(workspace->material);
    g_autofree char *name = g_strconcat(playbook->incident.id, ".breach", NULL);
    g_autofree char *folder = g_build_filename(playbook->folder, name, NULL);
    int64_t now = clock_now(clock_system());
    g_autoptr(Case) record = NULL;
    g_autoptr(CaseState) state = NULL;
    g_autoptr(GPtrArray) decisions = NULL;

    if (!workspace->options->dry_run || workspace->options->state || !case_exists(folder))
        return;
    record = case_open(folder, playbook->incident.id, INCIDENT_ACTUAL, false, NULL);
    state = record ? case_state(record, NULL) : NULL;
    decisions = state ? case_decisions(state, now) : NULL;
    for (guint i = 0; decisions && i < decisions->len; i++) {
        const CaseDecision *decision = g_ptr_array_index(decisions, i);

        if (delays_hold(decision))
            output_message(N_("warning: decision %s (%s, %s) keeps notices to %s back: outside of a rehearsal they are "
                              "not sent until it is revoked or ends"),
                           decision->id, case_decision_kind_name(decision->kind), decision->regime,
                           decision->scope_text);
    }
}

/* The first decision of this kind and scope that goes on, or NULL. */
static const CaseDecision *held_by(const GPtrArray *decisions, CaseDecisionKind kind, bool everybody)
{
    for (guint i = 0; i < decisions->len; i++) {
        const CaseDecision *decision = g_ptr_array_index(decisions, i);

        if (decision->kind == kind && delays_hold(decision) &&
            (decision->scope.kind == CASE_SCOPE_EVERYBODY) == everybody)
            return decision;
    }
    return NULL;
}

static bool check_delays(const Workspace *workspace, const Lawbook *lawbook, GError **error)
{
    g_autoptr(GPtrArray) decisions = case_decisions(lawbook->state, lawbook->now);
    const CaseDecision *all = held_by(decisions, CASE_DECISION_DELAY, true);
    const CaseDecision *some = held_by(decisions, CASE_DECISION_DELAY, false);
    const CaseDecision *nobody = held_by(decisions, CASE_DECISION_NOT_NOTIFY, true);
    const char *until = all ? case_event_text(all->event, "until") : NULL;

    if (some)
        output_message(N_("warning: an authority asked that %s be told later (decision %s), and what is published "
                          "reaches them, too: ask it first"),
                       some->scope_text, some->id);
    if (nobody)
        output_message(N_("warning: by decision %s (%s) nobody is to be told, and what is published reaches everybody"),
                       nobody->id, nobody->regime);
    if (!all)
        return true;
    error_set(error, BREACH_ERROR_TEMPORARY, "work-delayed",
              "an authority asked that nobody be told before %s (decision %s, %s); if that is over, type breach record "
              "%s%s decision revoke %s --by NAME --reason TEXT",
              until, all->id, all->regime, workspace->typed, workspace->mode, all->id);
    return false;
}

bool gate_announce(Workspace *workspace, bool is_withdrawal, GError **error)
{
    g_autoptr(Lawbook) lawbook = NULL;

    if (!is_needed(workspace))
        return true;
    lawbook = obligations_lawbook(workspace, false, error);
    return lawbook && gate_state_is_open(workspace, lawbook->state, error) &&
           (is_withdrawal || check_delays(workspace, lawbook, error));
}

static bool check_response(const Workspace *workspace, const Lawbook *lawbook, GError **error)
{
    g_autoptr(Casework) casework = casework_new(lawbook);
    const ResponseStep *step = case_response_gate(casework->responses);

    if (!step)
        return true;
    error_set(error, BREACH_ERROR_TEMPORARY, "response-gate",
              "notices wait until the response step %s is started (%s sees to it); once it is, type breach record %s%s "
              "response %s --outcome started --by NAME --at TIME",
              step->id, step->owner, workspace->typed, workspace->mode, step->id);
    return false;
}

bool gate_notify(Workspace *workspace, Ledger *ledger, GError **error)
{
    g_autoptr(Lawbook) lawbook = NULL;
    g_autofree char *who = NULL;
    bool applied;

    foretell(workspace);
    if (!is_needed(workspace))
        return true;
    lawbook = obligations_lawbook(workspace, false, error);
    if (!lawbook || !gate_state_is_open(workspace, lawbook->state, error) || !check_response(workspace, lawbook, error))
        return false;
    who = posting_who();
    return delays_bring(workspace, ledger, lawbook->state, clock_now(clock_system()), who, &applied, error);
}

/* Showing --------------------------------------------------------------------------------------------------------- */

static Lawbook *look(Workspace *workspace)
{
    g_autoptr(GError) error = NULL;
    Lawbook *lawbook = is_needed(workspace) ? obligations_lawbook(workspace, false, &error) : NULL;

    if (error)
        output_message(N_("warning: %s"), error->message);
    return lawbook;
}

void gate_print_case(Workspace *workspace)
{
    g_autoptr(Lawbook) lawbook = look(workspace);
    g_autoptr(Casework) casework = lawbook ? casework_new(lawbook) : NULL;
    g_autofree char *text = casework ? casework_text(casework) : NULL;

    if (text)
        fputs(text, stdout);
}

json_t *gate_case_json(Workspace *workspace)
{
    g_autoptr(Lawbook) lawbook = look(workspace);
    g_autoptr(Casework) casework = lawbook ? casework_new(lawbook) : NULL;

    return casework ? casework_json(casework) : json_null();
}
