#include "channel/smtp_esmtp_reply.h"

#include <string.h>

#include <glib.h>

bool smtp_esmtp_reply_is_whole(const char *raw)
{
    return raw && (!*raw || raw[strlen(raw) - 1] == '\n');
}

/* Behind the code of a continuation line stands the enhanced code again (RFC 2034 4). */
static const char *skip_enhanced(const char *line, const char *enhanced)
{
    size_t length = strlen(enhanced);

    if (length == 0 || strncmp(line, enhanced, length) != 0)
        return line;
    return line[length] == ' ' || line[length] == '\r' || line[length] == '\n' ? line + length : line;
}

static void append_line(GString *text, const char *line, size_t size)
{
    g_autofree char *valid = g_utf8_make_valid(line, (gssize)size);

    for (const char *at = valid; *at; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        bool blank = c == ' ' || g_unichar_iscntrl(c);
        size_t width = blank ? 1 : (size_t)(g_utf8_next_char(at) - at);

        if (blank && (text->len == 0 || text->str[text->len - 1] == ' '))
            continue;
        if (text->len + width > SMTP_ESMTP_REPLY_MAX)
            return;
        g_string_append_len(text, blank ? " " : at, (gssize)width);
    }
}

static void trim_end(GString *text)
{
    if (text->len && text->str[text->len - 1] == ' ')
        g_string_truncate(text, text->len - 1);
}

/* The enhanced code that libESMTP took out of the text, or found half of and left there. */
static bool is_taken_out(ReplyStatus status, const char *raw)
{
    if (status.status_class != 2 && status.status_class != 4 && status.status_class != 5)
        return false;
    return status.subject || status.detail || !g_ascii_isdigit(*raw);
}

char *smtp_esmtp_reply_text(const char *raw, ReplyStatus *status)
{
    GString *text = g_string_new(NULL);
    ReplyStatus parsed = {0};
    g_autofree char *line = g_strdup_printf("%03d %s", status->code, raw);
    g_autofree char *enhanced = NULL;
    const char *rest = NULL;

    if (!is_taken_out(*status, raw)) {
        if (!reply_parse(line, &parsed, &rest) || parsed.code != status->code)
            parsed = (ReplyStatus){.code = status->code};
        *status = parsed;
    }
    enhanced = status->status_class ? g_strdup_printf("%d.%d.%d", status->status_class, status->subject, status->detail)
                                    : g_strdup("");
    for (const char *at = raw; *at;) {
        const char *end = strchr(at, '\n');
        const char *from = skip_enhanced(at, enhanced);
        size_t size = end ? (size_t)(end - from) : strlen(from);

        append_line(text, from, size);
        if (text->len && text->len < SMTP_ESMTP_REPLY_MAX && text->str[text->len - 1] != ' ')
            g_string_append_c(text, ' ');
        at = end ? end + 1 : at + strlen(at);
    }
    trim_end(text);
    return g_string_free(text, FALSE);
}

/* Whether the relay wants other credentials, a stronger mechanism or TLS first: RFC 4954 6, and RFC 5248 2.4 for the
 * enhanced codes. */
static bool is_about_login(ReplyStatus status)
{
    static const int codes[] = {530, 534, 535, 538};

    for (size_t i = 0; i < G_N_ELEMENTS(codes); i++) {
        if (status.code == codes[i])
            return true;
    }
    return status.status_class == 5 && status.subject == 7 && status.detail >= 8 && status.detail <= 14;
}

SmtpEsmtpVerdict smtp_esmtp_reply_judge(ReplyStatus status, ReplyStage stage)
{
    static const ChannelResult results[] = {
        [REPLY_ACCEPTED] = CHANNEL_ACCEPTED,   [REPLY_TEMPORARY] = CHANNEL_TEMPORARY,
        [REPLY_PERMANENT] = CHANNEL_PERMANENT, [REPLY_POLICY] = CHANNEL_POLICY,
        [REPLY_SESSION] = CHANNEL_NOT_SENT,
    };
    SmtpEsmtpVerdict verdict = {.result = results[reply_classify(status, stage)]};

    if (verdict.result != CHANNEL_NOT_SENT)
        return verdict;
    verdict.is_lasting = is_about_login(status) || (stage == REPLY_AT_MAIL && status.code / 100 == 5);
    verdict.ends_session = true;
    /* Behind the end of the data the reply may as well be due to this very message, which was refused in any case: it
     * is put off, and not offered again at once. */
    if (stage == REPLY_AT_END && !verdict.is_lasting) {
        verdict.result = CHANNEL_TEMPORARY;
        verdict.ends_session = status.code == 421;
    }
    return verdict;
}
