#include "ledger/polled.h"

#include "ledger/backend.h"
#include "ledger/ledger_private.h"

void polled_free(Polled *polled)
{
    if (!polled)
        return;
    g_free(polled->provider_id);
    g_free(polled->endpoint);
    g_free(polled);
}

static void take(const Polled *polled, void *user)
{
    Polled *copy = g_memdup2(polled, sizeof *polled);

    copy->provider_id = g_strdup(polled->provider_id);
    copy->endpoint = g_strdup(polled->endpoint);
    g_ptr_array_add(user, copy);
}

GPtrArray *polled_list(Ledger *ledger, const char *gateway, const char *after, int limit, GError **error)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)polled_free);

    return ledger->backend->provider_accepted(ledger->store, gateway, after, limit, take, list, error)
               ? g_steal_pointer(&list)
               : NULL;
}

/* In the header: "polled NAME". */
bool polled_at(Ledger *ledger, const char *gateway, int64_t *at, GError **error)
{
    g_autofree char *key = g_strconcat("polled ", gateway, NULL);
    g_autoptr(GError) problem = NULL;
    g_autofree char *value = ledger->backend->header_get(ledger->store, key, &problem);

    *at = value ? g_ascii_strtoll(value, NULL, 10) : 0;
    if (!problem)
        return true;
    g_propagate_error(error, g_steal_pointer(&problem));
    return false;
}

bool polled_note(Ledger *ledger, const char *gateway, int64_t at, GError **error)
{
    g_autofree char *key = g_strconcat("polled ", gateway, NULL);
    g_autofree char *value = g_strdup_printf("%" G_GINT64_FORMAT, at);

    if (!ledger_begin(ledger, error))
        return false;
    if (ledger->backend->header_put(ledger->store, key, value, error) && ledger_commit(ledger, error))
        return true;
    ledger_rollback(ledger);
    return false;
}
