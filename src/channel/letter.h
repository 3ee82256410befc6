/* letter - engine of kind "letter": PDF files for the print room.
 *
 * A batch (hand_over_batch.h) holds `letters.pdf` with every letter of it, in the order of `manifest.csv`;
 * `single/ID.pdf` with one letter each; and the manifest: number, message, notice number, pages, page in letters.pdf,
 * language, SHA-256, file. Print letters.pdf or the single ones, never both. Equal messages give equal bytes.
 *
 * Threads: any number of sessions at the same time. */
#ifndef BREACH_CHANNEL_LETTER_H
#define BREACH_CHANNEL_LETTER_H

#include <stdbool.h>

#include <glib.h>

#include "channel/channel.h"

extern const ChannelEngine letter_engine;

/* letter_draw: the letter of a message by itself, as it lies in single/ID.pdf; the message has the `fields` of the engine.
 * Newly allocated, *size octets. Error: BREACH_ERROR_PERMANENT: no font has some character; BREACH_ERROR_CREATE. */
char *letter_draw(const Gateway *gateway, const ChannelMessage *message, size_t *size, GError **error);

/* letter_probe: whether this machine has glyphs for everything that letters in `locale` are made of. Error:
 * BREACH_ERROR_CONFIG with the package to install. */
bool letter_probe(const char *locale, GError **error);

#endif
