/* playbook - what one incident is and who is to be told what: the typed form of the YAML file.
 *
 * A Playbook owns everything in it and is immutable after loading. Threads: reading is safe. */
#ifndef BREACH_MODEL_PLAYBOOK_H
#define BREACH_MODEL_PLAYBOOK_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "base/position.h"
#include "model/announcement.h"
#include "model/condition.h"
#include "model/escalation.h"
#include "model/incident.h"
#include "model/law.h"
#include "model/locale.h"
#include "model/moment.h"
#include "model/quiet_hours.h"
#include "model/report_words.h"
#include "model/send_order.h"
#include "model/region.h"

typedef struct Fact { /* facts.NAME */
    char *name;
    LocaleText *text;      /* NULL when it is still unknown: then the wording of `Playbook.wordings` stands for it */
    Moment as_of;          /* unknown: as of when */
    Moment next_update;    /* unknown: by when we write again */
    Position at;
} Fact;

typedef struct DataKind { /* one of facts.data_kinds */
    char *name;              /* as in the vocabulary: "password_hash" */
    LocaleText *label;       /* NULL until the vocabulary has been read */
    LocaleText *consequence; /* likewise; one short sentence */
    bool sensitive;          /* a special category: PIPL art. 28, GDPR art. 9, data of minors */
    Position at;             /* in the playbook */
} DataKind;

typedef struct Wording { /* how a fact that is unknown is worded */
    char *fact;              /* "cause"; "default" for all that have none of their own */
    LocaleText *text;        /* with {{as_of}} and {{next_update}} */
} Wording;

typedef struct PeopleRename { /* people.columns: what a column of theirs is called here */
    char *theirs;
    char *ours;
    Position at;             /* of the entry */
} PeopleRename;

typedef struct Affected { /* facts.affected: counts of people; -1 when not given */
    int64_t lower, likely, upper;
    Moment as_of;
    bool given;
} Affected;

typedef enum Capacity { CAPACITY_SELF, CAPACITY_GUARDIAN, CAPACITY_ORGANIZATION } Capacity;

/* Controller: who decides about the data of these people (GDPR art. 4(7), PIPL art. 73). */
typedef enum Controller { CONTROLLER_US, CONTROLLER_CUSTOMER, CONTROLLER_JOINT } Controller;

typedef struct Instruction { /* a customer's order to write to their people; all NULL: there is none */
    char *by;                /* who gave it */
    char *date;              /* "2026-11-21" */
    char *evidence;          /* where it is kept */
} Instruction;

typedef struct Playbook Playbook;

typedef struct Audience {
    char *id;              /* a name */
    Capacity capacity;     /* why they are told: for themselves, as a minor's guardian, as an organisation's contact */
    Controller controller;
    Instruction instruction;
    Moment deadline;       /* by when these people must have been told; .known is false when not given */
    Playbook *own;         /* owned; what these people read instead of the playbook's: its facts replace those of the same
                              name, its impact, measures, advice and remedies those lists; nothing else of it is used.
                              NULL: nothing */
    Condition *match;      /* NULL: everybody */
    char *match_text;      /* as written, or NULL */
    char *template_name;
    GPtrArray *ladder;     /* of char *: channel names, first rung first; at least one */
    bool also;             /* also for people who already have an audience */
    bool every;            /* on every channel of the ladder at once; each must get through */
    GPtrArray *regimes;    /* owned; of char *: the regimes whose notice it is; NULL: not said (dispatch/coverage_check.h) */
    SendOrder *order;      /* owned; who of them is told first; NULL: in the order of the people file */
    Position at;
    Position match_at;
} Audience;

typedef struct ChannelGateway { /* gateways: {CHANNEL: NAME} */
    char *channel;
    char *gateway;
    Position at;
} ChannelGateway;

typedef enum UpdateKind { UPDATE_NEWS, UPDATE_CORRECTION, UPDATE_WITHDRAWAL } UpdateKind;

/* What an edition from 2 on brings to those who were told before. */
typedef struct PlaybookUpdate {
    UpdateKind kind;
    char *template_name;       /* "update" unless the file says so */
    LocaleText *what_changed;  /* or NULL, as the kind allows; for a withdrawal it says why */
    LocaleText *wrong, *right; /* of a correction; or NULL */
    bool need_to_act;          /* whether readers have to do something more */
    Moment first_notice_at;    /* not known: when the ledger has the first acceptance */
    Condition *match;          /* NULL: everybody who was told */
    char *match_text;          /* as written, or NULL */
    Position at;
    Position match_at;
} PlaybookUpdate;

/* Whether letters and call lists may be handed over without encryption to a named recipient. */
typedef enum HandOverRule { HAND_OVER_PLAIN, HAND_OVER_ENCRYPTED } HandOverRule;

struct Playbook {
    char *path;            /* as given */
    char *folder;          /* of the file, absolute */
    Incident incident;
    Organization organization;
    char *default_locale;  /* normalized; "en" unless the file says so (default_locale) */
    char *people_path;     /* absolute, or NULL when the playbook names none */
    Position people_at;
    char *people_country;  /* ISO 3166-1, of phone numbers without a plus sign; or NULL */
    GPtrArray *people_columns; /* of PeopleRename * */
    GPtrArray *facts;      /* of Fact * */
    GPtrArray *data_kinds; /* of DataKind *, in the order of the file */
    GPtrArray *wordings;   /* of Wording *; empty until the vocabulary has been read */
    Affected affected;
    GPtrArray *impact;     /* of LocaleText *; each of these lists may be empty */
    GPtrArray *measures_taken;
    GPtrArray *measures_planned;
    GPtrArray *advice;
    GPtrArray *remedies;
    GPtrArray *audiences;  /* of Audience *, in the order of the file */
    GPtrArray *gateways;   /* of ChannelGateway * */
    GPtrArray *cross_border; /* of CrossBorder * */
    struct OrganizationLists *organization_lists; /* or NULL; see organization_lists.h */
    struct Response *response; /* or NULL; see response.h */
    QuietHours *quiet_hours; /* or NULL */
    PlaybookUpdate *update;  /* of editions from 2 on; NULL in edition 1 */
    Announcement *announcement; /* or NULL */
    Escalation escalation;   /* what it says, or the defaults */
    ReportWords *report_words; /* what only reports to authorities may hold; NULL: nothing */
    Law *law;                /* never NULL: regimes, anchors, variables */
    GPtrArray *policies;     /* of PolicyEntry *: what was promised; may be empty */
    HandOverRule hand_over;  /* of letters and call lists; plain unless the file says so */
};

/* playbook_new: empty, with arrays made and default_locale "en". */
Playbook *playbook_new(void);
void playbook_free(Playbook *playbook);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Playbook, playbook_free)

Audience *audience_new(void);
void audience_free(Audience *audience);

/* playbook_border: what allows data to go from one region to the other, or NULL. Borrowed. */
const CrossBorder *playbook_border(const Playbook *playbook, const char *from, const char *to);

/* audience_capacity_name: "self", "guardian" or "organization". */
const char *audience_capacity_name(Capacity capacity);

/* playbook_fact: facts.NAME, or NULL. playbook_data_kind: the kind of that name among facts.data_kinds, or NULL. */
const Fact *playbook_fact(const Playbook *playbook, const char *name);
const DataKind *playbook_data_kind(const Playbook *playbook, const char *name);

/* playbook_wording: the text for a fact that is unknown; NULL when none was read. */
const LocaleText *playbook_wording(const Playbook *playbook, const char *fact);

PlaybookUpdate *playbook_update_new(void);
void playbook_update_free(PlaybookUpdate *update);

/* playbook_update_name: "update", "correction" or "withdrawal". */
const char *playbook_update_name(UpdateKind kind);

/* playbook_gateway: the gateway's name for `channel`, or NULL. Borrowed. */
const char *playbook_gateway(const Playbook *playbook, const char *channel);

/* playbook_status_name: "exercise" or "actual". */
const char *playbook_status_name(IncidentStatus status);

#endif
