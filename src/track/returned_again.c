#include "track/returned_again.h"

#include <string.h>

#include <jansson.h>

#include "base/clock.h"
#include "ledger/ledger_evidence.h"

/* What one event says of an attempt. */
typedef struct Trace {
    int64_t message;
    int attempt;
    int64_t made; /* ms; -1: it does not say */
    bool came_back;
} Trace;

typedef struct Traces {
    GArray *list;      /* owned; of Trace */
    GHashTable *mails; /* owned; a set of the digests of mails that events name */
} Traces;

static int64_t time_of(const json_t *body, const char *name)
{
    const char *text = json_string_value(json_object_get(body, name));
    g_autoptr(GDateTime) time = text ? g_date_time_new_from_iso8601(text, NULL) : NULL;

    return time ? g_date_time_to_unix(time) * CLOCK_SECOND : -1;
}

static void take_event(int64_t no, int64_t at, int64_t message, const char *text, void *user)
{
    Traces *traces = user;
    json_auto_t *body = json_loads(text, 0, NULL);
    const char *event = json_string_value(json_object_get(body, "event"));
    const char *evidence = json_string_value(json_object_get(body, "evidence"));
    const Trace trace = {.message = message,
                         .attempt = (int)json_integer_value(json_object_get(body, "attempt")),
                         .made = time_of(body, "made"),
                         .came_back = g_strcmp0(event, "bounced") == 0};

    (void)no, (void)at;
    if (trace.made >= 0 || trace.came_back)
        g_array_append_val(traces->list, trace);
    if (evidence)
        g_hash_table_add(traces->mails, g_strdup(evidence));
}

static bool came_back(const Traces *traces, int64_t message, int attempt)
{
    for (guint i = 0; i < traces->list->len; i++) {
        const Trace *trace = &g_array_index(traces->list, Trace, i);

        if (trace->message == message && trace->attempt == attempt && trace->came_back)
            return true;
    }
    return false;
}

/* Dates have no thousandths. */
static bool is_again(const Traces *traces, const ReturnedAbout *about)
{
    if (g_hash_table_contains(traces->mails, about->digest))
        return true;
    for (guint i = 0; about->date >= 0 && i < traces->list->len; i++) {
        const Trace *trace = &g_array_index(traces->list, Trace, i);

        if (trace->message == about->message && trace->attempt < about->attempt && trace->made >= 0 &&
            trace->made == about->date / CLOCK_SECOND * CLOCK_SECOND)
            return came_back(traces, about->message, trace->attempt);
    }
    return false;
}

static bool is_asked(const ReturnedAbout *about)
{
    return about->message > 0 && about->attempt > 1;
}

bool returned_again_find(Ledger *ledger, ReturnedAbout *abouts, size_t count, GError **error)
{
    g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(Trace));
    g_autoptr(GHashTable) mails = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Traces traces = {list, mails};

    for (size_t i = 0; i < count; i++)
        if (is_asked(&abouts[i]))
            g_array_append_val(numbers, abouts[i].message);
    if (numbers->len == 0)
        return true;
    if (!ledger_evidence_events(ledger, numbers, false, take_event, &traces, error))
        return false;
    for (size_t i = 0; i < count; i++)
        abouts[i].is_again = is_asked(&abouts[i]) && is_again(&traces, &abouts[i]);
    return true;
}
