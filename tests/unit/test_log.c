#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <errno.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"

static int64_t fixed_now(void *self)
{
    (void)self;
    return INT64_C(1795219200123); /* 2026-11-21T00:00:00.123Z */
}

static const Clock stopped = {.now = fixed_now, .steady = fixed_now};

static char *make_folder(void)
{
    char *folder = g_dir_make_tmp("breach-log-XXXXXX", NULL);

    assert_non_null(folder);
    log_name("notify");
    log_open(folder, &stopped);
    return folder;
}

static char *path_of(const char *folder, int number)
{
    return number ? g_strdup_printf("%s/run.log.%d", folder, number) : g_strdup_printf("%s/run.log", folder);
}

static void remove_folder(char *folder)
{
    log_close();
    chmod(folder, 0700);
    for (int i = 0; i <= LOG_FILES; i++) {
        g_autofree char *path = path_of(folder, i);

        g_unlink(path);
    }
    assert_int_equal(g_rmdir(folder), 0);
    g_free(folder);
}

static char *contents(const char *folder, int number)
{
    g_autofree char *path = path_of(folder, number);
    char *text = NULL;

    return g_file_get_contents(path, &text, NULL, NULL) ? text : NULL;
}

static void writes_a_line_an_event(void **state)
{
    char *folder = make_folder();
    g_autofree char *wanted = NULL;
    g_autofree char *path = path_of(folder, 0);
    g_autofree char *text = NULL;
    struct stat info;
    const char *why;

    (void)state;
    errno = EAGAIN;
    log_event(LOG_AT_INFO, "begin", "%s", "");
    assert_int_equal(errno, EAGAIN);
    log_event(LOG_AT_WARNING, "refused", "to ann@example.org\nby %d", 550);
    log_reply(LOG_AT_ERROR, "reply", "ann@example.org", "user ann unknown");
    text = contents(folder, 0);
    wanted = g_strdup_printf("2026-11-21T00:00:00.123Z info notify[%d] begin\n"
                             "2026-11-21T00:00:00.123Z warning notify[%d] refused to ***@example.org by 550\n"
                             "2026-11-21T00:00:00.123Z error notify[%d] reply user *** unknown\n",
                             (int)getpid(), (int)getpid(), (int)getpid());
    assert_string_equal(text, wanted);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    assert_int_equal(log_lost(&why), 0);
    assert_null(why);
    remove_folder(folder);
}

static void cuts_long_lines(void **state)
{
    char *folder = make_folder();
    g_autofree char *long_text = g_strnfill(5000, 'x');
    g_autofree char *text = NULL;

    (void)state;
    log_event(LOG_AT_INFO, "long", "%s", long_text);
    text = contents(folder, 0);
    assert_int_equal(strlen(text), LOG_LINE_LIMIT);
    assert_int_equal(text[LOG_LINE_LIMIT - 1], '\n');
    remove_folder(folder);
}

static void says_nothing_unless_open(void **state)
{
    const char *why;

    (void)state;
    log_event(LOG_AT_INFO, "nobody", "listens");
    assert_int_equal(log_lost(&why), 0);
}

static void turns_the_files(void **state)
{
    char *folder = make_folder();
    g_autofree char *filler = g_strnfill(900, 'x');
    const int lines_a_file = LOG_FILE_SIZE / 900;

    (void)state;
    for (int i = 0; i < lines_a_file * (LOG_FILES + 2); i++)
        log_event(LOG_AT_INFO, "fill", "%d %s", i, filler);
    for (int i = 0; i < LOG_FILES; i++) {
        g_autofree char *text = contents(folder, i);

        assert_non_null(text);
        assert_true(strlen(text) <= LOG_FILE_SIZE + LOG_LINE_LIMIT);
        if (i > 0)
            assert_true(strlen(text) >= LOG_FILE_SIZE);
    }
    assert_null(contents(folder, LOG_FILES));
    remove_folder(folder);
}

/* Somebody else, another process, turned the files meanwhile. */
static void follows_the_name(void **state)
{
    char *folder = make_folder();
    g_autofree char *path = path_of(folder, 0);
    g_autofree char *moved = path_of(folder, 1);
    g_autofree char *first = NULL;
    g_autofree char *second = NULL;

    (void)state;
    log_event(LOG_AT_INFO, "first", "%s", "");
    assert_int_equal(g_rename(path, moved), 0);
    log_event(LOG_AT_INFO, "second", "%s", "");
    first = contents(folder, 1);
    second = contents(folder, 0);
    assert_non_null(strstr(first, "first"));
    assert_null(strstr(first, "second"));
    assert_non_null(strstr(second, "second"));
    remove_folder(folder);
}

/* A folder stands where the file should: nobody can write that, not even root. */
static void counts_what_is_lost(void **state)
{
    char *folder = make_folder();
    g_autofree char *path = path_of(folder, 0);
    const char *why = NULL;

    (void)state;
    assert_int_equal(g_mkdir(path, 0700), 0);
    log_event(LOG_AT_INFO, "one", "%s", "");
    log_event(LOG_AT_INFO, "two", "%s", "");
    assert_int_equal(log_lost(&why), 2);
    assert_string_equal(why, g_strerror(EISDIR));
    assert_int_equal(g_rmdir(path), 0);
    log_event(LOG_AT_INFO, "three", "%s", "");
    assert_int_equal(log_lost(&why), 2);
    remove_folder(folder);
}

#define THREADS 8
#define LINES   200

static void *write_many(void *user)
{
    (void)user;
    for (int i = 0; i < LINES; i++)
        log_event(LOG_AT_INFO, "thread", "%d", i);
    return NULL;
}

static void takes_many_threads(void **state)
{
    char *folder = make_folder();
    pthread_t threads[THREADS];
    g_autofree char *text = NULL;
    size_t lines = 0;

    (void)state;
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, write_many, NULL), 0);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    text = contents(folder, 0);
    for (const char *at = text; *at; at++)
        lines += *at == '\n';
    assert_int_equal(lines, THREADS * LINES);
    remove_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_nothing_unless_open), cmocka_unit_test(writes_a_line_an_event),
        cmocka_unit_test(cuts_long_lines),          cmocka_unit_test(turns_the_files),
        cmocka_unit_test(follows_the_name),         cmocka_unit_test(counts_what_is_lost),
        cmocka_unit_test(takes_many_threads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
