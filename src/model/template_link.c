#include "model/template_private.h"

#include <string.h>

#include "base/language.h"

/* Partials that include each other twice, and so on, double the text at each step: a template that unfolds to more
 * nodes than this is a mistake. */
#define UNFOLDED_MAX 100000

typedef struct Visit { /* of a unit that is being walked */
    size_t unit;
    size_t sections; /* how many were open when it was entered */
} Visit;

typedef struct Walk {
    Compilation *compilation;
    Template *template;
    GArray *visits;       /* of Visit, innermost last */
    GHashTable *reported; /* nodes with a mistake that was shown already */
    const Scope *scope;
    size_t sections;
    size_t unfolded;
    bool stopped; /* nothing more is to be learnt */
} Walk;

static void fault_once(Walk *walk, const Unit *unit, const Node *node, const char *text)
{
    if (g_hash_table_add(walk->reported, (gpointer)node))
        template_fault(walk->compilation, unit, node->line, node->column, "%s", _(text));
}

/* Whether a section on the way is skipped when the name, read from the outermost context, is empty or missing. */
static bool is_guarded(const Scope *scope, const char *name)
{
    if (strcmp(name, ".") == 0)
        return scope != NULL;
    for (; scope; scope = scope->outer) {
        size_t length = strlen(scope->written);

        if (strncmp(name, scope->written, length) == 0 && (name[length] == '\0' || name[length] == '.'))
            return true;
        length = strlen(scope->resolved);
        if (length > 0 && strncmp(name, scope->resolved, length) == 0 && (name[length] == '\0' || name[length] == '.'))
            return true;
    }
    return false;
}

static bool is_relative(const Scope *scope, const char *name)
{
    for (; scope; scope = scope->outer)
        if (strcmp(scope->written, name) != 0)
            return true;
    return false;
}

static void add_use(Walk *walk, const Unit *unit, const Node *node)
{
    TemplateName shown = {
        .name = node->name->text,
        .at = {.file = unit->file, .line = node->line, .column = node->column},
        .is_section = node->kind == NODE_SECTION || node->kind == NODE_INVERTED,
        .is_guarded = is_guarded(walk->scope, node->name->text),
        .is_relative = is_relative(walk->scope, node->name->text),
    };

    g_array_append_val(walk->template->shown, shown);
    g_array_append_val(walk->template->scope_of, walk->scope);
}

static void add_mark(Walk *walk, const Unit *unit, const Node *node)
{
    TemplateMark mark = {.name = node->name->text,
                         .at = {.file = unit->file, .line = node->line, .column = node->column}};

    g_array_append_val(walk->template->marks, mark);
}

static const char *resolve(Walk *walk, const Name *name)
{
    const char *outer = walk->scope ? walk->scope->resolved : "";

    if (name->count == 0)
        return outer;
    if (name->count > 1 || outer[0] == '\0')
        return name->text;
    g_autofree char *joined = g_strconcat(outer, ".", name->text, NULL);
    return g_string_chunk_insert_const(walk->template->strings, joined);
}

static void push_scope(Walk *walk, const Name *name)
{
    Scope *scope = g_new(Scope, 1);

    *scope = (Scope){.outer = walk->scope, .written = name->text, .resolved = resolve(walk, name)};
    g_ptr_array_add(walk->template->scopes, scope);
    walk->scope = scope;
}

static void walk_range(Walk *walk, const Unit *unit, size_t from, size_t to);

static void walk_section(Walk *walk, const Unit *unit, size_t index)
{
    const Node *node = &g_array_index(unit->nodes, Node, index);
    const Scope *outer = walk->scope;

    if (walk->sections + walk->visits->len > TEMPLATE_NESTING_MAX) {
        fault_once(walk, unit, node, N_("sections and partials are nested more than 100 deep"));
        walk->stopped = true;
        return;
    }
    walk->sections++;
    if (node->kind == NODE_SECTION)
        push_scope(walk, node->name);
    walk_range(walk, unit, index + 1, node->end);
    walk->scope = outer;
    walk->sections--;
}

static void walk_partial(Walk *walk, const Unit *unit, const Node *node)
{
    if (node->unit == TEMPLATE_NO_UNIT)
        return;
    for (guint i = 0; i < walk->visits->len; i++) {
        const Visit *visit = &g_array_index(walk->visits, Visit, i);

        if (visit->unit != node->unit)
            continue;
        if (visit->sections == walk->sections)
            fault_once(walk, unit, node,
                       N_("the partial includes itself without end: put the inner {{>name}} into a section"));
        return;
    }
    if (walk->sections + walk->visits->len > TEMPLATE_NESTING_MAX) {
        fault_once(walk, unit, node, N_("sections and partials are nested more than 100 deep"));
        walk->stopped = true;
        return;
    }

    const Unit *target = g_ptr_array_index(walk->template->units, node->unit);
    Visit visit = {.unit = node->unit, .sections = walk->sections};

    g_array_append_val(walk->visits, visit);
    walk_range(walk, target, 0, target->nodes->len);
    g_array_set_size(walk->visits, walk->visits->len - 1);
}

static void walk_range(Walk *walk, const Unit *unit, size_t from, size_t to)
{
    for (size_t i = from; i < to && !walk->stopped; i++) {
        const Node *node = &g_array_index(unit->nodes, Node, i);

        if (walk->visits->len > 1 && ++walk->unfolded > UNFOLDED_MAX) {
            fault_once(walk, unit, node, N_("the partials unfold to more than 100000 tags and texts: include fewer"));
            walk->stopped = true;
            return;
        }
        if (node->kind == NODE_PARTIAL)
            walk_partial(walk, unit, node);
        else if (node->kind == NODE_MARK) /* its body follows as if the mark were not there */
            add_mark(walk, unit, node);
        else if (node->kind != NODE_TEXT)
            add_use(walk, unit, node);
        if (node->kind == NODE_SECTION || node->kind == NODE_INVERTED) {
            walk_section(walk, unit, i);
            i = node->end - 1;
        }
    }
}

void template_link(Compilation *compilation)
{
    Template *template = compilation->template;
    g_autoptr(GArray) visits = g_array_new(FALSE, FALSE, sizeof(Visit));
    g_autoptr(GHashTable) reported = g_hash_table_new(NULL, NULL);
    Walk walk = {.compilation = compilation, .template = template, .visits = visits, .reported = reported};
    const Unit *source = g_ptr_array_index(template->units, 0);
    Visit visit = {.unit = 0};

    g_array_append_val(visits, visit);
    walk_range(&walk, source, 0, source->nodes->len);
}
