#include "base/diagnostic_private.h"

#include <glib.h>

#include "base/language.h"

/* What is wrong with the description of a provider that is reached over HTTP. A new row takes the next number. */
static const Diagnostic rows[] = {
    {"BR-PROVIDER-001", "provider-preset", N_("there is no such preset"),
     N_("A preset is a description of a provider that comes with breach. Without it nothing is known about how to "
        "reach "
        "this provider, so this gateway sends nothing."),
     N_("Write one of the names that are listed. For another provider leave preset out and describe its request and "
        "its "
        "answers, see breach-gateway(5).")},
    {"BR-PROVIDER-002", "provider-params", N_("a parameter of a preset is missing or unknown"),
     N_("A preset leaves open what only your account knows: ids, regions, senders. Nothing is sent by this gateway "
        "until "
        "each of them is there."),
     N_("Add the parameter under params as it stands in the provider's console. Secrets are written env:NAME or "
        "file:PATH, never themselves.")},
    {"BR-PROVIDER-003", "provider-url", N_("a URL in a gateway file cannot be used"),
     N_("Messages about people go only to a fixed host, over https. In plain text, or with a host that data could "
        "change, anybody on the way could read who is affected."),
     N_("Write https://HOST/PATH, with what follows a ? under query. http:// is allowed for this machine only.")},
    {"BR-PROVIDER-004", "provider-hole", N_("a {{…}} in a gateway file names nothing that a request may use"),
     N_("A request is filled from a short list of names, so that a provider gets only what the file says. This one is "
        "not in the list, or is not closed."),
     N_("Mend the name: breach-gateway(5) lists all of them; a column of the people file is written {{person.NAME}}.")},
    {"BR-PROVIDER-005", "provider-rule", N_("a rule about answers has no effect, or a dangerous one"),
     N_("The first rule that fits an answer counts. One that can never count hides a mistake; one that takes any "
        "answer "
        "for accepted would call people told who were not."),
     N_("Put rules about single codes before those about whole ranges, and let accepted depend on a status from 200 to "
        "299 or on a value in the answer.")},
    {"BR-PROVIDER-006", "provider-doubt", N_("in_doubt does not fit what this provider can do"),
     N_("After a crash or a lost answer it is not known whether the provider took a message. Asking needs a look-up by "
        "our id; sending again is safe only where the provider recognises the repetition."),
     N_("Describe the look-up or the idempotency key if the provider has one; otherwise write in_doubt: hold, and "
        "settle "
        "doubts with breach resolve.")},
    {"BR-PROVIDER-007", "provider-receipts", N_("no receipts can come as the gateway file expects them"),
     N_("Silence may move people to the next channel only where the provider reports deliveries as well as failures. "
        "Here nothing brings such reports."),
     N_("Describe receipt or a lookup with polls: true, or write receipts: none and on_silence: none.")},
    {"BR-PROVIDER-008", "provider-batch", N_("a batch would tell many people what belongs to one"),
     N_("With a batch one request serves many messages. What differs from person to person must stand in the part that "
        "is repeated for each of them, or one person's data would go to all."),
     N_("Put it within $each, or write limits: {batch: 1}.")},
    {"BR-PROVIDER-009", "provider-idempotency", N_("the request lacks the key by which a repetition is recognised"),
     N_("The file says that the provider recognises a repeated message by its id, but the request does not carry the "
        "id "
        "there. A message in doubt would be sent again and reach the person twice."),
     N_("Put {{id}} or {{uuid}} into that header or field of the request, or remove idempotency.")},
    {"BR-PROVIDER-010", "provider-approved", N_("the gateway sends parameters of texts that are not listed"),
     N_("This provider takes only texts that it has approved, with their parameters. Without the list breach cannot "
        "tell "
        "which id belongs to which notice."),
     N_("List the texts under approved: the template, the language, the provider's id, the exact text and its state in "
        "the provider's console.")},
};

const DiagnosticTable diagnostic_provider = {rows, G_N_ELEMENTS(rows)};
