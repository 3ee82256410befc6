#include "model/announcement.h"

#include <string.h>

#include "model/playbook.h"

static const char *const whens[] = {"always", "unreachable", "never", NULL}; /* as AnnouncementWhen */

static void place_free(gpointer data)
{
    AnnouncementPlace *place = data;

    g_free(place->gateway);
    g_free(place);
}

Announcement *announcement_new(void)
{
    Announcement *announcement = g_new0(Announcement, 1);

    announcement->places = g_ptr_array_new_with_free_func(place_free);
    announcement->template_name = g_strdup("announcement");
    return announcement;
}

void announcement_free(Announcement *announcement)
{
    if (!announcement)
        return;
    g_ptr_array_unref(announcement->places);
    g_free(announcement->template_name);
    locale_text_free(announcement->reason);
    locale_text_free(announcement->url);
    playbook_free(announcement->own);
    g_free(announcement);
}

bool announcement_add_place(Announcement *announcement, const char *gateway, Position at)
{
    AnnouncementPlace *place;

    for (guint i = 0; i < announcement->places->len; i++)
        if (strcmp(((const AnnouncementPlace *)g_ptr_array_index(announcement->places, i))->gateway, gateway) == 0)
            return false;
    place = g_new0(AnnouncementPlace, 1);
    place->gateway = g_strdup(gateway);
    place->at = at;
    g_ptr_array_add(announcement->places, place);
    return true;
}

const char *announcement_when_name(AnnouncementWhen when)
{
    return whens[when];
}

bool announcement_is_due(const Announcement *announcement, int64_t unreachable)
{
    if (!announcement || announcement->when == ANNOUNCEMENT_NEVER)
        return false;
    return announcement->when == ANNOUNCEMENT_ALWAYS || unreachable > 0;
}

bool announcement_is_pointer(const char *channel)
{
    static const char *const pointers[] = {"sms", "push", "im", NULL};

    return g_strv_contains(pointers, channel);
}

char *announcement_slug(const char *incident, bool is_exercise, const char *locale)
{
    g_autofree char *language = g_ascii_strdown(locale, -1);

    return g_strdup_printf("%s%s-%s", is_exercise ? "exercise-" : "", incident, language);
}

const char *announcement_locale(const AnnouncementNeed *need, const char *wanted)
{
    const char *locale = locale_pick(wanted, need->locales, need->fallback);

    return locale ? locale : need->locales[0];
}
