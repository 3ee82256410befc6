/* mailbox-check [--stopped] BASE - reads every message in the Maildirs BASE/NAME of a relay as GMime understands it, and
 * compares them with what the ledger says was sent: lines `MESSAGE-ID|ENDPOINT` on standard input.
 *
 * Each line's message must lie in the mailbox of its endpoint, exactly once; nothing else may lie anywhere. Each
 * message must be a notice that a stranger's program can read: one of each header, both parts with charset and text,
 * lines that survive a DKIM signature. With --stopped the relay has been stopped while it delivered, between writing a
 * file and noting that it had, maybe, and has written it once more: what lies there twice under one of its queue ids was
 * taken from us once, and counts once. Prints `messages N mailboxes N`, and each problem on standard error; exit 1 if
 * there is any. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gmime/gmime.h>

#define LINE_MAX_OCTETS 998 /* RFC 5322 2.1.1 */
#define PROBLEMS_SHOWN  50

typedef struct Expected {
    char *endpoint; /* owned */
    bool is_accepted;
    bool is_doubted;
    GHashTable *queued; /* owned; a set of the queue ids under which the relay took it */
    size_t found;
} Expected;

typedef struct Check {
    GHashTable *expected; /* message id (owned) -> Expected (owned) */
    const char *file;     /* that is being read */
    size_t messages;
    size_t mailboxes;
    size_t again; /* further copies of messages that have been in doubt */
    bool was_stopped;
    size_t problems;
} Check;

static void G_GNUC_PRINTF(2, 3) report(Check *check, const char *format, ...)
{
    va_list arguments;

    if (check->problems++ >= PROBLEMS_SHOWN)
        return;
    va_start(arguments, format);
    fprintf(stderr, "%s: ", check->file ? check->file : "mailbox-check");
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
}

static void free_expected(void *data)
{
    Expected *expected = data;

    g_free(expected->endpoint);
    g_hash_table_unref(expected->queued);
    g_free(expected);
}

static bool is_flag(const char *text)
{
    return strcmp(text, "0") == 0 || strcmp(text, "1") == 0;
}

static void read_expected(Check *check)
{
    char line[1024];

    while (fgets(line, sizeof line, stdin)) {
        g_auto(GStrv) fields = g_strsplit(g_strchomp(line), "|", -1);
        Expected *expected;

        if (g_strv_length(fields) != 4 || !is_flag(fields[2]) || !is_flag(fields[3])) {
            report(check, "not a line of MESSAGE-ID|ENDPOINT|ACCEPTED|DOUBTED: %s", line);
            continue;
        }
        expected = g_new0(Expected, 1);
        expected->endpoint = g_strdup(fields[1]);
        expected->queued = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        expected->is_accepted = *fields[2] == '1';
        expected->is_doubted = *fields[3] == '1';
        if (!g_hash_table_insert(check->expected, g_strdup(fields[0]), expected))
            report(check, "message %s stands twice in the ledger", fields[0]);
    }
}

/* Delivered mail has LF; a CR that is left was no line end on the wire. */
static void check_octets(Check *check, const char *text, size_t size)
{
    const char *end = text + size;

    if (memchr(text, '\r', size) || memchr(text, '\0', size))
        report(check, "has a CR or a NUL that ends no line");
    for (const char *at = text; at < end; at++) {
        if ((unsigned char)*at > 0x7e) {
            report(check, "has octets that are not ASCII");
            break;
        }
    }
    while (text < end) {
        const char *line_end = memchr(text, '\n', (size_t)(end - text));

        if (!line_end || (size_t)(line_end - text) > LINE_MAX_OCTETS) {
            report(check, "has a line over %d octets, or no end of its last line", LINE_MAX_OCTETS);
            return;
        }
        text = line_end + 1;
    }
}

static void check_headers(Check *check, GMimeMessage *message)
{
    static const char *const once[] = {"From",         "To",           "Subject",     "Date", "Message-ID",
                                       "MIME-Version", "Delivered-To", "Return-Path", NULL};
    GMimeHeaderList *headers = g_mime_object_get_header_list(GMIME_OBJECT(message));

    for (size_t i = 0; once[i]; i++) {
        int found = 0;

        for (int j = 0; j < g_mime_header_list_get_count(headers); j++)
            found +=
                g_ascii_strcasecmp(g_mime_header_get_name(g_mime_header_list_get_header_at(headers, j)), once[i]) == 0;
        if (found != 1)
            report(check, "%d headers %s", found, once[i]);
    }
    if (!g_mime_message_get_date(message))
        report(check, "its Date cannot be read");
    if (!g_mime_message_get_subject(message) || !*g_mime_message_get_subject(message))
        report(check, "its Subject is empty");
}

/* Whether a text part says what it is, and holds text of that charset. */
static void check_part(Check *check, GMimeObject *object, const char *subtype)
{
    g_autofree char *text = NULL;
    const char *charset;

    if (!GMIME_IS_TEXT_PART(object) ||
        !g_mime_content_type_is_type(g_mime_object_get_content_type(object), "text", subtype)) {
        report(check, "its part text/%s is missing", subtype);
        return;
    }
    charset = g_mime_object_get_content_type_parameter(object, "charset");
    if (!charset || g_ascii_strcasecmp(charset, "utf-8") != 0)
        report(check, "its part text/%s has the charset %s", subtype, charset ? charset : "(none)");
    text = g_mime_text_part_get_text(GMIME_TEXT_PART(object));
    if (!text || strlen(text) < 100 || !g_utf8_validate(text, -1, NULL))
        report(check, "its part text/%s has no text, or no UTF-8", subtype);
}

static void check_body(Check *check, GMimeMessage *message)
{
    GMimeObject *body = g_mime_message_get_mime_part(message);

    if (!GMIME_IS_MULTIPART(body) ||
        !g_mime_content_type_is_type(g_mime_object_get_content_type(body), "multipart", "alternative") ||
        g_mime_multipart_get_count(GMIME_MULTIPART(body)) != 2) {
        report(check, "is no multipart/alternative of two parts");
        return;
    }
    check_part(check, g_mime_multipart_get_part(GMIME_MULTIPART(body), 0), "plain");
    check_part(check, g_mime_multipart_get_part(GMIME_MULTIPART(body), 1), "html");
}

static char *only_address(InternetAddressList *list)
{
    InternetAddress *address =
        list && internet_address_list_length(list) == 1 ? internet_address_list_get_address(list, 0) : NULL;

    return g_strdup(INTERNET_ADDRESS_IS_MAILBOX(address)
                        ? internet_address_mailbox_get_idn_addr(INTERNET_ADDRESS_MAILBOX(address))
                        : "");
}

/* Under which the relay took it, as its own Received field, the first one, says; a unique one where it says nothing. */
static char *queue_id(GMimeMessage *message, const char *file)
{
    const char *received = g_mime_object_get_header(GMIME_OBJECT(message), "Received");
    const char *id = received ? strstr(received, " id ") : NULL;

    return id ? g_strndup(id + 4, strcspn(id + 4, " ;\t\r\n")) : g_strdup(file);
}

/* The message, its envelope as the relay wrote it down, the mailbox and the ledger: all speak of the same. */
static void check_identity(Check *check, GMimeMessage *message, const char *mailbox)
{
    const char *message_id = g_mime_message_get_message_id(message);
    g_autofree char *id = message_id ? g_strndup(message_id, strcspn(message_id, "@")) : g_strdup("");
    g_autofree char *to = only_address(g_mime_message_get_to(message));
    const char *delivered = g_mime_object_get_header(GMIME_OBJECT(message), "Delivered-To");
    const char *return_path = g_mime_object_get_header(GMIME_OBJECT(message), "Return-Path");
    g_autofree char *verp = g_strdup_printf("<bounce+%s@example.com>", id);
    g_autofree char *name = g_strndup(to, strcspn(to, "@"));
    Expected *expected = g_hash_table_lookup(check->expected, id);

    if (!expected)
        report(check, "message %s is not in the ledger as sent", id);
    else if (strcmp(expected->endpoint, to) != 0)
        report(check, "message %s is for %s, the ledger says %s", id, to, expected->endpoint);
    else if (!g_hash_table_add(expected->queued, queue_id(message, check->file)) && check->was_stopped)
        check->messages--;
    else if (expected->found++ && expected->is_doubted)
        check->again++;
    else if (expected->found > 1)
        report(check, "message %s lies here a second time, and has never been in doubt", id);
    if (g_strcmp0(delivered, to) != 0 || strcmp(name, mailbox) != 0)
        report(check, "message %s for %s lies in the mailbox %s", id, to, mailbox);
    if (g_strcmp0(return_path, verp) != 0)
        report(check, "message %s has the return path %s", id, return_path ? return_path : "(none)");
}

static void check_file(Check *check, const char *path, const char *mailbox)
{
    g_autofree char *text = NULL;
    gsize size = 0;
    GMimeStream *stream;
    GMimeParser *parser;
    GMimeMessage *message;

    check->file = path;
    check->messages++;
    if (!g_file_get_contents(path, &text, &size, NULL)) {
        report(check, "cannot be read");
        return;
    }
    check_octets(check, text, size);
    stream = g_mime_stream_mem_new_with_buffer(text, size);
    parser = g_mime_parser_new_with_stream(stream);
    message = g_mime_parser_construct_message(parser, NULL);
    if (message) {
        check_headers(check, message);
        check_body(check, message);
        check_identity(check, message, mailbox);
        g_object_unref(message);
    } else {
        report(check, "is no message");
    }
    g_object_unref(parser);
    g_object_unref(stream);
}

static void check_mailbox(Check *check, const char *base, const char *mailbox)
{
    static const char *const folders[] = {"new", "cur"};

    check->mailboxes++;
    for (size_t i = 0; i < G_N_ELEMENTS(folders); i++) {
        g_autofree char *folder = g_build_filename(base, mailbox, folders[i], NULL);
        GDir *files = g_dir_open(folder, 0, NULL);
        const char *name;

        while (files && (name = g_dir_read_name(files))) {
            g_autofree char *path = g_build_filename(folder, name, NULL);

            check_file(check, path, mailbox);
        }
        if (files)
            g_dir_close(files);
    }
    check->file = NULL;
}

static void report_missing(Check *check)
{
    GHashTableIter at;
    gpointer id;
    gpointer value;

    g_hash_table_iter_init(&at, check->expected);
    while (g_hash_table_iter_next(&at, &id, &value)) {
        const Expected *expected = value;

        if (!expected->found && expected->is_accepted)
            report(check, "message %s for %s is in no mailbox", (char *)id, expected->endpoint);
    }
}

int main(int count, char **arguments)
{
    Check check = {.expected = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_expected)};
    GDir *mailboxes;
    const char *base, *name;

    check.was_stopped = count == 3 && strcmp(arguments[1], "--stopped") == 0;
    if (count != (check.was_stopped ? 3 : 2)) {
        fprintf(stderr, "usage: mailbox-check [--stopped] BASE <LEDGER-LINES\n");
        return 64;
    }
    base = arguments[count - 1];
    g_mime_init();
    read_expected(&check);
    mailboxes = g_dir_open(base, 0, NULL);
    while (mailboxes && (name = g_dir_read_name(mailboxes)))
        check_mailbox(&check, base, name);
    if (mailboxes)
        g_dir_close(mailboxes);
    report_missing(&check);
    printf("messages %zu mailboxes %zu again %zu\n", check.messages, check.mailboxes, check.again);
    if (check.problems > PROBLEMS_SHOWN)
        fprintf(stderr, "and %zu more problems\n", check.problems - PROBLEMS_SHOWN);
    g_hash_table_destroy(check.expected);
    g_mime_shutdown();
    return check.problems ? 1 : 0;
}
