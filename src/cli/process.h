/* process - what holds for the whole process: no core dumps, no debugger, and the beginning and end in run.log.
 *
 * Threads: the main one. */
#ifndef BREACH_CLI_PROCESS_H
#define BREACH_CLI_PROCESS_H

/* process_harden: people's data and passwords are in memory: no core file is written, and other processes of the same
 * user can neither attach nor read /proc/PID/mem. A build with fault points leaves this out when BREACH_DEBUGGER is set,
 * and a build with sanitizers always. */
void process_harden(void);

/* process_begin: from now on run.log in the state folder `folder`, which exists, says what this command does. Further
 * calls do nothing. */
void process_begin(const char *folder);

/* process_end: run.log says how it ended. What could not be written to it is said once, here. To be called with the exit
 * code, before every way out of a command that changes something. Returns `code`. */
int process_end(int code);

#endif
