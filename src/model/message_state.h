/* message_state - the states of a message and every transition between them, as one table.
 *
 *   planned -> attempting -> accepted -> delivered, and aside: deferred, bounced, failed, in_doubt, withheld,
 *   cancelled, quarantined
 *
 * docs/STATES.md is checked against this table. Pure; threads: safe. */
#ifndef BREACH_MODEL_MESSAGE_STATE_H
#define BREACH_MODEL_MESSAGE_STATE_H

#include <stdbool.h>

typedef enum MessageState {
    MESSAGE_PLANNED,     /* not tried, or tried without a byte of it having left */
    MESSAGE_ATTEMPTING,  /* claimed by a run */
    MESSAGE_ACCEPTED,    /* the gateway took responsibility */
    MESSAGE_DELIVERED,   /* a receipt says that it arrived */
    MESSAGE_DEFERRED,    /* refused for now; due again at a time */
    MESSAGE_BOUNCED,     /* accepted once, returned later */
    MESSAGE_FAILED,      /* refused for good, or given up */
    MESSAGE_IN_DOUBT,    /* may or may not have been accepted */
    MESSAGE_WITHHELD,    /* deliberately not sent, with a reason */
    MESSAGE_CANCELLED,   /* superseded by a later plan or edition */
    MESSAGE_QUARANTINED, /* cannot be rendered */
    MESSAGE_STATES
} MessageState;

typedef enum MessageEvent {
    EVENT_CLAIMED,      /* a run takes it: planned, deferred or in_doubt (resend) -> attempting */
    EVENT_RETURNED,     /* the gateway surely got nothing of it: attempting, in_doubt -> planned */
    EVENT_ACCEPTED,     /* 2xx after the final dot */
    EVENT_DEFERRED,     /* temporary refusal */
    EVENT_FAILED,       /* permanent refusal, or given up */
    EVENT_DOUBTED,      /* it may have been accepted */
    EVENT_DELIVERED,    /* receipt */
    EVENT_BOUNCED,      /* receipt */
    EVENT_QUARANTINED,  /* rendering failed */
    EVENT_WITHHELD,     /* a person or a plan decided not to send */
    EVENT_CANCELLED,    /* superseded */
    EVENT_RELEASED,     /* a person decided to try again: failed, bounced, withheld, quarantined, in_doubt, deferred ->
                           planned; or a later plan asks for the same message again: cancelled -> planned */
    MESSAGE_EVENTS
} MessageEvent;

/* message_state_next: where `event` leads from `state`; false when the pair is impossible (a bug or a stale event).
 * *next is untouched then. Outcomes (returned to doubted) and receipts are never impossible: late ones settle doubts
 * (in_doubt + accepted -> accepted) or change nothing. The table does not know attempts: an outcome of an older attempt
 * than the message's newest is only to be applied when it is EVENT_ACCEPTED. */
bool message_state_next(MessageState state, MessageEvent event, MessageState *next);

/* Names as they stand in the ledger, in --json and in docs ("in_doubt", "claimed"). message_state_parse and
 * message_event_parse are the way back; false for anything else. */
const char *message_state_name(MessageState state);
const char *message_event_name(MessageEvent event);
bool message_state_parse(const char *name, MessageState *state);
bool message_event_parse(const char *name, MessageEvent *event);

#endif
