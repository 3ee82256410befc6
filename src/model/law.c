#include "model/law.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "model/playbook.h"

static void anchor_free(gpointer data)
{
    LawAnchor *anchor = data;

    g_free(anchor->name);
    g_free(anchor->by);
    g_free(anchor->reason);
    g_free(anchor);
}

static void variable_free(gpointer data)
{
    LawVariable *variable = data;

    g_free(variable->name);
    g_free(variable->lower);
    g_free(variable->likely);
    g_free(variable->upper);
    g_free(variable);
}

static void regime_free_entry(gpointer data)
{
    law_regime_free(data);
}

Law *law_new(void)
{
    Law *law = g_new0(Law, 1);

    law->regimes = g_ptr_array_new_with_free_func(regime_free_entry);
    law->anchors = g_ptr_array_new_with_free_func(anchor_free);
    law->variables = g_ptr_array_new_with_free_func(variable_free);
    return law;
}

void law_free(Law *law)
{
    if (!law)
        return;
    g_ptr_array_unref(law->regimes);
    g_ptr_array_unref(law->anchors);
    g_ptr_array_unref(law->variables);
    g_free(law);
}

LawRegime *law_regime_new(void)
{
    LawRegime *regime = g_new0(LawRegime, 1);

    regime->anchors = g_ptr_array_new_with_free_func(anchor_free);
    regime->variables = g_ptr_array_new_with_free_func(variable_free);
    return regime;
}

void law_regime_free(LawRegime *regime)
{
    if (!regime)
        return;
    g_free(regime->id);
    condition_free(regime->people);
    g_free(regime->people_text);
    g_free(regime->zone_name);
    g_clear_pointer(&regime->zone, g_time_zone_unref);
    g_free(regime->calendar);
    g_free(regime->role);
    g_ptr_array_unref(regime->anchors);
    g_ptr_array_unref(regime->variables);
    g_free(regime);
}

const LawRegime *law_regime(const Law *law, const char *id)
{
    for (guint i = 0; i < law->regimes->len; i++) {
        const LawRegime *regime = g_ptr_array_index(law->regimes, i);

        if (g_strcmp0(regime->id, id) == 0)
            return regime;
    }
    return NULL;
}

static const LawAnchor *find_anchor(const GPtrArray *anchors, const char *name)
{
    for (guint i = 0; i < anchors->len; i++) {
        const LawAnchor *anchor = g_ptr_array_index(anchors, i);

        if (strcmp(anchor->name, name) == 0)
            return anchor;
    }
    return NULL;
}

/* The strict reading: whoever has detected something, is aware of it (EDPB Guidelines 9/2022, 31). */
static const Moment *incident_anchor(const Incident *incident, const char *name)
{
    if (strcmp(name, "occurrence") == 0)
        return &incident->occurred_at;
    if (strcmp(name, "awareness") == 0 || strcmp(name, "discovery") == 0)
        return &incident->detected_at;
    return NULL;
}

bool law_anchor(const Playbook *playbook, const LawRegime *regime, const char *name, RegimeTime *time,
                const LawAnchor **entry)
{
    const LawAnchor *anchor = regime ? find_anchor(regime->anchors, name) : NULL;
    const Moment *moment;

    if (!anchor)
        anchor = find_anchor(playbook->law->anchors, name);
    if (entry)
        *entry = anchor;
    if (anchor) {
        *time = anchor->time;
        return true;
    }
    moment = incident_anchor(&playbook->incident, name);
    if (!moment || !moment->known)
        return false;
    *time = (RegimeTime){.moment = *moment};
    return true;
}

char *law_time_text(const RegimeTime *time)
{
    return time->is_day ? civil_day_format(time->day) : moment_format_rfc3339(time->moment);
}

bool law_time_parse(const char *text, RegimeTime *time, GError **error)
{
    CivilDay day = CIVIL_DAY_NONE;

    *time = (RegimeTime){.is_day = civil_day_parse(text, &day)};
    time->day = day;
    return time->is_day || moment_parse(text, &time->moment, error);
}

int64_t law_time_at(const RegimeTime *time)
{
    return time->is_day ? time->day * CLOCK_DAY : time->moment.at;
}
