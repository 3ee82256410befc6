/* Arbitrary bytes as YAML: no tree without a reason; a tree keeps to its limits, and its texts read back when they are
 * written with quotes. */
#include "fuzz.h"

#include <string.h>

#include <glib.h>

#include "load/yaml.h"

static size_t check_node(const YamlNode *node, int depth);

static size_t check_map(const YamlNode *map, int depth)
{
    size_t nodes = 0;

    for (guint i = 0; i < map->entries->len; i++) {
        YamlEntry *entry = map->entries->pdata[i];

        fuzz_require(g_utf8_validate(entry->key, -1, NULL) && entry->at.line > 0);
        fuzz_require(yaml_entry(map, entry->key) == entry); /* none of the same name before it */
        nodes += check_node(entry->value, depth + 1);
    }
    return nodes;
}

static size_t check_node(const YamlNode *node, int depth)
{
    size_t nodes = 1;

    fuzz_require(depth <= YAML_DEPTH_MAX && node->at.line > 0 && node->at.column > 0);
    fuzz_require((node->kind == YAML_NODE_SCALAR) == !!node->text);
    fuzz_require((node->kind == YAML_NODE_LIST) == !!node->items && (node->kind == YAML_NODE_MAP) == !!node->entries);
    if (node->text)
        fuzz_require(g_utf8_validate(node->text, -1, NULL));
    for (guint i = 0; node->items && i < node->items->len; i++)
        nodes += check_node(node->items->pdata[i], depth + 1);
    if (node->entries)
        nodes += check_map(node, depth);
    return nodes;
}

/* A text in double quotes, every octet of it that could mean something escaped */
static void append_quoted(GString *yaml, const char *text)
{
    g_string_append_c(yaml, '"');
    for (; *text; text = g_utf8_next_char(text)) {
        gunichar character = g_utf8_get_char(text);

        if (character < 0x80 && g_ascii_isalnum((char)character))
            g_string_append_c(yaml, (char)character);
        else
            g_string_append_printf(yaml, "\\U%08X", character);
    }
    g_string_append_c(yaml, '"');
}

static void check_round_trip(const char *text)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(YamlNode) root = NULL;
    GString *yaml = g_string_new("key: ");

    append_quoted(yaml, text);
    root = yaml_parse("written.yaml", yaml->str, yaml->len, FINDING_FACTS, findings);
    fuzz_require(root && strcmp(yaml_get(root, "key")->text, text) == 0);
    g_string_free(yaml, TRUE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(YamlNode) root = yaml_parse("fuzz.yaml", (const char *)data, size, FINDING_FACTS, findings);
    g_autofree char *text = g_strndup((const char *)data, MIN(size, 2000));

    if (root)
        fuzz_require(check_node(root, 0) <= YAML_NODES_MAX);
    else
        fuzz_require(findings_errors(findings, FINDING_FACTS) > 0);
    for (size_t i = 0; i < findings_count(findings); i++)
        g_free(finding_format(findings_get(findings, i)));
    if (g_utf8_validate(text, -1, NULL))
        check_round_trip(text);
    return 0;
}
