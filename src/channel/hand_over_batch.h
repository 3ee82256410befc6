/* hand_over_batch - batches of files that appear in a folder as a whole or not at all.
 *
 * FOLDER/batch-0001/ holds the files of one batch and `ids.txt`, the id and the attempt of each of its messages and
 * nothing else about them. A batch is made in FOLDER/.partial-XXXXXX/, synced, and renamed: before the rename nothing
 * lies there for anybody, after it everything does. What a killed process left is removed by the next. Folders are
 * 0700, files 0600.
 *
 * A message of which an attempt is in doubt is looked for in the batches that lie there, and not written a second time.
 * Threads: one a box; several processes may use one folder. */
#ifndef BREACH_CHANNEL_HAND_OVER_BATCH_H
#define BREACH_CHANNEL_HAND_OVER_BATCH_H

#include <stdbool.h>

#include <glib.h>

#include "channel/channel.h"
#include "model/gateway_print.h"

typedef struct HandOverBox HandOverBox;
typedef struct HandOverBatch HandOverBatch;

/* hand_over_box_open: makes the folder (not its parents) if it is not there, and clears up after processes that
 * are gone. `print` is borrowed. Error: BREACH_ERROR_CREATE. */
HandOverBox *hand_over_box_open(const GatewayPrint *print, GError **error);
void hand_over_box_close(HandOverBox *box);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HandOverBox, hand_over_box_close)

/* hand_over_box_find: the name of a batch in which attempt `from` of a message lies, or a later one, newly allocated;
 * NULL when in none. Reads the lists of all batches, so it is for doubts only. */
char *hand_over_box_find(HandOverBox *box, const char *id, int from);

/* hand_over_batch_begin: an empty batch; one at a time a box. Error: BREACH_ERROR_CREATE. */
HandOverBatch *hand_over_batch_begin(HandOverBox *box, GError **error);

/* hand_over_batch_folder: where its files are to be written; borrowed. hand_over_batch_add: a message is in it. */
const char *hand_over_batch_folder(const HandOverBatch *batch);
void hand_over_batch_add(HandOverBatch *batch, const char *id, int attempt);

/* hand_over_batch_seal: writes ids.txt and syncs everything that lies in the batch. After it only the rename is
 * missing. Error: BREACH_ERROR_CREATE. */
bool hand_over_batch_seal(HandOverBatch *batch, GError **error);

/* hand_over_batch_commit: the sealed batch appears; its name ("batch-0001"), newly allocated. NULL: it did not.
 * *unsure: it appeared, but may not survive a power cut. Error: BREACH_ERROR_CREATE. */
char *hand_over_batch_commit(HandOverBatch *batch, bool *unsure, GError **error);

/* hand_over_batch_free: an uncommitted one is removed with its files; NULL is allowed. */
void hand_over_batch_free(HandOverBatch *batch);

/* HandOverKind: what makes the files of a batch. `work` is what begin() returned. */
typedef struct HandOverKind {
    /* begin: a new batch in `folder`. Error: BREACH_ERROR_CREATE or _CONFIG. */
    void *(*begin)(const Gateway *gateway, const char *folder, GError **error);
    /* add: one message more. On success *note is what the ledger keeps of it ("2 pages, SHA-256 …"), newly allocated.
     * Error: BREACH_ERROR_PERMANENT: this message cannot be written and the batch is as it was; anything else ends the
     * batch. */
    bool (*add)(void *work, const ChannelMessage *message, char **note, GError **error);
    /* finish: ends all files. free: after finish(), or to give up. */
    bool (*finish)(void *work, GError **error);
    void (*free)(void *work);
} HandOverKind;

/* hand_over_session: ChannelEngine.run_session for such a kind: batches of gateway->print->batch messages, until there
 * is no more to do. A message is handed over when its batch is renamed, and accepted when the rename is durable. */
bool hand_over_session(const Gateway *gateway, const ChannelCalls *calls, const HandOverKind *kind, GError **error);

#endif
