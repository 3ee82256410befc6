/* http_probe - whether a provider could be reached and our proofs are at hand, found out without sending a message: the
 * secrets are loaded, a token is fetched where one is wanted, and a connection is made over which no byte of a request
 * goes. Blocks; threads: any, each with its own gateway. */
#ifndef BREACH_CHANNEL_HTTP_PROBE_H
#define BREACH_CHANNEL_HTTP_PROBE_H

#include <stdbool.h>

#include <glib.h>

#include "base/clock.h"
#include "model/gateway.h"

typedef enum HttpProbeStage {
    HTTP_PROBE_SECRET,
    HTTP_PROBE_TOKEN,
    HTTP_PROBE_CONNECT,
    HTTP_PROBE_STAGES
} HttpProbeStage;

typedef struct HttpProbe {
    bool done[HTTP_PROBE_STAGES]; /* in order; the first that is not done has failed, the others were not tried */
    GError *error;                /* owned; NULL: all are done. Says what is wrong and what to do */
} HttpProbe;

/* http_probe_run: never NULL. */
HttpProbe *http_probe_run(const Gateway *gateway, const Clock *clock);
void http_probe_free(HttpProbe *probe);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HttpProbe, http_probe_free)

/* http_probe_stage_name: "secret", "token", "connect". */
const char *http_probe_stage_name(HttpProbeStage stage);

#endif
