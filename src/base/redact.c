#include "base/redact.h"

#include <stdbool.h>
#include <string.h>

#include <glib.h>

#define MASK         "***"
#define PHONE_DIGITS 7 /* fewer is an enhanced code, a number of seconds, a sum */

/* RFC 5322 3.2.3 atext and the dot; octets of UTF-8 too (RFC 6532 3.2) */
static bool is_local(char octet)
{
    return g_ascii_isalnum(octet) || (octet && strchr("!#$%&'*+-/=?^_`{|}~.", octet)) || (unsigned char)octet >= 0x80;
}

/* Where the local part begins that ends at the end of `done`; at its end when there is none. */
static size_t local_start(const GString *done)
{
    size_t at = done->len;

    if (at > 1 && done->str[at - 1] == '"') {
        at--;
        while (at > 0 && done->str[at - 1] != '"')
            at--;
        return at > 0 ? at - 1 : done->len;
    }
    while (at > 0 && is_local(done->str[at - 1]))
        at--;
    return at;
}

/* How long the phone number is that begins at `text`; 0: it is none. */
static size_t phone_length(const char *text)
{
    size_t digits = 0;
    size_t length = 1;
    size_t end = 0;

    if (*text != '+')
        return 0;
    for (; g_ascii_isdigit(text[length]) || (text[length] && strchr(" -().", text[length])); length++) {
        if (g_ascii_isdigit(text[length])) {
            digits++;
            end = length + 1;
        }
    }
    return digits >= PHONE_DIGITS ? end : 0;
}

static char *mask_forms(const char *text)
{
    GString *done = g_string_sized_new(strlen(text) + 16);

    while (*text) {
        size_t phone = phone_length(text);

        if (phone) {
            g_string_append(done, "+" MASK);
            text += phone;
            continue;
        }
        if (*text == '@') {
            size_t start = local_start(done);

            if (start < done->len) {
                g_string_truncate(done, start);
                g_string_append(done, MASK);
            }
        }
        g_string_append_c(done, g_ascii_iscntrl(*text) ? ' ' : *text);
        text++;
    }
    return g_string_free(done, FALSE);
}

static bool is_word(char octet)
{
    return g_ascii_isalnum(octet) || octet == '_' || (unsigned char)octet >= 0x80;
}

/* `word` wherever it stands between two octets that belong to no word. */
static char *mask_word(const char *text, const char *word)
{
    size_t length = strlen(word);
    GString *done = g_string_sized_new(strlen(text));
    char before = '\0';

    while (*text) {
        if (!is_word(before) && g_ascii_strncasecmp(text, word, length) == 0 && !is_word(text[length])) {
            g_string_append(done, MASK);
            before = word[length - 1];
            text += length;
            continue;
        }
        before = *text;
        g_string_append_c(done, *text++);
    }
    return g_string_free(done, FALSE);
}

char *redact_text(const char *text, const char *address)
{
    g_autofree char *local = address ? g_strndup(address, strcspn(address, "@")) : NULL;
    g_autofree char *masked = local && *local ? mask_word(text, local) : NULL;

    return mask_forms(masked ? masked : text);
}
