#include "dispatch/own_people.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "channel/hand_over.h"
#include "load/load_people.h"
#include "model/organization_lists.h"
#include "model/plan.h"

#define DIGEST_SHOWN 12
#define SLUG_MAX     40 /* characters */

static const char *const list_columns[] = {"id", "name", "email", "phone", "data_kinds"};

typedef struct OwnList {
    char *organization; /* owned */
    GString *rows;      /* owned */
    int64_t people;
} OwnList;

static void list_free(gpointer data)
{
    OwnList *list = data;

    g_free(list->organization);
    g_string_free(list->rows, TRUE);
    g_free(list);
}

void own_people_clear(OwnPeople *own)
{
    g_clear_pointer(&own->folder, g_free);
}

/* Reading ------------------------------------------------------------------------------------------------------- */

typedef void VisitPerson(const Playbook *playbook, const Person *person, const char *organization, GHashTable *lists);

static void each_member(const Playbook *playbook, VisitPerson *visit, GHashTable *lists)
{
    g_autoptr(Findings) known = findings_new();
    g_autoptr(PeopleReader) reader = people_open(playbook->people_path, playbook->people_columns, known);
    Person person;

    while (reader && people_next(reader, &person, NULL) > 0) {
        const char *organization = person.problem ? NULL : person_value(&person, "organization");

        if (organization && *organization)
            visit(playbook, &person, organization, lists);
    }
}

static void find_contact(const Playbook *playbook, const Person *person, const char *organization, GHashTable *lists)
{
    OwnList *list;

    if (g_hash_table_contains(lists, organization) || !plan_is_contact(playbook, person))
        return;
    list = g_new0(OwnList, 1);
    list->organization = g_strdup(organization);
    list->rows = g_string_new(NULL);
    g_hash_table_insert(lists, list->organization, list);
}

static void append_row(GString *rows, const char *const *cells, size_t count)
{
    g_autoptr(GString) row = g_string_new(NULL);

    for (size_t i = 0; i < count; i++)
        hand_over_csv(row, cells[i] ? cells[i] : "");
    g_string_append_printf(rows, "%s\r\n", row->str);
}

static void add_member(const Playbook *playbook, const Person *person, const char *organization, GHashTable *lists)
{
    OwnList *list = g_hash_table_lookup(lists, organization);
    const char *cells[G_N_ELEMENTS(list_columns)];

    if (!list || plan_is_contact(playbook, person))
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(list_columns); i++)
        cells[i] = person_value(person, list_columns[i]);
    append_row(list->rows, cells, G_N_ELEMENTS(cells));
    list->people++;
}

/* Writing ------------------------------------------------------------------------------------------------------- */

/* The organisation's name as part of a file's: letters and digits of any script, the rest as hyphens. */
static char *slug_of(const char *name)
{
    GString *slug = g_string_new(NULL);
    int count = 0;

    for (const char *p = name; *p && count < SLUG_MAX; p = g_utf8_next_char(p), count++) {
        gunichar character = g_utf8_get_char(p);

        g_string_append_unichar(slug, g_unichar_isalnum(character) ? character : '-');
    }
    return g_string_free(slug, FALSE);
}

static bool write_file(const OrganizationLists *lists, const char *folder, const char *name, const char *const *head,
                       size_t columns, const char *rows, char **digest, GError **error)
{
    HandOver *file = hand_over_open(&lists->encrypt, folder, name, error);
    g_autoptr(GString) first = g_string_new(NULL);

    if (!file)
        return false;
    append_row(first, head, columns);
    hand_over_text(file, first->str);
    hand_over_text(file, rows);
    if (digest)
        *digest = g_strdup(hand_over_digest(file));
    return hand_over_close(file, error);
}

static int by_organization(gconstpointer left, gconstpointer right)
{
    return strcmp((*(const OwnList *const *)left)->organization, (*(const OwnList *const *)right)->organization);
}

static bool write_lists(const OrganizationLists *lists, const char *folder, GPtrArray *all, OwnPeople *own,
                        GError **error)
{
    static const char *const head[] = {"file", "organization", "people", "sha256"};
    g_autoptr(GString) index = g_string_new(NULL);

    g_ptr_array_sort(all, by_organization);
    for (guint i = 0; i < all->len; i++) {
        const OwnList *list = g_ptr_array_index(all, i);
        g_autofree char *slug = slug_of(list->organization);
        g_autofree char *name = g_strdup_printf("%03u-%s.csv", i + 1, slug);
        g_autofree char *whole = g_strconcat(name, hand_over_suffix(&lists->encrypt), NULL);
        g_autofree char *count = g_strdup_printf("%" PRId64, list->people);
        g_autofree char *digest = NULL;

        if (!write_file(lists, folder, name, list_columns, G_N_ELEMENTS(list_columns), list->rows->str, &digest, error))
            return false;
        append_row(index, (const char *const[]){whole, list->organization, count, digest}, G_N_ELEMENTS(head));
        own->organizations++;
        own->people += list->people;
    }
    return write_file(lists, folder, "index.csv", head, G_N_ELEMENTS(head), index->str, NULL, error);
}

static void remove_folder(const char *folder)
{
    GDir *listing = g_dir_open(folder, 0, NULL);
    const char *name;

    while (listing && (name = g_dir_read_name(listing)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);

        g_unlink(path);
    }
    if (listing)
        g_dir_close(listing);
    g_rmdir(folder);
}

/* Written beside its place and moved there whole, so that what is there is complete. */
static bool write_folder(const OrganizationLists *lists, const char *folder, GPtrArray *all, OwnPeople *own,
                         GError **error)
{
    g_autofree char *fresh = g_strconcat(folder, ".unfinished", NULL);
    bool is_written;

    remove_folder(fresh);
    if (!file_make_folder(lists->folder, 0700, error) || !file_make_folder(fresh, 0700, error))
        return false;
    is_written = write_lists(lists, fresh, all, own, error) && file_sync(fresh, error);
    if (is_written && g_rename(fresh, folder) != 0) {
        error_set(error, BREACH_ERROR_CREATE, "file-folder", "cannot make the folder %s: %s", folder,
                  g_strerror(errno));
        is_written = false;
    }
    if (!is_written)
        remove_folder(fresh);
    return is_written && file_sync(lists->folder, error);
}

bool own_people_write(const Material *material, const char *digest, OwnPeople *own, GError **error)
{
    const Playbook *playbook = material_playbook(material);
    const OrganizationLists *lists = playbook->organization_lists;
    g_autoptr(GHashTable) found = NULL;
    g_autoptr(GPtrArray) all = NULL;
    GHashTableIter iterator;
    gpointer list;

    *own = (OwnPeople){.folder = NULL};
    if (!lists || !playbook->people_path)
        return true;
    found = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, list_free);
    each_member(playbook, find_contact, found);
    if (g_hash_table_size(found) == 0)
        return true;
    own->folder = g_strdup_printf("%s/%s%s-%.*s", lists->folder,
                                  material_status(material) == INCIDENT_EXERCISE ? "exercise-" : "",
                                  playbook->incident.id, DIGEST_SHOWN, digest);
    own->is_old = g_file_test(own->folder, G_FILE_TEST_IS_DIR);
    if (own->is_old)
        return true;
    each_member(playbook, add_member, found);
    all = g_ptr_array_new();
    g_hash_table_iter_init(&iterator, found);
    while (g_hash_table_iter_next(&iterator, NULL, &list))
        g_ptr_array_add(all, list);
    return write_folder(lists, own->folder, all, own, error);
}
