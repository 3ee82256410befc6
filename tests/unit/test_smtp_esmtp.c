/* What the engine makes of what a relay says, in plain text. TLS and AUTH: test_smtp_esmtp_tls.c. */
#include "channel/smtp_esmtp.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/error.h"
#include "smtp_box.h"
#include "smtp_script.h"

/* Extensions of a relay, and the steps that most scripts share. */
#define PLAIN        "250-relay\r\n250 ENHANCEDSTATUSCODES\r\n"
#define PIPED        "250-relay\r\n250-ENHANCEDSTATUSCODES\r\n250-DSN\r\n250 PIPELINING\r\n"
#define CHUNKED      "250-relay\r\n250-ENHANCEDSTATUSCODES\r\n250-PIPELINING\r\n250 CHUNKING\r\n"
#define SLOW_CHUNKED "250-relay\r\n250 CHUNKING\r\n"

#define OK_MAIL                EXPECT("MAIL FROM:<bounce+"), SEND("250 2.1.0 ok\r\n")
#define OK_RCPT                EXPECT("RCPT TO:<person"), SEND("250 2.1.5 ok\r\n")
#define OK_DATA                EXPECT("DATA"), SEND("354 go on\r\n"), DO(SCRIPT_DATA)
#define UP_TO_DOT(extensions)  GREET(extensions), OK_MAIL, OK_RCPT, OK_DATA
#define UP_TO_LAST(extensions) GREET(extensions), OK_MAIL, OK_RCPT, DO(SCRIPT_CHUNKS)
#define QUIT                   EXPECT("QUIT"), SEND("221 bye\r\n"), STOP

static bool run(Box *box, const Gateway *gateway, GError **error)
{
    ChannelCalls calls = box_calls(box);

    return smtp_esmtp_engine()->run_session(gateway, &calls, error);
}

/* One session of `box` against `steps`, which may run on a thread of its own. */
typedef struct Play {
    pthread_t thread;
    Box *box;
    const ScriptStep *scripts[2];
    char *failure; /* owned; of the script, or NULL */
    int code;      /* of the error; -1: none */
    bool ended;
} Play;

static void *run_play(void *user)
{
    Play *play = user;
    g_autoptr(SmtpScript) script = smtp_script_new(play->scripts, NULL);
    g_autoptr(Gateway) gateway = box_gateway("127.0.0.1", smtp_script_port(script));
    g_autoptr(GError) error = NULL;

    gateway->timeouts = (GatewayTimeouts){1000, 1000, 1000, 1000, 1000};
    play->ended = run(play->box, gateway, &error);
    play->code = error ? error->code : -1;
    play->failure = g_strdup(smtp_script_join(script));
    return NULL;
}

/* `code` is the error expected, or -1. */
static void check_play(const Play *play, int code, const char *results)
{
    g_autofree char *got = box_results(play->box);

    if (play->failure)
        fail_msg("%s", play->failure);
    assert_string_equal(got, results);
    assert_int_equal(play->code, code);
    assert_int_equal(play->ended, code < 0);
}

static void play(Box *box, const ScriptStep *steps, int code, const char *results)
{
    Play one = {.box = box, .scripts = {steps, NULL}};

    run_play(&one);
    check_play(&one, code, results);
    g_free(one.failure);
}

static void sends_messages_as_they_are(void **state)
{
    static const struct {
        const char *extensions;
        int chunks;
    } rows[] = {{PLAIN, 0}, {PIPED, 0}, {CHUNKED, 1}, {SLOW_CHUNKED, 1}};

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const ScriptStep steps[] = {SEND("220 relay\r\n"), SERVE(rows[i].extensions), STOP};
        const ScriptStep *scripts[] = {steps, NULL};
        g_autoptr(SmtpScript) script = smtp_script_new(scripts, NULL);
        g_autoptr(Gateway) gateway = box_gateway("localhost", smtp_script_port(script));
        g_autoptr(Box) box = box_new(7, 30000);
        g_autoptr(GPtrArray) sent = g_ptr_array_new_with_free_func(g_free);
        g_autofree char *results = NULL;

        gateway->helo = g_strdup("machine.example.com");
        for (size_t m = 0; m < box->count; m++)
            g_ptr_array_add(sent, g_strndup(box->messages[m].data, box->messages[m].size));
        assert_true(run(box, gateway, NULL));
        assert_null(smtp_script_join(script));
        results = box_results(box);
        assert_string_equal(results, "accepted accepted accepted accepted accepted accepted accepted");
        assert_int_equal(smtp_script_connections(script), 1);
        for (size_t m = 0; m < box->count; m++) {
            const GString *mail = smtp_script_record(script, 0)->mails->pdata[m];

            assert_string_equal(mail->str, sent->pdata[m]);
            assert_string_equal(box->outcomes[m].text, rows[i].chunks ? "chunk" : "queued");
            assert_int_equal(box->outcomes[m].status.code, 250);
            assert_int_equal(box->outcomes[m].status.status_class, 2);
            assert_true(box->handed[m]);
        }
        assert_non_null(strstr(smtp_script_record(script, 0)->commands->str, "EHLO machine.example.com\r\n"));
        assert_int_equal(smtp_script_record(script, 0)->chunks > 0, rows[i].chunks);
    }
}

static void asks_for_reports_where_they_are_offered(void **state)
{
    static const ScriptStep steps[] = {SEND("220 relay\r\n"), SERVE(PIPED), STOP};
    const ScriptStep *scripts[] = {steps, NULL};
    g_autoptr(SmtpScript) script = smtp_script_new(scripts, NULL);
    g_autoptr(Gateway) gateway = box_gateway("127.0.0.1", smtp_script_port(script));
    g_autoptr(Box) box = box_new(2, 0);

    (void)state;
    g_free((char *)box->messages[1].recipient);
    box->messages[1].recipient = g_strdup_printf("long@%s.%s.example", "a23456789012345678901234567890123456789012345",
                                                 "b23456789012345678901234567890123456789012345");
    assert_true(run(box, gateway, NULL));
    assert_null(smtp_script_join(script));
    assert_non_null(strstr(smtp_script_record(script, 0)->commands->str,
                           "MAIL FROM:<bounce+abcdefghijklmnopqrstuv0000@example.com> RET=HDRS "
                           "ENVID=abcdefghijklmnopqrstuv0000\r\n"
                           "RCPT TO:<person0@example.org> NOTIFY=FAILURE,DELAY ORCPT=rfc822;person0@example.org\r\n"));
    assert_non_null(strstr(smtp_script_record(script, 0)->commands->str, "b23456789012345678901234567890123456789012345"
                                                                         ".example> NOTIFY=FAILURE,DELAY\r\n"));
}

typedef struct Row {
    const char *name;
    ScriptStep steps[20];
    int code;
    const char *results;
} Row;

/* All at once: some wait for a timeout, and libESMTP has none under a second. */
static void play_rows(const Row *rows, size_t count, size_t messages)
{
    g_autofree Play *plays = g_new0(Play, count);

    for (size_t i = 0; i < count; i++) {
        plays[i].box = box_new(messages, 0);
        plays[i].scripts[0] = rows[i].steps;
        pthread_create(&plays[i].thread, NULL, run_play, &plays[i]);
    }
    for (size_t i = 0; i < count; i++)
        pthread_join(plays[i].thread, NULL);
    for (size_t i = 0; i < count; i++) {
        print_message("# %s\n", rows[i].name);
        check_play(&plays[i], rows[i].code, rows[i].results);
        box_free(plays[i].box);
        g_free(plays[i].failure);
    }
}

#define LOST BREACH_ERROR_TEMPORARY

static void knows_a_doubt_from_a_refusal(void **state)
{
    static const Row rows[] = {
        {"accepted", {UP_TO_DOT(PLAIN), SEND("250 2.0.0 ok\r\n"), SERVE(PLAIN), STOP}, -1, "accepted accepted"},
        {"dropped behind the dot", {UP_TO_DOT(PLAIN), STOP}, LOST, "in_doubt not_sent"},
        {"reset behind the dot", {UP_TO_DOT(PLAIN), DO(SCRIPT_RESET), STOP}, LOST, "in_doubt not_sent"},
        {"no final reply", {UP_TO_DOT(PLAIN), PAUSE(1300), STOP}, LOST, "in_doubt not_sent"},
        {"garbage behind the dot",
         {UP_TO_DOT(PLAIN), SEND("wonderful\r\n"), DO(SCRIPT_DRAIN), STOP},
         LOST,
         "in_doubt not_sent"},
        {"a reply cut short", {UP_TO_DOT(PLAIN), SEND("250 o"), STOP}, LOST, "in_doubt not_sent"},
        {"a stale 354", {UP_TO_DOT(PLAIN), SEND("354 go on\r\n"), DO(SCRIPT_DRAIN), STOP}, LOST, "in_doubt not_sent"},
        {"no such class", {UP_TO_DOT(PLAIN), SEND("650 hm\r\n"), DO(SCRIPT_DRAIN), STOP}, LOST, "in_doubt not_sent"},
        {"a code of four digits",
         {UP_TO_DOT(PLAIN), SEND("2500 hm\r\n"), DO(SCRIPT_DRAIN), STOP},
         LOST,
         "in_doubt not_sent"},
        {"451 behind the dot",
         {UP_TO_DOT(PLAIN), SEND("451 4.3.0 later\r\n"), SERVE(PLAIN), STOP},
         -1,
         "temporary accepted"},
        {"552 behind the dot",
         {UP_TO_DOT(PLAIN), SEND("552 5.2.2 full\r\n"), SERVE(PLAIN), STOP},
         -1,
         "permanent accepted"},
        {"554 behind the dot",
         {UP_TO_DOT(PLAIN), SEND("554 5.7.1 spam\r\n"), SERVE(PLAIN), STOP},
         -1,
         "policy accepted"},
        {"503 behind the dot",
         {UP_TO_DOT(PLAIN), SEND("503 5.5.1 hm\r\n"), SERVE(PLAIN), STOP},
         -1,
         "temporary accepted"},
        {"530 behind the dot",
         {UP_TO_DOT(PLAIN), SEND("530 5.7.0 auth\r\n"), DO(SCRIPT_QUIET), STOP},
         BREACH_ERROR_CONFIG,
         "not_sent! not_sent"},
        {"421 behind the dot",
         {UP_TO_DOT(PLAIN), SEND("421 4.3.2 bye\r\n"), DO(SCRIPT_QUIET), STOP},
         LOST,
         "temporary not_sent"},
    };

    (void)state;
    play_rows(rows, G_N_ELEMENTS(rows), 2);
}

#define OK3 "250 2.0.0 a\r\n250 2.0.0 b\r\n250 2.0.0 c\r\n"

static void knows_a_doubt_from_a_refusal_with_chunks(void **state)
{
    static const Row rows[] = {
        {"accepted",
         {UP_TO_LAST(CHUNKED), SEND(OK3 "250 2.0.0 ok\r\n"), SERVE(CHUNKED), STOP},
         -1,
         "accepted accepted"},
        {"dropped behind LAST", {UP_TO_LAST(CHUNKED), STOP}, LOST, "in_doubt not_sent"},
        {"dropped before the last reply", {UP_TO_LAST(CHUNKED), SEND(OK3), STOP}, LOST, "in_doubt not_sent"},
        {"no final reply", {UP_TO_LAST(CHUNKED), SEND(OK3), PAUSE(1300), STOP}, LOST, "in_doubt not_sent"},
        {"garbage at the end",
         {UP_TO_LAST(CHUNKED), SEND(OK3 "wonderful\r\n"), DO(SCRIPT_DRAIN), STOP},
         LOST,
         "in_doubt not_sent"},
        {"a reply cut short", {UP_TO_LAST(CHUNKED), SEND(OK3 "250 2.0.0 o"), STOP}, LOST, "in_doubt not_sent"},
        {"451 at the end",
         {UP_TO_LAST(CHUNKED), SEND(OK3 "451 4.3.0 later\r\n"), SERVE(CHUNKED), STOP},
         -1,
         "temporary accepted"},
        {"421 at the end",
         {UP_TO_LAST(CHUNKED), SEND(OK3 "421 4.3.2 bye\r\n"), DO(SCRIPT_QUIET), STOP},
         LOST,
         "temporary not_sent"},
        {"no reply to RCPT",
         {GREET(CHUNKED), OK_MAIL, EXPECT("RCPT"), DO(SCRIPT_QUIET), STOP},
         LOST,
         "not_sent! not_sent"},
        {"dropped at RCPT", {GREET(CHUNKED), OK_MAIL, EXPECT("RCPT"), STOP}, LOST, "not_sent! not_sent"},
        {"dropped at RCPT, CHUNKING in disguise",
         {GREET("250-relay\r\n250-PIPELINING\r\n250-  chunking\t1\r\n250 X\r\n"), OK_MAIL, EXPECT("RCPT"), STOP},
         LOST,
         "not_sent! not_sent"},
        {"garbage for RCPT",
         {GREET(CHUNKED), OK_MAIL, EXPECT("RCPT"), SEND("?\r\n"), DO(SCRIPT_QUIET), STOP},
         LOST,
         "not_sent! not_sent"},
        {"421 for RCPT",
         {GREET(CHUNKED), OK_MAIL, EXPECT("RCPT"), SEND("421 4.3.2 bye\r\n"), DO(SCRIPT_QUIET), STOP},
         LOST,
         "not_sent! not_sent"},
        {"451 for RCPT",
         {GREET(CHUNKED), OK_MAIL, EXPECT("RCPT"), SEND("451 4.7.1 greylisted\r\n"), EXPECT("RSET"),
          SEND("250 2.0.0 ok\r\n"), SERVE(CHUNKED), STOP},
         -1,
         "temporary accepted"},
        {"550 for RCPT",
         {GREET(CHUNKED), OK_MAIL, EXPECT("RCPT"), SEND("550 5.1.1 nobody\r\n"), EXPECT("RSET"),
          SEND("250 2.0.0 ok\r\n"), SERVE(CHUNKED), STOP},
         -1,
         "permanent accepted"},
        {"the first chunk refused",
         {UP_TO_LAST(CHUNKED), SEND("552 5.3.4 too much\r\n552 5.3.4 b\r\n552 5.3.4 c\r\n552 5.3.4 d\r\n"),
          SERVE(CHUNKED), STOP},
         -1,
         "permanent accepted"},
    };

    (void)state;
    play_rows(rows, G_N_ELEMENTS(rows), 2);
}

static void judges_the_envelope(void **state)
{
    static const Row rows[] = {
        {"421 at MAIL",
         {GREET(PIPED), EXPECT("MAIL"), SEND("421 4.3.2 bye\r\n"), DO(SCRIPT_QUIET), STOP},
         LOST,
         "not_sent! not_sent"},
        {"450 at MAIL",
         {GREET(PIPED), EXPECT("MAIL"), SEND("450 4.7.1 slow\r\n"), SERVE(PIPED), STOP},
         -1,
         "temporary accepted"},
        {"550 at MAIL",
         {GREET(PIPED), EXPECT("MAIL"), SEND("550 no\r\n"), DO(SCRIPT_QUIET), STOP},
         BREACH_ERROR_CONFIG,
         "not_sent! not_sent"},
        {"530 at MAIL",
         {GREET(PIPED), EXPECT("MAIL"), SEND("530 5.7.0 auth\r\n"), DO(SCRIPT_QUIET), STOP},
         BREACH_ERROR_CONFIG,
         "not_sent! not_sent"},
        {"policy at MAIL",
         {GREET(PIPED), EXPECT("MAIL"), SEND("554 5.7.1 no\r\n"), SERVE(PIPED), STOP},
         -1,
         "policy accepted"},
        {"354 at MAIL",
         {GREET(PIPED), EXPECT("MAIL"), SEND("354 hm\r\n"), DO(SCRIPT_QUIET), STOP},
         LOST,
         "not_sent! not_sent"},
        {"garbage at MAIL",
         {GREET(PIPED), EXPECT("MAIL"), SEND("?\r\n"), DO(SCRIPT_QUIET), STOP},
         LOST,
         "not_sent! not_sent"},
        {"no reply to MAIL", {GREET(PIPED), EXPECT("MAIL"), DO(SCRIPT_QUIET), STOP}, LOST, "not_sent! not_sent"},
        {"dropped at MAIL", {GREET(PIPED), EXPECT("MAIL"), STOP}, LOST, "not_sent! not_sent"},
        {"550 at RCPT, 554 at DATA",
         {GREET(PIPED), OK_MAIL, EXPECT("RCPT"), EXPECT("DATA"), SEND("550 5.1.1 nobody\r\n554 5.5.1 none\r\n"),
          SERVE(PIPED), STOP},
         -1,
         "permanent accepted"},
        {"451 at RCPT, 354 at DATA",
         {GREET(PIPED), OK_MAIL, EXPECT("RCPT"), EXPECT("DATA"), SEND("451 4.7.1 later\r\n354 go on\r\n"),
          EXPECT(".\r\n"), SEND("554 5.5.1 none\r\n"), SERVE(PIPED), STOP},
         -1,
         "temporary accepted"},
        {"550 at RCPT without pipelining",
         {GREET(PLAIN), OK_MAIL, EXPECT("RCPT"), SEND("550 5.1.1 nobody\r\n"), EXPECT("DATA"),
          SEND("554 5.5.1 none\r\n"), SERVE(PLAIN), STOP},
         -1,
         "permanent accepted"},
        {"421 at RCPT",
         {GREET(PIPED), OK_MAIL, EXPECT("RCPT"), SEND("421 4.3.2 bye\r\n"), DO(SCRIPT_DRAIN), STOP},
         LOST,
         "not_sent! not_sent"},
        {"garbage at RCPT",
         {GREET(PIPED), OK_MAIL, EXPECT("RCPT"), SEND("?\r\n"), DO(SCRIPT_DRAIN), STOP},
         LOST,
         "not_sent! not_sent"},
        {"421 at DATA",
         {GREET(PLAIN), OK_MAIL, OK_RCPT, EXPECT("DATA"), SEND("421 4.3.2 bye\r\n"), DO(SCRIPT_QUIET), STOP},
         LOST,
         "not_sent! not_sent"},
        {"451 at DATA",
         {GREET(PLAIN), OK_MAIL, OK_RCPT, EXPECT("DATA"), SEND("451 4.3.0 later\r\n"), SERVE(PLAIN), STOP},
         -1,
         "temporary accepted"},
        {"250 at DATA",
         {GREET(PLAIN), OK_MAIL, OK_RCPT, EXPECT("DATA"), SEND("250 2.0.0 ok\r\n"), DO(SCRIPT_QUIET), STOP},
         LOST,
         "not_sent! not_sent"},
        {"dropped at DATA", {GREET(PLAIN), OK_MAIL, OK_RCPT, EXPECT("DATA"), STOP}, LOST, "not_sent! not_sent"},
        {"dropped at the second MAIL",
         {UP_TO_DOT(PLAIN), SEND("250 2.0.0 ok\r\n"), EXPECT("MAIL"), STOP},
         LOST,
         "accepted not_sent!"},
        {"dropped at the second MAIL, with chunks",
         {UP_TO_LAST(CHUNKED), SEND(OK3 "250 2.0.0 ok\r\n"), EXPECT("MAIL"), STOP},
         LOST,
         "accepted not_sent!"},
    };

    (void)state;
    play_rows(rows, G_N_ELEMENTS(rows), 2);
}

/* Whether the last octets have gone is a race; that the outcome agrees with handing_over is not. */
static void doubts_only_what_was_handed_over(void **state)
{
    static const ScriptStep steps[] = {GREET(PLAIN),          OK_MAIL,          OK_RCPT, EXPECT("DATA"),
                                       SEND("354 go on\r\n"), DO(SCRIPT_RESET), STOP};

    (void)state;
    for (size_t size = 1; size < 10000000; size *= 100) {
        const ScriptStep *scripts[] = {steps, NULL};
        g_autoptr(SmtpScript) script = smtp_script_new(scripts, NULL);
        g_autoptr(Gateway) gateway = box_gateway("127.0.0.1", smtp_script_port(script));
        g_autoptr(Box) box = box_new(2, size);
        g_autofree char *results = NULL;

        assert_false(run(box, gateway, NULL));
        assert_null(smtp_script_join(script));
        results = box_results(box);
        assert_string_equal(results, box->handed[0] ? "in_doubt not_sent" : "not_sent! not_sent");
    }
}

static void judges_the_greeting(void **state)
{
    static const Row rows[] = {
        {"554 at the greeting",
         {SEND("554 5.7.1 blocked\r\n"), DO(SCRIPT_QUIET), STOP},
         BREACH_ERROR_CONFIG,
         "not_sent not_sent not_sent"},
        {"421 at the greeting",
         {SEND("421 4.3.2 busy\r\n"), DO(SCRIPT_QUIET), STOP},
         LOST,
         "not_sent not_sent not_sent"},
        {"garbage at the greeting", {SEND("hello\r\n"), DO(SCRIPT_QUIET), STOP}, LOST, "not_sent not_sent not_sent"},
        {"no greeting", {DO(SCRIPT_QUIET), STOP}, LOST, "not_sent not_sent not_sent"},
        {"dropped at the greeting", {STOP}, LOST, "not_sent not_sent not_sent"},
        {"550 at EHLO",
         {SEND("220 relay\r\n"), EXPECT("EHLO"), SEND("550 who\r\n"), DO(SCRIPT_QUIET), STOP},
         BREACH_ERROR_CONFIG,
         "not_sent not_sent not_sent"},
        {"451 at EHLO",
         {SEND("220 relay\r\n"), EXPECT("EHLO"), SEND("451 hm\r\n"), DO(SCRIPT_QUIET), STOP},
         LOST,
         "not_sent not_sent not_sent"},
        {"HELO",
         {SEND("220 relay\r\n"), EXPECT("EHLO"), SEND("502 what\r\n"), EXPECT("HELO"), SEND("250 relay\r\n"),
          SERVE(PLAIN), STOP},
         -1,
         "accepted accepted accepted"},
    };

    (void)state;
    play_rows(rows, G_N_ELEMENTS(rows), 3);
}

static void says_that_nobody_listens(void **state)
{
    static const ScriptStep *const scripts[] = {NULL};
    SmtpScript *script = smtp_script_new(scripts, NULL);
    g_autoptr(Gateway) gateway = box_gateway("127.0.0.1", smtp_script_port(script));
    g_autoptr(Box) box = box_new(1, 0);
    g_autoptr(GError) error = NULL;
    g_autofree char *results = NULL;

    (void)state;
    smtp_script_free(script);
    assert_false(run(box, gateway, &error));
    assert_true(g_error_matches(error, BREACH_ERROR, BREACH_ERROR_TEMPORARY));
    assert_non_null(strstr(error->message, "Connection refused"));
    results = box_results(box);
    assert_string_equal(results, "not_sent");
}

/* libESMTP begins the next message with what a refused BDAT left unread of the one before. */
static void never_mixes_two_messages(void **state)
{
    static const ScriptStep steps[] = {
        GREET(SLOW_CHUNKED),
        OK_MAIL,
        OK_RCPT,
        DO(SCRIPT_BDAT),
        SEND("552 too much\r\n"),
        EXPECT("RSET"),
        SEND("250 ok\r\n"),
        SERVE(SLOW_CHUNKED),
        STOP,
    };
    const ScriptStep *scripts[] = {steps, NULL};
    g_autoptr(SmtpScript) script = smtp_script_new(scripts, NULL);
    g_autoptr(Gateway) gateway = box_gateway("127.0.0.1", smtp_script_port(script));
    g_autoptr(Box) box = box_new(2, 2000);
    g_autofree char *second = g_strndup(box->messages[1].data, box->messages[1].size);
    g_autofree char *results = NULL;
    const ScriptRecord *record;
    const char *mail;

    (void)state;
    assert_true(run(box, gateway, NULL));
    assert_null(smtp_script_join(script));
    results = box_results(box);
    assert_string_equal(results, "permanent accepted");
    record = smtp_script_record(script, 0);
    assert_int_equal(record->mails->len, 1);
    mail = ((GString *)record->mails->pdata[0])->str;
    /* before it the script has kept the headers of the first, which it refused */
    assert_true(g_str_has_suffix(mail, second));
    assert_null(strstr(mail, "for person 0"));
}

/* The refusal may come between two chunks, and libESMTP then goes on with the wrong message. */
static void survives_a_chunk_refused_in_the_middle(void **state)
{
    static const ScriptStep steps[] = {GREET(CHUNKED),
                                       OK_MAIL,
                                       OK_RCPT,
                                       DO(SCRIPT_BDAT),
                                       SEND("250 ok\r\n"),
                                       DO(SCRIPT_BDAT),
                                       SEND("552 5.3.4 too much\r\n"),
                                       REFUSE("503 5.5.1 no\r\n"),
                                       SERVE(CHUNKED),
                                       STOP};
    const ScriptStep *scripts[] = {steps, NULL};

    (void)state;
    for (size_t size = 3000; size < 300000; size *= 3) {
        g_autoptr(SmtpScript) script = smtp_script_new(scripts, NULL);
        g_autoptr(Gateway) gateway = box_gateway("127.0.0.1", smtp_script_port(script));
        g_autoptr(Box) box = box_new(2, size);
        g_autofree char *second = g_strndup(box->messages[1].data, box->messages[1].size);
        g_autofree char *results = NULL;
        const GPtrArray *mails;

        assert_true(run(box, gateway, NULL));
        assert_null(smtp_script_join(script));
        results = box_results(box);
        assert_true(g_str_has_prefix(results, "temporary") || g_str_has_prefix(results, "permanent"));
        mails = smtp_script_record(script, 0)->mails;
        assert_int_equal(mails->len, g_str_has_suffix(results, " accepted"));
        if (mails->len)
            assert_string_equal(((GString *)mails->pdata[0])->str, second);
        else
            assert_true(g_str_has_suffix(results, " not_sent"));
    }
}

static void keeps_the_words_of_the_relay(void **state)
{
    static const struct {
        const char *reply, *text;
        int status_class, detail;
    } rows[] = {
        {"550 5.1.1 no such user\r\n", "no such user", 5, 1},
        {"550-5.1.1 no such\r\n550-5.1.1  user\r\n550 5.1.1 here\r\n", "no such user here", 5, 1},
        {"550 go away\r\n", "go away", 0, 0},
        {"550 \r\n", "", 0, 0},
        {"550 5.1.1 \xff\xfe \033[31mred\t\xc2\x85 bell\a\r\n", "\xef\xbf\xbd\xef\xbf\xbd [31mred bell", 5, 1},
        {"550 5.1.1 \xe6\xb2\xa1\xe6\x9c\x89\r\n", "\xe6\xb2\xa1\xe6\x9c\x89", 5, 1},
    };
    static const char *const extensions[] = {"250 relay\r\n", PLAIN};

    (void)state;
    for (size_t i = 0; i < 2 * G_N_ELEMENTS(rows); i++) {
        const ScriptStep steps[] = {
            GREET(extensions[i % 2]), OK_MAIL, EXPECT("RCPT"), SEND(rows[i / 2].reply), EXPECT("DATA"),
            SEND("554 none\r\n"),     QUIT};
        g_autoptr(Box) box = box_new(1, 0);

        play(box, steps, -1, "permanent");
        assert_string_equal(box->outcomes[0].text, rows[i / 2].text);
        assert_int_equal(box->outcomes[0].status.code, 550);
        assert_int_equal(box->outcomes[0].status.status_class, rows[i / 2].status_class);
        assert_int_equal(box->outcomes[0].status.detail, rows[i / 2].detail);
    }
}

static void cuts_long_words(void **state)
{
    g_autofree char *words = g_strnfill(300, 'x');
    g_autofree char *reply = g_strdup_printf("550-5.1.1 %s\r\n550 5.1.1 %s\xe4\xb8\xad\r\n", words, words);
    const ScriptStep steps[] = {GREET(PLAIN),         OK_MAIL, EXPECT("RCPT"), SEND(reply), EXPECT("DATA"),
                                SEND("554 none\r\n"), QUIT};
    g_autoptr(Box) box = box_new(1, 0);

    (void)state;
    play(box, steps, -1, "permanent");
    assert_int_equal(strlen(box->outcomes[0].text), 400);
}

/* ---- what we give ---- */

static void sends_nothing_the_caller_stops(void **state)
{
    static const char *const extensions[] = {PLAIN, PIPED, CHUNKED, SLOW_CHUNKED};

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(extensions); i++) {
        const ScriptStep steps[] = {SEND("220 relay\r\n"), SERVE(extensions[i]), STOP};
        const ScriptStep *scripts[] = {steps, NULL};
        g_autoptr(SmtpScript) script = smtp_script_new(scripts, NULL);
        g_autoptr(Gateway) gateway = box_gateway("127.0.0.1", smtp_script_port(script));
        g_autoptr(Box) box = box_new(4, 5000);
        g_autofree char *results = NULL;

        box->refuse = 1;
        assert_true(run(box, gateway, NULL));
        assert_null(smtp_script_join(script));
        results = box_results(box);
        assert_string_equal(results, "accepted not_sent not_sent not_sent");
        assert_int_equal(smtp_script_record(script, 0)->mails->len, 1);
        assert_false(box->handed[2]);
    }
}

static void lets_no_command_in(void **state)
{
    static const struct {
        const char *recipient, *return_path, *data;
    } rows[] = {
        {"a@x.org>\r\nRCPT TO:<victim@x.org", NULL, NULL},
        {"a@x.org\n", NULL, NULL},
        {"a b@x.org", NULL, NULL},
        {"<a@x.org>", NULL, NULL},
        {"", NULL, NULL},
        {"nobody", NULL, NULL},
        {"\xc3\xa4@x.org", NULL, NULL},
        {NULL, "b@x.org> SIZE=1\r\nDATA", NULL},
        {NULL, "b@x.org\tc", NULL},
        {NULL, NULL, "Subject: a\r\n\r\nline\n.\r\nMAIL FROM:<x@y>\r\n"},
        {NULL, NULL, "Subject: a\r\n\r\nline\r.\r\n"},
        {NULL, NULL, "Subject: a\r\n\r\nno end"},
        {NULL, NULL, "Subject: a\r\n\r\n"},
        {NULL, NULL, "Subject: a\r\n"},
    };
    static const ScriptStep *const scripts[] = {NULL};

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(SmtpScript) script = smtp_script_new(scripts, NULL);
        g_autoptr(Gateway) gateway = box_gateway("127.0.0.1", smtp_script_port(script));
        g_autoptr(Box) box = box_new(1, 0);
        ChannelMessage *message = &box->messages[0];
        g_autoptr(GError) error = NULL;
        g_autofree char *results = NULL;

        if (rows[i].recipient) {
            g_free((char *)message->recipient);
            message->recipient = g_strdup(rows[i].recipient);
        }
        if (rows[i].return_path) {
            g_free((char *)message->return_path);
            message->return_path = g_strdup(rows[i].return_path);
        }
        if (rows[i].data) {
            message->data = rows[i].data;
            message->size = strlen(rows[i].data);
        }
        assert_false(run(box, gateway, &error));
        assert_true(g_error_matches(error, BREACH_ERROR, BREACH_ERROR_INTERNAL));
        assert_null(smtp_script_join(script));
        assert_int_equal(smtp_script_connections(script), 0);
        results = box_results(box);
        assert_string_equal(results, "not_sent!");
    }
}

static void goes_on_after_a_bad_message(void **state)
{
    static const ScriptStep steps[] = {SEND("220 relay\r\n"), SERVE(PLAIN), STOP};
    g_autoptr(Box) box = box_new(4, 0);

    (void)state;
    g_free((char *)box->messages[1].recipient);
    box->messages[1].recipient = g_strdup("a@x.org>\r\nRCPT TO:<b@x.org");
    play(box, steps, BREACH_ERROR_INTERNAL, "accepted not_sent! - -");
}

static void notices_that_headers_would_change(void **state)
{
    static const ScriptStep steps[] = {SEND("220 relay\r\n"), SERVE(PLAIN), STOP};
    static const char data[] = "Message-ID: <a@b>\r\nFrom: <a@b.org>\r\nTo: <c@d.org>\r\n\r\nno date\r\n";
    g_autoptr(Box) box = box_new(1, 0);

    (void)state;
    box->messages[0].data = data;
    box->messages[0].size = strlen(data);
    play(box, steps, BREACH_ERROR_INTERNAL, "not_sent!");
}

/* libESMTP drops what it could not write in time and goes on; a relay that wakes up must not accept the rest. */
static void leaves_no_hole_in_a_message(void **state)
{
    static const ScriptStep steps[] = {GREET(PLAIN),          OK_MAIL,     OK_RCPT,          EXPECT("DATA"),
                                       SEND("354 go on\r\n"), PAUSE(1500), DO(SCRIPT_DRAIN), STOP};
    const ScriptStep *scripts[] = {steps, NULL};
    g_autoptr(SmtpScript) script = smtp_script_new(scripts, NULL);
    g_autoptr(Gateway) gateway = box_gateway("127.0.0.1", smtp_script_port(script));
    g_autoptr(Box) box = box_new(1, 16000000);
    g_autofree char *results = NULL;
    const GString *rest;

    (void)state;
    gateway->timeouts.transfer = 1000;
    assert_false(run(box, gateway, NULL));
    assert_null(smtp_script_join(script));
    results = box_results(box);
    assert_string_equal(results, "not_sent!");
    rest = smtp_script_record(script, 0)->rest;
    assert_true(rest->len > 100000);
    assert_null(g_strstr_len(rest->str + rest->len - 10, 10, "\r\n.\r\n"));
    assert_false(box->handed[0]);
}

/* ---- the queue ---- */

static void keeps_two_ahead_at_most(void **state)
{
    static const ScriptStep steps[] = {SEND("220 relay\r\n"), SERVE(CHUNKED), STOP};
    g_autoptr(Box) box = box_new(20, 0);

    (void)state;
    play(box, steps, -1,
         "accepted accepted accepted accepted accepted accepted accepted accepted accepted accepted "
         "accepted accepted accepted accepted accepted accepted accepted accepted accepted accepted");
    assert_int_equal(box->most_ahead, 3);
    assert_int_equal(box->waits_while_busy, 0);
}

static void waits_only_when_nothing_is_queued(void **state)
{
    static const ScriptStep steps[] = {SEND("220 relay\r\n"), SERVE(PIPED), STOP};
    g_autoptr(Box) box = box_new(5, 0);

    (void)state;
    box->hides_unless_waiting = true;
    play(box, steps, -1, "accepted accepted accepted accepted accepted");
    assert_int_equal(box->most_ahead, 1);
    assert_int_equal(box->waits_while_busy, 0);
}

/* DATA refused with nothing queued: libESMTP ends the session, and nothing may be pulled in vain. */
static void pulls_nothing_in_vain(void **state)
{
    static const ScriptStep steps[] = {GREET(PLAIN), OK_MAIL, OK_RCPT, EXPECT("DATA"), SEND("451 4.3.0 later\r\n"),
                                       QUIT};
    g_autoptr(Box) box = box_new(2, 0);

    (void)state;
    box->hides_unless_waiting = true;
    play(box, steps, -1, "temporary -");
}

static void wait_until_the_relay_has_gone(Box *box, size_t index)
{
    (void)box;
    if (index)
        g_usleep(300000);
}

static void offers_nothing_to_a_relay_that_has_gone(void **state)
{
    static const ScriptStep steps[] = {UP_TO_DOT(PLAIN), SEND("250 2.0.0 ok\r\n"), PAUSE(100), STOP};
    g_autoptr(Box) box = box_new(2, 0);

    (void)state;
    box->hides_unless_waiting = true;
    box->on_wait = wait_until_the_relay_has_gone;
    play(box, steps, -1, "accepted not_sent");
}

static void bounds_a_session(void **state)
{
    static const ScriptStep steps[] = {SEND("220 relay\r\n"), SERVE(PIPED), STOP};
    const ScriptStep *scripts[] = {steps, NULL};
    g_autoptr(SmtpScript) script = smtp_script_new(scripts, NULL);
    g_autoptr(Gateway) gateway = box_gateway("127.0.0.1", smtp_script_port(script));
    g_autoptr(Box) box = box_new(10, 0);
    g_autofree char *results = NULL;

    (void)state;
    gateway->session = 4;
    assert_true(run(box, gateway, NULL));
    results = box_results(box);
    assert_string_equal(results, "accepted accepted accepted accepted - - - - - -");
    assert_true(run(box, gateway, NULL));
    assert_true(run(box, gateway, NULL));
    assert_true(run(box, gateway, NULL)); /* nothing left: no connection */
    assert_null(smtp_script_join(script));
    assert_int_equal(smtp_script_connections(script), 3);
}

/* ---- the socket ---- */

static int connected_to(int port)
{
    DIR *folder = opendir("/proc/self/fd");
    struct dirent *entry;
    int found = -1;

    while ((entry = readdir(folder))) {
        struct sockaddr_in peer = {0};
        socklen_t size = sizeof peer;
        int fd = (int)strtol(entry->d_name, NULL, 10);

        if (getpeername(fd, (struct sockaddr *)&peer, &size) == 0 && ntohs(peer.sin_port) == port)
            found = fd;
    }
    closedir(folder);
    return found;
}

static void look_at_socket(Box *box, size_t index)
{
    int value = 0;
    socklen_t size = sizeof value;

    (void)index;
    assert_return_code(getsockopt(connected_to(*(int *)box->user), IPPROTO_TCP, TCP_NODELAY, &value, &size), 0);
    assert_int_equal(value, 1);
}

static void does_not_delay(void **state)
{
    static const ScriptStep steps[] = {SEND("220 relay\r\n"), SERVE(PIPED), STOP};
    const ScriptStep *scripts[] = {steps, NULL};
    g_autoptr(SmtpScript) script = smtp_script_new(scripts, NULL);
    int port = smtp_script_port(script);
    g_autoptr(Gateway) gateway = box_gateway("127.0.0.1", port);
    g_autoptr(Box) box = box_new(1, 0);
    struct sigaction action;

    (void)state;
    box->on_handing = look_at_socket;
    box->user = &port;
    assert_true(run(box, gateway, NULL));
    assert_true(box->handed[0]);
    sigaction(SIGPIPE, NULL, &action);
    assert_ptr_equal(action.sa_handler, SIG_IGN);
}

#define THREADS 16
#define ROUNDS  8

typedef struct Sister {
    pthread_t thread;
    pthread_barrier_t *start;
    Gateway *gateway;
    char *wrong;     /* or NULL */
    bool is_stopped; /* its second message is refused by handing_over */
} Sister;

static void *run_sister(void *user)
{
    Sister *sister = user;

    pthread_barrier_wait(sister->start);
    for (size_t round = 0; round < ROUNDS && !sister->wrong; round++) {
        g_autoptr(Box) box = box_new(3, 0);
        g_autofree char *results = NULL;

        box->refuse = sister->is_stopped ? 1 : BOX_MAX;
        run(box, sister->gateway, NULL);
        results = box_results(box);
        if (strcmp(results, sister->is_stopped ? "accepted not_sent not_sent" : "accepted accepted accepted") != 0)
            sister->wrong = g_steal_pointer(&results);
    }
    return NULL;
}

/* Half of the sessions shut their socket down. If one took a sister's for its own, a sister would lose a message, and
 * its own second message would arrive. */
static void knows_its_socket_among_many(void **state)
{
    static const ScriptStep steps[] = {SEND("220 relay\r\n"), SERVE(PIPED), STOP};
    const ScriptStep *scripts[] = {steps, NULL};
    g_autoptr(SmtpScript) script = smtp_script_new(scripts, NULL);
    Sister sisters[THREADS] = {0};
    pthread_barrier_t start;
    size_t mails = 0;

    (void)state;
    pthread_barrier_init(&start, NULL, THREADS);
    for (size_t i = 0; i < THREADS; i++) {
        sisters[i] = (Sister){.start = &start, .is_stopped = i % 2 == 0};
        sisters[i].gateway = box_gateway(i % 3 ? "127.0.0.1" : "localhost", smtp_script_port(script));
        pthread_create(&sisters[i].thread, NULL, run_sister, &sisters[i]);
    }
    for (size_t i = 0; i < THREADS; i++) {
        pthread_join(sisters[i].thread, NULL);
        if (sisters[i].wrong)
            fail_msg("session %zu: %s", i, sisters[i].wrong);
        gateway_free(sisters[i].gateway);
    }
    pthread_barrier_destroy(&start);
    assert_null(smtp_script_join(script));
    for (size_t i = 0; i < smtp_script_connections(script); i++)
        mails += smtp_script_record(script, i)->mails->len;
    assert_int_equal(mails, ROUNDS * THREADS / 2 * (3 + 1));
}

#ifdef BREACH_FAULTS
static void sends_nothing_on_a_socket_it_does_not_know(void **state)
{
    static const ScriptStep steps[] = {GREET(PIPED), DO(SCRIPT_QUIET), STOP};
    static const ScriptStep tempting[] = {GREET("250-relay\r\n250-AUTH PLAIN\r\n250 STARTTLS\r\n"), EXPECT("STARTTLS"),
                                          SEND("220 go on\r\n"), DO(SCRIPT_DRAIN), STOP};
    g_autoptr(Box) box = box_new(2, 0);
    g_autoptr(Box) second = box_new(2, 0);

    (void)state;
    setenv("BREACH_FAULT_FAIL", "smtp-socket", 1);
    play(box, steps, BREACH_ERROR_TEMPORARY, "not_sent not_sent");
    play(second, tempting, BREACH_ERROR_TEMPORARY, "not_sent not_sent");
    unsetenv("BREACH_FAULT_FAIL");
}
#endif

static void refuses_gateways_it_cannot_speak_to(void **state)
{
    static const struct {
        const char *host, *helo;
        int port;
    } rows[] = {
        {"relay.example", NULL, 25},          {"[::1]", NULL, 25},
        {"127.0.0.1:25", NULL, 25},           {"local host", NULL, 25},
        {"127.0.0.1", "a\r\nMAIL FROM:", 25}, {"127.0.0.1", NULL, 0},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Gateway) gateway = box_gateway(rows[i].host, rows[i].port);
        g_autoptr(Box) box = box_new(1, 0);
        g_autoptr(GError) error = NULL;

        gateway->helo = g_strdup(rows[i].helo);
        assert_false(run(box, gateway, &error));
        assert_true(g_error_matches(error, BREACH_ERROR, BREACH_ERROR_CONFIG));
        assert_int_equal(box->given, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sends_messages_as_they_are),
        cmocka_unit_test(asks_for_reports_where_they_are_offered),
        cmocka_unit_test(knows_a_doubt_from_a_refusal),
        cmocka_unit_test(knows_a_doubt_from_a_refusal_with_chunks),
        cmocka_unit_test(judges_the_envelope),
        cmocka_unit_test(doubts_only_what_was_handed_over),
        cmocka_unit_test(judges_the_greeting),
        cmocka_unit_test(says_that_nobody_listens),
        cmocka_unit_test(never_mixes_two_messages),
        cmocka_unit_test(survives_a_chunk_refused_in_the_middle),
        cmocka_unit_test(keeps_the_words_of_the_relay),
        cmocka_unit_test(cuts_long_words),
        cmocka_unit_test(sends_nothing_the_caller_stops),
        cmocka_unit_test(lets_no_command_in),
        cmocka_unit_test(goes_on_after_a_bad_message),
        cmocka_unit_test(notices_that_headers_would_change),
        cmocka_unit_test(leaves_no_hole_in_a_message),
        cmocka_unit_test(keeps_two_ahead_at_most),
        cmocka_unit_test(waits_only_when_nothing_is_queued),
        cmocka_unit_test(pulls_nothing_in_vain),
        cmocka_unit_test(offers_nothing_to_a_relay_that_has_gone),
        cmocka_unit_test(bounds_a_session),
        cmocka_unit_test(does_not_delay),
        cmocka_unit_test(knows_its_socket_among_many),
#ifdef BREACH_FAULTS
        cmocka_unit_test(sends_nothing_on_a_socket_it_does_not_know),
#endif
        cmocka_unit_test(refuses_gateways_it_cannot_speak_to),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
