/* Random ids, message ids and notice numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "base/id.h"

static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";

static void fill(uint8_t secret[ID_SECRET_SIZE])
{
    for (int i = 0; i < ID_SECRET_SIZE; i++)
        secret[i] = (uint8_t)i;
}

static void test_random(void **unused)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    bool used[32] = {false};

    (void)unused;
    for (int round = 0; round < 1000; round++) {
        char id[ID_RUN_LENGTH + 2];

        id[ID_RUN_LENGTH + 1] = '#';
        id_random(id, ID_RUN_LENGTH);
        assert_int_equal(strlen(id), ID_RUN_LENGTH);
        assert_int_equal(strspn(id, alphabet), ID_RUN_LENGTH);
        assert_int_equal(id[ID_RUN_LENGTH + 1], '#');
        assert_true(g_hash_table_add(seen, g_strdup(id)));
        for (const char *at = id; *at; at++)
            used[strchr(alphabet, *at) - alphabet] = true;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(used); i++)
        assert_true(used[i]);
}

static void test_lengths(void **unused)
{
    static const size_t lengths[] = {0, 1, 2, 7, 8, 26, 102};

    (void)unused;
    for (size_t i = 0; i < G_N_ELEMENTS(lengths); i++) {
        char id[128];

        id_random(id, lengths[i]);
        assert_int_equal(strlen(id), lengths[i]);
    }
}

static void test_secret(void **unused)
{
    uint8_t one[ID_SECRET_SIZE] = {0};
    uint8_t other[ID_SECRET_SIZE] = {0};
    const uint8_t zero[ID_SECRET_SIZE / 2] = {0};

    (void)unused;
    id_secret(one);
    id_secret(other);
    assert_memory_not_equal(one, other, sizeof one);
    assert_memory_not_equal(one + ID_SECRET_SIZE / 2, zero, sizeof zero);
}

/* Expected values computed with Python's hmac and base64.b32encode. */
static void test_message_and_number(void **unused)
{
    static const struct {
        const char *parts[8];
        size_t count;
        const char *id, *number;
    } rows[] = {
        {{"incident", "exercise", "1", "email", "a@example.com", "people", "zh-CN"},
         7,
         "jp2s5iuuuci5xfzsrlp7nmrar2",
         "1670 3284 2955 0736"},
        {{NULL}, 0, "2ofueclnqd2f7atlisu5kyd544", "4651 9012 3657 9853"},
        {{"张伟", ""}, 2, "gw7cs6uwrjx6s4eso7wsyskizw", "1181 8171 1916 3083"},
    };
    uint8_t secret[ID_SECRET_SIZE];

    (void)unused;
    fill(secret);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        char id[ID_MESSAGE_LENGTH + 1];
        char number[ID_NUMBER_LENGTH + 1];

        id_message(secret, rows[i].parts, rows[i].count, id);
        assert_string_equal(id, rows[i].id);
        assert_true(id_is_message(id));
        id_number(id, number);
        assert_string_equal(number, rows[i].number);
    }
}

/* No two lists of parts run together: each part is length-prefixed. */
static void test_message_parts_do_not_run_together(void **unused)
{
    static const struct {
        const char *parts[3];
        size_t count;
    } rows[] = {
        {{"ab", "c"}, 2}, {{"a", "bc"}, 2}, {{"abc"}, 1}, {{"abc", ""}, 2}, {{"", "abc"}, 2}, {{"a", "b", "c"}, 3},
    };
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    uint8_t secret[ID_SECRET_SIZE];
    char id[ID_MESSAGE_LENGTH + 1];

    (void)unused;
    fill(secret);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        id_message(secret, rows[i].parts, rows[i].count, id);
        assert_true(g_hash_table_add(seen, g_strdup(id)));
    }
    secret[31] ^= 1;
    id_message(secret, rows[0].parts, rows[0].count, id);
    assert_true(g_hash_table_add(seen, g_strdup(id)));
}

static void test_is_message(void **unused)
{
    (void)unused;
    assert_true(id_is_message("abcdefghijklmnopqrstuvwxyz"));
    assert_true(id_is_message("22222222222222222222222222"));
    assert_false(id_is_message(""));
    assert_false(id_is_message("abcdefghijklmnopqrstuvwxy"));
    assert_false(id_is_message("abcdefghijklmnopqrstuvwxyza"));
    assert_false(id_is_message("Abcdefghijklmnopqrstuvwxyz"));
    assert_false(id_is_message("abcdefghijklmnopqrstuvwxy1"));
    assert_false(id_is_message("abcdefghijklmnopqrstuvwxy\n"));
}

/* Luhn's check as the reader does it: the sum over all digits, the check digit included, ends in 0. */
static bool is_genuine(const char *number)
{
    int sum = 0;
    int place = 0;

    for (size_t i = strlen(number); i-- > 0;) {
        int digit = number[i] - '0';

        if (number[i] == ' ')
            continue;
        digit *= place++ % 2 ? 2 : 1;
        sum += digit / 10 + digit % 10;
    }
    return place == 16 && sum % 10 == 0;
}

static void test_number_finds_mistakes(void **unused)
{
    (void)unused;
    for (int round = 0; round < 100; round++) {
        char id[ID_MESSAGE_LENGTH + 1];
        char number[ID_NUMBER_LENGTH + 1];

        id_random(id, ID_MESSAGE_LENGTH);
        id_number(id, number);
        assert_int_equal(strlen(number), ID_NUMBER_LENGTH);
        assert_true(number[4] == ' ' && number[9] == ' ' && number[14] == ' ');
        assert_true(is_genuine(number));
        for (size_t i = 0; i < ID_NUMBER_LENGTH; i++) {
            char digit = number[i];

            if (digit == ' ')
                continue;
            number[i] = digit == '9' ? '0' : (char)(digit + 1);
            assert_false(is_genuine(number));
            number[i] = digit;
        }
    }
}

/* A number that was read aloud leads back to the beginning of the id; one that was misheard leads nowhere. */
static void test_id_of_number(void **unused)
{
    char prefix[ID_PREFIX_LENGTH + 1];

    (void)unused;
    for (int round = 0; round < 200; round++) {
        char id[ID_MESSAGE_LENGTH + 1];
        char number[ID_NUMBER_LENGTH + 1];

        id_random(id, ID_MESSAGE_LENGTH);
        id_number(id, number);
        assert_true(id_of_number(number, prefix));
        assert_memory_equal(prefix, id, ID_PREFIX_LENGTH);
        number[4] = '-';
        assert_true(id_of_number(number, prefix));
        number[0] = number[0] == '9' ? '0' : (char)(number[0] + 1);
        assert_false(id_of_number(number, prefix));
    }
    assert_false(id_of_number("", prefix));
    assert_false(id_of_number("0000", prefix));
    assert_false(id_of_number("0000 0000 0000 000x", prefix));
    assert_true(id_of_number("0000000000000000", prefix));
    assert_false(id_of_number("00000000000000000", prefix));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random),
        cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_secret),
        cmocka_unit_test(test_message_and_number),
        cmocka_unit_test(test_message_parts_do_not_run_together),
        cmocka_unit_test(test_is_message),
        cmocka_unit_test(test_number_finds_mistakes),
        cmocka_unit_test(test_id_of_number),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
