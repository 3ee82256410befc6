/* coverage - what a notice can hold that somebody asks for, and whether one text holds it.
 *
 * A content is one thing that a notice says: what happened, which data, where to complain. The table of them is the
 * vocabulary between whoever asks (notice_fields of regimes: `content:`, contents of policies) and the templates, which
 * mark where they say it: {{#covers.cause}}…{{/covers.cause}}. A mark counts only where it renders to more than tags
 * and white space; a mark that renders only the wording of unknown facts counts as *unknown*.
 *
 * Conditions (`cond`) of notice fields may use the variables of the playbook and, of the data that a notice is about,
 * kind.NAME (1 or 0; the names are those of data-kinds.yaml), e.g. kind.national_id == 1 || kind.driving_licence == 1.
 *
 * Pure. Threads: reading is safe. */
#ifndef BREACH_MODEL_COVERAGE_H
#define BREACH_MODEL_COVERAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

struct Condition;

#define COVERAGE_MARK "covers." /* what the name of a mark starts with */
#define COVERAGE_KIND "kind."   /* what the name of a kind of data starts with, in a condition */

/* CoverageSet: contents, one bit for each; see coverage_bit(). */
typedef uint64_t CoverageSet;

typedef struct CoverageContent {
    const char *id;    /* "what_happened" */
    const char *label; /* what it is: "what happened"; English, translated when shown */
    const char *value; /* where in the context of templates its words stand: "facts.cause"; NULL: nowhere */
    const char *write; /* where its words come from, and so what to write when they are missing; English, likewise */
} CoverageContent;

/* coverage_contents: the table, in the order in which a notice says things; *count of them. */
const CoverageContent *coverage_contents(size_t *count);

/* coverage_content: the row of an id, or NULL. coverage_bit: its bit, or 0 for an id that there is not. */
const CoverageContent *coverage_content(const char *id);
CoverageSet coverage_bit(const char *id);

/* coverage_nearest: the id that was probably meant, or NULL. */
const char *coverage_nearest(const char *id);

/* CoverageRequirement: one thing that a regime or a policy asks of a notice. */
typedef struct CoverageRequirement {
    char *source;        /* owned; id of the regime or policy */
    char *field;         /* owned; id of the field there */
    char *text;          /* owned; what it asks for, in words; English */
    char *reference;     /* owned; article, or NULL */
    char *exact;         /* owned; words that must stand in the notice exactly so, as a heading or title; or NULL */
    CoverageSet content; /* all of these; 0 only with `exact` */
    const struct Condition *cond; /* borrowed; only where it holds; or NULL: always */
    bool may_be_empty;            /* asked for only as far as it is known */
    bool of_updates;              /* asked of updates, and not only of the first notice */
    bool is_soft;                 /* not law but advice, or law only in a case that no condition tells */
    bool allows_unknown; /* the law lets a notice come in phases: a fact that is said to be unknown yet counts */
    bool is_unverified;  /* nobody has confirmed that the source asks for it */
} CoverageRequirement;

/* coverage_require: appends a requirement to `list` (made by coverage_list_new()) and returns it, borrowed. `contents`
 * is NULL-terminated; ids that there are not are left out, for the loaders refuse them. Everything is copied. */
GPtrArray *coverage_list_new(void);
CoverageRequirement *coverage_require(GPtrArray *list, const char *source, const char *field, const char *text,
                                      const char *reference, const char *const *contents);

/* CoverageText: what one rendered text holds. */
typedef struct CoverageText {
    CoverageSet marked;  /* the template has a mark, whether it rendered to anything or not */
    CoverageSet covered; /* a mark rendered to words */
    CoverageSet unknown; /* of `covered`: only to the wording of facts that are not known yet */
    CoverageSet known;   /* the playbook has words for it, whatever the template does with them */
} CoverageText;

typedef enum CoverageVerdict {
    COVERAGE_MET,
    COVERAGE_UNKNOWN, /* only said to be unknown, where the source allows no phases */
    COVERAGE_EMPTY,   /* the template has the mark, the playbook has no words for it */
    COVERAGE_HEADING, /* the exact words do not stand there */
    COVERAGE_MISSING, /* the template has no mark for it */
    COVERAGE_VERDICTS
} CoverageVerdict;

/* coverage_verdict_name: "met", "unknown", "empty", "heading", "missing". */
const char *coverage_verdict_name(CoverageVerdict verdict);

/* coverage_judge: `requirement` against one text; `lines` are the lines of its rendering without tags
 * (NULL-terminated), for exact words; NULL: headings are not looked for. *lacking (may be NULL): the contents that are
 * not met. */
CoverageVerdict coverage_judge(const CoverageRequirement *requirement, const CoverageText *text,
                               const char *const *lines, CoverageSet *lacking);

/* coverage_headings_in_order: whether those of the exact words of `source` in `list` that stand among the lines do so
 * in the order of the list, as a law that fixes them wants it. *late: the first that stands too early; borrowed from
 * the list. */
bool coverage_headings_in_order(const GPtrArray *list, const char *source, const char *const *lines, const char **late);

/* coverage_labels: what the contents are called, in the reader's language, with commas; newly allocated.
 * coverage_write: what to do so that the notice has them, likewise. */
char *coverage_labels(CoverageSet set);
char *coverage_write(CoverageSet set);

/* coverage_has_words: whether a rendering has a letter or digit of any script outside of tags and entities (with
 * `is_html`). */
bool coverage_has_words(const char *text, size_t length, bool is_html);

#endif
