#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/language.h"
#include "base/log.h"
#include "base/text.h"
#include "base/trace.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/installation.h"
#include "cli/output.h"
#include "cli/process.h"

static void print_help(void)
{
    const Command *command;

    puts(_("breach - tell people that their data has leaked: lawfully, once, provably\n"
           "\n"
           "Usage: breach COMMAND PLAYBOOK [OPTION…]\n"
           "\n"
           "Commands:"));
    for (size_t i = 0; (command = command_at(i)) != NULL; i++)
        printf("  %-11s %s\n", command->name, _(command->summary));
    puts(
        _("\n"
          "breach help COMMAND explains a command, breach explain CODE an error, breach --version prints the version.\n"
          "Every command speaks English and Chinese: --lang en, --lang zh-CN.\n"
          "A rehearsal: breach notify PLAYBOOK --dry-run"));
}

static const Command *find_command(const char *name)
{
    const Command *command;

    for (size_t i = 0; (command = command_at(i)) != NULL; i++)
        if (strcmp(command->name, name) == 0)
            return command;
    return NULL;
}

static int unknown_command(const char *name)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autoptr(GError) error = NULL;
    const Command *command;
    const char *nearest;

    for (size_t i = 0; (command = command_at(i)) != NULL; i++)
        g_ptr_array_add(names, (gpointer)command->name);
    g_ptr_array_add(names, NULL);
    nearest = text_nearest(name, (const char *const *)names->pdata);
    if (nearest)
        error_set(&error, BREACH_ERROR_INPUT, "usage-unknown-command", "there is no command %s: did you mean %s?", name,
                  nearest);
    else
        error_set(&error, BREACH_ERROR_INPUT, "usage-unknown-command", "there is no command %s: type breach --help",
                  name);
    output_message("error: %s", error->message);
    return EXIT_CODE_USAGE;
}

static int print_command_help(const Command *command)
{
    g_autofree char *help = option_help(command);

    fputs(help, stdout);
    return EXIT_CODE_TOLD;
}

static int run_command(const Command *command, int count, char **arguments)
{
    g_autoptr(GError) error = NULL;
    Options options;

    if (!option_parse(command, count, arguments, &options, &error)) {
        output_message("error: %s", error->message);
        return EXIT_CODE_USAGE;
    }
    if (options.help)
        return print_command_help(command);
    if (options.trace && !trace_open(options.trace, clock_system(), &error)) {
        output_message("error: %s", error->message);
        return EXIT_CODE_CREATE;
    }
    log_name(command->name);
    return process_end(command->run(&options));
}

static bool is_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0;
}

static int help(int count, char **arguments)
{
    const Command *command = count > 2 ? find_command(arguments[2]) : NULL;

    if (count > 2 && !command)
        return unknown_command(arguments[2]);
    if (command)
        return print_command_help(command);
    print_help();
    return count < 2 ? EXIT_CODE_USAGE : EXIT_CODE_TOLD;
}

static int run_line(int count, char **arguments)
{
    const Command *command;

    if (count < 2 || is_help(arguments[1]))
        return help(count, arguments);
    if (strcmp(arguments[1], "--version") == 0) {
        puts("breach " BREACH_VERSION);
        return EXIT_CODE_TOLD;
    }
    command = find_command(arguments[1]);
    return command ? run_command(command, count - 2, arguments + 2) : unknown_command(arguments[1]);
}

/* How many words a --lang at arguments[at] takes with its value; 0: it is none. */
static int language_at(int count, char **arguments, int at, const char **value)
{
    if (g_str_has_prefix(arguments[at], "--lang=")) {
        *value = arguments[at] + strlen("--lang=");
        return 1;
    }
    if (strcmp(arguments[at], "--lang") != 0 || at + 1 >= count)
        return 0;
    *value = arguments[at + 1];
    return 2;
}

/* Before the line is parsed, so that its mistakes are told in that language. --json is data and always English; what
 * is wrong with --lang itself is found by the parser. */
static void choose_language(int count, char **arguments)
{
    g_autofree char *catalogues = installation_catalogues();
    const char *asked = NULL;

    for (int i = 1; i < count && strcmp(arguments[i], "--") != 0;) {
        const char *value;
        int words;

        if (strcmp(arguments[i], "--json") == 0) {
            asked = "en";
            break;
        }
        words = language_at(count, arguments, i, &value);
        if (words > 0 && language_is_spoken(value))
            asked = value;
        i += MAX(words, 1);
    }
    language_choose(asked, catalogues);
}

/* Takes --lang away wherever it stands; false when that language is not spoken. One without its value is left to the
 * parser. */
static bool take_language(int *count, char **arguments)
{
    for (int i = 1; i < *count && strcmp(arguments[i], "--") != 0;) {
        g_autoptr(GError) error = NULL;
        const char *value;
        int words = language_at(*count, arguments, i, &value);

        if (words == 0) {
            i++;
            continue;
        }
        if (!option_check_language(value, &error)) {
            output_message("error: %s", error->message);
            return false;
        }
        memmove(arguments + i, arguments + i + words, (size_t)(*count - i - words) * sizeof *arguments);
        *count -= words;
    }
    return true;
}

int main(int count, char **arguments)
{
    g_autoptr(GError) error = NULL;
    int code;

    process_harden();
    setlocale(LC_CTYPE, "");
    umask(077); /* everything that is written holds personal data */
    choose_language(count, arguments);
    code = take_language(&count, arguments) ? run_line(count, arguments) : EXIT_CODE_USAGE;
    if (fflush(stdout) == 0 && !ferror(stdout))
        return code;
    error_set(&error, BREACH_ERROR_CREATE, "usage-output", "cannot write to standard output: %s", g_strerror(errno));
    output_message("error: %s", error->message);
    /* A digest that was never seen must not look like success to a script; what notify has sent stays sent. */
    return code == EXIT_CODE_TOLD && g_strcmp0(arguments[1], cmd_notify.name) != 0 ? EXIT_CODE_CREATE : code;
}
