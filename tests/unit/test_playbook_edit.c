#include "load_expect.h"

#include "base/error.h"
#include "cli/playbook_edit.h"

static const PlaybookEdit edit = {.id = "2026-12-next", .status = "actual", .mark = "FILL IN"};

/* What becomes of `text`; NULL on an error. */
static char *edited(const char *text, const PlaybookEdit *with, char **people, GError **error)
{
    g_autofree char *people_ignored = NULL;
    char *folder = expect_folder();
    g_autofree char *path = expect_file(folder, "playbook.yaml", text, strlen(text));
    char *result = playbook_edit(path, with, people ? people : &people_ignored, error);

    expect_remove(folder);
    return result;
}

static void test_values(void **state)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *people = NULL;
    g_autofree char *text = edited("\xef\xbb\xbf# 泄露\n"
                                   "incident: {id: a, status: 'exercise', edition: 3, detected_at: \"2026\"}   # 注\n"
                                   "people: ../lists/all.csv\n"
                                   "facts: {affected: {lower: 1, as_of: 2026}, x: {en: id}}\n",
                                   &edit, &people, &error);

    (void)state;
    assert_null(error);
    assert_string_equal(text, "# 泄露\n"
                              "incident: {id: 2026-12-next, status: actual, edition: 1, detected_at: FILL IN}   # 注\n"
                              "people: all.csv\n"
                              "facts: {affected: {lower: FILL IN, as_of: FILL IN}, x: {en: id}}\n");
    assert_string_equal(people, "all.csv");
}

static void test_without_marks(void **state)
{
    const PlaybookEdit plain = {.id = "b", .status = "exercise"};
    g_autoptr(GError) error = NULL;
    g_autofree char *people = NULL;
    g_autofree char *text =
        edited("incident: {id: a, detected_at: 2026}\npeople: {file: \"my 名单.csv\", x: 1}", &plain, &people, &error);

    (void)state;
    assert_null(error);
    assert_string_equal(text, "incident: {id: b, detected_at: 2026}\npeople: {file: \"my 名单.csv\", x: 1}");
    assert_string_equal(people, "my 名单.csv");
}

/* As of when something was unknown, and by when readers hear more, belongs to the other incident. */
static void test_unknown_facts(void **state)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = edited("facts: {what_happened: x, cause: {unknown: {as_of: 2026, next_update: 2027}}, "
                                   "who: {unknown: yes}, misuse: {en: unknown}}",
                                   &edit, NULL, &error);

    (void)state;
    assert_null(error);
    assert_string_equal(text, "facts: {what_happened: x, cause: {unknown: {as_of: FILL IN, next_update: FILL IN}}, "
                              "who: {unknown: yes}, misuse: {en: unknown}}");
}

/* So do its level, and what starts clocks or decides which duties there are. */
static void test_law(void **state)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = edited(
        "incident: {level: 2, kind: intrusion}\n"
        "anchors: {awareness: 2026, handling_end: {at: 2027, by: Li Na, reason: done}}\n"
        "variables: {risk: high, affected_state: {lower: 1, likely: 2, upper: 3}}\n"
        "regimes: [cn-pipl, {id: us-ca, people: \"a == 'b'\", anchors: {discovery: 1}, variables: {harm: 'true'}}]",
        &edit, NULL, &error);

    (void)state;
    assert_null(error);
    assert_string_equal(
        text, "incident: {level: FILL IN, kind: intrusion}\n"
              "anchors: {awareness: FILL IN, handling_end: {at: FILL IN, by: Li Na, reason: done}}\n"
              "variables: {risk: FILL IN, affected_state: {lower: FILL IN, likely: FILL IN, upper: FILL IN}}\n"
              "regimes: [cn-pipl, {id: us-ca, people: \"a == 'b'\", anchors: {discovery: FILL IN}, variables: {harm: "
              "FILL IN}}]");
}

/* A comment stays in its column where there is room. */
static void test_columns(void **state)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *wider =
        edited("incident:\n  id: a              # id\n  status: exercise  # status\n", &edit, NULL, &error);
    g_autofree char *tight = edited("incident:\n  id: a # id\n", &edit, NULL, &error);

    (void)state;
    assert_null(error);
    assert_string_equal(wider, "incident:\n  id: 2026-12-next   # id\n  status: actual    # status\n");
    assert_string_equal(tight, "incident:\n  id: 2026-12-next # id\n");
}

static void test_refusals(void **state)
{
    static const char *const rows[][2] = {
        {"incident: {id: \"\\x61\"}\n", ":1:16: this value cannot be replaced: write it on one line"},
        {"incident:\n  id: a\n   b\n", ":2:7: this value cannot be replaced"},
        {"incident: {id: a\n", "the playbook cannot be read: "},
        {"- a\n", "the playbook cannot be read: "},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *text = edited(rows[i][0], &edit, NULL, &error);

        assert_null(text);
        assert_true(g_error_matches(error, BREACH_ERROR, BREACH_ERROR_INPUT));
        assert_non_null(strstr(error->message, rows[i][1]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values), cmocka_unit_test(test_without_marks), cmocka_unit_test(test_unknown_facts),
        cmocka_unit_test(test_law),    cmocka_unit_test(test_columns),       cmocka_unit_test(test_refusals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
