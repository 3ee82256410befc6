/* organization_lists - where the lists of organisations' own people go, and who may read them (playbook key
 * organization_lists).
 *
 * Owned strings; immutable after loading. Threads: reading is safe. */
#ifndef BREACH_MODEL_ORGANIZATION_LISTS_H
#define BREACH_MODEL_ORGANIZATION_LISTS_H

#include "base/position.h"
#include "model/gateway_print.h"

typedef struct OrganizationLists {
    char *folder;           /* owned; absolute */
    GatewayEncrypt encrypt; /* owned strings; never GATEWAY_ENCRYPT_NONE */
    Position at;
} OrganizationLists;

void organization_lists_free(OrganizationLists *lists); /* NULL is allowed */

#endif
