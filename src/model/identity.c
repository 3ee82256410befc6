#include "model/identity.h"

#include "base/language.h"

static bool is_open(const uint32_t counts[MESSAGE_STATES])
{
    return counts[MESSAGE_PLANNED] || counts[MESSAGE_ATTEMPTING] || counts[MESSAGE_DEFERRED];
}

Told identity_ladder(const uint32_t counts[MESSAGE_STATES], bool has_rungs, bool every)
{
    bool has_failed = counts[MESSAGE_BOUNCED] || counts[MESSAGE_FAILED];

    if (every && is_open(counts))
        return TOLD_PENDING;
    if (counts[MESSAGE_DELIVERED])
        return TOLD_DELIVERED;
    if (counts[MESSAGE_ACCEPTED])
        return TOLD_ACCEPTED;
    if (counts[MESSAGE_IN_DOUBT])
        return TOLD_IN_DOUBT;
    if (is_open(counts) || (has_rungs && has_failed))
        return TOLD_PENDING;
    if (counts[MESSAGE_QUARANTINED])
        return TOLD_QUARANTINED;
    if (!has_failed && (counts[MESSAGE_WITHHELD] || counts[MESSAGE_CANCELLED]))
        return TOLD_WITHHELD;
    return TOLD_UNREACHABLE;
}

Told identity_notice(const uint32_t counts[MESSAGE_STATES])
{
    return identity_ladder(counts, false, false);
}

Told identity_person(const uint32_t counts[TOLD_STATES])
{
    /* The worst comes first: nobody counts as told while any of their notices is open. */
    static const Told order[] = {TOLD_IN_DOUBT, TOLD_PENDING,  TOLD_QUARANTINED, TOLD_UNREACHABLE,
                                 TOLD_WITHHELD, TOLD_ACCEPTED, TOLD_DELIVERED};

    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
        if (counts[order[i]])
            return order[i];
    return TOLD_UNREACHABLE;
}

bool identity_holds(int64_t people, const int64_t counts[TOLD_STATES])
{
    int64_t left = people;

    for (int told = 0; told < TOLD_STATES; told++) {
        /* Taking away parts that are not negative cannot overflow; adding them up could. */
        if (counts[told] < 0 || counts[told] > left)
            return false;
        left -= counts[told];
    }
    return left == 0;
}

bool identity_complete(const int64_t counts[TOLD_STATES])
{
    return counts[TOLD_IN_DOUBT] == 0 && counts[TOLD_PENDING] == 0 && counts[TOLD_QUARANTINED] == 0;
}

const char *identity_told_name(Told told)
{
    static const char *const names[TOLD_STATES] = {
        [TOLD_DELIVERED] = N_("delivered"),     [TOLD_ACCEPTED] = N_("accepted"),
        [TOLD_IN_DOUBT] = N_("in_doubt"),       [TOLD_PENDING] = N_("pending"),
        [TOLD_QUARANTINED] = N_("quarantined"), [TOLD_WITHHELD] = N_("withheld"),
        [TOLD_UNREACHABLE] = N_("unreachable"),
    };

    return names[told];
}
