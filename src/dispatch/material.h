/* material - everything that a plan is made from, loaded and checked: playbook, gateways, templates, and from them the
 * text versions.
 *
 * A Material owns what it loads. Threads: one. Mistakes go into the findings; nothing is printed here. */
#ifndef BREACH_DISPATCH_MATERIAL_H
#define BREACH_DISPATCH_MATERIAL_H

#include <stdbool.h>

#include <glib.h>

#include "base/finding.h"
#include "dispatch/publish_text.h"
#include "dispatch/statutes.h"
#include "load/load_template.h"
#include "model/gateway.h"
#include "model/person.h"
#include "model/playbook.h"
#include "model/sms_text.h"

typedef struct Material Material;

/* MaterialSms: what the text messages of one text version come to; all 0 on other channels. */
typedef struct MaterialSms {
    int64_t messages, segments;             /* of those who get it first */
    int64_t later_messages, later_segments; /* of those who come to it when the ways before it fail, all of them */
    int longest, characters;                /* of the longest one: segments, characters */
    SmsMeasure measure;                     /* of the longest one */
    int most;                               /* characters of the one that has the most, in perhaps fewer segments */
} MaterialSms;

/* MaterialText: one text version: an audience's template on a channel in a locale. */
typedef struct MaterialText {
    size_t audience;         /* index into the playbook's */
    const char *channel;     /* borrowed from the playbook */
    const char *locale;      /* borrowed from the template */
    bool is_update;          /* for those who were told before: the playbook's update, by its template */
    char *body;              /* owned; JSON as it is frozen (see render.h); NULL when it has mistakes */
    const char **needs;      /* owned array; the person columns that must not be empty; NULL-terminated */
    int64_t people;          /* how many notices use it first */
    int64_t later;           /* how many come to it when the ways before it fail */
    int64_t only;            /* how many of both have no other way */
    int64_t others[16];      /* how many can be reached by another channel as well; in the order of plan_channels() */
    MaterialSms sms;
    int64_t frozen;          /* number in the plan; for the caller's use */
} MaterialText;

/* material_load: `data` is the folder of shipped files. With `rehearse` an actual incident is treated as an exercise.
 * NULL when the playbook cannot be read at all. */
Material *material_load(const char *playbook_path, const char *data, bool rehearse, Findings *findings);
void material_free(Material *material);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Material, material_free)

/* Borrowed until material_free(). material_status: what this run is, with `rehearse` taken into account. */
const Playbook *material_playbook(const Material *material);
IncidentStatus material_status(const Material *material);

/* material_statutes: the regimes that the playbook names, loaded; never NULL. Borrowed. */
const Statutes *material_statutes(const Material *material);

/* material_gateway: the gateway of a channel, or NULL when it could not be loaded. */
const Gateway *material_gateway(const Material *material, const char *channel);

/* material_template: the name of the template of a text version. Borrowed. */
const char *material_template(const Material *material, const MaterialText *text);

/* material_region: where the gateway of a channel is, normalised (region.h), or NULL when it does not say. Borrowed. */
const char *material_region(const Material *material, const char *channel);

/* material_publish: the announcement, not yet rendered, or NULL when the playbook announces nothing. material_need: what has to
 * be published, or NULL. Both are borrowed until material_free(). */
PublishPlan *material_publish(const Material *material);
const AnnouncementNeed *material_need(const Material *material);

/* material_render_publish: renders the announcement, with the first notice of material_first_notice(). false: there is none, or it
 * has mistakes, which are in the findings. */
bool material_render_publish(Material *material, Findings *findings);

/* material_locales: the languages of an audience's template on its first channel, NULL-terminated. */
const char *const *material_locales(const Material *material, size_t audience);

/* material_columns: the person columns that exist, once the people file's header is known; borrowed. Must be called
 * before material_text(). */
void material_columns(Material *material, const PersonColumns *columns);

/* material_text: the text version for (audience, channel, locale, first notice or update), made and checked at its first use: every name it
 * uses is known, every text of the playbook has that language. Its mistakes are added to `findings` once. */
MaterialText *material_text(Material *material, size_t audience, const char *channel, const char *locale, bool is_update,
                            Findings *findings);

/* material_first_notice: when the first notice of the incident went out, for the texts of updates; to be said before the
 * first of them is made. */
void material_first_notice(Material *material, Moment at);

/* material_texts: those made so far; of MaterialText *. Borrowed. */
const GPtrArray *material_texts(const Material *material);

/* material_reading: to be called before `path` is read: material_inputs() then refuses it when it was changed since. */
void material_reading(Material *material, const char *path);

/* material_inputs: JSON of every file that the plan depends on: [{"path","size","modified","sha256"}], newly allocated.
 * Error: BREACH_ERROR_INPUT when one cannot be read, or is no longer what was read. */
char *material_inputs(const Material *material, GError **error);

/* material_gateways: JSON of what is frozen of each gateway, newly allocated: [{"bounce","channel","from","in_doubt",
 * "kind","name","region","reply_to"}]. */
char *material_gateways(const Material *material);

/* material_changed: the frozen inputs that differ now (size and time first, then SHA-256), as a list of paths;
 * NULL-terminated, newly allocated; empty when nothing changed. A file that is gone counts as changed. */
char **material_changed(const char *inputs);

#endif
