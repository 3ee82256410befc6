#include "dispatch/coverage_text.h"

#include <string.h>

#include "model/prose.h"
#include "model/template.h"

enum { SUBJECT, TEXT, HTML, PARTS }; /* as render_marks() counts them */

/* Which contents have words. */
static CoverageSet spoken(const GArray *spans, const char *rendered, bool is_html)
{
    CoverageSet set = 0;

    for (guint i = 0; i < spans->len; i++) {
        const TemplateSpan *span = &g_array_index(spans, TemplateSpan, i);

        if (coverage_has_words(rendered + span->from, span->to - span->from, is_html))
            set |= coverage_bit(span->name + strlen(COVERAGE_MARK));
    }
    return set;
}

static CoverageSet marked(const RenderText *text, int part)
{
    CoverageSet set = 0;
    size_t count = 0;
    const TemplateMark *marks = render_marks(text, part, &count);

    for (size_t i = 0; i < count; i++)
        set |= coverage_bit(marks[i].name + strlen(COVERAGE_MARK));
    return set;
}

static bool is_said(const json_t *value)
{
    const char *key;
    json_t *member;

    if (json_is_object(value)) {
        json_object_foreach((json_t *)value, key, member) if (is_said(member)) return true;
        return false;
    }
    return json_is_array(value) ? json_array_size(value) > 0 : json_string_length(value) > 0;
}

/* What the playbook has words for. */
static CoverageSet known_to(const json_t *context)
{
    CoverageSet set = 0;
    size_t count = 0;
    const CoverageContent *contents = coverage_contents(&count);

    for (size_t i = 0; i < count; i++) {
        g_auto(GStrv) path = g_strsplit(contents[i].value ? contents[i].value : "", ".", -1);
        const json_t *value = context;

        for (char **key = path; *key && value; key++)
            value = json_object_get(value, *key);
        if (*path && is_said(value))
            set |= (CoverageSet)1 << i;
    }
    return set;
}

/* Renders once; the contents of each part. The parts stay in the scratch. */
static bool read_once(const RenderText *text, RenderScratch *scratch, const char *kinds, const char *const *without,
                      CoverageSet sets[PARTS], RenderParts *parts, GError **error)
{
    GArray *spans[PARTS];
    bool ok;

    for (int i = 0; i < PARTS; i++)
        spans[i] = g_array_new(FALSE, FALSE, sizeof(TemplateSpan));
    ok = render_spans(text, scratch, kinds, without, spans, parts, error);
    if (ok) {
        sets[SUBJECT] = spoken(spans[SUBJECT], parts->subject, false);
        sets[TEXT] = spoken(spans[TEXT], parts->text, false);
        sets[HTML] = spoken(spans[HTML], parts->html, true);
    }
    for (int i = 0; i < PARTS; i++)
        g_array_unref(spans[i]);
    return ok;
}

/* A letter prints its subject above the text, as an in-product notice does. */
static char **lines_of(const char *subject, const char *rendered)
{
    g_autofree char *shown = g_strconcat(subject ? subject : "", "\n", rendered, NULL);
    g_autofree char *visible = prose_visible(shown);
    char **lines = g_strsplit(visible, "\n", -1);

    for (char **line = lines; *line; line++)
        g_strstrip(*line);
    return lines;
}

static void take_part(CoverageReading *reading, const RenderText *text, int part, const RenderParts *parts,
                      const CoverageSet full[PARTS], const CoverageSet known[PARTS])
{
    CoveragePart *taken = &reading->parts[reading->count++];
    CoverageSet covered = full[SUBJECT] | full[part];

    *taken = (CoveragePart){
        .name = part == HTML ? "html" : "txt",
        .text = {.marked = marked(text, SUBJECT) | marked(text, part),
                 .covered = covered,
                 .unknown = covered & ~(known[SUBJECT] | known[part]),
                 .known = known_to(render_context(text))},
        .lines = lines_of(parts->html ? NULL : parts->subject, part == HTML ? parts->html : parts->text)};
}

bool coverage_read(const RenderText *text, RenderScratch *scratch, const char *kinds, const char *const *unknown,
                   CoverageReading *reading, GError **error)
{
    CoverageSet full[PARTS] = {0}, known[PARTS] = {0};
    RenderParts parts;

    memset(reading, 0, sizeof *reading);
    if (unknown && *unknown && !read_once(text, scratch, kinds, unknown, known, &parts, error))
        return false;
    if (!read_once(text, scratch, kinds, NULL, full, &parts, error))
        return false;
    if (!unknown || !*unknown)
        memcpy(known, full, sizeof known);
    take_part(reading, text, TEXT, &parts, full, known);
    if (parts.html)
        take_part(reading, text, HTML, &parts, full, known);
    reading->is_pointer = true;
    for (size_t i = 0; i < reading->count; i++)
        reading->is_pointer = reading->is_pointer && reading->parts[i].text.covered & coverage_bit("full_text");
    return true;
}

void coverage_reading_forget(CoverageReading *reading)
{
    for (size_t i = 0; i < reading->count; i++)
        g_clear_pointer(&reading->parts[i].lines, g_strfreev);
}

void coverage_reading_clear(CoverageReading *reading)
{
    coverage_reading_forget(reading);
    memset(reading, 0, sizeof *reading);
}

CoverageVerdict coverage_reading_judge(const CoverageReading *reading, const CoverageRequirement *requirement,
                                       CoverageSet *lacking, const char **part)
{
    CoverageVerdict worst = reading->count > 0 ? COVERAGE_MET : COVERAGE_MISSING;

    if (lacking)
        *lacking = reading->count > 0 ? 0 : requirement->content;
    for (size_t i = 0; i < reading->count; i++) {
        const CoveragePart *one = &reading->parts[i];
        CoverageSet missing = 0;
        CoverageVerdict verdict = coverage_judge(requirement, &one->text, (const char *const *)one->lines, &missing);

        if (verdict <= worst)
            continue;
        worst = verdict;
        if (lacking)
            *lacking = missing;
        if (part)
            *part = one->name;
    }
    return worst;
}
