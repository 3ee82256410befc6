/* Arbitrary bytes as a gateway file: whatever cannot be used has an error, every finding can be shown, and what was
 * read never sends anything anywhere in plain text but to this machine. */
#include "fuzz.h"

#include <string.h>

#include <glib.h>

#include "base/text.h"
#include "load/load_gateway.h"

static void check_origin(const char *origin)
{
    g_autofree char *host = NULL;

    fuzz_require(origin && !strstr(origin, "{{") && !strchr(origin, '@'));
    if (g_str_has_prefix(origin, "https://"))
        return;
    fuzz_require(g_str_has_prefix(origin, "http://"));
    host = g_strndup(origin + 7, strcspn(origin + 7, ":"));
    fuzz_require(gateway_is_loopback(host));
}

static void check_rules(const GPtrArray *rules)
{
    for (guint i = 0; i < rules->len; i++) {
        const GatewayRule *rule = g_ptr_array_index(rules, i);

        fuzz_require(rule->means != GATEWAY_MEANS_NOTHING);
        fuzz_require((rule->test == GATEWAY_TEST_NONE) == (rule->pointer == NULL));
        fuzz_require(rule->status_from <= rule->status_to);
    }
}

static void check_http(const GatewayHttp *http)
{
    const GatewayRequest *const requests[] = {
        http->request,          http->lookup.request,  http->publication.update, http->publication.withdraw,
        http->publication.find, http->publication.read};

    for (size_t i = 0; i < G_N_ELEMENTS(requests); i++) {
        if (!requests[i])
            continue;
        check_origin(requests[i]->origin);
        fuzz_require(requests[i]->method && requests[i]->path);
    }
    if (http->auth.token.origin)
        check_origin(http->auth.token.origin);
    check_rules(http->answer.rules);
    check_rules(http->answer.item_rules);
    check_rules(http->lookup.answer.rules);
    check_rules(http->receipt.rules);
    fuzz_require(http->limits.batch >= 1 && http->limits.timeout > 0 && http->limits.answer_max >= 1024);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *path = fuzz_file(data, size);
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(Gateway) gateway = load_gateway_file(path, NULL, findings);
    g_autoptr(Gateway) copy = gateway ? gateway_copy(gateway) : NULL;

    fuzz_require(gateway || findings_errors(findings, FINDING_SEND) > 0);
    if (copy && copy->http)
        check_http(copy->http);
    if (copy && copy->http && copy->http->request) {
        g_auto(GStrv) names = gateway_http_names(copy->http);

        for (size_t i = 1; names[0] && names[i]; i++)
            fuzz_require(strcmp(names[i - 1], names[i]) < 0);
    }
    for (size_t i = 0; i < findings_count(findings); i++) {
        g_autofree char *text = finding_format(findings_get(findings, i));

        fuzz_require(g_utf8_validate(text, -1, NULL));
        fuzz_require(!text_has_controls(text, strlen(text)));
    }
    return 0;
}
