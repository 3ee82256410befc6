#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/language.h"
#include "cli/drilling_private.h"
#include "load/load_participants.h"
#include "model/regime.h"

const char *drilling_who(const Drill *drill, const char *role)
{
    const char *name = load_participants_name(drill->request->participants, role);

    return name ? name : role;
}

const char *drilling_said(const LocaleText *says, const char *otherwise)
{
    return says ? regime_text(says, "en") : otherwise;
}

/* On standard error, since standard output is for data. */
static void print_question(const Drill *drill, const ScenarioStep *ask, const char *name)
{
    g_autofree char *after = clock_format_span(drilling_now(drill) - drill->start);

    fprintf(stderr, "\n%s%s%s%s (%s)\n", _("EXERCISE: "), after, _(": "), name, scenario_word(drill->words, ask->role));
    if (ask->says)
        fprintf(stderr, "%s\n", regime_text(ask->says, language_name()));
    fprintf(stderr, "%s\n", _("What do you do?"));
    for (guint i = 0; i < ask->choices->len; i++) {
        const ScenarioChoice *choice = g_ptr_array_index(ask->choices, i);

        fprintf(stderr, "  %u  %s\n", i + 1, regime_text(choice->says, language_name()));
    }
}

/* The choice that an answer means: its number or its id. */
static const ScenarioChoice *read_answer(const ScenarioStep *ask, char *answer)
{
    guint64 number = 0;

    g_strstrip(answer);
    if (g_ascii_string_to_unsigned(answer, 10, 1, ask->choices->len, &number, NULL))
        return g_ptr_array_index(ask->choices, (guint)number - 1);
    return scenario_choice(ask, answer);
}

static volatile sig_atomic_t stop_asked;

static void note_stop(int number)
{
    (void)number;
    stop_asked = 1;
}

/* breach notify leaves its own handling behind, which lets a reading go on: here Ctrl-C has to end it. `usual`: what to
 * go back to. */
static void catch_stop(struct sigaction usual[2])
{
    struct sigaction action = {.sa_handler = note_stop};

    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, &usual[0]);
    sigaction(SIGTERM, &action, &usual[1]);
}

static void leave_stop(const struct sigaction usual[2])
{
    sigaction(SIGINT, &usual[0], NULL);
    sigaction(SIGTERM, &usual[1], NULL);
}

/* NULL: the terminal was closed, or Ctrl-C was pressed. */
static const ScenarioChoice *ask_person(const Drill *drill, const ScenarioStep *ask, const char *name, int64_t *took)
{
    int64_t asked = clock_steady(clock_machine());
    const ScenarioChoice *choice = NULL;
    struct sigaction usual[2];
    char *line = NULL;
    size_t size = 0;

    catch_stop(usual);
    print_question(drill, ask, name);
    while (!choice) {
        fprintf(stderr, _("a number from 1 to %u: "), ask->choices->len);
        fflush(stderr);
        if (getline(&line, &size, stdin) < 0)
            break;
        choice = read_answer(ask, line);
    }
    leave_stop(usual);
    free(line);
    *took = clock_steady(clock_machine()) - asked;
    return choice;
}

const ScenarioChoice *drilling_ask(Drill *drill, const ScenarioStep *ask, int64_t *took)
{
    const char *name = load_participants_name(drill->request->participants, ask->role);
    const ScenarioChoice *choice = drill->is_asked && name ? ask_person(drill, ask, name, took) : NULL;
    bool is_asked = choice != NULL;

    if (stop_asked) {
        drill->stage->is_stopped = true;
        return NULL;
    }
    if (!choice) {
        choice = scenario_choice(ask, ask->standard);
        *took = 0;
    }
    json_array_append_new(drill->decisions, json_pack("{s:I, s:s, s:s?, s:s?, s:s, s:s?, s:b, s:o}", "after_s",
                                                      (json_int_t)((drilling_now(drill) - drill->start) / CLOCK_SECOND),
                                                      "role", ask->role, "name", name, "question",
                                                      drilling_said(ask->says, NULL), "choice", choice->id, "says",
                                                      drilling_said(choice->says, NULL), "asked", is_asked, "took_ms",
                                                      is_asked ? json_integer((json_int_t)*took) : json_null()));
    return choice;
}
