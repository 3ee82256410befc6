#include "ledger/inbox.h"

#include "base/error.h"
#include "base/fault.h"
#include "base/text.h"
#include "ledger/backend.h"
#include "ledger/decision.h"
#include "ledger/ledger_private.h"
#include "ledger/publication.h"

/* A receipt can overtake the answer that says what the gateway calls the message: it waits so long in the inbox, ms. */
#define PROVIDER_WAIT INT64_C(300000)
#define WAITS_A_MS 4 /* looking at one takes some 10 µs: a few hundredths of the time go into it */

#define MAIL_EVENT "mail" /* of an entry that is no message's event */

/* One entry in a transaction of its own; `object` may be NULL: its words were no UTF-8. */
static bool put_alone(Ledger *ledger, const json_t *object, int64_t at, GError **error)
{
    g_autofree char *body = object ? text_canonical_json(object) : NULL;

    if (!body) {
        error_set(error, BREACH_ERROR_INPUT, "internal-inbox", "an inbox entry must be valid UTF-8");
        return false;
    }
    if (!ledger_begin(ledger, error))
        return false;
    if (ledger->backend->inbox_put(ledger->store, at, body, error) && ledger_commit(ledger, error))
        return true;
    ledger_rollback(ledger);
    return false;
}

bool inbox_append_hold(Ledger *ledger, const Hold *hold, bool lift, GError **error)
{
    json_auto_t *object = hold_entry(hold, lift);

    if (!put_alone(ledger, object, hold->at, error))
        return false;
    fault_point("inbox_hold_appended");
    return true;
}

bool inbox_hold_asked(Ledger *ledger, const Hold *hold, InboxHold *asked, GError **error)
{
    int64_t after = 0, no = 0;

    *asked = INBOX_HOLD_NONE;
    for (;;) {
        g_autofree char *body = NULL;
        json_auto_t *entry = NULL;

        if (!ledger->backend->inbox_next(ledger->store, after, &no, &body, error))
            return false;
        if (no == 0)
            return true;
        after = no;
        entry = json_loads(body, 0, NULL);
        if (entry && hold_entry_is_about(entry, hold))
            *asked = g_strcmp0(json_string_value(json_object_get(entry, "event")), "lift") == 0 ? INBOX_HOLD_LIFT
                                                                                               : INBOX_HOLD_HOLD;
    }
}

/* What is said is kept as an event; its time is that of the entry. */
static bool apply_mail(Ledger *ledger, json_t *entry, GError **error)
{
    static const char *const kinds[LEDGER_MAILS] = {[LEDGER_MAIL_DELAY] = "delay",
                                                    [LEDGER_MAIL_COMPLAINT] = "complaint",
                                                    [LEDGER_MAIL_ANSWER] = "auto-reply"};
    const char *kind = json_string_value(json_object_get(entry, "kind"));
    int64_t at = json_integer_value(json_object_get(entry, "at"));
    int which = 0;

    while (which < LEDGER_MAIL_OTHER && g_strcmp0(kind, kinds[which]) != 0)
        which++;
    ledger_count(ledger, COUNTER_MAIL, 0, which, 1);
    json_object_del(entry, "at");
    return ledger_note(ledger, MAIL_EVENT, at, entry, error);
}

static json_t *mail_json(const InboxEntry *entry, int64_t at)
{
    return json_pack("{s:s, s:s, s:s, s:s*, s:s, s:s*, s:I}", "event", MAIL_EVENT, "kind", entry->mail, "message",
                     entry->message, "evidence", entry->evidence, "reply", entry->reply, "note", entry->note, "at",
                     (json_int_t)at);
}

static json_t *entry_json(const InboxEntry *entry, int64_t at)
{
    return json_pack("{s:s, s:s*, s:s*, s:s*, s:s*, s:i, s:i, s:s*, s:s, s:s*, s:s*, s:s*, s:s*, s:I}", "event",
                     message_event_name(entry->event), "message", entry->message, "person", entry->person, "gateway",
                     entry->gateway, "provider_id", entry->provider_id, "attempt", entry->attempt, "code", entry->code,
                     "enhanced", entry->enhanced, "reply", entry->reply, "by", entry->by, "evidence", entry->evidence,
                     "reason", entry->reason, "note", entry->note, "at", (json_int_t)at);
}

static bool put(Ledger *ledger, const InboxEntry *entry, int64_t at, GError **error)
{
    json_auto_t *object = entry->mail ? mail_json(entry, at) : entry_json(entry, at);
    g_autofree char *body = NULL;

    if (!object) {
        error_set(error, BREACH_ERROR_INPUT, "internal-inbox", "an inbox entry must be valid UTF-8");
        return false;
    }
    body = text_canonical_json(object);
    return ledger->backend->inbox_put(ledger->store, at, body, error);
}

bool inbox_append_all(Ledger *ledger, const InboxEntry *entries, size_t count, int64_t at, GError **error)
{
    bool done = true;

    if (!ledger_begin(ledger, error))
        return false;
    for (size_t i = 0; i < count && done; i++)
        done = put(ledger, &entries[i], at, error);
    if (done && ledger_commit(ledger, error)) {
        fault_point("inbox_appended");
        return true;
    }
    ledger_rollback(ledger);
    return false;
}

bool inbox_append(Ledger *ledger, const InboxEntry *entry, int64_t at, GError **error)
{
    return inbox_append_all(ledger, entry, 1, at, error);
}

/* Nothing is dropped in silence: what cannot be applied becomes an event. */
static bool refuse_entry(Ledger *ledger, const char *body, const char *why, int64_t now, GError **error)
{
    json_auto_t *details = json_pack("{s:s, s:s}", "entry", body, "why", why);

    return ledger_note(ledger, "inbox_refused", now, details, error);
}

/* Whether another process may say this about a message: it cannot claim, and of an attempt that is under way it knows
 * nothing but what a receipt proves. */
static bool may_say(MessageEvent event, MessageState state)
{
    MessageState next;

    if (event == EVENT_CLAIMED || !message_state_next(state, event, &next))
        return false;
    return state != MESSAGE_ATTEMPTING || event == EVENT_ACCEPTED || event == EVENT_DELIVERED || event == EVENT_BOUNCED;
}

/* What came back because of us, and not because of the address, is tried again so much later, by its attempt; behind the
 * last of them it stays back, and the ladder goes on. */
static const int64_t refusal_waits[] = {INT64_C(3600000), INT64_C(4) * 3600000, INT64_C(12) * 3600000,
                                        INT64_C(24) * 3600000};

static bool is_about_us(const LedgerOutcome *outcome)
{
    BounceReason reason;

    return outcome->event == EVENT_BOUNCED && outcome->reason && bounce_reason_parse(outcome->reason, &reason) &&
           bounce_reason_is_ours(reason);
}

static bool apply_now(Ledger *ledger, LedgerRow *row, const LedgerOutcome *outcome, GError **error)
{
    const LedgerChange change = {.event = outcome->event,
                                 .attempt = outcome->attempt,
                                 .at = outcome->at,
                                 .due = outcome->due,
                                 .code = outcome->code,
                                 .enhanced = outcome->enhanced,
                                 .reply = outcome->reply,
                                 .by = outcome->by,
                                 .evidence = outcome->evidence,
                                 .note = outcome->note,
                                 .reason = outcome->reason,
                                 .about_us = is_about_us(outcome)};

    /* What a person lets go again has its whole give_up before it: the days in which it lay there are not its own. */
    if (outcome->event == EVENT_RELEASED || outcome->event == EVENT_RETURNED)
        row->first_at = -1;
    return ledger_apply(ledger, row, &change, error);
}

/* What an earlier edition said may have been wrong, or withdrawn: nobody gets it any more by itself. The header is read
 * anew, since another process may have planned. */
static bool is_of_latest_edition(Ledger *ledger, const LedgerRow *row, bool *is_latest, GError **error)
{
    g_autofree char *locale = NULL;
    g_autofree char *latest = NULL;
    int64_t audience, channel, edition;

    if (!ledger->backend->text_place(ledger->store, row->text, &audience, &channel, &edition, &locale, error))
        return false;
    latest = ledger->backend->header_get(ledger->store, "edition", error);
    *is_latest = latest && edition == g_ascii_strtoll(latest, NULL, 10);
    return latest;
}

/* Somebody may have been withheld, or told in another way, since it was accepted: retry asks the same. */
static bool is_wanted(Ledger *ledger, const LedgerRow *row, bool *wanted, GError **error)
{
    const LedgerFilter filter = {
        .states = SELECT_STATE(MESSAGE_BOUNCED), .message = row->id, .still_wanted = true, .last = row->no};
    g_autoptr(GPtrArray) found = ledger_select(ledger, &filter, row->no - 1, 1, error);

    *wanted = found && found->len > 0;
    return found && (!*wanted || is_of_latest_edition(ledger, row, wanted, error));
}

/* A block of us is no dead address and uses up no rung: in the same commit it is due again, so that nobody climbs. */
static bool try_again(Ledger *ledger, LedgerRow *row, const LedgerOutcome *outcome, int64_t now, GError **error)
{
    bool is_last = row->attempt > (int)G_N_ELEMENTS(refusal_waits);
    const LedgerChange change = {.event = EVENT_RELEASED,
                                 .attempt = row->attempt,
                                 .at = outcome->at,
                                 .due = is_last ? -1 : now + refusal_waits[MAX(row->attempt, 1) - 1],
                                 .code = outcome->code,
                                 .enhanced = outcome->enhanced,
                                 .reply = "refused because of us, no dead address: tried again later",
                                 .reason = outcome->reason};
    bool wanted;

    if (is_last)
        return true;
    return is_wanted(ledger, row, &wanted, error) && (!wanted || ledger_apply(ledger, row, &change, error));
}

static bool bounce(Ledger *ledger, LedgerRow *row, const LedgerOutcome *outcome, int64_t now, GError **error)
{
    bool was_back = row->state == MESSAGE_BOUNCED;
    BounceReason reason;

    if (!apply_now(ledger, row, outcome, error))
        return false;
    if (was_back || row->state != MESSAGE_BOUNCED || !outcome->reason || !bounce_reason_parse(outcome->reason, &reason))
        return true;
    ledger_count(ledger, COUNTER_RETURNED, 0, (int)reason, 1);
    return !bounce_reason_is_ours(reason) || try_again(ledger, row, outcome, now, error);
}

/* The same receipt again, without anybody or a mail that would be the proof of it: told twice, it counts once. */
static bool is_repeated(const LedgerRow *row, const LedgerOutcome *outcome)
{
    bool is_same = (outcome->event == EVENT_DELIVERED && row->state == MESSAGE_DELIVERED) ||
                   (outcome->event == EVENT_BOUNCED && row->state == MESSAGE_BOUNCED);

    return is_same && outcome->attempt == row->attempt && !outcome->by && !outcome->evidence;
}

/* The receipt of an earlier attempt proves that that attempt was accepted; if nothing is under way, also that the
 * message arrived. */
static bool deliver_earlier(Ledger *ledger, LedgerRow *row, const LedgerOutcome *outcome, GError **error)
{
    LedgerOutcome accepted = *outcome;

    accepted.event = EVENT_ACCEPTED;
    if (!ledger_record(ledger, &accepted, error) || !ledger->backend->row_get(ledger->store, row->no, row, error))
        return false;
    return row->state != MESSAGE_ACCEPTED || apply_now(ledger, row, outcome, error);
}

static bool apply_to_row(Ledger *ledger, LedgerRow *row, const char *body, LedgerOutcome *outcome, int64_t now,
                         GError **error)
{
    if (outcome->attempt == 0)
        outcome->attempt = row->attempt;
    if (outcome->attempt < 0 || outcome->attempt > row->attempt)
        return refuse_entry(ledger, body, "there was no such attempt", now, error);
    if (outcome->event == EVENT_ACCEPTED && outcome->attempt > 0)
        return ledger_record(ledger, outcome, error);
    if (outcome->event == EVENT_DELIVERED && outcome->attempt < row->attempt)
        return deliver_earlier(ledger, row, outcome, error);
    if (outcome->attempt != row->attempt || !may_say(outcome->event, row->state))
        return refuse_entry(ledger, body, message_state_name(row->state), now, error);
    if (is_repeated(row, outcome))
        return true;
    return outcome->event == EVENT_BOUNCED ? bounce(ledger, row, outcome, now, error)
                                           : apply_now(ledger, row, outcome, error);
}

static bool apply_decision(Ledger *ledger, const char *person, const char *body, const LedgerOutcome *outcome,
                           int64_t now, GError **error)
{
    bool withhold = outcome->event == EVENT_WITHHELD;
    bool is_known = false;

    if (!withhold && outcome->event != EVENT_RELEASED)
        return refuse_entry(ledger, body, "nobody can decide that about a person", now, error);
    if (!decision_apply(
            ledger,
            &(Decision){
                .person = person, .withhold = withhold, .reason = outcome->reply, .by = outcome->by, .at = outcome->at},
            &is_known, error))
        return false;
    return is_known || refuse_entry(ledger, body, "no such person", now, error);
}

static bool apply_hold(Ledger *ledger, const json_t *entry, const char *body, int64_t now, GError **error)
{
    const char *why = NULL;

    if (!hold_apply(ledger, entry, &why, error))
        return false;
    return !why || refuse_entry(ledger, body, why, now, error);
}

/* The message that an entry is about, by its id or by what its gateway calls it. */
static bool find_message(Ledger *ledger, const json_t *entry, LedgerRow *row, bool *is_known, GError **error)
{
    const char *message = json_string_value(json_object_get(entry, "message"));
    const char *gateway = json_string_value(json_object_get(entry, "gateway"));
    const char *provider_id = json_string_value(json_object_get(entry, "provider_id"));
    g_autoptr(GError) problem = NULL;
    int64_t no = 0;

    *is_known = false;
    if (!message) {
        if (!ledger->backend->provider_find(ledger->store, gateway, provider_id, &no, error))
            return false;
        *is_known = no > 0;
        return no == 0 || ledger->backend->row_get(ledger->store, no, row, error);
    }
    *is_known = ledger->backend->row_find(ledger->store, message, row, &problem);
    if (!problem)
        return true;
    g_propagate_error(error, g_steal_pointer(&problem));
    return false;
}

static bool names_provider(const json_t *entry)
{
    return json_is_string(json_object_get(entry, "gateway")) && json_is_string(json_object_get(entry, "provider_id"));
}

/* Whether a run that was killed has not been settled yet: its slots may say what the gateway calls a message. Until
 * then nobody can call a receipt unknown. */
static bool is_unsettled(Ledger *ledger, bool *unsettled, GError **error)
{
    g_auto(GStrv) runs = ledger->backend->runs_open(ledger->store, error);

    *unsettled = false;
    for (char **run = runs; run && *run; run++)
        *unsettled = *unsettled || g_ascii_strtoll(*run, NULL, 10) != ledger->run;
    return runs;
}

/* Nobody is known by the name that a receipt gives: it may have overtaken the answer that says it. */
static bool wait_for_name(Ledger *ledger, const char *body, int64_t since, int64_t now, bool *waits, GError **error)
{
    *waits = now - since < PROVIDER_WAIT;
    if (!*waits && !is_unsettled(ledger, waits, error))
        return false;
    return *waits || refuse_entry(ledger, body, "no such message", now, error);
}

/* Entries that are about no message's state. */
static bool is_aside(const json_t *entry)
{
    return publication_is_entry(entry) || hold_is_entry(entry) ||
           g_strcmp0(json_string_value(json_object_get(entry, "event")), MAIL_EVENT) == 0;
}

static bool apply_aside(Ledger *ledger, json_t *entry, const char *body, int64_t now, GError **error)
{
    if (publication_is_entry(entry))
        return true; /* its rows are there already: whoever applies it looks at them again */
    return hold_is_entry(entry) ? apply_hold(ledger, entry, body, now, error) : apply_mail(ledger, entry, error);
}

/* Put back before its outcome is known, it would be taken for accepted when the outcome comes. */
static bool is_early(const LedgerRow *row, const LedgerOutcome *outcome)
{
    return row->state == MESSAGE_ATTEMPTING && is_about_us(outcome);
}

static bool apply_entry(Ledger *ledger, const char *body, int64_t now, bool *waits, GError **error)
{
    json_auto_t *entry = json_loads(body, 0, NULL);
    const char *message = json_string_value(json_object_get(entry, "message"));
    const char *person = json_string_value(json_object_get(entry, "person"));
    const char *event = json_string_value(json_object_get(entry, "event"));
    LedgerOutcome outcome = {.attempt = (int)json_integer_value(json_object_get(entry, "attempt")),
                             .code = (int)json_integer_value(json_object_get(entry, "code")),
                             .enhanced = json_string_value(json_object_get(entry, "enhanced")),
                             .reply = json_string_value(json_object_get(entry, "reply")),
                             .by = json_string_value(json_object_get(entry, "by")),
                             .evidence = json_string_value(json_object_get(entry, "evidence")),
                             .reason = json_string_value(json_object_get(entry, "reason")),
                             .note = json_string_value(json_object_get(entry, "note")),
                             .at = json_integer_value(json_object_get(entry, "at")),
                             .due = -1};
    bool is_known = false;
    LedgerRow row;

    *waits = false;
    if (is_aside(entry))
        return apply_aside(ledger, entry, body, now, error);
    if ((!message && !person && !names_provider(entry)) || !outcome.reply || !event ||
        !message_event_parse(event, &outcome.event))
        return refuse_entry(ledger, body, "it is not complete", now, error);
    if (person)
        return apply_decision(ledger, person, body, &outcome, now, error);
    if (!find_message(ledger, entry, &row, &is_known, error))
        return false;
    if (!is_known)
        return message ? refuse_entry(ledger, body, "no such message", now, error)
                       : wait_for_name(ledger, body, outcome.at, now, waits, error);
    *waits = is_early(&row, &outcome);
    if (*waits)
        return true;
    outcome.message = row.no;
    if (outcome.event != EVENT_DOUBTED)
        outcome.due = now;
    return apply_to_row(ledger, &row, body, &outcome, now, error);
}

/* Receipts of somebody else's messages may come in any number and wait: they are looked at again the less often, the more
 * there are, and what is behind them is looked at at once. */
static int64_t start_of(Ledger *ledger, int64_t now)
{
    if (now < ledger->inbox_looked || now - ledger->inbox_looked >= ledger->inbox_waits / WAITS_A_MS) {
        ledger->inbox_after = ledger->inbox_waits = 0;
        ledger->inbox_looked = now;
    }
    return ledger->inbox_after;
}

bool inbox_apply(Ledger *ledger, int limit, int64_t now, int *applied, GError **error)
{
    int64_t after = start_of(ledger, now);

    for (*applied = 0; *applied < limit;) {
        g_autofree char *body = NULL;
        bool waits;
        int64_t no = 0;

        if (!ledger->backend->inbox_next(ledger->store, after, &no, &body, error))
            return false;
        if (no == 0)
            return true;
        if (!apply_entry(ledger, body, now, &waits, error) ||
            (!waits && !ledger->backend->inbox_drop(ledger->store, no, error)))
            return false;
        after = no;
        *applied += waits ? 0 : 1;
        if (waits) {
            ledger->inbox_after = no;
            ledger->inbox_waits++;
        }
    }
    return true;
}
