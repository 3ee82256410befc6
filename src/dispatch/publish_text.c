#include "dispatch/publish_text.h"

#include <string.h>

#include <jansson.h>

#include "channel/announce_page.h"
#include "dispatch/context.h"
#include "dispatch/render.h"
#include "load/load_gateway.h"

static void free_text(gpointer data)
{
    PublishText *text = data;

    g_free(text->locale);
    g_free(text->slug);
    g_free(text->organization);
    g_free(text->title);
    g_free(text->text);
    g_free(text->html);
    g_free(text->url);
    g_free(text->digest);
    g_free(text);
}

static void free_gateway(gpointer data)
{
    gateway_free(data);
}

/* Loading -------------------------------------------------------------------------------------------------------- */

static void check_gateway(const Gateway *gateway, const AnnouncementPlace *place, Findings *findings)
{
    if (g_strcmp0(gateway->channel, ANNOUNCEMENT_CHANNEL) != 0)
        findings_error(
            findings, FINDING_SEND, "announcement-gateway", place->at,
            "gateway %s sends %s and publishes nothing: name one of kind folder, or of kind http with sends: "
            "announcement",
            gateway->name, gateway->channel ? gateway->channel : gateway->kind);
}

static void load_gateways(PublishPlan *plan, const char *data, Findings *findings)
{
    const GPtrArray *places = plan->need.announcement->places;

    for (guint i = 0; i < places->len; i++) {
        const AnnouncementPlace *place = g_ptr_array_index(places, i);
        Gateway *gateway =
            load_gateway(place->gateway, plan->playbook->folder, data, plan->status, place->at, findings);

        if (!gateway)
            continue;
        check_gateway(gateway, place, findings);
        g_ptr_array_add(plan->gateways, gateway);
    }
}

static bool any_has(const GPtrArray *texts, const char *locale)
{
    for (guint i = 0; i < texts->len; i++)
        if (locale_text_get(g_ptr_array_index(texts, i), locale))
            return true;
    return false;
}

static bool any_fact_has(const GPtrArray *facts, const char *locale)
{
    for (guint i = 0; i < facts->len; i++) {
        const Fact *fact = g_ptr_array_index(facts, i);

        if (fact->text && locale_text_get(fact->text, locale))
            return true;
    }
    return false;
}

/* Whether the playbook says anything at all in that language: one that it does not write in is nobody's mistake, and
 * nothing is published in it. What it writes there in part only is one. */
static bool is_written_in(const Playbook *playbook, const char *locale)
{
    const Playbook *own = playbook->announcement ? playbook->announcement->own : NULL;

    return any_fact_has(playbook->facts, locale) || (own && any_fact_has(own->facts, locale)) ||
           any_has(playbook->impact, locale) || any_has(playbook->measures_taken, locale) ||
           any_has(playbook->advice, locale) || any_has(playbook->remedies, locale);
}

void publish_drop_unwritten(TemplateSet *set, const Playbook *playbook)
{
    for (guint i = set->texts->len; i > 0 && set->texts->len > 1; i--)
        if (!is_written_in(playbook, ((const TemplateText *)g_ptr_array_index(set->texts, i - 1))->locale))
            g_ptr_array_remove_index(set->texts, i - 1);
}

static void load_set(PublishPlan *plan, const char *data, Findings *findings)
{
    const Playbook *playbook = plan->playbook;
    const PlaybookUpdate *update = playbook->update;

    plan->set =
        load_template(update ? update->template_name : playbook->announcement->template_name, ANNOUNCEMENT_CHANNEL,
                      playbook->folder, data, update ? update->at : playbook->announcement->at, findings);
    if (plan->set)
        publish_drop_unwritten(plan->set, playbook);
    for (guint i = 0; plan->set && i < plan->set->texts->len; i++)
        g_ptr_array_add(plan->locales, ((const TemplateText *)g_ptr_array_index(plan->set->texts, i))->locale);
}

PublishPlan *publish_plan_new(const Playbook *playbook, IncidentStatus status, const char *data, Findings *findings)
{
    PublishPlan *plan;

    if (!playbook->announcement || playbook->announcement->when == ANNOUNCEMENT_NEVER)
        return NULL;
    plan = g_new0(PublishPlan, 1);
    plan->playbook = playbook;
    plan->status = status;
    plan->kind = playbook->update ? playbook_update_name(playbook->update->kind) : "first";
    plan->gateways = g_ptr_array_new_with_free_func(free_gateway);
    plan->locales = g_ptr_array_new();
    plan->texts = g_ptr_array_new_with_free_func(free_text);
    plan->need.announcement = playbook->announcement;
    load_gateways(plan, data, findings);
    load_set(plan, data, findings);
    g_ptr_array_add(plan->locales, NULL);
    plan->need.locales = (const char *const *)plan->locales->pdata;
    plan->need.fallback = playbook->default_locale;
    return plan;
}

void publish_plan_free(PublishPlan *plan)
{
    if (!plan)
        return;
    g_ptr_array_unref(plan->gateways);
    g_ptr_array_unref(plan->locales);
    g_ptr_array_unref(plan->texts);
    template_set_free(plan->set);
    g_free(plan->digest);
    g_free(plan);
}

/* Rendering ------------------------------------------------------------------------------------------------------ */

/* The text is for everybody: nobody's name belongs into it. */
static bool is_impersonal(const TemplateText *source, const char *const *needs, Findings *findings)
{
    if (!needs || !needs[0])
        return true;
    findings_error(findings, FINDING_SEND, "announcement-person", position_make(source->text.path, 0, 0),
                   "this text is about person.%s, but everybody reads it: take the name out", needs[0]);
    return false;
}

static char *organization_of(const char *body)
{
    json_auto_t *value = json_loads(body, 0, NULL);
    const char *name =
        json_string_value(json_object_get(json_object_get(json_object_get(value, "context"), "organization"), "name"));

    return g_strdup(name ? name : "");
}

static bool render_source(const char *body, const TemplateText *source, PublishTake *take, void *user,
                          Findings *findings)
{
    static const char *const nobody[] = {"{}", NULL};
    g_autoptr(GError) error = NULL;
    g_autoptr(RenderText) text = render_text_new(body, &error);
    g_autoptr(RenderScratch) scratch = render_scratch_new();
    g_autofree char *organization = organization_of(body);
    RenderParts parts;

    if (!text || !render_parts(text, scratch,
                               &(RenderRequest){.id = "aaaaaaaaaaaaaaaaaaaaaaaaaa", .recipient = "", .people = nobody},
                               &parts, &error)) {
        findings_error(findings, FINDING_SEND, "announcement-render", position_make(source->text.path, 0, 0), "%s",
                       error->message);
        return false;
    }
    take(&(PublishRendered){.source = source,
                            .organization = organization,
                            .title = parts.subject ? parts.subject : "",
                            .text = parts.text ? parts.text : "",
                            .html = parts.html},
         user);
    return true;
}

static char *freeze_source(const PublishRendering *rendering, const TemplateText *source, const char ***needs,
                           Findings *findings)
{
    return context_freeze(&(ContextRequest){.playbook = rendering->playbook,
                                            .status = rendering->status,
                                            .template_name = rendering->set->name,
                                            .channel = rendering->set->channel,
                                            .own = rendering->own,
                                            .text = source,
                                            .is_update = rendering->is_update,
                                            .first_notice = rendering->first_notice},
                          needs, findings);
}

static PublishRendering rendering_of(const PublishPlan *plan, Moment first_notice)
{
    return (PublishRendering){.playbook = plan->playbook,
                              .status = plan->status,
                              .set = plan->set,
                              .own = plan->need.announcement->own,
                              .is_update = plan->playbook->update != NULL,
                              .first_notice = first_notice};
}

char *publish_plan_body(const PublishPlan *plan, const TemplateText *text)
{
    const PublishRendering rendering = rendering_of(plan, (Moment){.known = false});
    g_autoptr(Findings) unsaid = findings_new();
    g_autofree const char **needs = NULL;

    return freeze_source(&rendering, text, &needs, unsaid);
}

bool publish_render_set(const PublishRendering *rendering, PublishTake *take, void *user, Findings *findings)
{
    bool is_right = true;

    for (guint i = 0; i < rendering->set->texts->len; i++) {
        const TemplateText *source = g_ptr_array_index(rendering->set->texts, i);
        g_autofree const char **needs = NULL;
        g_autofree char *body = freeze_source(rendering, source, &needs, findings);

        is_right = is_impersonal(source, needs, findings) && body &&
                   render_source(body, source, take, user, findings) && is_right;
    }
    return is_right;
}

static char *digest_of(const char *const *parts, size_t count)
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);

    for (size_t i = 0; i < count; i++)
        g_checksum_update(checksum, (const guchar *)parts[i], (gssize)strlen(parts[i]) + 1);
    return g_strdup(g_checksum_get_string(checksum));
}

char *publish_text_octets(const PublishText *text, size_t *size)
{
    const char *const parts[] = {text->title, text->text, text->html};
    GString *octets = g_string_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
        g_string_append_len(octets, parts[i], (gssize)strlen(parts[i]) + 1);
    *size = octets->len;
    return g_string_free(octets, FALSE);
}

/* Everybody may know it: it only has to be the same for the same text. */
static void make_id(PublishText *text)
{
    static const uint8_t nothing[ID_SECRET_SIZE] = {0};
    const char *const parts[] = {ANNOUNCEMENT_CHANNEL, text->slug, text->digest};

    id_message(nothing, parts, G_N_ELEMENTS(parts), text->id);
}

static void take_text(const PublishRendered *rendered, void *user)
{
    PublishPlan *plan = user;
    PublishText *text = g_new0(PublishText, 1);
    const LocaleText *url = plan->need.announcement->url;
    const char *address;

    text->locale = g_strdup(rendered->source->locale);
    text->slug = announcement_slug(plan->playbook->incident.id ? plan->playbook->incident.id : "incident",
                                   plan->status == INCIDENT_EXERCISE, text->locale);
    text->organization = g_strdup(rendered->organization);
    text->title = g_strdup(rendered->title);
    text->text = g_strdup(rendered->text);
    text->html = announce_fragment(rendered->html ? rendered->html : "");
    address = url ? locale_text_get(url, text->locale) : NULL;
    text->url = g_strdup(address);
    text->digest = digest_of((const char *const[]){text->title, text->text, text->html}, 3);
    make_id(text);
    g_ptr_array_add(plan->texts, text);
}

/* What is agreed to: every text, and where it goes. */
static char *digest_of_all(const PublishPlan *plan)
{
    g_autoptr(GPtrArray) parts = g_ptr_array_new();

    for (guint i = 0; i < plan->gateways->len; i++)
        g_ptr_array_add(parts, ((const Gateway *)g_ptr_array_index(plan->gateways, i))->name);
    for (guint i = 0; i < plan->texts->len; i++) {
        const PublishText *text = g_ptr_array_index(plan->texts, i);

        g_ptr_array_add(parts, text->slug);
        g_ptr_array_add(parts, text->digest);
    }
    return digest_of((const char *const *)parts->pdata, parts->len);
}

bool publish_plan_render(PublishPlan *plan, Moment first_notice, Findings *findings)
{
    const PublishRendering rendering = rendering_of(plan, first_notice);
    bool is_right;

    g_ptr_array_set_size(plan->texts, 0);
    g_clear_pointer(&plan->digest, g_free);
    if (!plan->set)
        return false;
    is_right = publish_render_set(&rendering, take_text, plan, findings);
    plan->digest = digest_of_all(plan);
    return is_right && plan->texts->len > 0;
}
