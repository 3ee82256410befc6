/* Messages by what they have in common, and the people without any. */
#include <string.h>

#include "base/error.h"
#include "base/seal.h"
#include "ledger/sqlite_private.h"

G_STATIC_ASSERT(MESSAGE_ACCEPTED == 2 && MESSAGE_DELIVERED == 3 && MESSAGE_IN_DOUBT == 7 && MESSAGE_WITHHELD == 8 &&
                FLAG_STOPPED == 16 && FLAG_UNWANTED == 64 && MESSAGE_PLANNED == 0 && MESSAGE_ATTEMPTING == 1 &&
                MESSAGE_DEFERRED == 4);

/* A message of the same notice that told its person, or still may. */
#define UNDER_WAY "0, 1, 2, 3, 4, 7"

/* CROSS JOIN keeps the order of the loops: one pass over the messages, and the rest looked up for those that count. */
#define SELECT_MESSAGES                                                                                                \
    "SELECT m.no, m.id, m.state, m.attempt, m.relay_doubts, m.due, m.first_at, m.code, m.enhanced, m.endpoint, "       \
    "a.name,"                                                                                                          \
    " c.name, g.name, p.id, p.place, 1 + (SELECT count(*) FROM serves s WHERE s.message = m.no), p.removed AND NOT"    \
    " EXISTS (SELECT 1 FROM serves s JOIN notice x ON x.no = s.notice JOIN person y ON y.no = x.person WHERE "         \
    "s.message"                                                                                                        \
    "  = m.no AND y.removed = 0), m.flags & 64 OR NOT EXISTS (SELECT 1 FROM (SELECT m.notice AS no UNION ALL SELECT "  \
    "s.notice"                                                                                                         \
    " FROM serves s WHERE s.message = m.no) x JOIN notice y ON y.no = x.no WHERE y.person NOT IN"                      \
    " (SELECT person FROM decision))"                                                                                  \
    " FROM message m CROSS JOIN text t ON t.no = m.text CROSS JOIN notice n ON n.no = m.notice CROSS JOIN person p"    \
    " ON p.no = n.person CROSS JOIN label a ON a.no = t.audience CROSS JOIN label c ON c.no = t.channel"               \
    " CROSS JOIN gateway g ON g.no = m.gateway"                                                                        \
    " WHERE m.no > ?1 AND m.no <= ?13 AND ((?2 >> m.state) & 1) AND (?3 = 0 OR m.state <> 7 OR m.due IS NULL)"                         \
    " AND (?4 = 0 OR m.state <> 8 OR NOT m.flags & 16) AND (?5 IS NULL OR m.id = ?5) AND (?6 IS NULL OR n.person = ?6" \
    "  OR EXISTS (SELECT 1 FROM serves s JOIN notice x ON x.no = s.notice WHERE s.message = m.no AND x.person = ?6))"  \
    " AND (?7 IS NULL OR a.name = ?7) AND (?8 IS NULL OR c.name = ?8) AND (?9 IS NULL OR g.name = ?9)"                 \
    " AND (?10 = 0 OR m.code = ?10) AND (?11 IS NULL OR m.enhanced = ?11"                                              \
    "  OR substr(m.enhanced, 1, length(?11) + 1) = ?11 || '.')"                                                        \
    " AND (?12 = 0 OR NOT m.flags & 64 AND EXISTS (SELECT 1 FROM (SELECT m.notice AS no UNION ALL SELECT s.notice"     \
    "  FROM serves s WHERE s.message = m.no) x JOIN notice y ON y.no = x.no JOIN person q ON q.no = y.person WHERE "   \
    "q.removed = 0"                                                                                                    \
    "  AND q.no NOT IN (SELECT person FROM decision) AND NOT EXISTS (SELECT 1 FROM message k WHERE k.notice = y.no"    \
    "   AND k.flags & 1 = 0 AND k.state IN (" UNDER_WAY ")) AND NOT EXISTS (SELECT 1 FROM serves s JOIN message k"     \
    "   ON k.no = s.message WHERE s.notice = y.no AND k.state IN (" UNDER_WAY "))))"                                   \
    " ORDER BY m.no"

static LedgerMatch *read_match(sqlite3_stmt *statement, char *endpoint)
{
    LedgerMatch *match = g_new0(LedgerMatch, 1);
    const char *enhanced = (const char *)sqlite3_column_text(statement, 8);

    match->no = sqlite3_column_int64(statement, 0);
    g_strlcpy(match->id, (const char *)sqlite3_column_text(statement, 1), sizeof match->id);
    match->state = (MessageState)sqlite3_column_int(statement, 2);
    match->attempt = sqlite3_column_int(statement, 3);
    match->relay_doubts = sqlite3_column_int(statement, 4);
    match->held = match->state == MESSAGE_IN_DOUBT && sqlite3_column_type(statement, 5) == SQLITE_NULL;
    match->first_at = sqlite3_column_type(statement, 6) == SQLITE_NULL ? -1 : sqlite3_column_int64(statement, 6);
    match->code = sqlite3_column_int(statement, 7);
    g_strlcpy(match->enhanced, enhanced ? enhanced : "", sizeof match->enhanced);
    match->endpoint = endpoint;
    match->audience = sqlite_copy(statement, 10);
    match->channel = sqlite_copy(statement, 11);
    match->gateway = sqlite_copy(statement, 12);
    match->person = sqlite_copy(statement, 13);
    match->row = sqlite3_column_int64(statement, 14);
    match->people = sqlite3_column_int(statement, 15);
    match->gone = sqlite3_column_int(statement, 16) != 0;
    match->unwanted = sqlite3_column_int(statement, 17) != 0;
    match->changed_at = -1;
    match->made_at = -1;
    return match;
}

/* The domain lies behind the seal, so it is compared here. Takes the endpoint over where it does not fit. */
static bool fits_domain(const char *domain, const char *endpoint)
{
    const char *at = domain && endpoint ? strrchr(endpoint, '@') : NULL;

    return !domain || (at && g_ascii_strcasecmp(at + 1, domain) == 0);
}

/* The number of the person that a filter names: -1 none named, 0 there is no such one. */
static bool find_person(SqliteStore *store, const LedgerFilter *filter, int64_t *no, GError **error)
{
    sqlite3_stmt *statement;
    int stepped;

    *no = -1;
    if (filter->person)
        return sqlite_select_person_no(store, filter->person, no, error);
    if (filter->person_no > 0)
        *no = filter->person_no;
    if (filter->row == 0)
        return true;
    statement = sqlite_query(store, error, "SELECT no FROM person WHERE place = ? AND removed = 0", "i", filter->row);
    stepped = statement ? sqlite_step(store, statement, error) : -1;
    *no = stepped > 0 ? sqlite3_column_int64(statement, 0) : 0;
    if (statement)
        sqlite3_reset(statement);
    return stepped >= 0;
}

bool sqlite_select(void *self, const LedgerFilter *filter, int64_t after, LedgerSelected *receive, void *user,
                   GError **error)
{
    sqlite3_stmt *statement;
    int64_t person;
    int stepped = -1;
    bool goes_on = true;

    if (!find_person(self, filter, &person, error))
        return false;
    statement = sqlite_query(self, error, SELECT_MESSAGES, "iiiisnsssisii", after, (int64_t)filter->states,
                             (int64_t)filter->held, (int64_t)filter->by_person, filter->message, person,
                             filter->audience, filter->channel, filter->gateway, (int64_t)filter->code,
                             filter->enhanced, (int64_t)filter->still_wanted,
                             filter->last > 0 ? filter->last : INT64_MAX);
    while (statement && goes_on && (stepped = sqlite_step(self, statement, error)) > 0) {
        char *endpoint = seal_open((const char *)sqlite3_column_text(statement, 9));

        if (fits_domain(filter->domain, endpoint))
            goes_on = receive(read_match(statement, endpoint), user);
        else
            g_free(endpoint);
    }
    if (statement)
        sqlite3_reset(statement);
    return stepped >= 0;
}

/* Details ------------------------------------------------------------------------------------------------------- */

static char *numbers_json(const GPtrArray *matches)
{
    GString *text = g_string_new("[");

    for (guint i = 0; i < matches->len; i++)
        g_string_append_printf(text, "%s%" G_GINT64_FORMAT, i > 0 ? "," : "",
                               ((const LedgerMatch *)g_ptr_array_index(matches, i))->no);
    g_string_append_c(text, ']');
    return g_string_free(text, FALSE);
}

/* "made" of an event (ledger/event.h) in ms; -1: there is none. */
static int64_t made_of(const json_t *body)
{
    const char *text = json_string_value(json_object_get(body, "made"));
    g_autoptr(GDateTime) made = text ? g_date_time_new_from_iso8601(text, NULL) : NULL;

    return made ? g_date_time_to_unix(made) * 1000 + g_date_time_get_microsecond(made) / 1000 : -1;
}

static void add_detail(const GPtrArray *matches, sqlite3_stmt *statement)
{
    int64_t no = sqlite3_column_int64(statement, 0);
    json_auto_t *body = json_loads((const char *)sqlite3_column_text(statement, 3), 0, NULL);

    for (guint i = 0; i < matches->len; i++) {
        LedgerMatch *match = g_ptr_array_index(matches, i);

        if (match->no != no)
            continue;
        match->doubts = sqlite3_column_int(statement, 1);
        match->changed_at = sqlite3_column_int64(statement, 2);
        match->made_at = made_of(body);
        g_free(match->reply);
        match->reply = g_strdup(json_string_value(json_object_get(body, "reply")));
    }
}

bool sqlite_select_details(void *self, GPtrArray *matches, GError **error)
{
    g_autofree char *numbers = numbers_json(matches);
    sqlite3_stmt *statement =
        sqlite_query(self, error,
                     "SELECT x.message, x.doubts, e.at, e.body FROM (SELECT message, max(no) AS no,"
                     " sum(instr(body, '\"event\":\"doubted\"') > 0) AS doubts FROM event WHERE message IN"
                     " (SELECT value FROM json_each(?)) GROUP BY message) x JOIN event e ON e.no = x.no",
                     "s", numbers);
    int stepped = -1;

    while (statement && (stepped = sqlite_step(self, statement, error)) > 0)
        add_detail(matches, statement);
    return stepped == 0;
}

/* People -------------------------------------------------------------------------------------------------------- */

bool sqlite_select_person_no(void *self, const char *id, int64_t *no, GError **error)
{
    sqlite3_stmt *statement = sqlite_query(self, error, "SELECT no FROM person WHERE id = ?", "s", id);
    int stepped = statement ? sqlite_step(self, statement, error) : -1;

    *no = stepped > 0 ? sqlite3_column_int64(statement, 0) : 0;
    if (statement)
        sqlite3_reset(statement);
    return stepped >= 0;
}

bool sqlite_select_person_row(void *self, int64_t person, int64_t *row, GError **error)
{
    sqlite3_stmt *statement = sqlite_query(
        self, error, "SELECT CASE removed WHEN 0 THEN place ELSE 0 END FROM person WHERE no = ?", "i", person);
    int stepped = statement ? sqlite_step(self, statement, error) : -1;

    *row = stepped > 0 ? sqlite3_column_int64(statement, 0) : 0;
    if (statement)
        sqlite3_reset(statement);
    return stepped >= 0;
}

/* A mistyped id mostly begins like the one that was meant. */
char **sqlite_select_people_near(void *self, const char *id, GError **error)
{
    sqlite3_stmt *statement =
        sqlite_query(self, error,
                     "SELECT id FROM (SELECT id FROM person WHERE id >= ?1 ORDER BY id LIMIT 20) UNION ALL"
                     " SELECT id FROM (SELECT id FROM person WHERE id < ?1 ORDER BY id DESC LIMIT 20)",
                     "s", id);
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
    int stepped = -1;

    while (statement && (stepped = sqlite_step(self, statement, error)) > 0)
        g_ptr_array_add(ids, sqlite_copy(statement, 0));
    if (stepped < 0)
        return NULL;
    g_ptr_array_add(ids, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&ids), FALSE);
}

char *sqlite_select_person_at(void *self, int64_t row, bool *is_known, GError **error)
{
    sqlite3_stmt *statement =
        sqlite_query(self, error, "SELECT id FROM person WHERE place = ? AND removed = 0", "i", row);
    int stepped = statement ? sqlite_step(self, statement, error) : -1;
    char *id = stepped > 0 ? sqlite_copy(statement, 0) : NULL;

    *is_known = stepped > 0;
    if (statement)
        sqlite3_reset(statement);
    return id;
}

static void free_aside(gpointer data)
{
    LedgerAside *aside = data;

    g_free(aside->person);
    g_free(aside->audience);
    g_free(aside->reason);
    g_free(aside);
}

GPtrArray *sqlite_select_aside(void *self, Told told, const char *person, int64_t row, int64_t after, int limit,
                               GError **error)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(free_aside);
    sqlite3_stmt *statement =
        sqlite_query(self, error,
                     "SELECT p.place, p.id, a.name, r.name FROM notice n JOIN person p ON p.no = n.person JOIN label a"
                     " ON a.no = n.audience LEFT JOIN label r ON r.no = n.reason WHERE n.aside = ?1 AND p.removed = 0 "
                     "AND p.place > ?2"
                     " AND (?3 IS NULL OR p.id = ?3) AND (?4 = 0 OR p.place = ?4) ORDER BY p.place, n.no LIMIT ?5",
                     "iisii", (int64_t)told, after, person, row, (int64_t)limit);
    int stepped = -1;

    while (statement && (stepped = sqlite_step(self, statement, error)) > 0) {
        LedgerAside *aside = g_new0(LedgerAside, 1);

        aside->row = sqlite3_column_int64(statement, 0);
        aside->person = sqlite_copy(statement, 1);
        aside->audience = sqlite_copy(statement, 2);
        aside->reason = sqlite_copy(statement, 3);
        g_ptr_array_add(list, aside);
    }
    return stepped == 0 ? g_steal_pointer(&list) : NULL;
}
