/* incident - what happened and to whom: the head of a playbook.
 *
 * Both are parts of a Playbook, which owns what they point to. Threads: reading is safe. */
#ifndef BREACH_MODEL_INCIDENT_H
#define BREACH_MODEL_INCIDENT_H

#include <glib.h>

#include "base/position.h"
#include "model/locale.h"
#include "model/moment.h"

typedef enum IncidentStatus { INCIDENT_EXERCISE, INCIDENT_ACTUAL } IncidentStatus;

#define INCIDENT_TIMES 4

typedef struct Incident {
    char *id;              /* a name, see text_is_name() */
    IncidentStatus status;
    int edition;           /* from 1 */
    char *severity;        /* low, medium, major, critical; or NULL */
    int level;             /* of the severity scale of a law, as a person confirmed it; 1 and on; 0: not said */
    char *kind;            /* what sort of incident, in one line; or NULL */
    Moment occurred_at, detected_at, confirmed_at, contained_at; /* .known is false when not given */
    Position places[INCIDENT_TIMES]; /* of these four in the playbook, in this order */
} Incident;

/* Who decides together with others (GDPR art. 26, PIPL art. 20), and which of the two tells people: never both. */
typedef enum JointNotifies { JOINT_UNSAID, JOINT_US, JOINT_THEM } JointNotifies;

typedef struct JointControl {
    char *with;            /* who the other is; NULL: nothing is said */
    JointNotifies notifies;
    char *evidence;        /* where the arrangement is kept; or NULL */
    Position at;
} JointControl;

typedef struct Organization {
    LocaleText *name;
    char *role;             /* controller, joint, processor; or NULL */
    char *contact_email;    /* or NULL */
    char *contact_phone;    /* or NULL */
    LocaleText *contact_hours; /* or NULL */
    GPtrArray *domains;     /* of char *: our own domains, lower case; may be empty */
    char *on_behalf_of;     /* a processor's controller, or NULL */
    JointControl joint;     /* with role joint */
    char *registration;     /* number in the register of companies, unified social credit code; or NULL */
    LocaleText *address;    /* or NULL */
    char *data_region;      /* where the people's data is kept, normalised (region.h); or NULL */
    char *dpo_name, *dpo_email, *dpo_phone; /* who answers for data protection; or NULL */
} Organization;

#endif
