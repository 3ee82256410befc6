#include <string.h>

#include "base/language.h"
#include "base/text.h"
#include "load/load_gateway_private.h"

#define STAGE LOAD_GATEWAY_STAGE

static void take_names(const char *folder, GPtrArray *names)
{
    g_autoptr(GDir) entries = g_dir_open(folder, 0, NULL);
    const char *entry;

    while (entries && (entry = g_dir_read_name(entries)) != NULL)
        if (g_str_has_suffix(entry, ".yaml"))
            g_ptr_array_add(names, g_strndup(entry, strlen(entry) - 5));
}

static void report_missing(const SchemaCheck *check, const YamlNode *node, const char *beside, const char *shipped)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *shown = schema_shown(node->text);
    g_autofree char *list = NULL;
    const char *near;

    take_names(beside, names);
    if (shipped)
        take_names(shipped, names);
    g_ptr_array_sort(names, text_order);
    g_ptr_array_add(names, NULL);
    list = g_strjoinv(", ", (char **)names->pdata);
    near = text_nearest(node->text, (const char *const *)names->pdata);
    if (near)
        findings_error(check->findings, STAGE, "provider-preset", node->at,
                       "there is no preset \"%s\": did you mean %s? (there are: %s)", shown, near, list);
    else
        findings_error(check->findings, STAGE, "provider-preset", node->at,
                       "there is no preset \"%s\" (there are: %s): name one of these, or describe the provider here "
                       "without preset",
                       shown, list);
}

static char *find_preset(const SchemaCheck *check, const YamlNode *node, const char *data)
{
    g_autofree char *file = g_strconcat(node->text, ".yaml", NULL);
    g_autofree char *beside = g_build_filename(check->folder, "presets", NULL);
    g_autofree char *shipped = data ? g_build_filename(data, "contacts", "presets", NULL) : NULL;
    const char *const folders[] = {beside, shipped};

    for (size_t i = 0; text_is_name(node->text) && i < G_N_ELEMENTS(folders); i++) {
        g_autofree char *path = folders[i] ? g_build_filename(folders[i], file, NULL) : NULL;

        if (path && g_file_test(path, G_FILE_TEST_EXISTS))
            return g_steal_pointer(&path);
    }
    report_missing(check, node, beside, shipped);
    return NULL;
}

/* Puts what the user wrote over what the preset says: maps key by key, everything else as a whole. Takes the values out
 * of `over`. Recursion is as deep as the files. */
static void merge(YamlNode *under, YamlNode *over)
{
    while (over->entries->len > 0) {
        YamlEntry *entry = g_ptr_array_steal_index(over->entries, 0);
        YamlEntry *base = yaml_entry(under, entry->key);

        if (!base) {
            g_ptr_array_add(under->entries, entry);
            continue;
        }
        base->at = entry->at;
        if (base->value->kind == YAML_NODE_MAP && entry->value->kind == YAML_NODE_MAP) {
            merge(base->value, entry->value);
            yaml_node_free(entry->value);
        } else {
            yaml_node_free(base->value);
            base->value = entry->value;
        }
        g_free(entry->key);
        g_free(entry);
    }
}

static void remove_entry(YamlNode *map, const char *key)
{
    for (guint i = 0; i < map->entries->len; i++)
        if (strcmp(((YamlEntry *)g_ptr_array_index(map->entries, i))->key, key) == 0) {
            g_ptr_array_remove_index(map->entries, i);
            return;
        }
}

/* The params that the user gave and the preset does not know: they would have no effect. */
static void check_unknown(const SchemaCheck *check, const YamlNode *known, const YamlNode *given)
{
    for (guint i = 0; given && given->kind == YAML_NODE_MAP && i < given->entries->len; i++) {
        const YamlEntry *entry = g_ptr_array_index(given->entries, i);
        g_autofree char *shown = schema_shown(entry->key);
        g_autoptr(GPtrArray) names = g_ptr_array_new();
        g_autofree char *list = NULL;
        const char *near;

        if (known && yaml_get(known, entry->key))
            continue;
        for (guint j = 0; known && j < known->entries->len; j++)
            g_ptr_array_add(names, ((YamlEntry *)g_ptr_array_index(known->entries, j))->key);
        g_ptr_array_add(names, NULL);
        list = g_strjoinv(", ", (char **)names->pdata);
        near = text_nearest(entry->key, (const char *const *)names->pdata);
        if (near)
            findings_error(check->findings, STAGE, "provider-params", entry->at,
                           "the preset knows no params.%s: did you mean %s? (it knows: %s)", shown, near, list);
        else
            findings_error(check->findings, STAGE, "provider-params", entry->at,
                           "the preset knows no params.%s (it knows: %s): remove it", shown, list);
    }
}

/* Whether every param has a value that can stand in a request; what has not is reported. */
static bool check_values(const SchemaCheck *check, const YamlNode *params, Position at)
{
    bool is_whole = true;

    for (guint i = 0; params && i < params->entries->len; i++) {
        const YamlEntry *entry = g_ptr_array_index(params->entries, i);
        const YamlNode *value = entry->value;

        if (schema_is_nothing(value)) {
            findings_error(check->findings, STAGE, "provider-params", at, "params.%s is needed: add it", entry->key);
            is_whole = false;
        } else if (value->kind != YAML_NODE_SCALAR || strstr(value->text, "{{") ||
                   text_has_controls(value->text, strlen(value->text))) {
            findings_error(check->findings, STAGE, "provider-params", value->at,
                           "params.%s must be one line of text without {{", entry->key);
            is_whole = false;
        }
    }
    return is_whole;
}

/* {{params.NAME}} in one text. A name that there is not is left as it is, and found where the text is used. */
static char *filled(const char *text, const YamlNode *params)
{
    static const char start[] = "{{params.";
    GString *out = g_string_new(NULL);
    const char *hole;

    while ((hole = strstr(text, start)) != NULL) {
        const char *name = hole + sizeof start - 1;
        const char *end = strstr(name, "}}");
        g_autofree char *key = end ? g_strndup(name, (size_t)(end - name)) : NULL;
        const YamlNode *value = key ? yaml_get(params, key) : NULL;
        const char *next = value ? end + 2 : name;

        g_string_append_len(out, text, hole - text);
        if (value)
            g_string_append(out, value->text);
        else
            g_string_append_len(out, hole, next - hole);
        text = next;
    }
    g_string_append(out, text);
    return g_string_free(out, FALSE);
}

/* Where a mistake in a text with the param in it is to be mended: where its value stands, unless what the preset itself
 * has in the text may be the mistake. */
static void point_to_value(YamlNode *node, const char *before, const YamlNode *params)
{
    static const char start[] = "{{params.";
    const char *name = strstr(before, start) + sizeof start - 1;
    const char *end = strstr(name, "}}");
    g_autofree char *key = end ? g_strndup(name, (size_t)(end - name)) : NULL;
    const YamlNode *value = key ? yaml_get(params, key) : NULL;

    if (value && (g_str_has_prefix(before, start) || !strstr(node->text, "{{")))
        node->at = value->at;
}

/* Recursion is as deep as the files. */
static void fill(YamlNode *node, const YamlNode *params)
{
    for (guint i = 0; node->items && i < node->items->len; i++)
        fill(g_ptr_array_index(node->items, i), params);
    for (guint i = 0; node->entries && i < node->entries->len; i++)
        fill(((YamlEntry *)g_ptr_array_index(node->entries, i))->value, params);
    if (node->kind == YAML_NODE_SCALAR && strstr(node->text, "{{params.")) {
        g_autofree char *before = node->text;

        node->text = filled(before, params);
        point_to_value(node, before, params);
        node->is_verbatim = false;
    }
}

YamlNode *load_gateway_preset(const SchemaCheck *check, YamlNode *root, const char *data)
{
    g_autoptr(YamlNode) user = root;
    const YamlNode *name = yaml_get(user, "preset");
    const YamlNode *given = yaml_get(user, "params");
    g_autoptr(YamlNode) preset = NULL;
    g_autofree char *path = NULL;
    Position at = given ? given->at : name->at;
    YamlNode *params;

    if (!schema_scalar(check, STAGE, name, N_("the name of a preset")))
        return NULL;
    path = find_preset(check, name, data);
    preset = path ? yaml_load(path, STAGE, check->findings) : NULL;
    if (!preset || preset->kind != YAML_NODE_MAP)
        return NULL;
    params = yaml_get(preset, "params");
    check_unknown(check, params, given);
    load_gateway_mode(check, path);
    preset->at = user->at; /* where a key that neither has is missed */
    merge(preset, user);
    params = yaml_get(preset, "params");
    if (params && params->kind != YAML_NODE_MAP)
        schema_report(check, STAGE, SCHEMA_WRONG_TYPE, params->at, "params must be a map from name to text");
    if (params && (params->kind != YAML_NODE_MAP || !check_values(check, params, at)))
        return NULL;
    if (params)
        for (guint i = 0; i < preset->entries->len; i++)
            fill(((YamlEntry *)g_ptr_array_index(preset->entries, i))->value, params);
    remove_entry(preset, "params");
    return g_steal_pointer(&preset);
}
