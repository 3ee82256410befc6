#include "report/filing.h"

#include <string.h>

#include "report/filing_field.h"
#include "report/filing_word.h"

static const char *const states[] = {"given", "to_follow", "missing", "not_known", "empty", "not_asked"};

const char *filing_state_name(FilingState state)
{
    return states[state];
}

Moment filing_moment(const FilingRequest *request, int64_t at)
{
    const ObligationRegime *regime = request->obligation->regime;
    GTimeZone *own = regime->entry ? regime->entry->zone : NULL;
    GTimeZone *zone = own ? own : regime->regime->zone;

    return (Moment){.at = at, .offset = zone ? civil_day_offset(at, zone) : 0, .known = true};
}

bool filing_has_same_reader(const CaseFiling *earlier, const Regime *regime, const RegimeStep *step)
{
    const RegimeStep *its = strcmp(earlier->regime, regime->id) == 0 ? regime_step(regime, earlier->step) : NULL;

    return its && regime_step_is_report(its) == regime_step_is_report(step);
}

/* Whether the step goes to the authority that the regime's channel leads to. */
static bool has_channel(const RegimeStep *step)
{
    static const char *const elsewhere[] = {"controller", "police", "media", "sector regulator", NULL};

    return !step->to || !g_strv_contains(elsewhere, step->to);
}

const char *filing_reference(const FilingRequest *request)
{
    const GPtrArray *filings = request->law->state->filings;
    const Regime *regime = request->obligation->regime->regime;

    for (guint i = filings->len; i > 0; i--) {
        const CaseFiling *filing = g_ptr_array_index(filings, i - 1);
        const char *reference = case_event_text(filing->event, "reference");

        if (reference && filing_has_same_reader(filing, regime, request->obligation->step))
            return reference;
    }
    return NULL;
}

/* Whoever is named by a step for itself: of several authorities of a regime, the one that this step goes to. What goes
 * the same way as a report before goes to whom that went, or will go. */
static const LocaleText *own_authority(const FilingRequest *request)
{
    const Obligation *obligation = request->obligation;
    const Regime *regime = obligation->regime->regime;
    const GPtrArray *filings = request->law->state->filings;
    const LocaleText *found = obligation->step->authority;

    if (g_strcmp0(obligation->step->to, "same_channel") != 0)
        return found;
    for (guint i = filings->len; i > 0 && !found; i--) {
        const CaseFiling *filing = g_ptr_array_index(filings, i - 1);
        const RegimeStep *step = strcmp(filing->regime, regime->id) == 0 ? regime_step(regime, filing->step) : NULL;

        found = step && has_channel(step) ? step->authority : NULL;
    }
    for (guint i = 0; i < request->obligations->len && !found; i++) {
        const Obligation *other = g_ptr_array_index(request->obligations, i);
        bool runs = other->step && other->regime->regime == regime &&
                    (other->clock->state == REGIME_DUE || other->clock->state == REGIME_OVERDUE);

        found = runs && has_channel(other->step) ? other->step->authority : NULL;
    }
    return found;
}

const char *filing_channel(const FilingRequest *request)
{
    const Regime *regime = request->obligation->regime->regime;

    return has_channel(request->obligation->step) ? regime_text(regime->channel, request->locale) : "";
}

const char *filing_addressee(const FilingRequest *request)
{
    static const struct {
        const char *to;
        FilingWord word;
    } others[] = {{"controller", FILING_TO_CONTROLLER}, {"police", FILING_TO_POLICE}, {"media", FILING_TO_MEDIA}};
    const char *to = request->obligation->step->to;
    const char *controller = request->playbook->organization.on_behalf_of;
    const LocaleText *own = own_authority(request);

    if (own)
        return regime_text(own, request->locale);
    if (g_strcmp0(to, "controller") == 0 && controller)
        return controller;
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        if (g_strcmp0(to, others[i].to) == 0)
            return filing_word(others[i].word, request->locale);
    return regime_text(request->obligation->regime->regime->authority, request->locale);
}

static void field_free(gpointer data)
{
    filing_field_free(data);
}

void filing_free(Filing *filing)
{
    if (!filing)
        return;
    g_ptr_array_unref(filing->fields);
    g_free(filing);
}

/* What changed ----------------------------------------------------------------------------------------------------- */

static const json_t *previous_field(const Filing *filing, const char *id)
{
    const json_t *fields = json_object_get(filing->request.previous, "fields");
    size_t index;
    const json_t *field;

    json_array_foreach((json_t *)fields, index,
                       field) if (g_strcmp0(json_string_value(json_object_get(field, "id")), id) == 0) return field;
    return NULL;
}

static bool is_said(FilingState state)
{
    return state == FILING_GIVEN || state == FILING_TO_FOLLOW;
}

static void compare(const Filing *filing, FilingField *field)
{
    const json_t *before = previous_field(filing, field->id);
    const char *was = json_string_value(json_object_get(before, "text"));
    g_autofree char *now = filing_field_text(field);
    bool is_new = !was || !*was;

    if (!filing->request.previous || (is_new && !*now) || g_strcmp0(was ? was : "", now) == 0)
        return;
    field->is_changed = is_said(field->state) || field->state == FILING_MISSING;
    if (field->is_changed && !is_new)
        field->was = g_strdup(was);
}

/* A later report also says what changed of fields that it does not ask for itself. */
static void add_changed(Filing *filing, const ReportFormField *form)
{
    FilingField *field;

    if (filing->request.stage != REPORT_FOLLOWUP || !previous_field(filing, form->field->id))
        return;
    field = filing_field_make(filing, form);
    compare(filing, field);
    if (field->is_changed)
        g_ptr_array_add(filing->fields, field);
    else
        filing_field_free(field);
}

/* A field of the form that asks what changed. */
static void fill_changes(const Filing *filing, FilingField *field)
{
    for (guint i = 0; i < filing->fields->len; i++) {
        const FilingField *other = g_ptr_array_index(filing->fields, i);
        g_autofree char *now = filing_field_joined(other, "; ");

        if (other->is_changed && other != field && *now)
            g_ptr_array_add(field->lines, g_strconcat(other->label, filing_colon(filing->request.locale), now, NULL));
    }
    if (field->lines->len == 0)
        return;
    g_autofree char *text = filing_field_text(field);

    json_decref(field->value);
    field->value = json_string(text);
    field->state = FILING_GIVEN;
    g_clear_pointer(&field->note, g_free);
    g_clear_pointer(&field->write, g_free);
}

static void count(Filing *filing)
{
    for (guint i = 0; i < filing->fields->len; i++) {
        const FilingField *field = g_ptr_array_index(filing->fields, i);

        filing->missing += field->state == FILING_MISSING;
        filing->to_follow += field->state == FILING_TO_FOLLOW;
        filing->untranslated += field->is_untranslated;
        filing->changed += field->is_changed;
    }
}

/* Who reports a step although nobody has said whether it applies takes it that it does. */
static int64_t lateness_of(const RegimeClockResult *clock, int64_t now)
{
    bool is_open = clock->state == REGIME_OVERDUE || clock->state == REGIME_SCOPE_UNKNOWN;

    return is_open && clock->has_due && now > clock->last ? now - clock->last : 0;
}

/* A field that must say what this report leaves for a later one: nothing is put off without a word. */
static void fill_to_follow(const Filing *filing, FilingField *field)
{
    const char *locale = filing->request.locale;
    g_autoptr(GString) labels = g_string_new(NULL);

    for (guint i = 0; i < filing->fields->len; i++) {
        const FilingField *other = g_ptr_array_index(filing->fields, i);

        if (other->state == FILING_TO_FOLLOW && other != field)
            g_string_append_printf(labels, "%s%s", labels->len > 0 ? "; " : "", other->label);
    }
    if (labels->len == 0 || field->lines->len > 0)
        return;
    g_ptr_array_add(field->lines, filing_fill(FILING_NOT_AVAILABLE, locale, labels->str));
    json_decref(field->value);
    field->value = json_string(g_ptr_array_index(field->lines, 0));
    field->state = FILING_GIVEN;
    field->only_if = NULL;
    g_clear_pointer(&field->note, g_free);
    g_clear_pointer(&field->write, g_free);
    compare(filing, field);
}

Filing *filing_make(const FilingRequest *request)
{
    Filing *filing = g_new0(Filing, 1);
    const Obligation *obligation = request->obligation;
    FilingField *late;

    filing->request = *request;
    filing->fields = g_ptr_array_new_with_free_func(field_free);
    filing->late = lateness_of(obligation->clock, request->now);
    for (guint i = 0; i < request->form->fields->len; i++) {
        const ReportFormField *form = g_ptr_array_index(request->form->fields, i);

        if (report_form_asks(request->form, form, obligation->regime->regime, obligation->step, request->stage)) {
            FilingField *field = filing_field_make(filing, form);

            compare(filing, field);
            g_ptr_array_add(filing->fields, field);
        } else {
            add_changed(filing, form);
        }
    }
    late = filing_field_lateness(filing);
    if (late)
        g_ptr_array_add(filing->fields, late);
    for (guint i = 0; i < filing->fields->len; i++) {
        FilingField *field = g_ptr_array_index(filing->fields, i);

        if (filing_field_is_source(field, "filing.to_follow"))
            fill_to_follow(filing, field);
    }
    for (guint i = 0; i < filing->fields->len; i++) {
        FilingField *field = g_ptr_array_index(filing->fields, i);

        if (filing_field_is_source(field, "filing.changes"))
            fill_changes(filing, field);
    }
    count(filing);
    return filing;
}
