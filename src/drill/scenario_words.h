/* scenario_words - what a scenario says, in the languages that it says it in. The record of a drill is English, or
 * whatever its scenario is written in; these are the other languages of its texts and the names of its roles.
 *
 * Threads: safe. */
#ifndef BREACH_DRILL_SCENARIO_WORDS_H
#define BREACH_DRILL_SCENARIO_WORDS_H

#include <jansson.h>

#include "model/scenario.h"

/* scenario_words: {"zh-CN": {"lead": "负责人", "the notices are started": "开始发送通知"}}: by locale, then by what
 * stands in the record. A new object, empty where everything is in one language and no role has a name. */
json_t *scenario_words(const Scenario *scenario);

/* scenario_word: a text of the record, or a role, in the chosen language, else in English, else as it is. `words` may
 * be NULL. Borrowed from `words`, or `text` itself; NULL for NULL. */
const char *scenario_word(const json_t *words, const char *text);

#endif
