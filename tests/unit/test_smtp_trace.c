#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/trace.h"
#include "channel/smtp_trace.h"

static int64_t fixed_now(void *self)
{
    (void)self;
    return INT64_C(1795219200000);
}

static const Clock stopped = {.now = fixed_now, .steady = fixed_now};

static void wrote(SmtpTrace *trace, const char *text)
{
    smtp_trace_wrote(trace, text, strlen(text));
}

static void read_back(SmtpTrace *trace, const char *text)
{
    smtp_trace_read(trace, text, strlen(text));
}

/* What the lines say, without time and session. */
static char *said(const char *path)
{
    g_autofree char *text = NULL;
    GString *result = g_string_new(NULL);
    g_auto(GStrv) lines = NULL;

    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line && **line; line++) {
        const char *words = strstr(*line, ": ");

        assert_true(g_str_has_prefix(*line, "2026-11-21T00:00:00.000Z relay/"));
        g_string_append_printf(result, "%s\n", words + 2);
    }
    return g_string_free(result, FALSE);
}

static void leaves_out_secrets_and_messages(void **state)
{
    g_autofree char *folder = g_dir_make_tmp("breach-trace-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "trace", NULL);
    g_autofree char *text = NULL;
    SmtpTrace trace;
    struct stat info;

    (void)state;
    assert_true(trace_open(path, &stopped, NULL));
    smtp_trace_begin(&trace, "relay");
    read_back(&trace, "220 relay\r\n");
    wrote(&trace, "EHLO sender\r\n");
    read_back(&trace, "250-relay\r\n250 AUTH PLAIN LOGIN\r\n");
    wrote(&trace, "AUTH PLAIN AGFubgBzZWNyZXQ=\r\n");
    read_back(&trace, "535 5.7.8 no: AGFubgBzZWNyZXQ=\r\n");
    wrote(&trace, "AUTH LOGIN\r\n");
    read_back(&trace, "334 VXNlcm5hbWU6\r\n");
    wrote(&trace, "YW5u\r\n");
    read_back(&trace, "334 UGFzc3dvcmQ6\r\n");
    wrote(&trace, "c2VjcmV0\r\n");
    read_back(&trace, "235 2.7.0 ok\r\n");
    wrote(&trace, "MAIL FROM:<bounce+abc@example.com>\r\n");
    read_back(&trace, "250 ok\r\n");
    wrote(&trace, "RCPT TO:<ann.lee@example.org>\r\nDATA\r\n");
    read_back(&trace, "550 5.1.1 ann.lee is unknown\r\n354 go on\r\n");
    wrote(&trace, "Subject: your data\r\n\r\nDear Ann Lee\r\n.\r\n");
    read_back(&trace, "250 2.0.0 queued\r\n");
    smtp_trace_note(&trace, "ann.lee@example.org", "message abc: accepted for ann.lee");
    wrote(&trace, "QUIT\r\n");
    trace_close();
    text = said(path);
    assert_string_equal(text, "-- connected\n< 220 relay\n> EHLO sender\n< 250-relay\n< 250 AUTH PLAIN LOGIN\n"
                              "> AUTH PLAIN (response left out)\n< 535 (words left out)\n"
                              "> AUTH LOGIN\n< 334 (challenge left out)\n> (response left out)\n"
                              "< 334 (challenge left out)\n> (response left out)\n< 235 2.7.0 ok\n"
                              "> MAIL FROM:<***@example.com>\n< 250 ok\n> RCPT TO:<***@example.org>\n> DATA\n"
                              "< 550 5.1.1 *** is unknown\n< 354 go on\n< 250 2.0.0 queued\n"
                              "-- message abc: accepted for ***\n> QUIT\n");
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    g_unlink(path);
    g_rmdir(folder);
}

static void is_silent_when_off(void **state)
{
    SmtpTrace trace;

    (void)state;
    assert_false(trace_is_on());
    smtp_trace_begin(&trace, "relay");
    wrote(&trace, "EHLO sender\r\n");
    assert_string_equal(trace.who, "");
}

static void says_that_it_cannot_write(void **state)
{
    g_autoptr(GError) error = NULL;

    (void)state;
    assert_false(trace_open("/dev/null/trace", &stopped, &error));
    assert_non_null(strstr(error->message, "cannot write the trace to /dev/null/trace"));
    assert_false(trace_is_on());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_silent_when_off),
        cmocka_unit_test(leaves_out_secrets_and_messages),
        cmocka_unit_test(says_that_it_cannot_write),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
