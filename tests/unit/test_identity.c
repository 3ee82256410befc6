/* From messages to notices, to people, to the sum that must hold. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "model/identity.h"

/* The same rule written another way: what each message makes of a notice on its own, as a rank; the lowest one wins. */
static Told notice_by_rank(const uint32_t counts[MESSAGE_STATES])
{
    static const int ranks[MESSAGE_STATES] = {
        [MESSAGE_DELIVERED] = 0,  [MESSAGE_ACCEPTED] = 1, [MESSAGE_IN_DOUBT] = 2,    [MESSAGE_PLANNED] = 3,
        [MESSAGE_ATTEMPTING] = 3, [MESSAGE_DEFERRED] = 3, [MESSAGE_QUARANTINED] = 4, [MESSAGE_BOUNCED] = 5,
        [MESSAGE_FAILED] = 5,     [MESSAGE_WITHHELD] = 6, [MESSAGE_CANCELLED] = 6,
    };
    static const Told notices[] = {TOLD_DELIVERED,   TOLD_ACCEPTED,    TOLD_IN_DOUBT, TOLD_PENDING,
                                   TOLD_QUARANTINED, TOLD_UNREACHABLE, TOLD_WITHHELD, TOLD_UNREACHABLE};
    int lowest = 7;

    for (int state = 0; state < MESSAGE_STATES; state++)
        if (counts[state] && ranks[state] < lowest)
            lowest = ranks[state];
    return notices[lowest];
}

static void test_notice_brute_force(void **unused)
{
    int seen[TOLD_STATES] = {0};

    (void)unused;
    /* 3^11 combinations of 0, 1 and 2 messages in each state. */
    for (int code = 0; code < 177147; code++) {
        uint32_t counts[MESSAGE_STATES];
        int rest = code;
        Told told;

        for (int state = 0; state < MESSAGE_STATES; state++, rest /= 3)
            counts[state] = (uint32_t)(rest % 3);
        told = identity_notice(counts);
        seen[told]++;
        if (told != notice_by_rank(counts))
            fail_msg("combination %d gives %s", code, identity_told_name(told));
    }
    for (int told = 0; told < TOLD_STATES; told++)
        assert_true(seen[told] > 0);
}

static void test_notice_examples(void **unused)
{
    static const struct {
        MessageState first, second;
        Told told;
    } rows[] = {
        {MESSAGE_BOUNCED, MESSAGE_ACCEPTED, TOLD_ACCEPTED},    {MESSAGE_FAILED, MESSAGE_PLANNED, TOLD_PENDING},
        {MESSAGE_IN_DOUBT, MESSAGE_PLANNED, TOLD_IN_DOUBT},    {MESSAGE_FAILED, MESSAGE_WITHHELD, TOLD_UNREACHABLE},
        {MESSAGE_WITHHELD, MESSAGE_CANCELLED, TOLD_WITHHELD},  {MESSAGE_QUARANTINED, MESSAGE_FAILED, TOLD_QUARANTINED},
        {MESSAGE_DELIVERED, MESSAGE_IN_DOUBT, TOLD_DELIVERED}, {MESSAGE_CANCELLED, MESSAGE_CANCELLED, TOLD_WITHHELD},
    };
    const uint32_t none[MESSAGE_STATES] = {0};

    (void)unused;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        uint32_t counts[MESSAGE_STATES] = {0};

        counts[rows[i].first]++;
        counts[rows[i].second]++;
        assert_int_equal(identity_notice(counts), rows[i].told);
    }
    assert_int_equal(identity_notice(none), TOLD_UNREACHABLE);
}

static void test_person_brute_force(void **unused)
{
    static const char order[] = "in_doubt pending quarantined unreachable withheld accepted delivered";
    g_auto(GStrv) names = g_strsplit(order, " ", -1);

    (void)unused;
    for (int set = 1; set < 1 << TOLD_STATES; set++) {
        uint32_t counts[TOLD_STATES] = {0};
        const char *first = NULL;

        for (int told = 0; told < TOLD_STATES; told++)
            counts[told] = set >> told & 1 ? 3 : 0;
        for (size_t i = 0; names[i] && !first; i++)
            for (int told = 0; told < TOLD_STATES; told++)
                if (counts[told] && strcmp(identity_told_name((Told)told), names[i]) == 0)
                    first = names[i];
        assert_non_null(first);
        assert_string_equal(identity_told_name(identity_person(counts)), first);
    }
}

/* People drawn at random are counted one by one: the sum holds, and breaks when anybody is lost or counted twice. */
static void test_sum_of_people(void **unused)
{
    GRand *random = g_rand_new_with_seed(20261121);

    (void)unused;
    for (int round = 0; round < 200; round++) {
        int64_t people = g_rand_int_range(random, 1, 50);
        int64_t counts[TOLD_STATES] = {0};
        Told told = TOLD_PENDING;

        for (int64_t person = 0; person < people; person++) {
            uint32_t notices[TOLD_STATES] = {0};
            uint32_t messages[MESSAGE_STATES] = {0};

            for (int i = g_rand_int_range(random, 0, 4); i > 0; i--)
                messages[g_rand_int_range(random, 0, MESSAGE_STATES)]++;
            notices[identity_notice(messages)]++;
            notices[g_rand_int_range(random, 0, TOLD_STATES)]++;
            told = identity_person(notices);
            counts[told]++;
        }
        assert_true(identity_holds(people, counts));
        assert_false(identity_holds(people + 1, counts));
        assert_false(identity_holds(people - 1, counts));
        counts[told]--;
        assert_false(identity_holds(people, counts));
    }
    g_rand_free(random);
}

static void test_sum_refuses_nonsense(void **unused)
{
    const int64_t none[TOLD_STATES] = {0};
    const int64_t negative[TOLD_STATES] = {[TOLD_DELIVERED] = 5, [TOLD_PENDING] = -2};
    const int64_t huge[TOLD_STATES] = {[TOLD_DELIVERED] = INT64_MAX, [TOLD_PENDING] = INT64_MAX, [TOLD_ACCEPTED] = 2};
    const int64_t most[TOLD_STATES] = {[TOLD_UNREACHABLE] = INT64_MAX};

    (void)unused;
    assert_true(identity_holds(0, none));
    assert_false(identity_holds(1, none));
    assert_false(identity_holds(-1, none));
    assert_false(identity_holds(3, negative));
    assert_false(identity_holds(0, huge));
    assert_false(identity_holds(INT64_MAX, huge));
    assert_true(identity_holds(INT64_MAX, most));
}

static void test_complete(void **unused)
{
    (void)unused;
    for (int told = 0; told < TOLD_STATES; told++) {
        int64_t counts[TOLD_STATES] = {0};
        bool is_open = told == TOLD_IN_DOUBT || told == TOLD_PENDING || told == TOLD_QUARANTINED;

        assert_true(identity_complete(counts));
        counts[told] = 1;
        assert_int_equal(identity_complete(counts), !is_open);
    }
}

/* What a ladder changes, and nothing else. */
static void test_ladder(void **state)
{
    static const struct {
        uint32_t counts[MESSAGE_STATES];
        bool has_rungs, every;
        Told told;
    } rows[] = {
        {{[MESSAGE_FAILED] = 1}, true, false, TOLD_PENDING},
        {{[MESSAGE_BOUNCED] = 1, [MESSAGE_QUARANTINED] = 1}, true, false, TOLD_PENDING},
        {{[MESSAGE_FAILED] = 1}, false, false, TOLD_UNREACHABLE},
        {{[MESSAGE_WITHHELD] = 1}, true, false, TOLD_WITHHELD},
        {{[MESSAGE_QUARANTINED] = 1}, true, false, TOLD_QUARANTINED},
        {{[MESSAGE_FAILED] = 1, [MESSAGE_ACCEPTED] = 1}, true, false, TOLD_ACCEPTED},
        {{[MESSAGE_FAILED] = 1, [MESSAGE_IN_DOUBT] = 1}, true, false, TOLD_IN_DOUBT},
        {{[MESSAGE_ACCEPTED] = 1, [MESSAGE_PLANNED] = 1}, false, true, TOLD_PENDING},
        {{[MESSAGE_DELIVERED] = 1, [MESSAGE_DEFERRED] = 1}, false, true, TOLD_PENDING},
        {{[MESSAGE_ACCEPTED] = 1, [MESSAGE_FAILED] = 1}, false, true, TOLD_ACCEPTED},
        {{[MESSAGE_ACCEPTED] = 1, [MESSAGE_PLANNED] = 1}, false, false, TOLD_ACCEPTED},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(identity_ladder(rows[i].counts, rows[i].has_rungs, rows[i].every), rows[i].told);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_notice_brute_force), cmocka_unit_test(test_ladder),   cmocka_unit_test(test_notice_examples),
        cmocka_unit_test(test_person_brute_force),   cmocka_unit_test(test_sum_of_people),
        cmocka_unit_test(test_sum_refuses_nonsense), cmocka_unit_test(test_complete),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
