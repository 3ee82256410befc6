/* filing_word - the words of a report that no form and no playbook brings, in the language of the authority, which is
 * not that of whoever types.
 *
 * Pure. Threads: safe. */
#ifndef BREACH_REPORT_FILING_WORD_H
#define BREACH_REPORT_FILING_WORD_H

#include <stdint.h>

typedef enum FilingWord {
    FILING_EXERCISE,
    FILING_EXERCISE_MARK,
    FILING_STAGE_INITIAL,
    FILING_STAGE_FOLLOWUP,
    FILING_STAGE_FINAL,
    FILING_AUTHORITY,
    FILING_TO_CONTROLLER,
    FILING_TO_POLICE,
    FILING_TO_MEDIA,
    FILING_CHANNEL,
    FILING_FROM,
    FILING_PREPARED,
    FILING_OUR_REFERENCE,
    FILING_THEIR_REFERENCE,
    FILING_SUBJECT,
    FILING_MISSING_MARK,
    FILING_TO_FOLLOW_MARK,
    FILING_TO_FOLLOW_BY, /* one %s: time */
    FILING_UNKNOWN,
    FILING_UNKNOWN_AS_OF, /* one %s: time */
    FILING_WAS,           /* one %s: what the report before said */
    FILING_CHANGES,       /* one %s: time of the report before */
    FILING_NO_CHANGES,    /* likewise */
    FILING_ABOUT,         /* one %s: number of people */
    FILING_BETWEEN,       /* two %s */
    FILING_AT_LEAST,      /* one %s */
    FILING_AT_MOST,       /* one %s */
    FILING_OF_THIS_LAW,
    FILING_AS_OF,         /* one %s: time */
    FILING_TOLD,          /* two %s: how many of how many */
    FILING_TOLD_SINCE,    /* one %s: time */
    FILING_TOLD_BY,       /* two %s: channel, number of messages */
    FILING_NOBODY_TOLD,
    FILING_PUBLISHED, /* one %s: address */
    FILING_NOT_PUBLISHED,
    FILING_ENDED,          /* two %s: when the period ended, by how long this is late */
    FILING_LATE_FOUND,     /* one %s: time */
    FILING_LATE_CONFIRMED, /* one %s: time */
    FILING_LATE_PEOPLE,    /* three %s: time, before, after */
    FILING_LATE_LEVEL,     /* three %s: likewise */
    FILING_REASONS,        /* one %s */
    FILING_DELAY_LABEL,
    FILING_OCCURRED,
    FILING_FOUND,
    FILING_CONFIRMED,
    FILING_CONTAINED,
    FILING_NOT_AVAILABLE, /* one %s: what follows later */
    FILING_AWARE,
    FILING_AWARE_BY, /* two %s: who, why */
    FILING_EMAIL,
    FILING_PHONE,
    FILING_NOT_TOLD_GROUND,  /* two %s: whom, ground */
    FILING_DELAYED_GROUND,   /* two %s: whom, ground */
    FILING_FILED_AT,         /* two %s: authority or step, time */
    FILING_RESPONSE_STARTED, /* two %s: step, time */
    FILING_RESPONSE_DONE,    /* two %s: step, time */
    FILING_NONE_SENSITIVE,
    FILING_SCRIPT,
    FILING_CALL,
    FILING_REPORT_UNDER,
    FILING_LAW_NAME,
    FILING_READ_OUT,
    FILING_FOLLOWS_LATER,
    FILING_WRITE_DOWN,
    FILING_BLANK_NUMBER,
    FILING_BLANK_REPORTER,
    FILING_BLANK_CALLBACK,
    FILING_BLANK_NAME,
    FILING_BLANK_TIME,
    FILING_AFTERWARDS,
    FILING_GREETING,
    FILING_SIGNATURE,
    FILING_DRAFT_FORM,
    FILING_UNKNOWN_NUMBER,
    FILING_WORDS
} FilingWord;

/* filing_word: static; a format where it says so above. The languages are en, zh-CN and zh-TW; English for others. */
const char *filing_word(FilingWord word, const char *locale);

/* filing_fill: the word with its %s replaced in order by the texts (const char *); newly allocated. filing_fill_all: by
 * those of an array that ends with NULL. */
#define filing_fill(word, locale, ...) filing_fill_all((word), (locale), (const char *const[]){__VA_ARGS__, NULL})
char *filing_fill_all(FilingWord word, const char *locale, const char *const *texts);

/* filing_span: a duration for readers of `locale`: "3 h 12 min", "3小时12分钟"; newly allocated. */
char *filing_span(int64_t duration, const char *locale);

/* filing_colon: what stands between a label and its value: ": " or "：". filing_list: what stands between two items of
 * a list on one line. */
const char *filing_colon(const char *locale);
const char *filing_list(const char *locale);

/* filing_semicolon: what parts two clauses: "; " or "；". */
const char *filing_semicolon(const char *locale);

#endif
