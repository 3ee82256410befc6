/* expect_folder - a folder of its own for a test, in $TMPDIR. */
#ifndef BREACH_TESTS_EXPECT_FOLDER_H
#define BREACH_TESTS_EXPECT_FOLDER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>

#include <glib.h>

static inline char *expect_folder(void)
{
    char *folder = g_dir_make_tmp("breach-test-XXXXXX", NULL);

    assert_non_null(folder);
    return folder;
}

static inline int expect_remove_one(const char *path, const struct stat *info, int kind, struct FTW *walk)
{
    (void)info;
    (void)kind;
    (void)walk;
    return remove(path);
}

/* Removes the folder and all in it, and frees its name. */
static inline void expect_remove(char *folder)
{
    nftw(folder, expect_remove_one, 8, FTW_DEPTH | FTW_PHYS);
    g_free(folder);
}

#endif
