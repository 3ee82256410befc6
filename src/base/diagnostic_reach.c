#include "base/diagnostic_private.h"

#include <glib.h>

#include "base/language.h"

/* Who can be reached, in which capacity, across which border, and in which words of a provider. */
static const Diagnostic rows[] = {
    /* AUDIENCE */
    {"BR-AUDIENCE-001", "audience-unknown-name", N_("a condition names a column that the people file does not have"),
     N_("Nobody could be judged by it, so nobody is planned."),
     N_("Correct the name, or add the column to the people file.")},
    {"BR-AUDIENCE-002", "audience-instruction",
     N_("a customer's people would be written to without the customer's instruction"),
     N_("Who processes data for a customer tells the customer, and writes to the customer's people only when told to."),
     N_("Write instruction: {by, date, evidence} under the audience, or set capacity: organization to tell the "
        "customer.")},
    {"BR-AUDIENCE-003", "audience-deadline", N_("the time by which an audience was to be told is over"),
     N_("These people wait longer than was promised or than the law allows."),
     N_("Send now, and note down why it is late: a regulator will ask. Correct the deadline if it is wrong.")},
    {"BR-AUDIENCE-004", "audience-guardian", N_("minors have no guardian who can be reached"),
     N_("Nobody is told in their place. A notice that a small child gets alone does not count."),
     N_("Fill in guardian_email, guardian_phone or guardian_address in the people file, or put more ways into the "
        "ladder.")},
    {"BR-AUDIENCE-005", "audience-unreachable", N_("people have no address that can be used"),
     N_("They count as unreachable: no way of the ladder of their audience leads to them."),
     N_("Complete their rows, or put more ways into the ladder. For those who stay, an announcement is due.")},
    {"BR-AUDIENCE-006", "audience-unsafe", N_("the incident made addresses of people unsafe"),
     N_("Column compromised says that somebody else may read there, so nothing is sent to these addresses. The message "
        "says how many are told another way."),
     N_("Add a safer way to the ladder, such as letter, for those who cannot be reached otherwise.")},
    {"BR-AUDIENCE-007", "audience-private",
     N_("what a child kept to itself would be shown to its guardian, or handed over for one"),
     N_("Where a child can be reached is the child's own; a guardian is told about the incident, and not more."),
     N_("Remove the name from the template, or from the gateway's request. A template may show person.name and "
        "person.masked_email.")},
    {"BR-AUDIENCE-008", "audience-capacity", N_("a text uses a name that another capacity has"),
     N_("guardian.name is known with capacity: guardian, organization_people.count with capacity: organization."),
     N_("Set the capacity of the audience, or use another template for it.")},
    {"BR-AUDIENCE-009", "audience-incomplete", N_("rows lack what their audience needs"),
     N_("Without it nobody can say which notice these people get, or the notice would have a gap. They are "
        "quarantined, "
        "and nobody guesses for them."),
     N_("Fill in the column for these people, or write the condition so that it does not need it, or guard the name in "
        "the template.")},
    {"BR-AUDIENCE-010", "audience-none", N_("people fall into no audience"),
     N_("They are withheld: whoever no audience of the playbook fits is told nothing."),
     N_("Write an audience without match at the end of the list, or a wider match. If they are not to be told, nothing "
        "has to be done.")},
    {"BR-AUDIENCE-011", "audience-language", N_("people get another language than they asked for"),
     N_("The template of their audience has no text in their language, so they get it in default_locale."),
     N_("Add the language to the template, as a folder with all its files, or leave it if they can read the other.")},
    {"BR-AUDIENCE-012", "audience-regime", N_("an audience names a regime that the playbook does not have"),
     N_("Its notices would be held against nothing under that name."),
     N_("Add the id to regimes of the playbook, or take it out of the audience.")},
    /* REGION */
    {"BR-REGION-001", "region-border", N_("data of people would leave their region"),
     N_("The gateway is in another region than these people, and nothing in the playbook allows that. Nothing can be "
        "planned before it is settled."),
     N_("Name a gateway in their region, or write under cross_border what allows it: pair, basis, purpose, recipient, "
        "safeguards and risks. Ask whoever answers for privacy first.")},
    {"BR-REGION-002", "region-consent", N_("people have not consented to their data leaving their region"),
     N_("For them this way is left out; the other ways of their ladder are used."),
     N_("Nothing has to be done if other ways reach them. Otherwise use a gateway in their region.")},
    {"BR-REGION-003", "region-unknown", N_("people have no region that can be read"),
     N_("Whether their data crosses a border on its way to the gateway cannot be seen."),
     N_("Fill in the column region with a country or a group of countries, such as cn, de or eu.")},
    {"BR-REGION-004", "region-consent-column", N_("the people file lacks the column of a consent"),
     N_("cross_border asks for the consent of each person in a column that is not there, so nobody would have "
        "consented."),
     N_("Correct the name under cross_border, or add the column, with yes or no in each row.")},
    /* TEXT */
    {"BR-TEXT-001", "text-too-long", N_("a text is longer than its gateway takes"),
     N_("The provider would refuse it, or cut it off."),
     N_("Shorten the template: a short message points to the full text and gives the notice number.")},
    {"BR-TEXT-002", "text-long", N_("a text message has many segments"),
     N_("Each segment is paid for, and they may arrive apart or not all. One character outside of the GSM alphabet, "
        "such as "
        "a curly quote, more than halves what fits into one."),
     N_("Say less, and point to the full text.")},
    {"BR-TEXT-003", "text-signature", N_("a text message has no signature, or more than one"),
     N_("Carriers of the Chinese mainland take a text message only with its approved signature once, at the front."),
     N_("Write sign under approved in the gateway file and leave it out of the template; without approved texts, begin "
        "the "
        "template with it.")},
    {"BR-TEXT-004", "text-approved-differs", N_("a provider's approved text is not ours"),
     N_("The provider sends its own copy. People would read other words than those that were checked, and that count "
        "as "
        "evidence."),
     N_("Copy the text from the provider's console into the gateway file again. If the difference is there, change the "
        "template, or have the new text approved.")},
    {"BR-TEXT-005", "text-approved-state", N_("a text is not approved by its provider"),
     N_("The provider will refuse it. The message says how many people depend on it, and how else they can be "
        "reached."),
     N_("Use a text that is approved, such as the standing pointer, or let the ladder take another way. Ask the "
        "provider to "
        "approve it: at night and on holidays that may take until morning.")},
    {"BR-TEXT-006", "text-approved-stale", N_("nobody has looked lately whether a text is approved"),
     N_("Providers withdraw approvals, and then refuse the text without a word before."),
     N_("Look at the provider's console and write the time as checked_at in the gateway file.")},
    {"BR-TEXT-007", "text-approved-missing", N_("a provider that takes approved texts only has none for a template"),
     N_("Every message of it would be refused."),
     N_("Add the text under approved in the gateway file, with the provider's id, its exact words and its "
        "parameters.")},
};

const DiagnosticTable diagnostic_reach = {rows, G_N_ELEMENTS(rows)};
