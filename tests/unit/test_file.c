/* Files and folders, each test in a folder of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <glib.h>

#include "base/error.h"
#include "base/file.h"
#include "expect_folder.h"

static int make_folder(void **state)
{
    *state = expect_folder();
    return 0;
}

static int remove_folder(void **state)
{
    expect_remove(*state);
    return 0;
}

static char *in(void **state, const char *name)
{
    return g_build_filename(*state, name, NULL);
}

static void test_read_and_write(void **state)
{
    static const char bytes[] = "a\0b\n";
    g_autofree char *path = in(state, "x");
    g_autofree char *beside = in(state, "x.new");
    g_autofree char *got = NULL;
    g_autofree char *empty = NULL;
    struct stat info;
    size_t size = 99;

    assert_true(file_write(path, bytes, sizeof bytes - 1, 0600, NULL));
    got = file_read(path, 100, &size, NULL);
    assert_int_equal(size, sizeof bytes - 1);
    assert_memory_equal(got, bytes, sizeof bytes); /* with the NUL behind it */
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    assert_false(g_file_test(beside, G_FILE_TEST_EXISTS));
    assert_true(file_write(path, "", 0, 0600, NULL));
    empty = file_read(path, 0, &size, NULL);
    assert_int_equal(size, 0);
    assert_string_equal(empty, "");
}

static void test_read_limit(void **state)
{
    g_autofree char *path = in(state, "x");
    g_autofree char *bytes = g_strnfill(200000, 'x');
    g_autofree char *all = NULL;
    g_autoptr(GError) error = NULL;
    size_t size = 0;

    assert_true(file_write(path, bytes, 200000, 0600, NULL));
    all = file_read(path, 200000, &size, NULL);
    assert_int_equal(size, 200000);
    assert_string_equal(all, bytes);
    assert_null(file_read(path, 199999, NULL, &error));
    assert_true(g_error_matches(error, BREACH_ERROR, BREACH_ERROR_INPUT));
    assert_non_null(strstr(error->message, "larger than 199999 bytes"));
}

static void test_read_errors(void **state)
{
    g_autofree char *path = in(state, "absent");
    g_autoptr(GError) error = NULL;
    g_autoptr(GError) folder_error = NULL;

    assert_null(file_read(path, 100, NULL, &error));
    assert_true(g_error_matches(error, BREACH_ERROR, BREACH_ERROR_INPUT));
    assert_non_null(strstr(error->message, path));
    assert_null(file_read(*state, 100, NULL, &folder_error));
    assert_true(g_error_matches(folder_error, BREACH_ERROR, BREACH_ERROR_INPUT));
    assert_null(file_read(path, 100, NULL, NULL));
}

/* What a killed process left behind neither stops the next one nor lends its mode to the result. */
static void test_write_over_leftover(void **state)
{
    g_autofree char *path = in(state, "x");
    g_autofree char *leftover = in(state, "x.new");
    g_autofree char *got = NULL;
    struct stat info;
    int fd = open(leftover, O_WRONLY | O_CREAT, 0644);

    assert_true(fd >= 0);
    assert_int_equal(fchmod(fd, 0644), 0);
    assert_int_equal(write(fd, "a much longer text", 18), 18);
    close(fd);
    assert_true(file_write(path, "short", 5, 0600, NULL));
    got = file_read(path, 100, NULL, NULL);
    assert_string_equal(got, "short");
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    assert_false(g_file_test(leftover, G_FILE_TEST_EXISTS));
}

static void test_write_errors(void **state)
{
    g_autofree char *nowhere = in(state, "absent/x");
    g_autofree char *folder = in(state, "folder");
    g_autofree char *beside = in(state, "folder.new");
    g_autoptr(GError) error = NULL;
    g_autoptr(GError) folder_error = NULL;

    assert_false(file_write(nowhere, "x", 1, 0600, &error));
    assert_true(g_error_matches(error, BREACH_ERROR, BREACH_ERROR_CREATE));
    assert_int_equal(mkdir(folder, 0700), 0);
    assert_false(file_write(folder, "x", 1, 0600, &folder_error));
    assert_true(g_error_matches(folder_error, BREACH_ERROR, BREACH_ERROR_CREATE));
    assert_false(g_file_test(beside, G_FILE_TEST_EXISTS));
}

static void test_sync(void **state)
{
    g_autofree char *absent = in(state, "absent");
    g_autoptr(GError) error = NULL;

    assert_true(file_sync(*state, NULL));
    assert_false(file_sync(absent, &error));
    assert_true(g_error_matches(error, BREACH_ERROR, BREACH_ERROR_CREATE));
}

static void test_make_folder(void **state)
{
    g_autofree char *folder = in(state, "folder");
    g_autofree char *deep = in(state, "absent/folder");
    g_autofree char *file = in(state, "file");
    g_autoptr(GError) error = NULL;
    g_autoptr(GError) file_error = NULL;
    struct stat info;

    assert_true(file_make_folder(folder, 0700, NULL));
    assert_true(file_make_folder(folder, 0700, NULL));
    assert_int_equal(stat(folder, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0700);
    assert_false(file_make_folder(deep, 0700, &error));
    assert_true(g_error_matches(error, BREACH_ERROR, BREACH_ERROR_CREATE));
    assert_true(file_write(file, "x", 1, 0600, NULL));
    assert_false(file_make_folder(file, 0700, &file_error));
    assert_true(g_error_matches(file_error, BREACH_ERROR, BREACH_ERROR_CREATE));
}

/* flock belongs to the open file, so that a second open in one process stands for a second process. */
static void test_lock(void **state)
{
    g_autofree char *path = in(state, "lock");
    g_autofree char *deep = in(state, "absent/lock");
    g_autoptr(GError) error = NULL;
    g_autoptr(GError) deep_error = NULL;
    int first = file_lock(path, NULL);

    assert_true(first >= 0);
    assert_true(fcntl(first, F_GETFD) & FD_CLOEXEC);
    assert_int_equal(file_lock(path, &error), -1);
    assert_true(g_error_matches(error, BREACH_ERROR, BREACH_ERROR_TEMPORARY));
    assert_true(file_is_locked(path));
    close(first);
    assert_false(file_is_locked(path));
    assert_false(file_is_locked(deep));
    first = file_lock(path, NULL);
    assert_true(first >= 0);
    close(first);
    assert_int_equal(file_lock(deep, &deep_error), -1);
    assert_true(g_error_matches(deep_error, BREACH_ERROR, BREACH_ERROR_CREATE));
}

static void test_stamp(void **state)
{
    g_autofree char *path = in(state, "x");
    const struct timespec times[2] = {{1000, 5}, {1000, 123456789}};
    g_autoptr(GError) error = NULL;
    FileStamp stamp = {0};

    assert_false(file_stamp(path, &stamp, &error));
    assert_true(g_error_matches(error, BREACH_ERROR, BREACH_ERROR_INPUT));
    assert_true(file_write(path, "hello", 5, 0600, NULL));
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
    assert_true(file_stamp(path, &stamp, NULL));
    assert_int_equal(stamp.size, 5);
    assert_int_equal(stamp.modified / 1000000000, 1000);
}

/* The test vectors of FIPS 180-2 (appendix B.1, B.3), and the digest of nothing. */
static void test_sha256(void **state)
{
    g_autofree char *path = in(state, "x");
    g_autofree char *million = g_strnfill(1000000, 'a');
    const struct {
        const char *bytes;
        size_t size;
        const char *digest;
    } rows[] = {
        {"", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {million, 1000000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
    };
    g_autoptr(GError) error = NULL;

    assert_null(file_sha256(path, &error));
    assert_true(g_error_matches(error, BREACH_ERROR, BREACH_ERROR_INPUT));
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *digest = NULL;

        assert_true(file_write(path, rows[i].bytes, rows[i].size, 0600, NULL));
        digest = file_sha256(path, NULL);
        assert_string_equal(digest, rows[i].digest);
    }
}

/* A moved folder keeps its place, a copied one (here: another one) has its own. */
static void test_place(void **state)
{
    g_autofree char *folder = in(state, "one");
    g_autofree char *moved = in(state, "moved");
    g_autofree char *before = NULL;
    g_autofree char *after = NULL;
    g_autofree char *other = NULL;
    g_autoptr(GError) error = NULL;

    assert_null(file_place(folder, &error));
    assert_true(g_error_matches(error, BREACH_ERROR, BREACH_ERROR_INPUT));
    assert_int_equal(mkdir(folder, 0700), 0);
    before = file_place(folder, NULL);
    assert_int_equal(rename(folder, moved), 0);
    assert_int_equal(mkdir(folder, 0700), 0);
    after = file_place(moved, NULL);
    other = file_place(folder, NULL);
    assert_string_equal(before, after);
    assert_string_not_equal(before, other);
}

static void test_boot_id(void **state)
{
    g_autofree char *boot = file_boot_id();
    g_autofree char *again = file_boot_id();

    (void)state;
    assert_non_null(boot);
    assert_string_equal(boot, again);
    assert_null(strpbrk(boot, "\r\n "));
#ifdef BREACH_FAULTS
    {
        g_autofree char *pretended = NULL;

        setenv("BREACH_BOOT_ID", "another boot", 1);
        pretended = file_boot_id();
        unsetenv("BREACH_BOOT_ID");
        assert_string_equal(pretended, "another boot");
    }
#endif
}

static void test_is_network(void **state)
{
    g_autofree char *absent = in(state, "absent");

    assert_false(file_is_network("/proc"));
    assert_false(file_is_network(absent));
}

int main(void)
{
#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_read_and_write), IN_FOLDER(test_read_limit),
        IN_FOLDER(test_read_errors),    IN_FOLDER(test_write_over_leftover),
        IN_FOLDER(test_write_errors),   IN_FOLDER(test_sync),
        IN_FOLDER(test_make_folder),    IN_FOLDER(test_lock),
        IN_FOLDER(test_stamp),          IN_FOLDER(test_sha256),
        IN_FOLDER(test_place),          IN_FOLDER(test_boot_id),
        IN_FOLDER(test_is_network),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
