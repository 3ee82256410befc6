#include "report/evidence_pack.h"

#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/member.h"
#include "ledger/ledger_account.h"
#include "model/moment.h"
#include "report/discreet.h"
#include "report/evidence_private.h"

#define PAPER_MOST ((size_t)64 * 1024 * 1024)

/* Owning ---------------------------------------------------------------------------------------------------------- */

static void free_attempt(gpointer data)
{
    EvidenceAttempt *attempt = data;

    g_free(attempt->outcome);
    g_free(attempt->enhanced);
    g_free(attempt->reply);
    g_free(attempt->file);
    evidence_made_clear(&attempt->made_again);
    evidence_letter_free(attempt->letter);
    g_free(attempt);
}

static void free_item(gpointer data)
{
    EvidenceItem *item = data;

    g_ptr_array_unref(item->attempts);
    g_free(item);
}

static void free_line(gpointer data)
{
    EvidenceLine *line = data;

    json_decref(line->body);
    g_free(line);
}

static void free_paper(gpointer data)
{
    EvidencePaper *paper = data;

    g_free(paper->bytes);
    g_free(paper->file);
    g_free(paper);
}

void evidence_pack_free(EvidencePack *pack)
{
    if (!pack)
        return;
    evidence_person_free(pack->person);
    g_ptr_array_unref(pack->items);
    g_ptr_array_unref(pack->lines);
    g_ptr_array_unref(pack->papers);
    g_ptr_array_unref(pack->published);
    g_free(pack);
}

bool evidence_pack_is_sound(const EvidencePack *pack)
{
    return pack->checks[EVIDENCE_OTHER] == 0 && pack->checks[EVIDENCE_UNMADE] == 0 && pack->papers_lost == 0 &&
           pack->records_lost == 0;
}

const char *evidence_paper_name(EvidencePaperState state)
{
    static const char *const names[EVIDENCE_PAPER_STATES] = {[EVIDENCE_PAPER_HERE] = "here",
                                                             [EVIDENCE_PAPER_MISSING] = "missing",
                                                             [EVIDENCE_PAPER_CHANGED] = "changed",
                                                             [EVIDENCE_PAPER_WITHHELD] = "withheld"};

    return names[state];
}

/* Attempts -------------------------------------------------------------------------------------------------------- */

static EvidenceItem *item_of(const EvidencePack *pack, int64_t message)
{
    for (guint i = 0; i < pack->items->len; i++) {
        EvidenceItem *item = g_ptr_array_index(pack->items, i);

        if (item->message->no == message)
            return item;
    }
    return NULL;
}

static EvidenceAttempt *attempt_of(EvidenceItem *item, int number)
{
    EvidenceAttempt *attempt;

    for (guint i = 0; i < item->attempts->len; i++) {
        attempt = g_ptr_array_index(item->attempts, i);
        if (attempt->attempt == number)
            return attempt;
    }
    attempt = g_new0(EvidenceAttempt, 1);
    attempt->attempt = number;
    g_ptr_array_add(item->attempts, attempt);
    return attempt;
}

static void take_digest(const json_t *body, const char *key, char hex[DIGEST_HEX_SIZE])
{
    const char *digest = member_text(body, key);

    if (strlen(digest) == DIGEST_HEX_SIZE - 1)
        g_strlcpy(hex, digest, DIGEST_HEX_SIZE);
}

static void take_handed(EvidenceAttempt *attempt, const json_t *body)
{
    Moment made;

    take_digest(body, "sha256", attempt->sha256);
    take_digest(body, "content", attempt->content);
    if (moment_parse(member_text(body, "made"), &made, NULL))
        attempt->made = made.at;
    attempt->is_handed = true;
}

/* Whether something may have left the house that no digest was recorded of. Since they are, what was refused or put off
 * without one was so before it was handed over; what was taken or is in doubt lost its digest in a power cut. */
static bool may_have_left(const char *outcome, bool is_digested)
{
    static const char *const never[] = {"returned", "quarantined", NULL};
    static const char *const perhaps[] = {"accepted", "delivered", "doubted", NULL};

    return is_digested ? g_strv_contains(perhaps, outcome) : !g_strv_contains(never, outcome);
}

/* What an attempt ended with, as the first event after it says. */
static void take_outcome(EvidenceAttempt *attempt, const EvidenceLine *line, const GPtrArray *plans)
{
    const json_t *body = line->body;

    attempt->at = line->at;
    attempt->outcome = g_strdup(member_text(body, "event"));
    attempt->code = (int)json_integer_value(json_object_get(body, "code"));
    attempt->enhanced = g_strdup(json_string_value(json_object_get(body, "enhanced")));
    attempt->reply = g_strdup(json_string_value(json_object_get(body, "reply")));
    attempt->text = json_integer_value(json_object_get(body, "text"));
    if (may_have_left(attempt->outcome, evidence_plans_digest(plans, line->at)))
        attempt->is_handed = true;
}

/* What a gateway took has an event that says so: each claim is ended by one. */
static bool has_lost_its_events(const EvidenceItem *item)
{
    MessageState state = item->message->state;

    return item->message->attempt > 0 && item->attempts->len == 0 &&
           (state == MESSAGE_ACCEPTED || state == MESSAGE_DELIVERED || state == MESSAGE_BOUNCED);
}

static void count_lost(EvidencePack *pack)
{
    for (guint i = 0; i < pack->items->len; i++)
        pack->records_lost += has_lost_its_events(g_ptr_array_index(pack->items, i)) ? 1 : 0;
}

static void add_attempts(EvidencePack *pack, const GPtrArray *plans)
{
    for (guint i = 0; i < pack->lines->len; i++) {
        const EvidenceLine *line = g_ptr_array_index(pack->lines, i);
        EvidenceItem *item = line->message ? item_of(pack, line->message) : NULL;
        int number = (int)json_integer_value(json_object_get(line->body, "attempt"));
        EvidenceAttempt *attempt;

        if (!item || number < 1)
            continue;
        attempt = attempt_of(item, number);
        if (json_object_get(line->body, "sha256") || json_object_get(line->body, "content"))
            take_handed(attempt, line->body);
        if (!attempt->outcome && strcmp(member_text(line->body, "from"), "attempting") == 0)
            take_outcome(attempt, line, plans);
    }
}

/* Making again ---------------------------------------------------------------------------------------------------- */

typedef struct Making {
    EvidencePack *pack;
    const EvidenceSource *source;
    RenderScratch *scratch; /* owned */
    GHashTable *texts;      /* owned; text version -> RenderText */
    GPtrArray *plans;       /* owned; of EvidencePlan *: what each plan froze of the gateways */
} Making;

static const RenderText *text_of(Making *making, int64_t no, GError **error)
{
    RenderText *text = g_hash_table_lookup(making->texts, &no);
    g_autofree char *body = NULL;

    if (text)
        return text;
    body = ledger_text(making->source->ledger, no, error);
    text = body ? render_text_new(body, error) : NULL;
    if (text)
        g_hash_table_insert(making->texts, g_memdup2(&no, sizeof no), text);
    return text;
}

/* Names of files tell which message and which attempt, and nothing about the person. */
static char *name_of(const EvidenceItem *item, const EvidenceAttempt *attempt, EvidenceCheck check, const char *suffix)
{
    static const char *const kinds[EVIDENCE_CHECKS] = {
        [EVIDENCE_SAME] = "", [EVIDENCE_OTHER] = ".other", [EVIDENCE_UNRECORDED] = ".unproven", [EVIDENCE_UNMADE] = ""};
    const char *kind = attempt->made_again.names_others ? ".yours" : kinds[check];

    return g_strdup_printf("messages/%s.%d%s.%s", item->message->id, attempt->attempt, kind, suffix);
}

static void count_check(EvidencePack *pack, const EvidenceMade *made, bool is_mail)
{
    pack->checks[made->check]++;
    pack->same_content += made->check == EVIDENCE_SAME && !is_mail ? 1 : 0;
    pack->withheld += made->names_others ? 1 : 0;
}

static void make_letter(const Making *making, const EvidenceMaking *request, const EvidenceItem *item,
                        EvidenceAttempt *attempt)
{
    const Gateway *gateway = making->source->letter;

    if (!gateway || strcmp(gateway->name, item->message->gateway) != 0)
        return;
    attempt->letter = evidence_letter_new(request, gateway, attempt->reply);
    if (attempt->letter->octets)
        attempt->letter->file = name_of(item, attempt, attempt->letter->check, "pdf");
}

static bool make_attempt(Making *making, EvidenceItem *item, EvidenceAttempt *attempt, GError **problem)
{
    const EvidenceMessage *message = item->message;
    int64_t at = attempt->made > 0 ? attempt->made : attempt->at;
    const json_t *gateway = evidence_plan_gateway(making->plans, at, message->gateway, message->channel);
    bool is_mail = *attempt->content ? false : evidence_plan_is_mail(gateway, message->channel);
    g_auto(EvidenceServed) served = {0};
    g_autoptr(GError) error = NULL;
    EvidenceMaking request = {.text = text_of(making, attempt->text > 0 ? attempt->text : message->text, &error),
                              .scratch = making->scratch,
                              .gateway = gateway,
                              .id = message->id,
                              .endpoint = message->endpoint,
                              .at = at,
                              .sha256 = attempt->sha256,
                              .content = attempt->content,
                              .is_mail = is_mail};

    if (!ledger_evidence_served(making->source->ledger, message->no, making->pack->person->no, at, &served, problem))
        return false;
    request.people = (const char *const *)served.people;
    request.own = served.own;
    if (request.text && served.own)
        evidence_make(&request, &attempt->made_again);
    else
        attempt->made_again = (EvidenceMade){
            .check = EVIDENCE_UNMADE, .why = g_strdup(error ? error_english(error) : "the person's data is missing")};
    count_check(making->pack, &attempt->made_again, is_mail);
    if (!attempt->made_again.octets)
        return true;
    attempt->file = name_of(item, attempt, attempt->made_again.check, is_mail ? "eml" : "json");
    if (strcmp(member_text(gateway, "kind"), "letter") == 0)
        make_letter(making, &request, item, attempt);
    return true;
}

static bool make_item(Making *making, EvidenceItem *item, GError **error)
{
    g_auto(EvidenceServed) served = {0};
    bool made = ledger_evidence_served(making->source->ledger, item->message->no, 0, INT64_MAX, &served, error);

    item->people = served.count;
    for (guint i = 0; i < item->attempts->len && made; i++) {
        EvidenceAttempt *attempt = g_ptr_array_index(item->attempts, i);

        made = !attempt->is_handed || make_attempt(making, item, attempt, error);
    }
    return made;
}

static void free_text(gpointer data)
{
    render_text_free(data);
}

static bool make_all(EvidencePack *pack, const EvidenceSource *source, GPtrArray *plans, GError **error)
{
    Making making = {.pack = pack,
                     .source = source,
                     .scratch = render_scratch_new(),
                     .texts = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, free_text),
                     .plans = plans};
    bool made = true;

    for (guint i = 0; i < pack->items->len && made; i++)
        made = make_item(&making, g_ptr_array_index(pack->items, i), error);
    render_scratch_free(making.scratch);
    g_hash_table_unref(making.texts);
    return made;
}

/* What a member of the staff typed about a message that several people share may name the others. */
static void leave_out_typed(EvidencePack *pack)
{
    for (guint i = 0; i < pack->lines->len; i++) {
        const EvidenceLine *line = g_ptr_array_index(pack->lines, i);
        const EvidenceItem *item = line->message ? item_of(pack, line->message) : NULL;

        if (item && item->people > 1 && *member_text(line->body, "by") && *member_text(line->body, "reply"))
            json_object_set_new(line->body, "reply", json_string(DISCREET_HIDDEN));
    }
}

/* Papers ---------------------------------------------------------------------------------------------------------- */

static bool is_known(const EvidencePack *pack, const char *digest)
{
    for (guint i = 0; i < pack->papers->len; i++)
        if (strcmp(((const EvidencePaper *)g_ptr_array_index(pack->papers, i))->digest, digest) == 0)
            return true;
    return false;
}

static void add_papers(EvidencePack *pack)
{
    for (guint i = 0; i < pack->lines->len; i++) {
        const EvidenceLine *line = g_ptr_array_index(pack->lines, i);
        const char *digest = member_text(line->body, "evidence");
        EvidencePaper *paper;

        if (strlen(digest) != DIGEST_HEX_SIZE - 1 || strspn(digest, "0123456789abcdef") != DIGEST_HEX_SIZE - 1 ||
            is_known(pack, digest))
            continue;
        paper = g_new0(EvidencePaper, 1);
        g_strlcpy(paper->digest, digest, sizeof paper->digest);
        g_ptr_array_add(pack->papers, paper);
    }
}

/* A message that says something about others comes back with what it says. */
static bool is_about_others(const EvidencePack *pack, int64_t message)
{
    const EvidenceItem *item = item_of(pack, message);

    for (guint i = 0; item && i < item->attempts->len; i++)
        if (((const EvidenceAttempt *)g_ptr_array_index(item->attempts, i))->made_again.names_others)
            return true;
    return !item;
}

/* The message that an event is about: one is named by its id where a mail changed nothing. */
static int64_t message_of(const EvidencePack *pack, int64_t message, const json_t *body)
{
    for (guint i = 0; message == 0 && i < pack->items->len; i++) {
        const EvidenceMessage *own = ((const EvidenceItem *)g_ptr_array_index(pack->items, i))->message;

        if (strcmp(own->id, member_text(body, "message")) == 0)
            message = own->no;
    }
    return message;
}

static void look_for_others(int64_t no, int64_t at, int64_t message, const char *text, void *user)
{
    EvidencePack *pack = user;
    json_auto_t *body = json_loads(text, 0, NULL);
    const char *digest = member_text(body, "evidence");

    (void)no, (void)at;
    for (guint i = 0; i < pack->papers->len; i++) {
        EvidencePaper *paper = g_ptr_array_index(pack->papers, i);

        if (strcmp(paper->digest, digest) == 0 && is_about_others(pack, message_of(pack, message, body)))
            paper->state = EVIDENCE_PAPER_WITHHELD;
    }
}

static void read_paper(EvidencePaper *paper, const char *folder)
{
    g_autofree char *name = g_strconcat(paper->digest, ".eml", NULL);
    g_autofree char *path = g_build_filename(folder, "mail", name, NULL);
    uint8_t digest[DIGEST_SIZE];
    char hex[DIGEST_HEX_SIZE];

    paper->bytes = file_read(path, PAPER_MOST, &paper->size, NULL);
    if (!paper->bytes) {
        paper->state = EVIDENCE_PAPER_MISSING;
        return;
    }
    digest_sha256(paper->bytes, paper->size, digest);
    digest_hex(digest, hex);
    paper->state = strcmp(hex, paper->digest) == 0 ? EVIDENCE_PAPER_HERE : EVIDENCE_PAPER_CHANGED;
    if (paper->state == EVIDENCE_PAPER_HERE)
        paper->file = g_strconcat("mail/", name, NULL);
}

/* What stays out is checked as well. */
static void withhold(EvidencePack *pack, EvidencePaper *paper)
{
    pack->withheld++;
    if (paper->state != EVIDENCE_PAPER_HERE)
        return;
    paper->state = EVIDENCE_PAPER_WITHHELD;
    g_clear_pointer(&paper->bytes, g_free);
    g_clear_pointer(&paper->file, g_free);
}

static void read_papers_of(EvidencePack *pack, EvidenceOwn *own, const char *folder)
{
    for (guint i = 0; i < pack->papers->len; i++) {
        EvidencePaper *paper = g_ptr_array_index(pack->papers, i);
        bool is_withheld = paper->state == EVIDENCE_PAPER_WITHHELD;

        read_paper(paper, folder);
        if (is_withheld || (paper->bytes && evidence_mail_names_others(own, paper->bytes, paper->size)))
            withhold(pack, paper);
        pack->papers_lost += paper->state == EVIDENCE_PAPER_MISSING || paper->state == EVIDENCE_PAPER_CHANGED;
    }
}

static bool read_papers(EvidencePack *pack, Ledger *ledger, const char *folder, GError **error)
{
    EvidenceOwn *own;

    add_papers(pack);
    if (pack->papers->len > 0 && !ledger_evidence_papers(ledger, look_for_others, pack, error))
        return false;
    own = evidence_own_new(pack->person);
    read_papers_of(pack, own, folder);
    evidence_own_free(own);
    return true;
}

static void add_published(EvidencePack *pack, const char *folder)
{
    for (guint i = 0; i < pack->lines->len; i++)
        evidence_published_add(pack->published, ((const EvidenceLine *)g_ptr_array_index(pack->lines, i))->body,
                               folder);
    for (guint i = 0; i < pack->published->len; i++)
        pack->papers_lost +=
            ((const EvidencePublished *)g_ptr_array_index(pack->published, i))->state == EVIDENCE_PUBLISHED_CHANGED;
}

/* Collecting ------------------------------------------------------------------------------------------------------ */

static bool read_person(EvidencePack *pack, Ledger *ledger, int64_t no, GError **error)
{
    g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof no);
    g_autoptr(GPtrArray) people = NULL;

    g_array_append_val(numbers, no);
    people = ledger_evidence_people(ledger, numbers, error);
    if (!people)
        return false;
    pack->person = g_ptr_array_steal_index(people, 0);
    for (guint i = 0; i < pack->person->messages->len; i++) {
        EvidenceItem *item = g_new0(EvidenceItem, 1);

        item->message = g_ptr_array_index(pack->person->messages, i);
        item->attempts = g_ptr_array_new_with_free_func(free_attempt);
        g_ptr_array_add(pack->items, item);
    }
    return true;
}

static bool collect(EvidencePack *pack, const EvidenceSource *source, int64_t person, GError **error)
{
    Ledger *ledger = source->ledger;
    g_autoptr(GPtrArray) plans = evidence_plans_new();

    if (!read_person(pack, ledger, person, error) || !evidence_lines_read(pack, ledger, plans, error))
        return false;
    add_attempts(pack, plans);
    count_lost(pack);
    evidence_plans_latest(plans, ledger_header(ledger));
    if (!make_all(pack, source, plans, error))
        return false;
    leave_out_typed(pack);
    add_published(pack, source->folder);
    return read_papers(pack, ledger, source->folder, error);
}

/* All of it is of one moment. */
static bool collect_at_once(EvidencePack *pack, const EvidenceSource *source, int64_t person, GError **error)
{
    bool collected;

    if (!ledger_snapshot(source->ledger, error))
        return false;
    collected = collect(pack, source, person, error);
    ledger_snapshot_end(source->ledger);
    return collected;
}

EvidencePack *evidence_pack_collect(const EvidenceSource *source, int64_t person, GError **error)
{
    EvidencePack *pack = g_new0(EvidencePack, 1);

    pack->items = g_ptr_array_new_with_free_func(free_item);
    pack->lines = g_ptr_array_new_with_free_func(free_line);
    pack->papers = g_ptr_array_new_with_free_func(free_paper);
    pack->published = evidence_published_new();
    if (collect_at_once(pack, source, person, error))
        return pack;
    evidence_pack_free(pack);
    return NULL;
}
