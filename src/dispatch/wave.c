#include "dispatch/wave.h"

#include <string.h>

#include "base/fault.h"
#include "base/language.h"

#define BY "breach" /* a person's is login@host */

int wave_room(const Wave *wave, int wanted)
{
    return wave->limit > 0 ? MIN(wanted, MAX(wave->limit - wave->claimed, 0)) : wanted;
}

bool wave_is_over(const Wave *wave)
{
    return wave->limit > 0 && wave->claimed >= wave->limit;
}

void wave_claimed(Wave *wave, bool is_first)
{
    wave->claimed += is_first ? 1 : 0;
}

void wave_outcome(Wave *wave, bool is_first, MessageEvent event, ChannelResult result)
{
    if (!is_first)
        return;
    if (event == EVENT_RETURNED) { /* it was not tried: another may take its place */
        wave->claimed--;
        return;
    }
    wave->answered++;
    if (event == EVENT_ACCEPTED)
        wave->told++;
    if (event == EVENT_FAILED || result == CHANNEL_PERMANENT || result == CHANNEL_POLICY)
        wave->refused++;
}

double wave_percent(const Wave *wave)
{
    return wave->answered > 0 ? (double)wave->refused * 100 / (double)wave->answered : 0;
}

bool wave_exceeds(const Wave *wave)
{
    return wave->refused > 0 && wave_percent(wave) > wave->stop_over;
}

char *wave_reason(const Wave *wave)
{
    return g_strdup_printf("first wave: %d of %d were refused (%.1f %%, more than %g %%)", wave->refused,
                           wave->answered, wave_percent(wave), wave->stop_over);
}

char *wave_words(const char *reason)
{
    static const char *const known[] = {N_("first wave: %s of %s were refused (%s %%, more than %s %%)"), NULL};

    return language_phrase(reason, known);
}

bool wave_is_hold(const Hold *hold)
{
    return hold->scope == HOLD_EVERYTHING && strcmp(hold->by, BY) == 0;
}

bool wave_hold(const Wave *wave, Ledger *ledger, int64_t now, GError **error)
{
    g_autofree char *reason = wave_reason(wave);
    const Hold hold = {
        .scope = HOLD_EVERYTHING, .name = (char *)"", .reason = reason, .by = (char *)BY, .at = now};
    bool changed;

    fault_point("wave_hold");
    return hold_set(ledger, &hold, &changed, error);
}
