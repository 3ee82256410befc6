/* pointer - messages that only point to the announcement (SMS, push, instant messages) and wait until it can be read in
 * their language.
 *
 * One queue for each language of the announcement: a message that is met while it has to wait is moved there once, and
 * claimed from there when the announcement is out.
 * Threads: the conductor's. Errors: as ledger.h. */
#ifndef BREACH_DISPATCH_POINTER_H
#define BREACH_DISPATCH_POINTER_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "ledger/ledger.h"
#include "ledger/queue.h"
#include "model/announcement.h"

typedef struct Pointers Pointers;

/* pointers_new: `need` is borrowed; NULL, or one whose announcement is not due from the start: nothing waits. */
Pointers *pointers_new(const AnnouncementNeed *need);
void pointers_free(Pointers *pointers);

/* pointers_load: in a batch: reads what is published, and makes the queues that are missing. */
bool pointers_load(Pointers *pointers, Ledger *ledger, GError **error);

/* pointers_waits: whether anything on a channel has to wait. pointers_place: the queue in which a message of this
 * channel and language waits; QUEUE_MAIN: it may go. */
bool pointers_waits(const Pointers *pointers, const char *channel);
int64_t pointers_place(Pointers *pointers, const char *channel, const char *locale);

/* pointers_is_shut: whether a queue is one of those and its announcement is not out. */
bool pointers_is_shut(const Pointers *pointers, const Queue *queue);

/* pointers_why: what a queue waits for, in the chosen language; newly allocated. */
char *pointers_why(const Queue *queue);

#endif
