/* digest - SHA-256 and HMAC-SHA-256 (FIPS 180-4, RFC 2104) by the processor's own instructions, for what is digested a
 * million times; for single files GLib's checksum does as well.
 *
 * Threads: safe. Aborts where the system's library cannot digest at all: nothing could be proven then. */
#ifndef BREACH_BASE_DIGEST_H
#define BREACH_BASE_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DIGEST_SIZE     32
#define DIGEST_HEX_SIZE (2 * DIGEST_SIZE + 1) /* with its NUL */

void digest_sha256(const void *data, size_t size, uint8_t digest[DIGEST_SIZE]);
void digest_hmac(const void *key, size_t key_size, const void *data, size_t size, uint8_t digest[DIGEST_SIZE]);

/* digest_hex: in lower-case hexadecimal. digest_is_set: whether any octet is not zero: a digest of zeros stands for
 * "none". */
void digest_hex(const uint8_t digest[DIGEST_SIZE], char hex[DIGEST_HEX_SIZE]);
bool digest_is_set(const uint8_t digest[DIGEST_SIZE]);

#endif
