/* redact - text without what points at a person: for run.log, traces, and whatever else may be read by others.
 *
 * Pure; threads: safe. */
#ifndef BREACH_BASE_REDACT_H
#define BREACH_BASE_REDACT_H

/* redact_text: `text` as one line: the local part of every address becomes ***, the digits of every phone number with a
 * leading + too, control characters become spaces. The domain stays: without it nobody could find a fault. `address`
 * (NULL: none) is the endpoint that the text is about: relays like to repeat its local part alone ("user ann unknown"),
 * so that is masked as a word, whatever its case. Newly allocated. */
char *redact_text(const char *text, const char *address);

#endif
