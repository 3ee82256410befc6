/* announcement - what the public is told, where and when: the key `announcement` of a playbook. Pure.
 *
 * SMS, push and instant messages are pointers: they say that there is something to read, not what. With `when: always`
 * none of them goes before the announcement in its language is published (ledger/publication.h).
 * Ownership: an Announcement owns everything in it and is immutable after loading. Threads: reading is safe. */
#ifndef BREACH_MODEL_ANNOUNCEMENT_H
#define BREACH_MODEL_ANNOUNCEMENT_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "base/position.h"
#include "model/locale.h"

#define ANNOUNCEMENT_CHANNEL "announcement"

typedef enum AnnouncementWhen {
    ANNOUNCEMENT_ALWAYS,      /* due from the start */
    ANNOUNCEMENT_UNREACHABLE, /* due as soon as somebody is unreachable */
    ANNOUNCEMENT_NEVER,
} AnnouncementWhen;

typedef struct AnnouncementPlace { /* one endpoint */
    char *gateway;                 /* owned; its name */
    Position at;
} AnnouncementPlace;

typedef struct Announcement {
    AnnouncementWhen when;
    GPtrArray *places;   /* owned; of AnnouncementPlace *, owned; empty with `never` only */
    char *template_name; /* owned; "announcement" unless the file says so */
    LocaleText *reason;  /* owned; why it stands in for individual notices, as the law asks; NULL: it does not */
    struct Playbook *own; /* owned; what the public reads instead of the playbook's, as Audience.own; NULL: nothing */
    LocaleText *url;     /* owned; where readers find it; NULL: the gateway says */
    Position at;
} Announcement;

/* AnnouncementNeed: what has to be published, in which languages; for whoever sends and whoever shows it. */
typedef struct AnnouncementNeed {
    const Announcement *announcement; /* borrowed */
    const char *const *locales;       /* those of its template, NULL-terminated, at least one; borrowed */
    const char *fallback;             /* the playbook's default language; borrowed */
} AnnouncementNeed;

/* announcement_locale: the language of the announcement that readers of `wanted` are sent to: along its chain, else the
 * fallback's, else the first. Borrowed from the need. */
const char *announcement_locale(const AnnouncementNeed *need, const char *wanted);

Announcement *announcement_new(void);
void announcement_free(Announcement *announcement);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Announcement, announcement_free)

/* announcement_add_place: false when that gateway is there already. */
bool announcement_add_place(Announcement *announcement, const char *gateway, Position at);

/* announcement_when_name: "always", "unreachable" or "never". */
const char *announcement_when_name(AnnouncementWhen when);

/* announcement_is_due: whether something has to be published, while so many people are unreachable; NULL: never. */
bool announcement_is_due(const Announcement *announcement, int64_t unreachable);

/* announcement_is_pointer: whether messages on this channel point to the announcement rather than tell. */
bool announcement_is_pointer(const char *channel);

/* announcement_slug: the name of an item for addresses and file names: "2026-11-token-leak-zh-tw"; the same for every
 * edition, since a later one replaces the item. An exercise's begins with "exercise-". Newly allocated. */
char *announcement_slug(const char *incident, bool is_exercise, const char *locale);

#endif
