/* handover - a page for whoever takes over at the end of a shift: where we are, what was decided since when and by whom,
 * what is open and whose it is, what goes on by itself, and what to type.
 *
 * Nothing in it names a person who is told (report/discreet.h). A Handover owns its lists and borrows nothing once it
 * is made, but for what its status borrows. Threads: one. */
#ifndef BREACH_REPORT_HANDOVER_H
#define BREACH_REPORT_HANDOVER_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>
#include <jansson.h>

#include "report/casework.h"
#include "report/status.h"

#define HANDOVER_AHEAD (24 * INT64_C(3600000)) /* ms: what is due within that is named one by one */

typedef struct HandoverRequest {
    const char *incident;        /* its id */
    IncidentStatus mode;
    const StatusRequest *status; /* its ledger is NULL before there is a plan */
    const Casework *casework;    /* NULL: the playbook asks for nothing, and nothing is recorded */
    int64_t since;               /* ms */
} HandoverRequest;

typedef struct HandoverItem {
    const char *kind; /* "doubts", "response", "obligation", …; static */
    char *id;         /* owned; "" where there is only one of its kind */
    char *text;       /* owned; in the chosen language */
    char *english;    /* owned; the same for --json */
    char *owner;      /* owned; who sees to it; NULL: nobody is named */
    int64_t due;      /* ms; 0: at no time */
    char *command;    /* owned; what to type; NULL: nothing */
} HandoverItem;

typedef struct Handover {
    char *incident; /* owned */
    IncidentStatus mode;
    int64_t now, since;  /* ms */
    Status *status;      /* owned; NULL before there is a plan; borrows from the ledger */
    char *verdict;       /* owned; with the tightest clock; in the chosen language */
    char *next;          /* owned; the command to type */
    GPtrArray *decided;  /* owned; of Decided *, oldest first */
    GPtrArray *due;      /* owned; of HandoverItem *: overdue, or due within HANDOVER_AHEAD, tightest first */
    GPtrArray *open;     /* owned; of HandoverItem *: what waits for a person */
    GPtrArray *by_itself; /* owned; of HandoverItem *: what goes on without one */
} Handover;

/* handover_collect: NULL with an error of status_collect() or of the ledger. */
Handover *handover_collect(const HandoverRequest *request, GError **error);
void handover_free(Handover *handover);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Handover, handover_free)

/* handover_json: schema breach.handover/1 (docs/schema/handover.json); a new reference. handover_markdown: a page of
 * Markdown in the chosen language; newly allocated. Pure, but for the process's time zone. */
json_t *handover_json(const Handover *handover);
char *handover_markdown(const Handover *handover);

#endif
