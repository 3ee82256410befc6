/* mail_policy - what a domain's DNS says about who may send mail in its name: SPF (RFC 7208) and DMARC (RFC 7489).
 *
 * SPF is looked up at the domain of the return path, for that is where receivers look (RFC 7208 2.4), and at the domain
 * of From; DMARC at the domain of From and, where it has none, at the domains above it. Whether the relay's address is
 * among those that SPF allows is not decided: the relay may hand mail on from another. Threads: any; blocks. */
#ifndef BREACH_CHANNEL_MAIL_POLICY_H
#define BREACH_CHANNEL_MAIL_POLICY_H

#include <stdbool.h>

#include <glib.h>

#include "base/finding.h"
#include "model/gateway.h"

typedef struct MailPolicy {
    const char *kind; /* "spf" or "dmarc" */
    char *domain;     /* owned; that was asked about */
    char *record;     /* owned; the record, or NULL */
    bool is_known;    /* a resolver answered */
    bool is_fine;     /* nothing to look at */
} MailPolicy;

void mail_policy_free(MailPolicy *policy);

/* mail_policy_look: of MailPolicy *, newly allocated; owns its entries. What somebody should look at becomes a warning
 * in `findings`. `resolver`: see dns_text_query(). */
GPtrArray *mail_policy_look(const Gateway *gateway, const char *resolver, Findings *findings);

#endif
