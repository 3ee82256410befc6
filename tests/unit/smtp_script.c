#include "smtp_script.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <openssl/ssl.h>

#define CONNECTIONS_MAX 256
#define PATIENCE        10 /* seconds */

typedef struct Connection {
    SmtpScript *script;
    const ScriptStep *steps;
    pthread_t thread;
    int fd;
    SSL *ssl;
    ScriptRecord record;
} Connection;

struct SmtpScript {
    const ScriptStep *const *scripts;
    SSL_CTX *tls;
    int listener;
    int port;
    pthread_t thread;
    bool is_joined;
    Connection connections[CONNECTIONS_MAX];
    size_t count;
};

static bool fail(Connection *connection, const char *format, ...) G_GNUC_PRINTF(2, 3);

static bool fail(Connection *connection, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    if (!connection->record.failure)
        connection->record.failure = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    return false;
}

/* ---- octets ---- */

static ssize_t get(Connection *connection, char *to, size_t size)
{
    return connection->ssl ? SSL_read(connection->ssl, to, (int)size) : recv(connection->fd, to, size, 0);
}

static bool put(Connection *connection, const char *bytes, size_t size)
{
    while (size) {
        ssize_t sent = connection->ssl ? SSL_write(connection->ssl, bytes, (int)size)
                                       : send(connection->fd, bytes, size, MSG_NOSIGNAL);

        if (sent <= 0)
            return false;
        bytes += sent;
        size -= (size_t)sent;
    }
    return true;
}

static bool read_line(Connection *connection, GString *line)
{
    char octet;

    g_string_truncate(line, 0);
    while (get(connection, &octet, 1) == 1) {
        g_string_append_c(line, octet);
        if (octet == '\n')
            return true;
    }
    return false;
}

static void keep_mail(Connection *connection)
{
    g_ptr_array_add(connection->record.mails,
                    g_string_new_len(connection->record.rest->str, (gssize)connection->record.rest->len));
    g_string_truncate(connection->record.rest, 0);
}

/* ---- steps ---- */

static bool step_send(Connection *connection, const ScriptStep *step)
{
    put(connection, step->text, strlen(step->text));
    return true;
}

static bool step_expect(Connection *connection, const ScriptStep *step)
{
    g_autoptr(GString) line = g_string_new(NULL);

    if (!read_line(connection, line))
        return fail(connection, "expected %s, and the client closed", step->text);
    g_string_append(connection->record.commands, line->str);
    if (!g_str_has_prefix(line->str, step->text))
        return fail(connection, "expected %s, got %s", step->text, line->str);
    return true;
}

static bool read_data(Connection *connection)
{
    g_autoptr(GString) line = g_string_new(NULL);

    while (read_line(connection, line)) {
        if (strcmp(line->str, ".\r\n") == 0) {
            keep_mail(connection);
            return true;
        }
        g_string_append(connection->record.rest, line->str + (line->str[0] == '.'));
    }
    return false;
}

static bool step_data(Connection *connection, const ScriptStep *step)
{
    (void)step;
    return read_data(connection) || fail(connection, "no final dot");
}

/* The octets of a BDAT command whose line has been read. */
static bool read_chunk(Connection *connection, const char *line, bool *is_last)
{
    char *end = NULL;
    unsigned long size = strtoul(line + strlen("BDAT "), &end, 10);
    char octet;

    connection->record.chunks++;
    while (size--) {
        if (get(connection, &octet, 1) != 1)
            return false;
        g_string_append_c(connection->record.rest, octet);
    }
    *is_last = g_str_has_prefix(end, " LAST");
    return true;
}

static bool read_bdat(Connection *connection, bool *is_last)
{
    g_autoptr(GString) line = g_string_new(NULL);

    if (!read_line(connection, line))
        return fail(connection, "expected BDAT, and the client closed");
    if (!g_str_has_prefix(line->str, "BDAT "))
        return fail(connection, "expected BDAT, got %s", line->str);
    if (!read_chunk(connection, line->str, is_last))
        return fail(connection, "a chunk was cut short");
    if (*is_last)
        keep_mail(connection);
    return true;
}

static bool step_bdat(Connection *connection, const ScriptStep *step)
{
    bool is_last = false;

    (void)step;
    return read_bdat(connection, &is_last);
}

static bool step_chunks(Connection *connection, const ScriptStep *step)
{
    bool is_last = false;

    (void)step;
    while (!is_last) {
        if (!read_bdat(connection, &is_last))
            return false;
    }
    return true;
}

static bool step_refuse(Connection *connection, const ScriptStep *step)
{
    g_autoptr(GString) line = g_string_new(NULL);
    bool is_last = false;

    while (read_line(connection, line)) {
        if (g_str_has_prefix(line->str, "RSET")) {
            g_string_truncate(connection->record.rest, 0);
            return put(connection, "250 ok\r\n", 8);
        }
        if (g_str_has_prefix(line->str, "BDAT") && !read_chunk(connection, line->str, &is_last))
            return false;
        put(connection, step->text, strlen(step->text));
    }
    return false;
}

static bool step_pause(Connection *connection, const ScriptStep *step)
{
    struct timespec pause = {.tv_sec = step->number / 1000, .tv_nsec = (step->number % 1000) * 1000000L};

    (void)connection;
    nanosleep(&pause, NULL);
    return true;
}

static bool step_tls(Connection *connection, const ScriptStep *step)
{
    const char *name;

    (void)step;
    connection->ssl = SSL_new(connection->script->tls);
    SSL_set_fd(connection->ssl, connection->fd);
    if (SSL_accept(connection->ssl) != 1) {
        SSL_free(connection->ssl);
        connection->ssl = NULL;
        return false; /* the client's decision; what follows is not to be run */
    }
    name = SSL_get_servername(connection->ssl, TLSEXT_NAMETYPE_host_name);
    connection->record.sni = g_strdup(name);
    return true;
}

static bool step_quiet(Connection *connection, const ScriptStep *step)
{
    g_autoptr(GString) line = g_string_new(NULL);

    (void)step;
    while (read_line(connection, line)) {
        g_string_append(connection->record.commands, line->str);
        if (strcmp(line->str, "QUIT\r\n") != 0)
            return fail(connection, "expected the end, got %s", line->str);
        put(connection, "221 bye\r\n", 9);
    }
    return line->len == 0 || fail(connection, "expected the end, got %s", line->str);
}

static bool step_drain(Connection *connection, const ScriptStep *step)
{
    char buffer[4096];
    ssize_t got;

    (void)step;
    while ((got = get(connection, buffer, sizeof buffer)) > 0)
        g_string_append_len(connection->record.rest, buffer, got);
    return true;
}

static bool step_reset(Connection *connection, const ScriptStep *step)
{
    struct linger now = {.l_onoff = 1};

    (void)step;
    setsockopt(connection->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    return false;
}

static bool serve_line(Connection *connection, const char *line, const char *extensions)
{
    bool is_last = false;

    if (g_str_has_prefix(line, "EHLO"))
        return put(connection, extensions, strlen(extensions));
    if (g_str_has_prefix(line, "BDAT")) {
        if (!read_chunk(connection, line, &is_last))
            return false;
        if (is_last)
            keep_mail(connection);
        return put(connection, "250 2.0.0 chunk\r\n", 17);
    }
    if (g_str_has_prefix(line, "DATA"))
        return put(connection, "354 go on\r\n", 11) && read_data(connection) &&
               put(connection, "250 2.0.0 queued\r\n", 18);
    return put(connection, "250 2.0.0 ok\r\n", 14);
}

static bool step_serve(Connection *connection, const ScriptStep *step)
{
    g_autoptr(GString) line = g_string_new(NULL);

    while (read_line(connection, line)) {
        if (!g_str_has_prefix(line->str, "BDAT"))
            g_string_append(connection->record.commands, line->str);
        if (g_str_has_prefix(line->str, "QUIT"))
            return put(connection, "221 bye\r\n", 9);
        if (!serve_line(connection, line->str, step->text))
            return false;
    }
    return false;
}

static bool (*const actions[])(Connection *, const ScriptStep *) = {
    [SCRIPT_SEND] = step_send,   [SCRIPT_EXPECT] = step_expect, [SCRIPT_DATA] = step_data,
    [SCRIPT_BDAT] = step_bdat,   [SCRIPT_CHUNKS] = step_chunks, [SCRIPT_REFUSE] = step_refuse,
    [SCRIPT_PAUSE] = step_pause, [SCRIPT_TLS] = step_tls,       [SCRIPT_SERVE] = step_serve,
    [SCRIPT_QUIET] = step_quiet, [SCRIPT_DRAIN] = step_drain,   [SCRIPT_RESET] = step_reset,
};

/* ---- threads ---- */

static void *run_connection(void *user)
{
    Connection *connection = user;

    for (const ScriptStep *step = connection->steps; step->op != SCRIPT_END; step++) {
        if (!actions[step->op](connection, step))
            break;
    }
    if (connection->ssl) {
        SSL_shutdown(connection->ssl);
        SSL_free(connection->ssl);
    }
    close(connection->fd);
    return NULL;
}

static void start_connection(SmtpScript *script, int fd)
{
    Connection *connection = &script->connections[script->count];
    struct timeval patience = {.tv_sec = PATIENCE};
    int on = 1;
    size_t which = 0;

    while (which < script->count && script->scripts[which + 1])
        which++;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    *connection = (Connection){.script = script, .steps = script->scripts[which], .fd = fd};
    connection->record.commands = g_string_new(NULL);
    connection->record.rest = g_string_new(NULL);
    connection->record.mails = g_ptr_array_new();
    script->count++;
    pthread_create(&connection->thread, NULL, run_connection, connection);
}

static void *run_listener(void *user)
{
    SmtpScript *script = user;
    int fd;

    while (script->count < CONNECTIONS_MAX && (fd = accept4(script->listener, NULL, NULL, SOCK_CLOEXEC)) >= 0)
        start_connection(script, fd);
    return NULL;
}

SmtpScript *smtp_script_new(const ScriptStep *const *scripts, SSL_CTX *tls)
{
    SmtpScript *script = g_new0(SmtpScript, 1);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;

    script->scripts = scripts;
    script->tls = tls;
    script->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(script->listener, (struct sockaddr *)&address, size) != 0 || listen(script->listener, 64) != 0 ||
        getsockname(script->listener, (struct sockaddr *)&address, &size) != 0)
        g_error("no free port: %s", g_strerror(errno));
    script->port = ntohs(address.sin_port);
    pthread_create(&script->thread, NULL, run_listener, script);
    return script;
}

int smtp_script_port(const SmtpScript *script)
{
    return script->port;
}

const char *smtp_script_join(SmtpScript *script)
{
    const char *failure = NULL;

    if (!script->is_joined) {
        shutdown(script->listener, SHUT_RDWR);
        pthread_join(script->thread, NULL);
        for (size_t i = 0; i < script->count; i++)
            pthread_join(script->connections[i].thread, NULL);
        script->is_joined = true;
    }
    for (size_t i = 0; i < script->count && !failure; i++)
        failure = script->connections[i].record.failure;
    return failure;
}

size_t smtp_script_connections(const SmtpScript *script)
{
    return script->count;
}

const ScriptRecord *smtp_script_record(const SmtpScript *script, size_t connection)
{
    g_assert(connection < script->count);
    return &script->connections[connection].record;
}

static void free_mail(void *mail, void *user)
{
    (void)user;
    g_string_free(mail, TRUE);
}

void smtp_script_free(SmtpScript *script)
{
    if (!script)
        return;
    smtp_script_join(script);
    close(script->listener);
    for (size_t i = 0; i < script->count; i++) {
        ScriptRecord *record = &script->connections[i].record;

        g_ptr_array_foreach(record->mails, free_mail, NULL);
        g_ptr_array_free(record->mails, TRUE);
        g_string_free(record->commands, TRUE);
        g_string_free(record->rest, TRUE);
        g_free(record->failure);
        g_free(record->sni);
    }
    g_free(script);
}
