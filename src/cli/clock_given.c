#include "cli/clock_given.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/language.h"
#include "base/text.h"
#include "cli/output.h"
#include "load/load_calendar.h"
#include "load/load_severity.h"
#include "model/law.h"
#include "model/quiet_hours.h"
#include "model/regime_names.h"

/* Before and after these nothing is an incident that anybody has to report. */
#define YEAR_FIRST 1970
#define YEAR_LAST  2199

typedef struct ClockTime {
    char *name; /* owned: an anchor, a step or a group */
    RegimeTime time;
} ClockTime;

typedef struct ClockValue {
    char *name, *lower, *likely, *upper; /* owned */
} ClockValue;

static void free_time(void *time)
{
    g_free(((ClockTime *)time)->name);
    g_free(time);
}

static void free_value(void *value)
{
    ClockValue *freed = value;

    g_free(freed->name);
    g_free(freed->lower);
    g_free(freed->likely);
    g_free(freed->upper);
    g_free(freed);
}

static void free_calendar(void *calendar)
{
    calendar_free(calendar);
}

void clock_given_free(ClockGiven *given)
{
    if (!given)
        return;
    g_ptr_array_unref(given->anchors);
    g_ptr_array_unref(given->filings);
    g_ptr_array_unref(given->variables);
    g_hash_table_unref(given->calendars);
    g_clear_pointer(&given->zone, g_time_zone_unref);
    severity_proposal_free(given->proposal);
    severity_scale_free(given->scale);
    g_free(given->folder);
    g_free(given->data);
    g_free(given);
}

/* Lookups --------------------------------------------------------------------------------------------------------- */

static bool find_anchor(const char *name, RegimeTime *time, void *user)
{
    const ClockGiven *given = user;

    for (guint i = 0; i < given->anchors->len; i++) {
        const ClockTime *anchor = g_ptr_array_index(given->anchors, i);

        if (strcmp(anchor->name, name) == 0) {
            *time = anchor->time;
            return true;
        }
    }
    return false;
}

static bool find_filing(const char *id, size_t index, RegimeTime *time, void *user)
{
    const ClockGiven *given = user;

    for (guint i = 0; i < given->filings->len; i++) {
        const ClockTime *filing = g_ptr_array_index(given->filings, i);

        if (strcmp(filing->name, id) == 0 && index-- == 0) {
            *time = filing->time;
            return true;
        }
    }
    return false;
}

static const ClockValue *find_value(const ClockGiven *given, const char *name)
{
    for (guint i = 0; i < given->variables->len; i++) {
        const ClockValue *value = g_ptr_array_index(given->variables, i);

        if (strcmp(value->name, name) == 0)
            return value;
    }
    return NULL;
}

static bool find_variable(const char *name, RegimeValue *value, void *user)
{
    const ClockValue *found = find_value(user, name);

    if (!found)
        return false;
    *value = (RegimeValue){found->lower, found->likely, found->upper};
    return true;
}

static const Calendar *find_calendar(const char *id, void *user)
{
    ClockGiven *given = user;
    Calendar *calendar;

    if (!g_hash_table_contains(given->calendars, id)) {
        calendar = load_calendar(id, position_make(NULL, 0, 0), given->folder, given->data, given->findings);
        g_hash_table_insert(given->calendars, g_strdup(id), calendar);
    }
    return g_hash_table_lookup(given->calendars, id);
}

RegimeClockRequest clock_given_request(ClockGiven *given, const char *id)
{
    return (RegimeClockRequest){.regime = given->regime,
                                .id = id,
                                .anchor = find_anchor,
                                .filing = find_filing,
                                .variable = find_variable,
                                .find_calendar = find_calendar,
                                .user = given,
                                .zone = given->zone,
                                .calendar = given->calendar,
                                .now = given->now};
}

/* Reading --------------------------------------------------------------------------------------------------------- */

/* "NAME=REST" taken apart; false when there is no name or nothing behind the sign. */
static bool split(const char *option, const char *text, char **name, const char **rest, const char *id, GError **error)
{
    const char *equals = strchr(text, '=');

    if (!equals || equals == text || !equals[1]) {
        error_set(error, BREACH_ERROR_INPUT, id, "--%s %s: write NAME=VALUE", option, text);
        return false;
    }
    *name = g_strndup(text, (gsize)(equals - text));
    *rest = equals + 1;
    return true;
}

static int year_of(const RegimeTime *time)
{
    int year;

    civil_day_parts(time->is_day ? time->day : (CivilDay)(time->moment.at / CLOCK_DAY), &year, NULL, NULL);
    return year;
}

static bool read_time(const char *option, const char *text, const char *time_text, RegimeTime *time, GError **error)
{
    g_autoptr(GError) cause = NULL;

    if (!law_time_parse(time_text, time, &cause)) {
        error_set(error, BREACH_ERROR_INPUT, "clock-time", "--%s %s: %s", option, text, cause->message);
        return false;
    }
    if (year_of(time) < YEAR_FIRST || year_of(time) > YEAR_LAST) {
        error_set(error, BREACH_ERROR_INPUT, "clock-time", "--%s %s: the year is to lie between %d and %d", option,
                  text, YEAR_FIRST, YEAR_LAST);
        return false;
    }
    return true;
}

/* Refuses a name that nothing has: with the one that was meant, and with all that this regime asks for. */
static bool refuse_name(const char *option, const char *name, const char *const *asked, const char *nearest,
                        const char *id, GError **error)
{
    g_autofree char *list = g_strjoinv(", ", (char **)asked);
    const char *meant = text_nearest(name, asked);

    meant = meant ? meant : nearest;
    if (meant)
        error_set(error, BREACH_ERROR_INPUT, id, "--%s %s: did you mean %s? (this regime asks for: %s)", option, name,
                  meant, *list ? list : "-");
    else
        error_set(error, BREACH_ERROR_INPUT, id, "--%s %s: there is no such name (this regime asks for: %s)", option,
                  name, *list ? list : "-");
    return false;
}

static void say_unused(const char *option, const char *name, const char *const *asked, const ClockGiven *given)
{
    if (!g_strv_contains(asked, name))
        output_message("%s does not ask for %s: --%s %s changes nothing here", given->regime->id, name, option, name);
}

static bool check_anchor(const ClockGiven *given, const char *name, GError **error)
{
    g_autofree const char **asked = regime_anchor_ids(given->regime);

    if (!regime_anchor_find(name) && !regime_own_name(given->regime->anchors, name))
        return refuse_name("anchor", name, asked, regime_anchor_nearest(name), "clock-anchor", error);
    say_unused("anchor", name, asked, given);
    return true;
}

static bool add_anchor(ClockGiven *given, const char *text, GError **error)
{
    g_autofree char *name = NULL;
    const char *rest;
    RegimeTime time;
    ClockTime *anchor;

    if (!split("anchor", text, &name, &rest, "clock-anchor", error) || !check_anchor(given, name, error) ||
        !read_time("anchor", text, rest, &time, error))
        return false;
    if (find_anchor(name, &(RegimeTime){.is_day = false}, given)) {
        error_set(error, BREACH_ERROR_INPUT, "clock-anchor", "--anchor %s is given twice: one time is wrong", name);
        return false;
    }
    anchor = g_new0(ClockTime, 1);
    *anchor = (ClockTime){.name = g_steal_pointer(&name), .time = time};
    g_ptr_array_add(given->anchors, anchor);
    return true;
}

static int by_time(const void *a, const void *b)
{
    int64_t first = law_time_at(&(*(const ClockTime *const *)a)->time);
    int64_t second = law_time_at(&(*(const ClockTime *const *)b)->time);

    return first < second ? -1 : first > second;
}

bool clock_given_check_step(const Regime *regime, const char *id, GError **error)
{
    g_autofree const char **ids = regime_step_ids(regime);
    g_autofree char *list = g_strjoinv(", ", (char **)ids);
    const char *nearest = text_nearest(id, ids);

    if (g_strv_contains(ids, id))
        return true;
    if (g_ascii_isdigit(*id) && strchr(id, ':')) { /* --anchor awareness=2026-11-21 22:10, or with a space for the = */
        error_set(error, BREACH_ERROR_INPUT, "clock-step",
                  "%s is no step: write a time together with its name, without a space: "
                  "awareness=2026-11-21T22:10+08:00",
                  id);
        return false;
    }
    error_set(error, BREACH_ERROR_INPUT, "clock-step", "%s has no step %s%s%s (there are: %s)", regime->id, id,
              nearest ? _(": did you mean ") : "", nearest ? nearest : "", list);
    return false;
}

static bool add_filing(ClockGiven *given, const char *text, GError **error)
{
    g_autofree char *name = NULL;
    const char *rest;
    RegimeTime time;
    ClockTime *filing;

    if (!split("filed", text, &name, &rest, "clock-step", error) ||
        !clock_given_check_step(given->regime, name, error) || !read_time("filed", text, rest, &time, error))
        return false;
    filing = g_new0(ClockTime, 1);
    *filing = (ClockTime){.name = g_steal_pointer(&name), .time = time};
    g_ptr_array_add(given->filings, filing);
    return true;
}

static bool is_number(const char *text)
{
    size_t digits = strspn(text, "0123456789");

    return digits > 0 && digits <= 15 && !text[digits];
}

/* "500", "500..2000" or "500/900/2000", in order. */
static bool read_range(const char *text, ClockValue *value)
{
    g_auto(GStrv) parts = strstr(text, "..") ? g_strsplit(text, "..", 0) : g_strsplit(text, "/", 0);
    guint count = g_strv_length(parts);

    if (count < 1 || count > 3 || (count == 3 && strstr(text, "..")))
        return false;
    for (guint i = 0; i < count; i++)
        if (!is_number(parts[i]) ||
            (i > 0 && g_ascii_strtoll(parts[i], NULL, 10) < g_ascii_strtoll(parts[i - 1], NULL, 10)))
            return false;
    value->lower = g_strdup(parts[0]);
    value->upper = g_strdup(parts[count - 1]);
    value->likely = g_strdup(count == 3 ? parts[1] : parts[count - 1]);
    return true;
}

static bool read_value(const RegimeVariable *row, const char *text, ClockValue *value)
{
    static const char *const truths[] = {"true", "false", NULL};
    const char *const *words = row && row->kind == REGIME_VARIABLE_BOOL ? truths : row ? row->words : NULL;
    bool is_count = row && (row->kind == REGIME_VARIABLE_COUNT || strcmp(row->name, "level") == 0);

    if (is_count)
        return read_range(text, value);
    if (row && row->kind == REGIME_VARIABLE_NUMBER && !is_number(text))
        return false;
    if (words && !g_strv_contains(words, text))
        return false;
    value->lower = g_strdup(text);
    value->likely = g_strdup(text);
    value->upper = g_strdup(text);
    return true;
}

static void refuse_value(const RegimeVariable *row, const char *text, GError **error)
{
    g_autofree char *words = row && row->words ? g_strjoinv(", ", (char **)row->words) : NULL;

    if (row && row->kind == REGIME_VARIABLE_BOOL)
        error_set(error, BREACH_ERROR_INPUT, "clock-variable", "--set %s: write true or false", text);
    else if (words && strcmp(row->name, "level") != 0)
        error_set(error, BREACH_ERROR_INPUT, "clock-variable", "--set %s: write one of %s", text, words);
    else
        error_set(error, BREACH_ERROR_INPUT, "clock-variable",
                  "--set %s: write a whole number, lower..upper or lower/likely/upper, the smallest first", text);
}

static bool check_variable(const ClockGiven *given, const char *name, GError **error)
{
    g_autofree const char **asked = regime_variable_ids(given->regime);
    g_autofree const char **measured = given->scale ? severity_variable_ids(given->scale) : NULL;

    if (measured && g_strv_contains(measured, name))
        return true;
    if (!regime_variable_find(name) && !regime_own_name(given->regime->variables, name))
        return refuse_name("set", name, asked, regime_variable_nearest(name), "clock-variable", error);
    say_unused("set", name, asked, given);
    return true;
}

static bool add_variable(ClockGiven *given, const char *text, GError **error)
{
    ClockValue *value = g_new0(ClockValue, 1);
    const RegimeVariable *row;
    const char *rest;

    if (!split("set", text, &value->name, &rest, "clock-variable", error) ||
        !check_variable(given, value->name, error)) {
        free_value(value);
        return false;
    }
    row = regime_variable_find(value->name);
    if (find_value(given, value->name)) {
        error_set(error, BREACH_ERROR_INPUT, "clock-variable", "--set %s is given twice: one value is wrong",
                  value->name);
        free_value(value);
        return false;
    }
    if (!read_value(row, rest, value)) {
        refuse_value(row, text, error);
        free_value(value);
        return false;
    }
    g_ptr_array_add(given->variables, value);
    return true;
}

typedef bool Add(ClockGiven *given, const char *text, GError **error);

static bool add_all(ClockGiven *given, const OptionList *list, Add *add, GError **error)
{
    for (size_t i = 0; i < list->count; i++)
        if (!add(given, list->values[i], error))
            return false;
    return true;
}

static bool read_zone(ClockGiven *given, const char *name, GError **error)
{
    if (!name)
        return true;
    given->zone = quiet_hours_zone(name);
    given->zone_name = name;
    if (!given->zone)
        error_set(error, BREACH_ERROR_INPUT, "clock-zone",
                  "--zone %s is not known here: write a name such as Europe/Berlin, or an offset such as +08:00", name);
    return given->zone != NULL;
}

static bool read_now(ClockGiven *given, const char *text, GError **error)
{
    RegimeTime now;

    given->now = clock_now(clock_system());
    if (!text)
        return true;
    if (!read_time("now", text, text, &now, error))
        return false;
    if (now.is_day) {
        error_set(error, BREACH_ERROR_INPUT, "clock-time", "--now %s: add the time of day with its offset", text);
        return false;
    }
    given->now = now.moment.at;
    return true;
}

/* Where nobody has set a level, the scale proposes one. A level below those that are reported is not taken from numbers
 * alone: clauses without a number may still make it higher (law.md 3.2), and a person has to say. */
static void propose_level(ClockGiven *given)
{
    ClockValue *value;

    if (!given->scale || find_value(given, "level") || given->variables->len == 0)
        return;
    given->proposal = severity_propose(given->scale, find_variable, given);
    if (given->proposal->level == 0 || given->proposal->needs_judgement)
        return;
    value = g_new0(ClockValue, 1);
    value->name = g_strdup("level");
    value->lower = g_strdup_printf("%d", given->proposal->lower);
    value->likely = g_strdup_printf("%d", given->proposal->likely);
    value->upper = g_strdup_printf("%d", given->proposal->level);
    g_ptr_array_add(given->variables, value);
}

ClockGiven *clock_given_new(const Options *options, const Regime *regime, const char *folder, const char *data,
                            Findings *findings, GError **error)
{
    g_autoptr(ClockGiven) given = g_new0(ClockGiven, 1);

    given->regime = regime;
    given->findings = findings;
    given->zone_name = regime->zone_name;
    given->folder = g_strdup(folder);
    given->data = g_strdup(data);
    given->calendar = options->calendar;
    given->anchors = g_ptr_array_new_with_free_func(free_time);
    given->filings = g_ptr_array_new_with_free_func(free_time);
    given->variables = g_ptr_array_new_with_free_func(free_value);
    given->calendars = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_calendar);
    if (regime->severity_scale)
        given->scale = load_severity(regime->severity_scale, regime->at, folder, data, findings);
    if (!read_now(given, options->now, error) || !read_zone(given, options->zone, error) ||
        !add_all(given, &options->anchors, add_anchor, error) ||
        !add_all(given, &options->variables, add_variable, error) ||
        !add_all(given, &options->filings, add_filing, error))
        return NULL;
    g_ptr_array_sort(given->filings, by_time);
    propose_level(given);
    if (options->calendar)
        find_calendar(options->calendar, given);
    return g_steal_pointer(&given);
}

bool clock_given_has_anchor(const ClockGiven *given, const char *name)
{
    return find_anchor(name, &(RegimeTime){.is_day = false}, (void *)(uintptr_t)given);
}

/* Whether a day alone was given for what `step` counts hours from. */
static bool lacks_time(const ClockGiven *given, const RegimeStep *step)
{
    RegimeTime time;

    return step->count == REGIME_COUNT_HOURS && step->from.kind == REGIME_FROM_ANCHOR &&
           find_anchor(step->from.name, &time, (void *)(uintptr_t)given) && time.is_day;
}

/* Whether some step counts days from that anchor, so that a day alone is of use. */
static bool is_day_of_use(const Regime *regime, const char *anchor)
{
    for (guint i = 0; i < regime->steps->len; i++) {
        const RegimeStep *step = g_ptr_array_index(regime->steps, i);

        if (step->due > 0 && step->count != REGIME_COUNT_HOURS && g_strcmp0(step->from.name, anchor) == 0)
            return true;
    }
    return false;
}

bool clock_given_check_days(const ClockGiven *given, const char *id, GError **error)
{
    for (guint i = 0; i < given->regime->steps->len; i++) {
        const RegimeStep *step = g_ptr_array_index(given->regime->steps, i);
        bool is_asked = id && (strcmp(step->id, id) == 0 || g_strcmp0(step->group, id) == 0);

        if (!lacks_time(given, step) || (id && !is_asked) || (!id && is_day_of_use(given->regime, step->from.name)))
            continue;
        error_set(error, BREACH_ERROR_INPUT, "clock-time",
                  "%s counts hours from %s: add the time of day with its offset, as in 2026-11-21T22:10+08:00",
                  step->id, step->from.name);
        return false;
    }
    return true;
}

const char *clock_given_anchor_text(const Regime *regime, const char *name)
{
    const RegimeAnchor *row = regime_anchor_find(name);
    const RegimeName *own = regime_own_name(regime->anchors, name);

    if (own)
        return regime_text(own->text, language_name());
    return row ? _(row->text) : "";
}
