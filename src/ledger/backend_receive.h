/* backend_receive - who is handed one row after another by a store; a part of backend.h, which includes it.
 *
 * What is handed over is borrowed during the call, but for LedgerSelected. Threads: as backend.h. */
#ifndef BREACH_LEDGER_BACKEND_RECEIVE_H
#define BREACH_LEDGER_BACKEND_RECEIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "ledger/backend_row.h"
#include "ledger/hold.h"
#include "ledger/ledger_select.h"
#include "ledger/pause.h"
#include "ledger/polled.h"
#include "ledger/publication.h"

/* BackendCounter: receives one counter; `name` is the label (of COUNTER_EDITION the number in digits), borrowed during
 * the call. */
typedef void BackendCounter(LedgerCounterKind kind, const char *name, int state, int64_t n, void *user);

/* BackendQueue, BackendHold, BackendPause: receive one each; everything is borrowed during the call. */
typedef void BackendQueue(int64_t no, int kind, const char *name, void *user);
typedef void BackendHold(const char *scope, const Hold *hold, void *user);
typedef void BackendPause(const char *scope, const Pause *pause, void *user);

/* BackendPublication: receives one; `state` by its name; everything is borrowed during the call. */
typedef void BackendPublication(const char *state, const Publication *publication, void *user);

/* BackendPolled: receives one; borrowed during the call. */
typedef void BackendPolled(const Polled *polled, void *user);

/* BackendServed: receives a person's number and what was stored of them, or NULL; borrowed during the call. */
typedef void BackendServed(int64_t person, const char *data, void *user);

/* LedgerSelected: receives a match, which it owns; false: no more are wanted. */
typedef bool LedgerSelected(LedgerMatch *match, void *user);

#endif
