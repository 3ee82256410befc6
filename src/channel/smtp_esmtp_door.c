#include "channel/smtp_esmtp_door.h"

#include <string.h>

#include "base/error.h"
#include "model/address.h"

#define ID_MAX         80   /* libESMTP encodes ENVID into 256 octets on its stack, three for one */
#define PIECE_MAX      8192 /* less than a third of what Linux gives the send buffer of a new connection */
#define LAST_OCTETS    2    /* the CRLF that the final dot must follow */
#define END_OF_HEADERS "\r\n\r\n"

static bool is_word(const char *text, const char *allowed)
{
    return *text && text[strspn(text, allowed)] == '\0';
}

bool smtp_esmtp_door_gateway(const Gateway *gateway, GError **error)
{
    static const char host_letters[] = G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS ".-_";
    static const char helo_letters[] = G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS ".-_:[]";

    if (!is_word(gateway->host, host_letters) || gateway->port < 1 || gateway->port > 65535) {
        error_set(error, BREACH_ERROR_CONFIG, "gateway-host",
                  "gateway %s: host must be a DNS name or an IPv4 address, and port from 1 to 65535", gateway->name);
        return false;
    }
    if (gateway->helo && !is_word(gateway->helo, helo_letters)) {
        error_set(error, BREACH_ERROR_CONFIG, "gateway-helo", "gateway %s: helo must be a host name", gateway->name);
        return false;
    }
    if (gateway->tls == GATEWAY_TLS_NONE && !gateway_is_loopback(gateway->host)) {
        error_set(error, BREACH_ERROR_CONFIG, "gateway-tls",
                  "gateway %s: tls: none is for this machine only: write tls: starttls", gateway->name);
        return false;
    }
    return true;
}

static bool is_address(const char *text)
{
    if (!text || !strchr(text, '@') || strlen(text) > ADDRESS_MAX)
        return false;
    for (const char *at = text; *at; at++) {
        if (!g_ascii_isgraph(*at) || *at == '<' || *at == '>')
            return false;
    }
    return true;
}

static bool is_id(const char *text)
{
    size_t length = text ? strlen(text) : 0;

    for (size_t i = 0; i < length; i++) {
        if (!g_ascii_isgraph(text[i]))
            return false;
    }
    return length > 0 && length <= ID_MAX;
}

/* RFC 5321 2.3.8: CR and LF only as the end of a line. */
static bool has_whole_lines(const char *data, size_t size)
{
    const char *end = data + size;

    while (data < end) {
        const char *line_end = memchr(data, '\n', (size_t)(end - data));
        size_t length;

        if (!line_end || line_end == data || line_end[-1] != '\r')
            return false;
        length = (size_t)(line_end - 1 - data);
        if (memchr(data, '\r', length) || memchr(data, '\0', length))
            return false;
        data = line_end + 1;
    }
    return true;
}

bool smtp_esmtp_door_message(const ChannelMessage *message, size_t *headers, GError **error)
{
    const char *end = NULL;

    if (!is_id(message->id)) {
        error_set(error, BREACH_ERROR_INTERNAL, "internal-message", "a message without a proper id was not sent");
        return false;
    }
    if (!is_address(message->recipient) || !is_address(message->return_path)) {
        error_set(error, BREACH_ERROR_INTERNAL, "internal-message",
                  "message %s was not sent: an envelope address is none, or has a character that could be a command",
                  message->id);
        return false;
    }
    if (message->data)
        end = memmem(message->data, message->size, END_OF_HEADERS, strlen(END_OF_HEADERS));
    if (!end || !has_whole_lines(message->data, message->size)) {
        error_set(error, BREACH_ERROR_INTERNAL, "internal-message",
                  "message %s was not sent: it has no body, a NUL, or lines that do not end in CR LF", message->id);
        return false;
    }
    *headers = (size_t)(end - message->data) + strlen(END_OF_HEADERS);
    if (message->size - *headers < LAST_OCTETS) {
        error_set(error, BREACH_ERROR_INTERNAL, "internal-message", "message %s was not sent: its body is empty",
                  message->id);
        return false;
    }
    return true;
}

size_t smtp_esmtp_door_piece(const ChannelMessage *message, size_t headers, size_t given)
{
    size_t left = message->size - given;

    if (given < headers)
        return headers - given;
    if (left > LAST_OCTETS)
        return MIN(left - LAST_OCTETS, PIECE_MAX);
    return left;
}
