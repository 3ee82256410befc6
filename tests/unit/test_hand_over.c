/* Files for people outside: durable, encrypted, never half there; and cells that are no formulas. */
#include "channel/hand_over.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/file.h"
#include "hand_over_bench.h"

#define RECIPIENT "age1xn8smpadr8lq4cz0qvfrywt993uj6032hfvft3xmf63d3uvsx49qrt8czj"

static int set_up(void **state)
{
    signal(SIGPIPE, SIG_IGN);
    *state = g_dir_make_tmp("breach-handover-XXXXXX", NULL);
    return *state ? 0 : -1;
}

static int tear_down(void **state)
{
    rmdir(*state);
    g_free(*state);
    return 0;
}

static void test_plain(void **state)
{
    const GatewayEncrypt plain = {.tool = GATEWAY_ENCRYPT_NONE};
    g_autofree char *path = g_build_filename(*state, "list.csv", NULL);
    g_autoptr(GError) error = NULL;
    HandOver *file = hand_over_open(&plain, *state, "list.csv", &error);
    g_autofree char *wanted = g_compute_checksum_for_string(G_CHECKSUM_SHA256, "one\ntwo\n", -1);
    g_autofree char *bytes = NULL;
    struct stat info;

    assert_non_null(file);
    assert_true(hand_over_text(file, "one\n"));
    assert_true(hand_over_text(file, "two\n"));
    assert_string_equal(hand_over_digest(file), wanted);
    assert_true(hand_over_close(file, &error));
    bytes = file_read(path, 100, NULL, NULL);
    assert_string_equal(bytes, "one\ntwo\n");
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);

    assert_null(hand_over_open(&plain, *state, "list.csv", &error)); /* it is there */
    assert_true(g_error_matches(error, BREACH_ERROR, BREACH_ERROR_CREATE));
    unlink(path);
}

static void test_encrypted(void **state)
{
    GatewayEncrypt age = {.tool = GATEWAY_ENCRYPT_AGE, .recipient = (char *)RECIPIENT};
    g_autofree char *path = g_build_filename(*state, "list.csv.age", NULL);
    g_autofree char *plain = g_build_filename(*state, "list.csv", NULL);
    g_autoptr(GError) error = NULL;
    g_autofree char *bytes = NULL;
    HandOver *file;

    assert_string_equal(hand_over_suffix(&age), ".age");
    assert_true(hand_over_check(&age, &error));
    file = hand_over_open(&age, *state, "list.csv", &error);
    assert_non_null(file);
    for (int i = 0; i < 10000; i++)
        hand_over_text(file, "secret of a person\n");
    assert_true(hand_over_close(file, &error));
    assert_false(g_file_test(plain, G_FILE_TEST_EXISTS));
    bytes = file_read(path, 1 << 20, NULL, NULL);
    assert_true(g_str_has_prefix(bytes, "age-encryption.org/v1"));
    assert_null(strstr(bytes, "secret"));
    unlink(path);
}

/* Whatever goes wrong, no file is left, and the tool's own words say why. */
static void test_wrong_key(void **state)
{
    GatewayEncrypt age = {.tool = GATEWAY_ENCRYPT_AGE, .recipient = (char *)"age1bogus"};
    g_autofree char *path = g_build_filename(*state, "list.csv.age", NULL);
    g_autoptr(GError) error = NULL;
    HandOver *file = hand_over_open(&age, *state, "list.csv", &error);

    assert_non_null(file);
    for (int i = 0; i < 100000; i++)
        hand_over_text(file, "more than fits a pipe\n");
    assert_false(hand_over_close(file, &error));
    assert_true(g_error_matches(error, BREACH_ERROR, BREACH_ERROR_CONFIG));
    assert_non_null(strstr(error->message, "malformed"));
    assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
    g_clear_error(&error);
    assert_false(hand_over_check(&age, &error));
}

static void test_no_tool(void **state)
{
    GatewayEncrypt age = {.tool = GATEWAY_ENCRYPT_AGE, .recipient = (char *)RECIPIENT};
    g_autofree char *path = g_strdup(g_getenv("PATH"));
    g_autoptr(GError) error = NULL;

    g_setenv("PATH", *state, TRUE);
    assert_false(hand_over_has_tool(&age));
    assert_null(hand_over_open(&age, *state, "list.csv", &error));
    g_setenv("PATH", path, TRUE);
    assert_true(g_error_matches(error, BREACH_ERROR, BREACH_ERROR_CONFIG));
    assert_non_null(strstr(error->message, "install the package age"));
    assert_true(hand_over_has_tool(&age));
}

static void test_abandoned(void **state)
{
    GatewayEncrypt age = {.tool = GATEWAY_ENCRYPT_AGE, .recipient = (char *)RECIPIENT};
    g_autofree char *path = g_build_filename(*state, "list.csv.age", NULL);
    HandOver *file = hand_over_open(&age, *state, "list.csv", NULL);

    assert_non_null(file);
    hand_over_text(file, "half");
    hand_over_abandon(file);
    assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
    hand_over_abandon(NULL);
}

static void test_cells(void **state)
{
    static const struct {
        const char *cell, *wanted;
    } cases[] = {
        {"", "\"\""},
        {"Müller", "\"Müller\""},
        {"a \"b\"", "\"a \"\"b\"\"\""},
        {"1 Road\nTown", "\"1 Road / Town\""},
        {"=HYPERLINK(1)", "\"'=HYPERLINK(1)\""},
        {"+49301", "\"'+49301\""},
        {"-1", "\"'-1\""},
        {"@x", "\"'@x\""},
        {"\t=1", "\"'=1\""},
        {"王,小明", "\"王,小明\""},
    };
    g_autoptr(GString) row = g_string_new(NULL);

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_string_truncate(row, 0);
        hand_over_csv(row, cases[i].cell);
        assert_string_equal(row->str, cases[i].wanted);
    }
    hand_over_csv(row, "next");
    assert_string_equal(row->str, "\"王,小明\",\"next\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_plain, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_encrypted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_wrong_key, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_tool, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_abandoned, set_up, tear_down),
        cmocka_unit_test(test_cells),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
