#include "channel/smtp_esmtp.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/ssl.h> /* before libesmtp.h, which then declares smtp_starttls_set_ctx() */

#include <auth-client.h>
#include <libesmtp.h>

#include "base/error.h"
#include "base/language.h"
#include "base/fault.h"
#include "channel/smtp_esmtp_door.h"
#include "channel/smtp_esmtp_login.h"
#include "channel/smtp_esmtp_reply.h"
#include "channel/smtp_esmtp_socket.h"
#include "channel/smtp_esmtp_tls.h"
#include "channel/smtp_esmtp_wire.h"
#include "channel/smtp_trace.h"

#define FLIGHTS_AHEAD 2  /* libESMTP misses a message that is added after the last one's DATA was refused */
#define ORCPT_MAX     80 /* libESMTP encodes ORCPT into 256 octets on its stack, three for one */

typedef struct Session Session;

/* One message on its way. It is `done` when libESMTP will not look at it again. */
typedef struct Flight {
    Session *session;
    ChannelMessage *message; /* borrowed; NULL once `replied` has been called */
    smtp_message_t smtp;
    smtp_recipient_t recipient;
    size_t headers;  /* octets of the header section with its empty line */
    size_t given;    /* octets given to libESMTP */
    size_t counted;  /* octets of headers that libESMTP says it has passed on */
    bool is_offered; /* its MAIL has been seen */
    bool is_handed;  /* handing_over has agreed */
    bool is_done;
} Flight;

struct Session {
    const Gateway *gateway;
    const ChannelCalls *calls;
    char *where; /* owned; "host:port" */
    smtp_session_t smtp;
    SmtpEsmtpLogin *login; /* owned; NULL: no AUTH */
    SmtpEsmtpTls *tls;   /* owned; NULL in plain text */
    SmtpEsmtpTlsCalls tls_calls;
    SmtpEsmtpTurn turn;
    SmtpEsmtpWire wire;
    SmtpTrace trace;
    int fd;          /* libESMTP's; -1: not known */
    Flight *flights; /* owned; as many as a session may have, so that they never move */
    size_t limit;
    size_t count;
    size_t first;      /* the first that is not done */
    bool is_connected; /* has been */
    bool is_careful;   /* RCPT is waited for before BDAT */
    bool is_mailing;   /* MAIL has been reached */
    bool is_secure;    /* a handshake has been finished */
    bool is_unknown;   /* the socket could not be told from others: nothing may be sent */
    bool is_injected;  /* more was read in plain text than was asked for */
    bool is_drained;   /* no more messages in this session */
    bool is_stopped;   /* by the caller, or because the relay went away between two messages */
    bool is_blind;     /* libESMTP has switched its monitor off for BDAT */
    bool has_no_starttls;
    GError *fault; /* owned; why the connection was cut */
    GError *bug;   /* owned; a message that must not be sent */
};

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void initialize(void)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN};

    sigaction(SIGPIPE, &ignore, NULL); /* libESMTP uses write() */
    OPENSSL_init_ssl(0, NULL);
    auth_client_init();
}

void smtp_esmtp_initialize(void)
{
    pthread_once(&once, initialize);
}

/* The first fault counts; after it nothing more reaches the relay. */
static void fail(Session *session, BreachError code, const char *id, const char *format, ...) G_GNUC_PRINTF(4, 5);

static void fail(Session *session, BreachError code, const char *id, const char *format, ...)
{
    va_list arguments;

    smtp_esmtp_socket_cut(session->fd);
    if (session->fault)
        return;
    va_start(arguments, format);
    error_set_va(&session->fault, code, id, session->where, format, arguments);
    va_end(arguments);
}

/* The relay refuses all messages alike. */
static void fail_lasting_or_not(Session *session, bool is_lasting, int code, const char *stage, const char *text)
{
    if (is_lasting && code == 530)
        fail(session, BREACH_ERROR_CONFIG, "relay-refuses", N_("%d at %s: %s; mend tls or auth in the gateway file"),
             code, stage, text);
    else if (is_lasting && code == 552)
        fail(session, BREACH_ERROR_CONFIG, "relay-refuses",
             N_("%d at %s: %s; shorten the notice, or ask the relay's owner to take larger messages"), code, stage,
             text);
    else if (is_lasting)
        fail(session, BREACH_ERROR_CONFIG, "relay-refuses",
             N_("%d at %s: %s; mend bounce or auth in the gateway file, or ask the relay's owner"), code, stage, text);
    else
        fail(session, BREACH_ERROR_TEMPORARY, "relay-refuses-now", N_("%d at %s: %s; trying again may help"), code,
             stage, text);
}

/* ---- what became of a message ---- */

static void reply(Flight *flight, ChannelResult result, ReplyStatus status, const char *text, bool at_fault)
{
    const ChannelCalls *calls = flight->session->calls;
    ChannelOutcome outcome = {.result = result, .status = status, .text = text, .at_fault = at_fault};

    smtp_trace_note(&flight->session->trace, flight->message->recipient, "message %s: %s %d %s", flight->message->id,
                    channel_result_name(result), status.code, text);
    calls->replied(calls->user, g_steal_pointer(&flight->message), &outcome);
}

static const char *const stage_names[] = {
    [REPLY_AT_CONNECT] = "the connection", [REPLY_AT_MAIL] = "MAIL", [REPLY_AT_RCPT] = "RCPT", [REPLY_AT_DATA] = "DATA",
    [REPLY_AT_END] = "the message",
};

/* The relay said something that is no answer here. Where the message was handed over, it may have it. */
static void reply_nonsense(Flight *flight, const char *text, const char *what)
{
    fail(flight->session, BREACH_ERROR_TEMPORARY, "relay-nonsense",
         N_("no answer to %s, or none that makes sense; trying again may help"), what);
    reply(flight, flight->is_handed ? CHANNEL_IN_DOUBT : CHANNEL_NOT_SENT, (ReplyStatus){0}, text, !flight->is_handed);
}

static bool is_answer(const smtp_status_t *raw)
{
    int class = raw->code / 100;

    return (class == 2 || class == 4 || class == 5) && smtp_esmtp_reply_is_whole(raw->text);
}

/* Passes on what the relay answered. `raw` may be anything: a stale 354, zeros, a line that was cut short. */
static void settle(Flight *flight, const smtp_status_t *raw, ReplyStage stage)
{
    ReplyStatus status = {
        .code = raw->code, .status_class = raw->enh_class, .subject = raw->enh_subject, .detail = raw->enh_detail};
    g_autofree char *text = smtp_esmtp_reply_text(raw->text ? raw->text : "", &status);
    SmtpEsmtpVerdict verdict = smtp_esmtp_reply_judge(status, stage);

    if (!is_answer(raw) || (verdict.result == CHANNEL_ACCEPTED && stage != REPLY_AT_END)) {
        reply_nonsense(flight, text, stage_names[stage]);
        return;
    }
    if (verdict.ends_session)
        fail_lasting_or_not(flight->session, verdict.is_lasting, status.code, stage_names[stage],
                            *text ? text : reply_meaning(status));
    reply(flight, verdict.result, status, text, verdict.result == CHANNEL_NOT_SENT);
}

/* ---- the queue ---- */

static const char *read_message(void **context, int *length, void *user);

static void ask_for_reports(Flight *flight)
{
    const ChannelMessage *message = flight->message;

    smtp_dsn_set_ret(flight->smtp, Ret_HDRS);
    smtp_dsn_set_envid(flight->smtp, message->id);
    smtp_dsn_set_notify(flight->recipient, Notify_FAILURE | Notify_DELAY);
    if (strlen(message->recipient) <= ORCPT_MAX)
        smtp_dsn_set_orcpt(flight->recipient, "rfc822", message->recipient);
}

static bool add_to_library(Flight *flight)
{
    flight->smtp = smtp_add_message(flight->session->smtp);
    if (!flight->smtp || !smtp_set_reverse_path(flight->smtp, flight->message->return_path) ||
        !smtp_set_messagecb(flight->smtp, read_message, flight))
        return false;
    /* so that a relay without room says so at MAIL */
    (void)smtp_size_set_estimate(flight->smtp, (unsigned long)flight->message->size);
    flight->recipient = smtp_add_recipient(flight->smtp, flight->message->recipient);
    return flight->recipient != NULL;
}

static void refuse_bug(Flight *flight, GError *bug)
{
    Session *session = flight->session;

    flight->is_done = true;
    session->is_drained = true;
    reply(flight, CHANNEL_NOT_SENT, (ReplyStatus){0}, error_english(bug), true);
    if (session->bug)
        g_error_free(bug);
    else
        session->bug = bug;
}

static bool is_going(const Session *session)
{
    return !session->fault && !session->is_stopped;
}

/* Pulls one message. false: there is none, at least not now. */
static bool pull(Session *session, bool wait)
{
    const ChannelCalls *calls = session->calls;
    GError *error = NULL;
    ChannelMessage *message;
    Flight *flight;

    if (session->is_drained || !is_going(session) || session->count == session->limit)
        return false;
    message = calls->next(calls->user, wait);
    if (!message) {
        session->is_drained = wait;
        return false;
    }
    flight = &session->flights[session->count++];
    flight->session = session;
    flight->message = message;
    if (!smtp_esmtp_door_message(message, &flight->headers, &error)) {
        refuse_bug(flight, error);
        return false;
    }
    if (!add_to_library(flight)) {
        refuse_bug(flight, error_make(BREACH_ERROR_INTERNAL, "internal-library", "libESMTP takes no more messages"));
        return false;
    }
    ask_for_reports(flight);
    return true;
}

static size_t waiting(Session *session)
{
    while (session->first < session->count && session->flights[session->first].is_done)
        session->first++;
    return session->count - session->first;
}

static void top_up(Session *session)
{
    while (waiting(session) <= FLIGHTS_AHEAD && pull(session, false))
        ;
}

/* Between two messages: waits for the next one if there is none. A relay that has gone meanwhile ends the session
 * before a message is offered to it. */
static void refill(Session *session)
{
    if (waiting(session) == 0 && pull(session, true) && !smtp_esmtp_socket_is_quiet(session->fd)) {
        session->is_stopped = true;
        smtp_esmtp_socket_cut(session->fd);
    }
    top_up(session);
    if (session->is_blind && is_going(session) && waiting(session))
        session->flights[session->first].is_offered = true;
}

/* ---- what libESMTP reads ---- */

static bool may_give(Flight *flight, bool is_last)
{
    Session *session = flight->session;
    const ChannelCalls *calls = session->calls;

    if (!is_going(session))
        return false;
    if (flight->given == flight->headers && flight->counted + 2 != flight->headers) {
        fail(session, BREACH_ERROR_INTERNAL, "internal-message",
             N_("libESMTP would change the headers of message %s: it was not sent"), flight->message->id);
        return false;
    }
    if (!smtp_esmtp_socket_has_room(session->fd, session->gateway->timeouts.transfer)) {
        fail(session, BREACH_ERROR_TEMPORARY, "relay-lost", N_("the relay stopped reading; trying again may help"));
        return false;
    }
    if (!is_last)
        return true;
    fault_point("smtp_handing_over_before");
    flight->is_handed = calls->handing_over(calls->user, flight->message);
    fault_point("smtp_handing_over_after");
    return flight->is_handed;
}

/* Returning NULL ends the message, and half a message would be accepted. With errno set libESMTP drops the connection
 * instead of ending the message, and the socket is shut down before, so that nothing can end it. */
static const char *stop_reading(Session *session)
{
    session->is_stopped = true;
    smtp_esmtp_socket_cut(session->fd);
    errno = ECANCELED;
    return NULL;
}

/* The message callback. libESMTP also asks for the rest of a message whose BDAT was refused, in pieces, when the
 * refusal came between two of them; what it would do next is wrong. */
static const char *read_message(void **context, int *length, void *user)
{
    Flight *flight = user;
    const char *data;
    size_t size;

    (void)context;
    if (!length) {
        flight->given = 0;
        flight->counted = 0;
        return NULL;
    }
    flight->session->is_blind = strcmp(flight->session->wire.verb, "DATA") != 0;
    *length = 0;
    errno = 0;
    if (!flight->message)
        return stop_reading(flight->session);
    size = smtp_esmtp_door_piece(flight->message, flight->headers, flight->given);
    if (size == 0)
        return NULL;
    if (!may_give(flight, flight->given + size == flight->message->size))
        return stop_reading(flight->session);
    data = flight->message->data + flight->given;
    flight->given += size;
    *length = (int)size;
    errno = 0; /* libESMTP takes it for a failure of ours */
    return data;
}

/* ---- events ---- */

static Flight *find_message(Session *session, smtp_message_t smtp)
{
    for (size_t i = session->first; i < session->count; i++) {
        if (session->flights[i].smtp == smtp)
            return &session->flights[i];
    }
    return NULL;
}

static Flight *find_recipient(Session *session, smtp_recipient_t recipient)
{
    for (size_t i = session->first; i < session->count; i++) {
        if (session->flights[i].recipient == recipient)
            return &session->flights[i];
    }
    return NULL;
}

static bool is_fine(const smtp_status_t *raw)
{
    return raw->code / 100 == 2 && smtp_esmtp_reply_is_whole(raw->text);
}

static void on_mail(Session *session, Flight *flight)
{
    const smtp_status_t *raw = smtp_reverse_path_status(flight->smtp);

    if (is_fine(raw)) {
        top_up(session);
        return;
    }
    flight->is_done = true;
    settle(flight, raw, REPLY_AT_MAIL);
    refill(session);
}

/* Without CHUNKING libESMTP has asked for DATA already, and tells of the message once more when that is refused. */
static void on_recipient(Session *session, Flight *flight)
{
    const smtp_status_t *raw = smtp_recipient_status(flight->recipient);

    if (is_fine(raw) || !flight->message)
        return;
    flight->is_done = session->is_careful;
    settle(flight, raw, REPLY_AT_RCPT);
    if (session->is_careful)
        refill(session);
    else
        top_up(session);
}

static void on_sent(Session *session, Flight *flight)
{
    const smtp_status_t *raw = smtp_message_transfer_status(flight->smtp);
    bool is_late = !flight->is_handed && !session->is_blind;

    /* a refused chunk is about the message, as a refusal behind the dot is */
    bool is_end = flight->is_handed || (session->is_blind && raw->code / 100 != 2);

    flight->is_done = true;
    if (flight->message)
        settle(flight, raw, is_end ? REPLY_AT_END : REPLY_AT_DATA);
    else if (!is_answer(raw))
        fail(session, BREACH_ERROR_TEMPORARY, "relay-lost", N_("the connection was lost; trying again may help"));
    if (is_late && waiting(session) == 0)
        session->is_drained = true; /* libESMTP has looked for the next message already */
    refill(session);
}

/* A plain session whose socket is not known for certain could not be stopped. It is made to require a TLS that cannot
 * be had: neither AUTH nor MAIL follow. */
static void lock_out(Session *session)
{
    session->is_unknown = true;
    smtp_starttls_enable(session->smtp, Starttls_REQUIRED);
    session->tls = smtp_esmtp_tls_new(session->gateway, &session->tls_calls, NULL);
    if (session->tls)
        smtp_starttls_set_ctx(session->smtp, smtp_esmtp_tls_context(session->tls));
}

static void on_connect(Session *session)
{
    smtp_esmtp_wire_reset(&session->wire);
    smtp_trace_begin(&session->trace, session->gateway->name);
    session->is_connected = true;
    session->is_secure = false;
    session->fd = session->turn.is_held ? smtp_esmtp_socket_find(&session->turn) : -1;
    smtp_esmtp_socket_end(&session->turn);
    if (session->fd >= 0)
        smtp_esmtp_socket_hurry(session->fd);
    else if (!session->tls)
        lock_out(session);
}

/* libESMTP may go on to the next address of the host. */
static void on_disconnect(Session *session)
{
    session->fd = -1;
    if (gateway_is_loopback(session->gateway->host))
        smtp_esmtp_socket_begin(&session->turn, session->gateway->port);
}

static void on_secure(Session *session, SSL *ssl)
{
    session->is_secure = true;
    if (!smtp_esmtp_tls_drain(ssl, session->gateway->timeouts.envelope))
        fail(session, BREACH_ERROR_TEMPORARY, "relay-no-answer",
             N_("no answer to NOOP behind the TLS handshake; trying again may help"));
}

static void on_event(smtp_session_t smtp, int event, void *user, ...)
{
    Session *session = user;
    Flight *flight = NULL;
    va_list arguments;

    (void)smtp;
    va_start(arguments, user);
    switch (event) {
    case SMTP_EV_CONNECT:
        on_connect(session);
        break;
    case SMTP_EV_DISCONNECT:
        on_disconnect(session);
        break;
    case SMTP_EV_EXTNA_STARTTLS:
        session->has_no_starttls = true;
        break;
    case SMTP_EV_STARTTLS_OK:
        on_secure(session, va_arg(arguments, SSL *));
        break;
    case SMTP_EV_WRONG_PEER_CERTIFICATE:
        /* libESMTP compares with the canonical name of the DNS; OpenSSL has compared with the configured one */
        *va_arg(arguments, int *) = 1;
        break;
    case SMTP_EV_UNUSABLE_CLIENT_CERTIFICATE:
        fail(session, BREACH_ERROR_CONFIG, "relay-home",
             N_("libESMTP cannot look for certificates in .config/libesmtp: let us read $HOME"));
        break;
    case SMTP_EV_MAILSTATUS:
        (void)va_arg(arguments, const char *);
        if ((flight = find_message(session, va_arg(arguments, smtp_message_t))))
            on_mail(session, flight);
        break;
    case SMTP_EV_RCPTSTATUS:
        (void)va_arg(arguments, const char *);
        if ((flight = find_recipient(session, va_arg(arguments, smtp_recipient_t))))
            on_recipient(session, flight);
        break;
    case SMTP_EV_MESSAGEDATA:
        if ((flight = find_message(session, va_arg(arguments, smtp_message_t))))
            flight->counted += (size_t)va_arg(arguments, int);
        break;
    case SMTP_EV_MESSAGESENT:
        if ((flight = find_message(session, va_arg(arguments, smtp_message_t))))
            on_sent(session, flight);
        break;
    default:
        break;
    }
    va_end(arguments);
}

/* ---- the dialogue ---- */

static void fail_auth(Session *session)
{
    int code = session->wire.auth_code;

    /* without the relay's words, for they may repeat what we sent */
    if (!code)
        fail(session, BREACH_ERROR_CONFIG, "relay-no-auth",
             N_("the relay offers no AUTH that we can use: mend tls or auth in the gateway file"));
    else if (code / 100 == 4)
        fail(session, BREACH_ERROR_TEMPORARY, "relay-auth-later", N_("%d at AUTH: trying again may help"), code);
    else if (code / 100 != 5) /* RFC 4954 6: logged in is 235 and nothing else */
        fail(session, BREACH_ERROR_CONFIG, "relay-auth-answer",
             N_("%d at AUTH is no proper answer, which is 235: ask the relay's owner, or leave auth out of the gateway "
                "file if the relay needs none"),
             code);
    else
        fail(session, BREACH_ERROR_CONFIG, "relay-password",
             N_("%d at AUTH: the user name or the password was refused: mend auth in the gateway file"), code);
}

/* With CHUNKING libESMTP sends the message before it knows what became of RCPT, and crashes when that answer is lost or
 * makes no sense. This option, meant for messages to several people, makes it wait; it costs one round trip. */
static void be_careful(Session *session)
{
    session->is_careful = session->wire.has_chunking;
    smtp_option_require_all_recipients(session->smtp, session->is_careful);
}

static void before_writing(Session *session)
{
    const char *verb = session->wire.verb;
    Flight *flight = waiting(session) ? &session->flights[session->first] : NULL;

    if (strcmp(verb, "MAIL") == 0) {
        if (session->login && !session->wire.authenticated)
            fail_auth(session);
        session->is_mailing = true;
        be_careful(session);
        if (flight && is_going(session))
            flight->is_offered = true;
    } else if (strcmp(verb, "QUIT") == 0 && flight && flight->is_offered && flight->message) {
        /* The answer did not come or made no sense. Waiting for one to QUIT could take as long again. */
        reply_nonsense(flight, "", flight->is_handed ? "the message" : "the last command");
    }
}

/* libESMTP calls this before it writes and after it has read. */
static void on_dialogue(const char *bytes, int size, int writing, void *user)
{
    Session *session = user;

    if (writing == SMTP_CB_READING) {
        smtp_trace_read(&session->trace, bytes, (size_t)size);
        smtp_esmtp_wire_read(&session->wire, bytes, (size_t)size);
    } else if (writing == SMTP_CB_WRITING) {
        smtp_trace_wrote(&session->trace, bytes, (size_t)size);
        smtp_esmtp_wire_wrote(&session->wire, bytes, (size_t)size);
        before_writing(session);
    }
}

static void on_handshake(void *user, int fd)
{
    Session *session = user;

    session->fd = fd;
    smtp_esmtp_socket_hurry(fd);
}

static bool may_trust(void *user)
{
    Session *session = user;

    session->is_injected |= !session->is_secure && !smtp_esmtp_wire_is_even(&session->wire);
    return !session->is_injected && !session->is_unknown;
}

/* ---- setting up ---- */

static bool set_up_tls(Session *session, GError **error)
{
    if (session->gateway->tls == GATEWAY_TLS_NONE)
        return true;
    session->tls = smtp_esmtp_tls_new(session->gateway, &session->tls_calls, error);
    if (!session->tls) {
        error_prefix(error, "gateway %s: ", session->gateway->name);
        return false;
    }
    smtp_starttls_enable(session->smtp, Starttls_REQUIRED);
    smtp_starttls_set_ctx(session->smtp, smtp_esmtp_tls_context(session->tls));
    return true;
}

static void set_timeouts(Session *session)
{
    const GatewayTimeouts *timeouts = &session->gateway->timeouts;
    const struct {
        int which;
        int64_t value;
    } rows[] = {
        {Timeout_GREETING, timeouts->greeting}, {Timeout_ENVELOPE, timeouts->envelope}, {Timeout_DATA, timeouts->data},
        {Timeout_TRANSFER, timeouts->transfer}, {Timeout_DATA2, timeouts->final_dot},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        smtp_set_timeout(session->smtp, rows[i].which | Timeout_OVERRIDE_RFC2822_MINIMUM,
                         (long)CLAMP(rows[i].value, 1, G_MAXINT));
}

static bool set_up(Session *session, GError **error)
{
    const Gateway *gateway = session->gateway;

    session->fd = -1;
    session->limit = (size_t)CLAMP(gateway->session, 1, 1000);
    session->flights = g_new0(Flight, session->limit);
    session->where = g_strdup_printf("%s:%d", gateway->host, gateway->port);
    session->tls_calls = (SmtpEsmtpTlsCalls){.started = on_handshake, .may_trust = may_trust, .user = session};
    session->smtp = smtp_create_session();
    if (!session->smtp || !smtp_set_server(session->smtp, session->where) ||
        (gateway->helo && !smtp_set_hostname(session->smtp, gateway->helo))) {
        error_set(error, BREACH_ERROR_INTERNAL, "internal-library", "libESMTP cannot be set up for %s", session->where);
        return false;
    }
    smtp_set_eventcb(session->smtp, on_event, session);
    smtp_set_monitorcb(session->smtp, on_dialogue, session, 0);
    set_timeouts(session);
    if (!set_up_tls(session, error))
        return false;
    session->login = gateway->user ? smtp_esmtp_login_new(gateway, session->smtp, error) : NULL;
    return session->login || !gateway->user;
}

static void clear(Session *session)
{
    if (session->smtp)
        smtp_destroy_session(session->smtp);
    smtp_esmtp_login_free(session->login);
    smtp_esmtp_tls_free(session->tls);
    g_clear_error(&session->fault);
    g_clear_error(&session->bug);
    g_free(session->flights);
    g_free(session->where);
}

/* ---- the end ---- */

static void explain_unreached(Session *session, int number)
{
    static const int lasting[] = {SMTP_ERR_EAI_NONAME, SMTP_ERR_EAI_NODATA, SMTP_ERR_EAI_ADDRFAMILY};
    char text[160] = "";

    smtp_strerror(number, text, sizeof text);
    for (size_t i = 0; i < G_N_ELEMENTS(lasting); i++) {
        if (number == lasting[i]) {
            fail(session, BREACH_ERROR_CONFIG, "relay-host",
                 N_("the host cannot be found (%s): mend host in the gateway file"), text);
            return;
        }
    }
    fail(session, BREACH_ERROR_TEMPORARY, "relay-connect",
         N_("cannot connect (%s): is the relay running? trying again may help"), text);
}

static void explain_lost(Session *session, int number)
{
    if (number == SMTP_ERR_DROPPED_CONNECTION || number < 0)
        fail(session, BREACH_ERROR_TEMPORARY, "relay-lost",
             N_("the connection was lost, or the relay did not answer in time; trying again may help"));
    else
        fail(session, BREACH_ERROR_TEMPORARY, "relay-nonsense",
             N_("the relay's answer made no sense; trying again may help"));
}

static void explain_answer(Session *session)
{
    const SmtpEsmtpWire *wire = &session->wire;

    fail_lasting_or_not(session, wire->status.code / 100 == 5, wire->status.code,
                        *wire->answered ? wire->answered : stage_names[REPLY_AT_CONNECT], wire->text);
}

/* Before the first MAIL: a guard of ours, or the relay's last answer, says why there was none. */
static void explain_refused(Session *session, int number)
{
    const SmtpEsmtpWire *wire = &session->wire;
    bool is_auth = strcmp(wire->answered, "AUTH") == 0;

    if (session->is_unknown)
        fail(session, BREACH_ERROR_TEMPORARY, "relay-own-connection",
             N_("our own connection could not be told from others: nothing was sent; trying again may help"));
    else if (session->is_injected)
        fail(session, BREACH_ERROR_CONFIG, "relay-injected",
             N_("more came in plain text than the answer to STARTTLS: nothing was sent; the relay is broken, or "
                "somebody "
                "on "
                "the way tampers with it"));
    else if (session->has_no_starttls)
        fail(session, BREACH_ERROR_CONFIG, "relay-no-starttls",
             N_("no STARTTLS is offered: nothing was sent; ask the relay's owner whether somebody on the way removes "
                "it"));
    else if (is_auth && wire->auth_code >= 400)
        fail_auth(session);
    else if (wire->status.code == 220 && !session->is_secure && strcmp(wire->answered, "STARTTLS") == 0)
        smtp_esmtp_tls_explain(session->tls, &session->fault);
    else if (wire->status.code >= 400 && !is_auth)
        explain_answer(session);
    else
        explain_lost(session, number);
}

static void explain(Session *session, int number)
{
    if (!is_going(session) || waiting(session) == 0)
        return;
    if (!session->is_connected)
        explain_unreached(session, number);
    else if (!session->is_mailing)
        explain_refused(session, number);
    else if (number != SMTP_ERR_INVAL)
        explain_lost(session, number);
}

/* Every message that was pulled gets its answer. */
static void sweep(Session *session)
{
    bool at_fault = session->fault != NULL;

    for (size_t i = 0; i < session->count; i++) {
        Flight *flight = &session->flights[i];

        if (!flight->message)
            continue;
        if (flight->is_handed)
            reply(flight, CHANNEL_IN_DOUBT, (ReplyStatus){0}, "", false);
        else
            reply(flight, CHANNEL_NOT_SENT, (ReplyStatus){0}, "", at_fault && flight->is_offered);
    }
}

static void run(Session *session)
{
    int number;

    if (gateway_is_loopback(session->gateway->host))
        smtp_esmtp_socket_begin(&session->turn, session->gateway->port);
    ERR_clear_error();
    smtp_strerror(0, NULL, 0); /* sets SMTP_ERR_INVAL, so that an error of this session can be told from an older one */
    smtp_start_session(session->smtp);
    number = smtp_errno();
    smtp_esmtp_socket_end(&session->turn);
    explain(session, number);
    sweep(session);
    ERR_clear_error();
}

static bool run_session(const Gateway *gateway, const ChannelCalls *calls, GError **error)
{
    Session session = {.gateway = gateway, .calls = calls};
    bool is_ready;

    smtp_esmtp_initialize();
    is_ready = smtp_esmtp_door_gateway(gateway, error) && set_up(&session, error);
    if (is_ready && pull(&session, true)) {
        top_up(&session);
        run(&session);
    }
    if (session.fault || session.bug) {
        is_ready = false;
        g_propagate_error(error, session.fault ? g_steal_pointer(&session.fault) : g_steal_pointer(&session.bug));
    }
    clear(&session);
    return is_ready;
}

const ChannelEngine *smtp_esmtp_engine(void)
{
    static const ChannelEngine engine = {.kind = "smtp", .run_session = run_session};

    return &engine;
}
