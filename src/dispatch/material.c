#include "dispatch/material.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "dispatch/context.h"
#include "load/load_gateway.h"
#include "load/load_playbook.h"
#include "load/load_vocabulary.h"
#include "model/plan.h"

struct Material {
    Playbook *playbook;      /* owned */
    IncidentStatus status;
    char *data;              /* owned */
    GPtrArray *gateways;     /* of Gateway *, by the order of playbook->gateways; entries may be NULL */
    GPtrArray *words;        /* of char *: the files of the vocabulary that were read */
    GPtrArray *sets;         /* of TemplateSet *, one for each (audience, rung): see set_of() */
    GPtrArray *locales;      /* of const char **, one for each audience */
    GPtrArray *texts;        /* of MaterialText * */
    GHashTable *stamps;      /* path -> FileStamp of when it was read, both owned */
    const PersonColumns *columns; /* borrowed */
    Moment first_notice;
    PublishPlan *publish;    /* owned, or NULL: nothing is announced */
    Statutes *statutes;      /* owned */
};

static void text_free(gpointer data)
{
    MaterialText *text = data;

    g_free(text->body);
    g_free(text->needs);
    g_free(text);
}

static void gateway_free_entry(gpointer data)
{
    gateway_free(data);
}

static void set_free_entry(gpointer data)
{
    template_set_free(data);
}

/* Templates ----------------------------------------------------------------------------------------------------- */

static TemplateSet *set_of(const Material *material, const char *name, const char *channel)
{
    for (guint i = 0; i < material->sets->len; i++) {
        TemplateSet *set = g_ptr_array_index(material->sets, i);

        if (strcmp(set->name, name) == 0 && strcmp(set->channel, channel) == 0)
            return set;
    }
    return NULL;
}

void material_reading(Material *material, const char *path)
{
    FileStamp stamp;

    if (file_stamp(path, &stamp, NULL))
        g_hash_table_replace(material->stamps, g_canonicalize_filename(path, NULL), g_memdup2(&stamp, sizeof stamp));
}

/* The files of one text version, borrowed. */
static GPtrArray *paths_of(const TemplateText *text)
{
    GPtrArray *paths = g_ptr_array_new();
    GHashTableIter iterator;
    gpointer partial;

    if (text->subject.path)
        g_ptr_array_add(paths, text->subject.path);
    g_ptr_array_add(paths, text->text.path);
    if (text->html.path)
        g_ptr_array_add(paths, text->html.path);
    g_hash_table_iter_init(&iterator, text->partials);
    while (g_hash_table_iter_next(&iterator, NULL, &partial))
        g_ptr_array_add(paths, ((TemplateFile *)partial)->path);
    return paths;
}

static void stamp_text(Material *material, const TemplateText *text)
{
    g_autoptr(GPtrArray) paths = paths_of(text);

    for (guint i = 0; i < paths->len; i++)
        material_reading(material, g_ptr_array_index(paths, i));
}

/* A template for every channel of the audience. */
static void load_sets(Material *material, const Audience *audience, const char *name, Position at, Findings *findings)
{
    if (!name)
        return;
    for (guint i = 0; i < audience->ladder->len; i++) {
        const char *channel = g_ptr_array_index(audience->ladder, i);
        TemplateSet *set;

        if (set_of(material, name, channel))
            continue;
        set = load_template(name, channel, material->playbook->folder, material->data, at, findings);
        if (!set)
            continue;
        g_ptr_array_add(material->sets, set);
        for (guint j = 0; j < set->texts->len; j++)
            stamp_text(material, g_ptr_array_index(set->texts, j));
    }
}

/* Nobody writes into the shipped templates: what is to have another language is copied beside the playbook first. */
static void report_no_default(const Material *material, const Audience *audience, const TemplateSet *set,
                              Findings *findings)
{
    const char *locale = material->playbook->default_locale;
    g_autofree char *beside =
        g_build_filename(material->playbook->folder, "templates", audience->template_name, NULL);

    if (strcmp(beside, set->folder) == 0)
        findings_error(findings, FINDING_SEND, "template-default-locale", audience->at,
                       "template %s has no text in the default language %s: write %s/%s/ or set default_locale",
                       audience->template_name, locale, beside, locale);
    else
        findings_error(findings, FINDING_SEND, "template-default-locale", audience->at,
                       "template %s has no text in the default language %s: set default_locale, or copy %s to %s and "
                       "write %s/ there",
                       audience->template_name, locale, set->folder, beside, locale);
}

/* The languages of the audience's first rung: the choice of a language must not depend on the channel. */
static const char **collect_locales(const Material *material, const Audience *audience, Findings *findings)
{
    TemplateSet *set = NULL;
    GPtrArray *locales = g_ptr_array_new();

    if (audience->template_name && audience->ladder->len > 0)
        set = set_of(material, audience->template_name, g_ptr_array_index(audience->ladder, 0));
    for (guint i = 0; set && i < set->texts->len; i++)
        g_ptr_array_add(locales, ((TemplateText *)g_ptr_array_index(set->texts, i))->locale);
    g_ptr_array_add(locales, NULL);
    if (set && !locale_pick(NULL, (const char *const *)locales->pdata, material->playbook->default_locale))
        report_no_default(material, audience, set, findings);
    return (const char **)g_ptr_array_free(locales, FALSE);
}

/* A gateway serves the one channel that it sends, so that no two channels can share one. */
static void check_channel(const ChannelGateway *entry, const Gateway *gateway, Findings *findings)
{
    if (gateway && gateway->channel && strcmp(gateway->channel, entry->channel) != 0)
        findings_error(findings, FINDING_SEND, "gateway-channel", entry->at, "gateway %s sends %s, not %s",
                       entry->gateway, gateway->channel, entry->channel);
}

static void load_gateways(Material *material, Findings *findings)
{
    const Playbook *playbook = material->playbook;

    for (guint i = 0; i < playbook->gateways->len; i++) {
        const ChannelGateway *entry = g_ptr_array_index(playbook->gateways, i);

        g_ptr_array_add(material->gateways, load_gateway(entry->gateway, playbook->folder, material->data,
                                                         material->status, entry->at, findings));
        check_channel(entry, g_ptr_array_index(material->gateways, i), findings);
    }
}

static void reading_words(const char *path, void *user)
{
    Material *material = user;

    material_reading(material, path);
    g_ptr_array_add(material->words, g_strdup(path));
}

/* Words that the playbook only names; their files are frozen with it. */
static void load_words(Material *material, Findings *findings)
{
    material->words = g_ptr_array_new_with_free_func(g_free);
    load_vocabulary(material->playbook, material->data, reading_words, material, findings);
}

Material *material_load(const char *playbook_path, const char *data, bool rehearse, Findings *findings)
{
    Material *material = g_new0(Material, 1);
    const Playbook *playbook;

    material->stamps = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    material_reading(material, playbook_path);
    material->playbook = load_playbook(playbook_path, findings);
    playbook = material->playbook;
    if (!playbook) {
        material_free(material);
        return NULL;
    }
    material->status = rehearse ? INCIDENT_EXERCISE : playbook->incident.status;
    material->data = g_strdup(data);
    material->gateways = g_ptr_array_new_with_free_func(gateway_free_entry);
    material->sets = g_ptr_array_new_with_free_func(set_free_entry);
    material->locales = g_ptr_array_new_with_free_func(g_free);
    material->texts = g_ptr_array_new_with_free_func(text_free);
    material->publish = publish_plan_new(playbook, material->status, data, findings);
    load_words(material, findings);
    material->statutes = statutes_load(playbook, data, findings);
    load_gateways(material, findings);
    for (guint i = 0; i < playbook->audiences->len; i++) {
        const Audience *audience = g_ptr_array_index(playbook->audiences, i);

        load_sets(material, audience, audience->template_name, audience->at, findings);
        if (playbook->update)
            load_sets(material, audience, playbook->update->template_name, playbook->update->at, findings);
        g_ptr_array_add(material->locales, collect_locales(material, audience, findings));
    }
    return material;
}

void material_free(Material *material)
{
    if (!material)
        return;
    publish_plan_free(material->publish);
    statutes_free(material->statutes);
    g_clear_pointer(&material->texts, g_ptr_array_unref);
    g_clear_pointer(&material->locales, g_ptr_array_unref);
    g_clear_pointer(&material->sets, g_ptr_array_unref);
    g_clear_pointer(&material->gateways, g_ptr_array_unref);
    g_clear_pointer(&material->words, g_ptr_array_unref);
    g_hash_table_unref(material->stamps);
    playbook_free(material->playbook);
    g_free(material->data);
    g_free(material);
}

const Statutes *material_statutes(const Material *material)
{
    return material->statutes;
}

const Playbook *material_playbook(const Material *material)
{
    return material->playbook;
}

IncidentStatus material_status(const Material *material)
{
    return material->status;
}

const Gateway *material_gateway(const Material *material, const char *channel)
{
    const GPtrArray *entries = material->playbook->gateways;

    for (guint i = 0; i < entries->len; i++)
        if (strcmp(((const ChannelGateway *)g_ptr_array_index(entries, i))->channel, channel) == 0)
            return g_ptr_array_index(material->gateways, i);
    return NULL;
}

const char *material_template(const Material *material, const MaterialText *text)
{
    const Audience *audience = g_ptr_array_index(material->playbook->audiences, text->audience);

    return text->is_update ? material->playbook->update->template_name : audience->template_name;
}

const char *material_region(const Material *material, const char *channel)
{
    const Gateway *gateway = material_gateway(material, channel);

    return gateway ? gateway->region : NULL;
}

const char *const *material_locales(const Material *material, size_t audience)
{
    return g_ptr_array_index(material->locales, audience);
}

PublishPlan *material_publish(const Material *material)
{
    return material->publish;
}

bool material_render_publish(Material *material, Findings *findings)
{
    return material->publish && publish_plan_render(material->publish, material->first_notice, findings);
}

const AnnouncementNeed *material_need(const Material *material)
{
    const PublishPlan *publish = material->publish;

    return publish && publish->need.locales[0] ? &publish->need : NULL;
}

void material_columns(Material *material, const PersonColumns *columns)
{
    material->columns = columns;
}

/* Texts --------------------------------------------------------------------------------------------------------- */

static MaterialText *known_text(const Material *material, size_t audience, const char *channel, const char *locale,
                                bool is_update)
{
    for (guint i = 0; i < material->texts->len; i++) {
        MaterialText *text = g_ptr_array_index(material->texts, i);

        if (text->audience == audience && text->is_update == is_update && strcmp(text->locale, locale) == 0 && strcmp(text->channel, channel) == 0)
            return text;
    }
    return NULL;
}

static const TemplateText *template_text(const TemplateSet *set, const char *locale)
{
    for (guint i = 0; set && i < set->texts->len; i++) {
        const TemplateText *text = g_ptr_array_index(set->texts, i);

        if (strcmp(text->locale, locale) == 0)
            return text;
    }
    return NULL;
}

void material_first_notice(Material *material, Moment at)
{
    material->first_notice = at;
}

MaterialText *material_text(Material *material, size_t audience, const char *channel, const char *locale, bool is_update,
                            Findings *findings)
{
    const Audience *entry = g_ptr_array_index(material->playbook->audiences, audience);
    const char *name = is_update ? material->playbook->update->template_name : entry->template_name;
    MaterialText *text = known_text(material, audience, channel, locale, is_update);
    const TemplateText *source;

    if (text)
        return text;
    text = g_new0(MaterialText, 1);
    text->audience = audience;
    text->channel = channel;
    text->locale = locale;
    text->is_update = is_update;
    g_ptr_array_add(material->texts, text);
    source = template_text(set_of(material, name, channel), locale);
    if (!source) {
        findings_error(findings, FINDING_SEND, "template-locale", is_update ? material->playbook->update->at : entry->at,
                       "template %s has no %s text for %s", name, channel, locale);
        return text;
    }
    text->body = context_freeze(&(ContextRequest){.playbook = material->playbook,
                                                  .status = material->status,
                                                  .template_name = name,
                                                  .channel = channel,
                                                  .capacity = entry->capacity,
                                                  .own = entry->own,
                                                  .text = source,
                                                  .columns = material->columns,
                                                  .is_update = is_update,
                                                  .first_notice = material->first_notice},
                                &text->needs, findings);
    return text;
}

const GPtrArray *material_texts(const Material *material)
{
    return material->texts;
}

/* Inputs -------------------------------------------------------------------------------------------------------- */

static bool is_same(const FileStamp *a, const FileStamp *b)
{
    return a->size == b->size && a->modified == b->modified && a->inode == b->inode;
}

/* The digest must be of the very bytes that were planned: the file may not have changed since it was read, nor while it
 * is read once more for the digest. */
static bool add_input(const Material *material, json_t *list, const char *name, GError **error)
{
    g_autofree char *path = g_canonicalize_filename(name, NULL);
    const FileStamp *read = g_hash_table_lookup(material->stamps, path);
    g_autofree char *sha256 = NULL;
    FileStamp before, after;

    if (!file_stamp(path, &before, error))
        return false;
    sha256 = file_sha256(path, error);
    if (!sha256 || !file_stamp(path, &after, error))
        return false;
    if (!is_same(&before, &after) || (read && !is_same(read, &before))) {
        error_set(error, BREACH_ERROR_INPUT, "plan-file-changing",
                  "%s was changed while it was read: type the command again", path);
        return false;
    }
    json_array_append_new(list, json_pack("{s:s, s:I, s:I, s:s}", "path", path, "size", (json_int_t)before.size,
                                          "modified", (json_int_t)before.modified, "sha256", sha256));
    return true;
}

static bool add_template_inputs(const Material *material, json_t *list, const TemplateText *text, GError **error)
{
    g_autoptr(GPtrArray) paths = paths_of(text);

    for (guint i = 0; i < paths->len; i++)
        if (!add_input(material, list, g_ptr_array_index(paths, i), error))
            return false;
    return true;
}

static int by_path(const void *left, const void *right)
{
    const json_t *a = *(json_t *const *)left;
    const json_t *b = *(json_t *const *)right;

    return strcmp(json_string_value(json_object_get(a, "path")), json_string_value(json_object_get(b, "path")));
}

/* Sorted by path, so that the digest does not depend on the order of a hash table. */
static char *dump_sorted(const json_t *list)
{
    size_t count = json_array_size(list);
    g_autofree json_t **entries = g_new(json_t *, count + 1);
    json_auto_t *sorted = json_array();

    for (size_t i = 0; i < count; i++)
        entries[i] = json_array_get(list, i);
    qsort(entries, count, sizeof *entries, by_path);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || by_path(&entries[i - 1], &entries[i]) != 0)
            json_array_append(sorted, entries[i]);
    return text_canonical_json(sorted);
}

char *material_inputs(const Material *material, GError **error)
{
    json_auto_t *list = json_array();

    if (!add_input(material, list, material->playbook->path, error) ||
        (material->playbook->people_path && !add_input(material, list, material->playbook->people_path, error)))
        return NULL;
    for (guint i = 0; i < material->words->len; i++)
        if (!add_input(material, list, g_ptr_array_index(material->words, i), error))
            return NULL;
    for (guint i = 0; i < material->sets->len; i++) {
        const TemplateSet *set = g_ptr_array_index(material->sets, i);

        for (guint j = 0; j < set->texts->len; j++)
            if (!add_template_inputs(material, list, g_ptr_array_index(set->texts, j), error))
                return NULL;
    }
    return dump_sorted(list);
}

/* What decides about a message; a gateway that is no relay has no sender and no bounce address. */
static json_t *gateway_frozen(const Gateway *gateway, const char *channel)
{
    static const char *const doubts[] = {[GATEWAY_DOUBT_RESEND] = "resend",
                                         [GATEWAY_DOUBT_HOLD] = "hold",
                                         [GATEWAY_DOUBT_QUERY] = "query"};

    return json_pack("{s:s, s:s, s:s, s:s?, s:s?, s:s?, s:s?, s:s?, s:s}", "channel", channel, "name", gateway->name,
                     "kind", gateway->kind, "from", gateway->from, "reply_to", gateway->reply_to, "from_name",
                     gateway->from_name, "bounce", gateway->bounce, "region", gateway->region, "in_doubt",
                     doubts[gateway->in_doubt]);
}

char *material_gateways(const Material *material)
{
    json_auto_t *list = json_array();

    for (guint i = 0; i < material->gateways->len; i++) {
        const Gateway *gateway = g_ptr_array_index(material->gateways, i);
        const ChannelGateway *entry = g_ptr_array_index(material->playbook->gateways, i);

        if (gateway)
            json_array_append_new(list, gateway_frozen(gateway, entry->channel));
    }
    return text_canonical_json(list);
}

static bool has_changed(const json_t *input)
{
    const char *path = json_string_value(json_object_get(input, "path"));
    g_autofree char *sha256 = NULL;
    FileStamp stamp;

    if (!file_stamp(path, &stamp, NULL))
        return true;
    if (stamp.size != json_integer_value(json_object_get(input, "size")))
        return true;
    if (stamp.modified == json_integer_value(json_object_get(input, "modified")))
        return false;
    sha256 = file_sha256(path, NULL);
    return g_strcmp0(sha256, json_string_value(json_object_get(input, "sha256"))) != 0;
}

char **material_changed(const char *inputs)
{
    json_auto_t *list = json_loads(inputs, 0, NULL);
    GPtrArray *changed = g_ptr_array_new();
    size_t index;
    json_t *input;

    json_array_foreach(list, index, input)
        if (has_changed(input))
            g_ptr_array_add(changed, g_strdup(json_string_value(json_object_get(input, "path"))));
    g_ptr_array_add(changed, NULL);
    return (char **)g_ptr_array_free(changed, FALSE);
}
