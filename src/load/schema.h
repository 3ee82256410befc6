/* schema - the one checker of YAML against tables: each key of a file is a row that says what it must be.
 *
 * schema_check() walks a map of the file, reports every mistake (unknown, unsupported, missing and wrongly typed keys)
 * and puts what is right into a struct. Strings that it stores are newly allocated and replace (g_free) what was
 * there. What is wrong is left as it was. Tables are constant; nothing is kept between calls. Threads: safe, one
 * Findings to a thread. */
#ifndef BREACH_LOAD_SCHEMA_H
#define BREACH_LOAD_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "base/finding.h"
#include "load/yaml.h"
#include "model/locale.h"

typedef enum SchemaType {
    SCHEMA_LATER,        /* a key that this version does not support */
    SCHEMA_TEXT,         /* char *: one line */
    SCHEMA_NAME,         /* char *: see text_is_name() */
    SCHEMA_HOST,         /* char *: a DNS name or an IPv4 address, lower case */
    SCHEMA_EMAIL,        /* char *: as address_parse_email() returns it */
    SCHEMA_SECRET,       /* char *: env:NAME or file:PATH; never repeated in a message */
    SCHEMA_PATH,         /* char *: absolute; a relative one starts in SchemaCheck.folder */
    SCHEMA_LOCALE,       /* char *: normalized */
    SCHEMA_WORD,         /* char *: one of `words` */
    SCHEMA_CHOICE,       /* int or enum: index into `words` */
    SCHEMA_BOOL,         /* bool: true or false, no other spelling */
    SCHEMA_INTEGER,      /* int: minimum to maximum */
    SCHEMA_COUNT,        /* int64_t: minimum to maximum */
    SCHEMA_RATE,         /* double: messages per second, written as 300/s, 60/min or 1000/h */
    SCHEMA_DURATION,     /* int64_t: milliseconds, minimum to maximum, ISO 8601 */
    SCHEMA_MOMENT,       /* Moment: RFC 3339 with an offset */
    SCHEMA_LOCALE_TEXT,  /* LocaleText *: a text, or a map from locale to text */
    SCHEMA_LOCALE_TEXTS, /* GPtrArray * of LocaleText * */
    SCHEMA_MAP,          /* `table`, into the struct at `offset` */
    SCHEMA_LIST,         /* `set` is called for each item */
    SCHEMA_CUSTOM,       /* `set` is called with the value */
} SchemaType;

/* SchemaMistake: what can be wrong; each file kind gives each its finding id. */
typedef enum SchemaMistake {
    SCHEMA_UNKNOWN_KEY,
    SCHEMA_UNSUPPORTED,
    SCHEMA_MISSING_KEY,
    SCHEMA_WRONG_TYPE,
    SCHEMA_WRONG_VALUE,
    SCHEMA_NO_OFFSET, /* a time without an offset */
    SCHEMA_MISTAKES
} SchemaMistake;

typedef struct SchemaCheck {
    Findings *findings;     /* borrowed */
    const char *const *ids; /* SCHEMA_MISTAKES string literals */
    const char *folder;     /* absolute; borrowed */
} SchemaCheck;

typedef struct SchemaField SchemaField;
typedef struct SchemaTable SchemaTable;

/* SchemaSet: takes a value (never empty, never refused) into `target`, or reports why not. SchemaOther: takes an entry
 * whose key is in no row. */
typedef void SchemaSet(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target);
typedef void SchemaOther(const SchemaCheck *check, FindingStage stage, const YamlEntry *entry, void *target);

struct SchemaField {
    const char *key;
    SchemaType type;
    FindingStage stage;
    bool is_required;         /* lists and maps must then not be empty either */
    bool is_one_line;         /* SCHEMA_LOCALE_TEXT: no line breaks */
    size_t offset;            /* of the target within the struct */
    int64_t minimum, maximum; /* INTEGER, COUNT, DURATION */
    const char *const *words; /* WORD, CHOICE: NULL-terminated */
    const char *const *later; /* WORD, CHOICE: words that this version does not support, or NULL */
    const SchemaTable *table; /* MAP */
    SchemaSet *set;           /* LIST, CUSTOM */
    const char *hint;         /* what a missing or mistyped one should look like, or NULL */
};

#define SCHEMA_FIELDS_MAX 64

struct SchemaTable {
    const char *name;          /* "incident": for messages */
    FindingStage stage;        /* of unknown keys */
    const SchemaField *fields; /* ends with a NULL key; at most SCHEMA_FIELDS_MAX */
    SchemaOther *other;        /* NULL: keys that are in no row are mistakes */
};

/* schema_check: checks `node`, which must be a map, against the table. `target` is the struct that offsets refer to. */
void schema_check(const SchemaCheck *check, const SchemaTable *table, const YamlNode *node, void *target);

/* schema_value: checks one value by a row, as schema_check() does for a key that is there; for setters. */
void schema_value(const SchemaCheck *check, const SchemaField *field, const YamlNode *node, void *target);

/* schema_set_version: a SchemaSet that stores nothing: every file of ours has version: 1. */
void schema_set_version(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target);

/* schema_set_percent: a SchemaSet that stores "5%" as 5.0, from 0 to 100; a wrong one is reported and leaves the double
 * as it was. */
void schema_set_percent(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target);

/* schema_report: adds an error under the file kind's id for `mistake`. */
void schema_report(const SchemaCheck *check, FindingStage stage, SchemaMistake mistake, Position at, const char *format,
                   ...) G_GNUC_PRINTF(5, 6);

/* schema_is_nothing: whether a value was left empty (or written as ~ or null, which YAML reads as nothing). */
bool schema_is_nothing(const YamlNode *node);

/* schema_is_to_fill: whether a scalar, the value of `key`, is yet to be written (breach init marks such places); that
 * is then reported. For setters whose keys are in no row: schema_check() asks it by itself. */
bool schema_is_to_fill(const SchemaCheck *check, FindingStage stage, const char *key, const YamlNode *node);

/* schema_scalar: the text of a scalar; NULL when it is a list or a map, which is then reported ("expected …"). */
const char *schema_scalar(const SchemaCheck *check, FindingStage stage, const YamlNode *node, const char *expected);

/* schema_locale_text: reads a text or a map of texts; NULL when it is wrong, which is then reported. */
LocaleText *schema_locale_text(const SchemaCheck *check, FindingStage stage, const YamlNode *node, bool is_one_line);

/* schema_shown: `text` as it may stand in a message: at most 60 characters, control characters as \xNN. Newly
 * allocated. */
char *schema_shown(const char *text);

#endif
