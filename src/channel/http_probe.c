#include "channel/http_probe.h"

#include "channel/http.h"
#include "channel/http_provider.h"
#include "channel/sign.h"

const char *http_probe_stage_name(HttpProbeStage stage)
{
    static const char *const names[HTTP_PROBE_STAGES] = {"secret", "token", "connect"};

    return names[stage];
}

/* Asked once the connection is there and before the first byte: that is all that was to be seen. */
static bool stop_before(void *user)
{
    (void)user;
    return false;
}

static bool connect_to(HttpProvider *provider, SignRequest *request, GError **error)
{
    HttpAnswer answer = {.end = HTTP_UNSENT};
    GError *problem = NULL;
    bool is_there;

    (void)http_exchange(http_provider_client(provider), request, stop_before, NULL, &answer, &problem);
    is_there = answer.is_refused;
    http_answer_clear(&answer);
    if (is_there)
        g_clear_error(&problem);
    else
        g_propagate_error(error, problem);
    return is_there;
}

HttpProbe *http_probe_run(const Gateway *gateway, const Clock *clock)
{
    HttpProbe *probe = g_new0(HttpProbe, 1);
    g_autoptr(HttpProvider) provider = NULL;
    g_auto(SignRequest) request = {.method = "GET"};
    const char *origin = gateway->reroute ? gateway->reroute : gateway->http->request->origin;

    http_initialize();
    provider = http_provider_open(gateway, clock, &probe->error);
    probe->done[HTTP_PROBE_SECRET] = provider != NULL;
    if (!provider)
        return probe;
    request.url = g_strconcat(origin, "/", NULL);
    request.headers = g_ptr_array_new_with_free_func(g_free);
    probe->done[HTTP_PROBE_TOKEN] = http_provider_sign(provider, &request, false, &probe->error);
    probe->done[HTTP_PROBE_CONNECT] = probe->done[HTTP_PROBE_TOKEN] && connect_to(provider, &request, &probe->error);
    return probe;
}

void http_probe_free(HttpProbe *probe)
{
    if (!probe)
        return;
    g_clear_error(&probe->error);
    g_free(probe);
}
