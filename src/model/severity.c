#include "model/severity.h"

#include <string.h>

#include "base/clock.h"
#include "base/language.h"
#include "base/text.h"

#define LOWEST 1 /* the level below every number */

/* The three estimates of one value; lower <= likely <= upper. */
typedef struct Range {
    int64_t lower, likely, upper;
} Range;

static bool read_number(const char *text, SeverityUnit unit, int64_t *number)
{
    guint64 read;

    if (unit == SEVERITY_DURATION)
        return clock_parse_duration(text, number);
    if (!g_ascii_string_to_unsigned(text, 10, 0, G_MAXINT64, &read, NULL))
        return false;
    *number = (int64_t)read;
    return true;
}

/* The first of these texts that is one; an estimate that nobody gave is that of its neighbour. */
static bool read_first(const char *const *texts, SeverityUnit unit, int64_t *number)
{
    for (size_t i = 0; i < 3; i++)
        if (texts[i] && *texts[i] && read_number(texts[i], unit, number))
            return true;
    return false;
}

static bool read_range(const RegimeValue *value, SeverityUnit unit, Range *range)
{
    const char *const lower[] = {value->lower, value->likely, value->upper};
    const char *const likely[] = {value->likely, value->upper, value->lower};
    const char *const upper[] = {value->upper, value->likely, value->lower};

    if (!read_first(lower, unit, &range->lower) || !read_first(likely, unit, &range->likely) ||
        !read_first(upper, unit, &range->upper))
        return false;
    range->upper = MAX(range->upper, MAX(range->likely, range->lower));
    range->lower = MIN(range->lower, range->likely);
    return true;
}

/* The highest threshold that `number` reaches; NULL: it is below all. */
static const SeverityThreshold *reached_by(const SeverityCriterion *criterion, int64_t number)
{
    for (guint i = 0; i < criterion->thresholds->len; i++) {
        const SeverityThreshold *threshold = &g_array_index(criterion->thresholds, SeverityThreshold, i);

        if (number >= threshold->least)
            return threshold;
    }
    return NULL;
}

static int level_by(const SeverityCriterion *criterion, int64_t number)
{
    const SeverityThreshold *threshold = reached_by(criterion, number);

    return threshold ? threshold->level : LOWEST;
}

char *severity_number_text(SeverityUnit unit, int64_t number)
{
    g_autofree char *grouped = unit == SEVERITY_DURATION ? clock_format_span(number) : text_grouped(number);

    if (unit == SEVERITY_CNY)
        return g_strconcat("CNY ", grouped, NULL);
    if (unit == SEVERITY_PERCENT)
        return g_strconcat(grouped, "%", NULL);
    return g_steal_pointer(&grouped);
}

static char *show_range(SeverityUnit unit, const Range *range)
{
    g_autofree char *lower = severity_number_text(unit, range->lower);
    g_autofree char *likely = severity_number_text(unit, range->likely);
    g_autofree char *upper = severity_number_text(unit, range->upper);

    if (range->lower == range->upper)
        return g_steal_pointer(&likely);
    if (range->likely == range->lower || range->likely == range->upper)
        return g_strdup_printf(_("%s to %s"), lower, upper);
    return g_strdup_printf(_("%s to %s, likely %s"), lower, upper, likely);
}

static char *reason_text(const SeverityScale *scale, const SeverityCriterion *criterion, const Range *range)
{
    const SeverityThreshold *reached = reached_by(criterion, range->upper);
    const SeverityThreshold *shown =
        reached ? reached : &g_array_index(criterion->thresholds, SeverityThreshold, criterion->thresholds->len - 1);
    g_autofree char *value = show_range(criterion->unit, range);
    g_autofree char *least = severity_number_text(criterion->unit, shown->least);
    g_autofree char *level = severity_level_text(scale, shown->level);
    const char *what = regime_text(criterion->text, language_name());
    const char *mark = shown->confidence != REGIME_CONFIRMED ? _(" [unverified]") : "";

    if (reached)
        return g_strdup_printf(_("%s: %s; %s and more is %s%s"), what, value, least, level, mark);
    return g_strdup_printf(_("%s: %s; below %s, where %s begins%s"), what, value, least, level, mark);
}

static void reason_free(void *data)
{
    SeverityReason *reason = data;

    g_free(reason->text);
    g_free(reason);
}

static void add_criterion(SeverityProposal *proposal, const SeverityCriterion *criterion,
                          RegimeVariableLookup *variable, void *user)
{
    RegimeValue value = {0};
    const SeverityThreshold *reached;
    SeverityReason *reason;
    Range range;

    if (criterion->thresholds->len == 0 || !variable(criterion->variable, &value, user) ||
        !read_range(&value, criterion->unit, &range))
        return;
    reached = reached_by(criterion, range.upper);
    reason = g_new0(SeverityReason, 1);
    reason->criterion = criterion;
    reason->lower = level_by(criterion, range.lower);
    reason->likely = level_by(criterion, range.likely);
    reason->level = level_by(criterion, range.upper);
    reason->is_below = !reached;
    reason->is_unverified = reached && reached->confidence != REGIME_CONFIRMED;
    reason->text = reason_text(proposal->scale, criterion, &range);
    g_ptr_array_add(proposal->reasons, reason);
}

/* What a person judged of the clauses that have no number; false: nobody has. */
static bool add_judgement(SeverityProposal *proposal, RegimeVariableLookup *variable, void *user)
{
    const SeverityScale *scale = proposal->scale;
    RegimeValue value = {0};
    SeverityReason *reason;
    const SeverityLevel *level;
    g_autofree char *shown = NULL;
    Range range;

    if (!scale->clause_variable || !variable(scale->clause_variable, &value, user) ||
        !read_range(&value, SEVERITY_COUNT, &range) || range.upper > SEVERITY_LEVEL_MOST)
        return false;
    level = severity_level(scale, (int)range.upper);
    if (!level)
        return false;
    shown = severity_level_text(scale, level->level);
    reason = g_new0(SeverityReason, 1);
    reason->lower = (int)range.lower;
    reason->likely = (int)range.likely;
    reason->level = level->level;
    reason->text = g_strdup_printf(_("judged by a person: %s"), shown);
    g_ptr_array_add(proposal->reasons, reason);
    return true;
}

static int by_level(const void *a, const void *b)
{
    const SeverityReason *left = *(const SeverityReason *const *)a;
    const SeverityReason *right = *(const SeverityReason *const *)b;

    return (right->level > left->level) - (right->level < left->level);
}

static void sum_up(SeverityProposal *proposal)
{
    for (guint i = 0; i < proposal->reasons->len; i++) {
        const SeverityReason *reason = g_ptr_array_index(proposal->reasons, i);

        proposal->level = MAX(proposal->level, reason->level);
        proposal->likely = MAX(proposal->likely, reason->likely);
        proposal->lower = MAX(proposal->lower, reason->lower);
    }
    for (guint i = 0; i < proposal->reasons->len; i++) {
        const SeverityReason *reason = g_ptr_array_index(proposal->reasons, i);

        if (reason->level == proposal->level && reason->is_unverified)
            proposal->is_unverified = true;
    }
    proposal->may_reach = proposal->level > proposal->lower;
}

/* Whether a number reached a level that is reported; where the scale does not say which are, any threshold counts. */
static bool is_settled(const SeverityProposal *proposal)
{
    int from = MAX(proposal->scale->report_from, LOWEST);

    for (guint i = 0; i < proposal->reasons->len; i++) {
        const SeverityReason *reason = g_ptr_array_index(proposal->reasons, i);

        if (reason->criterion && !reason->is_below && reason->level >= from)
            return true;
    }
    return false;
}

/* The lowest clause that would make a level that is reported. */
static const SeverityLevel *open_clause(const SeverityProposal *proposal)
{
    const GPtrArray *levels = proposal->scale->levels;

    for (guint i = levels->len; i > 0; i--) {
        const SeverityLevel *level = g_ptr_array_index(levels, i - 1);

        if (level->clause && level->level >= proposal->scale->report_from)
            return level;
    }
    return NULL;
}

static char *make_question(const SeverityProposal *proposal)
{
    const SeverityLevel *open = proposal->needs_judgement ? open_clause(proposal) : NULL;
    const char *variable = proposal->scale->clause_variable;
    g_autofree char *shown = NULL;

    if (proposal->may_reach && proposal->level >= proposal->scale->report_from) {
        shown = severity_level_text(proposal->scale, proposal->level);
        return g_strdup_printf(_("may reach %s: report now?"), shown);
    }
    if (!open)
        return NULL;
    shown = severity_level_text(proposal->scale, open->level);
    if (!variable)
        return g_strdup_printf(_("no number decides; a person must judge whether it is %s: %s"), shown,
                               regime_text(open->clause, language_name()));
    return g_strdup_printf(
        _("no number decides; a person must judge whether it is %s: %s (write %s: %d under variables, or "
          "the level that it is)"),
        shown, regime_text(open->clause, language_name()), variable, open->level);
}

SeverityProposal *severity_propose(const SeverityScale *scale, RegimeVariableLookup *variable, void *user)
{
    SeverityProposal *proposal = g_new0(SeverityProposal, 1);
    bool is_judged;

    proposal->scale = scale;
    proposal->reasons = g_ptr_array_new_with_free_func(reason_free);
    for (guint i = 0; i < scale->criteria->len; i++)
        add_criterion(proposal, g_ptr_array_index(scale->criteria, i), variable, user);
    is_judged = add_judgement(proposal, variable, user);
    g_ptr_array_sort(proposal->reasons, by_level);
    sum_up(proposal);
    proposal->needs_judgement = !is_judged && !is_settled(proposal) && open_clause(proposal);
    proposal->question = make_question(proposal);
    return proposal;
}

void severity_proposal_free(SeverityProposal *proposal)
{
    if (!proposal)
        return;
    g_ptr_array_unref(proposal->reasons);
    g_free(proposal->question);
    g_free(proposal);
}

const SeverityLevel *severity_level(const SeverityScale *scale, int level)
{
    for (guint i = 0; i < scale->levels->len; i++) {
        const SeverityLevel *row = g_ptr_array_index(scale->levels, i);

        if (row->level == level)
            return row;
    }
    return NULL;
}

char *severity_level_text(const SeverityScale *scale, int level)
{
    const SeverityLevel *row = severity_level(scale, level);

    if (!row)
        return g_strdup_printf(_("level %d"), level);
    return g_strdup_printf(_("%s (level %d)"), regime_text(row->name, language_name()), level);
}

bool severity_value_fits(const SeverityScale *scale, const char *variable, const char *text)
{
    int64_t number;

    if (!text || !*text)
        return true;
    for (guint i = 0; i < scale->criteria->len; i++) {
        const SeverityCriterion *criterion = g_ptr_array_index(scale->criteria, i);

        if (strcmp(criterion->variable, variable) == 0 && !read_number(text, criterion->unit, &number))
            return false;
    }
    return true;
}

const char **severity_variable_ids(const SeverityScale *scale)
{
    GPtrArray *ids = g_ptr_array_new();

    for (guint i = 0; i < scale->criteria->len; i++) {
        const SeverityCriterion *criterion = g_ptr_array_index(scale->criteria, i);

        if (!g_ptr_array_find_with_equal_func(ids, criterion->variable, g_str_equal, NULL))
            g_ptr_array_add(ids, criterion->variable);
    }
    if (scale->clause_variable)
        g_ptr_array_add(ids, scale->clause_variable);
    g_ptr_array_add(ids, NULL);
    return (const char **)g_ptr_array_free(ids, FALSE);
}

/* Memory --------------------------------------------------------------------------------------------------------- */

void severity_criterion_free(SeverityCriterion *criterion)
{
    if (!criterion)
        return;
    g_free(criterion->id);
    locale_text_free(criterion->text);
    g_free(criterion->variable);
    g_array_unref(criterion->thresholds);
    g_free(criterion);
}

void severity_level_free(SeverityLevel *level)
{
    if (!level)
        return;
    locale_text_free(level->name);
    locale_text_free(level->meaning);
    locale_text_free(level->clause);
    g_free(level);
}

static void free_criterion(void *criterion)
{
    severity_criterion_free(criterion);
}

static void free_level(void *level)
{
    severity_level_free(level);
}

SeverityScale *severity_scale_new(void)
{
    SeverityScale *scale = g_new0(SeverityScale, 1);

    scale->effective_from = scale->effective_to = CIVIL_DAY_NONE;
    scale->confidence = REGIME_MEMORY;
    scale->levels = g_ptr_array_new_with_free_func(free_level);
    scale->criteria = g_ptr_array_new_with_free_func(free_criterion);
    scale->sources = g_ptr_array_new_with_free_func(g_free);
    return scale;
}

void severity_scale_free(SeverityScale *scale)
{
    if (!scale)
        return;
    g_free(scale->id);
    locale_text_free(scale->name);
    locale_text_free(scale->citation);
    locale_text_free(scale->rule);
    g_free(scale->clause_variable);
    g_ptr_array_unref(scale->levels);
    g_ptr_array_unref(scale->criteria);
    locale_text_free(scale->confidence_note);
    g_ptr_array_unref(scale->sources);
    g_free(scale);
}
