/* live_screen - the numbers of this moment (report/live.h) on a terminal, and as lines where there is none.
 *
 * Pure functions of the document, but for the chosen language and the process's time zone. Returned strings are newly
 * allocated. Threads: as base/language. */
#ifndef BREACH_REPORT_LIVE_SCREEN_H
#define BREACH_REPORT_LIVE_SCREEN_H

#include <stdbool.h>

#include <jansson.h>

typedef struct LiveScreen {
    int columns, rows; /* of the terminal; at least 1 each */
    bool has_colours;  /* every line also says in words what a colour says */
} LiveScreen;

/* live_screen: at most `rows` lines of less than `columns` columns, parted by line feeds, without one at the end. What
 * does not fit is left out, the least important first: the heading, the verdict, who was told, what is held and the
 * clocks of the law stay longest; the last line says how much is left out. A member `problem` of the document, which
 * report/live never sets, says why it is not of this moment. */
char *live_screen(const json_t *document, const LiveScreen *screen);

/* live_line: one line: the time, the verdict, the pace, the latest error. live_key: what has to differ for a line to be
 * worth it: counts, brakes and errors, not the passing time. */
char *live_line(const json_t *document);
char *live_key(const json_t *document);

#endif
