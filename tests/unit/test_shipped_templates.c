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
#include "model/prose.h"

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

/* The text as it is planned, with an update's first notice at a day of its own; nobody is left out for want of a name. */
static RenderText *freeze(ContextRequest *request, Findings *findings)
{
    g_autofree const char **needs = NULL;
    g_autofree char *body = NULL;

    if (request->is_update)
        moment_parse("2026-11-21T22:10+08:00", &request->first_notice, NULL);
    body = context_freeze(request, &needs, findings);
    expect_findings(findings, NULL, 0);
    assert_null(needs[0]);
    return render_text_new(body, NULL);
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
    g_autoptr(RenderText) compiled = freeze(&request, findings);
    g_autoptr(RenderScratch) scratch = render_scratch_new();
    RenderParts parts;

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
    static const char *const samples[] = {"credential-leak-email.yaml", "misdirected-export.yaml"};

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
    g_autoptr(Playbook) playbook = sample("credential-leak-email.yaml");
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

/* Everything that is shipped, by the rules of the wording --------------------------------------------------------- */

typedef struct Shipped {
    const char *name;
    Capacity capacity;
    const char *channels[10];
} Shipped;

static const Shipped shipped[] = {
    {"individual", CAPACITY_SELF, {"email", "sms", "push", "im", "webhook", "letter", "phone", "voice"}},
    {"guardian", CAPACITY_GUARDIAN, {"email", "sms", "push", "letter", "phone"}},
    {"child", CAPACITY_SELF, {"email", "sms", "push"}},
    {"controller", CAPACITY_ORGANIZATION, {"email", "sms", "letter", "phone"}},
    {"eu-resident", CAPACITY_SELF, {"email", "sms", "push", "letter"}},
    {"us-ca", CAPACITY_SELF, {"email", "letter"}},
    {"closed-account", CAPACITY_SELF, {"email", "sms", "letter"}},
    {"pointer", CAPACITY_SELF, {"sms", "push", "im"}},
    {"announcement", CAPACITY_SELF, {"announcement"}},
    {"kit", CAPACITY_SELF, {"holding", "questions", "staff", "told", "not-told"}},
    {"update", CAPACITY_SELF, {"email", "sms", "push", "im", "webhook", "letter", "phone", "voice", "announcement"}},
};

static const char full_person[] =
    "{\"address\":\"Hauptstr. 1, 10115 Berlin\",\"email\":\"zhang.wei@example.com\",\"guardian_name\":"
    "\"Wang Fang\",\"id\":\"1\",\"name\":\"Zhang Wei\",\"organization\":\"Muster "
    "GmbH\",\"organization_people\":\"42\",\"phone\":\"+8613800000000\"}";
static const char bare_person[] = "{\"id\":\"1\"}";

typedef struct Judging {
    const char *what;
    GString *found; /* owned by the test */
} Judging;

static void judge(const ProseFinding *finding, void *user)
{
    Judging *judging = user;

    g_string_append_printf(judging->found, "%s: rule %d, %s:%zu: \"%s\": %s\n", judging->what, (int)finding->rule,
                           finding->part, finding->line, finding->quote, finding->instead);
}

typedef struct Case {
    const Playbook *playbook;
    const Shipped *shipped;
    const char *channel, *locale, *person;
    bool is_sparse; /* little is known: what is said may be short of what the law asks for, but not badly said */
} Case;

static const char *given(const char *text)
{
    return text && *text ? text : NULL;
}

static const char *number_in(const Case *one)
{
    static const char *const without[] = {"announcement", "holding", "questions", "staff", NULL};
    static char number[ID_NUMBER_LENGTH + 1];

    id_number(ID, number);
    return g_strv_contains(without, one->channel) ? NULL : number;
}

/* The person, and the kinds of data that it concerns, as the notice calls them. */
static GPtrArray *personal_of(const Case *one)
{
    static const char *const person[] = {"Zhang Wei", "zhang.wei", "zh***", "Wang Fang", "13800000000"};
    GPtrArray *personal = g_ptr_array_new();

    for (size_t i = 0; i < G_N_ELEMENTS(person); i++)
        g_ptr_array_add(personal, (gpointer)person[i]);
    for (guint i = 0; i < one->playbook->data_kinds->len; i++)
        g_ptr_array_add(personal,
                        (gpointer)locale_text_get(((DataKind *)g_ptr_array_index(one->playbook->data_kinds, i))->label,
                                                  one->locale));
    g_ptr_array_add(personal, NULL);
    return personal;
}

static void check_words(const Case *one, const RenderParts *parts, GString *found)
{
    g_autoptr(GPtrArray) personal = personal_of(one);
    static const char *const domains[] = {"example.com", NULL};
    bool is_call = strcmp(one->channel, "phone") == 0;
    g_autofree char *what = g_strdup_printf("%s/%s/%s of %s%s", one->shipped->name, one->locale, one->channel,
                                            one->playbook->incident.id, one->is_sparse ? " (sparse)" : "");
    Judging judging = {what, found};

    prose_check(&(ProseText){.locale = one->locale,
                             .channel = one->channel,
                             .template_name = one->shipped->name,
                             .subject = given(parts->subject),
                             .text = parts->text,
                             .html = given(parts->html),
                             .organization = locale_text_get(one->playbook->organization.name, one->locale),
                             .number = number_in(one),
                             .domains = domains,
                             .personal = is_call ? NULL : (const char *const *)personal->pdata,
                             .sign = strcmp(one->locale, "zh-CN") == 0 ? strlen("xxxxx") : 0, /* 【示例云】 */
                             .is_own = one->is_sparse},
                &judge, &judging);
    if (strstr(parts->text, "{{") || (parts->html && strstr(parts->html, "{{")))
        g_string_append_printf(found, "%s: a tag is left\n", what);
}

static void check_case(const Case *one, GString *found)
{
    const char *const people[] = {one->person, NULL};
    bool is_update = strcmp(one->shipped->name, "update") == 0;
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(TemplateSet) set = load_template(one->shipped->name, one->channel, one->playbook->folder,
                                               BREACH_SOURCE_DIR, position_make(NULL, 0, 0), findings);
    ContextRequest request = {.playbook = one->playbook,
                              .status = INCIDENT_ACTUAL,
                              .template_name = one->shipped->name,
                              .channel = one->channel,
                              .text = text_of(set, one->locale),
                              .capacity = one->shipped->capacity,
                              .is_update = is_update};
    g_autoptr(RenderText) compiled = freeze(&request, findings);
    g_autoptr(RenderScratch) scratch = render_scratch_new();
    RenderParts parts;

    assert_true(render_parts(compiled, scratch, &(RenderRequest){.id = ID, .people = people}, &parts, NULL));
    check_words(one, &parts, found);
}

static void check_shipped(const Playbook *playbook, const char *person, bool is_sparse, GString *found)
{
    for (size_t i = 0; i < G_N_ELEMENTS(shipped); i++)
        for (const char *const *channel = shipped[i].channels; *channel; channel++)
            for (size_t j = 0; j < G_N_ELEMENTS(languages); j++)
                check_case(&(Case){.playbook = playbook,
                                   .shipped = &shipped[i],
                                   .channel = *channel,
                                   .locale = languages[j].locale,
                                   .person = person,
                                   .is_sparse = is_sparse},
                           found);
}

/* Nothing but what every notice must have. */
static void make_sparse(Playbook *playbook)
{
    GPtrArray *lists[] = {playbook->impact, playbook->measures_taken, playbook->measures_planned, playbook->advice,
                          playbook->remedies};

    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
        g_ptr_array_set_size(lists[i], 0);
    for (guint i = playbook->facts->len; i > 0; i--)
        if (strcmp(((const Fact *)g_ptr_array_index(playbook->facts, i - 1))->name, "what_happened") != 0)
            g_ptr_array_remove_index(playbook->facts, i - 1);
    playbook->affected.given = false;
    playbook->incident.occurred_at.known = false;
    playbook->incident.contained_at.known = false;
    g_clear_pointer(&playbook->organization.contact_phone, g_free);
    g_ptr_array_set_size(playbook->organization.domains, 0);
}

static void test_all_words(void **state)
{
    static const char *const samples[] = {"credential-leak.yaml", "credential-leak-email.yaml", "misdirected-export.yaml"};
    GString *found = g_string_new(NULL);

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(samples); i++) {
        g_autoptr(Playbook) playbook = sample(samples[i]);
        PlaybookUpdate *update = playbook_update_new();

        playbook->update = update;
        update->what_changed = text_in_all("Cards too.", "还有银行卡。", "還有信用卡。");
        update->wrong = text_in_all("in June", "六月", "六月");
        update->right = text_in_all("in July", "七月", "七月");
        for (int kind = UPDATE_NEWS; kind <= UPDATE_WITHDRAWAL; kind++) {
            update->kind = (UpdateKind)kind;
            update->need_to_act = kind == UPDATE_NEWS;
            check_shipped(playbook, full_person, false, found);
        }
        check_shipped(playbook, bare_person, true, found);
        make_sparse(playbook);
        check_shipped(playbook, bare_person, true, found);
    }
    if (found->len > 0) {
        g_printerr("%s", found->str); /* longer than what a failure may say */
        fail_msg("the words of shipped templates");
    }
    g_string_free(found, TRUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_individual),
        cmocka_unit_test(test_update),
        cmocka_unit_test(test_all_words),
    };

    return cmocka_run_group_tests_name("shipped_templates", tests, NULL, NULL);
}
