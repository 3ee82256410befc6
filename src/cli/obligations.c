#include "cli/obligations.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/language.h"
#include "cli/output.h"
#include "cli/posting.h"
#include "model/civil_day.h"
#include "report/clocks.h"

/* Anchors that move later -------------------------------------------------------------------------------------------
 */

static guint count_set_by(const Lawbook *lawbook, const CaseEvent *event)
{
    guint count = 0;

    for (guint i = 0; i < lawbook->obligations->len; i++) {
        const Obligation *obligation = g_ptr_array_index(lawbook->obligations, i);

        count += obligation->set_by == event && obligation->clock->has_due ? 1 : 0;
    }
    return count;
}

static bool time_of(const CaseEvent *event, const char *member, RegimeTime *time)
{
    const char *at = json_string_value(json_object_get(json_object_get(event->body, member), "at"));

    return at && law_time_parse(at, time, NULL);
}

/* The clocks that count hours from an anchor, under its own regime or under all, and have no end without its time. */
static guint count_without_time(const Lawbook *lawbook, const char *name)
{
    const char *slash = strchr(name, '/');
    g_autofree char *regime = slash ? g_strndup(name, (gsize)(slash - name)) : NULL;
    guint count = 0;

    for (guint i = 0; i < lawbook->obligations->len; i++) {
        const Obligation *obligation = g_ptr_array_index(lawbook->obligations, i);

        count += obligation->clock->state == REGIME_ANCHOR_MISSING &&
                         g_strcmp0(obligation->clock->missing_anchor, slash ? slash + 1 : name) == 0 &&
                         (!regime || (obligation->regime && strcmp(obligation->regime->entry->id, regime) == 0))
                     ? 1
                     : 0;
    }
    return count;
}

/* Where only the day is known, what counts hours does not run at all, and nobody is told that it is late. */
static void warn_of_day(const Lawbook *lawbook, const char *name, const RegimeTime *time)
{
    guint count = time->is_day ? count_without_time(lawbook, name) : 0;

    if (count > 0)
        output_message(N_("warning: %s is only a day: clocks that count hours from it and now have no end: %u; record "
                          "it with its time and offset, the earliest that it may have been"),
                       name, count);
}

void obligations_warn_moved(const Lawbook *lawbook, guint last)
{
    const GPtrArray *events = lawbook->state->events;

    for (guint i = events->len - MIN(last, events->len); i < events->len; i++) {
        const CaseEvent *event = g_ptr_array_index(events, i);
        RegimeTime before, after;
        g_autofree char *span = NULL;
        guint count;

        if (event->kind != CASE_ANCHOR || !time_of(event, "new", &after))
            continue;
        warn_of_day(lawbook, case_event_text(event, "name"), &after);
        if (!time_of(event, "old", &before) || law_time_at(&after) <= law_time_at(&before))
            continue;
        span = clock_format_span(law_time_at(&after) - law_time_at(&before));
        count = count_set_by(lawbook, event);
        if (count > 0)
            output_message(N_("warning: %s moves later by %s (clocks that end later with it: %u): authorities ask why"),
                           case_event_text(event, "name"), span, count);
        else
            output_message(N_("warning: %s moves later by %s: authorities ask why"), case_event_text(event, "name"),
                           span);
    }
}

Lawbook *obligations_open(const Workspace *workspace, bool record, const char *why, GError **error)
{
    g_autofree char *by = posting_who();
    const LawbookRequest request = {.material = workspace->material,
                                    .folder = workspace->folder,
                                    .now = clock_now(clock_system()),
                                    .record = record && workspace->folder,
                                    .by = by,
                                    .why = why,
                                    .adopt = record && workspace->options->adopt};

    Lawbook *lawbook = lawbook_open(&request, error);

    if (lawbook && request.record) {
        obligations_warn_moved(lawbook, lawbook->changed);
        obligations_warn_edited(lawbook);
    }
    return lawbook;
}

Lawbook *obligations_lawbook(const Workspace *workspace, bool record, GError **error)
{
    return obligations_open(workspace, record, NULL, error);
}

bool obligations_are_asked(const Workspace *workspace)
{
    if (!workspace->material)
        return false;
    return material_playbook(workspace->material)->law->regimes->len > 0 ||
           (workspace->folder && case_exists(workspace->folder));
}

/* Beside the verdict ---------------------------------------------------------------------------------------------- */

/* What the law asks never keeps a command from its end: a record that cannot be read is said, and the verdict stands.
 * Who has taken the lock changes the state folder anyway, so that what the playbook changed is recorded, too, unless
 * the record takes nothing, because it was copied. */
static Lawbook *lawbook_beside(const Workspace *workspace)
{
    g_autoptr(GError) error = NULL;
    Lawbook *lawbook = NULL;

    if (!obligations_are_asked(workspace))
        return NULL;
    if (workspace->lock >= 0)
        lawbook = obligations_lawbook(workspace, true, NULL);
    if (!lawbook)
        lawbook = obligations_lawbook(workspace, false, &error);
    if (error)
        output_message("warning: the clocks of the law cannot be shown: %s", error->message);
    return lawbook;
}

static char *beside_text(const char *verdict, void *user)
{
    g_autoptr(Lawbook) lawbook = lawbook_beside(user);

    return lawbook ? lawbook_verdict(lawbook, verdict) : g_strdup(verdict);
}

/* The documents of those who are at work on the incident; one that leaves the house says nothing of other clocks. */
static const char *const documents[] = {"breach.status/1", "breach.check/1",       "breach.plan/1",
                                        "breach.notify/1", "breach.track/1",       "breach.announce/1",
                                        "breach.record/1", "breach.record_case/1", "breach.handover/1", NULL};

static void beside_json(json_t *document, void *user)
{
    const char *schema = json_string_value(json_object_get(document, "schema"));
    g_autoptr(Lawbook) lawbook = schema && g_strv_contains(documents, schema) ? lawbook_beside(user) : NULL;

    if (lawbook)
        json_object_set_new(document, "clocks", clocks_json(lawbook->obligations));
}

void obligations_stand_beside(Workspace *workspace)
{
    const OutputBeside beside = {.text = beside_text, .json = beside_json, .user = workspace};

    output_beside_verdict(workspace ? &beside : NULL);
}

/* Whoever was told needs no decision any more whether they had to be. */
static bool is_met(const Obligation *obligation)
{
    const RegimeClockResult *clock = obligation->clock;

    return obligation->step && g_strcmp0(obligation->step->to, "individuals") == 0 &&
           (clock->state == REGIME_DUE || clock->state == REGIME_SCOPE_UNKNOWN) &&
           (!clock->has_due || clock->remaining >= 0);
}

static CaseEvent *met(const Obligation *obligation, int64_t now, const char *by)
{
    const Moment sent = {.at = now, .offset = civil_day_offset(now, obligation->regime->zone), .known = true};
    g_autofree char *at = moment_format_rfc3339(sent);

    return case_event_new(0, now, by, CASE_FILING,
                          json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "regime", obligation->regime->entry->id, "step",
                                    obligation->step->id, "at", at, "by", by, "channel", "notices", "reference",
                                    "breach notify: everybody was told"));
}

#define TOLD_ANCHOR "individuals_notified"

/* A clock that runs from the notices, and does not know of them. */
static bool is_waiting(const Obligation *obligation)
{
    const RegimeStep *step = obligation->step;

    return step && step->from.kind == REGIME_FROM_ANCHOR && strcmp(step->from.name, TOLD_ANCHOR) == 0 &&
           obligation_is_open(obligation) && !obligation->clock->has_start;
}

static bool is_about(const GPtrArray *events, const ObligationRegime *regime)
{
    g_autofree char *anchor = g_strdup_printf("%s/%s", regime->entry->id, TOLD_ANCHOR);

    for (guint i = 0; i < events->len; i++) {
        const CaseEvent *event = g_ptr_array_index(events, i);

        if (g_strcmp0(case_event_text(event, "regime"), regime->entry->id) == 0 ||
            g_strcmp0(case_event_text(event, "name"), anchor) == 0)
            return true;
    }
    return false;
}

/* No step was filed from which it would follow: some could not be reached, or it was too late. */
static CaseEvent *begun(const Lawbook *lawbook, const ObligationRegime *regime)
{
    const Moment sent = {.at = lawbook->now, .offset = civil_day_offset(lawbook->now, regime->zone), .known = true};
    g_autofree char *name = g_strdup_printf("%s/%s", regime->entry->id, TOLD_ANCHOR);
    g_autofree char *at = moment_format_rfc3339(sent);

    return case_state_change(lawbook->state, CASE_ANCHOR, name, json_pack("{s:s}", "at", at), lawbook->now, lawbook->by,
                             "breach notify: whoever can be reached was told");
}

/* Why it was late is for a person to say: the steps that only wait for that, and the command. */
static void tell_late(const Workspace *workspace, const Lawbook *lawbook)
{
    const Obligation *first = NULL;
    g_autoptr(GString) ids = g_string_new(NULL);

    for (guint i = 0; i < lawbook->obligations->len; i++) {
        const Obligation *obligation = g_ptr_array_index(lawbook->obligations, i);

        if (!obligation->step || g_strcmp0(obligation->step->to, "individuals") != 0 ||
            obligation->clock->state != REGIME_OVERDUE)
            continue;
        first = first ? first : obligation;
        g_string_append_printf(ids, "%s%s", ids->len > 0 ? ", " : "", obligation->id);
    }
    if (first)
        output_message(
            "people were told, but too late for %s: say for each why: breach obligations %s%s file %s --at TIME "
            "--by NAME --channel HOW --reason WHY",
            ids->str, workspace->typed, workspace->mode, first->id);
}

void obligations_told(const Workspace *workspace, bool is_everybody)
{
    g_autoptr(Lawbook) lawbook = lawbook_beside(workspace);
    g_autoptr(GPtrArray) events = case_events_new();
    g_autoptr(GError) error = NULL;

    if (!lawbook || !lawbook->record)
        return;
    for (guint i = 0; is_everybody && i < lawbook->obligations->len; i++) {
        const Obligation *obligation = g_ptr_array_index(lawbook->obligations, i);

        if (is_met(obligation))
            g_ptr_array_add(events, met(obligation, lawbook->now, lawbook->by));
    }
    for (guint i = 0; i < lawbook->obligations->len; i++) {
        const Obligation *obligation = g_ptr_array_index(lawbook->obligations, i);

        if (is_waiting(obligation) && !is_about(events, obligation->regime))
            g_ptr_array_add(events, begun(lawbook, obligation->regime));
    }
    if (is_everybody)
        tell_late(workspace, lawbook);
    if (events->len > 0 && !case_append_all(lawbook->record, events, &error))
        output_message("warning: that people were told is not in the case record: %s", error->message);
}

void obligations_head(const Workspace *workspace)
{
    g_autoptr(Lawbook) lawbook = lawbook_beside(workspace);
    g_autofree char *text = lawbook ? clocks_text(lawbook->obligations) : NULL;
    g_autofree char *unread = lawbook ? lawbook_unread(lawbook) : NULL;

    if (text)
        fputs(text, stdout);
    if (unread)
        printf(_("NOT ALL: these regimes could not be read, and their clocks are not here: %s\n"), unread);
}
