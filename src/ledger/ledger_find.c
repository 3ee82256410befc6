#include "ledger/ledger_find.h"

#include "ledger/backend.h"
#include "ledger/ledger_private.h"

void ledger_found_free(LedgerFound *found)
{
    if (!found)
        return;
    g_ptr_array_unref(found->notices);
    g_free(found->id);
    g_free(found->data);
    g_free(found);
}

static void free_found(gpointer found)
{
    ledger_found_free(found);
}

static GPtrArray *read_people(Ledger *ledger, const GArray *people, GError **error)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(free_found);

    for (guint i = 0; i < people->len; i++) {
        LedgerFound *found = ledger->backend->find_person(ledger->store, g_array_index(people, int64_t, i), error);

        if (!found)
            return NULL;
        g_ptr_array_add(list, found);
    }
    return g_steal_pointer(&list);
}

GPtrArray *ledger_find(Ledger *ledger, LedgerFindTest *test, void *user, GError **error)
{
    g_autoptr(GArray) people = g_array_new(FALSE, FALSE, sizeof(int64_t));

    return ledger->backend->find_people(ledger->store, test, user, people, error) ? read_people(ledger, people, error)
                                                                                  : NULL;
}

GPtrArray *ledger_find_number(Ledger *ledger, const char *number, GError **error)
{
    g_autoptr(GArray) people = g_array_new(FALSE, FALSE, sizeof(int64_t));
    char prefix[ID_PREFIX_LENGTH + 1];

    if (!id_of_number(number, prefix))
        return g_ptr_array_new_with_free_func(free_found);
    return ledger->backend->find_number(ledger->store, prefix, number, people, error)
               ? read_people(ledger, people, error)
               : NULL;
}
