/* breach obligations PLAYBOOK prepare ID: the report to an authority, from playbook, case record and ledger. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/language.h"
#include "base/text.h"
#include "cli/exit_code.h"
#include "cli/filing_folder.h"
#include "cli/obligations.h"
#include "cli/output.h"
#include "load/load_form.h"
#include "report/clocks.h"
#include "report/filing.h"
#include "report/filing_answers.h"
#include "report/filing_field.h"

#define GENERIC "generic" /* the regime's own order of fields, whatever forms there are */

typedef struct Preparing {
    Workspace *workspace;
    const Options *options;
    Lawbook *lawbook; /* owned */
    const Obligation *obligation;
    const Regime *regime;
    ReportForm *form;        /* owned */
    FilingNumbers *numbers;  /* owned; or NULL */
    json_t *previous;        /* owned; or NULL */
    const CaseFiling *filed; /* the latest report under the regime that was kept; or NULL */
    FilingLayout layout;
    Filing *filing;     /* owned */
    char *command;      /* owned; what to type once it is filed */
    Findings *findings; /* owned; what to know before it is handed in */
} Preparing;

static void preparing_clear(Preparing *preparing)
{
    filing_free(preparing->filing);
    report_form_free(preparing->form);
    filing_numbers_free(preparing->numbers);
    json_decref(preparing->previous);
    lawbook_close(preparing->lawbook);
    g_free(preparing->command);
    findings_free(preparing->findings);
}

static int fail(const GError *error, int code)
{
    output_message("error: %s", error->message);
    return code;
}

/* Which step ------------------------------------------------------------------------------------------------------- */

/* Whether somebody outside gets a report of it, rather than the people themselves or nobody. */
static bool is_reported(const Obligation *obligation, GError **error)
{
    const char *to = obligation->step ? obligation->step->to : NULL;

    if (to && strcmp(to, "individuals") != 0 && strcmp(to, "internal") != 0)
        return true;
    if (to && strcmp(to, "individuals") == 0)
        error_set(error, BREACH_ERROR_INPUT, "filing-not-reported",
                  "%s is no report: it is met by the notices that breach notify sends", obligation->id);
    else
        error_set(error, BREACH_ERROR_INPUT, "filing-not-reported", "%s is no report: nobody outside gets one of it",
                  obligation->id);
    return false;
}

/* Which form ------------------------------------------------------------------------------------------------------- */

/* Whether the form called `name` is what a person means by `asked`: its id, or what stands behind the regime's. */
static bool is_called(const char *name, const char *asked, const Regime *regime)
{
    size_t length = strlen(regime->id);

    return strcmp(name, asked) == 0 || (name[length] == '-' && strcmp(name + length + 1, asked) == 0);
}

static bool names_no_fields(const Regime *regime)
{
    return regime->regulator_fields->len == 0;
}

/* Whether the form is to be filled in: the one that is asked for, else the first that is in force and serves the step.
 */
static bool is_chosen(const Preparing *preparing, const ReportForm *form)
{
    const char *asked = preparing->options->form_name;

    if (strcmp(form->id, LOAD_FORM_GENERAL) == 0)
        return asked ? strcmp(asked, LOAD_FORM_GENERAL) == 0 : names_no_fields(preparing->regime);
    if (strcmp(form->regime, preparing->regime->id) != 0 || !report_form_serves(form, preparing->obligation->step->id))
        return false;
    return asked ? is_called(form->id, asked, preparing->regime) : !form->is_draft;
}

/* Loads the form and takes it when it is the one; what is wrong in others is nobody's concern now. */
static bool try_form(Preparing *preparing, const char *name, GError **error)
{
    const Playbook *playbook = material_playbook(preparing->workspace->material);
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(ReportForm) form = load_form(name, playbook->folder, preparing->workspace->data, findings);

    if (!form || preparing->form || !is_chosen(preparing, form))
        return true;
    if (findings_errors(findings, FINDING_REPORT) > 0) {
        output_findings(findings);
        error_set(error, BREACH_ERROR_INPUT, "filing-form",
                  "the form %s has mistakes: mend them, or report in the order of the law with --template %s", name,
                  GENERIC);
        return false;
    }
    preparing->form = g_steal_pointer(&form);
    return true;
}

static bool no_form(const Preparing *preparing, char **names, GError **error)
{
    g_autofree char *list = g_strjoinv(", ", names);

    error_set(error, BREACH_ERROR_INPUT, "filing-form", "there is no form %s for %s: write one of %s%s%s, %s",
              preparing->options->form_name, preparing->obligation->id, list, *list ? ", " : "", LOAD_FORM_GENERAL,
              GENERIC);
    return false;
}

static bool find_form(Preparing *preparing, GError **error)
{
    const Playbook *playbook = material_playbook(preparing->workspace->material);
    const char *asked = preparing->options->form_name;
    g_auto(GStrv) names = load_form_names(preparing->regime->id, playbook->folder, preparing->workspace->data);
    bool is_generic = asked && strcmp(asked, GENERIC) == 0;

    for (char **name = names; *name && !is_generic; name++)
        if (!try_form(preparing, *name, error))
            return false;
    if (!is_generic && !try_form(preparing, LOAD_FORM_GENERAL, error))
        return false;
    if (!preparing->form && asked && !is_generic)
        return no_form(preparing, names, error);
    if (!preparing->form)
        preparing->form = report_form_of_regime(preparing->regime);
    if (preparing->form->fields->len > 0)
        return true;
    error_set(error, BREACH_ERROR_INPUT, "filing-no-fields",
              "%s does not say what a report has to hold: prepare it in a common order with --template %s",
              preparing->regime->id, LOAD_FORM_GENERAL);
    return false;
}

/* What was asked for ----------------------------------------------------------------------------------------------- */

static bool read_layout(Preparing *preparing, GError **error)
{
    const char *form = preparing->options->form;

    if (!form || filing_layout_parse(form, &preparing->layout))
        return true;
    error_set(error, BREACH_ERROR_INPUT, "filing-layout", "--form %s: expected web, email, phone or letter", form);
    return false;
}

static bool read_stage(const Preparing *preparing, ReportStage *stage, GError **error)
{
    const char *asked = preparing->options->stage;
    const CaseFiling *own =
        case_state_filing(preparing->lawbook->state, preparing->regime->id, preparing->obligation->step->id, 0);

    *stage = report_stage_of(preparing->obligation->step, own != NULL);
    if (!asked || report_stage_parse(asked, stage))
        return true;
    error_set(error, BREACH_ERROR_INPUT, "filing-stage", "--stage %s: expected initial, followup or final", asked);
    return false;
}

static bool read_locale(const Preparing *preparing, char **locale, GError **error)
{
    const char *asked = preparing->options->locale;

    *locale = asked ? locale_normalize(asked) : g_strdup(report_form_language(preparing->form, preparing->regime));
    if (*locale)
        return true;
    error_set(error, BREACH_ERROR_INPUT, "filing-language", "--locale %s: expected a language such as en or zh-CN",
              asked);
    return false;
}

/* The latest report under the regime to the same reader that was kept, whatever its step, and what it said. */
static bool read_previous(Preparing *preparing, GError **error)
{
    const GPtrArray *filings = preparing->lawbook->state->filings;
    GError *problem = NULL;

    for (guint i = 0; i < filings->len; i++) {
        const CaseFiling *filing = g_ptr_array_index(filings, i);

        if (case_event_text(filing->event, "report") &&
            filing_has_same_reader(filing, preparing->regime, preparing->obligation->step))
            preparing->filed = filing;
    }
    if (preparing->filed)
        preparing->previous = filing_folder_previous(preparing->workspace->folder, preparing->filed, &problem);
    if (!problem)
        return true;
    g_propagate_error(error, problem);
    return false;
}

static bool read_numbers(Preparing *preparing, GError **error)
{
    g_autoptr(Ledger) ledger = NULL;

    if (!ledger_exists(workspace_backend(), preparing->workspace->folder))
        return true;
    ledger = workspace_ledger(preparing->workspace, error);
    if (ledger) {
        const FilingRequest zone = {.obligation = preparing->obligation};

        preparing->numbers = filing_numbers_read(ledger, filing_moment(&zone, preparing->lawbook->now).offset, error);
    }
    return preparing->numbers != NULL;
}

static const char *channel_of(FilingLayout layout)
{
    static const char *const channels[] = {"web", "email", "phone", "letter"}; /* as FilingLayout */

    return channels[layout];
}

static bool make(Preparing *preparing, GError **error)
{
    ReportStage stage;
    g_autofree char *locale = NULL;

    if (!read_stage(preparing, &stage, error) || !read_locale(preparing, &locale, error) ||
        !read_previous(preparing, error) || !read_numbers(preparing, error))
        return false;
    preparing->command = g_strdup_printf(
        "breach obligations %s%s file %s --at TIME --by NAME --channel %s --reference R", preparing->workspace->typed,
        preparing->workspace->mode, preparing->obligation->id, channel_of(preparing->layout));
    preparing->filing = filing_make(
        &(FilingRequest){.playbook = preparing->lawbook->playbook,
                         .status = material_status(preparing->workspace->material),
                         .law = &preparing->lawbook->request,
                         .obligations = preparing->lawbook->obligations,
                         .obligation = preparing->obligation,
                         .form = preparing->form,
                         .locale = g_intern_string(locale),
                         .stage = stage,
                         .numbers = preparing->numbers,
                         .previous = preparing->previous,
                         .previous_at = preparing->filed ? case_event_text(preparing->filed->event, "at") : NULL,
                         .reason = preparing->options->reason,
                         .command = preparing->command,
                         .now = preparing->lawbook->now});
    return true;
}

/* What to know before it is handed in ------------------------------------------------------------------------------ */

static bool is_mainland(const char *region)
{
    return region && (strcmp(region, "cn") == 0 || g_str_has_prefix(region, "cn-"));
}

static bool has_data_in_mainland(const Workspace *workspace)
{
    const Playbook *playbook = material_playbook(workspace->material);

    if (is_mainland(playbook->organization.data_region))
        return true;
    for (guint i = 0; i < playbook->gateways->len; i++)
        if (is_mainland(material_region(workspace->material,
                                        ((const ChannelGateway *)g_ptr_array_index(playbook->gateways, i))->channel)))
            return true;
    return false;
}

/* Authorities of Hong Kong, Macao and Taiwan are not foreign ones in the sense of PIPL art. 41. */
static bool is_foreign(const Regime *regime)
{
    static const char *const at_home[] = {"CN", "HK", "MO", "TW"};

    for (size_t i = 0; i < G_N_ELEMENTS(at_home); i++)
        if (g_strcmp0(regime->jurisdiction, at_home[i]) == 0 ||
            (regime->jurisdiction && regime->jurisdiction[0] == at_home[i][0] &&
             regime->jurisdiction[1] == at_home[i][1] && regime->jurisdiction[2] == '-'))
            return false;
    return true;
}

static void warn_of_form(const Preparing *preparing, Findings *findings)
{
    const ReportForm *form = preparing->form;
    const Position at = form->at;

    if (strcmp(form->id, LOAD_FORM_GENERAL) == 0)
        findings_warning(
            findings, FINDING_REPORT, "filing-no-fields", preparing->regime->at,
            "%s names no fields of a report: this one is in a common order, and is no form of the authority's",
            preparing->regime->id);
    else if (form->is_draft)
        findings_warning(
            findings, FINDING_REPORT, "filing-form-draft", at,
            "the form %s is a draft of %s that no authority has to accept: compare it with the authority's own",
            form->id, form->version ? form->version : "?");
    else if (form->is_unverified)
        findings_warning(findings, FINDING_REPORT, "filing-form-unverified", at,
                         "the fields of %s are unverified: they were not read in the authority's own text", form->id);
}

/* One line for all of them: whoever takes another language mostly has none of the texts in it. */
static void warn_of_language(const Preparing *preparing, Findings *findings)
{
    g_autoptr(GString) ids = g_string_new(NULL);

    for (guint i = 0; i < preparing->filing->fields->len; i++) {
        const FilingField *field = g_ptr_array_index(preparing->filing->fields, i);

        if (field->is_untranslated)
            g_string_append_printf(ids, "%s%s", ids->len > 0 ? ", " : "", field->id);
    }
    if (ids->len > 0)
        findings_warning(findings, FINDING_REPORT, "filing-untranslated",
                         position_make(preparing->lawbook->playbook->path, 0, 0),
                         "fields that have no text in %s, so that the authority would get them in another language: %s",
                         preparing->filing->request.locale, ids->str);
}

static void warn_of_fields(const Preparing *preparing, Findings *findings)
{
    const Position at = position_make(preparing->lawbook->playbook->path, 0, 0);

    for (guint i = 0; i < preparing->filing->fields->len; i++) {
        const FilingField *field = g_ptr_array_index(preparing->filing->fields, i);

        if (field->state == FILING_MISSING)
            findings_warning(findings, FINDING_REPORT, "filing-missing", at, "missing: %s (%s): write %s", field->id,
                             field->label, field->write ? field->write : "");
        if (filing_field_speaks_to_people(field, preparing->filing->request.locale))
            findings_warning(findings, FINDING_REPORT, "filing-speaks", at,
                             "%s (%s) speaks to the people concerned, not to an authority: write reports: {facts: {…}}",
                             field->id, field->label);
    }
    warn_of_language(preparing, findings);
}

static void warn(const Preparing *preparing)
{
    Findings *findings = preparing->findings;
    const Position at = position_make(preparing->lawbook->playbook->path, 0, 0);
    RegimeState state = preparing->obligation->clock->state;

    if (is_foreign(preparing->regime) && has_data_in_mainland(preparing->workspace))
        findings_warning(
            findings, FINDING_REPORT, "filing-pipl-41", at,
            "the data is kept in mainland China, and this report goes to a foreign authority: PIPL art. 41 (personal "
            "data) "
            "and the Data Security Law art. 36 (all data kept there) want an approval before any of it is given to a "
            "foreign judicial or law enforcement authority: have a lawyer say whether this report needs one");
    filing_check_answers(preparing->lawbook->playbook, preparing->lawbook->statutes, preparing->workspace->data,
                         findings);
    if (state == REGIME_NOT_APPLICABLE)
        findings_warning(findings, FINDING_REPORT, "filing-not-owed", at,
                         "as things stand nobody has to report %s: breach obligations --why %s says why",
                         preparing->obligation->id, preparing->obligation->id);
    if (state == REGIME_SCOPE_UNKNOWN)
        findings_warning(findings, FINDING_REPORT, "filing-not-owed", at, "nobody has said yet whether %s applies: %s",
                         preparing->obligation->id,
                         preparing->obligation->decides ? preparing->obligation->decides : "");
    warn_of_form(preparing, findings);
    warn_of_fields(preparing, findings);
    output_findings(findings);
}

/* What comes of it ------------------------------------------------------------------------------------------------- */

static char *verdict_of(const Preparing *preparing)
{
    const Filing *filing = preparing->filing;

    if (filing->missing > 0)
        return g_strdup_printf(_("NOT READY: fields that are missing: %u, that follow later: %u; nothing was sent"),
                               filing->missing, filing->to_follow);
    if (filing->to_follow > 0)
        return g_strdup_printf(_("ready to be filed, fields that follow later: %u; nothing was sent"),
                               filing->to_follow);
    return g_strdup(_("ready to be filed; nothing was sent"));
}

static bool write_out(const Preparing *preparing, const json_t *report, const char *text, GError **error)
{
    const char *folder = preparing->options->out;
    g_autofree char *name = g_strdup_printf("%s-%s-%s", preparing->regime->id, preparing->obligation->step->id,
                                            report_stage_name(preparing->filing->request.stage));
    g_autofree char *text_name = g_strconcat(name, ".", channel_of(preparing->layout), ".txt", NULL);
    g_autofree char *json_name = g_strconcat(name, ".json", NULL);
    g_autofree char *text_path = g_build_filename(folder, text_name, NULL);
    g_autofree char *json_path = g_build_filename(folder, json_name, NULL);
    g_autofree char *json = json_dumps(report, JSON_INDENT(2) | JSON_PRESERVE_ORDER);

    if (!file_make_folder(folder, 0700, error) || !file_write(text_path, text, strlen(text), 0600, error) ||
        !file_write(json_path, json, strlen(json), 0600, error))
        return false;
    if (!preparing->options->json)
        printf(_("written: %s\nwritten: %s\n"), text_path, json_path);
    return true;
}

/* For whoever files it alone: a report that quotes its own deadline accuses itself when it is late. */
static void print_deadline(const Obligation *obligation)
{
    g_autofree char *when = clocks_when(obligation);
    g_autofree char *time = obligation->clock->has_due ? clocks_time(obligation->clock->due) : NULL;

    if (time && obligation->clock->state != REGIME_FILED)
        printf(_("for you, not in the report: due %s, %s\n"), time, when);
}

static void print(const Preparing *preparing, json_t *report, const char *text, const char *verdict)
{
    if (preparing->options->json) {
        json_object_set_new(report, "findings", output_findings_json(preparing->findings));
        json_object_set_new(report, "verdict", json_string(verdict));
        json_object_set_new(report, "next", json_string(preparing->command));
        output_json(json_incref(report));
        return;
    }
    if (!preparing->options->out)
        printf("%s\n", text);
    print_deadline(preparing->obligation);
    output_verdict(verdict, preparing->command);
}

static int hand_out(const Preparing *preparing)
{
    g_autofree char *text = filing_text(preparing->filing, preparing->layout);
    g_autofree char *verdict = verdict_of(preparing);
    json_auto_t *report = filing_json(preparing->filing);
    g_autoptr(GError) error = NULL;

    if (!filing_folder_keep(preparing->workspace->folder, report, &error) ||
        (preparing->options->out && !write_out(preparing, report, text, &error)))
        return fail(error, exit_code_of(error));
    print(preparing, report, text, verdict);
    return preparing->filing->missing > 0 ? EXIT_CODE_NOT_ALL : EXIT_CODE_TOLD;
}

static int prepare(Preparing *preparing, const char *id)
{
    g_autoptr(GError) error = NULL;

    if (!read_layout(preparing, &error))
        return fail(error, EXIT_CODE_USAGE);
    preparing->lawbook = obligations_lawbook(preparing->workspace, true, &error);
    if (!preparing->lawbook)
        return fail(error, exit_code_of(error));
    preparing->obligation = obligations_find(preparing->lawbook, id, &error);
    if (!preparing->obligation || !is_reported(preparing->obligation, &error))
        return fail(error, EXIT_CODE_USAGE);
    preparing->regime = preparing->obligation->regime->regime;
    if (!find_form(preparing, &error))
        return fail(error, exit_code_of(error));
    if (!make(preparing, &error))
        return fail(error, exit_code_of(error));
    warn(preparing);
    return hand_out(preparing);
}

int obligations_prepare(Workspace *workspace, const char *id)
{
    Preparing preparing = {.workspace = workspace, .options = workspace->options, .findings = findings_new()};
    int code = prepare(&preparing, id);

    preparing_clear(&preparing);
    return code;
}
