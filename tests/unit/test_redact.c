#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <glib.h>

#include "base/redact.h"

typedef struct Case {
    const char *text, *address, *wanted;
} Case;

static void check(const Case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        g_autofree char *got = redact_text(cases[i].text, cases[i].address);

        assert_string_equal(got, cases[i].wanted);
    }
}

static void masks_addresses(void **state)
{
    static const Case cases[] = {
        {"RCPT TO:<ann.lee@example.org>", NULL, "RCPT TO:<***@example.org>"},
        {"ann@a.example and bob@b.example", NULL, "***@a.example and ***@b.example"},
        {"NOTIFY=FAILURE ORCPT=rfc822;ann@example.org", NULL, "NOTIFY=FAILURE ORCPT=rfc822;***@example.org"},
        {"MAIL FROM:<bounce+abc234@example.com> SIZE=1", NULL, "MAIL FROM:<***@example.com> SIZE=1"},
        {"\"ann lee\"@example.org is unknown", NULL, "***@example.org is unknown"},
        {"林@example.org", NULL, "***@example.org"},
        {"@example.org", NULL, "@example.org"},
        {"a \" quote@example.org", NULL, "a \" ***@example.org"},
        {"250 2.1.5 Ok", NULL, "250 2.1.5 Ok"},
        {"", NULL, ""},
    };

    (void)state;
    check(cases, G_N_ELEMENTS(cases));
}

static void masks_phones(void **state)
{
    static const Case cases[] = {
        {"to +86 138-0013-8000.", NULL, "to +***."},
        {"+8613800138000", NULL, "+***"},
        {"+86 138", NULL, "+86 138"},
        {"a + b, 1380013", NULL, "a + b, 1380013"},
    };

    (void)state;
    check(cases, G_N_ELEMENTS(cases));
}

static void masks_the_local_part_alone(void **state)
{
    static const Case cases[] = {
        {"550 5.1.1 user ANN.lee unknown (ann.lee)", "ann.lee@example.org", "550 5.1.1 user *** unknown (***)"},
        {"550 5.1.1 joanna is no user", "ann@example.org", "550 5.1.1 joanna is no user"},
        {"no a here", "a@example.org", "no *** here"},
        {"ann", "ann", "***"},
        {"nothing", "@example.org", "nothing"},
    };

    (void)state;
    check(cases, G_N_ELEMENTS(cases));
}

static void makes_one_line(void **state)
{
    static const Case cases[] = {{"a\r\nb\tc\x1b[2J", NULL, "a  b c [2J"}};

    (void)state;
    check(cases, G_N_ELEMENTS(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(masks_addresses),
        cmocka_unit_test(masks_phones),
        cmocka_unit_test(masks_the_local_part_alone),
        cmocka_unit_test(makes_one_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
