/* What was published for everybody to read. */
#include "ledger/sqlite_private.h"

bool sqlite_publication_put(void *self, const Publication *publication, const char *state, GError **error)
{
    return sqlite_run(
        self, error,
        "INSERT INTO publication(gateway, locale, kind, edition, state, item, url, digest, words, who, at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(gateway, locale) DO UPDATE SET"
        " kind = excluded.kind, edition = excluded.edition, state = excluded.state, item = excluded.item,"
        " url = excluded.url, digest = excluded.digest, words = excluded.words, who = excluded.who,"
        " at = excluded.at",
        "sssissssssi", publication->gateway, publication->locale, publication->kind, (int64_t)publication->edition,
        state, publication->item, publication->url, publication->digest, publication->words, publication->by,
        publication->at);
}

static char *column(sqlite3_stmt *statement, int index)
{
    return (char *)sqlite3_column_text(statement, index);
}

bool sqlite_publications(void *self, BackendPublication *receive, void *user, GError **error)
{
    sqlite3_stmt *statement =
        sqlite_query(self, error,
                     "SELECT gateway, locale, kind, edition, state, item, url, digest, words, who, at FROM publication"
                     " ORDER BY gateway, locale",
                     "");
    int stepped = -1;

    while (statement && (stepped = sqlite_step(self, statement, error)) > 0)
        receive(column(statement, 4),
                &(Publication){.gateway = column(statement, 0),
                               .locale = column(statement, 1),
                               .kind = column(statement, 2),
                               .edition = sqlite3_column_int(statement, 3),
                               .item = column(statement, 5),
                               .url = column(statement, 6),
                               .digest = column(statement, 7),
                               .words = column(statement, 8),
                               .by = column(statement, 9),
                               .at = sqlite3_column_int64(statement, 10)},
                user);
    return stepped == 0;
}
