/* letter_text - the text of a letter or of a call, taken apart: paragraphs are separated by blank lines; a line that
 * begins with "# " is a heading, one with "1. " or "- " an item, and a paragraph that holds a place for a seal
 * ("（盖章）") closes the letter, with the single line before it where it has no name of its own.
 *
 * Pure; threads: safe. */
#ifndef BREACH_CHANNEL_LETTER_TEXT_H
#define BREACH_CHANNEL_LETTER_TEXT_H

#include <stdbool.h>

#include <glib.h>

typedef enum LetterBlockKind {
    LETTER_PARAGRAPH, /* its line breaks are kept */
    LETTER_HEADING,
    LETTER_ITEM, /* with its marker */
    LETTER_SEAL,
} LetterBlockKind;

typedef struct LetterBlock {
    LetterBlockKind kind;
    char *marker; /* owned; "1.", "•"; NULL but for an item */
    char *text;   /* owned; no line feed at its end */
    bool is_near; /* follows the block before without a blank line */
} LetterBlock;

/* letter_text_parse: of LetterBlock *, owned. */
GPtrArray *letter_text_parse(const char *text);

/* LetterWords: what the press itself writes on a page, in the notice's language; static. */
typedef struct LetterWords {
    const char *language;    /* as Pango and fonts want it: "zh-hans" */
    const char *families;    /* fonts, by preference */
    const char *number;      /* "Notice number" */
    const char *page;        /* "Page %d of %d" */
    const char *telephone;   /* "Telephone" */
    const char *outcomes[6]; /* of a call, to be ticked; NULL-terminated */
    const char *signature;   /* "Name, date and time" */
} LetterWords;
const LetterWords *letter_words(const char *locale);

/* letter_date: "21. November 2026", "2026年11月21日", "2026-11-21" where the language is not known; `now` is RFC 3339.
 * "" when it is no time. Newly allocated. */
char *letter_date(const char *now, const char *locale);

#endif
