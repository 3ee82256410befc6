#include "drill/smtp_sink_halt.h"

#include <errno.h>
#include <time.h>

void smtp_sink_halt_init(SmtpSinkHalt *halt)
{
    pthread_condattr_t attributes;

    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&halt->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_mutex_init(&halt->lock, NULL);
    halt->raised = false;
}

bool smtp_sink_halt_wait(SmtpSinkHalt *halt, int64_t duration)
{
    struct timespec until;
    int64_t nanoseconds;
    bool raised;
    int outcome = 0;

    clock_gettime(CLOCK_MONOTONIC, &until);
    nanoseconds = until.tv_nsec + duration % 1000 * 1000000;
    until.tv_sec += (time_t)(duration / 1000 + nanoseconds / 1000000000);
    until.tv_nsec = (long)(nanoseconds % 1000000000);
    pthread_mutex_lock(&halt->lock);
    while (!halt->raised && outcome != ETIMEDOUT)
        outcome = pthread_cond_timedwait(&halt->changed, &halt->lock, &until);
    raised = halt->raised;
    pthread_mutex_unlock(&halt->lock);
    return !raised;
}

void smtp_sink_halt_raise(SmtpSinkHalt *halt)
{
    pthread_mutex_lock(&halt->lock);
    halt->raised = true;
    pthread_cond_broadcast(&halt->changed);
    pthread_mutex_unlock(&halt->lock);
}

void smtp_sink_halt_clear(SmtpSinkHalt *halt)
{
    pthread_cond_destroy(&halt->changed);
    pthread_mutex_destroy(&halt->lock);
}
