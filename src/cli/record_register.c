/* breach record register: the register of breaches that GDPR art. 33(5) asks for, for this incident. */
#include "cli/record_case.h"

#include <stdio.h>

#include "base/language.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "report/casework.h"
#include "report/register.h"

static int show(const RecordCase *record, json_t *document)
{
    const Workspace *workspace = record->workspace;
    g_autofree char *next = g_strdup_printf("breach obligations %s%s", workspace->typed, workspace->mode);
    g_autofree char *text = NULL;

    if (workspace->options->json) {
        json_object_set_new(document, "verdict", json_string("the register of this incident as it stands"));
        json_object_set_new(document, "next", json_string(next));
        output_json(document);
        return EXIT_CODE_TOLD;
    }
    text = register_text(document);
    json_decref(document);
    fputs(text, stdout);
    output_verdict(_("the register of this incident as it stands"), next);
    return EXIT_CODE_TOLD;
}

static int print_register(RecordCase *record, void *user)
{
    g_autoptr(Casework) casework = casework_new(record->lawbook);
    g_autoptr(Ledger) ledger = NULL;
    g_autoptr(GError) error = NULL;
    json_t *document;

    (void)user;
    if (ledger_exists(workspace_backend(), record->workspace->folder) &&
        !(ledger = workspace_ledger(record->workspace, &error)))
        return record_fail(error);
    document = register_json(casework, ledger, &error);
    return document ? show(record, document) : record_fail(error);
}

int record_register(Workspace *workspace)
{
    return record_case_run(workspace, print_register, NULL);
}
