/* report_form - what an authority asks, in its own order: the form of a report, as data.
 *
 * A form comes from a file (load/load_form, playbooks/forms/ID.yaml), or is made of the regulator_fields of a regime
 * that has none of its own. A ReportForm owns everything in it; one made of a regime borrows the fields from it. It is
 * immutable once made. Pure; threads: reading is safe. */
#ifndef BREACH_MODEL_REPORT_FORM_H
#define BREACH_MODEL_REPORT_FORM_H

#include <stdbool.h>

#include <glib.h>

#include "base/position.h"
#include "model/locale.h"
#include "model/regime.h"

/* What the value of a field is. */
typedef enum ReportFieldKind {
    REPORT_TEXT,    /* words, or several paragraphs of them */
    REPORT_TIME,    /* one time */
    REPORT_COUNT,   /* one number */
    REPORT_CHOICE,  /* one of `choices` */
    REPORT_CHOICES, /* one or several of them */
} ReportFieldKind;

typedef struct ReportChoice {
    char *id;         /* owned; what stands in JSON */
    LocaleText *text; /* owned; what the authority's form says */
    char **of;        /* owned; the values of the source that mean this one; NULL: its id alone */
} ReportChoice;

typedef struct ReportFormField {
    RegimeField *field; /* owned unless the form was made of a regime */
    char *section;      /* owned; the id of one, or NULL */
    ReportFieldKind kind;
    GPtrArray *choices; /* owned; of ReportChoice *; empty for the kinds without */
} ReportFormField;

typedef struct ReportSection {
    char *id;          /* owned */
    LocaleText *title; /* owned */
} ReportSection;

typedef struct ReportForm {
    char *id; /* owned, as all below; of one made of a regime: the regime's */
    char *regime;
    char **steps;       /* those that it is for; NULL: all that are reported to an authority */
    LocaleText *name;   /* NULL for one made of a regime */
    char *version;      /* the authority's date of it, "2025-11-01"; or NULL */
    bool is_draft;      /* the authority has not put it in force */
    bool is_unverified; /* made from what is published about the authority's form, not from the form itself */
    LocaleText *note;   /* what to know about it; or NULL */
    char *language;     /* the locale that the authority reads; NULL: that of its country */
    LocaleText *call, *opening, *closing; /* on the telephone: the number, what is said first and last; or NULL */
    GPtrArray *sections;                  /* of ReportSection *, in order; may be empty */
    GPtrArray *fields;                    /* of ReportFormField *, in the authority's order */
    GPtrArray *sources;                   /* of char *: where the form is described */
    bool borrows_fields;
    Position at;
} ReportForm;

ReportForm *report_form_new(void);
void report_form_free(ReportForm *form);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReportForm, report_form_free)

ReportFormField *report_form_field_new(void);
void report_form_field_free(ReportFormField *field);
void report_choice_free(ReportChoice *choice);

/* report_form_of_regime: the form that a regime's regulator_fields make, which must outlive it. */
ReportForm *report_form_of_regime(const Regime *regime);

/* report_form_serves: whether it is for that step. report_form_section: by id, or NULL. */
bool report_form_serves(const ReportForm *form, const char *step);
const ReportSection *report_form_section(const ReportForm *form, const char *id);

/* report_form_choice: the choice that a value means: its id, one of `of`, or its text in some language. NULL: none. */
const ReportChoice *report_form_choice(const ReportFormField *field, const char *value);

/* report_form_language: the locale in which the authority reads: the form's, else the one of the regime's country:
 * zh-CN for CN, zh-TW for TW, else en. */
const char *report_form_language(const ReportForm *form, const Regime *regime);

/* report_field_kind_name: "text". report_field_kind_names: all, NULL-terminated, in order of the enumeration. */
const char *report_field_kind_name(ReportFieldKind kind);
const char *const *report_field_kind_names(void);

/* The three reports that a matter takes. */
typedef enum ReportStage { REPORT_INITIAL, REPORT_FOLLOWUP, REPORT_FINAL } ReportStage;

const char *report_stage_name(ReportStage stage); /* "initial", "followup", "final" */
bool report_stage_parse(const char *name, ReportStage *stage);

/* report_stage_of: which one a step asks for, told by where its clock starts and by its name; `was_filed`: a report of
 * this step has been filed, so that this is a further one. */
ReportStage report_stage_of(const RegimeStep *step, bool was_filed);

/* report_form_asks: whether a report on that step asks for the field, in that stage. */
bool report_form_asks(const ReportForm *form, const ReportFormField *field, const Regime *regime,
                      const RegimeStep *step, ReportStage stage);

/* report_form_has_phases: whether the regime lets a report be completed later. */
bool report_form_has_phases(const Regime *regime);

#endif
