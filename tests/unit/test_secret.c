/* Secrets from the environment and from files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <glib.h>

#include "base/error.h"
#include "base/secret.h"

#define VARIABLE "BREACH_TEST_SECRET"

static char *folder;
static char *path;

static int make_file(void **state)
{
    (void)state;
    folder = g_dir_make_tmp("breach-secret-XXXXXX", NULL);
    path = g_build_filename(folder, "password", NULL);
    return 0;
}

static int remove_file(void **state)
{
    (void)state;
    unlink(path);
    rmdir(folder);
    g_free(path);
    g_free(folder);
    return 0;
}

static void put(const char *bytes, size_t size)
{
    assert_true(g_file_set_contents(path, bytes, (gssize)size, NULL));
    assert_int_equal(chmod(path, 0600), 0);
}

static void test_reference(void **unused)
{
    (void)unused;
    assert_true(secret_is_reference("env:NAME"));
    assert_true(secret_is_reference("file:password"));
    assert_false(secret_is_reference("env:"));
    assert_false(secret_is_reference("file:"));
    assert_false(secret_is_reference(""));
    assert_false(secret_is_reference("ENV:NAME"));
    assert_false(secret_is_reference("hunter2"));
}

static void test_environment(void **unused)
{
    g_autoptr(Secret) secret = NULL;

    (void)unused;
    setenv(VARIABLE, " p\xc3\xa4ss word ", 1);
    secret = secret_load("env:" VARIABLE, "/", NULL);
    unsetenv(VARIABLE);
    assert_string_equal(secret_text(secret), " p\xc3\xa4ss word ");
}

static void test_file_contents(void **unused)
{
    static const struct {
        const char *bytes, *text;
    } rows[] = {
        {"hunter2", "hunter2"}, {"hunter2\n", "hunter2"},   {"hunter2\r\n", "hunter2"},
        {"a\n\n", "a\n"},       {"hunter2\r", "hunter2\r"}, {" a b \n", " a b "},
    };

    (void)unused;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *absolute = g_strconcat("file:", path, NULL);
        g_autoptr(Secret) relative_secret = NULL;
        g_autoptr(Secret) secret = NULL;

        put(rows[i].bytes, strlen(rows[i].bytes));
        relative_secret = secret_load("file:password", folder, NULL);
        secret = secret_load(absolute, "/absent", NULL);
        assert_string_equal(secret_text(relative_secret), rows[i].text);
        assert_string_equal(secret_text(secret), rows[i].text);
    }
}

static void refuse(const char *reference, const char *words)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Secret) secret = secret_load(reference, folder, &error);

    assert_null(secret);
    assert_true(g_error_matches(error, BREACH_ERROR, BREACH_ERROR_CONFIG));
    if (!strstr(error->message, words))
        fail_msg("%s", error->message);
}

static void test_refused(void **unused)
{
    (void)unused;
    unsetenv(VARIABLE);
    refuse("env:" VARIABLE, "type read -rs " VARIABLE "; export " VARIABLE);
    setenv(VARIABLE, "", 1);
    refuse("env:" VARIABLE, "is not set");
    unsetenv(VARIABLE);
    refuse("file:absent", "cannot read secret file");
    refuse("file:.", "is not a regular file");
    refuse("hunter2", "a secret is named as env:NAME or file:PATH");
    put("", 0);
    refuse("file:password", "is empty");
    put("\n", 1);
    refuse("file:password", "is empty");
    put("\r\n", 2);
    refuse("file:password", "is empty");
    put("a\0b", 3);
    refuse("file:password", "not text");
}

/* A password that was pasted instead of its name must not be shown. */
static void test_message_hides_password(void **unused)
{
    g_autoptr(GError) error = NULL;

    (void)unused;
    assert_null(secret_load("hunter2", folder, &error));
    assert_null(strstr(error->message, "hunter2"));
}

static void test_size(void **unused)
{
    g_autofree char *bytes = g_strnfill(65536 + 10, 'x');
    g_autoptr(Secret) longest = NULL;

    (void)unused;
    bytes[65536] = '\r';
    bytes[65537] = '\n';
    put(bytes, 65538);
    longest = secret_load("file:password", folder, NULL);
    assert_int_equal(strlen(secret_text(longest)), 65536);
    put(bytes, 65539); /* more behind the line end: not to be cut off in silence */
    refuse("file:password", "too long");
    memset(bytes + 65536, '\n', 10);
    put(bytes, 65538);
    refuse("file:password", "too long");
    memset(bytes + 65536, 'x', 10);
    put(bytes, 65537);
    refuse("file:password", "too long");
}

static void test_modes(void **unused)
{
    static const mode_t open_ones[] = {0640, 0604, 0620, 0602, 0610, 0644, 0777};

    (void)unused;
    put("hunter2", 7);
    for (size_t i = 0; i < G_N_ELEMENTS(open_ones); i++) {
        assert_int_equal(chmod(path, open_ones[i]), 0);
        refuse("file:password", "can be read by others: type chmod 600");
    }
    assert_int_equal(chmod(path, 0400), 0);
    {
        g_autoptr(Secret) secret = secret_load("file:password", folder, NULL);

        assert_non_null(secret);
    }
}

static void test_owner(void **unused)
{
    (void)unused;
    if (geteuid() != 0)
        skip(); /* only root can give a file away */
    put("hunter2", 7);
    assert_int_equal(chown(path, 12345, (gid_t)-1), 0);
    refuse("file:password", "belongs to another user");
}

static void test_free_of_nothing(void **unused)
{
    (void)unused;
    secret_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reference),
        cmocka_unit_test(test_environment),
        cmocka_unit_test_setup_teardown(test_file_contents, make_file, remove_file),
        cmocka_unit_test_setup_teardown(test_refused, make_file, remove_file),
        cmocka_unit_test_setup_teardown(test_message_hides_password, make_file, remove_file),
        cmocka_unit_test_setup_teardown(test_size, make_file, remove_file),
        cmocka_unit_test_setup_teardown(test_modes, make_file, remove_file),
        cmocka_unit_test_setup_teardown(test_owner, make_file, remove_file),
        cmocka_unit_test(test_free_of_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
