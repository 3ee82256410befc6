/* hand_over - files for people outside: the print room, the call centre, an organisation. They are written durably, and
 * encrypted to a named recipient where the gateway says so: then no plain text ever touches the disk.
 *
 * With a tool everything is piped through `age` or `gpg`, and the name of the file gets ".age" or
 * ".gpg". The tools are started without a shell and inherit nothing but their three descriptors. SIGPIPE must be
 * ignored (smtp_esmtp_initialize() does it). Threads: a HandOver belongs to one; different ones may be used at the same
 * time. */
#ifndef BREACH_CHANNEL_HAND_OVER_H
#define BREACH_CHANNEL_HAND_OVER_H

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#include "model/gateway_print.h"

typedef struct HandOver HandOver;

/* hand_over_open: begins FOLDER/NAME, mode 0600, which must not exist. `encrypt` is borrowed until hand_over_close().
 * Error: BREACH_ERROR_CREATE (the file), BREACH_ERROR_CONFIG (the tool). */
HandOver *hand_over_open(const GatewayEncrypt *encrypt, const char *folder, const char *name, GError **error);

/* hand_over_write: false once anything went wrong; hand_over_close() says what. */
bool hand_over_write(HandOver *file, const void *data, size_t size);
bool hand_over_text(HandOver *file, const char *text);

/* hand_over_digest: SHA-256 of what was written, before encryption, in lower-case hexadecimal; borrowed until the file
 * is closed; nothing may be written after it. */
const char *hand_over_digest(HandOver *file);

/* hand_over_close: ends the file, waits for the tool, syncs the file (its folder is the caller's) and frees. False: the
 * file is incomplete and was removed. Error: BREACH_ERROR_CREATE, BREACH_ERROR_CONFIG with the tool's words. */
bool hand_over_close(HandOver *file, GError **error);

/* hand_over_abandon: removes the file and frees; NULL is allowed. */
void hand_over_abandon(HandOver *file);

/* hand_over_suffix: what is added to the names of files: "", ".age" or ".gpg". hand_over_tool: the program, or NULL. */
const char *hand_over_suffix(const GatewayEncrypt *encrypt);
const char *hand_over_tool(const GatewayEncrypt *encrypt);

/* hand_over_has_tool: whether the program is in the PATH; true without encryption. */
bool hand_over_has_tool(const GatewayEncrypt *encrypt);

/* hand_over_check: whether the tool is there and can encrypt to the recipient, found out by encrypting nothing. Writes
 * no file. Error: BREACH_ERROR_CONFIG, with what to install or to mend. */
bool hand_over_check(const GatewayEncrypt *encrypt, GError **error);

/* hand_over_csv: one cell, quoted as RFC 4180 wants it, with its line feeds as " / "; a cell that a spreadsheet would
 * take for a formula begins with an apostrophe (OWASP, CSV injection). Appended to `row`, behind a comma unless it is
 * empty. */
void hand_over_csv(GString *row, const char *cell);

#endif
