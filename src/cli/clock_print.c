#include "cli/clock_print.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/language.h"
#include "base/text.h"
#include "cli/output.h"
#include "model/regime_names.h"
#include "report/clock_json.h"
#include "report/clocks.h"

#define STATE_COLUMNS 16
#define WHEN_COLUMNS  28
#define ID_COLUMNS    22

/* The table ------------------------------------------------------------------------------------------------------- */

static const char *status_words(RegimeStatus status)
{
    static const char *const words[] = {
        [REGIME_IN_FORCE] = N_("in force"),
        [REGIME_IN_FORCE_BY_NATIONAL_LAW] = N_("in force by national law"),
        [REGIME_VOLUNTARY] = N_("voluntary"),
        [REGIME_NOT_IN_FORCE] = N_("not in force"),
    };

    return _(words[status]);
}

static const char *title_of(const RegimeClockResult *clock)
{
    return clock->step ? regime_text(clock->step->name, language_name()) : "";
}

static char *marks_of(const Regime *regime, const RegimeClockResult *clock)
{
    bool binds_nobody = regime->status == REGIME_NOT_IN_FORCE && clock->state != REGIME_NOT_APPLICABLE &&
                        regime->effective_from == CIVIL_DAY_NONE;

    return g_strconcat(binds_nobody ? _(" [binds nobody yet]") : "",
                       regime->status == REGIME_VOLUNTARY ? _(" [voluntary]") : "",
                       clock->may_reach ? _(" [by the upper estimate]") : "", clock->is_soft ? _(" [a guideline]") : "",
                       clock->is_unverified ? _(" [unverified]") : "", NULL);
}

/* What is left, or what is missing: "in 1 h 12 min". */
static char *remains(const RegimeClockResult *clock)
{
    g_autofree char *span = NULL;

    switch (clock->state) {
    case REGIME_DUE:
    case REGIME_OVERDUE:
        return clocks_span(clock);
    case REGIME_FILED:
        span = clock->late > 0 ? clock_format_span(clock->late) : NULL;
        return span ? g_strdup_printf(_("%s late"), span) : g_strdup(clock->has_due ? _("in time") : "");
    case REGIME_SCOPE_UNKNOWN:
        return clock->has_due ? clocks_span(clock) : g_strdup("");
    case REGIME_NOT_APPLICABLE: /* what decided it was said last */
        return g_strdup(g_ptr_array_index(clock->why, clock->why->len - 1));
    default:
        return g_strdup("");
    }
}

/* When: the deadline, or what stands in its place. */
static char *when_text(const RegimeClockResult *clock)
{
    if (clock->state == REGIME_FILED)
        return clocks_time(clock->filed);
    if (clock->has_due)
        return clocks_time(clock->due);
    if (clock->missing_calendar)
        return g_strdup(_("calendar missing"));
    if (clock->missing_anchor)
        return g_strdup_printf(_("from %s"), clock->missing_anchor);
    if (clock->missing_filing)
        return g_strdup_printf(_("from filing %s"), clock->missing_filing);
    return g_strdup(clock->state == REGIME_NOT_APPLICABLE ? "-" : _("no number in the law"));
}

static void print_row(const Regime *regime, const RegimeClockResult *clock)
{
    g_autofree char *when = when_text(clock);
    g_autofree char *rest = remains(clock);
    g_autofree char *marks = marks_of(regime, clock);
    g_autofree char *state = text_padded(_(regime_state_words(clock->state)), STATE_COLUMNS);
    g_autofree char *time = text_padded(when, WHEN_COLUMNS);
    g_autofree char *id = text_padded(clock->id, ID_COLUMNS);
    g_autofree char *left = *rest ? g_strdup_printf(_(", %s"), rest) : g_strdup("");

    printf("%s%s%s%s%s%s\n", state, time, id, title_of(clock), marks, left);
}

static void print_head(const ClockGiven *given)
{
    const Regime *regime = given->regime;
    const Moment now = {.at = given->now,
                        .offset = civil_day_offset(given->now, given->zone ? given->zone : regime->zone),
                        .known = true};
    g_autofree char *time = clocks_time(now);
    g_autofree char *from = civil_day_format(regime->effective_from);

    printf("%s: %s%s\n", regime->id, regime_text(regime->name, language_name()),
           regime_step_is_unverified(regime, NULL) ? _(" [partly unverified]") : "");
    printf("%s (%s%s%s)\n", regime_text(regime->citation, language_name()), status_words(regime->status),
           *from ? _(", from ") : "", from);
    printf(_("now %s; days end at midnight of %s\n"), time, given->zone_name);
    if (given->proposal) {
        g_autofree char *level = severity_level_text(given->scale, given->proposal->level);

        if (given->proposal->level > 0)
            printf(_("level: proposed %s%s; a person has to confirm it\n"), level,
                   given->proposal->is_unverified ? _(" [unverified]") : "");
        if (given->proposal->question)
            puts(given->proposal->question);
    }
    putchar('\n');
}

/* Reasons --------------------------------------------------------------------------------------------------------- */

static void print_lines(const GPtrArray *lines, const char *mark)
{
    for (guint i = 0; i < lines->len; i++)
        printf("  %s%s\n", mark, (const char *)g_ptr_array_index(lines, i));
}

static bool is_explained(const RegimeClockResult *clock, guint shown)
{
    return shown == 1 || clock->state == REGIME_DUE || clock->state == REGIME_OVERDUE || clock->state == REGIME_FILED ||
           (clock->state == REGIME_SCOPE_UNKNOWN && clock->has_due);
}

static void print_why(const GPtrArray *results)
{
    for (guint i = 0; i < results->len; i++) {
        const RegimeClockResult *clock = g_ptr_array_index(results, i);

        if (!is_explained(clock, results->len))
            continue;
        printf(_("\n%s, why:\n"), clock->id);
        print_lines(clock->why, "");
        print_lines(clock->remarks, _("note: "));
    }
}

/* What to enter, each name once. */
static void print_missing(const ClockGiven *given, const GPtrArray *results)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < results->len; i++) {
        const RegimeClockResult *clock = g_ptr_array_index(results, i);
        const char *anchor = clock->missing_anchor;
        const RegimeVariable *row = clock->unknown ? regime_variable_find(clock->unknown) : NULL;

        if (anchor && g_hash_table_add(seen, (gpointer)anchor))
            printf(clock_given_has_anchor(given, anchor)
                       ? _("enter --anchor %s=TIME with the time of day, for hours are counted: %s\n")
                       : _("enter --anchor %s=TIME: %s\n"),
                   anchor, clock_given_anchor_text(given->regime, anchor));
        if (clock->state == REGIME_SCOPE_UNKNOWN && clock->unknown && g_hash_table_add(seen, (gpointer)clock->unknown))
            printf(_("decide --set %s=VALUE: %s\n"), clock->unknown, row ? _(row->text) : "");
    }
}

/* Verdict --------------------------------------------------------------------------------------------------------- */

static const RegimeClockResult *tightest(const GPtrArray *results)
{
    const RegimeClockResult *found = NULL;

    for (guint i = 0; i < results->len; i++) {
        const RegimeClockResult *clock = g_ptr_array_index(results, i);

        if (!found || regime_clock_compare(clock, found) < 0)
            found = clock;
    }
    return found;
}

/* The first whose last day is not known because working days are; NULL: none. */
static const RegimeClockResult *uncounted(const GPtrArray *results)
{
    for (guint i = 0; i < results->len; i++) {
        const RegimeClockResult *clock = g_ptr_array_index(results, i);

        if (clock->missing_calendar && *clock->missing_calendar && clock->missing_year > 0 && !clock->has_due &&
            clock->state != REGIME_FILED && clock->state != REGIME_NOT_APPLICABLE)
            return clock;
    }
    return NULL;
}

static char *verdict_of_clock(const RegimeClockResult *clock)
{
    g_autofree char *span = clocks_span(clock);

    if (clock->state == REGIME_OVERDUE)
        return g_strdup_printf(_("NEEDS YOU: overdue: %s, %s"), clock->id, span);
    if (clock->state == REGIME_DUE && clock->has_due)
        return g_strdup_printf(_("tightest clock: %s %s"), clock->id, span);
    if (clock->state == REGIME_SCOPE_UNKNOWN && clock->has_due)
        return g_strdup_printf(_("tightest clock, if it applies: %s %s"), clock->id, span);
    if (clock->state == REGIME_DUE)
        return g_strdup_printf(_("no clock with a number is running; %s is to be done at once or as the law says"),
                               clock->id);
    return g_strdup(_("no clock is running from what was entered"));
}

static char *verdict_of(const GPtrArray *results)
{
    const RegimeClockResult *first = tightest(results), *lacking = uncounted(results);
    g_autofree char *verdict = first == lacking ? NULL : verdict_of_clock(first);

    if (!lacking)
        return g_steal_pointer(&verdict);
    return g_strdup_printf(_("NEEDS YOU: the end of %s cannot be counted: add the year %d to calendars/%s.yaml%s%s"),
                           lacking->id, lacking->missing_year, lacking->missing_calendar, verdict ? "; " : "",
                           verdict ? verdict : "");
}

/* Once what is tightest has been filed, its filing is what later steps run from; before, what is missing is. */
static char *next_of(const GPtrArray *results, const char *typed)
{
    const RegimeClockResult *first = tightest(results);

    if (first->state == REGIME_SCOPE_UNKNOWN)
        return g_strdup_printf("breach clock %s --set %s=VALUE", typed, first->unknown);
    if (first == uncounted(results))
        return g_strdup_printf("breach clock %s", typed);
    if (first->state == REGIME_OVERDUE || first->state == REGIME_DUE)
        return g_strdup_printf("breach clock %s --filed %s=TIME", typed, first->id);
    for (guint i = 0; i < results->len; i++) {
        const RegimeClockResult *clock = g_ptr_array_index(results, i);

        if (clock->missing_anchor)
            return g_strdup_printf("breach clock %s --anchor %s=TIME", typed, clock->missing_anchor);
    }
    return NULL;
}

void clock_print(const ClockGiven *given, const GPtrArray *results, const char *typed)
{
    g_autofree char *verdict = verdict_of(results);
    g_autofree char *next = next_of(results, typed);

    print_head(given);
    for (guint i = 0; i < results->len; i++)
        print_row(given->regime, g_ptr_array_index(results, i));
    print_why(results);
    putchar('\n');
    print_missing(given, results);
    output_verdict(verdict, next);
}

void clock_print_json(const ClockGiven *given, const GPtrArray *results)
{
    const Regime *regime = given->regime;
    g_autofree char *now = clock_format_utc(given->now);
    json_t *steps = json_array();
    json_t *level = json_null();

    for (guint i = 0; i < results->len; i++)
        json_array_append_new(steps, clock_json(regime, g_ptr_array_index(results, i)));
    if (given->proposal)
        level = json_pack("{s:s, s:i, s:i, s:i, s:b, s:b, s:o}", "scale", given->scale->id, "proposed",
                          given->proposal->level, "likely", given->proposal->likely, "lower", given->proposal->lower,
                          "may_reach", given->proposal->may_reach, "unverified", given->proposal->is_unverified,
                          "question", clock_json_text(given->proposal->question));
    output_json(json_pack("{s:s, s:s, s:s, s:s, s:s, s:b, s:s, s:s, s:s, s:o, s:o}", "schema", "breach.clock/1",
                          "regime", regime->id, "name", regime_text(regime->name, "en"), "citation",
                          regime_text(regime->citation, "en"), "status", regime_status_name(regime->status),
                          "unverified", regime_step_is_unverified(regime, NULL), "confidence",
                          regime_confidence_name(regime->confidence), "zone", given->zone_name, "now", now, "level",
                          level, "steps", steps));
}

/* The list -------------------------------------------------------------------------------------------------------- */

static guint count_unverified(const Regime *regime)
{
    guint count = 0;

    for (guint i = 0; i < regime->steps->len; i++)
        count += regime_step_is_unverified(regime, g_ptr_array_index(regime->steps, i)) ? 1 : 0;
    return count;
}

static void print_regime(const Regime *regime)
{
    g_autofree char *id = text_padded(regime->id, ID_COLUMNS + 2);
    g_autofree char *status = text_padded(regime_status_name(regime->status), ID_COLUMNS + 4);
    g_autofree char *from = civil_day_format(regime->effective_from);
    g_autofree char *since = text_padded(from, 12);
    guint unverified = count_unverified(regime);

    printf("%s%s%s%s%s", id, status, since, regime_text(regime->name, language_name()),
           regime->is_enabled ? "" : _(" [off]"));
    if (unverified > 0)
        printf(_(" [%u of %u steps unverified]"), unverified, regime->steps->len);
    putchar('\n');
}

void clock_print_list(const GPtrArray *regimes)
{
    g_autofree char *verdict = NULL;

    for (guint i = 0; i < regimes->len; i++)
        print_regime(g_ptr_array_index(regimes, i));
    verdict = g_strdup_printf(_("%u regimes; none of this is legal advice"), regimes->len);
    output_verdict(verdict, "breach clock REGIME --anchor NAME=TIME");
}

void clock_print_list_json(const GPtrArray *regimes)
{
    json_t *list = json_array();

    for (guint i = 0; i < regimes->len; i++) {
        const Regime *regime = g_ptr_array_index(regimes, i);
        g_autofree char *from = civil_day_format(regime->effective_from);

        json_array_append_new(
            list,
            json_pack("{s:s, s:s, s:s, s:s, s:b, s:o, s:s, s:i, s:i}", "id", regime->id, "name",
                      regime_text(regime->name, "en"), "jurisdiction", regime->jurisdiction ? regime->jurisdiction : "",
                      "status", regime_status_name(regime->status), "enabled", regime->is_enabled, "effective_from",
                      clock_json_text(*from ? from : NULL), "confidence", regime_confidence_name(regime->confidence),
                      "steps", (int)regime->steps->len, "unverified_steps", (int)count_unverified(regime)));
    }
    output_json(json_pack("{s:s, s:o}", "schema", "breach.clock/1", "regimes", list));
}
