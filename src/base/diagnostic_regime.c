#include "base/diagnostic_private.h"

#include <glib.h>

#include "base/language.h"

/* What a playbook says about the law. A new row takes the next number. */
static const Diagnostic rows[] = {
    {"BR-REGIME-001", "regime-unverified", N_("a law whose data nobody has confirmed"),
     N_("The data that comes with breach says for each regime how sure it is. What was not seen in a primary text may "
        "be "
        "wrong, a deadline included."),
     N_("Have a lawyer read the steps that are marked unverified. breach clock --list and docs/law.md show them.")},
    {"BR-REGIME-002", "regime-not-enabled", N_("a regime that is switched off"),
     N_("It is voluntary, not in force, or a draft. Its clocks are computed because the playbook names it, but no law "
        "makes you keep them today."),
     N_("Remove it from regimes, or keep it on purpose: a voluntary scheme is often expected all the same.")},
    {"BR-REGIME-003", "regime-not-in-force", N_("a law that was not in force at the time of the incident"),
     N_("Its steps are shown as not applicable. An older version of the law may have applied instead."),
     N_("Check the times of the incident. If they are right, remove the regime, or write the older law as a regime of "
        "your own.")},
    {"BR-REGIME-004", "regime-anchor-future", N_("a time from which a clock runs is still to come"),
     N_("Nothing has happened yet at that time, so that a deadline counted from it would be invented."),
     N_("Correct the time; look at its offset from UTC first.")},
    {"BR-REGIME-005", "regime-anchor-order", N_("times of the incident are in an order that cannot be"),
     N_("Deadlines are counted from both. One of them is wrong, and so is every clock that runs from it."),
     N_("Correct the time in the playbook, or record the right one with breach record PLAYBOOK anchor.")},
    {"BR-REGIME-006", "regime-anchor-unused", N_("a time that no clock runs from"),
     N_("It is probably misspelled. A clock that should run from it reports a missing time instead."),
     N_("Correct the name; breach clock REGIME shows the anchors of each regime.")},
    {"BR-REGIME-007", "regime-variable-unused", N_("a variable that no regime of the playbook asks for"),
     N_("It is probably misspelled, and then the step that hangs on it is shown as unknown or as not applicable."),
     N_("Correct the name, or remove it; breach-regime(5) lists the variables.")},
    {"BR-REGIME-008", "regime-variable-value", N_("a variable has a value that it cannot have"),
     N_("Conditions compare texts. A value in another spelling is not equal to anything, so that a duty could look as "
        "if it did not apply."),
     N_("Write it as the message says: true or false, a number without separators, a word of the list, PT6H for six "
        "hours.")},
    {"BR-REGIME-009", "regime-level-above", N_("the numbers propose a higher level than was confirmed"),
     N_("Higher levels have shorter deadlines and more people to tell. The confirmed level stays in force until a "
        "person "
        "changes it."),
     N_("Decide anew: set incident.level, or type breach record PLAYBOOK level N --by NAME --reason WHY.")},
    {"BR-REGIME-010", "regime-level-open", N_("nobody has confirmed the level of the incident"),
     N_("Duties depend on it. What the numbers propose is used until a person decides, and below every number a clause "
        "without a number can still make it reportable."),
     N_("Set incident.level in the playbook, or type breach record PLAYBOOK level N --by NAME --reason WHY.")},
    {"BR-REGIME-011", "regime-calendar-year", N_("a calendar lacks a year that a clock needs"),
     N_("The working days of that year are not known here, and they are never guessed. The step has no last day until "
        "they "
        "are."),
     N_("Copy the calendar to calendars/ beside the playbook and add the year from the government's notice.")},
    {"BR-REGIME-012", "regime-level-none", N_("the level of the incident is none of its scale"),
     N_("Duties and reports go by the level. The Chinese scales go from 1 (general) to 4 (the gravest), the reverse of "
        "the Roman numbers of Chinese plans."),
     N_("Write the level that a person confirmed, by the scale that the message names.")},
    {"BR-REGIME-013", "regime-value-twice", N_("two places say different things about one number or word"),
     N_("Duties hang on it. By the lower of two counts or levels a report may look as if nobody asked for it."),
     N_("Find out which of them is right, write it in one place, and remove the other.")},
    {"BR-REGIME-014", "regime-value-shared", N_("one number of residents for the laws of two states"),
     N_("Each of these laws goes by the residents of its own state, so that for one of them the number is wrong."),
     N_("Write variables: {affected_state: N} under each of these regimes, and remove the general one.")},
    {"BR-REGIME-015", "regime-filed-early", N_("a report was filed before its clock began"),
     N_("The time from which the clock runs was moved behind the report. A report cannot come before anybody knew; "
        "authorities compare the two."),
     N_("Correct the time with breach record PLAYBOOK anchor, or take the report back with breach obligations PLAYBOOK "
        "file ID --withdraw.")},
    {"BR-REGIME-016", "regime-dropped", N_("a regime was taken out of the playbook"),
     N_("It stood among regimes, and the case record has it. Its clocks, its reports and what it asks of notices are not "
        "looked at any more."),
     N_("Put it back, or accept the finding with who decided, and why it does not bind.")},
    {"BR-REGIME-017", "regime-not-detected", N_("an incident that was confirmed, and never detected"),
     N_("Clocks run from when the organisation became aware. Nobody has said when that was, so that none of them has an "
        "end, though whoever confirms an incident is aware of it."),
     N_("Write incident.detected_at: the strict reading is the first sign of it.")},
};

const DiagnosticTable diagnostic_regime = {rows, G_N_ELEMENTS(rows)};
