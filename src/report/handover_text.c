/* The page and the document of a handover. */
#include <string.h>

#include "base/clock.h"
#include "base/language.h"
#include "base/text.h"
#include "report/clock_json.h"
#include "report/decided.h"
#include "report/handover.h"

#define DECIDED_SHOWN 20 /* on the page, the latest; the document has all */

/* JSON ------------------------------------------------------------------------------------------------------------ */

static json_t *items_json(const GPtrArray *items)
{
    json_t *list = json_array();

    for (guint i = 0; i < items->len; i++) {
        const HandoverItem *item = g_ptr_array_index(items, i);

        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s?, s:o, s:s?}", "kind", item->kind, "id", item->id,
                                              "text", item->english, "owner", item->owner, "due",
                                              clock_json_at(item->due), "next", item->command));
    }
    return list;
}

static json_t *decided_json(const GPtrArray *decided)
{
    json_t *list = json_array();

    for (guint i = 0; i < decided->len; i++) {
        const Decided *one = g_ptr_array_index(decided, i);

        json_array_append_new(list, json_pack("{s:o, s:s, s:s?, s:s}", "at", clock_json_at(one->at), "kind", one->kind,
                                              "by", one->by, "text", one->english));
    }
    return list;
}

json_t *handover_json(const Handover *handover)
{
    static const char *const members[] = {"edition",  "digest",   "people",  "messages", "audiences",
                                          "channels", "complete", "running", NULL};
    json_auto_t *status = handover->status ? status_json(handover->status) : NULL;
    json_t *document =
        json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:s, s:s}", "schema", "breach.handover/1", "incident",
                  handover->incident, "status", playbook_status_name(handover->mode), "at",
                  clock_json_at(handover->now), "since", clock_json_at(handover->since), "decided",
                  decided_json(handover->decided), "due", items_json(handover->due), "open", items_json(handover->open),
                  "by_itself", items_json(handover->by_itself), "verdict", handover->verdict, "next", handover->next);

    for (const char *const *member = members; *member; member++)
        json_object_set_new(document, *member, status ? json_incref(json_object_get(status, *member)) : json_null());
    return document;
}

/* Markdown -------------------------------------------------------------------------------------------------------- */

/* What would be markup, as text. */
static void append_escaped(GString *page, const char *text)
{
    g_autofree char *escaped = text_markdown(text);

    g_string_append(page, escaped);
}

static void append_title(GString *page, const char *title)
{
    g_string_append_printf(page, "\n## %s\n\n", title);
}

/* A command stands in a code span, which takes everything but its own mark. */
static void append_command(GString *page, const char *command)
{
    const char *mark = strchr(command, '`') ? "``" : "`";

    g_string_append_printf(page, "%s%s%s", mark, command, mark);
}

static void append_people(GString *page, const Status *status)
{
    g_autofree char *people = text_grouped(status->counts.people);

    g_string_append_printf(page, "\n| %s | %s |\n|---|---:|\n", _("people"), people);
    for (int i = 0; i < TOLD_STATES; i++) {
        g_autofree char *count = text_grouped(status->counts.told[i]);

        if (status->counts.told[i] > 0)
            g_string_append_printf(page, "| %s | %s |\n", _(identity_told_name((Told)i)), count);
    }
}

static void append_decided(GString *page, const Handover *handover)
{
    const GPtrArray *decided = handover->decided;
    guint first = decided->len > DECIDED_SHOWN ? decided->len - DECIDED_SHOWN : 0;
    g_autofree char *since = status_time(handover->since, handover->now);
    g_autofree char *title = g_strdup_printf(_("Decided since %s"), since);

    append_title(page, title);
    if (decided->len == 0)
        g_string_append_printf(page, "%s\n", _("Nothing."));
    if (first > 0)
        g_string_append_printf(page,
                               language_plural("- %u earlier one is in breach status --handover --json\n",
                                               "- %u earlier ones are in breach status --handover --json\n", first),
                               first);
    for (guint i = first; i < decided->len; i++) {
        const Decided *one = g_ptr_array_index(decided, i);
        g_autofree char *at = status_time(one->at, handover->now);

        g_string_append_printf(page, "- %s", at);
        if (one->by) {
            g_string_append(page, ", ");
            append_escaped(page, one->by);
        }
        g_string_append(page, _(": "));
        append_escaped(page, one->text);
        g_string_append_c(page, '\n');
    }
}

static char *due_words(const HandoverItem *item, int64_t now)
{
    g_autofree char *time = status_time(item->due, now);
    g_autofree char *span = clock_format_span(ABS(item->due - now));

    return item->due < now ? g_strdup_printf(_("OVERDUE since %s (%s ago)"), time, span)
                           : g_strdup_printf(_("by %s (in %s)"), time, span);
}

/* Whether somebody ought to be named: counts are whoever's shift it is. */
static bool has_owner(const HandoverItem *item)
{
    static const char *const kinds[] = {"obligation", "response", "inquiry", "decision", NULL};

    return g_strv_contains(kinds, item->kind);
}

/* `is_wait`: its time is when something begins again, and no deadline. */
static void append_item(GString *page, const HandoverItem *item, int64_t now, bool is_wait)
{
    g_string_append(page, "- ");
    if (item->due != 0) {
        g_autofree char *due = NULL;

        if (is_wait) {
            g_autofree char *time = status_time(item->due, now);

            due = g_strdup_printf(_("until %s"), time);
        } else {
            due = due_words(item, now);
        }
        g_string_append_printf(page, "**%s** ", due);
    }
    append_escaped(page, item->text);
    if (item->owner) {
        g_string_append(page, _("; owner: "));
        append_escaped(page, item->owner);
    } else if (has_owner(item)) {
        g_string_append(page, _("; owner: nobody is named"));
    }
    if (item->command) {
        g_string_append(page, _("; "));
        append_command(page, item->command);
    }
    g_string_append_c(page, '\n');
}

static void append_items(GString *page, const char *title, const GPtrArray *items, int64_t now, bool is_wait)
{
    append_title(page, title);
    if (items->len == 0)
        g_string_append_printf(page, "%s\n", _("Nothing."));
    for (guint i = 0; i < items->len; i++)
        append_item(page, g_ptr_array_index(items, i), now, is_wait);
}

char *handover_markdown(const Handover *handover)
{
    GString *page = g_string_new(NULL);
    g_autofree char *time = status_time(handover->now, handover->now);
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(handover->now / CLOCK_SECOND);
    g_autoptr(GDateTime) local = g_date_time_to_local(utc);
    g_autofree char *day = g_date_time_format(local, "%Y-%m-%d");

    g_string_printf(page, _("# Handover: %s, %s, %s %s\n\n"),
                    handover->mode == INCIDENT_ACTUAL ? _("ACTUAL") : _("EXERCISE"), handover->incident, day, time);
    append_escaped(page, handover->verdict);
    g_string_append_c(page, '\n');
    if (handover->status)
        append_people(page, handover->status);
    append_items(page, _("Due within 24 hours"), handover->due, handover->now, false);
    append_items(page, _("Waits for a person"), handover->open, handover->now, false);
    append_items(page, _("Goes on by itself"), handover->by_itself, handover->now, true);
    append_decided(page, handover);
    append_title(page, _("Next"));
    append_command(page, handover->next);
    g_string_append_c(page, '\n');
    return g_string_free(page, FALSE);
}
