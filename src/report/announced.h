/* announced - what is published, what is not although it is due, and what waits for it, for people and for --json.
 *
 * Strings that are returned are newly allocated. Threads: one. Errors: as ledger.h. */
#ifndef BREACH_REPORT_ANNOUNCED_H
#define BREACH_REPORT_ANNOUNCED_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>
#include <jansson.h>

#include "ledger/ledger.h"
#include "ledger/publication.h"
#include "model/announcement.h"

typedef struct AnnouncedWait { /* messages that wait until the announcement in a language is published */
    const char *locale;        /* borrowed from the need */
    int64_t messages;          /* that were set aside for it so far */
} AnnouncedWait;

typedef struct Announced {
    const AnnouncementNeed *need; /* borrowed, or NULL: nothing is to be published */
    GPtrArray *rows;              /* owned; of Publication * */
    GArray *waits;                /* owned; of AnnouncedWait: languages that nobody can read yet, with `always` only */
    int64_t unreachable;          /* people */
    bool is_due;
    size_t outstanding, all; /* endpoints and languages: without this edition, and in all */
} Announced;

/* announced_collect: `need` may be NULL. NULL on failure. */
Announced *announced_collect(Ledger *ledger, const AnnouncementNeed *need, int64_t unreachable, GError **error);
void announced_free(Announced *announced);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Announced, announced_free)

/* announced_is_missing: something is due and not published. announced_is_first: it is due from the start, whoever is
 * reached. announced_is_shut: whether messages that point to the
 * announcement in this language have to wait. announced_waiting: how many do, as far as they were set aside. */
bool announced_is_missing(const Announced *announced);
bool announced_is_first(const Announced *announced);
bool announced_is_shut(const Announced *announced, const char *locale);
int64_t announced_waiting(const Announced *announced);

/* announced_verdict: "the announcement is due: it is not published in zh-TW, and 12 messages wait for it"; NULL:
 * nothing is missing. announced_text: a line each for what is published and what waits; "" when there is nothing. */
char *announced_verdict(const Announced *announced);
char *announced_text(const Announced *announced, int64_t now);

/* announced_json: {"when","due","outstanding","publications":[…],"waiting":{LOCALE: messages}}; null without a need; a
 * new reference. announced_row_json: one publication. */
json_t *announced_json(const Announced *announced);
json_t *announced_row_json(const Publication *row);

#endif
