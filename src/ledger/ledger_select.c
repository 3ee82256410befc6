#include "ledger/ledger_select.h"

#include <string.h>

#include "ledger/backend.h"
#include "ledger/ledger_private.h"

void ledger_match_free(LedgerMatch *match)
{
    if (!match)
        return;
    g_free(match->endpoint);
    g_free(match->audience);
    g_free(match->channel);
    g_free(match->gateway);
    g_free(match->person);
    g_free(match->reply);
    g_free(match);
}

static void free_match(gpointer data)
{
    ledger_match_free(data);
}

typedef struct Page {
    GPtrArray *matches;
    guint limit;
} Page;

static bool take_match(LedgerMatch *match, void *user)
{
    Page *page = user;

    g_ptr_array_add(page->matches, match);
    return page->matches->len < page->limit;
}

GPtrArray *ledger_select(Ledger *ledger, const LedgerFilter *filter, int64_t after, int limit, GError **error)
{
    g_autoptr(GPtrArray) matches = g_ptr_array_new_with_free_func(free_match);
    Page page = {.matches = matches, .limit = (guint)limit};

    if (!ledger->backend->select(ledger->store, filter, after, take_match, &page, error))
        return NULL;
    return g_steal_pointer(&matches);
}

bool ledger_select_details(Ledger *ledger, GPtrArray *matches, GError **error)
{
    return ledger->backend->select_details(ledger->store, matches, error);
}

bool ledger_sent(Ledger *ledger, const char *id, const char *channel, int64_t *no, int *attempt, GError **error)
{
    g_autofree char *name = NULL;
    g_autoptr(GError) problem = NULL;
    int64_t label;
    LedgerRow row;

    *no = 0;
    *attempt = 0;
    if (!ledger->backend->row_find(ledger->store, id, &row, &problem)) {
        if (problem)
            g_propagate_error(error, g_steal_pointer(&problem));
        return !problem;
    }
    if (!ledger_channel_of(ledger, row.text, &label, error))
        return false;
    name = ledger->backend->label_name(ledger->store, label, error);
    if (name && strcmp(name, channel) == 0 && row.attempt > 0) {
        *no = row.no;
        *attempt = row.attempt;
    }
    return name != NULL;
}

/* Groups -------------------------------------------------------------------------------------------------------- */

static void free_group(gpointer data)
{
    LedgerGroup *group = data;

    g_free(group->sample);
    g_free(group);
}

static bool is_alike(const LedgerGroup *group, const LedgerMatch *match)
{
    return group->state == match->state && group->code == match->code && strcmp(group->enhanced, match->enhanced) == 0;
}

/* There are dozens of groups at the most: relays know no more answers than that. */
static bool take_group(LedgerMatch *match, void *user)
{
    GPtrArray *groups = user;
    LedgerGroup *group = NULL;

    for (guint i = 0; i < groups->len && !group; i++)
        if (is_alike(g_ptr_array_index(groups, i), match))
            group = g_ptr_array_index(groups, i);
    if (!group) {
        group = g_new0(LedgerGroup, 1);
        group->state = match->state;
        group->code = match->code;
        g_strlcpy(group->enhanced, match->enhanced, sizeof group->enhanced);
        group->sample = g_strdup(match->id);
        g_ptr_array_add(groups, group);
    }
    group->messages++;
    ledger_match_free(match);
    return true;
}

static int by_messages(gconstpointer left, gconstpointer right)
{
    const LedgerGroup *a = *(LedgerGroup *const *)left;
    const LedgerGroup *b = *(LedgerGroup *const *)right;

    if (a->messages != b->messages)
        return a->messages > b->messages ? -1 : 1;
    if (a->state != b->state)
        return a->state < b->state ? -1 : 1;
    return a->code != b->code ? a->code - b->code : strcmp(a->enhanced, b->enhanced);
}

GPtrArray *ledger_select_groups(Ledger *ledger, const LedgerFilter *filter, GError **error)
{
    g_autoptr(GPtrArray) groups = g_ptr_array_new_with_free_func(free_group);

    if (!ledger->backend->select(ledger->store, filter, 0, take_group, groups, error))
        return NULL;
    g_ptr_array_sort(groups, by_messages);
    return g_steal_pointer(&groups);
}

/* People -------------------------------------------------------------------------------------------------------- */

GPtrArray *ledger_select_aside(Ledger *ledger, Told told, const char *person, int64_t row, int64_t after, int limit,
                               GError **error)
{
    return ledger->backend->select_aside(ledger->store, told, person, row, after, limit, error);
}

bool ledger_people(Ledger *ledger, Told told, LedgerPersonTold *receive, void *user, GError **error)
{
    return ledger->backend->people(ledger->store, told, receive, user, error);
}

bool ledger_person(Ledger *ledger, const char *person, bool *is_known, int64_t *row, GError **error)
{
    int64_t no = 0;

    if (!ledger->backend->person_no(ledger->store, person, &no, error))
        return false;
    *is_known = no > 0;
    *row = 0;
    return no == 0 || ledger->backend->person_row(ledger->store, no, row, error);
}

char *ledger_person_at(Ledger *ledger, int64_t row, bool *is_known, GError **error)
{
    return ledger->backend->person_at(ledger->store, row, is_known, error);
}

char **ledger_people_near(Ledger *ledger, const char *person, GError **error)
{
    return ledger->backend->people_near(ledger->store, person, error);
}

char **ledger_served(Ledger *ledger, int64_t message, GError **error)
{
    return ledger->backend->served_people(ledger->store, message, false, error);
}

char *ledger_decided(Ledger *ledger, const char *person, GError **error)
{
    return ledger->backend->decision_get(ledger->store, person, error);
}
