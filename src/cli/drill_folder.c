#include "cli/drill_folder.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "cli/drill_people.h"
#include "cli/playbook_edit.h"
#include "load/yaml.h"

#define FOLDER_MODE 0700
#define FILE_MODE   0600
#define RECORDS     "drills" /* beside the playbook; see drill_record.h */
#define MARK        "drill"  /* a file that says whose folder it is, by what stands in it: many a file is called so */
#define MARK_TEXT   "This folder belongs to breach drill, which empties it for the next drill.\n"

static bool write_text(const char *path, const char *text, GError **error)
{
    return file_write(path, text, strlen(text), FILE_MODE, error);
}

/* Time ------------------------------------------------------------------------------------------------------------ */

/* When it became known, or whatever is known of it. */
static Moment base_of(const Incident *incident, int64_t now)
{
    const Moment *times[] = {&incident->detected_at, &incident->confirmed_at, &incident->contained_at,
                             &incident->occurred_at};

    for (size_t i = 0; i < G_N_ELEMENTS(times); i++)
        if (times[i]->known)
            return *times[i];
    return (Moment){.at = now, .offset = 0, .known = true};
}

/* The first such hour at that time or after. */
static int64_t next_hour(Moment base, int minutes)
{
    int64_t local = base.at + base.offset * CLOCK_MINUTE;
    int64_t at = local - (local % CLOCK_DAY + CLOCK_DAY) % CLOCK_DAY + minutes * CLOCK_MINUTE;

    return (at < local ? at + CLOCK_DAY : at) - base.offset * CLOCK_MINUTE;
}

static Moment start_of(const Scenario *scenario, Moment base)
{
    if (scenario->starts.known)
        return scenario->starts;
    if (scenario->starts_at >= 0)
        base.at = next_hour(base, scenario->starts_at);
    return base;
}

typedef struct Shift {
    int64_t by;    /* ms */
    int64_t start; /* of the story */
    GArray *changes;
    GPtrArray *texts; /* owns what the changes borrow */
} Shift;

static void add_change(Shift *shift, const YamlNode *node, char *text)
{
    PlaybookChange change = {node, text};

    g_ptr_array_add(shift->texts, text);
    g_array_append_val(shift->changes, change);
}

/* What has happened cannot lie before it: what the playbook learnt later, the story knows from its beginning. */
static bool is_past(const char *key)
{
    return g_str_has_suffix(key, "_at") || strcmp(key, "as_of") == 0 || strcmp(key, "at") == 0;
}

static void shift_value(Shift *shift, const char *key, bool is_anchor, const YamlNode *value)
{
    Moment moment;
    int64_t at;

    if (!moment_parse(value->text, &moment, NULL))
        return;
    at = moment.at + shift->by;
    if ((is_anchor || is_past(key)) && at > shift->start)
        at = shift->start;
    if (at == moment.at)
        return;
    moment.at = at;
    add_change(shift, value, moment_format_rfc3339(moment));
}

static void shift_all(Shift *shift, const YamlNode *node, bool are_anchors)
{
    for (guint i = 0; node->kind == YAML_NODE_LIST && i < node->items->len; i++)
        shift_all(shift, g_ptr_array_index(node->items, i), are_anchors);
    for (guint i = 0; node->kind == YAML_NODE_MAP && i < node->entries->len; i++) {
        const YamlEntry *entry = g_ptr_array_index(node->entries, i);

        if (entry->value->kind == YAML_NODE_SCALAR)
            shift_value(shift, entry->key, are_anchors, entry->value);
        else
            shift_all(shift, entry->value, are_anchors || strcmp(entry->key, "anchors") == 0);
    }
}

/* The playbook --------------------------------------------------------------------------------------------------- */

static const YamlNode *map_of(const YamlNode *map, const char *key)
{
    const YamlNode *value = map ? yaml_get(map, key) : NULL;

    return value && value->kind == YAML_NODE_MAP ? value : NULL;
}

static void set_scalar(Shift *shift, const YamlNode *map, const char *key, char *text)
{
    const YamlNode *value = map ? yaml_get(map, key) : NULL;

    if (value && value->kind == YAML_NODE_SCALAR)
        add_change(shift, value, text);
    else
        g_free(text);
}

/* A drill is an exercise of the first edition, whatever the incident is. */
static char *staged_text(const DrillFolderRequest *request, const DrillFolder *folder, const char *text, int64_t by,
                         GError **error)
{
    g_autoptr(YamlNode) root = playbook_edit_parse(request->path, text, error);
    g_autoptr(GArray) changes = g_array_new(FALSE, FALSE, sizeof(PlaybookChange));
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    Shift shift = {by, folder->starts.at, changes, texts};
    const YamlNode *people_map = map_of(root, "people");

    if (!root)
        return NULL;
    shift_all(&shift, root, false);
    set_scalar(&shift, map_of(root, "incident"), "status", g_strdup("exercise"));
    set_scalar(&shift, map_of(root, "incident"), "edition", g_strdup("1"));
    if (folder->people) {
        g_autofree char *name = g_path_get_basename(folder->people);

        set_scalar(&shift, people_map ? people_map : root, people_map ? "file" : "people", playbook_edit_quoted(name));
    }
    return playbook_edit_apply(text, changes, error);
}

static bool stage_playbook(const DrillFolderRequest *request, DrillFolder *folder, int64_t by, GError **error)
{
    g_autofree char *text = file_read(request->path, YAML_SIZE_MAX, NULL, error);
    g_autofree char *staged = text ? staged_text(request, folder, text, by, error) : NULL;

    return staged && write_text(folder->playbook, staged, error);
}

/* Where a value of the playbook stands: "organization.contact.phone", with numbers from 0 for the items of a list. */
static const YamlNode *value_at(const YamlNode *node, const char *path)
{
    g_auto(GStrv) keys = g_strsplit(path, ".", -1);

    for (char **key = keys; node && *key; key++) {
        if (node->kind == YAML_NODE_LIST) {
            guint64 index = 0;

            node = g_ascii_string_to_unsigned(*key, 10, 0, node->items->len - 1, &index, NULL)
                       ? g_ptr_array_index(node->items, (guint)index)
                       : NULL;
        } else
            node = node->kind == YAML_NODE_MAP ? yaml_get(node, *key) : NULL;
    }
    return node && node->kind == YAML_NODE_SCALAR ? node : NULL;
}

static char *replace_value(const DrillFolder *folder, const ScenarioStep *step, const char *text, GError **error)
{
    g_autoptr(YamlNode) root = playbook_edit_parse(folder->playbook, text, error);
    g_autoptr(GArray) changes = g_array_new(FALSE, FALSE, sizeof(PlaybookChange));
    g_autofree char *quoted = playbook_edit_quoted(step->value);
    PlaybookChange change = {root ? value_at(root, step->key) : NULL, quoted};

    if (!root)
        return NULL;
    if (!change.node) {
        error_set(error, BREACH_ERROR_INPUT, "drill-edit",
                  "the playbook has no value %s that the scenario could change: give it one, or change the scenario",
                  step->key);
        return NULL;
    }
    g_array_append_val(changes, change);
    return playbook_edit_apply(text, changes, error);
}

static char *replace_text(const ScenarioStep *step, const char *text, GError **error)
{
    g_autoptr(GString) changed = g_string_new(text);

    if (g_string_replace(changed, step->find, step->replace, 0) > 0)
        return g_string_free(g_steal_pointer(&changed), FALSE);
    error_set(error, BREACH_ERROR_INPUT, "drill-edit",
              "the playbook does not hold \"%s\", which the scenario changes: write what stands in it", step->find);
    return NULL;
}

/* What is no YAML any more nobody could go on with; a value that makes no sense is for breach notify to refuse. */
static bool is_readable(const DrillFolder *folder, const char *text, GError **error)
{
    g_autoptr(YamlNode) root = playbook_edit_parse(folder->playbook, text, error);

    return root != NULL;
}

bool drill_folder_edit(DrillFolder *folder, const ScenarioStep *step, GError **error)
{
    g_autofree char *text = file_read(folder->playbook, YAML_SIZE_MAX, NULL, error);
    g_autofree char *changed = NULL;

    if (!text)
        return false;
    changed = step->key ? replace_value(folder, step, text, error) : replace_text(step, text, error);
    return changed && is_readable(folder, changed, error) && write_text(folder->playbook, changed, error);
}

bool drill_folder_grow(DrillFolder *folder, int64_t more, GError **error)
{
    int64_t rows = 0;

    if (!folder->people) {
        error_set(error, BREACH_ERROR_INPUT, "drill-people", "the playbook names no people, so that none can be added");
        return false;
    }
    if (!drill_people_copy(folder->people, folder->people, folder->renames, folder->invented + 1, more, &rows, error))
        return false;
    folder->count += more;
    folder->invented += more;
    return true;
}

/* The folder ------------------------------------------------------------------------------------------------------ */

/* What lies beside the playbook is found beside the copy, too. */
static bool link_siblings(const DrillFolderRequest *request, const char *incident, GError **error)
{
    g_autofree char *absolute = g_canonicalize_filename(request->path, NULL);
    g_autofree char *from = g_path_get_dirname(absolute);
    g_autofree char *own = g_path_get_basename(absolute);
    g_autoptr(GDir) entries = g_dir_open(from, 0, NULL);
    const char *name;

    while (entries && (name = g_dir_read_name(entries)) != NULL) {
        g_autofree char *target = g_build_filename(from, name, NULL);
        g_autofree char *path = g_build_filename(incident, name, NULL);

        if (*name == '.' || strcmp(name, own) == 0 || strcmp(name, RECORDS) == 0 || g_str_has_suffix(name, ".breach"))
            continue;
        if (symlink(target, path) != 0) {
            error_set(error, BREACH_ERROR_CREATE, "file-create", "cannot create %s: %s", path, g_strerror(errno));
            return false;
        }
    }
    return true;
}

static bool is_drill(const char *mark)
{
    g_autofree char *text = file_read(mark, sizeof MARK_TEXT, NULL, NULL);

    return text && strcmp(text, MARK_TEXT) == 0;
}

/* An earlier drill's, or nobody's. */
static bool clear_place(const DrillFolder *folder, GError **error)
{
    g_autofree char *mark = g_build_filename(folder->path, MARK, NULL);
    g_autoptr(GDir) entries = g_dir_open(folder->path, 0, NULL);
    int lock;

    if (!entries || !g_dir_read_name(entries))
        return true;
    if (!is_drill(mark)) {
        error_set(error, BREACH_ERROR_CREATE, "state-foreign",
                  "%s holds files that are not ours: give --state a folder of its own", folder->path);
        return false;
    }
    lock = file_lock(mark, error);
    if (lock < 0) {
        error_prefix(error, "another drill plays in %s: ", folder->path);
        return false;
    }
    file_remove_tree(folder->path);
    close(lock);
    return true;
}

/* Locked first: who comes second must not write into it. */
static bool mark_place(DrillFolder *folder, const char *mark, GError **error)
{
    folder->lock = file_lock(mark, error);
    if (folder->lock < 0)
        return false;
    if (file_write_all(folder->lock, MARK_TEXT, strlen(MARK_TEXT)))
        return true;
    error_set(error, BREACH_ERROR_CREATE, "file-create", "cannot create %s: %s", mark, g_strerror(errno));
    return false;
}

static bool make_place(DrillFolder *folder, const char *incident, GError **error)
{
    g_autofree char *mark = g_build_filename(folder->path, MARK, NULL);
    g_autofree char *ignore = g_build_filename(folder->path, ".gitignore", NULL);

    if (!clear_place(folder, error) || !file_make_folder(folder->path, FOLDER_MODE, error))
        return false;
    return mark_place(folder, mark, error) && write_text(ignore, "*\n", error) &&
           file_make_folder(incident, FOLDER_MODE, error);
}

static bool stage_people(const DrillFolderRequest *request, DrillFolder *folder, GError **error)
{
    const char *from = request->playbook->people_path;
    int64_t wanted = request->scenario->people;

    if (!from)
        return true;
    if (!drill_people_copy(from, folder->people, folder->renames, 1, 0, &folder->count, error))
        return false;
    return folder->count >= wanted || drill_folder_grow(folder, wanted - folder->count, error);
}

static char *place_of(const DrillFolderRequest *request)
{
    g_autofree char *name = g_strconcat(request->playbook->incident.id, ".drill.breach", NULL);

    return request->state ? g_canonicalize_filename(request->state, NULL)
                          : g_build_filename(request->playbook->folder, name, NULL);
}

/* Where everything of it lies; nothing is made yet. */
static DrillFolder *folder_of(const DrillFolderRequest *request, Moment base, const char *incident)
{
    DrillFolder *folder = g_new0(DrillFolder, 1);

    folder->lock = -1;
    folder->path = g_path_get_dirname(incident);
    folder->renames = request->playbook->people_columns;
    folder->starts = start_of(request->scenario, base);
    folder->playbook = g_build_filename(incident, "drill.yaml", NULL);
    folder->state = g_build_filename(folder->path, "state", NULL);
    folder->mail = g_build_filename(folder->path, "returned.mbox", NULL);
    folder->log = g_build_filename(folder->path, "relay.log", NULL);
    folder->transcript = g_build_filename(folder->path, "transcript.txt", NULL);
    if (request->playbook->people_path)
        folder->people = g_build_filename(incident, "drill-people.csv", NULL);
    return folder;
}

DrillFolder *drill_folder_make(const DrillFolderRequest *request, GError **error)
{
    Moment base = base_of(&request->playbook->incident, request->now);
    g_autofree char *place = place_of(request);
    g_autofree char *incident = g_build_filename(place, "incident", NULL);
    DrillFolder *folder = folder_of(request, base, incident);

    if (make_place(folder, incident, error) && link_siblings(request, incident, error) &&
        stage_people(request, folder, error) && stage_playbook(request, folder, folder->starts.at - base.at, error))
        return folder;
    drill_folder_free(folder);
    return NULL;
}

void drill_folder_free(DrillFolder *folder)
{
    if (!folder)
        return;
    if (folder->lock >= 0)
        close(folder->lock);
    g_free(folder->path);
    g_free(folder->playbook);
    g_free(folder->people);
    g_free(folder->state);
    g_free(folder->mail);
    g_free(folder->log);
    g_free(folder->transcript);
    g_free(folder);
}
