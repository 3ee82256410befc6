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
    g_free(gateway->host);
    g_free(gateway->ca_file);
    g_free(gateway->user);
    g_free(gateway->password);
    g_free(gateway->helo);
    g_free(gateway->from);
    g_free(gateway->from_name);
    g_free(gateway->reply_to);
    g_free(gateway->bounce);
    g_free(gateway->region);
    g_ptr_array_unref(gateway->domain_rates);
    g_free(gateway);
}

Gateway *gateway_copy(const Gateway *gateway)
{
    Gateway *copy = g_memdup2(gateway, sizeof *gateway);
    char **const strings[] = {&copy->folder,   &copy->name,     &copy->kind,  &copy->host, &copy->ca_file,
                              &copy->user,     &copy->password, &copy->helo,  &copy->from, &copy->from_name,
                              &copy->reply_to, &copy->bounce,   &copy->region};

    for (size_t i = 0; i < G_N_ELEMENTS(strings); i++)
        *strings[i] = g_strdup(*strings[i]);
    copy->domain_rates = g_ptr_array_new_with_free_func(free_domain_rate);
    for (guint i = 0; i < gateway->domain_rates->len; i++) {
        const GatewayDomainRate *entry = g_ptr_array_index(gateway->domain_rates, i);

        gateway_add_domain_rate(copy, entry->domain, entry->rate);
    }
    return copy;
}

bool gateway_is_loopback(const char *host)
{
    return strcmp(host, "localhost") == 0 || (g_str_has_prefix(host, "127.") && g_hostname_is_ip_address(host));
}
