/* Everybody by id where it was asked for; how the numbers came about, what they do not say, and how to get them again.
 */
#include <string.h>

#include "base/language.h"
#include "base/member.h"
#include "report/reason.h"
#include "report/report_outline_private.h"

static void person_row(const Outline *outline, const json_t *person, const char *const *headers)
{
    const char *id = member_text(person, "person");
    int64_t row = member_count(person, "row");
    g_autofree char *place = row > 0 ? outline_count(row) : g_strdup("–");
    g_autofree char *reason = reason_text(member_text(person, "reason"));

    OUTLINE_ROW(outline, headers, *id ? id : _("without an id of its own"), place,
                outline_told(member_text(person, "told")), member_text(person, "audience"),
                member_text(person, "channel"), member_text(person, "endpoint"), reason);
}

void outline_method_everybody(const Outline *outline)
{
    const char *const headers[] = {_("person"),          _("#row"),   _("state"), _("audience"), _("channel"),
                                   _("address, masked"), _("reason"), NULL};
    const json_t *people = outline_at(outline->document, "people");

    if (!json_is_array(people))
        return;
    outline_section(outline, "everybody", _("Everybody, by id"),
                    _("This part holds personal data: keep it as the people file itself."));
    outline_list(outline, people, _("People and what became of their notices"), headers, person_row, NULL);
    outline_section_end(outline);
}

/* What this very report cannot know, said where it is so. */
static void add_unknown(const Outline *outline, GPtrArray *lines)
{
    const json_t *document = outline->document, *identity = outline_at(document, "identity");
    g_autofree char *accepted = outline_count(member_count(identity, "accepted"));
    g_autofree char *doubts = outline_count(member_count(identity, "in_doubt"));

    if (!json_is_object(identity))
        g_ptr_array_add(lines,
                        g_strdup(_("Nothing is planned, so everything about people and messages is unknown here. "
                                   "That is not the same as none.")));
    if (member_count(identity, "accepted") > 0)
        g_ptr_array_add(lines, g_strdup_printf(language_plural("Of %s person it is only known that somebody took "
                                                               "responsibility for the message: not that it arrived.",
                                                               "Of %s people it is only known that somebody took "
                                                               "responsibility for their message: not that it arrived.",
                                                               member_count(identity, "accepted")),
                                               accepted));
    if (member_count(identity, "in_doubt") > 0)
        g_ptr_array_add(lines,
                        g_strdup_printf(language_plural("Of %s person nobody can say whether the message was taken.",
                                                        "Of %s people nobody can say whether their message was taken.",
                                                        member_count(identity, "in_doubt")),
                                        doubts));
    if (json_is_true(outline_at(outline_at(document, "ledger"), "is_copy")))
        g_ptr_array_add(lines, g_strdup(_("The state folder is a copy: what was sent elsewhere since is not known.")));
    if (json_is_true(outline_at(document, "is_running")))
        g_ptr_array_add(lines, g_strdup(_("Another process was sending: the numbers are of one instant.")));
    if (json_is_object(outline_at(document, "ledger")))
        g_ptr_array_add(lines,
                        g_strdup(_("Regions are those that the people file names; where it names none, the region "
                                   "is unknown.")));
}

void outline_method(const Outline *outline)
{
    static const char *const lines[] = {
        N_("Accepted means that the next mail server or provider took responsibility for the message (RFC 5321, 6.1), "
           "that a letter lies in the print room's folder, or a call on a list. It does not mean that it was read."),
        N_("Delivered means that a receipt of the provider, a record of a call or of the post says so. Mail servers "
           "seldom send one, so most mail stays accepted."),
        N_("Whether a person has read or understood a notice is not known, and nothing in a notice tries to find out: "
           "there are no tracking images or links."),
        N_("Everybody is counted once. Somebody with several notices counts by the one that needs most attention, so "
           "nobody counts as told while a notice of theirs is open."),
        N_("All numbers about messages and people are read from the ledger in one snapshot, after its counters were "
           "counted again from its rows."),
        N_("The development over time is computed by taking events back from the present. People whom a later plan "
           "added are left out before that plan; whoever it mended is shown as after it."),
        N_("A legal step is computed from data about the law; where that data was not checked against the text of the "
           "law, the step is marked as not verified. This report is no legal advice."),
        N_("Reasons that people typed are shown with addresses and long numbers masked; what was typed about a hold on "
           "one person is shown with --people alone.")};
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) unknown = g_ptr_array_new_with_free_func(g_free);

    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++)
        g_ptr_array_add(list, g_strdup(_(lines[i])));
    add_unknown(outline, unknown);
    outline_section(outline, "method", _("Method and limits"), _("What the words mean, and what nobody can know."));
    outline->writer->items(outline->out, list, false);
    if (unknown->len > 0) {
        outline->writer->subheading(outline->out, _("Not known in this case"));
        outline->writer->items(outline->out, unknown, false);
    }
    outline_section_end(outline);
}

void outline_method_recompute(const Outline *outline)
{
    const json_t *list = outline_at(outline->document, "recompute");
    size_t index;
    json_t *item;

    outline_section(
        outline, "recompute", _("Appendix: how to compute the numbers again"),
        _("Each query gives the rows of the table of that name in the report as JSON; the ledger is an SQLite "
          "file."));
    if (json_array_size(list) == 0)
        outline_paragraph(outline, _("There is no ledger yet."));
    else
        outline->writer->code(outline->out, _("The command"),
                              "sqlite3 -json -readonly STATE-FOLDER/ledger.db \"QUERY\"");
    json_array_foreach((json_t *)list, index, item)
        outline->writer->code(outline->out, member_text(item, "member"), member_text(item, "sql"));
    outline_section_end(outline);
}
