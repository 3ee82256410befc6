#include "cli/serve_watch.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "cli/obligations.h"
#include "cli/status_request.h"
#include "ledger/ledger_account.h"
#include "report/casework.h"
#include "report/live.h"
#include "serve/history.h"
#include "serve/room.h"

#define BEAT_EVERY    (5 * CLOCK_SECOND) /* a watcher that hears nothing for longer has lost us */
#define IDLE_EVERY    (5 * CLOCK_SECOND) /* between two readings that nobody watches */
#define ROOM_EVERY    (3 * CLOCK_SECOND) /* the case record and the clocks */
#define HISTORY_EVERY (3 * CLOCK_SECOND)
#define REASONS_EVERY (10 * CLOCK_SECOND) /* they take a pass over all notices */
#define REASONS_SHARE 20                  /* of the time at most 1/20 is spent on them */

struct ServeWatch {
    const Workspace *workspace;
    Stream *stream;
    LiveHistory *rates; /* owned */
    History *history;   /* owned */
    Lawbook *lawbook;   /* owned; NULL: the law asks nothing, and nothing is recorded */
    GPtrArray *reasons; /* owned; of LedgerReason *; NULL: not read yet */
    json_t *live;       /* owned; what was published last, as `room` */
    json_t *room;
    int looks;                                                           /* at the ledger, so far */
    int64_t unread_since;                                                /* ms; 0: the latest reading succeeded */
    int64_t next_live, next_room, next_reasons, next_history, next_beat; /* steady ms */
    bool has_point;                                                      /* that was not published yet */
};

ServeWatch *serve_watch_new(const Workspace *workspace, Stream *stream)
{
    ServeWatch *watch = g_new0(ServeWatch, 1);

    watch->workspace = workspace;
    watch->stream = stream;
    watch->rates = live_history_new();
    watch->history = history_new();
    return watch;
}

void serve_watch_free(ServeWatch *watch)
{
    if (!watch)
        return;
    live_history_free(watch->rates);
    history_free(watch->history);
    lawbook_close(watch->lawbook);
    g_clear_pointer(&watch->reasons, g_ptr_array_unref);
    json_decref(watch->live);
    json_decref(watch->room);
    g_free(watch);
}

/* Whether it is time; the next time is set. */
static bool is_time(int64_t *next, int64_t every)
{
    int64_t now = clock_steady(clock_system());

    if (now < *next)
        return false;
    *next = now + every;
    return true;
}

/* Publishing ------------------------------------------------------------------------------------------------------ */

static void publish(ServeWatch *watch, StreamTopic topic, const json_t *document)
{
    char *text = json_dumps(document, JSON_COMPACT | JSON_SORT_KEYS);

    stream_publish(watch->stream, topic, text);
    free(text);
}

/* A reading without what changes by itself as time goes by: the page counts down on its own. */
static json_t *lasting(const json_t *live)
{
    json_t *copy = json_deep_copy(live);
    json_t *clock;
    size_t i;

    json_object_del(copy, "at");
    json_array_foreach(json_object_get(copy, "clocks"), i, clock)
    {
        json_object_del(clock, "remaining_ms");
        json_object_del(clock, "elapsed_ms");
    }
    return copy;
}

/* Takes `live` over. */
static bool publish_live(ServeWatch *watch, json_t *live)
{
    json_auto_t *now = lasting(live);
    json_auto_t *before = watch->live ? lasting(watch->live) : NULL;

    if (before && json_equal(now, before)) {
        json_decref(live);
        return false;
    }
    publish(watch, STREAM_STATE, live);
    json_decref(watch->live);
    watch->live = live;
    return true;
}

static bool publish_room(ServeWatch *watch)
{
    Casework *casework = watch->lawbook && watch->lawbook->obligations ? casework_new(watch->lawbook) : NULL;
    json_t *room = room_json(casework, watch->reasons, watch->live);
    g_autofree char *since = watch->unread_since ? clock_format_utc(watch->unread_since) : NULL;

    casework_free(casework);
    json_object_set_new(room, "unread_since", since ? json_string(since) : json_null());
    if (watch->room && json_equal(room, watch->room)) {
        json_decref(room);
        return false;
    }
    publish(watch, STREAM_ROOM, room);
    json_decref(watch->room);
    watch->room = room;
    return true;
}

static bool publish_history(ServeWatch *watch)
{
    json_auto_t *document = NULL;

    if (!watch->has_point || !is_time(&watch->next_history, HISTORY_EVERY))
        return false;
    watch->has_point = false;
    document = history_json(watch->history);
    publish(watch, STREAM_HISTORY, document);
    return true;
}

/* Reading --------------------------------------------------------------------------------------------------------- */

static bool read_law(ServeWatch *watch, GError **error)
{
    if (watch->lawbook)
        return lawbook_refresh(watch->lawbook, clock_now(clock_system()), error);
    if (!obligations_are_asked(watch->workspace))
        return true;
    watch->lawbook = obligations_lawbook(watch->workspace, false, error);
    return watch->lawbook;
}

/* The longer it takes, the more rarely. */
static bool read_reasons(ServeWatch *watch, Ledger *ledger, GError **error)
{
    int64_t begun = clock_steady(clock_system());
    GPtrArray *reasons = ledger_reasons(ledger, error);

    if (!reasons)
        return false;
    g_clear_pointer(&watch->reasons, g_ptr_array_unref);
    watch->reasons = reasons;
    watch->next_reasons = begun + MAX(REASONS_EVERY, REASONS_SHARE * (clock_steady(clock_system()) - begun));
    return true;
}

static void add_point(ServeWatch *watch, const json_t *live)
{
    const json_t *people = json_object_get(live, "people");
    HistoryPoint point = {.at = clock_now(clock_system())};

    for (int t = 0; t < TOLD_STATES; t++)
        point.told[t] = json_integer_value(json_object_get(people, identity_told_name((Told)t)));
    watch->has_point = history_add(watch->history, &point) || watch->has_point;
}

/* Of one instant: what is sent between the numbers of now and the events that are taken back from them would be missing
 * from all that was before. */
static GArray *read_moments(Ledger *ledger, GError **error)
{
    GArray *moments;

    if (!ledger_snapshot(ledger, error))
        return NULL;
    moments = ledger_moments(ledger, error);
    ledger_snapshot_end(ledger);
    return moments;
}

/* What happened before we began: a pass over all events, so not before somebody can see the numbers of now. Without it
 * the curve is only shorter. */
static void read_past(ServeWatch *watch, Ledger *ledger)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) moments = read_moments(ledger, &error);
    HistoryPoint points[LEDGER_MOMENTS_MOST];
    size_t count = 0;

    if (!moments) {
        log_event(LOG_AT_WARNING, "page-past", "%s", error_english(error));
        return;
    }
    for (guint i = 0; i < moments->len && count < LEDGER_MOMENTS_MOST; i++) {
        const LedgerMoment *moment = &g_array_index(moments, LedgerMoment, i);

        points[count].at = moment->at;
        memcpy(points[count++].told, moment->told, sizeof moment->told);
    }
    history_before(watch->history, points, count);
    watch->has_point = true;
}

static bool read_live(ServeWatch *watch, Ledger *ledger, bool *is_news, GError **error)
{
    StatusRequest request = status_request(watch->workspace, ledger);
    json_t *live = live_collect(&request, watch->rates, watch->lawbook, error);

    if (!live)
        return false;
    add_point(watch, live);
    stream_read(watch->stream, clock_now(clock_system()));
    *is_news = publish_live(watch, live) || *is_news;
    return true;
}

static bool read_all(ServeWatch *watch, bool *is_news, GError **error)
{
    g_autoptr(Ledger) ledger = workspace_ledger(watch->workspace, error);

    if (!ledger || (is_time(&watch->next_room, ROOM_EVERY) && !read_law(watch, error)))
        return false;
    if (clock_steady(clock_system()) >= watch->next_reasons && !read_reasons(watch, ledger, error))
        return false;
    if (!read_live(watch, ledger, is_news, error))
        return false;
    if (++watch->looks == 2)
        read_past(watch, ledger);
    return true;
}

void serve_watch_forget(ServeWatch *watch)
{
    live_history_free(watch->rates);
    history_free(watch->history);
    watch->rates = live_history_new();
    watch->history = history_new();
    watch->looks = 0;
    watch->next_reasons = 0;
    watch->next_history = 0;
}

static void note_result(ServeWatch *watch, const GError *error)
{
    if (error && watch->unread_since == 0) {
        watch->unread_since = clock_now(clock_system());
        log_event(LOG_AT_WARNING, "page-unread", "%s", error_english(error));
    }
    if (!error)
        watch->unread_since = 0;
}

bool serve_watch_look(ServeWatch *watch)
{
    g_autoptr(GError) error = NULL;
    bool is_watched = stream_counts(watch->stream).watchers > 0;
    bool is_news = false;

    if (is_time(&watch->next_beat, BEAT_EVERY)) {
        stream_beat(watch->stream);
        is_news = true;
    }
    if (!is_time(&watch->next_live, IDLE_EVERY) && !is_watched)
        return is_news;
    read_all(watch, &is_news, &error);
    note_result(watch, error);
    is_news = publish_room(watch) || is_news;
    return publish_history(watch) || is_news;
}
