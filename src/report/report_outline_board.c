/* The ten lines at the top: what a board asks first, each in one sentence. */
#include <string.h>

#include "base/language.h"
#include "base/member.h"
#include "base/text.h"
#include "report/report_outline_private.h"

static void add(GPtrArray *lines, char *line)
{
    if (line)
        g_ptr_array_add(lines, line);
}

static char *what(const Outline *outline)
{
    const json_t *incident = outline_at(outline->document, "incident");
    const char *told = outline_local(outline, outline_at(outline_at(incident, "facts"), "what_happened"));
    const char *kind = json_string_value(outline_at(incident, "kind"));

    if (told)
        return g_strdup(told);
    return kind ? g_strdup_printf(_("What happened: %s."), kind)
                : g_strdup(_("What happened is not written in the playbook yet."));
}

static char *when(const Outline *outline)
{
    const json_t *times = outline_at(outline_at(outline->document, "incident"), "times");
    g_autofree char *occurred = outline_time(outline_at(times, "occurred_at"));
    g_autofree char *detected = outline_time(outline_at(times, "detected_at"));
    g_autofree char *contained = outline_time(outline_at(times, "contained_at"));

    return g_strdup_printf(_("It began: %s. It was found: %s. It was contained: %s."), occurred, detected, contained);
}

/* The labels of the kinds of data, "name, email address, phone number"; NULL: none is given. */
static char *kinds_of(const Outline *outline)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    size_t index;
    json_t *kind;

    json_array_foreach(outline_at(outline_at(outline->document, "incident"), "data_kinds"), index, kind)
    {
        const char *label = outline_local(outline, outline_at(kind, "label"));

        g_ptr_array_add(names, (gpointer)(label ? label : member_text(kind, "name")));
    }
    g_ptr_array_add(names, NULL);
    return names->len > 1 ? g_strjoinv(_(", "), (char **)names->pdata) : NULL;
}

static char *whose(const Outline *outline)
{
    const json_t *affected = outline_at(outline_at(outline->document, "incident"), "affected");
    g_autofree char *likely = outline_count(member_count(affected, "likely"));
    g_autofree char *lower = outline_count(member_count(affected, "lower"));
    g_autofree char *upper = outline_count(member_count(affected, "upper"));
    g_autofree char *kinds = kinds_of(outline);

    if (member_count(affected, "lower") < 0 && member_count(affected, "likely") < 0 &&
        member_count(affected, "upper") < 0)
        return g_strdup_printf(_("How many people are affected is unknown. Data: %s."), kinds ? kinds : _("unknown"));
    return g_strdup_printf(_("People affected: %s as an estimate (at least %s, at most %s). Data: %s."), likely, lower,
                           upper, kinds ? kinds : _("unknown"));
}

static char *told(const Outline *outline)
{
    const json_t *identity = outline_at(outline->document, "identity");
    int64_t people = member_count(identity, "people");
    int64_t delivered = member_count(identity, "delivered"), accepted = member_count(identity, "accepted");
    g_autofree char *sum = outline_count(delivered + accepted);
    g_autofree char *all = outline_count(people);
    g_autofree char *share = outline_share(delivered + accepted, people);
    g_autofree char *proven = outline_count(delivered);
    g_autofree char *taken = outline_count(accepted);

    if (!json_is_object(identity))
        return g_strdup(_("Nothing is planned yet, so nobody has been told from here."));
    return g_strdup_printf(
        language_plural("Told: %s of the %s person in the people file (%s): %s delivered, as a receipt or a record "
                        "says; %s accepted for delivery, with no word of their arrival.",
                        "Told: %s of the %s people in the people file (%s): %s delivered, as a receipt or a record "
                        "says; %s accepted for delivery, with no word of their arrival.",
                        people),
        sum, all, share, proven, taken);
}

/* When the next edition after `*edition`, which becomes that one, was first planned, ms; G_MAXINT64: none was. */
static int64_t next_edition(const Outline *outline, int64_t *edition)
{
    size_t index;
    json_t *note;

    json_array_foreach(outline_at(outline->document, "notes"), index, note)
    {
        const json_t *body = outline_at(note, "body");
        int64_t planned = member_count(body, "edition"), at;

        if (strcmp(member_text(body, "event"), "planned") != 0 || planned <= *edition ||
            !outline_ms(outline_at(note, "at"), &at))
            continue;
        *edition = planned;
        return at;
    }
    return G_MAXINT64;
}

/* Since when so many of a hundred have been told without a break: what comes back takes people away again, and they had
 * not been told. A later edition takes nobody away: whoever waits for an update has had a notice. NULL: not yet, or not
 * any more. Borrowed from the document. */
static const json_t *told_by(const Outline *outline, int percent)
{
    int64_t people = member_count(outline_at(outline->document, "identity"), "people"), edition = 0;
    const json_t *since = NULL;
    int64_t later;
    size_t index;
    json_t *moment;

    (void)next_edition(outline, &edition); /* the first one */
    later = next_edition(outline, &edition);
    json_array_foreach(outline_at(outline->document, "history"), index, moment)
    {
        int64_t sum = member_count(moment, "delivered") + member_count(moment, "accepted"), at = 0;

        (void)outline_ms(outline_at(moment, "at"), &at);
        if (since && at >= later)
            return since;
        while (at >= later)
            later = next_edition(outline, &edition);
        if (people <= 0 || sum * 100 < people * percent)
            since = NULL;
        else if (!since)
            since = outline_at(moment, "at");
    }
    return since;
}

static char *speed(const Outline *outline)
{
    const json_t *first = outline_at(outline->document, "first_told_at");
    const json_t *detected = outline_at(outline_at(outline_at(outline->document, "incident"), "times"), "detected_at");
    const json_t *most = told_by(outline, 95);
    g_autofree char *at = outline_time(first);
    g_autofree char *span = outline_span(detected, first);
    g_autofree char *nearly = most ? outline_time(most) : NULL;

    if (!json_is_string(first))
        return g_strdup(_("No notice has been accepted by a gateway yet."));
    return g_strdup_printf(
        _("The first notice went out at %s (%s after the incident was found); 95 %% of the people in the "
          "people file were told by %s."),
        at, span ? span : _("unknown"), nearly ? nearly : _("a time that has not come yet"));
}

static char *untold(const Outline *outline)
{
    const json_t *identity = outline_at(outline->document, "identity");
    g_autofree char *unreachable = outline_count(member_count(identity, "unreachable"));
    g_autofree char *withheld = outline_count(member_count(identity, "withheld"));
    g_autofree char *pending = outline_count(member_count(identity, "pending"));
    g_autofree char *doubts = outline_count(member_count(identity, "in_doubt"));
    g_autofree char *quarantined = outline_count(member_count(identity, "quarantined"));

    if (!json_is_object(identity))
        return NULL;
    return g_strdup_printf(_("Not told: unreachable %s, withheld %s, still pending %s, with faulty data %s. In doubt, "
                             "so perhaps told: %s."),
                           unreachable, withheld, pending, quarantined, doubts);
}

static char *returned(const Outline *outline)
{
    const json_t *document = outline->document;
    g_autofree char *refused = outline_count(outline_sum(outline_at(document, "refused"), "", NULL, "messages"));
    g_autofree char *back = outline_count(outline_sum(outline_at(document, "returned"), "", NULL, "messages"));
    g_autofree char *doubts = outline_count(member_count(outline_at(document, "doubt_counts"), "messages_ever"));
    g_autofree char *twice = outline_count(member_count(outline_at(document, "doubt_counts"), "accepted_twice"));

    if (!json_is_object(outline_at(document, "identity")))
        return NULL;
    return g_strdup_printf(
        _("Of the messages, %s were refused for good, %s came back later, %s were in doubt at some time, "
          "and %s are known to have been accepted twice."),
        refused, back, doubts, twice);
}

static int64_t count_states(const json_t *obligations, const char *state)
{
    int64_t count = 0;
    size_t index;
    json_t *item;

    json_array_foreach((json_t *)obligations, index, item) count += strcmp(member_text(item, "state"), state) == 0;
    return count;
}

static int64_t count_late(const json_t *obligations)
{
    int64_t count = 0;
    size_t index;
    json_t *item;

    json_array_foreach((json_t *)obligations, index, item) count +=
        strcmp(member_text(item, "state"), "filed") == 0 && member_count(item, "late_ms") > 0;
    return count;
}

static char *law(const Outline *outline)
{
    const json_t *obligations = outline_at(outline->document, "obligations");
    int64_t filed = count_states(obligations, "filed");
    g_autofree char *done = text_grouped(filed);
    g_autofree char *late = text_grouped(count_late(obligations));
    g_autofree char *overdue = text_grouped(count_states(obligations, "overdue"));
    g_autofree char *running = text_grouped(count_states(obligations, "due"));
    g_autofree char *unknown =
        text_grouped(count_states(obligations, "scope-unknown") + count_states(obligations, "anchor-missing"));
    g_autofree char *unread = outline_case_unread(outline);
    g_autofree char *steps = NULL;

    if (json_array_size(obligations) == 0 && unread)
        return g_steal_pointer(&unread);
    if (json_array_size(obligations) == 0)
        return g_strdup(_("The playbook names no law, so this report says nothing about legal deadlines."));
    steps = g_strdup_printf(_("Legal steps: done %s (late: %s), overdue %s, running %s, not yet decided %s."), done,
                            late, overdue, running, unknown);
    return unread ? g_strdup_printf(_("%1$s %2$s"), steps, unread) : g_steal_pointer(&steps);
}

static char *decided(const Outline *outline)
{
    const json_t *document = outline->document;
    g_autofree char *decisions = text_grouped((int64_t)json_array_size(outline_at(document, "decisions")));
    g_autofree char *people = text_grouped(MAX(outline_sum(outline_at(document, "decided"), "", NULL, "people"), 0));
    g_autofree char *accepted = text_grouped((int64_t)json_array_size(outline_at(document, "accepted_findings")));

    return g_strdup_printf(_("Decisions not to tell or to wait: %s about groups, %s about single people. Findings that "
                             "somebody accepted: %s."),
                           decisions, people, accepted);
}

static char *published(const Outline *outline)
{
    const json_t *rows = outline_at(outline->document, "announcement");
    int64_t count = count_states(rows, "published");
    g_autofree char *number = text_grouped(count);

    return count > 0 ? g_strdup_printf(language_plural("The public announcement stands in %s place and was read back.",
                                                       "The public announcement stands in %s places and was read back.",
                                                       count),
                                       number)
                     : g_strdup(_("No public announcement is known to stand anywhere."));
}

static char *progress(const Outline *outline)
{
    const json_t *closed = outline_at(outline->document, "closed");
    g_autofree char *at = outline_time(outline_at(closed, "at"));

    if (json_is_object(closed))
        return g_strdup_printf(_("The case was closed at %s by %s: %s"), at, member_text(closed, "by"),
                               member_text(closed, "reason"));
    if (json_is_true(outline_at(outline->document, "is_running")))
        return g_strdup(_("Messages are being sent while this is written: the numbers will change."));
    return json_is_true(outline_at(outline->document, "complete"))
               ? g_strdup(_("Nothing is left to be sent; the case is open."))
               : g_strdup(_("The work is not finished: this is what is known so far."));
}

static char *state(const Outline *outline)
{
    g_autofree char *announcement = published(outline);
    g_autofree char *work = progress(outline);

    return g_strdup_printf(_("%1$s %2$s"), announcement, work);
}

void outline_board(const Outline *outline)
{
    static char *(*const sentences[])(const Outline *outline) = {what,   when,     whose, told,    speed,
                                                                 untold, returned, law,   decided, state};
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);

    for (size_t i = 0; i < G_N_ELEMENTS(sentences); i++)
        add(lines, sentences[i](outline));
    outline_section(outline, "summary", _("In ten lines"), NULL);
    outline->writer->items(outline->out, lines, true);
    outline_section_end(outline);
}
