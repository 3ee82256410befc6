#include "load/load_calendar.h"

#include <stddef.h>
#include <string.h>

#include "base/language.h"
#include "load/law_file.h"
#include "load/load_regime_private.h"
#include "load/yaml.h"
#include "model/regime.h"

#define STAGE    LAW_FILE_STAGE
#define KIND     "calendars"
#define YEAR_MAX 9999
#define DAYS_MAX 31
#define LEAP     2000 /* "02-29" is a date of some years */

static const char *const bases[] = {"rules", "years", NULL};
static const char *const levels[] = {"confirmed", "secondary", "memory", NULL}; /* as RegimeConfidence */
static const char *const weekdays[] = {"",       "monday",   "tuesday", "wednesday", "thursday",
                                       "friday", "saturday", "sunday",  NULL};
static const char *const observed[] = {"none", "nearest", "next_workday", "sunday_next_workday", NULL};

typedef struct RuleDraft {
    LocaleText *name;
    char *date, *on_or_after;
    int nth, weekday, month, days, from, to, observed;
    int easter, orthodox;
    bool has_easter, has_orthodox, has_nth;
} RuleDraft;

/* "12-25". */
static bool read_date(const char *text, int *month, int *day)
{
    g_autofree char *full = g_strdup_printf("%04d-%s", LEAP, text);
    CivilDay parsed;

    if (strlen(text) != 5 || !civil_day_parse(full, &parsed))
        return false;
    civil_day_parts(parsed, NULL, month, day);
    return true;
}

/* A whole number that may be negative, within -limit and limit. */
static bool read_signed(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, int limit,
                        int *number)
{
    const char *text = schema_scalar(check, field->stage, value, N_("a whole number"));
    g_autofree char *shown = text ? schema_shown(text) : NULL;
    const char *digits = text && *text == '-' ? text + 1 : text;

    if (!text)
        return false;
    if (*digits && strlen(digits) <= 3 && strspn(digits, "0123456789") == strlen(digits)) {
        *number = (int)g_ascii_strtoll(text, NULL, 10);
        if (*number >= -limit && *number <= limit)
            return true;
    }
    schema_report(check, field->stage, SCHEMA_WRONG_VALUE, value->at,
                  "%s cannot be \"%s\": expected a number from %d to %d", field->key, shown, -limit, limit);
    return false;
}

static void set_easter(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    RuleDraft *rule = target;

    rule->has_easter = read_signed(check, field, value, 100, &rule->easter);
}

static void set_orthodox(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    RuleDraft *rule = target;

    rule->has_orthodox = read_signed(check, field, value, 100, &rule->orthodox);
}

static void set_nth(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    RuleDraft *rule = target;
    int nth = 0;

    if (!read_signed(check, field, value, 5, &nth))
        return;
    if (nth == 0 || nth < -1) {
        schema_report(check, field->stage, SCHEMA_WRONG_VALUE, value->at,
                      "nth goes from 1 to 5, or is -1 for the last");
        return;
    }
    rule->has_nth = true;
    rule->nth = nth;
}

static void set_date(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    const char *text = schema_scalar(check, field->stage, value, N_("a date such as \"12-25\""));
    g_autofree char *shown = text ? schema_shown(text) : NULL;
    char **slot = target;
    int month, day;

    if (text && read_date(text, &month, &day)) {
        g_free(*slot);
        *slot = g_strdup(text);
    } else if (text) {
        schema_report(check, field->stage, SCHEMA_WRONG_VALUE, value->at,
                      "%s cannot be \"%s\": expected month and day such as \"12-25\"", field->key, shown);
    }
}

static const SchemaField rule_fields[] = {
    {"name", SCHEMA_LOCALE_TEXT, STAGE, .is_required = true, .is_one_line = true, .offset = offsetof(RuleDraft, name)},
    {"date", SCHEMA_CUSTOM, STAGE, .offset = offsetof(RuleDraft, date), .set = set_date},
    {"nth", SCHEMA_CUSTOM, STAGE, .set = set_nth},
    {"weekday", SCHEMA_CHOICE, STAGE, .offset = offsetof(RuleDraft, weekday), .words = weekdays},
    {"month", SCHEMA_INTEGER, STAGE, .offset = offsetof(RuleDraft, month), .minimum = 1, .maximum = 12},
    {"on_or_after", SCHEMA_CUSTOM, STAGE, .offset = offsetof(RuleDraft, on_or_after), .set = set_date},
    {"easter", SCHEMA_CUSTOM, STAGE, .set = set_easter},
    {"orthodox_easter", SCHEMA_CUSTOM, STAGE, .set = set_orthodox},
    {"days", SCHEMA_INTEGER, STAGE, .offset = offsetof(RuleDraft, days), .minimum = 1, .maximum = DAYS_MAX},
    {"from", SCHEMA_INTEGER, STAGE, .offset = offsetof(RuleDraft, from), .minimum = 1, .maximum = YEAR_MAX},
    {"to", SCHEMA_INTEGER, STAGE, .offset = offsetof(RuleDraft, to), .minimum = 1, .maximum = YEAR_MAX},
    {"observed", SCHEMA_CHOICE, STAGE, .offset = offsetof(RuleDraft, observed), .words = observed},
    {.key = NULL},
};
static const SchemaTable rule_table = {N_("a holiday"), STAGE, rule_fields, NULL};

/* Which of the five forms a rule has; false: none, or more than one, or half of one. */
static bool read_rule(const RuleDraft *draft, CalendarRule *rule)
{
    bool has_weekday = draft->weekday > 0;
    int forms =
        (draft->date != NULL) + draft->has_nth + (draft->on_or_after != NULL) + draft->has_easter + draft->has_orthodox;

    if (forms != 1 || has_weekday != (draft->has_nth || draft->on_or_after) || (draft->month > 0) != draft->has_nth)
        return false;
    rule->weekday = draft->weekday;
    rule->nth = draft->nth;
    rule->month = draft->month;
    rule->offset = draft->has_easter ? draft->easter : draft->orthodox;
    rule->kind = draft->date          ? CALENDAR_DATE
                 : draft->has_nth     ? CALENDAR_NTH
                 : draft->on_or_after ? CALENDAR_ON_OR_AFTER
                 : draft->has_easter  ? CALENDAR_EASTER
                                      : CALENDAR_ORTHODOX_EASTER;
    if (draft->date || draft->on_or_after)
        read_date(draft->date ? draft->date : draft->on_or_after, &rule->month, &rule->day);
    return true;
}

static void add_rule(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    RuleDraft draft = {.days = 1, .from = 1, .to = YEAR_MAX, .observed = CALENDAR_AS_THE_OTHERS};
    CalendarRule *rule = g_new0(CalendarRule, 1);
    GPtrArray **rules = target;

    schema_check(check, &rule_table, value, &draft);
    rule->name = draft.name;
    rule->days = draft.days;
    rule->from = draft.from;
    rule->to = draft.to;
    rule->observed = (CalendarObserved)draft.observed;
    g_ptr_array_add(*rules, rule);
    if (!read_rule(&draft, rule))
        schema_report(
            check, field->stage, SCHEMA_WRONG_VALUE, value->at,
            "a holiday is one of: date: \"12-25\"; nth: 3, weekday: monday, month: 1; on_or_after: \"06-20\", "
            "weekday: saturday; easter: -2; orthodox_easter: 1");
    g_free(draft.date);
    g_free(draft.on_or_after);
}

typedef struct RestDraft {
    LocaleText *name;
    CivilDay start, end;
} RestDraft;

static const SchemaField rest_fields[] = {
    {"name", SCHEMA_LOCALE_TEXT, STAGE, .is_one_line = true, .offset = offsetof(RestDraft, name)},
    {"start", SCHEMA_CUSTOM, STAGE, .is_required = true, .offset = offsetof(RestDraft, start), .set = law_file_day},
    {"end", SCHEMA_CUSTOM, STAGE, .offset = offsetof(RestDraft, end), .set = law_file_day},
    {.key = NULL},
};
static const SchemaTable rest_table = {N_("a rest"), STAGE, rest_fields, NULL};

static bool is_in_year(const CalendarYear *year, CivilDay day)
{
    int of;

    civil_day_parts(day, &of, NULL, NULL);
    return of == year->year;
}

static void add_rest(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    RestDraft draft = {.start = CIVIL_DAY_NONE, .end = CIVIL_DAY_NONE};
    CalendarYear *year = target;
    CalendarRest rest;

    if (value->kind == YAML_NODE_SCALAR)
        law_file_day(check, field, value, &draft.start);
    else
        schema_check(check, &rest_table, value, &draft);
    if (draft.end == CIVIL_DAY_NONE)
        draft.end = draft.start;
    rest = (CalendarRest){draft.name, draft.start, draft.end};
    if (draft.start != CIVIL_DAY_NONE && draft.end >= draft.start && is_in_year(year, draft.start) &&
        is_in_year(year, draft.end)) {
        g_array_append_val(year->rest_days, rest);
        return;
    }
    if (draft.start != CIVIL_DAY_NONE)
        schema_report(check, field->stage, SCHEMA_WRONG_VALUE, value->at,
                      "a rest begins and ends in the year %d that it stands under, and ends on or after its start",
                      year->year);
    locale_text_free(draft.name);
}

static void add_work_day(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    CalendarYear *year = target;
    CivilDay day = CIVIL_DAY_NONE;

    law_file_day(check, field, value, &day);
    if (day == CIVIL_DAY_NONE)
        return;
    if (is_in_year(year, day))
        g_array_append_val(year->work_days, day);
    else
        schema_report(check, field->stage, SCHEMA_WRONG_VALUE, value->at, "this day is not in the year %d", year->year);
}

static const SchemaField year_fields[] = {
    {"notice", SCHEMA_LOCALE_TEXT, STAGE, .offset = offsetof(CalendarYear, notice)},
    {"confidence", SCHEMA_CHOICE, STAGE, .offset = offsetof(CalendarYear, confidence), .words = levels},
    {"rest_days", SCHEMA_LIST, STAGE, .set = add_rest},
    {"work_days", SCHEMA_LIST, STAGE, .set = add_work_day},
    {.key = NULL},
};
static const SchemaTable year_table = {N_("a year"), STAGE, year_fields, NULL};

/* A day that is a rest and a make-up workday at once would be decided by the order of two lists. */
static void check_year(const SchemaCheck *check, const YamlEntry *entry, const CalendarYear *year)
{
    for (guint i = 0; i < year->work_days->len; i++)
        for (guint j = 0; j < year->rest_days->len; j++) {
            CivilDay day = g_array_index(year->work_days, CivilDay, i);
            const CalendarRest *rest = &g_array_index(year->rest_days, CalendarRest, j);
            g_autofree char *shown = civil_day_format(day);

            if (day >= rest->start && day <= rest->end)
                schema_report(check, STAGE, SCHEMA_WRONG_VALUE, entry->at,
                              "%s stands under rest_days and under work_days: remove it from one", shown);
        }
}

static void add_year(const SchemaCheck *check, FindingStage stage, const YamlEntry *entry, void *target)
{
    bool is_year = strlen(entry->key) == 4 && strspn(entry->key, "0123456789") == 4 && strcmp(entry->key, "0000") != 0;
    g_autofree char *shown = schema_shown(entry->key);
    Calendar *calendar = target;
    CalendarYear *year;

    if (!is_year) {
        schema_report(check, stage, SCHEMA_WRONG_VALUE, entry->at, "\"%s\" is no year: write one such as \"2026\"",
                      shown);
        return;
    }
    year = g_new0(CalendarYear, 1);
    year->year = (int)g_ascii_strtoll(entry->key, NULL, 10);
    year->confidence = REGIME_CONFIRMED;
    year->rest_days = g_array_new(FALSE, FALSE, sizeof(CalendarRest));
    year->work_days = g_array_new(FALSE, FALSE, sizeof(CivilDay));
    g_ptr_array_add(calendar->years, year);
    if (entry->value->is_refused)
        return;
    if (schema_is_nothing(entry->value)) {
        schema_report(check, stage, SCHEMA_MISSING_KEY, entry->at,
                      "the year %s is empty: write its rest_days and work_days, or {} when it has none", shown);
        return;
    }
    schema_check(check, &year_table, entry->value, year);
    check_year(check, entry, year);
}

static const SchemaField no_fields[] = {{.key = NULL}};
static const SchemaTable years_table = {"years", STAGE, no_fields, add_year};

static void set_confidence(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    Calendar *calendar = target;

    load_regime_confidence(check, field, value, &calendar->confidence, &calendar->note);
}

static void add_weekday(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    static const SchemaField day = {"weekend", SCHEMA_CHOICE, STAGE, .words = weekdays};
    bool *weekend = target;
    int weekday = 0;

    (void)field;
    schema_value(check, &day, value, &weekday);
    weekend[weekday] = weekday > 0;
}

static const SchemaField fields[] = {
    LAW_FILE_FIELDS(Calendar),
    {"name", SCHEMA_LOCALE_TEXT, STAGE, .is_required = true, .is_one_line = true, .offset = offsetof(Calendar, name)},
    {"jurisdiction", SCHEMA_TEXT, STAGE, .offset = offsetof(Calendar, jurisdiction)},
    {"confidence", SCHEMA_CUSTOM, STAGE, .is_required = true, .set = set_confidence,
     .hint = N_("confidence: confirmed, secondary or memory")},
    {"citation", SCHEMA_LOCALE_TEXT, STAGE, .offset = offsetof(Calendar, citation)},
    {"sources", SCHEMA_LIST, STAGE, .offset = offsetof(Calendar, sources), .set = law_file_texts},
    {"basis", SCHEMA_CHOICE, STAGE, .is_required = true, .offset = offsetof(Calendar, basis), .words = bases,
     .hint = N_("basis: rules where every year is computed, basis: years where only listed years are known")},
    {"from", SCHEMA_INTEGER, STAGE, .offset = offsetof(Calendar, from), .minimum = 1, .maximum = YEAR_MAX},
    {"to", SCHEMA_INTEGER, STAGE, .offset = offsetof(Calendar, to), .minimum = 1, .maximum = YEAR_MAX},
    {"weekend", SCHEMA_LIST, STAGE, .offset = offsetof(Calendar, weekend), .set = add_weekday},
    {"observed", SCHEMA_CHOICE, STAGE, .offset = offsetof(Calendar, observed), .words = observed},
    {"holidays", SCHEMA_LIST, STAGE, .offset = offsetof(Calendar, rules), .set = add_rule},
    {"years", SCHEMA_MAP, STAGE, .table = &years_table},
    {.key = NULL},
};
static const SchemaTable table = {N_("the calendar"), STAGE, fields, NULL};

/* What only shows when all keys have been read; then what the rules inherit. */
static void finish(const SchemaCheck *check, const YamlNode *root, Calendar *calendar)
{
    if (calendar->basis == CALENDAR_RULES && !yaml_get(root, "from"))
        schema_report(check, STAGE, SCHEMA_MISSING_KEY, root->at,
                      "basis: rules needs from: the first year for which the rules are right");
    if (calendar->from > calendar->to)
        schema_report(check, STAGE, SCHEMA_WRONG_VALUE, yaml_get(root, "from")->at, "from lies behind to");
    if (calendar->basis == CALENDAR_YEARS && !yaml_get(root, "years"))
        schema_report(check, STAGE, SCHEMA_MISSING_KEY, root->at, "basis: years needs years: with at least one year");
    if (!yaml_get(root, "weekend"))
        calendar->weekend[6] = calendar->weekend[7] = true;
    for (guint i = 0; i < calendar->rules->len; i++) {
        CalendarRule *rule = g_ptr_array_index(calendar->rules, i);

        if (rule->observed == CALENDAR_AS_THE_OTHERS)
            rule->observed = calendar->observed;
    }
}

Calendar *load_calendar_file(const char *path, Findings *findings)
{
    g_autoptr(YamlNode) root = yaml_load(path, STAGE, findings);
    g_autofree char *parent = g_path_get_dirname(path);
    g_autofree char *folder = g_canonicalize_filename(parent, NULL);
    const SchemaCheck check = {.findings = findings, .ids = law_file_ids, .folder = folder};
    g_autoptr(Calendar) calendar = NULL;

    if (!root)
        return NULL;
    calendar = calendar_new();
    calendar->at = position_make(path, 0, 0);
    schema_check(&check, &table, root, calendar);
    if (root->kind != YAML_NODE_MAP || !calendar->id)
        return NULL; /* reported */
    law_file_check_id(&check, root, calendar->id, path);
    finish(&check, root, calendar);
    return g_steal_pointer(&calendar);
}

Calendar *load_calendar(const char *id, Position at, const char *folder, const char *data, Findings *findings)
{
    g_autofree char *path = law_file_path(KIND, id, at, folder, data, findings);

    return path ? load_calendar_file(path, findings) : NULL;
}

char **load_calendar_names(const char *folder, const char *data)
{
    return law_file_names(KIND, folder, data);
}
