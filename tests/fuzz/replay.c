/* replay FOLDER - gives every file of a folder of seeds to the target that it is linked with, as a test in TAP. A seed
 * that breaks a property ends the program, and with it the test. */
#include "fuzz.h"

#include <string.h>

#include <glib.h>

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static GPtrArray *names_in(const char *folder)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    GDir *entries = g_dir_open(folder, 0, NULL);
    const char *name;

    while (entries && (name = g_dir_read_name(entries)))
        g_ptr_array_add(names, g_strdup(name));
    if (entries)
        g_dir_close(entries);
    g_ptr_array_sort(names, by_name);
    return names;
}

int main(int count, char **arguments)
{
    GPtrArray *names;
    unsigned good = 0;

    if (count != 2) {
        fprintf(stderr, "usage: %s FOLDER\n", arguments[0]);
        return 64;
    }
    LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
    names = names_in(arguments[1]);
    for (unsigned i = 0; i < names->len; i++) {
        g_autofree char *path = g_build_filename(arguments[1], names->pdata[i], NULL);
        g_autofree char *bytes = NULL;
        gsize size = 0;
        /* in memory of exactly its size, so that a sanitizer sees the first byte too many */
        uint8_t *exact;

        if (!g_file_get_contents(path, &bytes, &size, NULL)) {
            printf("not ok %u - %s cannot be read\n", i + 1, (char *)names->pdata[i]);
            continue;
        }
        exact = g_memdup2(bytes, size);
        LLVMFuzzerTestOneInput(exact ? exact : (const uint8_t *)"", size);
        g_free(exact);
        printf("ok %u - %s\n", i + 1, (char *)names->pdata[i]);
        fflush(stdout);
        good++;
    }
    printf("1..%u\n", names->len);
    good = names->len && good == names->len ? 1 : 0;
    g_ptr_array_unref(names);
    return good ? 0 : 1;
}
