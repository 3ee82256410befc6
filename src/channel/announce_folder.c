/* A folder that a web server shows: a page for each language, an index, an Atom feed (RFC 4287) and the same as JSON.
 *
 * announcements.json is the memory of the folder: the other files are made from it. Each file is replaced as a whole,
 * the page first, so that the index never leads to nothing; doing it again gives the same files. */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

#include "base/error.h"
#include "base/file.h"
#include "base/member.h"
#include "base/text.h"
#include "channel/announce.h"
#include "channel/announce_page.h"

#define INDEX_JSON  "announcements.json"
#define INDEX_PAGE  "index.html"
#define INDEX_FEED  "feed.atom"
#define FILE_MOST   (16 * 1024 * 1024)
#define FILE_MODE   0644
#define FOLDER_MODE 0755
#define LOCK        ".announcements.lock" /* two incidents may publish in one folder */
#define LOCK_TRIES  50
#define LOCK_WAIT   (G_USEC_PER_SEC / 10)
#define SCHEMA      "breach.announcements/1"

typedef struct Folder {
    const Gateway *gateway; /* borrowed */
    const Clock *clock;     /* borrowed */
} Folder;

static void *folder_open(const Gateway *gateway, const Clock *clock, GError **error)
{
    Folder *folder = g_new0(Folder, 1);

    (void)error;
    folder->gateway = gateway;
    folder->clock = clock;
    return folder;
}

static void folder_close(void *self)
{
    g_free(self);
}

static bool folder_by_name(const void *self)
{
    (void)self;
    return true;
}

static char *path_of(const Folder *folder, const char *name)
{
    return g_build_filename(folder->gateway->print->folder, name, NULL);
}

static char *page_name(const char *slug)
{
    return g_strconcat(slug, ".html", NULL);
}

/* Where a file of the folder can be read: under the public address, or relative to the feed. */
static char *address_of(const Folder *folder, const char *name)
{
    const char *url = folder->gateway->print->url;

    return url ? g_strconcat(url, "/", name, NULL) : g_strdup(name);
}

/* The index ------------------------------------------------------------------------------------------------------ */

/* What the folder holds so far; an empty list when it holds nothing. NULL: there is a file, and it is none of ours:
 * a start page of a website is not ours to replace, nor is a list that we cannot read. */
static json_t *read_items(const Folder *folder, GError **error)
{
    g_autofree char *path = path_of(folder, INDEX_JSON);
    g_autofree char *page = path_of(folder, INDEX_PAGE);
    g_autofree char *body = NULL;
    json_auto_t *document = NULL;
    size_t size;

    if (access(path, F_OK) != 0 && access(page, F_OK) != 0)
        return json_array();
    if (access(path, F_OK) != 0) {
        error_set(error, BREACH_ERROR_CONFIG, "announce-foreign",
                  "%s is there already, and none of ours: name a folder for announcements alone", page);
        return NULL;
    }
    body = file_read(path, FILE_MOST, &size, error);
    if (!body)
        return NULL;
    document = json_loadb(body, size, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_array(json_object_get(document, "items"))) {
        error_set(error, BREACH_ERROR_CONFIG, "announce-foreign",
                  "%s is no list of announcements: move it away, or name another folder", path);
        return NULL;
    }
    return json_incref(json_object_get(document, "items"));
}

static json_t *item_value(const Folder *folder, const AnnounceItem *item, const char *first_at, const char *now)
{
    g_autofree char *name = page_name(item->slug);
    g_autofree char *address = item->url ? g_strdup(item->url) : address_of(folder, name);

    return json_pack("{s:s, s:s, s:b, s:s, s:i, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "slug", item->slug,
                     "incident", item->incident, "exercise", item->is_exercise, "locale", item->locale, "edition",
                     item->edition, "kind", item->kind, "title", item->title, "url", address, "organization",
                     item->organization, "sha256", item->digest, "published_at", first_at, "updated_at", now, "text",
                     item->text, "html", item->html);
}

/* The item in the list, newest first; the same text again keeps its times, and the same edition its place. */
static json_t *with_item(const Folder *folder, const json_t *items, const AnnounceItem *item)
{
    g_autofree char *now = clock_format_utc(clock_now(folder->clock));
    json_t *list = json_array();
    const char *first_at = now;
    const char *changed_at = now;
    bool is_there = false;
    json_auto_t *value = NULL;
    size_t index;
    json_t *known;

    json_array_foreach(items, index, known)
    {
        if (strcmp(member_text(known, "slug"), item->slug) != 0)
            continue;
        first_at = member_text(known, "published_at");
        if (strcmp(member_text(known, "sha256"), item->digest) == 0)
            changed_at = member_text(known, "updated_at");
        is_there = json_integer_value(json_object_get(known, "edition")) == item->edition;
    }
    value = item_value(folder, item, first_at, changed_at);
    if (!is_there)
        json_array_append(list, value);
    json_array_foreach(items, index, known)
    {
        if (strcmp(member_text(known, "slug"), item->slug) != 0 && json_is_object(known))
            json_array_append(list, known);
        else if (is_there && json_is_object(known))
            json_array_append(list, value);
    }
    return list;
}

static char *json_text(const json_t *items)
{
    json_auto_t *document = json_pack("{s:s, s:O}", "schema", SCHEMA, "items", items);
    char *compact = json_dumps(document, JSON_INDENT(2) | JSON_SORT_KEYS);
    char *text = g_strconcat(compact, "\n", NULL);

    free(compact);
    return text;
}

static char *index_text(const json_t *items)
{
    const json_t *newest = json_array_get(items, 0);
    GString *page = g_string_new(NULL);
    g_autofree char *name = announce_escape(member_text(newest, "organization"));
    size_t index;
    json_t *item;

    announce_page_start(page, member_text(newest, "locale"), member_text(newest, "organization"));
    g_string_append_printf(page, "<main>\n<h1>%s</h1>\n<ul>\n", name);
    json_array_foreach(items, index, item)
    {
        g_autofree char *title = announce_escape(member_text(item, "title"));

        g_string_append_printf(page, "<li lang=\"%s\"><a href=\"%s.html\" hreflang=\"%s\">%s</a></li>\n",
                               member_text(item, "locale"), member_text(item, "slug"), member_text(item, "locale"),
                               title);
    }
    g_string_append(page, "</ul>\n</main>\n<footer><a href=\"" INDEX_FEED "\">Atom</a> <a href=\"" INDEX_JSON
                          "\">JSON</a></footer>\n");
    announce_page_end(page);
    return g_string_free(page, FALSE);
}

static void append_entry(GString *feed, const json_t *item)
{
    char uuid[GATEWAY_UUID_SIZE];
    g_autofree char *title = announce_escape(member_text(item, "title"));
    g_autofree char *address = announce_escape(member_text(item, "url"));
    g_autofree char *html = announce_escape(member_text(item, "html"));
    g_autofree char *author = announce_escape(member_text(item, "organization"));

    gateway_request_uuid(member_text(item, "slug"), uuid);
    g_string_append_printf(
        feed,
        "<entry xml:lang=\"%s\">\n<id>urn:uuid:%s</id>\n<title>%s</title>\n<published>%s</published>\n"
        "<updated>%s</updated>\n<author><name>%s</name></author>\n<category term=\"%s\"/>\n"
        "<link rel=\"alternate\" type=\"text/html\" hreflang=\"%s\" href=\"%s\"/>\n"
        "<content type=\"html\">%s</content>\n</entry>\n",
        member_text(item, "locale"), uuid, title, member_text(item, "published_at"), member_text(item, "updated_at"),
        author, member_text(item, "kind"), member_text(item, "locale"), address, html);
}

static char *feed_text(const Folder *folder, const json_t *items)
{
    GString *feed = g_string_new(NULL);
    g_autofree char *self = address_of(folder, INDEX_FEED);
    g_autofree char *link = announce_escape(self);
    g_autofree char *title = announce_escape(member_text(json_array_get(items, 0), "organization"));
    char uuid[GATEWAY_UUID_SIZE];
    const char *updated = "";
    size_t index;
    json_t *item;

    gateway_request_uuid(self, uuid);
    json_array_foreach(items, index, item) updated =
        strcmp(member_text(item, "updated_at"), updated) > 0 ? member_text(item, "updated_at") : updated;
    g_string_append_printf(feed,
                           "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n"
                           "<id>urn:uuid:%s</id>\n<title>%s</title>\n<updated>%s</updated>\n"
                           "<link rel=\"self\" type=\"application/atom+xml\" href=\"%s\"/>\n",
                           uuid, title, updated, link);
    json_array_foreach(items, index, item) append_entry(feed, item);
    g_string_append(feed, "</feed>\n");
    return g_string_free(feed, FALSE);
}

/* Publishing ----------------------------------------------------------------------------------------------------- */

static bool write_text(const Folder *folder, const char *name, const char *text, GError **error)
{
    g_autofree char *path = path_of(folder, name);

    return file_write(path, text, strlen(text), FILE_MODE, error);
}

/* A descriptor that holds the index, or -1. */
static int lock_index(const Folder *folder, GError **error)
{
    g_autofree char *path = path_of(folder, LOCK);
    int lock = -1;

    for (int tries = 0; tries < LOCK_TRIES && lock < 0; tries++) {
        g_autoptr(GError) problem = NULL;

        lock = file_lock(path, &problem);
        if (lock >= 0)
            return lock;
        if (tries + 1 == LOCK_TRIES || !g_error_matches(problem, BREACH_ERROR, BREACH_ERROR_TEMPORARY)) {
            g_propagate_error(error, g_steal_pointer(&problem));
            return -1;
        }
        g_usleep(LOCK_WAIT);
    }
    return lock;
}

static bool write_all(const Folder *folder, const AnnounceItem *item, GError **error)
{
    json_auto_t *known = read_items(folder, error);
    json_auto_t *items = known ? with_item(folder, known, item) : NULL;
    g_autofree char *json = items ? json_text(items) : NULL;
    g_autofree char *page = items ? index_text(items) : NULL;
    g_autofree char *feed = items ? feed_text(folder, items) : NULL;

    return items && write_text(folder, INDEX_JSON, json, error) && write_text(folder, INDEX_PAGE, page, error) &&
           write_text(folder, INDEX_FEED, feed, error);
}

static bool write_index(const Folder *folder, const AnnounceItem *item, GError **error)
{
    int lock = lock_index(folder, error);
    bool written = lock >= 0 && write_all(folder, item, error);

    if (lock >= 0)
        close(lock);
    return written;
}

/* What everybody is to read, a web server must be able to; our umask is for the rest. */
static bool make_public(const char *path, GError **error)
{
    bool is_new = access(path, F_OK) != 0;

    if (!file_make_folder(path, FOLDER_MODE, error))
        return false;
    if (is_new)
        (void)chmod(path, FOLDER_MODE);
    return true;
}

static void folder_put(void *self, AnnounceAct act, const AnnounceItem *item, AnnounceAnswer *answer)
{
    const Folder *folder = self;
    g_autofree char *name = page_name(item->slug);
    g_autoptr(GError) error = NULL;
    json_auto_t *ours = NULL;

    (void)act; /* a withdrawal is a text of its own, in the place of what is withdrawn */
    if (!make_public(folder->gateway->print->folder, &error) || !(ours = read_items(folder, &error)) ||
        !write_text(folder, name, item->page, &error)) {
        answer->result = ANNOUNCE_UNSENT;
        answer->words = g_strdup(error->message);
        return;
    }
    answer->item = g_steal_pointer(&name);
    answer->url = item->url                     ? g_strdup(item->url)
                  : folder->gateway->print->url ? address_of(folder, answer->item)
                                                : NULL;
    answer->result = write_index(folder, item, &error) ? ANNOUNCE_TAKEN : ANNOUNCE_IN_DOUBT;
    answer->words = g_strdup(error ? error->message : "");
}

static bool holds(const Folder *folder, const char *name, const char *text)
{
    g_autofree char *path = path_of(folder, name);
    g_autofree char *body = NULL;
    size_t size;

    if (access(path, F_OK) != 0)
        return false;
    body = file_read(path, FILE_MOST, &size, NULL);
    return body && size == strlen(text) && memcmp(body, text, size) == 0;
}

/* Whether the list, the page of it and the feed lead to the text, too: somebody may have taken one away, or the disk
 * was full when it was its turn. */
static bool is_listed(const Folder *folder, const AnnounceItem *item)
{
    json_auto_t *items = read_items(folder, NULL);
    bool is_there = false;
    size_t index;
    json_t *known;

    json_array_foreach(items, index, known) if (strcmp(member_text(known, "slug"), item->slug) == 0 &&
                                                strcmp(member_text(known, "sha256"), item->digest) == 0) is_there =
        true;
    if (is_there) {
        g_autofree char *page = index_text(items);
        g_autofree char *feed = feed_text(folder, items);

        is_there = holds(folder, INDEX_PAGE, page) && holds(folder, INDEX_FEED, feed);
    }
    return is_there;
}

static void folder_read(void *self, const AnnounceItem *item, AnnounceAnswer *answer)
{
    const Folder *folder = self;
    g_autofree char *name = page_name(item->slug);
    g_autofree char *path = path_of(folder, name);
    g_autoptr(GError) error = NULL;
    g_autofree char *body = NULL;
    size_t size;

    if (access(path, F_OK) != 0) {
        answer->result = ANNOUNCE_NOT_FOUND;
        answer->words = g_strdup_printf("%s is not there", path);
        return;
    }
    body = file_read(path, FILE_MOST, &size, &error);
    if (!body)
        answer->result = ANNOUNCE_IN_DOUBT;
    else if (size != strlen(item->page) || memcmp(body, item->page, size) != 0 || !is_listed(folder, item))
        answer->result = ANNOUNCE_DIFFERENT;
    else
        answer->result = ANNOUNCE_SAME;
    answer->item = g_steal_pointer(&name);
    answer->words = g_strdup(error ? error->message : "");
}

static void folder_find(void *self, const AnnounceItem *item, AnnounceAnswer *answer)
{
    folder_read(self, item, answer);
    if (answer->result == ANNOUNCE_SAME || answer->result == ANNOUNCE_DIFFERENT)
        answer->result = ANNOUNCE_TAKEN;
}

const AnnounceEngine *announce_folder_engine(void)
{
    static const AnnounceEngine engine = {"folder",   folder_open, folder_close, folder_by_name,
                                          folder_put, folder_find, folder_read};

    return &engine;
}
