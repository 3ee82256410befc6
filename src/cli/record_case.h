/* record_case - what the kinds of breach record that go into the case have in common: opening it with what follows from
 * it, times as people type them, one event, and telling.
 *
 * Threads: one. */
#ifndef BREACH_CLI_RECORD_CASE_H
#define BREACH_CLI_RECORD_CASE_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>
#include <jansson.h>

#include "cli/workspace.h"
#include "model/law.h"
#include "report/lawbook.h"

typedef struct RecordCase {
    Workspace *workspace; /* borrowed */
    Lawbook *lawbook;     /* owned; with what the playbook changed recorded */
    char *who;            /* owned; login@host */
    int64_t now;          /* ms */
    bool overtaken;       /* somebody else recorded something meanwhile: nothing was written, and it was read again */
} RecordCase;

/* record_case_run: opens the case for `act`; `act` again whenever it was overtaken, for what it writes follows from what
 * it has read: the next free id, what may come after what, the old value. Returns the exit code: that of the last
 * `act`, or that of the error, which is said. */
typedef int RecordAct(RecordCase *record, void *user);
int record_case_run(Workspace *workspace, RecordAct *act, void *user);

/* record_case_reason, record_case_by: whether --reason and --by say something in one line. Error: BREACH_ERROR_INPUT,
 * to be answered with exit 64; `why` ends the sentence. */
bool record_case_reason(const Options *options, GError **error);
bool record_case_by(const Options *options, GError **error);

/* record_case_line: whether the value of --`option` is one line of UTF-8 that says something. Error as above. */
bool record_case_line(const char *option, const char *value, GError **error);

/* record_case_time: --at: with its offset, and not in the future. record_case_time_or_day: a day alone may stand for
 * it. `option` is its name, for messages. Error: BREACH_ERROR_INPUT. */
bool record_case_time(const char *option, const char *text, int64_t now, Moment *moment, GError **error);
bool record_case_time_or_day(const char *option, const char *text, int64_t now, RegimeTime *time, GError **error);

/* record_case_append: one event, durable, with the rest of what follows computed again; takes `body` over. true with
 * record->overtaken: nothing was written, and the act ends at once. A closed case takes nothing but its opening:
 * BREACH_ERROR_INPUT. */
bool record_case_append(RecordCase *record, CaseKind kind, json_t *body, GError **error);

/* record_case_change: the same for a value, which it takes over; *changed false: it was so already, and nothing was
 * written. */
bool record_case_change(RecordCase *record, CaseKind kind, const char *name, json_t *value, bool *changed,
                        GError **error);

/* RecordTold: what is said when it is done. */
typedef struct RecordTold {
    const char *kind;    /* "anchor" */
    const char *subject; /* name or id */
    const char *english; /* the verdict for --json */
    const char *shown;   /* the verdict for people */
    const char *command; /* what to type next, without playbook and options: "obligations" */
    const char *words;   /* what stands behind them, or NULL */
    bool changed;        /* false: nothing was written */
    bool applied;        /* false: a running breach takes it up later */
    json_t *more;        /* further members, taken over; or NULL */
} RecordTold;
int record_case_tell(const RecordCase *record, const RecordTold *told);

/* The kinds, each a whole command; they return the exit code. */
int record_value(Workspace *workspace);    /* anchor, affected, level, variable */
int record_decision(Workspace *workspace); /* not-notify, delay, revoke */
int record_response(Workspace *workspace);
int record_inquiry(Workspace *workspace);
int record_register(Workspace *workspace);
int record_delivery(Workspace *workspace); /* letter, phone */

/* record_fail: says what went wrong with the exit code that belongs to it; record_misuse: with exit 64. */
int record_fail(const GError *error);
int record_misuse(GError *error);

#endif
