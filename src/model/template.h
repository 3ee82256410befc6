/* template - Mustache (the official specification, without lambdas, dynamic names and inheritance), strict on demand.
 *
 * A Template is compiled once and then immutable: any number of threads may render it at the same time, each with its
 * own output. Rendering is deterministic. Values are jansson's; they are only read.
 *
 * Strict mode is for notices: a name that no context knows is an error with file:line:column, never an empty hole in a
 * legal text. A name that is known and empty ("" or null, false, an empty list) is not an error here; what must not be
 * empty is found by template_needs().
 *
 * Marks say what a part of the text is about. They are sections over names that are always true, so any Mustache renders
 * them; here they are taken out when the template is compiled: no context is asked, none is pushed, and rendering is as
 * fast as without them. */
#ifndef BREACH_MODEL_TEMPLATE_H
#define BREACH_MODEL_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>
#include <jansson.h>

#include "base/position.h"

typedef enum TemplateEscape {
    TEMPLATE_ESCAPE_HTML,   /* & < > " ' */
    TEMPLATE_ESCAPE_NONE,   /* plain text */
    TEMPLATE_ESCAPE_HEADER, /* plain text on one line: a value with a control character is an error */
    TEMPLATE_ESCAPE_URL,    /* percent-encoding of all but the unreserved characters (RFC 3986 2.3), in {{{name}}} too; a
                               value "." or ".." is an error, for it would be another path */
} TemplateEscape;

typedef struct TemplateOptions {
    TemplateEscape escape;
    bool strict;
    const char *mark; /* sections {{#NAME}} whose name starts with it are marks; NULL: none; only used to compile */
} TemplateOptions;

typedef struct Template Template;

/* TemplatePartial: hands out the source of a partial, or NULL when there is none. The result is borrowed until the
 * compilation ends. Positions in a partial name the file "NAME.mustache". */
typedef const char *TemplatePartial(const char *name, void *user);

/* TemplateFault: called for each mistake; `text` is lower case without a full stop and lives during the call. */
typedef void TemplateFault(Position at, const char *text, void *user);

/* template_compile: compiles `source`. All mistakes are reported to `fault`, not only the first; NULL is returned then.
 * `file` is used in positions. Limits: nesting 100 deep, partials included (a partial may include itself under a
 * section, as the specification allows), a name 255 bytes, a source 1 MiB, 100,000 tags and texts from partials. In
 * strict mode a missing partial is a mistake. `partial` and `fault` may be NULL. */
Template *template_compile(const char *file, const char *source, TemplateOptions options, TemplatePartial *partial,
                           void *partial_user, TemplateFault *fault, void *fault_user);

/* template_render: appends the result to `output`. The contexts are searched from the last to the first (the last is
 * the innermost); each is an object. Error: BREACH_ERROR_INPUT with file:line:column (strict: unknown name, a list with
 * items or an object where text is needed; header: control character, in unescaped tags too; always: over 1 MiB of
 * output, partials over 100 or sections over 500 deep, over 2,000,000 items and partials); `output` is then as it was
 * before. Errors never quote a value. */
bool template_render(const Template *template, const json_t *const *contexts, size_t context_count, GString *output,
                     GError **error);

/* TemplateSpan: what one mark rendered to: the bytes from..to of the output. */
typedef struct TemplateSpan {
    const char *name; /* of the mark, as written ("covers.cause"); borrowed from the template */
    size_t from, to;
} TemplateSpan;

/* template_render_spans: as template_render(), and appends a TemplateSpan to `spans` for each mark that was come to, in the
 * order of their ends; one in a list comes as often as the list has items. */
bool template_render_spans(const Template *template, const json_t *const *contexts, size_t context_count,
                           GString *output, GArray *spans, GError **error);

/* TemplateMark: one mark as it is written. */
typedef struct TemplateMark {
    const char *name; /* borrowed from the template */
    Position at;
} TemplateMark;

/* template_marks: every mark, in order of the text, partials included as often as they are; *count of them. Borrowed. */
const TemplateMark *template_marks(const Template *template, size_t *count);

/* template_is_plain: whether it has only texts and names of texts: no section, partial or {{.}}. Such a template needs no
 * contexts of JSON. template_render_plain: as template_render(), with the values that `value` hands out: borrowed until
 * it is called again; NULL: there is none of that name ("person.name", as written). */
bool template_is_plain(const Template *template);
typedef const char *TemplateValue(const char *name, void *user);
bool template_render_plain(const Template *template, TemplateValue *value, void *user, GString *output,
                           GError **error);

/* TemplateName: one use of a name in a template. */
typedef struct TemplateName {
    const char *name; /* dotted, as written ("person.name"); borrowed from the template */
    Position at;
    bool is_section;  /* {{#name}} or {{^name}}, not text */
    bool is_guarded;  /* stands inside {{#name}} of the same name or of an object that holds it, the name taken as
                         written from the outermost context; {{.}}: inside any section */
    bool is_relative; /* stands inside a section over another name, so it may belong to that section's items */
} TemplateName;

/* template_names: every use of a name, in order of the text, partials included, without marks; *count of them. Borrowed. */
const TemplateName *template_names(const Template *template, size_t *count);

/* template_needs: the names that start with `prefix` ("person.") and are put into the text without a guard: where one
 * of them is empty, the text would have a hole ("Dear ,"). {{#person}} guards no field of the person, and {{^name}}
 * guards nothing. A single word inside sections counts as a field of each of them: {{#person}}{{name}}{{/person}} needs
 * person.name; a name listed for that reason may mean something further out where the prefix has no such field.
 * Sorted, each once, NULL-terminated; g_free() the array, which holds its strings. */
const char **template_needs(const Template *template, const char *prefix);

void template_free(Template *template);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Template, template_free)

#endif
