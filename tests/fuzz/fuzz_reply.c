/* A relay's words: as one reply, and as the stream of a session, which must not matter in what pieces it arrives. */
#include "fuzz.h"

#include <string.h>

#include <glib.h>

#include "channel/smtp_esmtp_reply.h"
#include "channel/smtp_esmtp_wire.h"
#include "model/reply.h"

static void check_meaning(ReplyStatus status)
{
    for (int stage = REPLY_AT_CONNECT; stage <= REPLY_AT_END; stage++) {
        ReplyClass class = reply_classify(status, (ReplyStage)stage);

        fuzz_require(class >= REPLY_ACCEPTED && class <= REPLY_SESSION && *reply_class_name(class));
        fuzz_require(class != REPLY_ACCEPTED || status.code / 100 == 2);
        /* nobody is called unreachable for what is said about us, or for now */
        fuzz_require(class != REPLY_PERMANENT || (status.code / 100 == 5 && stage != REPLY_AT_CONNECT));
        if (status.code >= 200 && status.code < 600)
            (void)smtp_esmtp_reply_judge(status, (ReplyStage)stage);
    }
    fuzz_require(*reply_meaning(status));
}

static void check_line(const char *line)
{
    ReplyStatus status;
    const char *text = NULL;

    if (!reply_parse(line, &status, &text))
        return;
    fuzz_require(status.code >= 200 && status.code <= 599 && text >= line && text <= line + strlen(line));
    fuzz_require(status.status_class == 0 || status.status_class == 2 || status.status_class == 4 ||
                 status.status_class == 5);
    fuzz_require(status.subject >= 0 && status.subject <= 999 && status.detail >= 0 && status.detail <= 999);
    check_meaning(status);
}

static void check_text(const char *raw)
{
    ReplyStatus status = {.code = 550};
    g_autofree char *text = smtp_esmtp_reply_text(raw, &status);

    (void)smtp_esmtp_reply_is_whole(raw);
    fuzz_require(strlen(text) <= SMTP_ESMTP_REPLY_MAX && g_utf8_validate(text, -1, NULL));
    for (const char *at = text; *at; at++)
        fuzz_require((unsigned char)*at >= ' ' && *at != 0x7f);
    check_meaning(status);
}

/* The session AUTH, EHLO and MAIL are asked in, and all that is answered in pieces of `piece` octets */
static SmtpEsmtpWire follow(const char *bytes, size_t size, size_t piece)
{
    static const char *const commands[] = {"EHLO us\r\n", "AUTH PLAIN x\r\n", "MAIL FROM:<a@b.c>\r\n"};
    SmtpEsmtpWire wire;
    size_t share = size / (G_N_ELEMENTS(commands) + 1);

    smtp_esmtp_wire_reset(&wire);
    for (size_t i = 0; i <= G_N_ELEMENTS(commands); i++) {
        const char *end = i == G_N_ELEMENTS(commands) ? bytes + size : bytes + share;

        while (bytes < end) {
            size_t length = MIN(piece, (size_t)(end - bytes));

            smtp_esmtp_wire_read(&wire, bytes, length);
            bytes += length;
        }
        size -= share;
        if (i < G_N_ELEMENTS(commands))
            smtp_esmtp_wire_wrote(&wire, commands[i], strlen(commands[i]));
    }
    return wire;
}

static void check_wire(const char *bytes, size_t size)
{
    SmtpEsmtpWire whole = follow(bytes, size, MAX(size, 1));
    SmtpEsmtpWire single = follow(bytes, size, 1);

    fuzz_require(whole.commands == 3 && whole.replies == single.replies && whole.length == single.length);
    fuzz_require(strcmp(whole.answered, single.answered) == 0 && strcmp(whole.text, single.text) == 0);
    fuzz_require(whole.status.code == single.status.code && whole.authenticated == single.authenticated);
    fuzz_require(whole.has_chunking == single.has_chunking && whole.auth_code == single.auth_code);
    fuzz_require(smtp_esmtp_wire_is_even(&whole) == smtp_esmtp_wire_is_even(&single));
    fuzz_require(!whole.authenticated || whole.auth_code == 235);
    fuzz_require(g_utf8_validate(whole.text, -1, NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *)data, size);

    check_line(text);
    check_text(text);
    check_wire((const char *)data, size);
    return 0;
}
