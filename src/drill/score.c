#include "drill/score.h"

#include <string.h>

#include <glib.h>

#include "base/clock.h"
#include "base/language.h"

#define ON_TIME 0.8  /* of the points for what is just reached */
#define EDGE    0.01 /* of all people: so far from a share that nothing can be divided by it */

/* To the nearest of so many parts of one; nothing here is negative. */
static double rounded(double number, int parts)
{
    return (double)(int64_t)(number * parts + 0.5) / parts;
}

/* Earlier is better. */
static double by_time(double got, double most)
{
    return got <= most ? 1 - (1 - ON_TIME) * got / most : ON_TIME * most / got;
}

/* Less is better. */
static double by_share(double got, double most)
{
    if (got > most)
        return ON_TIME * (most + EDGE) / (got + EDGE);
    return most > 0 ? 1 - (1 - ON_TIME) * got / most : 1;
}

static double line_of(const ScenarioWanted *wanted, const ScoreSeen *seen, ScenarioTarget target, ScoreLine *line)
{
    int clocks = seen->clocks_met + seen->clocks_missed;

    switch (target) {
    case SCENARIO_FIRST_NOTICE:
        line->never = seen->first_notice < 0;
        line->got = (double)seen->first_notice;
        return line->never ? 0 : by_time(line->got, wanted->most);
    case SCENARIO_TOLD:
        line->never = seen->told_at < 0;
        line->got = line->never ? seen->told : (double)seen->told_at;
        if (!line->never)
            return by_time(line->got, wanted->most);
        return MIN(ON_TIME * wanted->most / (double)MAX(seen->lasted, 1), ON_TIME) * seen->told / wanted->share;
    case SCENARIO_CLOCKS:
        line->got = seen->clocks_missed;
        line->ended = clocks;
        return clocks > 0 ? (double)seen->clocks_met / clocks : 1;
    case SCENARIO_IDENTITY:
        line->got = seen->breaks + (double)seen->twice;
        return line->got > 0 ? 0 : 1;
    case SCENARIO_UNREACHABLE:
    case SCENARIO_MISTAKEN:
        line->never = !seen->is_planned;
        line->got = target == SCENARIO_UNREACHABLE ? seen->unreachable : seen->mistaken;
        return line->never ? 0 : by_share(line->got, wanted->most);
    case SCENARIO_TARGETS:
        break;
    }
    return 0;
}

Score score_of(const Scenario *scenario, const ScoreSeen *seen)
{
    Score score = {.is_passed = true};
    int count = 0;

    for (size_t i = 0; i < SCENARIO_TARGETS; i++)
        count += scenario->targets[i].is_given ? 1 : 0;
    for (size_t i = 0; i < SCENARIO_TARGETS; i++) {
        const ScenarioWanted *wanted = &scenario->targets[i];
        ScoreLine *line = &score.lines[i];

        if (!wanted->is_given)
            continue;
        line->is_given = true;
        line->of = 100.0 / count;
        line->points = line->of * line_of(wanted, seen, (ScenarioTarget)i, line);
        line->is_met = !line->never && line->got <= wanted->most;
        score.points += line->points;
        score.is_passed = score.is_passed && line->is_met;
    }
    score.points = rounded(score.points, 10);
    return score;
}

/* Words ----------------------------------------------------------------------------------------------------------- */

static const char *const titles[] = {
    [SCENARIO_FIRST_NOTICE] = N_("first notice"),      [SCENARIO_TOLD] = N_("people told"),
    [SCENARIO_CLOCKS] = N_("clocks of the law"),       [SCENARIO_IDENTITY] = N_("the identity"),
    [SCENARIO_UNREACHABLE] = N_("unreachable people"), [SCENARIO_MISTAKEN] = N_("told something wrong"),
};

static char *percent(double share)
{
    return g_strdup_printf("%.1f%%", share * 100);
}

static char *within(double seconds)
{
    g_autofree char *span = clock_format_span((int64_t)seconds * CLOCK_SECOND);

    return g_strdup_printf(_("within %s"), span);
}

static ScenarioTarget target_of(const json_t *line)
{
    const char *name = json_string_value(json_object_get(line, "target"));
    size_t i = 0;

    while (i + 1 < SCENARIO_TARGETS && strcmp(name ? name : "", scenario_target_name((ScenarioTarget)i)) != 0)
        i++;
    return (ScenarioTarget)i;
}

static double value_of(const json_t *line, const char *key)
{
    return json_number_value(json_object_get(line, key));
}

const char *score_title(const json_t *line)
{
    return _(titles[target_of(line)]);
}

char *score_wanted(const json_t *line)
{
    ScenarioTarget target = target_of(line);
    g_autofree char *share = percent(value_of(line, target == SCENARIO_TOLD ? "share" : "wanted"));
    g_autofree char *span = NULL;

    switch (target) {
    case SCENARIO_FIRST_NOTICE:
        return within(value_of(line, "wanted"));
    case SCENARIO_TOLD:
        span = within(value_of(line, "wanted"));
        return g_strdup_printf("%s %s", share, span);
    case SCENARIO_CLOCKS:
        return g_strdup(_("all met"));
    case SCENARIO_IDENTITY:
        return g_strdup(_("holds, nobody told twice"));
    default:
        return g_strdup_printf(_("at most %s"), share);
    }
}

static char *time_got(const json_t *line)
{
    g_autofree char *text = NULL;

    if (json_is_number(json_object_get(line, "got"))) {
        text = clock_format_span((int64_t)value_of(line, "got") * CLOCK_SECOND);
        return g_strdup_printf(_("after %s"), text);
    }
    if (!json_object_get(line, "told"))
        return g_strdup(_("never"));
    text = percent(value_of(line, "told"));
    return g_strdup_printf(_("never: %s in the end"), text);
}

char *score_got(const json_t *line)
{
    int count = (int)value_of(line, "got");

    switch (target_of(line)) {
    case SCENARIO_FIRST_NOTICE:
    case SCENARIO_TOLD:
        return time_got(line);
    case SCENARIO_CLOCKS:
        if (count > 0)
            return g_strdup_printf(_("%d missed"), count);
        return g_strdup(value_of(line, "ended") > 0 ? _("all met") : _("none ended in the story"));
    case SCENARIO_IDENTITY:
        return count > 0 ? g_strdup_printf(language_plural("broken %d time", "broken %d times", count), count)
                         : g_strdup(_("holds, nobody told twice"));
    default:
        return json_is_null(json_object_get(line, "got")) ? g_strdup(_("nothing was planned"))
                                                          : percent(value_of(line, "got"));
    }
}

/* Times in seconds, shares from 0 to 1, counts as they are. */
static json_t *number_json(ScenarioTarget target, double number)
{
    if (target == SCENARIO_FIRST_NOTICE || target == SCENARIO_TOLD)
        return json_integer((json_int_t)(number / CLOCK_SECOND + 0.5));
    if (target == SCENARIO_CLOCKS || target == SCENARIO_IDENTITY)
        return json_integer((json_int_t)number);
    return json_real(rounded(number, 10000));
}

json_t *score_json(const Scenario *scenario, const Score *score)
{
    json_t *list = json_array();

    for (size_t i = 0; i < SCENARIO_TARGETS; i++) {
        const ScoreLine *line = &score->lines[i];
        ScenarioTarget target = (ScenarioTarget)i;
        json_t *entry;

        if (!line->is_given)
            continue;
        entry = json_pack("{s:s, s:o, s:o, s:b, s:f, s:f}", "target", scenario_target_name(target), "wanted",
                          number_json(target, scenario->targets[i].most), "got",
                          line->never ? json_null() : number_json(target, line->got), "met", line->is_met, "points",
                          rounded(line->points, 10), "of", rounded(line->of, 10));
        if (target == SCENARIO_TOLD)
            json_object_set_new(entry, "share", json_real(scenario->targets[i].share));
        if (target == SCENARIO_TOLD && line->never)
            json_object_set_new(entry, "told", json_real(rounded(line->got, 10000)));
        if (target == SCENARIO_CLOCKS)
            json_object_set_new(entry, "ended", json_integer(line->ended));
        json_array_append_new(list, entry);
    }
    return list;
}
