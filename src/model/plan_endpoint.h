/* plan_endpoint - the channels as the plan sees them, and what one person can be reached at on one of them. Pure.
 *
 * Which column holds the endpoints of a channel depends on the capacity: a guardian is reached at guardian_email,
 * guardian_phone and guardian_address, and nowhere else; everybody else at their own columns.
 * Threads: safe; a PlanEndpoints belongs to one thread. */
#ifndef BREACH_MODEL_PLAN_ENDPOINT_H
#define BREACH_MODEL_PLAN_ENDPOINT_H

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#include "model/person.h"
#include "model/playbook.h"

#define PLAN_ENDPOINTS_MAX 8

typedef char *PlanParse(const char *text,
                        GError **error); /* newly allocated endpoint, or NULL with BREACH_ERROR_INPUT */

/* A channel as the plan sees it: which columns hold its endpoints, and how one is read. */
typedef struct PlanChannel {
    const char *name;     /* "sms" */
    const char *column;   /* "phone" */
    const char *guardian; /* "guardian_phone"; NULL: a guardian cannot be reached on it */
    const char *fallback; /* the column that stands for an empty one ("id" of webhook), or NULL */
    PlanParse *parse;
    bool is_pointer; /* carries a pointer and the notice number, no details: waits for what it points at */
} PlanChannel;

/* plan_channel: the channel of that name, or NULL. plan_channels: all of them, NULL-terminated names. Static. */
const PlanChannel *plan_channel(const char *name);
const char *const *plan_channels(void);

/* plan_channel_column: where `capacity` is reached on it; NULL: nowhere. Static. */
const char *plan_channel_column(const PlanChannel *channel, Capacity capacity);

/* PlanRemark: something about an endpoint that was skipped, or a value that could not be used; for the findings. */
typedef void PlanRemark(const Person *person, const char *column, const char *text, void *user);

typedef enum PlanUsable {
    PLAN_USABLE,     /* at least one endpoint */
    PLAN_NONE,       /* nothing in the column that can be used */
    PLAN_UNSAFE,     /* `compromised` names the column, or the one in which the same addresses stand */
    PLAN_ABROAD,     /* the gateway is in another region, and cross_border does not allow it */
    PLAN_NO_CONSENT, /* cross_border allows it with the person's consent, which they have not given */
    PLAN_USABLES
} PlanUsable;

typedef struct PlanEndpoints {
    char *items[PLAN_ENDPOINTS_MAX]; /* owned; unique; normalised */
    size_t count;                    /* 0 unless `usable` is PLAN_USABLE */
    PlanUsable usable;
    bool crosses;                    /* usable, and cross_border allows what leaves the person's region */
} PlanEndpoints;

struct PlanRules;

/* plan_endpoints: fills `endpoints` with all that the person, in the audience's capacity, can be reached at on the
 * channel. An endpoint that cannot be read is left out with a remark; `remark` may be NULL. */
void plan_endpoints(const struct PlanRules *rules, const Person *person, const Audience *audience,
                    const PlanChannel *channel, PlanEndpoints *endpoints, PlanRemark *remark, void *user);

/* plan_endpoints_reason: why there is none, in English, for the ledger ("no usable sms address"). Newly allocated.
 * plan_crosses: what becomes of data of this person at the channel's gateway: PLAN_USABLE when it stays in their region, or
 * the region of one of them is unknown, or *border (NULL is allowed, and set to NULL otherwise) allows it. */
char *plan_endpoints_reason(const PlanChannel *channel, Capacity capacity, PlanUsable usable);

PlanUsable plan_crosses(const struct PlanRules *rules, const Person *person, const char *channel,
                        const CrossBorder **border);

void plan_endpoints_clear(PlanEndpoints *endpoints);

/* plan_parse_address: a postal address: its lines (separated by line feeds, or by "|" in a file that cannot hold them),
 * stripped and without empty ones, joined by line feeds; 1 to 8 lines, at most 512 bytes. The first line is not the
 * person's name. plan_parse_token: a push token or an account id: printable ASCII without blanks, 4 to 1024 bytes.
 * plan_parse_account: an account id: 1 to 256 bytes without control characters. As PlanParse. */
PlanParse plan_parse_address;
PlanParse plan_parse_token;
PlanParse plan_parse_account;

#endif
