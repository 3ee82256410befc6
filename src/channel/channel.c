#include "channel/channel.h"

#include <string.h>

const char *channel_result_name(ChannelResult result)
{
    static const char *const names[] = {"accepted", "temporary", "permanent", "policy",
                                        "in_doubt", "not_sent",  "unfit",     "looked_up"};

    return names[result];
}

const char *channel_fate_name(ChannelFate fate)
{
    static const char *const names[] = {"unknown", "not_found", "accepted", "delivered", "failed", "bounced"};

    return names[fate];
}

const char *channel_field(const ChannelField *fields, const char *name)
{
    for (const ChannelField *field = fields; field && field->name; field++)
        if (strcmp(field->name, name) == 0)
            return field->value;
    return NULL;
}
