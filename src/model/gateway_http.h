/* gateway_http - a provider that is reached over HTTP, described as data: request, proof of who we are, what answers
 * mean, look-ups, receipts, limits, approved texts. Read from gateways/NAME.yaml with kind: http, see
 * breach-gateway(5).
 *
 * A GatewayHttp is immutable after loading and counted, so that copies of a Gateway share it. Threads: reading is safe,
 * and so are ref and unref. */
#ifndef BREACH_MODEL_GATEWAY_HTTP_H
#define BREACH_MODEL_GATEWAY_HTTP_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "base/position.h"
#include "model/gateway_answer.h"
#include "model/gateway_auth.h"
#include "model/gateway_request.h"
#include "model/moment.h"

/* GatewayIdempotency: the provider recognises a repeated request by the message id (or its uuid) for `valid` ms. The
 * request itself has it in the header or field `name` (checked when it is loaded): nothing is to be added. */
typedef struct GatewayIdempotency {
    bool is_there;
    bool is_header;
    char *name;    /* owned, or NULL */
    int64_t valid; /* ms after the first attempt; a resend later than that may reach the person twice */
} GatewayIdempotency;

typedef struct GatewayLookup {
    GatewayRequest *request; /* owned; NULL: there is none */
    GatewayAnswer answer;    /* means accepted, delivered, bounced, failed, unknown, not-found */
    bool needs_provider_id;  /* it cannot settle a doubt, for then there is no such id: for receipts by polling only */
    bool polls;              /* asked again and again about accepted messages, in place of receipts */
    int64_t interval;        /* ms between two looks at one message; default 5 min */
    char *action;            /* owned, or NULL: auth.action of this request, where it is another one */
} GatewayLookup;

typedef enum GatewayReceiptProof {
    GATEWAY_RECEIPT_TOKEN, /* the header or query parameter `name` has the secret */
    GATEWAY_RECEIPT_HMAC,
    GATEWAY_RECEIPT_BASIC, /* Authorization: Basic with user and secret */
} GatewayReceiptProof;

/* GatewayReceipt: delivery reports that the provider sends to `breach serve`, at /receipts/GATEWAY. The query and a
 * form are looked at as one JSON object of strings; a JSON body as it is (with the query beside it when it is no
 * object). */
typedef struct GatewayReceipt {
    bool is_there;
    char *url; /* owned, or NULL; how the provider reaches us from outside: {{receipt_url}} */
    GatewayReceiptProof proof;
    char *name;        /* owned; TOKEN: of the header or query parameter */
    bool in_query;     /* TOKEN: `name` is a query parameter */
    char *user;        /* owned; BASIC */
    char *secret;      /* owned; a reference */
    GatewayHmac hmac;  /* HMAC; with `secret` */
    JsonPointer *list; /* owned; a body with several reports; NULL: it is one. "" : the body itself is the list */
    JsonPointer *id;   /* owned, or NULL; our message id, within a report; a uuid of ours counts as well */
    JsonPointer *provider_id; /* owned, or NULL; one of both is there */
    GPtrArray *rules;         /* owned; of GatewayRule *; means accepted, delivered, bounced, failed, ignored */
    GPtrArray *words;         /* owned; of JsonPointer * */
    char *reply;              /* owned; the body of our 200, as the provider wants it; "" unless given */
    char *reply_type;         /* owned; its content type */
} GatewayReceipt;

typedef struct GatewayLimits {
    int batch;               /* messages in one request, 1-1000; default 1. Over 1: only messages whose values outside
                                $each are equal may share a request, and the answer has items or is about all alike */
    int text_max;            /* characters of {{text}}; 0: no limit */
    int segments_max;        /* of one text message; 0: no limit */
    int64_t timeout;         /* ms for a whole request; default 30 s */
    int64_t connect;         /* ms to connect, TLS included; default 10 s */
    int64_t answer_max;      /* bytes of an answer; default 256 KiB */
    int64_t retry_after_max; /* ms: a Retry-After is obeyed up to this; default 1 h */
} GatewayLimits;

typedef enum GatewayApproval { GATEWAY_APPROVED, GATEWAY_PENDING, GATEWAY_REJECTED } GatewayApproval;

typedef struct GatewayParam {
    char *name;         /* owned; as the provider calls it; "1", "2" … where it counts them */
    Template *template; /* owned; TEMPLATE_ESCAPE_NONE; with the names of gateway_request_names() and person.COLUMN */
} GatewayParam;

/* GatewayApproved: a text that the provider has approved: it alone may be sent there. */
typedef struct GatewayApproved {
    char *template_name; /* owned; ours */
    char *audience;      /* owned, or NULL: any */
    char *locale;        /* owned; normalized */
    char *id;            /* owned; the provider's id: {{template_id}} */
    char *sign;          /* owned, or NULL: {{sign}} */
    char *text;          /* owned; exactly as the provider shows it, with its own marks: ${name}, {1}, {{name.DATA}} */
    GPtrArray *params;   /* owned; of GatewayParam *; may be empty */
    GatewayApproval state;
    Moment checked_at; /* when somebody last looked at the provider's console */
    Position at;
} GatewayApproved;

/* GatewayPublication: sends: announcement. The request of the gateway creates the item. */
typedef struct GatewayPublication {
    GatewayRequest *update;   /* owned; NULL: `request` again, which replaces it */
    GatewayRequest *withdraw; /* owned; NULL: as update */
    GatewayRequest *find;     /* owned, or NULL: looks for an item whose creation is in doubt; its answer as `found` */
    GatewayAnswer found;      /* accepted with a provider id, or not-found */
    GatewayRequest *read;     /* owned; reads it back */
    JsonPointer *read_text;   /* owned; where the text stands in what is read; NULL: it is the whole body */
    JsonPointer *url;         /* owned, or NULL: the public URL in the answer to `request` */
    Template *url_template;   /* owned, or NULL: the public URL, where it follows from our own names */
    bool is_exact; /* what is read back has the very bytes of {{html}} (WebDAV, S3); otherwise it holds them */
    char *content; /* owned; the part that is published: "html" or "text" */
} GatewayPublication;

/* GatewayAlphabet: what the provider calls the alphabets of text messages (model/sms_text). One that is told "ucs2" for
 * every text sends, and charges, three segments where one would do. */
typedef struct GatewayAlphabet {
    char *gsm7; /* owned; "gsm7" unless given */
    char *ucs2; /* owned; "ucs2" unless given */
} GatewayAlphabet;

typedef struct GatewayHttp {
    gint references;         /* gateway_http_ref() */
    char *preset;            /* owned, or NULL: the shipped description that was used */
    GatewayRequest *request; /* owned */
    GatewayAuth auth;
    GatewayAnswer answer; /* means accepted, temporary, throttled, permanent, policy, account */
    GatewayIdempotency idempotency;
    GatewayLookup lookup;
    GatewayReceipt receipt;
    GatewayLimits limits;
    GPtrArray *approved;            /* owned; of GatewayApproved *; may be empty */
    bool needs_approval;            /* approved_only: nothing else is taken by this provider */
    GatewayPublication publication; /* only for sends: announcement */
    bool is_http2;                  /* the provider speaks HTTP/2 only (APNs) */
    char *zone;                     /* owned; of {{sent_day}}: "+08:00"; "Z" unless given */
    GatewayAlphabet alphabet;       /* of {{alphabet}} */
} GatewayHttp;

GatewayHttp *gateway_http_new(void);
GatewayHttp *gateway_http_ref(GatewayHttp *http);
void gateway_http_unref(GatewayHttp *http); /* NULL is allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GatewayHttp, gateway_http_unref)

/* gateway_http_names: every name that leaves for this provider with a message or a look-up ("endpoint", "text",
 * "person.name"), those of approved texts' parameters included. Sorted, each once, NULL-terminated; g_strfreev(). */
char **gateway_http_names(const GatewayHttp *http);

/* gateway_http_approved: the text approved for our template, audience (NULL: any) and locale: one that names the
 * audience before one for any. Borrowed; NULL: there is none. */
const GatewayApproved *gateway_http_approved(const GatewayHttp *http, const char *template_name, const char *audience,
                                             const char *locale);

void gateway_approved_free(GatewayApproved *approved);

#endif
