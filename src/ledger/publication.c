#include "ledger/publication.h"

#include <string.h>

#include "base/error.h"
#include "base/fault.h"
#include "base/text.h"
#include "ledger/ledger_private.h"

static const char *const states[PUBLICATION_STATES] = {
    [PUBLICATION_PUBLISHING] = "publishing", [PUBLICATION_TAKEN] = "taken",
    [PUBLICATION_PUBLISHED] = "published",   [PUBLICATION_REFUSED] = "refused",
    [PUBLICATION_WITHDRAWN] = "withdrawn",
};

const char *publication_state_name(PublicationState state)
{
    return states[state];
}

bool publication_state_parse(const char *name, PublicationState *state)
{
    for (int i = 0; i < PUBLICATION_STATES; i++)
        if (strcmp(states[i], name) == 0) {
            *state = (PublicationState)i;
            return true;
        }
    return false;
}

void publication_clear(Publication *publication)
{
    g_free(publication->gateway);
    g_free(publication->locale);
    g_free(publication->kind);
    g_free(publication->item);
    g_free(publication->url);
    g_free(publication->digest);
    g_free(publication->words);
    g_free(publication->by);
    memset(publication, 0, sizeof *publication);
}

void publication_free(Publication *publication)
{
    if (!publication)
        return;
    publication_clear(publication);
    g_free(publication);
}

Publication *publication_copy(const Publication *publication)
{
    Publication *copy = g_memdup2(publication, sizeof *publication);

    copy->gateway = g_strdup(publication->gateway);
    copy->locale = g_strdup(publication->locale);
    copy->kind = g_strdup(publication->kind);
    copy->item = g_strdup(publication->item);
    copy->url = g_strdup(publication->url);
    copy->digest = g_strdup(publication->digest);
    copy->words = g_strdup(publication->words);
    copy->by = g_strdup(publication->by);
    return copy;
}

static void free_publication(gpointer data)
{
    publication_free(data);
}

/* Writing ------------------------------------------------------------------------------------------------------- */

static json_t *details_of(const Publication *publication)
{
    return json_pack("{s:s, s:s, s:s, s:i, s:s, s:s, s:s, s:s, s:s}", "gateway", publication->gateway, "locale",
                     publication->locale, "kind", publication->kind, "edition", publication->edition, "item",
                     publication->item, "url", publication->url, "sha256", publication->digest, "reply",
                     publication->words, "by", publication->by);
}

/* A running notify looks at what is published when something was in the inbox. */
static bool knock(Ledger *ledger, int64_t at, GError **error)
{
    return ledger->backend->inbox_put(ledger->store, at, "{\"publication\":true}", error);
}

bool publication_is_entry(const json_t *entry)
{
    return json_is_true(json_object_get(entry, "publication"));
}

bool publication_put(Ledger *ledger, const Publication *publication, GError **error)
{
    json_auto_t *details = details_of(publication);
    g_autofree char *event = g_strconcat("announcement_", states[publication->state], NULL);

    if (!details) {
        error_set(error, BREACH_ERROR_INTERNAL, "internal-ledger", "what is said of a publication is not UTF-8");
        return false;
    }
    if (!ledger_begin(ledger, error))
        return false;
    if (ledger->backend->publication_put(ledger->store, publication, states[publication->state], error) &&
        ledger_note(ledger, event, publication->at, details, error) && knock(ledger, publication->at, error) &&
        ledger_commit(ledger, error)) {
        fault_point("publication_put");
        return true;
    }
    ledger_rollback(ledger);
    return false;
}

/* Reading ------------------------------------------------------------------------------------------------------- */

static void take_publication(const char *state, const Publication *found, void *user)
{
    Publication *publication = publication_copy(found);

    if (publication_state_parse(state, &publication->state))
        g_ptr_array_add(user, publication);
    else
        publication_free(publication);
}

GPtrArray *publication_list(Ledger *ledger, GError **error)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(free_publication);

    return ledger->backend->publications(ledger->store, take_publication, list, error) ? g_steal_pointer(&list) : NULL;
}

const Publication *publication_find(const GPtrArray *publications, const char *gateway, const char *locale)
{
    for (guint i = 0; i < publications->len; i++) {
        const Publication *publication = g_ptr_array_index(publications, i);

        if (strcmp(publication->gateway, gateway) == 0 && strcmp(publication->locale, locale) == 0)
            return publication;
    }
    return NULL;
}

bool publication_is_out(const Publication *publication, int edition)
{
    return publication->edition >= edition &&
           (publication->state == PUBLICATION_PUBLISHED || publication->state == PUBLICATION_WITHDRAWN);
}

bool publication_readable(Ledger *ledger, const char *locale, bool *is_out, GError **error)
{
    g_autoptr(GPtrArray) publications = publication_list(ledger, error);

    *is_out = false;
    for (guint i = 0; publications && i < publications->len && !*is_out; i++) {
        const Publication *publication = g_ptr_array_index(publications, i);

        *is_out =
            strcmp(publication->locale, locale) == 0 && publication_is_out(publication, ledger_header(ledger)->edition);
    }
    return publications != NULL;
}
