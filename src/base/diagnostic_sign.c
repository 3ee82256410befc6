#include "base/diagnostic_private.h"

#include <glib.h>

#include "base/language.h"

/* Proving to a provider that a request is ours. A new row takes the next number of its area. */
static const Diagnostic rows[] = {
    /* SIGN */
    {"BR-SIGN-001", "sign-url", N_("a request to a provider has no web address"),
     N_("The address of a request must begin with https:// (or http:// on this very machine). Nothing was sent."),
     N_("Mend request.url in the gateway file, then run the same command again.")},
    {"BR-SIGN-002", "sign-key", N_("a private key cannot be read"),
     N_("The file is no private key in PEM form, or it is locked with a passphrase. Nothing was sent through this "
        "gateway."),
     N_("Download the key from the provider's console again and put it, as it is, where the gateway file points.")},
    {"BR-SIGN-003", "sign-key-kind", N_("a private key is of the wrong kind"),
     N_("RS256 (FCM) needs an RSA key, ES256 (APNs) an EC key on the curve P-256. Nothing was sent through this "
        "gateway."),
     N_("Check that auth.secret of the gateway file names the key of this provider and not that of another one.")},
    {"BR-SIGN-004", "sign-key-use", N_("a private key cannot be used"),
     N_("The cryptographic library of this machine refuses it. Nothing was sent through this gateway."),
     N_("Make a new key in the provider's console. If that fails too, the library's own settings forbid such keys.")},
    {"BR-SIGN-005", "sign-member", N_("a secret's file does not hold what the gateway file looks for"),
     N_("The gateway file says at which place of a JSON file the secret stands, and there is nothing there. Nothing was "
        "sent through this gateway."),
     N_("Check that auth.secret names the provider's JSON file, and auth.secret_member the place in it.")},
    {"BR-SIGN-006", "sign-token-refused", N_("the provider refuses us a token"),
     N_("User or secret is wrong, has been withdrawn, or may not do this. Nothing was sent through this gateway since."),
     N_("Check auth in the gateway file against the provider's console. The same command goes on where it stopped.")},
    {"BR-SIGN-007", "sign-token-missing", N_("the provider gives no token at the moment"),
     N_("Its token service answers with an error of its own. The messages wait."),
     N_("Nothing need be done at once: it is tried again. If it goes on, look at the provider's status page.")},
    {"BR-SIGN-008", "sign-token-first", N_("a request needs a token that is not there yet"),
     N_("The token of a provider ended before a new one came. The message waits; nothing was sent."),
     N_("Nothing need be done: a token is fetched, and the message is tried again.")},
};

const DiagnosticTable diagnostic_sign = {rows, G_N_ELEMENTS(rows)};
