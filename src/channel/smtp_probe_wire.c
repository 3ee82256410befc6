#include "channel/smtp_probe_wire.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "channel/smtp_esmtp_tls.h"
#include "channel/smtp_trace.h"

struct SmtpProbeWire {
    const Gateway *gateway; /* borrowed */
    const Clock *clock;     /* borrowed */
    int64_t patience;       /* ms */
    int64_t deadline;       /* steady ms, of the call that is under way */
    int fd;                 /* -1: not connected */
    SmtpEsmtpTls *tls;      /* owned; NULL before the handshake */
    SmtpEsmtpTlsCalls calls;
    SSL *ssl;        /* owned; NULL in plain text */
    GString *unread; /* octets that were read and not yet looked at */
    SmtpTrace trace;
};

SmtpProbeWire *smtp_probe_wire_new(const Gateway *gateway, const Clock *clock, int64_t patience)
{
    SmtpProbeWire *wire = g_new0(SmtpProbeWire, 1);

    wire->gateway = gateway;
    wire->clock = clock;
    wire->patience = patience;
    wire->fd = -1;
    wire->unread = g_string_new(NULL);
    return wire;
}

void smtp_probe_wire_free(SmtpProbeWire *wire)
{
    if (!wire)
        return;
    SSL_free(wire->ssl);
    smtp_esmtp_tls_free(wire->tls);
    if (wire->fd >= 0)
        close(wire->fd);
    g_string_free(wire->unread, TRUE);
    g_free(wire);
}

static void start_waiting(SmtpProbeWire *wire)
{
    wire->deadline = clock_steady(wire->clock) + wire->patience;
}

/* false: the time is up. */
static bool wait_for(const SmtpProbeWire *wire, short events)
{
    struct pollfd ready = {.fd = wire->fd, .events = events};
    int got;

    do {
        int64_t left = wire->deadline - clock_steady(wire->clock);

        got = left > 0 ? poll(&ready, 1, (int)MIN(left, (int64_t)G_MAXINT)) : 0;
    } while (got < 0 && errno == EINTR);
    if (got == 0)
        errno = ETIMEDOUT;
    return got > 0;
}

int smtp_probe_wire_connect(SmtpProbeWire *wire, const struct sockaddr *address, socklen_t size)
{
    int problem = 0;
    socklen_t length = sizeof problem;

    start_waiting(wire);
    wire->fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (wire->fd < 0)
        return errno;
    if (connect(wire->fd, address, size) != 0) {
        if (errno != EINPROGRESS || !wait_for(wire, POLLOUT) ||
            getsockopt(wire->fd, SOL_SOCKET, SO_ERROR, &problem, &length) != 0)
            problem = errno;
    }
    if (problem) {
        close(wire->fd);
        wire->fd = -1;
        return problem;
    }
    smtp_trace_begin(&wire->trace, wire->gateway->name);
    return 0;
}

/* Whether OpenSSL's `result` means that it is worth going on once the socket is ready; waits for that. */
static bool wait_for_tls(const SmtpProbeWire *wire, int result)
{
    switch (SSL_get_error(wire->ssl, result)) {
    case SSL_ERROR_WANT_READ:
        return wait_for(wire, POLLIN);
    case SSL_ERROR_WANT_WRITE:
        return wait_for(wire, POLLOUT);
    default:
        errno = ECONNRESET;
        return false;
    }
}

static ssize_t write_some(const SmtpProbeWire *wire, const char *bytes, size_t size)
{
    ssize_t done;

    if (wire->ssl) {
        int result;

        do
            result = SSL_write(wire->ssl, bytes, (int)size);
        while (result <= 0 && wait_for_tls(wire, result));
        return result;
    }
    do
        done = send(wire->fd, bytes, size, MSG_NOSIGNAL);
    while (done < 0 && (errno == EINTR || (errno == EAGAIN && wait_for(wire, POLLOUT))));
    return done;
}

bool smtp_probe_wire_write(SmtpProbeWire *wire, const char *line)
{
    g_autofree char *whole = g_strconcat(line, "\r\n", NULL);
    size_t size = strlen(whole);
    ssize_t done = 0;

    start_waiting(wire);
    smtp_trace_wrote(&wire->trace, whole, size);
    for (size_t at = 0; at < size && done >= 0; at += (size_t)MAX(done, 0)) {
        done = write_some(wire, whole + at, size - at);
        if (done == 0)
            done = -1;
    }
    explicit_bzero(whole, size); /* it may have been a password */
    return done > 0;
}

static ssize_t read_some(const SmtpProbeWire *wire, char *bytes, size_t size)
{
    ssize_t got;

    if (wire->ssl) {
        int result;

        do
            result = SSL_read(wire->ssl, bytes, (int)size);
        while (result <= 0 && wait_for_tls(wire, result));
        return result;
    }
    do
        got = recv(wire->fd, bytes, size, 0);
    while (got < 0 && (errno == EINTR || (errno == EAGAIN && wait_for(wire, POLLIN))));
    if (got == 0)
        errno = ECONNRESET;
    return got;
}

/* The next line without its end; NULL: none came. */
static char *read_line(SmtpProbeWire *wire)
{
    char chunk[1024];
    const char *end;
    char *line;

    while (!(end = memchr(wire->unread->str, '\n', wire->unread->len))) {
        ssize_t got = wire->unread->len < SMTP_PROBE_REPLY_MAX ? read_some(wire, chunk, sizeof chunk) : -1;

        if (got <= 0)
            return NULL;
        smtp_trace_read(&wire->trace, chunk, (size_t)got);
        g_string_append_len(wire->unread, chunk, got);
    }
    line = g_strndup(wire->unread->str, (gsize)(end - wire->unread->str));
    g_string_erase(wire->unread, 0, end + 1 - wire->unread->str);
    return g_strchomp(line);
}

static bool is_reply_line(const char *line)
{
    return g_ascii_isdigit(line[0]) && g_ascii_isdigit(line[1]) && g_ascii_isdigit(line[2]) &&
           (line[3] == '\0' || line[3] == ' ' || line[3] == '-');
}

/* Every octet printable, for it is shown. */
static void append_shown(GString *text, const char *line)
{
    g_autofree char *valid = g_utf8_make_valid(line, -1);

    if (text->len)
        g_string_append_c(text, '\n');
    for (const char *at = valid; *at; at++)
        g_string_append_c(text, g_ascii_iscntrl(*at) ? ' ' : *at);
}

char *smtp_probe_wire_reply(SmtpProbeWire *wire, int *code, bool *timed_out)
{
    GString *text = g_string_new(NULL);
    bool is_last = false;

    *code = 0;
    start_waiting(wire);
    while (!is_last) {
        g_autofree char *line = text->len < SMTP_PROBE_REPLY_MAX ? read_line(wire) : NULL;

        if (!line) {
            *timed_out = errno == ETIMEDOUT;
            g_string_free(text, TRUE);
            return NULL;
        }
        if (!is_reply_line(line)) {
            *code = 0;
            append_shown(text, line);
            break;
        }
        *code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
        is_last = line[3] != '-';
        append_shown(text, line[3] ? line + 4 : "");
    }
    return g_string_free(text, FALSE);
}

bool smtp_probe_wire_has_more(const SmtpProbeWire *wire)
{
    char octet;

    return wire->unread->len > 0 || (!wire->ssl && recv(wire->fd, &octet, 1, MSG_PEEK | MSG_DONTWAIT) > 0);
}

static void on_handshake(void *user, int fd)
{
    (void)user;
    (void)fd;
}

static bool may_trust(void *user)
{
    const SmtpProbeWire *wire = user;

    return wire->unread->len == 0;
}

bool smtp_probe_wire_secure(SmtpProbeWire *wire, GError **error)
{
    int result;

    start_waiting(wire);
    wire->calls = (SmtpEsmtpTlsCalls){.started = on_handshake, .may_trust = may_trust, .user = wire};
    wire->tls = smtp_esmtp_tls_new(wire->gateway, &wire->calls, error);
    if (!wire->tls)
        return false;
    ERR_clear_error();
    wire->ssl = SSL_new(smtp_esmtp_tls_context(wire->tls));
    SSL_set_fd(wire->ssl, wire->fd);
    do
        result = SSL_connect(wire->ssl);
    while (result <= 0 && wait_for_tls(wire, result));
    if (result == 1) {
        smtp_trace_note(&wire->trace, NULL, "%s, the certificate is good", SSL_get_version(wire->ssl));
        return true;
    }
    smtp_trace_note(&wire->trace, NULL, "the TLS handshake failed");
    smtp_esmtp_tls_explain(wire->tls, error);
    ERR_clear_error();
    return false;
}

const char *smtp_probe_wire_protocol(const SmtpProbeWire *wire)
{
    return wire->ssl ? SSL_get_version(wire->ssl) : "plain text";
}

int64_t smtp_probe_wire_certificate_end(const SmtpProbeWire *wire)
{
    X509 *certificate = wire->ssl ? SSL_get0_peer_certificate(wire->ssl) : NULL;
    struct tm date = {0};

    if (!certificate || !ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &date))
        return 0;
    return (int64_t)timegm(&date) * CLOCK_SECOND;
}
