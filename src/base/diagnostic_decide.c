#include "base/diagnostic_private.h"

#include <glib.h>

#include "base/language.h"

/* What a person chooses, decides and looks at: retry, resolve, preview. A new row takes the next number of its area. */
static const Diagnostic rows[] = {
    /* SELECT */
    {"BR-SELECT-001", "select-outcome", N_("--outcome names no way in which messages end"), N_("Nothing was changed."),
     N_("Write --outcome failed, bounced, deferred, or all for failed and bounced together.")},
    {"BR-SELECT-002", "select-code", N_("--code is no answer of a relay that refuses"),
     N_("Nothing was changed. Refusals have reply codes from 400 to 599, and enhanced codes that begin with 4 or 5."),
     N_("Write --code 550, --code 5.1.1, or the beginning of an enhanced code: --code 5.1.")},
    {"BR-SELECT-003", "select-unknown", N_("the playbook has no audience, channel or gateway of this name"),
     N_("Nothing was changed: a misspelt name must not look like an empty choice."),
     N_("Copy the name from the playbook; the message lists what there is or what was meant.")},
    {"BR-SELECT-004", "select-domain", N_("--domain is no domain"), N_("Nothing was changed."),
     N_("Write what stands behind the @ of the addresses: --domain example.com.")},
    {"BR-SELECT-005", "select-person", N_("nobody with this id was planned"),
     N_("The ledger knows nobody of that id. Ids are compared letter by letter."),
     N_("Look the id up in the people file. If the person was added after the plan, type breach plan first.")},
    /* DECIDE */
    {"BR-DECIDE-001", "decide-count", N_("it concerns another number than was expected"),
     N_("Between looking and deciding something has changed. Nothing was done."),
     N_("Type the command without --yes to see what it concerns now, and then with the new number.")},
    {"BR-DECIDE-002", "decide-terminal", N_("a decision about many messages was not confirmed"),
     N_("Without a terminal nobody can be asked. Nothing was done."),
     N_("Add --yes --expect-count N with the number that the message prints, once you have looked at it.")},
    {"BR-DECIDE-003", "decide-unconfirmed", N_("the decision was not confirmed"),
     N_("What was typed is not the number that was asked for. Nothing was done."),
     N_("Type the command again, and the number when it is asked for.")},
    /* RETRY */
    {"BR-RETRY-001", "retry-dead", N_("messages to addresses that do not exist are about to be tried again"),
     N_("The relay said that there is no such mailbox or domain. It will say so again, and receivers think ill of senders "
        "who keep asking, so that other notices end up as spam."),
     N_("Correct the addresses in the people file and type breach plan: it plans a message to each new address. Choose "
        "the others with --code.")},
    /* RESOLVE */
    {"BR-RESOLVE-001", "resolve-decision", N_("it is not clear what was decided"),
     N_("One decision is taken at a time. Nothing was changed."),
     N_("Give one of --sent, --not-sent, --resend, --mended and --withhold; breach resolve PLAYBOOK alone lists what "
        "needs one.")},
    {"BR-RESOLVE-002", "resolve-thing", N_("it is not clear what the decision is about"), N_("Nothing was changed."),
     N_("Name one thing: --message ID, --person ID, --row N or --all-doubts.")},
    {"BR-RESOLVE-003", "resolve-all", N_("--all-doubts does not go with this decision"),
     N_("Nothing was changed. Quarantine is decided one by one, because its causes differ."),
     N_("Use --sent, --not-sent or --resend with --all-doubts; name the others with --message or --person.")},
    {"BR-RESOLVE-004", "resolve-reason", N_("a decision has no reason"),
     N_("It will be read by auditors: who decided what, and why. Nothing was changed."),
     N_("Add --reason with a sentence: what the log said, who was asked.")},
    {"BR-RESOLVE-005", "resolve-no-row", N_("the plan has no such row"),
     N_("Rows are counted from 1, without the header. Nothing was changed."),
     N_("Take the number from breach resolve PLAYBOOK.")},
    {"BR-RESOLVE-006", "resolve-no-id", N_("nothing can be decided about a row without an id of its own"),
     N_("The next plan could not find it again: it has no id, or shares it with another row. Nothing was changed."),
     N_("Give the row an id that no other has, or delete it from the people file, and type breach plan.")},
    {"BR-RESOLVE-007", "resolve-plan", N_("a person whom the plan quarantined is mended in the people file"),
     N_("There is no message that could be tried again. Nothing was changed."),
     N_("Correct the row that the message names and type breach plan; nothing else is needed.")},
    {"BR-RESOLVE-008", "resolve-no-message", N_("no message has this id"), N_("Nothing was changed."),
     N_("Take the id from breach resolve PLAYBOOK; it has 26 letters and digits.")},
    {"BR-RESOLVE-009", "resolve-state", N_("this cannot be decided about a message in this state"),
     N_("Only a doubt can be settled, and only what was not accepted can be tried again. Nothing was changed."),
     N_("breach resolve PLAYBOOK lists what needs a decision; breach retry tries failed ones again.")},
    {"BR-RESOLVE-010", "resolve-nothing", N_("there is nothing of this person to decide"),
     N_("Nothing of theirs is in a state that this decision is about. Nothing was changed."),
     N_("breach resolve PLAYBOOK lists what needs a decision.")},
    {"BR-RESOLVE-011", "resolve-on-way", N_("somebody who is not to be told has a message on its way or in doubt"),
     N_("The decision stands, for every later plan too. But a message that has been handed over may have arrived. One in "
        "doubt is not sent again by itself; one that is on its way is, should the relay refuse it for now."),
     N_("Hold the person, so that nothing is tried again: breach hold PLAYBOOK --person ID --reason \"…\". Then settle "
        "what is in doubt: breach resolve PLAYBOOK lists it.")},
    /* PREVIEW */
    {"BR-PREVIEW-001", "preview-person", N_("nobody in the people file has this id"),
     N_("Ids are compared letter by letter. Nothing was sent."), N_("Copy the id from the people file.")},
    {"BR-PREVIEW-002", "preview-twice", N_("the id stands in several rows"),
     N_("The plan would quarantine all of them, so none of them gets a message. Nothing was sent."),
     N_("Give each person one row and an id of their own.")},
    {"BR-PREVIEW-003", "preview-none", N_("this person would get no such message"),
     N_("The message says what the plan would make of this person instead. Nothing was sent."),
     N_("Choose another --audience or --channel, or correct the person's row.")},
    {"BR-PREVIEW-004", "preview-kind", N_("there is no such kind of text"),
     N_("Nothing was sent. An update is there only in a playbook whose edition is 2 or later."),
     N_("Write --edition-kind first or update, or leave it out.")},
    {"BR-PREVIEW-005", "preview-html", N_("the message has no HTML part"),
     N_("The template has none for this channel."), N_("Use --text or --raw.")},
    {"BR-PREVIEW-006", "preview-log", N_("preview.log cannot be written"),
     N_("A test that was sent is missing from the record."), N_("Make room or mend the rights of the state folder.")},
    {"BR-PREVIEW-007", "preview-refused", N_("the gateway did not take the test"),
     N_("The reply says why. Nobody was sent anything."),
     N_("breach check PLAYBOOK --probe looks at every step to the gateway.")},
    {"BR-PREVIEW-008", "preview-address", N_("the address for the test is no address"), N_("Nothing was sent."),
     N_("Write an address as in --send-to you@example.com.")},
    {"BR-PREVIEW-009", "preview-whose", N_("it is not said whose message is wanted"), N_("Nothing was sent."),
     N_("Add --person with an id of the people file.")},
    {"BR-PREVIEW-010", "preview-ways", N_("several ways of showing were asked for"), N_("Nothing was sent."),
     N_("Give one of --text, --html, --raw, --json and --send-to; --send-to may go with --json.")},
    /* HOLD */
    {"BR-HOLD-001", "hold-one-scope", N_("a hold is on one thing at a time"),
     N_("Each hold has its own reason and is lifted by itself, so that one command sets or lifts one. Nothing was held or "
        "lifted."),
     N_("Type the command once for each gateway, channel, audience, domain or person.")},
    {"BR-HOLD-002", "hold-reason", N_("a hold, and its lifting, need a reason"),
     N_("The reason stands in the log with your name, and in the first line of breach status: whoever wonders at night why "
        "nothing is sent reads it. Nothing was held or lifted."),
     N_("Add --reason with one line of text.")},
    {"BR-HOLD-003", "hold-none", N_("there is nothing to lift"),
     N_("Nothing is held on this incident. What waits may be in quiet hours, or its domain may refuse us for a while."),
     N_("Type breach status: it says what waits, why and until when.")},
    {"BR-HOLD-004", "hold-not-held", N_("this is not held, but something else is"),
     N_("A hold is lifted with the same option with which it was set. Nothing was lifted."),
     N_("Type one of the commands that the message lists.")},
    {"BR-HOLD-005", "hold-nobody", N_("nothing goes to the domain that is held"),
     N_("The hold is set and keeps nothing back: no message that is still to be sent goes to this domain, mostly because it "
        "is mistyped. What goes to the domain that you meant is still sent."),
     N_("Look at the spelling, type breach hold with the right domain, and breach lift for this one.")},
};

const DiagnosticTable diagnostic_decide = {rows, G_N_ELEMENTS(rows)};
