/* short_text - what goes through providers with limits: how long text messages are, what they cost, whether their
 * signature is right, and whether the provider's approved text is ours.
 *
 * Used when checking; belongs to one reading of the people file. Threads: one. */
#ifndef BREACH_DISPATCH_SHORT_TEXT_H
#define BREACH_DISPATCH_SHORT_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/finding.h"
#include "dispatch/material.h"

typedef struct ShortTexts ShortTexts;

/* short_texts_new: `material` is borrowed until short_texts_free(). */
ShortTexts *short_texts_new(const Material *material);
void short_texts_free(ShortTexts *texts);

/* short_texts_count: `messages` of `text` to a person with the frozen `data` (JSON): first, or when ways before it
 * fail; `sign` -1 takes them out again. Adds up in text->sms. What every person reads alike is rendered once.
 * false: it cannot be rendered and counts nowhere. */
bool short_texts_count(ShortTexts *texts, MaterialText *text, const char *data, int64_t messages, bool is_first,
                       int sign);

/* short_texts_segments: of `text` as short_texts_count() measured it last. */
int short_texts_segments(ShortTexts *texts, const MaterialText *text);

/* short_texts_check: findings about every text that was made: `now` in ms. */
void short_texts_check(ShortTexts *texts, int64_t now, Findings *findings);

/* short_texts_price: millionths of the gateway's currency for so many segments; 0: the gateway says no price. */
int64_t short_texts_price(const Gateway *gateway, int64_t segments);

#endif
