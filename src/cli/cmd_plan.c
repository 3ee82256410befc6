/* breach plan: freeze who gets what. */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/language.h"
#include "base/text.h"
#include "cli/changes.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/gate.h"
#include "cli/headcount.h"
#include "cli/output.h"
#include "cli/planning.h"
#include "cli/workspace.h"
#include "dispatch/own_people.h"
#include "load/load_facts.h"
#include "load/load_playbook.h"
#include "report/status.h"

static void print_paths(const char *inputs)
{
    json_auto_t *list = json_loads(inputs, 0, NULL);
    size_t index;
    json_t *input;

    puts(_("frozen:"));
    json_array_foreach(list, index, input)
        printf("  %s\n", json_string_value(json_object_get(input, "path")));
}

/* What there is to say about a text beside its number of messages. */
static const char *remark_of(const LedgerTextInfo *info, int edition, int64_t text_before)
{
    if (info->edition < edition)
        return _(", of an earlier edition");
    if (info->no > text_before && text_before > 0)
        return info->is_update ? _(", for those who were told before, new") : _(", new");
    return info->is_update ? _(", for those who were told before") : "";
}

static void print_texts(const GPtrArray *texts, int edition, int64_t text_before)
{
    puts(_("texts:"));
    for (guint i = 0; i < texts->len; i++) {
        const LedgerTextInfo *info = g_ptr_array_index(texts, i);
        g_autofree char *number = text_grouped(info->messages);

        printf(language_plural("  %s, %s, %s: %s message%s\n", "  %s, %s, %s: %s messages%s\n", info->messages),
               info->audience, info->channel, info->locale, number, remark_of(info, edition, text_before));
    }
}

/* An actual ledger is made here alone; where it lies matters, since a second one would tell everybody again. */
static void print_birth(const LedgerHeader *header)
{
    if (header->generation == 1 && header->status == INCIDENT_ACTUAL)
        printf(_("new ledger on %s in %s: nobody has been told from here\n"), header->host, header->path);
}

static void print_changes(const LedgerHeader *header, const LedgerPlanResult *result)
{
    g_autofree char *merged = text_grouped(result->merged_messages);
    g_autofree char *kept = text_grouped(result->kept_messages);
    g_autofree char *removed = text_grouped(result->removed_people);

    if (result->merged_messages > 0)
        printf(_("addresses that several people share, each gets one message that names them all: %s\n"), merged);
    if (header->generation > 1)
        printf(_("messages tried before: %s; people no longer in the people file: %s\n"), kept, removed);
    changes_print(header, result);
}

static json_t *texts_json(const GPtrArray *texts)
{
    json_t *list = json_array();

    for (guint i = 0; i < texts->len; i++) {
        const LedgerTextInfo *info = g_ptr_array_index(texts, i);

        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:i, s:b, s:I}", "audience", info->audience, "channel",
                                              info->channel, "locale", info->locale, "edition", info->edition, "update",
                                              (int)info->is_update, "messages", (json_int_t)info->messages));
    }
    return list;
}

static json_t *lists_json(const OwnPeople *own)
{
    if (!own->folder)
        return json_null();
    return json_pack("{s:s, s:I, s:I, s:b}", "folder", own->folder, "organizations", (json_int_t)own->organizations,
                     "people", (json_int_t)own->people, "old", own->is_old);
}

static void print_lists(const OwnPeople *own)
{
    if (own->folder && own->is_old)
        printf(_("lists of organisations' own people: there already, in %s\n"), own->folder);
    else if (own->folder)
        printf(_("lists of organisations' own people, encrypted: organisations %" PRId64 ", people %" PRId64 ", in %s\n"),
               own->organizations, own->people, own->folder);
}

static json_t *plan_json(const Status *status, const GPtrArray *texts, const FreezeSummary *summary, const OwnPeople *own)
{
    const LedgerHeader *header = status->header;
    json_t *document = status_json(status);

    json_object_set_new(document, "schema", json_string("breach.plan/1"));
    json_object_set_new(document, "generation", json_integer(header->generation));
    json_object_set_new(document, "path", json_string(header->path));
    json_object_set_new(document, "texts", texts_json(texts));
    json_object_set_new(document, "inputs", json_loads(header->inputs, 0, NULL));
    json_object_set_new(document, "duplicate_rows", json_integer(summary->plan.duplicate_rows));
    json_object_set_new(document, "merged_messages", json_integer(summary->plan.merged_messages));
    json_object_set_new(document, "removed_people", json_integer(summary->plan.removed_people));
    json_object_set_new(document, "kept_messages", json_integer(summary->plan.kept_messages));
    json_object_set_new(document, "changes", changes_json(&summary->plan));
    json_object_set_new(document, "organization_lists", lists_json(own));
    return document;
}

static void print_plan(const Status *status, const GPtrArray *texts, const FreezeSummary *summary, const OwnPeople *own)
{
    g_autofree char *text = status_text(status);

    print_birth(status->header);
    print_paths(status->header->inputs);
    print_texts(texts, status->header->edition, summary->plan.text_before);
    print_changes(status->header, &summary->plan);
    print_lists(own);
    fputs(text, stdout);
    printf(_("digest: %s\n"), status->header->digest);
    output_verdict(status->verdict, status->next);
}

static int show(Workspace *workspace, const FreezeSummary *summary, GError **error)
{
    g_autoptr(Ledger) ledger = workspace_ledger(workspace, error);
    g_autoptr(Status) status = NULL;
    g_autoptr(GPtrArray) texts = NULL;
    OwnPeople own = {.folder = NULL};
    bool written;

    if (ledger)
        status = status_collect(&(StatusRequest){.ledger = ledger,
                                                 .playbook = workspace->typed,
                                                 .options = workspace->mode,
                                                 .announcement = material_need(workspace->material),
                                                 .now = clock_now(clock_system())},
                                error);
    texts = status ? ledger_texts(ledger, error) : NULL;
    if (!texts)
        return exit_code_of(*error);
    signal(SIGPIPE, SIG_IGN); /* the tool that encrypts may end early */
    written = own_people_write(workspace->material, status->header->digest, &own, error);
    if (workspace->options->json)
        output_json(plan_json(status, texts, summary, &own));
    else
        print_plan(status, texts, summary, &own);
    own_people_clear(&own);
    return written ? EXIT_CODE_TOLD : exit_code_of(*error);
}

static void warn_told(Workspace *workspace)
{
    g_autoptr(Ledger) ledger = workspace_ledger(workspace, NULL); /* show() says why, when there is none */

    if (ledger)
        changes_warn_told(workspace, ledger);
}

static int refuse(Workspace *workspace, const GError *error)
{
    int code = workspace_fail(workspace, error);

    output_message("nothing was planned; what was there before is as it was");
    if (error && g_error_matches(error, BREACH_ERROR, BREACH_ERROR_TEMPORARY))
        output_message("planning while another process sends is not possible: stop it there with Ctrl-C, then plan again");
    return code;
}

static int run(const Options *options)
{
    g_autoptr(Workspace) workspace = workspace_open(options);
    g_autoptr(GError) error = NULL;
    FreezeSummary summary;
    int code;

    if (!workspace->material || findings_errors(workspace->findings, FINDING_SEND) > 0) {
        /* The people file may have more to say: show everything at once. */
        if (workspace->material)
            freeze_check(workspace->material, clock_now(clock_system()), NULL, &summary, workspace->findings);
        return refuse(workspace, NULL);
    }
    if (!gate_is_open(workspace, &error) || !workspace_prepare(workspace, &error) || !planning_run(workspace, &summary, &error))
        return refuse(workspace, error);
    load_facts_overdue(material_playbook(workspace->material), clock_now(clock_system()), workspace->findings);
    load_playbook_future(material_playbook(workspace->material), clock_now(clock_system()), workspace->findings);
    headcount_check(workspace, summary.people);
    warn_told(workspace);
    output_findings(workspace->findings);
    code = show(workspace, &summary, &error);
    if (error)
        output_message("error: %s", error->message);
    return code;
}

static const char *const names[] = {"dry-run", "state", "json", "help", NULL};

const Command cmd_plan = {
    .name = "plan",
    .run = run,
    .summary = N_("freeze who gets what, and show it"),
    .description = N_("Decides for every person which notice, in which language, by which way, and freezes it: people,\n"
                   "texts and senders. Prints the counts, the reasons for leaving anybody out, every file it froze and\n"
                   "the plan digest. Planning again changes only what was not tried yet. Sends nothing."),
    .options = names,
    .exits = N_("0 planned, 65 there are errors, 73 the state folder cannot be written, 75 another process is at work"),
};
