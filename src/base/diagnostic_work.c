#include "base/diagnostic_private.h"

#include <glib.h>

#include "base/language.h"

/* What people do and decide about a case, apart from sending. A new row takes the next number of its area. */
static const Diagnostic rows[] = {
    /* WORK */
    {"BR-WORK-001", "work-by", N_("it is not said whose work or decision it is"),
     N_("Nothing was recorded: what nobody stands for proves nothing."), N_("Add --by NAME.")},
    {"BR-WORK-002", "work-reason", N_("it is not said why"),
     N_("Nothing was recorded. The case record is what authorities read afterwards, and a change without a reason "
        "looks "
        "like a mistake."),
     N_("Add --reason \"…\", one line.")},
    {"BR-WORK-003", "work-line", N_("a value is missing, or is no plain line of text"), N_("Nothing was recorded."),
     N_("Give the option that the message names, as one line of UTF-8.")},
    {"BR-WORK-004", "work-when", N_("it is not said when"), N_("Nothing was recorded."),
     N_("Add the time with its offset from UTC, such as 2026-11-21T22:10+08:00.")},
    {"BR-WORK-005", "work-time", N_("the time cannot be read"),
     N_("Nothing was recorded: a time without its offset may be hours off, and the clocks of the law with it."),
     N_("Write the time with its offset, such as 2026-11-21T22:10+08:00.")},
    {"BR-WORK-006", "work-future", N_("the time has not come yet"), N_("Nothing was recorded."),
     N_("Look at the date and at the offset from UTC, and type it again.")},
    {"BR-WORK-007", "work-regime", N_("the playbook does not name this regime"), N_("Nothing was recorded."),
     N_("Add the regime to regimes in the playbook, or correct its name.")},
    {"BR-WORK-008", "work-name", N_("no regime knows this anchor or variable"),
     N_("Nothing was recorded: a misspelt name would look recorded, and no clock would run from it."),
     N_("Type breach obligations PLAYBOOK: it says which times and values it asks for.")},
    {"BR-WORK-009", "work-count", N_("a count is no number"), N_("Nothing was recorded."),
     N_("Write digits only, without commas: --likely 12034.")},
    {"BR-WORK-010", "work-counts", N_("it is not said how many people are affected"), N_("Nothing was recorded."),
     N_("Add --likely N, and --lower N and --upper N where they differ.")},
    {"BR-WORK-011", "work-order", N_("the counts do not rise from lower over likely to upper"),
     N_("Nothing was recorded."), N_("Correct the numbers.")},
    {"BR-WORK-012", "work-level", N_("this is no level"), N_("Nothing was recorded."),
     N_("Write the number of a level of the scale that the message names, 1 for the lowest.")},
    {"BR-WORK-013", "work-value-missing", N_("it is not said what the variable is"), N_("Nothing was recorded."),
     N_("Type breach record PLAYBOOK variable NAME VALUE.")},
    {"BR-WORK-014", "work-value", N_("the variable takes a number or a range"), N_("Nothing was recorded."),
     N_("Write 1200, 500..2000, or lower/likely/upper as in 500/1200/2000.")},
    {"BR-WORK-015", "work-value-word", N_("the variable does not have this value"), N_("Nothing was recorded."),
     N_("Write one of the words that the message lists.")},
    {"BR-WORK-016", "work-closed", N_("the case is closed"),
     N_("Nothing was done: whoever closed the case had found nothing open, and that would no longer be so."),
     N_("If the case is to go on, type breach close PLAYBOOK --reopen --by NAME --reason TEXT.")},
    {"BR-WORK-017", "work-delayed", N_("an authority has asked that nobody be told yet"),
     N_("Nothing was published: whoever reads it would know what the authority asked to keep back."),
     N_("Wait until the time that the message names, or, once the authority agrees, type breach record PLAYBOOK decision "
        "revoke ID.")},
    /* DECISION */
    {"BR-DECISION-001", "decision-which", N_("it is not said what was decided"), N_("Nothing was recorded."),
     N_("Type decision not-notify, decision delay, or decision revoke ID.")},
    {"BR-DECISION-002", "decision-id", N_("a decision is named where none is meant, or none where one is"),
     N_("Nothing was recorded."),
     N_("Give the id with revoke, and with nothing else; breach record PLAYBOOK register lists them.")},
    {"BR-DECISION-003", "decision-delay", N_("a delay lacks the authority, its paper or its end"),
     N_("Nothing was recorded, and nobody waits: a delay without these three cannot be defended afterwards."),
     N_("Add --authority NAME, --document FILE and --until TIME. If the authority has only telephoned, ask for it in "
        "writing, and keep your own note of the call as the document meanwhile.")},
    {"BR-DECISION-004", "decision-until", N_("a decision not to tell has no end"), N_("Nothing was recorded."),
     N_("Leave --until out, or record a delay.")},
    {"BR-DECISION-005", "decision-regime", N_("the playbook does not name this regime"), N_("Nothing was recorded."),
     N_("Name one of those that the message lists, or add it to regimes in the playbook.")},
    {"BR-DECISION-006", "decision-scope", N_("the scope cannot be read"), N_("Nothing was recorded."),
     N_("Write everybody, audience:ID, region:CODE, step:ID for a report to an authority, or field:ID for what a notice cannot say yet.")},
    {"BR-DECISION-007", "decision-scope-unknown", N_("the scope names something that is not there"),
     N_("Nothing was recorded: a decision about nobody would look as if it held."),
     N_("Copy the id of the audience from the playbook, or that of the step from breach obligations PLAYBOOK.")},
    {"BR-DECISION-008", "decision-no-delay", N_("the regime knows no delay at an authority's request"),
     N_("Nothing was recorded, and nobody waits."),
     N_("Ask the authority for its legal ground in writing. If the law has one that is missing here, copy the regime's "
        "file "
        "beside the playbook and add it to lawful_delay with its source.")},
    {"BR-DECISION-009", "decision-ground", N_("the regime does not know this ground for a delay"),
     N_("Nothing was recorded, and nobody waits."), N_("Write the id of one of the grounds that the message lists.")},
    {"BR-DECISION-010", "decision-past", N_("the delay is over already"), N_("Nothing was recorded."),
     N_("Look at the date and at the offset from UTC of --until.")},
    {"BR-DECISION-011", "decision-longest", N_("the delay is longer than the law allows"),
     N_("Nothing was recorded, and nobody waits."),
     N_("Shorten --until. The authority may ask again before it ends: record the decision again then.")},
    {"BR-DECISION-012", "decision-no-waiver", N_("the regime knows no case in which people need not be told"),
     N_("Nothing was recorded: people have to be told under this law."),
     N_("Tell them. A report to an authority that is not owed is decided about with --scope step:ID.")},
    {"BR-DECISION-013", "decision-unknown", N_("there is no such decision, or it was revoked"),
     N_("Nothing was recorded."), N_("Type breach record PLAYBOOK register: it lists all decisions with their ids.")},
    {"BR-DECISION-014", "decision-filed", N_("a report that was filed cannot be delayed"),
     N_("Nothing was recorded: the report was made before."),
     N_("Look at breach obligations --why ID. If the entry of the report is wrong, take it back with --withdraw.")},
    /* RESPONSE */
    {"BR-RESPONSE-001", "response-none", N_("the playbook has no response steps"), N_("Nothing was recorded."),
     N_("Add them to the playbook: response: [{id: contain, kind: contain, owner: NAME}].")},
    {"BR-RESPONSE-002", "response-step", N_("the playbook has no response step of this id"),
     N_("Nothing was recorded."), N_("Write one of the ids that the message lists.")},
    {"BR-RESPONSE-003", "response-order", N_("a step is done before it was started"), N_("Nothing was recorded."),
     N_("Correct --at.")},
    {"BR-RESPONSE-004", "response-outcome", N_("it is not said whether the step was started or is done"),
     N_("Nothing was recorded."), N_("Add --outcome started or --outcome done.")},
    {"BR-RESPONSE-005", "response-gate", N_("notices wait for a response step that nobody has started"),
     N_("Nothing was sent. The playbook says that people are not told before somebody works on this step. It need not "
        "be "
        "done: that it is started is enough."),
     N_("Once it is started, type breach record PLAYBOOK response STEP --outcome started --by NAME --at TIME, and then "
        "breach notify again.")},
    /* INQUIRY */
    {"BR-INQUIRY-001", "inquiry-outcome", N_("it is not said what became of the inquiry"), N_("Nothing was recorded."),
     N_("Add --outcome received, verified, extended or answered.")},
    {"BR-INQUIRY-002", "inquiry-which", N_("it is not said which inquiry"), N_("Nothing was recorded."),
     N_("Give the id that was printed when it was received; breach status lists those that are open.")},
    {"BR-INQUIRY-003", "inquiry-kind", N_("the kind of an inquiry is none, or is said too late"),
     N_("Nothing was recorded."), N_("Add --kind question or --kind report to --outcome received.")},
    {"BR-INQUIRY-004", "inquiry-id", N_("this is no id of an inquiry"),
     N_("Nothing was recorded: nobody's name or address may stand in the case record."),
     N_("Leave the id out to be given one, or write small letters, digits and hyphens, such as the number of a "
        "ticket.")},
    {"BR-INQUIRY-005", "inquiry-state", N_("this cannot be recorded about the inquiry"), N_("Nothing was recorded."),
     N_("Look at it in breach status PLAYBOOK, and correct the id, the outcome or the time.")},
    {"BR-INQUIRY-006", "inquiry-unknown", N_("there is no inquiry of this id"), N_("Nothing was recorded."),
     N_("Record it as received first; breach status lists those that are open.")},
    /* FIND */
    {"BR-FIND-001", "find-which", N_("it is not said whom to look for"), N_("Nothing was looked up."),
     N_("Give one of --email, --phone and --number.")},
    {"BR-FIND-002", "find-email", N_("this is no email address"), N_("Nothing was looked up."),
     N_("Write it as the caller spells it: name@example.com.")},
    {"BR-FIND-003", "find-phone", N_("this is no telephone number"), N_("Nothing was looked up."),
     N_("Write it with its country code, such as +86 138 0013 8000.")},
    {"BR-FIND-004", "find-number", N_("this is no notice number"),
     N_("Nothing was looked up. The last digit of a notice number is a check digit: one that was heard wrong is found "
        "out."),
     N_("Ask the caller to read it again, digit by digit.")},
};

const DiagnosticTable diagnostic_work = {rows, G_N_ELEMENTS(rows)};
