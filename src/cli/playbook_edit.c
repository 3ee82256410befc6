#include "cli/playbook_edit.h"

#include <stddef.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/finding.h"
#include "load/yaml.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

/* What belongs to one incident and is never right for the next. */
static const char *const own_values[][2] = {
    {"incident", "occurred_at"},  {"incident", "detected_at"}, {"incident", "confirmed_at"},
    {"incident", "contained_at"}, {"incident", "level"},       {"affected", "lower"},
    {"affected", "likely"},       {"affected", "upper"},       {"affected", "as_of"},
};

static const YamlNode *map_of(const YamlNode *map, const char *key)
{
    const YamlNode *value = map ? yaml_get(map, key) : NULL;

    return value && value->kind == YAML_NODE_MAP ? value : NULL;
}

static void change(GArray *changes, const YamlNode *map, const char *key, const char *text)
{
    const YamlNode *value = map ? yaml_get(map, key) : NULL;
    PlaybookChange entry = {value, text};

    if (value && value->kind == YAML_NODE_SCALAR && text)
        g_array_append_val(changes, entry);
}

static int by_place(gconstpointer left, gconstpointer right)
{
    return position_compare(((const PlaybookChange *)left)->node->at, ((const PlaybookChange *)right)->node->at);
}

/* The byte at which a value begins. */
static const char *byte_at(const char *text, Position at)
{
    for (int line = 1; line < at.line; line++)
        text = strchr(text, '\n') + 1;
    return g_utf8_offset_to_pointer(text, at.column - 1);
}

/* facts.NAME: {unknown: {as_of, next_update}}: readers are promised these times, and those of another incident are
 * over. */
static void change_unknown_facts(GArray *changes, const YamlNode *facts, const char *mark)
{
    for (guint i = 0; facts && i < facts->entries->len; i++) {
        const YamlEntry *entry = g_ptr_array_index(facts->entries, i);
        const YamlNode *unknown = entry->value->kind == YAML_NODE_MAP ? map_of(entry->value, "unknown") : NULL;

        change(changes, unknown, "as_of", mark);
        change(changes, unknown, "next_update", mark);
    }
}

/* NAME: TEXT, {at: …} or {lower: …}: what starts the clocks and decides what the law asks. That of another incident is
 * wrong, and looks right. */
static void change_law_values(GArray *changes, const YamlNode *map, const char *mark)
{
    static const char *const inner[] = {"at", "lower", "likely", "upper"};

    for (guint i = 0; map && i < map->entries->len; i++) {
        const YamlEntry *entry = g_ptr_array_index(map->entries, i);

        change(changes, map, entry->key, mark);
        for (size_t j = 0; j < G_N_ELEMENTS(inner) && entry->value->kind == YAML_NODE_MAP; j++)
            change(changes, entry->value, inner[j], mark);
    }
}

/* Those of the whole playbook, and those of single regimes. */
static void change_law(GArray *changes, const YamlNode *root, const char *mark)
{
    const YamlNode *regimes = yaml_get(root, "regimes");

    change_law_values(changes, map_of(root, "anchors"), mark);
    change_law_values(changes, map_of(root, "variables"), mark);
    for (guint i = 0; regimes && regimes->kind == YAML_NODE_LIST && i < regimes->items->len; i++) {
        const YamlNode *regime = g_ptr_array_index(regimes->items, i);

        if (regime->kind != YAML_NODE_MAP)
            continue;
        change_law_values(changes, map_of(regime, "anchors"), mark);
        change_law_values(changes, map_of(regime, "variables"), mark);
    }
}

/* The comment behind a value stays in its column: spaces before it make up for the difference. */
static const char *keep_column(GString *output, const char *after, ptrdiff_t wider)
{
    size_t spaces = strspn(after, " ");

    if (after[spaces] != '#')
        return after;
    for (; wider > 0 && spaces > 1; wider--, spaces--)
        after++;
    for (; wider < 0; wider++)
        g_string_append_c(output, ' ');
    return after;
}

char *playbook_edit_apply(const char *text, GArray *changes, GError **error)
{
    GString *output = g_string_new(NULL);
    const char *from = text;

    g_array_sort(changes, by_place);
    for (guint i = 0; i < changes->len; i++) {
        const PlaybookChange *entry = &g_array_index(changes, PlaybookChange, i);
        const char *start = byte_at(text, entry->node->at);
        size_t size;

        if (!entry->node->is_verbatim) {
            g_autofree char *at = position_format(entry->node->at);

            error_set(error, BREACH_ERROR_INPUT, "init-value",
                      "%s: this value cannot be replaced: write it on one line, without escapes", at);
            g_string_free(output, TRUE);
            return NULL;
        }
        g_string_append_len(output, from, start - from);
        g_string_append(output, entry->text);
        size = strlen(entry->node->text) + (entry->node->is_plain ? 0 : 2);
        from = keep_column(output, start + size, (ptrdiff_t)strlen(entry->text) - (ptrdiff_t)size);
    }
    g_string_append(output, from);
    return g_string_free(output, FALSE);
}

YamlNode *playbook_edit_parse(const char *path, const char *text, GError **error)
{
    g_autoptr(Findings) findings = findings_new();
    YamlNode *root = yaml_parse(path, text, strlen(text), FINDING_FACTS, findings);

    if (!root || root->kind != YAML_NODE_MAP) {
        g_autofree char *first =
            findings_count(findings) > 0 ? finding_format(findings_get(findings, 0)) : g_strdup(path);

        error_set(error, BREACH_ERROR_INPUT, "init-playbook", "the playbook cannot be read: %s", first);
        g_clear_pointer(&root, yaml_node_free);
    }
    return root;
}

char *playbook_edit_quoted(const char *name)
{
    GString *text = g_string_new("\"");

    if (strspn(name, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "._") == strlen(name) && g_ascii_isalpha(*name)) {
        g_string_assign(text, name);
        return g_string_free(text, FALSE);
    }
    for (const char *at = name; *at; at++)
        g_string_append_printf(text, *at == '"' || *at == '\\' ? "\\%c" : "%c", *at);
    g_string_append_c(text, '"');
    return g_string_free(text, FALSE);
}

char *playbook_edit(const char *path, const PlaybookEdit *edit, char **people, GError **error)
{
    g_autofree char *whole = file_read(path, YAML_SIZE_MAX, NULL, error);
    const char *text = whole && g_str_has_prefix(whole, BYTE_ORDER_MARK) ? whole + strlen(BYTE_ORDER_MARK) : whole;
    g_autoptr(YamlNode) root = text ? playbook_edit_parse(path, text, error) : NULL;
    g_autoptr(GArray) changes = g_array_new(FALSE, FALSE, sizeof(PlaybookChange));
    const YamlNode *incident = map_of(root, "incident");
    const YamlNode *facts = map_of(root, "facts");
    const YamlNode *affected = map_of(facts, "affected");
    const YamlNode *people_map = map_of(root, "people");
    const YamlNode *file;
    g_autofree char *name = NULL;

    if (!root)
        return NULL;
    change(changes, incident, "id", edit->id);
    change(changes, incident, "status", edit->status);
    change(changes, incident, "edition", "1");
    for (size_t i = 0; i < G_N_ELEMENTS(own_values); i++)
        change(changes, strcmp(own_values[i][0], "incident") == 0 ? incident : affected, own_values[i][1], edit->mark);
    change_unknown_facts(changes, facts, edit->mark);
    change_law(changes, root, edit->mark);
    file = people_map ? yaml_get(people_map, "file") : yaml_get(root, "people");
    if (file && file->kind == YAML_NODE_SCALAR && *file->text) {
        *people = g_path_get_basename(file->text);
        name = playbook_edit_quoted(*people);
        change(changes, people_map ? people_map : root, people_map ? "file" : "people", name);
    }
    return playbook_edit_apply(text, changes, error);
}
