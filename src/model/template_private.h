/* template_private - what a compiled Template is made of; only the template*.c files include this.
 *
 * A template is a list of units: the source itself (unit 0) and each partial it can reach, parsed once however often it
 * is included. The nodes of a unit lie in one flat array; a section knows where its body ends. Nodes borrow their text
 * from the source of their unit. Everything is owned by the Template and immutable once it is compiled. */
#ifndef BREACH_MODEL_TEMPLATE_PRIVATE_H
#define BREACH_MODEL_TEMPLATE_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/template.h"

#define TEMPLATE_SOURCE_MAX  ((size_t)1 << 20)
#define TEMPLATE_OUTPUT_MAX  ((size_t)1 << 20)
#define TEMPLATE_NESTING_MAX 100
#define TEMPLATE_NAME_MAX    255
#define TEMPLATE_NO_UNIT     SIZE_MAX

typedef enum NodeKind {
    NODE_TEXT,
    NODE_VALUE,    /* {{name}} */
    NODE_RAW,      /* {{{name}}}, {{&name}} */
    NODE_SECTION,  /* {{#name}} */
    NODE_INVERTED, /* {{^name}} */
    NODE_PARTIAL,  /* {{>name}} */
    NODE_MARK,     /* {{#name}} that is only a mark */
} NodeKind;

typedef struct NamePart {
    const char *text;
    size_t length;
} NamePart;

typedef struct Name {
    const char *text; /* as written; owned by Template.strings */
    NamePart *parts;  /* owned; borrows from `text` */
    size_t count;     /* 0: the implicit iterator "." */
} Name;

typedef struct Node {
    NodeKind kind;
    bool starts_line; /* text: at the start of a line; partial: standalone, its lines take the indentation */
    int line, column;
    const char *text; /* text: itself; partial: the indentation */
    size_t length;    /* of `text`, bytes. An empty text marks the start of a line that begins with a tag */
    const Name *name; /* NULL for text */
    size_t end;       /* sections and marks: index of the first node behind the body */
    size_t unit;      /* partial: index into Template.units, or TEMPLATE_NO_UNIT */
} Node;

typedef struct Unit {
    char *name;       /* owned; of the partial, NULL for unit 0 */
    const char *file; /* interned; for positions */
    char *source;     /* owned, NUL-terminated; NULL when it was too large */
    size_t size;
    GArray *nodes; /* of Node */
} Unit;

/* Scope: a section {{#name}} that uses of names stand in. */
typedef struct Scope {
    const struct Scope *outer;
    const char *written;  /* the section's name as written */
    const char *resolved; /* the same from the outermost context: a single word is taken for a field of the section
                             around it, "." for that section itself; "" for the outermost context */
} Scope;

struct Template {
    TemplateOptions options;
    GPtrArray *units;      /* of Unit * */
    GHashTable *names;     /* text -> Name *, owned values */
    GStringChunk *strings; /* names, and the names of scopes */
    GPtrArray *scopes;     /* of Scope * */
    GArray *marks;         /* of TemplateMark, in order of the text */
    GArray *shown;         /* of TemplateName, in order of the text */
    GArray *scope_of;      /* of const Scope *: the innermost section around each of `shown`, or NULL */
};

/* Compilation: what lives while a template is compiled. */
typedef struct Compilation {
    Template *template;
    TemplatePartial *partial; /* or NULL */
    void *partial_user;
    TemplateFault *fault; /* or NULL */
    void *fault_user;
    GHashTable *unit_indexes; /* partial's name -> index + 1 into Template.units */
    bool failed;
} Compilation;

/* template_fault: reports a mistake in `unit` and marks the compilation as failed. */
void template_fault(Compilation *compilation, const Unit *unit, int line, int column, const char *format, ...)
    G_GNUC_PRINTF(5, 6);

/* template_name: the Name for `text`, split into its parts; the same one for equal texts. `text` is valid. */
const Name *template_name(Template *template, const char *text, size_t length);

/* template_parse: fills unit->nodes from unit->source, if there is one. Partials are named, not yet linked. */
void template_parse(Compilation *compilation, Unit *unit);

/* template_link: walks the template as it will be rendered, collects the uses of names, and reports what only shows
 * across partials: nesting that is too deep, a partial that includes itself without end. */
void template_link(Compilation *compilation);

#endif
