/* breach find: "am I affected?" */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/language.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/posting.h"
#include "cli/record_case.h"
#include "cli/workspace.h"
#include "dispatch/publish_text.h"
#include "ledger/case.h"
#include "load/load_template.h"
#include "report/found.h"

#define SCRIPTS "kit"

/* What was asked -------------------------------------------------------------------------------------------------- */

static bool choose(const Options *options, FoundBy *by, const char **asked, GError **error)
{
    const char *const given[] = {
        [FOUND_BY_EMAIL] = options->email, [FOUND_BY_PHONE] = options->phone, [FOUND_BY_NUMBER] = options->number};
    int count = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(given); i++)
        if (given[i]) {
            *by = (FoundBy)i;
            *asked = given[i];
            count++;
        }
    if (count == 1)
        return true;
    error_set(error, BREACH_ERROR_INPUT, "find-which",
              "who? one of --email ADDRESS, --phone NUMBER and --number NUMBER of a notice");
    return false;
}

/* The script ------------------------------------------------------------------------------------------------------ */

typedef struct Script {
    const char *locale; /* wanted */
    char *text;         /* owned */
} Script;

static void take_script(const PublishRendered *rendered, void *user)
{
    Script *script = user;

    if (strcmp(rendered->source->locale, script->locale) != 0)
        return;
    g_free(script->text);
    script->text = g_strdup_printf("%s\n\n%s", rendered->title, rendered->text);
}

/* What may be said on the telephone, in the person's language; NULL with a finding when it has mistakes. */
static char *script_for(Workspace *workspace, const Found *found)
{
    const Playbook *playbook = material_playbook(workspace->material);
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(TemplateSet) set = load_template(SCRIPTS, found_is_reached(found) ? "told" : "not-told", playbook->folder,
                                               workspace->data, position_make(playbook->path, 0, 0), findings);
    g_autofree const char **locales = set ? g_new0(const char *, set->texts->len + 1) : NULL;
    Script script = {.locale = NULL};

    for (guint i = 0; set && i < set->texts->len; i++)
        locales[i] = ((const TemplateText *)g_ptr_array_index(set->texts, i))->locale;
    if (set)
        script.locale = locale_pick(found_locale(found), locales, playbook->default_locale);
    if (script.locale)
        publish_render_set(&(PublishRendering){.playbook = playbook,
                                               .status = material_status(workspace->material),
                                               .set = set,
                                               .own = playbook->announcement ? playbook->announcement->own : NULL},
                           take_script, &script, findings);
    if (!script.text)
        output_findings(findings);
    return script.text;
}

/* The record ------------------------------------------------------------------------------------------------------ */

/* Who looked, when, and a hash of what for: looking people up is itself a use of their data. */
static bool keep(const Workspace *workspace, const Found *found, GError **error)
{
    g_autofree char *who = posting_who();
    g_autoptr(Case) record = case_open(workspace->folder, material_playbook(workspace->material)->incident.id,
                                       material_status(workspace->material), true, error);
    json_auto_t *body = json_pack("{s:s, s:s, s:I}", "what", found_by_name(found->by), "asked", found->hash, "found",
                                  (json_int_t)found->people->len);

    return record && case_append(record, CASE_LOOKUP, found->now, who, body, error);
}

/* Telling --------------------------------------------------------------------------------------------------------- */

static int tell(Workspace *workspace, const Found *found)
{
    bool is_found = found->people->len > 0;
    g_autofree char *text = found_text(found);
    g_autofree char *script = script_for(workspace, found);
    const char *english = is_found ? "found: answer only what the script says" : "not found: say so as the script does";
    const char *shown =
        is_found ? _("found: answer only what the script says") : _("not found: say so as the script does");
    g_autofree char *next = g_strdup_printf("breach record %s%s inquiry --outcome received --by NAME --at TIME",
                                            workspace->typed, workspace->mode);

    if (workspace->options->json) {
        output_json(json_pack("{s:s, s:s, s:b, s:s, s:o, s:s?, s:s, s:s}", "schema", "breach.find/1", "incident",
                              material_playbook(workspace->material)->incident.id, "found", is_found, "by",
                              found_by_name(found->by), "people", found_json(found), "script", script, "verdict",
                              english, "next", next));
    } else {
        fputs(text, stdout);
        if (script)
            printf("\n%s%s\n", script, g_str_has_suffix(script, "\n") ? "" : "\n");
        output_verdict(shown, next);
    }
    return is_found ? EXIT_CODE_TOLD : EXIT_CODE_NOT_ALL;
}

static int find(Workspace *workspace, FoundBy by, const char *text)
{
    const Playbook *playbook = material_playbook(workspace->material);
    g_autoptr(GError) error = NULL;
    g_autoptr(Ledger) ledger = workspace_ledger(workspace, &error);
    g_autofree char *asked = ledger ? found_parse(by, text, playbook->people_country, &error) : NULL;
    g_autoptr(Found) found = asked ? found_look(ledger, playbook, by, asked, clock_now(clock_system()), &error) : NULL;

    if (!found || !keep(workspace, found, &error))
        return record_fail(error);
    return tell(workspace, found);
}

static int run(const Options *options)
{
    g_autoptr(Workspace) workspace = NULL;
    g_autoptr(GError) error = NULL;
    const char *asked = NULL;
    FoundBy by = FOUND_BY_EMAIL;

    if (!choose(options, &by, &asked, &error))
        return record_misuse(g_steal_pointer(&error));
    workspace = workspace_open(options);
    if (!workspace->folder)
        return workspace_fail(workspace, NULL);
    return find(workspace, by, asked);
}

static const char *const names[] = {"email", "phone", "number", "dry-run", "state", "json", "help", NULL};

const Command cmd_find = {
    .name = "find",
    .run = run,
    .summary = N_("\"am I affected?\": a masked answer, and what to say on the telephone"),
    .description =
        N_("Looks up who is behind an email address, a telephone number or a notice number: which audience, which\n"
           "kinds of data, what was sent when and how far it got, without names and addresses. Then it prints\n"
           "what to say, in the person's language. The script tells callers nothing that they have not shown\n"
           "to know: whoever calls may be somebody else. Each look-up is recorded with your name; what was\n"
           "looked for only as a keyed hash. It works while breach notify runs."),
    .options = names,
    .exits = N_("0 found, 1 not found, 64 usage, 65 nothing is planned, or no such address or number, 73 cannot write"),
};
