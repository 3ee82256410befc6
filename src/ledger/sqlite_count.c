/* Counting: what the counters say, what the rows say, and why people are left aside. */
#include <string.h>

#include "base/error.h"
#include "ledger/sqlite_private.h"
#include "model/reply.h"

G_STATIC_ASSERT(COUNTER_EDITION == 6 && FLAG_SOLO == 1 && FLAG_RUNGS == 512 && TOLD_PENDING == 3 && MESSAGE_ACCEPTED == 2 && MESSAGE_DELIVERED == 3);

bool sqlite_count_counters(void *self, BackendCounter *receive, void *user, GError **error)
{
    sqlite3_stmt *statement =
        sqlite_query(self, error,
                     "SELECT c.kind, CASE c.kind WHEN 6 THEN CAST(c.name AS TEXT) ELSE coalesce(l.name, '') END, c.state,"
                     " c.n FROM counter c LEFT JOIN label l ON l.no = c.name",
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

/* What a notice without messages counts as. */
static Told told_of(sqlite3_stmt *statement, int column)
{
    int told = sqlite3_column_type(statement, column) == SQLITE_NULL ? TOLD_UNREACHABLE
                                                                     : sqlite3_column_int(statement, column);

    return told >= 0 && told < TOLD_STATES ? (Told)told : TOLD_UNREACHABLE;
}

static void give_notice(const Receiver *to, const char *audience, Told told, int64_t n)
{
    to->receive(COUNTER_AUDIENCE, audience, (int)told, n, to->user);
}

static void give_edition(const Receiver *to, int edition, Told told, int64_t n)
{
    char name[16];

    g_snprintf(name, sizeof name, "%d", edition);
    to->receive(COUNTER_EDITION, name, (int)told, n, to->user);
}

/* How many messages of one text version are in each state, those that are all there is of one person apart. */
typedef struct TextCount {
    int64_t text;
    int64_t solo[MESSAGE_STATES], other[MESSAGE_STATES];
    int64_t laddered[MESSAGE_STATES]; /* of those of `solo`: with channels left to go on to */
} TextCount;

static TextCount *text_count(GArray *counts, int64_t text)
{
    TextCount new = {.text = text};

    for (guint i = 0; i < counts->len; i++)
        if (g_array_index(counts, TextCount, i).text == text)
            return &g_array_index(counts, TextCount, i);
    g_array_append_val(counts, new);
    return &g_array_index(counts, TextCount, counts->len - 1);
}

/* One scan in the order of the table: a GROUP BY would sort a row per message. NULL on failure. */
static GArray *scan_messages(SqliteStore *store, GError **error)
{
    sqlite3_stmt *statement = sqlite_query(store, error, "SELECT text, state, flags & 513 FROM message", "");
    g_autoptr(GArray) counts = g_array_new(FALSE, FALSE, sizeof(TextCount));
    TextCount *latest = NULL;
    int stepped = -1;

    while (statement && (stepped = sqlite_step(store, statement, error)) > 0) {
        int64_t text = sqlite3_column_int64(statement, 0);
        int state = sqlite3_column_int(statement, 1);

        if (state < 0 || state >= MESSAGE_STATES)
            continue; /* the audit finds that one message is missing */
        if (!latest || latest->text != text)
            latest = text_count(counts, text);
        if (!(sqlite3_column_int(statement, 2) & FLAG_SOLO)) {
            latest->other[state]++;
            continue;
        }
        latest->solo[state]++;
        if (sqlite3_column_int(statement, 2) & FLAG_RUNGS)
            latest->laddered[state]++;
    }
    return stepped == 0 ? g_steal_pointer(&counts) : NULL;
}

/* `n` people whose only message is in that state. */
static void give_solo(const Receiver *to, const char *audience, int edition, int state, bool has_rungs, int64_t n)
{
    uint32_t states[MESSAGE_STATES] = {0};
    Told told;

    if (n == 0)
        return;
    states[state] = 1;
    told = identity_ladder(states, has_rungs, false);
    give_notice(to, audience, told, n);
    to->receive(COUNTER_PERSON, "", (int)told, n, to->user);
    give_edition(to, edition, told, n);
}

static void give_text(const Receiver *to, const TextCount *count, const char *audience, const char *channel, int edition)
{
    for (int state = 0; state < MESSAGE_STATES; state++) {
        if (count->solo[state] + count->other[state] > 0)
            to->receive(COUNTER_CHANNEL, channel, state, count->solo[state] + count->other[state], to->user);
        give_solo(to, audience, edition, state, false, count->solo[state] - count->laddered[state]);
        give_solo(to, audience, edition, state, true, count->laddered[state]);
    }
}

/* Each message under its channel and state, and the notices and people for whom it is all there is: nearly all. */
static bool count_messages(SqliteStore *store, const Receiver *to, GError **error)
{
    g_autoptr(GArray) counts = scan_messages(store, error);
    bool is_counted = counts != NULL;

    for (guint i = 0; is_counted && i < counts->len; i++) {
        const TextCount *count = &g_array_index(counts, TextCount, i);
        sqlite3_stmt *statement =
            sqlite_query(store, error,
                         "SELECT a.name, c.name, t.edition FROM text t JOIN label a ON a.no = t.audience JOIN label c"
                         " ON c.no = t.channel WHERE t.no = ?",
                         "i", count->text);
        int stepped = statement ? sqlite_step(store, statement, error) : -1;

        if (stepped > 0)
            give_text(to, count, (const char *)sqlite3_column_text(statement, 0),
                      (const char *)sqlite3_column_text(statement, 1), sqlite3_column_int(statement, 2));
        is_counted = stepped >= 0;
        sqlite3_reset(statement);
    }
    return is_counted;
}

static bool count_solo_asides(SqliteStore *store, const Receiver *to, GError **error)
{
    sqlite3_stmt *statement =
        sqlite_query(store, error,
                     "SELECT l.name, " SQLITE_ASIDE " AS counts, count(*), n.edition FROM notice n JOIN label l"
                     " ON l.no = n.audience WHERE n.solo = 1 AND n.aside IS NOT NULL GROUP BY n.audience, 2, n.edition",
                     "");
    int stepped = -1;

    while (statement && (stepped = sqlite_step(store, statement, error)) > 0) {
        Told told = told_of(statement, 1);
        int64_t n = sqlite3_column_int64(statement, 2);

        give_notice(to, (const char *)sqlite3_column_text(statement, 0), told, n);
        to->receive(COUNTER_PERSON, "", (int)told, n, to->user);
        give_edition(to, sqlite3_column_int(statement, 3), told, n);
    }
    return stepped == 0;
}

/* Adds up the rows of one notice, then of one person in one edition, then of one person, while they go by in order. */
typedef struct Folding {
    const Receiver *to;
    int64_t person, notice;
    int edition;
    char *audience; /* owned */
    Told aside;
    bool has_messages, has_rungs, every;
    uint32_t states[MESSAGE_STATES];
    uint32_t of_edition[TOLD_STATES];
    uint32_t notices[TOLD_STATES];
} Folding;

static void end_notice(Folding *folding)
{
    Told told = folding->has_messages ? identity_ladder(folding->states, folding->has_rungs, folding->every)
                                      : folding->aside;

    if (folding->notice == 0)
        return;
    give_notice(folding->to, folding->audience, told, 1);
    folding->of_edition[told]++;
    folding->notices[told]++;
    memset(folding->states, 0, sizeof folding->states);
    folding->has_messages = false;
}

static void end_edition(Folding *folding)
{
    if (folding->person == 0)
        return;
    give_edition(folding->to, folding->edition, identity_person(folding->of_edition), 1);
    memset(folding->of_edition, 0, sizeof folding->of_edition);
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
        int edition = sqlite3_column_int(statement, 5);

        end_notice(folding);
        if (person != folding->person || edition != folding->edition)
            end_edition(folding);
        if (person != folding->person)
            end_person(folding);
        folding->edition = edition;
        folding->person = person;
        folding->notice = notice;
        folding->aside = told_of(statement, 3);
        folding->has_rungs = sqlite3_column_int(statement, 6) != 0;
        folding->every = sqlite3_column_int(statement, 7) != 0;
        g_free(folding->audience);
        folding->audience = g_strdup((const char *)sqlite3_column_text(statement, 2));
    }
    if (sqlite3_column_type(statement, 4) != SQLITE_NULL) {
        sqlite_states_add(folding->states, statement, 4);
        if (sqlite3_column_int(statement, 4) != MESSAGE_CANCELLED || sqlite3_column_type(statement, 3) == SQLITE_NULL)
            folding->has_messages = true;
    }
}

/* People with several notices or shared messages, one by one: a row per notice and message, ordered by person. */
static bool count_others(SqliteStore *store, const Receiver *to, GError **error)
{
    sqlite3_stmt *statement = sqlite_query(
        store, error,
        "SELECT n.person, n.no, l.name, " SQLITE_ASIDE ", m.state, n.edition, n.rungs IS NOT NULL, n.every"
        " FROM notice n JOIN label l ON l.no = n.audience LEFT JOIN"
        " (SELECT notice, no AS message FROM message WHERE flags & 1 = 0 UNION ALL SELECT notice, message FROM serves) x"
        " ON x.notice = n.no LEFT JOIN message m ON m.no = x.message WHERE n.solo = 0 ORDER BY n.person,"
        " n.edition, n.no",
        "");
    Folding folding = {.to = to};
    int stepped = -1;

    while (statement && (stepped = sqlite_step(store, statement, error)) > 0)
        fold_row(&folding, statement);
    end_notice(&folding);
    end_edition(&folding);
    end_person(&folding);
    g_free(folding.audience);
    return stepped == 0;
}

static bool count_climbs(SqliteStore *store, const Receiver *to, GError **error)
{
    int64_t waiting, climbed;

    if (!sqlite_number(store, "SELECT count(*) FROM climb", 0, &waiting, error) ||
        !sqlite_number(store, "SELECT count(*) FROM notice WHERE rung > 0", 0, &climbed, error))
        return false;
    to->receive(COUNTER_CLIMB, "", 0, waiting, to->user);
    to->receive(COUNTER_CLIMB, "", 1, climbed, to->user);
    return true;
}

bool sqlite_count_recount(void *self, BackendCounter *receive, void *user, GError **error)
{
    const Receiver to = {.receive = receive, .user = user};

    return count_messages(self, &to, error) && count_solo_asides(self, &to, error) && count_others(self, &to, error) &&
           count_climbs(self, &to, error);
}

bool sqlite_count_people_in_file(void *self, int64_t *people, GError **error)
{
    return sqlite_number(self, "SELECT count(*) FROM person WHERE removed = 0 AND id IS NOT NULL", 0, people, error);
}

/* Events are in the order in which they happened, so this ends near the first of them. Of what was in doubt a look-up
 * or a receipt may say that it arrived, and nothing that it was accepted. */
bool sqlite_count_first_told(void *self, int64_t *at, GError **error)
{
    return sqlite_number(self,
                         "SELECT at FROM event WHERE message IS NOT NULL AND json_extract(body, '$.event') IN"
                         " ('accepted', 'delivered') ORDER BY no LIMIT 1",
                         -1, at, error);
}

static void reason_free(gpointer data)
{
    LedgerReason *reason = data;

    g_free(reason->reason);
    g_free(reason);
}

static LedgerReason *add_reason(GPtrArray *reasons, Told told, char *text, int64_t people)
{
    LedgerReason *reason = g_new0(LedgerReason, 1);

    reason->told = told;
    reason->reason = text;
    reason->people = people;
    g_ptr_array_add(reasons, reason);
    return reason;
}

/* Of the notice n nothing is open, has got through or is quarantined: what there is of it has come to nothing. */
#define NOTHING_ELSE                                                                                                   \
    " AND NOT EXISTS (SELECT 1 FROM (SELECT no FROM message WHERE notice = n.no AND flags & 1 = 0 UNION ALL"            \
    "  SELECT message FROM serves WHERE notice = n.no) x JOIN message m ON m.no = x.no WHERE m.state NOT IN (5, 6, 8, 9))"

/* How many notices came to nothing because messages failed, from the last reply of one; 0 is our own decision to give up.
 * Whoever has another channel to go on to, or went on, is left out: they are not at the end by this, or have a reason for
 * every rung. Most messages serve one notice that has nothing else, and need no look at others. */
static bool add_failures(SqliteStore *store, GPtrArray *reasons, GError **error)
{
    sqlite3_stmt *statement =
        sqlite_query(store, error,
                     "SELECT code, enhanced, sum(notices) FROM ("
                     "SELECT m.code, m.enhanced, count(*) AS notices FROM message m CROSS JOIN notice n ON n.no = m.notice"
                     " WHERE m.state = 6 AND m.flags & 1 AND n.rungs IS NULL AND n.rung = 0 GROUP BY m.code, m.enhanced"
                     " UNION ALL SELECT code, enhanced, count(*) FROM (SELECT min(f.code) AS code, f.enhanced FROM ("
                     "SELECT m.notice, m.code, m.enhanced FROM message m WHERE m.state = 6 AND NOT m.flags & 1 UNION ALL"
                     " SELECT s.notice, m.code, m.enhanced FROM message m CROSS JOIN serves s ON s.message = m.no"
                     " WHERE m.state = 6) f CROSS JOIN notice n ON n.no = f.notice WHERE n.rungs IS NULL AND n.rung = 0"
                     NOTHING_ELSE " GROUP BY f.notice) GROUP BY code, enhanced) GROUP BY code, enhanced",
                     "");
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
                   sqlite3_column_int64(statement, 2))
            ->may_arrive = !reply_is_no_address(status);
    }
    return stepped == 0;
}

/* Who has come to the end of a ladder, unless something of theirs is open again or got through since. */
static bool add_ended(SqliteStore *store, GPtrArray *reasons, GError **error)
{
    sqlite3_stmt *statement = sqlite_query(
        store, error,
        "SELECT l.name, count(*) FROM notice n JOIN label l ON l.no = n.ended WHERE n.ended IS NOT NULL AND n.rungs IS NULL"
        NOTHING_ELSE " GROUP BY n.ended",
        "");
    int stepped = -1;

    while (statement && (stepped = sqlite_step(store, statement, error)) > 0)
        add_reason(reasons, TOLD_UNREACHABLE, g_strdup((const char *)sqlite3_column_text(statement, 0)),
                   sqlite3_column_int64(statement, 1));
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
                     /* without an aside: withheld by a person's decision, with the message that there is */
                     "SELECT coalesce(n.aside, 5), l.name, count(*) FROM notice n JOIN label l ON l.no = n.reason"
                     " WHERE n.aside IS NOT 6 OR n.rungs IS NULL GROUP BY 1, n.reason",
                     "");
    g_autoptr(GPtrArray) reasons = g_ptr_array_new_with_free_func(reason_free);
    int stepped = -1;

    while (statement && (stepped = sqlite_step(self, statement, error)) > 0)
        add_reason(reasons, told_of(statement, 0),
                   g_strdup((const char *)sqlite3_column_text(statement, 1)), sqlite3_column_int64(statement, 2));
    if (stepped < 0 || !add_failures(self, reasons, error) || !add_ended(self, reasons, error))
        return NULL;
    g_ptr_array_sort(reasons, by_people);
    return g_steal_pointer(&reasons);
}

static void text_info_free(gpointer data)
{
    LedgerTextInfo *info = data;

    g_free(info->audience);
    g_free(info->channel);
    g_free(info->locale);
    g_free(info);
}

static int64_t count_sum(const TextCount *count)
{
    int64_t sum = 0;

    for (int state = 0; state < MESSAGE_STATES; state++)
        sum += count->solo[state] + count->other[state];
    return sum;
}

static int64_t count_open(const TextCount *count)
{
    static const MessageState states[] = {MESSAGE_PLANNED, MESSAGE_DEFERRED, MESSAGE_ATTEMPTING, MESSAGE_IN_DOUBT};
    int64_t sum = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(states); i++)
        sum += count->solo[states[i]] + count->other[states[i]];
    return sum;
}

static int64_t count_told(const TextCount *count)
{
    return count->solo[MESSAGE_ACCEPTED] + count->other[MESSAGE_ACCEPTED] + count->solo[MESSAGE_DELIVERED] +
           count->other[MESSAGE_DELIVERED];
}

/* A message that serves several notices has told more people than one. */
static bool add_served(SqliteStore *store, const GPtrArray *texts, GError **error)
{
    sqlite3_stmt *statement = sqlite_query(store, error,
                                           "SELECT m.text, count(*) FROM serves s CROSS JOIN message m ON m.no = s.message"
                                           " WHERE m.state IN (2, 3) GROUP BY m.text",
                                           "");
    int stepped = -1;

    while (statement && (stepped = sqlite_step(store, statement, error)) > 0)
        for (guint i = 0; i < texts->len; i++) {
            LedgerTextInfo *info = g_ptr_array_index(texts, i);

            info->told += info->no == sqlite3_column_int64(statement, 0) ? sqlite3_column_int64(statement, 1) : 0;
        }
    return stepped == 0;
}

GPtrArray *sqlite_count_texts(void *self, GError **error)
{
    g_autoptr(GArray) counts = scan_messages(self, error);
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(text_info_free);
    sqlite3_stmt *statement =
        counts ? sqlite_query(self, error,
                              "SELECT t.no, a.name, c.name, t.locale, t.edition, t.is_update FROM text t JOIN label a ON a.no = t.audience"
                              " JOIN label c ON c.no = t.channel ORDER BY t.no",
                              "")
               : NULL;
    int stepped = -1;

    while (statement && (stepped = sqlite_step(self, statement, error)) > 0) {
        int64_t no = sqlite3_column_int64(statement, 0);
        const TextCount *count = text_count(counts, no);
        int64_t messages = count_sum(count);
        LedgerTextInfo *info;

        if (messages == 0)
            continue;
        info = g_new0(LedgerTextInfo, 1);
        info->no = no;
        info->audience = g_strdup((const char *)sqlite3_column_text(statement, 1));
        info->channel = g_strdup((const char *)sqlite3_column_text(statement, 2));
        info->locale = g_strdup((const char *)sqlite3_column_text(statement, 3));
        info->edition = sqlite3_column_int(statement, 4);
        info->is_update = sqlite3_column_int(statement, 5) != 0;
        info->messages = messages;
        info->open = count_open(count);
        info->told = count_told(count);
        g_ptr_array_add(list, info);
    }
    return stepped == 0 && add_served(self, list, error) ? g_steal_pointer(&list) : NULL;
}
