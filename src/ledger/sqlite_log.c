/* What the events say: what went wrong lately, and what people decided. */
#include "ledger/ledger_log.h"

#include "base/error.h"
#include "ledger/sqlite_private.h"

/* Where a reading begins, and the number of the last event. */
static bool find_span(SqliteStore *store, LedgerLogPlace *place, int64_t *after, GError **error)
{
    int64_t last;

    if (!sqlite_number(store, "SELECT max(no) FROM event", 0, &last, error))
        return false;
    if (last < place->last) /* another ledger lies there now: a rehearsal that began afresh */
        *place = (LedgerLogPlace){0};
    *after = place->last > 0 ? MAX(place->last, last - LEDGER_LOG_MOST) : MAX(last - LEDGER_LOG_TAIL, 0);
    place->last = last;
    return true;
}

static bool find_since(SqliteStore *store, LedgerLogPlace *place, int64_t after, GError **error)
{
    sqlite3_stmt *statement;
    int stepped;

    if (place->since != 0)
        return true;
    statement = sqlite_query(store, error, "SELECT at FROM event WHERE no > ? ORDER BY no LIMIT 1", "i", after);
    stepped = statement ? sqlite_step(store, statement, error) : -1;
    if (stepped > 0) {
        place->since = sqlite3_column_int64(statement, 0);
        sqlite3_reset(statement);
    }
    return stepped >= 0;
}

static LedgerTrouble *read_trouble(sqlite3_stmt *statement)
{
    LedgerTrouble *trouble = g_new0(LedgerTrouble, 1);
    const char *enhanced = (const char *)sqlite3_column_text(statement, 2);

    if (!message_event_parse((const char *)sqlite3_column_text(statement, 0), &trouble->event)) {
        g_free(trouble);
        return NULL;
    }
    trouble->code = sqlite3_column_int(statement, 1);
    g_strlcpy(trouble->enhanced, enhanced ? enhanced : "", sizeof trouble->enhanced);
    trouble->gateway = sqlite_copy(statement, 3);
    trouble->channel = sqlite_copy(statement, 4);
    trouble->count = sqlite3_column_int64(statement, 5);
    trouble->last = sqlite3_column_int64(statement, 6);
    return trouble;
}

/* Most events say that a message was accepted: they are told by their text, and not parsed. A quote inside of a reply
 * has a backslash before it, so that no reply can pass for that member. CROSS JOIN keeps the order of the loops. */
GPtrArray *sqlite_log_troubles(void *self, LedgerLogPlace *place, GError **error)
{
    g_autoptr(GPtrArray) troubles = g_ptr_array_new_with_free_func((GDestroyNotify)ledger_trouble_free);
    sqlite3_stmt *statement;
    int64_t after;
    int stepped = -1;

    if (!find_span(self, place, &after, error) || !find_since(self, place, after, error))
        return NULL;
    statement = sqlite_query(
        self, error,
        "SELECT json_extract(e.body, '$.event'), coalesce(json_extract(e.body, '$.code'), 0),"
        " coalesce(json_extract(e.body, '$.enhanced'), ''), g.name, c.name, count(*), max(e.at) FROM event e"
        " CROSS JOIN message m ON m.no = e.message CROSS JOIN gateway g ON g.no = m.gateway"
        " CROSS JOIN text t ON t.no = m.text CROSS JOIN label c ON c.no = t.channel"
        " WHERE e.no > ? AND e.no <= ? AND instr(e.body, '\"event\":\"accepted\"') = 0 AND"
        " json_extract(e.body, '$.event') IN ('deferred', 'failed', 'doubted', 'bounced', 'quarantined')"
        " GROUP BY 1, 2, 3, m.gateway, t.channel",
        "ii", after, place->last);
    while (statement && (stepped = sqlite_step(self, statement, error)) > 0) {
        LedgerTrouble *trouble = read_trouble(statement);

        if (trouble)
            g_ptr_array_add(troubles, trouble);
    }
    return stepped == 0 ? g_steal_pointer(&troubles) : NULL;
}

static bool add_note(GPtrArray *notes, sqlite3_stmt *statement)
{
    json_t *body = json_loads((const char *)sqlite3_column_text(statement, 1), 0, NULL);
    LedgerNote *note;

    if (!body)
        return false;
    note = g_new0(LedgerNote, 1);
    *note = (LedgerNote){
        .at = sqlite3_column_int64(statement, 0), .body = body, .count = sqlite3_column_int64(statement, 2)};
    g_ptr_array_add(notes, note);
    return true;
}

static bool read_notes(SqliteStore *store, sqlite3_stmt *statement, GPtrArray *notes, GError **error)
{
    int stepped = -1;
    bool is_whole = true;

    while (statement && (stepped = sqlite_step(store, statement, error)) > 0)
        is_whole = add_note(notes, statement) && is_whole;
    if (stepped == 0 && !is_whole)
        error_set(error, BREACH_ERROR_INTERNAL, "ledger-damaged", "an event of %s is no JSON", store->path);
    return stepped == 0 && is_whole;
}

static int by_time(gconstpointer left, gconstpointer right)
{
    const LedgerNote *a = *(const LedgerNote *const *)left, *b = *(const LedgerNote *const *)right;

    return (a->at > b->at) - (a->at < b->at);
}

/* What concerns no message; decisions about people, and about messages, are many and alike, and are counted. */
#define NOTES                                                                                                          \
    "SELECT at, body, 1 FROM event WHERE at >= ? AND message IS NULL AND json_extract(body, '$.event') IN ('planned'," \
    " 'confirmed', 'held', 'lifted', 'climb_allowed', 'adopted', 'quiet_hours_overridden', 'announcement_published',"  \
    " 'announcement_withdrawn', 'announcement_refused') ORDER BY no"
#define DECISIONS                                                                                                      \
    "SELECT max(at), json_object('by', json_extract(body, '$.by'), 'decision', json_extract(body, '$.decision'),"      \
    " 'event', 'decided', 'reason', json_extract(body, '$.reason')), count(*) FROM event WHERE at >= ?"                \
    " AND message IS NULL AND json_extract(body, '$.event') = 'decided' GROUP BY json_extract(body, '$.by'),"          \
    " json_extract(body, '$.decision'), json_extract(body, '$.reason')"
#define SETTLED                                                                                                        \
    "SELECT max(at), json_object('by', json_extract(body, '$.by'), 'event', json_extract(body, '$.event')), count(*)"  \
    " FROM event WHERE at >= ? AND message IS NOT NULL AND instr(body, '\"by\":\"') > 0"                               \
    " GROUP BY json_extract(body, '$.by'), json_extract(body, '$.event')"

GPtrArray *sqlite_log_notes(void *self, int64_t since, GError **error)
{
    g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func((GDestroyNotify)ledger_note_free);

    if (!read_notes(self, sqlite_query(self, error, NOTES, "i", since), notes, error) ||
        !read_notes(self, sqlite_query(self, error, DECISIONS, "i", since), notes, error) ||
        !read_notes(self, sqlite_query(self, error, SETTLED, "i", since), notes, error))
        return NULL;
    g_ptr_array_sort(notes, by_time);
    return g_steal_pointer(&notes);
}
