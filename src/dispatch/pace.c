#include "dispatch/pace.h"

#include <string.h>

#include <glib.h>

#define MEASURE_MS 1000
#define RAISE_MS 1000
#define RAISE_PARTS 20

/* The rate that counts now; 0: unlimited. */
static double rate_of(const Pace *pace)
{
    if (pace->throttle <= 0)
        return pace->rate;
    return pace->rate > 0 ? MIN(pace->rate, pace->throttle) : pace->throttle;
}

static double capacity(const Pace *pace)
{
    return MAX(rate_of(pace) / 10, 1.0);
}

void pace_start(Pace *pace, double rate, int connections, int64_t now)
{
    *pace = (Pace){.rate = rate, .filled_at = now, .connections = connections, .first_pause = PACE_PAUSE_FIRST,
                   .measured_at = now};
    pace->tokens = capacity(pace);
}

static void fill(Pace *pace, int64_t now)
{
    pace->tokens = MIN(capacity(pace), pace->tokens + (double)(now - pace->filled_at) / 1000 * rate_of(pace));
    pace->filled_at = now;
}

int pace_allowance(Pace *pace, int wanted, int64_t now)
{
    if (now < pace->paused_until)
        return 0;
    if (pace_is_probing(pace))
        wanted = MIN(wanted, 1);
    if (rate_of(pace) <= 0)
        return wanted;
    fill(pace, now);
    return MIN(wanted, (int)pace->tokens);
}

void pace_take(Pace *pace, int count)
{
    if (rate_of(pace) > 0)
        pace->tokens -= count;
}

int64_t pace_ready_at(const Pace *pace, int64_t now)
{
    int64_t ready = MAX(now, pace->paused_until);

    if (rate_of(pace) > 0 && pace->tokens < 1)
        ready = MAX(ready, pace->filled_at + (int64_t)((1 - pace->tokens) / rate_of(pace) * 1000) + 1);
    return ready;
}

int64_t pace_rest(const Pace *pace, int64_t now)
{
    return MAX(pace->paused_until - now, 0);
}

bool pace_is_probing(const Pace *pace)
{
    return pace->paused_until != 0;
}

static int64_t begin_pause(Pace *pace, int64_t now)
{
    int64_t length = pace->first_pause << MIN(pace->faults, 16);

    length = MIN(length, PACE_PAUSE_MAX);
    if (pace->faults < 16)
        pace->faults++;
    pace->paused_until = now + length;
    return length;
}

int64_t pace_fault(Pace *pace, int64_t now)
{
    int64_t left = pace_rest(pace, now); /* sister sessions of the one that broke first */

    return left > 0 ? left : begin_pause(pace, now);
}

int64_t pace_wait(Pace *pace, int64_t length, int64_t now)
{
    if (length <= 0 || now + length <= pace->paused_until)
        return 0;
    pace->paused_until = now + length;
    return length;
}

int64_t pace_doubt(Pace *pace, int64_t now)
{
    if (++pace->doubts < pace->connections && !pace_is_probing(pace))
        return 0;
    if (now < pace->paused_until)
        return 0;
    return begin_pause(pace, now);
}

void pace_answered(Pace *pace)
{
    pace->faults = 0;
    pace->doubts = 0;
    pace->paused_until = 0;
}

/* Throttle ------------------------------------------------------------------------------------------------------ */

bool pace_is_load(int code, const char *enhanced, const char *text)
{
    static const char *const others[] = {"4.1.", "4.2.", "4.7.1", "5."};
    g_autofree char *words = NULL;

    if (code == 421)
        return true;
    if (code != 451 && code != 452)
        return false;
    for (size_t i = 0; enhanced && i < G_N_ELEMENTS(others); i++)
        if (g_str_has_prefix(enhanced, others[i]) && (i != 2 || strcmp(enhanced, others[i]) == 0))
            return false;
    words = g_ascii_strdown(text ? text : "", -1);
    return !strstr(words, "greylist") && !strstr(words, "graylist");
}

static void measure(Pace *pace, int64_t now)
{
    int64_t length = now - pace->measured_at;

    pace->measured++;
    if (length < MEASURE_MS)
        return;
    pace->speed = (double)pace->measured * 1000 / (double)length;
    pace->measured = 0;
    pace->measured_at = now;
}

/* What is cut: the rate that counts, else the measured one, however short the time was. */
static double speed_of(const Pace *pace, int64_t now)
{
    double measured = pace->speed > 0 ? pace->speed
                                      : (double)pace->measured * 1000 / (double)MAX(now - pace->measured_at, 1);
    double rate = rate_of(pace);

    return rate > 0 ? MIN(rate, MAX(measured, PACE_RATE_MIN)) : measured;
}

static void remember(Pace *pace, bool is_load)
{
    pace->window = (pace->window << 1 | (is_load ? 1 : 0)) & ((UINT32_C(1) << PACE_WINDOW) - 1);
    pace->window_size = MIN(pace->window_size + 1, PACE_WINDOW);
}

static void cut(Pace *pace, int64_t now)
{
    double speed = speed_of(pace, now);

    if (pace->throttle <= 0)
        pace->before = MAX(speed, PACE_RATE_MIN);
    fill(pace, now);
    pace->throttle = MAX(speed / 2, PACE_RATE_MIN);
    pace->tokens = MIN(pace->tokens, capacity(pace));
    pace->filled_at = now;
    pace->cut_at = pace->raised_at = now;
    pace->window = 0;
    pace->window_size = 0;
}

bool pace_load(Pace *pace, int code, int64_t now)
{
    measure(pace, now);
    remember(pace, true);
    pace->raised_at = now;
    if (pace->cut_at != 0 && now - pace->cut_at < PACE_CUT_MS)
        return false;
    if (code != 421 && code != 429 && __builtin_popcount(pace->window) < PACE_LOAD_SHARE)
        return false;
    cut(pace, now);
    return true;
}

void pace_fine(Pace *pace, int64_t now)
{
    measure(pace, now);
    remember(pace, false);
}

double pace_throttle(Pace *pace, int64_t now)
{
    double most = pace->rate > 0 ? MIN(pace->rate, 2 * pace->before) : 2 * pace->before;
    int64_t raises = (now - pace->raised_at) / RAISE_MS;

    if (pace->throttle <= 0 || raises <= 0)
        return pace->throttle;
    fill(pace, now);
    pace->throttle += (double)raises * MAX(pace->before / RAISE_PARTS, PACE_RATE_MIN);
    pace->raised_at += raises * RAISE_MS;
    if (pace->throttle >= most)
        pace->throttle = 0;
    return pace->throttle;
}
