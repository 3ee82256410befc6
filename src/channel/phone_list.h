/* phone_list - engine of kind "phone": call lists for the people who telephone.
 *
 * A batch (hand_over_batch.h) holds `calls.csv`, one line a call with empty columns for what came of it, which goes
 * back through `breach record phone --from`; and `calls.pdf`, the same on paper with what to say in each person's
 * language.
 *
 * Threads: any number of sessions at the same time. */
#ifndef BREACH_CHANNEL_PHONE_LIST_H
#define BREACH_CHANNEL_PHONE_LIST_H

#include "channel/channel.h"

extern const ChannelEngine phone_list_engine;

#endif
