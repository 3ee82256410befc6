/* dns_text - TXT records, asked of a resolver with a time limit: for SPF (RFC 7208) and DMARC (RFC 7489).
 *
 * No answer is an answer too: it is told apart from "there is no such record". Blocks; threads: any. */
#ifndef BREACH_CHANNEL_DNS_TEXT_H
#define BREACH_CHANNEL_DNS_TEXT_H

#include <glib.h>

typedef enum DnsTextResult {
    DNS_TEXT_FOUND,
    DNS_TEXT_NONE,    /* a resolver says that there is none */
    DNS_TEXT_UNKNOWN, /* no resolver answered, or none that knows */
} DnsTextResult;

/* dns_text_query: the TXT records of `name`, each as one string (its pieces joined, RFC 7208 3.3), appended to `records`
 * as newly allocated char *. `resolver`: "ADDRESS" or "ADDRESS:PORT" (IPv4), or NULL: the system's. Takes at most a few
 * seconds. */
DnsTextResult dns_text_query(const char *name, const char *resolver, GPtrArray *records);

/* dns_text_is_resolver: whether `text` is such an address. */
gboolean dns_text_is_resolver(const char *text);

#endif
