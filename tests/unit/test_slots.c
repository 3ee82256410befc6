/* The slot file: what is written is read back, and nothing damaged is believed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "base/error.h"
#include "ledger/slots.h"

#define RUN "abcdefgh234567ab"
#define BOOT "11111111-2222-3333-4444-555555555555"
#define MESSAGE "abcdefghijklmnopqrstuvwxyz"
#define OTHER "bbcdefghijklmnopqrstuvwxyz"

typedef struct Place {
    char *folder, *path;
} Place;

static int setup(void **state)
{
    Place *place = g_new0(Place, 1);

    place->folder = g_dir_make_tmp("breach-slots-XXXXXX", NULL);
    place->path = g_build_filename(place->folder, "slots-" RUN, NULL);
    *state = place;
    return 0;
}

static int teardown(void **state)
{
    Place *place = *state;

    g_unlink(place->path);
    assert_int_equal(g_rmdir(place->folder), 0); /* and nothing else was left */
    g_free(place->path);
    g_free(place->folder);
    g_free(place);
    return 0;
}

static Slots *create(const Place *place, int count)
{
    g_autoptr(GError) error = NULL;
    Slots *slots = slots_create(place->folder, RUN, BOOT, count, &error);

    if (!slots)
        fail_msg("%s", error->message);
    return slots;
}

static void poke(const Place *place, off_t at, const void *bytes, size_t size)
{
    int fd = open(place->path, O_RDWR);

    assert_int_equal(pwrite(fd, bytes, size, at), size);
    close(fd);
}

static void test_round_trip(void **state)
{
    const Place *place = *state;
    g_autoptr(Slots) slots = create(place, 3);
    g_autoptr(SlotsImage) image = NULL;
    const Slot handing = {.phase = SLOT_HANDING_OVER, .message = MESSAGE, .attempt = 1, .at = 5};
    const Slot replied = {.phase = SLOT_REPLIED, .message = OTHER, .attempt = 70000, .event = EVENT_DEFERRED, .code = 451,
                          .enhanced = "4.7.100", .at = INT64_C(1795269000123), .due = -1, .text = "grüße, später",
                          .handed = {.made = INT64_C(1795269000001), .octets = {1, 2, 3}, .content = {[31] = 9}}};
    const Slot *found;
    struct stat info;

    assert_int_equal(slots_count(slots), 3);
    assert_int_equal(stat(place->path, &info), 0);
    assert_int_equal(info.st_size, 4 * SLOTS_SIZE);
    assert_int_equal(info.st_mode & 0777, 0600);
    assert_true(slots_write(slots, 0, &handing));
    assert_true(slots_write(slots, 2, &replied));
    image = slots_load(place->folder, RUN);
    assert_non_null(image);
    assert_true(slots_image_is_whole(image));
    assert_string_equal(slots_image_boot(image), BOOT);
    found = slots_image_find(image, MESSAGE, 1);
    assert_int_equal(found->phase, SLOT_HANDING_OVER);
    found = slots_image_find(image, OTHER, 70000);
    assert_int_equal(found->phase, SLOT_REPLIED);
    assert_int_equal(found->event, EVENT_DEFERRED);
    assert_int_equal(found->code, 451);
    assert_string_equal(found->enhanced, "4.7.100");
    assert_int_equal(found->at, replied.at);
    assert_int_equal(found->due, -1);
    assert_string_equal(found->text, replied.text);
    assert_memory_equal(&found->handed, &replied.handed, sizeof replied.handed);
    assert_null(slots_image_find(image, MESSAGE, 2));
    assert_int_equal(stat(place->path, &info), 0);
    assert_int_equal(info.st_size, 4 * SLOTS_SIZE); /* it never grows */
}

/* What the gateway calls the message goes before the end of a long reply, whose characters stay whole. */
static void test_provider_id(void **state)
{
    static const struct {
        size_t reply, name;
        size_t kept; /* of the reply */
    } rows[] = {
        {0, 34, 0},
        {20, 34, 20},
        {SLOTS_TEXT_MAX, 0, SLOTS_TEXT_MAX},
        {SLOTS_TEXT_MAX, 1, SLOTS_TEXT_MAX - 2},
        {SLOTS_TEXT_MAX, SLOTS_PROVIDER_ID_MAX, SLOTS_TEXT_MAX - SLOTS_PROVIDER_ID_MAX - 1},
    };
    const Place *place = *state;
    g_autoptr(Slots) slots = create(place, G_N_ELEMENTS(rows));
    g_autoptr(SlotsImage) image = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *reply = g_strnfill(rows[i].reply, 'r'), *name = g_strnfill(rows[i].name, 'n');
        Slot slot = {.phase = SLOT_REPLIED, .message = MESSAGE, .attempt = (int)i + 1};

        g_strlcpy(slot.text, reply, sizeof slot.text);
        g_strlcpy(slot.provider_id, name, sizeof slot.provider_id);
        assert_true(slots_write(slots, (int)i, &slot));
    }
    image = slots_load(place->folder, RUN);
    assert_true(slots_image_is_whole(image));
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const Slot *found = slots_image_find(image, MESSAGE, (int)i + 1);

        assert_int_equal(strlen(found->text), rows[i].kept);
        assert_int_equal(strlen(found->provider_id), rows[i].name);
        assert_int_equal(strspn(found->provider_id, "n"), rows[i].name);
    }
}

/* What is written is what any version writes: FNV-1a over all octets before the last eight of a slot. */
static void test_checksum(void **state)
{
    const Place *place = *state;
    g_autoptr(Slots) slots = create(place, 3);
    g_autofree char *text = g_strnfill(SLOTS_TEXT_MAX, 'x');
    g_autofree char *file = NULL;
    Slot slot = {.phase = SLOT_REPLIED, .message = MESSAGE, .attempt = 1, .at = 5};
    gsize size;

    assert_true(slots_write(slots, 0, &slot));
    g_strlcpy(slot.text, "accepted", sizeof slot.text);
    assert_true(slots_write(slots, 1, &slot));
    g_strlcpy(slot.text, text, sizeof slot.text);
    assert_true(slots_write(slots, 2, &slot));
    assert_true(g_file_get_contents(place->path, &file, &size, NULL));
    assert_int_equal(size, 4 * SLOTS_SIZE);
    for (gsize i = 0; i < size; i += SLOTS_SIZE) {
        uint64_t hash = UINT64_C(0xcbf29ce484222325);
        uint64_t found = 0;

        for (gsize j = 0; j < SLOTS_SIZE - 8; j++)
            hash = (hash ^ (uint8_t)file[i + j]) * UINT64_C(0x100000001b3);
        for (gsize j = SLOTS_SIZE - 8; j < SLOTS_SIZE; j++)
            found = found << 8 | (uint8_t)file[i + j];
        assert_true(found == hash);
    }
}

static uint64_t fnv(const uint8_t *block)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (size_t i = 0; i < SLOTS_SIZE - 8; i++)
        hash = (hash ^ block[i]) * UINT64_C(0x100000001b3);
    return hash;
}

static void seal_block(uint8_t *block)
{
    uint64_t hash = fnv(block);

    for (size_t i = 0; i < 8; i++)
        block[SLOTS_SIZE - 1 - i] = (uint8_t)(hash >> 8 * i);
}

/* What a version before this one left behind still counts: its text stands where the digests are now. */
static void test_earlier_version(void **state)
{
    const Place *place = *state;
    g_autoptr(Slots) slots = create(place, 1);
    const Slot slot = {.phase = SLOT_REPLIED, .message = MESSAGE, .attempt = 3, .event = EVENT_ACCEPTED, .code = 250};
    g_autofree char *text = g_strnfill(400, 'y');
    g_autoptr(SlotsImage) image = NULL;
    g_autofree char *file = NULL;
    uint8_t *block;
    const Slot *found;
    gsize size;

    assert_true(slots_write(slots, 0, &slot));
    assert_true(g_file_get_contents(place->path, &file, &size, NULL));
    block = (uint8_t *)file;
    block[7] = '1'; /* of BRCHSLT2 */
    seal_block(block);
    memcpy(block + SLOTS_SIZE + 78, text, 400);
    seal_block(block + SLOTS_SIZE);
    poke(place, 0, file, size);
    image = slots_load(place->folder, RUN);
    assert_non_null(image);
    assert_true(slots_image_is_whole(image));
    found = slots_image_find(image, MESSAGE, 3);
    assert_int_equal(found->code, 250);
    assert_int_equal(strlen(found->text), SLOTS_TEXT_MAX);
    assert_int_equal(found->handed.made, 0);
    assert_false(digest_is_set(found->handed.octets));
}

static void test_reuse(void **state)
{
    const Place *place = *state;
    g_autoptr(Slots) slots = create(place, 1);
    g_autoptr(SlotsImage) image = NULL;
    Slot slot = {.phase = SLOT_REPLIED, .message = MESSAGE, .attempt = 1, .text = "a long text that must not shine through"};

    assert_true(slots_write(slots, 0, &slot));
    slot = (Slot){.phase = SLOT_REPLIED, .message = OTHER, .attempt = 2, .text = "short"};
    assert_true(slots_write(slots, 0, &slot));
    image = slots_load(place->folder, RUN);
    assert_null(slots_image_find(image, MESSAGE, 1));
    assert_string_equal(slots_image_find(image, OTHER, 2)->text, "short");
    slots_image_free(image);
    slot = (Slot){.phase = SLOT_EMPTY};
    assert_true(slots_write(slots, 0, &slot));
    image = slots_load(place->folder, RUN);
    assert_true(slots_image_is_whole(image));
    assert_null(slots_image_find(image, OTHER, 2));
}

/* A text that fills the field ends at a whole character, whatever its length. */
static void test_long_text(void **state)
{
    const Place *place = *state;
    g_autoptr(Slots) slots = create(place, 1);

    for (int shift = 0; shift < 4; shift++) {
        Slot slot = {.phase = SLOT_REPLIED, .message = MESSAGE, .attempt = shift + 1};
        g_autoptr(SlotsImage) image = NULL;
        const Slot *found;

        memset(slot.text, 'x', (size_t)shift);
        for (size_t i = (size_t)shift; i + 3 <= sizeof slot.text; i += 3)
            memcpy(slot.text + i, "\xe2\x82\xac", 3);
        if (shift == 2)
            slot.text[SLOTS_TEXT_MAX] = '\xe2'; /* no NUL at all */
        assert_true(slots_write(slots, 0, &slot));
        image = slots_load(place->folder, RUN);
        found = slots_image_find(image, MESSAGE, shift + 1);
        assert_true(strlen(found->text) >= SLOTS_TEXT_MAX - 3);
        assert_true(g_utf8_validate(found->text, -1, NULL));
    }
}

/* Every byte of a slot counts: change any one, and the slot is not believed. */
static void test_every_byte(void **state)
{
    const Place *place = *state;
    g_autoptr(Slots) slots = create(place, 2);
    const Slot slot = {.phase = SLOT_REPLIED, .message = MESSAGE, .attempt = 1, .event = EVENT_ACCEPTED, .text = "ok"};

    for (off_t at = 0; at < SLOTS_SIZE; at++) {
        g_autoptr(SlotsImage) image = NULL;

        assert_true(slots_write(slots, 0, &slot));
        poke(place, SLOTS_SIZE + at, "\xd7", 1);
        image = slots_load(place->folder, RUN);
        assert_non_null(image);
        assert_false(slots_image_is_whole(image));
        assert_null(slots_image_find(image, MESSAGE, 1));
    }
}

static void test_torn(void **state)
{
    const Place *place = *state;
    g_autoptr(Slots) slots = create(place, 1);
    g_autofree char *bytes = NULL;
    const Slot old = {.phase = SLOT_REPLIED, .message = MESSAGE, .attempt = 1, .text = "before"};
    const Slot new = {.phase = SLOT_REPLIED, .message = OTHER, .attempt = 1, .text = "after, and longer"};
    gsize size = 0;

    assert_true(slots_write(slots, 0, &new));
    assert_true(g_file_get_contents(place->path, &bytes, &size, NULL));
    for (size_t cut = 1; cut < SLOTS_SIZE; cut += 7) {
        g_autoptr(SlotsImage) image = NULL;

        assert_true(slots_write(slots, 0, &old));
        poke(place, SLOTS_SIZE, bytes + SLOTS_SIZE, cut);
        image = slots_load(place->folder, RUN);
        assert_null(slots_image_find(image, OTHER, 1));
    }
}

static void test_header(void **state)
{
    const Place *place = *state;
    static const off_t places[] = {0, 9, 12, 28, 100, 511};

    slots_close(create(place, 1));
    assert_null(slots_load(place->folder, "abcdefgh234567ac"));
    for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
        g_autofree char *bytes = NULL;
        gsize size = 0;

        assert_true(g_file_get_contents(place->path, &bytes, &size, NULL));
        poke(place, places[i], "\x01", 1);
        assert_null(slots_load(place->folder, RUN));
        poke(place, 0, bytes, size);
        slots_image_free(slots_load(place->folder, RUN));
    }
    assert_int_equal(truncate(place->path, SLOTS_SIZE + 100), 0);
    assert_null(slots_load(place->folder, RUN));
    assert_int_equal(truncate(place->path, SLOTS_SIZE), 0);
    assert_null(slots_load(place->folder, RUN));
    assert_int_equal(truncate(place->path, 0), 0);
    assert_null(slots_load(place->folder, RUN));
}

static void test_of_another_run(void **state)
{
    const Place *place = *state;
    g_autofree char *path = g_build_filename(place->folder, "slots-abcdefgh234567ac", NULL);
    Slots *slots = create(place, 1);

    slots_close(slots);
    assert_int_equal(g_rename(place->path, path), 0);
    assert_null(slots_load(place->folder, "abcdefgh234567ac"));
    assert_int_equal(g_unlink(path), 0);
}

static void test_create_refuses(void **state)
{
    const Place *place = *state;
    g_autoptr(GError) error = NULL;
    Slots *slots = create(place, 1);

    slots_close(slots);
    assert_null(slots_create(place->folder, RUN, BOOT, 1, &error)); /* a run has one file */
    assert_true(g_error_matches(error, BREACH_ERROR, BREACH_ERROR_CREATE));
    g_clear_error(&error);
    slots_remove(place->folder, RUN);
    slots_remove(place->folder, RUN);
    assert_null(slots_load(place->folder, RUN));
    assert_null(slots_create("/nonexistent/folder", RUN, BOOT, 1, &error));
    assert_true(g_error_matches(error, BREACH_ERROR, BREACH_ERROR_CREATE));
}

static void test_remove_all(void **state)
{
    const Place *place = *state;
    g_autofree char *other = g_build_filename(place->folder, "slots-zzzzzzzzzzzzzzzz", NULL);
    g_autofree char *ledger = g_build_filename(place->folder, "ledger.db", NULL);

    slots_close(create(place, 1));
    assert_true(g_file_set_contents(other, "", 0, NULL) && g_file_set_contents(ledger, "", 0, NULL));
    slots_remove_all(place->folder, RUN);
    assert_true(g_file_test(place->path, G_FILE_TEST_EXISTS));
    assert_false(g_file_test(other, G_FILE_TEST_EXISTS));
    slots_remove_all(place->folder, NULL);
    assert_false(g_file_test(place->path, G_FILE_TEST_EXISTS));
    assert_true(g_file_test(ledger, G_FILE_TEST_EXISTS));
    g_unlink(ledger);
    slots_remove_all("/nonexistent/folder", NULL);
}

static void test_full_disk(void **state)
{
    const Place *place = *state;
    const Slot handing = {.phase = SLOT_HANDING_OVER, .message = MESSAGE, .attempt = 1};
    g_autoptr(GError) error = NULL;
    g_autoptr(Slots) slots = NULL;

    g_setenv("BREACH_FAULT_FAIL", "slots_create", TRUE);
    assert_null(slots_create(place->folder, RUN, BOOT, 1, &error));
    assert_true(g_error_matches(error, BREACH_ERROR, BREACH_ERROR_CREATE));
    assert_non_null(strstr(error->message, "No space left"));
    assert_false(g_file_test(place->path, G_FILE_TEST_EXISTS));
    g_setenv("BREACH_FAULT_FAIL", "slots_write", TRUE);
    slots = create(place, 1);
    errno = 0;
    assert_false(slots_write(slots, 0, &handing));
    assert_int_equal(errno, ENOSPC);
    g_unsetenv("BREACH_FAULT_FAIL");
    assert_true(slots_write(slots, 0, &handing));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_round_trip, setup, teardown),
        cmocka_unit_test_setup_teardown(test_provider_id, setup, teardown),
        cmocka_unit_test_setup_teardown(test_checksum, setup, teardown),
        cmocka_unit_test_setup_teardown(test_earlier_version, setup, teardown),
        cmocka_unit_test_setup_teardown(test_reuse, setup, teardown),
        cmocka_unit_test_setup_teardown(test_long_text, setup, teardown),
        cmocka_unit_test_setup_teardown(test_every_byte, setup, teardown),
        cmocka_unit_test_setup_teardown(test_torn, setup, teardown),
        cmocka_unit_test_setup_teardown(test_header, setup, teardown),
        cmocka_unit_test_setup_teardown(test_of_another_run, setup, teardown),
        cmocka_unit_test_setup_teardown(test_create_refuses, setup, teardown),
        cmocka_unit_test_setup_teardown(test_remove_all, setup, teardown),
        cmocka_unit_test_setup_teardown(test_full_disk, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
