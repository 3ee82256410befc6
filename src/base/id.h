/* id - random ids, the stable id of a message, and the number that proves a notice genuine.
 *
 * Threads: safe. */
#ifndef BREACH_BASE_ID_H
#define BREACH_BASE_ID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ID_SECRET_SIZE 32
#define ID_MESSAGE_LENGTH 26   /* base32 characters: 130 bits */
#define ID_RUN_LENGTH 16       /* base32 characters: 80 bits */
#define ID_NUMBER_LENGTH 19    /* "1234 5678 9012 3456" */

/* id_seed: from now on everything random follows from `seed`, so that the same drill plays twice alike. Only ever for
 * exercises that send to embedded gateways: whoever knows the seed knows every id. NULL: the system's randomness again. */
void id_seed(const char *seed);

/* id_random: a random id of `length` lower-case base32 characters (RFC 4648 alphabet) and a NUL into `id`. */
void id_random(char *id, size_t length);

/* id_secret: ID_SECRET_SIZE random bytes. */
void id_secret(uint8_t secret[ID_SECRET_SIZE]);

/* id_message: the id of a message: lower-case base32 over HMAC-SHA-256 (RFC 2104) with the incident's secret, of the
 * `count` length-prefixed `parts`. Equal parts give the same id, always; nobody without the secret can make one. It is
 * the Message-ID, the VERP token, the ENVID and the idempotency key. `id` takes ID_MESSAGE_LENGTH + 1 bytes. */
void id_message(const uint8_t secret[ID_SECRET_SIZE], const char *const *parts, size_t count,
                char id[ID_MESSAGE_LENGTH + 1]);

/* id_is_message: whether `text` has the form of a message id. */
bool id_is_message(const char *text);

/* id_number: the notice number of a message: 15 digits of its id and a check digit (Luhn, ISO/IEC 7812-1), in groups
 * of four so that it can be read aloud. `number` takes ID_NUMBER_LENGTH + 1 bytes. */
void id_number(const char id[ID_MESSAGE_LENGTH + 1], char number[ID_NUMBER_LENGTH + 1]);

/* id_of_number: what the ids of a notice number begin with; `number` as it was read aloud, with or without blanks and
 * hyphens. false when it is none, or its check digit is wrong: it was misheard. Several ids may begin so: compare theirs. */
#define ID_PREFIX_LENGTH 9
bool id_of_number(const char *number, char prefix[ID_PREFIX_LENGTH + 1]);

#endif
