#include "base/diagnostic_private.h"

#include <glib.h>

#include "base/language.h"

/* What is handed over about single people. A new row takes the next number of its area. */
static const Diagnostic rows[] = {
    /* EVIDENCE */
    {"BR-EVIDENCE-001", "evidence-person", N_("nobody has this id"),
     N_("The ledger of this incident has no person with that id. Nothing was written."),
     N_("Type the id as it stands in the people file; breach find says which person is behind an address.")},
    {"BR-EVIDENCE-002", "evidence-taken", N_("the folder for the evidence is not empty"),
     N_("Evidence is written into a new folder, so that nothing else can lie in it. Nothing was written."),
     N_("Choose a folder that does not exist yet with --out.")},
    {"BR-EVIDENCE-003", "evidence-folder", N_("the folder for the evidence cannot be made"),
     N_("The place cannot be written to, or the disk is full. Nothing was written; what was begun was removed."),
     N_("Choose another place with --out, or make room, then run the same command.")},
    {"BR-EVIDENCE-004", "evidence-gateway", N_("the sender of an old message is not known"),
     N_("The plan from which the message was sent did not record what its gateway wrote as sender. The message cannot "
        "be "
        "made again and is marked so."),
     N_("Nothing can be done about that message. Its text and its digest are in the records all the same.")},
    {"BR-EVIDENCE-005", "evidence-use", N_("evidence needs a folder"),
     N_("Evidence for one person is many files, so that it is written into a new folder, encrypted or not. Nothing was "
        "written."),
     N_("Type breach report PLAYBOOK --person ID --out DIR, with --encrypt-to RECIPIENT behind it to encrypt it.")},
    /* SAMPLE */
    {"BR-SAMPLE-001", "sample-size", N_("the size of the sample is no number that can be drawn"),
     N_("A sample has from 1 to 10000 people. Nothing was drawn."),
     N_("Type for example --sample 200 --seed audit-2026.")},
    {"BR-SAMPLE-002", "sample-seed", N_("a sample needs a seed"),
     N_("The seed decides who is drawn, so that the auditor can draw the same people again and nobody can choose them. "
        "Nothing was drawn."),
     N_("Let the auditor choose a word or a number, and type --seed with it: one line, 200 octets at the most.")},
};

const DiagnosticTable diagnostic_evidence = {rows, G_N_ELEMENTS(rows)};
