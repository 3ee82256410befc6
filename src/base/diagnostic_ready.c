#include "base/diagnostic_private.h"

#include <glib.h>

#include "base/language.h"

/* What is looked at before anything is sent: the probe of a gateway, this machine, the confirmation. A
 * new row takes the next number of its area. */
static const Diagnostic rows[] = {
    /* PROBE */
    {"BR-PROBE-001", "probe-resolve", N_("the relay's host cannot be found by the probe"),
     N_("The name does not exist in DNS, or this machine's name service does not answer. Nothing could be sent through "
        "this gateway."),
     N_("Look the name up: getent hosts NAME. Mend host in the gateway file or the name service, then probe again.")},
    {"BR-PROBE-002", "probe-connect", N_("the probe cannot connect to the relay"),
     N_("Nobody listens on that port, or a firewall is in between. Nothing could be sent through this gateway."),
     N_("Check host and port in the gateway file, ask whoever runs the relay and the firewall, then probe again.")},
    {"BR-PROBE-003", "probe-silent", N_("the relay does not answer the probe"),
     N_("The connection stands but no answer came in time. A port that expects TLS from the first octet (465) behaves "
        "like that, and so does a firewall that holds connections."),
     N_("Use the port for STARTTLS (mostly 587), or ask the relay's owner, then probe again.")},
    {"BR-PROBE-004", "probe-lost", N_("the relay ended the connection with the probe"),
     N_("It closed without an answer. Many relays do that to machines that they do not know."),
     N_("Ask the relay's owner to let this machine in, and look at the relay's log.")},
    {"BR-PROBE-005", "probe-nonsense", N_("what answered the probe is no mail relay"),
     N_("The answer was not SMTP. Nothing could be sent through this gateway."),
     N_("Mend host and port in the gateway file, then probe again.")},
    {"BR-PROBE-006", "probe-greeting", N_("the relay turned the probe away at once"),
     N_("It refused the connection with a reply of its own, mostly because it does not know this machine's address."),
     N_("Ask the relay's owner to let this machine in; the reply says why it does not.")},
    {"BR-PROBE-007", "probe-ehlo", N_("the relay refuses our name in EHLO"),
     N_("Some relays want a name that DNS knows. Nothing could be sent through this gateway."),
     N_("Write helo: HOSTNAME with this machine's public name into the gateway file, then probe again.")},
    {"BR-PROBE-008", "probe-no-starttls", N_("the relay offers no STARTTLS"),
     N_("Passwords and notices are never sent in plain text over a network, so nothing would be sent. Somebody on the "
        "way may have removed the offer."),
     N_("Check the port (mostly 587) and ask the relay's owner whether STARTTLS is switched on. For a relay on this very "
        "machine (host: 127.0.0.1) write tls: none.")},
    {"BR-PROBE-009", "probe-starttls-refused", N_("the relay refuses STARTTLS"),
     N_("It offers TLS and then does not do it, mostly because its certificate cannot be read. Nothing would be sent."),
     N_("Tell the relay's owner, with the reply.")},
    {"BR-PROBE-010", "probe-injected", N_("somebody tampers with STARTTLS"),
     N_("More octets came in plain text than the answer. They would have been taken for answers inside TLS, and false "
        "proofs of delivery would follow. Nothing would be sent."),
     N_("Try from another network. If it goes on, the relay is broken: tell its owner.")},
    {"BR-PROBE-011", "probe-no-auth", N_("the relay offers no AUTH that breach knows"),
     N_("The gateway file has a user, but the relay asks for none, or for a mechanism that breach does not have."),
     N_("Leave auth out of the gateway file if the relay needs none, or ask its owner for PLAIN or LOGIN.")},
    {"BR-PROBE-012", "probe-auth", N_("the relay refuses user or password"),
     N_("Nothing would be sent through this gateway. Nothing says whether the user or the password is wrong."),
     N_("Set the password again where auth names it (env: or file:), check user, then probe again.")},
    {"BR-PROBE-013", "probe-mail", N_("the relay refuses our return path"),
     N_("Every message has a return path of its own, the bounce address with a token behind a +. A relay that allows "
        "only "
        "fixed senders refuses them all."),
     N_("Ask the relay's owner to allow every sender of the domain of bounce, or choose another bounce address.")},
    {"BR-PROBE-014", "probe-rcpt-from", N_("the relay refuses mail to our own address"),
     N_("The address in From does not exist or cannot be reached from there. People who answer a notice would get an "
        "error, and many receivers refuse a sender that does not exist."),
     N_("Make the mailbox, or mend from in the gateway file.")},
    {"BR-PROBE-015", "probe-rcpt-bounce", N_("the relay refuses mail to our bounce address"),
     N_("Bounces go to the bounce address with a token behind a +. Where they are refused, nobody would ever learn who "
        "was not reached."),
     N_("Let the server of that domain accept anything behind a + (Postfix: recipient_delimiter = +), or choose "
        "another "
        "bounce address.")},
    {"BR-PROBE-016", "probe-rset", N_("the relay refuses RSET"),
     N_("A relay that does not know the simplest commands may not do others properly either."),
     N_("Tell the relay's owner, with the reply.")},
    {"BR-PROBE-017", "probe-spf-none", N_("a domain has no SPF record"),
     N_("Receivers cannot tell our relay from a forger. Many put such mail into the spam folder or refuse it."),
     N_("Publish a TXT record at the domain: v=spf1 with the relay's addresses (ask its owner what to include) and "
        "-all.")},
    {"BR-PROBE-018", "probe-spf-many", N_("a domain has more than one SPF record"),
     N_("Receivers treat that as an error (RFC 7208 4.5), as if there were none."),
     N_("Join them into one TXT record.")},
    {"BR-PROBE-019", "probe-spf-all", N_("an SPF record allows everybody"),
     N_("It ends with all, +all or ?all, so that anybody may send in the name of the domain, and receivers know it."),
     N_("End it with ~all, and with -all once all senders are listed.")},
    {"BR-PROBE-020", "probe-dmarc-none", N_("a domain has no DMARC record"),
     N_("Large mailbox providers ask for one of whoever sends thousands of messages a day; without it they slow down "
        "or "
        "refuse."),
     N_("Publish a TXT record at _dmarc.DOMAIN, to begin with: v=DMARC1; p=none; rua=mailto:ADDRESS.")},
    {"BR-PROBE-021", "probe-dmarc-many", N_("a domain has more than one DMARC record"),
     N_("Receivers then use none of them (RFC 7489 6.6.3)."), N_("Leave one TXT record at _dmarc.DOMAIN.")},
    {"BR-PROBE-022", "probe-dmarc-alignment", N_("SPF does not count for the domain in From"),
     N_("DMARC wants SPF or DKIM to pass for the domain of From. The return path is at another domain, so that only "
        "DKIM "
        "can."),
     N_("Have the relay sign with DKIM for the domain of From, or take a bounce address of that domain.")},
    {"BR-PROBE-023", "probe-certificate-ends", N_("the relay's certificate ends soon"),
     N_("From that day on nothing is sent through this gateway."), N_("Ask the relay's owner to renew it in time.")},
    {"BR-PROBE-024", "probe-resolver", N_("that is no address of a resolver"), N_("Nothing was looked at."),
     N_("Write the IPv4 address of a DNS resolver behind --resolver, with :PORT if it is not 53.")},
    {"BR-PROBE-025", "probe-needed", N_("an option of breach check works only with --probe"),
     N_("Without --probe breach check talks to nobody, so that there is no resolver to ask and no step to write down. "
        "Nothing was looked at."),
     N_("Add --probe, or leave the option out.")},
    {"BR-PROBE-026", "probe-auth-answer", N_("the relay gives no proper answer to AUTH"),
     N_("It said yes with another code than 235, the only one that means logged in (RFC 4954). What it makes of the password "
        "is not known, so nothing would be sent through this gateway. Test relays that take everything behave like that."),
     N_("Ask the relay's owner. If the relay needs no password, leave auth out of the gateway file, then probe again.")},
    {"BR-PROBE-027", "probe-folder", N_("nothing can be put into a gateway's folder"),
     N_("Letters, call lists or announcement pages of this gateway would have nowhere to lie, so none would count as "
        "handed over."),
     N_("Make the folder that is named, or the one around it, and give yourself the right to write there: ls -ld shows "
        "it. Then type breach check --probe again.")},
    /* MACHINE */
    {"BR-MACHINE-001", "machine-disk-full", N_("there is surely not enough room on the disk"),
     N_("The record of what was sent would run out of room in the middle of sending. Nothing was sent."),
     N_("Make room on the disk of the state folder (df -h), or use --state with a folder on another disk.")},
    {"BR-MACHINE-002", "machine-disk-tight", N_("the disk may become too small"),
     N_("What is left is less than sending is thought to need with all retries. A full disk stops sending; it loses "
        "nothing."),
     N_("Make room on the disk of the state folder, or watch it.")},
    {"BR-MACHINE-003", "machine-descriptors", N_("this user may not open as many connections"),
     N_("The hard limit on open files is lower than what the gateways' connections need. Nothing was sent."),
     N_("Type ulimit -Hn NUMBER as root in front of the command, raise LimitNOFILE in the unit, or lower connections "
        "in "
        "the gateway file.")},
    {"BR-MACHINE-004", "machine-clock-back", N_("this machine's clock is behind the plan"),
     N_("It shows a time before the plan was made, or before this version of breach was built. Dates in notices, "
        "waiting "
        "times and legal clocks would be wrong. Nothing was sent."),
     N_("Set the clock (timedatectl; chronyc makestep), then type the same command again.")},
    {"BR-MACHINE-005", "machine-clock-unsynchronised", N_("this machine's clock is not synchronised"),
     N_("The kernel says that nobody keeps the clock right. The times in notices and in the record may be off."),
     N_("Start a time service: systemctl start systemd-timesyncd, or chrony. Compare date with a watch.")},
    {"BR-MACHINE-006", "machine-memory-folder", N_("the state folder lies in memory"),
     N_("It is lost when the machine is switched off, and with it the record of who was told: nobody could then say "
        "who "
        "still has to be."),
     N_("Use --state with a folder on a disk.")},
    /* CONFIRM */
    {"BR-CONFIRM-001", "confirm-digest", N_("the plan is not the one that was expected"),
     N_("Somebody planned again since that digest was noted. Nothing was sent."),
     N_("Look at what changed with breach plan and breach status, then confirm the new digest.")},
    {"BR-CONFIRM-002", "confirm-question", N_("an actual send has to be confirmed"),
     N_("There is no terminal to ask on, or --yes came without the digest of the plan. Nothing was sent."),
     N_("Type the command on a terminal, or add --yes --expect-digest with the digest that breach plan prints.")},
    {"BR-CONFIRM-003", "confirm-people", N_("many more people than last time"),
     N_("The number of people has grown by more than a fifth since a send was last confirmed, which may be a wrong "
        "file. "
        "Nothing was sent."),
     N_("Look at the people file. If the number is right, add --expect-people NUMBER, or type the number on a "
        "terminal.")},
    {"BR-CONFIRM-004", "confirm-no", N_("the send was not confirmed"),
     N_("What was typed is not what was asked for. Nothing was sent."),
     N_("Type the command again, and the incident id when it is asked for.")},
    {"BR-CONFIRM-005", "confirm-digest-short", N_("the digest that was expected is cut short"),
     N_("It is the beginning of the plan's digest. Other plans may begin alike, so it confirms nothing. Nothing was sent."),
     N_("Give --expect-digest all 64 characters: the last lines of breach plan have them, and --json of breach status.")},
    /* TRACE */
    {"BR-TRACE-001", "trace-open", N_("the trace cannot be written"),
     N_("The file or its folder cannot be created or written. Nothing was sent."),
     N_("Name another file behind --trace, or - for the terminal.")},
    {"BR-LOG-001", "log-lost", N_("run.log could not be written"),
     N_("Some lines of the log are missing. Sending does not depend on it, and the ledger is complete."),
     N_("Look at the disk and the rights of the state folder; nothing has to be sent again.")},
};

const DiagnosticTable diagnostic_ready = {rows, G_N_ELEMENTS(rows)};
