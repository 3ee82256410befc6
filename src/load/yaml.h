/* yaml - YAML text into a small tree that knows where everything stands. The only file that includes <yaml.h>.
 *
 * Scalars stay strings: "no" is not false and 1.10 is not 1.1; the schema gives them types. Anchors and aliases are
 * refused, and so are tags, several documents, duplicate keys and keys that are not one word or one quoted text; every
 * mistake that libyaml can go on after is reported, not only the first. A text or a key never holds a NUL. A YamlNode
 * belongs to its tree. Threads: one tree, one thread. */
#ifndef BREACH_LOAD_YAML_H
#define BREACH_LOAD_YAML_H

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#include "base/finding.h"

#define YAML_DEPTH_MAX 32
#define YAML_SIZE_MAX  (4 * 1024 * 1024) /* bytes of one file */
#define YAML_NODES_MAX 200000

typedef enum YamlKind { YAML_NODE_SCALAR, YAML_NODE_LIST, YAML_NODE_MAP } YamlKind;

typedef struct YamlNode YamlNode;

typedef struct YamlEntry {
    char *key;   /* owned */
    Position at; /* of the key */
    YamlNode *value;
} YamlEntry;

struct YamlNode {
    YamlKind kind;
    Position at;
    bool is_refused;    /* stands for an alias or the like that has been reported: say nothing more about it */
    char *text;         /* scalar: owned; NULL otherwise */
    bool is_plain;      /* scalar: not quoted, so an empty one means "nothing" */
    bool is_verbatim;   /* scalar: stands in the file on one line, character by character as in `text` */
    GPtrArray *items;   /* list: of YamlNode *; NULL otherwise */
    GPtrArray *entries; /* map: of YamlEntry *, in the order of the file; NULL otherwise */
};

/* yaml_load: reads and parses `path`. NULL when there is no usable tree; the reasons are in `findings` with `stage`. */
YamlNode *yaml_load(const char *path, FindingStage stage, Findings *findings);

/* yaml_parse: the same from memory; `name` stands in positions. */
YamlNode *yaml_parse(const char *name, const char *text, size_t size, FindingStage stage, Findings *findings);

/* yaml_get: the value of `key` in a map, or NULL. */
YamlNode *yaml_get(const YamlNode *map, const char *key);

/* yaml_entry: the entry of `key` in a map, or NULL. */
YamlEntry *yaml_entry(const YamlNode *map, const char *key);

/* yaml_character_at: where the 0-based character `offset` of a scalar stands; the scalar's start unless is_verbatim. */
Position yaml_character_at(const YamlNode *scalar, size_t offset);

/* yaml_node_free: frees a tree. (A function of ours called yaml_free would take the place of libyaml's own.) */
void yaml_node_free(YamlNode *node);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(YamlNode, yaml_node_free)

#endif
