/* publication - what the public was told: one row for each endpoint and language, and an event for each step.
 *
 * The item at an endpoint is one for all editions: a later edition replaces it. Before the first byte of a request
 * leaves, the row says `publishing`, durably; what is found in that state later is in doubt, and whoever goes on looks
 * at the endpoint before anything is published a second time. An item counts as published only once it was read back.
 *
 * The rows are written by the process that publishes, which has a lock of its own (src/dispatch/publish.h), while
 * another one may be sending; each write is a short transaction with an inbox entry in it, so that a running notify
 * looks again. Ownership: as said at each function. Threads and errors: as ledger.h. */
#ifndef BREACH_LEDGER_PUBLICATION_H
#define BREACH_LEDGER_PUBLICATION_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>
#include <jansson.h>

#include "ledger/ledger.h"

typedef enum PublicationState {
    PUBLICATION_PUBLISHING, /* a request may be under way, or may have been taken */
    PUBLICATION_TAKEN,      /* the endpoint took it; it was not read back as it should be */
    PUBLICATION_PUBLISHED,  /* read back, and it is what was to be published */
    PUBLICATION_REFUSED,    /* the endpoint refused it; an earlier edition may still stand there */
    PUBLICATION_WITHDRAWN,  /* the text of the withdrawal stands there, or nothing does; read back */
    PUBLICATION_STATES
} PublicationState;

typedef struct Publication {
    char *gateway; /* owned; name */
    char *locale;  /* owned */
    char *kind;    /* owned; what this edition is: "first", "update", "correction", "withdrawal" */
    int edition;
    PublicationState state;
    char *item;   /* owned; what the endpoint calls it; "" when it is not known */
    char *url;    /* owned; where it can be read; "" when it is not known */
    char *digest; /* owned; SHA-256 of what was published: title, text and HTML; 64 hexadecimal digits */
    char *words;  /* owned; the endpoint's last answer or what went wrong; "" */
    char *by;     /* owned; login@host */
    int64_t at;   /* ms; of the latest change */
} Publication;

void publication_clear(Publication *publication);
void publication_free(Publication *publication);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Publication, publication_free)
Publication *publication_copy(const Publication *publication);

/* publication_state_name: "publishing", "taken", "published", "refused", "withdrawn". publication_state_parse: false
 * when there is no such state. */
const char *publication_state_name(PublicationState state);
bool publication_state_parse(const char *name, PublicationState *state);

/* publication_put: makes this the row of its gateway and locale, with its event ("announcement_published" and so on)
 * and an inbox entry; durable when it returns true; a transaction of its own. May be called while another process holds
 * the lock of the state folder. */
bool publication_put(Ledger *ledger, const Publication *publication, GError **error);

/* publication_list: all rows, by gateway and locale; a new array of Publication *. publication_find: that of a gateway
 * and locale, or NULL; borrowed. */
GPtrArray *publication_list(Ledger *ledger, GError **error);
const Publication *publication_find(const GPtrArray *publications, const char *gateway, const char *locale);

/* publication_is_out: whether a publication says what this edition says, and was read back. publication_readable: whether
 * the announcement can be read in this language, in the edition of the plan, at one endpoint at least: what lets
 * pointers go. */
bool publication_is_out(const Publication *publication, int edition);
bool publication_readable(Ledger *ledger, const char *locale, bool *is_out, GError **error);

/* publication_is_entry: whether an inbox entry only says that there is something new here. */
bool publication_is_entry(const json_t *entry);

#endif
