#include "report/lawbook.h"

#include <string.h>

#include "base/clock.h"
#include "base/language.h"
#include "base/error.h"
#include "model/case_decision.h"
#include "model/obligation_decision.h"
#include "report/casework.h"
#include "report/clocks.h"

#define TRIES 20 /* other processes may append between our reading and our writing */

static int64_t last_number(const GPtrArray *events)
{
    return events->len > 0 ? ((const CaseEvent *)g_ptr_array_index(events, events->len - 1))->no : 0;
}

/* A playbook without regimes leaves no record behind; one that had some goes on being compared. */
static bool is_watched(const Playbook *playbook, const CaseState *state)
{
    return playbook->law->regimes->len > 0 || case_state_value(state, CASE_REGIMES, "regimes") != NULL;
}

static GPtrArray *events_of(Lawbook *lawbook, GError **error)
{
    return lawbook->record ? case_events(lawbook->record, error) : case_events_new();
}

int64_t lawbook_last(const Lawbook *lawbook)
{
    return last_number(lawbook->state->events);
}

/* Reads what is recorded and adds what the playbook changed since: in memory, or in the record as well. */
static bool read_state(Lawbook *lawbook, GError **error)
{
    const LawbookRequest *asked = &lawbook->asked;

    for (int tries = 0; tries < TRIES; tries++) {
        GPtrArray *events = events_of(lawbook, error);
        g_autoptr(CaseState) state = events ? case_state_fold(events) : NULL;
        g_autoptr(GPtrArray) changes = NULL;
        bool stale = false;

        if (!state)
            return false;
        changes = is_watched(lawbook->playbook, state)
                      ? case_state_changes(state, lawbook->playbook, lawbook->now, asked->by, asked->why)
                      : g_ptr_array_new();
        if (asked->record && lawbook->record &&
            !case_append_if(lawbook->record, last_number(state->events), changes, &stale, error))
            return false;
        if (!stale)
            lawbook->changed += changes->len;
        if (stale || (changes->len > 0 && asked->record && lawbook->record))
            continue; /* as it is recorded now */
        g_clear_pointer(&lawbook->state, case_state_free);
        if (changes->len == 0) {
            lawbook->state = g_steal_pointer(&state);
            return true;
        }
        g_ptr_array_set_free_func(changes, NULL); /* they go over into the events */
        events = g_ptr_array_copy(state->events, NULL, NULL);
        g_ptr_array_set_free_func(state->events, NULL);
        g_ptr_array_extend(events, changes, NULL, NULL);
        lawbook->state = case_state_fold(events);
        return true;
    }
    error_set(error, BREACH_ERROR_TEMPORARY, "case-busy",
              "other processes write into the case record all the time: type the same command again");
    return false;
}

/* What is not a step of a regime, but clocked as well ------------------------------------------------------------ */

/* Its clock runs, and nobody can say until when: that is no reason to show none. */
static void lack_days(Obligation *obligation, const CaseInquiry *inquiry)
{
    obligation->clock->state = REGIME_ANCHOR_MISSING;
    obligation->decides =
        inquiry->missing_year > 0
            ? g_strdup_printf(_("the working days of %d, which the calendar of inquiries does not have: "
                                "add them to a calendar beside the playbook"),
                              inquiry->missing_year)
            : g_strdup(_("the calendar of inquiries, which is missing: breach check names it"));
}

static void add_inquiries(Lawbook *lawbook)
{
    g_autoptr(GPtrArray) inquiries = casework_inquiries(lawbook);

    for (guint i = 0; i < inquiries->len; i++) {
        const CaseInquiry *inquiry = g_ptr_array_index(inquiries, i);
        bool lacks_days = !inquiry->has_due && (inquiry->missing_year > 0 || inquiry->no_calendar);
        g_autofree char *id = g_strdup_printf("inquiry/%s", inquiry->id);
        g_autofree char *title = g_strdup_printf(_("answer whoever asked (%s)"), inquiry->id);
        Obligation *obligation;

        if (inquiry->state == CASE_INQUIRY_ANSWERED || (!inquiry->has_due && !lacks_days))
            continue;
        obligation = obligation_new(id, title, inquiry->due, lawbook->now);
        if (lacks_days)
            lack_days(obligation, inquiry);
        g_ptr_array_add(obligation->clock->why, g_strdup_printf(_("inquiry %s, %s, is %s"), inquiry->id, inquiry->kind,
                                                                _(case_inquiry_state_name(inquiry->state))));
        g_ptr_array_add(lawbook->obligations, obligation);
    }
}

static void add_decisions(Lawbook *lawbook)
{
    g_autoptr(GPtrArray) decisions = case_decisions(lawbook->state, lawbook->now);

    for (guint i = 0; i < decisions->len; i++) {
        const CaseDecision *decision = g_ptr_array_index(decisions, i);
        g_autofree char *id = g_strdup_printf("decision/%s", decision->id);
        Obligation *obligation;

        if (decision->state != CASE_DECISION_AGAIN)
            continue;
        obligation = obligation_new(id, _("decide again: what it rested on has changed"), (Moment){.known = false},
                                    lawbook->now);
        obligation->clock->has_start = decision->changed != NULL;
        if (decision->changed) {
            obligation->clock->start = (Moment){.at = decision->changed->at, .known = true};
            obligation->clock->elapsed = lawbook->now - decision->changed->at;
        }
        g_ptr_array_add(
            obligation->clock->why,
            g_strdup_printf(_("%s, %s, %s: after it, %s changed"), case_decision_kind_name(decision->kind),
                            decision->regime, decision->scope_text,
                            decision->changed ? case_event_text(decision->changed, "name") : _("something")));
        g_ptr_array_add(lawbook->obligations, obligation);
    }
}

static void evaluate(Lawbook *lawbook)
{
    g_autoptr(GPtrArray) decisions = NULL;

    lawbook->request = (ObligationRequest){.playbook = lawbook->playbook,
                                           .regimes = lawbook->statutes->regimes,
                                           .state = lawbook->state,
                                           .find_calendar = statutes_calendar,
                                           .user = (void *)lawbook->statutes,
                                           .now = lawbook->now};
    g_clear_pointer(&lawbook->obligations, g_ptr_array_unref);
    lawbook->obligations = obligations_of(&lawbook->request);
    decisions = case_decisions(lawbook->state, lawbook->now);
    obligation_decision_apply(lawbook->obligations, decisions, lawbook->state, lawbook->now);
    add_inquiries(lawbook);
    add_decisions(lawbook);
    obligations_sort(lawbook->obligations);
}

Lawbook *lawbook_open(const LawbookRequest *request, GError **error)
{
    g_autoptr(Lawbook) lawbook = g_new0(Lawbook, 1);
    const Incident *incident;

    lawbook->asked = *request;
    lawbook->asked.by = lawbook->by = g_strdup(request->by);
    lawbook->playbook = material_playbook(request->material);
    lawbook->statutes = material_statutes(request->material);
    incident = &lawbook->playbook->incident;
    if (request->folder && incident->id) {
        lawbook->record =
            case_open(request->folder, incident->id, material_status(request->material), request->record, error);
        if (!lawbook->record || (request->adopt && !case_adopt(lawbook->record, error)))
            return NULL;
    }
    return lawbook_refresh(lawbook, request->now, error) ? g_steal_pointer(&lawbook) : NULL;
}

void lawbook_close(Lawbook *lawbook)
{
    if (!lawbook)
        return;
    g_clear_pointer(&lawbook->obligations, g_ptr_array_unref);
    case_state_free(lawbook->state);
    case_close(lawbook->record);
    g_free(lawbook->by);
    g_free(lawbook);
}

bool lawbook_refresh(Lawbook *lawbook, int64_t now, GError **error)
{
    g_clear_pointer(&lawbook->obligations, g_ptr_array_unref); /* they borrow from the state */
    lawbook->now = now;
    if (!read_state(lawbook, error))
        return false;
    evaluate(lawbook);
    return true;
}

json_t *lawbook_unread_json(const Lawbook *lawbook)
{
    const GArray *regimes = lawbook->statutes->regimes;
    json_t *ids = json_array();

    for (guint i = 0; i < regimes->len; i++) {
        const ObligationRegime *row = &g_array_index(regimes, ObligationRegime, i);

        if (!row->regime)
            json_array_append_new(ids, json_string(row->entry->id));
    }
    return ids;
}

char *lawbook_unread(const Lawbook *lawbook)
{
    json_auto_t *ids = lawbook_unread_json(lawbook);
    GString *text = g_string_new(NULL);
    size_t index;
    json_t *id;

    json_array_foreach(ids, index, id)
        g_string_append_printf(text, "%s%s", text->len > 0 ? ", " : "", json_string_value(id));
    return g_string_free(text, text->len == 0);
}

char *lawbook_verdict(const Lawbook *lawbook, const char *verdict)
{
    g_autofree char *unread = lawbook_unread(lawbook);
    g_autofree char *tightest = clocks_verdict(verdict, lawbook->obligations);
    g_autofree char *uncounted = clocks_uncounted(tightest, lawbook->obligations);
    const char *counted = uncounted ? uncounted : tightest;
    g_autofree char *unbegun = clocks_unbegun(counted, lawbook->obligations, lawbook->now);
    const char *beside = unbegun ? unbegun : counted;

    if (!unread)
        return g_strdup(beside);
    return g_strdup_printf(_("%s; NOT ALL: these regimes could not be read, and their clocks are not here: %s"), beside,
                           unread);
}
