/* What is counted person by person: where they are, why they cannot be reached, and, where it is asked for, everybody.
 */
#include <string.h>

#include "base/seal.h"
#include "ledger/ledger_people.h"
#include "model/address.h"
#include "report/account_private.h"
#include "report/reason.h"
#include "report/discreet.h"

typedef struct People {
    GHashTable *regions;     /* owned; region -> int64_t[TOLD_STATES] */
    GHashTable *unreachable; /* owned; "reason\nchannel" -> int64_t */
    json_t *everybody;       /* owned; NULL: not asked for */
    Told told;               /* of those who are being counted */
} People;

static int64_t *counts_of(GHashTable *table, const char *name, size_t count)
{
    int64_t *counts = g_hash_table_lookup(table, name);

    if (!counts) {
        counts = g_new0(int64_t, count);
        g_hash_table_insert(table, g_strdup(name), counts);
    }
    return counts;
}

/* Where somebody is, out of canonical JSON: a value without anything escaped stands there as it is. "" when it is not
 * known. Newly allocated. */
static char *region_of(const char *data)
{
    static const char member[] = "\"region\":\"";
    const char *at = data ? strstr(data, member) : NULL;
    const char *end = at ? strpbrk(at + strlen(member), "\"\\") : NULL;
    json_auto_t *parsed = NULL;
    const char *value;

    if (end && *end == '"')
        return g_strndup(at + strlen(member), (gsize)(end - at) - strlen(member));
    parsed = end ? json_loads(data, 0, NULL) : NULL;
    value = json_string_value(json_object_get(parsed, "region"));
    return g_strdup(value ? value : "");
}

static void add_person(People *people, const LedgerPerson *person, const char *region)
{
    g_autofree char *endpoint = person->endpoint ? address_mask(person->endpoint) : NULL;
    g_autofree char *answer = NULL;
    g_autofree char *reason = reason_of_person(person, &answer);
    bool has_reason = people->told > TOLD_ACCEPTED;

    json_array_append_new(people->everybody,
                          json_pack("{s:o, s:s?, s:s, s:s, s:s, s:s?, s:s?, s:s?}", "row",
                                    person->row > 0 ? json_integer(person->row) : json_null(), "person", person->id,
                                    "told", identity_told_name(people->told), "region", region, "audience",
                                    person->audience ? person->audience : "", "channel",
                                    person->message ? person->channel : NULL, "endpoint", endpoint, "reason",
                                    !has_reason ? NULL
                                    : answer    ? answer
                                                : reason));
}

static void add_unreachable(People *people, const LedgerPerson *person)
{
    g_autofree char *answer = NULL;
    g_autofree char *reason = reason_of_person(person, &answer);
    g_autofree char *shown = discreet_typed(answer ? answer : reason);
    g_autofree char *key = g_strdup_printf("%s\n%s", shown, person->message ? person->channel : "");

    ++*counts_of(people->unreachable, key, 1);
}

static bool take_person(const LedgerPerson *person, void *user)
{
    People *people = user;
    g_autofree char *data = seal_open(person->data);
    g_autofree char *region = region_of(data);

    counts_of(people->regions, region, TOLD_STATES)[people->told]++;
    if (people->told == TOLD_UNREACHABLE)
        add_unreachable(people, person);
    if (people->everybody)
        add_person(people, person, region);
    return true;
}

/* Rows ------------------------------------------------------------------------------------------------------------ */

static json_t *regions_json(GHashTable *regions)
{
    g_autoptr(GList) names = g_list_sort(g_hash_table_get_keys(regions), (GCompareFunc)strcmp);
    json_t *list = json_array();

    for (const GList *name = names; name; name = name->next) {
        const int64_t *counts = g_hash_table_lookup(regions, name->data);

        for (int told = 0; told < TOLD_STATES; told++)
            if (counts[told] > 0)
                json_array_append_new(list,
                                      json_pack("{s:s, s:s, s:I}", "region", (const char *)name->data, "told",
                                                identity_told_name((Told)told), "people", (json_int_t)counts[told]));
    }
    return list;
}

static int by_people(gconstpointer a, gconstpointer b, gpointer data)
{
    int64_t one = *(const int64_t *)g_hash_table_lookup(data, a),
            other = *(const int64_t *)g_hash_table_lookup(data, b);

    return one != other ? (one > other ? -1 : 1) : strcmp(a, b);
}

static json_t *unreachable_json(GHashTable *reasons)
{
    GList *keys = g_list_sort_with_data(g_hash_table_get_keys(reasons), by_people, reasons);
    json_t *list = json_array();

    for (const GList *key = keys; key; key = key->next) {
        g_auto(GStrv) parts = g_strsplit(key->data, "\n", 2);
        const int64_t *people = g_hash_table_lookup(reasons, key->data);

        json_array_append_new(
            list, json_pack("{s:s, s:s, s:I}", "reason", parts[0], "channel", parts[1], "people", (json_int_t)*people));
    }
    g_list_free(keys);
    return list;
}

bool account_add_people(json_t *document, Ledger *ledger, bool everybody, GError **error)
{
    People people = {.regions = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free),
                     .unreachable = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free),
                     .everybody = everybody ? json_array() : NULL};
    bool is_read = true;

    for (int told = 0; is_read && told < TOLD_STATES; told++) {
        people.told = (Told)told;
        is_read = ledger_people(ledger, (Told)told, take_person, &people, error);
    }
    if (is_read) {
        json_object_set_new(document, "regions", regions_json(people.regions));
        json_object_set_new(document, "unreachable", unreachable_json(people.unreachable));
        if (people.everybody)
            json_object_set(document, "people", people.everybody);
    }
    json_decref(people.everybody);
    g_hash_table_unref(people.regions);
    g_hash_table_unref(people.unreachable);
    return is_read;
}
