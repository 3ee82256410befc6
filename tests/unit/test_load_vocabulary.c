#include "load_expect.h"

#include "load/load_playbook.h"
#include "load/load_vocabulary.h"

static void note_path(const char *path, void *user)
{
    g_string_append_printf(user, "%s\n", path + strlen(expect_home));
}

static DataKind *add_kind(Playbook *playbook, const char *name, int line)
{
    DataKind *kind = g_new0(DataKind, 1);

    kind->name = g_strdup(name);
    kind->at = position_make("playbook.yaml", line, 1);
    g_ptr_array_add(playbook->data_kinds, kind);
    return kind;
}

static void add_unknown(Playbook *playbook, const char *name, int line)
{
    Fact *fact = g_new0(Fact, 1);

    fact->name = g_strdup(name);
    fact->at = position_make("playbook.yaml", line, 1);
    g_ptr_array_add(playbook->facts, fact);
}

static Playbook *make_playbook(void)
{
    Playbook *playbook = playbook_new();

    playbook->folder = g_build_filename(expect_home, "incident", NULL);
    return playbook;
}

static void write_file(const char *name, const char *text)
{
    g_free(expect_text(expect_home, name, text));
}

#define KIND(name, text) "  " name ": {label: {en: " text "}, consequence: {en: C.}, sensitive: true}\n"

/* What stands beside the playbook wins; only files that are needed are read. */
static void test_own_first(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(Playbook) playbook = make_playbook();
    g_autofree char *data = g_build_filename(expect_home, "data", NULL);
    g_autoptr(GString) paths = g_string_new(NULL);
    DataKind *own;
    DataKind *shipped;

    (void)state;
    write_file("data/playbooks/data-kinds.yaml",
               "version: 1\nkinds:\n" KIND("name", "Shipped") KIND("email", "Shipped"));
    write_file("incident/data-kinds.yaml", "version: 1\nkinds:\n" KIND("name", "Own") KIND("badge", "Own"));
    load_vocabulary(playbook, data, note_path, paths, findings);
    assert_string_equal(paths->str, "");
    own = add_kind(playbook, "name", 1);
    shipped = add_kind(playbook, "email", 2);
    add_kind(playbook, "badge", 3);
    load_vocabulary(playbook, data, note_path, paths, findings);
    expect_findings(findings, NULL, 0);
    assert_string_equal(paths->str, "/incident/data-kinds.yaml\n/data/playbooks/data-kinds.yaml\n");
    assert_string_equal(locale_text_get(own->label, "en"), "Own");
    assert_string_equal(locale_text_get(shipped->label, "en"), "Shipped");
    assert_true(own->sensitive);
}

/* Whoever writes what readers call it is led to the name. */
static void test_label_for_name(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(Playbook) playbook = make_playbook();
    g_autofree char *data = g_build_filename(expect_home, "data", NULL);
    g_autoptr(GString) paths = g_string_new(NULL);

    (void)state;
    g_free(playbook->folder);
    playbook->folder = g_build_filename(expect_home, "elsewhere", NULL);
    write_file("data/playbooks/data-kinds.yaml",
               "version: 1\nkinds:\n  name: {label: {en: Name, zh-CN: 姓名}, consequence: {en: C.}, sensitive: true}\n");
    add_kind(playbook, "姓名", 4);
    load_vocabulary(playbook, data, note_path, paths, findings);
    EXPECT(findings,
           {4, 1, "playbook-data-kind", "\"姓名\" is no kind of data that is known, did you mean \"name\"?"});
}

static void test_unknown_kinds(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(Playbook) playbook = make_playbook();
    g_autofree char *data = g_build_filename(expect_home, "data", NULL);
    g_autoptr(GString) paths = g_string_new(NULL);

    (void)state;
    add_kind(playbook, "emial", 4);
    add_kind(playbook, "shoe_size", 5);
    load_vocabulary(playbook, data, note_path, paths, findings);
    EXPECT(findings,
           {4, 1, "playbook-data-kind", "\"emial\" is no kind of data that is known, did you mean \"email\"?"},
           {5, 1, "playbook-data-kind",
            "describe it in data-kinds.yaml beside the playbook, or use one of: badge, email, name"});
}

static void test_wrong_files(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(Playbook) playbook = make_playbook();
    g_autofree char *data = g_build_filename(expect_home, "data", NULL);
    g_autoptr(GString) paths = g_string_new(NULL);

    (void)state;
    write_file("incident/data-kinds.yaml", "version: 1\nkinds:\n  badge: {label: {en: B}, sensitive: maybe}\n"
                                           "  card: {labl: x, label: y, consequence: z, sensitive: false}\n");
    add_kind(playbook, "name", 1);
    load_vocabulary(playbook, data, note_path, paths, findings);
    EXPECT(findings, {3, 10, "playbook-missing-key", "a kind of data lacks the key consequence"},
           {3, 38, "playbook-value", "sensitive cannot be \"maybe\""},
           {4, 10, "playbook-unknown-key", "unknown key \"labl\" in a kind of data, did you mean \"label\"?"});
}

static void test_wordings(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(Findings) none = findings_new();
    g_autoptr(Playbook) playbook = make_playbook();
    g_autoptr(Playbook) lost = make_playbook();
    g_autofree char *data = g_build_filename(expect_home, "data", NULL);
    g_autoptr(GString) paths = g_string_new(NULL);

    (void)state;
    write_file("data/playbooks/unknown-facts.yaml", "version: 1\nwordings: {cause: shipped, default: any}\n");
    write_file("incident/unknown-facts.yaml", "version: 1\nwordings: {cause: own}\n");
    add_unknown(playbook, "cause", 1);
    add_unknown(playbook, "who", 2);
    load_vocabulary(playbook, data, note_path, paths, findings);
    expect_findings(findings, NULL, 0);
    assert_string_equal(locale_text_get(playbook_wording(playbook, "cause"), "en"), "own");
    assert_string_equal(locale_text_get(playbook_wording(playbook, "who"), "en"), "any");
    add_unknown(lost, "who", 2);
    load_vocabulary(lost, "/nonexistent", note_path, paths, none);
    EXPECT(none, {2, 1, "playbook-unknown-wording", "who is unknown, and nothing says how that is worded"});
}

/* The shipped vocabulary is whole: every kind in every language that the shipped templates have. */
static void test_shipped(void **state)
{
    static const char *const names[] = {"name",          "email",          "phone",           "address",
                                        "national_id",   "passport",       "bank_card",       "card_cvv",
                                        "bank_account",  "password_plain", "password_hash",   "security_questions",
                                        "health",        "biometrics",     "location",        "messages",
                                        "order_history", "ip_device",      "access_token",    "api_key",
                                        "source_code",   "billing",        "minors",          "birth_date",
                                        "photo",         "employment",     "contract",        "beliefs",
                                        "sexual_life",   "genetic",        "criminal_record", "tax",
                                        "income",        "travel",         "username"};
    static const char *const sensitive[] = {"health",      "biometrics", "minors",
                                            "national_id", "location",   "bank_account"};
    static const char *const languages[] = {"en", "zh-CN", "zh-TW"};
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(Playbook) playbook = make_playbook();
    g_autoptr(GString) paths = g_string_new(NULL);

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        add_kind(playbook, names[i], (int)i + 1);
    add_unknown(playbook, "cause", 1);
    g_free(playbook->folder);
    playbook->folder = g_strdup(BREACH_SOURCE_DIR "/playbooks");
    load_vocabulary(playbook, BREACH_SOURCE_DIR, note_path, paths, findings);
    expect_findings(findings, NULL, 0);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        const DataKind *kind = playbook_data_kind(playbook, names[i]);

        for (size_t j = 0; j < G_N_ELEMENTS(languages); j++) {
            assert_non_null(locale_text_get(kind->label, languages[j]));
            assert_non_null(locale_text_get(kind->consequence, languages[j]));
        }
    }
    for (size_t i = 0; i < G_N_ELEMENTS(sensitive); i++)
        assert_true(playbook_data_kind(playbook, sensitive[i])->sensitive);
    assert_false(playbook_data_kind(playbook, "name")->sensitive);
    for (size_t j = 0; j < G_N_ELEMENTS(languages); j++)
        assert_non_null(strstr(locale_text_get(playbook_wording(playbook, "cause"), languages[j]), "{{next_update}}"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_own_first), cmocka_unit_test(test_unknown_kinds), cmocka_unit_test(test_wrong_files),
        cmocka_unit_test(test_wordings),  cmocka_unit_test(test_shipped),       cmocka_unit_test(test_label_for_name),
    };

    return cmocka_run_group_tests_name("load_vocabulary", tests, expect_make_home, expect_remove_home);
}
