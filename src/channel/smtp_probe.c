#include "channel/smtp_probe.h"

#include <netdb.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/id.h"
#include "base/language.h"
#include "base/secret.h"
#include "channel/smtp_esmtp.h"
#include "channel/smtp_esmtp_door.h"
#include "channel/smtp_probe_wire.h"
#include "model/address.h"

typedef struct Prober {
    const Gateway *gateway; /* borrowed */
    SmtpProbe *probe;       /* borrowed */
    SmtpProbeWire *wire;    /* owned */
    char *extensions;       /* owned; lines of the reply to EHLO */
    char *bounce;           /* owned; with a token */
    int code;               /* of the last reply */
    char *reply;            /* owned; NULL: none came */
    bool timed_out;
} Prober;

/* ---- results ---- */

static bool succeed(const Prober *prober, SmtpProbeStage stage, const char *text)
{
    SmtpProbeStep *step = &prober->probe->steps[stage];

    step->state = SMTP_PROBE_OK;
    step->text = g_strdup(text);
    return true;
}

static bool take_error(const Prober *prober, SmtpProbeStage stage, GError *error)
{
    SmtpProbeStep *step = &prober->probe->steps[stage];

    step->state = SMTP_PROBE_FAILED;
    step->error = error;
    prober->probe->has_failed = true;
    return false;
}

static bool fail(const Prober *prober, SmtpProbeStage stage, const char *id, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

static bool fail(const Prober *prober, SmtpProbeStage stage, const char *id, const char *format, ...)
{
    GError *error = NULL;
    va_list arguments;

    va_start(arguments, format);
    error_set_va(&error, BREACH_ERROR_CONFIG, id, NULL, format, arguments);
    va_end(arguments);
    return take_error(prober, stage, error);
}

/* What cannot be blamed on the step itself: nothing, or nonsense, came back. */
static bool fail_silent(const Prober *prober, SmtpProbeStage stage)
{
    const Gateway *gateway = prober->gateway;

    if (prober->reply)
        return fail(prober, stage, "probe-nonsense",
                    N_("%s:%d answers \"%s\", which is not SMTP: mend host and port in %s"), gateway->host,
                    gateway->port, prober->reply, gateway->at.file);
    if (prober->timed_out)
        return fail(prober, stage, "probe-silent",
                    N_("%s:%d does not answer: is it a mail relay, and does a firewall let us "
                       "through? ask the relay's owner"),
                    gateway->host, gateway->port);
    return fail(prober, stage, "probe-lost",
                N_("%s:%d ends the connection: ask the relay's owner whether this machine may "
                   "connect"),
                gateway->host, gateway->port);
}

/* ---- dialogue ---- */

static void hear(Prober *prober)
{
    g_free(prober->reply);
    prober->timed_out = false;
    prober->reply = smtp_probe_wire_reply(prober->wire, &prober->code, &prober->timed_out);
}

static void say(Prober *prober, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void say(Prober *prober, const char *format, ...)
{
    g_autofree char *line = NULL;
    va_list arguments;

    va_start(arguments, format);
    line = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    (void)smtp_probe_wire_write(prober->wire, line); /* hear() finds out */
    explicit_bzero(line, strlen(line));
    hear(prober);
}

static bool is_fine(const Prober *prober)
{
    return prober->reply && prober->code / 100 == 2;
}

static bool is_answer(const Prober *prober)
{
    return prober->reply && prober->code >= 200 && prober->code < 600;
}

/* "250 2.1.0 Ok" */
static char *words(const Prober *prober)
{
    g_autofree char *line = g_strdelimit(g_strdup(prober->reply), "\n", ' ');

    return g_strdup_printf("%d %s", prober->code, line);
}

static bool accept_reply(const Prober *prober, SmtpProbeStage stage)
{
    g_autofree char *text = words(prober);

    return succeed(prober, stage, text);
}

/* ---- steps ---- */

static bool connect_to_any(Prober *prober, const struct addrinfo *addresses)
{
    const Gateway *gateway = prober->gateway;
    int problem = 0;

    for (const struct addrinfo *address = addresses; address; address = address->ai_next) {
        char number[64] = "";

        problem = smtp_probe_wire_connect(prober->wire, address->ai_addr, address->ai_addrlen);
        if (problem)
            continue;
        (void)getnameinfo(address->ai_addr, address->ai_addrlen, number, sizeof number, NULL, 0, NI_NUMERICHOST);
        return succeed(prober, SMTP_PROBE_CONNECT, number);
    }
    return fail(prober, SMTP_PROBE_CONNECT, "probe-connect",
                N_("cannot connect to %s:%d (%s): is the relay running, is the port right, and does a firewall let us "
                   "through?"),
                gateway->host, gateway->port, g_strerror(problem));
}

static bool connect_to_host(Prober *prober)
{
    const Gateway *gateway = prober->gateway;
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    g_autofree char *port = g_strdup_printf("%d", gateway->port);
    struct addrinfo *addresses = NULL;
    char number[64] = "";
    int problem = getaddrinfo(gateway->host, port, &hints, &addresses);
    bool is_connected;

    if (problem)
        return fail(prober, SMTP_PROBE_RESOLVE, "probe-resolve",
                    N_("the host %s cannot be found (%s): mend host in %s, or "
                       "this machine's name service"),
                    gateway->host, gai_strerror(problem), gateway->at.file);
    (void)getnameinfo(addresses->ai_addr, addresses->ai_addrlen, number, sizeof number, NULL, 0, NI_NUMERICHOST);
    succeed(prober, SMTP_PROBE_RESOLVE, number);
    is_connected = connect_to_any(prober, addresses);
    freeaddrinfo(addresses);
    return is_connected;
}

static bool greet(Prober *prober)
{
    hear(prober);
    if (is_fine(prober))
        return accept_reply(prober, SMTP_PROBE_GREETING);
    if (!is_answer(prober))
        return fail_silent(prober, SMTP_PROBE_GREETING);
    return fail(prober, SMTP_PROBE_GREETING, "probe-greeting",
                N_("the relay turns us away: %d %s: ask its owner to let this machine in"), prober->code,
                prober->reply);
}

static char *own_name(const Gateway *gateway)
{
    char name[256] = "";

    if (gateway->helo)
        return g_strdup(gateway->helo);
    return g_strdup(gethostname(name, sizeof name - 1) == 0 && *name ? name : "localhost");
}

static bool introduce(Prober *prober, SmtpProbeStage stage)
{
    g_autofree char *name = own_name(prober->gateway);

    say(prober, "EHLO %s", name);
    g_free(prober->extensions);
    prober->extensions = g_strdup(prober->reply);
    if (is_fine(prober))
        return true;
    if (!is_answer(prober))
        return fail_silent(prober, stage);
    return fail(prober, stage, "probe-ehlo", N_("EHLO %s is refused: %d %s: mend helo in %s"), name, prober->code,
                prober->reply, prober->gateway->at.file);
}

/* The words behind an extension's keyword, "" for none, NULL where it is not offered; newly allocated. */
static char *find_extension(const Prober *prober, const char *keyword)
{
    g_auto(GStrv) lines = g_strsplit(prober->extensions ? prober->extensions : "", "\n", -1);
    size_t length = strlen(keyword);

    for (char **line = lines; *line; line++) /* an old form of AUTH has = behind it */
        if (g_ascii_strncasecmp(*line, keyword, length) == 0 && strchr(" =", (*line)[length]))
            return g_strstrip(g_strdup((*line)[length] ? *line + length + 1 : ""));
    return NULL;
}

static bool introduce_first(Prober *prober)
{
    const char *more;
    g_autofree char *list = NULL;

    if (!introduce(prober, SMTP_PROBE_EHLO))
        return false;
    more = strchr(prober->reply, '\n');
    list = more ? g_strdelimit(g_strdup(more + 1), "\n", ' ') : g_strdup("no extensions");
    return succeed(prober, SMTP_PROBE_EHLO, list);
}

static bool secure(Prober *prober)
{
    const Gateway *gateway = prober->gateway;
    g_autofree char *offered = find_extension(prober, "STARTTLS");
    GError *error = NULL;

    if (gateway->tls == GATEWAY_TLS_NONE) {
        prober->probe->steps[SMTP_PROBE_STARTTLS].text = g_strdup(_("tls: none"));
        return true;
    }
    if (!offered)
        return fail(
            prober, SMTP_PROBE_STARTTLS, "probe-no-starttls",
            N_("no STARTTLS is offered, and nothing is sent in plain text: ask the relay's owner whether the port is "
               "right, and whether somebody on the way removes it"));
    say(prober, "STARTTLS");
    if (!is_fine(prober))
        return is_answer(prober)
                   ? fail(prober, SMTP_PROBE_STARTTLS, "probe-starttls-refused",
                          N_("STARTTLS is refused: %d %s: ask the relay's owner"), prober->code, prober->reply)
                   : fail_silent(prober, SMTP_PROBE_STARTTLS);
    if (smtp_probe_wire_has_more(prober->wire))
        return fail(
            prober, SMTP_PROBE_STARTTLS, "probe-injected",
            N_("more came in plain text than the answer to STARTTLS: the relay is broken, or somebody on the way "
               "tampers with it"));
    if (!smtp_probe_wire_secure(prober->wire, &error))
        return take_error(prober, SMTP_PROBE_STARTTLS, error);
    prober->probe->certificate_end = smtp_probe_wire_certificate_end(prober->wire);
    if (!introduce(prober, SMTP_PROBE_STARTTLS))
        return false;
    return succeed(prober, SMTP_PROBE_STARTTLS, smtp_probe_wire_protocol(prober->wire));
}

/* ---- AUTH (RFC 4954) ---- */

#define CODE_AUTHENTICATED 235 /* RFC 4954 6: the only success */

static char *encode(const char *text, size_t size)
{
    return g_base64_encode((const guchar *)text, size);
}

static void wipe(char *text)
{
    explicit_bzero(text, strlen(text));
    g_free(text);
}

/* NUL user NUL password (RFC 4616), encoded; newly allocated, to be wiped. */
static char *plain_response(const char *user, const char *password)
{
    GString *raw = g_string_sized_new(strlen(user) + strlen(password) + 3); /* so that it never moves */
    char *encoded;

    g_string_append_c(raw, '\0');
    g_string_append(raw, user);
    g_string_append_c(raw, '\0');
    g_string_append(raw, password);
    encoded = encode(raw->str, raw->len);
    explicit_bzero(raw->str, raw->len);
    g_string_free(raw, TRUE);
    return encoded;
}

static void auth_plain(Prober *prober, const char *user, const char *password)
{
    char *encoded = plain_response(user, password);

    say(prober, "AUTH PLAIN %s", encoded);
    wipe(encoded);
}

static void auth_login(Prober *prober, const char *user, const char *password)
{
    const char *const answers[] = {user, password};

    say(prober, "AUTH LOGIN");
    for (size_t i = 0; i < G_N_ELEMENTS(answers) && prober->code == 334; i++) {
        char *encoded = encode(answers[i], strlen(answers[i]));

        say(prober, "%s", encoded);
        wipe(encoded);
    }
}

static void auth_cram(Prober *prober, const char *user, const char *password)
{
    g_autofree guchar *challenge = NULL;
    g_autofree char *digest = NULL;
    g_autofree char *answer = NULL;
    g_autofree char *encoded = NULL;
    gsize size = 0;

    say(prober, "AUTH CRAM-MD5");
    if (prober->code != 334 || !prober->reply)
        return;
    challenge = g_base64_decode(prober->reply, &size);
    digest = g_compute_hmac_for_data(G_CHECKSUM_MD5, (const guchar *)password, strlen(password), challenge, size);
    answer = g_strdup_printf("%s %s", user, digest);
    encoded = encode(answer, strlen(answer));
    say(prober, "%s", encoded);
}

static const struct {
    const char *name;
    void (*run)(Prober *prober, const char *user, const char *password);
} mechanisms[] = {{"PLAIN", auth_plain}, {"LOGIN", auth_login}, {"CRAM-MD5", auth_cram}};

/* A relay may repeat in its answer what it was sent: such an answer is shown to nobody. */
static bool gives_away(const Prober *prober, const char *user, const char *password)
{
    char *alone = encode(password, strlen(password));
    char *both = plain_response(user, password);
    bool found = prober->reply &&
                 (strstr(prober->reply, password) || strstr(prober->reply, alone) || strstr(prober->reply, both));

    wipe(alone);
    wipe(both);
    return found;
}

static void try_password(Prober *prober, int choice, const char *password)
{
    const char *user = prober->gateway->user;

    mechanisms[choice].run(prober, user, password);
    if (!gives_away(prober, user, password))
        return;
    explicit_bzero(prober->reply, strlen(prober->reply));
    g_free(prober->reply);
    prober->reply = g_strdup(_("in words that repeat the password, left out here"));
}

/* The first that both know, in the relay's order, as libESMTP chooses; -1: none. */
static int choose_mechanism(const char *offered)
{
    g_auto(GStrv) names = g_strsplit(offered, " ", -1);

    for (char **name = names; *name; name++)
        for (size_t i = 0; i < G_N_ELEMENTS(mechanisms); i++)
            if (g_ascii_strcasecmp(*name, mechanisms[i].name) == 0)
                return (int)i;
    return -1;
}

static bool log_in(Prober *prober)
{
    const Gateway *gateway = prober->gateway;
    g_autofree char *offered = find_extension(prober, "AUTH");
    int choice = offered ? choose_mechanism(offered) : -1;
    g_autoptr(Secret) password = NULL;
    GError *error = NULL;

    if (!gateway->user) {
        prober->probe->steps[SMTP_PROBE_AUTH].text = g_strdup(_("no auth in the gateway file"));
        return true;
    }
    password = secret_load(gateway->password ? gateway->password : "", gateway->folder, &error);
    if (!password)
        return take_error(prober, SMTP_PROBE_AUTH, error);
    if (choice < 0)
        return fail(
            prober, SMTP_PROBE_AUTH, "probe-no-auth",
            N_("the relay offers no AUTH that we know (%s; we know PLAIN, LOGIN and CRAM-MD5): ask its owner, or leave "
               "auth out of %s"),
            offered ? offered : "none", gateway->at.file);
    try_password(prober, choice, secret_text(password));
    if (prober->code == CODE_AUTHENTICATED)
        return succeed(prober, SMTP_PROBE_AUTH, mechanisms[choice].name);
    if (is_fine(prober))
        return fail(prober, SMTP_PROBE_AUTH, "probe-auth-answer",
                    N_("no proper answer to AUTH, which is 235 (%d %s): ask the relay's owner, or leave auth out of %s "
                       "if the relay needs none"),
                    prober->code, prober->reply, gateway->at.file);
    if (!is_answer(prober) && prober->code != 334)
        return fail_silent(prober, SMTP_PROBE_AUTH);
    return fail(prober, SMTP_PROBE_AUTH, "probe-auth",
                N_("user or password is refused (%d %s): mend auth in %s, or ask the relay's owner"), prober->code,
                prober->reply, gateway->at.file);
}

/* ---- envelope ---- */

static bool name_sender(Prober *prober)
{
    say(prober, "MAIL FROM:<%s>", prober->bounce);
    if (is_fine(prober))
        return accept_reply(prober, SMTP_PROBE_MAIL);
    if (!is_answer(prober))
        return fail_silent(prober, SMTP_PROBE_MAIL);
    return fail(
        prober, SMTP_PROBE_MAIL, "probe-mail",
        N_("our return path %s is refused: %d %s: ask the relay's owner to allow the domain of bounce, with anything "
           "behind a +, as a sender"),
        prober->bounce, prober->code, prober->reply);
}

static bool name_recipient(Prober *prober, SmtpProbeStage stage, const char *address)
{
    bool is_bounce = stage == SMTP_PROBE_RCPT_BOUNCE;

    say(prober, "RCPT TO:<%s>", address);
    if (is_fine(prober))
        return accept_reply(prober, stage);
    if (!is_answer(prober))
        return fail_silent(prober, stage);
    if (is_bounce)
        return fail(
            prober, stage, "probe-rcpt-bounce",
            N_("mail to %s is refused: %d %s: bounces could not come back: let its server accept anything behind a +"),
            address, prober->code, prober->reply);
    return fail(
        prober, stage, "probe-rcpt-from",
        N_("mail to our own address %s is refused: %d %s: nobody could answer us, and many relays refuse a sender "
           "that does not exist: mend from in %s, or make that mailbox"),
        address, prober->code, prober->reply, prober->gateway->at.file);
}

static void take_leave(Prober *prober)
{
    say(prober, "RSET");
    if (is_fine(prober))
        accept_reply(prober, SMTP_PROBE_RSET);
    else if (is_answer(prober))
        fail(prober, SMTP_PROBE_RSET, "probe-rset", N_("RSET is refused: %d %s: ask the relay's owner"), prober->code,
             prober->reply);
    else
        fail_silent(prober, SMTP_PROBE_RSET);
    if (!prober->reply)
        return;
    say(prober, "QUIT"); /* what is answered to it does not matter any more */
    succeed(prober, SMTP_PROBE_QUIT, NULL);
}

static void talk(Prober *prober)
{
    if (!connect_to_host(prober) || !greet(prober) || !introduce_first(prober) || !secure(prober))
        return;
    if (!log_in(prober))
        return;
    if (name_sender(prober)) {
        name_recipient(prober, SMTP_PROBE_RCPT_FROM, prober->gateway->from);
        if (prober->reply)
            name_recipient(prober, SMTP_PROBE_RCPT_BOUNCE, prober->bounce);
    }
    if (prober->reply)
        take_leave(prober);
}

SmtpProbe *smtp_probe_run(const Gateway *gateway, const Clock *clock, int64_t patience)
{
    SmtpProbe *probe = g_new0(SmtpProbe, 1);
    Prober prober = {.gateway = gateway, .probe = probe};
    char token[ID_MESSAGE_LENGTH + 1];
    GError *error = NULL;

    smtp_esmtp_initialize();
    id_random(token, ID_MESSAGE_LENGTH);
    prober.bounce = address_verp(gateway->bounce, token);
    prober.wire = smtp_probe_wire_new(gateway, clock, patience);
    if (smtp_esmtp_door_gateway(gateway, &error))
        talk(&prober);
    else
        take_error(&prober, SMTP_PROBE_RESOLVE, error);
    smtp_probe_wire_free(prober.wire);
    g_free(prober.extensions);
    g_free(prober.bounce);
    g_free(prober.reply);
    return probe;
}

void smtp_probe_free(SmtpProbe *probe)
{
    if (!probe)
        return;
    for (size_t i = 0; i < SMTP_PROBE_STAGES; i++) {
        g_free(probe->steps[i].text);
        g_clear_error(&probe->steps[i].error);
    }
    g_free(probe);
}

const char *smtp_probe_stage_name(SmtpProbeStage stage)
{
    static const char *const names[] = {
        [SMTP_PROBE_RESOLVE] = "resolve",
        [SMTP_PROBE_CONNECT] = "connect",
        [SMTP_PROBE_GREETING] = "greeting",
        [SMTP_PROBE_EHLO] = "ehlo",
        [SMTP_PROBE_STARTTLS] = "starttls",
        [SMTP_PROBE_AUTH] = "auth",
        [SMTP_PROBE_MAIL] = "mail",
        [SMTP_PROBE_RCPT_FROM] = "rcpt-from",
        [SMTP_PROBE_RCPT_BOUNCE] = "rcpt-bounce",
        [SMTP_PROBE_RSET] = "rset",
        [SMTP_PROBE_QUIT] = "quit",
    };

    return names[stage];
}

const char *smtp_probe_state_name(SmtpProbeState state)
{
    static const char *const names[] = {
        [SMTP_PROBE_SKIPPED] = N_("skipped"), [SMTP_PROBE_OK] = N_("ok"), [SMTP_PROBE_FAILED] = N_("failed")};

    return names[state];
}
