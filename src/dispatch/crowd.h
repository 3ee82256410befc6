/* crowd - people who share an address and a message, for breach check: how many share it with more than may be named in
 * one message (RENDER_SHARED_MOST), for whom none could be made, and how many text messages are fewer than people.
 * Sixteen bytes for each message of people who may share one, and 32 for each of their text messages.
 *
 * Threads: one. */
#ifndef BREACH_DISPATCH_CROWD_H
#define BREACH_DISPATCH_CROWD_H

#include "base/finding.h"
#include "dispatch/material.h"
#include "model/plan.h"

typedef struct Crowd Crowd;

Crowd *crowd_new(const Playbook *playbook);
void crowd_free(Crowd *crowd);

/* crowd_note: a person and what was decided for them. */
void crowd_note(Crowd *crowd, const Person *person, const PlanDecision *decision);

/* crowd_text: what was counted in text->sms for the text messages of a first way, with so many segments each; `sign`
 * -1: was taken out again. */
void crowd_text(Crowd *crowd, const Person *person, const PlanNotice *notice, MaterialText *text, int segments,
                int sign);

/* crowd_settle: after the last person; takes out of text->sms what was counted more than once for one message. */
void crowd_settle(Crowd *crowd);

/* crowd_report: after the last person; a warning with their number, at the first of them. */
void crowd_report(Crowd *crowd, Findings *findings);

#endif
