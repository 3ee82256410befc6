#include "cli/drill_command.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <fcntl.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/output.h"

/* What makes sense in a story; breach notify has steps of its own. */
static const char *const allowed[] = {"announce",    "check", "close",   "hold",   "lift",
                                      "obligations", "plan",  "preview", "record", "report",
                                      "resolve",     "retry", "status",  "track",  NULL};

static const Command *find_command(const char *name)
{
    const Command *command = NULL;

    for (size_t i = 0; (command = command_at(i)) != NULL; i++)
        if (strcmp(command->name, name) == 0)
            break;
    return command;
}

static void add_copy(GPtrArray *line, const char *word)
{
    g_ptr_array_add(line, g_strdup(word));
}

/* The command line behind "breach COMMAND"; NULL behind the last word. */
static GPtrArray *line_of(const DrillDesk *desk, const char *const *words)
{
    GPtrArray *line = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *now = clock_format_utc(clock_now(clock_system()));

    add_copy(line, desk->playbook);
    for (const char *const *word = words + 1; *word; word++)
        add_copy(line, strcmp(*word, "NOW") == 0 ? now : *word);
    add_copy(line, "--state");
    add_copy(line, desk->state);
    g_ptr_array_add(line, NULL);
    return line;
}

bool drill_command_check(const char *const *words, GError **error)
{
    static const DrillDesk nowhere = {"playbook.yaml", "state", NULL, -1};
    g_autoptr(GPtrArray) line = line_of(&nowhere, words);
    const Command *command = g_strv_contains(allowed, words[0]) ? find_command(words[0]) : NULL;
    g_autofree char **copy = NULL;
    Options options;

    if (!command) {
        const char *nearest = text_nearest(words[0], allowed);

        if (nearest)
            error_set(error, BREACH_ERROR_INPUT, "scenario-command", "a story cannot type breach %s: did you mean %s?",
                      words[0], nearest);
        else
            error_set(error, BREACH_ERROR_INPUT, "scenario-command",
                      "a story cannot type breach %s: it may type hold, lift, plan, record, status and the like",
                      words[0]);
        return false;
    }
    copy = g_memdup2(line->pdata, line->len * sizeof *line->pdata); /* the parser changes their order */
    if (!option_parse(command, (int)line->len - 1, copy, &options, error))
        return false;
    if (options.probe)
        error_set(
            error, BREACH_ERROR_INPUT, "scenario-command",
            "a story cannot type breach %s --probe: it asks gateways and name servers outside, and a drill asks nobody",
            words[0]);
    return !options.probe;
}

char *drill_command_line(const char *const *words)
{
    GString *line = g_string_new("breach");

    for (; *words; words++) {
        g_autofree char *quoted = strpbrk(*words, " \"'") ? g_shell_quote(*words) : g_strdup(*words);

        g_string_append_printf(line, " %s", quoted);
    }
    return g_string_free(line, FALSE);
}

static void write_head(const DrillDesk *desk, const char *const *words)
{
    g_autofree char *at = clock_format_utc(clock_now(clock_system()));
    g_autofree char *line = drill_command_line(words);
    g_autofree char *head = g_strdup_printf("\n[%s] $ %s\n", at, line);

    (void)file_write_all(desk->transcript, head, strlen(head));
}

static int run_line(const Command *command, const DrillDesk *desk, const char *const *words)
{
    g_autoptr(GPtrArray) line = line_of(desk, words);
    g_autofree char **copy = g_memdup2(line->pdata, line->len * sizeof *line->pdata);
    g_autoptr(GError) error = NULL;
    Options options;

    if (!option_parse(command, (int)line->len - 1, copy, &options, &error)) {
        output_message("error: %s", error->message);
        return EXIT_CODE_USAGE;
    }
    options.drill = desk->stage;
    options.dry_run = true; /* whatever the playbook says: nobody is told anything in a drill */
    log_name(command->name);
    return command->run(&options);
}

/* A standard stream leads there from now on; programs that are started still have one. */
static void lead(int to, int stream)
{
    dup3(to, stream, O_CLOEXEC);
    fcntl(stream, F_SETFD, 0);
}

int drill_command_type(const DrillDesk *desk, const char *const *words)
{
    const Command *command = find_command(words[0]);
    int out, err, code;

    if (!command)
        return EXIT_CODE_USAGE;
    write_head(desk, words);
    fflush(stdout);
    fflush(stderr);
    out = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    err = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    lead(desk->transcript, STDOUT_FILENO);
    lead(desk->transcript, STDERR_FILENO);
    code = run_line(command, desk, words);
    fflush(stdout);
    fflush(stderr);
    lead(out, STDOUT_FILENO);
    lead(err, STDERR_FILENO);
    close(out);
    close(err);
    return code;
}
