#include "base/finding.h"

#include <string.h>

#include "base/diagnostic.h"
#include "base/language.h"
#include "base/text.h"

struct Findings {
    GPtrArray *entries;          /* owned Finding */
    size_t errors[FINDING_SEND + 1];
    size_t warnings;
    size_t passed;
    bool sorted;
    GPtrArray *accepted;         /* owned FindingAccepted */
};

static void finding_free(gpointer data)
{
    Finding *finding = data;

    g_free(finding->text);
    g_free(finding->english);
    g_free(finding);
}

static void accepted_free(gpointer data)
{
    FindingAccepted *accepted = data;

    g_free(accepted->reason);
    g_free(accepted->by);
    g_free(accepted->about);
    g_free(accepted);
}

Findings *findings_new(void)
{
    Findings *findings = g_new0(Findings, 1);

    findings->entries = g_ptr_array_new_with_free_func(finding_free);
    findings->accepted = g_ptr_array_new_with_free_func(accepted_free);
    return findings;
}

void findings_free(Findings *findings)
{
    if (!findings)
        return;
    g_ptr_array_unref(findings->entries);
    g_ptr_array_unref(findings->accepted);
    g_free(findings);
}

/* An error that is quoted brings its own code along; the finding's says more. */
static void drop_code(char *text)
{
    size_t length = strlen(text);
    char *code = length > 0 && text[length - 1] == ']' ? g_strrstr(text, " [" DIAGNOSTIC_PREFIX) : NULL;

    if (code)
        *code = '\0';
}

/* Judgements about something complete, which somebody may see in another way: the notice is as its author wants it, the
 * promise is kept elsewhere, the deadline is missed with open eyes. Every other error says that something is broken, would reach
 * a wrong reader or would leave its place, or that nobody knows whether it would. */
static const char *const judgements[] = {
    "coverage-missing", "coverage-empty", "coverage-unknown", "coverage-heading", "coverage-channel",
    "policy-broken",   "forecast-late",  "role-joint-they",
};

static bool may_be_accepted(const Finding *finding)
{
    if (finding->severity == FINDING_WARNING)
        return finding->stage != FINDING_FACTS;
    for (size_t i = 0; finding->stage != FINDING_FACTS && i < G_N_ELEMENTS(judgements); i++)
        if (strcmp(judgements[i], finding->id) == 0)
            return true;
    return false;
}

/* What is accepted in one language is so in every one. */
static bool is_of(const FindingAccepted *accepted, const Finding *finding)
{
    return strcmp(accepted->id, finding->id) == 0 &&
           (!accepted->about || strstr(finding->text, accepted->about) ||
            (finding->english && strstr(finding->english, accepted->about)));
}

static void count(Findings *findings, const Finding *finding)
{
    if (finding->accepted)
        findings->passed++;
    else if (finding->severity == FINDING_ERROR)
        findings->errors[finding->stage]++;
    else
        findings->warnings++;
}

static void refuse(Findings *findings, FindingAccepted *accepted, const Finding *finding)
{
    if (accepted->is_refused)
        return;
    accepted->is_refused = true;
    findings_error(findings, finding->stage, "accept-refused", accepted->at,
                   N_("%s cannot be accepted, for what it finds would go wrong whoever takes the responsibility: mend it, and "
                      "remove this entry"),
                   accepted->id);
}

/* Whether an entry lets the finding pass; one that cannot is said to be refused. */
static void judge(Findings *findings, Finding *finding)
{
    for (guint i = 0; i < findings->accepted->len && !finding->accepted; i++) {
        FindingAccepted *accepted = g_ptr_array_index(findings->accepted, i);

        if (!is_of(accepted, finding))
            continue;
        accepted->uses++;
        if (may_be_accepted(finding))
            finding->accepted = accepted;
        else
            refuse(findings, accepted, finding);
    }
}

static void uncount(Findings *findings, const Finding *finding)
{
    if (finding->severity == FINDING_ERROR)
        findings->errors[finding->stage]--;
    else
        findings->warnings--;
}

bool findings_accept(Findings *findings, const char *what, const char *reason, const char *by, const char *about,
                     Position at)
{
    const Diagnostic *diagnostic = diagnostic_find(what);
    FindingAccepted *accepted;
    guint before = findings->entries->len;

    if (!diagnostic)
        return false;
    accepted = g_new0(FindingAccepted, 1);
    *accepted = (FindingAccepted){diagnostic->id, g_strdup(reason), g_strdup(by), g_strdup(about), at, 0, false};
    g_ptr_array_add(findings->accepted, accepted);
    for (guint i = 0; i < before; i++) {
        Finding *finding = g_ptr_array_index(findings->entries, i);

        if (finding->accepted)
            continue;
        judge(findings, finding);
        if (finding->accepted) {
            uncount(findings, finding);
            count(findings, finding);
        }
    }
    return true;
}

size_t findings_accepted_count(const Findings *findings)
{
    return findings->accepted->len;
}

const FindingAccepted *findings_accepted(const Findings *findings, size_t index)
{
    return g_ptr_array_index(findings->accepted, index);
}

static char *worded(const char *format, va_list arguments) G_GNUC_PRINTF(1, 0);

static char *worded(const char *format, va_list arguments)
{
    char *text = g_strdup_vprintf(format, arguments);

    drop_code(text);
    text_tame(text);
    return text;
}

static void add(Findings *findings, Finding entry, const char *format, va_list arguments) G_GNUC_PRINTF(3, 0);

static void add(Findings *findings, Finding entry, const char *format, va_list arguments)
{
    Finding *finding = g_new(Finding, 1);

    *finding = entry;
    if (language_text(format) != format) {
        va_list again;

        va_copy(again, arguments);
        finding->english = worded(format, again);
        va_end(again);
    }
    finding->text = worded(language_text(format), arguments);
    g_ptr_array_add(findings->entries, finding);
    findings->sorted = false;
    judge(findings, finding);
    count(findings, finding);
}

void findings_error(Findings *findings, FindingStage stage, const char *id, Position at, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    add(findings, (Finding){.severity = FINDING_ERROR, .stage = stage, .id = id, .at = at}, format, arguments);
    va_end(arguments);
}

void findings_warning(Findings *findings, FindingStage stage, const char *id, Position at, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    add(findings, (Finding){.severity = FINDING_WARNING, .stage = stage, .id = id, .at = at}, format, arguments);
    va_end(arguments);
}

size_t findings_errors(const Findings *findings, FindingStage stage)
{
    size_t sum = 0;

    for (int i = FINDING_FACTS; i <= (int)stage; i++)
        sum += findings->errors[i];
    return sum;
}

size_t findings_warnings(const Findings *findings)
{
    return findings->warnings;
}

size_t findings_passed(const Findings *findings)
{
    return findings->passed;
}

size_t findings_count(const Findings *findings)
{
    return findings->entries->len;
}

static int by_position(gconstpointer left, gconstpointer right)
{
    const Finding *a = *(Finding *const *)left;
    const Finding *b = *(Finding *const *)right;

    return position_compare(a->at, b->at);
}

const Finding *findings_get(Findings *findings, size_t index)
{
    if (!findings->sorted) {
        g_ptr_array_sort(findings->entries, by_position); /* a stable merge sort in GLib */
        findings->sorted = true;
    }
    return g_ptr_array_index(findings->entries, index);
}

const char *finding_stage_name(FindingStage stage)
{
    static const char *const names[] = {"facts", "report", "send"};

    return names[stage];
}

const char *finding_severity_name(FindingSeverity severity)
{
    return severity == FINDING_ERROR ? "error" : "warning";
}

const char *finding_code(const Finding *finding)
{
    const Diagnostic *diagnostic = diagnostic_of(finding->id);

    return diagnostic ? diagnostic->code : NULL;
}

char *finding_format(const Finding *finding)
{
    g_autofree char *at = position_format(finding->at);
    const char *severity = finding->accepted                    ? _("accepted: ")
                           : finding->severity == FINDING_ERROR ? _("error: ")
                                                                : _("warning: ");
    const char *code = finding_code(finding);
    g_autofree char *who = finding->accepted
                               ? g_strdup_printf(_(", by %s: %s"), finding->accepted->by, finding->accepted->reason)
                               : NULL;

    /* what was typed as an option stands in no file */
    return g_strconcat(finding->at.file ? at : "", finding->at.file ? ": " : "", severity, finding->text,
                       code ? " [" : "", code ? code : "", code ? "]" : "", who ? who : "", NULL);
}
