/* breach record response: a response step of the playbook was started, or is done. */
#include "cli/record_case.h"

#include <string.h>

#include "base/error.h"
#include "base/language.h"
#include "base/text.h"
#include "cli/exit_code.h"
#include "model/case_response.h"

static bool find_step(const Response *response, const char *id, const ResponseStep **step, GError **error)
{
    g_autofree const char **ids = response_step_ids(response);
    g_autofree char *all = g_strjoinv(", ", (char **)ids);

    *step = response_step(response, id);
    if (*step)
        return true;
    if (!*ids)
        error_set(error, BREACH_ERROR_INPUT, "response-none",
                  "the playbook has no response steps: write response: [{id: contain, kind: contain, owner: …}]");
    else
        error_set(error, BREACH_ERROR_INPUT, "response-step", "the playbook has no response step %s: it has %s", id,
                  all);
    return false;
}

static const CaseResponse *progress_of(const GPtrArray *responses, const ResponseStep *step)
{
    for (guint i = 0; i < responses->len; i++) {
        const CaseResponse *one = g_ptr_array_index(responses, i);

        if (one->step == step)
            return one;
    }
    return NULL;
}

/* What is said twice counts once; what is done was not only started. *news: whether it is to be written. */
static bool check_order(const CaseResponse *progress, bool is_done, const Moment *at, bool *news, GError **error)
{
    *news = progress->state == CASE_RESPONSE_OPEN || (is_done && progress->state == CASE_RESPONSE_STARTED);
    if (!*news || !is_done || progress->state == CASE_RESPONSE_OPEN || at->at >= progress->started_at.at)
        return true;
    error_set(error, BREACH_ERROR_INPUT, "response-order", "%s cannot be done before it was started: correct --at",
              progress->step->id);
    return false;
}

static int tell(const RecordCase *record, const ResponseStep *step, const char *outcome, bool news)
{
    g_autofree char *english = news ? g_strdup_printf("recorded: %s is %s", step->id, outcome)
                                    : g_strdup_printf("%s: known already, nothing was changed", step->id);
    g_autofree char *shown = news ? g_strdup_printf(_("recorded: %s is %s"), step->id, _(outcome))
                                  : g_strdup_printf(_("%s: known already, nothing was changed"), step->id);

    return record_case_tell(record, &(RecordTold){.kind = "response",
                                                  .subject = step->id,
                                                  .english = english,
                                                  .shown = shown,
                                                  .command = "status",
                                                  .changed = news,
                                                  .applied = true});
}

static int record_step(RecordCase *record, void *user)
{
    const Options *options = user;
    const Response *response = material_playbook(record->workspace->material)->response;
    g_autoptr(GPtrArray) responses = NULL;
    g_autoptr(GError) error = NULL;
    g_autofree char *written = NULL;
    const ResponseStep *step;
    Moment at;
    bool news;

    if (!find_step(response, options->words[1], &step, &error) ||
        !record_case_time("at", options->at, record->now, &at, &error))
        return record_fail(error);
    responses = case_responses(record->lawbook->state, response);
    if (!check_order(progress_of(responses, step), strcmp(options->outcome, "done") == 0, &at, &news, &error))
        return record_fail(error);
    written = moment_format_rfc3339(at);
    if (news &&
        !record_case_append(record, CASE_RESPONSE,
                            json_pack("{s:s, s:s, s:s, s:s, s:s*}", "step", step->id, "outcome", options->outcome, "at",
                                      written, "by", options->by, "reason", options->reason),
                            &error))
        return record_fail(error);
    return record->overtaken ? EXIT_CODE_TOLD : tell(record, step, options->outcome, news);
}

static bool check_use(const Options *options, GError **error)
{
    static const char *const outcomes[] = {"started", "done", NULL};

    if (!options->words[1]) {
        error_set(error, BREACH_ERROR_INPUT, "record-which-value",
                  "which %s? breach record PLAYBOOK %s NAME, see breach record --help", "response", "response");
        return false;
    }
    if (!options->outcome || !g_strv_contains(outcomes, options->outcome)) {
        error_set(error, BREACH_ERROR_INPUT, "response-outcome", "add --outcome started or --outcome done");
        return false;
    }
    return record_case_by(options, error) && (!options->reason || record_case_line("reason", options->reason, error));
}

int record_response(Workspace *workspace)
{
    g_autoptr(GError) error = NULL;

    if (!check_use(workspace->options, &error))
        return record_misuse(g_steal_pointer(&error));
    return record_case_run(workspace, record_step, (void *)workspace->options);
}
