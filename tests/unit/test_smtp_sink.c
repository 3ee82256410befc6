#include "smtp_talk.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>

#include "base/error.h"
#include "drill/smtp_sink.h"
#include "expect_folder.h"

#define PROMPT 5000 /* milliseconds; what is prompt on a busy machine */

static SmtpSink *start(const SmtpSinkOptions *options)
{
    GError *error = NULL;
    SmtpSink *sink = smtp_sink_start(options, &error);

    if (!sink)
        fail_msg("%s", error->message);
    assert_true(smtp_sink_port(sink) > 0);
    return sink;
}

/* Starts a sink and greets it; leave() ends both. */
static SmtpSink *visit(const SmtpSinkOptions *options, Talk **talk)
{
    SmtpSink *sink = start(options);

    *talk = talk_greet(smtp_sink_port(sink));
    return sink;
}

static void leave(Talk *talk, SmtpSink *sink)
{
    talk_free(talk);
    smtp_sink_stop(sink);
}

static char *read_file(const char *folder, const char *name)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    char *text = NULL;

    g_file_get_contents(path, &text, NULL, NULL);
    return text;
}

/* All lines of a reply, joined by "|". */
static char *ask_all(Talk *talk, const char *line)
{
    GString *all = g_string_new(NULL);
    const char *reply;

    talk_say(talk, line);
    do {
        reply = talk_line(talk);
        assert_non_null(reply);
        g_string_append_printf(all, "%s%s", all->len > 0 ? "|" : "", reply);
    } while (reply[3] == '-');
    return g_string_free(all, FALSE);
}

static void test_offers(void **state)
{
    static const struct {
        SmtpSinkOptions options;
        const char *reply;
    } cases[] = {
        {{0},
         "250-localhost|250-PIPELINING|250-CHUNKING|250-8BITMIME|250-ENHANCEDSTATUSCODES|250-DSN|250 SIZE 52428800"},
        {{.no_chunking = true, .no_pipelining = true},
         "250-localhost|250-8BITMIME|250-ENHANCEDSTATUSCODES|250-DSN|250 SIZE 52428800"},
        {{.user = "u", .password = "p", .no_chunking = true, .no_pipelining = true},
         "250-localhost|250-AUTH PLAIN LOGIN|250-8BITMIME|250-ENHANCEDSTATUSCODES|250-DSN|250 SIZE 52428800"},
        {{.user = "u", .password = "p", .starttls = true, .no_chunking = true, .no_pipelining = true},
         "250-localhost|250-STARTTLS|250-8BITMIME|250-ENHANCEDSTATUSCODES|250-DSN|250 SIZE 52428800"},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        SmtpSink *sink = start(&cases[i].options);
        Talk *talk = talk_connect(smtp_sink_port(sink));
        g_autofree char *helo = NULL;
        g_autofree char *ehlo = NULL;

        talk_expect(talk, "220 ");
        helo = ask_all(talk, "HELO client.example\r\n");
        assert_string_equal(helo, "250 localhost");
        ehlo = ask_all(talk, "EHLO client.example\r\n");
        assert_string_equal(ehlo, cases[i].reply);
        talk_free(talk);
        smtp_sink_stop(sink);
    }
}

typedef struct Step {
    const char *line;
    const char *reply;
} Step;

static void follow(Talk *talk, const Step *steps, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *reply;

        talk_say(talk, steps[i].line);
        talk_say(talk, "\r\n");
        reply = talk_line(talk);
        if (!reply || !g_str_has_prefix(reply, steps[i].reply))
            fail_msg("%s: expected %s, got %s", steps[i].line, steps[i].reply, reply ? reply : "nothing");
        while (reply && reply[3] == '-')
            reply = talk_line(talk);
    }
}

static void test_order(void **state)
{
    static const Step steps[] = {
        {"MAIL FROM:<a@b.example>", "503 5.5.1"}, {"VRFY a", "252 "},
        {"RCPT TO:<a@b.example>", "503 5.5.1"},   {"DATA", "503 5.5.1"},
        {"BDAT 0", "503 5.5.1"},                  {"NOOP", "250 "},
        {"RSET", "250 "},                         {"EHLO client.example", "250-"},
        {"RCPT TO:<a@b.example>", "503 5.5.1"},   {"DATA", "503 5.5.1"},
        {"BDAT 0 LAST", "503 5.5.1"},             {"MAIL FROM:<a@b.example>", "250 2.1.0"},
        {"MAIL FROM:<a@b.example>", "503 5.5.1"}, {"DATA", "554 5.5.1"},
        {"RCPT TO:<a@b.example>", "250 2.1.5"},   {"RSET", "250 2.0.0"},
        {"DATA", "503 5.5.1"},                    {"MAIL FROM:<a@b.example>", "250 "},
        {"RCPT TO:<a@b.example>", "250 "},        {"RCPT TO:<c@b.example>", "250 "},
        {"EHLO client.example", "250-"},          {"RCPT TO:<a@b.example>", "503 5.5.1"},
        {"MAIL FROM:<a@b.example>", "250 "},      {"RCPT TO:<a@b.example>", "250 "},
        {"DATA", "354 "},                         {"x\r\n.", "250 2.0.0"},
        {"RCPT TO:<a@b.example>", "503 5.5.1"},   {"QUIT", "221 2.0.0"},
    };
    SmtpSinkOptions options = {0};
    SmtpSink *sink = start(&options);
    Talk *talk = talk_connect(smtp_sink_port(sink));

    (void)state;
    talk_expect(talk, "220 ");
    follow(talk, steps, G_N_ELEMENTS(steps));
    talk_expect_closed(talk);
    assert_int_equal(smtp_sink_accepted(sink), 1);
    leave(talk, sink);
}

static void test_commands(void **state)
{
    static const Step steps[] = {
        {"EHLO", "501 5.5.4"},         {"EHLO a_b", "501 5.5.4"},     {"EHLO [127.0.0.1]", "250-"},
        {"EHLO a b", "501 5.5.4"},     {"HELO x.example", "250 "},    {"MAIL FROM:<a@b.example> SIZE=1", "555 5.5.4"},
        {"BDAT 0 LAST", "502 5.5.1"},  {"AUTH PLAIN", "502 5.5.1"},   {"EHLO x.example", "250-"},
        {"RSET x", "501 5.5.4"},       {"NOOP x", "250 "},            {"DATA x", "501 5.5.4"},
        {"QUIT x", "501 5.5.4"},       {"FOO", "500 5.5.2"},          {"", "500 5.5.2"},
        {" NOOP", "500 5.5.2"},        {"EXPN a", "502 5.5.1"},       {"HELP", "214 "},
        {"VRFY", "501 5.5.4"},         {"BDAT", "501 5.5.4"},         {"BDAT x", "501 5.5.4"},
        {"BDAT 5 FIRST", "501 5.5.4"}, {"BDAT -1", "501 5.5.4"},      {"STARTTLS", "502 5.5.1"},
        {"NOOP  ", "250 "},            {"NO\tOP", "500 5.5.2"},       {"NOOP \x01", "500 5.5.2"},
    };
    SmtpSinkOptions options = {0};
    SmtpSink *sink = start(&options);
    Talk *talk = talk_connect(smtp_sink_port(sink));

    (void)state;
    talk_expect(talk, "220 ");
    follow(talk, steps, G_N_ELEMENTS(steps));
    talk_ask(talk, "NOOP \r", "500 5.5.2");
    talk_say(talk, "NOOP\n");
    talk_expect(talk, "500 5.5.2");
    talk_ask(talk, "nOoP", "250 ");
    leave(talk, sink);
}

static void test_line_lengths(void **state)
{
    static const struct {
        const char *start;
        size_t length; /* with CRLF */
        const char *reply;
    } cases[] = {
        {"NOOP ", 512, "250 "},          {"NOOP ", 513, "500 5.5.2"}, {"NOOP ", 65536, "500 5.5.2"},
        {"NOOP ", 200000, "500 5.5.2"},  {"NOOP ", 512, "250 "},      {"MAIL FROM:<a@b.example> ENVID=", 130, "250 "},
        {"RCPT TO:<a@b.example> ORCPT=rfc822;", 528, "250 "},
        {"RCPT TO:<a@b.example> ORCPT=rfc822;", 531, "501 "},
        {"RCPT TO:<a@b.example> ORCPT=rfc822;", 1049, "500 5.5.2"},
    };
    SmtpSinkOptions options = {0};
    Talk *talk;
    SmtpSink *sink = visit(&options, &talk);

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *fill = g_strnfill(cases[i].length - strlen(cases[i].start) - 2, 'x');
        g_autofree char *line = g_strconcat(cases[i].start, fill, NULL);

        talk_ask(talk, line, cases[i].reply);
    }
    leave(talk, sink);
}

#define TEN "0123456789"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

static const Step mail_arguments[] = {
    {"<a@b.example>", "250 "},
    {"<>", "250 "},
    {"<A.b+c=d@b.example>", "250 "},
    {"<\"a b\"@c.example>", "250 "},
    {"<\"a\\\">b\"@c.example>", "250 "},
    {"<a@[127.0.0.1]>", "250 "},
    {"<a@[IPv6:::1]>", "250 "},
    {"<a@[300.1.1.1]>", "501 5.1.7"},
    {"<a@[]>", "501 5.1.7"},
    {" <a@b.example>", "501 5.5.4"},
    {"a@b.example", "501 5.5.4"},
    {"<a@b.example", "501 5.5.4"},
    {"<a>", "501 5.1.7"},
    {"<a@>", "501 5.1.7"},
    {"<@b.example>", "501 5.1.7"},
    {"<a b@c.example>", "501 5.1.7"},
    {"<@x.example:a@b.example>", "501 5.1.7"},
    {"<.a@b.example>", "501 5.1.7"},
    {"<a.@b.example>", "501 5.1.7"},
    {"<a..b@b.example>", "501 5.1.7"},
    {"<a@b..example>", "501 5.1.7"},
    {"<a@-b.example>", "501 5.1.7"},
    {"<a@b-.example>", "501 5.1.7"},
    {"<a@b_c.example>", "501 5.1.7"},
    {"<a@b.example.>", "501 5.1.7"},
    {"<0123456" TEN TEN TEN TEN TEN "0123456@b.example>", "250 "},
    {"<0123456" TEN TEN TEN TEN TEN "01234567@b.example>", "501 5.1.7"},
    {"<a@" TEN TEN TEN TEN TEN TEN "012.example>", "250 "},
    {"<a@" TEN TEN TEN TEN TEN TEN "0123.example>", "501 5.1.7"},
    {"<a@" HUNDRED HUNDRED HUNDRED ".example>", "501 5.1.3"},
    {"<\xc3\xa4@b.example>", "553 5.6.7"},
    {"<a@b.example>SIZE=1", "501 5.5.4"},
    {"<a@b.example>  SIZE=1", "501 5.5.4"},
    {"<a@b.example> SIZE=1  BODY=7BIT", "501 5.5.4"},
    {"<a@b.example> ", "250 "},
    {"<a@b.example> SIZE=1000 BODY=8BITMIME RET=HDRS ENVID=a+2Bb", "250 "},
    {"<a@b.example> size=1 body=7bit ret=full", "250 "},
    {"<a@b.example> SIZE=52428801", "552 5.3.4"},
    {"<a@b.example> SIZE=123456789012345678901", "501 5.5.4"},
    {"<a@b.example> SIZE=x", "501 5.5.4"},
    {"<a@b.example> SIZE=", "501 5.5.4"},
    {"<a@b.example> SIZE", "501 5.5.4"},
    {"<a@b.example> SIZE=1 SIZE=1", "501 5.5.4"},
    {"<a@b.example> BODY=BINARYMIME", "501 5.5.4"},
    {"<a@b.example> RET=NONE", "501 5.5.4"},
    {"<a@b.example> ENVID=a+2bc", "501 5.5.4"},
    {"<a@b.example> ENVID=a+0Ac", "501 5.5.4"},
    {"<a@b.example> ENVID=a+2", "501 5.5.4"},
    {"<a@b.example> ENVID=a=b", "501 5.5.4"},
    {"<a@b.example> ENVID=", "501 5.5.4"},
    {"<a@b.example> ENVID=" HUNDRED, "250 "},
    {"<a@b.example> ENVID=" HUNDRED "1", "501 5.5.4"},
    {"<a@b.example> AUTH=<>", "250 "},
    {"<a@b.example> SMTPUTF8", "555 5.5.4"},
    {"<a@b.example> NOTIFY=NEVER", "555 5.5.4"},
};

static void test_mail_arguments(void **state)
{
    SmtpSinkOptions options = {0};
    Talk *talk;
    SmtpSink *sink = visit(&options, &talk);

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(mail_arguments); i++) {
        g_autofree char *line = g_strconcat("MAIL FROM:", mail_arguments[i].line, NULL);
        const Step step = {line, mail_arguments[i].reply};

        follow(talk, &step, 1);
        talk_ask(talk, "RSET", "250 ");
    }
    leave(talk, sink);
}

static void test_rcpt_arguments(void **state)
{
    static const Step steps[] = {
        {"<a@b.example>", "250 "},
        {"<Postmaster>", "250 "},
        {"<>", "501 5.1.3"},
        {"<a>", "501 5.1.3"},
        {" <a@b.example>", "501 5.5.4"},
        {"<a@b.example> NOTIFY=NEVER", "250 "},
        {"<a@b.example> NOTIFY=FAILURE,DELAY ORCPT=rfc822;a+2Bx@b.example", "250 "},
        {"<a@b.example> NOTIFY=SUCCESS,FAILURE,DELAY", "250 "},
        {"<a@b.example> NOTIFY=FAILURE,FAILURE", "501 5.5.4"},
        {"<a@b.example> NOTIFY=NEVER,DELAY", "501 5.5.4"},
        {"<a@b.example> NOTIFY=FAILURE,", "501 5.5.4"},
        {"<a@b.example> NOTIFY=", "501 5.5.4"},
        {"<a@b.example> ORCPT=rfc822", "501 5.5.4"},
        {"<a@b.example> ORCPT=;a@b.example", "501 5.5.4"},
        {"<a@b.example> ORCPT=rfc822;", "501 5.5.4"},
        {"<a@b.example> ORCPT=rfc822;a+b@b.example", "501 5.5.4"},
        {"<a@b.example> RET=HDRS", "555 5.5.4"},
    };
    SmtpSinkOptions options = {0};
    Talk *talk;
    SmtpSink *sink = visit(&options, &talk);

    (void)state;
    talk_ask(talk, "MAIL FROM:<a@b.example>", "250 ");
    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++) {
        g_autofree char *line = g_strconcat("RCPT TO:", steps[i].line, NULL);
        const Step step = {line, steps[i].reply};

        follow(talk, &step, 1);
    }
    for (int i = 4; i < 1000; i++)
        talk_say(talk, "RCPT TO:<a@b.example>\r\n");
    talk_say(talk, "RCPT TO:<a@b.example>\r\n");
    for (int i = 4; i < 999; i++)
        talk_expect(talk, "250 ");
    talk_expect(talk, "452 4.5.3");
    leave(talk, sink);
}

static void test_message_is_kept_and_logged(void **state)
{
    char *folder = expect_folder();
    g_autofree char *log = g_build_filename(folder, "log", NULL);
    g_autofree char *keep = g_build_filename(folder, "kept", NULL);
    SmtpSinkOptions options = {.keep_folder = keep, .log_path = log, .keep_most = 2};
    Talk *talk;
    SmtpSink *sink = visit(&options, &talk);
    g_autofree char *first = NULL;
    g_autofree char *lines = NULL;

    (void)state;
    talk_ask(talk, "MAIL FROM:<a@b.example> BODY=8BITMIME ENVID=e+2B1", "250 ");
    talk_ask(talk, "RCPT TO:<one@c.example>", "250 ");
    talk_ask(talk, "RCPT TO:<\"t w,o\"@c.example>", "250 ");
    talk_ask(talk, "DATA", "354 ");
    talk_ask(talk, "Subject: \xc3\xa4\r\n\r\n..\r\n..two\r\n...\r\n\r\n.", "250 2.0.0");
    lines = read_file(folder, "log");
    assert_string_equal(lines, "accepted e+2B1 one@c.example,\"t\\x20w\\x2Co\"@c.example 30\n");
    first = read_file(keep, "000001.eml");
    assert_string_equal(first, "Subject: \xc3\xa4\r\n\r\n.\r\n.two\r\n..\r\n\r\n");
    for (int i = 0; i < 2; i++)
        talk_mail(talk, "x@c.example", "250 ");
    g_free(lines);
    lines = read_file(folder, "log");
    assert_non_null(strstr(lines, "\naccepted - x@c.example 24\naccepted - x@c.example 24\n"));
    g_free(first);
    first = read_file(keep, "000002.eml");
    assert_string_equal(first, "Subject: test\r\n\r\nHello\r\n");
    g_free(first);
    first = read_file(keep, "000003.eml");
    assert_null(first);
    assert_int_equal(smtp_sink_accepted(sink), 3);
    leave(talk, sink);

    sink = start(&options);
    talk = talk_greet(smtp_sink_port(sink));
    talk_mail(talk, "y@c.example", "250 ");
    first = read_file(keep, "000003.eml");
    assert_non_null(first);
    leave(talk, sink);
    expect_remove(folder);
}

static void test_message_that_cannot_be_written_is_not_accepted(void **state)
{
    char *folder = expect_folder();
    g_autofree char *keep = g_build_filename(folder, "kept", NULL);
    SmtpSinkOptions options = {.keep_folder = keep};
    Talk *talk;
    SmtpSink *sink = visit(&options, &talk);

    (void)state;
    assert_int_equal(rmdir(keep), 0);
    talk_mail(talk, "x@c.example", "451 4.3.0");
    assert_int_equal(smtp_sink_accepted(sink), 0);
    leave(talk, sink);
    expect_remove(folder);
}

/* The log is a pipe that is full: as long as nobody reads it, the 250 may not come. */
static void test_log_is_written_before_the_answer(void **state)
{
    char *folder = expect_folder();
    g_autofree char *log = g_build_filename(folder, "log", NULL);
    SmtpSinkOptions options = {.log_path = log};
    char filler[4096] = {0};
    SmtpSink *sink = NULL;
    Talk *talk = NULL;
    int fifo;

    (void)state;
    assert_int_equal(mkfifo(log, 0600), 0);
    fifo = open(log, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    assert_true(fifo >= 0);
    while (write(fifo, filler, sizeof filler) > 0)
        continue;
    sink = start(&options);
    talk = talk_greet(smtp_sink_port(sink));
    talk_address(talk, "a@b.example");
    talk_ask(talk, "DATA", "354 ");
    talk_say(talk, "x\r\n.\r\n");
    assert_true(talk_is_silent(talk, 300));
    assert_int_equal(smtp_sink_accepted(sink), 0);
    while (read(fifo, filler, sizeof filler) > 0)
        continue;
    talk_expect(talk, "250 ");
    assert_int_equal(smtp_sink_accepted(sink), 1);
    leave(talk, sink);
    close(fifo);
    expect_remove(folder);
}

static void test_bdat(void **state)
{
    char *folder = expect_folder();
    SmtpSinkOptions options = {.keep_folder = folder};
    Talk *talk;
    SmtpSink *sink = visit(&options, &talk);
    g_autofree char *kept = NULL;

    (void)state;
    talk_address(talk, "a@b.example");
    talk_say(talk, "BDAT 7\r\none\r\n.\r");
    talk_expect(talk, "250 ");
    talk_ask(talk, "MAIL FROM:<a@b.example>", "503 5.5.1");
    talk_ask(talk, "RCPT TO:<a@b.example>", "503 5.5.1");
    talk_ask(talk, "DATA", "503 5.5.1");
    talk_say(talk, "bdat 4\r\n\n.\r\nBDAT 0 LAST\r\n");
    talk_expect(talk, "250 ");
    talk_expect(talk, "250 2.0.0 message accepted");
    kept = read_file(folder, "000001.eml");
    assert_string_equal(kept, "one\r\n.\r\n.\r\n");

    talk_address(talk, "a@b.example");
    talk_say(talk, "BDAT 4 LAST\r\na\nb\r");
    talk_expect(talk, "554 5.6.0 bare LF");
    talk_address(talk, "a@b.example");
    talk_say(talk, "BDAT 2 LAST\r\na\r");
    talk_expect(talk, "554 5.6.0 bare CR");

    talk_ask(talk, "MAIL FROM:<a@b.example>", "250 ");
    talk_ask(talk, "RCPT TO:<x>", "501 ");
    talk_say(talk, "BDAT 6\r\nQUIT\r\nBDAT 0 LAST\r\n");
    talk_expect(talk, "554 5.5.1");
    talk_expect(talk, "554 5.5.1");
    talk_address(talk, "a@b.example");
    talk_say(talk, "BDAT 3\r\na\r\n");
    talk_expect(talk, "250 ");
    talk_ask(talk, "RSET", "250 ");
    talk_ask(talk, "BDAT 0 LAST", "503 5.5.1");
    assert_int_equal(smtp_sink_accepted(sink), 1);
    leave(talk, sink);
    expect_remove(folder);
}

static void test_bdat_is_swallowed_where_it_is_not_offered(void **state)
{
    SmtpSinkOptions options = {.no_chunking = true};
    Talk *talk;
    SmtpSink *sink = visit(&options, &talk);

    (void)state;
    talk_address(talk, "a@b.example");
    talk_say(talk, "BDAT 6 LAST\r\nQUIT\r\n");
    talk_expect(talk, "502 5.5.1");
    talk_ask(talk, "NOOP", "250 ");
    leave(talk, sink);
}

static void test_group_is_answered_in_one_piece(void **state)
{
    SmtpSinkOptions options = {0};
    Talk *talk;
    SmtpSink *sink = visit(&options, &talk);

    (void)state;
    for (int i = 0; i < 3; i++) {
        talk_say(talk, "RSET\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<a@b.example>\r\nRCPT TO:<b@b.example>\r\nDATA\r\n");
        assert_true(talk_receive(talk) > 0);
        assert_non_null(memmem(talk->in, talk->unread, "\r\n354 ", 6));
        for (int replies = 0; replies < 4; replies++)
            talk_expect(talk, "250 ");
        talk_expect(talk, "354 ");
        talk_ask(talk, "x\r\n.", "250 ");
    }
    leave(talk, sink);
}

static void test_impatience_is_refused(void **state)
{
    SmtpSinkOptions offered = {0};
    SmtpSinkOptions not_offered = {.no_pipelining = true};
    SmtpSink *sink = start(&offered);
    Talk *talk = talk_greet(smtp_sink_port(sink));

    (void)state;
    talk_say(talk, "NOOP\r\nNOOP\r\n");
    talk_expect(talk, "250 ");
    talk_expect(talk, "503 5.5.0");
    talk_address(talk, "a@b.example");
    talk_say(talk, "DATA\r\nx\r\n.\r\n");
    talk_expect(talk, "503 5.5.0");
    talk_expect(talk, "500 ");
    talk_expect(talk, "500 ");
    leave(talk, sink);
    sink = start(&not_offered);
    talk = talk_greet(smtp_sink_port(sink));
    talk_say(talk, "MAIL FROM:<a@b.example>\r\nRCPT TO:<a@b.example>\r\n");
    talk_expect(talk, "250 ");
    talk_expect(talk, "503 5.5.0");
    talk_ask(talk, "RCPT TO:<a@b.example>", "250 ");
    talk_say(talk, "BDAT 3\r\na\r\nBDAT 3 LAST\r\nb\r\n");
    talk_expect(talk, "250 ");
    talk_expect(talk, "503 5.5.0");
    assert_int_equal(smtp_sink_accepted(sink), 0);
    leave(talk, sink);
}

static void test_too_many_mistakes(void **state)
{
    SmtpSinkOptions options = {0};
    Talk *talk;
    SmtpSink *sink = visit(&options, &talk);

    (void)state;
    for (int i = 0; i < 50; i++)
        talk_ask(talk, "FOO", "500 ");
    talk_ask(talk, "NOOP", "250 ");
    for (int i = 0; i < 50; i++)
        talk_ask(talk, "FOO", "500 ");
    talk_ask(talk, "FOO", "421 4.7.0");
    talk_expect_closed(talk);
    leave(talk, sink);
}

static void test_start_fails_with_a_reason(void **state)
{
    SmtpSinkOptions options = {0};
    SmtpSink *sink = start(&options);
    const SmtpSinkOptions bad[] = {
        {.port = smtp_sink_port(sink)},
        {.log_path = "/dev/null/log"},
        {.keep_folder = "/dev/null/folder"},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        GError *error = NULL;

        assert_null(smtp_sink_start(&bad[i], &error));
        assert_true(g_error_matches(error, BREACH_ERROR, BREACH_ERROR_CREATE));
        g_clear_error(&error);
    }
    smtp_sink_stop(sink);
    smtp_sink_stop(NULL);
}

static void test_connections_are_bounded(void **state)
{
    SmtpSinkOptions options = {0};
    SmtpSink *sink = start(&options);
    Talk *talks[256];
    Talk *talk = NULL;

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(talks); i++) {
        talks[i] = talk_connect(smtp_sink_port(sink));
        talk_expect(talks[i], "220 ");
    }
    talk = talk_connect(smtp_sink_port(sink));
    talk_expect(talk, "421 4.3.2");
    talk_expect_closed(talk);
    talk_free(talk);
    talk_ask(talks[7], "QUIT", "221 ");
    talk_expect_closed(talks[7]);
    /* The thread may need a moment to leave its place. */
    for (int tries = 0; tries < 200; tries++) {
        const char *line;

        talk = talk_connect(smtp_sink_port(sink));
        line = talk_line(talk);
        if (line && g_str_has_prefix(line, "220 "))
            break;
        talk_free(talk);
        talk = NULL;
        g_usleep(20000);
    }
    assert_non_null(talk);
    talk_free(talk);
    for (size_t i = 0; i < G_N_ELEMENTS(talks); i++)
        talk_free(talks[i]);
    smtp_sink_stop(sink);
}

static void test_stop_is_prompt(void **state)
{
    g_autoptr(GPtrArray) rules = g_ptr_array_new_with_free_func((GDestroyNotify)smtp_sink_rule_free);
    SmtpSinkOptions options = {.rules = rules};
    SmtpSink *sink = NULL;
    Talk *talks[4];
    int64_t started;

    (void)state;
    g_ptr_array_add(rules, smtp_sink_parse_rule("dot delay 10min", NULL));
    sink = start(&options);
    talks[0] = talk_connect(smtp_sink_port(sink));
    talks[1] = talk_greet(smtp_sink_port(sink));
    for (size_t i = 2; i < G_N_ELEMENTS(talks); i++) {
        talks[i] = talk_greet(smtp_sink_port(sink));
        talk_address(talks[i], "a@b.example");
        talk_ask(talks[i], "DATA", "354 ");
    }
    talk_say(talks[3], "x\r\n.\r\n");
    assert_true(talk_is_silent(talks[3], 100));
    started = talk_clock();
    smtp_sink_close(sink);
    assert_int_equal(smtp_sink_accepted(sink), 0);
    smtp_sink_stop(sink);
    assert_true(talk_clock() - started < PROMPT);
    for (size_t i = 0; i < G_N_ELEMENTS(talks); i++)
        talk_free(talks[i]);
}

#define CROWD 8
#define CROWD_MESSAGES 100

static void *run_crowd(void *argument)
{
    Talk *talk = talk_greet(*(const int *)argument);

    for (int i = 0; i < CROWD_MESSAGES; i++)
        talk_mail(talk, "a@b.example", "250 ");
    talk_ask(talk, "QUIT", "221 ");
    talk_free(talk);
    return NULL;
}

static void test_many_at_once(void **state)
{
    char *folder = expect_folder();
    g_autofree char *log = g_build_filename(folder, "log", NULL);
    g_autofree char *keep = g_build_filename(folder, "kept", NULL);
    SmtpSinkOptions options = {.log_path = log, .keep_folder = keep, .keep_most = 50};
    SmtpSink *sink = start(&options);
    int port = smtp_sink_port(sink);
    pthread_t threads[CROWD];
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;
    g_autofree char *last = NULL;
    g_autofree char *beyond = NULL;

    (void)state;
    for (size_t i = 0; i < CROWD; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, run_crowd, &port), 0);
    for (size_t i = 0; i < CROWD; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(smtp_sink_accepted(sink), CROWD * CROWD_MESSAGES);
    smtp_sink_stop(sink);
    text = read_file(folder, "log");
    lines = g_strsplit(text, "\n", 0);
    assert_int_equal(g_strv_length(lines), CROWD * CROWD_MESSAGES + 1);
    for (size_t i = 0; i < (size_t)CROWD * CROWD_MESSAGES; i++)
        assert_string_equal(lines[i], "accepted - a@b.example 24");
    last = read_file(keep, "000050.eml");
    assert_string_equal(last, "Subject: test\r\n\r\nHello\r\n");
    beyond = read_file(keep, "000051.eml");
    assert_null(beyond);
    expect_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_offers),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_commands),
        cmocka_unit_test(test_line_lengths),
        cmocka_unit_test(test_mail_arguments),
        cmocka_unit_test(test_rcpt_arguments),
        cmocka_unit_test(test_message_is_kept_and_logged),
        cmocka_unit_test(test_message_that_cannot_be_written_is_not_accepted),
        cmocka_unit_test(test_log_is_written_before_the_answer),
        cmocka_unit_test(test_bdat),
        cmocka_unit_test(test_bdat_is_swallowed_where_it_is_not_offered),
        cmocka_unit_test(test_group_is_answered_in_one_piece),
        cmocka_unit_test(test_impatience_is_refused),
        cmocka_unit_test(test_too_many_mistakes),
        cmocka_unit_test(test_start_fails_with_a_reason),
        cmocka_unit_test(test_connections_are_bounded),
        cmocka_unit_test(test_stop_is_prompt),
        cmocka_unit_test(test_many_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
