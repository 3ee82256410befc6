#include "load/load_template.h"

#include <string.h>

#include "base/file.h"
#include "base/language.h"
#include "base/text.h"
#include "load/place.h"
#include "load/schema.h"
#include "model/locale.h"

#define STAGE          FINDING_SEND
#define FILE_MAX       (1024 * 1024)
#define PARTIAL_SUFFIX ".mustache"
#define SHARED_FOLDER  "shared"
#define PARTIALS_MOST  200 /* of one text, so that one that includes itself ends */

/* Which files a text on a channel has. A sheet of the kit is asked for like a channel. */
typedef struct ChannelParts {
    const char *channel;
    bool has_subject, has_html; /* txt: always */
    const char *needs;          /* in a sentence */
} ChannelParts;

static const ChannelParts channels[] = {
    {"email", true, true, N_("an email needs subject, txt and html in every language")},
    {"sms", false, false, N_("a text message needs txt in every language")},
    {"push", true, false, N_("a push message needs subject and txt in every language")},
    {"im", false, false, N_("an instant message needs txt in every language")},
    {"webhook", true, false, N_("an in-product notice needs subject and txt in every language")},
    {"voice", false, false, N_("a voice message needs txt, its script, in every language")},
    {"phone", false, false, N_("a call needs txt, its script, in every language")},
    {"letter", true, false, N_("a letter needs subject and txt in every language")},
    {"announcement", true, true, N_("an announcement needs subject, txt and html in every language")},
    {"holding", true, false, N_("a holding statement needs subject and txt in every language")},
    {"questions", true, false, N_("a question sheet needs subject and txt in every language")},
    {"told", true, false, N_("an answer on the telephone needs subject and txt in every language")},
    {"not-told", true, false, N_("an answer on the telephone needs subject and txt in every language")},
    {"staff", true, false, N_("a staff note needs subject and txt in every language")},
};

static const ChannelParts *parts_of(const char *channel)
{
    size_t i = 0;

    while (i + 1 < G_N_ELEMENTS(channels) && strcmp(channels[i].channel, channel) != 0)
        i++;
    return &channels[i];
}

static void template_file_free(gpointer data)
{
    TemplateFile *file = data;

    g_free(file->path);
    g_free(file->source);
    g_free(file);
}

static void template_text_free(gpointer data)
{
    TemplateText *text = data;
    TemplateFile *files[] = {&text->subject, &text->text, &text->html};

    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_free(files[i]->path);
        g_free(files[i]->source);
    }
    g_free(text->locale);
    g_hash_table_unref(text->partials);
    g_free(text);
}

void template_set_free(TemplateSet *set)
{
    if (!set)
        return;
    g_free(set->name);
    g_free(set->folder);
    g_free(set->channel);
    g_ptr_array_unref(set->texts);
    g_free(set);
}

/* CRLF as LF: a text message would carry the CR, and differ by it from the text that its provider has approved. */
static void end_lines(char *source)
{
    char *to = source;

    for (const char *from = source; *from; from++)
        if (from[0] != '\r' || from[1] != '\n')
            *to++ = *from;
    *to = '\0';
}

/* The text of a file without byte order mark; NULL with a finding when it cannot be used. */
static char *read_source(const char *path, Findings *findings)
{
    g_autoptr(GError) error = NULL;
    size_t size = 0;
    g_autofree char *source = file_read(path, FILE_MAX, &size, &error);
    const char *bad = NULL;

    if (!source) {
        findings_error(findings, STAGE, "template-unreadable", position_make(path, 0, 0), "%s", error->message);
        return NULL;
    }
    if (!g_utf8_validate_len(source, size, &bad)) {
        findings_error(findings, STAGE, "template-encoding",
                       place_after(position_make(path, 1, 1), source, (size_t)(bad - source)), "%s",
                       *bad ? "these bytes are not UTF-8: save the file as UTF-8" : "a NUL character: remove it");
        return NULL;
    }
    if (strncmp(source, "\xef\xbb\xbf", 3) == 0)
        memmove(source, source + 3, size - 3 + 1);
    end_lines(source);
    return g_steal_pointer(&source);
}

static void drop_last_breaks(char *source)
{
    size_t length = strlen(source);

    while (length > 0 && (source[length - 1] == '\n' || source[length - 1] == '\r'))
        source[--length] = '\0';
}

/* The names in a folder, sorted, so that findings and texts come in the same order everywhere. */
static GPtrArray *list_folder(const char *path, Findings *findings)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GDir) folder = g_dir_open(path, 0, &error);
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    const char *name;

    if (!folder)
        findings_error(findings, STAGE, "template-unreadable", position_make(path, 0, 0),
                       "the folder cannot be read: %s", error->message);
    while (folder && (name = g_dir_read_name(folder)))
        g_ptr_array_add(names, g_strdup(name));
    g_ptr_array_sort(names, text_order);
    return names;
}

static void put_partial(GHashTable *partials, const char *name, const char *path, const char *source)
{
    TemplateFile *file = g_new0(TemplateFile, 1);

    file->path = g_strdup(path);
    file->source = g_strdup(source);
    g_hash_table_replace(partials, g_strdup(name), file);
}

static void read_partials(const char *folder, const GPtrArray *names, GHashTable *partials, Findings *findings)
{
    for (guint i = 0; i < names->len; i++) {
        const char *file = g_ptr_array_index(names, i);
        g_autofree char *path = g_build_filename(folder, file, NULL);
        g_autofree char *name = NULL;
        g_autofree char *source = NULL;

        if (!g_str_has_suffix(file, PARTIAL_SUFFIX))
            continue;
        name = g_strndup(file, strlen(file) - strlen(PARTIAL_SUFFIX));
        source = read_source(path, findings);
        if (source)
            put_partial(partials, name, path, source);
    }
}

static GHashTable *partials_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, template_file_free);
}

static GHashTable *partials_copy(GHashTable *partials)
{
    GHashTable *copy = partials_new();
    GHashTableIter iterator;
    gpointer name;
    gpointer value;

    g_hash_table_iter_init(&iterator, partials);
    while (g_hash_table_iter_next(&iterator, &name, &value)) {
        const TemplateFile *file = value;

        put_partial(copy, name, file->path, file->source);
    }
    return copy;
}

static char *part_path(const char *folder, const char *channel, const char *suffix)
{
    g_autofree char *name = g_strconcat(channel, ".", suffix, NULL);

    return g_build_filename(folder, name, NULL);
}

static const char *const suffixes[] = {"subject", "txt", "html"};

static bool has_channel(const char *folder, const char *channel)
{
    for (size_t i = 0; i < G_N_ELEMENTS(suffixes); i++) {
        g_autofree char *path = part_path(folder, channel, suffixes[i]);

        if (g_file_test(path, G_FILE_TEST_EXISTS))
            return true;
    }
    return false;
}

/* A file that the channel has no place for would silently stay at home. */
static void refuse_part(const char *folder, const ChannelParts *parts, const char *suffix, Findings *findings)
{
    g_autofree char *path = part_path(folder, parts->channel, suffix);

    if (g_file_test(path, G_FILE_TEST_EXISTS))
        findings_warning(findings, STAGE, "template-extra-file", position_make(path, 0, 0), "nobody gets this file: %s",
                         _(parts->needs));
}

static bool read_part(const char *folder, const ChannelParts *parts, const char *suffix, TemplateFile *file,
                      Findings *findings)
{
    file->path = part_path(folder, parts->channel, suffix);
    if (!g_file_test(file->path, G_FILE_TEST_EXISTS)) {
        findings_error(findings, STAGE, "template-missing-file", position_make(file->path, 0, 0),
                       "this file is missing: %s", _(parts->needs));
        return false;
    }
    file->source = read_source(file->path, findings);
    if (file->source && !file->source[strspn(file->source, " \t\r\n")]) {
        findings_error(findings, STAGE, "template-empty", position_make(file->path, 0, 0),
                       "this file is empty: write its text");
        return false;
    }
    return file->source != NULL;
}

typedef struct TemplateFolders {
    const char *beside;  /* of the playbook */
    const char *shipped; /* the files that come with breach */
} TemplateFolders;

/* The names of the partials that a source includes, each handed to `visit`. */
static void each_inclusion(const char *source, void (*visit)(const char *name, void *user), void *user)
{
    for (const char *at = strstr(source, "{{>"); at; at = strstr(at, "{{>")) {
        size_t length;

        at += strlen("{{>");
        at += strspn(at, " \t");
        length = strcspn(at, " \t\r\n}");
        if (at[length]) {
            g_autofree char *name = g_strndup(at, length);

            visit(name, user);
        }
    }
}

typedef struct Sharing {
    TemplateText *text;
    const TemplateFolders *folders;
    const char *language; /* the name of the language's folder, as it is written */
    Findings *findings;
} Sharing;

static char *shared_path(const char *root, const char *language, const char *name)
{
    g_autofree char *file = g_strconcat(name, PARTIAL_SUFFIX, NULL);

    return language ? g_build_filename(root, "templates", SHARED_FOLDER, language, file, NULL)
                    : g_build_filename(root, "templates", SHARED_FOLDER, file, NULL);
}

static void share_partial(const char *name, void *user);

static bool take_shared(const Sharing *sharing, const char *root, const char *language, const char *name)
{
    g_autofree char *path = shared_path(root, language, name);
    g_autofree char *source = NULL;

    if (!g_file_test(path, G_FILE_TEST_IS_REGULAR))
        return false;
    source = read_source(path, sharing->findings);
    if (!source)
        return true; /* said; no second one is looked for */
    put_partial(sharing->text->partials, name, path, source);
    each_inclusion(source, share_partial, (void *)sharing);
    return true;
}

/* One that neither the template nor its language has comes from templates/shared/, the playbook's before ours. Only
 * what is used is taken: the files of a text are frozen with it. */
static void share_partial(const char *name, void *user)
{
    const Sharing *sharing = user;
    const TemplateFolders *folders = sharing->folders;

    if (!text_is_name(name) || g_hash_table_contains(sharing->text->partials, name) ||
        g_hash_table_size(sharing->text->partials) >= PARTIALS_MOST)
        return;
    if (take_shared(sharing, folders->beside, sharing->language, name) ||
        take_shared(sharing, folders->beside, NULL, name) ||
        take_shared(sharing, folders->shipped, sharing->language, name))
        return;
    take_shared(sharing, folders->shipped, NULL, name);
}

/* What the template's own partials and the three parts include. */
static void share_partials(TemplateText *text, const TemplateFolders *folders, const char *language, Findings *findings)
{
    Sharing sharing = {.text = text, .folders = folders, .language = language, .findings = findings};
    const TemplateFile *files[] = {&text->subject, &text->text, &text->html};
    g_autoptr(GList) own = g_hash_table_get_values(text->partials);

    for (size_t i = 0; i < G_N_ELEMENTS(files); i++)
        if (files[i]->source)
            each_inclusion(files[i]->source, share_partial, &sharing);
    for (GList *item = own; item; item = item->next)
        each_inclusion(((const TemplateFile *)item->data)->source, share_partial, &sharing);
}

static bool read_parts(const ChannelParts *parts, const char *folder, TemplateText *text, Findings *findings)
{
    TemplateFile *files[] = {&text->subject, &text->text, &text->html};
    const bool wanted[] = {parts->has_subject, true, parts->has_html};
    bool is_whole = true;

    for (size_t i = 0; i < G_N_ELEMENTS(files); i++)
        if (wanted[i])
            is_whole = read_part(folder, parts, suffixes[i], files[i], findings) && is_whole;
        else
            refuse_part(folder, parts, suffixes[i], findings);
    return is_whole;
}

static void read_text(TemplateSet *set, const TemplateFolders *folders, const char *language, const char *locale,
                      GHashTable *shared, Findings *findings)
{
    TemplateText *text = g_new0(TemplateText, 1);
    g_autofree char *folder = g_build_filename(set->folder, language, NULL);
    g_autoptr(GPtrArray) names = list_folder(folder, findings);
    bool is_whole;

    text->locale = g_strdup(locale);
    text->partials = partials_copy(shared);
    is_whole = read_parts(parts_of(set->channel), folder, text, findings);
    read_partials(folder, names, text->partials, findings); /* the nearer one of two with the same name wins */
    share_partials(text, folders, language, findings);
    if (!is_whole) {
        template_text_free(text);
        return;
    }
    if (text->subject.source)
        drop_last_breaks(text->subject.source);
    g_ptr_array_add(set->texts, text);
}

static const TemplateText *find_text(const TemplateSet *set, const char *locale)
{
    for (guint i = 0; i < set->texts->len; i++) {
        const TemplateText *text = g_ptr_array_index(set->texts, i);

        if (strcmp(text->locale, locale) == 0)
            return text;
    }
    return NULL;
}

static void read_locale(TemplateSet *set, const TemplateFolders *folders, const char *name, GHashTable *shared,
                        Findings *findings)
{
    g_autofree char *folder = g_build_filename(set->folder, name, NULL);
    g_autofree char *locale = locale_normalize(name);
    g_autofree char *shown = schema_shown(name);

    if (!g_file_test(folder, G_FILE_TEST_IS_DIR) || !has_channel(folder, set->channel))
        return;
    if (!locale)
        findings_error(findings, STAGE, "template-locale", position_make(folder, 0, 0),
                       "\"%s\" is no language: name the folder en, zh-CN, zh-TW or the like", shown);
    else if (find_text(set, locale))
        findings_error(findings, STAGE, "template-locale", position_make(folder, 0, 0),
                       "the language %s has two folders: remove one", locale);
    else
        read_text(set, folders, name, locale, shared, findings);
}

static int by_locale(gconstpointer left, gconstpointer right)
{
    const TemplateText *a = *(TemplateText *const *)left;
    const TemplateText *b = *(TemplateText *const *)right;

    return strcmp(a->locale, b->locale);
}

static char *find_folder(const char *name, const char *playbook_folder, const char *data, Position at,
                         Findings *findings)
{
    g_autofree char *beside = g_build_filename(playbook_folder, "templates", name, NULL);
    g_autofree char *shipped = g_build_filename(data, "templates", name, NULL);

    if (!text_is_name(name)) /* a path here would reach files that are no templates */
        findings_error(findings, STAGE, "template-not-found", at, "a template's name has only a-z, 0-9 and hyphens");
    else if (g_file_test(beside, G_FILE_TEST_IS_DIR))
        return g_steal_pointer(&beside);
    else if (g_file_test(shipped, G_FILE_TEST_IS_DIR))
        return g_steal_pointer(&shipped);
    else
        findings_error(findings, STAGE, "template-not-found", at, "there is no template %s: neither %s nor %s", name,
                       beside, shipped);
    return NULL;
}

TemplateSet *load_template(const char *name, const char *channel, const char *playbook_folder, const char *data,
                           Position at, Findings *findings)
{
    const TemplateFolders folders = {.beside = playbook_folder, .shipped = data};
    char *folder = find_folder(name, playbook_folder, data, at, findings);
    g_autoptr(TemplateSet) set = NULL;
    g_autoptr(GPtrArray) names = NULL;
    g_autoptr(GHashTable) shared = partials_new();
    size_t before = findings_errors(findings, FINDING_SEND);

    if (!folder)
        return NULL;
    set = g_new0(TemplateSet, 1);
    set->name = g_strdup(name);
    set->folder = folder;
    set->channel = g_strdup(channel);
    set->texts = g_ptr_array_new_with_free_func(template_text_free);
    names = list_folder(folder, findings);
    read_partials(folder, names, shared, findings);
    for (guint i = 0; i < names->len; i++)
        read_locale(set, &folders, g_ptr_array_index(names, i), shared, findings);
    g_ptr_array_sort(set->texts, by_locale);
    if (set->texts->len == 0 && findings_errors(findings, FINDING_SEND) == before)
        findings_error(findings, STAGE, "template-no-text", at,
                       "template %s has no text for %s: write %s/en/%s.txt and so on", name, channel, folder, channel);
    return g_steal_pointer(&set);
}
