#include "model/gateway_mailbox.h"

GatewayMailbox *gateway_mailbox_copy(const GatewayMailbox *mailbox)
{
    GatewayMailbox *copy;

    if (!mailbox)
        return NULL;
    copy = g_memdup2(mailbox, sizeof *mailbox);
    copy->host = g_strdup(mailbox->host);
    copy->folder = g_strdup(mailbox->folder);
    copy->user = g_strdup(mailbox->user);
    copy->password = g_strdup(mailbox->password);
    copy->ca_file = g_strdup(mailbox->ca_file);
    return copy;
}

void gateway_mailbox_free(GatewayMailbox *mailbox)
{
    if (!mailbox)
        return;
    g_free(mailbox->host);
    g_free(mailbox->folder);
    g_free(mailbox->user);
    g_free(mailbox->password);
    g_free(mailbox->ca_file);
    g_free(mailbox);
}
