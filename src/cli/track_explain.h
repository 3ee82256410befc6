/* track_explain - breach track --explain: what mails mean, without a playbook and a ledger. */
#ifndef BREACH_CLI_TRACK_EXPLAIN_H
#define BREACH_CLI_TRACK_EXPLAIN_H

#include "cli/option.h"

/* track_explain: one JSON line for each recipient of each mail of the files, to standard output. Returns the exit code:
 * EXIT_CODE_INPUT when a file cannot be read; the others are explained all the same. */
int track_explain(const Options *options);

#endif
