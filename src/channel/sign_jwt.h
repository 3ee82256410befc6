/* sign_jwt - signed tokens of our own (RFC 7515 compact form, RFC 7518 RS256 and ES256).
 *
 * Threads: a SignKey may be read by any thread; signing with it by one at a time. */
#ifndef BREACH_CHANNEL_SIGN_JWT_H
#define BREACH_CHANNEL_SIGN_JWT_H

#include <stdbool.h>

#include <glib.h>

typedef struct SignKey SignKey;

/* sign_jwt_key: a private key from its PEM (PKCS #8, or the older forms), for "RS256" (RSA, 2,048 bits or more) or
 * "ES256" (EC on P-256). Error: BREACH_ERROR_CONFIG, without a word of the key. */
SignKey *sign_jwt_key(const char *pem, const char *algorithm, GError **error);
/* sign_jwt_key_new: one for the occasion, for exercises. Errors: as above. */
SignKey *sign_jwt_key_new(const char *algorithm, GError **error);
void sign_jwt_key_free(SignKey *key);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SignKey, sign_jwt_key_free)

/* sign_jwt: header and payload are JSON as it is to be signed; newly allocated. Error: BREACH_ERROR_CONFIG, OpenSSL
 * refuses. */
char *sign_jwt(const SignKey *key, const char *header, const char *payload, GError **error);

#endif
