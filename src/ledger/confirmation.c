#include "ledger/confirmation.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "ledger/ledger_private.h"

#define KEY_CONFIRMED "confirmed"
#define KEY_RATE      "rate"

void confirmation_clear(Confirmation *confirmation)
{
    g_free(confirmation->digest);
    g_free(confirmation->by);
    memset(confirmation, 0, sizeof *confirmation);
}

/* The value of a header key; "" when there is none. */
static char *get(Ledger *ledger, const char *key, GError **error)
{
    g_autoptr(GError) problem = NULL;
    char *value = ledger->backend->header_get(ledger->store, key, &problem);

    if (problem) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return NULL;
    }
    return value ? value : g_strdup("");
}

bool confirmation_last(Ledger *ledger, Confirmation *last, GError **error)
{
    g_autofree char *text = get(ledger, KEY_CONFIRMED, error);
    const char *digest = "";
    const char *by = "";
    json_int_t at = 0;
    json_int_t people = 0;
    json_int_t open = 0;
    json_t *value;

    memset(last, 0, sizeof *last);
    if (!text)
        return false;
    value = json_loads(text, 0, NULL);
    if (value && json_unpack(value, "{s:I, s:I, s:I, s:s, s:s}", "at", &at, "people", &people, "open", &open, "digest",
                             &digest, "by", &by) == 0)
        *last = (Confirmation){at, people, open, g_strdup(digest), g_strdup(by)};
    json_decref(value);
    return true;
}

/* One header key, and an event if there is one. */
static bool put(Ledger *ledger, const char *key, const char *value, const char *event, int64_t at,
                const json_t *details, GError **error)
{
    if (!ledger_begin(ledger, error))
        return false;
    if (ledger->backend->header_put(ledger->store, key, value, error) &&
        (!event || ledger_note(ledger, event, at, details, error)) && ledger_commit(ledger, error))
        return true;
    ledger_rollback(ledger);
    return false;
}

bool confirmation_put(Ledger *ledger, const Confirmation *confirmation, GError **error)
{
    json_t *details = json_pack("{s:I, s:I, s:s, s:s}", "people", (json_int_t)confirmation->people, "open",
                                (json_int_t)confirmation->open, "digest", confirmation->digest, "by", confirmation->by);
    json_t *value = json_copy(details);
    g_autofree char *text = NULL;
    bool success;

    json_object_set_new(value, "at", json_integer(confirmation->at));
    text = text_canonical_json(value);
    success = put(ledger, KEY_CONFIRMED, text, "confirmed", confirmation->at, details, error);
    json_decref(value);
    json_decref(details);
    return success;
}

bool confirmation_rate(Ledger *ledger, double *rate, GError **error)
{
    g_autofree char *text = get(ledger, KEY_RATE, error);

    *rate = text ? g_ascii_strtod(text, NULL) : 0;
    return text != NULL;
}

bool confirmation_put_rate(Ledger *ledger, double rate, GError **error)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    return put(ledger, KEY_RATE, g_ascii_formatd(text, sizeof text, "%.3f", rate), NULL, 0, NULL, error);
}
