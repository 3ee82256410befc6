/* breach retry: what failed or came back is tried again, with the number shown first. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/language.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/posting.h"
#include "cli/selection.h"
#include "cli/workspace.h"
#include "ledger/ledger_select.h"
#include "model/reply.h"

#define REASON_DEFAULT "to be tried again"

/* What would be tried again, and what would not. */
typedef struct Retry {
    Workspace *workspace;
    Ledger *ledger;
    LedgerFilter filter;
    GPtrArray *groups; /* owned; of LedgerGroup * */
    int64_t selected;
    int64_t dead;     /* of them: addresses of which the relay said that they do not exist */
    int64_t left_out; /* their people are told or may yet be, gone from the people file, or withheld */
    int64_t posted;
    bool applied; /* false: a running notify does it */
} Retry;

/* Selecting ------------------------------------------------------------------------------------------------------- */

static ReplyStatus status_of(const LedgerGroup *group)
{
    g_autofree char *line = g_strdup_printf("%d %s", group->code, group->enhanced);
    ReplyStatus status = {0};
    const char *rest = NULL;

    if (group->code > 0)
        reply_parse(line, &status, &rest);
    return status;
}

static int64_t sum(const GPtrArray *groups)
{
    int64_t messages = 0;

    for (guint i = 0; i < groups->len; i++)
        messages += ((const LedgerGroup *)g_ptr_array_index(groups, i))->messages;
    return messages;
}

static bool count(Retry *retry, GError **error)
{
    LedgerFilter all = retry->filter;
    g_autoptr(GPtrArray) everybody = NULL;

    all.still_wanted = false;
    retry->groups = ledger_select_groups(retry->ledger, &retry->filter, error);
    everybody = retry->groups ? ledger_select_groups(retry->ledger, &all, error) : NULL;
    if (!everybody)
        return false;
    retry->selected = sum(retry->groups);
    retry->left_out = sum(everybody) - retry->selected;
    for (guint i = 0; i < retry->groups->len; i++) {
        const LedgerGroup *group = g_ptr_array_index(retry->groups, i);

        retry->dead += reply_is_no_address(status_of(group)) ? group->messages : 0;
    }
    return true;
}

/* Doing it -------------------------------------------------------------------------------------------------------- */

static bool post_page(Posting *posting, const GPtrArray *matches, GError **error)
{
    for (guint i = 0; i < matches->len; i++) {
        const LedgerMatch *match = g_ptr_array_index(matches, i);

        if (!posting_add(posting, EVENT_RELEASED, match->id, match->attempt, error))
            return false;
    }
    return true;
}

static bool post(Retry *retry, GError **error)
{
    const char *reason = retry->workspace->options->reason;
    g_autofree char *by = posting_who();
    int64_t after = 0;
    bool done = true;
    Posting posting;

    posting_begin(&posting, retry->ledger, by, reason ? reason : REASON_DEFAULT);
    for (;;) {
        g_autoptr(GPtrArray) matches = ledger_select(retry->ledger, &retry->filter, after, INBOX_TOGETHER, error);

        done = matches && post_page(&posting, matches, error);
        if (!done || matches->len == 0)
            break;
        retry->posted += matches->len;
        after = ((const LedgerMatch *)g_ptr_array_index(matches, matches->len - 1))->no;
    }
    return posting_end(&posting, done, error) && posting_apply(retry->workspace, retry->ledger, &retry->applied, error);
}

/* Showing --------------------------------------------------------------------------------------------------------- */

static char *words_of(const LedgerGroup *group)
{
    if (group->code == 0)
        return g_strdup(_("no answer that could be used, or given up"));
    return g_strdup_printf("%s (%d%s%s)", _(reply_meaning(status_of(group))), group->code, *group->enhanced ? " " : "",
                           group->enhanced);
}

static void print_groups(const Retry *retry)
{
    for (guint i = 0; i < retry->groups->len; i++) {
        const LedgerGroup *group = g_ptr_array_index(retry->groups, i);
        g_autofree char *number = text_grouped(group->messages);
        g_autofree char *words = words_of(group);

        printf(_("  %s %s: %s; one of them: %s\n"), number, _(message_state_name(group->state)), words, group->sample);
    }
}

static void print_remarks(const Retry *retry)
{
    g_autofree char *dead = text_grouped(retry->dead);
    g_autofree char *left = text_grouped(retry->left_out);

    if (retry->dead > 0) {
        g_autoptr(GError) warning = error_make(
            BREACH_ERROR_INPUT, "retry-dead",
            "%s of them went to addresses that do not exist: another try will hardly arrive and hurts the "
            "sender's reputation; better mend the people file and type breach plan, and choose the others here "
            "with --code",
            dead);

        output_message(N_("warning: %s"), warning->message);
    }
    if (retry->left_out > 0)
        output_message(N_("%s more stay as they are: their people were told by another message or still may be, are no "
                          "longer in the people file, or are withheld"),
                       left);
}

static json_t *groups_json(const Retry *retry)
{
    json_t *list = json_array();

    for (guint i = 0; i < retry->groups->len; i++) {
        const LedgerGroup *group = g_ptr_array_index(retry->groups, i);
        const char *meaning = group->code > 0 ? reply_meaning(status_of(group)) : "no answer";

        json_array_append_new(list,
                              json_pack("{s:s, s:i, s:s, s:s, s:I, s:s}", "state", message_state_name(group->state),
                                        "code", group->code, "enhanced", group->enhanced, "reason", meaning, "messages",
                                        (json_int_t)group->messages, "sample", group->sample));
    }
    return list;
}

/* `english` and `shown` are the verdict for a program and for a person. */
static int finish(const Retry *retry, const char *english, const char *shown)
{
    const Workspace *workspace = retry->workspace;
    bool sends = retry->posted > 0 && retry->applied;
    g_autofree char *next =
        g_strdup_printf("breach %s %s%s", sends ? "notify" : "status", workspace->typed, workspace->mode);

    if (workspace->options->json)
        output_json(json_pack("{s:s, s:I, s:I, s:I, s:I, s:b, s:o, s:s, s:s}", "schema", "breach.retry/1", "selected",
                              (json_int_t)retry->selected, "released", (json_int_t)retry->posted, "no_such_address",
                              (json_int_t)retry->dead, "left_out", (json_int_t)retry->left_out, "applied",
                              retry->applied, "groups", groups_json(retry), "verdict", english, "next", next));
    else
        output_verdict(shown, next);
    return EXIT_CODE_TOLD;
}

static int nothing(const Retry *retry)
{
    print_remarks(retry);
    return finish(retry, "nothing to try again: no message ended like that",
                  _("nothing to try again: no message ended like that"));
}

static int done(const Retry *retry)
{
    g_autofree char *number = text_grouped(retry->posted);
    const char *words = retry->applied ? N_("messages that will be tried again")
                                       : N_("messages that the running breach notify tries again");
    g_autofree char *english = g_strdup_printf("%s: %s", words, number);
    g_autofree char *shown = g_strdup_printf("%s: %s", _(words), number);

    return finish(retry, english, shown);
}

static int fail(const GError *error)
{
    output_message("error: %s", error->message);
    return exit_code_of(error);
}

static int run_selected(Retry *retry)
{
    const Options *options = retry->workspace->options;
    g_autofree char *number = NULL;
    g_autoptr(GError) error = NULL;
    int code;

    /* What an earlier command left in the inbox must not be chosen a second time. */
    if (!posting_apply(retry->workspace, retry->ledger, &retry->applied, &error) || !count(retry, &error))
        return fail(error);
    if (retry->selected == 0)
        return nothing(retry);
    if (!options->json) {
        number = text_grouped(retry->selected);
        printf(language_plural("to be tried again: %s message\n", "to be tried again: %s messages\n", retry->selected),
               number);
        print_groups(retry);
        fflush(stdout);
    }
    print_remarks(retry);
    if (!posting_confirm(options, retry->selected, &code))
        return code;
    return post(retry, &error) ? done(retry) : fail(error);
}

static int run(const Options *options)
{
    g_autoptr(Workspace) workspace = workspace_open(options);
    g_autoptr(GError) error = NULL;
    g_autoptr(Ledger) ledger = NULL;
    g_autoptr(Selection) selection = NULL;
    Retry retry = {.workspace = workspace};
    int code;

    if (options->reason && !posting_is_reason(options->reason)) {
        output_refusal(
            error_make(BREACH_ERROR_INPUT, "resolve-reason", "the log needs to know why, in one line: --reason \"…\""));
        return EXIT_CODE_USAGE;
    }
    if (!selection_words(options, &error)) {
        output_message("error: %s", error->message);
        return EXIT_CODE_USAGE;
    }
    if (!workspace->folder)
        return workspace_fail(workspace, NULL);
    ledger = workspace_ledger(workspace, &error);
    selection = ledger ? selection_new(workspace, ledger, &error) : NULL;
    if (!selection)
        return fail(error);
    retry.ledger = ledger;
    retry.filter = selection->filter;
    retry.filter.still_wanted = true;
    code = run_selected(&retry);
    g_clear_pointer(&retry.groups, g_ptr_array_unref);
    return code;
}

static const char *const names[] = {"outcome", "audience", "channel", "gateway", "domain",
                                    "person",  "code",     "reason",  "yes",     "expect-count",
                                    "dry-run", "state",    "json",    "help",    NULL};

const Command cmd_retry = {
    .name = "retry",
    .run = run,
    .summary = N_("try failed and bounced messages again, with the number shown first"),
    .description = N_(
        "Shows how many messages failed or came back, and why, and lets them go again: the next breach notify sends\n"
        "them, or the one that is running. Several options together choose fewer. Whoever was told is never chosen.\n"
        "It asks for the number; without a terminal it needs --yes --expect-count N."),
    .options = names,
    .exits =
        N_("0 done, or there is nothing to try again, 64 usage, 65 nothing is planned, or no such audience, channel\n"
           "or person, 73 cannot write, 77 not confirmed"),
};
