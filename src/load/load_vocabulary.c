#include "load/load_vocabulary.h"

#include <stddef.h>
#include <string.h>

#include "base/language.h"
#include "base/text.h"
#include "load/load_playbook.h"
#include "load/schema.h"
#include "load/yaml.h"

/* Kind: an entry of data-kinds.yaml. */
typedef struct Kind {
    LocaleText *label, *consequence;
    bool sensitive;
    char *since; /* the version of breach that brought it */
} Kind;

typedef struct Vocabulary {
    GHashTable *kinds;   /* name -> Kind, both owned */
    GPtrArray *wordings; /* of Wording *; borrowed from the playbook */
    VocabularyReading *reading;
    void *user;
} Vocabulary;

static void kind_free(gpointer data)
{
    Kind *kind = data;

    locale_text_free(kind->label);
    locale_text_free(kind->consequence);
    g_free(kind->since);
    g_free(kind);
}

/* Files --------------------------------------------------------------------------------------------------------- */

static const SchemaField kind_fields[] = {
    {"label", SCHEMA_LOCALE_TEXT, FINDING_FACTS, .is_required = true, .is_one_line = true,
     .offset = offsetof(Kind, label)},
    {"consequence", SCHEMA_LOCALE_TEXT, FINDING_FACTS, .is_required = true, .is_one_line = true,
     .offset = offsetof(Kind, consequence)},
    {"sensitive", SCHEMA_BOOL, FINDING_FACTS, .is_required = true, .offset = offsetof(Kind, sensitive)},
    {"since", SCHEMA_TEXT, FINDING_FACTS, .offset = offsetof(Kind, since)},
    {.key = NULL},
};
static const SchemaTable kind_table = {N_("a kind of data"), FINDING_FACTS, kind_fields, NULL};

static void add_kind(const SchemaCheck *check, FindingStage stage, const YamlEntry *entry, void *target)
{
    Vocabulary *vocabulary = target;
    Kind *kind = g_new0(Kind, 1);

    (void)stage;
    schema_check(check, &kind_table, entry->value, kind);
    if (kind->label && kind->consequence && !g_hash_table_contains(vocabulary->kinds, entry->key))
        g_hash_table_insert(vocabulary->kinds, g_strdup(entry->key), kind);
    else
        kind_free(kind); /* a file beside the playbook comes first and wins */
}

static bool has_wording(const GPtrArray *wordings, const char *fact)
{
    for (guint i = 0; i < wordings->len; i++)
        if (strcmp(((const Wording *)g_ptr_array_index(wordings, i))->fact, fact) == 0)
            return true;
    return false;
}

static void add_wording(const SchemaCheck *check, FindingStage stage, const YamlEntry *entry, void *target)
{
    GPtrArray *wordings = ((Vocabulary *)target)->wordings;
    LocaleText *text = schema_locale_text(check, stage, entry->value, false);
    Wording *wording;

    if (!text)
        return;
    if (has_wording(wordings, entry->key)) {
        locale_text_free(text);
        return;
    }
    wording = g_new0(Wording, 1);
    wording->fact = g_strdup(entry->key);
    wording->text = text;
    g_ptr_array_add(wordings, wording);
}

static const SchemaField none[] = {{.key = NULL}};
static const SchemaTable kinds_table = {"kinds", FINDING_FACTS, none, add_kind};
static const SchemaTable wordings_table = {"wordings", FINDING_FACTS, none, add_wording};

static const SchemaField kinds_file_fields[] = {
    {"version", SCHEMA_CUSTOM, FINDING_FACTS, .is_required = true, .set = schema_set_version, .hint = "version: 1"},
    {"kinds", SCHEMA_MAP, FINDING_FACTS, .is_required = true, .table = &kinds_table},
    {.key = NULL},
};
static const SchemaTable kinds_file = {"data-kinds.yaml", FINDING_FACTS, kinds_file_fields, NULL};

static const SchemaField wordings_file_fields[] = {
    {"version", SCHEMA_CUSTOM, FINDING_FACTS, .is_required = true, .set = schema_set_version, .hint = "version: 1"},
    {"wordings", SCHEMA_MAP, FINDING_FACTS, .is_required = true, .table = &wordings_table},
    {.key = NULL},
};
static const SchemaTable wordings_file = {"unknown-facts.yaml", FINDING_FACTS, wordings_file_fields, NULL};

static void read_file(const char *path, const SchemaTable *table, Vocabulary *vocabulary, Findings *findings)
{
    SchemaCheck check = {.findings = findings, .ids = load_playbook_ids()};
    g_autoptr(YamlNode) root = NULL;

    vocabulary->reading(path, vocabulary->user);
    root = yaml_load(path, FINDING_FACTS, findings);
    if (root)
        schema_check(&check, table, root, vocabulary);
}

/* The file beside the playbook, if there is one, and the shipped one, unless they are the same. */
static void read_files(const Playbook *playbook, const char *data, const SchemaTable *table, Vocabulary *vocabulary,
                       Findings *findings)
{
    g_autofree char *own = g_build_filename(playbook->folder, table->name, NULL);
    g_autofree char *built = g_build_filename(data, "playbooks", table->name, NULL);
    g_autofree char *shipped = g_canonicalize_filename(built, NULL);

    if (g_file_test(own, G_FILE_TEST_EXISTS))
        read_file(own, table, vocabulary, findings);
    if (strcmp(own, shipped) != 0 && g_file_test(shipped, G_FILE_TEST_EXISTS))
        read_file(shipped, table, vocabulary, findings);
}

/* Kinds --------------------------------------------------------------------------------------------------------- */

static bool is_label(const LocaleText *label, const char *name)
{
    g_autofree const char **locales = locale_text_locales(label);
    const char *plain = locale_text_is_plain(label) ? locale_text_get(label, "en") : NULL;

    for (const char **locale = locales; *locale; locale++)
        if (g_ascii_strcasecmp(locale_text_get(label, *locale), name) == 0)
            return true;
    return plain && g_ascii_strcasecmp(plain, name) == 0;
}

/* The kind whose label, in any language, was written; NULL: none. */
static const char *find_label(const Vocabulary *vocabulary, const char **names, const char *name)
{
    for (; *names; names++)
        if (is_label(((const Kind *)g_hash_table_lookup(vocabulary->kinds, *names))->label, name))
            return *names;
    return NULL;
}

static void report_unknown(const Vocabulary *vocabulary, const DataKind *kind, Findings *findings)
{
    guint count = 0;
    g_autofree gpointer *keys = g_hash_table_get_keys_as_array(vocabulary->kinds, &count);
    g_autofree const char **names = g_new0(const char *, count + 1);
    g_autofree char *shown = schema_shown(kind->name);
    g_autofree char *list = NULL;
    const char *meant;

    memcpy(names, keys, count * sizeof *names);
    qsort(names, count, sizeof *names, text_order);
    meant = find_label(vocabulary, names, kind->name);
    meant = meant ? meant : text_nearest(kind->name, names);
    list = g_strjoinv(", ", (char **)names);
    if (meant)
        findings_error(findings, FINDING_FACTS, "playbook-data-kind", kind->at,
                       "data_kinds: \"%s\" is no kind of data that is known, did you mean \"%s\"?", shown, meant);
    else
        findings_error(
            findings, FINDING_FACTS, "playbook-data-kind", kind->at,
            "data_kinds: \"%s\" is not known: describe it in data-kinds.yaml beside the playbook, or use one "
            "of: %s",
            shown, list);
}

static void complete_kinds(const Playbook *playbook, const Vocabulary *vocabulary, Findings *findings)
{
    for (guint i = 0; i < playbook->data_kinds->len; i++) {
        DataKind *kind = g_ptr_array_index(playbook->data_kinds, i);
        Kind *known = g_hash_table_lookup(vocabulary->kinds, kind->name);

        if (!known) {
            report_unknown(vocabulary, kind, findings);
            continue;
        }
        kind->label = g_steal_pointer(&known->label); /* each kind is named once in a playbook */
        kind->consequence = g_steal_pointer(&known->consequence);
        kind->sensitive = known->sensitive;
    }
}

typedef void VisitUnknown(const Playbook *playbook, const Fact *fact, Findings *findings);

static void visit_facts(const Playbook *playbook, const Playbook *told, VisitUnknown *visit, Findings *findings,
                        bool *any)
{
    for (guint i = 0; told && i < told->facts->len; i++) {
        const Fact *fact = g_ptr_array_index(told->facts, i);

        if (fact->text)
            continue;
        *any = true;
        if (visit)
            visit(playbook, fact, findings);
    }
}

/* Every fact that is unknown: the playbook's, and those that an audience or the announcement has instead. */
static bool each_unknown(const Playbook *playbook, VisitUnknown *visit, Findings *findings)
{
    bool any = false;

    visit_facts(playbook, playbook, visit, findings, &any);
    for (guint i = 0; i < playbook->audiences->len; i++)
        visit_facts(playbook, ((const Audience *)g_ptr_array_index(playbook->audiences, i))->own, visit, findings,
                    &any);
    if (playbook->announcement)
        visit_facts(playbook, playbook->announcement->own, visit, findings, &any);
    return any;
}

static void check_wording(const Playbook *playbook, const Fact *fact, Findings *findings)
{
    if (!playbook_wording(playbook, fact->name))
        findings_error(findings, FINDING_FACTS, "playbook-unknown-wording", fact->at,
                       "%s is unknown, and nothing says how that is worded: write it under %s or default in "
                       "unknown-facts.yaml beside the playbook",
                       fact->name, fact->name);
}

void load_vocabulary(Playbook *playbook, const char *data, VocabularyReading *reading, void *user, Findings *findings)
{
    Vocabulary vocabulary = {.kinds = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, kind_free),
                             .wordings = playbook->wordings,
                             .reading = reading,
                             .user = user};

    if (playbook->data_kinds->len > 0) {
        read_files(playbook, data, &kinds_file, &vocabulary, findings);
        complete_kinds(playbook, &vocabulary, findings);
    }
    if (each_unknown(playbook, NULL, NULL)) {
        read_files(playbook, data, &wordings_file, &vocabulary, findings);
        each_unknown(playbook, check_wording, findings);
    }
    g_hash_table_unref(vocabulary.kinds);
}
