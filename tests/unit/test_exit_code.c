#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/error.h"
#include "cli/exit_code.h"

static void test_errors(void **state)
{
    static const struct {
        BreachError error;
        int code;
    } rows[] = {
        {BREACH_ERROR_INPUT, 65},     {BREACH_ERROR_CONFIG, 78},    {BREACH_ERROR_CREATE, 73},
        {BREACH_ERROR_TEMPORARY, 75}, {BREACH_ERROR_PERMANENT, 78}, {BREACH_ERROR_IN_DOUBT, 75},
        {BREACH_ERROR_INTERNAL, 70},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const GError error = {.domain = BREACH_ERROR, .code = (int)rows[i].error};

        assert_int_equal(exit_code_of(&error), rows[i].code);
    }
}

static void test_errors_of_others(void **state)
{
    const GError foreign = {.domain = G_FILE_ERROR, .code = (int)BREACH_ERROR_INPUT};
    const GError beyond = {.domain = BREACH_ERROR, .code = 99};
    const GError below = {.domain = BREACH_ERROR, .code = -1};

    (void)state;
    assert_int_equal(exit_code_of(&foreign), 70);
    assert_int_equal(exit_code_of(&beyond), 70);
    assert_int_equal(exit_code_of(&below), 70);
}

static void test_status(void **state)
{
    static const struct {
        bool complete;
        Told told;
        int code;
    } rows[] = {
        {true, TOLD_ACCEPTED, 0},  {true, TOLD_DELIVERED, 0}, {true, TOLD_UNREACHABLE, 1}, {true, TOLD_WITHHELD, 1},
        {false, TOLD_PENDING, 75}, {false, TOLD_IN_DOUBT, 75}, {false, TOLD_QUARANTINED, 75},
        {false, TOLD_WITHHELD, 75},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        Status status = {.complete = rows[i].complete};

        status.counts.people = 2;
        status.counts.told[TOLD_ACCEPTED]++;
        status.counts.told[rows[i].told]++;
        assert_int_equal(exit_code_of_status(&status), rows[i].code);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_errors_of_others),
        cmocka_unit_test(test_status),
    };

    return cmocka_run_group_tests_name("exit_code", tests, NULL, NULL);
}
