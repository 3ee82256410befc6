#include "cli/handing.h"

#include <string.h>

#include "base/error.h"
#include "channel/hand_over.h"
#include "channel/letter.h"

static bool is_printed(const Gateway *gateway)
{
    return gateway && gateway->print && strcmp(gateway->kind, "folder") != 0;
}

static void check_gateway(const Workspace *workspace, const Gateway *gateway)
{
    const Playbook *playbook = material_playbook(workspace->material);
    bool is_plain = gateway->print->encrypt.tool == GATEWAY_ENCRYPT_NONE;
    g_autoptr(GError) error = NULL;

    if (is_plain && playbook->hand_over == HAND_OVER_ENCRYPTED)
        findings_error(
            workspace->findings, FINDING_SEND, "handover-plain", gateway->at,
            "gateway %s would write names and addresses without encryption, and the playbook says hand_over: "
            "encrypted: add encrypt: {tool: age, recipient: …, name: …}",
            gateway->name);
    if (hand_over_check(&gateway->print->encrypt, &error))
        return;
    findings_error(workspace->findings, FINDING_SEND,
                   hand_over_has_tool(&gateway->print->encrypt) ? "handover-encrypt" : "handover-tool", gateway->at,
                   "%s", error->message);
}

static void check_fonts(const Workspace *workspace)
{
    const GPtrArray *texts = material_texts(workspace->material);
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < texts->len; i++) {
        const MaterialText *text = g_ptr_array_index(texts, i);
        const Gateway *gateway = material_gateway(workspace->material, text->channel);
        g_autoptr(GError) error = NULL;

        if (!is_printed(gateway) || !g_hash_table_add(seen, (gpointer)text->locale))
            continue;
        if (!letter_probe(text->locale, &error))
            findings_error(workspace->findings, FINDING_SEND, "letter-glyph", gateway->at, "%s", error->message);
    }
}

void handing_check(const Workspace *workspace)
{
    const GPtrArray *gateways = material_playbook(workspace->material)->gateways;

    for (guint i = 0; i < gateways->len; i++) {
        const ChannelGateway *entry = g_ptr_array_index(gateways, i);
        const Gateway *gateway = material_gateway(workspace->material, entry->channel);

        if (is_printed(gateway))
            check_gateway(workspace, gateway);
    }
    check_fonts(workspace);
}
