/* text_bill - what `check` says of the text messages: encoding, segments and price of each language, and in all.
 *
 * Threads: one. */
#ifndef BREACH_CLI_TEXT_BILL_H
#define BREACH_CLI_TEXT_BILL_H

#include <jansson.h>

#include "dispatch/material.h"

/* text_bill_print: on stdout; nothing when the playbook has no text messages. */
void text_bill_print(const Material *material);

/* text_bill_json: the member "texts" of docs/schema/check.json; newly allocated. */
json_t *text_bill_json(const Material *material);

#endif
