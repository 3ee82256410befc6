/* smtp_sink_store - what the sink keeps of the messages that it accepts: a count, a log, files.
 *
 * Threads: safe. */
#ifndef BREACH_DRILL_SMTP_SINK_STORE_H
#define BREACH_DRILL_SMTP_SINK_STORE_H

#include "drill/smtp_sink.h"
#include "drill/smtp_sink_content.h"

typedef struct SmtpSinkStore SmtpSinkStore;

/* smtp_sink_store_new: opens the log and makes the folder that the options name. Error: BREACH_ERROR_CREATE. */
SmtpSinkStore *smtp_sink_store_new(const SmtpSinkOptions *options, GError **error);

/* smtp_sink_store_wants: whether the octets of the next message are to be collected. */
bool smtp_sink_store_wants(SmtpSinkStore *store);

/* smtp_sink_store_accept: keeps, logs and counts a message, in this order; `envid` is xtext, "" when absent;
 * `recipients` are strings. False when a file cannot be written: then the message must not be accepted. */
bool smtp_sink_store_accept(SmtpSinkStore *store, const char *envid, const GPtrArray *recipients,
                            const SmtpSinkContent *content);

/* smtp_sink_store_accepted: how many. */
int64_t smtp_sink_store_accepted(const SmtpSinkStore *store);

void smtp_sink_store_free(SmtpSinkStore *store);

#endif
