/* Who is behind an address or a notice number. */
#include <string.h>

#include "base/error.h"
#include "base/seal.h"
#include "ledger/sqlite_private.h"

static void add_once(GArray *people, int64_t no)
{
    for (guint i = 0; i < people->len; i++)
        if (g_array_index(people, int64_t, i) == no)
            return;
    if (people->len < LEDGER_FIND_MOST)
        g_array_append_val(people, no);
}

/* Everybody whom a message serves. */
static bool add_served(SqliteStore *store, int64_t message, GArray *people, GError **error)
{
    sqlite3_stmt *statement =
        sqlite_query(store, error,
                     "SELECT n.person FROM message m JOIN notice n ON n.no = m.notice WHERE m.no = ?1 UNION"
                     " SELECT n.person FROM serves s JOIN notice n ON n.no = s.notice WHERE s.message = ?1",
                     "i", message);
    int stepped = -1;

    while (statement && (stepped = sqlite_step(store, statement, error)) > 0)
        add_once(people, sqlite3_column_int64(statement, 0));
    return stepped == 0;
}

static bool find_messages(SqliteStore *store, LedgerFindTest *test, void *user, GArray *people, GError **error)
{
    sqlite3_stmt *statement = sqlite_query(store, error, "SELECT no, endpoint FROM message ORDER BY no", "");
    int stepped = -1;
    bool done = true;

    while (statement && done && (stepped = sqlite_step(store, statement, error)) > 0) {
        g_autofree char *endpoint = seal_open((const char *)sqlite3_column_text(statement, 1));

        if (endpoint && test(endpoint, false, user))
            done = add_served(store, sqlite3_column_int64(statement, 0), people, error);
    }
    if (statement)
        sqlite3_reset(statement);
    return done && stepped == 0;
}

static bool find_data(SqliteStore *store, LedgerFindTest *test, void *user, GArray *people, GError **error)
{
    sqlite3_stmt *statement =
        sqlite_query(store, error, "SELECT no, data FROM person WHERE data IS NOT NULL ORDER BY no", "");
    int stepped = -1;

    while (statement && (stepped = sqlite_step(store, statement, error)) > 0) {
        g_autofree char *data = seal_open((const char *)sqlite3_column_text(statement, 1));

        if (data && test(data, true, user))
            add_once(people, sqlite3_column_int64(statement, 0));
    }
    return stepped == 0;
}

bool sqlite_find_people(void *self, LedgerFindTest *test, void *user, GArray *people, GError **error)
{
    bool found;

    if (!sqlite_exec(self, "BEGIN", error)) /* one snapshot, whoever writes meanwhile */
        return false;
    found = find_messages(self, test, user, people, error) && find_data(self, test, user, people, error);
    return sqlite_exec(self, "COMMIT", found ? error : NULL) && found;
}

bool sqlite_find_number(void *self, const char *prefix, const char *number, GArray *people, GError **error)
{
    g_autofree char *end = g_strconcat(prefix, "~", NULL); /* behind every letter of base32 */
    sqlite3_stmt *statement =
        sqlite_query(self, error, "SELECT no, id FROM message WHERE id >= ? AND id < ? ORDER BY id", "ss", prefix, end);
    g_autoptr(GArray) messages = g_array_new(FALSE, FALSE, sizeof(int64_t));
    int stepped = -1;

    while (statement && (stepped = sqlite_step(self, statement, error)) > 0) {
        int64_t no = sqlite3_column_int64(statement, 0);
        char its[ID_NUMBER_LENGTH + 1];

        id_number((const char *)sqlite3_column_text(statement, 1), its);
        if (strcmp(its, number) == 0)
            g_array_append_val(messages, no);
    }
    for (guint i = 0; stepped == 0 && i < messages->len; i++)
        if (!add_served(self, g_array_index(messages, int64_t, i), people, error))
            return false;
    return stepped == 0;
}

/* One person ------------------------------------------------------------------------------------------------------ */

static void free_notice(gpointer data)
{
    LedgerFoundNotice *notice = data;

    g_free(notice->audience);
    g_free(notice->reason);
    g_free(notice);
}

static bool read_notices(SqliteStore *store, LedgerFound *found, GError **error)
{
    sqlite3_stmt *statement =
        sqlite_query(store, error,
                     "SELECT a.name, n.aside, r.name, n.edition FROM notice n JOIN label a ON a.no = n.audience"
                     " LEFT JOIN label r ON r.no = n.reason WHERE n.person = ? ORDER BY n.no",
                     "i", found->no);
    int stepped = -1;

    while (statement && (stepped = sqlite_step(store, statement, error)) > 0) {
        LedgerFoundNotice *notice = g_new0(LedgerFoundNotice, 1);

        notice->audience = g_strdup((const char *)sqlite3_column_text(statement, 0));
        notice->aside = sqlite3_column_type(statement, 1) == SQLITE_NULL ? -1 : sqlite3_column_int(statement, 1);
        notice->reason = g_strdup((const char *)sqlite3_column_text(statement, 2));
        notice->edition = sqlite3_column_int(statement, 3);
        g_ptr_array_add(found->notices, notice);
    }
    return stepped == 0;
}

LedgerFound *sqlite_find_person(void *self, int64_t no, GError **error)
{
    sqlite3_stmt *statement = sqlite_query(
        self, error, "SELECT CASE removed WHEN 0 THEN place ELSE 0 END, id, data FROM person WHERE no = ?", "i", no);
    int stepped = statement ? sqlite_step(self, statement, error) : -1;
    LedgerFound *found;

    if (stepped == 0)
        error_set(error, BREACH_ERROR_INTERNAL, "ledger-damaged", "person %d is missing", (int)no);
    if (stepped <= 0)
        return NULL;
    found = g_new0(LedgerFound, 1);
    found->no = no;
    found->row = sqlite3_column_int64(statement, 0);
    found->id = g_strdup((const char *)sqlite3_column_text(statement, 1));
    found->data = seal_open((const char *)sqlite3_column_text(statement, 2));
    found->notices = g_ptr_array_new_with_free_func(free_notice);
    sqlite3_reset(statement);
    if (read_notices(self, found, error))
        return found;
    ledger_found_free(found);
    return NULL;
}
