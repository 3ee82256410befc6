#include "dispatch/tempo.h"

#define WINDOW 5000 /* ms */

void tempo_begin(Tempo *tempo, int64_t at)
{
    *tempo = (Tempo){.from_at = at, .begun_at = at};
}

double tempo_look(Tempo *tempo, int64_t at, int64_t count)
{
    int64_t span = at - tempo->from_at;
    double rate = span > 0 ? (double)(count - tempo->from_count) * 1000 / (double)span : 0;

    if (at - tempo->begun_at >= WINDOW) {
        tempo->from_at = tempo->begun_at;
        tempo->from_count = tempo->begun_count;
        tempo->begun_at = at;
        tempo->begun_count = count;
    }
    return rate;
}
