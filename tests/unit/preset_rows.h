/* preset_rows - what each preset of contacts/presets must make of one message, and of what its provider answers. */
#ifndef BREACH_TESTS_PRESET_ROWS_H
#define BREACH_TESTS_PRESET_ROWS_H

#include <stddef.h>

#include "model/gateway.h"

#define PRESET_ID "abcdefghijklmnopqrstuvwxyz" /* of the message */
/* SHA-256 of "breach message " and the id, cut to 16 octets, with version 8 and the variant of RFC 9562 */
#define PRESET_UUID "0151dc6b-6e03-80ef-a6c4-78af0f1ff94b"

typedef struct Answer {
    int status;
    const char *body;
    GatewayMeaning means;
    const char *id; /* the provider's, or NULL */
} Answer;

#define ANSWERS_MAX 16

typedef struct Preset {
    const char *name;
    const char *more; /* of the gateway file */
    const char *endpoint;
    const char *method, *url, *body; /* body NULL: none */
    const char *headers;             /* all of them, a line each */
    const char *channel;
    GatewayDoubt in_doubt;
    GatewayReceipts receipts;
    const char *names; /* all that the provider gets, separated by spaces */
    Answer answers[ANSWERS_MAX];
    const char *lookup; /* URL and body of the look-up; NULL: there is none */
    Answer lookups[ANSWERS_MAX];
} Preset;

extern const Preset preset_rows[];
extern const size_t preset_row_count;

#endif
