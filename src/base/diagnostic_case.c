#include "base/diagnostic_private.h"

#include <glib.h>

#include "base/language.h"

/* The case record, and what the law asks because of an incident. A new row takes the next number of its area. */
static const Diagnostic rows[] = {
    /* CASE */
    {"BR-CASE-001", "case-none", N_("there is no case record"),
     N_("Nothing has been recorded of this incident yet: no time, no level, no filing. Nothing was changed."),
     N_("Type breach obligations PLAYBOOK: it makes the record from what the playbook says.")},
    {"BR-CASE-002", "case-other-incident", N_("the case record is of another incident"),
     N_("case.db in the state folder belongs to another incident, or to its exercise. Clocks and filings of one case "
        "must "
        "not be mixed with those of another. Nothing was changed."),
     N_("Give this incident a state folder of its own with --state DIR, or name the playbook that belongs to the "
        "folder.")},
    {"BR-CASE-003", "case-foreign", N_("case.db is no case record of breach"),
     N_("Another program made the file, or it is damaged. Nothing was changed."),
     N_("Look at what it is, move it away, and type the same command again; restore the record from a backup if it was "
        "one.")},
    {"BR-CASE-004", "case-version", N_("the case record was made by another version of breach"),
     N_("This breach does not know how to read it. Nothing was changed."),
     N_("Use the breach that made it, or a newer one.")},
    {"BR-CASE-005", "case-copied", N_("the case record was copied here"),
     N_("The state folder is a clone or a restored backup. Two records of one case would each lack what was entered "
        "into the "
        "other, and an authority would be shown half. Nothing was recorded."),
     N_("Go on where the record was made. If that place is gone for good, type breach obligations PLAYBOOK --adopt "
        "here.")},
    {"BR-CASE-006", "case-event", N_("an event of the case record cannot be read"),
     N_("The file is damaged. Nothing was changed."),
     N_("Restore case.db from a backup; keep the damaged file, it is evidence.")},
    {"BR-CASE-007", "case-busy", N_("other processes write into the case record all the time"),
     N_("What was read had changed before the answer could be written, many times in a row. Nothing was recorded."),
     N_("Type the same command again. If it stays so, look for a script that runs breach in a loop.")},
    {"BR-CASE-008", "case-header", N_("the case record does not say to which incident it belongs"),
     N_("The file is damaged. Nothing was changed."),
     N_("Restore case.db from a backup; keep the damaged file, it is evidence.")},
    /* OBLIGATION */
    {"BR-OBLIGATION-001", "obligation-several", N_("several regimes have a step of this name"),
     N_("Which clock and which authority are meant is not clear. Nothing was done."),
     N_("Write the step with its regime, as breach obligations PLAYBOOK prints it: eu-gdpr/authority_72h.")},
    {"BR-OBLIGATION-002", "obligation-unknown", N_("no regime of the playbook has this step"),
     N_("The name is misspelt, or the regime is not in the playbook's list. Nothing was done."),
     N_("Copy the name from breach obligations PLAYBOOK, or add the regime to the key regimes of the playbook.")},
    {"BR-OBLIGATION-003", "obligation-usage", N_("breach obligations does not know this word"),
     N_("After the playbook comes nothing, or one of list, prepare ID and file ID. Nothing was done."),
     N_("Type breach obligations --help.")},
};

const DiagnosticTable diagnostic_case = {rows, G_N_ELEMENTS(rows)};
