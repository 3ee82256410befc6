/* breach clock: the arithmetic of a regime without a playbook. */
#include <string.h>

#include "base/error.h"
#include "base/language.h"
#include "base/text.h"
#include "cli/clock_given.h"
#include "cli/clock_print.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/installation.h"
#include "cli/output.h"
#include "load/load_regime.h"

#define HERE "" /* without a playbook, what lies in the current folder is looked for first */

static void free_regime(void *regime)
{
    regime_free(regime);
}

static void free_result(void *result)
{
    regime_clock_result_free(result);
}

static int refuse(GError *error, int code)
{
    output_refusal(error);
    return code;
}

static bool is_path(const char *text)
{
    return strchr(text, '/') || g_str_has_suffix(text, ".yaml");
}

/* A regime's file lies in `regimes`, beside `calendars` and `severity`. */
static char *folder_of(const char *path)
{
    g_autofree char *parent = g_path_get_dirname(path);
    g_autofree char *folder = g_canonicalize_filename(parent, NULL);

    return g_path_get_dirname(folder);
}

/* --list ----------------------------------------------------------------------------------------------------------- */

static int list(const Options *options, const char *data)
{
    g_auto(GStrv) names = load_regime_names(HERE, data);
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(GPtrArray) regimes = g_ptr_array_new_with_free_func(free_regime);

    for (char **name = names; *name; name++) {
        Regime *regime = load_regime(*name, position_make(NULL, 0, 0), HERE, data, findings);

        if (regime)
            g_ptr_array_add(regimes, regime);
    }
    output_findings(findings);
    if (options->json)
        clock_print_list_json(regimes);
    else
        clock_print_list(regimes);
    return findings_errors(findings, FINDING_SEND) > 0 ? EXIT_CODE_INPUT : EXIT_CODE_TOLD;
}

/* Clocks ----------------------------------------------------------------------------------------------------------- */

static void add_result(ClockGiven *given, const char *id, GPtrArray *results)
{
    RegimeClockRequest request = clock_given_request(given, id);

    g_ptr_array_add(results, regime_clock(&request));
}

static int by_tightness(const void *a, const void *b)
{
    return regime_clock_compare(*(const RegimeClockResult *const *)a, *(const RegimeClockResult *const *)b);
}

/* A group is shown as one where more than one of its limbs has a number. */
static bool is_combined(const Regime *regime, const char *id)
{
    guint limbs = 0;

    for (guint i = 0; i < regime->steps->len; i++) {
        const RegimeStep *step = g_ptr_array_index(regime->steps, i);

        limbs += g_strcmp0(step->group, id) == 0 && step->due > 0 ? 1 : 0;
    }
    return limbs > 1;
}

static void add_limbs(ClockGiven *given, const char *group, GPtrArray *results)
{
    for (guint i = 0; i < given->regime->steps->len; i++) {
        const RegimeStep *step = g_ptr_array_index(given->regime->steps, i);

        if (g_strcmp0(step->group, group) == 0)
            add_result(given, step->id, results);
    }
}

/* What was asked for first, then its limbs; everything, tightest first, when nothing was. */
static GPtrArray *compute(ClockGiven *given, const char *id)
{
    GPtrArray *results = g_ptr_array_new_with_free_func(free_result);
    g_autofree const char **ids = regime_step_ids(given->regime);

    if (id) {
        add_result(given, id, results);
        if (!regime_step(given->regime, id))
            add_limbs(given, id, results);
        return results;
    }
    for (const char **each = ids; *each; each++)
        if (regime_step(given->regime, *each) || is_combined(given->regime, *each))
            add_result(given, *each, results);
    g_ptr_array_sort(results, by_tightness);
    return results;
}

/* A count that reached a year nobody knows: each calendar and year once. */
static bool report_missing(const GPtrArray *results)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    bool any = false;

    for (guint i = 0; i < results->len; i++) {
        const RegimeClockResult *clock = g_ptr_array_index(results, i);
        g_autofree char *key =
            g_strdup_printf("%s %d", clock->missing_calendar ? clock->missing_calendar : "", clock->missing_year);

        if (!clock->missing_calendar || !g_hash_table_add(seen, g_steal_pointer(&key)))
            continue;
        any = true;
        if (clock->missing_year > 0)
            output_refusal(
                error_make(BREACH_ERROR_INPUT, "clock-year",
                           "%s: calendar %s has no data for %d: add that year to calendars/%s.yaml; no last day "
                           "is guessed",
                           clock->id, clock->missing_calendar, clock->missing_year, clock->missing_calendar));
        else
            output_refusal(error_make(BREACH_ERROR_INPUT, "clock-calendar",
                                      "%s counts in working days, and there is no calendar%s%s: add --calendar NAME",
                                      clock->id, *clock->missing_calendar ? " " : "", clock->missing_calendar));
    }
    return any;
}

static int exit_of(const GPtrArray *results)
{
    for (guint i = 0; i < results->len; i++)
        if (((const RegimeClockResult *)g_ptr_array_index(results, i))->state == REGIME_OVERDUE)
            return EXIT_CODE_NOT_ALL;
    return EXIT_CODE_TOLD;
}

static void repeat(GString *typed, const char *option, const char *value)
{
    g_autofree char *word = value ? text_shell_word(value) : NULL;

    if (word)
        g_string_append_printf(typed, " --%s %s", option, word);
}

static void repeat_all(GString *typed, const char *option, const OptionList *list)
{
    for (size_t i = 0; i < list->count; i++) { /* NAME=VALUE: only the value may need quotes */
        g_auto(GStrv) halves = g_strsplit(list->values[i], "=", 2);
        g_autofree char *value = text_shell_word(halves[1] ? halves[1] : "");

        g_string_append_printf(typed, " --%s %s=%s", option, halves[0], value);
    }
}

/* The regime with all that was given about it: what is to be typed next keeps it. */
static char *typed_of(const Options *options)
{
    GString *typed = g_string_new(NULL);
    g_autofree char *regime = text_shell_word(options->argument);

    g_string_append(typed, regime);
    repeat_all(typed, "anchor", &options->anchors);
    repeat_all(typed, "set", &options->variables);
    repeat_all(typed, "filed", &options->filings);
    repeat(typed, "zone", options->zone);
    repeat(typed, "calendar", options->calendar);
    repeat(typed, "now", options->now);
    return g_string_free(typed, FALSE);
}

static int show(const Options *options, ClockGiven *given, const char *id)
{
    g_autoptr(GPtrArray) results = compute(given, id);
    g_autofree char *path = typed_of(options);
    bool is_incomplete;

    if (options->json)
        clock_print_json(given, results);
    else
        clock_print(given, results, path);
    output_findings(given->findings);
    is_incomplete = report_missing(results) || findings_errors(given->findings, FINDING_SEND) > 0;
    return is_incomplete ? EXIT_CODE_INPUT : exit_of(results);
}

static int compute_regime(const Options *options, const char *data)
{
    const bool from_path = is_path(options->argument);
    g_autofree char *folder = from_path ? folder_of(options->argument) : g_strdup(HERE);
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(Regime) regime = from_path
                                   ? load_regime_file(options->argument, findings)
                                   : load_regime(options->argument, position_make(NULL, 0, 0), folder, data, findings);
    g_autoptr(ClockGiven) given = NULL;
    GError *error = NULL;

    if (!regime || findings_errors(findings, FINDING_SEND) > 0) {
        output_findings(findings);
        return EXIT_CODE_INPUT;
    }
    if (options->words[0] && !clock_given_check_step(regime, options->words[0], &error))
        return refuse(error, EXIT_CODE_INPUT);
    given = clock_given_new(options, regime, folder, data, findings, &error);
    if (!given || !clock_given_check_days(given, options->words[0], &error))
        return refuse(error, EXIT_CODE_INPUT);
    if (findings_errors(findings, FINDING_SEND) > 0) {
        output_findings(findings);
        return EXIT_CODE_INPUT;
    }
    return show(options, given, options->words[0]);
}

static int run(const Options *options)
{
    g_autofree char *data = installation_data();

    if (options->every && options->argument)
        return refuse(
            error_make(BREACH_ERROR_INPUT, "clock-usage", "--list shows all regimes: leave %s out", options->argument),
            EXIT_CODE_USAGE);
    if (options->every)
        return list(options, data);
    if (!options->argument)
        return refuse(error_make(BREACH_ERROR_INPUT, "clock-usage",
                                 "which regime? type breach clock --list, then breach clock REGIME --anchor NAME=TIME"),
                      EXIT_CODE_USAGE);
    if (options->words[1])
        return refuse(error_make(BREACH_ERROR_INPUT, "clock-usage", "one step or group at a time: %s is too much",
                                 options->words[1]),
                      EXIT_CODE_USAGE);
    return compute_regime(options, data);
}

static const char *const options[] = {"anchor", "set",  "filed", "zone", "calendar",
                                      "now",    "list", "json",  "help", NULL};

const Command cmd_clock = {
    .name = "clock",
    .run = run,
    .argument = "[REGIME]",
    .words = "[STEP]",
    .summary = N_("compute when a report is due under a law or a contract, without a playbook"),
    .description = N_("REGIME is a name that --list shows, or the path of a regime's file. Its steps are shown with "
                      "the tightest clock\n"
                      "first, each with the rule, where it starts, and the arithmetic. What the law counts from is "
                      "given with --anchor,\n"
                      "what decides whether a step applies with --set, what has been filed with --filed. What is not "
                      "known is said, and\n"
                      "never guessed. None of this is legal advice."),
    .options = options,
    .exits = N_("0 nothing is overdue, 1 something is, 64 usage, 65 bad input or a calendar year without data."),
};
