#include "dispatch/prepare.h"

#include <string.h>

#include <jansson.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "base/member.h"
#include "dispatch/sent_day.h"
#include "model/address.h"
#include "model/gateway_request.h"
#include "model/locale.h"
#include "model/playbook.h"
#include "model/sms_text.h"

#define ADDRESSEES_MOST 3 /* names on one envelope */

void prepare_clear(Prepared *prepared)
{
    g_free(prepared->recipient);
    g_free(prepared->return_path);
    g_free(prepared->data);
    g_free(prepared->title);
    g_free(prepared->text);
    g_free(prepared->html);
    g_free(prepared->provider_id);
    g_free(prepared->fields);
    if (prepared->values)
        g_ptr_array_unref(prepared->values);
    *prepared = (Prepared){0};
}

char **prepare_names(const Gateway *gateway, const ChannelEngine *engine)
{
    if (engine->fields)
        return g_strdupv((char **)engine->fields);
    return gateway->http ? gateway_http_names(gateway->http) : NULL;
}

/* Fields -------------------------------------------------------------------------------------------------------- */

/* What fields are made from. */
typedef struct Filling {
    const PrepareRequest *request;
    const Prepared *prepared;
    json_t *person; /* owned; the first whom the message is for; NULL: no field asks for them */
    json_t *all;    /* owned; all of them, as the text names them; NULL: no field asks for that */
} Filling;

typedef char *FieldMake(const Filling *filling);       /* newly allocated; NULL: the message has none */
typedef const char *FieldLend(const Filling *filling); /* lives as long as the message */

static const char *context_text(const Filling *filling, const char *object, const char *name)
{
    const json_t *context = json_object_get(render_text_body(filling->request->text), "context");

    return member_text(json_object_get(context, object), name);
}

static const char *endpoint_value(const Filling *filling)
{
    return filling->prepared->recipient;
}

static char *digits_value(const Filling *filling)
{
    GString *digits = g_string_new(NULL);

    for (const char *at = filling->request->endpoint; *at; at++)
        if (g_ascii_isdigit(*at))
            g_string_append_c(digits, *at);
    return g_string_free(digits, FALSE);
}

static const char *id_value(const Filling *filling)
{
    return filling->request->id;
}

static char *uuid_value(const Filling *filling)
{
    char uuid[GATEWAY_UUID_SIZE];

    gateway_request_uuid(filling->request->id, uuid);
    return g_strdup(uuid);
}

static char *number_value(const Filling *filling)
{
    char number[ID_NUMBER_LENGTH + 1];

    id_number(filling->request->id, number);
    return g_strdup(number);
}

static const char *title_value(const Filling *filling)
{
    return filling->prepared->title ? filling->prepared->title : "";
}

static const char *text_value(const Filling *filling)
{
    return filling->prepared->text ? filling->prepared->text : "";
}

static const char *alphabet_value(const Filling *filling)
{
    const GatewayHttp *http = filling->request->gateway->http;

    if (!http)
        return "";
    return sms_text_measure(text_value(filling), SMS_BY_ALPHABET).encoding == SMS_GSM7 ? http->alphabet.gsm7
                                                                                       : http->alphabet.ucs2;
}

static const char *html_value(const Filling *filling)
{
    return filling->prepared->html ? filling->prepared->html : "";
}

static const char *locale_value(const Filling *filling)
{
    return render_text_locale(filling->request->text);
}

static const char *audience_value(const Filling *filling)
{
    return filling->request->audience ? filling->request->audience : "";
}

static const char *channel_value(const Filling *filling)
{
    return render_text_channel(filling->request->text);
}

static const char *incident_value(const Filling *filling)
{
    return context_text(filling, "incident", "id");
}

static char *edition_value(const Filling *filling)
{
    const json_t *context = json_object_get(render_text_body(filling->request->text), "context");

    return g_strdup_printf("%" JSON_INTEGER_FORMAT, json_integer_value(json_object_get(context, "edition")));
}

static const char *organization_value(const Filling *filling)
{
    return context_text(filling, "organization", "name");
}

/* A letter bears the date of the organisation's own day, as every other notice does; requests are signed in UTC. */
static char *now_value(const Filling *filling)
{
    const Moment now = {
        .known = true, .at = filling->request->now, .offset = render_text_offset(filling->request->text)};

    return filling->request->gateway->print ? moment_format_rfc3339(now) : clock_format_utc(now.at);
}

static char *unix_value(const Filling *filling)
{
    return g_strdup_printf("%" G_GINT64_FORMAT, filling->request->now / CLOCK_SECOND);
}

static const char *receipt_value(const Filling *filling)
{
    const GatewayHttp *http = filling->request->gateway->http;

    return http && http->receipt.url ? http->receipt.url : "";
}

static const char *provider_value(const Filling *filling)
{
    return filling->prepared->provider_id ? filling->prepared->provider_id : "";
}

static char *day_value(const Filling *filling)
{
    const PrepareRequest *request = filling->request;

    return sent_day_text(&(SentDay){request->gateway, request->first_at, request->attempt, request->now});
}

static char *sent_value(const Filling *filling)
{
    int64_t at = filling->request->first_at > 0 ? filling->request->first_at : filling->request->now;

    return g_strdup_printf("%" G_GINT64_FORMAT, at / CLOCK_SECOND);
}

/* Mainland numbers have 11 digits without the country code. */
static char *home_value(const Filling *filling)
{
    char *digits = digits_value(filling);

    if (g_str_has_prefix(filling->request->endpoint, "+86") && strlen(digits) == 13)
        memmove(digits, digits + 2, strlen(digits) - 1);
    return digits;
}

static char *slug_value(const Filling *filling)
{
    const char *locale = render_text_locale(filling->request->text);
    g_autofree char *joined = g_strconcat(context_text(filling, "incident", "id"), "-", locale, NULL);

    return g_ascii_strdown(joined, -1);
}

/* Everybody whom the message names, or their organisation when the names would not fit on an envelope. */
static char *addressee_value(const Filling *filling)
{
    Capacity capacity = render_text_capacity(filling->request->text);
    bool is_crowd = capacity != CAPACITY_GUARDIAN && g_strv_length((char **)filling->request->people) > ADDRESSEES_MOST;
    const char *organization =
        capacity == CAPACITY_ORGANIZATION || is_crowd ? member_text(filling->person, "organization") : "";
    const char *name =
        json_string_value(json_object_get(filling->all, capacity == CAPACITY_GUARDIAN ? "guardian_name" : "name"));

    if (!name || (is_crowd && *organization))
        name = "";
    if (!*name && !*organization)
        return NULL;
    return g_strconcat(organization, *name && *organization ? "\n" : "", name, NULL);
}

static char *person_value(const Filling *filling)
{
    return g_strdup(member_text(filling->person, "id"));
}

static const struct {
    const char *name;
    FieldLend *lend; /* one of the two */
    FieldMake *make;
} sources[] = {
    {"addressee", NULL, addressee_value},
    {"alphabet", alphabet_value, NULL},
    {"audience", audience_value, NULL},
    {"channel", channel_value, NULL},
    {"edition", NULL, edition_value},
    {"endpoint", endpoint_value, NULL},
    {"endpoint_cn", NULL, home_value},
    {"endpoint_digits", NULL, digits_value},
    {"html", html_value, NULL},
    {"id", id_value, NULL},
    {"incident", incident_value, NULL},
    {"locale", locale_value, NULL},
    {"now", NULL, now_value},
    {"now_unix", NULL, unix_value},
    {"number", NULL, number_value},
    {"organization", organization_value, NULL},
    {"person", NULL, person_value},
    {"provider_id", provider_value, NULL},
    {"receipt_url", receipt_value, NULL},
    {"sent_day", NULL, day_value},
    {"sent_unix", NULL, sent_value},
    {"slug", NULL, slug_value},
    {"text", text_value, NULL},
    {"title", title_value, NULL},
    {"uuid", NULL, uuid_value},
};

/* NULL: the gateway gets none of that name. What a provider's approved text says (template_id, sign) is the engine's.
 */
static const char *field_value(const Filling *filling, const char *name, GPtrArray *made)
{
    char *value = NULL;

    if (g_str_has_prefix(name, "person."))
        value = g_strdup(member_text(filling->person, name + strlen("person.")));
    for (size_t i = 0; i < G_N_ELEMENTS(sources) && !value; i++) {
        if (strcmp(sources[i].name, name) != 0)
            continue;
        if (sources[i].lend)
            return sources[i].lend(filling);
        value = sources[i].make(filling);
        break;
    }
    if (value)
        g_ptr_array_add(made, value);
    return value;
}

/* Whether any field needs more of the person than the texts, which are rendered already. */
static bool asks_for_person(const char *const *names)
{
    for (; names && *names; names++)
        if (g_str_has_prefix(*names, "person") || strcmp(*names, "addressee") == 0)
            return true;
    return false;
}

static bool fill_fields(const PrepareRequest *request, Prepared *prepared, GError **error)
{
    const char *data = asks_for_person(request->names) && request->people[0] ? request->people[0] : NULL;
    json_auto_t *person = data ? json_loads(data, 0, NULL) : NULL;
    bool is_addressed = request->names && g_strv_contains(request->names, "addressee");
    json_auto_t *all = NULL;
    Filling filling = {.request = request, .prepared = prepared, .person = person};
    size_t count = 0;

    if (!request->names)
        return true;
    if (is_addressed && !(all = render_people(request->text, request->people, error)))
        return false;
    filling.all = all;
    if (data && !person) {
        error_set(error, BREACH_ERROR_INPUT, "ledger-person-damaged", "the frozen data of a person cannot be read");
        return false;
    }
    prepared->values = g_ptr_array_new_with_free_func(g_free);
    prepared->fields = g_new0(ChannelField, g_strv_length((char **)request->names) + 1);
    for (const char *const *name = request->names; *name; name++) {
        const char *value = field_value(&filling, *name, prepared->values);

        if (!value)
            continue;
        prepared->fields[count++] = (ChannelField){.name = *name, .value = value};
    }
    prepared->message.fields = prepared->fields;
    return true;
}

/* Messages ------------------------------------------------------------------------------------------------------ */

static RenderRequest render_request(const PrepareRequest *request)
{
    const Gateway *gateway = request->gateway;

    return (RenderRequest){.id = request->id,
                           .recipient = request->endpoint,
                           .from = gateway->from,
                           .from_name = gateway->from_name,
                           .reply_to = gateway->reply_to,
                           .people = request->people,
                           .date = request->now,
                           .is_test = request->is_test};
}

static bool prepare_mail(const PrepareRequest *request, Prepared *prepared, GError **error)
{
    const RenderRequest rendering = render_request(request);
    const char *data = NULL;
    size_t size = 0;

    prepared->return_path = address_verp(request->gateway->bounce, request->id);
    if (!prepared->return_path) {
        error_set(error, BREACH_ERROR_CONFIG, "gateway-bounce-length", "the bounce address %s is too long",
                  request->gateway->bounce);
        return false;
    }
    if (!render_message(request->text, request->scratch, &rendering, &data, &size, error))
        return false;
    prepared->data = g_memdup2(data, size);
    prepared->message.data = prepared->data;
    prepared->message.size = size;
    prepared->message.return_path = prepared->return_path;
    return true;
}

static bool prepare_parts(const PrepareRequest *request, Prepared *prepared, GError **error)
{
    const RenderRequest rendering = render_request(request);
    RenderParts parts;

    if (request->is_look_up)
        return fill_fields(request, prepared, error);
    if (!render_parts(request->text, request->scratch, &rendering, &parts, error))
        return false;
    prepared->title = g_strdup(parts.subject);
    prepared->text = g_strdup(parts.text);
    prepared->html = g_strdup(parts.html);
    prepared->message.title = prepared->title;
    prepared->message.text = prepared->text;
    prepared->message.html = prepared->html;
    return fill_fields(request, prepared, error);
}

bool prepare_message(const PrepareRequest *request, Prepared *prepared, GError **error)
{
    prepared->recipient = g_strdup(request->endpoint);
    prepared->provider_id = g_strdup(request->provider_id);
    prepared->message = (ChannelMessage){
        .id = request->id,
        .recipient = prepared->recipient,
        .channel = render_text_channel(request->text),
        .locale = render_text_locale(request->text),
        .template_name = json_string_value(json_object_get(render_text_body(request->text), "template")),
        .audience = request->audience,
        .text_no = request->text_no,
        .is_look_up = request->is_look_up,
        .provider_id = prepared->provider_id,
        .attempt = request->attempt,
        .doubted = request->doubted};
    if (!request->gateway->http && !request->gateway->print)
        return prepare_mail(request, prepared, error);
    return prepare_parts(request, prepared, error);
}

/* Digests ------------------------------------------------------------------------------------------------------- */

char *prepare_content(const Prepared *prepared)
{
    const ChannelMessage *message = &prepared->message;

    if (prepared->data)
        return NULL;
    return handed_content(&(HandedContent){.message = message->id,
                                           .channel = message->channel,
                                           .locale = message->locale,
                                           .endpoint = message->recipient,
                                           .title = message->title,
                                           .text = message->text,
                                           .html = message->html});
}

void prepare_digest(const Prepared *prepared, Handed *handed)
{
    g_autofree char *content = prepare_content(prepared);

    if (prepared->message.data)
        digest_sha256(prepared->message.data, prepared->message.size, handed->octets);
    if (content)
        digest_sha256(content, strlen(content), handed->content);
}
