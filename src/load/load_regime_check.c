#include <string.h>

#include "base/language.h"
#include "base/text.h"
#include "load/load_regime_private.h"
#include "model/coverage.h"
#include "model/coverage.h"
#include "model/plan_endpoint.h"
#include "model/regime_names.h"
#include "model/report_source.h"

#define STAGE LAW_FILE_STAGE

/* What is looked at, and where its mistakes are reported. */
typedef struct Look {
    const SchemaCheck *check;
    const Regime *regime;
    const RegimeStep *step;
} Look;

static void report_unknown(const Look *look, const char *what, const char *name, const char *nearest, Position at)
{
    if (nearest)
        findings_error(look->check->findings, STAGE, "law-unknown-name", at, "there is no %s %s: did you mean %s?",
                       _(what), name, nearest);
    else
        findings_error(look->check->findings, STAGE, "law-unknown-name", at,
                       "there is no %s %s: correct it, or declare it in this file", _(what), name);
}

static void check_anchor(const Look *look, const char *name, Position at)
{
    if (!regime_anchor_find(name) && !regime_own_name(look->regime->anchors, name))
        report_unknown(look, N_("anchor"), name, regime_anchor_nearest(name), at);
}

/* What a notice must hold may depend on the kinds of data (kind.password); whether a step applies does not. */
static void check_variables(const Look *look, const Condition *condition, bool is_of_field, Position at)
{
    const char *const *names = condition ? condition_names(condition) : NULL;

    for (; names && *names; names++)
        if (!regime_variable_find(*names) && !regime_own_name(look->regime->variables, *names) &&
            !(is_of_field && g_str_has_prefix(*names, COVERAGE_KIND)))
            report_unknown(look, N_("variable"), *names, regime_variable_nearest(*names), at);
}

/* A chain may name a step or a group; a deadline only a step. */
static void check_from(const Look *look, const RegimeFrom *from, Position at)
{
    g_autofree const char **ids = NULL;

    if (from->kind == REGIME_FROM_ANCHOR) {
        check_anchor(look, from->name, at);
        return;
    }
    if (from->kind == REGIME_FROM_ANY || regime_step(look->regime, from->name) ||
        (from->kind == REGIME_FROM_SUBMISSION && regime_has_group(look->regime, from->name)))
        return;
    ids = regime_step_ids(look->regime);
    findings_error(look->check->findings, STAGE, "law-unknown-name", at,
                   "there is no step %s that %s could run from%s%s", from->name, look->step->id,
                   text_nearest(from->name, ids) ? _(": did you mean ") : "",
                   text_nearest(from->name, ids) ? text_nearest(from->name, ids) : "");
}

/* deadline: chains that come back to where they began have no start. */
static void check_circle(const Look *look)
{
    const RegimeStep *step = look->step;

    for (guint i = 0; i <= look->regime->steps->len; i++) {
        if (!step || step->from.kind != REGIME_FROM_DEADLINE)
            return;
        step = regime_step(look->regime, step->from.name);
        if (step == look->step) {
            findings_error(look->check->findings, STAGE, "law-circle", step->at,
                           "the deadline of %s runs from itself: let one step of the circle run from an anchor",
                           step->id);
            return;
        }
    }
}

static void report_step(const Look *look, bool is_wrong, const char *text)
{
    if (is_wrong)
        schema_report(look->check, STAGE, SCHEMA_WRONG_VALUE, look->step->at, "%s: %s", look->step->id, _(text));
}

/* Keys that say something only together with others: alone they would be passed over in silence. First those about how
 * days are counted. */
static void check_days(const Look *look)
{
    const RegimeStep *step = look->step;
    bool counts_days = step->count == REGIME_COUNT_CALENDAR || step->count == REGIME_COUNT_BUSINESS;
    bool needs_calendar = step->count == REGIME_COUNT_BUSINESS || step->roll == REGIME_ROLL_NEXT_WORKING_DAY;

    report_step(look, step->is_inclusive && !counts_days, N_("day_one: inclusive needs a due in days"));
    report_step(look, step->roll == REGIME_ROLL_NEXT_WORKING_DAY && step->count == REGIME_COUNT_HOURS,
                N_("a due in hours does not roll to the next working day: write roll: none"));
    report_step(look, step->count == REGIME_COUNT_BUSINESS && step->roll != REGIME_ROLL_NONE,
                N_("working days end on a working day: write roll: none"));
    report_step(look, needs_calendar && !step->calendar && !look->regime->calendar,
                N_("working days need a calendar: add calendar: NAME to the step or to the regime"));
    report_step(look, step->roll_denied && step->roll == REGIME_ROLL_NONE,
                N_("roll_denied takes a relief away that roll: none does not give"));
}

static void check_chains(const Look *look)
{
    const RegimeStep *step = look->step;
    bool is_chained = step->from.kind == REGIME_FROM_SUBMISSION;

    report_step(look, step->group_rule != REGIME_GROUP_EARLIEST && !step->group, N_("group_rule needs a group"));
    report_step(look, step->is_latest && !is_chained, N_("latest: true needs from: submission:STEP"));
    report_step(look, step->repeats && (!is_chained || step->due == 0),
                N_("repeat: true needs a due and from: submission:STEP"));
    report_step(look, step->double_if && step->due == 0, N_("double_if needs a due"));
    report_step(look, step->readings->len > 0 && step->due == 0, N_("readings need a due"));
    report_step(look, step->from.kind == REGIME_FROM_ANY && step->due > 0,
                N_("from: deadline:any has no due of its own: write due: null"));
}

static void check_twice(const Look *look, guint index)
{
    const RegimeStep *step = look->step;

    for (guint i = 0; i < index; i++)
        if (strcmp(((const RegimeStep *)g_ptr_array_index(look->regime->steps, i))->id, step->id) == 0) {
            findings_error(look->check->findings, STAGE, "law-twice", step->at,
                           "the step %s is there twice: rename one", step->id);
            return;
        }
    if (regime_has_group(look->regime, step->id))
        findings_error(look->check->findings, STAGE, "law-twice", step->at,
                       "%s is a step and a group: a filing of one could not be told from the other; rename one",
                       step->id);
}

static void check_step(Look *look, guint index)
{
    const RegimeStep *step = g_ptr_array_index(look->regime->steps, index);

    look->step = step;
    check_twice(look, index);
    check_days(look);
    check_chains(look);
    check_from(look, &step->from, step->at);
    for (guint i = 0; i < step->readings->len; i++)
        check_from(look, &((const RegimeReading *)g_ptr_array_index(step->readings, i))->from, step->at);
    for (char **name = step->done_by; name && *name; name++)
        check_anchor(look, *name, step->at);
    check_circle(look);
    check_variables(look, step->cond, false, step->at);
    check_variables(look, step->double_if, false, step->at);
}

static void report_word(const Look *look, const RegimeField *field, const char *what, const char *word,
                        const char *nearest)
{
    if (nearest)
        findings_error(look->check->findings, STAGE, "law-unknown-name", field->at,
                       "%s: there is no %s \"%s\": did you mean %s?", field->id, _(what), word, nearest);
    else
        findings_error(look->check->findings, STAGE, "law-unknown-name", field->at, "%s: there is no %s \"%s\"",
                       field->id, _(what), word);
}

/* What a field asks for must be something that a notice can say and a report can find. */
static void check_field(const Look *look, const RegimeField *field)
{
    g_autofree char *unknown = NULL;
    g_autoptr(GPtrArray) uses = report_source_parse(field->source, &unknown);

    check_variables(look, field->cond, true, field->at);
    for (char **content = field->content; content && *content; content++)
        if (!coverage_content(*content))
            report_word(look, field, N_("content of notices"), *content, coverage_nearest(*content));
    if (!uses)
        report_word(look, field, N_("source"), unknown, report_source_nearest(unknown));
}

static void check_fields(const Look *look, const GPtrArray *fields)
{
    for (guint i = 0; i < fields->len; i++)
        check_field(look, g_ptr_array_index(fields, i));
}

static void check_channels(const Look *look, const YamlNode *root, const char *key, char *const *channels)
{
    const YamlNode *node = yaml_get(root, key);

    for (char *const *channel = channels; channel && *channel; channel++) {
        const char *nearest = text_nearest(*channel, plan_channels());

        if (g_strv_contains(plan_channels(), *channel) || strcmp(*channel, "announcement") == 0)
            continue;
        schema_report(look->check, STAGE, SCHEMA_WRONG_VALUE, node->at, "\"%s\" is no channel: write %s", *channel,
                      nearest ? nearest : "email, sms, letter …");
    }
}

static void check_languages(const Look *look, const YamlNode *root)
{
    const YamlNode *node = yaml_get(root, "notice_languages");

    for (char *const *language = look->regime->notice_languages; language && *language; language++) {
        g_autofree char *normal = locale_normalize(*language);

        if (g_strcmp0(normal, *language) != 0)
            schema_report(look->check, STAGE, SCHEMA_WRONG_VALUE, node->at,
                          "\"%s\" is no language: write en, ja, zh-TW or the like", *language);
    }
}

void load_regime_check(const SchemaCheck *check, const Regime *regime, const YamlNode *root)
{
    Look look = {.check = check, .regime = regime};

    for (guint i = 0; i < regime->steps->len; i++)
        check_step(&look, i);
    if (regime->clock_starts)
        check_anchor(&look, regime->clock_starts, yaml_get(root, "clock_starts")->at);
    check_fields(&look, regime->regulator_fields);
    check_fields(&look, regime->notice_fields);
    check_channels(&look, root, "notice_channels", regime->notice_channels);
    check_channels(&look, root, "substitute_channels", regime->substitute_channels);
    check_languages(&look, root);
    if (regime->effective_from != CIVIL_DAY_NONE && regime->effective_to != CIVIL_DAY_NONE &&
        regime->effective_to < regime->effective_from)
        schema_report(check, STAGE, SCHEMA_WRONG_VALUE, yaml_get(root, "effective_to")->at,
                      "effective_to lies before effective_from");
}
