/* A provider that publishes over HTTP, described as data (GatewayPublication): status pages, WordPress, WebDAV, S3. */
#include <string.h>

#include <jansson.h>

#include "base/error.h"
#include "channel/announce.h"
#include "channel/http_provider.h"
#include "channel/http_request.h"
#include "channel/http_verdict.h"

#define FIELDS_MOST 24

typedef struct Site {
    const Gateway *gateway; /* borrowed */
    const Clock *clock;     /* borrowed */
    HttpProvider *provider; /* owned */
} Site;

/* An item as a message with fields; everything is borrowed from it. */
typedef struct Posting {
    ChannelMessage message;
    ChannelField fields[FIELDS_MOST];
    size_t count;
    char edition[16], unix_time[24];
    char *now; /* owned */
} Posting;

static const GatewayPublication *publication_of(const Site *site)
{
    return &site->gateway->http->publication;
}

static void *site_open(const Gateway *gateway, const Clock *clock, GError **error)
{
    Site *site = g_new0(Site, 1);

    site->gateway = gateway;
    site->clock = clock;
    site->provider = http_provider_open(gateway, clock, error);
    if (!site->provider)
        g_clear_pointer(&site, g_free);
    return site;
}

static void site_close(void *self)
{
    Site *site = self;

    if (!site)
        return;
    http_provider_close(site->provider);
    g_free(site);
}

/* What is put under our own name is found there again, and putting it twice is putting it once (RFC 9110 9.3.4). */
static bool site_by_name(const void *self)
{
    const Site *site = self;

    return strcmp(site->gateway->http->request->method, "PUT") == 0 && !publication_of(site)->update;
}

/* Messages ------------------------------------------------------------------------------------------------------- */

static void add_field(Posting *posting, const char *name, const char *value)
{
    g_assert(posting->count + 1 < FIELDS_MOST);
    posting->fields[posting->count++] = (ChannelField){name, value};
}

static void posting_fill(const Site *site, const AnnounceItem *item, Posting *posting)
{
    int64_t now = clock_now(site->clock);

    memset(posting, 0, sizeof *posting);
    posting->now = clock_format_utc(now);
    g_snprintf(posting->edition, sizeof posting->edition, "%d", item->edition);
    g_snprintf(posting->unix_time, sizeof posting->unix_time, "%" G_GINT64_FORMAT, now / CLOCK_SECOND);
    add_field(posting, "title", item->title);
    add_field(posting, "text", item->text);
    add_field(posting, "html", publication_of(site)->is_exact ? item->page : item->html);
    add_field(posting, "locale", item->locale);
    add_field(posting, "channel", "announcement");
    add_field(posting, "audience", "");
    add_field(posting, "incident", item->incident);
    add_field(posting, "edition", posting->edition);
    add_field(posting, "organization", item->organization);
    add_field(posting, "slug", item->slug);
    add_field(posting, "now", posting->now);
    add_field(posting, "now_unix", posting->unix_time);
    add_field(posting, "number", "");
    add_field(posting, "receipt_url", "");
    posting->message = (ChannelMessage){.id = item->id,
                                        .recipient = item->slug,
                                        .channel = "announcement",
                                        .locale = item->locale,
                                        .title = item->title,
                                        .text = item->text,
                                        .html = item->html,
                                        .fields = posting->fields,
                                        .provider_id = item->item && *item->item ? item->item : NULL};
}

static void posting_clear(Posting *posting)
{
    g_free(posting->now);
}

static const GatewayRequest *request_of(const Site *site, AnnounceAct act)
{
    const GatewayPublication *publication = publication_of(site);

    if (act == ANNOUNCE_WITHDRAW && publication->withdraw)
        return publication->withdraw;
    return act != ANNOUNCE_CREATE && publication->update ? publication->update : site->gateway->http->request;
}

/* Whether an answer came; what there is to say otherwise is in `answer`. */
static bool ask(Site *site, const GatewayRequest *request, const ChannelMessage *message, HttpAnswer *reply,
                AnnounceAnswer *answer)
{
    g_autoptr(GError) error = NULL;

    if (http_provider_ask(site->provider, request, message, NULL, NULL, reply, &error)) {
        if (reply->code == 401)
            http_provider_refused(site->provider);
        return true;
    }
    answer->result = reply->end == HTTP_UNSENT ? ANNOUNCE_UNSENT : ANNOUNCE_IN_DOUBT;
    answer->words = http_verdict_line(error ? error->message : "no answer");
    return false;
}

/* Publishing ----------------------------------------------------------------------------------------------------- */

static char *render_url(const Template *template, const Posting *posting)
{
    json_auto_t *context = json_object();
    const json_t *contexts[1] = {context};
    g_autoptr(GString) url = g_string_new(NULL);

    for (size_t i = 0; i < posting->count; i++)
        json_object_set_new(context, posting->fields[i].name, json_string(posting->fields[i].value));
    json_object_set_new(context, "provider_id",
                        json_string(posting->message.provider_id ? posting->message.provider_id : ""));
    return template_render(template, contexts, 1, url, NULL) ? g_strdup(url->str) : NULL;
}

static char *url_of(const Site *site, const AnnounceItem *item, const Posting *posting, json_t *body)
{
    const GatewayPublication *publication = publication_of(site);

    if (item->url)
        return g_strdup(item->url);
    if (publication->url_template)
        return render_url(publication->url_template, posting);
    return publication->url ? answer_pointer_text(publication->url, body) : NULL;
}

static AnnounceResult result_of(const HttpVerdict *verdict)
{
    switch (verdict->result) {
    case CHANNEL_ACCEPTED:
        return ANNOUNCE_TAKEN;
    case CHANNEL_IN_DOUBT:
        return ANNOUNCE_IN_DOUBT;
    case CHANNEL_NOT_SENT:
        return ANNOUNCE_UNSENT;
    default:
        return ANNOUNCE_REFUSED;
    }
}

static void site_put(void *self, AnnounceAct act, const AnnounceItem *item, AnnounceAnswer *answer)
{
    Site *site = self;
    const GatewayHttp *http = site->gateway->http;
    HttpAnswer reply;
    HttpVerdict verdict;
    Posting posting;

    posting_fill(site, item, &posting);
    if (ask(site, request_of(site, act), &posting.message, &reply, answer)) {
        json_auto_t *body = answer_body_parse(http->answer.format, reply.body, reply.size);

        http_verdict_judge(http, &reply, body, &posting.message, 0, &verdict);
        answer->result = result_of(&verdict);
        answer->words = g_steal_pointer(&verdict.words);
        answer->item = g_strdup(verdict.provider_id ? verdict.provider_id : posting.message.provider_id);
        if (!answer->item && site_by_name(self))
            answer->item = g_strdup(item->slug);
        posting.message.provider_id = answer->item;
        answer->url = url_of(site, item, &posting, body);
        http_verdict_clear(&verdict);
    }
    http_answer_clear(&reply);
    posting_clear(&posting);
}

/* Looking -------------------------------------------------------------------------------------------------------- */

static void judge_found(const Site *site, const HttpAnswer *reply, const Posting *posting, AnnounceAnswer *answer)
{
    const GatewayAnswer *rules = &publication_of(site)->found;
    json_auto_t *body = answer_body_parse(rules->format, reply->body, reply->size);
    g_autofree char *value = rules->items.equals ? http_request_value(&posting->message, rules->items.equals) : NULL;
    json_t *item = body;
    GatewayMeaning means = gateway_answer_apply(rules, reply->code, body, value, 0, &item);

    answer->item = means == GATEWAY_MEANS_ACCEPTED ? gateway_answer_id(rules, item) : NULL;
    if (answer->item)
        answer->result = ANNOUNCE_TAKEN;
    else
        answer->result = means == GATEWAY_MEANS_NOT_FOUND ? ANNOUNCE_NOT_FOUND : ANNOUNCE_IN_DOUBT;
    answer->words = g_strdup_printf("looked for it: status %d", reply->code);
}

static void site_find(void *self, const AnnounceItem *item, AnnounceAnswer *answer)
{
    Site *site = self;
    HttpAnswer reply;
    Posting posting;

    if (!publication_of(site)->find) {
        answer->result = ANNOUNCE_UNKNOWN;
        answer->words = g_strdup("this gateway has no request that looks for an item");
        return;
    }
    posting_fill(site, item, &posting);
    if (ask(site, publication_of(site)->find, &posting.message, &reply, answer))
        judge_found(site, &reply, &posting, answer);
    else
        answer->result = ANNOUNCE_IN_DOUBT;
    http_answer_clear(&reply);
    posting_clear(&posting);
}

/* The text that an endpoint shows, out of what it was read as; newly allocated, or NULL. */
static char *shown_text(const Site *site, const HttpAnswer *reply)
{
    const GatewayPublication *publication = publication_of(site);
    json_auto_t *body = NULL;

    if (!publication->read_text)
        return g_strndup(reply->body, reply->size);
    body = answer_body_parse(GATEWAY_FORMAT_JSON, reply->body, reply->size);
    return answer_pointer_text(publication->read_text, body);
}

/* Byte for byte, or, where the endpoint changes the markup, all the words in their order. */
static bool is_same(const Site *site, const AnnounceItem *item, const char *shown)
{
    const GatewayPublication *publication = publication_of(site);
    g_autofree char *want = NULL;
    g_autofree char *have = NULL;

    if (publication->is_exact)
        return strcmp(shown, g_strcmp0(publication->content, "text") == 0 ? item->text : item->page) == 0;
    want = announce_plain(g_strcmp0(publication->content, "text") == 0 ? item->text : item->html);
    have = announce_plain(shown);
    return *want && strstr(have, want) != NULL;
}

static bool is_taken_away(const Site *site, const AnnounceItem *item)
{
    const GatewayRequest *withdraw = publication_of(site)->withdraw;

    return strcmp(item->kind, "withdrawal") == 0 && withdraw && strcmp(withdraw->method, "DELETE") == 0;
}

/* What was read, with the digest of a whole page: anybody can compare it with what the address shows. */
static char *read_words(const Site *site, const HttpAnswer *reply)
{
    g_autofree char *digest = NULL;

    if (reply->code != 200 || !publication_of(site)->is_exact)
        return g_strdup_printf("read back: status %d", reply->code);
    digest = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)reply->body, reply->size);
    return g_strdup_printf("read back: status %d, SHA-256 %s", reply->code, digest);
}

static void judge_read(const Site *site, const AnnounceItem *item, const HttpAnswer *reply, AnnounceAnswer *answer)
{
    g_autofree char *shown = NULL;

    answer->words = read_words(site, reply);
    if (reply->code == 404 || reply->code == 410) {
        answer->result = is_taken_away(site, item) ? ANNOUNCE_SAME : ANNOUNCE_NOT_FOUND;
        return;
    }
    shown = reply->code == 200 ? shown_text(site, reply) : NULL;
    if (!shown)
        answer->result = ANNOUNCE_IN_DOUBT;
    else
        answer->result = !is_taken_away(site, item) && is_same(site, item, shown) ? ANNOUNCE_SAME : ANNOUNCE_DIFFERENT;
}

static void site_read(void *self, const AnnounceItem *item, AnnounceAnswer *answer)
{
    Site *site = self;
    HttpAnswer reply;
    Posting posting;

    if (!publication_of(site)->read) {
        answer->result = ANNOUNCE_UNKNOWN;
        answer->words = g_strdup("this gateway has no request that reads it back");
        return;
    }
    posting_fill(site, item, &posting);
    if (ask(site, publication_of(site)->read, &posting.message, &reply, answer))
        judge_read(site, item, &reply, answer);
    else
        answer->result = ANNOUNCE_IN_DOUBT;
    http_answer_clear(&reply);
    posting_clear(&posting);
}

const AnnounceEngine *announce_http_engine(void)
{
    static const AnnounceEngine engine = {"http", site_open, site_close, site_by_name, site_put, site_find, site_read};

    return &engine;
}
