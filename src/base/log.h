/* log - run.log in the state folder: what was done, when, by which command, without a word about anybody.
 *
 * One event a line: UTC time, level, command and process number, event, details. No endpoint, no personal data, no
 * secret: details go through base/redact. Always English. A file of 1 MiB is followed by the next; five are kept, 0600.
 * Logging is never the reason that something else fails or waits: what cannot be written is counted. Several processes
 * may write to one log. Threads: safe, but for log_open() and log_close(). */
#ifndef BREACH_BASE_LOG_H
#define BREACH_BASE_LOG_H

#include <stdint.h>

#include <glib.h>

#include "base/clock.h"

#define LOG_FILE_SIZE  (1024 * 1024) /* bytes */
#define LOG_FILES      5             /* run.log, run.log.1 … run.log.4 */
#define LOG_LINE_LIMIT 1024          /* bytes; a longer line is cut */

typedef enum LogLevel { LOG_AT_ERROR, LOG_AT_WARNING, LOG_AT_INFO } LogLevel;

/* log_name: what the lines are said to come from: the command. Borrowed; before log_open(). */
void log_name(const char *command);

/* log_open: from now on events go to `folder`/run.log. A second call for the same folder does nothing. `clock` is
 * borrowed until log_close(). A log that cannot be opened counts as a lost line. */
void log_open(const char *folder, const Clock *clock);
void log_close(void);

/* log_event: one line; nothing before log_open(). `event` is lower case with hyphens. */
void log_event(LogLevel level, const char *event, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* log_reply: as log_event(), for details that hold a gateway's words about `address`. */
void log_reply(LogLevel level, const char *event, const char *address, const char *format, ...) G_GNUC_PRINTF(4, 5);

/* log_lost: how many lines could not be written; and why the first could not (borrowed), or NULL. */
int64_t log_lost(const char **why);

#endif
