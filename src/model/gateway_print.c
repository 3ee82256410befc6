#include "model/gateway_print.h"

GatewayEncryptTool gateway_encrypt_tool(const char *recipient)
{
    bool is_age = g_str_has_prefix(recipient, "age1") || g_str_has_prefix(recipient, "ssh-ed25519 ") ||
                  g_str_has_prefix(recipient, "ssh-rsa ");

    return is_age ? GATEWAY_ENCRYPT_AGE : GATEWAY_ENCRYPT_OPENPGP;
}

GatewayPrint *gateway_print_new(void)
{
    GatewayPrint *print = g_new0(GatewayPrint, 1);

    print->batch = 200;
    print->sender = g_ptr_array_new_with_free_func(g_free);
    return print;
}

GatewayPrint *gateway_print_copy(const GatewayPrint *print)
{
    GatewayPrint *copy;

    if (!print)
        return NULL;
    copy = g_memdup2(print, sizeof *print);
    copy->folder = g_strdup(print->folder);
    copy->encrypt.recipient = g_strdup(print->encrypt.recipient);
    copy->encrypt.name = g_strdup(print->encrypt.name);
    copy->url = g_strdup(print->url);
    copy->sender = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < print->sender->len; i++)
        g_ptr_array_add(copy->sender, g_strdup(g_ptr_array_index(print->sender, i)));
    return copy;
}

void gateway_print_free(GatewayPrint *print)
{
    if (!print)
        return;
    g_free(print->folder);
    g_free(print->encrypt.recipient);
    g_free(print->encrypt.name);
    g_free(print->url);
    g_ptr_array_unref(print->sender);
    g_free(print);
}
