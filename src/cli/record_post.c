#include "cli/record_post.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "ledger/inbox.h"
#include "ledger/ledger_select.h"

#define PAGE 10000
#define TRY  "no answer, try "
#define OPEN (SELECT_STATE(MESSAGE_ACCEPTED) | SELECT_STATE(MESSAGE_IN_DOUBT))

/* A message, and what is known about it with the rows so far. */
typedef struct Known {
    LedgerMatch *match; /* borrowed */
    int tries;          /* calls that nobody answered */
    char *last;         /* owned; when the latest of them was, as it stands in the ledger; or NULL */
} Known;

struct RecordPost {
    Ledger *ledger;      /* borrowed */
    const char *kind;    /* borrowed */
    const char *who;     /* borrowed */
    GPtrArray *pages;    /* of GPtrArray * of LedgerMatch *: they own the matches */
    GPtrArray *known;    /* of Known *, owned */
    GHashTable *ids;     /* message id -> Known * */
    GHashTable *numbers; /* digits of the notice number -> Known * */
    GHashTable *people;  /* person id -> GPtrArray * of Known * */
    GArray *entries;     /* of InboxEntry */
    GPtrArray *strings;  /* owned; what they borrow */
    RecordTotals totals;
};

static void free_known(gpointer data)
{
    Known *known = data;

    g_free(known->last);
    g_free(known);
}

static void unref_page(gpointer page)
{
    g_ptr_array_unref(page);
}

void record_post_free(RecordPost *post)
{
    if (!post)
        return;
    g_hash_table_unref(post->ids);
    g_hash_table_unref(post->numbers);
    g_hash_table_unref(post->people);
    g_ptr_array_unref(post->known);
    g_ptr_array_unref(post->pages);
    g_array_unref(post->entries);
    g_ptr_array_unref(post->strings);
    g_free(post);
}

/* What there is --------------------------------------------------------------------------------------------------- */

static char *digits_of(const char *text)
{
    GString *digits = g_string_new(NULL);

    for (; *text; text++)
        if (g_ascii_isdigit(*text))
            g_string_append_c(digits, *text);
        else if (*text != ' ' && *text != '-')
            break;
    if (*text)
        g_string_truncate(digits, 0);
    return g_string_free(digits, FALSE);
}

/* "no answer, try 2 of 3, 2026-11-21T14:10:00.000Z by …" is what an earlier row has left in the ledger. */
static void recall(Known *known)
{
    const char *reply = known->match->reply;
    const char *comma;

    if (known->match->state != MESSAGE_ACCEPTED || !reply || !g_str_has_prefix(reply, TRY))
        return;
    known->tries = (int)g_ascii_strtoll(reply + strlen(TRY), NULL, 10);
    comma = strstr(reply + strlen(TRY), ", ");
    if (comma)
        known->last = g_strndup(comma + 2, strcspn(comma + 2, " "));
}

static void know_person(RecordPost *post, const char *person, Known *known)
{
    GPtrArray *of = g_hash_table_lookup(post->people, person);

    if (!of) {
        of = g_ptr_array_new();
        g_hash_table_insert(post->people, g_strdup(person), of);
    }
    g_ptr_array_add(of, known);
}

static bool know(RecordPost *post, LedgerMatch *match, GError **error)
{
    Known *known = g_new0(Known, 1);
    char number[ID_NUMBER_LENGTH + 1];

    known->match = match;
    recall(known);
    g_ptr_array_add(post->known, known);
    g_hash_table_insert(post->ids, match->id, known);
    id_number(match->id, number);
    g_hash_table_insert(post->numbers, digits_of(number), known);
    if (match->people > 1) {
        g_auto(GStrv) people = ledger_served(post->ledger, match->no, error);

        for (char **person = people; person && *person; person++)
            know_person(post, *person, known);
        return people != NULL;
    }
    if (match->person)
        know_person(post, match->person, known);
    return true;
}

static bool read_messages(RecordPost *post, GError **error)
{
    const LedgerFilter filter = {.states = UINT32_MAX, .channel = post->kind};
    int64_t after = 0;

    for (;;) {
        GPtrArray *page = ledger_select(post->ledger, &filter, after, PAGE, error);

        if (!page)
            return false;
        g_ptr_array_add(post->pages, page);
        if (page->len == 0)
            return true;
        if (!ledger_select_details(post->ledger, page, error))
            return false;
        for (guint i = 0; i < page->len; i++)
            if (!know(post, g_ptr_array_index(page, i), error))
                return false;
        after = ((const LedgerMatch *)g_ptr_array_index(page, page->len - 1))->no;
    }
}

RecordPost *record_post_new(Ledger *ledger, const char *kind, const char *who, GError **error)
{
    RecordPost *post = g_new0(RecordPost, 1);

    *post = (RecordPost){.ledger = ledger,
                         .kind = kind,
                         .who = who,
                         .pages = g_ptr_array_new_with_free_func(unref_page),
                         .known = g_ptr_array_new_with_free_func(free_known),
                         .ids = g_hash_table_new(g_str_hash, g_str_equal),
                         .numbers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
                         .people = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, unref_page),
                         .entries = g_array_new(FALSE, TRUE, sizeof(InboxEntry)),
                         .strings = g_ptr_array_new_with_free_func(g_free)};
    if (read_messages(post, error) && post->known->len > 0)
        return post;
    if (!error || !*error)
        error_set(error, BREACH_ERROR_INPUT, "record-none",
                  "nothing goes out by %s in this incident: no audience has got so far down its ladder", kind);
    record_post_free(post);
    return NULL;
}

/* Rows ------------------------------------------------------------------------------------------------------------ */

/* Of several messages to one person the first that is still open, where the outcome is one that tells them: being told
 * once is enough. Otherwise it must be said which address is no good. */
static Known *choose(const GPtrArray *of, const RecordRow *row, Findings *findings)
{
    g_autoptr(GString) ids = g_string_new(NULL);
    Known *told = NULL;

    if (of->len == 1)
        return g_ptr_array_index(of, 0);
    for (guint i = 0; i < of->len; i++) {
        Known *known = g_ptr_array_index(of, i);

        if (row->outcome->event == EVENT_DELIVERED && (SELECT_STATE(known->match->state) & OPEN))
            return known;
        if (!told && known->match->state == MESSAGE_DELIVERED)
            told = known; /* said before: the same row again */
        g_string_append_printf(ids, "%s%s", i > 0 ? ", " : "", known->match->id);
    }
    if (row->outcome->event == EVENT_DELIVERED)
        return told ? told : g_ptr_array_index(of, 0);
    findings_error(findings, FINDING_SEND, "record-several", row->at, "%s has several messages; name one of them: %s",
                   row->thing, ids->str);
    return NULL;
}

static Known *find(const RecordPost *post, const RecordRow *row, Findings *findings)
{
    g_autofree char *digits = digits_of(row->thing);
    Known *known = g_hash_table_lookup(post->ids, row->thing);
    const GPtrArray *of = known ? NULL : g_hash_table_lookup(post->people, row->thing);

    if (of)
        return choose(of, row, findings);
    if (!known && strlen(digits) == ID_NUMBER_LENGTH - 3)
        known = g_hash_table_lookup(post->numbers, digits);
    if (!known)
        findings_error(findings, FINDING_SEND, "record-unknown", row->at,
                       "no %s has the message id, the notice number or the person %s", post->kind, row->thing);
    return known;
}

/* Whether this can be said about a message in its state; *is_news is false where it is known already. */
static bool check_state(const RecordPost *post, const Known *known, const RecordRow *row, bool *is_news,
                        Findings *findings)
{
    MessageState state = known->match->state;
    bool tells = row->outcome->event == EVENT_DELIVERED;

    *is_news = true;
    if (state == MESSAGE_ACCEPTED || (state == MESSAGE_IN_DOUBT && !row->outcome->counts))
        return true;
    if ((state == MESSAGE_DELIVERED && (tells || row->outcome->counts)) || (state == MESSAGE_BOUNCED && !tells)) {
        *is_news = false;
        return true;
    }
    if (state == MESSAGE_DELIVERED)
        return true;
    findings_error(findings, FINDING_SEND, "record-state", row->at, "%s %s is %s: \"%s\" cannot be recorded about it",
                   post->kind, known->match->id, message_state_name(state), row->outcome->name);
    return false;
}

static char *words_of(const RecordRow *row, const char *what)
{
    g_autofree char *when = clock_format_utc(row->when);

    return g_strdup_printf("%s, %s%s%s%s%s", what, when, *row->by ? " by " : "", row->by, *row->reason ? ": " : "",
                           row->reason);
}

static void append(RecordPost *post, const Known *known, MessageEvent event, char *words)
{
    const InboxEntry entry = {
        .event = event, .message = known->match->id, .attempt = 0, .reply = words, .by = post->who};

    g_ptr_array_add(post->strings, words);
    g_array_append_val(post->entries, entry);
}

/* A call that nobody answered: the last try of all counts as "nobody is there". */
static void add_try(RecordPost *post, Known *known, const RecordRow *row)
{
    g_autofree char *when = clock_format_utc(row->when);
    g_autofree char *what = NULL;

    if (known->last && strcmp(when, known->last) <= 0) {
        post->totals.known++;
        return;
    }
    known->tries++;
    g_free(known->last);
    known->last = g_strdup(when);
    what = g_strdup_printf(TRY "%d of %d", known->tries, RECORD_TRIES);
    if (known->tries < RECORD_TRIES) {
        append(post, known, EVENT_DEFERRED, words_of(row, what));
        post->totals.again++;
        return;
    }
    append(post, known, EVENT_BOUNCED, words_of(row, what));
    known->match->state = MESSAGE_BOUNCED;
    post->totals.lost++;
}

void record_post_add(RecordPost *post, const RecordRow *row, Findings *findings)
{
    Known *known = find(post, row, findings);
    bool is_news;

    if (!known || !check_state(post, known, row, &is_news, findings))
        return;
    if (!is_news) {
        post->totals.known++;
        return;
    }
    if (row->outcome->counts) {
        add_try(post, known, row);
        return;
    }
    append(post, known, row->outcome->event, words_of(row, row->outcome->words));
    known->match->state = row->outcome->event == EVENT_DELIVERED ? MESSAGE_DELIVERED : MESSAGE_BOUNCED;
    if (row->outcome->event == EVENT_DELIVERED)
        post->totals.told++;
    else
        post->totals.lost++;
}

bool record_post_send(RecordPost *post, int64_t now, GError **error)
{
    const InboxEntry *entries = (const InboxEntry *)(void *)post->entries->data;

    for (guint at = 0; at < post->entries->len; at += INBOX_TOGETHER)
        if (!inbox_append_all(post->ledger, entries + at, MIN((size_t)INBOX_TOGETHER, post->entries->len - at), now,
                              error))
            return false;
    return true;
}

const RecordTotals *record_post_totals(const RecordPost *post)
{
    return &post->totals;
}
