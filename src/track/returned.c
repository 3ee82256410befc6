#include "track/returned.h"

#include <errno.h>
#include <stdio.h>

#include "base/error.h"
#include "base/fault.h"
#include "base/file.h"
#include "base/id.h"
#include "ledger/inbox.h"
#include "track/bounce.h"

#define FOLDER_MODE 0700
#define FILE_MODE   0600

struct Returned {
    Ledger *ledger;
    char *folder; /* owned; where the mails are kept */
    const char *const *gateways;
    const Clock *clock;
    ReturnedCounts counts;
};

Returned *returned_new(Ledger *ledger, const char *state_folder, const char *const *gateways, const Clock *clock)
{
    Returned *returned = g_new0(Returned, 1);

    returned->ledger = ledger;
    returned->folder = g_build_filename(state_folder, "mail", NULL);
    returned->gateways = gateways;
    returned->clock = clock;
    return returned;
}

void returned_free(Returned *returned)
{
    if (!returned)
        return;
    g_free(returned->folder);
    g_free(returned);
}

ReturnedCounts returned_counts(const Returned *returned)
{
    return returned->counts;
}

/* Whether a gateway has sent the message of this id. */
static bool is_sent(Returned *returned, const char *id, bool *found, GError **error)
{
    *found = false;
    for (const char *const *gateway = returned->gateways; *gateway && !*found; gateway++) {
        int attempt = -1;

        if (!ledger_reported(returned->ledger, *gateway, id, NULL, &attempt, error))
            return false;
        *found = attempt > 0;
    }
    return true;
}

/* *id is the first clue that names a message of ours; NULL: none does. Borrowed from `bounce`. */
static bool match(Returned *returned, const Bounce *bounce, const char **id, GError **error)
{
    *id = NULL;
    for (guint i = 0; i < bounce->tokens->len && !*id; i++) {
        const char *token = g_ptr_array_index(bounce->tokens, i);
        bool found = false;

        if (id_is_message(token) && !is_sent(returned, token, &found, error))
            return false;
        if (found)
            *id = token;
    }
    return true;
}

/* What a mail says about the one recipient of a message. Behind an alias there may be several: somebody whom it reached
 * outweighs somebody whom it may still reach, and that one somebody whom it did not. */
static const BounceRecipient *decisive(const Bounce *bounce)
{
    static const BounceKind by_weight[] = {BOUNCE_KIND_DELIVERED, BOUNCE_KIND_DELAY, BOUNCE_KIND_BOUNCE};

    for (size_t kind = 0; kind < G_N_ELEMENTS(by_weight); kind++)
        for (guint i = 0; i < bounce->recipients->len; i++) {
            const BounceRecipient *recipient = g_ptr_array_index(bounce->recipients, i);

            if (recipient->kind == by_weight[kind])
                return recipient;
        }
    return g_ptr_array_index(bounce->recipients, 0);
}

static bool append(Returned *returned, const BounceRecipient *recipient, const char *id, const char *evidence,
                   GError **error)
{
    const ReplyStatus *status = &recipient->status;
    int64_t now = clock_now(returned->clock);
    bool is_bounce = recipient->kind == BOUNCE_KIND_BOUNCE;
    g_autofree char *enhanced = g_strdup_printf("%d.%d.%d", status->status_class, status->subject, status->detail);
    const InboxEntry entry = {.event = is_bounce ? EVENT_BOUNCED : EVENT_DELIVERED,
                              .message = id,
                              .code = status->code,
                              .enhanced = enhanced,
                              .reply = recipient->said,
                              .evidence = evidence};
    const InboxMail mail = {bounce_kind_name(recipient->kind), id, evidence, recipient->said};

    if (!is_bounce && recipient->kind != BOUNCE_KIND_DELIVERED) {
        returned->counts.noted++;
        return inbox_append_mail(returned->ledger, &mail, now, error);
    }
    *(is_bounce ? &returned->counts.bounced : &returned->counts.delivered) += 1;
    return inbox_append(returned->ledger, &entry, now, error);
}

/* Keeps the mail under a name that says that its entry may be missing, appends the entry, and gives it its name. */
static bool keep(Returned *returned, const char *bytes, size_t size, const BounceRecipient *recipient, const char *id,
                 const char *digest, GError **error)
{
    g_autofree char *name = g_strconcat(digest, ".eml", NULL);
    g_autofree char *kept = g_build_filename(returned->folder, name, NULL);
    g_autofree char *fresh = g_strconcat(kept, ".new", NULL);

    if (g_file_test(kept, G_FILE_TEST_EXISTS)) {
        returned->counts.repeated++;
        return true;
    }
    if (!file_make_folder(returned->folder, FOLDER_MODE, error) || !file_write(fresh, bytes, size, FILE_MODE, error))
        return false;
    fault_point("returned_kept");
    if (!append(returned, recipient, id, digest, error))
        return false;
    fault_point("returned_appended");
    if (rename(fresh, kept) == 0)
        return file_sync(returned->folder, error);
    error_set(error, BREACH_ERROR_CREATE, "file-create", "cannot create %s: %s", kept, g_strerror(errno));
    return false;
}

bool returned_take(Returned *returned, const char *bytes, size_t size, GError **error)
{
    g_autoptr(Bounce) bounce = bounce_read(bytes, size);
    g_autofree char *digest = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)bytes, size);
    const char *id = NULL;

    returned->counts.mails++;
    if (!match(returned, bounce, &id, error))
        return false;
    if (!id) {
        returned->counts.unmatched++;
        return true;
    }
    return keep(returned, bytes, size, decisive(bounce), id, digest, error);
}
