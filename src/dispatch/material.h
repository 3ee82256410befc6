/* material - everything that a plan is made from, loaded and checked: playbook, gateways, templates, and from them the
 * text versions.
 *
 * A Material owns what it loads. Threads: one. Mistakes go into the findings; nothing is printed here. */
#ifndef BREACH_DISPATCH_MATERIAL_H
#define BREACH_DISPATCH_MATERIAL_H

#include <stdbool.h>

#include <glib.h>

#include "base/finding.h"
#include "load/load_template.h"
#include "model/gateway.h"
#include "model/person.h"
#include "model/playbook.h"

typedef struct Material Material;

/* MaterialText: one text version: an audience's template on a channel in a locale. */
typedef struct MaterialText {
    size_t audience;         /* index into the playbook's */
    const char *channel;     /* borrowed from the playbook */
    const char *locale;      /* borrowed from the template */
    bool is_update;          /* for those who were told before: the playbook's update, by its template */
    char *body;              /* owned; JSON as it is frozen (see render.h); NULL when it has mistakes */
    const char **needs;      /* owned array; the person columns that must not be empty; NULL-terminated */
    int64_t people;          /* how many messages use it */
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

/* material_gateway: the gateway of a channel, or NULL when it could not be loaded. */
const Gateway *material_gateway(const Material *material, const char *channel);

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
