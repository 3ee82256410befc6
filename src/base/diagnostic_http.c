#include "base/diagnostic_private.h"

#include <glib.h>

#include "base/language.h"

/* What goes wrong between us and a provider that is reached over HTTP. A new row takes the next number of its area. */
static const Diagnostic rows[] = {
    {"BR-HTTP-001", "http-host", N_("the provider's host cannot be found"),
     N_("The name does not exist in DNS, or no resolver answers. Nothing was sent; all messages stay planned."),
     N_("Look the name up: getent hosts NAME. Mend the URL in the gateway file, or the network, and type the same "
        "command again.")},
    {"BR-HTTP-002", "http-connect", N_("the provider cannot be reached"),
     N_("Nobody listens there, it does not answer, or a firewall is in between. Nothing was sent; breach tries again by "
        "itself. Proxies of the environment (https_proxy) are not used."),
     N_("Check that this machine may open connections to the host and port that the message names. Meanwhile nothing is "
        "lost.")},
    {"BR-HTTP-003", "http-certificate", N_("the provider's certificate cannot be believed"),
     N_("It is for another host, has ended, or is signed by nobody whom this machine trusts. Nothing was sent."),
     N_("Check the host in the gateway file and the clock with date. If the provider has a CA of its own, save its "
        "certificate as PEM and name the file as ca_file.")},
    {"BR-HTTP-004", "http-ca-file", N_("the file with the provider's CA cannot be used"),
     N_("It cannot be read, or has no certificate in PEM. Nothing was sent."),
     N_("Check the path of ca_file in the gateway file. The file starts with -----BEGIN CERTIFICATE-----.")},
    {"BR-HTTP-005", "http-handshake", N_("the encrypted connection to the provider could not be set up"),
     N_("The handshake broke off, or the provider knows no TLS 1.2. Nothing was sent; it is tried again."),
     N_("Nothing, if it happens now and then. If it goes on, check the port in the gateway file.")},
    {"BR-HTTP-006", "http-url", N_("a URL cannot be used"),
     N_("It is not https, and not http to this machine itself; or it has a user name in it. Nothing was sent."),
     N_("Mend the URL in the gateway file: https://HOST/PATH.")},
    {"BR-HTTP-007", "http-not-noted", N_("a request could not be noted before it was sent"),
     N_("What is about to be sent is written to disk first, and that failed. The request was not sent."),
     N_("Make room on the disk of the state folder, and type the same command again. Nothing is lost.")},
    {"BR-HTTP-008", "http-timeout", N_("the provider took a request and did not answer"),
     N_("Its messages are in doubt: they may have been taken. The gateway's in_doubt rule settles them."),
     N_("Nothing, if it happens now and then. If it goes on, raise limits.timeout in the gateway file, or ask the "
        "provider.")},
    {"BR-HTTP-009", "http-lost", N_("the connection to the provider was lost"),
     N_("It ended after a request had left and before the answer was complete. Its messages are in doubt, and the "
        "gateway's in_doubt rule settles them. They are not sent again behind its back."),
     N_("Nothing, if it happens now and then. If it goes on, ask the provider, or lower connections.")},
    {"BR-HTTP-010", "http-nonsense", N_("the provider's answer is no HTTP"),
     N_("Something else listens on that port. What was sent is in doubt."), N_("Check host and port in the gateway file.")},
    {"BR-HTTP-011", "http-answer-size", N_("the provider's answer is too long"),
     N_("An answer is read up to limits: answer and no further, so that nobody can fill this machine. What was sent is "
        "in doubt."),
     N_("Ask the provider what it answers. Raise limits: answer in the gateway file only if that is meant.")},
    {"BR-HTTP-012", "http-account", N_("the provider refuses us"),
     N_("It refuses every request, because of our key, balance, signature or approval, and says nothing about anybody in "
        "particular. The gateway rests, and one message is tried now and then. Nobody is lost."),
     N_("Read the provider's words in the message. Mend auth or the URL in the gateway file, or the account at the "
        "provider; then type the same command again.")},
    {"BR-HTTP-013", "http-token", N_("the provider's tokens end before they can be used"),
     N_("Mostly this machine's clock is wrong. Nothing was sent."), N_("Check the clock with date.")},
    {"BR-HTTP-014", "http-number", N_("a value that has to be a number is none"),
     N_("The gateway file says $number, and what stands there for this person is no number. The message is "
        "quarantined."),
     N_("Mend the person's row, or write the value as text in the gateway file; then type breach resolve.")},
    {"BR-HTTP-015", "http-text-length", N_("a text is too long for the provider"),
     N_("The gateway file says how many characters the provider takes (limits: text, or segments), and it would cut the "
        "rest. The message is quarantined."),
     N_("Shorten the template of that channel, and type breach plan.")},
    {"BR-HTTP-016", "http-not-approved", N_("the provider has not approved a text"),
     N_("The provider takes approved texts only, and this one is not among them, or waits for its decision. The message "
        "is quarantined: it would be refused."),
     N_("Have the text approved, write its state into the gateway file (approved), and type breach resolve. breach check "
        "says who else could be reached how.")},
};

const DiagnosticTable diagnostic_http = {rows, G_N_ELEMENTS(rows)};
