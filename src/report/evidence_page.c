#include "report/evidence_page.h"

#include <stdarg.h>
#include <string.h>

#include "base/clock.h"
#include "base/language.h"
#include "base/member.h"
#include "report/evidence_private.h"
#include "report/page_html.h"
#include "report/reason.h"

/* In short -------------------------------------------------------------------------------------------------------- */

static int handed_over(const EvidencePack *pack)
{
    int sum = 0;

    for (int check = 0; check < EVIDENCE_CHECKS; check++)
        sum += pack->checks[check];
    return sum;
}

#define SOUND N_("%d of %d messages that were handed over were made again, octet for octet")
#define MIXED                                                                                                          \
    N_("%d of %d messages that were handed over were made again: %d octet for octet, %d (no mails) in their content")
#define OTHERS N_("; of the others no digest was recorded")
#define UNSOUND                                                                                                        \
    N_("NEEDS YOU: %d messages are not what was recorded when they were handed over, and %d papers are missing or "    \
       "changed")
#define DAMAGED                                                                                                        \
    N_("NEEDS YOU: the ledger was damaged or changed: %d records about this person cannot be read or are missing")
#define NOTHING N_("nothing was handed over for this person")

static char *told_words(bool english, const char *words, ...) G_GNUC_PRINTF(2, 3);

static char *told_words(bool english, const char *words, ...)
{
    va_list arguments;
    char *text;

    va_start(arguments, words);
    text = g_strdup_vprintf(english ? words : _(words), arguments);
    va_end(arguments);
    return text;
}

/* What contradicts the records. */
static char *unsound_verdict(const EvidencePack *pack, bool english)
{
    int wrong = pack->checks[EVIDENCE_OTHER] + pack->checks[EVIDENCE_UNMADE];
    g_autofree char *damaged = pack->records_lost > 0 ? told_words(english, DAMAGED, pack->records_lost) : NULL;
    g_autofree char *changed =
        wrong + pack->papers_lost > 0 ? told_words(english, UNSOUND, wrong, pack->papers_lost) : NULL;

    return g_strjoin("; ", damaged ? damaged : changed, damaged ? changed : NULL, NULL);
}

static char *sound_verdict(const EvidencePack *pack, bool english)
{
    int same = pack->checks[EVIDENCE_SAME];

    if (pack->same_content > 0)
        return told_words(english, MIXED, same, handed_over(pack), same - pack->same_content, pack->same_content);
    return told_words(english, SOUND, same, handed_over(pack));
}

char *evidence_verdict(const EvidencePack *pack, bool english)
{
    bool is_part = pack->checks[EVIDENCE_SAME] < handed_over(pack);
    g_autofree char *sound = NULL;

    if (!evidence_pack_is_sound(pack))
        return unsound_verdict(pack, english);
    if (handed_over(pack) == 0)
        return told_words(english, NOTHING);
    sound = sound_verdict(pack, english);
    return g_strconcat(sound, !is_part ? "" : english ? OTHERS : _(OTHERS), NULL);
}

const char *evidence_check_words(const EvidenceAttempt *attempt)
{
    static const char *const words[EVIDENCE_CHECKS] = {
        [EVIDENCE_SAME] = N_("the same, octet for octet"),
        [EVIDENCE_OTHER] = N_("NOT THE SAME: the records were changed since"),
        [EVIDENCE_UNRECORDED] = N_("cannot be checked: no digest was recorded"),
        [EVIDENCE_UNMADE] = N_("cannot be made again"),
    };

    if (!attempt->is_handed)
        return _("nothing left the house");
    if (*attempt->content && attempt->made_again.check == EVIDENCE_SAME)
        return _("the same content; what the gateway added to it is not made again");
    return _(words[attempt->made_again.check]);
}

static const char *const proof[] = {
    N_("Each message that was handed over to a mail server or a provider is here as it was handed over, unless its "
       "name says otherwise. It was made again from the text and the data that were frozen before the send, and its "
       "SHA-256 was compared with the one that was recorded in the moment of the send. Of one that names other people "
       "as well (.yours) there is what this person alone would have got."),
    N_("Of a mail (.eml) the digest sha256 is that of all octets, headers and all, as they were given to the mail "
       "server: every octet is proven."),
    N_("Of any other message (.json) the digest content is that of what the reader is told and where: channel, "
       "address, "
       "language, title, text. These words are proven. How a provider or a telephone showed them is not."),
    N_("The request to a provider that carried them held credentials, a time or a signature as well. It is not kept "
       "and "
       "not made again, so this folder proves nothing about its other octets. Its digest sha256 is recorded, and can "
       "be "
       "compared with the provider's log."),
    N_("Of an announcement the digest is that of its title, text and HTML, with a zero octet behind each: that these "
       "words "
       "were published and read back is proven. How a web site showed them is not."),
    N_("The answers of mail servers and providers are their own words, as they came, but for addresses and telephone "
       "numbers of other people (***)."),
    N_("Accepted means that a server took responsibility for the message (RFC 5321 6.1), delivered that a receipt says "
       "so. Neither proves that somebody has read it."),
    N_("The records themselves are held by the organisation. That nobody changed texts, data and digests together is "
       "not proven by this folder."),
};

static void put_proof(GString *html)
{
    page_html_section(html, "proof", _("What this proves, and what it does not"), NULL);
    g_string_append(html, "<ul>\n");
    for (size_t i = 0; i < G_N_ELEMENTS(proof); i++)
        page_html_element(html, "li", NULL, _(proof[i]));
    g_string_append(html, "</ul>\n</section>\n");
}

static void put_pair(GString *html, const char *name, const char *value)
{
    page_html_element(html, "dt", NULL, name);
    page_html_element(html, "dd", NULL, value);
}

static void put_summary(GString *html, const EvidencePack *pack, const EvidencePageFrame *frame)
{
    g_autofree char *made_at = clock_format_utc(frame->now);
    g_autofree char *verdict = evidence_verdict(pack, false);

    page_html_section(html, "short", _("In short"), NULL);
    g_string_append(html, "<dl>\n");
    put_pair(html, _("Person"), pack->person->id ? pack->person->id : "-");
    put_pair(html, _("How the person counts"), _(identity_told_name(pack->person->told)));
    put_pair(html, _("Incident"), frame->header->incident);
    put_pair(html, _("Organisation"), frame->organization);
    put_pair(html, _("Checked"), verdict);
    put_pair(html, _("Made at"), made_at);
    put_pair(html, _("Plan digest"), frame->header->digest);
    g_string_append(html, "</dl>\n");
    if (pack->withheld > 0)
        page_html_element(html, "p", NULL,
                          _("Something was shared with other people and says something about them. That was left out; "
                            "what was left out was checked all the same."));
    g_string_append(html, "</section>\n");
}

static void put_notices(GString *html, const EvidencePerson *person)
{
    const char *const headers[] = {_("Audience"), _("#Edition"), _("State"), _("Why"), NULL};

    page_html_section(html, "notices", _("Notices"), _("As whom this person is to be told, and what became of it."));
    page_html_table(html, _("Notices"), headers);
    for (guint i = 0; i < person->notices->len; i++) {
        const EvidenceNotice *notice = g_ptr_array_index(person->notices, i);
        const char *reason = notice->reason ? notice->reason : notice->ended;
        g_autofree char *edition = g_strdup_printf("%d", notice->edition);
        g_autofree char *why = reason ? reason_text(reason) : NULL;
        const char *const cells[] = {*notice->audience ? notice->audience : "-", edition,
                                     _(identity_told_name(notice->told)), why ? why : "", NULL};

        page_html_row(html, headers, cells);
    }
    page_html_table_end(html);
    g_string_append(html, "</section>\n");
}

/* Messages -------------------------------------------------------------------------------------------------------- */

static char *reply_words(int code, const char *enhanced, const char *reply)
{
    g_autofree char *number = code > 0 ? g_strdup_printf("%d ", code) : g_strdup("");

    return g_strconcat(number, enhanced ? enhanced : "", enhanced ? " " : "", reply ? reply : "", NULL);
}

static void put_attempt(GString *html, const char *const *headers, const EvidenceAttempt *attempt)
{
    g_autofree char *number = g_strdup_printf("%d", attempt->attempt);
    g_autofree char *made = attempt->made > 0 ? clock_format_utc(attempt->made) : g_strdup("-");
    g_autofree char *reply = reply_words(attempt->code, attempt->enhanced, attempt->reply);
    const char *const cells[] = {
        number, made, attempt->outcome ? _(attempt->outcome) : _("on its way"), reply, evidence_check_words(attempt),
        NULL};

    page_html_row(html, headers, cells);
}

static void put_letter(GString *html, const EvidenceLetter *letter)
{
    g_autofree char *words = g_strconcat(*letter->recorded ? letter->recorded : "", *letter->recorded ? ": " : "",
                                         evidence_letter_words(letter), NULL);

    put_pair(html, letter->file ? letter->file : "-", words);
}

/* Which file holds an attempt, and what sha256sum has to say of it. */
static void put_file(GString *html, const EvidenceAttempt *attempt)
{
    const char *digest = *attempt->content ? attempt->content : attempt->sha256;

    if (attempt->file)
        put_pair(html, attempt->file, *digest ? digest : "-");
    else if (*digest)
        put_pair(html, "-", digest);
    if (*attempt->content && *attempt->sha256)
        put_pair(html, _("the body of the request, which is not in this folder"), attempt->sha256);
    if (attempt->letter)
        put_letter(html, attempt->letter);
}

static void put_files(GString *html, const EvidenceItem *item)
{
    page_html_element(html, "p", NULL, _("Files, each with the SHA-256 of what was handed over:"));
    g_string_append(html, "<dl>\n");
    for (guint i = 0; i < item->attempts->len; i++)
        put_file(html, g_ptr_array_index(item->attempts, i));
    g_string_append(html, "</dl>\n");
}

static bool has_files(const EvidenceItem *item)
{
    for (guint i = 0; i < item->attempts->len; i++)
        if (((const EvidenceAttempt *)g_ptr_array_index(item->attempts, i))->is_handed)
            return true;
    return false;
}

static void put_texts(GString *html, const EvidenceItem *item)
{
    for (guint i = 0; i < item->attempts->len; i++) {
        const EvidenceAttempt *attempt = g_ptr_array_index(item->attempts, i);
        const EvidenceMade *made = &attempt->made_again;

        if (!made->text)
            continue;
        if (made->names_others)
            page_html_element(
                html, "p", NULL,
                _("This message was for several people and named others, so that it is shown here as this "
                  "person alone would have got it. What was handed over was made again and checked, and "
                  "is not in this folder."));
        if (made->title)
            page_html_element(html, "h4", NULL, made->title);
        page_html_element(html, "pre", NULL, made->text);
        return; /* attempts of one message differ in their date alone */
    }
}

static void put_item(GString *html, const EvidenceItem *item)
{
    const EvidenceMessage *message = item->message;
    const char *const headers[] = {_("Attempt"), _("Made"), _("Outcome"), _("Answer"), _("Check"), NULL};
    char number[ID_NUMBER_LENGTH + 1];
    g_autofree char *title = NULL;

    id_number(message->id, number);
    title = g_strdup_printf(_("Notice number %s: %s to %s"), number, message->channel, message->endpoint);
    page_html_element(html, "h3", NULL, title);
    g_free(title);
    title = g_strdup_printf(_("State: %s. Message id: %s. Gateway: %s."), _(message_state_name(message->state)),
                            message->id, message->gateway);
    page_html_element(html, "p", NULL, title);
    if (message->was_in_doubt)
        page_html_element(html, "p", NULL,
                          message->twice ? _("It was in doubt, and two copies of it were accepted.")
                                         : _("It was in doubt for a time whether it had been accepted."));
    page_html_table(html, _("Attempts"), headers);
    for (guint i = 0; i < item->attempts->len; i++)
        put_attempt(html, headers, g_ptr_array_index(item->attempts, i));
    page_html_table_end(html);
    if (has_files(item))
        put_files(html, item);
    put_texts(html, item);
}

static void put_items(GString *html, const EvidencePack *pack)
{
    page_html_section(html, "messages", _("Messages"), _("What was sent, as it was handed over."));
    if (pack->items->len == 0)
        page_html_element(html, "p", NULL, _("There is no message for this person."));
    for (guint i = 0; i < pack->items->len; i++)
        put_item(html, g_ptr_array_index(pack->items, i));
    g_string_append(html, "</section>\n");
}

/* What happened --------------------------------------------------------------------------------------------------- */

/* What an event is called; those of messages have names that can be read. */
static const char *event_name(const char *event)
{
    static const struct {
        const char *name, *words;
    } table[] = {{"adopted", N_("a copied state folder was adopted")},
                 {"announcement_published", N_("the announcement was published")},
                 {"announcement_withdrawn", N_("the announcement was withdrawn")},
                 {"climbed", N_("went on to another channel")},
                 {"confirmed", N_("a person confirmed the send")},
                 {"decided", N_("a person decided")},
                 {"held", N_("a hold began")},
                 {"inbox_refused", N_("a report was not believed, or fitted no message")},
                 {"ladder_ended", N_("no channel is left")},
                 {"lifted", N_("a hold was lifted")},
                 {"mail", N_("a mail came in")}};

    for (size_t i = 0; i < G_N_ELEMENTS(table); i++)
        if (strcmp(table[i].name, event) == 0)
            return _(table[i].words);
    return _(event);
}

/* What is said of an event that has no reply: where it was published, why it was held or decided. */
static char *event_words(const json_t *body)
{
    static const char *const keys[] = {"reply", "reason", "url", "decision"};
    int code = (int)json_integer_value(json_object_get(body, "code"));
    const char *enhanced = json_string_value(json_object_get(body, "enhanced"));

    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
        if (*member_text(body, keys[i]))
            return reply_words(code, enhanced, member_text(body, keys[i]));
    return reply_words(code, enhanced, NULL);
}

static void put_events(GString *html, const EvidencePack *pack)
{
    const char *const headers[] = {_("Time"), _("Event"), _("Message"), _("Words"), _("By"), _("#Record"), NULL};

    page_html_section(html, "events", _("What happened"),
                      _("Every event about this person, and those about everybody: plans, holds, publications."));
    page_html_table(html, _("What happened"), headers);
    for (guint i = 0; i < pack->lines->len; i++) {
        const EvidenceLine *line = g_ptr_array_index(pack->lines, i);
        g_autofree char *at = clock_format_utc(line->at);
        g_autofree char *words = event_words(line->body);
        g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT, line->no);
        const char *const cells[] = {at,
                                     event_name(member_text(line->body, "event")),
                                     member_text(line->body, "message"),
                                     words,
                                     member_text(line->body, "by"),
                                     number,
                                     NULL};

        page_html_row(html, headers, cells);
    }
    page_html_table_end(html);
    g_string_append(html, "</section>\n");
}

static void put_papers(GString *html, const EvidencePack *pack)
{
    static const char *const words[EVIDENCE_PAPER_STATES] = {
        [EVIDENCE_PAPER_HERE] = N_("in this folder"),
        [EVIDENCE_PAPER_MISSING] = N_("MISSING: it is no longer where it was kept"),
        [EVIDENCE_PAPER_CHANGED] = N_("CHANGED: it is not the mail that was recorded"),
        [EVIDENCE_PAPER_WITHHELD] = N_("left out: it says something about other people"),
    };
    if (pack->papers->len == 0)
        return;
    page_html_section(html, "papers", _("Mails that came back"), NULL);
    g_string_append(html, "<dl>\n");
    for (guint i = 0; i < pack->papers->len; i++) {
        const EvidencePaper *paper = g_ptr_array_index(pack->papers, i);

        put_pair(html, _(words[paper->state]), paper->file ? paper->file : paper->digest);
    }
    g_string_append(html, "</dl>\n");
    g_string_append(html, "</section>\n");
}

static void put_published(GString *html, const EvidencePack *pack)
{
    if (pack->published->len == 0)
        return;
    page_html_section(html, "published", _("What was published for everybody"), NULL);
    for (guint i = 0; i < pack->published->len; i++) {
        const EvidencePublished *published = g_ptr_array_index(pack->published, i);
        g_autofree char *title =
            g_strdup_printf(_("Announcement in %s, edition %d"), published->locale, published->edition);

        page_html_element(html, "h3", NULL, title);
        page_html_element(html, "p", NULL, evidence_published_words(published->state));
        g_string_append(html, "<dl>\n");
        put_pair(html, published->file ? published->file : "-", published->digest);
        g_string_append(html, "</dl>\n");
        if (published->file) {
            page_html_element(html, "h4", NULL, published->title);
            page_html_element(html, "pre", NULL, published->text);
        }
    }
    g_string_append(html, "</section>\n");
}

/* How to verify --------------------------------------------------------------------------------------------------- */

static const char *const steps[] = {
    N_("In this folder type: sha256sum -c SHA256SUMS. Every line must say OK. Then type: sha256sum SHA256SUMS. If that "
       "is what was noted when the folder was made, nothing in it was changed since."),
    N_("For a message type: sha256sum FILE. The result must be the SHA-256 beside that file in index.html, which is "
       "the member sha256 (of a message that is no mail: content) of its event in events.jsonl. Files with .yours, "
       ".unproven or .other in their names are not what was handed over, and have no such digest."),
    N_("A line of events.jsonl is an event as it stands in the records, without names of the staff and without what "
       "they typed about more than this person. Its member sha256 is that of the whole event; its number is no. "
       "Whoever has the ledger compares it with: sqlite3 ledger.db \"SELECT body FROM event WHERE no = NUMBER\" | tr "
       "-d '\\n' | sha256sum."),
};

static void put_steps(GString *html)
{
    page_html_section(html, "verify", _("How to verify it"), _("With sha256sum alone, which every Linux has."));
    g_string_append(html, "<ol>\n");
    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++)
        page_html_element(html, "li", NULL, _(steps[i]));
    g_string_append(html, "</ol>\n</section>\n");
}

char *evidence_page(const EvidencePack *pack, const EvidencePageFrame *frame)
{
    GString *html = g_string_new(NULL);

    page_html_head(html, &(PageHtml){.title = _("Evidence: what one person was sent, and what became of it"),
                                     .subtitle = frame->organization,
                                     .status = frame->header->status});
    put_summary(html, pack, frame);
    put_proof(html);
    put_notices(html, pack->person);
    put_items(html, pack);
    put_papers(html, pack);
    put_published(html, pack);
    put_events(html, pack);
    put_steps(html);
    page_html_foot(html, _("It holds personal data of one person: hand it to nobody else."));
    return g_string_free(html, FALSE);
}

char *evidence_readme(const EvidencePack *pack, const EvidencePageFrame *frame)
{
    bool is_exercise = frame->header->status == INCIDENT_EXERCISE;
    g_autofree char *verdict = evidence_verdict(pack, false);
    g_autofree char *made_at = clock_format_utc(frame->now);
    GString *text = g_string_new(NULL);

    g_string_append_printf(text, _("%s\n\n%s\n%s: %s\n%s: %s\n%s: %s\n\n"), is_exercise ? _("EXERCISE") : _("ACTUAL"),
                           _("Evidence: what one person was sent, and what became of it"), _("Incident"),
                           frame->header->incident, _("Made at"), made_at, _("Checked"), verdict);
    if (*frame->suffix)
        g_string_append_printf(text, _("Decrypt every file that ends in %s first.\n\n"), frame->suffix);
    g_string_append_printf(text, "%s\n", _("How to verify it"));
    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++)
        g_string_append_printf(text, "%zu. %s\n", i + 1, _(steps[i]));
    g_string_append_printf(text, "\n%s\n", _("What this proves, and what it does not"));
    for (size_t i = 0; i < G_N_ELEMENTS(proof); i++)
        g_string_append_printf(text, "- %s\n", _(proof[i]));
    return g_string_free(text, FALSE);
}
