/* load_gateway_private - the parts of a gateway file; only the load_gateway*.c files include this.
 *
 * Each reads one map of the file into its struct and reports every mistake under `check`, whose ids are
 * load_gateway_ids. Threads: as schema.h. */
#ifndef BREACH_LOAD_LOAD_GATEWAY_PRIVATE_H
#define BREACH_LOAD_LOAD_GATEWAY_PRIVATE_H

#include "load/schema.h"
#include "model/gateway.h"

#define LOAD_GATEWAY_STAGE FINDING_SEND

extern const char *const load_gateway_ids[SCHEMA_MISTAKES];

/* Keys that every kind that is not smtp has, for the head of a table over Gateway. */
#define LOAD_GATEWAY_FIELDS                                                                                            \
    {"version",           SCHEMA_CUSTOM, LOAD_GATEWAY_STAGE, .is_required = true, .set = schema_set_version,           \
     .hint = "version: 1"},                                                                                            \
        {"name", SCHEMA_NAME, LOAD_GATEWAY_STAGE, .is_required = true, .offset = offsetof(Gateway, name)},             \
        {"kind", SCHEMA_TEXT, LOAD_GATEWAY_STAGE, .is_required = true, .offset = offsetof(Gateway, kind)},             \
        {"region", SCHEMA_NAME, LOAD_GATEWAY_STAGE, .offset = offsetof(Gateway, region)},                              \
        {"quota",      SCHEMA_COUNT,         LOAD_GATEWAY_STAGE, .offset = offsetof(Gateway, quota),                   \
         .minimum = 1, .maximum = 1000000000},                                                                         \
        {"quiet_hours", SCHEMA_CUSTOM, LOAD_GATEWAY_STAGE, .set = load_gateway_quiet_hours},                           \
    {                                                                                                                  \
        "price", SCHEMA_CUSTOM, LOAD_GATEWAY_STAGE, .set = load_gateway_price                                          \
    }

SchemaSet load_gateway_quiet_hours; /* targets: a Gateway */
SchemaSet load_gateway_mailbox;
SchemaSet load_gateway_price;
SchemaSet load_gateway_ca_file;

/* load_gateway_http: a whole file of kind http; load_gateway_print: of kinds letter, phone and folder. */
void load_gateway_http(const SchemaCheck *check, const YamlNode *root, Gateway *gateway);
void load_gateway_print(const SchemaCheck *check, const YamlNode *root, Gateway *gateway);

/* load_gateway_request: NULL when it is no request; what is wrong within is reported. `names`: names that this one may
 * use besides those of every message, NULL-terminated, or NULL. */
GatewayRequest *load_gateway_request(const SchemaCheck *check, const YamlNode *node, const char *const *names);

/* load_gateway_template: one text with holes; NULL when it is wrong. */
Template *load_gateway_template(const SchemaCheck *check, const YamlNode *node, const char *text, TemplateEscape escape,
                                const char *const *names);

/* load_gateway_url: takes an https URL apart (http for this machine); false when it is none, which is then reported.
 * *origin and *path are newly allocated; the path may have holes, the origin none. */
bool load_gateway_url(const SchemaCheck *check, const YamlNode *node, const char *text, char **origin, char **path);

/* load_gateway_answer: an `answer` map; `meanings`: what its rules may mean, ending with GATEWAY_MEANS_NOTHING.
 * load_gateway_rules: a list of rules. `has_status`: whether a rule may ask for the status. load_gateway_pointer: one
 * JSON pointer, NULL when it is none. load_gateway_pointers: one, or a list. */
void load_gateway_answer(const SchemaCheck *check, const YamlNode *node, const GatewayMeaning *meanings,
                         GatewayAnswer *answer);
void load_gateway_rules(const SchemaCheck *check, const char *key, const YamlNode *node, const GatewayMeaning *meanings,
                        bool has_status, GPtrArray *rules);
JsonPointer *load_gateway_pointer(const SchemaCheck *check, const char *key, const YamlNode *node);
void load_gateway_pointers(const SchemaCheck *check, const char *key, const YamlNode *node, GPtrArray *pointers);

void load_gateway_auth(const SchemaCheck *check, const YamlNode *node, GatewayAuth *auth);
void load_gateway_hmac(const SchemaCheck *check, const YamlNode *node, GatewayHmac *hmac);
void load_gateway_receipt(const SchemaCheck *check, const YamlNode *node, GatewayReceipt *receipt);
void load_gateway_publication(const SchemaCheck *check, const YamlNode *node, GatewayPublication *publication);

/* load_gateway_approved: a SchemaSet for a SCHEMA_LIST whose target is a GPtrArray * of GatewayApproved *. */
SchemaSet load_gateway_approved;

/* load_gateway_encrypt: a SchemaSet for `encrypt`; the target is a GatewayEncrypt. */
SchemaSet load_gateway_encrypt;

/* load_gateway_mode: reports a file that everybody may change. */
void load_gateway_mode(const SchemaCheck *check, const char *path);

/* load_gateway_preset: puts the user's file `root` over the preset that it names (`presets/NAME.yaml` in `folder`, then
 * `<data>/contacts/presets/`; `data` may be NULL), and fills {{params.NAME}} in. Takes over `root`; returns the tree to
 * go on with, or NULL when that is not possible, which is then reported. */
YamlNode *load_gateway_preset(const SchemaCheck *check, YamlNode *root, const char *data);

#endif
