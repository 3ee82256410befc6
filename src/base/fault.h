/* fault - places where a test may kill the process or make a system call fail.
 *
 * Compiled in only with BREACH_FAULTS (the dev presets); in a release both macros vanish. In such a build:
 *   BREACH_FAULT_LOG=FILE      every point that is passed is appended to FILE, one name a line
 *   BREACH_FAULT_DIE=N         at the N-th point (from 1) the process dies of SIGKILL
 *   BREACH_FAULT_FAIL=NAME[:N] from the N-th time on (default 1), fault_fails("NAME") is true
 * Threads: safe. */
#ifndef BREACH_BASE_FAULT_H
#define BREACH_BASE_FAULT_H

#include <stdbool.h>

#ifdef BREACH_FAULTS
#define fault_point(name) fault_pass(name)
#define fault_fails(name) fault_injected(name)
#else
#define fault_point(name) ((void)0)
#define fault_fails(name) (false)
#endif

/* fault_pass, fault_injected: behind the macros; not to be called directly. */
void fault_pass(const char *name);
bool fault_injected(const char *name);

#endif
