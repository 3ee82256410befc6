/* steering - what breach hold and breach lift have in common: which messages are meant, the wish in the inbox, and what
 * is shown. Threads: one. */
#ifndef BREACH_CLI_STEERING_H
#define BREACH_CLI_STEERING_H

#include <stdbool.h>

#include "cli/option.h"

/* steering_run: the whole command; returns its exit code. */
int steering_run(const Options *options, bool lift);

#endif
