#include "base/finding.h"

#include <string.h>

#include "base/diagnostic.h"
#include "base/language.h"

struct Findings {
    GPtrArray *entries;          /* owned Finding */
    size_t errors[FINDING_SEND + 1];
    size_t warnings;
    bool sorted;
};

static void finding_free(gpointer data)
{
    Finding *finding = data;

    g_free(finding->text);
    g_free(finding);
}

Findings *findings_new(void)
{
    Findings *findings = g_new0(Findings, 1);

    findings->entries = g_ptr_array_new_with_free_func(finding_free);
    return findings;
}

void findings_free(Findings *findings)
{
    if (!findings)
        return;
    g_ptr_array_unref(findings->entries);
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

/* What is quoted comes from files: it is not to move a terminal's cursor, or to begin a line of its own. The controls
 * of ISO 6429 beyond ASCII are two octets of UTF-8. */
static void tame(char *text)
{
    for (; *text; text++) {
        bool is_c1 = text[0] == '\xc2' && (text[1] & '\xe0') == '\x80';

        if (is_c1)
            *text++ = '?';
        if (is_c1 || g_ascii_iscntrl(*text))
            *text = '?';
    }
}

static void add(Findings *findings, Finding entry, const char *format, va_list arguments) G_GNUC_PRINTF(3, 0);

static void add(Findings *findings, Finding entry, const char *format, va_list arguments)
{
    Finding *finding = g_new(Finding, 1);

    *finding = entry;
    finding->text = g_strdup_vprintf(language_text(format), arguments);
    drop_code(finding->text);
    tame(finding->text);
    g_ptr_array_add(findings->entries, finding);
    findings->sorted = false;
    if (entry.severity == FINDING_ERROR)
        findings->errors[entry.stage]++;
    else
        findings->warnings++;
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
    const char *severity = finding->severity == FINDING_ERROR ? _("error: ") : _("warning: ");
    const char *code = finding_code(finding);

    /* what was typed as an option stands in no file */
    return g_strconcat(finding->at.file ? at : "", finding->at.file ? ": " : "", severity, finding->text,
                       code ? " [" : "", code ? code : "", code ? "]" : "", NULL);
}
