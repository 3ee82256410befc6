/* sign - what a request must carry so that a provider believes that it is ours: passwords, keys, signatures, tokens.
 *
 * A Signer holds the secrets of one gateway, loaded once, in locked memory (base/secret). Requests are the caller's:
 * their URL may be replaced and headers are added, nothing else is changed. The time and the nonce are arguments, so a
 * signature is a function of what goes in. No signature reads or changes the body.
 *
 * Where a provider wants a token first (oauth2), the engine fetches it:
 *   while (sign_wants_token(signer, now)) { sign_token_request(); send it, without signing; sign_token_answer(); }
 *
 * Threads: a Signer belongs to one thread at a time. Errors: BREACH_ERROR_CONFIG, saying what to mend; a secret never
 * stands in one. */
#ifndef BREACH_CHANNEL_SIGN_H
#define BREACH_CHANNEL_SIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "model/gateway_http.h"

#define SIGN_DIGEST 32 /* octets of SHA-256 */

typedef struct SignRequest {
    const char *method; /* upper case; borrowed */
    char *url; /* owned; absolute, percent-encoded as it goes out. Replaced when a key belongs into the query */
    GPtrArray *headers; /* owned; of char *, "Name: value", freed with g_free. Host is not among them */
    char *body;         /* owned; the octets as they go out, or NULL */
    size_t size;        /* of body */
    const char *action; /* borrowed; in place of auth.action, for a request that has another one; or NULL */
} SignRequest;

/* sign_request_clear: frees what it owns; all fields are then NULL or 0. */
void sign_request_clear(SignRequest *request);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SignRequest, sign_request_clear)

/* sign_request_header: adds one; sign_request_has: the value of the first header of that name (any case), borrowed, or
 * NULL. */
void sign_request_header(SignRequest *request, const char *name, const char *value);
const char *sign_request_has(const SignRequest *request, const char *name);

typedef struct Signer Signer;

/* sign_open: loads what `auth` names (secrets and keys; relative files start at `folder`). `auth` is borrowed until
 * sign_close(). In an exercise nothing is read: "exercise" stands for each secret, and a key is made for the occasion.
 * sign_close: wipes; NULL is allowed. */
Signer *sign_open(const GatewayAuth *auth, const char *folder, bool is_exercise, GError **error);
void sign_close(Signer *signer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Signer, sign_close)

/* sign_request: signs. `now` in ms since 1970; `nonce` is new for every request: 16 to 64 letters and digits, so that a
 * provider that refuses repeats does not refuse a second try. Errors also for a URL that is none.
 * BREACH_ERROR_TEMPORARY: a token is wanted first. */
bool sign_request(Signer *signer, SignRequest *request, int64_t now, const char *nonce, GError **error);

/* sign_wants_nonce: whether a signature has a nonce in it; without, sign_request() takes any. */
bool sign_wants_nonce(const Signer *signer);

/* sign_wants_token: whether a token has to be fetched before the next request: there is none, or it ends within a
 * minute (or half its life, where that is shorter). sign_token_request: fills an empty request that asks for one.
 * sign_token_answer: takes the provider's answer. Errors: BREACH_ERROR_CONFIG where it refuses us (400, 401, 403),
 * BREACH_ERROR_TEMPORARY for anything else without a token. sign_forget_token: the provider said 401, so what we have
 * is worth nothing (also the APNs token, which we make). */
bool sign_wants_token(const Signer *signer, int64_t now);
bool sign_token_request(Signer *signer, int64_t now, SignRequest *request, GError **error);
bool sign_token_answer(Signer *signer, int status, const char *body, size_t size, int64_t now, GError **error);
void sign_forget_token(Signer *signer, int64_t now);

/* SignParts: what an HMAC is made over; everything is borrowed, and "" where there is none. */
typedef struct SignParts {
    const char *method, *url, *path, *query, *timestamp, *nonce;
    const char *body;
    size_t size; /* of body */
} SignParts;

/* sign_parts: the signature over the parts that `hmac` names, encoded, without its prefix; newly allocated. For what we
 * send and for what comes back to us. */
char *sign_parts(const GatewayHmac *hmac, const char *secret, const SignParts *parts);

/* sign_hmac: HMAC-SHA-256 (RFC 2104). sign_hex: lower case; newly allocated. sign_is_equal: compares in a time that
 * does not depend on where two texts differ. */
void sign_hmac(const void *key, size_t key_size, const void *data, size_t size, unsigned char digest[SIGN_DIGEST]);
char *sign_hex(const unsigned char *octets, size_t size);
bool sign_is_equal(const char *left, const char *right);

#endif
