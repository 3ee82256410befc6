#include "dispatch/statutes.h"

#include <string.h>

#include "dispatch/statute_values.h"
#include "load/load_calendar.h"
#include "load/load_policy.h"
#include "load/load_regime.h"
#include "load/load_severity.h"
#include "model/response.h"

typedef struct Loading { /* where everything is looked for */
    Statutes *statutes;
    const Playbook *playbook;
    const char *data;
    Findings *findings;
} Loading;

static void regime_free_entry(gpointer data)
{
    regime_free(data);
}

static void policy_free_entry(gpointer data)
{
    policy_free(data); /* NULL is allowed */
}

static void calendar_free_entry(gpointer data)
{
    calendar_free(data);
}

static void scale_free_entry(gpointer data)
{
    severity_scale_free(data);
}

/* Each once, so that one that is missing is reported once; those that are stay in the table without a value. */
static void load_calendar_once(const Loading *loading, const char *id, Position at)
{
    GHashTable *calendars = loading->statutes->calendars;

    if (id && !g_hash_table_contains(calendars, id))
        g_hash_table_insert(calendars, g_strdup(id),
                            load_calendar(id, at, loading->playbook->folder, loading->data, loading->findings));
}

static const SeverityScale *load_scale_once(const Loading *loading, const char *id, Position at)
{
    GHashTable *scales = loading->statutes->scales;

    if (!id)
        return NULL;
    if (!g_hash_table_contains(scales, id))
        g_hash_table_insert(scales, g_strdup(id),
                            load_severity(id, at, loading->playbook->folder, loading->data, loading->findings));
    return g_hash_table_lookup(scales, id);
}

/* NULL when its file has a mistake: without the key that holds it, a step would count in another way, or not at all,
 * and nobody would see that. */
static Regime *load_whole(const Loading *loading, const LawRegime *entry)
{
    size_t before = findings_errors(loading->findings, FINDING_SEND);
    Regime *regime = load_regime(entry->id, entry->at, loading->playbook->folder, loading->data, loading->findings);

    if (findings_errors(loading->findings, FINDING_SEND) == before)
        return regime;
    regime_free(regime);
    return NULL;
}

static void add_regime(const Loading *loading, const LawRegime *entry)
{
    Regime *regime = load_whole(loading, entry);
    ObligationRegime row = {.regime = regime, .entry = entry};

    load_calendar_once(loading, entry->calendar, entry->at);
    if (regime) {
        row.zone = entry->zone ? entry->zone : regime->zone;
        g_ptr_array_add(loading->statutes->owned, regime);
        if (!entry->calendar)
            load_calendar_once(loading, regime->calendar, regime->at);
        for (guint i = 0; !entry->calendar && i < regime->steps->len; i++) {
            const RegimeStep *step = g_ptr_array_index(regime->steps, i);

            load_calendar_once(loading, step->calendar, step->at);
        }
        row.scale = load_scale_once(loading, regime->severity_scale, regime->at);
    }
    g_array_append_val(loading->statutes->regimes, row);
}

static void add_policy(const Loading *loading, const PolicyEntry *entry)
{
    Policy *policy = load_policy(entry->id, entry->at, loading->playbook->folder, loading->data, loading->findings);

    g_ptr_array_add(loading->statutes->policies, policy);
    for (guint i = 0; policy && i < policy->promises->len; i++) {
        const PolicyPromise *promise = g_ptr_array_index(policy->promises, i);

        load_calendar_once(loading, promise->rule.calendar, promise->at);
    }
}

const InquiryRule *statutes_inquiries(const Statutes *statutes, const Playbook *playbook)
{
    if (playbook->response && playbook->response->inquiries.days > 0)
        return &playbook->response->inquiries;
    return policy_inquiries(statutes->policies, NULL);
}

Statutes *statutes_load(const Playbook *playbook, const char *data, Findings *findings)
{
    Statutes *statutes = g_new0(Statutes, 1);
    Loading loading = {.statutes = statutes, .playbook = playbook, .data = data, .findings = findings};

    statutes->regimes = g_array_new(FALSE, FALSE, sizeof(ObligationRegime));
    statutes->calendars = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, calendar_free_entry);
    statutes->scales = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, scale_free_entry);
    statutes->owned = g_ptr_array_new_with_free_func(regime_free_entry);
    statutes->policies = g_ptr_array_new_with_free_func(policy_free_entry);
    for (guint i = 0; i < playbook->law->regimes->len; i++)
        add_regime(&loading, g_ptr_array_index(playbook->law->regimes, i));
    statute_values_check(playbook, statutes, findings);
    for (guint i = 0; i < playbook->policies->len; i++)
        add_policy(&loading, g_ptr_array_index(playbook->policies, i));
    if (playbook->response)
        load_calendar_once(&loading, playbook->response->inquiries.calendar, playbook->response->inquiries.at);
    return statutes;
}

void statutes_free(Statutes *statutes)
{
    if (!statutes)
        return;
    g_array_unref(statutes->regimes);
    g_ptr_array_unref(statutes->owned);
    g_ptr_array_unref(statutes->policies);
    g_hash_table_unref(statutes->calendars);
    g_hash_table_unref(statutes->scales);
    g_free(statutes);
}

const Regime *statutes_regime(const Statutes *statutes, const char *id)
{
    for (guint i = 0; i < statutes->regimes->len; i++) {
        const ObligationRegime *row = &g_array_index(statutes->regimes, ObligationRegime, i);

        if (strcmp(row->entry->id, id) == 0)
            return row->regime;
    }
    return NULL;
}

const Calendar *statutes_calendar(const char *id, void *user)
{
    const Statutes *statutes = user;

    return g_hash_table_lookup(statutes->calendars, id);
}
