/* option - commands and their options as tables: parsing, --help and completion come from the same rows. */
#ifndef BREACH_CLI_OPTION_H
#define BREACH_CLI_OPTION_H

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#define OPTION_WORDS    3
#define OPTION_LIST_MAX 128

/* The values of an option that may be given several times, in their order; borrowed. */
typedef struct OptionList {
    const char *values[OPTION_LIST_MAX];
    size_t count;
} OptionList;

/* Every option that any command takes. A command's table says which of them it knows. */
typedef struct Options {
    const char *argument;       /* the positional one: what Command.argument calls it; NULL where it may be left out */
    char *const *arguments;     /* Command.many: `argument` and all that follow it; borrowed */
    int argument_count;
    const char *words[OPTION_WORDS]; /* what follows it, see Command.words; NULL behind the last */
    bool json;
    const char *state;
    bool dry_run;
    bool yes;
    const char *expect_digest;
    const char *patience;
    bool adopt;
    bool as_planned;
    const char *from;
    bool actual;
    const char *gateway, *channel, *audience, *domain, *person; /* whom or what a command is about */
    const char *reason;
    const char *outcome;        /* retry: how they ended */
    const char *code;
    const char *expect_count;
    const char *message;        /* resolve: which, and the decision */
    const char *row;
    bool all_doubts;
    bool sent, not_sent, resend, mended, withhold;
    const char *send_to;        /* preview */
    const char *edition_kind;
    bool text, html, raw;
    bool all;                   /* explain */
    bool explain;               /* track */
    const char *mail;
    const char *expect_people;  /* notify */
    bool probe, ready, promises; /* check */
    const char *limit, *stop_over; /* notify: the first wave */
    bool in_quiet_hours;
    const char *climb;          /* notify: so many notices may go on to another channel */
    bool draft, update, correct, withdraw; /* announce; withdraw: also obligations file */
    const char *kit, *locale;
    const char *resolver;
    const char *trace;
    const char *list, *interval, *since; /* status */
    bool watch, handover;
    const char *listen, *token_file; /* serve */
    const char *at, *by;        /* record */
    const char *lower, *likely, *upper; /* record affected */
    const char *regime, *scope, *ground, *facts, *role, *authority, *document, *until; /* record decision */
    const char *kind;           /* record inquiry */
    const char *email, *phone, *number; /* find */
    bool reopen;                /* close */
    OptionList anchors, variables, filings; /* clock: NAME=TIME, VARIABLE=VALUE, STEP=TIME */
    const char *zone, *calendar, *now;
    bool every;                 /* clock --list */
    const char *why, *ics;      /* obligations */
    const char *form, *form_name, *stage, *out, *reference, *evidence; /* obligations prepare, file */
    const char *scenario, *participants, *seed; /* drill */
    bool scenarios, history;
    struct Stage *drill;        /* a drill's (drill/stage.h), for the commands that it types itself; no option */
    const char *sample, *encrypt_to, *format; /* report */
    bool people;
    const char *lang;           /* every command takes it */
    bool help;
} Options;

/* LIST: an OptionList, one more value each time the option is given. */
typedef enum OptionKind { OPTION_FLAG, OPTION_TEXT, OPTION_LIST } OptionKind;

typedef struct OptionSpec {
    const char *name;   /* without the dashes */
    OptionKind kind;
    size_t offset;      /* into Options */
    const char *value;  /* what the value is called in --help; NULL for flags */
    const char *help;   /* N_() */
    const char *command; /* the only command that this row is for, in place of the one for all; NULL: for all */
} OptionSpec;

typedef struct Command {
    const char *name;
    int (*run)(const Options *options);
    const char *words;            /* further ones: "KIND [ID]", OPTION_WORDS at most; NULL: none */
    const char *argument;         /* the positional one: "DIR", "[CODE]" where it may be left out; NULL: PLAYBOOK */
    const char *many;             /* the flag with which it takes any number of them; NULL: one only */
    const char *summary;          /* N_(): one line */
    const char *description;      /* N_(): paragraphs for --help */
    const char *const *options;   /* names of its options, NULL-terminated */
    const char *exits;            /* N_(): what its exit codes mean, for --help */
} Command;

/* option_parse: fills `options` from `arguments` (without program and command name). Values are borrowed. Error:
 * BREACH_ERROR_INPUT with a did-you-mean: exit 64. */
bool option_parse(const Command *command, int count, char **arguments, Options *options, GError **error);

/* option_argument: what a command's positional argument is called, brackets and all; static. */
const char *option_argument(const Command *command);

/* option_of: the options that a command takes, with --lang; NULL past the end. */
const OptionSpec *option_of(const Command *command, size_t index);

/* option_choices: the values that an option can have, parted by spaces; NULL: any. Static. */
const char *option_choices(const OptionSpec *option);

/* option_check_language: whether --lang may have this value. Error: BREACH_ERROR_INPUT. */
bool option_check_language(const char *value, GError **error);

/* option_help: the text of --help; newly allocated. */
char *option_help(const Command *command);

#endif
