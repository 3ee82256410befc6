#include <stdio.h>

#include "base/language.h"
#include "cli/obligations.h"
#include "model/regime_names.h"
#include "report/clocks.h"
#include "report/decided.h"

const char *obligations_title(const Obligation *obligation)
{
    return obligation->step ? regime_text(obligation->step->name, language_name()) : obligation->title;
}

char *obligations_addressee(const Obligation *obligation)
{
    const char *to = obligation->step ? obligation->step->to : NULL;

    return to ? regime_words(to) : NULL;
}

static void print_lines(const char *title, const GPtrArray *lines)
{
    for (guint i = 0; lines && i < lines->len; i++)
        printf(_("%s: %s\n"), title, (const char *)g_ptr_array_index(lines, i));
}

static void print_text(const char *title, const LocaleText *text)
{
    const char *words = regime_text(text, language_name());

    if (*words)
        printf(_("%s: %s\n"), title, words);
}

/* Whoever answers for it, and who typed it in where that is somebody else: "Li Lei (recorded by ops@host)". */
static char *who_text(const CaseEvent *event)
{
    const char *by = case_event_author(event);

    return by && g_strcmp0(by, event->by) != 0 ? g_strdup_printf(_("%s (recorded by %s)"), by, event->by)
                                               : g_strdup(event->by);
}

static void print_event(const CaseEvent *event, int offset)
{
    g_autofree char *old = decided_value(json_object_get(event->body, "old"));
    g_autofree char *new = decided_value(json_object_get(event->body, "new"));
    g_autofree char *at = clocks_time((Moment){.at = event->at, .offset = offset, .known = true});
    g_autofree char *who = who_text(event);
    const char *name = case_event_text(event, "name");
    const char *why = case_event_text(event, "why");

    if (!name)
        printf(_("filed: %s, by %s, %s\n"), case_event_text(event, "step"), who, at);
    else if (json_is_null(json_object_get(event->body, "old")))
        printf(_("entered: %s = %s, by %s, %s: %s\n"), name, new, who, at, why ? why : "");
    else
        printf(_("changed: %s = %s, before that %s, by %s, %s: %s\n"), name, new, old, who, at, why ? why : "");
}

/* In which the other times of the page are: that of the clock, else of the playbook, in minutes. */
static int offset_of(const Lawbook *lawbook, const Obligation *obligation)
{
    const Incident *incident = &lawbook->playbook->incident;

    if (obligation->clock->has_start)
        return obligation->clock->start.offset;
    return incident->detected_at.known ? incident->detected_at.offset : 0;
}

/* Who set what its clock runs from: every change of it, the oldest first. */
static void print_history(const Lawbook *lawbook, const Obligation *obligation)
{
    const CaseEvent *set_by = obligation->set_by;
    int offset = offset_of(lawbook, obligation);

    const char *name = case_event_text(set_by, "name");
    const CaseValue *value = name ? case_state_value(lawbook->state, set_by->kind, name) : NULL;

    for (guint i = 0; value && i < value->history->len; i++)
        print_event(g_ptr_array_index(value->history, i), offset);
    if (!value)
        print_event(set_by, offset);
}

/* The rule itself, when it applies, the start, the arithmetic and other readings are in the lines of its clock. */
static void print_law(const Obligation *obligation)
{
    const RegimeStep *step = obligation->step;

    printf(_("law: %s\n"), regime_text(obligation->regime->regime->citation, language_name()));
    print_text(_("if it is late"), step->late);
    print_text(_("note"), step->note);
}

static void print_confidence(const Obligation *obligation)
{
    const RegimeStep *step = obligation->step;
    const char *note = regime_text(step->confidence_note, language_name());

    if (regime_step_is_unverified(obligation->regime->regime, step))
        printf(_("confidence: %s%s%s; have a lawyer look at it\n"), _(regime_confidence_name(step->confidence)),
               *note ? _(": ") : "", note);
    else
        printf("%s\n", _("confidence: confirmed in a primary text"));
    for (guint i = 0; i < obligation->regime->regime->sources->len; i++)
        printf(_("source: %s\n"), (const char *)g_ptr_array_index(obligation->regime->regime->sources, i));
}

/* What one authority owes the next is often taken for the operator's own deadline, also by the press. */
static void print_forwarding(const Regime *regime)
{
    for (guint i = 0; i < regime->forwarding->len; i++) {
        const RegimeForwarding *row = g_ptr_array_index(regime->forwarding, i);

        printf(_("not yours, between authorities: %s to %s, %s after receipt%s%s%s\n"),
               regime_text(row->by, language_name()), regime_text(row->to, language_name()), row->due,
               row->cond_text ? ", " : "", row->cond_text ? row->cond_text : "",
               row->confidence != REGIME_CONFIRMED ? _(" [unverified]") : "");
    }
}

static void print_state(const Obligation *obligation)
{
    g_autofree char *state = clocks_state(obligation->clock);

    printf(_("state: %s\n"), state);
    if (obligation->decides)
        printf(_("what decides: %s\n"), obligation->decides);
}

static void print_title(const Obligation *obligation)
{
    g_autofree char *to = obligations_addressee(obligation);

    printf("%s: %s%s%s\n", obligation->id, obligations_title(obligation), to ? _(", to ") : "", to ? to : "");
}

void obligations_why(const Lawbook *lawbook, const Obligation *obligation)
{
    print_title(obligation);
    if (obligation->step)
        print_law(obligation);
    print_state(obligation);
    print_lines(_("why"), obligation->clock->why);
    if (obligation->set_by)
        print_history(lawbook, obligation);
    print_lines(_("remark"), obligation->clock->remarks);
    if (!obligation->step)
        return;
    print_forwarding(obligation->regime->regime);
    print_confidence(obligation);
}
