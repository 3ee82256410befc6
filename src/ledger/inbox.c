#include "ledger/inbox.h"

#include "base/error.h"
#include "base/fault.h"
#include "base/text.h"
#include "ledger/backend.h"
#include "ledger/ledger_private.h"

bool inbox_append(Ledger *ledger, const InboxEntry *entry, int64_t at, GError **error)
{
    json_auto_t *object =
        json_pack("{s:s, s:s, s:i, s:i, s:s*, s:s, s:I}", "event", message_event_name(entry->event), "message",
                  entry->message, "attempt", entry->attempt, "code", entry->code, "enhanced", entry->enhanced, "reply",
                  entry->reply, "at", (json_int_t)at);
    g_autofree char *body = NULL;

    if (!object) {
        g_set_error(error, BREACH_ERROR, BREACH_ERROR_INPUT, "an inbox entry must be valid UTF-8");
        return false;
    }
    body = text_canonical_json(object);
    if (!ledger_begin(ledger, error))
        return false;
    if (ledger->backend->inbox_put(ledger->store, at, body, error) && ledger_commit(ledger, error)) {
        fault_point("inbox_appended");
        return true;
    }
    ledger_rollback(ledger);
    return false;
}

static bool refuse_entry(Ledger *ledger, const json_t *entry, const char *why, int64_t now, GError **error)
{
    json_auto_t *details = json_pack("{s:O, s:s}", "entry", entry, "why", why);

    return ledger_note(ledger, "inbox_refused", now, details, error);
}

static bool apply_entry(Ledger *ledger, const json_t *entry, int64_t now, GError **error)
{
    const char *message = json_string_value(json_object_get(entry, "message"));
    int attempt = (int)json_integer_value(json_object_get(entry, "attempt"));
    LedgerOutcome outcome = {.code = (int)json_integer_value(json_object_get(entry, "code")),
                             .enhanced = json_string_value(json_object_get(entry, "enhanced")),
                             .reply = json_string_value(json_object_get(entry, "reply")),
                             .at = json_integer_value(json_object_get(entry, "at")),
                             .due = -1};
    const char *event = json_string_value(json_object_get(entry, "event"));
    g_autoptr(GError) problem = NULL;
    MessageState next;
    LedgerRow row;

    if (!message || !outcome.reply || !event || !message_event_parse(event, &outcome.event))
        return refuse_entry(ledger, entry, "it is not complete", now, error);
    if (!ledger->backend->row_find(ledger->store, message, &row, &problem)) {
        if (!problem)
            return refuse_entry(ledger, entry, "no such message", now, error);
        g_propagate_error(error, g_steal_pointer(&problem));
        return false;
    }
    outcome.message = row.no;
    outcome.attempt = attempt > 0 ? attempt : row.attempt;
    if (outcome.event == EVENT_RELEASED || outcome.event == EVENT_RETURNED)
        outcome.due = now;
    if (outcome.event == EVENT_ACCEPTED)
        return ledger_record(ledger, &outcome, error);
    if (outcome.attempt != row.attempt || !message_state_next(row.state, outcome.event, &next))
        return refuse_entry(ledger, entry, message_state_name(row.state), now, error);
    return ledger_apply(ledger, &row,
                        &(LedgerChange){.event = outcome.event,
                                        .at = outcome.at,
                                        .due = outcome.due,
                                        .code = outcome.code,
                                        .enhanced = outcome.enhanced,
                                        .reply = outcome.reply},
                        error);
}

bool inbox_apply(Ledger *ledger, int limit, int64_t now, int *applied, GError **error)
{
    for (*applied = 0; *applied < limit; (*applied)++) {
        g_autofree char *body = NULL;
        json_auto_t *entry = NULL;
        int64_t no = 0;

        if (!ledger->backend->inbox_first(ledger->store, &no, &body, error))
            return false;
        if (no == 0)
            return true;
        entry = json_loads(body, 0, NULL);
        if (!apply_entry(ledger, entry, now, error) || !ledger->backend->inbox_drop(ledger->store, no, error))
            return false;
    }
    return true;
}
