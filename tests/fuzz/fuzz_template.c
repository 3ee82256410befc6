/* The first byte says how to escape and whether to be strict; then the template, a NUL, and the text of its partial.
 * Rendering is deterministic, leaves the output alone when it fails, and what is escaped cannot leave its place. */
#include "fuzz.h"

#include <string.h>

#include <glib.h>
#include <jansson.h>

#include "model/template.h"

static const char *const values =
    "{\"name\": \"<b>\\\"O'Neil\\\" & co\", \"empty\": \"\", \"none\": null, \"yes\": true,"
    " \"no\": false, \"count\": 3, \"ratio\": 0.5, \"person\": {\"name\": \"张伟\","
    " \"deep\": {\"er\": {\"name\": \"x\"}}}, \"list\": [{\"name\": \"one\"}, {\"name\":"
    " \"two\", \"list\": [1, \"a\", []]}, \"three\"], \"lines\": \"a\\nb\\r\\nc\"}";

static const char *partial(const char *name, void *user)
{
    return strcmp(name, "partial") == 0 ? user : NULL;
}

static void count_fault(Position at, const char *text, void *user)
{
    size_t *faults = user;

    fuzz_require(text && *text && at.line > 0);
    (*faults)++;
}

/* Where the template has no character of HTML and no control, nothing that a value brings in has one. */
static void check_escaped(const char *source, const char *included, TemplateEscape escape, const char *output)
{
    bool is_raw = strstr(source, "{{{") || strchr(source, '&') || strchr(source, '=') || strstr(included, "{{{") ||
                  strchr(included, '&') || strchr(included, '=');

    if (escape == TEMPLATE_ESCAPE_HTML && !is_raw && !strpbrk(source, "<>\"'") && !strpbrk(included, "<>\"'"))
        fuzz_require(!strpbrk(output, "<>\"'"));
    if (escape == TEMPLATE_ESCAPE_HEADER && !strpbrk(source, "\r\n") && !strpbrk(included, "\r\n"))
        fuzz_require(!strpbrk(output, "\r\n"));
}

/* Watching marks changes nothing, and what they render to is part of the text. `wanted`: NULL: it cannot be rendered.
 */
static void check_spans(const Template *template, const json_t *const *contexts, const GString *wanted)
{
    g_autoptr(GArray) spans = g_array_new(FALSE, FALSE, sizeof(TemplateSpan));
    GString *output = g_string_new("before");
    size_t count = 0;
    const TemplateMark *marks = template_marks(template, &count);

    fuzz_require(template_render_spans(template, contexts, 1, output, spans, NULL) == (wanted != NULL));
    fuzz_require(!wanted || g_string_equal(output, wanted));
    for (guint i = 0; wanted && i < spans->len; i++) {
        const TemplateSpan *span = &g_array_index(spans, TemplateSpan, i);

        fuzz_require(span->from >= strlen("before") && span->from <= span->to && span->to <= output->len);
    }
    for (size_t i = 0; i < count; i++)
        fuzz_require(marks[i].name && *marks[i].name && marks[i].at.line > 0);
    g_string_free(output, TRUE);
}

static void check_render(const Template *template, const char *source, const char *included, TemplateEscape escape)
{
    json_t *context = json_loads(values, 0, NULL);
    const json_t *contexts[] = {context};
    GString *first = g_string_new("before");
    GString *second = g_string_new("before");
    g_autoptr(GError) error = NULL;
    bool is_good = template_render(template, contexts, 1, first, &error);

    fuzz_require(is_good == !error);
    fuzz_require(template_render(template, contexts, 1, second, NULL) == is_good && g_string_equal(first, second));
    fuzz_require(is_good || strcmp(first->str, "before") == 0);
    fuzz_require(strncmp(first->str, "before", strlen("before")) == 0);
    if (is_good)
        check_escaped(source, included, escape, first->str);
    check_spans(template, contexts, is_good ? first : NULL);
    g_string_free(first, TRUE);
    g_string_free(second, TRUE);
    json_decref(context);
}

static void check_names(const Template *template)
{
    size_t count;
    const TemplateName *names = template_names(template, &count);
    g_autofree const char **needs = template_needs(template, "person.");

    for (size_t i = 0; i < count; i++)
        fuzz_require(names[i].name && *names[i].name && names[i].at.line > 0);
    for (size_t i = 0; needs[i]; i++)
        fuzz_require(g_str_has_prefix(needs[i], "person.") && (i == 0 || strcmp(needs[i - 1], needs[i]) < 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    TemplateOptions options = {.escape = size ? data[0] % 3 : 0,
                               .strict = size && data[0] / 3 % 2,
                               .mark = size && data[0] / 6 % 2 ? "p" : NULL};
    g_autofree char *text = g_strndup(size ? (const char *)data + 1 : "", size ? size - 1 : 0);
    size_t length = strlen(text);
    g_autofree char *included =
        length + 2 < size ? g_strndup((const char *)data + length + 2, size - length - 2) : NULL;
    size_t faults = 0;
    g_autoptr(Template) template = template_compile("fuzz", text, options, partial, included, count_fault, &faults);

    fuzz_require(!template == (faults > 0));
    if (!template)
        return 0;
    check_render(template, text, included ? included : "", options.escape);
    check_names(template);
    return 0;
}
