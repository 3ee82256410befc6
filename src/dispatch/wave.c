#include "dispatch/wave.h"

#include <glib.h>

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
