/* The same in parts: by channel, audience, language, region and gateway. */
#include "base/language.h"
#include "base/member.h"
#include "report/report_outline_private.h"

static const OutlineColumn told_columns[] = {{N_("delivered"), "delivered"},     {N_("accepted"), "accepted"},
                                             {N_("in doubt"), "in_doubt"},       {N_("pending"), "pending"},
                                             {N_("quarantined"), "quarantined"}, {N_("withheld"), "withheld"},
                                             {N_("unreachable"), "unreachable"}};
static const OutlineColumn message_columns[] = {{N_("delivered"), "delivered"},
                                                {N_("accepted"), "accepted"},
                                                {N_("came back"), "bounced"},
                                                {N_("refused"), "failed"},
                                                {N_("in doubt"), "in_doubt"},
                                                {N_("open"), "planned attempting deferred"},
                                                {N_("not sent"), "withheld cancelled quarantined"}};

static void messages_by(const Outline *outline, const char *key, const char *caption, const char *first)
{
    const OutlineMatrix matrix = {
        .caption = caption, .first = first, .key = key, .state = "state", .count = "messages", .unnamed = "?"};

    outline_matrix(outline, outline_at(outline->document, "messages"), &matrix, message_columns,
                   G_N_ELEMENTS(message_columns));
}

static void gateway_row(const Outline *outline, const json_t *gateway, const char *const *headers)
{
    const char *region = member_text(gateway, "region");

    OUTLINE_ROW(outline, headers, member_text(gateway, "name"), member_text(gateway, "channel"),
                member_text(gateway, "kind"), *region ? region : _("unknown"));
}

void outline_parts(const Outline *outline)
{
    const char *const gateways[] = {_("gateway"), _("channel"), _("kind"), _("region"), NULL};
    const OutlineMatrix audiences = {.caption = _("Notices by audience (somebody may be in several)"),
                                     .first = _("audience"),
                                     .key = "audience",
                                     .state = "told",
                                     .count = "notices",
                                     .unnamed = _("no audience")};
    const OutlineMatrix regions = {.caption = _("People by region"),
                                   .first = _("region"),
                                   .key = "region",
                                   .state = "told",
                                   .count = "people",
                                   .unnamed = _("unknown")};

    outline_section(outline, "parts", _("By channel, audience, language and region"),
                    _("The same in parts; one person may have several messages, so messages are more than people."));
    if (!outline_is_planned(outline)) {
        outline_paragraph(outline, _("Nothing is planned yet."));
    } else {
        messages_by(outline, "channel", _("Messages by channel"), _("channel"));
        outline_matrix(outline, outline_at(outline->document, "audiences"), &audiences, told_columns,
                       G_N_ELEMENTS(told_columns));
        messages_by(outline, "locale", _("Messages by language"), _("language"));
        outline_matrix(outline, outline_at(outline->document, "regions"), &regions, told_columns,
                       G_N_ELEMENTS(told_columns));
        messages_by(outline, "gateway", _("Messages by gateway"), _("gateway"));
        outline_list(outline, outline_at(outline->document, "gateways"), _("Gateways, and where they are"), gateways,
                     gateway_row, NULL);
    }
    outline_section_end(outline);
}
