/* breach record: what people did and decided; each kind lives in a record_*.c. */
#include <string.h>

#include "base/error.h"
#include "base/language.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/record_case.h"
#include "cli/workspace.h"

typedef struct RecordKind {
    const char *name;
    int (*run)(Workspace *workspace);
    const char *const *options; /* those of the command that it takes, NULL-terminated */
    int words;                  /* how many further words it takes at most */
} RecordKind;

static const char *const common[] = {"dry-run", "state", "json", "help", NULL};
static const char *const delivery[] = {"outcome", "at", "by", "reason", "from", NULL};
static const char *const anchor[] = {"at", "by", "reason", NULL};
static const char *const affected[] = {"lower", "likely", "upper", "at", "by", "reason", NULL};
static const char *const value[] = {"by", "reason", NULL};
static const char *const decision[] = {"regime",    "scope",    "ground", "facts",  "by", "role",
                                       "authority", "document", "until",  "reason", NULL};
static const char *const response[] = {"outcome", "at", "by", "reason", NULL};
static const char *const inquiry[] = {"outcome", "kind", "at", "by", "reason", NULL};
static const char *const none[] = {NULL};

static const RecordKind kinds[] = {
    {"letter", record_delivery, delivery, 1},   {"phone", record_delivery, delivery, 1},
    {"anchor", record_value, anchor, 1},        {"affected", record_value, affected, 0},
    {"level", record_value, value, 1},          {"variable", record_value, value, 2},
    {"decision", record_decision, decision, 2}, {"response", record_response, response, 1},
    {"inquiry", record_inquiry, inquiry, 1},    {"register", record_register, none, 0},
};

static const RecordKind *find_kind(const char *name)
{
    for (size_t i = 0; name && i < G_N_ELEMENTS(kinds); i++)
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    return NULL;
}

static bool is_given(const Options *options, const OptionSpec *spec)
{
    const char *field = (const char *)options + spec->offset;

    return spec->kind == OPTION_FLAG ? *(const bool *)(const void *)field
                                     : *(const char *const *)(const void *)field != NULL;
}

/* What a kind does not know would be forgotten in silence. */
static bool check_options(const RecordKind *kind, const Options *options, GError **error)
{
    const OptionSpec *spec;
    int words = 0;

    while (words + 1 < OPTION_WORDS && options->words[words + 1])
        words++;
    if (words > kind->words) {
        error_set(error, BREACH_ERROR_INPUT, "record-too-much", "breach record PLAYBOOK %s: %s is too much", kind->name,
                  options->words[words]);
        return false;
    }
    for (size_t i = 0; (spec = option_of(&cmd_record, i)) != NULL; i++)
        if (is_given(options, spec) && !g_strv_contains(common, spec->name) &&
            !g_strv_contains(kind->options, spec->name) && strcmp(spec->name, "lang") != 0) {
            error_set(error, BREACH_ERROR_INPUT, "record-option", "breach record PLAYBOOK %s has no option --%s",
                      kind->name, spec->name);
            return false;
        }
    return true;
}

static int run(const Options *options)
{
    const RecordKind *kind = find_kind(options->words[0]);
    g_autoptr(Workspace) workspace = NULL;
    g_autoptr(GError) error = NULL;

    if (!kind)
        return record_misuse(error_make(BREACH_ERROR_INPUT, "record-kind",
                                        "record what? breach record PLAYBOOK letter, phone, anchor, affected, level, "
                                        "variable, decision, response, inquiry or register"));
    if (!check_options(kind, options, &error))
        return record_misuse(g_steal_pointer(&error));
    workspace = workspace_open(options);
    if (!workspace->folder)
        return workspace_fail(workspace, NULL);
    return kind->run(workspace);
}

static const char *const option_names[] = {
    "outcome", "at",   "by",        "reason",   "from",  "lower", "likely",  "upper", "regime", "scope", "ground",
    "facts",   "role", "authority", "document", "until", "kind",  "dry-run", "state", "json",   "help",  NULL};

const Command cmd_record = {
    .name = "record",
    .run = run,
    .words = "letter|phone|anchor|affected|level|variable|decision|response|inquiry|register [WORD…]",
    .summary = N_("enter what people did and decided: calls, letters, times, counts, decisions"),
    .description = N_(
        "Says what became of a letter or a call: of the message, notice number or person ID, or of every line of a\n"
        "CSV file, such as a call list that was filled in. All lines are checked first; then all are recorded, or\n"
        "none. The same line twice counts once.\n\n"
        "  letter  delivered: they are told. returned: they go on to the next channel of their ladder.\n"
        "  phone   reached: they are told. no-answer: to be called again; the third time they go on. wrong-number\n"
        "          and refused: they go on, because nobody has been told.\n\n"
        "What the law needs goes into the case record, which needs no plan and no people file:\n\n"
        "  anchor NAME          when something happened from which a clock runs: awareness, handling_end\n"
        "  affected             how many people, with --lower, --likely and --upper\n"
        "  level N              the level of the incident, as a person confirms it\n"
        "  variable NAME VALUE  what conditions ask for: risk high, affected_state 500..2000\n"
        "  decision not-notify | delay | revoke ID\n"
        "                       who decided not to tell, or to wait because an authority asks for it\n"
        "  response STEP        a response step of the playbook was started, or is done\n"
        "  inquiry [ID]         somebody asked, or reported a leak; without ID a new one\n"
        "  register             prints the register of breaches (GDPR 33(5)): facts, effects, remedies, decisions\n\n"
        "It works while breach notify runs, which takes it up within seconds."),
    .options = option_names,
    .exits = N_("0 recorded, 64 it is not clear what happened to what, 65 something cannot be: nothing was recorded,\n"
                "73 cannot write"),
};
