/* smtp_talk - a client for tests of the SMTP sink that says exactly what it is told, byte by byte. */
#ifndef BREACH_TESTS_SMTP_TALK_H
#define BREACH_TESTS_SMTP_TALK_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <glib.h>
#include <openssl/ssl.h>

#define TALK_PATIENCE 20 /* seconds until a missing reply fails the test */

typedef struct Talk {
    int fd;
    SSL *link;
    char in[65536];
    size_t unread;
    char reply[8192];
} Talk;

static inline Talk *talk_connect(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    const struct timeval patience = {.tv_sec = TALK_PATIENCE};
    const int on = 1;
    Talk *talk = g_new0(Talk, 1);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    talk->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(talk->fd >= 0);
    setsockopt(talk->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(talk->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    assert_int_equal(connect(talk->fd, (const struct sockaddr *)&address, sizeof address), 0);
    return talk;
}

static inline void talk_free(Talk *talk)
{
    SSL_free(talk->link);
    close(talk->fd);
    g_free(talk);
}

static inline void talk_send(Talk *talk, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t done = talk->link ? SSL_write(talk->link, bytes, (int)size) : send(talk->fd, bytes, size, MSG_NOSIGNAL);

        assert_true(done > 0);
        bytes += done;
        size -= (size_t)done;
    }
}

static inline void talk_say(Talk *talk, const char *text)
{
    talk_send(talk, text, strlen(text));
}

static inline ssize_t talk_receive(Talk *talk)
{
    char *to = talk->in + talk->unread;
    size_t room = sizeof talk->in - talk->unread;
    ssize_t got = talk->link ? SSL_read(talk->link, to, (int)room) : recv(talk->fd, to, room, 0);

    if (got > 0)
        talk->unread += (size_t)got;
    return got;
}

/* The next line without CRLF, or NULL when the sink has closed; until the next call. */
static inline const char *talk_line(Talk *talk)
{
    char *end;
    size_t size;

    while (!(end = memmem(talk->in, talk->unread, "\r\n", 2)))
        if (talk_receive(talk) <= 0)
            return NULL;
    size = (size_t)(end - talk->in);
    assert_true(size < sizeof talk->reply);
    memcpy(talk->reply, talk->in, size);
    talk->reply[size] = '\0';
    talk->unread -= size + 2;
    memmove(talk->in, end + 2, talk->unread);
    return talk->reply;
}

/* Reads a whole reply, whose last line must begin with `expected`. */
static inline const char *talk_expect(Talk *talk, const char *expected)
{
    const char *line;

    do {
        line = talk_line(talk);
    } while (line && strlen(line) > 3 && line[3] == '-');
    if (!line)
        fail_msg("expected %s, but the connection is closed", expected);
    else if (!g_str_has_prefix(line, expected))
        fail_msg("expected %s, got %s", expected, line);
    return line;
}

static inline void talk_ask(Talk *talk, const char *text, const char *expected)
{
    g_autofree char *line = g_strconcat(text, "\r\n", NULL);

    talk_say(talk, line);
    talk_expect(talk, expected);
}

static inline void talk_expect_closed(Talk *talk)
{
    const char *line = talk_line(talk);

    if (line)
        fail_msg("expected the connection to close, got %s", line);
}

/* Whether nothing comes for a moment. */
static inline bool talk_is_silent(Talk *talk, int milliseconds)
{
    struct pollfd wait = {.fd = talk->fd, .events = POLLIN};

    return talk->unread == 0 && poll(&wait, 1, milliseconds) == 0;
}

/* A connection that has said EHLO. */
static inline Talk *talk_greet(int port)
{
    Talk *talk = talk_connect(port);

    talk_expect(talk, "220 ");
    talk_ask(talk, "EHLO client.example", "250 ");
    return talk;
}

/* MAIL and RCPT, both accepted. */
static inline void talk_address(Talk *talk, const char *recipient)
{
    g_autofree char *line = g_strdup_printf("RCPT TO:<%s>", recipient);

    talk_ask(talk, "MAIL FROM:<sender@example.org>", "250 ");
    talk_ask(talk, line, "250 ");
}

/* A small message, whose final dot gets the reply `expected`. */
static inline void talk_mail(Talk *talk, const char *recipient, const char *expected)
{
    talk_address(talk, recipient);
    talk_ask(talk, "DATA", "354 ");
    talk_ask(talk, "Subject: test\r\n\r\nHello\r\n.", expected);
}

/* Milliseconds of a clock that never jumps. */
static inline int64_t talk_clock(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

#endif
