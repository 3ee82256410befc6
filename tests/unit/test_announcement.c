/* The key announcement of a playbook: what it must say, when it is due, and which language readers are sent to. */
#include "load_expect.h"

#include "load/load_playbook.h"
#include "model/announcement.h"

/* A playbook whose twelfth line is `line`. */
static Playbook *load_line(const char *line, Findings *findings)
{
    g_autofree char *text = g_strconcat("version: 1\n"
                                        "incident: {id: leak, status: exercise}\n"
                                        "organization: {name: Example, contact: {email: help@example.com}}\n"
                                        "facts: {what_happened: Somebody copied data}\n"
                                        "impact: [Fake messages]\n"
                                        "measures: {taken: [Keys replaced]}\n"
                                        "advice: [Change your password]\n"
                                        "remedies: [We help]\n"
                                        "people: people.csv\n"
                                        "audiences: [{id: people, template: individual, ladder: [email]}]\n"
                                        "gateways: {email: relay}\n",
                                        line, "\n", NULL);
    g_autofree char *path = expect_text(expect_home, "p.yaml", text);

    return load_playbook(path, findings);
}

static const Announcement *must_load(const char *line, Playbook **playbook)
{
    g_autoptr(Findings) findings = findings_new();

    *playbook = load_line(line, findings);
    expect_findings(findings, NULL, 0);
    assert_non_null(*playbook);
    assert_non_null((*playbook)->announcement);
    return (*playbook)->announcement;
}

static const char *place_at(const Announcement *announcement, guint i)
{
    return ((const AnnouncementPlace *)g_ptr_array_index(announcement->places, i))->gateway;
}

static void test_one_gateway(void **state)
{
    g_autoptr(Playbook) playbook = NULL;
    const Announcement *announcement = must_load("announcement: {gateway: site, when: always}", &playbook);

    (void)state;
    assert_int_equal(announcement->when, ANNOUNCEMENT_ALWAYS);
    assert_int_equal(announcement->places->len, 1);
    assert_string_equal(place_at(announcement, 0), "site");
    assert_string_equal(announcement->template_name, "announcement");
    assert_null(announcement->reason);
    assert_null(announcement->url);
    assert_int_equal(announcement->at.line, 12);
}

static void test_everything(void **state)
{
    g_autoptr(Playbook) playbook = NULL;
    const Announcement *announcement =
        must_load("announcement: {gateways: [site, status-page], when: unreachable, template: public, reason: {en: No "
                  "address, zh-CN: 无}, url: {en: https://example.com/en, zh-CN: https://example.com/zh}}",
                  &playbook);

    (void)state;
    assert_int_equal(announcement->when, ANNOUNCEMENT_UNREACHABLE);
    assert_int_equal(announcement->places->len, 2);
    assert_string_equal(place_at(announcement, 1), "status-page");
    assert_string_equal(announcement->template_name, "public");
    assert_string_equal(locale_text_get(announcement->reason, "en"), "No address");
    assert_string_equal(locale_text_get(announcement->url, "zh-CN"), "https://example.com/zh");
}

static void test_words_of_its_own(void **state)
{
    g_autoptr(Playbook) playbook = NULL;
    const Announcement *announcement = must_load(
        "announcement: {gateway: site, when: always, facts: {what_happened: Records were copied}, advice: [Beware]}",
        &playbook);

    (void)state;
    assert_non_null(announcement->own);
    assert_string_equal(locale_text_get(playbook_fact(announcement->own, "what_happened")->text, "en"),
                        "Records were copied");
    assert_int_equal(announcement->own->advice->len, 1);
    assert_int_equal(announcement->own->impact->len, 0);
}

static void test_never_needs_no_gateway(void **state)
{
    g_autoptr(Playbook) playbook = NULL;

    (void)state;
    assert_int_equal(must_load("announcement: {when: never}", &playbook)->when, ANNOUNCEMENT_NEVER);
}

static void test_mistakes(void **state)
{
    static const struct {
        const char *line;
        Expected expected;
    } wrong[] = {
        {"announcement: {gateway: site}", {12, 15, "playbook-missing-key", "when"}},
        {"announcement: {when: always}", {12, 15, "playbook-missing-key", "needs a gateway"}},
        {"announcement: {gateway: site, when: sometimes}", {12, 37, "playbook-value", "sometimes"}},
        {"announcement: {gateway: site, when: always, wen: 1}", {12, 45, "playbook-unknown-key", "when"}},
        {"announcement: {gateways: [site, site], when: always}", {12, 33, "playbook-value", "named twice"}},
        {"announcement: {gateway: a, gateways: [b], when: always}", {12, 15, "playbook-value", "gateway and gateways"}},
        {"announcement: {gateway: Site!, when: always}", {12, 25, "playbook-value", "Site!"}},
        {"announcement: {gateway: site, when: always, url: http://example.com}",
         {12, 50, "playbook-value", "begins with https://"}},
        {"announcement: always", {12, 15, "playbook-type", "map"}},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(Findings) findings = findings_new();
        g_autoptr(Playbook) playbook = load_line(wrong[i].line, findings);

        print_message("# %s\n", wrong[i].line);
        assert_non_null(playbook);
        expect_findings(findings, &wrong[i].expected, 1);
    }
}

static void test_due(void **state)
{
    static const struct {
        AnnouncementWhen when;
        int64_t unreachable;
        bool is_due;
    } cases[] = {{ANNOUNCEMENT_ALWAYS, 0, true},       {ANNOUNCEMENT_ALWAYS, 7, true},
                 {ANNOUNCEMENT_UNREACHABLE, 0, false}, {ANNOUNCEMENT_UNREACHABLE, 1, true},
                 {ANNOUNCEMENT_NEVER, 0, false},       {ANNOUNCEMENT_NEVER, 9, false}};
    g_autoptr(Announcement) announcement = announcement_new();

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        announcement->when = cases[i].when;
        assert_int_equal(announcement_is_due(announcement, cases[i].unreachable), cases[i].is_due);
    }
    assert_false(announcement_is_due(NULL, 3));
}

static void test_pointers(void **state)
{
    (void)state;
    assert_true(announcement_is_pointer("sms"));
    assert_true(announcement_is_pointer("push"));
    assert_true(announcement_is_pointer("im"));
    assert_false(announcement_is_pointer("email"));
    assert_false(announcement_is_pointer("letter"));
    assert_false(announcement_is_pointer("phone"));
}

static void test_languages(void **state)
{
    static const char *const locales[] = {"en", "zh-CN", "zh-TW", NULL};
    const AnnouncementNeed need = {.locales = locales, .fallback = "zh-CN"};
    const AnnouncementNeed lost = {.locales = locales, .fallback = "fr"};

    (void)state;
    assert_string_equal(announcement_locale(&need, "zh-HK"), "zh-TW");
    assert_string_equal(announcement_locale(&need, "en-GB"), "en");
    assert_string_equal(announcement_locale(&need, "de"), "zh-CN");
    assert_string_equal(announcement_locale(&lost, "de"), "en");
}

static void test_slug(void **state)
{
    g_autofree char *actual = announcement_slug("2026-leak", false, "zh-TW");
    g_autofree char *exercise = announcement_slug("2026-leak", true, "en");

    (void)state;
    assert_string_equal(actual, "2026-leak-zh-tw");
    assert_string_equal(exercise, "exercise-2026-leak-en");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_one_gateway, expect_make_home, expect_remove_home),
        cmocka_unit_test_setup_teardown(test_everything, expect_make_home, expect_remove_home),
        cmocka_unit_test_setup_teardown(test_words_of_its_own, expect_make_home, expect_remove_home),
        cmocka_unit_test_setup_teardown(test_never_needs_no_gateway, expect_make_home, expect_remove_home),
        cmocka_unit_test_setup_teardown(test_mistakes, expect_make_home, expect_remove_home),
        cmocka_unit_test(test_due),
        cmocka_unit_test(test_pointers),
        cmocka_unit_test(test_languages),
        cmocka_unit_test(test_slug),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
