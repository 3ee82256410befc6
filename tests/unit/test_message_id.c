/* What makes two messages one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib.h>
#include <string.h>

#include "dispatch/message_id.h"

static const uint8_t secret[ID_SECRET_SIZE] = {1, 2, 3};

static const MessageIdParts base = {.incident = "leak",
                                    .edition = 1,
                                    .channel = "email",
                                    .endpoint = "one@example.org",
                                    .audience = "people",
                                    .locale = "en",
                                    .person = "p1",
                                    .holder = "",
                                    .organization = ""};

static bool is_same(const MessageIdParts *one, const MessageIdParts *other)
{
    char first[ID_MESSAGE_LENGTH + 1], second[ID_MESSAGE_LENGTH + 1];

    message_id_make(secret, one, first);
    message_id_make(secret, other, second);
    assert_true(id_is_message(first) && id_is_message(second));
    return strcmp(first, second) == 0;
}

static void test_every_part_counts(void **state)
{
    MessageIdParts others[] = {base, base, base, base, base, base, base, base};

    (void)state;
    others[0].incident = "leak2";
    others[1].status = INCIDENT_ACTUAL;
    others[2].edition = 2;
    others[3].channel = "sms";
    others[4].endpoint = "two@example.org";
    others[5].audience = "others";
    others[6].locale = "de";
    others[7].person = "p2";
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        if (is_same(&base, &others[i]))
            fail_msg("part %zu is not in the id", i);
    assert_true(is_same(&base, &base));
}

static MessageIdParts person(const char *id, const char *organization, const char *holder, Capacity capacity)
{
    MessageIdParts parts = base;

    parts.person = id;
    parts.organization = organization;
    parts.holder = holder;
    parts.capacity = capacity;
    return parts;
}

static void test_who_shares(void **state)
{
    const MessageIdParts plain = person("p1", NULL, NULL, CAPACITY_SELF);
    const MessageIdParts colleague = person("p2", "Acme", NULL, CAPACITY_SELF);
    const MessageIdParts other_colleague = person("p3", "Acme", "", CAPACITY_SELF);
    const MessageIdParts holder = person("p4", "Acme", "h1", CAPACITY_SELF);
    const MessageIdParts same_holder = person("p5", "Bolt", "h1", CAPACITY_SELF);
    const MessageIdParts named_like_it = person("Acme", NULL, NULL, CAPACITY_SELF);
    const MessageIdParts child = person("p6", "Acme", NULL, CAPACITY_GUARDIAN);
    const MessageIdParts other_child = person("p7", "Acme", NULL, CAPACITY_GUARDIAN);

    (void)state;
    assert_true(is_same(&plain, &base));
    assert_true(message_id_alone(&plain));
    assert_true(message_id_alone(&child));
    assert_false(message_id_alone(&colleague));
    assert_false(message_id_alone(&holder));
    assert_true(is_same(&colleague, &other_colleague));
    assert_false(is_same(&colleague, &holder));
    assert_true(is_same(&holder, &same_holder));
    assert_false(is_same(&colleague, &named_like_it)); /* an id is no organisation */
    assert_false(is_same(&child, &other_child));       /* a school says nothing of whose mailbox the guardian's is */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_part_counts),
        cmocka_unit_test(test_who_shares),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
