#include "channel/hand_over_batch.h"

#include "base/error.h"
#include "base/fault.h"

typedef struct Session {
    const Gateway *gateway;
    const ChannelCalls *calls;
    const HandOverKind *kind;
    HandOverBox *box;
    HandOverBatch *batch; /* NULL between batches, like `work` */
    void *work;
    GPtrArray *messages; /* of ChannelMessage *, borrowed: those of the batch */
    GPtrArray *notes;    /* of char *, owned: what is to be kept of each */
} Session;

static void reply(const Session *session, ChannelMessage *message, ChannelResult result, const char *text,
                  bool at_fault)
{
    const ChannelOutcome outcome = {.result = result, .text = text, .at_fault = at_fault};

    session->calls->replied(session->calls->user, message, &outcome);
}

static void end_batch(Session *session)
{
    if (session->work)
        session->kind->free(session->work);
    session->work = NULL;
    g_clear_pointer(&session->batch, hand_over_batch_free);
    g_ptr_array_set_size(session->messages, 0);
    g_ptr_array_set_size(session->notes, 0);
}

/* Nothing of the batch lies anywhere. */
static void give_back(Session *session)
{
    for (guint i = 0; i < session->messages->len; i++)
        reply(session, g_ptr_array_index(session->messages, i), CHANNEL_NOT_SENT, "the batch was not written", false);
    end_batch(session);
}

static bool begin_batch(Session *session, GError **error)
{
    if (session->batch)
        return true;
    session->batch = hand_over_batch_begin(session->box, error);
    if (!session->batch)
        return false;
    session->work = session->kind->begin(session->gateway, hand_over_batch_folder(session->batch), error);
    return session->work != NULL;
}

/* What an attempt that is in doubt has put there is there; another may have been killed before it looked. */
static bool lies_there(const Session *session, ChannelMessage *message)
{
    g_autofree char *batch =
        message->doubted > 0 ? hand_over_box_find(session->box, message->id, message->doubted) : NULL;

    if (!batch)
        return false;
    reply(session, message, CHANNEL_ACCEPTED, batch, false);
    return true;
}

/* False: the session is over, and this message was given back. */
static bool take(Session *session, ChannelMessage *message, GError **error)
{
    g_autoptr(GError) problem = NULL;
    char *note = NULL;

    if (lies_there(session, message))
        return true;
    if (begin_batch(session, &problem) && session->kind->add(session->work, message, &note, &problem)) {
        hand_over_batch_add(session->batch, message->id, message->attempt);
        g_ptr_array_add(session->messages, message);
        g_ptr_array_add(session->notes, note);
        return true;
    }
    if (g_error_matches(problem, BREACH_ERROR, BREACH_ERROR_PERMANENT)) {
        reply(session, message, CHANNEL_UNFIT, error_english(problem), false);
        return true;
    }
    reply(session, message, CHANNEL_NOT_SENT, "the batch was not written", true);
    g_propagate_error(error, g_steal_pointer(&problem));
    return false;
}

/* Up to a batch of messages; *more: whether there may be others. */
static bool fill(Session *session, bool *more, GError **error)
{
    ChannelMessage *message;

    *more = true;
    while (session->messages->len < (guint)session->gateway->print->batch) {
        message = session->calls->next(session->calls->user, true);
        if (!message) {
            *more = false;
            return true;
        }
        if (!take(session, message, error))
            return false;
    }
    return true;
}

static bool hand_over_all(const Session *session)
{
    for (guint i = 0; i < session->messages->len; i++)
        if (!session->calls->handing_over(session->calls->user, g_ptr_array_index(session->messages, i)))
            return false;
    return true;
}

static void tell(const Session *session, ChannelResult result, const char *name)
{
    for (guint i = 0; i < session->messages->len; i++) {
        g_autofree char *text = g_strdup_printf("%s: %s", name, (const char *)g_ptr_array_index(session->notes, i));

        reply(session, g_ptr_array_index(session->messages, i), result, text, false);
        fault_point("hand_over_replied");
    }
}

/* Nothing is there for anybody before the commit, so that is the moment of handing over. */
static bool deliver(Session *session, GError **error)
{
    g_autofree char *name = NULL;
    bool unsure = false;

    if (session->messages->len == 0) {
        end_batch(session);
        return true;
    }
    if (!session->kind->finish(session->work, error) || !hand_over_batch_seal(session->batch, error))
        return false;
    if (!hand_over_all(session)) {
        give_back(session);
        return true;
    }
    name = hand_over_batch_commit(session->batch, &unsure, error);
    if (name)
        tell(session, CHANNEL_ACCEPTED, name);
    else if (unsure)
        tell(session, CHANNEL_IN_DOUBT, "the folder could not be synced");
    else
        return false;
    end_batch(session);
    return name != NULL;
}

bool hand_over_session(const Gateway *gateway, const ChannelCalls *calls, const HandOverKind *kind, GError **error)
{
    Session session = {.gateway = gateway,
                       .calls = calls,
                       .kind = kind,
                       .box = hand_over_box_open(gateway->print, error),
                       .messages = g_ptr_array_new(),
                       .notes = g_ptr_array_new_with_free_func(g_free)};
    bool more = session.box != NULL;
    bool done = more;

    while (done && more)
        done = fill(&session, &more, error) && deliver(&session, error);
    give_back(&session);
    g_clear_pointer(&session.box, hand_over_box_close);
    g_ptr_array_unref(session.messages);
    g_ptr_array_unref(session.notes);
    return done;
}
