#include <string.h>

#include "base/language.h"
#include "model/regime_clock_private.h"

/* What a limb counts from, and when that ends, without asking whether it applies. */
static bool strict_span(const RegimeClockRequest *request, const RegimeStep *step, int64_t *start, int64_t *end)
{
    g_autoptr(RegimeClockResult) scratch = regime_clock_result_new(step->id, step);
    const ClockWork work = {.request = request, .step = step, .result = scratch};
    ClockStart from = regime_clock_start(&work, &step->from, false);

    if (from.kind != CLOCK_START_KNOWN)
        return false;
    *start = regime_clock_instant(request, &from.time);
    *end = *start + (step->count == REGIME_COUNT_HOURS ? step->due : 0);
    return true;
}

/* (EU) 2025/301 art 5(2): classified more than 24 h after awareness, only the hours from the classification count.
 * While nothing is classified this limb shows the earliest end; once that has passed without, it cannot bind any more.
 */
bool regime_clock_is_dropped(const ClockWork *work)
{
    const RegimeClockRequest *request = work->request;
    int64_t start, end, other_start, other_end;

    if (work->step->group_rule != REGIME_GROUP_LATE_CLASSIFICATION || !strict_span(request, work->step, &start, &end))
        return false;
    for (guint i = 0; i < request->regime->steps->len; i++) {
        const RegimeStep *other = g_ptr_array_index(request->regime->steps, i);

        if (other == work->step || g_strcmp0(other->group, work->step->group) != 0 || other->due == 0)
            continue;
        if (!strict_span(request, other, &other_start, &other_end)) {
            if (request->now <= end)
                continue;
            regime_clock_say(work->result->why,
                             "it has ended without %s: once that is entered only %s counts, so this limb is dropped",
                             other->from.name, other->id);
            return true;
        }
        if (other_start > end) {
            regime_clock_say(work->result->why, "dropped: %s came later than %s after %s, so only %s counts",
                             other->from.name, work->step->due_text, work->step->from.name, other->id);
            return true;
        }
    }
    return false;
}

/* How much a limb decides what its group shows: smaller first. */
static int rank(const RegimeClockResult *limb)
{
    static const int ranks[] = {
        [REGIME_OVERDUE] = 0,        [REGIME_DUE] = 0,         [REGIME_FILED] = 0,          [REGIME_SCOPE_UNKNOWN] = 2,
        [REGIME_ANCHOR_MISSING] = 3, [REGIME_NOT_STARTED] = 4, [REGIME_NOT_APPLICABLE] = 5,
    };

    return limb->has_due || ranks[limb->state] > 0 ? ranks[limb->state] : 1;
}

static RegimeClockResult *tighter(RegimeClockResult *a, RegimeClockResult *b)
{
    if (!a || rank(b) < rank(a))
        return b;
    if (rank(b) > rank(a))
        return a;
    return b->has_due && (!a->has_due || b->last < a->last) ? b : a;
}

static char *limb_text(const RegimeClockResult *limb)
{
    g_autofree char *due = limb->has_due ? moment_format_rfc3339(limb->due) : NULL;

    return g_strdup_printf("%s: %s%s%s", limb->id, _(regime_state_words(limb->state)), due ? ", " : "", due ? due : "");
}

static void append_all(GPtrArray *target, GPtrArray *source)
{
    for (guint i = 0; i < source->len; i++)
        g_ptr_array_add(target, g_strdup(g_ptr_array_index(source, i)));
}

/* The group as its binding limb has it. */
static void take(RegimeClockResult *group, RegimeClockResult *limb)
{
    GPtrArray *why = group->why;
    GPtrArray *remarks = group->remarks;
    GPtrArray *readings = group->readings;
    const char *id = group->id;

    append_all(why, limb->why);
    append_all(remarks, limb->remarks);
    *group = *limb;
    group->id = id;
    group->is_group = true;
    group->why = why;
    group->remarks = remarks;
    group->missing_calendar = g_strdup(limb->missing_calendar);
    group->readings = g_ptr_array_ref(limb->readings);
    g_ptr_array_unref(readings);
}

static void free_result(void *result)
{
    regime_clock_result_free(result);
}

RegimeClockResult *regime_clock_group(const RegimeClockRequest *request, const char *group)
{
    g_autoptr(GPtrArray) limbs = g_ptr_array_new_with_free_func(free_result);
    RegimeClockResult *result = regime_clock_result_new(group, NULL);
    RegimeClockResult *binding = NULL;

    for (guint i = 0; i < request->regime->steps->len; i++) {
        const RegimeStep *step = g_ptr_array_index(request->regime->steps, i);

        if (g_strcmp0(step->group, group) != 0)
            continue;
        result->id = step->group;
        g_ptr_array_add(limbs, regime_clock_step(request, step, 0));
        binding = tighter(binding, g_ptr_array_index(limbs, limbs->len - 1));
    }
    for (guint i = 0; i < limbs->len; i++) {
        g_autofree char *text = limb_text(g_ptr_array_index(limbs, i));

        regime_clock_say(result->why, "limb %s", text);
    }
    if (binding) {
        regime_clock_say(result->why, "%s binds", binding->id);
        take(result, binding);
    }
    return result;
}
