/* Recovery: what earlier runs left attempting, settled before anything is claimed (design: "crash safety"). */
#include "ledger/ledger.h"

#include <string.h>

#include "base/error.h"
#include "base/fault.h"
#include "base/file.h"
#include "ledger/backend.h"
#include "ledger/ledger_private.h"
#include "ledger/slots.h"

#define BATCH 500

void ledger_doubt_due(Ledger *ledger, int64_t gateway, int64_t due)
{
    if (!ledger->doubt_due)
        ledger->doubt_due = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    g_hash_table_insert(ledger->doubt_due, g_memdup2(&gateway, sizeof gateway), g_memdup2(&due, sizeof due));
}

typedef struct RunEvidence {
    char id[ID_RUN_LENGTH + 1];
    bool is_trusted;   /* the file is there, valid and of this boot */
    SlotsImage *image; /* owned; NULL when there is none */
} RunEvidence;

typedef struct Recovering {
    Ledger *ledger;
    const char *boot;
    int64_t now;
    int64_t doubt_due;
    GHashTable *runs; /* run number -> RunEvidence */
    LedgerRecovery *recovery;
} Recovering;

static void evidence_free(gpointer data)
{
    RunEvidence *evidence = data;

    slots_image_free(evidence->image);
    g_free(evidence);
}

static RunEvidence *evidence_of(Recovering *recovering, int64_t no, GError **error)
{
    RunEvidence *evidence = g_hash_table_lookup(recovering->runs, &no);
    LedgerRun run;

    if (evidence)
        return evidence;
    if (!recovering->ledger->backend->run_get(recovering->ledger->store, no, &run, error))
        return NULL;
    evidence = g_new0(RunEvidence, 1);
    g_strlcpy(evidence->id, run.id, sizeof evidence->id);
    evidence->image = slots_load(recovering->ledger->folder, run.id);
    evidence->is_trusted = evidence->image && recovering->boot[0] && strcmp(run.boot, recovering->boot) == 0 &&
                           strcmp(slots_image_boot(evidence->image), recovering->boot) == 0;
    g_free(run.boot);
    g_hash_table_insert(recovering->runs, g_memdup2(&no, sizeof no), evidence);
    return evidence;
}

static int64_t due_of(const Recovering *recovering, const LedgerRow *row)
{
    const GHashTable *said = recovering->ledger->doubt_due;
    const int64_t *due = said ? g_hash_table_lookup((GHashTable *)said, &row->gateway) : NULL;

    return due ? *due : recovering->doubt_due;
}

/* What the evidence says of one message that was left attempting; its slot when that holds the reply, or NULL. Only a
 * whole file can prove that a message was never handed over: a damaged slot may have been its own. */
static const Slot *judge(const RunEvidence *evidence, const LedgerRow *row, const Recovering *recovering,
                         LedgerChange *change)
{
    const Slot *slot = evidence->is_trusted ? slots_image_find(evidence->image, row->id, row->attempt) : NULL;
    MessageState next;

    *change = (LedgerChange){.event = EVENT_DOUBTED,
                             .at = recovering->now,
                             .due = due_of(recovering, row),
                             .run = evidence->id,
                             .handed = slot ? &slot->handed : NULL,
                             .reply = "the run ended while this message was being handed over",
                             .note = "recovered"};
    if (slot && slot->phase == SLOT_REPLIED && message_state_next(MESSAGE_ATTEMPTING, slot->event, &next)) {
        change->event = slot->event;
        change->at = slot->at;
        change->due = slot->due;
        change->code = slot->code;
        change->enhanced = slot->enhanced[0] ? slot->enhanced : NULL;
        change->reply = slot->text;
        return slot;
    }
    if (!slot && evidence->is_trusted && slots_image_is_whole(evidence->image)) {
        change->event = EVENT_RETURNED;
        change->due = recovering->now;
        change->reply = "the run ended before this message was handed over";
    } else if (!evidence->is_trusted) {
        change->reply = "the run ended and its slot file is missing, damaged or from before a restart of the machine";
    }
    return NULL;
}

/* Without what the gateway calls it, its receipts would be about nobody. */
static bool remember_name(Ledger *ledger, const LedgerRow *row, const Slot *replied, GError **error)
{
    return !replied || !replied->provider_id[0] ||
           ledger->backend->provider_put(ledger->store, row->gateway, replied->provider_id, row->no, error);
}

static void tally(LedgerRecovery *recovery, const LedgerRow *row, MessageEvent event)
{
    if (event == EVENT_RETURNED)
        recovery->returned++;
    else if (row->state == MESSAGE_IN_DOUBT)
        recovery->doubted++;
    else
        recovery->settled++;
}

/* One pass over the attempting rows: with `doubts` the doubts alone, else all the rest. */
static bool pass(Recovering *recovering, bool doubts, GError **error)
{
    Ledger *ledger = recovering->ledger;
    g_autofree LedgerRow *rows = g_new0(LedgerRow, BATCH);
    int64_t after = 0;
    int n;

    while ((n = ledger->backend->rows_attempting(ledger->store, after, BATCH, rows, error)) > 0) {
        if (!ledger_begin(ledger, error))
            return false;
        for (int i = 0; i < n; i++) {
            RunEvidence *evidence = evidence_of(recovering, rows[i].run, error);
            const Slot *replied;
            LedgerChange change;

            after = rows[i].no;
            if (!evidence)
                return false;
            replied = judge(evidence, &rows[i], recovering, &change);
            if ((change.event == EVENT_DOUBTED) != doubts)
                continue;
            if (doubts && replied)
                rows[i].relay_doubts++; /* only a relay's silence is written as a reply in doubt */
            if (!remember_name(ledger, &rows[i], replied, error) ||
                !ledger_end_attempt(ledger, &rows[i], &change, error))
                return false;
            tally(recovering->recovery, &rows[i], change.event);
        }
        fault_point("recover_batch");
        if (!ledger_commit(ledger, error))
            return false;
    }
    return n == 0;
}

/* The runs are over and all that their slot files said is committed, so the files go first: a kill in between leaves a
 * run to be marked, and no stray file. The file of a run that was killed as its very last step goes with them. */
static bool end_runs(Ledger *ledger, int64_t now, GError **error)
{
    g_auto(GStrv) runs = ledger->backend->runs_open(ledger->store, error);

    if (!runs)
        return false;
    slots_remove_all(ledger->folder, ledger->run != 0 ? ledger->run_id : NULL);
    fault_point("recover_slots_removed");
    if (!ledger_begin(ledger, error))
        return false;
    for (char **run = runs; *run; run++) {
        int64_t no = g_ascii_strtoll(*run, NULL, 10);

        if (no != ledger->run && !ledger->backend->run_end(ledger->store, no, now, error))
            return false;
    }
    return ledger_commit(ledger, error);
}

bool ledger_recover(Ledger *ledger, const char *boot, int64_t doubt_due, int64_t now, LedgerRecovery *recovery,
                    GError **error)
{
    Recovering recovering = {.ledger = ledger,
                             .boot = boot,
                             .now = now,
                             .doubt_due = doubt_due,
                             .runs = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, evidence_free),
                             .recovery = recovery};
    bool recovered;

    memset(recovery, 0, sizeof *recovery);
    fault_point("recover_start");
    recovered = pass(&recovering, true, error) && pass(&recovering, false, error) && end_runs(ledger, now, error);
    if (!recovered)
        ledger_rollback(ledger);
    g_hash_table_unref(recovering.runs);
    return recovered;
}

bool ledger_adopt(Ledger *ledger, int64_t now, GError **error)
{
    g_autofree char *place = file_place(ledger->folder, error);
    LedgerRecovery recovery;
    json_auto_t *details = NULL;

    if (!place || !ledger_recover(ledger, "", -1, now, &recovery, error))
        return false;
    details = json_pack("{s:s, s:s, s:I}", "from", ledger->header.place, "to", place, "doubted",
                        (json_int_t)recovery.doubted);
    if (!ledger_begin(ledger, error))
        return false;
    if (!ledger->backend->header_put(ledger->store, "place", place, error) ||
        !ledger_note(ledger, "adopted", now, details, error) || !ledger_commit(ledger, error)) {
        ledger_rollback(ledger);
        return false;
    }
    g_free(ledger->header.place);
    ledger->header.place = g_steal_pointer(&place);
    return true;
}
