#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "base/clock.h"
#include "base/error.h"
#include "cli/preflight.h"

#define TODAY (INT64_C(1000) * BREACH_RELEASED + CLOCK_DAY)

static const PreflightNeed small = {
    .folder = "/state", .open_messages = 1000, .connections = 8, .planned_at = TODAY - CLOCK_HOUR, .is_actual = true};
static const PreflightMachine fine = {.free_bytes = INT64_C(1) << 40, .descriptors = 4096, .now = TODAY};

typedef struct Outcome {
    bool passes;
    char *error;        /* owned */
    int code;
    GPtrArray *warnings;
} Outcome;

static Outcome judge(const PreflightNeed *need, const PreflightMachine *machine)
{
    g_autoptr(GError) error = NULL;
    Outcome outcome = {.warnings = g_ptr_array_new_with_free_func(g_free)};

    outcome.passes = preflight_judge(need, machine, outcome.warnings, &error);
    assert_true(outcome.passes == !error);
    outcome.error = g_strdup(error ? error->message : "");
    outcome.code = error ? error->code : -1;
    return outcome;
}

static void clear(Outcome *outcome)
{
    g_free(outcome->error);
    g_ptr_array_unref(outcome->warnings);
}

static void refuses(const PreflightMachine *machine, BreachError code, const char *text)
{
    Outcome outcome = judge(&small, machine);

    assert_false(outcome.passes);
    assert_int_equal(outcome.code, code);
    assert_non_null(strstr(outcome.error, text));
    clear(&outcome);
}

static void passes(const PreflightMachine *machine)
{
    Outcome outcome = judge(&small, machine);

    assert_true(outcome.passes);
    assert_int_equal(outcome.warnings->len, 0);
    clear(&outcome);
}

static void warns(const PreflightMachine *machine, const char *text)
{
    PreflightNeed exercise = small;
    Outcome outcome = judge(&small, machine);

    assert_true(outcome.passes);
    assert_int_equal(outcome.warnings->len, 1);
    assert_non_null(strstr(g_ptr_array_index(outcome.warnings, 0), text));
    clear(&outcome);
    exercise.is_actual = false;
    outcome = judge(&exercise, machine);
    assert_true(outcome.passes);
    clear(&outcome);
}

static void lets_a_sound_machine_through(void **state)
{
    PreflightMachine machine = fine;
    Outcome outcome = judge(&small, &machine);

    (void)state;
    assert_true(outcome.passes);
    assert_int_equal(outcome.warnings->len, 0);
    clear(&outcome);
    machine.free_bytes = -1;
    machine.descriptors = -1;
    outcome = judge(&small, &machine);
    assert_true(outcome.passes);
    assert_int_equal(outcome.warnings->len, 0);
    clear(&outcome);
}

static void wants_room(void **state)
{
    PreflightMachine machine = fine;
    int64_t bytes = preflight_bytes(small.open_messages);

    (void)state;
    assert_true(preflight_bytes(2000000) > 2 * preflight_bytes(900000));
    machine.free_bytes = 249 * small.open_messages;
    refuses(&machine, BREACH_ERROR_CREATE, "[BR-MACHINE-001]");
    machine.free_bytes = bytes - 1;
    warns(&machine, "[BR-MACHINE-002]");
    machine.free_bytes = bytes;
    passes(&machine);
}

static void wants_descriptors(void **state)
{
    PreflightMachine machine = fine;

    (void)state;
    machine.descriptors = 79;
    refuses(&machine, BREACH_ERROR_CONFIG, "8 connections need 80 open files and 79 are allowed: type ulimit -Hn 80");
    machine.descriptors = 80;
    passes(&machine);
}

static void wants_a_clock_that_is_not_behind(void **state)
{
    PreflightMachine machine = fine;

    (void)state;
    machine.now = small.planned_at - 3 * CLOCK_MINUTE;
    refuses(&machine, BREACH_ERROR_CONFIG, "the plan was made at ");
    machine.now = small.planned_at - CLOCK_MINUTE;
    passes(&machine);
    machine.now = 0;
    refuses(&machine, BREACH_ERROR_CONFIG, "1970-01-01T00:00:00.000Z, before this version of breach was made");
    machine = fine;
    machine.is_unsynchronised = true;
    warns(&machine, "[BR-MACHINE-005]");
}

static void warns_of_a_folder_in_memory(void **state)
{
    PreflightMachine machine = fine;

    (void)state;
    machine.is_memory = true;
    warns(&machine, "/state lies in memory");
}

static void looks_at_this_machine(void **state)
{
    PreflightNeed need = small;
    PreflightMachine machine = {0};

    (void)state;
    need.folder = "/";
    preflight_look(&need, &machine);
    assert_true(machine.free_bytes >= 0);
    assert_true(machine.now > 0);
    assert_true(machine.descriptors == -1 || machine.descriptors > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lets_a_sound_machine_through),
        cmocka_unit_test(wants_room),
        cmocka_unit_test(wants_descriptors),
        cmocka_unit_test(wants_a_clock_that_is_not_behind),
        cmocka_unit_test(warns_of_a_folder_in_memory),
        cmocka_unit_test(looks_at_this_machine),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
