#include "dispatch/coverage_entry.h"

#include "dispatch/publish_text.h"
#include "model/announcement.h"

static void free_reading(gpointer data)
{
    coverage_reading_clear(data);
    g_free(data);
}

static void free_entry(gpointer data)
{
    CoverageEntry *entry = data;

    render_text_free(entry->text);
    g_hash_table_unref(entry->readings);
    g_free(entry);
}

static void add_entry(GPtrArray *entries, const CoverageEntry *model, const char *body)
{
    CoverageEntry *entry = g_memdup2(model, sizeof *model);

    entry->text = render_text_new(body, NULL);
    entry->readings = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_reading);
    if (!entry->text) /* said as a mistake of the template */
        free_entry(entry);
    else
        g_ptr_array_add(entries, entry);
}

/* Before there are people, the texts in the default language stand for all. Their mistakes are said when there are
 * people. */
static void make_texts(Material *material)
{
    const Playbook *playbook = material_playbook(material);
    g_autoptr(Findings) unsaid = findings_new();

    for (guint i = 0; i < playbook->audiences->len; i++) {
        const Audience *audience = g_ptr_array_index(playbook->audiences, i);
        const char *locale = locale_pick(NULL, material_locales(material, i), playbook->default_locale);

        for (guint j = 0; locale && j < audience->ladder->len; j++)
            material_text(material, i, g_ptr_array_index(audience->ladder, j), locale, false, unsaid);
    }
}

static void take_texts(GPtrArray *entries, Material *material)
{
    const GPtrArray *texts = material_texts(material);

    if (texts->len == 0)
        make_texts(material);
    for (guint i = 0; i < texts->len; i++) {
        const MaterialText *text = g_ptr_array_index(texts, i);
        const Audience *audience = g_ptr_array_index(material_playbook(material)->audiences, text->audience);

        if (text->body)
            add_entry(entries,
                      &(CoverageEntry){.audience = audience->id,
                                       .index = text->audience,
                                       .channel = text->channel,
                                       .locale = text->locale,
                                       .is_update = text->is_update},
                      text->body);
    }
}

static void take_announcement(GPtrArray *entries, Material *material)
{
    PublishPlan *plan = material_publish(material);

    for (guint i = 0; plan && plan->set && i < plan->set->texts->len; i++) {
        const TemplateText *text = g_ptr_array_index(plan->set->texts, i);
        g_autofree char *body = publish_plan_body(plan, text);

        if (body)
            add_entry(entries,
                      &(CoverageEntry){.channel = ANNOUNCEMENT_CHANNEL,
                                       .locale = text->locale,
                                       .is_update = material_playbook(material)->update != NULL},
                      body);
    }
}

GPtrArray *coverage_entries(Material *material)
{
    GPtrArray *entries = g_ptr_array_new_with_free_func(free_entry);

    take_texts(entries, material);
    take_announcement(entries, material);
    return entries;
}

/* Reading ------------------------------------------------------------------------------------------------------------
 */

/* The facts that these readers are told to be unknown yet. Newly allocated array of borrowed names. */
static const char **unknown_facts(const Playbook *playbook, const Playbook *own)
{
    GPtrArray *names = g_ptr_array_new();

    for (guint i = 0; i < playbook->facts->len; i++) {
        const Fact *fact = g_ptr_array_index(playbook->facts, i);
        const Fact *instead = own ? playbook_fact(own, fact->name) : NULL;

        if (!(instead ? instead : fact)->text)
            g_ptr_array_add(names, fact->name);
    }
    for (guint i = 0; own && i < own->facts->len; i++) {
        const Fact *fact = g_ptr_array_index(own->facts, i);

        if (!fact->text && !playbook_fact(playbook, fact->name))
            g_ptr_array_add(names, fact->name);
    }
    g_ptr_array_add(names, NULL);
    return (const char **)g_ptr_array_free(names, FALSE);
}

static CoverageReading *read_kinds(const CoverageEntry *entry, const Playbook *playbook, RenderScratch *scratch,
                                   const char *kinds)
{
    const Audience *audience = entry->audience ? g_ptr_array_index(playbook->audiences, entry->index) : NULL;
    const Playbook *own = audience ? audience->own : playbook->announcement->own;
    g_autofree const char **unknown = unknown_facts(playbook, own);
    CoverageReading *reading = g_new0(CoverageReading, 1);

    coverage_read(entry->text, scratch, kinds, unknown, reading, NULL);
    if (*kinds)
        coverage_reading_forget(reading);
    return reading;
}

const CoverageReading *coverage_entry_read(CoverageEntry *entry, const Playbook *playbook, RenderScratch *scratch,
                                           const char *kinds)
{
    const char *about = entry->audience ? kinds : "";
    CoverageReading *reading = g_hash_table_lookup(entry->readings, about);

    if (!reading) {
        reading = read_kinds(entry, playbook, scratch, about);
        g_hash_table_insert(entry->readings, g_strdup(about), reading);
    }
    return reading;
}
