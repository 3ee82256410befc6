#include "track/returned_guess.h"

#include <string.h>

#include "base/clock.h"
#include "ledger/ledger_select.h"

#define CANDIDATES_MOST 10000
#define BYTES_MOST      ((size_t)16 * 1024 * 1024) /* of mails that may count */
#define SLACK           CLOCK_MINUTE               /* between our clock and the time in a Date */
#define PAGE            1000                       /* messages at a time */
#define WENT_OUT        (~(SELECT_STATE(MESSAGE_PLANNED) | SELECT_STATE(MESSAGE_WITHHELD) | SELECT_STATE(MESSAGE_QUARANTINED)))

/* One mail that names an address. */
typedef struct Candidate {
    GBytes *bytes;             /* owned; NULL: it can only be counted */
    char *digest;              /* owned */
    BounceRecipient recipient; /* its strings are owned */
    int64_t date;              /* of what it returns, ms */
} Candidate;

/* What is known of one address. */
typedef struct Address {
    GPtrArray *candidates; /* owned; of Candidate */
    LedgerMatch *message;  /* owned; the one that went there, or the last of several */
    int messages;
} Address;

struct ReturnedGuess {
    Ledger *ledger;
    GHashTable *from;      /* owned; the addresses from which the gateways send, folded */
    GHashTable *addresses; /* owned; folded -> Address */
    GHashTable *digests;   /* owned; a set of those of the candidates, which own them */
    guint count;
    size_t bytes;
};

static void free_candidate(gpointer data)
{
    Candidate *candidate = data;

    g_clear_pointer(&candidate->bytes, g_bytes_unref);
    g_free(candidate->digest);
    g_free(candidate->recipient.recipient);
    g_free(candidate->recipient.said);
    g_free(candidate->recipient.rule);
    g_free(candidate);
}

static void free_address(gpointer data)
{
    Address *address = data;

    g_ptr_array_unref(address->candidates);
    ledger_match_free(address->message);
    g_free(address);
}

static bool is_email(const char *channel)
{
    return g_strcmp0(channel, "email") == 0;
}

/* What the gateways had as From when it was planned (LedgerHeader.gateways) */
static void read_senders(ReturnedGuess *guess)
{
    json_auto_t *list = json_loads(ledger_header(guess->ledger)->gateways, 0, NULL);
    const json_t *gateway;
    size_t i;

    json_array_foreach(list, i, gateway)
    {
        const char *from = json_string_value(json_object_get(gateway, "from"));

        if (from && is_email(json_string_value(json_object_get(gateway, "channel"))))
            g_hash_table_add(guess->from, g_ascii_strdown(from, -1));
    }
}

ReturnedGuess *returned_guess_new(Ledger *ledger)
{
    ReturnedGuess *guess = g_new0(ReturnedGuess, 1);

    guess->ledger = ledger;
    guess->from = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    guess->addresses = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_address);
    guess->digests = g_hash_table_new(g_str_hash, g_str_equal);
    read_senders(guess);
    return guess;
}

void returned_guess_free(ReturnedGuess *guess)
{
    if (!guess)
        return;
    g_hash_table_unref(guess->from);
    g_hash_table_unref(guess->digests);
    g_hash_table_unref(guess->addresses);
    g_free(guess);
}

/* Whether what it returns looks like ours; an id of any kind says that it is about something else. */
static bool may_count(const ReturnedGuess *guess, const Bounce *bounce)
{
    g_autofree char *from = g_ascii_strdown(bounce->returned_from, -1);

    return bounce->tokens->len == 0 && bounce->recipients->len == 1 && bounce->returned_date >= 0 &&
           g_hash_table_contains(guess->from, from);
}

static Address *address_of(ReturnedGuess *guess, const char *recipient)
{
    g_autofree char *folded = g_ascii_strdown(recipient, -1);
    Address *address = g_hash_table_lookup(guess->addresses, folded);

    if (address)
        return address;
    address = g_new0(Address, 1);
    address->candidates = g_ptr_array_new_with_free_func(free_candidate);
    g_hash_table_insert(guess->addresses, g_steal_pointer(&folded), address);
    return address;
}

bool returned_guess_has(const ReturnedGuess *guess, const char *digest)
{
    return g_hash_table_contains(guess->digests, digest);
}

void returned_guess_add(ReturnedGuess *guess, const Bounce *bounce, const char *bytes, size_t size, const char *digest)
{
    const BounceRecipient *recipient = g_ptr_array_index(bounce->recipients, 0);
    bool is_bounce = recipient->kind == BOUNCE_KIND_BOUNCE || recipient->kind == BOUNCE_KIND_DELAY;
    Candidate *candidate;

    if (!is_bounce || !strchr(recipient->recipient, '@') || guess->count >= CANDIDATES_MOST)
        return;
    candidate = g_new0(Candidate, 1);
    candidate->digest = g_strdup(digest);
    candidate->date = bounce->returned_date;
    candidate->recipient = *recipient;
    candidate->recipient.recipient = g_strdup(recipient->recipient);
    candidate->recipient.said = g_strdup(recipient->said);
    candidate->recipient.rule = g_strdup(recipient->rule);
    if (may_count(guess, bounce) && guess->bytes + size <= BYTES_MOST) {
        candidate->bytes = g_bytes_new(bytes, size);
        guess->bytes += size;
    }
    guess->count++;
    g_hash_table_add(guess->digests, candidate->digest);
    g_ptr_array_add(address_of(guess, recipient->recipient)->candidates, candidate);
}

static void note_message(ReturnedGuess *guess, GPtrArray *page, guint i)
{
    LedgerMatch *match = g_ptr_array_index(page, i);
    g_autofree char *folded = match->endpoint ? g_ascii_strdown(match->endpoint, -1) : NULL;
    Address *address = folded ? g_hash_table_lookup(guess->addresses, folded) : NULL;

    if (!address || match->attempt < 1 || !is_email(match->channel))
        return;
    address->messages++;
    if (address->message)
        return;
    address->message = match;
    page->pdata[i] = NULL; /* taken */
}

static bool look_up(ReturnedGuess *guess, GError **error)
{
    const LedgerFilter filter = {.states = WENT_OUT};
    int64_t after = 0;
    bool is_more = true;

    while (is_more) {
        g_autoptr(GPtrArray) page = ledger_select(guess->ledger, &filter, after, PAGE, error);

        if (!page)
            return false;
        is_more = page->len == PAGE;
        if (is_more)
            after = ((const LedgerMatch *)g_ptr_array_index(page, page->len - 1))->no;
        for (guint i = 0; i < page->len; i++)
            note_message(guess, page, i);
    }
    return true;
}

static bool has_mail(const Address *address)
{
    for (guint i = 0; i < address->candidates->len; i++)
        if (((const Candidate *)g_ptr_array_index(address->candidates, i))->bytes)
            return true;
    return false;
}

static bool is_open(const Address *address)
{
    return address->messages == 1 && address->message->state == MESSAGE_ACCEPTED && has_mail(address);
}

/* When those messages were made that may be meant: one pass over the events for all of them. */
static bool look_closer(ReturnedGuess *guess, GError **error)
{
    g_autoptr(GPtrArray) messages = g_ptr_array_new();
    GHashTableIter iterator;
    gpointer address;

    g_hash_table_iter_init(&iterator, guess->addresses);
    while (g_hash_table_iter_next(&iterator, NULL, &address))
        if (((const Address *)address)->message && is_open(address))
            g_ptr_array_add(messages, ((Address *)address)->message);
    return messages->len == 0 || ledger_select_details(guess->ledger, messages, error);
}

/* Whether a Date, which has no thousandths, is that of the message: of the very octets where they are on record (the
 * latest event says when they were made), else of its attempts. */
static bool is_its_time(const LedgerMatch *message, int64_t date)
{
    if (message->made_at >= 0)
        return date == message->made_at / CLOCK_SECOND * CLOCK_SECOND;
    return date >= message->first_at - SLACK && date <= message->changed_at + SLACK;
}

/* Whether all that may count have the time of the message. One that has another is about something else, or somebody
 * tries one second after the other: then none counts. */
static bool is_plausible(const Address *address)
{
    for (guint i = 0; i < address->candidates->len; i++) {
        const Candidate *candidate = g_ptr_array_index(address->candidates, i);

        if (candidate->bytes && !is_its_time(address->message, candidate->date))
            return false;
    }
    return is_open(address);
}

static bool settle_one(const Address *address, const Candidate *candidate, bool is_sure, ReturnedKeep *keep,
                       ReturnedGuessed *guessed, GError **error)
{
    gsize size = 0;
    const char *bytes = candidate->bytes ? g_bytes_get_data(candidate->bytes, &size) : NULL;
    bool is_bounce = candidate->recipient.kind == BOUNCE_KIND_BOUNCE;

    if (!is_sure || !candidate->bytes) {
        guessed->address_only++;
        return true;
    }
    *(is_bounce ? &guessed->bounced : &guessed->delays) += 1;
    guessed->about_us += is_bounce && bounce_reason_is_ours(candidate->recipient.reason);
    return returned_keep_add(keep,
                             &(ReturnedMail){.bytes = bytes,
                                             .size = size,
                                             .digest = candidate->digest,
                                             .recipient = &candidate->recipient,
                                             .message = address->message->id,
                                             .note = "matched by address"},
                             error);
}

static bool settle_address(const Address *address, ReturnedKeep *keep, ReturnedGuessed *guessed, GError **error)
{
    bool is_sure = address->message && is_plausible(address);

    for (guint i = 0; address->message && i < address->candidates->len; i++)
        if (!settle_one(address, g_ptr_array_index(address->candidates, i), is_sure, keep, guessed, error))
            return false;
    return true;
}

bool returned_guess_settle(ReturnedGuess *guess, ReturnedKeep *keep, ReturnedGuessed *guessed, GError **error)
{
    GHashTableIter iterator;
    gpointer address;
    bool done;

    if (guess->count == 0)
        return true;
    done = look_up(guess, error) && look_closer(guess, error);
    g_hash_table_iter_init(&iterator, guess->addresses);
    while (done && g_hash_table_iter_next(&iterator, NULL, &address))
        done = settle_address(address, keep, guessed, error);
    g_hash_table_remove_all(guess->digests);
    g_hash_table_remove_all(guess->addresses);
    guess->count = 0;
    guess->bytes = 0;
    return done;
}
