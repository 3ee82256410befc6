#include "channel/http_engine.h"

#include <string.h>

#include <jansson.h>

#include "base/error.h"
#include "base/trace.h"
#include "channel/http.h"
#include "channel/http_provider.h"
#include "channel/http_request.h"
#include "channel/http_verdict.h"

#define STEP_MS 1000

typedef struct Session {
    HttpProvider *provider; /* borrowed */
    const Gateway *gateway;
    const ChannelCalls *calls;
    ChannelMessage *ahead; /* taken from `next`, and not fit for the batch before it */
    bool asks;             /* every message is asked about */
    int messages;          /* under way */
    GError *error;         /* owned; why the session breaks */
} Session;

/* One request on its way. */
typedef struct Flight {
    Session *session;
    GPtrArray *messages; /* owned; of ChannelMessage *, borrowed */
    GHashTable *keys;    /* owned; by what the answer tells the messages apart; NULL: by their place, or there is one */
    SignRequest request; /* owned */
    bool is_look_up;
} Flight;

static void free_flight(Flight *flight)
{
    g_ptr_array_unref(flight->messages);
    g_clear_pointer(&flight->keys, g_hash_table_unref);
    sign_request_clear(&flight->request);
    g_free(flight);
}

/* Outcomes ------------------------------------------------------------------------------------------------------ */

static void reply(Session *session, ChannelMessage *message, const ChannelOutcome *outcome)
{
    session->messages--;
    trace_event("http", message->recipient, "gateway %s, message %s: %s%s%s %d %s", session->gateway->name, message->id,
                channel_result_name(outcome->result), outcome->result == CHANNEL_LOOKED_UP ? " " : "",
                outcome->result == CHANNEL_LOOKED_UP ? channel_fate_name(outcome->fate) : "", outcome->status.code,
                outcome->text);
    session->calls->replied(session->calls->user, message, outcome);
}

static void reply_all(Flight *flight, const ChannelOutcome *outcome)
{
    for (guint i = 0; i < flight->messages->len; i++)
        reply(flight->session, g_ptr_array_index(flight->messages, i), outcome);
}

/* The session goes on with what is on the wire and begins nothing else. */
static void break_session(Session *session, const GError *error)
{
    if (!session->error)
        session->error = g_error_copy(error);
}

static int64_t retry_after(const Session *session, const HttpAnswer *answer)
{
    int64_t most = session->gateway->http->limits.retry_after_max;

    return most > 0 ? MIN(answer->retry_after, most) : answer->retry_after;
}

/* Our own trouble: the provider's words are what somebody needs who has to mend it. */
static void break_account(Session *session, const HttpAnswer *answer, const char *words)
{
    g_autoptr(GError) error =
        error_make(BREACH_ERROR_CONFIG, "http-account",
                   "the provider refuses us, and nobody in particular: %d %s; mend auth or the URL in the gateway "
                   "file, or the account at the provider",
                   answer->code, words);

    http_provider_refused(session->provider); /* not every provider says 401: WeChat has 200 with code 42001 */
    break_session(session, error);
}

/* "Unavailable until then" is about the provider and not about one message, whatever the gateway's rules make of the
 * status (RFC 9110 10.2.3): the others wait, too. */
static bool is_closed(const HttpAnswer *answer, const HttpVerdict *verdict)
{
    return verdict->result == CHANNEL_TEMPORARY && answer->code == 503 && answer->retry_after > 0;
}

static void judge_one(Flight *flight, const HttpAnswer *answer, json_t *body, guint position)
{
    Session *session = flight->session;
    ChannelMessage *message = g_ptr_array_index(flight->messages, position);
    HttpVerdict verdict;
    ChannelOutcome outcome = {.status = {.code = answer->code}};

    if (flight->is_look_up)
        http_verdict_look(session->gateway->http, answer, body, message, &verdict);
    else
        http_verdict_judge(session->gateway->http, answer, body, message, position, &verdict);
    outcome.result = verdict.result;
    outcome.fate = verdict.fate;
    outcome.is_load = verdict.is_load || is_closed(answer, &verdict);
    outcome.text = verdict.words;
    outcome.provider_id = verdict.provider_id;
    if (outcome.is_load || verdict.result == CHANNEL_TEMPORARY)
        outcome.retry_after = retry_after(session, answer);
    if (verdict.is_account)
        break_account(session, answer, verdict.words);
    reply(session, message, &outcome);
    http_verdict_clear(&verdict);
}

static void judge_answer(Flight *flight, const HttpAnswer *answer)
{
    const GatewayHttp *http = flight->session->gateway->http;
    GatewayFormat format = flight->is_look_up ? http->lookup.answer.format : http->answer.format;
    json_auto_t *body = answer->size > 0 ? answer_body_parse(format, answer->body, answer->size) : NULL;

    for (guint i = 0; i < flight->messages->len; i++)
        judge_one(flight, answer, body, i);
}

static void judge_trouble(Flight *flight, const HttpAnswer *answer)
{
    g_autofree char *words = http_verdict_line(error_english(answer->error));
    ChannelOutcome outcome = {.result = CHANNEL_NOT_SENT, .text = words};

    if (answer->end == HTTP_LOST)
        outcome.result = flight->is_look_up ? CHANNEL_LOOKED_UP : CHANNEL_IN_DOUBT; /* fate: unknown */
    else
        break_session(flight->session, answer->error);
    reply_all(flight, &outcome);
}

static void flight_done(const HttpAnswer *answer, void *data)
{
    Flight *flight = data;

    if (answer->end == HTTP_ANSWERED)
        judge_answer(flight, answer);
    else
        judge_trouble(flight, answer);
    free_flight(flight);
}

/* Every slot is written before the first byte of any of them leaves. */
static bool flight_before(void *data)
{
    Flight *flight = data;
    const ChannelCalls *calls = flight->session->calls;

    for (guint i = 0; i < flight->messages->len && !flight->is_look_up; i++) {
        ChannelMessage *message = g_ptr_array_index(flight->messages, i);

        message->data = flight->request.body;
        message->size = flight->request.size;
        if (!calls->handing_over(calls->user, message))
            return false;
    }
    return true;
}

/* Beginning ----------------------------------------------------------------------------------------------------- */

static void end_unsent(Flight *flight, ChannelResult result, const GError *error)
{
    g_autofree char *words = http_verdict_line(error_english(error));

    if (result == CHANNEL_NOT_SENT)
        break_session(flight->session, error);
    reply_all(flight, &(ChannelOutcome){.result = result, .text = words});
    free_flight(flight);
}

static const GatewayRequest *request_of(const Session *session, const Flight *flight)
{
    const GatewayHttp *http = session->gateway->http;

    return flight->is_look_up ? http->lookup.request : http->request;
}

/* What cannot be asked has no answer: a doubt has no id of the provider's to ask for. */
static bool can_ask(const Session *session, const ChannelMessage *message)
{
    const GatewayLookup *lookup = &session->gateway->http->lookup;

    return lookup->request && (!lookup->needs_provider_id || message->provider_id);
}

static bool build(Flight *flight, const ChannelMessage *const *messages, size_t count, SignRequest *request,
                  GError **error)
{
    return http_provider_build(flight->session->provider, request_of(flight->session, flight), messages, count, request,
                               error);
}

/* What cannot be made of one message (a text that is too long with a long name) must not keep the others of its batch
 * from being sent: each is tried alone, and whoever is at fault leaves. Returns whether the others go on. */
static bool leave_out_unfit(Flight *flight)
{
    GPtrArray *messages = flight->messages;
    guint before = messages->len;

    for (guint i = before; i-- > 0 && before > 1;) {
        ChannelMessage *message = g_ptr_array_index(messages, i);
        const ChannelMessage *const alone[] = {message};
        g_auto(SignRequest) request = {0};
        g_autoptr(GError) error = NULL;
        g_autofree char *words = NULL;

        if (build(flight, alone, 1, &request, &error))
            continue;
        words = http_verdict_line(error_english(error));
        g_ptr_array_remove_index(messages, i);
        reply(flight->session, message, &(ChannelOutcome){.result = CHANNEL_UNFIT, .text = words});
    }
    return messages->len > 0 && messages->len < before;
}

static void begin(Session *session, Flight *flight)
{
    const ChannelMessage *const *messages = (const ChannelMessage *const *)flight->messages->pdata;
    g_autoptr(GError) error = NULL;
    bool is_built;

    if (flight->is_look_up && !can_ask(session, messages[0])) {
        reply_all(flight,
                  &(ChannelOutcome){.result = CHANNEL_LOOKED_UP, .text = "the provider cannot be asked about it"});
        free_flight(flight);
        return;
    }
    is_built = build(flight, messages, flight->messages->len, &flight->request, &error);
    if (!is_built && leave_out_unfit(flight)) {
        g_clear_error(&error);
        is_built = build(flight, messages, flight->messages->len, &flight->request, &error);
    }
    if (!is_built) {
        /* A look-up that cannot be made is no reason to give up the message. */
        end_unsent(flight, flight->is_look_up ? CHANNEL_LOOKED_UP : CHANNEL_UNFIT, error);
        return;
    }
    if (!http_provider_sign(session->provider, &flight->request, flight->is_look_up, &error) ||
        !http_client_begin(http_provider_client(session->provider), &flight->request, flight_before, flight_done,
                           flight, &error))
        end_unsent(flight, CHANNEL_NOT_SENT, error);
}

static ChannelMessage *take(Session *session, bool wait)
{
    ChannelMessage *message = session->ahead ? session->ahead : session->calls->next(session->calls->user, wait);

    session->ahead = NULL;
    if (message && session->asks)
        message->is_look_up = true;
    return message;
}

/* Two messages to one number, for two people who share it: one item of the answer cannot speak for both. Returns
 * whether the message can be told from those that are in the batch, and notes it then. */
static bool note_key(Flight *flight, const ChannelMessage *message)
{
    const GatewayHttp *http = flight->session->gateway->http;
    g_autofree char *value = http->answer.items.equals ? http_request_value(message, http->answer.items.equals) : NULL;

    if (!value || http->limits.batch <= 1)
        return true;
    if (!flight->keys)
        flight->keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return g_hash_table_add(flight->keys, g_ascii_strdown(value, -1));
}

/* More messages that may be in the same request. */
static void fill(Session *session, Flight *flight)
{
    const GatewayHttp *http = session->gateway->http;
    const ChannelMessage *first = g_ptr_array_index(flight->messages, 0);

    while (!flight->is_look_up && flight->messages->len < (guint)MAX(http->limits.batch, 1)) {
        ChannelMessage *message = take(session, false);

        if (!message)
            return;
        if (message->is_look_up || !http_request_may_share(http, first, message) || !note_key(flight, message)) {
            session->ahead = message;
            return;
        }
        session->messages++;
        g_ptr_array_add(flight->messages, message);
    }
}

/* The next request. false: there is nothing to send now. */
static bool begin_next(Session *session, bool wait)
{
    ChannelMessage *message = take(session, wait);
    Flight *flight;

    if (!message)
        return false;
    flight = g_new0(Flight, 1);
    flight->session = session;
    flight->is_look_up = message->is_look_up;
    flight->messages = g_ptr_array_new();
    session->messages++;
    g_ptr_array_add(flight->messages, message);
    note_key(flight, message);
    fill(session, flight);
    begin(session, flight);
    return true;
}

/* Sessions ------------------------------------------------------------------------------------------------------ */

static void release(void *state)
{
    http_provider_close(state);
}

/* What an earlier session of this thread left is used again: its connections are still open. */
static HttpProvider *open_provider(const Gateway *gateway, const ChannelCalls *calls, GError **error)
{
    HttpProvider *provider = calls->state ? *calls->state : NULL;

    if (provider && http_provider_gateway(provider) == gateway)
        return provider;
    http_provider_close(provider);
    provider = http_provider_open(gateway, calls->clock, error);
    if (calls->state)
        *calls->state = provider;
    return provider;
}

static bool run(const Gateway *gateway, const ChannelCalls *calls, bool asks, GError **error)
{
    HttpProvider *provider = open_provider(gateway, calls, error);
    Session session = {.provider = provider, .gateway = gateway, .calls = calls, .asks = asks};
    HttpClient *client;

    if (!provider)
        return false;
    client = http_provider_client(provider);
    while (true) {
        while (!session.error && http_client_under_way(client) < gateway->connections)
            if (!begin_next(&session, http_client_under_way(client) == 0))
                break;
        if (http_client_under_way(client) == 0)
            break;
        http_client_step(client, STEP_MS, session.error ? 0 : calls->wake_fd);
    }
    if (session.ahead) {
        session.messages++;
        reply(&session, session.ahead, &(ChannelOutcome){.result = CHANNEL_NOT_SENT, .text = "not begun"});
    }
    if (!calls->state)
        http_provider_close(provider);
    if (session.error)
        g_propagate_error(error, session.error);
    return session.error == NULL;
}

static bool run_session(const Gateway *gateway, const ChannelCalls *calls, GError **error)
{
    return run(gateway, calls, false, error);
}

static bool look_up(const Gateway *gateway, const ChannelCalls *calls, GError **error)
{
    return run(gateway, calls, true, error);
}

const ChannelEngine *http_engine(void)
{
    static const ChannelEngine engine = {
        .kind = "http", .run_session = run_session, .look_up = look_up, .has_one_thread = true, .release = release};

    return &engine;
}
