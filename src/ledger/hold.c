#include "ledger/hold.h"

#include <string.h>

#include "base/fault.h"
#include "base/language.h"
#include "ledger/backend.h"
#include "ledger/ledger_private.h"

static const char *const scopes[HOLD_SCOPES + 1] = {
    [HOLD_EVERYTHING] = N_("everything"), [HOLD_GATEWAY] = N_("gateway"), [HOLD_CHANNEL] = N_("channel"),
    [HOLD_AUDIENCE] = N_("audience"),     [HOLD_DOMAIN] = N_("domain"),   [HOLD_PERSON] = N_("person"),
    [HOLD_REGION] = N_("region"),
};

const char *hold_scope_name(HoldScope scope)
{
    return scopes[scope];
}

bool hold_scope_parse(const char *name, HoldScope *scope)
{
    for (int i = 0; i < HOLD_SCOPES; i++)
        if (strcmp(scopes[i], name) == 0) {
            *scope = (HoldScope)i;
            return true;
        }
    return false;
}

char *hold_words(const Hold *hold)
{
    if (hold->scope == HOLD_EVERYTHING)
        return g_strdup(_(scopes[HOLD_EVERYTHING]));
    return g_strdup_printf("%s %s", _(scopes[hold->scope]), hold->name);
}

void hold_free(Hold *hold)
{
    if (!hold)
        return;
    g_free(hold->name);
    g_free(hold->reason);
    g_free(hold->by);
    g_free(hold->cause);
    g_free(hold);
}

static void free_hold(gpointer data)
{
    hold_free(data);
}

static const char *cause_of(const Hold *hold)
{
    return hold->cause ? hold->cause : "";
}

/* Holds --------------------------------------------------------------------------------------------------------- */

static void take_hold(const char *scope, const Hold *found, void *user)
{
    GPtrArray *holds = user;
    Hold *hold;
    HoldScope known;

    if (!hold_scope_parse(scope, &known))
        return; /* of a later version: the schema version would have refused it */
    hold = g_memdup2(found, sizeof *found);
    hold->scope = known;
    hold->name = g_strdup(found->name);
    hold->reason = g_strdup(found->reason);
    hold->by = g_strdup(found->by);
    hold->cause = g_strdup(found->cause);
    g_ptr_array_add(holds, hold);
}

static gint compare_holds(gconstpointer left, gconstpointer right)
{
    const Hold *a = *(const Hold *const *)left;
    const Hold *b = *(const Hold *const *)right;

    if (a->scope != b->scope)
        return (int)a->scope - (int)b->scope;
    return strcmp(a->name, b->name) != 0 ? strcmp(a->name, b->name) : strcmp(cause_of(a), cause_of(b));
}

GPtrArray *hold_list(Ledger *ledger, GError **error)
{
    g_autoptr(GPtrArray) holds = g_ptr_array_new_with_free_func(free_hold);

    if (!ledger->backend->holds(ledger->store, take_hold, holds, error))
        return NULL;
    g_ptr_array_sort(holds, compare_holds);
    return g_steal_pointer(&holds);
}

bool hold_is_over(const Hold *hold, int64_t now)
{
    return hold->until != 0 && hold->until <= now;
}

static bool lasts_longer(const Hold *hold, const Hold *than)
{
    return !than || (than->until != 0 && (hold->until == 0 || hold->until > than->until));
}

const Hold *hold_find(const GPtrArray *holds, HoldScope scope, const char *name, int64_t now)
{
    const Hold *found = NULL;

    for (guint i = 0; i < holds->len; i++) {
        const Hold *hold = g_ptr_array_index(holds, i);

        if (hold->scope == scope && strcmp(hold->name, name) == 0 && !hold_is_over(hold, now) &&
            lasts_longer(hold, found))
            found = hold;
    }
    return found;
}

const Hold *hold_find_own(const GPtrArray *holds, HoldScope scope, const char *name, const char *cause)
{
    for (guint i = 0; i < holds->len; i++) {
        const Hold *hold = g_ptr_array_index(holds, i);

        if (hold->scope == scope && strcmp(hold->name, name) == 0 && strcmp(cause_of(hold), cause ? cause : "") == 0)
            return hold;
    }
    return NULL;
}

static bool note_hold(Ledger *ledger, const char *event, const Hold *hold, GError **error)
{
    json_auto_t *details = json_pack("{s:s, s:s, s:s, s:s}", "scope", scopes[hold->scope], "name", hold->name, "reason",
                                     hold->reason, "by", hold->by);

    if (*cause_of(hold))
        json_object_set_new(details, "cause", json_string(hold->cause));
    if (hold->until != 0)
        json_object_set_new(details, "until", json_integer(hold->until));
    return ledger_note(ledger, event, hold->at, details, error);
}

bool hold_set(Ledger *ledger, const Hold *hold, bool *changed, GError **error)
{
    if (!ledger->backend->hold_put(ledger->store, scopes[hold->scope], hold, changed, error))
        return false;
    return !*changed || note_hold(ledger, "held", hold, error);
}

/* Whoever lifts a domain knows that it takes our messages again. */
static bool end_pause(Ledger *ledger, const char *domain, bool *was_paused, GError **error)
{
    g_autoptr(GPtrArray) list = pause_list(ledger, error);

    *was_paused = list && pause_find(list, PAUSE_DOMAIN, domain) != NULL;
    return list && (!*was_paused || pause_drop(ledger, PAUSE_DOMAIN, domain, error));
}

bool hold_lift(Ledger *ledger, const Hold *hold, bool *changed, GError **error)
{
    bool was_paused = false;

    if (!ledger->backend->hold_drop(ledger->store, scopes[hold->scope], hold->name, cause_of(hold), changed, error) ||
        (hold->scope == HOLD_DOMAIN && !end_pause(ledger, hold->name, &was_paused, error)))
        return false;
    *changed = *changed || was_paused;
    return !*changed || note_hold(ledger, "lifted", hold, error);
}

bool hold_expire(Ledger *ledger, int64_t now, GError **error)
{
    g_autoptr(GPtrArray) holds = hold_list(ledger, error);
    bool done = holds != NULL;

    for (guint i = 0; done && i < holds->len; i++) {
        Hold over = *(const Hold *)g_ptr_array_index(holds, i);
        bool changed;

        if (!hold_is_over(&over, now))
            continue;
        over.at = now;
        over.reason = (char *)"its time is over";
        done = hold_lift(ledger, &over, &changed, error);
    }
    return done;
}

/* The inbox ----------------------------------------------------------------------------------------------------- */

json_t *hold_entry(const Hold *hold, bool lift)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:s, s:I}", "event", lift ? "lift" : "hold", "scope",
                     scopes[hold->scope], "name", hold->name, "reason", hold->reason, "by", hold->by, "at",
                     (json_int_t)hold->at, "cause", cause_of(hold), "until", (json_int_t)hold->until);
}

bool hold_is_entry(const json_t *entry)
{
    const char *event = json_string_value(json_object_get(entry, "event"));

    return event && (strcmp(event, "hold") == 0 || strcmp(event, "lift") == 0);
}

bool hold_entry_is_about(const json_t *entry, const Hold *hold)
{
    return hold_is_entry(entry) &&
           g_strcmp0(json_string_value(json_object_get(entry, "scope")), scopes[hold->scope]) == 0 &&
           g_strcmp0(json_string_value(json_object_get(entry, "name")), hold->name) == 0 &&
           g_strcmp0(json_string_value(json_object_get(entry, "cause")), cause_of(hold)) == 0;
}

bool hold_apply(Ledger *ledger, const json_t *entry, const char **why, GError **error)
{
    const char *event = json_string_value(json_object_get(entry, "event"));
    const char *scope = json_string_value(json_object_get(entry, "scope"));
    Hold hold = {.name = (char *)json_string_value(json_object_get(entry, "name")),
                 .reason = (char *)json_string_value(json_object_get(entry, "reason")),
                 .by = (char *)json_string_value(json_object_get(entry, "by")),
                 .at = json_integer_value(json_object_get(entry, "at")),
                 .cause = (char *)json_string_value(json_object_get(entry, "cause")),
                 .until = json_integer_value(json_object_get(entry, "until"))};
    bool lift = strcmp(event, "lift") == 0;
    bool changed = false;

    if (!scope || !hold_scope_parse(scope, &hold.scope) || !hold.name || !hold.reason || !hold.by) {
        *why = "it is not complete";
        return true;
    }
    if (!(lift ? hold_lift : hold_set)(ledger, &hold, &changed, error))
        return false;
    if (!changed)
        *why = lift ? "it was not held" : "it was held already";
    fault_point("hold_applied");
    return true;
}
