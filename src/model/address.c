#include "model/address.h"

#include <stdint.h>
#include <string.h>

#include <idn2.h>

#include "base/error.h"
#include "base/language.h"

#define SHOWN_MAX        60
#define ENDPOINT_SHOWN   3 /* characters of one that is no email address */
#define LABEL_MAX        63 /* RFC 1035 2.3.4 */
#define PHONE_DIGITS_MIN 7
#define PHONE_DIGITS_MAX 15 /* ITU-T E.164 6.1 */

typedef enum ByteClass {
    IN_LOCAL = 1,  /* atext of RFC 5322 3.2.3, or the dot between atoms */
    IN_DOMAIN = 2, /* letters, digits, hyphen, dot */
} ByteClass;

static unsigned byte_class(unsigned char byte)
{
    if (g_ascii_isalnum((char)byte) || byte == '-' || byte == '.')
        return IN_LOCAL | IN_DOMAIN;
    return byte && strchr("!#$%&'*+/=?^_`{|}~", byte) ? IN_LOCAL : 0;
}

/* `text` for a message: its first SHOWN_MAX characters, nothing in it that could move the cursor or break the line. */
static char *shown(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    GString *result = g_string_new(NULL);
    size_t count = 0;

    for (const char *at = valid; *at; at = g_utf8_next_char(at), count++) {
        gunichar character = g_utf8_get_char(at);

        if (count == SHOWN_MAX) {
            g_string_append(result, "…");
            break;
        }
        g_string_append_unichar(result, g_unichar_isprint(character) ? character : 0xfffd);
    }
    return g_string_free(result, FALSE);
}

/* Sets `kind "text" problem`; always false. */
static bool refuse(GError **error, const char *kind, const char *text, const char *problem)
{
    g_autofree char *excerpt = shown(text);

    error_set(error, BREACH_ERROR_INPUT, NULL, "%s \"%s\" %s", _(kind), excerpt, _(problem));
    return false;
}

static bool refuse_email(GError **error, const char *text, const char *problem)
{
    return refuse(error, N_("email"), text, problem);
}

/* Several in one text: with a second @, and what people write between addresses. */
static bool is_several(const char *text)
{
    static const char *const between[] = {",", ";", " ", "，", "；", "、", NULL};
    const char *at = strchr(text, '@');

    for (size_t i = 0; at && strchr(at + 1, '@') && between[i]; i++)
        if (strstr(text, between[i]))
            return true;
    return false;
}

/* What makes the whole text unusable, wherever it stands; NULL when nothing does. Lines and spaces come first: they are
 * how one address becomes two commands (RFC 5321 4.1.1). */
static const char *character_problem(const char *text)
{
    bool has_space = false;

    if (!g_utf8_validate(text, -1, NULL))
        return N_("is not UTF-8 (save the file as UTF-8)");
    for (const char *at = text; *at; at = g_utf8_next_char(at)) {
        gunichar character = g_utf8_get_char(at);

        if (character > ' ' && character < 0x7f)
            continue;
        if (character == '\r' || character == '\n')
            return N_("contains a line break");
        if (g_unichar_iscntrl(character))
            return N_("contains a control character");
        if (g_unichar_type(character) == G_UNICODE_FORMAT && character != 0x200c && character != 0x200d)
            return N_("contains an invisible character: type it anew");
        has_space = has_space || g_unichar_isspace(character);
    }
    if (!has_space)
        return NULL;
    if (is_several(text))
        return N_("holds several addresses: separate them with ; and nothing else");
    return strpbrk(text, "<>") ? N_("has angle brackets: write only the address, without a name")
                               : N_("contains a space (expected name@example.com)");
}

/* The usual ways of writing something else than one bare address. */
static const char *form_problem(const char *text)
{
    const char *at = strchr(text, '@');

    if (!*text)
        return N_("is empty (expected name@example.com)");
    if (strpbrk(text, "<>"))
        return N_("has angle brackets: write only the address, without a name");
    if (g_ascii_strncasecmp(text, "mailto:", 7) == 0)
        return N_("starts with mailto: (expected name@example.com)");
    if (*text == '"')
        return N_("has a quoted local part, which is not supported");
    if (!at)
        return strstr(text, "＠") ? N_("has a full-width ＠: write @") : N_("has no @ (expected name@example.com)");
    if (is_several(text))
        return N_("holds several addresses: separate them with ; and nothing else");
    if (strchr(at + 1, '@') || strstr(text, "＠"))
        return N_("has more than one @");
    return NULL;
}

static const char *local_problem(const char *local, size_t size)
{
    if (size == 0)
        return N_("has nothing before the @");
    if (size > ADDRESS_LOCAL_MAX)
        return N_("has more than 64 bytes before the @ (RFC 5321 4.5.3.1.1)");
    if (local[0] == '.' || local[size - 1] == '.')
        return N_("has a dot at the start or the end of the part before the @");
    for (size_t i = 0; i < size; i++) {
        if ((unsigned char)local[i] >= 0x80)
            return N_("has a non-ASCII character before the @, which needs SMTPUTF8 and is not supported");
        if (!(byte_class((unsigned char)local[i]) & IN_LOCAL))
            return N_("has a character before the @ that is not allowed there");
        if (local[i] == '.' && local[i + 1] == '.')
            return N_("has two dots in a row");
    }
    return NULL;
}

static const char *label_problem(const char *label, size_t size)
{
    if (size == 0)
        return N_("has an empty part between the dots of its domain");
    if (size > LABEL_MAX)
        return N_("has a part of more than 63 bytes in its domain");
    if (label[0] == '-' || label[size - 1] == '-')
        return N_("has a hyphen at the start or the end of a part of its domain");
    return NULL;
}

/* The rules of a domain in ASCII (RFC 5321 4.1.2, RFC 1123 2.1). */
static const char *domain_problem(const char *domain)
{
    const char *label = domain;
    const char *last;

    if (!*domain)
        return N_("has nothing behind the @");
    if (strlen(domain) > ADDRESS_DOMAIN_MAX)
        return N_("has a domain of more than 255 bytes");
    if (*domain == '[')
        return N_("has an IP address for a domain, which is not supported");
    for (const char *at = domain; *at; at++)
        if (!(byte_class((unsigned char)*at) & IN_DOMAIN))
            return N_("has a character in its domain that is not allowed there");
    last = strrchr(domain, '.');
    if (!last)
        return N_("has a domain without a dot (expected name@example.com)");
    for (;;) {
        size_t size = strcspn(label, ".");
        const char *problem = label_problem(label, size);

        if (problem)
            return problem;
        if (!label[size])
            break;
        label += size + 1;
    }
    return last[1 + strspn(last + 1, "0123456789")] ? NULL
                                                    : N_("has an IP address for a domain, which is not supported");
}

/* Whether a label starts with the ACE prefix "xn--" (RFC 5890 2.3.2.1); `domain` is in lower case. */
static bool has_encoded_label(const char *domain)
{
    return g_str_has_prefix(domain, "xn--") || strstr(domain, ".xn--");
}

/* A form in which two spellings of one domain are equal: compatibility characters replaced, case folded, the
 * ideographic full stop a dot (RFC 3490 3.1). */
static char *folded(const char *domain)
{
    g_autofree char *normal = g_utf8_normalize(domain, -1, G_NORMALIZE_NFKC);
    g_autofree char *low = g_utf8_casefold(normal, -1);
    g_autofree char *again = g_utf8_normalize(low, -1, G_NORMALIZE_NFKC);
    g_auto(GStrv) labels = g_strsplit(again, "。", -1);

    return g_strjoinv(".", labels);
}

static bool is_same_label(const char *label, const char *ascii)
{
    g_autofree char *back = NULL;
    char *unicode = NULL;

    if (strcmp(label, ascii) == 0)
        return true;
    if (idn2_to_unicode_8z8z(ascii, &unicode, IDN2_NONTRANSITIONAL) != IDN2_OK)
        return false;
    back = folded(unicode);
    idn2_free(unicode);
    return strcmp(label, back) == 0;
}

/* Whether libidn2 kept every character. It drops what the STD3 rules forbid ("a_b.com" becomes "ab.com") and what is
 * invisible: the mail would go to somebody else's domain. */
static bool is_kept(const char *domain, const char *ascii)
{
    g_autofree char *before = folded(domain);
    g_auto(GStrv) labels = g_strsplit(before, ".", -1);
    g_auto(GStrv) encoded = g_strsplit(ascii, ".", -1);

    if (g_strv_length(labels) != g_strv_length(encoded))
        return false;
    for (size_t i = 0; labels[i]; i++)
        if (!is_same_label(labels[i], encoded[i]))
            return false;
    return true;
}

/* The domain in ASCII by IDNA 2008, newly allocated, or NULL with *problem. */
static char *encode_domain(const char *domain, const char **problem)
{
    char *encoded = NULL;
    char *ascii;

    if (idn2_to_ascii_8z(domain, &encoded, IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT | IDN2_USE_STD3_ASCII_RULES) !=
        IDN2_OK) {
        *problem = N_("has a domain that is no valid international domain name (IDNA 2008)");
        return NULL;
    }
    ascii = g_ascii_strdown(encoded, -1);
    idn2_free(encoded);
    if (!is_kept(domain, ascii)) {
        *problem = N_("has a character in its domain that is not allowed there");
        g_clear_pointer(&ascii, g_free);
    }
    return ascii;
}

/* The domain as it goes on the wire, newly allocated, or NULL with *problem. Most domains are plain ASCII and never
 * reach libidn2: a million of them are parsed for one plan. */
static char *parse_domain(const char *domain, const char **problem)
{
    g_autofree char *ascii = g_str_is_ascii(domain) ? g_ascii_strdown(domain, -1) : encode_domain(domain, problem);
    g_autofree char *checked = NULL;

    if (!ascii)
        return NULL;
    *problem = domain_problem(ascii);
    if (*problem)
        return NULL;
    if (has_encoded_label(ascii)) {
        checked = encode_domain(ascii, problem);
        if (!checked)
            return NULL;
        if (strcmp(checked, ascii) != 0) {
            *problem = N_("has a domain that is no valid international domain name (IDNA 2008)");
            return NULL;
        }
    }
    return g_steal_pointer(&ascii);
}

char *address_parse_email(const char *text, GError **error)
{
    const char *problem = character_problem(text);
    g_autofree char *domain = NULL;
    char *address;
    size_t local;

    if (!problem)
        problem = form_problem(text);
    if (problem) {
        refuse_email(error, text, problem);
        return NULL;
    }
    local = strcspn(text, "@");
    problem = local_problem(text, local);
    if (!problem)
        domain = parse_domain(text + local + 1, &problem);
    if (domain && local + 1 + strlen(domain) > ADDRESS_MAX) {
        problem = N_("is longer than 254 bytes (RFC 5321 4.5.3.1.3)");
        g_clear_pointer(&domain, g_free);
    }
    if (!domain) {
        refuse_email(error, text, problem);
        return NULL;
    }
    address = g_malloc(local + strlen(domain) + 2);
    memcpy(address, text, local + 1);
    memcpy(address + local + 1, domain, strlen(domain) + 1);
    return address;
}

const char *address_domain(const char *address)
{
    const char *at = strrchr(address, '@');

    return at ? at + 1 : address + strlen(address);
}

char *address_verp(const char *return_path, const char *token)
{
    const char *at = strrchr(return_path, '@');
    size_t local;

    if (!at)
        return NULL;
    local = (size_t)(at - return_path) + 1 + strlen(token);
    if (local > ADDRESS_LOCAL_MAX || local + strlen(at) > ADDRESS_MAX)
        return NULL;
    return g_strdup_printf("%.*s+%s%s", (int)(at - return_path), return_path, token, at);
}

static bool refuse_phone(GError **error, const char *text, const char *problem)
{
    return refuse(error, N_("phone"), text, problem);
}

/* "1.38E+10": how spreadsheets show a number that is too wide for its column. */
bool address_is_rounded(const char *text)
{
    const char *at = text + strspn(text, "+");
    size_t digits = strspn(at, "0123456789.,");

    return digits > 0 && (at[digits] == 'e' || at[digits] == 'E') && strspn(at + digits + 1, "+-0123456789") > 0 &&
           !at[digits + 1 + strspn(at + digits + 1, "+-0123456789")];
}

static const char *phone_form_problem(const char *text)
{
    if (!*text)
        return N_("is empty (expected +<country><number>)");
    if (address_is_rounded(text))
        return N_("was rounded by a spreadsheet and its digits are lost: export the column as text from the source");
    if (strncmp(text, "00", 2) == 0)
        return N_("starts with 00: write + instead (expected +<country><number>)");
    if (g_str_has_prefix(text, "＋"))
        return N_("has a full-width ＋: write + and plain digits");
    if (*text != '+')
        return N_("is not E.164 (expected +<country><number>)");
    if (text[1] == '0')
        return N_("has a country code that starts with 0 (expected +<country><number>)");
    if (strstr(text, "(0)"))
        return N_("has a (0), which is dialled only inside the country: leave it out");
    return NULL;
}

/* Copies the digits behind the + into `phone` (PHONE_DIGITS_MAX + 2 bytes). */
static const char *take_digits(const char *text, char *phone)
{
    const char *at = text + 1;
    size_t count = 0;

    *phone++ = '+';
    for (; *at; at++) {
        if (g_ascii_isdigit(*at)) {
            if (count++ == PHONE_DIGITS_MAX)
                return N_("has more than 15 digits (expected +<country><number>)");
            *phone++ = *at;
        } else if (!strchr(" .-()", *at)) {
            return N_("has a character that is no digit (expected +<country><number>)");
        } else if (count == 0 || !at[strspn(at, " .-()")]) {
            return N_("starts or ends with something that is no digit (expected +<country><number>)");
        }
    }
    *phone = '\0';
    return count < PHONE_DIGITS_MIN ? N_("has fewer than 7 digits (expected +<country><number>)") : NULL;
}

char *address_parse_phone(const char *text, GError **error)
{
    char phone[PHONE_DIGITS_MAX + 2];
    const char *problem = phone_form_problem(text);

    if (!problem)
        problem = take_digits(text, phone);
    if (problem) {
        refuse_phone(error, text, problem);
        return NULL;
    }
    return g_strdup(phone);
}

char *address_mask_email(const char *address)
{
    const char *at = strrchr(address, '@');
    size_t local = at ? (size_t)(at - address) : 0;
    size_t shown_bytes = 0;
    int characters = 0;

    /* At most two characters, and never the last one: a whole character at a time, should they be UTF-8. */
    for (size_t next = 1; next < local && characters < 2; next++) {
        if (((unsigned char)address[next] & 0xc0) == 0x80)
            continue;
        shown_bytes = next;
        characters++;
    }
    return g_strdup_printf("%.*s***%s", (int)shown_bytes, address, at ? at : "");
}

char *address_mask(const char *endpoint)
{
    const char *end = endpoint;

    if (strchr(endpoint, '@'))
        return address_mask_email(endpoint);
    for (int i = 0; i < ENDPOINT_SHOWN && *end; i++)
        end = g_utf8_next_char(end);
    return g_strdup_printf("%.*s***", (int)(end - endpoint), endpoint);
}

char *address_parse_domain(const char *text)
{
    g_autofree char *probe = strchr(text, '@') ? NULL : g_strconcat("postmaster@", text, NULL);
    g_autofree char *address = probe ? address_parse_email(probe, NULL) : NULL;

    return address ? g_strdup(address_domain(address)) : NULL;
}

char *address_domain_of(const char *endpoint)
{
    const char *at = strrchr(endpoint, '@');

    return at ? g_ascii_strdown(at + 1, -1) : NULL;
}
