#include "model/scenario.h"

#include <string.h>

#include "model/regime_parts.h"

static const char *const does[] = {
    [SCENARIO_RELAY_DOWN] = "relay-down",
    [SCENARIO_RELAY_UP] = "relay-up",
    [SCENARIO_THROTTLE] = "throttle",
    [SCENARIO_DEAD] = "dead",
    [SCENARIO_ABSENT] = "absent",
    [SCENARIO_GROW] = "grow",
    [SCENARIO_EDIT] = "edit",
    [SCENARIO_NOTIFY] = "notify",
    [SCENARIO_STOP] = "stop",
    [SCENARIO_RUN] = "run",
    [SCENARIO_FILE] = "file",
    [SCENARIO_ASK] = "ask",
    [SCENARIO_DOES] = NULL,
};

static const char *const targets[] = {
    [SCENARIO_FIRST_NOTICE] = "first_notice",
    [SCENARIO_TOLD] = "told",
    [SCENARIO_CLOCKS] = "clocks",
    [SCENARIO_IDENTITY] = "identity",
    [SCENARIO_UNREACHABLE] = "unreachable",
    [SCENARIO_MISTAKEN] = "mistaken",
};

const char *const *scenario_do_names(void)
{
    return does;
}

const char *scenario_target_name(ScenarioTarget target)
{
    return targets[target];
}

bool scenario_is_fault(ScenarioDo what)
{
    return what <= SCENARIO_ABSENT;
}

static void free_step(gpointer step)
{
    scenario_step_free(step);
}

static void free_choice(gpointer choice)
{
    scenario_choice_free(choice);
}

static void free_name(gpointer name)
{
    regime_name_free(name);
}

ScenarioStep *scenario_step_new(void)
{
    ScenarioStep *step = g_new0(ScenarioStep, 1);

    step->choices = g_ptr_array_new_with_free_func(free_choice);
    return step;
}

void scenario_step_free(ScenarioStep *step)
{
    if (!step)
        return;
    locale_text_free(step->says);
    g_free(step->by);
    g_free(step->channel);
    g_strfreev(step->command);
    g_free(step->key);
    g_free(step->value);
    g_free(step->find);
    g_free(step->replace);
    g_free(step->id);
    g_free(step->role);
    g_free(step->standard);
    g_ptr_array_unref(step->choices);
    g_free(step);
}

ScenarioChoice *scenario_choice_new(void)
{
    ScenarioChoice *choice = g_new0(ScenarioChoice, 1);

    choice->steps = g_ptr_array_new_with_free_func(free_step);
    return choice;
}

void scenario_choice_free(ScenarioChoice *choice)
{
    if (!choice)
        return;
    g_free(choice->id);
    locale_text_free(choice->says);
    g_ptr_array_unref(choice->steps);
    g_free(choice);
}

const ScenarioChoice *scenario_choice(const ScenarioStep *ask, const char *id)
{
    for (guint i = 0; i < ask->choices->len; i++) {
        const ScenarioChoice *choice = g_ptr_array_index(ask->choices, i);

        if (g_strcmp0(choice->id, id) == 0)
            return choice;
    }
    return NULL;
}

static void add_role(GPtrArray *roles, char *role)
{
    if (role && !g_ptr_array_find_with_equal_func(roles, role, g_str_equal, NULL))
        g_ptr_array_add(roles, role);
}

/* Also of what follows decisions, which the loader does not nest deep. */
static void add_roles(GPtrArray *roles, const GPtrArray *steps)
{
    for (guint i = 0; i < steps->len; i++) {
        const ScenarioStep *step = g_ptr_array_index(steps, i);

        add_role(roles, step->by);
        add_role(roles, step->role);
        for (guint j = 0; j < step->choices->len; j++)
            add_roles(roles, ((const ScenarioChoice *)g_ptr_array_index(step->choices, j))->steps);
    }
}

GPtrArray *scenario_roles(const Scenario *scenario)
{
    GPtrArray *roles = g_ptr_array_new();

    add_roles(roles, scenario->steps);
    g_ptr_array_add(roles, NULL);
    return roles;
}

Scenario *scenario_new(void)
{
    Scenario *scenario = g_new0(Scenario, 1);

    scenario->starts_at = -1;
    scenario->roles = g_ptr_array_new_with_free_func(free_name);
    scenario->steps = g_ptr_array_new_with_free_func(free_step);
    return scenario;
}

void scenario_free(Scenario *scenario)
{
    if (!scenario)
        return;
    g_free(scenario->name);
    locale_text_free(scenario->title);
    locale_text_free(scenario->story);
    g_ptr_array_unref(scenario->roles);
    g_free(scenario->path);
    g_ptr_array_unref(scenario->steps);
    g_free(scenario);
}

static int by_time(gconstpointer left, gconstpointer right)
{
    const ScenarioStep *a = *(const ScenarioStep *const *)left;
    const ScenarioStep *b = *(const ScenarioStep *const *)right;

    if (a->at != b->at)
        return a->at < b->at ? -1 : 1;
    return position_compare(a->place, b->place);
}

void scenario_sort(GPtrArray *steps)
{
    g_ptr_array_sort(steps, by_time);
}
