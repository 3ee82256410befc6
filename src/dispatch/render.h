/* render - a frozen text version and a person's frozen data into a complete message.
 *
 * A RenderText is compiled once and immutable: every sender thread renders from it, with scratch space of its own.
 * Every message of an exercise, and every one that is sent as a test, is marked here, in its language, whatever the template
 * says: subject, first line of the text, top of the HTML. */
#ifndef BREACH_DISPATCH_RENDER_H
#define BREACH_DISPATCH_RENDER_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "base/id.h"

typedef struct RenderText RenderText;

/* render_text_new: compiles the body of a text version (context.h). Error: BREACH_ERROR_INTERNAL: it was checked when
 * it was frozen. */
RenderText *render_text_new(const char *body, GError **error);
void render_text_free(RenderText *text);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RenderText, render_text_free)

const char *render_text_locale(const RenderText *text);

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
 * call; html is NULL when there is none. */
typedef struct RenderParts {
    const char *subject, *text, *html;
} RenderParts;
bool render_parts(const RenderText *text, RenderScratch *scratch, const RenderRequest *request, RenderParts *parts,
                  GError **error);

/* render_subject: the subject as somebody without any data would get it; newly allocated. For confirmations. Error:
 * BREACH_ERROR_INPUT. */
char *render_subject(const RenderText *text, GError **error);

/* render_try: renders a body with every column filled. Error: BREACH_ERROR_INPUT. */
bool render_try(const char *body, GError **error);

#endif
