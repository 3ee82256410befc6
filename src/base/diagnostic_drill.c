#include "base/diagnostic_private.h"

#include <glib.h>

#include "base/language.h"

/* Scenarios, participants, and drills. A new row takes the next number of its area. */
static const Diagnostic rows[] = {
    /* SCENARIO */
    {"BR-SCENARIO-001", "scenario-unknown-key", N_("the file of a drill has a key that is not known"),
     N_("A scenario or a file of participants holds a key that breach does not know, or one that this kind of step "
        "does "
        "not take. Nothing was played."),
     N_("Correct the key as the message says; breach-scenario(5) has all of them.")},
    {"BR-SCENARIO-002", "scenario-unsupported", N_("this version cannot play that"),
     N_("The key or the word is for another version of breach. Nothing was played."),
     N_("Remove it, or use a newer breach.")},
    {"BR-SCENARIO-003", "scenario-missing-key", N_("the file of a drill lacks a key"),
     N_("Without it nobody knows what is to be played, or what is to be reached. Nothing was played."),
     N_("Write the key as the message says.")},
    {"BR-SCENARIO-004", "scenario-type", N_("a value in the file of a drill is of the wrong kind"),
     N_("A list stands where a text is expected, or the other way round. Nothing was played."),
     N_("Write the value as the message says.")},
    {"BR-SCENARIO-005", "scenario-value", N_("a value in the file of a drill makes no sense"),
     N_("A share, a rate, a time or a name is not one, or steps do not fit together. Nothing was played."),
     N_("Write the value as the message says.")},
    {"BR-SCENARIO-006", "scenario-time-offset", N_("a time in a scenario has no offset"),
     N_("Without it nobody knows when the story begins. Nothing was played."),
     N_("Add the offset from UTC: 2026-11-20T02:30+08:00; or write a time of day alone: \"02:30\".")},
    {"BR-SCENARIO-007", "scenario-none", N_("there is no such scenario"),
     N_("It lies neither in scenarios beside the playbook nor among those that come with breach. Nothing was played."),
     N_("Type breach drill --list, or give the path of a file.")},
    {"BR-SCENARIO-008", "scenario-command", N_("the story types what it cannot"),
     N_("A step with do: run must be a command of breach with its options, without the word breach and without the "
        "playbook; and none that asks anybody outside, as check --probe does. Nothing was played."),
     N_("Correct the command; breach COMMAND --help has its options.")},
    /* DRILL */
    {"BR-DRILL-001", "drill-people", N_("no people can be invented"),
     N_("The story needs more people than the people file holds, and invented ones are like those of the file. Nothing "
        "more was played."),
     N_("Give the playbook a people file with one person at least.")},
    {"BR-DRILL-002", "drill-edit", N_("the story changes something that the playbook does not hold"),
     N_("The scenario was written for another playbook. The drill ended at this step, and nothing is kept of it."),
     N_("Change find or key of the step to what stands in this playbook.")},
    {"BR-DRILL-003", "drill-many", N_("there are too many drills of this minute"),
     N_("Each record has a folder of its own, named by the minute. The record was not kept."),
     N_("Wait for the next minute, and play again.")},
    {"BR-DRILL-004", "drill-stopped", N_("the drill was stopped"),
     N_("Somebody pressed Ctrl-C. A drill without its end has no score, so nothing is kept of it."),
     N_("Type the same command again.")},
};

const DiagnosticTable diagnostic_drill = {rows, G_N_ELEMENTS(rows)};
