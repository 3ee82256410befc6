#include "cli/preview.h"

#include <string.h>

#include "base/error.h"
#include "base/language.h"
#include "base/text.h"
#include "cli/planning.h"
#include "dispatch/freeze.h"
#include "ledger/ledger_select.h"
#include "report/reason.h"

/* Choosing -------------------------------------------------------------------------------------------------------- */

/* The channel of the notice that was asked for: its first, unless --channel names another way of its ladder; NULL: it
 * has no such message. */
static const char *asked_channel(const Preview *preview, const char *audience, const PlanNotice *notice)
{
    const Options *options = preview->workspace->options;

    if (notice->count == 0 || (options->audience && strcmp(options->audience, audience) != 0))
        return NULL;
    if (!options->channel || strcmp(options->channel, notice->channel) == 0)
        return notice->channel;
    for (size_t i = 0; i < notice->rung_count; i++)
        if (strcmp(options->channel, notice->rungs[i]) == 0)
            return notice->rungs[i];
    return NULL;
}

static void keep_reason(Preview *preview, const char *audience, const PlanNotice *notice)
{
    GString *text = g_string_new(preview->reason ? preview->reason : "");
    g_autofree char *words = reason_text(notice->reason);

    if (text->len > 0)
        g_string_append(text, _("; "));
    if (notice->count == 0)
        g_string_append_printf(text, "%s%s%s", audience, *audience ? _(": ") : "", words);
    else
        g_string_append_printf(text, "%s%s%s", audience, _(": "), notice->channel);
    g_free(preview->reason);
    preview->reason = g_string_free(text, FALSE);
}

static void keep_notice(Preview *preview, const Audience *audience, const PlanNotice *notice, const char *channel,
                        const FreezeView *view)
{
    Material *material = preview->workspace->material;
    const MaterialText *text = material_text(material, notice->audience, channel, notice->locale, view->is_update,
                                             preview->workspace->findings);
    g_autoptr(GString) others = g_string_new(NULL);
    PlanEndpoints endpoints;

    plan_endpoints(view->rules, view->person, audience, plan_channel(channel), &endpoints, NULL, NULL);
    for (size_t i = 1; i < endpoints.count; i++)
        g_string_append_printf(others, "%s%s", i > 1 ? ", " : "", endpoints.items[i]);
    preview->audience = g_strdup(audience->id);
    preview->channel = g_strdup(channel);
    preview->locale = g_strdup(notice->locale);
    preview->endpoint = g_strdup(endpoints.count > 0 ? endpoints.items[0] : "");
    preview->others = others->len > 0 ? g_strdup(others->str) : NULL;
    preview->body = g_strdup(text->body);
    preview->data = g_strdup(view->data);
    plan_endpoints_clear(&endpoints);
}

/* The first message that fits what was asked for. */
static void look(const FreezeView *view, void *user)
{
    Preview *preview = user;
    const GPtrArray *audiences = material_playbook(preview->workspace->material)->audiences;

    for (size_t i = 0; i < view->decision->count; i++) {
        const PlanNotice *notice = &view->decision->notices[i];
        const Audience *audience =
            notice->audience < audiences->len ? g_ptr_array_index(audiences, notice->audience) : NULL;
        const char *channel = audience ? asked_channel(preview, audience->id, notice) : NULL;

        if (!preview->audience && channel)
            keep_notice(preview, audience, notice, channel, view);
        else
            keep_reason(preview, audience ? audience->id : "", notice);
    }
}

static void refuse_missing(const char *person, const GPtrArray *near, GError **error)
{
    g_ptr_array_add((GPtrArray *)near, NULL);
    const char *nearest = text_nearest(person, (const char *const *)near->pdata);

    if (nearest)
        error_set(error, BREACH_ERROR_INPUT, "preview-person",
                  "the people file has nobody with the id %s: did you mean %s?", person, nearest);
    else
        error_set(error, BREACH_ERROR_INPUT, "preview-person", "the people file has nobody with the id %s", person);
}

/* What the ledger knows, if there is one: whether this person has been told, and when the first notice went out. */
static bool ask_ledger(const Workspace *workspace, bool *told, GError **error)
{
    const LedgerFilter filter = {.states = SELECT_STATE(MESSAGE_ACCEPTED) | SELECT_STATE(MESSAGE_DELIVERED),
                                 .person = workspace->options->person};
    g_autoptr(Ledger) ledger = NULL;
    g_autoptr(GPtrArray) matches = NULL;

    *told = false;
    if (!ledger_exists(workspace_backend(), workspace->folder))
        return planning_first_notice(workspace, NULL, error);
    ledger = workspace_ledger(workspace, error);
    if (!ledger || !planning_first_notice(workspace, ledger, error))
        return false;
    matches = ledger_select(ledger, &filter, 0, 1, error);
    *told = matches && matches->len > 0;
    return matches != NULL;
}

/* In a later edition whoever was told gets the update, and everybody else a first notice in the newest words. */
static bool set_kind(Preview *preview, GError **error)
{
    const Workspace *workspace = preview->workspace;
    const char *kind = workspace->options->edition_kind;
    bool has_update = material_playbook(workspace->material)->update != NULL;

    if (kind && strcmp(kind, "update") != 0 && strcmp(kind, "first") != 0)
        error_set(error, BREACH_ERROR_INPUT, "preview-kind", "--edition-kind is first or update, not %s", kind);
    else if (kind && strcmp(kind, "update") == 0 && !has_update)
        error_set(error, BREACH_ERROR_INPUT, "preview-kind", "the playbook has no update: its edition is the first");
    else if (!has_update)
        return true;
    else if (ask_ledger(workspace, &preview->is_update, error)) {
        preview->is_update = kind ? strcmp(kind, "update") == 0 : preview->is_update;
        return true;
    }
    return false;
}

bool preview_choose(Preview *preview, GError **error)
{
    Workspace *workspace = preview->workspace;
    const char *person = workspace->options->person;
    g_autoptr(GPtrArray) near = g_ptr_array_new_with_free_func(g_free);
    int rows;

    if (!set_kind(preview, error))
        return false;
    rows = freeze_one(workspace->material, person, preview->is_update, look, preview, near, workspace->findings);
    if (rows == 0 && findings_errors(workspace->findings, FINDING_SEND) > 0)
        return false;
    if (rows == 0)
        refuse_missing(person, near, error);
    else if (rows > 1)
        error_set(
            error, BREACH_ERROR_INPUT, "preview-twice",
            "the id %s stands in %d rows of the people file: the plan quarantines them all; give each person one row",
            person, rows);
    else if (rows == 1 && !preview->audience)
        error_set(error, BREACH_ERROR_INPUT, "preview-none", "%s would get no such message (%s)", person,
                  preview->reason ? preview->reason : "");
    return rows == 1 && preview->audience && preview->body;
}

void preview_clear(Preview *preview)
{
    g_free(preview->audience);
    g_free(preview->channel);
    g_free(preview->locale);
    g_free(preview->endpoint);
    g_free(preview->others);
    g_free(preview->body);
    g_free(preview->data);
    g_free(preview->reason);
}

/* Rendering ------------------------------------------------------------------------------------------------------- */

void preview_rendered_clear(PreviewRendered *rendered)
{
    render_text_free(rendered->text);
    render_scratch_free(rendered->scratch);
}

/* The same text version, person and gateway as a plan would freeze them, by the renderer that sends. */
bool preview_render(const Preview *preview, const Gateway *gateway, const char *test, PreviewRendered *rendered,
                    GError **error)
{
    const char *const people[] = {preview->data, NULL};
    const RenderRequest request = {.id = preview->id,
                                   .recipient = test ? test : preview->endpoint,
                                   .from = gateway->from,
                                   .from_name = gateway->from_name,
                                   .reply_to = gateway->reply_to,
                                   .people = people,
                                   .date = preview->date,
                                   .is_test = test != NULL};

    rendered->scratch = render_scratch_new();
    rendered->text = render_text_new(preview->body, error);
    if (rendered->text && strcmp(preview->channel, "email") == 0 &&
        !render_message(rendered->text, rendered->scratch, &request, &rendered->data, &rendered->size, error))
        return false;
    if (!rendered->text || !render_parts(rendered->text, rendered->scratch, &request, &rendered->parts, error))
        return false;
    if (!rendered->data) {
        rendered->data = rendered->parts.text;
        rendered->size = strlen(rendered->parts.text);
    }
    return true;
}

/* What brings this message to people; when the gateway did not take the test, what finds out why. */
char *preview_next(const Preview *preview, bool is_well)
{
    const Workspace *workspace = preview->workspace;
    const char *command = "check";

    if (is_well && material_status(workspace->material) == INCIDENT_EXERCISE)
        command = "notify";
    else if (is_well)
        command = ledger_exists(workspace_backend(), workspace->folder) ? "status" : "plan";
    return g_strdup_printf("breach %s %s%s", command, workspace->typed, workspace->mode);
}
