#include "cli/announcing.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/language.h"
#include "channel/announce.h"
#include "channel/http.h"
#include "cli/link_hosts.h"
#include "cli/planning.h"
#include "cli/posting.h"
#include "dispatch/publish.h"

/* Checking -------------------------------------------------------------------------------------------------------- */

/* Markup that runs, or that fetches something from elsewhere. */
static const char *const active[] = {"<script",   "<iframe",  "<object",     "<embed",  "<form", "<link",
                                     " onclick=", " onload=", "javascript:", "@import", NULL};

static void check_markup(const Workspace *workspace, const PublishText *text, Position at)
{
    g_autofree char *lower = g_ascii_strdown(text->html, -1);

    for (const char *const *each = active; *each; each++)
        if (strstr(lower, *each))
            findings_error(workspace->findings, FINDING_SEND, "announcement-active", at,
                           "the announcement in %s has %s: it must be a page that only shows text", text->locale,
                           *each + strspn(*each, " "));
}

static void check_links(const Workspace *workspace, const PublishText *text, Position at)
{
    const Playbook *playbook = material_playbook(workspace->material);
    g_autoptr(GHashTable) hosts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    json_auto_t *parts = json_pack("[s, s, s]", text->title, text->text, text->html);
    GHashTableIter iterator;
    gpointer host;

    link_hosts_find(parts, hosts);
    g_hash_table_iter_init(&iterator, hosts);
    while (g_hash_table_iter_next(&iterator, &host, NULL))
        if (!link_hosts_is_own(host, playbook->organization.domains))
            findings_error(workspace->findings, FINDING_SEND, "announcement-link", at,
                           "the announcement in %s links to %s, which is none of organization.domains: readers must be "
                           "able to trust every link; take it out, or list the domain if it is yours",
                           text->locale, (const char *)host);
}

static bool has_place(const Workspace *workspace, const char *locale)
{
    const AnnouncementNeed *need = material_need(workspace->material);

    return strcmp(announcement_locale(need, locale), locale) == 0 || locale_pick(locale, need->locales, NULL) != NULL;
}

/* How many messages only point to the announcement, later rungs of the ladder included; *elsewhere: those in a language
 * that it does not have. */
static int64_t count_pointers(const Workspace *workspace, int64_t *elsewhere)
{
    const GPtrArray *texts = material_texts(workspace->material);
    int64_t messages = 0;

    *elsewhere = 0;
    for (guint i = 0; i < texts->len; i++) {
        const MaterialText *text = g_ptr_array_index(texts, i);

        if (!announcement_is_pointer(text->channel))
            continue;
        messages += text->people + text->later;
        if (material_need(workspace->material) && !has_place(workspace, text->locale))
            *elsewhere += text->people + text->later;
    }
    return messages;
}

static void check_pointers(const Workspace *workspace)
{
    const Playbook *playbook = material_playbook(workspace->material);
    const Announcement *announcement = playbook->announcement;
    Position at = announcement ? announcement->at : position_make(playbook->path, 0, 0);
    int64_t elsewhere;
    int64_t messages = count_pointers(workspace, &elsewhere);

    if (messages > 0 && (!announcement || announcement->when == ANNOUNCEMENT_NEVER))
        findings_warning(
            workspace->findings, FINDING_SEND, "announcement-none", at,
            messages == 1
                ? N_("%" PRId64 " message by SMS, push or instant message only says that there is something to read, "
                     "and nothing is published: write announcement: {gateway: NAME, when: always}")
                : N_("%" PRId64 " messages by SMS, push or instant message only say that there is something to read, "
                     "and nothing is published: write announcement: {gateway: NAME, when: always}"),
            messages);
    else if (messages > 0 && announcement->when == ANNOUNCEMENT_UNREACHABLE)
        findings_warning(
            workspace->findings, FINDING_SEND, "announcement-late", at,
            messages == 1
                ? N_("%" PRId64 " message by SMS, push or instant message may go before there is something to read: "
                     "with when: always it waits for it")
                : N_("%" PRId64 " messages by SMS, push or instant message may go before there is something to read: "
                     "with when: always they wait for it"),
            messages);
    if (elsewhere > 0)
        findings_warning(
            workspace->findings, FINDING_SEND, "announcement-locale", at,
            elsewhere == 1
                ? N_("%" PRId64 " message points to an announcement that is not in its language: write the playbook's "
                     "texts in that language, and the template if it lacks it")
                : N_("%" PRId64 " messages point to an announcement that is not in their language: write the "
                     "playbook's texts in that language, and the template if it lacks it"),
            elsewhere);
}

static void check_reason(const Workspace *workspace)
{
    const Announcement *announcement = material_playbook(workspace->material)->announcement;

    if (announcement->when == ANNOUNCEMENT_UNREACHABLE &&
        material_playbook(workspace->material)->escalation.end == ESCALATION_NONE)
        findings_error(
            workspace->findings, FINDING_SEND, "announcement-escalation", announcement->at,
            "the announcement is for whoever is unreachable, and escalation says unreachable: none: leave one of "
            "them out");
    if (announcement->when == ANNOUNCEMENT_UNREACHABLE && !announcement->reason)
        findings_warning(
            workspace->findings, FINDING_SEND, "announcement-reason", announcement->at,
            "for whoever cannot be reached the announcement stands in for a notice of their own: write why "
            "that is allowed here, reason: …, such as the effort that finding them would take");
}

void announcing_check(const Workspace *workspace)
{
    const PublishPlan *plan = workspace->material ? material_publish(workspace->material) : NULL;

    if (!workspace->material)
        return;
    check_pointers(workspace);
    if (!plan)
        return;
    check_reason(workspace);
    if (!material_render_publish(workspace->material, workspace->findings))
        return;
    for (guint i = 0; i < plan->texts->len; i++) {
        const PublishText *text = g_ptr_array_index(plan->texts, i);

        check_markup(workspace, text, plan->need.announcement->at);
        check_links(workspace, text, plan->need.announcement->at);
    }
}

/* What is not at hand now is only a warning: it is needed on the machine that publishes. */
void announcing_check_secrets(const Workspace *workspace)
{
    const PublishPlan *plan = material_publish(workspace->material);

    if (!plan || plan->status == INCIDENT_EXERCISE)
        return;
    http_initialize();
    for (guint i = 0; i < plan->gateways->len; i++) {
        const Gateway *gateway = g_ptr_array_index(plan->gateways, i);
        const AnnounceEngine *engine = announce_engine(gateway);
        g_autoptr(GError) error = NULL;
        void *endpoint = engine ? engine->open(gateway, clock_system(), &error) : NULL;

        if (endpoint)
            engine->close(endpoint);
        else if (engine)
            findings_warning(workspace->findings, FINDING_SEND, "gateway-secret", gateway->at, "%s", error->message);
    }
}

/* Endpoints ------------------------------------------------------------------------------------------------------- */

static void free_gateway(gpointer data)
{
    gateway_free(data);
}

static void replace(char **field, const char *value)
{
    g_free(*field);
    *field = g_strdup(value);
}

/* A folder in the place of an endpoint, by the same name. */
static Gateway *lead_inside(const Workspace *workspace, const Gateway *gateway)
{
    Gateway *inside = gateway_copy(gateway);

    replace(&inside->kind, "folder");
    replace(&inside->channel, ANNOUNCEMENT_CHANNEL);
    if (!inside->print)
        inside->print = gateway_print_new();
    g_free(inside->print->folder);
    inside->print->folder = g_build_filename(workspace->folder, "samples", gateway->name, NULL);
    g_clear_pointer(&inside->print->url, g_free);
    return inside;
}

GPtrArray *announcing_gateways(const Workspace *workspace)
{
    const PublishPlan *plan = material_publish(workspace->material);
    bool is_exercise = material_status(workspace->material) == INCIDENT_EXERCISE;
    GPtrArray *gateways = g_ptr_array_new_with_free_func(free_gateway);

    for (guint i = 0; i < plan->gateways->len; i++) {
        const Gateway *gateway = g_ptr_array_index(plan->gateways, i);

        g_ptr_array_add(gateways, is_exercise ? lead_inside(workspace, gateway) : gateway_copy(gateway));
    }
    return gateways;
}

/* Exercises ------------------------------------------------------------------------------------------------------- */

static bool publish_inside(const Workspace *workspace, Ledger *ledger, GPtrArray *rows, GError **error)
{
    g_autoptr(GPtrArray) gateways = announcing_gateways(workspace);
    g_autofree char *samples = g_build_filename(workspace->folder, "samples", NULL);
    g_autofree char *by = posting_who();
    int lock = publish_lock(workspace->folder, error);
    bool done;

    if (lock < 0)
        return false;
    done = file_make_folder(samples, 0700, error) &&
           publish_run(&(PublishRequest){.ledger = ledger,
                                         .folder = workspace->folder,
                                         .plan = material_publish(workspace->material),
                                         .gateways = gateways,
                                         .clock = clock_system(),
                                         .by = by},
                       rows, error);
    close(lock);
    return done;
}

bool announcing_rehearse(const Workspace *workspace, Ledger *ledger, char **folder, GError **error)
{
    const AnnouncementNeed *need = material_need(workspace->material);
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func((GDestroyNotify)publication_free);
    const AnnouncementPlace *place;

    *folder = NULL;
    if (!need || need->announcement->when != ANNOUNCEMENT_ALWAYS)
        return true;
    if (!planning_first_notice(workspace, ledger, error))
        return false;
    if (!material_render_publish(workspace->material, workspace->findings)) {
        error_set(error, BREACH_ERROR_INPUT, "announcement-broken",
                  "the announcement has mistakes: type breach check %s to see them", workspace->typed);
        return false;
    }
    if (!publish_inside(workspace, ledger, rows, error))
        return false;
    place = g_ptr_array_index(need->announcement->places, 0);
    *folder = g_build_filename(workspace->folder, "samples", place->gateway, NULL);
    return true;
}
