/* breach check: everything that is wrong or missing, before you need it. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/language.h"
#include "base/secret.h"
#include "channel/dns_text.h"
#include "cli/announcing.h"
#include "cli/command.h"
#include "cli/covering.h"
#include "cli/exit_code.h"
#include "cli/foresight.h"
#include "cli/handing.h"
#include "cli/headcount.h"
#include "cli/lawful.h"
#include "cli/output.h"
#include "cli/planning.h"
#include "cli/probe.h"
#include "cli/promises.h"
#include "cli/ready.h"
#include "cli/text_bill.h"
#include "cli/unasked.h"
#include "cli/wording.h"
#include "cli/workspace.h"
#include "load/load_facts.h"
#include "load/load_playbook.h"
#include "report/filing_answers.h"

/* A password that is not at hand now is only a warning: it is needed on the machine that sends. */
static void check_secrets(Workspace *workspace)
{
    const GPtrArray *gateways = material_playbook(workspace->material)->gateways;

    if (material_status(workspace->material) == INCIDENT_EXERCISE)
        return;
    for (guint i = 0; i < gateways->len; i++) {
        const ChannelGateway *entry = g_ptr_array_index(gateways, i);
        const Gateway *gateway = material_gateway(workspace->material, entry->channel);
        g_autoptr(GError) error = NULL;
        g_autoptr(Secret) secret = NULL;

        if (!gateway || !gateway->password)
            continue;
        secret = secret_load(gateway->password, gateway->folder, &error);
        if (!secret)
            findings_warning(workspace->findings, FINDING_SEND, "gateway-secret", gateway->at, "%s", error->message);
    }
}

typedef struct Check { /* what was found */
    FreezeSummary summary;
    size_t errors;
    GPtrArray *probe; /* owned; NULL without --probe */
    size_t unusable;  /* gateways */
    GPtrArray *ready; /* owned; NULL without --ready */
    size_t missing;
    CoverageResult *coverage; /* owned; NULL: the playbook names no regime and no policy */
    Outlook *outlook;         /* owned; NULL: the playbook cannot be read, or the case record */
    PromiseReport *promises;  /* owned; NULL: the playbook names no policy */
} Check;

static void check_clear(Check *check)
{
    g_clear_pointer(&check->probe, g_ptr_array_unref);
    g_clear_pointer(&check->ready, g_ptr_array_unref);
    g_clear_pointer(&check->coverage, coverage_result_free);
    g_clear_pointer(&check->promises, promise_report_free);
    g_clear_pointer(&check->outlook, outlook_free);
}

/* Errors that stop no plan, for sending later would be later still: missed deadlines that nobody has accepted. */
static size_t count_late(const Workspace *workspace)
{
    size_t late = 0;

    for (size_t i = 0; i < findings_count(workspace->findings); i++) {
        const Finding *finding = findings_get(workspace->findings, i);

        late += finding->severity == FINDING_ERROR && !finding->accepted && strcmp(finding->id, "forecast-late") == 0;
    }
    return late;
}

static char *make_verdict(const Workspace *workspace, const Check *check)
{
    g_autofree char *numbers = planning_numbers(&check->summary);
    size_t warnings = findings_warnings(workspace->findings);

    if (check->errors > 0 && check->errors == count_late(workspace))
        return g_strdup_printf(
            language_plural("NEEDS YOU: %zu deadline would be missed: mend it, accept it, or send now, since that is not stopped",
                            "NEEDS YOU: %zu deadlines would be missed: mend it, accept it, or send now, since that is not stopped",
                            (int64_t)check->errors),
            check->errors);
    if (check->errors > 0)
        return g_strdup_printf(language_plural("NEEDS YOU: %zu error to mend; nothing can be sent before that",
                                               "NEEDS YOU: %zu errors to mend; nothing can be sent before that",
                                               (int64_t)check->errors),
                               check->errors);
    if (check->unusable > 0)
        return g_strdup_printf(
            language_plural("NEEDS YOU: %zu gateway cannot be used; nothing can be sent through it",
                            "NEEDS YOU: %zu gateways cannot be used; nothing can be sent through them",
                            (int64_t)check->unusable),
            check->unusable);
    if (check->missing > 0)
        return g_strdup_printf(language_plural("NEEDS YOU: not ready: %zu thing is missing",
                                               "NEEDS YOU: not ready: %zu things are missing", (int64_t)check->missing),
                               check->missing);
    if (check->ready && ready_count(check->ready, READY_LOOK) == 0)
        return g_strdup_printf(_("%s; ready"), numbers);
    if (check->ready)
        return g_strdup_printf(_("%s; ready, with %zu things to look at"), numbers,
                               ready_count(check->ready, READY_LOOK));
    if (warnings > 0)
        return g_strdup_printf(
            language_plural("%s; %zu warning to look at", "%s; %zu warnings to look at", (int64_t)warnings), numbers,
            warnings);
    return g_strdup_printf(_("%s; nothing is wrong"), numbers);
}

/* What somebody takes the responsibility for is never out of sight. */
static char *full_verdict(const Workspace *workspace, const Check *check)
{
    g_autofree char *verdict = make_verdict(workspace, check);
    size_t accepted = findings_passed(workspace->findings);

    return accepted > 0 ? g_strdup_printf(_("%s; accepted: %zu"), verdict, accepted) : g_steal_pointer(&verdict);
}

static char *make_next(const Workspace *workspace, const Check *check)
{
    const char *command = "plan";

    if (check->errors + check->unusable == 0 && check->missing == 1 && ready_is_missing(check->ready, "rehearsal")) {
        g_autofree char *rehearsal = ready_rehearsal(workspace);

        return g_strdup_printf("breach notify %s --dry-run", rehearsal);
    }
    if (check->errors + check->unusable + check->missing > 0)
        return g_strdup_printf("breach check %s%s%s%s", workspace->typed, workspace->mode,
                               check->probe ? " --probe" : "", check->ready ? " --ready" : "");
    if (material_status(workspace->material) == INCIDENT_EXERCISE)
        command = "notify";
    return g_strdup_printf("breach %s %s%s", command, workspace->typed, workspace->mode);
}

static json_t *check_json(const Workspace *workspace, const Check *check)
{
    const char *incident = workspace->material ? material_playbook(workspace->material)->incident.id : NULL;
    json_t *document = json_pack("{s:s, s:s?, s:b, s:I, s:I, s:I, s:o, s:o}", "schema", "breach.check/1", "incident",
                                 incident, "ok", check->errors == 0, "errors", (json_int_t)check->errors, "warnings",
                                 (json_int_t)findings_warnings(workspace->findings), "messages",
                                 (json_int_t)check->summary.messages, "people", planning_people_json(&check->summary),
                                 "findings", output_findings_json(workspace->findings));

    json_object_set_new(document, "texts", text_bill_json(workspace->material));
    if (check->coverage)
        json_object_set_new(document, "coverage", covering_json(check->coverage));
    if (check->promises)
        json_object_set_new(document, "promises", promises_json(workspace, check->promises));
    if (check->outlook)
        json_object_set_new(document, "forecast", foresight_json(check->outlook));
    json_object_set_new(document, "accepted", json_integer((json_int_t)findings_passed(workspace->findings)));
    if (check->probe)
        json_object_set_new(document, "probe", probe_json(check->probe));
    if (check->ready)
        json_object_set_new(document, "ready", ready_json(check->ready));
    return document;
}

static void look(Workspace *workspace, Check *check)
{
    const Options *options = workspace->options;

    if (workspace->material) {
        g_autoptr(CoveragePeople) people = coverage_people_new(material_playbook(workspace->material));
        const FreezeWatch watch = {.progress = output_reading, .coverage = people};

        load_facts_overdue(material_playbook(workspace->material), clock_now(clock_system()), workspace->findings);
        load_playbook_future(material_playbook(workspace->material), clock_now(clock_system()), workspace->findings);
        lawful_check(workspace);
        filing_check_answers(material_playbook(workspace->material), material_statutes(workspace->material),
                             workspace->data, workspace->findings);
        freeze_check(workspace->material, clock_now(clock_system()), &watch, &check->summary, workspace->findings);
        headcount_check(workspace, check->summary.people);
        unasked_check(workspace, people);
        check->coverage = covering_check(workspace, people);
        check->promises = promises_check(workspace, check->coverage);
        check->outlook = foresight_of_texts(workspace, people);
        if (check->outlook)
            foresight_check(workspace, check->outlook);
        announcing_check(workspace);
        handing_check(workspace);
        if (findings_errors(workspace->findings, FINDING_SEND) == 0) /* first what stops it, then how it reads */
            wording_check(workspace);
        if (findings_errors(workspace->findings, FINDING_SEND) == 0)
            planning_foresee(workspace);
        check_secrets(workspace);
        announcing_check_secrets(workspace);
        if (options->probe)
            check->probe = probe_run(workspace, options->resolver);
        promises_accepted(workspace);
    }
    check->errors = findings_errors(workspace->findings, FINDING_SEND);
    check->unusable = check->probe ? probe_failures(check->probe) : 0;
    if (!workspace->material || !options->ready)
        return;
    check->ready = ready_run(&(ReadyRequest){
        .workspace = workspace, .probe = check->probe, .messages = check->summary.messages, .errors = check->errors});
    check->missing = ready_count(check->ready, READY_MISSING);
}

static void show(Workspace *workspace, const Check *check)
{
    g_autofree char *verdict = full_verdict(workspace, check);
    g_autofree char *next = make_next(workspace, check);
    json_t *document;

    output_findings(workspace->findings);
    if (!workspace->options->json) {
        if (workspace->material)
            text_bill_print(workspace->material);
        if (check->coverage)
            covering_print(check->coverage);
        else if (workspace->material && material_status(workspace->material) == INCIDENT_ACTUAL &&
                 material_playbook(workspace->material)->law->regimes->len == 0)
            printf("%s", _("what notices must say: not compared, for the playbook names no regime: no law was asked\n"));
        /* where mistakes keep all messages from being counted, "nothing is left to be sent" would be false */
        if (check->outlook && (check->outlook->messages > 0 || check->errors == 0))
            foresight_print_deadlines(stdout, check->outlook, "");
        if (check->promises)
            promises_print(workspace, check->promises, workspace->options->promises);
        if (check->probe)
            probe_print(check->probe);
        if (check->ready)
            ready_print(check->ready);
        output_verdict(verdict, next);
        return;
    }
    document = check_json(workspace, check);
    json_object_set_new(document, "verdict", json_string(verdict));
    json_object_set_new(document, "next", json_string(next));
    output_json(document);
}

static int check_use(const Options *options)
{
    if (!options->probe && (options->resolver || options->trace))
        output_refusal(error_make(BREACH_ERROR_INPUT, "probe-needed",
                                  "--resolver and --trace are for --probe, which is not given: add it"));
    else if (options->resolver && !dns_text_is_resolver(options->resolver))
        output_refusal(error_make(BREACH_ERROR_INPUT, "probe-resolver",
                                  "--resolver %s is no IPv4 address: write 192.0.2.1 or 192.0.2.1:5353",
                                  options->resolver));
    else
        return EXIT_CODE_TOLD;
    return EXIT_CODE_USAGE;
}

static int run(const Options *options)
{
    g_autoptr(Workspace) workspace = NULL;
    Check check = {0};
    int code = check_use(options);

    if (code != EXIT_CODE_TOLD)
        return code;
    workspace = workspace_open(options);
    look(workspace, &check);
    show(workspace, &check);
    if (check.errors > 0 || (check.missing > 0 && check.unusable == 0))
        code = EXIT_CODE_INPUT;
    else if (check.unusable > 0)
        code = EXIT_CODE_UNAVAILABLE;
    check_clear(&check);
    return code;
}

static const char *const names[] = {"probe", "ready", "promises", "resolver", "trace", "json", "state", "help", NULL};

const Command cmd_check = {
    .name = "check",
    .run = run,
    .summary = N_("everything that is wrong or missing, before you need it"),
    .description =
        N_("Reads the playbook, its gateways, templates and people, and prints every mistake at once as\n"
           "file:line:column, with what to do about it. Writes nothing and sends nothing: --probe talks to the\n"
           "gateways as far as the envelope, and --ready is the monthly look at a standing playbook."),
    .options = names,
    .exits =
        N_("0 nothing is wrong (there may be warnings), 65 there are errors or, with --ready, something is missing,\n"
           "69 with --probe: a gateway cannot be used"),
};
