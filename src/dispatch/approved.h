/* approved - texts that a provider has approved against ours.
 *
 * Such a provider sends its own copy of the text and fills in the values that we hand over: where the two differ,
 * people read something else than was checked here. Threads: one. */
#ifndef BREACH_DISPATCH_APPROVED_H
#define BREACH_DISPATCH_APPROVED_H

#include <stdint.h>

#include "base/finding.h"
#include "dispatch/material.h"
#include "dispatch/render.h"

/* How long ago a state may have been looked up before `check` asks to look again. */
#define APPROVED_CHECKED_DAYS 30

typedef struct ApprovedRequest {
    const Playbook *playbook;
    const Gateway *gateway; /* kind http */
    const MaterialText *text;
    const RenderText *rendered; /* of the same */
    const char *template_name;
    Position at; /* of the template, for texts that the provider does not have */
    int64_t now; /* ms */
} ApprovedRequest;

/* approved_of: the entry of the gateway for this text, or NULL. Borrowed. */
const GatewayApproved *approved_of(const ApprovedRequest *request);

/* approved_check: an error when the provider needs an approved text and has none for this one, or when its text
 * differs, with both and the place; a warning with how many people depend on it and how else they can be reached when
 * it is not approved (any more), or nobody has looked lately. */
void approved_check(const ApprovedRequest *request, Findings *findings);

/* approved_differs: where `theirs`, with its marks (${name}, {1}, {{name.DATA}}) filled in, begins to differ from
 * `ours`: the character, from 1; 0: they are equal. `values`: name -> value. *filled (newly allocated) is their text
 * with the values in. */
int approved_differs(const char *ours, const char *theirs, const json_t *values, char **filled);

#endif
