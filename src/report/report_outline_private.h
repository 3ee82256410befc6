/* report_outline_private - what the files of the outline share.
 *
 * Returned strings are newly allocated unless said otherwise. Threads: one. */
#ifndef BREACH_REPORT_REPORT_OUTLINE_PRIVATE_H
#define BREACH_REPORT_REPORT_OUTLINE_PRIVATE_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>
#include <jansson.h>

#include "report/report_writer.h"

typedef struct Outline {
    const json_t *document;
    const ReportWriter *writer;
    GString *out;
} Outline;

/* outline_at: a member of the document, or NULL; borrowed. Texts and numbers of it: base/member.h. */
const json_t *outline_at(const json_t *object, const char *member);

/* outline_count: "12,034", or "unknown" for a negative one. outline_share: "98.1 %", cut, so that 100 % means all; ""
 * of nothing. outline_time: a time of the document as people read it, or "unknown"; outline_instant: to the thousandth
 * of a second. outline_span: from one time to another: "1 h 12 min", NULL where one is not known. outline_local: a text
 * of the playbook in the reader's language, else in the playbook's own; NULL when there is none; borrowed. */
char *outline_count(int64_t count);
char *outline_share(int64_t part, int64_t whole);
char *outline_time(const json_t *time);
char *outline_instant(const json_t *time);
char *outline_span(const json_t *from, const json_t *to);
const char *outline_local(const Outline *outline, const json_t *text);
bool outline_ms(const json_t *time, int64_t *at);

/* outline_told: what a state of a person is called; borrowed. outline_told_css: its class in a chart; static. */
const char *outline_told(const char *told);
const char *outline_told_css(int told);

/* outline_is_planned: whether anything is known of people and messages. */
bool outline_is_planned(const Outline *outline);

/* Words of the document: outline_words: in the reader's language; what is not in the table stays as it is. Borrowed.
 * outline_or_nothing: a dash for an empty text; borrowed. */
typedef struct OutlineWord {
    const char *name, *words; /* words: N_() */
} OutlineWord;
const char *outline_words(const OutlineWord *words, size_t count, const char *name);
const char *outline_or_nothing(const char *text);

/* outline_held: what a hold is on, "domain qq.com", in the reader's language; newly allocated. */
char *outline_held(const char *name);

/* Parts. OUTLINE_ROW: a row of a table; its cells follow. */
#define OUTLINE_ROW(outline, headers, ...)                                                                             \
    ((outline)->writer->row((outline)->out, (headers), (const char *const[]){__VA_ARGS__, NULL}))
void outline_section(const Outline *outline, const char *id, const char *title, const char *meaning);
void outline_section_end(const Outline *outline);
void outline_paragraph(const Outline *outline, const char *text);

/* outline_list: a table with a row for each element of a list of the document; `none` (or NULL) where it is empty.
 * outline_chosen: the elements whose `member` (of their member `of`, unless that is NULL) has this value; a new
 * reference. */
typedef void OutlineRow(const Outline *outline, const json_t *element, const char *const *headers);
void outline_list(const Outline *outline, const json_t *elements, const char *caption, const char *const *headers,
                  OutlineRow *row, const char *none);
json_t *outline_chosen(const json_t *elements, const char *of, const char *member, const char *value);

/* outline_matrix: rows {`key`, `state`, `count`} of the document as a table: a row for each value of `key`, a column
 * for each of `columns`, which sums up the states that it names, and their sum. */
typedef struct OutlineColumn {
    const char *header; /* N_() */
    const char *states; /* parted by spaces */
} OutlineColumn;
typedef struct OutlineMatrix {
    const char *caption, *first; /* in the reader's language; first: the header of `key` */
    const char *key, *state, *count;
    const char *unnamed; /* in place of a value that is empty; in the reader's language */
} OutlineMatrix;
void outline_matrix(const Outline *outline, const json_t *rows, const OutlineMatrix *matrix,
                    const OutlineColumn *columns, size_t count);

/* outline_sum: over the rows in which `member` is one of `values` (parted by spaces; NULL: all). */
int64_t outline_sum(const json_t *rows, const char *member, const char *values, const char *count);

/* outline_case_unread: that the report knows nothing of some regimes, by their names; NULL: it knows of all. */
char *outline_case_unread(const Outline *outline);

/* The sections, in the order in which they stand. */
void outline_board(const Outline *outline);
void outline_timeline(const Outline *outline);
void outline_people(const Outline *outline);
void outline_parts(const Outline *outline);
void outline_returned(const Outline *outline);
void outline_returned_unreached(const Outline *outline);
void outline_case_doubts(const Outline *outline);
void outline_case_law(const Outline *outline);
void outline_case_decisions(const Outline *outline);
void outline_case_editions(const Outline *outline);
void outline_case_announcement(const Outline *outline);
void outline_case_work(const Outline *outline);
void outline_method_everybody(const Outline *outline);
void outline_method(const Outline *outline);
void outline_method_recompute(const Outline *outline);

#endif
