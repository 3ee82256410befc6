/* playbook - what one incident is and who is to be told what: the typed form of the YAML file.
 *
 * A Playbook owns everything in it and is immutable after loading. Threads: reading is safe. */
#ifndef BREACH_MODEL_PLAYBOOK_H
#define BREACH_MODEL_PLAYBOOK_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "base/position.h"
#include "model/condition.h"
#include "model/locale.h"
#include "model/moment.h"

typedef enum IncidentStatus { INCIDENT_EXERCISE, INCIDENT_ACTUAL } IncidentStatus;

typedef struct Incident {
    char *id;              /* a name, see text_is_name() */
    IncidentStatus status;
    int edition;           /* from 1 */
    char *severity;        /* low, medium, major, critical; or NULL */
    Moment occurred_at, detected_at, confirmed_at, contained_at; /* .known is false when not given */
} Incident;

typedef struct Organization {
    LocaleText *name;
    char *role;             /* controller, joint, processor; or NULL */
    char *contact_email;    /* or NULL */
    char *contact_phone;    /* or NULL */
    LocaleText *contact_hours; /* or NULL */
    GPtrArray *domains;     /* of char *: our own domains, lower case; may be empty */
} Organization;

typedef struct Fact { /* facts.NAME */
    char *name;
    LocaleText *text;
} Fact;

typedef struct Affected { /* facts.affected: counts of people; -1 when not given */
    int64_t lower, likely, upper;
    Moment as_of;
    bool given;
} Affected;

typedef struct Audience {
    char *id;              /* a name */
    Condition *match;      /* NULL: everybody */
    char *match_text;      /* as written, or NULL */
    char *template_name;
    GPtrArray *ladder;     /* of char *: channel names, first rung first; at least one */
    bool also;             /* also for people who already have an audience */
    Position at;
    Position match_at;
} Audience;

typedef struct ChannelGateway { /* gateways: {CHANNEL: NAME} */
    char *channel;
    char *gateway;
    Position at;
} ChannelGateway;

typedef struct Playbook {
    char *path;            /* as given */
    char *folder;          /* of the file, absolute */
    Incident incident;
    Organization organization;
    char *default_locale;  /* normalized; "en" unless the file says so (default_locale) */
    char *people_path;     /* absolute, or NULL when the playbook names none */
    Position people_at;
    GPtrArray *facts;      /* of Fact * */
    Affected affected;
    GPtrArray *impact;     /* of LocaleText *; each of these lists may be empty */
    GPtrArray *measures_taken;
    GPtrArray *measures_planned;
    GPtrArray *advice;
    GPtrArray *remedies;
    GPtrArray *audiences;  /* of Audience *, in the order of the file */
    GPtrArray *gateways;   /* of ChannelGateway * */
} Playbook;

/* playbook_new: empty, with arrays made and default_locale "en". */
Playbook *playbook_new(void);
void playbook_free(Playbook *playbook);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Playbook, playbook_free)

Audience *audience_new(void);
void audience_free(Audience *audience);

/* playbook_gateway: the gateway's name for `channel`, or NULL. Borrowed. */
const char *playbook_gateway(const Playbook *playbook, const char *channel);

/* playbook_status_name: "exercise" or "actual". */
const char *playbook_status_name(IncidentStatus status);

#endif
