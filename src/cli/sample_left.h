/* sample_left - what an actual incident still has of the shipped sample: a domain or a telephone number of nobody,
 * which readers would be told to turn to.
 *
 * Threads: one. */
#ifndef BREACH_CLI_SAMPLE_LEFT_H
#define BREACH_CLI_SAMPLE_LEFT_H

#include "cli/workspace.h"

/* sample_left: "example.com, +86 10 0000 0000", newly allocated; NULL: nothing, or an exercise. */
char *sample_left(const Workspace *workspace);

#endif
