#include <string.h>
#include <unistd.h>

#include "base/language.h"
#include "load/load_gateway_private.h"

#define STAGE LOAD_GATEWAY_STAGE

static const char *const tools[] = {"none", "age", "openpgp", NULL}; /* as GatewayEncryptTool */
static const char *const windows[] = {"din5008", "cn", NULL};        /* as GatewayWindow */
static const char *const papers[] = {"a4", "letter", NULL};          /* as GatewayPaper */
static const char *const doubts[] = {"resend", "hold", NULL};        /* as GatewayDoubt */

static const SchemaField encrypt_fields[] = {
    {"tool", SCHEMA_CHOICE, STAGE, .is_required = true, .offset = offsetof(GatewayEncrypt, tool), .words = tools,
     .hint = N_("tool: age, or tool: openpgp")},
    {"recipient", SCHEMA_TEXT, STAGE, .is_required = true, .offset = offsetof(GatewayEncrypt, recipient),
     .hint = N_("recipient: age1…, or the file of an OpenPGP key")},
    {"name", SCHEMA_TEXT, STAGE, .is_required = true, .offset = offsetof(GatewayEncrypt, name),
     .hint = N_("name: who may read it, such as Print room, A. Example")},
    {.key = NULL},
};
static const SchemaTable encrypt_table = {"encrypt", STAGE, encrypt_fields, NULL};

void load_gateway_encrypt(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    GatewayEncrypt *encrypt = target;
    const YamlNode *recipient = value->kind == YAML_NODE_MAP ? yaml_get(value, "recipient") : NULL;

    (void)field;
    schema_check(check, &encrypt_table, value, encrypt);
    if (!encrypt->recipient || !recipient)
        return;
    if (encrypt->tool == GATEWAY_ENCRYPT_AGE && gateway_encrypt_tool(encrypt->recipient) != GATEWAY_ENCRYPT_AGE)
        schema_report(check, STAGE, SCHEMA_WRONG_VALUE, recipient->at,
                      "recipient is no age recipient: it begins with age1, ssh-ed25519 or ssh-rsa");
    if (encrypt->tool == GATEWAY_ENCRYPT_OPENPGP) {
        char *path = g_canonicalize_filename(encrypt->recipient, check->folder);

        g_free(encrypt->recipient);
        encrypt->recipient = path;
        if (access(path, R_OK) != 0)
            schema_report(check, STAGE, SCHEMA_WRONG_VALUE, recipient->at,
                          "recipient %s cannot be read: put the OpenPGP public key of whoever may read it there", path);
    }
}

static void add_line(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    static const SchemaField line = {"sender", SCHEMA_TEXT, .stage = STAGE};
    char *text = NULL;

    (void)field;
    schema_value(check, &line, value, &text);
    if (text)
        g_ptr_array_add(*(GPtrArray **)target, text);
}

static void set_public_url(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    const char *text = schema_scalar(check, field->stage, value, N_("a URL"));
    g_autofree char *origin = NULL;
    g_autofree char *path = NULL;
    char **slot = target;

    if (!text || !load_gateway_url(check, value, text, &origin, &path))
        return;
    while (g_str_has_suffix(path, "/"))
        path[strlen(path) - 1] = '\0';
    g_free(*slot);
    *slot = g_strconcat(origin, path, NULL);
}

/* These read their values into gateway->print, which is there before. */
#define PRINT_SETTER(name, row)                                                                                        \
    static void name(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)          \
    {                                                                                                                  \
        static const SchemaField field_ = row;                                                                         \
        (void)field;                                                                                                   \
        schema_value(check, &field_, value, ((Gateway *)target)->print);                                               \
    }
#define ROW(...)                                                                                                       \
    {                                                                                                                  \
        __VA_ARGS__                                                                                                    \
    }

PRINT_SETTER(set_folder, ROW("folder", SCHEMA_PATH, STAGE, .offset = offsetof(GatewayPrint, folder)))
PRINT_SETTER(set_print_encrypt, ROW("encrypt", SCHEMA_CUSTOM, STAGE, .offset = offsetof(GatewayPrint, encrypt),
                                    .set = load_gateway_encrypt))
PRINT_SETTER(set_window,
             ROW("window", SCHEMA_CHOICE, STAGE, .offset = offsetof(GatewayPrint, window), .words = windows))
PRINT_SETTER(set_paper, ROW("paper", SCHEMA_CHOICE, STAGE, .offset = offsetof(GatewayPrint, paper), .words = papers))
/* No more are claimed at a time (LANE_SLOTS), so no batch can hold more. */
PRINT_SETTER(set_batch,
             ROW("batch", SCHEMA_INTEGER, STAGE, .offset = offsetof(GatewayPrint, batch), .minimum = 1, .maximum = 200))
PRINT_SETTER(set_duplex, ROW("duplex", SCHEMA_BOOL, STAGE, .offset = offsetof(GatewayPrint, duplex)))
PRINT_SETTER(set_sender, ROW("sender", SCHEMA_LIST, STAGE, .offset = offsetof(GatewayPrint, sender), .set = add_line))
PRINT_SETTER(set_url, ROW("url", SCHEMA_CUSTOM, STAGE, .offset = offsetof(GatewayPrint, url), .set = set_public_url))

#define FOLDER                                                                                                         \
    {                                                                                                                  \
        "folder", SCHEMA_CUSTOM, STAGE, .is_required = true, .set = set_folder,                                        \
                                        .hint = N_("folder: where what is to be handed over lies")                     \
    }
#define DOUBT                                                                                                          \
    {                                                                                                                  \
        "in_doubt", SCHEMA_CHOICE, STAGE, .offset = offsetof(Gateway, in_doubt), .words = doubts                       \
    }
#define RATE                                                                                                           \
    {                                                                                                                  \
        "rate", SCHEMA_RATE, STAGE, .offset = offsetof(Gateway, rate)                                                  \
    }

static const SchemaField letter_fields[] = {
    LOAD_GATEWAY_FIELDS,
    FOLDER,
    DOUBT,
    RATE,
    {"encrypt", SCHEMA_CUSTOM, STAGE, .set = set_print_encrypt},
    {"window", SCHEMA_CUSTOM, STAGE, .set = set_window},
    {"paper", SCHEMA_CUSTOM, STAGE, .set = set_paper},
    {"batch", SCHEMA_CUSTOM, STAGE, .set = set_batch},
    {"duplex", SCHEMA_CUSTOM, STAGE, .set = set_duplex},
    {"sender", SCHEMA_CUSTOM, STAGE, .is_required = true, .set = set_sender,
     .hint = "sender: [Example Cloud, 1 Example Road, 100000 Beijing]"},
    {.key = NULL},
};
static const SchemaField phone_fields[] = {
    LOAD_GATEWAY_FIELDS,
    FOLDER,
    DOUBT,
    RATE,
    {"encrypt", SCHEMA_CUSTOM, STAGE, .set = set_print_encrypt},
    {"paper", SCHEMA_CUSTOM, STAGE, .set = set_paper},
    {"batch", SCHEMA_CUSTOM, STAGE, .set = set_batch},
    {.key = NULL},
};
static const SchemaField folder_fields[] = {
    LOAD_GATEWAY_FIELDS,
    FOLDER,
    {"url", SCHEMA_CUSTOM, STAGE, .set = set_url},
    {.key = NULL},
};

static const struct {
    const char *kind, *channel;
    SchemaTable table;
} kinds[] = {
    {"letter", "letter", {N_("the gateway"), STAGE, letter_fields, NULL}},
    {"phone", "phone", {N_("the gateway"), STAGE, phone_fields, NULL}},
    {"folder", "announcement", {N_("the gateway"), STAGE, folder_fields, NULL}},
};

void load_gateway_print(const SchemaCheck *check, const YamlNode *root, Gateway *gateway)
{
    const YamlNode *kind = yaml_get(root, "kind");

    gateway->print = gateway_print_new();
    gateway->port = 0;
    gateway->tls = GATEWAY_TLS_NONE;
    gateway->connections = 1;
    gateway->receipts = GATEWAY_RECEIPTS_NONE; /* breach record is no receipt that silence could say something about */
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (strcmp(kinds[i].kind, kind->text) != 0)
            continue;
        g_free(gateway->channel);
        gateway->channel = g_strdup(kinds[i].channel);
        schema_check(check, &kinds[i].table, root, gateway);
    }
}
