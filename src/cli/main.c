#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/output.h"

static const Command *const commands[] = {&cmd_check, &cmd_plan, &cmd_notify, &cmd_status};

static void print_help(void)
{
    puts("breach - tell people that their data has leaked: lawfully, once, provably\n"
         "\n"
         "Usage: breach COMMAND PLAYBOOK [OPTION…]\n"
         "\n"
         "Commands:");
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
        printf("  %-10s %s\n", commands[i]->name, commands[i]->summary);
    puts("\n"
         "breach COMMAND --help explains a command, breach --version prints the version.\n"
         "A rehearsal: breach notify PLAYBOOK --dry-run");
}

static const Command *find_command(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    return NULL;
}

static int unknown_command(const char *name)
{
    const char *names[G_N_ELEMENTS(commands) + 1] = {NULL};
    const char *nearest;

    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
        names[i] = commands[i]->name;
    nearest = text_nearest(name, names);
    if (nearest)
        output_message("error: there is no command %s: did you mean %s?", name, nearest);
    else
        output_message("error: there is no command %s: type breach --help", name);
    return EXIT_CODE_USAGE;
}

static int run_command(const Command *command, int count, char **arguments)
{
    g_autoptr(GError) error = NULL;
    Options options;

    if (!option_parse(command, count, arguments, &options, &error)) {
        output_message("error: %s", error->message);
        return EXIT_CODE_USAGE;
    }
    if (options.help) {
        g_autofree char *help = option_help(command);

        fputs(help, stdout);
        return EXIT_CODE_TOLD;
    }
    return command->run(&options);
}

static int run_line(int count, char **arguments)
{
    const Command *command;

    if (count < 2 || strcmp(arguments[1], "--help") == 0 || strcmp(arguments[1], "-h") == 0 ||
        strcmp(arguments[1], "help") == 0) {
        print_help();
        return count < 2 ? EXIT_CODE_USAGE : EXIT_CODE_TOLD;
    }
    if (strcmp(arguments[1], "--version") == 0) {
        puts("breach " BREACH_VERSION);
        return EXIT_CODE_TOLD;
    }
    command = find_command(arguments[1]);
    return command ? run_command(command, count - 2, arguments + 2) : unknown_command(arguments[1]);
}

int main(int count, char **arguments)
{
    int code;

    setlocale(LC_CTYPE, "");
    umask(077); /* everything that is written holds personal data */
    code = run_line(count, arguments);
    if (fflush(stdout) == 0 && !ferror(stdout))
        return code;
    output_message("error: cannot write to standard output: %s", g_strerror(errno));
    /* A digest that was never seen must not look like success to a script; what notify has sent stays sent. */
    return code == EXIT_CODE_TOLD && strcmp(arguments[1], cmd_notify.name) != 0 ? EXIT_CODE_CREATE : code;
}
