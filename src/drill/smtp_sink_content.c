#include "drill/smtp_sink_content.h"

#include <string.h>

/* RFC 5321 4.5.3.1.6, with CRLF. */
#define LINE_MOST 1000

void smtp_sink_content_init(SmtpSinkContent *content)
{
    memset(content, 0, sizeof *content);
    content->copy = g_byte_array_new();
}

void smtp_sink_content_begin(SmtpSinkContent *content, bool eight_bit, bool keep)
{
    content->size = 0;
    content->line = 0;
    content->last = '\n';
    content->line_start = true;
    content->eight_bit = eight_bit;
    content->fault = NULL;
    content->keep = keep;
    g_byte_array_set_size(content->copy, 0);
}

void smtp_sink_content_blame(SmtpSinkContent *content, const char *reply)
{
    if (!content->fault)
        content->fault = reply;
}

/* NUL is forbidden everywhere (RFC 5321 4.5.2, 8BITMIME does not lift it). */
static void check_octets(SmtpSinkContent *content, const char *piece, size_t size)
{
    unsigned char high = 0;

    for (size_t i = 0; i < size; i++)
        high |= (unsigned char)piece[i];
    if (high & 0x80 && !content->eight_bit)
        smtp_sink_content_blame(content, "554 5.6.3 octets over 127 without BODY=8BITMIME");
    if (memchr(piece, '\0', size))
        smtp_sink_content_blame(content, "554 5.6.0 NUL in the message");
}

/* One line or a part of one: LF can only be its last octet. */
static void add_piece(SmtpSinkContent *content, const char *piece, size_t size, bool ended)
{
    size_t text = ended ? size - 1 : size;
    const char *before_end = text > 0 ? piece + text - 1 : &content->last;
    bool after_return = *before_end == '\r';
    const char *carriage = memchr(piece, '\r', text);

    if ((carriage && carriage != piece + text - 1) || (content->last == '\r' && text > 0))
        smtp_sink_content_blame(content, "554 5.6.0 bare CR in the message");
    if (ended && !after_return)
        smtp_sink_content_blame(content, "554 5.6.0 bare LF in the message");
    content->line += size;
    if (content->line > LINE_MOST)
        smtp_sink_content_blame(content, "554 5.6.0 line longer than 998 octets");
    check_octets(content, piece, size);
    content->line_start = ended && after_return;
    content->last = piece[size - 1];
    if (ended)
        content->line = 0;
}

void smtp_sink_content_add(SmtpSinkContent *content, const char *bytes, size_t size)
{
    content->size += (int64_t)size;
    if (content->size > SMTP_SINK_CONTENT_MOST)
        smtp_sink_content_blame(content, "552 5.3.4 message larger than SIZE");
    if (content->keep && !content->fault)
        g_byte_array_append(content->copy, (const guint8 *)bytes, (guint)size);
    while (size > 0) {
        const char *end = memchr(bytes, '\n', size);
        size_t piece = end ? (size_t)(end - bytes) + 1 : size;

        add_piece(content, bytes, piece, end != NULL);
        bytes += piece;
        size -= piece;
    }
}

const char *smtp_sink_content_end(SmtpSinkContent *content)
{
    if (content->last == '\r')
        smtp_sink_content_blame(content, "554 5.6.0 bare CR in the message");
    return content->fault;
}

void smtp_sink_content_clear(SmtpSinkContent *content)
{
    g_byte_array_unref(content->copy);
    content->copy = NULL;
}
