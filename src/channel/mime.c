#include "channel/mime.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "model/address.h"

#define LINE_MAX_SOFT    78 /* RFC 5322 2.1.1 */
#define ENCODED_LINE_MAX 76 /* RFC 2047 2: a line with encoded words */
#define WORD_START       "=?UTF-8?B?"
#define WORD_END         "?="
#define WORD_OVERHEAD    12   /* of both */
#define WORD_MAX         75   /* RFC 2047 2 */
#define BASE64_LINE      57   /* octets that make a line of 76, RFC 2045 6.8 */
#define BOUNDARY_PREFIX  "=_" /* in no base64, and in no quoted-printable (RFC 2045 6.7) */

/* ---- checks ---- */

static bool check_text(const char *name, const char *value, GError **error)
{
    if (!value)
        return true;
    if (!g_utf8_validate(value, -1, NULL)) {
        error_set(error, BREACH_ERROR_INPUT, "message-encoding", "%s is not valid UTF-8", name);
        return false;
    }
    if (!text_is_one_line(value)) {
        error_set(error, BREACH_ERROR_INPUT, "message-header",
                  "%s has a line end or another control character: a header is one line", name);
        return false;
    }
    return true;
}

static bool check_address(const char *name, const char *value, GError **error)
{
    if (!value)
        return true;
    if (!check_text(name, value, error))
        return false;
    if (!strchr(value, '@') || value[strcspn(value, " <>()\",;:\\")] || !g_str_is_ascii(value)) {
        error_set(error, BREACH_ERROR_INPUT, "message-address", "%s is not an address in wire form", name);
        return false;
    }
    return true;
}

/* Message-ID, boundary and language tag go where only letters, digits and hyphens are sure to be harmless. */
static bool check_token(const char *name, const char *value, GError **error)
{
    static const char letters[] = G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "-";

    if (!value || (*value && value[strspn(value, letters)] == '\0'))
        return true;
    error_set(error, BREACH_ERROR_INPUT, "message-name", "%s may have letters, digits and hyphens only", name);
    return false;
}

static bool check_body(const char *name, const char *value, GError **error)
{
    if (!value || g_utf8_validate(value, -1, NULL))
        return true;
    error_set(error, BREACH_ERROR_INPUT, "message-encoding", "%s is not valid UTF-8", name);
    return false;
}

static bool check(const MimeNotice *notice, GError **error)
{
    return check_token("the message id", notice->message_id ? notice->message_id : "", error) &&
           check_text("the sender's name", notice->from_name, error) &&
           check_address("from", notice->from ? notice->from : "", error) &&
           check_address("to", notice->to ? notice->to : "", error) &&
           check_address("reply_to", notice->reply_to, error) && check_text("the subject", notice->subject, error) &&
           check_token("the locale", notice->locale, error) && check_body("the text", notice->text, error) &&
           check_body("the HTML", notice->html, error);
}

/* ---- headers ---- */

/* How many octets of `text` go into one word of at most `limit` base64 characters. Each word is decodable by itself, so
 * no character may be split (RFC 2047 5); and but for the last no word may end in padding, for GMime joins the base64
 * of adjacent words and stops there. 0: that cannot be had. */
static size_t take_characters(const char *text, size_t limit)
{
    size_t octets = limit / 4 * 3;
    size_t taken = 0;
    size_t even = 0;

    while (text[taken]) {
        taken += (size_t)(g_utf8_next_char(text + taken) - (text + taken));
        if (taken > octets)
            return even;
        if (taken % 3 == 0)
            even = taken;
    }
    return taken;
}

/* One character in the Q encoding; only letters and digits stay as they are, as a phrase needs it (RFC 2047 5). */
static size_t append_q_word(GString *output, const char *character, size_t size)
{
    size_t start = output->len;

    g_string_append(output, "=?UTF-8?Q?");
    for (size_t i = 0; i < size; i++) {
        if (g_ascii_isalnum(character[i]))
            g_string_append_c(output, character[i]);
        else
            g_string_append_printf(output, "=%02X", (unsigned char)character[i]);
    }
    g_string_append(output, WORD_END);
    return output->len - start;
}

static size_t append_b_word(GString *output, const char *text, size_t size)
{
    g_autofree char *word = g_base64_encode((const guchar *)text, size);

    g_string_append_printf(output, WORD_START "%s" WORD_END, word);
    return strlen(word) + WORD_OVERHEAD;
}

/* `column` is where the line stands; returns where it stands behind the last word. */
static size_t append_words(GString *output, const char *text, size_t column)
{
    while (*text) {
        size_t taken = take_characters(text, MIN(ENCODED_LINE_MAX - column, WORD_MAX) - WORD_OVERHEAD);

        if (taken) {
            column += append_b_word(output, text, taken);
        } else {
            taken = (size_t)(g_utf8_next_char(text) - text);
            column += append_q_word(output, text, taken);
        }
        text += taken;
        if (*text) {
            g_string_append(output, "\r\n ");
            column = 1;
        }
    }
    return column;
}

/* Whether an unstructured value survives folding and cannot be taken for an encoded word. */
static bool is_plain(const char *text, size_t column)
{
    if (!g_str_is_ascii(text) || strstr(text, "=?") || strstr(text, "  ") || *text == ' ')
        return false;
    while (*text) {
        size_t length = strcspn(text, " ");

        if (column + length > LINE_MAX_SOFT || (text[length] && !text[length + 1]))
            return false;
        text += length;
        text += strspn(text, " ");
        column = 1;
    }
    return true;
}

/* Folds at single spaces (RFC 5322 2.2.3). */
static void append_folded(GString *output, const char *text, size_t column)
{
    bool is_first = true;

    while (*text) {
        size_t length = strcspn(text, " ");

        if (!is_first && column + 1 + length > LINE_MAX_SOFT) {
            g_string_append(output, "\r\n");
            column = 0;
        }
        if (!is_first)
            g_string_append_c(output, ' ');
        g_string_append_len(output, text, (gssize)length);
        column += length + (is_first ? 0 : 1);
        text += length;
        text += strspn(text, " ");
        is_first = false;
    }
}

static void append_unstructured(GString *output, const char *name, const char *value)
{
    size_t column = strlen(name) + 2;

    g_string_append_printf(output, "%s: ", name);
    if (is_plain(value, column))
        append_folded(output, value, column);
    else
        append_words(output, value, column);
    g_string_append(output, "\r\n");
}

/* A display name as a quoted string (RFC 5322 3.2.4), or as encoded words where that cannot say it. */
static size_t append_phrase(GString *output, const char *name, size_t column)
{
    size_t start = output->len;

    if (!is_plain(name, 0) || column + 2 * strlen(name) + 2 > ENCODED_LINE_MAX)
        return append_words(output, name, column);
    g_string_append_c(output, '"');
    for (const char *at = name; *at; at++) {
        if (*at == '"' || *at == '\\')
            g_string_append_c(output, '\\');
        g_string_append_c(output, *at);
    }
    g_string_append_c(output, '"');
    return column + (output->len - start);
}

static void append_from(GString *output, const MimeNotice *notice)
{
    size_t column = strlen("From: ");

    g_string_append(output, "From: ");
    if (!notice->from_name || !*notice->from_name) {
        g_string_append_printf(output, "%s\r\n", notice->from);
        return;
    }
    column = append_phrase(output, notice->from_name, column);
    g_string_append(output, column + strlen(notice->from) + 3 > ENCODED_LINE_MAX ? "\r\n" : "");
    g_string_append_printf(output, " <%s>\r\n", notice->from);
}

/* strftime() would speak the language of the process (RFC 5322 3.3 wants English). */
static bool append_date(GString *output, int64_t date, GError **error)
{
    static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    g_autoptr(GDateTime) at = g_date_time_new_from_unix_utc(date / 1000);

    if (!at || g_date_time_get_year(at) < 1900) {
        error_set(error, BREACH_ERROR_INPUT, "message-date", "the date cannot be written in a header (RFC 5322 3.3)");
        return false;
    }
    g_string_append_printf(output, "Date: %s, %d %s %04d %02d:%02d:%02d +0000\r\n",
                           days[g_date_time_get_day_of_week(at) - 1], g_date_time_get_day_of_month(at),
                           months[g_date_time_get_month(at) - 1], g_date_time_get_year(at), g_date_time_get_hour(at),
                           g_date_time_get_minute(at), g_date_time_get_second(at));
    return true;
}

static bool append_headers(GString *output, const MimeNotice *notice, GError **error)
{
    if (!append_date(output, notice->date, error))
        return false;
    g_string_append_printf(output, "Message-ID: <%s@%s>\r\n", notice->message_id, address_domain(notice->from));
    append_from(output, notice);
    g_string_append_printf(output, "To: %s\r\n", notice->to);
    if (notice->reply_to)
        g_string_append_printf(output, "Reply-To: %s\r\n", notice->reply_to);
    append_unstructured(output, "Subject", notice->subject);
    g_string_append(output, "Auto-Submitted: auto-generated\r\n"); /* RFC 3834 5 */
    if (notice->locale)
        g_string_append_printf(output, "Content-Language: %s\r\n", notice->locale);
    g_string_append(output, "MIME-Version: 1.0\r\n");
    return true;
}

/* ---- bodies ---- */

static const char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static char *encode_line(const unsigned char *octets, size_t size, char *to)
{
    size_t i = 0;

    for (; i + 2 < size; i += 3) {
        unsigned int group = (unsigned int)octets[i] << 16 | (unsigned int)octets[i + 1] << 8 | octets[i + 2];

        *to++ = base64_digits[group >> 18];
        *to++ = base64_digits[group >> 12 & 63];
        *to++ = base64_digits[group >> 6 & 63];
        *to++ = base64_digits[group & 63];
    }
    if (i < size) {
        unsigned int group = (unsigned int)octets[i] << 16 | (i + 1 < size ? (unsigned int)octets[i + 1] << 8 : 0);

        *to++ = base64_digits[group >> 18];
        *to++ = base64_digits[group >> 12 & 63];
        *to++ = i + 1 < size ? base64_digits[group >> 6 & 63] : '=';
        *to++ = '=';
    }
    *to++ = '\r';
    *to++ = '\n';
    return to;
}

/* Text with LF, or with CRLF already, in its canonical form with CRLF (RFC 2045 6.8), straight into the output. */
static void append_base64(GString *output, const char *text)
{
    unsigned char line[BASE64_LINE];
    size_t filled = 0;
    size_t start = output->len;
    size_t size = strlen(text);
    size_t most = (2 * size / BASE64_LINE + 1) * (BASE64_LINE / 3 * 4 + 2);
    char *to;

    g_string_set_size(output, start + most);
    to = output->str + start;
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r')) {
            line[filled++] = '\r';
            if (filled == BASE64_LINE) {
                to = encode_line(line, filled, to);
                filled = 0;
            }
        }
        line[filled++] = (unsigned char)text[i];
        if (filled == BASE64_LINE) {
            to = encode_line(line, filled, to);
            filled = 0;
        }
    }
    if (filled || size == 0)
        to = encode_line(line, filled, to);
    g_string_truncate(output, (gsize)(to - output->str));
}

static void append_part(GString *output, const char *type, const char *text)
{
    g_string_append_printf(output, "Content-Type: text/%s; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n",
                           type);
    append_base64(output, text);
}

static void append_alternatives(GString *output, const MimeNotice *notice)
{
    const char *id = notice->message_id;

    g_string_append_printf(output,
                           "Content-Type: multipart/alternative;\r\n boundary=\"" BOUNDARY_PREFIX "%s\"\r\n\r\n", id);
    g_string_append_printf(output, "--" BOUNDARY_PREFIX "%s\r\n", id);
    append_part(output, "plain", notice->text);
    g_string_append_printf(output, "--" BOUNDARY_PREFIX "%s\r\n", id);
    append_part(output, "html", notice->html);
    g_string_append_printf(output, "--" BOUNDARY_PREFIX "%s--\r\n", id);
}

bool mime_write(const MimeNotice *notice, GString *output, GError **error)
{
    gsize start = output->len;

    if (!check(notice, error))
        return false;
    if (!append_headers(output, notice, error)) {
        g_string_truncate(output, start);
        return false;
    }
    if (notice->html)
        append_alternatives(output, notice);
    else
        append_part(output, "plain", notice->text);
    return true;
}
