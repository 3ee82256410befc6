#include "smtp_talk.h"

#include "base/error.h"
#include "drill/smtp_sink_rule.h"

static SmtpSinkRule *parse(const char *line)
{
    GError *error = NULL;
    SmtpSinkRule *rule = smtp_sink_parse_rule(line, &error);

    if (!rule)
        fail_msg("%s", error->message);
    return rule;
}

static GPtrArray *parse_all(const char *const *lines)
{
    GPtrArray *rules = g_ptr_array_new_with_free_func((GDestroyNotify)smtp_sink_rule_free);

    for (; *lines; lines++)
        g_ptr_array_add(rules, parse(*lines));
    return rules;
}

static void test_rules_are_read(void **state)
{
    static const struct {
        const char *line;
        SmtpSinkRule rule;
    } cases[] = {
        {"rcpt to=*@slow.example reply \"451 4.7.1 greylisted\" each=1",
         {SMTP_SINK_AT_RCPT, (char *)"*@slow.example", SMTP_SINK_REPLY, (char *)"451 4.7.1 greylisted", 0, 0, 0, 1, 0,
          0, NULL, 0, 0, 0}},
        {"connect hang-up times=3",
         {SMTP_SINK_AT_CONNECT, NULL, SMTP_SINK_HANG_UP, NULL, 0, 0, 3, 0, 0, 0, NULL, 0, 0, 0}},
        {"  dot\taccept-and-die   skip=2  ",
         {SMTP_SINK_AT_DOT, NULL, SMTP_SINK_ACCEPT_AND_DIE, NULL, 0, 2, 0, 0, 0, 0, NULL, 0, 0, 0}},
        {"mail garbage share=0.05 to=a@*",
         {SMTP_SINK_AT_MAIL, (char *)"a@*", SMTP_SINK_GARBAGE, NULL, 0, 0, 0, 0, 0.05, 0, NULL, 0, 0, 0}},
        {"noop delay 500ms", {SMTP_SINK_AT_NOOP, NULL, SMTP_SINK_DELAY, NULL, 500, 0, 0, 0, 0, 0, NULL, 0, 0, 0}},
        {"data delay 2s", {SMTP_SINK_AT_DATA, NULL, SMTP_SINK_DELAY, NULL, 2000, 0, 0, 0, 0, 0, NULL, 0, 0, 0}},
        {"data delay 1min", {SMTP_SINK_AT_DATA, NULL, SMTP_SINK_DELAY, NULL, 60000, 0, 0, 0, 0, 0, NULL, 0, 0, 0}},
        {"data delay 24h", {SMTP_SINK_AT_DATA, NULL, SMTP_SINK_DELAY, NULL, 86400000, 0, 0, 0, 0, 0, NULL, 0, 0, 0}},
        {"ehlo reply \"421-say \\\"a\\\\b\\\"\\n421 x=y\"",
         {SMTP_SINK_AT_EHLO, NULL, SMTP_SINK_REPLY, (char *)"421-say \"a\\b\"\n421 x=y", 0, 0, 0, 0, 0, 0, NULL, 0, 0,
          0}},
        {"starttls reply 454",
         {SMTP_SINK_AT_STARTTLS, NULL, SMTP_SINK_REPLY, (char *)"454", 0, 0, 0, 0, 0, 0, NULL, 0, 0, 0}},
        {"auth hang-up", {SMTP_SINK_AT_AUTH, NULL, SMTP_SINK_HANG_UP, NULL, 0, 0, 0, 0, 0, 0, NULL, 0, 0, 0}},
        {"rset hang-up", {SMTP_SINK_AT_RSET, NULL, SMTP_SINK_HANG_UP, NULL, 0, 0, 0, 0, 0, 0, NULL, 0, 0, 0}},
        {"quit hang-up", {SMTP_SINK_AT_QUIT, NULL, SMTP_SINK_HANG_UP, NULL, 0, 0, 0, 0, 0, 0, NULL, 0, 0, 0}},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        SmtpSinkRule *rule = parse(cases[i].line);
        const SmtpSinkRule *expected = &cases[i].rule;

        assert_int_equal(rule->at, expected->at);
        assert_int_equal(rule->action, expected->action);
        assert_int_equal(g_strcmp0(rule->pattern, expected->pattern), 0);
        assert_int_equal(g_strcmp0(rule->reply, expected->reply), 0);
        assert_int_equal(rule->delay_ms, expected->delay_ms);
        assert_int_equal(rule->skip, expected->skip);
        assert_int_equal(rule->times, expected->times);
        assert_int_equal(rule->times_per_address, expected->times_per_address);
        assert_true(rule->share == expected->share);
        smtp_sink_rule_free(rule);
    }
    smtp_sink_rule_free(NULL);
}

static void test_mistakes_in_rules_are_explained(void **state)
{
    static const struct {
        const char *line;
        const char *message;
    } cases[] = {
        {"", "the rule is empty"},
        {"rcp hang-up", "unknown place \"rcp\" (did you mean \"rcpt\"?)"},
        {"everywhere hang-up", "expected one of connect, ehlo, starttls"},
        {"rcpt", "the rule does nothing"},
        {"rcpt times=1", "the rule does nothing"},
        {"rcpt hangup", "unknown action \"hangup\" (did you mean \"hang-up\"?)"},
        {"rcpt explode", "expected one of reply, delay"},
        {"rcpt reply", "reply needs a reply"},
        {"rcpt delay", "delay needs a duration"},
        {"rcpt delay 5", "\"5\" is no duration"},
        {"rcpt delay soon", "\"soon\" is no duration"},
        {"rcpt delay 25h", "delay must be between"},
        {"rcpt reply \"no\"", "is no SMTP reply"},
        {"rcpt reply 4511", "is no SMTP reply"},
        {"rcpt reply 651", "is no SMTP reply"},
        {"rcpt reply \"451 a\\nb\"", "is no SMTP reply"},
        {"rcpt reply \"\"", "is no SMTP reply"},
        {"rcpt reply \"451 a", "a quote is not closed"},
        {"rcpt hang-up hang-up", "one word too many"},
        {"rcpt hang-up time=1", "unknown condition \"time\" (did you mean \"times\"?)"},
        {"rcpt hang-up times=0", "times=0 is no number from 1"},
        {"rcpt hang-up times=x", "times=x is no number from 1"},
        {"rcpt hang-up times=1 times=2", "times= is given twice"},
        {"rcpt hang-up to=", "to= needs a pattern"},
        {"rcpt hang-up share=2", "share=2 is no share"},
        {"rcpt hang-up share=0", "share=0 is no share"},
        {"rcpt hang-up share=5%", "share=5% is no share"},
        {"rcpt hang-up share=nan", "share=nan is no share"},
        {"quit hang-up to=a@b.example", "quit has no address"},
        {"connect hang-up each=1", "connect has no address"},
        {"ehlo hang-up share=0.5", "ehlo has no address"},
        {"rcpt accept-and-die", "accept-and-die is for dot only"},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        GError *error = NULL;

        if (smtp_sink_parse_rule(cases[i].line, &error))
            fail_msg("%s: not refused", cases[i].line);
        assert_true(g_error_matches(error, BREACH_ERROR, BREACH_ERROR_INPUT));
        if (!strstr(error->message, cases[i].message) || !strstr(error->message, cases[i].line))
            fail_msg("%s: expected ...%s, got %s", cases[i].line, cases[i].message, error->message);
        g_clear_error(&error);
        assert_null(smtp_sink_parse_rule(cases[i].line, NULL));
    }
}

static void test_senseless_rules_start_no_sink(void **state)
{
    SmtpSinkRule rules[] = {
        {.at = SMTP_SINK_AT_RCPT, .action = SMTP_SINK_REPLY},
        {.at = SMTP_SINK_AT_RCPT, .action = SMTP_SINK_DELAY, .delay_ms = -1},
        {.at = SMTP_SINK_AT_RCPT, .action = SMTP_SINK_HANG_UP, .skip = -1},
        {.at = SMTP_SINK_AT_RCPT, .action = SMTP_SINK_HANG_UP, .share = 1.5},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rules); i++) {
        g_autoptr(GPtrArray) list = g_ptr_array_new();
        SmtpSinkOptions options = {.rules = list};
        GError *error = NULL;

        g_ptr_array_add(list, &rules[i]);
        assert_null(smtp_sink_start(&options, &error));
        assert_true(g_error_matches(error, BREACH_ERROR, BREACH_ERROR_INPUT));
        g_clear_error(&error);
    }
}

/* How often the rules (1 to 9) strike at RCPT for these addresses, as digits; 0: none. */
static char *strike_all(SmtpSinkRuleBook *book, const GPtrArray *rules, const char *const *addresses)
{
    GString *struck = g_string_new(NULL);

    for (; *addresses; addresses++) {
        const SmtpSinkRule *rule = smtp_sink_rule_book_strike(book, SMTP_SINK_AT_RCPT, addresses, 1);
        guint index = 0;

        assert_true(!rule || g_ptr_array_find((GPtrArray *)rules, rule, &index));
        g_string_append_c(struck, (char)(rule ? '1' + index : '0'));
    }
    return g_string_free(struck, FALSE);
}

static void test_counts(void **state)
{
    static const struct {
        const char *rules[4];
        const char *addresses[12];
        const char *struck;
    } cases[] = {
        {{"rcpt hang-up"}, {"a@x", "b@x", NULL}, "11"},
        {{"mail hang-up"}, {"a@x", NULL}, "0"},
        {{"rcpt hang-up times=2"}, {"a@x", "b@x", "c@x", NULL}, "110"},
        {{"rcpt hang-up skip=1"}, {"a@x", "b@x", "c@x", NULL}, "011"},
        {{"rcpt hang-up skip=1 times=1"}, {"a@x", "b@x", "c@x", NULL}, "010"},
        {{"rcpt hang-up each=1"}, {"a@x", "b@x", "a@x", "B@X", "c@x", NULL}, "11001"},
        {{"rcpt hang-up each=2 times=3"}, {"a@x", "a@x", "a@x", "b@x", "b@x", "b@x", NULL}, "110100"},
        {{"rcpt hang-up to=*@y.example"}, {"a@x", "a@y.example", "A@Y.EXAMPLE", NULL}, "011"},
        {{"rcpt hang-up to=*@Y.example"}, {"a@y.example", NULL}, "1"},
        {{"rcpt hang-up to=a?@x skip=1"}, {"a@x", "ab@x", "ac@x", NULL}, "001"},
        {{"rcpt hang-up to=a@x times=1", "rcpt garbage to=a@*", "rcpt delay 1s"}, {"a@x", "a@x", "b@x", NULL}, "123"},
        {{"rcpt hang-up skip=1", "rcpt garbage"}, {"a@x", "b@x", "c@x", NULL}, "211"},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GPtrArray) rules = parse_all(cases[i].rules);
        SmtpSinkRuleBook *book = smtp_sink_rule_book_new(rules, NULL);
        g_autofree char *struck = NULL;

        assert_non_null(book);
        struck = strike_all(book, rules, cases[i].addresses);
        assert_string_equal(struck, cases[i].struck);
        smtp_sink_rule_book_free(book);
    }
}

static void test_share_is_stable(void **state)
{
    static const char *const lines[] = {"rcpt hang-up share=0.05", NULL};
    g_autoptr(GPtrArray) rules = parse_all(lines);
    SmtpSinkRuleBook *books[] = {smtp_sink_rule_book_new(rules, NULL), smtp_sink_rule_book_new(rules, NULL)};
    int struck = 0;

    (void)state;
    for (int i = 0; i < 20000; i++) {
        char address[64];
        const char *const addresses[] = {address};
        bool strikes;

        g_snprintf(address, sizeof address, "person%d@example.org", i);
        strikes = smtp_sink_rule_book_strike(books[0], SMTP_SINK_AT_RCPT, addresses, 1) != NULL;
        struck += strikes;
        assert_int_equal(strikes, smtp_sink_rule_book_strike(books[0], SMTP_SINK_AT_RCPT, addresses, 1) != NULL);
        assert_int_equal(strikes, smtp_sink_rule_book_strike(books[1], SMTP_SINK_AT_RCPT, addresses, 1) != NULL);
    }
    assert_in_range(struck, 850, 1150);
    for (size_t i = 0; i < G_N_ELEMENTS(books); i++)
        smtp_sink_rule_book_free(books[i]);
}

typedef struct Scene {
    GPtrArray *rules;
    SmtpSink *sink;
} Scene;

static Scene begin(const char *first, const char *second)
{
    const char *const lines[] = {first, second, NULL};
    Scene scene = {.rules = parse_all(lines)};
    SmtpSinkOptions options = {.rules = scene.rules};

    scene.sink = smtp_sink_start(&options, NULL);
    assert_non_null(scene.sink);
    return scene;
}

static Talk *enter(Scene scene)
{
    return talk_connect(smtp_sink_port(scene.sink));
}

static void leave(Scene scene, Talk *talk, int accepted)
{
    assert_int_equal(smtp_sink_accepted(scene.sink), accepted);
    talk_free(talk);
    smtp_sink_stop(scene.sink);
    g_ptr_array_unref(scene.rules);
}

static void test_greeting(void **state)
{
    Scene scene = begin("connect reply \"554 5.7.1 go away\" times=1", "connect reply \"421 4.3.2 later\"");
    Talk *talk = enter(scene);

    (void)state;
    talk_expect(talk, "554 5.7.1 go away");
    talk_ask(talk, "EHLO client.example", "503 ");
    talk_ask(talk, "QUIT", "221 ");
    talk_expect_closed(talk);
    talk_free(talk);
    talk = enter(scene);
    talk_expect(talk, "421 4.3.2 later");
    talk_expect_closed(talk);
    leave(scene, talk, 0);
}

static void test_refusals_have_no_effect(void **state)
{
    Scene scene = begin("mail reply \"451 4.3.0 not now\" times=1", "rcpt reply \"550 5.1.1 unknown\" to=bad@*");
    Talk *talk = enter(scene);

    (void)state;
    talk_expect(talk, "220 ");
    talk_ask(talk, "EHLO client.example", "250 ");
    talk_ask(talk, "MAIL FROM:<a@b.example>", "451 4.3.0 not now");
    talk_ask(talk, "RCPT TO:<a@b.example>", "503 ");
    talk_ask(talk, "MAIL FROM:<a@b.example>", "250 ");
    talk_ask(talk, "RCPT TO:<bad@b.example>", "550 5.1.1 unknown");
    talk_ask(talk, "DATA", "554 5.5.1");
    talk_ask(talk, "RSET", "250 ");
    talk_mail(talk, "good@b.example", "250 ");
    leave(scene, talk, 1);
}

static void test_other_words_for_yes(void **state)
{
    Scene scene = begin("dot reply \"250-2.0.0 queued\\n250 2.0.0 as 123\"", "ehlo reply \"250 only this\"");
    Talk *talk = enter(scene);

    (void)state;
    talk_expect(talk, "220 ");
    talk_ask(talk, "EHLO client.example", "250 only this");
    talk_mail(talk, "a@b.example", "250 2.0.0 as 123");
    leave(scene, talk, 1);
}

static void test_refused_dot_and_421(void **state)
{
    Scene scene = begin("dot to=full@* reply \"452-4.2.2 full\\n452 4.2.2 really\"",
                        "dot reply \"421 4.3.2 bye\" skip=1");
    Talk *talk = enter(scene);

    (void)state;
    talk_expect(talk, "220 ");
    talk_ask(talk, "EHLO client.example", "250 ");
    talk_address(talk, "one@b.example");
    talk_ask(talk, "RCPT TO:<full@b.example>", "250 ");
    talk_ask(talk, "DATA", "354 ");
    talk_ask(talk, "x\r\n.", "452 4.2.2 really");
    talk_mail(talk, "a@b.example", "250 ");
    talk_mail(talk, "a@b.example", "421 4.3.2 bye");
    talk_expect_closed(talk);
    leave(scene, talk, 1);
}

static void test_accept_and_die(void **state)
{
    Scene scene = begin("dot accept-and-die times=2", NULL);
    Talk *talk = talk_greet(smtp_sink_port(scene.sink));

    (void)state;
    talk_address(talk, "a@b.example");
    talk_ask(talk, "DATA", "354 ");
    talk_say(talk, "x\r\n.\r\n");
    talk_expect_closed(talk);
    assert_int_equal(smtp_sink_accepted(scene.sink), 1);
    talk_free(talk);
    talk = talk_greet(smtp_sink_port(scene.sink));
    talk_say(talk, "MAIL FROM:<a@b.example>\r\nRCPT TO:<a@b.example>\r\nBDAT 3\r\na\r\nBDAT 0 LAST\r\n");
    for (int i = 0; i < 3; i++)
        talk_expect(talk, "250 ");
    talk_expect_closed(talk);
    assert_int_equal(smtp_sink_accepted(scene.sink), 2);
    talk_free(talk);
    talk = talk_greet(smtp_sink_port(scene.sink));
    talk_mail(talk, "a@b.example", "250 ");
    leave(scene, talk, 3);
}

static void test_hanging_up(void **state)
{
    static const char *const places[] = {"connect", "ehlo", "mail", "rcpt", "data", "dot", "noop", "rset", "quit"};
    static const char *const lines[] = {"", "EHLO client.example", "MAIL FROM:<a@b.example>",
                                        "RCPT TO:<a@b.example>", "DATA", "x\r\n.", "NOOP", "RSET", "QUIT"};

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
        g_autofree char *line = g_strconcat(places[i], " hang-up", NULL);
        Scene scene = begin(line, NULL);
        Talk *talk = enter(scene);

        for (size_t step = 0; step < i; step++) {
            if (step > 0) {
                talk_say(talk, lines[step]);
                talk_say(talk, "\r\n");
            }
            talk_expect(talk, step == 4 ? "354 " : "2");
        }
        if (i > 0) {
            talk_say(talk, lines[i]);
            talk_say(talk, "\r\n");
        }
        talk_expect_closed(talk);
        leave(scene, talk, i > 5);
    }
}

static void test_garbage(void **state)
{
    Scene scene = begin("dot garbage", "noop garbage");
    Talk *talk = talk_greet(smtp_sink_port(scene.sink));

    (void)state;
    talk_ask(talk, "NOOP", "\x81\xfe");
    talk_mail(talk, "a@b.example", "\x81\xfe");
    talk_ask(talk, "RSET", "250 ");
    leave(scene, talk, 0);
}

static void test_delay(void **state)
{
    Scene scene = begin("rcpt delay 300ms times=1", NULL);
    Talk *talk = talk_greet(smtp_sink_port(scene.sink));
    int64_t started = talk_clock();

    (void)state;
    talk_say(talk, "MAIL FROM:<a@b.example>\r\nRCPT TO:<a@b.example>\r\n");
    talk_expect(talk, "250 2.1.0");
    assert_true(talk_is_silent(talk, 100));
    talk_expect(talk, "250 2.1.5");
    assert_true(talk_clock() - started >= 300);
    talk_ask(talk, "DATA", "354 ");
    talk_ask(talk, "x\r\n.", "250 ");
    leave(scene, talk, 1);
}

static void test_data_rules_meet_the_first_chunk(void **state)
{
    Scene scene = begin("data reply \"451 4.3.0 busy\" times=2", NULL);
    Talk *talk = talk_greet(smtp_sink_port(scene.sink));

    (void)state;
    talk_address(talk, "a@b.example");
    talk_ask(talk, "DATA", "451 4.3.0 busy");
    talk_ask(talk, "RSET", "250 ");
    talk_address(talk, "a@b.example");
    talk_say(talk, "BDAT 3\r\na\r\nBDAT 3\r\nb\r\nBDAT 0 LAST\r\n");
    for (int i = 0; i < 3; i++)
        talk_expect(talk, "451 4.3.0 busy");
    talk_address(talk, "a@b.example");
    talk_say(talk, "BDAT 3\r\na\r\nBDAT 3 LAST\r\nb\r\n");
    talk_expect(talk, "250 ");
    talk_expect(talk, "250 2.0.0 message accepted");
    leave(scene, talk, 1);
}

/* A client that is out of order uses no rule up. */
static void test_rules_meet_only_commands_in_order(void **state)
{
    Scene scene = begin("rcpt reply \"451 4.7.1 greylisted\" times=1", "dot reply \"451 4.3.0 busy\" times=1");
    Talk *talk = talk_greet(smtp_sink_port(scene.sink));

    (void)state;
    talk_ask(talk, "RCPT TO:<a@b.example>", "503 ");
    talk_ask(talk, "MAIL FROM:<a@b.example>", "250 ");
    talk_ask(talk, "RCPT TO:<a>", "501 ");
    talk_ask(talk, "RCPT TO:<a@b.example>", "451 4.7.1");
    talk_ask(talk, "RCPT TO:<a@b.example>", "250 ");
    talk_ask(talk, "DATA", "354 ");
    talk_ask(talk, "a\nb\r\n.", "554 5.6.0");
    talk_mail(talk, "a@b.example", "451 4.3.0");
    leave(scene, talk, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules_are_read),
        cmocka_unit_test(test_mistakes_in_rules_are_explained),
        cmocka_unit_test(test_senseless_rules_start_no_sink),
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_share_is_stable),
        cmocka_unit_test(test_greeting),
        cmocka_unit_test(test_refusals_have_no_effect),
        cmocka_unit_test(test_other_words_for_yes),
        cmocka_unit_test(test_refused_dot_and_421),
        cmocka_unit_test(test_accept_and_die),
        cmocka_unit_test(test_hanging_up),
        cmocka_unit_test(test_garbage),
        cmocka_unit_test(test_delay),
        cmocka_unit_test(test_data_rules_meet_the_first_chunk),
        cmocka_unit_test(test_rules_meet_only_commands_in_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
