#include "model/gateway.h"

#include <string.h>

#include "base/clock.h"

static void free_domain_rate(gpointer data)
{
    GatewayDomainRate *entry = data;

    g_free(entry->domain);
    g_free(entry);
}

void gateway_add_domain_rate(Gateway *gateway, const char *domain, double rate)
{
    GatewayDomainRate *entry = g_new0(GatewayDomainRate, 1);

    entry->domain = g_strdup(domain);
    entry->rate = rate;
    g_ptr_array_add(gateway->domain_rates, entry);
}

double gateway_domain_rate(const Gateway *gateway, const char *domain)
{
    for (guint i = 0; i < gateway->domain_rates->len; i++) {
        const GatewayDomainRate *entry = g_ptr_array_index(gateway->domain_rates, i);

        if (strcmp(entry->domain, domain) == 0)
            return entry->rate;
    }
    return 0;
}

Gateway *gateway_new(void)
{
    Gateway *gateway = g_new0(Gateway, 1);

    gateway->channel = g_strdup("email");
    gateway->domain_rates = g_ptr_array_new_with_free_func(free_domain_rate);
    gateway->policy_pause = 15 * CLOCK_MINUTE;
    gateway->port = 587;
    gateway->tls = GATEWAY_TLS_STARTTLS;
    gateway->connections = 8;
    gateway->session = 200;
    gateway->in_doubt = GATEWAY_DOUBT_RESEND;
    gateway->timeouts = (GatewayTimeouts){.greeting = 5 * CLOCK_MINUTE,
                                          .envelope = 5 * CLOCK_MINUTE,
                                          .data = 2 * CLOCK_MINUTE,
                                          .transfer = 3 * CLOCK_MINUTE,
                                          .final_dot = 10 * CLOCK_MINUTE};
    gateway->receipts = GATEWAY_RECEIPTS_FAILURES;
    gateway->lookup_after = 5 * CLOCK_MINUTE;
    gateway->retry_after = 5 * CLOCK_MINUTE;
    gateway->give_up = 2 * CLOCK_DAY;
    return gateway;
}

void gateway_free(Gateway *gateway)
{
    if (!gateway)
        return;
    g_free(gateway->folder);
    g_free(gateway->name);
    g_free(gateway->kind);
    g_free(gateway->channel);
    gateway_http_unref(gateway->http);
    gateway_print_free(gateway->print);
    g_free(gateway->reroute);
    g_free(gateway->host);
    g_free(gateway->ca_file);
    g_free(gateway->user);
    g_free(gateway->password);
    g_free(gateway->helo);
    g_free(gateway->from);
    g_free(gateway->from_name);
    g_free(gateway->reply_to);
    g_free(gateway->bounce);
    gateway_mailbox_free(gateway->mailbox);
    g_free(gateway->region);
    quiet_hours_free(gateway->quiet_hours);
    g_free(gateway->currency);
    g_ptr_array_unref(gateway->domain_rates);
    g_free(gateway);
}

Gateway *gateway_copy(const Gateway *gateway)
{
    Gateway *copy = g_memdup2(gateway, sizeof *gateway);
    char **const strings[] = {&copy->folder,  &copy->name,      &copy->kind,     &copy->host,
                              &copy->ca_file, &copy->user,      &copy->password, &copy->helo,
                              &copy->from,    &copy->from_name, &copy->reply_to, &copy->bounce,
                              &copy->region,  &copy->channel,   &copy->reroute,  &copy->currency};

    for (size_t i = 0; i < G_N_ELEMENTS(strings); i++)
        *strings[i] = g_strdup(*strings[i]);
    copy->http = gateway->http ? gateway_http_ref(gateway->http) : NULL;
    copy->mailbox = gateway_mailbox_copy(gateway->mailbox);
    copy->print = gateway_print_copy(gateway->print);
    copy->quiet_hours = quiet_hours_copy(gateway->quiet_hours);
    copy->domain_rates = g_ptr_array_new_with_free_func(free_domain_rate);
    for (guint i = 0; i < gateway->domain_rates->len; i++) {
        const GatewayDomainRate *entry = g_ptr_array_index(gateway->domain_rates, i);

        gateway_add_domain_rate(copy, entry->domain, entry->rate);
    }
    return copy;
}

char *gateway_where(const Gateway *gateway)
{
    if (gateway->print)
        return g_strdup(gateway->print->folder);
    return g_strdup_printf("%s:%d", gateway->host, gateway->port);
}

bool gateway_knows_query(const Gateway *gateway)
{
    return gateway->http && gateway->http->lookup.request && !gateway->http->lookup.needs_provider_id;
}

char **gateway_secrets(const Gateway *gateway)
{
    const GatewayHttp *http = gateway->http;
    const char *const all[] = {gateway->password, gateway->mailbox ? gateway->mailbox->password : NULL, http ? http->auth.secret : NULL,
                               http ? http->auth.session_token : NULL,
                               http && http->receipt.is_there ? http->receipt.secret : NULL};
    char **list = g_new0(char *, G_N_ELEMENTS(all) + 1);
    size_t count = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        if (all[i] && !g_strv_contains((const char *const *)list, all[i]))
            list[count++] = g_strdup(all[i]);
    return list;
}

bool gateway_is_loopback(const char *host)
{
    return strcmp(host, "localhost") == 0 || (g_str_has_prefix(host, "127.") && g_hostname_is_ip_address(host));
}
