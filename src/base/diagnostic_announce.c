#include "base/diagnostic_private.h"

#include <glib.h>

#include "base/language.h"

/* The public announcement. A new row takes the next number of its area. */
static const Diagnostic rows[] = {
    /* ANNOUNCE */
    {"BR-ANNOUNCEMENT-001", "announcement-gateway", N_("the announcement is to go to a gateway that publishes nothing"),
     N_("A gateway that sends letters or text messages has no place where everybody can read. Nothing was published."),
     N_("Name a gateway of kind folder, or of kind http with sends: announcement, in the playbook's announcement "
        "key.")},
    {"BR-ANNOUNCEMENT-002", "announcement-person", N_("the announcement is about one person"),
     N_("Everybody reads it, so no name and no address of a person may stand in it. Nothing was published."),
     N_("Take the names that begin with person. out of the template; number is no name for an announcement either.")},
    {"BR-ANNOUNCEMENT-003", "announcement-render", N_("the announcement cannot be made from its template"),
     N_("Nothing was published."), N_("Mend what the message names, then type breach announce PLAYBOOK --draft.")},
    {"BR-ANNOUNCEMENT-004", "announcement-active", N_("the announcement has markup that runs or fetches"),
     N_("A notice of a breach that runs scripts or shows a form is what a phisher would make of it. Nothing was "
        "published."),
     N_("Write headings, paragraphs, lists and links of your own domain, and nothing else.")},
    {"BR-ANNOUNCEMENT-005", "announcement-link", N_("the announcement links to a domain that is not yours"),
     N_("Whoever reads about a breach is told to trust only your own addresses. Nothing was published."),
     N_("Take the link out, or list the domain under organization.domains if it is yours.")},
    {"BR-ANNOUNCEMENT-006", "announcement-none", N_("short messages point to an announcement that does not exist"),
     N_("SMS, push and instant messages say only that there is something to read. Without an announcement their "
        "readers "
        "find nothing, and take the message for a fraud."),
     N_("Add announcement: {gateway: NAME, when: always} to the playbook, or take these channels out of the ladders.")},
    {"BR-ANNOUNCEMENT-007", "announcement-late", N_("short messages may go before there is anything to read"),
     N_("With when: unreachable the announcement comes only once somebody cannot be reached, and nothing waits for "
        "it."),
     N_("Write when: always: then SMS, push and instant messages wait until it can be read in their language.")},
    {"BR-ANNOUNCEMENT-008", "announcement-locale",
     N_("the announcement is not in the language of those who are sent to it"),
     N_("They are sent to the announcement in the default language."),
     N_("It is published in each language that its template has and in which the playbook says something. Write the "
        "playbook's texts in that language; where its template lacks it, its folder needs announcement.subject, .txt "
        "and .html.")},
    {"BR-ANNOUNCEMENT-009", "announcement-reason", N_("there is no reason why the announcement stands in for notices"),
     N_("The law lets a public announcement replace a notice to a person only where that notice would take "
        "disproportionate effort or is not possible (GDPR art. 34(3)(c)). An authority will ask for the reason."),
     N_("Write announcement: {reason: …} with what was tried and why nothing else is left.")},
    {"BR-ANNOUNCEMENT-010", "announcement-broken", N_("the announcement of a rehearsal has mistakes"),
     N_("Nothing was sent: what points to the announcement would point to nothing."),
     N_("Type breach check PLAYBOOK and mend what it lists.")},
    {"BR-ANNOUNCEMENT-011", "announcement-escalation", N_("two keys of the playbook contradict each other"),
     N_("announcement says when: unreachable, and escalation says that nothing is done for whoever is unreachable."),
     N_("Take unreachable: none out of escalation, or write when: always or when: never.")},
    {"BR-ANNOUNCE-001", "announce-busy", N_("another breach announce is at work"),
     N_("Two at a time could publish the same announcement twice. This one published nothing."),
     N_("Wait for its end, then type the command again: it goes on with what is left.")},
    {"BR-ANNOUNCE-002", "announce-folder", N_("a folder for the texts cannot be created"), N_("Nothing was published."),
     N_("Make room, or name a folder that you may write to.")},
    {"BR-ANNOUNCE-003", "announce-kind", N_("the playbook's edition is of another kind than was asked for"),
     N_("What an edition brings, an update, a correction or a withdrawal, is written in the playbook, so that the "
        "notices "
        "and the announcement say the same. Nothing was published."),
     N_("Raise incident.edition and write update: {kind: …}, plan again, or leave the option out.")},
    {"BR-ANNOUNCE-004", "announce-locale", N_("the announcement is not written in this language"),
     N_("Nothing was published."),
     N_("Choose one of the languages that the message lists, or write the template in it.")},
    {"BR-ANNOUNCE-005", "announce-gateway", N_("the announcement does not go to this gateway"),
     N_("Nothing was published."), N_("Take the name from the playbook's announcement key.")},
    {"BR-ANNOUNCE-006", "announce-edition", N_("the edition that is to be published is not planned"),
     N_("The announcement and the notices would say different things. Nothing was published."),
     N_("Type breach plan PLAYBOOK, then breach announce PLAYBOOK.")},
    {"BR-ANNOUNCE-007", "announce-copy", N_("the state folder is a copy of another one"),
     N_("What was published from the other folder is not known here, so it could be published a second time. Nothing "
        "was "
        "published."),
     N_("Publish from the folder that the ledger was made in; or, if nobody works there any more, type breach notify "
        "PLAYBOOK --adopt first.")},
    {"BR-ANNOUNCE-008", "announce-nothing", N_("the playbook announces nothing"),
     N_("It has no key announcement, or that key says when: never."),
     N_("Add announcement: {gateway: NAME, when: always} to the playbook.")},
    {"BR-ANNOUNCE-009", "announce-foreign", N_("the folder for announcements holds files of somebody else"),
     N_("Its start page or its list would have been replaced. Nothing was published there."),
     N_("Name a folder of its own in the gateway file, for instance one below the website, and type breach announce "
        "again.")},
    {"BR-ANNOUNCE-010", "announce-held", N_("everything is held, and so is what is published"),
     N_("Somebody held the whole incident, mostly because a mistake was found. Nothing was published. A correction or a "
        "withdrawal is published all the same."),
     N_("Ask whoever holds it, whom breach status names. Type breach lift PLAYBOOK --reason TEXT, then breach announce "
        "PLAYBOOK; if only messages are to wait, hold their channel or gateway instead.")},
};

const DiagnosticTable diagnostic_announce = {rows, G_N_ELEMENTS(rows)};
