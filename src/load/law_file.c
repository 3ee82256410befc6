#include "load/law_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/text.h"
#include "model/quiet_hours.h"

#define STAGE LAW_FILE_STAGE

const char *const law_file_ids[SCHEMA_MISTAKES] = {
    [SCHEMA_UNKNOWN_KEY] = "law-unknown-key", [SCHEMA_UNSUPPORTED] = "law-unsupported",
    [SCHEMA_MISSING_KEY] = "law-missing-key", [SCHEMA_WRONG_TYPE] = "law-type",
    [SCHEMA_WRONG_VALUE] = "law-value",       [SCHEMA_NO_OFFSET] = "law-time-offset",
};

static char *in_data(const char *data, const char *kind, const char *file)
{
    return data ? g_build_filename(data, "playbooks", kind, file, NULL) : NULL;
}

static void add_names(const char *folder, GHashTable *names)
{
    g_autoptr(GDir) entries = folder ? g_dir_open(folder, 0, NULL) : NULL;
    const char *entry;

    while (entries && (entry = g_dir_read_name(entries)) != NULL) {
        char *name = g_str_has_suffix(entry, ".yaml") ? g_strndup(entry, strlen(entry) - strlen(".yaml")) : NULL;

        if (name && text_is_name(name))
            g_hash_table_add(names, name);
        else
            g_free(name);
    }
}

char **law_file_names(const char *kind, const char *folder, const char *data)
{
    g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autofree char *beside = folder ? g_build_filename(folder, kind, NULL) : NULL;
    g_autofree char *shipped = in_data(data, kind, NULL);
    g_autofree char **keys = NULL;
    guint count;

    add_names(beside, names);
    add_names(shipped, names);
    keys = (char **)g_hash_table_get_keys_as_array(names, &count);
    qsort(keys, count, sizeof *keys, text_order);
    return g_strdupv(keys);
}

/* The names of which `part` is one or several of the words between hyphens: "gdpr" may be "eu-gdpr, uk-gdpr". NULL:
 * none. Newly allocated. */
static char *names_with(const char *part, char *const *names)
{
    g_autofree char *wanted = g_strconcat("-", part, "-", NULL);
    GString *found = g_string_new(NULL);

    for (; *part && *names; names++) {
        g_autofree char *name = g_strconcat("-", *names, "-", NULL);

        if (strstr(name, wanted))
            g_string_append_printf(found, "%s%s", found->len > 0 ? ", " : "", *names);
    }
    return g_string_free(found, found->len == 0);
}

static void report_missing(const char *kind, const char *id, Position at, const char *folder, const char *data,
                           Findings *findings)
{
    g_auto(GStrv) names = law_file_names(kind, folder, data);
    g_autofree char *parts = names_with(id, names);
    const char *nearest = parts ? parts : text_nearest(id, (const char *const *)names);
    g_autofree char *file = g_strconcat(id, ".yaml", NULL);
    g_autofree char *beside = g_build_filename(folder ? folder : ".", kind, file, NULL);
    g_autofree char *list = g_strjoinv(", ", names);
    g_autofree char *shown = schema_shown(id);

    if (nearest)
        findings_error(findings, STAGE, "law-file-not-found", at, "there is no %s in %s: did you mean %s?", shown, kind,
                       nearest);
    else
        findings_error(findings, STAGE, "law-file-not-found", at,
                       "there is no %s in %s: write %s, or use one of those that are there: %s", shown, kind, beside,
                       list);
}

char *law_file_path(const char *kind, const char *id, Position at, const char *folder, const char *data,
                    Findings *findings)
{
    g_autofree char *file = g_strconcat(id, ".yaml", NULL);
    g_autofree char *beside = folder ? g_build_filename(folder, kind, file, NULL) : NULL;
    g_autofree char *shipped = in_data(data, kind, file);

    /* a name that is a path would reach files that are none of ours */
    if (text_is_name(id)) {
        if (beside && g_file_test(beside, G_FILE_TEST_EXISTS))
            return g_steal_pointer(&beside);
        if (shipped && g_file_test(shipped, G_FILE_TEST_EXISTS))
            return g_steal_pointer(&shipped);
    }
    report_missing(kind, id, at, folder, data, findings);
    return NULL;
}

void law_file_check_id(const SchemaCheck *check, const YamlNode *root, const char *id, const char *path)
{
    g_autofree char *base = g_path_get_basename(path);
    g_autofree char *expected = id ? g_strconcat(id, ".yaml", NULL) : NULL;

    if (expected && strcmp(base, expected) != 0)
        findings_error(check->findings, STAGE, "law-file-id", yaml_get(root, "id")->at,
                       "the id must be the name of the file: rename the file to %s, or change the id", expected);
}

void law_file_day(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    const char *text = schema_scalar(check, field->stage, value, N_("a day such as \"2026-07-10\""));
    g_autofree char *shown = text ? schema_shown(text) : NULL;

    if (text && !civil_day_parse(text, target))
        schema_report(check, field->stage, SCHEMA_WRONG_VALUE, value->at,
                      "%s cannot be \"%s\": expected a day such as \"2026-07-10\"", field->key, shown);
}

void law_file_texts(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    static const SchemaField text = {"text", SCHEMA_TEXT, .stage = STAGE};
    GPtrArray **texts = target;
    char *read = NULL;

    (void)field;
    schema_value(check, &text, value, &read);
    if (read)
        g_ptr_array_add(*texts, read);
}

void law_file_words(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    const SchemaField list = {field->key, SCHEMA_LIST, field->stage, .set = law_file_texts};
    char ***words = target;

    schema_value(check, &list, value, &texts);
    g_ptr_array_add(texts, NULL);
    g_strfreev(*words);
    *words = (char **)g_ptr_array_steal(texts, NULL);
}

void law_file_zone(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, GTimeZone **zone,
                   char **name)
{
    const char *text = schema_scalar(check, field->stage, value, N_("a zone such as Europe/Berlin"));
    g_autofree char *shown = text ? schema_shown(text) : NULL;

    if (!text)
        return;
    g_clear_pointer(zone, g_time_zone_unref);
    g_free(*name);
    *zone = quiet_hours_zone(text);
    *name = g_strdup(text);
    if (!*zone)
        schema_report(
            check, field->stage, SCHEMA_WRONG_VALUE, value->at,
            "the zone \"%s\" is not known here: write a name such as Europe/Brussels (the package tzdata must be "
            "installed), or an offset such as \"+08:00\"",
            shown);
}

bool law_file_step_id(const char *text)
{
    size_t length = strlen(text);

    return length > 0 && length <= 64 && g_ascii_isalnum(text[0]) &&
           strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_-") == length;
}
