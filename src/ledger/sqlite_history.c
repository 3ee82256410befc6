/* How the identity came about: the events, taken back one after the other from what is true now.
 *
 * The state of every message is held in a byte. Somebody with one notice and one message is what that message is; the
 * notices of everybody else are held with what leads to them, and looked at again when one of their messages changes.
 */
#include <string.h>

#include "ledger/ledger_account.h"
#include "ledger/sqlite_history.h"

/* Counting -------------------------------------------------------------------------------------------------------- */

static Told told_of_notice(const History *history, const HistoryNotice *notice)
{
    uint32_t states[MESSAGE_STATES] = {0};
    bool has_messages = false;

    for (uint32_t i = notice->link; i < notice->link + notice->links; i++) {
        const HistoryLink *link = &g_array_index(history->links, HistoryLink, i);
        uint8_t state = history->states[link->message];

        if (!link->is_there || state >= MESSAGE_STATES)
            continue;
        states[state]++;
        has_messages = has_messages || state != MESSAGE_CANCELLED || !notice->has_aside;
    }
    if (has_messages)
        return identity_ladder(states, notice->has_rungs, notice->every);
    return notice->aside == TOLD_UNREACHABLE && notice->has_rungs ? TOLD_PENDING : (Told)notice->aside;
}

/* Index of the first notice of the person who has this one. */
static uint32_t first_of(const History *history, uint32_t notice)
{
    int64_t person = g_array_index(history->notices, HistoryNotice, notice).person;

    while (notice > 0 && g_array_index(history->notices, HistoryNotice, notice - 1).person == person)
        notice--;
    return notice;
}

static Told told_of_person(const History *history, uint32_t first)
{
    int64_t person = g_array_index(history->notices, HistoryNotice, first).person;
    uint32_t counts[TOLD_STATES] = {0};

    for (uint32_t i = first; i < history->notices->len; i++) {
        const HistoryNotice *notice = &g_array_index(history->notices, HistoryNotice, i);

        if (notice->person != person)
            break;
        if (notice->is_there)
            counts[MIN(told_of_notice(history, notice), TOLD_UNREACHABLE)]++;
    }
    return identity_person(counts);
}

static void move_person(History *history, Told from, Told to)
{
    if (from == to)
        return;
    history->told[from]--;
    history->told[to]++;
    history->moved++;
}

static Told told_alone(uint8_t state, bool has_rungs)
{
    uint32_t states[MESSAGE_STATES] = {0};

    states[state] = 1;
    return identity_ladder(states, has_rungs, false);
}

/* The first place in `order` of a message, or behind the last. */
static uint32_t find_links(const History *history, int64_t message)
{
    uint32_t low = 0, high = history->links->len;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (g_array_index(history->links, HistoryLink, history->order[middle]).message < message)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Everybody whom a message serves, before (`sign` -1) and after (1) it changes. */
static void count_served(History *history, int64_t message, int sign)
{
    uint32_t last = G_MAXUINT32;

    for (uint32_t i = find_links(history, message); i < history->links->len; i++) {
        const HistoryLink *link = &g_array_index(history->links, HistoryLink, history->order[i]);
        uint32_t first;

        if (link->message != message)
            break;
        first = first_of(history, link->notice);
        if (first != last) /* the notices of one person are next to each other */
            history->told[told_of_person(history, first)] += sign;
        history->moved += sign > 0 && first != last ? 1 : 0;
        last = first;
    }
}

static void set_state(History *history, int64_t message, uint8_t state)
{
    uint8_t before = history->states[message];
    bool has_rungs = history->flags[message] & HISTORY_RUNGS;

    if (before == state || before == HISTORY_NO_STATE)
        return;
    if (history->flags[message] & HISTORY_ALONE) {
        move_person(history, told_alone(before, has_rungs), told_alone(state, has_rungs));
        history->states[message] = state;
        return;
    }
    count_served(history, message, -1);
    history->states[message] = state;
    count_served(history, message, 1);
}

/* Moments --------------------------------------------------------------------------------------------------------- */

/* Too many: every other one goes, but the newest stays, and the two that say when 95 % were told. */
static void thin(History *history)
{
    guint kept = 1;

    for (guint i = 1; i < history->moments->len; i++) {
        LedgerMoment moment = g_array_index(history->moments, LedgerMoment, i);

        if (i % 2 == 0 || moment.event == history->edge || moment.event == history->before)
            g_array_index(history->moments, LedgerMoment, kept++) = moment;
    }
    g_array_set_size(history->moments, kept);
    history->enough *= 2;
    history->span *= 2;
}

/* Whoever a later plan added is not there yet: taken from the pending, then from those left aside. */
static void leave_out(const History *history, LedgerMoment *moment)
{
    static const Told order[] = {TOLD_PENDING,  TOLD_QUARANTINED, TOLD_UNREACHABLE, TOLD_WITHHELD,
                                 TOLD_IN_DOUBT, TOLD_ACCEPTED,    TOLD_DELIVERED};
    int64_t absent = history->absent;

    for (size_t i = 0; i < G_N_ELEMENTS(order) && absent > 0; i++) {
        int64_t part = CLAMP(moment->told[order[i]], 0, absent);

        moment->told[order[i]] -= part;
        absent -= part;
    }
}

static const LedgerMoment *last_moment(const History *history)
{
    return history->moments->len > 0 ? &g_array_index(history->moments, LedgerMoment, history->moments->len - 1) : NULL;
}

/* How it is after this event. */
static LedgerMoment moment_after(const History *history, int64_t event, int64_t at)
{
    const LedgerMoment *last = last_moment(history);
    LedgerMoment moment = {.event = event, .at = last ? MIN(at, last->at) : at};

    memcpy(moment.told, history->told, sizeof moment.told);
    leave_out(history, &moment);
    return moment;
}

static void add_moment(History *history, LedgerMoment moment)
{
    g_array_append_val(history->moments, moment);
    if (history->moments->len >= LEDGER_MOMENTS_MOST - 1)
        thin(history);
}

static void take_moment(History *history, int64_t event, int64_t at, bool is_wanted)
{
    const LedgerMoment *last = last_moment(history);

    if (last && last->event == event)
        return;
    if (last && !is_wanted && history->moved < history->enough &&
        (last->at - at < history->span || history->moved == 0))
        return;
    add_moment(history, moment_after(history, event, at));
    history->moved = 0;
}

static bool is_mostly_told(const History *history)
{
    int64_t people = 0;

    for (int i = 0; i < TOLD_STATES; i++)
        people += history->told[i];
    return (history->told[TOLD_DELIVERED] + history->told[TOLD_ACCEPTED]) * 100 >= people * 95;
}

/* Before now, and before a later edition made people wait again: if 95 % were told, an event made it so. */
static void arm_edge(History *history)
{
    history->is_mostly_told = is_mostly_told(history);
    if (history->is_mostly_told)
        history->edge = history->before = 0;
}

/* The event that made it 95 %, which have been told without a break since then, has just been taken back: a report says
 * when that was, so it must not lie between two moments. */
static void take_edge(History *history, const LedgerMoment *after)
{
    const LedgerMoment *last = last_moment(history);

    history->is_mostly_told = false;
    history->edge = after->event;
    if (last->event != after->event)
        add_moment(history, *after);
}

/* Taking back ----------------------------------------------------------------------------------------------------- */

/* The value of a member that holds a plain word. A quote within a value has a backslash before it, so this finds the
 * member and nothing else; the events of messages hold no object within. */
static bool word_of(const char *body, const char *member, char *word, size_t size)
{
    const char *at = strstr(body, member);
    const char *end = at ? strchr(at + strlen(member), '"') : NULL;

    if (!end || (size_t)(end - at) - strlen(member) >= size)
        return false;
    at += strlen(member);
    memcpy(word, at, (size_t)(end - at));
    word[end - at] = '\0';
    return true;
}

static void take_back(History *history, int64_t event, int64_t message, const char *body)
{
    MessageState from, to;
    char word[32];

    if (message <= 0 || message >= history->count || !word_of(body, "\"from\":\"", word, sizeof word) ||
        !message_state_parse(word, &from) || !word_of(body, "\"to\":\"", word, sizeof word) ||
        !message_state_parse(word, &to))
        return;
    if (from == MESSAGE_ATTEMPTING && g_hash_table_contains(history->doubts, &event))
        from = MESSAGE_IN_DOUBT;
    set_state(history, message, (uint8_t)to); /* what changed it since is no event: a claim, or a plan */
    set_state(history, message, (uint8_t)from);
}

/* Index of the first notice of a person, or of whoever comes behind. */
static uint32_t find_person(const History *history, int64_t person)
{
    uint32_t low = 0, high = history->notices->len;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (g_array_index(history->notices, HistoryNotice, middle).person < person)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The notice of a person, an audience and an edition; G_MAXUINT32: it is not among those held. */
static bool find_notice(History *history, const json_t *body, uint32_t *index, GError **error)
{
    sqlite3_stmt *statement = sqlite_query(
        history->store, error, "SELECT p.no, l.no FROM person p, label l WHERE p.id = ? AND l.name = ?", "ss",
        json_string_value(json_object_get(body, "person")), json_string_value(json_object_get(body, "audience")));
    int stepped = statement ? sqlite_step(history->store, statement, error) : -1;
    int edition = (int)json_integer_value(json_object_get(body, "edition"));
    int64_t person, audience;

    *index = G_MAXUINT32;
    if (stepped <= 0)
        return stepped == 0;
    person = sqlite3_column_int64(statement, 0);
    audience = sqlite3_column_int64(statement, 1);
    sqlite3_reset(statement);
    for (uint32_t i = find_person(history, person); i < history->notices->len; i++) {
        const HistoryNotice *notice = &g_array_index(history->notices, HistoryNotice, i);

        if (notice->person != person)
            break;
        if (notice->audience == audience && (*index == G_MAXUINT32 || notice->edition == edition))
            *index = i;
    }
    return true;
}

static int64_t message_no(History *history, const char *id, GError **error)
{
    sqlite3_stmt *statement = sqlite_query(history->store, error, "SELECT no FROM message WHERE id = ?", "s", id);
    int stepped = statement ? sqlite_step(history->store, statement, error) : -1;
    int64_t no = stepped > 0 ? sqlite3_column_int64(statement, 0) : stepped;

    if (stepped > 0)
        sqlite3_reset(statement);
    return no;
}

/* Before a climb its messages were not there, and the channel was left. */
static bool take_back_climb(History *history, const char *text, GError **error)
{
    json_auto_t *body = json_loads(text, 0, NULL);
    const char *id = json_string_value(json_object_get(body, "message"));
    int64_t first = id ? message_no(history, id, error) : 0;
    HistoryNotice *notice;
    uint32_t index = G_MAXUINT32, person;

    if (!body)
        return true;
    if (first < 0 || !find_notice(history, body, &index, error))
        return false;
    if (index == G_MAXUINT32)
        return true;
    notice = &g_array_index(history->notices, HistoryNotice, index);
    person = first_of(history, index);
    history->told[told_of_person(history, person)]--;
    notice->has_rungs = true;
    for (uint32_t i = notice->link; first > 0 && i < notice->link + notice->links; i++) {
        HistoryLink *link = &g_array_index(history->links, HistoryLink, i);

        if (link->message == first || (link->message > first && history->flags[link->message] & HISTORY_CLIMBED))
            link->is_there = false;
    }
    history->told[told_of_person(history, person)]++;
    history->moved++;
    return true;
}

/* Before the first plan of an edition nobody had a notice of it who was told in an earlier one. */
static void take_back_edition(History *history, int edition)
{
    for (uint32_t i = 0; i < history->notices->len;) {
        uint32_t first = i;
        int64_t person = g_array_index(history->notices, HistoryNotice, i).person;
        bool was_told = false;
        Told before = told_of_person(history, first);

        for (; i < history->notices->len && g_array_index(history->notices, HistoryNotice, i).person == person; i++)
            was_told = was_told || g_array_index(history->notices, HistoryNotice, i).edition < edition;
        for (uint32_t n = first; was_told && n < i; n++)
            if (g_array_index(history->notices, HistoryNotice, n).edition >= edition)
                g_array_index(history->notices, HistoryNotice, n).is_there = false;
        if (was_told)
            move_person(history, before, told_of_person(history, first));
    }
}

static void take_back_plan(History *history, int64_t event)
{
    for (guint i = 0; i < history->plans->len; i++) {
        const HistoryPlan *plan = &g_array_index(history->plans, HistoryPlan, i);
        const HistoryPlan *earlier = i > 0 ? plan - 1 : NULL;

        if (plan->event != event || !earlier)
            continue;
        if (earlier->edition < plan->edition) {
            take_back_edition(history, plan->edition);
            arm_edge(history);
        }
        history->absent += MAX(plan->people - earlier->people, 0);
    }
}

static bool take_back_note(History *history, int64_t event, int64_t at, const char *body, GError **error)
{
    if (strstr(body, "\"event\":\"climbed\"") || strstr(body, "\"event\":\"ladder_ended\""))
        return take_back_climb(history, body, error);
    if (strstr(body, "\"event\":\"planned\"")) {
        take_moment(history, event, at, true);
        take_back_plan(history, event);
    }
    return true;
}

/* Before now: what is on its way again was in doubt until it was claimed, and no event says when that was. */
static void take_back_claims(History *history)
{
    for (int64_t no = 1; no < history->count; no++)
        if (history->flags[no] & HISTORY_DOUBT)
            set_state(history, no, MESSAGE_IN_DOUBT);
}

static bool walk(History *history, GError **error)
{
    sqlite3_stmt *statement =
        sqlite_query(history->store, error, "SELECT no, at, message, body FROM event ORDER BY no DESC", "");
    int stepped = -1;
    bool is_good = true;

    while (statement && is_good && (stepped = sqlite_step(history->store, statement, error)) > 0) {
        int64_t no = sqlite3_column_int64(statement, 0);
        int64_t at = sqlite3_column_int64(statement, 1);
        const char *body = (const char *)sqlite3_column_text(statement, 3);
        bool is_before = history->edge > 0 && history->before == 0;
        LedgerMoment after;

        history->before = is_before ? no : history->before;
        take_moment(history, no, at, is_before);
        after = moment_after(history, no, at);
        if (history->moments->len == 1)
            take_back_claims(history);
        if (sqlite3_column_type(statement, 2) == SQLITE_NULL)
            is_good = take_back_note(history, no, at, body, error);
        else
            take_back(history, no, sqlite3_column_int64(statement, 2), body);
        if (history->is_mostly_told && !is_mostly_told(history))
            take_edge(history, &after);
    }
    if (statement && stepped > 0)
        sqlite3_reset(statement);
    return is_good && stepped == 0;
}

static void reverse(GArray *moments)
{
    for (guint i = 0, j = moments->len; i + 1 < j; i++) {
        LedgerMoment one = g_array_index(moments, LedgerMoment, i);

        j--;
        g_array_index(moments, LedgerMoment, i) = g_array_index(moments, LedgerMoment, j);
        g_array_index(moments, LedgerMoment, j) = one;
    }
}

GArray *sqlite_history_moments(void *self, const int64_t told[TOLD_STATES], GError **error)
{
    History history = {.store = self, .moments = g_array_new(FALSE, FALSE, sizeof(LedgerMoment))};
    int64_t people = 0;
    bool is_read;

    memcpy(history.told, told, sizeof history.told);
    for (int i = 0; i < TOLD_STATES; i++)
        people += told[i];
    history.enough = MAX(people / 150, 1);
    arm_edge(&history);
    is_read = sqlite_history_read(&history, error) && walk(&history, error);
    sqlite_history_clear(&history);
    reverse(history.moments);
    if (is_read)
        return history.moments;
    g_array_unref(history.moments);
    return NULL;
}
