/* clock - the time as an argument, and ISO 8601 durations.
 *
 * Nothing below `cli` asks the system for the time: it is handed a Clock. Times are milliseconds since 1970-01-01 UTC,
 * durations milliseconds, both int64_t. Threads: the system clock is safe; a clock of a test is what the test makes it. */
#ifndef BREACH_BASE_CLOCK_H
#define BREACH_BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#define CLOCK_SECOND INT64_C(1000)
#define CLOCK_MINUTE (60 * CLOCK_SECOND)
#define CLOCK_HOUR (60 * CLOCK_MINUTE)
#define CLOCK_DAY (24 * CLOCK_HOUR)

typedef struct Clock {
    int64_t (*now)(void *self);    /* wall time; may jump */
    int64_t (*steady)(void *self); /* never jumps; zero is arbitrary */
    void *self;                    /* borrowed for as long as the Clock is used */
} Clock;

/* clock_system: the machine's clocks. In a build with fault points BREACH_CLOCK (2026-11-21T22:20:00+08:00) is what time it is
 * when the process first asks; from there the clock goes on as the machine's. */
const Clock *clock_system(void);

/* clock_simulate: from now on clock_system() is `clock` (borrowed): a drill lets days pass in a minute, and everything that
 * asks what time it is has to see them pass. NULL: the machine's clocks again. Only while no other thread runs. */
void clock_simulate(const Clock *clock);

/* clock_machine: the machine's clocks, whatever is simulated: for how long a person takes to answer. */
const Clock *clock_machine(void);

int64_t clock_now(const Clock *clock);
int64_t clock_steady(const Clock *clock);

/* clock_parse_duration: "PT4H", "P2D", "PT1H30M", "PT0.5S" (ISO 8601 4.4.3.2; weeks, days, hours, minutes, seconds;
 * no years or months, whose length varies) into milliseconds. false: not one of these, or over 10 years. */
bool clock_parse_duration(const char *text, int64_t *duration);

/* clock_format_utc: "2026-11-21T14:10:00.123Z"; newly allocated. For records, not for people. */
char *clock_format_utc(int64_t at);

/* clock_format_span: "1 h 12 min", "45 s", "3 d 4 h", "-5 min"; newly allocated. For people. */
char *clock_format_span(int64_t duration);

#endif
