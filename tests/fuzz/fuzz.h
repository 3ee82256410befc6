/* fuzz - what the fuzz targets share. Each target is one file fuzz_NAME.c with LLVMFuzzerTestOneInput(); built for
 * libFuzzer it is run by script/fuzz, and otherwise with replay.c, which runs the seeds as a test.
 *
 * Threads: one. */
#ifndef BREACH_FUZZ_FUZZ_H
#define BREACH_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* fuzz_require: a property that holds for every input; otherwise the process ends as it does after a crash. */
#define fuzz_require(condition)                                                                                        \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition);                             \
            abort();                                                                                                   \
        }                                                                                                              \
    } while (0)

/* fuzz_file: the path of a file with these bytes, for readers that take a path; the same file at every call, in memory.
 * Borrowed. */
const char *fuzz_file(const void *data, size_t size);

/* fuzz_fd: the descriptor of that file. */
int fuzz_fd(void);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
