#include "drill/returning.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"

#define LOG_MOST (INT64_C(1) << 30) /* bytes: some ten million lines */

typedef struct Mail {
    char *envelope, *address; /* owned */
    int64_t due;              /* ms */
} Mail;

struct Returning {
    const Stage *stage;
    char *path;
    int64_t start, every;
    size_t read;      /* bytes of the log */
    GPtrArray *mails; /* of Mail * */
    int64_t count;    /* mails written so far: each has a number of its own */
};

static void free_mail(gpointer data)
{
    Mail *mail = data;

    g_free(mail->envelope);
    g_free(mail->address);
    g_free(mail);
}

Returning *returning_new(const Stage *stage, const char *path, int64_t start, int64_t every)
{
    Returning *returning = g_new0(Returning, 1);

    returning->stage = stage;
    returning->path = g_strdup(path);
    returning->start = start;
    returning->every = every;
    returning->mails = g_ptr_array_new_with_free_func(free_mail);
    return returning;
}

void returning_free(Returning *returning)
{
    if (!returning)
        return;
    g_ptr_array_unref(returning->mails);
    g_free(returning->path);
    g_free(returning);
}

/* The next look into the mailbox, at `at` or after. */
static int64_t look_after(const Returning *returning, int64_t at)
{
    int64_t passed = at - returning->start;

    return returning->start + (passed + returning->every - 1) / returning->every * returning->every;
}

/* "accepted ENVID RCPT SIZE" */
static void take_line(Returning *returning, const char *line, int64_t now)
{
    g_auto(GStrv) words = g_strsplit(line, " ", 5);
    int64_t wait;
    Mail *mail;

    if (g_strv_length(words) < 4 || strcmp(words[0], "accepted") != 0)
        return;
    wait = stage_comes_back(returning->stage, words[2], now);
    if (wait < 0)
        return;
    mail = g_new0(Mail, 1);
    mail->envelope = g_strdup(words[1]);
    mail->address = g_strdup(words[2]);
    mail->due = look_after(returning, now + wait);
    g_ptr_array_add(returning->mails, mail);
}

bool returning_look(Returning *returning, int64_t now, GError **error)
{
    const char *path = returning->stage->log_path;
    g_autofree char *text = NULL;
    size_t size = 0;
    FileStamp stamp;
    char *line, *end;

    if (!g_file_test(path, G_FILE_TEST_EXISTS))
        return true;
    if (!file_stamp(path, &stamp, error))
        return false;
    if ((size_t)stamp.size <= returning->read)
        return true;
    text = file_read(path, LOG_MOST, &size, error);
    if (!text)
        return false;
    for (line = text + returning->read; (end = strchr(line, '\n')) != NULL; line = end + 1) {
        *end = '\0';
        take_line(returning, line, now);
    }
    returning->read = (size_t)(line - text);
    return true;
}

int64_t returning_next(const Returning *returning)
{
    int64_t next = INT64_MAX;

    for (guint i = 0; i < returning->mails->len; i++)
        next = MIN(next, ((const Mail *)g_ptr_array_index(returning->mails, i))->due);
    return next;
}

/* RFC 3464, with the envelope id of RFC 3461 5.4 that names our message, as a mail system would report a mailbox that
 * is gone (RFC 3463 5.1.1). */
static void append_mail(GString *box, const Returning *returning, const Mail *mail)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(mail->due / CLOCK_SECOND);
    g_autofree char *separator = g_date_time_format(time, "%a %b %e %H:%M:%S %Y");
    g_autofree char *date = g_date_time_format(time, "%a, %d %b %Y %H:%M:%S +0000");

    g_string_append_printf(box,
                           "From MAILER-DAEMON %s\n"
                           "From: Mail Delivery System <MAILER-DAEMON@relay.drill.example>\n"
                           "To: <bounce@drill.example>\n"
                           "Date: %s\n"
                           "Subject: Undelivered Mail Returned to Sender\n"
                           "Message-ID: <drill-%" G_GINT64_FORMAT "@relay.drill.example>\n"
                           "Auto-Submitted: auto-replied\n"
                           "MIME-Version: 1.0\n"
                           "Content-Type: multipart/report; report-type=delivery-status; boundary=\"drill\"\n\n"
                           "--drill\nContent-Type: text/plain; charset=us-ascii\n\n"
                           "The mail could not be delivered: the mailbox does not exist.\n\n"
                           "--drill\nContent-Type: message/delivery-status\n\n"
                           "Reporting-MTA: dns; relay.drill.example\n"
                           "Original-Envelope-Id: %s\n\n"
                           "Final-Recipient: rfc822; %s\n"
                           "Action: failed\n"
                           "Status: 5.1.1\n"
                           "Diagnostic-Code: smtp; 550 5.1.1 no such user here\n\n"
                           "--drill--\n\n",
                           separator, date, returning->count, mail->envelope, mail->address);
}

bool returning_write(Returning *returning, int64_t now, int64_t *mails, GError **error)
{
    g_autoptr(GString) box = g_string_new(NULL);

    *mails = 0;
    for (guint i = returning->mails->len; i > 0; i--) {
        const Mail *mail = g_ptr_array_index(returning->mails, i - 1);

        if (mail->due > now)
            continue;
        returning->count++;
        *mails += 1;
        append_mail(box, returning, mail);
        g_ptr_array_remove_index_fast(returning->mails, i - 1);
    }
    return *mails == 0 || file_write(returning->path, box->str, box->len, 0600, error);
}
