/* breach drill: a rehearsal with scripted faults and a score. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/language.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/drill_command.h"
#include "cli/drilling.h"
#include "cli/exit_code.h"
#include "cli/installation.h"
#include "cli/obligations.h"
#include "cli/output.h"
#include "cli/workspace.h"
#include "dispatch/freeze.h"
#include "drill/drill_record.h"
#include "drill/scenario_words.h"
#include "drill/score.h"
#include "load/load_participants.h"
#include "load/load_scenario.h"
#include "model/regime.h"

#define SEED_DEFAULT "1"

static int fail(const GError *error)
{
    output_message("error: %s", error->message);
    return exit_code_of(error);
}

static int misused(const char *what, const char *playbook)
{
    g_autoptr(GError) error = error_make(
        BREACH_ERROR_INPUT, "usage-missing",
        "%s is missing: type breach drill %s --scenario NAME; breach drill --list shows those that there are", what,
        playbook);

    output_message("error: %s", error->message);
    return EXIT_CODE_USAGE;
}

/* The list -------------------------------------------------------------------------------------------------------- */

static json_t *scenario_json(const char *name, const Scenario *scenario)
{
    const char *title = scenario->title ? regime_text(scenario->title, "en") : NULL;
    const char *story = scenario->story ? regime_text(scenario->story, "en") : NULL;

    return json_pack("{s:s, s:s?, s:s?, s:o, s:I, s:s}", "name", name, "title", title, "story", story, "words",
                     scenario_words(scenario), "lasts_s", (json_int_t)(scenario->lasts / CLOCK_SECOND), "path",
                     scenario->path);
}

static void print_scenario(const char *name, const Scenario *scenario)
{
    g_autofree char *padded = text_padded(name, 36);
    g_autofree char *span = clock_format_span(scenario->lasts);

    printf("%s %s (%s)\n", padded, regime_text(scenario->title, language_name()), span);
}

static int list_scenarios(const Options *options)
{
    g_autofree char *folder = options->argument ? g_path_get_dirname(options->argument) : NULL;
    g_autofree char *data = installation_data();
    g_auto(GStrv) names = load_scenario_names(folder, data);
    json_t *list = json_array();

    for (char **name = names; *name; name++) {
        g_autoptr(Findings) findings = findings_new();
        g_autoptr(Scenario) scenario = load_scenario(*name, folder, data, findings);

        output_findings(findings);
        if (scenario)
            json_array_append_new(list, scenario_json(*name, scenario));
        if (scenario && !options->json)
            print_scenario(*name, scenario);
    }
    if (options->json)
        output_json(json_pack("{s:s, s:O}", "schema", "breach.drill_list/1", "scenarios", list));
    else
        output_verdict(_("a drill is played against the playbook that you name"),
                       "breach drill PLAYBOOK --scenario NAME");
    json_decref(list);
    return EXIT_CODE_TOLD;
}

/* The history ----------------------------------------------------------------------------------------------------- */

static char *records_folder(const Options *options)
{
    g_autofree char *absolute = options->argument ? g_canonicalize_filename(options->argument, NULL) : NULL;
    g_autofree char *folder = absolute ? g_path_get_dirname(absolute) : NULL;

    return options->out ? g_canonicalize_filename(options->out, NULL)
                        : g_build_filename(folder, DRILL_RECORD_FOLDER, NULL);
}

static json_t *history_json(const GPtrArray *records)
{
    static const char *const kept[] = {"played_at", "incident", "scenario", "seed",      "people",
                                       "targets",   "score",    "passed",   "elapsed_ms"};
    json_t *list = json_array();

    for (guint i = 0; i < records->len; i++) {
        json_t *entry = json_object();

        for (size_t j = 0; j < G_N_ELEMENTS(kept); j++)
            json_object_set(entry, kept[j], json_object_get(g_ptr_array_index(records, i), kept[j]));
        json_array_append_new(list, entry);
    }
    return json_pack("{s:s, s:o}", "schema", "breach.drill_history/1", "drills", list);
}

static int show_history(const Options *options)
{
    g_autofree char *folder = records_folder(options);
    int passed = 0;
    g_autoptr(GPtrArray) records = drill_record_read(folder, &passed);
    g_autofree char *text = drill_record_history(records);
    g_autofree char *word = text_shell_word(options->argument);
    g_autofree char *next = g_strdup_printf("breach drill %s --scenario NAME", word);
    g_autofree char *verdict = NULL;

    if (passed > 0)
        output_message(N_("warning: %d entries of %s are no records of a drill, and were passed over"), passed, folder);
    if (options->json) {
        output_json(history_json(records));
        return EXIT_CODE_TOLD;
    }
    fputs(text, stdout);
    verdict = records->len > 0 ? g_strdup_printf(_("drills: %u, in %s"), records->len, folder)
                               : g_strdup_printf(_("no drill has been recorded in %s"), folder);
    output_verdict(verdict, next);
    return EXIT_CODE_TOLD;
}

/* Playing --------------------------------------------------------------------------------------------------------- */

/* What a story types has to be a command, before the first minute of it is played. */
static void check_commands(const GPtrArray *steps, Findings *findings)
{
    for (guint i = 0; i < steps->len; i++) {
        const ScenarioStep *step = g_ptr_array_index(steps, i);
        g_autoptr(GError) error = NULL;

        if (step->command && !drill_command_check((const char *const *)step->command, &error))
            findings_error(findings, FINDING_FACTS, "scenario-command", step->place, "%s", error->message);
        for (guint j = 0; j < step->choices->len; j++)
            check_commands(((const ScenarioChoice *)g_ptr_array_index(step->choices, j))->steps, findings);
    }
}

static void print_score(const json_t *record)
{
    size_t i;
    json_t *line;

    putchar('\n');
    json_array_foreach(json_object_get(record, "targets"), i, line)
    {
        g_autofree char *wanted = score_wanted(line), *got = score_got(line);
        g_autofree char *title = text_padded(score_title(line), 22), *column = text_padded(got, 28);
        bool is_met = json_is_true(json_object_get(line, "met"));
        g_autofree char *verdict = text_padded(is_met ? _("met") : _("missed"), 6);

        printf("%s %s %s %s (%.1f / %.1f)\n", verdict, title, column, wanted,
               json_number_value(json_object_get(line, "points")), json_number_value(json_object_get(line, "of")));
    }
    putchar('\n');
}

static int show(const Options *options, json_t *record, const char *path, const char *transcript)
{
    bool is_passed = json_is_true(json_object_get(record, "passed"));
    g_autofree char *verdict = drill_record_verdict(record);
    g_autofree char *word = text_shell_word(options->argument);
    g_autofree char *next = g_strdup_printf("breach drill %s --history", word);

    if (options->json) {
        json_object_set_new(record, "record", json_string(path));
        json_object_set_new(record, "transcript", json_string(transcript));
        json_object_set_new(record, "verdict", json_string(verdict));
        json_object_set_new(record, "next", json_string(next));
        output_json(record);
    } else {
        print_score(record);
        printf(_("what every command said: %s\n"), transcript);
        printf(_("the record: %s\n"), path);
        output_verdict(verdict, next);
        json_decref(record);
    }
    return is_passed ? EXIT_CODE_TOLD : EXIT_CODE_NOT_ALL;
}

/* A role with a slip of the pen would never be asked, and nobody would notice. */
static void check_roles(const DrillRequest *request)
{
    g_autoptr(GPtrArray) roles = scenario_roles(request->scenario);
    const char *const *names = (const char *const *)roles->pdata;

    for (guint i = 0; request->participants && i < request->participants->len; i++) {
        const char *role = ((const Participant *)g_ptr_array_index(request->participants, i))->role;
        const char *nearest = text_nearest(role, names);

        if (g_strv_contains(names, role))
            continue;
        if (nearest)
            output_message(N_("warning: nobody has the role %s in this story: did you mean %s?"), role, nearest);
        else
            output_message(N_("warning: nobody has the role %s in this story"), role);
    }
}

/* The story before its first minute, but not to those who are to decide in it: it says what will happen. */
static void print_story(const DrillRequest *request)
{
    const Scenario *scenario = request->scenario;

    printf(_("EXERCISE: %s, seed %s: nobody is told anything\n\n"), regime_text(scenario->title, language_name()),
           request->seed);
    if (scenario->story && !request->participants)
        printf("%s\n\n", regime_text(scenario->story, language_name()));
}

static int play(const Options *options, const DrillRequest *request)
{
    g_autofree char *folder = records_folder(options);
    g_autofree char *path = NULL, *transcript = NULL;
    g_autoptr(GError) error = NULL;
    json_t *record;

    if (!drill_record_folder(folder, &error)) /* before a minute is spent on what could not be kept */
        return fail(error);
    check_roles(request);

    if (options->participants && !isatty(STDIN_FILENO))
        output_message("there is no terminal to ask on: what the scenario decides is played");
    if (!options->json)
        print_story(request);
    record = drilling_play(request, &transcript, &error);
    obligations_stand_beside(NULL); /* the clocks of the drill are over; those of the incident are not meant */
    if (!record)
        return fail(error);
    if (!drill_record_write(folder, record, request->scenario->path, &path, &error)) {
        json_decref(record);
        return fail(error);
    }
    return show(options, record, path, transcript);
}

/* What stops notify stops a drill of it, and is found before the first minute is played. */
static bool is_playable(const Workspace *workspace)
{
    FreezeSummary summary;

    if (!workspace->material || !workspace->folder || findings_errors(workspace->findings, FINDING_SEND) > 0)
        return false;
    freeze_check(workspace->material, clock_now(clock_system()), NULL, &summary, workspace->findings);
    return findings_errors(workspace->findings, FINDING_SEND) == 0;
}

static int load_and_play(const Options *options)
{
    Options rehearsal = *options;
    g_autofree char *folder = g_path_get_dirname(options->argument);
    g_autofree char *data = installation_data();
    g_autoptr(Workspace) workspace = NULL;
    g_autoptr(Scenario) scenario = NULL;
    g_autoptr(GPtrArray) participants = NULL;

    rehearsal.dry_run = true;
    workspace = workspace_open(&rehearsal);
    scenario = load_scenario(options->scenario, folder, data, workspace->findings);
    if (scenario)
        check_commands(scenario->steps, workspace->findings);
    if (options->participants)
        participants = load_participants(options->participants, workspace->findings);
    if (!scenario || !is_playable(workspace))
        return workspace_fail(workspace, NULL);
    return play(options, &(DrillRequest){.workspace = workspace,
                                         .scenario = scenario,
                                         .participants = participants,
                                         .seed = options->seed ? options->seed : SEED_DEFAULT});
}

static int run(const Options *options)
{
    if (options->scenarios)
        return list_scenarios(options);
    if (!options->argument)
        return misused("PLAYBOOK", "PLAYBOOK");
    if (options->history)
        return show_history(options);
    return options->scenario ? load_and_play(options) : misused("--scenario", options->argument);
}

static const char *const names[] = {"scenario", "participants", "seed", "list", "history",
                                    "out",      "state",        "json", "help", NULL};

const Command cmd_drill = {
    .name = "drill",
    .run = run,
    .argument = "[PLAYBOOK]",
    .summary = N_("play an incident with scripted faults on a fast clock, and score it"),
    .description =
        N_("Plays a scenario against the playbook: what goes wrong and what people do about it, at their times, on a\n"
           "clock that lets days pass in a minute. Everything is done by the commands that a person types, on a copy,\n"
           "to embedded gateways: nobody is told anything, and the incident and its rehearsals stay as they are. With\n"
           "--participants and a terminal, people decide; else the scenario does. The dated record is kept in drills\n"
           "beside the playbook. The same seed plays the same drill."),
    .options = names,
    .exits = N_("0 every target is met, 1 a target is missed, 64 usage, 65 bad input, 70 our bug, 73 cannot write,\n"
                "75 stopped, or another drill is playing, 78 bad set-up"),
};
