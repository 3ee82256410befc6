#include "base/clock.h"
#include "report/filing_field.h"

#include <string.h>

static json_t *string_or_null(const char *text)
{
    return text && *text ? json_string(text) : json_null();
}

static json_t *field_json(const FilingField *field)
{
    const RegimeField *asked = field->form ? field->form->field : NULL;
    g_autofree char *text = filing_field_text(field);

    return json_pack("{s:s, s:o, s:o, s:s, s:s, s:s, s:b, s:s, s:o, s:o, s:b, s:o}", "id", field->id, "section",
                     string_or_null(field->form ? field->form->section : NULL), "item",
                     asked && asked->item > 0 ? json_integer(asked->item) : json_null(), "label", field->label, "need",
                     asked ? regime_need_name(asked->need) : regime_need_name(REGIME_NEED_MUST), "state",
                     filing_state_name(field->state), "confidential", asked ? asked->is_confidential : false, "text",
                     text, "note", string_or_null(field->note), "write", string_or_null(field->write), "changed",
                     field->is_changed, "was", string_or_null(field->was));
}

/* The ids of the fields in `state`. */
static json_t *ids_of_state(const Filing *filing, FilingState state)
{
    json_t *ids = json_array();

    for (guint i = 0; i < filing->fields->len; i++) {
        const FilingField *field = g_ptr_array_index(filing->fields, i);

        if (field->state == state)
            json_array_append_new(ids, json_string(field->id));
    }
    return ids;
}

static json_t *untranslated_ids(const Filing *filing)
{
    json_t *ids = json_array();

    for (guint i = 0; i < filing->fields->len; i++) {
        const FilingField *field = g_ptr_array_index(filing->fields, i);

        if (field->is_untranslated)
            json_array_append_new(ids, json_string(field->id));
    }
    return ids;
}

static json_t *values_of(const Filing *filing)
{
    json_t *values = json_object();

    for (guint i = 0; i < filing->fields->len; i++) {
        const FilingField *field = g_ptr_array_index(filing->fields, i);

        json_object_set_new(values, field->id, field->value ? json_incref(field->value) : json_null());
    }
    return values;
}

static json_t *moment_or_null(Moment moment)
{
    g_autofree char *text = moment_format_rfc3339(moment);

    return string_or_null(text);
}

static json_t *form_json(const Filing *filing)
{
    const ReportForm *form = filing->request.form;

    return json_pack("{s:s, s:o, s:b, s:b}", "id", form->id, "version", string_or_null(form->version), "draft",
                     form->is_draft, "unverified", form->is_unverified);
}

json_t *filing_json(const Filing *filing)
{
    const FilingRequest *request = &filing->request;
    const Regime *regime = request->obligation->regime->regime;
    const RegimeClockResult *clock = request->obligation->clock;
    json_t *fields = json_array();

    for (guint i = 0; i < filing->fields->len; i++)
        json_array_append_new(fields, field_json(g_ptr_array_index(filing->fields, i)));
    return json_pack(
        "{s:s, s:o, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:I, s:o, s:o, s:o, s:o, s:o, s:o}",
        "schema", "breach.filing/1", "form", form_json(filing), "incident", request->playbook->incident.id, "status",
        playbook_status_name(request->status), "regime", regime->id, "step", request->obligation->step->id, "authority",
        filing_addressee(request), "channel", filing_channel(request), "language", request->locale, "stage",
        report_stage_name(request->stage), "state", regime_state_name(clock->state), "prepared_at",
        moment_or_null(filing_moment(request, request->now)), "due",
        clock->has_due ? moment_or_null(clock->due) : json_null(), "late_minutes",
        (json_int_t)(filing->late / CLOCK_MINUTE), "previous", string_or_null(request->previous_at), "missing",
        ids_of_state(filing, FILING_MISSING), "to_follow", ids_of_state(filing, FILING_TO_FOLLOW), "untranslated",
        untranslated_ids(filing), "fields", fields, "values", values_of(filing));
}
