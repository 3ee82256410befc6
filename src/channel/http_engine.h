/* http_engine - the engine of gateways of kind "http": messages as requests, several under way at a time, on one
 * thread.
 *
 * A request carries one message, or up to limits.batch of one text; each message's slot is written before the first
 * byte leaves, and each gets its own outcome. See channel.h for the promise, http.h for what libcurl must not do. */
#ifndef BREACH_CHANNEL_HTTP_ENGINE_H
#define BREACH_CHANNEL_HTTP_ENGINE_H

#include "channel/channel.h"

/* http_engine: static. It has look-ups and keeps its connections and tokens in ChannelCalls.state. */
const ChannelEngine *http_engine(void);

#endif
