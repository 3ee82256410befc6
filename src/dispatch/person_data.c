#include "dispatch/person_data.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/finding.h"
#include "base/text.h"
#include "dispatch/context.h"
#include "load/load_people.h"

struct PersonData {
    const Playbook *playbook;     /* borrowed */
    const PersonColumns *columns; /* borrowed */
    int *order;                   /* owned; columns by name */
    GHashTable *organizations;    /* owned; name -> number of rows; NULL: no audience asks */
    GString *json;                /* owned */
};

static int compare_columns(const void *left, const void *right, void *columns)
{
    const PersonColumns *all = columns;

    return strcmp(all->names[*(const int *)left], all->names[*(const int *)right]);
}

static bool is_contact_audience(const Playbook *playbook, size_t index)
{
    return index < playbook->audiences->len &&
           ((const Audience *)g_ptr_array_index(playbook->audiences, index))->capacity == CAPACITY_ORGANIZATION;
}

/* Rows by organisation, without those of contacts: as in the lists of own_people.h. Read before anybody is planned, for
 * a contact may come before the others. */
static GHashTable *count_organizations(const Playbook *playbook)
{
    g_autoptr(Findings) known = findings_new();
    g_autoptr(PeopleReader) reader = people_open(playbook->people_path, playbook->people_columns, known);
    GHashTable *counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Person person;

    while (reader && people_next(reader, &person, NULL) > 0) {
        const char *name = person.problem ? NULL : person_value(&person, "organization");
        int before = name && *name ? GPOINTER_TO_INT(g_hash_table_lookup(counts, name)) : 0;

        if (name && *name && !plan_is_contact(playbook, &person))
            g_hash_table_insert(counts, g_strdup(name), GINT_TO_POINTER(before + 1));
    }
    return counts;
}

PersonData *person_data_new(const Playbook *playbook, const PersonColumns *columns)
{
    PersonData *data = g_new0(PersonData, 1);

    data->playbook = playbook;
    data->columns = columns;
    data->json = g_string_sized_new(1024);
    data->order = g_new(int, columns->count);
    for (size_t i = 0; i < columns->count; i++)
        data->order[i] = (int)i;
    qsort_r(data->order, columns->count, sizeof *data->order, compare_columns, (void *)columns);
    for (guint i = 0; i < playbook->audiences->len && !data->organizations; i++)
        if (is_contact_audience(playbook, i))
            data->organizations = count_organizations(playbook);
    return data;
}

void person_data_free(PersonData *data)
{
    if (!data)
        return;
    g_clear_pointer(&data->organizations, g_hash_table_unref);
    g_string_free(data->json, TRUE);
    g_free(data->order);
    g_free(data);
}

static void add_member(GString *json, const char *name, const char *value)
{
    if (json->len > 1)
        g_string_append_c(json, ',');
    text_append_json(json, name);
    g_string_append_c(json, ':');
    text_append_json(json, value);
}

/* How many of the contact's people the file has; 0: it is none, or has nobody. */
static int people_of(const PersonData *data, const Person *person, const PlanDecision *decision)
{
    const char *name = data->organizations ? person_value(person, "organization") : NULL;
    bool is_contact = false;

    for (size_t i = 0; i < decision->count; i++)
        is_contact = is_contact || is_contact_audience(data->playbook, decision->notices[i].audience);
    return is_contact && name && *name ? GPOINTER_TO_INT(g_hash_table_lookup(data->organizations, name)) : 0;
}

const char *person_data_json(PersonData *data, const Person *person, const PlanDecision *decision)
{
    int people = people_of(data, person, decision);
    g_autofree char *count = people > 0 ? g_strdup_printf("%d", people) : NULL;

    g_string_assign(data->json, "{");
    for (size_t i = 0; i < data->columns->count; i++) {
        int column = data->order[i];
        const char *name = data->columns->names[column];

        if (count && strcmp(name, CONTEXT_COUNT_COLUMN) > 0) {
            add_member(data->json, CONTEXT_COUNT_COLUMN, count);
            g_clear_pointer(&count, g_free);
        }
        if (*person->values[column] && strcmp(name, CONTEXT_COUNT_COLUMN) != 0)
            add_member(data->json, name, person->values[column]);
    }
    if (count)
        add_member(data->json, CONTEXT_COUNT_COLUMN, count);
    g_string_append_c(data->json, '}');
    return data->json->str;
}
