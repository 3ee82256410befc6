/* tempo - how many messages a second, as a person wants to see it: over the last five to ten seconds, or over what
 * there has been so far. Never over less of a run than there is: the first instant of one, in which a full queue
 * empties into new connections, says nothing about how long the rest will take.
 *
 * Pure: times come from the caller. Threads: one for each Tempo. */
#ifndef BREACH_DISPATCH_TEMPO_H
#define BREACH_DISPATCH_TEMPO_H

#include <stdint.h>

typedef struct Tempo {
    int64_t from_at, from_count;   /* where counting begins: the window before the current one */
    int64_t begun_at, begun_count; /* the current window */
} Tempo;

/* tempo_begin: nothing is counted yet, at `at` (ms). tempo_look: `count` so far, at `at`, which never goes back;
 * messages a second. */
void tempo_begin(Tempo *tempo, int64_t at);
double tempo_look(Tempo *tempo, int64_t at, int64_t count);

#endif
