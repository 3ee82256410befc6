/* exit_code - what the process ends with (sysexits where they fit). Documented in breach(1). */
#ifndef BREACH_CLI_EXIT_CODE_H
#define BREACH_CLI_EXIT_CODE_H

#include <glib.h>

#include "report/status.h"

enum {
    EXIT_CODE_TOLD = 0,        /* everyone told, or the command did what it says */
    EXIT_CODE_NOT_ALL = 1,     /* finished, but somebody is unreachable or withheld */
    EXIT_CODE_USAGE = 64,
    EXIT_CODE_INPUT = 65,      /* the user's files are wrong */
    EXIT_CODE_UNAVAILABLE = 69, /* check --probe: a gateway cannot be used */
    EXIT_CODE_INTERNAL = 70,   /* our bug */
    EXIT_CODE_CREATE = 73,     /* a file cannot be created */
    EXIT_CODE_OPEN = 75,       /* somebody is pending, in doubt or quarantined: run it again */
    EXIT_CODE_REFUSED = 77,    /* not confirmed */
    EXIT_CODE_CONFIG = 78,     /* the set-up is wrong */
};

/* exit_code_of: the code for an error before anything was claimed. */
int exit_code_of(const GError *error);

/* exit_code_of_status: the code for what the ledger says. */
int exit_code_of_status(const Status *status);

#endif
