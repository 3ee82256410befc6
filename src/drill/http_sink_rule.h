/* http_sink_rule - which rule of an embedded provider strikes where; the rules themselves are declared in http_sink.h.
 *
 * Threads: a HttpSinkRuleBook may be asked from any thread. */
#ifndef BREACH_DRILL_HTTP_SINK_RULE_H
#define BREACH_DRILL_HTTP_SINK_RULE_H

#include "drill/http_sink.h"

typedef struct HttpSinkRuleBook HttpSinkRuleBook;

/* http_sink_rule_book_new: `rules` (of HttpSinkRule *, may be NULL) are borrowed until http_sink_rule_book_free().
 * Error: BREACH_ERROR_INPUT when one makes no sense. */
HttpSinkRuleBook *http_sink_rule_book_new(const GPtrArray *rules, GError **error);

/* http_sink_rule_book_strike: the first rule that strikes at this place for one of the `count` endpoints, counted as
 * struck; NULL: none. Borrowed. */
const HttpSinkRule *http_sink_rule_book_strike(HttpSinkRuleBook *book, HttpSinkAt at, const char *const *endpoints,
                                               size_t count);

void http_sink_rule_book_free(HttpSinkRuleBook *book);

#endif
