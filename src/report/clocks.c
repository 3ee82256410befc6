#include "report/clocks.h"

#include <string.h>

#include "base/clock.h"
#include "base/language.h"
#include "report/clock_json.h"

const char *clocks_before_words(ClocksBefore before)
{
    static const char *const words[CLOCKS_BEFORES] = {
        [CLOCKS_HALF] = N_("half of the time is left"),
        [CLOCKS_QUARTER] = N_("a quarter of the time is left"),
        [CLOCKS_HOUR] = N_("one hour is left"),
        [CLOCKS_OVER] = N_("OVERDUE"),
    };

    return words[before];
}

/* Half or a quarter that is an hour is said as that. */
int64_t clocks_before_left(const RegimeClockResult *clock, ClocksBefore before)
{
    int64_t whole = clock->has_start ? clock->last - clock->start.at : 0;
    const int64_t left[CLOCKS_BEFORES] = {whole / 2, whole / 4, CLOCK_HOUR, 0};

    if (!clock->has_due || (before < CLOCKS_HOUR && (whole <= 0 || left[before] == CLOCK_HOUR)) ||
        (before == CLOCKS_HOUR && whole > 0 && whole <= CLOCK_HOUR))
        return -1;
    return left[before];
}

static bool is_overdue(const Obligation *obligation)
{
    return obligation->clock->state == REGIME_OVERDUE;
}

/* Nobody has said whether it applies; until somebody does, its clock is shown. */
static bool is_perhaps(const Obligation *obligation)
{
    return obligation->clock->state == REGIME_SCOPE_UNKNOWN && obligation->clock->has_due;
}

/* Running: late, or due at a time, or without a number but since a time. */
static bool is_running(const Obligation *obligation)
{
    const RegimeClockResult *clock = obligation->clock;

    return is_overdue(obligation) || is_perhaps(obligation) ||
           (clock->state == REGIME_DUE && (clock->has_due || clock->has_start));
}

static int compare_running(gconstpointer a, gconstpointer b)
{
    const Obligation *one = *(const Obligation *const *)a, *other = *(const Obligation *const *)b;

    if (is_overdue(one) != is_overdue(other))
        return is_overdue(one) ? -1 : 1;
    if (one->clock->has_due && other->clock->has_due && one->clock->last != other->clock->last)
        return one->clock->last < other->clock->last ? -1 : 1;
    if (one->clock->has_due != other->clock->has_due)
        return one->clock->has_due ? -1 : 1;
    return obligation_compare(one, other);
}

/* The ones that run: overdue ones, then those with a time by it, then those for which the law has no number. */
static GPtrArray *running(const GPtrArray *obligations)
{
    GPtrArray *found = g_ptr_array_new();

    for (guint i = 0; i < obligations->len; i++) {
        const Obligation *obligation = g_ptr_array_index(obligations, i);

        if (is_running(obligation))
            g_ptr_array_add(found, (gpointer)obligation);
    }
    g_ptr_array_sort(found, compare_running);
    return found;
}

bool clocks_lacks_days(const RegimeClockResult *clock)
{
    return clock->missing_calendar && !clock->has_due && clock->state != REGIME_FILED &&
           clock->state != REGIME_NOT_APPLICABLE;
}

char *clocks_uncounted(const char *verdict, const GPtrArray *obligations)
{
    for (guint i = 0; i < obligations->len; i++) {
        const Obligation *obligation = g_ptr_array_index(obligations, i);
        const RegimeClockResult *clock = obligation->clock;

        if (!clocks_lacks_days(clock))
            continue;
        if (clock->missing_year > 0)
            return g_strdup_printf(_("%s; the end of %s cannot be counted: add the year %d to calendars/%s.yaml"),
                                   verdict, obligation->id, clock->missing_year, clock->missing_calendar);
        return *clock->missing_calendar
                   ? g_strdup_printf(_("%s; the end of %s cannot be counted: calendar %s is missing or has mistakes"),
                                     verdict, obligation->id, clock->missing_calendar)
                   : g_strdup_printf(_("%s; the end of %s cannot be counted: no calendar of working days is named"),
                                     verdict, obligation->id);
    }
    return NULL;
}

const Obligation *clocks_tightest(const GPtrArray *obligations)
{
    g_autoptr(GPtrArray) found = running(obligations);

    return found->len > 0 ? g_ptr_array_index(found, 0) : NULL;
}

guint clocks_count(const GPtrArray *obligations, RegimeState state)
{
    guint count = 0;

    for (guint i = 0; i < obligations->len; i++)
        count += ((const Obligation *)g_ptr_array_index(obligations, i))->clock->state == state ? 1 : 0;
    return count;
}

guint clocks_overdue(const GPtrArray *obligations)
{
    return clocks_count(obligations, REGIME_OVERDUE);
}

char *clocks_time(Moment moment)
{
    g_autofree char *text = moment_format_rfc3339(moment);
    size_t length = strlen(text);
    bool is_utc = length > 0 && text[length - 1] == 'Z';

    if (length < 17)
        return g_strdup("");
    text[10] = ' ';
    return g_strdup_printf("%.16s %s", text, is_utc ? "+00:00" : text + length - 6);
}

char *clocks_name(const Obligation *obligation)
{
    if (!obligation->step)
        return g_strdup(obligation->title);
    return g_strdup_printf("%s %s", obligation->regime->entry->id, obligation->step->id);
}

char *clocks_span(const RegimeClockResult *clock)
{
    bool is_over = clock->has_due && clock->remaining < 0;
    g_autofree char *span = clock_format_span(clock->has_due ? ABS(clock->remaining) : clock->elapsed);

    if (is_over)
        return g_strdup_printf(clock->state == REGIME_SCOPE_UNKNOWN ? _("perhaps %s late") : _("%s late"), span);
    return clock->has_due ? g_strdup_printf(_("in %s"), span) : g_strdup_printf(_("running for %s"), span);
}

char *clocks_timeliness(const RegimeClockResult *clock, Moment filed, int64_t late)
{
    bool has_span = clock->has_start && filed.at >= clock->start.at;
    g_autofree char *span = clock_format_span(late > 0 ? late : has_span ? filed.at - clock->start.at : 0);

    if (late > 0)
        return g_strdup_printf(_("%s late"), span);
    if (clock->has_due)
        return g_strdup(_("in time"));
    if (clock->step && clock->step->due > 0) /* it has a number, and nobody knows from when */
        return g_strdup(_("whether in time is not known: nobody has said when its clock began"));
    return has_span ? g_strdup_printf(_("the law gives no number: %s after the clock began"), span)
                    : g_strdup(_("the law gives no number"));
}

char *clocks_when(const Obligation *obligation)
{
    return clocks_span(obligation->clock);
}

char *clocks_state(const RegimeClockResult *clock)
{
    bool runs = clock->state == REGIME_DUE || clock->state == REGIME_OVERDUE;
    g_autofree char *span = runs ? clocks_span(clock) : NULL;
    g_autofree char *when = span ? g_strdup_printf(_(", %s"), span) : g_strdup("");
    bool has_time = clock->is_filed || clock->has_due;
    g_autofree char *text = has_time ? clocks_time(clock->is_filed ? clock->filed : clock->due) : NULL;
    g_autofree char *time = text ? g_strdup_printf(_(" (%s)"), text) : g_strdup("");

    return g_strconcat(_(regime_state_words(clock->state)), when, time, NULL);
}

char *clocks_line(const GPtrArray *obligations)
{
    g_autoptr(GPtrArray) found = running(obligations);
    const Obligation *first = found->len > 0 ? g_ptr_array_index(found, 0) : NULL;
    guint overdue = clocks_overdue(obligations);

    if (!first)
        return NULL;
    g_autofree char *name = clocks_name(first);
    g_autofree char *when = clocks_when(first);
    g_autofree char *time = first->clock->has_due ? clocks_time(first->clock->due) : NULL;

    if (overdue > 1)
        return g_strdup_printf(_("overdue: %s, %s; and %u more"), name, when, overdue - 1);
    if (overdue == 1)
        return g_strdup_printf(_("overdue: %s, %s"), name, when);
    if (is_perhaps(first))
        return g_strdup_printf(_("tightest clock: %s %s (%s), if it applies"), name, when, time);
    return time ? g_strdup_printf(_("tightest clock: %s %s (%s)"), name, when, time)
                : g_strdup_printf(_("tightest clock: %s %s, at once"), name, when);
}

/* What only a person can do, though no time is set for it: a decision that is to be taken again. */
static const Obligation *undecided(const GPtrArray *obligations)
{
    for (guint i = 0; i < obligations->len; i++) {
        const Obligation *obligation = g_ptr_array_index(obligations, i);

        if (obligation->kind == OBLIGATION_OTHER && !obligation->clock->has_due &&
            obligation->clock->state == REGIME_DUE)
            return obligation;
    }
    return NULL;
}

/* The verdict as it goes on behind "NEEDS YOU: …;": without these words, and without those that say the contrary. */
static char *rest_of(const char *verdict, const char *needs)
{
    const char *const without[] = {needs, _(", nothing needs you")}; /* also behind "EXERCISE: " */
    GString *rest = g_string_new(verdict);

    for (size_t i = 0; i < G_N_ELEMENTS(without); i++)
        g_string_replace(rest, without[i], "", 1);
    return g_string_free(rest, FALSE);
}

char *clocks_verdict(const char *verdict, const GPtrArray *obligations)
{
    g_autofree char *line = clocks_line(obligations);
    const Obligation *again = undecided(obligations);
    const char *needs = _("NEEDS YOU: ");
    g_autofree char *rest = rest_of(verdict, needs);

    if (!line)
        return g_strdup(verdict);
    if (clocks_overdue(obligations) > 0)
        return g_strdup_printf(_("%s%s; %s"), needs, line, rest);
    if (!again)
        return g_strdup_printf(_("%s; %s"), verdict, line);
    if (again == clocks_tightest(obligations))
        return g_strdup_printf(_("%s%s (%s); %s"), needs, again->title, again->id, rest);
    return g_strdup_printf(_("%s%s (%s); %s; %s"), needs, again->title, again->id, rest, line);
}

char *clocks_unbegun(const char *verdict, const GPtrArray *obligations, int64_t now)
{
    const char *needs = _("NEEDS YOU: ");

    for (guint i = 0; i < obligations->len; i++) {
        const Obligation *obligation = g_ptr_array_index(obligations, i);
        const RegimeClockResult *clock = obligation->clock;
        g_autofree char *time = clock->has_start ? clocks_time(clock->start) : NULL;
        g_autofree char *rest = NULL;

        if (!time || !obligation->step || obligation->step->from.kind != REGIME_FROM_ANCHOR ||
            strcmp(obligation->step->from.name, "year_end") == 0 || clock->start.at <= now ||
            (clock->state != REGIME_DUE && clock->state != REGIME_SCOPE_UNKNOWN))
            continue;
        rest = rest_of(verdict, needs);
        return g_strdup_printf(_("%s%s; the clock of %s begins in the future (%s), which cannot be: correct %s"), needs,
                               rest, obligation->id, time, obligation->step->from.name);
    }
    return NULL;
}

/* Text ------------------------------------------------------------------------------------------------------------ */

static void append_clock(GString *text, const Obligation *obligation)
{
    const RegimeClockResult *clock = obligation->clock;
    g_autofree char *name = clocks_name(obligation);
    g_autofree char *when = clocks_when(obligation);
    g_autofree char *time = clock->has_due ? clocks_time(clock->due) : NULL;

    g_string_append_printf(text, is_overdue(obligation) ? _("OVERDUE: %s %s") : _("clock: %s %s"), name, when);
    if (time)
        g_string_append_printf(text, _(" (%s)"), time);
    if (obligation->step)
        g_string_append_printf(text, _(", %s"), obligation->title);
    if (clocks_lacks_days(clock))
        g_string_append_printf(text, _(", %s"), _("calendar missing"));
    if (is_perhaps(obligation))
        g_string_append(text, _(", if it applies"));
    if (clock->may_reach)
        g_string_append(text, _(", by the upper estimate"));
    if (clock->is_unverified)
        g_string_append(text, _(", unverified"));
    g_string_append_c(text, '\n');
}

char *clocks_text(const GPtrArray *obligations)
{
    g_autoptr(GPtrArray) found = running(obligations);
    GString *text = g_string_new(NULL);
    guint running_all = clocks_count(obligations, REGIME_DUE) + clocks_count(obligations, REGIME_OVERDUE);
    guint unknown = clocks_count(obligations, REGIME_SCOPE_UNKNOWN);
    guint missing = clocks_count(obligations, REGIME_ANCHOR_MISSING);

    for (guint i = 0; i < found->len && i < CLOCKS_SHOWN; i++)
        append_clock(text, g_ptr_array_index(found, i));
    if (running_all + unknown + missing > 0)
        g_string_append_printf(text, _("clocks: running %u, may apply %u, without a time %u\n"), running_all, unknown,
                               missing);
    return g_string_free(text, FALSE);
}

/* JSON ------------------------------------------------------------------------------------------------------------ */

static json_t *brief(const Obligation *obligation)
{
    const RegimeClockResult *clock = obligation->clock;

    return json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:b, s:b}", "id", obligation->id, "title", obligation->title,
                     "state", regime_state_name(clock->state), "due", clock_json_moment(clock->has_due, clock->due),
                     "remaining_ms", clock->has_due ? json_integer(clock->remaining) : json_null(), "elapsed_ms",
                     clock->has_start ? json_integer(clock->elapsed) : json_null(), "unverified", clock->is_unverified,
                     "calendar_missing", clocks_lacks_days(clock));
}

json_t *clocks_json(const GPtrArray *obligations)
{
    g_autoptr(GPtrArray) found = running(obligations);
    json_t *list = json_array();

    for (guint i = 0; i < found->len && i < CLOCKS_SHOWN; i++)
        json_array_append_new(list, brief(g_ptr_array_index(found, i)));
    return list;
}

json_t *clocks_obligation_json(const Obligation *obligation)
{
    static const char *const kinds[] = {"step", "promise", "other"};
    const CaseEvent *set_by = obligation->set_by;
    g_autofree char *set_at = set_by ? clock_format_utc(set_by->at) : NULL;
    json_t *document = clock_json(obligation->step ? obligation->regime->regime : NULL, obligation->clock);

    json_object_set_new(document, "id", json_string(obligation->id));
    json_object_set_new(document, "title", json_string(obligation->title));
    json_object_set_new(document, "kind", json_string(kinds[obligation->kind]));
    json_object_set_new(document, "decides", clock_json_text(obligation->decides));
    json_object_set_new(document, "set_by",
                        set_by ? json_pack("{s:s, s:s*, s:s, s:s*, s:s*}", "who", set_by->by, "by",
                                           case_event_author(set_by), "at", set_at, "why",
                                           case_event_text(set_by, "why"), "source", case_event_text(set_by, "source"))
                               : json_null());
    return document;
}
