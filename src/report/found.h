/* found - "am I affected?": who is behind an address or a notice number, what they were sent, and how far it got.
 *
 * The answer is for whoever takes the call, and masked: it holds no name and no address, only what a notice would say.
 * A Found owns its lists. Threads: one. */
#ifndef BREACH_REPORT_FOUND_H
#define BREACH_REPORT_FOUND_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>
#include <jansson.h>

#include "ledger/ledger.h"
#include "ledger/ledger_find.h"
#include "ledger/ledger_select.h"
#include "model/playbook.h"

typedef enum FoundBy { FOUND_BY_EMAIL, FOUND_BY_PHONE, FOUND_BY_NUMBER } FoundBy;

typedef struct FoundPerson {
    LedgerFound *person; /* owned */
    GPtrArray *messages; /* owned; of LedgerMatch *, with details */
    GPtrArray *kinds;    /* owned; of const DataKind *, borrowed from the playbook */
    char *locale;        /* owned; normalised; NULL: their row does not say */
    bool is_told;        /* a message was accepted or delivered */
    bool is_reached;     /* one got through to the very address that was asked for; of a number: whoever has it got it */
} FoundPerson;

typedef struct Found {
    const Playbook *playbook; /* borrowed */
    FoundBy by;
    char *asked;       /* owned; normalised */
    char *hash;        /* owned; HMAC-SHA-256 of it with the incident's secret, hexadecimal: for the record */
    GPtrArray *people; /* owned; of FoundPerson * */
    int64_t now;       /* ms */
} Found;

/* found_parse: what was asked, normalised; newly allocated. NULL with BREACH_ERROR_INPUT when it is no address, no
 * telephone number, or no notice number. `country`: of telephone numbers without a plus sign, or NULL. */
char *found_parse(FoundBy by, const char *text, const char *country, GError **error);

/* found_look: looks it up. */
Found *found_look(Ledger *ledger, const Playbook *playbook, FoundBy by, const char *asked, int64_t now, GError **error);
void found_free(Found *found);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Found, found_free)

/* found_text: lines for whoever takes the call; newly allocated. found_json: [{person, row, locale, kinds, told,
 * notices, messages}]; a new reference. found_by_name: "email", "phone", "number". */
char *found_text(const Found *found);
json_t *found_json(const Found *found);
const char *found_by_name(FoundBy by);

/* found_is_reached: whether a notice got through to what was asked for: whoever calls is told of no other.
 * found_locale: the language of the first, if one got through, or the playbook's, so that a caller of whom no notice is
 * found cannot hear whether there is anybody. Borrowed. */
bool found_is_reached(const Found *found);
const char *found_locale(const Found *found);

#endif
