/* The shipped law data against the collected facts (shared/facts/law.yaml, or $BREACH_LAW_FACTS): every regime, step
 * and field of the facts is in our files with the same time limits, starts, conditions and confidence. Skipped where
 * the facts are not at hand: they are a collection with sources and doubts and no part of the project. */
#include "load_expect.h"

#include "base/clock.h"
#include "load/load_calendar.h"
#include "load/load_regime.h"
#include "load/load_severity.h"
#include "load/yaml.h"

static const char data[] = BREACH_SOURCE_DIR;

static YamlNode *facts; /* NULL: skipped */
static size_t wrong;    /* differences, all of which are printed */

static void check_same(const char *regime, const char *of, const char *what, const char *ours, const char *theirs)
{
    if (g_strcmp0(ours, theirs) == 0)
        return;
    print_error("%s %s: %s is %s, in the facts %s\n", regime, of, what, ours ? ours : "(none)",
                theirs ? theirs : "(none)");
    wrong++;
}

/* The text of a key; NULL where there is none, or null. */
static const char *get(const YamlNode *map, const char *key)
{
    const YamlNode *node = yaml_get(map, key);

    return node && node->kind == YAML_NODE_SCALAR && strcmp(node->text, "null") != 0 ? node->text : NULL;
}

/* A standard of "none" says that there is none. */
static const char *get_standard(const YamlNode *map)
{
    const char *text = get(map, "standard");

    return text && strcmp(text, "none") != 0 ? text : NULL;
}

static bool is_true(const YamlNode *map, const char *key)
{
    return g_strcmp0(get(map, key), "true") == 0;
}

/* "C; except day-1 (M)": the least sure of the marks that stand there; what is known from a draft alone is no more than
 * secondary. */
static RegimeConfidence confidence_of(const char *text)
{
    RegimeConfidence worst = strstr(text, "from draft") ? REGIME_SECONDARY : REGIME_CONFIRMED;

    for (const char *at = text; *at; at++) {
        bool is_alone = (at == text || !g_ascii_isalnum(at[-1])) && !g_ascii_isalnum(at[1]);

        if (is_alone && *at == 'M')
            worst = REGIME_MEMORY;
        else if (is_alone && *at == 'S')
            worst = MAX(worst, REGIME_SECONDARY);
    }
    return worst;
}

static void check_confidence(const char *regime, const char *of, RegimeConfidence ours, const YamlNode *node)
{
    const char *text = get(node, "conf");

    assert_non_null(text);
    check_same(regime, of, "confidence", regime_confidence_name(ours), regime_confidence_name(confidence_of(text)));
}

/* Conditions ------------------------------------------------------------------------------------------------------ */

static void append_operand(GString *output, const char *text)
{
    size_t name = strspn(text, "abcdefghijklmnopqrstuvwxyz_");
    size_t operator= strspn(text + name, "=!<>");
    const char *value = text + name + operator;

    if (*text == '!')
        g_string_append_printf(output, "%s != 'true'", text + 1);
    else if (operator== 0)
        g_string_append_printf(output, "%s == 'true'", text);
    else
        g_string_append_printf(output, g_ascii_isdigit(*value) ? "%.*s %.*s %s" : "%.*s %.*s '%s'", (int)name, text,
                               (int)operator, text + name, value);
}

/* The facts write "cii && level>=2" where a condition of ours is cii == 'true' && level >= 2. */
static char *condition_of(const char *text)
{
    GString *output = g_string_new(NULL);
    g_auto(GStrv) words = NULL;
    g_autoptr(GString) apart = g_string_new(text);

    g_string_replace(apart, "&&", " && ", 0);
    g_string_replace(apart, "||", " || ", 0);
    words = g_strsplit(apart->str, " ", -1);
    for (char **word = words; *word; word++) {
        if (!**word)
            continue;
        if (output->len > 0)
            g_string_append_c(output, ' ');
        if (strcmp(*word, "&&") == 0 || strcmp(*word, "||") == 0)
            g_string_append(output, *word);
        else
            append_operand(output, *word);
    }
    return g_string_free(output, FALSE);
}

/* Conditions that the facts give in words only ("you are a processor"). */
static const struct {
    const char *regime, *step, *condition;
} spelled_out[] = {
    {"eu-gdpr", "processor", "role == 'processor'"},
    {"uk-gdpr", "processor", "role == 'processor'"},
    {"ch-fadp", "processor", "role == 'processor'"},
    {"us-hipaa", "ba_60d", "role == 'processor'"},
    {"us-ca", "owner", "role == 'processor'"},
    {"sg-pdpa", "intermediary", "role == 'processor'"},
    {"jp-appi", "entrustee", "role == 'processor'"},
    {"tw-pdpa", "fsc_72h", "sector == 'financial'"},
    {"tw-pdpa", "moda_72h", "sector == 'digital_economy'"},
    {"cn-ndsr", "vuln_24h", "product_risk == 'true'"},
    {"us-hipaa", "urgent", "imminent_misuse == 'true'"},
    {"eu-dora", "clients", "financial_interests == 'true'"},
    {"eu-dora", "delay_notice", "deadline_missed == 'true'"},
    {"eu-dora", "reclassify", "reclassified == 'true'"},
    {"eu-nis2", "intermediate", "authority_asked == 'true'"},
    {"eu-nis2", "final_1m", "ongoing_at_final != 'true'"},
    {"eu-nis2", "progress_1m", "ongoing_at_final == 'true'"},
    {"eu-nis2", "final_after_handling", "ongoing_at_final == 'true'"},
    {"eu-nis2", "recipients", "services_affected == 'true'"},
    {"ch-isa", "complete_14d", "report_incomplete == 'true'"},
    {"br-lgpd", "complement_20bd", "report_incomplete == 'true'"},
    {"cn-cac-incident-2025", "supplement", "report_incomplete == 'true'"},
    {"cn-cac-incident-2025", "sector", "sector_rule == 'true'"},
    {"cn-plan-2017", "summary", "level >= 3"},
    {"eu-cra", "final_vuln_14d", "exploited_flaw == 'true'"},
    {"eu-cra", "final_incident_1m", "severe_incident == 'true'"},
    {"hk-cap653", "serious_12h", "core_function == 'true'"},
    {"hk-cap653", "other_48h", "core_function != 'true'"},
    {"kr-pipa", "possibility_72h", "people_unclear == 'true'"},
    {"ca-pipeda", "others", "harm == 'true' && others_can_help == 'true'"},
};

static char *expected_condition(const char *regime, const char *step, const YamlNode *node)
{
    const char *given = get(node, "cond");

    if (given)
        return condition_of(given);
    for (size_t i = 0; i < G_N_ELEMENTS(spelled_out); i++)
        if (strcmp(spelled_out[i].regime, regime) == 0 && strcmp(spelled_out[i].step, step) == 0)
            return g_strdup(spelled_out[i].condition);
    return NULL;
}

/* Steps ------------------------------------------------------------------------------------------------------------ */

static const char *count_name(RegimeCount count)
{
    static const char *const names[] = {"none", "hours", "calendar", "business", "months"};

    return names[count];
}

static const char *roll_name(RegimeRoll roll)
{
    static const char *const names[] = {"none", "next_working_day", "noon_next_working_day", "unknown"};

    return names[roll];
}

static void check_step(const Regime *regime, const RegimeStep *step, const YamlNode *node)
{
    g_autofree char *condition = expected_condition(regime->id, step->id, node);
    g_autofree char *from = regime_from_text(&step->from);
    g_autofree char *denied = step->roll_denied ? g_strjoinv(",", step->roll_denied) : NULL;
    const char *roll = get(node, "roll");
    const char *calendar = get(node, "calendar");

    check_same(regime->id, step->id, "to", step->to, get(node, "to"));
    check_same(regime->id, step->id, "due", step->due_text, get(node, "due"));
    check_same(regime->id, step->id, "standard", step->standard, get_standard(node));
    check_same(regime->id, step->id, "from", from, get(node, "from"));
    check_same(regime->id, step->id, "count", count_name(step->count), get(node, "count"));
    check_same(regime->id, step->id, "day_one", step->is_inclusive ? "inclusive" : "exclusive",
               get(node, "day_one") ? get(node, "day_one") : "exclusive");
    check_same(regime->id, step->id, "roll", roll_name(step->roll), roll ? roll : "none");
    check_same(regime->id, step->id, "roll_denied", denied, get(node, "roll_denied"));
    if (calendar)
        check_same(regime->id, step->id, "calendar", step->calendar ? step->calendar : regime->calendar, calendar);
    check_same(regime->id, step->id, "cond", step->cond_text, condition);
    check_same(regime->id, step->id, "group", step->group, get(node, "group"));
    check_same(regime->id, step->id, "group_rule",
               step->group_rule == REGIME_GROUP_LATE_CLASSIFICATION ? "late classification" : NULL,
               get(node, "group_rule") ? "late classification" : NULL);
    check_same(regime->id, step->id, "reference", step->reference, get(node, "ref"));
    assert_int_equal(step->repeats, is_true(node, "repeat"));
    assert_int_equal(step->is_latest, is_true(node, "latest"));
    assert_int_equal(step->is_soft, is_true(node, "soft"));
    assert_int_equal(step->late != NULL, get(node, "late") != NULL);
    check_confidence(regime->id, step->id, step->confidence, node);
}

static void check_steps(const Regime *regime, const YamlNode *steps)
{
    assert_int_equal(regime->steps->len, steps->items->len);
    for (guint i = 0; i < steps->items->len; i++) {
        const YamlNode *node = g_ptr_array_index(steps->items, i);
        const RegimeStep *step = regime_step(regime, get(node, "id"));

        if (step)
            check_step(regime, step, node);
        else
            check_same(regime->id, get(node, "id"), "the step", NULL, "there");
    }
}

/* Fields ----------------------------------------------------------------------------------------------------------- */

static char *join(const YamlNode *list)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new();

    for (guint i = 0; list && i < list->items->len; i++)
        g_ptr_array_add(words, ((const YamlNode *)g_ptr_array_index(list->items, i))->text);
    g_ptr_array_add(words, NULL);
    return g_strjoinv(",", (char **)words->pdata);
}

static void check_fields(const Regime *regime, const GPtrArray *fields, const YamlNode *list)
{
    if (fields->len != list->items->len) {
        print_error("%s: %u fields, in the facts %u\n", regime->id, fields->len, list->items->len);
        wrong++;
        return;
    }
    for (guint i = 0; i < fields->len; i++) {
        const RegimeField *field = g_ptr_array_index(fields, i);
        const YamlNode *node = g_ptr_array_index(list->items, i);
        g_autofree char *item = field->item > 0 ? g_strdup_printf("%d", field->item) : NULL;
        g_autofree char *stage = field->stage ? g_strjoinv(",", field->stage) : g_strdup("");
        g_autofree char *stages = join(yaml_get(node, "stage"));

        check_same(regime->id, field->id, "id", field->id, get(node, "id"));
        check_same(regime->id, field->id, "need", regime_need_name(field->need), get(node, "need"));
        check_same(regime->id, field->id, "item", item, get(node, "item"));
        check_same(regime->id, field->id, "exact", field->exact, get(node, "exact"));
        check_same(regime->id, field->id, "stage", stage, stages);
        assert_int_equal(field->may_defer, is_true(node, "defer"));
        assert_int_equal(field->if_text != NULL, get(node, "if") != NULL);
        if (get(node, "zh")) { /* the words of the law, in its language */
            const char *locale = g_str_has_prefix(regime->id, "cn-")   ? "zh-CN"
                                 : g_str_has_prefix(regime->id, "tw-") ? "zh-TW"
                                                                       : "ja";

            check_same(regime->id, field->id, locale, locale_text_get(field->text, locale), get(node, "zh"));
        }
    }
}

/* Regimes ---------------------------------------------------------------------------------------------------------- */

static void check_individuals(const Regime *regime, const YamlNode *node)
{
    check_same(regime->id, "individuals", "due", regime->individuals_due, get(node, "due"));
    check_same(regime->id, "individuals", "standard", regime->individuals_standard, get_standard(node));
    check_same(regime->id, "individuals", "from", regime->individuals_from, get(node, "from"));
}

static void check_sources(const Regime *regime, const YamlNode *list)
{
    g_autofree char *theirs = join(list);

    g_ptr_array_add(regime->sources, NULL);
    {
        g_autofree char *ours = g_strjoinv(",", (char **)regime->sources->pdata);

        check_same(regime->id, "", "sources", ours, theirs);
    }
    g_ptr_array_remove_index(regime->sources, regime->sources->len - 1);
}

static const char *computation_name(RegimeComputation computation)
{
    static const char *const names[] = {NULL, "eu-1182-71", "cn-civil-code", "us-sec-form-8k", "dora-rts-2025-301"};

    return names[computation];
}

/* Texts that the facts have and our file must have, too, in whatever words. */
static void check_texts(const Regime *regime, const YamlNode *node)
{
    const struct {
        const char *key;
        bool is_there;
    } texts[] = {
        {"citation", regime->citation != NULL}, {"authority", regime->authority != NULL},
        {"channel", regime->channel != NULL},   {"trigger", regime->trigger != NULL},
        {"sector", regime->sector != NULL},     {"substitute_notice", regime->substitute_notice != NULL},
        {"waiver", regime->waiver != NULL},     {"form_language", regime->language != NULL},
        {"records", regime->records != NULL},   {"notes", regime->notes != NULL},
        {"pending", regime->pending != NULL},   {"delays", regime->delays != NULL},
    };
    const YamlNode *thresholds = yaml_get(node, "thresholds");
    const YamlNode *forwarding = yaml_get(node, "forwarding_by_authorities");

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        check_same(regime->id, texts[i].key, "text", texts[i].is_there ? "there" : NULL,
                   get(node, texts[i].key) ? "there" : NULL);
    assert_int_equal(regime->thresholds->len, thresholds->items->len);
    assert_int_equal(regime->forwarding->len, forwarding ? forwarding->items->len : 0);
}

static void check_regime(const YamlNode *node)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(Regime) regime = load_regime(get(node, "id"), position_make(NULL, 0, 0), NULL, data, findings);
    g_autofree char *from = regime ? civil_day_format(regime->effective_from) : NULL;
    const char *effective = get(node, "effective");

    if (!regime) {
        check_same(get(node, "id"), "", "the regime", NULL, "there");
        return;
    }
    check_same(regime->id, "", "jurisdiction", regime->jurisdiction, get(node, "jurisdiction"));
    check_same(regime->id, "", "status", regime_status_name(regime->status), get(node, "status"));
    if (!g_str_has_prefix(from, effective ? effective : "")) /* of some only the year is known */
        check_same(regime->id, "", "effective_from", from, effective);
    check_same(regime->id, "", "clock_starts", regime->clock_starts, get(node, "clock_starts"));
    check_same(regime->id, "", "computation", computation_name(regime->computation), get(node, "computation"));
    check_same(regime->id, "", "severity_scale", regime->severity_scale, get(node, "severity_scale"));
    check_confidence(regime->id, "", regime->confidence, node);
    check_individuals(regime, yaml_get(node, "individual_deadline"));
    check_sources(regime, yaml_get(node, "sources"));
    check_texts(regime, node);
    check_steps(regime, yaml_get(node, "steps"));
    check_fields(regime, regime->regulator_fields, yaml_get(node, "regulator_fields"));
    check_fields(regime, regime->notice_fields, yaml_get(node, "notice_fields"));
}

static bool is_skipped(void)
{
    if (facts)
        return false;
    print_message("# skipped: the collected facts are not at hand\n");
    skip();
    return true;
}

static void test_regimes(void **state)
{
    const YamlNode *regimes;

    (void)state;
    if (is_skipped())
        return;
    regimes = yaml_get(facts, "regimes");
    assert_int_equal(regimes->items->len, 37);
    for (guint i = 0; i < regimes->items->len; i++)
        check_regime(g_ptr_array_index(regimes->items, i));
    assert_int_equal(wrong, 0);
}

/* Scales ------------------------------------------------------------------------------------------------------------
 */

static void check_threshold(const char *id, const char *key, const YamlNode *level)
{
    static const struct {
        const char *key, *variable;
    } names[] = {{"pi_people", "affected"},
                 {"users", "affected"},
                 {"sensitive_pi_people", "affected_sensitive"},
                 {"loss_cny", "loss_cny"},
                 {"cii_total_outage", "cii_total_outage"},
                 {"cii_main_function_outage", "cii_main_outage"},
                 {"telecom_outage", "telecom_outage"}};
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(SeverityScale) scale = load_severity(id, position_make(NULL, 0, 0), NULL, data, findings);
    const char *theirs = get(level, key);
    int64_t least = 0;

    if (!theirs || strcmp(theirs, "0") == 0)
        return;
    if (!clock_parse_duration(theirs, &least))
        least = g_ascii_strtoll(theirs, NULL, 10);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        for (guint c = 0; strcmp(names[i].key, key) == 0 && c < scale->criteria->len; c++) {
            const SeverityCriterion *criterion = g_ptr_array_index(scale->criteria, c);

            for (guint t = 0; t < criterion->thresholds->len; t++) {
                const SeverityThreshold *ours = &g_array_index(criterion->thresholds, SeverityThreshold, t);

                if (strcmp(criterion->variable, names[i].variable) == 0 &&
                    ours->level == (int)g_ascii_strtoll(get(level, "level"), NULL, 10) && ours->least == least)
                    return;
            }
        }
    check_same(id, get(level, "name"), key, NULL, theirs);
}

static void test_scales(void **state)
{
    static const char *const keys[] = {
        "pi_people",     "users", "sensitive_pi_people", "loss_cny", "cii_total_outage", "cii_main_function_outage",
        "telecom_outage"};
    const YamlNode *scales;

    (void)state;
    if (is_skipped())
        return;
    scales = yaml_get(facts, "severity_scales");
    for (guint i = 0; i < scales->entries->len; i++) {
        const YamlEntry *scale = g_ptr_array_index(scales->entries, i);
        const YamlNode *levels = yaml_get(scale->value, "levels");

        for (guint k = 0; levels && k < levels->items->len; k++)
            for (size_t j = 0; j < G_N_ELEMENTS(keys); j++)
                check_threshold(scale->key, keys[j], g_ptr_array_index(levels->items, k));
    }
    assert_int_equal(wrong, 0);
}

/* Calendar -----------------------------------------------------------------------------------------------------------
 */

static bool is_listed(const YamlNode *year, const char *key, CivilDay day)
{
    const YamlNode *list = yaml_get(year, key);

    for (guint i = 0; i < list->items->len; i++) {
        const YamlNode *item = g_ptr_array_index(list->items, i);
        bool is_day = item->kind == YAML_NODE_SCALAR;
        CivilDay start = CIVIL_DAY_NONE, end = CIVIL_DAY_NONE;

        assert_true(civil_day_parse(is_day ? item->text : get(item, "start"), &start));
        assert_true(civil_day_parse(is_day ? item->text : get(item, "end"), &end));
        if (day >= start && day <= end)
            return true;
    }
    return false;
}

/* Every day of the year of the facts. */
static void test_calendar(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(Calendar) calendar = load_calendar("cn", position_make(NULL, 0, 0), NULL, data, findings);
    const YamlNode *year;

    (void)state;
    if (is_skipped())
        return;
    year = yaml_get(yaml_get(yaml_get(yaml_get(facts, "calendars"), "cn"), "years"), "2026");
    for (CivilDay day = civil_day_make(2026, 1, 1); day <= civil_day_make(2026, 12, 31); day++) {
        bool is_weekend = civil_day_weekday(day) >= 6;
        bool is_workday = is_listed(year, "work_days", day) || (!is_weekend && !is_listed(year, "rest_days", day));

        assert_int_equal(calendar_day(calendar, day), is_workday ? CALENDAR_WORKDAY : CALENDAR_REST);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_regimes),
        cmocka_unit_test(test_scales),
        cmocka_unit_test(test_calendar),
    };
    const char *given = g_getenv("BREACH_LAW_FACTS");
    const char *path = given ? given : BREACH_SOURCE_DIR "/../shared/facts/law.yaml";
    g_autoptr(Findings) findings = findings_new();
    int failed;

    if (g_file_test(path, G_FILE_TEST_EXISTS))
        facts = yaml_load(path, FINDING_FACTS, findings);
    failed = cmocka_run_group_tests(tests, expect_make_home, expect_remove_home);
    yaml_node_free(facts);
    return failed;
}
