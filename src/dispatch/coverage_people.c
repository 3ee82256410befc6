#include "dispatch/coverage_people.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "model/condition.h"
#include "model/law.h"
#include "model/regime.h"

#define REGIMES_MAX 64   /* bits of a set; further ones protect everybody */
#define CELLS_MAX   1024 /* different cells that are looked at; a file with more has one combination for each person */

typedef struct Seen {   /* of one audience */
    uint64_t protected; /* entries of the playbook's regimes */
    bool anybody;
    GPtrArray *kinds;  /* of char *, owned */
    GHashTable *cells; /* set of the cells as they stand in the file, owned keys */
} Seen;

struct CoveragePeople {
    const Playbook *playbook;
    Seen *audiences;                       /* as many as the playbook has */
    int64_t unguarded[REGIME_MINORS_MOST]; /* people of each age in no audience of guardians */
};

CoveragePeople *coverage_people_new(const Playbook *playbook)
{
    CoveragePeople *people = g_new0(CoveragePeople, 1);

    people->playbook = playbook;
    people->audiences = g_new0(Seen, MAX(playbook->audiences->len, 1));
    for (guint i = 0; i < playbook->audiences->len; i++) {
        people->audiences[i].kinds = g_ptr_array_new_with_free_func(g_free);
        people->audiences[i].cells = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    }
    return people;
}

void coverage_people_free(CoveragePeople *people)
{
    if (!people)
        return;
    for (guint i = 0; i < people->playbook->audiences->len; i++) {
        g_ptr_array_unref(people->audiences[i].kinds);
        g_hash_table_unref(people->audiences[i].cells);
    }
    g_free(people->audiences);
    g_free(people);
}

static const char *look_up(const char *name, void *user)
{
    return person_value(user, name);
}

/* A rule that cannot be decided protects: nobody is left out of the law for an empty cell. */
static void note_regimes(Seen *seen, const GPtrArray *regimes, const Person *person)
{
    for (guint i = 0; i < MIN(regimes->len, (guint)REGIMES_MAX); i++) {
        const LawRegime *entry = g_ptr_array_index(regimes, i);
        uint64_t bit = (uint64_t)1 << i;

        if (!(seen->protected & bit) &&
            (!entry->people || condition_evaluate(entry->people, look_up, (void *)person, NULL) != CONDITION_FALSE))
            seen->protected |= bit;
    }
}

/* "name; email" and "email;name" are one combination. "": the cell names none, so all are meant. */
static char *normal_form(const char *cell)
{
    g_auto(GStrv) names = g_strsplit(cell, ";", -1);
    GString *text = g_string_new(NULL);

    for (char **name = names; *name; name++)
        g_strstrip(*name);
    qsort(names, g_strv_length(names), sizeof *names, text_order);
    for (size_t i = 0; names[i]; i++)
        if (names[i][0] && (i == 0 || strcmp(names[i], names[i - 1]) != 0))
            g_string_append_printf(text, "%s%s", text->len > 0 ? ";" : "", names[i]);
    return g_string_free(text, FALSE);
}

static int by_entry(gconstpointer left, gconstpointer right)
{
    return text_order(left, right);
}

static void note_kinds(Seen *seen, const char *cell)
{
    g_autofree char *kinds = NULL;

    if (!cell || !*cell || g_hash_table_contains(seen->cells, cell) || g_hash_table_size(seen->cells) >= CELLS_MAX)
        return;
    g_hash_table_add(seen->cells, g_strdup(cell));
    kinds = normal_form(cell);
    if (!*kinds || seen->kinds->len >= COVERAGE_COMBINATIONS_MAX ||
        g_ptr_array_find_with_equal_func(seen->kinds, kinds, g_str_equal, NULL))
        return;
    g_ptr_array_add(seen->kinds, g_steal_pointer(&kinds));
    g_ptr_array_sort(seen->kinds, by_entry);
}

/* Whoever cannot be reached is left with the announcement, which has to hold what their law asks, too. */
static bool is_told(const PlanNotice *notice)
{
    return notice->count > 0 || notice->aside == TOLD_UNREACHABLE;
}

/* Whoever has no age counts as grown up: nothing is known against it. */
static void note_age(CoveragePeople *people, const Person *person, const PlanDecision *decision)
{
    const char *cell = person_value(person, "age");
    bool is_owed = false;
    guint64 age;

    if (!cell || !g_ascii_string_to_unsigned(cell, 10, 0, REGIME_MINORS_MOST - 1, &age, NULL))
        return;
    for (size_t i = 0; i < decision->count; i++) {
        size_t audience = decision->notices[i].audience;

        if (audience >= people->playbook->audiences->len || !is_told(&decision->notices[i]))
            continue;
        if (((const Audience *)g_ptr_array_index(people->playbook->audiences, audience))->capacity == CAPACITY_GUARDIAN)
            return;
        is_owed = true;
    }
    people->unguarded[age] += is_owed ? 1 : 0;
}

void coverage_people_note(CoveragePeople *people, const Person *person, const PlanDecision *decision)
{
    if (people->playbook->law->regimes->len + people->playbook->policies->len == 0)
        return; /* nobody will ask */
    note_age(people, person, decision);
    for (size_t i = 0; i < decision->count; i++) {
        size_t audience = decision->notices[i].audience;
        Seen *seen = audience < people->playbook->audiences->len ? &people->audiences[audience] : NULL;

        if (!seen || !is_told(&decision->notices[i]))
            continue;
        seen->anybody = true;
        note_regimes(seen, people->playbook->law->regimes, person);
        note_kinds(seen, person_value(person, "data_kinds"));
    }
}

bool coverage_people_protects(const CoveragePeople *people, size_t audience, size_t entry)
{
    const Seen *seen = &people->audiences[audience];

    return !seen->anybody || entry >= REGIMES_MAX || (seen->protected >> entry & 1);
}

bool coverage_people_seen(const CoveragePeople *people, size_t audience)
{
    return people->audiences[audience].anybody;
}

const GPtrArray *coverage_people_kinds(const CoveragePeople *people, size_t audience)
{
    return people->audiences[audience].kinds;
}

int64_t coverage_people_minors(const CoveragePeople *people, int years)
{
    int64_t count = 0;

    for (int age = 0; age < MIN(years, REGIME_MINORS_MOST); age++)
        count += people->unguarded[age];
    return count;
}
