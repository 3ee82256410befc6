#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/language.h"
#include "base/text.h"
#include "cli/drilling_private.h"
#include "cli/exit_code.h"
#include "cli/obligations.h"
#include "cli/output.h"
#include "model/obligation.h"

typedef bool PlayStep(Drill *drill, const DrillEntry *entry, GError **error);

/* What is told of a step: its own words, or ours. */
static void tell(Drill *drill, const DrillEntry *entry, const char *kind, const char *text)
{
    drilling_say(drill, entry->at, kind, drilling_who(drill, entry->step->by), -1,
                 drilling_said(entry->step->says, text));
}

int drilling_type(Drill *drill, int64_t at, const char *who, const char *const *words)
{
    g_autofree char *text = drill_command_line(words);
    int code = drill_command_type(&drill->desk, words);

    drilling_say(drill, at, "command", who, code, text);
    if (code >= EXIT_CODE_USAGE && code != EXIT_CODE_OPEN)
        output_message(N_("warning: %s ended with exit %d: what it said stands in %s"), text, code,
                       drill->folder->transcript);
    return code;
}

/* Faults ---------------------------------------------------------------------------------------------------------- */

static bool play_fault(Drill *drill, const DrillEntry *entry, GError **error)
{
    static const char *const words[] = {
        [SCENARIO_RELAY_DOWN] = "%s: the gateway answers nobody",
        [SCENARIO_RELAY_UP] = "%s: the gateway is back",
        [SCENARIO_THROTTLE] = "%s: the gateway takes only a few messages a second",
        [SCENARIO_DEAD] = "%s: a part of the addresses is dead",
    };
    const ScenarioStep *step = entry->step;
    g_autoptr(GString) text = g_string_new(words[step->what]);

    (void)error;
    g_string_replace(text, "%s", step->channel ? step->channel : "email", 1);
    tell(drill, entry, "fault", text->str);
    return true;
}

static bool play_absent(Drill *drill, const DrillEntry *entry, GError **error)
{
    const ScenarioStep *step = entry->step;
    const DrillAbsence absence = {step->role, entry->at, step->lasts > 0 ? entry->at + step->lasts : 0, step->deputy};
    g_autofree char *text = g_strdup_printf("%s cannot be reached", drilling_who(drill, step->role));

    (void)error;
    g_array_append_val(drill->absences, absence);
    tell(drill, entry, "fault", text);
    return true;
}

/* When a step of somebody who is away is done after all; -1: they are not away. INT64_MAX: never. */
static int64_t done_at(const Drill *drill, const DrillEntry *entry)
{
    for (guint i = 0; entry->step->by && !entry->by_deputy && i < drill->absences->len; i++) {
        const DrillAbsence *absence = &g_array_index(drill->absences, DrillAbsence, i);
        int64_t back = absence->until > 0 ? absence->until : INT64_MAX;

        if (strcmp(absence->role, entry->step->by) == 0 && entry->at >= absence->from && entry->at < back)
            return absence->deputy > 0 ? MIN(back, entry->at + absence->deputy) : back;
    }
    return -1;
}

/* In English, since it stands in the record: "1 h 0 min". */
static char *english_span(int64_t span)
{
    int hours = (int)(span / CLOCK_HOUR), minutes = (int)(span % CLOCK_HOUR / CLOCK_MINUTE);

    return hours > 0 ? g_strdup_printf("%d h %d min", hours, minutes) : g_strdup_printf("%d min", minutes);
}

/* Somebody who is away does nothing: their deputy does it later, or they do when they are back. true: it waits. */
static bool put_off(Drill *drill, const DrillEntry *entry)
{
    int64_t at = done_at(drill, entry);
    const char *what = drilling_said(entry->step->says, scenario_do_names()[entry->step->what]);
    g_autofree char *wait = at > 0 ? english_span(at - entry->at) : NULL;
    g_autofree char *text = NULL;

    if (at < 0)
        return false;
    if (at >= drill->end)
        text = g_strdup_printf("away, and nobody does it instead: %s", what);
    else
        text = g_strdup_printf("away: it is done %s later: %s", wait, what);
    drilling_say(drill, entry->at, "absent", drilling_who(drill, entry->step->by), -1, text);
    if (at < drill->end)
        drilling_add(drill, entry->step, at, true);
    return true;
}

/* The incident ---------------------------------------------------------------------------------------------------- */

static bool play_grow(Drill *drill, const DrillEntry *entry, GError **error)
{
    g_autofree char *more = text_grouped(entry->step->people);
    g_autofree char *text = g_strdup_printf("%s more people are affected", more);

    if (!drill_folder_grow(drill->folder, entry->step->people, error))
        return false;
    tell(drill, entry, "scope", text);
    return true;
}

static bool play_edit(Drill *drill, const DrillEntry *entry, GError **error)
{
    const ScenarioStep *step = entry->step;
    g_autofree char *text = g_strdup_printf("the playbook is changed: %s", step->key ? step->key : step->find);
    int64_t told;

    if (!drill_folder_edit(drill->folder, step, error) || !drilling_look(drill, error))
        return false;
    told = drill->counts.told[TOLD_ACCEPTED] + drill->counts.told[TOLD_DELIVERED];
    if (step->corrects)
        drill->mistaken = MAX(drill->mistaken, told);
    tell(drill, entry, "edit", text);
    return true;
}

/* People ---------------------------------------------------------------------------------------------------------- */

static bool play_sending(Drill *drill, const DrillEntry *entry, GError **error)
{
    (void)error;
    drill->is_sending = entry->step->what == SCENARIO_NOTIFY;
    drill->last_code = -1;
    tell(drill, entry, "sending",
         drill->is_sending ? "breach notify is started, and kept running" : "breach notify is stopped");
    return true;
}

static bool play_run(Drill *drill, const DrillEntry *entry, GError **error)
{
    (void)error;
    if (entry->step->says)
        tell(drill, entry, "note", NULL);
    drilling_type(drill, entry->at, drilling_who(drill, entry->step->by), (const char *const *)entry->step->command);
    return true;
}

static void file_one(Drill *drill, const DrillEntry *entry, const char *id, bool is_late)
{
    const char *who = drilling_who(drill, entry->step->by ? entry->step->by : "on-call");
    const char *words[] = {"obligations",
                           "file",
                           id,
                           "--at",
                           "NOW",
                           "--by",
                           who,
                           "--channel",
                           "web",
                           "--reference",
                           "drill",
                           is_late ? "--reason" : NULL,
                           "filed late in the drill",
                           NULL};

    drilling_type(drill, entry->at, who, words);
}

/* Reports to authorities that are due within the time; people are told by breach notify. */
static bool is_wanted(const Obligation *obligation, int64_t within)
{
    const RegimeClockResult *clock = obligation->clock;

    if (!obligation->step || g_strcmp0(obligation->step->to, "individuals") == 0 || clock->is_filed ||
        (clock->state != REGIME_DUE && clock->state != REGIME_OVERDUE))
        return false;
    return within == 0 || !clock->has_due || clock->remaining <= within;
}

static bool play_file(Drill *drill, const DrillEntry *entry, GError **error)
{
    const Options options = {.argument = drill->desk.playbook, .state = drill->desk.state};
    g_autoptr(Workspace) workspace = NULL;
    g_autoptr(Lawbook) lawbook = NULL;
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) late = g_ptr_array_new();

    if (entry->step->says)
        tell(drill, entry, "note", NULL);
    workspace = workspace_open(&options);
    lawbook = drilling_lawbook(workspace, error);
    if (!lawbook)
        return false;
    for (guint i = 0; i < lawbook->obligations->len; i++) {
        const Obligation *obligation = g_ptr_array_index(lawbook->obligations, i);
        bool is_named = g_strcmp0(entry->step->id, obligation->id) == 0;

        if (entry->step->id ? is_named : is_wanted(obligation, entry->step->within)) {
            g_ptr_array_add(ids, g_strdup(obligation->id));
            g_ptr_array_add(late, GINT_TO_POINTER(obligation->clock->state == REGIME_OVERDUE));
        }
    }
    for (guint i = 0; i < ids->len; i++)
        file_one(drill, entry, g_ptr_array_index(ids, i), GPOINTER_TO_INT(g_ptr_array_index(late, i)) != 0);
    if (ids->len == 0)
        drilling_say(drill, entry->at, "note", drilling_who(drill, entry->step->by), -1, "no report is due");
    return true;
}

static bool play_ask(Drill *drill, const DrillEntry *entry, GError **error)
{
    const ScenarioStep *ask = entry->step;
    int64_t took = 0;
    const ScenarioChoice *choice = drilling_ask(drill, ask, &took);
    int64_t at = drilling_now(drill) + took;

    if (!choice)
        return drilling_stopped(error);
    sim_clock_to(drill->clock, at);
    drilling_say(drill, at, "decision", drilling_who(drill, ask->role), -1, drilling_said(choice->says, choice->id));
    for (guint i = 0; i < choice->steps->len; i++) {
        const ScenarioStep *step = g_ptr_array_index(choice->steps, i);

        if (step->what <= SCENARIO_DEAD)
            stage_add(drill->stage, step, at + step->at);
        drilling_add(drill, step, at + step->at, false);
    }
    return true;
}

static PlayStep *const plays[SCENARIO_DOES] = {
    [SCENARIO_RELAY_DOWN] = play_fault, [SCENARIO_RELAY_UP] = play_fault, [SCENARIO_THROTTLE] = play_fault,
    [SCENARIO_DEAD] = play_fault,       [SCENARIO_ABSENT] = play_absent,  [SCENARIO_GROW] = play_grow,
    [SCENARIO_EDIT] = play_edit,        [SCENARIO_NOTIFY] = play_sending, [SCENARIO_STOP] = play_sending,
    [SCENARIO_RUN] = play_run,          [SCENARIO_FILE] = play_file,      [SCENARIO_ASK] = play_ask,
};

bool drilling_step(Drill *drill, const DrillEntry *entry, GError **error)
{
    return put_off(drill, entry) || plays[entry->step->what](drill, entry, error);
}
