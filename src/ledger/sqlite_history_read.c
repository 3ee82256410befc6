/* What the history is computed from. */
#include <string.h>

#include "ledger/sqlite_history.h"

static bool read_messages(History *history, GError **error)
{
    sqlite3_stmt *statement;
    int stepped = -1;

    if (!sqlite_number(history->store, "SELECT max(no) FROM message", 0, &history->count, error))
        return false;
    history->count++;
    history->states = g_malloc((gsize)history->count);
    history->flags = g_malloc0((gsize)history->count);
    memset(history->states, HISTORY_NO_STATE, (size_t)history->count);
    statement = sqlite_query(history->store, error, "SELECT no, state, flags FROM message", "");
    while (statement && (stepped = sqlite_step(history->store, statement, error)) > 0) {
        int64_t no = sqlite3_column_int64(statement, 0);
        int flags = sqlite3_column_int(statement, 2);

        if (no <= 0 || no >= history->count)
            continue;
        history->states[no] = (uint8_t)sqlite3_column_int(statement, 1);
        history->flags[no] =
            (uint8_t)((flags & FLAG_SOLO ? HISTORY_ALONE : 0) | (flags & FLAG_RUNGS ? HISTORY_RUNGS : 0) |
                      (flags & FLAG_CLIMBED ? HISTORY_CLIMBED : 0) |
                      (history->states[no] == MESSAGE_ATTEMPTING && flags & FLAG_DOUBT_OPEN ? HISTORY_DOUBT : 0));
    }
    return stepped == 0;
}

static void add_link(History *history, int64_t message, bool is_new, const HistoryNotice *notice)
{
    HistoryLink link = {.message = message, .is_there = true};

    if (is_new) {
        g_array_append_val(history->notices, *notice);
        g_array_index(history->notices, HistoryNotice, history->notices->len - 1).link = history->links->len;
    }
    if (message <= 0 || message >= history->count)
        return;
    link.notice = history->notices->len - 1;
    g_array_append_val(history->links, link);
    g_array_index(history->notices, HistoryNotice, link.notice).links++;
}

static bool read_notices(History *history, GError **error)
{
    sqlite3_stmt *statement = sqlite_query(
        history->store, error,
        "SELECT n.person, n.no, n.aside, n.rungs IS NOT NULL, n.every, n.edition, n.audience, x.message FROM notice n"
        " LEFT JOIN (SELECT notice, no AS message FROM message WHERE flags & 1 = 0 UNION ALL SELECT notice, message"
        " FROM serves) x ON x.notice = n.no WHERE n.solo = 0 ORDER BY n.person, n.no",
        "");
    int64_t last = 0;
    int stepped = -1;

    while (statement && (stepped = sqlite_step(history->store, statement, error)) > 0) {
        int64_t no = sqlite3_column_int64(statement, 1);
        bool has_aside = sqlite3_column_type(statement, 2) != SQLITE_NULL;
        HistoryNotice notice = {.person = sqlite3_column_int64(statement, 0),
                                .aside = has_aside ? (uint8_t)sqlite3_column_int(statement, 2) : TOLD_UNREACHABLE,
                                .has_aside = has_aside,
                                .has_rungs = sqlite3_column_int(statement, 3) != 0,
                                .every = sqlite3_column_int(statement, 4) != 0,
                                .edition = sqlite3_column_int(statement, 5),
                                .audience = sqlite3_column_int64(statement, 6),
                                .is_there = true};

        add_link(history, sqlite3_column_int64(statement, 7), no != last, &notice);
        last = no;
    }
    return stepped == 0;
}

static int compare_links(gconstpointer a, gconstpointer b, gpointer data)
{
    const HistoryLink *links = data;
    int64_t one = links[*(const uint32_t *)a].message, other = links[*(const uint32_t *)b].message;

    return (one > other) - (one < other);
}

static void sort_links(History *history)
{
    history->order = g_new(uint32_t, history->links->len + 1);
    for (uint32_t i = 0; i < history->links->len; i++)
        history->order[i] = i;
    g_qsort_with_data(history->order, (gint)history->links->len, sizeof *history->order, compare_links,
                      history->links->data);
}

static bool read_plans(History *history, GError **error)
{
    sqlite3_stmt *statement = sqlite_query(history->store, error,
                                           "SELECT no, json_extract(body, '$.edition'), json_extract(body, '$.people')"
                                           " FROM event WHERE message IS NULL AND json_extract(body, '$.event')"
                                           " = 'planned' ORDER BY no",
                                           "");
    int stepped = -1;

    while (statement && (stepped = sqlite_step(history->store, statement, error)) > 0) {
        HistoryPlan plan = {.event = sqlite3_column_int64(statement, 0),
                            .edition = sqlite3_column_int(statement, 1),
                            .people = sqlite3_column_int64(statement, 2)};

        g_array_append_val(history->plans, plan);
    }
    return stepped == 0;
}

/* A claim is no event. A message that is claimed while it is in doubt was in doubt until then: as good as until its
 * outcome. */
static bool read_doubts(History *history, GError **error)
{
    sqlite3_stmt *statement =
        sqlite_query(history->store, error,
                     "SELECT no FROM (SELECT no, json_extract(body, '$.from') AS before, lag(json_extract(body,"
                     " '$.to')) OVER (PARTITION BY message ORDER BY no) AS last FROM event WHERE message IN"
                     " (SELECT no FROM message WHERE flags & 2)) WHERE before = 'attempting' AND last = 'in_doubt'",
                     "");
    int stepped = -1;

    while (statement && (stepped = sqlite_step(history->store, statement, error)) > 0) {
        int64_t no = sqlite3_column_int64(statement, 0);

        g_hash_table_add(history->doubts, g_memdup2(&no, sizeof no));
    }
    return stepped == 0;
}

static bool read_span(History *history, GError **error)
{
    int64_t first, last;

    if (!sqlite_number(history->store, "SELECT at FROM event ORDER BY no LIMIT 1", 0, &first, error) ||
        !sqlite_number(history->store, "SELECT at FROM event ORDER BY no DESC LIMIT 1", 0, &last, error))
        return false;
    history->span = MAX((last - first) / 100, 1);
    return true;
}

bool sqlite_history_read(History *history, GError **error)
{
    history->notices = g_array_new(FALSE, FALSE, sizeof(HistoryNotice));
    history->links = g_array_new(FALSE, FALSE, sizeof(HistoryLink));
    history->plans = g_array_new(FALSE, FALSE, sizeof(HistoryPlan));
    history->doubts = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    if (!read_messages(history, error) || !read_notices(history, error) || !read_plans(history, error) ||
        !read_doubts(history, error) || !read_span(history, error))
        return false;
    sort_links(history);
    return true;
}

void sqlite_history_clear(History *history)
{
    g_free(history->states);
    g_free(history->flags);
    g_free(history->order);
    g_array_unref(history->notices);
    g_array_unref(history->links);
    g_array_unref(history->plans);
    g_hash_table_unref(history->doubts);
}
