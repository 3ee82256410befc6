/* http_verdict - what an answer over HTTP means for one message: the gateway's rules first, then what every server
 * means by its status. What cannot be believed is in doubt; what is our own trouble (key, balance) is nobody's loss.
 *
 * Pure. Threads: safe. */
#ifndef BREACH_CHANNEL_HTTP_VERDICT_H
#define BREACH_CHANNEL_HTTP_VERDICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>
#include <jansson.h>

#include "channel/channel.h"
#include "channel/http.h"
#include "model/gateway_http.h"

typedef struct HttpVerdict {
    ChannelResult result; /* of a look-up always LOOKED_UP */
    ChannelFate fate;     /* of a look-up */
    bool is_load;
    bool is_account;   /* NOT_SENT because of us: the gateway has to rest until somebody mends it */
    char *words;       /* owned; the provider's own, one line, valid UTF-8, at most HTTP_WORDS_MAX octets; never NULL */
    char *provider_id; /* owned; or NULL */
} HttpVerdict;

#define HTTP_WORDS_MAX 400

void http_verdict_clear(HttpVerdict *verdict);

/* http_verdict_judge: what `answer` (which must be ANSWERED) says of `message`, the one at `position` of its request.
 * `body` is the parsed body, or NULL where there is none that makes sense. http_verdict_look: the same of a look-up. */
void http_verdict_judge(const GatewayHttp *http, const HttpAnswer *answer, json_t *body, const ChannelMessage *message,
                        size_t position, HttpVerdict *verdict);
void http_verdict_look(const GatewayHttp *http, const HttpAnswer *answer, json_t *body, const ChannelMessage *message,
                       HttpVerdict *verdict);

/* http_verdict_line: any text as one line: valid UTF-8, no controls, at most HTTP_WORDS_MAX octets; newly allocated. */
char *http_verdict_line(const char *text);

#endif
