/* gateway_answer - what a provider's answers mean: ordered rules over status and body; the first that fits counts.
 *
 * Pure. A body is looked at as JSON whatever it was: see answer_body_parse(). Everything is owned by the struct it is
 * in and immutable after loading. Threads: reading is safe. */
#ifndef BREACH_MODEL_GATEWAY_ANSWER_H
#define BREACH_MODEL_GATEWAY_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>
#include <jansson.h>

#include "model/answer_pointer.h"

/* GatewayMeaning: not every place knows each of them; the loader sees to that. */
typedef enum GatewayMeaning {
    GATEWAY_MEANS_NOTHING, /* no rule fits */
    /* answers to a message */
    GATEWAY_MEANS_ACCEPTED,  /* also look-ups and receipts */
    GATEWAY_MEANS_TEMPORARY, /* this message, later again */
    GATEWAY_MEANS_THROTTLED, /* too much at once: slower, later again */
    GATEWAY_MEANS_PERMANENT, /* this endpoint will never work: the next rung */
    GATEWAY_MEANS_POLICY,    /* refused because of the text, the sender or a rule of the provider, not the endpoint */
    GATEWAY_MEANS_ACCOUNT,   /* our own trouble (key, balance, approval): the gateway rests and nobody is lost */
    /* look-ups and receipts */
    GATEWAY_MEANS_DELIVERED,
    GATEWAY_MEANS_BOUNCED,   /* taken, and it could not be delivered: the next rung */
    GATEWAY_MEANS_FAILED,    /* refused for good */
    GATEWAY_MEANS_UNKNOWN,   /* look-ups: cannot be said yet */
    GATEWAY_MEANS_NOT_FOUND, /* look-ups: the provider never got it */
    GATEWAY_MEANS_IGNORED,   /* receipts: says nothing new (on its way, read …) */
} GatewayMeaning;

const char *gateway_meaning_name(GatewayMeaning meaning); /* "accepted", "not-found" …; "nothing" */

typedef enum GatewayTest {
    GATEWAY_TEST_NONE,   /* the status alone decides */
    GATEWAY_TEST_IN,     /* the text of the scalar at `pointer` is one of `values` */
    GATEWAY_TEST_STARTS, /* it starts with one of them */
    GATEWAY_TEST_EXISTS, /* there is something at `pointer` that is not null, "" or [] */
    GATEWAY_TEST_MISSING,
} GatewayTest;

typedef struct GatewayRule {
    int status_from, status_to; /* inclusive; 0 and 0: any. Receipts and items of a list have no status: 0 and 0 */
    GatewayTest test;
    JsonPointer *pointer; /* owned; NULL with TEST_NONE */
    GPtrArray *values;    /* owned; of char *; NULL unless IN or STARTS */
    GatewayMeaning means;
} GatewayRule;

/* GatewayItems: an answer (or receipt) that has one item for each message. */
typedef struct GatewayItems {
    JsonPointer
        *list;        /* owned; an array, or an object whose member names are the keys; NULL: the answer is about one */
    JsonPointer *key; /* owned; within an item; NULL: by position, or (an object) the member's name */
    char *equals;     /* owned; the name whose value the key has: "id", "uuid", "endpoint", "endpoint_digits",
                         "provider_id"; NULL: by position */
} GatewayItems;

typedef enum GatewayFormat { GATEWAY_FORMAT_JSON, GATEWAY_FORMAT_XML, GATEWAY_FORMAT_TEXT } GatewayFormat;

/* GatewayAnswer: how an answer is read; see gateway_answer_apply(). */
typedef struct GatewayAnswer {
    GatewayFormat format;
    GPtrArray *rules;       /* owned; of GatewayRule *, about the whole answer; in the order of the file */
    GatewayItems items;     /* items.list NULL: there are none */
    GPtrArray *item_rules;  /* owned; of GatewayRule *, about one item; only asked where the whole answer is ACCEPTED */
    GatewayMeaning missing; /* what it means when a message has no item: NOTHING; look-ups: NOT_FOUND */
    JsonPointer *provider_id; /* owned, or NULL; within the item where there are items, else the answer */
    char *provider_id_header; /* owned, or NULL: the header of the answer that has it (apns-id) */
    GPtrArray *words; /* owned; of JsonPointer *: the provider's words for the log, the first that is there; tried
                         in the item, then in the whole answer */
} GatewayAnswer;

/* gateway_answer_init: an empty one in place; gateway_answer_clear: frees what it owns. */
void gateway_answer_init(GatewayAnswer *answer);
void gateway_answer_clear(GatewayAnswer *answer);

GatewayRule *gateway_rule_new(void);
void gateway_rule_free(GatewayRule *rule);

/* gateway_rules_apply: what the first fitting rule of `rules` says of `status` (0: there is none) and `body` (NULL:
 * there is none, or it could not be parsed); GATEWAY_MEANS_NOTHING when none fits. */
GatewayMeaning gateway_rules_apply(const GPtrArray *rules, int status, json_t *body);

/* gateway_items_find: the item of the message whose name `items->equals` has the value `value`, or the one at
 * `position` where items are told by position. Borrowed from `body`; NULL when it is not there. */
json_t *gateway_items_find(const GatewayItems *items, json_t *body, const char *value, size_t position);

/* gateway_answer_apply: what the answer says of one message: the rules of the whole answer, then, where that is
 * ACCEPTED and there are items, those of its item (`missing` when there is none). `value` and `position` as above.
 * *item: the item (borrowed), or `body` when there are none; may be NULL. */
GatewayMeaning gateway_answer_apply(const GatewayAnswer *answer, int status, json_t *body, const char *value,
                                    size_t position, json_t **item);

/* gateway_answer_id, gateway_answer_words: from what gateway_answer_apply() gave. Newly allocated; NULL: it has none.
 */
char *gateway_answer_id(const GatewayAnswer *answer, json_t *item);
char *gateway_answer_words(const GatewayAnswer *answer, json_t *item, json_t *body);

/* answer_body_parse: a body as JSON: JSON itself; XML with elements as members (their attributes are dropped, an
 * element that comes twice is a list, one without elements is its text); text as one string. NULL when it is malformed,
 * nested over 32 deep, or not UTF-8. */
#define ANSWER_DEPTH_MAX 32
json_t *answer_body_parse(GatewayFormat format, const char *data, size_t size);

#endif
