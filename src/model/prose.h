/* prose - whether a notice is worded so that a frightened reader understands it, a lawyer accepts it and a phisher
 * finds it hard to imitate.
 *
 * Seventeen rules, each with the id of its finding ("words-opening"). What a rule cannot see it leaves alone: it never
 * guesses at meaning. It works on what a reader gets, and, for the words alone, on the source of a template or a text
 * of a playbook. Nothing is owned; everything handed to a visitor lives during the call. Pure; threads: safe. */
#ifndef BREACH_MODEL_PROSE_H
#define BREACH_MODEL_PROSE_H

#include <stdbool.h>
#include <stddef.h>

typedef enum ProseRule {
    PROSE_OPENING = 1, /* what happened, whether it concerns me, what to do now */
    PROSE_HEADINGS,    /* fixed, in the same order everywhere */
    PROSE_IDENTITY,    /* who writes; dates with their zone; never "recently" */
    PROSE_STATUS,      /* "no sign of" only with what was checked and until when */
    PROSE_NUMBERS,     /* no "a small number of users" */
    PROSE_KINDS,       /* how a password was stored, never just "encrypted" */
    PROSE_STEPS,       /* at most five, numbered */
    PROSE_SENTENCE,    /* short sentences and paragraphs, somebody who acts */
    PROSE_LENGTH,      /* of the whole, by channel */
    PROSE_SUBJECT,     /* short, without alarm */
    PROSE_CODE,        /* a notice number, never a "verification code" */
    PROSE_LINK,        /* none in short messages; of our own domain elsewhere */
    PROSE_TONE,        /* no blame, spin, promise, marketing, waiver or recipe */
    PROSE_LANGUAGE,    /* zh-TW is written, not converted; full-width punctuation */
    PROSE_APOLOGY,     /* one in a notice */
    PROSE_POINTER,     /* short messages say nothing about anybody */
    PROSE_GAP,         /* no punctuation left over where a value is empty */
    PROSE_RULES_END,
} ProseRule;

/* prose_rule_id: "words-opening" and so on. Static. */
const char *prose_rule_id(ProseRule rule);

/* ProseText: one rendered notice; whatever is not known is NULL or 0, and what needs it is not checked. */
typedef struct ProseText {
    const char *locale;                /* normalized */
    const char *channel;               /* as in load_template.h, sheets of the kit included */
    const char *template_name;         /* the shipped ones have headings of their own */
    const char *subject, *text, *html; /* without the mark of an exercise */
    const char *organization;          /* its name in this language */
    const char *number;                /* the notice number, where one must stand */
    const char *const *domains;        /* our own; NULL-terminated */
    const char *const *personal;       /* what a short message must not say: names, addresses; NULL-terminated */
    size_t sign;                       /* UTF-16 units that the provider puts before a text message */
    bool is_own; /* a template of the user's: other headings and least lengths are theirs to choose */
} ProseText;

typedef struct ProseFinding {
    ProseRule rule;
    const char *part;    /* "subject", "txt" or "html" */
    size_t line;         /* in that part, from 1; 0: the part as a whole */
    const char *quote;   /* the words it is about, or a count; never empty */
    const char *instead; /* English, to be translated: what to write */
} ProseFinding;

typedef void ProseVisit(const ProseFinding *finding, void *user);

/* prose_check: everything that a reader of this notice would stumble over. */
void prose_check(const ProseText *text, ProseVisit *visit, void *user);

/* prose_check_passage: what can be said of words without knowing where they end up: a text of a playbook, or the source
 * of a template, whose tags and markup are skipped. `channel` may be NULL. Lines are those of `passage`. With `is_text`
 * sentences are measured too. */
void prose_check_passage(const char *locale, const char *channel, const char *passage, bool is_text, ProseVisit *visit,
                         void *user);

/* prose_visible: `source` without {{tags}}, markup, scripts of style; the same number of lines. Newly allocated. */
char *prose_visible(const char *source);

/* prose_seconds: how long it takes to say a script aloud, what stands in brackets left out; 150 English words or 240
 * Chinese characters a minute. */
size_t prose_seconds(const char *locale, const char *script);

#endif
