/* STARTTLS and AUTH of the sink. */
#include "smtp_talk.h"

#include <signal.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "drill/smtp_sink.h"

static SmtpSink *start(bool starttls, const char *user, GPtrArray *rules)
{
    SmtpSinkOptions options = {
        .starttls = starttls, .user = user, .password = user ? "open sesame" : NULL, .rules = rules};
    SmtpSink *sink = smtp_sink_start(&options, NULL);

    assert_non_null(sink);
    return sink;
}

/* A context that trusts this certificate and nothing else. */
static SSL_CTX *trust(const char *pem)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    BIO *memory = BIO_new_mem_buf(pem, -1);
    X509 *certificate = PEM_read_bio_X509(memory, NULL, NULL, NULL);

    assert_non_null(certificate);
    if (certificate)
        assert_int_equal(X509_STORE_add_cert(SSL_CTX_get_cert_store(context), certificate), 1);
    X509_free(certificate);
    BIO_free(memory);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context), X509_V_FLAG_X509_STRICT);
    return context;
}

/* Shakes hands, asking for this name or address; whether the certificate was good. */
static bool handshake(Talk *talk, const char *pem, const char *name)
{
    SSL_CTX *context = trust(pem);
    X509_VERIFY_PARAM *wanted = SSL_CTX_get0_param(context);
    bool connected;

    if (g_ascii_isdigit(*name))
        X509_VERIFY_PARAM_set1_ip_asc(wanted, name);
    else
        X509_VERIFY_PARAM_set1_host(wanted, name, 0);
    talk->link = SSL_new(context);
    SSL_CTX_free(context);
    SSL_set_fd(talk->link, talk->fd);
    connected = SSL_connect(talk->link) == 1;
    ERR_clear_error();
    return connected;
}

static Talk *secure(const SmtpSink *sink)
{
    Talk *talk = talk_greet(smtp_sink_port(sink));

    talk_ask(talk, "STARTTLS", "220 2.0.0");
    assert_true(handshake(talk, smtp_sink_certificate(sink), "localhost"));
    return talk;
}

static void test_certificate(void **state)
{
    static const struct {
        const char *name;
        bool good;
    } cases[] = {{"localhost", true}, {"127.0.0.1", true}, {"mail.example", false}, {"127.0.0.2", false}};
    SmtpSink *sink = start(true, NULL, NULL);
    SmtpSink *other = start(true, NULL, NULL);
    SmtpSink *plain = start(false, NULL, NULL);
    Talk *talk = NULL;

    (void)state;
    assert_null(smtp_sink_certificate(plain));
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        talk = talk_greet(smtp_sink_port(sink));
        talk_ask(talk, "STARTTLS", "220 ");
        assert_int_equal(handshake(talk, smtp_sink_certificate(sink), cases[i].name), cases[i].good);
        talk_free(talk);
    }
    talk = talk_greet(smtp_sink_port(sink));
    talk_ask(talk, "STARTTLS", "220 ");
    assert_false(handshake(talk, smtp_sink_certificate(other), "localhost"));
    talk_free(talk);
    smtp_sink_stop(sink);
    smtp_sink_stop(other);
    smtp_sink_stop(plain);
}

static void test_session_starts_anew(void **state)
{
    SmtpSink *sink = start(true, NULL, NULL);
    Talk *talk = talk_connect(smtp_sink_port(sink));

    (void)state;
    talk_expect(talk, "220 ");
    talk_ask(talk, "STARTTLS", "503 5.5.1");
    talk_ask(talk, "HELO client.example", "250 ");
    talk_ask(talk, "STARTTLS", "502 5.5.1");
    talk_ask(talk, "EHLO client.example", "250 ");
    talk_ask(talk, "STARTTLS now", "501 5.5.4");
    talk_ask(talk, "MAIL FROM:<a@b.example>", "250 ");
    talk_ask(talk, "STARTTLS", "220 ");
    assert_true(handshake(talk, smtp_sink_certificate(sink), "localhost"));
    talk_ask(talk, "MAIL FROM:<a@b.example>", "503 5.5.1");
    talk_ask(talk, "EHLO client.example", "250 ");
    talk_ask(talk, "RCPT TO:<a@b.example>", "503 5.5.1");
    talk_ask(talk, "STARTTLS", "503 5.5.1");
    talk_mail(talk, "a@b.example", "250 ");
    talk_ask(talk, "QUIT", "221 ");
    talk_expect_closed(talk);
    assert_int_equal(smtp_sink_accepted(sink), 1);
    talk_free(talk);
    smtp_sink_stop(sink);
}

/* What comes in the clear behind STARTTLS must not count as said under TLS (RFC 3207 4.2, 6). */
static void test_commands_in_the_clear_are_forgotten(void **state)
{
    SmtpSink *sink = start(true, NULL, NULL);
    Talk *talk = talk_greet(smtp_sink_port(sink));

    (void)state;
    talk_say(talk, "STARTTLS\r\nEHLO injected.example\r\nMAIL FROM:<a@b.example>\r\n");
    talk_expect(talk, "220 ");
    assert_true(handshake(talk, smtp_sink_certificate(sink), "localhost"));
    assert_true(talk_is_silent(talk, 100) || SSL_pending(talk->link) == 0);
    talk_ask(talk, "RCPT TO:<a@b.example>", "503 5.5.1 send EHLO first");
    talk_free(talk);
    smtp_sink_stop(sink);
}

static void test_large_message_under_tls(void **state)
{
    SmtpSink *sink = start(true, NULL, NULL);
    Talk *talk = secure(sink);
    g_autofree char *line = g_strnfill(98, 'x');

    (void)state;
    talk_ask(talk, "EHLO client.example", "250 ");
    talk_say(talk, "MAIL FROM:<a@b.example>\r\nRCPT TO:<a@b.example>\r\nDATA\r\n");
    talk_expect(talk, "250 ");
    talk_expect(talk, "250 ");
    talk_expect(talk, "354 ");
    for (int i = 0; i < 5000; i++) {
        talk_say(talk, line);
        talk_say(talk, "\r\n");
    }
    talk_ask(talk, ".", "250 ");
    talk_free(talk);
    smtp_sink_stop(sink);
}

static void test_rules_at_starttls(void **state)
{
    g_autoptr(GPtrArray) rules = g_ptr_array_new_with_free_func((GDestroyNotify)smtp_sink_rule_free);
    SmtpSink *sink = NULL;
    Talk *talk = NULL;

    (void)state;
    g_ptr_array_add(rules, smtp_sink_parse_rule("starttls reply \"454 4.7.0 not now\" times=1", NULL));
    g_ptr_array_add(rules, smtp_sink_parse_rule("starttls reply \"220 go\\n250 injected\" times=1", NULL));
    g_ptr_array_add(rules, smtp_sink_parse_rule("starttls hang-up", NULL));
    sink = start(true, NULL, rules);
    talk = talk_greet(smtp_sink_port(sink));
    talk_ask(talk, "STARTTLS", "454 4.7.0 not now");
    talk_ask(talk, "STARTTLS", "220 go");
    talk_expect(talk, "250 injected");
    assert_true(handshake(talk, smtp_sink_certificate(sink), "localhost"));
    talk_ask(talk, "EHLO client.example", "250 ");
    talk_free(talk);
    talk = talk_greet(smtp_sink_port(sink));
    talk_say(talk, "STARTTLS\r\n");
    talk_expect_closed(talk);
    talk_free(talk);
    smtp_sink_stop(sink);
}

static void test_no_handshake_is_survived(void **state)
{
    SmtpSink *sink = start(true, NULL, NULL);
    Talk *talk = talk_greet(smtp_sink_port(sink));

    (void)state;
    talk_ask(talk, "STARTTLS", "220 ");
    talk_say(talk, "EHLO client.example\r\n");
    while (talk_receive(talk) > 0)
        continue;
    talk_free(talk);
    talk = talk_greet(smtp_sink_port(sink));
    talk_ask(talk, "STARTTLS", "220 ");
    talk_free(talk);
    talk = secure(sink);
    talk_ask(talk, "NOOP", "250 ");
    talk_free(talk);
    smtp_sink_stop(sink);
}

/* A client that vanishes under TLS while it is written to: SIGPIPE must not reach the program. */
static void test_vanishing_client(void **state)
{
    g_autoptr(GPtrArray) rules = g_ptr_array_new_with_free_func((GDestroyNotify)smtp_sink_rule_free);
    SmtpSink *sink = NULL;
    Talk *talk = NULL;

    (void)state;
    signal(SIGPIPE, SIG_DFL);
    g_ptr_array_add(rules, smtp_sink_parse_rule("noop delay 200ms", NULL));
    sink = start(true, NULL, rules);
    for (int i = 0; i < 3; i++) {
        const struct linger reset = {.l_onoff = 1, .l_linger = 0};

        talk = secure(sink);
        talk_ask(talk, "EHLO client.example", "250 ");
        talk_say(talk, "RSET\r\nNOOP\r\n");
        talk_expect(talk, "250 ");
        setsockopt(talk->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        talk_free(talk);
    }
    g_usleep(400000);
    talk = secure(sink);
    talk_ask(talk, "EHLO client.example", "250 ");
    talk_free(talk);
    smtp_sink_stop(sink);
}

/* base64: "\0anna\0open sesame", "anna\0anna\0open sesame", "bert\0anna\0open sesame", "\0anna\0wrong", "anna". */
#define PLAIN_RIGHT "AGFubmEAb3BlbiBzZXNhbWU="
#define PLAIN_SELF "YW5uYQBhbm5hAG9wZW4gc2VzYW1l"
#define PLAIN_OTHER "YmVydABhbm5hAG9wZW4gc2VzYW1l"
#define PLAIN_WRONG "AGFubmEAd3Jvbmc="
#define USER_RIGHT "YW5uYQ=="
#define PASSWORD_RIGHT "b3BlbiBzZXNhbWU="
#define PASSWORD_WRONG "d3Jvbmc="

static void test_auth(void **state)
{
    static const char *const dialogues[][8] = {
        {("AUTH PLAIN " PLAIN_RIGHT), "235 2.7.0", NULL},
        {("AUTH PLAIN " PLAIN_SELF), "235 2.7.0", NULL},
        {"auth plain", "334 ", PLAIN_RIGHT, "235 2.7.0", NULL},
        {"AUTH LOGIN", "334 VXNlcm5hbWU6", USER_RIGHT, "334 UGFzc3dvcmQ6", PASSWORD_RIGHT, "235 2.7.0", NULL},
        {("AUTH LOGIN " USER_RIGHT), "334 UGFzc3dvcmQ6", PASSWORD_RIGHT, "235 2.7.0", NULL},
        {("AUTH PLAIN " PLAIN_OTHER), "535 5.7.8", NULL},
        {("AUTH PLAIN " PLAIN_WRONG), "535 5.7.8", NULL},
        {("AUTH PLAIN " USER_RIGHT), "535 5.7.8", NULL},
        {"AUTH PLAIN =", "535 5.7.8", NULL},
        {"AUTH PLAIN", "334 ", "", "535 5.7.8", NULL},
        {"AUTH PLAIN AGFub", "501 5.5.2", NULL},
        {"AUTH PLAIN ====", "501 5.5.2", NULL},
        {"AUTH PLAIN AG!ubmE=", "501 5.5.2", NULL},
        {"AUTH PLAIN *", "501 5.7.0", NULL},
        {"AUTH LOGIN", "334 ", "*", "501 5.7.0", NULL},
        {"AUTH LOGIN", "334 ", USER_RIGHT, "334 ", "*", "501 5.7.0", NULL},
        {"AUTH LOGIN", "334 ", USER_RIGHT, "334 ", PASSWORD_WRONG, "535 5.7.8", NULL},
        {"AUTH LOGIN", "334 ", PASSWORD_RIGHT, "334 ", PASSWORD_RIGHT, "535 5.7.8", NULL},
        {"AUTH CRAM-MD5", "504 5.5.4", NULL},
        {"AUTH", "501 5.5.4", NULL},
    };
    SmtpSink *sink = start(false, "anna", NULL);

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(dialogues); i++) {
        Talk *talk = talk_greet(smtp_sink_port(sink));
        bool welcome = false;

        talk_ask(talk, "MAIL FROM:<a@b.example>", "530 5.7.0");
        for (const char *const *line = dialogues[i]; *line; line += 2) {
            talk_ask(talk, line[0], line[1]);
            welcome = line[1][0] == '2';
        }
        if (welcome) {
            talk_ask(talk, "AUTH PLAIN " PLAIN_RIGHT, "503 5.5.1");
            talk_mail(talk, "a@b.example", "250 ");
        } else {
            talk_ask(talk, "MAIL FROM:<a@b.example>", "530 5.7.0");
            talk_ask(talk, "BDAT 0 LAST", "530 5.7.0");
        }
        talk_free(talk);
    }
    assert_int_equal(smtp_sink_accepted(sink), 5);
    smtp_sink_stop(sink);
}

static void test_auth_wants_tls_where_it_is_offered(void **state)
{
    SmtpSink *sink = start(true, "anna", NULL);
    Talk *talk = talk_greet(smtp_sink_port(sink));

    (void)state;
    talk_ask(talk, "AUTH PLAIN " PLAIN_RIGHT, "538 5.7.11");
    talk_ask(talk, "STARTTLS", "220 ");
    assert_true(handshake(talk, smtp_sink_certificate(sink), "localhost"));
    talk_say(talk, "EHLO client.example\r\n");
    assert_string_equal(talk_line(talk), "250-localhost");
    assert_string_equal(talk_line(talk), "250-PIPELINING");
    assert_string_equal(talk_line(talk), "250-CHUNKING");
    assert_string_equal(talk_line(talk), "250-AUTH PLAIN LOGIN");
    talk_expect(talk, "250 ");
    talk_ask(talk, "AUTH PLAIN " PLAIN_RIGHT, "235 2.7.0");
    talk_mail(talk, "a@b.example", "250 ");
    talk_free(talk);
    smtp_sink_stop(sink);
}

static void test_rules_at_auth(void **state)
{
    g_autoptr(GPtrArray) rules = g_ptr_array_new_with_free_func((GDestroyNotify)smtp_sink_rule_free);
    SmtpSink *sink = NULL;
    Talk *talk = NULL;

    (void)state;
    g_ptr_array_add(rules, smtp_sink_parse_rule("auth reply \"454 4.7.0 no database\" times=1", NULL));
    sink = start(false, "anna", rules);
    talk = talk_greet(smtp_sink_port(sink));
    talk_ask(talk, "AUTH LOGIN", "334 ");
    talk_ask(talk, USER_RIGHT, "334 ");
    talk_ask(talk, PASSWORD_RIGHT, "454 4.7.0 no database");
    talk_ask(talk, "MAIL FROM:<a@b.example>", "530 5.7.0");
    talk_ask(talk, "AUTH PLAIN " PLAIN_RIGHT, "235 2.7.0");
    talk_free(talk);
    smtp_sink_stop(sink);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_certificate),
        cmocka_unit_test(test_session_starts_anew),
        cmocka_unit_test(test_commands_in_the_clear_are_forgotten),
        cmocka_unit_test(test_large_message_under_tls),
        cmocka_unit_test(test_rules_at_starttls),
        cmocka_unit_test(test_no_handshake_is_survived),
        cmocka_unit_test(test_vanishing_client),
        cmocka_unit_test(test_auth),
        cmocka_unit_test(test_auth_wants_tls_where_it_is_offered),
        cmocka_unit_test(test_rules_at_auth),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
