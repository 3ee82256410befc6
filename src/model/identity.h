/* identity - from the states of messages to the state of a notice, from notices to a person, and the sum that must
 * always hold: people = delivered + accepted + in_doubt + pending + quarantined + withheld + unreachable.
 *
 * Pure; threads: safe. */
#ifndef BREACH_MODEL_IDENTITY_H
#define BREACH_MODEL_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/message_state.h"

typedef enum Told {
    TOLD_DELIVERED,
    TOLD_ACCEPTED,
    TOLD_IN_DOUBT,
    TOLD_PENDING,
    TOLD_QUARANTINED,
    TOLD_WITHHELD,
    TOLD_UNREACHABLE,
    TOLD_STATES
} Told;

/* identity_notice: the state of a notice: the first that holds of delivered, accepted, in_doubt, pending (a message
 * planned, attempting or deferred), quarantined, withheld (only withheld or cancelled messages), unreachable (all the
 * rest, no message at all included). `counts[s]` says how many of its messages are in state s. */
Told identity_notice(const uint32_t counts[MESSAGE_STATES]);

/* identity_ladder: the same for a notice with a ladder. `has_rungs`: channels are left to go on to, so that one of which a
 * message failed or came back is pending, not unreachable. `every`: each channel must get through, so that it is pending
 * while any message is. */
Told identity_ladder(const uint32_t counts[MESSAGE_STATES], bool has_rungs, bool every);

/* identity_person: a person counts once, under the first of in_doubt, pending, quarantined, unreachable, withheld,
 * accepted, delivered that one of their notices has. `counts[t]` says how many notices are in t; at least one is. */
Told identity_person(const uint32_t counts[TOLD_STATES]);

/* identity_holds: whether the sum is right and no part is negative. */
bool identity_holds(int64_t people, const int64_t counts[TOLD_STATES]);

/* identity_complete: in_doubt, pending and quarantined are all 0. */
bool identity_complete(const int64_t counts[TOLD_STATES]);

/* identity_told_name: "in_doubt", as in --json. */
const char *identity_told_name(Told told);

#endif
