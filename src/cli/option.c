#include "cli/option.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"

#define ROW(field, option, kind, value, help) {option, kind, offsetof(Options, field), value, help}

static const OptionSpec specs[] = {
    ROW(dry_run, "dry-run", OPTION_FLAG, NULL, "rehearse: nothing leaves this machine, whatever the playbook's status"),
    ROW(yes, "yes", OPTION_FLAG, NULL, "do not ask before an actual send; needs --expect-digest"),
    ROW(expect_digest, "expect-digest", OPTION_TEXT, "DIGEST", "send only if the plan has this digest (see breach plan)"),
    ROW(patience, "patience", OPTION_TEXT, "TIME", "wait this long without progress before ending with 75 (PT15M)"),
    ROW(as_planned, "as-planned", OPTION_FLAG, NULL, "send what was planned although files have changed since"),
    ROW(adopt, "adopt", OPTION_FLAG, NULL, "go on from a copied or restored state folder"),
    ROW(state, "state", OPTION_TEXT, "DIR", "keep the state in DIR instead of beside the playbook"),
    ROW(json, "json", OPTION_FLAG, NULL, "print one JSON document instead of text"),
    ROW(help, "help", OPTION_FLAG, NULL, "show this help"),
};

static const OptionSpec *find_spec(const Command *command, const char *name)
{
    if (!g_strv_contains(command->options, name))
        return NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(specs); i++)
        if (strcmp(specs[i].name, name) == 0)
            return &specs[i];
    return NULL;
}

static bool refuse(GError **error, const Command *command, const char *argument)
{
    g_autofree char *option = g_strndup(argument, strcspn(argument, "="));
    const char *nearest = text_nearest(option + strspn(option, "-"), command->options);

    g_set_error(error, BREACH_ERROR, BREACH_ERROR_INPUT, "breach %s has no option %s%s%s%s", command->name, option,
                nearest ? ": did you mean --" : "", nearest ? nearest : "", nearest ? "?" : "");
    return false;
}

/* One option at arguments[*at]; moves *at over a separate value. */
static bool parse_option(const Command *command, int count, char **arguments, int *at, Options *options, GError **error)
{
    const char *argument = arguments[*at];
    const char *equals = strchr(argument, '=');
    g_autofree char *name = equals ? g_strndup(argument + 2, (gsize)(equals - argument - 2)) : g_strdup(argument + 2);
    const OptionSpec *spec = find_spec(command, name);
    char *field;

    if (!spec)
        return refuse(error, command, argument);
    field = (char *)options + spec->offset;
    if (spec->kind == OPTION_FLAG) {
        if (equals) {
            g_set_error(error, BREACH_ERROR, BREACH_ERROR_INPUT, "--%s takes no value", spec->name);
            return false;
        }
        *(bool *)(void *)field = true;
        return true;
    }
    if (!equals && *at + 1 >= count) {
        g_set_error(error, BREACH_ERROR, BREACH_ERROR_INPUT, "--%s needs a value: --%s %s", spec->name, spec->name,
                    spec->value);
        return false;
    }
    *(const char **)(void *)field = equals ? equals + 1 : arguments[++*at];
    return true;
}

bool option_parse(const Command *command, int count, char **arguments, Options *options, GError **error)
{
    bool only_arguments = false;

    memset(options, 0, sizeof *options);
    for (int i = 0; i < count; i++) {
        const char *argument = arguments[i];

        if (!only_arguments && strcmp(argument, "--") == 0) {
            only_arguments = true;
        } else if (!only_arguments && strcmp(argument, "-h") == 0) {
            options->help = true;
        } else if (!only_arguments && argument[0] == '-' && argument[1] == '-') {
            if (!parse_option(command, count, arguments, &i, options, error))
                return false;
        } else if (!only_arguments && argument[0] == '-') {
            return refuse(error, command, argument);
        } else if (options->playbook) {
            g_set_error(error, BREACH_ERROR, BREACH_ERROR_INPUT, "one playbook at a time: %s is too much", argument);
            return false;
        } else {
            options->playbook = argument;
        }
    }
    if (!options->playbook && !options->help) {
        g_set_error(error, BREACH_ERROR, BREACH_ERROR_INPUT, "which playbook? type breach %s PLAYBOOK", command->name);
        return false;
    }
    return true;
}

char *option_help(const Command *command)
{
    GString *text = g_string_new(NULL);

    g_string_append_printf(text, "breach %s - %s\n\nUsage: breach %s PLAYBOOK [OPTION…]\n\n%s\n\nOptions:\n", command->name,
                           command->summary, command->name, command->description);
    for (size_t i = 0; i < G_N_ELEMENTS(specs); i++) {
        g_autofree char *left = NULL;

        if (!g_strv_contains(command->options, specs[i].name))
            continue;
        left = specs[i].value ? g_strdup_printf("--%s %s", specs[i].name, specs[i].value)
                              : g_strdup_printf("--%s", specs[i].name);
        g_string_append_printf(text, "  %-24s %s\n", left, specs[i].help);
    }
    g_string_append_printf(text, "\nExit codes: %s\n", command->exits);
    return g_string_free(text, FALSE);
}
