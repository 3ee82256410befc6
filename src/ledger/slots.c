#include "ledger/slots.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fault.h"
#include "base/file.h"

#define MAGIC "BRCHSLT2"
#define MAGIC_EARLIER "BRCHSLT1" /* without what was handed over */
#define PREFIX "slots-"
#define BOOT_MAX 64
#define COUNT_MAX 4096
#define CHECK_AT (SLOTS_SIZE - 8)

/* Layout of a slot, integers big-endian. The last 8 bytes of every slot are its checksum. Slot 0 is the header. */
enum {
    HEADER_MAGIC = 0,
    HEADER_COUNT = 8,
    HEADER_RUN = 12,
    HEADER_BOOT = HEADER_RUN + ID_RUN_LENGTH,

    SLOT_PHASE = 0,
    SLOT_EVENT = 1,
    SLOT_CODE = 2,
    SLOT_ATTEMPT = 4,
    SLOT_AT = 8,
    SLOT_DUE = 16,
    SLOT_RUN = 24,
    SLOT_MESSAGE = SLOT_RUN + ID_RUN_LENGTH,
    SLOT_ENHANCED = SLOT_MESSAGE + ID_MESSAGE_LENGTH,
    SLOT_MADE = SLOT_ENHANCED + 12,
    SLOT_OCTETS = SLOT_MADE + 8,
    SLOT_CONTENT = SLOT_OCTETS + DIGEST_SIZE,
    SLOT_TEXT = SLOT_CONTENT + DIGEST_SIZE,
    SLOT_TEXT_EARLIER = SLOT_MADE,
};

G_STATIC_ASSERT(SLOT_TEXT + SLOTS_TEXT_MAX + 1 <= CHECK_AT);
G_STATIC_ASSERT(HEADER_BOOT + BOOT_MAX <= CHECK_AT);
G_STATIC_ASSERT(CHECK_AT % 8 == 0);

struct Slots {
    int fd;
    int count;
    char run[ID_RUN_LENGTH + 1];
};

struct SlotsImage {
    char boot[BOOT_MAX + 1];
    bool whole;
    bool is_earlier;   /* written by a version before this one */
    GHashTable *slots; /* "message attempt" -> Slot, both owned */
};

static void put(uint8_t *at, uint64_t value, int bytes)
{
    for (int i = bytes - 1; i >= 0; i--) {
        at[i] = (uint8_t)value;
        value >>= 8;
    }
}

static uint64_t take(const uint8_t *at, int bytes)
{
    uint64_t value = 0;

    for (int i = 0; i < bytes; i++)
        value = value << 8 | at[i];
    return value;
}

/* FNV-1a, 64 bits: each byte permutes the whole state, so no single torn or flipped byte goes unseen. The zeros that a
 * slot ends in are taken at once: each multiplies by the prime and changes nothing else. */
static uint64_t checksum(const uint8_t bytes[SLOTS_SIZE])
{
    static const uint8_t nothing[8];
    const uint64_t prime = UINT64_C(0x100000001b3);
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    uint64_t power = prime;
    int end = CHECK_AT;

    while (end > 0 && memcmp(bytes + end - sizeof nothing, nothing, sizeof nothing) == 0)
        end -= (int)sizeof nothing;
    for (int i = 0; i < end; i++)
        hash = (hash ^ bytes[i]) * prime;
    for (int zeros = CHECK_AT - end; zeros > 0; zeros /= 2, power *= power)
        hash *= zeros % 2 == 1 ? power : 1;
    return hash;
}

static void sign(uint8_t bytes[SLOTS_SIZE])
{
    put(bytes + CHECK_AT, checksum(bytes), 8);
}

static bool is_signed(const uint8_t bytes[SLOTS_SIZE])
{
    return take(bytes + CHECK_AT, 8) == checksum(bytes);
}

static char *slots_path(const char *folder, const char *run)
{
    return g_strdup_printf("%s/" PREFIX "%s", folder, run);
}

static bool write_block(int fd, int index, const uint8_t bytes[SLOTS_SIZE])
{
    ssize_t written;

    do
        written = pwrite(fd, bytes, SLOTS_SIZE, (off_t)index * SLOTS_SIZE);
    while (written < 0 && errno == EINTR);
    if (written >= 0 && written < SLOTS_SIZE)
        errno = ENOSPC;
    return written == SLOTS_SIZE;
}

static bool fill(int fd, const char *run, const char *boot, int count)
{
    uint8_t block[SLOTS_SIZE] = {0};

    if (fault_fails("slots_create")) {
        errno = ENOSPC;
        return false;
    }
    for (int i = 1; i <= count; i++)
        if (!write_block(fd, i, block))
            return false;
    g_strlcpy((char *)block + HEADER_MAGIC, MAGIC, sizeof MAGIC);
    put(block + HEADER_COUNT, (uint64_t)count, 4);
    memcpy(block + HEADER_RUN, run, ID_RUN_LENGTH);
    g_strlcpy((char *)block + HEADER_BOOT, boot, BOOT_MAX);
    sign(block);
    return write_block(fd, 0, block) && fsync(fd) == 0;
}

Slots *slots_create(const char *folder, const char *run, const char *boot, int count, GError **error)
{
    g_autofree char *path = slots_path(folder, run);
    Slots *slots;
    int fd;

    g_assert(count >= 1 && count <= COUNT_MAX && strlen(run) == ID_RUN_LENGTH);
    fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 || !fill(fd, run, boot, count)) {
        error_set(error, BREACH_ERROR_CREATE, "slots-prepare", "cannot prepare %s: %s; nothing was sent", path,
                  g_strerror(errno));
        if (fd >= 0) {
            close(fd);
            unlink(path);
        }
        return NULL;
    }
    if (!file_sync(folder, error)) {
        close(fd);
        unlink(path);
        return NULL;
    }
    fault_point("slots_created");
    slots = g_new0(Slots, 1);
    slots->fd = fd;
    slots->count = count;
    g_strlcpy(slots->run, run, sizeof slots->run);
    return slots;
}

int slots_count(const Slots *slots)
{
    return slots->count;
}

/* Copies text into a field of `size` bytes, at most `size - 1` of them. Half a character of UTF-8 at its end, from here or
 * from whoever filled the slot, is left out: what is read back goes into an event. */
static void put_text(uint8_t *at, const char *text, size_t size)
{
    size_t length = MIN(strnlen(text, size), size - 1);
    const char *end;

    if (!g_utf8_validate(text, (gssize)length, &end) && (size_t)(end - text) + 4 > length)
        length = (size_t)(end - text);
    memcpy(at, text, length);
}

/* The reply, and behind its end what the gateway calls the message, where it says so. */
static void put_words(uint8_t *at, const Slot *slot)
{
    size_t room = sizeof slot->text, length = strnlen(slot->provider_id, sizeof slot->provider_id - 1);

    if (length > 0)
        room -= length + 1;
    put_text(at, slot->text, room);
    if (length > 0)
        memcpy(at + strlen((const char *)at) + 1, slot->provider_id, length);
}

bool slots_write(Slots *slots, int index, const Slot *slot)
{
    uint8_t block[SLOTS_SIZE] = {0};

    g_assert(index >= 0 && index < slots->count);
    if (slot->phase == SLOT_HANDING_OVER && fault_fails("slots_write")) {
        errno = ENOSPC;
        return false;
    }
    block[SLOT_PHASE] = (uint8_t)slot->phase;
    block[SLOT_EVENT] = (uint8_t)slot->event;
    put(block + SLOT_CODE, (uint64_t)slot->code, 2);
    put(block + SLOT_ATTEMPT, (uint64_t)slot->attempt, 4);
    put(block + SLOT_AT, (uint64_t)slot->at, 8);
    put(block + SLOT_DUE, (uint64_t)slot->due, 8);
    memcpy(block + SLOT_RUN, slots->run, ID_RUN_LENGTH);
    memcpy(block + SLOT_MESSAGE, slot->message, ID_MESSAGE_LENGTH);
    put_text(block + SLOT_ENHANCED, slot->enhanced, sizeof slot->enhanced);
    put(block + SLOT_MADE, (uint64_t)slot->handed.made, 8);
    memcpy(block + SLOT_OCTETS, slot->handed.octets, DIGEST_SIZE);
    memcpy(block + SLOT_CONTENT, slot->handed.content, DIGEST_SIZE);
    put_words(block + SLOT_TEXT, slot);
    sign(block);
    return write_block(slots->fd, index + 1, block);
}

void slots_close(Slots *slots)
{
    if (!slots)
        return;
    close(slots->fd);
    g_free(slots);
}

static char *slot_key(const char *message, int attempt)
{
    return g_strdup_printf("%s %d", message, attempt);
}

static bool is_zero(const uint8_t block[SLOTS_SIZE])
{
    for (int i = 0; i < SLOTS_SIZE; i++)
        if (block[i] != 0)
            return false;
    return true;
}

/* A slot without one, or of a version that kept none, ends in zeros behind the text. */
static void load_provider_id(Slot *slot, const uint8_t *words)
{
    size_t length = strnlen((const char *)words, SLOTS_TEXT_MAX);

    if (length < SLOTS_TEXT_MAX)
        memcpy(slot->provider_id, words + length + 1,
               strnlen((const char *)words + length + 1, MIN(SLOTS_TEXT_MAX - length, SLOTS_PROVIDER_ID_MAX)));
}

/* What a slot of an earlier version left has its text where the digests are now. */
static void load_rest(const SlotsImage *image, Slot *slot, const uint8_t *block)
{
    const char *end;

    if (!image->is_earlier) {
        slot->handed.made = (int64_t)take(block + SLOT_MADE, 8);
        memcpy(slot->handed.octets, block + SLOT_OCTETS, DIGEST_SIZE);
        memcpy(slot->handed.content, block + SLOT_CONTENT, DIGEST_SIZE);
        load_provider_id(slot, block + SLOT_TEXT);
    }
    g_strlcpy(slot->text, (const char *)block + (image->is_earlier ? SLOT_TEXT_EARLIER : SLOT_TEXT),
              sizeof slot->text);
    if (!g_utf8_validate(slot->text, -1, &end))
        slot->text[end - slot->text] = '\0';
}

/* Takes over one slot; a damaged one makes the image partial: it may have been anybody's. */
static void load_slot(SlotsImage *image, const char *run, const uint8_t block[SLOTS_SIZE])
{
    Slot *slot;

    if (is_zero(block))
        return;
    if (!is_signed(block) || memcmp(block + SLOT_RUN, run, ID_RUN_LENGTH) != 0 || block[SLOT_PHASE] > SLOT_REPLIED ||
        block[SLOT_EVENT] >= MESSAGE_EVENTS) {
        image->whole = false;
        return;
    }
    if (block[SLOT_PHASE] == SLOT_EMPTY)
        return;
    slot = g_new0(Slot, 1);
    slot->phase = (SlotPhase)block[SLOT_PHASE];
    slot->event = (MessageEvent)block[SLOT_EVENT];
    slot->code = (int)take(block + SLOT_CODE, 2);
    slot->attempt = (int)take(block + SLOT_ATTEMPT, 4);
    slot->at = (int64_t)take(block + SLOT_AT, 8);
    slot->due = (int64_t)take(block + SLOT_DUE, 8);
    memcpy(slot->message, block + SLOT_MESSAGE, ID_MESSAGE_LENGTH);
    g_strlcpy(slot->enhanced, (const char *)block + SLOT_ENHANCED, sizeof slot->enhanced);
    load_rest(image, slot, block);
    g_hash_table_replace(image->slots, slot_key(slot->message, slot->attempt), slot);
}

static bool has_magic(const uint8_t *bytes, const char *magic)
{
    return memcmp(bytes + HEADER_MAGIC, magic, strlen(magic)) == 0;
}

static bool header_is_valid(const uint8_t *bytes, size_t size, const char *run)
{
    if (size < 2 * SLOTS_SIZE || size % SLOTS_SIZE != 0 || !is_signed(bytes))
        return false;
    return (has_magic(bytes, MAGIC) || has_magic(bytes, MAGIC_EARLIER)) && memcmp(bytes + HEADER_RUN, run, ID_RUN_LENGTH) == 0 &&
           take(bytes + HEADER_COUNT, 4) == size / SLOTS_SIZE - 1;
}

SlotsImage *slots_load(const char *folder, const char *run)
{
    g_autofree char *path = slots_path(folder, run);
    g_autofree char *bytes = NULL;
    SlotsImage *image;
    size_t size = 0;

    bytes = file_read(path, (size_t)(COUNT_MAX + 1) * SLOTS_SIZE, &size, NULL);
    if (!bytes || !header_is_valid((const uint8_t *)bytes, size, run))
        return NULL;
    image = g_new0(SlotsImage, 1);
    image->whole = true;
    image->is_earlier = has_magic((const uint8_t *)bytes, MAGIC_EARLIER);
    image->slots = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_strlcpy(image->boot, bytes + HEADER_BOOT, sizeof image->boot);
    for (size_t at = SLOTS_SIZE; at < size; at += SLOTS_SIZE)
        load_slot(image, run, (const uint8_t *)bytes + at);
    return image;
}

const char *slots_image_boot(const SlotsImage *image)
{
    return image->boot;
}

bool slots_image_is_whole(const SlotsImage *image)
{
    return image->whole;
}

const Slot *slots_image_find(const SlotsImage *image, const char *message, int attempt)
{
    g_autofree char *key = slot_key(message, attempt);

    return g_hash_table_lookup(image->slots, key);
}

void slots_image_free(SlotsImage *image)
{
    if (!image)
        return;
    g_hash_table_unref(image->slots);
    g_free(image);
}

void slots_remove(const char *folder, const char *run)
{
    g_autofree char *path = slots_path(folder, run);

    unlink(path);
}

void slots_remove_all(const char *folder, const char *run)
{
    GDir *entries = g_dir_open(folder, 0, NULL);
    const char *name;

    while (entries && (name = g_dir_read_name(entries)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);

        if (g_str_has_prefix(name, PREFIX) && g_strcmp0(name + strlen(PREFIX), run) != 0)
            unlink(path);
    }
    if (entries)
        g_dir_close(entries);
}
