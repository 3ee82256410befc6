#include "track/returned.h"

#include "base/id.h"
#include "ledger/ledger_select.h"
#include "track/bounce.h"
#include "track/returned_brake.h"
#include "track/returned_guess.h"
#include "track/returned_keep.h"

struct Returned {
    Ledger *ledger;
    ReturnedKeep *keep;   /* owned */
    ReturnedGuess *guess; /* owned */
    ReturnedBrake *brake; /* owned */
    ReturnedCounts counts;
};

Returned *returned_new(Ledger *ledger, const char *state_folder, const Clock *clock)
{
    Returned *returned = g_new0(Returned, 1);

    returned->ledger = ledger;
    returned->keep = returned_keep_new(ledger, state_folder, clock);
    returned->guess = returned_guess_new(ledger);
    returned->brake = returned_brake_new(ledger, clock);
    return returned;
}

void returned_free(Returned *returned)
{
    if (!returned)
        return;
    returned_keep_free(returned->keep);
    returned_guess_free(returned->guess);
    returned_brake_free(returned->brake);
    g_free(returned);
}

ReturnedCounts returned_counts(const Returned *returned)
{
    const ReturnedAgain again = returned_keep_again(returned->keep);
    ReturnedCounts counts = returned->counts;

    counts.bounced -= again.bounced;
    counts.about_us -= again.about_us;
    counts.others += again.bounced;
    return counts;
}

/* The message of ours that the mail is about. */
typedef struct Matched {
    const char *id; /* NULL: none; borrowed from the mail */
    int64_t no;
    int attempt; /* its latest */
} Matched;

/* The first clue that names a message of ours. */
static bool match(Returned *returned, const Bounce *bounce, Matched *matched, GError **error)
{
    *matched = (Matched){.id = NULL};
    for (guint i = 0; i < bounce->tokens->len && !matched->id; i++) {
        const char *token = g_ptr_array_index(bounce->tokens, i);

        if (!id_is_message(token))
            continue;
        if (!ledger_sent(returned->ledger, token, "email", &matched->no, &matched->attempt, error))
            return false;
        matched->id = matched->no > 0 ? token : NULL;
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

static int64_t *count_of(ReturnedCounts *counts, BounceKind kind)
{
    switch (kind) {
    case BOUNCE_KIND_BOUNCE:
        return &counts->bounced;
    case BOUNCE_KIND_DELAY:
        return &counts->delays;
    case BOUNCE_KIND_DELIVERED:
        return &counts->delivered;
    case BOUNCE_KIND_COMPLAINT:
        return &counts->complaints;
    case BOUNCE_KIND_AUTO_REPLY:
        return &counts->auto_replies;
    default:
        return &counts->others;
    }
}

bool returned_take(Returned *returned, const char *bytes, size_t size, GError **error)
{
    g_autofree char *digest = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)bytes, size);
    g_autoptr(Bounce) bounce = NULL;
    const BounceRecipient *recipient;
    Matched matched;

    returned->counts.mails++;
    if (returned_keep_has(returned->keep, digest) || returned_guess_has(returned->guess, digest)) {
        returned->counts.repeated++;
        return true;
    }
    bounce = bounce_read(bytes, size);
    if (!match(returned, bounce, &matched, error))
        return false;
    if (!matched.id) {
        returned->counts.unmatched++;
        returned_guess_add(returned->guess, bounce, bytes, size, digest);
        return true;
    }
    recipient = decisive(bounce);
    *count_of(&returned->counts, recipient->kind) += 1;
    returned->counts.about_us += recipient->kind == BOUNCE_KIND_BOUNCE && bounce_reason_is_ours(recipient->reason);
    returned_brake_note(returned->brake, matched.id, recipient);
    return returned_keep_add(returned->keep,
                             &(ReturnedMail){.bytes = bytes,
                                             .size = size,
                                             .digest = digest,
                                             .recipient = recipient,
                                             .message = matched.id,
                                             .no = matched.no,
                                             .attempt = matched.attempt,
                                             .date = bounce->returned_date},
                             error);
}

bool returned_settle(Returned *returned, GError **error)
{
    return returned_keep_settle(returned->keep, error) && returned_brake_settle(returned->brake, error);
}

bool returned_finish(Returned *returned, GError **error)
{
    ReturnedCounts *counts = &returned->counts;
    ReturnedGuessed guessed = {0};

    if (!returned_settle(returned, error) || !returned_guess_settle(returned->guess, returned->keep, &guessed, error))
        return false;
    counts->unmatched -= guessed.bounced + guessed.delays;
    counts->bounced += guessed.bounced;
    counts->delays += guessed.delays;
    counts->by_address += guessed.bounced + guessed.delays;
    counts->about_us += guessed.about_us;
    counts->address_only += guessed.address_only;
    return returned_settle(returned, error);
}
