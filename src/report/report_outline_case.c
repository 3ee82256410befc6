/* What the law asked for, and what people decided and did. */
#include <string.h>

#include "base/clock.h"
#include "base/language.h"
#include "base/member.h"
#include "report/reason.h"
#include "report/report_outline_private.h"

/* Doubts ---------------------------------------------------------------------------------------------------------- */

static void doubt_row(const Outline *outline, const json_t *doubt, const char *const *headers)
{
    static const OutlineWord words[] = {
        {"open", N_("still open")},
        {"a person found that it was sent", N_("a person found that it was sent")},
        {"a person found that it was not sent", N_("a person found that it was not sent, so it was sent again")},
        {"a person decided not to send it", N_("a person decided not to send it")},
        {"sent again", N_("sent again, as the gateway's rule says: somebody may have got it twice")},
        {"looked up", N_("the gateway was asked and knew")},
        {"recovered", N_("found by recovery after a crash")},
        {"late", N_("the answer came late")},
        {"a receipt came", N_("a receipt settled it")},
        {"accepted", N_("an acceptance settled it")}};
    g_autofree char *times = outline_count(member_count(doubt, "times"));

    OUTLINE_ROW(outline, headers, outline_words(words, G_N_ELEMENTS(words), member_text(doubt, "how")), times);
}

void outline_case_doubts(const Outline *outline)
{
    const char *const headers[] = {_("how it was settled"), _("#times"), NULL};
    const json_t *counts = outline_at(outline->document, "doubt_counts");
    g_autofree char *ever = outline_count(member_count(counts, "messages_ever"));
    g_autofree char *now = outline_count(member_count(counts, "messages_now"));
    g_autofree char *wait = outline_count(member_count(counts, "wait_for_a_person"));
    g_autofree char *again = outline_count(member_count(counts, "sent_again_in_doubt"));
    g_autofree char *twice = outline_count(member_count(counts, "accepted_twice"));
    g_autofree char *text = g_strdup_printf(
        _("Messages that were in doubt at some time: %s. In doubt now: %s; of these %s wait for a person's "
          "decision. Attempts on a message whose earlier one may have arrived: %s. Known to have been "
          "accepted twice: %s."),
        ever, now, wait, again, twice);

    outline_section(
        outline, "doubts", _("Doubts, and how each was settled"),
        _("A message is in doubt when it may have been taken and nobody said so; it is never counted as told."));
    outline_paragraph(outline, json_is_object(counts) ? text : _("Nothing is planned yet."));
    outline_list(outline, outline_at(outline->document, "doubts"), _("Each time a message came into doubt"), headers,
                 doubt_row, NULL);
    outline_section_end(outline);
}

/* The law --------------------------------------------------------------------------------------------------------- */

static const char *law_state(const json_t *obligation)
{
    return _(regime_state_words_of(member_text(obligation, "state")));
}

/* When it was due. A law may set no number; or it sets one, and the time from which it counts is not known, or the
 * working days that it counts. */
static char *due_of(const json_t *obligation)
{
    if (json_is_string(outline_at(obligation, "due")))
        return outline_time(outline_at(obligation, "due"));
    if (json_is_string(outline_at(obligation, "missing_calendar")) &&
        strcmp(member_text(obligation, "state"), "not-applicable") != 0)
        return g_strdup(_("calendar missing"));
    return g_strdup(json_is_string(outline_at(obligation, "rule")) ? _("not known yet") : _("no number in the law"));
}

/* In time or late; without a number, how long after the beginning it was done, or for how long it runs. */
static char *timeliness(const Outline *outline, const json_t *obligation)
{
    g_autofree char *over = outline_span(outline_at(obligation, "due"), outline_at(outline->document, "made_at"));
    int64_t late = member_count(obligation, "late_ms"), elapsed = member_count(obligation, "elapsed_ms");
    g_autofree char *span = clock_format_span(MAX(late > 0 ? late : elapsed, 0));
    bool has_due = json_is_string(outline_at(obligation, "due"));
    bool is_filed = strcmp(member_text(obligation, "state"), "filed") == 0;

    if (late > 0)
        return g_strdup_printf(_("%s late"), span);
    if (over && strcmp(member_text(obligation, "state"), "scope-unknown") == 0)
        return g_strdup_printf(_("%s late, if it applies"), over);
    if (has_due)
        return g_strdup(is_filed ? _("in time") : "");
    if (elapsed > 0 && is_filed)
        return g_strdup_printf(_("done %s after its clock began"), span);
    if (elapsed > 0 && strcmp(member_text(obligation, "state"), "due") == 0)
        return g_strdup_printf(_("running for %s"), span);
    return g_strdup("");
}

static void append_remark(GString *text, const char *remark)
{
    if (*remark)
        g_string_append_printf(text, "%s%s", text->len > 0 ? _("; ") : "", remark);
}

/* In time or late, why, and whether the law was checked. */
static char *remark_of(const json_t *obligation, const char *late)
{
    GString *text = g_string_new(NULL);

    append_remark(text, late);
    append_remark(text, member_text(obligation, "reason_for_delay"));
    if (json_is_true(outline_at(obligation, "unverified")))
        append_remark(text, _("law data not verified"));
    return g_string_free(text, FALSE);
}

static void law_row(const Outline *outline, const json_t *obligation, const char *const *headers)
{
    const char *name = outline_local(outline, outline_at(obligation, "names"));
    g_autofree char *due = due_of(obligation);
    const json_t *filed_at = outline_at(obligation, "filed");
    g_autofree char *filed = json_is_string(filed_at) ? outline_time(filed_at) : g_strdup("–");
    g_autofree char *late = timeliness(outline, obligation);
    g_autofree char *step =
        g_strdup_printf(_("%s (%s)"), name ? name : member_text(obligation, "title"), member_text(obligation, "id"));
    g_autofree char *remark = remark_of(obligation, late);

    OUTLINE_ROW(outline, headers, step, law_state(obligation), due, filed, remark);
}

/* What does not apply is counted, not listed: it would hide what does. */
static json_t *that_apply(const json_t *obligations, int64_t *others)
{
    json_t *kept = json_array();
    size_t index;
    json_t *item;

    *others = 0;
    json_array_foreach((json_t *)obligations, index, item)
    {
        if (strcmp(member_text(item, "state"), "not-applicable") == 0)
            ++*others;
        else
            json_array_append(kept, item);
    }
    return kept;
}

static void filing_row(const Outline *outline, const json_t *filing, const char *const *headers)
{
    const json_t *time = outline_at(filing, "at");
    int64_t ms;
    g_autofree char *at =
        outline_ms(time, &ms) ? outline_time(time) : g_strdup(outline_or_nothing(member_text(filing, "at")));
    g_autofree char *step = g_strdup_printf("%s %s", member_text(filing, "regime"), member_text(filing, "step"));

    OUTLINE_ROW(outline, headers, at, step, outline_or_nothing(member_text(filing, "by")),
                outline_or_nothing(member_text(filing, "channel")),
                outline_or_nothing(member_text(filing, "reference")),
                outline_or_nothing(member_text(filing, "reason")));
}

char *outline_case_unread(const Outline *outline)
{
    const json_t *ids = outline_at(outline->document, "regimes_unread");
    g_autoptr(GString) names = g_string_new(NULL);
    size_t index;
    json_t *id;

    json_array_foreach((json_t *)ids, index, id)
        g_string_append_printf(names, "%s%s", names->len > 0 ? ", " : "", json_string_value(id));
    return names->len > 0 ? g_strdup_printf(_("NOT ALL: these regimes could not be read, so this report does not say "
                                              "what they asked for: %s."),
                                            names->str)
                          : NULL;
}

void outline_case_law(const Outline *outline)
{
    const char *const headers[] = {_("step"), _("state"), _("@due"), _("@done at"), _("remark"), NULL};
    const char *const filings[] = {_("@time"), _("step"), _("by"), _("way"), _("reference"), _("reason"), NULL};
    int64_t others = 0;
    json_auto_t *applying = that_apply(outline_at(outline->document, "obligations"), &others);
    g_autofree char *number = outline_count(others);
    g_autofree char *rest = g_strdup_printf(_("Steps that do not apply and are not listed: %s."), number);
    g_autofree char *unread = outline_case_unread(outline);

    outline_section(
        outline, "law", _("What the law asked for"),
        _("Each step with when it was due and when it was done; what is unverified was not checked against the "
          "text of the law."));
    if (unread)
        outline_paragraph(outline, unread);
    outline_list(outline, applying,
                 _("Obligations: overdue ones first, then running ones as they fall due; filed ones last"), headers,
                 law_row, unread ? "" : _("No legal step is known: the playbook names no regime that applies."));
    if (others > 0)
        outline_paragraph(outline, rest);
    outline_list(outline, outline_at(outline->document, "filings"), _("Reports that were made"), filings, filing_row,
                 _("No report to an authority is recorded."));
    outline_section_end(outline);
}

/* Decisions ------------------------------------------------------------------------------------------------------- */

static void decision_row(const Outline *outline, const json_t *decision, const char *const *headers)
{
    static const OutlineWord kinds[] = {
        {"not-notify", N_("not to tell")}, {"delay", N_("to wait")}, {"revoked", N_("taken back")}};
    static const OutlineWord states[] = {{"in-force", N_("still in force")},
                                         {"to-be-decided-again", N_("to be decided again")},
                                         {"ended", N_("ended")},
                                         {"revoked", N_("taken back")}};
    const json_t *history = outline_at(decision, "history");
    const json_t *last = json_array_get(history, json_array_size(history) - 1);
    g_autofree char *at = outline_time(outline_at(last, "recorded_at"));
    g_autofree char *until =
        json_is_string(outline_at(last, "until")) ? outline_time(outline_at(last, "until")) : g_strdup("–");
    const char *ground = member_text(last, "ground");

    OUTLINE_ROW(outline, headers, outline_words(kinds, G_N_ELEMENTS(kinds), member_text(decision, "decision")),
                member_text(decision, "regime"), member_text(decision, "scope"),
                outline_or_nothing(*ground ? ground : member_text(last, "reason")),
                outline_or_nothing(member_text(last, "by")), at, until,
                outline_words(states, G_N_ELEMENTS(states), member_text(decision, "state")));
}

static void decided_row(const Outline *outline, const json_t *row, const char *const *headers)
{
    g_autofree char *reason = reason_text(member_text(row, "reason"));
    g_autofree char *people = outline_count(member_count(row, "people"));
    g_autofree char *at = outline_time(outline_at(row, "last_at"));

    OUTLINE_ROW(outline, headers, reason, outline_or_nothing(member_text(row, "by")), at, people);
}

static void accepted_row(const Outline *outline, const json_t *row, const char *const *headers)
{
    OUTLINE_ROW(outline, headers, member_text(row, "id"), outline_or_nothing(member_text(row, "about")),
                outline_or_nothing(member_text(row, "reason")), outline_or_nothing(member_text(row, "by")));
}

static void confirmed_row(const Outline *outline, const json_t *note, const char *const *headers)
{
    const json_t *body = outline_at(note, "body");
    g_autofree char *at = outline_time(outline_at(note, "at"));
    g_autofree char *people = outline_count(member_count(body, "people"));
    g_autofree char *open = outline_count(member_count(body, "open"));
    g_autofree char *digest = g_strndup(member_text(body, "digest"), 16);

    OUTLINE_ROW(outline, headers, at, member_text(body, "by"), digest, people, open);
}

static void hold_row(const Outline *outline, const json_t *entry, const char *const *headers)
{
    const json_t *until = outline_at(entry, "until");
    g_autofree char *reason = reason_text(member_text(entry, "detail"));
    g_autofree char *at = outline_time(outline_at(entry, "at"));
    g_autofree char *end = json_is_string(until) ? outline_time(until) : g_strdup(_("not lifted"));

    g_autofree char *held = outline_held(member_text(entry, "name"));

    OUTLINE_ROW(outline, headers, held, outline_or_nothing(reason), outline_or_nothing(member_text(entry, "by")), at,
                end);
}

void outline_case_decisions(const Outline *outline)
{
    const char *const decisions[] = {_("decision"),  _("regime"), _("about"), _("ground"), _("by"),
                                     _("@taken at"), _("@until"), _("state"), NULL};
    const char *const decided[] = {_("reason"), _("by"), _("@last one at"), _("#people"), NULL};
    const char *const accepted[] = {_("finding"), _("about"), _("reason"), _("by"), NULL};
    const char *const confirmed[] = {_("@time"), _("by"), _("plan digest"), _("#people"), _("#messages to send"), NULL};
    const char *const holds[] = {_("on"), _("reason"), _("by"), _("@from"), _("@until"), NULL};
    const json_t *document = outline->document;
    json_auto_t *confirmations = outline_chosen(outline_at(document, "notes"), "body", "event", "confirmed");
    json_auto_t *brakes = outline_chosen(outline_at(document, "timeline"), NULL, "kind", "hold");

    outline_section(outline, "decisions", _("Decisions, approvals and holds"),
                    _("What people decided, on what ground, and who answers for it."));
    outline_list(outline, outline_at(document, "decisions"), _("Decisions not to tell a group, or to wait"), decisions,
                 decision_row, _("No decision not to tell a group, or to wait, is recorded."));
    outline_list(outline, outline_at(document, "decided"), _("Decisions not to tell single people, by reason"), decided,
                 decided_row, NULL);
    outline_paragraph(outline,
                      _("Approvals: none. This version of breach asks for no signature of a second person; what "
                        "it asks for is the confirmation of whoever sends."));
    outline_list(outline, confirmations, _("Confirmations before sending"), confirmed, confirmed_row,
                 _("No send was confirmed by a person: a rehearsal asks for none."));
    outline_list(outline, outline_at(document, "accepted_findings"), _("Findings that somebody let pass"), accepted,
                 accepted_row, _("No finding of the checks was let pass."));
    outline_list(outline, brakes, _("Holds: what a person stopped"), holds, hold_row, _("Nothing was held."));
    outline_section_end(outline);
}

/* Editions, announcement, work ------------------------------------------------------------------------------------ */

static void plan_row(const Outline *outline, const json_t *note, const char *const *headers)
{
    const json_t *body = outline_at(note, "body");
    g_autofree char *at = outline_time(outline_at(note, "at"));
    g_autofree char *edition = outline_count(member_count(body, "edition"));
    g_autofree char *generation = outline_count(member_count(body, "generation"));
    g_autofree char *people = outline_count(member_count(body, "people"));

    OUTLINE_ROW(outline, headers, at, edition, generation, people, member_text(body, "digest"));
}

void outline_case_editions(const Outline *outline)
{
    static const OutlineColumn columns[] = {{N_("told"), "delivered accepted"}, {N_("in doubt"), "in_doubt"},
                                            {N_("pending"), "pending"},         {N_("quarantined"), "quarantined"},
                                            {N_("withheld"), "withheld"},       {N_("unreachable"), "unreachable"}};
    const char *const headers[] = {_("@time"), _("#edition"), _("#plan"), _("#people"), _("plan digest"), NULL};
    const OutlineMatrix matrix = {.caption = _("People by edition"),
                                  .first = _("edition"),
                                  .key = "edition",
                                  .state = "told",
                                  .count = "people",
                                  .unnamed = "?"};
    json_auto_t *plans = outline_chosen(outline_at(outline->document, "notes"), "body", "event", "planned");

    outline_section(outline, "editions", _("Editions"),
                    _("The first notice is edition 1; each later one updates, corrects or withdraws it."));
    if (json_array_size(outline_at(outline->document, "editions")) > 0)
        outline_matrix(outline, outline_at(outline->document, "editions"), &matrix, columns, G_N_ELEMENTS(columns));
    outline_list(outline, plans, _("Plans: who gets what was frozen, and its digest"), headers, plan_row,
                 _("Nothing is planned yet."));
    outline_section_end(outline);
}

static void publication_row(const Outline *outline, const json_t *row, const char *const *headers)
{
    static const OutlineWord states[] = {{"publishing", N_("in doubt: it may have been published")},
                                         {"taken", N_("taken, not read back")},
                                         {"published", N_("published and read back")},
                                         {"refused", N_("refused")},
                                         {"withdrawn", N_("withdrawn")}};
    g_autofree char *at = outline_time(outline_at(row, "at"));
    g_autofree char *edition = outline_count(member_count(row, "edition"));
    g_autofree char *words = reason_text(member_text(row, "words"));

    OUTLINE_ROW(outline, headers, member_text(row, "gateway"), member_text(row, "locale"), edition,
                outline_words(states, G_N_ELEMENTS(states), member_text(row, "state")), at,
                outline_or_nothing(member_text(row, "url")), member_text(row, "digest"), outline_or_nothing(words));
}

void outline_case_announcement(const Outline *outline)
{
    const char *const headers[] = {
        _("place"),   _("language"),            _("#edition"),          _("state"), _("@time"),
        _("address"), _("SHA-256 of the text"), _("the latest answer"), NULL};

    outline_section(outline, "announcement", _("The public announcement"),
                    _("What everybody can read, where, and whether it was read back and is what was meant."));
    outline_list(outline, outline_at(outline->document, "announcement"), _("Announcements"), headers, publication_row,
                 _("Nothing was published from here."));
    outline_section_end(outline);
}

static void response_row(const Outline *outline, const json_t *step, const char *const *headers)
{
    static const OutlineWord states[] = {{"open", N_("open")}, {"started", N_("started")}, {"done", N_("done")}};
    const json_t *started = outline_at(step, "started_at"), *done = outline_at(step, "done_at");
    g_autofree char *from = json_is_string(started) ? outline_time(started) : g_strdup("–");
    g_autofree char *to = json_is_string(done) ? outline_time(done) : g_strdup("–");

    OUTLINE_ROW(outline, headers, language_text(member_text(step, "title")),
                outline_or_nothing(member_text(step, "owner")),
                outline_words(states, G_N_ELEMENTS(states), member_text(step, "state")), from, to);
}

static void inquiry_row(const Outline *outline, const json_t *inquiry, const char *const *headers)
{
    const json_t *due = outline_at(inquiry, "due"), *answered = outline_at(inquiry, "answered_at");
    g_autofree char *received = outline_time(outline_at(inquiry, "received_at"));
    g_autofree char *by = json_is_string(due) ? outline_time(due) : g_strdup("–");
    g_autofree char *at = json_is_string(answered) ? outline_time(answered) : g_strdup("–");

    OUTLINE_ROW(outline, headers, member_text(inquiry, "id"), member_text(inquiry, "kind"), received, by, at,
                json_is_true(outline_at(inquiry, "late")) ? _("late") : "");
}

void outline_case_work(const Outline *outline)
{
    const char *const steps[] = {_("step"), _("who sees to it"), _("state"), _("@started"), _("@done"), NULL};
    const char *const inquiries[] = {_("inquiry"),  _("kind"),   _("received"), _("@due"),
                                     _("answered"), _("remark"), NULL};

    outline_section(outline, "work", _("Response and inquiries"),
                    _("What was done about the incident itself, and who asked what of us."));
    outline_list(outline, outline_at(outline->document, "response"), _("Response steps of the playbook"), steps,
                 response_row, _("The playbook names no response steps."));
    outline_list(outline, outline_at(outline->document, "inquiries"), _("Inquiries of people and authorities"),
                 inquiries, inquiry_row, _("No inquiry is recorded."));
    outline_section_end(outline);
}
