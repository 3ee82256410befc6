/* smtp_sink_rule - reads rules, and keeps count of which one strikes where.
 *
 * The rules themselves are declared in smtp_sink.h. Threads: a SmtpSinkRuleBook may be asked from any thread. */
#ifndef BREACH_DRILL_SMTP_SINK_RULE_H
#define BREACH_DRILL_SMTP_SINK_RULE_H

#include "drill/smtp_sink.h"

typedef struct SmtpSinkRuleBook SmtpSinkRuleBook;

/* smtp_sink_rule_parse: see smtp_sink_parse_rule(). */
SmtpSinkRule *smtp_sink_rule_parse(const char *line, GError **error);

/* smtp_sink_rule_check: whether the rule makes sense. Error: BREACH_ERROR_INPUT. */
bool smtp_sink_rule_check(const SmtpSinkRule *rule, GError **error);

/* smtp_sink_rule_book_new: `rules` (of SmtpSinkRule *, may be NULL) are borrowed until smtp_sink_rule_book_free().
 * Error: BREACH_ERROR_INPUT when one makes no sense. */
SmtpSinkRuleBook *smtp_sink_rule_book_new(const GPtrArray *rules, GError **error);

/* smtp_sink_rule_book_strike: the first rule that strikes at this place for one of the `count` addresses, counted as
 * struck; NULL: none. Places without an address (count 0) meet rules without address conditions only. Borrowed. */
const SmtpSinkRule *smtp_sink_rule_book_strike(SmtpSinkRuleBook *book, SmtpSinkAt at, const char *const *addresses,
                                               size_t count);

void smtp_sink_rule_book_free(SmtpSinkRuleBook *book);

#endif
