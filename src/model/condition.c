#include "model/condition.h"

#include <string.h>

#include "base/error.h"
#include "base/language.h"
#include "base/text.h"

#define TEXT_MAX   4096
#define DEPTH_MAX  64
#define DIGITS_MAX 15 /* every decimal of so many digits is told apart by a double */
#define NO_NODE    0  /* node 0 is never used */

typedef enum Kind { KIND_OR, KIND_AND, KIND_NUMBER, KIND_STRING } Kind;
typedef enum Relation { EQUAL, UNEQUAL, LESS, AT_MOST, GREATER, AT_LEAST } Relation;

/* One step of the tree. The children of || and && are a list, so that only parentheses make evaluation recurse. */
typedef struct Node {
    Kind kind;
    Relation relation; /* of a comparison, with the name on the left */
    bool negated;
    guint first, next; /* first child, next sibling */
    const char *name;  /* interned */
    double number;
    const char *string; /* borrowed from Condition.text */
    size_t length;
} Node;

struct Condition {
    char *text;    /* owned: the source, where the strings of the nodes lie */
    GArray *nodes; /* of Node; may move while parsing, so nodes are named by index until then */
    guint root;
    GPtrArray *names; /* interned, sorted, each once, then NULL */
};

typedef enum TokenKind {
    TOKEN_END,
    TOKEN_NAME,
    TOKEN_NUMBER,
    TOKEN_STRING,
    TOKEN_OPERATOR,
    TOKEN_AND,
    TOKEN_OR,
    TOKEN_NOT,
    TOKEN_OPEN,
    TOKEN_CLOSE
} TokenKind;

typedef struct Token {
    TokenKind kind;
    const char *start; /* in the source */
    size_t length;     /* of a string: without its quotes */
    Relation relation;
    double number;
    const char *content; /* of a string: behind the opening quote */
} Token;

typedef struct Parser {
    Condition *condition;
    const char *cursor;
    Token token; /* the one to be looked at */
    int depth;
    size_t *offset;
    GError **error;
} Parser;

static const struct {
    const char *text;
    TokenKind kind;
    Relation relation;
    const char *instead; /* what should be written, where `text` itself means nothing here */
} marks[] = {
    /* longer ones first */
    {"===", TOKEN_END, EQUAL, "=="},
    {"!==", TOKEN_END, EQUAL, "!="},
    {"==", TOKEN_OPERATOR, EQUAL, NULL},
    {"!=", TOKEN_OPERATOR, UNEQUAL, NULL},
    {"<=", TOKEN_OPERATOR, AT_MOST, NULL},
    {">=", TOKEN_OPERATOR, AT_LEAST, NULL},
    {"&&", TOKEN_AND, EQUAL, NULL},
    {"||", TOKEN_OR, EQUAL, NULL},
    {"<>", TOKEN_END, EQUAL, "!="},
    {"=<", TOKEN_END, EQUAL, "<="},
    {"=>", TOKEN_END, EQUAL, ">="},
    {"<", TOKEN_OPERATOR, LESS, NULL},
    {">", TOKEN_OPERATOR, GREATER, NULL},
    {"!", TOKEN_NOT, EQUAL, NULL},
    {"(", TOKEN_OPEN, EQUAL, NULL},
    {")", TOKEN_CLOSE, EQUAL, NULL},
    {"=", TOKEN_END, EQUAL, "=="},
    {"&", TOKEN_END, EQUAL, "&&"},
    {"|", TOKEN_END, EQUAL, "||"},
    /* what input methods and word processors make of them */
    {"＝", TOKEN_END, EQUAL, "=="},
    {"≠", TOKEN_END, EQUAL, "!="},
    {"≤", TOKEN_END, EQUAL, "<="},
    {"≥", TOKEN_END, EQUAL, ">="},
    {"＜", TOKEN_END, EQUAL, "<"},
    {"＞", TOKEN_END, EQUAL, ">"},
    {"！", TOKEN_END, EQUAL, "!"},
    {"＆", TOKEN_END, EQUAL, "&&"},
    {"｜", TOKEN_END, EQUAL, "||"},
    {"（", TOKEN_END, EQUAL, "("},
    {"）", TOKEN_END, EQUAL, ")"},
    {"‘", TOKEN_END, EQUAL, "'"},
    {"’", TOKEN_END, EQUAL, "'"},
    {"“", TOKEN_END, EQUAL, "\""},
    {"”", TOKEN_END, EQUAL, "\""},
};

static bool fail(Parser *parser, const char *where, const char *format, ...) G_GNUC_PRINTF(3, 4);

static bool fail(Parser *parser, const char *where, const char *format, ...)
{
    const char *start = parser->condition->text;
    va_list arguments;

    va_start(arguments, format);
    error_set_va(parser->error, BREACH_ERROR_INPUT, NULL, NULL, format, arguments);
    va_end(arguments);
    *parser->offset = text_characters(start, (size_t)(where - start));
    return false;
}

/* [-]digits[.digits]: 0 when `text` does not start so, else how many bytes it takes; *digits of them are digits. */
static size_t number_length(const char *text, size_t *digits)
{
    const char *at = text;

    *digits = 0;
    if (*at == '-')
        at++;
    if (!g_ascii_isdigit(*at))
        return 0;
    for (; g_ascii_isdigit(*at); at++)
        ++*digits;
    if (*at == '.' && g_ascii_isdigit(at[1]))
        for (at++; g_ascii_isdigit(*at); at++)
            ++*digits;
    return (size_t)(at - text);
}

/* With so few digits both numerator and denominator are exact doubles, so that the one division rounds correctly. */
static double short_number(const char *text)
{
    static const double powers[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    const char *at = *text == '-' ? text + 1 : text;
    int64_t whole = 0;
    size_t decimals = 0;

    for (; g_ascii_isdigit(*at); at++)
        whole = whole * 10 + (*at - '0');
    if (*at == '.')
        for (at++; g_ascii_isdigit(*at) && decimals + 1 < G_N_ELEMENTS(powers); at++, decimals++)
            whole = whole * 10 + (*at - '0');
    return (double)(*text == '-' ? -whole : whole) / powers[decimals];
}

/* Whether the whole of a person's value reads as a number. */
static bool read_number(const char *value, double *number)
{
    size_t digits;
    size_t length = number_length(value, &digits);

    if (length == 0 || value[length])
        return false;
    *number = digits <= DIGITS_MAX ? short_number(value) : g_ascii_strtod(value, NULL);
    return true;
}

/* How many bytes of a name `at` starts with. */
static size_t name_length(const char *at)
{
    const char *start = at;

    while (*at) {
        gunichar character = g_utf8_get_char(at);
        bool inside = at != start && (character == '.' || character == '-' || g_unichar_isdigit(character));

        if (!inside && character != '_' && !g_unichar_isalpha(character) && !g_unichar_ismark(character))
            break;
        at = g_utf8_next_char(at);
    }
    return (size_t)(at - start);
}

static bool lex_number(Parser *parser, size_t length, size_t digits)
{
    const char *end = parser->cursor + length;

    if (digits > DIGITS_MAX)
        return fail(parser, parser->cursor,
                    N_("a number has at most %d digits; put it in quotes to compare it as text"), DIGITS_MAX);
    if (*end == '.' || g_ascii_isdigit(*end) || name_length(end) > 0)
        return fail(parser, end,
                    N_("a number is written with digits and at most one decimal point (14, -0.5), without "
                       "a unit; put a text in quotes"));
    parser->token.kind = TOKEN_NUMBER;
    parser->token.number = short_number(parser->cursor);
    parser->token.length = length;
    parser->cursor = end;
    return true;
}

static bool lex_string(Parser *parser)
{
    const char *content = parser->cursor + 1;
    const char *end = strchr(content, *parser->cursor);

    if (!end)
        return fail(parser, parser->cursor, N_("this quote is never closed"));
    if (end == content)
        return fail(parser, parser->cursor,
                    N_("an empty text can be compared with nothing: a person without a value is unknown, not ''"));
    if (text_has_controls(content, (size_t)(end - content)))
        return fail(parser, parser->cursor, N_("a quoted text must be on one line and have no control characters"));
    parser->token.kind = TOKEN_STRING;
    parser->token.content = content;
    parser->token.length = (size_t)(end - content);
    parser->cursor = end + 1;
    return true;
}

static bool lex_mark(Parser *parser)
{
    for (size_t i = 0; i < G_N_ELEMENTS(marks); i++) {
        if (!g_str_has_prefix(parser->cursor, marks[i].text))
            continue;
        if (marks[i].instead)
            return fail(parser, parser->cursor, N_("write %s instead of %s"), marks[i].instead, marks[i].text);
        parser->token.kind = marks[i].kind;
        parser->token.relation = marks[i].relation;
        parser->token.length = strlen(marks[i].text);
        parser->cursor += parser->token.length;
        return true;
    }
    if ((unsigned char)*parser->cursor < 0x20 || *parser->cursor == 0x7f)
        return fail(parser, parser->cursor, N_("a control character has no place here"));
    return fail(parser, parser->cursor, N_("%.*s has no meaning here; put a text in quotes"),
                (int)(g_utf8_next_char(parser->cursor) - parser->cursor), parser->cursor);
}

/* Moves on to the next token. */
static bool advance(Parser *parser)
{
    size_t digits;
    size_t length;

    while (*parser->cursor && strchr(" \t\r\n", *parser->cursor))
        parser->cursor++;
    parser->token = (Token){.kind = TOKEN_END, .start = parser->cursor};
    if (!*parser->cursor)
        return true;
    length = number_length(parser->cursor, &digits);
    if (length > 0)
        return lex_number(parser, length, digits);
    length = name_length(parser->cursor);
    if (length > 0) {
        parser->token.kind = TOKEN_NAME;
        parser->token.length = length;
        parser->cursor += length;
        return true;
    }
    return *parser->cursor == '\'' || *parser->cursor == '"' ? lex_string(parser) : lex_mark(parser);
}

static bool token_is_word(const Token *token, const char *word)
{
    return token->kind == TOKEN_NAME && token->length == strlen(word) &&
           g_ascii_strncasecmp(token->start, word, token->length) == 0;
}

static Node *node_at(Parser *parser, guint index)
{
    return &g_array_index(parser->condition->nodes, Node, index);
}

static guint add_node(Parser *parser, Node node)
{
    g_array_append_val(parser->condition->nodes, node);
    return parser->condition->nodes->len - 1;
}

static const char *add_name(Parser *parser, const Token *token)
{
    g_autofree char *copy = g_strndup(token->start, token->length);
    const char *name = g_intern_string(copy);

    if (!g_ptr_array_find(parser->condition->names, name, NULL))
        g_ptr_array_add(parser->condition->names, (gpointer)name);
    return name;
}

static bool is_operand(const Token *token)
{
    return token->kind == TOKEN_NAME || token->kind == TOKEN_NUMBER || token->kind == TOKEN_STRING;
}

static Relation mirrored(Relation relation)
{
    static const Relation mirror[] = {[EQUAL] = EQUAL,      [UNEQUAL] = UNEQUAL, [LESS] = GREATER,
                                      [AT_MOST] = AT_LEAST, [GREATER] = LESS,    [AT_LEAST] = AT_MOST};

    return mirror[relation];
}

/* Makes the node of `left relation right`, one of which must be a name and the other must not. */
static bool compare(Parser *parser, const Token *left, const Token *relation, const Token *right, guint *index)
{
    bool forward = left->kind == TOKEN_NAME;
    const Token *name = forward ? left : right;
    const Token *literal = forward ? right : left;
    Node node = {.relation = forward ? relation->relation : mirrored(relation->relation)};

    if (literal->kind == TOKEN_NAME)
        return fail(parser, right->start, N_("compare with a number or with a text in quotes: '%.*s'"),
                    (int)right->length, right->start);
    if (name->kind != TOKEN_NAME)
        return fail(parser, left->start,
                    N_("this compares nothing of a person: one side must be the name of a column"));
    if (literal->kind == TOKEN_STRING && node.relation != EQUAL && node.relation != UNEQUAL)
        return fail(parser, relation->start, N_("texts compare only with == and !=; write a number without quotes"));
    node.kind = literal->kind == TOKEN_NUMBER ? KIND_NUMBER : KIND_STRING;
    node.name = add_name(parser, name);
    node.number = literal->number;
    node.string = literal->content;
    node.length = literal->length;
    *index = add_node(parser, node);
    return true;
}

/* Says how to write what was meant by an operand that no comparison follows. */
static bool fail_bare(Parser *parser, const Token *operand)
{
    if (operand->kind != TOKEN_NAME)
        return fail(parser, operand->start, N_("a value alone is no condition: write NAME == VALUE"));
    if (token_is_word(operand, "not") && (is_operand(&parser->token) || parser->token.kind == TOKEN_OPEN))
        return fail(parser, operand->start, N_("write ! instead of %.*s"), (int)operand->length, operand->start);
    if (is_operand(&parser->token) && !token_is_word(&parser->token, "and") && !token_is_word(&parser->token, "or"))
        return fail(parser, parser->token.start, N_("a comparison is missing here: one of == != < <= > >="));
    return fail(parser, operand->start,
                N_("a name alone is no condition: write what it is compared with, such as %.*s == "
                   "'yes'"),
                (int)operand->length, operand->start);
}

static bool parse_comparison(Parser *parser, guint *index)
{
    Token left = parser->token;
    Token relation;
    Token right;

    if (!is_operand(&left))
        return fail(parser, left.start, "%s",
                    left.kind == TOKEN_END ? _("a condition is missing here, such as age < 14")
                                           : _("expected a name, a number, a text in quotes or ( here"));
    if (!advance(parser))
        return false;
    relation = parser->token;
    if (relation.kind != TOKEN_OPERATOR)
        return fail_bare(parser, &left);
    if (!advance(parser))
        return false;
    right = parser->token;
    if (!is_operand(&right))
        return fail(parser, right.start, N_("expected a name, a number or a text in quotes here"));
    if (!advance(parser) || !compare(parser, &left, &relation, &right, index))
        return false;
    if (parser->token.kind == TOKEN_OPERATOR)
        return fail(parser, parser->token.start,
                    N_("comparisons cannot be chained: join two with &&, such as age >= 14 && age < 18"));
    return true;
}

static bool parse_any(Parser *parser, guint *index);

static bool parse_parentheses(Parser *parser, guint *index)
{
    const char *open = parser->token.start;

    if (++parser->depth > DEPTH_MAX)
        return fail(parser, open, N_("more than %d levels of parentheses"), DEPTH_MAX);
    if (!advance(parser) || !parse_any(parser, index))
        return false;
    if (parser->token.kind == TOKEN_END)
        return fail(parser, open, N_("this ( is never closed"));
    if (parser->token.kind != TOKEN_CLOSE)
        return fail(parser, parser->token.start, N_("expected &&, || or ) here"));
    parser->depth--;
    if (!advance(parser))
        return false;
    if (parser->token.kind == TOKEN_OPERATOR)
        return fail(parser, parser->token.start,
                    N_("what stands in parentheses is true or false and cannot be compared"));
    return true;
}

static bool parse_one(Parser *parser, guint *index)
{
    bool negated = false;

    for (; parser->token.kind == TOKEN_NOT; negated = !negated)
        if (!advance(parser))
            return false;
    if (!(parser->token.kind == TOKEN_OPEN ? parse_parentheses(parser, index) : parse_comparison(parser, index)))
        return false;
    if (negated)
        node_at(parser, *index)->negated = !node_at(parser, *index)->negated;
    if (token_is_word(&parser->token, "and") || token_is_word(&parser->token, "or"))
        return fail(parser, parser->token.start, N_("write %s instead of %.*s"),
                    token_is_word(&parser->token, "and") ? "&&" : "||", (int)parser->token.length, parser->token.start);
    return true;
}

typedef bool ParsePart(Parser *parser, guint *index);

/* part *( separator part ); a single part stands for itself. */
static bool parse_list(Parser *parser, ParsePart *part, TokenKind separator, Kind kind, guint *index)
{
    guint last;

    if (!part(parser, index))
        return false;
    if (parser->token.kind != separator)
        return true;
    last = *index;
    *index = add_node(parser, (Node){.kind = kind, .first = last});
    while (parser->token.kind == separator) {
        guint next;

        if (!advance(parser) || !part(parser, &next))
            return false;
        node_at(parser, last)->next = next;
        last = next;
    }
    return true;
}

static bool parse_all(Parser *parser, guint *index)
{
    return parse_list(parser, parse_one, TOKEN_AND, KIND_AND, index);
}

static bool parse_any(Parser *parser, guint *index)
{
    return parse_list(parser, parse_all, TOKEN_OR, KIND_OR, index);
}

static bool parse_whole(Parser *parser)
{
    const char *text = parser->condition->text;
    const char *invalid;

    if (strlen(text) > TEXT_MAX)
        return fail(parser, text, N_("a condition has at most %d bytes"), TEXT_MAX);
    if (!g_utf8_validate(text, -1, &invalid))
        return fail(parser, invalid, N_("this is not UTF-8"));
    if (!advance(parser) || !parse_any(parser, &parser->condition->root))
        return false;
    if (parser->token.kind == TOKEN_CLOSE)
        return fail(parser, parser->token.start, N_("this ) closes nothing"));
    if (parser->token.kind != TOKEN_END)
        return fail(parser, parser->token.start, N_("expected && or || here"));
    return true;
}

Condition *condition_parse(const char *text, size_t *offset, GError **error)
{
    g_autoptr(Condition) condition = g_new0(Condition, 1);
    Parser parser = {.condition = condition, .offset = offset, .error = error};

    condition->text = g_strdup(text);
    condition->nodes = g_array_new(FALSE, TRUE, sizeof(Node));
    condition->names = g_ptr_array_new();
    g_array_set_size(condition->nodes, NO_NODE + 1);
    parser.cursor = condition->text;
    if (!parse_whole(&parser))
        return NULL;
    g_ptr_array_sort(condition->names, text_order);
    g_ptr_array_add(condition->names, NULL);
    return g_steal_pointer(&condition);
}

const char *const *condition_names(const Condition *condition)
{
    return (const char *const *)condition->names->pdata;
}

typedef struct Evaluation {
    const Node *nodes;
    ConditionLookup *lookup;
    void *user;
} Evaluation;

static bool number_matches(Relation relation, double value, double literal)
{
    switch (relation) {
    case EQUAL:
        return value == literal;
    case UNEQUAL:
        return value != literal;
    case LESS:
        return value < literal;
    case AT_MOST:
        return value <= literal;
    case GREATER:
        return value > literal;
    case AT_LEAST:
        return value >= literal;
    }
    return false;
}

static ConditionValue evaluate_comparison(const Evaluation *evaluation, const Node *node, const char **unknown)
{
    const char *value = evaluation->lookup(node->name, evaluation->user);
    bool matches;
    double number;

    if (!value || !*value || (node->kind == KIND_NUMBER && !read_number(value, &number))) {
        *unknown = node->name;
        return CONDITION_UNKNOWN;
    }
    if (node->kind == KIND_NUMBER)
        matches = number_matches(node->relation, number, node->number);
    else
        matches =
            (strncmp(value, node->string, node->length) == 0 && !value[node->length]) == (node->relation == EQUAL);
    return matches != node->negated ? CONDITION_TRUE : CONDITION_FALSE;
}

/* A list is decided by its first child that is `deciding` (false for &&, true for ||), else unknown if any child is. */
static ConditionValue evaluate(const Evaluation *evaluation, guint index, const char **unknown)
{
    const Node *node = &evaluation->nodes[index];
    ConditionValue deciding = node->kind == KIND_AND ? CONDITION_FALSE : CONDITION_TRUE;
    const char *missing = NULL;
    bool decided = false;

    if (node->kind == KIND_NUMBER || node->kind == KIND_STRING)
        return evaluate_comparison(evaluation, node, unknown);
    for (guint child = node->first; child != NO_NODE && !decided; child = evaluation->nodes[child].next) {
        const char *name = NULL;
        ConditionValue value = evaluate(evaluation, child, &name);

        decided = value == deciding;
        if (value == CONDITION_UNKNOWN && !missing)
            missing = name;
    }
    if (!decided && missing) {
        *unknown = missing;
        return CONDITION_UNKNOWN;
    }
    return (decided == (deciding == CONDITION_TRUE)) != node->negated ? CONDITION_TRUE : CONDITION_FALSE;
}

ConditionValue condition_evaluate(const Condition *condition, ConditionLookup *lookup, void *user, const char **unknown)
{
    const Evaluation evaluation = {
        .nodes = (const Node *)(const void *)condition->nodes->data, .lookup = lookup, .user = user};
    const char *missing = NULL;
    ConditionValue value = evaluate(&evaluation, condition->root, &missing);

    if (unknown && value == CONDITION_UNKNOWN)
        *unknown = missing;
    return value;
}

void condition_free(Condition *condition)
{
    if (!condition)
        return;
    g_free(condition->text);
    if (condition->nodes)
        g_array_unref(condition->nodes);
    if (condition->names)
        g_ptr_array_unref(condition->names);
    g_free(condition);
}
