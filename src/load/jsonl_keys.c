#include "load/jsonl_keys.h"

#include <string.h>

#include <glib.h>

typedef struct Key {
    char *name; /* owned */
    size_t size;
    Position at;
} Key;

struct JsonlKeys {
    Key *list; /* owned; `most` of them */
    size_t count, most;
    GHashTable *index; /* name -> its index + 1; names borrowed from the list */
};

JsonlKeys *jsonl_keys_new(size_t most)
{
    JsonlKeys *keys = g_new0(JsonlKeys, 1);

    keys->list = g_new0(Key, most);
    keys->most = most;
    keys->index = g_hash_table_new(g_str_hash, g_str_equal);
    return keys;
}

void jsonl_keys_free(JsonlKeys *keys)
{
    if (!keys)
        return;
    for (size_t i = 0; i < keys->count; i++)
        g_free(keys->list[i].name);
    g_free(keys->list);
    g_hash_table_unref(keys->index);
    g_free(keys);
}

static bool is_key(const Key *key, const char *name, size_t size)
{
    return key->size == size && memcmp(key->name, name, size) == 0;
}

int jsonl_keys_find(const JsonlKeys *keys, const char *key, size_t size, size_t guess)
{
    g_autofree char *name = NULL;

    /* Most lines have the same keys in the same order. */
    if (guess < keys->count && is_key(&keys->list[guess], key, size))
        return (int)guess;
    name = g_strndup(key, size);
    return GPOINTER_TO_INT(g_hash_table_lookup(keys->index, name)) - 1;
}

bool jsonl_keys_add(JsonlKeys *keys, const char *key, Position at)
{
    if (jsonl_keys_find(keys, key, strlen(key), 0) >= 0)
        return true;
    if (keys->count == keys->most)
        return false;
    keys->list[keys->count] = (Key){.name = g_strdup(key), .size = strlen(key), .at = at};
    g_hash_table_insert(keys->index, keys->list[keys->count].name, GINT_TO_POINTER((int)keys->count + 1));
    keys->count++;
    return true;
}

/* The closing quote of the string that begins at `p`, or `end`; *is_escaped: a backslash stands in it. */
static const char *string_end(const char *p, const char *end, bool *is_escaped)
{
    *is_escaped = false;
    for (; p < end && *p != '"'; p++) {
        if (*p != '\\')
            continue;
        *is_escaped = true;
        p++;
    }
    return MIN(p, end);
}

bool jsonl_keys_knows_all(JsonlKeys *keys, const char *line, size_t size)
{
    const char *end = line + size;
    size_t guess = 0;
    int depth = 0;
    bool is_key_next = false;

    for (const char *p = line; p < end; p++) {
        bool is_escaped;
        const char *start = p + 1;
        int found;

        if (*p == '{' || *p == '[') {
            depth++;
            is_key_next = *p == '{' && depth == 1;
        } else if (*p == '}' || *p == ']') {
            depth--;
        } else if (*p == ',') {
            is_key_next = is_key_next || depth == 1;
        } else if (*p == '"') {
            p = string_end(start, end, &is_escaped);
            if (!is_key_next)
                continue;
            found = is_escaped ? -1 : jsonl_keys_find(keys, start, (size_t)(p - start), guess);
            if (found < 0)
                return false;
            guess = (size_t)found + 1;
            is_key_next = false;
        }
    }
    return true;
}

size_t jsonl_keys_count(const JsonlKeys *keys)
{
    return keys->count;
}

const char *jsonl_keys_name(const JsonlKeys *keys, size_t index)
{
    return keys->list[index].name;
}

Position jsonl_keys_at(const JsonlKeys *keys, size_t index)
{
    return keys->list[index].at;
}
