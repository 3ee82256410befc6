#include "channel/smtp_esmtp_socket.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/fault.h"

#define TURNS 31 /* ports that share one wait for each other, which does no harm */

static pthread_mutex_t turns[TURNS];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void make_turns(void)
{
    for (size_t i = 0; i < TURNS; i++)
        pthread_mutex_init(&turns[i], NULL);
}

static bool is_loopback(const struct sockaddr_storage *peer, int *port)
{
    const struct sockaddr_in *four = (const struct sockaddr_in *)peer;
    const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)peer;

    if (peer->ss_family == AF_INET) {
        *port = ntohs(four->sin_port);
        return ntohl(four->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
    }
    if (peer->ss_family != AF_INET6)
        return false;
    *port = ntohs(six->sin6_port);
    return IN6_IS_ADDR_LOOPBACK(&six->sin6_addr) ||
           (IN6_IS_ADDR_V4MAPPED(&six->sin6_addr) && six->sin6_addr.s6_addr[12] == IN_LOOPBACKNET);
}

static uint64_t cookie_of(int fd)
{
    uint64_t cookie = 0;
    socklen_t size = sizeof cookie;

    return getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &size) == 0 ? cookie : 0;
}

/* Other threads open and close descriptors meanwhile: a number counts only if it meant the same socket before and after
 * it was asked for its peer. */
static bool is_connected_to(int fd, int port, uint64_t *cookie)
{
    struct sockaddr_storage peer = {0};
    socklen_t size = sizeof peer;
    int peer_port = 0;

    *cookie = cookie_of(fd);
    if (!*cookie || getpeername(fd, (struct sockaddr *)&peer, &size) != 0)
        return false;
    return is_loopback(&peer, &peer_port) && peer_port == port && cookie_of(fd) == *cookie;
}

static bool is_known(const GArray *known, uint64_t cookie)
{
    for (guint i = 0; i < known->len; i++) {
        if (g_array_index(known, uint64_t, i) == cookie)
            return true;
    }
    return false;
}

/* Adds the sockets connected to the port to `seen`, if given; returns how many are not in `known`, the last of them in
 * *fd. */
static int look_around(int port, const GArray *known, GArray *seen, int *fd)
{
    DIR *folder = opendir("/proc/self/fd");
    struct dirent *entry;
    uint64_t cookie = 0;
    int found = 0;

    if (!folder)
        return 0;
    while ((entry = readdir(folder))) {
        char *end = NULL;
        int candidate = (int)strtol(entry->d_name, &end, 10);

        if (end == entry->d_name || *end || !is_connected_to(candidate, port, &cookie))
            continue;
        if (seen)
            g_array_append_val(seen, cookie);
        if (known && !is_known(known, cookie)) {
            *fd = candidate;
            found++;
        }
    }
    closedir(folder);
    return found;
}

void smtp_esmtp_socket_begin(SmtpEsmtpTurn *turn, int port)
{
    pthread_once(&once, make_turns);
    pthread_mutex_lock(&turns[port % TURNS]);
    turn->port = port;
    turn->is_held = true;
    turn->known = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    look_around(port, NULL, turn->known, NULL);
}

int smtp_esmtp_socket_find(const SmtpEsmtpTurn *turn)
{
    int fd = -1;

    if (fault_fails("smtp-socket") || look_around(turn->port, turn->known, NULL, &fd) != 1)
        return -1;
    return fd;
}

void smtp_esmtp_socket_end(SmtpEsmtpTurn *turn)
{
    if (!turn->is_held)
        return;
    g_array_unref(turn->known);
    turn->known = NULL;
    turn->is_held = false;
    pthread_mutex_unlock(&turns[turn->port % TURNS]);
}

void smtp_esmtp_socket_hurry(int fd)
{
    int on = 1;

    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    (void)fcntl(fd, F_SETFD, FD_CLOEXEC); /* libESMTP leaves that out */
}

void smtp_esmtp_socket_acknowledge(int fd)
{
    int on = 1;

    (void)setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
}

bool smtp_esmtp_socket_has_room(int fd, int64_t timeout)
{
    struct pollfd ready = {.fd = fd, .events = POLLOUT};
    int got;

    do {
        got = poll(&ready, 1, (int)CLAMP(timeout, 0, G_MAXINT));
    } while (got < 0 && errno == EINTR);
    return got > 0 && (ready.revents & POLLOUT) && !(ready.revents & (POLLERR | POLLHUP));
}

bool smtp_esmtp_socket_is_quiet(int fd)
{
    char octet;
    ssize_t got = recv(fd, &octet, 1, MSG_PEEK | MSG_DONTWAIT);

    return got < 0 && (errno == EAGAIN || errno == EINTR);
}

void smtp_esmtp_socket_cut(int fd)
{
    if (fd >= 0)
        (void)shutdown(fd, SHUT_RDWR);
}
