/* sign_token - tokens with an end: those that a provider gives for our credentials (RFC 6749 4.4, RFC 7523 2.1), and
 * those that we make ourselves and that it takes for an hour (APNs).
 *
 * Threads: one at a time. */
#ifndef BREACH_CHANNEL_SIGN_TOKEN_H
#define BREACH_CHANNEL_SIGN_TOKEN_H

#include "channel/sign.h"
#include "channel/sign_jwt.h"

typedef struct SignToken SignToken;

/* sign_token_new: everything is borrowed until sign_token_free(). */
SignToken *sign_token_new(const GatewayAuth *auth, const char *user, const char *secret, const SignKey *key);
void sign_token_free(SignToken *token);

/* sign_token_text: the token, borrowed until the next call. Error: BREACH_ERROR_TEMPORARY, one has to be fetched. */
const char *sign_token_text(SignToken *token, int64_t now, GError **error);

/* The rest: see sign_wants_token() and those after it in sign.h. */
bool sign_token_is_wanted(const SignToken *token, int64_t now);
bool sign_token_ask(SignToken *token, int64_t now, SignRequest *request, GError **error);
bool sign_token_take(SignToken *token, int status, const char *body, size_t size, int64_t now, GError **error);
void sign_token_forget(SignToken *token, int64_t now);

/* sign_basic_value: "Basic …" (RFC 7617 2); newly allocated. */
char *sign_basic_value(const char *user, const char *secret);

#endif
