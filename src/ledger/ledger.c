#include "ledger/ledger.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/fault.h"
#include "base/file.h"
#include "base/text.h"
#include "ledger/backend.h"
#include "ledger/event.h"
#include "ledger/ledger_private.h"
#include "model/escalation.h"

typedef struct CounterKey {
    LedgerCounterKind kind;
    int state;
    int64_t name;
} CounterKey;

typedef struct TextPlace {
    int64_t audience, channel, edition;
    int64_t after, silence; /* ms; how long its channel is waited for; -1: not at all */
    char *audience_name; /* owned; NULL before it is asked for */
    char *locale;        /* owned */
} TextPlace;

static void free_place(gpointer data)
{
    TextPlace *place = data;

    g_free(place->audience_name);
    g_free(place->locale);
    g_free(place);
}

static guint counter_hash(gconstpointer data)
{
    const CounterKey *key = data;

    return (guint)key->kind * 31 + (guint)key->state * 1009 + (guint)key->name * 9973;
}

static gboolean counter_equal(gconstpointer left, gconstpointer right)
{
    const CounterKey *a = left;
    const CounterKey *b = right;

    return a->kind == b->kind && a->state == b->state && a->name == b->name;
}

void ledger_count(Ledger *ledger, LedgerCounterKind kind, int64_t name, int state, int64_t n)
{
    const CounterKey key = {.kind = kind, .state = state, .name = name};
    int64_t *delta = g_hash_table_lookup(ledger->counter_deltas, &key);

    if (!delta) {
        delta = g_new0(int64_t, 1);
        g_hash_table_insert(ledger->counter_deltas, g_memdup2(&key, sizeof key), delta);
    }
    *delta += n;
}

/* Opening ------------------------------------------------------------------------------------------------------- */

bool ledger_exists(const LedgerBackend *backend, const char *folder)
{
    return backend->exists(folder);
}

static char *header_text(Ledger *ledger, const char *key, GError **error)
{
    char *value;

    if (error && *error)
        return NULL;
    value = ledger->backend->header_get(ledger->store, key, error);
    if (!value && error && !*error)
        error_set(error, BREACH_ERROR_INPUT, "ledger-incomplete", "the ledger in %s is not complete: it has no %s",
                  ledger->folder, key);
    return value;
}

static int64_t header_number(Ledger *ledger, const char *key, GError **error)
{
    g_autofree char *value = header_text(ledger, key, error);

    return value ? g_ascii_strtoll(value, NULL, 10) : 0;
}

static bool damaged_header(const Ledger *ledger, const char *key, GError **error)
{
    error_set(error, BREACH_ERROR_INPUT, "ledger-damaged", "the ledger in %s is damaged: its %s makes no sense",
              ledger->folder, key);
    return false;
}

static bool read_secret(Ledger *ledger, GError **error)
{
    g_autofree char *text = header_text(ledger, "secret", error);

    if (!text)
        return false;
    if (strlen(text) != 2 * ID_SECRET_SIZE || strspn(text, "0123456789abcdef") != 2 * ID_SECRET_SIZE)
        return damaged_header(ledger, "secret", error);
    for (int i = 0; i < ID_SECRET_SIZE; i++)
        ledger->header.secret[i] =
            (uint8_t)(g_ascii_xdigit_value(text[2 * i]) << 4 | g_ascii_xdigit_value(text[2 * i + 1]));
    return true;
}

/* Nothing is guessed here: taking an exercise for the real thing, or the other way round, is the worst of errors. */
static bool read_status(Ledger *ledger, GError **error)
{
    g_autofree char *text = header_text(ledger, "status", error);

    if (!text)
        return false;
    ledger->header.status = strcmp(text, "actual") == 0 ? INCIDENT_ACTUAL : INCIDENT_EXERCISE;
    return strcmp(text, playbook_status_name(ledger->header.status)) == 0 || damaged_header(ledger, "status", error);
}

static bool read_header(Ledger *ledger, GError **error)
{
    LedgerHeader *header = &ledger->header;
    g_autoptr(GError) problem = NULL;

    header->incident = header_text(ledger, "incident", &problem);
    header->edition = (int)header_number(ledger, "edition", &problem);
    header->digest = header_text(ledger, "digest", &problem);
    header->people = header_number(ledger, "people", &problem);
    header->planned_at = header_number(ledger, "planned_at", &problem);
    header->generation = (int)header_number(ledger, "generation", &problem);
    header->host = header_text(ledger, "host", &problem);
    header->path = header_text(ledger, "path", &problem);
    header->place = header_text(ledger, "place", &problem);
    header->inputs = header_text(ledger, "inputs", &problem);
    header->gateways = header_text(ledger, "gateways", &problem);
    header->escalation = header_text(ledger, "escalation", &problem);
    if (!problem && read_status(ledger, &problem) && read_secret(ledger, &problem))
        return true;
    g_propagate_error(error, g_steal_pointer(&problem));
    return false;
}

Ledger *ledger_open(const LedgerBackend *backend, const char *folder, GError **error)
{
    void *store = backend->open(folder, error);
    Ledger *ledger;

    if (!store)
        return NULL;
    ledger = g_new0(Ledger, 1);
    ledger->backend = backend;
    ledger->store = store;
    ledger->folder = g_strdup(folder);
    ledger->served = g_array_new(FALSE, FALSE, sizeof(LedgerServed));
    ledger->event = g_string_sized_new(512);
    ledger->counter_deltas = g_hash_table_new_full(counter_hash, counter_equal, g_free, g_free);
    ledger->places = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, free_place);
    if (!read_header(ledger, error)) {
        ledger_close(ledger);
        return NULL;
    }
    ledger->escalation = json_loads(ledger->header.escalation, 0, NULL);
    return ledger;
}

void ledger_close(Ledger *ledger)
{
    if (!ledger)
        return;
    ledger->backend->close(ledger->store);
    g_free(ledger->header.incident);
    g_free(ledger->header.digest);
    g_free(ledger->header.host);
    g_free(ledger->header.path);
    g_free(ledger->header.place);
    g_free(ledger->header.inputs);
    g_free(ledger->header.gateways);
    g_free(ledger->header.escalation);
    json_decref(ledger->escalation);
    g_array_unref(ledger->served);
    g_string_free(ledger->event, TRUE);
    g_hash_table_unref(ledger->counter_deltas);
    g_hash_table_unref(ledger->places);
    g_clear_pointer(&ledger->doubt_due, g_hash_table_unref);
    g_free(ledger->folder);
    g_free(ledger);
}

const LedgerHeader *ledger_header(const Ledger *ledger)
{
    return &ledger->header;
}

bool ledger_is_copy(const Ledger *ledger)
{
    g_autofree char *place = file_place(ledger->folder, NULL);

    return !place || strcmp(place, ledger->header.place) != 0;
}

char *ledger_text(Ledger *ledger, int64_t text, GError **error)
{
    return ledger->backend->text_body(ledger->store, text, error);
}

int64_t ledger_gateway(Ledger *ledger, const char *name, GError **error)
{
    int64_t no = 0;

    return ledger->backend->gateway_no(ledger->store, name, &no, error) ? no : 0;
}

static bool reported_by_name(Ledger *ledger, const char *gateway, const char *theirs, int *attempt, GError **error)
{
    LedgerRow row = {.attempt = 0};
    int64_t no = 0;

    if (!ledger->backend->provider_find(ledger->store, gateway, theirs, &no, error) ||
        (no > 0 && !ledger->backend->row_get(ledger->store, no, &row, error)))
        return false;
    *attempt = row.attempt;
    return true;
}

bool ledger_reported(Ledger *ledger, const char *gateway, const char *id, const char *theirs, int *attempt,
                     GError **error)
{
    g_autoptr(GError) problem = NULL;
    int64_t no = 0;
    LedgerRow row;
    bool is_there;

    if (!id)
        return reported_by_name(ledger, gateway, theirs, attempt, error);
    if (!ledger->backend->gateway_no(ledger->store, gateway, &no, error))
        return false;
    is_there = ledger->backend->row_find(ledger->store, id, &row, &problem);
    if (problem) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return false;
    }
    *attempt = is_there && row.gateway == no ? row.attempt : -1;
    return true;
}

/* Transactions -------------------------------------------------------------------------------------------------- */

bool ledger_begin(Ledger *ledger, GError **error)
{
    if (ledger->in_batch) {
        error_set(error, BREACH_ERROR_INTERNAL, "internal-ledger", "a batch is open already");
        return false;
    }
    g_hash_table_remove_all(ledger->counter_deltas);
    ledger->in_batch = ledger->backend->begin(ledger->store, error);
    return ledger->in_batch;
}

bool ledger_commit(Ledger *ledger, GError **error)
{
    GHashTableIter iterator;
    gpointer key, delta;

    g_hash_table_iter_init(&iterator, ledger->counter_deltas);
    while (g_hash_table_iter_next(&iterator, &key, &delta)) {
        const CounterKey *counter = key;
        int64_t n = *(int64_t *)delta;

        if (n != 0 && !ledger->backend->counter_add(ledger->store, counter->kind, counter->name, counter->state, n, error))
            return false;
    }
    g_hash_table_remove_all(ledger->counter_deltas);
    fault_point("ledger_commit_before");
    if (!ledger->backend->commit(ledger->store, error))
        return false;
    ledger->in_batch = false;
    fault_point("ledger_commit_after");
    return true;
}

void ledger_rollback(Ledger *ledger)
{
    g_hash_table_remove_all(ledger->counter_deltas);
    ledger->in_batch = false;
    ledger->backend->rollback(ledger->store);
}

bool ledger_note(Ledger *ledger, const char *event, int64_t at, const json_t *details, GError **error)
{
    g_autofree char *body = event_note(event, at, details);

    return ledger->backend->event_put(ledger->store, at, 0, body, error);
}

/* Changes ------------------------------------------------------------------------------------------------------- */

static int64_t wait_of(const Ledger *ledger, const char *key, const char *channel, int64_t missing)
{
    const json_t *wait = json_object_get(json_object_get(ledger->escalation, key), channel);

    return json_is_integer(wait) ? json_integer_value(wait) : missing;
}

static bool read_waits(Ledger *ledger, TextPlace *place, GError **error)
{
    g_autofree char *channel = ledger->backend->label_name(ledger->store, place->channel, error);

    if (!channel)
        return false;
    place->after = wait_of(ledger, "after", channel, ESCALATION_AFTER);
    place->silence = wait_of(ledger, "silence", channel, -1);
    return true;
}

static TextPlace *place_of(Ledger *ledger, int64_t text, GError **error)
{
    TextPlace *place = g_hash_table_lookup(ledger->places, &text);

    if (place)
        return place;
    place = g_new0(TextPlace, 1);
    if (!ledger->backend->text_place(ledger->store, text, &place->audience, &place->channel,
                                     &place->edition, &place->locale, error) ||
        !read_waits(ledger, place, error)) {
        free_place(place);
        return NULL;
    }
    g_hash_table_insert(ledger->places, g_memdup2(&text, sizeof text), place);
    return place;
}

bool ledger_channel_of(Ledger *ledger, int64_t text, int64_t *channel, GError **error)
{
    const TextPlace *place = place_of(ledger, text, error);

    *channel = place ? place->channel : 0;
    return place != NULL;
}

bool ledger_waits(Ledger *ledger, int64_t text, int64_t *after, int64_t *silence, GError **error)
{
    const TextPlace *place = place_of(ledger, text, error);

    *after = place ? place->after : 0;
    *silence = place ? place->silence : -1;
    return place != NULL;
}

const char *ledger_audience_of(Ledger *ledger, int64_t text, GError **error)
{
    TextPlace *place = place_of(ledger, text, error);

    if (place && !place->audience_name)
        place->audience_name = ledger->backend->label_name(ledger->store, place->audience, error);
    return place ? place->audience_name : NULL;
}

const char *ledger_locale_of(Ledger *ledger, int64_t text, GError **error)
{
    const TextPlace *place = place_of(ledger, text, error);

    return place ? place->locale : NULL;
}

const char *ledger_text_audience(Ledger *ledger, int64_t text, GError **error)
{
    return ledger_audience_of(ledger, text, error);
}

static Told told_of_one(MessageState state, bool has_rungs)
{
    uint32_t counts[MESSAGE_STATES] = {0};

    counts[state] = 1;
    return identity_ladder(counts, has_rungs, false);
}

Told ledger_told_of(const LedgerServed *served)
{
    return served->has_messages ? identity_ladder(served->states, served->has_rungs, served->every) : served->aside;
}

/* One person's notices of one edition, from `i` on; returns the first that is not. Adds them to `notices`. */
static guint count_edition(Ledger *ledger, guint i, uint32_t notices[TOLD_STATES], int64_t n)
{
    const LedgerServed *all = (const LedgerServed *)(void *)ledger->served->data;
    const LedgerServed *first = &all[i];
    uint32_t of_edition[TOLD_STATES] = {0};

    for (; i < ledger->served->len && all[i].person == first->person && all[i].edition == first->edition; i++) {
        Told told = ledger_told_of(&all[i]);

        notices[told]++;
        of_edition[told]++;
        ledger_count(ledger, COUNTER_AUDIENCE, all[i].audience, (int)told, n);
    }
    ledger_count(ledger, COUNTER_EDITION, first->edition, (int)identity_person(of_edition), n);
    return i;
}

/* Adds `n` to the counters of every notice and person in `served`, which is ordered by person and edition. */
void ledger_count_served(Ledger *ledger, int64_t n)
{
    const LedgerServed *all = (const LedgerServed *)(void *)ledger->served->data;
    guint i = 0;

    while (i < ledger->served->len) {
        uint32_t notices[TOLD_STATES] = {0};
        int64_t person = all[i].person;

        while (i < ledger->served->len && all[i].person == person)
            i = count_edition(ledger, i, notices, n);
        ledger_count(ledger, COUNTER_PERSON, 0, (int)identity_person(notices), n);
    }
}

bool ledger_count_person(Ledger *ledger, int64_t person, int64_t n, GError **error)
{
    g_array_set_size(ledger->served, 0);
    if (!ledger->backend->person_served(ledger->store, person, ledger->served, error))
        return false;
    ledger_count_served(ledger, n);
    return true;
}

static bool count_change(Ledger *ledger, const LedgerRow *row, MessageState before, const TextPlace *place,
                         int64_t direction, GError **error)
{
    MessageState state = direction < 0 ? before : row->state;

    ledger_count(ledger, COUNTER_CHANNEL, place->channel, (int)state, direction);
    if (row->solo) {
        ledger_count(ledger, COUNTER_AUDIENCE, place->audience, (int)told_of_one(state, row->has_rungs), direction);
        ledger_count(ledger, COUNTER_PERSON, 0, (int)told_of_one(state, row->has_rungs), direction);
        ledger_count(ledger, COUNTER_EDITION, place->edition, (int)told_of_one(state, row->has_rungs), direction);
        return true;
    }
    g_array_set_size(ledger->served, 0);
    if (!ledger->backend->served(ledger->store, row->no, ledger->served, error))
        return false;
    ledger_count_served(ledger, direction);
    return true;
}

bool ledger_refuse(GError **error, const LedgerRow *row, MessageEvent event)
{
    error_set(error, BREACH_ERROR_INTERNAL, "internal-transition", "message %s is %s: it cannot be %s", row->id,
              message_state_name(row->state), message_event_name(event));
    return false;
}

static bool append_event(Ledger *ledger, const LedgerRow *row, MessageState before, const LedgerChange *change,
                         GError **error)
{
    event_attempt(ledger->event, &(EventAttempt){.at = change->at,
                                                 .attempt = change->attempt > 0 ? change->attempt : row->attempt,
                                                 .by = change->by,
                                                 .evidence = change->evidence,
                                                 .handed = change->handed,
                                                 .event = message_event_name(change->event),
                                                 .from = message_state_name(before),
                                                 .to = message_state_name(row->state),
                                                 .message = row->id,
                                                 .run = change->run,
                                                 .text = row->text,
                                                 .code = change->code,
                                                 .enhanced = change->enhanced,
                                                 .reply = change->reply,
                                                 .note = change->note,
                                                 .reason = change->reason,
                                                 .about_us = change->about_us});
    return ledger->backend->event_put(ledger->store, change->at, row->no, ledger->event->str, error);
}

/* When the message is due after a change. */
static int64_t next_due(const LedgerRow *row, MessageState before, const LedgerChange *change)
{
    bool is_postponed = row->state == MESSAGE_DEFERRED && change->event == EVENT_DEFERRED;
    bool is_doubted = row->state == MESSAGE_IN_DOUBT && change->event == EVENT_DOUBTED;

    if (row->state == before && !is_postponed && !is_doubted)
        return row->due;
    if (row->state == MESSAGE_IN_DOUBT)
        return change->due;
    if (row->state == MESSAGE_PLANNED || row->state == MESSAGE_DEFERRED)
        return change->due >= 0 ? change->due : change->at;
    return -1;
}

/* What comes out of doubt by being returned was surely not taken: its next attempt is no second copy. */
static void remember_doubt(LedgerRow *row, MessageState before, MessageEvent event)
{
    if (row->state == MESSAGE_IN_DOUBT) {
        row->was_in_doubt = true;
        row->settled = false;
        return;
    }
    if (before == MESSAGE_IN_DOUBT && event == EVENT_RETURNED)
        row->settled = true;
    if (before == MESSAGE_IN_DOUBT || event == EVENT_RELEASED)
        row->doubt_open = false;
}

bool ledger_apply(Ledger *ledger, LedgerRow *row, const LedgerChange *change, GError **error)
{
    MessageState before = row->state;
    const TextPlace *place = place_of(ledger, row->text, error);
    MessageState after;

    if (!place)
        return false;
    if (!message_state_next(before, change->event, &after))
        return ledger_refuse(error, row, change->event);
    if (!count_change(ledger, row, before, place, -1, error))
        return false;
    row->state = after;
    row->due = next_due(row, before, change);
    if (change->event != EVENT_RETURNED) { /* whose reply is about the session, not about the message */
        row->code = change->code;
        g_strlcpy(row->enhanced, change->enhanced ? change->enhanced : "", sizeof row->enhanced);
    }
    remember_doubt(row, before, change->event);
    if (!ledger->backend->row_put(ledger->store, row, error) || !count_change(ledger, row, before, place, 1, error) ||
        !ledger_climb_schedule(ledger, row, before, change->at, error))
        return false;
    return append_event(ledger, row, before, change, error);
}

/* Dispatch ------------------------------------------------------------------------------------------------------ */

/* Whether an attempt may be the second copy that somebody gets. */
static bool may_be_second(const LedgerRow *row)
{
    return (row->was_in_doubt && !row->settled) || row->stands_in;
}

bool ledger_take(Ledger *ledger, LedgerRow *row, LedgerClaim *claim, int64_t now, GError **error)
{
    const TextPlace *place = place_of(ledger, row->text, error);
    MessageState before = row->state;

    if (!place)
        return false;
    if (!message_state_next(before, EVENT_CLAIMED, &row->state))
        return ledger_refuse(error, row, EVENT_CLAIMED);
    claim->was_in_doubt = row->was_in_doubt;
    if (before == MESSAGE_IN_DOUBT && !row->doubt_open) {
        row->doubt_open = true;
        row->doubted = row->attempt;
    }
    claim->doubt_open = row->doubt_open;
    claim->doubted = row->doubt_open ? row->doubted : 0;
    claim->attempt = ++row->attempt;
    claim->is_first = row->first_at < 0;
    row->run = ledger->run;
    row->due = -1;
    if (row->first_at < 0)
        row->first_at = now;
    claim->first_at = row->first_at;
    claim->relay_doubts = row->relay_doubts;
    if (may_be_second(row))
        ledger_count(ledger, COUNTER_RESENT, 0, 0, 1);
    return count_change(ledger, row, before, place, -1, error) &&
           ledger->backend->row_put(ledger->store, row, error) && count_change(ledger, row, before, place, 1, error);
}

bool ledger_look_up(Ledger *ledger, LedgerRow *row, LedgerClaim *claim, int64_t due, GError **error)
{
    claim->is_look_up = true;
    claim->was_in_doubt = true;
    claim->doubt_open = true;
    claim->attempt = row->attempt;
    claim->relay_doubts = row->relay_doubts;
    claim->first_at = row->first_at;
    row->due = due;
    return ledger->backend->row_put(ledger->store, row, error);
}

void ledger_claim_free(LedgerClaim *claim)
{
    if (!claim)
        return;
    g_free(claim->endpoint);
    g_strfreev(claim->people);
    g_free(claim);
}

static bool mark_twice(Ledger *ledger, LedgerRow *row, const LedgerChange *change, GError **error)
{
    LedgerChange late = *change;

    if (!row->twice)
        ledger_count(ledger, COUNTER_TWICE, 0, 0, 1);
    row->twice = true;
    late.note = "twice";
    return ledger->backend->row_put(ledger->store, row, error) && append_event(ledger, row, row->state, &late, error);
}

/* The message is on its way again, and now it turns out that an earlier attempt was accepted. */
static bool remember_acceptance(Ledger *ledger, LedgerRow *row, const LedgerChange *change, GError **error)
{
    row->accepted_before = true;
    return ledger->backend->row_put(ledger->store, row, error) && append_event(ledger, row, row->state, change, error);
}

static bool was_accepted(MessageState state)
{
    return state == MESSAGE_ACCEPTED || state == MESSAGE_DELIVERED || state == MESSAGE_BOUNCED;
}

/* An acceptance that comes when that attempt is no longer under way. */
static bool accept_late(Ledger *ledger, LedgerRow *row, LedgerChange *change, GError **error)
{
    bool same = change->attempt == row->attempt;
    MessageState next;

    if (same && row->state == MESSAGE_ACCEPTED)
        return true; /* told twice, counts once */
    if (!same && row->state == MESSAGE_ATTEMPTING)
        return remember_acceptance(ledger, row, change, error);
    if (!same && was_accepted(row->state))
        return mark_twice(ledger, row, change, error);
    if (message_state_next(row->state, EVENT_ACCEPTED, &next) && next != row->state)
        return ledger_apply(ledger, row, change, error);
    return append_event(ledger, row, row->state, change, error);
}

/* An outcome that comes when the message is no longer attempting that attempt: it settles what it can and is never
 * dropped (invariant 3). */
static bool record_late(Ledger *ledger, LedgerRow *row, LedgerChange *change, GError **error)
{
    bool same = change->attempt == row->attempt;
    MessageState next;

    change->note = "late";
    if (change->event == EVENT_ACCEPTED)
        return accept_late(ledger, row, change, error);
    if (same && row->state == MESSAGE_IN_DOUBT && change->event != EVENT_DOUBTED &&
        message_state_next(row->state, change->event, &next))
        return ledger_apply(ledger, row, change, error);
    if (same && message_state_next(MESSAGE_ATTEMPTING, change->event, &next) && next == row->state)
        return true; /* told twice, counts once */
    return append_event(ledger, row, row->state, change, error);
}

/* What the gateway said of a message in doubt. That it is still unknown changes when it is asked again, and is an event
 * only when a person has to decide. */
static bool record_look_up(Ledger *ledger, LedgerRow *row, LedgerChange *change, GError **error)
{
    change->note = "looked up";
    if (row->state != MESSAGE_IN_DOUBT || change->attempt != row->attempt)
        return append_event(ledger, row, row->state, change, error); /* settled meanwhile by somebody else */
    if (change->event != EVENT_DOUBTED || change->due < 0)
        return ledger_apply(ledger, row, change, error);
    row->due = change->due;
    return ledger->backend->row_put(ledger->store, row, error);
}

bool ledger_end_attempt(Ledger *ledger, LedgerRow *row, const LedgerChange *change, GError **error)
{
    LedgerChange earlier = {.event = EVENT_ACCEPTED,
                            .at = change->at,
                            .due = -1,
                            .reply = "an earlier attempt had been accepted",
                            .run = change->run,
                            .note = "late"};

    LedgerChange still = *change;

    if (change->event == EVENT_RETURNED && may_be_second(row))
        ledger_count(ledger, COUNTER_RESENT, 0, 0, -1); /* nothing of it has left, so it was no second copy */
    if (!row->accepted_before && change->event == EVENT_RETURNED && row->doubt_open) {
        still.event = EVENT_DOUBTED; /* nothing of this attempt has left, so what was in doubt before it still is */
        still.note = "still in doubt";
        return ledger_apply(ledger, row, &still, error);
    }
    if (change->event == EVENT_RETURNED && row->code == 0 && !row->was_in_doubt)
        row->first_at = -1; /* never answered: an outage of the gateway must not eat up give_up */
    if (!row->accepted_before)
        return ledger_apply(ledger, row, change, error);
    if (change->event == EVENT_ACCEPTED)
        return ledger_apply(ledger, row, change, error) && mark_twice(ledger, row, change, error);
    return append_event(ledger, row, row->state, change, error) && ledger_apply(ledger, row, &earlier, error);
}

bool ledger_record(Ledger *ledger, const LedgerOutcome *outcome, GError **error)
{
    LedgerRow row;
    LedgerChange change = {.event = outcome->event,
                           .attempt = outcome->attempt,
                           .at = outcome->at,
                           .due = outcome->due,
                           .code = outcome->code,
                           .enhanced = outcome->enhanced && *outcome->enhanced ? outcome->enhanced : NULL,
                           .reply = outcome->reply,
                           .run = ledger->run ? ledger->run_id : NULL,
                           .by = outcome->by,
                           .evidence = outcome->evidence,
                           .handed = outcome->handed};

    if (!ledger->backend->row_get(ledger->store, outcome->message, &row, error))
        return false;
    if (outcome->provider_id && *outcome->provider_id &&
        !ledger->backend->provider_put(ledger->store, row.gateway, outcome->provider_id, row.no, error))
        return false;
    if (outcome->attempt < 1 || outcome->attempt > row.attempt) {
        error_set(error, BREACH_ERROR_INTERNAL, "internal-ledger",
                  "message %s has had %d attempts: there is no outcome of %d", row.id, row.attempt, outcome->attempt);
        return false;
    }
    if (outcome->is_look_up)
        return record_look_up(ledger, &row, &change, error);
    if (row.attempt != outcome->attempt || row.state != MESSAGE_ATTEMPTING)
        return record_late(ledger, &row, &change, error);
    if (outcome->event == EVENT_DOUBTED && outcome->by_relay)
        row.relay_doubts++;
    return ledger_end_attempt(ledger, &row, &change, error);
}

bool ledger_history(Ledger *ledger, int64_t message, LedgerHistory *history, GError **error)
{
    LedgerRow row;

    if (!ledger->backend->row_get(ledger->store, message, &row, error))
        return false;
    *history = (LedgerHistory){.state = row.state,
                               .attempt = row.attempt,
                               .relay_doubts = row.relay_doubts,
                               .first_at = row.first_at,
                               .was_in_doubt = row.was_in_doubt,
                               .twice = row.twice};
    return true;
}

bool ledger_start_run(Ledger *ledger, const char *run, const char *boot, int64_t now, GError **error)
{
    json_auto_t *details = json_pack("{s:s, s:s}", "run", run, "boot", boot);

    if (!ledger_begin(ledger, error))
        return false;
    if (!ledger->backend->run_put(ledger->store, run, boot, now, &ledger->run, error) ||
        !ledger_note(ledger, "run_started", now, details, error) || !ledger_commit(ledger, error)) {
        ledger_rollback(ledger);
        ledger->run = 0;
        return false;
    }
    g_strlcpy(ledger->run_id, run, sizeof ledger->run_id);
    return true;
}

/* Whatever a run still has under way must go through recovery: ending it here would lose its slots' word. */
static bool left_nothing(Ledger *ledger, GError **error)
{
    LedgerRow row;
    int n = ledger->backend->rows_attempting(ledger->store, 0, 1, &row, error);

    if (n > 0)
        error_set(error, BREACH_ERROR_INTERNAL, "internal-ledger", "message %s is still on its way", row.id);
    return n == 0;
}

bool ledger_end_run(Ledger *ledger, int64_t now, GError **error)
{
    json_auto_t *details = json_pack("{s:s}", "run", ledger->run_id);

    if (!ledger_begin(ledger, error))
        return false;
    if (!left_nothing(ledger, error) || !ledger->backend->run_end(ledger->store, ledger->run, now, error) ||
        !ledger_note(ledger, "run_ended", now, details, error) || !ledger_commit(ledger, error)) {
        ledger_rollback(ledger);
        return false;
    }
    ledger->run = 0;
    return true;
}
