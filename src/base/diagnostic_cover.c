#include "base/diagnostic_private.h"

#include <glib.h>

#include "base/language.h"

/* What the law and the policies ask of a notice, against what it holds. A new row takes the next number. */
static const Diagnostic rows[] = {
    {"BR-COVERAGE-001", "coverage-missing", N_("a template leaves out something that a notice must say"),
     N_("A regime or a policy of the playbook asks for it, and the template has no place marked for it. Whoever gets "
        "only "
        "this text has not been told as the law asks, so that nothing is sent."),
     N_("Say it in the template, between {{#covers.ID}} and {{/covers.ID}} as the message says; breach-playbook(5) "
        "explains the marks. A short message may point to the full text instead.")},
    {"BR-COVERAGE-002", "coverage-empty", N_("the playbook has no words for something that a notice must say"),
     N_("The template has a place for it, and it stays empty for the readers that the message names. Nothing is sent."),
     N_("Write what the message asks for into the playbook. Only where the law lets a notice come in phases may it say "
        "that something is not known yet: unknown: {as_of: …, next_update: …}; elsewhere that is BR-COVERAGE-003.")},
    {"BR-COVERAGE-003", "coverage-unknown", N_("a notice says only that something is not known yet"),
     N_("The law asks for it in the notice, and gives no leave to send it later. A person has to decide that telling "
        "people now is better than waiting, and that decision is kept."),
     N_("Find it out and write it into the playbook, or record the decision as the message says, or accept the finding "
        "with a reason.")},
    {"BR-COVERAGE-004", "coverage-heading", N_("a heading that the law fixes is not there, or not in its place"),
     N_("The law gives the words and their order. They must stand alone on a line of the text and of the HTML."),
     N_("Take the template us-ca, or write the headings exactly as the message shows them, in the order of the law.")},
    {"BR-COVERAGE-005", "coverage-channel", N_("a way of telling people that the law does not count as a notice"),
     N_("The law lists in which form people must be told. Whoever is reached by another way only has not been told as "
        "it "
        "asks."),
     N_("Put one of the accepted channels on the ladder of the audience. Others may stay as a courtesy.")},
    {"BR-COVERAGE-006", "coverage-perhaps", N_("a notice leaves out something that it should or may have to say"),
     N_("Either it is advice of an authority, or the law asks for it only in a case that the playbook does not tell."),
     N_("Read what the message names. If it applies, add it to the template or to the playbook; else leave it.")},
    {"BR-COVERAGE-007", "coverage-case", N_("the case record cannot be read, so the notices could not be compared"),
     N_("What a notice must say depends on what was recorded of the case: counts, risks, decisions. Without them "
        "nothing is "
        "compared, and nothing is sent."),
     N_("Do what the message says about the case record, then type breach check again.")},
    {"BR-COVERAGE-008", "coverage-language", N_("a notice in a language that the law does not count"),
     N_("The law says in which language people must be told. Whoever gets another one only has not been told as it "
        "asks."),
     N_("Add the language to the template and to the texts of the playbook, and see that these people get it.")},
    {"BR-COVERAGE-009", "coverage-substitute", N_("an announcement does not stand for a notice by this law"),
     N_("The playbook leaves those whom no channel reaches with the announcement. The law that protects them knows no "
        "such "
        "substitute, so that by it they stay untold."),
     N_("Look for other addresses of these people, add a channel to the ladder, and note down who could not be reached "
        "and "
        "why.")},
    {"BR-COVERAGE-010", "coverage-left-out", N_("people are told without regard to a law that protects them"),
     N_("An audience that says regimes has its notices compared with those alone. A law of the playbook that protects "
        "people in it is not among them, or no audience has it at all."),
     N_("Add the law to the audience's regimes, or make the people whom it protects an audience of their own. When "
        "somebody "
        "else tells them, leave it as it is, and note down who.")},
    {"BR-COVERAGE-011", "coverage-pointer", N_("a short message points to a full text that nobody can read"),
     N_("It says no more than that there is something to read. No other channel of the audience and no announcement in "
        "that language has the full text, so whoever is reached by it is not told what the law asks."),
     N_("Add an announcement, or email or letters to the ladder of the audience, or write what is asked into the "
        "message "
        "itself.")},
    {"BR-COVERAGE-012", "coverage-people", N_("the people file has fewer people than are affected"),
     N_("The playbook or the case record says that more people are affected than the people file has rows. Whoever is "
        "not in it is not told, and everything would look complete."),
     N_("Ask whoever made the export whether it is whole. If the number in the playbook is too high, correct "
        "facts.affected. Those for whom there is no address are told by an announcement.")},
    {"BR-COVERAGE-013", "coverage-minors", N_("people under age are told without their guardians"),
     N_("A law of the playbook is about people under that age, and some of the people file are younger and in no "
        "audience of capacity guardian."),
     N_("Add an audience with capacity: guardian whose match takes them in, such as age < 18, or note down why their "
        "own notice is enough.")},
    {"BR-COVERAGE-014", "coverage-excess", N_("the people file has more people than are affected"),
     N_("The playbook or the case record says that fewer people are affected than the people file has rows. Laws go by "
        "that number: one that is too low makes duties disappear, and the reports to the authorities wrong."),
     N_("Correct facts.affected, or record the number with breach record affected. Take out of the people file whom it "
        "does not concern. Where the file also has people who are told for others, such as the contacts of customers, "
        "leave it as it is.")},
    {"BR-COVERAGE-015", "coverage-unasked", N_("people in a region whose law the playbook does not name"),
     N_("By the column region of the people file they live where the playbook names no law that asks for a notice to "
        "people. So nobody has looked whom else has to be told, by when, and what their notice must say."),
     N_("Add the law to regimes, with a condition for the people whom it protects. Where it does not bind you, accept "
        "the finding with the reason.")},
    {"BR-COVERAGE-016", "coverage-nobody", N_("a regime of the playbook protects nobody"),
     N_("Its condition holds for nobody of the people file. When a value in it is misspelled, nothing is asked of the "
        "notices to the people whom it should protect."),
     N_("Compare the condition with the cells of the people file. When nobody is meant, remove the regime, or leave it "
        "if its reports are owed all the same.")},
    {"BR-COVERAGE-017", "coverage-minors-law", N_("a law about minors is not among the regimes"),
     N_("By the columns region and age the people file has people whom this law protects. Nobody has looked what it "
        "asks, such as telling their guardians."),
     N_("Add it to regimes. Where it does not bind you, accept the finding with the reason.")},
    {"BR-COVERAGE-018", "coverage-column", N_("a regime names a column that the people file does not have"),
     N_("Nobody can say whom it protects, so that it is taken to protect everybody."),
     N_("Correct the name in people of the regime, or add the column to the people file.")},
};

const DiagnosticTable diagnostic_cover = {rows, G_N_ELEMENTS(rows)};
