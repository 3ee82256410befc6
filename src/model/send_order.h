/* send_order - whom of an audience is told first. Pure; immutable once loaded. Threads: reading is safe. */
#ifndef BREACH_MODEL_SEND_ORDER_H
#define BREACH_MODEL_SEND_ORDER_H

#include <stdint.h>

#include <glib.h>

#include "base/position.h"

/* SendOrder: whom of an audience is told first: by a column of the people file. */
typedef enum SendFirst { SEND_HIGHEST, SEND_LOWEST, SEND_LISTED } SendFirst;

typedef struct SendOrder {
    char *column; /* owned */
    SendFirst first;
    GPtrArray *listed; /* owned; of char *, first one first; with SEND_LISTED */
    Position at;
} SendOrder;

SendOrder *send_order_new(void);
void send_order_free(SendOrder *order);

/* send_order_named: "risk" (column risk, highest first), "deadline" (column deadline, earliest first) or
 * "recent-activity" (column last_active, latest first); NULL when the name is none of these. */
SendOrder *send_order_named(const char *name);

/* send_order_rank: the place of a value: 0 is first. A number or a date (2026-11-22, with or without a time) counts by
 * its value, and so do critical, high, medium and low; in a list its position does. Whatever cannot be read, and an
 * empty value, is last. At most `most` (over 1,000,000). */
int64_t send_order_rank(const SendOrder *order, const char *value, int64_t most);

#endif
