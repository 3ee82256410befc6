#include "base/diagnostic_private.h"

#include <glib.h>

#include "base/language.h"

/* What was promised, who answers for it, what somebody accepts, and when sending will be done. A new row takes the next
 * number. */
static const Diagnostic rows[] = {
    {"BR-ACCEPT-001", "accept-refused", N_("something was accepted that cannot be"),
     N_("Only judgements can be accepted: that a notice says enough, that a promise is kept in another way, that a deadline "
        "is missed with open eyes. What is broken, or would reach a wrong reader, stays an error whoever takes the "
        "responsibility. Nothing is sent."),
     N_("Mend what the finding says, and remove the entry from accepted in the playbook.")},
    {"BR-ACCEPT-002", "accept-unused", N_("something was accepted that is not found any more"),
     N_("An entry that lets nothing pass today could let something pass tomorrow that nobody has looked at."),
     N_("Remove the entry from accepted in the playbook, or correct its id or about.")},
    {"BR-FORECAST-001", "forecast-late", N_("the last notice would go after its deadline"),
     N_("At the speed that the gateways allow, with their quotas and quiet hours, not everybody will have been told in "
        "time. Retries and pauses come on top."),
     N_("Raise the rate or the quota of the gateway that the message names, add a gateway, tell the most affected first "
        "(order), or begin earlier. If it cannot be helped, say so: accepted: [{id: BR-FORECAST-001, reason: …, by: …}].")},
    {"BR-POLICY-001", "policy-broken", N_("a promise to users would be broken"),
     N_("A published policy that the playbook names promises this to the people concerned, and the playbook does not keep "
        "it. Nothing is sent."),
     N_("Change what the message says. If the promise is kept in a way that breach cannot see, say how: accepted: [{id: "
        "BR-POLICY-001, about: POLICY/PROMISE, reason: …, by: …}].")},
    {"BR-POLICY-002", "policy-inferred", N_("something that follows from a policy is not done"),
     N_("The policy does not promise it in so many words, so that it stops nothing. Readers may expect it all the same."),
     N_("Do what the message says, or accept the finding with a reason.")},
    {"BR-ROLE-001", "role-processor-writes", N_("a processor would write to its customer's people"),
     N_("A processor tells its customer, who decides how people are told; writing to them without being asked can break "
        "the contract, and tell them twice. Nothing is sent."),
     N_("Give the audience capacity: organization, or write down the customer's order: instruction: {by: …, date: …, "
        "evidence: …}.")},
    {"BR-ROLE-002", "role-nobody-told", N_("a processor tells no customer"),
     N_("A processor owes its notice to the controllers whose data it keeps, and no audience of the playbook reaches one."),
     N_("Add an audience with capacity: organization and the template controller.")},
    {"BR-ROLE-003", "role-behalf", N_("it is not said for whom the processor works"),
     N_("Reports and notices name the controller on whose behalf data is kept."),
     N_("Write organization.on_behalf_of: the controller's name, or how several of them are called together.")},
    {"BR-ROLE-004", "role-joint-unsaid", N_("it is not said which of the joint controllers tells people"),
     N_("Two controllers who both tell people tell them twice, in two wordings; if each relies on the other, nobody does."),
     N_("Write organization.joint: {with: NAME, notifies: us or them, evidence: …}, as the arrangement with them says.")},
    {"BR-ROLE-005", "role-joint-they", N_("the other joint controller tells people, and this playbook would, too"),
     N_("By organization.joint the other one writes to the people concerned. Whoever is in an audience here would hear "
        "twice. Nothing is sent."),
     N_("Take the audiences of people out, or write notifies: us if the arrangement was changed. Audiences with capacity: "
        "organization may stay.")},
    {"BR-ROLE-006", "role-mismatch", N_("something is said about a role that the organisation does not have"),
     N_("on_behalf_of belongs to a processor, joint to a joint controller. Which of the two is wrong decides who is told."),
     N_("Correct organization.role, or take out what does not belong to it.")},
};

const DiagnosticTable diagnostic_promise = {rows, G_N_ELEMENTS(rows)};
