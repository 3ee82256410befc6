/* sink_program - what the embedded gateways as programs of their own have in common: the options about the port, what
 * is kept and the rules, and running until a signal.
 *
 * Threads: one, besides those that the gateway makes. */
#ifndef BREACH_SINK_PROGRAM_H
#define BREACH_SINK_PROGRAM_H

#include <stdbool.h>

#include <glib.h>

typedef struct SinkProgram {
    gint port;
    gint64 keep_most;
    gchar *keep_folder, *log_path, *port_path; /* owned */
    gchar **rules;                             /* owned */
} SinkProgram;

void sink_program_clear(SinkProgram *program);

/* sink_program_parse: the common options and those of `own` (which end with an empty entry). Error: of GOption, also
 * for a port that is none and for arguments that are no options. */
bool sink_program_parse(SinkProgram *program, const GOptionEntry *own, int *count, char ***arguments, GError **error);

/* sink_program_refuse: sets the error that the options do not fit, and returns false. */
bool sink_program_refuse(const char *expected, GError **error);

/* sink_program_rules: what `parse` makes of each --rule; NULL with its error. g_ptr_array_unref(). */
typedef gpointer SinkProgramParse(const char *line, GError **error);
GPtrArray *sink_program_rules(const SinkProgram *program, SinkProgramParse *parse, GDestroyNotify free_rule,
                              GError **error);

/* sink_program_hold_signals: SIGTERM and SIGINT from now on wait; before there are threads. sink_program_wait: writes
 * the port where it was asked for, then waits for one of them. */
void sink_program_hold_signals(void);
bool sink_program_wait(const SinkProgram *program, int port, GError **error);

/* sink_program_end: says on stderr what went wrong, if `error`, which is freed, and returns the exit code. */
int sink_program_end(const char *name, bool served, GError *error);

#endif
