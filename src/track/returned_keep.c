#include "track/returned_keep.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fault.h"
#include "base/file.h"
#include "ledger/inbox.h"
#include "track/returned_again.h"

#define FOLDER_MODE 0700
#define FILE_MODE   0600
#define BYTES_MOST  ((size_t)16 * 1024 * 1024) /* of one group in memory */
#define SYNCED_EACH 8                          /* so many files are synced one by one: cheaper than the whole disk */

struct ReturnedKeep {
    Ledger *ledger;
    const Clock *clock;
    char *folder;        /* owned; where the mails are kept */
    GHashTable *digests; /* owned; of the group */
    GPtrArray *mails;    /* owned; of GBytes, as the entries */
    GPtrArray *strings;  /* owned; what the entries borrow */
    GArray *entries;     /* owned; of InboxEntry */
    GArray *abouts;      /* owned; of ReturnedAbout, as the entries */
    ReturnedAgain again;
    size_t bytes;
};

static void free_bytes(gpointer data)
{
    g_bytes_unref(data);
}

ReturnedKeep *returned_keep_new(Ledger *ledger, const char *state_folder, const Clock *clock)
{
    ReturnedKeep *keep = g_new0(ReturnedKeep, 1);

    keep->ledger = ledger;
    keep->clock = clock;
    keep->folder = g_build_filename(state_folder, "mail", NULL);
    keep->digests = g_hash_table_new(g_str_hash, g_str_equal);
    keep->mails = g_ptr_array_new_with_free_func(free_bytes);
    keep->strings = g_ptr_array_new_with_free_func(g_free);
    keep->entries = g_array_new(FALSE, TRUE, sizeof(InboxEntry));
    keep->abouts = g_array_new(FALSE, TRUE, sizeof(ReturnedAbout));
    return keep;
}

void returned_keep_free(ReturnedKeep *keep)
{
    if (!keep)
        return;
    g_hash_table_unref(keep->digests);
    g_ptr_array_unref(keep->mails);
    g_ptr_array_unref(keep->strings);
    g_array_unref(keep->entries);
    g_array_unref(keep->abouts);
    g_free(keep->folder);
    g_free(keep);
}

/* The file of a mail; `is_fresh`: as it is called until its entry is in the inbox. */
static char *path_of(const ReturnedKeep *keep, const char *digest, bool is_fresh)
{
    g_autofree char *name = g_strconcat(digest, is_fresh ? ".eml.new" : ".eml", NULL);

    return g_build_filename(keep->folder, name, NULL);
}

bool returned_keep_has(const ReturnedKeep *keep, const char *digest)
{
    g_autofree char *path = path_of(keep, digest, false);

    return g_hash_table_contains(keep->digests, digest) || g_file_test(path, G_FILE_TEST_EXISTS);
}

static const char *hold(ReturnedKeep *keep, char *text)
{
    g_ptr_array_add(keep->strings, text);
    return text;
}

static InboxEntry entry_of(ReturnedKeep *keep, const ReturnedMail *mail)
{
    const BounceRecipient *recipient = mail->recipient;
    const ReplyStatus *status = &recipient->status;
    bool is_bounce = recipient->kind == BOUNCE_KIND_BOUNCE;
    InboxEntry entry = {.event = is_bounce ? EVENT_BOUNCED : EVENT_DELIVERED,
                        .message = hold(keep, g_strdup(mail->message)),
                        .code = status->code,
                        .reply = hold(keep, g_strdup(recipient->said)),
                        .evidence = hold(keep, g_strdup(mail->digest)),
                        .reason = is_bounce ? bounce_reason_name(recipient->reason) : NULL,
                        .note = mail->note};

    if (!is_bounce && recipient->kind != BOUNCE_KIND_DELIVERED)
        entry.mail = bounce_kind_name(recipient->kind);
    else
        entry.enhanced = hold(keep, g_strdup_printf("%d.%d.%d", status->status_class, status->subject, status->detail));
    return entry;
}

bool returned_keep_add(ReturnedKeep *keep, const ReturnedMail *mail, GError **error)
{
    const InboxEntry entry = entry_of(keep, mail);
    bool is_bounce = mail->recipient->kind == BOUNCE_KIND_BOUNCE;
    const ReturnedAbout about = {
        .message = is_bounce ? mail->no : 0, .attempt = mail->attempt, .date = mail->date, .digest = entry.evidence};

    g_array_append_val(keep->entries, entry);
    g_array_append_val(keep->abouts, about);
    g_ptr_array_add(keep->mails, g_bytes_new(mail->bytes, mail->size));
    g_hash_table_add(keep->digests, (gpointer)(uintptr_t)entry.evidence);
    keep->bytes += mail->size;
    return (keep->entries->len < INBOX_TOGETHER && keep->bytes < BYTES_MOST) || returned_keep_settle(keep, error);
}

static const InboxEntry *entry_at(const ReturnedKeep *keep, guint i)
{
    return &g_array_index(keep->entries, InboxEntry, i);
}

/* Others may be at it with the same mails: a mailbox that is asked every minute, and takes longer. It is theirs or ours
 * from the first file to the last name. -1: it cannot be had. */
static int lock_folder(const ReturnedKeep *keep, GError **error)
{
    int fd, result = -1;

    if (!file_make_folder(keep->folder, FOLDER_MODE, error))
        return -1;
    fd = open(keep->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    while (fd >= 0 && (result = flock(fd, LOCK_EX)) != 0 && errno == EINTR)
        continue;
    if (result == 0)
        return fd;
    error_set(error, BREACH_ERROR_CREATE, "file-create", "cannot create %s: %s", keep->folder, g_strerror(errno));
    if (fd >= 0)
        close(fd);
    return -1;
}

/* What another process has taken since it came into the group. */
static void drop_taken(ReturnedKeep *keep)
{
    for (guint i = keep->entries->len; i > 0; i--) {
        g_autofree char *path = path_of(keep, entry_at(keep, i - 1)->evidence, false);

        if (!g_file_test(path, G_FILE_TEST_EXISTS))
            continue;
        g_array_remove_index(keep->entries, i - 1);
        g_array_remove_index(keep->abouts, i - 1);
        g_ptr_array_remove_index(keep->mails, i - 1);
    }
}

static bool is_ours(const InboxEntry *entry)
{
    BounceReason reason;

    return entry->reason && bounce_reason_parse(entry->reason, &reason) && bounce_reason_is_ours(reason);
}

/* What came back before changes nothing. */
static bool set_aside(ReturnedKeep *keep, GError **error)
{
    ReturnedAbout *abouts = (ReturnedAbout *)(void *)keep->abouts->data;

    if (!returned_again_find(keep->ledger, abouts, keep->abouts->len, error))
        return false;
    for (guint i = 0; i < keep->abouts->len; i++) {
        InboxEntry *entry = &g_array_index(keep->entries, InboxEntry, i);

        if (!abouts[i].is_again || entry->mail)
            continue;
        entry->mail = bounce_kind_name(BOUNCE_KIND_OTHER);
        entry->note = "about an attempt that came back before";
        keep->again.bounced++;
        keep->again.about_us += is_ours(entry);
    }
    return true;
}

ReturnedAgain returned_keep_again(const ReturnedKeep *keep)
{
    return keep->again;
}

static bool write_mails(ReturnedKeep *keep, GError **error)
{
    bool is_each = keep->mails->len <= SYNCED_EACH;

    for (guint i = 0; i < keep->mails->len; i++) {
        g_autofree char *path = path_of(keep, entry_at(keep, i)->evidence, true);
        gsize size;
        const char *bytes = g_bytes_get_data(g_ptr_array_index(keep->mails, i), &size);

        if (!file_put(path, bytes, size, FILE_MODE, error) || (is_each && !file_sync(path, error)))
            return false;
        fault_point("returned_put");
    }
    return is_each ? file_sync(keep->folder, error) : file_sync_all(keep->folder, error);
}

static bool name_mails(ReturnedKeep *keep, GError **error)
{
    for (guint i = 0; i < keep->entries->len; i++) {
        g_autofree char *fresh = path_of(keep, entry_at(keep, i)->evidence, true);
        g_autofree char *path = path_of(keep, entry_at(keep, i)->evidence, false);

        if (rename(fresh, path) != 0) {
            error_set(error, BREACH_ERROR_CREATE, "file-create", "cannot create %s: %s", path, g_strerror(errno));
            return false;
        }
        fault_point("returned_named");
    }
    return file_sync(keep->folder, error);
}

static void forget(ReturnedKeep *keep)
{
    g_hash_table_remove_all(keep->digests);
    g_ptr_array_set_size(keep->mails, 0);
    g_array_set_size(keep->entries, 0);
    g_array_set_size(keep->abouts, 0);
    g_ptr_array_set_size(keep->strings, 0);
    keep->bytes = 0;
}

static bool settle(ReturnedKeep *keep, GError **error)
{
    drop_taken(keep);
    if (keep->entries->len == 0)
        return true;
    if (!set_aside(keep, error) || !write_mails(keep, error))
        return false;
    fault_point("returned_kept");
    if (!inbox_append_all(keep->ledger, entry_at(keep, 0), keep->entries->len, clock_now(keep->clock), error))
        return false;
    fault_point("returned_appended");
    return name_mails(keep, error);
}

bool returned_keep_settle(ReturnedKeep *keep, GError **error)
{
    int lock;
    bool is_done;

    if (keep->entries->len == 0)
        return true;
    lock = lock_folder(keep, error);
    if (lock < 0)
        return false;
    is_done = settle(keep, error);
    close(lock);
    if (is_done)
        forget(keep);
    return is_done;
}
