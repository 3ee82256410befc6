/* own_people - for the contact of each organisation, the list of its own people: what they need to pass the notice on.
 *
 * Written encrypted, for a named recipient, into the folder of the playbook's organization_lists: one CSV file (id,
 * name, email, phone, data_kinds) for each organisation that has a contact in an audience of capacity organization, and
 * an index. The rows of these organisations are held in memory meanwhile. Threads: one. */
#ifndef BREACH_DISPATCH_OWN_PEOPLE_H
#define BREACH_DISPATCH_OWN_PEOPLE_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "dispatch/material.h"

typedef struct OwnPeople {
    char *folder;          /* owned; of these lists; NULL: there was nothing to write */
    int64_t organizations; /* lists */
    int64_t people;        /* rows in all of them */
    bool is_old;           /* they were there already, and were left as they are */
} OwnPeople;

void own_people_clear(OwnPeople *own);

/* own_people_write: into FOLDER/INCIDENT-DIGEST, by the plan's digest: what is there already is not written again.
 * Nothing without organization_lists or without contacts. Error: BREACH_ERROR_CREATE, BREACH_ERROR_CONFIG (the tool). A
 * folder that could not be finished is removed. */
bool own_people_write(const Material *material, const char *digest, OwnPeople *own, GError **error);

#endif
