/* smtp_esmtp_reply - a relay's words, taken apart by libESMTP, made fit to be kept and shown.
 *
 * Pure; threads: safe. */
#ifndef BREACH_CHANNEL_SMTP_ESMTP_REPLY_H
#define BREACH_CHANNEL_SMTP_ESMTP_REPLY_H

#include <stdbool.h>

#include "channel/channel.h"

#define SMTP_ESMTP_REPLY_MAX 400 /* bytes of text in an outcome */

/* smtp_esmtp_reply_is_whole: whether the reply with the text `raw` (NULL: none) came to its end. libESMTP also hands
 * out a line that a lost connection cut short, and the beginning of an over-long one. */
bool smtp_esmtp_reply_is_whole(const char *raw);

/* smtp_esmtp_reply_text: `raw`, lines joined by CRLF, as one line of valid UTF-8 without codes, at most
 * SMTP_ESMTP_REPLY_MAX bytes; newly allocated. `status` has the reply code and, where libESMTP has read it, the
 * enhanced code; an enhanced code that stands in the text is moved there. */
char *smtp_esmtp_reply_text(const char *raw, ReplyStatus *status);

typedef struct SmtpEsmtpVerdict {
    ChannelResult result;
    bool ends_session;
    bool is_lasting; /* trying again is no use before somebody mends something */
} SmtpEsmtpVerdict;

/* smtp_esmtp_reply_judge: what follows from a 2xx, 4xx or 5xx for the message and for the session. */
SmtpEsmtpVerdict smtp_esmtp_reply_judge(ReplyStatus status, ReplyStage stage);

#endif
