#include "report/announced.h"

#include <string.h>

#include "base/clock.h"
#include "base/language.h"
#include "base/text.h"
#include "dispatch/publish.h"
#include "ledger/queue.h"
#include "report/reason.h"
#include "report/status.h"

/* Collecting ------------------------------------------------------------------------------------------------------ */

static bool count_waiting(Ledger *ledger, const GPtrArray *queues, const char *locale, int64_t *messages,
                          GError **error)
{
    *messages = 0;
    for (guint i = 0; i < queues->len; i++) {
        const Queue *queue = g_ptr_array_index(queues, i);

        if (queue->kind == QUEUE_LOCALE && strcmp(queue->name, locale) == 0)
            return queue_count(ledger, queue->no, messages, error);
    }
    return true;
}

static bool collect_waits(Announced *announced, Ledger *ledger, GError **error)
{
    g_autoptr(GPtrArray) queues = queue_list(ledger, error);

    if (!queues)
        return false;
    for (const char *const *locale = announced->need->locales; *locale; locale++) {
        AnnouncedWait wait = {.locale = *locale};
        bool is_out;

        if (!publication_readable(ledger, *locale, &is_out, error) ||
            !count_waiting(ledger, queues, *locale, &wait.messages, error))
            return false;
        if (!is_out)
            g_array_append_val(announced->waits, wait);
    }
    return true;
}

Announced *announced_collect(Ledger *ledger, const AnnouncementNeed *need, int64_t unreachable, GError **error)
{
    g_autoptr(Announced) announced = g_new0(Announced, 1);

    announced->need = need;
    announced->unreachable = unreachable;
    announced->waits = g_array_new(FALSE, FALSE, sizeof(AnnouncedWait));
    announced->rows = publication_list(ledger, error);
    if (!announced->rows)
        return NULL;
    if (!need)
        return g_steal_pointer(&announced);
    announced->is_due = announcement_is_due(need->announcement, unreachable);
    if (!publish_outstanding(ledger, need, ledger_header(ledger)->edition, &announced->outstanding, &announced->all,
                             error) ||
        (need->announcement->when == ANNOUNCEMENT_ALWAYS && !collect_waits(announced, ledger, error)))
        return NULL;
    return g_steal_pointer(&announced);
}

void announced_free(Announced *announced)
{
    if (!announced)
        return;
    g_clear_pointer(&announced->rows, g_ptr_array_unref);
    g_clear_pointer(&announced->waits, g_array_unref);
    g_free(announced);
}

bool announced_is_missing(const Announced *announced)
{
    return announced->is_due && announced->outstanding > 0;
}

bool announced_is_first(const Announced *announced)
{
    return announced->need && announced->need->announcement->when == ANNOUNCEMENT_ALWAYS;
}

bool announced_is_shut(const Announced *announced, const char *locale)
{
    for (guint i = 0; i < announced->waits->len; i++)
        if (strcmp(g_array_index(announced->waits, AnnouncedWait, i).locale, locale) == 0)
            return true;
    return false;
}

int64_t announced_waiting(const Announced *announced)
{
    int64_t messages = 0;

    for (guint i = 0; i < announced->waits->len; i++)
        messages += g_array_index(announced->waits, AnnouncedWait, i).messages;
    return messages;
}

/* Text ------------------------------------------------------------------------------------------------------------- */

/* "zh-CN, zh-TW": the languages of which something is missing at some endpoint. */
static char *missing_locales(const Announced *announced)
{
    GString *list = g_string_new(NULL);
    const GPtrArray *places = announced->need->announcement->places;

    for (const char *const *locale = announced->need->locales; *locale; locale++) {
        bool is_missing = false;

        for (guint i = 0; i < places->len; i++) {
            const AnnouncementPlace *place = g_ptr_array_index(places, i);
            const Publication *row = publication_find(announced->rows, place->gateway, *locale);

            is_missing =
                is_missing || !row || (row->state != PUBLICATION_PUBLISHED && row->state != PUBLICATION_WITHDRAWN);
        }
        if (is_missing)
            g_string_append_printf(list, "%s%s", list->len > 0 ? ", " : "", *locale);
    }
    return g_string_free(list, FALSE);
}

char *announced_verdict(const Announced *announced)
{
    int64_t waiting = announced_waiting(announced);
    g_autofree char *number = text_grouped(waiting);
    g_autofree char *people = text_grouped(announced->unreachable);
    g_autofree char *locales = NULL;

    if (!announced_is_missing(announced))
        return NULL;
    locales = missing_locales(announced);
    if (!*locales)
        return g_strdup(_("the announcement is due: what is published is of an earlier edition"));
    if (announced->need->announcement->when == ANNOUNCEMENT_UNREACHABLE)
        return g_strdup_printf(
            language_plural("the announcement is due, %s person is unreachable: it is not published in %s",
                            "the announcement is due, %s people are unreachable: it is not published "
                            "in %s",
                            announced->unreachable),
            people, locales);
    if (waiting == 0)
        return g_strdup_printf(_("the announcement is due: it is not published in %s"), locales);
    return g_strdup_printf(
        language_plural("the announcement is due: it is not published in %s, and %s message waits for it",
                        "the announcement is due: it is not published in %s, and %s messages wait for "
                        "it",
                        waiting),
        locales, number);
}

static void append_row(GString *text, const Publication *row, int64_t now)
{
    static const char *const states[PUBLICATION_STATES] = {
        [PUBLICATION_PUBLISHING] = N_("in doubt: it may be published"),
        [PUBLICATION_TAKEN] = N_("taken, but not read back"),
        [PUBLICATION_PUBLISHED] = N_("published and read back"),
        [PUBLICATION_REFUSED] = N_("not published"),
        [PUBLICATION_WITHDRAWN] = N_("withdrawn and read back"),
    };
    bool is_out = row->state == PUBLICATION_PUBLISHED || row->state == PUBLICATION_WITHDRAWN;
    g_autofree char *at = status_time(row->at, now);

    g_string_append_printf(text, _("announcement %s at %s: %s, edition %d, %s"), row->locale, row->gateway,
                           _(states[row->state]), row->edition, at);
    if (*row->url)
        g_string_append_printf(text, ", %s", row->url);
    if (!is_out && *row->words) {
        g_autofree char *words = reason_text(row->words);

        g_string_append_printf(text, ": %s", words);
    }
    g_string_append_c(text, '\n');
}

char *announced_text(const Announced *announced, int64_t now)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < announced->rows->len; i++)
        append_row(text, g_ptr_array_index(announced->rows, i), now);
    for (guint i = 0; i < announced->waits->len; i++) {
        const AnnouncedWait *wait = &g_array_index(announced->waits, AnnouncedWait, i);
        g_autofree char *number = text_grouped(wait->messages);

        if (wait->messages > 0)
            g_string_append_printf(text,
                                   language_plural("%s message waits for the announcement in %s\n",
                                                   "%s messages wait for the announcement in %s\n", wait->messages),
                                   number, wait->locale);
    }
    return g_string_free(text, FALSE);
}

/* JSON ------------------------------------------------------------------------------------------------------------- */

json_t *announced_row_json(const Publication *row)
{
    g_autofree char *at = row->at > 0 ? clock_format_utc(row->at) : NULL;

    return json_pack("{s:s, s:s, s:s, s:i, s:s, s:s, s:s, s:s, s:s, s:s, s:s?}", "gateway", row->gateway, "locale",
                     row->locale, "kind", row->kind, "edition", row->edition, "state",
                     publication_state_name(row->state), "item", row->item, "url", row->url, "sha256", row->digest,
                     "reply", row->words, "by", row->by, "at", at);
}

json_t *announced_json(const Announced *announced)
{
    json_t *rows;
    json_t *waiting;

    if (!announced->need)
        return json_null();
    rows = json_array();
    waiting = json_object();
    for (guint i = 0; i < announced->rows->len; i++)
        json_array_append_new(rows, announced_row_json(g_ptr_array_index(announced->rows, i)));
    for (guint i = 0; i < announced->waits->len; i++) {
        const AnnouncedWait *wait = &g_array_index(announced->waits, AnnouncedWait, i);

        json_object_set_new(waiting, wait->locale, json_integer(wait->messages));
    }
    return json_pack("{s:s, s:b, s:I, s:o, s:o}", "when", announcement_when_name(announced->need->announcement->when),
                     "due", announced->is_due, "outstanding", (json_int_t)announced->outstanding, "publications", rows,
                     "waiting", waiting);
}
