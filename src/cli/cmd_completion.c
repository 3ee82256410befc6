#include <stdio.h>
#include <string.h>

#include "base/diagnostic.h"
#include "base/error.h"
#include "base/language.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/installation.h"
#include "cli/output.h"
#include "load/load_regime.h"

/* What a word of the command line can be completed with. */
typedef enum Kind { KIND_ANY, KIND_PLAYBOOK, KIND_FILE, KIND_FOLDER, KIND_WORDS } Kind;

/* All codes, parted by spaces. */
static const char *all_codes(void)
{
    static char *codes; /* as long as the program runs */
    GString *list = codes ? NULL : g_string_new(NULL);
    const Diagnostic *diagnostic;

    for (size_t i = 0; list && (diagnostic = diagnostic_at(i)) != NULL; i++)
        g_string_append_printf(list, "%s%s", i > 0 ? " " : "", diagnostic->code);
    if (list)
        codes = g_string_free(list, FALSE);
    return codes;
}

/* The regimes that come with breach, parted by spaces. */
static const char *all_regimes(void)
{
    static char *regimes; /* as long as the program runs */
    g_autofree char *data = regimes ? NULL : installation_data();
    g_auto(GStrv) names = regimes ? NULL : load_regime_names(NULL, data);

    if (names)
        regimes = g_strjoinv(" ", names);
    return regimes;
}

static Kind kind_of_argument(const Command *command, const char **words)
{
    const char *argument = option_argument(command);

    *words = strcmp(command->name, "completion") == 0 ? "bash zsh fish" : NULL;
    if (strcmp(command->name, "explain") == 0)
        *words = all_codes();
    if (strcmp(command->name, "clock") == 0)
        *words = all_regimes();
    if (*words)
        return KIND_WORDS;
    if (strcmp(argument, "PLAYBOOK") == 0)
        return KIND_PLAYBOOK;
    return strcmp(argument, "DIR") == 0 ? KIND_FOLDER : KIND_ANY;
}

static Kind kind_of_value(const OptionSpec *option, const char **words)
{
    *words = option_choices(option);
    if (*words)
        return KIND_WORDS;
    if (strcmp(option->value, "FILE") == 0)
        return KIND_FILE;
    return strcmp(option->value, "DIR") == 0 ? KIND_FOLDER : KIND_ANY;
}

/* What is behind the first argument: "letter|phone [ID]" gives "letter phone"; NULL: nothing that is known. */
static char *second_words(const Command *command)
{
    const char *end = command->words ? command->words + strcspn(command->words, " ") : NULL;

    if (!end || !memchr(command->words, '|', (size_t)(end - command->words)))
        return NULL;
    return g_strdelimit(g_strndup(command->words, (gsize)(end - command->words)), "|", ' ');
}

/* In single quotes for a shell: bash, zsh and fish agree on '\'' outside and differ inside, so ' ends the quotes. */
static void print_quoted(const char *text)
{
    putchar('\'');
    for (; *text; text++)
        fputs(*text == '\'' ? "'\\''" : (char[]){*text, '\0'}, stdout);
    putchar('\'');
}

/* bash --------------------------------------------------------------------------------------------------------------
 */

static void print_bash_answer(Kind kind, const char *words)
{
    switch (kind) {
    case KIND_PLAYBOOK:
        fputs("_breach_files '*.yaml'", stdout);
        break;
    case KIND_FILE:
        fputs("_breach_files '*'", stdout);
        break;
    case KIND_FOLDER:
        fputs("_breach_files ''", stdout);
        break;
    case KIND_WORDS:
        printf("_breach_words '%s'", words);
        break;
    case KIND_ANY:
        fputs(":", stdout);
        break;
    }
}

/* Options that mean the same in every command complete in the same way, so that one table does for all. */
static void print_bash_values(void)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    const Command *command;
    const OptionSpec *option;

    for (size_t i = 0; (command = command_at(i)) != NULL; i++) {
        for (size_t j = 0; (option = option_of(command, j)) != NULL; j++) {
            const char *words;
            Kind kind;

            if (option->kind == OPTION_FLAG || !g_hash_table_add(seen, (gpointer)option->name))
                continue;
            kind = kind_of_value(option, &words);
            printf("    --%s) ", option->name);
            print_bash_answer(kind, words);
            puts("; return ;;");
        }
    }
}

static void print_bash_options(const Command *command)
{
    const OptionSpec *option;

    printf("    %s) options='", command->name);
    for (size_t i = 0; (option = option_of(command, i)) != NULL; i++)
        printf("%s--%s", i > 0 ? " " : "", option->name);
    puts("' ;;");
}

/* Behind the first argument the second, and behind that nothing that is known. */
static void print_bash_second(const char *words)
{
    g_auto(GStrv) each = g_strsplit(words, " ", -1);
    g_autofree char *pattern = g_strjoinv("|", each);

    printf(" ;; %s) : ;; *) _breach_words '%s' ;; esac", pattern, words);
}

static void print_bash_arguments(void)
{
    const Command *command;

    for (size_t i = 0; (command = command_at(i)) != NULL; i++) {
        const char *words;
        Kind kind = kind_of_argument(command, &words);
        g_autofree char *second = second_words(command);

        printf("    %s) ", command->name);
        if (second)
            printf("case $previous in %s|-*) ", command->name);
        print_bash_answer(kind, words);
        if (second)
            print_bash_second(second);
        puts(" ;;");
    }
}

static void print_command_names(void)
{
    const Command *command;

    for (size_t i = 0; (command = command_at(i)) != NULL; i++)
        printf("%s%s", i > 0 ? " " : "", command->name);
}

static void print_bash(void)
{
    const Command *command;

    puts("# bash completion for breach; made by: breach completion bash\n"
         "_breach_words() {\n"
         "    mapfile -t COMPREPLY < <(compgen -W \"$1\" -- \"$current\")\n"
         "}\n"
         "\n"
         "# files of a pattern and all folders\n"
         "_breach_files() {\n"
         "    compopt -o filenames 2>/dev/null\n"
         "    mapfile -t COMPREPLY < <(compgen -d -- \"$current\"\n"
         "        [ -z \"$1\" ] || compgen -f -X \"!$1\" -- \"$current\")\n"
         "}\n"
         "\n"
         "_breach() {\n"
         "    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command='' options='' at\n"
         "    COMPREPLY=()\n"
         "    for ((at = 1; at < COMP_CWORD; at++)); do\n"
         "        case ${COMP_WORDS[at]} in\n"
         "        --lang) at=$((at + 1)) ;;\n"
         "        -*) ;;\n"
         "        *) command=${COMP_WORDS[at]}; break ;;\n"
         "        esac\n"
         "    done\n"
         "    case $previous in");
    print_bash_values();
    fputs("    help) _breach_words '", stdout);
    print_command_names();
    fputs("'; return ;;\n"
          "    esac\n"
          "    case $command in\n"
          "    '') _breach_words '",
          stdout);
    print_command_names();
    puts(" help --help --version --lang'; return ;;");
    for (size_t i = 0; (command = command_at(i)) != NULL; i++)
        print_bash_options(command);
    puts("    esac\n"
         "    case $current in\n"
         "    -*) _breach_words \"$options\"; return ;;\n"
         "    esac\n"
         "    case $command in");
    print_bash_arguments();
    puts("    esac\n"
         "}\n"
         "complete -F _breach breach");
}

/* zsh ---------------------------------------------------------------------------------------------------------------
 */

/* Within an option of _arguments or an entry of _describe : [ ] and \ would be syntax. */
static void print_zsh_text(const char *text)
{
    for (; *text; text++) {
        if (strchr(":[]\\", *text))
            putchar('\\');
        fputs(*text == '\'' ? "'\\''" : (char[]){*text, '\0'}, stdout);
    }
}

static void print_zsh_action(Kind kind, const char *words)
{
    switch (kind) {
    case KIND_PLAYBOOK:
        fputs("_files -g \"*.yaml\"", stdout);
        break;
    case KIND_FILE:
        fputs("_files", stdout);
        break;
    case KIND_FOLDER:
        fputs("_files -/", stdout);
        break;
    case KIND_WORDS:
        printf("(%s)", words);
        break;
    case KIND_ANY:
        fputs(" ", stdout);
        break;
    }
}

static void print_zsh_command(const Command *command)
{
    g_autofree char *second = second_words(command);
    const OptionSpec *option;
    const char *words;
    Kind kind;

    printf("    %s)\n        _arguments \\\n", command->name);
    for (size_t i = 0; (option = option_of(command, i)) != NULL; i++) {
        printf("            '%s--%s%s[", option->kind == OPTION_LIST ? "*" : "", option->name,
               option->kind != OPTION_FLAG ? "=" : "");
        print_zsh_text(_(option->help));
        putchar(']');
        if (option->kind != OPTION_FLAG) {
            kind = kind_of_value(option, &words);
            printf(":%s:", option->value);
            print_zsh_action(kind, words);
        }
        puts("' \\");
    }
    kind = kind_of_argument(command, &words);
    fputs("            '1:", stdout);
    print_zsh_text(option_argument(command));
    putchar(':');
    print_zsh_action(kind, words);
    putchar('\'');
    if (second)
        printf(" \\\n            '2: :(%s)'", second);
    puts(" ;;");
}

static void print_zsh(void)
{
    const Command *command;

    puts("#compdef breach\n"
         "# zsh completion for breach; made by: breach completion zsh\n"
         "_breach() {\n"
         "    local context state state_descr line\n"
         "    local -A opt_args\n"
         "    local -a commands\n"
         "    commands=(");
    for (size_t i = 0; (command = command_at(i)) != NULL; i++) {
        printf("        '%s:", command->name);
        print_zsh_text(_(command->summary));
        puts("'");
    }
    fputs("    )\n"
          "    _arguments -C '--help[",
          stdout);
    print_zsh_text(_("show this help"));
    puts("]' '--version' '--lang=:LANGUAGE:(en zh-CN)' '1: :->command' '*:: :->rest'\n"
         "    case $state in\n"
         "    command) _describe command commands; return ;;\n"
         "    esac\n"
         "    case $line[1] in");
    for (size_t i = 0; (command = command_at(i)) != NULL; i++)
        print_zsh_command(command);
    puts("    help) _describe command commands ;;\n"
         "    esac\n"
         "}\n"
         "if [ \"$funcstack[1]\" = _breach ]; then _breach \"$@\"; else compdef _breach breach; fi");
}

/* fish --------------------------------------------------------------------------------------------------------------
 */

static void print_fish_values(Kind kind, const char *words)
{
    switch (kind) {
    case KIND_PLAYBOOK:
        fputs(" -x -a '(__fish_complete_suffix .yaml)'", stdout);
        break;
    case KIND_FILE:
        fputs(" -r -F", stdout);
        break;
    case KIND_FOLDER:
        fputs(" -x -a '(__fish_complete_directories)'", stdout);
        break;
    case KIND_WORDS:
        printf(" -x -a '%s'", words);
        break;
    case KIND_ANY:
        fputs(" -x", stdout);
        break;
    }
}

static void print_fish_command(const Command *command)
{
    const OptionSpec *option;
    const char *words;
    Kind kind = kind_of_argument(command, &words);
    g_autofree char *second = second_words(command);

    printf("complete -c breach -n __fish_use_subcommand -x -a %s -d ", command->name);
    print_quoted(_(command->summary));
    printf("\ncomplete -c breach -n '__fish_seen_subcommand_from %s'", command->name);
    print_fish_values(kind, words);
    putchar('\n');
    if (second)
        printf("complete -c breach -n '__fish_seen_subcommand_from %s; and not __fish_seen_subcommand_from %s'"
               " -x -a '%s'\n",
               command->name, second, second);
    for (size_t i = 0; (option = option_of(command, i)) != NULL; i++) {
        printf("complete -c breach -n '__fish_seen_subcommand_from %s' -l %s", command->name, option->name);
        if (option->kind != OPTION_FLAG) {
            kind = kind_of_value(option, &words);
            print_fish_values(kind, words);
        }
        fputs(" -d ", stdout);
        print_quoted(_(option->help));
        putchar('\n');
    }
}

static void print_fish(void)
{
    const Command *command;

    puts("# fish completion for breach; made by: breach completion fish\n"
         "complete -c breach -f\n"
         "complete -c breach -n __fish_use_subcommand -l version\n"
         "complete -c breach -n __fish_use_subcommand -l lang -x -a 'en zh-CN'");
    fputs("complete -c breach -n '__fish_seen_subcommand_from help' -x -a '", stdout);
    print_command_names();
    puts("'");
    for (size_t i = 0; (command = command_at(i)) != NULL; i++)
        print_fish_command(command);
}

static int run(const Options *options)
{
    static const struct {
        const char *shell;
        void (*print)(void);
    } shells[] = {{"bash", print_bash}, {"zsh", print_zsh}, {"fish", print_fish}};
    g_autoptr(GError) error = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(shells); i++) {
        if (strcmp(shells[i].shell, options->argument) == 0) {
            shells[i].print();
            return EXIT_CODE_TOLD;
        }
    }
    error_set(&error, BREACH_ERROR_INPUT, "usage-shell", "there is no completion for %s: type bash, zsh or fish",
              options->argument);
    output_message("error: %s", error->message);
    return EXIT_CODE_USAGE;
}

static const char *const names[] = {"help", NULL};

const Command cmd_completion = {
    .name = "completion",
    .run = run,
    .argument = "SHELL",
    .summary = N_("print a completion script for bash, zsh or fish"),
    .description =
        N_("Prints a script that makes the shell complete commands, options and files. A package installs it.\n"
           "By hand: source <(breach completion bash) in .bashrc, or breach completion zsh > _breach in a\n"
           "folder of $fpath, or breach completion fish > ~/.config/fish/completions/breach.fish."),
    .options = names,
    .exits = N_("0 printed, 64 another shell"),
};
