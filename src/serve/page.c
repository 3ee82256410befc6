#include "serve/page.h"

#include <string.h>

#include "channel/sign_canonical.h"
#include "model/locale.h"
#include "serve/asset.h"
#include "serve/door.h"

#define POLICY                                                                                                         \
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "                    \
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
#define ASSETS "/assets/"

/* Language -------------------------------------------------------------------------------------------------------- */

static const char *const languages[] = {"en", "zh-CN", "zh-TW", NULL};

static const char *spoken(const char *tag)
{
    g_autofree char *locale = locale_normalize(tag);

    return locale ? locale_pick(locale, languages, NULL) : NULL;
}

/* How much one part of Accept-Language is wanted, in thousandths: "zh-TW;q=0.8"; cuts it down to the tag. */
static int weight_of(char *part)
{
    char *semicolon = strchr(part, ';');
    const char *quality = semicolon ? strstr(semicolon, "q=") : NULL;
    double wanted = quality ? g_ascii_strtod(quality + 2, NULL) : 1;
    int weight = wanted >= 0 && wanted <= 1 ? (int)(wanted * 1000) : 0; /* RFC 9110 12.4.2 */

    if (semicolon)
        *semicolon = '\0';
    g_strstrip(part);
    return weight;
}

static const char *accepted(const char *accept)
{
    g_auto(GStrv) parts = g_strsplit(accept, ",", 20);
    const char *best = NULL;
    int most = 0;

    for (char **part = parts; *part; part++) {
        int weight = weight_of(*part);
        const char *language = weight > most ? spoken(*part) : NULL;

        if (language) {
            best = language;
            most = weight;
        }
    }
    return best;
}

const char *page_language(const char *query, const char *accept)
{
    g_autoptr(GHashTable) pairs = sign_pairs(query);
    const char *asked = g_hash_table_lookup(pairs, "lang");
    const char *language = asked ? spoken(asked) : NULL;

    if (!language && accept)
        language = accepted(accept);
    return language ? language : languages[0];
}

/* Answers --------------------------------------------------------------------------------------------------------- */

static void guard(ListenerReply *reply)
{
    listener_reply_header(reply, "Content-Security-Policy", POLICY);
    listener_reply_header(reply, "Referrer-Policy", "no-referrer");
    listener_reply_header(reply, "Cross-Origin-Opener-Policy", "same-origin");
    listener_reply_header(reply, "Cross-Origin-Resource-Policy", "same-origin");
}

static void answer(ListenerReply *reply, int status, const char *type, const char *body)
{
    server_reply(reply, status, type, body);
    guard(reply);
}

static void send_index(const Page *page, const ListenerRequest *request, ListenerReply *reply)
{
    const char *language = page_language(request->query, g_hash_table_lookup(request->headers, "accept-language"));
    g_auto(GStrv) parts = g_strsplit(asset_text("index.html"), "{{language}}", -1);
    g_autofree char *body = g_strjoinv(language, parts);

    (void)page;
    answer(reply, 200, asset_type("index.html"), body);
    listener_reply_header(reply, "Content-Language", language);
    listener_reply_header(reply, "Vary", "Accept-Language");
}

static void send_asset(const Page *page, const ListenerRequest *request, ListenerReply *reply)
{
    const char *name = request->path + strlen(ASSETS);
    const char *text = strcmp(name, "index.html") == 0 ? NULL : asset_text(name);

    (void)page;
    if (text)
        answer(reply, 200, asset_type(name), text);
    else
        answer(reply, 404, NULL, "not found\n");
}

static void send_state(const Page *page, const ListenerRequest *request, ListenerReply *reply)
{
    g_autofree char *body = stream_snapshot(page->stream);

    (void)request;
    answer(reply, 200, "application/json", body);
}

static void send_metrics(const Page *page, const ListenerRequest *request, ListenerReply *reply)
{
    g_autofree char *state = stream_topic(page->stream, STREAM_STATE);
    json_auto_t *live = state ? json_loads(state, 0, NULL) : NULL;
    const MetricsSource source = {.version = page->version,
                                  .live = live,
                                  .receipts = page->receipts(page->user),
                                  .stream = stream_counts(page->stream)};
    g_autofree char *body = metrics_text(&source);

    (void)request;
    answer(reply, 200, METRICS_TYPE, body);
}

static void send_events(const Page *page, const ListenerRequest *request, ListenerReply *reply)
{
    ListenerStream told;

    if (!stream_watch(page->stream, g_hash_table_lookup(request->headers, "last-event-id"), &told)) {
        answer(reply, 503, NULL, "too many are watching\n");
        listener_reply_header(reply, "Retry-After", "10");
        return;
    }
    answer(reply, 200, "text/event-stream", NULL);
    listener_reply_header(reply, "X-Accel-Buffering", "no"); /* nginx passes each event on at once */
    reply->stream = told;
}

/* Routes ---------------------------------------------------------------------------------------------------------- */

typedef struct Part {
    const char *path; /* all below it where it ends with "/" and is more than that */
    void (*send)(const Page *page, const ListenerRequest *request, ListenerReply *reply);
    bool has_numbers;
} Part;

static const Part parts[] = {
    {"/", send_index, false},          {ASSETS, send_asset, false},      {"/events", send_events, true},
    {"/state.json", send_state, true}, {"/metrics", send_metrics, true},
};

static const Part *part_of(const char *path)
{
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
        if (strcmp(path, parts[i].path) == 0 || (parts[i].send == send_asset && g_str_has_prefix(path, ASSETS)))
            return &parts[i];
    return NULL;
}

static void refuse(DoorAnswer refusal, ListenerReply *reply)
{
    static const struct {
        int status;
        const char *words;
    } refusals[] = {
        [DOOR_OTHER_HOST] = {421, "without --token-file this page is only at 127.0.0.1, localhost or [::1]\n"},
        [DOOR_OTHER_SITE] = {403, "another site may not read this\n"},
        [DOOR_NO_TOKEN] = {401, "a token is needed: Authorization: Bearer TOKEN\n"},
    };

    answer(reply, refusals[refusal].status, NULL, refusals[refusal].words);
    if (refusal == DOOR_NO_TOKEN)
        listener_reply_header(reply, "WWW-Authenticate", "Bearer realm=\"breach\"");
}

void page_handle(void *user, const ListenerRequest *request, ListenerReply *reply)
{
    const Page *page = user;
    const Part *part = part_of(request->path);
    DoorAnswer answered;

    if (!part) {
        answer(reply, 404, NULL, "not found\n");
        return;
    }
    answered = part->has_numbers ? door_ask(page->token, request) : door_ask_frame(page->token, request);
    if (answered == DOOR_OPEN)
        part->send(page, request, reply);
    else
        refuse(answered, reply);
}
