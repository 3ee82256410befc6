/* smtp_esmtp_socket - the descriptor of a session, which libESMTP does not show.
 *
 * Inside TLS OpenSSL knows it. In plain text, which is spoken to this machine only, sessions take turns at connecting:
 * whoever has the turn notes the sockets that are connected to the port before, and looks for the one that is new when
 * libESMTP says that it is connected. Connecting to this machine takes microseconds or fails at once, and each port has
 * its own turn, so nobody waits for a dead relay. Threads: safe. */
#ifndef BREACH_CHANNEL_SMTP_ESMTP_SOCKET_H
#define BREACH_CHANNEL_SMTP_ESMTP_SOCKET_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

typedef struct SmtpEsmtpTurn {
    int port;
    bool is_held;
    GArray *known; /* owned while held: the sockets that were there before, by SO_COOKIE */
} SmtpEsmtpTurn;

/* smtp_esmtp_socket_begin: waits for the turn at `port`. */
void smtp_esmtp_socket_begin(SmtpEsmtpTurn *turn, int port);

/* smtp_esmtp_socket_find: the one socket that has been connected to the port of this machine since the turn began, or
 * -1 where none or several could be it. */
int smtp_esmtp_socket_find(const SmtpEsmtpTurn *turn);

/* smtp_esmtp_socket_end: gives the turn away, if it is held. */
void smtp_esmtp_socket_end(SmtpEsmtpTurn *turn);

/* smtp_esmtp_socket_hurry: sets TCP_NODELAY, without which libESMTP's 2 KB writes wait 44 ms for a delayed ACK, and
 * close-on-exec, which libESMTP leaves out. */
void smtp_esmtp_socket_hurry(int fd);

/* smtp_esmtp_socket_acknowledge: what was received is acknowledged now, without the kernel's 40 ms of patience. */
void smtp_esmtp_socket_acknowledge(int fd);

/* smtp_esmtp_socket_has_room: waits up to `timeout` ms until a piece of a message can be written without waiting.
 * libESMTP drops what it could not write in time and goes on with the rest: the relay would accept a message with a
 * hole in it. */
bool smtp_esmtp_socket_has_room(int fd, int64_t timeout);

/* smtp_esmtp_socket_is_quiet: whether the relay has neither closed the connection nor said anything unasked. */
bool smtp_esmtp_socket_is_quiet(int fd);

/* smtp_esmtp_socket_cut: nothing is sent or received any more; the descriptor stays libESMTP's to close. */
void smtp_esmtp_socket_cut(int fd);

#endif
