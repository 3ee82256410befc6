/* report_words - what the playbook says to authorities only: its keys `confidential` and `reports`.
 *
 * No template, no --json of another command, no log and no ledger holds any of it. A ReportWords owns everything in it
 * and is immutable after loading. Threads: reading is safe. */
#ifndef BREACH_MODEL_REPORT_WORDS_H
#define BREACH_MODEL_REPORT_WORDS_H

#include <glib.h>

#include "base/position.h"
#include "model/locale.h"

/* Under reports, in the place of a regime: what authorities read in the place of a fact, which mostly speaks to the people
 * concerned: reports: {facts: {what_happened: …}}. */
#define REPORT_WORDS_FACTS "facts"

typedef struct ReportWord { /* confidential: {NAME: text} */
    char *name;             /* owned; as a source: "confidential.ransom.amount" */
    LocaleText *text;       /* owned */
    Position at;
} ReportWord;

typedef struct ReportAnswer { /* reports: {REGIME: {FIELD: text}} */
    char *regime, *field;     /* owned */
    LocaleText *text;         /* owned */
    Position at;
} ReportAnswer;

typedef struct ReportWords {
    GPtrArray *words;   /* of ReportWord * */
    GPtrArray *answers; /* of ReportAnswer * */
} ReportWords;

ReportWords *report_words_new(void);
void report_words_free(ReportWords *words);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReportWords, report_words_free)

/* report_words_get: the text of a confidential source, or NULL; report_words_answer: of a field of a report, or NULL.
 * `words` may be NULL. Borrowed. */
const LocaleText *report_words_get(const ReportWords *words, const char *source);
const LocaleText *report_words_answer(const ReportWords *words, const char *regime, const char *field);

/* report_words_add, report_words_add_answer: `text` is taken. */
void report_words_add(ReportWords *words, const char *source, LocaleText *text, Position at);
void report_words_add_answer(ReportWords *words, const char *regime, const char *field, LocaleText *text, Position at);

#endif
