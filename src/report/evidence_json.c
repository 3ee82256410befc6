/* The evidence of one person as a document: schema breach.evidence/1, docs/schema/evidence.json. */
#include "report/clock_json.h"
#include "report/evidence_private.h"

static json_t *text_or_null(const char *text)
{
    return text && *text ? json_string(text) : json_null();
}

static json_t *letter_json(const EvidenceLetter *letter)
{
    if (!letter)
        return json_null();
    return json_pack("{s:s, s:o, s:o, s:o}", "check", evidence_check_name(letter->check), "sha256",
                     text_or_null(letter->recorded), "file", text_or_null(letter->file), "why",
                     text_or_null(letter->why));
}

static json_t *attempt_json(const EvidenceAttempt *attempt)
{
    const EvidenceMade *made = &attempt->made_again;

    return json_pack("{s:i, s:o, s:o, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:o, s:o, s:I, s:o}", "attempt",
                     attempt->attempt, "at", clock_json_at(attempt->at), "made", clock_json_at(attempt->made),
                     "handed_over", attempt->is_handed, "sha256", text_or_null(attempt->sha256), "content",
                     text_or_null(attempt->content), "outcome", text_or_null(attempt->outcome), "code",
                     attempt->code ? json_integer(attempt->code) : json_null(), "enhanced",
                     text_or_null(attempt->enhanced), "reply", text_or_null(attempt->reply), "check",
                     attempt->is_handed ? json_string(evidence_check_name(made->check)) : json_null(), "names_others",
                     made->names_others, "file", text_or_null(attempt->file), "why", text_or_null(made->why), "text",
                     (json_int_t)attempt->text, "letter", letter_json(attempt->letter));
}

static json_t *item_json(const EvidenceItem *item)
{
    const EvidenceMessage *message = item->message;
    json_t *attempts = json_array();
    char number[ID_NUMBER_LENGTH + 1];

    id_number(message->id, number);
    for (guint i = 0; i < item->attempts->len; i++)
        json_array_append_new(attempts, attempt_json(g_ptr_array_index(item->attempts, i)));
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:b, s:s, s:s, s:b, s:b, s:I, s:o}", "id", message->id,
                     "number", number, "audience", message->audience, "channel", message->channel, "locale",
                     message->locale, "gateway", message->gateway, "edition", message->edition, "is_update",
                     message->is_update, "endpoint", message->endpoint, "state", message_state_name(message->state),
                     "was_in_doubt", message->was_in_doubt, "twice", message->twice, "others",
                     (json_int_t)item->people - 1, "attempts", attempts);
}

static json_t *notices_json(const EvidencePerson *person)
{
    json_t *notices = json_array();

    for (guint i = 0; i < person->notices->len; i++) {
        const EvidenceNotice *notice = g_ptr_array_index(person->notices, i);

        json_array_append_new(notices,
                              json_pack("{s:s, s:i, s:s, s:o, s:o, s:o, s:i}", "audience", notice->audience, "edition",
                                        notice->edition, "told", identity_told_name(notice->told), "reason",
                                        text_or_null(notice->reason), "ladder", text_or_null(notice->ladder), "ended",
                                        text_or_null(notice->ended), "rung", notice->rung));
    }
    return notices;
}

static json_t *papers_json(const EvidencePack *pack)
{
    json_t *papers = json_array();

    for (guint i = 0; i < pack->papers->len; i++) {
        const EvidencePaper *paper = g_ptr_array_index(pack->papers, i);

        json_array_append_new(papers, json_pack("{s:s, s:s, s:o}", "sha256", paper->digest, "state",
                                                evidence_paper_name(paper->state), "file", text_or_null(paper->file)));
    }
    return papers;
}

static json_t *published_json(const EvidencePack *pack)
{
    json_t *all = json_array();

    for (guint i = 0; i < pack->published->len; i++) {
        const EvidencePublished *published = g_ptr_array_index(pack->published, i);

        json_array_append_new(all, json_pack("{s:s, s:i, s:s, s:s, s:o}", "locale", published->locale, "edition",
                                             published->edition, "sha256", published->digest, "state",
                                             evidence_published_name(published->state), "file",
                                             text_or_null(published->file)));
    }
    return all;
}

static json_t *checks_json(const EvidencePack *pack)
{
    json_t *checks = json_object();

    for (int check = 0; check < EVIDENCE_CHECKS; check++)
        json_object_set_new(checks, evidence_check_name((EvidenceCheck)check), json_integer(pack->checks[check]));
    json_object_set_new(checks, "same_content", json_integer(pack->same_content));
    json_object_set_new(checks, "records_lost", json_integer(pack->records_lost));
    json_object_set_new(checks, "papers_lost", json_integer(pack->papers_lost));
    json_object_set_new(checks, "withheld", json_integer(pack->withheld));
    return checks;
}

json_t *evidence_pack_json(const EvidencePack *pack, const LedgerHeader *header, int64_t now)
{
    const EvidencePerson *person = pack->person;
    json_t *messages = json_array();

    for (guint i = 0; i < pack->items->len; i++)
        json_array_append_new(messages, item_json(g_ptr_array_index(pack->items, i)));
    return json_pack("{s:s, s:s, s:s, s:o, s:{s:s, s:i, s:i, s:I}, s:s?, s:I, s:I, s:s, s:o, s:o, s:o, s:o, s:o, s:i}",
                     "schema", "breach.evidence/1", "incident", header->incident, "status",
                     playbook_status_name(header->status), "made_at", clock_json_at(now), "ledger", "digest",
                     header->digest, "generation", header->generation, "edition", header->edition, "people",
                     (json_int_t)header->people, "person", person->id, "person_number", (json_int_t)person->no, "row",
                     (json_int_t)person->row, "told", identity_told_name(person->told), "notices", notices_json(person),
                     "messages", messages, "papers", papers_json(pack), "published", published_json(pack), "checks",
                     checks_json(pack), "events", (int)pack->lines->len);
}
