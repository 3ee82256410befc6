#include "model/message_state.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/language.h"

/* A zero entry is an impossible pair, so that what is not written here cannot happen. docs/STATES.md gives the reason
 * of every row. */
#define TO(state) (MESSAGE_##state + 1)

static const uint8_t table[MESSAGE_STATES][MESSAGE_EVENTS] =
    {
        [MESSAGE_PLANNED] =
            {
                [EVENT_CLAIMED] = TO(ATTEMPTING),
                [EVENT_RETURNED] = TO(PLANNED),
                [EVENT_ACCEPTED] = TO(ACCEPTED),
                [EVENT_DEFERRED] = TO(DEFERRED),
                [EVENT_FAILED] = TO(FAILED),
                [EVENT_DOUBTED] = TO(PLANNED),
                [EVENT_DELIVERED] = TO(DELIVERED),
                [EVENT_BOUNCED] = TO(PLANNED),
                [EVENT_QUARANTINED] = TO(QUARANTINED),
                [EVENT_WITHHELD] = TO(WITHHELD),
                [EVENT_CANCELLED] = TO(CANCELLED),
            },
        [MESSAGE_ATTEMPTING] =
            {
                [EVENT_RETURNED] = TO(PLANNED),
                [EVENT_ACCEPTED] = TO(ACCEPTED),
                [EVENT_DEFERRED] = TO(DEFERRED),
                [EVENT_FAILED] = TO(FAILED),
                [EVENT_DOUBTED] = TO(IN_DOUBT),
                [EVENT_DELIVERED] = TO(DELIVERED),
                [EVENT_BOUNCED] = TO(BOUNCED),
                [EVENT_QUARANTINED] = TO(QUARANTINED),
            },
        [MESSAGE_ACCEPTED] =
            {
                [EVENT_RETURNED] = TO(ACCEPTED),
                [EVENT_ACCEPTED] = TO(ACCEPTED),
                [EVENT_DEFERRED] = TO(ACCEPTED),
                [EVENT_FAILED] = TO(ACCEPTED),
                [EVENT_DOUBTED] = TO(ACCEPTED),
                [EVENT_DELIVERED] = TO(DELIVERED),
                [EVENT_BOUNCED] = TO(BOUNCED),
            },
        [MESSAGE_DELIVERED] =
            {
                [EVENT_RETURNED] = TO(DELIVERED),
                [EVENT_ACCEPTED] = TO(DELIVERED),
                [EVENT_DEFERRED] = TO(DELIVERED),
                [EVENT_FAILED] = TO(DELIVERED),
                [EVENT_DOUBTED] = TO(DELIVERED),
                [EVENT_DELIVERED] = TO(DELIVERED),
                [EVENT_BOUNCED] = TO(BOUNCED),
            },
        [MESSAGE_DEFERRED] =
            {
                [EVENT_CLAIMED] = TO(ATTEMPTING),
                [EVENT_RETURNED] = TO(DEFERRED),
                [EVENT_ACCEPTED] = TO(ACCEPTED),
                [EVENT_DEFERRED] = TO(DEFERRED),
                [EVENT_FAILED] = TO(FAILED),
                [EVENT_DOUBTED] = TO(DEFERRED),
                [EVENT_DELIVERED] = TO(DELIVERED),
                [EVENT_BOUNCED] = TO(BOUNCED),
                [EVENT_WITHHELD] = TO(WITHHELD),
                [EVENT_CANCELLED] = TO(CANCELLED),
                [EVENT_RELEASED] = TO(PLANNED),
            },
        [MESSAGE_BOUNCED] =
            {
                [EVENT_RETURNED] = TO(BOUNCED),
                [EVENT_ACCEPTED] = TO(BOUNCED),
                [EVENT_DEFERRED] = TO(BOUNCED),
                [EVENT_FAILED] = TO(BOUNCED),
                [EVENT_DOUBTED] = TO(BOUNCED),
                [EVENT_DELIVERED] = TO(BOUNCED),
                [EVENT_BOUNCED] = TO(BOUNCED),
                [EVENT_RELEASED] = TO(PLANNED),
            },
        [MESSAGE_FAILED] =
            {
                [EVENT_RETURNED] = TO(FAILED),
                [EVENT_ACCEPTED] = TO(ACCEPTED),
                [EVENT_DEFERRED] = TO(FAILED),
                [EVENT_FAILED] = TO(FAILED),
                [EVENT_DOUBTED] = TO(FAILED),
                [EVENT_DELIVERED] = TO(DELIVERED),
                [EVENT_BOUNCED] = TO(BOUNCED),
                [EVENT_RELEASED] = TO(PLANNED),
            },
        [MESSAGE_IN_DOUBT] =
            {
                [EVENT_CLAIMED] = TO(ATTEMPTING),
                [EVENT_RETURNED] = TO(PLANNED),
                [EVENT_ACCEPTED] = TO(ACCEPTED),
                [EVENT_DEFERRED] = TO(DEFERRED),
                [EVENT_FAILED] = TO(FAILED),
                [EVENT_DOUBTED] = TO(IN_DOUBT),
                [EVENT_DELIVERED] = TO(DELIVERED),
                [EVENT_BOUNCED] = TO(BOUNCED),
                [EVENT_CANCELLED] = TO(CANCELLED),
                [EVENT_RELEASED] = TO(PLANNED),
            },
        [MESSAGE_WITHHELD] =
            {
                [EVENT_RETURNED] = TO(WITHHELD),
                [EVENT_ACCEPTED] = TO(ACCEPTED),
                [EVENT_DEFERRED] = TO(WITHHELD),
                [EVENT_FAILED] = TO(WITHHELD),
                [EVENT_DOUBTED] = TO(WITHHELD),
                [EVENT_DELIVERED] = TO(DELIVERED),
                [EVENT_BOUNCED] = TO(WITHHELD),
                [EVENT_RELEASED] = TO(PLANNED),
            },
        [MESSAGE_CANCELLED] =
            {
                [EVENT_RETURNED] = TO(CANCELLED),
                [EVENT_ACCEPTED] = TO(ACCEPTED),
                [EVENT_DEFERRED] = TO(CANCELLED),
                [EVENT_FAILED] = TO(CANCELLED),
                [EVENT_DOUBTED] = TO(CANCELLED),
                [EVENT_DELIVERED] = TO(DELIVERED),
                [EVENT_BOUNCED] = TO(CANCELLED),
                [EVENT_RELEASED] = TO(PLANNED),
            },
        [MESSAGE_QUARANTINED] =
            {
                [EVENT_RETURNED] = TO(QUARANTINED),
                [EVENT_ACCEPTED] = TO(ACCEPTED),
                [EVENT_DEFERRED] = TO(QUARANTINED),
                [EVENT_FAILED] = TO(QUARANTINED),
                [EVENT_DOUBTED] = TO(QUARANTINED),
                [EVENT_DELIVERED] = TO(DELIVERED),
                [EVENT_BOUNCED] = TO(QUARANTINED),
                [EVENT_WITHHELD] = TO(WITHHELD),
                [EVENT_CANCELLED] = TO(CANCELLED),
                [EVENT_RELEASED] = TO(PLANNED),
            },
};

static const char *const state_names[MESSAGE_STATES] = {
    [MESSAGE_PLANNED] = N_("planned"),         [MESSAGE_ATTEMPTING] = N_("attempting"),
    [MESSAGE_ACCEPTED] = N_("accepted"),       [MESSAGE_DELIVERED] = N_("delivered"),
    [MESSAGE_DEFERRED] = N_("deferred"),       [MESSAGE_BOUNCED] = N_("bounced"),
    [MESSAGE_FAILED] = N_("failed"),           [MESSAGE_IN_DOUBT] = N_("in_doubt"),
    [MESSAGE_WITHHELD] = N_("withheld"),       [MESSAGE_CANCELLED] = N_("cancelled"),
    [MESSAGE_QUARANTINED] = N_("quarantined"),
};

static const char *const event_names[MESSAGE_EVENTS] = {
    [EVENT_CLAIMED] = N_("claimed"),     [EVENT_RETURNED] = N_("returned"),   [EVENT_ACCEPTED] = N_("accepted"),
    [EVENT_DEFERRED] = N_("deferred"),   [EVENT_FAILED] = N_("failed"),       [EVENT_DOUBTED] = N_("doubted"),
    [EVENT_DELIVERED] = N_("delivered"), [EVENT_BOUNCED] = N_("bounced"),     [EVENT_QUARANTINED] = N_("quarantined"),
    [EVENT_WITHHELD] = N_("withheld"),   [EVENT_CANCELLED] = N_("cancelled"), [EVENT_RELEASED] = N_("released"),
};

bool message_state_next(MessageState state, MessageEvent event, MessageState *next)
{
    /* Both may come from a ledger that something else wrote. */
    if ((unsigned)state >= MESSAGE_STATES || (unsigned)event >= MESSAGE_EVENTS || !table[state][event])
        return false;
    *next = (MessageState)(table[state][event] - 1);
    return true;
}

const char *message_state_name(MessageState state)
{
    return state_names[state];
}

const char *message_event_name(MessageEvent event)
{
    return event_names[event];
}

static bool find(const char *name, const char *const *names, size_t count, size_t *found)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], name) == 0) {
            *found = i;
            return true;
        }
    }
    return false;
}

bool message_state_parse(const char *name, MessageState *state)
{
    size_t found;

    if (!find(name, state_names, MESSAGE_STATES, &found))
        return false;
    *state = (MessageState)found;
    return true;
}

bool message_event_parse(const char *name, MessageEvent *event)
{
    size_t found;

    if (!find(name, event_names, MESSAGE_EVENTS, &found))
        return false;
    *event = (MessageEvent)found;
    return true;
}
