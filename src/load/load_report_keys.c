#include "load/load_report_keys.h"

#include <string.h>

#include "base/language.h"
#include "base/text.h"
#include "model/playbook.h"
#include "model/report_source.h"
#include "model/report_words.h"

static ReportWords *words_of(Playbook *playbook)
{
    if (!playbook->report_words)
        playbook->report_words = report_words_new();
    return playbook->report_words;
}

/* Whether some source lies below `name`, which is then a map: "confidential.ransom". */
static bool is_branch(const char *name)
{
    size_t count = 0, length = strlen(name);
    const ReportSource *sources = report_sources(&count);

    for (size_t i = 0; i < count; i++)
        if (strncmp(sources[i].name, name, length) == 0 && sources[i].name[length] == '.')
            return true;
    return false;
}

static void report_unknown(const SchemaCheck *check, const YamlEntry *entry, const char *name)
{
    const char *meant = report_source_nearest(name);
    g_autofree char *shown = schema_shown(entry->key);

    if (meant && report_source_is_confidential(meant))
        schema_report(check, FINDING_REPORT, SCHEMA_UNKNOWN_KEY, entry->at,
                      "confidential has no key \"%s\": did you mean \"%s\"?", shown,
                      meant + strlen(REPORT_CONFIDENTIAL));
    else
        schema_report(check, FINDING_REPORT, SCHEMA_UNKNOWN_KEY, entry->at,
                      "confidential has no key \"%s\": write what has no key of its own under \"other\"", shown);
}

static void add_word(const SchemaCheck *check, const YamlEntry *entry, const char *name, ReportWords *words)
{
    LocaleText *text = schema_locale_text(check, FINDING_REPORT, entry->value, false);

    if (text)
        report_words_add(words, name, text, entry->at);
}

/* `name` is that of the map with its full stop: "confidential.". */
static void add_words(const SchemaCheck *check, const YamlNode *map, const char *prefix, ReportWords *words)
{
    for (guint i = 0; i < map->entries->len; i++) {
        const YamlEntry *entry = g_ptr_array_index(map->entries, i);
        g_autofree char *name = g_strconcat(prefix, entry->key, NULL);
        g_autofree char *below = g_strconcat(name, ".", NULL);

        if (schema_is_nothing(entry->value) || entry->value->is_refused)
            continue; /* a key that waits for its text is no mistake in the night it is needed */
        if (report_source(name))
            add_word(check, entry, name, words);
        else if (is_branch(name) && entry->value->kind == YAML_NODE_MAP)
            add_words(check, entry->value, below, words);
        else
            report_unknown(check, entry, name);
    }
}

static bool is_map(const SchemaCheck *check, const YamlNode *value, const char *example)
{
    if (value->kind == YAML_NODE_MAP)
        return true;
    schema_report(check, FINDING_REPORT, SCHEMA_WRONG_TYPE, value->at, "a map is expected here: %s", example);
    return false;
}

void load_report_confidential(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    (void)field;
    if (is_map(check, value, "confidential: {system: …, traces: …}"))
        add_words(check, value, REPORT_CONFIDENTIAL, words_of(target));
}

static void add_answers(const SchemaCheck *check, const YamlEntry *regime, ReportWords *words)
{
    for (guint i = 0; i < regime->value->entries->len; i++) {
        const YamlEntry *entry = g_ptr_array_index(regime->value->entries, i);
        LocaleText *text;

        if (schema_is_nothing(entry->value) || entry->value->is_refused)
            continue; /* as above */
        text = schema_locale_text(check, FINDING_REPORT, entry->value, false);
        if (text)
            report_words_add_answer(words, regime->key, entry->key, text, entry->at);
    }
}

void load_report_answers(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    static const char example[] = "reports: {eu-gdpr: {record_count: …}}";

    (void)field;
    if (!is_map(check, value, example))
        return;
    for (guint i = 0; i < value->entries->len; i++) {
        const YamlEntry *entry = g_ptr_array_index(value->entries, i);

        if (!schema_is_nothing(entry->value) && is_map(check, entry->value, example))
            add_answers(check, entry, words_of(target));
    }
}
