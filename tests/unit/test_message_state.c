/* The transitions of a message: every pair, names, and docs/STATES.md. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "base/file.h"
#include "model/message_state.h"

#define NONE MESSAGE_STATES

/* Written apart from the code: one line a state, one letter an event, in the order
 * claimed returned accepted deferred failed doubted delivered bounced quarantined withheld cancelled released.
 * p a A D d b f i w c q are the states in their order, . is impossible. */
static const struct {
    MessageState state;
    const char *next;
} expected[] = {
    {MESSAGE_PLANNED, "apAdfpDpqwc."},   {MESSAGE_ATTEMPTING, ".pAdfiDbq..."},  {MESSAGE_ACCEPTED, ".AAAAADb...."},
    {MESSAGE_DELIVERED, ".DDDDDDb...."}, {MESSAGE_DEFERRED, "adAdfdDb.wcp"},    {MESSAGE_BOUNCED, ".bbbbbbb...p"},
    {MESSAGE_FAILED, ".fAfffDb...p"},    {MESSAGE_IN_DOUBT, "apAdfiDb..cp"},    {MESSAGE_WITHHELD, ".wAwwwDw...p"},
    {MESSAGE_CANCELLED, ".cAcccDc...p"}, {MESSAGE_QUARANTINED, ".qAqqqDq.wcp"},
};

static MessageState state_of(char letter)
{
    static const char letters[] = "paADdbfiwcq";

    return letter == '.' ? NONE : (MessageState)(strchr(letters, letter) - letters);
}

static MessageState next_of(MessageState state, MessageEvent event)
{
    MessageState next = NONE;

    return message_state_next(state, event, &next) ? next : NONE;
}

static void test_every_pair(void **unused)
{
    (void)unused;
    assert_int_equal(G_N_ELEMENTS(expected), MESSAGE_STATES);
    for (size_t i = 0; i < G_N_ELEMENTS(expected); i++) {
        assert_int_equal(strlen(expected[i].next), MESSAGE_EVENTS);
        for (int event = 0; event < MESSAGE_EVENTS; event++) {
            MessageState next = next_of(expected[i].state, (MessageEvent)event);

            if (next != state_of(expected[i].next[event]))
                fail_msg("%s + %s leads to %s", message_state_name(expected[i].state),
                         message_event_name((MessageEvent)event), next == NONE ? "nothing" : message_state_name(next));
        }
    }
}

static void test_refused_pair_leaves_next_alone(void **unused)
{
    MessageState next = MESSAGE_QUARANTINED;

    (void)unused;
    assert_false(message_state_next(MESSAGE_ACCEPTED, EVENT_CLAIMED, &next));
    assert_int_equal(next, MESSAGE_QUARANTINED);
    assert_false(message_state_next(MESSAGE_STATES, EVENT_CLAIMED, &next));
    assert_false(message_state_next((MessageState)-1, EVENT_CLAIMED, &next));
    assert_false(message_state_next(MESSAGE_PLANNED, MESSAGE_EVENTS, &next));
    assert_int_equal(next, MESSAGE_QUARANTINED);
}

/* What crash safety rests on, whatever else the table says. */
static void test_promises(void **unused)
{
    (void)unused;
    for (int s = 0; s < MESSAGE_STATES; s++) {
        MessageState state = (MessageState)s;
        MessageState accepted = next_of(state, EVENT_ACCEPTED);
        bool may_be_claimed = state == MESSAGE_PLANNED || state == MESSAGE_DEFERRED || state == MESSAGE_IN_DOUBT;

        /* Only a claim starts an attempt, and never a second one beside the first. */
        assert_int_equal(next_of(state, EVENT_CLAIMED), may_be_claimed ? MESSAGE_ATTEMPTING : NONE);
        for (int event = EVENT_CLAIMED + 1; event < MESSAGE_EVENTS; event++)
            assert_int_not_equal(next_of(state, (MessageEvent)event), MESSAGE_ATTEMPTING);
        /* The outcome of an attempt and a receipt are never refused. */
        for (int event = EVENT_RETURNED; event <= EVENT_BOUNCED; event++)
            assert_int_not_equal(next_of(state, (MessageEvent)event), NONE);
        /* What was accepted is not sent again, and does not wait to be. */
        assert_true(accepted == MESSAGE_ACCEPTED || accepted == MESSAGE_DELIVERED || accepted == MESSAGE_BOUNCED);
    }
    /* A doubt is not swept away. */
    assert_int_equal(next_of(MESSAGE_IN_DOUBT, EVENT_WITHHELD), NONE);
    assert_int_equal(next_of(MESSAGE_IN_DOUBT, EVENT_CANCELLED), MESSAGE_CANCELLED); /* for a later edition that is sent */
    /* No copy is sent on purpose to somebody who was told. */
    assert_int_equal(next_of(MESSAGE_ACCEPTED, EVENT_RELEASED), NONE);
    assert_int_equal(next_of(MESSAGE_DELIVERED, EVENT_RELEASED), NONE);
}

/* Once a message may have been sent, receipts give the same result in any order. */
static void test_receipts_commute(void **unused)
{
    static const MessageState sent[] = {MESSAGE_ATTEMPTING, MESSAGE_ACCEPTED, MESSAGE_DELIVERED, MESSAGE_DEFERRED,
                                        MESSAGE_BOUNCED,    MESSAGE_FAILED,   MESSAGE_IN_DOUBT};

    (void)unused;
    for (size_t i = 0; i < G_N_ELEMENTS(sent); i++) {
        MessageState one = next_of(next_of(sent[i], EVENT_DELIVERED), EVENT_BOUNCED);
        MessageState other = next_of(next_of(sent[i], EVENT_BOUNCED), EVENT_DELIVERED);

        assert_int_equal(one, other);
        assert_int_equal(one, MESSAGE_BOUNCED);
    }
}

static void test_names(void **unused)
{
    static const char *const unknown[] = {"", "in-doubt", "Planned", "planned ", "plan", "impossible"};

    (void)unused;
    for (int i = 0; i < MESSAGE_STATES; i++) {
        MessageState state = NONE;

        assert_true(message_state_parse(message_state_name((MessageState)i), &state));
        assert_int_equal(state, i);
    }
    for (int i = 0; i < MESSAGE_EVENTS; i++) {
        MessageEvent event = MESSAGE_EVENTS;

        assert_true(message_event_parse(message_event_name((MessageEvent)i), &event));
        assert_int_equal(event, i);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(unknown); i++) {
        MessageState state = NONE;
        MessageEvent event = MESSAGE_EVENTS;

        assert_false(message_state_parse(unknown[i], &state));
        assert_false(message_event_parse(unknown[i], &event));
        assert_int_equal(state, NONE);
        assert_int_equal(event, MESSAGE_EVENTS);
    }
    assert_string_equal(message_state_name(MESSAGE_IN_DOUBT), "in_doubt");
    assert_string_equal(message_event_name(EVENT_CLAIMED), "claimed");
}

typedef MessageState Table[MESSAGE_STATES][MESSAGE_EVENTS];

/* Reads one row of the table in the document. */
static void read_row(const char *line, Table table)
{
    g_auto(GStrv) cells = g_strsplit(line, "|", -1);
    g_auto(GStrv) events = NULL;
    MessageState state;
    MessageState next;

    assert_int_equal(g_strv_length(cells), 6);
    assert_true(message_state_parse(g_strstrip(cells[1]), &state));
    assert_true(message_state_parse(g_strstrip(cells[3]), &next));
    assert_true(*g_strstrip(cells[4]));
    events = g_strsplit(cells[2], ",", -1);
    for (size_t i = 0; events[i]; i++) {
        MessageEvent event;

        if (!message_event_parse(g_strstrip(events[i]), &event))
            fail_msg("no event: %s in %s", events[i], line);
        if (table[state][event] != NONE)
            fail_msg("%s + %s stands twice in docs/STATES.md", cells[1], events[i]);
        table[state][event] = next;
    }
}

static void test_document(void **unused)
{
    g_autofree char *text = file_read(BREACH_SOURCE_DIR "/docs/STATES.md", 1 << 20, NULL, NULL);
    g_auto(GStrv) lines = NULL;
    Table table;
    size_t row = 0;

    (void)unused;
    assert_non_null(text);
    for (int state = 0; state < MESSAGE_STATES; state++)
        for (int event = 0; event < MESSAGE_EVENTS; event++)
            table[state][event] = NONE;
    lines = g_strsplit(text, "\n", -1);
    while (lines[row] && strcmp(lines[row], "| state | event | next | why |") != 0)
        row++;
    assert_non_null(lines[row]);
    for (row += 2; lines[row] && lines[row][0] == '|'; row++)
        read_row(lines[row], table);
    for (int state = 0; state < MESSAGE_STATES; state++)
        for (int event = 0; event < MESSAGE_EVENTS; event++)
            if (table[state][event] != next_of((MessageState)state, (MessageEvent)event))
                fail_msg("docs/STATES.md and the code differ: %s + %s", message_state_name((MessageState)state),
                         message_event_name((MessageEvent)event));
}

/* Every state and every event is explained: a row that starts with its name in its own table. */
static void test_document_explains_all(void **unused)
{
    g_autofree char *text = file_read(BREACH_SOURCE_DIR "/docs/STATES.md", 1 << 20, NULL, NULL);
    char *events;

    (void)unused;
    assert_non_null(text);
    events = strstr(text, "\n## Events\n");
    assert_non_null(events);
    *events++ = '\0';
    for (int i = 0; i < MESSAGE_STATES; i++) {
        g_autofree char *row = g_strdup_printf("\n| %s | ", message_state_name((MessageState)i));

        assert_non_null(strstr(text, row));
    }
    *strstr(events, "\n## The table\n") = '\0';
    for (int i = 0; i < MESSAGE_EVENTS; i++) {
        g_autofree char *row = g_strdup_printf("\n| %s | ", message_event_name((MessageEvent)i));

        assert_non_null(strstr(events, row));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_pair),
        cmocka_unit_test(test_refused_pair_leaves_next_alone),
        cmocka_unit_test(test_promises),
        cmocka_unit_test(test_receipts_commute),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_document),
        cmocka_unit_test(test_document_explains_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
