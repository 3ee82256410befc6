#include "cli/installation.h"

#include <glib.h>

/* The folder that this program lies in; NULL where there is no /proc. */
static char *program_folder(void)
{
    g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);

    return program ? g_path_get_dirname(program) : NULL;
}

/* The source tree of a program that lies in its build folder, NULL for an installed one. Beside the first lies a file
 * with the path, so that no path of the machine that built it stands in a program. */
static char *source_tree(const char *folder)
{
    g_autofree char *path = g_build_filename(folder, "breach.source", NULL);
    char *tree = NULL;

    return g_file_get_contents(path, &tree, NULL, NULL) ? g_strchomp(tree) : NULL;
}

/* An installation may have been moved, or be a package's: what belongs to it lies at the same place relative to it. */
static char *find_installed(const char *folder, const char *from_program, const char *installed)
{
    g_autofree char *beside = NULL;

    beside = folder ? g_build_filename(folder, from_program, NULL) : NULL;
    if (beside && g_file_test(beside, G_FILE_TEST_IS_DIR))
        return g_canonicalize_filename(beside, NULL);
    return g_strdup(installed);
}

char *installation_data(void)
{
    const char *asked = g_getenv("BREACH_DATA");
    g_autofree char *folder = program_folder();
    char *tree = folder ? source_tree(folder) : NULL;

    if (asked && *asked) {
        g_free(tree);
        return g_strdup(asked);
    }
    return tree ? tree : find_installed(folder, BREACH_DATA_FROM_BIN, BREACH_INSTALLED_DATA);
}

char *installation_catalogues(void)
{
    g_autofree char *folder = program_folder();
    g_autofree char *tree = folder ? source_tree(folder) : NULL;

    return tree ? g_build_filename(folder, "locale", NULL)
                : find_installed(folder, BREACH_LOCALE_FROM_BIN, BREACH_INSTALLED_LOCALE);
}
