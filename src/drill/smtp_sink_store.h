/* smtp_sink_store - what the embedded relay keeps of a message that it accepts.
 *
 * Threads: safe. */
#ifndef BREACH_DRILL_SMTP_SINK_STORE_H
#define BREACH_DRILL_SMTP_SINK_STORE_H

#include "drill/sink_store.h"
#include "drill/smtp_sink_content.h"

/* smtp_sink_store_accept: keeps, logs and counts a message, in this order; `envid` is xtext, "" when absent;
 * `recipients` are strings. False when a file cannot be written: then the message must not be accepted. */
bool smtp_sink_store_accept(SinkStore *store, const char *envid, const GPtrArray *recipients,
                            const SmtpSinkContent *content);

#endif
