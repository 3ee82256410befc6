#include "base/clock.h"
#include "base/language.h"

#include <pthread.h>
#include <time.h>

#include <glib.h>

static int64_t read_clock(clockid_t id)
{
    struct timespec time;

    clock_gettime(id, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

#ifdef BREACH_FAULTS /* a release knows no time but the machine's */

static pthread_once_t injected_once = PTHREAD_ONCE_INIT;
static clockid_t base_clock = CLOCK_REALTIME;
static int64_t base_shift; /* ms */

/* From then on time passes by the steady clock: a machine whose own clock is set meanwhile changes nothing. */
static void read_injected(void)
{
    const char *text = g_getenv("BREACH_CLOCK");
    g_autoptr(GDateTime) time = text ? g_date_time_new_from_iso8601(text, NULL) : NULL;

    /* One that cannot be read is 1970: a test that runs at another time than it says would prove nothing. */
    if (text) {
        base_clock = CLOCK_MONOTONIC;
        base_shift = (time ? g_date_time_to_unix(time) * CLOCK_SECOND : 0) - read_clock(base_clock);
    }
}

static int64_t machine_now(void)
{
    pthread_once(&injected_once, read_injected); /* first of all: it is never earlier than BREACH_CLOCK says */
    return read_clock(base_clock) + base_shift;
}

#else

static int64_t machine_now(void)
{
    return read_clock(CLOCK_REALTIME);
}

#endif

static int64_t system_now(void *self)
{
    (void)self;
    return machine_now();
}

static int64_t system_steady(void *self)
{
    (void)self;
    return read_clock(CLOCK_MONOTONIC);
}

static const Clock *simulated; /* set while no other thread runs, so that reading it needs no lock */

const Clock *clock_machine(void)
{
    static const Clock clock = {.now = system_now, .steady = system_steady, .self = NULL};

    return &clock;
}

const Clock *clock_system(void)
{
    return simulated ? simulated : clock_machine();
}

void clock_simulate(const Clock *clock)
{
    simulated = clock;
}

int64_t clock_now(const Clock *clock)
{
    return clock->now(clock->self);
}

int64_t clock_steady(const Clock *clock)
{
    return clock->steady(clock->self);
}

/* Reads digits with at most three decimals as thousandths; false when there are none or too many. */
static bool read_thousandths(const char **cursor, int64_t *value)
{
    const char *at = *cursor;
    int64_t whole = 0;
    int64_t scale = 1000;

    if (!g_ascii_isdigit(*at))
        return false;
    for (; g_ascii_isdigit(*at); at++) {
        whole = whole * 10 + (*at - '0');
        if (whole > INT64_C(1000000000))
            return false;
    }
    whole *= 1000;
    if (*at == '.') {
        at++;
        if (!g_ascii_isdigit(*at))
            return false;
        for (; g_ascii_isdigit(*at) && scale > 1; at++) {
            scale /= 10;
            whole += scale * (*at - '0');
        }
    }
    *cursor = at;
    *value = whole;
    return true;
}

bool clock_parse_duration(const char *text, int64_t *duration)
{
    static const struct {
        char letter;
        bool in_time;
        int64_t unit;
    } units[] = {
        {'W', false, 7 * CLOCK_DAY}, {'D', false, CLOCK_DAY},   {'H', true, CLOCK_HOUR},
        {'M', true, CLOCK_MINUTE},   {'S', true, CLOCK_SECOND},
    };
    const int64_t longest = 3660 * CLOCK_DAY;
    bool in_time = false;
    size_t next_unit = 0;
    int64_t sum = 0;

    if (*text++ != 'P' || !*text)
        return false;
    while (*text) {
        int64_t thousandths;

        if (*text == 'T' && !in_time) {
            in_time = true;
            text++;
            if (!*text)
                return false;
        }
        if (!read_thousandths(&text, &thousandths))
            return false;
        while (next_unit < G_N_ELEMENTS(units) &&
               (units[next_unit].letter != *text || units[next_unit].in_time != in_time))
            next_unit++;
        if (next_unit == G_N_ELEMENTS(units))
            return false;
        if (thousandths / 1000 > longest / units[next_unit].unit)
            return false;
        sum += thousandths * (units[next_unit].unit / 1000);
        next_unit++;
        text++;
    }
    if (sum > longest)
        return false;
    *duration = sum;
    return true;
}

char *clock_format_utc(int64_t at)
{
    int64_t thousandths = (at % 1000 + 1000) % 1000; /* also before 1970 */
    time_t seconds = (time_t)((at - thousandths) / 1000);
    struct tm parts;
    char date[32];

    gmtime_r(&seconds, &parts);
    strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &parts);
    return g_strdup_printf("%s.%03dZ", date, (int)thousandths);
}

char *clock_format_span(int64_t duration)
{
    const char *sign = duration <= -CLOCK_SECOND / 2 ? "-" : "";
    int64_t seconds = (ABS(duration) + CLOCK_SECOND / 2) / CLOCK_SECOND;
    int64_t minutes = (seconds + 30) / 60;

    if (seconds < 60)
        return g_strdup_printf(_("%s%d s"), sign, (int)seconds);
    if (minutes < 60)
        return g_strdup_printf(_("%s%d min"), sign, (int)minutes);
    if (minutes < 48 * 60)
        return g_strdup_printf(_("%s%d h %d min"), sign, (int)(minutes / 60), (int)(minutes % 60));
    return g_strdup_printf(_("%s%d d %d h"), sign, (int)(minutes / 1440), (int)(minutes % 1440 / 60));
}
