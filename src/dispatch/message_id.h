/* message_id - what the stable id of a message is made of. One recipe for plans and for ladders.
 *
 * Equal ids make one message of several: so the id holds who may read about each other. At one address these are people
 * of one organisation, whose mailbox it is then, and people of whom it was proven that one and the same holds it
 * (column `holder`). Anybody else gets a message of their own: an address that strangers share must not tell one of the
 * other's account. Of a guardian the child's organisation says nothing. The id depends on nobody else's row, so that it
 * never changes when people come and go. Threads: safe. */
#ifndef BREACH_DISPATCH_MESSAGE_ID_H
#define BREACH_DISPATCH_MESSAGE_ID_H

#include <stdbool.h>
#include <stdint.h>

#include "base/id.h"
#include "model/person.h"
#include "model/playbook.h"

typedef struct MessageIdParts { /* all borrowed */
    const char *incident;
    IncidentStatus status;
    int edition;
    const char *channel;
    const char *endpoint; /* normalised */
    const char *audience;
    const char *locale;
    Capacity capacity;
    const char *person;       /* id */
    const char *holder;       /* the column; NULL or empty: none */
    const char *organization; /* likewise */
} MessageIdParts;

/* message_id_of: the parts that follow from who is told, in which audience, how and in which language; incident, status,
 * edition and endpoint are the caller's to fill in. */
MessageIdParts message_id_of(const Person *person, const Audience *audience, const char *channel, const char *locale);

/* message_id_alone: whether no other person's message can ever have the same id. */
bool message_id_alone(const MessageIdParts *parts);
void message_id_make(const uint8_t secret[ID_SECRET_SIZE], const MessageIdParts *parts, char id[ID_MESSAGE_LENGTH + 1]);

#endif
