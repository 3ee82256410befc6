/* ready - check --ready: the monthly look at a standing playbook, before anybody needs it.
 *
 * Threads: the main one. */
#ifndef BREACH_CLI_READY_H
#define BREACH_CLI_READY_H

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>
#include <jansson.h>

#include "cli/workspace.h"

typedef enum ReadyState { READY_OK, READY_LOOK, READY_MISSING } ReadyState;

typedef struct ReadyRow {
    const char *name; /* what was looked at: "people", "rehearsal" */
    ReadyState state;
    char *text;       /* owned */
} ReadyRow;

typedef struct ReadyRequest {
    Workspace *workspace;       /* with its material */
    const GPtrArray *probe;     /* of probe_run(); NULL: the gateways were not talked to */
    int64_t messages;           /* that a plan would have */
    size_t errors;              /* among the findings */
} ReadyRequest;

/* ready_run: of ReadyRow *; owns its entries. */
GPtrArray *ready_run(const ReadyRequest *request);

/* ready_count: how many rows have that state. */
size_t ready_count(const GPtrArray *rows, ReadyState state);

/* ready_is_missing: whether a row of that name is missing. */
bool ready_is_missing(const GPtrArray *rows, const char *name);

/* ready_rehearsal: the playbook as a rehearsal of it is typed, with --state where that is its place; newly allocated. */
char *ready_rehearsal(const Workspace *workspace);

/* ready_rehearsed: when it was rehearsed last, to its end; ms; negative: never. */
int64_t ready_rehearsed(const Workspace *workspace);

void ready_print(const GPtrArray *rows);
json_t *ready_json(const GPtrArray *rows);

#endif
