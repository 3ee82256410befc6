/* gateway - how a channel is reached; read from gateways/NAME.yaml, apart from playbooks.
 *
 * A Gateway owns its strings and is immutable after loading. Threads: reading is safe. */
#ifndef BREACH_MODEL_GATEWAY_H
#define BREACH_MODEL_GATEWAY_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "base/position.h"
#include "model/gateway_http.h"
#include "model/gateway_mailbox.h"
#include "model/gateway_print.h"
#include "model/quiet_hours.h"

typedef enum GatewayTls { GATEWAY_TLS_NONE, GATEWAY_TLS_STARTTLS } GatewayTls;
typedef enum GatewayDoubt { GATEWAY_DOUBT_RESEND, GATEWAY_DOUBT_HOLD, GATEWAY_DOUBT_QUERY } GatewayDoubt;

/* What comes back later. BOTH: deliveries too, so that silence says something. */
typedef enum GatewayReceipts {
    GATEWAY_RECEIPTS_NONE,
    GATEWAY_RECEIPTS_FAILURES,
    GATEWAY_RECEIPTS_BOTH
} GatewayReceipts;
typedef enum GatewaySilence { GATEWAY_SILENCE_NONE, GATEWAY_SILENCE_NEXT } GatewaySilence;

/* Whether people who opted out of our messages get a legal notice by this provider all the same, or it tells us. */
typedef enum GatewaySuppression {
    GATEWAY_SUPPRESSION_UNSAID,
    GATEWAY_SUPPRESSION_BYPASSED,
    GATEWAY_SUPPRESSION_REPORTED
} GatewaySuppression;

typedef struct GatewayTimeouts { /* milliseconds; the minima of RFC 5321 4.5.3.2 are the defaults */
    int64_t greeting;            /* 5 min */
    int64_t envelope;            /* 5 min: EHLO, MAIL, RCPT */
    int64_t data;                /* 2 min: the reply to DATA */
    int64_t transfer;            /* 3 min: each block */
    int64_t final_dot; /* 10 min: never shorter without being asked for, or doubts are made (RFC 5321 4.5.3.2.6) */
} GatewayTimeouts;

#define GATEWAY_POLICY_PAUSE_MAX INT64_C(14400000) /* 4 h */

typedef struct GatewayDomainRate { /* domain_rate: {qq.com: 20/s} */
    char *domain;                  /* owned; ASCII, lower case */
    double rate;                   /* messages per second, over 0 */
} GatewayDomainRate;

typedef struct Gateway {
    Position at;         /* of the file */
    char *folder;        /* owned; of the file: relative secrets and CA files start here */
    char *name;          /* owned */
    char *kind;          /* owned; "smtp", "http", "letter", "phone", "folder" */
    char *channel;       /* owned; what it sends: smtp "email", http as `sends` says, letter "letter", phone "phone",
                            folder "announcement" */
    GatewayHttp *http;   /* owned (a reference); kind http, otherwise NULL */
    GatewayPrint *print; /* owned; kinds letter, phone and folder, otherwise NULL */
    char *reroute;       /* owned, or NULL; kind http: every request, look-ups and tokens too, goes to this origin
                            ("http://127.0.0.1:4711") instead of its own, and secrets are not read: "exercise" stands
                            for each. For rehearsals and tests; never from a file */
    char *host;          /* owned; a DNS name or an IPv4 address; smtp, and http: of the request. NULL in a folder */
    int port;            /* 1-65535; 0 in a folder */
    GatewayTls tls;
    char *ca_file;           /* owned; PEM of the CAs to trust instead of the system's, or NULL */
    char *user;              /* owned, or NULL: no AUTH */
    char *password;          /* owned; a reference (env:NAME, file:PATH), never the password; NULL without user */
    char *helo;              /* owned, or NULL: the machine's name */
    char *from;              /* owned; smtp: validated address, ASCII domain; otherwise NULL */
    char *from_name;         /* owned, or NULL: the organisation's name in the notice's language */
    char *reply_to;          /* owned, or NULL */
    char *bounce;            /* owned; smtp: validated; the return path before VERP; otherwise NULL */
    GatewayMailbox *mailbox; /* owned, or NULL; smtp: where what comes back to `bounce` can be fetched */
    int connections;         /* 1-64; default 8 */
    int session;             /* messages per connection, 1-1000; default 200 */
    double rate;             /* messages per second; 0 = unlimited */
    GPtrArray *domain_rates; /* owned; of GatewayDomainRate *, owned; may be empty */
    int64_t policy_pause; /* ms for which a domain that refuses us by policy (5.7.x) is left alone; doubles each time up
                             to GATEWAY_POLICY_PAUSE_MAX; default 15 min */
    char *region;         /* owned, or NULL */
    GatewayDoubt in_doubt;     /* default: http without idempotency: query where a look-up can settle it, else hold;
                                  otherwise resend */
    int64_t lookup_after;      /* ms after an attempt before "not found" counts; default 5 min */
    GatewayReceipts receipts;  /* default: smtp failures; http as it has receipts or a polled look-up; else none */
    GatewaySilence on_silence; /* next only with receipts both; default none */
    GatewaySuppression suppression;
    int64_t quota;           /* messages per day of the zone of quiet_hours (UTC without), 0: none */
    QuietHours *quiet_hours; /* owned, or NULL: hours in which the provider (or the law there) takes nothing */
    int64_t price;           /* millionths of `currency` for one segment, call, letter or push; 0: not given */
    char *currency;          /* owned, or NULL; ISO 4217 */
    GatewayTimeouts timeouts;
    int64_t retry_after; /* ms before the second try of a deferred message; doubles each time; default 5 min */
    int64_t give_up;     /* ms after the first try; default 2 days */
    bool is_sample;      /* found among the shipped samples: serves exercises only */
} Gateway;

Gateway *gateway_new(void);
void gateway_free(Gateway *gateway);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Gateway, gateway_free)

/* gateway_copy: a deep copy. gateway_add_domain_rate: one more domain with a rate of its own. gateway_domain_rate:
 * messages a second to `domain`; 0: no rate of its own. */
void gateway_add_domain_rate(Gateway *gateway, const char *domain, double rate);
double gateway_domain_rate(const Gateway *gateway, const char *domain);
Gateway *gateway_copy(const Gateway *gateway);

/* gateway_where: "relay.example.com:587", or the folder: for people; newly allocated. gateway_knows_query: whether its
 * look-up can settle a doubt. */
char *gateway_where(const Gateway *gateway);
bool gateway_knows_query(const Gateway *gateway);

/* gateway_secrets: the references (env:NAME, file:PATH) of all secrets that it needs, each once; NULL-terminated,
 * g_strfreev(). Relative files start at gateway->folder. */
char **gateway_secrets(const Gateway *gateway);

/* gateway_is_loopback: whether `host` is 127.0.0.0/8 or "localhost": the only hosts to which tls: none is allowed. */
bool gateway_is_loopback(const char *host);

#endif
