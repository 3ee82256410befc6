/* Everybody in one state, one after the other. */
#include <string.h>

#include "base/seal.h"
#include "ledger/sqlite_private.h"

G_STATIC_ASSERT(FLAG_SOLO == 1 && FLAG_RUNGS == 512);

/* The columns of a row; one without a message has NULL from STATE on. */
enum { PERSON, PLACE, ID, NOTICE, AUDIENCE, ASIDE, REASON, DATA, STATE, MESSAGE, ENDPOINT, CHANNEL, CODE, ENHANCED, DUE };

#define OF_PERSON  "SELECT p.no, CASE p.removed WHEN 0 THEN p.place ELSE 0 END, p.id, n.no, a.name, n.aside, r.name, p.data"
#define OF_MESSAGE ", m.state, m.id, m.endpoint, c.name, m.code, m.enhanced, m.due"

/* A person who has one notice with one message, one with one notice and none, and everybody else, as sqlite_count.c
 * counts them. CROSS JOIN keeps the order of the loops, so that nothing is sorted. */
#define SOLO_MESSAGES                                                                                                  \
    OF_PERSON OF_MESSAGE                                                                                               \
        " FROM message m CROSS JOIN notice n ON n.no = m.notice CROSS JOIN person p ON p.no = n.person CROSS JOIN "    \
        "text t"                                                                                                       \
        " ON t.no = m.text CROSS JOIN label a ON a.no = t.audience CROSS JOIN label c ON c.no = t.channel"             \
        " LEFT JOIN label r ON r.no = n.reason WHERE m.flags & 1 AND (CASE WHEN m.flags & 512 THEN ?2 ELSE ?1 END >>"  \
        " m.state) & 1 ORDER BY m.no"
#define SOLO_ASIDES                                                                                                    \
    OF_PERSON ", NULL, NULL, NULL, NULL, NULL, NULL, NULL"                                                             \
              " FROM notice n CROSS JOIN person p ON p.no = n.person CROSS JOIN label a ON a.no = n.audience"          \
              " LEFT JOIN label r ON r.no = n.reason WHERE n.solo = 1 AND " SQLITE_ASIDE " = ?1 ORDER BY n.no"
/* All notices of those who have several, or share a message. */
#define LINKS                                                                                                          \
    " LEFT JOIN (SELECT notice, no AS message FROM message WHERE flags & 1 = 0 UNION ALL SELECT notice, message"       \
    " FROM serves) x ON x.notice = n.no LEFT JOIN message m ON m.no = x.message"
#define OTHERS                                                                                                         \
    "SELECT n.person, n.no, " SQLITE_ASIDE ", m.state, n.rungs IS NOT NULL, n.every FROM notice n" LINKS               \
    " WHERE n.solo = 0 ORDER BY n.person, n.no"
/* One of them, with the message that decides its state: of those that alone make it count so (?2), or do with a rung to
 * go on to (?3), the newest. Whoever is at the end of a ladder (?4) has a reason for every rung. */
#define ONE                                                                                                            \
    "SELECT p.no, CASE p.removed WHEN 0 THEN p.place ELSE 0 END, p.id, n.no, a.name, n.aside,"                         \
    " CASE WHEN ?4 THEN coalesce(r.name, e.name) ELSE r.name END, p.data" OF_MESSAGE                                           \
    " FROM notice n JOIN person p ON p.no = n.person JOIN label a ON a.no = n.audience LEFT JOIN label r"              \
    " ON r.no = n.reason LEFT JOIN label e ON e.no = n.ended" LINKS                                                    \
    " LEFT JOIN text t ON t.no = m.text LEFT JOIN label c ON c.no = t.channel WHERE n.no = ?1"                         \
    " ORDER BY (?2 >> coalesce(m.state, 63)) & 1 DESC, (?3 >> coalesce(m.state, 63)) & 1 DESC, m.no DESC LIMIT 1"

static const char *column(sqlite3_stmt *statement, int index)
{
    return (const char *)sqlite3_column_text(statement, index);
}

static bool give(sqlite3_stmt *statement, LedgerPersonTold *receive, void *user)
{
    g_autofree char *endpoint = seal_open(column(statement, ENDPOINT));
    const char *enhanced = column(statement, ENHANCED);
    const LedgerPerson person = {
        .row = sqlite3_column_int64(statement, PLACE),
        .id = column(statement, ID),
        .audience = column(statement, AUDIENCE),
        .reason = column(statement, REASON),
        .data = column(statement, DATA),
        .message = column(statement, MESSAGE),
        .state = (MessageState)sqlite3_column_int(statement, STATE),
        .endpoint = endpoint,
        .channel = column(statement, CHANNEL),
        .code = sqlite3_column_int(statement, CODE),
        .enhanced = enhanced ? enhanced : "",
        .due = sqlite3_column_type(statement, DUE) == SQLITE_NULL ? -1 : sqlite3_column_int64(statement, DUE),
    };

    return receive(&person, user);
}

static Told told_alone(MessageState state, bool has_rungs)
{
    uint32_t states[MESSAGE_STATES] = {0};

    states[state] = 1;
    return identity_ladder(states, has_rungs, false);
}

/* The states that alone make a notice count as `told`. */
static uint32_t states_of(Told told, bool has_rungs)
{
    uint32_t states = 0;

    for (int state = 0; state < MESSAGE_STATES; state++)
        if (told_alone((MessageState)state, has_rungs) == told)
            states |= SELECT_STATE(state);
    return states;
}

/* Those with several notices --------------------------------------------------------------------------------------- */

/* Adds up the rows of one notice, then of one person, while they go by in order. */
typedef struct Folding {
    Told told; /* that is looked for */
    int64_t person, notice;
    Told aside;
    bool has_messages, has_rungs, every;
    uint32_t states[MESSAGE_STATES];
    uint32_t notices[TOLD_STATES];
    int64_t found; /* the first notice of that state; 0: none yet */
} Folding;

static void end_notice(Folding *folding)
{
    Told told = folding->has_messages ? identity_ladder(folding->states, folding->has_rungs, folding->every)
                                      : folding->aside;

    if (folding->notice == 0)
        return;
    folding->notices[told]++;
    if (told == folding->told && folding->found == 0)
        folding->found = folding->notice;
    memset(folding->states, 0, sizeof folding->states);
    folding->has_messages = false;
    folding->notice = 0;
}

/* Whether the person whose rows have gone by counts as what is looked for. */
static bool end_person(Folding *folding)
{
    bool is_one;

    end_notice(folding);
    is_one = folding->person != 0 && folding->found != 0 && identity_person(folding->notices) == folding->told;
    memset(folding->notices, 0, sizeof folding->notices);
    return is_one;
}

static Told aside_of(sqlite3_stmt *statement, int index)
{
    int told =
        sqlite3_column_type(statement, index) == SQLITE_NULL ? TOLD_UNREACHABLE : sqlite3_column_int(statement, index);

    return told >= 0 && told < TOLD_STATES ? (Told)told : TOLD_UNREACHABLE;
}

static void fold_row(Folding *folding, sqlite3_stmt *statement)
{
    int64_t notice = sqlite3_column_int64(statement, 1);

    if (notice != folding->notice) {
        end_notice(folding);
        folding->notice = notice;
        folding->aside = aside_of(statement, 2);
        folding->has_rungs = sqlite3_column_int(statement, 4) != 0;
        folding->every = sqlite3_column_int(statement, 5) != 0;
    }
    if (sqlite3_column_type(statement, 3) == SQLITE_NULL)
        return;
    sqlite_states_add(folding->states, statement, 3);
    if (sqlite3_column_int(statement, 3) != MESSAGE_CANCELLED || sqlite3_column_type(statement, 2) == SQLITE_NULL)
        folding->has_messages = true;
}

typedef struct Giving {
    SqliteStore *store;
    LedgerPersonTold *receive;
    void *user;
    bool goes_on; /* the receiver wants more */
} Giving;

static bool give_all(Giving *giving, sqlite3_stmt *statement, GError **error)
{
    int stepped = statement ? 0 : -1;

    while (statement && giving->goes_on && (stepped = sqlite_step(giving->store, statement, error)) > 0)
        giving->goes_on = give(statement, giving->receive, giving->user);
    if (statement)
        sqlite3_reset(statement);
    return stepped >= 0;
}

static bool give_found(Giving *giving, Folding *folding, GError **error)
{
    int64_t notice = end_person(folding) ? folding->found : 0;

    folding->found = 0;
    return notice == 0 ||
           give_all(giving, sqlite_query(giving->store, error, ONE, "iiii", notice,
                                         (int64_t)states_of(folding->told, false),
                                         (int64_t)states_of(folding->told, true),
                                         (int64_t)(folding->told == TOLD_UNREACHABLE)),
                    error);
}

static bool give_others(Giving *giving, Told told, GError **error)
{
    sqlite3_stmt *statement = sqlite_query(giving->store, error, OTHERS, "");
    Folding folding = {.told = told};
    int stepped = statement ? 0 : -1;

    while (statement && giving->goes_on && (stepped = sqlite_step(giving->store, statement, error)) > 0) {
        int64_t person = sqlite3_column_int64(statement, 0);

        if (person != folding.person && !give_found(giving, &folding, error)) {
            stepped = -1;
            break;
        }
        folding.person = person;
        fold_row(&folding, statement);
    }
    if (statement)
        sqlite3_reset(statement);
    return stepped >= 0 && (!giving->goes_on || give_found(giving, &folding, error));
}

bool sqlite_people(void *self, Told told, LedgerPersonTold *receive, void *user, GError **error)
{
    Giving giving = {self, receive, user, true};
    SqliteStore *store = self;
    bool is_own = sqlite3_get_autocommit(store->db) != 0; /* else it is part of a snapshot (ledger_account.h) */
    bool given;

    if (is_own && !sqlite_exec(self, "BEGIN", error)) /* one snapshot, whoever writes meanwhile */
        return false;
    given = give_all(&giving, sqlite_query(self, error, SOLO_MESSAGES, "ii", (int64_t)states_of(told, false),
                                           (int64_t)states_of(told, true)), error) &&
            give_all(&giving, sqlite_query(self, error, SOLO_ASIDES, "i", (int64_t)told), error) &&
            give_others(&giving, told, error);
    return (!is_own || sqlite_exec(self, "COMMIT", given ? error : NULL)) && given;
}
