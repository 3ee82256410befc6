/* coverage_check - whether every notice holds what the law and the policies ask of it.
 *
 * Each text version (audience, channel, language, first notice or update) is rendered for each combination of data
 * kinds: each kind alone, all together, and those of the people file. What is asked of an audience: the notice fields
 * of its regimes (Audience.regimes, else every regime of the playbook that protects somebody in it; organisations are
 * told as customers, so theirs must be named), and the requirements of policies. A text that only points to the full
 * one has what that has: the announcement in its language, another channel of the same notice, or, for a text beside
 * another notice
 * (`also`), that of the guardian. An update must say what has changed. The announcement is held to the same contents as
 * far as the playbook counts on it for whoever cannot be reached, but not to headings and dates, which its page has.
 *
 * A CoverageResult owns all that it holds, or shares it. Threads: one. */
#ifndef BREACH_DISPATCH_COVERAGE_CHECK_H
#define BREACH_DISPATCH_COVERAGE_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "dispatch/coverage_people.h"
#include "dispatch/coverage_text.h"
#include "dispatch/material.h"
#include "dispatch/statutes.h"
#include "model/coverage.h"

typedef struct CoverageRequest {
    Material *material; /* its texts have been made (freeze_check()), else those of the default language are */
    const Statutes *statutes;
    const CoveragePeople *people; /* NULL: nothing is known of them */
    /* Appends to `lists` what is asked of an audience besides the law, by policies: lists of CoverageRequirement *,
     * borrowed during the call; the result holds a reference of its own. NULL: nothing. */
    void (*further)(size_t audience, GPtrArray *lists, void *user);
    /* The value of a variable under a regime, a threshold's the upper one; NULL: not known. Borrowed until the next
     * call. */
    const char *(*variable)(const char *regime, const char *name, void *user);
    /* Whether a person has decided that these contents may be unknown for now. NULL: nobody has. */
    bool (*is_decided)(const CoverageRequirement *requirement, CoverageSet unknown, void *user);
    void *user;
} CoverageRequest;

/* One text in which something is not as it should be. */
typedef struct CoveragePlace {
    const char *audience;                /* its id, or NULL: the announcement; borrowed from the playbook */
    const char *channel, *locale, *part; /* borrowed, likewise `path` */
    const char *path;                    /* of the template file */
    bool is_update;
    bool points;          /* the text points to a full one that does not hold it either */
    bool points_nowhere;  /* the text points to a full one, and there is none */
    char *kinds;          /* owned; the first combination of kinds of which it is true; "" all */
    int64_t combinations; /* of how many it is */
} CoveragePlace;

/* One requirement that is not met in some texts. */
typedef struct CoverageRow {
    const CoverageRequirement *requirement;
    CoverageVerdict verdict;
    CoverageSet lacking;
    bool is_soft;      /* a warning: see CoverageRequirement, or nobody knows whether its condition holds */
    const char *order; /* HEADING: this one stands too early; NULL: it is not there */
    GPtrArray *places; /* of CoveragePlace * */
} CoverageRow;

/* In what form the notices of an audience are not what a regime accepts. */
typedef enum CoverageFormKind {
    COVERAGE_FORM_CHANNEL,    /* `what`: channels of its ladder on which a notice does not count */
    COVERAGE_FORM_LANGUAGE,   /* `what`: languages of its texts in which a notice does not count */
    COVERAGE_FORM_SUBSTITUTE, /* those whom nobody reaches are left with an announcement, which is no notice there */
    COVERAGE_FORM_LEFT_OUT,   /* the audience says `regimes` without this one, which protects somebody in it */
} CoverageFormKind;

typedef struct CoverageForm {
    CoverageFormKind kind;
    const Regime *regime;
    const char *audience; /* its id; NULL: LEFT_OUT of every audience */
    GPtrArray *what;      /* of const char *; empty for SUBSTITUTE and LEFT_OUT */
    bool has_other;       /* another channel of the ladder, or another language, is accepted */
} CoverageForm;

typedef struct CoverageResult {
    GPtrArray *lists;    /* of GPtrArray * of CoverageRequirement *: of each regime that was asked */
    GPtrArray *rows;     /* of CoverageRow *, in the order of regimes, fields and verdicts */
    GPtrArray *forms;    /* of CoverageForm * */
    size_t texts;        /* how many were looked at */
    size_t requirements; /* how many were asked, each once */
} CoverageResult;

CoverageResult *coverage_check(const CoverageRequest *request);
void coverage_result_free(CoverageResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CoverageResult, coverage_result_free)

/* coverage_of_regime: what the notice fields of a regime ask, as a new list. */
GPtrArray *coverage_of_regime(const Regime *regime);

/* coverage_of_update: what is asked of every update; a new list. */
GPtrArray *coverage_of_update(void);

#endif
