/* What mails that came back mean, by mails written for this test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "track/bounce.h"
#include "track/bounce_fields.h"
#include "track/bounce_mail.h"

#define DAEMON "From: Mail Delivery <MAILER-DAEMON@mx.example.net>\nTo: bounce+tok@example.com\n"
#define REPORT                                                                                                         \
    "Content-Type: multipart/report; report-type=delivery-status; boundary=b\nMIME-Version: 1.0\n\n"                   \
    "--b\nContent-Type: text/plain\n\nYour message could not be delivered.\n\n"                                        \
    "--b\nContent-Type: message/delivery-status\n\n"
#define RETURNED                                                                                                       \
    "\n--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <abc123@example.com>\nTo: li@example.org\n\n--b--\n"

/* "kind recipient status code hard reason rule;" for each recipient */
static char *meaning(const char *mail, size_t size)
{
    g_autoptr(Bounce) bounce = bounce_read(mail, size);
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < bounce->recipients->len; i++) {
        const BounceRecipient *one = g_ptr_array_index(bounce->recipients, i);

        g_string_append_printf(text, "%s%s %s %d.%d.%d %d %s %s %s", i ? "; " : "", bounce_kind_name(one->kind),
                               one->recipient, one->status.status_class, one->status.subject, one->status.detail,
                               one->status.code, one->hard ? "hard" : "soft", bounce_reason_name(one->reason),
                               one->rule);
    }
    return g_string_free(text, FALSE);
}

typedef struct Case {
    const char *mail, *meaning;
} Case;

static void check(const Case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        g_autofree char *got = meaning(cases[i].mail, strlen(cases[i].mail));
        g_autofree char *crlf = NULL;
        g_autofree char *again = NULL;
        g_autofree char *old = NULL;
        GString *other = g_string_new(cases[i].mail);

        if (strcmp(got, cases[i].meaning) != 0)
            fail_msg("got:    %s\nwanted: %s\n%s", got, cases[i].meaning, cases[i].mail);
        g_string_replace(other, "\n", "\r\n", 0);
        crlf = g_string_free(other, FALSE);
        again = meaning(crlf, strlen(crlf));
        assert_string_equal(again, got);
        old = g_strdelimit(g_strdup(cases[i].mail), "\n", '\r');
        g_free(again);
        again = meaning(old, strlen(old));
        assert_string_equal(again, got);
    }
}

static void test_report(void **unused)
{
    static const Case cases[] = {
        {DAEMON REPORT "Reporting-MTA: dns; mx.example.net\n\nFinal-Recipient: rfc822; li@example.org\nAction: failed\n"
                       "Status: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 <li@example.org>: User unknown\n" RETURNED,
         "bounce li@example.org 5.1.1 550 hard no-such-user rfc3464/no-user"},
        /* the reply knows more than the field; the original address is the one that we know */
        {DAEMON REPORT "Reporting-MTA: dns; x\n\nOriginal-Recipient: rfc822;li+2Bnews@example.org\n"
                       "Final-Recipient: rfc822; box17@inside.example\nAction: failed\nStatus: 5.0.0\n"
                       "Diagnostic-Code: smtp; 552 5.2.2 mailbox\n is full\n" RETURNED,
         "bounce li+news@example.org 5.2.2 552 soft mailbox-full rfc3464/mailbox-full"},
        {DAEMON REPORT
         "Reporting-MTA: dns; x\n\nFinal-Recipient: rfc822; a@example.org\nAction: delayed\nStatus: 4.4.1\n"
         "Diagnostic-Code: smtp; connect to mx.example.org: Connection timed out\n\n"
         "Final-Recipient: rfc822; b@example.org\nAction: delivered\nStatus: 2.0.0\n\n"
         "Final-Recipient: rfc822; c@example.org\nAction: relayed\nStatus: 2.0.0\n" RETURNED,
         "delay a@example.org 4.4.1 0 soft network rfc3464/network; delivered b@example.org 2.0.0 0 soft unknown "
         "rfc3464/action; other c@example.org 2.0.0 0 soft relayed rfc3464/action"},
        /* a block of us is no dead address, whatever code stands beside it */
        {DAEMON REPORT
         "Reporting-MTA: dns; x\n\nFinal-Recipient: rfc822; li@example.org\nAction: failed\nStatus: 5.1.1\n"
         "Diagnostic-Code: smtp; 550 Your IP is on our block list, user unknown\n" RETURNED,
         "bounce li@example.org 5.1.1 550 soft blocked rfc3464/block-list"},
        /* words and code contradict each other: the mailbox is there */
        {DAEMON REPORT
         "Reporting-MTA: dns; x\n\nFinal-Recipient: rfc822; li@example.org\nAction: failed\nStatus: 5.2.1\n"
         "Diagnostic-Code: smtp; 550 5.2.1 User unknown\n" RETURNED,
         "bounce li@example.org 5.2.1 550 soft filtered rfc3464/no-user"},
        /* but as the answer to RCPT TO it is what it says; likewise 5.1.1, wherever it comes */
        {DAEMON REPORT
         "Reporting-MTA: dns; x\n\nFinal-Recipient: rfc822; li@example.org\nAction: failed\nStatus: 5.2.1\n"
         "Diagnostic-Code: smtp; 550 5.2.1 User unknown (in reply to RCPT TO command)\n" RETURNED,
         "bounce li@example.org 5.2.1 550 hard no-such-user rfc3464/no-user"},
        {DAEMON REPORT
         "Reporting-MTA: dns; x\n\nFinal-Recipient: rfc822; li@example.org\nAction: failed\nStatus: 5.1.1\n"
         "Diagnostic-Code: smtp; 550 5.1.1 User unknown (in reply to end of DATA command)\n" RETURNED,
         "bounce li@example.org 5.1.1 550 hard no-such-user rfc3464/no-user"},
        /* taken at RCPT and unknown behind the content */
        {DAEMON REPORT
         "Reporting-MTA: dns; x\n\nFinal-Recipient: rfc822; li@example.org\nAction: failed\nStatus: 5.0.0\n"
         "Diagnostic-Code: smtp; 550 User unknown (in reply to end of DATA command)\n" RETURNED,
         "bounce li@example.org 5.2.0 550 soft filtered rfc3464/no-user"},
        /* nothing but the code */
        {DAEMON REPORT "Reporting-MTA: dns; x\n\nFinal-Recipient: rfc822; li@example.org\nAction: failed\n"
                       "Status: 5.1.2\n" RETURNED,
         "bounce li@example.org 5.1.2 0 hard no-such-host rfc3464/5.1.2"},
        {DAEMON REPORT "Reporting-MTA: dns; x\n\nFinal-Recipient: rfc822; li@example.org\nAction: failed\n"
                       "Status: 4.4.4 (unable to route)\n" RETURNED,
         "bounce li@example.org 4.4.4 0 soft network rfc3464/4.4.4"},
    };

    (void)unused;
    check(cases, G_N_ELEMENTS(cases));
}

static void test_text(void **unused)
{
    static const Case cases[] = {
        {DAEMON
         "Subject: failure notice\n\nHi. This is the qmail-send program at mx.example.net.\nI wasn't able to deliver "
         "your message.\n\n<li@example.org>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n<wu@example.org>:\n"
         "192.0.2.1 does not like recipient.\nRemote host said: 552 5.2.2 over quota\n\n"
         "--- Below this line is a copy of the message.\n\nReturn-Path: <bounce+tok@example.com>\n"
         "To: someone@example.org\n\nspam virus\n",
         "bounce li@example.org 5.1.1 0 hard no-such-user text/no-user-words; bounce wu@example.org 5.2.2 552 soft "
         "mailbox-full text/mailbox-full"},
        {DAEMON
         "X-Failed-Recipients: li@example.org\nSubject: Mail delivery failed\n\nThis message was created "
         "automatically.\n\n"
         "  li@example.org\n    SMTP error from remote mail server after RCPT TO:<li@example.org>:\n"
         "    host mx.example.org [192.0.2.3]: 550 5.1.1 unknown user\n\n------ This is a copy of the message ------\n",
         "bounce li@example.org 5.1.1 550 hard no-such-user text/no-user"},
        /* at MAIL FROM it is about us */
        {DAEMON
         "Subject: Mail delivery failed\n\nThe following address failed:\n\n  li@example.org\n    SMTP error from "
         "remote mail server after MAIL FROM:<a@example.com>: 550 unknown user\n",
         "bounce li@example.org 5.1.8 550 soft sender-refused text/no-user"},
        {DAEMON
         "Subject: Warning: message delayed 24 hours\n\nA message has not yet been delivered to:\n\n  li@example.org\n"
         "    host mx.example.org: 450 4.7.1 Greylisted\n\nDelivery attempts will continue.\n",
         "delay li@example.org 4.7.1 450 soft greylisted text/greylisted"},
        /* the reason stands before the address */
        {DAEMON "Subject: Undeliverable Mail\n\nCould not be delivered because of\n\n  550 5.1.1 User unknown\n\n"
                "The following recipients were affected:\n\n  li@example.org\n",
         "bounce li@example.org 5.1.1 550 hard no-such-user text/no-user"},
        /* only in what is returned */
        {DAEMON "Subject: Undeliverable message\n\nMessage could not be delivered.\nError: mailbox full\n\n"
                "Original message:\n\nFrom: a@example.com\nTo: Li <li@example.org>\n",
         "bounce li@example.org 5.2.2 0 soft mailbox-full text/mailbox-full"},
        {DAEMON "Subject: Undelivered\nContent-Type: text/html\n\n<html><head><style>user unknown {}</style></head>\n"
                "<p>Could not be delivered to</p><p>li@example.org</p><p>552 Quota exceeded &lt;x&gt;</p></html>\n",
         "bounce li@example.org 5.2.2 552 soft mailbox-full text/mailbox-full"},
        /* forwarded by a person */
        {"From: Wu <wu@example.com>\nTo: it@example.com\nSubject: Fwd: Returned mail\n\n> The following addresses had "
         "permanent "
         "fatal errors\n> <li@example.org>\n>     (reason: 550 5.1.1 User unknown)\n>\n",
         "bounce li@example.org 5.1.1 550 hard no-such-user text/no-user"},
        /* fields in a text whose MIME is broken */
        {DAEMON
         "Subject: Returned mail\nContent-Type: multipart/report; boundary=\"other\"\n\n--mine\n\nFailed.\n\n--mine\n"
         "content-type: message/delivery-status\n\nFinal-Recipient: RFC822; li@example.org\nAction: failed\n"
         "Status: 4.4.7\n",
         "bounce li@example.org 4.4.7 0 soft expired rfc3464/4.4.7"},
        {DAEMON "Subject: Undeliverable\n\nCould not be delivered.\n", "bounce  5.0.0 0 soft unknown text/no-reason"},
    };

    (void)unused;
    check(cases, G_N_ELEMENTS(cases));
}

/* Words of a delay also stand in the last word: that it was tried again, that it will not be, that the sender may. */
static void test_last_word(void **unused)
{
    static const struct {
        const char *subject, *text;
        BounceKind kind;
    } rows[] = {
        {"Undeliverable mail", "It has been delayed for 5 days and has now failed.", BOUNCE_KIND_BOUNCE},
        {"Undeliverable mail",
         "Because of a temporary problem it could not be delivered. No further attempts are made.", BOUNCE_KIND_BOUNCE},
        {"Undeliverable mail", "It has been delayed; the retry period of five days expired.", BOUNCE_KIND_BOUNCE},
        {"Delivery status", "It could not be delivered yet; we will keep trying for 5 days before giving up.",
         BOUNCE_KIND_DELAY},
        {"Delivery status", "A temporary problem: if it cannot be delivered in 5 days, no further attempts are made.",
         BOUNCE_KIND_DELAY},
        {"Warning: delayed", "A temporary problem; each attempt has failed.", BOUNCE_KIND_DELAY},
        {"Unzustellbar", "Sie konnte nicht zugestellt werden. Es wird nicht weiterhin versucht.", BOUNCE_KIND_BOUNCE},
        {"Status", "Sie konnte nicht zugestellt werden. Es wird weiterhin versucht.", BOUNCE_KIND_DELAY},
        {"Non remis", "Il n'a pas pu être remis. Aucune nouvelle tentative ne sera faite.", BOUNCE_KIND_BOUNCE},
        {"Non remis", "Il n'a pas pu être remis. Veuillez faire une nouvelle tentative.", BOUNCE_KIND_BOUNCE},
        {"Retard", "Il n'a pas pu être remis. Une nouvelle tentative sera faite.", BOUNCE_KIND_DELAY},
        {"No se pudo entregar", "No se ha podido entregar. El servidor no seguirá intentando.", BOUNCE_KIND_BOUNCE},
        {"退信", "投递失败，系统将不再继续尝试投递。", BOUNCE_KIND_BOUNCE},
        {"退信", "無法送達，系統不會再次嘗試。", BOUNCE_KIND_BOUNCE},
        {"退信", "投递失败，请稍后再次尝试发送。", BOUNCE_KIND_BOUNCE},
        {"投递通知", "投递失败，系统会在72小时内继续重试。", BOUNCE_KIND_DELAY},
        {"配信不能", "再送を試みましたが、配信できませんでした。", BOUNCE_KIND_BOUNCE},
        {"配信不能", "配信できませんでした。再送をお願いします。", BOUNCE_KIND_BOUNCE},
        {"配信通知", "配信できませんでした。再送を行います。", BOUNCE_KIND_DELAY},
    };

    (void)unused;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *mail =
            g_strdup_printf(DAEMON "Subject: %s\nContent-Type: text/plain; charset=utf-8\n\n<li@example.org>:\n%s\n",
                            rows[i].subject, rows[i].text);
        g_autoptr(Bounce) bounce = bounce_read(mail, strlen(mail));
        const BounceRecipient *recipient = g_ptr_array_index(bounce->recipients, 0);

        if (recipient->kind != rows[i].kind)
            fail_msg("%s: got %s", rows[i].text, bounce_kind_name(recipient->kind));
    }
}

/* The report under a type that is not its own; another text is none. */
static void test_misnamed(void **unused)
{
    static const char *const types[] = {"message/xdelivery-status", "application/octet-stream; name=\"details.txt\"",
                                        "text/x-report", "what?"};
    static const char *const parts[] = {"Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; li@example.org\n"
                                        "Action: failed\nStatus: 5.1.1\n",
                                        "Recipient: li@example.org\nStatus: 5.1.1\n"};
    static const char *const rules[] = {"rfc3464/5.1.1", "text/no-reason"};

    (void)unused;
    for (size_t i = 0; i < G_N_ELEMENTS(types) * G_N_ELEMENTS(parts); i++) {
        g_autofree char *mail = g_strdup_printf(
            DAEMON "Subject: Undelivered\nContent-Type: multipart/report; boundary=b\n\n--b\n\nCould not be "
                   "delivered.\n\n--b\nContent-Type: %s\n\n%s\n--b--\n",
            types[i / G_N_ELEMENTS(parts)], parts[i % G_N_ELEMENTS(parts)]);
        g_autoptr(Bounce) bounce = bounce_read(mail, strlen(mail));
        const BounceRecipient *recipient = g_ptr_array_index(bounce->recipients, 0);

        assert_string_equal(recipient->rule, rules[i % G_N_ELEMENTS(parts)]);
    }
}

static void test_other_kinds(void **unused)
{
    static const Case cases[] = {
        {"From: fbl@example.net\nTo: abuse@example.com\nSubject: FW: x\nMIME-Version: 1.0\nContent-Type: "
         "multipart/report; "
         "report-type=feedback-report; boundary=b\n\n--b\nContent-Type: message/feedback-report\n\nFeedback-Type: "
         "abuse\n"
         "Original-Rcpt-To: <li@example.org>\nOriginal-Rcpt-To: <wu@example.org>\n\n--b\nContent-Type: "
         "message/rfc822\n\n"
         "Subject: x\n\nspam\n--b--\n",
         "complaint li@example.org 0.0.0 0 soft unknown arf/abuse; complaint wu@example.org 0.0.0 0 soft unknown "
         "arf/abuse"},
        {"From: li@example.org\nTo: a@example.com\nSubject: Away\nAuto-Submitted: auto-replied\n\nI am away. Mail "
         "could not be "
         "read until May.\n",
         "auto-reply li@example.org 0.0.0 0 soft unknown rfc3834/auto-submitted"},
        /* who is away quotes what a mail system would have said */
        {"Return-Path: <>\nFrom: li@example.org\nTo: a@example.com\nSubject: Out of office: Notice\nAuto-Submitted: "
         "auto-replied (vacation)\n\nI could not be reached, and mail to my old address was returned: 550 5.1.1 user "
         "unknown.\n\n--- Original message ---\nReceived: from mx.example.com\nFrom: a@example.com\nTo: "
         "li@example.org\n",
         "auto-reply li@example.org 0.0.0 0 soft unknown rfc3834/auto-submitted"},
        {"From: li@example.org\nTo: a@example.com\nSubject: Automatic reply: Notice\n\nI am away.\n",
         "auto-reply li@example.org 0.0.0 0 soft unknown subject/absence"},
        {"From: li@example.org\nTo: a@example.com\nSubject: Re: Notice\n\nWhat does this mean for me?\n",
         "other li@example.org 0.0.0 0 soft unknown none"},
        {"From: li@example.org\nTo: a@example.com\nSubject: Read: Notice\nMIME-Version: 1.0\nContent-Type: "
         "multipart/report; "
         "report-type=disposition-notification; boundary=b\n\n--b\nContent-Type: message/disposition-notification\n\n"
         "Final-Recipient: rfc822; li@example.org\nDisposition: manual-action/MDN-sent-manually; displayed\n--b--\n",
         "auto-reply li@example.org 0.0.0 0 soft unknown rfc8098/disposition"},
        {"From: no-reply@sns.amazonaws.com\nTo: a@example.com\nSubject: "
         "AWS\n\n{\"notificationType\":\"Bounce\",\"bounce\":"
         "{\"bouncedRecipients\":[{\"emailAddress\":\"li@example.org\",\"action\":\"failed\",\"status\":\"5.1.1\","
         "\"diagnosticCode\":\"smtp; 550 5.1.1 user unknown\"}]}}\n--\nunsubscribe\n",
         "bounce li@example.org 5.1.1 550 hard no-such-user ses/no-user"},
        {"From: x@example.net\nTo: a@example.com\nSubject: "
         "AWS\n\n{\"Type\":\"Notification\",\"Message\":\"{\\\"eventType\\\":"
         "\\\"Delivery\\\",\\\"delivery\\\":{\\\"recipients\\\":[\\\"li@example.org\\\"],\\\"smtpResponse\\\":\\\"250 "
         "2.6.0 "
         "Ok\\\"}}\"}\n",
         "delivered li@example.org 2.6.0 250 soft unknown ses"},
        /* who answers us may tell of what came back to them */
        {"Return-Path: <li@example.org>\nFrom: li@example.org\nTo: a@example.com\nSubject: Problem: message blocked\n"
         "In-Reply-To: <abc123@example.com>\n\nMy answer to you was not delivered: a@example.net 550 5.1.1 user "
         "unknown\n",
         "other li@example.org 0.0.0 0 soft unknown none"},
        {"Return-Path: <>\nFrom: gate@example.org\nTo: a@example.com\nSubject: Problem: message blocked\n"
         "In-Reply-To: <abc123@example.com>\n\nIt was not delivered: wu@example.org 550 5.1.1 user unknown\n",
         "bounce wu@example.org 5.1.1 550 hard no-such-user text/no-user"},
        {"From: li@example.org\nTo: a@example.com\nSubject: Re: Notice\nIn-Reply-To: <abc123@example.com>\n\nThis came "
         "back to me:\n\nFinal-Recipient: rfc822; a@example.net\nAction: failed\nStatus: 5.1.1\n",
         "other li@example.org 0.0.0 0 soft unknown none"},
        {"", "other  0.0.0 0 soft unknown none"},
        {"\n\n\n", "other  0.0.0 0 soft unknown none"},
        /* a parcel is no mail */
        {"From: news@shop.example\nSubject: Your parcel could not be delivered\n\nWe could not deliver it today.\n",
         "other news@shop.example 0.0.0 0 soft unknown none"},
        {"From: li@example.org\nSubject: Ich bin im Urlaub\n\nBis Montag.\n",
         "auto-reply li@example.org 0.0.0 0 soft unknown subject/absence"},
    };

    (void)unused;
    check(cases, G_N_ELEMENTS(cases));
}

static void test_tokens(void **unused)
{
    static const char mail[] = "Delivered-To: bounce+eu+Verp1@example.com\n" DAEMON REPORT
                               "Original-Envelope-Id: envid2\nReporting-MTA: dns; x\n\nFinal-Recipient: rfc822; "
                               "li@example.org\nAction: failed\n"
                               "Status: 5.1.1\n" RETURNED;
    g_autoptr(Bounce) bounce = bounce_read(mail, strlen(mail));
    static const char *const tokens[] = {"verp1", "tok", "envid2", "abc123"};

    (void)unused;
    assert_int_equal(bounce->tokens->len, G_N_ELEMENTS(tokens));
    for (guint i = 0; i < bounce->tokens->len; i++)
        assert_string_equal(g_ptr_array_index(bounce->tokens, i), tokens[i]);
}

static void repeat(GString *text, const char *what, int times)
{
    for (int i = 0; i < times; i++)
        g_string_append(text, what);
}

/* Mails that are made to be expensive: what is behind a limit does not exist, and the answer comes all the same. */
/* Chinese and Japanese put no blank around an address; a whole label may be of their script. */
static void test_scripts(void **unused)
{
    static const Case cases[] = {
        {"From: postmaster@mail.example\nTo: bounce@example.com\nSubject: 退信\nContent-Type: text/plain; "
         "charset=utf-8\n\n"
         "收件人：li@example.org。原因：550 用户不存在\n",
         "bounce li@example.org 5.1.1 550 hard no-such-user text/no-user-cjk"},
        {"From: postmaster@mail.example\nTo: bounce@example.com\nSubject: 退信\nContent-Type: text/plain; "
         "charset=utf-8\n\n"
         "您发给li@example.org的邮件投递失败：郵箱已滿\n",
         "bounce li@example.org 5.2.2 0 soft mailbox-full text/mailbox-full"},
        {"From: postmaster@mail.example\nTo: bounce@example.com\nSubject: 退信\nContent-Type: text/plain; "
         "charset=utf-8\n\n"
         "<用户@例子.example>: 550 查無此收件者\n",
         "bounce 用户@例子.example 5.1.1 550 hard no-such-user text/no-user-cjk"},
        {"From: postmaster@mail.example\nTo: bounce@example.com\nSubject: Undeliverable\n\n"
         "<li@example.org>: host mx.example.org said: 550 5.7.1 no (in reply to MAIL FROM command)\n",
         "bounce li@example.org 5.7.1 550 soft policy text/5.7.1"},
    };

    (void)unused;
    check(cases, G_N_ELEMENTS(cases));
}

static void assert_returned(const char *mail, const char *from, int64_t date)
{
    g_autoptr(Bounce) bounce = bounce_read(mail, strlen(mail));

    assert_string_equal(bounce->returned_from, from);
    assert_int_equal(bounce->returned_date, date);
}

/* Who wrote what it returns, and when: in a part of its own, or in the text */
static void test_returned(void **unused)
{
    (void)unused;
    assert_returned(DAEMON REPORT
                    "Reporting-MTA: dns; x\n\nFinal-Recipient: rfc822; li@example.org\nAction: failed\n\n--b\n"
                    "Content-Type: text/rfc822-headers\n\nFrom: Example <notice@example.com>\n"
                    "Date: Fri, 20 Nov 2026 10:00:01 +0800\n\n--b--\n",
                    "notice@example.com", INT64_C(1795140001000));
    assert_returned(DAEMON
                    "Subject: failure notice\n\n<li@example.org>:\n550 no\n\n--- Below this line is a copy of the "
                    "message.\n\nFrom: notice@example.com\nDate: Fri, 20 Nov 2026 02:00:01 GMT\n\nDear\n",
                    "notice@example.com", INT64_C(1795140001000));
    assert_returned(
        DAEMON "Subject: failure notice\nDate: Fri, 20 Nov 2026 02:00:01 GMT\n\n<li@example.org>:\n550 no\n", "", -1);
}

static void test_limits(void **unused)
{
    static const struct {
        const char *start, *again;
        int times;
        guint recipients; /* 0: any number */
    } rows[] = {
        {DAEMON "Subject: Undelivered\n\nCould not be delivered\n", "<li@example.org>: 550 no such user\n", 300000, 1},
        {DAEMON "Content-Type: multipart/mixed; boundary=b\n\n", "--b\nContent-Type: text/plain\n\nx\n", 10000, 0},
        {DAEMON, "Content-Type: message/rfc822\n\n", 20000, 0},
        {DAEMON, "X-Header: x\n", 200000, 0},
        {DAEMON "Content-Type: text/html\n\n", "<style><head><!-- <script ", 40000, 0},
        {DAEMON "Subject: Undelivered\n\ncould not be delivered\n", "a@", 400000, 0},
        {DAEMON "Subject: Undelivered\n\ncould not be delivered\n", "user mailbox ", 100000, 0},
    };

    (void)unused;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        GString *mail = g_string_new(rows[i].start);
        g_autoptr(Bounce) bounce = NULL;

        repeat(mail, rows[i].again, rows[i].times);
        bounce = bounce_read(mail->str, mail->len);
        assert_in_range(bounce->recipients->len, 1, BOUNCE_RECIPIENTS);
        assert_true(rows[i].recipients == 0 || bounce->recipients->len == rows[i].recipients);
        assert_true(mail->len <= BOUNCE_MAIL_MOST || bounce->is_cut);
        g_string_free(mail, TRUE);
    }
}

static void test_many_recipients(void **unused)
{
    GString *mail = g_string_new(DAEMON REPORT);
    g_autoptr(Bounce) bounce = NULL;

    (void)unused;
    for (int i = 0; i < 1000; i++)
        g_string_append_printf(mail, "\nFinal-Recipient: rfc822; u%d@example.org\nAction: failed\nStatus: 5.1.1\n", i);
    bounce = bounce_read(mail->str, mail->len);
    assert_int_equal(bounce->recipients->len, BOUNCE_RECIPIENTS);
    g_string_free(mail, TRUE);
}

/* Nesting as deep as a mail allows must not reach the bottom of the stack. */
static void test_deep(void **unused)
{
    GString *mail = g_string_new(DAEMON);
    g_autoptr(Bounce) bounce = NULL;

    (void)unused;
    for (int i = 0; i < 10000; i++)
        g_string_append_printf(mail, "Content-Type: multipart/mixed; boundary=\"b%d\"\n\n--b%d\n", i, i);
    bounce = bounce_read(mail->str, mail->len);
    assert_int_equal(bounce->recipients->len, 1);
    g_string_free(mail, TRUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_report),    cmocka_unit_test(test_text),     cmocka_unit_test(test_other_kinds),
        cmocka_unit_test(test_tokens),    cmocka_unit_test(test_limits),   cmocka_unit_test(test_many_recipients),
        cmocka_unit_test(test_deep),      cmocka_unit_test(test_scripts),  cmocka_unit_test(test_returned),
        cmocka_unit_test(test_last_word), cmocka_unit_test(test_misnamed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
