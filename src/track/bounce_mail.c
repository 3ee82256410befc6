#include "track/bounce_mail.h"

#include <string.h>

#include <gmime/gmime.h>

typedef struct Walk {
    BounceMail *mail;
    GString *html; /* what is shown when no part is plain text */
    int parts;
    int depth;
} Walk;

static void free_header(gpointer data)
{
    BounceHeader *header = data;

    g_free(header->name);
    g_free(header->value);
    g_free(header);
}

/* Whether `at` begins with `word`, in any case. */
static bool begins(const char *at, const char *word)
{
    return g_ascii_strncasecmp(at, word, strlen(word)) == 0;
}

static bool is_shift_coded(const char *bytes)
{
    return strstr(bytes, "\033$") || strstr(bytes, "\033(");
}

/* Japanese systems write ISO-2022-JP (RFC 1468) also where nothing says so, as in a Diagnostic-Code. */
static char *in_utf8(const char *bytes, size_t size)
{
    g_autofree char *whole = g_strndup(bytes, size); /* ends at a NUL, which no text has */
    char *decoded = NULL;

    if (is_shift_coded(whole))
        decoded = g_convert(whole, -1, "UTF-8", "ISO-2022-JP", NULL, NULL, NULL);
    return decoded ? decoded : g_utf8_make_valid(whole, -1);
}

/* Appends a text that was read: UTF-8, LF, a bounded length, an empty line behind it. */
static void append(Walk *walk, GString *to, const char *bytes, size_t size)
{
    size_t room = to->len < BOUNCE_MAIL_TEXT ? BOUNCE_MAIL_TEXT - to->len : 0;
    g_autofree char *text = NULL;

    if (size > room) {
        walk->mail->is_cut = true;
        size = room;
        while (size > room / 2 && bytes[size - 1] != '\n') /* half an address would be another one */
            size--;
    }
    if (size == 0)
        return;
    text = in_utf8(bytes, size);
    for (const char *at = text; *at; at++)
        if (*at != '\r')
            g_string_append_c(to, *at);
        else if (at[1] != '\n')
            g_string_append_c(to, '\n'); /* a lone CR ends a line of old systems */
    g_string_append(to, "\n\n");
}

static void append_decoded(Walk *walk, GString *to, GMimePart *part)
{
    GMimeDataWrapper *content = g_mime_part_get_content(part);
    GMimeStream *stream;
    GByteArray *bytes;

    if (!content)
        return;
    stream = g_mime_stream_mem_new();
    g_mime_data_wrapper_write_to_stream(content, stream);
    bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
    append(walk, to, (const char *)bytes->data, bytes->len);
    g_object_unref(stream);
}

static void append_text(Walk *walk, GString *to, GMimeObject *object)
{
    g_autofree char *text = GMIME_IS_TEXT_PART(object) ? g_mime_text_part_get_text(GMIME_TEXT_PART(object)) : NULL;

    if (text)
        append(walk, to, text, strlen(text));
    else
        append_decoded(walk, to, GMIME_PART(object));
}

static void append_headers(Walk *walk, GMimeObject *object)
{
    g_autofree char *headers = g_mime_object_get_headers(object, NULL);

    if (headers)
        append(walk, walk->mail->returned, headers, strlen(headers));
}

static bool has_line(const char *text, const char *start)
{
    for (const char *line = text; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (begins(line, start))
            return true;
    }
    return false;
}

/* Some systems call the report of RFC 3464 message/xdelivery-status, and gateways that do not know it
 * application/octet-stream: it is known by its fields. */
static bool take_misnamed(Walk *walk, GMimeObject *object)
{
    GString *report = walk->mail->report;
    g_autoptr(GString) text = g_string_new(NULL);

    if (strcmp(walk->mail->type, "multipart/report") != 0 || report->len > 0 || !GMIME_IS_PART(object))
        return false;
    append_decoded(walk, text, GMIME_PART(object));
    if (!has_line(text->str, "Final-Recipient:") || !has_line(text->str, "Action:"))
        return false;
    g_string_append_len(report, text->str, (gssize)text->len);
    return true;
}

static void take_leaf(Walk *walk, GMimeObject *object)
{
    static const struct {
        const char *type, *subtype;
        size_t offset;
    } homes[] = {
        {"message", "delivery-status", offsetof(BounceMail, report)},
        {"message", "global-delivery-status", offsetof(BounceMail, report)}, /* RFC 6533 */
        {"message", "feedback-report", offsetof(BounceMail, feedback)},
        {"message", "disposition-notification", offsetof(BounceMail, disposition)},
        {"message", "*", offsetof(BounceMail, returned)}, /* partial, global-headers, … */
        {"text", "rfc822-headers", offsetof(BounceMail, returned)},
        {"text", "plain", offsetof(BounceMail, notice)},
    };
    GMimeContentType *type = g_mime_object_get_content_type(object);

    for (size_t i = 0; i < G_N_ELEMENTS(homes); i++)
        if (g_mime_content_type_is_type(type, homes[i].type, homes[i].subtype)) {
            if (*homes[i].subtype == '*' && take_misnamed(walk, object))
                return;
            append_text(walk, *(GString **)(void *)((char *)walk->mail + homes[i].offset), object);
            return;
        }
    if (g_mime_content_type_is_type(type, "text", "html"))
        append_text(walk, walk->html, object);
    else
        take_misnamed(walk, object);
}

static void take(Walk *walk, GMimeObject *object);

static void take_multipart(Walk *walk, GMimeMultipart *multipart)
{
    int count = g_mime_multipart_get_count(multipart);

    /* Some write no boundary, or another one than they name: then all of it is in front of the first part. */
    if (count == 0 && g_mime_multipart_get_prologue(multipart))
        append(walk, walk->mail->notice, g_mime_multipart_get_prologue(multipart),
               strlen(g_mime_multipart_get_prologue(multipart)));
    for (int i = 0; i < count && walk->parts < BOUNCE_MAIL_PARTS; i++)
        take(walk, g_mime_multipart_get_part(multipart, i));
}

static void take(Walk *walk, GMimeObject *object)
{
    if (++walk->parts > BOUNCE_MAIL_PARTS || walk->depth >= BOUNCE_MAIL_DEEP) {
        walk->mail->is_cut = true;
        return;
    }
    walk->depth++;
    if (GMIME_IS_MULTIPART(object)) {
        take_multipart(walk, GMIME_MULTIPART(object));
    } else if (GMIME_IS_MESSAGE_PART(object)) {
        GMimeMessage *message = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));

        if (message)
            append_headers(walk, GMIME_OBJECT(message));
    } else if (GMIME_IS_PART(object)) {
        take_leaf(walk, object);
    }
    walk->depth--;
}

static void take_headers(BounceMail *mail, GMimeObject *object)
{
    GMimeHeaderList *list = g_mime_object_get_header_list(object);
    int count = MIN(g_mime_header_list_get_count(list), 1000);

    for (int i = 0; i < count; i++) {
        GMimeHeader *from = g_mime_header_list_get_header_at(list, i);
        BounceHeader *header = g_new0(BounceHeader, 1);
        const char *raw = g_mime_header_get_value(from);
        g_autofree char *decoded = raw ? g_mime_utils_header_decode_text(NULL, raw) : NULL;

        header->name = g_utf8_make_valid(g_mime_header_get_name(from), -1);
        header->value = g_utf8_make_valid(decoded ? decoded : "", -1);
        g_ptr_array_add(mail->headers, header);
    }
}

static const struct {
    const char *opening, *closing; /* what stands between them is not shown */
} hidden[] = {{"<!--", "-->"}, {"<style", "</style"}, {"<script", "</script"}, {"<title", "</title"}};

static const struct {
    const char *entity;
    char shown;
} entities[] = {{"&lt;", '<'}, {"&gt;", '>'}, {"&nbsp;", ' '}, {"&quot;", '"'}, {"&#39;", '\''}, {"&amp;", '&'}};

/* What stands behind a tag, or behind what it hides; the end of the text when it is not closed. */
static const char *behind_tag(const char *at)
{
    const char *end = at;

    for (size_t i = 0; i < G_N_ELEMENTS(hidden); i++)
        if (begins(at, hidden[i].opening))
            while (*end && !begins(end, hidden[i].closing))
                end++;
    while (*end && *end != '>')
        end++;
    return *end ? end + 1 : end;
}

/* The text of HTML as it would be read, near enough for a search: every tag is a line end if it ends a line or a block,
 * else a space; of the entities those that mail systems write. */
static void strip_html(const GString *html, GString *to)
{
    static const char *const line_ends[] = {"<br", "</p", "</div", "</tr", "</li", "</h"};
    const char *at = html->str;

    while (*at) {
        bool is_tag = *at == '<' && (g_ascii_isalpha(at[1]) || at[1] == '/' || at[1] == '!');
        bool ends_line = false;
        const char *before = at;

        for (size_t i = 0; i < G_N_ELEMENTS(line_ends); i++)
            ends_line = ends_line || (is_tag && begins(at, line_ends[i]));
        for (size_t i = 0; i < G_N_ELEMENTS(entities) && at == before; i++)
            if (begins(at, entities[i].entity)) {
                g_string_append_c(to, entities[i].shown);
                at += strlen(entities[i].entity);
            }
        if (at != before)
            continue;
        g_string_append_c(to, ends_line ? '\n' : is_tag ? ' ' : *at);
        at = is_tag ? behind_tag(at) : at + 1;
    }
}

static void initialize(void)
{
    static gsize once;

    if (g_once_init_enter(&once)) {
        g_mime_init();
        g_once_init_leave(&once, 1);
    }
}

static void take_message(BounceMail *mail, GMimeMessage *message)
{
    Walk walk = {.mail = mail, .html = g_string_new(NULL)};
    GMimeObject *root = g_mime_message_get_mime_part(message);

    take_headers(mail, GMIME_OBJECT(message));
    if (root) {
        GMimeContentType *type = g_mime_object_get_content_type(root);
        const char *report_type = g_mime_content_type_get_parameter(type, "report-type");
        g_autofree char *name = g_mime_content_type_get_mime_type(type);

        g_free(mail->type);
        mail->type = g_utf8_strdown(name, -1);
        mail->report_type = report_type ? g_utf8_strdown(report_type, -1) : NULL;
        take(&walk, root);
    }
    if (mail->notice->len == 0)
        strip_html(walk.html, mail->notice);
    g_string_free(walk.html, TRUE);
}

/* Mails from old systems may end their lines in CR alone, which no parser takes for a line. */
static char *with_line_ends(const char *bytes, size_t size)
{
    char *copy;

    if (memchr(bytes, '\n', size) || !memchr(bytes, '\r', size))
        return NULL;
    copy = g_memdup2(bytes, size);
    for (size_t i = 0; i < size; i++)
        if (copy[i] == '\r')
            copy[i] = '\n';
    return copy;
}

BounceMail *bounce_mail_read(const char *bytes, size_t size)
{
    BounceMail *mail = g_new0(BounceMail, 1);
    GMimeStream *stream;
    GMimeParser *parser;
    GMimeMessage *message;
    g_autofree char *lines = NULL;

    initialize();
    mail->headers = g_ptr_array_new_with_free_func(free_header);
    mail->type = g_strdup("text/plain");
    mail->notice = g_string_new(NULL);
    mail->report = g_string_new(NULL);
    mail->feedback = g_string_new(NULL);
    mail->disposition = g_string_new(NULL);
    mail->returned = g_string_new(NULL);
    mail->is_cut = size > BOUNCE_MAIL_MOST;
    size = MIN(size, (size_t)BOUNCE_MAIL_MOST);
    lines = with_line_ends(bytes, size);
    stream = g_mime_stream_mem_new_with_buffer(lines ? lines : bytes, size);
    parser = g_mime_parser_new_with_stream(stream);
    message = g_mime_parser_construct_message(parser, NULL);
    if (message) {
        take_message(mail, message);
        g_object_unref(message);
    }
    g_object_unref(parser);
    g_object_unref(stream);
    return mail;
}

void bounce_mail_free(BounceMail *mail)
{
    if (!mail)
        return;
    g_ptr_array_unref(mail->headers);
    g_free(mail->type);
    g_free(mail->report_type);
    g_string_free(mail->notice, TRUE);
    g_string_free(mail->report, TRUE);
    g_string_free(mail->feedback, TRUE);
    g_string_free(mail->disposition, TRUE);
    g_string_free(mail->returned, TRUE);
    g_free(mail);
}

int64_t bounce_mail_date(const char *value)
{
    g_autoptr(GDateTime) date = NULL;

    initialize();
    date = g_mime_utils_header_decode_date(value);
    return date ? g_date_time_to_unix(date) * 1000 : -1;
}

const char *bounce_mail_header(const BounceMail *mail, const char *name)
{
    for (guint i = 0; i < mail->headers->len; i++) {
        const BounceHeader *header = g_ptr_array_index(mail->headers, i);

        if (g_ascii_strcasecmp(header->name, name) == 0)
            return header->value;
    }
    return "";
}
