/* publish_text - what an announcement says, in each language of its template: loaded and checked with the playbook,
 * rendered without anybody's data.
 *
 * A PublishPlan owns what it loads; the playbook is borrowed for as long as it lives. Edition 1 is worded by the
 * template that the key `announcement` names; a later edition by that of the update. Threads: one. Mistakes go into the
 * findings. */
#ifndef BREACH_DISPATCH_PUBLISH_TEXT_H
#define BREACH_DISPATCH_PUBLISH_TEXT_H

#include <stdbool.h>

#include <glib.h>

#include "base/finding.h"
#include "base/id.h"
#include "load/load_template.h"
#include "model/announcement.h"
#include "model/gateway.h"
#include "model/playbook.h"

typedef struct PublishText {
    char *locale;       /* owned */
    char *slug;         /* owned */
    char *organization; /* owned */
    char *title;        /* owned; one line */
    char *text;         /* owned */
    char *html;         /* owned; what stands inside <body> */
    char *url;          /* owned; where the playbook says that it can be read, or NULL */
    char *digest;       /* owned; SHA-256 of title, text and HTML, a NUL behind each */
    char id[ID_MESSAGE_LENGTH + 1];
} PublishText;

typedef struct PublishPlan {
    const Playbook *playbook; /* borrowed */
    IncidentStatus status;
    const char *kind;      /* static; "first", "update", "correction", "withdrawal" */
    AnnouncementNeed need; /* need.locales is empty when the template could not be loaded */
    GPtrArray *gateways;   /* owned; of Gateway *, owned: those that could be loaded */
    TemplateSet *set;      /* owned, or NULL */
    GPtrArray *locales;    /* owned; of char *, borrowed from the set; ends with NULL */
    GPtrArray *texts;      /* owned; of PublishText *, owned; empty before publish_plan_render() */
    char *digest;          /* owned; over all texts and gateways; NULL before publish_plan_render() */
} PublishPlan;

/* publish_text_octets: what its digest is of; newly allocated, *size octets, with a NUL behind it that is not counted. */
char *publish_text_octets(const PublishText *text, size_t *size);

/* publish_plan_new: NULL when the playbook announces nothing. `data` is the folder of shipped files. */
PublishPlan *publish_plan_new(const Playbook *playbook, IncidentStatus status, const char *data, Findings *findings);
void publish_plan_free(PublishPlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PublishPlan, publish_plan_free)

/* publish_plan_render: fills texts and digest, again when it is called again. `first_notice`: when the first notice
 * went out, for later editions. false when there are mistakes, all of which are in `findings`. */
bool publish_plan_render(PublishPlan *plan, Moment first_notice, Findings *findings);

/* publish_plan_body: one language of it as a text version is frozen (render.h), newly allocated; NULL when it has mistakes,
 * which publish_plan_render() says. */
char *publish_plan_body(const PublishPlan *plan, const TemplateText *text);

/* publish_drop_unwritten: takes the languages out of a set in which the playbook says nothing at all; one language is
 * always left. */
void publish_drop_unwritten(TemplateSet *set, const Playbook *playbook);

/* publish_render_set: renders every language of a set that is about nobody in particular, each handed to `take`: the
 * announcement, a sheet of the kit. false when there are mistakes. */
typedef struct PublishRendered {
    const TemplateText *source;
    const char *organization, *title, *text,
        *html; /* html: NULL where the channel has none; borrowed during the call */
} PublishRendered;
typedef void PublishTake(const PublishRendered *rendered, void *user);
typedef struct PublishRendering {
    const Playbook *playbook;
    IncidentStatus status;
    const TemplateSet *set;
    const Playbook *own; /* what these readers are told instead, or NULL */
    bool is_update;
    Moment first_notice;
} PublishRendering;
bool publish_render_set(const PublishRendering *rendering, PublishTake *take, void *user, Findings *findings);

#endif
