/* What was refused or came back, and who was not reached. */
#include <string.h>

#include "base/language.h"
#include "base/member.h"
#include "model/bounce_reason.h"
#include "model/reply.h"
#include "report/came_back.h"
#include "report/reason.h"
#include "report/report_outline_private.h"

static char *codes_of(const json_t *row)
{
    int64_t code = member_count(row, "code");
    const char *enhanced = member_text(row, "enhanced");

    if (code <= 0)
        return g_strdup(enhanced);
    return g_strdup_printf("%d%s%s", (int)code, *enhanced ? " " : "", enhanced);
}

/* What a code says in plain words; of none, that there was no answer. */
static const char *words_of(const char *codes)
{
    g_autofree char *line = g_strdup_printf("%s ", codes);
    ReplyStatus status = {0};
    const char *rest = NULL;

    if (!*codes || !reply_parse(line, &status, &rest))
        return _("no answer from the gateway that could be used");
    return language_text(reply_meaning(status));
}

static void refused_row(const Outline *outline, const json_t *row, const char *const *headers)
{
    g_autofree char *codes = codes_of(row);
    g_autofree char *number = outline_count(member_count(row, "messages"));

    OUTLINE_ROW(outline, headers, member_text(row, "gateway"), member_text(row, "channel"), codes, words_of(codes),
                number);
}

static void returned_row(const Outline *outline, const json_t *row, const char *const *headers)
{
    g_autofree char *codes = codes_of(row);
    g_autofree char *number = outline_count(member_count(row, "messages"));
    BounceReason reason = BOUNCE_NO_REASON;
    bool is_known = bounce_reason_parse(member_text(row, "reason"), &reason);

    OUTLINE_ROW(outline, headers, member_text(row, "gateway"), member_text(row, "channel"), codes,
                is_known ? came_back_words(reason)
                : *codes ? words_of(codes)
                         : _("not said"),
                number);
}

/* A reason of the ledger, and how many it concerns. */
static void count_row(const Outline *outline, const json_t *row, const char *const *headers, const char *key,
                      const char *count)
{
    g_autofree char *words = reason_text(member_text(row, key));
    g_autofree char *number = outline_count(member_count(row, count));

    OUTLINE_ROW(outline, headers, *words ? language_text(words) : _("not said"), number);
}

static void mail_row(const Outline *outline, const json_t *row, const char *const *headers)
{
    static const OutlineWord words[] = {{"delay", N_("delayed")},
                                        {"complaint", N_("complaints")},
                                        {"auto-reply", N_("automatic answers")},
                                        {"other", N_("others")}};
    g_autofree char *number = outline_count(member_count(row, "mails"));

    OUTLINE_ROW(outline, headers, outline_words(words, G_N_ELEMENTS(words), member_text(row, "kind")), number);
}

static void entry_row(const Outline *outline, const json_t *row, const char *const *headers)
{
    count_row(outline, row, headers, "why", "entries");
}

void outline_returned(const Outline *outline)
{
    const char *const refused[] = {_("gateway"), _("channel"), _("code"), _("what it means"), _("#messages"), NULL};
    const char *const returned[] = {_("gateway"), _("channel"), _("code"), _("why it came back"), _("#messages"), NULL};
    const char *const mails[] = {_("kind"), _("#mails"), NULL};
    const char *const entries[] = {_("reason"), _("#reports"), NULL};
    const json_t *document = outline->document;

    outline_section(outline, "returned", _("What was refused or came back"),
                    _("Messages that reached nobody, by who said so and why; no address is shown."));
    if (!outline_is_planned(outline)) {
        outline_paragraph(outline, _("Nothing is planned yet."));
    } else {
        outline_list(outline, outline_at(document, "refused"),
                     _("Refused for good when they were handed over, or given up"), refused, refused_row,
                     _("No gateway refused a message for good."));
        outline_list(outline, outline_at(document, "returned"), _("Came back after they had been accepted"), returned,
                     returned_row, _("No message is known to have come back."));
        outline_list(outline, outline_at(document, "mails"), _("Mails that came in and changed nothing"), mails,
                     mail_row, NULL);
        outline_list(outline, outline_at(document, "refused_entries"),
                     _("Reports that were not believed, or fitted no message"), entries, entry_row, NULL);
    }
    outline_section_end(outline);
}

/* Who was not reached --------------------------------------------------------------------------------------------- */

static void unreachable_row(const Outline *outline, const json_t *row, const char *const *headers)
{
    g_autofree char *reason = reason_text(member_text(row, "reason"));
    g_autofree char *number = outline_count(member_count(row, "people"));

    OUTLINE_ROW(outline, headers, *reason ? reason : _("not said"), outline_or_nothing(member_text(row, "channel")),
                number);
}

static void left_out_row(const Outline *outline, const json_t *row, const char *const *headers)
{
    g_autofree char *reason = reason_text(member_text(row, "reason"));
    g_autofree char *number = outline_count(member_count(row, "notices"));

    OUTLINE_ROW(outline, headers, outline_told(member_text(row, "told")), reason, number);
}

static void ended_row(const Outline *outline, const json_t *row, const char *const *headers)
{
    count_row(outline, row, headers, "reason", "notices");
}

static void climb_row(const Outline *outline, const json_t *row, const char *const *headers)
{
    /* why a notice went on, as the ledger names it */
    static const OutlineWord words[] = {{"failed", N_("it was refused")},
                                        {"bounced", N_("it came back")},
                                        {"doubt", N_("it stayed in doubt")},
                                        {"silence", N_("no receipt came")}};
    g_autofree char *number = outline_count(member_count(row, "notices"));

    OUTLINE_ROW(outline, headers, member_text(row, "audience"), outline_or_nothing(member_text(row, "from")),
                outline_or_nothing(member_text(row, "to")),
                outline_words(words, G_N_ELEMENTS(words), member_text(row, "reason")), number);
}

void outline_returned_unreached(const Outline *outline)
{
    const char *const people[] = {_("reason"), _("last channel"), _("#people"), NULL};
    const char *const climbs[] = {_("audience"), _("from"), _("to"), _("because"), _("#notices"), NULL};
    const char *const ends[] = {_("what became of each channel"), _("#notices"), NULL};
    const char *const asides[] = {_("state"), _("reason"), _("#notices"), NULL};
    const json_t *document = outline->document;

    outline_section(outline, "unreached", _("Who could not be reached"),
                    _("People for whom no channel is left, why, and what was tried before."));
    if (!outline_is_planned(outline)) {
        outline_paragraph(outline, _("Nothing is planned yet."));
    } else {
        outline_list(outline, outline_at(document, "unreachable"), _("People who could not be reached, and why"),
                     people, unreachable_row, _("Nobody is unreachable."));
        outline_list(outline, outline_at(document, "climbs"),
                     _("What was done: notices that went on to a further channel"), climbs, climb_row,
                     _("Nobody went on to a further channel."));
        outline_list(outline, outline_at(document, "ladders_ended"), _("Ladders that came to their end"), ends,
                     ended_row, NULL);
        outline_list(outline, outline_at(document, "left_out"), _("Notices that a plan or a person left aside"), asides,
                     left_out_row, NULL);
    }
    outline_section_end(outline);
}
