/* web_talk - a client for tests of HTTP servers on this machine that says exactly what it is told. */
#ifndef BREACH_TESTS_WEB_TALK_H
#define BREACH_TESTS_WEB_TALK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>
#include <glib.h>

#include "listen/listener.h"

/* A connection whose kernel keeps about `most` octets that nobody has read (0: as many as it likes), so that a server
 * soon notices one that takes nothing. */
static inline int web_connect(const Listener *server, int most)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)listener_port(server))};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_true(fd >= 0);
    if (most > 0)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &most, sizeof most);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static inline void web_say(int fd, const char *text)
{
    assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
}

/* Everything up to `wanted`, or to the end of the connection (NULL: only that). Newly allocated. */
static inline char *web_hear(int fd, const char *wanted)
{
    GString *text = g_string_new(NULL);
    char c;

    while (!(wanted && g_str_has_suffix(text->str, wanted)) && recv(fd, &c, 1, 0) == 1)
        g_string_append_c(text, c);
    return g_string_free(text, FALSE);
}

#endif
