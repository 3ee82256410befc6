#include <string.h>

#include "base/language.h"
#include "model/regime_clock_private.h"

#define BEYOND "9223372036854775807" /* more than any count */

/* NO_LIMIT: of a number without an upper estimate, which may be any that is not below the lower one. */
typedef enum Estimate { UPPER, LIKELY, LOWER, NO_LIMIT } Estimate;

typedef struct Lookup {
    const RegimeClockRequest *request;
    Estimate estimate;
} Lookup;

static const char *pick(const RegimeValue *value, Estimate estimate)
{
    const char *const picked[] = {[UPPER] = value->upper,
                                  [LIKELY] = value->likely,
                                  [LOWER] = value->lower,
                                  [NO_LIMIT] = value->upper || !value->lower ? value->upper : BEYOND};

    return picked[estimate];
}

/* A level of 0 says that it is not known (law.yaml, variables); one without an upper estimate is for a person to say.
 */
static const char *look_up(const char *name, void *user)
{
    const Lookup *lookup = user;
    RegimeValue value = {NULL, NULL, NULL};
    const char *text;

    if (!lookup->request->variable(name, &value, lookup->request->user))
        return NULL;
    if (strcmp(name, "level") != 0)
        return pick(&value, lookup->estimate);
    text = pick(&value, lookup->estimate == NO_LIMIT ? UPPER : lookup->estimate);
    return text && strcmp(text, "0") == 0 ? NULL : text;
}

static ConditionValue evaluate(const RegimeClockRequest *request, const Condition *condition, Estimate estimate,
                               const char **unknown)
{
    Lookup lookup = {request, estimate};

    return condition_evaluate(condition, look_up, &lookup, unknown);
}

/* By the upper estimate; where there is none, by what the lower one and any larger number agree upon. */
ConditionValue regime_clock_evaluate(const RegimeClockRequest *request, const Condition *condition,
                                     const char **unknown)
{
    ConditionValue by_upper = evaluate(request, condition, UPPER, unknown);
    ConditionValue by_lower;

    if (by_upper != CONDITION_UNKNOWN)
        return by_upper;
    by_lower = evaluate(request, condition, LOWER, NULL);
    return by_lower == evaluate(request, condition, NO_LIMIT, NULL) ? by_lower : CONDITION_UNKNOWN;
}

/* "affected = 500..2000, level = 2": what the condition was compared with. */
static char *values_text(const RegimeClockRequest *request, const Condition *condition)
{
    GString *text = g_string_new(NULL);

    for (const char *const *name = condition_names(condition); *name; name++) {
        RegimeValue value = {NULL, NULL, NULL};
        bool is_known = request->variable(*name, &value, request->user) && value.upper && *value.upper;

        g_string_append_printf(text, "%s%s ", text->len > 0 ? ", " : "", *name);
        if (!value.upper && value.lower && strcmp(*name, "level") != 0)
            g_string_append_printf(text, _("= %s or more"), value.lower);
        else if (!is_known)
            g_string_append(text, _("not known"));
        else if (value.lower && strcmp(value.lower, value.upper) != 0)
            g_string_append_printf(text, "= %s..%s", value.lower, value.upper);
        else
            g_string_append_printf(text, "= %s", value.upper);
    }
    return g_string_free(text, FALSE);
}

/* Whether a lower estimate would decide otherwise; said either way, for it may be learnt any hour. */
static void check_range(const ClockWork *work, ConditionValue by_upper)
{
    const Condition *condition = work->step->cond;
    ConditionValue by_likely = evaluate(work->request, condition, LIKELY, NULL);
    ConditionValue by_lower = evaluate(work->request, condition, LOWER, NULL);

    if (by_likely == by_upper && by_lower == by_upper)
        return;
    work->result->may_reach = true;
    if (by_upper == CONDITION_TRUE)
        regime_clock_say(work->result->remarks,
                         "it applies by the upper estimate; by the %s one it would not: it may be "
                         "reached, so the upper estimate counts",
                         by_likely != by_upper ? _("likely") : _("lower"));
    else if (by_upper == CONDITION_FALSE)
        regime_clock_say(work->result->remarks, "by the upper estimate it does not apply; by the %s one it would",
                         by_likely != by_upper ? _("likely") : _("lower"));
}

static ClockScope by_condition(const ClockWork *work)
{
    const RegimeStep *step = work->step;
    static const char *const words[] = {
        [CONDITION_FALSE] = N_("is not met"), [CONDITION_TRUE] = N_("is met"), [CONDITION_UNKNOWN] = N_("is open")};
    g_autofree char *values = step->cond ? values_text(work->request, step->cond) : NULL;
    const char *unknown = NULL;
    ConditionValue value;

    if (!step->cond)
        return CLOCK_APPLIES;
    value = regime_clock_evaluate(work->request, step->cond, &unknown);
    regime_clock_say(work->result->why, "condition %s: %s (%s)", _(words[value]), step->cond_text, values);
    check_range(work, value);
    if (value == CONDITION_UNKNOWN)
        work->result->unknown = unknown;
    return value == CONDITION_TRUE ? CLOCK_APPLIES : value == CONDITION_FALSE ? CLOCK_DOES_NOT_APPLY : CLOCK_MAY_APPLY;
}

/* The day that decides whether the law was in force: that of the anchor which starts its clocks, else the step's own.
 */
static CivilDay day_of_law(const ClockWork *work, const ClockStart *start)
{
    const RegimeClockRequest *request = work->request;
    RegimeTime time;

    if (request->anchor(request->regime->clock_starts, &time, request->user))
        return regime_clock_day(request, &time);
    return start->kind == CLOCK_START_KNOWN ? regime_clock_day(request, &start->time) : CIVIL_DAY_NONE;
}

/* When it was known, where the law counts from something that nobody need have seen; while that is not said, now. */
static CivilDay day_of_knowledge(const RegimeClockRequest *request)
{
    static const char *const names[] = {"discovery", "awareness"};
    CivilDay known = CIVIL_DAY_NONE;
    RegimeTime time;

    if (!regime_starts_unseen(request->regime))
        return CIVIL_DAY_NONE;
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (request->anchor(names[i], &time, request->user))
            known = MAX(known, regime_clock_day(request, &time));
    return known != CIVIL_DAY_NONE ? known : civil_day_of(request->now, regime_clock_zone(request));
}

static bool was_in_force(const ClockWork *work, const ClockStart *start)
{
    const Regime *regime = work->request->regime;
    CivilDay day = day_of_law(work, start);
    CivilDay known = day_of_knowledge(work->request);
    g_autofree char *from = civil_day_format(regime->effective_from);
    g_autofree char *to = civil_day_format(regime->effective_to);
    g_autofree char *shown = civil_day_format(day);
    g_autofree char *found = civil_day_format(known);

    switch (regime_force(regime, day, known)) {
    case REGIME_BINDS_LATER:
        regime_clock_say(work->result->why,
                         "%s is in force from %s on, and this began on %s: what bound before is not in this data",
                         regime->id, from, shown);
        return false;
    case REGIME_BOUND_EARLIER:
        regime_clock_say(work->result->why,
                         "%s was in force until %s, and this began on %s: what binds since is not in this data",
                         regime->id, to, shown);
        return false;
    default:
        if (day != CIVIL_DAY_NONE && regime->effective_from != CIVIL_DAY_NONE && day < regime->effective_from)
            regime_clock_say(work->result->remarks,
                             "it began on %s, before %s was in force (%s), and is known on %s: read strictly, what "
                             "is found while a law binds is owed under it",
                             shown, regime->id, from, found);
        return true;
    }
}

/* What a regime binds; a status with a date is decided by the date. */
static void remark_status(const ClockWork *work)
{
    const Regime *regime = work->request->regime;

    if (regime->status == REGIME_NOT_IN_FORCE && regime->effective_from == CIVIL_DAY_NONE)
        regime_clock_say(work->result->remarks, "%s is not in force: it binds nobody yet", regime->id);
    else if (regime->status == REGIME_VOLUNTARY)
        regime_clock_say(work->result->remarks, "%s is voluntary: recommended, and no duty", regime->id);
    else if (regime->status == REGIME_IN_FORCE_BY_NATIONAL_LAW)
        regime_clock_say(work->result->remarks, "national law carries this out and may be stricter");
}

ClockScope regime_clock_scope(const ClockWork *work, const ClockStart *start)
{
    const char *when = regime_text(work->step->when, language_name());

    remark_status(work);
    if (!was_in_force(work, start))
        return CLOCK_DOES_NOT_APPLY;
    if (*when && strcmp(regime_text(work->step->when, "en"), "always") != 0)
        regime_clock_say(work->result->why, "applies when: %s", when);
    return by_condition(work);
}
