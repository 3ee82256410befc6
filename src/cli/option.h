/* option - commands and their options as tables: parsing, --help and, later, completion come from the same rows. */
#ifndef BREACH_CLI_OPTION_H
#define BREACH_CLI_OPTION_H

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

/* Every option that any command takes. A command's table says which of them it knows. */
typedef struct Options {
    const char *playbook;       /* the positional argument */
    bool json;
    const char *state;
    bool dry_run;
    bool yes;
    const char *expect_digest;
    const char *patience;
    bool adopt;
    bool as_planned;
    bool help;
} Options;

typedef enum OptionKind { OPTION_FLAG, OPTION_TEXT } OptionKind;

typedef struct OptionSpec {
    const char *name;   /* without the dashes */
    OptionKind kind;
    size_t offset;      /* into Options */
    const char *value;  /* what the value is called in --help; NULL for flags */
    const char *help;
} OptionSpec;

typedef struct Command {
    const char *name;
    int (*run)(const Options *options);
    const char *summary;          /* one line */
    const char *description;      /* paragraphs for --help */
    const char *const *options;   /* names of its options, NULL-terminated */
    const char *exits;            /* what its exit codes mean, for --help */
} Command;

/* option_parse: fills `options` from `arguments` (without program and command name). Values are borrowed. Error:
 * BREACH_ERROR_INPUT with a did-you-mean: exit 64. */
bool option_parse(const Command *command, int count, char **arguments, Options *options, GError **error);

/* option_help: the text of --help; newly allocated. */
char *option_help(const Command *command);

#endif
