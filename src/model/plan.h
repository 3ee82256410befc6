/* plan - who gets what: one person against the audiences, the templates' languages and the ladders. Pure.
 *
 * The rules (design: "The flow", 2): a person falls into the first audience that matches and into any later one that
 * says `also`; language by the fallback chain; the ladder gives the first channel with a usable endpoint, and every
 * usable endpoint of that channel gets the message. Every reason for leaving somebody out is a text.
 * Threads: PlanRules is immutable once built; a PlanDecision belongs to one thread. */
#ifndef BREACH_MODEL_PLAN_H
#define BREACH_MODEL_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#include "model/identity.h"
#include "model/person.h"
#include "model/plan_endpoint.h"
#include "model/playbook.h"

#define PLAN_AUDIENCES_MAX 64 /* a playbook with more is not loaded: load_audience_reach() */
#define PLAN_REASON_MAX    96
#define PLAN_RUNGS_MAX     8

/* PlanNeeds: asked for each (audience, channel, locale): the columns that must not be empty, NULL-terminated; borrowed
 * for as long as the rules live. NULL: none. */
typedef const char *const *PlanNeeds(size_t audience, const char *channel, const char *locale, void *user);

/* PlanRegion: where the gateway of a channel is, normalised (region.h); NULL when it does not say. */
typedef const char *PlanRegion(const char *channel, void *user);

typedef struct PlanRules {
    const Playbook *playbook;              /* borrowed */
    const char *const *locales[PLAN_AUDIENCES_MAX]; /* the languages of each audience's template, NULL-terminated */
    PlanNeeds *needs;
    PlanRegion *region;                    /* NULL: no gateway says where it is */
    void *user;
} PlanRules;

typedef struct PlanNotice {
    size_t audience;       /* index into the playbook's; PLAN_AUDIENCES_MAX: none fits */
    const char *channel;   /* borrowed from the playbook; NULL when left aside */
    const char *locale;    /* borrowed from the rules; NULL when left aside */
    char *endpoints[PLAN_ENDPOINTS_MAX]; /* owned; unique */
    size_t count;          /* of endpoints; 0: left aside */
    const char *rungs[PLAN_RUNGS_MAX]; /* the usable channels of the ladder behind `channel`, in its order; static */
    size_t more;           /* endpoints of the rungs, where the audience says `every`: they are used at once */
    unsigned char rung_endpoints[PLAN_RUNGS_MAX]; /* of each of them */
    size_t rung_count;     /* in the same locale: the choice of a language must not depend on the channel */
    unsigned char usable[PLAN_RUNGS_MAX]; /* PlanUsable of each rung of the ladder, the deceased's excepted */
    unsigned crosses;      /* bit i: rung i is usable and leaves the person's region, as cross_border allows */
    Told aside;            /* when left aside */
    char reason[PLAN_REASON_MAX]; /* when left aside */
    const char *lacks;     /* when quarantined for an empty cell: its column; borrowed from the rules or the playbook */
    bool is_undecided;     /* of these: it decides whether the audience is theirs */
} PlanNotice;

typedef struct PlanDecision {
    PlanNotice notices[PLAN_AUDIENCES_MAX];
    size_t count;          /* at least 1 after plan_decide() */
} PlanDecision;

/* plan_settle: empties cells in which nothing can be seen, but for the id, and writes what can be read of the person's
 * phone numbers into their place in E.164, separated by semicolons; the playbook's country is that of numbers without a
 * plus sign. What cannot be read is left out, with a remark. `settled` holds the new values, which live as long as it does and until the next call. */
#define PLAN_PHONES 2
typedef struct PlanSettled {
    GString *phones[PLAN_PHONES]; /* owned; NULL until used */
} PlanSettled;
void plan_settle(const PlanRules *rules, Person *person, PlanSettled *settled, PlanRemark *remark, void *user);
void plan_settled_clear(PlanSettled *settled);

/* plan_decide: fills `decision` for `person`. `remark` may be NULL. */
void plan_decide(const PlanRules *rules, const Person *person, PlanDecision *decision, PlanRemark *remark, void *user);

/* plan_is_contact: whether the person is told as the contact of an organisation, by the same rules. */
bool plan_is_contact(const Playbook *playbook, const Person *person);

/* plan_decision_clear: frees the endpoints. */
void plan_decision_clear(PlanDecision *decision);

#endif
