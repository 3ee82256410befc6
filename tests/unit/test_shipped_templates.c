/* The shipped templates against the rules by which notices are worded: headings and their order, lengths, one apology,
 * no words that a phisher would like, and what an update must begin with. */
#include "load_expect.h"

#include <jansson.h>

#include "base/text.h"
#include "dispatch/context.h"
#include "dispatch/render.h"
#include "load/load_playbook.h"
#include "load/load_template.h"
#include "load/load_vocabulary.h"

#define ID "aaaaaaaaaaaaaaaaaaaaaaaaaa"

typedef struct Language {
    const char *locale;
    bool is_chinese;
    const char *headings[9];
    const char *update_headings[5];
    const char *sorry;
    const char *need_not, *need;
    const char *exercise; /* the mark, which the subject's limit does not count */
} Language;

static const Language languages[] = {
    {"en",
     false,
     {"What happened", "Which of your information", "What it may mean", "What we did and will do", "What you can do",
      "How we make it right", "Contact and complaints", "How to check this notice", NULL},
     {"What has changed", "What you can do", "Contact and complaints", "How to check this notice", NULL},
     "sorry",
     "You need not do anything more.",
     "You need to do more",
     "[EXERCISE] "},
    {"zh-CN",
     true,
     {"发生了什么", "涉及您的哪些信息", "可能的影响", "我们做了什么、将做什么", "请您做什么", "我们如何补救",
      "联系与投诉", "如何核实本通知", NULL},
     {"有什么变化", "请您做什么", "联系与投诉", "如何核实本通知", NULL},
     "道歉",
     "您不需要再做任何事。",
     "您还需要",
     "【演练】"},
    {"zh-TW",
     true,
     {"發生了什麼事", "涉及您的哪些資料", "可能的影響", "我們做了什麼、將做什麼", "請您這樣做", "我們如何補救",
      "聯絡與申訴", "如何查證本通知", NULL},
     {"有什麼變化", "請您這樣做", "聯絡與申訴", "如何查證本通知", NULL},
     "致歉",
     "您不需要再做任何事。",
     "您還需要",
     "【演練】"},
};

static void no_reading(const char *path, void *user)
{
    (void)path;
    (void)user;
}

static Playbook *sample(const char *name)
{
    g_autoptr(Findings) findings = findings_new();
    g_autofree char *path = g_build_filename(BREACH_SOURCE_DIR, "playbooks", name, NULL);
    Playbook *playbook = load_playbook(path, findings);

    load_vocabulary(playbook, BREACH_SOURCE_DIR, no_reading, NULL, findings);
    expect_findings(findings, NULL, 0);
    return playbook;
}

static const TemplateText *text_of(const TemplateSet *set, const char *locale)
{
    for (guint i = 0; i < set->texts->len; i++) {
        const TemplateText *text = g_ptr_array_index(set->texts, i);

        if (strcmp(text->locale, locale) == 0)
            return text;
    }
    fail_msg("%s has no %s", set->name, locale);
    return NULL;
}

/* Characters that are read: neither space nor bullet. */
static size_t characters_of(const char *text)
{
    size_t count = 0;

    for (; *text; text = g_utf8_next_char(text))
        count += !g_unichar_isspace(g_utf8_get_char(text)) && !g_str_has_prefix(text, "•");
    return count;
}

typedef struct Rendered {
    char *subject, *text, *html; /* owned */
} Rendered;

static void rendered_clear(Rendered *rendered)
{
    g_free(rendered->subject);
    g_free(rendered->text);
    g_free(rendered->html);
}

/* Renders for somebody with a name and an address. */
static Rendered render(const Playbook *playbook, const char *name, const char *locale, bool is_update)
{
    static const char *const people[] = {"{\"email\":\"zhang.wei@example.com\",\"id\":\"1\",\"name\":\"张伟\"}", NULL};
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(TemplateSet) set =
        load_template(name, "email", playbook->folder, BREACH_SOURCE_DIR, position_make(NULL, 0, 0), findings);
    ContextRequest request = {.playbook = playbook,
                              .status = INCIDENT_EXERCISE,
                              .template_name = name,
                              .channel = "email",
                              .text = text_of(set, locale),
                              .is_update = is_update};
    g_autofree const char **needs = NULL;
    g_autofree char *body = NULL;
    g_autoptr(RenderText) compiled = NULL;
    g_autoptr(RenderScratch) scratch = render_scratch_new();
    RenderParts parts;

    if (is_update)
        moment_parse("2026-11-21T22:10+08:00", &request.first_notice, NULL);
    body = context_freeze(&request, &needs, findings);
    expect_findings(findings, NULL, 0);
    assert_null(needs[0]); /* nobody is left out for want of a name */
    compiled = render_text_new(body, NULL);
    assert_true(render_parts(compiled, scratch, &(RenderRequest){.id = ID, .people = people}, &parts, NULL));
    return (Rendered){g_strdup(parts.subject), g_strdup(parts.text), g_strdup(parts.html)};
}

static void expect_in_order(const char *text, const char *const *headings, const char *before, const char *after)
{
    const char *at = text;

    for (; *headings; headings++) {
        g_autofree char *line = g_strconcat(before, *headings, after, NULL);
        const char *found = strstr(at, line);

        if (!found) {
            fail_msg("\"%s\" is not there, or not in its place, in:\n%s", *headings, text);
            return;
        }
        at = found + 1;
    }
}

static int count_of(const char *text, const char *word)
{
    int count = 0;

    for (const char *at = strstr(text, word); at; at = strstr(at + 1, word))
        count++;
    return count;
}

static size_t words_of(const char *text)
{
    size_t words = 0;
    bool is_inside = false;

    for (; *text; text++) {
        bool is_space = g_ascii_isspace(*text);

        words += !is_space && !is_inside;
        is_inside = !is_space;
    }
    return words;
}

static void check_all(const Language *language, const Rendered *rendered)
{
    static const char *const never[] = {"{{",       "click",    "Re:",           "verification code",
                                        "100 %",    "100%",     "sophisticated", "abundance of caution",
                                        "验证码",   "校验码",   "驗證碼",        "近日",
                                        "少量用户", "个别用户", "http://",       "https://"};
    const char *subject = rendered->subject + strlen(language->exercise);

    assert_true(g_str_has_prefix(rendered->subject, language->exercise));
    assert_true(text_characters(subject, strlen(subject)) <= (language->is_chinese ? 20 : 60));
    assert_null(strchr(subject, '!'));
    assert_null(strstr(subject, "！"));
    for (size_t i = 0; i < G_N_ELEMENTS(never); i++)
        if (strstr(rendered->subject, never[i]) || strstr(rendered->text, never[i]) || strstr(rendered->html, never[i]))
            fail_msg("%s: %s", language->locale, never[i]);
    assert_int_equal(count_of(rendered->text, "aaaa"), 0); /* the number is digits */
    assert_non_null(strstr(rendered->html, language->is_chinese ? "<html lang=\"zh-" : "<html lang=\"en\">"));
}

static void test_individual(void **state)
{
    static const char *const samples[] = {"credential-leak.yaml", "misdirected-export.yaml"};

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(samples); i++) {
        g_autoptr(Playbook) playbook = sample(samples[i]);

        for (size_t j = 0; j < G_N_ELEMENTS(languages); j++) {
            const Language *language = &languages[j];
            Rendered rendered = render(playbook, "individual", language->locale, false);
            const char *notice = strstr(rendered.text, "\n\n"); /* behind the mark of an exercise */
            size_t length = language->is_chinese ? characters_of(notice) : words_of(notice);

            check_all(language, &rendered);
            expect_in_order(rendered.text, language->headings, "\n\n", "\n\n");
            expect_in_order(rendered.html, language->headings, ">", "</h2>");
            assert_int_equal(count_of(rendered.text, language->sorry), 1);
            if (length < (language->is_chinese ? 500 : 350) || length > (language->is_chinese ? 900 : 550))
                fail_msg("%s in %s is %zu long", samples[i], language->locale, length);
            rendered_clear(&rendered);
        }
    }
}

static LocaleText *text_in_all(const char *english, const char *mainland, const char *taiwan)
{
    Position nowhere = position_make(NULL, 0, 0);
    LocaleText *text = locale_text_map(nowhere);

    locale_text_add(text, "en", english, nowhere);
    locale_text_add(text, "zh-CN", mainland, nowhere);
    locale_text_add(text, "zh-TW", taiwan, nowhere);
    return text;
}

static const char *pick(const Language *language, const char *english, const char *mainland, const char *taiwan)
{
    return !language->is_chinese ? english : strcmp(language->locale, "zh-CN") == 0 ? mainland : taiwan;
}

/* What comes first after the heading of the first section. */
static void expect_beginning(const Language *language, const Rendered *rendered, const char *wanted)
{
    const char *section = strstr(rendered->text, language->update_headings[0]);
    const char *found = section ? strstr(section, wanted) : NULL;

    if (!found || found > strstr(section, language->update_headings[1]))
        fail_msg("\"%s\" is not in the first section of:\n%s", wanted, rendered->text);
}

static void check_update(Playbook *playbook, const Language *language)
{
    PlaybookUpdate *update = playbook->update;
    Rendered rendered = render(playbook, "update", language->locale, true);

    check_all(language, &rendered);
    expect_in_order(rendered.text, language->update_headings, "\n\n", "\n\n");
    expect_in_order(rendered.html, language->update_headings, ">", "</h2>");
    expect_beginning(language, &rendered, pick(language, "21 November 2026", "2026年11月21日", "2026年11月21日"));
    if (update->kind == UPDATE_CORRECTION) {
        expect_beginning(language, &rendered, pick(language, "Wrong: in June", "原来写的是：六月", "原本寫的是：六月"));
        expect_beginning(language, &rendered, pick(language, "Right: in July", "正确的是：七月", "正確的是：七月"));
    } else {
        expect_beginning(language, &rendered, pick(language, "Cards too.", "还有银行卡。", "還有信用卡。"));
    }
    assert_int_equal(count_of(rendered.text, language->sorry), update->kind == UPDATE_NEWS ? 0 : 1);
    assert_int_equal(count_of(rendered.text, language->need_not), update->need_to_act ? 0 : 1);
    assert_int_equal(count_of(rendered.text, language->need), update->need_to_act ? 1 : 0);
    assert_int_equal(count_of(rendered.html, language->need_not), update->need_to_act ? 0 : 1);
    rendered_clear(&rendered);
}

static void test_update(void **state)
{
    g_autoptr(Playbook) playbook = sample("credential-leak.yaml");
    PlaybookUpdate *update = playbook_update_new();

    (void)state;
    playbook->incident.edition = 2;
    playbook->update = update;
    update->what_changed = text_in_all("Cards too.", "还有银行卡。", "還有信用卡。");
    update->wrong = text_in_all("in June", "六月", "六月");
    update->right = text_in_all("in July", "七月", "七月");
    for (int kind = UPDATE_NEWS; kind <= UPDATE_WITHDRAWAL; kind++)
        for (int act = 0; act < 2; act++)
            for (size_t j = 0; j < G_N_ELEMENTS(languages); j++) {
                update->kind = (UpdateKind)kind;
                update->need_to_act = act == 1;
                check_update(playbook, &languages[j]);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_individual),
        cmocka_unit_test(test_update),
    };

    return cmocka_run_group_tests_name("shipped_templates", tests, NULL, NULL);
}
