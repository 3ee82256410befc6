#include "dispatch/edition.h"

#include <string.h>

#define WITHDRAWN "withdrawn before they were told"

static const char *audience_id(const Playbook *playbook, size_t audience)
{
    return audience < playbook->audiences->len
               ? ((const Audience *)g_ptr_array_index(playbook->audiences, audience))->id
               : NULL;
}

static EditionStanding standing_of(const Playbook *playbook, int edition)
{
    return edition < playbook->incident.edition ? EDITION_TOLD_BEFORE : EDITION_TOLD_NOW;
}

static bool has_audience(const Playbook *playbook, const PlanDecision *decision, const char *id)
{
    for (size_t i = 0; i < decision->count; i++)
        if (g_strcmp0(audience_id(playbook, decision->notices[i].audience), id) == 0)
            return true;
    return false;
}

/* The next from *at on that was told under an audience the person has left; NULL when there is none. */
static const LedgerPlanTold *next_left(const Playbook *playbook, const PlanDecision *decision, const LedgerPlanTold *told,
                                       size_t count, size_t *at)
{
    while (*at < count) {
        const LedgerPlanTold *entry = &told[(*at)++];

        if (!has_audience(playbook, decision, entry->audience))
            return entry;
    }
    return NULL;
}

static const LedgerPlanTold *find_told(const LedgerPlanTold *told, size_t count, const char *id)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(told[i].audience, id) == 0)
            return &told[i];
    return NULL;
}

void edition_sort(const Playbook *playbook, const PlanDecision *decision, const LedgerPlanTold *told, size_t count,
                  EditionStanding standing[PLAN_AUDIENCES_MAX])
{
    size_t left = 0;

    for (size_t i = 0; i < decision->count; i++) {
        size_t audience = decision->notices[i].audience;
        const char *id = audience_id(playbook, audience);
        const LedgerPlanTold *entry = id ? find_told(told, count, id) : NULL;

        if (id && !entry)
            entry = next_left(playbook, decision, told, count, &left);
        if (entry)
            standing[audience] = standing_of(playbook, entry->edition);
    }
}

static void drop_endpoints(PlanNotice *notice)
{
    while (notice->count > 0)
        g_free(notice->endpoints[--notice->count]);
    notice->channel = NULL;
    notice->locale = NULL;
}

static void leave_aside(PlanNotice *notice, Told aside, const char *reason, const char *name)
{
    const char *end = NULL;

    drop_endpoints(notice);
    notice->aside = aside;
    g_snprintf(notice->reason, sizeof notice->reason, "%s%s", name, reason);
    if (!g_utf8_validate(notice->reason, -1, &end))
        notice->reason[end - notice->reason] = '\0';
}

static const char *look_up(const char *name, void *user)
{
    return person_value(user, name);
}

/* Whether the notice stays in the decision. */
static bool apply_update(const PlaybookUpdate *update, const Person *person, PlanNotice *notice)
{
    const char *unknown = NULL;
    ConditionValue value = CONDITION_TRUE;

    if (update->match)
        value = condition_evaluate(update->match, look_up, (void *)person, &unknown);
    if (value == CONDITION_UNKNOWN)
        leave_aside(notice, TOLD_QUARANTINED, " missing: it decides who gets this edition", unknown);
    if (value == CONDITION_FALSE)
        drop_endpoints(notice);
    return value != CONDITION_FALSE;
}

void edition_apply(const Playbook *playbook, const Person *person, const EditionStanding standing[PLAN_AUDIENCES_MAX],
                   PlanDecision *decision)
{
    const PlaybookUpdate *update = playbook->update;
    size_t kept = 0;

    if (!update)
        return;
    for (size_t i = 0; i < decision->count; i++) {
        PlanNotice *notice = &decision->notices[i];
        EditionStanding how = notice->audience < PLAN_AUDIENCES_MAX ? standing[notice->audience] : EDITION_NOT_TOLD;

        if (how == EDITION_TOLD_BEFORE && !apply_update(update, person, notice))
            continue;
        if (how == EDITION_NOT_TOLD && update->kind == UPDATE_WITHDRAWAL && notice->aside != TOLD_QUARANTINED)
            leave_aside(notice, TOLD_WITHHELD, WITHDRAWN, "");
        if (kept != i)
            decision->notices[kept] = *notice;
        kept++;
    }
    decision->count = kept;
}
