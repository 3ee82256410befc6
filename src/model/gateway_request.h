/* gateway_request - what one request to a provider is made of, as data with named holes: {{endpoint}}, {{person.name}}.
 *
 * Each place escapes in its own way, whoever fills the holes: a path by percent-encoding, a header by refusing control
 * characters, query and form values by percent-encoding of the whole value, JSON by jansson. Host and port of a URL
 * never have holes, so that nobody's data decides where a request goes.
 *
 * Everything is owned by the GatewayRequest and immutable after loading. Threads: reading is safe. */
#ifndef BREACH_MODEL_GATEWAY_REQUEST_H
#define BREACH_MODEL_GATEWAY_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>
#include <jansson.h>

#include "model/template.h"

/* The names that a request may use besides person.COLUMN:
 *   endpoint         of the message, as it was frozen: E.164 "+8613800138000", a token, a URL-safe id …
 *   endpoint_digits  the same without anything but its digits ("8613800138000")
 *   endpoint_cn      a number of mainland China without its country code ("13800138000"); any other as endpoint_digits
 *   id, uuid         the message id, and the UUID (RFC 9562, version 8) that gateway_request_uuid() makes of it
 *   number           the notice number
 *   title, text, html  the rendered parts
 *   alphabet         which one the text needs, in the provider's word for it (see GatewayHttp)
 *   locale, audience, channel, incident, edition, organization
 *   now, now_unix    RFC 3339 in UTC, and seconds since 1970
 *   template_id, sign  of the approved text that the message uses (see GatewayApproved)
 *   receipt_url      where this provider's receipts arrive, or "" (gateway key receipt.url)
 *   receipt_token    the secret of receipt.token, for providers that are told with each message where reports go
 *   slug             incident and locale as one word for URLs ("2026-11-token-leak-zh-cn"); announcements
 * in look-ups, and in requests that change an announcement:
 *   provider_id      the provider's own id
 *   sent_day         yyyymmdd of the attempt, in the gateway's zone; of one that is not the first, the days since then
 *                    in turn
 *   sent_unix        the first attempt, in seconds since 1970 */
const char *const *gateway_request_names(void); /* NULL-terminated */

/* gateway_request_uuid: 36 characters and a NUL, the same for the same message id. */
#define GATEWAY_UUID_SIZE 37
void gateway_request_uuid(const char *message_id, char uuid[GATEWAY_UUID_SIZE]);

typedef enum GatewayNodeKind {
    GATEWAY_NODE_TEXT,     /* `template`, rendered: a string */
    GATEWAY_NODE_NUMBER,   /* $number: `template`, rendered, is a JSON number */
    GATEWAY_NODE_LITERAL,  /* `literal`: true, false, null or a number, as it stands in the file */
    GATEWAY_NODE_OBJECT,   /* `members` with their names */
    GATEWAY_NODE_LIST,     /* `members` without names */
    GATEWAY_NODE_EACH,     /* $each: a list with members[0] once for each message of the request (batch) */
    GATEWAY_NODE_EACH_MAP, /* $each_map: an object; for each message the name `template` and the value members[0] */
    GATEWAY_NODE_JOIN,     /* $each with $join: the same as one string, with `separator` between */
    GATEWAY_NODE_ENCODED,  /* $json: members[0] as compact JSON text, a string */
    GATEWAY_NODE_OPTIONAL, /* $optional: members[0]; the member or pair is left out when that is "" */
    GATEWAY_NODE_PARAMS,   /* $params: what the approved text's holes are filled with, see GatewayParamsShape */
} GatewayNodeKind;

/* GatewayParamsShape: how GATEWAY_NODE_PARAMS looks, for params {{name: "number", value: "A-1"}}. */
typedef enum GatewayParamsShape {
    GATEWAY_PARAMS_OBJECT, /* {"number": "A-1"} */
    GATEWAY_PARAMS_LIST,   /* ["A-1"] */
    GATEWAY_PARAMS_VALUES, /* {"number": {"value": "A-1"}} */
} GatewayParamsShape;

typedef struct GatewayNode GatewayNode;
struct GatewayNode {
    GatewayNodeKind kind;
    char *name;               /* owned; of a member of an object, a header, a query or form pair; otherwise NULL */
    Template *template;       /* owned, or NULL */
    json_t *literal;          /* owned, or NULL */
    GPtrArray *members;       /* owned; of GatewayNode *; NULL where the kind has none */
    char *separator;          /* owned; JOIN */
    GatewayParamsShape shape; /* PARAMS */
};

typedef enum GatewayBody {
    GATEWAY_BODY_NONE,
    GATEWAY_BODY_FORM, /* application/x-www-form-urlencoded */
    GATEWAY_BODY_JSON, /* application/json; charset=utf-8 */
    GATEWAY_BODY_TEXT, /* what `body_node` (TEXT) gives, with `content_type` */
} GatewayBody;

typedef struct GatewayRequest {
    char *method;       /* owned; GET, POST, PUT, PATCH or DELETE */
    char *origin;       /* owned; "https://sms.example.com" or "http://127.0.0.1:13013", without a slash at the end */
    Template *path;     /* owned; "/v1/{{id}}", TEMPLATE_ESCAPE_URL; renders to something that begins with "/" */
    GPtrArray *headers; /* owned; of GatewayNode *, named; their templates are TEMPLATE_ESCAPE_HEADER */
    GPtrArray *query;   /* owned; of GatewayNode *, named; may be empty, as `headers` and `form` */
    GPtrArray *form;    /* owned; BODY_FORM */
    GatewayBody body;
    GatewayNode *body_node; /* owned; BODY_JSON, BODY_TEXT; otherwise NULL */
    char *content_type;     /* owned; BODY_TEXT; otherwise NULL */
} GatewayRequest;

GatewayRequest *gateway_request_new(void);
void gateway_request_free(GatewayRequest *request);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GatewayRequest, gateway_request_free)

GatewayNode *gateway_node_new(GatewayNodeKind kind);
void gateway_node_free(GatewayNode *node);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GatewayNode, gateway_node_free)

/* gateway_request_add_names: adds every name that the request uses ("endpoint", "person.name") to the set `names`,
 * whose keys are g_strdup()ed. gateway_request_uses: whether it uses `name`. gateway_request_has_params: whether a
 * GATEWAY_NODE_PARAMS is in it. */
void gateway_request_add_names(const GatewayRequest *request, GHashTable *names);
bool gateway_request_uses(const GatewayRequest *request, const char *name);
bool gateway_request_has_params(const GatewayRequest *request);

#endif
