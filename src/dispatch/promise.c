#include "dispatch/promise.h"

#include <stdarg.h>

#include "base/language.h"
#include "dispatch/promise_private.h"

static PromiseJudge *const judges[POLICY_KINDS] = {
    [POLICY_CONTENT] = promise_judge_content,
    [POLICY_WAYS] = promise_judge_ways,
    [POLICY_ANNOUNCEMENT] = promise_judge_announcement,
    [POLICY_AUTHORITIES] = promise_judge_authorities,
    [POLICY_RESPONSE] = promise_judge_response,
    [POLICY_ENCRYPTION] = promise_judge_encryption,
    [POLICY_REGION] = promise_judge_region,
    [POLICY_CROSS_BORDER] = promise_judge_cross_border,
    [POLICY_NO_UNSUBSCRIBE] = promise_judge_no_unsubscribe,
    [POLICY_LANGUAGES] = promise_judge_languages,
    [POLICY_INQUIRIES] = promise_judge_inquiries,
    [POLICY_COMPLAINT] = promise_judge_complaint,
    [POLICY_RECIPIENTS] = promise_judge_recipients,
    [POLICY_CUSTOMERS] = promise_judge_customers,
    [POLICY_GUARDIANS] = promise_judge_guardians,
    [POLICY_CLOSED_ACCOUNTS] = promise_judge_closed_accounts,
    [POLICY_REHEARSAL] = promise_judge_rehearsal,
};

const char *promise_verdict_name(PromiseVerdict verdict)
{
    static const char *const names[PROMISE_VERDICTS] = {
        [PROMISE_KEPT] = N_("kept"),
        [PROMISE_OTHERWISE] = N_("kept-otherwise"),
        [PROMISE_IDLE] = N_("nothing-to-do"),
        [PROMISE_BROKEN] = N_("broken"),
    };

    return names[verdict];
}

/* To whom it applies --------------------------------------------------------------------------------------------- */

bool promise_applies(const Policy *policy, const PolicyEntry *entry, const Audience *audience)
{
    if (entry->audiences && !g_ptr_array_find_with_equal_func(entry->audiences, audience->id, g_str_equal, NULL))
        return false;
    /* an organisation's contact is told as ours, whoever decides about the data of its people */
    return policy->capacities[audience->capacity] &&
           (policy->customer_data || audience->capacity == CAPACITY_ORGANIZATION ||
            audience->controller != CONTROLLER_CUSTOMER);
}

const Audience *promise_audience(const PromiseCase *judged, guint *index)
{
    const GPtrArray *audiences = judged->playbook->audiences;

    while (*index < audiences->len) {
        const Audience *audience = g_ptr_array_index(audiences, (*index)++);

        if (promise_applies(judged->policy, judged->entry, audience))
            return audience;
    }
    return NULL;
}

/* What is asked of texts ----------------------------------------------------------------------------------------- */

static void free_list(gpointer list)
{
    g_ptr_array_unref(list);
}

/* Of each policy two lists: what everybody is told, and where to complain, which no organisation is. */
#define LISTS 2

static void ask_of_text(GPtrArray *asked, const Policy *policy, const PolicyPromise *promise)
{
    static const char *const complaint[] = {"complaint", NULL};
    bool is_content = promise->kind == POLICY_CONTENT;
    GPtrArray *list = g_ptr_array_index(asked, asked->len - (is_content ? LISTS : 1));
    CoverageRequirement *requirement;

    if (!is_content && promise->kind != POLICY_COMPLAINT)
        return;
    requirement = coverage_require(list, policy->id, promise->id, regime_text(promise->text, language_name()), NULL,
                                   is_content ? (const char *const *)promise->list : complaint);
    requirement->is_soft = promise->is_inferred;
    requirement->allows_unknown = true; /* no policy asks for what nobody knows yet */
}

GPtrArray *promise_asked(const Material *material)
{
    const GPtrArray *policies = material_statutes(material)->policies;
    GPtrArray *asked = g_ptr_array_new_with_free_func(free_list);

    for (guint i = 0; i < policies->len; i++) {
        const Policy *policy = g_ptr_array_index(policies, i);

        for (int j = 0; j < LISTS; j++)
            g_ptr_array_add(asked, coverage_list_new());
        for (guint j = 0; policy && j < policy->promises->len; j++)
            ask_of_text(asked, policy, g_ptr_array_index(policy->promises, j));
    }
    return asked;
}

void promise_ask(const Material *material, const GPtrArray *asked, size_t audience, GPtrArray *lists)
{
    const Playbook *playbook = material_playbook(material);
    const Audience *reader = g_ptr_array_index(playbook->audiences, audience);

    for (guint i = 0; i < asked->len; i++) {
        const Policy *policy = g_ptr_array_index(material_statutes(material)->policies, i / LISTS);
        GPtrArray *list = g_ptr_array_index(asked, i);
        bool is_complaint = i % LISTS == LISTS - 1;

        if (list->len > 0 && promise_applies(policy, g_ptr_array_index(playbook->policies, i / LISTS), reader) &&
            (!is_complaint || reader->capacity != CAPACITY_ORGANIZATION))
            g_ptr_array_add(lists, list);
    }
}

/* Judging -------------------------------------------------------------------------------------------------------- */

static char *worded(const char *format, va_list arguments) G_GNUC_PRINTF(1, 0);

static char *worded(const char *format, va_list arguments)
{
    va_list again;
    char *text;

    va_copy(again, arguments);
    text = g_strdup_vprintf(format, again);
    va_end(again);
    return text;
}

void promise_say(const PromiseCase *judged, PromiseVerdict verdict, const char *format, ...)
{
    va_list arguments;

    g_free(judged->row->text);
    g_free(judged->row->english);
    judged->row->verdict = verdict;
    va_start(arguments, format);
    judged->row->english = worded(format, arguments);
    judged->row->text = worded(language_text(format), arguments);
    va_end(arguments);
}

static void free_row(gpointer data)
{
    PromiseRow *row = data;

    g_free(row->text);
    g_free(row->english);
    g_free(row);
}

static void judge_policy(const PromiseRequest *request, const Policy *policy, const PolicyEntry *entry,
                         PromiseReport *report)
{
    for (guint i = 0; i < policy->promises->len; i++) {
        PromiseCase judged = {.request = request,
                              .playbook = material_playbook(request->material),
                              .policy = policy,
                              .entry = entry,
                              .promise = g_ptr_array_index(policy->promises, i),
                              .row = g_new0(PromiseRow, 1)};

        *judged.row = (PromiseRow){.policy = policy, .entry = entry, .promise = judged.promise};
        judges[judged.promise->kind](&judged);
        g_ptr_array_add(report->rows, judged.row);
    }
}

PromiseReport *promise_report(const PromiseRequest *request)
{
    const Playbook *playbook = material_playbook(request->material);
    const GPtrArray *policies = material_statutes(request->material)->policies;
    PromiseReport *report = g_new0(PromiseReport, 1);

    report->rows = g_ptr_array_new_with_free_func(free_row);
    for (guint i = 0; i < policies->len; i++) {
        const Policy *policy = g_ptr_array_index(policies, i);

        if (policy)
            judge_policy(request, policy, g_ptr_array_index(playbook->policies, i), report);
    }
    return report;
}

void promise_report_free(PromiseReport *report)
{
    if (!report)
        return;
    g_ptr_array_unref(report->rows);
    g_free(report);
}

size_t promise_count(const PromiseReport *report, PromiseVerdict verdict)
{
    size_t count = 0;

    for (guint i = 0; i < report->rows->len; i++)
        count += ((const PromiseRow *)g_ptr_array_index(report->rows, i))->verdict == verdict;
    return count;
}
