#include "channel/smtp_esmtp_wire.h"

#include <string.h>

#include <glib.h>

#define CODE_CHALLENGE     334 /* RFC 4954 4 */
#define CODE_AUTHENTICATED 235 /* RFC 4954 6 */

void smtp_esmtp_wire_reset(SmtpEsmtpWire *wire)
{
    memset(wire, 0, sizeof *wire);
}

static void keep_verb(SmtpEsmtpWire *wire, const char *line, size_t size)
{
    size_t length = 0;

    while (length < size && length < sizeof wire->verb - 1 && g_ascii_isgraph(line[length])) {
        wire->verb[length] = g_ascii_toupper(line[length]);
        length++;
    }
    wire->verb[length] = '\0';
}

void smtp_esmtp_wire_wrote(SmtpEsmtpWire *wire, const char *bytes, size_t size)
{
    bool is_response = strcmp(wire->verb, "AUTH") == 0 && wire->auth_code == CODE_CHALLENGE;

    while (size) {
        const char *end = memchr(bytes, '\n', size);
        size_t length = end ? (size_t)(end - bytes) + 1 : size;

        /* the lines of an AUTH exchange begin with a secret, not with a verb */
        if (!is_response)
            keep_verb(wire, bytes, length);
        wire->commands++;
        if (strcmp(wire->verb, "EHLO") == 0)
            wire->has_chunking = false;
        bytes += length;
        size -= length;
    }
}

static void finish_reply(SmtpEsmtpWire *wire, int code)
{
    g_autofree char *text = NULL;

    wire->replies++;
    if (strcmp(wire->verb, "QUIT") == 0)
        return;
    g_strlcpy(wire->answered, wire->verb, sizeof wire->answered);
    wire->status = (ReplyStatus){.code = code};
    text = smtp_esmtp_reply_text(wire->length > 4 ? wire->line + 4 : "", &wire->status);
    g_strlcpy(wire->text, text, sizeof wire->text);
    if (strcmp(wire->verb, "AUTH") != 0)
        return;
    wire->auth_code = code;
    wire->authenticated = code == CODE_AUTHENTICATED;
}

static void finish_line(SmtpEsmtpWire *wire)
{
    int code = 0;

    wire->line[wire->length] = '\0';
    /* anywhere in the line: libESMTP is lenient about blanks */
    if (strcmp(wire->verb, "EHLO") == 0 && strcasestr(wire->line, "CHUNKING"))
        wire->has_chunking = true;
    for (size_t i = 0; i < 3; i++)
        code = g_ascii_isdigit(wire->line[i]) ? code * 10 + (wire->line[i] - '0') : 0;
    if (wire->length < 4 || wire->line[3] != '-')
        finish_reply(wire, code >= 100 ? code : 0);
    wire->length = 0;
}

void smtp_esmtp_wire_read(SmtpEsmtpWire *wire, const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (wire->length < sizeof wire->line - 1)
            wire->line[wire->length++] = bytes[i] ? bytes[i] : '?';
        if (bytes[i] == '\n')
            finish_line(wire);
    }
}

bool smtp_esmtp_wire_is_even(const SmtpEsmtpWire *wire)
{
    return wire->replies == wire->commands + 1 && wire->length == 0;
}
