/* A slot file of arbitrary bytes, and one that was written by us and then damaged: what is damaged is never believed.
 * The first three bytes of the input say where the damage begins; 0xff 0xff 0xff stands for a file of the input alone.
 */
#include "fuzz.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <glib.h>
#include <glib/gstdio.h>

#include "ledger/slots.h"

#define RUN   "abcdefghijklmnop"
#define BOOT  "5f1c8d5e-0000-4000-8000-000000000001"
#define COUNT 4

static char *folder;
static char *path;
static char *pristine;
static gsize pristine_size;
static Slot written[COUNT];

static void remove_folder(void)
{
    slots_remove(folder, RUN);
    g_rmdir(folder);
    g_free(folder);
    g_free(path);
    g_free(pristine);
}

static void set_up(void)
{
    static const char *const texts[COUNT] = {"2.0.0 queued", "", "4.7.1 later", "5.1.1 no such user"};
    Slots *slots;

    folder = g_dir_make_tmp("breach-fuzz-XXXXXX", NULL);
    fuzz_require(folder);
    path = g_build_filename(folder, "slots-" RUN, NULL);
    slots = slots_create(folder, RUN, BOOT, COUNT, NULL);
    fuzz_require(slots);
    for (int i = 0; i < COUNT; i++) {
        Slot *slot = &written[i];

        slot->phase = i % 2 ? SLOT_HANDING_OVER : SLOT_REPLIED;
        memset(slot->message, 'a' + i, ID_MESSAGE_LENGTH);
        slot->attempt = i + 1;
        slot->event = slot->phase == SLOT_REPLIED ? EVENT_ACCEPTED : 0;
        slot->code = slot->phase == SLOT_REPLIED ? 250 : 0;
        slot->at = INT64_C(1795270200123) + i;
        slot->due = -1;
        slot->handed.made = slot->at - 1;
        memset(slot->handed.octets, 0x10 + i, sizeof slot->handed.octets);
        g_strlcpy(slot->text, slot->phase == SLOT_REPLIED ? texts[i] : "", sizeof slot->text);
        fuzz_require(slots_write(slots, i, slot));
    }
    slots_close(slots);
    fuzz_require(g_file_get_contents(path, &pristine, &pristine_size, NULL));
    atexit(remove_folder);
}

static void put_file(const void *bytes, size_t size)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    fuzz_require(fd >= 0 && write(fd, bytes, size) == (ssize_t)size);
    close(fd);
}

static void check_slot(const Slot *found, const Slot *expected)
{
    fuzz_require(found->phase == expected->phase && found->attempt == expected->attempt);
    fuzz_require(strcmp(found->message, expected->message) == 0 && strcmp(found->text, expected->text) == 0);
    fuzz_require(memcmp(&found->handed, &expected->handed, sizeof found->handed) == 0);
    fuzz_require(found->code == expected->code && found->at == expected->at && found->due == expected->due);
    fuzz_require(found->phase != SLOT_REPLIED || found->event == expected->event);
}

/* as a slot that was never used */
static bool is_zero(const char *bytes)
{
    static const char zeros[SLOTS_SIZE];

    return memcmp(bytes, zeros, SLOTS_SIZE) == 0;
}

static void check_damaged(const uint8_t *data, size_t size, size_t from)
{
    g_autofree char *bytes = g_memdup2(pristine, pristine_size);
    size_t length = MIN(size, pristine_size - from);
    SlotsImage *image;
    bool is_same;

    memcpy(bytes + from, data, length);
    is_same = memcmp(bytes, pristine, pristine_size) == 0;
    put_file(bytes, pristine_size);
    image = slots_load(folder, RUN);
    fuzz_require(image || !is_same);
    for (int i = 0; image && i < COUNT; i++) {
        const Slot *found = slots_image_find(image, written[i].message, written[i].attempt);
        const char *own = bytes + (i + 1) * SLOTS_SIZE;
        bool is_whole = memcmp(own, pristine + (i + 1) * SLOTS_SIZE, SLOTS_SIZE) == 0;

        fuzz_require(!!found == is_whole);
        fuzz_require(is_whole || is_zero(own) || !slots_image_is_whole(image));
        if (found)
            check_slot(found, &written[i]);
    }
    slots_image_free(image);
}

static void check_arbitrary(const uint8_t *data, size_t size)
{
    SlotsImage *image;

    put_file(data, size);
    image = slots_load(folder, RUN);
    if (image) {
        fuzz_require(slots_image_boot(image));
        (void)slots_image_is_whole(image);
        (void)slots_image_find(image, written[0].message, 1);
        slots_image_free(image);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t from;

    if (!folder)
        set_up();
    if (size < 3)
        return 0;
    from = (size_t)data[0] << 16 | (size_t)data[1] << 8 | data[2];
    if (from == 0xffffff)
        check_arbitrary(data + 3, size - 3);
    else
        check_damaged(data + 3, size - 3, from % pristine_size);
    return 0;
}
