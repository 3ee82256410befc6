#include "report/clock_json.h"

#include <string.h>

#include "base/clock.h"

/* UTC is written as Z, as in every other document. */
json_t *clock_json_at(int64_t at)
{
    g_autofree char *text = at > 0 && at < INT64_MAX ? clock_format_utc(at) : NULL;

    return clock_json_text(text);
}

json_t *clock_json_moment(bool known, Moment moment)
{
    g_autofree char *text = known ? moment_format_rfc3339(moment) : NULL;
    char *utc = text && g_str_has_suffix(text, "+00:00") ? text + strlen(text) - strlen("+00:00") : NULL;

    if (utc)
        memcpy(utc, "Z", 2);
    return text ? json_string(text) : json_null();
}

json_t *clock_json_time(Moment moment)
{
    return clock_json_moment(moment.known, moment);
}

json_t *clock_json_text(const char *text)
{
    return text ? json_string(text) : json_null();
}

json_t *clock_json_incident(const Incident *incident)
{
    return json_pack("{s:o, s:o, s:o, s:o}", "occurred_at", clock_json_time(incident->occurred_at), "detected_at",
                     clock_json_time(incident->detected_at), "confirmed_at", clock_json_time(incident->confirmed_at),
                     "contained_at", clock_json_time(incident->contained_at));
}

static json_t *texts_json(const GPtrArray *texts)
{
    json_t *list = json_array();

    for (guint i = 0; texts && i < texts->len; i++)
        json_array_append_new(list, json_string(g_ptr_array_index(texts, i)));
    return list;
}

static json_t *day_json(bool known, CivilDay day)
{
    g_autofree char *text = known ? civil_day_format(day) : NULL;

    return text ? json_string(text) : json_null();
}

static json_t *readings_json(const GPtrArray *readings)
{
    json_t *list = json_array();

    for (guint i = 0; i < readings->len; i++) {
        const RegimeReadingResult *reading = g_ptr_array_index(readings, i);

        json_array_append_new(list, json_pack("{s:s, s:o, s:o, s:o, s:b}", "id",
                                              reading->reading ? reading->reading->id : "as-written", "due",
                                              clock_json_moment(reading->has_due, reading->due), "due_day",
                                              day_json(reading->has_due, reading->due_day), "missing_anchor",
                                              clock_json_text(reading->missing_anchor), "governs", reading->governs));
    }
    return list;
}

static void add_rule(json_t *document, const Regime *regime, const RegimeStep *step)
{
    g_autofree char *from = regime_from_text(&step->from);

    json_object_set_new(document, "regime", json_string(regime->id));
    json_object_set_new(document, "step", json_string(step->id));
    json_object_set_new(document, "name", json_string(regime_text(step->name, "en")));
    json_object_set_new(document, "to", json_string(step->to));
    json_object_set_new(document, "group", clock_json_text(step->group));
    json_object_set_new(document, "rule", clock_json_text(step->due_text));
    json_object_set_new(document, "from", json_string(from));
    json_object_set_new(document, "standard", clock_json_text(step->standard));
    json_object_set_new(document, "reference", clock_json_text(step->reference));
    json_object_set_new(document, "citation", json_string(regime_text(regime->citation, "en")));
    json_object_set_new(document, "confidence", json_string(regime_confidence_name(step->confidence)));
}

json_t *clock_json(const Regime *regime, const RegimeClockResult *clock)
{
    json_t *document =
        json_pack("{s:s, s:s, s:o, s:o, s:o, s:o}", "id", clock->id, "state", regime_state_name(clock->state), "due",
                  clock_json_moment(clock->has_due, clock->due), "due_day", day_json(clock->has_due, clock->due_day),
                  "why", texts_json(clock->why), "remarks", texts_json(clock->remarks));

    json_object_set_new(document, "is_group", json_boolean(clock->is_group));
    json_object_set_new(document, "start", clock_json_moment(clock->has_start, clock->start));
    json_object_set_new(document, "remaining_ms", clock->has_due ? json_integer(clock->remaining) : json_null());
    json_object_set_new(document, "elapsed_ms", clock->has_start ? json_integer(clock->elapsed) : json_null());
    json_object_set_new(document, "late_ms", json_integer(clock->late));
    json_object_set_new(document, "filed", clock_json_moment(clock->is_filed, clock->filed));
    json_object_set_new(document, "unverified", json_boolean(clock->is_unverified));
    json_object_set_new(document, "soft", json_boolean(clock->is_soft));
    json_object_set_new(document, "may_reach", json_boolean(clock->may_reach));
    json_object_set_new(document, "unknown", clock_json_text(clock->unknown));
    json_object_set_new(document, "missing_anchor", clock_json_text(clock->missing_anchor));
    json_object_set_new(document, "missing_filing", clock_json_text(clock->missing_filing));
    json_object_set_new(document, "missing_calendar", clock_json_text(clock->missing_calendar));
    json_object_set_new(document, "missing_year",
                        clock->missing_year ? json_integer(clock->missing_year) : json_null());
    json_object_set_new(document, "readings", readings_json(clock->readings));
    if (clock->step)
        add_rule(document, regime, clock->step);
    return document;
}
