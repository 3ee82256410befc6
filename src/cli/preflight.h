/* preflight - whether this machine can carry a send to its end: disk, descriptors, clock, and where the state lies.
 *
 * Looking at the machine and judging what was seen are apart, so that every case can be tested. Threads: the main one. */
#ifndef BREACH_CLI_PREFLIGHT_H
#define BREACH_CLI_PREFLIGHT_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "cli/workspace.h"
#include "ledger/ledger.h"

typedef struct PreflightMachine { /* what was seen */
    int64_t free_bytes;      /* on the disk of the state folder; -1: not known */
    int64_t descriptors;     /* the hard limit; -1: none */
    int64_t now;             /* ms */
    bool is_unsynchronised;  /* the kernel says so */
    bool is_memory;          /* the state folder lies on tmpfs or ramfs */
} PreflightMachine;

typedef struct PreflightNeed {
    const char *folder;      /* borrowed */
    int64_t open_messages;
    int64_t connections;
    int64_t planned_at;      /* ms; 0: not planned */
    bool is_actual;
    bool is_drill;           /* its clock is no machine's, and may say any year */
} PreflightNeed;

/* preflight_look: `folder` must exist. Open files are raised to what `connections` need, as far as the hard limit allows.
 * In a build with fault points BREACH_MACHINE=calm stands for a machine with a synchronised clock and a disk of unknown size, =full for one with a full
 * disk. */
void preflight_look(const PreflightNeed *need, PreflightMachine *machine);

/* preflight_bytes: what sending so many messages is thought to need on the disk. */
int64_t preflight_bytes(int64_t messages);

/* preflight_judge: what must stop the send is the error: BREACH_ERROR_CREATE (disk) or BREACH_ERROR_CONFIG. What needs a
 * look is appended to `warnings` as char *, newly allocated, translated, with its code. */
bool preflight_judge(const PreflightNeed *need, const PreflightMachine *machine, GPtrArray *warnings, GError **error);

/* preflight_run: both for this ledger and these gateways, before the first claim; prints the warnings. */
bool preflight_run(const Workspace *workspace, Ledger *ledger, GError **error);

#endif
