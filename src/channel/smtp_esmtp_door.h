/* smtp_esmtp_door - the last look at what is given to libESMTP, and the pieces in which it gets a message.
 *
 * libESMTP checks nothing: a host or an address with CR LF in it becomes commands, a bare LF before a dot may end the
 * message for a relay that is lenient about line ends. Pure; threads: safe. */
#ifndef BREACH_CHANNEL_SMTP_ESMTP_DOOR_H
#define BREACH_CHANNEL_SMTP_ESMTP_DOOR_H

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#include "channel/channel.h"

/* smtp_esmtp_door_gateway: whether the gateway can be spoken to at all. Plain text is for this machine only. Error:
 * BREACH_ERROR_CONFIG. */
bool smtp_esmtp_door_gateway(const Gateway *gateway, GError **error);

/* smtp_esmtp_door_message: *headers becomes the size of the header section with the empty line that ends it.
 * Error: BREACH_ERROR_INTERNAL, for all of this should have been seen to before. */
bool smtp_esmtp_door_message(const ChannelMessage *message, size_t *headers, GError **error);

/* smtp_esmtp_door_piece: the size of the next piece after `given` octets: the header section, then the body but its
 * last two octets in pieces that a socket's buffer holds, then these; 0 at the end. The header section is a piece of
 * its own because libESMTP begins the next message with what a refused BDAT left unread of this one. */
size_t smtp_esmtp_door_piece(const ChannelMessage *message, size_t headers, size_t given);

#endif
