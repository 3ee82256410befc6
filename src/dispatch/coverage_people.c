#include "dispatch/coverage_people.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "model/condition.h"
#include "model/law.h"
#include "model/region.h"

#define REGIMES_MAX 64   /* bits of a set; further ones protect everybody */
#define REGIONS_MAX 1024 /* different regions, and sets of regimes in them; further ones are left out */
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
    int64_t unguarded[REGIMES_MAX][REGIME_MINORS_MOST]; /* by regime: people of each age in no audience of guardians */
    GHashTable *regions;                   /* "cn 3" -> CoverageRegion *, both owned */
    int64_t under[REGIMES_MAX];            /* people whom each entry protects for certain */
    int64_t told;                          /* people who are told for themselves */
};

static void free_region(gpointer data)
{
    CoverageRegion *region = data;

    g_free(region->region);
    g_free(region);
}

CoveragePeople *coverage_people_new(const Playbook *playbook)
{
    CoveragePeople *people = g_new0(CoveragePeople, 1);

    people->playbook = playbook;
    people->audiences = g_new0(Seen, MAX(playbook->audiences->len, 1));
    people->regions = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_region);
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
    g_hash_table_unref(people->regions);
    g_free(people->audiences);
    g_free(people);
}

static const char *look_up(const char *name, void *user)
{
    return person_value(user, name);
}

/* Whether an entry of the playbook's regimes protects somebody. A rule that cannot be decided protects: nobody is left
 * out of the law for an empty cell. */
static ConditionValue protects(const LawRegime *entry, const Person *person)
{
    return entry->people ? condition_evaluate(entry->people, look_up, (void *)person, NULL) : CONDITION_TRUE;
}

static uint64_t protectors(const GPtrArray *regimes, const Person *person)
{
    uint64_t set = 0;

    for (guint i = 0; i < MIN(regimes->len, (guint)REGIMES_MAX); i++)
        if (protects(g_ptr_array_index(regimes, i), person) != CONDITION_FALSE)
            set |= (uint64_t)1 << i;
    return set;
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
static bool age_of(const Person *person, guint64 *age)
{
    const char *cell = person_value(person, "age");
    char *end = NULL;
    double years = cell && *cell ? g_ascii_strtod(cell, &end) : -1; /* programs write 17.0 as well */

    if (!(years >= 0 && years < REGIME_MINORS_MOST) || *end)
        return false;
    *age = (guint64)years;
    return true;
}

static void note_age(CoveragePeople *people, const Person *person, uint64_t named, const PlanDecision *decision)
{
    bool is_owed = false;
    guint64 age;

    if (!age_of(person, &age))
        return;
    for (size_t i = 0; i < decision->count; i++) {
        size_t audience = decision->notices[i].audience;

        if (audience >= people->playbook->audiences->len || !is_told(&decision->notices[i]))
            continue;
        if (((const Audience *)g_ptr_array_index(people->playbook->audiences, audience))->capacity == CAPACITY_GUARDIAN)
            return;
        is_owed = true;
    }
    for (size_t i = 0; is_owed && i < REGIMES_MAX; i++)
        people->unguarded[i][age] += (named >> i & 1) ? 1 : 0;
}

/* Whether somebody is told of data of their own: the contact of an organisation is told of other people's. */
static bool is_concerned(const CoveragePeople *people, const PlanDecision *decision)
{
    const GPtrArray *audiences = people->playbook->audiences;

    for (size_t i = 0; i < decision->count; i++) {
        const PlanNotice *notice = &decision->notices[i];

        if (notice->audience < audiences->len && is_told(notice) &&
            ((const Audience *)g_ptr_array_index(audiences, notice->audience))->capacity != CAPACITY_ORGANIZATION)
            return true;
    }
    return false;
}

static CoverageRegion *region_of(CoveragePeople *people, const char *code, uint64_t named)
{
    g_autofree char *key = g_strdup_printf("%s %" G_GUINT64_FORMAT, code, named);
    CoverageRegion *region = g_hash_table_lookup(people->regions, key);

    if (!region && g_hash_table_size(people->regions) < REGIONS_MAX) {
        region = g_new0(CoverageRegion, 1);
        region->region = g_strdup(code);
        region->named = named;
        g_hash_table_insert(people->regions, g_steal_pointer(&key), region);
    }
    return region;
}

static void note_region(CoveragePeople *people, const Person *person, uint64_t named)
{
    const char *cell = person_value(person, "region");
    g_autofree char *code = cell ? region_normalize(cell) : NULL;
    CoverageRegion *region = cell && *cell ? region_of(people, code ? code : "", named) : NULL;
    guint64 age;

    if (!region)
        return;
    region->people++;
    if (age_of(person, &age))
        region->ages[age]++;
}

/* Which laws are theirs: that is asked also where the playbook names none. */
static void note_law(CoveragePeople *people, const Person *person, uint64_t named)
{
    const GPtrArray *regimes = people->playbook->law->regimes;

    people->told++;
    for (guint i = 0; i < MIN(regimes->len, (guint)REGIMES_MAX); i++)
        if (named >> i & 1)
            people->under[i] += protects(g_ptr_array_index(regimes, i), person) == CONDITION_TRUE ? 1 : 0;
    note_region(people, person, named);
}

void coverage_people_note(CoveragePeople *people, const Person *person, const PlanDecision *decision)
{
    uint64_t named = protectors(people->playbook->law->regimes, person);

    if (is_concerned(people, decision))
        note_law(people, person, named);
    if (people->playbook->law->regimes->len + people->playbook->policies->len == 0)
        return; /* nobody will ask */
    note_age(people, person, named, decision);
    for (size_t i = 0; i < decision->count; i++) {
        size_t audience = decision->notices[i].audience;
        Seen *seen = audience < people->playbook->audiences->len ? &people->audiences[audience] : NULL;

        if (!seen || !is_told(&decision->notices[i]))
            continue;
        seen->anybody = true;
        seen->protected |= named;
        note_kinds(seen, person_value(person, "data_kinds"));
    }
}

bool coverage_people_protects(const CoveragePeople *people, size_t audience, size_t entry)
{
    const Seen *seen = &people->audiences[audience];

    return !seen->anybody || entry >= REGIMES_MAX || (seen->protected >> entry & 1);
}

static gint by_region(gconstpointer left, gconstpointer right)
{
    const CoverageRegion *one = *(const CoverageRegion *const *)left, *other = *(const CoverageRegion *const *)right;
    int order = strcmp(one->region, other->region);

    return order != 0 ? order : one->named < other->named ? -1 : one->named > other->named;
}

GPtrArray *coverage_people_regions(const CoveragePeople *people)
{
    GPtrArray *regions = g_ptr_array_new();
    GHashTableIter each;
    gpointer region;

    g_hash_table_iter_init(&each, people->regions);
    while (g_hash_table_iter_next(&each, NULL, &region))
        g_ptr_array_add(regions, region);
    g_ptr_array_sort(regions, by_region);
    return regions;
}

int64_t coverage_people_under(const CoveragePeople *people, size_t entry)
{
    return entry < REGIMES_MAX ? people->under[entry] : 0;
}

bool coverage_people_nobody(const CoveragePeople *people, size_t entry)
{
    if (people->told == 0 || entry >= REGIMES_MAX)
        return false;
    for (guint i = 0; i < people->playbook->audiences->len; i++)
        if (people->audiences[i].protected >> entry & 1)
            return false;
    return true;
}

bool coverage_people_seen(const CoveragePeople *people, size_t audience)
{
    return people->audiences[audience].anybody;
}

const GPtrArray *coverage_people_kinds(const CoveragePeople *people, size_t audience)
{
    return people->audiences[audience].kinds;
}

int64_t coverage_people_minors(const CoveragePeople *people, size_t entry, int years)
{
    int64_t count = 0;

    for (int age = 0; entry < REGIMES_MAX && age < MIN(years, REGIME_MINORS_MOST); age++)
        count += people->unguarded[entry][age];
    return count;
}
