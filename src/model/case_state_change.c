#include "model/case_state.h"

#include <string.h>

#include "base/text.h"
#include "model/playbook.h"

/* What the playbook says --------------------------------------------------------------------------------------------
 */

typedef struct Said { /* one value of the playbook */
    CaseKind kind;
    char *name;    /* owned */
    json_t *value; /* owned reference */
} Said;

static void said_free(gpointer data)
{
    Said *said = data;

    g_free(said->name);
    json_decref(said->value);
    g_free(said);
}

static bool is_said(const GPtrArray *all, CaseKind kind, const char *name)
{
    for (guint i = 0; i < all->len; i++) {
        const Said *said = g_ptr_array_index(all, i);

        if (said->kind == kind && strcmp(said->name, name) == 0)
            return true;
    }
    return false;
}

/* Takes the value over. What is said in two places is said by the first: two values of one name would each be a change
 * of the other, for ever. */
static void say(GPtrArray *all, CaseKind kind, const char *regime, const char *name, json_t *value)
{
    g_autofree char *full = regime ? g_strdup_printf("%s/%s", regime, name) : g_strdup(name);
    Said *said;

    if (is_said(all, kind, full)) {
        json_decref(value);
        return;
    }
    said = g_new0(Said, 1);
    said->kind = kind;
    said->name = g_steal_pointer(&full);
    said->value = value;
    g_ptr_array_add(all, said);
}

static void say_anchor(GPtrArray *all, const char *regime, const LawAnchor *anchor)
{
    g_autofree char *at = law_time_text(&anchor->time);

    say(all, CASE_ANCHOR, regime, anchor->name,
        json_pack("{s:s, s:s*, s:s*}", "at", at, "by", anchor->by, "reason", anchor->reason));
}

/* The times of the incident that stand for anchors which the playbook does not name. */
static void say_times(GPtrArray *all, const Playbook *playbook)
{
    static const char *const names[] = {"awareness", "discovery", "occurrence"};

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        const LawAnchor *entry = NULL;
        RegimeTime time;

        if (!law_anchor(playbook, NULL, names[i], &time, &entry) || entry)
            continue;
        g_autofree char *at = law_time_text(&time);

        say(all, CASE_ANCHOR, NULL, names[i], json_pack("{s:s}", "at", at));
    }
}

static void say_variable(GPtrArray *all, const char *regime, const LawVariable *variable)
{
    if (variable->is_wrong)
        return; /* compared as a text, it would decide that duties do not apply */
    say(all, CASE_VARIABLE, regime, variable->name,
        json_pack("{s:s?, s:s?, s:s?}", "lower", variable->lower, "likely", variable->likely, "upper",
                  variable->upper));
}

static void say_word(GPtrArray *all, const char *regime, const char *name, const char *word)
{
    if (word)
        say(all, CASE_VARIABLE, regime, name,
            json_pack("{s:s, s:s, s:s}", "lower", word, "likely", word, "upper", word));
}

static json_t *count(int64_t number)
{
    return number < 0 ? json_null() : json_integer(number);
}

static void say_affected(GPtrArray *all, const Affected *affected)
{
    g_autofree char *as_of = affected->as_of.known ? moment_format_rfc3339(affected->as_of) : NULL;

    if (affected->given)
        say(all, CASE_AFFECTED, NULL, "affected",
            json_pack("{s:o, s:o, s:o, s:s*}", "lower", count(affected->lower), "likely", count(affected->likely),
                      "upper", count(affected->upper), "as_of", as_of));
}

static void say_kinds(GPtrArray *all, const GPtrArray *kinds)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autofree char *joined = NULL;

    for (guint i = 0; i < kinds->len; i++)
        g_ptr_array_add(names, ((const DataKind *)g_ptr_array_index(kinds, i))->name);
    g_ptr_array_sort(names, text_order);
    g_ptr_array_add(names, NULL);
    joined = g_strjoinv(",", (char **)names->pdata);
    say_word(all, NULL, "data_kinds", kinds->len > 0 ? joined : NULL);
}

static void say_regimes(GPtrArray *all, const Law *law)
{
    json_t *ids = json_array();

    for (guint i = 0; i < law->regimes->len; i++) {
        const LawRegime *regime = g_ptr_array_index(law->regimes, i);

        json_array_append_new(ids, json_string(regime->id));
        for (guint j = 0; j < regime->anchors->len; j++)
            say_anchor(all, regime->id, g_ptr_array_index(regime->anchors, j));
        for (guint j = 0; j < regime->variables->len; j++)
            say_variable(all, regime->id, g_ptr_array_index(regime->variables, j));
        say_word(all, regime->id, "role", regime->role);
    }
    say(all, CASE_REGIMES, NULL, "regimes", ids);
}

static int compare_said(gconstpointer a, gconstpointer b)
{
    const Said *one = *(const Said *const *)a, *other = *(const Said *const *)b;

    return one->kind != other->kind ? (int)one->kind - (int)other->kind : strcmp(one->name, other->name);
}

/* Everything that the playbook says now, by kind and name. */
static GPtrArray *said_by(const Playbook *playbook)
{
    GPtrArray *all = g_ptr_array_new_with_free_func(said_free);
    const Law *law = playbook->law;

    for (guint i = 0; i < law->anchors->len; i++)
        say_anchor(all, NULL, g_ptr_array_index(law->anchors, i));
    say_times(all, playbook);
    say_kinds(all, playbook->data_kinds);
    for (guint i = 0; i < law->variables->len; i++)
        say_variable(all, NULL, g_ptr_array_index(law->variables, i));
    say_affected(all, &playbook->affected);
    say_word(all, NULL, "role", playbook->organization.role);
    if (playbook->incident.level > 0)
        say(all, CASE_LEVEL, NULL, "level", json_integer(playbook->incident.level));
    if (law->regimes->len > 0)
        say_regimes(all, law);
    g_ptr_array_sort(all, compare_said);
    return all;
}

/* Changes --------------------------------------------------------------------------------------------------------- */

static CaseEvent *change(const CaseState *state, CaseKind kind, const char *name, json_t *new, int64_t now,
                         const char *by, const char *why, const char *source)
{
    const CaseValue *value = case_state_value(state, kind, name);
    json_t *old = value ? json_deep_copy(value->now) : json_null();

    return case_event_new(
        0, now, by, kind,
        json_pack("{s:s, s:o, s:o, s:s, s:s}", "name", name, "old", old, "new", new, "why", why, "source", source));
}

CaseEvent *case_state_change(const CaseState *state, CaseKind kind, const char *name, json_t *value, int64_t now,
                             const char *by, const char *why)
{
    return change(state, kind, name, value, now, by, why, "record");
}

static const Said *find_said(const GPtrArray *all, const CaseValue *value)
{
    for (guint i = 0; i < all->len; i++) {
        const Said *said = g_ptr_array_index(all, i);

        if (said->kind == value->kind && strcmp(said->name, value->name) == 0)
            return said;
    }
    return NULL;
}

GPtrArray *case_state_changes(const CaseState *state, const Playbook *playbook, int64_t now, const char *by,
                              const char *why)
{
    const char *edited = why ? why : "playbook edited";
    const char *first = why ? why : "playbook";
    g_autoptr(GPtrArray) all = said_by(playbook);
    GPtrArray *changes = case_events_new();

    for (guint i = 0; i < all->len; i++) {
        const Said *said = g_ptr_array_index(all, i);
        const CaseValue *value = case_state_value(state, said->kind, said->name);

        if (!value || !value->playbook || !json_equal(value->playbook, said->value))
            g_ptr_array_add(changes, change(state, said->kind, said->name, json_incref(said->value), now, by,
                                            value ? edited : first, "playbook"));
    }
    for (guint i = 0; i < state->values->len; i++) { /* and what it no longer says */
        const CaseValue *value = g_ptr_array_index(state->values, i);

        if (value->playbook && !json_is_null(value->playbook) && !find_said(all, value))
            g_ptr_array_add(changes, change(state, value->kind, value->name, json_null(), now, by, edited, "playbook"));
    }
    return changes;
}
