#include "dispatch/short_text.h"

#include <string.h>

#include "dispatch/approved.h"
#include "dispatch/render.h"
#include "model/sms_text.h"

#define SEGMENTS_MOST 3 /* a pointer and a notice number need no more; each more may arrive alone, or not at all */

typedef struct ShortText {
    RenderText *rendered; /* owned; NULL: the text has mistakes */
    bool is_personal;
    bool is_measured; /* with what everybody reads */
    SmsMeasure measure;
    int characters;
} ShortText;

struct ShortTexts {
    const Material *material; /* borrowed */
    RenderScratch *scratch;   /* owned */
    GHashTable *texts;        /* MaterialText * -> ShortText *, owned */
};

static void text_free(gpointer data)
{
    ShortText *text = data;

    render_text_free(text->rendered);
    g_free(text);
}

ShortTexts *short_texts_new(const Material *material)
{
    ShortTexts *texts = g_new0(ShortTexts, 1);

    texts->material = material;
    texts->scratch = render_scratch_new();
    texts->texts = g_hash_table_new_full(NULL, NULL, NULL, text_free);
    return texts;
}

void short_texts_free(ShortTexts *texts)
{
    if (!texts)
        return;
    g_hash_table_unref(texts->texts);
    render_scratch_free(texts->scratch);
    g_free(texts);
}

static ShortText *entry_of(ShortTexts *texts, const MaterialText *text)
{
    ShortText *entry = g_hash_table_lookup(texts->texts, text);

    if (entry)
        return entry;
    entry = g_new0(ShortText, 1);
    entry->rendered = text->body ? render_text_new(text->body, NULL) : NULL;
    entry->is_personal = entry->rendered && render_is_personal(entry->rendered);
    g_hash_table_insert(texts->texts, (gpointer)text, entry);
    return entry;
}

static ApprovedRequest request_of(const ShortTexts *texts, const MaterialText *text, const ShortText *entry)
{
    const Playbook *playbook = material_playbook(texts->material);

    return (ApprovedRequest){.playbook = playbook,
                             .gateway = material_gateway(texts->material, text->channel),
                             .text = text,
                             .rendered = entry->rendered,
                             .template_name = material_template(texts->material, text)};
}

/* Counting ------------------------------------------------------------------------------------------------------ */

/* The text as it arrives, with the signature that the provider adds; NULL when it cannot be rendered. */
static char *arriving(ShortTexts *texts, const MaterialText *text, const ShortText *entry, const char *data)
{
    const ApprovedRequest request = request_of(texts, text, entry);
    const char *const people[] = {data, NULL};
    const GatewayApproved *approved = request.gateway && request.gateway->http ? approved_of(&request) : NULL;
    RenderParts parts;

    if (!render_parts(entry->rendered, texts->scratch, &(RenderRequest){.id = RENDER_SAMPLE_ID, .people = people},
                      &parts, NULL))
        return NULL;
    return sms_text_signed(parts.text, approved ? approved->sign : NULL);
}

static bool measure(ShortTexts *texts, const MaterialText *text, ShortText *entry, const char *data)
{
    const char *region = material_region(texts->material, text->channel);
    g_autofree char *whole = NULL;

    if (entry->is_measured && !entry->is_personal)
        return true;
    whole = entry->rendered ? arriving(texts, text, entry, data) : NULL;
    if (!whole)
        return false;
    entry->measure = sms_text_measure(whole, sms_text_counting(region));
    entry->characters = (int)g_utf8_strlen(whole, -1);
    entry->is_measured = true;
    return true;
}

bool short_texts_count(ShortTexts *texts, MaterialText *text, const char *data, int64_t messages, bool is_first,
                       int sign)
{
    ShortText *entry = entry_of(texts, text);
    MaterialSms *sms = &text->sms;

    if (!measure(texts, text, entry, data))
        return false;
    *(is_first ? &sms->messages : &sms->later_messages) += sign * messages;
    *(is_first ? &sms->segments : &sms->later_segments) += sign * messages * entry->measure.segments;
    sms->most = MAX(sms->most, entry->characters);
    if (entry->measure.segments < sms->longest ||
        (entry->measure.segments == sms->longest && entry->characters <= sms->characters))
        return true;
    sms->longest = entry->measure.segments;
    sms->characters = entry->characters;
    sms->measure = entry->measure;
    return true;
}

int short_texts_segments(ShortTexts *texts, const MaterialText *text)
{
    return entry_of(texts, text)->measure.segments;
}

int64_t short_texts_price(const Gateway *gateway, int64_t segments)
{
    return gateway ? gateway->price * segments : 0;
}

/* Findings ------------------------------------------------------------------------------------------------------ */

static Position text_place(const ShortTexts *texts, const MaterialText *text)
{
    const Audience *audience = g_ptr_array_index(material_playbook(texts->material)->audiences, text->audience);

    return audience->at;
}

/* Measured also where nobody gets it yet, so that a standing playbook shows its mistakes. */
static void check_length(ShortTexts *texts, MaterialText *text, ShortText *entry, Findings *findings)
{
    const Gateway *gateway = material_gateway(texts->material, text->channel);
    const char *name = material_template(texts->material, text);
    int most = gateway && gateway->http ? gateway->http->limits.text_max : 0;
    int segments_most = gateway && gateway->http ? gateway->http->limits.segments_max : 0;
    bool is_sms = strcmp(text->channel, "sms") == 0;
    int characters = text->sms.most;
    int segments = text->sms.longest;

    if (text->sms.messages + text->sms.later_messages == 0 && measure(texts, text, entry, "{}")) {
        characters = entry->characters;
        segments = entry->measure.segments;
    }
    if (most > 0 && characters > most)
        findings_error(findings, FINDING_SEND, "text-too-long", text_place(texts, text),
                       "template %s (%s, %s) makes texts of up to %d characters, and gateway %s takes %d: shorten it. "
                       "People it concerns: %d",
                       name, text->channel, text->locale, characters, gateway->name, most,
                       (int)(text->people + text->later));
    else if (is_sms && segments_most > 0 && segments > segments_most)
        findings_error(
            findings, FINDING_SEND, "text-too-long", text_place(texts, text),
            "template %s (%s, %s) makes text messages of up to %d segments, and gateway %s takes %d: shorten "
            "it, or write limits: {segments: N} into the gateway file if it takes more. People it concerns: "
            "%d",
            name, text->channel, text->locale, segments, gateway->name, segments_most,
            (int)(text->people + text->later));
    else if (is_sms && segments > SEGMENTS_MOST)
        findings_warning(
            findings, FINDING_SEND, "text-long", text_place(texts, text),
            "template %s (%s, %s) makes text messages of up to %d segments: say less and point to the full "
            "text. People it concerns: %d",
            name, text->channel, text->locale, segments, (int)(text->people + text->later));
}

/* Mainland carriers refuse a text without its signature at the front, or with more than one. */
static void check_sign(ShortTexts *texts, const MaterialText *text, const ShortText *entry, Findings *findings)
{
    const ApprovedRequest request = request_of(texts, text, entry);
    const GatewayApproved *approved = request.gateway && request.gateway->http ? approved_of(&request) : NULL;
    const char *sign = approved ? approved->sign : NULL;
    g_autofree char *sample = render_sample(entry->rendered, NULL);
    g_autofree char *whole = sample ? sms_text_signed(sample, sign) : NULL;
    g_autofree char *front = whole ? sms_text_sign(whole) : NULL;

    if (!request.gateway || !whole ||
        sms_text_counting(material_region(texts->material, text->channel)) != SMS_BY_CHARACTER)
        return;
    if (!front || !*front)
        findings_error(
            findings, FINDING_SEND, "text-signature", text_place(texts, text),
            "the text messages of template %s (%s) have no signature such as 【%s】 at the front, without which "
            "gateway %s refuses them: write sign under approved, or begin the text with it",
            request.template_name, text->locale, "…", request.gateway->name);
    else if (sms_text_signs(whole) > 1)
        findings_error(
            findings, FINDING_SEND, "text-signature", text_place(texts, text),
            "the text messages of template %s (%s) would have more than one signature 【%s】: remove it from the "
            "text",
            request.template_name, text->locale, "…");
}

static void check_text(ShortTexts *texts, MaterialText *text, int64_t now, Findings *findings)
{
    ShortText *entry = entry_of(texts, text);
    ApprovedRequest request = request_of(texts, text, entry);

    if (!entry->rendered)
        return; /* its mistakes were said */
    request.at = text_place(texts, text);
    request.now = now;
    if (request.gateway && request.gateway->http)
        approved_check(&request, findings);
    check_length(texts, text, entry, findings);
    if (strcmp(text->channel, "sms") == 0)
        check_sign(texts, text, entry, findings);
}

void short_texts_check(ShortTexts *texts, int64_t now, Findings *findings)
{
    const GPtrArray *all = material_texts(texts->material);

    for (guint i = 0; i < all->len; i++)
        check_text(texts, g_ptr_array_index(all, i), now, findings);
}
