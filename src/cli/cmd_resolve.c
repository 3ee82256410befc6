/* breach resolve: what only a person can settle: doubts and quarantine. */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/language.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/posting.h"
#include "cli/selection.h"
#include "cli/undecided.h"
#include "cli/workspace.h"
#include "ledger/ledger_select.h"

#define SHOWN      20
#define SHOWN_JSON 1000

#define DOUBT  SELECT_STATE(MESSAGE_IN_DOUBT)
#define BROKEN SELECT_STATE(MESSAGE_QUARANTINED)
#define ON_WAY (DOUBT | SELECT_STATE(MESSAGE_ATTEMPTING))
#define UNSENT (SELECT_STATE(MESSAGE_PLANNED) | SELECT_STATE(MESSAGE_DEFERRED) | BROKEN)

/* What can be decided. */
typedef struct Choice {
    const char *name;
    size_t flag; /* in Options */
    MessageEvent event;
    uint32_t states;     /* of the messages that it is about */
    const char *done;    /* N_(); the number of messages follows */
    const char *next;    /* the next command */
    const char *nothing; /* N_(); why nothing was done */
} Choice;

static const Choice choices[] = {
    {"sent", offsetof(Options, sent), EVENT_ACCEPTED, DOUBT, N_("messages that count as sent"), "status",
     N_("nothing of it is in doubt: it was settled already, or never was")},
    {"not-sent", offsetof(Options, not_sent), EVENT_RETURNED, DOUBT, N_("messages that will be sent"), "notify",
     N_("nothing of it is in doubt: it was settled already, or never was")},
    {"resend", offsetof(Options, resend), EVENT_RELEASED, DOUBT,
     N_("messages that will be sent again, maybe as a second copy"), "notify",
     N_("nothing of it is in doubt: it was settled already, or never was")},
    {"mended", offsetof(Options, mended), EVENT_RELEASED, BROKEN | SELECT_STATE(MESSAGE_WITHHELD),
     N_("messages that will be tried again"), "notify", N_("no message of it is quarantined, or withheld by a person")},
    {"withhold", offsetof(Options, withhold), EVENT_WITHHELD, UNSENT, N_("withheld; messages that will not be sent"),
     "status", N_("nothing of it is left to be withheld")},
};

typedef struct Resolving {
    Workspace *workspace;
    Ledger *ledger;
    const Choice *choice;
    LedgerFilter filter;
    char *person;      /* owned; whom --person or --row names; NULL: a message, or all doubts */
    const char *asked; /* borrowed; the name of what was asked for */
    Posting posting;
    int64_t messages; /* moved */
    int64_t shared;   /* left alone, because others are told by them, too */
    int64_t unwanted; /* of `messages`: surely not sent, and not to be sent either */
    int64_t people;   /* decisions about people */
    bool applied;
} Resolving;

/* What was asked for ---------------------------------------------------------------------------------------------- */

static bool is_chosen(const Options *options, const Choice *choice)
{
    return *(const bool *)(const void *)((const char *)options + choice->flag);
}

static int misuse(GError *error)
{
    output_refusal(error);
    return EXIT_CODE_USAGE;
}

/* One decision about one thing, with a reason; EXIT_CODE_TOLD when it is. */
static int check_use(const Options *options, const Choice **choice)
{
    bool is_all = options->all_doubts;
    int things = (options->message != NULL) + (options->person != NULL) + (options->row != NULL) + is_all;
    int decisions = 0;

    *choice = NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(choices); i++)
        if (is_chosen(options, &choices[i])) {
            *choice = &choices[i];
            decisions++;
        }
    if (decisions == 0 && things == 0)
        return EXIT_CODE_TOLD;
    if (decisions != 1)
        return misuse(error_make(BREACH_ERROR_INPUT, "resolve-decision",
                                 "decide one thing: --sent, --not-sent, --resend, --mended or --withhold"));
    if (things != 1)
        return misuse(error_make(BREACH_ERROR_INPUT, "resolve-thing",
                                 "about what? --message ID, --person ID, --row N or --all-doubts, one of them"));
    if (is_all && (*choice)->states != DOUBT)
        return misuse(
            error_make(BREACH_ERROR_INPUT, "resolve-all", "--all-doubts goes with --sent, --not-sent or --resend"));
    if (!posting_is_reason(options->reason))
        return misuse(
            error_make(BREACH_ERROR_INPUT, "resolve-reason", "the log needs to know why, in one line: --reason \"…\""));
    return EXIT_CODE_TOLD;
}

/* The person in a row of the people file. A row without an id of its own could not be found again. */
static char *person_at(Ledger *ledger, const char *row, const Workspace *workspace, GError **error)
{
    char *end = NULL;
    int64_t number = g_ascii_strtoll(row, &end, 10);
    bool is_known = false;
    char *person = NULL;

    if (number > 0 && *end == '\0')
        person = ledger_person_at(ledger, number, &is_known, error);
    if (person || (error && *error))
        return person;
    if (!is_known)
        error_set(error, BREACH_ERROR_INPUT, "resolve-no-row",
                  "the plan has no row %s: rows are counted from 1, without the "
                  "header",
                  row);
    else
        error_set(error, BREACH_ERROR_INPUT, "resolve-no-id",
                  "row %s has no id of its own, so nothing can be decided about it that the next plan would find "
                  "again: give it "
                  "an id that no other row has, or delete the row, and type breach plan %s%s",
                  row, workspace->typed, workspace->mode);
    return NULL;
}

static bool look_for(Resolving *resolving, GError **error)
{
    const Options *options = resolving->workspace->options;
    LedgerFilter *filter = &resolving->filter;

    filter->states = resolving->choice->states;
    filter->by_person = true;
    filter->held = options->all_doubts;
    if (options->message) {
        filter->message = resolving->asked = options->message;
        return true;
    }
    if (options->all_doubts)
        return true;
    resolving->person = options->row ? person_at(resolving->ledger, options->row, resolving->workspace, error)
                                     : g_strdup(options->person);
    if (!resolving->person || !selection_person(resolving->ledger, resolving->person, error))
        return false;
    filter->person = resolving->asked = resolving->person;
    return true;
}

/* Deciding -------------------------------------------------------------------------------------------------------- */

static bool decide_people(Resolving *resolving, MessageEvent event, const char *const *people, GError **error)
{
    for (; *people; people++) {
        g_autofree char *decided = ledger_decided(resolving->ledger, *people, NULL);

        if (event == EVENT_RELEASED && !decided)
            continue;
        if (!posting_add_person(&resolving->posting, event, *people, error))
            return false;
        resolving->people++;
    }
    return true;
}

/* A message that is named by its id is decided about for all whom it serves. */
static bool decide_served(Resolving *resolving, const LedgerMatch *match, GError **error)
{
    g_auto(GStrv) people = NULL;

    if (resolving->person || resolving->choice->states == DOUBT)
        return true;
    people = ledger_served(resolving->ledger, match->no, error);
    return people && decide_people(resolving, resolving->choice->event, (const char *const *)people, error);
}

static bool decide_message(Resolving *resolving, const LedgerMatch *match, GError **error)
{
    MessageEvent event = resolving->choice->event;

    if (event == EVENT_WITHHELD && resolving->person && match->people > 1) {
        resolving->shared++;
        return true;
    }
    resolving->messages++;
    if (!posting_add(&resolving->posting, event, match->id, match->attempt, error))
        return false;
    /* Nobody told them, and nobody is to any more. */
    if (event == EVENT_RETURNED && match->unwanted) {
        resolving->unwanted++;
        return posting_add(&resolving->posting, EVENT_WITHHELD, match->id, match->attempt, error);
    }
    return decide_served(resolving, match, error);
}

static bool decide_messages(Resolving *resolving, GError **error)
{
    int64_t after = 0;

    for (;;) {
        g_autoptr(GPtrArray) matches =
            ledger_select(resolving->ledger, &resolving->filter, after, INBOX_TOGETHER, error);

        if (!matches || matches->len == 0)
            return matches != NULL;
        for (guint i = 0; i < matches->len; i++)
            if (!decide_message(resolving, g_ptr_array_index(matches, i), error))
                return false;
        after = ((const LedgerMatch *)g_ptr_array_index(matches, matches->len - 1))->no;
    }
}

static bool decide_all(Resolving *resolving, GError **error)
{
    const char *people[] = {resolving->person, NULL};

    return decide_messages(resolving, error) && (!resolving->person || resolving->choice->states == DOUBT ||
                                                 decide_people(resolving, resolving->choice->event, people, error));
}

/* Telling --------------------------------------------------------------------------------------------------------- */

static int fail(const GError *error)
{
    output_message("error: %s", error->message);
    return exit_code_of(error);
}

/* Somebody who was quarantined by the plan has no message that could be tried again. */
static bool explain_plan(const Resolving *resolving)
{
    const Workspace *workspace = resolving->workspace;
    g_autoptr(GPtrArray) aside =
        resolving->person ? ledger_select_aside(resolving->ledger, TOLD_QUARANTINED, resolving->person, 0, 0, 1, NULL)
                          : NULL;
    const LedgerAside *first;

    if (!aside || aside->len == 0 || resolving->choice->event != EVENT_RELEASED)
        return false;
    first = g_ptr_array_index(aside, 0);
    output_refusal(error_make(BREACH_ERROR_INPUT, "resolve-plan",
                              "%s was quarantined by the plan (%s): correct row %" PRId64 " of the people file and "
                              "type breach plan %s%s; nothing else is needed",
                              resolving->person, first->reason, first->row, workspace->typed, workspace->mode));
    return true;
}

static int nothing(const Resolving *resolving)
{
    const LedgerFilter any = {.states = UINT32_MAX, .message = resolving->workspace->options->message};
    g_autoptr(GPtrArray) found = any.message ? ledger_select(resolving->ledger, &any, 0, 1, NULL) : NULL;

    if (found && found->len == 0)
        output_refusal(error_make(BREACH_ERROR_INPUT, "resolve-no-message",
                                  "no message has the id %s: breach resolve %s%s lists what needs a decision",
                                  any.message, resolving->workspace->typed, resolving->workspace->mode));
    else if (found)
        output_refusal(error_make(BREACH_ERROR_INPUT, "resolve-state",
                                  "message %s is %s: this cannot be decided about it; nothing was changed", any.message,
                                  message_state_name(((const LedgerMatch *)g_ptr_array_index(found, 0))->state)));
    else if (!explain_plan(resolving))
        output_refusal(error_make(BREACH_ERROR_INPUT, "resolve-nothing", "%s: %s; nothing was changed",
                                  resolving->asked, _(resolving->choice->nothing)));
    return EXIT_CODE_INPUT;
}

/* What is on its way or in doubt is not withheld: the decision alone does not end it. */
static void warn_on_way(const Resolving *resolving)
{
    const Workspace *workspace = resolving->workspace;
    const LedgerFilter filter = {.states = ON_WAY, .person = resolving->person};
    g_autoptr(GPtrArray) found = NULL;
    g_autofree char *person = NULL;
    g_autoptr(GError) warning = NULL;

    if (resolving->choice->event != EVENT_WITHHELD || !resolving->person)
        return;
    found = ledger_select(resolving->ledger, &filter, 0, INBOX_TOGETHER, NULL);
    if (!found || found->len == 0)
        return;
    person = text_shell_word(resolving->person);
    warning = error_make(
        BREACH_ERROR_INPUT, "resolve-on-way",
        "messages to %s that are on their way or in doubt: %u; they may have arrived; type breach "
        "hold %s%s --person %s --reason \"…\" so that none is tried again, and settle what is in doubt "
        "with breach resolve %s%s",
        resolving->person, found->len, workspace->typed, workspace->mode, person, workspace->typed, workspace->mode);
    output_message(N_("warning: %s"), warning->message);
}

static int tell(const Resolving *resolving)
{
    const Workspace *workspace = resolving->workspace;
    const Choice *choice = resolving->choice;
    bool plans = choice->event == EVENT_RELEASED && resolving->messages == 0 && resolving->people > 0;
    bool sends = resolving->applied && (resolving->unwanted == 0 || resolving->messages > resolving->unwanted);
    const char *command = plans ? "plan" : sends ? choice->next : "status";
    const char *words = plans ? N_("the decision not to tell is taken back; messages") : choice->done;
    g_autofree char *number = text_grouped(resolving->messages - resolving->unwanted);
    g_autofree char *next = g_strdup_printf("breach %s %s%s", command, workspace->typed, workspace->mode);
    g_autofree char *english = g_strdup_printf("%s: %s", words, number);
    g_autofree char *shown = g_strdup_printf("%s: %s", _(words), number);

    if (resolving->shared > 0)
        output_message(N_("messages that tell others as well were left alone: %" PRId64 "; name them with --message"),
                       resolving->shared);
    if (resolving->unwanted > 0)
        output_message(N_("messages that are withheld, because their people are not to be told any more: %" PRId64),
                       resolving->unwanted);
    warn_on_way(resolving);
    if (!resolving->applied)
        output_message(N_("a breach notify is running: it takes this up within seconds"));
    if (workspace->options->json)
        output_json(json_pack("{s:s, s:s, s:I, s:I, s:I, s:b, s:s, s:s}", "schema", "breach.resolve/1", "decision",
                              choice->name, "messages", (json_int_t)resolving->messages, "people",
                              (json_int_t)resolving->people, "shared", (json_int_t)resolving->shared, "applied",
                              resolving->applied, "verdict", english, "next", next));
    else
        output_verdict(shown, next);
    return EXIT_CODE_TOLD;
}

static int no_doubts(const Resolving *resolving)
{
    const Workspace *workspace = resolving->workspace;
    g_autofree char *next = g_strdup_printf("breach status %s%s", workspace->typed, workspace->mode);

    if (workspace->options->json)
        output_json(json_pack("{s:s, s:s, s:i, s:i, s:i, s:b, s:s, s:s}", "schema", "breach.resolve/1", "decision",
                              resolving->choice->name, "messages", 0, "people", 0, "shared", 0, "applied", true,
                              "verdict", "no message in doubt waits for a person", "next", next));
    else
        output_verdict(_("no message in doubt waits for a person"), next);
    return EXIT_CODE_TOLD;
}

/* The number is shown, and asked for, where one decision is about many. */
static bool confirm_all(Resolving *resolving, int *code, GError **error)
{
    const Options *options = resolving->workspace->options;
    LedgerCounts counts;
    g_autofree char *number = NULL;

    *code = EXIT_CODE_TOLD;
    if (!options->all_doubts)
        return true;
    if (!ledger_counts(resolving->ledger, &counts, error))
        return false;
    if (counts.held == 0) {
        *code = no_doubts(resolving);
        return false;
    }
    number = text_grouped(counts.held);
    output_message(N_("messages in doubt that wait for a person: %s; decided about them: --%s"), number,
                   resolving->choice->name);
    return posting_confirm(options, counts.held, code);
}

static int decide(Resolving *resolving)
{
    g_autofree char *by = posting_who();
    g_autoptr(GError) error = NULL;
    bool decided;
    int code;

    if (!posting_apply(resolving->workspace, resolving->ledger, &resolving->applied, &error) ||
        !look_for(resolving, &error))
        return fail(error);
    if (!confirm_all(resolving, &code, &error))
        return error ? fail(error) : code;
    posting_begin(&resolving->posting, resolving->ledger, by, resolving->workspace->options->reason);
    decided = decide_all(resolving, &error);
    if (!posting_end(&resolving->posting, decided, &error))
        return fail(error);
    if (resolving->messages + resolving->people == 0 && resolving->shared == 0)
        return nothing(resolving);
    return posting_apply(resolving->workspace, resolving->ledger, &resolving->applied, &error) ? tell(resolving)
                                                                                               : fail(error);
}

static int list(Workspace *workspace, Ledger *ledger)
{
    bool is_json = workspace->options->json;
    bool applied;
    g_autoptr(GError) error = NULL;
    g_autoptr(Undecided) undecided = posting_apply(workspace, ledger, &applied, &error)
                                         ? undecided_collect(ledger, is_json ? SHOWN_JSON : SHOWN, &error)
                                         : NULL;
    g_autofree char *verdict = NULL;
    g_autofree char *next = NULL;

    if (!undecided)
        return fail(error);
    verdict = undecided_verdict(undecided, is_json);
    next = undecided_next(undecided, workspace);
    if (is_json) {
        json_t *document = undecided_json(undecided);

        json_object_set_new(document, "schema", json_string("breach.undecided/1"));
        json_object_set_new(document, "verdict", json_string(verdict));
        json_object_set_new(document, "next", json_string(next));
        output_json(document);
        return EXIT_CODE_TOLD;
    }
    undecided_print(undecided, workspace);
    output_verdict(verdict, next);
    return EXIT_CODE_TOLD;
}

static int run(const Options *options)
{
    const Choice *choice = NULL;
    int code = check_use(options, &choice);
    g_autoptr(Workspace) workspace = NULL;
    g_autoptr(Ledger) ledger = NULL;
    g_autoptr(GError) error = NULL;
    Resolving resolving = {.choice = choice};

    if (code != EXIT_CODE_TOLD)
        return code;
    workspace = workspace_open(options);
    if (!workspace->folder)
        return workspace_fail(workspace, NULL);
    ledger = workspace_ledger(workspace, &error);
    if (!ledger)
        return fail(error);
    if (!choice)
        return list(workspace, ledger);
    resolving.workspace = workspace;
    resolving.ledger = ledger;
    code = decide(&resolving);
    g_free(resolving.person);
    return code;
}

static const char *const names[] = {"message", "person", "row",      "all-doubts", "sent", "not-sent",
                                    "resend",  "mended", "withhold", "reason",     "yes",  "expect-count",
                                    "dry-run", "state",  "json",     "help",       NULL};

const Command cmd_resolve = {
    .name = "resolve",
    .run = run,
    .summary = N_("settle what only a person can: doubts and quarantine"),
    .description = N_("Without a decision it lists what needs one, with the command for each. A doubt is a message "
                      "that the relay may\n"
                      "have taken: its log, or the provider's, says whether it did. Each decision needs a --reason and "
                      "stands in the\n"
                      "log with your name. It works while breach notify runs elsewhere."),
    .options = names,
    .exits = N_("0 done, or listed, 64 usage, 65 nothing is planned, or nothing like that is in doubt or quarantined,\n"
                "73 cannot write, 77 not confirmed"),
};
