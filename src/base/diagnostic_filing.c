#include "base/diagnostic_private.h"

#include <glib.h>

#include "base/language.h"

/* Reports to authorities. A new row takes the next number. */
static const Diagnostic rows[] = {
    {"BR-FILING-001", "filing-not-reported", N_("the step is no report"),
     N_("Some steps are met by telling people, or inside the organisation. No authority gets a report of them."),
     N_("Type breach obligations without an id: it says for each step who it is for.")},
    {"BR-FILING-002", "filing-form", N_("there is no such form"),
     N_("Forms lie in the folder forms beside the playbook or come with breach. A form belongs to one regime and to "
        "some of "
        "its steps."),
     N_("Write one of the names that the message lists, or leave --template out.")},
    {"BR-FILING-003", "filing-layout", N_("the way of handing in is not known"),
     N_("A report can be laid out for a web form, an email, a telephone call or a letter."),
     N_("Write --form web, --form email, --form phone or --form letter.")},
    {"BR-FILING-004", "filing-stage", N_("the stage is not known"),
     N_("A matter is reported first, then followed up, and in the end summed up."),
     N_("Write --stage initial, --stage followup or --stage final, or leave it out.")},
    {"BR-FILING-005", "filing-language", N_("the language of the report is none"),
     N_("Languages are written as in en, de or zh-CN."),
     N_("Correct --locale, or leave it out: the report is then in the language that the authority reads.")},
    {"BR-FILING-006", "filing-no-fields", N_("the law names no fields of the report"),
     N_("It names none, or nobody has read them yet. breach does not make them up: it writes what nearly every "
        "authority asks, "
        "in a common order."),
     N_("Compare it with the authority's own form. If you know the fields, write them into a form of your own.")},
    {"BR-FILING-007", "filing-missing", N_("a field that the authority asks for is missing"),
     N_("The report was made all the same, with a mark where the field stands. An authority may send it back."),
     N_("Write what the message names into the playbook and prepare the report again. When time is short, file what "
        "there "
        "is and say that the rest follows.")},
    {"BR-FILING-008", "filing-untranslated", N_("a field is not in the language of the authority"),
     N_("The playbook has no text in that language, so that another one was taken."),
     N_("Add a translation to the text in the playbook, or take another language with --locale.")},
    {"BR-FILING-009", "filing-pipl-41", N_("a foreign authority is told about data kept in mainland China"),
     N_("What is kept in mainland China may be given to a foreign judicial or law enforcement authority only with the "
        "approval of the competent Chinese one: personal data by PIPL art. 41, and all data, not only that of people, by "
        "the Data Security Law art. 36. The report names no person, but technical facts are data as well."),
     N_("Ask a lawyer before you hand in the report whether the authority is one of these and whether an approval is "
        "needed; and again before you hand over anything beyond it.")},
    {"BR-FILING-010", "filing-not-owed", N_("the step does not apply as things stand"),
     N_("By what is known now nobody has to make this report. It may be made all the same, and that may be wise."),
     N_("Look at breach obligations --why ID. If a number or a level is wrong, correct it first.")},
    {"BR-FILING-011", "filing-form-draft", N_("the form is a draft"),
     N_("The authority has published it for comment and does not use it yet."),
     N_("Copy the answers into the form that the authority uses now, or leave --template out.")},
    {"BR-FILING-012", "filing-form-unverified", N_("the fields of the form are unverified"),
     N_("They were gathered from what is written about the law, not from the authority's own text."),
     N_("Compare them with the authority's form before you file.")},
    {"BR-FILING-013", "filing-needs", N_("something is needed to record a report"),
     N_("A record of a report says when it was handed in, who did it, and how; each of them is one line."),
     N_("Add the option that the message names.")},
    {"BR-FILING-014", "filing-time", N_("a report cannot have been handed in at that time"),
     N_("The time lies in the future, or before the event from which the period runs."),
     N_("Correct --at, mostly the date or the offset; or correct the time from which the clock runs.")},
    {"BR-FILING-015", "filing-late", N_("a late report needs its reason"),
     N_("Authorities ask why a report comes late, and most laws say so. The record keeps the reason with the report."),
     N_("Add --reason with one plain sentence.")},
    {"BR-FILING-016", "filing-changed", N_("a report that was filed is no longer what it was"),
     N_("The file under its SHA-256 was changed or cut off after it was filed, so that nothing can be compared with "
        "it."),
     N_("Restore the folder filings of the state folder from a backup.")},
    {"BR-FILING-017", "filing-field-unknown", N_("a field under reports is asked for by no report"),
     N_("The regime and its forms have no field of that name, so that the text would never be reported."),
     N_("Correct the name; breach obligations PLAYBOOK prepare ID --json lists the fields.")},
    {"BR-FILING-018", "filing-speaks", N_("a report speaks to the people concerned"),
     N_("Facts are written for those who get a notice: \"your record is among them\". An authority reads the same "
        "words and "
        "wonders whose."),
     N_("Write it once more for authorities: reports: {facts: {what_happened: …}}. All reports then use it.")},
    {"BR-FILING-019", "filing-none", N_("there is no entry to be taken back"),
     N_("No report of that step, or none of that time, stands in the record: it was never entered, or was taken back."),
     N_("Look at breach obligations --why ID; write --at as the list shows it, or leave it out.")},
};

const DiagnosticTable diagnostic_filing = {rows, G_N_ELEMENTS(rows)};
