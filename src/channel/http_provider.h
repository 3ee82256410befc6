/* http_provider - one gateway of kind http as it is spoken to: its connections, its secrets and its tokens.
 *
 * Threads: an HttpProvider belongs to one thread at a time. Errors: BREACH_ERROR_CONFIG where somebody has to mend
 * something (secret, certificate, refused login), BREACH_ERROR_TEMPORARY otherwise. */
#ifndef BREACH_CHANNEL_HTTP_PROVIDER_H
#define BREACH_CHANNEL_HTTP_PROVIDER_H

#include <stdbool.h>

#include <glib.h>

#include "base/clock.h"
#include "channel/channel.h"
#include "channel/http.h"
#include "model/gateway.h"

typedef struct HttpProvider HttpProvider;

/* http_provider_open: loads the secrets; nothing is connected yet. `gateway` and `clock` are
 * borrowed until http_provider_close(), which wipes and disconnects; NULL is allowed. */
HttpProvider *http_provider_open(const Gateway *gateway, const Clock *clock, GError **error);
void http_provider_close(HttpProvider *provider);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HttpProvider, http_provider_close)

const Gateway *http_provider_gateway(const HttpProvider *provider);
HttpClient *http_provider_client(HttpProvider *provider);

/* http_provider_build: http_request_build() with the gateway's own secret for receipts, where the request has it. */
bool http_provider_build(HttpProvider *provider, const GatewayRequest *request, const ChannelMessage *const *messages,
                         size_t count, SignRequest *output, GError **error);

/* http_provider_sign: signs a request that was built; where a token is wanted it is fetched first, and what else is
 * under way goes on meanwhile. `is_look_up`: by the look-up's action where it has one of its own.
 * http_provider_refused: the provider said 401: a token that we hold is worth nothing. */
bool http_provider_sign(HttpProvider *provider, SignRequest *request, bool is_look_up, GError **error);
void http_provider_refused(HttpProvider *provider);

/* http_provider_ask: builds `request` of the gateway's description for one message, signs it, sends it, and waits for
 * the answer; `answer` is to be cleared. For announcements, reading back, and whatever comes alone. `before` as in
 * http.h: a request that changes something is noted there. Returns whether there is an answer, of any status; otherwise
 * the error, and answer->end says whether it may have arrived. */
bool http_provider_ask(HttpProvider *provider, const GatewayRequest *request, const ChannelMessage *message,
                       HttpBefore *before, void *user, HttpAnswer *answer, GError **error);

#endif
