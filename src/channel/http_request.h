/* http_request - one request to a provider, made from the gateway's description and the fields of its messages.
 *
 * Pure: the fields hold everything that may be said; a name that they lack is an error, never a hole. Every place is
 * escaped in its own way (model/gateway_request.h). Threads: safe. */
#ifndef BREACH_CHANNEL_HTTP_REQUEST_H
#define BREACH_CHANNEL_HTTP_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#include "channel/channel.h"
#include "channel/sign.h"
#include "model/gateway.h"

/* http_request_build: fills `output`, which must be empty, with `request` for `count` messages (1 without a batch);
 * what stands outside $each is that of the first. `receipt_token` is the secret {{receipt_token}}, or NULL: there is
 * none. It is not signed yet. Errors: BREACH_ERROR_INPUT: a message does not
 * fit (a control character in a header, a text longer than the provider's limit, a text that is not approved there). */
bool http_request_build(const Gateway *gateway, const GatewayRequest *request, const ChannelMessage *const *messages,
                        size_t count, const char *receipt_token, SignRequest *output, GError **error);

/* http_request_may_share: whether two messages may be in one batch request: all that stands outside $each is equal. */
bool http_request_may_share(const GatewayHttp *http, const ChannelMessage *left, const ChannelMessage *right);

/* http_request_value: what `name` is for a message ("endpoint_digits", "uuid", "person.name"), newly allocated; NULL:
 * the message has none of that name. */
char *http_request_value(const ChannelMessage *message, const char *name);

#endif
