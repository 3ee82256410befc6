/* STARTTLS and AUTH: whom the engine trusts, and that nothing is sent to anybody else. */
#include "channel/smtp_esmtp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <glib/gstdio.h>
#include <openssl/ssl.h>

#include "base/error.h"
#include "smtp_box.h"
#include "smtp_script.h"
#include "smtp_script_pki.h"

#define PASSWORD       "correct horse"
#define PLAIN_RESPONSE "AHNoaXBwaW5nAGNvcnJlY3QgaG9yc2U="

#define START     GREET("250-relay\r\n250 STARTTLS\r\n"), EXPECT("STARTTLS"), SEND("220 go on\r\n"), DO(SCRIPT_TLS)
#define DRAINED   START, EXPECT("NOOP"), SEND("250 ok\r\n")
#define PIPED     "250-relay\r\n250 PIPELINING\r\n"
#define CHUNKED   "250-relay\r\n250-PIPELINING\r\n250 CHUNKING\r\n"
#define WITH_AUTH "250-relay\r\n250 AUTH PLAIN LOGIN\r\n"

static ScriptPki *pki;

static bool run(Box *box, const Gateway *gateway, GError **error)
{
    ChannelCalls calls = box_calls(box);

    return smtp_esmtp_engine()->run_session(gateway, &calls, error);
}

static Gateway *tls_gateway(const char *host, const SmtpScript *script)
{
    Gateway *gateway = box_gateway(host, smtp_script_port(script));

    gateway->tls = GATEWAY_TLS_STARTTLS;
    gateway->ca_file = g_strdup(script_pki_ca_file(pki));
    gateway->timeouts = (GatewayTimeouts){2000, 2000, 2000, 2000, 2000};
    return gateway;
}

/* One session against `steps`. Returns the error, or NULL. */
static GError *play(const ScriptStep *steps, SSL_CTX *server, Box *box, const char *results)
{
    const ScriptStep *scripts[] = {steps, NULL};
    g_autoptr(SmtpScript) script = smtp_script_new(scripts, server);
    g_autoptr(Gateway) gateway = tls_gateway("localhost", script);
    g_autofree char *got = NULL;
    GError *error = NULL;

    run(box, gateway, &error);
    assert_null(smtp_script_join(script));
    got = box_results(box);
    assert_string_equal(got, results);
    for (size_t i = 0; i < smtp_script_connections(script) && error; i++)
        assert_null(strstr(smtp_script_record(script, i)->commands->str, "MAIL"));
    return error;
}

static void assert_error(GError *error, BreachError code, const char *text)
{
    assert_non_null(error);
    if (!g_error_matches(error, BREACH_ERROR, (int)code) || !strstr(error->message, text))
        fail_msg("%d: %s", error->code, error->message);
    g_error_free(error);
}

/* libESMTP's own context crashes in the second session. */
static void sends_again_and_again(void **state)
{
    static const ScriptStep steps[] = {DRAINED, SERVE(PIPED), STOP};
    static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
    const ScriptStep *scripts[] = {steps, NULL};

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(versions); i++) {
        SSL_CTX *server = script_pki_server(pki, "DNS:localhost", 10);
        g_autoptr(SmtpScript) script = smtp_script_new(scripts, server);
        g_autoptr(Gateway) gateway = tls_gateway("localhost", script);

        SSL_CTX_set_min_proto_version(server, versions[i]);
        SSL_CTX_set_max_proto_version(server, versions[i]);
        for (size_t session = 0; session < 3; session++) {
            g_autoptr(Box) box = box_new(3, 10000);
            g_autofree char *results = NULL;

            assert_true(run(box, gateway, NULL));
            results = box_results(box);
            assert_string_equal(results, "accepted accepted accepted");
        }
        assert_null(smtp_script_join(script));
        for (size_t session = 0; session < 3; session++)
            assert_string_equal(smtp_script_record(script, session)->sni, "localhost");
        SSL_CTX_free(server);
    }
}

static void verifies_an_address(void **state)
{
    static const ScriptStep steps[] = {DRAINED, SERVE(PIPED), STOP};
    const ScriptStep *scripts[] = {steps, NULL};
    SSL_CTX *server = script_pki_server(pki, "IP:127.0.0.1", 10);
    g_autoptr(SmtpScript) script = smtp_script_new(scripts, server);
    g_autoptr(Gateway) gateway = tls_gateway("127.0.0.1", script);
    g_autoptr(Box) box = box_new(1, 0);
    g_autofree char *results = NULL;

    (void)state;
    assert_true(run(box, gateway, NULL));
    assert_null(smtp_script_join(script));
    results = box_results(box);
    assert_string_equal(results, "accepted");
    assert_null(smtp_script_record(script, 0)->sni);
    SSL_CTX_free(server);
}

static void refuses_certificates(void **state)
{
    static const ScriptStep steps[] = {START, DO(SCRIPT_QUIET), STOP};
    static const struct {
        const char *host, *names;
        int days;
        bool is_foreign;
        const char *text;
    } rows[] = {
        {"localhost", "DNS:other.example,DNS:b.example", 10, false,
         "the certificate of localhost is for other.example, b.example: mend host or ca_file in the gateway file"},
        {"localhost", "DNS:*.localhost", 10, false, "is for *.localhost: mend host"},
        {"127.0.0.1", "DNS:localhost", 10, false, "the certificate of 127.0.0.1 is for localhost: mend host"},
        {"127.0.0.1", "IP:127.0.0.2", 10, false, "the certificate of 127.0.0.1 is for 127.0.0.2: mend host"},
        {"localhost", "DNS:localhost", -2, false, "the certificate of localhost expired on 20"},
        {"localhost", "DNS:localhost", 10, true, "signed by nobody whom we trust"},
    };
    const ScriptStep *scripts[] = {steps, NULL};
    g_autoptr(ScriptPki) foreign = script_pki_new();

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        SSL_CTX *server = script_pki_server(rows[i].is_foreign ? foreign : pki, rows[i].names, rows[i].days);
        g_autoptr(SmtpScript) script = smtp_script_new(scripts, server);
        g_autoptr(Gateway) gateway = tls_gateway(rows[i].host, script);
        g_autoptr(Box) box = box_new(2, 0);
        g_autofree char *results = NULL;
        GError *error = NULL;

        assert_false(run(box, gateway, &error));
        assert_error(error, BREACH_ERROR_CONFIG, rows[i].text);
        assert_null(smtp_script_join(script));
        /* in the handshake: not even QUIT follows */
        assert_true(g_str_has_suffix(smtp_script_record(script, 0)->commands->str, "STARTTLS\r\n"));
        results = box_results(box);
        assert_string_equal(results, "not_sent not_sent");
        SSL_CTX_free(server);
    }
}

static void trusts_only_the_ca_file(void **state)
{
    static const ScriptStep steps[] = {START, DO(SCRIPT_QUIET), STOP};
    const ScriptStep *scripts[] = {steps, NULL};
    SSL_CTX *server = script_pki_server(pki, "DNS:localhost", 10);
    g_autoptr(SmtpScript) script = smtp_script_new(scripts, server);
    g_autoptr(Gateway) gateway = tls_gateway("localhost", script);
    g_autoptr(Box) box = box_new(1, 0);
    GError *error = NULL;

    (void)state;
    g_free(gateway->ca_file);
    gateway->ca_file = g_strdup("no-such-file.pem");
    gateway->folder = g_strdup("/nonexistent");
    assert_false(run(box, gateway, &error));
    assert_error(error, BREACH_ERROR_CONFIG, "ca_file /nonexistent/no-such-file.pem cannot be read");
    assert_int_equal(box->given, 0);
    g_free(gateway->ca_file);
    gateway->ca_file = NULL; /* the system's */
    error = NULL;
    assert_false(run(box, gateway, &error));
    assert_error(error, BREACH_ERROR_CONFIG, "signed by nobody whom we trust");
    assert_null(smtp_script_join(script));
    SSL_CTX_free(server);
}

static void refuses_old_tls(void **state)
{
    static const ScriptStep steps[] = {START, DO(SCRIPT_QUIET), STOP};
    SSL_CTX *server = script_pki_server(pki, "DNS:localhost", 10);
    g_autoptr(Box) box = box_new(1, 0);

    (void)state;
    SSL_CTX_set_security_level(server, 0);
    SSL_CTX_set_min_proto_version(server, TLS1_VERSION);
    SSL_CTX_set_max_proto_version(server, TLS1_1_VERSION);
    assert_error(play(steps, server, box, "not_sent"), BREACH_ERROR_CONFIG, "TLS 1.2 or newer");
    SSL_CTX_free(server);
}

static void needs_a_clean_start(void **state)
{
    static const struct {
        const char *name;
        ScriptStep steps[14];
        BreachError code;
        const char *text;
    } rows[] = {
        {"not offered", {GREET(PIPED), DO(SCRIPT_QUIET), STOP}, BREACH_ERROR_CONFIG, "no STARTTLS is offered"},
        {"not offered, and AUTH is",
         {GREET(WITH_AUTH), DO(SCRIPT_QUIET), STOP},
         BREACH_ERROR_CONFIG,
         "no STARTTLS is offered"},
        {"HELO only",
         {SEND("220 a\r\n"), EXPECT("EHLO"), SEND("502 what\r\n"), EXPECT("HELO"), SEND("250 a\r\n"), DO(SCRIPT_QUIET),
          STOP},
         BREACH_ERROR_CONFIG,
         "no STARTTLS is offered"},
        {"454",
         {GREET("250-a\r\n250 STARTTLS\r\n"), EXPECT("STARTTLS"), SEND("454 4.7.0 later\r\n"), DO(SCRIPT_QUIET), STOP},
         BREACH_ERROR_TEMPORARY,
         "454 at STARTTLS: later"},
        {"502",
         {GREET("250-a\r\n250 STARTTLS\r\n"), EXPECT("STARTTLS"), SEND("502 5.5.1 no\r\n"), DO(SCRIPT_QUIET), STOP},
         BREACH_ERROR_CONFIG,
         "502 at STARTTLS: no"},
        {"dropped",
         {GREET("250-a\r\n250 STARTTLS\r\n"), EXPECT("STARTTLS"), SEND("220 go on\r\n"), STOP},
         BREACH_ERROR_TEMPORARY,
         "TLS handshake"},
        {"no TLS",
         {GREET("250-a\r\n250 STARTTLS\r\n"), EXPECT("STARTTLS"), SEND("220 go on\r\n"), PAUSE(50),
          SEND("hello, this is no TLS\r\n"), DO(SCRIPT_DRAIN), STOP},
         BREACH_ERROR_TEMPORARY,
         "TLS handshake"},
        {"a reply injected behind 220",
         {GREET("250-a\r\n250 STARTTLS\r\n"), EXPECT("STARTTLS"), SEND("220 go on\r\n250 injected\r\n"), DO(SCRIPT_TLS),
          DO(SCRIPT_QUIET), STOP},
         BREACH_ERROR_CONFIG,
         "tampers"},
        {"half a reply injected behind 220",
         {GREET("250-a\r\n250 STARTTLS\r\n"), EXPECT("STARTTLS"), SEND("220 go on\r\n250"), DO(SCRIPT_TLS),
          DO(SCRIPT_QUIET), STOP},
         BREACH_ERROR_CONFIG,
         "tampers"},
        /* libESMTP reads on before it has written STARTTLS */
        {"220 and more injected behind EHLO",
         {GREET("250-a\r\n250 STARTTLS\r\n220 go on\r\n250 injected\r\n"), DO(SCRIPT_TLS), DO(SCRIPT_QUIET), STOP},
         BREACH_ERROR_CONFIG,
         "tampers"},
        {"no answer to NOOP", {START, EXPECT("NOOP"), DO(SCRIPT_QUIET), STOP}, BREACH_ERROR_TEMPORARY, "NOOP"},
        {"two answers to NOOP",
         {START, EXPECT("NOOP"), SEND("250 ok\r\n250 2.0.0 shifted\r\n"), DO(SCRIPT_QUIET), STOP},
         BREACH_ERROR_TEMPORARY,
         "NOOP"},
    };
    SSL_CTX *server = script_pki_server(pki, "DNS:localhost", 10);

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Box) box = box_new(2, 0);

        print_message("# %s\n", rows[i].name);
        assert_error(play(rows[i].steps, server, box, "not_sent not_sent"), rows[i].code, rows[i].text);
    }
    SSL_CTX_free(server);
}

static void takes_a_reply_in_pieces(void **state)
{
    static const ScriptStep steps[] = {SEND("22"),
                                       PAUSE(20),
                                       SEND("0 relay\r"),
                                       PAUSE(20),
                                       SEND("\n"),
                                       EXPECT("EHLO "),
                                       SEND("250-a\r\n250 START"),
                                       PAUSE(20),
                                       SEND("TLS\r\n"),
                                       EXPECT("STARTTLS"),
                                       SEND("220-go\r\n22"),
                                       PAUSE(20),
                                       SEND("0 on\r\n"),
                                       DO(SCRIPT_TLS),
                                       EXPECT("NOOP"),
                                       SEND("250-o"),
                                       PAUSE(20),
                                       SEND("\r\n250 k\r\n"),
                                       SERVE(PIPED),
                                       STOP};
    SSL_CTX *server = script_pki_server(pki, "DNS:localhost", 10);
    g_autoptr(Box) box = box_new(1, 0);

    (void)state;
    assert_null(play(steps, server, box, "accepted"));
    SSL_CTX_free(server);
}

/* TLS 1.3 tickets that lie in the socket before EHLO is written: libESMTP would read first, and wait. */
static void does_not_stall_on_tickets(void **state)
{
    static const ScriptStep steps[] = {
        START, PAUSE(30), EXPECT("NOOP"), PAUSE(30), SEND("250 ok\r\n"), PAUSE(30), SERVE(PIPED), STOP};
    SSL_CTX *server = script_pki_server(pki, "DNS:localhost", 10);

    (void)state;
    SSL_CTX_set_num_tickets(server, 10);
    for (size_t i = 0; i < 10; i++) {
        g_autoptr(Box) box = box_new(1, 0);

        assert_null(play(steps, server, box, "accepted"));
    }
    SSL_CTX_free(server);
}

static void stops_and_doubts_inside_tls(void **state)
{
    static const ScriptStep stopped[] = {DRAINED, SERVE(CHUNKED), STOP};
    static const ScriptStep dropped[] = {DRAINED,
                                         EXPECT("EHLO"),
                                         SEND(PIPED),
                                         EXPECT("MAIL"),
                                         SEND("250 ok\r\n"),
                                         EXPECT("RCPT"),
                                         EXPECT("DATA"),
                                         SEND("250 ok\r\n354 go on\r\n"),
                                         DO(SCRIPT_DATA),
                                         DO(SCRIPT_RESET),
                                         STOP};
    const ScriptStep *first[] = {stopped, NULL};
    const ScriptStep *second[] = {dropped, NULL};
    const ScriptStep *const *scripts[] = {first, second};
    SSL_CTX *server = script_pki_server(pki, "DNS:localhost", 10);

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        g_autoptr(SmtpScript) script = smtp_script_new(scripts[i], server);
        g_autoptr(Gateway) gateway = tls_gateway("localhost", script);
        g_autoptr(Box) box = box_new(2, 200000);
        g_autofree char *results = NULL;

        box->refuse = i ? BOX_MAX : 0;
        assert_int_equal(run(box, gateway, NULL), i == 0);
        assert_null(smtp_script_join(script));
        results = box_results(box);
        assert_string_equal(results, i ? "in_doubt not_sent" : "not_sent not_sent");
        assert_int_equal(smtp_script_record(script, 0)->mails->len, i);
    }
    SSL_CTX_free(server);
}

static void sends_large_messages(void **state)
{
    static const ScriptStep steps[] = {DRAINED, SERVE(CHUNKED), STOP};
    SSL_CTX *server = script_pki_server(pki, "DNS:localhost", 10);
    g_autoptr(Box) box = box_new(3, 1000000);

    (void)state;
    assert_null(play(steps, server, box, "accepted accepted accepted"));
    SSL_CTX_free(server);
}

/* libESMTP would offer it, and free it once too often. */
static void ignores_a_client_certificate(void **state)
{
    static const ScriptStep steps[] = {DRAINED, SERVE(PIPED), STOP};
    g_autofree char *folder = g_dir_make_tmp("breach-test-XXXXXX", NULL);
    g_autofree char *inner = g_build_filename(folder, "libesmtp", NULL);
    g_autofree char *private = g_build_filename(inner, "private", NULL);
    g_autofree char *file = g_build_filename(private, "localhost.pem", NULL);
    SSL_CTX *server = script_pki_server(pki, "DNS:localhost", 10);
    g_autoptr(Box) box = box_new(1, 0);

    (void)state;
    assert_return_code(g_mkdir_with_parents(private, 0700), 0);
    script_pki_write_client(pki, file);
    setenv("XDG_CONFIG_DIR", folder, 1);
    SSL_CTX_set_verify(server, SSL_VERIFY_PEER, NULL); /* asks, does not insist */
    assert_null(play(steps, server, box, "accepted"));
    unsetenv("XDG_CONFIG_DIR");
    g_unlink(file);
    g_rmdir(private);
    g_rmdir(inner);
    g_rmdir(folder);
    SSL_CTX_free(server);
}

#ifdef BREACH_FAULTS
/* In plain text, a socket that is not known for certain locks the session out, even where the relay offers TLS. */
static void starts_no_tls_on_a_socket_it_does_not_know(void **state)
{
    static const ScriptStep steps[] = {DRAINED, SERVE(PIPED), STOP};
    const ScriptStep *scripts[] = {steps, NULL};
    SSL_CTX *server = script_pki_server(pki, "DNS:localhost", 10);
    g_autoptr(SmtpScript) script = smtp_script_new(scripts, server);
    g_autoptr(Gateway) gateway = tls_gateway("localhost", script);
    g_autoptr(Box) box = box_new(1, 0);
    g_autofree char *results = NULL;
    GError *error = NULL;

    (void)state;
    gateway->tls = GATEWAY_TLS_NONE;
    setenv("BREACH_FAULT_FAIL", "smtp-socket", 1);
    assert_false(run(box, gateway, &error));
    unsetenv("BREACH_FAULT_FAIL");
    assert_error(error, BREACH_ERROR_TEMPORARY, "could not be told from others");
    assert_null(smtp_script_join(script));
    results = box_results(box);
    assert_string_equal(results, "not_sent");
    SSL_CTX_free(server);
}
#endif

/* ---- AUTH ---- */

static void logs_in(void **state)
{
    static const ScriptStep plain[] = {DRAINED,
                                       EXPECT("EHLO"),
                                       SEND(WITH_AUTH),
                                       EXPECT("AUTH PLAIN " PLAIN_RESPONSE),
                                       SEND("235 2.7.0 ok\r\n"),
                                       SERVE(PIPED),
                                       STOP};
    static const ScriptStep login[] = {DRAINED,
                                       EXPECT("EHLO"),
                                       SEND("250-a\r\n250 AUTH XOAUTH2 LOGIN\r\n"),
                                       EXPECT("AUTH LOGIN c2hpcHBpbmc="),
                                       SEND("334 UGFzc3dvcmQ6\r\n"),
                                       EXPECT("Y29ycmVjdCBob3JzZQ=="),
                                       SEND("235 2.7.0 ok\r\n"),
                                       SERVE(PIPED),
                                       STOP};
    const ScriptStep *scripts[] = {plain, login, NULL};
    SSL_CTX *server = script_pki_server(pki, "DNS:localhost", 10);
    g_autoptr(SmtpScript) script = smtp_script_new(scripts, server);
    g_autoptr(Gateway) gateway = tls_gateway("localhost", script);

    (void)state;
    gateway->user = g_strdup("shipping");
    gateway->password = g_strdup("env:BREACH_TEST_PASSWORD");
    for (size_t i = 0; i < 2; i++) {
        g_autoptr(Box) box = box_new(2, 0);
        g_autofree char *results = NULL;

        assert_true(run(box, gateway, NULL));
        results = box_results(box);
        assert_string_equal(results, "accepted accepted");
    }
    assert_null(smtp_script_join(script));
    SSL_CTX_free(server);
}

static void sends_nothing_without_login(void **state)
{

    static const struct {
        const char *name;
        ScriptStep steps[16];
        BreachError code;
        const char *text;
    } rows[] = {
        {"535, with our words",
         {GREET("250-a\r\n250 AUTH PLAIN\r\n"), EXPECT("AUTH"),
          SEND("535 5.7.8 no: shipping " PASSWORD " " PLAIN_RESPONSE "\r\n"), DO(SCRIPT_QUIET), STOP},
         BREACH_ERROR_CONFIG,
         "535 at AUTH"},
        {"535 twice",
         {GREET(WITH_AUTH), EXPECT("AUTH PLAIN"), SEND("535 5.7.8 no\r\n"), EXPECT("AUTH LOGIN"),
          SEND("535 5.7.8 no\r\n"), DO(SCRIPT_QUIET), STOP},
         BREACH_ERROR_CONFIG,
         "535 at AUTH"},
        {"534",
         {GREET(WITH_AUTH), EXPECT("AUTH"), SEND("534 5.7.9 weak\r\n"), DO(SCRIPT_QUIET), STOP},
         BREACH_ERROR_CONFIG,
         "534 at AUTH"},
        {"530",
         {GREET("250-a\r\n250 AUTH PLAIN\r\n"), EXPECT("AUTH"), SEND("530 5.7.0 TLS first\r\n"), DO(SCRIPT_QUIET),
          STOP},
         BREACH_ERROR_CONFIG,
         "530 at AUTH"},
        {"454",
         {GREET("250-a\r\n250 AUTH PLAIN\r\n"), EXPECT("AUTH"), SEND("454 4.7.0 later\r\n"), DO(SCRIPT_QUIET), STOP},
         BREACH_ERROR_TEMPORARY,
         "454 at AUTH"},
        {"250", /* not 235: the password is not to blame */
         {GREET("250-a\r\n250 AUTH PLAIN\r\n"), EXPECT("AUTH"), SEND("250 2.0.0 ok\r\n"), DO(SCRIPT_QUIET), STOP},
         BREACH_ERROR_CONFIG,
         "250 at AUTH is no proper answer, which is 235"},
        {"dropped", {GREET("250-a\r\n250 AUTH PLAIN\r\n"), EXPECT("AUTH"), STOP}, BREACH_ERROR_TEMPORARY, "lost"},
        {"AUTH not offered", {GREET(PIPED), DO(SCRIPT_QUIET), STOP}, BREACH_ERROR_CONFIG, "offers no AUTH"},
        {"nothing that we know",
         {GREET("250-a\r\n250 AUTH XOAUTH2 GSSAPI\r\n"), DO(SCRIPT_QUIET), STOP},
         BREACH_ERROR_CONFIG,
         "offers no AUTH"},
        {"HELO",
         {SEND("220 a\r\n"), EXPECT("EHLO"), SEND("502 what\r\n"), EXPECT("HELO"), SEND("250 relay\r\n"),
          DO(SCRIPT_QUIET), STOP},
         BREACH_ERROR_CONFIG,
         "offers no AUTH"},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const ScriptStep *scripts[] = {rows[i].steps, NULL};
        g_autoptr(SmtpScript) script = smtp_script_new(scripts, NULL);
        g_autoptr(Gateway) gateway = box_gateway("127.0.0.1", smtp_script_port(script));
        g_autoptr(Box) box = box_new(2, 0);
        g_autofree char *results = NULL;
        GError *error = NULL;

        print_message("# %s\n", rows[i].name);
        gateway->user = g_strdup("shipping");
        gateway->password = g_strdup("env:BREACH_TEST_PASSWORD");
        assert_false(run(box, gateway, &error));
        assert_null(smtp_script_join(script));
        assert_null(strstr(smtp_script_record(script, 0)->commands->str, "MAIL"));
        assert_null(strstr(error->message, PASSWORD));
        assert_null(strstr(error->message, PLAIN_RESPONSE));
        assert_null(strstr(error->message, "shipping"));
        assert_error(error, rows[i].code, rows[i].text);
        results = box_results(box);
        assert_string_equal(results, "not_sent not_sent");
        for (size_t m = 0; m < 2; m++)
            assert_null(strstr(box->outcomes[m].text, PASSWORD));
    }
}

static void says_which_secret_is_missing(void **state)
{
    g_autoptr(Gateway) gateway = box_gateway("127.0.0.1", 25);
    g_autoptr(Box) box = box_new(1, 0);
    GError *error = NULL;

    (void)state;
    gateway->user = g_strdup("shipping");
    gateway->password = g_strdup("env:BREACH_TEST_NO_SUCH_VARIABLE");
    assert_false(run(box, gateway, &error));
    assert_error(error, BREACH_ERROR_CONFIG, "BREACH_TEST_NO_SUCH_VARIABLE");
    assert_int_equal(box->given, 0);
}

static int set_up(void **state)
{
    (void)state;
    setenv("BREACH_TEST_PASSWORD", PASSWORD, 1);
    pki = script_pki_new();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    script_pki_free(pki);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sends_again_and_again),
        cmocka_unit_test(verifies_an_address),
        cmocka_unit_test(refuses_certificates),
        cmocka_unit_test(trusts_only_the_ca_file),
        cmocka_unit_test(refuses_old_tls),
        cmocka_unit_test(needs_a_clean_start),
        cmocka_unit_test(takes_a_reply_in_pieces),
        cmocka_unit_test(does_not_stall_on_tickets),
        cmocka_unit_test(stops_and_doubts_inside_tls),
        cmocka_unit_test(sends_large_messages),
        cmocka_unit_test(ignores_a_client_certificate),
#ifdef BREACH_FAULTS
        cmocka_unit_test(starts_no_tls_on_a_socket_it_does_not_know),
#endif
        cmocka_unit_test(logs_in),
        cmocka_unit_test(sends_nothing_without_login),
        cmocka_unit_test(says_which_secret_is_missing),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
