#include "dispatch/outlook.h"

#include <string.h>

#include "model/obligation.h"

typedef struct Looking {
    const OutlookRequest *request;
    const Playbook *playbook;
    Outlook *outlook;
} Looking;

/* Gateways ------------------------------------------------------------------------------------------------------- */

static void add_gateways(const Looking *looking, GArray *parts)
{
    const GPtrArray *entries = looking->playbook->gateways;

    for (guint i = 0; i < entries->len; i++) {
        const ChannelGateway *entry = g_ptr_array_index(entries, i);
        const Gateway *gateway = material_gateway(looking->request->material, entry->channel);
        const ForecastPart part = {.messages = looking->request->messages[i],
                                   .rate = gateway ? gateway->rate : 0,
                                   .gateway = gateway,
                                   .used = looking->request->used ? looking->request->used[i] : 0};
        const OutlookGateway row = {.gateway = gateway, .channel = entry->channel, .messages = part.messages};

        g_array_append_val(parts, part);
        g_array_append_val(looking->outlook->gateways, row);
        looking->outlook->messages += part.messages;
    }
}

/* The slowest of the gateway itself and of its domains. */
static Forecast slowest_of(const ForecastRequest *all, guint index)
{
    Forecast slowest = forecast_part(all, &all->parts[index]);

    for (size_t i = 0; i < all->count; i++) {
        Forecast part;

        if (!all->parts[i].is_share || all->parts[i].gateway != all->parts[index].gateway)
            continue;
        part = forecast_part(all, &all->parts[i]);
        if (part.done_at > slowest.done_at)
            slowest = part;
    }
    return slowest;
}

static void forecast_gateways(const Looking *looking)
{
    const OutlookRequest *request = looking->request;
    g_autoptr(GArray) parts = g_array_new(FALSE, FALSE, sizeof(ForecastPart));
    ForecastRequest all = {.measured = request->measured, .now = request->now, .quiet = request->quiet};

    add_gateways(looking, parts);
    if (request->share_count > 0)
        g_array_append_vals(parts, request->shares, (guint)request->share_count);
    all.parts = (const ForecastPart *)(const void *)parts->data;
    all.count = parts->len;
    all.messages = looking->outlook->messages;
    for (guint i = 0; i < looking->outlook->gateways->len; i++)
        g_array_index(looking->outlook->gateways, OutlookGateway, i).forecast = slowest_of(&all, i);
    looking->outlook->whole = forecast_make(&all);
}

/* Deadlines ------------------------------------------------------------------------------------------------------ */

static void take_audience(const Looking *looking, const Audience *audience, OutlookDeadline *deadline)
{
    for (guint i = 0; i < looking->outlook->gateways->len; i++) {
        const OutlookGateway *row = &g_array_index(looking->outlook->gateways, OutlookGateway, i);

        if (row->messages == 0 || !g_ptr_array_find_with_equal_func(audience->ladder, row->channel, g_str_equal, NULL))
            continue;
        deadline->is_known = deadline->is_known && row->forecast.is_known;
        if (deadline->slowest && row->forecast.done_at <= deadline->done_at)
            continue;
        deadline->done_at = row->forecast.done_at;
        deadline->slowest = row->gateway;
    }
}

static OutlookDeadline *deadline_new(const Looking *looking, char *id, Moment due, int64_t last)
{
    OutlookDeadline *deadline = g_new0(OutlookDeadline, 1);

    *deadline = (OutlookDeadline){
        .id = id, .due = due, .last = last, .done_at = looking->request->now, .is_known = true, .is_certain = true};
    g_ptr_array_add(looking->outlook->deadlines, deadline);
    return deadline;
}

/* Of a deadline that is over sending sooner or later decides nothing. */
static bool is_ahead(const Looking *looking, int64_t last)
{
    return last >= looking->request->now;
}

static void add_audiences(const Looking *looking)
{
    for (guint i = 0; i < looking->playbook->audiences->len; i++) {
        const Audience *audience = g_ptr_array_index(looking->playbook->audiences, i);
        OutlookDeadline *deadline;

        if (!audience->deadline.known || !is_ahead(looking, audience->deadline.at))
            continue;
        deadline = deadline_new(looking, g_strdup_printf("audience %s", audience->id), audience->deadline,
                                audience->deadline.at);
        deadline->at = audience->at;
        take_audience(looking, audience, deadline);
    }
}

static bool is_protected(const Looking *looking, guint index, const LawRegime *entry)
{
    const Audience *audience = g_ptr_array_index(looking->playbook->audiences, index);
    const GPtrArray *regimes = looking->playbook->law->regimes;
    guint position;

    if (audience->regimes)
        return g_ptr_array_find_with_equal_func(audience->regimes, entry->id, g_str_equal, NULL);
    if (audience->capacity == CAPACITY_ORGANIZATION || !g_ptr_array_find((GPtrArray *)regimes, entry, &position))
        return false;
    return !looking->request->people || coverage_people_protects(looking->request->people, index, position);
}

static void add_obligation(const Looking *looking, const Obligation *obligation)
{
    const RegimeClockResult *clock = obligation->clock;
    OutlookDeadline *deadline;

    if (obligation->kind != OBLIGATION_STEP || g_strcmp0(obligation->step->to, "individuals") != 0 || !clock->has_due ||
        (clock->state != REGIME_DUE && clock->state != REGIME_SCOPE_UNKNOWN) || !is_ahead(looking, clock->last))
        return;
    deadline = deadline_new(looking, g_strdup(obligation->id), clock->due, clock->last);
    deadline->at = obligation->regime->entry->at;
    deadline->is_certain = clock->state == REGIME_DUE && !clock->is_soft;
    for (guint i = 0; i < looking->playbook->audiences->len; i++)
        if (is_protected(looking, i, obligation->regime->entry))
            take_audience(looking, g_ptr_array_index(looking->playbook->audiences, i), deadline);
}

static int by_time(gconstpointer left, gconstpointer right)
{
    const OutlookDeadline *a = *(const OutlookDeadline *const *)left, *b = *(const OutlookDeadline *const *)right;

    return a->last != b->last ? (a->last > b->last) - (a->last < b->last) : strcmp(a->id, b->id);
}

static void free_deadline(gpointer data)
{
    g_free(((OutlookDeadline *)data)->id);
    g_free(data);
}

Outlook *outlook_make(const OutlookRequest *request)
{
    Outlook *outlook = g_new0(Outlook, 1);
    const Looking looking = {request, material_playbook(request->material), outlook};

    outlook->measured = request->measured;
    outlook->now = request->now;
    outlook->gateways = g_array_new(FALSE, FALSE, sizeof(OutlookGateway));
    outlook->deadlines = g_ptr_array_new_with_free_func(free_deadline);
    forecast_gateways(&looking);
    add_audiences(&looking);
    for (guint i = 0; request->obligations && i < request->obligations->len; i++)
        add_obligation(&looking, g_ptr_array_index(request->obligations, i));
    for (guint i = 0; i < outlook->deadlines->len; i++) {
        OutlookDeadline *deadline = g_ptr_array_index(outlook->deadlines, i);

        deadline->is_late = deadline->slowest && deadline->done_at > deadline->last;
    }
    g_ptr_array_sort(outlook->deadlines, by_time);
    return outlook;
}

void outlook_hold(Outlook *outlook, int64_t until, const char *by)
{
    if (until <= outlook->now || until <= outlook->held_until)
        return;
    outlook->held_until = until;
    g_free(outlook->held_by);
    outlook->held_by = g_strdup(by);
    outlook->whole.done_at = MAX(outlook->whole.done_at, until);
    for (guint i = 0; i < outlook->deadlines->len; i++) {
        OutlookDeadline *deadline = g_ptr_array_index(outlook->deadlines, i);

        deadline->done_at = MAX(deadline->done_at, until);
        deadline->is_late = deadline->is_late || (deadline->slowest && deadline->done_at > deadline->last);
    }
}

void outlook_free(Outlook *outlook)
{
    if (!outlook)
        return;
    g_array_unref(outlook->gateways);
    g_ptr_array_unref(outlook->deadlines);
    g_free(outlook->held_by);
    g_free(outlook);
}
