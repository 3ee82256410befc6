#include "fake_relay.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "ledger/slots.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t released = PTHREAD_COND_INITIALIZER;
static bool is_released;
static GHashTable *relays; /* name -> FakeRelay; under mutex, like all in it */

typedef struct FakeSession {
    FakeRelay *relay;
    const ChannelCalls *calls;
    GQueue pulled; /* of ChannelMessage * */
    int left;      /* messages that may still be pulled */
    GError *error; /* owned; why it broke */
} FakeSession;

static FakeRelay *relay_new(void)
{
    FakeRelay *relay = g_new0(FakeRelay, 1);

    relay->tries = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    relay->taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    relay->begins = g_array_new(FALSE, FALSE, sizeof(int64_t));
    return relay;
}

static void relay_free(gpointer data)
{
    FakeRelay *relay = data;

    g_hash_table_unref(relay->tries);
    g_hash_table_unref(relay->taken);
    g_array_unref(relay->begins);
    g_free(relay->last);
    g_free(relay->last_return_path);
    g_free(relay);
}

FakeRelay *fake_relay(const char *gateway)
{
    FakeRelay *relay;

    pthread_mutex_lock(&mutex);
    if (!relays) {
        /* GLib makes the lock of its error domains at their first use, out of the thread sanitizer's sight */
        g_error_free(g_error_new(BREACH_ERROR, BREACH_ERROR_TEMPORARY, "first"));
        relays = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, relay_free);
    }
    relay = g_hash_table_lookup(relays, gateway);
    if (!relay) {
        relay = relay_new();
        g_hash_table_insert(relays, g_strdup(gateway), relay);
    }
    pthread_mutex_unlock(&mutex);
    return relay;
}

void fake_forget(void)
{
    pthread_mutex_lock(&mutex);
    g_clear_pointer(&relays, g_hash_table_unref);
    is_released = false;
    pthread_mutex_unlock(&mutex);
}

void fake_look(void)
{
    pthread_mutex_lock(&mutex);
}

void fake_unlook(void)
{
    pthread_mutex_unlock(&mutex);
}

void fake_release(void)
{
    pthread_mutex_lock(&mutex);
    is_released = true;
    pthread_cond_broadcast(&released);
    pthread_mutex_unlock(&mutex);
}

static void hang(void)
{
    pthread_mutex_lock(&mutex);
    while (!is_released)
        pthread_cond_wait(&released, &mutex);
    pthread_mutex_unlock(&mutex);
}

void fake_watch(FakeRelay *relay)
{
    pthread_mutex_lock(&mutex);
    relay->most_at_work = relay->at_work;
    pthread_mutex_unlock(&mutex);
}

int fake_times(GHashTable *table, const char *recipient)
{
    return GPOINTER_TO_INT(g_hash_table_lookup(table, recipient));
}

static int count_one(GHashTable *table, const char *recipient)
{
    int times = fake_times(table, recipient) + 1;

    g_hash_table_replace(table, g_strdup(recipient), GINT_TO_POINTER(times));
    return times;
}

/* Messages ------------------------------------------------------------------------------------------------------ */

static char letter_of(const char *recipient, int times)
{
    const char *script = recipient[0] == '+' ? recipient + 1 : recipient;
    size_t length = strcspn(script, "-@");

    return script[MIN((size_t)times, length) - 1];
}

static char begin(FakeRelay *relay, const ChannelMessage *message)
{
    char letter;

    pthread_mutex_lock(&mutex);
    letter = letter_of(message->recipient, count_one(relay->tries, message->recipient));
    if (relay->doubts != 0) {
        letter = 'd';
        relay->doubts -= relay->doubts > 0 ? 1 : 0;
    }
    relay->begun++;
    relay->at_work++;
    relay->most_at_work = MAX(relay->most_at_work, relay->at_work);
    if (relay->clock) {
        int64_t at = clock_steady(relay->clock);

        g_array_append_val(relay->begins, at);
    }
    g_free(relay->last);
    g_free(relay->last_return_path);
    relay->last = g_strndup(message->data, message->size);
    relay->last_return_path = g_strdup(message->return_path);
    pthread_mutex_unlock(&mutex);
    return letter;
}

static void append_log(const char *path, const char *recipient)
{
    g_autofree char *line = g_strconcat(recipient, "\n", NULL);
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

    if (fd < 0 || write(fd, line, strlen(line)) != (ssize_t)strlen(line))
        g_error("cannot write %s", path);
    close(fd);
}

static void answer(FakeSession *session, ChannelMessage *message, ChannelResult result, ReplyStatus status,
                   const char *text)
{
    FakeRelay *relay = session->relay;
    const ChannelOutcome outcome = {.result = result,
                                    .status = status,
                                    .text = text,
                                    .at_fault = result == CHANNEL_NOT_SENT && session->error};

    pthread_mutex_lock(&mutex);
    relay->at_work--;
    if (result == CHANNEL_ACCEPTED)
        count_one(relay->taken, message->recipient);
    if (result == CHANNEL_ACCEPTED && relay->log)
        append_log(relay->log, message->recipient);
    pthread_mutex_unlock(&mutex);
    session->calls->replied(session->calls->user, message, &outcome);
}

static bool slot_says_so(const char *folder, const char *id)
{
    g_autoptr(GDir) entries = g_dir_open(folder, 0, NULL);
    bool found = false;
    const char *name;

    while (!found && (name = g_dir_read_name(entries))) {
        g_autoptr(SlotsImage) image = NULL;

        if (!g_str_has_prefix(name, "slots-"))
            continue;
        image = slots_load(folder, name + strlen("slots-"));
        for (int attempt = 1; image && !found && attempt < 10; attempt++) {
            const Slot *slot = slots_image_find(image, id, attempt);

            found = slot && slot->phase == SLOT_HANDING_OVER;
        }
    }
    return found;
}

static bool hand_over(FakeSession *session, ChannelMessage *message)
{
    FakeRelay *relay = session->relay;
    bool handed = session->calls->handing_over(session->calls->user, message);
    bool is_seen = !handed || !relay->folder || slot_says_so(relay->folder, message->id);

    pthread_mutex_lock(&mutex);
    relay->refused_hands += handed ? 0 : 1;
    relay->without_slot += is_seen ? 0 : 1;
    pthread_mutex_unlock(&mutex);
    return handed;
}

static void break_session(FakeSession *session, const char *why)
{
    if (!session->error)
        session->error = g_error_new(BREACH_ERROR, BREACH_ERROR_TEMPORARY, "%s", why);
}

static void offer(FakeSession *session, ChannelMessage *message)
{
    static const ReplyStatus taken = {.code = 250, .status_class = 2};
    static const ReplyStatus later = {.code = 451, .status_class = 4, .subject = 7, .detail = 1};
    static const ReplyStatus never = {.code = 550, .status_class = 5, .subject = 1, .detail = 1};
    static const ReplyStatus policy = {.code = 550, .status_class = 5, .subject = 7, .detail = 1};
    static const ReplyStatus none = {0};
    char letter = begin(session->relay, message);

    if (session->relay->delay > 0)
        g_usleep((gulong)session->relay->delay * 1000);
    if (letter == 'n')
        break_session(session, "421 at MAIL: go away");
    if (letter == 'n' || letter == 'x') {
        answer(session, message, CHANNEL_NOT_SENT, none, "");
    } else if (letter == 't') {
        answer(session, message, CHANNEL_TEMPORARY, later, "greylisted");
    } else if (letter == 'p') {
        answer(session, message, CHANNEL_PERMANENT, never, "no such mailbox");
    } else if (letter == 'l') {
        answer(session, message, CHANNEL_POLICY, policy, "we do not like you");
    } else if (!hand_over(session, message)) {
        break_session(session, "stopped");
        answer(session, message, CHANNEL_NOT_SENT, none, "");
    } else if (letter == 'd' || letter == 'q') {
        if (letter == 'd')
            break_session(session, "the connection was lost");
        answer(session, message, CHANNEL_IN_DOUBT, none, "");
    } else {
        if (letter == 'h')
            hang();
        answer(session, message, CHANNEL_ACCEPTED, taken, "queued");
    }
}

/* Sessions ------------------------------------------------------------------------------------------------------ */

static bool pull(FakeSession *session, bool wait)
{
    ChannelMessage *message = NULL;

    if (session->left > 0)
        message = session->calls->next(session->calls->user, wait);
    if (!message)
        return false;
    session->left--;
    g_queue_push_tail(&session->pulled, message);
    return true;
}

static void top_up(FakeSession *session)
{
    while ((int)g_queue_get_length(&session->pulled) <= session->relay->ahead && pull(session, false))
        continue;
}

static void open_session(FakeSession *session)
{
    FakeRelay *relay = session->relay;

    pthread_mutex_lock(&mutex);
    relay->sessions++;
    relay->open++;
    if (relay->refuse != 0 || (relay->limit > 0 && relay->open > relay->limit)) {
        relay->refuse -= relay->refuse > 0 ? 1 : 0;
        relay->refused++;
        break_session(session, "421 at the connection: too many connections");
    }
    pthread_mutex_unlock(&mutex);
}

static void close_session(FakeSession *session)
{
    ChannelMessage *message;

    while ((message = g_queue_pop_head(&session->pulled)) != NULL) {
        const ChannelOutcome outcome = {.result = CHANNEL_NOT_SENT, .text = ""};

        session->calls->replied(session->calls->user, message, &outcome);
    }
    pthread_mutex_lock(&mutex);
    session->relay->open--;
    pthread_mutex_unlock(&mutex);
}

static bool run_session(const Gateway *gateway, const ChannelCalls *calls, GError **error)
{
    FakeSession session = {
        .relay = fake_relay(gateway->name), .calls = calls, .pulled = G_QUEUE_INIT, .left = gateway->session};

    if (!pull(&session, true))
        return true;
    open_session(&session);
    top_up(&session);
    while (!session.error && (!g_queue_is_empty(&session.pulled) || pull(&session, true))) {
        top_up(&session);
        offer(&session, g_queue_pop_head(&session.pulled));
    }
    close_session(&session);
    if (session.relay->hangs_at_end)
        hang();
    if (session.error)
        g_propagate_error(error, session.error);
    return !session.error;
}

const ChannelEngine *fake_engine(void)
{
    static const ChannelEngine engine = {.kind = "fake", .run_session = run_session};

    return &engine;
}

/* Clock --------------------------------------------------------------------------------------------------------- */

static int64_t elapsed(const FakeClock *clock)
{
    return (g_get_monotonic_time() - clock->begun) * clock->speed / 1000 + clock->jumped;
}

static int64_t fake_now(void *self)
{
    const FakeClock *clock = self;

    return clock->start + elapsed(clock);
}

static int64_t fake_steady(void *self)
{
    return 5000 + elapsed(self);
}

Clock fake_clock(FakeClock *clock, int64_t start, int64_t speed)
{
    *clock = (FakeClock){.start = start, .speed = speed, .begun = g_get_monotonic_time()};
    return (Clock){.now = fake_now, .steady = fake_steady, .self = clock};
}

/* What is sent -------------------------------------------------------------------------------------------------- */

Gateway *fake_gateway(const char *name, int connections)
{
    Gateway *gateway = gateway_new();

    gateway->name = g_strdup(name);
    gateway->kind = g_strdup("fake");
    gateway->host = g_strdup("localhost");
    gateway->from = g_strdup("notice@example.com");
    gateway->bounce = g_strdup("bounce@example.com");
    gateway->connections = connections;
    gateway->retry_after = CLOCK_SECOND;
    gateway->policy_pause = CLOCK_SECOND;
    gateway->give_up = 365 * CLOCK_DAY; /* a clock that runs fast must not end it on a busy machine */
    return gateway;
}

const char *fake_body(void)
{
    return "{\"channel\":\"email\",\"columns\":[\"email\",\"id\",\"name\"],"
           "\"context\":{\"organization\":{\"name\":\"Example\"}},\"exercise\":true,\"locale\":\"en\","
           "\"parts\":{\"subject\":{\"path\":\"email.subject\",\"source\":\"Notice for {{person.id}}\"},"
           "\"text\":{\"path\":\"email.txt\",\"source\":\"Number {{number}}\\n\"}},\"partials\":{},\"template\":\"t\"}";
}
