/* filing - a report to an authority: its fields in the authority's order, with what the playbook, the case record and
 * the ledger say, what is missing, what follows later, and what changed since the report before.
 *
 * No person of the people file is in a report, only numbers of them. What is confidential (report_words.h) is in the
 * report to the authority that asks for it, and in nothing else: not in one to the controller or the media. A Filing owns its texts and borrows what the request
 * names. Threads: one. */
#ifndef BREACH_REPORT_FILING_H
#define BREACH_REPORT_FILING_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>
#include <jansson.h>

#include "ledger/ledger.h"
#include "model/obligation.h"
#include "model/report_form.h"

#define FILING_DELAY_FIELD "delay_reasons" /* of a report whose form asks for no reasons of a delay */

/* FilingNumbers: how far the notices are: what the ledger counts. */
typedef struct FilingNumbers {
    int64_t people, told; /* rows of the people file; those whose notice was accepted or delivered */
    Moment first;         /* when the first was; not known: nobody was told */
    GPtrArray *channels;  /* owned; of FilingChannel * */
    GPtrArray *urls;      /* owned; of char *: where the announcement can be read */
} FilingNumbers;

typedef struct FilingChannel {
    char *channel;    /* owned */
    int64_t messages; /* accepted or delivered */
} FilingChannel;

/* filing_numbers_read: `offset` is the one in which times are written, in minutes. NULL with an error of the ledger. */
FilingNumbers *filing_numbers_read(Ledger *ledger, int offset, GError **error);
void filing_numbers_free(FilingNumbers *numbers);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FilingNumbers, filing_numbers_free)

typedef struct FilingRequest {
    const Playbook *playbook;
    IncidentStatus status;
    const ObligationRequest *law; /* what the obligations were computed from: the case state, the variables */
    const GPtrArray *obligations; /* of Obligation *: all of them */
    const Obligation *obligation; /* the one to be met; kind STEP */
    const ReportForm *form;
    const char *locale; /* of the report */
    ReportStage stage;
    const FilingNumbers *numbers; /* NULL: nothing is planned */
    const json_t *previous;       /* filing_json() of the report that was filed last, or NULL */
    const char *previous_at;      /* when it was filed, RFC 3339; NULL: there is none, or nobody kept it */
    const char *reason;           /* of a delay, or NULL */
    const char *command;          /* what to type after a call: "breach obligations PLAYBOOK file ID …" */
    int64_t now;                  /* ms */
} FilingRequest;

typedef enum FilingState {
    FILING_GIVEN,
    FILING_TO_FOLLOW, /* what there is, and the rest is reported later */
    FILING_MISSING,   /* the authority asks for it now */
    FILING_NOT_KNOWN, /* asked for if it is known, and it is not */
    FILING_EMPTY,     /* nobody has to say it */
    FILING_NOT_ASKED, /* asked for only in a case that this is not, as far as anybody said */
} FilingState;

typedef struct FilingField {
    char *id;
    const char *label;           /* in the language of the report; borrowed */
    const ReportFormField *form; /* NULL: not of the form; borrowed */
    FilingState state;
    GPtrArray *lines;    /* of char *: what is said; may be empty */
    json_t *value;       /* the same by its kind: text, time, number, a choice or several; NULL: nothing */
    char *note;          /* why it is not given, in the language of the report; or NULL */
    char *write;         /* MISSING, TO_FOLLOW: what to write, and where; English; or NULL */
    const char *only_if; /* NOT_ASKED: the case in which it is; borrowed; or NULL */
    bool is_changed;     /* since the report before */
    char *was;           /* is_changed: what that said; or NULL */
    bool is_untranslated;
} FilingField;

typedef struct Filing {
    FilingRequest request;
    GPtrArray *fields; /* owned; of FilingField * */
    guint missing, to_follow, untranslated, changed;
    int64_t late; /* ms; 0: in time, or without a deadline */
} Filing;

/* filing_make: never NULL. */
Filing *filing_make(const FilingRequest *request);
void filing_free(Filing *filing);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Filing, filing_free)

/* filing_has_same_reader: whether an earlier report went to whom a report of `step` goes, as far as that decides what
 * may be said of it: to authorities, or to somebody who is none. */
bool filing_has_same_reader(const CaseFiling *earlier, const Regime *regime, const RegimeStep *step);

/* filing_reference: the number that the authority gave to the latest report under the regime that has one, or NULL;
 * borrowed. filing_addressee: who gets the report. filing_channel: how the regime's authority is reached; "" where the step
 * goes to somebody else. */
const char *filing_reference(const FilingRequest *request);
const char *filing_addressee(const FilingRequest *request);
const char *filing_channel(const FilingRequest *request);

/* filing_state_name: "given", "to_follow", "missing", "not_known", "empty", "not_asked". */
const char *filing_state_name(FilingState state);

/* filing_moment: a time as the report writes it: in the zone of the regime where we made it ourselves. */
Moment filing_moment(const FilingRequest *request, int64_t at);

/* filing_json: schema breach.filing/1, with `values` as the schema of the form says; a new reference. */
json_t *filing_json(const Filing *filing);

/* How a report is handed in. */
typedef enum FilingLayout { FILING_WEB, FILING_EMAILED, FILING_PHONED, FILING_LETTER } FilingLayout;
bool filing_layout_parse(const char *name, FilingLayout *layout);

/* filing_text: the report as it is handed in: fields to be copied into a web form, an email, a script for a call, a
 * letter. Newly allocated. */
char *filing_text(const Filing *filing, FilingLayout layout);

#endif
