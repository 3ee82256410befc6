/* What mail systems say in words, and the codes beside them: each wording has a phrase of its own here, and each row of
 * the table is reached by one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "track/bounce_code.h"
#include "track/bounce_pattern.h"

static const struct {
    const char *said;
    const char *id; /* of the row; NULL: no row may match */
} phrases[] = {
    {"450 4.7.1 You are hitting our rate limit, slow down", "rate-limit"},
    {"550 Ip frequency limited", "rate-limit"},
    {"421 too many connections from your host", "too-many"},
    {"550 5.4.5 Daily sending quota for your account was exceeded", "sending-quota"},
    {"552 5.2.2 Too many messages in mailbox", "mailbox-full"},
    {"452 4.2.2 user a@example.com has too many messages on the server", "mailbox-full"},
    {"421 4.7.0 too many messages in this session", "too-many"},
    {"550 5.2.1 This mailbox has been blocked due to inactivity", "mailbox-closed"},
    {"550 Account a@example.com blocked by administrator", "mailbox-closed"},
    {"550 5.2.1 Recipient account suspended for sending spam", "mailbox-closed"},
    {"554 5.7.1 <a@example.com>: Recipient address rejected: blocked using bl.example", "block-list"},
    {"550 5.7.1 a@example.com does not accept mail from you", "filtered"},
    {"550 5.7.26 mail from example.com does not pass DMARC", "sender-authentication"},
    {"550 MI:SPF 163 smtp1 example", "sender-authentication"},
    {"信件被收件方服务器拒绝：SPF校验失败", "sender-authentication"},
    {"554 MI:STC 发件人当天内累计邮件数量超过限制", "rate-limit"},
    {"550 RP:TRL smtp1 example", "rate-limit"},
    {"554 MI:SPB 163 mx1 example", "block-list"},
    {"554 HL:IHU 126 mx1 example", "block-list"},
    {"550 MI:IMF 163 mx1 example", "sender-refused"},
    {"559 Invalid rcptto [@sm000000]", "no-user-here"},
    {"收件人帐户异常，已被限制收信", "account-disabled"},
    {"由于对方邮箱服务器无法连接，邮件投递失败", "network"},
    {"554 5.7.1 Client host rejected: cannot find your hostname, [192.0.2.1]", "reverse-dns"},
    {"550 your mail server has no PTR record", "reverse-dns"},
    {"550 5.7.1 HELO command rejected: need fully-qualified hostname", "greeting-name"},
    {"550 message holds a blacklisted URL (example.net)", "listed-link"},
    {"552 5.7.0 a virus was found in your message", "virus"},
    {"550 5.1.8 <a@example.com>: Sender address rejected: Domain not found", "sender-refused"},
    {"553 5.1.8 Domain of sender address a@example.com does not exist", "sender-refused"},
    {"550 5.1.10 the domain example.com has a null MX", "takes-no-mail"},
    {"Sorry, I couldn't find a mail exchanger or IP address. (#5.4.4)", "takes-no-mail"},
    {"550 Host unknown", "no-host"},
    {"host or domain name not found. Name service error for name=x.example type=A: Host not found", "no-host"},
    {"all relevant MX records point to non-existent hosts or (invalidly) to IP addresses", "no-host"},
    {"the account or domain may not exist, they may be blacklisted", "no-account-or-domain"},
    {"refused due to recipient preferences", "recipient-preferences"},
    {"553 sorry, your envelope recipient is in my badrcptto list (#5.7.1)", "no-user-here"},
    {"550 a is not a mailbox here", "no-user-here"},
    {"550 The recipient cannot be verified. Please check all recipients of this message", "no-user-here"},
    {"554 RCPT (a@example.com) dosn't exist", "no-user"},
    {"This is the mail system at host mx.example.net. The mail system", NULL},
    {"550 no existe ese usuario", "no-user-here"},
    {"550 the sender's address is not valid", "sender-refused"},
    {"550 sender domain must resolve", "sender-refused"},
    {"O endereço de e-mail não foi encontrado", "no-user"},
    {"Użytkownik nieznany", "no-user"},
    {"Die Adresse existiert nicht", "no-user"},
    {"550 查無此收件者", "no-user-cjk"},
    {"550 존재하지 않는 사용자입니다", "no-user-cjk"},
    {"收件人信箱已滿", "mailbox-full"},
    {"554 5.7.1 Service unavailable; client [192.0.2.7] blocked using dnsbl.example", "block-list"},
    {"550 your IP is on our block list", "block-list"},
    {"550 5.7.1 Client host [192.0.2.9] was rejected", "host-refused"},
    {"554 ESMTP not accepting connections", "no-service"},
    {"421 4.7.0 [TSS04] temporarily deferred because of user complaints", "reputation"},
    {"550 5.7.1 the sending domain has a very low reputation", "reputation"},
    {"550 Mail content denied", "spam"},
    {"554 DT:SPM 126 smtp", "spam"},
    {"You are not a member of this list", "list-closed"},
    {"554 5.7.1 <a@example.com>: Relay access denied", "relaying"},
    {"553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)", "relaying"},
    {"530 5.7.0 Authentication required", "relay-login"},
    {"554 5.4.6 too many hops", "hop-count"},
    {"Host or domain name not found. Name service error for name=x.example type=MX: Host not found, try again",
     "name-server"},
    {"452 4.3.1 Insufficient system storage", "system-full"},
    {"552 5.3.4 Message size exceeds fixed limit", "too-big"},
    {"550 5.2.3 RESOLVER.RST.RecipSizeLimit; message too large for this recipient", "too-big"},
    {"552 5.2.2 <a@example.com> over quota", "mailbox-full"},
    {"452 4.2.2 The email account that you tried to reach is over quota", "mailbox-full"},
    {"550 5.2.2 STOREDRV.Deliver: mailbox full", "mailbox-full"},
    {"550 对方邮箱已满", "mailbox-full"},
    {"550 5.2.1 The email account that you tried to reach is disabled", "account-disabled"},
    {"554 mailbox is inactive", "account-disabled"},
    {"550 5.0.0 On hold", "on-hold"},
    {"551 5.1.6 recipient has moved, ask for the new one", "moved"},
    {"Command died with status 1: \"/usr/bin/procmail\"", "local-delivery"},
    {"550 5.4.1 Recipient address rejected: Access denied [x.prod.protection.outlook.com]", "no-user-outlook"},
    {"550 : User unknown", "no-user-empty"},
    {"550 5.1.1 <a@example.com>: Recipient address rejected: User unknown in virtual mailbox table", "no-user"},
    {"550-5.1.1 The email account that you tried to reach does not exist", "no-user"},
    {"550 No such user here", "no-user"},
    {"550 User not found: a@example.com", "no-user"},
    {"550 Mailbox not found", "no-user"},
    {"Unrouteable address", "no-user"},
    {"550 Utilisateur inconnu", "no-user"},
    {"550 Benutzer existiert nicht", "no-user"},
    {"Sorry, no mailbox here by that name. (#5.1.1)", "no-user-words"},
    {"554 This person doesn't have an example.com account (a@example.com) [0]", "no-user-words"},
    {"The name is not recognized", "no-user-words"},
    {"550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup", "no-user"},
    {"550 用户不存在", "no-user-cjk"},
    {"550 ユーザーが見つかりません", "no-user-cjk"},
    {"550 5.2.0 Message filtered", "filtered"},
    {"550 5.7.1 Access denied", "policy"},
    {"550 5.7.1 Messages with multiple addresses in From:", "content"},
    {"451 4.7.1 Greylisted, see the page of our postmaster", "greylisted"},
    {"550 5.5.0 Requested action not taken: mailbox unavailable", "mailbox-unavailable"},
    {"connect to mx.example.net[192.0.2.1]:25: Connection refused", "network"},
    {"retry timeout exceeded", "expired"},
    {"450 4.2.0 please try again later", "try-later"},
    {"503 Improper sequence of commands", "protocol"},
    {"451 temporary failure", "system"},
    /* names of mailboxes and links decide nothing */
    {"<mailbox-full@spam.example> https://virus.example/quota-exceeded", NULL},
    {"Hello, the numbers of the quarter are attached.", NULL},
    {"550", NULL},
};

static const BouncePattern *find(const char *said)
{
    g_autofree char *prepared = bounce_pattern_prepare(said);
    const BouncePattern *row = bounce_pattern_find(prepared, BOUNCE_WORDS_WIN);

    return row ? row : bounce_pattern_find(prepared, BOUNCE_CODE_WINS);
}

static void test_phrases(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < G_N_ELEMENTS(phrases); i++) {
        const BouncePattern *row = find(phrases[i].said);

        if (g_strcmp0(row ? row->id : NULL, phrases[i].id) != 0)
            fail_msg("%s: %s", phrases[i].said, row ? row->id : "nothing");
    }
}

static void test_rows(void **unused)
{
    g_autoptr(GHashTable) ids = g_hash_table_new(g_str_hash, g_str_equal);
    const BouncePattern *row;

    (void)unused;
    for (size_t i = 0; (row = bounce_pattern_at(i)) != NULL; i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GRegex) expression = g_regex_new(row->expression, 0, 0, &error);
        bool is_reached = false;

        if (!expression)
            fail_msg("%s: %s", row->id, error->message);
        assert_true(g_hash_table_add(ids, (gpointer)row->id));
        assert_true(strlen(row->source) > 3);
        for (size_t phrase = 0; phrase < G_N_ELEMENTS(phrases); phrase++)
            is_reached = is_reached || g_strcmp0(phrases[phrase].id, row->id) == 0;
        if (!is_reached)
            fail_msg("%s: no phrase of this test is for it", row->id);
    }
    assert_true(g_hash_table_size(ids) > 30);
}

static void test_prepare(void **unused)
{
    g_autofree char *prepared = bounce_pattern_prepare(
        "550-5.1.1 <No.One@Example.com>\n 550-5.1.1 is\tunknown\n 550 5.1.1 https://x.example/spam");

    (void)unused;
    assert_string_equal(prepared, "550-5.1.1 <addr@> is unknown 550 5.1.1 url");
}

static void test_prepare_bounds(void **unused)
{
    g_autofree char *long_text = g_strnfill(1000000, 'a');
    g_autofree char *prepared = bounce_pattern_prepare(long_text);
    g_autofree char *broken = bounce_pattern_prepare("user \xff\xfe unknown");

    (void)unused;
    assert_true(strlen(prepared) <= 8192);
    assert_true(g_utf8_validate(broken, -1, NULL));
}

static void test_codes(void **unused)
{
    static const struct {
        const char *text;
        ReplyStatus status;
    } rows[] = {
        {"550 5.1.1 no", {550, 5, 1, 1}},
        {"said: 550-5.7.26 a\n550 5.7.26 b", {550, 5, 7, 26}},
        {"554 554 5.7.0 Header error", {554, 5, 7, 0}},
        {"550 #5.1.0 no", {550, 5, 1, 0}},
        {"no mailbox (#5.1.1 - chkusr)", {0, 5, 1, 1}},
        {"ERROR_CODE :550, ERROR_CODE :5.1.1", {550, 5, 1, 1}},
        {"ERROR_CODE :421, ERROR_CODE :, Host not reachable", {421, 0, 0, 0}},
        {"553 sorry, 4.3.2 is the version", {553, 0, 0, 0}},
        {"550: : User unknown", {550, 0, 0, 0}},
        {"rejected (550) by it", {550, 0, 0, 0}},
    };
    static const char *const none[] = {"",
                                       "Exim 4.96 on 5.10.0-21-amd64",
                                       "connect to 198.51.100.4:25",
                                       "4.16.55.1",
                                       "it took 451ms",
                                       "250 2.1.0 Ok",
                                       "in 1999 and 5550"};

    (void)unused;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        ReplyStatus status;

        assert_true(bounce_code_find(rows[i].text, &status));
        if (memcmp(&status, &rows[i].status, sizeof status) != 0)
            fail_msg("%s: %d %d.%d.%d", rows[i].text, status.code, status.status_class, status.subject, status.detail);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(none); i++) {
        ReplyStatus status;

        if (bounce_code_find(none[i], &status))
            fail_msg("%s: %d %d.%d.%d", none[i], status.code, status.status_class, status.subject, status.detail);
    }
}

static void test_reasons(void **unused)
{
    (void)unused;
    for (int reason = 0; reason < BOUNCE_REASONS; reason++) {
        int subject, detail;

        assert_non_null(bounce_reason_name((BounceReason)reason));
        assert_false(bounce_reason_is_hard((BounceReason)reason) && bounce_reason_is_ours((BounceReason)reason));
        bounce_reason_codes((BounceReason)reason, &subject, &detail);
        assert_in_range(subject, 0, 7);
    }
    assert_int_equal(bounce_reason_of_codes(5, 1, 1), BOUNCE_NO_USER);
    assert_int_equal(bounce_reason_of_codes(5, 0, 0), BOUNCE_NO_REASON);
    assert_int_equal(bounce_reason_of_codes(2, 1, 1), BOUNCE_NO_REASON);
    assert_int_equal(bounce_reason_of_codes(5, 4, 4), BOUNCE_NO_HOST);
    assert_int_equal(bounce_reason_of_codes(4, 4, 4), BOUNCE_NETWORK);
    assert_int_equal(bounce_reason_of_codes(5, 7, 606), BOUNCE_POLICY);
    assert_int_equal(bounce_reason_of_codes(5, 99, 1), BOUNCE_NO_REASON);
    for (int subject = 0; subject < 1000; subject++)
        assert_false(subject == 7 && bounce_reason_is_hard(bounce_reason_of_codes(5, subject, 1)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_phrases),        cmocka_unit_test(test_rows),  cmocka_unit_test(test_prepare),
        cmocka_unit_test(test_prepare_bounds), cmocka_unit_test(test_codes), cmocka_unit_test(test_reasons),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
