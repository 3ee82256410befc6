#include "channel/http_verdict.h"

#include <string.h>

#include "channel/http_request.h"

void http_verdict_clear(HttpVerdict *verdict)
{
    g_clear_pointer(&verdict->words, g_free);
    g_clear_pointer(&verdict->provider_id, g_free);
}

/* The common case, and cheap. */
static bool is_plain_line(const char *text)
{
    const char *at = text;

    while ((*at > ' ' && *at < 0x7f) || (*at == ' ' && at > text && at[-1] != ' '))
        at++;
    return !*at && at - text <= HTTP_WORDS_MAX && (at == text || at[-1] != ' ');
}

char *http_verdict_line(const char *text)
{
    g_autofree char *valid = is_plain_line(text) ? g_strdup(text) : g_utf8_make_valid(text, -1);
    GString *line;

    if (is_plain_line(valid))
        return g_steal_pointer(&valid);
    line = g_string_new(NULL);
    for (const char *at = valid; *at; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        bool is_blank = c == ' ' || g_unichar_iscntrl(c);
        size_t width = is_blank ? 1 : (size_t)(g_utf8_next_char(at) - at);

        if (is_blank && (line->len == 0 || line->str[line->len - 1] == ' '))
            continue;
        if (line->len + width > HTTP_WORDS_MAX)
            break;
        g_string_append_len(line, is_blank ? " " : at, (gssize)width);
    }
    if (line->len > 0 && line->str[line->len - 1] == ' ')
        g_string_truncate(line, line->len - 1);
    return g_string_free(line, FALSE);
}

/* What the file's words become. */
static const struct {
    GatewayMeaning means;
    ChannelResult result;
    bool is_load, is_account;
} meanings[] = {
    {GATEWAY_MEANS_ACCEPTED, CHANNEL_ACCEPTED, false, false},
    {GATEWAY_MEANS_DELIVERED, CHANNEL_ACCEPTED, false, false},
    {GATEWAY_MEANS_TEMPORARY, CHANNEL_TEMPORARY, false, false},
    {GATEWAY_MEANS_THROTTLED, CHANNEL_TEMPORARY, true, false},
    {GATEWAY_MEANS_PERMANENT, CHANNEL_PERMANENT, false, false},
    {GATEWAY_MEANS_POLICY, CHANNEL_POLICY, false, false},
    {GATEWAY_MEANS_ACCOUNT, CHANNEL_NOT_SENT, false, true},
};

/* What a status means where no rule says anything (RFC 9110 15). A request that was surely not acted upon may be sent
 * again; a success that is not described, a redirect (which may have come after the work) and a server's error may hide
 * an acceptance. What is uncertain between us and the endpoint counts as policy: that costs time, and nobody their
 * notice. */
static const struct {
    int from, to;
    ChannelResult result;
    bool is_load, is_account;
} statuses[] = {
    {307, 308, CHANNEL_NOT_SENT, false, true}, /* elsewhere, and not acted upon here: the URL has to be mended */
    {200, 399, CHANNEL_IN_DOUBT, false, false},
    {401, 403, CHANNEL_NOT_SENT, false, true},
    {407, 407, CHANNEL_NOT_SENT, false, true},
    {408, 408, CHANNEL_TEMPORARY, false, false}, /* the request did not come in time */
    {425, 425, CHANNEL_TEMPORARY, false, false},
    {429, 429, CHANNEL_TEMPORARY, true, false},
    {400, 499, CHANNEL_POLICY, false, false},
    {503, 503, CHANNEL_TEMPORARY, true, false},
};

static void judge_status(int code, HttpVerdict *verdict)
{
    verdict->result = CHANNEL_IN_DOUBT;
    for (size_t i = 0; i < G_N_ELEMENTS(statuses); i++) {
        if (code < statuses[i].from || code > statuses[i].to)
            continue;
        verdict->result = statuses[i].result;
        verdict->is_load = statuses[i].is_load;
        verdict->is_account = statuses[i].is_account;
        return;
    }
}

static GatewayMeaning apply(const GatewayAnswer *rules, const HttpAnswer *answer, json_t *body,
                            const ChannelMessage *message, size_t position, json_t **item)
{
    g_autofree char *value = rules->items.equals ? http_request_value(message, rules->items.equals) : NULL;

    *item = body;
    return gateway_answer_apply(rules, answer->code, body, value, position, item);
}

static void take_words(const GatewayAnswer *rules, const HttpAnswer *answer, json_t *body, json_t *item,
                       HttpVerdict *verdict)
{
    g_autofree char *words = gateway_answer_words(rules, item, body);

    if (!words || !*words) {
        g_free(words);
        words = g_strdup_printf("the provider answered with status %d", answer->code);
    }
    verdict->words = http_verdict_line(words);
}

static void take_id(const GatewayAnswer *rules, const HttpAnswer *answer, json_t *item, HttpVerdict *verdict)
{
    verdict->provider_id = gateway_answer_id(rules, item);
    if (!verdict->provider_id && rules->provider_id_header && answer->header)
        verdict->provider_id = g_strdup(answer->header);
}

void http_verdict_judge(const GatewayHttp *http, const HttpAnswer *answer, json_t *body, const ChannelMessage *message,
                        size_t position, HttpVerdict *verdict)
{
    json_t *item = body;
    GatewayMeaning means = apply(&http->answer, answer, body, message, position, &item);
    bool is_known = false;

    *verdict = (HttpVerdict){.fate = CHANNEL_FATE_UNKNOWN};
    for (size_t i = 0; i < G_N_ELEMENTS(meanings) && !is_known; i++) {
        is_known = meanings[i].means == means;
        if (!is_known)
            continue;
        verdict->result = meanings[i].result;
        verdict->is_load = meanings[i].is_load;
        verdict->is_account = meanings[i].is_account;
    }
    if (!is_known)
        judge_status(answer->code, verdict);
    take_words(&http->answer, answer, body, item, verdict);
    take_id(&http->answer, answer, item, verdict);
}

void http_verdict_look(const GatewayHttp *http, const HttpAnswer *answer, json_t *body, const ChannelMessage *message,
                       HttpVerdict *verdict)
{
    static const struct {
        GatewayMeaning means;
        ChannelFate fate;
    } fates[] = {
        {GATEWAY_MEANS_ACCEPTED, CHANNEL_FATE_ACCEPTED},   {GATEWAY_MEANS_DELIVERED, CHANNEL_FATE_DELIVERED},
        {GATEWAY_MEANS_BOUNCED, CHANNEL_FATE_BOUNCED},     {GATEWAY_MEANS_FAILED, CHANNEL_FATE_FAILED},
        {GATEWAY_MEANS_NOT_FOUND, CHANNEL_FATE_NOT_FOUND},
    };
    json_t *item = body;
    GatewayMeaning means = apply(&http->lookup.answer, answer, body, message, 0, &item);
    HttpVerdict plain = {.result = CHANNEL_IN_DOUBT};

    *verdict = (HttpVerdict){.result = CHANNEL_LOOKED_UP, .fate = CHANNEL_FATE_UNKNOWN};
    for (size_t i = 0; i < G_N_ELEMENTS(fates); i++)
        if (fates[i].means == means)
            verdict->fate = fates[i].fate;
    if (means == GATEWAY_MEANS_NOTHING) {
        judge_status(answer->code, &plain);
        verdict->is_load = plain.is_load;
        verdict->is_account = plain.is_account;
    }
    if (means == GATEWAY_MEANS_ACCOUNT)
        verdict->is_account = true;
    if (means == GATEWAY_MEANS_THROTTLED)
        verdict->is_load = true;
    take_words(&http->lookup.answer, answer, body, item, verdict);
    take_id(&http->lookup.answer, answer, item, verdict);
}
