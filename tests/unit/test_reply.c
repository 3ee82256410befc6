/* SMTP replies: reading them, what they mean where they came, and in plain words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "model/reply.h"

static void test_parse(void **unused)
{
    static const struct {
        const char *line;
        ReplyStatus status;
        const char *text;
    } rows[] = {
        {"250 2.0.0 Ok: queued as 4F2", {250, 2, 0, 0}, "Ok: queued as 4F2"},
        {"550 5.1.1 no such user", {550, 5, 1, 1}, "no such user"},
        {"550 5.7.26 unauthenticated", {550, 5, 7, 26}, "unauthenticated"},
        {"550 5.999.999 x", {550, 5, 999, 999}, "x"},
        {"421", {421, 0, 0, 0}, ""},
        {"421 ", {421, 0, 0, 0}, ""},
        {"450 4.2.0", {450, 4, 2, 0}, ""},
        {"354 End data with <CR><LF>.<CR><LF>", {354, 0, 0, 0}, "End data with <CR><LF>.<CR><LF>"},
        {"550-5.1.1 first\r\n550 5.1.1 second", {550, 5, 1, 1}, "first\r\n550 5.1.1 second"},
        {"250-mx.example.com\r\n250 SIZE", {250, 0, 0, 0}, "mx.example.com\r\n250 SIZE"},
        {"550\r\n", {550, 0, 0, 0}, "\r\n"},
        {"550 #5.1.0 Address rejected", {550, 5, 1, 0}, "Address rejected"},
        {"550 5.1.1: unknown", {550, 5, 1, 1}, "unknown"},
        /* No enhanced codes: */
        {"550 5.1 users", {550, 0, 0, 0}, "5.1 users"},
        {"550 5.1.1.2 version", {550, 0, 0, 0}, "5.1.1.2 version"},
        {"550 3.1.1 class", {550, 0, 0, 0}, "3.1.1 class"},
        {"550 5.1000.1 long", {550, 0, 0, 0}, "5.1000.1 long"},
        {"550 5.1.1000 long", {550, 0, 0, 0}, "5.1.1000 long"},
        {"550 5.1.1x", {550, 0, 0, 0}, "5.1.1x"},
        {"550 User not found: a@b", {550, 0, 0, 0}, "User not found: a@b"},
    };

    (void)unused;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        ReplyStatus status = {0};
        const char *text = NULL;

        assert_true(reply_parse(rows[i].line, &status, &text));
        if (memcmp(&status, &rows[i].status, sizeof status) != 0)
            fail_msg("%s: %d %d.%d.%d", rows[i].line, status.code, status.status_class, status.subject, status.detail);
        assert_string_equal(text, rows[i].text);
        assert_true(reply_parse(rows[i].line, &status, NULL));
    }
}

static void test_parse_refuses(void **unused)
{
    static const char *const lines[] = {"",       "2",      "25",      "250x",    "2500 Ok",         "199 Ok",
                                        "600 Ok", "000 Ok", " 250 Ok", "-250 Ok", "HTTP/1.1 200 OK", "2a0 Ok"};

    (void)unused;
    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
        ReplyStatus status = {.code = 7};

        if (reply_parse(lines[i], &status, NULL))
            fail_msg("taken for a reply: %s", lines[i]);
        assert_int_equal(status.code, 7);
    }
}

/* One letter for each of CONNECT, MAIL, RCPT, DATA, END. */
static void test_classify(void **unused)
{
    static const struct {
        const char *reply;
        const char *classes;
    } rows[] = {
        {"250 2.1.5 Ok", "aaaaa"},
        {"251 will forward", "aaaaa"},
        {"252 cannot verify", "aaaaa"},
        {"250 5.1.1 nonsense", "aaaaa"},
        {"354 go on", "sssss"},
        {"334 go on", "sssss"},
        /* temporary */
        {"450 4.2.1 greylisted", "stttt"},
        {"450 busy", "stttt"},
        {"451 4.7.1 greylisted", "stttt"},
        {"452 4.2.2 full", "stttt"},
        {"455 parameters", "stttt"},
        {"499 unknown", "stttt"},
        {"450 5.1.1 the code wins", "stttt"},
        {"451 5.7.1 the code wins", "stttt"},
        {"550 4.2.1 the class wins", "stttt"},
        {"554 4.7.1 the class wins", "stttt"},
        /* the session */
        {"421", "sssss"},
        {"421 4.7.0 too many errors", "sssss"},
        {"421 5.7.1 blocked", "sssss"},
        {"432 4.7.12 password", "sssss"},
        {"454 4.7.0 TLS not available", "ssttt"},
        {"500", "sssss"},
        {"501", "sssss"},
        {"502 5.5.1 command", "sssss"},
        {"503 5.5.1 sequence", "sssss"},
        {"500 5.3.0 Error: command failed", "sssss"},
        {"504", "sssss"},
        {"504 5.5.2 not qualified", "sssss"},
        {"521 5.3.2 no mail here", "sssss"},
        {"530 5.7.0 STARTTLS first", "sssss"},
        {"534 5.7.9", "sssss"},
        {"535 5.7.8", "sssss"},
        {"535 5.7.1", "sssss"},
        {"538 5.7.11", "sssss"},
        {"550 5.7.8 credentials", "sssss"},
        {"550 5.7.13 disabled", "sssss"},
        {"554 5.5.1 no valid recipients", "sssss"},
        {"555 5.5.4 parameter", "sssss"},
        /* the address */
        {"550", "ssPpp"},
        {"550 5.0.0 says nothing", "ssPpp"},
        {"550 2.1.5 nonsense", "ssPpp"},
        {"551", "ssPtt"}, /* Postfix, to the BDAT after one that it refused */
        {"552", "ssPPP"},
        {"553", "ssPPP"},
        {"556", "ssPPP"},
        {"550 5.1.0", "ssPPP"},
        {"550 5.1.1", "ssPPP"},
        {"550 5.1.2", "ssPPP"},
        {"501 5.1.3 bad recipient", "ssPPP"},
        {"551 5.1.6 moved", "ssPPP"},
        {"556 5.1.10 null MX", "ssPPP"},
        {"550 5.1.99 new", "ssPPP"},
        {"550 5.2.1 disabled", "ssPPP"},
        {"552 5.2.2 full", "ssPPP"},
        {"552 5.3.4 too big", "ssPPP"},
        {"550 5.4.1 recipient refused", "ssPPP"},
        {"550 5.4.4 no route", "ssPPP"},
        {"550 5.5.0 mailbox unavailable", "ssPPP"},
        {"550 5.7.17 new owner", "ssPPP"},
        /* us */
        {"554", "ssppp"},
        {"554 5.0.0", "ssppp"},
        {"571 blocked", "ssppp"},
        {"599 unknown", "ssppp"},
        {"550 5.1.8 sender", "ssppp"},
        {"553 5.1.7 sender", "ssppp"},
        {"554 5.3.2 takes nothing", "ssppp"},
        {"554 5.6.0 content", "ssppp"},
        {"554 5.7.1 spam", "spppp"},
        {"550 5.7.1 blocked", "spppp"},
        {"550 5.7.26 SPF and DKIM", "spppp"},
        {"552 5.7.0 attachment", "spppp"},
        {"550 5.7.999 new", "spppp"},
        {"550 5.8.1 no such subject", "ssPpp"},
    };
    static const char letters[] = {[REPLY_ACCEPTED] = 'a',
                                   [REPLY_TEMPORARY] = 't',
                                   [REPLY_PERMANENT] = 'P',
                                   [REPLY_POLICY] = 'p',
                                   [REPLY_SESSION] = 's'};

    (void)unused;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        ReplyStatus status;

        assert_true(reply_parse(rows[i].reply, &status, NULL));
        for (int stage = REPLY_AT_CONNECT; stage <= REPLY_AT_END; stage++) {
            char letter = letters[reply_classify(status, (ReplyStage)stage)];

            if (letter != rows[i].classes[stage])
                fail_msg("%s at stage %d is %c", rows[i].reply, stage, letter);
        }
    }
}

/* Over every code: no refusal passes for an acceptance, and no 4xx for something final. */
static void test_classify_everything(void **unused)
{
    (void)unused;
    for (int code = 0; code < 1000; code++) {
        for (int status_class = 0; status_class < 6; status_class++) {
            for (int subject = 0; subject < 9; subject++) {
                for (int stage = REPLY_AT_CONNECT; stage <= REPLY_AT_END; stage++) {
                    ReplyStatus status = {code, status_class, subject, 1};
                    ReplyClass found = reply_classify(status, (ReplyStage)stage);

                    assert_int_equal(found == REPLY_ACCEPTED, code / 100 == 2);
                    if (code / 100 == 4)
                        assert_true(found == REPLY_TEMPORARY || found == REPLY_SESSION);
                    if (found == REPLY_PERMANENT || found == REPLY_POLICY)
                        assert_true(code / 100 == 5 && status_class != 4 && stage != REPLY_AT_CONNECT);
                    if (stage == REPLY_AT_MAIL)
                        assert_int_not_equal(found, REPLY_PERMANENT);
                }
            }
        }
    }
}

static void test_no_reply(void **unused)
{
    (void)unused;
    for (int stage = REPLY_AT_CONNECT; stage <= REPLY_AT_END; stage++)
        assert_int_equal(reply_classify((ReplyStatus){0}, (ReplyStage)stage), REPLY_SESSION);
    assert_string_equal(reply_meaning((ReplyStatus){0}), "no reply");
}

static void test_meaning(void **unused)
{
    static const struct {
        ReplyStatus status;
        const char *meaning;
    } rows[] = {
        {{250, 2, 0, 0}, "accepted"},
        {{250, 2, 7, 1}, "accepted"},
        {{550, 5, 1, 1}, "no such mailbox"},
        {{0, 5, 1, 1}, "no such mailbox"}, /* from a bounce, which may have no reply code */
        {{452, 4, 2, 2}, "mailbox full"},
        {{556, 5, 1, 10}, "the domain takes no mail (null MX)"},
        {{550, 5, 1, 77}, "address refused"},
        {{550, 5, 7, 1}, "delivery not authorised, refused by policy"},
        {{550, 5, 7, 26}, "several authentication checks failed"},
        {{550, 5, 0, 0}, "mailbox unavailable"},
        {{550, 0, 0, 0}, "mailbox unavailable"},
        {{450, 0, 0, 0}, "mailbox busy or refused for now"},
        {{421, 0, 0, 0}, "service not available for now"},
        {{535, 0, 0, 0}, "user name or password not accepted"},
        {{577, 0, 0, 0}, "refused for good"},
        {{477, 0, 0, 0}, "refused for now"},
        {{354, 0, 0, 0}, "asked to go on"},
        {{0, 2, 0, 0}, "accepted"},
        {{0, 4, 0, 0}, "refused for now"},
    };

    (void)unused;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        assert_string_equal(reply_meaning(rows[i].status), rows[i].meaning);
}

/* Every code of RFC 3463 and of the registry has words of its own, lower case but for names, without a full stop. */
static void test_meaning_covers_registry(void **unused)
{
    static const int details[] = {[1] = 10, [2] = 4, [3] = 6, [4] = 7, [5] = 6, [6] = 10, [7] = 30};

    (void)unused;
    for (int code = -1; code < 1000; code++)
        assert_non_null(reply_meaning((ReplyStatus){.code = code}));
    for (int subject = 1; subject < (int)G_N_ELEMENTS(details); subject++) {
        for (int detail = 1; detail <= details[subject]; detail++) {
            const char *words = reply_meaning((ReplyStatus){500, 5, subject, detail});
            const char *general = reply_meaning((ReplyStatus){500, 5, subject, 999});

            assert_string_not_equal(words, general);
            assert_true(*words && words[strlen(words) - 1] != '.');
            assert_ptr_equal(words, reply_meaning((ReplyStatus){400, 4, subject, detail}));
        }
    }
}

static void test_class_names(void **unused)
{
    (void)unused;
    assert_string_equal(reply_class_name(REPLY_ACCEPTED), "accepted");
    assert_string_equal(reply_class_name(REPLY_TEMPORARY), "temporary");
    assert_string_equal(reply_class_name(REPLY_PERMANENT), "permanent");
    assert_string_equal(reply_class_name(REPLY_POLICY), "policy");
    assert_string_equal(reply_class_name(REPLY_SESSION), "session");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_parse_refuses),
        cmocka_unit_test(test_classify),
        cmocka_unit_test(test_classify_everything),
        cmocka_unit_test(test_no_reply),
        cmocka_unit_test(test_meaning),
        cmocka_unit_test(test_meaning_covers_registry),
        cmocka_unit_test(test_class_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
