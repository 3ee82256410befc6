/* schema-check - whether JSON documents are what their schema promises, for the part of JSON Schema 2020-12 that
 * docs/schema uses. Stricter than the standard: a keyword that it does not know is an error, and so is a member of a
 * document that the schema does not name, unless `additionalProperties` allows it.
 *
 *     schema-check SCHEMA DOCUMENT...   checks the documents
 *     schema-check --lint SCHEMA...     checks that every member is described in words, and every keyword is known
 *
 * Exit 0: they agree. 1: they do not, each difference is a line on stdout. 2: a file cannot be read. */
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <glib.h>
#include <jansson.h>

typedef struct Schema {
    char *folder;
    GHashTable *files; /* name -> json_t */
    int differences;
} Schema;

/* A schema within its file, which its references begin at. */
typedef struct Place {
    const json_t *root;
    const json_t *at;
} Place;

typedef void Keyword(Schema *schema, Place place, const json_t *rule, const json_t *value, const char *path);

static void check(Schema *schema, Place place, const json_t *value, const char *path);

static void differ(Schema *schema, const char *path, const char *format, ...) G_GNUC_PRINTF(3, 4);

static void differ(Schema *schema, const char *path, const char *format, ...)
{
    va_list arguments;

    printf("%s: ", *path ? path : "/");
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    putchar('\n');
    schema->differences++;
}

static json_t *load(const char *path)
{
    json_error_t error;
    json_t *document = json_load_file(path, JSON_REJECT_DUPLICATES, &error);

    if (!document)
        fprintf(stderr, "schema-check: %s:%d: %s\n", path, error.line, error.text);
    return document;
}

static const json_t *file_of(Schema *schema, const char *name)
{
    json_t *root = g_hash_table_lookup(schema->files, name);
    g_autofree char *path = NULL;

    if (root)
        return root;
    path = g_build_filename(schema->folder, name, NULL);
    root = load(path);
    if (root)
        g_hash_table_insert(schema->files, g_strdup(name), root);
    return root;
}

/* "status.json#/$defs/people"; before the # nothing means the same file. */
static Place follow(Schema *schema, Place place, const char *reference)
{
    g_auto(GStrv) halves = g_strsplit(reference, "#", 2);
    const json_t *at = *halves[0] ? file_of(schema, halves[0]) : place.root;
    Place target = {at, at};
    g_auto(GStrv) keys = g_strsplit(halves[1] ? halves[1] : "", "/", -1);

    for (char **key = keys; *key && target.at; key++)
        if (**key)
            target.at = json_object_get(target.at, *key);
    return target;
}

static const char *type_name(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return "object";
    case JSON_ARRAY:
        return "array";
    case JSON_STRING:
        return "string";
    case JSON_INTEGER:
        return "integer";
    case JSON_REAL:
        return "number";
    case JSON_NULL:
        return "null";
    case JSON_TRUE:
    case JSON_FALSE:
        break;
    }
    return "boolean";
}

static bool is_type(const char *type, const json_t *value)
{
    return strcmp(type, type_name(value)) == 0 || (strcmp(type, "number") == 0 && json_is_integer(value));
}

/* Keywords ------------------------------------------------------------------------------------------------------ */

static void check_type(Schema *schema, Place place, const json_t *rule, const json_t *value, const char *path)
{
    size_t index;
    json_t *type;

    (void)place;
    if (json_is_string(rule) && is_type(json_string_value(rule), value))
        return;
    json_array_foreach(rule, index, type) if (is_type(json_string_value(type), value)) return;
    differ(schema, path, "is of type %s", type_name(value));
}

static void check_const(Schema *schema, Place place, const json_t *rule, const json_t *value, const char *path)
{
    (void)place;
    if (!json_equal(rule, value))
        differ(schema, path, "is not the constant of the schema");
}

static void check_enum(Schema *schema, Place place, const json_t *rule, const json_t *value, const char *path)
{
    size_t index;
    json_t *allowed;

    (void)place;
    json_array_foreach(rule, index, allowed) if (json_equal(allowed, value)) return;
    differ(schema, path, "is none of the values that the schema lists");
}

static void check_minimum(Schema *schema, Place place, const json_t *rule, const json_t *value, const char *path)
{
    (void)place;
    if (json_is_number(value) && json_number_value(value) < json_number_value(rule))
        differ(schema, path, "is less than %g", json_number_value(rule));
}

static void check_min_length(Schema *schema, Place place, const json_t *rule, const json_t *value, const char *path)
{
    (void)place;
    if (json_is_string(value) && g_utf8_strlen(json_string_value(value), -1) < json_integer_value(rule))
        differ(schema, path, "has fewer than %" JSON_INTEGER_FORMAT " characters", json_integer_value(rule));
}

static void check_pattern(Schema *schema, Place place, const json_t *rule, const json_t *value, const char *path)
{
    (void)place;
    if (json_is_string(value) && !g_regex_match_simple(json_string_value(rule), json_string_value(value), 0, 0))
        differ(schema, path, "\"%s\" does not match %s", json_string_value(value), json_string_value(rule));
}

static void check_required(Schema *schema, Place place, const json_t *rule, const json_t *value, const char *path)
{
    size_t index;
    json_t *name;

    (void)place;
    json_array_foreach(rule, index, name) if (json_is_object(value) && !json_object_get(value, json_string_value(name)))
        differ(schema, path, "%s is missing", json_string_value(name));
}

static void check_items(Schema *schema, Place place, const json_t *rule, const json_t *value, const char *path)
{
    size_t index;
    json_t *item;

    json_array_foreach(value, index, item)
    {
        g_autofree char *inner = g_strdup_printf("%s/%zu", path, index);

        check(schema, (Place){place.root, rule}, item, inner);
    }
}

static void check_members(Schema *schema, Place place, const json_t *rule, const json_t *value, const char *path)
{
    const json_t *more = json_object_get(place.at, "additionalProperties");
    const char *key;
    json_t *member;

    json_object_foreach((json_t *)value, key, member)
    {
        const json_t *named = json_object_get(rule, key);
        g_autofree char *inner = g_strdup_printf("%s/%s", path, key);

        if (named || json_is_object(more))
            check(schema, (Place){place.root, named ? named : more}, member, inner);
        else if (!json_is_true(more))
            differ(schema, inner, "is not in the schema");
    }
}

/* Where there are no `properties`; with them, check_members() looks at both. */
static void check_additional(Schema *schema, Place place, const json_t *rule, const json_t *value, const char *path)
{
    (void)rule;
    if (!json_object_get(place.at, "properties"))
        check_members(schema, place, NULL, value, path);
}

static void check_reference(Schema *schema, Place place, const json_t *rule, const json_t *value, const char *path)
{
    Place target = follow(schema, place, json_string_value(rule));

    if (target.at)
        check(schema, target, value, path);
    else
        differ(schema, path, "the schema refers to %s, which is not there", json_string_value(rule));
}

static void check_any_of(Schema *schema, Place place, const json_t *rule, const json_t *value, const char *path)
{
    size_t index;
    json_t *choice;

    json_array_foreach(rule, index, choice)
    {
        const char *type = json_string_value(json_object_get(choice, "type"));
        const char *reference = json_string_value(json_object_get(choice, "$ref"));
        Place target = {place.root, choice};

        if (reference)
            target = follow(schema, place, reference);
        if (!type)
            type = json_string_value(json_object_get(target.at, "type"));
        if (type && is_type(type, value)) {
            check(schema, target, value, path);
            return;
        }
    }
    differ(schema, path, "is none of what the schema allows");
}

static const struct {
    const char *name;
    Keyword *check; /* NULL: says nothing about a document */
} keywords[] = {
    {"$ref", check_reference},
    {"additionalProperties", check_additional},
    {"anyOf", check_any_of},
    {"const", check_const},
    {"enum", check_enum},
    {"items", check_items},
    {"minLength", check_min_length},
    {"minimum", check_minimum},
    {"pattern", check_pattern},
    {"properties", check_members},
    {"required", check_required},
    {"type", check_type},
    {"$defs", NULL},
    {"$schema", NULL},
    {"description", NULL},
    {"title", NULL},
};

static bool is_keyword(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(keywords); i++)
        if (strcmp(keywords[i].name, name) == 0)
            return true;
    return false;
}

static void check(Schema *schema, Place place, const json_t *value, const char *path)
{
    for (size_t i = 0; i < G_N_ELEMENTS(keywords); i++) {
        const json_t *rule = json_object_get(place.at, keywords[i].name);

        if (rule && keywords[i].check)
            keywords[i].check(schema, place, rule, value, path);
    }
}

/* Lint ---------------------------------------------------------------------------------------------------------- */

static void lint(Schema *schema, Place place, const char *path, bool needs_words);

static void lint_map(Schema *schema, Place place, const char *key, const char *path)
{
    const char *name;
    json_t *inner;

    json_object_foreach(json_object_get(place.at, key), name, inner)
    {
        g_autofree char *below = g_strdup_printf("%s/%s/%s", path, key, name);

        lint(schema, (Place){place.root, inner}, below, true);
    }
}

static void lint_required(Schema *schema, Place place, const char *path)
{
    const json_t *properties = json_object_get(place.at, "properties");
    size_t index;
    json_t *name;

    json_array_foreach(json_object_get(place.at, "required"), index,
                       name) if (!json_object_get(properties, json_string_value(name)))
        differ(schema, path, "requires %s, which it does not have", json_string_value(name));
}

static bool has_words(Schema *schema, Place place)
{
    const char *reference = json_string_value(json_object_get(place.at, "$ref"));
    const char *words = json_string_value(json_object_get(place.at, "description"));

    if (words)
        return strchr(words, ' ') != NULL && g_str_has_suffix(words, ".");
    return reference && has_words(schema, follow(schema, place, reference));
}

static void lint(Schema *schema, Place place, const char *path, bool needs_words)
{
    const char *reference = json_string_value(json_object_get(place.at, "$ref"));
    const json_t *items = json_object_get(place.at, "items");
    const char *name;
    json_t *member;

    json_object_foreach((json_t *)place.at, name, member) if (!is_keyword(name))
        differ(schema, path, "schema-check does not know the keyword %s", name);
    if (reference && !follow(schema, place, reference).at)
        differ(schema, path, "refers to %s, which is not there", reference);
    if (needs_words && !has_words(schema, place))
        differ(schema, path, "is not described in a sentence");
    lint_required(schema, place, path);
    lint_map(schema, place, "properties", path);
    lint_map(schema, place, "$defs", path);
    if (items) {
        g_autofree char *below = g_strconcat(path, "/items", NULL);

        lint(schema, (Place){place.root, items}, below, false);
    }
}

int main(int count, char **arguments)
{
    bool is_lint = count > 1 && strcmp(arguments[1], "--lint") == 0;
    g_autoptr(GHashTable) files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)json_decref);
    Schema schema = {.files = files};

    if (count < 3) {
        fputs("usage: schema-check SCHEMA DOCUMENT... | schema-check --lint SCHEMA...\n", stderr);
        return 2;
    }
    schema.folder = g_path_get_dirname(arguments[is_lint ? 2 : 1]);
    for (int i = 2; i < count; i++) {
        g_autofree char *name = g_path_get_basename(arguments[is_lint ? i : 1]);
        const json_t *root = file_of(&schema, name);
        json_auto_t *document = is_lint || !root ? NULL : load(arguments[i]);

        if (!root || (!is_lint && !document))
            return 2;
        if (is_lint)
            lint(&schema, (Place){root, root}, "", true);
        else
            check(&schema, (Place){root, root}, document, "");
    }
    g_free(schema.folder);
    return schema.differences > 0;
}
