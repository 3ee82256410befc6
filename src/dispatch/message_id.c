#include "dispatch/message_id.h"

#include <glib.h>

typedef struct Group {
    const char *kind, *value;
} Group;

static Group group_of(const MessageIdParts *parts)
{
    if (parts->holder && *parts->holder)
        return (Group){"holder", parts->holder};
    if (parts->capacity != CAPACITY_GUARDIAN && parts->organization && *parts->organization)
        return (Group){"organization", parts->organization};
    return (Group){"person", parts->person};
}

MessageIdParts message_id_of(const Person *person, const Audience *audience, const char *channel, const char *locale)
{
    return (MessageIdParts){.incident = "",
                            .channel = channel,
                            .audience = audience->id,
                            .locale = locale,
                            .capacity = audience->capacity,
                            .person = person_value(person, "id"),
                            .holder = person_value(person, "holder"),
                            .organization = person_value(person, "organization")};
}

bool message_id_alone(const MessageIdParts *parts)
{
    return group_of(parts).value == parts->person;
}

void message_id_make(const uint8_t secret[ID_SECRET_SIZE], const MessageIdParts *parts, char id[ID_MESSAGE_LENGTH + 1])
{
    const Group group = group_of(parts);
    char edition[16];
    const char *const all[] = {parts->incident, playbook_status_name(parts->status),
                               edition,         parts->channel,
                               parts->endpoint, parts->audience,
                               parts->locale,   group.kind,
                               group.value};

    g_snprintf(edition, sizeof edition, "%d", parts->edition);
    id_message(secret, all, G_N_ELEMENTS(all), id);
}
