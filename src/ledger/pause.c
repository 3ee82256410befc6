#include "ledger/pause.h"

#include <string.h>

#include "ledger/backend.h"
#include "ledger/ledger_private.h"

static const char *const pauses[PAUSE_SCOPES] = {
    [PAUSE_GATEWAY] = "gateway",
    [PAUSE_RATE] = "rate",
    [PAUSE_DOMAIN] = "domain",
};

const char *pause_scope_name(PauseScope scope)
{
    return pauses[scope];
}

void pause_free(Pause *pause)
{
    if (!pause)
        return;
    g_free(pause->name);
    g_free(pause->reason);
    g_free(pause);
}

static void free_pause(gpointer data)
{
    pause_free(data);
}

static void take_pause(const char *scope, const Pause *found, void *user)
{
    GPtrArray *list = user;

    for (int i = 0; i < PAUSE_SCOPES; i++) {
        Pause *pause;

        if (strcmp(pauses[i], scope) != 0)
            continue;
        pause = g_memdup2(found, sizeof *found);
        pause->scope = (PauseScope)i;
        pause->name = g_strdup(found->name);
        pause->reason = g_strdup(found->reason);
        g_ptr_array_add(list, pause);
    }
}

GPtrArray *pause_list(Ledger *ledger, GError **error)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(free_pause);

    return ledger->backend->pauses(ledger->store, take_pause, list, error) ? g_steal_pointer(&list) : NULL;
}

const Pause *pause_find(const GPtrArray *list, PauseScope scope, const char *name)
{
    for (guint i = 0; i < list->len; i++) {
        const Pause *pause = g_ptr_array_index(list, i);

        if (pause->scope == scope && strcmp(pause->name, name) == 0)
            return pause;
    }
    return NULL;
}

bool pause_put(Ledger *ledger, const Pause *pause, GError **error)
{
    return ledger->backend->pause_put(ledger->store, pauses[pause->scope], pause, error);
}

bool pause_drop(Ledger *ledger, PauseScope scope, const char *name, GError **error)
{
    return ledger->backend->pause_drop(ledger->store, pauses[scope], name, error);
}
