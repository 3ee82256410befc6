#include "base/diagnostic_private.h"

#include <glib.h>

#include "base/language.h"

/* Reports about an incident. A new row takes the next number of its area. */
static const Diagnostic rows[] = {
    /* REPORT */
    {"BR-REPORT-001", "report-format", N_("there is no such format of a report"),
     N_("A report is written as HTML, Markdown or JSON. Nothing was written."),
     N_("Type --format html, --format markdown or --format json.")},
    {"BR-REPORT-002", "report-exists", N_("a file of that name is there already"),
     N_("Somebody may have been given that file, so it is not replaced. Nothing was written."),
     N_("Give --out another name, or remove the file; without --out each report gets a name of its own.")},
    {"BR-REPORT-003", "report-use", N_("options of breach report that do not go together"),
     N_("One of the options has no meaning beside the others: passed over in silence it would be believed, for example "
        "that a report was encrypted. Nothing was written."),
     N_("Leave that option out, or add the one that it goes with. A report with --people is encrypted by another "
        "program: breach report PLAYBOOK --people --out - | age -r RECIPIENT >report.age.")},
};

const DiagnosticTable diagnostic_report = {rows, G_N_ELEMENTS(rows)};
