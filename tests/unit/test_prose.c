/* Every rule of the wording: a text that breaks it, with the finding that must come, and one that keeps it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <glib.h>

#include "model/prose.h"

typedef struct Found {
    size_t of[PROSE_RULES_END];
    GString *quotes;
    size_t line;
} Found;

static void note(const ProseFinding *finding, void *user)
{
    Found *found = user;

    assert_true(finding->rule > 0 && finding->rule < PROSE_RULES_END);
    assert_true(finding->quote && *finding->quote);
    assert_true(finding->instead && *finding->instead);
    found->of[finding->rule]++;
    found->line = finding->line;
    g_string_append_printf(found->quotes, "%d %s:%zu \"%s\": %s\n", (int)finding->rule, finding->part, finding->line,
                           finding->quote, finding->instead);
}

static Found check(const ProseText *text)
{
    Found found = {.quotes = g_string_new(NULL)};

    prose_check(text, note, &found);
    return found;
}

static void expect(const ProseText *text, ProseRule rule, bool is_broken)
{
    Found found = check(text);

    if ((found.of[rule] > 0) != is_broken)
        fail_msg("%s: %s in \"%s\"\n%s", prose_rule_id(rule), is_broken ? "not found" : "found",
                 text->subject ? text->subject : text->text, found.quotes->str);
    g_string_free(found.quotes, TRUE);
}

typedef struct Row {
    ProseRule rule;
    const char *locale, *channel;
    const char *bad, *good;
} Row;

/* Words and shapes that one text alone shows. */
static void test_texts(void **state)
{
    static const Row rows[] = {
        {PROSE_OPENING, "en", NULL, "Your security is important to us.", "An unknown person copied your data."},
        {PROSE_OPENING, "zh-CN", NULL, "我们高度重视您的信息安全。", "有人复制了您的信息。"},
        {PROSE_OPENING, "zh-TW", NULL, "我們高度重視您的個人資料。", "有人複製了您的資料。"},
        {PROSE_IDENTITY, "en", NULL, "We recently found it.", "We found it on 21 November 2026."},
        {PROSE_IDENTITY, "en", NULL, "We found it at 22:10 on a Friday.", "We found it at 22:10 (UTC+8)."},
        {PROSE_IDENTITY, "zh-CN", NULL, "近日我们发现此事。", "2026年11月21日我们发现此事。"},
        {PROSE_IDENTITY, "zh-CN", NULL, "22:10我们发现此事。", "22:10（北京时间）我们发现此事。"},
        {PROSE_IDENTITY, "zh-TW", NULL, "日前我們發現此事。", "22:10（台北時間）我們發現此事。"},
        {PROSE_STATUS, "en", NULL, "We found no sign of misuse.",
         "We checked all sign-ins until 21 November 2026. We found no sign of misuse."},
        {PROSE_STATUS, "zh-CN", NULL, "没有发现冒用。", "截至2026年11月21日没有发现冒用。"},
        {PROSE_STATUS, "zh-TW", NULL, "沒有發現冒用。", "截至2026年11月21日沒有發現冒用。"},
        {PROSE_NUMBERS, "en", NULL, "It concerns a small number of people.", "It concerns 980 people."},
        {PROSE_NUMBERS, "zh-CN", NULL, "涉及少量用户。", "涉及980人。"},
        {PROSE_NUMBERS, "zh-TW", NULL, "涉及部分使用者。", "涉及980人。"},
        {PROSE_KINDS, "en", NULL, "Encrypted passwords were in it.", "Passwords were in it as salted hashes."},
        {PROSE_KINDS, "zh-CN", NULL, "其中有加密密码。", "其中有密码的加盐散列值。"},
        {PROSE_KINDS, "zh-TW", NULL, "密碼已加密。", "密碼只存加鹽雜湊值。"},
        {PROSE_STEPS, "en", NULL, "1. a\n2. b\n3. c\n4. d\n5. e\n6. f", "1. a\n2. b\n3. c\n4. d\n5. e"},
        {PROSE_SENTENCE, "en", NULL,
         "We want you to know that the people who did this had been in our systems for a very long time, and that "
         "nobody noticed it then.",
         "An unknown person was in our systems. Nobody noticed it then."},
        {PROSE_SENTENCE, "en", NULL, "Your record was accessed.", "Your record was accessed by an unknown person."},
        {PROSE_SENTENCE, "zh-CN", NULL,
         "我们想让您知道的是做这件事的人已经在我们的系统里待了很长很长的时间而在那段时间里没有任何人注意到他们。",
         "不明人员在我们的系统里待了很久。当时没有人发现。"},
        {PROSE_SENTENCE, "zh-CN", NULL, "您的记录被访问。", "有不明人员查看了您的记录。"},
        {PROSE_SENTENCE, "zh-TW", NULL, "您的紀錄遭到存取。", "有不明人士查看了您的紀錄。"},
        {PROSE_CODE, "en", NULL, "Your verification code: 1234", "Your notice number: 1234"},
        {PROSE_CODE, "zh-CN", NULL, "校验码：1234", "通知编号：1234"},
        {PROSE_CODE, "zh-TW", NULL, "驗證碼：1234", "通知編號：1234"},
        {PROSE_LINK, "en", NULL, "Click here.", "Open our app."},
        {PROSE_LINK, "en", NULL, "See bit.ly now.", "Type example.com yourself."},
        {PROSE_LINK, "zh-CN", NULL, "请点击链接。", "请打开App。"},
        {PROSE_LINK, "zh-TW", NULL, "請點擊連結。", "請開啟App。"},
        {PROSE_TONE, "en", NULL, "It was a sophisticated attack.", "An unknown person stole a password."},
        {PROSE_TONE, "en", NULL, "Your password was too simple.", "Change your password."},
        {PROSE_TONE, "en", NULL, "Your data are 100% safe.", "We replaced every key."},
        {PROSE_TONE, "en", NULL, "We write without admission of liability.", "We write to tell you what happened."},
        {PROSE_TONE, "en", NULL, "They used an SQL injection.", "They used a gap in our website, which we closed."},
        {PROSE_TONE, "zh-CN", NULL, "黑客手法高超。", "有人盗用了密码。"},
        {PROSE_TONE, "zh-CN", NULL, "您的密码过于简单。", "请更换密码。"},
        {PROSE_TONE, "zh-TW", NULL, "您的資料絕對安全。", "我們更換了金鑰。"},
        {PROSE_LANGUAGE, "zh-TW", NULL, "您的信息", "您的資料"},
        {PROSE_LANGUAGE, "zh-TW", NULL, "這是您的账號", "這是您的帳號"},
        {PROSE_LANGUAGE, "zh-TW", NULL, "他說“是”。", "他說「是」。"},
        {PROSE_LANGUAGE, "zh-TW", NULL, "您好,請看。", "您好，請看。"},
        {PROSE_LANGUAGE, "zh-CN", NULL, "您好,请看。", "您好，请看。"},
        {PROSE_LANGUAGE, "zh-CN", NULL, "请看.", "请看example.com。"},
        {PROSE_APOLOGY, "en", NULL, "We are sorry. We are very sorry.", "We are sorry."},
        {PROSE_APOLOGY, "zh-CN", NULL, "我们道歉。再次致歉。", "我们道歉。"},
        {PROSE_POINTER, "en", "sms", "Zhang Wei, open our app. 1234 5678 9012 3456",
         "Open our app. 1234 5678 9012 3456"},
        {PROSE_POINTER, "zh-CN", "sms", "您的密码已泄露。", "您有一份重要通知。"},
        {PROSE_NUMBERS, "en", NULL, "It concerns a handful of people.", "It concerns 980 people."},
        {PROSE_NUMBERS, "zh-CN", NULL, "涉及个别客户。", "涉及980人。"},
        {PROSE_IDENTITY, "zh-TW", NULL, "不久前我們發現此事。", "2026年11月21日我們發現此事。"},
        {PROSE_GAP, "en", NULL, "Dear ,", "Hello,"},
        {PROSE_GAP, "en", NULL, "Your account ()", "Your account (open)"},
        {PROSE_GAP, "zh-CN", NULL, "致示例公司（）：", "致示例公司（张伟收）："},
        {PROSE_GAP, "zh-CN", NULL, "截至，约涉及980人。，", "约涉及980人。"},
        {PROSE_GAP, "zh-TW", NULL, "您的通知編號是：。", "您的通知編號是：1234。"},
        {PROSE_LINK, "en", "sms", "See https://example.com/1", "Open our app."},
        {PROSE_LENGTH, "zh-CN", "sms",
         "您有一份非常重要的通知，请您务必尽快打开我们的手机应用程序或者自行在浏览器中输入我们的网址查看全文，谢谢您的"
         "理解与配合。通知编号：1234",
         "您有一份重要通知，请打开App查看。"},
        {PROSE_LENGTH, "en", "sms",
         "There is an important notice for you, which you find when you open our app or type our address yourself, and "
         "which you should read as soon as you can. Notice number: 1234 5678 9012 3456",
         "There is a notice for you. Open our app."},
        {PROSE_LENGTH, "en", "push", "Open our app to read the whole of it, whenever you have the time to.",
         "Open our app to read it."},
        {PROSE_LENGTH, "en", "phone", "Hello. An unknown person copied your data.",
         "Hello.\n\n[Person confirmed: yes or no]\n\nAn unknown person copied your data."},
    };
    static const char *const personal[] = {"Zhang Wei", "密码", NULL};

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        ProseText text = {.locale = rows[i].locale, .channel = rows[i].channel, .personal = personal, .sign = 5};

        text.text = rows[i].bad;
        expect(&text, rows[i].rule, true);
        text.text = rows[i].good;
        expect(&text, rows[i].rule, false);
    }
}

static void test_subjects(void **state)
{
    static const Row rows[] = {
        {PROSE_SUBJECT, "en", NULL, "Example Cloud: URGENT notice", "Example Cloud: data breach affecting you"},
        {PROSE_SUBJECT, "en", NULL, "Re: your account", "Example Cloud: notice of a data breach"},
        {PROSE_SUBJECT, "en", NULL, "A data breach!", "A data breach"},
        {PROSE_SUBJECT, "en", NULL, "Example Cloud: this is a notice of a data breach that affects you",
         "Example Cloud: notice of a data breach"},
        {PROSE_SUBJECT, "en", NULL, "Example Cloud: for Zhang Wei", "Example Cloud: for you"},
        {PROSE_SUBJECT, "en", NULL, "Notice \xf0\x9f\x94\x92", "Notice"},
        {PROSE_SUBJECT, "zh-CN", NULL, "示例云：紧急通知", "示例云：您的信息发生泄露"},
        {PROSE_SUBJECT, "zh-CN", NULL, "示例云：您的个人信息发生了泄露，请您尽快查看并更换密码",
         "示例云：您的个人信息发生泄露"},
        {PROSE_SUBJECT, "zh-TW", NULL, "示例雲：緊急通知", "示例雲：您的個人資料外洩通知"},
    };
    static const char *const personal[] = {"Zhang Wei", NULL};

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        ProseText text = {.locale = rows[i].locale, .personal = personal};

        text.subject = rows[i].bad;
        expect(&text, rows[i].rule, true);
        text.subject = rows[i].good;
        expect(&text, rows[i].rule, false);
    }
}

/* A whole notice of which one piece at a time is taken away or moved. */
static char *notice(const char *headings, const char *opening)
{
    GString *text = g_string_new("Example Cloud: notice of a data breach\n\nHello,\n\n");
    g_auto(GStrv) each = g_strsplit(headings, "|", -1);

    for (char **heading = each; *heading; heading++)
        g_string_append_printf(text, "%s\n\n%s\n\n", *heading, heading == each ? opening : "We say it here.");
    g_string_append(text, "Your notice number: 1234");
    return g_string_free(text, FALSE);
}

static void test_sections(void **state)
{
    static const char all[] =
        "What happened|Which of your information|What it may mean|What we did and will do|What you "
        "can do|How we make it right|Contact and complaints|How to check this notice";
    static const char moved[] = "What happened|What it may mean|Which of your information|What we did and will do|What "
                                "you can do|How we make it right|Contact and complaints|How to check this notice";
    static const char short_of[] =
        "What happened|Which of your information|What we did and will do|What you can do|How "
        "we make it right|Contact and complaints|How to check this notice";
    static const char opening[] = "An unknown person copied your record. Please change your password.";
    const struct {
        const char *headings, *opening;
        ProseRule rule;
    } broken[] = {
        {moved, opening, PROSE_HEADINGS},
        {short_of, opening, PROSE_HEADINGS},
        {all, "Something happened. We are looking at it.", PROSE_OPENING},
        {all, "An unknown person copied your record.", PROSE_OPENING},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(broken); i++) {
        g_autofree char *text = notice(broken[i].headings, broken[i].opening);

        expect(&(ProseText){.locale = "en", .channel = "webhook", .text = text}, broken[i].rule, true);
        expect(&(ProseText){.locale = "en", .channel = "webhook", .text = text, .is_own = true}, broken[i].rule, true);
    }
    {
        g_autofree char *text = notice("What Happened|For More Information", opening); /* as a law has them */

        expect(&(ProseText){.locale = "en", .channel = "webhook", .text = text}, PROSE_HEADINGS, true);
        expect(&(ProseText){.locale = "en", .channel = "webhook", .text = text, .is_own = true}, PROSE_HEADINGS, false);
    }
    {
        g_autofree char *text = notice(all, opening);
        ProseText whole = {
            .locale = "en", .channel = "webhook", .text = text, .organization = "Example Cloud", .number = "1234"};
        Found found = check(&whole);

        assert_string_equal(found.quotes->str, "");
        g_string_free(found.quotes, TRUE);
        whole.channel = "email";
        expect(&whole, PROSE_LENGTH, true); /* too short for all that belongs into it */
        whole.organization = "Other Cloud";
        expect(&whole, PROSE_IDENTITY, true);
        whole.is_own = true; /* the sender's name has it */
        expect(&whole, PROSE_IDENTITY, false);
        expect(&whole, PROSE_LENGTH, false);
        whole.number = "4321";
        expect(&whole, PROSE_CODE, true);
    }
}

static void test_links(void **state)
{
    static const char *const domains[] = {"example.com", NULL};
    static const struct {
        const char *html;
        bool is_broken;
    } rows[] = {
        {"<a href=\"https://example.com/n\">https://example.com/n</a>", false},
        {"<a href=\"https://www.example.com/n\">www.example.com/n</a>", false},
        {"<a href=\"mailto:privacy@example.com\">privacy@example.com</a>", false},
        {"<a href=\"https://example.com.evil.example/n\">https://example.com.evil.example/n</a>", true},
        {"<a href=\"https://notexample.com/n\">https://notexample.com/n</a>", true},
        {"<a href=\"https://example.com/n\">our site</a>", true},
        {"<a href=\"https://example.com/login?token=1\">example.com</a>", true},
        {"<a href=\"https://example.com/\">example.com</a><a href=\"https://example.com/\">example.com</a><a "
         "href=\"https://example.com/\">example.com</a>",
         true},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        expect(&(ProseText){.locale = "en", .text = "", .html = rows[i].html, .domains = domains}, PROSE_LINK,
               rows[i].is_broken);
}

static void test_child(void **state)
{
    ProseText text = {.locale = "en", .channel = "webhook", .template_name = "child"};

    (void)state;
    text.text = "Strangers may know something about you. It is not your fault. Please show this to your parents.";
    expect(&text, PROSE_LENGTH, false);
    text.text =
        "Strangers may know something about you. It is not your fault at all, so do not be afraid. Please show this "
        "to your parents, or to another grown-up whom you trust, as soon as you see them.";
    expect(&text, PROSE_LENGTH, true);
}

/* A source: tags and markup are no words, lines are its own, and a rule that needs the whole stays silent. */
static void test_passages(void **state)
{
    Found found = {.quotes = g_string_new(NULL)};

    (void)state;
    prose_check_passage("en", NULL, "{{#click}}\n<p class=\"click\">\nPlease click &amp; wait\n</p>{{/click}}", false,
                        note, &found);
    assert_int_equal(found.of[PROSE_LINK], 1);
    assert_int_equal(found.line, 3);
    prose_check_passage("zh-TW", "email", "<style>\n.a,b{}\n</style>\n請看{{facts.信息}}", false, note, &found);
    assert_int_equal(found.of[PROSE_LANGUAGE], 0);
    prose_check_passage("fr", NULL, "Nous avons recently click 验证码", true, note, &found);
    assert_int_equal(found.of[PROSE_IDENTITY] + found.of[PROSE_CODE], 0);
    g_string_free(found.quotes, TRUE);
}

/* The table against where it comes from: GB 2312 without Big5. */
static void test_simplified(void **state)
{
    GIConv gb = g_iconv_open("UTF-8", "GB2312");
    GIConv big5 = g_iconv_open("BIG5", "UTF-8");
    int wrong = 0, simplified = 0;

    (void)state;
    if (gb == (GIConv)-1 || big5 == (GIConv)-1)
        skip();
    for (int row = 0xb0; row < 0xf8; row++)
        for (int cell = 0xa1; cell < 0xff; cell++) {
            const char bytes[2] = {(char)row, (char)cell};
            g_autofree char *text = g_convert_with_iconv(bytes, 2, gb, NULL, NULL, NULL);
            g_autofree char *there = text ? g_convert_with_iconv(text, -1, big5, NULL, NULL, NULL) : NULL;
            ProseText prose = {.locale = "zh-TW", .text = text};
            Found found;

            if (!text)
                continue;
            found = check(&prose);
            simplified += !there;
            wrong += (found.of[PROSE_LANGUAGE] > 0) != !there;
            g_string_free(found.quotes, TRUE);
        }
    g_iconv_close(gb);
    g_iconv_close(big5);
    assert_int_equal(wrong, 0);
    assert_true(simplified > 2000);
}

static void test_seconds(void **state)
{
    (void)state;
    assert_int_equal(prose_seconds("en", "one two three four five"), 2);
    assert_int_equal(prose_seconds("en", "[one two three four five] one two three four five"), 2);
    assert_int_equal(prose_seconds("zh-CN", "一二三四"), 1);
    assert_int_equal(prose_seconds("zh-CN", "【一二三四五六七八】一二三四"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts),      cmocka_unit_test(test_subjects), cmocka_unit_test(test_sections),
        cmocka_unit_test(test_links),      cmocka_unit_test(test_child),    cmocka_unit_test(test_passages),
        cmocka_unit_test(test_simplified), cmocka_unit_test(test_seconds),
    };

    return cmocka_run_group_tests_name("prose", tests, NULL, NULL);
}
