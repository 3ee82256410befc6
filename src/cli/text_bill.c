#include "cli/text_bill.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/language.h"
#include "dispatch/short_text.h"

#define MILLION 1000000

/* ", 12.50 EUR": two digits behind the point, more where they are needed; "" without a price. */
static char *price_text(const Gateway *gateway, int64_t segments)
{
    int64_t price = short_texts_price(gateway, segments);
    g_autofree char *amount = g_strdup_printf("%" PRId64 ".%06d", price / MILLION, (int)(price % MILLION));
    size_t length = strlen(amount);

    if (!gateway || gateway->price == 0)
        return g_strdup("");
    for (int kept = 6; kept > 2 && amount[length - 1] == '0'; kept--)
        amount[--length] = '\0';
    return g_strdup_printf(_(", %s %s"), amount, gateway->currency ? gateway->currency : "");
}

static void print_counts(const Gateway *gateway, const MaterialSms *sms)
{
    g_autofree char *first = price_text(gateway, sms->segments);
    g_autofree char *later = price_text(gateway, sms->later_segments);

    printf(_("messages %" PRId64 ", segments %" PRId64 "%s; when other ways fail, at most: messages %" PRId64
             ", segments %" PRId64 "%s"),
           sms->messages, sms->segments, first, sms->later_messages, sms->later_segments, later);
    putchar('\n');
}

static const MaterialText *text_at(const Material *material, guint index)
{
    const MaterialText *text = g_ptr_array_index(material_texts(material), index);

    return text->sms.longest > 0 ? text : NULL;
}

void text_bill_print(const Material *material)
{
    const Gateway *gateway = material_gateway(material, "sms");
    MaterialSms all = {0};
    bool is_any = false;

    for (guint i = 0; i < material_texts(material)->len; i++) {
        const MaterialText *text = text_at(material, i);

        if (!text)
            continue;
        printf(_("sms %s (%s): %s, up to %d characters, up to %d segments; "), text->locale,
               material_template(material, text), sms_text_encoding_name(text->sms.measure.encoding),
               text->sms.characters, text->sms.longest);
        print_counts(gateway, &text->sms);
        all.messages += text->sms.messages;
        all.segments += text->sms.segments;
        all.later_messages += text->sms.later_messages;
        all.later_segments += text->sms.later_segments;
        is_any = true;
    }
    if (!is_any)
        return;
    printf("%s", _("sms in all: "));
    print_counts(gateway, &all);
}

static json_t *price_json(const Gateway *gateway, int64_t segments)
{
    if (!gateway || gateway->price == 0)
        return json_null();
    return json_integer(short_texts_price(gateway, segments));
}

json_t *text_bill_json(const Material *material)
{
    json_t *list = json_array();

    for (guint i = 0; material && i < material_texts(material)->len; i++) {
        const MaterialText *text = text_at(material, i);
        const Gateway *gateway = text ? material_gateway(material, text->channel) : NULL;
        const Audience *audience =
            text ? g_ptr_array_index(material_playbook(material)->audiences, text->audience) : NULL;

        if (text)
            json_array_append_new(
                list, json_pack("{s:s, s:s, s:s, s:s, s:i, s:i, s:I, s:I, s:I, s:I, s:o, s:o, s:s?}", "audience",
                                audience->id, "template", material_template(material, text), "locale", text->locale,
                                "encoding", sms_text_encoding_name(text->sms.measure.encoding), "characters",
                                text->sms.characters, "longest", text->sms.longest, "messages",
                                (json_int_t)text->sms.messages, "segments", (json_int_t)text->sms.segments,
                                "later_messages", (json_int_t)text->sms.later_messages, "later_segments",
                                (json_int_t)text->sms.later_segments, "price", price_json(gateway, text->sms.segments),
                                "later_price", price_json(gateway, text->sms.later_segments), "currency",
                                gateway ? gateway->currency : NULL));
    }
    return list;
}
