#include "base/diagnostic_private.h"

#include <glib.h>

#include "base/language.h"

/* What goes wrong between us and a relay. A new row takes the next number of its area. */
static const Diagnostic rows[] = {
    /* RELAY */
    {"BR-RELAY-001", "relay-host", N_("the relay's host cannot be found"),
     N_("The name does not exist in DNS, or no resolver answers. Nothing was sent; all messages stay planned."),
     N_("Look the name up: getent hosts NAME. Mend host in the gateway file, or the network, and type the same "
        "command again.")},
    {"BR-RELAY-002", "relay-connect", N_("the relay cannot be reached"),
     N_("Nobody listens there, or a firewall is in between. Nothing was sent; breach tries again by itself."),
     N_("Check that the relay is running and that host and port are right: breach check PLAYBOOK --probe. "
        "Meanwhile nothing is lost.")},
    {"BR-RELAY-003", "relay-lost", N_("the connection to the relay was lost"),
     N_("The relay or the network went away. Messages whose last octets had left are in doubt and are settled by "
        "the gateway's in_doubt rule; the rest is tried again."),
     N_("Nothing, if it happens now and then. If it goes on, look at the relay's log and at the timeouts in "
        "the gateway file.")},
    {"BR-RELAY-004", "relay-nonsense", N_("the relay's answer makes no sense"),
     N_("The answer was no SMTP reply, or not the one that belongs here. What the relay had already been given "
        "is in doubt."),
     N_("Check that port is an SMTP port and that no other service listens there. Ask the relay's owner if it "
        "goes on.")},
    {"BR-RELAY-005", "relay-no-answer", N_("the relay ended the conversation without an answer"),
     N_("No message of this connection was answered. They are tried again."),
     N_("Look at the relay's log: it mostly says why. Fewer connections in the gateway file may help.")},
    {"BR-RELAY-006", "relay-refuses", N_("the relay refuses every message"),
     N_("The relay said no for good, to all messages alike: the sender, the account or this machine is not "
        "allowed. Nobody is lost; the messages stay planned."),
     N_("Read the relay's words in the message. Mend bounce or auth in the gateway file, or ask the relay's "
        "owner to let this sender through; then type the same command again.")},
    {"BR-RELAY-007", "relay-refuses-now", N_("the relay takes nothing at the moment"),
     N_("The relay said: not now. breach slows down and tries again by itself."),
     N_("Nothing, for a while. If it goes on, ask the relay's owner for the limits and set rate and "
        "connections in the gateway file.")},
    {"BR-RELAY-008", "relay-no-starttls", N_("the relay offers no encryption"),
     N_("The gateway asks for STARTTLS and the relay does not offer it. Nothing was sent: an attacker on the way "
        "could have removed the offer."),
     N_("Ask the relay's owner whether STARTTLS is switched on, and whether something on the way removes it. "
        "Do not switch encryption off; only for a relay on this very machine (host: 127.0.0.1) write tls: none.")},
    {"BR-RELAY-009", "relay-injected", N_("somebody may be tampering with the connection"),
     N_("More arrived in plain text than the answer to STARTTLS. That is how commands are smuggled into an "
        "encrypted session. Nothing was sent."),
     N_("Ask the relay's owner and your network team. Send through another network until it is explained.")},
    {"BR-RELAY-010", "relay-no-auth", N_("the relay offers no way to log in that we can use"),
     N_("The gateway has a user and a password, and the relay does not offer PLAIN or LOGIN after encryption."),
     N_("Check port and tls in the gateway file: 587 with starttls is usual. Remove auth if the relay knows "
        "this machine by its address.")},
    {"BR-RELAY-011", "relay-password", N_("the relay refuses the user name or the password"),
     N_("Nothing was sent; all messages stay planned."),
     N_("Check auth in the gateway file and the secret that it names. Try them with breach check PLAYBOOK "
        "--probe, then type the same command again.")},
    {"BR-RELAY-012", "relay-auth-later", N_("the relay cannot check the password at the moment"),
     N_("The relay said: not now. breach tries again by itself."),
     N_("Nothing, for a while. If it goes on, ask the relay's owner.")},
    {"BR-RELAY-013", "relay-home", N_("the mail library cannot look into the home folder"),
     N_("libESMTP looks for certificates in .config/libesmtp below $HOME and may not. Nothing was sent."),
     N_("Set HOME to a folder that this user may read, and type the same command again.")},
    {"BR-RELAY-014", "relay-own-connection", N_("our own connection could not be told from others"),
     N_("A guard of ours could not be sure which socket is the relay's. Nothing was sent, and it is tried again."),
     N_("Nothing; if it goes on, report it with the output of breach --version.")},
    {"BR-RELAY-015", "relay-refuses-all", N_("the relay refuses everybody by policy"),
     N_("The relay refused the recipients of several domains one after another and took nobody in between, so it is "
        "the relay that does not want our mail, and no policy of those domains: mostly it wants AUTH, or does not know "
        "this machine's address. It rests, and one message is tried now and then. Nobody is lost."),
     N_("Read the relay's words in the message. Mend auth or tls in the gateway file, or ask the relay's owner to let "
        "this machine through; then type the same command again.")},
    {"BR-RELAY-016", "relay-auth-answer", N_("the relay gives no proper answer to AUTH"),
     N_("It said yes with another code than 235, the only one that means logged in (RFC 4954), and nobody knows what it makes "
        "of the password. Nothing was sent; all messages stay planned."),
     N_("Ask the relay's owner. If the relay needs no password, as test relays do, leave auth out of the gateway file. Then "
        "type the same command again.")},
    /* TLS */
    {"BR-TLS-001", "tls-wrong-name", N_("the relay's certificate is for another host"),
     N_("The relay is not the one that the gateway file names, or its certificate is wrong. Nothing was sent."),
     N_("Write the name that stands in the certificate as host, if it is the relay that you mean. Otherwise "
        "ask its owner.")},
    {"BR-TLS-002", "tls-expired", N_("the relay's certificate has expired"),
     N_("Nobody vouches for the relay any more. Nothing was sent."),
     N_("Ask the relay's owner to renew it. Check this machine's clock with date.")},
    {"BR-TLS-003", "tls-too-early", N_("the relay's certificate is not valid yet"),
     N_("Mostly this machine's clock is wrong. Nothing was sent."),
     N_("Check the clock with date; if it is right, ask the relay's owner.")},
    {"BR-TLS-004", "tls-untrusted", N_("nobody whom we trust vouches for the relay"),
     N_("The certificate is signed by an authority that this machine does not know. Nothing was sent."),
     N_("If the relay has a CA of its own, save its certificate as PEM and name the file as ca_file in the "
        "gateway file. Otherwise ask its owner.")},
    {"BR-TLS-005", "tls-refused", N_("the relay's certificate is refused"),
     N_("It is damaged, revoked, or of a kind that cannot be accepted. Nothing was sent."),
     N_("Give the words in brackets to the relay's owner.")},
    {"BR-TLS-006", "tls-ca-file", N_("the file with the relay's CA cannot be used"),
     N_("It cannot be read, or has no certificate in PEM."),
     N_("Check the path of ca_file in the gateway file. The file starts with -----BEGIN CERTIFICATE-----.")},
    {"BR-TLS-007", "tls-too-old", N_("the relay knows no encryption that is still safe"),
     N_("TLS 1.2 or newer is needed. Nothing was sent."),
     N_("Ask the relay's owner to switch TLS 1.2 on.")},
    {"BR-TLS-008", "tls-handshake", N_("the encrypted connection could not be set up"),
     N_("The handshake broke off, mostly because the connection was lost. It is tried again."),
     N_("Nothing, if it happens now and then. If it goes on, check that port speaks STARTTLS: 587 or 25, not "
        "465.")},
    /* MESSAGE */
    {"BR-MESSAGE-001", "message-encoding", N_("a message has a text that is not UTF-8"),
     N_("The message is quarantined. Everybody else is told."),
     N_("Mend the person's row in the people file and type breach plan.")},
    {"BR-MESSAGE-002", "message-header", N_("a message would have a broken header"),
     N_("A value for the subject or an address line has a line break or a control character. The message is "
        "quarantined, so that nobody can smuggle in a header."),
     N_("Mend the value in the people file or the playbook, and type breach plan.")},
    {"BR-MESSAGE-003", "message-address", N_("a message has an address that cannot stand in a header"),
     N_("The message is quarantined."),
     N_("Correct the address in the gateway file or the people file, and type breach plan.")},
    {"BR-MESSAGE-004", "message-name", N_("a message has a name with characters that are not allowed"),
     N_("The message is quarantined."),
     N_("Use letters, digits and hyphens for the id of the incident and the names of audiences.")},
    {"BR-MESSAGE-005", "message-date", N_("a message would have an impossible date"),
     N_("The clock of this machine is out of the years that a header can say."),
     N_("Check the clock with date, then type breach notify again.")},
    {"BR-MESSAGE-006", "message-shared", N_("very many people share one address"),
     N_("More than 20 people with one address is mostly a placeholder such as none@example.com. The message "
        "is quarantined."),
     N_("Correct the addresses in the people file and type breach plan. If it is a real shared mailbox, tell "
        "these people in another way.")},
    /* SINK */
    {"BR-SINK-001", "sink-listen", N_("the embedded relay cannot listen"),
     N_("A rehearsal sends to a relay inside this program, on 127.0.0.1. The port is taken or not allowed. "
        "Nothing was sent."),
     N_("Type the command again: a free port is chosen. In a container, allow loopback.")},
    {"BR-SINK-002", "sink-log", N_("the embedded relay cannot write its log"),
     N_("Nothing was sent."),
     N_("Check the path, its permissions and the free space with df.")},
    {"BR-SINK-003", "sink-certificate", N_("the embedded relay cannot make its certificate"),
     N_("OpenSSL refused. Nothing was sent."),
     N_("Check that OpenSSL works on this machine: openssl version.")},
};

const DiagnosticTable diagnostic_send = {rows, G_N_ELEMENTS(rows)};
