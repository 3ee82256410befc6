#include "model/policy.h"

#include <string.h>

#include "base/language.h"

static const char *const kinds[POLICY_KINDS + 1] = {
    [POLICY_CONTENT] = "content",
    [POLICY_WAYS] = "ways",
    [POLICY_ANNOUNCEMENT] = "announcement",
    [POLICY_AUTHORITIES] = "authorities",
    [POLICY_RESPONSE] = "response",
    [POLICY_ENCRYPTION] = "encryption",
    [POLICY_REGION] = "region",
    [POLICY_CROSS_BORDER] = "cross-border",
    [POLICY_NO_UNSUBSCRIBE] = "no-unsubscribe",
    [POLICY_LANGUAGES] = "languages",
    [POLICY_INQUIRIES] = "inquiries",
    [POLICY_COMPLAINT] = "complaint",
    [POLICY_RECIPIENTS] = "recipients",
    [POLICY_CUSTOMERS] = "customers",
    [POLICY_GUARDIANS] = "guardians",
    [POLICY_CLOSED_ACCOUNTS] = "closed-accounts",
    [POLICY_REHEARSAL] = "rehearsal",
};

static const char *const words[POLICY_KINDS] = {
    [POLICY_CONTENT] = N_("what a notice says"),
    [POLICY_WAYS] = N_("the ways by which people are told"),
    [POLICY_ANNOUNCEMENT] = N_("a public announcement"),
    [POLICY_AUTHORITIES] = N_("reports to authorities"),
    [POLICY_RESPONSE] = N_("steps of the response"),
    [POLICY_ENCRYPTION] = N_("encryption of what is handed over"),
    [POLICY_REGION] = N_("where people's data stays"),
    [POLICY_CROSS_BORDER] = N_("what comes before data leaves its region"),
    [POLICY_NO_UNSUBSCRIBE] = N_("notices that nobody can opt out of"),
    [POLICY_LANGUAGES] = N_("the languages of notices"),
    [POLICY_INQUIRIES] = N_("answers to whoever asks"),
    [POLICY_COMPLAINT] = N_("the authorities that a notice names"),
    [POLICY_RECIPIENTS] = N_("each recipient of an account"),
    [POLICY_CUSTOMERS] = N_("customers, and their own people"),
    [POLICY_GUARDIANS] = N_("minors, through their guardians"),
    [POLICY_CLOSED_ACCOUNTS] = N_("whoever has closed an account"),
    [POLICY_REHEARSAL] = N_("rehearsals"),
};

static const char *const ways[] = {"email", "sms",   "push",         "letter",        "phone", "webhook",
                                   "im",    "voice", "announcement", "formal-letter", NULL};

static const char *const needs[] = {"basis", "purpose", "recipient", "safeguards", "risks", "consent", NULL};

const char *const *policy_ways(void)
{
    return ways;
}

const char *const *policy_needs(void)
{
    return needs;
}

const char *policy_kind_name(PolicyKind kind)
{
    return kinds[kind];
}

const char *const *policy_kind_names(void)
{
    return kinds;
}

const char *policy_kind_words(PolicyKind kind)
{
    return words[kind];
}

/* Promises ------------------------------------------------------------------------------------------------------- */

const PolicyPromise *policy_promise(const Policy *policy, const char *id)
{
    for (guint i = 0; i < policy->promises->len; i++) {
        const PolicyPromise *promise = g_ptr_array_index(policy->promises, i);

        if (strcmp(promise->id, id) == 0)
            return promise;
    }
    return NULL;
}

bool policy_has(const Policy *policy, PolicyKind kind)
{
    for (guint i = 0; i < policy->promises->len; i++)
        if (((const PolicyPromise *)g_ptr_array_index(policy->promises, i))->kind == kind)
            return true;
    return false;
}

/* Inquiries ------------------------------------------------------------------------------------------------------ */

bool policy_answers_sooner(const InquiryRule *a, const InquiryRule *b)
{
    return a->days > 0 && (b->days == 0 || a->days <= b->days) &&
           (a->from == INQUIRY_FROM_RECEIVED || b->from == INQUIRY_FROM_VERIFIED || b->days == 0) &&
           (a->count == INQUIRY_CALENDAR_DAYS || b->count == INQUIRY_BUSINESS_DAYS || b->days == 0) &&
           (a->extension <= b->extension || b->days == 0);
}

/* In calendar days, about, for choosing: five working days are a week. */
static int length_of(const InquiryRule *rule)
{
    return rule->count == INQUIRY_BUSINESS_DAYS ? rule->days * 7 / 5 : rule->days;
}

static bool is_before(const InquiryRule *a, const InquiryRule *b)
{
    int difference = length_of(a) - length_of(b);

    return difference < 0 || (difference == 0 && a->from == INQUIRY_FROM_RECEIVED && b->from == INQUIRY_FROM_VERIFIED);
}

static void choose(const Policy *policy, const InquiryRule **best, const Policy **owner)
{
    for (guint i = 0; i < policy->promises->len; i++) {
        const PolicyPromise *promise = g_ptr_array_index(policy->promises, i);

        if (promise->kind != POLICY_INQUIRIES || promise->rule.days == 0 ||
            (*best && !is_before(&promise->rule, *best)))
            continue;
        *best = &promise->rule;
        *owner = policy;
    }
}

const InquiryRule *policy_inquiries(const GPtrArray *policies, const Policy **policy)
{
    const InquiryRule *best = NULL;
    const Policy *owner = NULL;

    for (guint i = 0; i < policies->len; i++) {
        const Policy *one = g_ptr_array_index(policies, i);

        if (one)
            choose(one, &best, &owner);
    }
    if (policy)
        *policy = owner;
    return best;
}

/* Memory --------------------------------------------------------------------------------------------------------- */

static void free_promise(gpointer data)
{
    policy_promise_free(data);
}

static void free_note(gpointer data)
{
    policy_note_free(data);
}

Policy *policy_new(void)
{
    Policy *policy = g_new0(Policy, 1);

    policy->promises = g_ptr_array_new_with_free_func(free_promise);
    policy->notes = g_ptr_array_new_with_free_func(free_note);
    return policy;
}

void policy_free(Policy *policy)
{
    if (!policy)
        return;
    g_free(policy->id);
    locale_text_free(policy->name);
    g_free(policy->published);
    locale_text_free(policy->applies_text);
    g_ptr_array_unref(policy->promises);
    g_ptr_array_unref(policy->notes);
    g_free(policy);
}

void policy_promise_free(PolicyPromise *promise)
{
    if (!promise)
        return;
    g_free(promise->id);
    locale_text_free(promise->text);
    g_strfreev(promise->list);
    g_free(promise->region);
    g_free(promise->rule.calendar);
    g_clear_pointer(&promise->authorities, g_ptr_array_unref);
    g_free(promise);
}

void policy_note_free(PolicyNote *note)
{
    if (!note)
        return;
    g_free(note->id);
    locale_text_free(note->text);
    g_free(note);
}

PolicyEntry *policy_entry_new(void)
{
    return g_new0(PolicyEntry, 1);
}

void policy_entry_free(PolicyEntry *entry)
{
    if (!entry)
        return;
    g_free(entry->id);
    g_clear_pointer(&entry->audiences, g_ptr_array_unref);
    g_free(entry);
}
