#include "report/evidence_sample.h"

#include <string.h>

#include "base/clock.h"
#include "channel/hand_over.h"
#include "ledger/ledger_account.h"
#include "model/address.h"
#include "report/clock_json.h"
#include "report/evidence_private.h"

void evidence_sample_rank(const char *seed, int64_t person, uint8_t rank[DIGEST_SIZE])
{
    char digits[24];

    g_snprintf(digits, sizeof digits, "%" G_GINT64_FORMAT, person);
    digest_hmac(seed, strlen(seed), digits, strlen(digits), rank);
}

/* Drawing --------------------------------------------------------------------------------------------------------- */

typedef struct Pick {
    uint8_t rank[DIGEST_SIZE];
    int64_t person;
} Pick;

typedef struct Drawing {
    const char *seed;
    size_t size;
    int64_t population;
    GArray *picks; /* of Pick, by rank; `size` at most */
} Drawing;

/* Where a rank belongs among those that are drawn so far. */
static guint place_of(const Drawing *drawing, const uint8_t rank[DIGEST_SIZE])
{
    guint low = 0, high = drawing->picks->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (memcmp(g_array_index(drawing->picks, Pick, middle).rank, rank, DIGEST_SIZE) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool draw_one(int64_t no, void *user)
{
    Drawing *drawing = user;
    Pick pick = {.person = no};
    guint place;

    drawing->population++;
    evidence_sample_rank(drawing->seed, no, pick.rank);
    place = place_of(drawing, pick.rank);
    if (place >= drawing->size)
        return true;
    g_array_insert_val(drawing->picks, place, pick);
    if (drawing->picks->len > drawing->size)
        g_array_set_size(drawing->picks, (guint)drawing->size);
    return true;
}

/* What happened to the messages ----------------------------------------------------------------------------------- */

/* An event of ours has its members in the order of the alphabet; a quote inside of a string has a backslash before it,
 * so that no reply can pass for a member. */
static void take_time(int64_t no, int64_t at, int64_t message, const char *body, void *user)
{
    GHashTable *times = user;
    EvidenceSampleTimes *time = g_hash_table_lookup(times, &message);

    (void)no;
    if (!time)
        return;
    time->last = MAX(time->last, at);
    if (time->accepted == 0 && strstr(body, "\"event\":\"accepted\""))
        time->accepted = at;
    if (time->delivered == 0 && strstr(body, "\"event\":\"delivered\""))
        time->delivered = at;
}

static bool read_times(EvidenceSample *sample, Ledger *ledger, GError **error)
{
    g_autoptr(GArray) messages = g_array_new(FALSE, FALSE, sizeof(int64_t));

    for (guint i = 0; i < sample->people->len; i++) {
        const EvidencePerson *person = g_ptr_array_index(sample->people, i);

        for (guint j = 0; j < person->messages->len; j++) {
            const EvidenceMessage *message = g_ptr_array_index(person->messages, j);
            EvidenceSampleTimes *time = g_new0(EvidenceSampleTimes, 1);

            time->message = message->no;
            g_hash_table_replace(sample->times, &time->message, time);
            g_array_append_val(messages, message->no);
        }
    }
    return ledger_evidence_events(ledger, messages, false, take_time, sample->times, error);
}

static bool read_people(EvidenceSample *sample, Ledger *ledger, const Drawing *drawing, GError **error)
{
    g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(int64_t));

    for (guint i = 0; i < drawing->picks->len; i++)
        g_array_append_val(numbers, g_array_index(drawing->picks, Pick, i).person);
    sample->people = ledger_evidence_people(ledger, numbers, error);
    for (guint i = 0; sample->people && i < sample->people->len; i++)
        sample->drawn[((const EvidencePerson *)g_ptr_array_index(sample->people, i))->told]++;
    return sample->people != NULL;
}

static bool draw(EvidenceSample *sample, Ledger *ledger, Drawing *drawing, GError **error)
{
    LedgerCounts counts;

    if (!ledger_counts(ledger, &counts, error) || !ledger_evidence_numbers(ledger, draw_one, drawing, error))
        return false;
    memcpy(sample->strata, counts.told, sizeof sample->strata);
    sample->population = drawing->population;
    return read_people(sample, ledger, drawing, error) && read_times(sample, ledger, error);
}

/* All of it is of one moment. */
static bool draw_at_once(EvidenceSample *sample, Ledger *ledger, Drawing *drawing, GError **error)
{
    bool drawn;

    if (!ledger_snapshot(ledger, error))
        return false;
    drawn = draw(sample, ledger, drawing, error);
    ledger_snapshot_end(ledger);
    return drawn;
}

EvidenceSample *evidence_sample_draw(Ledger *ledger, const char *seed, size_t size, GError **error)
{
    EvidenceSample *sample = g_new0(EvidenceSample, 1);
    g_autoptr(GArray) picks = g_array_new(FALSE, FALSE, sizeof(Pick));
    Drawing drawing = {.seed = seed, .size = size, .picks = picks};

    sample->seed = g_strdup(seed);
    sample->times = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
    if (draw_at_once(sample, ledger, &drawing, error))
        return sample;
    evidence_sample_free(sample);
    return NULL;
}

void evidence_sample_free(EvidenceSample *sample)
{
    if (!sample)
        return;
    g_clear_pointer(&sample->people, g_ptr_array_unref);
    g_hash_table_unref(sample->times);
    g_free(sample->seed);
    g_free(sample);
}

/* CSV ------------------------------------------------------------------------------------------------------------- */

static void put_line(GString *csv, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* A row of one cell: how it was drawn, for whoever reads the file alone. */
static void put_line(GString *csv, const char *format, ...)
{
    g_autoptr(GString) row = g_string_new(NULL);
    g_autofree char *text = NULL;
    va_list arguments;

    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    hand_over_csv(row, text);
    g_string_append_printf(csv, "%s\r\n", row->str);
}

static void put_head(GString *csv, const EvidenceSample *sample, const LedgerHeader *header)
{
    static const char columns[] = "draw,person_number,id,row,person_state,audience,edition,notice_state,reason,channel,"
                                  "gateway,message,message_state,attempts,first_tried_at,accepted_at,delivered_at,"
                                  "last_event_at,address\r\n";

    put_line(csv, "# incident: %s (%s)", header->incident, header->status == INCIDENT_EXERCISE ? "EXERCISE" : "ACTUAL");
    put_line(csv, "# plan: %s, generation %d", header->digest, header->generation);
    put_line(csv, "# seed: %s", sample->seed);
    put_line(csv, "# method: " EVIDENCE_SAMPLE_METHOD);
    put_line(csv, "# people: %u of %" G_GINT64_FORMAT, sample->people->len, sample->population);
    for (int told = 0; told < TOLD_STATES; told++)
        put_line(csv, "# stratum %s: %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT, identity_told_name((Told)told),
                 sample->drawn[told], sample->strata[told]);
    g_string_append(csv, columns);
}

static void cell_number(GString *row, int64_t number)
{
    g_string_append_printf(row, "%s%" G_GINT64_FORMAT, row->len > 0 ? "," : "", number);
}

static void cell_text(GString *row, const char *text)
{
    hand_over_csv(row, text ? text : "");
}

static void cell_time(GString *row, int64_t at)
{
    g_autofree char *text = at > 0 ? clock_format_utc(at) : NULL;

    cell_text(row, text);
}

static GString *begin_row(guint draw, const EvidencePerson *person, const EvidenceNotice *notice)
{
    GString *row = g_string_new(NULL);

    cell_number(row, draw + 1);
    cell_number(row, person->no);
    cell_text(row, person->id);
    cell_number(row, person->row);
    cell_text(row, identity_told_name(person->told));
    cell_text(row, notice->audience);
    cell_number(row, notice->edition);
    cell_text(row, identity_told_name(notice->told));
    cell_text(row, notice->reason ? notice->reason : notice->ended);
    return row;
}

static void put_message(GString *csv, const EvidenceSample *sample, GString *row, const EvidenceMessage *message)
{
    const EvidenceSampleTimes *time = g_hash_table_lookup(sample->times, &message->no);
    g_autofree char *masked = address_mask(message->endpoint);

    cell_text(row, message->channel);
    cell_text(row, message->gateway);
    cell_text(row, message->id);
    cell_text(row, message_state_name(message->state));
    cell_number(row, message->attempt);
    cell_time(row, message->first_at);
    cell_time(row, time->accepted);
    cell_time(row, time->delivered);
    cell_time(row, time->last);
    cell_text(row, masked);
    g_string_append_printf(csv, "%s\r\n", row->str);
}

static void put_notice(GString *csv, const EvidenceSample *sample, guint draw, const EvidencePerson *person,
                       const EvidenceNotice *notice)
{
    bool has_messages = false;

    for (guint i = 0; i < person->messages->len; i++) {
        const EvidenceMessage *message = g_ptr_array_index(person->messages, i);
        GString *row;

        if (message->notice != notice->no)
            continue;
        has_messages = true;
        row = begin_row(draw, person, notice);
        put_message(csv, sample, row, message);
        g_string_free(row, TRUE);
    }
    if (!has_messages) {
        GString *row = begin_row(draw, person, notice);

        g_string_append_printf(csv, "%s,,,,,,,,,,\r\n", row->str);
        g_string_free(row, TRUE);
    }
}

char *evidence_sample_csv(const EvidenceSample *sample, const LedgerHeader *header)
{
    GString *csv = g_string_new(NULL);

    put_head(csv, sample, header);
    for (guint i = 0; i < sample->people->len; i++) {
        const EvidencePerson *person = g_ptr_array_index(sample->people, i);

        for (guint j = 0; j < person->notices->len; j++)
            put_notice(csv, sample, i, person, g_ptr_array_index(person->notices, j));
    }
    return g_string_free(csv, FALSE);
}

/* JSON ------------------------------------------------------------------------------------------------------------ */

static json_t *message_json(const EvidenceSample *sample, const EvidenceMessage *message)
{
    const EvidenceSampleTimes *time = g_hash_table_lookup(sample->times, &message->no);
    g_autofree char *masked = address_mask(message->endpoint);

    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:i, s:o, s:o, s:o, s:o, s:s}", "id", message->id, "audience",
                     message->audience, "channel", message->channel, "gateway", message->gateway, "state",
                     message_state_name(message->state), "attempts", message->attempt, "first_tried_at",
                     clock_json_at(message->first_at), "accepted_at", clock_json_at(time->accepted), "delivered_at",
                     clock_json_at(time->delivered), "last_event_at", clock_json_at(time->last), "address", masked);
}

static json_t *person_json(const EvidenceSample *sample, const EvidencePerson *person)
{
    json_t *notices = json_array(), *messages = json_array();

    for (guint i = 0; i < person->notices->len; i++) {
        const EvidenceNotice *notice = g_ptr_array_index(person->notices, i);

        json_array_append_new(notices, json_pack("{s:s, s:i, s:s, s:s?}", "audience", notice->audience, "edition",
                                                 notice->edition, "told", identity_told_name(notice->told), "reason",
                                                 notice->reason ? notice->reason : notice->ended));
    }
    for (guint i = 0; i < person->messages->len; i++)
        json_array_append_new(messages, message_json(sample, g_ptr_array_index(person->messages, i)));
    return json_pack("{s:I, s:s?, s:I, s:s, s:o, s:o}", "number", (json_int_t)person->no, "id", person->id, "row",
                     (json_int_t)person->row, "told", identity_told_name(person->told), "notices", notices, "messages",
                     messages);
}

json_t *evidence_sample_json(const EvidenceSample *sample, const LedgerHeader *header)
{
    json_t *strata = json_object(), *people = json_array();

    for (int told = 0; told < TOLD_STATES; told++)
        json_object_set_new(strata, identity_told_name((Told)told),
                            json_pack("{s:I, s:I}", "people", (json_int_t)sample->strata[told], "sample",
                                      (json_int_t)sample->drawn[told]));
    for (guint i = 0; i < sample->people->len; i++)
        json_array_append_new(people, person_json(sample, g_ptr_array_index(sample->people, i)));
    return json_pack("{s:s, s:s, s:s, s:s, s:i, s:s, s:s, s:I, s:o, s:o}", "schema", "breach.sample/1", "incident",
                     header->incident, "status", playbook_status_name(header->status), "digest", header->digest,
                     "generation", header->generation, "seed", sample->seed, "method", EVIDENCE_SAMPLE_METHOD,
                     "population", (json_int_t)sample->population, "strata", strata, "people", people);
}
