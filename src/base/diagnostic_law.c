#include "base/diagnostic_private.h"

#include <glib.h>

#include "base/language.h"

/* Law as data: the files of regimes and calendars, and the arithmetic on the command line. A new row takes the next
 * number. */
static const Diagnostic rows[] = {
    {"BR-CLOCK-001", "clock-anchor", N_("a time was given for something that this regime does not count from"),
     N_("The clock of a step starts at an anchor, a named moment of the incident. A time under another name would be "
        "passed over, so nothing was computed."),
     N_("Use one of the names in the message. breach clock --list shows the regimes, breach clock REGIME its "
        "anchors.")},
    {"BR-CLOCK-002", "clock-time", N_("a time on the command line cannot be read"),
     N_("Hours are counted from an exact instant, so that a time needs its offset from UTC. A day alone is enough "
        "where "
        "days are counted."),
     N_("Write it as 2026-11-21T22:10+08:00, or as 2026-11-21 for a day.")},
    {"BR-CLOCK-003", "clock-variable", N_("a value was set that this regime does not ask for, or that cannot be"),
     N_("Conditions compare named values. One under another name, or one that is no value of its kind, would decide "
        "nothing, so nothing was computed."),
     N_("Write --set NAME=VALUE with a name from the message: a number or a range such as 500..2000, true or false, or "
        "one "
        "of the words that it lists.")},
    {"BR-CLOCK-004", "clock-step", N_("the regime has no such step"),
     N_("Nothing was computed, because a deadline of another step would be the wrong one."),
     N_("Take a step or a group from the list in the message, or leave it out: then all of them are computed.")},
    {"BR-CLOCK-005", "clock-year", N_("a calendar has no data for a year that the count reaches"),
     N_("Working days of that year have not been published, or are not in the calendar file. A guess could be off by a "
        "week, so that no last day is given for this step. The other steps are right."),
     N_("Add the year to a calendar beside the playbook (calendars/NAME.yaml), from the notice of the government. "
        "Until "
        "then take the earlier of what you expect.")},
    {"BR-CLOCK-006", "clock-calendar", N_("the calendar of working days is missing"),
     N_("The step counts in working days, or moves with them, and nobody has said whose holidays count."),
     N_("Name one: --calendar de on the command line, calendar: de in the playbook. breach-regime(5) says how to write "
        "one.")},
    {"BR-CLOCK-007", "clock-usage", N_("breach clock was asked for something that it cannot do"),
     N_("Without a regime there is nothing to compute, and --list computes nothing."),
     N_("Type breach clock --list, then breach clock REGIME --anchor NAME=TIME.")},
    {"BR-CLOCK-008", "clock-zone", N_("the time zone is not known here"),
     N_("Days end at midnight of a zone, so that a wrong one moves a deadline by hours. Nothing was computed."),
     N_("Write a name such as Europe/Berlin, for which the package tzdata must be installed, or an offset such as "
        "+08:00.")},
    {"BR-LAW-001", "law-unknown-key", N_("a key that a file of law data does not have"),
     N_("It is probably misspelled. What it says would be passed over, and with it perhaps a deadline."),
     N_("Correct it as the message says; breach-regime(5) lists all keys.")},
    {"BR-LAW-002", "law-unsupported", N_("a key that this version does not support"),
     N_("It is never ignored, because a deadline may hang on it."), N_("Remove it, or use a newer breach.")},
    {"BR-LAW-003", "law-missing-key", N_("a file of law data lacks something"),
     N_("Without it a clock cannot be computed or cannot be trusted."),
     N_("Add the key that the message names; breach-regime(5) shows a complete example.")},
    {"BR-LAW-004", "law-type", N_("a list, a map or a text stands where another belongs"),
     N_("The file was written with another shape than the one that is read."),
     N_("Write it as breach-regime(5) shows.")},
    {"BR-LAW-005", "law-value", N_("a value in a file of law data cannot be"),
     N_("It is out of range, contradicts another key, or is in another notation. Nothing is repaired, because the "
        "repaired deadline could be a wrong one."),
     N_("Correct the value; the message says what is expected.")},
    {"BR-LAW-006", "law-time-offset", N_("a time in a file of law data has no offset"),
     N_("Without its offset from UTC a time can be off by a day."), N_("Add the offset: 2026-11-21T22:10+08:00.")},
    {"BR-LAW-007", "law-file-not-found", N_("there is no such regime, calendar, scale, policy or form"),
     N_("It is looked for beside the playbook, then among the files that come with breach."),
     N_("Correct the name, or write the file that the message names.")},
    {"BR-LAW-008", "law-file-id", N_("a file of law data has another id than its name"),
     N_("Playbooks and records call it by its id, so there may be only one."),
     N_("Rename the file, or change the id.")},
    {"BR-LAW-009", "law-unknown-name", N_("a file of law data uses a name that nothing has"),
     N_("A step would wait for an anchor, a variable or a step that can never be there, and its clock would never "
        "run."),
     N_("Correct the name. One that only your regime needs is declared under anchors or variables of its file.")},
    {"BR-LAW-010", "law-twice", N_("two steps or fields have the same name"),
     N_("A filing or an answer could not be told which of them it belongs to."), N_("Rename one of them.")},
    {"BR-LAW-011", "law-circle", N_("a deadline that runs from itself"),
     N_("The steps wait for each other, so that none of their clocks ever starts."),
     N_("Let one of them run from an anchor, or from the submission of another step.")},
};

const DiagnosticTable diagnostic_law = {rows, G_N_ELEMENTS(rows)};
