/* Counting: what the counters say, what the rows say, and why people are left aside. */
#include <string.h>

#include "base/error.h"
#include "ledger/sqlite_private.h"
#include "model/reply.h"

bool sqlite_count_counters(void *self, BackendCounter *receive, void *user, GError **error)
{
    sqlite3_stmt *statement =
        sqlite_query(self, error,
                     "SELECT c.kind, coalesce(l.name, ''), c.state, c.n FROM counter c LEFT JOIN label l ON l.no = c.name",
                     "");
    int stepped = -1;

    while (statement && (stepped = sqlite_step(self, statement, error)) > 0)
        receive((LedgerCounterKind)sqlite3_column_int(statement, 0), (const char *)sqlite3_column_text(statement, 1),
                sqlite3_column_int(statement, 2), sqlite3_column_int64(statement, 3), user);
    return stepped == 0;
}

typedef struct Receiver {
    BackendCounter *receive;
    void *user;
} Receiver;

/* Each message under its channel and state. */
static bool count_channels(SqliteStore *store, const Receiver *to, GError **error)
{
    sqlite3_stmt *statement =
        sqlite_query(store, error,
                     "SELECT l.name, g.state, g.n FROM (SELECT text, state, count(*) AS n FROM message GROUP BY text,"
                     " state) g JOIN text t ON t.no = g.text JOIN label l ON l.no = t.channel",
                     "");
    int stepped = -1;

    while (statement && (stepped = sqlite_step(store, statement, error)) > 0)
        to->receive(COUNTER_CHANNEL, (const char *)sqlite3_column_text(statement, 0), sqlite3_column_int(statement, 1),
                    sqlite3_column_int64(statement, 2), to->user);
    return stepped == 0;
}

static void give_notice(const Receiver *to, const char *audience, Told told, int64_t n)
{
    to->receive(COUNTER_AUDIENCE, audience, (int)told, n, to->user);
}

/* Messages that are all there is of one person, which is nearly all of them: one scan. */
static bool count_solo_messages(SqliteStore *store, const Receiver *to, GError **error)
{
    sqlite3_stmt *statement =
        sqlite_query(store, error,
                     "SELECT l.name, g.state, g.n FROM (SELECT text, state, count(*) AS n FROM message WHERE flags & 1"
                     " GROUP BY text, state) g JOIN text t ON t.no = g.text JOIN label l ON l.no = t.audience",
                     "");
    int stepped = -1;

    while (statement && (stepped = sqlite_step(store, statement, error)) > 0) {
        uint32_t states[MESSAGE_STATES] = {0};
        int64_t n = sqlite3_column_int64(statement, 2);
        Told told;

        states[sqlite3_column_int(statement, 1)] = 1;
        told = identity_notice(states);
        give_notice(to, (const char *)sqlite3_column_text(statement, 0), told, n);
        to->receive(COUNTER_PERSON, "", (int)told, n, to->user);
    }
    return stepped == 0;
}

static bool count_solo_asides(SqliteStore *store, const Receiver *to, GError **error)
{
    sqlite3_stmt *statement =
        sqlite_query(store, error,
                     "SELECT l.name, n.aside, count(*) FROM notice n JOIN label l ON l.no = n.audience"
                     " WHERE n.solo = 1 AND n.aside IS NOT NULL GROUP BY n.audience, n.aside",
                     "");
    int stepped = -1;

    while (statement && (stepped = sqlite_step(store, statement, error)) > 0) {
        Told told = (Told)sqlite3_column_int(statement, 1);
        int64_t n = sqlite3_column_int64(statement, 2);

        give_notice(to, (const char *)sqlite3_column_text(statement, 0), told, n);
        to->receive(COUNTER_PERSON, "", (int)told, n, to->user);
    }
    return stepped == 0;
}

/* Adds up the rows of one notice, then of one person, while they go by in order. */
typedef struct Folding {
    const Receiver *to;
    int64_t person, notice;
    char *audience; /* owned */
    Told aside;
    bool has_messages;
    uint32_t states[MESSAGE_STATES];
    uint32_t notices[TOLD_STATES];
} Folding;

static void end_notice(Folding *folding)
{
    Told told = folding->has_messages ? identity_notice(folding->states) : folding->aside;

    if (folding->notice == 0)
        return;
    give_notice(folding->to, folding->audience, told, 1);
    folding->notices[told]++;
    memset(folding->states, 0, sizeof folding->states);
    folding->has_messages = false;
}

static void end_person(Folding *folding)
{
    if (folding->person == 0)
        return;
    folding->to->receive(COUNTER_PERSON, "", (int)identity_person(folding->notices), 1, folding->to->user);
    memset(folding->notices, 0, sizeof folding->notices);
}

static void fold_row(Folding *folding, sqlite3_stmt *statement)
{
    int64_t person = sqlite3_column_int64(statement, 0);
    int64_t notice = sqlite3_column_int64(statement, 1);

    if (notice != folding->notice) {
        end_notice(folding);
        if (person != folding->person)
            end_person(folding);
        folding->person = person;
        folding->notice = notice;
        folding->aside = sqlite3_column_type(statement, 3) == SQLITE_NULL ? TOLD_UNREACHABLE
                                                                           : (Told)sqlite3_column_int(statement, 3);
        g_free(folding->audience);
        folding->audience = g_strdup((const char *)sqlite3_column_text(statement, 2));
    }
    if (sqlite3_column_type(statement, 4) != SQLITE_NULL) {
        folding->states[sqlite3_column_int(statement, 4)]++;
        folding->has_messages = true;
    }
}

/* People with several notices or shared messages, one by one: a row per notice and message, ordered by person. */
static bool count_others(SqliteStore *store, const Receiver *to, GError **error)
{
    sqlite3_stmt *statement = sqlite_query(
        store, error,
        "SELECT n.person, n.no, l.name, n.aside, m.state FROM notice n JOIN label l ON l.no = n.audience LEFT JOIN"
        " (SELECT notice, no AS message FROM message WHERE flags & 1 = 0 UNION ALL SELECT notice, message FROM serves) x"
        " ON x.notice = n.no LEFT JOIN message m ON m.no = x.message WHERE n.solo = 0 ORDER BY n.person, n.no",
        "");
    Folding folding = {.to = to};
    int stepped = -1;

    while (statement && (stepped = sqlite_step(store, statement, error)) > 0)
        fold_row(&folding, statement);
    end_notice(&folding);
    end_person(&folding);
    g_free(folding.audience);
    return stepped == 0;
}

bool sqlite_count_recount(void *self, BackendCounter *receive, void *user, GError **error)
{
    const Receiver to = {.receive = receive, .user = user};

    return count_channels(self, &to, error) && count_solo_messages(self, &to, error) &&
           count_solo_asides(self, &to, error) && count_others(self, &to, error);
}

static void reason_free(gpointer data)
{
    LedgerReason *reason = data;

    g_free(reason->reason);
    g_free(reason);
}

static void add_reason(GPtrArray *reasons, Told told, char *text, int64_t people)
{
    LedgerReason *reason = g_new0(LedgerReason, 1);

    reason->told = told;
    reason->reason = text;
    reason->people = people;
    g_ptr_array_add(reasons, reason);
}

/* Why messages failed, from the last reply of each; 0 is our own decision to give up. */
static bool add_failures(SqliteStore *store, GPtrArray *reasons, GError **error)
{
    sqlite3_stmt *statement =
        sqlite_query(store, error,
                     "SELECT code, enhanced, count(*) FROM message WHERE state = 6 GROUP BY code, enhanced", "");
    int stepped = -1;

    while (statement && (stepped = sqlite_step(store, statement, error)) > 0) {
        int code = sqlite3_column_int(statement, 0);
        const char *enhanced = (const char *)sqlite3_column_text(statement, 1);
        g_autofree char *line = g_strdup_printf("%d %s", code, enhanced ? enhanced : "");
        ReplyStatus status = {0};
        const char *rest = NULL;

        reply_parse(line, &status, &rest);
        add_reason(reasons, TOLD_UNREACHABLE,
                   code == 0 ? g_strdup("no answer from the gateway that could be used")
                             : g_strdup_printf("%s (%s)", reply_meaning(status), g_strchomp(line)),
                   sqlite3_column_int64(statement, 2));
    }
    return stepped == 0;
}

static int by_people(gconstpointer left, gconstpointer right)
{
    const LedgerReason *a = *(LedgerReason *const *)left;
    const LedgerReason *b = *(LedgerReason *const *)right;

    if (a->people != b->people)
        return a->people > b->people ? -1 : 1;
    return strcmp(a->reason, b->reason);
}

GPtrArray *sqlite_count_reasons(void *self, GError **error)
{
    sqlite3_stmt *statement =
        sqlite_query(self, error,
                     "SELECT n.aside, l.name, count(*) FROM notice n JOIN label l ON l.no = n.reason WHERE n.aside IS NOT"
                     " NULL GROUP BY n.aside, n.reason",
                     "");
    g_autoptr(GPtrArray) reasons = g_ptr_array_new_with_free_func(reason_free);
    int stepped = -1;

    while (statement && (stepped = sqlite_step(self, statement, error)) > 0)
        add_reason(reasons, (Told)sqlite3_column_int(statement, 0),
                   g_strdup((const char *)sqlite3_column_text(statement, 1)), sqlite3_column_int64(statement, 2));
    if (stepped < 0 || !add_failures(self, reasons, error))
        return NULL;
    g_ptr_array_sort(reasons, by_people);
    return g_steal_pointer(&reasons);
}
