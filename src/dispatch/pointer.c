#include "dispatch/pointer.h"

#include "base/language.h"
#include "ledger/publication.h"

typedef struct Language { /* of the announcement */
    int64_t queue;
    bool is_out;
} Language;

struct Pointers {
    const AnnouncementNeed *need; /* borrowed; NULL: nothing waits */
    GHashTable *languages;        /* locale of the announcement (borrowed from the need) -> Language, owned */
    GHashTable *chosen;           /* locale of a message, owned -> Language, borrowed: a cache */
    size_t waiting;               /* languages that are not out */
};

Pointers *pointers_new(const AnnouncementNeed *need)
{
    Pointers *pointers = g_new0(Pointers, 1);

    if (need && need->announcement->when == ANNOUNCEMENT_ALWAYS && need->locales[0])
        pointers->need = need;
    pointers->languages = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
    pointers->chosen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return pointers;
}

void pointers_free(Pointers *pointers)
{
    if (!pointers)
        return;
    g_hash_table_unref(pointers->languages);
    g_hash_table_unref(pointers->chosen);
    g_free(pointers);
}

static bool load_language(Pointers *pointers, Ledger *ledger, const char *locale, GError **error)
{
    Language *language = g_hash_table_lookup(pointers->languages, locale);

    if (!language) {
        language = g_new0(Language, 1);
        g_hash_table_insert(pointers->languages, (gpointer)locale, language);
        language->queue = queue_number(ledger, QUEUE_LOCALE, locale, error);
    }
    return language->queue != 0 && publication_readable(ledger, locale, &language->is_out, error);
}

bool pointers_load(Pointers *pointers, Ledger *ledger, GError **error)
{
    pointers->waiting = 0;
    for (const char *const *locale = pointers->need ? pointers->need->locales : NULL; locale && *locale; locale++) {
        if (!load_language(pointers, ledger, *locale, error))
            return false;
        if (!((const Language *)g_hash_table_lookup(pointers->languages, *locale))->is_out)
            pointers->waiting++;
    }
    return true;
}

bool pointers_waits(const Pointers *pointers, const char *channel)
{
    return pointers->waiting > 0 && channel && announcement_is_pointer(channel);
}

int64_t pointers_place(Pointers *pointers, const char *channel, const char *locale)
{
    const Language *language;

    if (!pointers_waits(pointers, channel))
        return QUEUE_MAIN;
    language = g_hash_table_lookup(pointers->chosen, locale);
    if (!language) {
        language = g_hash_table_lookup(pointers->languages, announcement_locale(pointers->need, locale));
        g_hash_table_insert(pointers->chosen, g_strdup(locale), (gpointer)language);
    }
    return language->is_out ? QUEUE_MAIN : language->queue;
}

bool pointers_is_shut(const Pointers *pointers, const Queue *queue)
{
    const Language *language =
        queue->kind == QUEUE_LOCALE ? g_hash_table_lookup(pointers->languages, queue->name) : NULL;

    return language && !language->is_out;
}

char *pointers_why(const Queue *queue)
{
    return g_strdup_printf(_("messages wait for the announcement in %s: type breach announce"), queue->name);
}
