#include "drill/smtp_sink_grammar.h"

#include <arpa/inet.h>
#include <stddef.h>
#include <string.h>

#include <glib.h>

#include "drill/smtp_sink_content.h"

#define LOCAL_PART_MOST 64  /* RFC 5321 4.5.3.1.1 */
#define DOMAIN_MOST     255 /* RFC 5321 4.5.3.1.2 */
#define LABEL_MOST      63  /* RFC 1035 2.3.4 */
#define ORCPT_MOST      500 /* RFC 3461 4.2 */

static bool is_atext(char c)
{
    return g_ascii_isalnum(c) || (c && strchr("!#$%&'*+-/=?^_`{|}~", c));
}

/* Sub-domain *("." sub-domain), `size` octets. */
static bool is_domain(const char *text, size_t size)
{
    size_t label = 0;

    if (size == 0 || size > DOMAIN_MOST)
        return false;
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '.') {
            if (label == 0 || text[i - 1] == '-')
                return false;
            label = 0;
            continue;
        }
        if (!g_ascii_isalnum(text[i]) && (text[i] != '-' || label == 0))
            return false;
        if (++label > LABEL_MOST)
            return false;
    }
    return label > 0 && text[size - 1] != '-';
}

/* "[192.0.2.1]" or "[IPv6:2001:db8::1]" (RFC 5321 4.1.3). */
static bool is_literal(const char *text, size_t size)
{
    char address[INET6_ADDRSTRLEN];
    unsigned char bytes[16];
    int family = AF_INET;

    if (size < 3 || text[0] != '[' || text[size - 1] != ']')
        return false;
    text++;
    size -= 2;
    if (size > 5 && g_ascii_strncasecmp(text, "IPv6:", 5) == 0) {
        family = AF_INET6;
        text += 5;
        size -= 5;
    }
    if (size >= sizeof address)
        return false;
    memcpy(address, text, size);
    address[size] = '\0';
    return inet_pton(family, address, bytes) == 1;
}

bool smtp_sink_grammar_is_host(const char *text)
{
    size_t size = strlen(text);

    return is_domain(text, size) || is_literal(text, size);
}

/* The octets of the local part at `text`: dot-string or quoted-string; 0: neither. */
static size_t local_part(const char *text)
{
    size_t size = 0;

    if (text[0] == '"') {
        for (size = 1; text[size] && text[size] != '"'; size++)
            if (text[size] == '\\' && text[size + 1])
                size++;
        return text[size] == '"' ? size + 1 : 0;
    }
    for (; is_atext(text[size]) || text[size] == '.'; size++)
        if (text[size] == '.' && (size == 0 || text[size - 1] == '.'))
            return 0;
    return size > 0 && text[size - 1] != '.' ? size : 0;
}

/* Mailbox of `size` octets (RFC 5321 4.1.2). Source routes are refused: nobody may send them any more. */
static bool is_mailbox(const char *text, size_t size)
{
    size_t local = local_part(text);

    if (local == 0 || local > LOCAL_PART_MOST || local + 1 >= size || text[local] != '@')
        return false;
    text += local + 1;
    size -= local + 1;
    return is_domain(text, size) || is_literal(text, size);
}

/* The end of a path, outside quotes; NULL: none. */
static const char *closing_bracket(const char *text)
{
    bool quoted = false;

    for (; *text; text++) {
        if (quoted && *text == '\\' && text[1])
            text++;
        else if (*text == '"')
            quoted = !quoted;
        else if (*text == '>' && !quoted)
            return text;
    }
    return NULL;
}

typedef struct PathRules {
    const char *keyword; /* "FROM:<" */
    const char *special; /* what may stand there although it is no mailbox */
    const char *syntax;  /* the refusals */
    const char *mailbox;
} PathRules;

static const PathRules reverse_path = {"FROM:<", "", "501 5.5.4 expected MAIL FROM:<address>",
                                       "501 5.1.7 that is no sender address"};
static const PathRules forward_path = {"TO:<", "postmaster", "501 5.5.4 expected RCPT TO:<address>",
                                       "501 5.1.3 that is no recipient address"};

/* Reads the path and leaves *argument behind it. */
static const char *read_path(char **argument, const PathRules *rules, char address[SMTP_SINK_ADDRESS_MOST + 1])
{
    size_t keyword = strlen(rules->keyword);
    const char *start = *argument + keyword;
    const char *end;
    size_t size;

    if (g_ascii_strncasecmp(*argument, rules->keyword, keyword) != 0 || !(end = closing_bracket(start)))
        return rules->syntax;
    size = (size_t)(end - start);
    if (size > SMTP_SINK_ADDRESS_MOST)
        return "501 5.1.3 path longer than 256 octets";
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)start[i] > 127)
            return "553 5.6.7 an address that is not ASCII needs SMTPUTF8, which is not offered";
    memcpy(address, start, size);
    address[size] = '\0';
    if (!is_mailbox(address, size) && g_ascii_strcasecmp(address, rules->special) != 0)
        return rules->mailbox;
    *argument += keyword + size + 1;
    return NULL;
}

/* xtext of `text` (RFC 3461 4): printable, "+" and "=" only as "+HH", and what it encodes printable too. */
static bool is_xtext(const char *text)
{
    for (; *text; text++) {
        if (*text < '!' || *text > '~' || *text == '=')
            return false;
        if (*text == '+') {
            int high = g_ascii_xdigit_value(text[1]);
            int low = high < 0 ? -1 : g_ascii_xdigit_value(text[2]);
            int octet = high * 16 + low;

            if (low < 0 || g_ascii_islower(text[1]) || g_ascii_islower(text[2]) || octet < ' ' || octet > '~')
                return false;
            text += 2;
        }
    }
    return true;
}

static const char *read_size(const char *value, SmtpSinkEnvelope *envelope)
{
    (void)envelope;
    if (!*value || strlen(value) > 20 || strspn(value, "0123456789") != strlen(value))
        return "501 5.5.4 SIZE is a number (RFC 1870)";
    if (g_ascii_strtoull(value, NULL, 10) > SMTP_SINK_CONTENT_MOST)
        return "552 5.3.4 message larger than SIZE";
    return NULL;
}

static const char *read_body(const char *value, SmtpSinkEnvelope *envelope)
{
    envelope->eight_bit = g_ascii_strcasecmp(value, "8BITMIME") == 0;
    if (!envelope->eight_bit && g_ascii_strcasecmp(value, "7BIT") != 0)
        return "501 5.5.4 BODY is 7BIT or 8BITMIME (RFC 6152)";
    return NULL;
}

static const char *read_ret(const char *value, SmtpSinkEnvelope *envelope)
{
    (void)envelope;
    if (g_ascii_strcasecmp(value, "FULL") != 0 && g_ascii_strcasecmp(value, "HDRS") != 0)
        return "501 5.5.4 RET is FULL or HDRS (RFC 3461 4.3)";
    return NULL;
}

static const char *read_envid(const char *value, SmtpSinkEnvelope *envelope)
{
    if (!*value || !is_xtext(value) || strlen(value) > SMTP_SINK_ENVID_MOST)
        return "501 5.5.4 ENVID is xtext of at most 100 octets (RFC 3461 4.4)";
    g_strlcpy(envelope->envid, value, sizeof envelope->envid);
    return NULL;
}

static const char *read_auth(const char *value, SmtpSinkEnvelope *envelope)
{
    (void)envelope;
    return *value && is_xtext(value) ? NULL : "501 5.5.4 AUTH is an address as xtext, or <> (RFC 4954 5)";
}

static const char *read_notify(const char *value, SmtpSinkEnvelope *envelope)
{
    static const char *const words[] = {"SUCCESS", "FAILURE", "DELAY"};
    g_auto(GStrv) parts = NULL;
    bool seen[G_N_ELEMENTS(words)] = {false};

    (void)envelope;
    if (g_ascii_strcasecmp(value, "NEVER") == 0)
        return NULL;
    parts = g_strsplit(value, ",", 0);
    if (!parts[0])
        return "501 5.5.4 NOTIFY is empty (RFC 3461 4.1)";
    for (char **part = parts; *part; part++) {
        size_t i = 0;

        while (i < G_N_ELEMENTS(words) && g_ascii_strcasecmp(*part, words[i]) != 0)
            i++;
        if (i == G_N_ELEMENTS(words) || seen[i])
            return "501 5.5.4 NOTIFY is NEVER, or of SUCCESS,FAILURE,DELAY each once (RFC 3461 4.1)";
        seen[i] = true;
    }
    return NULL;
}

static const char *read_orcpt(const char *value, SmtpSinkEnvelope *envelope)
{
    size_t type = 0;

    (void)envelope;
    while (is_atext(value[type]))
        type++;
    if (type == 0 || value[type] != ';' || !value[type + 1] || !is_xtext(value + type + 1) ||
        strlen(value) > ORCPT_MOST)
        return "501 5.5.4 ORCPT is type;xtext of at most 500 octets (RFC 3461 4.2)";
    return NULL;
}

typedef struct Parameter {
    const char *name;
    const char *(*read)(const char *value, SmtpSinkEnvelope *envelope);
} Parameter;

static const Parameter mail_parameters[] = {{"SIZE", read_size},   {"BODY", read_body}, {"RET", read_ret},
                                            {"ENVID", read_envid}, {"AUTH", read_auth}, {NULL, NULL}};
static const Parameter rcpt_parameters[] = {{"NOTIFY", read_notify}, {"ORCPT", read_orcpt}, {NULL, NULL}};

/* One esmtp-param (RFC 5321 4.1.2); `seen` has a bit for each row of `known`. */
static const char *read_parameter(char *text, const Parameter *known, unsigned *seen, SmtpSinkEnvelope *envelope)
{
    char *value = strchr(text, '=');

    if (value)
        *value++ = '\0';
    for (unsigned i = 0; known[i].name; i++) {
        if (g_ascii_strcasecmp(text, known[i].name) != 0)
            continue;
        if (*seen & 1U << i)
            return "501 5.5.4 parameter given twice";
        *seen |= 1U << i;
        return value ? known[i].read(value, envelope) : "501 5.5.4 parameter without a value";
    }
    return "555 5.5.4 parameter not known here";
}

static const char *read_parameters(char *text, const Parameter *known, SmtpSinkEnvelope *envelope)
{
    unsigned seen = 0;

    while (*text == ' ') {
        char *end = strchr(++text, ' ');
        const char *refusal;

        if (end)
            *end = '\0';
        if (!*text)
            return "501 5.5.4 expected one space between parameters";
        refusal = read_parameter(text, known, &seen, envelope);
        if (refusal || !end)
            return refusal;
        *end = ' ';
        text = end;
    }
    return *text ? "501 5.5.4 expected a space behind the path" : NULL;
}

static const char *read_envelope(char *argument, const PathRules *rules, const Parameter *known,
                                 SmtpSinkEnvelope *envelope)
{
    const char *refusal;

    envelope->envid[0] = '\0';
    envelope->eight_bit = false;
    refusal = read_path(&argument, rules, envelope->address);
    return refusal ? refusal : read_parameters(argument, known, envelope);
}

static const Parameter no_parameters[] = {{NULL, NULL}};

const char *smtp_sink_grammar_mail(char *argument, bool extended, SmtpSinkEnvelope *envelope)
{
    return read_envelope(argument, &reverse_path, extended ? mail_parameters : no_parameters, envelope);
}

const char *smtp_sink_grammar_rcpt(char *argument, bool extended, SmtpSinkEnvelope *envelope)
{
    return read_envelope(argument, &forward_path, extended ? rcpt_parameters : no_parameters, envelope);
}

bool smtp_sink_grammar_bdat(const char *argument, int64_t *size, bool *last)
{
    size_t digits = strspn(argument, "0123456789");

    if (digits == 0 || digits > 18)
        return false;
    *size = (int64_t)g_ascii_strtoull(argument, NULL, 10);
    *last = argument[digits] == ' ' && g_ascii_strcasecmp(argument + digits + 1, "LAST") == 0;
    return *last || !argument[digits];
}

bool smtp_sink_grammar_base64(const char *text)
{
    size_t size = strlen(text);
    size_t body = 0;

    while (g_ascii_isalnum(text[body]) || text[body] == '+' || text[body] == '/')
        body++;
    return size % 4 == 0 && size - body <= 2 && strspn(text + body, "=") == size - body;
}
