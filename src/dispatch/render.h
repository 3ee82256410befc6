/* render - a frozen text version and a person's frozen data into a complete message.
 *
 * A RenderText is compiled once and immutable: every sender thread renders from it, with scratch space of its own.
 * Every message of an exercise, and every one that is sent as a test, is marked here, in its language, whatever the template
 * says: subject, first line of the text, top of the HTML; of short messages (sms, im, push) with a short word that is
 * counted with them. Which parts there are is the channel's: see load/load_template.h. */
#ifndef BREACH_DISPATCH_RENDER_H
#define BREACH_DISPATCH_RENDER_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>
#include <jansson.h>

#include "base/id.h"
#include "model/playbook.h"
#include "model/template.h"

typedef struct RenderText RenderText;

/* render_text_new: compiles the body of a text version (context.h). Error: BREACH_ERROR_INTERNAL: it was checked when
 * it was frozen. */
RenderText *render_text_new(const char *body, GError **error);
void render_text_free(RenderText *text);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RenderText, render_text_free)

/* Borrowed. render_text_capacity: in which the audience is told. render_text_offset: minutes east of UTC, of the
 * organisation's day. */
const char *render_text_locale(const RenderText *text);
const char *render_text_channel(const RenderText *text);
Capacity render_text_capacity(const RenderText *text);
int render_text_offset(const RenderText *text);

/* render_text_body: the body as it was frozen; borrowed, only to be read. */
const json_t *render_text_body(const RenderText *text);

typedef struct RenderScratch RenderScratch; /* one a thread */

RenderScratch *render_scratch_new(void);
void render_scratch_free(RenderScratch *scratch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RenderScratch, render_scratch_free)

typedef struct RenderRequest {
    const char *id;            /* of the message */
    const char *recipient;     /* in wire form */
    const char *from;
    const char *from_name;     /* NULL: the organisation's name in the notice's language */
    const char *reply_to;      /* or NULL */
    const char *const *people; /* each person's data as JSON; NULL-terminated; at least one */
    int64_t date;              /* ms */
    bool is_test;              /* marked as a test in its language, over the mark of an exercise */
} RenderRequest;

/* render_message: the message as it goes on the wire, in scratch-owned memory until the next call: *data, *size.
 * Error: BREACH_ERROR_INPUT, in words for a person: the message must be quarantined. */
bool render_message(const RenderText *text, RenderScratch *scratch, const RenderRequest *request, const char **data,
                    size_t *size, GError **error);

/* RenderParts: subject, text and HTML before they are put into a message; borrowed from the scratch until the next
 * call; NULL where the channel has no such part, text never. */
typedef struct RenderParts {
    const char *subject, *text, *html;
} RenderParts;
bool render_parts(const RenderText *text, RenderScratch *scratch, const RenderRequest *request, RenderParts *parts,
                  GError **error);

/* render_spans: the parts as they are for somebody of whom every column holds something, with the kinds of data `kinds`
 * ("name;email"; "": all of them) and with the facts `without` empty (NULL-terminated; or NULL); without the mark of an exercise.
 * `spans`: three arrays of TemplateSpan, to which the marks of subject, text and HTML are appended: their bytes of *parts.
 * Error: BREACH_ERROR_INPUT. render_marks: the marks of a part as they are written, 0 subject, 1 text, 2 HTML; *count of
 * them; borrowed. */
bool render_spans(const RenderText *text, RenderScratch *scratch, const char *kinds, const char *const *without,
                  GArray *const *spans, RenderParts *parts, GError **error);
const TemplateMark *render_marks(const RenderText *text, int part, size_t *count);

/* render_people: the people of one message as the text sees them: what differs is listed. Newly allocated. Error:
 * BREACH_ERROR_INPUT, for one when they are more than RENDER_SHARED_MOST: a family or an office, not the customers of a
 * shop. */
#define RENDER_SHARED_MOST 20
json_t *render_people(const RenderText *text, const char *const *people, GError **error);

/* render_subject: the subject as somebody without any data would get it, "" on a channel without one; newly allocated. For confirmations. Error:
 * BREACH_ERROR_INPUT. */
char *render_subject(const RenderText *text, GError **error);

/* render_is_personal: whether the text reads differently for different people. render_sample: the text (not marked as an
 * exercise) as somebody would get it of whom every column holds its own name, in ⟨⟩, with the notice number of
 * RENDER_SAMPLE_ID; newly allocated; for comparisons. Error: BREACH_ERROR_INPUT. render_sample_person: the columns of that
 * person, newly allocated. */
#define RENDER_SAMPLE_ID "aaaaaaaaaaaaaaaaaaaaaaaaaa"
bool render_is_personal(const RenderText *text);
char *render_sample(const RenderText *text, GError **error);
json_t *render_sample_person(const RenderText *text);

/* render_context: what the text sees of the playbook; borrowed. */
const json_t *render_context(const RenderText *text);

/* render_try: renders a body with every column filled. Error: BREACH_ERROR_INPUT. */
bool render_try(const char *body, GError **error);

#endif
