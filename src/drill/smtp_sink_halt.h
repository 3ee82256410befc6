/* smtp_sink_halt - a wait that the end of the sink cuts short.
 *
 * Threads: safe between smtp_sink_halt_init() and smtp_sink_halt_clear(). */
#ifndef BREACH_DRILL_SMTP_SINK_HALT_H
#define BREACH_DRILL_SMTP_SINK_HALT_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct SmtpSinkHalt {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool raised;
} SmtpSinkHalt;

void smtp_sink_halt_init(SmtpSinkHalt *halt);

/* smtp_sink_halt_wait: waits `duration` milliseconds; false as soon as the halt is raised. */
bool smtp_sink_halt_wait(SmtpSinkHalt *halt, int64_t duration);

/* smtp_sink_halt_raise: ends every wait, now and later. */
void smtp_sink_halt_raise(SmtpSinkHalt *halt);

/* smtp_sink_halt_clear: frees what it holds; nobody may be waiting. */
void smtp_sink_halt_clear(SmtpSinkHalt *halt);

#endif
