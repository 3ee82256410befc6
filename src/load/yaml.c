#include "load/yaml.h"

#include <stdint.h>
#include <string.h>

#include <yaml.h>

#include "base/file.h"
#include "base/language.h"
#include "base/text.h"
#include "load/place.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

/* One open list or map. */
typedef struct Frame {
    YamlNode *node;     /* borrowed: it hangs in the tree or among the dropped */
    GHashTable *keys;   /* map: key -> its first YamlEntry; owned table, borrowed contents */
    YamlEntry *pending; /* map: the entry whose value comes next; NULL when that value is to be dropped */
    bool wants_value;   /* map: a key has been read */
} Frame;

typedef struct Builder {
    Position file;    /* for its interned name */
    const char *text; /* borrowed; without byte order mark */
    size_t size;
    FindingStage stage;
    Findings *findings;
    YamlNode *root;     /* owned */
    GArray *frames;     /* of Frame; the innermost last */
    GPtrArray *dropped; /* of YamlNode: values of refused keys */
    size_t nodes;
    bool is_over;     /* a second document or a limit: nothing after it is looked at */
    bool is_unusable; /* what was built must not be used */
} Builder;

/* What libyaml says, in words for the person who has to mend the file. */
typedef struct Explanation {
    const char *context; /* NULL: any */
    const char *problem;
    bool at_context;  /* the mistake is where the thing began, not where libyaml noticed */
    bool names_start; /* say where it began */
    const char *text;
} Explanation;

static const Explanation explanations[] = {
    {"while scanning a quoted scalar", "found unexpected end of stream", true, false,
     N_("the quote that opens here is never closed: add the closing quote")},
    {"while scanning a quoted scalar", "found unexpected document indicator", false, true,
     N_("a line cannot start with --- or ... inside quotes: indent it, or close the quote before it")},
    {"while parsing a quoted scalar", "found unknown escape character", false, false,
     N_("this backslash means nothing inside double quotes: write two backslashes, or use single quotes")},
    {NULL, "did not find expected hexdecimal number", false, false,
     N_("hexadecimal digits must follow \\x, \\u or \\U: write the character itself instead")},
    {NULL, "found invalid Unicode character escape code", false, false,
     N_("this escape is no Unicode character: write the character itself instead")},
    {NULL, "mapping values are not allowed in this context", false, false,
     N_("a colon cannot stand here: put the text in quotes, or indent the line like its neighbours")},
    {NULL, "block sequence entries are not allowed in this context", false, false,
     N_("a list item cannot stand here: start it on a line of its own, indented like its neighbours")},
    {NULL, "mapping keys are not allowed in this context", false, false,
     N_("a key cannot stand here: start it on a line of its own, or put the text in quotes")},
    {"while scanning a simple key", NULL, true, false,
     N_("this line is no \"key: value\": add the colon, or indent it if it goes on with the text above")},
    {NULL, "did not find expected key", false, true,
     N_("this line is not indented like the keys of its map: line it up, and check the quotes and brackets above it")},
    {NULL, "did not find expected '-' indicator", false, true,
     N_("this line is not indented like the items of its list: line it up, or start it with a hyphen")},
    {NULL, "did not find expected ',' or ']'", false, true, N_("a comma or ] is missing before this")},
    {NULL, "did not find expected ',' or '}'", false, true, N_("a comma or } is missing before this")},
    {NULL, "did not find expected node content", false, false, N_("a value is missing before this")},
    {NULL, "did not find expected <document start>", false, false,
     N_("this cannot follow what stands above: line it up with the first key, and check the quotes and brackets above "
        "it")},
    {NULL, "found a tab character that violates indentation", false, false, N_("a tab cannot indent: use spaces")},
    {NULL, "found a tab character where an indentation space is expected", false, false,
     N_("a tab cannot indent: use spaces")},
    {"while scanning an anchor", NULL, true, false, N_("a text that starts with & must be in quotes")},
    {"while scanning an alias", NULL, true, false, N_("a text that starts with * must be in quotes")},
    {"while scanning a tag", NULL, true, false, N_("a text that starts with ! must be in quotes")},
    {"while parsing a tag", NULL, true, false, N_("a text that starts with ! must be in quotes")},
    {NULL, "found undefined tag handle", false, false, N_("a text that starts with ! must be in quotes")},
    {"while scanning a directive", NULL, true, false,
     N_("a line that starts with a percent sign is a YAML directive: remove it")},
    {NULL, "found incompatible YAML document", false, false, N_("only YAML 1.1 and 1.2 can be read: remove this line")},
    {"while scanning a block scalar", "did not find expected comment or line break", false, false,
     N_("after | or > the text starts on the next line")},
    {"while scanning a block scalar", NULL, false, true,
     N_("the indentation of this block text cannot be understood: write | or > alone and indent every line the same")},
};

static Position position_of(const Builder *builder, yaml_mark_t mark)
{
    Position at = builder->file;

    at.line = (int)mark.line + 1;
    at.column = (int)mark.column + 1;
    return at;
}

static Position position_of_byte(const Builder *builder, size_t offset)
{
    return place_after(position_make(builder->file.file, 1, 1), builder->text, offset);
}

static void refuse(Builder *builder, const char *id, Position at, const char *text)
{
    findings_error(builder->findings, builder->stage, id, at, "%s", _(text));
}

static void give_up(Builder *builder, const char *id, Position at, const char *text)
{
    refuse(builder, id, at, text);
    builder->is_over = true;
    builder->is_unusable = true;
}

static void entry_free(gpointer data)
{
    YamlEntry *entry = data;

    g_free(entry->key);
    yaml_node_free(entry->value);
    g_free(entry);
}

/* Recursion is as deep as the tree: YAML_DEPTH_MAX. */
static void node_free(gpointer data)
{
    YamlNode *node = data;

    g_free(node->text);
    if (node->items)
        g_ptr_array_unref(node->items);
    if (node->entries)
        g_ptr_array_unref(node->entries);
    g_free(node);
}

void yaml_node_free(YamlNode *node)
{
    if (node)
        node_free(node);
}

static YamlNode *node_new(Builder *builder, YamlKind kind, yaml_mark_t mark)
{
    YamlNode *node = g_new0(YamlNode, 1);

    node->kind = kind;
    node->at = position_of(builder, mark);
    if (kind == YAML_NODE_LIST)
        node->items = g_ptr_array_new_with_free_func(node_free);
    else if (kind == YAML_NODE_MAP)
        node->entries = g_ptr_array_new_with_free_func(entry_free);
    if (++builder->nodes > YAML_NODES_MAX)
        give_up(builder, "yaml-limit", node->at, N_("the file has more than 200,000 values: split it"));
    return node;
}

static Frame *innermost(Builder *builder)
{
    return builder->frames->len > 0 ? &g_array_index(builder->frames, Frame, builder->frames->len - 1) : NULL;
}

static bool wants_key(Builder *builder)
{
    const Frame *frame = innermost(builder);

    return frame && frame->node->kind == YAML_NODE_MAP && !frame->wants_value;
}

/* Hangs a node where it belongs; from then on the tree (or the list of dropped nodes) owns it. */
static void attach(Builder *builder, YamlNode *node)
{
    Frame *frame = innermost(builder);

    if (!frame) {
        yaml_node_free(builder->root);
        builder->root = node;
    } else if (frame->node->kind == YAML_NODE_LIST) {
        g_ptr_array_add(frame->node->items, node);
    } else {
        if (!frame->wants_value) { /* a list or map as a key */
            refuse(builder, "yaml-key", node->at,
                   N_("a key must be one word: put a text that starts with { or [ in quotes"));
            frame->pending = NULL;
        }
        if (frame->wants_value && frame->pending)
            frame->pending->value = node;
        else
            g_ptr_array_add(builder->dropped, node);
        frame->wants_value = !frame->wants_value;
    }
}

static void open_frame(Builder *builder, YamlKind kind, yaml_mark_t mark)
{
    YamlNode *node = node_new(builder, kind, mark);
    Frame frame = {.node = node};

    attach(builder, node);
    if (builder->frames->len >= YAML_DEPTH_MAX) {
        give_up(builder, "yaml-limit", node->at, N_("lists and maps are nested more than 32 deep: check the brackets"));
        return;
    }
    g_array_append_val(builder->frames, frame);
    if (kind == YAML_NODE_MAP)
        innermost(builder)->keys = g_hash_table_new(g_str_hash, g_str_equal);
}

static void frame_clear(gpointer data)
{
    Frame *frame = data;

    if (frame->keys)
        g_hash_table_unref(frame->keys);
}

/* Why a scalar cannot be a key, or NULL. */
static const char *key_problem(const yaml_event_t *event)
{
    const char *text = (const char *)event->data.scalar.value;
    size_t length = event->data.scalar.length;
    yaml_scalar_style_t style = event->data.scalar.style;

    if (length == 0)
        return N_("a key is missing before the colon");
    if (style == YAML_LITERAL_SCALAR_STYLE || style == YAML_FOLDED_SCALAR_STYLE || text_has_controls(text, length))
        return N_("a key must be one word on one line, without control characters");
    if (style == YAML_PLAIN_SCALAR_STYLE && strcmp(text, "<<") == 0)
        return N_("merge keys (<<) are refused: write the keys out here");
    return NULL;
}

static void read_key(Builder *builder, const yaml_event_t *event)
{
    Frame *frame = innermost(builder);
    Position at = position_of(builder, event->start_mark);
    const char *text = (const char *)event->data.scalar.value;
    const char *problem = key_problem(event);
    const YamlEntry *first;

    frame->wants_value = true;
    frame->pending = NULL;
    if (problem) {
        refuse(builder, "yaml-key", at, problem);
        return;
    }
    first = g_hash_table_lookup(frame->keys, text);
    if (first) {
        findings_error(builder->findings, builder->stage, "yaml-duplicate-key", at,
                       "key \"%s\" stands here and at line %d, column %d: remove one of the two", text, first->at.line,
                       first->at.column);
        return;
    }
    frame->pending = g_new0(YamlEntry, 1);
    frame->pending->key = g_strdup(text);
    frame->pending->at = at;
    g_ptr_array_add(frame->node->entries, frame->pending);
    g_hash_table_insert(frame->keys, frame->pending->key, frame->pending);
}

static void refuse_marks(Builder *builder, yaml_mark_t mark, const yaml_char_t *anchor, const yaml_char_t *tag)
{
    Position at = position_of(builder, mark);

    if (anchor)
        refuse(builder, "yaml-anchor", at,
               N_("anchors (&) are refused: remove it, or put a text that starts with & in quotes"));
    if (tag)
        refuse(builder, "yaml-tag", at,
               N_("tags (!) are refused: remove it, or put a text that starts with ! in quotes"));
}

static bool is_quoted(yaml_scalar_style_t style)
{
    return style == YAML_SINGLE_QUOTED_SCALAR_STYLE || style == YAML_DOUBLE_QUOTED_SCALAR_STYLE;
}

static void read_scalar(Builder *builder, const yaml_event_t *event)
{
    const char *text = (const char *)event->data.scalar.value;
    size_t length = event->data.scalar.length;
    yaml_scalar_style_t style = event->data.scalar.style;
    YamlNode *node;

    refuse_marks(builder, event->start_mark, event->data.scalar.anchor, event->data.scalar.tag);
    if (memchr(text, '\0', length)) {
        give_up(builder, "yaml-control", position_of(builder, event->start_mark),
                N_("this text holds a NUL character (\\0): remove it"));
        return;
    }
    if (wants_key(builder)) {
        read_key(builder, event);
        return;
    }
    node = node_new(builder, YAML_NODE_SCALAR, event->start_mark);
    node->text = g_strndup(text, length);
    node->is_plain = style == YAML_PLAIN_SCALAR_STYLE;
    /* Every escape and every folded line is longer in the file than in the text. */
    node->is_verbatim =
        (node->is_plain || is_quoted(style)) && event->start_mark.line == event->end_mark.line &&
        event->end_mark.index - event->start_mark.index == text_characters(text, length) + (node->is_plain ? 0 : 2);
    attach(builder, node);
}

static void read_alias(Builder *builder, const yaml_event_t *event)
{
    YamlNode *node;

    refuse(builder, "yaml-alias", position_of(builder, event->start_mark),
           N_("aliases (*) are refused: write the value out here, or put a text that starts with * in quotes"));
    if (wants_key(builder)) {
        innermost(builder)->pending = NULL;
        innermost(builder)->wants_value = true;
        return;
    }
    node = node_new(builder, YAML_NODE_SCALAR, event->start_mark);
    node->text = g_strdup("");
    node->is_refused = true;
    attach(builder, node);
}

static void read_event(Builder *builder, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        if (builder->root) {
            refuse(builder, "yaml-documents", position_of(builder, event->start_mark),
                   N_("a second document starts here (---): keep one document in a file"));
            builder->is_over = true;
        }
        break;
    case YAML_SCALAR_EVENT:
        read_scalar(builder, event);
        break;
    case YAML_ALIAS_EVENT:
        read_alias(builder, event);
        break;
    case YAML_SEQUENCE_START_EVENT:
        refuse_marks(builder, event->start_mark, event->data.sequence_start.anchor, event->data.sequence_start.tag);
        open_frame(builder, YAML_NODE_LIST, event->start_mark);
        break;
    case YAML_MAPPING_START_EVENT:
        refuse_marks(builder, event->start_mark, event->data.mapping_start.anchor, event->data.mapping_start.tag);
        open_frame(builder, YAML_NODE_MAP, event->start_mark);
        break;
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        g_array_set_size(builder->frames, builder->frames->len - 1);
        break;
    default:
        break;
    }
}

static bool explains(const Explanation *explanation, const yaml_parser_t *parser)
{
    return (!explanation->context || g_strcmp0(explanation->context, parser->context) == 0) &&
           (!explanation->problem || g_strcmp0(explanation->problem, parser->problem) == 0);
}

static void report_bad_start(Builder *builder, const yaml_parser_t *parser)
{
    const char *found = g_utf8_offset_to_pointer(builder->text, (glong)parser->problem_mark.index);
    Position at = position_of(builder, parser->problem_mark);

    if (*found == '\t')
        give_up(builder, "yaml-syntax", at, N_("a tab cannot indent: use spaces"));
    else
        findings_error(builder->findings, builder->stage, "yaml-syntax", at,
                       "a text cannot start with \"%.1s\": put it in quotes", g_ascii_isprint(*found) ? found : "?");
}

/* The file ends within [ or {. */
static bool is_open_bracket(Builder *builder, const yaml_parser_t *parser)
{
    return innermost(builder) && parser->context && g_str_has_prefix(parser->context, "while parsing a flow") &&
           parser->problem_mark.index >= text_characters(builder->text, builder->size);
}

static void report_syntax(Builder *builder, const yaml_parser_t *parser)
{
    Position at = position_of(builder, parser->problem_mark);

    builder->is_unusable = true;
    if (parser->error == YAML_READER_ERROR) {
        give_up(builder, "yaml-control", position_of_byte(builder, parser->problem_offset),
                N_("control characters are not allowed: remove this one"));
        return;
    }
    if (g_strcmp0(parser->problem, "found character that cannot start any token") == 0) {
        report_bad_start(builder, parser);
        return;
    }
    if (is_open_bracket(builder, parser)) {
        refuse(builder, "yaml-syntax", innermost(builder)->node->at,
               N_("the bracket that opens here is never closed: add ] or }"));
        return;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(explanations); i++) {
        const Explanation *explanation = &explanations[i];

        if (!explains(explanation, parser))
            continue;
        if (explanation->at_context)
            at = position_of(builder, parser->context_mark);
        if (explanation->names_start && parser->context)
            findings_error(builder->findings, builder->stage, "yaml-syntax", at, "%s (it began at line %d, column %d)",
                           _(explanation->text), (int)parser->context_mark.line + 1,
                           (int)parser->context_mark.column + 1);
        else
            refuse(builder, "yaml-syntax", at, explanation->text);
        return;
    }
    findings_error(builder->findings, builder->stage, "yaml-syntax", at,
                   "%s: check the indentation, the quotes and the brackets here",
                   parser->problem ? parser->problem : _("the file cannot be parsed"));
}

/* False: the bytes are not even text, and that has been reported. */
static bool check_bytes(Builder *builder)
{
    const char *bad = NULL;

    if (builder->size > YAML_SIZE_MAX) {
        give_up(builder, "yaml-limit", builder->file, N_("the file is larger than 4 MiB: split it"));
        return false;
    }
    if (builder->size >= 2 &&
        (memcmp(builder->text, "\xff\xfe", 2) == 0 || memcmp(builder->text, "\xfe\xff", 2) == 0)) {
        give_up(builder, "yaml-encoding", builder->file, N_("the file is UTF-16: save it as UTF-8"));
        return false;
    }
    if (!g_utf8_validate_len(builder->text, builder->size, &bad)) {
        size_t offset = (size_t)(bad - builder->text);

        if (*bad == '\0')
            give_up(builder, "yaml-control", position_of_byte(builder, offset),
                    N_("the file holds a NUL character: remove it, or save the file as UTF-8"));
        else
            give_up(builder, "yaml-encoding", position_of_byte(builder, offset),
                    N_("these bytes are not UTF-8: save the file as UTF-8"));
        return false;
    }
    return true;
}

static void parse(Builder *builder)
{
    yaml_parser_t parser;
    yaml_event_t event;
    bool is_end = false;

    if (!yaml_parser_initialize(&parser)) {
        give_up(builder, "yaml-limit", builder->file, N_("there is no memory left to read the file"));
        return;
    }
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)builder->text, builder->size);
    while (!is_end && !builder->is_over) {
        if (!yaml_parser_parse(&parser, &event)) {
            report_syntax(builder, &parser);
            break;
        }
        is_end = event.type == YAML_STREAM_END_EVENT;
        read_event(builder, &event);
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
}

YamlNode *yaml_parse(const char *name, const char *text, size_t size, FindingStage stage, Findings *findings)
{
    Builder builder = {
        .file = position_make(name, 0, 0), .text = text, .size = size, .stage = stage, .findings = findings};
    YamlNode *root;

    if (size >= 3 && memcmp(text, BYTE_ORDER_MARK, 3) == 0) {
        builder.text += 3;
        builder.size -= 3;
    }
    if (!check_bytes(&builder))
        return NULL;
    builder.frames = g_array_new(FALSE, FALSE, sizeof(Frame));
    g_array_set_clear_func(builder.frames, frame_clear);
    builder.dropped = g_ptr_array_new_with_free_func(node_free);
    parse(&builder);
    root = builder.root;
    if (builder.is_unusable) {
        yaml_node_free(root);
        root = NULL;
    } else if (!root) {
        refuse(&builder, "yaml-empty", builder.file, N_("the file is empty"));
    }
    g_array_unref(builder.frames);
    g_ptr_array_unref(builder.dropped);
    return root;
}

YamlNode *yaml_load(const char *path, FindingStage stage, Findings *findings)
{
    g_autoptr(GError) error = NULL;
    size_t size = 0;
    g_autofree char *text = file_read(path, YAML_SIZE_MAX, &size, &error);

    if (!text) {
        findings_error(findings, stage, "yaml-unreadable", position_make(path, 0, 0), "%s", error->message);
        return NULL;
    }
    return yaml_parse(path, text, size, stage, findings);
}

YamlEntry *yaml_entry(const YamlNode *map, const char *key)
{
    if (map->kind != YAML_NODE_MAP)
        return NULL;
    for (guint i = 0; i < map->entries->len; i++) {
        YamlEntry *entry = g_ptr_array_index(map->entries, i);

        if (strcmp(entry->key, key) == 0)
            return entry;
    }
    return NULL;
}

YamlNode *yaml_get(const YamlNode *map, const char *key)
{
    YamlEntry *entry = yaml_entry(map, key);

    return entry ? entry->value : NULL;
}

Position yaml_character_at(const YamlNode *scalar, size_t offset)
{
    Position at = scalar->at;

    if (scalar->is_verbatim)
        at.column += (int)offset + (scalar->is_plain ? 0 : 1);
    return at;
}
