/* bounce_code - the SMTP reply code (RFC 5321 4.2) and the enhanced status code (RFC 3463) that stand somewhere in a
 * text that a mail system wrote for people.
 *
 * Pure; threads: safe. */
#ifndef BREACH_TRACK_BOUNCE_CODE_H
#define BREACH_TRACK_BOUNCE_CODE_H

#include <stdbool.h>

#include "model/reply.h"

/* bounce_code_find: the first reply code with an enhanced code beside it; else each of them where it is first found.
 * Addresses of hosts, versions and dates are not taken for codes. false: there is neither. 2xx and 3xx replies in a
 * transcript are passed over. */
bool bounce_code_find(const char *text, ReplyStatus *status);

/* bounce_code_status: reads the value of a Status field ("5.1.1 (bad destination)", RFC 3464 2.3.4); false: none. */
bool bounce_code_status(const char *text, ReplyStatus *status);

/* bounce_code_is_specific: whether the enhanced code says more than its class (not X.0.0). */
bool bounce_code_is_specific(const ReplyStatus *status);

#endif
