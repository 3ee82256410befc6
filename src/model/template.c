#include "model/template_private.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/text.h"

void template_fault(Compilation *compilation, const Unit *unit, int line, int column, const char *format, ...)
{
    compilation->failed = true;
    if (!compilation->fault)
        return;

    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(language_text(format), arguments);
    va_end(arguments);

    compilation->fault((Position){.file = unit->file, .line = line, .column = column}, text, compilation->fault_user);
}

static void unit_free(gpointer data)
{
    Unit *unit = data;

    g_free(unit->name);
    g_free(unit->source);
    g_array_unref(unit->nodes);
    g_free(unit);
}

static void name_free(gpointer data)
{
    Name *name = data;

    g_free(name->parts);
    g_free(name);
}

static Template *template_new(TemplateOptions options)
{
    Template *template = g_new0(Template, 1);

    template->options = options;
    template->units = g_ptr_array_new_with_free_func(unit_free);
    template->names = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, name_free);
    template->strings = g_string_chunk_new(512);
    template->scopes = g_ptr_array_new_with_free_func(g_free);
    template->marks = g_array_new(FALSE, TRUE, sizeof(TemplateMark));
    template->shown = g_array_new(FALSE, TRUE, sizeof(TemplateName));
    template->scope_of = g_array_new(FALSE, TRUE, sizeof(const Scope *));
    return template;
}

void template_free(Template *template)
{
    if (!template)
        return;
    g_ptr_array_unref(template->units);
    g_hash_table_unref(template->names);
    g_string_chunk_free(template->strings);
    g_ptr_array_unref(template->scopes);
    g_array_unref(template->marks);
    g_array_unref(template->shown);
    g_array_unref(template->scope_of);
    g_free(template);
}

const Name *template_name(Template *template, const char *text, size_t length)
{
    g_autofree char *copy = g_strndup(text, length);
    Name *name = g_hash_table_lookup(template->names, copy);

    if (name)
        return name;
    name = g_new0(Name, 1);
    name->text = g_string_chunk_insert(template->strings, copy);
    g_hash_table_insert(template->names, (gpointer)name->text, name);
    if (strcmp(name->text, ".") == 0)
        return name;

    GArray *parts = g_array_new(FALSE, FALSE, sizeof(NamePart));
    const char *start = name->text;

    for (;;) {
        NamePart part = {.text = start, .length = strcspn(start, ".")};

        g_array_append_val(parts, part);
        start += part.length;
        if (*start == '\0')
            break;
        start++;
    }
    name->count = parts->len;
    name->parts = (NamePart *)(void *)g_array_free(parts, FALSE);
    return name;
}

static Unit *unit_add(Compilation *compilation, const char *name, const char *file, const char *source)
{
    Unit *unit = g_new0(Unit, 1);

    unit->name = g_strdup(name);
    unit->file = file ? g_intern_string(file) : NULL;
    unit->size = strlen(source);
    unit->nodes = g_array_new(FALSE, TRUE, sizeof(Node));
    g_ptr_array_add(compilation->template->units, unit);
    if (unit->size > TEMPLATE_SOURCE_MAX) {
        template_fault(compilation, unit, 0, 0, N_("the template is larger than 1 MiB: shorten it"));
        return unit;
    }
    unit->source = g_strndup(source, unit->size);
    return unit;
}

/* The index of the unit of a partial, added when it is new; TEMPLATE_NO_UNIT when there is no such partial. A partial
 * is known by its name alone, so its positions name the file it is looked for in. */
static size_t unit_index(Compilation *compilation, const char *name)
{
    gpointer known = g_hash_table_lookup(compilation->unit_indexes, name);

    if (known)
        return (size_t)GPOINTER_TO_SIZE(known) - 1;

    const char *source = compilation->partial ? compilation->partial(name, compilation->partial_user) : NULL;
    if (!source)
        return TEMPLATE_NO_UNIT;

    g_autofree char *file = g_strconcat(name, ".mustache", NULL);
    Unit *unit = unit_add(compilation, name, file, source);
    size_t index = compilation->template->units->len - 1;

    g_hash_table_insert(compilation->unit_indexes, unit->name, GSIZE_TO_POINTER(index + 1));
    return index;
}

static void link_partials(Compilation *compilation, const Unit *unit)
{
    for (guint i = 0; i < unit->nodes->len; i++) {
        Node *node = &g_array_index(unit->nodes, Node, i);

        if (node->kind != NODE_PARTIAL)
            continue;
        node->unit = unit_index(compilation, node->name->text);
        if (node->unit == TEMPLATE_NO_UNIT && compilation->template->options.strict)
            template_fault(compilation, unit, node->line, node->column, N_("there is no partial \"%s\""),
                           node->name->text);
    }
}

Template *template_compile(const char *file, const char *source, TemplateOptions options, TemplatePartial *partial,
                           void *partial_user, TemplateFault *fault, void *fault_user)
{
    g_autoptr(Template) template = template_new(options);
    g_autoptr(GHashTable) unit_indexes = g_hash_table_new(g_str_hash, g_str_equal);
    Compilation compilation = {
        .template = template,
        .partial = partial,
        .partial_user = partial_user,
        .fault = fault,
        .fault_user = fault_user,
        .unit_indexes = unit_indexes,
    };

    unit_add(&compilation, NULL, file, source);
    /* the array grows while it is walked: each unit adds the partials that it is the first to name */
    for (guint i = 0; i < template->units->len; i++) {
        Unit *unit = g_ptr_array_index(template->units, i);

        template_parse(&compilation, unit);
        link_partials(&compilation, unit);
    }
    if (!compilation.failed)
        template_link(&compilation);
    template->options.mark = NULL; /* the caller's */
    return compilation.failed ? NULL : g_steal_pointer(&template);
}

const TemplateName *template_names(const Template *template, size_t *count)
{
    *count = template->shown->len;
    return (const TemplateName *)(const void *)template->shown->data;
}

const TemplateMark *template_marks(const Template *template, size_t *count)
{
    *count = template->marks->len;
    return (const TemplateMark *)(const void *)template->marks->data;
}

/* Whether a section around is skipped when `full` is empty or missing. A section over what the prefix itself names does
 * not count: the person is always there, a field of it need not be. */
static bool is_guarded_below(const Scope *scope, const char *full, size_t prefix_length)
{
    for (; scope; scope = scope->outer) {
        size_t length = strlen(scope->resolved);

        if (length > 0 && length >= prefix_length && strncmp(full, scope->resolved, length) == 0 &&
            (full[length] == '\0' || full[length] == '.'))
            return true;
    }
    return false;
}

static void add_need(GHashTable *needs, const char *prefix, char *full, const Scope *scope)
{
    if (g_str_has_prefix(full, prefix) && !is_guarded_below(scope, full, strlen(prefix)))
        g_hash_table_add(needs, full);
    else
        g_free(full);
}

/* Every value that one use of a name may mean: the name itself, and, when it is a single word, a field of the object of
 * each section around it. Beyond a section over the same word only what that section guards is left. */
static void add_needs_of(GHashTable *needs, const char *prefix, const char *name, const Scope *innermost)
{
    if (!strchr(name, '.')) {
        for (const Scope *scope = innermost; scope; scope = scope->outer) {
            if (strcmp(scope->written, name) == 0)
                return;
            if (scope->resolved[0] != '\0')
                add_need(needs, prefix, g_strconcat(scope->resolved, ".", name, NULL), innermost);
        }
    }
    add_need(needs, prefix, g_strdup(name), innermost);
}

/* Sorted, in one block with the texts behind the pointers, so that one g_free() frees everything. */
static const char **pack_sorted(GHashTable *set)
{
    guint count = 0;
    g_autofree gpointer *keys = g_hash_table_get_keys_as_array(set, &count);
    size_t size = ((size_t)count + 1) * sizeof(char *);

    for (guint i = 0; i < count; i++)
        size += strlen(keys[i]) + 1;
    qsort(keys, count, sizeof(gpointer), text_order);

    const char **packed = g_malloc(size);
    char *text = (char *)(void *)(packed + count + 1);

    for (guint i = 0; i < count; i++) {
        size_t length = strlen(keys[i]) + 1;

        memcpy(text, keys[i], length);
        packed[i] = text;
        text += length;
    }
    packed[count] = NULL;
    return packed;
}

const char **template_needs(const Template *template, const char *prefix)
{
    g_autoptr(GHashTable) needs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < template->shown->len; i++) {
        const TemplateName *shown = &g_array_index(template->shown, TemplateName, i);
        const Scope *scope = g_array_index(template->scope_of, const Scope *, i);

        if (!shown->is_section && strcmp(shown->name, ".") != 0)
            add_needs_of(needs, prefix, shown->name, scope);
    }
    return pack_sorted(needs);
}
