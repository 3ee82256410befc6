/* sink_rule - what the rules of all embedded gateways share: the words of a line, and the conditions that say when a
 * rule strikes.
 *
 * Threads: a SinkStrike counts, so whoever has one locks it; everything else is pure. Errors: BREACH_ERROR_INPUT. */
#ifndef BREACH_DRILL_SINK_RULE_H
#define BREACH_DRILL_SINK_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "base/clock.h"

#define SINK_ADDRESS_MOST 254 /* of which a rule sees this much: RFC 5321 4.5.3.1.3 without the angle brackets */

typedef struct SinkConditions {
    char *pattern; /* glob over the address, no matter the case; NULL: every one */
    int skip;      /* leave the first N matches alone */
    int times;     /* strike at most so often; 0 = always */
    int each;      /* strike at most so often per address; 0 = no such limit */
    double share;  /* strike this share of addresses, chosen by a hash of them; 0 or 1 = all */
    /* Of a drill's faults, which no line of text gives: */
    uint64_t salt;         /* another salt, another share */
    const Clock *clock;    /* borrowed; NULL: what follows does not count */
    int64_t from, until;   /* strike within [from, until), ms; until 0 = without end */
    int64_t per_minute;    /* leave so many matches of each minute alone; 0: none */
} SinkConditions;

/* sink_rule_refuse, sink_rule_refuse_word: set the error and return false; the second one with a did-you-mean. `known`
 * ends with NULL. */
bool sink_rule_refuse(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
bool sink_rule_refuse_word(GError **error, const char *what, const char *word, const char *const *known);

/* sink_rule_name: the index of `word`, or -1. */
int sink_rule_name(const char *const *names, const char *word);

/* sink_rule_split: blanks part words, "quotes" hold them together, and within quotes \n, \" and \\ stand for a line
 * end, a quote and a backslash. Of char *, ended by NULL; NULL with an error when a quote is not closed. */
GPtrArray *sink_rule_split(const char *line, GError **error);

/* sink_rule_duration: 500ms, 2s, 1min, 1h. */
bool sink_rule_duration(const char *text, int64_t *duration);

/* sink_rule_condition: one word with a "=": to=GLOB skip=N times=N each=N share=0.05. `seen` remembers which were
 * given. */
bool sink_rule_condition(const char *word, SinkConditions *conditions, unsigned *seen, GError **error);

/* sink_rule_check: whether they make sense; `place` has an address or not. */
bool sink_rule_check(const SinkConditions *conditions, const char *place, bool has_address, GError **error);

/* sink_rule_in_share: whether a rule with this share and salt is for the address. */
bool sink_rule_in_share(const char *address, double share, uint64_t salt);

typedef struct SinkStrike SinkStrike;

/* sink_strike_new: `conditions` are borrowed until sink_strike_free(). */
SinkStrike *sink_strike_new(const SinkConditions *conditions);
void sink_strike_free(SinkStrike *strike);

/* sink_strike_try: whether it strikes, and counts. A message with several addresses meets a rule once, by the first
 * that the rule is for; without addresses (count 0) only conditions without an address are met. */
bool sink_strike_try(SinkStrike *strike, const char *const *addresses, size_t count);

#endif
