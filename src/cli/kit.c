#include "cli/kit.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/language.h"
#include "channel/announce_page.h"
#include "load/load_template.h"
#include "model/prose.h"

#define KIT_TEMPLATE "kit"

/* Linting --------------------------------------------------------------------------------------------------------- */

typedef struct Linting {
    const Workspace *workspace;
    const char *channel, *template_name;
    const TemplateText *source;
} Linting;

static void take_finding(const ProseFinding *found, void *user)
{
    const Linting *linting = user;
    const TemplateFile *file = strcmp(found->part, "subject") == 0 ? &linting->source->subject
                               : strcmp(found->part, "html") == 0  ? &linting->source->html
                                                                   : &linting->source->text;

    findings_warning(linting->workspace->findings, FINDING_SEND, prose_rule_id(found->rule),
                     position_make(file->path ? file->path : linting->source->text.path, 0, 0), "\"%s\": %s",
                     found->quote, _(found->instead));
}

static void lint(const PublishRendered *rendered, void *user)
{
    Linting *linting = user;
    const Organization *organization = &material_playbook(linting->workspace->material)->organization;
    g_autoptr(GPtrArray) domains = g_ptr_array_new();

    for (guint i = 0; i < organization->domains->len; i++)
        g_ptr_array_add(domains, g_ptr_array_index(organization->domains, i));
    g_ptr_array_add(domains, NULL);
    linting->source = rendered->source;
    prose_check(&(ProseText){.locale = rendered->source->locale,
                             .channel = linting->channel,
                             .template_name = linting->template_name,
                             .subject = rendered->title,
                             .text = rendered->text,
                             .html = rendered->html,
                             .organization = rendered->organization,
                             .domains = (const char *const *)domains->pdata},
                take_finding, linting);
}

void kit_lint(const Workspace *workspace, const PublishRendering *rendering)
{
    PublishRendering unmarked = *rendering;
    Linting linting = {
        .workspace = workspace, .channel = rendering->set->channel, .template_name = rendering->set->name};
    g_autoptr(Findings) seen = findings_new(); /* its mistakes are reported by whoever renders it for use */

    unmarked.status = INCIDENT_ACTUAL;
    publish_render_set(&unmarked, lint, &linting, seen);
}

/* Writing --------------------------------------------------------------------------------------------------------- */

typedef struct Writing {
    const char *folder;
    const char *sheet;
    GPtrArray *files;
    GError **error;
    bool has_failed;
} Writing;

static bool make_folders(const char *path, GError **error)
{
    if (g_mkdir_with_parents(path, 0755) == 0)
        return true;
    error_set(error, BREACH_ERROR_CREATE, "announce-folder", "cannot create %s: %s", path, g_strerror(errno));
    return false;
}

static bool write_file(const char *folder, const char *name, const char *text, GPtrArray *files, GError **error)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);

    if (!make_folders(folder, error) || !file_write(path, text, strlen(text), 0644, error))
        return false;
    g_ptr_array_add(files, g_steal_pointer(&path));
    return true;
}

static void write_sheet(const PublishRendered *rendered, void *user)
{
    Writing *writing = user;
    g_autofree char *folder = g_build_filename(writing->folder, rendered->source->locale, NULL);
    g_autofree char *name = g_strconcat(writing->sheet, ".txt", NULL);
    g_autofree char *text = g_strdup_printf("%s\n\n%s%s", rendered->title, rendered->text,
                                            g_str_has_suffix(rendered->text, "\n") ? "" : "\n");

    if (!writing->has_failed)
        writing->has_failed = !write_file(folder, name, text, writing->files, writing->error);
}

static void take_nothing(const PublishRendered *rendered, void *user)
{
    (void)rendered;
    (void)user;
}

/* One sheet in each of its languages; `writing` NULL: only looked at, so that nothing is half written. */
static bool make_sheet(const Workspace *workspace, const char *sheet, Writing *writing)
{
    const Playbook *playbook = material_playbook(workspace->material);
    g_autoptr(Findings) said = findings_new();
    Findings *findings = writing ? said : workspace->findings;
    g_autoptr(TemplateSet) set = load_template(KIT_TEMPLATE, sheet, playbook->folder, workspace->data,
                                               position_make(playbook->path, 0, 0), findings);
    const PublishRendering rendering = {.playbook = playbook,
                                        .status = material_status(workspace->material),
                                        .set = set,
                                        .own = playbook->announcement ? playbook->announcement->own : NULL};

    if (!set)
        return false;
    publish_drop_unwritten(set, playbook);
    if (writing) {
        writing->sheet = sheet;
        return publish_render_set(&rendering, write_sheet, writing, findings) && !writing->has_failed;
    }
    kit_lint(workspace, &rendering);
    return publish_render_set(&rendering, take_nothing, NULL, findings);
}

bool kit_write(const Workspace *workspace, const char *folder, GPtrArray *files, GError **error)
{
    static const char *const sheets[] = {"holding", "questions", "staff"};
    Writing writing = {.folder = folder, .files = files, .error = error};
    bool is_right = true;

    for (size_t i = 0; i < G_N_ELEMENTS(sheets); i++)
        is_right = make_sheet(workspace, sheets[i], NULL) && is_right;
    for (size_t i = 0; i < G_N_ELEMENTS(sheets) && is_right; i++)
        is_right = make_sheet(workspace, sheets[i], &writing);
    return is_right;
}

bool kit_draft(const PublishPlan *plan, const char *folder, GPtrArray *files, GError **error)
{
    for (guint i = 0; i < plan->texts->len; i++) {
        const PublishText *text = g_ptr_array_index(plan->texts, i);
        g_autofree char *page_name = g_strconcat(text->slug, ".html", NULL);
        g_autofree char *text_name = g_strconcat(text->slug, ".txt", NULL);
        g_autofree char *plain =
            g_strdup_printf("%s\n\n%s%s", text->title, text->text, g_str_has_suffix(text->text, "\n") ? "" : "\n");
        g_autofree char *page = announce_page(
            &(AnnounceItem){.slug = text->slug, .locale = text->locale, .title = text->title, .html = text->html});

        if (!write_file(folder, page_name, page, files, error) || !write_file(folder, text_name, plain, files, error))
            return false;
    }
    return true;
}
