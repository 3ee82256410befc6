#include "model/escalation.h"

#include <string.h>

void escalation_clear(Escalation *escalation)
{
    for (guint i = 0; escalation->after && i < escalation->after->len; i++)
        g_free(g_array_index(escalation->after, EscalationAfter, i).channel);
    g_clear_pointer(&escalation->after, g_array_unref);
}

int64_t escalation_wait(const Escalation *escalation, const char *channel)
{
    static const char *const by_hand[] = {"letter", "phone", NULL};

    for (guint i = 0; escalation->after && i < escalation->after->len; i++) {
        const EscalationAfter *after = &g_array_index(escalation->after, EscalationAfter, i);

        if (strcmp(after->channel, channel) == 0)
            return after->wait;
    }
    return g_strv_contains(by_hand, channel) ? ESCALATION_AFTER_HANDS : ESCALATION_AFTER;
}
