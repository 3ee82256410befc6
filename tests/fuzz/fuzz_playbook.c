/* Arbitrary bytes as a playbook and as a gateway: whatever cannot be used has an error, and every finding can be shown.
 */
#include "fuzz.h"

#include <string.h>

#include <glib.h>

#include "base/text.h"
#include "load/load_gateway.h"
#include "load/load_playbook.h"
#include "model/gateway.h"

static void show(Findings *findings)
{
    for (size_t i = 0; i < findings_count(findings); i++) {
        g_autofree char *text = finding_format(findings_get(findings, i));

        fuzz_require(g_utf8_validate(text, -1, NULL));
        fuzz_require(!text_has_controls(text, strlen(text)));
    }
}

static void check_playbook(const char *path)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(Playbook) playbook = load_playbook(path, findings);

    fuzz_require(playbook || findings_errors(findings, FINDING_SEND) > 0);
    if (playbook && !findings_errors(findings, FINDING_SEND))
        fuzz_require(playbook->incident.id && playbook->incident.edition >= 1 && playbook->audiences->len > 0);
    show(findings);
}

static void check_gateway(const char *path)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(Gateway) gateway = load_gateway_file(path, NULL, findings);

    fuzz_require(gateway || findings_errors(findings, FINDING_SEND) > 0);
    if (gateway && !findings_errors(findings, FINDING_SEND))
        fuzz_require(gateway->kind && gateway->channel && gateway->connections > 0 &&
                     (gateway->print || (gateway->host && gateway->port > 0 && (gateway->http || gateway->from))));
    show(findings);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *path = fuzz_file(data, size);

    check_playbook(path);
    check_gateway(path);
    return 0;
}
