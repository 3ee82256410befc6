#include "sink_program.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

void sink_program_clear(SinkProgram *program)
{
    g_free(program->keep_folder);
    g_free(program->log_path);
    g_free(program->port_path);
    g_strfreev(program->rules);
}

bool sink_program_refuse(const char *expected, GError **error)
{
    g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "expected %s (see --help)", expected);
    return false;
}

bool sink_program_parse(SinkProgram *program, const GOptionEntry *own, int *count, char ***arguments, GError **error)
{
    const GOptionEntry entries[] = {
        {"port", 0, 0, G_OPTION_ARG_INT, &program->port, "Listen on 127.0.0.1:N (default: any free port)", "N"},
        {"port-file", 0, 0, G_OPTION_ARG_FILENAME, &program->port_path, "Write the port here once it listens", "PATH"},
        {"keep", 0, 0, G_OPTION_ARG_FILENAME, &program->keep_folder, "Write what is taken into DIR", "DIR"},
        {"keep-most", 0, 0, G_OPTION_ARG_INT64, &program->keep_most, "but not more than N", "N"},
        {"log", 0, 0, G_OPTION_ARG_FILENAME, &program->log_path,
         "Append \"accepted ID ADDRESS SIZE\" before each message is answered", "FILE"},
        {"rule", 0, 0, G_OPTION_ARG_STRING_ARRAY, &program->rules,
         "Misbehave: AT [to=GLOB] ACTION [skip=N] [times=N] [each=N] [share=0.05]", "RULE"},
        {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL}};
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);

    g_option_context_add_main_entries(context, own, NULL);
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, count, arguments, error))
        return false;
    return (*count == 1 && program->port >= 0 && program->port <= 65535) ||
           sink_program_refuse("options only, and a port up to 65535", error);
}

GPtrArray *sink_program_rules(const SinkProgram *program, SinkProgramParse *parse, GDestroyNotify free_rule,
                              GError **error)
{
    g_autoptr(GPtrArray) rules = g_ptr_array_new_with_free_func(free_rule);

    for (char **line = program->rules; line && *line; line++) {
        gpointer rule = parse(*line, error);

        if (!rule)
            return NULL;
        g_ptr_array_add(rules, rule);
    }
    return g_steal_pointer(&rules);
}

static void fill_ends(sigset_t *ends)
{
    sigemptyset(ends);
    sigaddset(ends, SIGTERM);
    sigaddset(ends, SIGINT);
}

void sink_program_hold_signals(void)
{
    sigset_t ends;

    fill_ends(&ends);
    sigprocmask(SIG_BLOCK, &ends, NULL);
}

bool sink_program_wait(const SinkProgram *program, int port, GError **error)
{
    g_autofree char *text = g_strdup_printf("%d\n", port);
    sigset_t ends;
    int received;

    if (program->port_path && !file_write(program->port_path, text, strlen(text), 0644, error))
        return false;
    fill_ends(&ends);
    sigwait(&ends, &received);
    return true;
}

int sink_program_end(const char *name, bool served, GError *error)
{
    if (error)
        fprintf(stderr, "%s: %s\n", name, error->message);
    g_clear_error(&error);
    return served ? EXIT_SUCCESS : EXIT_FAILURE;
}
