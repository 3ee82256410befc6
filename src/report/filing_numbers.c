#include "report/filing.h"

#include "ledger/ledger_plan.h"
#include "ledger/publication.h"

static void channel_free(gpointer data)
{
    FilingChannel *channel = data;

    g_free(channel->channel);
    g_free(channel);
}

void filing_numbers_free(FilingNumbers *numbers)
{
    if (!numbers)
        return;
    g_ptr_array_unref(numbers->channels);
    g_ptr_array_unref(numbers->urls);
    g_free(numbers);
}

static bool read_channels(Ledger *ledger, FilingNumbers *numbers, GError **error)
{
    g_autoptr(GPtrArray) tallies = ledger_tallies(ledger, LEDGER_BY_CHANNEL, error);

    for (guint i = 0; tallies && i < tallies->len; i++) {
        const LedgerTally *tally = g_ptr_array_index(tallies, i);
        FilingChannel *channel;

        if (tally->counts[MESSAGE_ACCEPTED] + tally->counts[MESSAGE_DELIVERED] == 0)
            continue;
        channel = g_new0(FilingChannel, 1);
        channel->channel = g_strdup(tally->name);
        channel->messages = tally->counts[MESSAGE_ACCEPTED] + tally->counts[MESSAGE_DELIVERED];
        g_ptr_array_add(numbers->channels, channel);
    }
    return tallies != NULL;
}

/* Each address once: an endpoint may stand for several languages. */
static bool read_urls(Ledger *ledger, FilingNumbers *numbers, GError **error)
{
    g_autoptr(GPtrArray) rows = publication_list(ledger, error);

    for (guint i = 0; rows && i < rows->len; i++) {
        const Publication *row = g_ptr_array_index(rows, i);

        if (row->state == PUBLICATION_PUBLISHED && *row->url &&
            !g_ptr_array_find_with_equal_func(numbers->urls, row->url, g_str_equal, NULL))
            g_ptr_array_add(numbers->urls, g_strdup(row->url));
    }
    return rows != NULL;
}

FilingNumbers *filing_numbers_read(Ledger *ledger, int offset, GError **error)
{
    FilingNumbers *numbers;
    LedgerCounts counts;
    int64_t first = -1;

    if (!ledger_counts(ledger, &counts, error) || !ledger_first_told(ledger, &first, error))
        return NULL;
    numbers = g_new0(FilingNumbers, 1);
    numbers->channels = g_ptr_array_new_with_free_func(channel_free);
    numbers->urls = g_ptr_array_new_with_free_func(g_free);
    numbers->people = counts.people;
    numbers->told = counts.told[TOLD_ACCEPTED] + counts.told[TOLD_DELIVERED];
    numbers->first = (Moment){.at = first, .offset = offset, .known = first >= 0};
    if (read_channels(ledger, numbers, error) && read_urls(ledger, numbers, error))
        return numbers;
    filing_numbers_free(numbers);
    return NULL;
}
