#include "model/regime_clock.h"

#include <string.h>

#include "base/clock.h"
#include "base/language.h"
#include "model/law.h"
#include "model/regime_clock_private.h"
#include "model/regime_names.h"

static const struct {
    const char *name, *words;
} states[] = {
    [REGIME_NOT_APPLICABLE] = {"not-applicable", N_("does not apply")},
    [REGIME_SCOPE_UNKNOWN] = {"scope-unknown", N_("may apply")},
    [REGIME_NOT_STARTED] = {"not-started", N_("not started")},
    [REGIME_ANCHOR_MISSING] = {"anchor-missing", N_("lacks a time")},
    [REGIME_DUE] = {"due", N_("running")},
    [REGIME_OVERDUE] = {"overdue", N_("OVERDUE")},
    [REGIME_FILED] = {"filed", N_("filed")},
};

const char *regime_state_name(RegimeState state)
{
    return states[state].name;
}

const char *regime_state_words(RegimeState state)
{
    return states[state].words;
}

const char *regime_state_words_of(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(states); i++)
        if (strcmp(name, states[i].name) == 0)
            return states[i].words;
    return name;
}

RegimeClockResult *regime_clock_result_new(const char *id, const RegimeStep *step)
{
    RegimeClockResult *result = g_new0(RegimeClockResult, 1);

    result->id = id;
    result->step = step;
    result->why = g_ptr_array_new_with_free_func(g_free);
    result->remarks = g_ptr_array_new_with_free_func(g_free);
    result->readings = g_ptr_array_new_with_free_func(g_free);
    return result;
}

void regime_clock_result_free(RegimeClockResult *result)
{
    if (!result)
        return;
    g_ptr_array_unref(result->why);
    g_ptr_array_unref(result->remarks);
    g_ptr_array_unref(result->readings);
    g_free(result->missing_calendar);
    g_free(result);
}

/* The first line of every why: the rule as the law has it. */
static void say_rule(const ClockWork *work)
{
    const RegimeStep *step = work->step;
    g_autofree char *from = regime_from_text(&step->from);
    g_autofree char *standard = regime_words(step->standard ? step->standard : "no_standard");

    if (step->due > 0)
        regime_clock_say(work->result->why, "%s%srule: %s from %s%s%s", step->reference ? step->reference : "",
                         step->reference ? ", " : "", step->due_text, from, step->standard ? _(", and ") : "",
                         step->standard ? standard : "");
    else
        regime_clock_say(work->result->why, "%s%srule: %s, from %s; the law gives no number",
                         step->reference ? step->reference : "", step->reference ? ", " : "", standard, from);
    if (step->is_soft)
        regime_clock_say(work->result->remarks, "a guideline, not law");
    if (regime_step_is_unverified(work->request->regime, step))
        regime_clock_say(work->result->remarks, "unverified (%s): not seen in a primary text",
                         _(regime_confidence_name(step->confidence)));
}

static void add_reading(const ClockWork *work, const RegimeReading *reading, const ClockStart *start,
                        const ClockDue *due)
{
    RegimeReadingResult *result = g_new0(RegimeReadingResult, 1);

    result->reading = reading;
    result->has_due = due->is_known;
    result->due = due->due;
    result->due_day = due->day;
    result->missing_anchor = start->kind == CLOCK_START_NO_ANCHOR ? start->missing : NULL;
    g_ptr_array_add(work->result->readings, result);
}

static void say_reading(const ClockWork *work, const RegimeReadingResult *reading)
{
    const char *text = regime_text(reading->reading->text, language_name());
    g_autofree char *from = regime_from_text(&reading->reading->from);
    g_autofree char *due = reading->has_due ? moment_format_rfc3339(reading->due) : NULL;

    if (due)
        regime_clock_say(work->result->remarks, "read another way (%s), it runs from %s and is due %s: %s", text, from,
                         due, reading->governs ? _("stricter, so this one governs") : _("not the strict one"));
    else
        regime_clock_say(work->result->remarks, "read another way (%s), it runs from %s", text, from);
}

/* The law can be read in two ways: the earliest end governs, and the others are shown. */
static void read_otherwise(const ClockWork *work, ClockStart *start, ClockDue *due)
{
    const RegimeStep *step = work->step;
    bool main_is_known = due->is_known;
    guint governing = 0;

    if (step->readings->len == 0)
        return;
    add_reading(work, NULL, start, due);
    for (guint i = 0; i < step->readings->len; i++) {
        const RegimeReading *reading = g_ptr_array_index(step->readings, i);
        ClockStart other = regime_clock_start(work, &reading->from, false);
        ClockDue end = {.is_known = false};

        if (other.kind == CLOCK_START_KNOWN)
            end = regime_clock_count(work, &other.time, false);
        add_reading(work, reading, &other, &end);
        /* while the law's own start is missing, another reading may be the later one: it must not take its place */
        if (main_is_known && end.is_known && end.last < due->last) {
            governing = i + 1;
            *start = other;
            *due = end;
        }
    }
    if (main_is_known)
        ((RegimeReadingResult *)g_ptr_array_index(work->result->readings, governing))->governs = true;
    for (guint i = 1; i < work->result->readings->len; i++)
        say_reading(work, g_ptr_array_index(work->result->readings, i));
}

/* Steps that go on until the end of the incident (`repeat`) owe nothing more after it; what was due before it is still
 * owed, and an end that is to come has ended nothing. */
static bool has_ended(const ClockWork *work)
{
    const RegimeClockRequest *request = work->request;
    RegimeTime time;
    int64_t end;

    if (!work->step->repeats || !request->anchor("handling_end", &time, request->user))
        return false;
    end = regime_clock_instant(request, &time);
    if (end > request->now || (work->result->has_due && work->result->last < end))
        return false;
    regime_clock_say(work->result->why, "the handling has ended: no further one is owed");
    return true;
}

static void say_filing(const ClockWork *work, const RegimeTime *time)
{
    RegimeClockResult *result = work->result;
    g_autofree char *text = law_time_text(time);
    int64_t after = result->has_start ? result->filed.at - result->start.at : 0;
    g_autofree char *span = clock_format_span(result->late > 0 ? result->late : after);

    if (result->late > 0)
        regime_clock_say(result->why, "filed %s, late by %s", text, span);
    else if (!result->has_due && after > 0)
        regime_clock_say(result->why, "filed %s; the law gives no number, and it was %s after the clock began", text,
                         span);
    else
        regime_clock_say(result->why, "filed %s%s", text, result->has_due ? _(", in time") : "");
    if (result->late > 0 && work->step->late)
        regime_clock_say(result->remarks, "late: %s", regime_text(work->step->late, language_name()));
}

/* The first of the anchors that end the step, and its time; NULL: none has come. */
static const char *ended_by(const ClockWork *work, RegimeTime *time)
{
    const RegimeClockRequest *request = work->request;
    const char *first = NULL;
    RegimeTime each;

    for (char **name = work->step->done_by; name && *name; name++) {
        if (!request->anchor(*name, &each, request->user) || regime_clock_instant(request, &each) > request->now ||
            (first && regime_clock_instant(request, &each) >= regime_clock_instant(request, time)))
            continue;
        first = *name;
        *time = each;
    }
    return first;
}

/* The filing that meets the step, and how late it was. A day that was entered alone is late only from the next day on.
 */
static bool is_filed(const ClockWork *work)
{
    RegimeClockResult *result = work->result;
    const char *end = NULL;
    RegimeTime time;

    if ((!regime_clock_own_filing(work, work->step->repeats, &time) && !(end = ended_by(work, &time))) ||
        (work->step->repeats && !has_ended(work)))
        return false;
    if (end)
        regime_clock_say(result->why, "done with %s", end);
    result->is_filed = true;
    result->filed = regime_clock_moment(work->request, &time);
    if (result->has_due && !(time.is_day && time.day <= result->due_day) && result->filed.at > result->last)
        result->late = result->filed.at - result->last;
    say_filing(work, &time);
    return true;
}

/* What was filed although nothing asked for it. A filing of another limb says nothing about one that does not apply. */
static bool was_filed_anyway(const ClockWork *work)
{
    RegimeTime time;

    return work->request->filing(work->step->id, 0, &time, work->request->user);
}

/* While nobody has said which limb applies, what was filed as another one is not a late filing of this one. */
static bool was_filed_as_another(const ClockWork *work)
{
    const RegimeClockRequest *request = work->request;
    const RegimeStep *step = work->step;
    RegimeTime time;

    return step->group && !request->filing(step->id, 0, &time, request->user) &&
           !request->filing(step->group, 0, &time, request->user);
}

static RegimeState running(const ClockWork *work, const ClockStart *start)
{
    RegimeClockResult *result = work->result;

    if (start->kind == CLOCK_START_NO_ANCHOR)
        return REGIME_ANCHOR_MISSING;
    if (start->kind == CLOCK_START_NO_FILING)
        return REGIME_NOT_STARTED;
    if (!result->has_due || work->request->now <= result->last)
        return REGIME_DUE;
    result->late = work->request->now - result->last;
    return REGIME_OVERDUE;
}

static void take_times(const ClockWork *work, const ClockStart *start, const ClockDue *due)
{
    RegimeClockResult *result = work->result;

    if (start->kind == CLOCK_START_KNOWN) {
        result->has_start = true;
        result->start = regime_clock_moment(work->request, &start->time);
    } else if (start->kind == CLOCK_START_NO_ANCHOR) {
        result->missing_anchor = start->missing;
    } else {
        result->missing_filing = start->missing;
    }
    if (due->is_known) {
        result->has_due = true;
        result->due = due->due;
        result->last = due->last;
        result->due_day = due->day;
        result->remaining = due->last - work->request->now;
    }
}

/* A duty without a number is owed by whoever knows, also while nobody knows when it happened. */
static bool is_owed_unseen(const ClockWork *work, const ClockStart *start)
{
    return work->step->due == 0 && start->kind == CLOCK_START_NO_ANCHOR &&
           regime_starts_unseen(work->request->regime) &&
           strcmp(start->missing, work->request->regime->clock_starts) == 0;
}

/* Nothing is counted from it, so that no day is invented: how long it has been owed at least. */
static ClockStart since_known(const ClockWork *work, const ClockStart *missing)
{
    ClockStart start = {.kind = CLOCK_START_KNOWN};
    const char *name = regime_clock_known(work->request, &start.time);
    g_autofree char *text = name ? law_time_text(&start.time) : NULL;

    if (!name)
        return *missing;
    regime_clock_say(work->result->why,
                     "%s is not known; the law gives no number to count from it, and it has been owed "
                     "since %s at the latest: %s",
                     missing->missing, name, text);
    return start;
}

static void say_missing(const ClockWork *work, const ClockStart *start)
{
    if (start->kind == CLOCK_START_KNOWN)
        return;
    if (start->needs_time)
        regime_clock_say(work->result->why, "%s has only a day: hours are counted from an exact time with its offset",
                         start->missing);
    else if (start->kind == CLOCK_START_NO_ANCHOR)
        regime_clock_say(work->result->why, "%s is not known: no date is invented for it%s", start->missing,
                         is_owed_unseen(work, start) ? _(", and what is owed without a number does not wait for it")
                                                     : "");
}

/* A time that is to come is mostly a wrong date or offset. What runs from a deadline or the end of a year may. */
static void say_future(const ClockWork *work, const ClockStart *start)
{
    const RegimeClockRequest *request = work->request;

    if (start->kind == CLOCK_START_KNOWN && work->step->from.kind == REGIME_FROM_ANCHOR &&
        strcmp(work->step->from.name, "year_end") != 0 && regime_clock_instant(request, &start->time) > request->now)
        regime_clock_say(work->result->remarks, "%s lies in the future: look at its date and its offset from UTC",
                         work->step->from.name);
}

static RegimeState not_applicable(const ClockWork *work)
{
    RegimeClockResult *result = work->result;

    result->has_due = false;
    result->remaining = 0;
    result->missing_anchor = result->missing_filing = NULL;
    g_clear_pointer(&result->missing_calendar, g_free);
    return REGIME_NOT_APPLICABLE;
}

static RegimeState state_of(const ClockWork *work, ClockScope scope, const ClockStart *start)
{
    bool is_out = regime_clock_is_dropped(work) || (scope == CLOCK_DOES_NOT_APPLY && !was_filed_anyway(work));

    if (!is_out && !(scope == CLOCK_MAY_APPLY && was_filed_as_another(work)) && is_filed(work))
        return REGIME_FILED;
    if (is_out || has_ended(work))
        return not_applicable(work);
    return scope == CLOCK_MAY_APPLY ? REGIME_SCOPE_UNKNOWN : running(work, start);
}

RegimeClockResult *regime_clock_step(const RegimeClockRequest *request, const RegimeStep *step, int depth)
{
    RegimeClockResult *result = regime_clock_result_new(step->id, step);
    const ClockWork work = {.request = request, .step = step, .result = result, .depth = depth};
    ClockDue due = {.is_known = false};
    ClockScope scope;
    ClockStart start;
    int64_t until;

    result->is_unverified = regime_step_is_unverified(request->regime, step);
    result->is_soft = step->is_soft;
    say_rule(&work);
    start = regime_clock_start(&work, &step->from, true);
    scope = regime_clock_scope(&work, &start);
    if (is_owed_unseen(&work, &start))
        start = since_known(&work, &start);
    if (scope != CLOCK_DOES_NOT_APPLY)
        say_missing(&work, &start);
    if (scope != CLOCK_DOES_NOT_APPLY && start.kind == CLOCK_START_KNOWN)
        due = regime_clock_count(&work, &start.time, true);
    if (scope != CLOCK_DOES_NOT_APPLY)
        say_future(&work, &start);
    if (scope != CLOCK_DOES_NOT_APPLY)
        read_otherwise(&work, &start, &due);
    take_times(&work, &start, &due);
    result->state = state_of(&work, scope, &start);
    until = result->is_filed ? result->filed.at : request->now;
    if (result->has_start && until > result->start.at)
        result->elapsed = until - result->start.at;
    return result;
}

RegimeClockResult *regime_clock(const RegimeClockRequest *request)
{
    const RegimeStep *step = regime_step(request->regime, request->id);

    return step ? regime_clock_step(request, step, 0) : regime_clock_group(request, request->id);
}

/* What may apply and would end at a known time comes before what runs without a number. */
static int group_of(const RegimeClockResult *result)
{
    static const struct {
        int with_due, without;
    } order[] = {
        [REGIME_OVERDUE] = {0, 0},        [REGIME_DUE] = {1, 3},         [REGIME_SCOPE_UNKNOWN] = {2, 4},
        [REGIME_ANCHOR_MISSING] = {5, 5}, [REGIME_NOT_STARTED] = {6, 6}, [REGIME_FILED] = {7, 7},
        [REGIME_NOT_APPLICABLE] = {8, 8},
    };

    return result->has_due ? order[result->state].with_due : order[result->state].without;
}

static int compare_times(int64_t a, int64_t b)
{
    return a < b ? -1 : a > b;
}

int regime_clock_compare(const RegimeClockResult *a, const RegimeClockResult *b)
{
    int order = group_of(a) - group_of(b);

    if (order == 0 && a->has_due != b->has_due)
        order = a->has_due ? -1 : 1;
    if (order == 0 && a->has_due)
        order = compare_times(a->last, b->last);
    if (order == 0 && !a->has_due)
        order = compare_times(b->elapsed, a->elapsed);
    return order != 0 ? order : strcmp(a->id, b->id);
}
