/* encoding - what a text file that is not UTF-8 is written in, and the command that mends it.
 *
 * Pure but for the file that encoding_is_gb18030() reads; threads: safe. */
#ifndef BREACH_LOAD_ENCODING_H
#define BREACH_LOAD_ENCODING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* encoding_is_gb18030: whether the file behind `fd` reads as GB18030 from `offset` on: not one damaged line among good
 * ones, but throughout. `valid_lines`: how many lines before it are valid UTF-8 and not ASCII. `is_alone`: one broken
 * line is enough, for nothing can be read without it. *judged_to: up to where the file is known not to be, when it is
 * not. */
bool encoding_is_gb18030(int fd, int64_t offset, int64_t valid_lines, bool is_alone, int64_t *judged_to);

/* encoding_conversion: how the file is converted from `encoding`, as a command to type; newly allocated. */
char *encoding_conversion(const char *path, const char *encoding);

/* encoding_gb18030_advice: the whole message for such a file; newly allocated. */
char *encoding_gb18030_advice(const char *path);

#endif
