#include "channel/dns_text.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>

#include <resolv.h>

#define DNS_PORT      53
#define ANSWER_MAX    16384
#define SECONDS_A_TRY 2
#define TRIES         2

static bool parse_resolver(const char *text, struct sockaddr_in *address)
{
    const char *colon = strchr(text, ':');
    g_autofree char *host = colon ? g_strndup(text, (gsize)(colon - text)) : g_strdup(text);
    guint64 port = DNS_PORT;

    if (colon && !g_ascii_string_to_unsigned(colon + 1, 10, 1, 65535, &port, NULL))
        return false;
    *address = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    return inet_pton(AF_INET, host, &address->sin_addr) == 1;
}

gboolean dns_text_is_resolver(const char *text)
{
    struct sockaddr_in address;

    return parse_resolver(text, &address);
}

/* A TXT record is a row of counted strings (RFC 1035 3.3.14). */
static char *join(const unsigned char *data, size_t size)
{
    GString *text = g_string_new(NULL);

    for (size_t at = 0; at < size;) {
        size_t length = MIN((size_t)data[at], size - at - 1);

        g_string_append_len(text, (const char *)data + at + 1, (gssize)length);
        at += length + 1;
    }
    for (size_t i = 0; i < text->len; i++)
        if (!g_ascii_isprint(text->str[i]))
            text->str[i] = '?';
    return g_string_free(text, FALSE);
}

static DnsTextResult read_answer(const unsigned char *answer, int size, GPtrArray *records)
{
    guint before = records->len;
    ns_msg message;
    ns_rr record;

    if (ns_initparse(answer, size, &message) != 0)
        return DNS_TEXT_UNKNOWN;
    for (int i = 0; i < ns_msg_count(message, ns_s_an); i++)
        if (ns_parserr(&message, ns_s_an, i, &record) == 0 && ns_rr_type(record) == ns_t_txt)
            g_ptr_array_add(records, join(ns_rr_rdata(record), ns_rr_rdlen(record)));
    return records->len > before ? DNS_TEXT_FOUND : DNS_TEXT_NONE;
}

DnsTextResult dns_text_query(const char *name, const char *resolver, GPtrArray *records)
{
    unsigned char answer[ANSWER_MAX];
    struct __res_state state = {0};
    struct sockaddr_in address;
    int size;
    int problem;

    if (res_ninit(&state) != 0)
        return DNS_TEXT_UNKNOWN;
    state.retrans = SECONDS_A_TRY;
    state.retry = TRIES;
    if (resolver && parse_resolver(resolver, &address)) {
        state.nscount = 1;
        state.nsaddr_list[0] = address;
    }
    size = res_nquery(&state, name, ns_c_in, ns_t_txt, answer, ANSWER_MAX);
    problem = state.res_h_errno;
    res_nclose(&state);
    if (size < 0)
        return problem == HOST_NOT_FOUND || problem == NO_DATA ? DNS_TEXT_NONE : DNS_TEXT_UNKNOWN;
    return read_answer(answer, size, records);
}
