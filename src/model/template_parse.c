#include "model/template_private.h"

#include <stdarg.h>
#include <string.h>

#include "base/language.h"

#define BLANK " \t"
#define SPACE " \t\r\n"

typedef struct Parser {
    Compilation *compilation;
    Unit *unit;
    const char *source;
    const char *cursor;  /* first byte that no node covers yet */
    const char *located; /* `line` and `column` belong to it */
    int line, column;
    char *open, *close; /* delimiters, owned */
    GArray *sections;   /* of size_t: nodes of the open sections, innermost last */
    bool too_deep;
} Parser;

/* Tag: one tag while it is read. */
typedef struct Tag {
    char sigil;         /* # ^ / > = ! & { or 0 for a plain name */
    const char *start;  /* of the opening delimiter */
    const char *end;    /* behind the closing delimiter */
    const char *inside; /* the content without sigil and surrounding white space */
    size_t length;
    int line, column; /* of `start` */
} Tag;

static void fault_at(const Parser *parser, const Tag *tag, const char *format, ...) G_GNUC_PRINTF(3, 4);

static void fault_at(const Parser *parser, const Tag *tag, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(language_text(format), arguments);
    va_end(arguments);
    template_fault(parser->compilation, parser->unit, tag->line, tag->column, "%s", text);
}

/* Moves line and column forward to `at`; never backward, so that a source is counted once. */
static void locate(Parser *parser, const char *at)
{
    for (; parser->located < at; parser->located++) {
        unsigned char byte = (unsigned char)*parser->located;

        if (byte == '\n') {
            parser->line++;
            parser->column = 1;
        } else if ((byte & 0xc0) != 0x80) {
            parser->column++;
        }
    }
}

static bool is_line_start(const Parser *parser, const char *at)
{
    return at == parser->source || at[-1] == '\n';
}

static Node *add_node(Parser *parser, NodeKind kind, int line, int column)
{
    Node node = {.kind = kind, .line = line, .column = column, .unit = TEMPLATE_NO_UNIT};

    g_array_append_val(parser->unit->nodes, node);
    return &g_array_index(parser->unit->nodes, Node, parser->unit->nodes->len - 1);
}

static void add_text(Parser *parser, const char *end)
{
    const char *start = parser->cursor;

    if (start == end)
        return;
    locate(parser, start);
    Node *node = add_node(parser, NODE_TEXT, parser->line, parser->column);
    node->text = start;
    node->length = (size_t)(end - start);
    node->starts_line = is_line_start(parser, start);
}

/* A tag that begins a line of a partial: the indentation goes in front of it, even where no text does. */
static void add_line_start(Parser *parser, const Tag *tag)
{
    if (!parser->unit->name || !is_line_start(parser, tag->start))
        return;
    Node *node = add_node(parser, NODE_TEXT, tag->line, tag->column);
    node->text = tag->start;
    node->starts_line = true;
}

/* If nothing but blanks share the lines of the tag, the lines vanish with it: *line is where the first one starts,
 * *behind where the next one does. */
static bool is_standalone(const Parser *parser, const Tag *tag, const char **line, const char **behind)
{
    const char *start = tag->start;
    const char *end = tag->end + strspn(tag->end, BLANK);

    while (start > parser->cursor && strchr(BLANK, start[-1]))
        start--;
    if (!is_line_start(parser, start))
        return false;
    if (end[0] == '\r' && end[1] == '\n')
        end++;
    if (*end != '\n' && *end != '\0')
        return false;
    *line = start;
    *behind = *end == '\n' ? end + 1 : end;
    return true;
}

/* Moves *start behind leading white space; the length up to `end` without trailing white space. */
static size_t trim(const char **start, const char *end)
{
    while (*start < end && strchr(SPACE, **start))
        ++*start;
    while (end > *start && strchr(SPACE, end[-1]))
        end--;
    return (size_t)(end - *start);
}

/* Where `before` followed by the closing delimiter starts, NULL if nowhere; `before` is "", "}" or "=". */
static const char *find_close(const Parser *parser, const char *content, const char *before)
{
    const char *close = strstr(content, parser->close);

    if (*before == '\0')
        return close;
    for (; close; close = strstr(close + 1, parser->close))
        if (close > content && close[-1] == *before)
            return close - 1;
    return NULL;
}

/* Reads the tag that opens at tag->start. In {{{name}}} and {{=<% %>=}} the sigil comes again before the end. */
static bool read_tag(const Parser *parser, Tag *tag)
{
    const char *content = tag->start + strlen(parser->open);
    const char *before = "";

    content += strspn(content, SPACE);
    if (*content != '\0' && strchr("#^/>=!&{", *content))
        tag->sigil = *content++;
    if (tag->sigil == '{')
        before = "}";
    else if (tag->sigil == '=')
        before = "=";

    const char *end = find_close(parser, content, before);
    if (!end) {
        fault_at(parser, tag, N_("the tag is never closed: %s%s is missing"), before, parser->close);
        return false;
    }
    tag->length = trim(&content, end);
    tag->inside = content;
    tag->end = end + strlen(before) + strlen(parser->close);
    return true;
}

/* What is wrong with a name, or NULL. Braces and white space in a name come from a closing delimiter that is missing or
 * misspelt; the rest is Mustache that this engine leaves out. */
static const char *name_mistake(const char *name, size_t length, bool is_partial)
{
    if (length == 0)
        return N_("the tag has no name");
    if (length > TEMPLATE_NAME_MAX)
        return N_("the name is longer than 255 bytes: is the closing delimiter missing?");
    for (size_t i = 0; i < length; i++) {
        if (strchr(SPACE "{}", name[i]))
            return N_("the name contains white space or a brace: is the closing delimiter missing?");
    }
    if (name[0] == '<' || name[0] == '$')
        return N_("template inheritance is not supported: use a partial, {{>name}}");
    if (is_partial)
        return name[0] == '*' ? N_("dynamic partials are not supported: name the partial itself") : NULL;
    if (length == 1 && name[0] == '.')
        return NULL;
    if (name[0] == '.' || name[length - 1] == '.' || g_strstr_len(name, (gssize)length, ".."))
        return N_("a dotted name has an empty part: write it like person.name");
    return NULL;
}

static void set_delimiters(Parser *parser, const Tag *tag)
{
    const char *end = tag->inside + tag->length;
    size_t open = strcspn(tag->inside, SPACE "=");
    const char *close = tag->inside + MIN(open, tag->length);

    close += strspn(close, SPACE);
    if (open == 0 || close >= end || strcspn(close, SPACE "=") < (size_t)(end - close)) {
        fault_at(parser, tag, N_("bad delimiters: expected two of them, without = or white space, like {{=<%% %%>=}}"));
        return;
    }
    g_free(parser->open);
    parser->open = g_strndup(tag->inside, open);
    g_free(parser->close);
    parser->close = g_strndup(close, (size_t)(end - close));
}

static Node *innermost(const Parser *parser)
{
    GArray *sections = parser->sections;

    if (sections->len == 0)
        return NULL;
    return &g_array_index(parser->unit->nodes, Node, g_array_index(sections, size_t, sections->len - 1));
}

static void end_section(Parser *parser)
{
    innermost(parser)->end = parser->unit->nodes->len;
    g_array_set_size(parser->sections, parser->sections->len - 1);
}

static void fault_unclosed(const Parser *parser, const Node *node)
{
    template_fault(parser->compilation, parser->unit, node->line, node->column,
                   N_("the section \"%s\" is never closed: {{/%s}} is missing"), node->name->text, node->name->text);
}

/* A name that closes a section further out leaves those within unclosed; any other is taken for a slip of the pen. */
static void close_section(Parser *parser, const Tag *tag)
{
    const Name *name = template_name(parser->compilation->template, tag->inside, tag->length);
    guint depth = parser->sections->len;

    if (depth == 0) {
        fault_at(parser, tag, N_("{{/%s}} closes no section"), name->text);
        return;
    }
    while (depth > 0) {
        size_t index = g_array_index(parser->sections, size_t, depth - 1);

        if (g_array_index(parser->unit->nodes, Node, index).name == name)
            break;
        depth--;
    }
    if (depth == 0) {
        const Node *open = innermost(parser);

        fault_at(parser, tag, N_("{{/%s}} does not close the section \"%s\" of line %d: expected {{/%s}}"), name->text,
                 open->name->text, open->line, open->name->text);
        depth = parser->sections->len;
    }
    for (; parser->sections->len > depth; end_section(parser))
        fault_unclosed(parser, innermost(parser));
    end_section(parser);
}

static NodeKind section_kind(const Parser *parser, const Tag *tag)
{
    const char *mark = parser->compilation->template->options.mark;

    if (tag->sigil == '^')
        return NODE_INVERTED;
    return mark && tag->length > strlen(mark) && strncmp(tag->inside, mark, strlen(mark)) == 0 ? NODE_MARK
                                                                                               : NODE_SECTION;
}

static void open_section(Parser *parser, const Tag *tag)
{
    size_t index = parser->unit->nodes->len;
    Node *node = add_node(parser, section_kind(parser, tag), tag->line, tag->column);

    node->name = template_name(parser->compilation->template, tag->inside, tag->length);
    g_array_append_val(parser->sections, index);
    if (parser->sections->len > TEMPLATE_NESTING_MAX && !parser->too_deep) {
        parser->too_deep = true;
        fault_at(parser, tag, N_("sections are nested more than %d deep"), TEMPLATE_NESTING_MAX);
    }
}

static void add_partial(Parser *parser, const Tag *tag, const char *line)
{
    Node *node = add_node(parser, NODE_PARTIAL, tag->line, tag->column);

    node->name = template_name(parser->compilation->template, tag->inside, tag->length);
    if (line) {
        node->starts_line = true;
        node->text = line;
        node->length = (size_t)(tag->start - line);
    }
}

static void add_value(Parser *parser, const Tag *tag)
{
    Node *node = add_node(parser, tag->sigil == '\0' ? NODE_VALUE : NODE_RAW, tag->line, tag->column);

    node->name = template_name(parser->compilation->template, tag->inside, tag->length);
}

/* The text before the tag, then what the tag itself stands for. `line` is where its line starts if it is standalone. */
static void take_tag(Parser *parser, const Tag *tag, const char *line)
{
    const char *mistake = NULL;

    add_text(parser, line ? line : tag->start);
    locate(parser, tag->start);
    if (!line)
        add_line_start(parser, tag);
    if (tag->sigil == '!')
        return;
    if (tag->sigil == '=') {
        set_delimiters(parser, tag);
        return;
    }
    mistake = name_mistake(tag->inside, tag->length, tag->sigil == '>');
    if (mistake)
        fault_at(parser, tag, "%s", _(mistake));
    else if (tag->sigil == '#' || tag->sigil == '^')
        open_section(parser, tag);
    else if (tag->sigil == '/')
        close_section(parser, tag);
    else if (tag->sigil == '>')
        add_partial(parser, tag, line);
    else
        add_value(parser, tag);
}

/* The next tag with its position; false at the end of the source, or where a tag is never closed. */
static bool next_tag(Parser *parser, Tag *tag, bool *broken)
{
    const char *start = strstr(parser->cursor, parser->open);

    if (!start)
        return false;
    *tag = (Tag){.start = start};
    /* text before the tag is located first: locate() never goes back */
    Parser ahead = *parser;
    locate(&ahead, start);
    tag->line = ahead.line;
    tag->column = ahead.column;
    *broken = !read_tag(parser, tag);
    return !*broken;
}

void template_parse(Compilation *compilation, Unit *unit)
{
    if (!unit->source)
        return;

    Parser parser = {
        .compilation = compilation,
        .unit = unit,
        .source = unit->source,
        .cursor = unit->source,
        .located = unit->source,
        .line = 1,
        .column = 1,
        .open = g_strdup("{{"),
        .close = g_strdup("}}"),
        .sections = g_array_new(FALSE, FALSE, sizeof(size_t)),
    };
    bool broken = false;
    Tag tag = {0};

    while (next_tag(&parser, &tag, &broken)) {
        const char *line = NULL;
        const char *behind = tag.end;

        if (tag.sigil == '\0' || strchr("&{", tag.sigil) || !is_standalone(&parser, &tag, &line, &behind))
            line = NULL;
        take_tag(&parser, &tag, line);
        parser.cursor = line ? behind : tag.end;
    }
    add_text(&parser, unit->source + unit->size);
    /* behind a tag without an end nothing was read, so nothing is known of the sections */
    for (; parser.sections->len > 0; end_section(&parser)) {
        if (!broken)
            fault_unclosed(&parser, innermost(&parser));
    }
    g_free(parser.open);
    g_free(parser.close);
    g_array_unref(parser.sections);
}
