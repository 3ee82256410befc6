#include "cli/record_rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "base/text.h"
#include "load/csv.h"
#include "model/moment.h"

#define FIELD_MAX  65536
#define FIELDS_MAX 64
#define AHEAD_MAX  (5 * CLOCK_MINUTE) /* clocks differ */

/* Whoever refuses to listen has not been told: the next rung of the ladder writes to them, if there is one. */
static const RecordOutcome outcomes[] = {
    {"letter", "delivered", EVENT_DELIVERED, false, "delivered"},
    {"letter", "returned", EVENT_BOUNCED, false, "returned"},
    {"phone", "reached", EVENT_DELIVERED, false, "reached"},
    {"phone", "no-answer", EVENT_BOUNCED, true, "no answer"},
    {"phone", "wrong-number", EVENT_BOUNCED, false, "wrong number"},
    {"phone", "refused", EVENT_BOUNCED, false, "refused to listen"},
};

const RecordOutcome *record_outcome(const char *kind, const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(outcomes); i++)
        if (strcmp(outcomes[i].kind, kind) == 0 && strcmp(outcomes[i].name, name) == 0)
            return &outcomes[i];
    return NULL;
}

static const RecordOutcome *outcome_at(const char *kind, size_t index)
{
    for (size_t i = 0; i < G_N_ELEMENTS(outcomes); i++)
        if (strcmp(outcomes[i].kind, kind) == 0 && index-- == 0)
            return &outcomes[i];
    return NULL;
}

char *record_outcome_names(const char *kind)
{
    GString *names = g_string_new(NULL);
    const RecordOutcome *outcome;

    for (size_t i = 0; (outcome = outcome_at(kind, i)) != NULL; i++)
        g_string_append_printf(names, "%s%s", i > 0 ? ", " : "", outcome->name);
    return g_string_free(names, FALSE);
}

void record_row_free(RecordRow *row)
{
    if (!row)
        return;
    g_free(row->thing);
    g_free(row->by);
    g_free(row->reason);
    g_free(row);
}

static void free_row(gpointer row)
{
    record_row_free(row);
}

/* One row --------------------------------------------------------------------------------------------------------- */

static bool is_given(const char *text)
{
    return text && *text;
}

/* How a value is called where it was written. */
static const char *called(const RecordCells *cells, const char *name)
{
    static const char *const options[][2] = {
        {"outcome", "--outcome"}, {"at", "--at"}, {"by", "--by"}, {"reason", "--reason"}};

    for (size_t i = 0; i < G_N_ELEMENTS(options) && cells->is_typed; i++)
        if (strcmp(options[i][0], name) == 0)
            return options[i][1];
    return name;
}

static const RecordOutcome *read_outcome(const RecordCells *cells, Findings *findings)
{
    const RecordOutcome *outcome = is_given(cells->outcome) ? record_outcome(cells->kind, cells->outcome) : NULL;
    g_autofree char *names = record_outcome_names(cells->kind);

    if (!outcome)
        findings_error(findings, FINDING_SEND, "record-outcome", cells->at, "%s: \"%s\" is none of %s",
                       called(cells, "outcome"), cells->outcome ? cells->outcome : "", names);
    return outcome;
}

static bool read_time(const RecordCells *cells, RecordSpan span, int64_t *when, Findings *findings)
{
    g_autoptr(GError) error = NULL;
    Moment moment = {0};

    if (!is_given(cells->when)) {
        findings_error(findings, FINDING_SEND, "record-time", cells->at,
                       "%s is missing: when did it happen? With its offset: 2026-11-21T22:10+08:00",
                       called(cells, "at"));
        return false;
    }
    if (!moment_parse(cells->when, &moment, &error)) {
        findings_error(findings, FINDING_SEND, "record-time", cells->at, "%s: %s", called(cells, "at"), error->message);
        return false;
    }
    *when = moment.at;
    if (moment.at > span.now + AHEAD_MAX)
        findings_error(findings, FINDING_SEND, "record-future", cells->at, "%s: %s has not come yet",
                       called(cells, "at"), cells->when);
    else if (moment.at < span.since)
        findings_error(findings, FINDING_SEND, "record-early", cells->at,
                       "%s: %s is before the incident was known: nobody can have been told of it then",
                       called(cells, "at"), cells->when);
    else
        return true;
    return false;
}

static bool is_line(const RecordCells *cells, const char *name, const char *text, Findings *findings)
{
    if (!text || (g_utf8_validate(text, -1, NULL) && !text_has_controls(text, strlen(text)) &&
                  text_characters(text, strlen(text)) <= 200))
        return true;
    findings_error(findings, FINDING_SEND, "record-words", cells->at, "%s must be one line of at most 200 characters",
                   called(cells, name));
    return false;
}

RecordRow *record_row(const RecordCells *cells, RecordSpan span, Findings *findings)
{
    const RecordOutcome *outcome = read_outcome(cells, findings);
    RecordRow *row;
    int64_t when = 0;
    bool is_right = outcome != NULL;

    if (!is_given(cells->thing)) {
        findings_error(findings, FINDING_SEND, "record-thing", cells->at,
                       "which one? A message id, a notice number or a person's id is missing");
        is_right = false;
    }
    is_right = read_time(cells, span, &when, findings) && is_right;
    is_right = is_line(cells, "by", cells->by, findings) && is_right;
    is_right = is_line(cells, "reason", cells->reason, findings) && is_right;
    if (strcmp(cells->kind, "phone") == 0 && !is_given(cells->by)) {
        findings_error(findings, FINDING_SEND, "record-by", cells->at, "%s is missing: who telephoned?",
                       called(cells, "by"));
        is_right = false;
    }
    if (!is_right)
        return NULL;
    row = g_new0(RecordRow, 1);
    *row = (RecordRow){.at = cells->at,
                       .thing = g_strdup(cells->thing),
                       .outcome = outcome,
                       .when = when,
                       .by = g_strdup(cells->by ? cells->by : ""),
                       .reason = g_strdup(cells->reason ? cells->reason : "")};
    return row;
}

/* Files ----------------------------------------------------------------------------------------------------------- */

enum { MESSAGE, NOTICE, PERSON, OUTCOME, AT, BY, REASON, COLUMNS };

static const char *const names[COLUMNS] = {"message", "notice", "person", "outcome", "at", "by", "reason"};

typedef struct Reading {
    const char *kind;
    RecordSpan span;
    int64_t empty;
    bool is_foreign; /* a line is not UTF-8, which is said once */
    Findings *findings;
    GPtrArray *rows;
    int columns[COLUMNS]; /* where each stands; -1: nowhere */
} Reading;

static bool read_header(Reading *reading, const CsvRow *row)
{
    for (int i = 0; i < COLUMNS; i++) {
        reading->columns[i] = -1;
        for (size_t field = 0; field < MIN(row->count, (size_t)FIELDS_MAX); field++)
            if (g_ascii_strcasecmp(row->fields[field], names[i]) == 0)
                reading->columns[i] = (int)field;
    }
    if (reading->columns[OUTCOME] >= 0 && reading->columns[AT] >= 0 &&
        (reading->columns[MESSAGE] >= 0 || reading->columns[NOTICE] >= 0 || reading->columns[PERSON] >= 0))
        return true;
    if (row->count == 1 && strpbrk(row->fields[0], ";\t|"))
        findings_error(reading->findings, FINDING_SEND, "record-columns", row->at,
                       "columns are separated by commas: save the file with commas");
    else
        findings_error(reading->findings, FINDING_SEND, "record-columns", row->at,
                       "the first line names the columns: message, notice or person, and outcome, at, by, reason");
    return false;
}

static const char *cell(const Reading *reading, const CsvRow *row, int column)
{
    int field = reading->columns[column];

    return field >= 0 && (size_t)field < MIN(row->count, (size_t)FIELDS_MAX) ? row->fields[field] : "";
}

/* Whether what was typed into the line is UTF-8. */
static bool is_readable(Reading *reading, const CsvRow *row)
{
    for (int i = OUTCOME; i < COLUMNS; i++)
        if (!g_utf8_validate(cell(reading, row, i), -1, NULL)) {
            if (!reading->is_foreign)
                findings_error(reading->findings, FINDING_SEND, "record-encoding", row->at,
                               "from this line on the file is not UTF-8: save it as CSV UTF-8");
            reading->is_foreign = true;
            return false;
        }
    return true;
}

static bool same_digits(const char *one, const char *other)
{
    for (;; one++, other++) {
        while (*one && !g_ascii_isdigit(*one))
            one++;
        while (*other && !g_ascii_isdigit(*other))
            other++;
        if (*one != *other || !*one)
            return *one == *other;
    }
}

/* Whether the message and the notice number of a line belong together. */
static bool is_one(const Reading *reading, const CsvRow *row)
{
    const char *message = cell(reading, row, MESSAGE);
    const char *notice = cell(reading, row, NOTICE);
    char number[ID_NUMBER_LENGTH + 1];

    if (!id_is_message(message) || !*notice)
        return true;
    id_number(message, number);
    if (same_digits(number, notice))
        return true;
    findings_error(reading->findings, FINDING_SEND, "record-mixed", row->at,
                   "message %s has the notice number %s, and this line says %s: its columns belong to different people",
                   message, number, notice);
    return false;
}

static void read_row(Reading *reading, const CsvRow *row)
{
    RecordCells cells = {.at = row->at,
                         .kind = reading->kind,
                         .outcome = cell(reading, row, OUTCOME),
                         .when = cell(reading, row, AT),
                         .by = cell(reading, row, BY),
                         .reason = cell(reading, row, REASON)};
    RecordRow *made;

    if (!*cells.outcome && !*cells.when) {
        reading->empty++; /* nobody has got to it yet */
        return;
    }
    if (!is_readable(reading, row) || !is_one(reading, row))
        return;
    for (int i = MESSAGE; i <= PERSON && !is_given(cells.thing); i++)
        cells.thing = cell(reading, row, i);
    made = record_row(&cells, reading->span, reading->findings);
    if (made)
        g_ptr_array_add(reading->rows, made);
}

static int by_time(gconstpointer left, gconstpointer right)
{
    const RecordRow *one = *(const RecordRow *const *)left;
    const RecordRow *other = *(const RecordRow *const *)right;

    return (one->when > other->when) - (one->when < other->when);
}

static void read_all(Reading *reading, CsvReader *reader, const char *path)
{
    g_autoptr(GError) error = NULL;
    CsvRow row;
    int got = csv_next(reader, &row, &error);

    if (got > 0 && !read_header(reading, &row))
        return;
    if (got == 0)
        findings_error(reading->findings, FINDING_SEND, "record-columns", position_make(path, 1, 1),
                       "the first line names the columns: message, notice or person, and outcome, at, by, reason");
    while (got > 0 && (got = csv_next(reader, &row, &error)) > 0)
        read_row(reading, &row);
    if (got < 0)
        findings_error(reading->findings, FINDING_SEND, "record-file", csv_failed_at(reader), "%s", error->message);
}

GPtrArray *record_rows_read(const char *path, const char *kind, RecordSpan span, int64_t *empty, Findings *findings)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CsvReader) reader = csv_open(path, FIELD_MAX, FIELDS_MAX, &error);
    Reading reading = {.kind = kind, .span = span, .findings = findings};

    reading.rows = g_ptr_array_new_with_free_func(free_row);
    if (reader)
        read_all(&reading, reader, path);
    else
        findings_error(findings, FINDING_SEND, "record-file", position_make(path, 0, 0), "%s", error->message);
    g_ptr_array_sort(reading.rows, by_time);
    *empty = reading.empty;
    return reading.rows;
}
