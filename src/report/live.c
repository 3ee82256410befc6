#include "report/live.h"

#include <string.h>

#include "base/clock.h"
#include "base/id.h"
#include "ledger/ledger_log.h"
#include "model/reply.h"
#include "report/clock_json.h"
#include "report/clocks.h"

#define WAYS_MAX      16 /* channels; model/channel knows seven */
#define SHORT_WINDOW  (10 * CLOCK_SECOND)
#define LONG_WINDOW   (60 * CLOCK_SECOND)
#define SPACING       200               /* ms between two readings that are kept */
#define SPAN_LEAST    900               /* ms: a rate over less says nothing */
#define SET_BACK      CLOCK_MINUTE      /* a clock that jumps further back begins anew */
#define ETA_MOST      (100 * CLOCK_DAY) /* beyond it a forecast is none */
#define STOPPED_LEAST 3                 /* messages that the short window would have had at the rate of the long one */
#define STALE         (15 * CLOCK_MINUTE) /* a trouble that has not come again for so long is over */

/* How many messages of each way had come to an end at a time. */
typedef struct Reading {
    int64_t at;
    int64_t done[WAYS_MAX];
} Reading;

struct LiveHistory {
    GPtrArray *ways;     /* owned; of char *: channels, each at its place in Reading.done */
    GArray *readings;    /* owned; of Reading, oldest first */
    GPtrArray *troubles; /* owned; of LedgerTrouble * */
    LedgerLogPlace place;
    char *digest;                   /* owned; of the plan that was read last */
    uint8_t secret[ID_SECRET_SIZE]; /* of the ledger that was read last: each has its own */
};

LiveHistory *live_history_new(void)
{
    LiveHistory *history = g_new0(LiveHistory, 1);

    history->ways = g_ptr_array_new_with_free_func(g_free);
    history->readings = g_array_new(FALSE, TRUE, sizeof(Reading));
    history->troubles = g_ptr_array_new_with_free_func((GDestroyNotify)ledger_trouble_free);
    return history;
}

void live_history_free(LiveHistory *history)
{
    if (!history)
        return;
    g_ptr_array_unref(history->ways);
    g_array_unref(history->readings);
    g_ptr_array_unref(history->troubles);
    g_free(history->digest);
    g_free(history);
}

/* Reading --------------------------------------------------------------------------------------------------------- */

static const Reading *reading_at(const LiveHistory *history, guint i)
{
    return &g_array_index(history->readings, Reading, i);
}

static int64_t last_at(const LiveHistory *history)
{
    return history->readings->len > 0 ? reading_at(history, history->readings->len - 1)->at : 0;
}

/* The place of a channel; WAYS_MAX: it has none. */
static int way_of(const LiveHistory *history, const char *channel)
{
    for (guint i = 0; i < history->ways->len; i++)
        if (strcmp(g_ptr_array_index(history->ways, i), channel) == 0)
            return (int)i;
    return WAYS_MAX;
}

static int find_way(LiveHistory *history, const char *channel)
{
    int way = way_of(history, channel);

    if (way < WAYS_MAX || history->ways->len >= WAYS_MAX)
        return way;
    g_ptr_array_add(history->ways, g_strdup(channel));
    return (int)history->ways->len - 1;
}

static int64_t count_done(const int64_t *states)
{
    return states[MESSAGE_ACCEPTED] + states[MESSAGE_DELIVERED] + states[MESSAGE_BOUNCED] + states[MESSAGE_FAILED] +
           states[MESSAGE_QUARANTINED];
}

static int64_t count_left(const int64_t *states)
{
    return states[MESSAGE_PLANNED] + states[MESSAGE_ATTEMPTING] + states[MESSAGE_DEFERRED] + states[MESSAGE_IN_DOUBT];
}

/* All that are older than the long window but one, from which that window begins. */
static void forget_readings(LiveHistory *history, int64_t now)
{
    guint old = 0;

    while (old + 1 < history->readings->len && reading_at(history, old + 1)->at <= now - LONG_WINDOW)
        old++;
    if (old > 0)
        g_array_remove_range(history->readings, 0, old);
}

/* Another plan counts other messages: what came to an end is not comparable any more. */
static void begin_anew(LiveHistory *history, const Status *status)
{
    g_array_set_size(history->readings, 0);
    g_free(history->digest);
    history->digest = g_strdup(status->header->digest);
}

static void keep_reading(LiveHistory *history, const Status *status)
{
    Reading reading = {.at = status->now};
    int64_t last;

    if (g_strcmp0(history->digest, status->header->digest) != 0 || status->now < last_at(history) - SET_BACK)
        begin_anew(history, status);
    last = last_at(history);
    if (status->now < last + SPACING)
        return;
    for (guint i = 0; i < status->channels->len; i++) {
        const LedgerTally *tally = g_ptr_array_index(status->channels, i);
        int way = find_way(history, tally->name);

        if (way < WAYS_MAX)
            reading.done[way] = count_done(tally->counts);
    }
    g_array_append_val(history->readings, reading);
    forget_readings(history, status->now);
}

static bool is_alike(const LedgerTrouble *a, const LedgerTrouble *b)
{
    return a->event == b->event && a->code == b->code && strcmp(a->enhanced, b->enhanced) == 0 &&
           strcmp(a->gateway, b->gateway) == 0 && strcmp(a->channel, b->channel) == 0;
}

static void add_trouble(GPtrArray *troubles, LedgerTrouble *more)
{
    for (guint i = 0; i < troubles->len; i++) {
        LedgerTrouble *known = g_ptr_array_index(troubles, i);

        if (!is_alike(known, more))
            continue;
        known->count += more->count;
        known->last = MAX(known->last, more->last);
        ledger_trouble_free(more);
        return;
    }
    g_ptr_array_add(troubles, more);
}

static int by_last(gconstpointer left, gconstpointer right)
{
    const LedgerTrouble *a = *(const LedgerTrouble *const *)left, *b = *(const LedgerTrouble *const *)right;

    if (a->last != b->last)
        return a->last > b->last ? -1 : 1;
    return a->count != b->count ? (a->count > b->count ? -1 : 1) : strcmp(a->enhanced, b->enhanced);
}

static bool read_troubles(LiveHistory *history, Ledger *ledger, GError **error)
{
    g_autoptr(GPtrArray) more = ledger_log_troubles(ledger, &history->place, error);

    if (!more)
        return false;
    g_ptr_array_set_free_func(more, NULL);
    for (guint i = 0; i < more->len; i++)
        add_trouble(history->troubles, g_ptr_array_index(more, i));
    g_ptr_array_sort(history->troubles, by_last);
    return true;
}

/* Another ledger lies there now: what the one before it said is about other messages. */
static void forget_ledger(LiveHistory *history, const Status *status)
{
    begin_anew(history, status);
    g_ptr_array_set_size(history->troubles, 0);
    history->place = (LedgerLogPlace){0};
    memcpy(history->secret, status->header->secret, sizeof history->secret);
}

static bool feed(LiveHistory *history, Ledger *ledger, const Status *status, GError **error)
{
    if (memcmp(history->secret, status->header->secret, sizeof history->secret) != 0)
        forget_ledger(history, status);
    if (!read_troubles(history, ledger, error))
        return false;
    keep_reading(history, status);
    return true;
}

/* Rates ----------------------------------------------------------------------------------------------------------- */

/* Messages in a second over about so long; negative: nobody knows yet. `way` -1: all of them. */
static double rate_over(const LiveHistory *history, int way, int64_t window)
{
    guint count = history->readings->len;
    const Reading *last = count > 0 ? reading_at(history, count - 1) : NULL;
    const Reading *first = NULL;
    int64_t done = 0;

    for (guint i = count; last && i > 1 && (!first || last->at - first->at < window); i--)
        first = reading_at(history, i - 2);
    if (!first || last->at - first->at < SPAN_LEAST)
        return -1;
    for (int i = 0; i < WAYS_MAX; i++)
        done += way < 0 || way == i ? last->done[i] - first->done[i] : 0;
    return (double)MAX(done, 0) * (double)CLOCK_SECOND / (double)(last->at - first->at);
}

/* To two places: more would be noise in every reading. */
static json_t *rate_json(double rate)
{
    return rate < 0 ? json_null() : json_real((double)(int64_t)(rate * 100 + 0.5) / 100);
}

/* How long what is left takes, ms; -1: nobody knows, or nothing is left. What moved in the last minute and has stopped
 * since says nothing about the end: somebody holds it, or the gateway rests. */
static int64_t time_left(const LiveHistory *history, int way, int64_t left)
{
    double rate = rate_over(history, way, LONG_WINDOW);
    double span = rate > 0 ? (double)left / rate * (double)CLOCK_SECOND : -1;
    bool has_stopped =
        rate * SHORT_WINDOW >= STOPPED_LEAST * CLOCK_SECOND && rate_over(history, way, SHORT_WINDOW) <= 0;

    return left <= 0 || span < 0 || span > (double)ETA_MOST || has_stopped ? -1 : (int64_t)span;
}

static json_t *pace_json(const LiveHistory *history, int way, int64_t done, int64_t left, int64_t eta, int64_t now)
{
    int64_t total = done + left;

    return json_pack(
        "{s:o, s:o, s:I, s:I, s:I, s:o, s:o}", "rate_10s", rate_json(rate_over(history, way, SHORT_WINDOW)), "rate_60s",
        rate_json(rate_over(history, way, LONG_WINDOW)), "done", (json_int_t)done, "left", (json_int_t)left, "total",
        (json_int_t)total, "eta", eta < 0 ? json_null() : clock_json_at(now + eta), "eta_ms",
        eta < 0 ? json_null() : json_integer(eta));
}

/* Ways ------------------------------------------------------------------------------------------------------------ */

/* What was planned of the gateway of a channel: {"name", "kind", …}, or NULL. Borrowed. */
static const json_t *gateway_of(const json_t *gateways, const char *channel)
{
    size_t index;
    json_t *entry;

    json_array_foreach(gateways, index, entry)
    {
        if (g_strcmp0(json_string_value(json_object_get(entry, "channel")), channel) == 0)
            return entry;
    }
    return NULL;
}

static const Hold *hold_on(const Brakes *brakes, const char *gateway, const char *channel, int64_t now)
{
    const Hold *hold = hold_find(brakes->holds, HOLD_EVERYTHING, "", now);

    if (!hold && gateway)
        hold = hold_find(brakes->holds, HOLD_GATEWAY, gateway, now);
    return hold ? hold : hold_find(brakes->holds, HOLD_CHANNEL, channel, now);
}

static json_t *paused_json(const char *kind, const Pause *pause)
{
    return json_pack("{s:s, s:n, s:o, s:o, s:s}", "kind", kind, "by", "since", clock_json_at(pause->at), "until",
                     clock_json_at(pause->until), "why", pause->reason);
}

/* What keeps all of a way back, the strongest first; null: nothing does. *stops: nothing at all goes this way. */
static json_t *brake_json(const Status *status, const char *gateway, const char *channel, bool *stops)
{
    const Brakes *brakes = status->brakes;
    const Hold *hold = hold_on(brakes, gateway, channel, status->now);
    int64_t quiet = brakes->quiet ? quiet_hours_until(brakes->quiet, channel, status->now) : 0;
    const Pause *rests = gateway ? pause_find(brakes->pauses, PAUSE_GATEWAY, gateway) : NULL;
    const Pause *slowed = gateway ? pause_find(brakes->pauses, PAUSE_RATE, gateway) : NULL;

    *stops = hold || quiet != 0;
    if (hold)
        return json_pack("{s:s, s:s, s:o, s:o, s:s}", "kind", "held", "by", hold->by, "since", clock_json_at(hold->at),
                         "until", clock_json_at(hold->until), "why", hold->reason);
    if (quiet != 0)
        return json_pack("{s:s, s:n, s:n, s:o, s:s}", "kind", "quiet", "by", "since", "until", clock_json_at(quiet),
                         "why", "quiet hours");
    if (rests)
        return paused_json("rests", rests);
    return slowed ? paused_json("slowed", slowed) : json_null();
}

/* *eta becomes the latest end of all ways, -1 once one of them has none. */
static json_t *way_json(const Status *status, const LiveHistory *history, const json_t *gateways,
                        const LedgerTally *tally, int64_t *eta)
{
    const json_t *gateway = gateway_of(gateways, tally->name);
    const char *name = json_string_value(json_object_get(gateway, "name"));
    int64_t left = count_left(tally->counts);
    int way = way_of(history, tally->name);
    bool stops;
    json_t *brake = brake_json(status, name, tally->name, &stops);
    int64_t mine = stops || !status->is_running ? -1 : time_left(history, way, left);
    json_t *object = pace_json(history, way, count_done(tally->counts), left, mine, status->now);

    if (left > 0)
        *eta = mine < 0 || *eta < 0 ? -1 : MAX(*eta, mine);
    json_object_set_new(object, "channel", json_string(tally->name));
    json_object_set_new(object, "gateway", name ? json_string(name) : json_null());
    json_object_set_new(object, "brake", brake);
    return object;
}

static void add_ways(json_t *document, const Status *status, const LiveHistory *history)
{
    json_auto_t *gateways = json_loads(status->header->gateways, 0, NULL);
    const int64_t *messages = status->counts.messages;
    json_t *ways = json_array();
    int64_t eta = 0;

    for (guint i = 0; i < status->channels->len; i++)
        json_array_append_new(ways, way_json(status, history, gateways, g_ptr_array_index(status->channels, i), &eta));
    if (count_left(messages) == 0)
        eta = -1;
    json_object_set_new(document, "ways", ways);
    json_object_set_new(document, "pace",
                        pace_json(history, -1, count_done(messages), count_left(messages), eta, status->now));
}

/* Errors ---------------------------------------------------------------------------------------------------------- */

/* Plain words; codes of other providers than mail relays mean what their gateway file made of them, which the event is.
 */
static const char *trouble_words(const LedgerTrouble *trouble)
{
    static const char *const words[MESSAGE_EVENTS] = {
        [EVENT_DEFERRED] = "refused for now",
        [EVENT_FAILED] = "refused for good",
        [EVENT_DOUBTED] = "no answer from the gateway that could be used",
        [EVENT_BOUNCED] = "it came back",
        [EVENT_QUARANTINED] = "it could not be rendered: breach resolve says why",
    };
    g_autofree char *line = g_strdup_printf("%d %s", trouble->code, trouble->enhanced);
    ReplyStatus status = {0};
    const char *rest;

    if (trouble->event == EVENT_DOUBTED || trouble->event == EVENT_QUARANTINED ||
        (trouble->code > 0 && !*trouble->enhanced && strcmp(trouble->channel, "email") != 0) ||
        !reply_parse(line, &status, &rest))
        return words[trouble->event];
    return reply_meaning(status);
}

static json_t *trouble_json(const LedgerTrouble *trouble)
{
    return json_pack("{s:s, s:s, s:i, s:s, s:s, s:s, s:I, s:o}", "event", message_event_name(trouble->event), "words",
                     trouble_words(trouble), "code", trouble->code, "enhanced", trouble->enhanced, "gateway",
                     trouble->gateway, "channel", trouble->channel, "count", (json_int_t)trouble->count, "last",
                     clock_json_at(trouble->last));
}

static void add_errors(json_t *document, const Status *status, const LiveHistory *history)
{
    json_t *errors = json_array();

    for (guint i = 0; i < history->troubles->len && json_array_size(errors) < LIVE_ERRORS; i++) {
        const LedgerTrouble *trouble = g_ptr_array_index(history->troubles, i);

        if (trouble->last > status->now - STALE)
            json_array_append_new(errors, trouble_json(trouble));
    }
    json_object_set_new(document, "errors", errors);
    json_object_set_new(document, "errors_since", clock_json_at(history->place.since));
}

/* The document ---------------------------------------------------------------------------------------------------- */

static void add_clocks(json_t *document, const Status *status, const Lawbook *lawbook)
{
    const GPtrArray *obligations = lawbook ? lawbook->obligations : NULL;
    g_autofree char *verdict = lawbook ? lawbook_verdict(lawbook, status->verdict) : NULL;

    json_object_set_new(document, "clocks", obligations ? clocks_json(obligations) : json_array());
    json_object_set_new(
        document, "clocks_running",
        json_integer(obligations ? clocks_count(obligations, REGIME_DUE) + clocks_count(obligations, REGIME_OVERDUE)
                                 : 0));
    json_object_set_new(document, "clocks_overdue", json_integer(obligations ? clocks_overdue(obligations) : 0));
    json_object_set_new(document, "regimes_unread", lawbook ? lawbook_unread_json(lawbook) : json_array());
    if (verdict)
        json_object_set_new(document, "verdict", json_string(verdict));
}

/* What an endpoint answered may be about an address of ours. */
static void hide_replies(json_t *announcement)
{
    size_t index;
    json_t *row;

    json_array_foreach(json_object_get(announcement, "publications"), index, row) json_object_del(row, "reply");
}

static json_t *make_document(const Status *status, const LiveHistory *history, const Lawbook *lawbook)
{
    json_t *document = status_json(status);

    json_object_set_new(document, "schema", json_string("breach.live/1"));
    json_object_set_new(document, "at", clock_json_at(status->now));
    json_object_del(document, "reasons");
    hide_replies(json_object_get(document, "announcement"));
    add_ways(document, status, history);
    add_clocks(document, status, lawbook);
    add_errors(document, status, history);
    return document;
}

json_t *live_collect(const StatusRequest *request, LiveHistory *history, const Lawbook *lawbook, GError **error)
{
    StatusRequest mine = *request;
    g_autoptr(Status) status = NULL;

    mine.for_room = true;
    status = status_collect(&mine, error);
    if (!status || !feed(history, request->ledger, status, error))
        return NULL;
    return make_document(status, history, lawbook && lawbook->obligations ? lawbook : NULL);
}
