#include "channel/channel.h"

const char *channel_result_name(ChannelResult result)
{
    static const char *const names[] = {"accepted", "temporary", "permanent", "policy", "in_doubt", "not_sent"};

    return names[result];
}
