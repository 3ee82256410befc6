#include "cli/incident_folder.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/finding.h"
#include "base/language.h"
#include "base/text.h"
#include "cli/installation.h"
#include "cli/playbook_edit.h"
#include "load/jsonl.h"
#include "load/load_gateway.h"
#include "load/load_people.h"
#include "load/load_playbook.h"

#define COPY_MAX   (64 * 1024 * 1024) /* bytes of one file */
#define DEPTH_MAX  16
#define ID_MAX     64
#define PLAYBOOK   "playbook.yaml"
#define PEOPLE_CSV "people.csv"

/* The folders and files beside a playbook that breach looks into. */
static const char *const copied_folders[] = {"gateways",  "templates", "contacts", "regimes", "policies",
                                             "calendars", "severity",  "forms",    NULL};
static const char *const copied_files[] = {"data-kinds.yaml", "unknown-facts.yaml", NULL};

typedef struct Builder {
    const IncidentFolderRequest *request;
    char *source;         /* owned; the folder that is copied, without links */
    char *playbook;       /* owned; its playbook */
    char *people;         /* owned; the people file that it names, or NULL */
    char *header;         /* owned; the line of it that names its columns, or NULL */
    char *temporary;      /* owned; where the new folder grows, or NULL */
    GHashTable *secrets;  /* owned; paths of secrets, which stay where they are */
    IncidentFolder *made; /* owned */
} Builder;

static void left_free(gpointer data)
{
    IncidentLeftOut *left = data;

    g_free(left->path);
    g_free(left);
}

static void secret_reference_free(gpointer data)
{
    IncidentSecret *secret = data;

    g_free(secret->reference);
    g_free(secret->gateway);
    g_free(secret);
}

void incident_folder_free(IncidentFolder *folder)
{
    if (!folder)
        return;
    g_free(folder->path);
    g_free(folder->id);
    g_ptr_array_unref(folder->files);
    g_ptr_array_unref(folder->left);
    g_ptr_array_unref(folder->secrets);
    g_free(folder);
}

static IncidentFolder *folder_new(void)
{
    IncidentFolder *folder = g_new0(IncidentFolder, 1);

    folder->files = g_ptr_array_new_with_free_func(g_free);
    folder->left = g_ptr_array_new_with_free_func(left_free);
    folder->secrets = g_ptr_array_new_with_free_func(secret_reference_free);
    return folder;
}

static void builder_clear(Builder *builder)
{
    if (builder->temporary)
        file_remove_tree(builder->temporary);
    g_free(builder->temporary);
    g_free(builder->source);
    g_free(builder->playbook);
    g_free(builder->people);
    g_free(builder->header);
    g_clear_pointer(&builder->secrets, g_hash_table_unref);
    incident_folder_free(builder->made);
}

static void leave_out(Builder *builder, const char *path, const char *reason)
{
    IncidentLeftOut *left;

    if (!builder->request->from)
        return;
    left = g_new0(IncidentLeftOut, 1);
    left->path = g_strdup(path);
    left->reason = reason;
    g_ptr_array_add(builder->made->left, left);
}

/* 2026-11-NAME: an id that says when and what, and may stay for ever. A name that begins with a year is taken as it is.
 */
static char *make_id(const char *folder, int64_t now)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_local(now / 1000);
    g_autofree char *name = g_path_get_basename(folder);
    g_autofree char *lower = g_ascii_strdown(name, -1);
    GString *id = g_string_new(NULL);

    if (!(strlen(lower) > 5 && strspn(lower, "0123456789") == 4 && lower[4] == '-'))
        g_string_append_printf(id, "%04d-%02d-", g_date_time_get_year(time), g_date_time_get_month(time));
    for (const char *at = lower; *at; at++)
        if (g_ascii_isalnum(*at))
            g_string_append_c(id, *at);
        else if (id->len > 0 && id->str[id->len - 1] != '-')
            g_string_append_c(id, '-');
    if (id->len > ID_MAX)
        g_string_truncate(id, ID_MAX);
    while (id->len > 0 && id->str[id->len - 1] == '-')
        g_string_truncate(id, id->len - 1);
    if (id->len <= strlen("2026-11"))
        g_string_append_printf(id, "-%02d-incident", g_date_time_get_day_of_month(time));
    return g_string_free(id, FALSE);
}

/* The path without links, as far as it is there. */
static char *without_links(const char *absolute)
{
    g_autofree char *parent = g_path_get_dirname(absolute);
    g_autofree char *name = g_path_get_basename(absolute);
    char *real = realpath(parent, NULL);
    char *path = g_build_filename(real ? real : parent, name, NULL);

    free(real);
    return path;
}

/* The folder's place: absolute, its links followed; refused when something lies there. */
static char *find_place(const char *typed, GError **error)
{
    g_autofree char *absolute = g_canonicalize_filename(typed, NULL);
    char *real = realpath(absolute, NULL);
    g_autofree char *place = real ? g_strdup(real) : without_links(absolute);
    g_autoptr(GDir) entries = real ? g_dir_open(real, 0, NULL) : NULL;
    bool is_there = real != NULL;

    free(real);
    if (is_there && !entries)
        error_set(error, BREACH_ERROR_CREATE, "init-taken",
                  "%s is there already, and is no folder: choose another name", typed);
    else if (entries && g_dir_read_name(entries))
        error_set(error, BREACH_ERROR_CREATE, "init-taken",
                  "%s is not empty, nothing was written: choose a folder that is not there yet", typed);
    else
        return g_steal_pointer(&place);
    return NULL;
}

/* The playbook of a standing folder: playbook.yaml, or the only .yaml file. */
static char *find_playbook(const char *folder, GError **error)
{
    g_autofree char *usual = g_build_filename(folder, PLAYBOOK, NULL);
    g_autofree char *only = NULL;
    g_autoptr(GDir) entries = g_dir_open(folder, 0, NULL);
    const char *name;
    int found = 0;

    if (g_file_test(usual, G_FILE_TEST_EXISTS))
        return g_steal_pointer(&usual);
    while (entries && (name = g_dir_read_name(entries)) != NULL)
        if (g_str_has_suffix(name, ".yaml") && *name != '.' && !g_strv_contains(copied_files, name)) {
            found++;
            g_free(only);
            only = g_build_filename(folder, name, NULL);
        }
    if (found == 1)
        return g_steal_pointer(&only);
    if (found == 0)
        error_set(error, BREACH_ERROR_INPUT, "init-no-playbook", "there is no playbook in %s: nothing was written",
                  folder);
    else
        error_set(error, BREACH_ERROR_INPUT, "init-no-playbook",
                  "%s holds %d playbooks: name the one that is meant, as in --from %s", folder, found, only);
    return NULL;
}

static bool find_source(Builder *builder, GError **error)
{
    const char *asked = builder->request->from ? builder->request->from : builder->request->blank;
    char *real = realpath(asked, NULL);

    builder->source = g_strdup(real ? real : asked);
    free(real);
    if (!g_file_test(builder->source, G_FILE_TEST_EXISTS)) {
        if (builder->request->from)
            error_set(error, BREACH_ERROR_INPUT, "init-no-playbook", "there is no folder %s: nothing was written",
                      asked);
        else
            error_set(error, BREACH_ERROR_CONFIG, "init-no-blank",
                      "the blank incident %s is not installed: install breach again, or set BREACH_DATA", asked);
        return false;
    }
    if (!g_file_test(builder->source, G_FILE_TEST_IS_DIR)) {
        builder->playbook = g_steal_pointer(&builder->source);
        builder->source = g_path_get_dirname(builder->playbook);
    } else {
        builder->playbook = find_playbook(builder->source, error);
    }
    return builder->playbook != NULL;
}

static bool is_below(const char *path, const char *folder)
{
    size_t length = strlen(folder);

    return strncmp(path, folder, length) == 0 && (path[length] == '/' || !path[length]);
}

static void note_secrets(Builder *builder, const char *file, const Gateway *gateway)
{
    g_auto(GStrv) references = gateway_secrets(gateway);

    for (size_t i = 0; references[i]; i++) {
        IncidentSecret *secret = g_new0(IncidentSecret, 1);

        if (g_str_has_prefix(references[i], "file:"))
            g_hash_table_add(builder->secrets,
                             g_canonicalize_filename(references[i] + strlen("file:"), gateway->folder));
        secret->reference = g_strdup(references[i]);
        secret->gateway = g_build_filename("gateways", file, NULL);
        g_ptr_array_add(builder->made->secrets, secret);
    }
}

/* What the gateways of the source need, so that it is reported, and not copied when it lies among them. Which files are
 * secrets is not known when a gateway cannot be read. */
static bool find_secrets(Builder *builder, GError **error)
{
    g_autofree char *folder = g_build_filename(builder->source, "gateways", NULL);
    g_autofree char *data = installation_data();
    g_autoptr(GDir) entries = g_dir_open(folder, 0, NULL);
    const char *name;

    while (entries && (name = g_dir_read_name(entries)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_autoptr(Findings) findings = findings_new();
        g_autoptr(Gateway) gateway = g_str_has_suffix(name, ".yaml") ? load_gateway_file(path, data, findings) : NULL;

        if (gateway) {
            note_secrets(builder, name, gateway);
        } else if (findings_count(findings) > 0) {
            g_autofree char *first = finding_format(findings_get(findings, 0));

            error_set(error, BREACH_ERROR_INPUT, "init-playbook", "%s", first);
            return false;
        }
    }
    return true;
}

static bool write_file(Builder *builder, const char *relative, const char *text, size_t size, GError **error)
{
    g_autofree char *path = g_build_filename(builder->temporary, relative, NULL);

    if (!file_write(path, text, size, 0600, error))
        return false;
    g_ptr_array_add(builder->made->files, g_strdup(relative));
    return true;
}

/* However they are written, and through whatever links. */
static bool is_same(const char *path, const char *other)
{
    struct stat ours;
    struct stat theirs;

    return stat(path, &ours) == 0 && stat(other, &theirs) == 0 && ours.st_dev == theirs.st_dev &&
           ours.st_ino == theirs.st_ino;
}

static bool is_people(const Builder *builder, const char *path)
{
    return builder->people && is_same(path, builder->people);
}

/* Why a file of the source stays where it is; NULL: it is copied. */
static const char *stays(const Builder *builder, const char *path)
{
    if (g_hash_table_contains(builder->secrets, path))
        return N_("a secret: put it there yourself, with mode 0600");
    if (is_people(builder, path))
        return N_("the people of the other incident");
    if (!g_file_test(path, G_FILE_TEST_IS_REGULAR))
        return N_("neither a file nor a folder");
    return NULL;
}

static bool copy_file(Builder *builder, const char *relative, GError **error)
{
    g_autofree char *from = g_build_filename(builder->source, relative, NULL);
    const char *reason = stays(builder, from);
    g_autofree char *text = NULL;
    size_t size;

    if (reason) {
        leave_out(builder, relative, reason);
        return true;
    }
    text = file_read(from, COPY_MAX, &size, error);
    if (!text)
        return false;
    if (g_strstr_len(text, (gssize)size, "PRIVATE KEY-----")) {
        leave_out(builder, relative, N_("a private key: put it there yourself, with mode 0600"));
        return true;
    }
    return write_file(builder, relative, text, size, error);
}

/* The names in a folder, sorted; an empty list when it cannot be read. */
static GPtrArray *names_in(const char *folder)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GDir) entries = g_dir_open(folder, 0, NULL);
    const char *name;

    while (entries && (name = g_dir_read_name(entries)) != NULL)
        g_ptr_array_add(names, g_strdup(name));
    g_ptr_array_sort(names, text_order);
    return names;
}

static bool copy_folder(Builder *builder, const char *relative, int depth, GError **error)
{
    g_autofree char *from = g_build_filename(builder->source, relative, NULL);
    g_autofree char *to = g_build_filename(builder->temporary, relative, NULL);
    g_autoptr(GPtrArray) names = names_in(from);

    if (depth > DEPTH_MAX) {
        leave_out(builder, relative, N_("nested too deep"));
        return true;
    }
    if (!file_make_folder(to, 0700, error))
        return false;
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        g_autofree char *path = g_build_filename(relative, name, NULL);
        g_autofree char *full = g_build_filename(from, name, NULL);

        if (g_str_has_suffix(name, ".breach"))
            leave_out(builder, path, N_("the state of another incident"));
        else if (g_file_test(full, G_FILE_TEST_IS_DIR) ? !copy_folder(builder, path, depth + 1, error)
                                                       : !copy_file(builder, path, error))
            return false;
    }
    return true;
}

static const char *why_not_copied(const Builder *builder, const char *name)
{
    g_autofree char *path = g_build_filename(builder->source, name, NULL);

    if (g_str_has_suffix(name, ".breach"))
        return N_("the state of another incident");
    if (strcmp(path, builder->playbook) == 0)
        return NULL;
    if (is_people(builder, path))
        return builder->header ? N_("the people of the other incident; only its first line was taken")
                               : N_("the people of the other incident");
    return g_file_test(path, G_FILE_TEST_IS_DIR) ? N_("breach does not look into this folder")
                                                 : N_("no file that the playbook names");
}

static bool copy_source(Builder *builder, GError **error)
{
    g_autoptr(GPtrArray) names = names_in(builder->source);

    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        g_autofree char *path = g_build_filename(builder->source, name, NULL);
        const char *reason;

        if (is_same(path, builder->temporary))
            continue; /* the new folder lies in the standing one */
        if (g_strv_contains(copied_folders, name) && g_file_test(path, G_FILE_TEST_IS_DIR)) {
            if (!copy_folder(builder, name, 1, error))
                return false;
            continue;
        }
        if (g_strv_contains(copied_files, name)) {
            if (!copy_file(builder, name, error))
                return false;
            continue;
        }
        reason = why_not_copied(builder, name);
        if (reason)
            leave_out(builder, name, reason);
    }
    return true;
}

/* The line with the columns of a people file, with its end; NULL where there is none, for then the first line may be
 * somebody's: in a file without a header, and in JSON Lines. */
static char *read_header(const Playbook *playbook)
{
    const char *path = playbook->people_path;
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(PeopleReader) reader =
        path && !jsonl_is(path) ? people_open(path, playbook->people_columns, findings) : NULL;
    FILE *file = reader ? fopen(path, "re") : NULL;
    char *line = NULL;
    char *header = NULL;
    size_t room = 0;

    if (!file)
        return NULL;
    if (getline(&line, &room, file) > 0)
        header = g_strdup(line);
    free(line);
    fclose(file);
    return header;
}

/* The new people file has the columns of the old one and nobody in it. JSON Lines have no header: it is empty. */
static bool write_people(Builder *builder, const char *name, GError **error)
{
    static const char plain[] = "id,name,locale,email\n";
    const char *text = plain;

    if (builder->header)
        text = builder->header;
    else if (builder->people ? jsonl_is(builder->people) : !g_str_has_suffix(name, ".csv"))
        text = "";
    return write_file(builder, name, text, strlen(text), error);
}

static bool write_playbook(Builder *builder, GError **error)
{
    const IncidentFolderRequest *request = builder->request;
    g_autofree char *people = NULL;
    g_autofree char *text = playbook_edit(builder->playbook,
                                          &(PlaybookEdit){.id = builder->made->id,
                                                          .status = playbook_status_name(request->status),
                                                          .mark = request->from ? request->mark : NULL},
                                          &people, error);

    return text && write_file(builder, PLAYBOOK, text, strlen(text), error) &&
           write_people(builder, people ? people : PEOPLE_CSV, error);
}

/* Every mark is a finding: what check will show is counted here by the same code. */
static size_t count_marks(const Builder *builder)
{
    g_autoptr(Findings) findings = findings_new();
    g_autofree char *path = g_build_filename(builder->temporary, PLAYBOOK, NULL);
    g_autofree char *data = installation_data();
    size_t count = 0;

    playbook_free(load_playbook(path, findings));
    for (guint i = 0; i < builder->made->files->len; i++) {
        const char *file = g_ptr_array_index(builder->made->files, i);
        g_autofree char *gateway_path = g_build_filename(builder->temporary, file, NULL);

        if (g_str_has_prefix(file, "gateways/") && g_str_has_suffix(file, ".yaml"))
            gateway_free(load_gateway_file(gateway_path, data, findings));
    }
    for (size_t i = 0; i < findings_count(findings); i++)
        count += strcmp(findings_get(findings, i)->id, "yaml-fill-in") == 0;
    return count;
}

static bool publish(Builder *builder, GError **error)
{
    g_autofree char *parent = g_path_get_dirname(builder->made->path);

    if (rename(builder->temporary, builder->made->path) != 0) {
        error_set(error, BREACH_ERROR_CREATE, "init-taken", "cannot create %s: %s", builder->made->path,
                  g_strerror(errno));
        return false;
    }
    g_clear_pointer(&builder->temporary, g_free);
    return file_sync(parent, error);
}

static bool make_temporary(Builder *builder, GError **error)
{
    g_autofree char *parent = g_path_get_dirname(builder->made->path);
    g_autofree char *name = g_strdup_printf("%s.new-XXXXXX", builder->made->path);

    if (!g_mkdtemp_full(name, 0700)) {
        error_set(error, BREACH_ERROR_CREATE, "init-parent",
                  "cannot create a folder in %s: %s: make it first, or choose another place", parent,
                  g_strerror(errno));
        return false;
    }
    builder->temporary = g_steal_pointer(&name);
    return true;
}

/* A new folder within one that is copied would be copied into itself. */
static bool is_inside(const Builder *builder)
{
    for (size_t i = 0; copied_folders[i]; i++) {
        g_autofree char *folder = g_build_filename(builder->source, copied_folders[i], NULL);

        if (is_below(builder->made->path, folder))
            return true;
    }
    return false;
}

static bool build(Builder *builder, GError **error)
{
    g_autoptr(Findings) ignored = findings_new();
    g_autoptr(Playbook) playbook = NULL;

    builder->made->path = find_place(builder->request->folder, error);
    if (!builder->made->path || !find_source(builder, error))
        return false;
    if (is_inside(builder)) {
        error_set(error, BREACH_ERROR_INPUT, "init-inside", "%s lies within %s: choose a folder beside it",
                  builder->request->folder, builder->source);
        return false;
    }
    playbook = load_playbook(builder->playbook, ignored);
    builder->people = playbook ? g_strdup(playbook->people_path) : NULL;
    builder->made->id = make_id(builder->made->path, builder->request->now);
    if (!find_secrets(builder, error))
        return false;
    builder->header = playbook ? read_header(playbook) : NULL;
    if (!make_temporary(builder, error) || !write_playbook(builder, error) || !copy_source(builder, error))
        return false;
    builder->made->to_fill = count_marks(builder);
    g_ptr_array_sort(builder->made->files, text_order);
    return publish(builder, error);
}

IncidentFolder *incident_folder_make(const IncidentFolderRequest *request, GError **error)
{
    Builder builder = {.request = request, .made = folder_new()};
    IncidentFolder *made = NULL;

    builder.secrets = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    if (build(&builder, error))
        made = g_steal_pointer(&builder.made);
    builder_clear(&builder);
    return made;
}
