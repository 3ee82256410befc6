/* announce - one item of the public announcement at one endpoint: published, replaced, looked for, read back.
 *
 * The promise that crash safety stands on is the caller's half of it: that "publishing" is durable before put() is
 * called. put() says by its result whether anything may have reached the endpoint; find() and read() change nothing. An
 * endpoint is opened once and used by one thread. All strings of an item are borrowed; an answer owns its own. */
#ifndef BREACH_CHANNEL_ANNOUNCE_H
#define BREACH_CHANNEL_ANNOUNCE_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "base/clock.h"
#include "model/gateway.h"

typedef struct AnnounceLink { /* another language of the same announcement; the last of a list has the slug NULL */
    const char *slug;
    const char *locale;
} AnnounceLink;

typedef struct AnnounceItem {
    const char *id;   /* ID_MESSAGE_LENGTH characters, the same for the same text: the idempotency key */
    const char *slug; /* [a-z0-9-]: the same for every edition */
    const char *incident;
    const char *locale;
    const char *kind; /* "first", "update", "correction", "withdrawal" */
    int edition;
    bool is_exercise;
    const char *organization; /* its name in this language */
    const char *title;        /* one line */
    const char *text;         /* plain */
    const char *html;         /* what stands inside <body> */
    const char *page;         /* the whole page made of it (announce_page()) */
    const char *digest;       /* SHA-256 of the text: 64 hexadecimal digits */
    const char *url;          /* where the playbook says that it can be read, or NULL */
    const char *item;         /* what the endpoint calls it; "" when that is not known */
    const AnnounceLink *links;
} AnnounceItem;

typedef enum AnnounceAct {
    ANNOUNCE_CREATE,
    ANNOUNCE_UPDATE,   /* replaces the item */
    ANNOUNCE_WITHDRAW, /* replaces it by the text of the withdrawal, or takes it away */
} AnnounceAct;

typedef enum AnnounceResult {
    ANNOUNCE_TAKEN,     /* put: the endpoint has it. find: it is there */
    ANNOUNCE_REFUSED,   /* put: it has not, and says why */
    ANNOUNCE_UNSENT,    /* nothing has reached the endpoint */
    ANNOUNCE_IN_DOUBT,  /* put: it may have it. find, read: the endpoint did not answer in a way that can be believed */
    ANNOUNCE_NOT_FOUND, /* find, read: it is not there */
    ANNOUNCE_SAME,      /* read: what stands there is this text */
    ANNOUNCE_DIFFERENT, /* read: something else stands there */
    ANNOUNCE_UNKNOWN,   /* find, read: this endpoint cannot be asked */
} AnnounceResult;

typedef struct AnnounceAnswer {
    AnnounceResult result;
    char *item;  /* owned; what the endpoint calls it, or NULL */
    char *url;   /* owned; where it can be read, or NULL */
    char *words; /* owned; what the endpoint says or what went wrong, in one line; never NULL after a call */
} AnnounceAnswer;

void announce_answer_clear(AnnounceAnswer *answer);

typedef struct AnnounceEngine {
    const char *kind; /* "folder", "http" */

    /* open: nothing is changed yet. Error: BREACH_ERROR_CONFIG. close: NULL is allowed. Both arguments are borrowed
     * until close. */
    void *(*open)(const Gateway *gateway, const Clock *clock, GError **error);
    void (*close)(void *self);

    /* by_name: whether an item is found under our own name for it, so that doing it twice is doing it once. */
    bool (*by_name)(const void *self);

    /* put, find, read: each fills an empty answer. */
    void (*put)(void *self, AnnounceAct act, const AnnounceItem *item, AnnounceAnswer *answer);
    void (*find)(void *self, const AnnounceItem *item, AnnounceAnswer *answer);
    void (*read)(void *self, const AnnounceItem *item, AnnounceAnswer *answer);
} AnnounceEngine;

/* announce_engine: that of a gateway that publishes (kind folder, or http with sends: announcement), or NULL. */
const AnnounceEngine *announce_engine(const Gateway *gateway);

const AnnounceEngine *announce_folder_engine(void);
const AnnounceEngine *announce_http_engine(void);

/* announce_result_name: "taken", "refused", "unsent", "in_doubt", "not_found", "same", "different", "unknown". */
const char *announce_result_name(AnnounceResult result);

/* announce_plain: the words of a text as they can be compared: without tags and entities, every run of blanks as one;
 * newly allocated. For endpoints that change the markup of what they take. */
char *announce_plain(const char *html);

#endif
