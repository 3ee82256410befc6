/* slots - the file that remembers, through kill -9, how far each claimed message had got.
 *
 * One file a run, `slots-RUN` in the state folder: 512-byte slots, preallocated and zero-written, then written by
 * pwrite(2) at fixed offsets, never grown, rotated or appended to. An aligned 512-byte pwrite is whole or not there
 * after a kill; after a power cut the boot id differs and the file is not trusted (docs/LEDGER.md).
 * Threads: slots_write may be called from any thread as long as no two write the same slot. */
#ifndef BREACH_LEDGER_SLOTS_H
#define BREACH_LEDGER_SLOTS_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "base/id.h"
#include "model/handed.h"
#include "model/message_state.h"

#define SLOTS_SIZE 512
#define SLOTS_TEXT_MAX 352
#define SLOTS_PROVIDER_ID_MAX 200

typedef enum SlotPhase { SLOT_EMPTY, SLOT_HANDING_OVER, SLOT_REPLIED } SlotPhase;

typedef struct Slot {
    SlotPhase phase;
    char message[ID_MESSAGE_LENGTH + 1];
    int attempt;
    MessageEvent event;     /* with SLOT_REPLIED: what the reply means */
    int code;               /* with SLOT_REPLIED */
    char enhanced[12];      /* "4.7.1" or "" */
    int64_t at;             /* ms */
    int64_t due;            /* ms or -1, as LedgerOutcome */
    Handed handed;          /* what this attempt hands over, or zeros */
    char text[SLOTS_TEXT_MAX + 1]; /* longer texts are cut, and by one more than the length of provider_id with that */
    char provider_id[SLOTS_PROVIDER_ID_MAX + 1]; /* as LedgerOutcome; "" for none */
} Slot;

typedef struct Slots Slots;

/* slots_create: a new file for `run` with `count` slots (1-4096), durable before it returns. Error:
 * BREACH_ERROR_CREATE. */
Slots *slots_create(const char *folder, const char *run, const char *boot, int count, GError **error);

/* slots_count: how many there are. */
int slots_count(const Slots *slots);

/* slots_write: writes slot `index`. false when the write failed (errno says why): then the message must not be handed
 * over. */
bool slots_write(Slots *slots, int index, const Slot *slot);

/* slots_close: closes; the file stays. */
void slots_close(Slots *slots);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Slots, slots_close)

/* SlotsImage: what a run left behind. */
typedef struct SlotsImage SlotsImage;

/* slots_load: reads the file of `run`. NULL when it is missing, of another size or version, of another run or with a
 * damaged header: then nothing about that run is known. */
SlotsImage *slots_load(const char *folder, const char *run);

/* slots_image_boot: the boot in which it was written; borrowed. slots_image_is_whole: no slot is damaged. */
const char *slots_image_boot(const SlotsImage *image);
bool slots_image_is_whole(const SlotsImage *image);

/* slots_image_find: the slot of that message and attempt; NULL when there is none. Borrowed. */
const Slot *slots_image_find(const SlotsImage *image, const char *message, int attempt);

void slots_image_free(SlotsImage *image);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SlotsImage, slots_image_free)

/* slots_remove: removes the file of `run`; nothing happens when it is not there. */
void slots_remove(const char *folder, const char *run);

/* slots_remove_all: removes the files of all runs but `run` (NULL: of every run). */
void slots_remove_all(const char *folder, const char *run);

#endif
