#include "model/template_private.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/language.h"
#include "base/text.h"

/* Items of sections and partials that one rendering may go through. Output has its own limit; this one stops data and
 * templates that multiply without writing anything. */
#define STEPS_MAX    2000000
#define SECTIONS_MAX 500

typedef struct Frame { /* a context that a section has pushed */
    const struct Frame *outer;
    const json_t *value;
} Frame;

typedef struct Indentation {
    const struct Indentation *outer;
    const char *text;
    size_t length;
} Indentation;

typedef struct Place { /* where in the template, and with which contexts */
    const Unit *unit;
    const Frame *frame;             /* innermost, or NULL */
    const Indentation *indentation; /* innermost, or NULL */
    size_t sections, partials;      /* how many deep */
} Place;

typedef struct Render {
    const Template *template;
    const json_t *const *contexts;
    size_t context_count;
    GString *output;
    size_t limit; /* of output->len */
    size_t steps;
    TemplateValue *value; /* asked in place of the contexts; or NULL */
    void *user;
    GArray *spans; /* of TemplateSpan, or NULL: nobody asks */
    GError **error;
} Render;

static bool fail(const Render *render, const Place *place, const Node *node, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

static bool fail(const Render *render, const Place *place, const Node *node, const char *format, ...)
{
    Position at = {.file = place->unit->file, .line = node->line, .column = node->column};
    g_autofree char *where = position_format(at);
    va_list arguments;

    va_start(arguments, format);
    error_set_va(render->error, BREACH_ERROR_INPUT, NULL, where, format, arguments);
    va_end(arguments);
    return false;
}

static bool append(Render *render, const Place *place, const Node *node, const char *text, size_t length)
{
    if (length > render->limit - render->output->len)
        return fail(render, place, node, N_("the text grows over 1 MiB: shorten the template or its values"));
    g_string_append_len(render->output, text, (gssize)length);
    return true;
}

static bool append_indentation(Render *render, const Place *place, const Node *node, const Indentation *indentation)
{
    if (!indentation)
        return true;
    return append_indentation(render, place, node, indentation->outer) &&
           append(render, place, node, indentation->text, indentation->length);
}

/* The text of an indented partial, line by line. Empty lines stay empty. */
static bool append_lines(Render *render, const Place *place, const Node *node)
{
    const char *text = node->text;
    const char *end = text + node->length;
    bool starts_line = node->starts_line;

    if (text == end)
        return append_indentation(render, place, node, place->indentation);
    while (text < end) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        const char *next = newline ? newline + 1 : end;
        bool is_blank = newline && (newline == text || (newline == text + 1 && *text == '\r'));

        if (starts_line && !is_blank && !append_indentation(render, place, node, place->indentation))
            return false;
        if (!append(render, place, node, text, (size_t)(next - text)))
            return false;
        text = next;
        starts_line = true;
    }
    return true;
}

/* Where a text is escaped in HTML; NULL for a byte that stands for itself. */
static const char *html_entity(char byte)
{
    switch (byte) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

static bool append_html(Render *render, const Place *place, const Node *node, const char *text, size_t length)
{
    size_t plain = 0;

    for (size_t i = 0; i < length; i++) {
        const char *entity = html_entity(text[i]);

        if (!entity)
            continue;
        if (!append(render, place, node, text + plain, i - plain) ||
            !append(render, place, node, entity, strlen(entity)))
            return false;
        plain = i + 1;
    }
    return append(render, place, node, text + plain, length - plain);
}

/* Whoever's data it is, it stays one part of the path. */
static bool append_url(Render *render, const Place *place, const Node *node, const char *text, size_t length)
{
    g_autofree char *encoded = g_uri_escape_bytes((const guint8 *)text, length, NULL);

    if (strcmp(encoded, ".") == 0 || strcmp(encoded, "..") == 0)
        return fail(render, place, node, N_("the value of \"%s\" would lead to another path"), node->name->text);
    return append(render, place, node, encoded, strlen(encoded));
}

static bool append_value(Render *render, const Place *place, const Node *node, const char *text, size_t length)
{
    switch (render->template->options.escape) {
    case TEMPLATE_ESCAPE_HEADER:
        /* a line break here would be a header of the sender's choice (RFC 5322 2.2) */
        if (text_has_controls(text, length))
            return fail(render, place, node, N_("the value of \"%s\" has a line break or another control character"),
                        node->name->text);
        break;
    case TEMPLATE_ESCAPE_HTML:
        if (node->kind == NODE_VALUE)
            return append_html(render, place, node, text, length);
        break;
    case TEMPLATE_ESCAPE_URL:
        return append_url(render, place, node, text, length);
    case TEMPLATE_ESCAPE_NONE:
        break;
    }
    return append(render, place, node, text, length);
}

/* The shortest decimal that reads back as the same number, without regard to the process's locale. */
static void format_real(double number, char *text, int size)
{
    static const char *const formats[] = {"%.15g", "%.16g", "%.17g"};

    for (size_t i = 0; i < G_N_ELEMENTS(formats); i++) {
        g_ascii_formatd(text, size, formats[i], number);
        if (fabs(g_ascii_strtod(text, NULL) - number) <= 0.0)
            break;
    }
}

static const json_t *find(const Render *render, const Place *place, const NamePart *part)
{
    const json_t *value = NULL;

    for (const Frame *frame = place->frame; frame && !value; frame = frame->outer)
        value = json_object_getn(frame->value, part->text, part->length);
    for (size_t i = render->context_count; i > 0 && !value; i--)
        value = json_object_getn(render->contexts[i - 1], part->text, part->length);
    return value;
}

/* The value of a name, or NULL. Only the first part is searched for; where it is found the rest must be. */
static const json_t *lookup(const Render *render, const Place *place, const Name *name)
{
    if (name->count == 0) {
        if (place->frame)
            return place->frame->value;
        return render->context_count > 0 ? render->contexts[render->context_count - 1] : NULL;
    }

    const json_t *value = find(render, place, &name->parts[0]);
    for (size_t i = 1; i < name->count && value; i++)
        value = json_object_getn(value, name->parts[i].text, name->parts[i].length);
    return value;
}

static void add_keys(GPtrArray *keys, const json_t *object)
{
    for (void *entry = json_object_iter((json_t *)object); entry;
         entry = json_object_iter_next((json_t *)object, entry))
        g_ptr_array_add(keys, (gpointer)json_object_iter_key(entry));
}

/* What the first unknown part of a name was meant to be, or NULL; borrowed from the contexts. */
static const char *nearest(const Render *render, const Place *place, const Name *name)
{
    g_autoptr(GPtrArray) keys = g_ptr_array_new();
    const NamePart *part = &name->parts[0];
    const json_t *value = find(render, place, part);

    for (size_t i = 1; i < name->count && value; i++) {
        const json_t *inner = NULL;

        part = &name->parts[i];
        inner = json_object_getn(value, part->text, part->length);
        if (!inner)
            add_keys(keys, value);
        value = inner;
    }
    if (part == &name->parts[0]) {
        for (const Frame *frame = place->frame; frame; frame = frame->outer)
            add_keys(keys, frame->value);
        for (size_t i = render->context_count; i > 0; i--)
            add_keys(keys, render->contexts[i - 1]);
    }
    g_ptr_array_add(keys, NULL);

    g_autofree char *word = g_strndup(part->text, part->length);
    return text_nearest(word, (const char *const *)keys->pdata);
}

static bool fail_unknown(const Render *render, const Place *place, const Node *node)
{
    const char *meant = node->name->count > 0 ? nearest(render, place, node->name) : NULL;

    if (meant)
        return fail(render, place, node, N_("unknown name \"%s\": did you mean \"%s\"?"), node->name->text, meant);
    return fail(render, place, node, N_("unknown name \"%s\""), node->name->text);
}

static bool render_value(Render *render, const Place *place, const Node *node)
{
    const json_t *value = lookup(render, place, node->name);
    char number[64];

    if (!value)
        return !render->template->options.strict || fail_unknown(render, place, node);
    switch (json_typeof(value)) {
    case JSON_STRING:
        return append_value(render, place, node, json_string_value(value), json_string_length(value));
    case JSON_INTEGER:
        g_snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        return append(render, place, node, number, strlen(number));
    case JSON_REAL:
        format_real(json_real_value(value), number, (int)sizeof number);
        return append(render, place, node, number, strlen(number));
    case JSON_TRUE:
        return append(render, place, node, "true", 4);
    case JSON_FALSE:
        return append(render, place, node, "false", 5);
    case JSON_ARRAY:
    case JSON_OBJECT:
        if (render->template->options.strict && (json_is_object(value) || json_array_size(value) > 0))
            return fail(render, place, node, N_("\"%s\" is %s where a text is needed: use a section, {{#%s}}"),
                        node->name->text, json_is_object(value) ? _("an object") : _("a list"), node->name->text);
        return true;
    case JSON_NULL:
        return true;
    }
    return true;
}

static bool render_given(Render *render, const Place *place, const Node *node)
{
    const char *value = render->value(node->name->text, render->user);

    if (!value)
        return !render->template->options.strict || fail_unknown(render, place, node);
    return append_value(render, place, node, value, strlen(value));
}

static bool render_range(Render *render, const Place *place, size_t from, size_t to);

static bool is_empty(const json_t *value)
{
    return !value || json_is_null(value) || json_is_false(value) ||
           (json_is_array(value) && json_array_size(value) == 0) ||
           (json_is_string(value) && json_string_length(value) == 0);
}

static bool count_step(Render *render, const Place *place, const Node *node)
{
    return ++render->steps <= STEPS_MAX ||
           fail(render, place, node, N_("rendering takes over %d steps: include fewer lists in each other"), STEPS_MAX);
}

/* The body of a section once, with `frame` as the innermost context. */
static bool render_body(Render *render, const Place *place, const Node *node, size_t index, const Frame *frame)
{
    Place inner = *place;

    if (++inner.sections > SECTIONS_MAX)
        return fail(render, place, node, N_("sections are nested more than %d deep"), SECTIONS_MAX);
    inner.frame = frame;
    return count_step(render, place, node) && render_range(render, &inner, index + 1, node->end);
}

static bool render_section(Render *render, const Place *place, const Node *node, size_t index)
{
    const json_t *value = lookup(render, place, node->name);
    Frame frame = {.outer = place->frame, .value = value};
    bool ok = true;

    if (!value && render->template->options.strict)
        return fail_unknown(render, place, node);
    if (node->kind == NODE_INVERTED)
        return !is_empty(value) || render_body(render, place, node, index, place->frame);
    if (is_empty(value))
        return true;
    if (!json_is_array(value))
        return render_body(render, place, node, index, &frame);
    for (size_t i = 0; i < json_array_size(value) && ok; i++) {
        frame.value = json_array_get(value, i);
        ok = render_body(render, place, node, index, &frame);
    }
    return ok;
}

/* A standalone partial adds its indentation to the one it stands in; one within a line starts without any. */
static bool render_partial(Render *render, const Place *place, const Node *node)
{
    if (node->unit == TEMPLATE_NO_UNIT)
        return true;
    if (place->partials >= TEMPLATE_NESTING_MAX)
        return fail(render, place, node, N_("the partial \"%s\" is nested more than %d deep"), node->name->text,
                    TEMPLATE_NESTING_MAX);

    Indentation indentation = {.outer = place->indentation, .text = node->text, .length = node->length};
    Place inner = *place;

    inner.unit = g_ptr_array_index(render->template->units, node->unit);
    inner.partials++;
    if (!node->starts_line)
        inner.indentation = NULL;
    else if (node->length > 0)
        inner.indentation = &indentation;
    return count_step(render, place, node) && render_range(render, &inner, 0, inner.unit->nodes->len);
}

/* A mark changes nothing of the text; only where it renders to is remembered. */
static bool render_mark(Render *render, const Place *place, const Node *node, size_t index)
{
    TemplateSpan span = {.name = node->name->text, .from = render->output->len};
    bool ok = render_range(render, place, index + 1, node->end);

    span.to = render->output->len;
    g_array_append_val(render->spans, span);
    return ok;
}

static bool render_range(Render *render, const Place *place, size_t from, size_t to)
{
    const Node *nodes = (const Node *)(const void *)place->unit->nodes->data;
    bool ok = true;

    for (size_t i = from; i < to && ok; i++) {
        const Node *node = &nodes[i];

        switch (node->kind) {
        case NODE_TEXT:
            ok = place->indentation ? append_lines(render, place, node)
                                    : append(render, place, node, node->text, node->length);
            break;
        case NODE_VALUE:
        case NODE_RAW:
            ok = render->value ? render_given(render, place, node) : render_value(render, place, node);
            break;
        case NODE_SECTION:
        case NODE_INVERTED:
            ok = render_section(render, place, node, i);
            i = node->end - 1;
            break;
        case NODE_PARTIAL:
            ok = render_partial(render, place, node);
            break;
        case NODE_MARK: /* its body follows */
            if (render->spans) {
                ok = render_mark(render, place, node, i);
                i = node->end - 1;
            }
            break;
        }
    }
    return ok;
}

bool template_render_spans(const Template *template, const json_t *const *contexts, size_t context_count,
                           GString *output, GArray *spans, GError **error)
{
    size_t start = output->len;
    Render render = {
        .template = template,
        .contexts = contexts,
        .context_count = context_count,
        .output = output,
        .limit = start + TEMPLATE_OUTPUT_MAX,
        .spans = spans,
        .error = error,
    };
    Place place = {.unit = g_ptr_array_index(template->units, 0)};

    if (render_range(&render, &place, 0, place.unit->nodes->len))
        return true;
    g_string_truncate(output, start);
    return false;
}

bool template_render(const Template *template, const json_t *const *contexts, size_t context_count, GString *output,
                     GError **error)
{
    return template_render_spans(template, contexts, context_count, output, NULL, error);
}

bool template_is_plain(const Template *template)
{
    const Unit *unit = g_ptr_array_index(template->units, 0);

    for (guint i = 0; i < unit->nodes->len; i++) {
        const Node *node = &g_array_index(unit->nodes, Node, i);

        bool is_value = node->kind == NODE_VALUE || node->kind == NODE_RAW;

        if (node->kind != NODE_TEXT && (!is_value || node->name->count == 0))
            return false;
    }
    return true;
}

bool template_render_plain(const Template *template, TemplateValue *value, void *user, GString *output, GError **error)
{
    Render render = {.template = template,
                     .output = output,
                     .limit = output->len + TEMPLATE_OUTPUT_MAX,
                     .value = value,
                     .user = user,
                     .error = error};
    Place place = {.unit = g_ptr_array_index(template->units, 0)};
    size_t start = output->len;

    if (render_range(&render, &place, 0, place.unit->nodes->len))
        return true;
    g_string_truncate(output, start);
    return false;
}
