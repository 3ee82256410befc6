/* engines - which engine speaks to a gateway: the one place that knows them all. */
#ifndef BREACH_CLI_ENGINES_H
#define BREACH_CLI_ENGINES_H

#include "channel/channel.h"
#include "model/gateway.h"

/* engines_initialize: once, before the first thread. */
void engines_initialize(void);

/* engines_of: the engine of the gateway's kind; static; NULL: there is none, which the loader does not let through. */
const ChannelEngine *engines_of(const Gateway *gateway);

#endif
