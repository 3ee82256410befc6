#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "base/language.h"
#include "load/load_gateway_private.h"
#include "load/schema.h"
#include "model/gateway.h"
#include "model/gateway_mailbox.h"

#define STAGE LOAD_GATEWAY_STAGE

static const char *const tls_words[] = {"implicit", "starttls", "none", NULL}; /* as GatewayMailboxTls */

/* RFC 3501 5.1: what is not plain needs modified UTF-7, and % and * are wildcards. */
static void set_folder(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    const char *text = schema_scalar(check, field->stage, value, N_("the name of a folder such as INBOX"));
    GatewayMailbox *mailbox = target;
    bool is_plain = text && *text && strlen(text) <= 200;

    for (const char *at = text; at && *at; at++)
        is_plain = is_plain && g_ascii_isprint(*at) && !strchr("\"\\%*", *at);
    if (is_plain) {
        g_free(mailbox->folder);
        mailbox->folder = g_strdup(text);
    } else if (text) {
        schema_report(
            check, field->stage, SCHEMA_WRONG_VALUE, value->at,
            "folder cannot be used: expected a name in plain ASCII such as INBOX or Bounces, without \" \\ %% and *");
    }
}

static const SchemaField fields[] = {
    {"host", SCHEMA_HOST, STAGE, .is_required = true, .offset = offsetof(GatewayMailbox, host)},
    {"port", SCHEMA_INTEGER, STAGE, .offset = offsetof(GatewayMailbox, port), .minimum = 1, .maximum = 65535},
    {"tls", SCHEMA_CHOICE, STAGE, .offset = offsetof(GatewayMailbox, tls), .words = tls_words},
    {"folder", SCHEMA_CUSTOM, STAGE, .set = set_folder},
    {"user", SCHEMA_TEXT, STAGE, .is_required = true, .offset = offsetof(GatewayMailbox, user)},
    {"password", SCHEMA_SECRET, STAGE, .is_required = true, .offset = offsetof(GatewayMailbox, password),
     .hint = "password: \"env:NAME\""},
    {"ca_file", SCHEMA_PATH, STAGE, .offset = offsetof(GatewayMailbox, ca_file)},
    {.key = NULL},
};
static const SchemaTable table = {"mailbox", STAGE, fields, NULL};

void load_gateway_mailbox(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    Gateway *gateway = target;
    GatewayMailbox *mailbox = g_new0(GatewayMailbox, 1);

    (void)field;
    gateway_mailbox_free(gateway->mailbox);
    gateway->mailbox = mailbox;
    schema_check(check, &table, value, mailbox);
    if (mailbox->tls == MAILBOX_TLS_NONE && mailbox->host && !gateway_is_loopback(mailbox->host))
        findings_error(
            check->findings, STAGE, "gateway-tls", value->at,
            "tls: none is allowed only for this machine (127.0.0.1, localhost): write tls: implicit or starttls");
    if (mailbox->ca_file && access(mailbox->ca_file, R_OK) != 0)
        schema_report(check, STAGE, SCHEMA_WRONG_VALUE, value->at,
                      "ca_file %s cannot be read: put the CA's PEM file there", mailbox->ca_file);
}
