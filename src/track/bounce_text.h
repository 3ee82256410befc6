/* bounce_text - a bounce that is written for people only: where the returned message begins, which addresses it speaks
 * of, and what it says about each.
 *
 * Pure; threads: safe. */
#ifndef BREACH_TRACK_BOUNCE_TEXT_H
#define BREACH_TRACK_BOUNCE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

/* bounce_text_unquote: when most lines are quoted with ">" (a bounce that a person forwarded), takes one level away. */
void bounce_text_unquote(GString *text);

/* bounce_text_end: how many octets of `text` were written by the mail system; behind them is the returned message. The
 * whole length when nothing of it is returned. */
size_t bounce_text_end(const char *text);

/* bounce_text_recipients: the addresses that `text` speaks of as its recipients, in order, each once, at most
 * BOUNCE_RECIPIENTS: those that begin a line; else those behind words such as "RCPT TO"; else any that is no sender's.
 * `own`, the address to which the bounce came, is taken only where there is no other. char *; owned by the array. */
GPtrArray *bounce_text_recipients(const char *text, const char *own);

/* bounce_text_addresses: all addresses of a header's value or of a line, in order. char *; owned by the array. */
GPtrArray *bounce_text_addresses(const char *text);

/* bounce_text_said: what `text` says about each of the recipients: from the line that first names it to the next one
 * that is the first to name another. char *, "" for one that is not named; owned by the array. */
GPtrArray *bounce_text_said(const char *text, const GPtrArray *recipients);

/* bounce_text_score: how much `text`, with the mail's Subject and From, looks like the report of a mail system: 2 for
 * each of the three. */
int bounce_text_score(const char *from, const char *subject, const char *text);

/* bounce_text_is_daemon: whether a From is that of a mail system. */
bool bounce_text_is_daemon(const char *from);

/* bounce_text_is_delay: whether the mail system says that it goes on trying. */
bool bounce_text_is_delay(const char *subject, const char *text);

/* bounce_text_is_absence: whether Subject and body are those of an absence note or an automatic answer (RFC 3834), for
 * programs that write no Auto-Submitted. */
bool bounce_text_is_absence(const char *subject);

#endif
