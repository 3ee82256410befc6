#include "load/load_gateway.h"

#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/language.h"
#include "base/text.h"
#include "load/load_gateway_private.h"
#include "load/load_quiet_hours.h"
#include "load/schema.h"
#include "load/yaml.h"
#include "model/address.h"

#define STAGE         LOAD_GATEWAY_STAGE
#define SYSTEM_FOLDER "/etc/breach/gateways"

const char *const load_gateway_ids[SCHEMA_MISTAKES] = {
    [SCHEMA_UNKNOWN_KEY] = "gateway-unknown-key", [SCHEMA_UNSUPPORTED] = "gateway-unsupported",
    [SCHEMA_MISSING_KEY] = "gateway-missing-key", [SCHEMA_WRONG_TYPE] = "gateway-type",
    [SCHEMA_WRONG_VALUE] = "gateway-value",       [SCHEMA_NO_OFFSET] = "gateway-time-offset",
};

static const char *const kinds[] = {"smtp", "http", "letter", "phone", "folder", NULL};
static const char *const tls_words[] = {"none", "starttls", NULL}; /* as GatewayTls */
static const char *const later_tls[] = {"implicit", NULL};
static const char *const doubts[] = {"resend", "hold", NULL};     /* as GatewayDoubt */
static const char *const receipts[] = {"none", "failures", NULL}; /* as GatewayReceipts */
static const char *const later_receipts[] = {"both", NULL};

void load_gateway_quiet_hours(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    QuietHours *hours = load_quiet_hours(check, field->stage, value);
    Gateway *gateway = target;

    if (!hours)
        return;
    g_clear_pointer(&gateway->quiet_hours, quiet_hours_free);
    gateway->quiet_hours = hours;
}

/* "0.045" in millionths. */
static bool read_price(const char *text, int64_t *price)
{
    size_t whole = strspn(text, "0123456789");
    const char *fraction = text[whole] == '.' ? text + whole + 1 : "";
    size_t digits = strspn(fraction, "0123456789");
    int64_t unit = 100000;

    if (whole == 0 || whole > 9 || digits > 6 || fraction[digits] || (text[whole] && !*fraction))
        return false;
    *price = g_ascii_strtoll(text, NULL, 10) * 1000000;
    for (size_t i = 0; i < digits; i++, unit /= 10)
        *price += (fraction[i] - '0') * unit;
    return true;
}

static void set_each(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    const char *text = schema_scalar(check, field->stage, value, N_("an amount such as 0.045"));
    g_autofree char *shown = text ? schema_shown(text) : NULL;

    if (text && !read_price(text, target))
        schema_report(check, field->stage, SCHEMA_WRONG_VALUE, value->at,
                      "each cannot be \"%s\": expected an amount such as 0.045, with at most six decimals", shown);
}

static void set_currency(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    const char *text = schema_scalar(check, field->stage, value, N_("a currency such as CNY"));
    g_autofree char *shown = text ? schema_shown(text) : NULL;
    char **slot = target;

    if (text && strlen(text) == 3 && strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3) {
        g_free(*slot);
        *slot = g_strdup(text);
    } else if (text) {
        schema_report(check, field->stage, SCHEMA_WRONG_VALUE, value->at,
                      "currency cannot be \"%s\": expected three letters such as CNY (ISO 4217)", shown);
    }
}

static const SchemaField price_fields[] = {
    {"each", SCHEMA_CUSTOM, STAGE, .is_required = true, .offset = offsetof(Gateway, price), .set = set_each,
     .hint = N_("each: 0.045, the price of one segment, call or letter")},
    {"currency", SCHEMA_CUSTOM, STAGE, .is_required = true, .offset = offsetof(Gateway, currency), .set = set_currency,
     .hint = "currency: CNY"},
    {.key = NULL},
};
static const SchemaTable price_table = {"price", STAGE, price_fields, NULL};

void load_gateway_price(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    (void)field;
    schema_check(check, &price_table, value, target);
}

static void set_bounce(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    static const SchemaField bounce = {"bounce", SCHEMA_EMAIL, STAGE, .offset = offsetof(Gateway, bounce)};
    char token[ID_MESSAGE_LENGTH + 1];
    g_autofree char *verp = NULL;
    Gateway *gateway = target;

    schema_value(check, &bounce, value, gateway);
    if (!gateway->bounce)
        return;
    memset(token, 'a', ID_MESSAGE_LENGTH);
    token[ID_MESSAGE_LENGTH] = '\0';
    verp = address_verp(gateway->bounce, token);
    if (!verp)
        schema_report(check, field->stage, SCHEMA_WRONG_VALUE, value->at,
                      "bounce is too long: each message adds +%d characters before the @, and %d are allowed there",
                      ID_MESSAGE_LENGTH, ADDRESS_LOCAL_MAX);
}

void load_gateway_ca_file(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    static const SchemaField path = {"ca_file", SCHEMA_PATH, STAGE, .offset = offsetof(Gateway, ca_file)};
    Gateway *gateway = target;

    schema_value(check, &path, value, gateway);
    if (gateway->ca_file && access(gateway->ca_file, R_OK) != 0)
        schema_report(check, field->stage, SCHEMA_WRONG_VALUE, value->at,
                      "ca_file %s cannot be read: put the CA's PEM file there", gateway->ca_file);
}

static const SchemaField auth_fields[] = {
    {"user", SCHEMA_TEXT, STAGE, .is_required = true, .offset = offsetof(Gateway, user)},
    {"password", SCHEMA_SECRET, STAGE, .is_required = true, .offset = offsetof(Gateway, password),
     .hint = "password: \"env:NAME\""},
    {.key = NULL},
};
static const SchemaTable auth_table = {"auth", STAGE, auth_fields, NULL};

#define TIMEOUT(name)                                                                                                  \
    {                                                                                                                  \
#name, SCHEMA_DURATION, STAGE, .offset = offsetof(GatewayTimeouts, name), .minimum = CLOCK_SECOND,             \
                                       .maximum = CLOCK_HOUR                                                           \
    }
static const SchemaField timeouts_fields[] = {
    TIMEOUT(greeting), TIMEOUT(envelope), TIMEOUT(data), TIMEOUT(transfer), TIMEOUT(final_dot), {.key = NULL},
};
static const SchemaTable timeouts_table = {"timeouts", STAGE, timeouts_fields, NULL};

/* One line of domain_rate. Two spellings of one domain would leave open which of the rates counts. */
static void add_domain_rate(const SchemaCheck *check, FindingStage stage, const YamlEntry *entry, void *target)
{
    static const SchemaField row = {"rate", SCHEMA_RATE, .stage = STAGE};
    g_autofree char *domain = address_parse_domain(entry->key);
    g_autofree char *shown = schema_shown(entry->key);
    Gateway *gateway = target;
    double rate = 0;

    if (!domain)
        schema_report(check, stage, SCHEMA_WRONG_VALUE, entry->at,
                      "\"%s\" is no domain: expected one such as qq.com: 20/s", shown);
    else if (gateway_domain_rate(gateway, domain) > 0)
        schema_report(check, stage, SCHEMA_WRONG_VALUE, entry->at, "domain_rate names %s twice: remove one", domain);
    if (entry->value->is_refused)
        return;
    if (schema_is_nothing(entry->value))
        schema_report(check, stage, SCHEMA_MISSING_KEY, entry->at, "domain_rate: %s has no rate: write %s: 20/s", shown,
                      shown);
    else
        schema_value(check, &row, entry->value, &rate);
    if (domain && rate > 0 && gateway_domain_rate(gateway, domain) == 0)
        gateway_add_domain_rate(gateway, domain, rate);
}

static const SchemaField domain_rate_fields[] = {{.key = NULL}};
static const SchemaTable domain_rate_table = {"domain_rate", STAGE, domain_rate_fields, add_domain_rate};

static const SchemaField gateway_fields[] = {
    {"version", SCHEMA_CUSTOM, STAGE, .is_required = true, .set = schema_set_version, .hint = "version: 1"},
    {"name", SCHEMA_NAME, STAGE, .is_required = true, .offset = offsetof(Gateway, name)},
    {"kind", SCHEMA_WORD, STAGE, .is_required = true, .offset = offsetof(Gateway, kind), .words = kinds,
     .hint = "kind: smtp"},
    {"host", SCHEMA_HOST, STAGE, .is_required = true, .offset = offsetof(Gateway, host)},
    {"port", SCHEMA_INTEGER, STAGE, .offset = offsetof(Gateway, port), .minimum = 1, .maximum = 65535},
    {"tls", SCHEMA_CHOICE, STAGE, .offset = offsetof(Gateway, tls), .words = tls_words, .later = later_tls},
    {"ca_file", SCHEMA_CUSTOM, STAGE, .set = load_gateway_ca_file},
    {"auth", SCHEMA_MAP, STAGE, .table = &auth_table},
    {"helo", SCHEMA_HOST, STAGE, .offset = offsetof(Gateway, helo)},
    {"from", SCHEMA_EMAIL, STAGE, .is_required = true, .offset = offsetof(Gateway, from),
     .hint = "from: notice@example.com, which readers see"},
    {"from_name", SCHEMA_TEXT, STAGE, .offset = offsetof(Gateway, from_name)},
    {"reply_to", SCHEMA_EMAIL, STAGE, .offset = offsetof(Gateway, reply_to)},
    {"bounce", SCHEMA_CUSTOM, STAGE, .is_required = true, .set = set_bounce,
     .hint = "bounce: bounce@example.com, to which failures are returned"},
    {"mailbox", SCHEMA_CUSTOM, STAGE, .set = load_gateway_mailbox},
    {"connections", SCHEMA_INTEGER, STAGE, .offset = offsetof(Gateway, connections), .minimum = 1, .maximum = 64},
    {"session", SCHEMA_INTEGER, STAGE, .offset = offsetof(Gateway, session), .minimum = 1, .maximum = 1000},
    {"rate", SCHEMA_RATE, STAGE, .offset = offsetof(Gateway, rate)},
    {"region", SCHEMA_NAME, STAGE, .offset = offsetof(Gateway, region)},
    {"in_doubt", SCHEMA_CHOICE, STAGE, .offset = offsetof(Gateway, in_doubt), .words = doubts},
    {"receipts", SCHEMA_CHOICE, STAGE, .offset = offsetof(Gateway, receipts), .words = receipts,
     .later = later_receipts},
    {"timeouts", SCHEMA_MAP, STAGE, .offset = offsetof(Gateway, timeouts), .table = &timeouts_table},
    {"retry_after", SCHEMA_DURATION, STAGE, .offset = offsetof(Gateway, retry_after), .minimum = CLOCK_SECOND,
     .maximum = CLOCK_DAY},
    {"give_up", SCHEMA_DURATION, STAGE, .offset = offsetof(Gateway, give_up), .minimum = CLOCK_MINUTE,
     .maximum = 30 * CLOCK_DAY},
    {"domain_rate", SCHEMA_MAP, STAGE, .table = &domain_rate_table},
    {"policy_pause", SCHEMA_DURATION, STAGE, .offset = offsetof(Gateway, policy_pause), .minimum = CLOCK_SECOND,
     .maximum = GATEWAY_POLICY_PAUSE_MAX},
    {"quota", SCHEMA_COUNT, STAGE, .offset = offsetof(Gateway, quota), .minimum = 1, .maximum = 1000000000},
    {"quiet_hours", SCHEMA_CUSTOM, STAGE, .set = load_gateway_quiet_hours},
    {"price", SCHEMA_CUSTOM, STAGE, .set = load_gateway_price},
    {.key = NULL},
};
static const SchemaTable gateway_table = {N_("the gateway"), STAGE, gateway_fields, NULL};

/* Without TLS anybody on the way reads who was affected, and may take the mail: only this machine is safe. */
static void check_tls(const SchemaCheck *check, const YamlNode *root, const Gateway *gateway)
{
    if (!gateway->http && !gateway->print && gateway->tls == GATEWAY_TLS_NONE && gateway->host &&
        !gateway_is_loopback(gateway->host))
        findings_error(check->findings, STAGE, "gateway-tls", yaml_get(root, "tls")->at,
                       "tls: none is allowed only for this machine (127.0.0.1, localhost): write tls: starttls");
}

/* With the first wait beyond give_up, one greylisting would make an address unreachable. */
static void check_retry(const SchemaCheck *check, const YamlNode *root, const Gateway *gateway)
{
    const YamlNode *given = yaml_get(root, "retry_after");

    if (gateway->retry_after >= gateway->give_up && (given || yaml_get(root, "give_up")))
        findings_error(check->findings, STAGE, "gateway-retry", given ? given->at : yaml_get(root, "give_up")->at,
                       "retry_after must be shorter than give_up, or nothing is ever tried again");
}

/* Holds, plans and messages call a gateway by its name, so that there may be only one. */
static void check_name(const SchemaCheck *check, const YamlNode *root, const Gateway *gateway, const char *path)
{
    g_autofree char *base = g_path_get_basename(path);
    g_autofree char *expected = gateway->name ? g_strconcat(gateway->name, ".yaml", NULL) : NULL;

    if (expected && strcmp(base, expected) != 0)
        findings_error(check->findings, STAGE, "gateway-name", yaml_get(root, "name")->at,
                       "the name must be that of the file: rename the file to %s, or the gateway", expected);
}

/* Whoever may write this file can send every notice to a host of his own. */
void load_gateway_mode(const SchemaCheck *check, const char *path)
{
    struct stat info;

    if (stat(path, &info) == 0 && info.st_mode & S_IWOTH)
        findings_error(check->findings, STAGE, "gateway-writable", position_make(path, 0, 0),
                       "everybody on this machine may change this file: type chmod o-w %s", path);
}

/* The table for smtp also serves a file whose kind is missing or wrong: it says so, and what else is. */
static void check_kind(const SchemaCheck *check, const YamlNode *root, Gateway *gateway)
{
    static const struct {
        const char *kind;
        void (*load)(const SchemaCheck *check, const YamlNode *root, Gateway *gateway);
    } loaders[] = {{"http", load_gateway_http},
                   {"letter", load_gateway_print},
                   {"phone", load_gateway_print},
                   {"folder", load_gateway_print}};
    const YamlNode *kind = yaml_get(root, "kind");

    for (size_t i = 0; kind && kind->kind == YAML_NODE_SCALAR && i < G_N_ELEMENTS(loaders); i++)
        if (strcmp(kind->text, loaders[i].kind) == 0) {
            loaders[i].load(check, root, gateway);
            return;
        }
    schema_check(check, &gateway_table, root, gateway);
}

Gateway *load_gateway_file(const char *path, const char *data, Findings *findings)
{
    g_autoptr(YamlNode) root = yaml_load(path, STAGE, findings);
    g_autoptr(Gateway) gateway = NULL;
    g_autofree char *parent = g_path_get_dirname(path);
    SchemaCheck check = {.findings = findings, .ids = load_gateway_ids};

    if (!root)
        return NULL;
    gateway = gateway_new();
    gateway->at = position_make(path, 0, 0);
    gateway->folder = g_canonicalize_filename(parent, NULL);
    check.folder = gateway->folder;
    if (root->kind == YAML_NODE_MAP && yaml_get(root, "preset")) {
        root = load_gateway_preset(&check, g_steal_pointer(&root), data);
        if (!root)
            return NULL;
    }
    check_kind(&check, root, gateway);
    if (root->kind != YAML_NODE_MAP)
        return NULL;
    check_tls(&check, root, gateway);
    check_retry(&check, root, gateway);
    check_name(&check, root, gateway, path);
    load_gateway_mode(&check, path);
    return g_steal_pointer(&gateway);
}

static void add_gateways(const char *folder, GPtrArray *names)
{
    g_autoptr(GDir) entries = g_dir_open(folder, 0, NULL);
    const char *entry;

    while (entries && (entry = g_dir_read_name(entries)) != NULL) {
        g_autofree char *name = g_str_has_suffix(entry, ".yaml") ? g_strndup(entry, strlen(entry) - 5) : NULL;

        if (name && text_is_name(name) && !g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
            g_ptr_array_add(names, g_steal_pointer(&name));
    }
}

/* The gateways that could be named instead: NULL-terminated, owns its strings. `data` is NULL where samples do not
 * count. */
static GPtrArray *list_gateways(const char *playbook_folder, const char *data)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *beside = g_build_filename(playbook_folder, "gateways", NULL);
    g_autofree char *samples = data ? g_build_filename(data, "contacts", "gateways", NULL) : NULL;

    add_gateways(beside, names);
    add_gateways(SYSTEM_FOLDER, names);
    if (samples)
        add_gateways(samples, names);
    g_ptr_array_sort(names, text_order);
    g_ptr_array_add(names, NULL);
    return names;
}

static void report_missing_file(const char *name, const char *playbook_folder, const char *data, Position at,
                                Findings *findings)
{
    g_autofree char *file = g_strconcat(name, ".yaml", NULL);
    g_autofree char *beside = g_build_filename(playbook_folder, "gateways", file, NULL);
    g_autofree char *installed = g_build_filename(SYSTEM_FOLDER, file, NULL);
    g_autoptr(GPtrArray) names = list_gateways(playbook_folder, data);
    g_autofree char *list = g_strjoinv(", ", (char **)names->pdata);
    const char *nearest = text_nearest(name, (const char *const *)names->pdata);

    if (nearest)
        findings_error(findings, STAGE, "gateway-not-found", at,
                       "there is no gateway %s: did you mean %s? (there are: %s); otherwise write %s or %s", name,
                       nearest, list, beside, installed);
    else if (*list)
        findings_error(findings, STAGE, "gateway-not-found", at,
                       "there is no gateway %s (there are: %s): write %s or %s", name, list, beside, installed);
    else
        findings_error(findings, STAGE, "gateway-not-found", at, "there is no gateway %s: write %s or %s", name, beside,
                       installed);
}

Gateway *load_gateway(const char *name, const char *playbook_folder, const char *data, IncidentStatus status,
                      Position at, Findings *findings)
{
    g_autofree char *file = g_strconcat(name, ".yaml", NULL);
    g_autofree char *beside = g_build_filename(playbook_folder, "gateways", file, NULL);
    g_autofree char *installed = g_build_filename(SYSTEM_FOLDER, file, NULL);
    g_autofree char *sample = g_build_filename(data, "contacts", "gateways", file, NULL);
    Gateway *gateway;

    if (!text_is_name(name)) { /* a path here would reach files that are no gateways */
        findings_error(findings, STAGE, "gateway-not-found", at, "a gateway's name has only a-z, 0-9 and hyphens");
        return NULL;
    }
    if (g_file_test(beside, G_FILE_TEST_EXISTS))
        return load_gateway_file(beside, data, findings);
    if (g_file_test(installed, G_FILE_TEST_EXISTS))
        return load_gateway_file(installed, data, findings);
    if (!g_file_test(sample, G_FILE_TEST_EXISTS)) {
        report_missing_file(name, playbook_folder, status == INCIDENT_EXERCISE ? data : NULL, at, findings);
        return NULL;
    }
    if (status != INCIDENT_EXERCISE) {
        findings_error(findings, STAGE, "gateway-sample", at,
                       "gateway %s is a shipped sample and serves exercises only: copy %s to %s and make it yours",
                       name, sample, beside);
        return NULL;
    }
    gateway = load_gateway_file(sample, data, findings);
    if (gateway)
        gateway->is_sample = true;
    return gateway;
}
