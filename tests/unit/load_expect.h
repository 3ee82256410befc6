/* load_expect - for the tests of src/load: files in a folder of their own, and findings compared line by line. */
#ifndef BREACH_TESTS_LOAD_EXPECT_H
#define BREACH_TESTS_LOAD_EXPECT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib.h>

#include "base/finding.h"
#include "expect_folder.h"

/* What a finding must be; `words` must stand in its text. Line and column 0: the file as a whole. */
typedef struct Expected {
    int line, column;
    const char *id;
    const char *words;
} Expected;

/* The folder of a whole test program; for cmocka's setup and teardown of the group. */
static char *expect_home;

static inline int expect_make_home(void **state)
{
    (void)state;
    expect_home = expect_folder();
    return 0;
}

static inline int expect_remove_home(void **state)
{
    (void)state;
    expect_remove(expect_home);
    return 0;
}

/* Writes folder/name (folders in between are made); newly allocated path. */
static inline char *expect_file(const char *folder, const char *name, const char *bytes, size_t size)
{
    char *path = g_build_filename(folder, name, NULL);
    g_autofree char *parent = g_path_get_dirname(path);

    assert_int_equal(g_mkdir_with_parents(parent, 0700), 0);
    assert_true(g_file_set_contents(path, bytes, (gssize)size, NULL));
    assert_int_equal(chmod(path, 0600), 0);
    return path;
}

static inline char *expect_text(const char *folder, const char *name, const char *text)
{
    return expect_file(folder, name, text, strlen(text));
}

static inline void expect_print(Findings *findings)
{
    for (size_t i = 0; i < findings_count(findings); i++) {
        const Finding *finding = findings_get(findings, i);
        g_autofree char *text = finding_format(finding);

        print_error("  %s [%s, %s]\n", text, finding->id, finding_stage_name(finding->stage));
    }
}

/* The findings must be these, in this order (of positions). */
static inline void expect_findings(Findings *findings, const Expected *expected, size_t count)
{
    bool is_same = findings_count(findings) == count;

    for (size_t i = 0; is_same && i < count; i++) {
        const Finding *finding = findings_get(findings, i);

        is_same = finding->at.line == expected[i].line && finding->at.column == expected[i].column &&
                  strcmp(finding->id, expected[i].id) == 0 && strstr(finding->text, expected[i].words);
        if (!is_same)
            print_error("finding %zu: expected %d:%d %s \"…%s…\" among\n", i + 1, expected[i].line, expected[i].column,
                        expected[i].id, expected[i].words);
    }
    if (!is_same) {
        print_error("%zu findings, expected %zu:\n", findings_count(findings), count);
        expect_print(findings);
        fail();
    }
}

#define EXPECT(findings, ...)                                                                                          \
    do {                                                                                                               \
        const Expected expected_[] = {__VA_ARGS__};                                                                    \
        expect_findings(findings, expected_, G_N_ELEMENTS(expected_));                                                 \
    } while (0)

#endif
