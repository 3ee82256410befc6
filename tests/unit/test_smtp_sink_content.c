/* What the sink thinks of the octets of a message. */
#include "smtp_talk.h"

#include "drill/smtp_sink.h"
#include "drill/smtp_sink_content.h"

#define TEN "0123456789"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN
#define NINETY TEN TEN TEN TEN TEN TEN TEN TEN TEN
#define LONGEST HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED NINETY "12345678"

static const struct {
    const char *body;
    size_t size; /* 0: strlen */
    const char *reply;
} bodies[] = {
    {"", 0, "250 "},
    {"one\r\ntwo\r\n", 0, "250 "},
    {"one\ntwo\r\n", 0, "554 5.6.0 bare LF"},
    {"one\r\n\ntwo\r\n", 0, "554 5.6.0 bare LF"},
    {"\n\r\n", 0, "554 5.6.0 bare LF"},
    {"one\rtwo\r\n", 0, "554 5.6.0 bare CR"},
    {"one\r\r\n", 0, "554 5.6.0 bare CR"},
    {"\r\r\n", 0, "554 5.6.0 bare CR"},
    {"\xc3\xa4\r\n", 0, "554 5.6.3"},
    {"a\0b\r\n", 5, "554 5.6.0 NUL"},
    {LONGEST "\r\n", 0, "250 "},
    {LONGEST "9\r\n", 0, "554 5.6.0 line"},
};

static void test_content_is_checked(void **state)
{
    static const struct {
        const char *body;
        const char *reply;
    } dots[] = {
        {"one\r\n.single\r\n", "554 5.6.0 line begins"},
        {"one\n.\r\nMAIL FROM:<x@y.example>\r\n", "554 5.6.0 bare LF"},
        {"one\r\n.\nMAIL FROM:<x@y.example>\r\n", "554 5.6.0 line begins"},
        {"one\n.\ntwo\r\n", "554 5.6.0 bare LF"},
        {"one\r.\r\ntwo\r\n", "554 5.6.0 bare CR"},
        {"one\r\n.\r\r\ntwo\r\n", "554 5.6.0 line begins"},
    };
    SmtpSinkOptions options = {0};
    SmtpSink *sink = smtp_sink_start(&options, NULL);
    Talk *talk = NULL;
    int64_t accepted = 0;

    (void)state;
    assert_non_null(sink);
    talk = talk_greet(smtp_sink_port(sink));
    for (size_t i = 0; i < G_N_ELEMENTS(bodies); i++) {
        talk_address(talk, "a@b.example");
        talk_ask(talk, "DATA", "354 ");
        talk_send(talk, bodies[i].body, bodies[i].size ? bodies[i].size : strlen(bodies[i].body));
        talk_ask(talk, ".", bodies[i].reply);
        accepted += bodies[i].reply[0] == '2';
    }
    for (size_t i = 0; i < G_N_ELEMENTS(dots); i++) {
        talk_address(talk, "a@b.example");
        talk_ask(talk, "DATA", "354 ");
        talk_say(talk, dots[i].body);
        talk_ask(talk, ".", dots[i].reply);
    }
    talk_address(talk, "a@b.example");
    talk_ask(talk, "DATA", "354 ");
    for (int i = 0; i < 20000; i++)
        talk_say(talk, TEN);
    talk_ask(talk, "\r\n.", "554 5.6.0 line");
    assert_int_equal(smtp_sink_accepted(sink), accepted);
    talk_free(talk);
    smtp_sink_stop(sink);
}

/* The verdict must not depend on how the network cuts a message up. */
static void test_content_may_be_cut_anywhere(void **state)
{
    SmtpSinkContent content;

    (void)state;
    smtp_sink_content_init(&content);
    for (size_t i = 0; i < G_N_ELEMENTS(bodies); i++) {
        size_t size = bodies[i].size ? bodies[i].size : strlen(bodies[i].body);

        for (size_t cut = 1; cut < MIN(size, 20); cut++) {
            const char *fault;

            smtp_sink_content_begin(&content, false, true);
            for (size_t at = 0; at < size; at += cut)
                smtp_sink_content_add(&content, bodies[i].body + at, MIN(cut, size - at));
            fault = smtp_sink_content_end(&content);
            if (bodies[i].reply[0] == '2') {
                assert_null(fault);
                assert_int_equal(content.copy->len, size);
                assert_memory_equal(content.copy->data, bodies[i].body, size);
            } else if (!fault || !g_str_has_prefix(fault, bodies[i].reply)) {
                fail_msg("body %zu cut by %zu: expected %s, got %s", i, cut, bodies[i].reply, fault ? fault : "none");
            }
        }
    }
    smtp_sink_content_begin(&content, false, false);
    content.size = SMTP_SINK_CONTENT_MOST - 2;
    smtp_sink_content_add(&content, "\r\n", 2);
    assert_null(smtp_sink_content_end(&content));
    smtp_sink_content_add(&content, "\r\n", 2);
    assert_true(g_str_has_prefix(smtp_sink_content_end(&content), "552 5.3.4"));
    smtp_sink_content_clear(&content);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_content_is_checked),
        cmocka_unit_test(test_content_may_be_cut_anywhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
