#include "ledger/quota.h"

#include "ledger/backend.h"
#include "ledger/ledger_private.h"

/* In the header: "quota NAME" is "DAY COUNT". */
static char *key_of(const char *gateway)
{
    return g_strconcat("quota ", gateway, NULL);
}

bool quota_used(Ledger *ledger, const char *gateway, int64_t day, int64_t *used, GError **error)
{
    g_autofree char *key = key_of(gateway);
    g_autoptr(GError) problem = NULL;
    g_autofree char *value = ledger->backend->header_get(ledger->store, key, &problem);
    char *end = NULL;

    *used = 0;
    if (problem) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return false;
    }
    if (value && g_ascii_strtoll(value, &end, 10) == day)
        *used = g_ascii_strtoll(end, NULL, 10);
    return true;
}

bool quota_put(Ledger *ledger, const char *gateway, int64_t day, int64_t used, GError **error)
{
    g_autofree char *key = key_of(gateway);
    g_autofree char *value = g_strdup_printf("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT, day, used);

    return ledger->backend->header_put(ledger->store, key, value, error);
}
