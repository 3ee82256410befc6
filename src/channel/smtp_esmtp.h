/* smtp_esmtp - SMTP through libESMTP, with a guard for everything that the library leaves open.
 *
 * libESMTP as shipped can stall, crash, be injected into, and report a false "sent". Every guard here has a test
 * against a scripted server. What the library cannot do is not offered: implicit TLS (465), SMTPUTF8, XOAUTH2, IPv6
 * literals, client certificates. SIGPIPE must be ignored by the process (smtp_esmtp_initialize() does it). */
#ifndef BREACH_CHANNEL_SMTP_ESMTP_H
#define BREACH_CHANNEL_SMTP_ESMTP_H

#include "channel/channel.h"

/* smtp_esmtp_initialize: once, before the first thread: ignores SIGPIPE, initialises OpenSSL and the AUTH plugins. */
void smtp_esmtp_initialize(void);

/* smtp_esmtp_engine: the engine of gateways of kind "smtp". Static. */
const ChannelEngine *smtp_esmtp_engine(void);

#endif
