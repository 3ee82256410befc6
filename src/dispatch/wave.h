/* wave - notify --limit: a first wave of messages that shows whether the rest may follow.
 *
 * At most `limit` messages are claimed for a first attempt; what is refused among them for good or by policy is
 * counted. All but wave_hold() is pure. Threads: one. */
#ifndef BREACH_DISPATCH_WAVE_H
#define BREACH_DISPATCH_WAVE_H

#include <stdbool.h>

#include <stdint.h>

#include <glib.h>

#include "channel/channel.h"
#include "ledger/hold.h"
#include "ledger/ledger.h"
#include "model/message_state.h"

typedef struct Wave {
    int limit;        /* 0: there is no wave */
    double stop_over; /* percent */
    int claimed;      /* for a first attempt, and not returned */
    int answered;
    int told;    /* of these: accepted */
    int refused; /* of these: for good, or by policy */
} Wave;

/* wave_room: how many of `wanted` may be claimed. */
int wave_room(const Wave *wave, int wanted);

/* wave_is_over: nothing more may be claimed. */
bool wave_is_over(const Wave *wave);

/* wave_claimed: a message was claimed; wave_outcome: what became of it. `is_first`: it was its first attempt. */
void wave_claimed(Wave *wave, bool is_first);
void wave_outcome(Wave *wave, bool is_first, MessageEvent event, ChannelResult result);

/* wave_exceeds: more were refused than stop_over allows. wave_percent: how many of a hundred answers were refusals. */
bool wave_exceeds(const Wave *wave);
double wave_percent(const Wave *wave);

/* wave_reason: "first wave: 7 of 100 were refused (…)", as the ledger says it; newly allocated. */
char *wave_reason(const Wave *wave);

/* wave_words: such a reason in the chosen language; another one as it is. Newly allocated. */
char *wave_words(const char *reason);

/* wave_is_hold: whether it is the hold of a wave: nobody lifts it before they have looked. */
bool wave_is_hold(const Hold *hold);

/* wave_hold: in a batch: holds everything for that reason; errors as ledger.h. */
bool wave_hold(const Wave *wave, Ledger *ledger, int64_t now, GError **error);

#endif
